"""Forward mode: each statement, and then what it does to tangents.

Enters: planned core code, and which parameters have a tangent. Leaves: `f_push(cx, x, ..., x_dot, ...) -> y, y_dot`.

What is known about tangents flows with the code (`tangents`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..analysis.facts import Plan, is_array, is_scalar
from ..ir.build import (
    assign,
    attribute,
    blocks,
    call,
    clone,
    const,
    function,
    if_,
    load,
    locate,
    names,
    statements,
    store,
    try_,
    tuple_,
)
from ..lattice import element
from .pushing import Pushing
from .tangents import State, full, joined

__all__ = ["PushAssembly", "goes_forward"]


def goes_forward(core: Any, kind: Any, has_push: Callable, seen: tuple = ()) -> bool:
    """Whether a function computes with nothing but real numbers, by rules that say their slopes, and a reverse sweep of it would
    need what loops and calls leave behind.

    If it depends on one number only, its derivative is carried along: that takes no record of what happened.
    """
    if kind not in ("f", "i") or core.generator or core.memory or core.free or core.aliases is not None:
        return False
    repeats = bool(seen)
    for s in statements(core.body):
        plan = getattr(s, "plan", None)
        repeats = repeats or isinstance(s, gast.While) or (plan is not None and plan.form in ("loop", "static"))
        if isinstance(s, gast.Try) or (plan is not None and not carries(plan, has_push, (*seen, core))):
            return False
    return repeats


def carries(plan: Plan, has_push: Callable, seen: tuple) -> bool:
    """Whether what a statement does to the tangents of numbers is arithmetic."""
    if plan.form == "loop":
        return plan.extra in ("range", "constant")
    if any(act and kind not in ("f", "i", "b", "k") for kind, act in plan.facts):
        return False
    if plan.form == "static":
        core = plan.f.core
        return core in seen or (core is not None and goes_forward(core, plan.f.kind, has_push, seen))
    if plan.form == "inline":
        return plan.f.form == "elementwise" and (is_scalar(plan.kind) or not plan.act) and not has_push(plan.f.f)
    return plan.form in ("plain", "copy")


class PushAssembly(Pushing):
    """Generates the pushforward of one specialisation."""

    def push(self, suffix: str, must: bool) -> Any:
        """The function; `must`: its result has a tangent even if it depends on no parameter that has one."""
        core = self.core
        state = State({}, {})
        for p, kind, given in zip(core.params, self.kinds if self.optimise else ["o"] * len(self.kinds), self.given):
            state.bind(p, kind, full(kind) if given else None)
        body = self.entry_statements(state)
        end = self.block(core.body, state, body)
        rep = None
        if end is not None:
            if self.changes(core.ret):
                self.refresh(core.ret, self.kind, end, body)
            rep = end.reps.get(core.ret)
            if must:
                body += self.fit(core.ret, rep, full(self.kind), end)
                rep = full(self.kind)
        self.result = rep if rep.__class__ is not tuple else "maybe"
        result = load(self.dot(core.ret)) if rep is not None else const(None)
        body = flattened(body)
        if core.generator:
            body.append(gast.Expr(value=call(self.tool("note_yielded"), load(self.box()), result)))
            body.append(gast.Return(value=load(core.ret)))
        else:
            body.append(gast.Return(value=tuple_([load(core.ret), result])))
        body = self.simplify([*self.prologue(body), *body])
        params = [*([self.box()] if core.generator else []), *core.params, *[self.dot(p) for p in core.params]]
        return self.finish(function(core.name + suffix, [self.namer.cx, *params], body))

    def entry_statements(self, state: State) -> list:
        """The tangents of free variables, and those of parameters that nested functions share."""
        out: list = []
        core = self.core
        plans = [s.plan for s in statements(core.body) if getattr(s, "plan", None) is not None]
        used = {n for p in plans if p.form != "load" for a, (_, act) in zip([*p.args, *p.keywords.values()], p.facts) if act > 1
                for n in names(a)}
        for v in sorted(used & core.free):
            out.append(assign(self.dot(v), call(self.tool("cell_tangent"), self.cx(), load(self.cell(v)))))
            state.bind(v, "o", "maybe")
        for p, given in zip(core.params, self.given):
            if p in core.memory and given:
                out.append(self.do("set_cell_tangent", load(self.cell(p)), load(self.dot(p))))
        arrays = self.outer_arrays()
        if arrays:
            out.append(self.do("refuse_written", *map(load, arrays)))
        return out

    def outer_arrays(self) -> list[str]:
        """The arrays of the module that this function reads, if it does not store into any."""
        if self.core.aliases is not None:
            return []
        plans = [s.plan for s in statements(self.core.body) if getattr(s, "plan", None) is not None]
        return sorted({a.id for p in plans for a, (kind, act) in zip(p.args, p.facts) if isinstance(a, gast.Name) and act
                       and is_array(kind) and a.id not in self.core.local | self.core.free and a.id not in self.namer.helpers})

    def linked_names(self) -> set[str]:
        return {name for name, _ in self.links.values()}

    def along(self, which: int) -> Any:
        """The joint form `f_gradient(cx, ...) -> y, cotangents`, where only the parameter `which`, a number, has one; None if it
        has none either."""
        core = self.core
        state = State({}, {})
        for i, (p, kind) in enumerate(zip(core.params, self.kinds)):
            state.bind(p, kind, full(kind) if i == which else None)
        body = [assign(self.dot(core.params[which]), const(1.0))]
        end = self.block(core.body, state, body)
        if end is None or end.reps.get(core.ret) is None:
            return None
        results = [load(self.dot(core.ret)) if i == which else const(None) for i in range(len(core.params))]
        body = flattened(body)
        body.append(gast.Return(value=tuple_([load(core.ret), tuple_(results)])))
        return self.finish(function(core.name + "_gradient", [self.namer.cx, *core.params], self.simplify(body)))

    # -- blocks -------------------------------------------------------------------------------------------------

    def block(self, body: list, state: State | None, out: list) -> State | None:
        """Append the statements of a block to `out`; returns the state at its end, None if that is not reached."""
        for s in body:
            if state is None:
                break
            made: list = []
            state = self.one(s, state, made)
            if self.tried and state is not None:
                made.append(self.noted(self.tried[-1], state))
            for m in made:
                place(m, s)
            out += made
        return state

    def noted(self, paths: list, state: State) -> list:
        """A place for what fits the tangents here to those where control goes next, which is not known yet."""
        hole: list = []
        paths.append((state.copy(), hole))
        return hole

    def one(self, s: Any, state: State, out: list) -> State | None:
        if isinstance(s, gast.If):
            return self.branch(s, state, out)
        if isinstance(s, (gast.While, gast.For)):
            return self.loop(s, state, out)
        if isinstance(s, gast.Try):
            return self.attempt(s, state, out)
        if isinstance(s, gast.Break):
            out += [self.noted(self.breaks[-1], state), clone(s)]
            return None
        if isinstance(s, gast.Raise):
            out.append(clone(s))
            return None
        plan = getattr(s, "plan", None)
        if isinstance(s, gast.Pass) or plan is None:
            out.append(clone(s))
            return state
        getattr(self, "on_" + plan.form)(s, plan, state, out)
        return state

    def branch(self, s: Any, state: State, out: list) -> State | None:
        then: list = []
        orelse: list = []
        one, two = self.block(s.body, state.copy(), then), self.block(s.orelse, state.copy(), orelse)
        end = joined(one, two)
        if one is not None and two is not None and end is not None:
            then += self.fits(one, end)
            orelse += self.fits(two, end)
        out.append(if_(clone(s.test), then, orelse))
        return end

    def attempt(self, s: Any, start: State, out: list) -> State | None:
        """A `try`: its handler may find the tangents as they are after any statement of the body."""
        clause = s.handlers[0]
        caught: State = start
        while True:
            self.tried.append([])
            body: list = []
            end = self.block(s.body, caught.copy(), body)
            paths = self.tried.pop()
            again = caught
            for state, _ in paths:
                again = joined(again, state) or again
            if again == caught:
                break
            caught = again
        for state, hole in paths:
            hole += [locate(f, s) for f in self.fits(state, caught)]
        if end is not None:
            end = caught.copy()
        two = caught.copy()
        two.bind(clause.name.id, "o", None)
        handler: list = [locate(self.do("check_caught", load(clause.name.id)), s)]
        other = self.block(clause.body, two, handler)
        after = joined(end, other)
        if after is not None:
            body += [] if end is None else self.fits(end, after)
            handler += [] if other is None else self.fits(other, after)
        for f in (*body, *handler):
            place(f, s)
        out += [*self.fits(start, caught), try_(body, clause.name.id, handler, clone(clause.type))]
        return after

    def loop(self, s: Any, start: State, out: list) -> State | None:
        head = start
        while True:
            self.breaks.append([])
            before: list = []
            body: list = []
            inner = head.copy()
            new = self.header(s, inner, before, body) if isinstance(s, gast.For) \
                else gast.While(test=const(True), body=body, orelse=[])
            end = self.block(s.body, inner, body)
            exits = self.breaks.pop()
            again = joined(head, end)
            if isinstance(s, gast.For):     # it may also end where it begins
                for state, _ in exits:
                    again = joined(again, state)
            if again == head or again is None:
                break
            head = again
        if end is not None:
            body += self.fits(end, head)
        after: State | None = head if isinstance(s, gast.For) else None
        for state, _ in exits:
            after = joined(after, state)
        for state, hole in exits:
            if after is not None:
                hole += [locate(f, s) for f in self.fits(state, after)]
        new.body = body or [gast.Pass()]
        out += [*self.fits(start, head), *before, new]
        if exits and isinstance(s, gast.For) and s.plan.extra == "items":
            out.append(locate(gast.Expr(value=call(self.tool("source_left"), self.cx(), load(self.kept(s, "feed")),
                                                   const(s.iter.id in self.core.temporaries()))), s))
        return after

    def header(self, s: Any, state: State, before: list, body: list) -> Any:
        """A `for` loop without its body, which binds the tangent of the loop variable."""
        plan: Plan = s.plan
        target, kind = s.target.id, element(plan.kind)
        goal, items = store(target), clone(s.iter)
        state.bind(target, "i" if plan.extra == "range" else kind, None)
        fixed = plan.extra == "array" and not self.changes(s.iter.id)
        if fixed and self.rep(s.iter, state) is not None:
            self.ready([s.iter], plan.facts, state, before)
            goal = tuple_([goal, store(self.dot(target))], gast.Store())
            items = call("zip", items, self.tangent(s.iter, state))
            state.bind(target, kind, full(kind))
        elif plan.extra in ("items", "list", "zip") or (plan.extra == "array" and not fixed):
            k, feed = self.kept(s, "k"), self.kept(s, "feed")
            before.append(assign(feed, call(self.tool("note_source"), self.cx(), items, self.tangent(s.iter, state))))
            goal, items = tuple_([store(k), goal], gast.Store()), call("enumerate", attribute(load(feed), "items"))
            body.append(assign(self.dot(target), call(self.tool("feed_tangent"), self.cx(), load(feed), load(k))))
            self.bind(body, state, target, kind, "maybe")
        for b in (*before, *body):
            locate(b, s)
        return gast.For(target=goal, iter=items, body=body, orelse=[], type_comment=None)


def place(s: Any, origin: Any) -> None:
    """Give new statements the position of the one that they come from."""
    if isinstance(s, gast.AST) and getattr(s, "lineno", None) is None:
        locate(s, origin)


def flattened(body: list) -> list:
    """Splice in what was put before each `break`."""
    out: list = []
    for s in body:
        if isinstance(s, list):
            out += s
            continue
        for inner in blocks(s):
            inner[:] = flattened(inner)
        out.append(s)
    return out
