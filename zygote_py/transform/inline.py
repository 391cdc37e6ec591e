"""The reverse of calls whose rule is known while code is generated."""

from __future__ import annotations

from typing import Any

import gast

from ..analysis.facts import Plan, all_numbers, is_array, is_loose, is_scalar
from ..ir.build import assign, attribute, binop, call, clone, const, load, locate, walk
from .algebra import is_constant, negative, product
from .cotangents import Cotangents, State, negative_sum, something
from .templates import substitute

__all__ = ["Inlining"]


class Inlining(Cotangents):
    """Rules written out from their source: no call, no tape."""

    def swift(self, s: Any, plan: Plan) -> Any:
        """The forward statement, with a function that does the same for real arrays sooner."""
        rule = plan.f
        if rule.swift is None or self.functional or not isinstance(s, gast.Assign) or not is_array(plan.facts[0][0]) \
                or plan.facts[0][0][0] != "a":
            return clone(s)
        t = self.templates(rule.swift)
        bound = None if t is None else t.bind(clone(plan.args), clone_values(plan.keywords), 0)
        if t is None or bound is None:
            return clone(s)
        new = clone(s)
        new.value = substitute(t, t.body, bound, self.namer)
        return new

    def on_inline(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        y, rep = self.cotangent(s, state)
        out: list = []
        forward = self.swift(s, plan)
        forward.value.calm = is_array(plan.kind) and all(is_scalar(k) or (is_array(k) and k[0] in "an") for k, _ in plan.facts)
        if rep is None:
            return [forward], out

        kept = y
        fwd = [forward]
        if plan.kept and not self.functional:
            kept = self.keep(s, "result", y)
            fwd = [locate(assign(kept, forward.value), s), locate(assign(y, call(attribute(load(kept), "copy"), const("K"))), s)]
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
            gifts = self.contributions(plan, y, something(rep))
            if kept != y:
                rename([g[2] for g in gifts], y, kept)
            gifts = self.call_once(o, s, gifts)
            aliases = [g for g in gifts if getattr(g[2], "id", None) == self.d(y) and g[1] == 2 and g[3] != "uni"]
            if len(aliases) == 1 and something(rep) == "own" and not plan.keywords:  # the cotangent itself is handed on, last
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
                    vrep = vrep if vrep == orep and vrep in ("num", "uni") else "some"
                o.append(assign(self.d(y), value))
                st[y] = vrep

        self.consume(rep, y, state, out, build)
        return fwd, out

    def call_once(self, out: list, s: Any, gifts: list) -> list:
        """What two cotangents of an operation both call is called once."""
        values = [g[2] for g in gifts if g[1] == 2]
        if len(values) < 2:
            return gifts
        known: set[str] = set()
        common: list[tuple[str, Any]] = []
        for e in values:
            calls = {gast.dump(n): n for n in walk(e)
                     if isinstance(n, gast.Call) and (n is not e or self.is_call(n, self.tools.over))}
            common += [(text, calls[text]) for text in calls.keys() & known]
            known |= calls.keys()
        if not common:
            return gifts
        text, made = max(common, key=lambda found: (len(found[0]), found[0]))
        name = self.keep(s, "shared", "shared")
        out.append(assign(name, clone(made)))
        for n in [n for e in values for n in walk(e)]:
            for field, child in list(vars(n).items()):
                if isinstance(child, gast.Call) and gast.dump(child) == text:
                    setattr(n, field, load(name))
                elif isinstance(child, list):
                    setattr(n, field, [load(name) if isinstance(c, gast.Call) and gast.dump(c) == text else c for c in child])
        return [(x, act, load(name) if act == 2 and isinstance(e, gast.Call) and gast.dump(e) == text else e, rep)
                for x, act, e, rep in gifts]

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
        variant = None if plan.keywords else rule.variants.get(tuple(["numbers" if all_numbers(k) else k for k, _ in plan.facts]))
        found = []
        if plan.power is not None:
            i, n, below = plan.power
            p = binop(const(n), gast.Mult, self.before([plan.args[below]], y)[0])
            return [(plan.args[i], plan.facts[i][1], *self.elementwise(plan, i, load(self.d(y)), p, rep, y))]
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
            if variant is not None:
                t, skip = self.templates(variant[i]), 2
                bound = t.bind(self.before(plan.args, y), {}, skip)
                assert bound is not None
                bound[t.params[0]], bound[t.params[1]] = dy, load(y)
                value = substitute(t, t.body, bound, self.namer)
                if is_array(kind) and not self.functional and self.is_uniform(value, rep):
                    found.append((x, act, self.repeated(value, kind, rep), "uni"))
                else:
                    found.append((x, act, value, "num" if is_scalar(kind) else "nums" if all_numbers(kind)
                                  else "own" if is_array(kind) else "some"))
                continue
            elif rule.form == "linear":
                if j:
                    continue
                t, skip = self.templates(rule.parts[0]), 1
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
            found.append((x, act, value, "num" if is_scalar(kind) else "some" if not is_array(kind)
                          else "own" if isinstance(value, (gast.BinOp, gast.UnaryOp)) else "arr"))
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
        """What is repeated, with the axis of length one in its place; that of the first axis broadcasting sets."""
        d, _, axis, keepdims = value.args
        if rep == "num" or keepdims.value or axis.value % kind[1] == 0:
            return d
        return call(self.tool("raised"), d, const(kind[1]), axis)

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
        value = self.quotient(plan, kind, dy, p, rep) or product(dy, p)
        alias = value is dy
        if rep == "uni":
            if isinstance(p, gast.BinOp) and isinstance(p.op, gast.Mult) and is_constant(p.left):
                value = product(product(dy, p.left), p.right)       # one product less with an array
            return self.uniform(plan, i, kinds, value, p, x, y)
        if all(is_scalar(k) or k == "k" for k in kinds):
            return value, "num"
        arrays = [k for k in kinds if is_array(k) or is_loose(k)]
        if is_array(kind) and (len(arrays) == 1 or i in plan.fits):
            return value, ("arr" if alias else "own")
        minus = isinstance(value, gast.UnaryOp) and isinstance(value.op, gast.USub)
        new = minus or isinstance(value, gast.BinOp) or self.is_call(value, self.tools.over)
        value = call(self.tool("unbroadcast"), value.operand if minus else value, x)
        rep = "num" if is_scalar(kind) else "some" if is_loose(kind) else "own" if new else "arr"
        return negative(value) if minus else value, rep     # fewer numbers to negate

    def quotient(self, plan: Plan, kind: Any, dy: Any, p: Any, rep: str) -> Any:
        """`dy * strong(1 / b)` for real arrays as `over(dy, b)`, and `dy * strong(-y / b)` with the same quotient where both
        sides of a division have a cotangent; None for anything else."""
        inside = p.args[0] if self.is_call(p, self.tools.strong) else None
        if self.functional or rep == "uni" or not is_array(kind) or not is_array(plan.kind):
            return None
        if not isinstance(inside, gast.BinOp) or not isinstance(inside.op, gast.Div) or not isinstance(inside.right, gast.Name):
            return None
        n, b = inside.left, inside.right
        minus = isinstance(n, gast.UnaryOp) and isinstance(n.op, gast.USub)
        n = n.operand if minus else n
        divides = [k for a, (k, _) in zip(plan.args, plan.facts) if getattr(a, "id", "") == b.id.rstrip("@")]
        both = len(plan.facts) == 2 and is_array(plan.facts[0][0]) and plan.facts[0][1]
        if not divides or not is_array(divides[0]) or not (is_constant(n, 1) or (isinstance(n, gast.Name) and both)):
            return None
        value = call(self.tool("over"), dy, b)
        value = value if is_constant(n) else binop(value, gast.Mult, call(self.tool("strong"), n))
        return negative(value) if minus else value

    def is_call(self, e: Any, f: Any) -> bool:
        """Whether an expression calls a function of the runtime."""
        return isinstance(e, gast.Call) and isinstance(e.func, gast.Name) and self.namer.helpers.get(e.func.id) is f

    def uniform(self, plan: Plan, i: int, kinds: list, value: Any, p: Any, x: Any, y: str) -> tuple[Any, str]:
        """As `elementwise`, for a cotangent that broadcasts."""
        kind = kinds[i]
        atoms = [*plan.args, *plan.keywords.values()]
        arrays = {j: getattr(a, "id", "") for j, (a, k) in enumerate(zip(atoms, kinds)) if is_array(k) or is_loose(k)}
        used = {n.id.rstrip("@") for n in walk(p) if isinstance(n, gast.Name)}
        if is_array(kind) and (len(arrays) == 1 or i in plan.fits):
            if used.isdisjoint({y, *(a for j, a in arrays.items() if j == i or j in plan.fits)}):
                return value, "uni"     # a product with sums that broadcast themselves
            if any(isinstance(n, gast.Call) and isinstance(n.func, gast.Name)
                   and id(self.namer.helpers.get(n.func.id)) in self.tools.IDENTITIES for n in walk(p)):
                return call(self.tool("scaled"), load(self.d(y)), unwrapped(p, self.namer.helpers, self.tools.IDENTITIES)), "own"
            return value, "own"
        if is_array(kind) and used.isdisjoint({y, *arrays.values()}):
            return call(self.tool("share"), value, load(y), x), "uni"
        full = call(self.tool("spread"), value, load(y))
        rep = "num" if is_scalar(kind) else "some" if is_loose(kind) else "own" if isinstance(value, gast.BinOp) else "arr"
        return call(self.tool("unbroadcast"), full, x), rep


def rename(expressions: list, old: str, new: str) -> None:
    """Let expressions read another variable."""
    for e in expressions:
        for n in [*walk(e), *(p for a in (getattr(e, "into", None) or ((), ()))[1] for p in walk(a))]:
            if n.__class__ is gast.Name and n.id == old:
                n.id = new


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


def clone_values(keywords: dict) -> dict:
    return {k: clone(v) for k, v in keywords.items()}
