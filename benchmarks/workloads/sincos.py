"""Two scalar functions, one in the other: what is left is overhead."""

import math

from benchmarks.harness import Workload


def sincos(x):
    return math.sin(math.cos(x))


def hand(x):
    c = math.cos(x)
    return math.sin(c), (-math.cos(c) * math.sin(x),)


def of(numpy):
    """The same with the functions of a peer, in the place of those of `math`."""
    return lambda x: numpy.sin(numpy.cos(x))


def with_autograd(autograd):
    from autograd import numpy
    return of(numpy)


def workloads():
    versions = {"autograd": with_autograd, "mygrad": of, "torch": of,
                "jax": lambda jax: of(jax.numpy), "jax_jit": lambda jax: of(jax.numpy)}
    return [Workload("sincos", sincos, hand, (0.7,), versions=versions)]
