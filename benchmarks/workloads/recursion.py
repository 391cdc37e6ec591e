"""x**n by recursion: one call of a user's function per multiplication."""

from benchmarks.harness import Workload


def power(x, n):
    return 1 if n <= 0 else x * power(x, n - 1)


def hand(x, n):
    y, dx = value_and_derivative(x, n)
    return y, (dx,)


def value_and_derivative(x, n):
    if n <= 0:
        return 1, 0.0
    y, dx = value_and_derivative(x, n - 1)
    return x * y, y + x * dx


def workloads():
    return [Workload("recursion_50", power, hand, (1.01, 50), aim=6, aim_hand=2.2)]
