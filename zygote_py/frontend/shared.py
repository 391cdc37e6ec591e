"""The globals that functions write to.

Enters: a function and its source. Leaves: the names of its module that some function declares `global` and binds: in the same
text, or in another text that runs in the same namespace, as the cells of a notebook do.
"""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any
from weakref import WeakKeyDictionary

__all__ = ["declared", "shared_names"]

_written: WeakKeyDictionary[CodeType, frozenset[str]] = WeakKeyDictionary()


def declared(tree: ast.AST) -> frozenset[str]:
    """The names that a module's text declares `global`."""
    return frozenset(name for n in ast.walk(tree) if isinstance(n, ast.Global) for name in n.names)


def shared_names(f: FunctionType, in_text: frozenset[str]) -> frozenset[str]:
    """The globals of f that may be bound anew by functions, given those that its own text declares."""
    names = set(in_text)
    for g in _functions(f.__globals__):
        if g.__globals__ is f.__globals__ and g.__code__.co_filename != f.__code__.co_filename:
            names |= _bound_in(g.__code__)
    return frozenset(names)


def _functions(namespace: dict[str, Any]) -> Iterator[FunctionType]:
    """The functions and methods that a namespace holds."""
    for value in list(namespace.values()):
        if value.__class__ is FunctionType:
            yield value
        elif isinstance(value, type) and value.__module__ == namespace.get("__name__"):
            yield from (m for m in vars(value).values() if m.__class__ is FunctionType)


def _bound_in(code: CodeType) -> frozenset[str]:
    found = _written.get(code)
    if found is None:
        names = {i.argval for i in dis.get_instructions(code) if i.opname in ("STORE_GLOBAL", "DELETE_GLOBAL")}
        for c in code.co_consts:
            if isinstance(c, CodeType):
                names |= _bound_in(c)
        found = _written[code] = frozenset(names)
    return found
