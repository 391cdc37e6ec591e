"""New arrays from shapes and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.registry import lookup, non_differentiable, rule
from zygote_py.rules import kinds

from .helpers import conj, fit

rule(np.full, None, lambda dy, y, shape, fill_value, dtype=None: fit(dy, fill_value), kind=kinds.filled)
rule(np.full_like, None, lambda dy, y, a, fill_value, dtype=None: fit(dy, fill_value))
rule(np.linspace,
     lambda dy, y, start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0:
     linspace_back(dy, start, num, endpoint, True, retstep, axis),
     lambda dy, y, start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0:
     linspace_back(dy, stop, num, endpoint, False, retstep, axis))
rule(np.arange, lambda dy, y, start, stop=None, step=1, dtype=None: None if stop is None else fit(np.sum(dy), start), None,
     lambda dy, y, start, stop=None, step=1, dtype=None: fit(np.dot(dy, np.arange(len(dy))), step))     # y_i = start + i step
rule(np.logspace,
     lambda dy, y, start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0:
     linspace_back(dy * conj(y * np.log(base)), start, num, endpoint, True, False, axis),
     lambda dy, y, start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0:
     linspace_back(dy * conj(y * np.log(base)), stop, num, endpoint, False, False, axis),
     None, None,
     lambda dy, y, start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0:
     fit(dy * conj(y * np.linspace(start, stop, num, endpoint, axis=axis) / base), base))
rule(np.geomspace,
     lambda dy, y, start, stop, num=50, endpoint=True, dtype=None, axis=0:
     fit(linspace_back(dy * conj(y), y.take(0, axis), num, endpoint, True, False, axis) / conj(start), start),
     lambda dy, y, start, stop, num=50, endpoint=True, dtype=None, axis=0:
     fit(linspace_back(dy * conj(y), y.take(0, axis), num, endpoint, False, False, axis) / conj(stop), stop))

non_differentiable(
    np.bartlett, np.blackman, np.hamming, np.hanning, np.base_repr, np.binary_repr, np.typename, np.mintypecode, np.mask_indices,
    np.tril_indices_from, np.triu_indices_from, np.diag_indices_from, np.seterr, np.set_printoptions)
non_differentiable(
    np.zeros, np.ones, np.empty, np.zeros_like, np.ones_like, np.empty_like, np.eye, np.identity, np.result_type, np.finfo,
    np.iinfo, np.dtype, np.can_cast, np.promote_types, np.min_scalar_type, np.issubdtype, np.common_type, np.may_share_memory,
    np.shares_memory, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.bool_, np.array_repr,
    np.array_str, np.array2string, np.isfortran, np.iterable, np.geterr, np.get_printoptions, np.memmap, np.ndindex)

for f, kind in ((np.zeros, kinds.shaped), (np.ones, kinds.shaped), (np.empty, kinds.shaped), (np.zeros_like, kinds.like),
                (np.ones_like, kinds.like),
                (np.empty_like, kinds.like), (np.eye, kinds.matrix), (np.identity, kinds.matrix)):
    known = lookup(f)
    if known is not None:
        known.kind = kind


def linspace_back(dy: Any, x: Any, num: int, endpoint: bool, first: bool, retstep: bool, axis: int) -> Any:
    """y_i = start + (stop - start) i / n, with n = num - 1, or num without the endpoint; the step is the second result."""
    n = max(num - 1 if endpoint else num, 1)
    d, d_step = dy if retstep else (dy, None)
    total = 0.0 if d is None else np.tensordot(np.arange(float(num)), d, (0, axis)) / n
    if first and d is not None:
        total = np.sum(d, axis) - total
    return fit(total if d_step is None else total + (-d_step if first else d_step) / n, x)
