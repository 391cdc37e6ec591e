"""A recurrent network over 100 steps, 16 sequences at a time, by its weights."""

import numpy as np

from benchmarks.harness import Workload


def loss(U, W, b, V, xs, y):
    h = np.zeros((xs.shape[1], W.shape[0]))
    for x in xs:
        h = np.tanh(x @ U + h @ W + b)
    return np.mean((h @ V - y)**2)


def hand(U, W, b, V, xs, y):
    hs = [np.zeros((xs.shape[1], len(b)))]
    for x in xs:
        h = x @ U
        h += hs[-1] @ W
        h += b
        np.tanh(h, out=h)
        hs.append(h)
    r = h @ V
    r -= y
    value = np.vdot(r, r) / r.size
    r *= 2 / r.size
    dV = h.T @ r
    dh = r @ V.T
    dU, dW, db = np.zeros_like(U), np.zeros_like(W), np.zeros_like(b)
    for t in range(len(xs) - 1, -1, -1):
        h = hs[t + 1]
        slope = h * h
        np.subtract(1, slope, out=slope)
        dh *= slope
        dU += xs[t].T @ dh
        dW += hs[t].T @ dh
        db += dh.sum(axis=0)
        dh = dh @ W.T
    return value, (dU, dW, db, dV)


def sharp(U, W, b, V, xs, y):
    steps, batch, inputs = xs.shape
    hidden = len(b)
    hs = np.zeros((steps + 1, batch, hidden))
    for t in range(steps):
        a = xs[t] @ U
        a += hs[t] @ W
        a += b
        np.tanh(a, out=hs[t + 1])
    r = hs[steps] @ V
    r -= y
    value = np.vdot(r, r) / r.size
    r *= 2 / r.size
    dV = hs[steps].T @ r
    dh = r @ V.T
    das = hs[1:] * hs[1:]             # becomes 1 - tanh^2, then the cotangent of each step
    np.subtract(1, das, out=das)
    for t in range(steps - 1, -1, -1):
        das[t] *= dh
        dh = das[t] @ W.T
    da = das.reshape(-1, hidden)      # one product over all steps, in the place of one a step
    return value, (xs.reshape(-1, inputs).T @ da, hs[:-1].reshape(-1, hidden).T @ da, da.sum(axis=0), dV)


def with_scan(jax):
    jnp = jax.numpy

    def loss(U, W, b, V, xs, y):
        def step(h, x):
            return jnp.tanh(x @ U + h @ W + b), None
        h, _ = jax.lax.scan(step, jnp.zeros((xs.shape[1], W.shape[0])), xs)
        return jnp.mean((h @ V - y)**2)
    return loss


def workloads():
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(8, 32)) / 3, rng.normal(size=(32, 32)) / 6, np.zeros(32), rng.normal(size=(32, 4)) / 6
    data = {"xs": rng.normal(size=(100, 16, 8)), "y": rng.normal(size=(16, 4))}
    return [Workload("rnn_100", loss, hand, weights, data, versions={"jax_jit": with_scan}, aim=2.2, aim_hand=1.6, sharp=sharp)]
