"""The likelihood of a Gaussian process by its length, scale and noise, with a Cholesky factor."""

import math

import numpy as np

from benchmarks.harness import Workload


def likelihood(length, scale, noise, x, y):
    apart = (x[:, None] - x) / length
    K = scale**2 * np.exp(-0.5 * apart**2) + noise**2 * np.eye(len(x))
    L = np.linalg.cholesky(K)
    z = np.linalg.solve(L, y)
    return 0.5 * np.dot(z, z) + np.sum(np.log(np.diag(L))) + 0.5 * len(x) * math.log(2 * math.pi)


def hand(length, scale, noise, x, y):
    n = len(x)
    square = (x[:, None] - x) / length
    np.multiply(square, square, out=square)
    E = np.multiply(square, -0.5)
    np.exp(E, out=E)
    K = scale**2 * E
    K.reshape(-1)[::n + 1] += noise**2
    L = np.linalg.cholesky(K)
    z = np.linalg.solve(L, y)
    diagonal = L.diagonal()
    value = 0.5 * (z @ z) + np.log(diagonal).sum() + 0.5 * n * math.log(2 * math.pi)
    inverse = np.linalg.inv(L)                # for the solution and for the factor
    dy = z @ inverse
    dL = np.multiply.outer(dy, z)
    np.negative(dL, out=dL)
    dL.reshape(-1)[::n + 1] += 1 / diagonal
    P = np.tril(L.T @ dL)
    P.reshape(-1)[::n + 1] *= 0.5
    dK = inverse.T @ P @ inverse              # not symmetric; all that it meets is
    d_noise = 2 * noise * np.trace(dK)
    dK *= E
    d_scale = 2 * scale * dK.sum()
    d_length = scale**2 / length * np.vdot(dK, square)
    return value, (d_length, d_scale, d_noise)


def sharp(length, scale, noise, x, y):
    # The derivative by K is known: half of inverse(K) - a a^T, with a = inverse(K) y.
    n = len(x)
    square = (x[:, None] - x) / length
    np.multiply(square, square, out=square)
    E = np.multiply(square, -0.5)
    np.exp(E, out=E)
    K = scale**2 * E
    K.reshape(-1)[::n + 1] += noise**2
    L = np.linalg.cholesky(K)
    inverse = np.linalg.inv(L)
    z = inverse @ y
    value = 0.5 * (z @ z) + np.log(L.diagonal()).sum() + 0.5 * n * math.log(2 * math.pi)
    a = z @ inverse
    dK = inverse.T @ inverse
    dK -= np.multiply.outer(a, a)
    dK *= 0.5
    d_noise = 2 * noise * np.trace(dK)
    dK *= E
    return value, (scale**2 / length * np.vdot(dK, square), 2 * scale * dK.sum(), d_noise)


def workloads():
    x = np.linspace(0, 10, 200)
    y = np.sin(x) + 0.1 * np.random.default_rng(0).normal(size=200)
    return [Workload("gaussian_process", likelihood, hand, (1.3, 0.9, 0.3), {"x": x, "y": y},
                     versions={"mygrad": None}, sharp=sharp, aim=1.4, aim_hand=1.25)]
