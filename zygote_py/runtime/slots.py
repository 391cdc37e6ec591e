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
from ..registry import Rule, non_differentiable
from ..rules.numpy.helpers import strong
from ..rules.numpy.indexing import basic, ungetitem
from ..rules.numpy.methods import ATTRIBUTES
from ..tangents.accumulate import add
from .call import callx, missing_rule, nothing
from .context import Context
from .frames import user_frame
from .memory import deliver, is_written, refuse_mutation, shadow
from .settle import fields_of, is_number, is_value, settle
from .stores import freeze_index, store_array

__all__ = ["add_at", "delete_attribute", "delete_item", "filled", "full", "get_attribute", "get_item", "is_value",
           "load_attribute", "load_item", "note_unpack", "owned", "primitive", "repack", "scaled", "set_attribute",
           "set_plain", "settle", "shift", "split_star", "spread", "store_attribute", "store_item", "take_items", "zeros"]


CARRIERS = {np.ndarray, tuple}
"""Values in slots whose cotangents may belong into memory."""


# -- attributes -----------------------------------------------------------------------------------------------------


def load_attribute(cx: Context, obj: Any, name: str) -> tuple[Any, Any, Any]:
    """`obj.name`"""
    how, found = find_attribute(obj, name)
    if how == "slot":
        y = getattr(obj, name)
        if y.__class__ in CARRIERS:
            return y, array_slot_back, (obj, name, y)
        return y, slot_back, (obj, name)
    if how == "call":
        y, back, tape = callx(cx, -1, found, (obj,), {})
        return y, called_back, (back, tape)
    if how == "cached":
        y, back, tape = callx(cx, -1, found, (obj,), {})
        store, stape = store_attribute(cx, True, obj, name, y)
        return y, cached_back, (back, tape, store, stape, y)
    if how == "getattr":
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
    return getattr(obj, name), nothing, None


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


_SPECIAL: dict[tuple[type, str], tuple[str, Any]] = {}


@non_differentiable
def find_attribute(obj: Any, name: str) -> tuple[str, Any]:
    """How an attribute is found: ('slot', ...), ('call', getter), ..."""
    cls = obj.__class__
    known = _SPECIAL.get((cls, name))
    if known is not None:
        return known
    if isinstance(obj, np.ndarray) or (isinstance(obj, np.generic) and name not in ("real", "imag")):
        if name in ATTRIBUTES:
            return "array", ATTRIBUTES[name]
        return "plain", None
    if is_number(obj):
        return ("part", None) if name in ("real", "imag") else ("bound", None)
    if isinstance(obj, (type, types.ModuleType)):
        return "slot", None
    if isinstance(obj, tuple) and name in getattr(obj, "_fields", ()):
        return "field", obj._fields.index(name)  # type: ignore[attr-defined]
    if name == "args" and isinstance(obj, BaseException):
        return "slot", None
    cls = type(obj)
    for base in cls.__mro__:
        if name in base.__dict__:
            found = base.__dict__[name]
            if isinstance(found, property):
                if isinstance(found.fget, types.FunctionType):
                    return "call", found.fget
                return "plain", None
            if isinstance(found, cached_property):
                return ("slot", None) if name in obj.__dict__ else ("cached", found.func)
            if isinstance(found, (types.MemberDescriptorType,)):
                return "slot", None
            if name in getattr(obj, "__dict__", ()):
                return "slot", None
            if isinstance(found, (types.FunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, classmethod)):
                return "bound", None
            if isinstance(found, (staticmethod, types.GetSetDescriptorType)):
                return "plain", None
            get = type(found).__dict__.get("__get__")
            if isinstance(get, types.FunctionType):
                return "plain" if not isinstance(get, types.FunctionType) else "call", lambda o, g=get, f=found, c=cls: g(f, o, c)
            return "slot", None
    if name in getattr(obj, "__dict__", ()):
        return "slot", None
    for base in cls.__mro__:
        hook = base.__dict__.get("__getattr__")
        if isinstance(hook, types.FunctionType):
            return "getattr", hook
    return "slot", None


def store_attribute(cx: Context, active: bool, obj: Any, name: str, value: Any) -> tuple[Any, Any]:
    """`obj.name = value`"""
    hook, extra = find_setter(obj, name)
    if hook is not None:
        _, back, tape = callx(cx, -1, hook, (obj, *extra, value), {})
        return setter_back, (back, tape)
    note_object(cx, obj)
    setattr(obj, name, value)
    if active:
        cx.tracked[id(obj)] = obj
    return unstore_back, (obj, name)


def setter_back(cx: Context, tape: Any) -> Any:
    return tape[0](cx, tape[1], None)[0][-1]


def unstore_back(cx: Context, tape: Any) -> Any:
    return cx.take(tape[0], tape[1])


@non_differentiable
def find_setter(obj: Any, name: str) -> tuple[Any, tuple]:
    """The Python function that a store to an attribute calls, and what it gets besides object and value."""
    cls = type(obj)
    if isinstance(obj, np.ndarray):
        if name in ("real", "imag", "flat"):
            return store_part, (name,)
        raise refuse_mutation(f"`.{name} = ...`", "Its cotangent would have to change its shape as well.", "a = a.reshape(shape)")
    for base in cls.__mro__:
        hook = base.__dict__.get("__setattr__")
        if isinstance(hook, types.FunctionType):
            return hook, (name,)
        if hook is not None and base is not object:
            break
    for base in cls.__mro__:
        if name in base.__dict__:
            found = base.__dict__[name]
            if isinstance(found, property) and isinstance(found.fset, types.FunctionType):
                return found.fset, ()
            put = type(found).__dict__.get("__set__")
            if isinstance(put, types.FunctionType):
                return lambda o, v, p=put, f=found: p(f, o, v), ()
            break
    return None, ()


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
    note_object(cx, obj)
    delattr(obj, name)
    return forget_back, (obj, name)


def forget_back(cx: Context, tape: Any) -> None:
    """Before the deletion the slot held a value that nothing later read."""
    cx.take(tape[0], tape[1])


# -- elements -------------------------------------------------------------------------------------------------------


def load_item(cx: Context, obj: Any, index: Any) -> tuple[Any, Any, Any]:
    """`obj[index]`"""
    kind = obj.__class__
    if kind is np.ndarray or isinstance(obj, np.ndarray):
        return obj[index], array_item_back, (obj, freeze_index(index))
    if isinstance(obj, np.flatiter):
        return obj[index], array_item_back, (obj.base, flat_index(obj, index))
    if isinstance(obj, tuple) and python_item(obj, "__getitem__") is None:
        return obj[index], tuple_item_back, (len(obj), index)
    if isinstance(obj, list) and python_item(obj, "__getitem__") is None:
        y = obj[index]
        if isinstance(index, slice):
            return y, list_part_back, (obj, y, tuple(range(*index.indices(len(obj)))))
        if y.__class__ in CARRIERS:
            return y, array_slot_back, (obj, position(index, len(obj)), y)
        return y, slot_back, (obj, position(index, len(obj)))
    hook = python_item(obj, "__getitem__")
    if hook is not None:
        y, back, tape = callx(cx, -1, hook, (obj, index), {})
        return y, called_back, (back, tape)
    if isinstance(obj, dict):
        missing = isinstance(obj, defaultdict) and index not in obj
        if missing:
            note_items_of(cx, obj)
        y = obj[index]
        if y.__class__ in CARRIERS:
            return y, array_slot_back, (obj, index, y)
        return y, slot_back, (obj, index)
    if isinstance(obj, (str, bytes, range, type)):
        return obj[index], nothing, None  # type: ignore[index]
    if isinstance(obj, np.generic) and index == ():
        return obj[index], whole_back, None  # type: ignore[index]
    return obj[index], no_item_back, type(obj).__getitem__


@non_differentiable
def flat_index(obj: Any, index: Any) -> tuple:
    """The index of an array that means what an index of its `flat` means."""
    return np.unravel_index(np.arange(obj.base.size)[index], obj.base.shape)


def whole_back(cx: Context, tape: Any, dy: Any) -> Any:
    return dy


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
    if cls in (dict, list, tuple, defaultdict, OrderedDict):
        return None
    for base in cls.__mro__:
        if name in base.__dict__:
            f = base.__dict__[name]
            return f if isinstance(f, types.FunctionType) else None
    return None


def array_item_back(cx: Context, tape: Any, dy: Any) -> Any:
    if dy is None:
        return None
    a, index = tape
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
    note_items_of(cx, obj)
    if isinstance(obj, list):
        if isinstance(index, slice):
            raise refuse_store("assignment to a slice of a list", "assign the elements in a loop, or make a new list")
        obj[index] = value
        if active:
            cx.tracked[id(obj)] = obj
        return unstore_back, (obj, position(index, len(obj)))
    if isinstance(obj, deque):
        raise refuse_store("a store into a deque", "use a list")
    obj[index] = value
    if active:
        cx.tracked[id(obj)] = obj
    return unstore_back, (obj, index)


@non_differentiable
def refuse_store(what: str, instead: str) -> UnsupportedCodeError:
    frame = user_frame()
    return UnsupportedCodeError(message(f"cannot differentiate {what}", filename=frame[0], lineno=frame[1], function=frame[2],
                                        why="The engine has no inverse of this update yet.", instead=instead,
                                        doc="docs/limitations.md#containers"))


@non_differentiable
def note_items_of(cx: Context, obj: Any) -> None:
    """Keep what a list or dict held before the first store of this run."""
    if id(obj) not in cx.originals and isinstance(obj, (list, dict, deque)):
        cx.note(obj, dict(obj) if isinstance(obj, dict) else list(obj))


def delete_item(cx: Context, obj: Any, index: Any) -> tuple[Any, Any]:
    """`del obj[index]`"""
    hook = python_item(obj, "__delitem__")
    if hook is not None:
        _, back, tape = callx(cx, -1, hook, (obj, index), {})
        return setter_back, (back, tape)
    if isinstance(obj, np.ndarray):
        raise refuse_mutation("`del a[i]`")
    note_items_of(cx, obj)
    if isinstance(obj, list):
        if isinstance(index, slice):
            raise refuse_store("deletion of a slice of a list", "make a new list")
        at = position(index, len(obj))
        del obj[index]
        return reinsert_back, (obj, at)
    del obj[index]
    return forget_back, (obj, index)


def reinsert_back(cx: Context, tape: Any) -> None:
    """Before the deletion, what followed stood one place further on."""
    shift(cx, tape[0], tape[1], 1)


def shift(cx: Context, obj: Any, at: int, by: int) -> None:
    """Move the cotangents of a list from position `at` on."""
    entry = cx.records.get(id(obj))
    if entry is not None:
        slots = entry[1]
        moved = {(k + by if k >= at else k): v for k, v in slots.items()}
        slots.clear()
        slots.update(moved)


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
    """What the pullback of an unpacking has to know of its source."""
    return source


def repack(cx: Context, source: Any, parts: tuple, star: int | None) -> Any:
    """The cotangent of a value that was unpacked; a starred target is a new list with a record of its own."""
    if star is not None:
        rest = parts[star]
        middle = tuple([cx.take(rest, i) for i in range(len(rest))])
        parts = parts[:star] + middle + parts[star + 1:]
    if isinstance(source, tuple):
        return parts
    if isinstance(source, np.ndarray):
        if all_none(parts):
            return None
        return np.stack([np.zeros(source.shape[1:]) if p is None else p for p in parts])
    if isinstance(source, list):
        for i in range(len(parts)):
            cx.add(source, i, parts[i], star is None)
        return None
    if isinstance(source, dict):
        return None
    from .iteration import give_items
    return give_items(cx, source, parts)


@non_differentiable
def raise_iterator() -> None:
    raise refuse_store("an iterator that is consumed in two places", "make a list of it")


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


def add_at(buffer: Any, index: Any, d: Any) -> None:
    """`buffer[index] += d`, where an index may occur more than once."""
    np.add.at(buffer, index, d)


def set_attribute(cx: Context, mask: int, obj: Any, name: Any, value: Any) -> tuple[Any, Any, Any]:
    """`setattr` and `object.__setattr__`, as primitives."""
    back, tape = store_attribute(cx, True, obj, name, value)
    return None, set_back, (back, tape)


def set_plain(cx: Context, mask: int, obj: Any, name: Any, value: Any) -> tuple[Any, Any, Any]:
    note_object(cx, obj)
    object.__setattr__(obj, name, value)
    cx.tracked[id(obj)] = obj
    return None, set_back, (unstore_back, (obj, name))


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


def primitive(f: Any, behaviour: Any) -> Rule:
    """Register a function whose effect on records is written by hand."""
    from ..registry import _register
    return _register(Rule(f, "primitive", (behaviour,)))

