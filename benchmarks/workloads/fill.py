"""An array that is filled element by element."""

import math

import numpy as np

from benchmarks.harness import Workload


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


def workloads():
    x = np.random.default_rng(0).normal(size=500)
    unable = dict.fromkeys(("autograd", "mygrad", "torch", "jax", "jax_jit"), None)
    return [Workload("fill_500", fill, hand, (x,), versions=unable, aim=4)]
