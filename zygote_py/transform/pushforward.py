"""Forward mode: each statement, and then what it does to tangents.

Enters: planned core code, and which parameters have a tangent. Leaves: `f_push(cx, x, ..., x_dot, ...) -> y, y_dot`.

What is known about tangents flows with the code. The state of a variable's tangent is one of

    None      it has none: the variable does not depend on the parameters that have one
    'num'     a number                    'arr'   an array of the variable's shape
    tuple     a tuple: one state for each entry
    'maybe'   anything, perhaps None

A number or an array of known kind has a tangent that is a number or an array, or none: where paths disagree, it becomes zero.
Nothing is written in place, so that the code can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..analysis.facts import Plan, is_array, is_scalar
from ..ir.build import (
    add_to,
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
    reads,
    statements,
    store,
    subscript,
    try_,
    tuple_,
    walk,
    written,
)
from ..lattice import element, join
from .algebra import product
from .assemble import Assembly
from .cotangents import index_value, negative_sum
from .templates import substitute

__all__ = ["PushAssembly"]


class State:
    """What is known where control is: the state of each tangent, and the kind of each variable that may be bound."""

    def __init__(self, reps: dict[str, Any], kinds: dict[str, Any]) -> None:
        self.reps, self.kinds = reps, kinds

    def copy(self) -> State:
        return State(dict(self.reps), dict(self.kinds))

    def bind(self, v: str, kind: Any, rep: Any) -> None:
        self.kinds[v] = kind
        if rep is None or (rep.__class__ is tuple and all(r is None for r in rep)):
            self.reps.pop(v, None)
        else:
            self.reps[v] = rep

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and self.reps == other.reps and self.kinds == other.kinds

    __hash__ = None  # type: ignore[assignment]


def joined(a: State | None, b: State | None) -> State | None:
    """The state where two paths meet; None is a path that is never taken."""
    if a is None or b is None:
        return b if a is None else a
    out = State({}, {})
    for v in {**a.kinds, **b.kinds}:
        if v not in a.kinds or v not in b.kinds:
            side = a if v in a.kinds else b
            out.bind(v, side.kinds[v], side.reps.get(v))
            continue
        kind, one, two = join(a.kinds[v], b.kinds[v]), a.reps.get(v), b.reps.get(v)
        out.bind(v, kind, one if one == two else full(kind))
    return out


def full(kind: Any) -> Any:
    """The state of a tangent of which only the kind of its variable is known."""
    return "num" if is_scalar(kind) else "arr" if is_array(kind) else "maybe"


class PushAssembly(Assembly):
    """Generates the pushforward of one specialisation.

    Parameters
    ----------
    given : for each parameter, whether it has a tangent
    links : (callee, given) -> name of its pushforward
    has_push : whether a function has a forward-mode rule of the user's
    """

    def __init__(self, core: Any, kind: Any, given: list[bool], kinds: tuple, tools: Any, templates: Callable, links: dict,
                 has_push: Callable, *, optimise: bool) -> None:
        super().__init__(core, kind, 2, given, False, tools, templates, links, functional=True, optimise=optimise)
        self.given, self.kinds, self.templates, self.has_push = given, kinds, templates, has_push
        self.breaks: list[list[tuple[State, list]]] = []
        self.unbound: set[str] = set()
        self.tried: list[list[tuple[State, list]]] = []
        self.result: Any = None
        self.boxed = ""

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
        needed = {n for s in statements(body) for n in reads(s)}
        body = self.simplify([*self.prologue(needed), *body])
        params = [*([self.box()] if core.generator else []), *core.params, *[self.dot(p) for p in core.params]]
        return self.finish(function(core.name + suffix, [self.namer.cx, *params], body))

    def box(self) -> str:
        """Where a generator puts the tangents of its values, and finds those of what it is sent."""
        if not self.boxed:
            self.boxed = self.namer.fresh("box")
        return self.boxed

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

    # -- small things -------------------------------------------------------------------------------------------

    def dot(self, v: str) -> str:
        return self.namer.tangent(v)

    def tool(self, name: str) -> Any:
        return load(self.namer.helper(getattr(self.tools, name), name))

    def cx(self) -> Any:
        return load(self.namer.cx)

    def cell(self, v: str) -> str:
        return self.reverse.cell(v)

    def do(self, tool: str, *args: Any) -> Any:
        """A statement that calls a function of the runtime."""
        return gast.Expr(value=call(self.tool(tool), self.cx(), *args))

    def rep(self, atom: Any, state: State) -> Any:
        return state.reps.get(atom.id) if isinstance(atom, gast.Name) else None

    def tangent(self, atom: Any, state: State) -> Any:
        """The tangent of an operand, as an expression."""
        if isinstance(atom, gast.Tuple):
            return tuple_([self.tangent(x, state) for x in atom.elts])
        return load(self.dot(atom.id)) if self.rep(atom, state) is not None else const(None)

    def has_tangent(self, atom: Any, state: State) -> bool:
        if isinstance(atom, gast.Tuple):
            return any(self.has_tangent(x, state) for x in atom.elts)
        return self.rep(atom, state) is not None

    def tangents(self, atoms: list, state: State) -> Any:
        return tuple_([self.tangent(a, state) for a in atoms])

    def fit(self, v: str, old: Any, new: Any, state: State) -> list:
        """Statements that bring the tangent of `v` from one state to another."""
        if old == new or new is None:
            return []
        if old is None:
            value = const(0.0) if new == "num" else call(self.tool("zero_like"), load(v)) if new == "arr" else const(None)
            return [assign(self.dot(v), value)]
        if new in ("num", "arr") and old == "maybe":
            return [assign(self.dot(v), call(self.tool("definite"), load(self.dot(v)), load(v)))]
        return []

    def fits(self, old: State, new: State) -> list:
        return [s for v in sorted(new.reps) if v in old.kinds or v in self.unbound
                for s in self.fit(v, old.reps.get(v), new.reps[v], old)]

    def bind(self, out: list, state: State, y: str, kind: Any, rep: Any) -> None:
        """Note what a statement bound; the tangent of a number or array is made whole."""
        if rep == "maybe" and (is_scalar(kind) or is_array(kind)):
            out += self.fit(y, rep, full(kind), state)
            rep = full(kind)
        state.bind(y, kind, rep)

    def kept(self, s: Any, hint: str) -> str:
        """A name of our own for a statement, the same each time that it is looked at."""
        names = s.__dict__.setdefault("kept", {})
        if hint not in names:
            names[hint] = self.namer.fresh(hint)
        return str(names[hint])

    def bound(self, s: Any) -> str:
        return str(s.target.id if isinstance(s, gast.AugAssign) else s.targets[0].id)

    # -- arrays that may be stored into -------------------------------------------------------------------------

    def changes(self, v: str) -> bool:
        """Whether the memory that a variable names may be stored into while this function runs."""
        return self.core.aliases is not None and v not in self.namer.helpers and self.core.aliases.reachable(v)

    def refresh(self, v: str, kind: Any, state: State, out: list) -> None:
        """Bring the tangent of a variable up to date."""
        if v not in state.kinds:
            self.unbound.add(v)       # a name of the module, which no statement binds
        old = load(self.dot(v)) if state.reps.get(v) is not None else const(None)
        out.append(assign(self.dot(v), call(self.tool("current"), self.cx(), load(v), old)))
        state.bind(v, kind, "maybe")

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
        elif plan.extra in ("items", "list") or (plan.extra == "array" and not fixed):
            k, feed = self.kept(s, "k"), self.kept(s, "feed")
            before.append(assign(feed, call(self.tool("note_source"), self.cx(), items, self.tangent(s.iter, state))))
            goal, items = tuple_([store(k), goal], gast.Store()), call("enumerate", attribute(load(feed), "items"))
            body.append(assign(self.dot(target), call(self.tool("feed_tangent"), self.cx(), load(feed), load(k))))
            self.bind(body, state, target, kind, "maybe")
        for b in (*before, *body):
            locate(b, s)
        return gast.For(target=goal, iter=items, body=body, orelse=[], type_comment=None)

    # -- what all forms share -----------------------------------------------------------------------------------

    def emit(self, s: Any, out: list, made: list, first: Any = None) -> None:
        """The statement itself, and then what it does to tangents; there, `x@` is the value that x had before."""
        saved: dict[str, str] = {}
        for m in made:
            for n in walk(m):
                if n.__class__ is gast.Name and n.id.endswith("@"):
                    v = n.id[:-1]
                    saved.setdefault(v, self.namer.fresh(v + "_0"))
                    n.id = saved[v]
        out += [assign(name, load(v)) for v, name in saved.items()]
        out += [clone(s) if first is None else first, *made]

    def before(self, atoms: Any, bound: set[str]) -> Any:
        """Operands as they were before the statement."""
        atoms = clone(atoms)
        for a in atoms if isinstance(atoms, list) else [atoms]:
            for n in walk(a):
                if n.__class__ is gast.Name and n.id in bound:
                    n.id += "@"
        return atoms

    def ready(self, atoms: list, facts: list, state: State, out: list) -> None:
        """Make the tangents of numbers and arrays whole that may be None; bring those up to date that may have changed."""
        for a, (kind, act) in zip(atoms, facts):
            if isinstance(a, gast.Tuple):
                self.ready(a.elts, [(k, act) for k in kind[1:]], state, out)
                continue
            if isinstance(a, gast.Name) and act and not is_scalar(kind) and kind != "k" and self.changes(a.id):
                self.refresh(a.id, kind, state, out)
            if self.rep(a, state) == "maybe" and (is_scalar(kind) or is_array(kind)):
                out += self.fit(a.id, "maybe", full(kind), state)
                state.bind(a.id, kind, full(kind))

    def pushed(self, s: Any, plan: Plan, state: State, out: list, tool: str, *args: Any) -> None:
        """`y, y_dot = tool(cx, ...)`"""
        y = self.bound(s)
        out.append(locate(assign([y, self.dot(y)], call(self.tool(tool), self.cx(), *args)), s))
        self.bind(out, state, y, plan.kind, "maybe")

    # -- simple forms -------------------------------------------------------------------------------------------

    def on_plain(self, s: Any, plan: Plan, state: State, out: list) -> None:
        out.append(clone(s))
        single = isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name)
        for v in written(s):
            state.bind(v, plan.kind if single else "o", None)

    def on_copy(self, s: Any, plan: Plan, state: State, out: list) -> None:
        y, rep = self.bound(s), self.rep(plan.args[0], state)
        out.append(clone(s))
        if rep is not None:
            out.append(assign(self.dot(y), self.tangent(plan.args[0], state)))
        self.bind(out, state, y, plan.kind, rep)

    def on_load(self, s: Any, plan: Plan, state: State, out: list) -> None:
        y = self.bound(s)
        out += [clone(s), assign(self.dot(y), call(self.tool("cell_tangent"), self.cx(), load(self.cell(plan.args[0].id))))]
        self.bind(out, state, y, plan.kind, "maybe")

    def on_store(self, s: Any, plan: Plan, state: State, out: list) -> None:
        """A captured variable is bound."""
        v = s.targets[0].id
        out += [clone(s), self.do("set_cell_tangent", load(self.cell(v)), self.tangent(s.value, state))]

    # -- inlined rules ------------------------------------------------------------------------------------------

    def on_inline(self, s: Any, plan: Plan, state: State, out: list) -> None:
        y, rule = self.bound(s), plan.f
        atoms = [*plan.args, *plan.keywords.values()]
        self.ready(atoms, plan.facts, state, out)
        if not any(self.rep(a, state) for a in atoms):
            out.append(clone(s))
            state.bind(y, plan.kind, None)
            return
        if self.has_push(rule.f) or not (rule.pushes or rule.form in ("elementwise", "linear")):
            f = load(self.namer.helper(rule.f))
            words = gast.Dict(keys=[const(k) for k in plan.keywords], values=clone(list(plan.keywords.values())))
            dots = gast.Dict(keys=[const(k) for k in plan.keywords],
                             values=[self.tangent(a, state) for a in plan.keywords.values()])
            args = [f, tuple_(clone(plan.args)), self.tangents(plan.args, state)]
            if plan.keywords:
                self.pushed(s, plan, state, out, "push_callx", *args, words, dots)
            else:
                self.pushed(s, plan, state, out, "push_call", *args)
            return
        value = self.elementwise(s, plan, y, state) if rule.form == "elementwise" and not rule.pushes \
            else self.parts(s, plan, y, state)
        if value is None:
            out.append(clone(s))
            state.bind(y, plan.kind, None)
            return
        self.emit(s, out, [assign(self.dot(y), value)])
        state.bind(y, plan.kind, full(plan.kind))

    def elementwise(self, s: Any, plan: Plan, y: str, state: State) -> Any:
        """The sum of tangent times partial derivative, in the shape of the result; None if nothing depends on a tangent."""
        rule, kinds = plan.f, [k for k, _ in plan.facts]
        atoms = [*plan.args, *plan.keywords.values()]
        t = self.templates(rule.parts[0])
        words = {k: self.before(v, {y}) for k, v in plan.keywords.items()}
        scalar = all(is_scalar(k) or k == "k" for k in kinds)
        total: Any = None
        for x, j in zip(atoms, rule.places(len(plan.args), plan.keywords)):
            if self.rep(x, state) is None:
                continue
            body = t.body.elts[j] if isinstance(t.body, gast.Tuple) else t.body
            if isinstance(body, gast.Constant) and not body.value:
                continue
            bound = t.bind(self.before(list(plan.args), {y}), clone_values(words), 1)
            bound[t.params[0]] = load(y)
            p = substitute(t, body, bound, self.namer, self.tools.IDENTITIES if scalar else {})
            term = product(self.tangent(x, state), p)
            total = term if total is None else negative_sum(total, term)
        if total is None:
            return None
        if any(k == "z" or (is_array(k) and k[0] == "c") for k in kinds) and (
                plan.kind == "f" or (is_array(plan.kind) and plan.kind[0] == "a")):
            total = call(self.tool("real_part"), total)
        if is_array(plan.kind) and not self.covers(total, plan, y, state):
            total = call(self.tool("spread"), total, load(y))
        return total

    def covers(self, value: Any, plan: Plan, y: str, state: State) -> bool:
        """Whether a tangent has the shape of the result: every operand that is an array takes part in it."""
        names = {n.id.removesuffix("@") for n in walk(value) if n.__class__ is gast.Name}
        arrays = [a for a, (k, _) in zip(plan.args, plan.facts) if is_array(k)]
        if y in names:
            return True
        return all(isinstance(a, gast.Name) and (a.id in names or (self.rep(a, state) is not None and self.dot(a.id) in names))
                   for a in arrays)

    def parts(self, s: Any, plan: Plan, y: str, state: State) -> Any:
        """The tangent by a rule that says it, or by a function that is linear."""
        rule = plan.f
        atoms = [*plan.args, *plan.keywords.values()]
        total: Any = None
        for x, j in zip(atoms, rule.places(len(plan.args), plan.keywords)):
            if self.rep(x, state) is None:
                continue
            if not rule.pushes:
                if j == 0:
                    total = self.image(s, plan, x, y, state)
                continue
            if j >= len(rule.pushes) or rule.pushes[j] is None:
                continue
            t = self.templates(rule.pushes[j])
            bound = t.bind(self.before(list(plan.args), {y}), {k: self.before(v, {y}) for k, v in plan.keywords.items()}, 2)
            bound[t.params[0]], bound[t.params[1]] = self.tangent(x, state), load(y)
            term = substitute(t, t.body, bound, self.namer)
            total = term if total is None else negative_sum(total, term)
        return total

    def image(self, s: Any, plan: Plan, x: Any, y: str, state: State) -> Any:
        """The same operation on the tangent of its first argument."""
        value = clone(s.value)
        dot = self.tangent(x, state)
        if isinstance(value, gast.Attribute):
            value.value = dot
            return value
        method = isinstance(value.func, gast.Attribute) and isinstance(value.func.value, gast.Name) \
            and value.func.value.id == x.id and len(value.args) < len(plan.args)
        value.args = self.before(value.args, {y})
        for word in value.keywords:
            word.value = self.before(word.value, {y})
        if method:
            value.func.value = dot
        elif value.args:
            value.args[0] = dot
        else:
            value.keywords[0].value = dot
        return value

    # -- calls --------------------------------------------------------------------------------------------------

    def on_terms(self, s: Any, plan: Plan, state: State, out: list) -> None:
        """A list of numbers that are only summed: its tangent is the sum of theirs."""
        out += [clone(s), assign(self.dot(plan.extra), const(0.0))]
        state.bind(plan.extra, "f", "num")

    def on_term(self, s: Any, plan: Plan, state: State, out: list) -> None:
        self.ready(plan.args, plan.facts, state, out)
        out.append(clone(s))
        if self.has_tangent(plan.args[0], state):
            out.append(add_to(self.dot(plan.extra), self.tangent(plan.args[0], state)))

    def on_total(self, s: Any, plan: Plan, state: State, out: list) -> None:
        y = self.bound(s)
        out += [clone(s), assign(self.dot(y), load(self.dot(plan.extra)))]
        self.bind(out, state, y, plan.kind, "num")

    def on_static(self, s: Any, plan: Plan, state: State, out: list) -> None:
        """A callee that is known: its pushforward is called directly."""
        y, callee = self.bound(s), plan.f
        self.ready(plan.args, plan.facts, state, out)
        given = tuple([self.has_tangent(a, state) for a in plan.args])
        name, rep = self.links[callee, given]
        dots = [self.tangent(a, state) if g else const(None) for a, g in zip(plan.args, given)]
        value = call(name, self.cx(), *clone(plan.args), *dots)
        out.append(assign([y, self.dot(y)] if rep is not None else [y, "_"], value))
        self.bind(out, state, y, plan.kind, rep)

    def callee(self, s: Any, plan: Plan) -> Any:
        if isinstance(s, gast.AugAssign) or plan.extra == "method" or not isinstance(s.value, gast.Call):
            return load(self.namer.helper(plan.f))
        return clone(s.value.func)

    def on_call(self, s: Any, plan: Plan, state: State, out: list) -> None:
        self.pushed(s, plan, state, out, "push_call", self.callee(s, plan), tuple_(clone(plan.args)),
                    self.tangents(plan.args, state))

    def on_callx(self, s: Any, plan: Plan, state: State, out: list) -> None:
        self.pushed(s, plan, state, out, "push_callx", self.callee(s, plan), *self.arguments(s, plan, plan.args, state))

    def on_method(self, s: Any, plan: Plan, state: State, out: list) -> None:
        self.pushed(s, plan, state, out, "push_method", clone(plan.args[0]), self.tangent(plan.args[0], state), const(plan.extra),
                    tuple_(clone(plan.args[1:])), self.tangents(plan.args[1:], state))

    def on_methodx(self, s: Any, plan: Plan, state: State, out: list) -> None:
        self.pushed(s, plan, state, out, "push_methodx", clone(plan.args[0]), self.tangent(plan.args[0], state),
                    const(plan.extra), *self.arguments(s, plan, plan.args[1:], state))

    def arguments(self, s: Any, plan: Plan, args: list, state: State) -> list:
        """Arguments, their tangents, keywords, and theirs."""
        if any(isinstance(a, gast.Starred) for a in s.value.args):
            values = [clone(args[0]), self.tangent(args[0], state)]
        else:
            values = [tuple_(clone(args)), self.tangents(args, state)]
        if None in plan.keywords:
            return [*values, clone(plan.keywords[None]), const(None)]
        keys = [const(k) for k in plan.keywords]
        return [*values, gast.Dict(keys=keys, values=clone(list(plan.keywords.values()))),
                gast.Dict(keys=clone(keys), values=[self.tangent(a, state) for a in plan.keywords.values()])]

    # -- loads and stores ---------------------------------------------------------------------------------------

    def on_getattr(self, s: Any, plan: Plan, state: State, out: list) -> None:
        self.pushed(s, plan, state, out, "push_attribute", clone(plan.args[0]), self.tangent(plan.args[0], state),
                    const(plan.extra))

    def on_getitem(self, s: Any, plan: Plan, state: State, out: list) -> None:
        self.pushed(s, plan, state, out, "push_item", clone(plan.args[0]), self.tangent(plan.args[0], state),
                    index_value(s.value.slice), self.key_tangent(plan, s.value.slice, state))

    def key_tangent(self, plan: Plan, index: Any, state: State) -> Any:
        """The tangent of an index or key, where one may matter."""
        if not plan.key or isinstance(index, gast.Name):
            return self.tangent(index, state) if plan.key else const(None)
        return tuple_([self.tangent(p, state) if isinstance(p, gast.Name) else const(None) for p in index.elts])

    def on_index(self, s: Any, plan: Plan, state: State, out: list) -> None:
        """An element or a part of an array."""
        y, x = self.bound(s), plan.args[0]
        if self.changes(x.id) and plan.facts[0][1]:
            part = call(self.tool("part_of"), self.cx(), self.before(x, {y}), self.before(self.tangent(x, state), {y}),
                        index_value(self.before(s.value.slice, {y})))
            self.emit(s, out, [assign(self.dot(y), part)])
            self.bind(out, state, y, plan.kind, "maybe")
            return
        self.ready([x], plan.facts, state, out)
        if self.rep(x, state) is None:
            out.append(clone(s))
            state.bind(y, plan.kind, None)
            return
        self.emit(s, out, [assign(self.dot(y), subscript(self.tangent(x, state), self.before(s.value.slice, {y})))])
        state.bind(y, plan.kind, full(plan.kind))

    def on_element(self, s: Any, plan: Plan, state: State, out: list) -> None:
        """A constant element of a tuple of known length."""
        y, rep = self.bound(s), self.rep(plan.args[0], state)
        if rep == "maybe":
            self.on_getitem(s, plan, state, out)
            return
        part = None if rep is None else rep[plan.extra]
        out.append(clone(s))
        if part is not None:
            out.append(assign(self.dot(y), subscript(self.tangent(plan.args[0], state), const(plan.extra))))
        self.bind(out, state, y, plan.kind, part)

    def on_setitem(self, s: Any, plan: Plan, state: State, out: list) -> None:
        obj, value = plan.args
        out.append(self.do("put_item", clone(obj), self.tangent(obj, state), index_value(s.targets[0].slice), clone(value),
                           self.tangent(value, state), self.key_tangent(plan, s.targets[0].slice, state)))

    def on_setattr(self, s: Any, plan: Plan, state: State, out: list) -> None:
        obj, value = plan.args
        out.append(self.do("put_attribute", clone(obj), const(s.targets[0].attr), clone(value), self.tangent(value, state)))

    def on_delitem(self, s: Any, plan: Plan, state: State, out: list) -> None:
        out.append(self.do("delete_slot_item", clone(plan.args[0]), index_value(s.targets[0].slice),
                           self.key_tangent(plan, s.targets[0].slice, state)))

    def on_delattr(self, s: Any, plan: Plan, state: State, out: list) -> None:
        out.append(self.do("delete_slot", clone(plan.args[0]), const(s.targets[0].attr)))

    # -- displays and unpacking ---------------------------------------------------------------------------------

    def on_yield(self, s: Any, plan: Plan, state: State, out: list) -> None:
        """A value is handed out, and perhaps one comes back, each with its tangent."""
        y = self.bound(s)
        out += [gast.Expr(value=call(self.tool("note_yielded"), load(self.box()), self.tangent(plan.args[0], state))), clone(s),
                assign(self.dot(y), call(self.tool("take_sent"), load(self.box())))]
        self.bind(out, state, y, plan.kind, "maybe")

    def on_tuple(self, s: Any, plan: Plan, state: State, out: list) -> None:
        y, reps = self.bound(s), tuple([self.rep(a, state) for a in plan.args])
        out.append(clone(s))
        if any(r is not None for r in reps):
            out.append(assign(self.dot(y), self.tangents(plan.args, state)))
        self.bind(out, state, y, plan.kind, reps)

    def on_startuple(self, s: Any, plan: Plan, state: State, out: list) -> None:
        y = self.bound(s)
        stars = tuple_([const(isinstance(x, gast.Starred)) for x in plan.extra])
        value = call(self.tool("join_stars"), tuple_(self.before(list(plan.args), {y})), self.tangents(plan.args, state), stars)
        self.emit(s, out, [assign(self.dot(y), value)])
        self.bind(out, state, y, plan.kind, "maybe")

    def on_list(self, s: Any, plan: Plan, state: State, out: list) -> None:
        self.display(s, plan, state, out, [const(i) for i in range(len(plan.args))])

    def on_dict(self, s: Any, plan: Plan, state: State, out: list) -> None:
        self.display(s, plan, state, out, list(s.value.keys))

    def on_set(self, s: Any, plan: Plan, state: State, out: list) -> None:
        self.display(s, plan, state, out, list(plan.args))

    def display(self, s: Any, plan: Plan, state: State, out: list, keys: list) -> None:
        """A new container: its elements' tangents are in its record."""
        y = self.bound(s)
        made = []
        if any(self.rep(a, state) is not None for a in plan.args):
            made.append(self.do("note_elements", load(y), tuple_(self.before(keys, {y})), self.tangents(plan.args, state)))
        self.emit(s, out, made)
        state.bind(y, plan.kind, None)

    def on_unpack(self, s: Any, plan: Plan, state: State, out: list) -> None:
        inner, star, known = plan.extra
        source, rep = plan.args[0], self.rep(plan.args[0], state)
        kinds = plan.kind[1:] if known else ["o"] * len(inner)
        if rep is None and plan.kind != "o" and not (is_array(plan.kind) and self.changes(source.id)):
            reps: Any = (None,) * len(inner)
            out.append(clone(s))
        elif known and rep.__class__ is tuple:
            reps = rep
            used = [i for i, r in enumerate(reps) if r is not None]
            out.append(clone(s))
            out.append(assign(tuple_([store(self.dot(inner[i])) for i in used], gast.Store()),
                              tuple_([subscript(self.tangent(source, state), const(i)) for i in used])))
        else:
            reps = ("maybe",) * len(inner)
            items = self.kept(s, "items")
            out.append(assign([items, self.dot(items)], call(self.tool("to_unpack"), self.cx(), clone(source),
                                                            self.tangent(source, state), const(len(inner)), const(star))))
            first = clone(s)
            first.value = load(items)
            out += [first, assign([self.dot(v) for v in inner], call(
                self.tool("unpacked"), self.cx(), load(items), load(self.dot(items)), const(len(inner)), const(star),
                const(None) if star is None else load(inner[star])))]
        for v, kind, r in zip(inner, kinds, reps):
            self.bind(out, state, v, kind, r)


def clone_values(words: dict) -> dict:
    return {k: clone(v) for k, v in words.items()}


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
