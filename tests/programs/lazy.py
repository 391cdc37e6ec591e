"""Generator expressions that are kept for later: bound, handed on, returned, consumed in part."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np

from .table import program


def weighted(items, w):
    """Consumes what it gets."""
    total = 0.0
    for v in items:
        total += v * w
    return total


def powers(x, y):
    """Returns a generator expression over its own variables."""
    return (t * y for t in (x, y) if t > 0)


@program([(1.3,)], order=2)
def consumed_in_part(x):
    g = (v * v for v in [x, 2 * x, 5.0])
    first = next(g)
    return first + 3 * next(g) * x


@program([(1.3,)], order=2)
def handed_on_and_returned(x):
    return weighted((v * x for v in [x, 2.0]), x) + sum(powers(x * 2, x)) + sum(powers(3.0, x))


@program([(1.3,)])
def late_binding(x):
    a = x
    g = (v * a for v in [1.0, 2.0, x])
    first = next(g)
    a = x * x
    second = sum(g)
    for k in range(3):
        h = (v * k * x for v in [x, 2.0])
        second += next(h) + weighted(h, x)
    return first + second


@program([(1.3,)])
def one_in_another(x):
    rows = ((a * b for b in [x, 1.0]) for a in [x, 2.0])
    pairs = (a * b * x for a in [x, 2.0] for b in [a, 3.0] if b > 1)
    return sum(sum(row) for row in rows) + next(pairs) + sum(pairs)


@program([(1.3,)])
def binds_a_name_around_it(x):
    g = ((last := v * x) for v in [1.0, x])
    s = next(g)
    s = s * last
    next(g)
    return s + last


@program([(1.3,)])
def runs_when_it_is_asked(x):
    log = []

    def note(v):
        log.append(v * x)
        return v

    g = (note(v) for v in itertools.count(1))
    next(g)
    next(g)
    return sum(log) + next((v for v in [x, 2 * x] if v > 1.7 * x), x)


@program([(1.3,)])
def given_to_the_library(x):
    xs = [x]
    xs.extend(v * x for v in [2.0, x])
    table = {}
    table.update((k, k * x) for k in range(3))
    rows = zip((v * x for v in [1.0, 2.0]), (v + x for v in [1.0, 2.0, 3.0]))
    total = sum(a * b for a, b in rows) + functools.reduce(lambda a, b: a * b, (v + x for v in [1.0, 2.0, 3.0]))
    total += max(*(v * x for v in [1.0, 2.0]), x) + math.hypot(*(v * x for v in (3.0, 4.0)))
    total += (v for v in [x, 2 * x]).__next__() * sum(itertools.chain((v * x for v in [1.0, x]), (v for v in [x, x])))
    return total + xs[0] * xs[1] * xs[2] + table[1] * table[2]


@program([(np.array([[1.0, 2.0], [0.5, 3.0]]),)])
def over_rows(a):
    norms = (math.sqrt(row @ row) for row in a)
    return next(norms) * next(norms, 1.0) * sum(norms, a[0, 0])


class Grid:
    """Methods with generator expressions over attributes, of a mangled name among them."""

    def __init__(self, h):
        self.__h, self.steps = h, [1.0, 2.0]

    def points(self):
        return (self.__h * s for s in self.steps)

    def total(self):
        it = (p * self.__h for p in self.points())
        yield from it


@program([(1.3,)])
def of_methods(x):
    grid = Grid(x)
    grid.steps.append(x)
    points = grid.points()
    first = next(points)
    grid.steps.append(2 * x)
    return first * sum(points) + sum(grid.total())


@program([(1.3,)])
def left_by_an_exception(x):
    seen = []
    g = (seen.append(v * x) or 1.0 / (v - 2.0) for v in [1.0, x, 2.0, 3.0])
    total = 0.0
    try:
        for v in g:
            total += v * x
    except ZeroDivisionError:
        total *= x
    return total + sum(seen) + next(g, x)


# -- iterators that are consumed in several places ------------------------------------------------------------------


@program([(1.3,)])
def first_and_rest(x):
    it = iter([x, 2 * x, 3.0, x * x])
    best = next(it)
    for v in it:
        best = best + v * best
    rows = enumerate([1.0 * x, x, 2.0 * x, 5.0])
    _, first = next(rows)
    for j, v in rows:
        best += v * first * j
    return best


@program([(1.3,)])
def asked_inside_a_loop(x):
    listed = iter([1.0 * x, x, 2.0 * x, 5.0, 6.0, 7.0])
    made = (v * x for v in [1.0, x, 2.0 * x, 5.0, 6.0, 7.0])
    total = 0.0
    for a in listed:
        total += a * next(listed)
    for a in made:
        total += a * next(made)
        if total > 30:
            break
    return total + sum(made) * next(listed, x)


@program([(1.3,)])
def in_pairs(x):
    listed = iter([1.0 * x, x, 2.0 * x, 5.0, 6.0, 7.0])
    made = (v * x for v in [1.0, x, 2.0 * x, 5.0, 6.0, 7.0])
    total = sum(a * b * b * c for a, (b, c) in zip(listed, zip(listed, listed)))
    total += next(made) * sum(map(lambda a, b: a * b * b, *[made] * 2))
    numbered = (v * x for v in [1.0, x, 2.0 * x, 5.0])
    return total + sum(a * b * k for a, (k, b) in zip(numbered, enumerate(numbered)))


@program([(1.3,)])
def ended_already(x):
    log = [x]

    def two():
        yield 1.0
        log.append(3 * x * x)

    g = two()
    rows = zip(g)
    next(rows)
    log.append(2 * x)
    next(rows, None)            # what the generator runs now is undone now
    log.append(next(g, x * x))
    for v in g:
        log.append(v)
    g.close()
    try:
        next(rows)
    except StopIteration:
        log.append(4 * x)
    return sum((k + 1) * v for k, v in enumerate(log)) + sum(g)


@program([(1.3,)])
def tee_and_groupby(x):
    a, b = itertools.tee(v * x for v in [1.0, x, 2.0 * x, 5.0])
    next(b)
    total = sum(p * q * x for p, q in zip(a, b))
    for k, group in itertools.groupby([x, x * x, 2.0, 3.0, -x, 5.0], lambda v: v > 0):
        first = next(group)
        total += first * sum(group, 1.0) * (2 if k else 3)
    late = [(k, group) for k, group in itertools.groupby([1.0, 1.0, x, x, 3.0])]
    return total + sum(k * x for k, _ in late) + sum(sum(group) for _, group in late)


@program([(0.7, [1.0, -0.4, 0.3, 2.0])])
def filtered_and_mapped(a, xs):
    seen = []

    def note(x):
        seen.append(x * a)
        return x > 0.0
    ys = list(map(lambda v: v * a + len(seen), filter(lambda x: note(x), xs)))
    zs = sum(filter(lambda v: v * a > 0.5, xs)) * a
    v = 2.0
    ws = list(map(lambda x: x * v, filter(lambda v: v < 1.0, ys)))
    us = [*filter(None, [0.0, a, 1.0])]
    return sum(y * y for y in ys) + zs + sum(seen) + sum(ws) + us[0]
