"""if, elif and else; names that only one branch binds; early returns."""

import math

import numpy as np

from .table import program


@program(args=[(2.0,), (-2.0,)], order=2)
def if_else(x):
    if x > 0:
        y = x * x
    else:
        y = -3 * x
    return y * x


@program(args=[(2.0,), (-2.0,)])
def if_without_else(x):
    y = x
    if x > 0:
        y = y * x * x
    return y + 1


@program(args=[(0.5,), (5.0,), (50.0,), (-5.0,)])
def ladder(x):
    if x < 0:
        rate = 0.0
    elif x < 1:
        rate = 0.1 * x
    elif x < 10:
        rate = 0.2 * x - 0.1
    else:
        rate = math.log(x)
    return rate * x


@program(args=[(2.0,), (-2.0,)], order=2)
def early_return(x):
    if x < 0:
        return x**2
    y = x * 3
    return y * x


@program(args=[(4.0,), (0.5,), (-1.0,)])
def many_returns(x):
    if x > 1:
        if x > 3:
            return x
        return 2 * x
    elif x > 0:
        return 3 * x * x
    return 0.0


@program(args=[(2.0,)])
def code_after_return(x):
    return x * x
    x = x * 100
    return x


@program(args=[(2.0, True), (2.0, False)], order=2)
def bound_in_one_branch(x, flag):
    if flag:
        scale = x * x
    y = x + 1
    if flag:
        y = y * scale
    return y


@program(args=[(2.0, 3.0), (3.0, 2.0)])
def both_branches_overwrite(x, y):
    if x < y:
        x, y = y, x
    else:
        x = x * y
        y = x - y
    return x * x - y


@program(args=[(2.0, 1), (2.0, 2), (2.0, 3)])
def none_of_the_branches(x, n):
    y = x
    if n == 1:
        y = y * y
    elif n == 2:
        pass
    return y + n * x


@program(args=[(1.0, 2.0, 3.0), (3.0, 2.0, 1.0)])
def nested_branches(a, b, c):
    result = a
    if a < b:
        if b < c:
            result = result * c
            a = b
        else:
            result = b
    else:
        if c < b:
            c = a * b
        result = result + c
    return result * a


@program(args=[(0.3,), (-0.3,)])
def branch_changes_the_type(x):
    y = 0
    if x > 0:
        y = [x, x * x]
    if isinstance(y, list):
        return y[0] + 2 * y[1]
    return x * 7 + y


@program(args=[(150.0, 30.0), (20.0, 70.0), (60.0, 20.0)])
def tax(income, deduction):
    taxable = max(income - deduction, 0.0)
    brackets = [(10.0, 0.1), (50.0, 0.2), (float("inf"), 0.35)]
    due, lower = 0.0, 0.0
    for upper, rate in brackets:
        if taxable <= lower:
            break
        due += rate * (min(taxable, upper) - lower)
        lower = upper
    return due


@program(args=[(0.2,), (0.6,), (1.7,)])
def smoothstep(t):
    if t <= 0:
        return 0.0
    if t >= 1:
        return 1.0
    return t * t * (3 - 2 * t)


@program(args=[(1.3, 0), (1.3, 2.0)])
def guard_returns_none_nothing(x, y):
    if not y:
        return x
    return x / y


@program([(0.7, np.array([0.5, -0.3, 0.9]))], order=2)
def arrays_of_a_branch_that_is_taken_late(x, u):
    v = u
    for k in range(3):
        v = v * 2.0
        if k > 1:
            u = u + v * x
        else:
            u = u + np.sum(v)
    return np.sum(u * v)


@program([(0.7, 1.3), (0.2, 1.3)], order=2)
def swapped_in_some_rounds_and_in_a_list(x, y):
    a = math.sin(x)
    b = x * y
    c = math.tanh(y)
    n = 0
    total = 0.0
    while n < 2:
        n += 1
        total += math.tanh(x)
        first, *_ = [a, b, c]
        if first > 0.3:
            x = math.tanh(first * 1)
        else:
            x, b = b, x
    x = math.tanh(y)
    return a + b + x + total
