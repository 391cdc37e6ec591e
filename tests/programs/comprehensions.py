"""List, dict, set and generator comprehensions, and what eats them."""

import math

import numpy as np

from .table import program


@program(args=[([1.0, 2.0, 3.0],), ([],)])
def list_comprehension(values):
    squares = [v * v for v in values]
    return sum(squares)


@program(args=[([1.0, -2.0, 3.0],)])
def with_condition(values):
    return sum([v ** 3 for v in values if v > 0])


@program(args=[([[1.0, 3.0], [2.0]], 2.0)])
def two_loops(rows, x):
    return sum([v * x for row in rows for v in row if v < 2.5])


@program(args=[([[1.0, 2.0], [3.0, 4.0]],)])
def transposed(rows):
    columns = [[row[k] for row in rows] for k in range(2)]
    return columns[0][1] * columns[1][0] + columns[1][1]


@program(args=[({"a": 1.0, "b": 2.0}, 3.0)])
def dict_comprehension(d, x):
    scaled = {k: v * x for k, v in d.items()}
    return scaled["a"] * scaled["b"]


@program(args=[(["w", "bias"], [0.5, 1.5])])
def dict_from_zip(names, values):
    d = {name: value for name, value in zip(names, values)}
    e = dict(zip(names, values))
    return d["w"] * e["bias"] + d["bias"] ** 2


@program(args=[([1.0, 2.0, 2.0, 3.0],)])
def set_comprehension(values):
    kinds = {round(v) for v in values}
    return sum(values) * len(kinds)


@program(args=[([1.0, 2.0, 3.0], [0.1, 0.2, 0.3])])
def generator_into_sum(xs, ws):
    return sum(w * x * x for x, w in zip(xs, ws))


@program(args=[([1.0, 5.0, 3.0],)])
def generator_into_max(values):
    return max(v * v for v in values) + min(v + 1 for v in values)


@program(args=[([1.0, 5.0, 3.0],), ([-1.0, 2.0, 3.0],)])
def generator_into_any_and_all(values):
    if all(v > 0 for v in values):
        return values[0] * values[1]
    if any(v > 2.5 for v in values):
        return values[1] * values[2]
    return 0.0


@program(args=[([1.0, 2.0, 3.0],)])
def generator_into_list_and_tuple(values):
    a = list(v * 2 for v in values)
    b = tuple(v + 1 for v in values)
    return a[0] * b[1] + a[2] * b[2]


@program(args=[([1.0, 2.0, 3.0],)])
def generator_into_an_array(values):
    a = np.array([math.sin(v) * v for v in values])
    return float(a @ a)


@program(args=[([1.0, 2.0, 3.0], 0.5)])
def rows_into_an_array(values, x):
    m = np.array([[v * x, v + x] for v in values])
    return np.sum(m[:, 0] * m[:, 1])


@program(args=[([3.0, 4.0],)])
def scope_of_the_variable(values):
    v = 10.0
    squares = [v * v for v in values]
    return sum(squares) * v


@program(args=[([1.0, 2.0, 3.0], 2.0)])
def closure_inside(values, x):
    return sum((lambda t: t * x + k)(v) for k, v in enumerate(values))


@program(args=[([1.0, 2.0, 3.0, 4.0],)])
def nested_generators(values):
    return sum(sum(a * b for b in values[:k]) for k, a in enumerate(values))


@program(args=[([1.0, 2.0, 3.0],)])
def sum_with_a_start(values):
    return sum((v * v for v in values), 10.0) + sum([], values[0])


@program(args=[([0.2, 0.5, 0.3],)])
def entropy(p):
    return -sum(q * math.log(q) for q in p if q > 0)


@program(args=[([2.0, 1.0], [0.5, 4.0])])
def dot_and_norm(a, b):
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    return dot / math.sqrt(sum(x**2 for x in a) * sum(y**2 for y in b))


@program(args=[([1.0, 2.0, 3.0],)])
def conditional_element(values):
    return sum([v if k % 2 else -v * v for k, v in enumerate(values)])


@program([([0.3, -0.7, 1.1], 0.4), ([], 2.0)])
def sums_of_numbers(xs, k):
    total = sum([math.sin(v) * k for v in xs if v > -0.5]) + sum(k * v for v in xs for _ in range(2))
    return total * sum([v * v for v in xs]) + sum(i for i, _ in enumerate(xs)) * k + sum(k > 0 for _ in xs) + k * k


@program([(np.array([[0.3, -0.7], [1.1, 0.2]]), 0.4)], order=2)
def maps_that_are_summed(x, k):
    first = sum(map(lambda v: math.exp(v) * k, x.ravel()))
    second = sum(map(math.sin, x.reshape(-1))) * sum(map(lambda u, v: u * v, x.flatten(), x.reshape((4,))[::-1]))
    return first * second + max(map(doubled, x[0])) + sum(map(np.sum, x))


@program([(np.array([0.3, -0.7, 1.1]), 1.4)])
def sums_of_all_sorts(x, k):
    rows = sum([x * v for v in x])
    mixed = sum([k, 2, x[0], True])
    return np.sum(rows) * mixed + sum(v if v > 0 else k * x for v in x)[0] + sum([[k], [k * k]], [])[1]


@program([(np.array([0.3, -0.7, 1.1]), 1.4)])
def sums_that_are_left(x, k):
    total = 0.0
    for n in range(3):
        try:
            total += sum(k / (v - x[n]) if i != n else 1 / (i - 1) for i, v in enumerate(x))
        except ZeroDivisionError:
            total *= k
    return total


def doubled(v):
    return v + v


@program([(2.0,)], order=2)
def variables_captured_in_loops(x):
    made = []
    for q in [x, 2 * x]:
        p = q * x
        made += [(lambda: q * r * p) for r in (1.0, x)]
    rows = [[(lambda: a * r) for a in (x, r)] for r in (x * x, x)]
    table = {}
    for i in range(2):
        table.update({k: (lambda z: z * v + i) for k, v in [("a", x * i), ("b", x)]})
    return sum(f() for f in made) + sum(f() for row in rows for f in row) + table["a"](x) * table["b"](x)
