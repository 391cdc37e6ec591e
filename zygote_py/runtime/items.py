"""Items: loads, stores and deletions by index or key, and global variables, which are the items of a namespace."""

from __future__ import annotations

import types
from collections import defaultdict, deque
from typing import Any

import numpy as np

from ..errors import UnsupportedCodeError, message
from ..normalize.helpers import del_global, global_value, set_global
from ..registry import non_differentiable
from ..rules.numpy.indexing import basic, ungetitem
from ..tangents import Unknown
from ..tangents.accumulate import add
from .call import callx, hooked
from .context import Context
from .frames import here
from .memory import all_none, claim, is_written, refuse_mutation, shadow
from .plain import CONTAINERS, holds_key, plain_class, plain_contents, plain_item, plain_size
from .protocols import is_indexed_otherwise
from .refusals import missing_rule
from .settle import is_number
from .shared import nothing
from .slots import (
    changed,
    del_back,
    forget_back,
    get_back,
    note_object,
    refuse_fixed,
    refuse_store,
    set_back,
    slot_value,
    unstore_back,
)
from .stores import freeze_index, store_array
from .watching import KEYS, PLAIN, end_watch, watch_over

FIELD = Unknown("the fields of an array of records")


def load_item(cx: Context, obj: Any, index: Any) -> tuple[Any, Any, Any]:
    """`obj[index]`"""
    kind = obj.__class__
    if (kind is dict and index.__class__ is str and index in obj) or (kind is list and index.__class__ is int and index >= 0):
        y = obj[index]
        return slot_value(obj, index, y)
    if kind is np.ndarray or (isinstance(obj, np.ndarray) and not is_indexed_otherwise(obj)):
        y = obj[index]
        return y, array_item_back, (obj, freeze_index(index), y if is_new(y) else None)
    if isinstance(obj, np.flatiter):
        y = obj[index]
        return y, array_item_back, (obj.base, flat_index(obj, index), y if is_new(y) else None)
    hook = python_item(obj, "__getitem__")
    if hook is not None:
        y, back, tape = hooked(cx, hook, (obj, index))
        return y, item_called_back, (back, tape, index)
    watch = watch_key(obj, index)
    found = load_plain_item(cx, obj, index)
    end_watch(watch)
    return found


@non_differentiable
def watch_key(obj: Any, key: Any) -> Any:
    """A watch over the methods of a key of a dict."""
    return watch_over(KEYS, (key,)) if key.__class__ not in PLAIN and isinstance(obj, dict) else None


def load_plain_item(cx: Context, obj: Any, index: Any) -> tuple[Any, Any, Any]:
    """`obj[index]`, as the class that is written in C does it."""
    if isinstance(obj, tuple):
        return plain_item(obj, index), tuple_item_back, (plain_size(obj), index)
    if isinstance(obj, (list, deque)):
        y = plain_item(obj, index)
        if isinstance(index, slice):
            return y, list_part_back, (obj, y, tuple(range(*index.indices(plain_size(obj)))))
        return slot_value(obj, position(index, plain_size(obj)), y)
    if isinstance(obj, dict):
        if not holds_key(obj, index):
            return missing_item(cx, obj, index)
        return slot_value(obj, index, plain_item(obj, index))
    if isinstance(obj, np.ndarray):
        y = np.ndarray.__getitem__(obj, index) if is_indexed_otherwise(obj) else obj[index]
        return y, array_item_back, (obj, freeze_index(index), y if is_new(y) else None)
    if isinstance(obj, (str, bytes, range, type)):
        return obj[index], nothing, None  # type: ignore[index]
    if isinstance(obj, np.generic):
        return obj[index], field_back if isinstance(obj, np.void) else whole_back, None  # type: ignore[index]
    return obj[index], no_item_back, type(obj).__getitem__


@non_differentiable
def flat_index(obj: Any, index: Any) -> tuple:
    """The index of an array that means what an index of its `flat` means."""
    places = range(obj.base.size)[index] if isinstance(index, int) else np.arange(obj.base.size)[index]
    return np.unravel_index(places, obj.base.shape)


def missing_item(cx: Context, obj: Any, key: Any) -> tuple[Any, Any, Any]:
    """`obj[key]` of a dict that makes up what it does not have."""
    hook = python_item(obj, "__missing__")
    if hook is not None:
        y, back, tape = hooked(cx, hook, (obj, key))
        return y, item_called_back, (back, tape, key)
    if isinstance(obj, defaultdict) and obj.default_factory is not None:
        y, back, tape = callx(cx, -1, obj.default_factory, (), {})
        note_items_of(cx, obj)
        obj[key] = y
        changed(cx, True, obj)
        return y, made_up_back, (back, tape, obj, key)
    if cx.guarding and isinstance(key, float):      # it may be read back out of the exception
        y, back, tape = hooked(cx, no_item, (obj, key))
        return y, item_called_back, (back, tape, key)
    raise KeyError(key)


def no_item(obj: Any, key: Any) -> Any:
    raise KeyError(key)


def made_up_back(cx: Context, tape: Any, dy: Any) -> None:
    back, inner, obj, key = tape
    back(cx, inner, add(dy, cx.take(obj, key)))


def field_back(cx: Context, tape: Any, dy: Any) -> Any:
    return None if dy is None else FIELD


def whole_back(cx: Context, tape: Any, dy: Any) -> Any:
    """An index of a number only adds axes of length one."""
    return None if dy is None else np.sum(dy)


def item_called_back(cx: Context, tape: Any, dy: Any = None) -> Any:
    """A method written in Python was called with an index, whose cotangent is put into the record of the tape."""
    ds = tape[0](cx, tape[1], dy)[0]
    cx.add(tape, "key", of_index(cx, tape[2], ds[1]), True)
    return ds[0]


def item_setter_back(cx: Context, tape: Any) -> Any:
    ds = tape[0](cx, tape[1], None)[0]
    cx.add(tape, "key", of_index(cx, tape[2], ds[1]), True)
    return ds[2]


def of_index(cx: Context, index: Any, d: Any) -> Any:
    """The cotangent of an index; those of the bounds of slices are in their records, and become a tuple."""
    if index.__class__ is slice:
        bounds = cx.take(index, "start"), cx.take(index, "stop"), cx.take(index, "step")
        return None if all_none(bounds) else bounds
    if index.__class__ is tuple and holds_slices(index):
        parts = tuple([of_index(cx, index[i], None if d is None else d[i]) for i in range(len(index))])
        return None if all_none(parts) else parts
    return d


def make_slice(cx: Context, mask: int, *bounds: Any) -> tuple[Any, Any, Any]:
    """`slice(stop)`, `slice(start, stop, step)`"""
    y = slice(*bounds)
    return y, slice_back, (y, len(bounds))


def slice_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, n = tape
    ds = [add(None if dy is None else dy[i], cx.take(y, name)) for i, name in enumerate(("start", "stop", "step"))]
    return (ds[1],) if n == 1 else tuple(ds[:n])


@non_differentiable
def holds_slices(index: tuple) -> bool:
    return any(p.__class__ is slice for p in index)


def no_item_back(cx: Context, tape: Any, dy: Any) -> None:
    if dy is not None:
        raise missing_rule(tape)


@non_differentiable
def position(index: Any, n: int) -> int:
    i = index.__index__()
    return i + n if i < 0 else i


@non_differentiable
def python_item(obj: Any, name: str) -> Any:
    cls = type(obj)
    if cls in CONTAINERS:
        return None
    for base in cls.__mro__:
        if name in base.__dict__:
            f = base.__dict__[name]
            return f if isinstance(f, types.FunctionType) else None
    return None


@non_differentiable
def is_new(y: Any) -> bool:
    """Whether a part of an array is a copy, not a view."""
    return isinstance(y, np.ndarray) and y.base is None


def array_item_back(cx: Context, tape: Any, dy: Any) -> Any:
    a, index, y = tape
    if cx.written and y is not None:
        dy = claim(cx, y, dy)
    if dy is None:
        return None
    if isinstance(index, str) or dy.__class__ is Unknown:
        return FIELD
    if cx.written and is_written(cx, a):    # straight to where it belongs
        s = shadow(cx, a)
        if basic(index):
            s[index] += dy
        else:
            np.add.at(s, index, dy)
        return None
    return ungetitem(dy, a, index)


def tuple_item_back(cx: Context, tape: Any, dy: Any) -> Any:
    if dy is None:
        return None
    n, index = tape
    out: list = [None] * n
    if isinstance(index, slice):
        for j, i in enumerate(range(*index.indices(n))):
            out[i] = dy[j]
    else:
        out[index] = dy
    return tuple(out)


def list_part_back(cx: Context, tape: Any, dy: Any) -> None:
    """A slice of a list is a new list: its elements' cotangents go to those of the old one."""
    obj, y, where = tape
    for j, i in enumerate(where):
        cx.add(obj, i, cx.take(y, j))


@non_differentiable
def refuse_own_store(a: Any) -> None:
    """A class of arrays whose stores are written in Python asks NumPy for one: it would come back to that class."""
    if python_item(a, "__setitem__") is not None:
        raise refuse_mutation("by `ndarray.__setitem__`")


def store_item(cx: Context, active: bool, obj: Any, index: Any, value: Any) -> tuple[Any, Any]:
    """`obj[index] = value`"""
    if (obj.__class__ is list and index.__class__ is int and index >= 0) \
            or (obj.__class__ is dict and index.__class__ is str and not (active and "__builtins__" in obj)):
        note_items_of(cx, obj)
        obj[index] = value  # type: ignore[index]
        changed(cx, active, obj)
        return unstore_back, (obj, index)
    if isinstance(obj, np.ndarray):
        return store_array(cx, obj, index, value)
    hook = python_item(obj, "__setitem__")
    if hook is not None:
        _, back, tape = hooked(cx, hook, (obj, index, value))
        return item_setter_back, (back, tape, index)
    if isinstance(obj, np.flatiter):
        return store_array(cx, obj.base, flat_index(obj, index), value)
    watch = watch_key(obj, index)
    found = store_plain_item(cx, active, obj, index, value)
    end_watch(watch)
    return found


def store_plain_item(cx: Context, active: bool, obj: Any, index: Any, value: Any) -> tuple[Any, Any]:
    """`obj[index] = value`, as the class that is written in C does it."""
    if isinstance(obj, np.ndarray):
        refuse_own_store(obj)
        return store_array(cx, obj, index, value)
    note_items_of(cx, obj)
    if isinstance(obj, (list, deque)):
        if isinstance(index, slice):
            return store_slice(cx, active, obj, index, value)
        plain_class(obj).__setitem__(obj, index, value)
        changed(cx, active, obj)
        return unstore_back, (obj, position(index, len(obj)))
    if isinstance(obj, dict):
        if active and "__builtins__" in obj:
            raise refuse_store("a store into the namespace of a module", "let a function write to the name, with `global`",
                               "The functions of the module take its names for constants.")
        plain_class(obj).__setitem__(obj, index, value)
        if is_numeric_key(index):
            changed(cx, active, obj)
            return keyed_back, (obj, index)
    elif active and hasattr(type(obj), "__setitem__"):
        raise refuse_store(f"a store into a {type(obj).__name__}", "use a list, a dict or an array")
    else:
        obj[index] = value
    changed(cx, active, obj)
    return unstore_back, (obj, index)


@non_differentiable
def is_numeric_key(key: Any) -> bool:
    """Whether a key may carry a derivative: numbers that are not whole, and tuples. Its cotangent, where it is read back, is in
    its own record, and is taken from there where it was put into a dict."""
    kind = key.__class__
    return kind is float or kind is tuple or (kind is not str and kind is not int and kind is not bool and is_number(key))


def key_read(cx: Context, key: Any, d: Any) -> None:
    """The cotangent of a key that was read out of a dict."""
    if d is not None and is_numeric_key(key):
        cx.add(key, "key", d, True)


def key_taken(cx: Context, key: Any) -> Any:
    """The cotangent of a key that was put into a dict."""
    return cx.take(key, "key") if is_numeric_key(key) else None


def keyed_back(cx: Context, tape: Any) -> Any:
    cx.add(tape, "key", cx.take(tape[1], "key"), True)
    return cx.take(tape[0], tape[1])


def store_slice(cx: Context, active: bool, items: Any, index: slice, value: Any) -> tuple[Any, Any]:
    """`items[i:j:k] = value`"""
    from .iteration import note_items
    feed = note_items(cx, value)
    new = list(feed.items)
    start, stop, step = index.indices(len(items))
    items[index] = new
    changed(cx, active, items)
    if step != 1:
        return strided_back, (items, tuple(range(start, stop, step)), feed)
    return sliced_back, (items, start, max(stop - start, 0), len(new), feed)


def sliced_back(cx: Context, tape: Any) -> Any:
    from .iteration import give_items
    items, start, removed, put, feed = tape
    return give_items(cx, feed, reversed_splice(cx, items, start, removed, put))


def strided_back(cx: Context, tape: Any) -> Any:
    from .iteration import give_items
    items, where, feed = tape
    return give_items(cx, feed, [cx.take(items, i) for i in where])


@non_differentiable
def note_items_of(cx: Context, obj: Any) -> None:
    """Keep what a list or dict held before the first store of this run."""
    if cx.namespaces and id(obj) in cx.namespaces:
        owner = cx.owner(obj)
        if owner is obj:
            raise refuse_fixed()
        note_object(cx, owner)
    elif id(obj) not in cx.originals and isinstance(obj, (list, dict, deque)):
        if not isinstance(obj, dict) and python_item(obj, "__len__") is not None:
            raise refuse_length(obj)
        cx.note(obj, plain_contents(obj))


def refuse_length(obj: Any) -> UnsupportedCodeError:
    name = type(obj).__name__
    return UnsupportedCodeError(message(
        f"cannot differentiate what is done with a {name}", **here(),
        why=f"{name}.__len__ says how many elements there are; the engine finds them by their places.",
        instead="keep the list in an attribute of the class; or inherit from collections.UserList",
        doc="docs/limitations.md#containers"))


def delete_item(cx: Context, obj: Any, index: Any) -> tuple[Any, Any]:
    """`del obj[index]`"""
    hook = python_item(obj, "__delitem__")
    if hook is not None:
        _, back, tape = hooked(cx, hook, (obj, index))
        return item_called_back, (back, tape, index)
    if isinstance(obj, np.ndarray):
        raise refuse_mutation("`del a[i]`")
    watch = watch_key(obj, index)
    found = delete_plain_item(cx, obj, index)
    end_watch(watch)
    return found


def delete_plain_item(cx: Context, obj: Any, index: Any) -> tuple[Any, Any]:
    """`del obj[index]`, as the class that is written in C does it."""
    note_items_of(cx, obj)
    if isinstance(obj, (list, deque)):
        if isinstance(index, slice):
            kept = without(tuple(range(len(obj))), index)
            remove_item(obj, index)
            return restored_back, (obj, kept)
        at = position(index, len(obj))
        remove_item(obj, index)
        return reinsert_back, (obj, at)
    remove_item(obj, index)
    return forget_back, (obj, index)


def remove_item(obj: Any, index: Any) -> None:
    """`del obj[index]`, without the class's own `__delitem__`."""
    if isinstance(obj, (list, dict, deque)):
        plain_class(obj).__delitem__(obj, index)
    else:
        del obj[index]


def reinsert_back(cx: Context, tape: Any) -> None:
    """Before the deletion, what followed stood one place further on."""
    shift(cx, tape[0], tape[1], 1)


@non_differentiable
def without(positions: tuple, index: slice) -> tuple:
    left = list(positions)
    del left[index]
    return tuple(left)


def restored_back(cx: Context, tape: Any) -> None:
    restore(cx, tape[0], tape[1])


def shift(cx: Context, obj: Any, at: int, by: int) -> None:
    """Move the cotangents of a list from position `at` on."""
    entry = cx.records.get(id(obj))
    if entry is not None and by and entry[1]:
        move_keys(cx, obj, {k: k + by for k in entry[1] if k.__class__ is int and k >= at})


def restore(cx: Context, obj: Any, kept: Any) -> None:
    """Move the cotangents of a list, of which element j stood at position kept[j] before."""
    entry = cx.records.get(id(obj))
    if entry is not None and entry[1]:
        move_keys(cx, obj, {k: kept[k] for k in entry[1] if k.__class__ is int})


def move_keys(cx: Context, obj: Any, new: dict) -> None:
    """Give the cotangents of a container other keys."""
    cx.records[id(obj)] = (obj, {new.get(k, k): v for k, v in cx.records[id(obj)][1].items()})
    if cx.pending:
        cx.pending = [(c, new.get(k, k) if c is obj else k) for c, k in cx.pending]


def reversed_splice(cx: Context, obj: Any, at: int, removed: int, put: int) -> list:
    """Undo that `removed` elements at a position gave way to `put` others; returns the cotangents of those."""
    ds = [cx.take(obj, at + i) for i in range(put)]
    shift(cx, obj, at + put, removed - put)
    return ds


def load_global(cx: Context, mask: int, namespace: dict, name: str) -> tuple[Any, Any, Any]:
    """A global name that functions bind: its slot is in the record of the module's namespace."""
    y, back, tape = slot_value(namespace, name, global_value(namespace, name))
    return y, get_back, (back, tape, 0)


def store_global(cx: Context, mask: int, namespace: dict, name: str, value: Any) -> tuple[Any, Any, Any]:
    note_globals(cx, namespace)
    set_global(namespace, name, value)
    changed(cx, mask, namespace)
    return None, set_back, (unstore_back, (namespace, name))


def delete_global(cx: Context, mask: int, namespace: dict, name: str) -> tuple[Any, Any, Any]:
    note_globals(cx, namespace)
    del_global(namespace, name)
    return None, del_back, (forget_back, (namespace, name))


@non_differentiable
def note_globals(cx: Context, namespace: dict) -> None:
    """Keep what the names of a module stood for before the first of them was bound anew."""
    if id(namespace) not in cx.originals:
        cx.note(namespace, dict(namespace))


def take_items(cx: Context, container: Any, keys: tuple) -> tuple:
    """The cotangents of the elements with which a container was made."""
    return tuple([cx.take(container, k) for k in keys])


def get_item(cx: Context, mask: int, obj: Any, index: Any) -> tuple[Any, Any, Any]:
    """`operator.getitem`, as a primitive."""
    y, back, tape = load_item(cx, obj, index)
    return y, get_back, (back, tape, 0)


def get_plain_item(cx: Context, mask: int, obj: Any, index: Any) -> tuple[Any, Any, Any]:
    """`list.__getitem__` and the like, as primitives."""
    y, back, tape = load_plain_item(cx, obj, index)
    return y, get_back, (back, tape, 0)


def set_plain_item(cx: Context, mask: int, obj: Any, index: Any, value: Any) -> tuple[Any, Any, Any]:
    """`list.__setitem__` and the like, as primitives."""
    back, tape = store_plain_item(cx, bool(mask), obj, index, value)
    return None, set_back, (back, tape)


def del_plain_item(cx: Context, mask: int, obj: Any, index: Any) -> tuple[Any, Any, Any]:
    """`list.__delitem__` and the like, as primitives."""
    back, tape = delete_plain_item(cx, obj, index)
    return None, del_back, (back, tape)
