"""Unpacking, and what displays with stars hand back."""

from __future__ import annotations

from typing import Any

from ..registry import non_differentiable
from .context import Context


def split_star(dt: Any, sizes: tuple) -> tuple:
    """Cotangents of the items of `(a, *b, c)`, from that of the tuple; sizes has the length of what was starred."""
    out, at = [], 0
    for n in sizes:
        if n is None:
            out.append(dt[at])
            at = at + 1
        else:
            out.append(tuple([dt[at + i] for i in range(n)]))
            at = at + n
    return tuple(out)


def note_unpack(cx: Context, source: Any) -> Any:
    """What is unpacked, and what the pullback of the unpacking has to know of it."""
    from .iteration import note_items
    return note_items(cx, source)


def repack(cx: Context, feed: Any, parts: tuple, star: int | None, rest: Any = None, size: int = 0) -> Any:
    """The cotangent of a value that was unpacked; a starred target is a new list with a record of its own."""
    if star is not None:
        middle = tuple([cx.take(rest, i) for i in range(size)])
        parts = parts[:star] + middle + parts[star + 1:]
    if isinstance(feed.source, tuple) and feed.opened is None:
        return parts
    from .iteration import give_items
    return give_items(cx, feed, parts)


@non_differentiable
def all_none(parts: tuple) -> bool:
    return all(p is None for p in parts)


def full(d: Any, n: int) -> tuple:
    """The cotangent of a tuple of n numbers, with zeros for None."""
    if d is None:
        return (0.0,) * n
    return tuple([0.0 if p is None else p for p in d])
