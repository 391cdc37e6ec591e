"""Calls of distributions of scipy.stats, each with the arguments that have a derivative: (title, function, arguments)."""

from __future__ import annotations

import numpy as np
from scipy import stats

X = np.array([0.3, 0.7, 1.9])
Q = np.array([0.1, 0.45, 0.8])
COUNT = np.array([0, 2, 5])
COV = np.array([[1.5, 0.4], [0.4, 0.8]])
POINTS = np.array([[0.2, -0.5], [1.1, 0.3], [-0.7, 0.9]])

SHAPES = {
    "norm": (), "expon": (), "laplace": (), "logistic": (), "cauchy": (), "halfnorm": (), "rayleigh": (), "maxwell": (),
    "gumbel_r": (), "gumbel_l": (), "gamma": (2.5,), "invgamma": (2.5,), "chi2": (3.5,), "lognorm": (0.6,), "weibull_min": (1.7,),
    "t": (4.5,), "f": (3.5, 5.0),
}
NARROW = {"uniform": (), "beta": (2.5, 1.5)}          # on [0, 1]
WIDE = {"pareto": (2.5,)}                             # from 1
COUNTS = {"poisson": (2.5,), "bernoulli": (0.3,), "geom": (0.3,)}
WITH_SHAPES = ("lognorm", "weibull_min", "pareto")    # whose quantiles move with the shape in a known way

DENSITIES = []
for points, table in ((X, SHAPES), (np.array([0.2, 0.5, 0.9]), NARROW), (X + 1.5, WIDE)):
    for name, shapes in table.items():
        d = getattr(stats, name)
        DENSITIES += [
            (f"{name}.logpdf", lambda x, *p, d=d: d.logpdf(x, *p), (points, *shapes)),
            (f"{name}.logpdf, moved", lambda x, loc, scale, *p, d=d: d.logpdf(x, *p, loc=loc, scale=scale),
             (1.5 * points + 0.2, 0.2, 1.5, *shapes)),
            (f"{name}.pdf", lambda x, loc, scale, *p, d=d: d.pdf(x, *p, loc, scale=scale),
             (1.5 * points + 0.2, 0.2, 1.5, *shapes)),
        ]

DISTRIBUTIONS = []
for points, table in ((X, SHAPES), (np.array([0.2, 0.5, 0.9]), NARROW), (X + 1.5, WIDE)):
    for name, shapes in table.items():
        for way in ("cdf", "sf", "logcdf", "logsf", "ppf", "isf"):
            f = getattr(getattr(stats, name), way)
            x = Q if way in ("ppf", "isf") else 1.5 * points + 0.2
            if name in WITH_SHAPES:
                DISTRIBUTIONS += [(f"{name}.{way}", lambda x, loc, scale, *p, f=f: f(x, *p, loc=loc, scale=scale),
                                   (x, 0.2, 1.5, *shapes))]
            else:
                DISTRIBUTIONS += [(f"{name}.{way}", lambda x, loc, scale, f=f, p=shapes: f(x, *p, loc, scale), (x, 0.2, 1.5))]

OTHERS = [
    *[(f"{name}.{way}", lambda *p, f=getattr(getattr(stats, name), way), k=COUNT % 2 + (name == "geom"): f(k, *p), shapes)
      for name, shapes in COUNTS.items() for way in ("logpmf", "pmf")],
    ("binom.logpmf", lambda p: stats.binom.logpmf(COUNT, 6, p), (0.3,)),
    ("nbinom.logpmf", lambda n, p: stats.nbinom.logpmf(COUNT, n, p), (2.5, 0.3)),
    ("poisson with a location", lambda mu: stats.poisson.logpmf(COUNT + 1, mu, loc=1), (2.5,)),
    ("outside of the support", lambda x, scale: np.exp(stats.expon.logpdf(x, scale=scale)), (np.array([-1.0, 0.5]), 2.0)),
    ("a scalar", lambda x, m: stats.norm.logpdf(x, m, 2.0) * stats.norm.cdf(x), (0.3, 0.7)),
    ("multivariate_normal.logpdf", lambda x, m, c: stats.multivariate_normal.logpdf(x, m, c @ c.T), (POINTS, X[:2], COV)),
    ("multivariate_normal.logpdf of a point", lambda x, m, c: stats.multivariate_normal.logpdf(x, m, c @ c.T),
     (POINTS[0], X[:2], COV)),
    ("multivariate_normal.pdf", lambda x, m, c: stats.multivariate_normal.pdf(x, m, cov=c),
     (POINTS, X[:2], np.array([0.7, 1.5]))),
    ("multivariate_normal of one variance", lambda x, m, c: stats.multivariate_normal.logpdf(x, m, c), (POINTS, X[:2], 0.7)),
]
