"""What classes say of functions of Python's and NumPy's is differentiated, in both modes."""

from __future__ import annotations

import math

import numpy as np
import pytest

import zygote_py
from zygote_py import gradient, options
from zygote_py.errors import MissingRuleError
from zygote_py.testing import check_grads


class Number:
    """Each protocol gives another function of its value."""

    def __init__(self, v):
        self.v = v

    def __float__(self):
        return float(self.v * self.v)

    def __complex__(self):
        return complex(self.v, self.v ** 3)

    def __round__(self, digits=0):
        return self.v * (3 + digits)

    def __trunc__(self):
        return self.v * 5

    def __floor__(self):
        return self.v * 7

    def __ceil__(self):
        return math.sin(self.v)

    def __call__(self, x):
        return self.v * x


class Samples:
    def __init__(self, v):
        self.v = v

    def __array__(self, dtype=None, copy=None):
        return np.array([self.v, self.v * self.v])


class Wrapped:
    """An array of one's own, by NumPy's protocol."""

    def __init__(self, v):
        self.v = v

    def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
        inputs = [i.v if isinstance(i, Wrapped) else i for i in inputs]
        return Wrapped(getattr(ufunc, method)(*inputs, **keywords) * 2)


class Tagged:
    def __init__(self, v):
        self.v = v

    def __array_function__(self, f, types, args, keywords):
        return Tagged(f(*[a.v if isinstance(a, Tagged) else a for a in args], **keywords) * 3)


@pytest.mark.parametrize("f", [
    lambda x: float(Number(x)) * math.sin(Number(x)) + abs(complex(Number(x))) + float(np.float64(Number(x))),
    lambda x: round(Number(x)) * round(Number(x), 2) + math.trunc(Number(x)) * math.floor(Number(x)) + math.ceil(Number(x)),
    lambda x: Number(x).__call__(x) + math.sin.__call__(x) + Number.__float__(Number(x)),
    lambda x: np.sum(np.sin(Samples(x))) + np.sum(Samples(x)) + np.dot(Samples(x), np.array([1.0, x])),
    lambda x: np.sin(Wrapped(x)).v * np.multiply(Wrapped(x), x).v,
    lambda x: np.sum(np.concatenate([np.ones(1) * x])) + Tagged.__array_function__(Tagged(x), np.sum, (), (Tagged(x),), {}).v,
    lambda x: np.sum(Tagged(x * np.ones(2))).v], ids=range(7))
def test_protocol(f):
    check_grads(f, 0.8, order=1)


def test_numbers_have_no_derivative_by_rounding():
    assert zygote_py.gradient(lambda x: x * round(x) + math.floor(x) * math.ceil(x), 1.7) == (2.0,)


def test_what_a_class_does_not_say_is_refused():
    with pytest.raises(MissingRuleError, match="numpy.sum of a Wrapped"):
        zygote_py.gradient(lambda x: np.sum(Wrapped(x * np.ones(2))).v, 0.8)


class Part:
    def __init__(self, a):
        self.a = a

    def __add__(self, o):
        return Part(self.a + o.a)

    def __rmul__(self, k):
        return Part(self.a * k)

    def sqrt(self):
        return Part(self.a**0.5)


@pytest.mark.parametrize("f", [
    lambda x: np.sum(np.array([Part(x), Part(x)])).a, lambda x: np.sqrt(np.array([Part(x)]))[0].a,
    lambda x: (np.ones(2) * Part(x))[1].a, lambda x: np.cumsum(np.array([Part(x), Part(x)]))[1].a])
def test_what_numpy_computes_with_objects_is_refused(f):
    for optimise in (True, False):
        with options(optimise=optimise), pytest.raises(MissingRuleError):
            gradient(f, 2.0)


def test_numpy_may_move_objects_about():
    def f(x):
        a = np.array([Part(x), Part(x * x)])
        b = np.reshape(np.concatenate([a, a[::-1]]), (2, 2)).T
        return b[0, 1].a * np.roll(a, 1)[1].a
    assert gradient(f, 2.0) == (12.0,)
