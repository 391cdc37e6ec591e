"""Numbers that are collected in a list only to be summed.

    items = []; for x in xs: items.append(f(x)); y = sum(items)

is what a comprehension in `sum(...)` is in core form (its expressions are marked `terms`). Nobody else sees the list, so that all
its elements have one cotangent, that of the sum: a number, in a variable. It is not added up in a loop, since Python's `sum` of
floats is more exact than one addition after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from .facts import Plan, is_scalar

__all__ = ["Sums"]


class Sums:
    """What is known about such lists: kind and activity of the sum so far, and those that hold more than numbers."""

    def __init__(self, join: Callable[[Any, Any], Any]) -> None:
        self.join = join
        self.known: dict[str, tuple[Any, int]] = {}
        self.refused: set[str] = set()

    def plan(self, s: Any, fact: Callable[[Any], tuple[Any, int]]) -> Plan | None:
        """The plan of a statement that makes, extends or sums such a list; None for all others."""
        e = s.value
        if not getattr(e, "terms", False):
            return None
        added = isinstance(e, gast.Call) and isinstance(e.func, gast.Attribute) and e.func.attr == "append"
        v = s.targets[0].id if isinstance(e, gast.List) else e.func.value.id if added else e.args[0].id
        if v in self.refused:
            return None
        kind, act = self.known.get(v, ("i", 0))
        if isinstance(e, gast.List):
            return Plan("terms", "k", 0, extra=v)
        if not added:
            return Plan("total", kind, act, extra=v)
        k, a = fact(e.args[0])
        if k != "⊥" and not (is_scalar(k) and k in ("f", "i", "b")):
            self.refused.add(v)
            return None
        self.known[v] = self.join(kind, k), max(act, a)
        return Plan("term", "k", 0, [e.args[0]], [(k, a)], extra=v)
