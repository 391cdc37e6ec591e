"""Loops over `zip` and `enumerate`, of what has cotangents in different places."""

import numpy as np

from .table import program

V = np.array([0.5, -1.5, 2.0])
M = np.array([[1.0, 0.3, -0.2], [0.7, -0.4, 0.9], [0.1, 0.2, 0.3]])
XS = [0.3, 1.2, -0.7]


@program(args=[(XS, [1.5, 0.2, 0.9, 4.0], V, M)])
def all_sorts(xs, ys, v, m):
    s = 0.0
    for x, y in zip(xs, ys):
        s += x * y**2
    for x, a, row, i in zip(xs, v, m, range(5)):
        s += x * a * np.sum(row * v) + i * a
    for i, x in enumerate(xs):
        s += x**i * v[i]
    for i, a in enumerate(v, 1):
        if i == 3:
            break
        s = s + i * np.sin(a) * xs[i]
    return s + sum(x * y for x, y in zip(v, ys)) + sum([i * x for i, x in enumerate(xs)])


@program(args=[(XS, V)])
def lists_that_change_meanwhile(xs, v):
    s = 0.0
    for i, (x, a) in enumerate(zip(xs, v)):
        s += x * a
        xs[i] = s * x
        if i < 2:
            xs[i + 1] = xs[i + 1] + x
    for i, a in enumerate(v):
        v[i] = a * xs[i]
        s += a
    for x, a in zip(xs, v):
        xs = [x * p for p in xs]
        s += a * xs[0]
    return s + xs[2] + v[1]


@program(args=[(XS, V)])
def items_kept_or_ignored(xs, v):
    kept = []
    last = 0.0
    for pair in zip(xs, v):
        kept.append(pair)
    for pair in enumerate(xs):
        last = pair[1] * last + pair[0]
    for x, _ in zip(xs, v):
        last += x
    for _, (x, a) in enumerate(zip(xs, v)):
        if x < 0:
            continue
        last *= a + x
    try:
        for x, a in zip(xs, v):
            last += 1 / (x - x * (x < 0)) if x < 0 else a
    except ZeroDivisionError:
        last += xs[0]
    return kept[1][0] * kept[2][1] * last


@program(args=[(0.7, 4)])
def lists_of_its_own(a, n):
    xs, ys = [], [a] * n
    for i in range(n):
        xs.append(a * i)
    s = 0.0
    for x, y in zip(xs, xs[1:]):
        s += x * y
    for i, x in enumerate(xs):
        ys[i] = ys[i] * x + s
    for x, y in zip(xs, ys):
        if len(xs) < 6:
            xs.append(x * y * 0.1)
        s += x * y
    for _, x in enumerate(xs):
        s += xs.pop() * x
    return s + sum(ys)
