"""The keywords that all universal functions take, and the universal functions made of Python functions.

Enters: the elementwise rule of a ufunc. Leaves: a rule for calls with `where`, `dtype`, `casting`, `order`, `subok`, `out=None`.
"""

from __future__ import annotations

import gc
import types
from typing import Any

import numpy as np

from ..registry import Rule, non_differentiable
from ..tangents.project import unbroadcast

__all__ = ["apply_elementwise", "python_function_of", "ufunc_options"]


def ufunc_options(r: Rule) -> Rule:
    """The rule of a ufunc for calls with keywords; r itself if it is not the elementwise rule of a ufunc."""
    if not isinstance(r.f, np.ufunc) or r.form != "elementwise":
        return r
    partials = r.parts[0]
    if r.f.nin == 1:
        r.options = Rule(r.f, "rule", (
            lambda dy, y, x, *, out=None, where=True, dtype=None, casting="same_kind", order="K", subok=True:
                applied(dy, y, partials, 0, (x,), where),))
    else:
        r.options = Rule(r.f, "rule", (
            lambda dy, y, a, b, *, out=None, where=True, dtype=None, casting="same_kind", order="K", subok=True:
                applied(dy, y, partials, 0, (a, b), where),
            lambda dy, y, a, b, *, out=None, where=True, dtype=None, casting="same_kind", order="K", subok=True:
                applied(dy, y, partials, 1, (a, b), where)))
    return r.options


def applied(dy: Any, y: Any, partials: Any, i: int, args: tuple, where: Any) -> Any:
    """The cotangent of argument i. Where the ufunc was not applied the result is not defined, and has no derivative."""
    if where is not True:
        dy, y, xs = np.where(where, dy, 0.0), np.where(where, y, 1.0), tuple([np.where(where, x, 1.0) for x in args])
    else:
        xs = args
    found = partials(y, *xs)
    p = found[i] if isinstance(found, tuple) else found
    return None if p is None else unbroadcast(dy * np.conj(p), args[i])


@non_differentiable
def python_function_of(f: Any) -> Any:
    """What np.frompyfunc or `numba.vectorize` made a ufunc of: the function, the number of its results, and what says their type
    (None: objects); None for all else."""
    if f.__class__ is np.ufunc:
        held = [x for x in gc.get_referents(f) if callable(x)]
        return (held[0], f.nout, None) if set("".join(f.types)) <= set("O->") and len(held) == 1 else None
    if type(f).__module__.startswith("numba.") and isinstance(getattr(f, "ufunc", None), np.ufunc) and f.signature is None:
        inner = getattr(f, "__wrapped__", None)
        return (inner, f.nout, f) if isinstance(inner, types.FunctionType) else None
    return None


def apply_elementwise(made: tuple, *args: Any) -> Any:
    """What a ufunc made of a Python function does: an array, or what the function gives if there are no axes."""
    f, n, typed = made
    arrays = np.broadcast_arrays(*args)
    shape = np.shape(arrays[0])
    flat = [np.reshape(a, (-1,)).astype(object) for a in arrays]         # whose elements are Python's numbers
    results = [f(*[a[j] for a in flat]) for j in range(len(flat[0]))]
    if n == 1:
        return np.reshape(np.array(results, result_type(typed, args)), shape) if shape else results[0]
    parts = [[r[k] for r in results] for k in range(n)]
    return tuple([np.reshape(np.array(p, object), shape) if shape else p[0] for p in parts])


@non_differentiable
def result_type(typed: Any, args: tuple) -> Any:
    return object if typed is None else np.asarray(typed(*args)).dtype
