"""Arithmetic on values of unknown kinds is written twice: for numbers, and for the rest.

    e = 1.0 - y                     floats = y.__class__ in NUMBERS
    cost = cost + e * e             if floats: e = 1.0 - y; cost = cost + e * e       inlined
                                    else: e = 1.0 - y; cost = cost + e * e            by generic calls

Where a value comes from a callee, a generator or a container that is not known, nothing tells its kind beforehand; one test when
the code runs costs less than one generic call.

Enters: planned core code. Leaves: the same code, with such tests.
"""

from __future__ import annotations

import math
import operator
from functools import partial
from typing import Any

import gast

from ..ir.build import assign, assigned, attribute, blocks, change_blocks, clone, if_, load, locate, names, statements, walk
from .facts import Plan, is_scalar

__all__ = ["LIMIT", "is_candidate", "versions"]

ARITHMETIC = {operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.neg, operator.pos, operator.iadd,
              operator.isub, operator.imul, operator.itruediv, operator.ipow,
              operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
              *(f for name, f in vars(math).items() if not name.startswith("_"))}
CHEAP = {"asked", "plain", "inline", "copy", "tuple"}
READING = {"element", "index", "getitem"}
LIMIT = 120
"""So many statements at most are added to one function."""


def is_candidate(plan: Plan) -> bool:
    """Whether a statement is arithmetic that is done by a generic call, as some operands may be anything."""
    return plan.form == "call" and bool(plan.args) and not plan.keywords and getattr(plan.f, "__hash__", None) is not None \
        and plan.f in ARITHMETIC and all(k == "o" or is_scalar(k) for k, _ in plan.facts)


def versions(planner: Any, floats: frozenset) -> None:
    """Write such arithmetic twice, in place; `floats` are the classes of numbers for which it is inlined."""
    Versions(planner, floats).run()


class Versions:
    """The pass over one function."""

    def __init__(self, planner: Any, floats: frozenset) -> None:
        self.planner, self.core, self.floats = planner, planner.core, floats
        self.left = LIMIT

    def run(self) -> None:
        if any(hasattr(s, "env") for s in statements(self.core.body)):
            self.core.body = self.block(self.core.body, 2)

    def block(self, body: list, least: int) -> list:
        """A block; outside of loops, a single operation is left as it is."""
        out: list = []
        i = 0
        while i < len(body):
            s = body[i]
            size = self.extent(body, i) if getattr(s, "env", None) is not None and self.left > 0 else 0
            new = self.twice(body[i:i + size], least) if size else None
            if new is None:
                change_blocks(s, partial(self.block, least=1 if isinstance(s, (gast.For, gast.While)) else least))
                out.append(s)
                i += 1
            else:
                out += new
                i += size
        return out

    def extent(self, body: list, start: int) -> int:
        """How many statements of a block, from one that is such arithmetic, are written twice with it."""
        made: set[str] = set()
        end = start
        for j in range(start, min(start + self.left, len(body))):
            s = body[j]
            if not all(self.may_stand(x) for x in statements([s])):
                break
            if j == start or hasattr(s, "env") or read(s) & made:
                made |= assigned([s])
                end = j
        return end + 1 - start

    def may_stand(self, s: Any) -> bool:
        if isinstance(s, (gast.If, gast.Pass)):
            return True
        plan = getattr(s, "plan", None)
        return plan is not None and not plan.expects and isinstance(s, (gast.Assign, gast.AugAssign)) \
            and (hasattr(s, "env") or plan.form in CHEAP
                 or (plan.form in READING and is_scalar(plan.kind) and (plan.form != "getitem" or plan.extra == "slot"))) \
            and not any(isinstance(n, (gast.Lambda, gast.Yield)) for n in walk(s))

    def twice(self, region: list, least: int) -> list | None:
        """Both versions; None if that is not worth while."""
        inside = list(statements(region))
        found = [s for s in inside if hasattr(s, "env")]
        if len(found) < least or len(inside) > self.left:
            return None
        env, self.planner.region = region[0].env
        env = dict(env)
        unknown = self.unknown(region)
        if not unknown:
            return None
        for v in unknown:
            env[v] = ("f", env.get(v, ("o", 2))[1])
        then = [bare(clone(s)) for s in region]
        end = self.planner.block(then, env) or {}
        self.planner.region = False
        if 2 * sum(is_candidate(s.plan) for s in statements(then) if hasattr(s, "plan")) > len(found):
            return None
        self.left -= len(inside)
        flag = self.core.namer.fresh("floats")
        self.core.local.add(flag)
        classes = self.core.namer.helper(self.floats, "NUMBERS")
        tests = [gast.Compare(left=attribute(load(v), "__class__"), ops=[gast.In()], comparators=[load(classes)])
                 for v in unknown]
        test = locate(assign(flag, tests[0] if len(tests) == 1 else gast.BoolOp(op=gast.And(), values=tests)), region[0])
        test.plan, test.chooses = Plan("plain", "b", 0), True
        new = locate(if_(load(flag), then, region), region[0])
        spoken = {n for s in region for n in read(s) | assigned([s])}
        new.numbers = {v for v in sorted(spoken) if is_scalar(end.get(v, ("o", 0))[0])}
        return [test, new]

    def unknown(self, region: list) -> list[str]:
        """The variables of unknown kind that the arithmetic reads, as they are before it."""
        found: dict[str, None] = {}
        bound: set[str] = set()
        usable = self.core.local - self.core.memory
        for s in statements(region):
            if hasattr(s, "env"):
                found.update({a.id: None for a, (k, _) in zip(s.plan.args, s.plan.facts)
                              if isinstance(a, gast.Name) and k == "o" and a.id in usable - bound})
            if not blocks(s):
                bound |= assigned([s])
        return list(found)


def bare(s: Any) -> Any:
    """A copied statement without what was found out about it."""
    for x in statements([s]):
        x.__dict__.pop("plan", None)
        x.__dict__.pop("env", None)
    return s


def read(s: Any) -> set[str]:
    """The names that a statement and those in it read."""
    return {n for x in statements([s]) for n in (names(x.test) if isinstance(x, gast.If) else names(x))}
