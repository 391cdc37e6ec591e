"""Which variables only ever hold whole numbers that are not negative: they count, and an index of a list is a position then.

Enters: core code. Leaves: the set of these variables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import blocks, statements, walk
from ..normalize import Core

__all__ = ["counting"]


def counting(core: Core, static: Callable[[Any], tuple[bool, Any]]) -> set[str]:
    """The variables that count; `static` says what a name outside stands for."""
    defined: dict[str, list] = {}
    for s in statements(core.body):
        if isinstance(s, gast.For):
            defined.setdefault(s.target.id, []).append(("item", s.iter))
        elif not blocks(s):
            plain = isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name)
            targets: list[Any] = s.targets if isinstance(s, gast.Assign) else [getattr(s, "target", None)]
            for n in [n for t in targets if t is not None for n in walk(t)]:
                if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store):
                    first = not plain and isinstance(targets[0], gast.Tuple) and targets[0].elts[0] is n
                    defined.setdefault(n.id, []).append(("value" if plain else "first" if first else "other", s.value))
    found = set(defined) - core.memory - set(core.params)

    def is_count(e: Any) -> bool:
        if isinstance(e, gast.Constant):
            return type(e.value) is int and e.value >= 0
        if isinstance(e, gast.Name):
            return e.id in found
        if isinstance(e, gast.BinOp):
            return isinstance(e.op, (gast.Add, gast.Mult)) and is_count(e.left) and is_count(e.right)
        return isinstance(e, gast.Call) and static(e.func) == (True, len)

    def is_range(e: Any, inside: tuple[str, ...] = ()) -> bool:
        if isinstance(e, gast.Name):        # not if it is bound to itself, as names that are swapped are
            return e.id in defined and e.id not in inside \
                and all(how == "value" and is_range(value, (*inside, e.id)) for how, value in defined[e.id])
        return isinstance(e, gast.Call) and static(e.func) == (True, range) and not e.keywords and (
            len(e.args) == 1 or (is_count(e.args[0]) and all(is_count(a) for a in e.args[2:])))

    def is_numbered(e: Any) -> bool:
        """Whether e is an element of an enumeration."""
        return isinstance(e, gast.Name) and e.id in defined and all(
            how == "item" and isinstance(source, gast.Name) and source.id in defined
            and all(is_enumeration(made) for _, made in defined[source.id]) for how, source in defined[e.id])

    def is_enumeration(e: Any) -> bool:
        return isinstance(e, gast.Call) and static(e.func) == (True, enumerate) and len(e.args) == 1 and not e.keywords

    ways = {"item": is_range, "value": is_count, "first": is_numbered, "other": lambda e: False}
    while True:
        wrong = {v for v in found if not all(ways[how](e) for how, e in defined[v])}
        if not wrong:
            return found
        found -= wrong
