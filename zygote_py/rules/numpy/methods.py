"""The methods and attributes of ndarray, and what modifies arrays in place.

`METHODS[name]` is the function whose rule is the method's, with the array as the first argument. `ATTRIBUTES[name]` is the
cotangent of the array, `lambda dy, x: ...`, or None for an attribute without a derivative. `MUTATORS` modify an argument.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from zygote_py.errors import MissingRuleError, here, message
from zygote_py.registry import elementwise, linear, non_differentiable, rule
from zygote_py.rules.kinds import opaque

from .helpers import conj, fit, like

linear(ndarray.squeeze, lambda dy, x, axis=None: like(dy, x), fresh=False)
elementwise(ndarray.clip, lambda y, a, min=None, max=None: (
    1.0 * (y == a), None if min is None else 1.0 * ((y != a) & (y == min)),
    None if max is None else 1.0 * ((y != a) & (y == max))), kind=opaque)
linear(ndarray.conj, lambda dy, x: conj(dy), fresh=False)
linear(ndarray.conjugate, lambda dy, x: conj(dy), fresh=False)
linear(ndarray.__array__, lambda dy, x, dtype=None: fit(dy, x), fresh=False)
rule(ndarray.__array_wrap__, None, lambda dy, y, x, array, context=None, return_scalar=False: like(dy, array), fresh=False)
linear(ndarray.view, lambda dy, x, dtype=None, type=None: unview(dy, x), fresh=False)
non_differentiable(
    ndarray.tobytes, ndarray.dump, ndarray.dumps, ndarray.tofile, ndarray.__repr__, ndarray.__str__, ndarray.__len__)


def unview(dy: Any, x: Any) -> Any:
    """A view of the same numbers: of another type of elements, it shows their bytes."""
    if dy.shape != x.shape:
        raise MissingRuleError(message("no derivative of an array whose memory is seen as numbers of another type", **here(),
                                       why="A cotangent has no bytes.", instead="convert the numbers: a.astype(dtype)",
                                       doc="docs/limitations.md#in-place"))
    return fit(dy, x)


def unbase(dy: Any, x: Any) -> Any:
    raise MissingRuleError(message("no derivative by way of `.base`", **here(), why="The base is not a function of the array.",
                                   instead="use the array that the view was made of", doc="docs/limitations.md#in-place"))


def unbuffer(dy: Any, x: Any) -> Any:
    raise MissingRuleError(message("no derivative by way of `.data`", **here(), why="A cotangent has no bytes.",
                                   instead="use the array itself", doc="docs/limitations.md#in-place"))


METHODS = {
    "__array__": ndarray.__array__,
    "__array_wrap__": ndarray.__array_wrap__,
    "all": np.all,
    "any": np.any,
    "argmax": np.argmax,
    "argmin": np.argmin,
    "argpartition": np.argpartition,
    "argsort": np.argsort,
    "astype": ndarray.astype,
    "choose": ndarray.choose,
    "clip": ndarray.clip,
    "compress": ndarray.compress,
    "conj": ndarray.conj,
    "conjugate": ndarray.conjugate,
    "copy": ndarray.copy,
    "cumprod": np.cumprod,
    "cumsum": np.cumsum,
    "diagonal": np.diagonal,
    "dot": np.dot,
    "flatten": ndarray.flatten,
    "item": ndarray.item,
    "max": np.max,
    "mean": np.mean,
    "min": np.min,
    "nonzero": np.nonzero,
    "prod": np.prod,
    "ptp": np.ptp,
    "ravel": np.ravel,
    "repeat": np.repeat,
    "reshape": ndarray.reshape,
    "round": np.round,
    "searchsorted": np.searchsorted,
    "squeeze": np.squeeze,
    "std": np.std,
    "sum": np.sum,
    "swapaxes": np.swapaxes,
    "take": np.take,
    "tobytes": ndarray.tobytes,
    "tolist": ndarray.tolist,
    "trace": np.trace,
    "transpose": ndarray.transpose,
    "var": np.var,
    "view": ndarray.view,
}

ATTRIBUTES = {
    "T": lambda dy, x: dy.T,
    "mT": lambda dy, x: dy.swapaxes(-1, -2),
    "real": lambda dy, x: dy,
    "imag": lambda dy, x: fit(1j * dy, x),
    "flat": lambda dy, x: dy.reshape(x.shape),
    "base": lambda dy, x: unbase(dy, x),
    "ctypes": None,
    "data": lambda dy, x: unbuffer(dy, x),
    "device": None,
    "dtype": None,
    "flags": None,
    "itemsize": None,
    "nbytes": None,
    "ndim": None,
    "shape": None,
    "size": None,
    "strides": None,
}

MUTATORS = (
    ndarray.resize, ndarray.setfield, ndarray.byteswap, ndarray.setflags, ndarray.__iadd__,
    ndarray.__isub__, ndarray.__imul__, ndarray.__itruediv__, ndarray.__ifloordiv__, ndarray.__imod__, ndarray.__ipow__,
    ndarray.__iand__, ndarray.__ior__, ndarray.__ixor__, ndarray.__ilshift__, ndarray.__irshift__, np.ufunc.at,
)
MUTATING_METHODS = ("itemset", "setfield", "byteswap")
