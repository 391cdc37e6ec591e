"""Models as trees: mapping, leaves, vectors; sharing, cycles, and what is left alone."""

from __future__ import annotations

import functools
from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

from zygote_py import Tangent, gradient, tree

Pair = namedtuple("Pair", "a b")


@dataclass
class Layer:
    W: object
    b: object
    name: str = "layer"


class Slotted:
    __slots__ = ("other", "x")

    def __init__(self, x):
        self.x = x


@dataclass(frozen=True)
class Frozen:
    x: float


def step(p, dp):
    return p - 0.5 * dp


def test_every_kind_of_structure():
    model = {"layers": [Layer(np.ones(2), 3.0), (1.0, Pair(2.0, "text"))], "n": None, "f": np.tanh, "flag": True,
             "d": defaultdict(list, k=[1.0]), "o": OrderedDict(z=2), "s": Slotted(4.0), "z": Frozen(5.0), "c": 1 + 2j}
    got = tree.fmap(lambda x: 2 * x, model)
    np.testing.assert_array_equal(got["layers"][0].W, [2.0, 2.0])
    assert type(got["layers"][0]) is Layer and got["layers"][0].b == 6.0 and got["layers"][0].name == "layer"
    assert got["layers"][1] == (2.0, Pair(4.0, "text")) and type(got["layers"][1][1]) is Pair
    assert got["n"] is None and got["f"] is np.tanh and got["flag"] is True
    assert got["d"] == {"k": [2.0]} and type(got["d"]) is defaultdict and got["d"].default_factory is list
    assert got["o"] == OrderedDict(z=4) and type(got["o"]) is OrderedDict
    assert got["s"].x == 8.0 and type(got["s"]) is Slotted and not hasattr(got["s"], "other")
    assert got["z"] == Frozen(10.0) and got["c"] == 2 + 4j
    assert model["layers"][0].b == 3.0 and model["z"].x == 5.0


def test_closures_partials_and_methods():
    W = np.array([1.0, 2.0])

    def f(x):
        return W * x

    g = tree.fmap(lambda x: 10 * x, f)
    np.testing.assert_array_equal(g(1.0), [10.0, 20.0])
    np.testing.assert_array_equal(f(1.0), [1.0, 2.0])
    p = tree.fmap(lambda x: x + 1, functools.partial(pow, 2.0))
    assert p(2) == 9.0

    class Scale:
        def __init__(self, by):
            self.by = by

        def apply(self, x):
            return x * self.by

    m = tree.fmap(lambda x: x + 1, Scale(2.0).apply)
    assert m(10.0) == 30.0


def test_a_model_and_its_gradient():
    model = [Layer(np.array([1.0, 2.0]), 3.0), Layer(np.array([4.0]), 5.0)]
    grad = gradient(lambda m: np.sum(m[0].W) * m[1].b, model)[0]
    new = tree.fmap(step, model, grad)
    np.testing.assert_array_equal(new[0].W, [-1.5, -0.5])
    assert new[0].b == 3.0 and new[1].b == 3.5 and new[1].W is model[1].W


def test_none_stands_for_a_whole_part():
    model = {"a": [1.0, 2.0], "b": Layer(1.0, 2.0)}
    assert tree.fmap(step, model, {"a": None, "b": None}) == model
    assert tree.fmap(step, model, None) == model
    assert tree.fmap(step, model, {"a": [2.0, None], "b": Tangent({"W": 2.0})}) == {"a": [0.0, 2.0], "b": Layer(0.0, 2.0)}


def test_parts_without_leaves_are_kept():
    settings = {"name": "x", "kinds": ["a", "b"]}
    model = {"settings": settings, "w": 1.0}
    assert tree.fmap(step, model, {"w": 1.0})["settings"] is settings


def test_a_shared_array_is_one_leaf():
    W = np.ones(2)
    model = {"a": W, "b": [W]}
    calls = []
    got = tree.fmap(lambda x: calls.append(1) or 2 * x, model)
    assert len(calls) == 1 and got["a"] is got["b"][0]
    assert len(tree.leaves(model)) == 1
    vector, rebuild = tree.flatten(model)
    assert vector.shape == (2,)
    again = rebuild(vector)
    assert again["a"] is again["b"][0]


def test_the_shares_of_a_shared_array_are_summed():
    W = np.ones(2)
    model = {"a": W, "b": W}
    grad = gradient(lambda m: np.sum(3 * m["a"] + 2 * m["b"]), model)[0]
    new = tree.fmap(step, model, grad)
    assert new["a"] is new["b"]
    np.testing.assert_array_equal(new["a"], [-1.5, -1.5])
    momentum = tree.fmap(lambda x: 0.0 * x + 1, model)
    np.testing.assert_array_equal(tree.fmap(step, model, momentum)["a"], [0.5, 0.5])


def test_the_shares_of_a_shared_tuple_are_summed():
    t = (1.0, 2.0)
    model = [t, t]
    grad = gradient(lambda m: m[0][0] * 3 + m[1][0] * 3, model)[0]
    assert tree.fmap(step, model, grad) == [(-2.0, 2.0), (-2.0, 2.0)]
    ones = tree.fmap(lambda x: 1.0, model)
    assert tree.fmap(step, model, ones) == [(0.5, 1.5), (0.5, 1.5)]


def test_an_object_in_two_places_has_its_total_once():
    layer = Layer(1.0, 2.0)
    model = [layer, layer]
    grad = gradient(lambda m: m[0].W * 3 + m[1].W * 5, model)[0]
    assert grad[0].W == grad[1].W == 8.0
    new = tree.fmap(step, model, grad)
    assert new[0] is new[1] and new[0].W == -3.0


def test_cycles():
    a, b = Slotted(1.0), Slotted(2.0)
    a.other, b.other = b, a
    new = tree.fmap(lambda x: 10 * x, a)
    assert new.x == 10.0 and new.other.x == 20.0 and new.other.other is new
    assert tree.leaves(a) == [2.0, 1.0]
    items = [1.0]
    items.append(items)
    again = tree.fmap(lambda x: x + 1, items)
    assert again[0] == 2.0 and again[1] is again


def test_the_gradient_of_a_cycle():
    a, b = Slotted(3.0), Slotted(2.0)
    a.other, b.other = b, a
    grad = gradient(lambda a: a.other.other.x * a.other.x, a)[0]
    assert grad.x == 2.0 and grad.other.x == 3.0 and grad.other.other is grad
    new = tree.fmap(step, a, grad)
    assert new.x == 2.0 and new.other.x == 0.5 and new.other.other is new


def test_vectors():
    model = {"W": np.arange(4.0).reshape(2, 2), "n": 7, "p": (1.5, Layer(2.5, None))}
    vector, rebuild = tree.flatten(model)
    np.testing.assert_array_equal(vector, [0, 1, 2, 3, 7, 1.5, 2.5])
    again = rebuild(vector + 1)
    np.testing.assert_array_equal(again["W"], model["W"] + 1)
    assert again["p"][1].W == 3.5 and again["n"] == 8 and type(again["p"][0]) is float
    z = tree.flatten([1.0, 2j])
    assert z[1](z[0]) == [1.0, 2j]
    assert tree.destructure is tree.flatten
    grad = gradient(lambda m: np.sum(m["W"]) * m["p"][0], model)[0]
    np.testing.assert_array_equal(tree.flatten(grad, like=model)[0], [1.5] * 4 + [0, 6, 0])
    with pytest.raises(ValueError, match="7 numbers"):
        rebuild(vector[1:])


def test_a_vector_can_be_differentiated():
    def make(W, b):
        return lambda x: W @ x + b

    for model in ({"W": np.ones((2, 2)), "b": np.zeros(2)}, Layer(np.ones((2, 2)), np.zeros(2)),
                  [np.ones((2, 2)), (np.zeros(2), 1.0)], make(np.ones((2, 2)), np.zeros(2))):
        vector, rebuild = tree.flatten(model)

        def loss(m):
            x = np.array([1.0, 2.0])
            if callable(m):
                return np.sum(m(x))
            W, b = (m["W"], m["b"]) if isinstance(m, dict) else (m[0], m[1][0]) if isinstance(m, list) else (m.W, m.b)
            return np.sum(W @ x + b)

        got = gradient(lambda v: loss(rebuild(v)), vector)[0]
        want = tree.flatten(gradient(loss, model)[0], like=model)[0]
        if callable(model):
            want = np.array([1.0, 2.0, 1.0, 2.0, 1.0, 1.0])
        np.testing.assert_array_equal(got, want)


def test_zeros():
    got = tree.zeros_like({"a": np.ones(2, np.float32), "b": [1, 2.0, "x"], "c": 1j})
    assert got["a"].dtype == np.float32 and not got["a"].any()
    assert got["b"] == [0.0, 0.0, "x"] and got["c"] == 0


def test_numbers_and_arrays_are_trees():
    assert tree.fmap(step, 3.0, 2.0) == 2.0
    vector, rebuild = tree.flatten(np.ones((2, 2)))
    assert rebuild(vector).shape == (2, 2) and tree.flatten(5.0)[1](np.array([6.0])) == 6.0
    assert tree.leaves("text") == []


def test_trees_of_other_structures():
    with pytest.raises(TypeError, match="trees of one structure"):
        tree.fmap(step, {"a": [1.0]}, {"a": 2.0})
    with pytest.raises(ValueError, match="trees of one structure"):
        tree.fmap(step, [1.0, 2.0], [1.0])
