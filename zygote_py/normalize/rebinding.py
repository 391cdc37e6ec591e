"""Variables that are bound anew before something is stored into what they name.

    a = a.copy()        a_1 = a.copy()
    a[0] = x            a_1[0] = x

Enters: core code. Leaves: the same with a name of its own for the later value, so that who looks at names alone
(`analysis.aliases`) sees that the store reaches no argument.
"""

from __future__ import annotations

import gast

from ..ir.build import assigned, statements, walk
from .core import Core

__all__ = ["rebind"]


def rebind(core: Core) -> None:
    """Rename variables from where the body, in no branch and no loop, binds them anew."""
    stored = last_stores(core.body)
    bound = set(core.params)
    for i, s in enumerate(core.body if stored else ()):
        v = s.targets[0].id if isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name) else ""
        if stored.get(v, -1) > i and v in bound and v in core.local and v not in core.memory and v != core.ret \
                and isinstance(s.value, gast.Call):
            new = core.namer.fresh(v + "_1")
            core.local.add(new)
            core.user.add(new)
            s.targets[0].id = new
            stored[new] = stored.pop(v)
            for later in core.body[i + 1:]:
                for n in walk(later):
                    if isinstance(n, gast.Name) and n.id == v:
                        n.id = new
        bound |= assigned([s])


def last_stores(body: list) -> dict[str, int]:
    """For each variable into an element of which something is stored, the last statement of the body that does."""
    found: dict[str, int] = {}
    for i, top in enumerate(body):
        for s in statements([top]):
            for t in getattr(s, "targets", ()):
                found.update({n.value.id: i for n in walk(t) if isinstance(n, gast.Subscript) and isinstance(n.ctx, gast.Store)
                              and isinstance(n.value, gast.Name)})
    return found
