"""Variables that are not None where a test came out as it did.

    if x is not None and x < best: ...          t = x is not None
                                                if t: t = x < best
                                                if t: ...
"""

from __future__ import annotations

from typing import Any

import gast

from ..ir.build import assigned

__all__ = ["not_none"]

Found = tuple[set[str], set[str]]
NOTHING: Found = (set(), set())


def not_none(test: Any, before: list) -> Found:
    """The variables that are not None if a test holds, and if it does not; `before` are the statements before it."""
    if isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not):
        yes, no = not_none(test.operand, before)
        return no, yes
    if isinstance(test, gast.Compare):
        v, none = test.left, test.comparators[0]
        if isinstance(v, gast.Name) and isinstance(none, gast.Constant) and none.value is None:
            if isinstance(test.ops[0], gast.IsNot):
                return {v.id}, set()
            if isinstance(test.ops[0], gast.Is):
                return set(), {v.id}
    if not isinstance(test, gast.Name):
        return NOTHING
    for i in range(len(before) - 1, -1, -1):
        s = before[i]
        if test.id not in assigned([s]):
            continue
        if isinstance(s, gast.Assign):
            found = not_none(s.value, before[:i])
        elif isinstance(s, gast.If) and s.body and s.orelse:
            found = chosen(s, test.id, before[:i])
        else:
            return NOTHING
        later = assigned(before[i + 1:])
        return found[0] - later, found[1] - later
    return NOTHING


def chosen(s: Any, v: str, before: list) -> Found:
    """As `not_none`, for a variable that is bound in both branches: `and` and `or`."""
    inner = not_none(s.test, before)
    for here, other, place in ((s.body, s.orelse, 0), (s.orelse, s.body, 1)):
        last, short = here[-1], other[-1]
        if not (isinstance(last, gast.Assign) and isinstance(short, gast.Assign) and isinstance(short.value, gast.Constant)
                and all(getattr(t, "id", "") == v for t in (last.targets[0], short.targets[0])) and len(other) == 1):
            continue
        found = not_none(last.value, here[:-1])
        kept = inner[place] - assigned(here)
        if short.value.value is False and place == 0:
            return found[0] | kept, set()
        if short.value.value is True and place == 1:
            return set(), found[1] | kept
    return NOTHING
