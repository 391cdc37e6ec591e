"""Arrays, lists and objects that are written to where control leaves early or goes back and forth: exceptions and generators."""

from __future__ import annotations

import numpy as np

from .table import program


@program([(0.7,), (1.5,)])
def stores_before_an_exception(x):
    a = np.array([x, 2 * x, x * x])
    b = a * 2
    try:
        a[0] = a[1] * a[2]
        b = b * a
        a[1] = x
        if x > 1:
            raise ValueError
        a[2] = 0.0
    except ValueError:
        a[2] = a[0] * x
    return np.sum(a * b)


def fill(a, x):
    a[0] = a[0] * x
    b = a * a
    a[1:] += b[0]
    if x > 1:
        raise ValueError
    a[:] = 0


@program([(0.7,), (1.5,)])
def a_callee_stores_before_it_raises(x):
    a = np.array([x, 2 * x, x * x])
    c = a * 3
    try:
        fill(a, x)
    except ValueError:
        a *= 2
    return np.sum(a * c)


@program([(1.5,)])
def a_loop_of_stores_runs_over_the_end(x):
    a = np.zeros(4)
    a[0] = x
    try:
        for i in range(5):
            a[i + 1 if i < 3 else 9] = a[i] * x + i
    except IndexError:
        a[0] = a[3]
    return np.sum(a * a)


def stepping(a, x):
    for i in range(3):
        a[i] = a[i] * x + (a[i - 1] if i else 0)
        yield a[i] * a[0]
        a[0] = a[0] * 1.1


@program([(1.5,)])
def a_generator_and_its_consumer_store_in_turn(x):
    a = np.array([x, 2 * x, x * x])
    total = x
    for v in stepping(a, x):
        total = total * a[1] + v
        a[1] = a[1] * 0.5
    return total + np.sum(a)


@program([(1.5,)])
def stores_between_two_steps(x):
    a = np.array([x, 2 * x, x * x])
    g = stepping(a, x)
    total = next(g)
    a[0] = total * x
    total += next(g)
    return total * a[0] + np.sum(a)


@program([(1.5,)])
def stores_in_a_context_and_finally(x):
    out = []
    for i in range(3):
        try:
            with np.errstate(all="ignore"):
                v = np.array([x, x * i])
                v[i] = v[0] * 3
                out.append(np.sum(v * v))
        except IndexError:
            out.append(x**i)
        finally:
            x = x + out[-1] * 0.1
    return sum(out) + x


@program([([1.0, 2.0], 1.5)])
def a_closure_writes_before_it_raises(xs, x):
    def inner():
        nonlocal x
        xs[0] = xs[1] * x
        x = x * 2
        if x > 2:
            raise KeyError("a")
        xs[1] = 5.0

    try:
        inner()
    except KeyError:
        xs.append(x * xs[0])
    return sum(xs) * x
