"""The methods of sets, as primitives: what they do, and the inverse on the record of cotangents.

The cotangent of an element is kept by its value. Where an equal element is there already, a set keeps that one, and the other
has no part in it.
"""

from __future__ import annotations

import operator
from collections.abc import Set
from typing import Any

from ..registry import non_differentiable
from .context import Context
from .iteration import give_items, note_items
from .methods import register_method
from .operators import register_operator
from .slots import changed, primitive

__all__ = ["IN_PLACE"]


def add(cx: Context, mask: int, s: set, x: Any) -> tuple[Any, Any, Any]:
    new = x not in s
    set.add(s, x)
    changed(cx, mask, s)
    return None, add_back, (s, x, new)


def add_back(cx: Context, tape: Any, dy: Any) -> tuple:
    s, x, new = tape
    return None, cx.take(s, x) if new else None


def forgetting(f: Any) -> Any:
    """`remove`, `discard`, `clear`: before it, the slots held values that nothing later read."""
    def forget(cx: Context, mask: int, s: set, *x: Any) -> tuple[Any, Any, Any]:
        f(s, *x)
        return None, none_back, 1 + len(x)
    return forget


def none_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return (None,) * tape


def pop(cx: Context, mask: int, s: set) -> tuple[Any, Any, Any]:
    y = set.pop(s)
    return y, pop_back, (s, y)


def pop_back(cx: Context, tape: Any, dy: Any) -> tuple:
    cx.add(tape[0], tape[1], dy)
    return (None,)


def combining(f: Any) -> Any:
    """An operation whose result is a new set of elements of its arguments."""
    def combine(cx: Context, mask: int, *sources: Any) -> tuple[Any, Any, Any]:
        feeds, lists = opened(cx, sources)
        y = f(*[s if isinstance(s, Set) else items for s, items in zip(sources, lists)])
        return y, combine_back, (y, tuple(y), feeds, lists)
    return combine


def opened(cx: Context, sources: tuple) -> tuple[list, list]:
    feeds = [note_items(cx, s) for s in sources]
    return feeds, [list(feed.items) for feed in feeds]


def combine_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, elements, feeds, lists = tape
    return tuple(give(cx, y, elements, feeds, lists))


def give(cx: Context, s: Any, elements: tuple, feeds: list, lists: list) -> list:
    """Hand the cotangents of elements of a set to the first source that has an equal one; returns what the sources' variables
    carry."""
    where = origins(lists)
    parts: list = [[None] * len(items) for items in lists]
    for x in elements:
        d = cx.take(s, x)
        if d is not None:
            source, i = where[x]
            parts[source][i] = d
    ds = [give_items(cx, feeds[k], parts[k]) for k in range(len(feeds) - 1, -1, -1)]
    return ds[::-1]


@non_differentiable
def origins(lists: list) -> dict:
    found: dict = {}
    for source, items in enumerate(lists):
        for i, x in enumerate(items):
            found.setdefault(x, (source, i))
    return found


def updating(f: Any, result: bool = False) -> Any:
    """An operation that changes its first argument: what is new in it comes from the others."""
    def update(cx: Context, mask: int, s: set, *sources: Any) -> tuple[Any, Any, Any]:
        feeds, lists = opened(cx, sources)
        before = frozenset(s)
        f(s, *[t if isinstance(t, Set) else items for t, items in zip(sources, lists)])
        changed(cx, mask, s)
        return (s if result else None), update_back, (s, newcomers(s, before), feeds, lists)
    return update


@non_differentiable
def newcomers(s: Any, before: Any) -> tuple:
    return tuple([x for x in s if x not in before])


def update_back(cx: Context, tape: Any, dy: Any) -> tuple:
    s, elements, feeds, lists = tape
    return (None, *give(cx, s, elements, feeds, lists))


for name, behaviour in (
        ("add", add), ("remove", forgetting(set.remove)), ("discard", forgetting(set.discard)), ("clear", forgetting(set.clear)),
        ("pop", pop), ("update", updating(set.update)), ("intersection_update", updating(set.intersection_update)),
        ("difference_update", updating(set.difference_update)),
        ("symmetric_difference_update", updating(set.symmetric_difference_update))):
    f = getattr(set, name)
    primitive(f, behaviour)
    register_method(set, name, f)
for cls in (set, frozenset):
    for name in ("union", "intersection", "difference", "symmetric_difference", "copy"):
        f = getattr(cls, name)
        primitive(f, combining(f))
        register_method(cls, name, f)
primitive(set, combining(set))
primitive(frozenset, combining(frozenset))

for name, python in (("__or__", operator.or_), ("__and__", operator.and_), ("__sub__", operator.sub), ("__xor__", operator.xor)):
    primitive(getattr(set, name), combining(python))
    register_operator(set, name, getattr(set, name))
    primitive(getattr(frozenset, name), combining(python))
    register_operator(frozenset, name, getattr(frozenset, name))
IN_PLACE = {"__ior__": updating(operator.ior, True), "__iand__": updating(operator.iand, True),
            "__isub__": updating(operator.isub, True), "__ixor__": updating(operator.ixor, True)}
