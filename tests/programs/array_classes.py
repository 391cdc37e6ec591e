"""Classes of arrays with attributes of their own, memory-mapped files, records as data, and lists where arrays are expected."""

from __future__ import annotations

import tempfile

import numpy as np

from .table import program

W = np.arange(1.0, 5.0)
RECORDS = np.array([(1.0, 2.0), (3.0, 4.0)], dtype=[("a", float), ("b", float)])


class Plain(np.ndarray):
    pass


class Scaled(np.ndarray):
    """As NumPy's manual has it."""

    def __new__(cls, a, scale=1.0):
        made = np.asarray(a).view(cls)
        made.scale = scale
        return made

    def __array_finalize__(self, made_from):
        if made_from is not None:
            self.scale = getattr(made_from, "scale", None)

    @property
    def scaled(self):
        return self * self.scale

    def norm(self):
        return float(np.sqrt((self * self).sum()))


@program([(1.3,)])
def views_of_another_class(x):
    s = np.ones(3).view(Plain)
    s = s * x
    s[1] = x * x
    t = (np.ones(3) * x).view(Plain) + np.arange(3.0)
    t[0] += x
    return float((s * s).sum()) + np.sum(t * t) + t.max() + (t @ s) + (x - t).mean()


@program([(1.3,)])
def arrays_with_attributes(x):
    a = Scaled(np.arange(3.0) * x, x)
    a.scale = a.scale * 3
    a[1:] *= a.scale
    b = Scaled(np.arange(3.0), x)
    return float(a.scaled.sum()) + a.norm() + float(np.sum(b * b.scale)) + b.scale ** 2


@program([(1.3,)])
def memory_mapped(x):
    with tempfile.TemporaryFile() as file:
        m = np.memmap(file, dtype=float, mode="w+", shape=(3,))
        m[:] = x
        m[1] *= x
        return float(np.sum(m * m[::-1]))


@program([(1.3,)])
def records_as_data(x):
    t = RECORDS.copy()
    large = RECORDS[RECORDS["a"] > 1]
    return float(np.sum(t["a"] * x) + large["b"][0] * x) + sum(r["a"] * x for r in RECORDS) + RECORDS[0][1] * x * x


@program([(1.3,)])
def lists_stored_into_arrays(x):
    a = np.ones(4)
    a += [x, 2 * x, x * x, 1.0]
    a *= (x, 1.0, x, x)
    a /= [1.0, x, x, 2.0]
    a **= [x, 1.0, 2.0, x]
    a[1:3] -= [x, 2.0]
    np.add.at(a, [0, 0, 1], [x, 2 * x, x * x])
    np.multiply.at(a, [0, 2], [x, x * x])
    b = np.zeros((3, 2))
    b[2] = [x, 2 * x]
    b[0], b[1] = (x, 3.0), b[2]
    return a @ W + b.ravel() @ np.arange(6.0) + (a / [x, 2.0, 3.0, x] + [1.0, x, x, 2.0] / a) @ W


@program([(1.3,)])
def rows_of_an_array_that_was_written_to(x):
    a = np.zeros((3, 2))
    a[0] = x
    a[1, 1] = x * x
    total = 0.0
    for p, q in zip(a, a[::-1]):
        total += p @ q * x
    p, *rest = a
    r, (s, t), u = a
    v = np.zeros(3)
    v[1:] = x
    b, *c = v
    return total + p[0] * rest[0][1] + r[1] * s + t * u[0] + b + c[0] * c[1]


@program([(1.3,)], order=2)
def lists_beside_arrays(x):
    a = np.ones(2) * x
    a += [x * x, 1.0]
    np.add.at(a, [0, 0], [x, x * x * x])
    return np.sum(a * a)


class Twofold(np.ndarray):
    """An index gives twice what is there."""

    def __getitem__(self, i):
        return np.asarray(self)[i] * 2.0


@program(args=[(1.5, 2.0)])
def arrays_with_an_index_operator_of_their_own(x, y):
    a, s = np.array([x, y, x * y]).view(Twofold), 0.0
    for v in a:
        s += v * v
    return s * a[1] + a[:2][0]
