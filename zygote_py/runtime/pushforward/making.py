"""What forward mode does where functions, classes, partial applications and namespaces are made.

The tangents of what they hold are in their records.
"""

from __future__ import annotations

import functools
import operator
import types
from typing import Any

from ...normalize.helpers import make_class, make_function
from ..binding import default_of, slot_of_default
from ..callables import held_arguments
from ..classes import check_class_body
from .call import behave, construct
from .tangents import Tangents, all_none

__all__: list[str] = []


def make_instance(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`type.__call__(cls, *args, **keywords)`, as the `__call__` of a metaclass has it."""
    return construct(cx, args[0], args[1:], dots[1:], keywords, kdots)


def build_class(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """A class that is defined in a function: its body runs as it is."""
    check_class_body(args[0], args[2])
    return make_class(*args), None


def make_with_defaults(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """A function with default values: the tangents of the positional ones are in its record, the others in that of the dict."""
    f = make_function(*args)
    put_defaults(cx, f, dots[3])
    return f, None


def make_from_code(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`types.FunctionType(code, globals, name, argdefs, closure, kwdefaults)`"""
    f = types.FunctionType(*args, **keywords)
    put_defaults(cx, f, dots[3] if len(args) > 3 else kdots.get("argdefs"))
    return f, None


def put_defaults(cx: Tangents, f: Any, dots: Any) -> None:
    for i in range(len(dots or ())):
        cx.put(f, i, dots[i])


def push_default(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`default_of(f, key)`"""
    return default_of(*args), cx.get(*slot_of_default(*args))


def make_partial(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`functools.partial`: the tangents of what it holds are in its record."""
    f = args[0]
    y: Any = functools.partial(f, *args[1:], **keywords)
    first, words = dots[1:], kdots
    if y.func is not f:     # partial of a partial: its arguments come first
        given, known = cx.get(f, "args"), cx.get(f, "keywords")
        first = (*((None,) * len(f.args) if given is None else given), *first)
        words = {**(dict.fromkeys(f.keywords) if known is None else known), **words}
    if not all_none(first):
        cx.put(y, "args", first)
    if not all_none(tuple(words.values())):
        cx.put(y, "keywords", words)
    return y, None


def make_caller(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`operator.methodcaller`, made: the tangents of what it holds are in its record."""
    y = operator.methodcaller(*args, **keywords)
    if not all_none(dots):
        cx.put(y, "args", dots[1:])
    return y, None


def push_arguments(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    return held_arguments(*args), cx.get(args[0], "args")


def make_slice(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`slice(start, stop, step)`: the tangents of the bounds are in its record."""
    y = slice(*args)
    for name, d in zip(("stop",) if len(args) == 1 else ("start", "stop", "step"), dots):
        cx.put(y, name, d)
    return y, None


def make_super(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    return super(*args), dots[1]  # pyright: ignore[reportArgumentType]


def make_namespace(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`SimpleNamespace(**fields)`"""
    y = types.SimpleNamespace(*args, **keywords)
    for m in args:
        for k in m:
            cx.put(y, k, cx.get(m, k))
    for k in keywords:
        cx.put(y, k, kdots[k])
    return y, None


behave(slice, make_slice)
behave(super, make_super)
behave(types.SimpleNamespace, make_namespace)
behave(make_function, make_with_defaults)
behave(default_of, push_default)
behave(types.FunctionType, make_from_code)
behave(make_class, build_class)
behave(type.__call__, make_instance)
behave(functools.partial, make_partial)
behave(operator.methodcaller, make_caller)
behave(held_arguments, push_arguments)
