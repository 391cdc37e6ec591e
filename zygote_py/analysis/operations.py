"""What the operations of core code become: the value, element, call or display on the right of an assignment.

Enters: an expression over variables whose kinds and activities are known (`operands`). Leaves: a `Plan`.
"""

from __future__ import annotations

import math
import operator
from types import ModuleType
from typing import Any

import gast

from ..ir.build import names, statements, written
from ..lattice import VAGUE, entries, mapping, plain, solid
from ..normalize.helpers import make_class, make_function, make_object
from . import contents
from .facts import Plan, all_numbers, is_array, is_loose, is_scalar
from .instances import class_of, has_class, parts
from .members import OPERATORS, Members

__all__ = ["Operations"]

COMPARISONS = {gast.Lt: operator.lt, gast.LtE: operator.le, gast.Gt: operator.gt, gast.GtE: operator.ge, gast.Eq: operator.eq,
               gast.NotEq: operator.ne}
BY_METHOD = (round, math.floor, math.ceil, math.trunc)      # constant for numbers; a class may compute what it likes


def answers(kind: Any, shallow: bool) -> bool:
    """Whether values of a kind say without methods written in Python whether they are equal or less, or, `shallow`, whether they
    are true, and how long."""
    if kind.__class__ is not tuple or kind[0] == "p":
        return kind.__class__ is str and kind != "o"
    if kind[0] == "?":
        return answers(kind[1], shallow)
    if shallow or kind[0] in ("a", "c", "n", "u"):
        return True
    held = [k for _, k in kind[1]] if kind[0] == "d" else kind[1:]
    return all(answers(k, False) for k in held)


class Operations(Members):
    """Plans for operations."""

    def operation(self, e: Any, env: dict) -> Plan:
        if isinstance(e, gast.Constant):
            return Plan("plain", *self.known(e, env))
        if isinstance(e, gast.Name):
            if e.id in self.core.memory:
                self.stores = True
                kind, act = self.cell_fact(e.id, env)
                return Plan("load", kind, act, [e], [(plain(kind), act)])
            held, act = self.known(e, env)
            return Plan("copy", held, act, [e], [(plain(held), act)])
        method = getattr(self, "of_" + type(e).__name__, None)
        if method is None:  # f-strings
            return Plan("plain", self.plain_kind(e, env), 0)
        return method(e, env)

    def of_Compare(self, e: Any, env: dict) -> Plan:
        op = type(e.ops[0])
        f = self.world.contained if op is gast.In else self.world.absent if op is gast.NotIn else COMPARISONS.get(op)
        kind = self.plain_kind(e, env)
        if op not in (gast.Is, gast.IsNot):
            self.hand_over(e.left, e.comparators[0], env, op not in (gast.In, gast.NotIn))
        return Plan("plain", kind, 0) if f is None else self.question(f, [e.left, e.comparators[0]], kind, env)

    def of_IfExp(self, e: Any, env: dict) -> Plan:
        return self.question(bool, [e.test], "b", env)      # the truth of a value

    def question(self, f: Any, args: list, kind: Any, env: dict) -> Plan:
        """What a class may answer by a method written in Python, which stores what it likes."""
        shallow = f in (bool, len, operator.not_, operator.truth)
        facts = [self.fact(a, env) for a in args]
        asked = [a for a in args if isinstance(a, gast.Name) and not answers(self.known(a, env)[0], shallow)]
        if not self.world.asks or not asked or not any(act for _, act in facts):
            return Plan("plain", kind, 0)
        self.stores = True
        if self.region:
            return Plan("call", kind, 0, args, facts, f, extra="method")
        return Plan("asked", kind, 0, args, facts, f, extra=(asked, shallow))

    def plain_kind(self, e: Any, env: dict) -> Any:
        if isinstance(e, gast.IfExp):
            return "b"
        if isinstance(e, gast.Compare) and not isinstance(e.ops[0], (gast.Is, gast.IsNot, gast.In, gast.NotIn)):
            facts = self.facts([e.left, e.comparators[0]], env)
            kinds = [k for k, _ in facts]
            ranks = [k[1] for k in kinds if is_array(k)]
            return "o" if not all(is_scalar(k) or is_array(k) for k in kinds) else ("n", max(ranks)) if ranks else "b"
        return "k" if isinstance(e, gast.JoinedStr) else "b" if isinstance(e, (gast.Compare, gast.UnaryOp)) else "o"

    def hand_over(self, left: Any, right: Any, env: dict, both: bool = True) -> None:
        """Note that a method of one operand, if there is one, gets the other; `both`: each of them may answer."""
        for x, other in ((left, right), (right, left)) if both else ((left, right),):
            if self.optimise and getattr(x, "id", "") in self.confined():
                kind = self.known(other, env)[0]
                kind = kind[1] if kind.__class__ is tuple and kind[0] == "?" else kind
                if has_class(kind) or not answers(kind, True):
                    self.handed.add(x.id)

    def of_Yield(self, e: Any, env: dict) -> Plan:
        self.stores = True
        self.forget(env)
        return Plan("yield", "o", 2, [e.value], self.facts([e.value], env))

    def of_BinOp(self, e: Any, env: dict) -> Plan:
        self.hand_over(e.left, e.right, env)
        held = [self.known(a, env)[0] for a in (e.left, e.right)]
        found = self.operator(e.op, [e.left, e.right], held, env)
        if found is not None:
            return found
        plan = self.apply(OPERATORS[type(e.op)], [e.left, e.right], {}, env)
        if self.optimise and plan.kind == "o":
            plan.kind = contents.combined(e.op, *held)
        return plan

    def of_UnaryOp(self, e: Any, env: dict) -> Plan:
        if isinstance(e.op, gast.Not):
            return self.question(operator.not_, [e.operand], "b", env)
        return self.operator(e.op, [e.operand], [self.known(e.operand, env)[0]], env) \
            or self.apply(OPERATORS[type(e.op)], [e.operand], {}, env)

    def of_Tuple(self, e: Any, env: dict) -> Plan:
        facts = self.facts(e.elts, env)
        act = max((a for _, a in facts), default=0)
        if any(isinstance(x, gast.Starred) for x in e.elts):
            return Plan("startuple", "o", act, [x.value if isinstance(x, gast.Starred) else x for x in e.elts], facts,
                        extra=e.elts)
        kind = ("t", *(self.known(x, env)[0] for x in e.elts)) if len(facts) <= 12 and self.optimise else "o"
        return Plan("tuple" if act or not self.optimise else "plain", kind, act, list(e.elts), facts)

    def container(self, form: str, atoms: list, env: dict) -> Plan:
        self.stores = True  # its elements' cotangents are in its record
        facts = self.facts(atoms, env)
        return Plan(form, "o", max([1 if facts else 2, *(a for _, a in facts)]), atoms, facts)

    def of_List(self, e: Any, env: dict) -> Plan:
        plan = self.container("list", list(e.elts), env)
        kind = contents.joined([solid(self.known(x, env)[0]) for x in e.elts])
        if not any(isinstance(x, gast.Starred) for x in e.elts) and kind not in VAGUE:
            plan.kind = "l", kind
        return plan

    def of_Set(self, e: Any, env: dict) -> Plan:
        return self.container("set", list(e.elts), env)

    def of_Dict(self, e: Any, env: dict) -> Plan:
        plan = self.container("dict", list(e.values), env)
        if e.keys and all(isinstance(key, gast.Constant) and type(key.value) is str for key in e.keys):
            plan.kind = mapping(list({key.value: self.known(x, env)[0] for key, x in zip(e.keys, e.values)}.items()))
        return plan

    def displayed(self, e: Any, env: dict) -> Any:
        """The kind of a list or dict that no other code will reach."""
        kinds = [self.known(x, env)[0] for x in (e.values if isinstance(e, gast.Dict) else e.elts)]
        if isinstance(e, gast.Dict):
            return entries(list({key.value: k for key, k in zip(e.keys, kinds)}.items()))
        kind = "o" if any(isinstance(x, gast.Starred) for x in e.elts) else contents.joined(kinds)
        return "l", "o" if kind in VAGUE else kind

    def of_Attribute(self, e: Any, env: dict) -> Plan:
        known, value = self.static(e)
        if known:
            return Plan("plain", self.world.value_kind(value) if self.optimise else "o", int(self.world.acts(value)))
        held, act = self.known(e.value, env)
        kind = plain(held)
        if has_class(held) and self.optimise:
            found = self.member(e, held, act, env)
            if found is not None:
                return found
        if is_array(kind):
            rule = self.world.attribute(e.attr)
            if rule is not None:
                return self.apply(rule, [e.value], {}, env)
        if kind == "k":
            return self.of_fixed(e)
        if act == 0 and self.optimise:
            return Plan("plain", "o", 0)
        return Plan("getattr", "o", act, [e.value], [(kind, act)], extra=e.attr)

    def of_fixed(self, e: Any) -> Plan:
        """An attribute of a class, function or module: code may bind it anew while it runs."""
        known, owner = self.static(e.value)
        if not known:
            return Plan("plain", "o", 0)
        if isinstance(owner, ModuleType) and self.world.value_kind(getattr(owner, e.attr, None)) == "k":
            return Plan("plain", "o", 1)
        return Plan("getattr", "o", 1, [e.value], [("o", 1)], extra=e.attr)

    def of_Subscript(self, e: Any, env: dict) -> Plan:
        held, act = self.known(e.value, env)
        held = parts(held)
        kind = plain(held)
        key = self.key(e.slice, env, held) if kind == "o" else []
        if act == 0 and self.optimise and not key:
            return Plan("plain", self.subscript_kind(held, e.slice, env), 0, [e.value], [(kind, act)])
        if kind.__class__ is tuple and kind[0] == "t" and isinstance(e.slice, gast.Constant) and type(e.slice.value) is int \
                and -len(kind) < e.slice.value < len(kind) - 1:
            return Plan("element", self.subscript_kind(held, e.slice, env), act, [e.value], [(kind, act)],
                        extra=e.slice.value % (len(kind) - 1))
        if is_array(kind):
            return Plan("index", self.subscript_kind(kind, e.slice, env), act, [e.value], [(kind, act)],
                        extra=self.is_basic(e.slice, env))
        plan = Plan("getitem", self.subscript_kind(held, e.slice, env), max([act, *(a for _, _, a in key)]), [e.value],
                    [(kind, act)])
        plan.key = key
        if (plan.kind != "o" or getattr(e.value, "id", "") in self.confined()) and not isinstance(e.slice, gast.Slice) \
                and not plan.key:
            plan.extra = self.place(held, e.slice, env)
        return plan

    def place(self, held: Any, index: Any, env: dict) -> str | None:
        """How the slot of an element of a list or dict is named: by its index or key as it is ('slot'), or by its index from the
        start ('position'); None if that is not known."""
        if held.__class__ is not tuple or held[0] not in ("l", "d"):
            return None
        if isinstance(index, gast.Constant):
            return "slot" if held[0] == "d" or (type(index.value) is int and index.value >= 0) else None
        kind = self.fact(index, env)[0] if isinstance(index, gast.Name) else "o"
        if held[0] == "d":
            return "slot" if kind == "k" else None
        return None if kind != "i" else "slot" if index.id in self.counts() else "position"

    def key(self, index: Any, env: dict, held: Any) -> list:
        """What of an index or key may be a number with a derivative: a class may compute with it, and the keys of a dict may be
        read back."""
        quiet = ("b", "k", "r", "i") if held.__class__ is tuple and held[0] == "l" else ("b", "k", "r")
        parts = list(enumerate(index.elts)) if isinstance(index, gast.Tuple) else [(None, index)]
        found = [(place, p, *self.fact(p, env)) for place, p in parts if isinstance(p, gast.Name)]
        bounds = [((place, j), p, *self.fact(p, env)) for place, s in parts if isinstance(s, gast.Slice)
                  for j, p in enumerate((s.lower, s.upper, s.step)) if isinstance(p, gast.Name)]
        return [(place, p, act) for place, p, kind, act in found if act and kind not in quiet] \
            + [(place, p, act) for place, p, kind, act in bounds if act and kind not in (*quiet, "i")]

    def is_basic(self, index: Any, env: dict) -> bool:
        """Whether an index selects each element at most once."""
        parts = index.elts if isinstance(index, gast.Tuple) else [index]
        return all(isinstance(p, gast.Slice)
                   or (isinstance(p, gast.Constant) and (p.value is None or p.value is Ellipsis or type(p.value) is int))
                   or (isinstance(p, gast.Name) and self.fact(p, env)[0] == "i") for p in parts)

    def subscript_kind(self, kind: Any, index: Any, env: dict) -> Any:
        if not self.optimise:
            return "o"
        if kind.__class__ is tuple and kind[0] == "t":
            if isinstance(index, gast.Constant) and type(index.value) is int and -len(kind) < index.value < len(kind) - 1:
                return kind[1:][index.value]
            return "o"
        if kind.__class__ is tuple and kind[0] in ("l", "d"):
            return contents.item(kind, index, lambda atom: self.fact(atom, env)[0] == "i")
        if not is_array(kind):
            return "o"
        ndim = kind[1]
        parts = index.elts if isinstance(index, gast.Tuple) else [index]
        dims, lists = ndim, 0
        for p in parts:
            if isinstance(p, gast.Slice):
                continue
            if isinstance(p, gast.Constant) and p.value is None:
                dims += 1
            elif isinstance(p, gast.Constant) and p.value is Ellipsis:
                continue
            elif self.known(p, env)[0] in ("i", ("l", "i"), ("n", 1)):     # a mask of one dimension is as good as positions
                dims -= 1
                lists += self.known(p, env)[0] != "i"
            else:
                return "o"
        dims += lists > 0
        return (kind[0], dims) if dims > 0 else {"a": "f", "c": "z", "n": "i"}[kind[0]] if len(parts) <= ndim else "o"

    def of_Call(self, e: Any, env: dict) -> Plan:
        known, f = self.static(e.func)
        if isinstance(e.func, gast.Name) and e.func.id in self.nested:
            known, f = True, self.nested[e.func.id]
        starred = any(isinstance(a, gast.Starred) for a in e.args) or any(k.arg is None for k in e.keywords)
        if known and f is make_object:
            cls = class_of(self.static(e.args[0])[1])
            return Plan("make", "o" if cls is None or self.world.class_path(cls) is None else ("p", cls, ()), 1)
        if known and f is make_function and not starred and isinstance(e.args[3], gast.Constant) \
                and isinstance(e.args[4], gast.Constant):
            return Plan("plain", "o", 2)
        if known and f is make_class:
            local = self.generic("call", e, env)
            local.act = 2       # its methods may read variables of this function
            return local
        if not known and isinstance(e.func, gast.Attribute):
            return self.method_call(e, starred, env)
        keywords = {k.arg: k.value for k in e.keywords}
        if starred:
            return self.generic("callx", e, env)
        held = self.known(e.func, env)[0] if isinstance(e.func, gast.Name) else "o"
        if has_class(held):
            called = self.method_of(held, "__call__", [e.func, *e.args], keywords, env)
            if called is not None:
                return called
        if known:
            rule = self.world.lookup(f)
            if rule is not None:
                return self.apply(f, list(e.args), keywords, env)
            if self.world.keeps_records(f):
                return self.generic("call", e, env, True)
            if self.optimise and isinstance(f, type):
                made = self.named_tuple(f, e, keywords, env)
                if made is not None:
                    return made
            if self.optimise:
                plan = self.static_call(f, list(e.args), keywords, env)
                if plan is not None:
                    return plan
        return self.generic("callx" if keywords else "call", e, env)

    def generic(self, form: str, e: Any, env: dict, keeps: bool = False) -> Plan:
        """A call whose callee may store into anything; `keeps`: into records only."""
        if keeps:
            self.keeps = True
        else:
            self.stores = True
            self.forget(env)
        args = [a.value if isinstance(a, gast.Starred) else a for a in e.args]
        keywords = {k.arg: k.value for k in e.keywords}
        facts = self.facts([*args, *keywords.values()], env)
        func_act = self.fact(e.func, env)[1] if isinstance(e.func, gast.Name) else 1
        plan = Plan(form, "o", max([1, func_act, *(a for _, a in facts)]), args, facts, None, keywords)
        if isinstance(e.func, gast.Name) and e.func.id in self.core.local - self.core.memory and func_act == 2 \
                and self.fact(e.func, env)[0] == "o" and e.func.id not in self.functions():
            plan.extra = "value"
        return plan

    def functions(self) -> set[str]:
        """The variables that hold nothing but functions which are made here."""
        if self.made is None:
            makers = {name for name, f in self.core.namer.helpers.items() if f is make_function}
            ours: set[str] = set()
            others = set(self.core.params)
            for s in statements(self.core.body):
                made = isinstance(s, gast.Assign) and isinstance(s.value, gast.Call) and names(s.value.func) & makers
                (ours if made else others).update({s.target.id} if isinstance(s, gast.For) else written(s))
            self.made = ours - others
        return self.made

    def method_call(self, e: Any, starred: bool, env: dict) -> Plan:
        obj = e.func.value
        held, _ = self.known(obj, env)
        kind = plain(held)
        keywords = {k.arg: k.value for k in e.keywords}
        if (is_array(kind) or is_loose(kind)) and not starred:
            f = self.world.method(e.func.attr)
            if f is not None and self.world.lookup(f) is not None:
                plan = self.apply(f, [obj, *e.args], keywords, env)
                if plan.form in ("call", "callx"):
                    plan.extra = "method"
                return plan
        if has_class(held) and not starred:
            found = self.method_of(held, e.func.attr, [obj, *e.args], keywords, env)
            if found is not None:
                return found
        self.stores = True
        args = [obj, *(a.value if isinstance(a, gast.Starred) else a for a in e.args)]
        facts = self.facts([*args, *keywords.values()], env)
        acts = [a for _, a in facts]
        if self.optimise and kind == "k" and not any(acts) and not isinstance(self.static(obj)[1], type):
            return Plan("plain", "o", 0)
        if held.__class__ is tuple and held[0] == "l" and e.func.attr == "append" and len(args) == 2 and not starred \
                and not keywords and getattr(obj, "id", "") in self.confined():
            contents.store(env, obj.id, held, solid(self.known(args[1], env)[0]), self.confined())
            return Plan("append", "k", 0, args, facts)
        result = "o"
        if starred or keywords:
            self.forget(env)
        else:
            result = contents.viewed(held, e.func.attr)
            given = [solid(self.known(a, env)[0]) for a in e.args]
            self.puts(obj, held, contents.added_by(held, e.func.attr, given))
            contents.after_method(env, getattr(obj, "id", ""), held, e.func.attr, given, self.confined())
        return Plan("methodx" if starred or keywords else "method", result, max([1, *acts]), args, facts, None, keywords,
                    extra=e.func.attr)

    def apply(self, f: Any, args: list, keywords: dict, env: dict) -> Plan:
        """Plan the application of a function that has a rule."""
        facts = self.facts([*args, *keywords.values()], env)
        if keywords or not all(is_scalar(k) for k, _ in facts):
            return self.applied(f, args, keywords, facts, env)
        known = f, *facts, *[(a.value.__class__, a.value) for a in args if a.__class__ is gast.Constant]
        found = self.numeric.get(known)
        if found is None:       # one plan for each sum of two numbers
            plan = self.applied(f, args, keywords, facts, env)
            if plan.f is not None and plan.form in ("plain", "inline"):
                self.numeric[known] = plan
            return plan
        return Plan(found.form, found.kind, found.act, args, facts, found.f)

    def applied(self, f: Any, args: list, keywords: dict, facts: list, env: dict) -> Plan:
        rule = self.world.lookup(f)
        if rule.numbers is not None and len(args) == 2 and not keywords and self.optimise and all(is_scalar(k) for k, _ in facts):
            rule = rule.numbers
        if any(k == "⊥" for k, _ in facts):
            return Plan("plain", "⊥", max(a for _, a in facts))
        if rule.asks is True and not keywords:
            return self.question(f, args, self.result_kind(rule, f, args, keywords, env) if self.optimise else "o", env)
        kind = self.result_kind(rule, f, args, keywords, env) if self.optimise else ("r" if f is range else "o")
        if rule.cuts and is_scalar(kind):
            return Plan("plain", kind, 0)
        active = rule.always or any(a for _, a in facts)
        if rule.form in ("primitive", "rrule") and (self.kinds_of(rule, f) is None or (rule.cuts and kind == "o")):
            self.forget(env)
        writes = rule.writes or "out" in keywords or len(args) > getattr(f, "nin", len(args)) \
            or (rule.form in ("linear", "rule") and not rule.own and len(args) > rule.positional)
        asked = active and ((f in BY_METHOD and facts[0][0] == "o") or (rule.asks and self.may_answer(args, env)))
        if not writes and not asked and (rule.form == "none" or (not active and self.optimise)):
            by_elements = rule.form == "elementwise" and self.optimise
            act = 1 if self.world.makes_container(f) else 0
            return Plan("plain", kind, act, args, facts, rule, keywords) if by_elements else Plan("plain", kind, act)
        act = max([1 if rule.always or self.world.makes_container(f) else 0, *(a for _, a in facts)])
        if self.optimise and kind != "o" and not writes and rule.form in ("elementwise", "linear", "rule") \
                and self.can_inline(rule, args, keywords, facts):
            return Plan("inline", kind, act, args, facts, rule, keywords)
        into_record = self.world.may_store(rule) or (rule.own and kind == "o")      # ours may return lists
        if writes or into_record or asked:
            self.stores = True
        plan = Plan("callx" if keywords else "call", kind, act, args, facts, f, keywords)
        plan.claims = not writes and rule.form in ("elementwise", "linear", "rule")
        plan.quiet = plan.claims and not into_record
        return plan

    def may_answer(self, args: list, env: dict) -> bool:
        """Whether an argument may be, or hold, an object that has methods written in Python."""
        return self.world.asks and not all(answers(self.known(a, env)[0], False) for a in args)

    def can_inline(self, rule: Any, args: list, keywords: dict, facts: list) -> bool:
        if not self.world.inlinable(rule, args, keywords, facts):
            return False
        covered = 1 if rule.form == "linear" else len(rule.parts)
        for (k, act), j in zip(facts, rule.places(len(args), keywords)):
            said = rule.form == "elementwise" or (j < covered and rule.parts[j] is not self.world.not_yet)
            if act and not said and not rule.own and (k in ("f", "z") or (is_array(k) and k[0] != "n")):
                return False  # the generic call refuses it when a cotangent arrives
            if rule.form == "rule" and not act and (j >= covered or rule.parts[j] is None):
                continue
            if not (is_scalar(k) or is_array(k) or is_loose(k) or k == "k" or (rule.form == "linear" and all_numbers(k))
                    or (act == 0 and rule.form != "elementwise")):
                return False
        return True

    def kinds_of(self, rule: Any, f: Any) -> Any:
        """The function from the kinds of the arguments to the kind of the result, if there is one."""
        return rule.kind or self.world.kind_by_elements(f)

    def result_kind(self, rule: Any, f: Any, args: list, keywords: dict, env: dict) -> Any:
        if f is range:
            return "r"
        kind = self.kinds_of(rule, f)
        if kind is None:
            if rule.form != "elementwise":
                return "o"
            kind = self.world.broadcast
        atoms = [*args, *keywords.values()]
        given = [self.given(a, env) for a in atoms]
        try:
            found = kind(*given[:len(args)], **dict(zip(keywords, given[len(args):])))
        except TypeError:
            return "o"
        return self.world.of_constant(found)
