"""Iteration in forward mode: where the tangents of the elements of a loop come from.

A `Feed` knows, for what is iterated over, how the tangent of the k-th element is found: when the element is, because a list may
change while a loop goes over it.
"""

from __future__ import annotations

import itertools
import types
from collections import deque
from typing import Any

import numpy as np

from ...registry import non_differentiable
from ..iteration import (
    CONSTANT,
    array_rows,
    flat_step,
    flat_steps,
    has_iter,
    is_alone,
    is_sequence,
    iter_is_self,
    python_iter,
    steps,
)
from ..iteration import elements as elements_of
from ..iterators import elements_back, rows, twice, until
from ..keys import is_looked_into, ordering, plain_keys
from ..protocols import is_indexed_otherwise
from ..refusals import missing_rule
from ..shared import python_method
from .call import behave, push_call, push_callx
from .tangents import Missing, Tangents, all_none, current, part_of

__all__ = ["Feed", "feed_tangent", "note_source", "note_yielded", "source_left", "take_sent", "view"]

_PLAIN = (list, tuple, np.ndarray, range, str, bytes, deque, dict)


class Feed:
    """What is iterated over, and how the tangents of its elements are found.

    Attributes
    ----------
    items : what Python iterates over
    how : 'list', 'parts' (of a tuple or an array), 'generator', 'zip', 'enumerate', 'reversed', 'values', 'items', 'keys',
        'set', 'shared' (an iterator that others may consume as well), 'none' or 'unknown'
    source : what the tangents belong to: a container, a tangent, or feeds
    at : how many elements of an iterator were taken
    alone, opened : as those of the feeds of reverse mode
    """

    __slots__ = ("alone", "at", "how", "items", "opened", "source")

    def __init__(self, items: Any, how: str, source: Any) -> None:
        self.items, self.how, self.source = items, how, source
        self.at = 0
        self.alone = False
        self.opened: Any = None


def note_source(cx: Tangents, source: Any, source_dot: Any) -> Feed:
    """Prepare a loop over `source`."""
    if isinstance(source, np.ndarray) and is_indexed_otherwise(source) and not has_iter(source):
        return note_source(cx, *push_call(cx, array_rows, (source,), (source_dot,)))
    if source.__class__ in _PLAIN or (isinstance(source, _PLAIN) and not has_iter(source)):
        if isinstance(source, (list, deque)):
            return Feed(source, "list", source)
        if isinstance(source, (tuple, np.ndarray)):
            return Feed(source, "parts", (source, source_dot))
        if isinstance(source, dict):
            return Feed(source, "keys", tuple(source))
        return Feed(source, "none", None)
    known = cx.feeds.get(id(source))
    if known is not None:
        if iter_is_self(source):
            places: list = []
            return Feed(counted(known[1], places), "shared", (known[1], places))
        return known[1]
    if isinstance(source, (set, frozenset)):
        return Feed(source, "set", source)
    if has_iter(source) and not iter_is_self(source):
        y, y_dot = push_call(cx, python_iter(source), (source,), (source_dot,))
        feed = note_source(cx, y, y_dot)
        feed.opened = source
        return feed
    if is_sequence(source):
        return note_source(cx, *push_call(cx, elements_of, (source,), (source_dot,)))
    box = box_of(cx, source)
    if box is not None:
        alone = is_alone(source, note_source, is_held(cx, source))
        feed = Feed(source, "generator", box)
        feed.alone = alone
        return feed
    if source.__class__ is np.flatiter:
        return note_source(cx, *push_call(cx, flat_steps, (source,), (source_dot,)))
    if python_next(source) is not None:
        return note_source(cx, *push_call(cx, steps, (source,), (source_dot,)))
    return Feed(source, "none" if holds_no_tangents(cx, source) else "unknown", source)


def counted(feed: Feed, places: list) -> Any:
    """The elements of an iterator, for one of those who consume it; `places` gets the position of each."""
    for x in feed.items:
        places.append(feed.at)
        feed.at += 1
        yield x


@non_differentiable
def is_held(cx: Tangents, it: Any) -> bool:
    """Whether we hold a generator ourselves."""
    known = cx.generators.get(id(it))
    return known is not None and known[2] is it


def source_left(cx: Tangents, feed: Feed, temporary: bool) -> None:
    """As `feed_left`."""
    if feed.alone and (temporary or feed.opened is not None):
        feed.items.close()


@non_differentiable
def holds_no_tangents(cx: Tangents, source: Any) -> bool:
    """Whether an iterator that the engine did not make can be taken for one of constants."""
    if isinstance(source, (itertools.count, type(iter(())), *CONSTANT)):
        return True
    if type(source).__module__.partition(".")[0] == "numpy":        # over an array, whose tangent is in a variable
        return False
    return not cx.records and cx.written is None


def feed_tangent(cx: Tangents, feed: Feed, k: int) -> Any:
    """The tangent of the k-th element."""
    how, source = feed.how, feed.source
    if how == "list":
        return current(cx, source[k], cx.get(source, k)) if k < len(source) else None
    if how == "parts":
        items, parts = source
        return part_of(cx, items, parts, k) if isinstance(items, np.ndarray) \
            else current(cx, items[k], None if parts is None else parts[k])
    if how == "generator":
        return source[0]
    if how == "shared":
        known, places = source
        return feed_tangent(cx, known, places[k])
    if how == "zip":
        parts = tuple([feed_tangent(cx, f, k) for f in source])
        return None if all_none(parts) else parts
    if how == "enumerate":
        part = feed_tangent(cx, source, k)
        return None if part is None else (None, part)
    if how == "reversed":
        return feed_tangent(cx, source[0], source[1] - 1 - k)
    if how == "values":
        return value_tangent(cx, source, nth(source, k))
    if how == "items":
        key = nth(source, k)
        parts = (cx.get(key, "key"), value_tangent(cx, source, key))
        return None if all_none(parts) else parts
    if how == "keys":
        return cx.get(nth(source, k), "key")
    if how == "set":
        return cx.get(source, nth(source, k))
    if how == "unknown":
        return Missing(missing_rule(getattr(type(source), "__iter__", type(source))))
    return None


def value_tangent(cx: Tangents, d: dict, key: Any) -> Any:
    return current(cx, d[key], cx.get(d, key))


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
    if twice(args):
        return push_callx(cx, rows, args, tuple(dots), keywords, {})
    feeds = [note_source(cx, s, d) for s, d in zip(args, dots)]
    if any_generators(feeds):       # they have the tangent of their last value only
        items = tuple([f.source[0].items if f.how == "shared" else f.items for f in feeds])
        return push_callx(cx, rows, items, tuple(dots), keywords, {})
    return noted(cx, zip(*[f.items for f in feeds], **keywords), "zip", feeds), None


@non_differentiable
def any_generators(feeds: list) -> bool:
    return any(f.how == "generator" for f in feeds)


def enumerate_items(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    feed = note_source(cx, args[0], dots[0])
    return noted(cx, enumerate(feed.items, *args[1:], **keywords), "enumerate", feed), None


def reversed_items(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    own = python_method(args[0], "__reversed__") or (python_method(args[0], "__getitem__") and elements_back)
    if own is not None:
        return push_call(cx, own, args, dots)
    feed = note_source(cx, args[0], dots[0])
    return noted(cx, reversed(args[0]), "reversed", (feed, len(args[0]))), None


def iter_items(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    if len(args) > 1:
        return push_call(cx, until, args, dots)
    if iter_is_self(args[0]):
        return args[0], dots[0]
    if is_sequence(args[0]):
        return push_call(cx, elements_of, args, dots)
    feed = note_source(cx, args[0], dots[0])
    y = iter(feed.items)
    return noted(cx, y, feed.how, feed.source), None


def next_item(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    it = args[0]
    hook = python_next(it)
    if hook is not None:
        return push_call(cx, hook, (it,), (dots[0],))
    if it.__class__ is np.flatiter:
        return push_call(cx, flat_step, args, dots)
    box = box_of(cx, it)
    if box is not None:
        box[1] = None
        return asked(cx, box, next, args, dots)
    known = cx.feeds.get(id(it))
    if known is None:
        y = next(*args)
        return y, None if holds_no_tangents(cx, it) else Missing(missing_rule(type(it).__next__))
    feed = known[1]
    k = feed.at
    y = next(*args)
    if len(args) > 1 and y is args[1]:
        return y, dots[1]
    feed.at = k + 1
    return y, feed_tangent(cx, feed, k)


@non_differentiable
def box_of(cx: Tangents, it: Any) -> Any:
    """Where the tangents of a generator of ours are; None for anything else."""
    entry = cx.generators.get(id(it))
    return entry[1] if entry is not None and entry[0]() is it else None


def asked(cx: Tangents, box: list, ask: Any, args: tuple, dots: tuple) -> tuple[Any, Any]:
    """One step of a generator: what it yields; what it returns is in the exception."""
    try:
        y = ask(*args)
    except StopIteration as e:
        cx.put(e, "value", box[0])
        raise
    if ask is next and len(args) > 1 and y is args[1]:
        return y, dots[1]
    return y, box[0]


def send_item(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`g.send(value)`"""
    box = box_of(cx, args[0])
    if box is None:
        y = args[0].send(args[1])
        return y, None if dots[1] is None and holds_no_tangents(cx, args[0]) else Missing(missing_rule(types.GeneratorType.send))
    box[1] = dots[1]
    return asked(cx, box, types.GeneratorType.send, args, dots)


def throw_item(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`g.throw(error)`"""
    box = box_of(cx, args[0])
    if box is None:
        y = args[0].throw(*args[1:])
        return y, None if holds_no_tangents(cx, args[0]) else Missing(missing_rule(types.GeneratorType.throw))
    box[1] = None
    return asked(cx, box, types.GeneratorType.throw, args, dots)


def close_generator(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`g.close()`"""
    return args[0].close(), None


def note_yielded(box: list, d: Any) -> None:
    """Say what the tangent of the value is that a generator is about to yield or return."""
    box[0] = d


def take_sent(box: list) -> Any:
    """The tangent of what was sent to a generator."""
    d = box[1]
    box[1] = None
    return d


@non_differentiable
def python_next(it: Any) -> Any:
    from types import FunctionType
    f = getattr(type(it), "__next__", None)
    return f if isinstance(f, FunctionType) and it.__class__ is not np.ndindex else None


# -- containers made of iterables -----------------------------------------------------------------------------------


def elements(cx: Tangents, source: Any, source_dot: Any) -> tuple[list, list]:
    """The elements of a source, and their tangents."""
    feed = note_source(cx, source, source_dot)
    values: list = []
    parts: list = []
    for k, x in enumerate(feed.items):
        parts.append(feed_tangent(cx, feed, k))
        values.append(x)
    return values, parts


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


def push_keys(cx: Tangents, values: list, dots: list, key: Any) -> list:
    """The keys of elements, whose tangents nobody asks for."""
    if key is None:
        return values
    return [push_call(cx, key, (x,), (d,))[0] for x, d in zip(values, dots)] if is_looked_into(key) else plain_keys(key, values)


def to_sorted(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    values, parts = elements(cx, args[0], dots[0])
    order = ordering(push_keys(cx, values, parts, keywords.get("key")), keywords.get("reverse", False))
    y = [values[i] for i in order]
    for k in range(len(y)):
        cx.put(y, k, parts[order[k]])
    return y, None


def to_set_of(made: Any) -> Any:
    """`set(source)`, `frozenset(source)`: an element's tangent is kept by its value."""
    def to_set(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
        if not args:
            return made(), None
        values, parts = elements(cx, args[0], dots[0])
        y = made(values)
        for x, d in zip(values, parts):
            cx.put(y, x, d)
        return y, None
    return to_set


behave(zip, zip_items)
behave(enumerate, enumerate_items)
behave(reversed, reversed_items)
behave(iter, iter_items)
behave(next, next_item)
behave(types.GeneratorType.send, send_item)
behave(types.GeneratorType.throw, throw_item)
behave(types.GeneratorType.close, close_generator)
behave(list, to_list)
behave(tuple, to_tuple)
behave(sorted, to_sorted)
behave(set, to_set_of(set))
behave(frozenset, to_set_of(frozenset))
