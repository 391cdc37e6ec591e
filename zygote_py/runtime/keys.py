"""Keys by which elements are sorted and chosen.

A key that is a function written in Python, and may store something, is called like any other function. Others run as they are;
what they return is watched while it is compared.
"""

from __future__ import annotations

import functools
import types
from typing import Any

from ..registry import non_differentiable
from ..rules import kinds
from ..tangents.accumulate import add
from .call import call
from .callees import python_call
from .context import Context
from .effects import is_quiet
from .iteration import give_items, note_items
from .rules import choose_with
from .shared import nones
from .slots import primitive
from .standins import stand_in
from .watching import ORDER, end_watch, watch_over

__all__ = ["extreme", "is_looked_into", "ordering", "plain_keys", "sort_keys", "way_by_key"]


@non_differentiable
def is_looked_into(key: Any) -> bool:
    """Whether a key may store something."""
    if isinstance(key, types.FunctionType):
        return not is_quiet(key)
    return isinstance(key, (types.MethodType, functools.partial)) or python_call(key) is not None


def keys_of(key: Any, values: Any) -> list:
    return [key(x) for x in values]


@non_differentiable
def plain_keys(key: Any, values: Any) -> list:
    return [key(x) for x in values]


def to_sorted(cx: Context, mask: int, source: Any, **keywords: Any) -> tuple[Any, Any, Any]:
    """`sorted(source, key=..., reverse=...)`"""
    feed = note_items(cx, source)
    items = list(feed.items)
    keys, back, tape = sort_keys(cx, items, keywords.get("key"))
    order = ordering(keys, keywords.get("reverse", False))
    y = [items[i] for i in order]
    return y, sorted_back, (feed, y, order, items, back, tape, tuple(keywords))


def sorted_back(cx: Context, tape: Any, dy: Any) -> tuple:
    feed, y, order, items, back, inner, words = tape
    parts: list = [None] * len(order)
    for j, i in enumerate(order):
        parts[i] = cx.take(y, j)
    dkey = None
    if back is not None:
        dkey = back(cx, inner, None)[0]
        parts = [add(parts[i], cx.take(items, i)) for i in range(len(parts))]
    return (give_items(cx, feed, parts), *[dkey if word == "key" else None for word in words])


def sort_keys(cx: Context, items: list, key: Any) -> tuple[Any, Any, Any]:
    """The keys of the elements of a list, and the pullback of what was stored on the way: None if nothing was."""
    if key is None:
        return items, None, None
    if not is_looked_into(key):
        return plain_keys(key, items), None, None
    return call(cx, -1, keys_of, key, items)


@non_differentiable
def ordering(keys: list, reverse: Any = False) -> list:
    """The positions that the elements of a sorted list had before."""
    watch = watch_over(ORDER, tuple(keys))
    order = sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)
    end_watch(watch)
    return order


def extreme(f: Any, args: tuple, key: Any, options: dict) -> Any:
    """`max(*args, key=key)` or `min`, with what else is given."""
    values = list(args[0]) if len(args) == 1 else args
    if len(values) == 0 and "default" in options:
        return options["default"]
    keys = keys_of(key, values) if is_looked_into(key) else plain_keys(key, values)
    return values[place(f, keys)]


@non_differentiable
def place(f: Any, keys: list) -> int:
    """Where the greatest or least key is."""
    watch = watch_over(ORDER, tuple(keys))
    found = f(range(len(keys)), key=keys.__getitem__) if keys else f(())
    end_watch(watch)
    return found


class Compared:
    """An element, as a function compares it that says which of two comes first."""

    def __init__(self, compare: Any, obj: Any) -> None:
        self.compare, self.obj = compare, obj

    def __lt__(self, other: Any) -> bool:
        return self.compare(self.obj, other.obj) < 0

    def __gt__(self, other: Any) -> bool:
        return self.compare(self.obj, other.obj) > 0


def cmp_to_key(mycmp: Any) -> Any:
    """`functools.cmp_to_key`; that of C hides the function."""
    return functools.partial(Compared, mycmp) if is_looked_into(mycmp) else plain_key(mycmp)


@non_differentiable
def plain_key(mycmp: Any) -> Any:
    return functools.cmp_to_key(mycmp)


def extreme_by_key(cx: Context, mask: int, r: Any, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`max` or `min`, applied with a key."""
    options = {word: keywords[word] for word in keywords if word != "key"}
    y, back, tape = call(cx, -1, extreme, f, args, keywords["key"], options)
    return y, extreme_back, (back, tape, len(args), options, tuple(keywords))


def extreme_back(cx: Context, tape: Any, dy: Any) -> tuple:
    back, inner, n, options, words = tape
    _, ds, dkey, _ = back(cx, inner, dy)
    return (*(nones(n) if ds is None else ds), *[dkey if word == "key" else cx.take(options, word) for word in words])


@non_differentiable
def way_by_key(f: Any, keywords: dict) -> Any:
    """What applies a function that chooses by a key; None if there is none."""
    return extreme_by_key if (f is max or f is min) and keywords.get("key") is not None else None


stand_in(functools.cmp_to_key, cmp_to_key)
primitive(sorted, to_sorted, kind=kinds.opaque)
choose_with(way_by_key)
