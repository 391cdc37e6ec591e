"""Loops over `zip` and `enumerate` of lists and arrays, and over items of dicts, where nothing else has the iterator in hands.

    t = zip(xs, ys)
    for item in t:
        x, y = item

Element k of `xs` is met in round k, and gets its cotangent there; that of a dict by its key, which is no number.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import gast

from ..ir.build import assigned, blocks, names, walk
from ..lattice import element
from ..normalize import Core
from .facts import all_numbers, is_array, is_scalar
from .instances import is_instance

__all__ = ["can_follow", "loops_over_calls"]


def loops_over_calls(core: Core) -> dict[str, Any]:
    """For each temporary that holds what a call returned, and over which the next statement loops, that loop."""
    found: dict[str, Any] = {}
    pending = [core.body]
    while pending:
        body = pending.pop()
        for s, after in zip(body, [*body[1:], None]):
            pending += [b for b in blocks(s) if b]
            if isinstance(after, gast.For) and isinstance(s, gast.Assign) and isinstance(s.value, gast.Call) \
                    and isinstance(s.targets[0], gast.Name) and s.targets[0].id not in core.user | core.memory \
                    and names(after.iter) == {s.targets[0].id}:
                found[s.targets[0].id] = after
    if found:
        mentions = Counter([n.id for s in core.body for n in walk(s) if n.__class__ is gast.Name])
        found = {v: loop for v, loop in found.items() if mentions[v] == 2}
    return found


def can_follow(loop: Any, args: list, facts: list, memory: set[str]) -> bool:
    """Whether the elements of what is zipped can be given their cotangents one by one: of arrays, of dicts, and of lists of
    numbers, of tuples of numbers, and of objects and containers, which have theirs in records."""
    inside = assigned([loop]) | memory
    return any(act == 2 for _, act in facts) and all(
        isinstance(a, gast.Name) and a.id not in inside
        and (act == 0 or is_array(k) or k[0] == "d" or (k[0] == "l" and follows_one_by_one(element(k))))
        for a, (k, act) in zip(args, facts))


def follows_one_by_one(kind: Any) -> bool:
    """Whether the cotangent of an element of a list is a number, a tuple of numbers, or in a record of its own."""
    return is_scalar(kind) or is_instance(kind) or all_numbers(kind) or (kind.__class__ is tuple and kind[0] in ("l", "d"))
