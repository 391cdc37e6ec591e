"""Comparisons, boolean logic, conditional expressions, walrus, None and string logic."""

from .table import program


@program(args=[(1.0, 2.0), (2.0, 1.0), (-3.0, -1.0)])
def conditional_expression(x, y):
    return x * x if x > y else y * x


@program(args=[(0.5,), (1.5,), (2.5,), (-1.0,)])
def nested_conditionals(x):
    return x if x < 0 else x**2 if x < 1 else x**3 if x < 2 else 4 * x


@program(args=[(0.5,), (3.0,), (-2.0,)])
def chained_comparison(x):
    if 0 < x <= 1 < 2:
        return x * 10
    return x * 20


@program(args=[(0, 3.0), (2.0, 3.0)])
def or_gives_a_value(x, y):
    z = x or y * 2
    return z * y + 1


@program(args=[(2.0, 3.0), (2.0, 0)])
def and_gives_a_value(x, y):
    return (y and x * y) + x


@program(args=[(1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0)])
def both_signs(x, y):
    if x > 0 and y > 0:
        return x * y
    elif x > 0 or not y > 0:
        return x - 3 * y
    return y * y


@program(args=[(3.0,), (0.2,)])
def walrus_in_a_condition(x):
    if (y := x * x) > 1:
        return y * x
    return y + x


@program(args=[(2.0, 3.0)])
def walrus_in_an_expression(x, y):
    return (a := x * y) + a * (b := a + x) * b


@program(args=[([0.5, 3.0, -2.0, 1.5],)])
def walrus_in_a_comprehension(values):
    return sum(square for v in values if (square := v * v) > 1)


@program(args=[(2.0, None), (2.0, 3.0)])
def none_as_a_default(x, scale):
    if scale is None:
        scale = 1.0
    return x * scale * x


@program(args=[(2.0, "relu"), (-2.0, "relu"), (2.0, "square"), (2.0, "other")])
def strings_choose(x, how):
    if how == "relu":
        return x if x > 0 else 0.0 * x
    if how.startswith("sq") and "are" in how:
        return x * x
    return len(how) * x


@program(args=[(3.0, 2.0)])
def booleans_as_numbers(x, y):
    return x * (x > y) + y * (x < y) + True * x - (not False) * y * y


@program(args=[(2.0, True), (2.0, False)])
def a_flag(x, negate):
    sign = -1 if negate else 1
    return sign * x**3


@program(args=[(2.5, 2), (-2.5, 3)])
def truth_of_an_expression(x, n):
    total = x
    if not (n - 2):
        total = total * 4
    return total * total


@program(args=[([1.0, 2.0, 3.0],), ([],)])
def truth_of_a_list(values):
    return sum(values) / len(values) if values else 0.0


@program(args=[(3.0, 4.0, "deep"), (4.0, 3.0, "wide")])
def membership_and_identity(x, y, shape):
    special = ("deep", "flat")
    if shape in special and "round" not in special:
        return x * 2 * y
    return x - y if x is not None else 0.0


@program(args=[(1.0, 2.0, 3.0), (3.0, 2.0, 1.0), (2.0, 3.0, 1.0)])
def median_of_three(a, b, c):
    return (a if b <= a <= c or c <= a <= b else b if a <= b <= c or c <= b <= a else c) * b


@program(args=[(1.5, 2), (1.5, 3)])
def short_circuit_skips_the_division(x, n):
    safe = n == 2 or x / (n - 2) > 1
    return x * n if safe else x
