"""The reverse of calls: of callees that are known, and of those that are known only at run time.

Enters: a statement that calls, with its plan. Leaves: its forward and its reverse statements.
"""

from __future__ import annotations

from typing import Any

import gast

from ..analysis.facts import Plan
from ..ir.build import (
    assign,
    call,
    clone,
    const,
    load,
    locate,
    subscript,
    tuple_,
)
from .cotangents import State, all_scalars
from .inline import Inlining
from .memory import Memory

__all__ = ["Calls"]


class Calls(Inlining, Memory):
    """Makes the pairs of calls."""

    def on_static(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """A callee that is known: its forward and pullback are called directly."""
        out: list = []
        y, rep = self.cotangent(s, state, out)
        callee = plan.f
        forward, pullback = self.links[callee]
        must = callee.stores
        if callee.uses_context:
            self.uses_context = True
        if rep is None and not must:
            return [clone(s)], []
        tape = self.keep(s, "tape", y + "_tape")
        args = [clone(a) for a in plan.args]
        fwd = [locate(assign([y, tape], gast.Call(func=load(forward), args=[load(self.namer.cx), *args], keywords=[])), s)]
        self.uses_context = True

        def build(o: list, st: State) -> None:
            dy: Any = load(self.d(y)) if rep is not None else const(None)
            if all_scalars(callee.kind) and rep not in (None, "nums"):
                dy = call(self.tool("full"), dy, const(len(callee.kind) - 1))
            reps = callee.reps
            self.receive(o, st, s, y, call(pullback, load(self.namer.cx), load(tape), dy), plan.args, plan.facts, list(reps))

        self.claim(out, y, rep)
        if must:
            self.spill(out, state)
            build(out, state)
        else:
            self.consume(rep, y, state, out, build)  # type: ignore[arg-type]
        return fwd, out

    def mask(self, facts: list) -> Any:
        """Which arguments are active; without optimisation, all that are no constants."""
        least = 2 if self.optimise else 1
        bits = sum(1 << i for i, (_, act) in enumerate(facts) if act >= least)
        return const(bits if not facts or any(act < least for _, act in facts) else -1)

    def begin(self, s: Any, plan: Plan, state: State, out: list) -> tuple[str, str, str, Any]:
        """What the reverse of a call begins with; the names of the result, of its pullback and of its tape, and the cotangent."""
        y, rep = self.cotangent(s, state, out)
        if not plan.claims:
            self.claim(out, y, rep)
        if not plan.quiet:
            self.spill(out, state)
        self.uses_context = True
        return y, self.keep(s, "back", y + "_back"), self.keep(s, "tape", y + "_tape"), \
            load(self.d(y)) if rep is not None else const(None)

    def on_call(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """A callee that is known only at run time."""
        out: list = []
        if plan.simple and self.private(plan.args[0].id):
            v = plan.args[0].id
            return self.put_part(s, plan, state, *self.aliases.views.get(v, (v, None)))
        y, back, tape, dy = self.begin(s, plan, state, out)
        if isinstance(s, gast.AugAssign):
            f: Any = load(self.namer.helper(plan.f))
        elif isinstance(s.value, gast.Call) and plan.extra != "method":
            f = clone(s.value.func)
        else:
            f = load(self.namer.helper(plan.f))
        fwd = [locate(assign([y, back, tape],
                             call(self.caller("call", plan), load(self.namer.cx), self.mask(plan.facts), f,
                                  *clone(plan.args))), s)]
        self.receive(out, state, s, y, call(back, load(self.namer.cx), load(tape), dy), plan.args, plan.facts, [])
        self.give_callee(out, state, s, plan, y)
        return fwd, out

    def give_callee(self, out: list, state: State, s: Any, plan: Plan, y: str) -> None:
        """The callee may be a value with a method `__call__`, such as a named tuple: it has a cotangent like any argument."""
        if plan.extra != "value":
            return
        f = s.value.func
        name = self.keep(s, "dcallee", "d" + f.id)
        out.append(assign(name, call(self.tool("take_self"), load(self.namer.cx), self.pre(clone(f), y))))
        self.give(out, state, f, 2, load(name), "maybe")

    def on_callx(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """A call with keywords, or with `*args` and `**kwargs`."""
        f = load(self.namer.helper(plan.f)) if plan.extra == "method" else clone(s.value.func)
        return self.general(s, plan, state, "callx", [f], plan.args, plan.facts[:len(plan.args)])

    def on_methodx(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        return self.general(s, plan, state, "methodx", [clone(plan.args[0]), const(plan.extra)], plan.args[1:],
                            plan.facts[1:len(plan.args)])

    def general(self, s: Any, plan: Plan, state: State, tool: str, first: list, args: list, facts: list) -> tuple[list, list]:
        out: list = []
        y, back, tape, dy = self.begin(s, plan, state, out)
        star = any(isinstance(a, gast.Starred) for a in s.value.args)
        double = None in plan.keywords
        method = tool == "methodx"
        packed = clone(args[0]) if star else tuple_(clone(args))
        words = clone(plan.keywords[None]) if double else gast.Dict(keys=[const(k) for k in plan.keywords],
                                                                    values=clone(list(plan.keywords.values())))
        if star or double:
            mask = const(-1 if any(a for _, a in plan.facts) else 0)
        else:
            mask = self.mask(plan.facts)
        made = call(self.caller(tool, plan), load(self.namer.cx), mask, *first, packed, words)
        fwd = [locate(assign([y, back, tape], made), s)]
        dself, dargs, dwords = (self.keep(s, n, n) for n in ("dself", "dargs", "dkeywords"))
        out.append(assign([dself, dargs, dwords] if method else [dargs, dwords], call(back, load(self.namer.cx), load(tape), dy)))
        if method:
            self.give(out, state, plan.args[0], plan.facts[0][1], load(dself), "maybe")
        if star:
            self.give(out, state, args[0], facts[0][1], load(dargs), "maybe")
        else:
            for i, (a, (_, act)) in enumerate(zip(args, facts)):
                self.give(out, state, a, act, subscript(load(dargs), const(i)), "maybe")
        wfacts = plan.facts[len(plan.args):]
        for (k, a), (_, act) in zip(plan.keywords.items(), wfacts):
            self.give(out, state, a, act, call(self.tool("settle"), load(self.namer.cx), clone(a), load(dwords)) if k is None
                      else subscript(load(dwords), const(k)), "maybe")
        self.give_callee(out, state, s, plan, y)
        return fwd, out

    def on_method(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        out: list = []
        y, back, tape, dy = self.begin(s, plan, state, out)
        args = clone(plan.args)
        made = call(self.caller("method", plan), load(self.namer.cx), self.mask(plan.facts), args[0], const(plan.extra),
                    *args[1:])
        fwd = [locate(assign([y, back, tape], made), s)]
        self.receive(out, state, s, y, call(back, load(self.namer.cx), load(tape), dy), plan.args, plan.facts, [])
        return fwd, out
