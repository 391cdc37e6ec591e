"""Functions of `functools.lru_cache` are called once for the same constants, as in the plain run."""

from __future__ import annotations

import functools
import math

import pytest

import zygote_py


def looped(a, b, n):
    last, f = b, a
    for _ in range(n - 1):
        last, f = f, math.sin(f) * a + last * b
    return f


def remembered(a, b, n, most=None):
    @functools.lru_cache(most)
    def f(n):
        return (a if n else b) if n < 2 else math.sin(f(n - 1)) * a + f(n - 2) * b

    return f(n)


@pytest.mark.parametrize("most", [None, 128, 3])
def test_dynamic_programming_takes_linear_time(most):
    def f(a, b):
        return remembered(a, b, 60, most)

    want = zygote_py.gradient(looped, 1.3, 0.7, zygote_py.Const(60))[:2]
    assert zygote_py.gradient(f, 1.3, 0.7) == pytest.approx(want)
    assert zygote_py.gradient(remembered, 1.3, 0.7, zygote_py.Const(60), zygote_py.Const(most))[:2] == pytest.approx(want)
    assert zygote_py.pushforward(f, 1.3, 0.7)(0.0, 1.0) == pytest.approx(want[1])
    value, back = zygote_py.pullback(f, 1.3, 0.7)
    assert value == looped(1.3, 0.7, 60)
    assert back(1.0) == back(1.0) == pytest.approx(want)


def test_whole_numbers_that_are_differentiated_are_told_apart():
    def f(n, m):
        @functools.cache
        def square(k):
            return k * k * 0.5
        return square(n) + 2.0 * square(m)

    assert zygote_py.gradient(f, 3, 3) == (3.0, 6.0)
