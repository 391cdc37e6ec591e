"""Reductions and scans.

Kinks: max and min share ties evenly; std has 0 where it is 0; prod and cumprod are exact where elements are zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.registry import linear, non_differentiable, rule
from zygote_py.rules.kinds import extremum, reduction, scan, totals

from .helpers import (
    counted,
    cumprod_back,
    cumsum_back,
    expand,
    extremum_back,
    fit,
    prod_back,
    ptp_back,
    repeat_to,
    std_back,
    var_back,
)

linear(np.sum, lambda dy, a, axis=None, dtype=None, *, keepdims=False: expand(dy, a, axis, keepdims), kind=totals)
rule(np.mean, lambda dy, y, a, axis=None, dtype=None, *, keepdims=False: expand(dy / counted(y, a), a, axis, keepdims),
     kind=reduction)
rule(np.prod, lambda dy, y, a, axis=None, dtype=None, *, keepdims=False: prod_back(dy, y, a, axis, keepdims), kind=totals)
rule(np.var, lambda dy, y, a, axis=None, dtype=None, *, ddof=0, keepdims=False: var_back(dy, y, a, axis, ddof, keepdims),
     kind=reduction)
rule(np.std, lambda dy, y, a, axis=None, dtype=None, *, ddof=0, keepdims=False: std_back(dy, y, a, axis, ddof, keepdims),
     kind=reduction)
rule(np.max, lambda dy, y, a, axis=None, *, keepdims=False: extremum_back(dy, y, a, axis, keepdims), kind=extremum)
rule(np.min, lambda dy, y, a, axis=None, *, keepdims=False: extremum_back(dy, y, a, axis, keepdims), kind=extremum)
rule(np.amax, lambda dy, y, a, axis=None, *, keepdims=False: extremum_back(dy, y, a, axis, keepdims), kind=extremum)
rule(np.amin, lambda dy, y, a, axis=None, *, keepdims=False: extremum_back(dy, y, a, axis, keepdims), kind=extremum)
rule(np.ptp, lambda dy, y, a, axis=None, *, keepdims=False: ptp_back(dy, y, a, axis, keepdims), kind=extremum)
linear(np.cumsum, lambda dy, a, axis=None, dtype=None: cumsum_back(dy, a, axis), kind=scan)
rule(np.cumprod, lambda dy, y, a, axis=None, dtype=None: cumprod_back(dy, y, a, axis), kind=scan)
linear(np.nansum, lambda dy, a, axis=None, dtype=None, *, keepdims=False: nansum_back(dy, a, axis, keepdims), kind=reduction)
rule(np.nanmean, lambda dy, y, a, axis=None, dtype=None, *, keepdims=False: nanmean_back(dy, a, axis, keepdims), kind=reduction)
rule(np.nanmax, lambda dy, y, a, axis=None, *, keepdims=False: extremum_back(dy, y, a, axis, keepdims), kind=reduction)
rule(np.nanmin, lambda dy, y, a, axis=None, *, keepdims=False: extremum_back(dy, y, a, axis, keepdims), kind=reduction)
rule(np.average, lambda dy, y, a, axis=None, weights=None: average_back_a(dy, y, a, axis, weights), None,
     lambda dy, y, a, axis=None, weights=None: average_back_weights(dy, y, a, axis, weights), kind=reduction)
rule(np.median, lambda dy, y, a, axis=None, *, keepdims=False: median_back(dy, a, axis, keepdims), kind=reduction)
linear(np.diff, lambda dy, a, n=1, axis=-1: diff_back(dy, a, n, axis))

non_differentiable(
    np.any, np.all, np.argmax, np.argmin, np.argsort, np.nanargmax, np.nanargmin, np.count_nonzero, np.argpartition,
    np.bincount, np.histogram_bin_edges, np.digitize, np.searchsorted, np.lexsort)


def nansum_back(dy: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    """NaN elements are constants."""
    return fit(np.where(np.isnan(a), 0.0, expand(dy, np.asarray(a), axis, keepdims)), a)


def nanmean_back(dy: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    """y = sum of the elements that are not NaN / their number."""
    number = np.sum(~np.isnan(a), axis=axis, keepdims=bool(keepdims))
    return nansum_back(dy / np.maximum(number, 1), a, axis, keepdims)


def weights_of(a: Any, axis: Any, weights: Any) -> Any:
    """Return the weights with the axes of `a`: a vector of weights lies along `axis`."""
    w = np.asarray(weights)
    if axis is None or w.ndim == np.ndim(a):
        return w
    shape = [1] * np.ndim(a)
    shape[axis] = -1
    return w.reshape(shape)


def average_back_a(dy: Any, y: Any, a: Any, axis: Any, weights: Any) -> Any:
    """y = sum(w a) / sum(w), hence da = dy w / sum(w)."""
    if weights is None:
        return expand(dy / counted(y, a), a, axis, False)
    w = weights_of(a, axis, weights)
    return fit(repeat_to(dy, np.ndim(a), axis, False) * w / np.sum(w, axis=axis, keepdims=True), a)


def average_back_weights(dy: Any, y: Any, a: Any, axis: Any, weights: Any) -> Any:
    """y = sum(w a) / sum(w), hence dw = dy (a - y) / sum(w), summed over the axes along which w is repeated."""
    w, n = weights_of(a, axis, weights), np.ndim(a)
    full = repeat_to(dy, n, axis, False) * (np.asarray(a) - repeat_to(y, n, axis, False)) / np.sum(w, axis=axis, keepdims=True)
    return fit(np.reshape(fit(full, w), np.shape(weights)), weights)


def median_back(dy: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    """The median is the middle element in sorted order, or the mean of the two middle ones."""
    x = np.asarray(a)
    if axis is None:
        order = np.argsort(x, axis=None)
        n = x.size
        share = 0.5 * ((np.arange(n) == (n - 1) // 2) + 1.0 * (np.arange(n) == n // 2))
        return fit((share[np.argsort(order)] * np.reshape(dy, ())).reshape(x.shape), a)
    n = x.shape[axis]
    rank = np.argsort(np.argsort(x, axis=axis), axis=axis)
    share = 0.5 * ((rank == (n - 1) // 2) + 1.0 * (rank == n // 2))
    return fit(share * repeat_to(dy, x.ndim, axis, keepdims), a)


def diff_back(dy: Any, a: Any, n: int, axis: int) -> Any:
    """y_i = a_{i+1} - a_i, hence da_i = dy_{i-1} - dy_i, n times."""
    for _ in range(n):
        d = np.moveaxis(dy, axis, -1)
        edge = np.zeros(d.shape[:-1] + (1,), d.dtype)
        dy = np.moveaxis(np.concatenate([edge, d], -1) - np.concatenate([d, edge], -1), -1, axis)
    return fit(dy, a)
