"""Forward mode at its edges: structures that go in and come out, and what is done with them."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np

from zygote_py import Tangent, frule, gradient, jvp, rrule

Pair = namedtuple("Pair", "a b")


@dataclass
class Box:
    x: Any
    rest: Any = None


def test_results_of_any_structure():
    def node(x):
        n = Box(x * x, np.array([x, 2 * x]))
        n.me = n
        return n

    d = jvp(node, (3.0,), (1.0,))[1]
    assert isinstance(d, Tangent) and d.me is d and d.x == 6.0 and list(d.rest) == [1.0, 2.0]
    assert gradient(lambda x: jvp(node, (x,), (1.0,))[1].x, 3.0) == (2.0,)
    assert jvp(lambda x: lambda z: x * z, (3.0,), (1.0,))[1] == Tangent({"x": 1.0})
    assert jvp(lambda x: Pair(x, [1, {"k": x * x}]), (3.0,), (1.0,))[1] == Pair(1.0, [None, {"k": 6.0}])
    assert jvp(lambda x: Box(1.0), (3.0,), (1.0,))[1] is None
    d = jvp(lambda n: Box(n.x, np.float32(n.x)), (Box(2),), (Tangent({"x": 1.0}),))[1]
    assert d == Tangent({"x": 1.0, "rest": np.float32(1.0)}) and type(d.rest) is np.float32


def test_rules_for_structures_take_and_give_their_tangents():
    def scaled(box, xs):
        return Box(box.x * xs[0])

    @frule(scaled)
    def scaled_push(box, xs):
        return scaled(box, xs), lambda d, dxs: Tangent({"x": d.x * xs[0] + box.x * dxs[0], "rest": None})

    def scaled_again(box, xs):
        return Box(box.x * xs[0])

    @rrule(scaled_again)
    def scaled_back(box, xs):
        return scaled_again(box, xs), lambda dy: (Tangent({"x": dy.x * xs[0]}), [dy.x * box.x, None])

    for f in (scaled, scaled_again):
        assert jvp(lambda x, f=f: f(Box(x), [x, 1.0]).x, (3.0,), (1.0,)) == (9.0, 6.0)
