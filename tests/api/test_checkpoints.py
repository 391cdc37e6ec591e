"""checkpointed and checkpointed_loop: gradients as without, results of every kind, memory, and what is refused."""

from __future__ import annotations

import gc
import math
import tracemalloc
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from zygote_py import (
    MutationError,
    Params,
    UnsupportedCodeError,
    checkpointed,
    checkpointed_loop,
    gradient,
    options,
    pullback,
)
from zygote_py.api.checkpoints import split
from zygote_py.testing import check_grads

X = np.array([1.0, 2.0, 3.0])
W = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]])
both = pytest.mark.parametrize("optimise", [True, False])


@dataclass
class State:
    x: Any
    v: Any


@both
def test_values_and_gradients(optimise):
    with options(optimise=optimise):
        assert gradient(lambda x, y: checkpointed(lambda a, b: a * b * a, x, y) * x, 2.0, 3.0) == (36.0, 8.0)
        assert gradient(lambda x: checkpointed(math.sin, x), 0.0) == (1.0,)
        np.testing.assert_allclose(gradient(lambda x: np.sum(checkpointed(np.exp, x)), X)[0], np.exp(X))


def test_f_runs_again_at_every_back():
    runs = []

    def f(x):
        runs.append(x)
        return x * x
    y, back = pullback(lambda x: checkpointed(f, x), 3.0)
    assert y == 9.0 and len(runs) == 1
    assert back(1.0) == (6.0,) and back(2.0) == (12.0,) and len(runs) == 3
    assert checkpointed(f, 2.0) == 4.0


def test_keywords():
    def f(x, *, scale, shift=0.0):
        return x * scale + shift
    assert gradient(lambda x, s, t: checkpointed(f, x, scale=s, shift=t), 2.0, 3.0, 4.0) == (3.0, 2.0, 1.0)


@pytest.mark.parametrize("f, use", [
    (lambda x: (x, x * x), lambda y: y[0] * y[1]),
    (lambda x: [x, [x * x]], lambda y: y[0] * y[1][0]),
    (lambda x: {"a": x, "b": (x, [x])}, lambda y: y["a"] * y["b"][0] * y["b"][1][0]),
    (lambda x: State(x, [x * x]), lambda y: y.x * y.v[0]),
    (lambda x: (State(x, x), x), lambda y: y[0].x * y[0].v * y[1]),
])
def test_results_of_every_kind(f, use):
    assert gradient(lambda x: use(checkpointed(f, x)), 3.0) == gradient(lambda x: use(f(x)), 3.0) == (27.0,)


def test_arguments_of_every_kind():
    def f(s, d, xs):
        return s.x * d["k"] * xs[0] + s.v
    args = State(2.0, 3.0), {"k": 5.0}, [7.0, 1.0]
    assert gradient(lambda *a: checkpointed(f, *a), *args) == gradient(f, *args)


def test_one_list_in_two_places_of_the_result():
    def f(x):
        a = [x]
        return a, a
    assert gradient(lambda x: checkpointed(f, x)[0][0] * 2 + checkpointed(f, x)[1][0] * 3, 1.0) == (5.0,)

    def use(x):
        a, b = checkpointed(f, x)
        return a[0] * 2 + b[0] * 3
    assert gradient(use, 1.0) == (5.0,)


def test_closures_methods_and_globals():
    v = X.copy()

    class Model:
        def __init__(self, w):
            self.w = w

        def __call__(self, x):
            return np.sum(self.w * x * v)
    m = Model(2 * X)
    got = gradient(lambda m: checkpointed(m, X), m)[0]
    np.testing.assert_allclose(got.w, X * X)
    g = gradient(lambda: checkpointed(lambda: np.sum(W @ v)), Params([W, v, m.w]))
    np.testing.assert_allclose(g[W], np.array([X, X, X]))
    np.testing.assert_allclose(g[v], W.sum(0))
    assert g[m.w] is None
    g = gradient(lambda: checkpointed(of_globals, 2.0), Params([W]))
    np.testing.assert_allclose(g[W], 2 * np.ones((3, 3)))


def of_globals(k):
    return k * np.sum(W)


def test_higher_order():
    def f(x):
        return x**4
    assert gradient(lambda x: gradient(lambda x: checkpointed(f, x), x)[0], 2.0) == (48.0,)
    assert gradient(lambda x: checkpointed(lambda x: gradient(f, x)[0], x), 2.0) == (48.0,)
    assert gradient(lambda x: checkpointed(lambda x: checkpointed(f, x), x), 2.0) == (32.0,)
    check_grads(lambda a: np.sum(checkpointed(lambda a: np.sin(a) * a, a)), X, modes=("rev",))


def test_changes_of_what_was_given_are_refused():
    def pushes(xs, x):
        xs.append(x)
        return xs[0] * x

    def sets(s, x):
        s.x = x
        return s.x * x

    def adds(s, x):
        s.x = s.x * x
        return x
    with pytest.raises(MutationError, match="changes a list that it was given"):
        gradient(lambda x: checkpointed(pushes, [], x), 2.0)
    assert gradient(lambda x: checkpointed(sets, State(1.0, 2.0), x), 2.0) == (4.0,)

    def later(x):
        s = State(2.0, 2.0)
        return checkpointed(adds, s, x) * s.x
    with pytest.raises(MutationError, match="changes a State"):
        gradient(later, 2.0)
    log = [1.0]
    with pytest.raises(MutationError, match="changes a list"):
        gradient(lambda x: checkpointed(lambda x: pushes(log, x), x), 2.0)


def test_the_values_of_checkpoints_are_differentiated_again():
    def f(x):
        return x**3
    assert gradient(lambda x: gradient(lambda x: checkpointed(f, x) * x, x)[0], 2.0) == (48.0,)
    assert gradient(lambda x: gradient(lambda x: checkpointed_loop(lambda s, k: s * s, x, 2) * x, x)[0], 2.0) == (160.0,)


def test_changes_of_its_own_are_fine():
    def f(x):
        xs = []
        for k in range(3):
            xs.append(x * k)
        return xs[1] * xs[2]
    assert gradient(lambda x: checkpointed(f, x), 3.0) == (12.0,)


def test_arrays_that_are_updated_in_place():
    def own(x):
        out = np.zeros(3)
        for k in range(3):
            out[k] = x[k] * x[0]
        out *= 2.0
        return out

    def fills(buffer, x):
        buffer[0] = x
        return buffer[0] * x
    want = gradient(lambda x: np.sum(own(x) * x), X)[0]
    np.testing.assert_allclose(gradient(lambda x: np.sum(checkpointed(own, x) * x), X)[0], want)
    with pytest.raises(MutationError, match="changes an array that it was given"):
        gradient(lambda x: checkpointed(fills, np.zeros(2), x), 2.0)

    def around(x):
        a = x * 1.0
        y = checkpointed(lambda v: np.sum(v * a), x)
        a[0] = 5.0 * x[1]
        return y * checkpointed(lambda v: np.sum(v * a), x) + np.sum(a)

    def plainly(x):
        a = x * 1.0
        y = np.sum(x * a)
        a[0] = 5.0 * x[1]
        return y * np.sum(x * a) + np.sum(a)
    np.testing.assert_allclose(gradient(around, X)[0], gradient(plainly, X)[0])
    check_grads(around, X, modes=("rev",), order=1)


def test_functions_as_results_are_refused():
    with pytest.raises(UnsupportedCodeError, match="returns a function"):
        gradient(lambda x: checkpointed(lambda x: lambda y: x * y, x)(2.0), 3.0)


def peak(f, *args):
    gradient(f, *args)
    gc.collect()
    tracemalloc.start()
    gradient(f, *args)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def block(x):
    for _ in range(20):
        x = np.tanh(x)
    return x


def test_memory_of_checkpoints():
    def plain(x):
        for _ in range(20):
            x = block(x)
        return np.sum(x)

    def kept(x):
        for _ in range(20):
            x = checkpointed(block, x)
        return np.sum(x)
    x = np.linspace(-1, 1, 10000)
    np.testing.assert_allclose(gradient(plain, x)[0], gradient(kept, x)[0])
    assert peak(kept, x) < peak(plain, x) / 5


# Loops


def decay(state, k, rate):
    return state - rate * state * np.cos(k * 0.1)


def plain_loop(state, rate, n):
    for k in range(n):
        state = decay(state, k, rate)
    return state


@both
@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 30])
@pytest.mark.parametrize("snapshots", [None, 1, 2, 5, 100])
def test_loops(optimise, n, snapshots):
    with options(optimise=optimise):
        want = gradient(lambda x, r: np.sum(plain_loop(x, r, n)), X, 0.3)
        got = gradient(lambda x, r: np.sum(checkpointed_loop(decay, x, n, r, snapshots=snapshots)), X, 0.3)
    np.testing.assert_allclose(got[0], want[0])
    np.testing.assert_allclose(got[1] or 0.0, want[1] or 0.0)
    np.testing.assert_array_equal(checkpointed_loop(decay, X, n, 0.3), plain_loop(X, 0.3, n))


def test_states_of_every_kind():
    def by_tuple(s, k, a):
        return s[0] + 0.1 * s[1], s[1] - 0.1 * a * s[0]

    def by_list(s, k, a):
        return [s[0] + 0.1 * s[1], s[1] - 0.1 * a * s[0]]

    def by_dict(s, k, a):
        return {0: s[0] + 0.1 * s[1], 1: s[1] - 0.1 * a * s[0]}

    def by_object(s, k, a):
        return State(s.x + 0.1 * s.v, s.v - 0.1 * a * s.x)

    want = gradient(lambda s, a: plain(by_tuple, s, a)[0], (1.0, 2.0), 3.0)
    for step, start in ((by_tuple, (1.0, 2.0)), (by_list, [1.0, 2.0]), (by_dict, {0: 1.0, 1: 2.0})):
        ds, da = gradient(lambda s, a: checkpointed_loop(step, s, 25, a)[0], start, 3.0)
        np.testing.assert_allclose([ds[0], ds[1], da], [*want[0], want[1]])
    ds, da = gradient(lambda s, a: checkpointed_loop(by_object, s, 25, a).x, State(1.0, 2.0), 3.0)
    np.testing.assert_allclose([ds.x, ds.v, da], [*want[0], want[1]])


def plain(step, s, a):
    for k in range(25):
        s = step(s, k, a)
    return s


def test_data_by_step_and_closures():
    data, v = [1.0, 2.0, 3.0, 4.0], np.array([2.0])

    def step(s, k, data):
        return s * data[k] + v[0]

    def unrolled(s, data):
        for k in range(4):
            s = step(s, k, data)
        return s
    assert gradient(lambda s, d: checkpointed_loop(step, s, 4, d, snapshots=1), 1.0, data) == gradient(unrolled, 1.0, data)
    g = gradient(lambda: checkpointed_loop(step, 1.0, 4, data), Params([v]))
    np.testing.assert_allclose(g[v], gradient(lambda: unrolled(1.0, data), Params([v]))[v])


def test_higher_order_of_loops():
    def f(x, a):
        return checkpointed_loop(lambda x, k, a: x + 0.1 * a * x * x, x, 6, a)
    check_grads(f, 0.5, 0.7, modes=("rev",))


def test_steps_that_update_arrays_of_their_own():
    def step(x, k):
        y = x.copy()
        y[k % 3] += 0.1 * x[0] * x[1]
        return y

    def unrolled(x):
        for k in range(12):
            x = step(x, k)
        return np.sum(x * x)
    np.testing.assert_allclose(gradient(lambda x: np.sum(checkpointed_loop(step, x, 12, snapshots=2)**2), X)[0],
                               gradient(unrolled, X)[0])


def test_many_steps_in_little_memory():
    def run(x, n, how):
        if how == "plain":
            for k in range(n):
                x = decay(x, k, 0.001)
            return np.sum(x)
        return np.sum(checkpointed_loop(decay, x, n, 0.001))
    x = np.ones(100)
    assert peak(run, x, 1000, "loop") < peak(run, x, 1000, "plain") / 10


def test_the_schedule_is_optimal():
    best: dict = {}

    def least(n, free):
        if n <= 1:
            return 0
        if free == 0:
            return n * (n - 1) // 2
        if (n, free) not in best:
            best[n, free] = min(m + least(n - m, free - 1) + least(m, free) for m in range(1, n))
        return best[n, free]

    def taken(n, free):
        if n <= 1:
            return 0
        if free == 0:
            return n * (n - 1) // 2
        m = split(n, free)
        assert 0 < m < n
        return m + taken(n - m, free - 1) + taken(m, free)
    for n in range(2, 41):
        for free in range(1, 8):
            assert taken(n, free) == least(n, free)


@pytest.mark.parametrize("steps, snapshots", [(2.5, None), (-1, None), (True, None), (3, 0), (3, 1.5), (None, None)])
def test_wrong_numbers(steps, snapshots):
    with pytest.raises(TypeError, match="checkpointed_loop: s"):
        gradient(lambda x: checkpointed_loop(decay, x, steps, 0.1, snapshots=snapshots), 1.0)


def test_a_step_that_changes_its_state_is_refused():
    def step(s, k):
        s[0] = s[0] * 2
        return s
    with pytest.raises(MutationError, match="changes a list"):
        gradient(lambda x: checkpointed_loop(step, [x], 5)[0], 1.0)
