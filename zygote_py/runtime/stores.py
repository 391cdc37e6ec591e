"""Stores into arrays, and how they are undone.

Each function takes the context first and does what the user's statement does; what it returns undoes it in the reverse sweep:
it takes the cotangent of what was stored out of the shadow, and puts back what the array held before.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..registry import lookup, non_differentiable
from ..rules.numpy.indexing import basic
from ..tangents.project import unbroadcast
from .context import Context
from .memory import claim, keep_final, note_write, owner, shadow, spill_pending
from .rules import rule_back
from .settle import settle

__all__ = ["freeze_index", "store_array", "update_array"]


@non_differentiable
def freeze_index(index: Any) -> Any:
    """An index as it is now: arrays and lists in it may change later."""
    if isinstance(index, (list, np.ndarray)):
        return np.array(index) if not isinstance(index, np.ndarray) else index.copy()
    if index.__class__ is tuple:
        return tuple([freeze_index(i) for i in index])
    return index


@non_differentiable
def is_itself(a: Any, index: Any, value: Any) -> bool:
    """Whether `a[index] = value` stores a part of an array into itself, as `a[index] += b` does in the end."""
    if not isinstance(value, np.ndarray) or value.base is None or owner(value) is not owner(a) or not basic(index):
        return False
    part = a[index]
    return isinstance(part, np.ndarray) and part.shape == value.shape and part.strides == value.strides \
        and part.__array_interface__["data"] == value.__array_interface__["data"]


def store_array(cx: Context, a: Any, index: Any, value: Any) -> tuple[Any, Any]:
    """`a[index] = value`"""
    if is_itself(a, index, value):
        return nothing_stored, None
    index = freeze_index(index)
    note_write(cx, a)
    old = saved(a[index])
    a[index] = value
    return unstore_array, (a, index, old, None if same_space(old, value) else value)


def saved(part: Any) -> Any:
    return part.copy() if isinstance(part, np.ndarray) else part


@non_differentiable
def same_space(old: Any, value: Any) -> bool:
    """Whether the cotangent of a stored array is that of the place where it is stored."""
    return value.__class__ is np.ndarray and getattr(old, "shape", None) == value.shape and old.dtype == value.dtype


def nothing_stored(cx: Context, tape: Any) -> None:
    return None


def unstore_array(cx: Context, tape: Any) -> Any:
    """Undo a store; returns the cotangent of what was stored."""
    a, index, old, like = tape
    spill_pending(cx)
    keep_final(cx, a)
    s = shadow(cx, a)
    d = saved(s[index])
    if not basic(index):
        d = d * last_ones(a.shape, index)
    s[index] = 0
    a[index] = old
    if a.dtype.kind not in "fc":
        return None
    return d if like is None else fit_value(cx, like, d)


def fit_value(cx: Context, like: Any, d: Any) -> Any:
    return settle(cx, like, unbroadcast(d, like))


@non_differentiable
def last_ones(shape: tuple, index: Any) -> Any:
    """One where an element that `index` selects is selected there for the last time, and zero before: the last store wins."""
    places = np.arange(int(np.prod(shape))).reshape(shape)[index]
    flat = places.ravel()
    _, last = np.unique(flat[::-1], return_index=True)
    if last.size == flat.size:
        return 1.0
    won = np.zeros(flat.size)
    won[flat.size - 1 - last] = 1.0
    return won.reshape(places.shape)


def update_array(cx: Context, mask: int, update: Any, plain: Any, a: Any, b: Any) -> tuple[Any, Any, Any]:
    """`a += b` and the like: what `a + b` does, from what a held before."""
    old = a.copy()
    note_write(cx, a)
    update(a, b)
    return a, update_back, (mask, lookup(plain), a, old, b)


def update_back(cx: Context, tape: Any, dy: Any) -> tuple:
    mask, r, a, old, b = tape
    spill_pending(cx)
    keep_final(cx, a)
    dy = claim(cx, a, dy)
    y = a.copy()
    a[...] = old
    if dy is None:
        return None, None
    return rule_back(cx, (r, mask | 1, y, (old, b), {}, None), dy)
