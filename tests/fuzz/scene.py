"""What the random programs use: classes and functions with state of their own. Plain Python; values stay small."""

from __future__ import annotations

import functools  # noqa: F401  (the programs use it)
import math

import numpy as np

W = np.array([[0.5, -1.1, 0.8], [1.3, 0.4, -0.6]])


class Found(Exception):
    def __init__(self, value):
        super().__init__("found")
        self.value = value


class Dot:
    """Attributes that nothing but its own methods and the program touch."""

    def __init__(self, u, v=0.4):
        self.u = u
        self.v = v
        self.w = np.array([u, v, u * v])

    def move(self, dt, scale=0.3):
        if self.u > 0.5:
            self.u = math.tanh(self.u - dt * scale)
            return self.v
        self.v, self.u = math.tanh(self.u * dt), self.v
        self.w[1] = self.u
        return None

    def turn(self, dt):
        for k in range(2):
            dt = dt * 0.7 + self.u * k
            self.v += math.tanh(dt)
            if self.v > 1.0:
                self.v *= 0.4
                break
        return self.pull(self) * dt + np.sum(self.w)

    def pull(self, other, by=1.5):
        return (self.u - other.v) * by

    def same(self):
        return self

    def measure(self, a):
        return np.sum(a) * self.u


class Box:
    """Attributes, a list, an array, a property, operators, items and a context."""

    def __init__(self, p, q):
        self.p, self.q = p, q
        self.items = [p]
        self.m = np.array([p, q, p * q])

    def step(self, u):
        self.p = math.tanh(self.p * u)
        self.items.append(u)
        if self.p > 0.9:
            raise Found(self.p * u)
        self.q = self.q + self.p
        return self.q

    @property
    def half(self):
        return self.p * 0.5

    @half.setter
    def half(self, u):
        self.p = self.p * 0.3 + u
        self.m[0] = self.q

    def __iadd__(self, u):
        self.m[1:] += u
        self.q = math.sin(self.q + u)
        return self

    def __mul__(self, u):
        return Box(math.tanh(self.p * u), self.q)

    def __getitem__(self, u):
        return math.sin(u * self.q)

    def __setitem__(self, u, v):
        self.q = math.tanh(self.q * v) + u

    def __enter__(self):
        self.q = self.q * 0.5
        return self

    def __exit__(self, kind, error, traceback):
        self.p = self.p + self.q
        self.m *= 0.7
        return kind is Found


def put(items, u):
    items.append(math.sin(u))
    if u > 1.2:
        raise ValueError("large")
    items[0] = items[0] * u
    return items[-1]


def turn(items, value):
    """Changes a list of its caller: what it held may be another kind of value afterwards."""
    items[0], items[-1] = value, items[0]


def brush(a, u):
    """Writes into an array of its caller, and may fail on the way."""
    a[0] = u
    a[1:] *= 0.6
    if u > 1.2:
        raise Found(u * a[0])
    a[-1] += math.sin(u)
    return a[1] * u


def mix(a, b):
    """Views of one array, or of two."""
    part = a[::-1]
    part[0] += b[0]
    b[-1] = part[1] * 0.5
    return part


def pieces(u, items):
    for k in range(3):
        items[k % len(items)] = math.tanh(items[k % len(items)] + u)
        u = yield_back(u, (yield u * (k + 1)))
    items.append(u)


def yield_back(u, sent):
    return math.sin(u) if sent is None else sent * u


def rows(a, u):
    """Yields views, and writes to the array between two of them."""
    for k in range(len(a)):
        try:
            yield a[k:k + 2]
            a[k] = math.tanh(a[k] + u)
            if k == 1:
                raise Found(u)
        except Found as e:
            a[0] *= e.value


def total(a, u):
    return float(np.sum(a)) * u


def level(a, u):
    return a.mean() * math.sin(u) + a.sum()


def least(a, u):
    return np.min(a) * u - np.sum(np.abs(a), axis=0)


def scaled(a, u):
    return a * u


def filled(a, u):
    return np.full(3, u)


def lifted(a, u):
    return np.tanh(a + np.sum(a) * u)


def turned(a, u):
    return a[::-1]


def centred(a, u):
    return (a - np.mean(a)) * np.ones((2, 1))[0]


def centre(a, u):
    a -= a.mean() * u
    return a


MEASURES = [total, level, least]
MAKERS = [scaled, filled, lifted, turned, centred, centre]
"""Functions of an array and a number: which one is called, the program finds out as it runs."""


class Holder:
    """Arrays of any shapes."""

    def __init__(self, a, b=0.5, c=None):
        self.a = a
        self.b = b
        self.c = c

    def move(self, u):
        self.a = np.tanh(self.a * u + np.mean(self.b))


def softly(a):
    e = np.exp(a - np.max(a, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def scored(a):
    return (a - a.mean(axis=0)) / np.sqrt(0.5 + a.var(axis=0))


def balanced(a, u):
    return a * u + np.sum(a, axis=0, keepdims=True) * np.mean(a)


def squares(a, u):
    return np.sum(a * a) * u


SHAPED = [softly, scored]
AMOUNTS = [squares, total]
