"""Iteration: where the elements of a loop came from.

A loop over anything but a range or an array notes what it iterates over; the reverse sweep hands the cotangent of each element
back. `zip`, `enumerate`, `map`, ... are objects like any other: what their elements' cotangents are is in their records, and
their own pullbacks pass it on.
"""

from __future__ import annotations

import itertools
from collections import deque
from typing import Any

import numpy as np

from ..registry import non_differentiable
from ..tangents.accumulate import add
from .call import call, callx, missing_rule
from .context import Context
from .memory import deliver
from .slots import all_none, primitive, raise_iterator

__all__ = ["Feed", "add", "feed_done", "feed_item", "note_items"]


_PLAIN = (list, tuple, np.ndarray, range, str, deque, dict)


class Feed:
    """One loop's source, what it iterates over, and the elements of a list of arrays as they were."""

    __slots__ = ("arrays", "items", "keys", "opened", "source")

    def __init__(self, source: Any, items: Any, keys: Any, arrays: Any = None) -> None:
        self.source, self.items, self.keys, self.arrays = source, items, keys, arrays
        self.opened: Any = None


def note_items(cx: Context, source: Any) -> Feed:
    """Prepare a loop over `source`."""
    if source.__class__ is list and source and source[0].__class__ is np.ndarray:
        return Feed(source, source, None, tuple(source))
    if source.__class__ in _PLAIN or (isinstance(source, _PLAIN) and not has_iter(source)):
        return Feed(source, source, None)
    view = cx.consumed.get(id(source))
    if view is not None and isinstance(source, (type({}.items()), type({}.values()), type({}.keys()))):
        return Feed(view[1], source, (view[2], tuple(view[1])))
    if isinstance(source, (set, frozenset)):
        return Feed(source, source, ("set", tuple(source)))
    if iter_is_self(source):
        if id(source) in cx.consumed:
            raise_iterator()
        cx.consumed[id(source)] = (source,)
        return Feed(source, source, None)
    if has_iter(source):
        y, back, tape = call(cx, -1, python_iter(source), source)
        feed = note_items(cx, y)
        feed.opened = (back, tape, source)
        return feed
    return Feed(source, source, None)


@non_differentiable
def iter_is_self(source: Any) -> bool:
    return hasattr(source, "__next__")


@non_differentiable
def has_iter(source: Any) -> bool:
    return python_iter(source) is not None


@non_differentiable
def python_iter(source: Any) -> Any:
    import types
    for base in type(source).__mro__:
        f = base.__dict__.get("__iter__")
        if f is not None:
            return f if isinstance(f, types.FunctionType) else None
    return None


def feed_item(cx: Context, feed: Feed, k: int, d: Any, known: bool = False) -> None:
    """The cotangent of the k-th element; `known` says that it is of no array which was written to."""
    if d is None:
        return
    source = feed.source
    if feed.keys is not None:
        how, keys = feed.keys
        if how == "values" or how == "set":
            cx.add(source, keys[k], d, known)
        elif how == "items":
            cx.add(source, keys[k], d[1], known)
    elif isinstance(source, (list, deque)):
        if feed.arrays is not None and k < len(feed.arrays):
            cx.add(source, k, deliver(cx, feed.arrays[k], d), True)
        else:
            cx.add(source, k, d, known)
    elif isinstance(source, (dict, str, range)):
        return
    elif isinstance(source, (tuple, np.ndarray)):
        cx.add(feed, k, d, known)
    elif supported(source):
        cx.add(source, k, d, known)
    else:
        raise missing_rule(type(source).__iter__)


@non_differentiable
def supported(source: Any) -> bool:
    return isinstance(source, (zip, enumerate, map, filter, reversed, type(iter([])), type(iter(())),
                               type(reversed([])),
                               itertools.chain, itertools.islice))


def feed_done(cx: Context, feed: Feed) -> Any:
    """The cotangent of a tuple or array that a loop went over."""
    if feed.opened is not None:
        back, tape, _ = feed.opened
        return back(cx, tape, source_done(cx, feed))[0]
    return source_done(cx, feed)


def source_done(cx: Context, feed: Feed) -> Any:
    source = feed.source
    if isinstance(source, tuple):
        return tuple_of(cx, feed, len(source))
    if isinstance(source, np.ndarray):
        parts = tuple_of(cx, feed, len(source))
        if parts is None:
            return None
        return np.stack([np.zeros(source.shape[1:]) if p is None else p for p in parts])
    return None


def tuple_of(cx: Context, container: Any, n: int) -> Any:
    parts = tuple([cx.take(container, i) for i in range(n)])
    return None if all_none(parts) else parts


def give_items(cx: Context, feed: Feed, parts: Any) -> Any:
    """Give cotangents to the first elements of a source; returns what its variable carries."""
    for i in range(len(parts)):
        feed_item(cx, feed, i, parts[i])
    return feed_done(cx, feed)


def count(cx: Context, y: Any) -> int:
    """How many elements of an iterator have cotangents."""
    entry = cx.records.get(id(y))
    return 0 if entry is None or not entry[1] else max_key(entry[1]) + 1


@non_differentiable
def max_key(slots: dict) -> int:
    return max(slots)


def zip_items(cx: Context, mask: int, *sources: Any, **keywords: Any) -> tuple[Any, Any, Any]:
    feeds = [note_items(cx, s) for s in sources]
    y = zip(*[feed.items for feed in feeds], **keywords)
    return y, zip_back, (y, feeds, len(keywords))


def zip_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, feeds, extra = tape
    rows = [cx.take(y, i) for i in range(count(cx, y))]
    ds = [give_items(cx, feed, [None if r is None else r[j] for r in rows]) for j, feed in enumerate(feeds)]
    return (*ds, *(None,) * extra)


def enumerate_items(cx: Context, mask: int, source: Any, *start: int, **word: int) -> tuple[Any, Any, Any]:
    feed = note_items(cx, source)
    y = enumerate(feed.items, *start, **word)
    return y, enumerate_back, (y, feed, len(start) + len(word))


def enumerate_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, feed, n = tape
    rows = [cx.take(y, i) for i in range(count(cx, y))]
    return give_items(cx, feed, [None if r is None else r[1] for r in rows]), *(None,) * n


def reversed_items(cx: Context, mask: int, source: Any) -> tuple[Any, Any, Any]:
    feed = note_items(cx, source)
    y = reversed(source)
    return y, reversed_back, (y, feed, len(source))


def reversed_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, feed, n = tape
    return (give_items(cx, feed, [cx.take(y, n - 1 - i) for i in range(n)]),)


def map_items(cx: Context, mask: int, f: Any, *sources: Any) -> tuple[Any, Any, Any]:
    """`map` computes its elements when they are asked for; here, at once."""
    results, backs = [], []
    lists = [call(cx, -1, list, s) for s in sources]
    for args in zip(*[items for items, _, _ in lists]):
        y, back, tape = callx(cx, -1, f, args, {})
        results.append(y)
        backs.append((back, tape))
    out = iter(results)
    return out, map_back, (out, backs, lists)


def map_back(cx: Context, tape: Any, dy: Any) -> tuple:
    out, backs, lists = tape
    rows: list = []
    for i in range(len(backs) - 1, -1, -1):
        back, inner = backs[i]
        ds, _ = back(cx, inner, cx.take(out, i))
        rows.append(ds)
    forward = rows[::-1]
    return (None, *[give_list(cx, lists[j], [r[j] for r in forward]) for j in range(len(lists))])


def give_list(cx: Context, opened: tuple, parts: list) -> Any:
    """Give cotangents to the elements of a list that was made of a source, and to the source."""
    items, back, tape = opened
    for i in range(len(parts)):
        cx.add(items, i, parts[i])
    return back(cx, tape, None)[0]


def filter_items(cx: Context, mask: int, f: Any, source: Any) -> tuple[Any, Any, Any]:
    kept, where = [], []
    opened = call(cx, -1, list, source)
    for i, x in enumerate(opened[0]):
        if x if f is None else f(x):
            kept.append(x)
            where.append(i)
    out = iter(kept)
    return out, filter_back, (out, opened, where)


def filter_back(cx: Context, tape: Any, dy: Any) -> tuple:
    out, opened, where = tape
    n = count(cx, out)
    parts: list = [None] * (where[-1] + 1 if where else 0)
    for j in range(n):
        parts[where[j]] = cx.take(out, j)
    return None, give_list(cx, opened, parts)


def iter_items(cx: Context, mask: int, source: Any) -> tuple[Any, Any, Any]:
    if iter_is_self(source):
        return source, same_back, None
    feed = note_items(cx, source)
    y = iter(feed.items)
    return y, iter_back, (y, feed)


def same_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return (dy,)


def iter_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, feed = tape
    return (give_items(cx, feed, [cx.take(y, i) for i in range(count(cx, y))]),)


def next_item(cx: Context, mask: int, it: Any, *default: Any) -> tuple[Any, Any, Any]:
    k = cx.consumed.get(id(it), (it, 0))
    if len(k) == 1:
        raise_iterator()
    y = next(it, *default)
    cx.consumed[id(it)] = (it, k[1] + 1)
    return y, next_back, (it, k[1], len(default))


def next_back(cx: Context, tape: Any, dy: Any) -> tuple:
    it, k, n = tape
    if dy is not None:
        if not supported(it):
            raise missing_rule(type(it).__next__)
        cx.add(it, k, dy)
    return (None,) * (1 + n)


def to_list(cx: Context, mask: int, *source: Any) -> tuple[Any, Any, Any]:
    """`list(source)`"""
    if not source:
        return [], empty_back, None
    feed = note_items(cx, source[0])
    y = list(feed.items)
    return y, list_back, (feed, y, len(y))


def empty_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return ()


def list_back(cx: Context, tape: Any, dy: Any) -> tuple:
    feed, y, n = tape
    for i in range(n):
        feed_item(cx, feed, i, cx.take(y, i))
    return (feed_done(cx, feed),)


def to_tuple(cx: Context, mask: int, *source: Any) -> tuple[Any, Any, Any]:
    """`tuple(source)`"""
    if not source:
        return (), empty_back, None
    if source[0].__class__ is tuple:
        return source[0], same_back, None
    feed = note_items(cx, source[0])
    y = tuple(feed.items)
    return y, tuple_back, (feed, len(y))


def tuple_back(cx: Context, tape: Any, dy: Any) -> tuple:
    feed, n = tape
    if dy is not None:
        for i in range(n):
            feed_item(cx, feed, i, dy[i])
    return (feed_done(cx, feed),)


def to_sorted(cx: Context, mask: int, source: Any, **keywords: Any) -> tuple[Any, Any, Any]:
    """`sorted(source, key=..., reverse=...)`"""
    feed = note_items(cx, source)
    items = list(feed.items)
    order = ordering(items, keywords)
    y = [items[i] for i in order]
    return y, sorted_back, (feed, y, order, len(keywords))


@non_differentiable
def ordering(items: list, keywords: dict) -> list:
    """The positions that the elements of a sorted list had before."""
    key = keywords.get("key")
    return sorted(range(len(items)), key=lambda i: items[i] if key is None else key(items[i]),
                  reverse=keywords.get("reverse", False))


def sorted_back(cx: Context, tape: Any, dy: Any) -> tuple:
    feed, y, order, n = tape
    for j, i in enumerate(order):
        feed_item(cx, feed, i, cx.take(y, j))
    return (feed_done(cx, feed), *(None,) * n)


primitive(zip, zip_items)
primitive(enumerate, enumerate_items)
primitive(reversed, reversed_items)
primitive(map, map_items)
primitive(filter, filter_items)
primitive(iter, iter_items)
primitive(next, next_item)
primitive(list, to_list)
primitive(tuple, to_tuple)
primitive(sorted, to_sorted)
