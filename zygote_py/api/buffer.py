"""Buffer: an array that is filled element by element, as in Zygote. Plain arrays may be written to, too, and need no Buffer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..errors import MutationError, message
from ..registry import non_differentiable

__all__ = ["Buffer"]


class Buffer:
    """A mutable array that becomes a plain one with `copy()`, and can't be changed after that.

    Parameters
    ----------
    x : array or list that gives shape and dtype; the elements are zeros, or for a list none
    *shape : another shape, with the dtype of x

    Examples
    --------
    >>> import numpy as np
    >>> from zygote_py import gradient
    >>> def reversed_square(x):
    ...     b = Buffer(x)
    ...     for i in range(len(x)):
    ...         b[i] = x[len(x) - 1 - i]**2
    ...     return np.sum(b.copy() * np.array([1.0, 10.0]))
    >>> gradient(reversed_square, np.array([3.0, 4.0]))
    (array([60.,  8.]),)
    """

    __slots__ = ("_data", "_frozen")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, x: Any, *shape: int) -> None:
        like = np.asarray(x)
        self._data = np.zeros(shape or ((0,) if isinstance(x, list) else like.shape), like.dtype)
        self._frozen = False

    @property
    def shape(self) -> tuple[int, ...]:
        return self._data.shape

    @property
    def ndim(self) -> int:
        return self._data.ndim

    @property
    def size(self) -> int:
        return self._data.size

    @property
    def dtype(self) -> Any:
        return self._data.dtype

    def __len__(self) -> int:
        return len(self._data)

    def __getitem__(self, index: Any) -> Any:
        part = self._data[index]
        return part.copy() if isinstance(part, np.ndarray) else part

    def __setitem__(self, index: Any, value: Any) -> None:
        check_open(self._frozen)
        self._data[index] = value

    def __iter__(self) -> Iterator[Any]:
        return iter([self[i] for i in range(len(self._data))])

    def append(self, value: Any) -> Buffer:
        """Add an element at the end of a buffer of one dimension."""
        check_open(self._frozen)
        check_vector(self._data.ndim)
        self._data = np.append(self._data, value).astype(self._data.dtype)
        return self

    def copy(self) -> np.ndarray:
        """The elements as a plain array; the buffer is frozen from now on."""
        self._frozen = True
        return self._data.copy()

    def __repr__(self) -> str:
        return f"Buffer({self._data!r}{', frozen' if self._frozen else ''})"


@non_differentiable
def check_open(frozen: bool) -> None:
    if frozen:
        raise MutationError(message("this Buffer is frozen", why="Its copy was taken, and is used.",
                                    instead="write all elements first, and call copy() last"))


@non_differentiable
def check_vector(ndim: int) -> None:
    if ndim != 1:
        raise ValueError(message(f"append to a Buffer of {ndim} dimensions", instead="set its elements by index"))
