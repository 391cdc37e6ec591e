"""The context of one run in forward mode: the tangents of slots, and where the elements of iterators come from.

A tangent has the structure of a cotangent: `None` is zero; numbers, arrays and tuples have theirs in local variables; lists,
dicts, objects and closure cells have those of what they hold here, in records that belong to their identity.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from types import CellType, FunctionType
from typing import Any

import numpy as np

from ...errors import MissingRuleError
from ...registry import non_differentiable
from ...tangents.accumulate import rebuild
from ...tangents.types import Tangent
from ..context import contents_of
from ..memory import owner, window
from ..settle import fields_of, is_array_like, is_value
from ..slots import refuse_fixed

__all__ = ["Missing", "Tangents", "cell_tangent", "current", "currents", "definite", "gathered", "is_clean", "part_of", "quiet",
           "set_cell_tangent", "settled", "whole", "zero_like"]


class Fixed(dict):
    """The tangents of a dict that may not be stored into."""

    def __setitem__(self, key: Any, tangent: Any) -> None:
        raise refuse_fixed()


class Tangents:
    """State of one run.

    Attributes
    ----------
    records : id -> (container, {key: tangent})
    feeds : id of an iterator -> (iterator, its `Feed`)
    generators : id of a generator -> (a weak reference to it, [the tangent of what it yielded last, of what was sent to it],
        itself if it does something where it is dropped before its end)
    written : id of an array -> (array, the tangents of its memory where it was stored into, marks there); None: none was
    shapes : id -> array whose shape was set: all of its tangent is there
    remembered : id of a function of `functools.lru_cache` -> (the function, what it was called with)
    """

    __slots__ = ("feeds", "generators", "records", "remembered", "shapes", "written")

    def __init__(self) -> None:
        self.records: dict[int, tuple[Any, dict]] = {}
        self.feeds: dict[int, tuple[Any, Any]] = {}
        self.generators: dict[int, tuple[Any, list, Any]] = {}
        self.written: dict[int, tuple[Any, Any, Any]] | None = None
        self.shapes: dict[int, Any] = {}
        self.remembered: dict[int, Any] | None = None

    def get(self, container: Any, key: Any) -> Any:
        """The tangent of a slot."""
        entry = self.records.get(id(container))
        return None if entry is None else entry[1].get(key)

    def put(self, container: Any, key: Any, tangent: Any) -> None:
        """Set the tangent of a slot."""
        entry = self.records.get(id(container))
        if entry is not None:
            entry[1][key] = tangent
        elif tangent is not None:
            self.records[id(container)] = (container, {key: tangent})

    def slots(self, container: Any) -> dict:
        """The record of a container, as a copy; empty if it has none."""
        entry = self.records.get(id(container))
        return {} if entry is None else dict(entry[1])

    def share(self, container: Any, owner: Any) -> None:
        """Say that the slots of a container are those of its owner: `obj.__dict__` and `obj`."""
        if id(owner) not in self.records:
            self.records[id(owner)] = (owner, {})
        self.records[id(container)] = (container, self.records[id(owner)][1])

    def fix(self, container: Any) -> None:
        """Say that a container may not be stored into: `f.__kwdefaults__`."""
        self.records[id(container)] = (container, Fixed(self.slots(container)))

    def replace(self, container: Any, slots: dict) -> None:
        """Set the tangents of all elements of a container; those of its attributes stay."""
        if slots or id(container) in self.records:
            known = self.slots(container)
            if isinstance(self.records.get(id(container), (None, None))[1], Fixed):
                raise refuse_fixed()
            for k in known:
                if is_attribute(container, k):
                    slots[k] = known[k]
            self.records[id(container)] = (container, slots)


@non_differentiable
def is_attribute(container: Any, key: Any) -> bool:
    """Whether a slot of a container is an attribute, and no element."""
    if isinstance(container, dict):
        return key.__class__ is tuple and key[:1] == ("attribute",)
    return isinstance(container, (list, deque)) and isinstance(key, str)


@non_differentiable
def quiet(cx: Tangents, tangents: Any) -> bool:
    """Whether no tangent can reach a callee: none is given, and none is in memory."""
    return is_clean(cx) and all(t is None for t in tangents)


@non_differentiable
def is_clean(cx: Tangents) -> bool:
    """Whether nothing in memory has a tangent."""
    return not (cx.records or cx.feeds or cx.generators or cx.written)


def cell_tangent(cx: Tangents, cell: CellType) -> Any:
    """The tangent of a closure variable."""
    d = cx.get(cell, "cell_contents")
    return d if cx.written is None else current(cx, contents_of(cell), d)


def set_cell_tangent(cx: Tangents, cell: CellType, tangent: Any) -> None:
    """Say what the tangent of a closure variable is."""
    cx.put(cell, "cell_contents", tangent)


# -- arrays that were stored into -----------------------------------------------------------------------------------


def current(cx: Tangents, x: Any, d: Any) -> Any:
    """The tangent of x as it is now, where d is what it was when the variable was bound; see `pushforward.memory`."""
    if cx.written is None:
        return d
    if isinstance(x, tuple):
        return currents(cx, x, d)
    if not isinstance(x, np.ndarray) or id(owner(x)) not in cx.written:
        return d
    if id(x) in cx.shapes:
        d = None
    o, flat, marks = cx.written[id(owner(x))]
    return chosen(window(marks, o, x), window(flat, o, x), d)


def currents(cx: Tangents, xs: tuple, ds: Any) -> Any:
    """The tangents of several values as they are now."""
    if cx.written is None:
        return ds
    parts = tuple([current(cx, x, None if ds is None else ds[i]) for i, x in enumerate(xs)])
    return None if ds is None and all_none(parts) else parts


def part_of(cx: Tangents, x: Any, d: Any, index: Any) -> Any:
    """The tangent of `x[index]` for an array x as it is now."""
    if cx.written is None or id(owner(x)) not in cx.written:
        return None if d is None else d[index]
    if id(x) in cx.shapes:
        d = None
    o, flat, marks = cx.written[id(owner(x))]
    return chosen(window(marks, o, x)[index], window(flat, o, x)[index], None if d is None else d[index])


def chosen(marks: Any, stored: Any, d: Any) -> Any:
    """What was stored, where there are marks, and d elsewhere."""
    if d is None:
        return stored.copy() if any_marked(marks) else None
    if marks.dtype.kind == "c":
        return np.where(marks.real != 0, stored.real, np.real(d)) + 1j * np.where(marks.imag != 0, stored.imag, np.imag(d))
    return np.where(marks != 0, stored, d)[()]


@non_differentiable
def any_marked(marks: Any) -> bool:
    return bool(np.any(marks != 0))


class Missing:
    """The tangent of a result of which it is not known: an error as soon as anything is computed with it."""

    __slots__ = ("error",)

    def __init__(self, error: MissingRuleError) -> None:
        self.error = error

    def refuse(self, *_: Any, **__: Any) -> Any:
        raise self.error

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __neg__ = refuse
    __matmul__ = __rmatmul__ = __pow__ = __getitem__ = __iter__ = __len__ = __float__ = refuse
    __array__ = __array_ufunc__ = __array_function__ = refuse

    def __getattr__(self, name: str) -> Any:
        raise self.error


# -- zeros ----------------------------------------------------------------------------------------------------------


def zero_like(x: Any) -> Any:
    """The tangent zero, in full."""
    if isinstance(x, np.ndarray):
        return np.zeros(x.shape, x.dtype) if x.dtype.kind in "fc" else np.zeros(x.shape)
    if isinstance(x, tuple):
        return tuple([zero_like(p) for p in x])
    if isinstance(x, list):
        return [zero_like(p) for p in x]
    if isinstance(x, dict):
        return {k: zero_like(v) for k, v in x.items()}
    if isinstance(x, Fraction):
        return Fraction(0)
    return x * 0 if is_array_like(x) and hasattr(x, "shape") and not isinstance(x, np.generic) else 0.0


def definite(d: Any, x: Any) -> Any:
    """A tangent of a number or array, with zero for None."""
    return zero_like(x) if d is None else d


def whole(d: Any, x: Any) -> Any:
    """A tangent with zeros for each None in it."""
    if d is None:
        return zero_like(x)
    if isinstance(x, list):
        return [whole(p, q) for p, q in zip(d, x)]
    if isinstance(x, tuple):
        return tuple([whole(p, q) for p, q in zip(d, x)])
    if isinstance(x, dict):
        return {k: whole(d.get(k), x[k]) for k in x}
    if d.__class__ is Tangent:
        fields = d.as_dict()
        return Tangent({k: whole(fields[k], getattr(x, k, None)) for k in fields})
    if isinstance(x, np.generic) and isinstance(d, (int, float, complex)):
        return np.asarray(d)[()]
    return d


# -- from and to records --------------------------------------------------------------------------------------------


def gathered(cx: Tangents, x: Any, d: Any, fit: Any = None, memo: dict | None = None) -> Any:
    """The tangent of a value with what its lists, dicts and objects have in their records; None if there is nothing.

    It mirrors the value, as the gradients of `settle.collect` do. `fit`, if given, fits each tangent to its number or array.
    """
    if isinstance(x, tuple):
        parts: Any = [gathered(cx, p, None if d is None else d[i], fit, memo) for i, p in enumerate(x)]
        return None if all_none(parts) else rebuild(x, parts)
    if is_value(x) or isinstance(x, np.flatiter):
        d = current(cx, x, d)
        return d if fit is None or d is None else fit(d, x)
    if not cx.records and cx.written is None:
        return None
    memo = {} if memo is None else memo
    if id(x) in memo:
        return memo[id(x)]
    memo[id(x)] = None
    if isinstance(x, list):
        memo[id(x)] = parts = []
        parts += [gathered(cx, p, cx.get(x, i), fit, memo) for i, p in enumerate(x)]
        found = parts
    elif isinstance(x, dict):
        memo[id(x)] = parts = {}
        for k in x:
            parts[k] = gathered(cx, x[k], cx.get(x, k), fit, memo)
        found = list(parts.values())
    else:
        fields, cells = fields_of(x), cells_of(x)
        if fields is None or isinstance(x, (set, frozenset)):
            return cx.get(x, "held") if d is None else d
        memo[id(x)] = parts = Tangent({})
        found = []
        for k in fields:
            part = gathered(cx, fields[k], cell_tangent(cx, cells[k]) if k in cells else cx.get(x, k), fit, memo)
            object.__setattr__(parts, k, part)
            found += [part]
    if all_none(found):
        memo[id(x)] = None
    return memo[id(x)]


@non_differentiable
def all_none(parts: Any) -> bool:
    return all(p is None for p in parts)


def settled(cx: Tangents, x: Any, d: Any) -> Any:
    """Give a tangent to a value: what has identity gets it into its record; returns what the variable itself carries.

    The tangent of an object is a `Tangent`, a dict of fields, or another object like it.
    """
    if d is None or x is None or isinstance(x, (str, bytes, bool)):
        return None
    if (is_value(x) and not isinstance(x, tuple)) or isinstance(x, np.flatiter):
        return d
    if isinstance(x, tuple):
        return tuple([settled(cx, p, d[i]) for i, p in enumerate(x)])
    if isinstance(x, list):
        for i in range(len(x)):
            cx.put(x, i, settled(cx, x[i], d[i]))
        return None
    items = d if isinstance(d, dict) else d.as_dict() if isinstance(d, Tangent) else fields_of(d) or {}
    if isinstance(x, dict):
        for k in items:
            cx.put(x, k, settled(cx, x[k], items[k]))
        return None
    cells = cells_of(x)
    for k in items:
        if k in cells:
            set_cell_tangent(cx, cells[k], settled(cx, cells[k].cell_contents, items[k]))
        elif items[k] is not None:
            cx.put(x, k, settled(cx, getattr(x, k), items[k]))
    return None


@non_differentiable
def cells_of(x: Any) -> dict[str, CellType]:
    """The free variables of a function."""
    return dict(zip(x.__code__.co_freevars, x.__closure__ or ())) if isinstance(x, FunctionType) else {}
