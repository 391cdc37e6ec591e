"""Whether a generator function does something where a generator is closed that stands at one of its yields.

Enters: the tree of the function. Leaves: True if a `yield` is inside of a `with`, of a `try` with `finally`, or of one whose
handlers may take what closes a generator.
"""

from __future__ import annotations

from typing import Any

__all__ = ["cleans_up"]

NESTED = ("FunctionDef", "AsyncFunctionDef", "Lambda", "ClassDef")
HARMLESS = {"Exception", "ValueError", "TypeError", "KeyError", "IndexError", "LookupError", "StopIteration", "ArithmeticError",
            "ZeroDivisionError", "AttributeError", "RuntimeError"}


def cleans_up(node: Any, guarded: bool = False) -> bool:
    """Whether a `yield` below a node is guarded, given that the node itself is."""
    kind = type(node).__name__
    if kind in ("Yield", "YieldFrom") and guarded:
        return True
    inside = guarded
    if kind == "With":
        inside = True
    elif kind in ("Try", "TryStar"):
        inside = guarded or bool(node.finalbody) or not all(map(is_harmless, node.handlers))
    for field in node._fields:
        value = getattr(node, field, None)
        for child in value if isinstance(value, list) else [value]:
            if hasattr(child, "_fields") and type(child).__name__ not in NESTED and cleans_up(child, inside):
                return True
    return False


def is_harmless(handler: Any) -> bool:
    """Whether a handler leaves alone what closes a generator."""
    named = handler.type
    names = named.elts if type(named).__name__ == "Tuple" else [named]
    return all(getattr(n, "id", None) in HARMLESS for n in names)
