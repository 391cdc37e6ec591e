"""The reverse sweep, statement by statement.

Enters: planned core code. Leaves: for each statement a pair of forward and reverse statements, and for each parameter the state
of its cotangent at the end of the reverse sweep.

Pairs are made backwards, from the end of the function, because what is known about cotangents flows that way. The state of a
cotangent variable is one of

    (absent)  no cotangent: the variable is not bound       'num'    a number
    'own'     an array that nobody else holds               'arr'    an array, perhaps shared
    'uni'     what broadcasts to an array: a number, or an      'nums'   a tuple of numbers
              array with axes of length one
    'some'    not None, otherwise unknown                   'maybe'  anything, perhaps None

A reverse statement reads primal variables as they were after its forward statement; the value that a variable had *before* it
is written `x@`. `weave` turns both into saved and restored values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..analysis.plan import Plan, is_array, is_scalar
from ..ir.build import (
    add_to,
    assign,
    assigned,
    attribute,
    binop,
    call,
    clone,
    const,
    ends_in_raise,
    if_,
    load,
    locate,
    statements,
    store,
    subscript,
    tuple_,
    walk,
    written,
)
from ..normalize import Core
from .algebra import is_constant, negative, product
from .templates import substitute

__all__ = ["Attempt", "Branch", "Jump", "Loop", "Pair", "Reverse", "all_scalars", "index_value"]

State = dict[str, str]


class Step:
    """A statement of a block. Where an exception may be caught, it may not have been reached: `ran` and `missed` then fit the
    cotangents of both cases to each other."""

    def __init__(self, origin: Any) -> None:
        self.origin = origin
        self.ran: list = []
        self.missed: list = []


class Pair(Step):
    """A simple statement: forward statements and reverse statements; `check` follows when the statement counts as done."""

    def __init__(self, origin: Any, fwd: list, rev: list, check: list) -> None:
        super().__init__(origin)
        self.fwd, self.rev, self.check = fwd, rev, check
        self.first = False          # whether it counts as done when it begins
        for s in [*fwd, *check]:
            locate(s, origin)
        for s in rev:
            for n in statements([s]):
                locate(n, origin)


class Branch(Step):
    """An `if`; the tails fit the cotangents of one branch to those of the other."""

    def __init__(self, origin: Any, then: list, orelse: list, then_tail: list, orelse_tail: list,
                 dead: tuple[bool, bool]) -> None:
        super().__init__(origin)
        self.then, self.orelse = then, orelse
        self.then_tail, self.orelse_tail, self.dead = then_tail, orelse_tail, dead


class Loop(Step):
    """A loop: its body, what precedes the reverse loop, what ends each of its iterations, and what follows it."""

    def __init__(self, origin: Any, body: list, before: list, tail: list, after: list, item: list) -> None:
        super().__init__(origin)
        self.body, self.before, self.tail, self.after = body, before, tail, after
        self.item = item


class Attempt(Step):
    """A `try`; the tails fit the cotangents after the handler to those without it."""

    def __init__(self, origin: Any, body: list, handler: list, taken_tail: list, other_tail: list) -> None:
        super().__init__(origin)
        self.body, self.handler, self.taken_tail, self.other_tail = body, handler, taken_tail, other_tail


class Jump(Step):
    """`break` or `raise`."""


def joined(a: str | None, b: str | None) -> str | None:
    if a == b:
        return a
    pair = {a, b}
    if pair == {None, "num"}:
        return "num"
    if "uni" in pair:  # it is filled up to an array
        pair = (pair - {"uni"}) | {"own"}
    if pair <= {"own", "arr"}:
        return "arr" if "arr" in pair else "own"
    if "nums" in pair and None not in pair and "maybe" not in pair:
        return "some"
    return "maybe" if None in pair or "maybe" in pair else "some"


class Reverse:
    """Makes the pairs of one function.

    Parameters
    ----------
    core : planned core code
    tools : the runtime functions that generated code calls
    templates : callable from a rule's lambda to its Template
    functional : write no in-place updates (this form is the one that can be differentiated again)
    checked : look at each cotangent, and raise where one is infinite or not a number
    """

    def __init__(self, core: Core, tools: Any, templates: Callable, links: dict, *, functional: bool = False,
                 optimise: bool = True, checked: bool = False) -> None:
        self.checked = checked
        self.core, self.tools, self.templates, self.links = core, tools, templates, links
        self.namer, self.functional, self.optimise = core.namer, functional, optimise
        self.uses_context = False
        self.region = core.generator
        self.aliases = core.aliases

    # -- blocks -------------------------------------------------------------------------------------------------

    def block(self, body: list, state: State) -> list:
        pairs = [self.step(s, state) if self.region else self.pair(s, state) for s in reversed(body)]
        pairs.reverse()
        return pairs

    def step(self, s: Any, state: State) -> Any:
        """A statement that may not have been reached, because an exception was caught."""
        one = dict(state)
        p = self.pair(s, one)
        for v in sorted({*one, *state}):
            rep = joined(one.get(v), state.get(v))
            p.ran += self.fit(v, one.get(v), rep)
            p.missed += self.fit(v, state.get(v), rep)
            state[v] = rep  # type: ignore[assignment]
        return p

    def pair(self, s: Any, state: State) -> Any:
        if isinstance(s, gast.Try):
            return self.attempt(s, state)
        if isinstance(s, gast.If):
            return self.branch(s, state)
        if isinstance(s, (gast.While, gast.For)):
            return self.loop(s, state)
        if isinstance(s, (gast.Break, gast.Raise)):
            return Jump(s)
        if isinstance(s, gast.Pass):
            return Pair(s, [], [], [])
        plan = getattr(s, "plan", None)
        if plan is None:  # never reached
            return Pair(s, [s], [], [])
        fwd, rev = getattr(self, "on_" + plan.form)(s, plan, state)
        if self.checked:
            rev += self.checks(rev, state)
        p = Pair(s, fwd, rev, [self.raise_again()] if plan.attempt else [])
        p.first = plan.form == "yield"
        return p

    def checks(self, rev: list, state: State) -> list:
        """Calls that look at the cotangents which reverse statements speak of."""
        spoken = {n.id for s in rev for n in gast.walk(s) if isinstance(n, gast.Name)}
        return [gast.Expr(value=call(self.tool("check_finite"), load(self.d(v)), const(v if v in self.core.user else None)))
                for v in sorted(state) if self.d(v) in spoken]

    def raise_again(self) -> Any:
        """What a callee raised is raised when the call counts as done, so that the reverse sweep undoes what the callee did."""
        failed = gast.Compare(left=attribute(load(self.namer.cx), "failure"), ops=[gast.IsNot()], comparators=[const(None)])
        return if_(failed, [gast.Expr(value=call(self.tool("raise_failure"), load(self.namer.cx)))])

    def attempt(self, s: Any, state: State) -> Attempt:
        clause, outer = s.handlers[0], self.region
        if not s.recovers:  # who comes here raises, and there is no derivative
            handler = self.block(clause.body, {})
            return Attempt(s, self.block(s.body, state), handler, [], [])
        one, two = dict(state), dict(state)
        handler = self.block(clause.body, one)
        one.pop(clause.name.id, None)
        tails: tuple[list, list] = ([], [])
        state.clear()
        for v in sorted({*one, *two}):
            rep = joined(one.get(v), two.get(v))
            for side, tail in zip((one, two), tails):
                tail += self.fit(v, side.get(v), rep)
            state[v] = rep  # type: ignore[assignment]
        self.region = True
        body = self.block(s.body, state)
        self.region = outer
        self.uses_context = True
        return Attempt(s, body, handler, *tails)

    def branch(self, s: Any, state: State) -> Branch:
        one, two = dict(state), dict(state)
        then, orelse = self.block(s.body, one), self.block(s.orelse, two)
        dead = (False, False) if self.region else (ends_in_raise(s.body), ends_in_raise(s.orelse))
        state.clear()
        if dead[0] or dead[1]:
            state.update(two if dead[0] else one)
            return Branch(s, then, orelse, [], [], dead)
        tails: tuple[list, list] = ([], [])
        for v in sorted({*one, *two}):
            rep = joined(one.get(v), two.get(v))
            assert rep is not None
            for side, tail in zip((one, two), tails):
                tail += self.fit(v, side.get(v), rep)
            state[v] = rep
        return Branch(s, then, orelse, *tails, dead)

    def fit(self, v: str, old: str | None, new: str | None) -> list:
        """Statements that bring the cotangent of `v` from one state to another."""
        if old == "uni" and new != "uni":
            return [assign(self.d(v), call(self.tool("filled"), load(self.d(v)), load(v)))]
        if old is None and new is not None:
            return [assign(self.d(v), const(0.0 if new == "num" else None))]
        return []

    def loop(self, s: Any, state: State) -> Loop:
        start, entered = dict(state), dict(state)
        before: list = []
        for v in sorted(self.buffers(s)):
            if start.get(v) != "own" and v in self.core.local and not self.functional:
                before.append(self.own(v, start.get(v)))
                start[v] = "own"
        for attempt in (0, 1):
            head = dict(start)
            for _ in range(20):
                end = dict(head)
                item: list = []
                body = self.block(s.body, end)
                after: list = []
                if isinstance(s, gast.For):
                    self.item(s, end, item, after)
                new = {v: joined(head.get(v), end.get(v)) for v in {*head, *end}}
                if new == head:
                    break
                head = new  # type: ignore[assignment]
            summed = [v for v in sorted(head) if head[v] == "maybe" and start.get(v) is None
                      and end.get(v) in ("own", "arr", "some")
                      and self.invariant(s, v)]
            if attempt or not summed:
                break
            for v in summed:  # what each iteration adds to is one buffer
                before.append(self.own(v, None))
                start[v] = "own"
        tail: list = []
        for v in sorted(head):
            before += self.fit(v, start.get(v), head[v])
            tail += self.fit(v, end.get(v), head[v])
        state.clear()
        state.update(head)
        if isinstance(s, gast.For) and s.plan.extra == "items" and item:
            after = self.after_items(s, state)
            first: list = []
            self.spill(first, entered)
            before[:0] = [*first, gast.Expr(value=call(self.tool("feed_back"), load(self.namer.cx), load(s.feed)))]
        return Loop(s, body, before, tail, after, item)

    def invariant(self, s: Any, v: str) -> bool:
        """Whether v is known to be a real array, and the loop does not rebind it."""
        if self.functional or v not in self.core.local or v in assigned([s]):
            return False
        kinds = {k for b in statements(s.body) if getattr(b, "plan", None) is not None
                 for a, (k, _) in zip([*b.plan.args, *b.plan.keywords.values()], b.plan.facts)
                 if isinstance(a, gast.Name) and a.id == v}
        return bool(kinds) and all(is_array(k) and k[0] == "a" for k in kinds)

    def buffers(self, s: Any) -> set[str]:
        """Arrays of which the loop reads elements: their cotangents are added up in one buffer."""
        inside = assigned([s])
        found = set()
        for b in statements([s]):
            plan = getattr(b, "plan", None)
            if plan is not None and plan.simple and self.private(plan.args[0].id):
                v = plan.args[0].id
                found.add(self.aliases.views[v][0] if v in self.aliases.views else v)
            elif plan is not None and (plan.form == "index" or (plan.form == "loop" and plan.extra == "array")) \
                    and plan.facts[0][1] == 2 \
                    and isinstance(plan.args[0], gast.Name) and plan.args[0].id not in inside and plan.facts[0][0][0] in "an":
                found.add(plan.args[0].id)
        return found

    def item(self, s: Any, state: State, out: list, after: list) -> str | None:
        """The reverse of binding the loop variable; returns the name of the iteration's number if it is needed."""
        plan: Plan = s.plan
        target = s.target.id
        rep = state.pop(target, None)
        if rep == "uni":
            out += self.fit(target, "uni", "own")
            rep = "own"
        if plan.extra in ("range", "constant"):
            return None
        if plan.extra == "array":
            if rep is None:
                return None
            k: Any = self.keep(s, "k", "k")
            s.counter = k
            index = load(k)
            self.consume(rep, target, state, out,
                         lambda o, st: self.add_element(o, st, s, s.iter, index, self.d(target), True))
            return k
        k = getattr(s, "counter", None)
        if k is None:
            k = s.counter = self.keep(s, "k", "k")
            s.feed = self.keep(s, "feed", "feed")
        self.uses_context = True
        if rep is not None or plan.act == 2:
            dy = load(self.d(target)) if rep is not None else const(None)
            if rep is not None:
                self.release(out, target, rep)
            self.spill(out, state)
            out.append(gast.Expr(value=call(self.tool("feed_item"), load(self.namer.cx), load(s.feed), load(k), dy,
                                            *([const(True)] if self.aliases is not None else []))))
        return k

    def after_items(self, s: Any, state: State) -> list:
        out: list = []
        value = call(self.tool("feed_done"), load(self.namer.cx), load(s.feed))
        self.give(out, state, s.iter, max(s.plan.act, 1), value, "maybe")
        return out

    # -- cotangents ---------------------------------------------------------------------------------------------

    def d(self, v: str) -> str:
        return self.namer.cotangent(v)

    def tool(self, name: str) -> Any:
        return load(self.namer.helper(getattr(self.tools, name), name))

    def consume(self, rep: str, y: str, state: State, out: list, build: Callable[[list, State], None]) -> None:
        """Run `build` for the cotangent of y, under a test if it may be None."""
        if rep != "maybe":
            build(out, state)
            return
        inner: list = []
        one = dict(state)
        build(inner, one)
        self.guard(out, state, gast.Compare(left=load(self.d(y)), ops=[gast.IsNot()], comparators=[const(None)]), inner, one)

    def guard(self, out: list, state: State, test: Any, inner: list, one: State) -> None:
        """Put `inner`, which leads to the state `one`, under a test."""
        if not inner:
            return
        other: list = []
        for v in sorted({*one, *state}):
            rep = joined(one.get(v), state.get(v))
            inner += self.fit(v, one.get(v), rep)
            other += self.fit(v, state.get(v), rep)
            state[v] = rep  # type: ignore[assignment]
        out.append(if_(test, inner, other))

    def give(self, out: list, state: State, x: Any, act: int, value: Any, rep: str) -> None:
        """Add a contribution to the cotangent of the operand x."""
        if not isinstance(x, gast.Name) or act == 0 or x.id in self.namer.helpers:
            return
        if act == 1:
            inner: list = []
            one = dict(state)
            self.put(inner, one, x.id, value, rep)
            self.uses_context = True
            self.guard(out, state, attribute(load(self.namer.cx), "tracked"), inner, one)
        else:
            self.put(out, state, x.id, value, rep)

    def put(self, out: list, state: State, v: str, value: Any, rep: str) -> None:
        dv, old = self.d(v), state.get(v)
        if old is None:
            out.append(assign(dv, value))
            state[v] = rep
        elif old == rep == "uni":
            out.append(accumulate(dv, value))
        elif "uni" in (old, rep):
            if {old, rep} <= {"uni", "own", "arr"}:
                out.append(assign(dv, negative_sum(load(dv), value)))
                state[v] = "own"
            else:
                if old == "uni":
                    out += self.fit(v, "uni", "own")
                else:
                    value = call(self.tool("filled"), value, load(v))
                out.append(assign(dv, call(self.tool("add"), load(dv), value)))
                state[v] = "some"
        elif old == "num" and rep == "num":
            out.append(accumulate(dv, value))
        elif old == "own" and getattr(value, "into", None) is not None:
            f, args = value.into
            out.append(gast.Expr(value=call(load(self.namer.helper(f)), load(dv), *args)))
        elif old == "own" and rep in ("own", "arr") and not self.functional:
            out.append(accumulate(dv, value))
        elif old in ("own", "arr") and rep in ("own", "arr"):
            out.append(assign(dv, negative_sum(load(dv), value)))
            state[v] = "own"
        else:
            out.append(assign(dv, call(self.tool("add"), load(dv), value)))
            state[v] = "nums" if old == rep == "nums" else "some" if {old, rep} - {"maybe"} else "maybe"

    def exposed(self, v: str) -> bool:
        """Whether v may name an array that other code, or a store of this function, writes to."""
        return self.aliases is not None and v not in self.namer.helpers and self.aliases.reachable(v) and not self.private(v)

    def private(self, v: str) -> bool:
        """Whether v names an array that only this function writes to, so that undoing it is written out."""
        return self.aliases is not None and not self.functional and self.aliases.is_private(v)

    def if_written(self, out: list, body: list) -> None:
        if body:
            self.uses_context = True
            out.append(if_(attribute(load(self.namer.cx), "written"), body))

    def spill(self, out: list, state: State) -> None:
        """Before stores are undone: what variables carry for arrays that were stored into belongs into memory."""
        self.if_written(out, [assign(self.d(v), call(self.tool("spill"), load(self.namer.cx), load(v), load(self.d(v))))
                              for v in sorted(state) if state[v] not in ("num", "nums") and self.exposed(v)])

    def release(self, out: list, y: str, rep: str | None) -> None:
        """The cotangent of y is handed on to a slot: that of an array which was stored into goes to memory."""
        if rep not in (None, "num", "nums") and self.exposed(y):
            d = self.d(y)
            self.if_written(out, [assign(d, call(self.tool("deliver"), load(self.namer.cx), load(y), load(d)))])

    def claim(self, out: list, y: str, rep: str | None) -> None:
        """Where y is bound: what memory holds for it belongs to the variable."""
        if rep not in (None, "num", "nums") and self.exposed(y):
            d = self.d(y)
            self.if_written(out, [assign(d, call(self.tool("claim"), load(self.namer.cx), load(y), load(d)))])

    def own(self, v: str, old: str | None) -> Any:
        """Make the cotangent of an array a buffer of its own."""
        if old is None:
            return assign(self.d(v), call(self.tool("zeros"), load(v)))
        return assign(self.d(v), call(self.tool("filled" if old == "uni" else "owned"), load(self.d(v)), load(v)))

    # -- what all forms share -----------------------------------------------------------------------------------

    def cotangent(self, s: Any, state: State, out: list | None = None) -> tuple[str, str | None]:
        """The variable that a statement binds, and the state of its cotangent, which is taken from it; filled up, unless `out`
        is None."""
        y = s.target.id if isinstance(s, gast.AugAssign) else s.targets[0].id
        rep = state.pop(y, None)
        if rep == "uni" and out is not None:
            out += self.fit(y, "uni", "own")
            rep = "own"
        return y, rep

    def pre(self, node: Any, y: str) -> Any:
        """Operands that the statement overwrites are read as they were before it."""
        for n in walk(node):
            if isinstance(n, gast.Name) and n.id == y:
                n.id = y + "@"
        return node

    def native(self, s: Any) -> Any:
        return clone(s)

    # -- simple forms -------------------------------------------------------------------------------------------

    def on_plain(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        for v in written(s):
            state.pop(v, None)
        return [self.native(s)], []

    def on_copy(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        y, rep = self.cotangent(s, state)
        out: list = []
        if rep is not None:
            self.consume(rep, y, state, out,
                         lambda o, st: self.give(o, st, plan.args[0], plan.act, load(self.d(y)),
                                                 "some" if rep == "maybe" else rep))
        return [self.native(s)], out

    def on_load(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        out: list = []
        y, rep = self.cotangent(s, state, out)
        v = plan.args[0].id
        if rep is not None:
            self.uses_context = True
            self.release(out, y, rep)
            out.append(gast.Expr(value=call(self.tool("cell_add"), load(self.namer.cx), load(self.cell(v)), load(self.d(y)))))
        return [self.native(s)], out

    def cell(self, v: str) -> str:
        if v not in self.core.cells:
            self.core.cells[v] = self.namer.fresh(v + "_cell")
        return self.core.cells[v]

    def on_store(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """A captured variable is bound: its cotangent has been added up in the record of its cell."""
        v = s.targets[0].id
        self.uses_context = True
        out: list = []
        fwd = [self.native(s)]
        if v in self.core.nonlocals:
            note = call(self.tool("track"), load(self.namer.cx), load(self.cell(v)), const(bool(plan.act)))
            fwd.insert(0, gast.Expr(value=note))
        take = call(self.tool("cell_take"), load(self.namer.cx), load(self.cell(v)))
        if plan.act and isinstance(s.value, gast.Name):
            d = self.namer.fresh("d" + v)
            out.append(assign(d, take))
            self.give(out, state, s.value, 2, load(d), "maybe")
        else:
            out.append(gast.Expr(value=take))
        return fwd, out

    # -- inlined rules ------------------------------------------------------------------------------------------

    def swift(self, s: Any, plan: Plan) -> Any:
        """The forward statement, with a function that does the same for real arrays sooner."""
        rule = plan.f
        if rule.swift is None or self.functional or not isinstance(s, gast.Assign) or not is_array(plan.facts[0][0]) \
                or plan.facts[0][0][0] != "a":
            return self.native(s)
        t = self.templates(rule.swift)
        bound = None if t is None else t.bind(clone(plan.args), clone_values(plan.keywords), 0)
        if bound is None:
            return self.native(s)
        new = self.native(s)
        new.value = substitute(t, t.body, bound, self.namer)
        return new

    def on_inline(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        y, rep = self.cotangent(s, state)
        out: list = []
        if rep is None:
            return [self.swift(s, plan)], out

        claimed = self.exposed(y) and rep not in ("num", "nums")
        if claimed and rep == "uni":
            out += self.fit(y, "uni", "own")
            rep = "own"
        if claimed:
            self.claim(out, y, rep)

        def build(o: list, st: State) -> None:
            own: list[tuple[Any, str]] = []
            if rep == "uni" and not self.takes_uniform(plan):
                o += self.fit(y, "uni", "own")
            gifts = self.contributions(plan, y, "some" if rep == "maybe" else rep)
            aliases = [g for g in gifts if isinstance(g[2], gast.Name) and g[2].id == self.d(y) and g[1] == 2]
            if len(aliases) == 1 and rep == "own" and not plan.keywords:  # the cotangent itself is handed on, last
                alias = aliases[0]
                gifts = [g for g in gifts if g is not alias] + [(*alias[:3], "own")]
            for x, act, value, vrep in gifts:
                if isinstance(x, gast.Name) and x.id == y:  # x = f(x): one assignment replaces the cotangent
                    own.append((value, vrep))
                else:
                    self.give(o, st, x, act, value, vrep)
            if own:
                value, vrep = own[0]
                for other, orep in own[1:]:
                    value = negative_sum(value, other) if vrep == orep == "num" else call(self.tool("add"), value, other)
                    vrep = vrep if vrep == orep == "num" else "some"
                o.append(assign(self.d(y), value))
                st[y] = vrep

        self.consume(rep, y, state, out, build)
        return [self.swift(s, plan)], out

    def takes_uniform(self, plan: Plan) -> bool:
        """Whether the parts of a rule can work with one number for a whole array."""
        rule = plan.f
        if any(is_array(k) and k[0] != "a" for k, _ in plan.facts) or "z" in [k for k, _ in plan.facts]:
            return False
        if rule.form == "elementwise":
            return True
        part = rule.parts[0]
        if part is None or (len(plan.args) > 1 and rule.form == "rule" and any(a for _, a in plan.facts[1:])):
            return False
        body = self.templates(part).body
        return isinstance(body, gast.Call) and isinstance(body.func, gast.Name) and body.func.id == "expand"

    def contributions(self, plan: Plan, y: str, rep: str) -> list:
        """(operand, activity, cotangent expression, state) for each active operand of an inlined rule."""
        rule = plan.f
        atoms = [*plan.args, *plan.keywords.values()]
        places = rule.places(len(plan.args), plan.keywords)
        found = []
        for i, (x, (kind, act)) in enumerate(zip(atoms, plan.facts)):
            if not act or not isinstance(x, gast.Name) or kind in ("k", "b"):
                continue
            dy = load(self.d(y))
            j = places[i]
            if rule.form == "elementwise":
                t = self.templates(rule.parts[0])
                body = t.body.elts[j] if isinstance(t.body, gast.Tuple) else t.body
                if isinstance(body, gast.Constant) and (body.value is None or body.value == 0):
                    continue
                bound = t.bind(self.before(plan.args, y), {k: self.before([v], y)[0] for k, v in plan.keywords.items()}, 1)
                assert bound is not None
                bound[t.params[0]] = load(y)
                scalar = all(is_scalar(k) or k == "k" for k, _ in plan.facts)
                p = substitute(t, body, bound, self.namer, self.tools.IDENTITIES if scalar else {})
                found.append((x, act, *self.elementwise(plan, i, dy, p, rep, y)))
                continue
            if rule.form == "linear":
                if j:
                    continue
                t, skip = self.templates(rule.parts[0]), 1
            elif tuple(k for k, _ in plan.facts) in rule.variants and not plan.keywords:
                t, skip = self.templates(rule.variants[tuple(k for k, _ in plan.facts)][i]), 2
                bound = t.bind(self.before(plan.args, y), {}, skip)
                assert bound is not None
                bound[t.params[0]], bound[t.params[1]] = dy, load(y)
                value = substitute(t, t.body, bound, self.namer)
                if is_array(kind) and not self.functional and self.is_uniform(value, rep):
                    found.append((x, act, self.repeated(value, kind, rep), "uni"))
                else:
                    found.append((x, act, value, "num" if is_scalar(kind) else "own"))
                continue
            else:
                if j >= len(rule.parts) or rule.parts[j] is None:
                    continue
                t, skip = self.templates(rule.parts[j]), 2
            bound = t.bind(self.before(plan.args, y), {k: self.before([v], y)[0] for k, v in plan.keywords.items()}, skip)
            assert bound is not None
            bound[t.params[0]] = dy
            if skip == 2:
                bound[t.params[1]] = load(y)
            value = substitute(t, t.body, bound, self.namer,
                               self.tools.IDENTITIES if kind in ("f", "i") and plan.kind in ("f", "i") else {})
            if isinstance(value, gast.Constant) and value.value is None:
                continue
            if is_array(kind) and kind[0] == "a" and not self.functional and self.is_uniform(value, rep):
                found.append((x, act, self.repeated(value, kind, rep), "uni"))
                continue
            if rule.into is not None and len(plan.args) == 1 and not plan.keywords and not self.functional and kind[0] == "a":
                value.into = (rule.into, [load(self.d(y)), load(y), *self.before(plan.args, y)])
            found.append((x, act, value,
                          "num" if is_scalar(kind) else "own" if isinstance(value, (gast.BinOp, gast.UnaryOp)) else "arr"))
        return found

    def is_uniform(self, value: Any, rep: str) -> bool:
        """Whether a cotangent is one number, or an array with an axis of length one, repeated to the shape of an array."""
        if not (isinstance(value, gast.Call) and isinstance(value.func, gast.Name) and len(value.args) == 4
                and self.namer.helpers.get(value.func.id) is self.tools.expand):
            return False
        axis, keepdims = value.args[2:]
        if not isinstance(axis, gast.Constant) or not isinstance(keepdims, gast.Constant):
            return False
        if rep == "num":
            return axis.value is None and not keepdims.value
        return rep in ("own", "arr", "uni") and (bool(keepdims.value) or type(axis.value) is int)

    def repeated(self, value: Any, kind: Any, rep: str) -> Any:
        """What is repeated, with the axis of length one in its place."""
        d, _, axis, keepdims = value.args
        if rep in ("num", "uni") or keepdims.value or (axis.value % kind[1] == 0 and kind[1] == 2):
            return d
        return call(self.tool("lift"), d, const(kind[1]), axis)

    def before(self, atoms: list, y: str) -> list:
        return [self.pre(clone(a), y) for a in atoms]

    def elementwise(self, plan: Plan, i: int, dy: Any, p: Any, rep: str, y: str) -> tuple[Any, str]:
        """`dy * p`, summed to the shape of the operand."""
        kinds = [k for k, _ in plan.facts]
        kind = kinds[i]
        x = self.before([plan.args[i]], y)[0]
        if any(k == "z" or (is_array(k) and k[0] == "c") for k in (*kinds, plan.kind)) or plan.kind == "o":
            if not is_constant(p):
                known = is_scalar(plan.kind) or (is_array(plan.kind) and not isinstance(p, gast.Call))
                p = call(attribute(p, "conjugate")) if known else call(self.tool("conjugate"), p)
            value = call(self.tool("unbroadcast"), product(dy, p), x)
            return value, "num" if is_scalar(kind) else "arr"
        value = product(dy, p)
        alias = value is dy
        if rep == "uni":
            return self.uniform(plan, i, kinds, value, p, x, y)
        if all(is_scalar(k) or k == "k" for k in kinds):
            return value, "num"
        arrays = [k for k in kinds if is_array(k)]
        if is_array(kind) and (len(arrays) == 1 or i in plan.fits):
            return value, ("arr" if alias else "own")
        minus = isinstance(value, gast.UnaryOp) and isinstance(value.op, gast.USub)
        value = call(self.tool("unbroadcast"), value.operand if minus else value, x)
        if minus:  # fewer numbers to negate
            return negative(value), "num" if is_scalar(kind) else "own"
        return value, "num" if is_scalar(kind) else "arr"

    def uniform(self, plan: Plan, i: int, kinds: list, value: Any, p: Any, x: Any, y: str) -> tuple[Any, str]:
        """As `elementwise`, for a cotangent that is one number."""
        kind = kinds[i]
        arrays = [k for k in kinds if is_array(k)]
        varies = bool({n.id.rstrip("@") for n in gast.walk(p) if isinstance(n, gast.Name)} & (
            {a.id for a, k in zip(plan.args, kinds) if isinstance(a, gast.Name) and is_array(k)} | {y}))
        if is_array(kind) and (len(arrays) == 1 or i in plan.fits):
            if varies and any(isinstance(n, gast.Call) and isinstance(n.func, gast.Name)
                              and id(self.namer.helpers.get(n.func.id)) in self.tools.IDENTITIES
                              for n in gast.walk(p)):
                return call(self.tool("scaled"), load(self.d(y)), unwrapped(p, self.namer.helpers, self.tools.IDENTITIES)), "own"
            return value, "own" if varies else "uni"
        full = call(self.tool("spread"), value, load(y))
        return call(self.tool("unbroadcast"), full, x), "num" if is_scalar(kind) else "arr"

    # -- calls --------------------------------------------------------------------------------------------------

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
            return [self.native(s)], []
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

    def keep(self, s: Any, field: str, hint: str) -> str:
        """A name that stays the same when a statement is transformed again (loops are, until states settle)."""
        names = s.__dict__.setdefault("kept", {})
        if field not in names:
            names[field] = self.namer.fresh(hint)
        return names[field]

    def receive(self, out: list, state: State, s: Any, y: str, value: Any, args: list, facts: list, reps: list) -> None:
        """Unpack the cotangents that a pullback returns, and give each to its operand."""
        targets, gifts = [], []
        for i, (a, (_, act)) in enumerate(zip(args, facts)):
            rep = reps[i] if i < len(reps) else "maybe"
            parts = a.elts if isinstance(a, gast.Tuple) else [a]
            if rep is None or not act or not any(isinstance(p, gast.Name) and p.id not in self.namer.helpers for p in parts):
                targets.append("_")
                continue
            name = self.keep(s, f"d{i}", "d" + (a.id if isinstance(a, gast.Name) else "args"))
            targets.append(name)
            gifts.append((a, act, name, rep))
        if not targets:
            out.append(gast.Expr(value=value))
            return
        if not gifts:
            out.append(gast.Expr(value=value))
            return
        out.append(assign(targets, value))
        for a, act, name, rep in gifts:
            if isinstance(a, gast.Tuple):
                inner: list = []
                one = dict(state)
                for j, part in enumerate(a.elts):
                    self.give(inner, one, part, act, subscript(load(name), const(j)), "maybe")
                self.guard(out, state, gast.Compare(left=load(name), ops=[gast.IsNot()], comparators=[const(None)]), inner, one)
            else:
                self.give(out, state, a, act, load(name), rep)

    def mask(self, facts: list) -> Any:
        """Which arguments are active; without optimisation, all that are no constants."""
        least = 2 if self.optimise else 1
        bits = sum(1 << i for i, (_, act) in enumerate(facts) if act >= least)
        return const(bits if not facts or any(act < least for _, act in facts) else -1)

    def caller(self, tool: str, plan: Plan) -> Any:
        return self.tool("try_" + tool if plan.attempt else tool)

    def on_call(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """A callee that is known only at run time."""
        out: list = []
        if plan.simple and self.private(plan.args[0].id):
            v = plan.args[0].id
            return self.put_part(s, plan, state, *self.aliases.views.get(v, (v, None)))
        y, rep = self.cotangent(s, state, out)
        if not plan.claims:
            self.claim(out, y, rep)
        if not plan.quiet:
            self.spill(out, state)
        back, tape = self.keep(s, "back", y + "_back"), self.keep(s, "tape", y + "_tape")
        if isinstance(s, gast.AugAssign):
            f: Any = load(self.namer.helper(plan.f))
        elif isinstance(s.value, gast.Call) and plan.extra != "method":
            f = clone(s.value.func)
        else:
            f = load(self.namer.helper(plan.f))
        self.uses_context = True
        fwd = [locate(assign([y, back, tape],
                             call(self.caller("call", plan), load(self.namer.cx), self.mask(plan.facts), f,
                                  *clone(plan.args))), s)]
        dy = load(self.d(y)) if rep is not None else const(None)
        self.receive(out, state, s, y, call(back, load(self.namer.cx), load(tape), dy), plan.args, plan.facts, [])
        return fwd, out

    def on_callx(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """A call with keywords, or with `*args` and `**kwargs`."""
        f = load(self.namer.helper(plan.f)) if plan.extra == "method" else clone(s.value.func)
        return self.general(s, plan, state, "callx", [f], plan.args, plan.facts[:len(plan.args)])

    def on_methodx(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        return self.general(s, plan, state, "methodx", [clone(plan.args[0]), const(plan.extra)], plan.args[1:],
                            plan.facts[1:len(plan.args)])

    def general(self, s: Any, plan: Plan, state: State, tool: str, first: list, args: list, facts: list) -> tuple[list, list]:
        out: list = []
        y, rep = self.cotangent(s, state, out)
        if not plan.claims:
            self.claim(out, y, rep)
        if not plan.quiet:
            self.spill(out, state)
        back, tape = self.keep(s, "back", y + "_back"), self.keep(s, "tape", y + "_tape")
        star = any(isinstance(a, gast.Starred) for a in s.value.args)
        double = None in plan.keywords
        method = tool == "methodx"
        self.uses_context = True
        packed = clone(args[0]) if star else tuple_(clone(args))
        words = clone(plan.keywords[None]) if double else gast.Dict(keys=[const(k) for k in plan.keywords],
                                                                    values=clone(list(plan.keywords.values())))
        if star or double:
            mask = const(-1 if any(a for _, a in plan.facts) else 0)
        else:
            mask = self.mask(plan.facts)
        made = call(self.caller(tool, plan), load(self.namer.cx), mask, *first, packed, words)
        fwd = [locate(assign([y, back, tape], made), s)]
        dy = load(self.d(y)) if rep is not None else const(None)
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
        return fwd, out

    def on_method(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        out: list = []
        y, rep = self.cotangent(s, state, out)
        self.claim(out, y, rep)
        self.spill(out, state)
        back, tape = self.keep(s, "back", y + "_back"), self.keep(s, "tape", y + "_tape")
        self.uses_context = True
        args = clone(plan.args)
        made = call(self.caller("method", plan), load(self.namer.cx), self.mask(plan.facts), args[0], const(plan.extra),
                    *args[1:])
        fwd = [locate(assign([y, back, tape], made), s)]
        dy = load(self.d(y)) if rep is not None else const(None)
        self.receive(out, state, s, y, call(back, load(self.namer.cx), load(tape), dy), plan.args, plan.facts, [])
        return fwd, out

    # -- loads and stores ---------------------------------------------------------------------------------------

    def on_getattr(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        return self.loading(s, plan, state, "load_attribute", const(plan.extra))

    def on_getitem(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        return self.loading(s, plan, state, "load_item", index_value(s.value.slice))

    def loading(self, s: Any, plan: Plan, state: State, tool: str, key: Any) -> tuple[list, list]:
        out: list = []
        y, rep = self.cotangent(s, state, out)
        back, tape = self.keep(s, "back", y + "_back"), self.keep(s, "tape", y + "_tape")
        self.uses_context = True
        fwd = [locate(assign([y, back, tape], call(self.tool(tool), load(self.namer.cx), clone(plan.args[0]), key)), s)]
        dy = load(self.d(y)) if rep is not None else const(None)
        value, x = call(back, load(self.namer.cx), load(tape), dy), plan.args[0]
        if isinstance(x, gast.Name) and x.id not in self.core.local:   # its record gets its share in any case
            name = self.keep(s, "d0", "d" + x.id)
            out.append(assign(name, value))
            value = load(name)
        elif not isinstance(x, gast.Name):
            out.append(gast.Expr(value=value))
        self.give(out, state, x, plan.act, value, "maybe")
        return fwd, out

    def on_index(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """An element or a part of an array."""
        out: list = []
        y, rep = self.cotangent(s, state, out)
        if not plan.extra:      # a copy, not a view
            self.claim(out, y, rep)
        if rep is not None:
            index = self.pre(clone(s.value.slice), y)
            self.consume(rep, y, state, out,
                         lambda o, st: self.add_element(o, st, s, self.pre(clone(plan.args[0]), y), index, self.d(y),
                                                        plan.extra))
        return [self.native(s)], out

    def add_element(self, out: list, state: State, s: Any, x: Any, index: Any, dy: str, basic: bool) -> None:
        kind, act = s.plan.facts[0]
        v = x.id.rstrip("@")
        # In `x = x[i]` the buffer for x would take the name of what is to be added to it.
        if act == 1 or self.functional or kind[0] == "c" or v not in self.core.local or self.d(v) == dy:
            self.give(out, state, load(v), act, call(self.tool("ungetitem"), load(dy), clone(x), index_value(index)),
                      "own" if kind[0] == "a" else "arr")
            return
        if state.get(v) != "own":
            own = self.own(v, state.get(v))
            for n in gast.walk(own.value):
                if isinstance(n, gast.Name) and n.id == v:
                    n.id = x.id
            out.append(own)
            state[v] = "own"
        place = gast.Subscript(value=load(self.d(v)), slice=clone(index), ctx=gast.Store())
        if basic and has_slice(index):     # adding to a view is one store less than `dx[a:b] += dy`
            part = self.keep(s, "part", "part")
            out.append(assign(part, subscript(load(self.d(v)), clone(index))))
            out.append(accumulate(part, load(dy)))
        elif basic:
            out.append(gast.AugAssign(target=place, op=gast.Add(), value=load(dy)))
        else:
            out.append(gast.Expr(value=call(self.tool("add_at"), load(self.d(v)), index_value(index), load(dy))))

    def on_element(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """A constant element of a tuple of known length."""
        out: list = []
        y, rep = self.cotangent(s, state, out)
        if rep is not None:
            n = len(plan.facts[0][0]) - 1
            full = all(is_scalar(k) for k in plan.facts[0][0][1:]) and plan.args[0].id not in self.core.params
            parts = [load(self.d(y)) if i == plan.extra else const(0.0 if full else None) for i in range(n)]
            self.consume(rep, y, state, out, lambda o, st: self.give(
                o, st, plan.args[0], plan.act, tuple_(parts), "nums" if full else "some"))
        return [self.native(s)], out

    def put_part(self, s: Any, plan: Plan, state: State, v: str, index: Any) -> tuple[list, list]:
        """A store into a private array: the cotangent of what was stored is taken from its place."""
        out: list = []
        if state.get(v) is None:
            return [self.native(s)], out
        if state[v] != "own":
            out.append(self.own(v, state[v]))
            state[v] = "own"
        x, (kind, act) = plan.args[1], plan.facts[1]
        place = load(self.d(v)) if index is None else subscript(load(self.d(v)), clone(index))
        if act and isinstance(x, gast.Name) and kind != "b":
            d = self.keep(s, "taken", "d" + x.id)
            scalar = is_scalar(kind)
            if scalar:
                part = place if index is not None and plan.kind == "f" else call(self.tool("unbroadcast"), place, clone(x))
            else:
                part = call(self.tool("taken"), place, *([] if 1 in plan.fits else [clone(x)]))
            minus = isinstance(s, gast.AugAssign) and isinstance(s.op, gast.Sub)
            out.append(assign(d, negative(part) if minus else part))
            if not isinstance(s, gast.AugAssign):
                out.append(assign(stored(place), const(0.0)))
            self.give(out, state, x, act, load(d), "num" if scalar else "own")
        elif not isinstance(s, gast.AugAssign):
            out.append(assign(stored(place), const(0.0)))
        return [self.native(s)], out

    def on_setitem(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        v = getattr(plan.args[0], "id", "")
        if self.private(v):
            if plan.extra == "again":      # it was updated where it stands
                return [], []
            return self.put_part(s, plan, state, v, s.targets[0].slice)
        return self.storing(s, plan, state, "store_item", index_value(s.targets[0].slice))

    def on_setattr(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        return self.storing(s, plan, state, "store_attribute", const(s.targets[0].attr))

    def storing(self, s: Any, plan: Plan, state: State, tool: str, key: Any) -> tuple[list, list]:
        back, tape = self.keep(s, "back", "store_back"), self.keep(s, "tape", "store_tape")
        self.uses_context = True
        active = plan.facts[1][1]
        fwd = [locate(assign([back, tape], call(self.tool(tool), load(self.namer.cx), const(bool(active)), clone(plan.args[0]),
                                                key, clone(plan.args[1]))), s)]
        out: list = []
        self.spill(out, state)
        value = call(back, load(self.namer.cx), load(tape))
        if active and isinstance(plan.args[1], gast.Name):
            self.give(out, state, plan.args[1], 2, value, "maybe")
        else:
            out.append(gast.Expr(value=value))
        return fwd, out

    def on_delitem(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        return self.deleting(s, plan, "delete_item", index_value(s.targets[0].slice))

    def on_delattr(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        return self.deleting(s, plan, "delete_attribute", const(s.targets[0].attr))

    def deleting(self, s: Any, plan: Plan, tool: str, key: Any) -> tuple[list, list]:
        back, tape = self.keep(s, "back", "delete_back"), self.keep(s, "tape", "delete_tape")
        self.uses_context = True
        fwd = [locate(assign([back, tape], call(self.tool(tool), load(self.namer.cx), clone(plan.args[0]), key)), s)]
        return fwd, [gast.Expr(value=call(back, load(self.namer.cx), load(tape)))]

    def on_yield(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """A value is handed out, and perhaps one comes back; backwards, their cotangents go the other way."""
        out: list = []
        y, rep = self.cotangent(s, state, out)
        value = plan.args[0]
        dv = self.keep(s, "dv", "d" + (value.id if isinstance(value, gast.Name) else "value"))
        self.release(out, y, rep)
        self.spill(out, state)
        out.append(assign(dv, gast.Yield(value=load(self.d(y)) if rep is not None else const(None))))
        self.give(out, state, value, 2, load(dv), "maybe")
        return [self.native(s)], out

    # -- displays and unpacking ---------------------------------------------------------------------------------

    def on_tuple(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        out: list = []
        y, rep = self.cotangent(s, state, out)

        def build(o: list, st: State) -> None:
            value, reps = load(self.d(y)), ["num" if rep == "nums" and is_scalar(k) else "maybe" for k, _ in plan.facts]
            self.receive(o, st, s, y, value, plan.args, plan.facts, reps)

        if rep is not None:
            self.consume(rep, y, state, out, build)
        return [self.native(s)], out

    def on_startuple(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        out: list = []
        y, rep = self.cotangent(s, state, out)
        if rep is not None:
            sizes = tuple_([call("len", clone(x.value)) if isinstance(x, gast.Starred) else const(None) for x in plan.extra])
            self.consume(rep, y, state, out, lambda o, st: self.receive(
                o, st, s, y, call(self.tool("split_star"), load(self.d(y)), sizes), plan.args, plan.facts, []))
        return [self.native(s)], out

    def on_list(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        return self.display(s, plan, state, [const(i) for i in range(len(plan.args))])

    def on_dict(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        return self.display(s, plan, state, clone(s.value.keys))

    def on_set(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        return self.display(s, plan, state, clone(plan.args))

    def display(self, s: Any, plan: Plan, state: State, keys: list) -> tuple[list, list]:
        """A new container: its elements' cotangents are in its record."""
        out: list = []
        y, _ = self.cotangent(s, state, out)
        if any(act and isinstance(a, gast.Name) for a, (_, act) in zip(plan.args, plan.facts)):
            self.uses_context = True
            value = call(self.tool("take_items"), load(self.namer.cx), load(y), tuple_(keys))
            facts = [(k, 2 if act else 0) for k, act in plan.facts]
            self.receive(out, state, s, y, value, plan.args, facts, [])
        return [self.native(s)], out

    def on_unpack(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        inner, star, known = plan.extra
        out: list = []
        for v in inner:
            if state.get(v) == "uni":
                out += self.fit(v, "uni", "own")
        reps = [state.pop(v, None) for v in inner]
        reps = ["own" if r == "uni" else r for r in reps]
        fwd = [self.native(s)]
        source = plan.args[0]
        if all(r is None for r in reps) and star is None:
            return fwd, out
        parts = [load(self.d(v)) if r is not None else const(None) for v, r in zip(inner, reps)]
        if known:
            kinds = plan.kind[1:]
            full = all(is_scalar(k) for k in kinds) and not {"maybe", "some"} & set(reps) and (
                None not in reps or source.id not in self.core.params)
            if full:
                parts = [p if r is not None else const(0.0) for p, r in zip(parts, reps)]
            self.give(out, state, source, plan.act, tuple_(parts), "nums" if full else "some")
            return fwd, out
        self.uses_context = True
        for v, r in zip(inner, reps):
            self.release(out, v, r)
        shape = self.keep(s, "shape", "unpacked")
        fwd[0].value = attribute(load(shape), "items")
        fwd = [locate(assign(shape, call(self.tool("note_unpack"), load(self.namer.cx), clone(source))), s), *fwd]
        starred = []
        if star is not None:
            parts[star] = const(None)
            size, rest = self.keep(s, "size", "size"), inner[star]
            fwd.append(locate(assign(size, call(load(self.namer.helper(len)), load(rest))), s))
            starred = [load(rest), load(size)]
        value = call(self.tool("repack"), load(self.namer.cx), load(shape), tuple_(parts), const(star), *starred)
        self.give(out, state, source, plan.act, value, "maybe")
        return fwd, out


def has_slice(index: Any) -> bool:
    return any(isinstance(p, gast.Slice) for p in (index.elts if isinstance(index, gast.Tuple) else [index]))


def stored(place: Any) -> Any:
    """A place to read from, as one to store to."""
    return gast.Subscript(value=clone(place.value), slice=clone(place.slice), ctx=gast.Store())


def accumulate(name: str, value: Any) -> Any:
    """`name += value`, or `name -= e` where the value is `-e`."""
    if isinstance(value, gast.UnaryOp) and isinstance(value.op, gast.USub):
        return gast.AugAssign(target=store(name), op=gast.Sub(), value=value.operand)
    return add_to(name, value)


def negative_sum(a: Any, b: Any) -> Any:
    """`a + b`, or `a - c` where b is `-c`."""
    if isinstance(b, gast.UnaryOp) and isinstance(b.op, gast.USub):
        return binop(a, gast.Sub, b.operand)
    return binop(a, gast.Add, b)


def unwrapped(e: Any, helpers: dict, identities: dict) -> Any:
    """An expression without the functions that only guard against zero times infinity."""
    if isinstance(e, gast.Call) and isinstance(e.func, gast.Name) and id(helpers.get(e.func.id)) in identities:
        return unwrapped(e.args[0], helpers, identities)
    for field in e._fields:
        child = getattr(e, field, None)
        if isinstance(child, gast.expr):
            setattr(e, field, unwrapped(child, helpers, identities))
        elif isinstance(child, list):
            setattr(e, field, [unwrapped(c, helpers, identities) if isinstance(c, gast.expr) else c for c in child])
    return e


def index_value(index: Any) -> Any:
    """An index as a value: slices become calls of `slice`."""
    if isinstance(index, gast.Slice):
        return call("slice", *(const(None) if p is None else clone(p) for p in (index.lower, index.upper, index.step)))
    if isinstance(index, gast.Tuple):
        return tuple_([index_value(x) for x in index.elts])
    return clone(index)


def clone_values(keywords: dict) -> dict:
    return {k: clone(v) for k, v in keywords.items()}


def all_scalars(kind: Any) -> bool:
    """Whether a kind is a tuple of numbers, so that its cotangent is one, too."""
    return kind.__class__ is tuple and kind[0] == "t" and len(kind) > 1 and all(is_scalar(k) for k in kind[1:])

