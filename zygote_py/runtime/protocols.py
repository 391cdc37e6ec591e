"""What a class of the user's says of a function of Python's or NumPy's: `__add__`, `__round__`, `__float__`, `__array__`,
`__array_ufunc__`.

Enters: a function with a rule, and its arguments. Leaves: the Python function that is called in its place, so that what a class
computes is differentiated like any other code.
"""

from __future__ import annotations

import math
import types
from collections import deque
from decimal import Decimal
from fractions import Fraction
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ..errors import UnsupportedCodeError, message
from ..registry import Rule, non_differentiable
from . import call as calls
from .context import Context
from .frames import here
from .refusals import missing_rule
from .shared import python_method

__all__ = ["in_place_of", "is_indexed_otherwise", "taken_over"]

OTHER_ARITHMETIC = (np.ma.MaskedArray, np.matrix)
METHODS = {round: "__round__", math.trunc: "__trunc__", math.floor: "__floor__", math.ceil: "__ceil__"}
ARRAY_LIBRARIES = {"dask", "cupy", "sparse", "jax", "jaxlib", "torch", "tensorflow", "pandas", "xarray", "awkward", "numpy"}
KNOWN = {float, int, bool, complex, Fraction, Decimal, str, type(None), tuple, list, dict, slice, type, np.ndarray, np.float64,
         np.dtype}       # with rules of their own, or no say


@non_differentiable
def in_place_of(f: Any, args: tuple, keywords: dict) -> Any:
    """The function that is called instead, and what it gets before the arguments; None where no class has a say."""
    for a in args:
        if a.__class__ not in KNOWN and (isinstance(a, OTHER_ARITHMETIC) or computes_otherwise(f, a)):
            raise refuse_array(a)
    if f is sum or f is math.prod:
        return adding(f, args, keywords)
    others = [a for a in args if a.__class__ not in KNOWN and not isinstance(a, (np.ndarray, np.generic))
              and a.__class__.__module__.partition(".")[0] not in ARRAY_LIBRARIES]
    if not others:
        return None
    name = METHODS.get(f) if f.__hash__ is not None else None
    if name is not None:
        own = python_method(args[0], name)
        return None if own is None else (own, ())
    if f.__class__ is np.ufunc:
        for a in others:
            own = python_method(a, "__array_ufunc__")
            if own is not None:
                return own, (a, f, "__call__")
    home = str(getattr(f, "__module__", None) or "numpy" * isinstance(f, np.ufunc)).partition(".")[0]
    if home == "numpy":
        for a in others:
            own = python_method(a, "__array_function__")
            if own is not None and f.__class__ is not np.ufunc:
                return with_array_function, (own, a, f, tuple({type(b) for b in others if hasattr(b, "__array_function__")}))
        if any(python_method(a, "__array__") is not None for a in others):
            return with_arrays, (f,)
        if any(python_method(a, "__array_ufunc__") is not None for a in others):
            raise missing_rule(f, f"of a {type(others[0]).__name__}")
    if home in ("math", "cmath") or (isinstance(f, type) and issubclass(f, (float, complex, np.inexact))):
        if f is complex and python_method(args[0], "__complex__") is not None:
            return python_method(args[0], "__complex__"), ()
        if any(python_method(a, "__float__") is not None for a in others):
            return with_floats, (f,)
    return None


@non_differentiable
def is_indexed_otherwise(a: Any) -> bool:
    """Whether an array's class has an index operator written in Python."""
    return a.__class__ is not np.ndarray and "__getitem__" in redefined(type(a))


def computes_otherwise(f: Any, a: Any) -> bool:
    """Whether an array's class says, in Python, what f makes of it."""
    if not isinstance(a, np.ndarray):
        return False
    name = getattr(f, "__name__", "")
    return not redefined(type(a)).isdisjoint({name, f"__{name}__", f"__r{name}__", *ARRAY_PROTOCOLS})


def redefined(cls: type) -> frozenset[str]:
    """What a class that inherits from NumPy's array has Python functions for, in place of those of the array."""
    if cls not in _redefined:
        _redefined[cls] = frozenset(name for base in cls.__mro__ if base.__module__.partition(".")[0] != "numpy"
                                    for name, f in vars(base).items() if isinstance(f, types.FunctionType)
                                    and hasattr(np.ndarray, name))
    return _redefined[cls]


_redefined: WeakKeyDictionary[type, frozenset[str]] = WeakKeyDictionary()
ARRAY_PROTOCOLS = ("__array_ufunc__", "__array_function__", "__array_wrap__", "__array_prepare__")


def adding(f: Any, args: tuple, keywords: dict) -> Any:
    """What is called instead of `sum` or `math.prod`, where terms have operators written in Python."""
    instead, names = TERMS[f]
    terms = list(args[0]) if isinstance(args[0], CONTAINERS) else []
    for x in (*terms, *args[1:], *keywords.values()):
        if x.__class__ not in KNOWN and any(python_method(x, name) is not None for name in names):
            return instead, ()
    return None


def summed(iterable: Any, start: Any = 0) -> Any:
    """`sum`"""
    for x in iterable:
        start = start + x
    return start


def multiplied(iterable: Any, *, start: Any = 1) -> Any:
    """`math.prod`"""
    for x in iterable:
        start = start * x
    return start


TERMS: dict[Any, Any] = {sum: (summed, ("__add__", "__radd__")), math.prod: (multiplied, ("__mul__", "__rmul__"))}
CONTAINERS: tuple[Any, ...] = (list, tuple, dict, set, frozenset, deque, type({}.values()), type({}.keys()))


@non_differentiable
def refuse_array(a: Any) -> UnsupportedCodeError:
    """A masked array or a matrix: its operators are not those of arrays."""
    return UnsupportedCodeError(message(
        f"cannot differentiate what is done with a {type(a).__name__}", **here(),
        why="Its operators and methods are not those of arrays, for which the rules are.",
        instead="compute with plain arrays: np.asarray(m) for a matrix, np.where(mask, 0.0, m.data) for a masked array",
        doc="docs/limitations.md#arrays-of-other-classes"))


def with_array_function(own: Any, a: Any, f: Any, types: tuple, *args: Any, **keywords: Any) -> Any:
    return own(a, f, types, args, keywords)


def with_arrays(f: Any, *args: Any, **keywords: Any) -> Any:
    """f of arrays that objects say they are."""
    return f(*[a.__array__() if is_said(a, "__array__") else a for a in args], **keywords)


def with_floats(f: Any, *args: Any, **keywords: Any) -> Any:
    """f of numbers that objects say they are."""
    return f(*[a.__float__() if is_said(a, "__float__") else a for a in args], **keywords)


@non_differentiable
def is_said(a: Any, name: str) -> bool:
    return python_method(a, name) is not None


def taken_over(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """Call the function that `in_place_of` found."""
    own, first = replacement(f, args, keywords)
    y, back, tape = calls.callx(cx, -1, own, (*first, *args), keywords)
    return y, taken_over_back, (back, tape, len(first))


@non_differentiable
def replacement(f: Any, args: tuple, keywords: dict) -> Any:
    return in_place_of(f, args, keywords)


def taken_over_back(cx: Context, tape: Any, dy: Any) -> tuple:
    back, inner, n = tape
    ds, words = back(cx, inner, dy)
    return (*ds[n:], *words.values())
