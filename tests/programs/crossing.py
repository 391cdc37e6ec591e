"""Arrays handed to functions that are known only when the program runs; what comes back for each is an array of its shape."""

from __future__ import annotations

import functools
import operator

import numpy as np

from .table import program


def total(z, a):
    return np.sum(a) * z


def level(z, a):
    return np.mean(a) * z + a.sum()


def lowest_axes(z, a):
    return np.sum(np.sum(a * a, axis=0, keepdims=True), axis=None) * z


def chosen(z):
    return [total, level, lowest_axes][int(z < 5.0)] if z > 0 else total


class Measure:
    def __init__(self, z):
        self.z = z

    def __call__(self, a):
        return np.sum(a) * self.z

    def __add__(self, a):
        return np.mean(a) + self.z

    def of(self, a):
        return np.sum(a) * self.z * self.z


@program([(0.7, 1.3)], order=2)
def filled(x, y):
    return chosen(y)(y, np.full(3, x))


@program([(0.7, 1.3)], order=2)
def repeated(x, y):
    return chosen(y)(y, np.broadcast_to(x * np.ones(2), (3, 2)))


@program([(0.7, 1.3)], order=2)
def made_of_numbers(x, y):
    return chosen(y)(y, np.array([x, y])) + chosen(-y)(x, np.array([[x, y], [y, x * y]]))


@program([(0.7, 1.3)], order=2)
def made_in_a_comprehension(x, y):
    return chosen(y)(y, np.array([x * k for k in range(4)]))


@program([(0.7, 1.3)], order=2)
def joined(x, y):
    a = np.concatenate([np.ones(2) * x, np.ones(3) * y])
    return chosen(y)(y, a) + chosen(-y)(x, np.stack([a, a * y]))


@program([(0.7, 1.3)], order=2)
def two_that_broadcast(x, y):
    return chosen(-y)(y, np.full((3, 1), x) + np.full((1, 2), y))


@program([(0.7, 1.3)], order=2)
def multiplied(x, y):
    return chosen(y)(y, np.outer([x, y], [1.0, y, x])) + chosen(-y)(y, np.ones((2, 3)) @ np.full(3, x * y))


@program([(0.7, 1.3)], order=2)
def sorted_and_reshaped(x, y):
    a = np.sort(np.array([x, y, x * y, 0.1]))
    return chosen(y)(y, a.reshape(2, 2).T) + chosen(-y)(x, np.cumsum(a)[1:])


@program([(0.7, 1.3)], order=2)
def by_keyword(x, y):
    return chosen(y)(a=np.full(3, x), z=y)


@program([(0.7, 1.3)], order=2)
def starred(x, y):
    return chosen(-y)(*[y, np.full(3, x)])


@program([(0.7, 1.3)], order=2)
def in_a_partial(x, y):
    return functools.partial(total, a=np.full(3, x))(y) + functools.partial(level, y)(np.full(2, x))


@program([(0.7, 1.3)], order=2)
def captured(x, y):
    a = np.full(3, x)

    def h():
        return np.sum(a) * y

    return operator.call(h) if hasattr(operator, "call") else [h][int(x > 5)]()


@program([(0.7, 1.3)], order=2)
def a_default_value(x, y):
    def h(z, b=np.array([x, y])):       # noqa: B008
        return np.sum(b) * z

    return h(y)


@program([(0.7, 1.3)])
def methods(x, y):
    m = Measure(y) if x > 0 else None
    a = np.full((3, 2), x)
    return m(a) + m.of(a) + (m + a)


@program([(0.7, 1.3)])
def in_a_try(x, y):
    try:
        return chosen(y)(y, np.full(3, x))
    except ZeroDivisionError:
        return y


@program([(0.7, 1.3)])
def beside_other_uses(x, y):
    a = np.full(3, x)
    t = 0.0
    for k in range(3):
        t = t + chosen(-y)(y, a) * k + np.sum(a)
    return t + chosen(y)(x, a + a) + a[1] * y
