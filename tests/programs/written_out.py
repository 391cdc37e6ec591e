"""Nested functions that are only called, and functions that are given functions: both may be written out in their callers."""

from __future__ import annotations

import math

from .table import program


def newton(f, df, x, n=12):
    for _ in range(n):
        x = x - f(x) / df(x)
    return x


def heun(f, y, t, h, n):
    for _ in range(n):
        k = f(t, y)
        l = f(t + h, [u + h * v for u, v in zip(y, k)])
        y = [u + h / 2 * (v + w) for u, v, w in zip(y, k, l)]
        t += h
    return y


def cube(x):
    return x * x * x


def kept(f, x, where):
    where.append(f)
    return f(x) + where[-1](x * 2)


def until(f, x, limit):
    n = 0
    while True:
        y = f(x)
        if abs(y) > limit:
            return y, n
        x, n = y + x, n + 1


@program([(0.3, 1.2), (0.5, 2.0)], order=2)
def root_of_a_closure(a, b):
    def f(x):
        return x**3 + a * x - b
    return newton(f, lambda x: 3 * x * x + a, 1.0) * b


@program([(0.7, 1.3)])
def system_of_equations(a, b):
    def rates(t, y):
        u, v = y
        return [a * u - b * u * v * math.cos(t), -v + u * v]
    y = heun(rates, [1.0, 0.5], 0.0, 0.1, 6)
    return y[0] * y[1]


@program([(0.7, 1.3)], order=2)
def sums_in_a_closure(a, b):
    total, count = a, 0

    def add(x):
        nonlocal total, count
        before = total
        total = total * b + x
        count += 1
        return before

    s = 0.0
    for k in range(4):
        s += add(a * k) * total     # total as it is after the call
    return s + total * count


@program([(0.7, 1.3)], order=2)
def given_what_it_rebinds(a, b):
    total = a

    def double(x):
        nonlocal total
        total = 2.0 * x * b
        return x        # still what was given

    return double(total) * total + double(total * a) * total


@program([(0.7, 1.3)], order=2)
def bound_anew_between_calls(a, b):
    scale = a
    times = lambda x: x * scale     # noqa: E731
    first = times(b)
    scale = b * b
    second = times(a)
    for scale in (a, 2.0, b):
        second += times(second)
    return first * second


@program([(0.7, 1.3)], order=2)
def two_over_one_variable(a, b):
    x = a

    def up(y):
        nonlocal x
        x += y * y

    def read():
        return x * b

    for k in range(3):
        up(read() + k)
    return read() + x


@program([(0.7, 1.3)])
def called_and_kept(a, b):
    fs = []

    def f(x):
        return x * scale + a
    scale = b
    first = f(a)
    y = kept(f, b, fs)
    scale = a * b
    return y * first + fs[0](1.0)


@program([(0.7, 1.3)], order=2)
def names_of_both(a, b):
    x, t, items = a * b, b, a

    def f(a, t):
        items = [a, t * x]
        x_1 = items[0] * b
        return x_1 + items[1]
    return f(b, a) + f(t, x) * items


@program([(0.7, 1.3), (2.0, 3.0)])
def one_that_raises(a, b):
    seen = a

    def root(x):
        nonlocal seen
        seen = seen * x
        if x < 0.5:
            raise ValueError(x)
        return math.sqrt(x - 0.5)

    s = 0.0
    for x in (a, 0.1 * a, b):
        try:
            s += root(x)
        except ValueError:
            s += seen * 2.0
    return s * seen


@program([(0.7, 1.3)])
def global_functions(a, b):
    y, n = until(cube, a, 50.0)
    z, m = until(math.exp, b, 20.0)
    return y * n * a + z * m


@program([(0.7, 1.3)])
def one_in_a_branch(a, b):
    if a > 0.5:
        def f(x):
            return x * a
        s = f(b)
    else:
        def f(x):
            return x - a
        s = f(a)
    return s + f(s)


@program([(0.7, 1.3)])
def helpers_of_helpers(a, b):
    def g(x):
        return x * a + offset(x)

    def offset(x):
        return b / (1.0 + x * x)

    def twice(f, x):
        return f(f(x))
    return twice(g, b) + g(a)


@program([(0.7, 1.3)])
def words_and_numbers(a, b):
    def f(x, y, z):
        return (x - y) * z * a
    return f(a, z=b, y=2.0) + f(z=1.0, y=a, x=b)


@program([(4, 0.7), (1, 1.3)])
def one_that_calls_itself(n, a):
    def f(k):
        return a if k == 0 else f(k - 1) * a + k
    return f(int(n))


@program([(0.7, 1.3)])
def made_in_a_loop(a, b):
    s = 0.0
    for k in range(3):
        c = a * k

        def f(x):
            return c * x + k
        s += f(b) + newton(lambda x: x * x - c - 1.0, lambda x: 2 * x, b, 4)
        c = b
        s += f(a)
    return s


@program([(0.7, 1.3)], order=2)
def functions_that_capture_functions(a, b):
    def offset(x):
        return b / (1.0 + x * x)

    def g(x):
        return x * a + offset(x)

    def twice(f, x):
        return f(f(x))

    s = 0.0
    for k in range(3):
        s += twice(g, b * k) + offset(s)
        b = b * a       # also for `offset`
    return s


@program([(0.7, 1.3)])
def captured_by_one_that_stays(a, b):
    def inner(x):
        return x * a

    def outer(x):
        return inner(x) + b

    again = outer
    kept = [lambda x: inner(x) * 2.0, outer]
    inner_too = inner
    return outer(a) * inner(b) + kept[0](b) + kept[1](a) + again(b) + inner_too(a)


@program([(0.7, 1.3)])
def one_name_after_another(a, b):
    s, f = 0.0, None
    for k in range(3):
        if f is not None:
            s += f(b)       # that of the round before
        c = a * k

        def g(x):
            return x * c + k
        f = g
        s += f(a)
    return s
