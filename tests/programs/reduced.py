"""Reductions of reductions, and what their results are broadcast against: cotangents that have axes of length one."""

from __future__ import annotations

import numpy as np

from .table import program

A = np.array([[[0.5, -0.3], [0.9, 0.2]], [[0.1, 0.8], [-0.7, 0.4]]])
B = np.array([[0.5, -0.3, 0.9], [0.2, 0.7, -0.4]])


@program([(A,)], order=2)
def over_the_second_axis_twice(a):
    s = a.sum(axis=1)
    r = s.sum(axis=1, keepdims=True)
    return np.sum(r * r)


@program([(A,), (np.ones((2, 3, 4)) * 0.3,)], order=2)
def over_the_last_axis_then_the_first(a):
    s = a.sum(axis=-1)
    r = s.sum(axis=0, keepdims=True)
    return np.sum(r * r)


@program([(A,), (np.ones((2, 3, 4)) * 0.3,)], order=2)
def means_then_sums(a):
    s = a.mean(axis=1)
    return np.sum(s.sum(axis=1) ** 2) + np.sum(a.mean(axis=2).sum(axis=0) ** 2) + np.sum(a.sum(axis=1).mean(axis=-1) ** 3)


@program([(A,)], order=2)
def three_in_a_row(a):
    return np.sum(a.sum(axis=1).sum(axis=1) ** 2) * np.sum(a.sum(axis=2, keepdims=True).sum(axis=1).sum(axis=0))


@program([(0.7,)], order=2)
def an_array_times_its_own_sums(x):
    a = np.full((2, 3), x)
    return np.sum(a.sum(axis=1, keepdims=True) * a)


@program([(0.7, 1.3)], order=2)
def sums_of_two_axes_times_an_array(x, y):
    a = np.outer([x, y], [1.0, y, x])
    return np.sum(a.sum(axis=1, keepdims=True) * a * np.mean(a, axis=0, keepdims=True))


@program([(B, 2.0 * B, 1.0), (B, B, -1.0)])
def one_cotangent_for_two(a, b, c):
    t = 0.0
    if c > 0:
        u = np.sum(a, axis=0, keepdims=True)
        t = np.sum(u * u)
    s = np.sum(a, axis=0, keepdims=True)
    q = np.sum(b, axis=0, keepdims=True)
    r = s + q
    return np.sum(r * r) + t


@program([(B, 1.0), (B, -1.0)])
def sums_over_either_axis(a, c):
    t = 0.0
    if c > 0:
        u = np.sum(a, axis=1, keepdims=True)
        t = np.sum(u * u)
    s = np.sum(a, axis=0, keepdims=True)
    return np.sum(s * s) + t
