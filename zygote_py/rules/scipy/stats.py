"""scipy.stats: densities, distribution functions and quantiles of the common distributions.

A density is known by its scores: the derivatives of the standard form's logarithm by z = (x - loc) / scale and by the shapes.
Outside of the support, where the density is 0, they are taken as 0. A distribution function has the density as its derivative;
by a shape it has none here (`Unknown`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp
from scipy import stats

from zygote_py.registry import rrule, rule
from zygote_py.rules.numpy.helpers import fit
from zygote_py.tangents import Unknown

SHAPE = Unknown("a shape parameter of a distribution")
DISTRIBUTION = Unknown("the parameters of a distribution whose scores are not worked out")

QUANTILES: dict[str, Any] = {        # how the standard form's quantile z moves with the shapes, at a constant probability
    "lognorm": lambda z, s: (z * np.log(z) / s,),
    "weibull_min": lambda z, c: (-z * np.log(z) / c,),
    "pareto": lambda z, b: (-z * np.log(z) / b,),
}

SCORES: dict[str, Any] = {
    "norm": lambda z: (-z,),
    "expon": lambda z: (-np.ones_like(z),),
    "uniform": lambda z: (np.zeros_like(z),),
    "laplace": lambda z: (-np.sign(z),),
    "logistic": lambda z: (-np.tanh(0.5 * z),),
    "cauchy": lambda z: (-2 * z / (1 + z * z),),
    "halfnorm": lambda z: (-z,),
    "rayleigh": lambda z: (1 / z - z,),
    "maxwell": lambda z: (2 / z - z,),
    "gumbel_r": lambda z: (np.exp(-z) - 1,),
    "gumbel_l": lambda z: (1 - np.exp(z),),
    "gamma": lambda z, a: ((a - 1) / z - 1, np.log(z) - sp.psi(a)),
    "invgamma": lambda z, a: (1 / (z * z) - (a + 1) / z, -np.log(z) - sp.psi(a)),
    "chi2": lambda z, df: ((0.5 * df - 1) / z - 0.5, 0.5 * (np.log(0.5 * z) - sp.psi(0.5 * df))),
    "beta": lambda z, a, b: ((a - 1) / z - (b - 1) / (1 - z), np.log(z) - sp.psi(a) + sp.psi(a + b),
                             np.log1p(-z) - sp.psi(b) + sp.psi(a + b)),
    "lognorm": lambda z, s: (-(np.log(z) / (s * s) + 1) / z, (np.log(z)**2 / (s * s) - 1) / s),
    "weibull_min": lambda z, c: ((c - 1) / z - c * z**(c - 1), 1 / c + np.log(z) * (1 - z**c)),
    "pareto": lambda z, b: (-(b + 1) / z, 1 / b - np.log(z)),
    "t": lambda z, df: (-(df + 1) * z / (df + z * z),
                        0.5 * (sp.psi(0.5 * df + 0.5) - sp.psi(0.5 * df) - 1 / df - np.log1p(z * z / df)
                               + (df + 1) * z * z / (df * (df + z * z)))),
    "f": lambda z, n, m: ((0.5 * n - 1) / z - 0.5 * (n + m) * n / (m + n * z), f_score(n, m, z, m + n * z),
                       f_score(m, n, 1.0, m + n * z)),
    # discrete ones: the count has no derivative
    "poisson": lambda k, mu: (None, k / mu - 1),
    "bernoulli": lambda k, p: (None, k / p - (1 - k) / (1 - p)),
    "binom": lambda k, n, p: (None, SHAPE, k / p - (n - k) / (1 - p)),
    "geom": lambda k, p: (None, 1 / p - (k - 1) / (1 - p)),
    "nbinom": lambda k, n, p: (None, sp.psi(k + n) - sp.psi(n) + np.log(p), n / p - k / (1 - p)),
}


def f_score(n: Any, m: Any, z: Any, total: Any) -> Any:
    """The score of the F distribution by n, of n^(n/2) m^(m/2) z^(n/2 - 1) / (m + n z)^((n+m)/2) / B(n/2, m/2)."""
    return 0.5 * (np.log(n) + 1 + np.log(z) - np.log(total) - (n + m) * z / total - sp.psi(0.5 * n) + sp.psi(0.5 * (n + m)))


def parameters(self: Any, args: tuple, words: dict) -> tuple:
    """The shapes, the location and the scale, of a call of a distribution's method."""
    names = shape_names(self)
    given = {"loc": 0.0, "scale": 1.0, **dict(zip([*names, "loc", "scale"], args)), **words}
    return [given[name] for name in names], given["loc"], given["scale"]


def shape_names(self: Any) -> list:
    return self.shapes.replace(",", " ").split() if self.shapes else []


def cotangents(dy: Any, self: Any, x: Any, args: tuple, words: dict, partials: tuple) -> tuple:
    """Give each argument of the call its cotangent; `partials` are those by x, by the shapes, and by location and scale."""
    dx, *rest = partials
    by_name = dict(zip([*shape_names(self), "loc", "scale"], rest))
    named = [*zip(by_name.values(), args), *[(by_name[word], words[word]) for word in words]]
    return None, part(dy, dx, x), *[part(dy, p, value) for p, value in named]


def part(dy: Any, p: Any, x: Any) -> Any:
    return None if p is None else fit(dy * p, x)


def log_density(self: Any, x: Any, y: Any, args: tuple, words: dict) -> tuple:
    """The partials of the logarithm of a density, where y, the density or its logarithm, says that x is in the support."""
    shapes, loc, scale = parameters(self, args, words)
    z = np.where(y, (np.asarray(x) - loc) / scale, 0.5)
    scores = SCORES[self.name](z, *shapes) if self.name in SCORES else (DISTRIBUTION, *[DISTRIBUTION for _ in shapes])
    dz, *others = [np.where(y, s, 0.0) if s is not None and s.__class__ is not Unknown else s for s in scores]
    if dz is None:
        return None, *others, None, None
    return dz / scale, *others, -dz / scale, np.where(y, -(1 + z * dz) / scale, 0.0)


def distribution(self: Any, density: Any, x: Any, args: tuple, words: dict) -> tuple:
    """The partials of a distribution function, whose derivative is the density."""
    shapes, loc, scale = parameters(self, args, words)
    z = (np.asarray(x) - loc) / scale
    moves = QUANTILES[self.name](z, *shapes) if self.name in QUANTILES else [SHAPE for _ in shapes]
    return density, *[-density * scale * m for m in moves], -density, -density * z


def quantile(self: Any, slope: Any, y: Any, args: tuple, words: dict) -> tuple:
    """The partials of the quantile y = loc + scale z."""
    shapes, loc, scale = parameters(self, args, words)
    z = (y - loc) / scale
    moves = QUANTILES[self.name](z, *shapes) if self.name in QUANTILES else [SHAPE for _ in shapes]
    return slope, *[scale * m for m in moves], 1.0, z


continuous, discrete = stats.rv_continuous, stats.rv_discrete


@rrule(continuous.logpdf)
def logpdf(self, x, *args, **words):
    y = continuous.logpdf(self, x, *args, **words)

    def logpdf_back(dy):
        return cotangents(dy, self, x, args, words, log_density(self, x, np.isfinite(y), args, words))
    return y, logpdf_back


@rrule(continuous.pdf)
def pdf(self, x, *args, **words):
    y = continuous.pdf(self, x, *args, **words)

    def pdf_back(dy):
        return cotangents(dy * y, self, x, args, words, log_density(self, x, np.greater(y, 0), args, words))
    return y, pdf_back


@rrule(discrete.logpmf)
def logpmf(self, k, *args, **words):
    y = discrete.logpmf(self, k, *args, **words)

    def logpmf_back(dy):
        return cotangents(dy, self, k, args, words, log_density(self, k, np.isfinite(y), args, words))
    return y, logpmf_back


@rrule(discrete.pmf)
def pmf(self, k, *args, **words):
    y = discrete.pmf(self, k, *args, **words)

    def pmf_back(dy):
        return cotangents(dy * y, self, k, args, words, log_density(self, k, np.greater(y, 0), args, words))
    return y, pmf_back


@rrule(continuous.cdf)
def cdf(self, x, *args, **words):
    y = continuous.cdf(self, x, *args, **words)

    def cdf_back(dy):
        return cotangents(dy, self, x, args, words, distribution(self, self.pdf(x, *args, **words), x, args, words))
    return y, cdf_back


@rrule(continuous.sf)
def sf(self, x, *args, **words):
    y = continuous.sf(self, x, *args, **words)

    def sf_back(dy):
        return cotangents(-dy, self, x, args, words, distribution(self, self.pdf(x, *args, **words), x, args, words))
    return y, sf_back


@rrule(continuous.logcdf)
def logcdf(self, x, *args, **words):
    y = continuous.logcdf(self, x, *args, **words)

    def logcdf_back(dy):
        ratio = np.exp(self.logpdf(x, *args, **words) - y)
        return cotangents(dy, self, x, args, words, distribution(self, ratio, x, args, words))
    return y, logcdf_back


@rrule(continuous.logsf)
def logsf(self, x, *args, **words):
    y = continuous.logsf(self, x, *args, **words)

    def logsf_back(dy):
        ratio = np.exp(self.logpdf(x, *args, **words) - y)
        return cotangents(-dy, self, x, args, words, distribution(self, ratio, x, args, words))
    return y, logsf_back


@rrule(continuous.ppf)
def ppf(self, q, *args, **words):
    y = continuous.ppf(self, q, *args, **words)

    def ppf_back(dy):
        return cotangents(dy, self, q, args, words, quantile(self, 1 / self.pdf(y, *args, **words), y, args, words))
    return y, ppf_back


@rrule(continuous.isf)
def isf(self, q, *args, **words):
    y = continuous.isf(self, q, *args, **words)

    def isf_back(dy):
        return cotangents(dy, self, q, args, words, quantile(self, -1 / self.pdf(y, *args, **words), y, args, words))
    return y, isf_back


# the multivariate normal distribution: with u = cov^-1 (x - mean), dx = -u, dmean = u, dcov = (u u^T - cov^-1) / 2
normal = type(stats.multivariate_normal)
rule(normal.logpdf, None,
     lambda dy, y, self, x, mean=None, cov=1, allow_singular=False: fit(normal_mean(-dy, x, mean, cov), x),
     lambda dy, y, self, x, mean=None, cov=1, allow_singular=False: fit(normal_mean(dy, x, mean, cov), mean),
     lambda dy, y, self, x, mean=None, cov=1, allow_singular=False: normal_cov(dy, x, mean, cov))
rule(normal.pdf, None,
     lambda dy, y, self, x, mean=None, cov=1, allow_singular=False: fit(normal_mean(-dy * y, x, mean, cov), x),
     lambda dy, y, self, x, mean=None, cov=1, allow_singular=False: fit(normal_mean(dy * y, x, mean, cov), mean),
     lambda dy, y, self, x, mean=None, cov=1, allow_singular=False: normal_cov(dy * y, x, mean, cov))


def centred(x: Any, mean: Any, cov: Any) -> tuple:
    """x - mean with one point to a row, and the covariance as a matrix."""
    n = np.shape(x)[-1] if np.ndim(x) and (np.ndim(cov) or np.ndim(mean)) else 1
    if np.ndim(cov):
        n = np.shape(cov)[-1]
    elif np.ndim(mean):
        n = np.shape(mean)[-1]
    full = cov if np.ndim(cov) == 2 else np.diag(np.ones(n) * cov)
    points = np.asarray(x) if n > 1 or np.ndim(x) > 1 else np.reshape(x, np.shape(x) + (1,))
    return points - (0.0 if mean is None else mean), full


def normal_mean(dy: Any, x: Any, mean: Any, cov: Any) -> Any:
    """dy cov^-1 (x - mean), in the shape of x."""
    d, full = centred(x, mean, cov)
    u = np.reshape(dy, np.shape(dy) + (1,)) * np.linalg.solve(full, d[..., None])[..., 0]
    return u if u.ndim == np.ndim(x) else np.reshape(u, np.shape(x)) if u.size == np.size(x) else u


def normal_cov(dy: Any, x: Any, mean: Any, cov: Any) -> Any:
    """The cotangent of the covariance: its diagonal or trace, where that is what was given."""
    d, full = centred(x, mean, cov)
    inverse = np.linalg.inv(full)
    u = d @ inverse
    d_cov = 0.5 * (u[..., :, None] * u[..., None, :] - inverse) * np.reshape(dy, np.shape(dy) + (1, 1))
    total = np.sum(np.reshape(d_cov, (-1, *full.shape)), axis=0)
    return fit(total, cov) if np.ndim(cov) == 2 else fit(np.diagonal(total), cov)
