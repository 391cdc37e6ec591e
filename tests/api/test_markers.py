"""Backends and constants: markers among the arguments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import zygote_py
from zygote_py import (
    AutoFiniteDiff,
    AutoForward,
    AutoReverse,
    Const,
    Tangent,
    gradient,
    hessian,
    jacobian,
    pullback,
    withgradient,
)

X = np.array([1.0, 2.0, 3.0])


@dataclass
class Point:
    x: float
    y: float


def f(x, s):
    return s * np.sum(x**2)


def test_reverse():
    a, b = gradient(f, AutoReverse(), X, 2.0)
    np.testing.assert_array_equal(a, 4 * X)
    assert b == 14.0
    assert withgradient(f, AutoReverse(), X, 2.0).val == 28.0
    np.testing.assert_array_equal(jacobian(lambda x: x**2, AutoReverse(), X)[0], np.diag(2 * X))
    assert pullback(lambda x: x * x, AutoReverse(), 3.0)[1](1.0) == (6.0,)


def test_finite_differences():
    a, b = gradient(f, AutoFiniteDiff(), X, 2.0)
    np.testing.assert_allclose(a, 4 * X, rtol=1e-8)
    np.testing.assert_allclose(b, 14.0)
    val, grad = withgradient(lambda x: (x**2, "more"), AutoFiniteDiff(), 3.0)
    assert val == (9.0, "more") and abs(grad[0] - 6) < 1e-8


def test_finite_differences_need_no_rules():
    sin_each = np.frompyfunc(np.sin, 1, 1)
    d, = gradient(lambda x: float(np.sum(sin_each(x))), AutoFiniteDiff(), X)
    np.testing.assert_allclose(d, np.cos(X), rtol=1e-8)


def test_finite_differences_of_structures():
    got = gradient(lambda p, d, n: p.x * p.y * d["k"][0] * n, AutoFiniteDiff(), Point(2.0, 3.0), {"k": [4.0, "x"]}, 5)
    assert isinstance(got[0], Tangent)
    np.testing.assert_allclose([got[0].x, got[0].y, got[1]["k"][0], got[2]], [60, 40, 30, 24], rtol=1e-8)
    assert got[1]["k"][1] is None
    assert gradient(lambda x: x.sum(), AutoFiniteDiff(), X.astype(np.float32))[0].dtype == np.float32


def test_finite_jacobian():
    by_x, by_s = jacobian(lambda x, s: s * x**2, AutoFiniteDiff(), X, 2.0)
    np.testing.assert_allclose(by_x, np.diag(4 * X), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(by_s, X**2, rtol=1e-8)
    row, = jacobian(lambda x: x.sum(), AutoFiniteDiff(), X)
    np.testing.assert_allclose(row, np.ones((1, 3)))


def test_integers_that_count():
    def power(x, n):
        r = 1.0
        for _ in range(n):
            r *= x
        return r
    with pytest.raises(TypeError, match=r"Const\(x\)"):
        gradient(power, AutoFiniteDiff(), 2.0, 3)
    d, none = gradient(power, AutoFiniteDiff(), 2.0, Const(3))
    assert abs(d - 12) < 1e-8 and none is None


def test_const():
    assert gradient(lambda x, y: x * y, 2.0, Const(3.0)) == (3.0, None)
    assert gradient(lambda x, y: x * y, Const(2.0), 3.0) == (None, 2.0)
    assert gradient(lambda x, y: x * y, AutoReverse(), Const(2.0), 3.0) == (None, 2.0)
    assert gradient(lambda p, y: p["a"] * y, Const({"a": 2.0}), 3.0) == (None, 2.0)
    assert withgradient(lambda x, y, k: x * y * k, 2.0, Const(3.0), k=2.0) == (12.0, (6.0, None))
    assert pullback(lambda x, y: x * y, 2.0, Const(3.0))[1](1.0) == (3.0, None)
    by_x, none = jacobian(lambda x, y: x * y, X, Const(X))
    np.testing.assert_array_equal(by_x, np.diag(X))
    assert none is None and repr(Const(2)) == "Const(2)"
    assert hessian(lambda x: x**2, Const(3.0)) is None is hessian(lambda x: x**2, AutoForward(), Const(3.0))


def test_const_reaches_the_function_as_it_is():
    seen = []
    gradient(lambda x, y: seen.append(y) or x, 2.0, Const("value"))
    assert seen == ["value"]


def test_markers_inside_what_is_differentiated():
    assert gradient(lambda x: gradient(lambda x, y: x**2 * y, AutoReverse(), x, Const(x))[0], 3.0) == (12.0,)


@pytest.mark.parametrize("differentiate", [gradient, withgradient, jacobian, pullback])
def test_unknown_markers(differentiate):
    class AutoOther:
        pass
    for marker in (AutoOther(), AutoOther, AutoReverse, AutoForward):
        with pytest.raises(TypeError, match=r"unknown marker .*\n.*\n.*AutoReverse\(\)"):
            differentiate(lambda x: x, marker, 2.0)


def test_markers_in_the_wrong_place():
    with pytest.raises(TypeError, match="not in its place"):
        gradient(lambda x: x, 2.0, AutoReverse())
    with pytest.raises(TypeError, match="not in its place"):
        gradient(lambda x: x, AutoReverse(), AutoFiniteDiff(), 2.0)
    with pytest.raises(TypeError, match="grad takes no AutoReverse"):
        zygote_py.grad(lambda x: x)(AutoReverse(), 2.0)
    with pytest.raises(TypeError, match="has no pullback"):
        pullback(lambda x: x, AutoFiniteDiff(), 2.0)


def test_equality():
    assert AutoReverse() == AutoReverse() != AutoForward() and len({AutoReverse(), AutoReverse()}) == 1
    assert repr(AutoFiniteDiff()) == "AutoFiniteDiff()"
