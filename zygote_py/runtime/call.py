"""Calls whose callee is known only at run time.

Enters: a callee and its arguments. Leaves: `y, back, tape` with `back(cx, tape, dy)` giving one cotangent per argument.

The callee object decides: a rule, Python source, a class, a callable object, a bound method, a partial application; a C
function without a rule runs as it is, and raises when a cotangent reaches it.
"""

from __future__ import annotations

import functools
import operator
import types
from typing import Any

import numpy as np

from ..registry import lookup
from . import callables, classes, rules
from .binding import bind_arguments, unbind
from .callees import (
    decorates_class,
    derived,
    getter_keys,
    is_direct,
    is_generator_function,
    is_namedtuple_make,
    is_namedtuple_replace,
    is_opaque,
    python_call,
    runs_as_is,
    simple_caller,
    single_dispatch,
    wrapped,
)
from .context import Context
from .memory import claim
from .methods import ARRAY_METHODS, CLASS_METHODS, c_method, find_method
from .natives import native
from .refusals import no_rule_back
from .shared import first_back, nothing, pad_back, rest_back, split_back
from .ufuncs import apply_elementwise, python_function_of


def call(cx: Context, mask: int, f: Any, *args: Any) -> tuple[Any, Any, Any]:
    """`f(*args)`."""
    r = lookup(f)
    if r is not None:
        if r.form == "elementwise" and mask and rules.are_floats(args):
            y = f(*args)
            if y.__class__ is float:
                return y, rules.float_back, (r.parts[0], y, args)
        return rules.apply_rule(cx, mask, r, f, args, {})
    if cx.tracked:
        mask = -1
    if f.__class__ is types.FunctionType and is_direct(f, mask, args):
        forward, back = derived(f, mask, args)
        y, tape = forward(cx, *args)
        return y, back, tape
    y, back, tape = general(cx, mask, f, args, {})
    return y, first_back, (back, tape)


def callx(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`f(*args, **keywords)`; the pullback returns a tuple and a dict."""
    r = lookup(f)
    if r is not None:
        y, back, tape = rules.apply_rule(cx, mask, r, f, args, keywords)
        if back is nothing or back is no_rule_back:
            return y, pad_back, (back, tape, len(args), tuple(keywords))
        return y, split_back, (back, tape, len(args), tuple(keywords))
    return general(cx, mask, f, args, keywords)


def method(cx: Context, mask: int, obj: Any, name: str, *args: Any) -> tuple[Any, Any, Any]:
    """`obj.name(*args)`; the pullback returns the cotangent of obj first."""
    f, bound = find_method(obj, name)
    if cx.tracked:
        mask = -1
    if bound and f.__class__ is types.FunctionType and lookup(f) is None and is_direct(f, mask, (obj, *args)):
        forward, back = derived(f, mask, (obj, *args))
        y, tape = forward(cx, obj, *args)
        return y, back, tape
    y, back, tape = methodx(cx, mask, obj, name, args, {})
    return y, method_back, (back, tape)


def method_back(cx: Context, tape: Any, dy: Any) -> tuple:
    d, ds, _ = tape[0](cx, tape[1], dy)
    return (d, *ds)


def methodx(cx: Context, mask: int, obj: Any, name: str, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`obj.name(*args, **keywords)`; the pullback returns the cotangent of obj, a tuple and a dict."""
    if type(obj) is super:
        return callables.super_method(cx, mask, obj, name, args, keywords)
    f, bound = find_method(obj, name)
    if bound:
        y, back, tape = callx(cx, mask, f, (obj, *args), keywords)
        return y, bound_back, (back, tape)
    f = getattr(obj, name)
    y, back, tape = callx(cx, mask >> 1 or (-1 if mask else 0), f, args, keywords)
    return y, callables.free_back, (back, tape, obj, f)


def bound_back(cx: Context, tape: Any, dy: Any) -> tuple[Any, tuple, dict]:
    ds, words = tape[0](cx, tape[1], dy)
    return ds[0], ds[1:], words


def general(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """A call with any callee and any arguments; the pullback returns a tuple and a dict."""
    kind = f.__class__
    if cx.tracked:
        mask = -1
    if kind is types.FunctionType:
        if (mask == 0 and runs_as_is(f)) or is_opaque(f) or decorates_class(f, args):
            return native(cx, mask, f, args, keywords)
        if is_generator_function(f):
            return _start[0](cx, f, args, keywords)
        dispatch = single_dispatch(f)
        if dispatch is not None:
            return callx(cx, mask, dispatch(args[0].__class__), args, keywords)
        flat, recipe = bind_arguments(f, args, keywords)
        forward, back = derived(f, -1 if mask else 0, flat)
        y, tape = forward(cx, *flat)
        return y, flat_back, (back, tape, recipe, flat, y)
    if kind is types.MethodType:
        if is_namedtuple_make(f):
            items, unpack, kept = call(cx, -1, tuple, args[0])
            y, back, tape = callx(cx, -1, f.__self__, items, {})
            return y, callables.make_back, (back, tape, unpack, kept)
        if is_namedtuple_replace(f):
            return f(**keywords), callables.replace_back, \
                (len(f.__self__), tuple(keywords), classes.positions(f.__self__.__class__, keywords), f)
        y, back, tape = callx(cx, mask << 1 | 1, f.__func__, (f.__self__, *args), keywords)
        return y, callables.self_back, (back, tape, f)
    if kind is functools.partial:
        y, back, tape = callx(cx, -1, f.func, (*f.args, *args), {**f.keywords, **keywords})
        return y, callables.partial_back, (back, tape, f, tuple(keywords))
    if isinstance(f, type):
        return classes.construct(cx, mask, f, args, keywords)
    if kind is operator.itemgetter or kind is operator.attrgetter:
        get = callables.get_items if kind is operator.itemgetter else callables.get_attributes
        y, back, tape = callx(cx, mask, get, (getter_keys(f), *args), keywords)
        return y, rest_back, (back, tape)
    if kind is operator.methodcaller and simple_caller(f):
        y, back, tape = methodx(cx, mask, args[0], getter_keys(f)[0], getter_keys(f)[1:], {})
        return y, callables.caller_back, (back, tape)
    if kind is types.MethodDescriptorType and f.__name__ in ARRAY_METHODS and args and args[0].__class__ is np.ndarray:
        return callx(cx, mask, ARRAY_METHODS[f.__name__], args, keywords)
    inner = wrapped(f)
    if inner is not None:
        return callx(cx, mask, inner, args, keywords)
    made = python_function_of(f) if kind is np.ufunc else None
    if made is not None and not keywords:
        y, back, tape = callx(cx, mask, apply_elementwise, (made, *args), {})
        return y, rest_back, (back, tape)
    special = python_call(f)
    if special is not None:
        y, back, tape = callx(cx, -1, special, (f, *args), keywords)
        return y, callables.object_back, (back, tape, f)
    if kind in (types.BuiltinMethodType, types.MethodWrapperType) and not isinstance(f.__self__, types.ModuleType) \
            and f.__self__ is not None:
        known = c_method(f)
        if known is not None:
            y, back, tape = callx(cx, mask << 1 | 1, known, (f.__self__, *args), keywords)
            return y, callables.self_back, (back, tape, f)
        known = CLASS_METHODS.get((f.__self__, f.__name__)) if isinstance(f.__self__, type) else None
        if known is not None:
            return callx(cx, mask, known, args, keywords)
        if f.__name__ == "fromkeys" and isinstance(f.__self__, type) and issubclass(f.__self__, dict):
            y, back, tape = callx(cx, mask, callables.fromkeys, (f.__self__, *args), keywords)
            return y, rest_back, (back, tape)
    if classes.sets_args(f, args):
        return classes.set_args(f, args, keywords)
    return native(cx, mask, f, args, keywords)


_start: list[Any] = []


def generator_starts(start: Any) -> None:
    """Hand in what `runtime.generators` does for the call of a generator function."""
    _start[:] = [start]


def flat_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    back, inner, recipe, flat, y = tape
    return unbind(cx, back(cx, inner, claim(cx, y, dy) if cx.written else dy), recipe, flat)
