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

from ..registry import lookup, non_differentiable
from . import callables, classes, rules
from .binding import bind_arguments, unbind
from .caches import Cached, call_cached
from .callees import (
    decorates_class,
    derived,
    derived_directly,
    direct,
    is_call_of,
    is_direct,
    is_generator_function,
    is_namedtuple_make,
    is_namedtuple_replace,
    is_opaque,
    maker,
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
from .watching import asked


def call(cx: Context, mask: int, f: Any, *args: Any) -> tuple[Any, Any, Any]:
    """`f(*args)`."""
    if f.__class__ is types.FunctionType:
        known = direct(f, -1 if cx.tracked else mask, args)
        if known is not None:
            y, tape = known[0](cx, *args)
            return y, known[1], tape
    r = lookup(f)
    if r is not None:
        if r.form == "elementwise" and mask:
            if rules.are_floats(args):
                y = f(*args)
                if y.__class__ is float:
                    return y, rules.float_back, (r.parts[0], y, args)
            if rules.are_arrays(f, args):
                y = f(*args)
                return y, rules.array_back, (r, -1 if cx.tracked else mask, y, args)
        return rules.apply_rule(cx, mask, r, f, args, {})
    if cx.tracked and f.__class__ is not Cached:
        mask = -1
    if f.__class__ is types.FunctionType and is_direct(f, mask, args):
        forward, back = derived_directly(f, mask, args)
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


def hooked(cx: Context, f: Any, args: tuple) -> tuple[Any, Any, Any]:
    """The call of a method that Python calls for an operator, an attribute or an index; as `callx`."""
    if not cx.guarding:
        return callx(cx, -1, f, args, {})
    cx.guarding = False
    found = _guarded[0](cx, -1, f, args, {})
    cx.guarding = True
    return found


_guarded: list[Any] = []


def guard_with(try_callx: Any) -> None:
    """Hand in what `runtime.attempts` does in place of `callx`."""
    _guarded[:] = [try_callx]


def method(cx: Context, mask: int, obj: Any, name: str, *args: Any) -> tuple[Any, Any, Any]:
    """`obj.name(*args)`; the pullback returns the cotangent of obj first."""
    f, bound = find_method(obj, name)
    if cx.tracked:
        mask = -1
    primitive = primitive_of(obj, f, args)
    if primitive is not None:
        return primitive(cx, mask, obj, *args)
    if bound and f.__class__ is types.FunctionType and lookup(f) is None and is_direct(f, mask, (obj, *args)):
        forward, back = derived(f, mask, (obj, *args))
        y, tape = forward(cx, obj, *args)
        return y, back, tape
    y, back, tape = methodx(cx, mask, obj, name, args, {})
    return y, method_back, (back, tape)


@non_differentiable
def primitive_of(obj: Any, f: Any, args: tuple) -> Any:
    """What is done in place of a method in C of a container or iterator, on numbers and records; None for all others."""
    r = None if f is None or type(obj) is super else lookup(f)
    if r is None or r.form != "primitive" or (r.asks and asked(r, (obj, *args))):
        return None
    return r.parts[0]


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
    if f.__class__ is Cached and mask == 0:
        found = call_cached(cx, f, args, keywords)
        if found is not None:
            return found
    if cx.tracked:
        mask = -1
    return way_to_call(f, args, mask)(cx, mask, f, args, keywords)


@non_differentiable
def way_to_call(f: Any, args: tuple, mask: int) -> Any:
    """The function that calls what is no rule's, by its class."""
    kind = f.__class__
    if kind is types.FunctionType:
        if (mask == 0 and runs_as_is(f)) or is_opaque(f) or decorates_class(f, args):
            return native
        if is_generator_function(f):
            return start_generator
        return call_function if single_dispatch(f) is None else call_implementation
    if kind is types.MethodType:
        return callables.make_namedtuple if is_namedtuple_make(f) \
            else callables.replace_fields if is_namedtuple_replace(f) else callables.call_bound
    if kind is functools.partial:
        return callables.call_partial
    if isinstance(f, type):
        return MAKERS[maker(f)]
    if kind is operator.itemgetter or kind is operator.attrgetter:
        return callables.call_getter
    if kind is operator.methodcaller and simple_caller(f):
        return callables.call_caller
    if is_call_of(f) and isinstance(f.__self__, type):
        return call_bound_type
    if instead_of(f, args) is not None:
        return call_instead
    if python_function_of(f) is not None:
        return call_elementwise
    if python_call(f) is not None:
        return callables.call_object
    if is_bound_method(f):
        if c_method(f) is not None:
            return callables.call_c_method
        if f.__name__ == "fromkeys" and isinstance(f.__self__, type) and issubclass(f.__self__, dict):
            return callables.call_fromkeys
    return classes.set_args if classes.sets_args(f, args) else native


def call_bound_type(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`super().__call__(...)` of a metaclass."""
    return classes.construct(cx, mask, f.__self__, args, keywords)


MAKERS = {"native": native, "metaclass": callables.call_object, "python": classes.construct}


@non_differentiable
def is_bound_method(f: Any) -> bool:
    """Whether f is a method in C of an object."""
    return f.__class__ in (types.BuiltinMethodType, types.MethodWrapperType) and not isinstance(f.__self__, types.ModuleType) \
        and f.__self__ is not None


@non_differentiable
def instead_of(f: Any, args: tuple) -> Any:
    """What is called in place of f, with the same arguments; None if there is nothing."""
    if f.__class__ is types.MethodDescriptorType and f.__name__ in ARRAY_METHODS and args and args[0].__class__ is np.ndarray:
        return ARRAY_METHODS[f.__name__]
    if is_call_of(f):
        return f.__self__
    if is_bound_method(f) and isinstance(f.__self__, type) and c_method(f) is None and python_call(f) is None:
        return CLASS_METHODS.get((f.__self__, f.__name__))
    return wrapped(f)


def call_instead(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    return callx(cx, mask, instead_of(f, args), args, keywords)


def call_implementation(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """A function of `functools.singledispatch`."""
    return callx(cx, mask, single_dispatch(f)(args[0].__class__), args, keywords)


def call_function(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    flat, recipe = bind_arguments(f, args, keywords)
    forward, back = derived(f, -1 if mask else 0, flat)
    y, tape = forward(cx, *flat)
    return y, flat_back, (back, tape, recipe, flat, y)


def call_elementwise(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """A ufunc that was made of a Python function."""
    if keywords:
        return native(cx, mask, f, args, keywords)
    y, back, tape = callx(cx, mask, apply_elementwise, (python_function_of(f), *args), {})
    return y, rest_back, (back, tape)


def start_generator(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    return _start[0](cx, f, args, keywords)


_start: list[Any] = []


def generator_starts(start: Any) -> None:
    """Hand in what `runtime.generators` does for the call of a generator function."""
    _start[:] = [start]


def flat_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    back, inner, recipe, flat, y = tape
    return unbind(cx, back(cx, inner, claim(cx, y, dy) if cx.written else dy), recipe, flat)
