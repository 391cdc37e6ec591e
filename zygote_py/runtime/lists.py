"""The methods of lists and deques, as primitives: what they do, and the inverse on the record of cotangents.

The cotangent of an element is kept by its position. An update moves positions: what was put in is taken out of the record, and
the rest goes back to where it was.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from ..registry import non_differentiable
from .context import Context
from .items import note_items_of, position, restore, reversed_splice, shift
from .iteration import give_items, note_items
from .keys import ordering, sort_keys
from .memory import deliver
from .methods import register_method
from .operators import register_operator
from .plain import plain_class
from .slots import changed, primitive

__all__ = ["append", "extend", "extend_in_place", "repeat_in_place"]


def append(cx: Context, mask: int, items: Any, x: Any) -> tuple[Any, Any, Any]:
    """`items.append(x)`; a full deque loses its first element."""
    note_items_of(cx, items)
    lost = 0 if items.__class__ is list else overflow(items, 1)
    plain_class(items).append(items, x)
    changed(cx, mask, items)
    return None, append_back, (items, len(items) - 1, lost)


@non_differentiable
def overflow(items: Any, more: int) -> int:
    """How many elements a deque drops when more are added."""
    limit = items.maxlen if isinstance(items, deque) else None
    return 0 if limit is None else max(0, len(items) + more - limit)


def append_back(cx: Context, tape: Any, dy: Any) -> tuple:
    items, at, lost = tape
    d = cx.take(items, at)
    if lost:
        shift(cx, items, 0, lost)
    return None, d


def append_left(cx: Context, mask: int, items: deque, x: Any) -> tuple[Any, Any, Any]:
    note_items_of(cx, items)
    plain_class(items).appendleft(items, x)
    changed(cx, mask, items)
    return None, append_left_back, items


def append_left_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return None, reversed_splice(cx, tape, 0, 0, 1)[0]


def extend(cx: Context, mask: int, items: Any, source: Any) -> tuple[Any, Any, Any]:
    note_items_of(cx, items)
    feed = note_items(cx, source)
    new = list(feed.items)
    lost = overflow(items, len(new))
    plain_class(items).extend(items, new)
    changed(cx, mask, items)
    return None, extend_back, (items, len(items) + lost, len(new), lost, feed)


def extend_back(cx: Context, tape: Any, dy: Any) -> tuple:
    items, n, count, lost, feed = tape
    if lost:
        shift(cx, items, 0, lost)
    return None, give_items(cx, feed, [cx.take(items, n - count + i) for i in range(count)])


def extend_left(cx: Context, mask: int, items: deque, source: Any) -> tuple[Any, Any, Any]:
    note_items_of(cx, items)
    feed = note_items(cx, source)
    new = list(feed.items)
    plain_class(items).extendleft(items, new)
    changed(cx, mask, items)
    return None, extend_left_back, (items, len(new), feed)


def extend_left_back(cx: Context, tape: Any, dy: Any) -> tuple:
    items, count, feed = tape
    ds = reversed_splice(cx, items, 0, 0, count)
    return None, give_items(cx, feed, [ds[count - 1 - i] for i in range(count)])


def extend_in_place(cx: Context, mask: int, items: Any, source: Any) -> tuple[Any, Any, Any]:
    """`items += source`"""
    _, back, tape = extend(cx, mask, items, source)
    return items, back, tape


def repeat_in_place(cx: Context, mask: int, items: Any, times: int) -> tuple[Any, Any, Any]:
    """`items *= times`"""
    note_items_of(cx, items)
    n = len(items)
    copies = list(items) * times
    if isinstance(items, deque):
        kept: list = list(range(n * max(times, 0)))[-items.maxlen:] if items.maxlen else list(range(n * max(times, 0)))
        deque.__imul__(items, times)
    else:
        kept = list(range(len(copies)))
        list.__setitem__(items, slice(None), copies)
    return items, repeat_back, (items, n, kept)


def repeat_back(cx: Context, tape: Any, dy: Any) -> tuple:
    items, n, kept = tape
    ds = [cx.take(items, j) for j in range(len(kept))]
    for j in range(len(kept)):
        cx.add(items, kept[j] % n, ds[j])
    return None, None


def insert(cx: Context, mask: int, items: Any, at: int, x: Any) -> tuple[Any, Any, Any]:
    note_items_of(cx, items)
    where = clamp(at, len(items))
    plain_class(items).insert(items, at, x)
    changed(cx, mask, items)
    return None, insert_back, (items, where)


@non_differentiable
def clamp(at: Any, n: int) -> int:
    at = at.__index__()
    return max(0, at + n) if at < 0 else min(at, n)


def insert_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return None, None, reversed_splice(cx, tape[0], tape[1], 0, 1)[0]


def pop(cx: Context, mask: int, items: Any, *at: int) -> tuple[Any, Any, Any]:
    note_items_of(cx, items)
    where = position(at[0] if at else -1, len(items)) if items else 0
    y = plain_class(items).pop(items, *at)
    return y, pop_back, (items, where, where < len(items), y, len(at))


def pop_left(cx: Context, mask: int, items: deque) -> tuple[Any, Any, Any]:
    note_items_of(cx, items)
    y = plain_class(items).popleft(items)
    return y, pop_back, (items, 0, True, y, 0)


def pop_back(cx: Context, tape: Any, dy: Any) -> tuple:
    items, where, inside, y, n = tape
    if inside:
        shift(cx, items, where, 1)
    cx.add(items, where, deliver(cx, y, dy) if cx.written else dy, True)
    return None, *(None,) * n


def remove(cx: Context, mask: int, items: Any, x: Any) -> tuple[Any, Any, Any]:
    note_items_of(cx, items)
    where = position_of(items, x)
    if where is None:
        plain_class(items).remove(items, x)     # which says so
    plain_class(items).__delitem__(items, where)
    return None, remove_back, (items, where)


@non_differentiable
def position_of(items: Any, x: Any) -> int | None:
    """Where the first element is that equals x; None if there is none."""
    return next((i for i, item in enumerate(items) if item is x or item == x), None)


def remove_back(cx: Context, tape: Any, dy: Any) -> tuple:
    shift(cx, tape[0], tape[1], 1)
    return None, None


def clear(cx: Context, mask: int, items: Any) -> tuple[Any, Any, Any]:
    """`items.clear()`; before it, the slots held values that nothing later read."""
    note_items_of(cx, items)
    plain_class(items).clear(items)
    return None, nothing_back, 1


def nothing_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return (None,) * tape


def reverse(cx: Context, mask: int, items: Any) -> tuple[Any, Any, Any]:
    note_items_of(cx, items)
    plain_class(items).reverse(items)
    return None, moved_back, (items, tuple(range(len(items) - 1, -1, -1)), 1)


def sort(cx: Context, mask: int, items: list, **keywords: Any) -> tuple[Any, Any, Any]:
    note_items_of(cx, items)
    keys, back, tape = sort_keys(cx, items, keywords.get("key"))
    order = ordering(keys, keywords.get("reverse", False))
    old = list(items)
    list.__setitem__(items, slice(None), [old[i] for i in order])
    return None, sort_back, (items, order, back, tape, tuple(keywords))


def sort_back(cx: Context, tape: Any, dy: Any) -> tuple:
    items, order, back, inner, words = tape
    restore(cx, items, order)
    dkey = None if back is None else back(cx, inner, None)[0]
    return (None, *[dkey if word == "key" else None for word in words])


def rotate(cx: Context, mask: int, items: deque, *by: int) -> tuple[Any, Any, Any]:
    note_items_of(cx, items)
    plain_class(items).rotate(items, *by)
    return None, moved_back, (items, rotated(len(items), by), 1 + len(by))


@non_differentiable
def rotated(n: int, by: tuple) -> tuple:
    k = (by[0] if by else 1) % n if n else 0
    return (*range(n - k, n), *range(n - k))


def moved_back(cx: Context, tape: Any, dy: Any) -> tuple:
    restore(cx, tape[0], tape[1])
    return (None,) * tape[2]


def copy(cx: Context, mask: int, items: Any) -> tuple[Any, Any, Any]:
    y = plain_class(items).copy(items)
    return y, copy_back, (items, y, len(y))


def copy_back(cx: Context, tape: Any, dy: Any) -> tuple:
    items, y, n = tape
    for i in range(n):
        cx.add(items, i, cx.take(y, i))
    return (None,)


def init_list(cx: Context, mask: int, items: list, *source: Any) -> tuple[Any, Any, Any]:
    """`list.__init__(items, source)`, for classes that inherit from list."""
    plain_class(items).clear(items)
    if not source:
        return None, nothing_back, 1
    return extend(cx, mask, items, source[0])


def init_deque(cx: Context, mask: int, items: deque, *args: Any, **keywords: Any) -> tuple[Any, Any, Any]:
    """`deque.__init__(items, iterable, maxlen)`"""
    source, limit = deque_arguments(*args, **keywords)
    set_limit(items, limit)
    _, back, tape = extend(cx, mask, items, source)
    return None, init_deque_back, (back, tape, len(args) + len(keywords))


def deque_arguments(iterable: Any = (), maxlen: Any = None) -> tuple[Any, Any]:
    return iterable, maxlen


@non_differentiable
def set_limit(items: deque, maxlen: Any) -> None:
    deque.__init__(items, (), maxlen)


def init_deque_back(cx: Context, tape: Any, dy: Any) -> tuple:
    back, inner, n = tape
    ds = back(cx, inner, None)
    return (*ds[:n + 1], *(None,) * (n - 1))


def make_deque(cx: Context, mask: int, *args: Any, **keywords: Any) -> tuple[Any, Any, Any]:
    """`deque(iterable, maxlen)`"""
    y: deque = deque()
    _, back, tape = init_deque(cx, mask, y, *args, **keywords)
    return y, make_deque_back, (back, tape)


def make_deque_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return tape[0](cx, tape[1], None)[1:]


def concatenate_deques(a: Any, b: Any) -> Any:
    y = a.copy()
    y += b
    return y


def repeat_deque(a: Any, n: Any) -> Any:
    if isinstance(n, deque):
        a, n = n, a
    y = a.copy()
    y *= n
    return y


for cls in (list, deque):
    for name, behaviour in (("append", append), ("extend", extend), ("insert", insert), ("pop", pop), ("copy", copy),
                            ("remove", remove), ("clear", clear), ("reverse", reverse)):
        f = getattr(cls, name)
        primitive(f, behaviour)
        register_method(cls, name, f)
for cls, name, behaviour in ((list, "sort", sort), (deque, "appendleft", append_left), (deque, "extendleft", extend_left),
                             (deque, "popleft", pop_left), (deque, "rotate", rotate)):
    f = getattr(cls, name)
    primitive(f, behaviour)
    register_method(cls, name, f)
primitive(list.__init__, init_list)
primitive(deque.__init__, init_deque)
primitive(deque, make_deque)
register_operator(deque, "__add__", concatenate_deques)
register_operator(deque, "__mul__", repeat_deque)
