"""scipy.spatial.distance: distances between all pairs of points."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import distance

from zygote_py.registry import rule
from zygote_py.rules.numpy.helpers import fit, ratio
from zygote_py.tangents import Unknown

METRIC = Unknown("points whose distance is of another metric than 'euclidean', 'sqeuclidean' or 'cityblock'")

rule(distance.cdist,
     lambda dy, y, XA, XB, metric="euclidean": fit(pulls(dy, y, XA, XB, metric), XA),
     lambda dy, y, XA, XB, metric="euclidean": fit(pulls(np.transpose(dy), np.transpose(y), XB, XA, metric), XB))
rule(distance.pdist, lambda dy, y, X, metric="euclidean": fit(pulls(square(dy, X), square(y, X), X, X, metric), X))
rule(distance.squareform,
     lambda dy, y, X, force="no", checks=True: fit(dy[pairs(y)] + dy.T[pairs(y)] if np.ndim(X) == 1 else half(dy, X), X))


def pulls(dy: Any, y: Any, a: Any, b: Any, metric: str) -> Any:
    """The cotangent of the points a_i: sum over j of dy_ij times the derivative of |a_i - b_j|; 0 where points coincide."""
    a, b = np.asarray(a), np.asarray(b)
    if metric == "cityblock":
        return np.sum(dy[:, :, None] * np.sign(a[:, None] - b), axis=1)
    if metric not in ("euclidean", "sqeuclidean"):
        return METRIC
    w = 2 * dy if metric == "sqeuclidean" else dy * ratio(1.0, y)
    return np.sum(w, axis=1)[:, None] * a - w @ b


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
