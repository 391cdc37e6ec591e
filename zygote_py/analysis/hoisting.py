"""What a loop reads from a dict under a key in the text, round after round, is read once, before the loop.

    for x in xs:                    W = p["W"]
        h = np.tanh(p["W"] @ h)     for x in xs:
                                        h = np.tanh(W @ h)

Then its cotangent is added up in a variable, and goes to the record of the dict once. The loop must store nothing, and run no
code that might; the key is known to be there.

Enters: planned core code with the tests of elements. Leaves: the same code, with such statements in another place.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import gast

from ..ir.build import assigned, blocks, change_blocks, names, statements, written
from ..normalize import Core
from .facts import Plan
from .repeats import is_quiet

__all__ = ["hoist_loads"]


def hoist_loads(core: Core) -> None:
    """Move such loads, in place."""
    if not any(is_load(s) for s in statements(core.body)):
        return
    bindings = Counter(v for s in statements(core.body) if not blocks(s) for v in written(s))
    own = {v for v, n in bindings.items() if n == 1} - core.user - core.memory - {core.ret, *core.params}
    core.body = hoisted(core.body, own, core.memory)


def is_load(s: Any) -> bool:
    plan: Plan | None = getattr(s, "plan", None)
    return plan is not None and plan.form == "getitem" and plan.extra == "slot" and not plan.attempt \
        and isinstance(s.value.slice, gast.Constant) and type(s.value.slice.value) is str


def hoisted(body: list, own: set[str], memory: set[str]) -> list:
    """A block, with what can be moved before the loops in it."""
    out: list = []
    for s in body:
        change_blocks(s, lambda block: hoisted(block, own, memory))
        if isinstance(s, (gast.For, gast.While)) and all(map(is_quiet, s.body)):
            bound = assigned([s]) | memory
            moved: set[str] = set()
            inside = []
            for inner in s.body:
                if is_load(inner) and inner.targets[0].id in own and not names(inner.value) & (bound - moved):
                    moved.add(inner.targets[0].id)
                    out.append(inner)
                elif is_test(inner) and names(inner.value.values[-1].args[0]) <= moved:
                    out.append(inner)
                else:
                    inside.append(inner)
            s.body = inside
        out.append(s)
    return out


def is_test(s: Any) -> bool:
    """Whether a statement tests an element: `x.__class__ is float or check_kind(x, "f")`."""
    return isinstance(s, gast.Expr) and getattr(s, "tests", False) and isinstance(s.value, gast.BoolOp)
