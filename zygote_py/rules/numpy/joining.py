"""Joining arrays, splitting them, and making arrays of numbers and lists.

The cotangent for a list of arrays is a list, for a tuple a tuple, for nested lists nested lists.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from zygote_py.registry import linear, rrule, rule, variant
from zygote_py.rules import kinds
from zygote_py.rules.kinds import opaque, same

from .helpers import fit, like

linear(np.concatenate, lambda dy, arrays, axis=0: unconcatenate(dy, arrays, axis), kind=kinds.joined)
linear(np.stack, lambda dy, arrays, axis=0: unstack(dy, arrays, axis), kind=kinds.stacked)
linear(np.vstack, lambda dy, tup: unvstack(dy, tup), kind=kinds.stacked_rows)
linear(np.hstack, lambda dy, tup: unconcatenate(dy, tup, 0 if np.ndim(dy) == 1 else 1), kind=kinds.side_by_side)
linear(np.dstack, lambda dy, tup: unconcatenate(dy, tup, 2), kind=kinds.stacked_sheets)
linear(np.column_stack, lambda dy, tup: unconcatenate(dy, tup, 1), kind=kinds.columns)
rule(np.append, lambda dy, y, arr, values, axis=None: unappend(dy, arr, values, axis)[0],
     lambda dy, y, arr, values, axis=None: unappend(dy, arr, values, axis)[1], kind=opaque)

linear(np.array, lambda dy, object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0: unarray(dy, object, dtype),
       kind=kinds.made, fresh=False)
linear(np.asarray, lambda dy, a, dtype=None, order=None, *, device=None, copy=None: unarray(dy, a, dtype),
       kind=kinds.made, fresh=False)
linear(np.asanyarray, lambda dy, a, dtype=None, order=None, *, device=None, copy=None: unarray(dy, a, dtype),
       kind=kinds.made, fresh=False)
linear(np.ascontiguousarray, lambda dy, a, dtype=None: unarray(dy, a, dtype), kind=kinds.made, fresh=False)
linear(np.asfortranarray, lambda dy, a, dtype=None: unarray(dy, a, dtype), kind=kinds.made, fresh=False)
linear(np.asarray_chkfinite, lambda dy, a, dtype=None, order=None: unarray(dy, a, dtype), kind=kinds.made, fresh=False)
linear(np.require, lambda dy, a, dtype=None, requirements=None: unarray(dy, a, dtype), fresh=False)
variant(np.array, ("numbers",), lambda dy, y, object: entries(dy))
variant(np.asarray, ("numbers",), lambda dy, y, a: entries(dy))
if hasattr(np, "astype"):
    linear(np.astype, lambda dy, x, dtype, /, *, copy=True, device=None: unarray(dy, x, dtype), fresh=False)
linear(np.copy, lambda dy, a, order="K": fit(dy, a), kind=same)
linear(np.ndarray.copy, lambda dy, x, order="C": dy, kind=same)
linear(np.ndarray.astype, lambda dy, x, dtype, order="K", casting="unsafe", subok=True, copy=True: unarray(dy, x, dtype),
       kind=kinds.converted, fresh=False)
linear(np.ndarray.item, lambda dy, x, *index: unitem(dy, x, index))
linear(np.ndarray.tolist, lambda dy, x: untolist(dy, x))
linear(np.float64, lambda dy, x=0.0: unarray(dy, x, None), kind=same, fresh=False)
linear(np.float32, lambda dy, x=0.0: unarray(dy, x, None), kind=same, fresh=False)
linear(np.float16, lambda dy, x=0.0: unarray(dy, x, None), kind=same, fresh=False)
linear(np.longdouble, lambda dy, x=0.0: unarray(dy, x, None), kind=same, fresh=False)
linear(np.complex64, lambda dy, x=0.0: unarray(dy, x, None), fresh=False)
linear(np.clongdouble, lambda dy, x=0.0: unarray(dy, x, None), fresh=False)
linear(np.complex128, lambda dy, x=0.0: unarray(dy, x, None), fresh=False)

rule(np.split, lambda dy, y, ary, indices_or_sections, axis=0: unsplit(dy, y, ary, axis), fresh=False)
rule(np.array_split, lambda dy, y, ary, indices_or_sections, axis=0: unsplit(dy, y, ary, axis), fresh=False)
rule(np.hsplit, lambda dy, y, ary, indices_or_sections: unsplit(dy, y, ary, 0 if np.ndim(ary) == 1 else 1), fresh=False)
rule(np.vsplit, lambda dy, y, ary, indices_or_sections: unsplit(dy, y, ary, 0), fresh=False)
rule(np.dsplit, lambda dy, y, ary, indices_or_sections: unsplit(dy, y, ary, 2), fresh=False)
if hasattr(np, "unstack"):
    rule(np.unstack, lambda dy, y, x, *, axis=0: fit(np.stack([np.zeros(p.shape) if d is None else d for d, p in zip(dy, y)],
                                                              axis), x),
         fresh=False)


JOINING = frozenset((np.array, np.asarray, np.concatenate, np.stack, np.vstack, np.hstack, np.dstack, np.column_stack))
"""Functions that make an array of the entries of a list or tuple, whichever it is."""


def collect(arrays: Any, parts: list) -> Any:
    """Return the parts as a tuple for a tuple, as a stacked array for an array, and as a list otherwise."""
    if arrays.__class__ is ndarray:
        return np.stack(parts) if parts else np.zeros(arrays.shape)
    return tuple(parts) if isinstance(arrays, tuple) else parts


def unconcatenate(dy: Any, arrays: Any, axis: Any) -> Any:
    """Cut dy into the pieces that were joined along `axis`."""
    if axis is None:
        dy, axis = dy.reshape(-1), 0
        sizes = [np.size(a) for a in arrays]
    else:
        axis = axis % dy.ndim
        sizes = [np.shape(a)[axis] if np.ndim(a) > axis else 1 for a in arrays]
    parts: list = []
    start, before = 0, (slice(None),) * axis
    for a, size in zip(arrays, sizes):
        piece = (*before, slice(start, start + size))
        parts = [*parts, like(dy[piece], a)]
        start = start + size
    return collect(arrays, parts)


def unstack(dy: Any, arrays: Any, axis: int) -> Any:
    """Take dy apart along the new axis."""
    d = np.moveaxis(dy, axis, 0)
    return collect(arrays, [fit(d[i], a) for i, a in enumerate(arrays)])


def unvstack(dy: Any, arrays: Any) -> Any:
    """Vectors became rows; matrices were joined along the first axis."""
    if np.ndim(arrays[0]) < 2:
        return collect(arrays, [like(dy[i], a) for i, a in enumerate(arrays)]) if len(arrays) == len(dy) else unrows(dy, arrays)
    return unrows(dy, arrays)


def unrows(dy: Any, arrays: Any) -> Any:
    """Cut dy along the first axis; a vector is one row."""
    parts: list = []
    start = 0
    for a in arrays:
        size = np.shape(a)[0] if np.ndim(a) > 1 else 1
        parts = [*parts, like(dy[start:start + size], a)]
        start = start + size
    return collect(arrays, parts)


def unappend(dy: Any, arr: Any, values: Any, axis: Any) -> Any:
    """np.append joins two arrays, flattened without an axis."""
    return unconcatenate(dy, (arr, values), axis)


def unarray(dy: Any, x: Any, dtype: Any) -> Any:
    """Give each number of a nested list its entry of dy; a conversion to whole numbers has no derivative."""
    if dtype is not None and np.dtype(dtype).kind not in "fcO":
        return None
    if isinstance(x, ndarray):
        return fit(dy if getattr(dy, "shape", x.shape) == x.shape else dy.reshape(x.shape), x)
    if isinstance(x, (list, tuple)):
        shape = np.shape(x)
        return nested(dy if getattr(dy, "shape", shape) == shape else dy.reshape(shape), x)
    if getattr(x, "shape", ()):     # an array or a table of another library
        return fit(dy.reshape(x.shape), x)
    return fit(dy.reshape(()) if getattr(dy, "shape", ()) else dy, x)[()] if hasattr(dy, "shape") else fit(dy, x)


def entries(d: Any) -> tuple:
    """Cut an array of real numbers into nested tuples of floats."""
    return tuple(d.tolist() if d.ndim == 1 else [entries(part) for part in d])


def nested(d: Any, x: Any) -> Any:
    """Cut an array into the structure of nested lists and tuples of numbers and arrays."""
    if isinstance(x, list):
        return [nested(d[i], x[i]) for i in range(len(x))]
    if isinstance(x, tuple):
        return tuple([nested(d[i], x[i]) for i in range(len(x))])
    return None if isinstance(x, (bool, np.bool_)) else fit(d, x)


def one_hot(d: Any, x: Any, position: Any) -> Any:
    """Return zeros like `x` with the number `d` at a position of its flattened elements."""
    r = np.zeros(x.size, x.dtype if x.dtype.kind in "fc" else np.float64)
    r[position] = d if r.dtype.kind == "c" else np.real(d)
    return r.reshape(x.shape)


linear(one_hot, lambda dy, d, x, position: dy.reshape(-1)[position])


def unitem(dy: Any, x: Any, index: tuple) -> Any:
    """x.item() of one element, x.item(i) of the flattened array, x.item(i, j) of one position."""
    if index and index[0].__class__ is tuple:
        index = index[0]
    return one_hot(dy, x, 0 if not index else index[0] if len(index) == 1 else int(np.ravel_multi_index(index, x.shape)))


def untolist(dy: Any, x: Any) -> Any:
    """Make an array of nested lists of cotangents, with 0 for None."""
    return filled(dy, x) if x.ndim else fit(dy, x)


def filled(dy: Any, x: Any) -> Any:
    """Return the array of nested lists in which None may stand for any part."""
    if dy is None:
        return np.zeros(x.shape)
    if x.ndim == 0:
        return dy
    if x.ndim == 1:
        return np.array([0.0 if d is None else d for d in dy])
    return np.stack([filled(d, part) for d, part in zip(dy, x)])


def unsplit(dy: Any, y: Any, ary: Any, axis: int) -> Any:
    """Join the pieces again; a piece without a cotangent is zero."""
    return fit(np.concatenate([np.zeros(p.shape) if d is None else d for d, p in zip(dy, y)], axis), ary)


@rrule(np.broadcast_arrays)
def broadcast_arrays(*args):
    y = np.broadcast_arrays(*args)

    def broadcast_arrays_back(dy):
        return tuple([fit(d, a) for d, a in zip(dy, args)])
    return y, broadcast_arrays_back


@rrule(np.meshgrid)
def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):      # y_i varies along one axis only: the sum over the others
    y = np.meshgrid(*xi, copy=copy, sparse=sparse, indexing=indexing)

    def axis_of(i):
        return 1 - i if indexing == "xy" and i < 2 and len(xi) > 1 else i

    def meshgrid_back(dy):
        return tuple([
            None if d is None else like(d.sum(axis=tuple([k for k in range(len(xi)) if k != axis_of(i)])), x)
            for i, (d, x) in enumerate(zip(dy, xi))])
    return y, meshgrid_back
