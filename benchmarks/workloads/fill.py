"""An array that is filled element by element."""

import math

import numpy as np

from benchmarks.harness import Workload
from benchmarks.peers import adapted


def fill(x):
    out = np.zeros(len(x))
    for i in range(len(x)):
        out[i] = math.sin(x[i]) * x[i]
    return np.sum(out)


def hand(x):
    n = len(x)
    out, dx = np.empty(n), np.empty(n)
    for i in range(n):
        a = x[i]
        s = math.sin(a)
        out[i] = s * a
        dx[i] = s + math.cos(a) * a
    return np.sum(out), (dx,)


def stacked(x):
    """Without a store: a list of the elements, stacked."""
    return np.sum(np.stack([np.sin(x[i]) * x[i] for i in range(len(x))]))


def with_fori_loop(jax):
    np = jax.numpy

    def fill(x):
        return np.sum(jax.lax.fori_loop(0, len(x), lambda i, out: out.at[i].set(np.sin(x[i]) * x[i]), np.zeros(len(x))))
    return fill


def workloads():
    x = np.random.default_rng(0).normal(size=500)
    versions = {**dict.fromkeys(("autograd", "mygrad", "torch", "jax"), adapted(stacked)), "jax_jit": with_fori_loop}
    return [Workload("fill_500", fill, hand, (x,), versions=versions, slow=frozenset({"jax"}), aim=3.6, aim_hand=2.2)]
