"""Iteration: where the elements of a loop came from.

A loop over anything but a range or an array notes what it iterates over; the reverse sweep hands the cotangent of each element
back. What makes iterators and takes from them is in `iterators`.
"""

from __future__ import annotations

import sys
from collections import OrderedDict, deque
from enum import EnumMeta
from typing import Any

import numpy as np

from ..registry import non_differentiable
from .call import call
from .context import Context
from .generators import Zipped, counted, has_ended, is_held, prime_all, source_of, undo_item
from .items import key_read
from .memory import deliver, is_written, shadow
from .plain import keys_held
from .protocols import is_indexed_otherwise
from .refusals import missing_rule
from .shared import python_method
from .unpacking import all_none

__all__ = ["Feed", "feed_back", "feed_done", "feed_item", "feed_left", "give_items", "note_items"]


_PLAIN = (list, tuple, np.ndarray, range, str, deque, dict)


class Feed:
    """One loop's source, what it iterates over, and the elements of a list of arrays as they were.

    Attributes
    ----------
    live : what is known of the iterator that it takes from, if it is one
    places : the position in that iterator of each element that was taken
    alone : whether the loop alone holds a generator, or the variable that it was bound to just before
    """

    __slots__ = ("alone", "arrays", "items", "keys", "live", "opened", "places", "source")

    def __init__(self, source: Any, items: Any, keys: Any, arrays: Any = None) -> None:
        self.source, self.items, self.keys, self.arrays = source, items, keys, arrays
        self.opened: Any = None
        self.live: Any = None
        self.places: list = []
        self.alone = False


def feed_of(live: Any, it: Any) -> Feed:
    """The feed of one who consumes an iterator."""
    feed = Feed(it, None, None)
    feed.live = live
    feed.items = counted(live, it, feed.places)
    return feed


def note_items(cx: Context, source: Any) -> Feed:
    """Prepare a loop over `source`."""
    if isinstance(source, np.ndarray) and is_indexed_otherwise(source) and not has_iter(source):
        y, back, tape = call(cx, -1, array_rows, source)
        feed = note_items(cx, y)
        feed.opened = (back, tape, source, None)
        return feed
    if source.__class__ is list and source and source[0].__class__ is np.ndarray:
        return Feed(source, source, None, tuple(source))
    if source.__class__ in _PLAIN or (isinstance(source, _PLAIN) and not has_iter(source)):
        return Feed(source, source, ("keys", tuple(source)) if isinstance(source, dict) else None)
    view = cx.consumed.get(id(source))
    if view is not None and isinstance(source, (type({}.items()), type({}.values()), type({}.keys()))):
        return Feed(view[1], source, (view[2], keys_held(view[1])))
    if isinstance(source, (set, frozenset)):
        return Feed(source, source, ("set", tuple(source)))
    if source.__class__ is np.flatiter:
        return note_steps(cx, source)
    generator = source_of(cx, source)
    if generator is not None:
        alone = is_alone(source, note_items, is_held(cx, source))
        feed = feed_of(generator, source)
        feed.alone = alone
        return feed
    if has_iter(source):
        y, back, tape = call(cx, -1, python_iter(source), source)
        feed = note_steps(cx, y) if has_next(y) else note_items(cx, y)
        feed.opened = (back, tape, source, feed.opened)
        return feed
    if is_sequence(source):
        y, back, tape = call(cx, -1, elements, source)
        feed = note_items(cx, y)
        feed.opened = (back, tape, source, None)
        return feed
    if has_ended(source):
        return Feed(source, (), None)
    if iter_is_self(source):
        return feed_of(zipped(cx, source), source)
    return Feed(source, source, None)


def note_steps(cx: Context, it: Any) -> Feed:
    """An iterator that is written as a class, or `a.flat`, is asked by a generator."""
    y, back, tape = call(cx, -1, flat_steps if it.__class__ is np.flatiter else steps, it)
    feed = note_items(cx, y)
    feed.opened = (back, tape, it, None)
    return feed


def steps(it: Any) -> Any:
    """The elements of an iterator that is written as a class."""
    while True:
        try:
            y = it.__next__()
        except StopIteration:
            return
        yield y


def array_rows(a: Any) -> Any:
    """`np.ndarray.__iter__`: the class of an array is asked for each row."""
    for k in range(a.shape[0]):
        yield a[k]


def flat_steps(it: Any) -> Any:
    """The elements of `a.flat` that are still to come."""
    where = next_place(it)
    while where is not None:
        yield it.base[where]
        where = next_place(it)


def flat_step(it: Any, *default: Any) -> Any:
    """`next(a.flat)`"""
    where = next_place(it)
    if where is not None:
        return it.base[where]
    if not default:
        raise StopIteration
    return default[0]


@non_differentiable
def next_place(it: Any) -> Any:
    """Where the next element of `a.flat` is in the array; None at the end. It counts as taken."""
    where = it.coords
    for _ in it:
        return where
    return None


def elements(source: Any) -> Any:
    """The elements of an object that has no `__iter__`, but a `__getitem__` written in Python."""
    k = 0
    while True:
        try:
            y = source.__getitem__(k)
        except IndexError:
            return
        yield y
        k += 1


@non_differentiable
def is_sequence(source: Any) -> bool:
    """Whether a source is gone through by its `__getitem__`, which is written in Python."""
    return not hasattr(type(source), "__iter__") and python_method(source, "__getitem__") is not None


@non_differentiable
def has_next(source: Any) -> bool:
    """Whether a source is an iterator that is written as a class."""
    return python_method(source, "__next__") is not None and source.__class__ is not np.ndindex


def zipped(cx: Context, it: Any) -> Zipped:
    """What is known of an iterator in C; where it was made outside, only how much was taken out of it."""
    entry = cx.generators.get(id(it))
    if entry is None or entry.__class__ is not Zipped or entry.it is not it:
        entry = note_taker(cx, it, [])
    return entry


def note_taker(cx: Context, y: Any, feeds: list, last: int | None = None) -> Zipped:
    """Note an iterator that takes from others, or from containers; None for what is no source."""
    entry = cx.generators[id(y)] = Zipped(y, feeds, last, has_live(feeds))
    return entry


def rest_of(cx: Context, it: Any, k: int, d: Any, known: bool) -> Any:
    """What the record of an iterator has to keep of the cotangent of its k-th element.

    What belongs to a container that may change is given to it at once: when the iterator is undone, another element may be there.
    """
    entry = zipped(cx, it)
    feeds = entry.feeds
    if d is None or not feeds:
        return d
    if entry.last is not None:
        return rest_of_part(cx, feeds[0], entry.last - k if entry.last else k, d, known)
    parts = tuple([rest_of_part(cx, feeds[j], k, d[j], known) for j in range(len(feeds))])
    return None if all_none(parts) else parts


def rest_of_part(cx: Context, feed: Any, k: int, d: Any, known: bool) -> Any:
    if d is None or feed is None or is_live(feed) or stays(cx, feed.source):
        return d
    keep_item(cx, feed, k, d, known)
    return None


@non_differentiable
def stays(cx: Context, source: Any) -> bool:
    """Whether nothing is written to what an iterator takes from."""
    return isinstance(source, (tuple, range, str)) or (isinstance(source, np.ndarray) and not is_written(cx, source))


@non_differentiable
def has_live(feeds: list) -> bool:
    """Whether there are generators among what an iterator takes from."""
    return any(feed is not None and is_live(feed) for feed in feeds)


@non_differentiable
def is_live(feed: Feed) -> bool:
    """Whether a feed takes from generators."""
    return feed.live is not None and (feed.live.__class__ is not Zipped or feed.live.live)


@non_differentiable
def iter_is_self(source: Any) -> bool:
    return hasattr(source, "__next__")


@non_differentiable
def has_iter(source: Any) -> bool:
    return python_iter(source) is not None


@non_differentiable
def python_iter(source: Any) -> Any:
    """The `__iter__` of a class of the user's; an enumeration has its members as a list has its elements."""
    import types
    if source.__class__ is np.ndindex:      # indices, which are constants
        return None
    for base in type(source).__mro__:
        f = base.__dict__.get("__iter__")
        if f is not None:
            return f if isinstance(f, types.FunctionType) and base is not EnumMeta else None
    return None


def feed_item(cx: Context, feed: Feed, k: int, d: Any, known: bool = False) -> None:
    """The cotangent of the k-th element; `known` says that it is of no array which was written to."""
    if feed.live is not None:
        undo_item(cx, feed.live, feed.places[k], d)
    if d is not None:
        keep_item(cx, feed, k, d, known)


def keep_item(cx: Context, feed: Feed, k: int, d: Any, known: bool) -> None:
    """Put the cotangent of the k-th element where it belongs, unless a generator has got it."""
    source = feed.source
    if feed.live is not None:
        if feed.live.__class__ is Zipped:
            keep_taken(cx, source, feed.places[k], d, known)
        return
    if feed.keys is not None:
        how, keys = feed.keys
        if how == "values" or how == "set":
            cx.add(source, keys[k], d, known)
        elif how == "items":
            key_read(cx, keys[k], d[0])
            cx.add(source, keys[k], d[1], known)
        elif how == "keys":
            key_read(cx, keys[k], d)
    elif isinstance(source, (list, deque)):
        if feed.arrays is not None and k < len(feed.arrays):
            cx.add(source, k, deliver(cx, feed.arrays[k], d), True)
        else:
            cx.add(source, k, d, known)
    elif cx.written and is_written(cx, source):     # it may be another value by now than at the start of the loop
        shadow(cx, source)[k] += d
    elif isinstance(source, (tuple, np.ndarray)):
        cx.add(feed, k, d, known)
    elif not isinstance(source, CONSTANT):
        raise missing_rule(getattr(type(source), "__iter__", type(source)))


def keep_taken(cx: Context, it: Any, k: int, d: Any, known: bool) -> None:
    """Put the cotangent of element number k of an iterator into its record."""
    if supported(it):
        cx.add(it, k, rest_of(cx, it, k, d, known), known)
    elif not isinstance(it, CONSTANT):
        raise missing_rule(type(it).__next__)


@non_differentiable
def supported(source: Any) -> bool:
    return isinstance(source, ITERATORS)


CONSTANT: tuple[Any, ...] = (str, bytes, range, np.ndindex, *[type(iter(x)) for x in ("", "\xff", b"", range(0), range(1 << 65))])
_BOTH_WAYS: tuple[Any, ...] = ([], {}, {}.values(), {}.items(), deque(), OrderedDict())
_ONE_WAY: tuple[Any, ...] = ((), set(), np.zeros(1))
ITERATORS: tuple[Any, ...] = (zip, enumerate, reversed, *[type(iter(x)) for x in (*_BOTH_WAYS, *_ONE_WAY)],
                               *[type(reversed(x)) for x in _BOTH_WAYS])


def feed_back(cx: Context, feed: Feed) -> None:
    """Before the iterations of a loop are undone: undo what a generator ran after its last element."""
    if feed.live is not None:
        prime_all(cx, feed.live)


@non_differentiable
def is_alone(g: Any, caller: Any, held: bool) -> bool:
    """Whether nobody holds a generator but the caller and the variable that it was called with, and perhaps we; not known where
    the caller is differentiated."""
    return sys._getframe(1).f_code is caller.__code__ and sys.getrefcount(g) <= OURS + held


def least_references() -> int:
    """How many references there are to what is asked about in this way."""
    def ask(g: Any) -> int:
        return sys.getrefcount(g)

    def call_with(source: Any) -> int:
        return ask(source)
    g = iter([0])
    return call_with(g)


OURS = least_references()


def feed_left(cx: Context, feed: Feed, temporary: bool) -> None:
    """A loop was left early, or ended: a generator that only the loop holds is closed, as Python does when it is dropped.

    `temporary` says that no variable of the user's holds what the loop goes over.
    """
    if feed.alone and (temporary or feed.opened is not None):
        feed.source.close()


def feed_done(cx: Context, feed: Feed) -> Any:
    """The cotangent of a tuple or array that a loop went over."""
    d = source_done(cx, feed)
    opened = feed.opened
    return d if opened is None else close_source(cx, opened, d)


def close_source(cx: Context, opened: tuple, d: Any) -> Any:
    """The calls that opened a source, last first."""
    back, tape, _, inner = opened
    return back(cx, tape, d if inner is None else close_source(cx, inner, d))[0]


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
    """Give cotangents to all elements, which were taken at once; returns what the variable of the source carries."""
    feed_back(cx, feed)
    for i in range(len(parts) - 1, -1, -1):
        feed_item(cx, feed, i, parts[i])
    return feed_done(cx, feed)


def keep_items(cx: Context, feed: Feed, parts: list) -> Any:
    """As `give_items`, for elements that were taken one by one: generators have their cotangents already."""
    for i in range(len(parts)):
        if parts[i] is not None:
            keep_item(cx, feed, i, parts[i], False)
    return feed_done(cx, feed)
