"""Functions of Python's library that stand in for C functions, and C functions that run as they are."""

from __future__ import annotations

import functools
from collections import deque
from typing import Any

from ..normalize.helpers import check_manager, is_ours, join_group, matches, new_cell, split_group
from ..registry import Rule, _register, non_differentiable
from .call import call, callx
from .context import Context
from .settle import collect_items, collect_whole
from .shared import joined_back, nones, nothing


def stand_in(f: Any, g: Any, writes: bool = False) -> None:
    """Say which Python function computes what a C function does, and whether it writes into its arguments."""
    def replaced(cx: Context, mask: int, *args: Any, **keywords: Any) -> tuple[Any, Any, Any]:
        if keywords:
            y, back, tape = callx(cx, mask, g, args, keywords)
            return y, joined_back, (back, tape)
        return call(cx, mask, g, *args)
    new = _register(Rule(f, "primitive", (replaced,)))
    new.writes, new.always = writes, True
    _STAND_INS[id(f)] = (f, g)


_STAND_INS: dict[int, tuple[Any, Any]] = {}


@non_differentiable
def stands_for(f: Any) -> Any:
    """The Python function that computes what a C function does, or None."""
    known = _STAND_INS.get(id(f))
    return None if known is None else known[1]


def as_it_is(*functions: Any) -> None:
    """Functions that handle functions, not numbers: they run as they are, and their results carry no cotangent of their own."""
    for f in functions:
        def behave(cx: Context, mask: int, *args: Any, f: Any = f, **keywords: Any) -> tuple[Any, Any, Any]:
            return f(*args, **keywords), nothing, nones(len(args) + len(keywords))
        _register(Rule(f, "primitive", (behave,)))
        _AS_IT_IS[id(f)] = f


_AS_IT_IS: dict[int, Any] = {}


@non_differentiable
def runs_unchanged(f: Any) -> bool:
    """Whether a function handles functions, not numbers."""
    return id(f) in _AS_IT_IS


def reduce(f: Any, items: Any, *initial: Any) -> Any:
    """`functools.reduce`"""
    values = list(items)
    if initial:
        total, start = initial[0], 0
    elif not values:
        raise TypeError("reduce() of empty iterable with no initial value")
    else:
        total, start = values[0], 1
    for i in range(start, len(values)):
        total = f(total, values[i])
    return total


as_it_is(str.__new__, object.__new__, list.__new__, dict.__new__, set.__new__, deque.__new__, object.__init__)
stand_in(functools.reduce, reduce)
stand_in(collect_items, collect_whole)
as_it_is(functools.update_wrapper, functools.wraps, functools.lru_cache, functools.singledispatch)
non_differentiable(matches)
non_differentiable(is_ours)
non_differentiable(check_manager)
as_it_is(split_group, join_group, new_cell)
