"""Samples for the functions that are differentiated through Python source, NumPy's own or ours in its place."""

from __future__ import annotations

import math

import numpy as np

from .samples import CV, T3, A, P, Q, S, V, W

PAIR = np.frompyfunc(lambda a, b: (a * b, a + b), 2, 2)
ADD3 = np.vectorize(lambda a, b, c=1.0: a * math.sin(b) + c)
WITH_LIST = np.vectorize(lambda p, x: p[0] * x + p[1] * x * x, excluded=[0])
TWO = np.vectorize(lambda a: (a * a, math.exp(a)))
TYPED = np.vectorize(lambda a: a * a, otypes=[float])


def energy(row, scale=1.0):
    return scale * np.sum(row * row)


DERIVED = [
    (np.apply_along_axis, [
        lambda a: np.apply_along_axis(energy, 0, a), lambda a: np.apply_along_axis(energy, 1, a, 2.0),
        lambda a: np.apply_along_axis(np.cumprod, 0, a), lambda a: np.apply_along_axis(lambda r: np.outer(r, r), -1, a),
        lambda a: np.apply_along_axis(np.diff, 1, a)], A),
    (np.apply_over_axes, [
        lambda a: np.apply_over_axes(np.sum, a, [0, 2]), lambda a: np.apply_over_axes(np.mean, a, 1),
        lambda a: np.apply_over_axes(np.prod, a, (-1,))], T3),
    (np.piecewise, [
        lambda a: np.piecewise(a, [a < 0, a >= 0], [lambda x: -x * x, lambda x: x**3]),
        lambda a: np.piecewise(a, [a < -0.3, a > 0.3], [-1.0, lambda x: x * x, np.sin]),
        lambda a: np.piecewise(a[1], a[1] > 0, [lambda x, p: p * x], 2.0),
        lambda a: np.piecewise(a[0], [a[0] > 0, a[0] > 0.3], [np.sin, np.cos])], A),
    (np.piecewise, [lambda x: np.piecewise(x, [x < 0, x >= 0], [lambda v: -v, lambda v: v * v])], np.array(0.7)),
    (np.fromfunction, [lambda w: np.fromfunction(lambda i, j: w[0] * i + w[1] * j * j, (2, 3))], W),
    (np.fromiter, [lambda v: np.fromiter([x * x for x in v], float), lambda v: np.fromiter((x * x for x in v), float, 2)], V),
    (np.vectorize, [
        lambda v: ADD3(v, 0.5), lambda v: ADD3(v, Q), lambda v: ADD3(v, b=Q, c=v), lambda v: ADD3(0.5, v[0]),
        lambda v: WITH_LIST([1.0, 2.0], v), lambda v: TWO(v), lambda v: TYPED(v), lambda v: ADD3(v[:, None], v)], V),
    (np.frompyfunc, [
        lambda v: np.frompyfunc(math.sin, 1, 1)(v).astype(float), lambda v: PAIR(v, v[::-1])[1].astype(float),
        lambda v: np.frompyfunc(math.exp, 1, 1)(v[0]),
        lambda v: np.sum(PAIR(v[:, None], v)[0])], V),
    (np.ufunc.reduce, [
        lambda a: np.add.reduce(a), lambda a: np.add.reduce(a, 1), lambda a: np.add.reduce(a, None),
        lambda a: np.multiply.reduce(a, 1),
        lambda a: np.maximum.reduce(a, axis=0), lambda a: np.minimum.reduce(a, axis=1, keepdims=True),
        lambda a: np.logaddexp.reduce(a, axis=1), lambda a: np.hypot.reduce(a, None), lambda a: np.subtract.reduce(a),
        lambda a: np.add.reduce(a, 0, initial=a[0, 0]), lambda a: np.add.reduce(a, where=A > 0),
        lambda a: np.logaddexp.reduce(a, axis=1, keepdims=True, initial=0.3), lambda a: np.subtract.reduce(a, axis=-1)], A),
    (np.ufunc.accumulate, [
        lambda a: np.add.accumulate(a), lambda a: np.multiply.accumulate(a, 1), lambda a: np.maximum.accumulate(a, axis=1),
        lambda a: np.subtract.accumulate(a, axis=-1), lambda a: np.logaddexp.accumulate(a)], A),
    (np.ufunc.outer, [
        lambda v: np.multiply.outer(v, W), lambda v: np.add.outer(A, v), lambda v: np.subtract.outer(v, v),
        lambda v: np.power.outer(abs(v), 2.0), lambda v: np.hypot.outer(v, A)], V),
    (np.ufunc.reduceat, [
        lambda a: np.add.reduceat(a, [0, 2, 1]), lambda a: np.add.reduceat(a, [1, 3], 1), lambda a: np.multiply.reduceat(a, [0,
        2], axis=1),
        lambda a: np.maximum.reduceat(a, [0, 2, 1])], A),
    (np.lib.scimath.sqrt, [lambda v: np.lib.scimath.sqrt(v), lambda v: np.lib.scimath.log(np.abs(v))], Q),
]
COMPLEX = [(np.add, [lambda z: np.add.reduce(z), lambda z: np.multiply.outer(z, z), lambda z: np.multiply.accumulate(z)], CV)]
__all__ = ["COMPLEX", "DERIVED", "P", "S"]
