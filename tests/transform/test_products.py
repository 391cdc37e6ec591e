"""Cotangents of numbers that meet arrays: sums of products, against the plain form."""

from __future__ import annotations

import ast

import gast
import numpy as np
import pytest

from zygote_py import code_adjoint, gradient, hessian, jvp, options, pullback, pushforward
from zygote_py.runtime.buffers import inner
from zygote_py.transform.algebra import draw_signs


def scaled(x, k, m):
    z = (x - m) / k
    return np.sum(np.exp(-z * z) * k) + np.sum(x / m * k) - np.sum(k / (x * x + 1))


def grid(x, k, m):
    return np.sum(np.sqrt(x * k) * (x[:, None] - m * x) / k) * 0.1


A = np.array([0.5, 2.0, 0.0, 1.5])


@pytest.mark.parametrize("f", [scaled, grid])
@pytest.mark.parametrize("x", [A, A.astype(np.float32), np.repeat(A, 2)[::2], A[:1], A * (1 + 0.5j), np.array([1, 3, 2])])
def test_as_the_plain_form(f, x):
    for k, m in ((1.5, -0.7), (np.float64(0.3), 2), (np.float32(1.5), 0.5)):
        with np.errstate(all="ignore"):
            found = gradient(lambda *args: np.real(f(*args)), x, k, m)
            with options(optimise=False):
                expected = gradient(lambda *args: np.real(f(*args)), x, k, m)
        for a, b in zip(found, expected):
            assert type(a) is type(b)
            np.testing.assert_allclose(a, b, rtol=1e-4 if np.float32 in (type(a), x.dtype, type(k)) else 1e-12)


def test_what_two_cotangents_share():
    def solved(a, b):
        return np.sum(np.linalg.solve(a, b)**2)
    a, b = np.array([[2.0, 0.3], [0.1, 1.5]]), np.array([1.0, -2.0])
    assert str(code_adjoint(solved, a, b)).split("def solved_forward")[0].count("solve_right(") == 1
    with options(optimise=False):
        expected = gradient(solved, a, b)
    for found, known in zip(gradient(solved, a, b), expected):
        np.testing.assert_allclose(found, known, rtol=1e-12)


def test_what_is_summed():
    assert "inner(k, " in str(code_adjoint(scaled, A, 1.5, -0.7))


def test_infinite_factors():
    zero, plain = np.array([0.0, 1.0]), np.array([1.0, 2.0])
    infinite = np.array([np.inf, 2.0])
    assert inner(1.0, 2.0, 4.0, (zero,), (infinite,)) == 1.0
    assert inner(1.0, 2.0, 4.0, (plain,), (infinite,)) == np.inf
    with np.errstate(divide="ignore", invalid="ignore"):
        assert np.isnan(inner(1.0, 2.0, 4.0, (zero, infinite), ()))
        assert inner(1.0, 1.0, 0.0, (np.zeros(2),), ()) == 0.0
    assert inner(1.0, 1.0, 1.0, (plain, plain[:, None]), ()) == 9.0


def test_second_derivatives():
    def by_numbers(v):
        return scaled(A, v[0], v[1])
    v, e = np.array([1.5, -0.7]), 1e-6 * np.eye(2)
    slope = [(gradient(by_numbers, v + d)[0] - gradient(by_numbers, v - d)[0]) / 2e-6 for d in e]
    np.testing.assert_allclose(hessian(by_numbers, v), slope, rtol=1e-7)


def test_a_constant_times_an_array_is_summed_without_the_product():
    def score(x, m, s):
        z = (x - m) / s
        return np.sum(-0.5 * z ** 2 - np.log(x * s))
    x = np.array([0.5, 2.0, 1.5])
    assert "(z,), (z,)" in str(code_adjoint(score, x, 0.3, 1.7))
    with options(optimise=False):
        expected = gradient(score, x, 0.3, 1.7)
    for found, known in zip(gradient(score, x, 0.3, 1.7), expected):
        np.testing.assert_allclose(found, known, rtol=1e-12)


@pytest.mark.parametrize("before, after", [
    ("-(-a * strong(b) / c)", "a * strong(b) / c"), ("-(a * strong(-b / c))", "a * strong(b / c)"),
    ("fit(a * -1.0, b) * c", "-(fit(a, b) * c)"), ("-fit(-a, b)", "-fit(-a, b)"), ("-a", "-a"), ("-(-a)", "--a")])
def test_signs_that_cancel(before, after):
    """What is updated in place later must not become another name for an array."""
    e = draw_signs(gast.parse(before, mode="eval").body, {"strong", "fit"})
    assert ast.unparse(gast.gast_to_ast(gast.Expression(body=e))) == after


def test_cotangents_that_are_whole_numbers():
    back = pullback(lambda x, k: x * k * k, 3.0, np.uint8(200))[1]
    assert back(1)[0] == back(np.uint8(1))[0] == back(1.0)[0] == 40000.0
    back = pullback(lambda x, k: (x * k * k, x), np.array([3.0, 1.0]), np.array([200, 100], np.uint8))[1]
    assert back((np.array([1, 1], np.uint8), None))[0].tolist() == [40000.0, 10000.0]


def test_tangents_that_are_whole_numbers():
    assert jvp(lambda x, k: x * k * k, (2.0, np.uint8(200)), (1, None))[1] == 40000.0
    assert pushforward(lambda x, k: x["a"] * k * k, {"a": 2.0}, np.uint8(200))({"a": np.uint8(1)}, None) == 40000.0
