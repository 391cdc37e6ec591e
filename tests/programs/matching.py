"""`match` with every kind of pattern."""

from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from .table import program


class Kind(Enum):
    LINE = 1
    DISC = 2


@dataclass
class Circle:
    radius: float
    kind: Kind = Kind.DISC


@dataclass
class Box:
    width: float
    height: float


class Pair(NamedTuple):
    left: float
    right: float


class Turned:
    __match_args__ = ("angle",)

    def __init__(self, degrees):
        self.degrees = degrees

    @property
    def angle(self):
        return self.degrees / 180.0


@program(args=[("square", 2.0), ("cube", 2.0), ("other", 2.0), (None, 2.0), (3, 2.0)])
def values(name, x):
    match name:
        case "square":
            return x * x
        case "cube" | "third":
            y = x**3
        case None:
            y = x * 7
        case 3:
            y = x + 3
        case _:
            y = 1 / x
    return y * 2


@program(args=[(Circle(2.0),), (Box(2.0, 3.0),), (Pair(2.0, 0.5),), (Turned(30.0),), (1.5,), ([1.0, 2.0],)])
def classes(shape):
    match shape:
        case Circle(radius=r):
            return 3.0 * r * r
        case Box(w, height=h) if w > 10:
            return w - h
        case Box(w, h):
            return w * h
        case Pair(left, right):
            return left**2 * right
        case Turned(a):
            return a * a
        case float(x) | list([x, *_]):
            return x * 5
    return 0.0


@program(args=[([],), ([2.0],), ([2.0, 3.0],), ([2.0, 3.0, 4.0, 5.0],), ((1.0, 2.0, 3.0),)])
def sequences(xs):
    match xs:
        case []:
            total = 1.0
        case [x]:
            total = x * x
        case [x, y]:
            total = x * y
        case (first, *middle, last):
            total = first * last + sum([(k + 1) * v for k, v in enumerate(middle)])
    return total * 2.0


@program(args=[(("move", 1.0, 2.0),), (("turn", 3.0),), (("go", ("turn", 2.0), 4.0),), (("stop",),)])
def commands(command):
    match command:
        case ("move", dx, dy):
            return dx**2 + dy
        case ("turn", angle) | ("go", (_, angle), _):
            return angle**2
        case ("stop",):
            return 0.0


@program(args=[({"type": "sum", "a": 1.0, "b": 2.0},), ({"type": "scale", "by": 3.0, "x": {"value": 2.0}},), ({"q": 2.0},)])
def mappings(d):
    match d:
        case {"type": "sum", **rest}:
            rest["a"] = rest["a"] * 2
            return sum(rest.values()) * len(rest)
        case {"type": "scale", "by": k, "x": {"value": v}}:
            return k * v
        case {"q": q}:
            return q * q
    return 0.0


@program(args=[(2.0,), (-2.0,), (0.5,)])
def guards(x):
    match x:
        case y if y > 1:
            return y * x
        case y if y < -1:
            z = y**3
        case z:
            pass
    return z * y


@program(args=[(Circle(2.0, Kind.LINE), 3.0), (Circle(2.0), 3.0)])
def values_of_an_enum(c, x):
    match c.kind:
        case Kind.LINE:
            return c.radius * x
        case Kind.DISC:
            return c.radius**2 * x


@program(args=[(True, 2.0), (False, 2.0), (None, 2.0), (1, 2.0)])
def singletons(flag, x):
    match flag:
        case True:
            return x * 2
        case False:
            return x * 3
        case None:
            return x * 5
    return x * 7


@program(args=[([Box(1.0, 2.0), Circle(3.0), (Box(2.0, 0.5), 4.0)],)])
def in_a_loop_with_jumps(shapes):
    total = 0.0
    for shape in shapes:
        match shape:
            case Circle(r):
                total += r * r
                continue
            case Box(w, h) as box:
                box.width = w * h
                total += box.width * h
            case (Box(width=w), scale):
                total += w * scale
                break
        total *= 2
    return total


@program(args=[(("add", ("mul", 2.0, 3.0), ("neg", 4.0)),)])
def interpreter(expression):
    def run(e):
        match e:
            case ("add", a, b):
                return run(a) + run(b)
            case ("mul", a, b):
                return run(a) * run(b)
            case ("neg", a):
                return -run(a)
            case float() | int():
                return e

    return run(expression) ** 2


@program(args=[(1.5, 2.0)])
def of_a_display(x, y):
    match x * y, [x, y]:
        case (p, [q, r]) if q > r:
            return p
        case (p, [q, *r]):
            return p * q + r[0]


@program(args=[(1.5, 2.0)])
def of_a_deque_and_captured(x, y):
    match deque([x, y, x * y]):
        case [a, *_, c]:
            def f(t):
                return t * a + c
    return f(y)


@program(args=[("text", 2.0), (b"bytes", 2.0), (range(3), 2.0)])
def text_is_no_sequence(value, x):
    match value:
        case [*_]:
            return x * 2
        case str() | bytes():
            return x * 3
    return x
