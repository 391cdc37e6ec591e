"""Samples for the functions that are differentiated through Python source, NumPy's own or ours in its place."""

from __future__ import annotations

import math

import numpy as np

from .samples import CV, FAMILIES, SPD, T3, A, P, Q, V, W

PAIR = np.frompyfunc(lambda a, b: (a * b, a + b), 2, 2)
ADD3 = np.vectorize(lambda a, b, c=1.0: a * math.sin(b) + c)
WITH_LIST = np.vectorize(lambda p, x: p[0] * x + p[1] * x * x, excluded=[0])
TWO = np.vectorize(lambda a: (a * a, math.exp(a)))
TYPED = np.vectorize(lambda a: a * a, otypes=[float])


def energy(row, scale=1.0):
    return scale * np.sum(row * row)


DERIVED = [
    (np.apply_along_axis, [
        lambda a: np.apply_along_axis(energy, 0, a), lambda a: np.apply_along_axis(energy, 1, a, 2.0),
        lambda a: np.apply_along_axis(np.cumprod, 0, a), lambda a: np.apply_along_axis(lambda r: np.outer(r, r), -1, a),
        lambda a: np.apply_along_axis(np.diff, 1, a)], A),
    (np.apply_over_axes, [
        lambda a: np.apply_over_axes(np.sum, a, [0, 2]), lambda a: np.apply_over_axes(np.mean, a, 1),
        lambda a: np.apply_over_axes(np.prod, a, (-1,))], T3),
    (np.piecewise, [
        lambda a: np.piecewise(a, [a < 0, a >= 0], [lambda x: -x * x, lambda x: x**3]),
        lambda a: np.piecewise(a, [a < -0.3, a > 0.3], [-1.0, lambda x: x * x, np.sin]),
        lambda a: np.piecewise(a[1], a[1] > 0, [lambda x, p: p * x], 2.0),
        lambda a: np.piecewise(a[0], [a[0] > 0, a[0] > 0.3], [np.sin, np.cos])], A),
    (np.piecewise, [lambda x: np.piecewise(x, [x < 0, x >= 0], [lambda v: -v, lambda v: v * v])], np.array(0.7)),
    (np.fromfunction, [lambda w: np.fromfunction(lambda i, j: w[0] * i + w[1] * j * j, (2, 3))], W),
    (np.fromiter, [lambda v: np.fromiter([x * x for x in v], float), lambda v: np.fromiter((x * x for x in v), float, 2)], V),
    (np.vectorize, [
        lambda v: ADD3(v, 0.5), lambda v: ADD3(v, Q), lambda v: ADD3(v, b=Q, c=v), lambda v: ADD3(0.5, v[0]),
        lambda v: WITH_LIST([1.0, 2.0], v), lambda v: TWO(v), lambda v: TYPED(v), lambda v: ADD3(v[:, None], v)], V),
    (np.flatiter, [lambda a: np.array([x * x for x in a.flat]), lambda a: a.T.flat[1:3] ** 2, lambda a: np.array(a.T.flat)], A),
    (np.ndenumerate, [lambda a: np.array([i * x * x for (i, _), x in np.ndenumerate(a)])], A),
    (np.frompyfunc, [
        lambda v: np.frompyfunc(math.sin, 1, 1)(v).astype(float), lambda v: PAIR(v, v[::-1])[1].astype(float),
        lambda v: np.frompyfunc(math.exp, 1, 1)(v[0]),
        lambda v: np.sum(PAIR(v[:, None], v)[0])], V),
    (np.ufunc.reduce, [
        lambda a: np.add.reduce(a), lambda a: np.add.reduce(a, 1), lambda a: np.add.reduce(a, None),
        lambda a: np.multiply.reduce(a, 1),
        lambda a: np.maximum.reduce(a, axis=0), lambda a: np.minimum.reduce(a, axis=1, keepdims=True),
        lambda a: np.logaddexp.reduce(a, axis=1), lambda a: np.logaddexp.reduce(a, None),
        lambda a: np.logaddexp.reduce(a[0]), lambda a: np.logaddexp.reduce(a, (0, 1), keepdims=True),
        lambda a: np.hypot.reduce(a, None), lambda a: np.subtract.reduce(a),
        lambda a: np.add.reduce(a, 0, initial=a[0, 0]), lambda a: np.add.reduce(a, where=A > 0),
        lambda a: np.logaddexp.reduce(a, axis=1, keepdims=True, initial=0.3), lambda a: np.subtract.reduce(a, axis=-1)], A),
    (np.ufunc.accumulate, [
        lambda a: np.add.accumulate(a), lambda a: np.multiply.accumulate(a, 1), lambda a: np.maximum.accumulate(a, axis=1),
        lambda a: np.subtract.accumulate(a, axis=-1), lambda a: np.logaddexp.accumulate(a)], A),
    (np.ufunc.outer, [
        lambda v: np.multiply.outer(v, W), lambda v: np.add.outer(A, v), lambda v: np.subtract.outer(v, v),
        lambda v: np.power.outer(abs(v), 2.0), lambda v: np.hypot.outer(v, A)], V),
    (np.ufunc.reduceat, [
        lambda a: np.add.reduceat(a, [0, 2, 1]), lambda a: np.add.reduceat(a, [1, 3], 1), lambda a: np.multiply.reduceat(a, [0,
        2], axis=1),
        lambda a: np.maximum.reduceat(a, [0, 2, 1])], A),
    (np.histogram2d, [
        lambda w: np.histogram2d(V, Q, 3, weights=w)[0],
        lambda w: np.histogram2d(V, Q, [[-1.0, 0.1, 1.0], 2], [[-1, 1], [0.3, 1]], None, w)[0]], Q),
    (np.histogramdd, [
        lambda w: np.histogramdd(A.T, 2, weights=w)[0], lambda w: np.histogramdd([V, Q], [2, 3], weights=w)[0]], V),
    (np.ndarray.flat, [lambda a: a.flat[3] * a.flat[-1], lambda a: a.flat[2:7]], A),
    (np.lib.scimath.sqrt, [lambda v: np.lib.scimath.sqrt(v), lambda v: np.lib.scimath.log(np.abs(v))], Q),
]
COMPLEX = [(np.add, [lambda z: np.add.reduce(z), lambda z: np.multiply.outer(z, z), lambda z: np.multiply.accumulate(z)], CV)]


def drawn(name, *rest, **keywords):
    """A use of a method of Generator or RandomState, with the same random bits in every call."""
    return [lambda x: getattr(np.random.default_rng(5), name)(*x, *rest, **keywords),
            lambda x: getattr(np.random.RandomState(5), name)(*x, *rest, **keywords)]


def pairs(name, x):
    return [(getattr(np.random.Generator, name), drawn(name, 5), x), (getattr(np.random.RandomState, name), drawn(name, 5), x)]


RANDOM = [
    *pairs("normal", (0.5, 2.0)), *pairs("laplace", (0.5, 2.0)), *pairs("logistic", (0.5, 2.0)), *pairs("gumbel", (0.5, 2.0)),
    *pairs("uniform", (0.5, 2.0)), *pairs("triangular", (0.5, 1.0, 2.0)), *pairs("lognormal", (0.5, 0.7)), *pairs("exponential",
    (2.0,)), *pairs("rayleigh", (2.0,)),
    *pairs("weibull", (2.0,)), *pairs("power", (2.0,)), *pairs("pareto", (3.0,)), *pairs("normal", (V, Q[:, None])[:1]),
    (np.random.Generator.gamma, [lambda s: np.random.default_rng(5).gamma(2.0, s, 4)], 0.7),
    (np.random.RandomState.gamma, [lambda s: np.random.RandomState(5).gamma(2.0, scale=s)], 0.7),
    (np.random.Generator.multivariate_normal, [
        lambda m: np.random.default_rng(5).multivariate_normal(m, SPD, 2),
        lambda m: np.random.default_rng(5).multivariate_normal(m, SPD, method="cholesky")], W),
    (np.random.RandomState.multivariate_normal, [lambda m: np.random.RandomState(5).multivariate_normal(m, SPD)], W),
    (np.random.Generator.choice, [
        lambda v: np.random.default_rng(5).choice(v, 6), lambda v: np.random.default_rng(5).choice(v),
        lambda v: np.random.default_rng(5).choice(v, 3, replace=False), lambda v: np.random.default_rng(5).choice(v, p=[0.1, 0.2,
        0.3, 0.4]),
        ], V),
    (np.random.RandomState.choice, [
        lambda v: np.random.RandomState(5).choice(v, (2, 3)), lambda v: np.random.RandomState(5).choice(v, 3, False)], V),
    (np.random.Generator.choice, [lambda a: np.random.default_rng(5).choice(a, 2, axis=1)], A),
    (np.random.Generator.permutation, [
        lambda a: np.random.default_rng(5).permutation(a), lambda a: np.random.default_rng(5).permutation(a, axis=1),
        lambda a: np.random.default_rng(5).permutation(a[0])], A),
    (np.random.Generator.permuted, [
        lambda a: np.random.default_rng(5).permuted(a), lambda a: np.random.default_rng(5).permuted(a, axis=1)], A),
    (np.random.RandomState.permutation, [
        lambda a: np.random.RandomState(5).permutation(a), lambda a: np.random.RandomState(5).permutation(a[0])], A),
]
SERIES = [
    (np.polynomial.chebyshev.chebinterpolate, [
        lambda v: np.polynomial.chebyshev.chebinterpolate(lambda t, s: np.sin(s * t), 4, (v[0],))], V),
    (np.poly1d, [lambda v: np.poly1d(v)(0.5), lambda v: (np.poly1d(v) * np.poly1d(W)).coeffs,
                 lambda v: np.poly1d(v).deriv()(2.0)], V),
    (np.polynomial.polynomial.polyvalfromroots, [lambda v: np.polynomial.polynomial.polyvalfromroots(v, W)], V),
]
for prefix, module in FAMILIES.items():
    value, line, grid2, grid3 = [getattr(module, prefix + name) for name in ("val", "line", "grid2d", "grid3d")]
    SERIES += [
        (value, [lambda v, f=value: f(W, v), lambda v, f=value: f(v, W), lambda v, f=value: f(v, A, tensor=False)], V),
        (line, [lambda v, f=line: f(v[0], v[1])], V),
        (grid2, [lambda v, f=grid2: f(v, v, A)], V),
        (grid3, [lambda v, f=grid3: f(v, v[:2], v, T3)], V),
    ]
    if hasattr(module, prefix + "valnd"):
        several = getattr(module, prefix + "valnd")
        SERIES += [(several, [lambda v, f=several: f((v, v * v, W[0] * v), T3), lambda v, f=several: f([v], A),
                              lambda v, f=several: f((Q, v), np.outer(v, v))], V)]
    if prefix != "poly":
        weight = getattr(module, prefix + "weight")
        SERIES += [(weight, [lambda v, f=weight: f(v)], Q)]
for cls in (np.polynomial.Polynomial, np.polynomial.Chebyshev, np.polynomial.Legendre, np.polynomial.Hermite,
            np.polynomial.HermiteE, np.polynomial.Laguerre):
    SERIES += [(cls, [
        lambda v, cls=cls: cls(v)(0.5), lambda v, cls=cls: (cls(v) * cls(W) + cls(v)).coef, lambda v,
        cls=cls: cls(v).deriv(2)(0.3),
        lambda v, cls=cls: cls(v, domain=[0, 2]).integ()(W), lambda v, cls=cls: cls.fit(np.arange(4.0), v, 2).coef,
        lambda v, cls=cls: (cls(v) // cls(W)).coef, lambda v, cls=cls: (cls(v)**2 - 2.0 * cls(W)).coef,
        lambda v, cls=cls: cls.fromroots(v).coef], V)]
__all__ = ["COMPLEX", "DERIVED", "P", "RANDOM", "SERIES"]
