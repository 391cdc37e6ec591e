"""Classes: attributes, methods, properties, operators, __call__; dataclasses and namedtuples."""

import math
from collections import namedtuple
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .table import enter, program


@dataclass
class Point:
    x: float
    y: float

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Point(self.x - other.x, self.y - other.y)

    def __mul__(self, factor):
        return Point(self.x * factor, self.y * factor)

    __rmul__ = __mul__

    def __neg__(self):
        return -1.0 * self

    def __abs__(self):
        return math.sqrt(self.x**2 + self.y**2)


def dist(p):
    return math.sqrt(p.x**2 + p.y**2)


@program(args=[(Point(1.0, 2.0), Point(3.0, 4.0))])
def distance_of_a_sum(a, b):
    return dist(a + b)


@program(args=[(Point(1.0, 2.0), Point(3.0, 4.5), 0.5)])
def operators_of_a_class(a, b, t):
    return abs(a * t + t * b - (-a)) + dist(b - a)


@program(args=[(Point(1.0, 2.0),)])
def one_field_only(p):
    return p.x * p.x


@program(args=[(Point(1.0, 2.0),)])
def same_object_twice(p):
    q = p
    return p.x * q.y + dist(p + q)


class Poly3:
    def __init__(self, theta3):
        self.theta3 = theta3

    def __call__(self, x):
        return self.theta3[0] + self.theta3[1] * x + self.theta3[2] * x**2


class Composed:
    def __init__(self, outer, inner):
        self.outer, self.inner = outer, inner

    def __call__(self, x):
        return self.outer(self.inner(x))


@program(args=[(5.0, Composed(Poly3([1.0, 0.5, 0.0]), Poly3([10.0, 1.0, 0.1])))])
def composed_polynomials(x, p):
    return p(x)


enter(Poly3([10.0, 1.0, 0.1]), [(5.0,)], name="callable_object", module=__name__)


class Account:
    """State that changes, a property that depends on it, a class attribute, a static and a class method."""

    rate = 0.05

    def __init__(self, balance):
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        self.balance += amount
        self.history.append(amount)
        return self

    def year(self):
        self.balance *= 1 + self.rate
        return self.balance

    @property
    def mean_deposit(self):
        return sum(self.history) / len(self.history)

    @staticmethod
    def fee(amount):
        return 0.01 * amount * amount

    @classmethod
    def opened_with(cls, amount):
        return cls(amount - cls.fee(amount))


@program(args=[(100.0, 20.0)], order=2)
def account(start, monthly):
    a = Account.opened_with(start)
    a.deposit(monthly).deposit(2 * monthly)
    for _ in range(3):
        a.year()
    return a.balance + a.mean_deposit * Account.rate


@program(args=[(Account(100.0), 20.0)])
def account_as_argument(account, amount):
    account.deposit(amount)
    return account.year() * account.mean_deposit


class Celsius:
    def __init__(self, degrees):
        self._degrees = degrees

    @property
    def kelvin(self):
        return self._degrees + 273.15

    @kelvin.setter
    def kelvin(self, value):
        self._degrees = value - 273.15


@program(args=[(20.0,)])
def property_with_setter(t):
    c = Celsius(t)
    c.kelvin = c.kelvin * 1.1
    return c._degrees * c.kelvin


class Shape:
    def __init__(self, size):
        self.size = size

    def area(self):
        raise NotImplementedError

    def price(self, rate):
        return self.area() * rate


class Square(Shape):
    def area(self):
        return self.size**2


class Disc(Shape):
    def __init__(self, radius, hole=0.0):
        super().__init__(radius)
        self.hole = hole

    def area(self):
        return math.pi * (self.size**2 - self.hole**2)


@program(args=[(2.0, 3.0)], order=2)
def inheritance(a, rate):
    shapes = [Square(a), Disc(a * 2, hole=a / 3), Square(1.0)]
    return sum(s.price(rate) for s in shapes)


@dataclass(frozen=True)
class Options:
    strike: float = 1.0
    scale: float = 2.0
    names: tuple = ("a", "b")

    def payoff(self, s):
        return (s - self.strike) ** 2 * self.scale


@program(args=[(1.5, 0.5), (0.2, 3.0)])
def frozen_dataclass(s, strike):
    base = Options(strike, scale=s)
    other = replace(base, strike=s * strike)
    return base.payoff(2.0) + other.payoff(s) + Options().payoff(s)


@dataclass
class Layer:
    weights: list
    bias: float = 0.0
    activation: object = math.tanh
    calls: int = field(default=0, compare=False)

    def __post_init__(self):
        self.width = len(self.weights)

    def __call__(self, xs):
        self.calls += 1
        return self.activation(sum(w * x for w, x in zip(self.weights, xs)) + self.bias)


@program(args=[(Layer([0.5, -0.25], 0.1), [1.0, 2.0]), (Layer([0.5, -0.25], 0.1, math.exp), [1.0, 2.0])])
def layer_as_argument(layer, xs):
    return layer(xs) * layer(xs[::-1])


@program(args=[(0.5, 0.3)], order=2)
def layers_built_inside(w, b):
    net = [Layer([w, 2 * w], b), Layer([b, w]), Layer([1.0])]
    hidden = [layer([1.0, 0.5]) for layer in net[:2]]
    return net[2](hidden) * net[0].width


Reading = namedtuple("Reading", "value weight")


class Range(NamedTuple):
    low: float
    high: float = 1.0

    @property
    def width(self):
        return self.high - self.low

    def clip(self, x):
        return min(max(x, self.low), self.high)


@program(args=[([Reading(1.0, 0.5), Reading(2.0, 0.25)],)])
def weighted_mean(readings):
    return sum(r.value * r.weight for r in readings) / sum(weight for _, weight in readings)


@program(args=[(Range(0.5, 2.0), 3.0), (Range(0.5, 2.0), 1.0)])
def typed_namedtuple(r, x):
    return r.clip(x) * r.width + r[0]


@program(args=[(0.5, 2.0)], order=2)
def namedtuple_built_inside(x, y):
    r = Range(x)._replace(high=y * y)
    low, high = r
    return r.width * low + Reading(high, weight=x).weight


class Vector:
    """Container protocol: item access, iteration, length, comparison, truth, context-free formatting."""

    def __init__(self, *entries):
        self.entries = list(entries)

    def __getitem__(self, i):
        return self.entries[i]

    def __setitem__(self, i, v):
        self.entries[i] = v

    def __len__(self):
        return len(self.entries)

    def __iter__(self):
        return iter(self.entries)

    def __matmul__(self, other):
        return sum(a * b for a, b in zip(self, other))

    def __eq__(self, other):
        return isinstance(other, Vector) and self.entries == other.entries

    def __lt__(self, other):
        return self @ self < other @ other

    def __bool__(self):
        return any(self.entries)

    def __iadd__(self, other):
        for i, v in enumerate(other):
            self[i] += v
        return self


@program(args=[(1.0, 2.0), (2.0, 1.5), (2.0, 0.5)])
def container_protocol(x, y):
    u, v = Vector(x, y), Vector(y * y, x)
    if u < v and u:
        u += v
    u[1] = u[1] * x
    return u @ v + len(u) * u[0]


class Accumulator:
    __slots__ = ("count", "total")

    def __init__(self):
        self.total, self.count = 0.0, 0

    def add(self, x, weight=1.0):
        self.total += weight * x
        self.count += 1


@program(args=[([1.0, 2.0, 4.0], 0.5)])
def slots(values, w):
    acc = Accumulator()
    for v in values:
        acc.add(v * v, weight=w)
    return acc.total / acc.count


@program(args=[(Point(1.0, 2.0), 3.0)])
def attribute_store_on_an_argument(p, x):
    old = p.x
    p.x = x * p.y
    p.y *= 2.0
    return old * p.x + p.y


@program(args=[(2.0, 3.0)])
def attribute_aliasing(x, y):
    p = Point(x, y)
    q = p
    q.x = y * y
    return p.x * p.y


class Amplifier:
    gain = 2.0

    def __init__(self, v, **settings):
        self.v = v
        for name, value in settings.items():
            setattr(self, name, value)

    def out(self):
        return self.v * self.gain


@program(args=[(0.5, 1.5)])
def class_attribute_hidden_by_an_instance(x, y):
    plain, loud = Amplifier(x), Amplifier(y, gain=x * y)
    return plain.out() * loud.out() + Amplifier.gain


class Counting:
    instances = 0

    def __new__(cls, *args):
        self = super().__new__(cls)
        self.tag = 1.0
        return self

    def __init__(self, value):
        self.value = value * self.tag


@program(args=[(2.0,)])
def with_new(x):
    return Counting(x).value ** 2


class Lazy:
    def __init__(self, x):
        self.x = x

    def __getattr__(self, name):
        if name == "square":
            return self.x * self.x
        raise AttributeError(name)


@program(args=[(3.0,)])
def getattr_hook(x):
    return Lazy(x).square * x


class Node:
    def __init__(self, value, next=None):
        self.value, self.next = value, next


@program(args=[(1.5, 2.0)])
def linked_list(x, y):
    head = None
    for k in range(4):
        head = Node(x * k + y, head)
    total, node = 1.0, head
    while node is not None:
        total = total * node.value + 1
        node = node.next
    return total


class Particle:
    def __init__(self, position, velocity):
        self.position = position
        self.velocity = velocity

    def step(self, force, h):
        self.velocity = self.velocity + h * force(self.position)
        self.position = self.position + h * self.velocity


@program(args=[(1.0, 0.0, 2.0, 10), (0.5, 1.0, 1.0, 0)], order=2)
def oscillator(x, v, k, steps):
    p = Particle(x, v)
    for _ in range(steps):
        p.step(lambda q: -k * q, 0.1)
    return p.position**2 + p.velocity


enter(Options(0.5, 2.0).payoff, [(3.0,)], name="bound_method", module=__name__)
