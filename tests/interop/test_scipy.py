"""scipy.optimize with our derivatives: it finds what is known, with structures, bounds, products with the Hessian."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from zygote_py.interop import scipy as interop

optimize = pytest.importorskip("scipy.optimize")


@dataclass
class Point:
    x: float
    rest: list


def bowl(p, scale=1.0):
    return scale * ((p["x"] - 1)**2 + np.sum((p["rest"][0] - p["x"])**4 + (p["rest"][0] - p["x"])**2))


def test_minimize_finds_the_minimum_in_the_structure():
    start = {"x": -0.5, "rest": [np.array([0.8, 0.3])]}
    for method in (None, "BFGS", "L-BFGS-B", "SLSQP"):
        found = interop.minimize(bowl, start, 2.0, method=method)
        assert found.success, method
        assert found.x["x"] == pytest.approx(1.0, abs=1e-3) and found.x["rest"][0] == pytest.approx([1.0, 1.0], abs=1e-3)
        assert found.vector.shape == (3,) and start["x"] == -0.5


def test_methods_with_second_derivatives_find_it_as_well():
    for method in ("Newton-CG", "trust-ncg", "trust-exact", "trust-constr"):
        found = interop.minimize(lambda x: np.sum((x - 1)**4 + (x - 1)**2), np.array([0.0, 2.0]), method=method)
        assert found.success and found.x == pytest.approx([1.0, 1.0], abs=1e-3) and found.nhev > 0, method


def test_objects_are_structures():
    found = interop.minimize(lambda p: (p.x - 1)**2 + np.sum((p.rest[0] - p.x)**2), Point(0.0, [np.ones(2)]))
    assert isinstance(found.x, Point) and found.x.x == pytest.approx(1.0, abs=1e-4) \
        and found.x.rest[0] == pytest.approx([1.0, 1.0], abs=1e-4)


def test_derivatives_are_used():
    count = [0]

    def f(v):
        count[0] += 1
        return np.sum((v - 1)**4)
    found = interop.minimize(f, np.zeros(30), method="BFGS")
    assert count[0] < 60 and found.njev == found.nfev == count[0]
    found = interop.minimize(f, np.full(30, 0.5), method="trust-ncg")
    assert found.nhev > 0
    interop.minimize(f, np.zeros(2), method="Nelder-Mead")


def test_bounds_and_constraints():
    def f(p):
        return (p["a"] - 3)**2 + np.sum((p["b"] - 1)**2)
    start = {"a": 0.0, "b": np.zeros(2)}
    found = interop.minimize(f, start, bounds=({"b": np.array([1.5, -1.0])}, {"a": 2.0, "b": None}))
    assert found.x["a"] == 2.0 and found.x["b"] == pytest.approx([1.5, 1.0])
    assert interop.minimize(f, start, bounds=(None, 0.5)).vector == pytest.approx([0.5, 0.5, 0.5])
    seen = []
    found = interop.minimize(f, start, method="SLSQP", callback=lambda p: seen.append(p["a"]),
                             constraints={"type": "eq", "fun": lambda p: p["a"] + np.sum(p["b"])})
    assert found.x["a"] + found.x["b"].sum() == pytest.approx(0.0, abs=1e-8) and found.x["a"] == pytest.approx(3 - 5 / 3)
    assert seen[-1] == pytest.approx(found.x["a"])
    with pytest.raises(TypeError, match="a pair"):
        interop.minimize(f, start, bounds=[(0, 1)])
    with pytest.raises(TypeError, match="constraint"):
        interop.minimize(f, start, constraints=[3])


def test_least_squares():
    t = np.linspace(0, 2, 30)
    y = 2.0 * np.exp(-3.0 * t) + 0.5

    def residuals(p, y):
        return p["scale"] * np.exp(-p["rate"] * t) + p["floor"] - y
    found = interop.least_squares(residuals, {"scale": 1.0, "rate": 1.0, "floor": 0.0}, y, bounds=({"rate": 0.0}, None))
    assert list(found.x.values()) == pytest.approx([2.0, 3.0, 0.5], rel=1e-6)
    assert found.x["rate"].__class__ is float
    assert interop.least_squares(residuals, {"scale": 1.0, "rate": 1.0, "floor": 0.0}, y,
                                 bounds=(None, {"rate": 2.0})).x["rate"] == pytest.approx(2.0)


def test_root():
    found = interop.root(lambda p, k: {"u": p["u"]**2 + p["v"] - k, "v": p["v"] - 2 * p["u"]}, {"u": 1.0, "v": 1.0}, 3.0)
    assert found.success and found.x == pytest.approx({"u": 1.0, "v": 2.0})
    assert interop.root(lambda x: x**2 - 2, 1.0).x == pytest.approx(2**0.5)


def test_what_the_result_does_not_depend_on():
    assert interop.minimize(lambda p: (p["a"] - 1)**2, {"a": 0.0, "b": 5.0}).x == pytest.approx({"a": 1.0, "b": 5.0})
    assert interop.minimize(lambda p: 3.0, {"a": 0.5}).x == {"a": 0.5}
