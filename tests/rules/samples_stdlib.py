"""Samples for the library rules that take and return plain numbers: (function, [(arguments, keywords), ...])."""

from __future__ import annotations

import math
import operator
import statistics
from decimal import Decimal
from fractions import Fraction

import numpy as np

from .samples import on

DATA = [1.0, 2.5, 3.0, 4.5]
MORE = [2.0, 1.0, 5.0, 3.5]
WEIGHTS = [0.5, 1.0, 2.0, 0.25]

CALLS = [
    (math.nextafter, [on(0.7, 2.0)]),
    (statistics.mean, [on(DATA), on(tuple(DATA)), on(np.array(DATA))]),
    (statistics.fmean, [on(DATA), on(tuple(DATA))]),
    (statistics.geometric_mean, [on(DATA), on(tuple(DATA))]),
    (statistics.harmonic_mean, [on(DATA), on(DATA, WEIGHTS), on([2.0])]),
    (statistics.variance, [on(DATA), on(tuple(DATA)), on(DATA, 2.0)]),
    (statistics.pvariance, [on(DATA), on(DATA, 2.0)]),
    (statistics.stdev, [on(DATA), on(DATA, 2.0)]),
    (statistics.pstdev, [on(DATA), on(DATA, 2.0)]),
    (statistics.covariance, [on(DATA, MORE), on(tuple(DATA), MORE)]),
    (statistics.correlation, [on(DATA, MORE), on(DATA, tuple(MORE))]),
    (statistics.linear_regression, [on(DATA, MORE)]),
]
if "weights" in statistics.fmean.__code__.co_varnames:
    CALLS += [(statistics.fmean, [on(DATA, WEIGHTS), on(DATA, weights=WEIGHTS)])]
if "proportional" in statistics.linear_regression.__code__.co_varnames:
    CALLS += [(statistics.linear_regression, [on(DATA, MORE, proportional=True)])]
if hasattr(statistics, "_normal_dist_inv_cdf"):
    CALLS += [(statistics._normal_dist_inv_cdf, [on(0.3, 1.2, 0.7), on(0.99, -1.0, 2.0)])]
if hasattr(statistics, "_mean_stdev"):
    CALLS += [(statistics._mean_stdev, [on(DATA), on(tuple(MORE))])]


def through_decimals(f):
    """A function of decimals as one of floats."""
    def g(*xs):
        return float(f(*[Decimal(x) for x in xs]))
    return g


def through_fractions(f):
    def g(*xs):
        return float(f(*[Fraction(x) for x in xs]))
    return g


# Programs in one line: (name, function, arguments)
NUMBERS = [
    ("decimal square", through_decimals(lambda x: x * x - 3 / x + x**3 / 7), (1.5,)),
    ("decimal sqrt", through_decimals(Decimal.sqrt), (1.5,)),
    ("decimal exp", through_decimals(Decimal.exp), (1.5,)),
    ("decimal ln", through_decimals(Decimal.ln), (1.5,)),
    ("decimal log10", through_decimals(Decimal.log10), (1.5,)),
    ("decimal method", through_decimals(lambda x: x.sqrt() * x.exp()), (1.5,)),
    ("decimal fma", through_decimals(lambda a, b, c: a.fma(b, c) * a), (1.5, 2.0, 0.25)),
    ("decimal power", through_decimals(lambda a, b: a**b), (1.5, 2.25)),
    ("decimal abs", through_decimals(lambda a: abs(a) * a.copy_abs() * a.copy_negate() * a.copy_sign(Decimal(1))), (-1.5,)),
    ("decimal max", through_decimals(lambda a, b: a.max(b) * a.min(b) * b + max(a, b)), (1.5, 2.0)),
    ("decimal remainder", through_decimals(lambda a, b: a.remainder_near(b) + a % b + a // b), (7.25, 2.0)),
    ("decimal scaleb", through_decimals(lambda a: a.scaleb(2) * a.normalize() * a.conjugate()), (1.5,)),
    ("decimal from_float", lambda x: float(Decimal.from_float(x) * Decimal(x)), (1.5,)),
    ("fraction arithmetic", through_fractions(lambda x, y: x * x / 3 - y / x + 2 / y), (1.5, 0.25)),
    ("fraction power", through_fractions(lambda x: x**3 + x**-2 + abs(-x)), (1.5,)),
    ("fraction quotient", lambda x, y: float(Fraction(Fraction(x), Fraction(y))) * x, (1.5, 0.25)),
    ("fraction from_float", lambda x: float(Fraction.from_float(x) * Fraction(x)), (1.5,)),
    ("fraction of a decimal", lambda x: float(Fraction.from_decimal(Decimal(x)) ** 2), (1.5,)),
    ("math of exact numbers", lambda x: math.sin(Fraction(x)) * math.sqrt(Decimal(x)), (1.5,)),
    ("float of mixed numbers", lambda x, y: Fraction(x) * y + y * Fraction(x) ** 2, (1.5, 0.3)),
]

SUMS = [
    ("math.fmod where the quotient is rounded down", lambda a, b: math.fmod(a, b), (10.16, 2.8)),
    ("math.nextafter", lambda a: math.nextafter(a * a, 5.0) * a, (1.5,)),
    ("the default of max and min", lambda a: max([], default=a) * min((), key=abs, default=a * a) * max([a, 2.0], default=a),
     (1.5,)),
    ("complex math.prod", lambda x, y: math.prod([x + 2j * y, y - 1j * x, x]).imag, (0.7, 1.3)),
    ("operator.concat", lambda xs: math.prod(operator.concat(xs, xs[1:])), ([1.5, 2.0, 0.7],)),
]
if hasattr(math, "sumprod"):
    SUMS += [("complex math.sumprod", lambda x, y: math.sumprod([x + 2j * y, y], [1j * x, y - 1j]).imag, (0.7, 1.3))]

__all__ = ["CALLS", "NUMBERS", "SUMS"]
