"""Cotangents: their sum, their fit to primal values, and the type for objects."""

from __future__ import annotations

import copy
import pickle
from collections import namedtuple
from fractions import Fraction

import numpy as np
import pytest

from zygote_py.tangents import Tangent, add, project, scale, unbroadcast

Point = namedtuple("Point", "x y")


class TestTangent:
    def test_fields_are_attributes(self):
        t = Tangent({"x": 0.55, "y": 0.83})
        assert (t.x, t.y) == (0.55, 0.83)
        assert repr(t) == "(x=0.55, y=0.83)"
        assert t._fields == ("x", "y")
        assert t.as_dict() == {"x": 0.55, "y": 0.83}
        x, y = t
        assert (x, y) == (0.55, 0.83)
        assert len(t) == 2
        with pytest.raises(AttributeError):
            t.z  # noqa: B018

    def test_is_immutable_and_leaves_its_source_alone(self):
        fields = {"x": 1.0}
        t = Tangent(fields)
        fields["x"] = 2.0
        assert t.x == 1.0
        with pytest.raises(AttributeError, match="immutable"):
            t.x = 2.0
        with pytest.raises(AttributeError, match="immutable"):
            del t.x

    def test_equality(self):
        assert Tangent({"x": 1.0}) == Tangent({"x": 1.0})
        assert Tangent({"x": 1.0}) != Tangent({"x": None})
        assert Tangent({"x": 1.0}) != Tangent({"y": 1.0})
        assert Tangent({"x": np.ones(2)}) == Tangent({"x": np.ones(2)})
        assert Tangent({"x": [np.ones(2), (1.0,)]}) != Tangent({"x": [np.ones(2), (2.0,)]})
        assert Tangent({"x": 1.0}) != 1.0

    def test_a_field_may_have_any_name(self):
        t = Tangent({"as_dict": 1.0, "self": 2.0, "_fields": 3.0})
        assert t.as_dict == 1.0
        assert t.self == 2.0

    def test_arithmetic(self):
        t = Tangent({"x": 1.0, "y": None, "w": [1.0, np.ones(2)]})
        assert t + t == 2 * t == t * 2 == t / 0.5
        assert (t - t).x == 0
        assert (-t).w[0] == -1.0
        assert (t + Tangent({"y": 3.0})) == Tangent({"x": 1.0, "y": 3.0, "w": [1.0, np.ones(2)]})
        assert t + None == t
        with pytest.raises(TypeError):
            t + 1.0

    def test_copies(self):
        t = Tangent({"x": 1.0, "y": np.ones(2)})
        assert pickle.loads(pickle.dumps(t)) == t
        assert copy.copy(t) == t
        assert copy.deepcopy(t) == t


def test_add():
    assert add(None, 1.0) == 1.0
    assert add(1.0, None) == 1.0
    assert add((1.0, None), (2.0, 3.0)) == (3.0, 3.0)
    assert add([1.0, None], [None, 3.0]) == [1.0, 3.0]
    assert add({"a": 1.0}, {"a": 2.0, "b": None}) == {"a": 3.0, "b": None}
    assert add(Point(1.0, None), Point(None, 2.0)) == Point(1.0, 2.0)
    assert type(add(Point(1.0, None), (None, 2.0))) is Point
    a = np.ones(2)
    assert add(a, a).tolist() == [2, 2]
    assert a.tolist() == [1, 1]
    assert add(Fraction(1, 2), Fraction(1, 3)) == Fraction(5, 6)
    with pytest.raises(ValueError, match="lengths"):
        add((1.0,), (1.0, 2.0))


def test_scale():
    assert scale([1.0, (2.0, None), {"a": 3.0}], 2) == [2.0, (4.0, None), {"a": 6.0}]


@pytest.mark.parametrize(("d", "x", "want"), [
    (1.0, 2.0, 1.0), (np.ones(3), 2.0, 3.0), (1 + 2j, 2.0, 1.0), (1 + 2j, 2j, 1 + 2j), (1.0, 2j, 1.0),
    (np.ones(3) * 1j, 1.0, 0.0),
    (np.ones((2, 3)), np.zeros(3), [2, 2, 2]), (np.ones((2, 3)), np.zeros((2, 1)), [[3], [3]]),
    (np.ones((2, 3)), np.zeros(()), 6),
    (np.ones((4, 2, 3)), np.zeros((1, 3)), [[8, 8, 8]]), (np.full(2, 1 + 1j), np.zeros(2), [1, 1]), (2.0, np.zeros(2), [2, 2]),
    (np.full((2, 2), 1 + 1j), np.zeros(2), [2, 2]), (np.ones((2, 2)), [0.0, 0.0], [2, 2]), (1.0, 3, 1.0), (np.ones(2), 3, 2.0),
    (np.ones(2), Fraction(1, 2), 2.0), (np.ones((2, 2)), np.float32(1.0), 4.0), (None, 1.0, None), (None, np.ones(2), None),
    (np.ones((0, 3)), np.zeros(3), [0, 0, 0]), (np.ones(3), np.zeros((1, 3)), [[1, 1, 1]])])
def test_unbroadcast(d, x, want):
    got = unbroadcast(d, x)
    if want is None:
        assert got is None
        return
    np.testing.assert_array_equal(got, want)
    assert np.shape(got) == np.shape(x)
    if isinstance(x, list):
        assert type(got) is list


@pytest.mark.parametrize(("d", "x", "want"), [
    (1, 2.0, 1.0), (np.float64(1.5), 2.0, 1.5), (1.5, np.float64(2.0), np.float64(1.5)), (1.5, 2, 1.5), (1.5, True, None),
    (1.5, "a", None),
    (1.5, np.True_, None), (1 + 2j, 2.0, 1.0), (1.0, 2j, 1 + 0j),
    (Fraction(1, 2), Fraction(3), Fraction(1, 2)), (0.5, Fraction(3), Fraction(1, 2)),
    (0.5, np.float32(3), np.float32(0.5)), (np.array(1.5), 2.0, 1.5), (1.5, np.int64(3), np.float64(1.5)), (None, 1.0, None),
    ((1, None), (2.0, 3.0), (1.0, None)), ([1], [2], [1.0]), (Point(1, None), Point(2.0, 3.0), Point(1.0, None)),
    ({"a": 1}, {"a": 2.0, "b": 3.0}, {"a": 1.0, "b": None}), (1.5, np.complex128(1), np.complex128(1.5))])
def test_project(d, x, want):
    got = project(d, x)
    assert got == want
    assert type(got) is type(want)


@pytest.mark.parametrize(("x", "dtype"), [
    (np.ones(2), np.float64), (np.ones(2, np.float32), np.float32),
    (np.ones(2, np.float16), np.float16), (np.ones(2, int), np.float64),
    (np.ones(2, complex), np.complex128), (np.ones(2, np.complex64), np.complex64), (np.array(1.0), np.float64)])
@pytest.mark.parametrize("d", [2.0, 2 + 0j, np.float32(2.0)])
def test_project_array(x, dtype, d):
    got = project(np.full(x.shape, d), x)
    assert isinstance(got, np.ndarray)
    assert got.dtype == dtype
    assert got.shape == x.shape
    np.testing.assert_array_equal(got, np.full(x.shape, 2.0))


def test_project_bool_array():
    assert project(np.ones(2), np.ones(2, bool)) is None
