"""The methods of lists and dicts, as primitives: what they do, and the inverse on the record of cotangents."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..registry import linear, non_differentiable
from .call import call, conjugate, python_method, register_method
from .context import Context
from .iteration import feed_done, feed_item, note_items
from .settle import settle
from .slots import (
    get_attribute,
    get_item,
    load_item,
    note_items_of,
    position,
    primitive,
    refuse_store,
    set_attribute,
    set_plain,
    shift,
    store_item,
)
from .stores import update_array

__all__ = ["append"]


def append(cx: Context, mask: int, items: list, x: Any) -> tuple[Any, Any, Any]:
    note_items_of(cx, items)
    items.append(x)
    if mask:
        cx.tracked[id(items)] = items
    return None, append_back, (items, len(items) - 1)


def append_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return None, cx.take(tape[0], tape[1])


def extend(cx: Context, mask: int, items: list, source: Any) -> tuple[Any, Any, Any]:
    note_items_of(cx, items)
    feed = note_items(cx, source)
    n = len(items)
    items.extend(feed.items)
    if mask:
        cx.tracked[id(items)] = items
    return None, extend_back, (items, n, len(items) - n, feed)


def extend_back(cx: Context, tape: Any, dy: Any) -> tuple:
    items, n, count, feed = tape
    for i in range(count):
        feed_item(cx, feed, i, cx.take(items, n + i))
    return None, feed_done(cx, feed)


def iadd_list(cx: Context, mask: int, items: list, source: Any) -> tuple[Any, Any, Any]:
    _, back, tape = extend(cx, mask, items, source)
    return items, back, tape


def insert(cx: Context, mask: int, items: list, at: int, x: Any) -> tuple[Any, Any, Any]:
    note_items_of(cx, items)
    where = clamp(at, len(items))
    items.insert(at, x)
    if mask:
        cx.tracked[id(items)] = items
    return None, insert_back, (items, where)


@non_differentiable
def clamp(at: int, n: int) -> int:
    return max(0, at + n) if at < 0 else min(at, n)


def insert_back(cx: Context, tape: Any, dy: Any) -> tuple:
    d = cx.take(tape[0], tape[1])
    shift(cx, tape[0], tape[1] + 1, -1)
    return None, None, d


def pop_item(cx: Context, mask: int, items: list, *at: int) -> tuple[Any, Any, Any]:
    note_items_of(cx, items)
    where = position(at[0] if at else -1, len(items)) if items else 0
    y = items.pop(*at)
    return y, pop_back, (items, where, len(at))


def pop_back(cx: Context, tape: Any, dy: Any) -> tuple:
    items, where, n = tape
    shift(cx, items, where, 1)
    cx.add(items, where, dy)
    return None, *(None,) * n


def copy_list(cx: Context, mask: int, items: list) -> tuple[Any, Any, Any]:
    y = items.copy()
    return y, copy_list_back, (items, y, len(y))


def copy_list_back(cx: Context, tape: Any, dy: Any) -> tuple:
    items, y, n = tape
    for i in range(n):
        cx.add(items, i, cx.take(y, i))
    return (None,)


def get(cx: Context, mask: int, d: dict, key: Any, *default: Any) -> tuple[Any, Any, Any]:
    if key in d:
        y, back, tape = load_item(cx, d, key)
        return y, get_back, (back, tape, len(default))
    return (default[0] if default else None), default_back, len(default)


def get_back(cx: Context, tape: Any, dy: Any) -> tuple:
    tape[0](cx, tape[1], dy)
    return (None, None) + (None,) * tape[2]


def default_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return (None, None, dy) if tape else (None, None)


def setdefault(cx: Context, mask: int, d: dict, key: Any, *given: Any) -> tuple[Any, Any, Any]:
    if key in d:
        y, back, tape = load_item(cx, d, key)
        return y, get_back, (back, tape, len(given))
    default = given[0] if given else None
    back, tape = store_item(cx, bool(mask), d, key, default)
    return default, setdefault_back, (back, tape, len(given))


def setdefault_back(cx: Context, tape: Any, dy: Any) -> tuple:
    back, place, n = tape
    cx.add(place[0], place[1], dy)
    return None, None, *(back(cx, place),) * n


def update(cx: Context, mask: int, d: dict, *sources: Any, **words: Any) -> tuple[Any, Any, Any]:
    note_items_of(cx, d)
    if mask:
        cx.tracked[id(d)] = d
    moves: list = []
    pairs: list = []
    for s in sources:
        if hasattr(s, "keys"):
            moves += [(s, k) for k in s.keys()]  # noqa: SIM118  (what has keys need not iterate over them)
            for k in s.keys():  # noqa: SIM118
                d[k] = s[k]
        else:
            rows, back, tape = call(cx, -1, list, s)
            pairs.append((rows, back, tape))
            for key, value in rows:
                d[key] = value
    d.update(words)
    return None, update_back, (d, moves, tuple(words), len(sources), pairs)


def update_back(cx: Context, tape: Any, dy: Any) -> tuple:
    d, moves, words, n, pairs = tape
    dwords = [cx.take(d, k) for k in words]
    given: Any = None
    for rows, back, inner in pairs:
        for i in range(len(rows) - 1, -1, -1):
            cx.add(rows, i, settle(cx, rows[i], (None, cx.take(d, rows[i][0]))))
        given = back(cx, inner, None)[0]
    for i in range(len(moves) - 1, -1, -1):
        source, k = moves[i]
        cx.add(source, k, cx.take(d, k))
    return (None,) + (given,) * n + tuple(dwords)


def dict_pop(cx: Context, mask: int, d: dict, key: Any, *default: Any) -> tuple[Any, Any, Any]:
    if key not in d and default:
        return default[0], default_back, 1
    note_items_of(cx, d)
    y = d.pop(key)
    return y, dict_pop_back, (d, key, len(default))


def dict_pop_back(cx: Context, tape: Any, dy: Any) -> tuple:
    cx.add(tape[0], tape[1], dy)
    return (None,) * (2 + tape[2])


def copy_dict(cx: Context, mask: int, d: dict) -> tuple[Any, Any, Any]:
    y = d.copy()
    return y, copy_dict_back, (d, y, tuple(y))


def copy_dict_back(cx: Context, tape: Any, dy: Any) -> tuple:
    d, y, keys = tape
    for k in keys:
        cx.add(d, k, cx.take(y, k))
    return (None,)


def values(cx: Context, mask: int, d: dict) -> tuple[Any, Any, Any]:
    y = d.values()
    cx.consumed[id(y)] = (y, d, "values")
    return y, view_back, None


def items(cx: Context, mask: int, d: dict) -> tuple[Any, Any, Any]:
    y = d.items()
    cx.consumed[id(y)] = (y, d, "items")
    return y, view_back, None


def keys(cx: Context, mask: int, d: dict) -> tuple[Any, Any, Any]:
    y = d.keys()
    cx.consumed[id(y)] = (y, d, "keys")
    return y, view_back, None


def view_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return (None,)


def make_dict(cx: Context, mask: int, *source: Any, **words: Any) -> tuple[Any, Any, Any]:
    """`dict(mapping_or_pairs, **words)`"""
    y: dict = {}
    pairs: Any = None
    if source and hasattr(source[0], "keys"):
        y.update(source[0])
        pairs = tuple(y)
    elif source:
        _, back, tape = update(cx, -1, y, source[0], **words)
        return y, pairs_back, (back, tape)
    y.update(words)
    return y, make_dict_back, (y, source, pairs, tuple(words))


def make_dict_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, source, pairs, words = tape
    dwords = [cx.take(y, k) for k in words]
    if pairs is not None:
        for k in pairs:
            cx.add(source[0], k, cx.take(y, k))
    return (None,) * len(source) + tuple(dwords)


def pairs_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return tape[0](cx, tape[1], None)[1:]


def set_add(cx: Context, mask: int, s: set, x: Any) -> tuple[Any, Any, Any]:
    s.add(x)
    return None, set_add_back, (s, x)


def set_add_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return None, cx.take(tape[0], tape[1])


for cls, name, behaviour in (
        (list, "append", append), (list, "extend", extend), (list, "insert", insert), (list, "pop", pop_item),
        (list, "copy", copy_list),
        (dict, "get", get), (dict, "setdefault", setdefault), (dict, "update", update), (dict, "pop", dict_pop),
        (dict, "copy", copy_dict),
        (dict, "values", values), (dict, "items", items), (dict, "keys", keys), (set, "add", set_add)):
    f = getattr(cls, name)
    primitive(f, behaviour)
    register_method(cls, name, f)


non_differentiable(slice.indices)
register_method(slice, "indices", slice.indices)
linear(complex.conjugate, lambda dy, x: conjugate(dy))
linear(float.conjugate, lambda dy, x: dy)
linear(int.conjugate, lambda dy, x: dy)
for number in (complex, float, int):
    register_method(number, "conjugate", number.conjugate)


def refused(name: str) -> Any:
    def refuse(cx: Context, mask: int, *args: Any, **words: Any) -> Any:
        raise refuse_store(f"`.{name}()` of a container", "make a new container")
    return refuse


for cls, names in ((list, ("remove", "clear", "sort", "reverse")), (dict, ("popitem", "clear"))):
    for name in names:
        f = getattr(cls, name)
        primitive(f, refused(name))
        register_method(cls, name, f)

primitive(dict, make_dict)
primitive(setattr, set_attribute)
primitive(object.__setattr__, set_plain)
primitive(getattr, get_attribute)
primitive(operator.getitem, get_item)


def updating(f: Any, name: str, plain: Any) -> Any:
    """`a op= b`: in place for lists and for classes that say so, `a = a op b` for values."""
    def update_in_place(cx: Context, mask: int, a: Any, b: Any) -> tuple[Any, Any, Any]:
        if isinstance(a, list):
            if name == "__iadd__":
                return iadd_list(cx, mask, a, b)
            raise refuse_store("`*=` on a list", "make a new list: a = a * n")
        if isinstance(a, np.ndarray):
            return update_array(cx, mask, f, plain, a, b)
        hook = python_method(a, name)
        if hook is not None:
            y, back, tape = call(cx, -1, hook, a, b)
            return y, back, tape
        return call(cx, mask, plain, a, b)
    return update_in_place


SIGNS = {"__iadd__": "+=", "__isub__": "-=", "__imul__": "*=", "__itruediv__": "/=", "__ifloordiv__": "//=", "__imod__": "%=",
         "__ipow__": "**=",
         "__imatmul__": "@=", "__iand__": "&=", "__ior__": "|=", "__ixor__": "^=", "__ilshift__": "<<=", "__irshift__": ">>="}
for f, name, plain in (
        (operator.iadd, "__iadd__", operator.add), (operator.isub, "__isub__", operator.sub),
        (operator.imul, "__imul__", operator.mul),
        (operator.itruediv, "__itruediv__", operator.truediv), (operator.ifloordiv, "__ifloordiv__", operator.floordiv),
        (operator.imod, "__imod__", operator.mod), (operator.ipow, "__ipow__", operator.pow),
        (operator.imatmul, "__imatmul__", operator.matmul),
        (operator.iand, "__iand__", operator.and_), (operator.ior, "__ior__", operator.or_),
        (operator.ixor, "__ixor__", operator.xor),
        (operator.ilshift, "__ilshift__", operator.lshift), (operator.irshift, "__irshift__", operator.rshift)):
    primitive(f, updating(f, name, plain))
