"""autograd's own benchmark of a value that is used twice, many times over (Pearlmutter's test)."""

import numpy as np

from benchmarks.harness import Workload


def fan_out_fan_in(x):
    for _i in range(10**4):
        x = (x + x) / 2.0
    return np.sum(x)


def hand(x):
    for _i in range(10**4):
        x = (x + x) / 2.0
    dx = 1.0
    for _i in range(10**4):
        dx /= 2.0
        dx += dx
    return np.sum(x), (dx,)


def with_fori_loop(jax):
    return lambda x: jax.numpy.sum(jax.lax.fori_loop(0, 10**4, lambda _i, x: (x + x) / 2.0, x))


def workloads():
    versions = {"jax_jit": with_fori_loop}
    return [Workload("fan_out_fan_in", fan_out_fan_in, hand, (2.0,), versions=versions,
                     slow=frozenset({"autograd", "torch", "jax", "mygrad"}), aim=3.6, aim_hand=2.2)]
