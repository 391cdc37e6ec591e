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
