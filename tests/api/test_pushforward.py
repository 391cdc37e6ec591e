"""Forward mode at its edges: structures that go in and come out, and what is done with them."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from zygote_py import (
    MutationError,
    NotScalarError,
    SeedError,
    Tangent,
    UnsupportedCodeError,
    checkpointed,
    checkpointed_loop,
    code_pushforward,
    diaghessian,
    frule,
    gradient,
    hessian,
    hook,
    hvp,
    ignore_derivatives,
    isderiving,
    jvp,
    nestlevel,
    pushforward,
    rrule,
    showgrad,
)
from zygote_py.analysis.inlining import PLACES
from zygote_py.testing import check_grads

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


class Holder:
    pass


def fill(o, x):
    o.a[1] = x * x


def square(x):
    return x * x


def total(xs):
    return sum([np.sum(a * a) for a in xs])


STATE = np.zeros(2)


def put(x):
    STATE[0] = x


def read():
    return np.sum(STATE)


def test_arrays_that_are_written_to():
    def held_in_many_places(x):
        o = Holder()
        o.a = np.zeros(3)
        part, pair = o.a[1:], (o.a, 1.0)

        def own(b=part):
            return np.sum(b * b)

        fill(o, x)
        part[1] += x
        np.multiply(part, x, out=part, where=np.array([False, True]))
        before = o.a.copy()
        for row in [part]:
            row *= x
        return total(list(pair[:1])) + own() + before[1] * o.a.flat[1]

    def read_while_it_is_written(x):
        a = np.array([1.0, 2.0, 3.0])
        t = 0.0
        for i, v in enumerate(a):
            if i < 2:
                a[i + 1] = x * v
            t = t + v
        np.add.at(a, [0, 0], x)
        np.multiply.at(a, [0, 2], x)
        return t * a[0] + a[2]

    def parts_of_complex_numbers(x):
        z = np.zeros(2, complex)
        z.real[0], z.imag[0], z[1] = x, x * x, x * 1j
        return np.sum(np.abs(z) ** 2)

    for f in (held_in_many_places, read_while_it_is_written, parts_of_complex_numbers):
        check_grads(f, 1.5, modes=("fwd",))

    def cubed(x):
        a = np.zeros(2)
        a[1] = x
        a[1:] *= x * x
        return a[1]

    assert abs(gradient(lambda x: jvp(cubed, (x,), (1.0,))[1], 1.5)[0] - 9.0) < 1e-12

    a = np.array([1.0, 3.0])

    def first_from_second(a):
        a[0] = a[1] * 2
        return np.sum(a * a)

    assert jvp(first_from_second, (a,), (np.array([0.5, 1.0]),))[1] == 30.0 and list(a) == [6.0, 3.0]
    if PLACES:
        assert jvp(lambda x: put(x) or read(), (1.5,), (1.0,)) == (1.5, 1.0)    # what is written out reads it as it is
    with pytest.raises(MutationError, match="array of a module"):
        jvp(lambda x: put(x) or [read][0](), (1.5,), (1.0,))

    def boxed(x):
        a = np.zeros(2, dtype=object)
        a[0] = x
        return a[0] * x

    with pytest.raises(MutationError, match="array of object"):
        jvp(boxed, (1.5,), (1.0,))

    def stored_by_a_method(x):
        a = np.zeros(2)
        a.__setitem__(0, x)
        return a[0] * x

    assert jvp(stored_by_a_method, (1.5,), (1.0,)) == (2.25, 3.0)

    class Doubling(np.ndarray):
        def __setitem__(self, i, v):
            super().__setitem__(i, 2.0 * v)

    def stored_by_a_class(x):
        a = np.zeros(2).view(Doubling)
        a[0] = x
        return a[0] * x

    with pytest.raises(MutationError, match="__setitem__"):
        jvp(stored_by_a_class, (1.5,), (1.0,))


def test_generators_in_step():
    def pairs(x):
        def values():
            for k in range(4):
                yield (k + 1) * x
        it = values()
        first, *rest = values()
        return sum(a * b for a, b in zip(it, it)) + first * rest[1] + sum(map(lambda v, w: v * w, values(), (3.0, x)))

    def sent(x):
        def adding():
            t = 0.0
            while t < 20.0:
                v = yield t
                t = t + v * v
            return t * x
        it = adding()
        next(it)
        it.send(x)
        try:
            return it.send(2 * x) if x < 1 else it.send(4 * x)
        except StopIteration as e:
            return e.value

    for f in (pairs, sent):
        check_grads(f, 1.5, modes=("fwd",))


def level():
    return nestlevel()


def test_controls():
    loop = checkpointed_loop
    for f, want in [
        (lambda x: hook(lambda d: -d, x) * x, 0.0), (lambda x: hook(lambda d: None, x) * x, 1.5),
        (lambda x: showgrad(x) * x, 3.0),
        (lambda x: ignore_derivatives(x) * x, 1.5), (lambda x: isderiving() * x + level() * x, 2.0),
        (lambda x: checkpointed(lambda a, b: a * b * x, x, b=x), 6.75), (lambda x: loop(lambda s, k, a: a * s, x, 2, x), 6.75),
    ]:
        assert jvp(f, (1.5,), (1.0,))[1] == want
    assert hvp(lambda x: x * x * level(), 1.5, 1.0) == 4.0

    def ignored(x):
        box = Box(x)
        return ignore_derivatives(box).x * x

    with pytest.raises(UnsupportedCodeError, match="a derivative reached"):
        jvp(ignored, (1.5,), (1.0,))


def test_a_bound_method_of_an_array_is_no_constant():
    def f(a):
        m = (a * a).sum
        return m() * a[0]

    a = np.array([1.0, 2.0])
    assert list(gradient(lambda a: gradient(f, a)[0].sum(), a)[0]) == [10.0, 6.0] == list(hvp(f, a, np.ones(2)))


@pytest.mark.parametrize("call, error, words", [
    (lambda: jvp(3.0, (1.0,), (1.0,)), TypeError, "no function"), (lambda: jvp(abs, (1.0,), ()), SeedError, "0 tangents for 1"),
    (lambda: jvp(np.sum, (STATE,), (np.ones(3),)), SeedError, "shape"), (lambda: pushforward(3.0, 1.0), TypeError, "no function"),
    (lambda: jvp(lambda b: b.x, (Box(1.0),), (Tangent({"y": 1.0}),)), SeedError, "a field `y`"),
    (lambda: hvp(np.sum, STATE, np.ones(3)), SeedError,
     r"the tangent does not fit argument 0\n.*has shape \(3,\), argument 0 has shape \(2,\).*\nInstead: give it a tangent"),
    (lambda: hvp(abs, 2.0, np.ones(2)), SeedError, "argument 0 is a number"),
    (lambda: jvp(abs, 2.0, 1.0), TypeError, r"as a tuple(.|\n)*Instead: jvp\(f, \(x,\), \(x_dot,\)\)"),
    (lambda: hessian(np.cumsum, np.ones(2)), NotScalarError, "shape"),
    (lambda: diaghessian(np.cumsum, np.ones(2)), NotScalarError, "shape"), (lambda: hessian(abs, [1.0]), TypeError, "a list"),
])
def test_bad_input(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_the_code_of_forward_mode_is_shown_with_what_it_calls():
    text = str(code_pushforward(lambda x: total([x]) + fill(Holder(), x) if x > 0 else square(x), 2.0))
    assert "lambda__push(cx, x, x_dot)" in text and "def total_push(cx, xs, xs_dot):" in text
    assert "abs" in str(code_pushforward(abs, -1.0))


def test_free_variables_that_get_tangents_on_the_way():
    """As long as nothing in memory has a tangent, free variables are taken for constants."""
    a, xs, box = np.array([1.0, 2.0]), [1.0, 2.0], Box(1.0)

    def f(x):
        def later():
            return np.sum(a) * xs[0] * box.x
        y = later() * x
        a[0] = x
        xs[0] = x * x
        box.x = x
        return y + later() + np.sum(a * 2)

    assert jvp(f, (3.0,), (1.0,)) == (9.0 + 5.0 * 9.0 * 3.0 + 10.0, 3.0 + 27.0 + 2 * 3.0 * 15.0 + 45.0 + 2.0)

    def g(w):
        return np.sum((a * w) ** 2 * xs[0])

    h = hvp(g, np.ones(2), np.ones(2))
    assert list(h) == [2 * 9.0 * 9.0, 2 * 4.0 * 9.0]
    assert list(gradient(lambda w: np.sum(gradient(g, w)[0]), np.ones(2))[0]) == list(h)
