"""Reductions and scans.

Kinks: max and min share ties evenly; std has 0 where it is 0; prod and cumprod are exact where elements are zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.registry import linear, lookup, non_differentiable, not_yet, pushes, rrule, rule, variant, with_options
from zygote_py.rules.kinds import extremum, opaque, reduction, scan, totals

from .helpers import (
    F8,
    H,
    conj,
    counted,
    cumprod_back,
    cumsum_back,
    expand,
    extremum_back,
    fit,
    like,
    prod_back,
    ptp_back,
    ratio,
    repeat_to,
    std_back,
    var_back,
)

linear(np.sum, lambda dy, a, axis=None, dtype=None, *, keepdims=False: expand(dy, a, axis, keepdims), kind=totals)
rule(np.mean, lambda dy, y, a, axis=None, dtype=None, *, keepdims=False: expand(dy / counted(y, a), a, axis, keepdims),
     kind=reduction)
pushes(np.mean, lambda x_dot, y, a, axis=None, dtype=None, *, keepdims=False: np.mean(x_dot, axis, dtype, keepdims=keepdims))
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
if hasattr(np, "cumulative_sum"):
    linear(np.cumulative_sum, lambda dy, x, *, axis=None, dtype=None, include_initial=False:
           cumsum_back(without_initial(dy, axis, include_initial), x, 0 if axis is None else axis))
    rule(np.cumulative_prod, lambda dy, y, x, *, axis=None, dtype=None, include_initial=False:
         cumprod_back(without_initial(dy, axis, include_initial), without_initial(y, axis, include_initial), x,
                      0 if axis is None else axis))

# what where= leaves out has no derivative; the initial value is one element more
with_options(
    np.sum,
    lambda dy, y, a, axis=None, dtype=None, *, out=None, keepdims=False, initial=0, where=True:
        masked(expand(dy, as_array(a), axis, keepdims), a, where),
    None, None, None, None,
    lambda dy, y, a, axis=None, dtype=None, *, out=None, keepdims=False, initial=0, where=True: fit(np.sum(dy), initial))
with_options(
    np.prod,
    lambda dy, y, a, axis=None, dtype=None, *, out=None, keepdims=False, initial=1, where=True:
        masked(prod_back(dy * initial, ratio(y, initial), np.where(where, a, 1.0), axis, keepdims), a, where),
    None, None, None, None,
    lambda dy, y, a, axis=None, dtype=None, *, out=None, keepdims=False, initial=1, where=True:
        fit(np.sum(dy * np.prod(a, axis=axis, keepdims=keepdims, where=where)), initial))
with_options(
    np.mean,
    lambda dy, y, a, axis=None, dtype=None, *, out=None, keepdims=False, where=True:
        masked(expand(dy / number(a, axis, keepdims, where), as_array(a), axis, keepdims), a, where))
with_options(
    np.var,
    lambda dy, y, a, axis=None, dtype=None, *, out=None, ddof=0, keepdims=False, where=True, correction=0, mean=None:
        spread_back(dy, a, axis, ddof + correction, keepdims, where, mean),
    None, None, None, None, None, None, None,
    lambda dy, y, a, axis=None, dtype=None, *, out=None, ddof=0, keepdims=False, where=True, correction=0, mean=None:
        given_mean_back(dy, a, axis, ddof + correction, keepdims, where, mean))
with_options(
    np.std,
    lambda dy, y, a, axis=None, dtype=None, *, out=None, ddof=0, keepdims=False, where=True, correction=0, mean=None:
        spread_back(dy * ratio(0.5, y), a, axis, ddof + correction, keepdims, where, mean),
    None, None, None, None, None, None, None,
    lambda dy, y, a, axis=None, dtype=None, *, out=None, ddof=0, keepdims=False, where=True, correction=0, mean=None:
        given_mean_back(dy * ratio(0.5, y), a, axis, ddof + correction, keepdims, where, mean))
with_options(
    np.max,
    lambda dy, y, a, axis=None, *, out=None, keepdims=False, initial=None, where=True:
        bounded_back(dy, y, a, axis, keepdims, initial, where)[0],
    None, None, None,
    lambda dy, y, a, axis=None, *, out=None, keepdims=False, initial=None, where=True:
        bounded_back(dy, y, a, axis, keepdims, initial, where)[1])
with_options(
    np.min,
    lambda dy, y, a, axis=None, *, out=None, keepdims=False, initial=None, where=True:
        bounded_back(dy, y, a, axis, keepdims, initial, where)[0],
    None, None, None,
    lambda dy, y, a, axis=None, *, out=None, keepdims=False, initial=None, where=True:
        bounded_back(dy, y, a, axis, keepdims, initial, where)[1])
with_options(
    np.amax,
    lambda dy, y, a, axis=None, *, out=None, keepdims=False, initial=None, where=True:
        bounded_back(dy, y, a, axis, keepdims, initial, where)[0],
    None, None, None,
    lambda dy, y, a, axis=None, *, out=None, keepdims=False, initial=None, where=True:
        bounded_back(dy, y, a, axis, keepdims, initial, where)[1])
with_options(
    np.amin,
    lambda dy, y, a, axis=None, *, out=None, keepdims=False, initial=None, where=True:
        bounded_back(dy, y, a, axis, keepdims, initial, where)[0],
    None, None, None,
    lambda dy, y, a, axis=None, *, out=None, keepdims=False, initial=None, where=True:
        bounded_back(dy, y, a, axis, keepdims, initial, where)[1])

# NaN elements are constants
rule(np.nansum, lambda dy, y, a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True:
     masked(expand(dy, as_array(a), axis, keepdims), a, where & ~np.isnan(a)),
     None, None, None,
     lambda dy, y, a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True: fit(np.sum(dy), initial), kind=reduction)
rule(np.nanmean, lambda dy, y, a, axis=None, dtype=None, *, keepdims=False, where=True:
     masked(expand(dy / number(a, axis, keepdims, where & ~np.isnan(a)), as_array(a), axis, keepdims), a, where & ~np.isnan(a)),
     kind=reduction)
rule(np.nanprod, lambda dy, y, a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True:
     masked(prod_back(dy * initial, ratio(y, initial), np.where(where & ~np.isnan(a), a, 1.0), axis, keepdims), a,
            where & ~np.isnan(a)),
     None, None, None,
     lambda dy, y, a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True:
     fit(np.sum(dy * np.nanprod(a, axis=axis, keepdims=keepdims, where=where)), initial))
rule(np.nanvar, lambda dy, y, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True, correction=0, mean=None:
     spread_back(dy, a, axis, ddof + correction, keepdims, where & ~np.isnan(a), mean),
     None, None, None, None, None, None,
     lambda dy, y, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True, correction=0, mean=None:
     given_mean_back(dy, a, axis, ddof + correction, keepdims, where & ~np.isnan(a), mean))
rule(np.nanstd, lambda dy, y, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True, correction=0, mean=None:
     spread_back(dy * ratio(0.5, y), a, axis, ddof + correction, keepdims, where & ~np.isnan(a), mean),
     None, None, None, None, None, None,
     lambda dy, y, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True, correction=0, mean=None:
     given_mean_back(dy * ratio(0.5, y), a, axis, ddof + correction, keepdims, where & ~np.isnan(a), mean))
rule(np.nanmax, lambda dy, y, a, axis=None, *, keepdims=False: extremum_back(dy, y, a, axis, keepdims), kind=reduction)
with_options(
    np.nanmax,
    lambda dy, y, a, axis=None, *, out=None, keepdims=False, initial=None, where=True:
        bounded_back(dy, y, a, axis, keepdims, initial, where)[0],
    None, None, None,
    lambda dy, y, a, axis=None, *, out=None, keepdims=False, initial=None, where=True:
        bounded_back(dy, y, a, axis, keepdims, initial, where)[1])
rule(np.nanmin, lambda dy, y, a, axis=None, *, keepdims=False: extremum_back(dy, y, a, axis, keepdims), kind=reduction)
with_options(
    np.nanmin,
    lambda dy, y, a, axis=None, *, out=None, keepdims=False, initial=None, where=True:
        bounded_back(dy, y, a, axis, keepdims, initial, where)[0],
    None, None, None,
    lambda dy, y, a, axis=None, *, out=None, keepdims=False, initial=None, where=True:
        bounded_back(dy, y, a, axis, keepdims, initial, where)[1])
linear(np.nancumsum, lambda dy, a, axis=None, dtype=None: masked(cumsum_back(dy, a, axis), a, ~np.isnan(a)))
pushes(np.nancumsum, lambda x_dot, y, a, axis=None, dtype=None: np.cumsum(np.where(np.isnan(a), 0.0, x_dot), axis, dtype))
rule(np.nancumprod, lambda dy, y, a, axis=None, dtype=None:
     masked(cumprod_back(dy, y, np.where(np.isnan(a), 1.0, a), axis), a, ~np.isnan(a)))

# weighted means and order statistics
rule(np.average, lambda dy, y, a, axis=None, weights=None, returned=False, *, keepdims=False:
     average_back_a(dy, y, a, axis, weights, returned, keepdims),
     None,
     lambda dy, y, a, axis=None, weights=None, returned=False, *, keepdims=False:
     average_back_weights(dy, y, a, axis, weights, returned, keepdims))
rule(np.median, lambda dy, y, a, axis=None, out=None, *, keepdims=False:
     quantile_back(dy, y, a, 0.5, axis, keepdims)[0], kind=opaque)
rule(np.nanmedian, lambda dy, y, a, axis=None, out=None, *, keepdims=False:
     quantile_back(dy, y, a, 0.5, axis, keepdims, skip_nan=True)[0], kind=opaque)
rule(np.quantile, lambda dy, y, a, q, axis=None, *, method="linear", keepdims=False, weights=None:
     quantile_back(dy, y, a, q, axis, keepdims, method)[0],
     lambda dy, y, a, q, axis=None, *, method="linear", keepdims=False, weights=None:
     quantile_back(dy, y, a, q, axis, keepdims, method)[1], None, None, None,
     lambda dy, y, a, q, axis=None, *, method="linear", keepdims=False, weights=None: no_slope(weights))
rule(np.percentile, lambda dy, y, a, q, axis=None, *, method="linear", keepdims=False, weights=None:
     quantile_back(dy, y, a, np.asarray(q) / 100, axis, keepdims, method)[0],
     lambda dy, y, a, q, axis=None, *, method="linear", keepdims=False, weights=None:
     fit(quantile_back(dy, y, a, np.asarray(q) / 100, axis, keepdims, method)[1] / 100, q), None, None, None,
     lambda dy, y, a, q, axis=None, *, method="linear", keepdims=False, weights=None: no_slope(weights))
rule(np.nanquantile, lambda dy, y, a, q, axis=None, *, method="linear", keepdims=False, weights=None:
     quantile_back(dy, y, a, q, axis, keepdims, method, skip_nan=True)[0],
     lambda dy, y, a, q, axis=None, *, method="linear", keepdims=False, weights=None:
     quantile_back(dy, y, a, q, axis, keepdims, method, skip_nan=True)[1], None, None, None,
     lambda dy, y, a, q, axis=None, *, method="linear", keepdims=False, weights=None: no_slope(weights))
rule(np.nanpercentile, lambda dy, y, a, q, axis=None, *, method="linear", keepdims=False, weights=None:
     quantile_back(dy, y, a, np.asarray(q) / 100, axis, keepdims, method, skip_nan=True)[0],
     lambda dy, y, a, q, axis=None, *, method="linear", keepdims=False, weights=None:
     fit(quantile_back(dy, y, a, np.asarray(q) / 100, axis, keepdims, method, skip_nan=True)[1] / 100, q), None, None, None,
     lambda dy, y, a, q, axis=None, *, method="linear", keepdims=False, weights=None: no_slope(weights))
rule(np.cov, lambda dy, c, m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None:
     cov_back(dy, m, y, rowvar, bias, ddof, fweights, aweights)[0],
     lambda dy, c, m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None:
     cov_back(dy, m, y, rowvar, bias, ddof, fweights, aweights)[1],
     None, None, None, None,
     lambda dy, c, m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None:
     cov_back(dy, m, y, rowvar, bias, ddof, fweights, aweights)[2])
rule(np.corrcoef, lambda dy, c, x, y=None, rowvar=True, *, dtype=None: corrcoef_back(dy, c, x, y, rowvar)[0],
     lambda dy, c, x, y=None, rowvar=True, *, dtype=None: corrcoef_back(dy, c, x, y, rowvar)[1])
rule(np.bincount, None, lambda dy, y, x, weights=None, minlength=0: fit(np.take(dy, x), weights))     # y_k = sum of w_i, x_i = k

non_differentiable(
    np.any, np.all, np.argmax, np.argmin, np.argsort, np.nanargmax, np.nanargmin, np.count_nonzero, np.argpartition,
    np.histogram_bin_edges, np.digitize, np.searchsorted, np.lexsort)


@rrule(np.histogram)
def histogram(a, bins=10, range=None, density=None, weights=None):
    y = np.histogram(a, bins, range, density, weights)

    def histogram_back(dy):             # counts: the weights of the elements in each bin; edges: evenly from min to max, or given
        d_counts, d_edges = dy
        dw = weights_in_bins(d_counts, [np.ravel(a)], [y[1]], density, weights)
        if d_edges is None:
            return None, None, None, None, dw
        if np.ndim(bins):
            return None, fit(d_edges, bins), None, None, dw
        t = np.arange(len(d_edges)) / (len(d_edges) - 1)
        if range is not None:
            return None, None, (np.sum(d_edges * (1 - t)), np.sum(d_edges * t)), None, dw
        x = np.asarray(a)
        return (fit(extremum_back(np.sum(d_edges * (1 - t)), np.min(x), x, None, False)
                    + extremum_back(np.sum(d_edges * t), np.max(x), x, None, False), a), None, None, None, dw)
    return y, histogram_back


@rrule(np.histogram2d)
def histogram2d(x, y, bins=10, range=None, density=None, weights=None):
    found = np.histogram2d(x, y, bins, range, density, weights)

    def histogram2d_back(dy):
        if dy[1] is not None or dy[2] is not None:
            not_yet(dy, found)
        return None, None, None, None, None, weights_in_bins(dy[0], [np.asarray(x), np.asarray(y)], found[1:], density, weights)
    return found, histogram2d_back


@rrule(np.histogramdd)
def histogramdd(sample, bins=10, range=None, density=None, weights=None):
    y = np.histogramdd(sample, bins, range, density, weights)

    def histogramdd_back(dy):
        if dy[1] is not None:
            not_yet(dy, y)
        columns = list(sample.T) if isinstance(sample, np.ndarray) else [np.asarray(x) for x in sample]
        return None, None, None, None, weights_in_bins(dy[0], columns, y[1], density, weights)
    return y, histogramdd_back


def weights_in_bins(d: Any, columns: list, edges: Any, density: Any, weights: Any) -> Any:
    """Each weight counts in the bin in which its point lies; the last bin has both its edges."""
    if d is None or (weights is None and not density):
        return None
    if density:
        not_yet(d, edges)
    inside: Any = True
    index: tuple = ()
    for x, e in zip(columns, edges):
        index = (*index, np.clip(np.searchsorted(e, x, side="right") - 1, 0, len(e) - 2))
        inside = inside & (x >= e[0]) & (x <= e[-1])
    return like(np.where(inside, d[index], 0.0), weights)


def as_array(a: Any) -> Any:
    """Return `a` if it has arithmetic of its own, and an array of it otherwise."""
    return a if hasattr(a, "dtype") else np.asarray(a)


def masked(d: Any, a: Any, where: Any) -> Any:
    """Return the cotangent `d` of `a` where the mask is true, and 0 elsewhere."""
    return fit(d if where is True else np.where(where, d, 0.0), a)


def number(a: Any, axis: Any, keepdims: Any, where: Any) -> Any:
    """Return how many elements go into each element of a reduction, at least 1."""
    mask = np.broadcast_to(where, np.shape(a))
    return np.maximum(np.sum(mask, axis=axis, keepdims=bool(keepdims)), 1)


def without_initial(d: Any, axis: Any, include_initial: bool) -> Any:
    """Drop the entry that `include_initial` puts in front; it is a constant."""
    if not include_initial:
        return d
    axis = 0 if axis is None else axis % d.ndim
    return d[(slice(None),) * axis + (slice(1, None),)]


def centred_where(a: Any, axis: Any, where: Any, mean: Any) -> Any:
    """Return a minus its mean, or minus a given one, over `axis`; 0 where the mask is false."""
    x = np.where(where, a, 0.0)
    if mean is None:
        mean = np.sum(x, axis=axis, keepdims=True) / number(a, axis, True, where)
    return np.where(where, x - mean, 0.0)


def spread_back(dy: Any, a: Any, axis: Any, ddof: Any, keepdims: Any, where: Any, mean: Any) -> Any:
    """y = sum |a - mean|^2 / (n - ddof), hence da = 2 dy (a - mean) / (n - ddof); a given mean is a constant."""
    d = dy * (2 / (number(a, axis, keepdims, where) - ddof))
    return fit(expand(d, as_array(a), axis, keepdims) * centred_where(a, axis, where, mean), a)


def given_mean_back(dy: Any, a: Any, axis: Any, ddof: Any, keepdims: Any, where: Any, mean: Any) -> Any:
    """See spread_back: the cotangent of the given mean is that of a, summed, with the other sign."""
    return None if mean is None else fit(-spread_back(dy, a, axis, ddof, keepdims, where, mean), mean)


def bounded_back(dy: Any, y: Any, a: Any, axis: Any, keepdims: Any, initial: Any, where: Any) -> tuple:
    """A maximum or minimum over some elements and an initial value: even shares for all that attain it."""
    x = as_array(a)
    full, d = repeat_to(y, x.ndim, axis, keepdims), repeat_to(dy, x.ndim, axis, keepdims)
    attained = (x == full) & where
    first = 0.0 if initial is None else 1.0 * (initial == full)
    share = d / np.maximum(np.sum(attained, axis=axis, keepdims=True) + first, 1)
    return fit(np.where(attained, share, 0.0), a), None if initial is None else fit(np.sum(share * first), initial)


def weights_of(a: Any, axis: Any, weights: Any) -> Any:
    """Return the weights with the axes of `a`: weights of fewer dimensions lie along `axis`."""
    w, n = np.asarray(weights), np.ndim(a)
    if axis is None or w.ndim == n:
        return w
    order, axes = axes_of_weights(axis, n)
    return np.transpose(w, order).reshape([np.shape(a)[k] if k in axes else 1 for k in range(n)])


@non_differentiable
def axes_of_weights(axis: Any, n: int) -> tuple[list, list]:
    """How weights are turned so that their axes are in order, and along which of n axes they lie."""
    axes = [k % n for k in (axis if isinstance(axis, tuple) else (axis,))]
    return sorted(range(len(axes)), key=axes.__getitem__), axes


def average_back_a(dy: Any, y: Any, a: Any, axis: Any, weights: Any, returned: bool, keepdims: Any) -> Any:
    """y = sum(w a) / sum(w), hence da = dy w / sum(w)."""
    if returned:
        dy, y = dy[0], y[0]
    if dy is None:
        return None
    x = as_array(a)
    if weights is None:
        return fit(expand(dy / counted(y, x), x, axis, keepdims), a)
    w = weights_of(a, axis, weights)
    return fit(repeat_to(dy, np.ndim(a), axis, keepdims) * w / np.sum(w, axis=axis, keepdims=True), a)


def average_back_weights(dy: Any, y: Any, a: Any, axis: Any, weights: Any, returned: bool, keepdims: Any) -> Any:
    """y = sum(w a) / sum(w), hence dw = dy (a - y) / sum(w), summed over the axes along which w is repeated.

    The sum of the weights itself may be the second result.
    """
    if weights is None:
        return None
    w, n = weights_of(a, axis, weights), np.ndim(a)
    total = np.zeros(np.shape(a))
    if returned:
        if dy[1] is not None:
            total = total + repeat_to(dy[1], n, axis, keepdims)
        dy, y = dy[0], y[0]
    if dy is not None:
        total = total + repeat_to(dy, n, axis, keepdims) * conj(np.asarray(a) - repeat_to(y, n, axis, keepdims)) \
            / np.sum(w, axis=axis, keepdims=True)
    d = fit(total, w)
    if np.ndim(weights) == n:
        return fit(d, weights)
    order, axes = axes_of_weights(axis, n)
    inner = np.reshape(d, [np.shape(a)[k] for k in sorted(axes)])
    return fit(np.transpose(inner, np.argsort(order)), weights)


# where each method of np.quantile looks: alpha and beta of the virtual index q (n + 1 - alpha - beta) + alpha - 1
# [Hyndman and Fan 1996]
PLACES = {"linear": (1, 1), "weibull": (0, 0), "hazen": (0.5, 0.5), "interpolated_inverted_cdf": (0, 1),
          "median_unbiased": (1 / 3, 1 / 3), "normal_unbiased": (3 / 8, 3 / 8)}


def quantile_back(dy: Any, y: Any, a: Any, q: Any, axis: Any, keepdims: Any, method: str = "linear",
                  skip_nan: bool = False) -> tuple:
    """A quantile lies between two neighbours in sorted order, at a fraction that is linear in q, the slope their difference.

    The methods that pick an element (`lower`, `nearest`, ...) give it the cotangent; ties go to the elements as sorted.
    """
    x, p = np.asarray(a), np.asarray(q)
    axes = tuple(range(x.ndim)) if axis is None else tuple([i % x.ndim for i in (axis if isinstance(axis, tuple) else (axis,))])
    rest = [i for i in range(x.ndim) if i not in axes]
    lead = tuple([x.shape[i] for i in rest])
    z = np.transpose(x, (*rest, *axes)).reshape((*lead, -1))                               # others..., n
    n = np.size(z, -1)
    d = np.reshape(dy, (*p.shape, *lead, 1))                                               # q..., others..., 1
    order = np.argsort(z, axis=-1)
    rank, s = np.argsort(order, axis=-1), np.take_along_axis(z, order, -1)
    m = (~np.isnan(z)).sum(axis=-1, keepdims=True) if skip_nan else np.full((*lead, 1), n)
    prob = np.reshape(p, (*p.shape, *[1] * (len(lead) + 1)))
    value = np.reshape(y, (*p.shape, *lead, 1))
    if method in PLACES:
        alpha, beta = PLACES[method]
        slope = m + 1 - alpha - beta
        free = prob * slope + alpha - 1
        place = np.clip(free, 0, np.maximum(m - 1, 0))
        low = np.minimum(np.floor(place), np.maximum(m - 2, 0)).astype(int)
        share = np.maximum(1 - np.abs(rank - place), 0.0)
        i = np.broadcast_to(low, np.broadcast_shapes(low.shape, (*p.shape, *lead, 1)))
        sorted_all = np.broadcast_to(s, (*p.shape, *lead, n))
        gap = np.take_along_axis(sorted_all, np.minimum(i + 1, n - 1), -1) - np.take_along_axis(sorted_all, i, -1)
        dq = np.where((free > 0) & (free < m - 1), d * gap * slope, 0.0)
    else:
        share = nearest_share(rank, z, value)
        dq = np.zeros(d.shape)
    total = np.where(d == 0, 0.0, d) * share
    total = total.sum(axis=tuple(range(p.ndim))) if p.ndim else total
    full = total.reshape(tuple([x.shape[i] for i in (*rest, *axes)]))
    back = [(*rest, *axes).index(i) for i in range(x.ndim)]
    return fit(np.transpose(full, back), a), fit(dq.reshape((*p.shape, -1)).sum(axis=-1), q)


def no_slope(weights: Any) -> Any:
    """Weights decide which element is the quantile: it moves by jumps."""
    return None if weights is None else fit(np.zeros(np.shape(weights)), weights)


def nearest_share(rank: Any, z: Any, value: Any) -> Any:
    """Even shares for the elements that are the quantile, or the two that it is the middle of."""
    below, above = np.max(np.where(z <= value, z, -np.inf), -1, keepdims=True), np.min(np.where(z >= value, z, np.inf), -1,
                                                                                        keepdims=True)
    lower, upper = 1.0 * (z == below), 1.0 * (z == above)
    return 0.5 * lower / np.maximum(lower.sum(-1, keepdims=True), 1) + 0.5 * upper / np.maximum(upper.sum(-1, keepdims=True), 1)


def rows_of(x: Any, rowvar: bool) -> Any:
    """Return the variables as rows."""
    z = np.asarray(x)
    return z.reshape(1, -1) if z.ndim < 2 else z if rowvar or z.shape[0] == 1 else z.T


def unrows(d: Any, x: Any, rowvar: bool) -> Any:
    """The transpose of rows_of."""
    z = np.asarray(x)
    return like(d if z.ndim < 2 or rowvar or z.shape[0] == 1 else d.T, x)


def cov_back(dy: Any, m: Any, y_: Any, rowvar: bool, bias: bool, ddof: Any, fweights: Any, aweights: Any) -> tuple:
    """y = x diag(w) x^H / c with x the centred rows, hence dx = (dy + dy^H) x diag(w) / c; the mean's own share is zero.

    Returns the cotangents of both sets of variables and of `aweights`, on which c depends as well.
    """
    first = rows_of(m, rowvar)
    x = first if y_ is None else np.concatenate([first, rows_of(y_, rowvar)], 0)
    ddof = (0 if bias else 1) if ddof is None else ddof
    f = np.ones(x.shape[1]) if fweights is None else np.asarray(fweights)
    w = f if aweights is None else f * np.asarray(aweights)
    total = np.sum(w)
    square = total if aweights is None else np.sum(w * np.asarray(aweights))
    c = total - ddof * square / total
    x = x - (x * w).sum(1, keepdims=True) / total
    d = np.reshape(dy, (len(x), len(x)))
    dx = (d + H(d)) @ x * w / c
    k = len(first)
    dm, dy_ = unrows(dx[:k], m, rowvar), None if y_ is None else unrows(dx[k:], y_, rowvar)
    if aweights is None:
        return dm, dy_, None
    dw = np.real(np.sum(conj(x) * (d @ x), 0)) / c
    dc = -np.sum(dw * w) / c
    a = np.asarray(aweights)
    return dm, dy_, fit(f * (dw + dc * (1 - ddof * (2 * a / total - square / total**2))), aweights)


def corrcoef_back(dy: Any, y: Any, x: Any, y_: Any, rowvar: bool) -> tuple:
    """y_ij = c_ij / sqrt(c_ii c_jj), with c the covariance."""
    if np.ndim(y) == 0:
        return fit(np.zeros(np.shape(x)), x), None if y_ is None else fit(np.zeros(np.shape(y_)), y_)
    first = rows_of(x, rowvar)
    z = first if y_ is None else np.concatenate([first, rows_of(y_, rowvar)], 0)
    z = z - z.mean(1, keepdims=True)
    scale = np.sum(np.abs(z)**2, 1)
    root = np.sqrt(scale)
    share = np.real(dy * conj(y))
    dc = dy / (root[:, None] * root) - np.diag((share.sum(0) + share.sum(1)) / (2 * scale))
    dz = (dc + H(dc)) @ z
    k = len(first)
    return unrows(dz[:k], x, rowvar), None if y_ is None else unrows(dz[k:], y_, rowvar)


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


rule(mean_of, lambda dy, y, a: expand(dy / counted(y, a), a, None, False), kind=reduction)

# The functions reduce like this themselves, after some checks that a plain array does not need.
for reduction_of, swift in (
        (np.sum, lambda a, axis=None, keepdims=False: np.add.reduce(a, axis=axis, keepdims=keepdims)),
        (np.mean, lambda a: mean_of(a)),
        (np.max, lambda a, axis=None, keepdims=False: np.maximum.reduce(a, axis=axis, keepdims=keepdims)),
        (np.min, lambda a, axis=None, keepdims=False: np.minimum.reduce(a, axis=axis, keepdims=keepdims))):
    known = lookup(reduction_of)
    if known is not None:
        known.swift = swift
