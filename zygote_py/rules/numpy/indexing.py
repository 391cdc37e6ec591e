"""Selecting elements by index, and sorting."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from zygote_py.registry import linear, non_differentiable, rule
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


def undelete(dy: Any, a: Any, removed: Any, axis: Any) -> Any:
    """Put zeros where entries were removed."""
    n = np.size(a) if axis is None else np.shape(a)[axis]
    return untake(dy, a, np.delete(np.arange(n), removed), axis)
