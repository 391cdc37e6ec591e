"""Machine code for joint functions.

Enters: a generated function `joint(cx, *args) -> (y, cotangents)`. Leaves: one that numba compiled, for the types of the
arguments that it meets; kept for as long as the code from which it was made.
"""

from __future__ import annotations

import ast
import re
import weakref
from functools import partial
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from ..errors import message
from .dialect import Refused, reader, translate

try:
    from numba import njit
    from numba.core.errors import NumbaError
except ImportError as error:
    raise ImportError(message("AutoNumba() needs numba, which is not installed",
                              instead="pip install zygote-py[numba], or leave the marker out")) from error

from .helpers import TABLE, Again

__all__ = ["Again", "Native", "Refused", "native"]

_NUMBERS = frozenset({float, int, bool, np.float64})
_DTYPES = frozenset(map(np.dtype, ("f8", "i8", "b1")))
_made: dict[int, tuple[Any, Native | Refused]] = {}


class Native:
    """The machine code of one joint function.

    Attributes
    ----------
    function : for numba
    outer : free names, whose values are handed to it after the arguments
    """

    def __init__(self, joint: FunctionType, args: tuple) -> None:
        self.parts: dict[CodeType, Any] = {}
        self.function, self.outer = self.made(joint, args)

    def made(self, f: FunctionType, args: tuple = ()) -> tuple[Any, tuple[str, ...]]:
        """A generated function, and all those that it calls, for numba."""
        found = translate(f, TABLE, args)
        namespace: dict[str, Any] = dict(found.names)
        exec(compile(ast.Module([found.tree], []), f.__code__.co_filename, "exec", dont_inherit=True), namespace)
        function = self.parts[f.__code__] = njit(boundscheck=True)(namespace[found.tree.name])
        for name, g in found.callees.items():
            if g.__code__ not in self.parts and self.made(g)[1]:
                raise Refused(f"a number or an array that `{g.__name__}` finds outside of itself")
            namespace[name] = self.parts[g.__code__]
        return function, tuple(found.outer)

    def __call__(self, joint: FunctionType, args: tuple) -> Any:
        """What `joint(None, *args)` returns; raises Refused, or `Again` where machine code gives up."""
        given = (*args, *[reader(joint, name)() for name in self.outer])
        for x in given:
            if type(x) not in _NUMBERS and not (type(x) is np.ndarray and x.dtype in _DTYPES and x.ndim):
                raise Refused(f"{describe(x)} among what it is given")
        try:
            return self.function(None, *given)
        except NumbaError as error:
            raise Refused(first_line(error)) from None
        except Exception as error:
            if error.__class__ is not OverflowError and not self.is_compiled(given):
                raise Refused(first_line(error)) from None
            raise Again from None

    def is_compiled(self, given: tuple) -> bool:
        """Whether there is machine code for arguments like these."""
        return tuple(map(self.function.typeof_pyval, (None, *given))) in self.function.overloads


def first_line(error: Exception) -> str:
    """What numba says, without the name of its stage."""
    lines = [line.strip() for line in re.sub(r"\x1b\[\d*m", "", str(error)).splitlines()]
    return next((line for line in lines if line and not line.startswith("Failed in nopython")), type(error).__name__)


def describe(x: Any) -> str:
    return f"an array of {x.dtype}" if isinstance(x, np.ndarray) else f"a {type(x).__name__}"


def native(joint: FunctionType, args: tuple) -> Native:
    """The machine code of a joint function, for numbers and arrays of the types of these; raises Refused."""
    code = joint.__code__
    known = _made.get(id(code))
    if known is None or known[0]() is not code:
        made: Native | Refused
        try:
            made = Native(joint, args)
        except Refused as refused:
            made = refused
        known = _made[id(code)] = weakref.ref(code, partial(forget, _made, id(code))), made
    if isinstance(known[1], Refused):
        raise known[1]
    return known[1]


def forget(made: dict, key: int, _: Any) -> None:
    made.pop(key, None)
