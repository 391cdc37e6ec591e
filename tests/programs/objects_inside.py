"""Objects that are made in a function and do not leave it, and some that do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .table import program

GAIN = 0.7


class Body:
    def __init__(self, x, v, mass=1.5):
        self.x = x
        self.v = v
        self.mass = mass

    def energy(self):
        return self.kinetic() + GAIN * self.x**2

    def kinetic(self):
        return 0.5 * self.mass * self.v * self.v

    def step(self, force, dt=0.1):
        if self.x > 100.0:
            return None
        self.v += dt * force / self.mass
        self.x += dt * self.v
        return self

    def drift(self, dt):
        if self.v > 0:
            self.x = self.x + dt * self.v
            return self.x
        return -self.x

    def pulled_by(self, other):
        return (other.x - self.x) * other.mass

    def swap(self):
        self.x, self.v = self.v, self.x


@program([(1.2, 0.4)], order=2)
def two_bodies(x, k):
    a, b = Body(x, 0.3), Body(-x, 0.5, mass=2.0)
    for _ in range(5):
        a.v = a.v + 0.1 * k * a.pulled_by(b)
        b.v = b.v + 0.1 * k * b.pulled_by(a)
        a.x += 0.1 * a.v
        b.x += 0.1 * b.v
    return a.energy() + b.energy()


@program([(1.2,), (-0.8,)])
def results_and_branches(x):
    p = Body(x, x * x)
    q = Body(1.0, -x)
    total = 0.0
    for i in range(4):
        total += p.drift(0.1 * i) * q.drift(0.2)
        p.swap()
    return total + p.x * q.v


@program([(1.2,)])
def a_new_one_in_each_round(x):
    total = 0.0
    for i in range(4):
        p = Body(x * i, x)
        p.v *= x
        total += p.energy()
    return total


@program([(1.2,)])
def the_old_one_beside_the_new_one(x):
    prev = Body(x, 0.5)
    total = 0.0
    for _ in range(3):
        new = Body(prev.x * x, prev.v + 1.0)
        total += new.x * prev.v
        prev = new
    return total


@program([(1.2,)])
def used_before_it_is_made_anew(x):
    p = None
    total = 0.0
    for i in range(3):
        if i:
            total += p.x * x
        t = Body(x + i, x)
        total += t.v
        p = t
    return total


@program([(1.2,)])
def made_in_one_branch(x):
    if x > 0:
        p = Body(x, 2 * x)
    else:
        p = Body(-x, x)
    p.swap()
    return p.energy()


@program([(1.2,)])
def handed_on(x):
    p = Body(x, 2 * x)
    seen = [p]
    p.v = p.v * x
    return seen[0].energy() + p.x


@program([(1.2,)])
def returned_by_a_method(x):
    p = Body(x, 2 * x)
    return p.step(x).step(2 * x).x * p.v


@program([(1.2,)])
def compared(x):
    p, q = Body(x, x), Body(2 * x, 1.0)
    r = p if p.x > q.x else q
    return r.x * (p is not q)


@dataclass
class Point:
    x: float
    y: float = 2.0

    def norm(self):
        return np.hypot(self.x, self.y)


@program([(0.7,)])
def dataclasses(x):
    p = Point(x)
    q = Point(x * x, 3.0)
    p.y *= x
    return p.norm() * q.norm()


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a
        self.b = a * a


@program([(0.7,)])
def slots(x):
    s = Slotted(x)
    s.b = s.b * s.a
    return s.b + s.a


class Base:
    def __init__(self, x):
        self.x = x

    def value(self):
        return self.x * self.factor()

    def factor(self):
        return 2.0


class Derived(Base):
    def factor(self):
        return self.x + 3.0


class Watched(Base):
    """Attributes that are more than variables."""

    def __init__(self, x):
        self.inner = x
        self.x = 2.0

    @property
    def x(self):
        return self.inner

    @x.setter
    def x(self, value):
        self.inner = self.inner * value


class Late(Base):
    def more(self):
        self.y = self.x * 2
        return self.y

    def value(self):
        return self.more() * self.y


class Caller(Base):
    def __init__(self, x, f):
        self.x = x
        self.f = f

    def value(self):
        return self.f(self.x)


@program([(0.7,)])
def inherited(x):
    a, b, c, d, e = Base(x), Derived(x), Watched(x), Late(x), Caller(x, np.sin)
    return a.value() + b.value() * c.value() + d.value() * e.value()


@program([(0.7,)])
def variables_of_the_same_name(x):
    self = Body(x, 1.0)
    v = 3.0 * x
    other = Body(v, self.x)
    dt = self.pulled_by(other)
    return self.kinetic() * v + dt


@program([(0.7,)])
def names_that_hide_globals(x):
    GAIN = 2.0 * x
    p = Body(x, GAIN)
    return p.energy() * GAIN


class Recursive(Base):
    def power(self, n):
        return self.x if n < 1 else self.power(n - 1) * self.x

    def endless(self):
        return self.endless()


@program([(0.7,)])
def methods_that_call_themselves(x):
    p = Recursive(x)
    if x < 0:
        p.endless()
    return p.power(3)
