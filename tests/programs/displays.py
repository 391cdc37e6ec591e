"""Arrays made of lists and tuples that are written where they are needed."""

import numpy as np

from .table import program

V = np.array([0.5, -1.5, 2.0])
M = np.array([[1.0, 0.3, -0.2], [0.7, -0.4, 0.9]])


@program(args=[(0.3, V)], order=2)
def rotations(a, x):
    for _ in range(3):
        turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0.0], [0, 0.0, 1]])
        x = turn @ x + 0.1 * np.array([x[1], -x[0], a])
        a = a * 0.9 + np.array((x[2], 1))[0] * 0.1
    return np.sum(x * np.array([1, 2, 3])) + a


@program(args=[(0.3, V, M)], order=2)
def joined_arrays(a, x, m):
    y = np.concatenate([x * a, x[:2], m[0]])
    z = np.stack([x, np.sin(x), a * x])
    w = np.vstack([x, m]) @ np.hstack([a, x[:2]])
    q = np.column_stack([x, x**2]) @ np.asarray([a, 2.0])
    r = np.array([x, m[0] * a, z[1]]) + np.stack((x, x, x), axis=1)
    flat = np.concatenate([z, m], axis=None)
    return np.sum(y**2) + np.sum(z @ q) + np.dot(w, w) + np.sum(r**2) + np.sum(np.tanh(flat))


@program(args=[(0.3, V)])
def lists_that_others_see(a, x):
    kept = []
    for i in range(3):
        row = [a, x[i]]
        kept.append(row)
        x = x + np.array(row)[1] * np.array(kept[0])[0]
        row[0] = a * i
    parts = [x, x * a]
    joined = np.concatenate(parts)
    parts[0] = joined
    return np.sum(np.array(kept) * a) + np.sum(np.concatenate(parts))


@program(args=[(0.3, [0.5, 1.5, 2.5])])
def arrays_of_given_lists(a, xs):
    x = np.array(xs)
    y = np.asarray([v * a for v in xs])
    z = x * y
    z[0] = a * x[1]
    z[1:] += y[:2]
    return np.sum(z) + np.dot(x, y)


@program(args=[(V, M)])
def constants_in_between(x, m):
    order = np.argsort(x)
    rows, columns = np.triu_indices(2)
    y = x[order] * np.sign(x) + np.floor(x + 0.25) * x
    z = np.where(np.greater(x, 0) & np.isfinite(y), x * y, y)
    best = np.argmax(z)
    w = m[rows, columns] * np.linspace(0, x[0], 3)
    for i in range(int(np.floor(3.2))):
        z = z + x[i] * np.einsum("ij,j->i", m, x)[0] * np.arange(3)
    some = np.sum(y[np.arange(2)]) + np.sum(m[1, order[1:]] ** 2)
    return z[best] * some + np.sum(np.diff(w)) + np.trace(m[:, :2]) * x[x > 0][1]


@program(args=[(0.3, V)])
def dtypes_that_are_said(a, x):
    out = np.zeros(3, dtype=np.float64)
    y = np.array([a, x[0], 2], dtype=float)
    whole = np.array([a * 5, 2.5], dtype=int)
    for i in range(3):
        out[i] = x[i] * a
    z = np.ones_like(y, dtype=np.float64) * y.astype(float) + x.astype(np.complex128).real
    return np.sum(out * z) + np.sum(y * x.astype("f8")) + np.sum(np.zeros((2, 3), dtype=complex).real + z) + np.sum(whole) * a
