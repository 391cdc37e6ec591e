"""Cotangents of arrays as buffers: made, filled up, owned, added to."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..rules.numpy.helpers import strong
from ..tangents.project import unbroadcast


def zeros(x: Any) -> Any:
    """A buffer for the cotangent of an array."""
    return np.zeros(x.shape, x.dtype) if x.dtype.kind in "fc" else np.zeros(x.shape)


def filled(d: Any, x: Any) -> Any:
    """An array of the shape of x with the number d in each place."""
    return np.full(x.shape, d, x.dtype) if x.dtype.kind in "fc" else np.full(x.shape, d)


def spread(d: Any, y: Any) -> Any:
    """Repeat d to the shape of y."""
    return d if getattr(d, "shape", None) == y.shape else np.zeros(y.shape) + d


def scaled(d: Any, p: Any) -> Any:
    """What broadcasts times partial derivatives; zero stays zero whatever they are."""
    if d.__class__ is np.ndarray:
        return d * strong(p)
    return d * p if d else np.zeros(p.shape)


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
