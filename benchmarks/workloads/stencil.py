"""The heat equation by an explicit stencil, in place."""

import numpy as np

from benchmarks.harness import Workload
from benchmarks.peers import adapted


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


def joined(u, steps):
    """Without a store: each step joins the ends to a new middle."""
    for _ in range(steps):
        u = np.concatenate((u[:1], u[1:-1] + 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2]), u[-1:]))
    return np.sum(u * u)


def of_jax(jax, compiled=False):
    def step(_, u):
        return u.at[1:-1].add(0.1 * (u[2:] - 2 * u[1:-1] + u[:-2]))

    def stencil(u, steps):
        if compiled:
            u = jax.lax.fori_loop(0, steps, step, u)
        else:
            for k in range(steps):
                u = step(k, u)
        return jax.numpy.sum(u * u)
    return stencil


def workloads():
    u = np.random.default_rng(0).normal(size=1000)
    versions = {**dict.fromkeys(("autograd", "mygrad", "torch"), adapted(joined)),
                "jax": of_jax, "jax_jit": lambda jax: of_jax(jax, compiled=True)}
    return [Workload("stencil", stencil, hand, (u, 200), versions=versions, slow=frozenset({"jax"}), aim=2.8, aim_hand=1.25)]
