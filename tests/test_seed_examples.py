"""The examples of the documentation: each line, with its value."""

from __future__ import annotations

import math
import operator
from collections import namedtuple
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from programs.colour import RGB, colour_difference
from programs.expect import agree, fields, needs

import zygote_py
from zygote_py import gradient, pullback, withgradient

# Explicit gradients


def test_polynomial():
    agree(gradient(lambda x: 3*x**2 + 2*x + 1, 5), (32.0,))


def test_product_of_two():
    agree(gradient(lambda a, b: a*b, 2, 3), (3.0, 2.0))


def test_operator_mul():
    agree(gradient(operator.mul, 2.0, 3.0), (3.0, 2.0))


def test_product_of_three():
    agree(gradient(lambda a, b, c: a*b*c, 2.0, 3.0, 5.0), (15.0, 10.0, 6.0))


def test_matrix_times_vector():
    W, x = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]), np.array([7.0, 8.0, 9.0])
    agree(gradient(lambda W: np.sum(W @ x), W)[0], np.array([x, x]))


def test_fraction():
    agree(gradient(lambda x: 3*x**2 + 2*x + 1, Fraction(1, 4)), (Fraction(7, 2),))


def test_sum_of_squares():
    agree(gradient(lambda x: np.sum(np.abs(x)**2), np.array([7., 11., 13.])), (np.array([14.0, 22.0, 26.0]),))


def test_integer_array_number_and_index():
    def f(x, y, d):
        p = x.shape[d]
        return sum(x**p + y)

    agree(gradient(f, np.array([7, 11]), 0, 0), (np.array([14.0, 22.0]), 2.0, None))


def test_power_by_a_loop():
    def power(x, n):
        r = 1
        for i in range(n):
            r *= x
        return r

    assert power(5, 3) == 125
    agree(gradient(power, 5, 3)[0], 75.0)


def pow2(x, n):
    return 1 if n <= 0 else x * pow2(x, n-1)


def test_power_by_recursion():
    agree(gradient(pow2, 5, 3)[0], 75.0)


def test_a_dict_outside_is_written_to():
    d = {}

    def f(x):
        d["x"] = x
        return d["x"] * d["x"]

    agree(gradient(f, 5), (10.0,))
    assert d == {"x": 5} and type(d["x"]) is int


def test_tenths():
    def f(x):
        return 10 + x + 0.1*x**2

    agree(gradient(f, 5), (2.0,))


def test_product_and_sum():
    agree(gradient(lambda x, y, z: (x*y) + z, 30, 40, 50), (40.0, 30.0, 1.0))


# Structures


@dataclass
class Point:
    x: float
    y: float

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Point(self.x - other.x, self.y - other.y)


def dist(p):
    return math.sqrt(p.x**2 + p.y**2)


def test_points():
    a, b = Point(1, 2), Point(3, 4)
    assert dist(a + b) == 7.211102550927978
    got = gradient(lambda a: dist(a + b), a)[0]
    agree(got, fields(x=0.5547001962252291, y=0.8320502943378437))
    assert repr(got).startswith("(x=0.554700196225229") and ", y=0.832050294337843" in repr(got)


def test_difference_of_points():
    a, b = Point(1, 2), Point(3, 5)
    agree(gradient(lambda a, b: dist(a - b), a, b),
          (fields(x=-2 / math.sqrt(13), y=-3 / math.sqrt(13)), fields(x=2 / math.sqrt(13), y=3 / math.sqrt(13))))


def test_one_field_of_a_point():
    got = gradient(lambda p: p.x, Point(1, 2))
    agree(got, (fields(x=1.0, y=None),))
    assert repr(got) == "((x=1.0, y=None),)"


def test_a_colour_difference_of_a_package_not_written_for_it():
    red, green = RGB(1.0, 0.0, 0.0), RGB(0.0, 1.0, 0.0)
    val, (d_red, d_green) = withgradient(colour_difference, red, green)
    assert val == colour_difference(red, green) and abs(val - 86.608) < 1e-3
    np.testing.assert_allclose([d_red.r, d_red.g, d_red.b], [0.459, -9.599, 14.181], atol=1e-3)
    np.testing.assert_allclose([d_green.r, d_green.g, d_green.b], [-1.770, 28.925, -0.045], atol=0.05)
    zygote_py.testing.check_grads(colour_difference, red, green)


X5 = np.array([0.5, -1.0, 2.0, 0.25, -0.75])
W25 = np.array([[0.1, 0.2, 0.3, 0.4, 0.5], [0.5, 0.4, 0.3, 0.2, 0.1]])
B2 = np.array([0.3, -0.3])
Affine = namedtuple("Affine", "W b")


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, x):
        return self.W @ x + self.b


def linear(theta, x):
    return theta["W"] @ x + theta["b"]


def test_parameters_in_a_dict():
    agree(gradient(lambda t: np.sum(linear(t, X5)), {"W": W25, "b": B2})[0], {"W": np.array([X5, X5]), "b": np.ones(2)})


def test_parameters_in_a_namedtuple():
    got = gradient(lambda t: np.sum(t.W @ X5 + t.b), Affine(W25, B2))[0]
    agree(got, Affine(np.array([X5, X5]), np.ones(2)))


def test_parameters_in_a_callable_object():
    agree(gradient(lambda model: np.sum(model(X5)), Linear(W25, B2))[0], fields(W=np.array([X5, X5]), b=np.ones(2)))


def test_parameters_in_a_closure():
    def make(W, b):
        return lambda x: W @ x + b

    agree(gradient(lambda model: np.sum(model(X5)), make(W25, B2))[0], fields(W=np.array([X5, X5]), b=np.ones(2)))


class Poly3:
    def __init__(self, theta3):
        self.theta3 = theta3

    def __call__(self, x):
        return self.theta3[0] + self.theta3[1]*x + self.theta3[2]*x**2


class Composed:
    def __init__(self, outer, inner):
        self.outer, self.inner = outer, inner

    def __call__(self, x):
        return self.outer(self.inner(x))


def poly2(x, theta2):
    return theta2[0] + theta2[1]*x + theta2[2]*x**2


def test_polynomial_with_parameters_in_a_list():
    agree(gradient(poly2, 5, [10, 1, 0.1]), (2.0, [1.0, 5.0, 25.0]))


def test_polynomial_as_a_callable_object():
    got = gradient(lambda x, p: p(x), 5, Poly3([10, 1, 0.1]))
    agree(got, (2.0, fields(theta3=[1.0, 5.0, 25.0])))
    assert repr(got[1]) == "(theta3=[1.0, 5.0, 25.0])"


def test_composed_polynomials():
    p = Composed(Poly3([1, 0.5, 0]), Poly3([10, 1, 0.1]))
    assert p(5) == 9.75
    agree(gradient(lambda x, p: p(x), 5, p),
          (1.0, fields(outer=fields(theta3=[1.0, 17.5, 306.25]), inner=fields(theta3=[0.5, 2.5, 12.5]))))


def test_withgradient_of_a_callable_object():
    got = withgradient(lambda x, p: p(x), 5.0, Poly3([10, 1, 0.1]))
    assert got.val == 17.5
    agree(got.grad, (2.0, fields(theta3=[1.0, 5.0, 25.0])))
    assert repr(got).endswith("(val=17.5, grad=(2.0, (theta3=[1.0, 5.0, 25.0])))")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@dataclass
class Layer:
    W: Any
    b: Any
    act: Any = sigmoid

    def __call__(self, x):
        return self.act(self.W @ x + self.b)


def single(*shape):
    return (np.arange(np.prod(shape), dtype=np.float32).reshape(shape) - 2) / 4


def test_a_layer_in_single_precision():
    layer, x = Layer(single(2, 3), single(2)), single(3)
    s = sigmoid(layer.W @ x + layer.b)
    slope = s * (1 - s)
    agree(gradient(lambda m: np.sum(m(x)), layer)[0], fields(W=np.outer(slope, x), b=slope, act=None))
    assert slope.dtype == np.float32


def test_a_model_as_a_closure_over_layers():
    one, two = Layer(single(4, 3), single(4)), Layer(single(2, 4), single(2), act=np.tanh)

    def model(x):
        return two(one(x))

    got = gradient(lambda m: np.sum(m(single(3))), model)[0]
    assert set(vars(got)) == {"one", "two"}
    assert got.one.W.shape == (4, 3) and got.two.b.shape == (2,) and got.one.act is None
    assert got.one.W.dtype == np.float32
    zygote_py.testing.check_grads(lambda W, b: np.sum(two(Layer(W, b)(single(3)))), one.W, one.b, order=1, rtol=1e-2, atol=1e-4)


# Implicit parameters


def test_params_of_an_expression():
    needs("Params")
    x, y, z = np.array([[1., 2., 3.], [4., 5., 6.]]), np.array([7., 8.]), np.array([1., 10., 100.])
    g = gradient(lambda: np.sum(x * y[:, None] * z), zygote_py.Params([x, y]))
    agree(g[x], np.array([[7., 70., 700.], [8., 80., 800.]]))
    agree(g[y], np.array([321.0, 654.0]))
    assert z not in g
    with pytest.raises(KeyError):
        g[z]


def test_params_of_a_linear_map():
    needs("Params")
    W, b = W25.copy(), B2.copy()

    def linear(x):
        return W @ x + b

    grads = gradient(lambda: np.sum(linear(X5)), zygote_py.Params([W, b]))
    agree(grads[W], np.array([X5, X5]))
    agree(grads[b], np.ones(2))
    W -= 0.1 * grads[W]
    agree(grads[W], np.array([X5, X5]))
    W = W * 2
    with pytest.raises(KeyError):
        grads[W]


def test_only_what_is_asked_for_is_shown():
    needs("Params")
    W, b = W25.copy(), B2.copy()
    grads = gradient(lambda: np.sum(W @ X5 + b), zygote_py.Params([W]))
    assert W in grads and b not in grads and len(list(grads)) == 1


# Auxiliary results


def test_a_second_result_is_auxiliary():
    got = withgradient(lambda x: (np.sum(1/x), 1/x), np.array([1., 2., 4.]))
    assert got.val[0] == 1.75
    agree(got.val[1], np.array([1.0, 0.5, 0.25]))
    agree(got.grad, (np.array([-1.0, -0.25, -0.0625]),))


def test_a_namedtuple_of_results():
    Both = namedtuple("Both", "div mul")
    got = withgradient(lambda x, y: Both(div=x/y, mul=x*y), 3.0, 4.0)
    assert got.val == Both(0.75, 12.0) and got.val.mul == 12.0
    agree(got.grad, (0.25, -0.1875))


def test_a_pullback_is_linear_and_reusable():
    def f(x):
        return math.sin(x) * x

    y, back = pullback(f, 2.0)
    assert y == f(2.0)
    one, two = back(1.0), back(2.0)
    agree(one, (math.sin(2.0) + 2.0 * math.cos(2.0),))
    agree(two, (2 * one[0],))


def test_a_seed_with_a_none():
    _, back = pullback(lambda x: [x, x], 3.0)
    agree(back([1.0, None]), (1.0,))


# Rules, hooks, checkpointing, reflection


def test_a_rule_of_the_user():
    needs("adjoint")

    def mul(a, b):
        return a * b

    @zygote_py.adjoint(mul)
    def mul_rule(a, b):
        return mul(a, b), lambda dy: (dy * b, dy * a)

    agree(gradient(mul, 2.0, 3.0), (3.0, 2.0))


def test_hook():
    needs("hook")
    agree(gradient(lambda a, b: zygote_py.hook(operator.neg, a) * b, 2.0, 3.0), (-3.0, 2.0))


def test_checkpointed(capsys):
    needs("checkpointed")

    def f(x):
        print("f runs")
        return x * x

    agree(gradient(lambda x: zygote_py.checkpointed(f, x) * 2, 5.0), (20.0,))
    assert capsys.readouterr().out == "f runs\n" * 2


def test_nestlevel():
    needs("nestlevel")
    levels = [zygote_py.nestlevel()]

    def inner(x):
        levels.append(zygote_py.nestlevel())
        return x * x

    def outer(x):
        levels.append(zygote_py.nestlevel())
        return gradient(inner, x)[0]

    gradient(outer, 2.0)
    assert levels == [0, 1, 2]


def test_complex_argument():
    agree(gradient(lambda c: abs(c)**2, 1+2j), (2+4j,))


def wirtinger(f, x):
    """The derivatives by x and by its conjugate."""
    du = gradient(lambda x: f(x).real, x)[0]
    dv = gradient(lambda x: complex(f(x)).imag, x)[0] or 0
    return (du.conjugate() + 1j * dv.conjugate()) / 2, (du + 1j * dv) / 2


def test_wirtinger_derivatives():
    agree(wirtinger(lambda x: 3*x**2 + 2*x + 1, 1+2j), (8+12j, 0j))
    agree(wirtinger(lambda c: c.real**2 + c.imag**2, 1+2j), (1-2j, 1+2j))


# Curve fitting


@pytest.mark.slow
def test_curve_fitting():
    data = [([x], 2*x - x**3) for x in np.arange(-2, 2.05, 0.1)]
    rng = np.random.default_rng(1)
    model = [(rng.normal(size=(20, 1)), np.zeros(20)), (rng.normal(size=(1, 20)) / 5, np.zeros(1))]

    def predict(model, x):
        (W1, b1), (W2, b2) = model
        return (W2 @ np.tanh(W1 @ x + b1) + b2)[0]

    def loss(model, x, y):
        return (predict(model, x) - y)**2

    before = sum(loss(model, np.array(x), y) for x, y in data) / len(data)
    for _ in range(1000):
        for x, y in data:
            grads = gradient(lambda m: loss(m, np.array(x), y), model)[0]
            model = [tuple(p - 0.01 * dp for p, dp in zip(layer, d_layer)) for layer, d_layer in zip(model, grads)]
    after = sum(loss(model, np.array(x), y) for x, y in data) / len(data)
    assert after < 0.03 and after < before / 20
