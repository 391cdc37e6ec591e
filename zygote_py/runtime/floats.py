"""Sums and choices of lists, tuples and deques of floats: what their rules say, without a copy of the elements."""

from __future__ import annotations

from collections import deque
from typing import Any

from ..registry import Rule, non_differentiable
from .context import Context

__all__ = ["apply_to_floats", "are_of_floats"]

_HOLDERS = (list, tuple, deque)
_FLOATS = {float}


@non_differentiable
def are_of_floats(f: Any, args: tuple) -> bool:
    """Whether a call is a sum, maximum or minimum of nothing but floats."""
    return (f is sum or f is max or f is min) and len(args) == 1 and args[0].__class__ in _HOLDERS \
        and set(map(type, args[0])) == _FLOATS


def apply_to_floats(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    items = args[0]
    y = f(items)
    return y, shares_back, (items, tuple(range(len(items))) if f is sum else places_of(y, items), f is sum, len(items))


@non_differentiable
def places_of(y: float, items: Any) -> tuple:
    """Where the elements are that are equal to a maximum or minimum: each has an even share."""
    return tuple([i for i, x in enumerate(items) if x is y or x == y])


def shares_back(cx: Context, tape: Any, dy: Any) -> tuple:
    items, places, whole, n = tape
    if dy is None:
        return (None,)
    share = dy if whole else dy / len(places)
    if items.__class__ is tuple:
        return ((share,) * n if whole else tuple([share if i in places else None for i in range(n)]),)
    for i in places:
        cx.add(items, i, share)
    return (None,)
