"""Arrays that are made in each round of a loop, filled, and handed on under another name."""

from __future__ import annotations

import numpy as np

from .table import program

U = np.array([0.5, -0.3, 0.9])


@program([(0.7, U)], order=2)
def heat(x, u):
    for _ in range(3):
        new = u.copy()
        for i in range(1, 2):
            new[i] = u[i] + x * (u[i + 1] - 2 * u[i] + u[i - 1])**2
        u = new
    return np.sum(u * u)


@program([(0.7, U)], order=2)
def the_one_before_is_kept(x, u):
    old = kept = u
    for _ in range(3):
        new = u + 0.1 * (u - old) * x
        new[0] *= u[1]
        old = u
        kept = kept + old * new[0]
        u = new
    return np.sum(u * old) + np.sum(kept)


@program([(0.7, U)], order=2)
def stored_into_under_the_new_name(x, u):
    for _ in range(3):
        new = np.zeros(3)
        for i in range(3):
            new[i] = u[i] * x
        u = new
        u[0] = u[1] * u[2]
    return np.sum(u * u)


@program([(0.7, U)], order=2)
def stored_into_under_the_old_name(x, u):
    for _ in range(3):
        new = np.zeros(3)
        for i in range(3):
            new[i] = u[i] * x
        u = new
        new[1] = x * u[2]
    return np.sum(u * u)


@program([(0.7, U)])
def stored_into_by_way_of_a_list(x, u):
    rows = []
    for _ in range(3):
        new = np.zeros(3)
        for i in range(3):
            new[i] = u[i] * u[i] * x
        u = new
        rows.append(u)
    rows[0][1] = x
    return np.sum(u * u) + np.sum(rows[0] * rows[1])


@program([(0.7, U)], order=2)
def a_view_that_outlives_the_name(x, u):
    for _ in range(3):
        new = u * x
        part = new[1:]
        rest = part[1:]
        new[0] = u[1]
        u = new
        u = u + rest[0]
    return np.sum(u)


def see(z):
    z[0] = 0.1 * z[2]
    return z[1]


@program([(0.7, U)])
def stored_into_by_a_callee(x, u):
    total = 0.0
    for _ in range(3):
        new = u * x
        new[0] = u[1]**2
        u = new
        total += see(u)
    return np.sum(u) * total


@program([(0.7, U)], order=2)
def a_round_that_is_cut_short(x, u):
    v = u * 1.0
    n = 0
    while True:
        new = v * x
        new[0] = v[1]**2
        n += 1
        if n > 3:
            break
        v = new
    return np.sum(v * new)


@program([(0.7, U)], order=2)
def handed_on_twice(x, u):
    a, b = u * 1.0, u * 2.0
    for k in range(3):
        new = a * x + b
        if k == 1:
            continue
        new[0] = a[1] * b[1]
        a = b
        b = new
    return np.sum(a * b)


@program([(0.7, U)], order=2)
def updated_in_place_under_the_new_name(x, u):
    v = u * 1.0
    for _ in range(3):
        new = v * x
        new[0] = v[1]**2
        v = new
        v *= 2.0
        np.add(v, x, out=v)
    return np.sum(v * v)


@program([(0.7, U)], order=2)
def handed_on_from_zeros(x, u):
    v = np.zeros(3)
    for i in range(3):
        new = np.zeros(3)
        new[0] = u[i] * x + v[0]
        v = new
    return v[0] * x


@program([(0.7, np.array([[0.2, 0.5], [0.8, 1.1]]))])
def stored_into_under_the_name_of_a_row(x, start):
    u = start * 1.5
    for _ in range(2):
        new = u * x
        for row in new:
            row[0] = row[1]
        u = new
        row[1] = 3.0 * x
    return np.sum(u * u)


@program([(0.7, U)])
def kept_in_a_list_and_stored_into_in_the_end(x, start):
    u = start * 1.5
    kept = []
    for _ in range(2):
        new = u * x
        new[0] = u[1]
        kept.append(new)
        u = new
    kept[0][1] = 5.0 * x
    kept[1][0] = x
    return np.sum(u * u * u) + np.sum(kept[0] * kept[1])


@program([(0.7, U)])
def kept_in_a_dict_and_stored_into(x, start):
    u = start * 1.5
    kept = {}
    for k in range(2):
        new = u * x
        new[0] = u[1]
        kept[k] = new
        u = new
        kept[0][1] = x * x
    return np.sum(u * u * u)


class Holder:
    pass


@program([(0.7, U)])
def kept_in_an_attribute_and_stored_into(x, start):
    u = start * 1.5
    o = Holder()
    for _ in range(2):
        new = u * x
        new[0] = u[1]
        o.a = new
        u = new
        o.a[1] = x
    return np.sum(u * u * u)


@program([(0.7, U)])
def kept_by_a_nested_function_and_stored_into(x, start):
    u = start * 1.5
    for _ in range(2):
        new = u * x
        new[0] = u[1]

        def held():
            return new

        u = new
        held()[1] = x * x
    return np.sum(u * u * u)


@program([(0.7, U)])
def a_view_of_the_round_before_is_stored_into(x, start):
    u = start * 1.5
    for k in range(3):
        new = u * x
        if k > 0:
            part[0] = x * 2     # noqa: F821 (bound in the round before)
        part = new[1:]
        new[0] = u[1]
        u = new
    return np.sum(u * u)


@program([(0.7, U)])
def a_view_that_some_rounds_make(x, start):
    u = start * 1.5
    for k in range(3):
        new = u * x
        if k != 1:
            part = new[1:]
        part[0] = x * k
        new[0] = u[1]
        u = new
    return np.sum(u * u)


@program([(0.7, U)], order=2)
def handed_on_to_one_of_two_names(x, start):
    u = start * 1.5
    v = start * 2.0
    for k in range(3):
        new = u * x + v
        new[0] = x
        if k == 1:
            u = new
        else:
            v = new
        u = u * 1.0
    return np.sum(u * v)


@program([(0.7, U)], order=2)
def handed_on_while(x, start):
    u = start * 1.5
    k = 0
    while k < 3:
        new = u * x
        new[0] = u[1]
        if k % 2 == 0:
            part = new[1:]
            part[1] = x * x
        u = new
        k += 1
    return np.sum(u * u)


@program([(0.7, U)])
def stored_into_after_an_exception(x, start):
    u = start * 1.5
    try:
        for k in range(3):
            new = u * x
            new[0] = x
            u = new
            if k == 1:
                raise ValueError(k)
    except ValueError:
        new[1] = x * x
    return np.sum(u * u)


@program([(0.7, [0.4, 0.9, 0.3]), (0.2, [0.4, 0.9, 0.3]), (1.2, [0.4, 0.9, 0.3])])
def a_loop_that_ends_before_the_array_is_made(x, xs):
    t = 0.0
    for v in xs:
        if v > x:
            break
        new = np.zeros(3)
        new[1] = 0.5
        new[2] = v
        t = t * x + new[1] + new[2]
    return t + x


@program([(0.7, [0.4, 0.9, 0.3])])
def signs_of_constants_in_a_loop(x, xs):
    s = 0.0
    for v in xs:
        k = np.sign(1.2)
        s = s + k * x * v + np.floor(2.5)
    return s
