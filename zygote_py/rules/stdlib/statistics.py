"""The functions of `statistics` that count in exact fractions, or catch exceptions, on their way.

The rest of the module is differentiated through its source: `median`, `quantiles`, `covariance`, `NormalDist`.
Kinks: stdev and pstdev have 0 where all data are equal; the mode is shared evenly by the data that are equal to it.
"""
# What an older Python lacks is asked for by name.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math
import statistics
from typing import Any

from zygote_py.registry import rule
from zygote_py.rules.numpy.helpers import fit

from .math import like_sequence, spread

# location
rule(statistics.mean, lambda dy, y, data: spread(dy / len(data), data))
if hasattr(statistics, "fmean"):
    rule(statistics.fmean,
         lambda dy, y, data, weights=None: averaged(dy, data, weights),
         lambda dy, y, data, weights=None: averaged_weights(dy, y, data, weights))
rule(statistics.geometric_mean, lambda dy, y, data: like_sequence([dy * y / (len(data) * x) for x in data], data))
rule(statistics.harmonic_mean,
     lambda dy, y, data, weights=None: harmonic(dy, y, data, weights),
     lambda dy, y, data, weights=None: harmonic_weights(dy, y, data, weights))
rule(statistics.mode, lambda dy, y, data: shared(dy, y, data))
rule(statistics.multimode, lambda dy, y, data: shared_by_all(dy, y, data))

# spread
rule(statistics.variance,
     lambda dy, y, data, xbar=None: deviations(2 * dy / (len(data) - 1), data, xbar),
     lambda dy, y, data, xbar=None: centre(2 * dy / (len(data) - 1), data, xbar))
rule(statistics.pvariance,
     lambda dy, y, data, mu=None: deviations(2 * dy / len(data), data, mu),
     lambda dy, y, data, mu=None: centre(2 * dy / len(data), data, mu))
rule(statistics.stdev,
     lambda dy, y, data, xbar=None: deviations(dy / (y * (len(data) - 1)) if y else 0 * dy, data, xbar),
     lambda dy, y, data, xbar=None: centre(dy / (y * (len(data) - 1)) if y else 0 * dy, data, xbar))
rule(statistics.pstdev,
     lambda dy, y, data, mu=None: deviations(dy / (y * len(data)) if y else 0 * dy, data, mu),
     lambda dy, y, data, mu=None: centre(dy / (y * len(data)) if y else 0 * dy, data, mu))

if hasattr(statistics, "_mean_stdev"):
    rule(statistics._mean_stdev, lambda dy, y, data: mean_and_stdev(dy, y, data))

# two variables
rule(statistics.covariance,
     lambda dy, y, a, b: deviations(dy / (len(a) - 1), b, None, a),
     lambda dy, y, a, b: deviations(dy / (len(a) - 1), a, None, b))
rule(statistics.correlation,
     lambda dy, y, a, b, *, method="linear": correlated(dy, y, a, b, method),
     lambda dy, y, a, b, *, method="linear": correlated(dy, y, b, a, method))
rule(statistics.linear_regression,
     lambda dy, y, a, b, *, proportional=False: regression_inputs(dy, y, a, b, proportional),
     lambda dy, y, a, b, *, proportional=False: regression_outputs(dy, y, a, b, proportional))

# the quantile function of NormalDist: y = mu + sigma z(p), where z' = 1 / pdf(z)
if hasattr(statistics, "_normal_dist_inv_cdf"):
    rule(statistics._normal_dist_inv_cdf,
         lambda dy, y, p, mu, sigma: dy * sigma * math.sqrt(2 * math.pi) * math.exp(0.5 * ((y - mu) / sigma)**2),
         lambda dy, y, p, mu, sigma: dy,
         lambda dy, y, p, mu, sigma: dy * (y - mu) / sigma)


def averaged(dy: Any, data: Any, weights: Any) -> Any:
    """y = sum w x / sum w, hence dx_i = dy w_i / sum w."""
    if weights is None:
        return spread(dy / len(data), data)
    total = sum(weights)
    return like_sequence([dy * w / total for w in weights], data)


def averaged_weights(dy: Any, y: Any, data: Any, weights: Any) -> Any:
    """dw_i = dy (x_i - y) / sum w."""
    if weights is None:
        return None
    total = sum(weights)
    return like_sequence([dy * (x - y) / total for x in data], weights)


def harmonic(dy: Any, y: Any, data: Any, weights: Any) -> Any:
    """y = sum w / sum (w / x), hence dx_i = dy w_i (y / x_i)^2 / sum w; 0 where a datum is zero."""
    w = [1] * len(data) if weights is None else weights
    total = sum(w)
    return like_sequence([dy * w[i] * (y / x)**2 / total if x else 0 * dy for i, x in enumerate(data)], data)


def harmonic_weights(dy: Any, y: Any, data: Any, weights: Any) -> Any:
    """dw_i = dy y (1 - y / x_i) / sum w."""
    if weights is None:
        return None
    total = sum(weights)
    return like_sequence([dy * y * (1 - y / x) / total if x else 0 * dy for x in data], weights)


def shared(dy: Any, y: Any, data: Any) -> Any:
    """Give even shares to the data that are equal to y."""
    hits = [1 if x == y else 0 for x in data]
    return like_sequence([dy * hit / sum(hits) for hit in hits], data)


def shared_by_all(dy: Any, y: Any, data: Any) -> Any:
    """Each mode is shared by the data that are equal to it."""
    if not y:
        return None
    parts = [shared(d, mode, data) for d, mode in zip(dy, y) if d is not None]
    return like_sequence([sum(column) for column in zip(*parts)], data)


def mean(data: Any) -> Any:
    """The mean, as a sum: of the type of the data, and smooth."""
    return sum(data) / len(data)


def deviations(factor: Any, data: Any, middle: Any, like: Any = None) -> Any:
    """Return factor (x_i - middle), as a sequence like `like`; the mean stands in for a middle that is not given."""
    m = mean(data) if middle is None else middle
    return like_sequence([factor * (x - m) for x in data], data if like is None else like)


def mean_and_stdev(dy: Any, y: Any, data: Any) -> Any:
    """The pair of both, of which NormalDist.from_samples makes a distribution."""
    dmean, dstdev = [0.0 if d is None else d for d in dy]
    factor = dstdev / (y[1] * (len(data) - 1)) if y[1] else 0 * dstdev
    return like_sequence([dmean / len(data) + factor * (x - y[0]) for x in data], data)


def centre(factor: Any, data: Any, middle: Any) -> Any:
    """The variance about a given middle m has the derivative -factor sum (x_i - m) by m."""
    return None if middle is None else fit(-factor * sum([x - middle for x in data]), middle)


def correlated(dy: Any, r: Any, a: Any, b: Any, method: str) -> Any:
    """r = s_ab / sqrt(s_aa s_bb), hence da_i = dy ((b_i - mean b) / sqrt(s_aa s_bb) - r (a_i - mean a) / s_aa).

    Ranks have no derivative.
    """
    if method != "linear":
        return spread(0 * dy, a)
    m, n = mean(a), mean(b)
    p, q = [x - m for x in a], [x - n for x in b]
    s, t = sum([x * x for x in p]), sum([x * x for x in q])
    return like_sequence([dy * (v / math.sqrt(s * t) - r * u / s) for u, v in zip(p, q)], a)


def regression_inputs(dy: Any, y: Any, a: Any, b: Any, proportional: bool) -> Any:
    """slope = s_ab / s_aa and intercept = mean b - slope mean a, where the s are about the origin if proportional."""
    dslope, dintercept, m, n, s = regression(dy, a, b, proportional)
    return like_sequence([dslope * (v - n - 2 * y[0] * (u - m)) / s - dintercept * y[0] for u, v in zip(a, b)], a)


def regression_outputs(dy: Any, y: Any, a: Any, b: Any, proportional: bool) -> Any:
    """dslope/db_i = (a_i - mean a) / s_aa."""
    dslope, dintercept, m, _, s = regression(dy, a, b, proportional)
    return like_sequence([dslope * (u - m) / s + dintercept for u in a], b)


def regression(dy: Any, a: Any, b: Any, proportional: bool) -> tuple:
    """Return the cotangents of slope and of mean b, the centres, and the sum of squares of the inputs."""
    m, n = (0.0, 0.0) if proportional else (mean(a), mean(b))
    s = sum([(u - m) * (u - m) for u in a])
    dslope = 0.0 if dy[0] is None else dy[0]
    dintercept = 0.0 if dy[1] is None or proportional else dy[1]
    return dslope - dintercept * m, dintercept / len(a), m, n, s
