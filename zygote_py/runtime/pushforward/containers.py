"""The methods of lists, dicts and sets in forward mode: what they do, to the elements and to their tangents alike."""

from __future__ import annotations

import collections
import operator
from collections import OrderedDict, defaultdict, deque
from typing import Any

import numpy as np

from ...registry import lookup
from ..keys import ordering
from ..lists import deque_arguments, position_of
from ..operators import comes_first
from ..plain import holds_key, plain_class, plain_size
from ..shared import python_method
from .call import behave, by_methods, push_call, push_callx
from .iteration import elements, push_keys, view
from .memory import update_array
from .slots import plain_item_pushed, push_item, put_plain_item
from .tangents import Tangents, all_none

__all__ = ["append"]


def append(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    plain_class(args[0]).append(args[0], args[1])
    cx.put(args[0], plain_size(args[0]) - 1, dots[1])
    return None, None


def in_step(method: Any) -> Any:
    """A method that moves the elements of a list or deque moves their tangents in the same way."""
    def move(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
        kept = tangents_of(cx, args[0])
        y = method(args[0], *args[1:])
        y_dot = method(kept, *[a if isinstance(a, int) else d for a, d in zip(args[1:], dots[1:])])
        cx.replace(args[0], dict(enumerate(kept)))
        return y, y_dot
    return move


def insert(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    kept = tangents_of(cx, args[0])
    plain_class(args[0]).insert(args[0], args[1], args[2])
    kept.insert(args[1], dots[2])
    cx.replace(args[0], dict(enumerate(kept)))
    return None, None


def tangents_of(cx: Tangents, items: Any) -> Any:
    """The tangents of the elements of a list or deque, in a list or deque."""
    kept = [cx.get(items, i) for i in range(plain_size(items))]
    return deque(kept, items.maxlen) if isinstance(items, deque) else kept


def push_one(method: Any) -> Any:
    """`deque.append` and `deque.appendleft`."""
    def put(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
        kept = tangents_of(cx, args[0])
        method(args[0], args[1])
        method(kept, dots[1])
        cx.replace(args[0], dict(enumerate(kept)))
        return None, None
    return put


def push_all(method: Any) -> Any:
    """`extend` and `extendleft`."""
    def put(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
        new, parts = elements(cx, args[1], dots[1])
        kept = tangents_of(cx, args[0])
        method(args[0], new)
        method(kept, parts)
        cx.replace(args[0], dict(enumerate(kept)))
        return None, None
    return put


def remove(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    at = position_of(args[0], args[1])
    kept = tangents_of(cx, args[0])
    plain_class(args[0]).remove(args[0], args[1])
    del kept[at]
    cx.replace(args[0], dict(enumerate(kept)))
    return None, None


def sort(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    kept, old = tangents_of(cx, args[0]), list(args[0])
    order = ordering(push_keys(cx, old, kept, keywords.get("key")), keywords.get("reverse", False))
    list.__setitem__(args[0], slice(None), [old[i] for i in order])
    cx.replace(args[0], {k: kept[order[k]] for k in range(len(kept))})
    return None, None


def copy_slots(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    y = plain_class(args[0]).copy(args[0])
    cx.replace(y, cx.slots(args[0]))
    return y, None


def make_deque(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    source, maxlen = deque_arguments(*args, **keywords)
    new, parts = elements(cx, source, dots[0] if dots else None)
    y, kept = deque(new, maxlen), deque(parts, maxlen)
    cx.replace(y, dict(enumerate(kept)))
    return y, None


def get(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    d, k, *default = args
    if holds_key(d, k):
        return plain_item_pushed(cx, d, None, k)
    return (default[0], dots[2]) if default else (None, None)


def setdefault(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    d, k, *default = args
    if not holds_key(d, k):
        value, value_dot = (default[0], dots[2]) if default else (None, None)
        put_plain_item(cx, d, k, value, value_dot, dots[1])
    return plain_item_pushed(cx, d, None, k)


def update(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    d = args[0]
    for s, s_dot in zip(args[1:], dots[1:]):
        if hasattr(s, "keys"):
            for k in s.keys():  # noqa: SIM118  (what has keys need not iterate over them)
                value, part = push_item(cx, s, None, k)
                put_plain_item(cx, d, k, value, part)
        else:
            rows, parts = elements(cx, s, s_dot)
            for row, row_dot in zip(rows, parts):
                pair, pair_dots = elements(cx, row, row_dot)
                put_plain_item(cx, d, pair[0], pair[1], pair_dots[1], pair_dots[0])
    for k in keywords:
        put_plain_item(cx, d, k, keywords[k], kdots[k])
    return None, None


def count_elements(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """How `Counter` counts: the elements are its keys."""
    new, parts = elements(cx, args[1], dots[1])
    for x, x_dot in zip(new, parts):
        put_plain_item(cx, args[0], x, args[0].get(x, 0) + 1, cx.get(args[0], x), x_dot)
    return None, None


def dict_pop(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    d, k, *default = args
    if default and not holds_key(d, k):
        return default[0], dots[2]
    y = plain_class(d).pop(d, k)
    y_dot = cx.get(d, k)
    cx.put(d, k, None)
    return y, y_dot


def values(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    return view(cx, args[0], plain_class(args[0]).values(args[0]), "values"), None


def items(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    return view(cx, args[0], plain_class(args[0]).items(args[0]), "items"), None


def keys(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    return view(cx, args[0], plain_class(args[0]).keys(args[0]), "keys"), None


def popitem(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    y = plain_class(args[0]).popitem(args[0], *args[1:], **keywords)
    y_dot = (cx.get(y[0], "key"), cx.get(args[0], y[0]))
    cx.put(args[0], y[0], None)
    return y, None if all_none(y_dot) else y_dot


def clear(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    plain_class(args[0]).clear(args[0])
    cx.replace(args[0], {})
    return None, None


def make_dict(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`dict(mapping_or_pairs, **words)`"""
    y: dict = {}
    update(cx, (y, *args), (None, *dots), keywords, kdots)
    return y, None


def make_ordered(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    y: dict = OrderedDict()
    update(cx, (y, *args), (None, *dots), keywords, kdots)
    return y, None


def make_default(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    y: dict = defaultdict(*args[:1])
    update(cx, (y, *args[1:]), (None, *dots[1:]), keywords, kdots)
    return y, None


def init_dict(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    return update(cx, args, dots, keywords, kdots)


def init_list(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    made, *items = args
    new, parts = elements(cx, items[0], dots[1]) if items else ([], [])
    list.__init__(made, new)
    cx.replace(made, dict(enumerate(parts)))
    return None, None


def combining(method: Any) -> Any:
    """A set made of others: an element's tangent is the one that it has in the first of them that has it."""
    def combine(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
        sources = [elements(cx, a, d) for a, d in zip(args, dots)]
        y = method(*[set(values) for values, _ in sources])
        for values, parts in sources:
            for x, d in zip(values, parts):
                if x in y and cx.get(y, x) is None:
                    cx.put(y, x, d)
        return y, None
    return combine


def set_add(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    if args[1] not in args[0]:
        plain_class(args[0]).add(args[0], args[1])
        cx.put(args[0], args[1], dots[1])
    return None, None


def become(cx: Tangents, s: set, y: set) -> None:
    """Let a set hold what another one holds."""
    set.intersection_update(s, y)
    set.update(s, y)
    cx.replace(s, cx.slots(y))


def set_updating(name: str) -> Any:
    """`update`, `intersection_update` and the like."""
    def update_set(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
        become(cx, args[0], push_callx(cx, getattr(set, name), args, dots, {}, {})[0])
        return None, None
    return update_set


def set_forget(method: Any) -> Any:
    """`remove` and `discard`."""
    def forget(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
        y = method(*args)
        cx.put(args[0], args[1], None)
        return y, None
    return forget


def set_pop(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    y = plain_class(args[0]).pop(args[0])
    y_dot = cx.get(args[0], y)
    cx.put(args[0], y, None)
    return y, y_dot


for cls in (list, deque):
    for name, behaviour in (("append", append if cls is list else push_one(deque.append)), ("extend", push_all(cls.extend)),
                            ("insert", insert), ("pop", in_step(cls.pop)), ("copy", copy_slots), ("remove", remove),
                            ("clear", clear), ("reverse", in_step(cls.reverse))):
        behave(getattr(cls, name), behaviour)
behave(list.sort, sort)
behave(deque.appendleft, push_one(deque.appendleft))
behave(deque.extendleft, push_all(deque.extendleft))
behave(deque.popleft, in_step(deque.popleft))
behave(deque.rotate, in_step(deque.rotate))
behave(deque, make_deque)
for kind in (dict, OrderedDict, defaultdict):
    for name, behaviour in (("get", get), ("setdefault", setdefault), ("update", update), ("pop", dict_pop), ("popitem", popitem),
                            ("clear", clear), ("copy", copy_slots), ("values", values), ("items", items), ("keys", keys)):
        behave(getattr(kind, name), behaviour)
behave(collections._count_elements, count_elements)  # type: ignore[attr-defined]
behave(dict, make_dict)
behave(OrderedDict, make_ordered)
behave(defaultdict, make_default)
behave(dict.__init__, init_dict)
behave(OrderedDict.__init__, init_dict)
behave(list.__init__, init_list)
for made in (set, frozenset):
    for name in ("union", "intersection", "difference", "symmetric_difference"):
        behave(getattr(made, name), combining(getattr(set, name)))
    for name, python in (("__or__", operator.or_), ("__and__", operator.and_), ("__sub__", operator.sub),
                         ("__xor__", operator.xor)):
        behave(getattr(made, name), combining(python))
for name in ("intersection", "difference", "symmetric_difference"):
    behave(getattr(set, name + "_update"), set_updating(name))
behave(set.update, set_updating("union"))
behave(set.copy, copy_slots)
behave(set.add, set_add)
behave(set.pop, set_pop)
behave(set.clear, clear)
behave(set.remove, set_forget(set.remove))
behave(set.discard, set_forget(set.discard))


# -- in-place operators ---------------------------------------------------------------------------------------------


def updating(name: str, in_place: Any, plain: Any) -> Any:
    """`a op= b`: in place for lists and for classes that say so, `a = a op b` for values."""
    def push_update(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
        a = args[0]
        if isinstance(a, np.ndarray):
            return update_array(cx, in_place, plain, args, dots)
        hook = python_method(a, name)
        if hook is not None:
            return push_call(cx, hook, args, dots)
        if isinstance(a, (list, deque)):
            found = by_methods(cx, lookup(plain), args, dots)
            if found is not None:
                return found
            if comes_first(args[1], name):
                return push_callx(cx, plain, args, dots, {}, {})
        if isinstance(a, (list, deque)) and name == "__iadd__":
            push_all(type(a).extend)(cx, args, dots, {}, {})
            return a, None
        if isinstance(a, (list, deque)) and name == "__imul__":
            kept = tangents_of(cx, a)
            kept *= args[1]
            a *= args[1]
            cx.replace(a, dict(enumerate(kept)))
            return a, None
        if isinstance(a, dict) and name == "__ior__":
            update(cx, args, dots, {}, {})
            return a, None
        if isinstance(a, set):
            become(cx, a, push_callx(cx, getattr(set, name.replace("__i", "__")), args, dots, {}, {})[0])
            return a, None
        return push_callx(cx, plain, args, dots, {}, {})
    return push_update


for f, special, g in (
        (operator.iadd, "__iadd__", operator.add), (operator.isub, "__isub__", operator.sub),
        (operator.imul, "__imul__", operator.mul), (operator.itruediv, "__itruediv__", operator.truediv),
        (operator.ifloordiv, "__ifloordiv__", operator.floordiv), (operator.imod, "__imod__", operator.mod),
        (operator.ipow, "__ipow__", operator.pow), (operator.imatmul, "__imatmul__", operator.matmul),
        (operator.iand, "__iand__", operator.and_), (operator.ior, "__ior__", operator.or_),
        (operator.ixor, "__ixor__", operator.xor), (operator.ilshift, "__ilshift__", operator.lshift),
        (operator.irshift, "__irshift__", operator.rshift)):
    behave(f, updating(special, f, g))
