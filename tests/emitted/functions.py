"""Functions whose generated code is compared word for word."""

import math

import numpy as np


def pow(x, n):
    r = 1
    for i in range(n):
        r *= x
    return r


def sincos(x):
    s = math.sin(x)
    return s * math.cos(x)


def pow2(x, n):
    return 1 if n <= 0 else x * pow2(x, n - 1)


def layer(W, b, x):
    return np.tanh(W @ x + b)


def loss(W, b, x):
    y = layer(W, b, x)      # a call that is known beforehand
    return np.sum(y * y)


class Scaled:
    def __init__(self, k):
        self.k = k

    def __call__(self, x):
        return self.k * x


def fill(x):
    out = np.zeros(len(x))
    for i in range(len(x)):
        out[i] = np.sin(x[i]) * x[i]
    return out.sum()


def heat(u0, steps):
    u = u0.copy()
    for _ in range(steps):
        u[1:-1] += 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u * u)


def relaxed(u):
    u[0] = u[1] * 2         # the argument is written to: its cotangent is in memory
    return np.sum(u * u)


class Spring:
    def __init__(self, x, v, stiffness=3.0):
        self.x, self.v, self.stiffness = x, v, stiffness

    def step(self, dt):
        self.v -= dt * self.stiffness * self.x
        self.x += dt * self.v


def oscillate(x, dt):
    s = Spring(x, 0.0)
    for _ in range(10):
        s.step(dt)
    return s.x * s.x


def tree(up, down, strike):
    v = [max(up * j - down * (4 - j) - strike, 0.0) for j in range(5)]
    for i in range(3, -1, -1):
        for j in range(i + 1):
            v[j] = 0.6 * v[j + 1] + 0.3 * v[j]
    return v[0]
