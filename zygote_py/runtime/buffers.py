"""Cotangents of arrays as buffers: made, filled up, owned, added to."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..rules.numpy.helpers import lift, strong
from ..tangents.project import unbroadcast

LARGE = 1 << 16
"""So many bytes are worth to be let go."""

NOTHING = bytes(64)
F8 = np.dtype(np.float64)


def zeros(x: Any) -> Any:
    """A buffer for the cotangent of an array."""
    return np.zeros(x.shape, x.dtype) if x.dtype.kind in "fc" else np.zeros(x.shape)


def zero_elements(x: Any, passes: Any) -> Any:
    """A buffer for the cotangent of an array, to be used element by element in a loop of so many passes: a list, if that pays."""
    if x.__class__ is np.ndarray and x.dtype is F8 and x.ndim == 1 and x.size <= 2 * len(passes):
        return [0.0] * x.size
    return zeros(x)


def elements(d: Any, passes: Any) -> Any:
    """A buffer as a list, if that pays."""
    return d.tolist() if d.__class__ is np.ndarray and d.dtype is F8 and d.ndim == 1 and d.size <= 2 * len(passes) else d


def joined_elements(items: Any, d: Any = None) -> Any:
    """The buffer as an array again: `d`, which gets the elements in place, or a new one."""
    if items.__class__ is not list:
        return items
    if d is None:
        return np.array(items)
    d[:] = items
    return d


def filled(d: Any, x: Any) -> Any:
    """An array of the shape of x with the number d in each place."""
    if d.__class__ is float and x.dtype is F8:
        same = np.empty(x.shape)
        same.fill(d)        # a third of the time of np.full
        return same
    return np.full(x.shape, d, x.dtype) if x.dtype.kind in "fc" else np.full(x.shape, d)


def spread(d: Any, y: Any) -> Any:
    """Repeat d to the shape of y."""
    shape = getattr(y, "shape", ())
    return d if getattr(d, "shape", None) == shape else np.zeros(shape) + d


def raised(d: Any, ndim: int, axis: int) -> Any:
    """What broadcasts to a sum of an array of `ndim` dimensions over `axis`, so that it broadcasts to that array.

    It is a number, or has no more axes than the sum. Those that it lacks are the first, and have length one: where the array has
    one more of them, nothing is to be done.
    """
    place = axis % ndim - (ndim - 1 - getattr(d, "ndim", 0))
    return d if place <= 0 else lift(d, d.ndim + 1, place)


def share(d: Any, y: Any, x: Any) -> Any:
    """The part of an operand x in a cotangent that is d everywhere in y: one number, if d is one, or what broadcasts to x."""
    if x.__class__ is np.ndarray:
        if x.shape == y.shape:
            return d
        if d.__class__ is float and x.size:
            return d * (y.size // x.size)       # so often was each element repeated
    return unbroadcast(spread(d, y), x)


def outline(x: Any) -> Any:
    """An array of the shape of x, without the memory, if there is much of it."""
    if x.__class__ is not np.ndarray or x.nbytes < LARGE:
        return x
    return np.ndarray(x.shape, x.dtype, NOTHING, 0, (0,) * x.ndim)


def small(x: Any) -> Any:
    """An array, or None if it is worth to be let go."""
    return None if x.__class__ is np.ndarray and x.nbytes >= LARGE else x


def scaled(d: Any, p: Any) -> Any:
    """What broadcasts times partial derivatives; zero stays zero whatever they are."""
    if d.__class__ is np.ndarray:
        return d * strong(p)
    return d * p if d else np.zeros(p.shape)


def over(d: Any, b: Any) -> Any:
    """d / b for real arrays; zero stays zero whatever b is, which is looked into where a large quotient is not finite."""
    if d.__class__ is np.ndarray and d.nbytes >= LARGE:
        with np.errstate(all="ignore"):
            r = d / b
        if strong(r) is r:
            return r
    return d * strong(1 / b)


def inner(x: Any, scale: Any, over: Any, plain: tuple, firm: tuple) -> Any:
    """The sum over all elements of a product of arrays and of `scale / over`, for a number x; what is in `firm` may be infinite,
    and counts as nothing where the others are zero."""
    if over:
        total = summed(plain + firm)
        if total is not None:
            total = total * scale / over
            if math.isfinite(total):
                return total
    d: Any = scale
    for p in plain:
        d = d * p
    for p in firm:
        d = d * strong(p)
    return unbroadcast(d if over.__class__ is float and over == 1 else d * strong(np.divide(1.0, over)), x)


def summed(factors: tuple) -> Any:
    """The sum of a product of arrays, if all are of double precision and of one shape; None otherwise."""
    shape = getattr(factors[0], "shape", None)
    for f in factors:
        if f.__class__ is not np.ndarray or f.dtype is not F8 or f.shape != shape:
            return None
    if len(factors) == 1:
        return np.add.reduce(factors[0], None)
    d = factors[0]
    if len(factors) > 2:
        d = d * factors[1]
        for f in factors[2:-1]:
            d *= f
    return np.vdot(d, factors[-1])


def owned(d: Any, x: Any) -> Any:
    """A cotangent in memory of its own."""
    if d is None:
        return zeros(x)
    return d.copy() if d.__class__ is np.ndarray else np.zeros(x.shape) + d


def taken(part: Any, x: Any = None) -> Any:
    """The cotangent of x, which was stored into, or added to, a place whose cotangent is `part`, in memory of its own; x may be
    left out if it has the shape of the place."""
    return part.copy() if x is None else unbroadcast(part.copy(), x)


def add_at(buffer: Any, index: Any, d: Any) -> None:
    """`buffer[index] += d`, where an index may occur more than once."""
    np.add.at(buffer, index, d)
