"""Forward mode: what each form of statement does to tangents.

Enters: planned core code. Leaves: the statement, and what computes the tangent of the variable that it binds. Nothing is
written in place, so that the code can be differentiated again.
"""

from __future__ import annotations

from typing import Any

import gast

from ..analysis.facts import Plan, all_numbers, is_array, is_loose, is_scalar
from ..ir.build import (
    add_to,
    assign,
    call,
    clone,
    const,
    load,
    locate,
    store,
    subscript,
    tuple_,
    walk,
    written,
)
from .algebra import product
from .cotangents import index_value, negative_sum
from .tangents import State, Tangents, full
from .templates import substitute

__all__ = ["Pushing"]


class Pushing(Tangents):
    """Statements with their tangents."""

    # -- simple forms -------------------------------------------------------------------------------------------

    def on_plain(self, s: Any, plan: Plan, state: State, out: list) -> None:
        out.append(clone(s))
        single = isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name)
        for v in written(s):
            state.bind(v, plan.kind if single else "o", None)

    on_make = on_plain

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
        if (is_array(plan.kind) or is_loose(plan.kind)) and not self.covers(total, plan, y, state):
            total = call(self.tool("spread"), total, load(y))
        return total

    def covers(self, value: Any, plan: Plan, y: str, state: State) -> bool:
        """Whether a tangent has the shape of the result: every operand that is an array takes part in it."""
        names = {n.id.removesuffix("@") for n in walk(value) if n.__class__ is gast.Name}
        arrays = [a for a, (k, _) in zip(plan.args, plan.facts) if is_array(k) or is_loose(k)]
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
        if all_numbers(plan.facts[0][0]):
            dot = call(self.tool("whole"), dot, *self.before([x], {y}))
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

    def ready_callee(self, s: Any, plan: Plan, state: State, out: list) -> None:
        """The callee may be a value with a method `__call__`, such as a named tuple."""
        if plan.extra == "value" and self.has_tangent(s.value.func, state):
            out.append(self.do("note_self", clone(s.value.func), self.tangent(s.value.func, state)))

    def on_call(self, s: Any, plan: Plan, state: State, out: list) -> None:
        self.ready_callee(s, plan, state, out)
        self.pushed(s, plan, state, out, "push_call", self.callee(s, plan), tuple_(clone(plan.args)),
                    self.tangents(plan.args, state))

    def on_zip(self, s: Any, plan: Plan, state: State, out: list) -> None:
        (self.on_method if plan.f is dict.items else self.on_call)(s, plan, state, out)

    def on_asked(self, s: Any, plan: Plan, state: State, out: list) -> None:
        y = self.bound(s)
        asked = call(self.tool("push_ask"), self.cx(), load(self.namer.helper(plan.f)), tuple_(clone(plan.args)),
                     self.tangents(plan.args, state))
        out.append(locate(assign(y, gast.IfExp(test=self.reverse.answers(plan), body=clone(s.value), orelse=asked)), s))
        state.bind(y, plan.kind, None)

    def on_callx(self, s: Any, plan: Plan, state: State, out: list) -> None:
        self.ready_callee(s, plan, state, out)
        self.pushed(s, plan, state, out, "push_callx", self.callee(s, plan), *self.arguments(s, plan, plan.args, state))

    def on_method(self, s: Any, plan: Plan, state: State, out: list) -> None:
        self.pushed(s, plan, state, out, "push_method", clone(plan.args[0]), self.tangent(plan.args[0], state), const(plan.extra),
                    tuple_(clone(plan.args[1:])), self.tangents(plan.args[1:], state))

    def on_append(self, s: Any, plan: Plan, state: State, out: list) -> None:
        self.pushed(s, plan, state, out, "push_method", clone(plan.args[0]), self.tangent(plan.args[0], state), const("append"),
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
        parts = [index.lower, index.upper, index.step] if isinstance(index, gast.Slice) else index.elts
        return tuple_([self.tangent(p, state) if isinstance(p, gast.Name) else self.key_tangent(plan, p, state)
                       if isinstance(p, gast.Slice) else const(None) for p in parts])

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
        if isinstance(s.value, gast.Attribute):     # a field of a named tuple
            self.pushed(s, plan, state, out, "push_attribute", clone(plan.args[0]), self.tangent(plan.args[0], state),
                        const(s.value.attr))
            return
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
        out.append(self.do("put_attribute", clone(obj), self.tangent(obj, state), const(s.targets[0].attr), clone(value),
                           self.tangent(value, state)))

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
