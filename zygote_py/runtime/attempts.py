"""Calls whose exceptions may be caught.

In the body of a `try`, a callee written in Python runs in its guarded form: where it raises, it returns all the same, with the
exception in `cx.failure` and a tape of what it did before; the caller notes the call as done, and raises again. So what a callee
had written before it failed is undone like anything else.

So do the methods that operators, attributes and indices call. What is called in other ways, by a loop or a function of Python's
own, raises at once. If it may have written to something before, the exception is not handled but refused.
"""

from __future__ import annotations

import functools
import sys
import types
import weakref
from typing import Any

from ..errors import UnsupportedCodeError, ZygoteError, message, plain_name
from ..normalize.helpers import note_failure
from ..registry import Rule, _register, lookup, non_differentiable
from .attributes import delete_attribute, load_attribute, store_attribute
from .binding import bind_arguments
from .caches import Cached
from .call import bound_back, call, callx, flat_back, guard_with, method_back
from .callables import free_back, partial_back, self_back
from .callees import (
    derived,
    is_generator_function,
    is_namedtuple_make,
    is_namedtuple_replace,
    is_opaque,
    is_plain,
    maker,
    python_call,
    runs_as_is,
    single_dispatch,
)
from .classes import constructor, init_back
from .context import Context
from .frames import user_frame
from .generators import ended_back, source_of
from .items import delete_item, load_item, store_item
from .iteration import has_next, zipped
from .iterators import step_of
from .methods import find_method
from .shared import first_back, nothing

__all__ = ["check_caught", "may_store", "raise_failure", "try_call", "try_callx", "try_delete_attribute", "try_delete_item",
           "try_load_attribute", "try_load_item", "try_method", "try_methodx", "try_store_attribute", "try_store_item"]


def try_call(cx: Context, mask: int, f: Any, *args: Any) -> tuple[Any, Any, Any]:
    """`f(*args)`"""
    if lookup(f) is not None and not is_step(f):
        return guarding(cx, call, mask, f, *args)
    if f.__class__ is types.FunctionType and is_guarded(cx, f, mask, args):
        forward, back = derived(f, -1, args, True)
        y, tape = forward(cx, *args)
        return y, back, tape
    y, back, tape = try_callx(cx, mask, f, args, {})
    return y, first_back, (back, tape)


def try_method(cx: Context, mask: int, obj: Any, name: str, *args: Any) -> tuple[Any, Any, Any]:
    """`obj.name(*args)`"""
    f, bound = find_method(obj, name)
    if bound and f.__class__ is types.FunctionType and is_guarded(cx, f, mask, (obj, *args)):
        forward, back = derived(f, -1, (obj, *args), True)
        y, tape = forward(cx, obj, *args)
        return y, back, tape
    y, back, tape = try_methodx(cx, mask, obj, name, args, {})
    return y, method_back, (back, tape)


def try_methodx(cx: Context, mask: int, obj: Any, name: str, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`obj.name(*args, **keywords)`"""
    f, bound = find_method(obj, name)
    if bound:
        y, back, tape = try_callx(cx, mask, f, (obj, *args), keywords)
        return y, bound_back, (back, tape)
    f = getattr(obj, name)
    y, back, tape = try_callx(cx, -1 if mask else 0, f, args, keywords)
    return y, free_back, (back, tape, obj, f)


@non_differentiable
def is_guarded(cx: Context, f: Any, mask: int, args: tuple) -> bool:
    """Whether a function runs in its guarded form for just these arguments."""
    return lookup(f) is None and is_plain(f, len(args)) and form(f, -1 if cx.tracked else mask) == "function"


def try_callx(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`f(*args, **keywords)`"""
    if cx.tracked and f.__class__ is not Cached:
        mask = -1
    how = form(f, mask)
    if how == "step":
        return try_step(cx, mask, f, args, keywords)
    if how == "function":
        flat, recipe = bind_arguments(f, args, keywords)
        forward, back = derived(f, -1 if mask else 0, flat, True)
        y, tape = forward(cx, *flat)
        return y, flat_back, (back, tape, recipe, flat, y)
    if how == "method":
        y, back, tape = try_callx(cx, -1, f.__func__, (f.__self__, *args), keywords)
        return y, self_back, (back, tape, f)
    if how == "partial":
        y, back, tape = try_callx(cx, -1, f.func, (*f.args, *args), {**f.keywords, **keywords})
        return y, partial_back, (back, tape, f, tuple(keywords))
    if how == "class":
        obj = f.__new__(f)
        _, back, tape = try_callx(cx, -1, constructor(f)[2], (obj, *args), keywords)
        return obj, init_back, (None, None, back, tape, len(args), tuple(keywords))
    if how == "object":
        y, back, tape = try_callx(cx, -1, python_call(f), (f, *args), keywords)
        return y, self_back, (back, tape, f)
    return callx(cx, mask, f, args, keywords)


def try_step(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """One step of an iterator."""
    source = source_of(cx, args[0]) or zipped(cx, args[0])
    if source is None:
        return try_callx(cx, -1, step_of, args, {}) if has_next(args[0]) else callx(cx, mask, f, args, keywords)
    try:
        return callx(cx, mask, f, args, keywords)
    except BaseException as error:
        cx.failure = error
        return None, ended_back, (source, error, len(args))


@non_differentiable
def form(f: Any, mask: int) -> str:
    """How a callee comes to run statements written in Python."""
    kind = f.__class__
    if is_step(f):
        return "step"
    if lookup(f) is not None:
        return "other"
    if kind is types.FunctionType:
        special = (mask == 0 and runs_as_is(f)) or is_opaque(f) or is_generator_function(f) or single_dispatch(f) is not None
        return "other" if special else "function"
    if kind is types.MethodType:
        return "other" if is_namedtuple_make(f) or is_namedtuple_replace(f) else "method"
    if kind is functools.partial:
        return "partial"
    if isinstance(f, type):
        if maker(f) != "python":
            return "object" if maker(f) == "metaclass" else "other"
        how, _, init = constructor(f)
        return "class" if how == "object" and init is not None and mask else "other"
    return "other" if python_call(f) is None or hasattr(f, "__wrapped__") or hasattr(f, "py_func") else "object"


@non_differentiable
def is_step(f: Any) -> bool:
    """Whether a function makes an iterator go on."""
    return f is next or f is types.GeneratorType.send or f is types.GeneratorType.throw


def guarding(cx: Context, tool: Any, *args: Any) -> Any:
    """What a tool does, where the method that it calls runs in its guarded form."""
    cx.guarding = True
    try:
        return tool(cx, *args)
    finally:
        cx.guarding = False


def try_load_item(cx: Context, obj: Any, index: Any) -> Any:
    return guarding(cx, load_item, obj, index)


def try_load_attribute(cx: Context, obj: Any, name: str) -> Any:
    return guarding(cx, load_attribute, obj, name)


def try_store_item(cx: Context, active: bool, obj: Any, index: Any, value: Any) -> Any:
    return guarding(cx, store_item, active, obj, index, value)


def try_store_attribute(cx: Context, active: bool, obj: Any, name: str, value: Any) -> Any:
    return guarding(cx, store_attribute, active, obj, name, value)


def try_delete_item(cx: Context, obj: Any, index: Any) -> Any:
    return guarding(cx, delete_item, obj, index)


def try_delete_attribute(cx: Context, obj: Any, name: str) -> Any:
    return guarding(cx, delete_attribute, obj, name)


def keep_failure(cx: Context, mask: int, caught: BaseException) -> tuple[Any, Any, Any]:
    """`note_failure(caught)`: the end of a guarded function that raised."""
    cx.failure = caught
    return None, nothing, (None,)


def raise_failure(cx: Context) -> None:
    """Raise what a callee raised."""
    caught = cx.failure
    cx.failure = None
    raise marked(caught)


@non_differentiable
def marked(caught: Any) -> Any:
    """The exception, with a mark: what happened before it can be undone."""
    caught.__dict__[MARK] = True
    return caught


MARK = "__zygote_py_undone__"
_storing: dict[int, weakref.ref] = {}


def may_store(code: types.CodeType) -> None:
    """Say that a generated function may write to something, and raises on the spot."""
    key = id(code)
    _storing[key] = weakref.ref(code, lambda _: _storing.pop(key, None))


def stores(code: types.CodeType) -> bool:
    known = _storing.get(id(code))
    return known is not None and known() is code


@non_differentiable
def check_caught(cx: Context, caught: BaseException) -> None:
    """Refuse an exception that came out of code which may have written to something, and can't be undone in part."""
    if isinstance(caught, ZygoteError):
        return              # no handler takes it, and it is raised again when all is cleaned up
    if caught.__dict__.pop(MARK, False):
        return
    tb: Any = caught.__traceback__
    running, place = set(), user_frame()
    frame: Any = sys._getframe(1)
    while frame is not None:
        running.add(frame)
        frame = frame.f_back
    while tb is not None:
        code = tb.tb_frame.f_code
        ended = tb.tb_frame not in running
        if not ended and code.co_filename == place[0]:
            place = place[0], tb.tb_lineno, place[2]
        tb = tb.tb_next
        if ended and stores(code):
            raise UnsupportedCodeError(message(
                f"cannot differentiate `try` around {plain_name(code.co_name)}, which raised",
                filename=place[0], lineno=place[1], function=place[2],
                why="It was called by a loop or a function of Python's own, and may have written to something before it raised.",
                instead="call it by its name in the `try`, or test for the condition", doc="docs/limitations.md#try")) from caught


_register(Rule(note_failure, "primitive", (keep_failure,)))
guard_with(try_callx)
