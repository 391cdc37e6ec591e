"""NumPy's functions that call functions, and the methods of ufuncs: each as the Python function that does the same.

The engine differentiates these functions in place of NumPy's (`runtime.functionals`), and with them what they are given.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.registry import non_differentiable, rule

from .helpers import expand, fit
from .shapes import add_rows

# -- functions of functions ----------------------------------------------------------------------------------------------------


def apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """`np.apply_along_axis`"""
    a = np.asarray(arr)
    axis = axis % a.ndim
    rows = np.moveaxis(a, axis, -1)
    lead = rows.shape[:-1]
    flat = np.reshape(rows, (-1, rows.shape[-1]))
    results = [np.asarray(func1d(flat[i], *args, **kwargs)) for i in range(len(flat))]
    y = np.stack(results)
    y = np.reshape(y, (*lead, *y.shape[1:]))
    depth = y.ndim - len(lead)
    return np.moveaxis(y, tuple(range(len(lead), y.ndim)), tuple(range(axis, axis + depth))) if depth else y


def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    """`np.apply_over_axes`"""
    val = np.asarray(a)
    n = val.ndim
    for axis in (axes if np.ndim(axes) else (axes,)):
        axis = axis + n if axis < 0 else axis
        res = func(val, axis)
        val = res if np.ndim(res) == np.ndim(val) else np.expand_dims(res, axis)
    return val


def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """`np.piecewise`"""
    x = np.asarray(x)
    conditions = conditions_of(x, condlist, len(funclist))
    y = np.zeros(x.shape)
    for i in range(len(funclist)):
        where = conditions[i]
        if callable(funclist[i]):
            if where.any():
                y = spread(y, where, funclist[i](x[where], *args, **kw))
        else:
            y = spread(y, where, funclist[i])
    return y if x.dtype == y.dtype else keep_type(y, x)


@non_differentiable
def conditions_of(x: Any, condlist: Any, n: int) -> list:
    """The conditions as arrays, with the one that none holds where a function is left over; the last that holds wins."""
    if np.isscalar(condlist) or (not isinstance(condlist[0], (list, np.ndarray)) and x.ndim != 0):
        condlist = [condlist]
    found = [np.broadcast_to(np.asarray(c, bool), x.shape) for c in condlist]
    if n == len(found) + 1:
        found.append(~np.any(found, axis=0))
    elif n != len(found):
        raise ValueError(f"with {len(found)} condition(s), either {len(found)} or {len(found) + 1} functions are expected")
    return found


def spread(y: Any, where: Any, values: Any) -> Any:
    """Return `y` with the values in place of the elements where the mask is true."""
    r = y.copy() if np.result_type(y) == np.result_type(y, values) else y.astype(np.result_type(y, values))
    r[where] = values
    return r


rule(spread, lambda dy, r, y, where, values: np.where(where, 0.0, dy), None,
     lambda dy, r, y, where, values: fit(np.asarray(dy)[where], values))


def keep_type(y: Any, x: Any) -> Any:
    """Return `y` in the type of `x`, as np.piecewise does."""
    return y.astype(x.dtype)


def fromfunction(function: Any, shape: Any, *, dtype: Any = float, like: Any = None, **kwargs: Any) -> Any:
    """`np.fromfunction`"""
    return function(*np.indices(shape, dtype=dtype), **kwargs)


def fromiter(iter: Any, dtype: Any, count: int = -1) -> Any:
    """`np.fromiter`"""
    items = list(iter)
    return np.array(items if count < 0 else items[:count], dtype)


def vectorize(self: Any, *args: Any, **kwargs: Any) -> Any:
    """What an `np.vectorize` object does when it is called."""
    check_vectorize(self)
    names = [k for k in kwargs if k not in self.excluded]
    fixed = {k: kwargs[k] for k in kwargs if k in self.excluded}
    moving = [i for i in range(len(args)) if i not in self.excluded]
    arrays = np.broadcast_arrays(*[args[i] for i in moving], *[kwargs[k] for k in names])
    shape = np.shape(arrays[0])
    flat = [np.reshape(a, (-1,)).astype(object) for a in arrays]         # whose elements are Python's numbers
    results = []
    for j in range(len(flat[0])):
        given = [flat[moving.index(i)][j] if i in moving else args[i] for i in range(len(args))]
        words = {k: flat[len(moving) + names.index(k)][j] for k in names}
        results.append(self.pyfunc(*given, **words, **fixed))
    if isinstance(results[0], tuple):
        return tuple([shaped([r[k] for r in results], shape, self.otypes, k) for k in range(len(results[0]))])
    return shaped(results, shape, self.otypes, 0)


@non_differentiable
def check_vectorize(f: Any) -> None:
    if f.signature is not None:
        raise NotImplementedError("np.vectorize with a signature has no rule; use np.stack([f(row) for row in a])")


def shaped(results: list, shape: tuple, otypes: Any, k: int) -> Any:
    """Return the results as an array, in the type of the first one or in the one that was asked for."""
    return np.reshape(np.array(results, type_of(results[0], otypes, k)), shape)


@non_differentiable
def type_of(first: Any, otypes: Any, k: int) -> Any:
    return np.dtype(otypes[k]) if otypes else np.asarray(first).dtype


# -- methods of ufuncs ---------------------------------------------------------------------------------------------------------


def reduce(ufunc: Any, array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: Any = False,
           initial: Any = np._NoValue, where: Any = True) -> Any:
    """`ufunc.reduce`: a fold along the axis, for all axes one after the other."""
    no_out(out)
    options = {} if initial is np._NoValue else {"initial": initial}
    if where is not True:
        options = {**options, "where": where}
    if ufunc is np.add:
        return np.sum(array, axis=axis, dtype=dtype, keepdims=keepdims, **options)
    if ufunc is np.multiply:
        return np.prod(array, axis=axis, dtype=dtype, keepdims=keepdims, **options)
    if ufunc is np.maximum:
        return np.max(array, axis=axis, keepdims=keepdims, **options)
    if ufunc is np.minimum:
        return np.min(array, axis=axis, keepdims=keepdims, **options)
    if where is not True:
        no_mask(ufunc)
    if ufunc is np.logaddexp and not options:
        return log_total(array, axis=axis, keepdims=keepdims)
    a = np.asarray(array)
    if axis is None:
        axis = tuple(range(a.ndim))
    axes = [k % a.ndim for k in (axis if isinstance(axis, tuple) else (axis,))]
    rows = np.moveaxis(a, axes, tuple(range(len(axes))))
    rows = np.reshape(rows, (-1, *rows.shape[len(axes):]))
    total, start = (rows[0], 1) if initial is np._NoValue or initial is None else (initial, 0)
    for i in range(start, len(rows)):
        total = ufunc(total, rows[i])
    return np.expand_dims(total, tuple(axes)) if keepdims else total


def log_total(a: Any, axis: Any = 0, keepdims: Any = False) -> Any:
    """The logarithm of the sum of exponentials, `np.logaddexp.reduce`."""
    return np.logaddexp.reduce(a, axis=axis, keepdims=keepdims)


rule(log_total, lambda dy, y, a, axis=0, keepdims=False:
     fit(expand(dy, np.asarray(a), axis, keepdims) * np.exp(a - expand(where_finite(y), np.asarray(a), axis, keepdims)), a))


def where_finite(y: Any) -> Any:
    """Return y with 0 in place of -inf, the logarithm of a sum without terms: all their shares are 0."""
    return np.where(np.isneginf(y), 0.0, y)


def accumulate(ufunc: Any, array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    """`ufunc.accumulate`: what a fold gives on the way."""
    no_out(out)
    if ufunc is np.add:
        return np.cumsum(array, axis=axis, dtype=dtype)
    if ufunc is np.multiply:
        return np.cumprod(array, axis=axis, dtype=dtype)
    rows = np.moveaxis(np.asarray(array), axis, 0)
    totals = [rows[0]]
    for i in range(1, len(rows)):
        totals.append(ufunc(totals[i - 1], rows[i]))
    return np.stack(totals, axis)


def outer(ufunc: Any, a: Any, b: Any) -> Any:
    """`ufunc.outer`"""
    return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)


def reduceat(ufunc: Any, array: Any, indices: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    """`ufunc.reduceat`: folds of segments; one that does not end behind its start is a single element."""
    no_out(out)
    rows = np.moveaxis(np.asarray(array), axis, 0)
    if ufunc is np.add:
        return np.moveaxis(add_reduceat(rows, np.asarray(indices)), 0, axis)
    starts = list(indices)
    ends = [*starts[1:], len(rows)]
    return np.stack([reduce(ufunc, rows[i:max(j, i + 1)]) for i, j in zip(starts, ends)], axis)


def add_reduceat(rows: Any, indices: Any) -> Any:
    """Sums of segments along the first axis."""
    return np.add.reduceat(rows, indices, 0)


rule(add_reduceat, lambda dy, y, rows, indices: add_reduceat_back(dy, rows, indices))


def add_reduceat_back(dy: Any, rows: Any, indices: Any) -> Any:
    """Each element of a segment has the cotangent of its sum."""
    ends = np.concatenate([indices[1:], np.array([len(rows)])])
    lengths = np.maximum(ends - indices, 1)
    segment = np.repeat(np.arange(len(indices)), lengths)
    first = np.repeat(np.cumsum(lengths) - lengths, lengths)
    element = np.arange(len(segment)) - first + np.repeat(indices, lengths)
    return fit(add_rows(dy[segment], element, len(rows)), rows)


@non_differentiable
def no_out(out: Any) -> None:
    if out is not None:
        raise NotImplementedError("the rule of this method of a ufunc has no derivative for `out`; leave it out")


@non_differentiable
def no_mask(ufunc: Any) -> None:
    raise NotImplementedError(f"np.{ufunc.__name__}.reduce has no rule for `where`; use np.where before it")


STAND_INS = (
    (np.apply_along_axis, apply_along_axis),
    (np.apply_over_axes, apply_over_axes),
    (np.piecewise, piecewise),
    (np.fromfunction, fromfunction),
    (np.fromiter, fromiter),
    (np.vectorize.__call__, vectorize),
)
UFUNC_METHODS = {"reduce": reduce, "accumulate": accumulate, "outer": outer, "reduceat": reduceat}
