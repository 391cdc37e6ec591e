"""Arrays whose shape is set: on arguments, views and attributes, in loops and helpers, between stores."""

import numpy as np

from .table import program

V = np.array([0.5, 1.5, -2.0, 3.0])
M = np.array([[0.5, -1.0, 0.25], [1.5, 0.75, 2.0]])


@program(args=[(1.3,)], order=2)
def between_stores(x):
    a = np.zeros(6) + x * np.arange(6.0)
    a.shape = 2, 3
    a[0] *= x
    b = a @ np.ones(3)
    a.shape = (-1,)
    a[1:] += a[:-1] * x
    return np.sum(a * a) + np.sum(b * b)


@program(args=[(V,)])
def of_an_argument(a):
    before = np.sum(np.outer(a, a)[1])
    a.shape = (2, 2)
    a[0, 1] = a[1, 0]**2
    return np.sum(a @ a) + before


@program(args=[(np.append(V, [0.3, 0.9]),)], order=2)
def of_a_view_with_two_names(x):
    a = x * 1.0
    v = a[1:5]
    w = v
    doubled = a * 2.0
    v.shape = (2, 2)
    v[0] *= 3.0
    return np.sum(v @ v) + np.sum(a**3) + np.sum(doubled) + np.sum(w[:, 0])


@program(args=[(M,), (M.T.copy(),)])
def in_a_loop(a):
    for k in range(3):
        a.shape = (2, 3) if k % 2 == 0 else (3, 2)
        a *= np.sum(a[0])
        a[0] += a[1]
    return np.sum(np.sin(a))


def rows_doubled(a):
    a.shape = (3, 2)
    for i in range(2):
        a[i] *= 2


@program(args=[(M,)], order=2)
def in_a_helper(m):
    a = m.ravel() * m.ravel()
    rows_doubled(a)
    return np.sum(a[1]**2) + np.sum(a.T @ a)


class Grid:
    def __init__(self, x):
        self.values = np.arange(6.0) * x
        self.values.shape = (3, 2)

    def fold(self):
        self.values.resize((2, 3))
        return self.values[0] * self.values[1]


@program(args=[(1.3,)])
def of_an_attribute(x):
    grid = Grid(x)
    grid.values[0] *= x
    found = grid.fold()
    grid.values.resize(6, refcheck=False)
    return np.sum(found) + grid.values @ grid.values


@program(args=[(V,)])
def in_a_list(x):
    rows = [x * 2, x**2]
    for row in rows:
        row.shape = (2, 2)
    rows[0][1] = rows[1][0] * x[0]
    try:
        rows[1].shape = (3, 3)
    except (AttributeError, ValueError):
        rows[1] *= 2
    return np.sum(rows[0] @ rows[1])
