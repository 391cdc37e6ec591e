"""Iterators, made, asked and emptied: `zip`, `enumerate`, `reversed`, `iter`, `next`, `list`, `tuple`, `sorted`.

The iterators are objects like any other: what their elements' cotangents are is in their records, and the pullback of the call
that made one passes it on to what it takes from.
"""

from __future__ import annotations

from types import GeneratorType
from typing import Any

import numpy as np

from ..registry import non_differentiable
from ..rules import kinds
from .call import call, callx
from .context import Context
from .generators import prime_all, source_of, undo_item
from .iteration import (
    ITERATORS,
    elements,
    flat_step,
    give_items,
    has_iter,
    has_next,
    is_sequence,
    iter_is_self,
    keep_items,
    keep_taken,
    note_items,
    note_taker,
    python_iter,
    zipped,
)
from .methods import register_method
from .questions import equal
from .shared import python_method
from .slots import primitive

__all__ = ["elements_back", "rows", "step_of", "twice", "until"]


def count(cx: Context, y: Any) -> int:
    """How many elements of an iterator have cotangents."""
    entry = cx.records.get(id(y))
    return 0 if entry is None or not entry[1] else max_key(entry[1]) + 1


@non_differentiable
def max_key(slots: dict) -> int:
    return max(slots)


def rows(*sources: Any, strict: bool = False) -> Any:
    """`zip`, as a generator."""
    its = [iter(s) for s in sources]
    done: list = []
    while not done:
        row: list = []
        for it in its:
            try:
                row.append(next(it))
            except StopIteration:
                if strict:
                    check_lengths(its, len(row))
                done.append(True)
                break
        if not done:
            yield tuple(row)


@non_differentiable
def check_lengths(its: list, n: int) -> None:
    """What `zip(strict=True)` raises where iterator number n has ended."""
    if n > 0:
        raise ValueError(f"zip() argument {n + 1} is shorter than argument{'s 1-' if n > 1 else ' '}{n}")
    for k, it in enumerate(its[1:], 2):
        if next(it, its) is not its:
            raise ValueError(f"zip() argument {k} is longer than argument{'s 1-' if k > 2 else ' '}{k - 1}")


@non_differentiable
def twice(sources: tuple) -> bool:
    """Whether an iterator is among the sources twice, as in `zip(it, it)`."""
    its = [id(s) for s in sources if iter_is_self(s)]
    return len(set(its)) < len(its)


def zip_items(cx: Context, mask: int, *sources: Any, **keywords: Any) -> tuple[Any, Any, Any]:
    if twice(sources):
        y, back, tape = callx(cx, -1, rows, sources, keywords)
        return y, rows_back, (back, tape, len(keywords))
    feeds = [note_items(cx, s) for s in sources]
    y = zip(*[feed.items for feed in feeds], **keywords)
    note_taker(cx, y, feeds)
    return y, zip_back, (y, feeds, len(keywords))


def rows_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return (*tape[0](cx, tape[1], dy)[0], *(None,) * tape[2])


def zip_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, feeds, extra = tape
    rows = [cx.take(y, i) for i in range(count(cx, y))]
    ds = [keep_items(cx, feed, [None if r is None else r[j] for r in rows]) for j, feed in enumerate(feeds)]
    return (*ds, *(None,) * extra)


def enumerate_items(cx: Context, mask: int, source: Any, *start: int, **word: int) -> tuple[Any, Any, Any]:
    feed = note_items(cx, source)
    y = enumerate(feed.items, *start, **word)
    note_taker(cx, y, [None, feed])
    return y, enumerate_back, (y, feed, len(start) + len(word))


def enumerate_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, feed, n = tape
    rows = [cx.take(y, i) for i in range(count(cx, y))]
    return keep_items(cx, feed, [None if r is None else r[1] for r in rows]), *(None,) * n


def elements_back(source: Any) -> Any:
    """`reversed` of an object with `__len__` and `__getitem__` written in Python."""
    for k in range(len(source) - 1, -1, -1):
        yield source[k]


def reversed_items(cx: Context, mask: int, source: Any) -> tuple[Any, Any, Any]:
    own = python_method(source, "__reversed__")
    if own is not None:
        return call(cx, -1, own, source)
    if python_method(source, "__getitem__") is not None:
        return call(cx, -1, elements_back, source)
    feed = note_items(cx, source)
    y = reversed(source)
    note_taker(cx, y, [feed], len(source) - 1)
    return y, reversed_back, (y, feed, len(source))


def reversed_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, feed, n = tape
    return (give_items(cx, feed, [cx.take(y, n - 1 - i) for i in range(n)]),)


def until(f: Any, sentinel: Any) -> Any:
    """`iter(f, sentinel)`"""
    while True:
        y = f()
        if equal(y, sentinel):
            return
        yield y


def iter_items(cx: Context, mask: int, source: Any, *sentinel: Any) -> tuple[Any, Any, Any]:
    if sentinel:
        return call(cx, -1, until, source, *sentinel)
    if has_iter(source):
        return call(cx, -1, python_iter(source), source)
    if iter_is_self(source):
        return source, same_back, None
    if is_sequence(source):
        return call(cx, -1, elements, source)
    feed = note_items(cx, source)
    y = iter(feed.items)
    note_taker(cx, y, [feed], 0)
    return y, iter_back, (y, feed)


def same_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return (dy,)


def iter_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, feed = tape
    return (keep_items(cx, feed, [cx.take(y, i) for i in range(count(cx, y))]),)


def step_of(it: Any, *default: Any) -> Any:
    """`next(it)` for an iterator that is written as a class."""
    try:
        return it.__next__()
    except StopIteration:
        if not default:
            raise
    return default[0]


def next_item(cx: Context, mask: int, it: Any, *default: Any) -> tuple[Any, Any, Any]:
    source = source_of(cx, it)
    if source is not None:
        before = source.box[1]
        y = next(it, *default)
        return y, step_back, (source, before, source.box[1] > before, len(default))
    if it.__class__ is np.flatiter:
        return call(cx, -1, flat_step, it, *default)
    if has_next(it):
        return call(cx, -1, step_of, it, *default)
    y = next(it, ENDED) if default else next(it)
    live = zipped(cx, it)
    if y is ENDED:
        return default[0], default_back, live
    live.taken += 1
    return y, next_back, (live, live.taken - 1, len(default))


ENDED = object()


def step_back(cx: Context, tape: Any, dy: Any) -> tuple:
    """One step of a generator; where it had ended, the cotangent is that of the default."""
    source, k, came, n = tape
    if came:
        undo_item(cx, source, k, dy)
        return (None,) * (1 + n)
    prime_all(cx, source)
    return (None, dy)


def default_back(cx: Context, live: Any, dy: Any) -> tuple:
    prime_all(cx, live)
    return None, dy


def next_back(cx: Context, tape: Any, dy: Any) -> tuple:
    live, k, n = tape
    undo_item(cx, live, k, dy)
    if dy is not None:
        keep_taken(cx, live.it, k, dy, False)
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
    return (give_items(cx, feed, [cx.take(y, i) for i in range(n)]),)


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
    return (give_items(cx, feed, (None,) * n if dy is None else dy),)


primitive(zip, zip_items, kind=kinds.zipped)
primitive(enumerate, enumerate_items, kind=kinds.numbered)
primitive(reversed, reversed_items, kind=kinds.turned)
primitive(iter, iter_items)
primitive(next, next_item)
primitive(list, to_list, kind=kinds.listed)
primitive(tuple, to_tuple, kind=kinds.opaque)

for _cls in (GeneratorType, np.flatiter, *ITERATORS):
    register_method(_cls, "__next__", next)
    register_method(_cls, "__iter__", iter)
