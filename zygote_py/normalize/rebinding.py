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
    bound = set(core.params)
    for i, s in enumerate(core.body):
        v = s.targets[0].id if isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name) else ""
        if v in bound and v in core.local and v not in core.memory and v != core.ret and isinstance(s.value, gast.Call) \
                and is_stored_into(v, core.body[i + 1:]):
            new = core.namer.fresh(v + "_1")
            core.local.add(new)
            core.user.add(new)
            s.targets[0].id = new
            for later in core.body[i + 1:]:
                for n in walk(later):
                    if isinstance(n, gast.Name) and n.id == v:
                        n.id = new
        bound |= assigned([s])


def is_stored_into(v: str, body: list) -> bool:
    """Whether a statement stores into an element of what a variable names."""
    for s in statements(body):
        for t in getattr(s, "targets", ()):
            if any(isinstance(n, gast.Subscript) and getattr(n.value, "id", None) == v and isinstance(n.ctx, gast.Store)
                   for n in walk(t)):
                return True
    return False
