"""Structural gradients are differentiated again: their fields, their sums, and those of closures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from zygote_py import Tangent, gradient


@dataclass
class Point:
    x: float
    y: float


def f(p):
    return p.x**3 * p.y


def closure(a):
    return lambda x: a**3 * x


@pytest.mark.parametrize("use, want", [
    (lambda g: g.x, (36.0, 12.0)),
    (lambda g: sum(g), (48.0, 12.0)),
    (lambda g: g.as_dict()["x"], (36.0, 12.0)),
    (lambda g: (2 * g + g).x, (108.0, 36.0)),
    (lambda g: (g - 0.5 * g).y, (6.0, None)),
    (lambda g: (-g / 2).x, (-18.0, -6.0)),
])
def test_the_gradient_of_an_object_is_differentiated_again(use, want):
    got = gradient(lambda p: use(gradient(f, p)[0]), Point(2.0, 3.0))[0]
    assert (got.x, got.y or None) == want


def test_the_gradient_of_a_closure_is_differentiated_again():
    assert gradient(lambda c: gradient(lambda c: c(2.0), c)[0].a, closure(2.0))[0].a == 24.0


def test_tangents_that_the_function_makes():
    assert gradient(lambda x: (Tangent({"x": x * x}) + Tangent({"x": x})).x, 3.0) == (7.0,)


def test_tangents_are_nodes_of_optree():
    optree = pytest.importorskip("optree")
    t = Tangent({"x": 1.0, "y": [2.0, None]})
    assert optree.tree_leaves(t) == [1.0, 2.0]
    assert optree.tree_map(lambda v: 2 * v, t) == Tangent({"x": 2.0, "y": [4.0, None]})


def test_arithmetic_of_tangents():
    t = gradient(f, Point(2.0, 3.0))[0]
    assert sum([t, t]) == 2 * t == t + t and np.float64(2.0) * t == t * 2.0 and t + None == t
    for wrong in (lambda: t * t, lambda: t * "a", lambda: np.ones(2) * t, lambda: t / None, lambda: [1] * t,
                  lambda: t + 3, lambda: 3 + t):
        with pytest.raises(TypeError, match="Tangent"):
            wrong()
