"""x**n by a loop that overwrites its result."""

from benchmarks.harness import Workload


def power(x, n):
    r = 1
    for _i in range(n):
        r *= x
    return r


def hand(x, n):
    # The derivative is carried along: for one input this costs less than going back.
    r, dx = 1.0, 0.0
    for _i in range(n):
        dx = dx * x + r
        r *= x
    return r, (dx,)


def with_fori_loop(jax):
    def power(x, n):
        return jax.lax.fori_loop(0, n, lambda i, r: r * x, jax.numpy.ones_like(x))
    return power


def workloads():
    return [Workload("power_1000", power, hand, (1.001, 1000), versions={"jax_jit": with_fori_loop}, aim=3.6,
                     aim_hand=2.2)]
