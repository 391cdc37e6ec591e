"""The kind of a value, by which functions are specialised (docs/design/0001-architecture.md, "Kinds")."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
from numpy import ndarray

from .analysis.instances import attributes_of, class_of, tuple_class
from .errors import UnsupportedCodeError, message
from .lattice import VAGUE, join
from .registry import non_differentiable
from .runtime.frames import here

__all__ = ["DEEP", "FLOAT64", "MARKERS", "NUMBERS", "PLAIN", "check_class", "check_kind", "deep_kind_of", "kind_of",
           "plain_kind_of", "types_of"]

_KINDS: dict[type, Any] = {
    float: "f", int: "i", complex: "z", bool: "b", np.bool_: "b",
    **{np.dtype(code).type: "f" for code in np.typecodes["Float"]},
    **{np.dtype(code).type: "i" for code in np.typecodes["AllInteger"]},
    **{np.dtype(code).type: "z" for code in np.typecodes["Complex"]},
    str: "k", bytes: "k", type(None): "k", types.ModuleType: "k",
    types.FunctionType: "o", types.BuiltinFunctionType: "o", type: "o", range: "o",
}
_ARRAY_LETTERS = {"f": "a", "c": "c", "i": "n", "u": "n", "b": "n"}

FLOAT64 = np.dtype(np.float64)
"""The dtype of nearly all arrays of floats."""

_ARRAYS = [None, *[("a", n) for n in range(1, 65)]]      # the kinds of arrays of floats, by their dimensions

NUMBERS = frozenset((float, np.float64, int))
"""The classes of numbers that code for real numbers is made for without more ado."""

DEEP = frozenset((np.ndarray, tuple, list, dict))
"""The types that don't tell the kinds of their values."""

PLAIN = frozenset(_KINDS)
"""The types that tell the kinds of their values."""

MARKERS: set[type] = set()
"""The types of arguments that say how to differentiate (`api.markers`): no function is specialised for them."""


@non_differentiable
def kind_of(x: Any) -> Any:
    """The kind of a value."""
    cls = type(x)
    if cls is ndarray:
        letter = _ARRAY_LETTERS.get(x.dtype.kind)
        return (letter, x.ndim) if letter and x.ndim else "o"
    kind = _KINDS.get(cls)
    if kind is not None:
        return kind
    if cls is tuple and len(x) <= 8:
        return ("t", *[kind_of(p) for p in x])
    return "k" if issubclass(cls, (str, bytes, np.ufunc)) else "o"


@non_differentiable
def deep_kind_of(x: Any) -> Any:
    """The kind of a value, with what the lists and dicts in it hold, where they hold things of one kind."""
    return _deep_kind(x, [10_000], 6)


def _deep_kind(x: Any, room: list[int], depth: int) -> Any:
    """As `deep_kind_of`; `room` is how many more values may be looked at, but for lists of numbers, `depth` how many containers
    in each other."""
    cls = type(x)
    if cls is dict and depth and x:
        room[0] -= len(x)
        if room[0] < 0 or len(x) > 64:
            return "o"
        held, vague = [], True
        for key, e in x.items():
            if type(key) is not str:
                return "o"
            cls = type(e)
            kind = _ARRAYS[e.ndim] if cls is ndarray and e.dtype is FLOAT64 else _KINDS.get(cls)     # most, without a call
            if kind is None:
                kind = _deep_kind(e, room, depth - 1)
            if kind.__class__ is str and kind in VAGUE:
                kind = "o"
            else:
                vague = False
            held.append((key, kind))
        return "o" if vague else ("d", tuple(held))
    if cls is list and depth and x:
        classes = set(map(type, x))
        if len(classes) == 1 and _KINDS.get(type(x[0])) in ("f", "i", "z"):
            return "l", _KINDS[type(x[0])]
        room[0] -= len(x)
        if room[0] < 0:
            return "o"
        kind = "⊥"
        for e in x:
            k = (_ARRAYS[e.ndim] if type(e) is ndarray and e.dtype is FLOAT64 else None) or _deep_kind(e, room, depth - 1)
            if k is not kind and k != kind:
                kind = join(kind, k)
                if kind in VAGUE:
                    return "o"
        return "l", kind
    kind = _KINDS.get(cls)
    if kind is not None:
        return kind
    if cls is tuple and len(x) <= 8:
        return ("t", *[_KINDS.get(type(p)) or _deep_kind(p, room, depth - 1) for p in x]) if depth else "o"
    kind = kind_of(x)
    return _object_kind(x, cls, room, depth) if kind == "o" and depth else kind


def _object_kind(x: Any, cls: type, room: list[int], depth: int) -> Any:
    """As `_deep_kind`, for instances of plain classes and named tuples."""
    if cls.__module__.partition(".")[0] == "zygote_py":
        return "o"
    if isinstance(x, tuple):
        known = tuple_class(cls)
        if known is None or len(x) > 12:
            return "o"
        return "m", known, tuple([(name, _deep_kind(p, room, depth - 1)) for name, p in zip(known.fields(), x)])
    known = class_of(cls)
    if known is None:
        return "o"
    held = attributes_of(x, cls)
    room[0] -= 4 * len(held)
    if room[0] < 0 or len(held) > 64 or not all(map(known.has_own, held)):
        return "o"
    return "p", known, tuple([(name, _deep_kind(held[name], room, depth - 1)) for name in sorted(held)])


@non_differentiable
def check_kind(x: Any, kind: Any) -> None:
    """Refuse an element whose kind is not that which the code was made for.

    The analysis follows what is stored into lists and dicts, and forgets what they hold wherever it can't see. What is left are
    operators, properties and other threads that change the very list which a function goes through.
    """
    if len(kind) == 1 and kind.__class__ is tuple:      # a list or dict, and no subclass
        found, kind = type(x), {"d": dict, "l": list, "t": tuple}[kind[0]]
        if found is kind:
            return
    else:
        found = kind_of(x)
    if found != kind and join(found, kind) != kind:
        raise changed_kind(x)


@non_differentiable
def check_class(x: Any, cls: type) -> None:
    """As `check_kind`, for an instance of a class."""
    if x.__class__ is not cls:
        raise changed_kind(x)


def changed_kind(x: Any) -> UnsupportedCodeError:
    return UnsupportedCodeError(message(
        f"an element of a list or dict, or an attribute, became another kind of value during the call: {type(x).__name__}",
        **here(),
        why="The code was made for what lists, dicts and objects held when the function was called.",
        instead="differentiate with zygote_py.options(optimise=False)", doc="docs/limitations.md#containers"))


@non_differentiable
def plain_kind_of(x: Any) -> Any:
    """The kind of a value where nothing rests on analysis: what carries no derivative, and the rest."""
    return "k" if x is None or isinstance(x, str) else "o"


def types_of(kind: Any) -> frozenset[type]:
    """The types whose values are all of a kind."""
    return frozenset(t for t, k in _KINDS.items() if k == kind)
