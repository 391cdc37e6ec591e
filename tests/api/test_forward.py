"""Forward mode as a backend, inside reverse mode, and where a jacobian has few columns."""

from __future__ import annotations

import numpy as np
import pytest

from zygote_py import (
    AutoFiniteDiff,
    AutoForward,
    AutoReverse,
    Const,
    Params,
    UnsupportedCodeError,
    forwarddiff,
    gradient,
    hessian,
    jacobian,
    jvp,
    withgradient,
)

A = np.array([1.0, 2.0])
W = np.ones(2)


def test_gradients_of_structures():
    found = gradient(lambda x, y: x * y[0]["k"] ** 2, AutoForward(), 2.0, [{"k": 3.0, "n": None}])
    assert found == (9.0, [{"k": 12.0, "n": None}])
    assert gradient(lambda z: abs(z) ** 2, AutoForward(), 1 + 2j) == (2 + 4j,)
    d, nothing = gradient(lambda a, n: np.sum(a**n), AutoForward(), A, Const(2.0))
    assert list(d) == [2.0, 4.0] and nothing is None
    val, grad = withgradient(lambda a, n: (a.sum() * n, "x"), AutoForward(), A, 2)
    assert val == (6.0, "x") and list(grad[0]) == [2.0, 2.0] and grad[1] == 3.0
    assert gradient(lambda x, y: x * x, AutoForward(), 3.0, 1.0) == (6.0, None)


def test_arguments_that_are_written_to_are_written_to_once():
    def f(a, log):
        a[0] = a[1] * 2
        log.append(a[0])
        return np.sum(a * a)

    a, log = A.copy(), []
    assert list(gradient(f, AutoForward(), a, log)[0]) == [0.0, 20.0] and list(a) == [4.0, 2.0] and log == [4.0]


def test_functions_that_differ_from_run_to_run_are_refused():
    rng, total = np.random.default_rng(0), [0.0]

    def grows(a):
        total[0] = total[0] + a[0]
        return total[0] * np.sum(a)

    with pytest.raises(UnsupportedCodeError, match="another value"):
        gradient(lambda a: np.sum(a) * rng.random(), AutoForward(), A)
    with pytest.raises(UnsupportedCodeError, match="changes a list that it does not get"):
        gradient(grows, AutoForward(), A)


def test_jacobians_by_columns():
    runs = []

    def tall(a):
        return np.outer(a, np.arange(10.0)).ravel() * a[0]

    def noted(a):
        runs.append(1)
        return tall(a)

    want = jacobian(tall, AutoReverse(), A)[0]
    for got in (jacobian(tall, A)[0], jacobian(tall, AutoForward(), A)[0], jacobian(noted, A)[0]):
        np.testing.assert_allclose(got, want, rtol=1e-14)
    assert len(runs) == 1
    draws = np.random.default_rng(0)
    once = np.random.default_rng(0).normal()
    drawn = jacobian(lambda a: tall(a) * draws.normal(), A)[0]      # it runs once, whatever the shape
    np.testing.assert_allclose(drawn, want * once, rtol=1e-14)
    assert draws.normal() == np.random.default_rng(0).normal(size=2)[1]
    by_number = jacobian(lambda x: x * np.arange(8.0), 3.0)[0]
    assert by_number.shape == (8,) and by_number[3] == 3.0


def test_hessians_in_each_way():
    def f(x):
        return x[0] ** 2 * x[1]

    for backend in (AutoForward(), AutoReverse(), AutoFiniteDiff()):
        np.testing.assert_allclose(hessian(f, backend, A), [[4.0, 2.0], [2.0, 0.0]], atol=1e-3)
    assert hessian(lambda x: x**3, AutoForward(), 2.0) == 12.0
    with pytest.raises(TypeError, match="one point"):
        hessian(f, A, A)


def test_forward_mode_inside_reverse_mode():
    assert gradient(lambda x, a: forwarddiff(lambda x: x**2 * a, x) * 2, 3.0, 5.0) == (60.0, 18.0)
    assert forwarddiff(lambda x: x * 2, 3.0) == 6.0

    def cubes(a):
        return np.sum(forwarddiff(lambda v: v * v * v[0], a))

    assert list(gradient(cubes, A)[0]) == [7.0, 4.0]
    assert list(gradient(lambda a: gradient(cubes, a)[0].sum(), A)[0]) == [10.0, 6.0]
    assert jvp(cubes, (A,), (np.ones(2),))[1] == 11.0
    assert list(gradient(lambda a: forwarddiff(lambda v: (v[0], [v[1] * v[0]]), a)[1][0], A)[0]) == [2.0, 1.0]
    with pytest.raises(UnsupportedCodeError, match="global name"):
        gradient(lambda: forwarddiff(lambda x: x * W.sum(), 2.0), Params([W]))

    def by_global(x):
        return x * W.sum()

    def bound_anew(w):
        global BOUND
        BOUND = w
        return forwarddiff(lambda x: np.sum(BOUND) * x, 3.0)
    for f, args in [(lambda: forwarddiff(by_global, 2.0), (Params([W]),)), (bound_anew, (A,))]:
        with pytest.raises(UnsupportedCodeError, match="global name"):
            gradient(f, *args)
