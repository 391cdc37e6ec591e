"""Variables that hold a number on one path and an array on another, and functions whose results may be either."""

import numpy as np

from .table import program

A = np.array([[1.0, -2.0, 0.5], [0.3, 1.5, -0.7], [0.2, 0.9, 1.1]])
V = np.array([0.5, -1.5, 2.0])
W = np.array([0.3, 0.8, -0.6])


@program(args=[(A, V, 0.7), (A[:1], V, -0.4)], order=2)
def sums_that_start_at_a_number(m, x, a):
    s, p, total = 0.0, 1, a
    for i in range(3):
        s = s + (m @ x) * i
        p = p * (2 + np.sin(x) * a)
        total += s**2
        total = total * np.cos(a) / 2
    return np.sum(s * p[:1]) + np.sum(total) + np.mean(p) * np.sum(total, 0)


@program(args=[(V, W, 3), (V, W, 0)])
def loops_that_may_not_run(x, y, n):
    s = 0.5
    for _ in range(n):
        s = s + x * y
        y = y + s
    return np.sum(s * x) + np.sum(-s) + np.sum(np.exp(s) / 3)


@program(args=[(A, V, 0.3, True), (A, V, 0.3, False)], keywords={}, order=2)
def branches_that_disagree(m, x, a, wide):
    scale = m if wide else a
    shift = x if wide else 2
    y = scale * x + shift
    return np.sum(y * scale) + np.sum(np.tanh(scale)) * np.sum(shift)


@program(args=[(V, W, A)], order=2)
def cross_products(x, y, m):
    z = np.cross(x, y) * x[0] + y
    w = np.cross(m, x)
    return np.dot(z, x) + np.sum(w * m) + np.sum(np.cross(z, y) ** 2) + np.sum(np.cross(y, m) * 0.5 + z)


@program(args=[(0.4, V), (1.7, V)])
def arrays_that_become_numbers(a, x):
    s = x * a
    if a < 1:
        s = np.sum(s)
    t = s * s + a
    t += np.sin(x)
    return np.sum(t * x) + np.sum(s)
