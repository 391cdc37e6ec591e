"""Nested functions that are only called, and capture nothing: each call of one is a call of known code.

Enters: core code. Leaves: for the name of each such function a function over the same code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import CodeType, FunctionType

import gast

from ..ir.build import blocks, statements, walk
from ..normalize import Core
from ..normalize.helpers import make_function

__all__ = ["nested_functions"]


def nested_functions(core: Core, make: Callable[[CodeType], FunctionType]) -> dict[str, FunctionType]:
    """The functions that a function makes and binds to a name once, and which are only called, further on in that block."""
    made = {name for name, f in core.namer.helpers.items() if f is make_function}
    if not made:
        return {}
    found: dict[str, FunctionType] = {}
    mentions: Counter | None = None
    pending = [core.body]
    while pending:
        body = pending.pop()
        for i, s in enumerate(body):
            pending += [b for b in blocks(s) if b]
            if isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name) and isinstance(s.value, gast.Call) \
                    and isinstance(s.value.func, gast.Name) and s.value.func.id in made and s.targets[0].id not in core.memory \
                    and captures_nothing(s.value.args):
                v = s.targets[0].id
                if mentions is None:
                    mentions = Counter(n.id for t in core.body for n in walk(t) if isinstance(n, gast.Name))
                calls = sum(is_called(t, v) for t in statements(body[i + 1:]))
                if mentions[v] == 1 + calls:
                    found[v] = make(core.namer.helpers[s.value.args[0].id])
    return found


def captures_nothing(args: list) -> bool:
    """Whether a function has no free variables and no default values."""
    cells, *defaults = args[2:]
    return isinstance(cells, gast.Tuple) and not cells.elts and all(isinstance(d, gast.Constant) for d in defaults)


def is_called(s: gast.AST, v: str) -> bool:
    """Whether a statement of core code is a call of a variable's value."""
    e = getattr(s, "value", None)
    return isinstance(e, gast.Call) and isinstance(e.func, gast.Name) and e.func.id == v
