"""The heat equation by an explicit stencil, in place."""

import numpy as np

from benchmarks.harness import Workload


def stencil(u0, steps):
    u = u0.copy()
    for _ in range(steps):
        u[1:-1] += 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u * u)


def hand(u0, steps):
    # The stencil is linear, so that nothing is recorded: the reverse sweep applies its transpose.
    u = u0.copy()
    middle, right, left = u[1:-1], u[2:], u[:-2]
    for _ in range(steps):
        middle += 0.1 * (right - 2 * middle + left)
    d = 2 * u
    dm, dr, dl = d[1:-1], d[2:], d[:-2]
    for _ in range(steps):
        w = 0.1 * dm
        dr += w
        dl += w
        w *= 2
        dm -= w
    return np.sum(u * u), (d,)


def workloads():
    u = np.random.default_rng(0).normal(size=1000)
    unable = dict.fromkeys(("autograd", "mygrad", "torch", "jax", "jax_jit"), None)
    return [Workload("stencil", stencil, hand, (u, 200), versions=unable, aim=3.5)]
