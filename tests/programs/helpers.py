"""Small functions of the same module, which are written out where they are called, and some that are not."""

from __future__ import annotations

import numpy as np

from .table import program

SCALE = 1.5


def scaled(v, by=SCALE, *more):
    for_all = by
    if more:
        for_all = for_all * more[0]
    return v * for_all


def early(v, limit=2.0):
    if v > limit:
        return limit + np.log(v - limit + 1.0)
    if v < -limit:
        return
    return v


def both(a, b):
    return a * b, a - b


def nested(a, b):
    p, q = both(a, scaled(b))
    return p * q


def kept_in(v, seen=[]):  # noqa: B006
    seen.append(v)
    return len(seen) * v


def updated(v, k):
    v += k          # in place, if it is an array
    k = k * 2
    return v * k


def inverse(v):
    return 1.0 / v


def factorial_like(x, n):
    return x if n <= 1 else x * n * factorial_like(x, n - 1)


def even(x, n):
    return x if n == 0 else odd(x * x, n - 1)


def odd(x, n):
    return x + 1.0 if n == 0 else even(x * 0.5, n - 1)


@program([(1.2, 0.7), (2.9, -0.4), (0.3, 3.0)], order=2)
def helpers_in_helpers(x, y):
    total = 0.0
    for k in range(3):
        total = scaled(total, y) + nested(x, y + k)
        total = scaled(v=total, by=0.5)
    return total + scaled(x, y, x, 3.0)


@program([(1.2,), (5.0,)], order=2)
def helpers_with_early_returns(x):
    t = early(x) * early(x * 0.1, limit=x)
    if early(-10.0 * x) is None:
        t = t + early(t)
    return t


@program([(np.array([0.5, 1.0, -2.0]), 1.3)])
def helpers_that_write(v, k):
    w = v * 2.0
    r = updated(w, k)
    first = np.sum(r * w)
    again = updated(w[1:], first)
    return np.sum(again) + np.sum(w) + updated(k, 2.0)


@program([(2.0,)])
def helpers_that_keep(x):
    kept_in.__defaults__[0].clear()
    return kept_in(x) * kept_in(x * x) + kept_in(1.0, [x])


@program([(2.0,)])
def helpers_in_attempts(x):
    total = 0.0
    for d in (x, 0.0, x - 1.0):
        try:
            total += inverse(d * x)
        except ZeroDivisionError:
            total *= x
    return total + inverse(x)


@program([(1.3,)], order=2)
def helpers_that_call_themselves(x):
    return factorial_like(x, 4) + even(x, 3) + odd(x, 2)


@program([(1.3,)])
def names_of_helpers_that_mean_other_things(x):
    SCALE, scaled = 3.0, inverse      # noqa: N806
    by = scaled(x) * SCALE
    v = early(by)
    return v * by * nested(v, by)
