"""Loads and stores in forward mode: attributes and elements, and the tangents that belong to them."""

from __future__ import annotations

import operator
import types
from collections import OrderedDict, defaultdict, deque
from typing import Any

import numpy as np

from ...normalize.helpers import del_global, global_value, set_global
from ...registry import non_differentiable
from ..attributes import (
    attribute_key,
    find_attribute,
    find_deleter,
    find_setter,
    owner_of,
    plain_attribute,
    plain_setter,
    value_of,
)
from ..items import flat_index, is_numeric_key, position, python_item, refuse_own_store, remove_item, watch_key
from ..iteration import is_sequence, python_iter
from ..plain import holds_key, plain_class, plain_item, plain_size
from ..protocols import is_indexed_otherwise
from ..refusals import missing_rule
from ..slots import refuse_store
from ..watching import end_watch
from .call import behave, push_call, push_callx
from .memory import put_array
from .tangents import Missing, Tangents, all_none, current, part_of

__all__ = ["delete_slot", "delete_slot_item", "join_stars", "note_elements", "push_attribute", "push_item", "put_attribute",
           "put_item", "to_unpack", "unpacked"]


# -- attributes -----------------------------------------------------------------------------------------------------


def push_attribute(cx: Tangents, obj: Any, obj_dot: Any, name: str) -> tuple[Any, Any]:
    """`obj.name`"""
    return push_found(cx, obj, obj_dot, name, *find_attribute(obj, name))


def push_found(cx: Tangents, obj: Any, obj_dot: Any, name: str, how: str, found: Any) -> tuple[Any, Any]:
    """An attribute, read in the way that `find_attribute` says."""
    y, y_dot = found_attribute(cx, obj, current(cx, obj, obj_dot), name, how, found)
    return y, current(cx, y, y_dot)


def found_attribute(cx: Tangents, obj: Any, obj_dot: Any, name: str, how: str, found: Any) -> tuple[Any, Any]:
    if how == "slot" and isinstance(obj, np.ndarray) and cx.get(type(obj), "stored") and id(obj) not in cx.records:
        return value_of(obj, name), Missing(missing_rule(type(obj).__array_finalize__))
    if how == "slot":
        return value_of(obj, name), cx.get(owner_of(obj), name)
    if how == "key":
        return value_of(obj, name), cx.get(obj, found)
    if how == "class":
        return getattr(obj, name), cx.get(found, name)
    if how == "call":
        return push_call(cx, found, (obj,), (obj_dot,))
    if how == "descriptor":
        return push_call(cx, found[0], found[1], tuple([obj_dot if i == found[2] else None for i in range(len(found[1]))]))
    if how == "cached":
        y, y_dot = push_call(cx, found, (obj,), (obj_dot,))
        put_slot(cx, obj, name, y, y_dot)
        return y, y_dot
    if how == "hook":
        return push_call(cx, found, (obj, name), (obj_dot, None))
    y = getattr(obj, name)
    if how == "defaults":
        return y, tuple([cx.get(obj, i) for i in range(len(y or ()))]) or None
    if how == "words":
        if y is not None:
            cx.fix(y)
        return y, None
    if how == "namespace":
        if y is not obj:
            cx.share(y, obj)
        return y, None
    if how == "plain" and isinstance(y, (float, np.ndarray)) and cx.get(obj, "held") is not None:
        return y, cx.get(obj, "held")
    if obj_dot is None or how == "plain" or (how == "array" and found is None):
        return y, None
    if how == "field":
        return y, obj_dot[found]
    if how == "bound":
        cx.put(y, "__self__", obj_dot)
        return y, None
    return y, getattr(obj_dot, name)


def put_attribute(cx: Tangents, obj: Any, obj_dot: Any, name: str, value: Any, value_dot: Any) -> None:
    """`obj.name = value`"""
    hook, extra = find_setter(obj, name, value)
    if hook is None:
        put_slot(cx, obj, name, value, value_dot)
    elif extra is None:
        push_call(cx, hook, (obj, name, value), (obj_dot, None, value_dot))
    else:
        push_call(cx, hook, (*extra, obj, value), (*(None,) * len(extra), None, value_dot))


def put_slot(cx: Tangents, obj: Any, name: str, value: Any, value_dot: Any) -> None:
    """`object.__setattr__(obj, name, value)` where no function is called."""
    if isinstance(obj, (type, types.ModuleType)) or name == "__dict__":
        setattr(obj, name, value)
    else:
        object.__setattr__(obj, name, value)
    cx.put(obj, attribute_key(obj, name), value_dot)
    if isinstance(obj, np.ndarray) and value_dot is not None:
        cx.put(type(obj), "stored", True)
    if name == "__dict__":
        cx.records[id(obj)] = (obj, cx.slots(value))
        cx.share(value, obj)


def delete_slot(cx: Tangents, obj: Any, name: str) -> None:
    """`del obj.name`"""
    hook, extra = find_deleter(obj, name)
    if hook is not None:
        push_callx(cx, hook, (*extra, obj) if extra is not None else (obj, name), None, {}, {})
        return
    delattr(obj, name) if isinstance(obj, (type, types.ModuleType)) else object.__delattr__(obj, name)
    cx.put(obj, attribute_key(obj, name), None)


# -- elements -------------------------------------------------------------------------------------------------------


def push_item(cx: Tangents, obj: Any, obj_dot: Any, index: Any, index_dot: Any = None) -> tuple[Any, Any]:
    """`obj[index]`"""
    if isinstance(obj, np.ndarray) and not is_indexed_otherwise(obj):
        return obj[index], part_of(cx, obj, obj_dot, index)
    if isinstance(obj, np.flatiter):
        return obj[index], part_of(cx, obj.base, None if obj_dot is None else obj_dot.base, flat_index(obj, index))
    hook = python_item(obj, "__getitem__")
    if hook is not None:
        return push_call(cx, hook, (obj, index), (obj_dot, note_bounds(cx, index, index_dot)))
    watch = watch_key(obj, index)
    y, y_dot = plain_item_pushed(cx, obj, obj_dot, index, index_dot)
    end_watch(watch)
    return y, current(cx, y, y_dot)


def note_bounds(cx: Tangents, index: Any, d: Any) -> Any:
    """Put the tangents of the bounds of slices into their records; returns what the index itself carries."""
    if d is None:
        return None
    if isinstance(index, slice):
        for name, part in zip(("start", "stop", "step"), d):
            cx.put(index, name, part)
        return None
    return tuple([note_bounds(cx, p, part) for p, part in zip(index, d)]) if index.__class__ is tuple else d


def plain_item_pushed(cx: Tangents, obj: Any, obj_dot: Any, index: Any, index_dot: Any = None) -> tuple[Any, Any]:
    """`obj[index]`, as the class that is written in C does it."""
    if isinstance(obj, dict) and not holds_key(obj, index):
        return missing_item(cx, obj, index, index_dot)
    if isinstance(obj, np.ndarray):
        if is_indexed_otherwise(obj):       # its tangent is of that class, too
            return np.ndarray.__getitem__(obj, index), part_of(cx, obj, None if obj_dot is None else np.asarray(obj_dot), index)
        return obj[index], part_of(cx, obj, obj_dot, index)
    y = plain_item(obj, index) if isinstance(obj, (list, tuple, dict, deque)) else obj[index]
    if isinstance(obj, tuple):
        part = None if obj_dot is None else obj_dot[index]
        return y, None if isinstance(index, slice) and part is not None and all_none(part) else part
    if isinstance(obj, (list, deque)):
        if isinstance(index, slice):
            for j, i in enumerate(range(*index.indices(plain_size(obj)))):
                cx.put(y, j, cx.get(obj, i))
            return y, None
        return y, cx.get(obj, position(index, plain_size(obj)))
    if isinstance(obj, dict):
        return y, cx.get(obj, index)
    if isinstance(obj, (str, bytes, range, type)):
        return y, None
    if isinstance(obj, np.generic):
        return y, None if obj_dot is None else np.asarray(obj_dot)[index]
    return y, Missing(missing_rule(type(obj).__getitem__))


def missing_item(cx: Tangents, obj: Any, key: Any, key_dot: Any) -> tuple[Any, Any]:
    """`obj[key]` of a dict that makes up what it does not have."""
    hook = python_item(obj, "__missing__")
    if hook is not None:
        return push_call(cx, hook, (obj, key), (None, key_dot))
    if isinstance(obj, defaultdict) and obj.default_factory is not None:
        y, y_dot = push_call(cx, obj.default_factory, (), ())
        put_plain_item(cx, obj, key, y, y_dot, key_dot)
        return y, y_dot
    error = KeyError(key)
    if key_dot is not None:
        cx.put(error, "args", (key_dot,))
    raise error


def put_item(cx: Tangents, obj: Any, obj_dot: Any, index: Any, value: Any, value_dot: Any, index_dot: Any = None) -> None:
    """`obj[index] = value`"""
    hook = python_item(obj, "__setitem__")
    if hook is not None:
        push_call(cx, hook, (obj, index, value), (obj_dot, note_bounds(cx, index, index_dot), value_dot))
        return
    if isinstance(obj, np.ndarray):
        put_array(cx, obj, obj_dot, index, value, value_dot)
        return
    if isinstance(obj, np.flatiter):
        put_array(cx, obj.base, None if obj_dot is None else obj_dot.base, flat_index(obj, index), value, value_dot)
        return
    watch = watch_key(obj, index)
    put_plain_item(cx, obj, index, value, value_dot, index_dot)
    end_watch(watch)


def put_plain_item(cx: Tangents, obj: Any, index: Any, value: Any, value_dot: Any, index_dot: Any = None) -> None:
    """`obj[index] = value`, as the class that is written in C does it."""
    if isinstance(obj, (list, deque)) and isinstance(index, slice):
        put_slice(cx, obj, index, value, value_dot)
        return
    if isinstance(obj, (list, dict, deque)):
        if isinstance(obj, dict) and not holds_key(obj, index) and is_numeric_key(index):
            cx.put(index, "key", index_dot)
        if isinstance(obj, dict):
            cx.put(obj, index, value_dot)
            plain_class(obj).__setitem__(obj, index, value)
            return
        plain_class(obj).__setitem__(obj, index, value)
        cx.put(obj, position(index, plain_size(obj)), value_dot)
        return
    obj[index] = value
    if value_dot is not None:
        raise refuse_store(f"a store into a {type(obj).__name__}", "use a list, a dict or an array")


def put_slice(cx: Tangents, items: Any, index: slice, value: Any, value_dot: Any) -> None:
    """`items[i:j:k] = value`: the tangents are moved as the elements are."""
    from .iteration import elements
    values, parts = elements(cx, value, value_dot)
    kept = [cx.get(items, i) for i in range(len(items))]
    items[index] = values
    kept[index] = parts
    cx.replace(items, dict(enumerate(kept)))


def delete_slot_item(cx: Tangents, obj: Any, index: Any, index_dot: Any = None) -> None:
    """`del obj[index]`"""
    hook = python_item(obj, "__delitem__")
    if hook is not None:
        push_call(cx, hook, (obj, index), (None, note_bounds(cx, index, index_dot)))
        return
    watch = watch_key(obj, index)
    delete_plain_item(cx, obj, index)
    end_watch(watch)


def delete_plain_item(cx: Tangents, obj: Any, index: Any) -> None:
    """`del obj[index]`, as the class that is written in C does it."""
    if isinstance(obj, (list, deque)):
        kept = [cx.get(obj, i) for i in range(plain_size(obj))]
        remove_item(obj, index)
        del kept[index]
        cx.replace(obj, dict(enumerate(kept)))
        return
    remove_item(obj, index)
    cx.put(obj, index, None)


# -- displays and unpacking -----------------------------------------------------------------------------------------


def note_elements(cx: Tangents, container: Any, keys: tuple, dots: tuple) -> None:
    """The tangents of the elements with which a container was made."""
    for k, d in zip(keys, dots):
        if d is not None:
            cx.put(container, k, d)


def join_stars(parts: tuple, dots: tuple, stars: tuple) -> Any:
    """The tangent of `(a, *b, c)`; what is starred is a tuple."""
    out: list = []
    for x, d, star in zip(parts, dots, stars):
        if star:
            out = [*out, *([None] * len(x) if d is None else d)]
        else:
            out = [*out, d]
    return None if all_none(out) else tuple(out)


def to_unpack(cx: Tangents, source: Any, source_dot: Any, n: int, star: int | None) -> tuple[Any, Any]:
    """What `a, *rest, b = source` takes out of an iterator, with its tangents; other things as they are."""
    from .iteration import feed_tangent, note_source
    if not is_asked(source):
        return source, source_dot
    feed = note_source(cx, source, source_dot)
    values: list = []
    parts: list = []
    for k, x in enumerate(feed.items):
        parts.append(feed_tangent(cx, feed, k))
        values.append(x)
        if star is None and len(values) > n:
            break
    return tuple(values), tuple(parts)


@non_differentiable
def is_asked(source: Any) -> bool:
    """Whether the elements are known only when they are asked for."""
    return hasattr(source, "__next__") or python_iter(source) is not None or is_sequence(source)


def unpacked(cx: Tangents, source: Any, source_dot: Any, n: int, star: int | None, rest: Any) -> tuple:
    """The tangents of the targets of `a, *rest, b = source`; those of the starred one are in its record."""
    from .iteration import feed_tangent, note_source
    count = n if star is None else n - 1 + len(rest)
    feed = note_source(cx, source, source_dot)
    parts = [feed_tangent(cx, feed, k) for k in range(count)]
    if star is None:
        return tuple(parts)
    for i in range(len(rest)):
        cx.put(rest, i, parts[star + i])
    return (*parts[:star], None, *parts[star + len(rest):])


# -- as functions ---------------------------------------------------------------------------------------------------


def set_attribute(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    put_attribute(cx, args[0], dots[0], args[1], args[2], dots[2])
    return None, None


def set_plain(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    hook, extra = plain_setter(args[0], args[1])
    if hook is None:
        put_slot(cx, args[0], args[1], args[2], dots[2])
    else:
        push_callx(cx, hook, (*extra, args[0], args[2]), (*(None,) * len(extra), None, dots[2]), {}, {})
    return None, None


def deleted(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    delete_slot(cx, args[0], args[1])
    return None, None


def delete_plain(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    object.__delattr__(args[0], args[1])
    cx.put(args[0], attribute_key(args[0], args[1]), None)
    return None, None


def get_plain(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    return push_found(cx, args[0], dots[0], args[1], *plain_attribute(args[0], args[1]))


def namespace(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    return push_attribute(cx, args[0], None, "__dict__")


def get_attribute(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    obj, name, *default = args
    if default and not has(obj, name):
        return default[0], dots[2]
    return push_attribute(cx, obj, dots[0], name)


@non_differentiable
def has(obj: Any, name: str) -> bool:
    return hasattr(obj, name)


def item_of(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    return push_item(cx, args[0], dots[0], args[1], dots[1])


def item_stored(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    put_item(cx, args[0], dots[0], args[1], args[2], dots[2], dots[1])
    return None, None


def item_deleted(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    delete_slot_item(cx, args[0], args[1], dots[1])
    return None, None


def plain_item_of(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    return plain_item_pushed(cx, args[0], dots[0], args[1])


def plain_item_stored(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    if isinstance(args[0], np.ndarray):
        refuse_own_store(args[0])
        return item_stored(cx, args, dots, keywords, kdots)
    put_plain_item(cx, args[0], args[1], args[2], dots[2], dots[1])
    return None, None


def plain_item_deleted(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    delete_plain_item(cx, args[0], args[1])
    return None, None


def load_global(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """A global name that functions bind: its slot is in the record of the module's namespace."""
    y = global_value(*args)
    return y, current(cx, y, cx.get(args[0], args[1]))


def store_global(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    set_global(*args)
    cx.put(args[0], args[1], dots[2])
    return None, None


def delete_global(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    del_global(*args)
    cx.put(args[0], args[1], None)
    return None, None


behave(global_value, load_global)
behave(set_global, store_global)
behave(del_global, delete_global)
for cls in (list, dict, tuple, deque, OrderedDict):
    for name, behaviour in (("__getitem__", plain_item_of), ("__setitem__", plain_item_stored),
                            ("__delitem__", plain_item_deleted)):
        if name in cls.__dict__:
            behave(getattr(cls, name), behaviour)
behave(np.ndarray.__getitem__, plain_item_of)
behave(np.ndarray.__setitem__, plain_item_stored)
behave(delattr, deleted)
behave(object.__delattr__, delete_plain)
behave(vars, namespace)
behave(object.__getattribute__, get_plain)
behave(setattr, set_attribute)
behave(object.__setattr__, set_plain)
behave(getattr, get_attribute)
behave(operator.getitem, item_of)
behave(operator.setitem, item_stored)
behave(operator.delitem, item_deleted)
