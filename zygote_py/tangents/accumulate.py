"""Sum and scale cotangents of any structure.

Enters: two cotangents of one value. Leaves: their sum, always in new memory; `None` is zero.
"""

from __future__ import annotations

from typing import Any

__all__ = ["add", "scale"]


def add(a: Any, b: Any) -> Any:
    """Return the sum of two cotangents.

    >>> add((1.0, None), (2.0, 3.0))
    (3.0, 3.0)
    """
    if a is None:
        return b
    if b is None:
        return a
    kind = a.__class__
    if kind is float:
        return a + b
    if kind is list:
        return [add(p, q) for p, q in zip(a, b)] if len(a) == len(b) else _mismatch(a, b)
    if isinstance(a, tuple):
        return rebuild(a, [add(p, q) for p, q in zip(a, b)]) if len(a) == len(b) else _mismatch(a, b)
    if kind is dict:
        return {**a, **{key: add(a.get(key), value) for key, value in b.items()}}
    if kind.__name__ == "Tangent" and b.__class__ is kind:
        return kind(add(entries_of(a), entries_of(b)))
    return a + b


def scale(a: Any, factor: Any) -> Any:
    """Return a cotangent times a number."""
    if a is None:
        return None
    kind = a.__class__
    if kind is list:
        return [scale(p, factor) for p in a]
    if isinstance(a, tuple):
        return rebuild(a, [scale(p, factor) for p in a])
    if kind is dict:
        return {key: scale(value, factor) for key, value in a.items()}
    if kind.__name__ == "Tangent":
        return kind(scale(entries_of(a), factor))
    return a * factor


def entries_of(t: Any) -> dict:
    """The fields of a Tangent and their entries, read one by one, as a derivative needs it."""
    return {name: getattr(t, name) for name in tuple(t.__dict__)}


def rebuild(like: tuple, entries: list) -> tuple:
    """Return a tuple or namedtuple of the type of `like`."""
    kind = like.__class__
    if kind is tuple:
        return tuple(entries)
    return kind._make(entries) if hasattr(kind, "_make") else tuple(entries)  # pyright: ignore[reportAttributeAccessIssue]


def _mismatch(a: Any, b: Any) -> Any:
    raise ValueError(f"cotangents of different lengths: {len(a)} and {len(b)}")
