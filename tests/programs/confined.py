"""Lists and dicts that a function makes for itself: filled, read and overwritten by their places."""

from __future__ import annotations

import math

import numpy as np

from .table import program

V = np.array([0.5, -1.2, 2.0])


@program([(1.3, 0.7)], order=2)
def a_triangle_of_values(up, down):
    n = 6
    v = [max(up**j - down * j, 0.1) for j in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1):
            v[j] = max(0.6 * v[j + 1] + 0.3 * v[j], up - 0.2 * j)
    return v[0] * down


@program([(V, 0.4)], order=2)
def places_from_the_end(x, s):
    d = [x[i] * s for i in range(3)]
    for k in range(-1, 2):
        d[k] = d[k - 1] * d[k] + x[k]
        d[k - 1] = d[k] * s
    return d[0] + 2 * d[-1] + 3 * d[1]


@program([(0.8, 1.7)], order=2)
def two_names_of_a_list(a, b):
    v = [a, b, a * b]
    w = v
    for i in range(3):
        w[i] = v[i] * w[i - 1] + b
        v[2] = w[i] + 1.0
    return v[0] * w[2] - w[1]


@program([(0.8, 1.7)], order=2)
def swaps_and_overwritten_places(a, b):
    v = [a, 2.0 * b, 3.0]
    for i in range(2):
        v[i], v[i + 1] = v[i + 1], v[i]
        v[i] *= b
    v[0] = 5.0
    v[0] = v[0] + v[1] * v[2]
    v[1] = 0.0
    return v[0] + v[1] * a


@program([(0.8, 1.7)])
def numbers_where_there_were_none(a, b):
    v, d = [None] * 4, {}
    for i in range(4):
        v[i] = a * i if i % 2 else b
    for i, name in enumerate(("x", "y", "x")):
        d[name] = v[i + 1] if name not in d else d[name] * v[i]
    d["z"] = None
    d["z"] = d["x"] + a
    return d["x"] + d["y"] * d["z"] + sum(v)


@program([({"beta": 0.5, "sigma": 0.2},)])
def states_in_new_dicts(p):
    s = {"S": 0.9, "E": 0.1}
    worst = []
    for _ in range(5):
        flow = p["beta"] * s["S"] * s["E"]
        change = {"S": -flow, "E": flow - p["sigma"] * s["E"]}
        s = {k: v + 0.5 * change[k] for k, v in s.items()}
        worst.append(s["E"])
    return max(worst) + s["S"]


@program([(V, 1.1)])
def a_list_in_each_round(x, s):
    total = 0.0
    for i in range(3):
        row = [s] * 3
        for j in range(3):
            row[j] = row[j - 1] * x[j] + i
            if j == i:
                break
        total += row[i] * row[0]
    return total


@program([(V, 1.1)])
def arrays_in_places(x, s):
    hs = [x * s, x + s]
    for i in range(3):
        hs.append(np.tanh(hs[i] * hs[i + 1]))
        hs[i] = hs[-1] * s
    hs[0][1] = 2.0
    return np.sum(np.stack(hs)) + hs[0] @ hs[-1]


@program([(0.8, 1.7), (-0.8, 1.7)])
def places_and_exceptions(a, b):
    v = [a, b]
    for i in range(4):
        try:
            v[i % 3] = math.sqrt(v[0]) * b
            v.append(v[1] * a)
        except (IndexError, ValueError):
            v[0] = v[1] * v[0] * v[0]
    return sum(v)


@program([(0.8, 1.7)])
def moved_places(a, b):
    v = [a]
    for i in range(5):
        v.append(v[i] * b)
        if i == 2:
            v.pop(0)
            v.insert(1, a * v[0])
        v[i] = v[i] + 1.0
    v.reverse()
    del v[1]
    return v[0] * v[1] + v[-1]


@program([(0.8, 1.7)])
def filled_here_and_read_elsewhere(a, b):
    def made(n):
        out = []
        for i in range(n):
            out.append(a * i + b)
        out[1] = out[0] * out[2]
        return out

    v = made(3)
    v[0] = v[1] * a
    keep = [v, made(4)]
    keep[0][2] = keep[1][1]
    return sum(keep[0]) + v[2] * keep[1][3]


@program([(0.8, 1.7)])
def the_least_of_two_in_a_loop(a, b):
    low, high = a, b
    for i in range(3):
        low, high = min(low * 1.5, high), max(low, high - 0.2 * i)
    return low * high + max(1, a) + min(b, 2) * max(a, b, 1.0)


@program([(np.array([0.5, -1.2, 2.0, 0.7]),)])
def lists_of_numpys_that_change_later(x):
    parts = np.split(x, 2)
    more = np.array_split(x, 3)
    first = parts[0] * more[2]
    parts[0] = parts[1][:1] * 2
    parts.append(x)
    more.clear()
    more.append(first)
    return np.sum(first) + sum([np.sum(p) * (i + 1) for i, p in enumerate(parts)]) * more[0][1]


def through(held):
    """What comes out of here is of a kind that nobody knows."""
    return {"held": [held]}["held"].pop()


@program([({"a": 0.8, "b": 1.7}, 0.3)])
def a_state_in_a_dict(p, h):
    s, past = dict(x=0.5, y=through(1.0)), []
    for _ in range(3):
        flow = {"x": p["a"] * s["y"], "y": -p["b"] * s["x"] * s["y"]}
        s = {k: v + h * flow[k] for k, v in s.items()}
        past.append(s["x"])
        for k, v in s.items():
            if k == "y":
                s[k] = v * v
            s["x"] = s["x"] * 1.1 + v
    return sum(past) * s["y"] + past[-2] * s["x"]


@program([({"a": 0.8, "b": V, "c": 2.0}, 0.3)])
def items_of_several_kinds(p, h):
    grown = {}
    for k, v in p.items():
        grown[k] = v * h
        if k == "c":
            grown["d"] = [v, h]
    grown["b"][1] *= p["a"]         # an array in a dict of our own
    total = 0.0
    for k, v in grown.items():
        if k == "d":
            total += v[0] * v[1]
            v.append(h)
        else:
            total += np.sum(v * v)
    for k in grown:
        total += len(k) * h
    for k in p:
        total += np.sum(p[k])
    return total * grown["d"][2]


@program([(0.8, 1.7)])
def keys_that_are_numbers(a, b):
    d = {a: b, "k": a}
    d[b] = a * b
    d[3] = b * b
    total = 0.0
    for k, v in d.items():
        total += v * (1.0 if k == "k" else k)
    e = {k: v for k, v in d.items() if k != "k"}
    e[2] = a
    for k, v in e.items():
        total += k * v
    for k in e:
        total += k * e[k]
    return total


@program([(0.8, V)])
def lists_of_several_kinds(a, x):
    held = [a, x, None]
    held.append(x * a)
    held[2] = through(a) * 2.0
    held[-1] = held[-1] + held[0]
    x[0] = 5.0
    held[1][1] = a
    total = held[2] * held[0]
    for k, y in enumerate(held):
        if k % 2:
            total = total + np.sum(y * y)
    for y in held:
        total = total + np.sum(y) * a
    held[0], held[1] = held[1], held[0]
    total = total + held[0][2] * held.pop() @ held[0] + held.pop(1)
    return total


@program([(0.8, 1.7)], order=2)
def an_element_that_is_missing(a, b):
    d, total = {"x": through(a)}, 0.0
    for k in ("x", "y", "x"):
        try:
            u = d[k] * b
            total = total + u
            d[k] = u
        except KeyError:
            total = total * b
    return total + d["x"]


class Held:
    def __init__(self, items):
        self.items = items


def lengthen(items, x):
    items.append(x)
    items[0] = items[0] * x
    return items


@program(args=[(0.7, [1.0, -0.5, 0.3]), (1.3, [2.0])])
def given_away_when_it_is_done(x, c):
    held = []
    for k in range(3):
        out = [0.0] * (len(c) + 2)
        for i, a in enumerate(c):
            out[i + k % 2] += a * x
        out[-1] = out[0] * 2.0
        held.append(Held(out))
    more = [x * a for a in c]
    more[0] = more[0] + x
    longer = lengthen(more, x)
    longer[1] = longer[1] ** 2
    pair = [x, x * 2]
    pair[1] *= x
    both = pair, x
    both[0].insert(0, x**3)
    held[0].items[1] += 1.0
    held[1].items.sort()
    known = [x, x * x]
    alias = known
    held.append(Held(known))
    alias.append(x**3)
    alias[0] = np.array([x, 2.0])
    held[3].items[0] = np.sum(held[3].items[0] * alias[1])
    s = sum([sum(h.items) * (i + 1) for i, h in enumerate(held)])
    return s + sum(longer) * longer[0] + both[0][0] * both[0][2] + both[0][1]


@program(args=[(0.7, [1.0, -0.5, 0.3])])
def lists_are_repeated_and_joined(x, c):
    a = [x] * 3 + c
    b = 2 * [x, x * x]
    a[1] = a[1] * x
    b[0] = b[0] + a[3]
    d = a + b
    d[2] = d[8] * d[4]
    return sum(d) * d[2] + a[2] * b[1]


class Meddler:
    """Its operators change the list that they are given."""

    def __init__(self):
        self.got = None

    def __radd__(self, xs):
        xs[0] = xs[0] * xs[1]
        return 1.0

    def __eq__(self, xs):
        xs.insert(0, xs[0] * 5.0)
        return True

    __hash__ = None

    def __contains__(self, xs):
        xs[1] = xs[0] * xs[0]
        return False


@program(args=[(1.5, 2.0)])
def operators_of_others_are_given_the_list(x, y):
    m, xs, ys, zs = Meddler(), [x, y], [x, y], [x, y]
    s = 0.0
    for k in range(2):
        xs[k] = xs[k] * x
        ys[k] = ys[k] * y
        if ys == m:
            s += ys[k] * y
    t = xs + m
    if zs not in m:
        s += zs[1]
    return s * ys[0] * ys[1] + t * xs[0] * xs[1] + zs[0]


@program([(0.7, 1.3, [0.4, -0.6, 1.1])])
def lists_that_turn_out_to_be_handed_on(x, y, xs):
    a, b = math.sin(x), x * y
    d = {"k": a, "m": b}
    vec = np.array([a, b, x])[::-1]
    pair = [1, b]
    copied = pair[:]
    pair[0] = np.tanh(vec * x)
    d.setdefault("n", math.tanh(sum([v * vec[2] for v in xs[:3]])) * 1.3)
    return float(a + sum(xs) + sum([d[k] * 1.5 for k in d])
                 + sum([np.sum(v) * (k + 0.4) for k, v in enumerate(copied + pair)]))
