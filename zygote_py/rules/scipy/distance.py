"""scipy.spatial.distance: distances between all pairs of points.

Kinks: the derivative of a distance is 0 where the points coincide, and that of the largest difference is shared evenly at a tie.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import distance

from zygote_py.registry import rule
from zygote_py.rules.numpy.helpers import fit, ratio
from zygote_py.tangents import Unknown

METRIC = Unknown("points whose distance is of a metric that has no rule, or has options that are found from the points")
OPTION = Unknown("the options of a metric")

rule(distance.cdist,
     lambda dy, y, XA, XB, metric="euclidean", *, p=2, V=None, VI=None: fit(pulls(dy, y, XA, XB, metric, p, V, VI), XA),
     lambda dy, y, XA, XB, metric="euclidean", *, p=2, V=None, VI=None: fit(
         pulls(np.transpose(dy), np.transpose(y), XB, XA, metric, p, V, VI), XB), None,
     lambda dy, y, XA, XB, metric="euclidean", *, p=2, V=None, VI=None: OPTION,
     lambda dy, y, XA, XB, metric="euclidean", *, p=2, V=None, VI=None: OPTION,
     lambda dy, y, XA, XB, metric="euclidean", *, p=2, V=None, VI=None: OPTION)
rule(distance.pdist,
     lambda dy, y, X, metric="euclidean", *, p=2, V=None, VI=None: fit(
         pulls(square(dy, X), square(y, X), X, X, metric, p, V, VI), X), None,
     lambda dy, y, X, metric="euclidean", *, p=2, V=None, VI=None: OPTION,
     lambda dy, y, X, metric="euclidean", *, p=2, V=None, VI=None: OPTION,
     lambda dy, y, X, metric="euclidean", *, p=2, V=None, VI=None: OPTION)
rule(distance.squareform,
     lambda dy, y, X, force="no", checks=True: fit(dy[pairs(y)] + dy.T[pairs(y)] if np.ndim(X) == 1 else half(dy, X), X))


def pulls(dy: Any, y: Any, a: Any, b: Any, metric: Any, p: Any, V: Any, VI: Any) -> Any:
    """The cotangent of the points a_i: sum over j of dy_ij times the derivative of the distance of a_i and b_j."""
    a, b = np.asarray(a), np.asarray(b)
    if metric in ("euclidean", "sqeuclidean"):
        w = 2 * dy if metric == "sqeuclidean" else dy * ratio(1.0, y)
        return np.sum(w, axis=1)[:, None] * a - w @ b
    if metric == "correlation":         # the cosine of the differences from the mean
        d = pulls(dy, y, a - np.mean(a, axis=1, keepdims=True), b - np.mean(b, axis=1, keepdims=True), "cosine", p, V, VI)
        return d - np.mean(d, axis=1, keepdims=True)
    steep = slope(y[:, :, None], a[:, None], b[None], metric, p, V, VI)
    return METRIC if steep is None else np.sum(dy[:, :, None] * steep, axis=1)


def slope(y: Any, a: Any, b: Any, metric: Any, p: Any, V: Any, VI: Any) -> Any:
    """The derivative of the distance y by a; None if it has no rule."""
    d = a - b
    if metric == "cityblock":
        return np.sign(d)
    if metric == "chebyshev":
        largest = np.abs(d) == y
        return np.sign(d) * largest / np.sum(largest, axis=-1, keepdims=True)
    if metric == "minkowski":
        return np.sign(d) * np.abs(ratio(d, y)) ** (p - 1)
    if metric == "cosine":              # y = 1 - a.b / |a| |b|
        along, across = np.sum(a * a, axis=-1, keepdims=True), np.sum(b * b, axis=-1, keepdims=True)
        return (1 - y) * a / along - b / np.sqrt(along * across)
    if metric == "canberra":            # the sum of |a - b| / (|a| + |b|)
        size = np.abs(a) + np.abs(b)
        return ratio(np.sign(d), size) - ratio(np.sign(a) * np.abs(d), size * size)
    if metric == "braycurtis":          # the sum of |a - b| over the sum of |a + b|
        total = np.sum(np.abs(a + b), axis=-1, keepdims=True)
        return (np.sign(d) - y * np.sign(a + b)) / total
    if metric == "seuclidean" and V is not None:
        return ratio(d / np.asarray(V), y)
    if metric == "mahalanobis" and VI is not None:
        inverse = np.asarray(VI)
        return ratio(0.5 * d @ (inverse + inverse.T), y)
    return None


def pairs(x: Any) -> Any:
    """The positions of the pairs i < j."""
    return np.triu_indices(len(x), 1)


def square(d: Any, x: Any) -> Any:
    """A symmetric matrix with zeros on the diagonal, of its entries above the diagonal."""
    i, j = pairs(x)
    n = len(x)
    where = np.zeros((n, n), int)
    where = where + np.bincount(i * n + j, np.arange(1, len(i) + 1), n * n).astype(int).reshape(n, n)
    where = where + where.T
    return np.concatenate([[0.0], d])[where]


def half(dy: Any, x: Any) -> Any:
    """The entries above the diagonal are the ones that are read."""
    i, j = pairs(x)
    return np.reshape(np.bincount(i * len(x) + j, dy, np.size(x)), np.shape(x))
