"""Callable things that hold others: bound and inherited methods, partial applications, functions with defaults, getters."""

from __future__ import annotations

import functools
import operator
import types
from typing import Any

import numpy as np

from ..normalize.helpers import make_function
from ..registry import Rule, _register, non_differentiable
from ..tangents.accumulate import add
from . import call as calls
from . import classes
from .binding import default_of, slot_of_default
from .callees import getter_keys, python_call
from .context import Context
from .methods import c_method, find_super
from .shared import nones, rest_back


def super_method(cx: Context, mask: int, obj: Any, name: str, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`super().name(*args, **keywords)`"""
    f, owner = find_super(obj, name)
    if f is None:
        f = getattr(obj, name)
        y, back, tape = calls.callx(cx, -1, f, args, keywords)
        return y, free_back, (back, tape, obj, f)
    y, back, tape = calls.callx(cx, -1, f, (*owner, *args), keywords)
    return y, super_back, (back, tape, len(owner))


def super_back(cx: Context, tape: Any, dy: Any) -> tuple[Any, tuple, dict]:
    back, inner, n = tape
    ds, words = back(cx, inner, dy)
    return ds[0] if n else None, ds[n:], words


def make_super(cx: Context, mask: int, cls: Any, owner: Any) -> tuple[Any, Any, Any]:
    """`super(cls, owner)`: its cotangent is that of its owner, if that is a value."""
    return super(cls, owner), make_super_back, None


def make_super_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return None, dy


def free_back(cx: Context, tape: Any, dy: Any) -> tuple[Any, tuple, dict]:
    ds, words = tape[0](cx, tape[1], dy)
    return cx.take(tape[3], "__self__"), ds, words


def fromkeys(cls: Any, keys: Any, value: Any = None) -> Any:
    """`cls.fromkeys(keys, value)`"""
    y = cls()
    for k in keys:
        y[k] = value
    return y


def call_fromkeys(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    y, back, tape = calls.callx(cx, mask, fromkeys, (f.__self__, *args), keywords)
    return y, rest_back, (back, tape)


def call_getter(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`operator.itemgetter`, `operator.attrgetter`"""
    get = get_items if f.__class__ is operator.itemgetter else get_attributes
    y, back, tape = calls.callx(cx, mask, get, (getter_keys(f), *args), keywords)
    return y, rest_back, (back, tape)


def call_caller(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`operator.methodcaller`"""
    y, back, tape = calls.methodx(cx, -1, args[0], getter_keys(f)[0], held_arguments(f), {})
    return y, caller_back, (back, tape, f)


def held_arguments(f: Any) -> tuple:
    """The arguments that `operator.methodcaller(name, *arguments)` holds."""
    return getter_keys(f)[1:]


def load_arguments(cx: Context, mask: int, f: Any) -> tuple[Any, Any, Any]:
    """`held_arguments`, where it is itself differentiated."""
    return held_arguments(f), arguments_back, f


def arguments_back(cx: Context, tape: Any, dy: Any) -> tuple:
    cx.add(tape, "args", dy)
    return (None,)


def caller_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    d, ds, _ = tape[0](cx, tape[1], dy)
    cx.add(tape[2], "args", ds)
    return (d,), {}


def make_caller(cx: Context, mask: int, name: str, *args: Any, **keywords: Any) -> tuple[Any, Any, Any]:
    """`operator.methodcaller`, made: the cotangents of what it holds are in its record."""
    y = operator.methodcaller(name, *args, **keywords)
    return y, make_caller_back, (y, len(args), len(keywords))


def make_caller_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, n, words = tape
    ds = cx.take(y, "args")
    return (None, *(nones(n) if ds is None else ds), *nones(words))


def call_bound(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    y, back, tape = calls.callx(cx, mask << 1 | 1, f.__func__, (f.__self__, *args), keywords)
    return y, self_back, (back, tape, f)


def call_c_method(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """A bound method of a class that is written in C."""
    y, back, tape = calls.callx(cx, mask << 1 | 1, c_method(f), (f.__self__, *args), keywords)
    return y, self_back, (back, tape, f)


def self_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    """A bound method or a callable object: the cotangent of what it is bound to, or of itself, is in its record."""
    back, inner, f = tape
    ds, words = back(cx, inner, dy)
    cx.add(f, "__self__", ds[0])
    return ds[1:], words


VALUES = (tuple, np.ndarray, np.generic, float, int, complex)
"""Callees of classes that inherit from these carry their cotangents, and tangents, themselves."""


def take_self(cx: Context, f: Any) -> Any:
    """The cotangent of a callee that is a value; what others hold has theirs in records."""
    return cx.take(f, "__self__") if isinstance(f, VALUES) else None


def call_object(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """An object with a method `__call__`."""
    y, back, tape = calls.callx(cx, -1, python_call(f), (f, *args), keywords)
    return y, self_back, (back, tape, f)


def call_partial(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    y, back, tape = calls.callx(cx, -1, f.func, (*f.args, *args), {**f.keywords, **keywords})
    return y, partial_back, (back, tape, f, tuple(keywords))


def partial_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    back, inner, f, names = tape
    ds, words = back(cx, inner, dy)
    n = len(f.args)
    if n:
        cx.add(f, "args", ds[:n])
    if f.keywords:
        cx.add(f, "keywords", {k: (words[k] if k not in names else None) for k in f.keywords})
    return ds[n:], {k: words[k] for k in names}


def replace_fields(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`point._replace(x=...)`"""
    where = classes.positions(f.__self__.__class__, keywords)
    return f(**keywords), replace_back, (len(f.__self__), tuple(keywords), where, f)


def replace_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    n, words, where, f = tape
    if dy is None:
        return (), dict.fromkeys(words)
    replaced = tuple(where.values())
    cx.add(f, "__self__", tuple([None if i in replaced else dy[i] for i in range(n)]))
    return (), {k: dy[where[k]] for k in words}


def make_namedtuple(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`Point._make(items)`"""
    items, unpack, kept = calls.call(cx, -1, tuple, args[0])
    y, back, tape = calls.callx(cx, -1, f.__self__, items, {})
    return y, make_back, (back, tape, unpack, kept)


def make_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    ds, _ = tape[0](cx, tape[1], dy)
    return tape[2](cx, tape[3], ds), {}


def make_with_defaults(cx: Context, mask: int, code: Any, module_globals: Any, cells: tuple, defaults: Any,
                       kwdefaults: Any) -> tuple[Any, Any, Any]:
    """A function with default values: the cotangents of the positional ones are in its record, the others in that of the dict."""
    f = make_function(code, module_globals, cells, defaults, kwdefaults)
    track_defaults(cx, f, mask >> 3)
    return f, defaults_back, f


def make_from_code(cx: Context, mask: int, *args: Any, **keywords: Any) -> tuple[Any, Any, Any]:
    """`types.FunctionType(code, globals, name, argdefs, closure, kwdefaults)`, with the defaults as `make_with_defaults`."""
    f = types.FunctionType(*args, **keywords)
    track_defaults(cx, f, mask)
    return f, from_code_back, (f, len(args), tuple(keywords))


def track_defaults(cx: Context, f: Any, active: int) -> None:
    """A call that gives a function nothing may still be of what its default values hold."""
    if not all_constants(f, active):
        cx.tracked[id(f)] = f


@non_differentiable
def all_constants(f: Any, active: int) -> bool:
    """Whether the default values of a function can carry no derivative, nor lead to one; a number that is not `active` can't."""
    constants = CONSTANTS if active else CONSTANTS | {float, complex}
    values = (*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values())
    return all(v.__class__ in constants or (v.__class__ is types.FunctionType and v.__closure__ is None and not v.__defaults__)
               for v in values)


CONSTANTS = {type(None), bool, int, str, bytes, types.BuiltinFunctionType, np.ufunc}


def load_default(cx: Context, mask: int, f: Any, key: Any) -> tuple[Any, Any, Any]:
    """`default_of(f, key)`"""
    return default_of(f, key), load_default_back, slot_of_default(f, key)


def load_default_back(cx: Context, tape: Any, dy: Any) -> tuple:
    container, key = tape
    cx.add(container, key, dy)
    return None, None


def take_defaults(cx: Context, f: Any) -> Any:
    """The cotangent of `f.__defaults__`."""
    return None if f.__defaults__ is None else tuple([cx.take(f, i) for i in range(len(f.__defaults__))])


def defaults_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return None, None, None, take_defaults(cx, tape), None


def from_code_back(cx: Context, tape: Any, dy: Any) -> tuple:
    f, n, words = tape
    d = take_defaults(cx, f)
    return (*[d if i == 3 else None for i in range(n)], *[d if k == "argdefs" else None for k in words])


def make_partial(cx: Context, mask: int, f: Any, *args: Any, **keywords: Any) -> tuple[Any, Any, Any]:
    """`functools.partial`: the cotangents of what it holds are in its record."""
    y = functools.partial(f, *args, **keywords)
    return y, make_partial_back, (y, f, len(args), tuple(keywords))


def make_partial_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, f, n, words = tape
    ds = cx.take(y, "args")
    if ds is None:
        ds = nones(len(y.args))
    dwords = cx.take(y, "keywords")
    if dwords is None:
        dwords = dict.fromkeys(y.keywords)
    for k in dwords:  # code that reads the dict itself leaves them there
        dwords = {**dwords, k: add(dwords[k], cx.take(y.keywords, k))}
    if y.func is not f:  # partial of a partial: its arguments come first
        cx.add(f, "args", ds[:len(ds) - n])
        cx.add(f, "keywords", {k: (None if k in words else dwords[k]) for k in f.keywords})
    return (None, *ds[len(ds) - n:], *[dwords[k] for k in words])


def get_items(keys: tuple, obj: Any) -> Any:
    """What an `operator.itemgetter` does."""
    if len(keys) == 1:
        return obj[keys[0]]
    return tuple([obj[k] for k in keys])


def get_attributes(names: tuple, obj: Any) -> Any:
    """What an `operator.attrgetter` does."""
    found = [nested_attribute(obj, name) for name in names]
    return found[0] if len(names) == 1 else tuple(found)


def nested_attribute(obj: Any, name: str) -> Any:
    for part in name.split("."):
        obj = getattr(obj, part)
    return obj


_register(Rule(make_function, "primitive", (make_with_defaults,)))
_register(Rule(default_of, "primitive", (load_default,))).always = True
_register(Rule(types.FunctionType, "primitive", (make_from_code,)))
_register(Rule(functools.partial, "primitive", (make_partial,)))
_register(Rule(operator.methodcaller, "primitive", (make_caller,)))
_register(Rule(held_arguments, "primitive", (load_arguments,)))
_register(Rule(super, "primitive", (make_super,)))
