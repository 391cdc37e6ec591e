"""Params and Grads: identity, sets, mappings, and gradients of what a function finds by itself."""

from __future__ import annotations

import functools
import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import zygote_py
from zygote_py import Grads, Params, Tangent, grad, gradient, options, pullback, withgradient

W = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
B = np.array([0.5, -0.5])
X = np.array([1.0, -1.0, 2.0])
NESTED = ((W, B), {"x": X}, [W, (X, W)])
PAIRS = ((W, 2.0), (B, X))


@dataclass
class Layer:
    W: Any
    b: Any
    act: Any = np.tanh

    def __call__(self, x):
        return self.act(self.W @ x + self.b)


LAYER = Layer(W, B)


def affine(x):
    return W @ x + B


def affine_with_defaults(x, W=W, *, b=B):
    return W @ x + b


def rows(v):
    return np.array([v, v])


# The set


def test_order_identity_and_nesting():
    ps = Params([W, [B, (W,)]], iter([X]))
    assert len(ps) == 3 and [p is q for p, q in zip(ps, (W, B, X))] == [True] * 3
    assert W in ps and W.copy() not in ps and ps[0] is W and ps[-1] is X and ps[1:][0] is B
    assert ps.index(X) == 2
    with pytest.raises(ValueError, match="not among"):
        ps.index(W.copy())


def test_changes_in_place():
    ps = Params([W])
    assert ps.add(B, [X]) is ps and len(ps) == 3
    assert ps.discard(W) is ps and W not in ps and len(ps.discard(W)) == 2
    assert ps.update([W], [B])[2] is W
    other = ps.copy()
    other.discard(X)
    assert X in ps and X not in other


def test_set_operations():
    a, b = Params([W, B]), Params([B, X])
    assert list(map(id, a.union(b))) == [id(W), id(B), id(X)] and a | b == a.union(b)
    assert list(map(id, a.intersection(b))) == [id(B)] and a & b == a.intersection([B, X])
    assert a - b == Params([W]) and a.difference([W, B]) == Params()
    assert Params([W, B]) == Params([B, W]) != Params([W]) and a != [W, B]
    assert not Params() and a
    with pytest.raises(TypeError):
        hash(a)


def test_params_of_a_model():
    ps = Params.of({"layer": LAYER, "more": [X, 3.0, "x"], "again": W})
    assert list(map(id, ps)) == [id(W), id(B), id(X)]
    assert Params.of(LAYER, X) == ps

    def f():
        return W2 @ X
    W2 = W.copy()
    assert list(map(id, Params.of(f))) == [id(W2)]


@pytest.mark.parametrize("bad", [1.0, 2, True, None, "W", 1j, np.float64(2.0), b"x"])
def test_scalars_are_refused(bad):
    with pytest.raises(TypeError, match="no identity"):
        Params([W, bad])


def test_other_values_are_refused():
    with pytest.raises(TypeError, match="holds no numbers"):
        Params([np.tanh])
    with pytest.raises(TypeError, match="holds no numbers"):
        Params([int])
    with pytest.raises(TypeError, match=r"Params\.of"):
        Params([{"W": W}])
    for bad in (W, 3.0, {"W": W}):
        with pytest.raises(TypeError, match=r"takes an iterable"):
            Params(bad)


def test_vectors_of_params():
    a, b = np.arange(4.0).reshape(2, 2), np.array([5.0])
    ps = Params([a, b])
    np.testing.assert_array_equal(ps.to_vector(), [0, 1, 2, 3, 5])
    assert ps.from_vector(np.arange(5.0) + 10) is ps
    np.testing.assert_array_equal(a, [[10, 11], [12, 13]])
    assert b[0] == 14.0
    with pytest.raises(ValueError, match="5 numbers"):
        ps.from_vector(np.zeros(4))
    assert Params().to_vector().shape == (0,)


def test_reprs():
    ps = Params([W])
    assert repr(ps) == "Params([array (2, 3) float64])"
    g = gradient(lambda: np.sum(affine(X)), Params([W, X[:1]]))
    assert repr(g) == "Grads({array (2, 3) float64: array (2, 3) float64, array (1,) float64: None})"
    assert "<td>array (2, 3) float64</td>" in ps._repr_html_() and "<td>None</td>" in g._repr_html_()


# Gradients: wherever the arrays are found


def functions():
    closed_W, closed_pair = W, (W, B)
    layer, table, items = LAYER, {"W": W, "b": B}, [W, B]

    def unpacked():
        (w, n), (b, x) = PAIRS
        return w @ X + b

    def nested():
        def inner():
            return closed_W @ X
        return inner() + B

    return {
        "globals": lambda: W @ X + B,
        "a call": lambda: affine(X),
        "a global tuple": lambda: NESTED[0][0] @ X + NESTED[0][1],
        "a tuple in a list": lambda: NESTED[2][1][1] @ X + B,
        "unpacking": unpacked,
        "a closure": lambda: closed_W @ X + B,
        "a closed tuple": lambda: closed_pair[0] @ X + closed_pair[1],
        "a nested function": nested,
        "attributes": lambda: layer.W @ X + layer.b,
        "a dict": lambda: table["W"] @ X + table["b"],
        "a list": lambda: items[0] @ X + items[1],
        "defaults": lambda: affine_with_defaults(X),
        "defaults of the function itself": affine_with_x,
        "a partial": functools.partial(affine_of, W, b=B),
        "map": lambda: list(map(affine, [X]))[0],
        "reduce": lambda: functools.reduce(lambda total, x: total + affine(x), [X], np.zeros(2)),
        "a loop": lambda: np.array([row @ X for row in W]) + B,
    }


def affine_of(w, b):
    return w @ X + b


def affine_with_x(w=W, *, b=B):
    return w @ X + b


@pytest.mark.parametrize("name", list(functions()))
def test_arrays_are_found(name):
    f = functions()[name]
    g = gradient(lambda: np.sum(f()), Params([W, B]))
    np.testing.assert_allclose(g[W], rows(X))
    np.testing.assert_allclose(g[B], np.ones(2))
    y, back = pullback(f, Params([B, W]))
    np.testing.assert_allclose(y, W @ X + B)
    np.testing.assert_allclose(back(np.array([1.0, 2.0]))[W], np.outer([1.0, 2.0], X))
    np.testing.assert_allclose(back(np.array([1.0, 2.0]))[B], [1.0, 2.0])


class Config:
    W = W
    scale = 2.0
    both = (W, X)

    @staticmethod
    def static():
        return np.sum(W @ X)

    @classmethod
    def by_class(cls):
        return np.sum(cls.W @ X)


def holder():
    return None


holder.W = W


def scaled(k):
    return np.sum(W @ X) * k


def add_scaled(total, k):
    return total + scaled(k)


def apply(f, x):
    return f(x)


WAYS = {
    "a class attribute": lambda: np.sum(Config.W @ X) * Config.scale,
    "a tuple of a class": lambda: np.sum(Config.both[0] @ X),
    "a static method": lambda: Config.static(),
    "a class method": lambda: Config.by_class(),
    "a class method of an instance": lambda: Config().by_class(),
    "a function attribute": lambda: np.sum(holder.W @ X),
    "a map over constants": lambda: sum(map(scaled, (1.0, 2.0))),
    "a list of a map": lambda: list(map(scaled, (1.0, 2.0)))[1],
    "a filter": lambda: sum(scaled(k) for k in filter(lambda k: k > 1, (1.0, 2.0))),
    "reduce over constants": lambda: functools.reduce(add_scaled, (1.0, 2.0), 0.0),
    "a function as an argument": lambda: apply(scaled, 2.0),
    "a partial of constants": lambda: functools.partial(scaled, 2.0)(),
    "a generator expression": lambda: sum(scaled(k) for k in (1.0, 2.0)),
    "a comprehension": lambda: sum([scaled(k) for k in (1.0, 2.0)]),
    "asarray": lambda: np.sum(np.asarray(W) @ X),
    "stack": lambda: np.sum(np.stack([scaled(1.0)])),
    "a method": lambda: (W @ X).sum(),
    "an attribute": lambda: W.T.sum(),
    "an element": lambda: W[0, 1] * 2.0,
    "where": lambda: np.where(True, W, 0.0).sum(),
    "enumerate": lambda: sum(i * row.sum() for i, row in enumerate(W)),
    "zip": lambda: sum(a.sum() * 2 for a, _ in zip(W, W)),
    "a starred list": lambda: sum([a[0] for a in [*W]]),
    "a starred call": lambda: sum(map(np.sum, [*W])),
}


@pytest.mark.parametrize("optimise", [True, False])
@pytest.mark.parametrize("name", list(WAYS))
def test_arrays_are_found_whatever_the_way(name, optimise):
    f = WAYS[name]
    with options(optimise=optimise):
        got = gradient(f, Params([W]))[W]
    for index in np.ndindex(*W.shape):
        before = W[index]
        W[index] = before + 1.0
        high = f()
        W[index] = before - 1.0
        low = f()
        W[index] = before
        np.testing.assert_allclose(got[index], (high - low) / 2, atol=1e-9)


def test_all_uses_are_summed():
    layer = LAYER

    def f():
        a = layer.W
        return np.sum(a @ X) + 2 * np.sum(W @ X) + np.sum(NESTED[0][0])
    np.testing.assert_allclose(gradient(f, Params([W]))[W], 3 * rows(X) + 1)


def test_a_function_with_constants_only_is_looked_into():
    def step(state, k):
        return state + affine(X) * k
    g = gradient(lambda: np.sum(functools.reduce(step, [1.0, 2.0], np.zeros(2))), Params([W]))
    np.testing.assert_allclose(g[W], 3 * rows(X))


def test_what_is_not_used_is_none():
    y = np.ones(3)
    g = gradient(lambda: np.sum(W @ X), Params([W, y]))
    assert g[y] is None and y in g and len(g) == 2 and g.values()[1] is None


def test_what_is_not_asked_for_is_not_shown():
    g = gradient(lambda: np.sum(W @ X + B), Params([W]))
    assert B not in g and X not in g and list(map(id, g)) == [id(W)] and g.get(B) is None and g.get(B, 0) == 0


def test_a_stale_key_says_so():
    w = W.copy()
    g = gradient(lambda: np.sum(w @ X), Params([w]))
    w -= 0.1 * g[w]
    np.testing.assert_allclose(g[w], rows(X))
    w = w * 2
    with pytest.raises(KeyError, match=r"no gradient for array \(2, 3\) float64\n.*`W = other`"):
        g[w]


def test_rebinding_during_the_run():
    w, other = W.copy(), 3.0 * W
    first = w

    def f():
        nonlocal w
        y = np.sum(w @ X)
        w = other
        return y + 2 * np.sum(w @ X)

    g = gradient(f, Params([first, other]))
    np.testing.assert_allclose(g[first], rows(X))
    np.testing.assert_allclose(g[other], 2 * rows(X))
    layer = Layer(first, B)

    def h():
        y = np.sum(layer.W @ X)
        layer.W = other
        return y + 2 * np.sum(layer.W @ X)
    g = gradient(h, Params([first, other]))
    np.testing.assert_allclose(g[first], rows(X))
    np.testing.assert_allclose(g[other], 2 * rows(X))


def test_mutable_objects_as_parameters():
    layer = Layer(W, B)
    g = gradient(lambda: np.sum(layer.W @ X), Params([layer, W]))
    assert isinstance(g[layer], Tangent) and g[layer].b is None
    np.testing.assert_allclose(g[layer].W, rows(X))
    np.testing.assert_allclose(g[W], rows(X))


def test_dtypes():
    w, n = W.astype(np.float32), np.array([1, 2, 3])
    g = gradient(lambda: np.sum(w @ n), Params([w, n]))
    assert g[w].dtype == np.float32 and g[n].dtype == np.float64


def test_auxiliary_results_and_keywords():
    val, g = withgradient(lambda: (np.sum(W @ X), "aux"), Params([W]))
    assert val == (np.sum(W @ X), "aux")
    np.testing.assert_allclose(g[W], rows(X))
    g = gradient(lambda scale: scale * np.sum(W @ X), Params([W]), scale=3.0)
    np.testing.assert_allclose(g[W], 3 * rows(X))


def test_results_are_memory_of_their_own():
    ps = Params([W, B])
    g = gradient(lambda: np.sum(W * 1.0) + np.sum(W * 1.0) + B[0], ps)
    g[W][:] = 7.0
    np.testing.assert_allclose(gradient(lambda: np.sum(W), ps)[W], np.ones((2, 3)))
    assert not np.shares_memory(g[W], W)


def test_back_again_and_again():
    _, back = pullback(lambda: W @ X, Params([W]))
    one, two = back(np.ones(2)), back(2 * np.ones(2))
    np.testing.assert_allclose(2 * one[W], two[W])
    assert repr(back) == "<pullback of 1 parameter>"


def test_jacobian():
    J = zygote_py.jacobian(lambda: W @ X + B, Params([W, B]))
    assert isinstance(J, Grads)
    np.testing.assert_allclose(J[B], np.eye(2))
    np.testing.assert_allclose(J[W], np.kron(np.eye(2), X))


def test_higher_order():
    w = np.array([1.0, 2.0])

    def outer(v):
        g = gradient(lambda: np.sum(v**3), Params([v]))
        return np.sum(g[v] * g[v])

    np.testing.assert_allclose(gradient(outer, w)[0], 36 * w**3)
    h = gradient(lambda: np.sum(gradient(lambda: np.sum(w**3), Params([w]))[w]), Params([w]))
    np.testing.assert_allclose(h[w], 6 * w)


def test_a_gradient_by_arguments_inside():
    g = gradient(lambda: np.sum(gradient(lambda x: np.sum(W @ x), X)[0]), Params([W]))
    np.testing.assert_allclose(g[W], np.ones((2, 3)))


# Grads


def three():
    a, b, c = np.array([1.0, 2.0]), np.array([3.0]), np.array([4.0])
    ps = Params([a, b, c])
    return a, b, c, gradient(lambda: np.sum(a * a) * b[0], ps), gradient(lambda: np.sum(a), ps)


def test_grads_are_a_mapping():
    a, b, c, g, _ = three()
    assert g.keys() == Params([a, b, c]) and [d is None for d in g.values()] == [False, False, True]
    assert [x is y for (x, _), y in zip(g.items(), (a, b, c))] == [True] * 3
    assert g == g.copy() and g != three()[3]
    h = g.copy()
    h[a][0] = 100.0
    assert g != h and g[a][0] == 6.0
    with pytest.raises(TypeError):
        g[a] = 1.0


def test_arithmetic_of_grads():
    a, b, c, g, h = three()
    s = g + 2 * h - h / 2
    np.testing.assert_allclose(s[a], 6 * a + 1.5)
    np.testing.assert_allclose(s[b], [5.0])
    assert s[c] is None and (-g)[c] is None and (g * h)[b] is None
    np.testing.assert_allclose((g * h)[a], g[a])
    np.testing.assert_allclose((g / g)[a], np.ones(2))
    np.testing.assert_allclose((1 + g)[b], [6.0])
    np.testing.assert_allclose((1 - g)[b], [-4.0])
    np.testing.assert_allclose((g - 1)[b], [4.0])
    assert (np.float64(2.0) * g)[b] == 10.0
    np.testing.assert_allclose(g.map(lambda p, q: p + 10 * q, h)[a], 6 * a + 10)
    with pytest.raises(TypeError):
        g + "x"
    np.testing.assert_allclose(sum([g, h])[a], 6 * a + 1)


def test_merge():
    a, b, c, g, h = three()
    x = np.ones(1)
    other = gradient(lambda: 5 * x[0] + 7 * b[0], Params([x, b]))
    m = g.merge(other)
    assert len(m) == 4 and m[x] == 5.0 and m[b] == 7.0
    np.testing.assert_allclose(m[a], g[a])


def test_vectors_of_grads():
    a, b, c, g, _ = three()
    np.testing.assert_allclose(g.to_vector(), [6.0, 12.0, 5.0, 0.0])
    assert g.from_vector(np.arange(4.0)) is g
    np.testing.assert_allclose(g[a], [0, 1])
    np.testing.assert_allclose(g[c], [3])


def test_pickling_keeps_the_keys():
    a, b, c, g, _ = three()
    (a2, b2), g2 = pickle.loads(pickle.dumps(((a, b), g)))
    np.testing.assert_allclose(g2[a2], g[a])
    assert g2.values()[2] is None and len(pickle.loads(pickle.dumps(g.params))) == 3


# Misuse


def test_params_stand_alone():
    with pytest.raises(TypeError, match="Params stand alone"):
        gradient(lambda x: np.sum(W @ x), Params([W]), X)
    with pytest.raises(TypeError, match="not in its place"):
        gradient(lambda x: np.sum(W @ x), X, Params([W]))


def test_a_function_that_takes_arguments():
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        gradient(lambda x: np.sum(W @ x), Params([W]))


def test_grad_is_by_position():
    with pytest.raises(TypeError, match="Params"):
        grad(lambda: np.sum(W))(Params([W]))


STATE = np.array([1.0, 1.0])


def rebinds():
    global STATE
    y = np.sum(STATE)
    STATE = STATE * 2
    return y


def test_a_global_name_that_is_bound_anew():
    global STATE
    first = STATE
    for f in (lambda: rebinds() + np.sum(STATE), rebinds):
        g = gradient(f, Params([first, STATE]))
        want = 3.0 if f is not rebinds else 1.0
        assert list(g[first]) == [want, want] and STATE is not first
        STATE = first


@pytest.mark.parametrize("call, words", [
    (lambda g: gradient(lambda: 1.0, Params), "Params is a class(.|\n)*Instead: give the parameters themselves"),
    (lambda g: zygote_py.hessian(lambda: 1.0, Params([W])), "hessian takes no Params(.|\n)*Instead: make the array an argument"),
    (lambda g: gradient(lambda: 1.0, zygote_py.AutoForward(), Params([W])), "Params is not in its place"),
    (lambda g: g.merge(3), "3 where Grads are needed(.|\n)*Instead"), (lambda g: g.map(abs, {}), "where Grads are needed"),
    (lambda g: g * np.ones(2), r"arithmetic of Grads with array \(2,\) float64(.|\n)*Instead: g\.map"),
    (lambda g: np.ones(2) * g, "Grads"), (lambda g: g + None, "Grads"),
])
def test_wrong_uses_are_told(call, words):
    with pytest.raises(TypeError, match=words):
        call(gradient(lambda: np.sum(W), Params([W])))
