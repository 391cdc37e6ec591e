"""What a function can reach: the arrays, lists, dicts, objects and variables that it is given or finds by itself.

Whoever runs a function without looking into it, or runs it twice, compares this before and after.
"""

from __future__ import annotations

import types
import zlib
from collections import deque
from typing import Any

import numpy as np

from ..registry import non_differentiable
from .context import contents_of
from .settle import fields_of, is_value

__all__ = ["FIXED", "checksum", "contents", "parts", "reachable"]


FIXED = (tuple, types.FunctionType, types.MethodType, types.BuiltinMethodType)
"""What holds other things, and never other ones."""


@non_differentiable
def reachable(f: Any, given: tuple) -> list:
    """The arrays and what can be written to in that which a function was given, or finds by itself."""
    found: list = []
    seen: set = set()
    waiting = [f, *given]
    homes = {id(g.__globals__) for g in map(function_of, waiting) if g is not None}
    while waiting:
        x = waiting.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        inside = parts(x)
        if inside or isinstance(x, (list, dict, set, deque, np.ndarray)):
            found.append(x)
        waiting += inside.values()
        g = function_of(x)
        if g is not None and id(g.__globals__) in homes:    # functions of other modules keep their state to themselves
            waiting += [g.__globals__[name] for name in g.__code__.co_names if name in g.__globals__]
    return found


def function_of(x: Any) -> Any:
    """The Python function that x is, or is the bound method of; None otherwise."""
    x = x.__func__ if isinstance(x, types.MethodType) else x
    return x if isinstance(x, types.FunctionType) else None


@non_differentiable
def parts(x: Any) -> dict:
    """What x holds now, by position, key or field."""
    if isinstance(x, types.CellType):
        return {"cell_contents": contents_of(x)}
    if isinstance(x, dict):
        return dict(x)
    if isinstance(x, (list, tuple)):
        return dict(enumerate(x))
    if is_value(x) or isinstance(x, (set, frozenset)):
        return {}
    if isinstance(x, types.FunctionType):
        return dict(zip(x.__code__.co_freevars, x.__closure__ or ()))
    if isinstance(x, (types.MethodType, types.BuiltinMethodType)):
        return {} if isinstance(x.__self__, types.ModuleType) else {"__self__": x.__self__}
    return fields_of(x) or {}


@non_differentiable
def contents(f: Any, given: tuple) -> list:
    """What the run of a function might change, as it is now; of arrays, a checksum."""
    return [(x, checksum(x) if isinstance(x, np.ndarray) else parts(x)) for x in reachable(f, given)
            if not isinstance(x, FIXED)]


@non_differentiable
def checksum(x: Any) -> int:
    return zlib.crc32(np.ascontiguousarray(x).view(np.uint8).data) if x.size and not x.dtype.hasobject else 0
