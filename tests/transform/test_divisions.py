"""Powers written as products, numbers in products, and divisions of arrays: less work, the same gradients."""

import warnings

import numpy as np
import pytest

from zygote_py import code_adjoint, gradient, options, pullback

N = 20_000      # a quotient of so many numbers is looked at once it is there


def cubic(x, k):
    t = 3 * x
    y = t * x
    z = y * x + t
    return np.sum(z * y * 0.5 * k)


def rebound(x, k):
    t = x * x
    x = x + k
    return np.sum(t * x * x + np.sin(x) * 0.25 * t * k)


def ratios(x, y):
    z = x * 2.0
    w = z / x
    return np.sum(w * x / y * np.log(x)) + np.sum(x / x)


def masked(x, y):
    return np.sum(np.where(y != 0, x / y, 0.0))


def by_element(f, h=1e-6):
    """Central differences of functions whose results are sums over the elements."""
    return lambda x, y: ((f(x + h, y) - f(x - h, y)) / (2 * h), (f(x, y + h) - f(x, y - h)) / (2 * h))


@pytest.mark.parametrize("f", [cubic, rebound, ratios])
def test_gradients_of_products_and_quotients(f):
    for x, y in ((np.array([0.7]), np.array([1.9])), (np.array([1.3]), np.array([0.4]))):
        for found, known in zip(gradient(f, x, y), by_element(f)(x, y)):
            assert found[0] == pytest.approx(known, rel=1e-7)
    back = pullback(f, 0.7, 1.9)[1]
    assert back(1.0) == pytest.approx(by_element(f)(0.7, 1.9), rel=1e-7)
    for n in (3, N):
        x, y = np.linspace(0.5, 2, n), np.linspace(2, 1, n)
        found = gradient(f, x, y)
        with options(optimise=False):
            for d, plain in zip(found, gradient(f, x, y)):
                np.testing.assert_allclose(d, plain, rtol=1e-12)
        twice = gradient(lambda x, f=f, y=y: np.sum(gradient(f, x, y)[0] * y), x)[0][n // 2]
        at = x[n // 2], y[n // 2]
        assert twice == pytest.approx((gradient(f, at[0] + 1e-6, at[1])[0] - gradient(f, at[0] - 1e-6, at[1])[0]) / 2e-6 * at[1],
                                      rel=1e-5)


def test_the_code_is_as_a_person_would_write_it():
    x = np.ones(3)
    text = str(code_adjoint(cubic, x, 0.5))
    assert "2 * t" in text and "3 * y" in text and "(0.5 * k)" in text
    text = str(code_adjoint(ratios, x, x))
    assert text.count("over(dt") == 2 and "2 * t" not in str(code_adjoint(rebound, x, 0.5))     # two forms of one sweep


@pytest.mark.parametrize("n", [6, N])
def test_quotients_that_are_not_finite(n):
    x, y = np.linspace(1, 2, n), np.linspace(1, 3, n)
    y[::3], y[1] = 0, np.nan
    with np.errstate(all="ignore"):
        found = gradient(masked, x, y)
        with options(optimise=False):
            plain = gradient(masked, x, y)
    for d, p in zip(found, plain):
        np.testing.assert_allclose(d, p, rtol=1e-12)
        assert np.all(d[::3] == 0)
    y[1] = 1
    told = []
    for optimise in (True, False):
        with warnings.catch_warnings(record=True) as given, options(optimise=optimise):
            warnings.simplefilter("always")
            gradient(masked, x, y)
        told.append([str(w.message) for w in given])
    assert set(told[0]) == set(told[1])
