"""A network of plain Python classes, and two ways to make a step on it along a gradient that mirrors it.

Nothing here knows of zygote_py. A gradient is any object with the fields of the model; where the loss does not depend on a
field, the gradient has None there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

__all__ = ["Adam", "Chain", "Dense", "dense", "descend", "identity", "leaves", "relu"]


@dataclass
class Dense:
    """One layer: act(x W + b), a row of x per sample."""

    W: np.ndarray
    b: np.ndarray
    act: Callable

    def __call__(self, x):
        return self.act(x @ self.W + self.b)


@dataclass
class Chain:
    """Layers, one after the other."""

    layers: list

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def relu(x):
    """The positive part."""
    return np.maximum(x, 0.0)


def identity(x):
    """What the last layer does, whose numbers are taken as they are."""
    return x


def dense(rng: np.random.Generator, inputs: int, outputs: int, act: Callable = identity) -> Dense:
    """A layer with random weights, of a size that keeps the spread of what passes through [Glorot and Bengio 2010]."""
    limit = np.sqrt(6 / (inputs + outputs))
    return Dense(rng.uniform(-limit, limit, (inputs, outputs)), np.zeros(outputs), act)


def leaves(model: Any, grad: Any) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The arrays of a model, each with its gradient.

    >>> [(w.tolist(), dw.tolist()) for w, dw in leaves([np.ones(2), np.tanh], [np.zeros(2), None])]
    [([1.0, 1.0], [0.0, 0.0])]
    """
    if grad is None:
        return
    if isinstance(model, np.ndarray):
        yield model, grad
    elif isinstance(model, (list, tuple)):
        for part, dpart in zip(model, grad):
            yield from leaves(part, dpart)
    elif is_dataclass(model):
        for field in fields(model):
            yield from leaves(getattr(model, field.name), getattr(grad, field.name))


def descend(model: Any, grad: Any, rate: float) -> None:
    """One step of plain gradient descent, in place."""
    for w, dw in leaves(model, grad):
        w -= rate * dw


class Adam:
    """Steps scaled by running averages of the gradient and of its square [Kingma and Ba 2015]."""

    def __init__(self, rate: float = 0.001, decay: tuple[float, float] = (0.9, 0.999)) -> None:
        self.rate, self.decay = rate, decay
        self.steps = 0
        self.averages: list[tuple[np.ndarray, np.ndarray]] = []

    def step(self, model: Any, grad: Any) -> None:
        """One step, in place."""
        pairs = list(leaves(model, grad))
        if not self.averages:
            self.averages = [(np.zeros_like(w), np.zeros_like(w)) for w, _ in pairs]
        self.steps += 1
        d1, d2 = self.decay
        scale = self.rate * np.sqrt(1 - d2**self.steps) / (1 - d1**self.steps)
        for (w, dw), (m, v) in zip(pairs, self.averages):
            m += (1 - d1) * (dw - m)
            v += (1 - d2) * (dw * dw - v)
            w -= scale * m / (np.sqrt(v) + 1e-8)
