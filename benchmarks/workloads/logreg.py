"""Logistic regression: the mean loss over 1000 samples of 20 numbers, by the weights."""

import numpy as np

from benchmarks.harness import Workload


def loss(w, X, y):
    return np.mean(np.log1p(np.exp(-y * (X @ w))))


def hand(w, X, y):
    e = X @ w
    e *= y
    np.negative(e, out=e)
    np.exp(e, out=e)
    value = np.log1p(e).mean()
    dz = e / (1 + e)
    dz *= y
    dz *= -1 / len(y)
    return value, (dz @ X,)


def workloads():
    rng = np.random.default_rng(0)
    w, X = rng.normal(size=20), rng.normal(size=(1000, 20))
    y = np.sign(X @ rng.normal(size=20) + rng.normal(size=1000))
    return [Workload("logreg", loss, hand, (w,), {"X": X, "y": y}, aim=2.4, aim_hand=1.6)]
