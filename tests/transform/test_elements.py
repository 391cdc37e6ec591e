"""Loops over the elements of arrays: lists of cotangents, and what is made again instead of recorded, against the plain form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zygote_py import code_adjoint, gradient, hessian, options, pullback


def chained(x, w):
    s = 0.0
    for i in range(len(x) - 1):
        s += w[i] * (x[i + 1] - x[i]**2)**2 + (1 - x[-1]) * x[i]
    return s


def divided(x, w):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * w[i] / x[i] + math.sin(x[i])
    return s


def recurrent(x, w):
    u = np.zeros(len(x) + 1)
    for i in range(len(x)):
        u[i + 1] = u[i] * x[i] + w[i]
    return u[len(x)]


def written(x, w):
    s = 0.0
    for i in range(1, len(x)):
        s += x[i] * x[i - 1]
        x[i - 1] = s * w[i]
    return s


def counted(x, w):
    s, n = 0.0, 0
    while n < len(x):
        if x[n] > 0:
            s += x[n] * x[n] * w[n]
        n += 1
    return s


def stopped(x, w):
    s = 0.0
    for i in range(len(x)):
        t = x[i] * 2
        if t > 2:
            break
        s += t * t * w[i]
    return s


def nested(x, w):
    s = 0.0
    for i in range(len(x)):
        a = 2 * x[i]
        for j in range(i):
            b = w[j] - 1
            s += a * x[j] * b
    return s


def iterated(x, w):
    s = 0.0
    for a in x:
        s += math.exp(a) * a
    return s + w[0]


def few(x, w):
    s = 0.0
    for i in range(2):
        s += x[i] * x[i] * w[i]
    return s


def stepped(x, w):
    s = 1.0
    for i in range(len(x)):
        h = w[0] / 2
        s = s + h * s * x[i]
    return s


CASES = [chained, divided, recurrent, written, counted, stopped, nested, iterated, few, stepped]
X, W = np.array([0.5, -0.7, 1.2, 0.3, -1.1, 0.8, 0.6]), np.array([1.5, 0.5, -0.4, 2.0, 0.1, 0.9, 1.1])


def assert_same(f, x, w):
    with np.errstate(all="ignore"):
        found = gradient(f, x.copy(), w.copy())
        with options(optimise=False):
            expected = gradient(f, x.copy(), w.copy())
        y, back = pullback(f, x.copy(), w.copy())
        again = back(1.0)
    for a, b, c in zip(found, expected, again):
        assert type(a) is type(b) is type(c)
        if a is not None:
            assert a.dtype == b.dtype and a.shape == b.shape
            np.testing.assert_allclose(a, b, rtol=2e-5 if a.dtype == np.float32 else 1e-12)
            np.testing.assert_allclose(c, b, rtol=2e-5 if a.dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("f", CASES, ids=lambda f: f.__name__)
def test_as_the_plain_form(f):
    assert_same(f, X, W)
    assert_same(f, X.astype(np.float32), W.astype(np.float32))
    assert_same(f, np.repeat(X, 2)[::2], W[::-1])


def test_zero_and_infinite_elements():
    x = X.copy()
    x[2] = 0.0
    assert_same(divided, x, W)
    assert_same(chained, np.array([1e200, -1e200, 1.0]), W)


def test_empty_arrays():
    assert gradient(counted, X[:0], W[:0])[0].shape == (0,)


def test_second_derivatives():
    h = hessian(lambda x: chained(x, W), X)
    np.testing.assert_allclose(h, h.T, rtol=1e-12)
    step = 1e-6 * np.eye(len(X))
    column = (gradient(chained, X + step[1], W)[0] - gradient(chained, X - step[1], W)[0]) / 2e-6
    np.testing.assert_allclose(h[1], column, rtol=1e-6, atol=1e-8)


def test_what_is_recorded():
    assert "append" not in str(code_adjoint(chained, X, W))
    assert "x_list" not in str(code_adjoint(divided, X, W))         # a float divided by zero is an error
    assert "x_list" not in str(code_adjoint(written, X, W))
    assert ", h" not in str(code_adjoint(stepped, X, W)).split("def stepped_forward")[0]


def heated(u0, k):
    u = u0.copy()
    for step in range(3):
        u[1:-1] += 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
        for half in range(2):
            u[step:-step - 1] += half * u[step + 1:len(u) - step]
            u[:2] -= 0.5 * u[2:4]
    return np.sum(u * u * k)


def test_views_of_cotangents_are_made_once():
    assert_same(heated, X, W)
    assert_same(heated, X.astype(np.float32), W.astype(np.float32))
    text = str(code_adjoint(heated, X, W))
    assert text.index("= du[:-2]") < text.index(" in reversed(tape")
