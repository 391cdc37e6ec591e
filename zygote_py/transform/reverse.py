"""The reverse sweep, statement by statement.

Enters: planned core code. Leaves: for each statement a pair of forward and reverse statements, and for each parameter the state
of its cotangent at the end of the reverse sweep.

Pairs are made backwards, from the end of the function, because what is known about cotangents (`cotangents`) flows that way.

A reverse statement reads primal variables as they were after its forward statement; the value that a variable had *before* it
is written `x@`. `weave` turns both into saved and restored values.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import gast

from ..analysis.facts import Plan, is_array, is_scalar
from ..ir.build import (
    assign,
    assigned,
    attribute,
    call,
    clone,
    const,
    ends_in_raise,
    if_,
    load,
    locate,
    statements,
    subscript,
    tuple_,
    walk,
    written,
)
from .calls import Calls
from .cotangents import State, differing, joined, something
from .pairs import Attempt, Branch, Jump, Loop, Pair

__all__ = ["Reverse"]


class Reverse(Calls):
    """Makes the pairs of one function."""

    @cached_property
    def temporaries(self) -> set[str]:
        return self.core.temporaries()

    def block(self, body: list, state: State) -> list:
        outer = dict(self.records)
        pairs = []
        for s in reversed(body):
            pairs.append(self.step(s, state) if self.region else self.pair(s, state))
            for v in self.records.keys() & assigned([s]) if self.records else ():
                del self.records[v]
        self.records = outer
        pairs.reverse()
        return pairs

    def step(self, s: Any, state: State) -> Any:
        """A statement that may not have been reached, because an exception was caught."""
        one = dict(state)
        p = self.pair(s, one)
        for v in differing(one, state):
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
            return Jump(clone(s))       # core code stays as it is: more may be made of it
        if isinstance(s, gast.Pass):
            return Pair(s, [], [], [])
        plan = getattr(s, "plan", None)
        if plan is None:  # never reached
            return Pair(s, [s], [], [])
        fwd, rev = getattr(self, "on_" + plan.form)(s, plan, state)
        made = getattr(s.targets[0], "id", "") if isinstance(s, gast.Assign) and not isinstance(s.value, gast.Name) else ""
        if made in self.core.confined:
            self.uses_context = True
            fwd = [*fwd, gast.Expr(value=call(self.tool("changed"), load(self.namer.cx), const(True), load(made)))]
        if self.checked:
            rev += self.checks(rev, state)
        p = Pair(s, fwd, rev, [self.raise_again()] if plan.attempt else [])
        p.first = plan.form == "yield"
        return p

    def checks(self, rev: list, state: State) -> list:
        """Calls that look at the cotangents which reverse statements speak of."""
        spoken = {n.id for s in rev for n in walk(s) if isinstance(n, gast.Name)}
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
        tails = self.meet(state, one, two)
        self.region = True
        body = self.block(s.body, state)
        self.region = outer
        self.uses_context = True
        return Attempt(s, body, handler, *tails)

    def branch(self, s: Any, state: State) -> Branch:
        one, two = dict(state), dict(state)
        known = self.numbers(s, one)
        then, orelse = [*self.block(s.body, one), *known], self.block(s.orelse, two)
        dead = (False, False) if self.region else (ends_in_raise(s.body), ends_in_raise(s.orelse))
        if dead[0] or dead[1]:
            state.clear()
            state.update(two if dead[0] else one)
            return Branch(s, then, orelse, [], [], dead)
        return Branch(s, then, orelse, *self.meet(state, one, two), dead)

    def meet(self, state: State, one: State, two: State) -> tuple[list, list]:
        """Make `state` what holds where two ways come together; the statements that lead there from each."""
        tails: tuple[list, list] = ([], [])
        state.clear()
        state.update(one)
        for v in differing(one, two):
            rep = joined(one.get(v), two.get(v))
            assert rep is not None
            for side, tail in zip((one, two), tails):
                tail += self.fit(v, side.get(v), rep)
            state[v] = rep
        return tails

    def numbers(self, s: Any, state: State) -> list:
        """Where variables are known to hold numbers (`analysis.versions`), so are their cotangents."""
        out: list = []
        for v in sorted(getattr(s, "numbers", ())) if not self.region else ():
            if state.get(v) in ("maybe", "free", "some"):
                if state[v] != "some":
                    is_none = gast.Compare(left=load(self.d(v)), ops=[gast.Is()], comparators=[const(None)])
                    out.append(if_(is_none, [assign(self.d(v), const(0.0))]))
                state[v] = "num"
        return [Pair(s, [], out, [])] if out else []

    def loop(self, s: Any, state: State) -> Loop:
        start, entered = dict(state), dict(state)
        before: list = []
        for v in sorted(self.buffers(s)):
            if start.get(v) != "own" and v in self.core.local and not self.functional:
                before.append(self.own(v, start.get(v)))
                start[v] = "own"
        looked_up = [] if self.functional or self.region else [v for v in getattr(s, "records", ()) if v not in self.records]
        for v in looked_up:
            self.records[v] = self.namer.fresh(v + "_record")
            before.append(assign(self.records[v], call(attribute(load(self.namer.cx), "record"), load(v))))
            self.uses_context = True
        for attempt in (0, 1):
            head: State = dict(start)
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
            summed = [v for v in sorted(head) if head[v] in ("maybe", "free") and start.get(v) is None
                      and end.get(v) in ("own", "arr", "some")
                      and self.invariant(s, v)]
            if attempt or not summed:
                break
            for v in summed:  # what each iteration adds to is one buffer
                before.append(self.own(v, None))
                start[v] = "own"
        for v in looked_up:
            del self.records[v]
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
        """Arrays of which the loop reads elements, or stores some, and which it does not make itself: their cotangents are added
        up in one buffer."""
        inside = assigned([s])
        made = {v for b in statements(s.body) if isinstance(b, gast.Assign) for v in written(b)}
        found = set()
        for b in statements([s]):
            plan = getattr(b, "plan", None)
            if plan is not None and plan.simple and self.private(plan.args[0].id):
                v = plan.args[0].id
                v = self.aliases.views[v][0] if v in self.aliases.views else v
                found |= {v} - made
            elif plan is not None and (plan.form == "index" or (plan.form == "loop" and plan.extra == "array")) \
                    and plan.facts[0][1] == 2 \
                    and isinstance(plan.args[0], gast.Name) and plan.args[0].id not in inside and plan.facts[0][0][0] in "an":
                found.add(plan.args[0].id)
            elif plan is not None and plan.form == "loop" and plan.extra == "zip":
                found |= {a.id for a, (k, act) in zip(plan.args, plan.facts) if act == 2 and is_array(k) and k[0] in "an"
                          and a.id not in inside}
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
            index: Any = load(k)
            self.consume(rep, target, state, out,
                         lambda o, st: self.add_element(o, st, plan.facts[0], s, s.iter, index, self.d(target), True))
            return k
        if plan.extra == "zip":
            if rep is None:
                return None
            if plan.f is dict.items:
                index = subscript(load(target), const(0))
                self.consume(rep, target, state, out, lambda o, st: self.entries(o, st, s, index, rep))
                return None
            k = s.counter = self.keep(s, "k", "k")
            index = load(k)
            self.consume(rep, target, state, out, lambda o, st: self.entries(o, st, s, index, rep))
            return k
        if plan.extra == "list":
            if rep is None:
                return None
            k = s.counter = self.keep(s, "k", "k")
            s.feed = self.keep(s, "feed", "source")
            self.to_slot(out, load(s.feed), load(k), target, rep, plan.act)
            return k
        k = getattr(s, "counter", None)
        if k is None:
            k = s.counter = self.keep(s, "k", "k")
            s.feed = self.keep(s, "feed", "feed")
            s.temporary = s.iter.id in self.temporaries
        self.uses_context = True
        if rep is not None or plan.act == 2:
            dy = load(self.d(target)) if rep is not None else const(None)
            if rep is not None:
                self.release(out, target, rep)
            self.spill(out, state)
            out.append(gast.Expr(value=call(self.tool("feed_item"), load(self.namer.cx), load(s.feed), load(k), dy,
                                            *([const(True)] if self.aliases is not None else []))))
        return k

    def entries(self, out: list, state: State, s: Any, index: Any, rep: str) -> None:
        """The elements of what was zipped get their parts of the cotangent of the loop variable."""
        given = [(x, kind, act) for x, (kind, act) in zip(s.plan.args, s.plan.facts)]
        parts = ["_" if not act or x.id in self.namer.helpers else self.keep(s, f"d{j}", f"d{x.id}")
                 for j, (x, _, act) in enumerate(given)]
        out.append(assign([*["_"] * (s.plan.f is not zip), *parts], load(self.d(s.target.id))))
        for (x, kind, act), part in zip(given, parts):
            if part == "_":
                continue
            inner: list = out if rep == "nums" else []
            one = state if rep == "nums" else dict(state)
            if is_array(kind):
                self.add_element(inner, one, (kind, act), s, x, index, part, True)
            else:
                self.uses_context = True
                if s.plan.f is dict.items:
                    slot = tuple_([load(x.id), clone(index), subscript(load(s.target.id), const(1))])
                    add = gast.Expr(value=call(self.tool("array_slot_back"), load(self.namer.cx), slot, load(part)))
                else:
                    add = gast.Expr(value=call(attribute(load(self.namer.cx), "add"), load(x.id), clone(index), load(part)))
                inner.append(add if act == 2 else if_(attribute(load(self.namer.cx), "tracked"), [add]))
            if rep != "nums":
                self.guard(out, state, gast.Compare(left=load(part), ops=[gast.IsNot()], comparators=[const(None)]), inner, one)

    def after_items(self, s: Any, state: State) -> list:
        out: list = []
        value = call(self.tool("feed_done"), load(self.namer.cx), load(s.feed))
        self.give(out, state, s.iter, max(s.plan.act, 1), value, "maybe")
        return out

    def on_plain(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        for v in written(s):
            state.pop(v, None)
        if plan.args and isinstance(s.value, gast.Subscript):
            return [self.reread(clone(s), plan)], []
        return [clone(s)], []

    on_zip = on_plain

    def on_copy(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        y, rep = self.cotangent(s, state)
        out: list = []
        if rep is not None:
            self.consume(rep, y, state, out,
                         lambda o, st: self.give(o, st, plan.args[0], plan.act, load(self.d(y)),
                                                 something(rep)))
        return [clone(s)], out

    def on_terms(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """A list of numbers that are only summed: its cotangent is that of each."""
        state.pop(plan.extra, None)
        return [clone(s)], []

    def on_term(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        out: list = []
        if plan.extra in state:
            self.give(out, state, plan.args[0], plan.facts[0][1], load(self.d(plan.extra)), "num")
        return [clone(s)], out

    def on_total(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        y, rep = self.cotangent(s, state)
        if rep is None:
            return [clone(s)], []
        state[plan.extra] = "num"
        value: Any = load(self.d(y))
        if rep == "maybe":
            missing = gast.Compare(left=load(self.d(y)), ops=[gast.Is()], comparators=[const(None)])
            value = gast.IfExp(test=missing, body=const(0.0), orelse=value)
        return [clone(s)], [assign(self.d(plan.extra), value)]

    def on_asked(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """A question that a class may answer by a method: its pullback is kept where it does."""
        y, _ = self.cotangent(s, state)
        told = self.keep(s, "told", y + "_told")
        self.uses_context = True
        asked = call(self.tool("ask"), load(self.namer.cx), load(self.namer.helper(plan.f)), *clone(plan.args))
        value = gast.IfExp(test=self.answers(plan), body=tuple_([clone(s.value), const(None)]), orelse=asked)
        inner: list = []
        one = dict(state)
        self.spill(inner, one)
        self.receive(inner, one, s, y, call(self.tool("told_back"), load(self.namer.cx), load(told)), plan.args, plan.facts, [])
        out: list = []
        self.guard(out, state, gast.Compare(left=load(told), ops=[gast.IsNot()], comparators=[const(None)]), inner, one)
        return [locate(assign([y, told], value), s)], out

    def answers(self, plan: Plan) -> Any:
        """Whether the operands are of types that answer by themselves."""
        asked, shallow = plan.extra
        types = self.tool("SIZED" if shallow else "PLAIN")
        tests = [gast.Compare(left=attribute(load(a.id), "__class__"), ops=[gast.In()], comparators=[clone(types)])
                 for a in asked]
        return tests[0] if len(tests) == 1 else gast.BoolOp(op=gast.And(), values=tests)

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
        return [clone(s)], out

    def on_tuple(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        out: list = []
        y, rep = self.cotangent(s, state, out)

        def build(o: list, st: State) -> None:
            reps = ["maybe" if rep != "nums" else "num" if is_scalar(k) else "nums" for k, _ in plan.facts]
            self.receive(o, st, s, y, load(self.d(y)), plan.args, plan.facts, reps)

        if rep is not None:
            self.consume(rep, y, state, out, build)
        return [clone(s)], out

    def on_startuple(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        out: list = []
        y, rep = self.cotangent(s, state, out)
        if rep is not None:
            sizes = tuple_([call("len", clone(x.value)) if isinstance(x, gast.Starred) else const(None) for x in plan.extra])
            self.consume(rep, y, state, out, lambda o, st: self.receive(
                o, st, s, y, call(self.tool("split_star"), load(self.d(y)), sizes), plan.args, plan.facts, []))
        return [clone(s)], out

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
        return [clone(s)], out

    def on_unpack(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        inner, star, known = plan.extra
        out: list = []
        for v in inner:
            if state.get(v) == "uni":
                out += self.fit(v, "uni", "own")
        reps = [state.pop(v, None) for v in inner]
        reps = ["own" if r == "uni" else r for r in reps]
        fwd = [clone(s)]
        source = plan.args[0]
        if all(r is None for r in reps) and star is None:
            return fwd, out
        parts = [load(self.d(v)) if r is not None else const(None) for v, r in zip(inner, reps)]
        if known:
            kinds = plan.kind[1:]
            full = all(is_scalar(k) for k in kinds) and not {"maybe", "free", "some"} & set(reps) and (
                None not in reps or not self.mirrored(source.id))
            if full:
                parts = [p if r is not None else const(0.0) for p, r in zip(parts, reps)]
            self.give(out, state, source, plan.act, tuple_(parts), "nums" if full else "some")
            return fwd, out
        self.uses_context = True
        if plan.own:
            for i, (v, r) in enumerate(zip(inner, reps)):
                self.to_slot(out, clone(source), const(i), v, r, plan.act)
            return fwd, out
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
