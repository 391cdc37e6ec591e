"""Lists and dicts among the arguments: what they hold when the function is called, and what is put into them later."""

from __future__ import annotations

import numpy as np

from .table import program

V = np.array([0.5, -1.2, 2.0])
W = np.array([[0.3, -0.7, 1.1], [0.2, 0.9, -0.4]])


def total(xs):
    out = 0.0
    for x in xs:
        out = out + np.sum(x)
    return out


def swell(xs):
    xs[0] = xs[0] * np.array([1.0, 2.0])
    return len(xs)


class Swelling:
    def __init__(self, xs):
        self.xs = xs

    def grow(self):
        self.xs[1] = np.array([1.0, 3.0]) * self.xs[1]


@program([([0.4, 1.5, -0.3], [1.1, 0.7, 2.0])])
def pairs_of_floats(xs, ys):
    out = 0.0
    for i, (x, y) in enumerate(zip(xs, ys)):
        out += x / y + i * x
    return out + sum(xs) * max(ys) - min(xs) + sum([x * y for x, y in zip(xs, ys)])


@program([([W, V[:2]], V)])
def layers_of_arrays(layer, x):
    w, b = layer
    return np.sum(np.tanh(w @ x + b) * layer[1]) + layer[-1][0] * sum(layer[0][1])


@program([({"layers": [{"W": W.T @ W, "b": V}, {"W": np.eye(3), "b": -V}], "scale": 1.5}, V)])
def dicts_in_lists_in_a_dict(model, x):
    for layer in model["layers"]:
        x = np.tanh(layer["W"] @ x + layer["b"])
    return np.sum(x) * model["scale"]


@program([({"a": 0.4, "b": 1.3},)])
def items_and_values(d):
    out = 0.0
    for k, v in d.items():
        out += v * (2.0 if k == "a" else v)
    for v in d.values():
        out += v**3
    return out + d.get("a", 1.0) * d["b"]


@program([([(0.4, 2), (1.5, 3), (0.3, 1)],)], integers=True)
def tuples_in_a_list(pairs):
    out = 0.0
    for x, n in pairs:
        out += x**n
    return out + pairs[0][0] * pairs[1][1]


@program([([0.4, 1.5], 2.0)])
def an_array_takes_the_place_of_a_float(xs, a):
    xs = list(xs)
    before = xs[0] * xs[1]
    xs[0] = a * V
    return before + np.sum(xs[0]) * xs[1]


@program([([0.4, 1.5], 2.0)])
def the_argument_itself_is_changed(xs, a):
    out = xs[0] * 2
    xs[0] = np.array([a, 2 * a])
    out = out + xs[0][1] * xs[1]
    xs.append(xs[0] * a)
    return out + total(xs)


@program([([0.4, 1.5, 0.2],)])
def a_helper_changes_it(xs):
    first = xs[0] ** 2
    n = swell(xs)
    return first * n + np.sum(xs[0]) * xs[1]


@program([([0.4, 1.5, 0.2],)])
def a_method_changes_it(xs):
    s = Swelling(xs)
    before = xs[1] ** 2
    s.grow()
    return before + np.sum(xs[1]) * xs[2]


@program([([0.4, 1.5, 0.2],)])
def a_closure_changes_it(xs):
    def grow():
        xs[1] = np.array([1.0, 3.0]) * xs[1]
    before = xs[1] ** 2
    grow()
    return before + np.sum(xs[1]) * xs[2]


@program([([0.4, 1.5],)])
def it_changes_in_a_loop(xs):
    out = 0.0
    for i in range(3):
        out = out + np.sum(xs[0]) * np.sum(xs[1])
        if i == 1:
            xs[1] = xs[1] * V
    return out


@program([(0.7,)])
def two_names_of_one_new_list(x):
    a = b = []
    a.append(x)
    b.append(x * V)
    return a[0] * np.sum(a[1]) + np.sum(b[-1])


@program([(0.7, True), (0.7, False)])
def whole_numbers_and_others(x, long):
    xs = [1, 2]
    ys = xs if long else [0.5]
    ys.append(x)
    out = 0
    for v in xs:
        out += v * v
    return out + xs[-1] * x + sum(ys)


@program([([[0.4, 1.5], [0.3]],)])
def an_inner_list_under_another_name(rows):
    inner = rows[0]
    before = rows[0][0] * 3
    inner[0] = before * V
    inner.extend([V, 2.0])
    return before + np.sum(rows[0][0]) * rows[0][1] + np.sum(rows[0][2]) * rows[1][0]


@program([({"a": 0.4, "b": 1.3},)])
def a_key_gets_another_kind(d):
    e = d
    x = d["a"] * d["b"]
    e["a"] = x * V
    d["new"] = V * d["b"]
    del d["b"]
    return x + np.sum(d["a"] * d["new"]) + len(d)


@program([([0.4, V, 1.5],), ([V, 0.4, 1.5],)])
def mixed(xs):
    return total(xs) + np.sum(xs[0] * xs[1])


@program([([0.4, None, 1.5],)])
def with_none(xs):
    out = 0.0
    for x in xs:
        if x is not None:
            out += x * x
    return out


@program([([0.4, 1.5, 0.2], 0.3)])
def pops_and_slices(xs, a):
    last = xs.pop()
    rest = xs[:1] + [a]
    xs.insert(0, a * last)
    return last * xs[0] + sum(rest) * xs[1] + sum(reversed(xs)) + sum(sorted(xs)[:2])


@program([([0.4, 1.5], 0.3)])
def appended_while_gone_through(xs, a):
    out = 0.0
    for x in xs:
        out += x * a
        if len(xs) < 4:
            xs.append(x * a)
    return out


@program([(0.4, 5)])
def nested_function_of_nothing(x, n):
    def price(w):
        return w * w + 0.1 * w if w > 0 else 0.0

    out = 0.0
    for i in range(n):
        out += price(x - 0.3 * i) * price(2.0)
    return out


@program([(0.4, True), (0.4, False)])
def nested_functions_in_branches(x, up):
    if up:
        def f(v):
            return v * v
        y = f(x)
    else:
        def f(v):
            return 3 * v
        y = f(f(x))
    return y + f(x)


@program([(0.4,)])
def nested_function_with_keywords(x):
    def f(a, *rest, b, **more):
        return a * b + sum(rest) * more.get("c", 1.0)

    return f(x, b=2.0) + f(x, x, 3.0, b=x, c=0.5) + f(*(x, 1.0), b=x)


@program([(0.4,)])
def nested_function_that_is_handed_on(x):
    def f(v):
        return v * v

    return sum(map(f, [x, 2 * x])) + f(x)


@program([({"a": 0.4, "b": None, "c": np.array([1.0, 2.0])},)])
def values_of_several_kinds(d):
    out = d["a"] * 2.0
    for v in d.values():
        if v is not None:
            out = out + np.sum(v * v)
    for k, v in d.items():
        if k != "b":
            out = out + np.sum(v)
    return out


@program([({"a": 0.4}, {"a": 1.5, "b": V}, True), ({"a": 0.4}, {"a": 1.5, "b": V}, False)])
def one_of_two_dicts(d, e, first):
    m = d if first else e
    out = m["a"] * 3.0
    for v in m.values():
        out = out + np.sum(v)
    m["z"] = V * out
    return out + sum([np.sum(v) for v in m.values()])


@program([([1.0, 2.0], 0.5)])
def rows_that_move(xs, a):
    out = 0.0
    ys = [xs, [a, 3 * a]]
    for row in ys:
        for x in row:
            out += x * row[0]
        ys[0] = ys[1]
        row.reverse()
    return out + ys[0][0] * xs[0]


@program([({"in": {"in": [0.4, {"w": 1.5}]}},)])
def down_under_one_name(d):
    d = d["in"]
    d = d["in"]
    x = d[0]
    d = d[1]
    d = d["w"]
    return x * d * d


@program([([0.4, 1.5, -0.3, 0.8], [2.0, 0.5, 1.0, -1.0])])
def lists_by_index(xs, ws):
    out = 0.0
    for i in range(len(xs) - 1):
        out += xs[i] * ws[i + 1] + xs[i + 1] * 2.0
        ws[i] = out * 0.5
    k = 0
    while k < 3:
        out += xs[k] * ws[k]
        k += 1
    for j, w in enumerate(ws):
        out += xs[j] * w * xs[-j - 1]
    for m in range(-2, 2):
        out += xs[m] * ws[m] * m
    i = 1
    i = int(xs[i] + 0.6)
    return out + xs[i]


@program([([np.array([1.0, 2.0]), np.array([0.3, -0.5])], 0.4)])
def arrays_by_index(vs, a):
    out = 0.0
    for i in range(2):
        v = vs[i]
        out += np.sum(v * v) * a
        vs[i] = v * a
        vs.insert(0, vs[i] + a)
        out += vs[i][0] * vs[i + 1][1]
    return out + np.sum(vs[0] * vs[2])
