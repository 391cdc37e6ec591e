"""Small programs as people write them: attention, a quantum circuit, a hidden Markov model, splines, warped time series."""

from __future__ import annotations

import math

import numpy as np

from .table import program

R = np.random.default_rng(5)
WEIGHTS = {"q": R.normal(size=(4, 4)), "k": R.normal(size=(4, 4)), "v": R.normal(size=(4, 4)), "gain": np.ones(4)}


@program([(WEIGHTS, R.normal(size=(3, 4)))])
def attention(p, x):
    def softmax(z):
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    def heads(y):
        return y.reshape(3, 2, 2).transpose(1, 0, 2)

    q, k, v = (heads(x @ p[name]) for name in ("q", "k", "v"))
    s = np.where(np.tril(np.ones((3, 3), bool)), q @ k.swapaxes(-1, -2) / np.sqrt(2), -1e9)
    h = x + (softmax(s) @ v).transpose(1, 0, 2).reshape(3, 4)
    return np.sum(np.tanh((h - h.mean(-1, keepdims=True)) * p["gain"]) ** 2)


@program([(R.normal(size=4),)])
def circuit(theta):
    state = np.zeros(4, complex)
    state[0] = 1
    for q in range(2):
        t, s = theta[q], theta[q + 2]
        gate = np.array([[np.cos(t / 2), -np.sin(t / 2)], [np.sin(t / 2), np.cos(t / 2)]], dtype=complex)
        gate = np.array([[np.exp(-0.5j * s), 0], [0, np.exp(0.5j * s)]]) @ gate
        state = np.einsum("ij,ajb->aib", gate, state.reshape(2**q, 2, -1)).reshape(-1)
        pair = state.reshape(2, 2).copy()
        pair[1] = pair[1][::-1]
        state = pair.reshape(-1)
    return np.sum(np.array([1, -1, 0.5, 0.25]) * np.abs(state) ** 2)


@program([(R.normal(size=(3, 3)), R.normal(size=(3, 4)))])
def likelihood_of_observations(a, b):
    a = a - np.logaddexp.reduce(a, axis=1, keepdims=True)
    alpha = np.zeros(3)
    for seen in [0, 3, 1, 2]:
        alpha = np.logaddexp.reduce(alpha[:, None] + a, axis=0) + b[:, seen]
    return np.logaddexp.reduce(alpha)


@program([(R.normal(size=8), 2.37), (R.normal(size=8), 0.4)], order=2)
def spline_by_de_boor(c, x):
    k, t = 3, [0, 0, 0, 0, 1, 2, 3, 4, 5, 5, 5, 5]
    j = max(i for i in range(k, len(t) - k - 1) if t[i] <= x)
    d = [c[i + j - k] for i in range(k + 1)]
    for r in range(1, k + 1):
        for i in range(k, r - 1, -1):
            a = (x - t[i + j - k]) / (t[i + 1 + j - r] - t[i + j - k])
            d[i] = (1 - a) * d[i - 1] + a * d[i]
    return d[k]


@program([(R.normal(size=4), R.normal(size=3))], order=2)
def softly_warped_distance(x, y):
    table = np.full((5, 4), 1e3)
    table[0, 0] = 0.0
    for i in range(1, 5):
        for j in range(1, 4):
            near = [table[i - 1, j - 1], table[i - 1, j], table[i, j - 1]]
            least = min(near)
            table[i, j] = (x[i - 1] - y[j - 1]) ** 2 + least - math.log(sum(math.exp(least - n) for n in near))
    return table[4, 3]


@program([(R.normal(size=(4, 4)), R.normal(size=4))])
def elimination_with_pivots(a, b):
    a, b, n = a.copy(), b.copy(), len(b)
    for k in range(n):
        p = k + int(np.argmax(np.abs(a[k:, k])))
        if p != k:
            a[[k, p]] = a[[p, k]]
            b[k], b[p] = b[p], b[k]
        for i in range(k + 1, n):
            m = a[i, k] / a[k, k]
            a[i, k:] -= m * a[k, k:]
            b[i] -= m * b[k]
    x = np.zeros(n)
    for i in reversed(range(n)):
        x[i] = (b[i] - a[i, i + 1:] @ x[i + 1:]) / a[i, i]
    return np.sum(x**2)
