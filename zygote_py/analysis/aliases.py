"""Which variables may name the same memory, and which memory other code may reach.

Enters: planned core code. Leaves: `Aliases`, the answer for each variable. It does not depend on the order of statements: two
variables that name the same memory at any time are in one class.

Only functions that may store ask: where nothing is written, nobody minds who shares what.
"""

from __future__ import annotations

from typing import Any

import gast

from ..ir.build import names, statements, walk
from ..normalize import Core
from .facts import Plan, is_array, is_scalar

__all__ = ["Aliases"]


class Aliases:
    """Classes of variables that may share memory.

    Attributes
    ----------
    exposed : classes that code outside of this function may read or write while it runs
    stored : class -> activity of what is stored into it here; of what is handed to a callee that may store, 1
    """

    def __init__(self, core: Core, params: list, world: Any, static: Any) -> None:
        self.core, self.world, self.static = core, world, static
        self.parent: dict[str, str] = {}
        self.exposed: set[str] = set()
        self.stored: dict[str, int] = {}
        self.numbers: dict[str, bool] = {}
        for p, kind in zip(core.params, params):
            self.number(p, kind)
        every = list(statements(core.body))
        for s in every:
            self.kinds(s)
        marks: list[tuple[list[str], int | None]] = []
        for s in every:
            self.statement(s, marks)
        for v in (*core.params, *core.memory):
            self.exposed.add(self.find(v))
        for vs, act in marks:
            for v in vs:
                root = self.find(v)
                if act is None:
                    self.exposed.add(root)
                    act = 1
                self.stored[root] = max(self.stored.get(root, 0), act)
        self.exposed = {self.find(v) for v in self.exposed}
        del self.world, self.static     # they hold on to the user's module

    def reachable(self, v: str) -> bool:
        """Whether the memory that a variable names may be written to, here or by other code."""
        return not self.numbers.get(v, False) and (
            v not in self.core.local or self.find(v) in self.exposed or self.find(v) in self.stored)

    def activity(self, v: str) -> int:
        """The least activity of a variable, for what may be stored into its memory."""
        return 0 if self.numbers.get(v, False) else self.stored.get(self.find(v), 0)

    # -- classes ------------------------------------------------------------------------------------------------

    def find(self, v: str) -> str:
        while self.parent.get(v, v) != v:
            v = self.parent[v]
        return v

    def join(self, vs: list[str]) -> None:
        for v in vs[1:]:
            self.parent[self.find(v)] = self.find(vs[0])

    def number(self, v: str, kind: Any) -> None:
        """Note the kind of one binding: what is always a number or a constant shares no memory."""
        self.numbers[v] = self.numbers.get(v, True) and (is_scalar(kind) or kind in ("k", "r"))

    def kinds(self, s: Any) -> None:
        plan: Plan | None = getattr(s, "plan", None)
        if plan is None:
            return
        if isinstance(s, gast.For):
            item = "i" if plan.extra == "range" else "f" if plan.kind == ("a", 1) else "o"
            self.number(s.target.id, item)
        elif plan.form == "unpack" or (isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Tuple)):
            inner, _, known = plan.extra
            for i, v in enumerate(inner):
                self.number(v, plan.kind[1 + i] if known else "f" if plan.kind == ("a", 1) else "o")
        elif isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name):
            self.number(s.targets[0].id, plan.kind)
        elif isinstance(s, gast.AugAssign):
            self.number(s.target.id, plan.kind)

    def memory_of(self, *nodes: Any) -> list[str]:
        """The variables in expressions that may name memory."""
        found = [n for node in nodes if node is not None for n in sorted(names(node))]
        return [n for n in found if not self.numbers.get(n, False) and n not in self.core.namer.helpers]

    # -- statements ---------------------------------------------------------------------------------------------

    def statement(self, s: Any, marks: list) -> None:
        plan: Plan | None = getattr(s, "plan", None)
        if plan is None:
            return
        if isinstance(s, gast.For):
            self.join([s.target.id, *self.memory_of(s.iter)] if not self.numbers[s.target.id] else [])
            return
        if isinstance(s, gast.Delete):
            return
        form = plan.form
        if form in ("setitem", "setattr"):
            inside, value = self.memory_of(plan.args[0]), self.memory_of(plan.args[1])
            marks.append((inside, max(1, plan.facts[1][1]) if plan.facts[1][1] else 0))
            if form == "setattr" or not is_array(plan.facts[0][0]):
                marks.append((value + inside, None))
                self.join(inside + value)
            return
        target = s.target if isinstance(s, gast.AugAssign) else getattr(s, "targets", [None])[0]
        if target is None:
            return
        bound = [n.id for n in walk(target) if isinstance(n, gast.Name) and not self.numbers.get(n.id, False)]
        if form in ("call", "callx", "method", "methodx", "static"):
            self.calling(s, plan, bound, marks)
        elif form in ("list", "dict", "set", "startuple", "load", "store", "getattr"):
            operands = self.memory_of(*plan.args)
            if form != "startuple":
                marks.append((bound + operands, None))
            self.join(bound + operands)
        elif form == "inline" and plan.f.fresh:
            return
        elif form == "plain":
            if not self.is_fresh(s.value):
                self.join(bound + self.memory_of(s.value))
        else:  # copies, views, tuples
            self.join(bound + self.memory_of(*plan.args))

    def calling(self, s: Any, plan: Plan, bound: list[str], marks: list) -> None:
        operands = self.memory_of(*plan.args, *plan.keywords.values())
        if isinstance(s, gast.Assign) and isinstance(s.value, gast.Call):
            operands += self.memory_of(s.value.func)
        if plan.form == "static":
            if plan.f.stores:
                marks.append((bound + operands, None))
            self.join(bound + operands)
            return
        rule = self.world.lookup(plan.f) if plan.f is not None and plan.form in ("call", "callx") else None
        if plan.extra == "inplace":
            marks.append((operands[:1], plan.facts[1][1]))
        if rule is None or not plan.quiet:
            marks.append((bound + operands, None))
            self.join(bound + operands)
        elif not rule.fresh:
            self.join(bound + operands)

    def is_fresh(self, e: Any) -> bool:
        """Whether an expression makes new memory, or none."""
        if not isinstance(e, gast.Call):
            return isinstance(e, (gast.Constant, gast.BinOp, gast.UnaryOp, gast.Compare, gast.JoinedStr, gast.BoolOp))
        known, f = self.static(e.func)
        rule = self.world.lookup(f) if known else None
        if rule is None or not rule.fresh or self.world.may_store(rule):
            return False
        return rule.form != "none" or str(getattr(f, "__module__", "")).split(".")[0] in ("numpy", "math", "builtins")

