"""How a call finds what to differentiate: keywords by name, operators of classes, arguments that a rule does not cover."""

import functools
import math

import numpy as np
import pytest

from zygote_py import gradient, jvp, options
from zygote_py.errors import MissingRuleError
from zygote_py.registry import not_yet, rule

V = np.array([0.5, 1.0, 3.0])
BOTH = pytest.mark.parametrize("optimise", [True, False])


@BOTH
@pytest.mark.parametrize(("f", "expected"), [
    (lambda x: np.sum(axis=None, a=x * x), 2 * V),
    (lambda x: np.clip(x, a_max=2.0, a_min=0.75).sum(), [0, 1, 0]),
    (lambda x: np.clip(a_max=2.0, a=x, a_min=0.75).sum(), [0, 1, 0]),
    (lambda x: sum([pow(exp=3, base=v) for v in x]), 3 * V**2),
    (lambda x: x.sum(keepdims=True, axis=0)[0], [1, 1, 1]),
    (lambda x: np.where(V > 0.7, x, 2 * x).sum(), [2, 1, 1]),
], ids=["sum", "clip", "clip by names", "pow", "method", "where"])
def test_keywords_bind_by_name(f, expected, optimise):
    with options(optimise=optimise):
        np.testing.assert_allclose(gradient(f, V)[0], expected)


class Counted:
    """Notes which of its special methods are called."""

    def __init__(self, x, calls):
        self.x, self.calls = x, calls

    def __add__(self, other):
        self.calls.append("add")
        return NotImplemented if isinstance(other, str) else Counted(self.x + getattr(other, "x", other), self.calls)

    def __radd__(self, other):
        self.calls.append("radd")
        return Counted(getattr(other, "x", other) + self.x, self.calls)

    def __mul__(self, other):
        self.calls.append("mul")
        return NotImplemented

    def __neg__(self):
        self.calls.append("neg")
        return Counted(-self.x, self.calls)


class Reflected(Counted):
    """A subclass: its reflected method comes first."""

    def __rmul__(self, other):
        self.calls.append("rmul")
        return Counted(self.x * other.x, self.calls)


@BOTH
@pytest.mark.parametrize("f", [
    lambda a, b: a + b,
    lambda a, b: 2.0 + a,
    lambda a, b: a * b,
    lambda a, b: -(b + a) + 1.0,
], ids=["add", "radd", "rmul", "neg"])
def test_each_special_method_is_called_once(f, optimise):
    plain: list = []
    f(Counted(2.0, plain), Reflected(3.0, plain))
    noted: list = []

    def run(x, y):
        return f(Counted(x, noted), Reflected(y, noted)).x

    with options(optimise=optimise):
        gradient(run, 2.0, 3.0)
    assert noted == plain and plain


@BOTH
def test_operators_that_decline_raise_as_python_does(optimise):
    def f(x):
        return (Counted(x, []) * 2).x

    with pytest.raises(TypeError) as plain:
        f(1.0)
    with options(optimise=optimise), pytest.raises(TypeError) as ours:
        gradient(f, 1.0)
    assert str(ours.value) == str(plain.value)


def half_known(a, b):
    return a * b


rule(half_known, lambda dy, y, a, b: dy * b, not_yet)


def test_a_keyword_that_a_rule_does_not_cover_is_refused():
    with pytest.raises(MissingRuleError, match="no rule for this argument"):
        gradient(lambda x: half_known(2.0, b=x), 3.0)


def test_what_numba_vectorizes_is_its_python_function_element_by_element():
    numba = pytest.importorskip("numba")
    g = numba.vectorize(lambda x, y: x * y + 1.0 if x > 0 else 0)

    def f(x, y):
        return np.sum(g(x[:, None], y) * x) + g(x[0], 3.0)

    x, y = np.array([1.0, -2.0, 3.0]), np.array([2.0, 0.5, 1.0])
    dx, dy = gradient(f, x, y)
    weights = np.array([[0.7, -1.0, 0.5], [2.0, 1.0, -0.5]])
    slope = jvp(f, (x, y), tuple(weights))[1]
    eps = 1e-6
    expected = (f(x + eps * weights[0], y + eps * weights[1]) - f(x - eps * weights[0], y - eps * weights[1])) / (2 * eps)
    np.testing.assert_allclose([dx @ weights[0] + dy @ weights[1], slope], expected, rtol=1e-6)
    with pytest.raises(MissingRuleError):
        gradient(lambda x: np.sum(g.outer(x, x)), x)


class Power(functools.partial):
    def __call__(self, *args):
        return super().__call__(*args)


def test_a_callable_that_leads_back_to_itself_is_refused():
    square = functools.lru_cache(lambda x: x * x)
    square.__wrapped__ = square
    for f in (square, Power(math.pow, 2.0)):
        with pytest.raises(MissingRuleError):
            gradient(lambda x: f(x), 2.0)  # noqa: B023
        with pytest.raises(MissingRuleError):
            jvp(lambda x: f(x), (2.0,), (1.0,))  # noqa: B023
