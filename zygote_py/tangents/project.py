"""Fit a cotangent to its primal value: shape and realness inside the reverse sweep, the exact type at the boundary.

Enters: a cotangent and the primal value. Leaves: the part of the cotangent that belongs to the space of the primal value.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy import ndarray

from .accumulate import rebuild
from .unknown import Unknown

__all__ = ["project", "unbroadcast", "unbroadcast_to"]

reduce: Any = np.add.reduce
_F8 = np.dtype(np.float64)
_REAL = frozenset((float, int, bool, np.float64, np.float32, np.float16, np.int64, np.int32, np.bool_))


def unbroadcast(d: Any, x: Any) -> Any:
    """Sum `d` over the axes along which `x` was broadcast, and take its real part if `x` is real.

    Parameters
    ----------
    d : number or array of the shape to which x was broadcast; None stays None
    x : number, array, or nested list or tuple of numbers

    Returns
    -------
    a number for a number, an array of the shape of x for an array, a nested list (tuple) for a list (tuple)
    """
    kind = x.__class__
    if kind is ndarray:
        if d.__class__ is ndarray:
            if d.dtype is _F8 or d.dtype.kind != "c" or x.dtype.kind == "c":
                shape = x.shape
                if d.shape == shape:
                    return d
                if d.ndim == 2:  # the two common cases: a row that was added to every row, and a column
                    if len(shape) == 1:
                        r = reduce(d)
                        if r.shape == shape:
                            return r
                    elif len(shape) == 2 and shape[1] == 1 and shape[0] == d.shape[0]:
                        return reduce(d, 1, None, None, True)
                return _sum_to(d, shape)
            return d.real if d.shape == x.shape else _sum_to(d.real, x.shape)
        if d is None or d.__class__ is Unknown:
            return d
        if getattr(d, "shape", ()):     # of another library, which has multiplied by x
            return unbroadcast(np.asarray(d), x)
        if x.dtype.kind != "c":
            d = d.real
        return d if not x.shape else np.full(x.shape, d)
    if d.__class__ is float:
        return d if kind in _REAL else _from_float(d, x)
    if d is None or d.__class__ is Unknown:
        return d
    if kind in _REAL:
        if isinstance(d, ndarray):
            d = _total(d, None, False)
        if d.__class__ is Decimal:
            return float(d)
        return d.real if isinstance(d, (complex, np.complexfloating)) else d
    if isinstance(x, (list, tuple)):
        return _nested(unbroadcast(d, np.asarray(x)), x) if d.__class__ is not kind else d
    return _other(d, x)


def unbroadcast_to(d: Any, shape: tuple) -> Any:
    """As `unbroadcast`, for a real array of which only the shape is left.

    >>> unbroadcast_to(np.ones((2, 3)), (3,))
    array([2., 2., 2.])
    """
    if d.__class__ is ndarray and d.dtype is _F8:
        return d if d.shape == shape else _sum_to(d, shape)
    return unbroadcast(d, np.broadcast_to(0.0, shape))


def _from_float(d: float, x: Any) -> Any:
    """Fit a float to lists and tuples, and to numbers of other types."""
    if isinstance(x, (list, tuple)):
        return _nested(np.full(np.shape(x), d), x)
    return Decimal(d) if x.__class__ is Decimal else d


def _sum_to(d: ndarray, shape: tuple) -> ndarray:
    """Sum `d` to `shape`, one that broadcasts to d.shape."""
    extra = d.ndim - len(shape)
    if extra > 0:
        d = _total(d, 0 if extra == 1 else tuple(range(extra)), False)
    elif extra < 0:
        d = np.broadcast_to(d, shape)
    if d.shape == shape:
        return d
    axes = tuple([i for i, n in enumerate(shape) if n == 1 and d.shape[i] != 1])
    if axes:
        d = _total(d, axes, True)
    return d if d.shape == shape else np.broadcast_to(d, shape).copy()


def _total(d: Any, axes: Any, keepdims: bool) -> Any:
    """Sum over axes; the ufunc is faster than the method, which a class of the user's may have changed, but other libraries'
    arrays have only the method."""
    return reduce(np.asarray(d), axis=axes, keepdims=keepdims) if isinstance(d, ndarray) else d.sum(axis=axes, keepdims=keepdims)


def _nested(d: Any, x: Any) -> Any:
    """Cut an array into the nested lists and tuples of `x`."""
    if isinstance(x, (list, tuple)):
        parts = [_nested(d[i], x[i]) for i in range(len(x))]
        return parts if isinstance(x, list) else rebuild(x, parts)
    return d


def _other(d: Any, x: Any) -> Any:
    """Fit to complex scalars, NumPy scalars of other types, arrays that are not NumPy's, exact numbers."""
    if x.__class__ is Decimal:
        return d if d.__class__ is Decimal else Decimal(d)
    shape = getattr(x, "shape", ())
    if not isinstance(shape, tuple):
        return d
    if getattr(d, "shape", ()) != shape:
        d = _sum_to(d, shape) if shape else _total(d, None, False)
    real = not np.iscomplexobj(x)
    if real and (isinstance(d, complex) or np.iscomplexobj(d)):
        d = d.real
    return d


def project(d: Any, x: Any) -> Any:
    """Fit a cotangent to the type of its primal value, at the boundary where a user sees it.

    float -> float, np.float64 -> np.float64, int -> float, complex -> complex, Fraction -> Fraction,
    Decimal -> Decimal; arrays keep a floating dtype, integer arrays get float64, 0-d arrays 0-d arrays; real
    values the real part; bool, str and functions None. Tuples, lists and dicts are fitted entry by entry; what else there is
    passes unchanged.

    >>> project(2, 1.5), project(1 + 2j, 3), project(1.0, True)
    (2.0, 1.0, None)
    """
    kind = x.__class__
    if d is None:
        return None
    if kind is ndarray:
        return _project_array(d, x)
    if kind is bool or kind is np.bool_ or kind is str:
        return None
    if kind is float or kind is int:
        return d if d.__class__ is float else _real_number(d)
    if isinstance(x, ndarray):
        return _project_array(d, x)
    if kind is np.float64:
        return d if d.__class__ is np.float64 else np.float64(_real_number(d))
    if kind is complex:
        return complex(d)
    if isinstance(x, np.generic):
        return _project_array(d, np.asarray(x))[()] if x.dtype.kind in "iufc" else None
    if isinstance(x, (Fraction, Decimal)):
        return d if isinstance(d, kind) else kind(_real_number(d))
    if isinstance(x, (list, tuple)) and isinstance(d, (list, tuple)) and len(d) == len(x):
        parts = [project(p, q) for p, q in zip(d, x)]
        return parts if isinstance(x, list) else rebuild(x, parts)
    if isinstance(x, dict) and isinstance(d, dict):
        return {key: project(d.get(key), value) for key, value in x.items()}
    return d


def _real_number(d: Any) -> float:
    """Return a real number or 0-d array as a float."""
    return float(d.real) if isinstance(d, complex) or getattr(d, "dtype", _F8).kind == "c" else float(d)


def _project_array(d: Any, x: ndarray) -> Any:
    """Fit to an array: its shape, realness and floating dtype."""
    kind = x.dtype.kind
    if kind == "b":
        return None
    if d.__class__ is ndarray and d.dtype is x.dtype and kind in "fc" and d.shape == x.shape:
        return d
    if d.__class__ is float and kind == "f":
        same = np.empty(x.shape, x.dtype)
        same.fill(d)        # a third of the time of np.full
        return same
    d = np.asarray(d)
    if kind in "iuf" and d.dtype.kind == "c":
        d = d.real
    dtype = x.dtype if kind in "fc" else _F8 if kind in "iu" else d.dtype
    if d.dtype != dtype:
        d = d.astype(dtype)
    if d.shape != x.shape:
        d = _sum_to(d, x.shape) if d.ndim >= x.ndim else np.full(x.shape, d, dtype)
    return d
