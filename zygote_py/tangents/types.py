"""The cotangent of an object: one entry per field.

Enters: a dict from field names to cotangents. Leaves: an immutable `Tangent` that has the fields as attributes.
The fields live in the instance dict, so that reading one costs as much as reading any attribute, and a field may have any name.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from .accumulate import add, entries_of, scale

__all__ = ["Tangent"]


class _Names:
    """The attribute `_fields`: the names of the fields. A field may have this name, too."""

    def __get__(self, t: Any, owner: Any = None) -> Any:
        return self if t is None else tuple(t.__dict__)


class Tangent:
    """The structural cotangent of an object; `None` marks a field that has none.

    Iterating gives the entries in the order of the fields.

    >>> t = Tangent({"x": 0.5, "y": None})
    >>> t
    (x=0.5, y=None)
    >>> t.x, 2 * t + t
    (0.5, (x=1.5, y=None))
    """

    __slots__ = ("__dict__", "__weakref__")
    __hash__ = None  # type: ignore[assignment]
    __array_priority__ = 1000.0     # NumPy's numbers and arrays leave the arithmetic to us
    _fields = _Names()

    def __init__(self, fields: dict[str, Any] | None = None, /) -> None:
        if fields:
            for name in fields:
                object.__setattr__(self, name, fields[name])

    if TYPE_CHECKING:
        def __getattr__(self, name: str) -> Any: ...

    def as_dict(self) -> dict[str, Any]:
        """Return the fields and their entries as a new dict."""
        return entries_of(self)

    def __repr__(self) -> str:
        return "(" + ", ".join([f"{name}={value!r}" for name, value in self.__dict__.items()]) + ")"

    def _repr_html_(self) -> str:
        rows = [f"<tr><td>{escape(name)}</td><td>{entry_html(value)}</td></tr>" for name, value in self.__dict__.items()]
        return '<table style="text-align:left">' + "".join(rows) + "</table>"

    def __reduce__(self) -> tuple:
        return Tangent, (dict(self.__dict__),)

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"a Tangent is immutable; cannot set {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a Tangent is immutable; cannot delete {name!r}")

    def __copy__(self) -> Tangent:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(tuple(entries_of(self).values()))

    def __len__(self) -> int:
        return len(self.__dict__)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> Any:
        if other.__class__ is not Tangent:
            return NotImplemented
        return same(self.__dict__, other.__dict__)

    def __add__(self, other: Any) -> Any:
        return add(self, other) if other is None or other.__class__ is Tangent else NotImplemented

    def __radd__(self, other: Any) -> Any:
        return self if other.__class__ is int and other == 0 else self + other      # `sum` begins with 0

    def __sub__(self, other: Any) -> Any:
        return add(self, scale(other, -1)) if other.__class__ is Tangent else NotImplemented

    def __mul__(self, factor: Any) -> Any:
        check_factor(factor)
        return scale(self, factor)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> Any:
        check_factor(divisor)
        return scale(self, 1 / divisor)

    def __neg__(self) -> Tangent:
        return scale(self, -1)


def check_factor(x: Any) -> None:
    if x is None or isinstance(x, (str, bytes, list, tuple, dict, Tangent)) or getattr(x, "shape", False):
        raise TypeError(f"a Tangent is multiplied by numbers, not by a {type(x).__name__}")


def entry_html(value: Any) -> str:
    """An entry in a notebook: a table for a tangent inside, a word for a large array."""
    if value.__class__ is Tangent:
        return value._repr_html_()
    if isinstance(value, np.ndarray) and value.size > 12:
        return f"array {value.shape} {value.dtype}, |.| = {np.linalg.norm(value.ravel()):.3g}"
    text = repr(value)
    return escape(text if len(text) <= 200 else text[:196] + " ...")


def same(a: Any, b: Any) -> bool:
    """Whether two cotangents are equal; arrays are compared as wholes."""
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(value, b[key]) for key, value in a.items())
    if isinstance(a, (list, tuple)):
        return a.__class__ is b.__class__ and len(a) == len(b) and all(same(p, q) for p, q in zip(a, b))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return a is not None and b is not None and np.array_equal(a, b)
    return bool(a == b)
