"""Gradients of lists and dicts are collected in one walk; element by element they are the same, and share no memory."""

import random

import numpy as np
import pytest

from zygote_py import UnsupportedCodeError, gradient
from zygote_py.runtime.context import Context
from zygote_py.runtime.settle import collect_items, collect_whole
from zygote_py.tree import leaves

SHARED = np.ones((2, 2))
BASE = np.arange(8.0)


def value(r, made, depth):
    """A random value for a slot: a leaf, a container, or a container that is elsewhere in the structure, too."""
    if depth and r.random() < 0.5:
        if made and r.random() < 0.3:
            return r.choice(made)
        keys = range(r.randrange(6))
        x = {f"k{k}": None for k in keys} if r.random() < 0.5 else [None for _ in keys]
        for k in x if isinstance(x, dict) else keys:
            x[k] = value(r, made, depth - 1)
        made.append(x)
        return x
    return r.choice([1.5, 2, True, None, "text", 1j, np.float64(2.0), SHARED, np.ones((2, 2)), BASE[:4], np.ones(4, np.float32),
                     np.ones(4, int), np.ones(4, complex), np.array(3.0), (1.0, np.ones(2)), (1.0, 2.0)])


def cotangent(r, x):
    """What may be in the record for a value: of its type, or of a shape it is broadcast to; somebody else may hold it, too."""
    if isinstance(x, (np.ndarray, float, int, complex)) and not isinstance(x, bool) and r.random() < 0.8:
        if np.shape(x) == (2, 2) and r.random() < 0.5:
            return SHARED
        if np.shape(x) == (4,) and r.random() < 0.5:
            return r.choice([BASE[:4], BASE[::2], np.arange(8.0)[4:]])
        if np.shape(x):
            return r.choice([1.0, None, np.full(np.shape(x), r.random()), np.ones((2, *np.shape(x)))])
        return r.choice([r.random(), np.float64(3.0)])
    return (0.5, None) if isinstance(x, tuple) and r.random() < 0.5 else None


def record(cx, x, seed, done):
    """Give cotangents to the slots of x and of all that is in it; the same ones for the same seed."""
    if id(x) in done:
        return
    done.add(id(x))
    r = random.Random(seed)
    for k, v in x.items() if isinstance(x, dict) else enumerate(x):
        if isinstance(v, (dict, list)):
            record(cx, v, seed + 1, done)
        elif r.random() < 0.7:
            cx.record(x)[k] = cotangent(r, v)


def same(a, b):
    if isinstance(a, np.ndarray):
        return type(b) is type(a) and a.dtype == b.dtype and np.array_equal(a, b)
    if isinstance(a, (list, tuple)):
        return type(b) is type(a) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return type(b) is dict and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


def test_one_walk_gives_what_element_by_element_gives():
    looked = 0
    for seed in range(500):
        r = random.Random(seed)
        x = [value(r, [], 3) for _ in range(3)]
        found = []
        for way in (collect_items, collect_whole):
            cx = Context()
            record(cx, x, seed, set())
            found.append(way(cx, x, {}))
        assert same(*found), (seed, x, found)
        arrays = [g for g in leaves(found[0]) if isinstance(g, np.ndarray)] if found[0] is not None else []
        arrays = list({id(g): g for g in arrays}.values())      # a container in two places has one gradient
        assert not any(np.shares_memory(g, y) for g in arrays for y in (SHARED, BASE))
        assert not any(np.shares_memory(g, h) for i, g in enumerate(arrays) for h in arrays[:i])
        looked += len(arrays)
    assert looked > 1000


def test_results_share_no_memory():
    W = np.ones(3)
    model = {"a": W, "b": [W, {"c": W, "n": 1.5, "idle": W}]}
    dy = np.arange(3.0)

    def loss(m):
        return (m["a"] + m["b"][0] + m["b"][1]["c"] * m["b"][1]["n"]) @ dy

    (found,) = gradient(loss, model)
    arrays = [found["a"], found["b"][0], found["b"][1]["c"]]
    assert [g.tolist() for g in arrays] == [[0, 1, 2], [0, 1, 2], [0, 1.5, 3]]
    assert (found["b"][1]["n"], found["b"][1]["idle"]) == (3.0, None)
    assert not any(np.shares_memory(g, h) for i, g in enumerate(arrays) for h in [dy, W, *arrays[:i]])


def test_containers_in_two_places_and_in_themselves():
    part = {"w": np.ones(2)}
    (found,) = gradient(lambda m: m["a"]["w"].sum() + 2 * m["b"][0]["w"].sum(), {"a": part, "b": [part, {"w": np.ones(2)}]})
    assert found["a"] is found["b"][0] and found["a"]["w"].tolist() == [3, 3] and found["b"][1] is None
    round_ = {"w": np.ones(2)}
    round_["me"] = round_
    (found,) = gradient(lambda m: m["me"]["w"].sum(), round_)
    assert found["me"] is found and found["w"].tolist() == [1, 1]


def test_arrays_that_are_refused_and_that_are_written_to():
    fields = np.zeros(2, [("a", float)])
    with pytest.raises(UnsupportedCodeError):
        gradient(lambda m: m["w"] * 2.0, {"w": 1.0, "f": fields})

    def loss(m):
        m["w"][0] = m["v"][1] * 2.0
        return m["w"].sum()

    (found,) = gradient(loss, {"w": np.ones(3), "v": np.ones(2), "idle": np.ones(2)})
    assert found["w"].tolist() == [0, 1, 1] and found["v"].tolist() == [0, 2] and found["idle"] is None


def test_second_derivatives_through_the_walk():
    model = {"l": [{"w": np.array([1.0, 2.0])}], "s": 3.0}

    def inner(m):
        return gradient(lambda p: p["s"] ** 2 * (p["l"][0]["w"] ** 3).sum(), m)[0]["l"][0]["w"].sum()

    (found,) = gradient(inner, model)       # s**2 * 3 * w**2, by w and s
    assert found["l"][0]["w"].tolist() == [54, 108] and found["s"] == 90
