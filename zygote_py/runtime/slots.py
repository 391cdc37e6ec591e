"""Loads and stores: attributes and elements, and what they do to the records of cotangents.

Each function takes the context first and returns `y, back, tape` for a load, `back, tape` for a store. A load adds to the
slot's record; a store takes the slot's cotangent out of it, for the value that was stored.
"""

from __future__ import annotations

import types
from collections import OrderedDict, defaultdict, deque
from functools import cached_property
from typing import Any

import numpy as np

from ..errors import UnsupportedCodeError, message
from ..normalize.helpers import del_global, global_value, set_global
from ..registry import Rule, non_differentiable
from ..rules.numpy.helpers import strong
from ..rules.numpy.indexing import basic, ungetitem
from ..rules.numpy.methods import ATTRIBUTES
from ..tangents.accumulate import add
from ..tangents.project import unbroadcast
from .call import callx
from .context import Context
from .frames import user_frame
from .memory import claim, deliver, is_written, refuse_mutation, shadow
from .refusals import missing_rule
from .settle import fields_of, is_number, is_value, settle
from .shared import nothing, python_method
from .stores import freeze_index, store_array

__all__ = ["add_at", "changed", "delete_attribute", "delete_item", "filled", "full", "get_attribute", "get_item",
           "is_value", "load_attribute", "load_item", "note_unpack", "owned", "plain_class", "primitive", "repack",
           "restore", "reversed_splice", "scaled", "set_attribute", "set_plain", "settle", "shift", "split_star", "spread",
           "store_attribute", "store_item", "take_items", "taken", "zeros"]


CARRIERS = {np.ndarray, tuple}
"""Values in slots whose cotangents may belong into memory."""


# -- attributes -----------------------------------------------------------------------------------------------------


def load_attribute(cx: Context, obj: Any, name: str) -> tuple[Any, Any, Any]:
    """`obj.name`"""
    if is_own_slot(obj, name, "__getattribute__"):
        return slot_value(obj, name, getattr(obj, name))
    return load_found(cx, obj, name, *find_attribute(obj, name))


@non_differentiable
def is_own_slot(obj: Any, name: str, hook: str) -> bool:
    """Whether an attribute is in the `__dict__` of an object, and its class, which inherits from none, has nothing to say about
    it; the most frequent case, and soon decided."""
    cls = obj.__class__
    return cls is not type and len(cls.__mro__) == 2 and type(cls) is type and name not in cls.__dict__ \
        and hook not in cls.__dict__ and name in getattr(obj, "__dict__", ())


def slot_value(obj: Any, key: Any, y: Any) -> tuple[Any, Any, Any]:
    """What was read from a slot, and its pullback."""
    return (y, array_slot_back, (obj, key, y)) if y.__class__ in CARRIERS else (y, slot_back, (obj, key))


def load_found(cx: Context, obj: Any, name: str, how: str, found: Any) -> tuple[Any, Any, Any]:
    """An attribute, read in the way that `find_attribute` says."""
    if how == "slot":
        return slot_value(obj, name, value_of(obj, name))
    if how == "key":
        return slot_value(obj, found, value_of(obj, name))
    if how == "class":
        return slot_value(found, name, getattr(obj, name))
    if how == "call":
        y, back, tape = callx(cx, -1, found, (obj,), {})
        return y, called_back, (back, tape)
    if how == "descriptor":
        y, back, tape = callx(cx, -1, found[0], found[1], {})
        return y, descriptor_back, (back, tape, found[2])
    if how == "cached":
        y, back, tape = callx(cx, -1, found, (obj,), {})
        store, stape = store_slot(cx, True, obj, name, y)
        return y, cached_back, (back, tape, store, stape, y)
    if how == "hook":
        y, back, tape = callx(cx, -1, found, (obj, name), {})
        return y, called_back, (back, tape)
    if how == "array":
        return getattr(obj, name), array_back, (obj, name, found)
    if how == "field":
        return getattr(obj, name), field_back, (found, len(obj))
    if how == "part":
        return getattr(obj, name), part_back, name
    if how == "bound":
        y = getattr(obj, name)
        return y, bound_back, y
    if how == "namespace":
        y = obj.__dict__
        if y is not obj:
            cx.namespaces[id(y)] = (y, obj)
        return y, nothing, None
    return getattr(obj, name), nothing, None


def value_of(obj: Any, name: str) -> Any:
    """`obj.name`, without the class's own `__getattribute__`."""
    if python_method(obj, "__getattribute__") is not None:
        return object.__getattribute__(obj, name)
    return getattr(obj, name)


def descriptor_back(cx: Context, tape: Any, dy: Any) -> Any:
    """The pullback of `__get__`, which was called with the object at one of its places."""
    back, inner, place = tape
    ds, _ = back(cx, inner, dy)
    return None if place is None else ds[place]


def slot_back(cx: Context, tape: Any, dy: Any) -> None:
    cx.add(tape[0], tape[1], dy)


def array_slot_back(cx: Context, tape: Any, dy: Any) -> None:
    obj, key, y = tape
    cx.add(obj, key, deliver(cx, y, dy) if cx.written else dy, True)


def called_back(cx: Context, tape: Any, dy: Any) -> Any:
    return tape[0](cx, tape[1], dy)[0][0]


def cached_back(cx: Context, tape: Any, dy: Any) -> Any:
    back, inner, store, stape, _ = tape
    kept = store(cx, stape)
    return back(cx, inner, add(dy, kept))[0][0]


def array_back(cx: Context, tape: Any, dy: Any) -> Any:
    return None if dy is None or tape[2] is None else tape[2](dy, tape[0])


def field_back(cx: Context, tape: Any, dy: Any) -> Any:
    i, n = tape
    return None if dy is None else tuple([dy if j == i else None for j in range(n)])


def part_back(cx: Context, tape: Any, dy: Any) -> Any:
    return None if dy is None else dy if tape == "real" else 1j * dy


def bound_back(cx: Context, tape: Any, dy: Any) -> Any:
    """A bound method: calls of it left the cotangent of its object in its record."""
    return add(dy if not isinstance(dy, dict) else None, cx.take(tape, "__self__"))


_SPECIAL: dict[tuple[type, str], tuple[str, Any]] = {(types.BuiltinMethodType, "__self__"): ("slot", None)}


@non_differentiable
def find_attribute(obj: Any, name: str) -> tuple[str, Any]:
    """How an attribute is found: ('slot', None), ('call', getter), ..."""
    cls = obj.__class__
    known = _SPECIAL.get((cls, name))
    if known is not None:
        return known
    if isinstance(obj, np.ndarray) or (isinstance(obj, np.generic) and name not in ("real", "imag")):
        if name in ATTRIBUTES:
            return "array", ATTRIBUTES[name]
        return ("bound" if isinstance(getattr(cls, name, None), types.MethodDescriptorType) else "plain"), None
    if cls is float or cls is int or cls is complex or (is_number(obj) and name in ("real", "imag")):
        return ("part", None) if name in ("real", "imag") else ("bound", None)
    if isinstance(obj, types.ModuleType):
        return "slot", None
    cls = type(obj)
    if cls is super:
        return find_in_super(obj, name)
    if isinstance(obj, tuple) and name in getattr(obj, "_fields", ()):
        return "field", obj._fields.index(name)  # type: ignore[attr-defined]
    if name == "args" and isinstance(obj, BaseException):
        return "slot", None
    hook = python_method(obj, "__getattribute__")
    if hook is not None:
        rest = python_method(obj, "__getattr__")
        return ("hook", hook) if rest is None else ("descriptor", (looked_up, (obj, name, hook, rest), 0))
    return find_plain_attribute(obj, name)


def looked_up(obj: Any, name: str, first: Any, then: Any) -> Any:
    """An attribute of an object whose class has both `__getattribute__` and `__getattr__`."""
    try:
        return first(obj, name)
    except AttributeError:
        return then(obj, name)


def find_plain_attribute(obj: Any, name: str) -> tuple[str, Any]:
    """As `find_attribute`, in Python's own order: data descriptors, the object itself, other descriptors, `__getattr__`."""
    cls = type(obj)
    if name == "__dict__" and "__dict__" not in cls.__dict__.get("__slots__", ()) and not isinstance(obj, type):
        return ("namespace" if hasattr(obj, "__dict__") else "plain"), None
    base, found = in_classes(cls.__mro__, name)
    own = base is not None and hasattr(type(found), "__set__")
    if own:
        return through_descriptor(obj, cls, base, found, name)
    if isinstance(obj, type):
        inner, value = in_classes(obj.__mro__, name)
        if inner is not None:
            return in_class(obj, inner, value, name)
    elif name in getattr(obj, "__dict__", ()):
        return slot_of(obj, name)
    if base is not None:
        return through_descriptor(obj, cls, base, found, name)
    hook = python_method(obj, "__getattr__")
    return ("hook", hook) if hook is not None else ("slot", None)


def in_classes(classes: tuple, name: str) -> tuple[Any, Any]:
    """The first of some classes that has a name, and what it stands for there."""
    for base in classes:
        if name in base.__dict__:
            return base, base.__dict__[name]
    return None, None


def slot_of(obj: Any, name: str) -> tuple[str, Any]:
    """The slot of an attribute: the attributes of a dict are told from its keys."""
    key = attribute_key(obj, name)
    return ("slot", None) if key == name else ("key", key)


@non_differentiable
def attribute_key(obj: Any, name: str) -> Any:
    return ("attribute", name) if isinstance(obj, dict) and getattr(obj, "__dict__", obj) is not obj else name


def through_descriptor(obj: Any, cls: type, base: type, found: Any, name: str) -> tuple[str, Any]:
    """How an attribute is read that a class has."""
    kind = type(found)
    if isinstance(found, property) and kind.__get__ is property.__get__:
        return ("call", found.fget) if isinstance(found.fget, types.FunctionType) else ("plain", None)
    if isinstance(found, cached_property) and kind.__get__ is cached_property.__get__:
        return "cached", found.func
    if isinstance(found, types.MemberDescriptorType):
        return slot_of(obj, name)
    if isinstance(found, (types.FunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, classmethod)):
        return "bound", None
    if isinstance(found, (staticmethod, types.GetSetDescriptorType)):
        return "plain", None
    get = python_method(found, "__get__")
    if get is not None:
        return "descriptor", (get, (found, obj, cls), 1)
    return "class", base


def in_class(cls: type, base: type, found: Any, name: str) -> tuple[str, Any]:
    """How an attribute of a class itself is read."""
    if isinstance(found, (types.FunctionType, classmethod, staticmethod, property)):
        return "plain", None
    get = python_method(found, "__get__")
    if get is not None:
        return "descriptor", (get, (found, None, cls), None)
    return "class", base


def find_in_super(obj: Any, name: str) -> tuple[str, Any]:
    """How `super().name` is read."""
    order = obj.__self_class__.__mro__
    base, found = in_classes(order[order.index(obj.__thisclass__) + 1:], name)
    if base is None:
        return "plain", None
    if isinstance(found, property) and isinstance(found.fget, types.FunctionType):
        return "descriptor", (found.fget, (obj.__self__,), None)
    get = python_method(found, "__get__")
    if get is not None:
        return "descriptor", (get, (found, obj.__self__, obj.__self_class__), None)
    return ("class", base) if not hasattr(type(found), "__get__") else ("plain", None)


def store_attribute(cx: Context, active: bool, obj: Any, name: str, value: Any) -> tuple[Any, Any]:
    """`obj.name = value`"""
    if is_own_slot(obj, name, "__setattr__"):
        return store_slot(cx, active, obj, name, value)
    hook, extra = find_setter(obj, name)
    if hook is None:
        return store_slot(cx, active, obj, name, value)
    if extra is None:
        _, back, tape = callx(cx, -1, hook, (obj, name, value), {})
    else:
        _, back, tape = callx(cx, -1, hook, (*extra, obj, value), {})
    return setter_back, (back, tape)


def store_slot(cx: Context, active: bool, obj: Any, name: str, value: Any) -> tuple[Any, Any]:
    """`object.__setattr__(obj, name, value)` where no function is called."""
    if isinstance(obj, types.ModuleType) and active and (is_number(value) or isinstance(value, (np.ndarray, tuple))):
        raise refuse_store(f"a store to the attribute `{name}` of a module", "let a function of that module write to it, with "
                           "`global`", "The functions of the module take its names for constants.")
    note_object(cx, obj)
    if isinstance(obj, type) or name == "__dict__":
        setattr(obj, name, value)
    else:
        object.__setattr__(obj, name, value)
    changed(cx, active, obj)
    if name == "__dict__":
        return adopted_back, (obj, value, tuple(value))
    return unstore_back, (obj, attribute_key(obj, name))


def adopted_back(cx: Context, tape: Any) -> None:
    """`obj.__dict__ = value`: from there on the entries of the dict are the attributes."""
    obj, value, keys = tape
    if value is not obj:
        for k in keys:
            cx.add(value, k, cx.take(obj, k))


def setter_back(cx: Context, tape: Any) -> Any:
    return tape[0](cx, tape[1], None)[0][-1]


def unstore_back(cx: Context, tape: Any) -> Any:
    return cx.take(tape[0], tape[1])


@non_differentiable
def find_setter(obj: Any, name: str) -> tuple[Any, Any]:
    """The Python function that a store to an attribute calls, and what it gets before object and value; (hook, None) for
    `__setattr__`."""
    if isinstance(obj, np.ndarray):
        if name in ("real", "imag", "flat"):
            return store_part, None
        raise refuse_mutation(f"`.{name} = ...`", "Its cotangent would have to change its shape as well.", "a = a.reshape(shape)")
    hook = python_method(obj, "__setattr__")
    if hook is not None:
        return hook, None
    return find_plain_setter(obj, name)


def find_plain_setter(obj: Any, name: str) -> tuple[Any, Any]:
    base, found = in_classes(type(obj).__mro__, name)
    if base is None:
        return None, None
    if isinstance(found, property) and isinstance(found.fset, types.FunctionType):
        return found.fset, ()
    put = python_method(found, "__set__")
    return (None, None) if put is None else (put, (found,))


def store_part(a: Any, name: str, value: Any) -> None:
    """`a.real = value`, `a.imag = value`, `a.flat = value`"""
    if name == "flat":
        a[...] = np.reshape(np.resize(value, a.size), a.shape)
    elif name == "real":
        a.real[...] = value
    else:
        a.imag[...] = value


@non_differentiable
def note_object(cx: Context, obj: Any) -> None:
    if id(obj) not in cx.originals:
        cx.note(obj, fields_of(obj) or {})


def delete_attribute(cx: Context, obj: Any, name: str) -> tuple[Any, Any]:
    """`del obj.name`"""
    hook, extra = find_deleter(obj, name)
    if hook is not None:
        _, back, tape = callx(cx, -1, hook, (*extra, obj) if extra is not None else (obj, name), {})
        return setter_back, (back, tape)
    return delete_slot(cx, obj, name)


def delete_slot(cx: Context, obj: Any, name: str) -> tuple[Any, Any]:
    note_object(cx, obj)
    delattr(obj, name) if isinstance(obj, (type, types.ModuleType)) else object.__delattr__(obj, name)
    return forget_back, (obj, attribute_key(obj, name))


@non_differentiable
def find_deleter(obj: Any, name: str) -> tuple[Any, Any]:
    """As `find_setter`, for `del obj.name`."""
    hook = python_method(obj, "__delattr__")
    if hook is not None:
        return hook, None
    base, found = in_classes(type(obj).__mro__, name)
    if isinstance(found, property) and isinstance(found.fdel, types.FunctionType):
        return found.fdel, ()
    remove = None if base is None else python_method(found, "__delete__")
    return (None, None) if remove is None else (remove, (found,))


def forget_back(cx: Context, tape: Any) -> None:
    """Before the deletion the slot held a value that nothing later read."""
    cx.take(tape[0], tape[1])


_CONTAINERS: tuple[Any, ...] = (list, dict, tuple, set, deque, defaultdict, OrderedDict, frozenset)


# -- elements -------------------------------------------------------------------------------------------------------


def load_item(cx: Context, obj: Any, index: Any) -> tuple[Any, Any, Any]:
    """`obj[index]`"""
    kind = obj.__class__
    if kind is np.ndarray or isinstance(obj, np.ndarray):
        y = obj[index]
        return y, array_item_back, (obj, freeze_index(index), y if is_new(y) else None)
    if isinstance(obj, np.flatiter):
        y = obj[index]
        return y, array_item_back, (obj.base, flat_index(obj, index), y if is_new(y) else None)
    hook = python_item(obj, "__getitem__")
    if hook is not None:
        y, back, tape = callx(cx, -1, hook, (obj, index), {})
        return y, called_back, (back, tape)
    return load_plain_item(cx, obj, index)


def load_plain_item(cx: Context, obj: Any, index: Any) -> tuple[Any, Any, Any]:
    """`obj[index]`, as the class that is written in C does it."""
    if isinstance(obj, tuple):
        return plain_item(obj, index), tuple_item_back, (len(obj), index)
    if isinstance(obj, (list, deque)):
        y = plain_item(obj, index)
        if isinstance(index, slice):
            return y, list_part_back, (obj, y, tuple(range(*index.indices(len(obj)))))
        return slot_value(obj, position(index, len(obj)), y)
    if isinstance(obj, dict):
        if index not in obj:
            return missing_item(cx, obj, index)
        return slot_value(obj, index, plain_item(obj, index))
    if isinstance(obj, (str, bytes, range, type)):
        return obj[index], nothing, None  # type: ignore[index]
    if isinstance(obj, np.generic):
        return obj[index], whole_back, None  # type: ignore[index]
    return obj[index], no_item_back, type(obj).__getitem__


@non_differentiable
def flat_index(obj: Any, index: Any) -> tuple:
    """The index of an array that means what an index of its `flat` means."""
    return np.unravel_index(np.arange(obj.base.size)[index], obj.base.shape)


def plain_item(obj: Any, index: Any) -> Any:
    """`obj[index]`, without the class's own `__getitem__`."""
    return obj[index] if obj.__class__ in _CONTAINERS else plain_class(obj).__getitem__(obj, index)


def missing_item(cx: Context, obj: Any, key: Any) -> tuple[Any, Any, Any]:
    """`obj[key]` of a dict that makes up what it does not have."""
    hook = python_item(obj, "__missing__")
    if hook is not None:
        y, back, tape = callx(cx, -1, hook, (obj, key), {})
        return y, called_back, (back, tape)
    if isinstance(obj, defaultdict) and obj.default_factory is not None:
        y, back, tape = callx(cx, -1, obj.default_factory, (), {})
        note_items_of(cx, obj)
        obj[key] = y
        changed(cx, True, obj)
        return y, made_up_back, (back, tape, obj, key)
    raise KeyError(key)


def made_up_back(cx: Context, tape: Any, dy: Any) -> None:
    back, inner, obj, key = tape
    back(cx, inner, add(dy, cx.take(obj, key)))


def whole_back(cx: Context, tape: Any, dy: Any) -> Any:
    """An index of a number only adds axes of length one."""
    return None if dy is None else np.sum(dy)


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
    if cls in _CONTAINERS:
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


def store_item(cx: Context, active: bool, obj: Any, index: Any, value: Any) -> tuple[Any, Any]:
    """`obj[index] = value`"""
    if isinstance(obj, np.ndarray):
        return store_array(cx, obj, index, value)
    hook = python_item(obj, "__setitem__")
    if hook is not None:
        _, back, tape = callx(cx, -1, hook, (obj, index, value), {})
        return setter_back, (back, tape)
    if isinstance(obj, np.flatiter):
        return store_array(cx, obj.base, flat_index(obj, index), value)
    return store_plain_item(cx, active, obj, index, value)


def store_plain_item(cx: Context, active: bool, obj: Any, index: Any, value: Any) -> tuple[Any, Any]:
    """`obj[index] = value`, as the class that is written in C does it."""
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
    elif active:
        raise refuse_store(f"a store into a {type(obj).__name__}", "use a list, a dict or an array")
    else:
        obj[index] = value
    changed(cx, active, obj)
    return unstore_back, (obj, index)


@non_differentiable
def plain_class(obj: Any) -> Any:
    """The container class of the standard library that a class inherits from, whose methods do what C does."""
    cls = obj.__class__
    return cls if cls in _CONTAINERS else next(base for base in cls.__mro__ if base in _CONTAINERS)


def changed(cx: Context, active: Any, obj: Any) -> None:
    """Say that a container was written to."""
    if active:
        cx.tracked[id(obj)] = obj


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
def refuse_store(what: str, instead: str, why: str = "What it holds is not seen by the engine.") -> UnsupportedCodeError:
    frame = user_frame()
    return UnsupportedCodeError(message(f"cannot differentiate {what}", filename=frame[0], lineno=frame[1], function=frame[2],
                                        why=why, instead=instead,
                                        doc="docs/limitations.md#containers"))


@non_differentiable
def note_items_of(cx: Context, obj: Any) -> None:
    """Keep what a list or dict held before the first store of this run."""
    if id(obj) in cx.namespaces:
        note_object(cx, cx.owner(obj))
    elif id(obj) not in cx.originals and isinstance(obj, (list, dict, deque)):
        cx.note(obj, dict(obj) if isinstance(obj, dict) else list(obj))


def delete_item(cx: Context, obj: Any, index: Any) -> tuple[Any, Any]:
    """`del obj[index]`"""
    hook = python_item(obj, "__delitem__")
    if hook is not None:
        _, back, tape = callx(cx, -1, hook, (obj, index), {})
        return setter_back, (back, tape)
    if isinstance(obj, np.ndarray):
        raise refuse_mutation("`del a[i]`")
    return delete_plain_item(cx, obj, index)


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


# -- globals --------------------------------------------------------------------------------------------------------


def load_global(cx: Context, mask: int, namespace: dict, name: str) -> tuple[Any, Any, Any]:
    """A global name that functions bind: its slot is in the record of the module's namespace."""
    y, back, tape = slot_value(namespace, name, global_value(namespace, name))
    return y, get_back, (back, tape, 0)


def store_global(cx: Context, mask: int, namespace: dict, name: str, value: Any) -> tuple[Any, Any, Any]:
    set_global(namespace, name, value)
    changed(cx, mask, namespace)
    return None, set_back, (unstore_back, (namespace, name))


def delete_global(cx: Context, mask: int, namespace: dict, name: str) -> tuple[Any, Any, Any]:
    del_global(namespace, name)
    return None, del_back, (forget_back, (namespace, name))


# -- displays, unpacking, arrays ------------------------------------------------------------------------------------


def take_items(cx: Context, container: Any, keys: tuple) -> tuple:
    """The cotangents of the elements with which a container was made."""
    return tuple([cx.take(container, k) for k in keys])


def split_star(dt: Any, sizes: tuple) -> tuple:
    """Cotangents of the items of `(a, *b, c)`, from that of the tuple; sizes has the length of what was starred."""
    out, at = [], 0
    for n in sizes:
        if n is None:
            out.append(dt[at])
            at = at + 1
        else:
            out.append(tuple([dt[at + i] for i in range(n)]))
            at = at + n
    return tuple(out)


def note_unpack(cx: Context, source: Any) -> Any:
    """What is unpacked, and what the pullback of the unpacking has to know of it."""
    from .iteration import note_items
    return note_items(cx, source)


def repack(cx: Context, feed: Any, parts: tuple, star: int | None, rest: Any = None, size: int = 0) -> Any:
    """The cotangent of a value that was unpacked; a starred target is a new list with a record of its own."""
    if star is not None:
        middle = tuple([cx.take(rest, i) for i in range(size)])
        parts = parts[:star] + middle + parts[star + 1:]
    if isinstance(feed.source, tuple) and feed.opened is None:
        return parts
    from .iteration import give_items
    return give_items(cx, feed, parts)


@non_differentiable
def raise_iterator() -> None:
    raise refuse_store("an iterator that is consumed in two places", "make a list of it", "Who got which element is not known.")


@non_differentiable
def all_none(parts: tuple) -> bool:
    return all(p is None for p in parts)


def full(d: Any, n: int) -> tuple:
    """The cotangent of a tuple of n numbers, with zeros for None."""
    if d is None:
        return (0.0,) * n
    return tuple([0.0 if p is None else p for p in d])


def zeros(x: Any) -> Any:
    """A buffer for the cotangent of an array."""
    return np.zeros(x.shape, x.dtype) if x.dtype.kind in "fc" else np.zeros(x.shape)


def filled(d: Any, x: Any) -> Any:
    """An array of the shape of x with the number d in each place."""
    return np.full(x.shape, d, x.dtype) if x.dtype.kind in "fc" else np.full(x.shape, d)


def spread(d: Any, y: Any) -> Any:
    """Repeat d to the shape of y."""
    return d if getattr(d, "shape", None) == y.shape else np.zeros(y.shape) + d


def scaled(d: Any, p: Any) -> Any:
    """What broadcasts times partial derivatives; zero stays zero whatever they are."""
    if d.__class__ is np.ndarray:
        return d * strong(p)
    return d * p if d else np.zeros(p.shape)


def owned(d: Any, x: Any) -> Any:
    """A cotangent in memory of its own."""
    if d is None:
        return zeros(x)
    return d.copy() if d.__class__ is np.ndarray else np.zeros(x.shape) + d


def taken(part: Any, x: Any = None) -> Any:
    """The cotangent of x, which was stored into, or added to, a place whose cotangent is `part`, in memory of its own; x may be
    left out if it has the shape of the place."""
    return part.copy() if x is None else unbroadcast(part.copy(), x)


def add_at(buffer: Any, index: Any, d: Any) -> None:
    """`buffer[index] += d`, where an index may occur more than once."""
    np.add.at(buffer, index, d)


def set_attribute(cx: Context, mask: int, obj: Any, name: Any, value: Any) -> tuple[Any, Any, Any]:
    """`setattr` and `object.__setattr__`, as primitives."""
    back, tape = store_attribute(cx, True, obj, name, value)
    return None, set_back, (back, tape)


def set_plain(cx: Context, mask: int, obj: Any, name: Any, value: Any) -> tuple[Any, Any, Any]:
    """`object.__setattr__`, as a primitive."""
    hook, extra = plain_setter(obj, name)
    if hook is not None:
        _, back, tape = callx(cx, -1, hook, (*extra, obj, value), {})
        return None, set_back, (setter_back, (back, tape))
    back, tape = store_slot(cx, True, obj, name, value)
    return None, set_back, (back, tape)


@non_differentiable
def plain_setter(obj: Any, name: str) -> tuple[Any, Any]:
    return find_plain_setter(obj, name)


def get_plain(cx: Context, mask: int, obj: Any, name: Any) -> tuple[Any, Any, Any]:
    """`object.__getattribute__`, as a primitive."""
    y, back, tape = load_found(cx, obj, name, *plain_attribute(obj, name))
    return y, get_back, (back, tape, 0)


@non_differentiable
def plain_attribute(obj: Any, name: str) -> tuple[str, Any]:
    how, found = find_plain_attribute(obj, name)
    return ("slot", None) if how == "hook" else (how, found)


def del_attribute(cx: Context, mask: int, obj: Any, name: Any) -> tuple[Any, Any, Any]:
    """`delattr`, as a primitive."""
    back, tape = delete_attribute(cx, obj, name)
    return None, del_back, (back, tape)


def del_plain(cx: Context, mask: int, obj: Any, name: Any) -> tuple[Any, Any, Any]:
    """`object.__delattr__`, as a primitive."""
    back, tape = delete_slot(cx, obj, name)
    return None, del_back, (back, tape)


def get_namespace(cx: Context, mask: int, obj: Any) -> tuple[Any, Any, Any]:
    """`vars(obj)`"""
    y, _, _ = load_attribute(cx, obj, "__dict__")
    return y, nothing, (None,)


def set_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return None, None, tape[0](cx, tape[1])


def get_attribute(cx: Context, mask: int, obj: Any, name: Any, *default: Any) -> tuple[Any, Any, Any]:
    """`getattr`, as a primitive."""
    if default and not hasattr(obj, name):
        return default[0], default_back, None
    y, back, tape = load_attribute(cx, obj, name)
    return y, get_back, (back, tape, len(default))


def default_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return None, None, dy


def get_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return (tape[0](cx, tape[1], dy), None) + (None,) * tape[2]


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


def del_back(cx: Context, tape: Any, dy: Any) -> tuple:
    tape[0](cx, tape[1])
    return None, None


def primitive(f: Any, behaviour: Any, always: bool = False) -> Rule:
    """Register a function whose effect on records is written by hand."""
    from ..registry import _register
    new = _register(Rule(f, "primitive", (behaviour,)))
    new.always = always
    return new

