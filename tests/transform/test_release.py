"""What a one-shot gradient lets go of: memory is freed on the way back, and nothing that is needed is gone."""

from __future__ import annotations

import tracemalloc

import numpy as np

from zygote_py import code_adjoint, gradient, pullback, withgradient

N = 20_000
BYTES = 8 * N


def price(x, y, k):
    spread = k * np.sqrt(y)
    a = (np.log(x / y) + k * y) / spread
    b = a - spread
    return np.sum(x * np.tanh(a) - y * np.exp(-k * y) * np.tanh(b))


def recurrent(U, W, b, xs):
    h = np.zeros((xs.shape[1], W.shape[0]))
    for x in xs:
        h = np.tanh(x @ U + h @ W + b)
    return np.mean(h * h)


def spread_out(row, column, x, k):
    return np.sum(row - column) * np.sum(x + row * k - column) + np.sum(k * row + x) + np.sum(row * column * 2.0 - k)


def peak(call):
    call()
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def as_pullback(f, *args):
    return pullback(f, *args)[1](1.0)


def same(f, *args):
    for ours, theirs in zip(gradient(f, *args), as_pullback(f, *args)):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)


def test_arrays_are_freed_on_the_way_back():
    rng = np.random.default_rng(0)
    x, y = rng.uniform(1, 2, N), rng.uniform(1, 2, N)
    once = peak(lambda: withgradient(price, x, y, 0.3))
    assert once < 13.5 * BYTES
    assert once < 0.8 * peak(lambda: as_pullback(price, x, y, 0.3))
    same(price, x, y, 0.3)
    same(price, x, y[:1], 0.3)
    same(price, np.stack([x, y]), y, 0.3)
    text = str(code_adjoint(price, x, y, 0.3)).partition("def price_forward")[0]
    assert "outline(" in text and "    del " in text


def test_records_of_loops_hold_shapes():
    rng = np.random.default_rng(0)
    U, W, b, xs = rng.normal(size=(3, 8)), rng.normal(size=(8, 8)), rng.normal(size=8), rng.normal(size=(40, 30, 3))
    assert ".shape, " in str(code_adjoint(recurrent, U, W, b, xs)).partition("def recurrent_forward")[0]
    assert peak(lambda: gradient(recurrent, U, W, b, xs)) < 0.6 * peak(lambda: as_pullback(recurrent, U, W, b, xs))
    same(recurrent, U, W, b, xs)
    same(recurrent, U, W, rng.normal(size=(30, 8)), xs)
    same(recurrent, U, W, b[:1], xs[:, :1])


def test_a_uniform_cotangent_is_shared_by_what_was_broadcast():
    row, column, x = np.array([0.5, -1.0, 2.0]), np.array([[1.5], [0.3]]), np.array([[0.1, 0.2, 0.3], [1.0, 2.0, 3.0]])
    same(spread_out, row, column, x, 0.7)
    same(spread_out, row, column, x[:, :1], 0.7)
    drow, dcolumn, dx, dk = gradient(lambda *a: np.sum(a[0] - a[1]) + 0 * a[2][0, 0] * a[3], row, column, x, 0.7)
    assert np.array_equal(drow, [2.0, 2.0, 2.0]) and np.array_equal(dcolumn, [[-3.0], [-3.0]])
    drow = gradient(lambda row, column: np.sum(row - column), row, column)[0]
    assert np.array_equal(drow, [2.0, 2.0, 2.0]) and drow.shape == row.shape


def sloped(x, k):
    t = 3.0 * x
    y = np.tanh(t * np.cos(x) + k)
    z = np.exp(-y * y) * y
    return np.sum(z * z * y - z)


def test_multiples_are_made_again():
    def hand(x, k):
        y = np.tanh(3 * x * np.cos(x) + k)
        z = np.exp(-y * y) * y
        dy = z * z + (2 * z * y - 1) * (np.exp(-y * y) - 2 * y * z)
        d = dy * (1 - y * y)
        return 3 * d * (np.cos(x) - x * np.sin(x)), d.sum()
    assert "small(t)" in str(code_adjoint(sloped, np.ones(3), 0.5))
    for n in (3, N):        # kept, and let go
        x = np.linspace(-1, 1, n)
        for found, known in zip(gradient(sloped, x, 0.5), hand(x, 0.5)):
            np.testing.assert_allclose(found, known, rtol=1e-10, atol=1e-12)
