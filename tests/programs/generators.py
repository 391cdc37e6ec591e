"""Generators: elements on demand, side effects in order, values sent in, iterators written as classes, itertools."""

from __future__ import annotations

import contextlib
import functools
import itertools
import math

import numpy as np

from .table import program


def two(x):
    yield x
    yield x * x


def growing(x):
    while True:
        x = x * 1.1
        yield x


@program([(1.5,)], order=2)
def summed(x):
    return sum(two(x))


@program([(1.5,)])
def looped_over(x):
    total = 1.0
    for k, v in enumerate(two(x)):
        total = total * v + k * x
    return total


@program([(1.5,)])
def asked_with_next(x):
    g = two(x)
    return next(g) * 10 + next(g) * x + next(g, x)


@program([(1.5,)])
def infinite_and_left_early(x):
    total = 0.0
    for v in growing(x):
        total += v * v
        if total > 50:
            break
    return total


def averager(x):
    total = 0.0
    count = 0
    while True:
        v = yield (total * x / count if count else x)
        if v is None:
            return total
        total = total + v * v
        count += 1


@program([(1.5,)])
def values_sent_in(x):
    g = averager(x)
    start = next(g)
    a = g.send(x)
    b = g.send(a * x)
    try:
        g.send(None)
    except StopIteration as e:
        end = e.value
    return start * a * b + end


def inner(x):
    y = yield x
    z = yield x * (y or 2)
    return x**3 + (z or 0)


def outer(x):
    r = yield from inner(x)
    yield r * 2
    yield from [x, 2 * x]
    yield from two(r)


@program([(1.5,)])
def delegation(x):
    return sum(v * v for v in outer(x))


@program([(1.5,)])
def sent_through_a_delegation(x):
    g = outer(x)
    a = next(g)
    b = g.send(a * x)
    c = g.send(b + x)
    return a * b * c + next(g)


@program([(1.5,)])
def shared_state(x):
    log = []

    def steps():
        for i in range(3):
            log.append(x * i)
            yield log[-1] * 2
            log[-1] = log[-1] * x

    total = x
    for v in steps():
        total = total * 1.5 + v * log[-1]
    return total + sum(log)


@program([(1.5,)])
def one_slot_written_in_turn(x):
    state = {"v": x}

    def steps():
        for _ in range(3):
            state["v"] = state["v"] * x
            yield
        state["v"] = state["v"] + x

    total = 0.0
    for _ in steps():
        total = total + state["v"] ** 2
        state["v"] = state["v"] * 0.5
    return total + state["v"]


@program([(1.5,)])
def one_slot_written_in_turn_with_next(x):
    state = [x]

    def steps():
        while True:
            state[0] = state[0] * x
            yield state[0]

    g = steps()
    a = next(g)
    state[0] = state[0] + a
    b = next(g)
    state[0] = state[0] * b
    return a * b + next(g) + state[0]


@program([(1.5,)])
def printing_in_order(x):
    def steps():
        print("start")
        yield x
        print("between")
        yield x * 2
        print("end")

    total = 0.0
    for v in steps():
        print("got one")
        total = total + v * v
    return total


@program([(1.5,)])
def closed_early(x):
    log = [x]

    def steps():
        try:
            yield log[0] * x
            yield log[0]
        finally:
            log[0] = log[0] * 10

    g = steps()
    y = next(g)
    g.close()
    return y + log[0] ** 2


@program([(1.5,)])
def an_exception_thrown_in(x):
    def steps():
        total = x
        while True:
            try:
                total = total * (yield total)
            except ValueError as e:
                total = total + e.args[0]

    g = steps()
    a = next(g)
    b = g.throw(ValueError(x * 3))
    c = g.send(b)
    return a + b * c


@program([(1.5,)])
def a_generator_that_raises(x):
    log = []

    def steps():
        for k in range(4):
            log.append(x * k)
            if k == 2:
                raise ValueError
            yield x * (k + 1)

    total = 0.0
    try:
        for v in steps():
            total = total * x + v
    except ValueError:
        total = total * log[-1]
    return total + sum(log)


@program([(1.5,)])
def return_value_by_stop_iteration(x):
    def steps():
        yield x
        return x * x

    g = steps()
    total = 0.0
    while True:
        try:
            total = total + next(g)
        except StopIteration as e:
            return total * e.value


class Growing:
    def __init__(self, x, n):
        self.x, self.n = x, n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        self.x = self.x * 1.3
        return self.x * self.x


@program([(1.5,)])
def an_iterator_class(x):
    it = Growing(x, 4)
    total = 0.0
    for v in it:
        total = total + v * it.x
    return total


@program([(1.5,)])
def an_iterator_class_asked_with_next(x):
    it = Growing(x, 2)
    return next(it) + next(it) * 3 + sum(Growing(x, 3)) + max(Growing(x, 2))


@program([(1.5,)])
def an_iterator_class_in_zip(x):
    it = iter(Growing(x, 5))
    first = next(it)
    return sum(a * b for a, b in zip(it, growing(x))) * first


class Tree:
    def __init__(self, value, *children):
        self.value, self.children = value, children

    def __iter__(self):
        yield self.value
        for c in self.children:
            yield from c

    def leaves(self):
        if not self.children:
            yield self
        for c in self.children:
            yield from c.leaves()


@program([(1.5,)])
def a_tree(x):
    t = Tree(x, Tree(x * 2, Tree(x * x)), Tree(3 * x))
    for leaf in t.leaves():
        leaf.value = leaf.value * x
    return sum(v * v for v in t) + sum(t) + list(t)[2]


def flat(nested, x):
    if isinstance(nested, tuple):
        for part in nested:
            yield from flat(part, x)
    else:
        yield nested * x


@program([(1.5,)])
def recursive_generators(x):
    return sum(flat(((1, 2), (3, (4, x))), x))


@program([(1.5,)])
def zipped(x):
    return sum(a * b for a, b in zip(two(x), growing(x)))


@program([(1.5,)])
def zipped_with_state(x):
    state = [x]

    def steps():
        for _ in range(3):
            state[0] = state[0] * x
            yield state[0]

    total = 0.0
    for k, (a, b) in enumerate(zip(steps(), growing(x))):
        total = total + a * b * state[0] + k
        state[0] = state[0] * 0.9
    return total * state[0]


@program([(1.5,)])
def unpacked(x):
    a, b = two(x)
    c, *d = two(b)
    return a * b + c * d[0]


@program([(1.5,)])
def eaten_by_functions(x):
    a = max(two(x)) + min(two(x)) + sorted(two(x))[0] * 2 + list(two(x))[1] + tuple(two(x))[0]
    b = math.fsum(two(x)) + math.prod(two(x)) + np.sum(np.array(list(two(x)))) + functools.reduce(lambda p, q: p * q + x, two(x))
    return a * b + dict(zip("ab", two(x)))["b"]


@program([(1.5,)])
def eaten_by_lists(x):
    items = [x]
    items.extend(two(x))
    items += two(2 * x)
    items[1:2] = two(x)
    return sum(v * (k + 1) for k, v in enumerate(items))


def product_of(a, b):
    return a * b


@program([(1.5,)])
def eaten_by_calls(x):
    return product_of(*two(x)) + sum([*two(x), *two(2 * x)])


@program([(1.5,)])
def several_at_once(x):
    generators = [two(x), two(2 * x)]
    first = sum([next(g) for g in generators])
    second = sum([next(g) for g in generators])
    return first * second


@program([(1.5,)])
def mapped_lazily(x):
    seen = []

    def f(v):
        seen.append(v)
        return v * v

    m = map(f, growing(x))
    a = next(m)
    b = next(m)
    return a * b + sum(seen)


@program([(1.5,)])
def filtered(x):
    return sum(filter(lambda v: v > 2, two(x))) + sum(map(lambda a, b: a * b, two(x), growing(x)))


@program([(1.5,)])
def from_itertools(x):
    a = sum(itertools.islice(growing(x), 3)) + sum(itertools.islice(growing(x), 1, 6, 2))
    b = sum(itertools.chain(two(x), two(2 * x))) + sum(itertools.chain.from_iterable([two(x), [x]]))
    c = sum(itertools.takewhile(lambda v: v < 3, growing(x))) + sum(itertools.dropwhile(lambda v: v < 2, two(x)))
    d = list(itertools.accumulate(two(x)))[-1] + list(itertools.accumulate([x, x, 2.0], lambda p, q: p * q))[-1]
    return a * b + c * d


@program([(1.5,)])
def more_from_itertools(x):
    a = sum(itertools.starmap(product_of, [(x, 2.0), (3.0, x)])) + sum(itertools.compress([x, 2 * x, 3 * x], [1, 0, 1]))
    b = sum(p * q for p, q in itertools.product([x, 2.0], two(x)))
    b += sum(p * q for p, q in itertools.combinations([x, 2 * x, 3.0], 2))
    c = sum(v for v, _ in zip(itertools.count(x, x), range(3))) + sum(v for v, _ in zip(itertools.cycle([x, 2.0]), range(3)))
    d = sum((p or 0) * (q or x) for p, q in itertools.zip_longest([x, x, x], two(x))) + sum(itertools.repeat(x, 3))
    return a * b + c * d + sum(p * q for p, q in itertools.permutations([x, 2.0], 2))


@contextlib.contextmanager
def scaled(state, x):
    old = state["v"]
    state["v"] = old * x
    try:
        yield state["v"] * 2
    finally:
        state["v"] = old + state["v"]


@program([(1.5,)])
def a_context_manager_from_a_generator(x):
    state = {"v": x}
    with scaled(state, x) as k:
        y = k * state["v"]
    return y + state["v"]


@program([(1.5,)])
def an_exception_in_a_context_from_a_generator(x):
    state = {"v": x}
    y = x
    try:
        with scaled(state, x) as k:
            y = y * k
            raise ValueError
    except ValueError:
        y = y * state["v"]
    return y


@program([(np.array([1.0, 2.0, 3.0]),)])
def batches_of_an_array(a):
    def batches(n):
        for k in range(0, len(a), n):
            yield a[k:k + n] * (k + 1)

    total = 0.0
    for b in batches(2):
        total = total + np.sum(b * b)
    return total


@program([(1.5, 4)])
def newton_steps(x, n):
    def steps(y):
        while True:
            y = y - (y * y - x) / (2 * y)
            yield y

    before = x
    for k, y in enumerate(steps(x)):
        if k == n or abs(y - before) < 1e-12:
            break
        before = y
    return y * before


@program([(1.5,)])
def a_generator_in_an_object(x):
    class_like = {"g": growing(x)}
    total = 0.0
    for _ in range(3):
        total = total * x + next(class_like["g"])
    return total


@program([(1.5,)])
def never_started(x):
    g = growing(x)
    return x * x if g is not None else 0.0


@program([(1.5,)])
def pipelines(x):
    def squares(items):
        for v in items:
            yield v * v

    def sums(items):
        total = 0.0
        for v in items:
            total = total + v
            yield total * x

    return sum(sums(squares(itertools.islice(growing(x), 4))))


@program(args=[(0.8, 1.1)])
def zips_that_end_between_generators(x, y):
    log = [x]

    def grown(n, u):
        for k in range(n):
            log.append(log[-1] * u + k)
            yield log[-1] * u
        log.append(log[-1] * log[0])

    total = 0.0
    for a, b in zip(grown(3, x), grown(2, y)):
        total = total + a * b
        log[0] = math.sin(log[0])
    for a, b in zip(grown(3, x), [1.0, 2.0]):
        total = total + a * b
        log[0] = math.cos(log[0] * y)
    rows = zip(grown(4, y), grown(3, x), [1.0, 2.0])
    first = next(rows)
    return total + first[0] * first[1] + sum([v * (k + 1) for k, v in enumerate(log)])


@program(args=[(0.8, 1.1)])
def left_inside_a_try(x, y):
    kept = [x, y]

    def steps(u):
        for k in range(3):
            try:
                for j in range(2):
                    kept[j] = kept[j] * u
                    yield kept[j] * u + k
                    kept[j] = math.sin(kept[j])
            except KeyError:
                kept[0] = u
            kept[1] = kept[1] + u

    for v in steps(x):
        if v > 1.4:
            return v * kept[0] * kept[1]
    return kept[0]


class Scale:
    """Is gone through by its `__getitem__`."""

    def __init__(self, x):
        self.x, self.asked = x, 0.0

    def __getitem__(self, k):
        if k >= 3:
            raise IndexError(k)
        self.asked = self.asked + self.x
        return self.x * (k + 1)

    def __len__(self):
        return 3


@program(args=[(0.8,)])
def sequences_without_iter(x):
    scale = Scale(x)
    total = sum(scale) + max(scale)
    for v in scale:
        total = total + v * v
    a, b, c = scale
    second = [v * w for v, w in zip(scale, reversed(scale))][1]
    return total * scale.asked + a * b * c + sum(list(scale)) * next(iter(scale)) + second


def closing(x, log):
    try:
        yield x
        yield 2 * x
    finally:
        log.append("closed")
        log.append(x * x)


@program([(3.0,)])
def left_early_and_closed_at_once(x):
    log = []
    for v in closing(x, log):
        if v < 0:
            continue
        break
    log.append("after")
    return v * x + log[1] * x if log[0] == "closed" else v


@program([(3.0,)])
def left_early_but_held(x):
    log = []
    g = closing(x, log)
    for v in g:
        break
    log.append("after")
    w = next(g)
    g.close()
    return v * w + len(log) * log[2]


def first_of(x, log):
    for v in closing(x, log):
        return v * x


@program([(3.0,)])
def left_by_return(x):
    log = []
    y = first_of(x, log)
    log[1] *= x
    return y + log[1] * len(log)


class Counted:
    def __init__(self, x):
        self.x, self.open, self.a = x, 0, np.zeros(2)

    def __iter__(self):
        self.open += 1
        try:
            for k in range(5):
                yield self.x * k
        finally:
            self.open -= 1
            self.a[0] += self.x**2


@program([(3.0,)])
def left_early_in_its_iter(x):
    t = Counted(x)
    total = 0.0
    for _ in range(3):
        for v in t:
            total += v * t.a[0] * x
            if v > x:
                break
    return total * (1 + t.open) + t.a[0]


class Holder:
    def __init__(self, x, log):
        self.g = closing(x, log)

    def get(self):
        return self.g


@program([(3.0,)])
def left_early_but_held_by_an_object(x):
    log = []
    holder = Holder(x, log)
    for v in holder.get():
        break
    log.append("after")
    w = next(holder.g)
    holder.g.close()
    return v * w + len(log) * log[2]


def leaving(x, log):
    for v in closing(x, log):
        yield v * x
        if v > 5:
            break
    log.append(x)
    yield log[1] * x


@program([(3.0,)])
def left_early_by_another_generator(x):
    log = []
    return sum(leaving(x, log)) + log[2]
