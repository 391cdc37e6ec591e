"""Which variables may name the same memory, and which memory other code may reach.

Enters: planned core code. Leaves: `Aliases`, the answer for each variable. It does not depend on the order of statements: two
variables that name the same memory at any time are in one class.

Only functions that may store ask: where nothing is written, nobody minds who shares what.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import gast

from ..ir.build import blocks, heads, mentioned, names, statements, walk
from ..normalize import Core
from .confined import PLACES, root
from .facts import Plan, is_array, is_scalar

__all__ = ["Aliases"]


class Aliases:
    """Classes of variables that may share memory.

    Attributes
    ----------
    exposed : classes that code outside of this function may read or write while it runs
    stored : class -> activity of what is stored into it here; of what is handed to a callee that may store, 1
    private : classes whose memory nobody else sees, and whose overwritten values nobody reads again
    views : (array, index) of each view of a part of a private array
    all_private : whether all that is stored here is stored into private arrays
    """

    def __init__(self, core: Core, params: list, world: Any, static: Any) -> None:
        self.core, self.world, self.static = core, world, static
        self.parent: dict[str, str]
        self.exposed: set[str]
        self.stored: dict[str, int]
        self.numbers: dict[str, bool] = {}
        for p, kind in zip(core.params, params):
            self.number(p, kind)
        every = self.every = list(statements(core.body))
        for s in every:
            self.kinds(s)
        self.moves = self.find_moves()
        while True:
            marks = self.classes(every)
            seen = self.seen_moves(marks)
            if not seen:
                break
            for key in seen:
                del self.moves[key]
        for v in (*core.params, *core.memory):
            self.exposed.add(self.find(v))
        for vs, act in marks:
            for v in vs:
                root = self.find(v)
                if act is None:
                    self.exposed.add(root)
                    act = 1
                self.stored[root] = max(self.stored.get(root, 0), act)
        self.exposed = {self.find(v) for v in self.exposed}
        self.private: set[str] = set()
        self.views: dict[str, tuple[str, Any]] = {}
        self.find_private(every)
        del self.world, self.static, self.every     # they hold on to the user's module, and to code
        self.__dict__.pop("mentions", None)

    @cached_property
    def mentions(self) -> Mentions:
        return Mentions(self.every)

    def classes(self, every: list) -> list[tuple[list[str], int | None]]:
        """Find the classes; returns what is stored into or handed out, with the activity of what is stored."""
        self.parent, self.exposed, self.stored = {}, set(), {}
        marks: list[tuple[list[str], int | None]] = []
        for s in every:
            self.statement(s, marks)
        return marks

    def reachable(self, v: str) -> bool:
        """Whether the memory that a variable names may be written to, here or by other code."""
        return not self.numbers.get(v, False) and (
            v not in self.core.local or self.find(v) in self.exposed or self.find(v) in self.stored)

    def followed(self, v: str) -> bool:
        """Whether the memory that a variable names is, or was under an earlier name, written to."""
        return self.reachable(v) or (v in self.core.local and not self.numbers.get(v, False)
                                     and self.find(v) in {self.find(u) for u, _, _ in self.moves.values()})

    def is_private(self, v: str) -> bool:
        return v in self.core.local and self.find(v) in self.private

    def activity(self, v: str) -> int:
        """The least activity of a variable, for what may be stored into its memory."""
        return 0 if self.numbers.get(v, False) else self.stored.get(self.find(v), 0)

    def activities(self) -> dict[str, int]:
        """That of each variable: classes of other names may have the same."""
        return {v: self.activity(v) for v in self.numbers}

    # -- classes ------------------------------------------------------------------------------------------------

    def find(self, v: str) -> str:
        return root(self.parent, v)

    def join(self, vs: list[str]) -> None:
        for v in vs[1:]:
            self.parent[self.find(v)] = self.find(vs[0])

    def number(self, v: str, kind: Any) -> None:
        """Note the kind of one binding: what is always a number or a constant shares no memory."""
        self.numbers[v] = self.numbers.get(v, True) and (is_scalar(kind) or kind in ("k", "r"))

    def kinds(self, s: Any) -> None:
        plan: Plan | None = getattr(s, "plan", None)
        if plan is None:
            return
        if isinstance(s, gast.For):
            item = "i" if plan.extra == "range" else "f" if plan.kind == ("a", 1) else plan.expects.get(s.target.id, "o")
            self.number(s.target.id, item)
        elif plan.form == "unpack" or (isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Tuple)):
            inner, _, known = plan.extra
            for i, v in enumerate(inner):
                self.number(v, plan.kind[1 + i] if known else "f" if plan.kind == ("a", 1) else plan.expects.get(v, "o"))
        elif isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name):
            self.number(s.targets[0].id, plan.kind)
        elif isinstance(s, gast.AugAssign):
            self.number(s.target.id, plan.kind)

    def memory_of(self, *nodes: Any) -> list[str]:
        """The variables in expressions that may name memory."""
        found = [n for node in nodes if node is not None for n in sorted(names(node))]
        return [n for n in found if not self.numbers.get(n, False) and n not in self.core.namer.helpers]

    # -- statements ---------------------------------------------------------------------------------------------

    def statement(self, s: Any, marks: list) -> None:
        plan: Plan | None = getattr(s, "plan", None)
        if plan is None:
            return
        if isinstance(s, gast.For):
            self.join([s.target.id, *self.memory_of(s.iter)] if not self.numbers[s.target.id] else [])
            return
        if isinstance(s, gast.Delete):
            return
        form = plan.form
        if id(s) in self.moves:
            return
        if form == "append" or (form == "setitem" and plan.extra in PLACES) or plan.extra == "own":
            self.confined(plan, target_of(s), marks)
            return
        if form in ("setitem", "setattr"):
            inside, value = self.memory_of(plan.args[0]), self.memory_of(plan.args[1], *(atom for _, atom, _ in plan.key))
            marks.append((inside, max(plan.facts[1][1], *(act for _, _, act in plan.key), 0)))
            if form == "setattr" or not is_array(plan.facts[0][0]):
                marks.append((value + inside, None))
                self.join(inside + value)
            return
        target = s.target if isinstance(s, gast.AugAssign) else getattr(s, "targets", [None])[0]
        if target is None:
            return
        bound = [n.id for n in walk(target) if isinstance(n, gast.Name) and not self.numbers.get(n.id, False)]
        if form in ("call", "callx", "method", "methodx", "static", "asked"):
            self.calling(s, plan, bound, marks)
        elif form in ("list", "dict", "set", "startuple", "load", "store", "getattr", "yield"):
            operands = self.memory_of(*plan.args)
            if form != "startuple":
                marks.append((bound + operands, None))
            self.join(bound + operands)
        elif self.makes(s):
            return
        elif form == "plain":
            self.join(bound + self.memory_of(s.value))
        elif form == "getitem" and plan.key:    # a class may keep its index
            operands = self.memory_of(*plan.args, *(atom for _, atom, _ in plan.key))
            marks.append((bound + operands, None))
            self.join(bound + operands)
        else:  # copies, views, tuples
            self.join(bound + self.memory_of(*plan.args))

    def find_moves(self) -> dict[int, tuple[str, str, list]]:
        """The statements `u = new` that hand on an array which was made in the same block: both names, and the statements from
        there to here."""
        found: dict[int, tuple[str, str, list]] = {}
        handed = self.core.local - self.core.memory - {self.core.ret}
        for block in all_blocks(self.core.body):
            made: dict[str, list[int]] = {}
            for at, s in enumerate(block):
                plan = getattr(s, "plan", None)
                if plan is None:
                    continue
                if plan.form == "copy" and is_array(plan.kind) and isinstance(s.value, gast.Name):
                    u, new = s.targets[0].id, s.value.id
                    mine = u != new and {u, new} <= handed and new not in self.core.params
                    if mine and len(made.get(new, ())) == 1:
                        found[id(s)] = u, new, block[made[new][0]:at + 1]
                elif (bound := bound_by(s)) and self.makes(s):
                    for v in bound:
                        made.setdefault(v, []).append(at)
        return found

    def seen_moves(self, marks: list) -> list[int]:
        """The moves after which somebody may store into the array: by way of what it was given to, under its next name, or under
        a name that is still spoken of then. Otherwise what is stored into `new` is not seen by `u`, which names another array by
        the time that one more is made."""
        if not self.moves:
            return []
        given = {self.find(v) for vs, act in marks for v in vs if act is None}
        stored = {self.find(v) for vs, _ in marks for v in vs}
        members = self.members()
        hidden = {self.find(v) for v in self.core.memory}
        return [key for key, (u, new, body) in self.moves.items()
                if self.find(u) in stored or self.find(new) in given or self.find(new) in hidden
                or not self.mentions.are_within(members[self.find(new)], body)]

    def members(self) -> dict[str, set[str]]:
        """The variables of each class."""
        found: dict[str, set[str]] = {}
        for v in self.numbers:
            found.setdefault(self.find(v), set()).add(v)
        return found

    def makes(self, s: Any) -> bool:
        """Whether a statement binds a name to what shares memory with nothing else."""
        return (s.plan.form == "inline" and bool(s.plan.f.fresh)) or (s.plan.form == "plain" and self.is_fresh(s.value))

    def confined(self, plan: Plan, v: str, marks: list) -> None:
        """Something is put into a container that no other code can reach."""
        stored = plan.args[-1:] if plan.form != "list" and plan.form != "dict" else plan.args
        marks.append(([v], max([act for _, act in plan.facts[len(plan.facts) - len(stored):]], default=0)))
        inner = self.memory_of(*stored)
        if inner:
            marks.append(([v, *inner], None))
            self.join([v, *inner])

    def calling(self, s: Any, plan: Plan, bound: list[str], marks: list) -> None:
        operands = self.memory_of(*plan.args, *plan.keywords.values())
        if isinstance(s, gast.Assign) and isinstance(s.value, gast.Call):
            operands += self.memory_of(s.value.func)
        if plan.form == "static":
            if plan.f.stores:
                marks.append((bound + operands, None))
            self.join(bound + operands)
            return
        rule = self.world.lookup(plan.f) if plan.f is not None and plan.form in ("call", "callx") else None
        if plan.extra == "inplace":
            marks.append((operands[:1], plan.facts[1][1]))
            if plan.simple:
                return
        if rule is None or not plan.quiet:
            marks.append((bound + operands, None))
            self.join(bound + operands)
        elif not rule.fresh:
            self.join(bound + operands)

    def is_fresh(self, e: Any) -> bool:
        """Whether an expression makes new memory, or none."""
        if not isinstance(e, gast.Call):
            return isinstance(e, (gast.Constant, gast.BinOp, gast.UnaryOp, gast.Compare, gast.JoinedStr, gast.BoolOp))
        known, f = self.static(e.func)
        rule = self.world.lookup(f) if known else None
        if rule is None or not rule.fresh or self.world.may_store(rule):
            return False
        return rule.form != "none" or str(getattr(f, "__module__", "")).split(".")[0] in ("numpy", "math", "builtins")

    # -- private arrays -----------------------------------------------------------------------------------------

    def find_private(self, every: list) -> None:
        """An array is private if this function makes it, and only computes with it, stores into it and returns it: then its
        cotangent can stay in a variable, and undoing a store needs no old values. Parts of it may have names for a while, until
        the next store."""
        targets = [(s, p.args[0].id if isinstance(p.args[0], gast.Name) else "") for s, p in planned(every) if is_store(p)]
        good = {self.find(v) for _, v in targets if v in self.core.local} - self.exposed
        if good:
            uses = Uses(self, every)
            good = {root for root in good if uses.are_harmless(root)}
            for s in uses.kept:
                s.plan.kept = self.find(s.targets[0].id) in good
            self.views = {v: place for v, place in uses.views.items() if self.find(v) in good}
        self.private = good
        self.all_private = all(self.find(v) in good and (s.plan.simple or again(s)) for s, v in targets)


def target_of(s: Any) -> str:
    """The name of the container that a statement makes, or puts something into."""
    place = s.value.func if s.plan.form == "append" else s.targets[0]
    return str(place.id if isinstance(place, gast.Name) else place.value.id)


def planned(every: list) -> list:
    return [(s, s.plan) for s in every if getattr(s, "plan", None) is not None]


def is_store(plan: Plan) -> bool:
    return plan.form == "setitem" or plan.extra == "inplace"


LINEAR = {"add", "sub", "neg", "pos", "subtract", "negative", "positive"}
SCALING = {"mul": (0, 1), "multiply": (0, 1), "truediv": (0,), "divide": (0,), "true_divide": (0,)}


class Mentions:
    """Which statements speak of a variable; compound ones in their heads."""

    def __init__(self, every: list) -> None:
        self.of: dict[str, list[Any]] = {}
        for s in every:
            plan = getattr(s, "plan", None)
            parts = [] if plan is None else [x for x in (*plan.args, *plan.keywords.values()) if x is not None]
            for v in mentioned(*heads(s), *parts):
                self.of.setdefault(v, []).append(s)

    def are_within(self, members: set[str], body: list) -> bool:
        """Whether some statements are all that speak of variables, and bind each before they speak of it."""
        inside = {id(b) for b in statements(body)}
        return all(id(s) in inside for v in members for s in self.of.get(v, ())) and all(is_bound_first(v, body) for v in members)


class Uses:
    """How the members of a class of arrays are used."""

    def __init__(self, aliases: Aliases, every: list) -> None:
        self.aliases, self.core = aliases, aliases.core
        self.members = aliases.members()
        self.block_of: dict[int, tuple[list, int]] = {}
        self.known_places: dict[int, dict[int, int]] = {}
        self.makers: dict[str, list[Any]] = {}      # variable -> what binds it to an array of its own
        self.stores: dict[str, list[Any]] = {}      # variable -> what stores into it
        self.harmful: set[int] = set()              # what may do anything
        self.kept: list[Any] = []       # what makes an array that its own pullback reads, and that is stored into
        for s, p in planned(every):
            if is_store(p):
                for v in names(p.args[0]):
                    self.stores.setdefault(v, []).append(s)
            if p.extra != "inplace" and not (p.form == "index" and p.extra):
                for v in bound_by(s):
                    if p.form != "copy" or v != self.core.ret:
                        self.makers.setdefault(v, []).append(s)
            if is_store(p) and not (p.simple or again(s)):
                self.harmful.add(id(s))
        self.views: dict[str, tuple[str, Any]] = {}

    def are_harmless(self, root: str) -> bool:
        member = self.members[root]
        every = planned(list({id(s): s for v in sorted(member) for s in self.aliases.mentions.of.get(v, ())}.values()))
        if not self.harmful <= {id(s) for s, _ in every}:
            return False
        final = self.last_stores(member)
        owners: set[str] = set()
        bound: dict[str, list] = {}
        for s, p in every:
            for v in bound_by(s) & member:
                if p.extra != "inplace":
                    bound.setdefault(v, []).append(s)
                if p.form == "copy" and v == self.core.ret:
                    continue
                if p.form == "index" and p.extra:
                    self.views[v] = p.args[0].id, s.value.slice
                elif p.extra != "inplace":
                    owners.add(v)
            if not self.is_harmless(s, p, member, final(s)):
                return False
        parts = member - owners - {self.core.ret}
        if len(owners) != 1 or any(len(bound.get(v, ())) != 1 or self.views[v][0] not in owners for v in parts):
            return False
        if any(p.form == "setitem" and names(p.args[0]) & parts for _, p in every):
            return False    # a store through a view
        return (self.core.ret in owners or len(bound.get(self.core.ret, ())) < 2) \
            and all(self.is_momentary(v, bound[v][0], member) for v in parts)

    def last_stores(self, member: set[str]) -> Callable[[Any], bool]:
        """Whether no store follows a statement into what it reads. An array that is made in one place, perhaps anew in each round
        of a loop, is stored into between that place and the last store in the block of it."""
        block, start = self.core.body, -1
        makers = {id(s): s for v in member for s in self.makers.get(v, ())}
        if len(makers) == 1:
            block, start = self.place_of(*makers.values())
        place = self.places(block)
        stores = [place.get(id(s), -1) for v in member for s in self.stores.get(v, ())]
        if min(stores) <= start:        # a store into what an earlier round has made
            return lambda s: False
        return lambda s: not start <= place.get(id(s), -1) <= max(stores)

    def place_of(self, s: Any) -> tuple[list, int]:
        """The block that a statement stands in, and its place there."""
        if not self.block_of:
            self.block_of = {id(b): (block, i) for block in all_blocks(self.core.body) for i, b in enumerate(block)}
        return self.block_of[id(s)]

    def places(self, block: list) -> dict[int, int]:
        """For each statement in a block, at any depth, the place of the one of the block that it belongs to."""
        found = self.known_places.get(id(block))
        if found is None:
            found = self.known_places[id(block)] = {id(b): i for i, s in enumerate(block) for b in statements([s])}
        return found

    def is_harmless(self, s: Any, p: Plan, member: set[str], final: bool) -> bool:
        """Whether a statement does with the members what the reverse sweep can follow without their old values."""
        if isinstance(s, gast.For):
            return not (names(s.iter) | {s.target.id}) & member
        reads = {n for x in [*p.args, *p.keywords.values()] if x is not None for n in names(x)} & member
        makes = bound_by(s) & member
        if makes and not (is_array(p.kind) and p.kind[0] == "a"):
            return False
        if p.form == "index":
            return p.extra or not makes
        if p.form == "setitem":
            return again(s) or (p.simple and not names(p.args[1]) & member)
        if p.extra == "inplace":
            return p.simple and not names(p.args[1]) & member
        if p.form == "inline":
            if makes and not final and self.reads_result(p):
                self.kept.append(s)
            return not (reads or makes) or (p.f.fresh and (final or not reads or self.keeps_no_values(p, member)))
        if p.form == "plain":
            return not makes or not (names(s.value) & member)
        if p.form == "copy" and (makes == {self.core.ret} or id(s) in self.aliases.moves):
            return final
        return not reads and not makes

    def keeps_no_values(self, p: Plan, member: set[str]) -> bool:
        """Whether the pullback of an operation does not read the values of the members."""
        name = getattr(p.f.f, "__name__", "")
        mine = [i for i, x in enumerate(p.args) if names(x) & member]
        if name in LINEAR:
            return True
        return name in SCALING and len(mine) == 1 and mine[0] in SCALING[name] and p.facts[1 - mine[0]][1] == 0

    def reads_result(self, p: Plan) -> bool:
        """Whether the pullback of an operation reads the values of its result."""
        return any(act for _, act in p.facts) and self.aliases.world.reads_result(p.f)

    def is_momentary(self, v: str, made: Any, member: set[str]) -> bool:
        """Whether a view is used up, in the block where it is made, before the next store."""
        block, start = self.place_of(made)
        place = self.places(block)
        stores = [i for u in member for s in self.stores.get(u, ()) if (i := place.get(id(s), -1)) > start]
        first = min(stores, default=len(block))
        for s in self.aliases.mentions.of[v]:
            inside, at = self.place_of(s)
            if inside is not block or at < start or (at > first and not again(s)):
                return False
        return True


def bound_by(s: Any) -> set[str]:
    """The variables that a simple statement binds."""
    if isinstance(s, gast.AugAssign):
        return {s.target.id}
    nodes = [n for t in getattr(s, "targets", []) for n in walk(t)]
    return {n.id for n in nodes if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)}


def is_bound_first(v: str, body: list) -> bool:
    """Whether a block binds a variable before it speaks of it: no value of an earlier round is read there."""
    for s in body:
        if v in bound_by(s) and v not in names(s) and not isinstance(s, gast.AugAssign):
            return True
        inner = blocks(s)
        loop = isinstance(s, gast.For) and s.target.id == v
        parts = [s.iter] if loop else heads(s)
        if v in mentioned(*parts) or not (loop or all(is_bound_first(v, block) for block in inner)):
            return False
    return True


def again(s: Any) -> bool:
    """Whether a statement stores a part of an array into its own place, after it was updated there."""
    return s.plan.form == "setitem" and s.plan.extra == "again"


def all_blocks(body: list) -> list:
    return [body, *[inner for s in body for block in blocks(s) for inner in all_blocks(block)]]
