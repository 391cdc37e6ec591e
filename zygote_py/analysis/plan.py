"""Decide for each core statement, by forward abstract interpretation, what the transform will make of it.

Enters: core code, the kinds and the activity of the parameters. Leaves: a `Plan` on each statement (`statement.plan`), and the
kind and activity of the result.

Activity: 0 constant; 1 conditional (it comes out of memory of inactive origin, and matters only if that memory is tracked in
this run); 2 active.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import ends_in_raise, names
from ..lattice import NAMES, has_names, join, plain, solid
from ..normalize import Core
from . import contents
from .aliases import Aliases
from .confined import note_records
from .facts import Plan, is_array, is_loose, is_scalar
from .instances import has_class, is_instance, parts, returned, stored_attribute
from .members import OPERATORS
from .narrowing import not_none
from .operands import World
from .operations import Operations
from .sums import Sums
from .versions import LIMIT, is_candidate
from .zips import can_follow, loops_over_calls

__all__ = ["Planner"]

INPLACE = {
    gast.Add: operator.iadd, gast.Sub: operator.isub, gast.Mult: operator.imul, gast.Div: operator.itruediv,
    gast.FloorDiv: operator.ifloordiv, gast.Mod: operator.imod, gast.Pow: operator.ipow, gast.MatMult: operator.imatmul,
    gast.BitAnd: operator.iand, gast.BitOr: operator.ior, gast.BitXor: operator.ixor, gast.LShift: operator.ilshift,
    gast.RShift: operator.irshift,
}
READING = ("plain", "getitem", "call", "callx", "method", "methodx")     # plans whose result may be an element of a container


def join_env(a: dict | None, b: dict | None) -> dict | None:
    if a is None or b is None:
        return b if a is None else a
    out = dict(a)
    for v, fact in b.items():
        if (old := out.get(v)) is not fact:
            out[v] = join_fact(old, fact)
    return out


def join_fact(a: tuple | None, b: tuple | None) -> Any:
    if a is None or b is None or a is b:
        return b if a is None else a
    return join(a[0], b[0]), max(a[1], b[1])


class Side(dict):
    """What is known of the variables in one branch, and which of them it has changed: few, in a long function."""

    def __init__(self, start: dict) -> None:
        super().__init__(start)
        self.changed: dict[str, None] = {}

    def __setitem__(self, v: str, fact: tuple) -> None:
        self.changed[v] = None
        super().__setitem__(v, fact)


class Planner(Operations):
    """One analysis of one function for given kinds and activities of its parameters."""

    def __init__(self, core: Core, world: World, optimise: bool = True) -> None:
        super().__init__(core, world, optimise)
        self.breaks: list[list[dict]] = []
        self.updates = False
        self.maybes = False         # whether a variable may be None or something else
        self.starts: set[int] = set()       # of arithmetic that may be written twice
        self.cell_kinds: dict[str, Any] = {}
        self.tried: list[dict] = []
        self.aliases: Aliases | None = None
        self.sums = Sums(join)
        self.loops: dict[str, Any] | None = None
        self.counted: set[str] = set()      # what a loop over `enumerate` binds
        self.zips: dict[str, tuple[Any, list, list]] = {}

    def run(self, kinds: list, acts: list[int]) -> tuple[Any, int]:
        if not self.optimise:
            kinds, acts = ["o" for k in kinds], [2 if k != "k" else 0 for k in kinds]
        if any(p in self.core.memory for p in self.core.params):
            self.stores = True
        self.region = self.core.generator
        known = -1
        while known != len(self.sums.refused) + len(self.handed):
            known = len(self.sums.refused) + len(self.handed)
            self.own = None
            kind, act = self.settle(kinds, acts)
        self.stores = self.stores or self.keeps
        if self.own:
            note_records(self.core, self.own)
        return kind, act

    def settle(self, kinds: list, acts: list[int]) -> tuple[Any, int]:
        """Go through the function until what it stores where is known."""
        kinds = [self.familiar(k) for k in kinds]
        for _ in range(6):
            env: dict = {}
            self.effects = set()
            for p, k, a in zip(self.core.params, kinds, acts):
                self.bind(env, p, k, a)
            end = self.block(self.core.body, env)
            known = self.aliases
            if self.stores or self.updates:
                self.aliases = Aliases(self.core, kinds, self.world, self.static)
            if self.aliases is None or (known is not None and known.activities() == self.aliases.activities()):
                break
        if self.aliases is not None and not self.aliases.all_private:
            self.stores = True
        kind, act = (end or {}).get(self.core.ret, ("o", 0))
        return returned(kind), act

    def bind(self, env: dict, v: str, kind: Any, act: int) -> None:
        """Note kind and activity of a variable; what active values may be stored into is active, too."""
        if act < 2 and self.aliases is not None and not is_scalar(kind) and kind not in ("k", "r"):
            act = max(act, self.aliases.activity(v))
        self.maybes = self.maybes or (kind.__class__ is tuple and kind[0] == "?")
        env[v] = (kind, act)

    # -- flow ---------------------------------------------------------------------------------------------------

    def block(self, body: list, env: dict | None) -> dict | None:
        for i, s in enumerate(body):
            if env is None:
                break
            if isinstance(s, gast.If):
                env = self.branch(s, body[:i], env)
            elif isinstance(s, gast.While):
                env = self.loop(s, env, lambda e: e)
            elif isinstance(s, gast.For):
                env = self.loop(s, env, lambda e, s=s: self.item(s, e))
            elif isinstance(s, gast.Try):
                env = self.attempt(s, env)
            elif isinstance(s, gast.Break):
                self.breaks[-1].append(env)
                env = None
            elif isinstance(s, gast.Raise):
                env = None
            else:
                self.statement(s, env)
                if self.optimise and is_candidate(s.plan):
                    self.note_candidate(s, i > 0 and hasattr(body[i - 1], "env"), env)
                else:
                    s.__dict__.pop("env", None)
                for caught in self.tried:
                    caught.update(join_env(caught, env) or {})
        return env

    def note_candidate(self, s: Any, follows: bool, env: dict) -> None:
        """Mark arithmetic that may be written twice; where it does not follow other such, with what is known before it."""
        if follows or (len(self.starts) >= LIMIT and id(s) not in self.starts):
            s.env = None
            return
        self.starts.add(id(s))
        before = {a.id: fact for a, fact in zip(s.plan.args, s.plan.facts) if isinstance(a, gast.Name)}
        s.env = {**env, **before}, self.region

    def branch(self, s: Any, before: list, env: dict) -> dict | None:
        sides = Side(env), Side(env)
        if self.maybes:
            for side, found in zip(sides, not_none(s.test, before)):
                for v in found - self.core.memory:
                    kind, act = side.get(v, ("o", 2))
                    if kind.__class__ is tuple and kind[0] == "?":
                        side[v] = kind[1], act
        ends = self.block(s.body, sides[0]), self.block(s.orelse, sides[1])
        if any(end is not side for end, side in zip(ends, sides) if end is not None):     # it ends with a loop
            return join_env(*ends)
        if ends == (None, None):
            return None
        for v in {v: None for end, side in zip(ends, sides) if end is not None for v in side.changed}:
            one, two = (None if end is None else end.get(v) for end in ends)
            env[v] = join_fact(one, two)
        return env

    def attempt(self, s: Any, env: dict) -> dict | None:
        """A `try`: its handler may find the variables as they are after any statement of the body."""
        clause = s.handlers[0]
        outer = self.region
        s.recovers = self.region = outer or not ends_in_raise(clause.body)
        self.tried.append(dict(env))
        end = self.block(s.body, dict(env))
        caught = self.tried.pop()
        self.region = outer
        caught[clause.name.id] = ("o", 2)
        return join_env(end, self.block(clause.body, caught))

    def loop(self, s: Any, env: dict, enter: Callable) -> dict | None:
        head = Side(env)
        for attempt in range(12):
            self.breaks.append([])
            side = Side(head)
            end = self.block(s.body, enter(side))
            exits = self.breaks.pop()
            known = True
            facts = [] if end is None else end.items()
            for v, fact in [(v, side[v]) for v in side.changed] if end is side else facts:
                old, new = head.get(v), join_fact(head.get(v), fact)
                if attempt > 6 and old is not None and old[0] != new[0]:
                    new = "o", new[1]
                if old != new:
                    head[v], known = new, False
            if known:
                break
        ends = [head, *exits] if isinstance(s, gast.For) else exits
        if not ends:
            return None
        for v in {**head.changed, **{v: None for e in exits for v, fact in e.items() if env.get(v) is not fact}}:
            joined = None
            for e in ends:
                joined = join_fact(joined, e.get(v))
            if joined is not None:
                env[v] = joined
        return env

    def item(self, s: Any, env: dict) -> dict:
        held, act = self.known(s.iter, env)
        kind, item = plain(held), contents.element(held)
        if isinstance(s.iter, gast.Name) and s.iter.id in self.zips:
            f, args, facts = self.zips[s.iter.id]
            s.plan = Plan("loop", kind, act, args, facts, f, extra="zip")
            held = self.met(f, args, env)
            item = contents.element(held)
            self.expect(s.plan, s.target.id, held, item)
            self.bind(env, s.target.id, item, act)
            if f is enumerate and s.target.id not in self.core.user:
                self.counted.add(s.target.id)
            return env
        if kind == "r":
            form, item, inner = "range", "i", 0
        elif (act == 0 or has_names(held)) and self.optimise:
            form, inner = "constant", 0
        elif is_array(kind):
            form, inner = "array", act
        elif held != "o" and held[0] == "l":
            form, inner = "list", act
        else:
            form, inner = "items", act
        s.plan = Plan("loop", kind, act, [s.iter], [(kind, act)], extra=form)
        self.expect(s.plan, s.target.id, held, item)
        self.bind(env, s.target.id, item, inner)
        return env

    def zipped(self, s: Any, env: dict) -> Plan | None:
        """The plan of a call of `zip` or `enumerate` whose elements can be followed through the loop over it."""
        v, e = s.targets[0].id, s.value
        self.zips.pop(v, None)
        f = self.follows(e, env) if isinstance(e, gast.Call) and not e.keywords and self.optimise and not self.region else None
        if f is None or any(isinstance(a, gast.Starred) for a in e.args):
            return None
        if self.loops is None:
            self.loops = loops_over_calls(self.core)
        args = e.args if f is zip else e.args[:1] if f is enumerate else [e.func.value]
        known = [self.known(a, env) for a in args]
        if v not in self.loops or not can_follow(self.loops[v], args, known, self.core.memory):
            return None
        facts = [(plain(k), act) for k, act in known]
        self.zips[v] = f, args, facts
        given = args if f is dict.items else list(e.args)
        return Plan("zip", self.met(f, args, env), max(act for _, act in known), given, self.facts(given, env), f, extra="items")

    def met(self, f: Any, args: list, env: dict) -> Any:
        """The kind of such an iterator: of what a loop meets, as far as that is known of what it goes through now."""
        kinds = [self.known(a, env)[0] for a in args]
        if f is dict.items:     # its keys stay the same meanwhile
            return contents.viewed(kinds[0], "items") if has_names(kinds[0]) else ("e", ("t", "k", "o"))
        return "e", ("t", *["i"] * (f is enumerate), *map(contents.element, kinds))

    def follows(self, e: Any, env: dict) -> Any:
        """The function that makes an iterator whose elements may be followed: `zip`, `enumerate`, `dict.items`; or None."""
        if isinstance(e.func, gast.Attribute) and e.func.attr == "items" and isinstance(e.func.value, gast.Name) and not e.args:
            return dict.items if has_names(self.known(e.func.value, env)[0]) else None
        f = self.static(e.func)[1]
        return f if f is zip or f is enumerate else None

    def expect(self, plan: Plan, v: str, source: Any, kind: Any) -> None:
        """Ask for a test where the kind of a variable comes from what a container holds."""
        if source != plain(source) and source[0] not in ("p", "m", "?"):
            if has_class(kind):
                plan.expects = {**plan.expects, v: kind[:2]}
            elif plain(kind) != "o":
                plan.expects = {**plan.expects, v: plain(kind)}
            elif kind != "o" and kind[0] not in ("e", "?"):
                plan.expects = {**plan.expects, v: kind[:1]}

    # -- statements ---------------------------------------------------------------------------------------------

    def statement(self, s: Any, env: dict) -> None:
        if isinstance(s, gast.Assign):
            target = s.targets[0]
            if isinstance(target, gast.Name):
                if target.id in self.core.memory:
                    held, act = self.known(s.value, env)
                    kind = plain(held)
                    self.stores = True
                    s.plan = Plan("store", kind, act, [s.value], [(kind, act)])
                    if target.id in self.core.local:
                        self.bind(env, target.id, held, max(act, 1))
                else:
                    summed = self.sums.plan(s, lambda a: self.fact(a, env)) if self.optimise and not self.region else None
                    s.plan = plan = summed or self.zipped(s, env) or self.operation(s.value, env)
                    if isinstance(s.value, gast.Attribute) and target.id not in self.core.user:
                        value = self.static(s.value)[1]
                        if isinstance(value, type):
                            self.types[target.id] = value
                    held, plan.kind = plan.kind, plain(plan.kind)
                    if plan.own or (plan.form == "element" and has_class(held)):
                        self.expect(plan, target.id, "e", held)
                    elif plan.form in READING and not (isinstance(s.value, (gast.Call, gast.Tuple)) and plan.form == "plain"):
                        for n in names(s.value):
                            self.expect(plan, target.id, env.get(n, ("o", 0))[0], held)
                    if plan.form in ("list", "dict") and self.optimise and target.id in self.confined():
                        held = self.displayed(s.value, env)
                        if all(is_scalar(k) for k, _ in plan.facts):
                            plan.act, plan.extra = max([0, *(a for _, a in plan.facts)]), "own"
                    if plan.form in ("call", "callx") and self.is_mute(s):
                        s.plan = plan = Plan("plain", "k", 0)
                    plan.attempt = self.region and self.may_run_python(plan)
                    if not self.optimise and plan.kind not in ("k", "r"):
                        plan.kind = held = "o"
                    self.bind(env, target.id, held, plan.act)
            elif isinstance(target, gast.Tuple):
                self.unpack(s, target, env)
            else:
                self.store(s, target, env)
        elif isinstance(s, gast.AugAssign):
            self.augmented(s, env)
        elif isinstance(s, gast.Delete):
            target = s.targets[0]
            if isinstance(target, gast.Name):
                s.plan = Plan("plain")
            else:
                self.stores = True
                self.forget(env)
                form = "delattr" if isinstance(target, gast.Attribute) else "delitem"
                s.plan = Plan(form, args=[target.value], facts=self.facts([target.value], env))
                s.plan.attempt = self.region and self.may_run_python(s.plan)
                if form == "delitem" and s.plan.facts[0][0] == "o":
                    s.plan.key = self.key(target.slice, env, self.known(target.value, env)[0])
        else:
            s.plan = Plan("plain")
            if isinstance(s, (gast.Import, gast.ImportFrom)):
                for a in s.names:
                    env[(a.asname or a.name).split(".")[0]] = ("k", 0) if isinstance(s, gast.Import) else ("o", 0)

    def may_run_python(self, plan: Plan) -> bool:
        """Whether a statement may call a function that is only known at run time: a callee, or a method of an operand."""
        if plan.form in ("call", "callx", "method", "methodx"):
            return plan.f is None or plan.f is next or (plan.form == "call" and any(k == "o" for k, _ in plan.facts))
        return plan.form in ("getattr", "getitem", "setattr", "setitem", "delattr", "delitem") and plan.facts[0][0] == "o"

    def is_mute(self, s: Any) -> bool:
        """Whether a call's result is not used, and the callee handles text, files or processes: it runs as it stands, from the
        user's line."""
        if not isinstance(s.value, gast.Call) or not s.targets[0].id.startswith("_") or s.targets[0].id in self.core.user:
            return False
        known, f = self.static(s.value.func)
        return known and self.world.is_opaque(f)

    def unpack(self, s: Any, target: Any, env: dict) -> None:
        held, act = self.known(s.value, env)
        named = parts(held) != held
        held = parts(held)
        kind = plain(held)
        star = next((i for i, t in enumerate(target.elts) if isinstance(t, gast.Starred)), None)
        inner = [t.value.id if isinstance(t, gast.Starred) else t.id for t in target.elts]
        known = kind.__class__ is tuple and kind[0] == "t" and len(kind) - 1 == len(inner) and star is None
        kinds = list(held[1:]) if known else [contents.element(held)] * len(inner)
        s.plan = Plan("unpack" if act or not self.optimise else "plain", kind, act, [s.value], [(kind, act)],
                      extra=(inner, star, known))
        s.plan.own = held.__class__ is tuple and held[0] == "l" and star is None and getattr(s.value, "id", "") not in inner
        for i, (name, k) in enumerate(zip(inner, kinds)):
            if i != star and (not known or has_class(k) or named):
                self.expect(s.plan, name, "e" if named else held, k)
            count = i == 0 and getattr(s.value, "id", "") in self.counted
            self.bind(env, name, "o" if i == star else k, 0 if count else max(act, 1) if i == star else act)

    def store(self, s: Any, target: Any, env: dict) -> None:
        args = [target.value, s.value]
        form = "setattr" if isinstance(target, gast.Attribute) else "setitem"
        s.plan = plan = Plan(form, args=args, facts=self.facts(args, env))
        if form == "setattr":
            self.store_attribute(plan, target, env, getattr(s, "alone", False))
        plan.attempt = self.region and self.may_run_python(plan)
        if form == "setitem" and plan.facts[0][0] == "o":
            plan.key = self.key(target.slice, env, self.known(target.value, env)[0])
            if self.optimise and not plan.key and getattr(target.value, "id", "") in self.confined() \
                    and not isinstance(target.slice, gast.Slice):
                plan.extra = self.place(self.known(target.value, env)[0], target.slice, env)
            key = target.slice.value if isinstance(target.slice, gast.Constant) else \
                NAMES if isinstance(target.slice, gast.Name) and self.fact(target.slice, env)[0] == "k" else None
            held, value = self.known(target.value, env)[0], solid(self.known(s.value, env)[0])
            value = contents.element(value) if isinstance(target.slice, gast.Slice) else value
            self.puts(target.value, held, value, key)
            contents.store(env, getattr(target.value, "id", ""), held, value, self.confined(), key)
        if form == "setitem" and is_array(plan.facts[0][0]):
            plan.kind = self.subscript_kind(plan.facts[0][0], target.slice, env)
            if getattr(s, "again", False) and is_array(plan.facts[1][0]):
                plan.extra = "again"
        plan.simple = form == "setitem" and self.is_simple(plan.facts) and self.is_basic(target.slice, env)
        if plan.simple:
            self.updates = True
        else:
            self.stores = True

    def store_attribute(self, plan: Plan, target: Any, env: dict, alone: bool) -> None:
        """Note what is stored into an attribute: of a known object, without a look at its class; `alone`: of one that nobody
        else has seen."""
        held, value = (self.known(a, env)[0] for a in plan.args)
        if not self.optimise or target.attr.startswith("__"):
            self.forget(env)
            return
        if is_instance(held) and held[1].has_own(target.attr):
            plan.own = True
            self.world.rely_on(held[1], target.attr)
            if self.effects is not None and not alone:
                self.effects.add((held[1], target.attr, solid(value)))
        else:
            self.effects = None
        stored_attribute(env, getattr(target.value, "id", ""), held, target.attr, value, alone)

    def is_simple(self, facts: list, added: bool = False) -> bool:
        """Whether a number or an array is stored into a real array: the undoing of it can be written out. NumPy refuses to add
        what is complex."""
        (a, _), (b, _) = facts
        return self.optimise and is_array(a) and a[0] == "a" \
            and (b in ("i", "f", "b") or (is_array(b) and b[0] in "an") or (added and (b == "z" or is_array(b))))

    def augmented(self, s: Any, env: dict) -> None:
        target = gast.Name(id=s.target.id, ctx=gast.Load(), annotation=None, type_comment=None)
        args = [target, s.value]
        facts = self.facts(args, env)
        held = self.known(target, env)[0]
        self.hand_over(target, s.value, env)
        plan: Plan | None = None
        if is_instance(held) and held[1].function(f"__{INPLACE[type(s.op)].__name__}__") is None:
            plan = self.operator(s.op, args, [held, self.known(s.value, env)[0]], env)
        if plan is None and any(k == "⊥" for k, _ in facts):
            plan = Plan("plain", "⊥", max(a for _, a in facts))
        if plan is not None:
            held, plan.kind = plan.kind, plain(plan.kind)
            s.plan = plan
            self.bind(env, target.id, held, plan.act)
            return
        if all(is_scalar(k) for k, _ in facts):
            s.plan = plan = self.apply(OPERATORS[type(s.op)], args, {}, env)
        elif facts[0][0] == "k" and self.optimise:
            s.plan = plan = Plan("plain", "k" if facts[1][0] == "k" else "o", facts[1][1])
        else:
            kind = facts[0][0] if is_array(facts[0][0]) else "o"
            if self.optimise and (is_scalar(facts[0][0]) or is_loose(facts[0][0])):      # a number becomes an array
                operation = OPERATORS[type(s.op)]
                kind = self.result_kind(self.world.lookup(operation), operation, args, {}, env)
            s.plan = plan = Plan("call", kind, max(1, *(a for _, a in facts)), args, facts, INPLACE[type(s.op)], extra="inplace")
            held, added = self.known(target, env)[0], contents.element(self.known(s.value, env)[0])
            if not is_array(plan.facts[0][0]) and not is_loose(plan.facts[0][0]):
                self.puts(target, held, added)
            if plain(held) != held or (kind == "o" and added != "o"):      # a list is extended
                contents.store(env, s.target.id, held, added, self.confined())
            plan.simple = self.is_simple(facts, True) and isinstance(s.op, (gast.Add, gast.Sub))
            plan.attempt = self.region and self.may_run_python(plan)
            if plan.simple:
                self.updates = True
            else:
                self.stores = True
        if not self.optimise and plan.kind != "k":
            plan.kind = "o"
        self.bind(env, target.id, plan.kind, plan.act)
