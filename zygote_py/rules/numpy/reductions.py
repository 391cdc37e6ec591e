"""Reductions and scans.

Kinks: max and min share ties evenly; std has 0 where it is 0; prod and cumprod are exact where elements are zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.registry import linear, lookup, non_differentiable, not_yet, rule, variant
from zygote_py.rules.kinds import extremum, reduction, scan, totals

from .helpers import (
    F8,
    counted,
    cumprod_back,
    cumsum_back,
    expand,
    extremum_back,
    fit,
    like,
    prod_back,
    ptp_back,
    repeat_to,
    std_back,
    var_back,
)

linear(np.sum, lambda dy, a, axis=None, dtype=None, *, keepdims=False: expand(dy, a, axis, keepdims), kind=totals)
rule(np.mean, lambda dy, y, a, axis=None, dtype=None, *, keepdims=False: expand(dy / counted(y, a), a, axis, keepdims),
     kind=reduction)
variant(np.mean, (("a", 1),), lambda dy, y, a: expand(dy / a.size, a, None, False))
variant(np.mean, (("a", 2),), lambda dy, y, a: expand(dy / a.size, a, None, False))
variant(np.mean, (("a", 3),), lambda dy, y, a: expand(dy / a.size, a, None, False))
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
linear(np.ediff1d, lambda dy, ary: like(diff_back(dy, np.ravel(ary), 1, -1), ary))
rule(np.percentile, lambda dy, y, a, q, axis=None, *, keepdims=False: quantile_back(dy, a, np.asarray(q) / 100, axis, keepdims),
     not_yet)
rule(np.quantile, lambda dy, y, a, q, axis=None, *, keepdims=False: quantile_back(dy, a, np.asarray(q), axis, keepdims),
     not_yet)
if hasattr(np, "trapezoid"):
    rule(np.trapezoid, lambda dy, y, y_, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y_, x, dx, axis)[0],
         lambda dy, y, y_, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y_, x, dx, axis)[1],
         lambda dy, y, y_, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y_, x, dx, axis)[2])
if hasattr(np, "trapz"):
    rule(np.trapz, lambda dy, y, y_, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y_, x, dx, axis)[0],   # noqa: NPY201
         lambda dy, y, y_, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y_, x, dx, axis)[1],
         lambda dy, y, y_, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y_, x, dx, axis)[2])

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


def quantile_back(dy: Any, a: Any, q: Any, axis: Any, keepdims: Any) -> Any:
    """A quantile lies between two neighbours in sorted order, at the fraction of q (n - 1)."""
    x = np.asarray(a)
    if axis is None:
        d = np.reshape(dy, (*q.shape, 1))
        return like(quantile_back(d, x.reshape(-1), q, 0, True), a)
    axis = axis % x.ndim
    n = x.shape[axis]
    d = np.moveaxis(dy if keepdims else np.expand_dims(dy, axis + q.ndim), axis + q.ndim, -1)       # q..., the other axes..., 1
    rank = np.moveaxis(np.argsort(np.argsort(x, axis=axis), axis=axis), axis, -1)
    position = np.reshape(q * (n - 1), q.shape + (1,) * x.ndim)
    share = np.maximum(1 - np.abs(rank - position), 0.0)
    total = d * share
    return fit(np.moveaxis(total.sum(axis=0) if q.ndim else total, -1, axis), a)


def trapezoid_back(dy: Any, v: Any, x: Any, dx: Any, axis: int) -> tuple:
    """y = sum of h_i (v_i + v_{i+1}) / 2, with h the differences of x, or dx."""
    u = np.moveaxis(np.asarray(v), axis, -1)
    d = np.asarray(dy)[..., None]
    middle = 0.5 * (u[..., 1:] + u[..., :-1])
    if x is None:
        h = np.asarray(dx)
    else:
        h = np.diff(x) if np.ndim(x) == 1 else np.moveaxis(np.diff(x, axis=axis), axis, -1)
    half = d * h * np.full(middle.shape, 0.5)
    edge = np.zeros((*half.shape[:-1], 1))
    dv = np.concatenate([half, edge], -1) + np.concatenate([edge, half], -1)
    d_h = d * middle
    if x is None:
        return fit(np.moveaxis(dv, -1, axis), v), None, fit(d_h, dx)
    if np.ndim(x) == 1:
        return fit(np.moveaxis(dv, -1, axis), v), diff_back(fit(d_h, h), x, 1, -1), None
    return fit(np.moveaxis(dv, -1, axis), v), diff_back(np.moveaxis(d_h, -1, axis), x, 1, axis), None


def diff_back(dy: Any, a: Any, n: int, axis: int) -> Any:
    """y_i = a_{i+1} - a_i, hence da_i = dy_{i-1} - dy_i, n times."""
    for _ in range(n):
        d = np.moveaxis(dy, axis, -1)
        edge = np.zeros(d.shape[:-1] + (1,), d.dtype)
        dy = np.moveaxis(np.concatenate([edge, d], -1) - np.concatenate([d, edge], -1), -1, axis)
    return fit(dy, a)


def add_extremum(dx: Any, dy: Any, y: Any, x: Any) -> None:
    """Add the cotangent of a maximum or minimum over all elements to `dx`, in place, in even shares where it is attained."""
    attained = x == y
    n = np.count_nonzero(attained)
    if n == 1 and x.ndim == 1:
        dx[attained.argmax()] += dy
    elif n:
        dx[attained] += dy / n


for extremum_of in (np.max, np.min, np.amax, np.amin):
    known = lookup(extremum_of)
    if known is not None:
        known.into = add_extremum



def mean_of(a: Any) -> Any:
    """`np.mean(a)`, sooner for double precision."""
    if a.dtype is F8 and a.size:
        return np.add.reduce(a, None) / a.size
    return np.mean(a)


rule(mean_of, lambda dy, y, a: expand(dy / counted(y, a), a, None, False))

# The functions reduce like this themselves, after some checks that a plain array does not need.
for reduction_of, swift in (
        (np.sum, lambda a, axis=None, keepdims=False: np.add.reduce(a, axis=axis, keepdims=keepdims)),
        (np.mean, lambda a: mean_of(a)),
        (np.max, lambda a, axis=None, keepdims=False: np.maximum.reduce(a, axis=axis, keepdims=keepdims)),
        (np.min, lambda a, axis=None, keepdims=False: np.minimum.reduce(a, axis=axis, keepdims=keepdims))):
    known = lookup(reduction_of)
    if known is not None:
        known.swift = swift
