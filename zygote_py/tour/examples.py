"""The examples of the documentation, each with the value it must have.

An example is a function without arguments: its text is what is shown, its result is what is compared. Where an example uses
something that this version of zygote_py has not got yet, it is left out.
"""

from __future__ import annotations

import colorsys
import math
import operator
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

import zygote_py
from zygote_py import gradient, pullback, withgradient
from zygote_py.tour import show

__all__ = ["Fields", "pow", "run", "same"]

# Names that only later versions have; an example that needs one of them is left out until then.
def later(name: str) -> Any:
    """A public name of zygote_py, or None where this version has not got it."""
    return getattr(zygote_py, name, None)


Params, adjoint, checkpointed = later("Params"), later("adjoint"), later("checkpointed")
hessian, hook, jacobian = later("hessian"), later("hook"), later("jacobian")


# How examples are written down and compared

class Fields:
    """The expected gradient of an object: what its fields must be."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields

    def __repr__(self) -> str:
        return f"({', '.join(f'{k}={show.value(v)}' for k, v in self.fields.items())})"


@dataclass(frozen=True)
class Example:
    """A function without arguments, the value that it must have, and the public name without which it can't run."""

    section: str
    run: Callable[[], Any]
    expected: Any
    needs: str


EXAMPLES: list[Example] = []
SECTIONS = [""]


def section(title: str) -> None:
    """What follows belongs to a new section."""
    SECTIONS.append(title)


def example(expected: Any, needs: str = "gradient") -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Decorate an example with the value that it must have."""
    def register(f: Callable[[], Any]) -> Callable[[], Any]:
        EXAMPLES.append(Example(SECTIONS[-1], f, expected, needs))
        return f
    return register


def same(got: Any, expected: Any) -> bool:
    """Whether a result is the expected one: equal structure and types, numbers to twelve digits.

    >>> same((2.0, None), (2.0, None)), same((2, None), (2.0, None)), same([1.0], (1.0,))
    (True, False, False)
    """
    if isinstance(expected, Fields):
        return all(same(getattr(got, name), value) for name, value in expected.fields.items())
    if isinstance(expected, (tuple, list)):
        return isinstance(got, type(expected)) and len(got) == len(expected) and all(map(same, got, expected))
    if isinstance(expected, dict):
        return isinstance(got, dict) and got.keys() == expected.keys() and all(same(got[k], v) for k, v in expected.items())
    if isinstance(expected, np.ndarray):
        return (isinstance(got, np.ndarray) and got.shape == expected.shape and got.dtype == expected.dtype
                and np.allclose(got, expected, rtol=1e-6 if expected.dtype == np.float32 else 1e-12))
    if isinstance(expected, (float, complex)):
        return isinstance(got, type(expected)) and abs(got - expected) <= 1e-12 * max(1.0, abs(expected))
    return type(got) is type(expected) and got == expected


def run() -> int:
    """Show every example with its result; return how many differ from what is expected."""
    failures, shown = 0, None
    for this in EXAMPLES:
        if not hasattr(zygote_py, this.needs):
            continue
        if this.section != shown:
            show.heading(this.section)
            shown = this.section
        print(show.indented(show.body(this.run)))
        try:
            got = this.run()
        except Exception as error:      # shown like a wrong value, so that one failure does not hide the rest
            got, ok = error, False
        else:
            ok = same(got, this.expected)
        failures += not ok
        print(f"      = {show.value(got)}" + ("" if ok else f"\n      EXPECTED {show.value(this.expected)}") + "\n")
    return failures


# What the examples differentiate

def pow(x, n):
    r = 1
    for _i in range(n):
        r *= x
    return r


def pow2(x, n):
    return 1 if n <= 0 else x * pow2(x, n - 1)


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


@dataclass
class Poly3:
    theta3: list

    def __call__(self, x):
        return self.theta3[0] + self.theta3[1] * x + self.theta3[2] * x**2


@dataclass
class Compose:
    outer: Poly3
    inner: Poly3

    def __call__(self, x):
        return self.outer(self.inner(x))


@dataclass
class Linear:
    W: Any
    b: Any

    def __call__(self, x):
        return self.W @ x + self.b


@dataclass
class Layer:
    W: Any
    b: Any
    act: Any

    def __call__(self, x):
        return self.act(self.W @ x + self.b)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def colour_difference(a, b):
    """How far two colours (r, g, b) are apart for the eye, by the standard library's conversion to brightness and chroma."""
    (y1, i1, q1), (y2, i2, q2) = colorsys.rgb_to_yiq(*a), colorsys.rgb_to_yiq(*b)
    return math.sqrt((y1 - y2)**2 + (i1 - i2)**2 + (q1 - q2)**2)


def wirtinger(f, x):
    """The derivatives by x and by its conjugate, from one pullback: (df/dx, df/dx*)."""
    y, back = pullback(f, x)
    du = back(1.0)[0]
    dv = back(1j)[0] if isinstance(y, complex) else 0j
    return (du.conjugate() + 1j * dv.conjugate()) / 2, (du + 1j * dv) / 2


DivMul = namedtuple("DivMul", ["div", "mul"])
Theta = namedtuple("Theta", ["W", "b"])
W, b, x = np.arange(10.0).reshape(2, 5), np.array([0.5, -0.5]), np.array([1.0, 2.0, 3.0, 4.0, 5.0])
COLOUR = [0.5035443697117075, -0.6783157319923817, -0.07060454945528966]
ROWS, ONES = np.array([x, x]), np.ones(2)


# The examples

section("Gradients of numbers and arrays")


@example((32.0,))
def _():
    return gradient(lambda x: 3*x**2 + 2*x + 1, 5)


@example((3.0, 2.0))
def _():
    return gradient(lambda a, b: a*b, 2, 3)


@example((3.0, 2.0))
def _():
    return gradient(operator.mul, 2.0, 3.0)


@example((15.0, 10.0, 6.0))
def _():
    return gradient(lambda a, b, c: a*b*c, 2.0, 3.0, 5.0)


@example((40.0, 30.0, 1.0))
def _():
    return gradient(lambda x, y, z: (x*y) + z, 30, 40, 50)


@example((2.0,))
def _():
    return gradient(lambda x: 10 + x + 0.1*x**2, 5)


@example((Fraction(7, 2),))
def _():
    return gradient(lambda x: 3*x**2 + 2*x + 1, Fraction(1, 4))


@example((np.array([14.0, 22.0, 26.0]),))
def _():
    return gradient(lambda x: np.sum(np.abs(x)**2), np.array([7.0, 11.0, 13.0]))


@example(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]))
def _():
    W, x = np.ones((2, 3)), np.array([1.0, 2.0, 3.0])
    return gradient(lambda W: np.sum(W @ x), W)[0]


@example((np.array([14.0, 22.0]), 2.0, None))
def _():
    def f(x, y, d):
        p = x.shape[d]
        return np.sum(x**p + y)
    return gradient(f, np.array([7, 11]), 0, 0)


section("Loops, recursion, dictionaries")


@example((75.0, None))
def _():
    return gradient(pow, 5, 3)


@example(75.0)
def _():
    return gradient(pow2, 5, 3)[0]


@example(((10.0,), 5))
def _():
    d = {}
    def f(x):
        d["x"] = x
        return d["x"] * d["x"]
    return gradient(f, 5), d["x"]


section("Structures")


@example((7.211102550927978, Fields(x=0.5547001962252291, y=0.8320502943378437)))
def _():
    a, b = Point(1, 2), Point(3, 4)
    return dist(a + b), gradient(lambda a: dist(a + b), a)[0]


@example((Fields(x=1.0, y=None),))
def _():
    return gradient(lambda p: p.x, Point(1, 2))


@example((tuple(COLOUR), tuple(-d for d in COLOUR)))
def _():
    red, green = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
    return gradient(colour_difference, red, green)


@example((2.0, [1.0, 5.0, 25.0]))
def _():
    theta = [10, 1, 0.1]
    def poly2(x, theta):
        return theta[0] + theta[1] * x + theta[2] * x**2
    return gradient(poly2, 5, theta)


@example((2.0, Fields(theta3=[1.0, 5.0, 25.0])))
def _():
    return gradient(lambda x, p: p(x), 5, Poly3([10, 1, 0.1]))


@example((17.5, (2.0, Fields(theta3=[1.0, 5.0, 25.0]))))
def _():
    return withgradient(lambda x, p: p(x), 5.0, Poly3([10, 1, 0.1]))


@example((9.75, 1.0, Fields(outer=Fields(theta3=[1.0, 17.5, 306.25]), inner=Fields(theta3=[0.5, 2.5, 12.5]))))
def _():
    p = Compose(outer=Poly3([1, 0.5, 0]), inner=Poly3([10, 1, 0.1]))
    return p(5), *gradient(lambda x, p: p(x), 5, p)


@example({"W": ROWS, "b": ONES})
def _():
    theta = {"W": W, "b": b}
    return gradient(lambda t: np.sum(t["W"] @ x + t["b"]), theta)[0]


@example(Theta(ROWS, ONES))
def _():
    theta = Theta(W, b)
    return gradient(lambda t: np.sum(t.W @ x + t.b), theta)[0]


@example(Fields(W=ROWS, b=ONES))
def _():
    return gradient(lambda linear: np.sum(linear(x)), Linear(W, b))[0]


@example(Fields(W=ROWS, b=ONES))
def _():
    def closure(W, b):
        return lambda x: W @ x + b
    return gradient(lambda linear: np.sum(linear(x)), closure(W, b))[0]


@example(Fields(W=np.full((2, 3), 0.25, np.float32), b=np.full(2, 0.25, np.float32), act=None))
def _():
    layer = Layer(np.zeros((2, 3), np.float32), np.zeros(2, np.float32), act=sigmoid)
    return gradient(lambda layer: np.sum(layer(np.ones(3, np.float32))), layer)[0]


@example(Fields(first=Fields(W=np.array([[6.0, 12.0]]), b=np.array([6.0])),
                second=Fields(W=np.array([[10.0]]), b=np.array([2.0]))))
def _():
    def model(first, second):
        return lambda x: second(first(x))
    m = model(Linear(np.ones((1, 2)), np.full(1, 2.0)), Linear(np.full((1, 1), 3.0), np.zeros(1)))
    return gradient(lambda m: 2 * np.sum(m(np.array([1.0, 2.0]))), m)[0]


section("Results besides the value")


@example(((1.75, np.array([1.0, 0.5, 0.25])), (np.array([-1.0, -0.25, -0.0625]),)))
def _():
    return withgradient(lambda x: (np.sum(1/x), 1/x), np.array([1.0, 2.0, 4.0]))


@example((DivMul(0.75, 12.0), (0.25, -0.1875)))
def _():
    return withgradient(lambda x, y: DivMul(div=x/y, mul=x*y), 3.0, 4.0)


@example(((32.0,), (64.0,)))
def _():
    y, back = pullback(lambda x: 3*x**2 + 2*x + 1, 5)
    return back(1.0), back(2.0)


@example((1.0,))
def _():
    y, back = pullback(lambda x: [x, x], 5.0)
    return back([1.0, None])


section("Implicit parameters")


@example((np.array([[7.0, 70.0, 700.0], [8.0, 80.0, 800.0]]), False), needs="Params")
def _():
    x, y, z = np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([7.0, 8.0]), np.array([1.0, 10.0, 100.0])
    g = gradient(lambda: np.sum(x * y[:, None] * z), Params([x, y]))
    return g[x], z in g


@example((ROWS, ONES), needs="Params")
def _():
    linear = Linear(W, b)
    grads = gradient(lambda: np.sum(linear(x)), Params([W, b]))
    return grads[W], grads[b]


section("Rules, hooks, checkpoints")


@example((3.0, 2.0), needs="adjoint")
def _():
    def mul(a, b):
        return a * b
    @adjoint(mul)
    def mul_rule(a, b):
        return mul(a, b), lambda dy: (dy * b, dy * a)
    return gradient(mul, 2, 3)


@example((-3.0, 2.0), needs="hook")
def _():
    return gradient(lambda a, b: hook(operator.neg, a) * b, 2, 3)


@example((32.0,), needs="checkpointed")
def _():
    return gradient(lambda x: checkpointed(lambda x: 3*x**2 + 2*x + 1, x), 5)


section("Second derivatives, Jacobians, complex numbers")


@example((np.array([[2.0, 0.0], [0.0, 4.0]]),), needs="jacobian")
def _():
    return jacobian(lambda x: x**2, np.array([1.0, 2.0]))


@example(np.array([[6.0, 1.0], [1.0, 0.0]]), needs="hessian")
def _():
    return hessian(lambda x: x[0]**3 + x[0]*x[1], np.array([1.0, 2.0]))


@example((2+4j,), needs="jacobian")
def _():
    return gradient(lambda c: abs(c)**2, 1+2j)


@example((8+12j, 0j), needs="jacobian")
def _():
    return wirtinger(lambda x: 3*x**2 + 2*x + 1, 1+2j)


@example((1-2j, 1+2j), needs="jacobian")
def _():
    return wirtinger(lambda x: abs(x)**2, 1+2j)
