"""Loops as one gives them to numba."""

from __future__ import annotations

import math

import numpy as np

GRAVITY = 9.81
NODES = np.array([0.2, 0.5, 0.3])


def thomas(a, b, c, d):
    """A tridiagonal system."""
    n = len(d)
    upper = np.zeros(n)
    right = np.zeros(n)
    x = np.zeros(n)
    upper[0], right[0] = c[0] / b[0], d[0] / b[0]
    for i in range(1, n):
        w = b[i] - a[i] * upper[i - 1]
        upper[i], right[i] = c[i] / w, (d[i] - a[i] * right[i - 1]) / w
    x[n - 1] = right[n - 1]
    for i in range(n - 2, -1, -1):
        x[i] = right[i] - upper[i] * x[i + 1]
    return np.sum(x * x)


def soft_warping(x, y, g):
    n, m = len(x), len(y)
    R = np.full((n + 1, m + 1), 1e10)
    R[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            a, b, c = -R[i - 1, j] / g, -R[i, j - 1] / g, -R[i - 1, j - 1] / g
            top = max(a, max(b, c))
            R[i, j] = (x[i - 1] - y[j - 1])**2 - g * (top + math.log(math.exp(a - top) + math.exp(b - top) + math.exp(c - top)))
    return R[n, m]


def kalman(q, r, seen):
    x, p, total = 0.0, 1.0, 0.0
    for z in seen:
        p = p + q
        s = p + r
        k, e = p / s, z - x
        x, p = x + k * e, (1 - k) * p
        total -= 0.5 * (math.log(2 * math.pi * s) + e * e / s)
    return total


def slopes(y, s, r, b):
    return np.array([s * (y[1] - y[0]), y[0] * (r - y[2]) - y[1], y[0] * y[1] - b * y[2]])


def lorenz(y, s, r, b, h, steps):
    for _ in range(steps):
        k1 = slopes(y, s, r, b)
        k2 = slopes(y + h / 2 * k1, s, r, b)
        y = y + h * k2
    return np.sum(y)


def cholesky(A):
    n = A.shape[0]
    L = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j]
            for k in range(j):
                s -= L[i, k] * L[j, k]
            if i == j:
                L[i, j] = math.sqrt(s)
            else:
                L[i, j] = s / L[j, j]
    total = 0.0
    for i in range(n):
        total += math.log(L[i, i])
    return total


def pendulum(start, length, n):
    states = np.zeros((n, 2))
    states[0] = start
    for i in range(1, n):
        states[i, 0] = states[i - 1, 0] + 0.01 * states[i - 1, 1]
        states[i, 1] = states[i - 1, 1] - 0.01 * GRAVITY / length * math.sin(states[i - 1, 0])
    return np.sum(states[:, 0]**2)


def pairs(x, eps, sigma):
    energy = 0.0
    for i in range(len(x)):
        for j in range(i):
            d = x[i] - x[j]
            s6 = (sigma * sigma / np.sum(d * d))**3
            energy += 4 * eps * (s6 * s6 - s6)
    return energy


def power(x, n):
    return 1.0 if n <= 0 else x * power(x, n - 1)


def weighted(x):
    total = 0.0
    for i in range(len(NODES)):
        total += NODES[i] * x[i]**2
    return total


def standard(x, y, i):
    """The functions of math, and operators."""
    a = math.sin(x) + math.cos(y) * math.tan(x) + math.asin(x) - math.acos(x) + math.atan(y) + math.atan2(x, y)
    b = math.sinh(x) * math.cosh(y) - math.tanh(x) + math.asinh(y) + math.acosh(1 + y) + math.atanh(x)
    c = math.exp(x) + math.expm1(y) + math.log(y) + math.log1p(x) + math.log2(y) + math.log10(y) + math.log(y, 3.0)
    d = math.sqrt(y) + math.erf(x) * math.erfc(y) + math.fabs(-x) + math.degrees(x) + math.radians(y)
    e = math.pow(x, y) + math.copysign(x, -y) + math.fmod(y, x) + x**3 + y**-1 + x**i
    f = y // x + y % x + abs(-x) + max(x, y) * min(x, y) + int(3 * y) * x + i // 2 * y + (i % 3) * x + math.floor(y) * x
    return a + b * c - d / e + (f if x < y <= 2.0 and not i == 7 else -f)


def of_arrays(a, b, M):
    """NumPy's functions element by element, and sums."""
    c = np.exp(-a) + np.log(b) * np.maximum(a, b)
    return np.sum(c * a**2) + np.dot(a, b) + np.sum(M @ a) + np.mean(c) + np.sqrt(a[0]) * np.abs(b[1]) + np.sum(M * b)


def _draw():
    r = np.random.default_rng(3).normal
    return {
        "thomas": (thomas, (r(size=9), 4 + r(size=9)**2, r(size=9), r(size=9))),
        "soft_warping": (soft_warping, (r(size=5), r(size=4), 0.7)),
        "kalman": (kalman, (0.1, 0.5, r(size=9))),
        "lorenz": (lorenz, (r(size=3), 10.0, 28.0, 2.5, 0.01, 7)),
        "cholesky": (cholesky, (np.cov(r(size=(4, 30))),)),
        "pendulum": (pendulum, (np.array([1.0, 0.2]), 2.0, 12)),
        "pairs": (pairs, (3 * r(size=(4, 3)), 1.1, 0.9)),
        "power": (power, (1.3, 5)),
        "weighted": (weighted, (r(size=3),)),
        "standard": (standard, (0.4, 1.7, 3)),
        "of_arrays": (of_arrays, (np.array([0.3, 0.6, 0.9]), np.array([0.5, 0.2, 0.7]), r(size=(3, 3)))),
    }


KERNELS = _draw()
