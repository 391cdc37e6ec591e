"""Arithmetic on values whose kinds are not known beforehand: numbers in one run, or one round, and something else in the next."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from .table import program

V = np.array([0.5, -1.2, 2.0])


HELD: list = []


def through(held):
    """What comes out of here is of a kind that nobody knows."""
    HELD.append(held)
    return HELD.pop()


@program([(0.8, 1.7), (1.4, V)])
def numbers_and_arrays_in_turn(a, b):
    total = through(0.0)
    for k, x in enumerate([through(a), through(b), a * V, np.float64(2.0), 3, through(None), through(Fraction(1, 2))]):
        if x is None:
            continue
        y = through(x)
        z = y * 0.5 + a
        if k % 2:
            z = z * z - y
        elif k > 3:
            w = -z
            z = w / 2.0
        z -= y
        total = total + np.sum(z * y) if k < 5 else total + float(z) * math.exp(0.1 * float(y))
    return total


@program([(0.8, 1.7)])
def a_state_that_is_sent_around(a, b):
    def plant(y):
        while True:
            u = yield y
            v = y - u * a
            y = y + 0.1 * (v * v - u)

    g = plant(b)
    y, last, cost = next(g), 1.0, 0.0
    for _ in range(4):
        e = a - y
        u = a * e + b * (e - last)
        last = e
        y = g.send(u)
        cost += e * e * last
    return cost


@program([(0.8, 1.7)], order=2)
def what_nobody_asks_for(a, b):
    total = 0.0
    for k in range(3):
        x, y = through(a), through(b)
        p = x * y
        q = p - x          # read in some rounds only
        r = q * q
        if k == 1:
            total = total + r
        x = y / p
        total = total + x
    return total


@program([(0.8, 1.7)])
def a_variable_that_is_bound_late(a, b):
    for k in range(4):
        if k > 1:
            last = last * b + a  # noqa: F821
        elif k == 1:
            last = through(a) * b
    x = last * 2.0
    y = x * x - last
    return y * a


class Scaled:
    def __init__(self, by):
        self.by = by

    def __mul__(self, x):
        return Scaled(self.by * x)


@program([(0.8, 1.7), (1.9, 0.4)])
def values_of_a_branch_that_is_not_taken(a, b):
    o = Scaled(a)
    u = through(b)
    x = math.tanh(u * a)
    o = o * x           # no number
    if b < a:
        if x < a:
            return math.tanh(math.sin(math.sin(x))) * b
    return x * o.by


@program([(-0.8, 1.7)])
def powers_that_become_complex(a, b):
    total = 0.0
    for x in (a, b):
        p = through(x) ** through(0.5)
        q = p * p
        total = total + abs(q * b)
    return total


@program([(0.8, 2.0)])
def divisions_that_fail(a, b):
    total = 0.0
    for x in (a, 0.0, b):
        u = through(x)
        try:
            total = total * 2.0 + u
            v = a / u
            total = total + v * v
        except ZeroDivisionError:
            total = total * 3.0 + a
    return total


@program([(0.8, V), (0.5, -V)])
def arrays_that_are_written_to(a, b):
    b = b.copy()
    total = through(0.0)
    for x in (through(b), through(a), through(b)):
        y = x * 1.0
        z = y + a
        z *= y
        b[0] += a
        total = total + np.sum(z)
        x *= 2.0
    return total + b[0]


@program([(0.8, 1.7, [0.4, -0.6]), (V, 1.7, [0.4, -0.6])])
def a_sum_for_nothing(a, b, xs):
    z = math.exp(sum([v * b for v in xs]) - np.sum(through(a)))
    z = sum([v * a for v in xs]) * through(b)
    return np.sum(z) + b
