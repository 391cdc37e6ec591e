"""Arrays that are updated in place.

The cotangent of an array travels in local variables and through pullbacks. That of an array which was written to in this run is
in memory, like the array: in its *shadow*, which mirrors the memory of the array that owns it, so that views of the array are
views of the shadow. A pullback that undoes a store takes the cotangent of what was stored out of the shadow, puts zero in its
place, and puts back what the array held before. So that it finds everything there, generated code calls `spill` before: it moves
the cotangent of each variable that other code may reach from the variable to the shadow; and `claim`, where the variable is
bound, moves it back.

At the end of the reverse sweep the arrays get what they held at the end of the forward sweep (`put_back`).
"""

from __future__ import annotations

from types import CellType
from typing import Any

import numpy as np

from ..errors import MutationError, message
from ..registry import linear, non_differentiable
from .context import Context
from .frames import here

__all__ = ["claim", "deliver", "deposit", "give_shape", "is_written", "keep_final", "note_write", "owner", "put_back",
           "refuse_mutation", "shadow", "spill", "spill_pending"]


# -- what was written -----------------------------------------------------------------------------------------------


@non_differentiable
def owner(x: Any) -> Any:
    """The array that owns the memory of x; `as_strided` puts an object of its own between an array and the next."""
    base = x.base
    while base is not None:
        if isinstance(base, np.ndarray):
            x = base
        base = getattr(base, "base", None)
    return x


@non_differentiable
def is_written(cx: Context, x: Any) -> bool:
    """Whether x is an array whose memory was stored into in this run."""
    return isinstance(x, np.ndarray) and cx.written is not None and id(owner(x)) in cx.written


@non_differentiable
def note_write(cx: Context, x: Any) -> None:
    """Say that x was, or is going to be, stored into."""
    o = owner(x)
    if cx.written is None:
        cx.written = {}
    if id(o) not in cx.written:
        check_writable(x, o)
        cx.written[id(o)] = o
        cx.tracked[id(o)] = o
    cx.writes += 1


def check_writable(x: Any, o: Any) -> None:
    """Refuse stores that the shadow can't follow."""
    if x.dtype.kind not in "fciub":
        raise refuse_mutation(f"of an array of {x.dtype}", "The shadow of an array holds numbers.",
                              "keep the numbers in arrays of float")
    if o.base is not None and not isinstance(o, np.memmap):
        raise refuse_mutation(f"of memory that belongs to a {type(o.base).__name__}", "Other arrays may share it unseen.",
                              "copy the array first: a = a.copy()")
    if type(x).__setitem__ is not np.ndarray.__setitem__:
        raise refuse_mutation(f"of a {type(x).__name__}", "Its stores are its own.", "store into a plain array: np.asarray(a)")


# -- shadows --------------------------------------------------------------------------------------------------------


def shadow(cx: Context, x: Any) -> Any:
    """The part of the shadow that mirrors x: an array of the shape of x."""
    o = owner(x)
    if cx.shadows is None:
        cx.shadows = {}
    if id(o) not in cx.shadows:
        flat = np.zeros(o.size, o.dtype if o.dtype.kind in "fc" else float)
        cx.shadows[id(o)] = (o, window(flat, o, o), flat)
    entry = cx.shadows[id(o)]
    if o is x and entry[1].shape == x.shape:
        return entry[1]
    return window(entry[2], o, x)


def window(flat: Any, o: Any, x: Any) -> Any:
    """What in the row `flat` is where x is in the memory of o."""
    return np.ndarray(x.shape, *layout(flat, o, x))


@non_differentiable
def layout(flat: Any, o: Any, x: Any) -> tuple:
    """dtype, buffer, offset and strides for an array that is to `flat` what x is to the memory of o."""
    dtype = flat.dtype
    if x.dtype is not o.dtype and x.dtype != o.dtype:
        if o.dtype.kind == "c" and x.dtype.kind == "f" and 2 * x.itemsize == o.itemsize:
            dtype = x.dtype         # a real or an imaginary part
        else:
            raise refuse_mutation(f"of memory that is seen as {o.dtype} and as {x.dtype}", "A cotangent has no bytes.",
                                  "make a new array with astype")
    offset = x.__array_interface__["data"][0] - o.__array_interface__["data"][0]
    n, m = flat.dtype.itemsize, o.dtype.itemsize
    return dtype, flat, offset * n // m, tuple([s * n // m for s in x.strides])


def window_back(dy: Any, flat: Any, o: Any, x: Any) -> Any:
    d = np.zeros(flat.shape, flat.dtype)
    part = np.ndarray(x.shape, *layout(d, o, x))
    if overlaps(x):
        add_overlapping(part, dy)
    else:
        part += dy
    return d


linear(window, window_back, fresh=False)


@non_differentiable
def overlaps(x: Any) -> bool:
    """Whether two elements of x may be the same memory, as in broadcast arrays and sliding windows."""
    reach = 0
    for stride, n in sorted((abs(s), n) for s, n in zip(x.strides, x.shape) if n > 1):
        if stride <= reach:
            return True
        reach += stride * (n - 1)
    return x.size > 1 and reach == 0


def spill(cx: Context, x: Any, d: Any) -> Any:
    """Move the cotangent d of a variable's value x to the shadows, where x was written to; returns what the variable keeps."""
    if d is None:
        return None
    if isinstance(x, np.ndarray):
        if not is_written(cx, x):
            return d
        s = shadow(cx, x)
        if x.dtype.kind != "c" and is_complex(d):
            d = d.real
        if overlaps(x):
            add_overlapping(s, d)
        else:
            s += d
        return np.zeros(x.shape, s.dtype) if getattr(d, "shape", ()) and not changes_shape(cx, x) else 0.0
    if isinstance(x, tuple) and isinstance(d, tuple):
        return tuple([spill(cx, x[i], d[i]) for i in range(len(d))])
    return d


@non_differentiable
def changes_shape(cx: Context, x: Any) -> bool:
    """Whether the shape of an array was set in this run."""
    return cx.shapes is not None and id(x) in cx.shapes


def deliver(cx: Context, x: Any, d: Any) -> Any:
    """Move the cotangent d of x to the shadow if x was written to; None then, as it is where it belongs."""
    rest = spill(cx, x, d)
    return None if is_written(cx, x) else rest


def add_overlapping(s: Any, d: Any) -> None:
    """Add to an array of which several elements are the same memory: one after the other."""
    d = np.broadcast_to(d, s.shape)
    for index in np.ndindex(s.shape):
        s[index] += d[index]


def take_overlapping(s: Any) -> Any:
    """Take out an array of which several elements are the same memory: the first of them gets all of it."""
    found = np.zeros(s.shape, s.dtype)
    for index in np.ndindex(s.shape):
        found[index] = s[index]
        s[index] = 0
    return found


@non_differentiable
def is_complex(d: Any) -> bool:
    return np.iscomplexobj(d)


def claim(cx: Context, x: Any, d: Any) -> Any:
    """Move the cotangent of a value x from the shadows to the variable that is bound to it, and whose own one is d."""
    if isinstance(x, np.ndarray):
        if not has_shadow(cx, x):
            return d
        s = shadow(cx, x)
        if overlaps(x):
            found = take_overlapping(s)
        else:
            found = s.copy()
            s[...] = 0
        return found if d is None else found + d
    if isinstance(x, tuple):
        parts = tuple([claim(cx, x[i], None if d is None else d[i]) for i in range(len(x))])
        return d if all_none(parts) else parts
    return d


@non_differentiable
def all_none(parts: tuple) -> bool:
    return all(p is None for p in parts)


@non_differentiable
def has_shadow(cx: Context, x: Any) -> bool:
    return cx.shadows is not None and id(owner(x)) in cx.shadows


def spill_pending(cx: Context) -> None:
    """Move the cotangents of arrays that are in records of lists, objects, ... to the shadows."""
    if cx.pending:
        slots, cx.pending = cx.pending, None
        for container, key in slots:
            d = cx.take(container, key)
            if d is not None:
                value = held(cx, container, key, d)
                rest = spill(cx, value, d)
                if not is_written(cx, value):
                    cx.record(container)[key] = rest


@non_differentiable
def held(cx: Context, container: Any, key: Any, d: Any) -> Any:
    """What a slot held when its cotangent arrived; refused if that isn't known, and matters."""
    if not has_arrays(d):
        return None
    if id(container) not in cx.originals and id(container) not in cx.tracked:
        try:
            if isinstance(container, (list, dict)):
                return container[key]
            if hasattr(container, "cell_contents"):
                return container.cell_contents
            if hasattr(container, "items") and isinstance(key, int):
                return container.items[key]
            if isinstance(key, str):
                return getattr(container, key)
        except (LookupError, AttributeError, TypeError, ValueError):
            pass
    raise refuse_mutation(f"while a {type(container).__name__} holds arrays and changes",
                          "Which array a cotangent belongs to isn't known any more.",
                          "keep the arrays that are updated out of containers that change")


def has_arrays(d: Any) -> bool:
    return isinstance(d, np.ndarray) or (isinstance(d, (tuple, list)) and any(has_arrays(p) for p in d))


def deposit(cx: Context, cell: CellType | None, value: Any, d: Any) -> None:
    """The cotangent of a variable of an enclosing scope, at the end of the reverse sweep of a function that only reads it."""
    if d is None:
        return
    if cx.written and is_written(cx, value):
        spill(cx, value, d)
    elif id(value) in cx.tracked and cx.tracked[id(value)] is value:
        cx.add(value, "contents", d)
    elif cell is not None:
        cx.add(cell, "cell_contents", d)
    elif isinstance(value, tuple):
        for p, q in zip(value, d):
            deposit(cx, None, p, q)


def keep_final(cx: Context, a: Any) -> None:
    """Keep what an array holds at the end of the forward sweep, before the reverse sweep first changes it."""
    o = owner(a)
    if cx.finals is None:
        cx.finals = {}
    if id(o) not in cx.finals:
        cx.finals[id(o)] = (o, o.copy())


def put_back(cx: Context) -> None:
    """Leave the arrays as the forward sweep left them."""
    if cx.shapes is not None:
        for a, shape in cx.shapes.values():
            give_shape(a, shape)
    if cx.finals:
        for o, final in cx.finals.values():
            o[...] = final
        cx.finals = None


def give_shape(a: Any, shape: Any) -> None:
    """`a.shape = shape`, without the warning that NumPy 2.5 gives to its users."""
    if hasattr(a, "_set_shape"):
        a._set_shape(shape)
    else:
        a.shape = shape


@non_differentiable
def refuse_mutation(what: str, why: str = "It has no inverse for the reverse sweep yet.",
                    instead: str = "make a new array: np.sort(a), np.where(mask, v, a), np.stack(parts)") -> MutationError:
    return MutationError(message(f"cannot differentiate the in-place update {what}", **here(), why=why, instead=instead,
                                 doc="docs/limitations.md#in-place"))
