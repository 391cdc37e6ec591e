"""Second derivatives, by both modes in both orders."""

from __future__ import annotations

import numpy as np
import pytest

from zygote_py import diaghessian, gradient, hessian, hessian_reverse, hvp, jvp, pushforward

X = np.linspace(0.5, 1.5, 4)


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2)


def exact(x):
    h = np.zeros((4, 4))
    for i in range(3):
        h[i, i] += 1200 * x[i]**2 - 400 * x[i + 1] + 2
        h[i, i + 1] -= 400 * x[i]
        h[i + 1, i] -= 400 * x[i]
        h[i + 1, i + 1] += 200
    return h


def test_hessian_is_right_and_symmetric():
    np.testing.assert_allclose(hessian(rosenbrock, X), exact(X), rtol=1e-12)
    np.testing.assert_allclose(hessian_reverse(rosenbrock, X), exact(X), rtol=1e-12)
    np.testing.assert_allclose(diaghessian(rosenbrock, X)[0], np.diag(exact(X)), rtol=1e-12)
    np.testing.assert_allclose(hvp(rosenbrock, X, X), exact(X) @ X, rtol=1e-12)


def test_numbers_and_linear_functions():
    assert hessian(lambda x: x**3, 2.0) == hessian_reverse(lambda x: x**3, 2.0) == 12.0
    np.testing.assert_array_equal(hessian(np.sum, np.ones(2)), np.zeros((2, 2)))
    with pytest.raises(TypeError, match="hvp"):
        hessian(lambda d: d["x"]**2, {"x": 1.0})


def test_forward_mode_inside_reverse_mode():
    def slope(x):
        return jvp(lambda t: np.sum(np.sin(t) * t), (x,), (X,))[1]
    want = (2 * np.cos(X) - X * np.sin(X)) * X
    np.testing.assert_allclose(gradient(slope, X)[0], want, rtol=1e-12)


def test_structures_have_tangents_of_their_structure():
    def f(d, items):
        return {"y": d["w"] * items[0], "z": (items[1], 1.0)}
    y_dot = pushforward(f, {"w": 2.0}, [3.0, 4.0])({"w": 1.0}, [None, 5.0])
    assert y_dot == {"y": 3.0, "z": (5.0, None)}


def test_a_pullback_without_helpers_goes_with_its_forward():
    """Both are differentiated in the form without in-place updates, though the pullback might be called directly."""
    f = lambda x: np.sum((x - 1)**4 + (x - 1)**2)  # noqa: E731
    x, none = np.array([0.0, 2.0]), ()

    def behind(p):
        return f(p, *none)
    assert hvp(behind, x, x) == pytest.approx(12 * (x - 1)**2 * x + 2 * x)
