"""Selecting elements by index, and sorting."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from zygote_py.registry import linear, non_differentiable, rule
from zygote_py.rules.kinds import along, opaque

from .helpers import fit, like, placed


def ungetitem(dy: Any, x: Any, index: Any) -> Any:
    """Return zeros like `x` with `dy` added at `index`; an index that occurs twice adds twice.

    Parameters
    ----------
    dy : ndarray or number, of the shape of x[index]
    x : ndarray
    index : whatever indexes x
    """
    kind = x.dtype.kind
    if kind != "c" and np.iscomplexobj(dy):
        dy = dy.real
    r = np.zeros(x.shape, x.dtype) if kind in "fc" else np.zeros(x.shape)
    if basic(index):
        r[index] = dy
    else:
        np.add.at(r, index, dy)
    return r


linear(ungetitem, lambda dy, d, x, index: fit(dy[index], d))


def basic(index: Any) -> bool:
    """Whether no element can be selected twice: integers, slices, None, Ellipsis, and boolean masks."""
    kind = index.__class__
    if kind is tuple:
        return all(basic(i) for i in index)
    if kind is ndarray:
        return index.dtype.kind == "b"
    return kind is not list


linear(np.take, lambda dy, a, indices, axis=None, *, mode="raise": untake(dy, a, indices, axis, mode), kind=opaque)
linear(np.take_along_axis, lambda dy, arr, indices, axis=-1: untake_along(dy, arr, indices, axis), kind=opaque)
rule(np.compress, None, lambda dy, y, condition, a, axis=None: uncompress(dy, condition, a, axis), kind=opaque)
rule(np.extract, None, lambda dy, y, condition, arr: uncompress(dy, np.ravel(condition), arr, None), kind=opaque)
rule(np.sort, lambda dy, y, a, axis=-1, kind=None, *, stable=None, descending=None: unsort(
    dy, a, axis, kind=kind, stable=stable, descending=descending), kind=along)
linear(np.delete, lambda dy, arr, obj, axis=None: undelete(dy, arr, obj, axis), kind=opaque)
rule(np.insert, lambda dy, y, arr, obj, values, axis=None: uninsert(dy, arr, obj, values, axis)[0],
     None,
     lambda dy, y, arr, obj, values, axis=None: uninsert(dy, arr, obj, values, axis)[1])
rule(np.select, None,
     lambda dy, y, condlist, choicelist, default=0: unselect(dy, condlist, choicelist),
     lambda dy, y, condlist, choicelist, default=0:
     fit(np.where(np.any(np.broadcast_arrays(*condlist), axis=0), 0.0, dy), default))
rule(np.choose, None, lambda dy, y, a, choices, mode="raise": unchoose(dy, a, choices, mode))
rule(np.partition, lambda dy, y, a, kth, axis=-1, kind="introselect":
     unpermute(dy, a, np.argpartition(a, kth, axis), axis), kind=along)
rule(np.sort_complex, lambda dy, y, a: fit(unsort(dy, np.asarray(a), -1), a))
rule(np.ndarray.compress, lambda dy, y, x, condition, axis=None: uncompress(dy, condition, x, axis), kind=opaque)
rule(np.ndarray.choose, None, lambda dy, y, x, choices, mode="raise": unchoose(dy, x, choices, mode))
rule(np.trim_zeros, lambda dy, y, filt, trim="fb", axis=None: untrim(dy, filt, trim), fresh=False)
rule(np.unique, lambda dy, y, ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True,
     sorted=True: ununique(dy, y, ar, return_index or return_inverse or return_counts, axis, equal_nan))
rule(np.union1d, lambda dy, y, ar1, ar2: unjoined(dy, y, ar1, ar2)[0],
     lambda dy, y, ar1, ar2: unjoined(dy, y, ar1, ar2)[1])
rule(np.intersect1d, lambda dy, y, ar1, ar2, assume_unique=False, return_indices=False: unfound(dy, y, ar1, return_indices))
rule(np.setdiff1d, lambda dy, y, ar1, ar2, assume_unique=False: unfound(dy, y, ar1, False))
rule(np.setxor1d, lambda dy, y, ar1, ar2, assume_unique=False: unfound(dy, y, ar1, False),
     lambda dy, y, ar1, ar2, assume_unique=False: unfound(dy, y, ar2, False))
if hasattr(np, "unique_values"):
    rule(np.unique_values, lambda dy, y, x: unfound(dy, y, x, False))
    rule(np.unique_counts, lambda dy, y, x: unfound(dy, y, x, True))
    rule(np.unique_inverse, lambda dy, y, x: unfound(dy, y, x, True))
    rule(np.unique_all, lambda dy, y, x: unfound(dy, y, x, True))

non_differentiable(
    np.nonzero, np.flatnonzero, np.argwhere, np.ix_, np.isin, np.unpackbits, np.packbits)


def untake(dy: Any, a: Any, indices: Any, axis: Any, mode: str = "raise") -> Any:
    """Add the entries of dy at the indices along `axis`, of the flattened array without one."""
    x, chosen = np.asarray(a), np.asarray(indices)
    n = x.size if axis is None else x.shape[axis]
    chosen = chosen % n if mode == "wrap" else np.clip(chosen, 0, n - 1) if mode == "clip" else chosen
    if axis is None:
        return like(ungetitem(dy, x.reshape(-1), chosen), a)
    return fit(ungetitem(dy, x, (slice(None),) * (axis % x.ndim) + (chosen,)), a)


def untake_along(dy: Any, a: Any, indices: Any, axis: Any) -> Any:
    """Add the entries of dy at the indices, one-dimensional slice by slice."""
    x = np.asarray(a)
    if axis is None:
        return like(ungetitem(dy, x.reshape(-1), np.asarray(indices)), a)
    axis = axis % x.ndim
    index = tuple([
        indices if i == axis else np.arange(n).reshape((1,) * i + (n,) + (1,) * (x.ndim - i - 1)) for i, n in enumerate(x.shape)])
    return fit(ungetitem(dy, x, index), a)


def uncompress(dy: Any, condition: Any, a: Any, axis: Any) -> Any:
    """Put the selected entries back."""
    return untake(dy, a, np.flatnonzero(condition), axis)


def unsort(dy: Any, a: Any, axis: Any, **options: Any) -> Any:
    """Sorting permutes; the permutation is locally constant. Equal elements keep their order of argsort."""
    return unpermute(dy, a, order_of(np.asarray(a), axis, options), axis)


@non_differentiable
def order_of(x: Any, axis: Any, options: dict) -> Any:
    """Return what np.argsort gives, with those options that are given: not every NumPy knows them all."""
    return np.argsort(x, axis=axis, **{name: value for name, value in options.items() if value is not None})


def unpermute(dy: Any, a: Any, order: Any, axis: Any) -> Any:
    """Put each entry back to where the permutation `order` along `axis` found it."""
    if axis is None:
        return like(placed(dy, (order,), (np.size(a),)), a)
    shape, axis = np.shape(a), axis % np.ndim(a)
    index = tuple([
        order if i == axis else np.arange(n).reshape((1,) * i + (n,) + (1,) * (len(shape) - i - 1)) for i, n in enumerate(shape)])
    return fit(placed(dy, index, shape), a)


def uninsert(dy: Any, arr: Any, obj: Any, values: Any, axis: Any) -> tuple:
    """Send index numbers through the same insertion: they tell which entry went where."""
    x = np.asarray(arr)
    n = x.size if axis is None else x.shape[axis]
    number = np.insert(np.arange(n), obj, -1)
    kept, added = np.flatnonzero(number >= 0), np.flatnonzero(number < 0)
    d = dy if axis is not None else np.reshape(dy, -1)
    along_axis = 0 if axis is None else axis
    return like(np.take(d, kept, along_axis), arr), fit(np.take(d, added, along_axis), values)


def unselect(dy: Any, conditions: Any, choices: Any) -> Any:
    """The first condition that holds chooses."""
    free: Any = True
    parts: list = []
    for condition, choice in zip(conditions, choices):
        parts = [*parts, fit(np.where(condition & np.asarray(free), dy, 0.0), choice)]
        free = np.asarray(free) & ~np.asarray(condition)
    return like_choices(parts, choices)


def unchoose(dy: Any, a: Any, choices: Any, mode: str) -> Any:
    """Entry by entry, `a` is the number of the choice."""
    n = len(choices)
    number = np.mod(a, n) if mode == "wrap" else np.clip(a, 0, n - 1) if mode == "clip" else np.asarray(a)
    return like_choices([fit(np.where(number == i, dy, 0.0), c) for i, c in enumerate(choices)], choices)


def like_choices(parts: list, choices: Any) -> Any:
    """Return the parts as an array, a tuple or a list, whichever the choices are."""
    return np.stack(parts) if isinstance(choices, ndarray) else tuple(parts) if isinstance(choices, tuple) else parts


def untrim(dy: Any, a: Any, trim: str) -> Any:
    """Put zeros where zeros were trimmed off."""
    if np.ndim(a) != 1:
        raise NotImplementedError("np.trim_zeros has a rule for one dimension only")
    first = int(np.flatnonzero(a)[0]) if "f" in trim.lower() and len(dy) else 0
    return like(ungetitem(dy, np.asarray(a), slice(first, first + len(dy))), a)


def unfound(dy: Any, y: Any, x: Any, several: bool) -> Any:
    """Values that were selected from `x`, or perhaps elsewhere: the first element that equals each one has its cotangent."""
    if several:
        dy, y = dy[0], y[0]
    if dy is None:
        return None
    z = np.ravel(np.asarray(x))
    if not z.size:
        return like(np.zeros(0), x)
    order = np.argsort(z, kind="stable")
    place = order[np.minimum(np.searchsorted(z[order], y), z.size - 1)]
    hit = (z[place] == y) | (np.isnan(z[place]) & np.isnan(y))
    return like(ungetitem(np.where(hit, dy, 0.0), z, place), x)


def unjoined(dy: Any, y: Any, a: Any, b: Any) -> tuple:
    """The cotangent of a value that is in both sets goes to the first one."""
    order = np.sort(np.ravel(np.asarray(a)))
    first = order[np.minimum(np.searchsorted(order, y), len(order) - 1)] == y if len(order) else np.zeros(len(y), bool)
    return unfound(np.where(first, dy, 0.0), y, a, False), unfound(np.where(first, 0.0, dy), y, b, False)


def ununique(dy: Any, y: Any, x: Any, several: bool, axis: Any, equal_nan: bool) -> Any:
    """The first of equal elements has the cotangent of the value."""
    if axis is not None:
        d = dy[0] if several else dy
        _, index = np.unique(x, return_index=True, axis=axis)
        return None if d is None else untake(d, x, index, axis)
    return unfound(dy, y, x, several)


def undelete(dy: Any, a: Any, removed: Any, axis: Any) -> Any:
    """Put zeros where entries were removed."""
    kept = np.delete(np.arange(np.size(a) if axis is None else np.shape(a)[axis]), removed)
    if axis is None:
        return like(placed(dy, (kept,), (np.size(a),)), a)
    return fit(placed(dy, (slice(None),) * (axis % np.ndim(a)) + (kept,), np.shape(a)), a)
