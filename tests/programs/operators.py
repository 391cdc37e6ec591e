"""Arithmetic operators, their augmented forms, and operator functions."""

import math
import operator

import numpy as np

from .table import enter, program

enter(operator.mul, [(2.0, 3.0)], name="operator_mul", module=__name__, order=2)
enter(operator.truediv, [(2.0, 3.0)], name="operator_truediv", module=__name__)
enter(abs, [(2.0,), (-3.0,)], name="builtin_abs", module=__name__)
enter(lambda x, y: x ** y - y ** x, [(2.0, 3.0), (1.5, 0.5)], name="powers", module=__name__, order=2)


@program(args=[(2.0, 3.0), (-1.0, 0.5)], order=2)
def the_four(x, y):
    return (x + y) * (x - y) / (x * y + 10.0)


@program(args=[(7.3, 2.1), (-7.3, 2.1), (7.3, -2.1)])
def floor_and_remainder(x, y):
    return (x // y) * x + (x % y) * y


@program(args=[(7.3, 2.1), (-0.7, 0.4)])
def both_of_divmod(x, y):
    q, r = divmod(x, y)
    return q * r + r * r


@program(args=[(2.0,), (-1.3,)], order=2)
def signs(x):
    return -x * +x - -(x ** 3)


@program(args=[(1.7,)], order=2)
def constant_powers(x):
    return x**0 + x**1 + x**2 + x**-1 + x**0.5 + 2**x + x**-2.5


@program(args=[(2.0, 3), (-2.0, 3), (-1.5, 2), (0.5, 0), (3.0, -2)], order=2)
def integer_exponent(x, n):
    return x**n


@program(args=[(2.0, 3.0)], order=2)
def augmented(x, y):
    z = x
    z += y
    z *= x
    z -= y * y
    z /= x + y
    z **= 2
    return z


@program(args=[(12.7, 5.0)])
def augmented_floor_and_remainder(x, y):
    z = x * y
    z %= 4.0
    w = x
    w //= y
    return z * w + z * x


@program(args=[(2.0,)])
def integers_beside_floats(x):
    n = 7
    shift = (n << 2) | 1 ^ 3 & n
    bits = ~n >> 1
    return x * shift + bits + n // 2 * x ** (n % 4)


@program(args=[(2.0, 3.0)])
def operator_functions(x, y):
    return operator.add(operator.mul(x, y), operator.neg(operator.sub(x, operator.pow(y, 2)))) + operator.itemgetter(1)((x, y))


@program(args=[(1 + 2j, 0.5), (-0.3 + 0.1j, 2.0)], order=2)
def complex_numbers(z, t):
    w = z * z * t + 1j * z
    return w.real * w.imag + abs(w) + (w.conjugate() * z).real


@program(args=[(0.4, 1.2)])
def complex_inside(r, phi):
    z = complex(r, phi)
    return abs(z * z) + (1 / z).imag


@program(args=[(3, 4)], integers=True)
def integer_arguments(a, b):
    return a * a * b + a / b


class Shift:
    """Its reflected operators come before a list's own way."""

    def __init__(self, by):
        self.by = by

    def __iter__(self):
        return iter([self.by])

    def __radd__(self, items):
        return [v + self.by for v in items] if len(items) < 3 else NotImplemented

    def __rmul__(self, items):
        return [v * self.by for v in items]


@program(args=[([0.7, 1.3], np.array([1.5, 2.0]), 0.4)])
def lists_become_what_the_other_operand_makes_of_them(xs, a, x):
    ys, same, zs, long = [x, x * x], xs, [x, 2.0], [x, x, x]
    xs += a
    ys *= a
    zs += Shift(x * x)
    long += Shift(x**3)
    again = [x, x]
    again *= Shift(x)
    numbers = [x, x**2]
    numbers += np.float64(3.0)
    return xs[0] * np.sum(xs) + ys @ xs + same[0] + zs[0] * zs[1] + long[3] * long[0] + again[1] + np.prod(numbers)


class Weight:
    """Keeps away from NumPy's functions."""

    __array_ufunc__ = None

    def __init__(self, w):
        self.w = w

    def __add__(self, o):
        return Weight(self.w + (o.w if isinstance(o, Weight) else o))

    __radd__ = __add__

    def __mul__(self, o):
        return Weight(self.w * (o.w if isinstance(o, Weight) else o))


class Heavy(Weight):
    def __radd__(self, o):
        return Heavy(self.w * 10.0 + o.w)


class Countdown:
    def __init__(self, x):
        self.x, self.left = x, 2

    def __iter__(self):
        return self

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        return Weight(self.x * (self.left + 1))


@program(args=[(1.5, 2.0)])
def sums_and_products_of_objects(x, y):
    ws = [Weight(x), Weight(y)]
    s = sum(ws).w * sum(ws, Weight(x * y)).w + sum(tuple(ws), 1.0).w + sum({"a": ws[0]}.values(), ws[1]).w
    s = s + sum((Weight(v) for v in (x, y)), Weight(y)).w * sum(Countdown(x)).w + (ws[0] + Heavy(y)).w
    return s * math.prod(ws, start=Weight(x)).w


class Scaling(type):
    """Classes of this kind are computed with."""

    def __getitem__(cls, x):
        return cls.scale * x

    def __len__(cls):
        cls.scale = cls.scale * 2.0
        return 3

    def __add__(cls, x):
        return cls.scale + x

    def __iter__(cls):
        return iter([cls.scale, cls.scale**2])

    def __bool__(cls):
        cls.scale = cls.scale * 3.0
        return True


class Scale(metaclass=Scaling):
    scale = 1.0


@program(args=[(1.5, 2.0)])
def metaclasses_with_operators(x, y):
    Scale.scale = y
    n = len(Scale)
    a, b = Scale
    if Scale:
        a = a + Scale.scale
    return Scale[x] * n * a + (Scale + x) * b + sum(Scale)


class Scaled(float):
    """A number with operators of its own, and more than its value."""

    def __new__(cls, value, unit):
        made = super().__new__(cls, value)
        made.unit = unit
        return made

    def __mul__(self, o):
        return Scaled(float(self) * float(o) * 2.0, self.unit + 1.0)

    __rmul__ = __mul__

    def __neg__(self):
        return Scaled(float(self) - 1.0, self.unit * self.unit)


@program(args=[(1.5, 2.0)])
def numbers_with_operators_of_their_own(x, y):
    a = Scaled(x, y)
    b, c, d = a * 3.0, 2.0 * a, -a
    return b * 1.0 * b.unit + c.unit * float(c) + d * d.unit + (a + y) / a
