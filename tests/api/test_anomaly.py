"""detect_anomaly names the line at which a cotangent first is infinite or not a number."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zygote_py import AnomalyError, adjoint, detect_anomaly, gradient, options, pullback


def at_line(error, text):
    assert text in str(error.value), str(error.value)


def root(x):
    a = x - 2.0
    b = np.log(a)       # here
    return b * 3.0


@pytest.mark.parametrize("optimise", [True, False])
def test_the_line_is_named(optimise):
    with np.errstate(divide="ignore"), options(optimise=optimise), detect_anomaly():
        assert gradient(root, 3.0) == (3.0,)
        with pytest.raises(AnomalyError) as error:
            gradient(root, np.float64(2.0))
    at_line(error, "b = np.log(a)       # here")
    at_line(error, "the cotangent of `a` is inf")
    at_line(error, "in root")
    assert isinstance(error.value, FloatingPointError)


def test_without_it_nothing_is_raised():
    with np.errstate(divide="ignore"):
        assert gradient(root, np.float64(2.0))[0] == np.inf


def test_in_callees_loops_and_branches():
    def f(xs):
        total = 0.0
        for x in xs:
            if x > 1.0:
                y = x * x
                total += y
            else:
                z = root(x + 2.0)
                total += z
        return total
    with np.errstate(divide="ignore"), detect_anomaly(), pytest.raises(AnomalyError) as error:
        gradient(f, np.array([2.0, 0.0]))
    at_line(error, "b = np.log(a)")


def test_nan_in_arrays_and_structures():
    def divide(p):
        q = p["a"] / p["b"]
        return np.sum(q)
    with np.errstate(all="ignore"), detect_anomaly(), pytest.raises(AnomalyError) as error:
        gradient(divide, {"a": np.zeros(2), "b": np.array([1.0, 0.0])})
    at_line(error, 'q = p["a"] / p["b"]')


def test_rules_of_the_user():
    def g(x):
        return x

    @adjoint(g)
    def g_rule(x):
        return x, lambda dy: (dy * math.nan,)

    def f(x):
        y = g(x)
        return y + 1.0
    with detect_anomaly(), pytest.raises(AnomalyError) as error:
        gradient(f, 1.0)
    at_line(error, "y = g(x)")
    at_line(error, "nan")


def test_pullbacks_that_were_made_inside():
    with np.errstate(divide="ignore"):
        with detect_anomaly():
            _, back = pullback(root, np.float64(2.0))
        with pytest.raises(AnomalyError):
            back(1.0)


def test_higher_order():
    with detect_anomaly():
        assert gradient(lambda x: gradient(lambda x: x**3, x)[0], 2.0) == (12.0,)
