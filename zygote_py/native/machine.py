"""Machine code for joint functions.

Enters: a generated function `joint(cx, *args) -> (y, cotangents)`. Leaves: one that numba compiled, for the types of the
arguments that it meets; kept for as long as the code from which it was made.
"""

from __future__ import annotations

import ast
import re
import weakref
from collections.abc import Iterator
from functools import partial
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from ..errors import message
from .dialect import BITS, Refused, reader, translate

try:
    from numba import njit, types
    from numba.core import ir
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
    needed : generated function -> the variables that its value comes from
    mixed : types of arguments -> what tells which variable is an integer here, something else there
    """

    def __init__(self, joint: FunctionType, args: tuple) -> None:
        self.parts: dict[CodeType, Any] = {}
        self.needed: dict[str, set[str]] = {}
        self.function, self.outer = self.made(joint, args)
        self.mixed: dict[tuple, Refused] = {}
        self.seen = 0

    def made(self, f: FunctionType, args: tuple = ()) -> tuple[Any, tuple[str, ...]]:
        """A generated function, and all those that it calls, for numba."""
        found = translate(f, TABLE, args)
        namespace: dict[str, Any] = dict(found.names)
        exec(compile(ast.Module([found.tree], []), f.__code__.co_filename, "exec", dont_inherit=True), namespace)
        self.needed[f.__name__] = values(found.tree)
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
            if type(x) is int and abs(x) >> BITS:
                raise Again
        try:
            result = self.function(0, *given)
        except NumbaError as error:
            raise Refused(first_line(error)) from None
        except Exception as error:
            if error.__class__ is not OverflowError and not self.is_compiled(given):
                raise Refused(first_line(error)) from None
            raise Again from None
        if len(self.function.overloads) != self.seen:
            self.look()
        if self.mixed and self.kinds(given) in self.mixed:
            raise self.mixed[self.kinds(given)]
        return result

    def kinds(self, given: tuple) -> tuple:
        """The types of arguments, for numba."""
        return tuple(map(self.function.typeof_pyval, (0, *given)))

    def is_compiled(self, given: tuple) -> bool:
        """Whether there is machine code for arguments like these."""
        return self.kinds(given) in self.function.overloads

    def look(self) -> None:
        """Find the variables that numba gave a type for all their values, where Python's integers stay what they are."""
        called = [found for part in self.parts.values() if part is not self.function for compiled in part.overloads.values()
                  for found in shared(compiled.type_annotation, self.needed[part.__name__])]
        for kinds, compiled in self.function.overloads.items():
            if kinds not in self.mixed:
                for found in called or shared(compiled.type_annotation, self.needed[self.function.__name__]):
                    self.mixed[kinds] = found
        self.seen = len(self.function.overloads)


def values(tree: ast.FunctionDef) -> set[str]:
    """The variables that the value of a joint function comes from; cotangents are not among them, and may be any number."""
    found: set[str] = set()
    for s in ast.walk(tree):
        if isinstance(s, ast.Return) and not tree.name.endswith("_pullback"):
            found |= names(s.value.elts[0] if isinstance(s.value, ast.Tuple) else s.value)
        elif isinstance(s, (ast.If, ast.While, ast.IfExp)):
            found |= names(s.test)
    bound = [(stored(t), names(s.value)) for s in ast.walk(tree) if isinstance(s, ast.Assign) for t in s.targets]
    bound += [(stored(s.target), names(s.value)) for s in ast.walk(tree) if isinstance(s, ast.AugAssign)]
    bound += [(stored(s.target), names(s.iter)) for s in ast.walk(tree) if isinstance(s, ast.For)]
    while True:
        more = set().union(*[made_of for targets, made_of in bound if targets & found]) - found
        if not more:
            return found
        found |= more


def stored(t: Any) -> set[str]:
    """The variables that an assignment changes."""
    if isinstance(t, ast.Tuple):
        return set().union(*map(stored, t.elts))
    return stored(t.value) if isinstance(t, ast.Subscript) else names(t)


def names(node: Any) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def shared(typed: Any, needed: set[str]) -> Iterator[Refused]:
    """Where an integer or a boolean, and no constant, becomes something else because its variable is that elsewhere."""
    for block in typed.blocks.values():
        for s in block.find_insts(ir.Assign):
            name = s.target.name.partition(".")[0]
            if isinstance(s.value, ir.Var) and name in needed:
                was, becomes = typed.typemap[s.value.name], typed.typemap[s.target.name]
                becomes = types.unliteral(getattr(becomes, "type", becomes))              # of None or something, the latter
                if isinstance(was, (types.Integer, types.Boolean)) and not isinstance(was, types.Literal) and was != becomes:
                    refused = Refused(f"`{name}` is an integer or a boolean here, and something else elsewhere")
                    refused.line = s.loc.line
                    yield refused


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
