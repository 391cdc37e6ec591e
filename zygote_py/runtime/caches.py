"""Functions of `functools.lru_cache`: what they were called with before, in this run, is not calculated again.

This holds for arguments that carry no derivative (whole numbers, texts, tuples of them), as those of dynamic programming: the
result may depend on what the function captures. Its cotangents are added up until the reverse sweep comes to the call that
calculated it, which is the first. With other arguments the function is called anew each time, since two numbers that are
equal may come from different places.
"""

from __future__ import annotations

import functools
from typing import Any

from ..registry import Rule, _register, non_differentiable
from ..tangents.accumulate import add
from .binding import bind_arguments
from .callees import derived, runs_as_is
from .context import Context
from .memory import claim
from .methods import register_method
from .natives import native
from .shared import nones
from .slots import array_slot_back

__all__ = ["Cached", "call_cached", "forget_oldest", "key_of", "table_of"]

Cached: Any = functools._lru_cache_wrapper
"""The class of such functions."""


@non_differentiable
def key_of(f: Any, args: tuple, keywords: dict) -> Any:
    """What a call is remembered by; None if it is not to be."""
    if f.cache_parameters()["maxsize"] == 0 or not all(map(is_plain, (*args, *keywords.values()))):
        return None
    return functools._make_key(args, keywords, f.cache_parameters()["typed"])


def is_plain(x: Any) -> bool:
    """Whether a value carries no derivative, unless it was said to."""
    return x.__class__ in (int, str, bool, bytes, type(None)) or (x.__class__ is tuple and all(map(is_plain, x)))


def table_of(cx: Any, f: Any) -> dict:
    """What a function was called with in this run: key -> [result]."""
    if cx.remembered is None:
        cx.remembered = {}
    if id(f) not in cx.remembered:
        cx.remembered[id(f)] = (f, {})
    known: dict = cx.remembered[id(f)][1]
    return known


@non_differentiable
def oldest(f: Any, known: dict) -> Any:
    """The key that is forgotten; None while there is room."""
    most = f.cache_parameters()["maxsize"]
    return None if most is None or len(known) <= most else next(iter(known))


def forget_oldest(f: Any, known: dict) -> None:
    key = oldest(f, known)
    if key is not None:
        del known[key]


def call_cached(cx: Context, f: Any, args: tuple, keywords: dict) -> Any:
    """The call of such a function with arguments that are constants; None if it is not remembered."""
    key = key_of(f, args, keywords)
    if key is None:
        return None
    if runs_as_is(f.__wrapped__):
        return native(cx, 0, f, args, keywords)
    known = table_of(cx, f)
    entry = known.get(key)
    if entry is not None:
        del known[key]
        known[key] = entry
        return entry[0], again_back, (entry, len(args), tuple(keywords))
    flat, _ = bind_arguments(f.__wrapped__, args, keywords)
    forward, back = derived(f.__wrapped__, 0, flat)
    y, tape = forward(cx, *flat)
    entry = [y]
    known[key] = entry
    forget_oldest(f, known)
    return y, first_time_back, (back, tape, entry, len(args), tuple(keywords))


def first_time_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    back, inner, entry, n, words = tape
    dy = add(dy, cx.take(entry, "value"))
    back(cx, inner, claim(cx, entry[0], dy) if cx.written else dy)
    return nones(n), dict.fromkeys(words)


def again_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    entry, n, words = tape
    array_slot_back(cx, (entry, "value", entry[0]), dy)
    return nones(n), dict.fromkeys(words)


def clear(cx: Context, mask: int, f: Any) -> tuple[Any, Any, Any]:
    """`f.cache_clear()`"""
    table_of(cx, f).clear()
    return f.cache_clear(), clear_back, None


def clear_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return (None,)


register_method(Cached, "cache_clear", Cached.cache_clear)
_register(Rule(Cached.cache_clear, "primitive", (clear,)))
