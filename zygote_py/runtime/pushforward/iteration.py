"""Iteration in forward mode: where the tangents of the elements of a loop come from.

A `Feed` knows, for what is iterated over, how the tangent of the k-th element is found: when the element is, because a list may
change while a loop goes over it.
"""

from __future__ import annotations

import itertools
from collections import deque
from typing import Any

import numpy as np

from ...registry import non_differentiable
from ..iteration import has_iter, iter_is_self, ordering, python_iter
from ..refusals import missing_rule
from ..unpacking import raise_iterator
from .call import behave, push_call, push_callx
from .tangents import Missing, Tangents, all_none

__all__ = ["Feed", "feed_tangent", "note_source", "view"]

_PLAIN = (list, tuple, np.ndarray, range, str, bytes, deque, dict)


class Feed:
    """What is iterated over, and how the tangents of its elements are found.

    Attributes
    ----------
    items : what Python iterates over
    how : 'list', 'parts' (the tangent is a tuple, an array, or None), 'zip', 'enumerate', 'reversed', 'values', 'items', 'keys',
        'set', 'none' or 'unknown'
    source : what the tangents belong to: a container, a tangent, or feeds
    start : how many elements were taken before
    at : how many elements were taken with `next`; None when a loop has gone over it
    """

    __slots__ = ("at", "how", "items", "source", "start")

    def __init__(self, items: Any, how: str, source: Any, start: int = 0) -> None:
        self.items, self.how, self.source, self.start = items, how, source, start
        self.at: Any = 0


def note_source(cx: Tangents, source: Any, source_dot: Any) -> Feed:
    """Prepare a loop over `source`."""
    if source.__class__ in _PLAIN or (isinstance(source, _PLAIN) and not has_iter(source)):
        if isinstance(source, (list, deque)):
            return Feed(source, "list", source)
        if isinstance(source, (tuple, np.ndarray)):
            return Feed(source, "parts", source_dot)
        if isinstance(source, dict):
            return Feed(source, "keys", tuple(source))
        return Feed(source, "none", None)
    known = cx.feeds.get(id(source))
    if known is not None:
        feed = known[1]
        if feed.at is None:
            raise_iterator()
        if iter_is_self(source):
            start, feed.at = feed.at, None
            return Feed(feed.items, feed.how, feed.source, start)
        return feed
    if isinstance(source, (set, frozenset)):
        return Feed(source, "set", source)
    if has_iter(source) and not iter_is_self(source):
        y, y_dot = push_call(cx, python_iter(source), (source,), (source_dot,))
        return note_source(cx, y, y_dot)
    return Feed(source, "none" if holds_no_tangents(cx, source) else "unknown", source)


@non_differentiable
def holds_no_tangents(cx: Tangents, source: Any) -> bool:
    """Whether an iterator that the engine did not make can be taken for one of constants."""
    if type(source).__module__.partition(".")[0] == "numpy":        # over an array, whose tangent is in a variable
        return False
    return not cx.records or isinstance(source, (itertools.count, type(iter(()))))


def feed_tangent(cx: Tangents, feed: Feed, k: int) -> Any:
    """The tangent of the k-th element."""
    how, source = feed.how, feed.source
    k = k + feed.start
    if how == "list":
        return cx.get(source, k)
    if how == "parts":
        return None if source is None or k >= len(source) else source[k]
    if how == "zip":
        parts = tuple([feed_tangent(cx, f, k) for f in source])
        return None if all_none(parts) else parts
    if how == "enumerate":
        part = feed_tangent(cx, source, k)
        return None if part is None else (None, part)
    if how == "reversed":
        return feed_tangent(cx, source[0], source[1] - 1 - k)
    if how == "values":
        return cx.get(source, nth(source, k))
    if how == "items":
        key = nth(source, k)
        parts = (cx.get(key, "key"), cx.get(source, key))
        return None if all_none(parts) else parts
    if how == "keys":
        return cx.get(nth(source, k), "key")
    if how == "set":
        return cx.get(source, nth(source, k))
    if how == "unknown":
        return Missing(missing_rule(type(source).__iter__))
    return None


@non_differentiable
def nth(items: Any, k: int) -> Any:
    """The k-th key of a dict or element of a set."""
    return items[k] if items.__class__ is tuple else next(itertools.islice(items, k, None))


def noted(cx: Tangents, items: Any, how: str, source: Any) -> Any:
    """Remember what the elements of an iterator or view are."""
    cx.feeds[id(items)] = (items, Feed(items, how, source))
    return items


def view(cx: Tangents, d: dict, items: Any, how: str) -> Any:
    """Remember what a view of a dict shows."""
    return noted(cx, items, how, d)


# -- iterators ------------------------------------------------------------------------------------------------------


def zip_items(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    feeds = [note_source(cx, s, d) for s, d in zip(args, dots)]
    return noted(cx, zip(*[f.items for f in feeds], **keywords), "zip", feeds), None


def enumerate_items(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    feed = note_source(cx, args[0], dots[0])
    return noted(cx, enumerate(feed.items, *args[1:], **keywords), "enumerate", feed), None


def reversed_items(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    feed = note_source(cx, args[0], dots[0])
    return noted(cx, reversed(args[0]), "reversed", (feed, len(args[0]))), None


def map_items(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`map` computes its elements when they are asked for; here, at once."""
    feeds = [note_source(cx, s, d) for s, d in zip(args[1:], dots[1:])]
    out: list = []
    parts: list = []
    for k, each in enumerate(zip(*[f.items for f in feeds])):
        y, y_dot = push_callx(cx, args[0], each, tuple([feed_tangent(cx, f, k) for f in feeds]), {}, {})
        out.append(y)
        parts.append(y_dot)
    return noted(cx, iter(out), "parts", parts), None


def filter_items(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    feed = note_source(cx, args[1], dots[1])
    out: list = []
    parts: list = []
    for k, x in enumerate(feed.items):
        if x if args[0] is None else args[0](x):
            out.append(x)
            parts.append(feed_tangent(cx, feed, k))
    return noted(cx, iter(out), "parts", parts), None


def iter_items(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    if iter_is_self(args[0]):
        return args[0], None
    feed = note_source(cx, args[0], dots[0])
    y = iter(feed.items)
    cx.feeds[id(y)] = (y, Feed(y, feed.how, feed.source, feed.start))
    return y, None


def next_item(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    it = args[0]
    hook = python_next(it)
    if hook is not None:
        return push_call(cx, hook, (it,), (dots[0],))
    known = cx.feeds.get(id(it))
    if known is None:
        y = next(*args)
        return y, None if holds_no_tangents(cx, it) else Missing(missing_rule(type(it).__next__))
    feed = known[1]
    if feed.at is None:
        raise_iterator()
    k = feed.at
    y = next(*args)
    if len(args) > 1 and y is args[1]:
        return y, dots[1]
    feed.at = k + 1
    return y, feed_tangent(cx, feed, k)


@non_differentiable
def python_next(it: Any) -> Any:
    from types import FunctionType
    f = getattr(type(it), "__next__", None)
    return f if isinstance(f, FunctionType) else None


# -- containers made of iterables -----------------------------------------------------------------------------------


def elements(cx: Tangents, source: Any, source_dot: Any) -> tuple[list, list]:
    """The elements of a source, and their tangents."""
    feed = note_source(cx, source, source_dot)
    values = list(feed.items)
    return values, [feed_tangent(cx, feed, k) for k in range(len(values))]


def to_list(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    y: list = []
    if args:
        y, parts = elements(cx, args[0], dots[0])
        for k in range(len(y)):
            cx.put(y, k, parts[k])
    return y, None


def to_tuple(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    if not args:
        return (), None
    if args[0].__class__ is tuple:
        return args[0], dots[0]
    values, parts = elements(cx, args[0], dots[0])
    return tuple(values), None if all_none(parts) else tuple(parts)


def to_sorted(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    values, parts = elements(cx, args[0], dots[0])
    order = ordering(values, keywords)
    y = [values[i] for i in order]
    for k in range(len(y)):
        cx.put(y, k, parts[order[k]])
    return y, None


def to_set(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`set(source)`: an element's tangent is kept by its value."""
    if not args:
        return set(), None
    values, parts = elements(cx, args[0], dots[0])
    y = set(values)
    for x, d in zip(values, parts):
        cx.put(y, x, d)
    return y, None


behave(zip, zip_items)
behave(enumerate, enumerate_items)
behave(reversed, reversed_items)
behave(map, map_items)
behave(filter, filter_items)
behave(iter, iter_items)
behave(next, next_item)
behave(list, to_list)
behave(tuple, to_tuple)
behave(sorted, to_sorted)
behave(set, to_set)
