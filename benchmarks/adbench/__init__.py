"""Inputs of the ADBench suite (Microsoft; MIT licence, LICENSE.txt beside them), read as its own programs read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["bundle_adjustment", "gaussian_mixture", "lstm"]

HERE = Path(__file__).parent


def numbers(name: str) -> list[list[float]]:
    """The lines of a file that are not empty, as numbers."""
    return [[float(word) for word in line.split()] for line in (HERE / name).read_text().splitlines() if line.strip()]


def gaussian_mixture() -> dict[str, Any]:
    """Weights, means, and inverse covariance factors of 25 components in 10 dimensions; 1000 points; gamma and m of the prior."""
    (d, k, n), *rest = numbers("gmm_d10_K25.txt")
    parts = iter(rest)

    def take(lines: float) -> np.ndarray:
        return np.array([next(parts) for _ in range(int(lines))])
    alphas, means, factors, points = take(k)[:, 0], take(k), take(k), take(n)
    gamma, m = take(1)[0]
    assert means.shape == (k, d) and factors.shape == (k, d * (d + 1) // 2) and points.shape == (n, d)
    return {"alphas": alphas, "means": means, "factors": factors, "points": points, "gamma": float(gamma), "m": int(m)}


def bundle_adjustment(observations: int) -> dict[str, Any]:
    """Cameras, points, weights, features, and who sees what: the file holds one of each, which ADBench repeats."""
    (n, m, _p), camera, point, (weight,), feature = numbers("ba1_n49_m7776_p31843.txt")
    sees = [(i % int(n), i % int(m)) for i in range(observations)]
    return {"cameras": np.tile(camera, (int(n), 1)), "points": np.tile(point, (observations, 1)),
            "weights": np.full(observations, weight), "features": np.tile(feature, (observations, 1)), "sees": sees}


def lstm(characters: int) -> dict[str, Any]:
    """Weights of the layers and around them, the state at the start, and a text, of which the first characters are taken."""
    (layers, _c, _bits), *rest = numbers("lstm_l2_c1024.txt")
    n = 2 * int(layers)
    return {"main": np.array(rest[:n]), "extra": np.array(rest[n:n + 3]), "state": np.array(rest[n + 3:2 * n + 3]),
            "text": np.array(rest[2 * n + 3:2 * n + 3 + characters])}
