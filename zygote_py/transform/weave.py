"""Forward and reverse sweep from pairs: what must be saved, restored and recorded.

Enters: the pairs of a block. Leaves: its forward and its reverse statements.

The reverse sweep finds every primal variable with the value it had right after the forward statement that is being reversed.
So, where a statement overwrites a variable that an earlier statement's reverse reads, the forward sweep saves it first, and the
reverse sweep restores it. In a loop, what the reverse body reads and the forward body assigns is packed into one tuple (or
value) for each iteration.

Where an exception may be caught, the forward sweep notes how far it came: `progress = 7` says that the statement number 7 of the
body is done, or that the compound statement number 7 is reached. The reverse sweep undoes what is done. An iteration that was cut
short is recorded by the handler.
"""

from __future__ import annotations

from typing import Any

import gast

from ..ir.build import (
    assign,
    assigned,
    attribute,
    binop,
    blocks,
    bound_by,
    call,
    clone,
    const,
    if_,
    load,
    locate,
    store,
    try_,
    tuple_,
    walk,
)
from ..ir.names import Namer
from .liveness import Memo, live_in, terminates
from .pairs import Attempt, Branch, Jump, Loop, Pair
from .recompute import recompute

__all__ = ["Weaver"]


def restoring(s: Any) -> Any:
    """Mark a statement that only saves or restores: it may be dropped when nobody reads the target."""
    s.restore = True
    return s


class Region:
    """The body of a `try` whose handler may go on: the variable that says how far it came, and the loops in it."""

    def __init__(self, progress: str) -> None:
        self.progress, self.count = progress, 0
        self.loops: list[tuple[int, int, list]] = []

    def next(self) -> int:
        self.count += 1
        return self.count

    def mark(self, k: int) -> Any:
        """The statement that says how far the body came."""
        m = assign(self.progress, const(k))
        m.mark = True
        return m

    def beyond(self, k: int) -> Any:
        return gast.Compare(left=load(self.progress), ops=[gast.GtE()], comparators=[const(k)])

    def between(self, lo: int, hi: int) -> Any:
        return gast.Compare(left=const(lo), ops=[gast.Lt(), gast.LtE()], comparators=[load(self.progress), const(hi)])

    def suspended(self) -> list:
        """Statements that add the iteration in which a generator is suspended to the record of its loop."""
        cut = []
        for lo, hi, pack in self.loops:
            append = pack[0].value
            longer = binop(clone(append.func.value), gast.Add, gast.List(elts=[clone(append.args[0])], ctx=gast.Load()))
            cut.append(if_(self.between(lo, hi), [assign(append.func.value.id, longer)]))
        return cut


class Weaver:
    """Weaves the pairs of one function; `early` collects variables that must be bound from the start."""

    def __init__(self, namer: Namer, params: set[str], memory: set[str], tools: Any) -> None:
        self.namer, self.params, self.memory, self.tools = namer, params, memory, tools
        self.early: set[str] = set()
        self.live: Memo = {}
        self.bound: dict[int, set[str]] = {}
        self.kept: list = []
        self.region: Region | None = None
        self.marks: set[str] = set()
        self.suspends = False       # whether it is a generator

    def generator(self, pairs: list) -> tuple[list, list]:
        """The body of a generator: the reverse sweep starts from where it is suspended."""
        region = self.region = Region(self.namer.fresh("progress"))
        self.marks.add(region.progress)
        self.suspends = True
        fwd, rev = self.block(pairs)
        return [assign(region.progress, const(0)), *fwd], [*region.suspended(), *rev]

    def block(self, pairs: list, needed: set[str] | None = None) -> tuple[list, list]:
        fwd: list = []
        chunks: list[list] = []
        needed = set() if needed is None else needed
        for p in pairs:
            region = self.region
            reached = region.next() if region is not None and not isinstance(p, (Pair, Jump)) else 0
            f, r = self.one(p, reached)
            bound = {v for s in f for v in bound_by(s, self.bound)} - self.marks
            saves: dict[str, str] = {}
            for v in sorted((bound & needed) - self.memory):
                saves[v] = self.namer.saved(v)
            restored = list(saves)
            if isinstance(p, Pair):     # in what is compound, it has been done
                self.resolve(r, bound, saves)
            for v, name in saves.items():
                fwd.append(restoring(locate(assign(name, load(v)), p.origin)))
                if v not in self.params:
                    self.early.add(v)
            r = r + [restoring(locate(assign(v, load(saves[v])), p.origin)) for v in restored]
            if region is not None and (r or p.ran or p.missed or (isinstance(p, Pair) and p.check)):
                f, r = self.marked(p, f, r, reached, region)
            fwd += f
            self.kept.append(f)
            chunks.append(r)
            needed |= live_in(r, memo=self.live)
        rev = [s for chunk in reversed(chunks) for s in chunk]
        return fwd, rev

    def marked(self, p: Any, f: list, r: list, reached: int, region: Region) -> tuple[list, list]:
        """Note that a statement is done, or that it is reached if it is compound, and undo it only then."""
        k = reached or region.next()
        mark = locate(region.mark(k), p.origin)
        if isinstance(p, Pair):
            f = [mark, *f] if p.first else [*f, mark, *p.check]
        elif not isinstance(p, Loop):
            f = [mark, *f]
        return f, [locate(if_(region.beyond(k), r + p.ran, p.missed), p.origin)]

    def resolve(self, rev: list, bound: set[str], saves: dict[str, str]) -> None:
        """Names of the form `x@`: the value of x before the statement."""
        for s in rev:
            for n in walk(s):
                if n.__class__ is gast.Name and n.id.endswith("@"):
                    v = n.id[:-1]
                    if v in bound:
                        if v not in saves:
                            saves[v] = self.namer.saved(v)
                        n.id = saves[v]
                    else:
                        n.id = v

    def one(self, p: Any, reached: int) -> tuple[list, list]:
        if isinstance(p, Pair):
            return p.fwd, p.rev
        if isinstance(p, Jump):
            return [p.origin], []
        if isinstance(p, Branch):
            return self.branch(p)
        if isinstance(p, Attempt):
            return self.attempt(p)
        return self.loop(p, reached)

    def attempt(self, p: Attempt) -> tuple[list, list]:
        clause = p.origin.handlers[0]
        if not p.origin.recovers:
            fwd, rev = self.block(p.body)
            leave, _ = self.block(p.handler)
            return [locate(try_(fwd, clause.name.id, leave, clone(clause.type)), p.origin)], rev
        outer = self.region
        region = self.region = Region(self.namer.fresh("progress"))
        taken = self.namer.fresh("taken")
        self.marks.add(region.progress)
        fwd, rev = self.block(p.body)
        self.region = outer
        cut = [if_(region.between(lo, hi), pack) for lo, hi, pack in region.loops]
        check = gast.Expr(value=call(load(self.namer.helper(self.tools.check_caught, "check_caught")), load(self.namer.cx),
                                     load(clause.name.id)))
        handler, undo = self.block(p.handler, live_in(rev, memo=self.live))
        undo += p.taken_tail
        new = try_(fwd, clause.name.id, [assign(taken, const(True)), *cut, check, *handler], clone(clause.type))
        start = [assign(taken, const(False)), assign(region.progress, const(0)), new]
        for s in start:
            locate(s, p.origin)
        other = [*p.other_tail, *(region.suspended() if self.suspends else [])]
        if undo or other:
            rev = [locate(if_(load(taken), undo, other), p.origin), *rev]
        return start, rev

    def branch(self, p: Branch) -> tuple[list, list]:
        f1, r1 = self.block(p.then)
        f2, r2 = self.block(p.orelse)
        r1, r2 = r1 + p.then_tail, r2 + p.orelse_tail
        if hasattr(p.origin, "numbers") and self.region is None:
            self.pack(f2, r2, p.origin)
        fwd = [locate(if_(clone(p.origin.test), f1, f2), p.origin)]
        if p.dead[0] or p.dead[1]:
            return fwd, r2 if p.dead[0] else r1
        if not r1 and not r2:
            return fwd, []
        return fwd, [locate(if_(clone(p.origin.test), r1, r2), p.origin)]

    def pack(self, fwd: list, rev: list, origin: Any) -> None:
        """Keep what a rare branch leaves to its reverse in one variable."""
        need = sorted((live_in(rev, memo=self.live) & assigned(fwd)) - self.memory)
        if len(need) < 2:
            return
        rare = self.namer.fresh("rare")
        self.early |= {rare, *need} - assigned([s for s in fwd if not blocks(s)])
        fwd.append(locate(assign(rare, tuple_([load(v) for v in need])), origin))
        rev.insert(0, locate(assign(need, load(rare)), origin))

    def loop(self, p: Loop, reached: int) -> tuple[list, list]:
        region = self.region
        # An iteration that ends in `break` has bound the loop variable, too, and is recorded if that has a reverse.
        needed = live_in(p.item + p.tail, memo=self.live)       # where an iteration begins
        head, inner, swap = self.exit_first(p.body, needed) if region is None and not p.item else ([], None, False)
        if inner is not None:
            fhead, _ = self.block(head)
            fbody, rbody = self.block(inner.then if not swap else inner.orelse, set(needed))
            rbody = rbody + (inner.then_tail if not swap else inner.orelse_tail)
            leave, _ = self.block(inner.orelse if not swap else inner.then)
        else:
            fhead, leave = [], []
            fbody, rbody = self.block(p.body, set(needed))
        rbody = rbody + p.item + p.tail
        bound = assigned(fhead) | assigned(fbody)
        is_for = isinstance(p.origin, gast.For)
        target = p.origin.target.id if is_for else None
        counter = getattr(p.origin, "counter", None) if p.item else None
        if target:
            bound.add(target)
        if counter:
            bound.add(counter)
        need = sorted((live_in(rbody, memo=self.live) & bound) - self.memory)
        has_rev = bool(rbody)
        jumps = self.has_break(fbody) or inner is not None
        if has_rev and region is None and not self.has_break(fbody):
            again, need = recompute(fbody, rbody, need, bound, target, is_for and p.origin.plan.extra == "range",
                                    set(self.namer.modules))
            rbody = [*again, *rbody]
        simple = is_for and region is None and p.origin.plan.extra == "range" and not jumps and set(need) <= {target} \
            and target not in assigned(fbody)
        before: list = []
        after: list = []
        rev: list = []
        if has_rev and simple:
            name = target if need else "_"
            source = call("reversed", clone(p.origin.iter)) if need else clone(p.origin.iter)
            rev = [gast.For(target=store(str(name)), iter=source, body=rbody, orelse=[], type_comment=None)]
        elif has_rev:
            tape = self.namer.fresh("tape")
            empty = gast.List(elts=[], ctx=gast.Load())
            empty.ours = True
            before = [assign(tape, empty)]
            value = load(need[0]) if len(need) == 1 else tuple_([load(v) for v in need]) if need else const(None)
            pack = gast.Expr(value=call(attribute(load(tape), "append"), value))
            self.early |= {v for v in need if v != target and v != counter}
            at = self.saved_at(fbody, need) if region is None else None
            if region is not None:
                last, end = region.count, region.next()
                region.loops.append((reached, last, [clone(pack)]))
                fbody = self.record(fbody, [pack, region.mark(reached)], p.origin)
                after.append(region.mark(end))
            elif at is not None:
                fbody[at] = locate(gast.Expr(value=call(attribute(load(tape), "append"), fbody[at].value)), p.origin)
            else:
                fbody = self.record(fbody, [pack], p.origin)
            goal = store(need[0]) if len(need) == 1 else tuple_([store(v) for v in need], gast.Store()) if need else store("_")
            rev = [gast.For(target=goal, iter=call("reversed", load(tape)), body=rbody, orelse=[], type_comment=None)]
        if inner is not None:
            sides = (fbody, leave) if not swap else (leave, fbody)
            fbody = [*fhead, locate(if_(clone(inner.origin.test), *sides), inner.origin)]
        if is_for:
            it: Any = clone(p.origin.iter)
            goal = store(str(target))
            if getattr(p.origin, "feed", None) and p.item:
                listed = p.origin.plan.extra == "list"
                before.append(assign(p.origin.feed, it if listed else call(
                    load(self.namer.helper(self.tools.note_items, "note_items")), load(self.namer.cx), it)))
                it = load(p.origin.feed) if listed else attribute(load(p.origin.feed), "items")
                if jumps and not listed:
                    after.insert(0, gast.Expr(value=call(
                        load(self.namer.helper(self.tools.feed_left, "feed_left")), load(self.namer.cx), load(p.origin.feed),
                        const(p.origin.temporary))))
            if counter:
                it, goal = call("enumerate", it), tuple_([store(counter), goal], gast.Store())
            new: Any = gast.For(target=goal, iter=it, body=fbody or [gast.Pass()], orelse=[], type_comment=None)
        else:
            new = gast.While(test=const(True), body=fbody or [gast.Pass()], orelse=[])
        if region is not None:
            before.append(region.mark(reached))
        fwd = [locate(s, p.origin) for s in [*before, new, *after]]
        rev = [*p.before, *rev, *p.after]
        for s in rev:
            locate(s, p.origin)
        return fwd, rev

    def exit_first(self, body: list, needed: set[str]) -> tuple[list, Any, bool]:
        """A body of the form `...; if test: ... else: break`, where nothing but the first branch has a reverse, nor binds what is
        needed where an iteration begins: what is recorded are the iterations that took it."""
        if not body or not isinstance(body[-1], Branch):
            return [], None, False
        head, last = body[:-1], body[-1]
        if any(not isinstance(p, Pair) or p.rev or not needed.isdisjoint(assigned(p.fwd)) for p in head):
            return [], None, False
        for swap, side in ((False, last.orelse), (True, last.then)):
            if side and isinstance(side[-1], Jump) and isinstance(side[-1].origin, gast.Break) \
                    and all(isinstance(p, Pair) and not p.rev for p in side[:-1]) and not any(last.dead):
                return head, last, swap
        return [], None, False

    def has_break(self, body: list) -> bool:
        return any(isinstance(s, gast.Break)
                   or (isinstance(s, gast.If) and (self.has_break(s.body) or self.has_break(s.orelse))) for s in body)

    def saved_at(self, body: list, need: list) -> int | None:
        """Where the only value that an iteration records is saved, if every iteration passes there: it is recorded on the
        spot."""
        if len(need) != 1 or self.has_break(body):
            return None
        for i, s in enumerate(body):
            if isinstance(s, gast.Assign) and getattr(s, "restore", False) and s.targets[0].id == need[0]:
                return i if need[0] not in {n for x in body[i + 1:] for n in live_in([x], memo=self.live)} else None
        return None

    def record(self, body: list, pack: list, origin: Any) -> list:
        """Put the record at the end of every path through the body."""
        def packed() -> list:
            return [locate(clone(s), origin) for s in pack]

        def visit(stmts: list) -> list:
            out: list = []
            for s in stmts:
                if isinstance(s, gast.Break):
                    out += packed()
                elif isinstance(s, gast.If):
                    s = locate(if_(s.test, visit(s.body), visit(s.orelse)), s)
                out.append(s)
            return out

        body = visit(body)
        return body if terminates(body) else [*body, *packed()]
