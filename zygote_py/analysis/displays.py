"""Lists that are written only to be handed to a function which makes an array of them become tuples.

    x = np.array([a, b])

A tuple is a value: the cotangents of its entries are in variables, where those of a list are in a record. Nobody else sees the
list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import statements
from ..normalize import Core

__all__ = ["write_tuples"]


def write_tuples(core: Core, reads_entries: Callable[[Any], bool]) -> None:
    """Turn such displays into tuples; `reads_entries` says of a call whether it reads only entries of its first argument."""
    made: dict[str, Any] = {}
    wanted: list[str] = []
    for s in statements(core.body):
        if isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name):
            v, e = s.targets[0].id, s.value
            if isinstance(e, gast.List) and v not in core.user and v not in core.memory \
                    and not any(isinstance(x, gast.Starred) for x in e.elts):
                made[v] = s
            elif made and isinstance(e, gast.Call) and e.args and isinstance(e.args[0], gast.Name) and reads_entries(e):
                wanted.append(e.args[0].id)
    if not any(v in made for v in wanted):
        return
    mentions = Counter(n.id for s in core.body for n in gast.walk(s) if isinstance(n, gast.Name))
    while wanted:
        v = wanted.pop()
        if v in made and mentions[v] == 2:
            s = made.pop(v)
            wanted += [x.id for x in s.value.elts if isinstance(x, gast.Name)]
            s.value = gast.copy_location(gast.Tuple(elts=s.value.elts, ctx=gast.Load()), s.value)
