"""Parts of Python's library that values flow through: copy, random, operator, statistics."""

import copy
import functools
import operator
import random
import statistics
from collections import defaultdict, namedtuple

import numpy as np

from .table import program

Pair = namedtuple("Pair", "first second")


class Body:
    """An object that holds a number, a list and an array."""

    def __init__(self, mass):
        self.mass = mass
        self.path = [mass, 2.0]
        self.state = np.array([mass, 1.0])


class Slotted:
    """An object without a dict."""

    __slots__ = ("mass", "path")

    def __init__(self, mass):
        self.mass = mass
        self.path = [mass * mass]


class Cloned:
    """An object that says how it is copied."""

    def __init__(self, value):
        self.value = value

    def __copy__(self):
        return Cloned(self.value * 2.0)

    def __deepcopy__(self, memo):
        return Cloned(self.value * 3.0)


@program(args=[([1.0, 2.0, 3.0],)])
def shallow_copies_share_elements(xs):
    rows = [xs, [4.0]]
    again = copy.copy(rows)
    again[0] = [xs[0] * 5.0]
    again[1][0] = xs[1] * xs[1]
    return sum(rows[0]) * rows[1][0] + again[0][0]


@program(args=[([1.0, 2.0, 3.0],)])
def deep_copies_share_nothing(xs):
    rows = {"xs": xs, "more": [xs, (xs[0], [xs[1]])]}
    again = copy.deepcopy(rows)
    again["xs"][0] = again["xs"][0] * xs[2]
    again["more"][1][1][0] = 7.0 * xs[1]
    return sum(xs) * again["more"][0][0] + rows["more"][1][1][0] * again["more"][1][1][0] + again["xs"][1] ** 2


@program(args=[(1.5,)])
def copied_objects(x):
    a = Body(x)
    b = copy.copy(a)
    c = copy.deepcopy(a)
    b.mass = b.mass * 3.0
    b.path[0] = b.path[0] * x
    c.path[1] = c.path[0] * c.mass
    return a.mass * b.mass + a.path[0] * c.path[1] + np.sum(c.state * b.state)


@program(args=[(1.5,)])
def copied_slots_and_tuples(x):
    s = Slotted(x)
    t = copy.copy(s)
    u = copy.deepcopy(Pair(s, [s, x]))
    t.path[0] = t.path[0] * x
    u.first.mass = u.first.mass * 2.0
    return s.path[0] * u.second[0].mass + u.first.path[0] * t.mass + u.second[1]


@program(args=[(1.5,)])
def own_ways_to_copy(x):
    c = Cloned(x)
    return copy.copy(c).value * copy.deepcopy([c])[0].value * c.value


@program(args=[(1.5,)])
def copied_defaultdict(x):
    d = defaultdict(list)
    d["a"].append(x * x)
    e = copy.deepcopy(d)
    e["b"].append(x)
    e["a"][0] *= 2.0
    return d["a"][0] * e["a"][0] + e["b"][0] * len(d)


@program(args=[([1.0, 2.0, 3.0], 0.5)])
def draws_of_elements(xs, t):
    rng = random.Random(5)
    chosen = rng.choice(xs) * t + sum(rng.sample(xs, 2)) + sum(rng.choices([t, t * t, xs[0]], [1, 2, 3], k=4))
    order = [xs[0], xs[1] * t, xs[2]]
    rng.shuffle(order)
    return chosen * order[0] + 2.0 * order[1] + rng.random() * t + rng.randint(1, 6) * t


@program(args=[(0.7, 1.5)], order=2)
def draws_that_move_with_their_parameters(a, b):
    random.seed(3)
    total = random.uniform(a, b) * random.gauss(a, b) + random.normalvariate(b, a) + random.lognormvariate(a, b)
    return total + random.expovariate(a) * random.paretovariate(b) + random.weibullvariate(a, b) * random.gauss(a, 1.0)


@program(args=[([3.0, 1.0, 2.5, 7.0, 2.2],)])
def summary(data):
    slope, intercept = statistics.linear_regression(data, data[::-1])
    spread = statistics.stdev(data) * statistics.pvariance(data, statistics.mean(data))
    normal = statistics.NormalDist.from_samples(data)
    return slope * intercept + spread + normal.inv_cdf(0.3) * normal.pdf(2.0)\
        + statistics.median(data) + sum(statistics.quantiles(data))


@program(args=[([3.0, 1.0, 2.5],)])
def means_of_iterators(data):
    return statistics.fmean(map(lambda v: v * v, data)) * statistics.mean(reversed(data)) + statistics.harmonic_mean(iter(data))


@program(args=[(1.5,)])
def operators_that_store(x):
    items = [x, 2.0, 3.0]
    operator.setitem(items, 1, x * x)
    operator.delitem(items, 0)
    items = operator.iconcat(items, [x * x])
    items[0] = items.pop() * items[0]
    return items[0] * items[1] + sum(operator.concat(items, [x])) + operator.mul(x, x)


class Scaled:
    """A class with a method made of another one."""

    def __init__(self, factor):
        self.factor = factor

    def scale(self, a, b):
        return a * b * self.factor

    triple = functools.partialmethod(scale, 3.0)


@program(args=[(1.5,)])
def partial_methods(x):
    return Scaled(x * x).triple(x) + functools.cache(lambda t: t * x)(x)
