"""The methods of NumPy's scalars that are not functions of NumPy: those of arrays refuse a scalar."""

from __future__ import annotations

from numpy import generic

from zygote_py.registry import elementwise, linear
from zygote_py.rules.kinds import opaque, same

from .helpers import conj, fit
from .joining import unarray

linear(generic.conj, lambda dy, x: conj(dy), kind=same)
linear(generic.conjugate, lambda dy, x: conj(dy), kind=same)
elementwise(generic.clip, lambda y, a, min=None, max=None: (
    1.0 * (y == a), None if min is None else 1.0 * ((y != a) & (y == min)),
    None if max is None else 1.0 * ((y != a) & (y == max))), kind=opaque)
linear(generic.copy, lambda dy, x, order="C": dy, kind=same)
linear(generic.item, lambda dy, x, *index: fit(dy, x))
linear(generic.tolist, lambda dy, x: fit(dy, x))
linear(generic.flatten, lambda dy, x, order="C": fit(dy, x))
linear(generic.reshape, lambda dy, x, *shape, order="C": fit(dy, x))
linear(generic.transpose, lambda dy, x, *axes: fit(dy, x))
linear(generic.astype, lambda dy, x, dtype, order="K", casting="unsafe", subok=True, copy=True: unarray(dy, x, dtype))
