"""Objects whose classes are known: their operators, methods and attributes, and calls of known functions."""

from __future__ import annotations

import operator
from types import FunctionType
from typing import Any

import gast

from ..lattice import instance, plain
from .facts import Plan
from .instances import has_class, has_own, is_named_tuple, operator_of, parts, tuple_class
from .operands import Operands

__all__ = ["OPERATORS", "Members"]

OPERATORS = {
    gast.Add: operator.add, gast.Sub: operator.sub, gast.Mult: operator.mul, gast.Div: operator.truediv,
    gast.FloorDiv: operator.floordiv,
    gast.Mod: operator.mod, gast.Pow: operator.pow, gast.MatMult: operator.matmul, gast.BitAnd: operator.and_,
    gast.BitOr: operator.or_,
    gast.BitXor: operator.xor, gast.LShift: operator.lshift, gast.RShift: operator.rshift, gast.USub: operator.neg,
    gast.UAdd: operator.pos, gast.Invert: operator.invert,
}


class Members(Operands):
    """Plans for what is done with objects whose classes are known, and for calls of known functions."""

    def operator(self, op: Any, args: list, held: list, env: dict) -> Plan | None:
        """The plan of an operator with objects whose method is known; None for all others. `held`: the operands' kinds."""
        if not any(map(has_class, held)) or not self.optimise:
            return None
        name = OPERATORS[type(op)].__name__.strip("_")
        if len(args) == 1:
            return self.method_of(held[0], f"__{name}__", args, {}, env)
        found = operator_of(name, *held)
        if found is None:
            return None
        _, reflected = found
        owner, spelled = (held[1], f"__r{name}__") if reflected else (held[0], f"__{name}__")
        plan = self.method_of(owner, spelled, args[::-1] if reflected else args, {}, env)
        return None if plan is None or plan.kind in ("o", "k") else plan      # it may be NotImplemented

    def method_of(self, held: Any, name: str, args: list, keywords: dict, env: dict) -> Plan | None:
        """The plan of the call of a method of an object, which is the first of the arguments; None if it has to be looked up."""
        f = held[1].function(name)
        if f is None or self.world.lookup(f) is not None or not self.optimise:
            return None
        self.world.method_path(held[1], name, f)
        return self.static_call(f, args, keywords, env)

    def member(self, e: Any, held: Any, act: int, env: dict) -> Plan | None:
        """The plan of reading an attribute of an object; None if it has to be looked up."""
        owner = held[1]
        if is_named_tuple(held) and any(e.attr == name for name, _ in held[2]):
            at = [name for name, _ in held[2]].index(e.attr)
            plan = Plan("element" if act else "plain", held[2][at][1], act, [e.value], [(plain(parts(held)), act)], extra=at)
            plan.own = True
            return plan
        if has_own(held, e.attr):
            self.world.rely_on(owner, e.attr)
            plan = Plan("getattr" if act else "plain", dict(held[2])[e.attr], act, [e.value], [("o", act)], extra=e.attr)
            plan.own = True
            return plan
        found = owner.find(e.attr)
        if type(found) is property and isinstance(found.fget, FunctionType) and self.world.lookup(found.fget) is None:
            self.world.method_path(owner, e.attr + ".fget", found.fget)
            return self.static_call(found.fget, [e.value], {}, env)
        return None

    def named_tuple(self, cls: Any, e: Any, keywords: dict, env: dict) -> Plan | None:
        """The plan of a call that makes a named tuple of as many values."""
        owner = tuple_class(cls)
        if owner is None or keywords or len(e.args) != len(cls._fields) or self.world.class_path(owner) is None:
            return None
        facts = self.facts(e.args, env)
        act = max(a for _, a in facts)
        kind = "m", owner, tuple([(name, self.known(a, env)[0]) for name, a in zip(cls._fields, e.args)])
        return Plan("tuple" if act else "plain", kind, act, list(e.args), facts)

    def static_call(self, f: Any, args: list, keywords: dict, env: dict) -> Plan | None:
        bound = self.world.bind(f, args, keywords, self.core.namer)
        if bound is None:
            return None
        facts = [self.argument_fact(b, env) for b in bound]
        mask = sum(1 << i for i, (_, a) in enumerate(facts) if a)
        callee = self.world.callee(f, tuple([k for k, _ in facts]), mask)
        if callee is None:
            return None
        if callee.stores and self.region:
            return None
        facts = [(plain(k), a) for k, a in facts]
        if callee.stores:
            self.stores = True
            self.called(env, callee)
        elif callee.act == 0:
            return Plan("plain", self.familiar(callee.held), 0)
        return Plan("static", self.familiar(callee.held), callee.act if mask or callee.act < 2 else 1, bound, facts, callee)

    def familiar(self, kind: Any) -> Any:
        """A kind that comes from elsewhere, without the classes that this function has no name for."""
        if kind.__class__ is not tuple:
            return kind
        if kind[0] == "p":
            return instance(kind[1], {n: self.familiar(k) for n, k in kind[2]}) if self.world.class_path(kind[1]) else "o"
        if kind[0] == "m":
            fields = tuple([(n, self.familiar(k)) for n, k in kind[2]])
            return ("m", kind[1], fields) if self.world.class_path(kind[1]) else "o"
        if kind[0] in ("l", "e", "?"):
            inner = self.familiar(kind[1])
            return kind if inner == kind[1] else (kind[0], inner) if inner != "o" or kind[0] == "l" else "o"
        if kind[0] == "d":
            return "d", tuple([(key, self.familiar(k)) for key, k in kind[1]])
        return ("t", *map(self.familiar, kind[1:])) if kind[0] == "t" else kind
