"""Objects of known classes that live on: in lists, in each other, as arguments and results; aliases, operators, classes that
change."""

import dataclasses
import math
from collections import namedtuple
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from .table import program


class V:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, o):
        return V(self.x + o.x, self.y + o.y)

    def __mul__(self, s):
        return V(self.x * s, self.y * s)

    __rmul__ = __mul__

    def __neg__(self):
        return V(-self.x, -self.y)

    def dot(self, o):
        return self.x * o.x + self.y * o.y

    @property
    def norm(self):
        return math.sqrt(self.dot(self))


class Node:
    def __init__(self, v, next=None):
        self.v = v
        self.next = next


@program(args=[(1.5, 0.5)], order=2)
def linked_list(a, b):
    n = None
    for i in range(4):
        n = Node(a * i + b, n)
    s = 0.0
    while n is not None:
        s = s + n.v**2
        n = n.next
    return s


@program(args=[(1.5, 0.5)], order=2)
def two_names(a, b):
    p = V(a, b)
    q = p
    held = [p, V(b, a)]
    q.x = q.x * 2
    held[0].y = held[0].y + a
    p.x += b
    return p.dot(q) + held[0].dot(held[1])


@program(args=[(np.array([1.0, 2.0]), 0.5)])
def an_attribute_becomes_an_array(a, b):
    p = V(b, b)
    q = p
    held = [p]
    held[0].x = a
    return np.sum(q.x * q.y) + p.x[0]


@program(args=[(1.5, 0.5)])
def the_best_of_some(a, b):
    best = None
    for i in range(4):
        c = V(a * i, b - i)
        if best is None or c.dot(c) < best.dot(best):
            best = c
    worst = None
    for i in range(3):
        c = V(a + i, b * i)
        if worst is not None and not c.dot(c) > worst.dot(worst):
            continue
        worst = c
    return best.norm + worst.norm


class Base:
    def __init__(self, k):
        self.k = k

    def f(self, x):
        return self.k * x

    def __add__(self, o):
        return self.f(1.0) + o.f(2.0)


class Sub(Base):
    def f(self, x):
        return self.k * x**2

    def __radd__(self, o):
        return 100 * self.f(3.0)


@program(args=[(1.5, 0.5)])
def subclasses(a, b):
    held = [Base(a), Sub(b), Sub(a * b)]
    s = 0.0
    for o in held:
        s += o.f(a)
    return s + (held[0] + held[1]) + (Base(b) + Sub(a)) + (Sub(a) + Sub(b))


@program(args=[(1.5, 0.5)])
def another_class(a, b):
    o = Base(a)
    s = o.f(b)
    o.__class__ = Sub
    return s + o.f(b)


@program(args=[(1.5, 0.5)])
def numbers_on_the_left(a, b):
    v = V(a, b)
    s = np.float64(a) * v
    t = np.sin(b) * v
    w = 2 * v + (-s) + t * np.float64(2.0)
    return w.norm


class Counter:
    def __init__(self):
        self.total = 0
        self.items = []

    def add(self, x):
        self.total += x
        self.items.append(x)
        return self

    def mean(self):
        return self.total / len(self.items)


@program(args=[(1.5, 0.5)])
def methods_that_store(a, b):
    c = Counter()
    for i in range(3):
        c.add(a * i).add(b)
    return c.mean() + sum(x**2 for x in c.items)


class Positive:
    def __init__(self, x):
        if x > 1:
            raise ValueError("no")
        self.x = x


@program(args=[(1.5, 0.5)], order=2)
def a_constructor_fails(a, b):
    s = 0.0
    for v in (a, b):
        try:
            s += Positive(v).x * 2
        except ValueError:
            s += v**3
    return s


class Lazy:
    def __init__(self, x):
        self.x = x
        self._square = None

    @property
    def square(self):
        if self._square is None:
            self._square = self.x**2
        return self._square


@program(args=[(1.5, 0.5)])
def a_property_that_stores(a, b):
    o = Lazy(a)
    return o.square * b + o.square


class Listed:
    def __init__(self, x, held):
        self.x = 1
        held.append(self)
        self.x = x
        self.z = self.x * 2


@program(args=[(1.5, np.array([0.5, 1.0]))])
def seen_before_it_is_done(a, b):
    held = []
    Listed(a, held)
    Listed(b, held)
    return held[0].x * held[0].z + np.sum(held[1].z)


@dataclass
class Settings:
    a: float
    b: float = 2.0
    c: list = field(default_factory=list)

    def __post_init__(self):
        self.a = self.a * 2


@program(args=[(1.5, 0.5)])
def dataclasses_with_defaults(a, b):
    c = Settings(a)
    c.c.append(b)
    d = dataclasses.replace(c, b=b)
    return c.a * c.b * c.c[0] + d.a * d.b


class Layer:
    def __init__(self, w):
        self.w = w

    def __call__(self, x):
        return np.tanh(self.w @ x)

    def __getitem__(self, i):
        return self.w[i]

    def __len__(self):
        return 3


@program(args=[(np.eye(2) + 0.1, np.array([0.3, 0.4]))])
def layers(w, x):
    made = [Layer(w), Layer(w * 2), Layer(w.T)]
    for layer in made:
        x = layer(x)
    for layer in made:
        layer.w = layer.w * 0.5
    return np.sum(x) + np.sum(made[0][0]) + np.sum(made[1].w)


@program(args=[(1.5, 0.5)])
def deleted_and_set_by_name(a, b):
    p = Node(a)
    p.extra = b
    q = p
    s = p.extra * p.v
    del q.extra
    s += getattr(p, "extra", b**2)
    setattr(p, "v", np.array([a, b]))       # noqa: B010
    p.__dict__["w"] = b
    return s + np.sum(p.v) * p.w


@program(args=[(1.5, 0.5)])
def swapped(a, b):
    p, q = V(a, b), V(b, 2.0)
    for _ in range(3):
        p, q = q + p, p
    p.x, p.y = p.y, p.x
    return p.dot(q) + p.x


@program(args=[([1.0, 2.0], 0.5)])
def a_method_is_hidden(held, b):
    o = Base(b)
    s = o.f(1.0)
    o.f = lambda x: x * held[0]
    return s + o.f(3.0)


@program(args=[(0.4, 0.5)])
def in_place(a, b):
    v = V(a, b)
    w = v
    for _ in range(3):
        v += V(b, a) * 0.5
    w *= 2.0
    return v.norm + w.norm


def make(a):
    return V(a, a * 2)


def double(v, k):
    if k > 0:
        v.x = v.x * 2
        double(v, k - 1)


def put(v, z):
    v.x = z


@program(args=[(0.4, 0.5)])
def callees_that_store(a, b):
    v = make(a)
    w = v
    double(v, 3)
    s = w.x * w.y
    put(w, np.array([a, b]))
    return s + np.sum(v.x) * v.y


class Complex:
    def __init__(self, re, im):
        self.re, self.im = re, im

    def __mul__(self, o):
        if isinstance(o, Complex):
            return Complex(self.re * o.re - self.im * o.im, self.re * o.im + self.im * o.re)
        return NotImplemented


class Scale:
    def __init__(self, k):
        self.k = k

    def __rmul__(self, o):
        return Complex(o.re * self.k, o.im * self.k)


@program(args=[(0.4, 0.5)])
def not_implemented(a, b):
    z = Complex(a, b) * Complex(b, a) * Scale(a)
    return z.re + z.im


@program(args=[(np.array([0.3, 1.2]), 0.5)], order=2)
def made_of_items(c, r):
    p = V(*c)
    held = [(p, r), (V(r, r), 2.0)]
    s = 0.0
    for v, k in held:
        s += v.dot(p) * k
    return s


class Cell(namedtuple("Cell", "w b")):
    def apply(self, x):
        return np.tanh(self.w @ x) + self.b

    def __mul__(self, s):
        return Cell(self.w * s, self.b * s)


@program(args=[(Cell(np.eye(2) + 0.1, 0.5), np.array([0.3, 0.4]))])
def named_tuples(c, x):
    for d in (c, c * 2.0, c._replace(b=1.5), Cell(c.w, x[0])):
        x = d.apply(x)
    w, b = c
    both = Cell(b, c[1])
    return np.sum(x) + np.sum(w) * both.w + both[1] * b


class Called(NamedTuple):
    w: np.ndarray
    b: float

    def __call__(self, x, k=1.0):
        return np.tanh(self.w @ x) * k + self.b


def applied(layer, x, **words):
    return layer(x, **words)


@program(args=[(Called(np.eye(2) + 0.1, 0.5), np.array([0.3, 0.4]))])
def named_tuples_are_called(c, x):
    choices = {1: c, 2: c._replace(b=1.5)}
    for key in (1, 2, 1):
        layer = choices[key]
        x = layer(x)
    return np.sum(applied(choices[2], x, k=c.b)) + np.sum(list(map(lambda f: f(x), [c])))


class Pair(NamedTuple):
    a: float
    b: float = 2.0

    @property
    def product(self):
        return self.a * self.b


@program(args=[([Pair(0.3, 0.5), Pair(1.5)], 0.4)], order=1)
def lists_of_named_tuples(held, x):
    s = 0.0
    for p in held:
        s += p.a * x + p.product
    best = None
    for p in held:
        if best is None or p.product > best.product:
            best = p
    return s + best.a * best.b + max(held)[0]


class Tree:
    def __init__(self, value, children=()):
        self.value = value
        self.children = list(children)

    def total(self, x):
        return self.value * x + sum([c.total(x * 0.5) for c in self.children])


def rescale(t, k):
    t.value = t.value * k
    for c in t.children:
        rescale(c, k)


@program(args=[(Tree(1.0, [Tree(2.0), Tree(3.0, [Tree(4.0)])]), 0.7)])
def trees(t, x):
    a = t.total(x)
    rescale(t, x)
    t.children.append(Tree(x))
    return a + t.total(x)


class Shared:
    pass


@program(args=[(np.array([1.0, 2.0]), 0.5)])
def attributes_from_outside(a, b):
    one, two = Shared(), Shared()
    one.w, one.log = a, {}
    two.w, two.log, two.other = b, {"n": 1}, one
    held = [one, two]
    one.w = one.w * two.w
    held[1].w = np.sum(two.other.w)
    s = 0.0
    for o in held:
        s = s + np.sum(o.w) ** 2
    return s + two.w


LOG = []


class Odd(NamedTuple):
    """Says itself what it holds, and whether it is true."""

    x: float
    y: float

    def __getitem__(self, i):
        return 7.0 * tuple.__getitem__(self, i)

    def __len__(self):
        LOG.append(self.x * 3.0)
        return 2

    def __bool__(self):
        LOG.append(self.x)
        return self.y > 0


@program(args=[(1.5, 2.0)])
def named_tuples_with_methods_of_their_own(x, y):
    LOG.clear()
    p, s = Odd(x, y), 1.0
    if p:
        s = s + LOG[-1] * y
    if not Odd(y, x):
        return s
    n = len(p)
    return s * x + p[0] * p[1] * p.x + LOG[1] * LOG[2] * n * len(LOG)
