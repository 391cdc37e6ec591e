"""Methods that functions of Python's own call: `sort` compares, a dict asks for hashes, `any` for truth.

They run as they are. What they may reach is compared before and after, and if they stored what may carry a derivative, that is
refused. Enters: the names of the methods, and the values that are asked. Leaves: a watch, which is ended when all is done.
"""

from __future__ import annotations

import types
from collections import deque
from decimal import Decimal
from fractions import Fraction
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ..errors import UnsupportedCodeError, message
from ..registry import Rule, lookup, non_differentiable
from .callees import is_opaque
from .effects import is_quiet
from .frames import here
from .reach import FIXED, checksum, parts, reachable
from .shared import python_method

__all__ = ["IN_PYTHON", "KEYS", "ORDER", "PLAIN", "SETTLED", "SIZED", "TRUTH", "Watch", "asked", "compares", "end_watch",
           "may_store", "watch_call", "watch_over"]

PLAIN = frozenset((float, int, bool, complex, str, bytes, type(None), type(Ellipsis), type, range, types.FunctionType,
                   types.BuiltinFunctionType, types.MethodType, types.ModuleType, np.ndarray, np.dtype, Fraction, Decimal,
                   np.bool_, np.float16, np.float32, np.float64, np.complex64, np.complex128, np.int8, np.int16, np.int32,
                   np.int64, np.uint8, np.uint16, np.uint32, np.uint64))
"""The types whose values answer all questions without calling methods written in Python."""

SIZED = PLAIN | {list, tuple, dict, set, frozenset, deque}
"""The types that say by themselves whether a value is true, and how long it is."""


TRUTH, KEYS, ORDER = ("__bool__", "__len__"), ("__hash__", "__eq__"), ("__lt__", "__gt__", "__eq__")
HOLDERS = (list, tuple, dict, set, frozenset, deque)
HARMLESS = frozenset((int, bool, str, bytes, type(None)))


@non_differentiable
def may_store(method: Any, args: tuple) -> bool:
    """Whether a method of an operand may store something that carries a derivative."""
    home = (method.__module__ or "").partition(".")[0]
    if home in SETTLED or is_opaque(method):
        return False
    return not (is_quiet(method) and all(is_steady(method, x) for x in args))


SETTLED = {"enum", "fractions", "decimal", "_pydecimal", "numbers", "uuid", "ipaddress", "numpy", "scipy", "torch", "jax",
           "jaxlib", "dask", "cupy", "sparse", "typing", "types", "weakref", "ast", "zoneinfo", "tensorflow", "awkward"}
"""Modules whose comparisons keep nothing."""


def is_steady(method: types.FunctionType, x: Any) -> bool:
    """Whether what a method reads of x runs no code written in Python, and may be asked without that."""
    cls = x.__class__
    if cls in PLAIN:
        return True
    known = _steady.setdefault(method, WeakKeyDictionary())
    if cls not in known:
        found = [base.__dict__[name] for base in cls.__mro__ for name in method.__code__.co_names if name in base.__dict__]
        known[cls] = all(y.__class__ in PLAIN for y in found) and "__dict__" in dir(cls) \
            and not any(python_method(x, name) for name in ("__getattribute__", "__getattr__"))
    return known[cls] and set(map(type, x.__dict__.values())) <= PLAIN


_steady: WeakKeyDictionary[types.FunctionType, WeakKeyDictionary[type, bool]] = WeakKeyDictionary()


@non_differentiable
def answerers(names: tuple[str, ...], values: tuple, depth: int = 4) -> list[tuple[Any, Any]]:
    """The methods of these names which may store something, of the values and of what they hold, each with its owner.

    A container among the values is one whose elements are sorted or searched: it is not asked itself.
    """
    found: list = []
    for x in values:
        if x.__class__ in PLAIN:
            continue
        if isinstance(x, HOLDERS) and depth:
            if not set(map(type, x)) <= PLAIN:
                found += answerers(names, tuple(x), depth - 1)
            if isinstance(x, dict) and names is not KEYS and not set(map(type, x.values())) <= PLAIN:
                found += answerers(names, tuple(x.values()), depth - 1)
            if depth == 4 or x.__class__ in SIZED:
                continue
        for m in [python_method(x, name) for name in names]:
            if m is not None and may_store(m, (x,)):
                found.append((m, x))
    return found


class Watch:
    """What methods can reach, as it was before they were called."""

    def __init__(self, found: list[tuple[Any, Any]]) -> None:
        self.found = found
        given = [x for pair in found for x in pair]
        inside = [f for x in given for f in parts(x).values() if isinstance(f, types.FunctionType)]
        known = reachable(None, (*given, *inside))
        classes = [base for _, x in found for base in type(x).__mro__ if base.__flags__ & IN_PYTHON]
        self.before = [(x, held(x)) for x in [*classes, *known] if not isinstance(x, FIXED)]

    def end(self) -> None:
        """Refuse what was stored since, unless it carries no derivative for sure."""
        for x, old in self.before:
            new = held(x)
            if any(not (k in old and k in new and same(new[k], old[k])) and not (harmless(old, k) and harmless(new, k))
                   for k in {**old, **new}):
                raise refuse(*self.found[0])


IN_PYTHON = 1 << 9      # what CPython notes of classes that are made by a `class` statement


def held(x: Any) -> dict:
    """What x holds now; of an array of floats, a checksum."""
    if isinstance(x, np.ndarray):
        return {"contents": Checksum(checksum(x))} if x.dtype.kind in "fcO" else {}
    if isinstance(x, (set, deque)):
        return dict(enumerate(x))
    return dict(vars(x)) if isinstance(x, type) else parts(x)


def same(new: Any, old: Any) -> bool:
    return new is old or (new.__class__ is Checksum and new == old)


class Checksum(int):
    """The contents of an array, in short."""


def harmless(held: dict, key: Any) -> bool:
    return key not in held or held[key].__class__ in HARMLESS


@non_differentiable
def refuse(method: Any, x: Any) -> UnsupportedCodeError:
    return UnsupportedCodeError(message(
        f"cannot differentiate what `{method.__qualname__}` stored", **here(),
        why="A function of Python's own called it, as a sort or a dict does, and what it stored may carry a derivative.",
        instead="compare with operators, in a loop, or store in a method that is called by its name",
        doc="docs/limitations.md#comparisons"))


@non_differentiable
def watch_over(names: tuple[str, ...], values: tuple) -> Watch:
    """A watch over the methods of these names that a function may call."""
    found = answerers(names, values)
    return Watch(found) if found else IDLE


IDLE = Watch([])


@non_differentiable
def end_watch(watch: Watch | None) -> None:
    """Refuse what was stored since, unless it carries no derivative for sure."""
    if watch is not None:
        watch.end()


def compares(names: tuple[str, ...], *functions: Any, first: str = "all") -> None:
    """Say that functions with rules call methods of these names, of their arguments and of what they hold; of the first argument,
    of 'all' that it holds, or of 'one' or 'none', where a look at all of them would cost more than the call."""
    for f in functions:
        rule = lookup(f)
        assert rule is not None, f
        rule.asks = names, first


@non_differentiable
def asked(r: Rule, args: tuple) -> list[tuple[Any, Any]]:
    """The methods that a function of Python's own may call, and which may store something."""
    names, first = r.asks
    if first == "all" or not args:
        return answerers(names, args)
    return answerers(names, args[1:] if first == "none" or not args[0] else (args[0][:1], *args[1:]))


@non_differentiable
def watch_call(r: Rule, args: tuple) -> Watch:
    """A watch over these methods."""
    found = asked(r, args)
    return Watch(found) if found else IDLE
