"""jacobian, withjacobian, vjp: shapes, orders, structures, misuse."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

from zygote_py import NotScalarError, jacobian, pullback, vjp, withjacobian

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
X = np.array([1.0, -1.0, 2.0])


def test_a_linear_map():
    by_A, by_x = jacobian(lambda A, x: A @ x, A, X)
    np.testing.assert_array_equal(by_x, A)
    np.testing.assert_array_equal(by_A, np.kron(np.eye(2), X))


def test_c_order_of_matrices():
    J, = jacobian(lambda A: A.T * 1.0, A)
    want = np.zeros((6, 6))
    for i in range(2):
        for j in range(3):
            want[j * 2 + i, i * 3 + j] = 1.0
    np.testing.assert_array_equal(J, want)


def test_numbers():
    by_s, by_x = jacobian(lambda s, x: s**2 * x, 3.0, X)
    np.testing.assert_array_equal(by_s, 6 * X)
    np.testing.assert_array_equal(by_x, 9 * np.eye(3))
    one, = jacobian(lambda s: s**2, 3.0)
    np.testing.assert_array_equal(one, [6.0])
    row, = jacobian(lambda x: np.sum(x**2), X)
    np.testing.assert_array_equal(row, [2 * X])
    assert row.shape == (1, 3)
    zero_d, = jacobian(lambda x: x * X, np.array(2.0))
    np.testing.assert_array_equal(zero_d, X[:, None])


def test_what_has_none():
    got = jacobian(lambda x, p, s, y: p[0] * x, X, (2.0, 1.0), "text", X.copy())
    np.testing.assert_array_equal(got[0], 2 * np.eye(3))
    assert got[1:] == (None, None, None)


def test_some_rows_depend():
    J, = jacobian(lambda x: np.array([x[0] * x[1], 5.0]), np.array([2.0, 3.0]))
    np.testing.assert_array_equal(J, [[3.0, 2.0], [0.0, 0.0]])


def test_dtypes():
    assert jacobian(lambda x: x * x, X.astype(np.float32))[0].dtype == np.float32
    assert jacobian(lambda x: x * x, np.array([1, 2]))[0].dtype == np.float64
    J, = jacobian(lambda z: np.abs(z)**2, np.array([1 + 2j, 3j]))
    np.testing.assert_allclose(J, np.diag([2 + 4j, 6j]))


def test_empty_ones():
    assert jacobian(lambda x: x[:0], X)[0].shape == (0, 3)
    assert jacobian(lambda x: np.concatenate([x, X]), np.zeros(0))[0].shape == (3, 0)


def test_value_and_keywords():
    val, grad = withjacobian(lambda x, k: k * x, X, k=2.0)
    np.testing.assert_array_equal(val, 2 * X)
    np.testing.assert_array_equal(grad[0], 2 * np.eye(3))
    assert len(grad) == 1 and withjacobian(lambda x: x, X).val is not None


def test_against_differences():
    def f(x, s):
        return np.array([np.sin(x[0] * s), x[1] * x[2], np.exp(s)])
    by_x, by_s = jacobian(f, X, 0.5)
    for k in range(3):
        h = 1e-6 * np.eye(3)[k]
        np.testing.assert_allclose(by_x[:, k], (f(X + h, 0.5) - f(X - h, 0.5)) / 2e-6, atol=1e-8)
    np.testing.assert_allclose(by_s, (f(X, 0.5 + 1e-6) - f(X, 0.5 - 1e-6)) / 2e-6, atol=1e-8)


def test_a_jacobian_can_be_differentiated():
    J, = jacobian(lambda x: jacobian(lambda x: x**3, x)[0], np.array([1.0, 2.0]))
    want = np.zeros((2, 2, 2))
    want[0, 0, 0], want[1, 1, 1] = 6.0, 12.0
    np.testing.assert_allclose(J.reshape(2, 2, 2), want)


@pytest.mark.parametrize("f, word", [
    (lambda x: x * 1j, "complex"), (lambda x: [x, x], "a list"), (lambda x: None, "NoneType"), (lambda x: (x, x), "a tuple"),
    (lambda x: {"x": x}, "a dict")])
def test_results_without_jacobian(f, word):
    with pytest.raises(NotScalarError, match=word):
        jacobian(f, X)


def test_no_function():
    with pytest.raises(TypeError, match="no function"):
        jacobian(X, X)


def test_vjp():
    y, back = vjp(lambda A, x: A @ x, A, X)
    np.testing.assert_array_equal(y, A @ X)
    v = np.array([1.0, 10.0])
    np.testing.assert_array_equal(back(v)[1], v @ A)
    np.testing.assert_array_equal(back(v)[1], pullback(lambda A, x: A @ x, A, X)[1](v)[1])


def test_structures_travel_through_vjp():
    Pair = namedtuple("Pair", "a b")
    _, back = vjp(lambda p: {"y": p.a * p.b, "n": 1}, Pair(2.0, 3.0))
    assert back({"y": 1.0}) == (Pair(3.0, 2.0),)
