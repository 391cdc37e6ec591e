"""The checks themselves: differences of every structure against known derivatives, and what a failed check says."""

from __future__ import annotations

import math
from collections import namedtuple
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

import zygote_py
from zygote_py.testing import check_grads, finite_difference, mismatch

Pair = namedtuple("Pair", "a b")


@dataclass(frozen=True)
class Point:
    x: float
    name: str
    y: list


class Slotted:
    __slots__ = ("size", "spare")

    def __init__(self, size):
        self.size = size


def near(got, want):
    assert mismatch(got, want, 1e-8, 1e-9) is None


def test_numbers():
    near(finite_difference(lambda x: x**3, (2.0,)), 12.0)
    near(finite_difference(lambda x, y: x * y, (2.0, 3.0), 1), 2.0)
    near(finite_difference(lambda x: float(x * x), (Fraction(1, 2),)), 1.0)
    near(finite_difference(lambda x: float(x * x), (Decimal("0.5"),)), 1.0)
    near(finite_difference(lambda x: x * 1e-6, (1e8,)), 1e-6)
    near(finite_difference(math.log, (1e-3,)), 1e3)
    near(finite_difference(lambda x, k=1.0: x * k, (2.0,), kwargs={"k": 5.0}), 5.0)


def test_complex_numbers():
    near(finite_difference(lambda z: abs(z) ** 2, (1 + 2j,)), 2 + 4j)
    got = finite_difference(lambda a: float(np.sum(np.abs(a) ** 2)), (np.array([1j, 2.0]),))
    np.testing.assert_allclose(got, [2j, 4.0], atol=1e-8)


def test_what_is_no_number():
    for thing in [True, "text", None, abs, 3, np.array([1, 2]), {1, 2}, int, math]:
        assert finite_difference(lambda t: 1.0, (thing,)) is None
    near(finite_difference(lambda n: n * n, (3,), integers=True), 6.0)
    near(finite_difference(lambda n: np.sum(n * n), (np.array([3]),), integers=True), np.array([6.0]))


def test_structures():
    near(finite_difference(lambda t: t[0] * t[1][0], ((2.0, [3.0]),)), (3.0, [2.0]))
    near(finite_difference(lambda d: d["a"] ** 2, ({"a": 3.0, "b": 1.0},)), {"a": 6.0, "b": 0.0})
    assert type(finite_difference(lambda p: p.a, (Pair(2.0, 3.0),))) is Pair
    got = finite_difference(lambda p: p.x * p.y[1], (Point(2.0, "p", [3.0, 4.0]),))
    assert got.name is None
    near(got, SimpleNamespace(x=4.0, name=None, y=[0.0, 2.0]))
    got = finite_difference(lambda s: s.size**2, (Slotted(3.0),))
    near(got, SimpleNamespace(size=6.0))


def test_a_closure():
    def make(a, b):
        return lambda x, k=2.0: a * x * k + b

    near(finite_difference(lambda f: f(3.0), (make(5.0, 1.0),)), SimpleNamespace(a=6.0, b=1.0))


def test_what_is_shared_changes_everywhere_if_it_can_be_written_to():
    shared = [2.0]
    near(finite_difference(lambda a, b: a[0] * b[0], (shared, shared)), [4.0])
    array = np.array([2.0])
    near(finite_difference(lambda a, b: float(a[0] * b[0]), (array, array)), np.array([2.0]))


def test_an_object_that_contains_itself():
    node = Slotted(3.0)
    node.spare = node
    near(finite_difference(lambda n: n.spare.size**2, (node,)), SimpleNamespace(size=6.0, spare=None))


def test_arguments_are_left_alone():
    xs = [1.0, 2.0]
    finite_difference(lambda xs: xs.pop() * xs[0], (xs,))
    assert xs == [1.0, 2.0]


def test_a_function_that_jumps_or_is_not_defined():
    with pytest.raises(ValueError, match="settle"):
        finite_difference(lambda x: 1.0 if x > 2 else 0.0, (2.0,))
    with pytest.raises(ValueError, match="not defined"):
        finite_difference(lambda x: math.sqrt(x), (-2.0,))


def test_a_failed_check_names_argument_element_and_both_values(monkeypatch):
    def loss(scale, params):
        return scale * params["W"][0, 1] * 3

    args = 2.0, {"W": np.array([[1.0, 5.0]]), "b": 1.0}
    right = (15.0, {"W": np.array([[0.0, 6.0]]), "b": None})
    wrong = (15.0, {"W": np.array([[0.0, 7.0]]), "b": None})
    monkeypatch.setattr(zygote_py, "gradient", lambda f, *a: right, raising=False)
    check_grads(loss, *args, order=1)
    monkeypatch.setattr(zygote_py, "gradient", lambda f, *a: wrong, raising=False)
    with pytest.raises(AssertionError) as caught:
        check_grads(loss, *args, order=1)
    assert "loss, argument 1 (`params`): element ['W'][0, 1] is 7.0, by differences " in str(caught.value)


@pytest.mark.parametrize("got, want, words", [
    (1.0, 2.0, "off by 1"), ([1.0], [1.0, 2.0], "length 2"), ((1.0,), [1.0], "list"), (np.ones(2), np.ones(3), "shape"),
    (np.ones(2), 1.0, "number"), (float("nan"), 1.0, "nan"), (None, 1.0, "is 0.0"), (2.0, None, "is 2.0"),
])
def test_what_counts_as_a_mismatch(got, want, words):
    assert words in mismatch(got, want)


def test_what_counts_as_the_same():
    assert mismatch(None, 0.0) is None and mismatch(0.0, None) is None
    assert mismatch({"a": None}, {"a": np.zeros(2)}) is None
    assert mismatch(1.0, 1.0 + 1e-7) is None


def test_results_that_are_no_scalars():
    check_grads(lambda a: a * a, np.array([1.0, 2.0]))
    check_grads(lambda x: (x * x, [x, {"y": 3 * x}]), 2.0)
    check_grads(lambda z: z * z, 1 + 2j)
    check_grads(lambda x: Point(x * x, "p", [3 * x]), 2.0, modes=("rev",))


def test_results_that_are_objects_in_forward_mode():
    check_grads(lambda x: Point(x * x, "p", [3 * x]), 2.0, modes=("fwd",))


def test_second_order_and_forward():
    check_grads(lambda x, y: math.sin(x) * y**2, 0.5, 2.0, order=2, modes=("rev", "fwd"))
    check_grads(lambda a: np.sum(np.exp(a) * a[0]), np.array([0.5, 1.0]), order=2)
