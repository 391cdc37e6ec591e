"""Fit a two-layer network to the curve 2x - x^3, by plain gradient descent, one sample at a time.

Enters: a folder for the plot. Leaves: `curve.png`, and whether the fit follows the curve.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zygote_py import withgradient
from zygote_py.tour import show
from zygote_py.tour.network import Chain, Dense, dense, descend

__all__ = ["run"]

TOLERANCE = 0.2      # on a curve that runs from -4 to 4


def loss(model, x, y):
    """Squared distance."""
    return np.sum((model(x) - y)**2)


def run(output: Path, quick: bool = False) -> int:
    """Fit, report and plot; return 1 if the fit misses the curve, else 0 (a quick fit may miss it)."""
    show.heading("The same classes, fitted to the curve 2x - x^3")
    rng = np.random.default_rng(0)
    model = Chain([Dense(rng.normal(size=(1, 20)), rng.normal(size=20), np.tanh), dense(rng, 20, 1)])
    xs = np.linspace(-2.0, 2.0, 41)
    truth = 2 * xs - xs**3
    for _epoch in show.progress(range(50 if quick else 1000), "fitting"):
        for x, y in zip(xs, truth):
            grad, = withgradient(loss, model, x=np.array([x]), y=y).grad
            descend(model, grad, rate=0.01)
    fitted = model(xs[:, None])[:, 0]
    error = float(np.max(np.abs(fitted - truth)))
    print(f"\nlargest distance between curve and fit: {error:.3f}")
    show.plot(output / "curve.png", {"2x - x^3": {"truth": (xs, truth), "fitted": (xs, fitted)}}, xlabel="x")
    return 0 if quick or error <= TOLERANCE else 1
