"""Tests of cotangents for None, each made once.

Enters: the statements of one generated function. Leaves: the same without those tests whose answer an earlier one gives:

    if dy is not None:                      if dy is not None:
        dt = dy * x                             dt = dy * x
    else:                                       dz = dt * k
        dt = None                           else:
    if dt is not None:                          dt = None
        dz = dt * k                             dz = None
    else:
        dz = None
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import assigned, blocks, change_blocks, written
from .liveness import reach

__all__ = ["join_tests"]

Known = dict[str, bool]
"""Cotangents of which it is known whether they are something: False stands for None."""


def join_tests(body: list, ours: Callable[[str], Any], making: set[str], passing: set[str]) -> list:
    """Statements without such tests.

    Parameters
    ----------
    ours : whether a name is that of a cotangent
    making : names of functions that never return None
    passing : names of functions that return None only if all their cotangents are None
    """
    return Joining(ours, making, passing).block(body, {})


class Joining:
    def __init__(self, ours: Callable[[str], Any], making: set[str], passing: set[str]) -> None:
        self.ours, self.making, self.passing = ours, making, passing

    def block(self, body: list, known: Known) -> list:
        """A block, of which the beginning is `known`; afterwards that speaks of its end."""
        out: list = []
        ends: tuple[Known, Known] | None = None     # of the branches of the last statement, if that is a test for None
        last: Any = None
        for s in body:
            v = tested(s)
            if v is None or not self.ours(v):
                self.other(s, known)
                if ends is not None and getattr(s, "restore", False) and reach(s, {}, {}).isdisjoint(reach(last, {}, {})):
                    out.insert(-1, s)       # it may as well come before the test
                    continue
                out.append(s)
                ends = None
            elif v in known:
                self.extend(out, s, known)
                ends = None
            elif ends is not None and {ends[0].get(v), ends[1].get(v)} == {True, False}:
                self.extend(last.body, s, ends[0])
                self.extend(last.orelse, s, ends[1])
                meet(known, *ends)
            else:
                ends = {**known, v: True}, {**known, v: False}
                s.body, s.orelse = self.block(s.body, ends[0]), self.block(s.orelse, ends[1])
                meet(known, *ends)
                out.append(s)
                last = s
        return out

    def extend(self, out: list, s: Any, known: Known) -> None:
        """Add the branch that a test leads to, which is known."""
        out += self.block(s.body if known[str(tested(s))] else s.orelse, known)

    def other(self, s: Any, known: Known) -> None:
        """Any other statement."""
        if isinstance(s, gast.If):
            ends = dict(known), dict(known)
            s.body, s.orelse = self.block(s.body, ends[0]), self.block(s.orelse, ends[1])
            meet(known, *ends)
        elif blocks(s):
            for v in assigned([s]) & known.keys():
                del known[v]
            change_blocks(s, lambda inner: self.block(inner, dict(known)))
        elif isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name):
            v, is_something = s.targets[0].id, self.is_something(s.value, known)
            known.pop(v, None)
            if is_something is not None and self.ours(v):
                known[v] = is_something
        elif not isinstance(s, gast.AugAssign):     # what can be added to stays something
            for v in written(s) & known.keys():
                del known[v]

    def is_something(self, e: Any, known: Known) -> bool | None:
        """Whether an expression of ours is something, or None; None if that is not known."""
        if isinstance(e, gast.Constant):
            return e.value is not None
        if isinstance(e, gast.Name):
            return known.get(e.id)
        if isinstance(e, (gast.BinOp, gast.UnaryOp, gast.Tuple)):
            return True
        if isinstance(e, gast.Call) and isinstance(e.func, gast.Name):
            if e.func.id in self.making or (e.func.id in self.passing and any(self.is_something(a, known) for a in e.args)):
                return True
        return None


def meet(known: Known, one: Known, two: Known) -> None:
    """What is known where two branches come together."""
    known.clear()
    known.update({v: something for v, something in one.items() if two.get(v) == something})


def tested(s: Any) -> str | None:
    """The variable of `if v is not None`, or None."""
    test = s.test if isinstance(s, gast.If) else None
    if isinstance(test, gast.Compare) and isinstance(test.ops[0], gast.IsNot) and isinstance(test.left, gast.Name) \
            and isinstance(test.comparators[0], gast.Constant) and test.comparators[0].value is None:
        return str(test.left.id)
    return None
