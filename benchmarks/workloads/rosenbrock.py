"""The Rosenbrock function as a loop over the elements of an array."""

import numpy as np

from benchmarks.harness import Workload


def rosenbrock(x):
    s = 0.0
    for i in range(len(x) - 1):
        s += 100.0 * (x[i + 1] - x[i]**2)**2 + (1 - x[i])**2
    return s


def hand(x):
    # Each element is read once, and written once.
    n = len(x)
    dx = np.empty(n)
    s = carry = 0.0
    a = x[0]
    for i in range(n - 1):
        b = x[i + 1]
        t = b - a * a
        u = 1 - a
        s += 100.0 * t * t + u * u
        dx[i] = carry - 400.0 * t * a - 2 * u
        carry = 200.0 * t
        a = b
    dx[n - 1] = carry
    return s, (dx,)


def with_fori_loop(jax):
    def rosenbrock(x):
        def step(i, s):
            return s + 100.0 * (x[i + 1] - x[i]**2)**2 + (1 - x[i])**2
        return jax.lax.fori_loop(0, len(x) - 1, step, 0.0)
    return rosenbrock


def workloads():
    x = np.random.default_rng(0).normal(size=200)
    versions = {"jax_jit": with_fori_loop}
    return [Workload("rosenbrock_200", rosenbrock, hand, (x,), versions=versions, slow=frozenset({"jax"}), aim=2.5,
                     aim_hand=2.2)]
