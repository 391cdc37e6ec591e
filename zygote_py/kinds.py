"""The kind of a value, by which functions are specialised (docs/design/0001-architecture.md, "Kinds")."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from .registry import non_differentiable

__all__ = ["DEEP", "MARKERS", "deep_kind_of", "element", "join", "kind_of", "plain", "plain_kind_of", "types_of"]

_KINDS: dict[type, Any] = {
    float: "f", int: "i", complex: "z", bool: "b",
    np.float64: "f", np.float32: "f", np.float16: "f", np.int64: "i", np.int32: "i",
    np.complex128: "z", np.complex64: "z", np.bool_: "b",
    str: "k", bytes: "k", type(None): "k", types.ModuleType: "k",
    types.FunctionType: "o", types.BuiltinFunctionType: "o", type: "o", range: "o",
}
_ARRAY_LETTERS = {"f": "a", "c": "c", "i": "n", "u": "n", "b": "n"}

DEEP = frozenset((np.ndarray, tuple, list, dict))
"""The types that don't tell the kinds of their values."""

MARKERS: set[type] = set()
"""The types of arguments that say how to differentiate (`api.markers`): no function is specialised for them."""


@non_differentiable
def kind_of(x: Any) -> Any:
    """The kind of a value."""
    cls = type(x)
    if cls is np.ndarray:
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
    cls = type(x)
    return kind_of(x) if cls in _KINDS or cls is np.ndarray else _deep_kind(x, [_MOST], 6)


_MOST = 10_000      # how many values are looked at, but for lists of numbers


def _deep_kind(x: Any, room: list[int], depth: int) -> Any:
    """As `deep_kind_of`; `room` is how many more values may be looked at, `depth` how many containers in each other."""
    cls = type(x)
    if depth == 0:
        return "o" if cls is tuple else kind_of(x)
    depth -= 1
    if cls is list and x:
        classes = set(map(type, x))
        if len(classes) == 1 and _KINDS.get(type(x[0])) in ("f", "i", "z"):
            return "l", _KINDS[type(x[0])]
        room[0] -= len(x)
        if room[0] < 0:
            return "o"
        kinds = {_deep_kind(e, room, depth) for e in x}
        kind = kinds.pop()
        for k in kinds:
            kind = join(kind, k)
        return "o" if kind in ("o", "k", "b") else ("l", kind)
    if cls is dict and x:
        room[0] -= len(x)
        if room[0] < 0 or len(x) > 64 or set(map(type, x)) != {str}:
            return "o"
        held = tuple([(key, _deep_kind(e, room, depth)) for key, e in x.items()])
        held = tuple([(key, k) for key, k in held if k not in ("o", "k", "b")])
        return ("d", held) if held else "o"
    if cls is tuple and len(x) <= 8:
        return ("t", *[_deep_kind(p, room, depth) for p in x])
    return kind_of(x)


def plain(kind: Any) -> Any:
    """A kind without what is known of the elements of lists, dicts and iterators."""
    if kind.__class__ is not tuple:
        return kind
    if kind[0] == "t":
        return ("t", *map(plain, kind[1:]))
    return "o" if kind[0] in ("l", "d", "e") else kind


def element(kind: Any) -> Any:
    """The kind of the elements that a loop over a value of this kind meets."""
    if kind.__class__ is not tuple:
        return "o"
    if kind[0] in ("a", "c", "n"):
        return {"a": "f", "c": "z", "n": "i"}[kind[0]] if kind[1] == 1 else (kind[0], kind[1] - 1)
    if kind[0] in ("l", "e"):
        return "o" if kind[1] == "⊥" else kind[1]
    if kind[0] == "t" and len(kind) > 1:
        out = kind[1]
        for k in kind[2:]:
            out = join(out, k)
        return out
    return "o"


def join(a: Any, b: Any) -> Any:
    """The kind of a variable that has kind `a` on one path and `b` on another."""
    if a == b or b == "⊥":
        return a
    if a == "⊥":
        return b
    if a.__class__ is str and b.__class__ is str and a in "bifz" and b in "bifz":
        return "z" if "z" in (a, b) else "f" if "f" in (a, b) else "i"
    if a.__class__ is tuple and b.__class__ is tuple and a[0] == b[0]:
        if a[0] == "t" and len(a) == len(b):
            return ("t", *(join(x, y) for x, y in zip(a[1:], b[1:])))
        if a[0] in ("l", "e"):
            kind = join(a[1], b[1])
            return "o" if kind == "o" else (a[0], kind)
        if a[0] == "d":
            other = dict(b[1])
            held = tuple([(key, join(k, other[key])) for key, k in a[1] if key in other])
            return ("d", held)
    return "o"


@non_differentiable
def plain_kind_of(x: Any) -> Any:
    """The kind of a value where nothing rests on analysis: what carries no derivative, and the rest."""
    return "k" if x is None or isinstance(x, str) else "o"


def types_of(kind: Any) -> frozenset[type]:
    """The types whose values are all of a kind."""
    return frozenset(t for t, k in _KINDS.items() if k == kind)
