"""The same expression twice: with the same value, and with another one."""

from __future__ import annotations

import math

import numpy as np

from .table import program

X = np.array([0.5, -1.2, 2.0, 0.3])


def put(a, i, v):
    a[i] = v
    return v


@program([(X,)], order=2)
def elements_read_twice(x):
    s = 0.0
    for i in range(len(x) - 1):
        s += x[i] * x[i] + x[i + 1] * x[i] ** 2 + math.sin(x[i + 1])
    return s + x[-1] * x[-1] + x[0] * x[0]


@program([(X, 0.7)], order=2)
def written_between(x, a):
    x = x.copy()
    s = 0.0
    for i in range(3):
        s += x[i] * a
        x[i] = x[i] * a
        s += x[i] * x[i]
        x[i] += 1.0
        s += x[i] * x[i + 1]
    return s


@program([(X, 0.7)])
def written_under_another_name(x, a):
    x = x.copy()
    y = x[1:]
    s = x[1] * 2.0
    y[0] = a * x[1]
    s += x[1] * x[1]
    put(x, 1, a)
    return s + x[1] * x[2]


@program([(X, 0.7)])
def the_index_changes(x, a):
    i = 0
    s = x[i] * a
    i += 1
    s += x[i] * a
    for i in range(3):
        s += x[i] * a
    s += x[i]
    while i > 0:
        s += x[i] ** 2
        i -= 1
        s += x[i] ** 2
    return s + x[i]


@program([(X, 0.7), (X, -0.7)])
def read_in_branches(x, a):
    s = x[0] * a
    if a > 0:
        s += x[0] * x[1]
        x = x * 2.0
    else:
        s -= x[0] * x[1]
    return s + x[0] * x[1] + x[1]


@program([(0.3, 0.7)], order=2)
def arithmetic_twice(a, b):
    u = a + b
    v = a + b
    u = u * v
    b = a * b + (a + b)
    v += a + b
    return u * v + (a + b) * (a + b)


@program([(0.3, 0.7)])
def captured_between(a, b):
    c = a * b

    def change():
        nonlocal a
        a = 2.0 * a

    change()
    return c + a * b + a * b
