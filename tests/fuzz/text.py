"""The text of the program that belongs to a seed: one on arrays and their axes where it is odd."""

from __future__ import annotations

from . import grammar, tensors

__all__ = ["source"]


def source(seed: int) -> str:
    """A function `program(x, y, xs, w)` of two numbers, a list and an array of three; its globals are those of `scene`."""
    return tensors.source(seed) if seed % 2 else grammar.source(seed)
