"""Lists and dicts that callees make, return, fill and change, under several names."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from .table import program

KEPT: list = []


def scaled(a, xs):
    return [a * x for x in xs]


def dot(xs, ys):
    return sum(x * y for x, y in zip(xs, ys))


def counts(n):
    return [k for k in range(n)]


def put(xs, k, x):
    for _ in range(1):      # with a loop, it is not written out in its callers
        xs[k] = x


def added(xs, x):
    for _ in range(1):
        xs.append(x)
    return xs


@program([(0.7, [1.0, -0.4, 0.3]), (1.2, [0.2, 0.5])])
def returned_and_used(a, xs):
    ys = scaled(a, xs)
    zs = scaled(dot(ys, xs), ys)
    for _ in range(3):
        zs = scaled(0.9, [z + y for z, y in zip(zs, ys)])
    return dot(zs, ys)


@program([(0.7,), (1.3,)])
def one_list_of_two_names(a):
    xs = scaled(a, [1.0, 2.0])
    ys = xs
    put(ys, 0, a * a)       # also xs[0]
    return xs[0] * xs[1] + ys[0]


@program([(0.7,), (1.3,)])
def numbers_become_arrays(a):
    xs = scaled(a, [1.0, 2.0])
    rows = [xs, scaled(a, [3.0])]
    put(xs, 1, np.array([a, 2.0 * a]))
    return float(np.sum(rows[0][1] * rows[0][0])) + rows[1][0]


@program([(0.7,), (1.3,)])
def whole_numbers_become_others(a):
    ks = counts(3)
    js = ks if a > 1.0 else scaled(a, [1.0, 2.0, 3.0])
    put(js, 1, a * 2.5)       # it may be ks, too
    total = 0.0
    for k in ks:
        total += k * a
    return total + js[1]


@program([(0.7,), (1.3,)])
def whole_numbers_stay(a):
    js, xs = counts(3), scaled(a, [1.0, 2.0, 3.0])
    for j in js:
        xs[j] += a * j
        put(xs, 2 - j, xs[j] * a)
    return dot(xs, xs) + js[2]


def fill(out, a):
    inner = []
    out.append(inner)
    for x in (np.array([a, a * a]), a):
        inner.append(x)


@program([(0.7,), (1.3,)])
def filled_after_it_was_stored(a):
    out = [scaled(a, [1.0])]
    fill(out, a)
    total = 0.0
    for inner in out:
        for x in inner:
            total += np.sum(x) * a
    return float(total)


def remember(xs):
    KEPT[:] = [xs]
    return xs


def change(a):
    for xs in KEPT:
        xs[1] = "x"
        xs.append(np.array([a]))


@program([(0.7,), (1.3,)])
def changed_through_another_name(a):
    xs = remember(scaled(a, [1.0, 2.0]))
    before = xs[1]
    change(a)
    KEPT.clear()
    return before * xs[0] + (a if xs[1] == "x" else 0.0) + float(xs[2][0])


def pairs(n, a):
    out = [[] for _ in range(n)]
    for i in range(n):
        for j in range(i):
            out[i].append((j, a / (i + j)))
    return out, n


@program([(0.7,), (1.3,)])
def neighbours(a):
    total = 0.0
    for _ in range(2):
        near, n = pairs(4, a)
        where = [[a * i, 0.5 * i] for i in range(n)]
        push = [[0.0, 0.0] for _ in range(n)]
        for i, others in enumerate(near):
            for j, w in others:
                d = where[i][0] - where[j][0]
                push[i][0] += w * d
                push[j][1] -= w * d * d
        total += push[1][1] + push[3][0]
        push[0] = push[3]       # one row in two places
        push[0][1] += a
        total += push[3][1] * a
    return total


@program([(0.7,), (1.3,)])
def given_away_late(a):
    """A list made anew in each round, read under its other name before it is given away."""
    old, total = [a, a], 0.0
    for k in range(3):
        items = [a * k + x for x in old]
        out = items
        out[0] = out[1] * a
        total += items[0]
        old = added(out, a)[:2]
    return total + old[0]


def halves(xs):
    if len(xs) == 1:
        return xs[0]
    m = len(xs) // 2
    return [halves(xs[:m]), halves(xs[m:])]


def weight(tree, depth):
    return tree * depth if isinstance(tree, float) else sum(weight(t, depth + 1) for t in tree)


@program([([1.0, 0.5, 0.2, 0.1, 0.7],), ([0.3],)])
def nested_returns(xs):
    tree = halves(xs)
    return weight(tree, 1) * weight(tree, 2)


def state(x, v):
    return {"x": x, "v": v, "t": 0}


def moved(s, h):
    s["t"] += 1
    if s["t"] == 3:
        s["t"] = s["x"] * 0.5
        raise ValueError("late")
    return {**s, "x": s["x"] + h * s["v"]}


@program([(0.7, 0.2), (1.3, -0.4)])
def dicts_until_one_fails(x, v):
    s = state(x, v)
    for _ in range(5):
        try:
            s = moved(s, 0.1)
        except ValueError:
            break
    return s["x"] * s["x"] + s["t"] * s["v"]


def rates(t, y, p):
    s, i = y
    return [-p["b"] * s * i, p["b"] * s * i - p["g"] * i + 0.01 * t]


def heun(f, y, t, h, p):
    k = f(t, y, p)
    l = f(t + h, [a + h * b for a, b in zip(y, k)], p)
    return [a + h / 2 * (b + c) for a, b, c in zip(y, k, l)]


@program([({"b": 0.9, "g": 0.3}, 0.9), ({"b": 0.5, "g": 0.1}, 0.8)])
def solver_of_lists(p, s0):
    y, out = [s0, 1 - s0], []
    for n in range(4):
        y = heun(rates, y, 0.5 * n, 0.5, p)
        out.append(y)
    return max(s[1] for s in out) + math.log(out[-1][0])


@program([(0.7, 1.1), (0.2, 0.4)], order=2)
def twice_differentiable(a, b):
    xs = scaled(a, [1.0, b])
    ys = added(scaled(b, xs), a)
    put(xs, 0, ys[2] * b)
    return dot(xs, ys) * a


@program([(0.7, 1.1), (0.2, 0.4)], order=2)
def lists_taken_apart(a, b):
    xs = scaled(a, [1.0, b])
    s = 0.0
    for _ in range(3):
        u, v = xs
        xs[0], w = u * v + b, xs     # the same list under another name
        p, q = w
        s += p * q * u
        xs = [v, u] if s > 1.0 else [p, s]
        v, xs = xs
        xs = [v, xs]
    return s * xs[0] + xs[1]


@program([(0.7, 1.1), (0.2, 0.4)])
def lists_of_arrays_taken_apart(a, b):
    xs = scaled(a, [np.array([1.0, b]), np.array([b, 2.0])])
    u, v = xs
    u *= b      # in place: what the list holds, too
    p, q = xs
    (r, t), s = u, 0.0
    try:
        u, v, w = xs
    except ValueError:
        s = r * t
    return float(np.sum(p * q) + np.sum(u * v)) * s


def reduced(xs):
    return sum(xs) + 2.0 * max(xs) * min(xs)


@program([(0.7, 1.1), (0.2, 0.4)], order=2)
def sums_of_queues(a, b):
    window, seen, s = deque(maxlen=3), {}, 0.0
    for k in range(6):
        window.append(math.sin(a * k + b))
        s += reduced(window) * a
        window[0] = s * b
        if (k % 2, "x") in seen:
            s += seen[k % 2, "x"]
        seen[k % 2, "x"] = max(tuple(window)) + sum(tuple(window))
    xs = list(window)
    s += reduced(xs)
    xs.insert(0, b)
    xs[1] = a
    return s * reduced(xs)


@program([(0.7, 1.1), (0.2, 0.4)])
def rows_and_pairs(a, b):
    rows = [[a, b], [b, a * b]]
    rows.append(rows[0])        # one row in two places
    points = [(a * i, (b, i + 1)) for i in range(3)]
    s = 0.0
    for row, (u, (v, i)) in zip(rows, points):
        row[0] += u * v
        s += row[0] * row[1] * i + u
    for i, p in enumerate(points):
        if i == 0:
            points[2] = (s, (a, 7))     # met later
        rows[i] = [p[0] * b, a]
        s += p[0] * p[1][0] * rows[0][0]
    for (u, v), row in zip(points, rows):
        rows[0] = row
        s += u * v[0] * row[0]
    return s + rows[0][0] * rows[2][1]
