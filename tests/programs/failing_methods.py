"""Methods of operators, attributes and indices that write to something, and raise what the caller catches."""

from __future__ import annotations

from collections import UserList

from .table import program


class Log(list):
    def __add__(self, x):
        self.append(x)
        if x > 2:
            raise ValueError
        return x * 2

    def __iadd__(self, x):
        self.append(x * x)
        if x > 2:
            raise KeyError
        return self


class Box:
    def __init__(self, x):
        self.d = {}
        self.x = x
        self.log = []

    def __getitem__(self, k):
        self.log.append(self.x * k)
        return self.d[k]

    def __setitem__(self, k, v):
        self.log.append(v)
        if v < 0:
            raise ValueError(v)
        self.d[k] = v

    def __delitem__(self, k):
        self.log.append(self.x)
        del self.d[k]

    @property
    def p(self):
        self.log.append(self.x * 3)
        if self.x > 1:
            raise AttributeError("p")
        return self.x

    @p.setter
    def p(self, v):
        self.x = v
        if v > 5:
            raise ValueError(v * 2)

    @p.deleter
    def p(self):
        self.x = self.x * 2
        raise TypeError

    def __getattr__(self, name):
        self.log.append(self.x * 7)
        raise AttributeError(name)

    def logged(self):
        return sum(v * (i + 1) for i, v in enumerate(self.log))


class Checked:
    """A descriptor that does not take every value."""

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, obj, cls=None):
        return self if obj is None else getattr(obj, self.name) * 2

    def __set__(self, obj, v):
        if v < 0:
            raise ValueError("negative")
        setattr(obj, self.name, v + 1)

    def __delete__(self, obj):
        delattr(obj, self.name)


class Measured:
    a = Checked()
    b = Checked()

    def __init__(self, x):
        self.a = x
        self.b = x * x


@program([(1.3,)])
def operators(x):
    log = Log()
    r = 0.0
    for v in (x, 3.0, x * x):
        try:
            r += log + v * x
        except ValueError:
            r *= x
    try:
        log += 3 * x
    except KeyError:
        r += log[-1]
    return r + sum(v * (i + 1) for i, v in enumerate(log))


@program([(1.3,)])
def indices(x):
    b = Box(x)
    r = 0.0
    for k in range(3):
        try:
            b[k] = x * (1 - k)
            r += b[k] * b[k + 1]
        except KeyError as e:
            r = r * x + e.args[0]
        except ValueError as e:
            r += e.args[0] * 5
        else:
            r = -r
        finally:
            b.log.append(r)
    try:
        del b[77]
    except KeyError:
        r *= x
    return r + b.logged()


@program([(1.3,)])
def attributes(x):
    b = Box(x)
    r = 0.0
    try:
        b.p = 6 * x
    except ValueError as e:
        r += e.args[0]
    try:
        del b.p
    except TypeError:
        r += b.x
    try:
        r += b.p
    except AttributeError:      # after __getattr__ was asked as well
        r *= 2
    m = Measured(x)
    m.a += x
    try:
        m.b = -x
    except ValueError:
        m.b = m.a * 3
    r += m.a * m.b
    del m.a
    return r + b.logged() + hasattr(m, "_a")


def part_of(b, k):
    try:
        return b[k] * b[k + 9]
    except KeyError:
        b.log.append(b.x)
    return b.x


@program([(1.3,)])
def inside_callees(x):
    b = Box(x)

    def inner(k):
        b[k] = x * k
        return b[k + 1] * 2

    r = 0.0
    for k in range(2):
        try:
            r += inner(k)
        except KeyError:
            r += part_of(b, k) * x
    words = UserList([x, 1.0])
    words += [x * x]
    for v in words:             # by indices, until one is out of range
        r = r * x + v
    return r + b.logged()
