"""Attributes: loads, stores and deletions, as Python looks them up."""

from __future__ import annotations

import types
from functools import cached_property
from typing import Any

import numpy as np

from ..registry import non_differentiable
from ..rules.numpy.methods import ATTRIBUTES
from ..tangents.accumulate import add
from .call import callx, hooked
from .callees import DESCRIPTORS
from .context import Context
from .memory import refuse_mutation
from .plain import plain_size
from .protocols import OTHER_ARITHMETIC, refuse_array
from .refusals import missing_rule
from .reshaping import set_shape
from .settle import is_number
from .shared import attribute_hook, is_complex, nothing, python_method
from .slots import (
    called_back,
    changed,
    default_back,
    del_back,
    forget_back,
    get_back,
    note_object,
    refuse_fixed,
    refuse_store,
    set_back,
    setter_back,
    slot_value,
    unstore_back,
)


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


def load_found(cx: Context, obj: Any, name: str, how: str, found: Any) -> tuple[Any, Any, Any]:
    """An attribute, read in the way that `find_attribute` says."""
    if how == "slot" and isinstance(obj, np.ndarray) and id(type(obj)) in cx.tracked and id(obj) not in cx.originals:
        return value_of(obj, name), held_back, type(obj).__array_finalize__     # it may have copied what another array has
    if how == "slot":
        return slot_value(owner_of(obj), name, value_of(obj, name))
    if how == "key":
        return slot_value(obj, found, value_of(obj, name))
    if how == "class":
        return slot_value(found, name, getattr(obj, name))
    if how == "call":
        y, back, tape = hooked(cx, found, (obj,))
        return y, called_back, (back, tape)
    if how == "descriptor":
        y, back, tape = hooked(cx, found[0], found[1])
        return y, descriptor_back, (back, tape, found[2])
    if how == "cached":
        y, back, tape = callx(cx, -1, found, (obj,), {})
        store, stape = store_slot(cx, True, obj, name, y)
        return y, cached_back, (back, tape, store, stape, y)
    if how == "hook":
        y, back, tape = hooked(cx, found, (obj, name))
        return y, called_back, (back, tape)
    if how == "array":
        return getattr(obj, name), array_back, (owner_of(obj), name, found)
    if how == "field":
        return getattr(obj, name), field_back, (found, plain_size(owner_of(obj)))
    if how == "part":
        return getattr(obj, name), part_back, (name, owner_of(obj))
    if how == "bound":
        y = getattr(obj, name)
        return y, bound_back, y
    if how == "defaults":
        return getattr(obj, name), held_defaults_back, obj
    if how == "words":
        y = getattr(obj, name)
        if y is not None:
            cx.namespaces[id(y)] = (y, y)
        return y, nothing, None
    if how == "namespace":
        y = obj.__dict__
        if y is not obj:
            cx.namespaces[id(y)] = (y, obj)
        return y, nothing, None
    if how == "plain" and id(obj) in cx.tracked:
        return getattr(obj, name), held_back, getattr(type(obj), name, type(obj))
    return getattr(obj, name), nothing, None


def owner_of(obj: Any) -> Any:
    """The object that `super()` speaks of."""
    return getattr(obj, "__self__") if type(obj) is super else obj     # noqa: B009  (types of `super` don't tell of it)


def held_back(cx: Context, tape: Any, dy: Any) -> None:
    """An object in C was made of numbers with a derivative: what it tells of them has none that is known."""
    if dy is not None:
        raise missing_rule(tape)


def held_defaults_back(cx: Context, tape: Any, dy: Any) -> None:
    """`f.__defaults__`: each is in the record of the function."""
    for i in range(len(dy or ())):
        cx.add(tape, i, dy[i])


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
    name, x = tape
    if dy is None:
        return None
    if is_complex(x):
        return dy + 0j if name == "real" else 1j * dy       # a complex number in any case: the second derivative is of that
    return dy if name == "real" else dy * 0


def bound_back(cx: Context, tape: Any, dy: Any) -> Any:
    """A bound method: calls of it left the cotangent of its object in its record."""
    return add(dy if not isinstance(dy, dict) else None, cx.take(tape, "__self__"))


_SPECIAL: dict[tuple[type, str], tuple[str, Any]] = {(types.BuiltinMethodType, "__self__"): ("slot", None),
                                                       (types.CellType, "cell_contents"): ("slot", None),
                                                       (types.FunctionType, "__defaults__"): ("defaults", None),
                                                       (types.FunctionType, "__kwdefaults__"): ("words", None),
                                                       (slice, "start"): ("slot", None), (slice, "stop"): ("slot", None),
                                                       (slice, "step"): ("slot", None),
                                                       (np.flatiter, "base"): ("array", lambda dy, x: dy)}
FIXED = ("__code__", "__defaults__", "__kwdefaults__")
"""What is taken for constant in functions, whose code may stand in place of a call."""


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
        if cls is not np.ndarray and not hasattr(np.ndarray, name) and not isinstance(obj, OTHER_ARITHMETIC) \
                and python_method(obj, "__getattribute__") is None:
            return find_plain_attribute(obj, name)
        return ("bound" if isinstance(getattr(cls, name, None), DESCRIPTORS) else "plain"), None
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
        rest = attribute_hook(obj, "__getattr__")
        return ("hook", hook) if rest is None else ("descriptor", (looked_up, (obj, name, hook, rest), 0))
    return find_plain_attribute(obj, name)


def looked_up(obj: Any, name: str, first: Any, then: Any) -> Any:
    """An attribute of an object whose class has both `__getattribute__` and `__getattr__`."""
    try:
        return first(obj, name)
    except AttributeError:
        return then(obj, name)


def fallen_back(obj: Any, name: str, get: Any, args: tuple, then: Any) -> Any:
    """An attribute that a descriptor gives, of an object whose class has `__getattr__`."""
    try:
        return get(*args)
    except AttributeError:
        return then(obj, name)


def find_plain_attribute(obj: Any, name: str) -> tuple[str, Any]:
    """As `find_attribute`, in Python's own order: data descriptors, the object itself, other descriptors, `__getattr__`."""
    cls = type(obj)
    if name == "__dict__" and "__dict__" not in cls.__dict__.get("__slots__", ()) and not isinstance(obj, type):
        return ("namespace" if hasattr(obj, "__dict__") else "plain"), None
    base, found = in_classes(cls.__mro__, name)
    if base is not None and hasattr(type(found), "__set__"):
        return through_descriptor(obj, cls, base, found, name)
    if isinstance(obj, type):
        inner, value = in_classes(obj.__mro__, name)
        if inner is not None:
            return in_class(obj, inner, value, name)
    elif name in getattr(obj, "__dict__", ()):
        return slot_of(obj, name)
    if base is not None:
        return through_descriptor(obj, cls, base, found, name)
    hook = attribute_hook(obj, "__getattr__")
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
    then = attribute_hook(obj, "__getattr__")
    if then is not None:
        get, args = (found.fget, (obj,)) if type(found) is property else (python_method(found, "__get__"), (found, obj, cls))
        if isinstance(get, types.FunctionType):
            return "descriptor", (fallen_back, (obj, name, get, args, then), 0)
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
    order, owner = obj.__self_class__.__mro__, obj.__self__
    base, found = in_classes(order[order.index(obj.__thisclass__) + 1:], name)
    if base is None:
        return "plain", None
    if isinstance(found, property) and isinstance(found.fget, types.FunctionType):
        return "descriptor", (found.fget, (owner,), 0)
    get = python_method(found, "__get__")
    if get is not None:
        return "descriptor", (get, (found, owner, obj.__self_class__), 1)
    if isinstance(found, types.MemberDescriptorType) or (name == "args" and isinstance(owner, BaseException)):
        return "slot", None
    if base is np.ndarray and name in ATTRIBUTES:
        return "array", ATTRIBUTES[name]
    if isinstance(owner, tuple) and name in getattr(owner, "_fields", ()):
        return "field", owner._fields.index(name)  # type: ignore[attr-defined]
    if is_number(owner) and name in ("real", "imag"):
        return "part", None
    if isinstance(found, (types.FunctionType, classmethod, *DESCRIPTORS)):
        return "bound", None
    return ("class", base) if not hasattr(type(found), "__get__") else ("plain", None)


def store_attribute(cx: Context, active: bool, obj: Any, name: str, value: Any) -> tuple[Any, Any]:
    """`obj.name = value`"""
    if is_own_slot(obj, name, "__setattr__"):
        return store_slot(cx, active, obj, name, value)
    hook, extra = find_setter(obj, name, value)
    if hook is None:
        return store_slot(cx, active, obj, name, value)
    if extra is None:
        _, back, tape = hooked(cx, hook, (obj, name, value))
    else:
        _, back, tape = hooked(cx, hook, (*extra, obj, value))
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
    if isinstance(obj, np.ndarray):
        changed(cx, active, type(obj))
    if name == "__dict__":
        return adopted_back, (obj, value, tuple(value))
    return unstore_back, (obj, attribute_key(obj, name))


def adopted_back(cx: Context, tape: Any) -> None:
    """`obj.__dict__ = value`: from there on the entries of the dict are the attributes."""
    obj, value, keys = tape
    if value is not obj:
        for k in keys:
            cx.add(value, k, cx.take(obj, k))


@non_differentiable
def find_setter(obj: Any, name: str, value: Any) -> tuple[Any, Any]:
    """The Python function that a store to an attribute calls, and what it gets before object and value; (hook, None) for
    `__setattr__`."""
    if isinstance(obj, np.ndarray):
        if name in ("real", "imag", "flat"):
            return store_part, None
        if isinstance(obj, OTHER_ARITHMETIC):
            raise refuse_array(obj)
        if not hasattr(np.ndarray, name):
            return find_plain_setter(obj, name)
        if name == "shape":
            return set_shape, None
        if name == "dtype" and obj.dtype == value:
            return leave, None
        raise refuse_mutation(f"`.{name} = ...`", "A cotangent has no bytes.", "make a new array: a.astype(dtype), a[::2]")
    hook = attribute_hook(obj, "__setattr__")
    if hook is not None:
        return hook, None
    return find_plain_setter(obj, name)


def leave(obj: Any, name: str, value: Any) -> None:
    """A store of what is there already."""


def find_plain_setter(obj: Any, name: str) -> tuple[Any, Any]:
    base, found = in_classes(type(obj).__mro__, name)
    if base is types.FunctionType and name in FIXED:
        raise refuse_fixed(f"a store to `{name}` of a function")
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


def delete_attribute(cx: Context, obj: Any, name: str) -> tuple[Any, Any]:
    """`del obj.name`"""
    hook, extra = find_deleter(obj, name)
    if hook is not None:
        _, back, tape = hooked(cx, hook, (*extra, obj) if extra is not None else (obj, name))
        return setter_back, (back, tape)
    return delete_slot(cx, obj, name)


def delete_slot(cx: Context, obj: Any, name: str) -> tuple[Any, Any]:
    note_object(cx, obj)
    delattr(obj, name) if isinstance(obj, (type, types.ModuleType)) else object.__delattr__(obj, name)
    return forget_back, (obj, attribute_key(obj, name))


@non_differentiable
def find_deleter(obj: Any, name: str) -> tuple[Any, Any]:
    """As `find_setter`, for `del obj.name`."""
    hook = attribute_hook(obj, "__delattr__")
    if hook is not None:
        return hook, None
    base, found = in_classes(type(obj).__mro__, name)
    if base is types.FunctionType and name in FIXED:
        raise refuse_fixed(f"`del f.{name}`")
    if isinstance(found, property) and isinstance(found.fdel, types.FunctionType):
        return found.fdel, ()
    remove = None if base is None else python_method(found, "__delete__")
    return (None, None) if remove is None else (remove, (found,))


def set_attribute(cx: Context, mask: int, obj: Any, name: Any, value: Any) -> tuple[Any, Any, Any]:
    """`setattr` and `object.__setattr__`, as primitives."""
    back, tape = store_attribute(cx, True, obj, name, value)
    return None, set_back, (back, tape)


def set_plain(cx: Context, mask: int, obj: Any, name: Any, value: Any) -> tuple[Any, Any, Any]:
    """`object.__setattr__`, as a primitive."""
    hook, extra = plain_setter(obj, name)
    if hook is not None:
        _, back, tape = hooked(cx, hook, (*extra, obj, value))
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
    if (isinstance(obj, np.ndarray) and name in ATTRIBUTES) or (is_number(obj) and name in ("real", "imag")):
        return find_attribute(obj, name)
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


def get_attribute(cx: Context, mask: int, obj: Any, name: Any, *default: Any) -> tuple[Any, Any, Any]:
    """`getattr`, as a primitive."""
    if default and not hasattr(obj, name):
        return default[0], default_back, None
    y, back, tape = load_attribute(cx, obj, name)
    return y, get_back, (back, tape, len(default))
