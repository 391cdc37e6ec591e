"""Machine code as a backend: `gradient(f, AutoNumba(), x)`.

Enters: a function of numbers and arrays, and its arguments. Leaves: value and gradient, by the joint form that reverse mode runs,
compiled by numba.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from ..api import gradient
from ..api.markers import AutoNumba
from ..errors import UnsupportedCodeError, message
from ..requests import enter, joint_for
from ..runtime.binding import bind_arguments, unbind
from ..runtime.refusals import name_of
from ..runtime.settle import collect_all
from ..runtime.standins import stand_in
from .machine import Again, Refused, native

__all__ = ["run"]


def run(f: Callable, args: tuple, kwargs: dict, first: bool, mask: int) -> tuple[Any, tuple]:
    """Value and gradient. Where machine code gives up, Python runs the function: it has changed nothing so far."""
    flat = (*args, *kwargs.values()) if kwargs else args
    joint, _ = gradient.way_in(f, args, kwargs, flat, first, mask) if kwargs else enter(f, args, mask, first)
    recipe = None
    if joint is None:
        if not gradient.is_function(f):
            refuse(f, "it is no Python function", None)
        flat, recipe = bind_arguments(f, args, kwargs)
        joint, _ = joint_for(f, flat, gradient.active_mask(recipe, mask), first)
    try:
        y, ds = native(joint, flat)(joint, flat)
    except Refused as refused:
        refuse(f, refused.what, refused.line)
    except Again:
        return gradient.run(f, args, kwargs, first, mask)
    if recipe is not None:
        ds, _ = unbind(None, ds, recipe, flat)
    return y, collect_all(None, args, ds)


def refuse(f: Any, what: str, line: int | None) -> NoReturn:
    """Say what has no machine code."""
    code = getattr(f, "__code__", None)
    raise UnsupportedCodeError(message(
        f"no machine code for `{name_of(f)}`: {what}", filename=getattr(code, "co_filename", None),
        lineno=line or getattr(code, "co_firstlineno", None),
        why="numba is given numbers, arrays of double precision, loops and branches.",
        instead="leave out AutoNumba(), which changes nothing but the speed", doc="docs/limitations.md#machine-code"))


stand_in(run, gradient.run)        # where it is differentiated itself
gradient.WAYS[AutoNumba] = run
