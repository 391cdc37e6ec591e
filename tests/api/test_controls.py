"""hook, showgrad, ignore_derivatives, isderiving, nestlevel, eager_update."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import zygote_py
from zygote_py import (
    Params,
    UnsupportedCodeError,
    eager_update,
    gradient,
    hook,
    ignore_derivatives,
    isderiving,
    nestlevel,
    options,
    pullback,
    showgrad,
)

X = np.array([1.0, 2.0, 3.0])
W = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])

both = pytest.mark.parametrize("optimise", [True, False])


# hook and showgrad


@both
def test_hook(optimise):
    with options(optimise=optimise):
        assert gradient(lambda a, b: hook(operator.neg, a) * b, 2.0, 3.0) == (-3.0, 2.0)
        np.testing.assert_array_equal(gradient(lambda x: np.sum(hook(lambda d: 10 * d, x * x)), X)[0], 20 * X)
        assert gradient(lambda p: hook(lambda d: (d[0], 7.0), p)[0], (2.0, 3.0)) == ((1.0, 7.0),)


def test_a_hook_that_returns_none_cuts():
    assert gradient(lambda a: hook(lambda d: None, a) * a, 3.0) == (3.0,)
    assert gradient(lambda a: hook(lambda d: None, a) * 2, 3.0) == (None,)


def test_a_hook_sees_the_sum_of_all_uses():
    seen = []

    def f(a):
        b = hook(seen.append, a)
        return b * b + 3 * b
    gradient(f, 2.0)
    assert seen == [7.0]


def test_a_hook_that_returns_something_else():
    with pytest.raises(zygote_py.SeedError, match=r"what the hook returned has shape \(5,\), its argument has shape \(3,\)"):
        gradient(lambda x: np.sum(hook(lambda d: np.ones(5), x)), X)


def test_a_hook_outside_of_a_derivative():
    calls = []
    assert hook(calls.append, 3.0) == 3.0 and calls == []


def test_a_hook_can_be_differentiated():
    assert gradient(lambda x: gradient(lambda x: hook(lambda d: d * d, x**2), x)[0], 3.0) == (2.0,)


@pytest.mark.parametrize("x", [[1.0, 2.0], {"a": 1.0}, (1.0, [2.0])])
def test_hooks_on_containers_are_refused(x):
    with pytest.raises(UnsupportedCodeError, match="a hook on a"):
        gradient(lambda x: np.sum(hook(operator.neg, x)[0]) if not isinstance(x, dict) else hook(operator.neg, x)["a"], x)


def test_showgrad(capsys):
    def f(weights, b):
        y = showgrad(weights * b)
        y = y + showgrad(weights)
        return y * showgrad(  b  )
    assert gradient(f, 2.0, 3.0) == (12.0, 14.0)
    assert capsys.readouterr().out == "∂(b) = 8.0\n∂(weights) = 3.0\n∂(weights * b) = 3.0\n"
    gradient(lambda a: showgrad(a) + showgrad(2 * a), 1.0)
    assert capsys.readouterr().out == "∂(x) = 1.0\n∂(x) = 1.0\n"
    assert showgrad(5.0) == 5.0 and capsys.readouterr().out == ""


# ignore_derivatives


@both
def test_values_and_calls_are_ignored(optimise):
    with options(optimise=optimise):
        assert gradient(lambda x: x * ignore_derivatives(x), 3.0) == (3.0,)
        assert gradient(lambda x: x * ignore_derivatives(lambda: x * x), 3.0) == (9.0,)
        assert gradient(lambda x: x * ignore_derivatives(pow, x, 2), 3.0) == (9.0,)
        np.testing.assert_array_equal(gradient(lambda x: np.sum(x * ignore_derivatives(x * x)), X)[0], X * X)


def test_what_is_ignored_keeps_its_value():
    def f(x):
        a = ignore_derivatives([x, (x, {"k": x})])
        assert a == [3.0, (3.0, {"k": 3.0})]
        return x * a[0] * a[1][0] * a[1][1]["k"]
    assert f(3.0) == 81.0 and gradient(f, 3.0) == (27.0,)


def test_containers_are_cut_and_the_others_are_not():
    def f(xs):
        ys = ignore_derivatives(xs)
        return ys[0] * xs[0] + ys[1]
    assert gradient(f, [2.0, 3.0]) == ([2.0, None],)


def test_functions_are_decorated():
    calls = []

    @ignore_derivatives
    def normalise(x, scale=1.0):
        """Docs."""
        calls.append(x)
        return [x * scale]

    @ignore_derivatives()
    def constant():
        return 5.0

    assert normalise.__name__ == "normalise" and normalise.__doc__ == "Docs."
    assert gradient(lambda x: x * normalise(x, scale=2.0)[0] * constant(), 3.0) == (30.0,)
    assert normalise(2.0) == [2.0] and len(calls) == 2 and constant() == 5.0
    assert "without derivatives" in repr(normalise)

    class Scaler:
        by = 4.0

        @ignore_derivatives
        def scale(self, x):
            return x * self.by
    assert gradient(lambda s, x: x * s.scale(x), Scaler(), 3.0) == (None, 12.0)


def test_code_that_cannot_be_differentiated_may_be_inside():
    def weights(n):
        yield from range(n)
    assert gradient(lambda x: x * ignore_derivatives(lambda: sum(weights(4))), 2.0) == (6.0,)


def test_a_cotangent_that_reaches_an_ignored_object_is_refused():
    @dataclass
    class Box:
        v: Any
    box = Box(2.0)
    assert gradient(lambda x: x * float(ignore_derivatives(lambda: box.v)), 1.0) == (2.0,)
    with pytest.raises(UnsupportedCodeError, match="reached the Box"):
        gradient(lambda b: ignore_derivatives(b).v * 2.0, box)


# isderiving and nestlevel


def levels():
    return isderiving(), nestlevel()


def note(log, x):
    log.append(levels())
    return x * x


@both
def test_where_we_are(optimise):
    with options(optimise=optimise):
        log = []
        note(log, 1.0)
        gradient(lambda x: note(log, x), 2.0)
        gradient(lambda x: gradient(lambda x: note(log, x), x)[0] + note(log, x), 2.0)
        gradient(lambda x: note(log, 1.0) * x, 2.0)
        pullback(lambda x: note(log, 1.0), 2.0)
        gradient(lambda x: ignore_derivatives(lambda: note(log, 1.0)) * x, 2.0)
        assert log == [(False, 0), (True, 1), (True, 2), (True, 1), (True, 1), (True, 1), (False, 0)]


def test_the_names_of_a_module():
    assert gradient(lambda x: x if zygote_py.isderiving() else 2 * x, 1.0) == (1.0,)


# eager_update


@dataclass
class Layer:
    W: Any
    b: Any

    def __call__(self, x):
        return np.tanh(self.W @ x + self.b)


def descend(state, model, d):
    model.W -= 0.1 * d.W
    model.b -= 0.1 * d.b
    state.append("updated")


def network():
    rng = np.random.default_rng(0)
    return [Layer(rng.normal(size=(3, 3)), rng.normal(size=3)) for _ in range(3)]


@both
def test_eager_updates_are_those_of_plain_descent(optimise):
    eager, plain, log = network(), network(), []

    def forward(layers, x, wrap):
        for layer in layers:
            x = wrap(layer)(x)
        return np.sum(x)

    with options(optimise=optimise):
        grads = gradient(lambda layers: forward(layers, X, lambda m: m), plain)[0]
        none = gradient(lambda layers: forward(layers, X, lambda m: eager_update(log, m, descend)), eager)[0]
    assert none is None and log == ["updated"] * 3
    for p, g, e in zip(plain, grads, eager):
        np.testing.assert_allclose(p.W - 0.1 * g.W, e.W)
        np.testing.assert_allclose(p.b - 0.1 * g.b, e.b)


def test_eager_updates_of_layers_that_are_no_arguments():
    eager, plain, log = network()[:1], network()[:1], []
    d = gradient(lambda m: np.sum(m(X)), plain[0])[0]
    by_x, = gradient(lambda x: np.sum(eager_update(log, eager[0], descend)(x)), X)
    np.testing.assert_allclose(eager[0].W, plain[0].W - 0.1 * d.W)
    np.testing.assert_allclose(by_x, gradient(lambda x: np.sum(plain[0](x)), X)[0])


@both
def test_eager_update_of_an_array(optimise):
    w = W.copy()
    steps = []

    def update(state, w, dw):
        steps.append(dw)
        w -= dw
    with options(optimise=optimise):
        gradient(lambda x: np.sum(eager_update(None, w, update) @ x), X)
    np.testing.assert_allclose(w, W - X)
    assert len(steps) == 1
    f = lambda: np.sum(eager_update(None, w, update) @ X)
    g = gradient(f, Params([X]))
    np.testing.assert_allclose(g[X], (W - X).sum(0))


def test_eager_update_needs_a_way_back():
    with pytest.raises(UnsupportedCodeError, match="eager_update in forward mode\n.*\n.*\nIt updates on the way back"):
        zygote_py.jvp(lambda x: np.sum(eager_update(None, W, descend) @ x), (X,), (X,))


def test_eager_update_outside():
    assert eager_update(None, W, None) is W


def test_an_error_on_the_way_back_leaves_arrays_as_the_function_left_them():
    def fail(d):
        raise RuntimeError

    def f(a):
        b = zygote_py.hook(fail, a[0] * 3.0)
        a[1] = 5.0 * b
        a *= 2.0
        return np.sum(a * a)

    for way in (lambda a: gradient(f, a), lambda a: zygote_py.pullback(f, a)[1](1.0)):
        a = np.array([1.0, 2.0])
        with pytest.raises(RuntimeError):
            way(a)
        assert list(a) == [2.0, 30.0]


def writes_and_fails(a):
    b = hook(fail_back, a[0] * 3.0)
    a[1] = 5.0 * b
    a *= 2.0
    return np.sum(a * a)


def fail_back(d):
    raise RuntimeError


def test_an_error_on_the_way_back_of_a_gradient_inside():
    """Its arrays are put back, too; in forward mode the error may be caught, and the tangents are those of the stores."""
    def uncaught(a):
        return np.sum(gradient(writes_and_fails, a)[0])

    def caught(a):
        try:
            zygote_py.pullback(writes_and_fails, a)[1](1.0)
        except RuntimeError:
            pass
        return np.sum(a * a)

    for way in (lambda a: gradient(uncaught, a), lambda a: zygote_py.jvp(uncaught, (a,), (a,))):
        a = np.array([1.0, 2.0])
        with pytest.raises(RuntimeError):
            way(a)
        assert list(a) == [2.0, 30.0]
    a = np.array([1.0, 2.0])
    assert zygote_py.jvp(caught, (a,), (np.ones(2),)) == (904.0, 1808.0) and list(a) == [2.0, 30.0]
    with pytest.raises(UnsupportedCodeError, match="cannot differentiate `try` around"):
        gradient(caught, np.array([1.0, 2.0]))


def test_arrays_that_a_gradient_inside_leaves_written():
    def writes(a):
        a[1] = 15.0 * a[0]
        a *= 2.0
        return np.sum(a * a)

    def outer(a):
        d = gradient(writes, a)[0]
        return np.sum(d) + np.sum(a * a)

    a = np.array([1.0, 2.0])
    assert list(gradient(outer, a)[0]) == [3616.0, 0.0] and list(a) == [2.0, 30.0]
    assert zygote_py.jvp(outer, (np.array([1.0, 2.0]),), (np.ones(2),)) == (2712.0, 3616.0)
