"""What classes can do: attributes of every kind, protocols, inheritance, state that the class holds."""

import abc
import functools
import math
import operator
from dataclasses import KW_ONLY, InitVar, asdict, astuple, dataclass, field, replace
from enum import Enum, IntEnum
from functools import cached_property, total_ordering
from typing import ClassVar, Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from .table import program

T = TypeVar("T")


class Tally:
    total = 0.0
    seen: ClassVar[list] = []

    def __init__(self, value):
        self.value = value
        Tally.total += value
        type(self).seen.append(value * 2)

    @classmethod
    def reset(cls):
        cls.total = 0.0
        cls.seen = []

    @classmethod
    def scaled(cls, factor):
        cls.total *= factor
        return cls.total

    def share(self):
        return self.value / self.total


@program(args=[(1.5, 2.0)])
def state_of_a_class(x, y):
    Tally.reset()
    a, b = Tally(x), Tally(y * x)
    first = a.share() * b.share()
    Tally.scaled(y)
    result = first + Tally.total * sum(Tally.seen) + a.total
    Tally.reset()
    return result


class Base:
    rate = 2.0

    def scale(self, x):
        return x * self.rate


class Derived(Base):
    pass


@program(args=[(1.5, 2.0)])
def class_attribute_of_a_base(x, y):
    Base.rate = y * 3
    before = Derived().scale(x)
    Derived.rate = x
    after = Derived().scale(x) * Derived.rate + Base.rate
    del Derived.rate
    result = before * after + Derived.rate
    Base.rate = 2.0
    return result


def counting(f):
    @functools.wraps(f)
    def wrapper(x):
        wrapper.calls += 1
        wrapper.last = f(x)
        return wrapper.last
    wrapper.calls = 0
    wrapper.last = 0.0
    return wrapper


@program(args=[(1.5,)])
def attributes_of_a_function(x):
    square = counting(lambda t: t * t)
    a = square(x)
    b = square(a * x)
    return a * b + square.last * square.calls


class Temperature:
    def __init__(self, kelvin):
        self._kelvin = kelvin
        self.reads = 0

    @property
    def celsius(self):
        self.reads += 1
        return self._kelvin - 273.15

    @celsius.setter
    def celsius(self, value):
        self._kelvin = value + 273.15

    @celsius.deleter
    def celsius(self):
        self._kelvin = self._kelvin * 0.5


@program(args=[(300.0, 2.0)])
def property_in_all_forms(t, x):
    temp = Temperature(t)
    temp.celsius *= x
    first = temp.celsius
    del temp.celsius
    return first * temp.celsius + temp.reads


class Positive:
    """A data descriptor that keeps its value in the object's `__dict__`, under its own name."""

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, obj, cls=None):
        return self if obj is None else obj.__dict__[self.name] * 2

    def __set__(self, obj, value):
        obj.__dict__[self.name] = abs(value)

    def __delete__(self, obj):
        obj.__dict__[self.name] = 1.0


class Scaled(Positive):
    pass


class Computed:
    """A descriptor without `__set__`: an attribute of the object hides it."""

    def __init__(self, f):
        self.f = f

    def __get__(self, obj, cls=None):
        value = self.f(obj)
        setattr(obj, self.f.__name__, value)
        return value


class Part:
    mass = Positive()
    size = Scaled()

    def __init__(self, mass, size):
        self.mass, self.size = mass, size

    @Computed
    def density(self):
        return self.mass / self.size

    @cached_property
    def cost(self):
        return self.mass * self.size


@program(args=[(-1.5, 2.0)])
def descriptors(m, s):
    p = Part(m, s)
    d = p.density
    p.mass = d * p.cost
    again = p.density * p.cost
    del p.size
    return again + p.mass * p.size


class Traced:
    def __init__(self, **fields):
        object.__setattr__(self, "log", [])
        for name, value in fields.items():
            setattr(self, name, value)

    def __setattr__(self, name, value):
        self.log.append(value)
        super().__setattr__(name, value * 2)

    def __getattribute__(self, name):
        if name.startswith("twice_"):
            return 2 * super().__getattribute__(name[6:])
        return object.__getattribute__(self, name)

    def __getattr__(self, name):
        return self.x if name == "alias" else 1.0

    def __delattr__(self, name):
        self.log.append(self.x)
        object.__delattr__(self, name)


@program(args=[(1.5, 2.0)])
def hooks_for_attributes(x, y):
    t = Traced(x=x, y=y)
    t.x = t.twice_y * t.alias
    del t.y
    return t.x * t.y + sum(t.log) + getattr(t, "none", 5.0)


class Vec:
    """Every operator."""

    def __init__(self, a, b):
        self.a, self.b = a, b

    def __add__(self, o):
        return Vec(self.a + o.a, self.b + o.b) if isinstance(o, Vec) else NotImplemented

    def __sub__(self, o):
        return Vec(self.a - o.a, self.b - o.b)

    def __mul__(self, k):
        return Vec(self.a * k, self.b * k)

    def __rmul__(self, k):
        return Vec(k * self.a, k * self.b)

    def __truediv__(self, k):
        return Vec(self.a / k, self.b / k)

    def __rtruediv__(self, k):
        return Vec(k / self.a, k / self.b)

    def __rsub__(self, k):
        return Vec(k - self.a, k - self.b)

    def __matmul__(self, o):
        return self.a * o.a + self.b * o.b

    def __pow__(self, n):
        return Vec(self.a**n, self.b**n)

    def __rpow__(self, base):
        return base ** (self.a * 0.1)

    def __mod__(self, k):
        return Vec(self.a % k, self.b)

    def __floordiv__(self, k):
        return Vec(self.a, self.b * k)

    def __or__(self, o):
        return Vec(self.a * o.b, self.b * o.a)

    def __and__(self, o):
        return Vec(self.a * o.a, self.b)

    def __xor__(self, o):
        return self.a * o.b - self.b * o.a

    def __lshift__(self, k):
        self.a += k
        return self

    def __rshift__(self, f):
        return f(self)

    def __invert__(self):
        return Vec(self.b, self.a)

    def __neg__(self):
        return Vec(-self.a, -self.b)

    def __pos__(self):
        return self * 3

    def __abs__(self):
        return math.hypot(self.a, self.b)

    def __round__(self, n=0):
        return self.a * 10

    def __float__(self):
        return self.a * self.b

    def __iadd__(self, o):
        self.a += o.a
        return self

    def __imul__(self, k):
        self.b *= k
        return self

    def __ior__(self, o):
        self.a = self.a * o.b
        return self

    def __divmod__(self, k):
        return self.a / k, self.b * k


@program(args=[(1.5, 2.5)], order=2)
def arithmetic_operators(x, y):
    u, v = Vec(x, y), Vec(y, x * x)
    w = 2.0 * u + v * x - u / y + 1.0 / v + (3.0 - u)
    p, q = divmod(w, x)
    return (w @ v) + abs(-u) + abs(+v) + (u**2) @ w + p * q


@program(args=[(1.5, 2.5)])
def other_operators(x, y):
    u, v = Vec(x, y), Vec(y, x)
    a = (u | v) & ~u
    b = u << x * y
    c = b >> (lambda t: t.a * t.b)
    return a.a * a.b + (u ^ v) * c + 2.0**u + (v // x).b + (v % 1.0).a


@program(args=[(1.5, 2.5)])
def in_place_operators(x, y):
    u = Vec(x, y)
    alias = u
    u += Vec(y, y)
    u *= x
    u |= Vec(1.0, y)
    u -= Vec(x, x)
    return u.a * u.b + alias.a * alias.b


class Polynomial:
    def __init__(self, *coefficients):
        self.coefficients = list(coefficients)

    def __call__(self, x):
        return sum(c * x**k for k, c in enumerate(self.coefficients))

    def __len__(self):
        return len(self.coefficients)

    def __bool__(self):
        return bool(self.coefficients)

    def __contains__(self, c):
        return c in self.coefficients

    def __getitem__(self, k):
        return Polynomial(*self.coefficients[k]) if isinstance(k, slice) else self.coefficients[k]

    def __setitem__(self, k, c):
        self.coefficients[k] = c

    def __delitem__(self, k):
        del self.coefficients[k]

    def __iter__(self):
        return iter(self.coefficients)

    def __reversed__(self):
        return reversed(self.coefficients)

    def __eq__(self, other):
        return self.coefficients == other.coefficients

    def __hash__(self):
        return len(self.coefficients)

    def __index__(self):
        return len(self.coefficients)

    def __format__(self, spec):
        return f"{len(self):{spec}}"


@program(args=[(1.5, 2.0)])
def protocols_of_a_container(x, y):
    p = Polynomial(x, y, x * y)
    p[0] *= 2
    del p[1]
    first, *rest = p
    total = first * p(y) + sum(p[1:]) + max(*p) + [10.0, 20.0, 30.0][p]
    for k, c in enumerate(reversed(p[:])) if False else enumerate(p):
        total += (k + 1) * c
    if p and 7.0 not in p and p == p[:]:
        total *= len(f"{p:>5}")
    table = {p: x}
    return total * table[p] + rest[0]


@total_ordering
class Version:
    def __init__(self, major, weight):
        self.major, self.weight = major, weight

    def __eq__(self, other):
        return self.major == other.major

    def __lt__(self, other):
        return self.major < other.major


@program(args=[(1.5, 2.0)])
def ordered_objects(x, y):
    versions = [Version(3, x), Version(1, y), Version(2, x * y)]
    low, middle, high = sorted(versions)
    best = max(versions)
    return low.weight * 2 + middle.weight * 3 + high.weight * best.weight * (low <= high)


class Shape(abc.ABC):
    names: ClassVar[dict] = {}

    def __init_subclass__(cls, sides=0, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.sides = sides
        Shape.names[cls.__name__] = cls

    @property
    @abc.abstractmethod
    def area(self): ...

    def cost(self, rate):
        return self.area * rate + self.sides


class Rectangle(Shape, sides=4):
    def __init__(self, width, height):
        self.width, self.height = width, height

    @property
    def area(self):
        return self.width * self.height


class Square(Rectangle):
    def __init__(self, width):
        super(Square, self).__init__(width, width)

    @property
    def area(self):
        return super().area + self.width

    def cost(self, rate):
        return 2 * super().cost(rate)


@program(args=[(1.5, 2.0)], order=2)
def abstract_classes_and_super(x, y):
    made = [Shape.names[name](*args) for name, args in (("Rectangle", (x, y)), ("Square", (y,)))]
    return sum([s.cost(x) for s in made]) * len(Shape.names)


class Left:
    def value(self):
        return self.x * 2


class Middle(Left):
    def value(self):
        return super().value() + self.x


class Right(Left):
    def value(self):
        return super().value() ** 2


class Diamond(Middle, Right):
    def __init__(self, x):
        self.x = x


@program(args=[(1.5,)], order=2)
def diamond(x):
    return Diamond(x).value() * Middle.value(Diamond(x * x))


class Stack(Generic[T]):
    def __init__(self):
        self.items: list[T] = []

    def push(self, item: T) -> "Stack[T]":
        self.items.append(item)
        return self


class HasArea(Protocol):
    area: float


def area_of(shape: HasArea) -> float:
    return shape.area


class Weighted(NamedTuple):
    value: float
    weight: float = 2.0

    def product(self):
        return self.value * self.weight


@program(args=[(1.5, 2.0)], order=2)
def typed_classes(x, y):
    s = Stack[float]().push(x).push(x * y)
    w = Weighted(y)
    return s.items[0] * s.items[1] + area_of(Rectangle(x, y)) * w.product() + w._replace(weight=x).product()


@dataclass(frozen=True, order=True)
class Coordinate:
    x: float
    y: float = 0.0
    name: str = field(default="p", compare=False)

    def __post_init__(self):
        object.__setattr__(self, "norm", math.hypot(self.x, self.y))


@dataclass
class Model:
    weights: list = field(default_factory=list)
    bias: float = 0.5
    _: KW_ONLY
    scale: InitVar[float] = 2.0
    used: int = field(default=0, init=False)
    shared: ClassVar[float] = 3.0

    def __post_init__(self, scale):
        self.weights = [w * scale for w in self.weights]


@dataclass(slots=True)
class Slotted:
    x: float
    y: float = 1.0


@program(args=[(1.5, 2.0)])
def dataclasses_in_all_forms(x, y):
    c = Coordinate(x, y)
    low, high = sorted([c, Coordinate(0.5, x)])
    moved = replace(c, x=y * y)
    m = Model([x, y], scale=y)
    m.used += 1
    n = Model(bias=x)
    n.weights.append(m.weights[0])
    s = Slotted(x)
    s.y = s.x * y
    d, t = asdict(c), astuple(m)
    return (c.norm * moved.norm + low.x * high.x + sum(m.weights) * n.weights[0] * m.shared + n.bias + s.y * s.x
            + d["y"] * t[1] + t[0][1] * m.used)


@program(args=[(Slotted(1.5, 2.0), 3.0)])
def slots_of_an_argument(s, x):
    s.y = s.x * x
    t = Slotted(s.y, x)
    s.x, t.y = t.x, s.x
    return s.x * s.y + t.y


class Mode(Enum):
    FAST = 2.0
    SLOW = 3.0

    def apply(self, x):
        return x**self.value


class Level(IntEnum):
    LOW = 1
    HIGH = 2


@program(args=[(1.5, "FAST"), (1.5, "SLOW")])
def enumerations(x, name):
    mode = Mode[name]
    table = {Mode.FAST: x * x, Mode.SLOW: x}
    return mode.apply(x) * table[mode] + x * Level.HIGH + sum(m.value for m in Mode) * x


class Meters(float):
    def feet(self):
        return self * 3.28

    def __new__(cls, value, unit="m"):
        self = super().__new__(cls, value * 2)
        self.unit = unit
        return self


class Triple(tuple):
    def __new__(cls, *values):
        return super().__new__(cls, values)

    def dot(self, other):
        return sum(a * b for a, b in zip(self, other))


@program(args=[(1.5, 2.0)])
def values_of_ones_own_class(x, y):
    m = Meters(x)
    t = Triple(x, y, x * y)
    return m.feet() * m + t.dot((1.0, 2.0, y)) * t[2] + len(m.unit)


class Signal:
    def __init__(self, samples):
        self.samples = samples

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.samples, dtype=dtype)


class Plain:
    pass


@program(args=[(1.5, 2.0)])
def objects_made_from_outside(x, y):
    p = Plain()
    p.a = x
    setattr(p, "b", y)
    q = p
    q.a, q.b = q.b * 2, q.a
    r = object.__new__(Plain)
    r.__dict__.update(p.__dict__, c=p.a)
    del p.a
    return r.a * r.b + q.b * r.c * hasattr(p, "b") + getattr(p, "a", x)


def grow(x, items=[], *, seen={}):  # noqa: B006
    items.append(x)
    seen[len(items)] = x * 2
    return sum(items) + sum(seen.values())


@program(args=[(1.5, 2.0)])
def mutable_defaults(x, y):
    grow.__defaults__[0].clear()
    grow.__kwdefaults__["seen"].clear()
    result = grow(x) * grow(y)
    grow.__defaults__[0].clear()
    grow.__kwdefaults__["seen"].clear()
    return result


@program(args=[(1.5, 20)], order=2)
def simulation(x, n):
    class_of = Particle
    ps = [class_of(x * k, 1.0 / (k + 1)) for k in range(3)]
    for _ in range(n):
        for p in ps:
            p.push(ps)
    return sum([p.q * p.v for p in ps])


class Particle:
    count = 0

    def __init__(self, q, v):
        self.q, self.v = q, v

    def push(self, others):
        force = 0.0
        for o in others:
            if o is not self:
                force += (o.q - self.q) * 0.1
        self.v += 0.1 * force
        self.q += 0.1 * self.v


class Curve:
    """Indices are numbers that it computes with."""

    def __init__(self, scale):
        self.scale, self.total = scale, 0.0

    def __getitem__(self, at):
        if isinstance(at, tuple):
            return at[0] * at[1] * self.scale
        return math.sin(at) * self.scale

    def __setitem__(self, at, value):
        self.total = self.total + at * value

    def __delitem__(self, at):
        self.total = self.total * at


FIXED = Curve(2.0)


@program(args=[(0.8, 1.3)])
def numbers_as_indices(x, y):
    curve = Curve(3.0)
    curve[x] = y
    curve[x * y] = 2.0
    del curve[y]
    curve.scale = x
    operator.setitem(curve, y, x)
    return FIXED[x] + curve[x * y, y] + curve.total * operator.getitem(curve, y)


class Doubling(type):
    def __call__(cls, *args):
        made = super().__call__(*args)
        made.extra = args[0] * 2
        cls.count = cls.count + 1
        return made


class Kept(type):
    def __call__(cls, x):
        if cls.only is None:
            cls.only = type.__call__(cls, x)
        return cls.only


class Pair(metaclass=Doubling):
    count = 0

    def __init__(self, x, y):
        self.x, self.y = x, y


class Single(metaclass=Kept):
    only = None

    def __init__(self, x):
        self.x = x


@program([(1.3,)])
def metaclasses_that_make_instances(x):
    p = Pair(x, x * x)
    first = Single(3 * x)
    try:
        return p.x * p.extra * p.y * Single(9.0).x + (first is Single(0.0)) * x
    finally:
        Single.only = None


class Weight(Enum):
    LIGHT = 1.5
    HEAVY = 2.5

    @property
    def double(self):
        return self.value * 2

    def scale(self, x):
        return x * self.value


@program([(1.3,)])
def members_by_value_and_name(x):
    return sum(w.scale(x) * w.double for w in Weight) + Weight(1.5).scale(x * x) + Weight["HEAVY"].value * x


@program(args=[(2.0,)])
def constructors_that_capture(x):
    class Plain:
        def __init__(self):
            self.v = x

    class Set:
        def __init__(self):
            self.set_up()

        def set_up(self):
            self.v = x

    class Heir(Set):
        def __init__(self):
            super().__init__()
            self.w = self.v * x

    class Made:
        def __new__(cls):
            made = object.__new__(cls)
            made.v = x
            return made

    class Failure(Exception):
        def __init__(self):
            super().__init__(x * x)
            self.y = x

    total = 0.0
    for i in range(3):
        try:
            c = Plain()
            c.v *= x
            total += c.v
            if i == 1:
                raise Failure()
        except Failure as e:
            total += e.args[0] * e.y * Plain().v
    return total + Heir().w * Set().v + Made().v**2 + sum(Plain().v for _ in range(2))


@program(args=[(2.0,)])
def dataclasses_made_inside(x):
    held = [x]

    @dataclass
    class Data:
        a: float
        b: float = field(default_factory=lambda: x * 2)
        c: list = field(default_factory=list)

        def __post_init__(self):
            self.c.append(self.a * x)

    data = Data(held[0] * 3)
    return data.a * data.b + data.c[0] ** 2
