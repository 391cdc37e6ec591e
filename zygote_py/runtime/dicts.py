"""The methods of dicts and their kin, as primitives: what they do, and the inverse on the record of cotangents.

The cotangent of a value is kept by its key, so the order of the keys needs no inverse.
"""

from __future__ import annotations

import collections
from collections import OrderedDict, defaultdict
from typing import Any

from ..registry import non_differentiable
from .call import call
from .context import Context
from .items import key_read, key_taken, load_plain_item, note_items_of
from .memory import deliver
from .methods import register_method
from .operators import register_operator
from .plain import holds_key, plain_class
from .settle import settle
from .slots import changed, primitive
from .standins import as_it_is

__all__ = ["update", "update_in_place"]


def get(cx: Context, mask: int, d: dict, key: Any, *default: Any) -> tuple[Any, Any, Any]:
    if holds_key(d, key):
        y, back, tape = load_plain_item(cx, d, key)
        return y, get_back, (back, tape, len(default))
    return (default[0] if default else None), default_back, len(default)


def get_back(cx: Context, tape: Any, dy: Any) -> tuple:
    tape[0](cx, tape[1], dy)
    return (None, None) + (None,) * tape[2]


def default_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return (None, None, dy) if tape else (None, None)


def setdefault(cx: Context, mask: int, d: dict, key: Any, *given: Any) -> tuple[Any, Any, Any]:
    if holds_key(d, key):
        y, back, tape = load_plain_item(cx, d, key)
        return y, get_back, (back, tape, len(given))
    default = given[0] if given else None
    note_items_of(cx, d)
    plain_class(d).setdefault(d, key, default)
    changed(cx, mask, d)
    return default, setdefault_back, (d, key, len(given))


def setdefault_back(cx: Context, tape: Any, dy: Any) -> tuple:
    d, key, n = tape
    cx.add(d, key, dy)
    return None, key_taken(cx, key), *(cx.take(d, key),) * n


def update(cx: Context, mask: int, d: dict, *sources: Any, **words: Any) -> tuple[Any, Any, Any]:
    """`d.update(source, **words)`, with a mapping or pairs as the source."""
    moves: list = []
    for s in sources:
        note_items_of(cx, d)
        if hasattr(s, "keys"):
            for k in list(s.keys()):
                y, back, tape = call(cx, -1, getitem, s, k)
                put(cx, mask, d, k, y)
                moves.append((k, back, tape))
            pairs: tuple = (None, None, None)
        else:
            pairs = call(cx, -1, list, s)
            for row in pairs[0]:
                key, value = row
                put(cx, mask, d, key, value)
    note_items_of(cx, d)
    for k in words:
        put(cx, mask, d, k, words[k])
    return None, update_back, (d, moves, tuple(words), len(sources), pairs if sources else (None, None, None))


def getitem(d: Any, key: Any) -> Any:
    return d[key]


def put(cx: Context, mask: int, d: dict, key: Any, value: Any) -> None:
    plain_class(d).__setitem__(d, key, value)
    changed(cx, mask, d)


def update_back(cx: Context, tape: Any, dy: Any) -> tuple:
    d, moves, words, n, (rows, back, inner) = tape
    dwords = [cx.take(d, k) for k in words]
    given: Any = None
    if rows is not None:
        for i in range(len(rows) - 1, -1, -1):
            key = rows[i][0]
            cx.add(rows, i, settle(cx, rows[i], (key_taken(cx, key), cx.take(d, key))))
        given = back(cx, inner, None)[0]
    for i in range(len(moves) - 1, -1, -1):
        k, load_back, load_tape = moves[i]
        load_back(cx, load_tape, cx.take(d, k))
    return (None,) + (given,) * n + tuple(dwords)


def update_in_place(cx: Context, mask: int, d: dict, source: Any) -> tuple[Any, Any, Any]:
    """`d |= source`"""
    _, back, tape = update(cx, mask, d, source)
    return d, back, tape


def pop(cx: Context, mask: int, d: dict, key: Any, *default: Any) -> tuple[Any, Any, Any]:
    if default and not holds_key(d, key):
        return default[0], default_back, 1
    note_items_of(cx, d)
    y = plain_class(d).pop(d, key)
    return y, pop_back, (d, key, y, len(default))


def pop_back(cx: Context, tape: Any, dy: Any) -> tuple:
    d, key, y, n = tape
    cx.add(d, key, deliver(cx, y, dy) if cx.written else dy, True)
    return (None,) * (2 + n)


def popitem(cx: Context, mask: int, d: dict, *last: Any, **word: Any) -> tuple[Any, Any, Any]:
    note_items_of(cx, d)
    y = plain_class(d).popitem(d, *last, **word)
    return y, popitem_back, (d, y, 1 + len(last) + len(word))


def popitem_back(cx: Context, tape: Any, dy: Any) -> tuple:
    d, y, n = tape
    if dy is not None:
        key_read(cx, y[0], dy[0])
        cx.add(d, y[0], deliver(cx, y[1], dy[1]) if cx.written else dy[1], True)
    return (None,) * n


def clear(cx: Context, mask: int, d: dict) -> tuple[Any, Any, Any]:
    """`d.clear()`; before it, the slots held values that nothing later read."""
    note_items_of(cx, d)
    plain_class(d).clear(d)
    return None, none_back, None


def none_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return (None,)


def copy(cx: Context, mask: int, d: dict) -> tuple[Any, Any, Any]:
    y = plain_class(d).copy(d)
    return y, copy_back, (d, y, tuple(y))


def copy_back(cx: Context, tape: Any, dy: Any) -> tuple:
    d, y, keys = tape
    for k in keys:
        cx.add(d, k, cx.take(y, k))
    return (None,)


def values(cx: Context, mask: int, d: dict) -> tuple[Any, Any, Any]:
    y = plain_class(d).values(d)
    cx.consumed[id(y)] = (y, d, "values")
    return y, none_back, None


def items(cx: Context, mask: int, d: dict) -> tuple[Any, Any, Any]:
    y = plain_class(d).items(d)
    cx.consumed[id(y)] = (y, d, "items")
    return y, none_back, None


def keys(cx: Context, mask: int, d: dict) -> tuple[Any, Any, Any]:
    y = plain_class(d).keys(d)
    cx.consumed[id(y)] = (y, d, "keys")
    return y, none_back, None


def make_dict(cx: Context, mask: int, *source: Any, **words: Any) -> tuple[Any, Any, Any]:
    """`dict(mapping_or_pairs, **words)`"""
    y: dict = {}
    _, back, tape = update(cx, mask, y, *source, **words)
    return y, made_back, (back, tape, 0)


def make_ordered(cx: Context, mask: int, *source: Any, **words: Any) -> tuple[Any, Any, Any]:
    """`OrderedDict(mapping_or_pairs, **words)`"""
    y: OrderedDict = OrderedDict()
    _, back, tape = update(cx, mask, y, *source, **words)
    return y, made_back, (back, tape, 0)


def make_default(cx: Context, mask: int, *args: Any, **words: Any) -> tuple[Any, Any, Any]:
    """`defaultdict(factory, mapping_or_pairs, **words)`"""
    y: defaultdict = defaultdict(*args[:1])
    _, back, tape = update(cx, mask, y, *args[1:], **words)
    return y, made_back, (back, tape, len(args[:1]))


def made_back(cx: Context, tape: Any, dy: Any) -> tuple:
    back, inner, first = tape
    return (*(None,) * first, *back(cx, inner, None)[1:])


def init_dict(cx: Context, mask: int, d: dict, *source: Any, **words: Any) -> tuple[Any, Any, Any]:
    """`dict.__init__(d, mapping_or_pairs, **words)`, for classes that inherit from dict."""
    return update(cx, mask, d, *source, **words)


def init_default(cx: Context, mask: int, d: defaultdict, *args: Any, **words: Any) -> tuple[Any, Any, Any]:
    """`defaultdict.__init__(d, factory, mapping_or_pairs, **words)`"""
    set_factory(d, args[:1])
    _, back, tape = update(cx, mask, d, *args[1:], **words)
    return None, init_default_back, (back, tape, len(args[:1]))


@non_differentiable
def set_factory(d: defaultdict, factory: tuple) -> None:
    if factory:
        d.default_factory = factory[0]


def init_default_back(cx: Context, tape: Any, dy: Any) -> tuple:
    back, inner, first = tape
    ds = back(cx, inner, None)
    return (ds[0], *(None,) * first, *ds[1:])


def merge_dicts(a: Any, b: Any) -> Any:
    y = a.copy() if isinstance(a, (OrderedDict, defaultdict)) else dict(a)
    y.update(b)
    return y


def count_elements(cx: Context, mask: int, d: dict, elements: Any) -> tuple[Any, Any, Any]:
    """How `Counter` counts; a count that was there goes on from what it was."""
    note_items_of(cx, d)
    items, back, tape = call(cx, -1, list, elements)
    new: list = []
    for i in range(len(items)):
        x = items[i]
        if not holds_key(d, x):
            new.append(i)
        plain_class(d).__setitem__(d, x, d.get(x, 0) + 1)
    return None, count_back, (d, items, new, back, tape)


def count_back(cx: Context, tape: Any, dy: Any) -> tuple:
    d, items, new, back, inner = tape
    for i in new:
        cx.take(d, items[i])
        cx.add(items, i, key_taken(cx, items[i]), True)
    return None, back(cx, inner, None)[0]


for cls in (dict, OrderedDict, defaultdict):
    for name, behaviour in (("get", get), ("setdefault", setdefault), ("update", update), ("pop", pop), ("popitem", popitem),
                            ("clear", clear), ("copy", copy), ("values", values), ("items", items), ("keys", keys)):
        f = getattr(cls, name)
        primitive(f, behaviour)
        register_method(cls, name, f)
as_it_is(OrderedDict.move_to_end)
register_method(OrderedDict, "move_to_end", OrderedDict.move_to_end)
primitive(dict, make_dict)
primitive(OrderedDict, make_ordered)
primitive(defaultdict, make_default)
primitive(dict.__init__, init_dict)
primitive(OrderedDict.__init__, init_dict)
primitive(defaultdict.__init__, init_default)
primitive(collections._count_elements, count_elements)  # type: ignore[attr-defined]
register_operator(dict, "__or__", merge_dicts)
register_operator(OrderedDict, "__or__", merge_dicts)
register_operator(defaultdict, "__or__", merge_dicts)
