"""Special methods that are called by name, those of a parent by `super()`, and arrays that are gone through by `a.flat`."""

import functools
import math
import operator

import numpy as np

from .table import program

A = np.array([[0.5, -1.2, 0.7], [1.1, 0.3, -0.4]])


@program(args=[(1.3, 0.7)], order=2)
def operators_of_numbers(x, y):
    total = x.__add__(y) * x.__sub__(y) + x.__mul__(y) * x.__truediv__(y) + x.__pow__(y) * x.__rsub__(2.0)
    total += x.__radd__(1.0) * x.__rmul__(y) + y.__rtruediv__(x) * y.__rpow__(2.0) + x.__mod__(y) * x
    return total + x.__neg__() * y.__pos__() + (-x).__abs__() * y.__float__() + x.__divmod__(y)[1] * y


@program(args=[(1.3, 0.7)], order=2)
def operators_of_float(x, y):
    return float.__mul__(x, y) * float.__add__(x, 2) + functools.reduce(float.__sub__, [x, y, x * y]) + float.__neg__(y) * x


@program(args=[(1.3,)])
def operators_that_decline(x):
    return x * (1.0 + (x.__add__("1") is NotImplemented)) * (x.__radd__(np.ones(2)) is NotImplemented)


@program(args=[(A,)], order=2)
def operators_of_arrays(a):
    b = a.__add__(2.0).__mul__(a) - a.__rsub__(1.0).__truediv__(a.__pow__(2).__add__(1.0))
    c = np.ndarray.__matmul__(a, a.T) + a.__neg__().__abs__().__matmul__(b.T)
    return np.sum(c * c) + a[0, 0].__mul__(a[1, 0]) * a.__len__() + np.sum(a.__copy__() * a.__lt__(0.4) * b)


@program(args=[(A,)])
def elements_by_name(a):
    b = a.copy()
    b.__setitem__((0, 1), a[0, 0] * 3.0)
    b.__setitem__(1, b.__getitem__(0) * a.__getitem__(1))
    total = np.ndarray.__getitem__(b, (1, 1)) * sum(map(a.__getitem__, [(0, 1), (1, 2)]))
    for k, r in enumerate(a.__iter__()):
        total += k * r[0] * r[1] + r[2]
    return total + np.sum(b * b)


@program(args=[(A,)])
def methods_that_are_values(a):
    total, product, times = a.sum, a[0, 1].__mul__, operator.methodcaller("__mul__", a[0, 1])
    step = functools.partial(np.ndarray.__add__, a)
    return total() * total(0)[1] + product(a[0, 0]) * times(a[1, 1]) + np.sum(step(a) ** 2) + type(a).mean(a) * np.ndarray.max(a)


class Measured(np.ndarray):
    @property
    def doubled(self):
        return np.asarray(self) * 2.0

    def plus(self, other):
        return np.asarray(self) + other

    @classmethod
    def tripled(cls, x):
        return np.asarray(x) * 3.0

    @staticmethod
    def halved(x):
        return np.asarray(x) / 2.0


class Weighed(Measured):
    @property
    def doubled(self):
        return super().doubled * np.asarray(self)

    def plus(self, other):
        return super().plus(other) * super().doubled

    def moved(self):
        return super().tripled(self) * super().halved(self) * super().T.T

    def sum(self, axis=None):
        return 2.0 * super().sum(axis)

    def center(self):
        mean = super().mean
        return np.asarray(mean(0)) * super().size + super().real * super().flat[2]


class Tripled(np.ndarray):
    def __getitem__(self, i):
        return super().__getitem__(i) * 3.0

    def __iter__(self):
        return (np.asarray(r) * 2.0 for r in super().__iter__())


@program(args=[(A,)])
def attributes_of_a_parent(a):
    w = a.view(Weighed)
    total = np.sum(w.doubled) + np.sum(w.plus(a)) + np.sum(np.asarray(w.moved())) + w.sum() * w.sum(0)[1]
    return total + np.prod(np.asarray(w.center()))


@program(args=[(A,)])
def elements_of_a_parent(a):
    t = a.view(Tripled)
    return t[0, 1] * a[0, 0] + sum(np.sum(r * r) for r in t)


class Slotted:
    __slots__ = ("a",)


class Above(Slotted):
    __slots__ = ("b",)

    def __init__(self, a, b):
        self.a, self.b = a, b

    def product(self):
        return super().a * self.b


class Told(Exception):
    def first(self):
        return super().args[0]


class Doubling(np.ndarray):
    def __getitem__(self, i):
        return super().__getitem__(i) * 2.0


@program(args=[(1.3, 0.7)])
def slots_of_a_parent(x, y):
    return Above(x, y).product() * Told(x * y, y).first()


@program(args=[(A,)])
def rows_that_a_class_gives(a):
    total = a[0, 0]
    for k, r in enumerate(a.view(Doubling)):
        total += k * np.sum(np.asarray(r) ** 2) + np.asarray(r)[1]
    return total * a.__copy__()[0, 1] + np.sum(a.__deepcopy__({}) * a) + np.float64(a[0, 1]).__copy__() ** 2


class Loud(dict):
    def __getitem__(self, k):
        return super().__getitem__(k) * 2.0

    def get(self, k, other=None):
        return super().get(k, other)


class Squares(list):
    def __getitem__(self, k):
        return super().__getitem__(k) * 2.0

    def __iter__(self):
        return (v * 3.0 for v in super().__iter__())

    def append(self, v):
        super().append(v * v)


@program(args=[(1.3, 0.7)])
def containers_of_a_parent(x, y):
    d, s = Loud(k=x, m=y), Squares([x])
    s.append(y)
    return d["k"] * d.get("m") + d.get("n", x) * d.setdefault("m", 1.0) + s[1] * sum(s) * s.pop()


@program(args=[(1.3, 0.7)])
def methods_of_a_class(x, y):
    xs = list.copy([x, y])
    list.append(xs, x * y)
    ys = dict.copy({"a": xs})
    return list.pop(xs) * sum(xs) + dict.get(ys, "a")[1] * x + object.__getattribute__(x, "real") * np.float64(y).__array__()


class Window:
    """Computes with the bounds of slices."""

    def __init__(self, value):
        self.value = value

    def __getitem__(self, i):
        if isinstance(i, tuple):
            return i[0] * i[1].start * i[1].stop * self.value
        return (i.start or 0.0) * 2.0 + i.stop * i.stop * self.value * (i.step or 1.0)

    def __setitem__(self, i, value):
        self.value = self.value * value * i.start + i.stop

    def __delitem__(self, i):
        self.value = self.value * i.start


@program(args=[(1.3, 0.7)])
def bounds_of_slices(x, y):
    w, v, s = Window(x), Window(y), slice(x, y)
    total = w[y:x] + w[y:x:x] * v[:x] + w[y, x:y] + w[s] * s.start + slice(y).stop * x
    for lo, hi in [(x, y), (y, 2.0)]:
        total += w[lo:hi:x * y]
    w[y:x] = y
    del w[x:]
    return total + w.value * y


@program(args=[(1.3, 0.7)])
def grids_between_numbers(x, y):
    p, q = np.mgrid[0:x:3j, 0:y:2j]
    total = np.sum(p * q) + np.sum(np.mgrid[-x:x:5j][1:3] ** 2) + np.sum(np.ogrid[0:x:3j, 0:y:2j][1])
    return total + np.sum(np.r_[0:x:3j, y, y:x:2j] * np.arange(6.0))


@program(args=[(A,)], order=2)
def elements_of_flat(a):
    total = 0.0
    for v in a.flat:
        total += v * v * v
    for k, v in enumerate(a.T.flat):
        total += k * v * v
    total += sum(p * q for p, q in zip(a.flat, (a * 2.0).flat))
    first, second, *rest = a.flat
    return total + first * rest[2] + second * list(a[1].flat)[2] + {i: v * v for i, v in np.ndenumerate(a)}[1, 1]


@program(args=[(A,)])
def functions_of_flat(a):
    total = sum(a.flat) * a[0, 0] + max(a.flat) * math.fsum(a.flat) + math.prod(a[0].flat) + sorted(a.flat)[1] ** 2
    total += np.sum(np.sin(a.flat)) + np.dot(a.flat, np.arange(6.0)) + np.mean(a.flat) * np.max(a.flat)
    total += np.sum(np.array(a.flat) ** 2) + a.flat.copy()[3] * np.asarray(a.T.flat)[1] + np.fromiter(a.flat, float)[2] ** 2
    return total + sum(i * v + j * v * v for (i, j), v in np.ndenumerate(a.T)) + a.flat.base[0, 1] ** 2


@program(args=[(A,)])
def flat_step_by_step(a):
    steps = a.flat
    total = next(steps) * next(steps)
    total += sum(steps) * steps.base[0, 0] + next(steps, a[0, 1]) ** 2
    for v in a.flat:
        if v < 0.0:
            continue
        if v > 1.0:
            break
        total += v * v
    again = iter(a.flat)
    next(again)
    return total + 3.0 * sum(v * next(again) for v in again if v < 0.5)


@program(args=[(A,)])
def flat_while_it_changes(a):
    b, total = a * 2.0, 0.0
    for k, v in enumerate(b.flat):
        b.flat[k] = v * v
        total += b.flat[k] * v
    c = a.copy()
    for v in c.flat:
        c[1, 2] += v
        total += v * v
    total += sum(z.real * z.imag for z in (a * (1.0 + 2.0j)).flat)
    return total + b.sum() + c[1, 2] + np.array(a[0, 0] * 3.0).flat[0] ** 2
