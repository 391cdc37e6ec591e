"""Global names that functions bind, closures over what is bound anew, decorators, classes inside functions."""

import functools

from .table import program

total = 0.0
history = []
cache = None
scale = 2.0


def reset():
    global total, history, cache, scale
    total, history, cache, scale = 0.0, [], None, 2.0


def add(x):
    global total
    total += x
    history.append(total)
    return total


def read():
    return total * scale


@program(args=[(1.5, 2.0)])
def sums_in_a_global(x, y):
    reset()
    add(x)
    first = read()
    add(x * y)
    result = first * read() + total + sum(history) + add(y) * scale
    reset()
    return result


@program(args=[(1.5, 2.0)])
def every_way_to_bind_a_global(x, y):
    global total, scale, made
    total = x
    for total in (total * 2, y):
        scale = total * x
    (total, *rest), scale = [total * y, x, y], scale + total
    made = lambda t: t * total  # noqa: E731
    result = made(scale) + sum(rest)
    if (total := result * x) > 0:
        result += total
    del made
    result += "made" in globals()
    total = 3.0
    result *= total
    reset()
    return result


def lazily(x):
    global cache
    if cache is None:
        cache = {"value": x * x}
    return cache["value"]


@program(args=[(1.5, 2.0)])
def lazy_global(x, y):
    reset()
    a = lazily(x)
    b = lazily(y)
    cache["value"] = a * y
    result = a * b * lazily(y)
    reset()
    return result


@program(args=[(1.5, 4)])
def global_counter_in_a_recursion(x, n):
    global total

    def go(k):
        global total
        if k:
            total = total * x + k
            go(k - 1)

    total = x
    go(n)
    result = total * read()
    reset()
    return result


class Meter:
    def measure(self, x):
        global total
        total, self.last = total + x, total
        return self.last * total


@program(args=[(1.5, 2.0)])
def globals_bound_by_a_method(x, y):
    reset()
    m = Meter()
    m.measure(x)
    result = m.measure(y) + m.last * total
    reset()
    return result


def repeated(times):
    def decorate(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs):
            for _ in range(times):
                args = (f(*args, **kwargs), *args[1:])
            return args[0]
        return wrapper
    return decorate


class Remembering:
    def __init__(self, f):
        self.f, self.values = f, []

    def __call__(self, *args):
        self.values.append(self.f(*args))
        return self.values[-1]

    def __get__(self, obj, cls=None):
        return functools.partial(self, obj) if obj is not None else self


@repeated(3)
def grow(x, *, by=1.0):
    return x * by + 1


@program(args=[(1.5, 0.5)], order=2)
def decorators(x, y):
    @Remembering
    @repeated(2)
    def inner(t):
        return t * x

    a = inner(y)
    return inner(a) * grow(x, by=y) + sum(inner.values)


@program(args=[(1.5, 2.0)])
def closures_over_what_is_bound_anew(x, y):
    functions = []
    for k in range(3):
        v = x * k

        def f(t, w=v * y):
            return t * v + w

        functions.append(f)
        x = x + 0.1
    v = v * 2
    return sum(f(y) for f in functions)


@program(args=[(1.5, 2.0)])
def two_functions_of_one_cell(x, y):
    def make(start):
        state = {"n": 0}
        value = start

        def push(v):
            nonlocal value
            value, state["n"] = value * v, state["n"] + 1
            return pull

        def pull():
            return value * state["n"]

        return push, pull

    push, pull = make(x)
    other, _ = make(y)
    push(y)
    push(pull())
    return other(pull())() * pull()


@program(args=[(1.5, 2.0)], order=2)
def class_inside_a_function(x, y):
    class Line:
        """Methods close over variables of the function."""

        count = 0
        names = ("a", "b")

        def __init__(self, offset):
            self.offset = offset
            Line.count += 1

        def __call__(self, t):
            return x * t + self.offset

        @property
        def slope(self):
            return x * y

        @staticmethod
        def zero():
            return y

        @classmethod
        def at(cls, offset):
            return cls(offset * x)

    class Steeper(Line):
        def __call__(self, t):
            return super().__call__(t) * 2

    a, b = Line.at(y), Steeper(x)
    x = x * 1.0
    return a(y) * b(x) + a.slope * Line.zero() * Line.count + len(b.names)


@program(args=[(1.5, 2.0)])
def dataclass_inside_a_function(x, y):
    from dataclasses import dataclass

    @dataclass
    class Point:
        u: float
        v: float = 1.0

        def dot(self, other):
            return self.u * other.u + self.v * other.v * x

    return Point(x, y).dot(Point(y)) + Point(u=x * y).v


def model_class(rate):
    class Model:
        def __init__(self, w):
            self.w = w

        def step(self, g):
            self.w = self.w - rate * g
            return self
    return Model


@program(args=[(0.5, 2.0)], order=2)
def class_that_is_returned(rate, w):
    model = model_class(rate)(w)
    return model.step(w * w).step(model.w).w * rate


@program(args=[(1.5, 2.0)])
def exec_free_namespaces(x, y):
    handlers = {name: (lambda t, name=name: t * (x if name == "a" else y)) for name in ("a", "b")}
    compose = lambda *fs: functools.reduce(lambda f, g: lambda t: g(f(t)), fs)  # noqa: E731
    return compose(*handlers.values(), lambda t: t + 1)(x)


@program(args=[(1.5, 2.0)])
def names_that_nothing_is_bound_to(x, y):
    try:
        bound_by_nobody  # noqa: B018, F821
        x = 0.0 * x
    except NameError:
        x = x * x
    try:
        z = bound_by_nobody  # noqa: F821
        y = z * y
    except NameError:
        y = y * y * y
    return x * y
