"""ADBench's Gaussian mixture: log-likelihood of points, by weights, means, and factors of the inverse covariances."""

import math

import numpy as np

from benchmarks import adbench
from benchmarks.harness import Workload
from benchmarks.peers import adapted


def matrices(lower, diagonals, rows, columns):
    k, d = diagonals.shape
    Q = np.zeros((k, d, d))
    Q[:, rows, columns] = lower
    Q[:, np.arange(d), np.arange(d)] = diagonals
    return Q


def objective(alphas, means, factors, points, rows, columns, gamma, m, constant):
    n, d = points.shape
    log_diagonals = factors[:, :d]
    lower = factors[:, d:]
    diagonals = np.exp(log_diagonals)
    sums = np.sum(log_diagonals, axis=1)
    Q = matrices(lower, diagonals, rows, columns)
    z = (points - means[:, None]) @ np.swapaxes(Q, 1, 2)
    terms = (alphas + sums)[:, None] - 0.5 * np.sum(z * z, axis=2)
    top = np.max(terms, axis=0)
    likelihood = np.sum(top + np.log(np.sum(np.exp(terms - top), axis=0)))
    weights = np.log(np.sum(np.exp(alphas)))
    prior = 0.5 * gamma**2 * (np.sum(diagonals**2) + np.sum(lower**2)) - m * np.sum(sums)
    return constant + likelihood - n * weights + prior


def adjoint(alphas, means, factors, points, rows, columns, gamma, m, constant, through_top):
    n, d = points.shape
    log_diagonals, lower = factors[:, :d], factors[:, d:]
    diagonals = np.exp(log_diagonals)
    sums = log_diagonals.sum(axis=1)
    i = np.arange(d)
    Q = np.zeros((len(alphas), d, d))
    Q[:, rows, columns] = lower
    Q[:, i, i] = diagonals
    from_mean = points - means[:, None]
    z = from_mean @ np.swapaxes(Q, 1, 2)
    p = np.multiply(z, z).sum(axis=2)
    p *= -0.5
    p += (alphas + sums)[:, None]
    top = p.max(axis=0)
    if through_top:
        highest = p == top
    p -= top
    np.exp(p, out=p)
    total = p.sum(axis=0)
    e = np.exp(alphas)
    weights = e.sum()
    prior = 0.5 * gamma**2 * (np.vdot(diagonals, diagonals) + np.sum(lower * lower)) - m * sums.sum()
    value = constant + top.sum() + np.log(total).sum() - n * math.log(weights) + prior
    p /= total
    if through_top:
        p += highest * ((1 - p.sum(axis=0)) / highest.sum(axis=0))
    of_component = p.sum(axis=1)
    np.negative(p, out=p)
    z *= p[:, :, None]
    dQ = np.swapaxes(z, 1, 2) @ from_mean
    d_means = (z @ Q).sum(axis=1)
    np.negative(d_means, out=d_means)
    d_factors = np.empty_like(factors)
    d_factors[:, :d] = diagonals * (dQ[:, i, i] + gamma**2 * diagonals) + (of_component[:, None] - m)
    d_factors[:, d:] = dQ[:, rows, columns] + gamma**2 * lower
    e *= -n / weights
    e += of_component
    return value, (e, d_means, d_factors)


def hand(*args, **data):
    return adjoint(*args, **data, through_top=True)


def sharp(*args, **data):
    return adjoint(*args, **data, through_top=False)     # what passes through the maximum cancels


def with_products(lower, diagonals, rows, columns):
    """For those that can't store: the places as constant matrices."""
    k, d = diagonals.shape
    below, on = np.zeros((len(rows), d, d)), np.zeros((d, d, d))
    below[np.arange(len(rows)), rows, columns] = 1
    on[np.arange(d), np.arange(d), np.arange(d)] = 1
    return (lower @ below.reshape(-1, d * d) + diagonals @ on.reshape(-1, d * d)).reshape(k, d, d)


def with_updates(lower, diagonals, rows, columns):
    """For JAX."""
    k, d = diagonals.shape
    return np.zeros((k, d, d)).at[:, rows, columns].set(lower).at[:, np.arange(d), np.arange(d)].set(diagonals)


def workloads():
    given = adbench.gaussian_mixture()
    points, gamma, m, k = given["points"], given["gamma"], given["m"], len(given["alphas"])
    n, d = points.shape
    columns, rows = np.triu_indices(d, 1)        # the entries below the diagonal, column by column
    v = d + m + 1
    of_prior = v * d * (math.log(gamma) - 0.5 * math.log(2)) - (
        0.25 * d * (d - 1) * math.log(math.pi) + sum(math.lgamma(0.5 * v + 0.5 * (1 - j)) for j in range(1, d + 1)))
    constant = -0.5 * n * d * math.log(2 * math.pi) - k * of_prior
    data = {"points": points, "rows": rows, "columns": columns, "gamma": gamma, "m": m, "constant": constant}
    products, updates = adapted(objective, matrices=with_products), adapted(objective, matrices=with_updates)
    versions = {"autograd": products, "mygrad": products, "jax": updates, "jax_jit": updates}
    return [Workload("gmm", objective, hand, (given["alphas"], given["means"], given["factors"]), data, versions=versions,
                     sharp=sharp, aim=1.2, aim_hand=1.25)]
