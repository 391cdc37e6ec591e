"""Programs on which source-to-source differentiation classically goes wrong: names, shadows, aliases, order."""

import math

from .table import program


@program(args=[(2.0, 3.0)], order=2)
def names_of_cotangents(dx, dy):
    dz = dx * dy
    x = dz + dx
    y = x * dz
    d_y = y - dx
    return y * d_y


@program(args=[(2.0, 3.0)])
def names_of_the_engine(np, back):
    tape = np * back
    cx = tape + np
    dback = cx * back
    adjoint, grad, y, t0, x_0, d = tape, cx, 1.0, 2.0, 3.0, dback
    return adjoint * grad + y + t0 * x_0 * d


@program(args=[(2.0, 3.0)])
def names_with_underscores(_, __):
    _a, _0, __b = _ * 2, __ * 3, _ + __
    return _a * _0 * __b


@program(args=[(2.0,)])
def names_of_other_scripts(x):
    ä, λ, Δx = x * 2, x + 1, x * x
    return ä * λ + Δx


@program(args=[([1.0, 2.0, 3.0],)])
def shadowed_builtins(list):
    sum = 0.0
    max = 1.0
    for len in list:
        sum += len * max
        max = sum
    range = sum * max
    return range


@program(args=[(2.0, 5.0)], order=2)
def two_names_for_one_value(x, y):
    z = x * y
    a = z
    b = z
    a = a * x
    return a + b * y


@program(args=[(2.0, 5.0)], order=2)
def cotangents_that_alias(x, y):
    dz = x + y
    dx = dz
    dy = dz
    dx = dx * x
    dy = dy * dy
    return dx + dy


@program(args=[(2.0,)])
def used_then_overwritten_by_constant(x):
    y = x * x
    z = y * 3
    y = 0.0
    x = 1.0
    return z * z + y + x


@program(args=[(2.0, 3)])
def restored_value_in_a_loop(x, n):
    y = x
    for _ in range(n):
        z = y * y
        y = z - x
        z = 0.0
    return y * x + z


@program(args=[(1.5, 4)])
def value_of_the_turn_before(x, n):
    previous = 0.0
    total = 0.0
    for _ in range(n):
        current = x * previous + 1
        total += current * previous
        previous = current
    return total


@program(args=[(1.5, 4), (1.5, 1), (1.5, 0)])
def bound_in_a_loop_only(x, n):
    for k in range(n):
        last = x ** (k + 1)
    if n:
        return last * x
    return x


@program(args=[(0.5, 5)], order=2)
def branch_on_a_carried_value(x, n):
    for _ in range(n):
        if x > 1:
            x = x / 3
            y = x * 2
        else:
            y = x
            x = x * 2.5
    return x * y


@program(args=[(2.0, 3.0)])
def operands_evaluated_in_order(x, y):
    log = []

    def note(tag, v):
        log.append(tag)
        return v

    result = note("a", x) * note("b", y) + note("c", x) ** note("d", 2)
    assert log == ["a", "b", "c", "d"]
    return result + (note("e", x) if note("f", True) else note("g", y)) * len(log)


@program(args=[(2.0, 3.0)], order=2)
def list_shared_by_two_names(x, y):
    row = [x, y]
    matrix = [row, row]
    matrix[0][0] = y * y
    return matrix[1][0] * matrix[0][1] + row[0]


@program(args=[([2.0, 3.0],)])
def list_shared_with_an_argument(values):
    inner = values
    inner[0] = inner[0] * inner[1]
    return values[0] + inner[1]


SHARED = [2.0, 3.0]


@program(args=[(SHARED, SHARED), ([2.0, 3.0], [2.0, 3.0])])
def one_list_as_two_arguments(a, b):
    return a[0] * b[1] + b[0]


@program(args=[(2.0, 2.0)])
def one_number_as_two_arguments(a, b):
    return a * b * b


@program(args=[(2.0, 3.0)])
def mutable_default(x, y):
    def push(v, into=[]):
        into.append(v)
        return into

    push(x)
    return sum(v * v for v in push(y))


@program(args=[(2.0,)])
def variable_and_function_of_one_name(x):
    def f(t):
        return t * t

    y = f(x)
    f = y * 2
    return f * y


@program(args=[(3.0,)])
def parameter_of_the_name_of_the_function(variable):
    def variable_twice(variable):
        variable = variable * 2
        return variable

    return variable_twice(variable) * variable


@program(args=[(0.5,)])
def thirty_levels_of_ifs_and_loops(x):
    y = x
    for i in range(2):
        if i < 5:
            for j in range(2):
                if j < 5:
                    while y < 3:
                        if y > 0:
                            for k in range(2):
                                y = y * 1.1 + i + j + k + x
                                if y > 100:
                                    break
                            else:
                                y = y + x * x
                        else:
                            y = y + 1
    return y


@program(args=[(1.5, 0.0)])
def zero_times_unused(x, y):
    z = y * math.exp(x)
    return x * x + z


@program(args=[(-1.0,), (4.0,)])
def sqrt_of_zero_not_used(x):
    r = math.sqrt(x) if x > 0 else 0.0
    return r + 2 * x


@program(args=[(2.0, 5.0)])
def result_is_a_tuple_item(x, y):
    def parts(a):
        return {"first": (a, a * y), "second": [a + y]}

    p = parts(x)
    return p["first"][1] * p["second"][0]


@program(args=[(2.0,)])
def hundred_additions(x):
    return x + x * x + (x + (x + (x + (x + (x + (x * (x + (x + (x + (x + (x + (x * x)))))))))))) + sum([x] * 80)


@program(args=[(2.0, 3.0)])
def float_subclass_free_integers(x, y):
    count = 0
    n = 3
    while n:
        n -= 1
        count += n
        x = x * y + count
    return x


@program(args=[(0.3, 0.9)])
def both_arguments_swapped_in_recursion(x, y):
    def go(a, b, k):
        return a if k == 0 else go(b * a, a + b, k - 1)

    return go(x, y, 5)


@program(args=[(1.0,), (-1.0,)])
def returns_in_both_branches_inside_loop(x):
    for k in range(5):
        if x > 3:
            return x * k
        elif x < -3:
            return -x * x * k
        x = x * 1.7
    return 0.0


@program(args=[(3.0, 1.0)])
def augmented_alias_of_an_argument(x, y):
    z = x
    z += y
    z *= z
    return z + x


@program(args=[(0.0,)], kinks=True)
def abs_at_zero(x):
    return abs(x) + x


@program(args=[(0.0,)], kinks=True)
def sqrt_of_square_at_zero(x):
    return math.sqrt(x**2) + 2 * x
