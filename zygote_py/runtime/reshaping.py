"""Setting the shape of an array: the memory and its shadow stay, and are seen in another way.

What a generated function knows of its variables it knows of the shapes that they have when they are bound. So a function that
sets a shape is made without such knowledge, and the shape of an array that another one holds in a variable is not set under its
feet.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import CodeType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ..registry import non_differentiable
from .context import Context
from .generators import Source
from .memory import give_shape, keep_final, note_write, refuse_mutation, spill_pending
from .methods import register_method
from .shared import nones
from .slots import primitive

__all__ = ["is_unknowing", "note_knowing", "set_shape", "shape_taken"]


def set_shape(a: Any, name: str, shape: Any) -> None:
    """`a.shape = shape`"""
    a.shape = shape


def resize(a: Any, *shape: Any, refcheck: bool = True) -> None:
    """`a.resize(shape)`, where as many elements are wanted as there are."""
    give_shape(a, resized(a, shape))


@non_differentiable
def resized(a: Any, shape: tuple) -> Any:
    new = shape[0] if len(shape) == 1 else shape
    if new is None or new == ():
        return a.shape
    if int(np.prod(new)) != a.size:
        raise refuse_mutation("`.resize(...)`", "The memory of the array would be another, and other arrays may look into it.",
                              "make a new array: b = np.zeros(n); b[:len(a)] = a")
    return new


def shape_set(cx: Context, mask: int, a: Any, name: str, shape: Any) -> tuple[Any, Any, Any]:
    old = a.shape
    a.shape = shape
    note_shape(cx, a, old)
    return None, shape_back, (a, old, 3)


def shape_given(cx: Context, mask: int, a: Any, shape: Any) -> tuple[Any, Any, Any]:
    old = a.shape
    give_shape(a, shape)
    note_shape(cx, a, old)
    return None, shape_back, (a, old, 2)


def note_shape(cx: Context, a: Any, old: tuple) -> None:
    shape_taken(a, old, [s.it() for s in cx.generators.values() if s.__class__ is Source])
    note_write(cx, a)
    cx.shapes = {} if cx.shapes is None else cx.shapes
    cx.shapes[id(a)] = a, a.shape


def shape_back(cx: Context, tape: Any, dy: Any) -> tuple:
    a, old, n = tape
    spill_pending(cx)
    keep_final(cx, a)
    give_shape(a, old)
    return nones(n)


@non_differentiable
def shape_taken(a: Any, old: tuple, generators: list) -> None:
    """Refuse the new shape of an array that a generated function under way holds, which knows the old one."""
    if old != a.shape and any(knows(frame, a) for frame in [*running(), *[g.gi_frame for g in generators if g is not None]]):
        give_shape(a, old)
        raise refuse_mutation("`.shape = ...` of an array of the caller", "The caller was made for the shape that it has.",
                              "set the shape in the function that holds the array, b = a.reshape(shape), or differentiate "
                              "with zygote_py.options(optimise=False)")


def running() -> Iterator[Any]:
    """The frames of the functions under way."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


def knows(frame: Any, a: Any) -> bool:
    """Whether the code of a frame was made for the shape of an array that it holds."""
    return frame is not None and bool(_knowing.get(frame.f_code)) \
        and any(holds(list(space.values()), a) for space in (frame.f_locals, frame.f_globals))


def holds(values: Any, a: Any) -> bool:
    """Whether an array is among values, and tuples of them."""
    return any(v is a or (v.__class__ is tuple and holds(v, a)) for v in values)


_knowing: WeakKeyDictionary[CodeType, bool] = WeakKeyDictionary()


def note_knowing(code: CodeType, knows: bool) -> None:
    """Say whether a generated function was made for the shapes of its variables."""
    _knowing[code] = knows


def is_unknowing(code: CodeType) -> bool:
    """Whether a function was generated, and may not be made for shapes when it is differentiated again."""
    return _knowing.get(code) is False


primitive(set_shape, shape_set)
primitive(give_shape, shape_given)
register_method(np.ndarray, "resize", resize)
