"""Selecting elements by index, and sorting."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from zygote_py.registry import linear, non_differentiable, not_yet, rule
from zygote_py.rules.kinds import along, opaque

from .helpers import fit, like


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


linear(np.take, lambda dy, a, indices, axis=None: untake(dy, a, indices, axis), kind=opaque)
linear(np.take_along_axis, lambda dy, arr, indices, axis=-1: untake_along(dy, arr, indices, axis), kind=opaque)
rule(np.compress, None, lambda dy, y, condition, a, axis=None: uncompress(dy, condition, a, axis), kind=opaque)
rule(np.extract, None, lambda dy, y, condition, arr: uncompress(dy, np.ravel(condition), arr, None), kind=opaque)
rule(np.sort, lambda dy, y, a, axis=-1, kind=None: unsort(dy, a, axis, kind), kind=along)
linear(np.delete, lambda dy, arr, obj, axis=None: undelete(dy, arr, obj, axis), kind=opaque)
rule(np.insert, lambda dy, y, arr, obj, values, axis=None: uninsert(dy, arr, obj, values, axis)[0],
     None,
     lambda dy, y, arr, obj, values, axis=None: uninsert(dy, arr, obj, values, axis)[1])
rule(np.select, None,
     lambda dy, y, condlist, choicelist, default=0: unselect(dy, condlist, choicelist),
     lambda dy, y, condlist, choicelist, default=0: fit(np.where(np.any(condlist, axis=0), 0.0, dy), default))
rule(np.choose, None, lambda dy, y, a, choices: unchoose(dy, a, choices))
rule(np.interp, lambda dy, y, x, xp, fp: interp_x(dy, x, xp, fp),
     not_yet,
     lambda dy, y, x, xp, fp: interp_fp(dy, x, xp, fp))

non_differentiable(
    np.nonzero, np.flatnonzero, np.argwhere, np.ix_, np.isin, np.unpackbits, np.packbits)


def untake(dy: Any, a: Any, indices: Any, axis: Any) -> Any:
    """Add the entries of dy at the indices along `axis`, of the flattened array without one."""
    x, chosen = np.asarray(a), np.asarray(indices)
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


def unsort(dy: Any, a: Any, axis: Any, kind: Any) -> Any:
    """Sorting permutes; the permutation is locally constant. Equal elements keep their order of argsort."""
    x = np.asarray(a)
    return untake_along(dy, a, np.argsort(x, axis=axis, kind=kind), axis)


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
    return tuple(parts) if isinstance(choices, tuple) else parts


def unchoose(dy: Any, a: Any, choices: Any) -> Any:
    """Entry by entry, `a` is the number of the choice."""
    parts = [fit(np.where(np.asarray(a) == i, dy, 0.0), c) for i, c in enumerate(choices)]
    return np.stack(parts) if isinstance(choices, ndarray) else tuple(parts) if isinstance(choices, tuple) else parts


def interval(x: Any, xp: Any) -> tuple:
    """Return the number of the interval in which x lies, its fraction there, kept in [0, 1], and the interval's width."""
    xp = np.asarray(xp)
    i = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, len(xp) - 2)
    width = xp[i + 1] - xp[i]
    return i, np.clip((np.asarray(x) - xp[i]) / width, 0.0, 1.0), width


def interp_x(dy: Any, x: Any, xp: Any, fp: Any) -> Any:
    """The slope of the interval, and 0 outside; at a node that of the interval to the right."""
    i, _, width = interval(x, xp)
    f = np.asarray(fp)
    inside = (np.asarray(x) >= xp[0]) & (np.asarray(x) <= xp[-1])
    return fit(dy * np.where(inside, (f[i + 1] - f[i]) / width, 0.0), x)


def interp_fp(dy: Any, x: Any, xp: Any, fp: Any) -> Any:
    """y = (1 - t) fp_i + t fp_{i+1}."""
    i, t, _ = interval(x, xp)
    f = np.asarray(fp)
    return fit(ungetitem(dy * (1 - t), f, np.asarray(i)) + ungetitem(dy * t, f, np.asarray(i + 1)), fp)


def undelete(dy: Any, a: Any, removed: Any, axis: Any) -> Any:
    """Put zeros where entries were removed."""
    n = np.size(a) if axis is None else np.shape(a)[axis]
    return untake(dy, a, np.delete(np.arange(n), removed), axis)
