"""The keywords that all universal functions take, and the universal functions made by np.frompyfunc.

Enters: the elementwise rule of a ufunc. Leaves: a rule for calls with `where`, `dtype`, `casting`, `order`, `subok`, `out=None`.
"""

from __future__ import annotations

import gc
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
def python_function_of(ufunc: Any) -> Any:
    """The function that np.frompyfunc made a ufunc of, with the number of its results; None for other ufuncs."""
    held = [x for x in gc.get_referents(ufunc) if callable(x)]
    return (held[0], ufunc.nout) if set("".join(ufunc.types)) <= set("O->") and len(held) == 1 else None


def apply_elementwise(made: tuple, *args: Any) -> Any:
    """What a ufunc made by np.frompyfunc does: arrays of objects, or an object if there are no axes."""
    arrays = np.broadcast_arrays(*args)
    shape = np.shape(arrays[0])
    flat = [np.reshape(a, (-1,)).astype(object) for a in arrays]         # whose elements are Python's numbers
    results = [made[0](*[a[j] for a in flat]) for j in range(len(flat[0]))]
    if made[1] == 1:
        return np.reshape(np.array(results, object), shape) if shape else results[0]
    parts = [[r[k] for r in results] for k in range(made[1])]
    return tuple([np.reshape(np.array(p, object), shape) if shape else p[0] for p in parts])
