"""Train a two-layer network on the 1797 handwritten digits that ship with scikit-learn.

Enters: a folder for the plot. Leaves: printed progress, `digits.png`, and whether the network reads 95 % of digits it never saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from zygote_py import withgradient
from zygote_py.tour import show
from zygote_py.tour.network import Adam, Chain, dense, relu

__all__ = ["run"]

TARGET = 0.95


@dataclass
class Split:
    """Images (n, 64) with numbers from 0 to 1, and which digit each one shows (n,)."""

    X: np.ndarray
    y: np.ndarray


def load(rng: np.random.Generator) -> tuple[Split, Split]:
    """The digits in random order: four fifths to train on, one fifth to test with."""
    from sklearn.datasets import load_digits
    digits: Any = load_digits()
    order = rng.permutation(len(digits.data))
    X, y = digits.data[order] / 16, digits.target[order]
    cut = len(X) * 4 // 5
    return Split(X[:cut], y[:cut]), Split(X[cut:], y[cut:])


def loss(model, X, y):
    """Cross-entropy of the model's guesses: the mean of -log(probability that it gives the right digit)."""
    z = model(X)
    z = z - np.max(z, axis=1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(y)), y])


def accuracy(model: Chain, data: Split) -> float:
    """How much of `data` the model reads correctly, 0 to 1."""
    return float(np.mean(np.argmax(model(data.X), axis=1) == data.y))


def outline(grad: object) -> str:
    """A gradient with the shapes of its arrays in place of the numbers."""
    if isinstance(grad, np.ndarray):
        return f"array {grad.shape}"
    if isinstance(grad, (list, tuple)):
        return f"[{', '.join(map(outline, grad))}]"
    names = [name for name in ("layers", "W", "b", "act") if hasattr(grad, name)]
    return f"({', '.join(f'{name}={outline(getattr(grad, name))}' for name in names)})" if names else repr(grad)


def run(output: Path, quick: bool = False) -> int:
    """Train, report and plot; return 1 if the network stays below the target, else 0."""
    if find_spec("sklearn") is None:
        return 0
    show.heading("A network of plain Python classes learns to read handwritten digits")
    rng = np.random.default_rng(0)
    train, test = load(rng)
    model = Chain([dense(rng, 64, 64, relu), dense(rng, 64, 10)])
    print("model     Chain([Dense(64 -> 64, relu), Dense(64 -> 10)]), dataclasses that hold NumPy arrays")
    print(f"data      {len(train.y)} digits to train on, {len(test.y)} to test with")
    print(f"gradient  {outline(withgradient(loss, model, X=train.X[:32], y=train.y[:32]).grad[0])}\n")

    start = perf_counter()
    losses, read = fit(model, train, test, rng, epochs=12 if quick else 40)
    seconds = perf_counter() - start
    print(f"\nloss {losses[0]:.3f} -> {losses[-1]:.4f}; reads {read[-1]:.1%} of digits it never saw, after {seconds:.1f} s")
    epochs = range(1, len(losses) + 1)
    panels = {"loss": {"training": (epochs, losses)}, "accuracy": {"test": (epochs, read)}}
    show.plot(output / "digits.png", panels, xlabel="epoch")
    return 0 if read[-1] >= TARGET else 1


def fit(model: Chain, train: Split, test: Split, rng: np.random.Generator, epochs: int,
        batch: int = 32) -> tuple[list[float], list[float]]:
    """Train in place; return the mean loss and the accuracy on the test digits, per epoch."""
    adam = Adam(rate=0.003)
    losses, read = [], []
    for _epoch in show.progress(range(epochs), "training"):
        total = 0.0
        order = rng.permutation(len(train.y))
        for start in range(0, len(order), batch):
            now = order[start:start + batch]
            value, (grad,) = withgradient(loss, model, X=train.X[now], y=train.y[now])    # keywords are not differentiated
            adam.step(model, grad)
            total += float(value) * len(now)
        losses.append(total / len(order))
        read.append(accuracy(model, test))
    return losses, read
