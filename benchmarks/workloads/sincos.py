"""Two scalar functions, one in the other: what is left is overhead."""

import math

from benchmarks.harness import Workload
from benchmarks.peers import adapted


def sincos(x):
    return math.sin(math.cos(x))


def hand(x):
    c = math.cos(x)
    return math.sin(c), (-math.cos(c) * math.sin(x),)


def workloads():
    versions = dict.fromkeys(("autograd", "mygrad", "torch", "jax", "jax_jit"), adapted(sincos, "math"))
    return [Workload("sincos", sincos, hand, (0.7,), versions=versions)]
