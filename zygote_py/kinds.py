"""The kind of a value, by which functions are specialised (docs/design/0001-architecture.md, "Kinds")."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from .registry import non_differentiable

__all__ = ["DEEP", "MARKERS", "kind_of", "plain_kind_of", "types_of"]

_KINDS: dict[type, Any] = {
    float: "f", int: "i", complex: "z", bool: "b",
    np.float64: "f", np.float32: "f", np.float16: "f", np.int64: "i", np.int32: "i",
    np.complex128: "z", np.complex64: "z", np.bool_: "b",
    str: "k", bytes: "k", type(None): "k", types.ModuleType: "k",
    types.FunctionType: "o", types.BuiltinFunctionType: "o", type: "o", range: "o",
}
_ARRAY_LETTERS = {"f": "a", "c": "c", "i": "n", "u": "n", "b": "n"}

DEEP = frozenset((np.ndarray, tuple))
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
def plain_kind_of(x: Any) -> Any:
    """The kind of a value where nothing rests on analysis: what carries no derivative, and the rest."""
    return "k" if x is None or isinstance(x, str) else "o"


def types_of(kind: Any) -> frozenset[type]:
    """The types whose values are all of a kind."""
    return frozenset(t for t, k in _KINDS.items() if k == kind)
