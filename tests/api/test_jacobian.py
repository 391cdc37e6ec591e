"""jacobian, withjacobian, vjp: shapes, orders, structures, misuse."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

import zygote_py.api.gradient as gradient_module
from zygote_py import AutoReverse, Const, NotScalarError, gradient, hook, jacobian, jvp, pullback, vjp, withjacobian

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


TIMES = np.linspace(0.0, 1.0, 120)
RUNS = []


def decay(p, s=1.0, more=None):
    """In more rows than columns."""
    RUNS.append("run")
    out = np.zeros(120)
    out[1:] = p[0] * np.exp(-p[1] * TIMES[1:]) * s
    out[0] = p[0]
    return out


def test_columns_and_rows_run_the_function_once():
    p = np.array([2.0, 3.0])
    for args in ((p,), (p.astype(np.float32), 2), (np.array([2, 3]), Const(1.5), p.copy())):
        RUNS.clear()
        with count_pullbacks() as calls:
            columns = jacobian(decay, *args)
        assert len(RUNS) == 1 and len(calls) < 10
        with count_pullbacks() as calls:
            rows = jacobian(decay, AutoReverse(), *args)
        assert len(RUNS) == 2 and len(calls) == 120
        for a, b in zip(columns, rows):
            assert (a is None and b is None) or (a.dtype == b.dtype and a.shape == b.shape)
            np.testing.assert_allclose(0 if a is None else a, 0 if b is None else b, rtol=1e-6)
    with count_pullbacks() as calls:
        jacobian(lambda x: 2.0 * x, TIMES)      # 120 numbers, but not four times as many as x has
    assert len(calls) == 120
    with count_pullbacks() as calls:
        jacobian(lambda x: np.real(x[0]) * TIMES, p + 1j)
    assert len(calls) == 120


class count_pullbacks:
    """The calls of pullbacks, as they are made."""

    def __enter__(self):
        self.calls, self.plain = [], gradient_module.Pullback.__call__
        calls, plain = self.calls, self.plain

        def __call__(self, dy):
            calls.append(self)
            return plain(self, dy)
        gradient_module.Pullback.__call__ = __call__
        return calls

    def __exit__(self, *_):
        gradient_module.Pullback.__call__ = self.plain


def test_columns_that_are_not_to_be_trusted():
    p = np.array([2.0, 3.0])
    clip = lambda d: np.clip(d, -0.1, 0.1)  # noqa: E731
    for f in (lambda p: hook(clip, 3.0 * p)[0] * TIMES, lambda p: np.sqrt(np.concatenate([p[:1] * 0, p[1] * TIMES]))):
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(jacobian(f, p)[0], jacobian(f, AutoReverse(), p)[0])


def test_a_pullback_that_was_made_outside_is_differentiated():
    """Its tape is that of the form with in-place updates, which is another one."""
    for f in (decay, lambda p: sum([p[i] * TIMES for i in range(2)]) * p[0]):
        p = np.array([2.0, 3.0])
        y, back = pullback(f, p)
        J, = jacobian(f, AutoReverse(), p)
        np.testing.assert_allclose(gradient(lambda z: np.sum(back(z)[0]), y)[0], J.sum(1), rtol=1e-12)
        np.testing.assert_allclose(jvp(lambda z: back(z)[0], (y,), (TIMES,))[1], TIMES @ J, rtol=1e-12)


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
