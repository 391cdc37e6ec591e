"""Make generated code look as a person would write it.

Enters: the statements of one generated function. Leaves: the same computation without dead assignments, copies and one-use
temporaries. Only what we generated is touched: a statement of the user's is moved into the expression that it came from, but
never dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import COMPOUND, bound_by, clone, locate, names, reads, statements, walk, written
from .liveness import Flow, Memo, flow, forth, handled, live_in, reach, retreat

__all__ = ["Simplifier"]

Place = tuple[Any, str, int | None]     # of an expression: the node around it, the field, and the number in the field's list


class Simplifier:
    """Simplifies function bodies.

    Parameters
    ----------
    theirs : the names that are not ours (as temporaries, cotangents and saved values are)
    pure : whether a call has no effect but its result, by the call node
    local : names that only the body binds
    alone : what `1.0 * e` is without the factor; None where it has to stay
    numbers : names that are known to hold numbers
    may_wrap : whether an expression may be a whole number of NumPy's, so that it needs its factor of one
    """

    def __init__(self, theirs: set[str], pure: Callable[[Any], bool], local: set[str], alone: Callable[[Any], Any],
                 numbers: set[str], may_wrap: Callable[[Any], bool]) -> None:
        self.theirs, self.pure_call, self.local, self.alone, self.numbers = theirs, pure, local, alone, numbers
        self.may_wrap = may_wrap
        self.again = False              # whether one more round may find something
        self.ending: dict[int, tuple[Any, set[str]]] = {}   # statements behind which copies are not valid any more, and the names
                                                            # which they bind that are to blame
        self.dropped = 0
        self.updated: set[str] = set()      # what may be updated in place
        self.memo: Memo = {}                # the flow of statements, and the names in them, until one is `changed`
        self.reached: dict[int, set[str]] = {}
        self.changes = 0                    # so many until now

    def run(self, body: list) -> list:
        self.updated = updated(body, self.memo)
        for _ in range(4):
            self.again = False
            self.ending.clear()
            body = self.copies(body, {}, {})
            body = self.dead(body, set(), None)
            body = self.fold(body, set(), None, None)
            if not self.again:
                break
        return self.shape(body)

    def without_dead(self, body: list) -> list:
        """Statements that others have changed, without assignments that nobody reads any more."""
        self.memo.clear()
        self.reached.clear()
        return self.dead(body, set(), None)

    def flow(self, s: Any) -> Flow:
        """The flow of a statement."""
        known = self.memo.get(id(s))
        return flow(s, self.memo) if known is None else known[1]

    def reach(self, s: Any) -> set[str]:
        """The names that a statement speaks of."""
        return reach(s, self.memo, self.reached)

    def changed(self, s: Any) -> None:
        """Forget what was found out about a statement."""
        self.changes += 1
        self.memo.pop(id(s), None)
        self.reached.pop(id(s), None)

    # -- purity -------------------------------------------------------------------------------------------------

    def pure(self, e: Any) -> bool:
        """Whether evaluating an expression of ours can be dropped or moved."""
        return all(self.pure_call(n) if isinstance(n, gast.Call) else not isinstance(n, (gast.NamedExpr, gast.Yield, gast.Lambda))
                   for n in walk(e))

    # -- dead code ----------------------------------------------------------------------------------------------

    def dead(self, body: list, live: set[str], at_break: set[str] | None, at_raise: frozenset[str] = frozenset()) -> list:
        """Drop assignments of ours that nobody reads."""
        live = live | at_raise
        out: list = []
        start = self.dropped
        for s in reversed(body):
            dropped, changes = self.dropped, self.changes
            f = self.flow(s)
            kind = s.__class__
            compound = kind in COMPOUND
            if compound:
                own = self.reach(s)
                after, breaking, raising = live & own, at_break and at_break & own, at_raise & own
            if kind is gast.Assign:
                if not f.lost or f.lost.isdisjoint(live):
                    targets = f.lost
                    simple = isinstance(s.targets[0], gast.Name) \
                        or all(isinstance(n, (gast.Name, gast.Tuple, gast.expr_context)) for t in s.targets for n in walk(t))
                    if targets and simple and not (targets & self.theirs) - {"_"}:
                        if self.droppable(s.value) or isinstance(s.value, (gast.Name, gast.Constant)):
                            continue
                        if isinstance(s.targets[0], gast.Name):
                            s = locate(gast.Expr(value=s.value), s)
                    elif targets and simple and getattr(s, "restore", False):
                        continue
                elif isinstance(s.value, gast.Name) and isinstance(s.targets[0], gast.Name) \
                        and s.targets[0].id == s.value.id and s.value.id not in self.theirs:
                    continue
            elif kind is gast.If:
                s.body = self.dead(s.body, after, breaking, raising)
                s.orelse = self.dead(s.orelse, after, breaking, raising)
                if not s.body and not s.orelse:
                    if self.removable(s.test):
                        continue
                    s.body = [gast.Pass()]
            elif kind is gast.Try:
                clause = s.handlers[0]
                clause.body = self.dead(clause.body, after, breaking, raising) or [gast.Pass()]
                s.body = self.dead(s.body, after, breaking, frozenset(handled(s, after, breaking, self.memo, raising)))
                if not s.body:
                    continue
            elif compound:
                around = f.before(after, breaking, raising)
                bound = {n.id for n in walk(s.target) if isinstance(n, gast.Name)} if isinstance(s, gast.For) else set()
                inside = (live_in(s.body, around | after, after, self.memo, raising) - bound) | after
                s.body = self.dead(s.body, inside, after, raising)
                if not s.body:
                    if isinstance(s, gast.For) and not bound & live and isinstance(s.iter, gast.Call) \
                            and getattr(s.iter.func, "id", "") == "reversed":
                        continue
                    s.body = [gast.Pass()]
            elif kind is gast.AugAssign:
                if isinstance(s.target, gast.Name) and s.target.id not in self.theirs and s.target.id not in live \
                        and self.droppable(s.value) and s.target.id.startswith("d"):
                    continue
            elif kind is gast.Pass:
                continue
            elif kind is gast.Expr and isinstance(s.value, (gast.Name, gast.Constant)):
                continue
            if self.dropped != dropped and id(s) in self.ending:
                self.again |= not self.ending[id(s)][1] <= bound_by(s, {})
            if compound and self.changes != changes:
                self.changed(s)
            retreat(live, self.flow(s), at_break, at_raise)
            out.append(s)
        out.reverse()
        self.changes += out != body
        if len(out) < len(body):
            kept = set(map(id, out))
            gone = [s for s in body if id(s) not in kept and not isinstance(s, gast.Pass)]
            self.dropped += len(gone)
            self.again |= any(id(s) in self.ending for s in gone)
        self.again |= at_break is not None and self.dropped != start     # what a loop needs of itself may be less now
        return out

    def removable(self, test: Any) -> bool:
        return isinstance(test, (gast.Name, gast.Constant)) \
            or (isinstance(test, gast.Compare) and isinstance(test.ops[0], (gast.Is, gast.IsNot))) \
            or (isinstance(test, gast.Attribute) and test.attr == "tracked")

    def droppable(self, e: Any) -> bool:
        return getattr(e, "ours", False) or (
            all(isinstance(n, (gast.Name, gast.Constant, gast.Tuple, gast.List, gast.expr_context)) for n in walk(e))
            and all(n.id in self.local for n in walk(e) if isinstance(n, gast.Name)))

    # -- copies -------------------------------------------------------------------------------------------------

    def copies(self, body: list, known: dict[str, str], bound: dict[int, set[str]], given: dict[str, Any] | None = None) -> list:
        """Read the original instead of a copy, as long as neither is rebound.

        `known` has the copies that are valid where the body begins, `given` the constants; `bound` keeps what statements bind.
        """
        holders: dict[str, set[str]] = {}       # original -> its copies, and some that are so no more
        for k, o in known.items():
            holders.setdefault(o, set()).add(k)

        def forget(s: Any, names: set[str]) -> None:
            if known:
                ends = {k: n for n in holders.keys() & names for k in holders.pop(n) if known.get(k) == n}
                ends.update({k: k for k in known.keys() & names})
                for k, n in ends.items():
                    del known[k]
                    self.ending.setdefault(id(s), (s, set()))[1].add(n)

        def inside(s: Any) -> tuple[dict[str, str], dict[int, set[str]], dict[str, Any]]:
            """The copies and the constants that a statement speaks of."""
            own = self.reach(s)
            return {k: known[k] for k in known.keys() & own}, bound, {k: constants[k] for k in constants.keys() & own}

        constants: dict[str, Any] = dict(given or {})
        for s in body:
            compound, changes = s.__class__ in COMPOUND, self.changes
            if constants and not compound:
                self.propagate(s, constants)
            if compound:
                new = bound_by(s, bound)
            else:
                f = self.flow(s)
                new = f.lost or set()
            if constants:
                for v in new & constants.keys():
                    del constants[v]
                    self.ending.setdefault(id(s), (s, set()))[1].add(v)
            if s.__class__ is gast.If:
                self.changes += self.rename(s.test, known)
                s.body = self.copies(s.body, *inside(s))
                s.orelse = self.copies(s.orelse, *inside(s))
                forget(s, new)
            elif s.__class__ is gast.Try:
                s.body = self.copies(s.body, *inside(s))
                forget(s, new)
                s.handlers[0].body = self.copies(s.handlers[0].body, *inside(s))
            elif compound:
                if isinstance(s, gast.For):
                    self.changes += self.rename(s.iter, known)
                forget(s, new)
                s.body = self.copies(s.body, *inside(s))
            else:
                if known:
                    if not known.keys().isdisjoint(f.read):
                        self.rename(s, known)
                        self.changed(s)
                    forget(s, new)
                if s.__class__ is gast.Assign and isinstance(s.targets[0], gast.Name):
                    target, value = s.targets[0].id, s.value
                    if isinstance(value, gast.Name):
                        if getattr(s, "restore", False) \
                                or (target not in self.theirs and value.id in self.local and target != value.id):
                            known[target] = value.id
                            holders.setdefault(value.id, set()).add(target)
                    elif isinstance(value, gast.Constant) and value.value.__class__ is float and target not in self.theirs:
                        constants[target] = value
            if compound and self.changes != changes:
                self.changed(s)
        return body

    def propagate(self, s: Any, constants: dict[str, Any]) -> None:
        """Put a number where its name stands, and leave out factors of one.

        Such a factor stays where it makes an array of its own for a variable that is updated in place.
        """
        f = self.flow(s)
        if constants.keys().isdisjoint(f.read) and constants.keys().isdisjoint(f.lost or ()):
            return
        if isinstance(s, gast.AugAssign) and isinstance(s.target, gast.Name):
            constants = {k: v for k, v in constants.items() if k != s.target.id}
        owned = isinstance(s, gast.Assign) and not written(s).isdisjoint(self.updated)
        value = getattr(s, "value", None)
        if isinstance(value, gast.AST):
            ours = getattr(value, "ours", False)
            s.value = self.put_constants(value, constants, owned)
            self.changed(s)
            if ours:
                s.value.ours = True

    def put_constants(self, node: Any, constants: dict[str, Any], owned: bool) -> Any:
        """An expression with numbers in place of names."""
        if isinstance(node, gast.Name):
            return clone(constants[node.id]) if isinstance(node.ctx, gast.Load) and node.id in constants else node
        if isinstance(node, gast.Lambda):
            return node
        inner = owned and not isinstance(node, (gast.BinOp, gast.UnaryOp))      # what these return is new
        for f in node._fields:
            child = getattr(node, f, None)
            if isinstance(child, list):
                setattr(node, f, [self.put_constants(c, constants, inner) if isinstance(c, gast.AST) else c for c in child])
            elif isinstance(child, gast.AST) and child._fields:
                setattr(node, f, self.put_constants(child, constants, inner))
        if isinstance(node, gast.BinOp) and isinstance(node.op, (gast.Add, gast.Sub)):
            node.left = self.factor(node.left, node.right)
            node.right = self.factor(node.right, node.left)
            return node
        return self.without_one(node, owned)

    def without_one(self, e: Any, owned: bool = False) -> Any:
        """An expression without a factor of one, if it may do without; `owned` says that it has to make an array of its own."""
        if isinstance(e, gast.BinOp) and isinstance(e.op, gast.Mult):
            for one, other in ((e.left, e.right), (e.right, e.left)):
                if is_one(one) and getattr(other, "id", None) in self.numbers and not self.may_wrap(other):
                    return other
                if is_one(one) and not (owned and isinstance(other, (gast.Name, gast.Call))):
                    alone = self.alone(other)
                    if alone is not None:
                        return alone
        return e

    def factor(self, e: Any, other: Any) -> Any:
        """An operand of a sum, without a factor of one; `other` is the other operand."""
        x = e.right if isinstance(e, gast.BinOp) and isinstance(e.op, gast.Mult) and is_one(e.left) else None
        floating = isinstance(other, gast.BinOp) and not self.may_wrap(other)
        return x if isinstance(x, gast.Name) and (floating or not self.may_wrap(x)) else self.without_one(e)

    def rename(self, e: Any, known: dict[str, str]) -> bool:
        """Read the originals in place of copies; whether there were any."""
        reading = [n for n in walk(e) if n.__class__ is gast.Name and n.ctx.__class__ is gast.Load] if known else []
        found = [n for n in reading if n.id in known]
        for n in found:
            n.id = known[n.id]
        return bool(found)

    # -- one-use temporaries ------------------------------------------------------------------------------------

    def fold(self, body: list, live: set[str], at_break: set[str] | None, at_raise: frozenset[str] | None) -> list:
        """Put the expression of a temporary where its only use is."""
        live = set(live)
        caught = at_raise or frozenset()
        changes = [retreat(live, self.flow(s), at_break, caught) for s in reversed(body)]
        out: list = []
        for s in body:
            forth(live, changes.pop())
            compound, before = s.__class__ in COMPOUND, self.changes
            if compound:
                own = self.reach(s)
                after, breaking, raising = live & own, at_break and at_break & own, caught & own
                handling = None if at_raise is None else raising
            if isinstance(s, gast.If):
                s.body = self.fold(s.body, after, breaking, handling)
                s.orelse = self.fold(s.orelse, after, breaking, handling)
            elif isinstance(s, gast.Try):
                s.handlers[0].body = self.fold(s.handlers[0].body, after, breaking, handling)
                tried = frozenset(handled(s, after, breaking, self.memo, raising))
                s.body = self.fold(s.body, after, breaking, tried)
            elif compound:
                around = self.flow(s).before(after, breaking, raising)
                inside = live_in(s.body, around | after, after, self.memo, raising) | after
                s.body = self.fold(s.body, inside, after, handling)
            if compound and self.changes != before:
                self.changed(s)
            if s.__class__ is gast.AugAssign:
                s = self.merged(out, s)
            self.absorb(out, s, live, at_raise is not None)
            if s.__class__ is gast.AugAssign:
                whole = self.merged(out, s)
                if whole is not s:
                    s = whole
                    self.absorb(out, s, live, at_raise is not None)
            out.append(s)
        return out

    def merged(self, out: list, s: Any) -> Any:
        """`dx = a; dx += b` as `dx = a + b`; `s` is the second statement."""
        last = out[-1] if out else None
        if not (isinstance(s.target, gast.Name) and s.target.id not in self.theirs
                and isinstance(last, gast.Assign) and isinstance(last.targets[0], gast.Name)
                and last.targets[0].id == s.target.id and self.safe(last.value) and s.target.id not in names(s.value)
                and self.pure(s.value) and not getattr(s, "view", False)):
            return s
        out.pop()
        self.changes += 1
        left = self.factor(last.value, s.value)
        value = gast.BinOp(left=left, op=s.op, right=self.factor(s.value, left))
        value.ours = True
        return locate(gast.Assign(targets=last.targets, value=value, type_comment=None), s)

    def absorb(self, out: list, s: Any, after: set[str], tried: bool) -> None:
        """Move definitions that precede s into s, last first, while each is used once there, and nowhere later.

        Arithmetic on arrays moves over other arithmetic of the same expression of the user's.
        `tried` says that an exception may be caught: then nothing moves over another statement.
        """
        wanted = self.ending_in(s, after) if out else None
        k = len(out) - 1
        crossed = False                 # whether it moves over arithmetic of the user's
        changed: set[str] = set()       # what the statements between bind, and what they read
        between: set[str] = set()
        while wanted and k >= 0 and len(out) - k < 12:
            d = out[k]
            added = isinstance(d, gast.AugAssign) and isinstance(d.target, gast.Name)
            if not (added or (isinstance(d, gast.Assign) and isinstance(d.targets[0], gast.Name))) or getattr(d, "mark", False) \
                    or (added and getattr(d, "view", False)):
                return
            t = d.target.id if added else d.targets[0].id
            needed = self.flow(d).read
            safe = self.safe(d.value)
            calm = not safe and getattr(d.value, "calm", False) and getattr(d, "lineno", 0) == getattr(s, "lineno", None)
            if not added and t in wanted and t not in needed and t not in between and changed.isdisjoint(needed) \
                    and (safe or calm or not crossed):
                place = self.only_use(s, t, d.value)
                if place is not None:
                    parent, field, index = place
                    if getattr(d.value, "lineno", None) is None:
                        locate(d.value, d)
                    if index is None:
                        setattr(parent, field, d.value)
                    else:
                        getattr(parent, field)[index] = d.value
                    if not safe and getattr(s, "value", None) is not None:
                        s.value.ours = False    # it has got what must stay in its place
                        s.value.calm = calm and getattr(s.value, "calm", False)
                    self.again |= parent is s and isinstance(d.value, (gast.Name, gast.Constant))
                    self.changed(s)
                    wanted = self.ending_in(s, after)
                    del out[k]
                    k -= 1
                    continue
            if tried or not (safe or calm):
                return
            crossed |= calm
            changed.add(t)
            between |= needed
            k -= 1

    def ending_in(self, s: Any, after: set[str]) -> set[str]:
        """The variables of ours that a statement reads, and nothing after it."""
        f = self.flow(s)
        last = f.read - after
        if f.lost and s.__class__ not in COMPOUND:      # it binds them anew
            last |= f.read & f.lost
        return last - self.theirs

    def only_use(self, s: Any, t: str, value: Any) -> Place | None:
        """Where s uses t, if it does so once, and evaluating `value` there keeps the order of evaluation."""
        if isinstance(s, gast.If):
            heads: list = [(s, "test")]
            if t in live_in(s.body, memo=self.memo) | live_in(s.orelse, memo=self.memo):
                return None
        elif isinstance(s, gast.For):
            heads = [(s, "iter")]
            if t in live_in(s.body, memo=self.memo):
                return None
        elif isinstance(s, gast.Assign):
            heads = [(s, "value")]
            if not isinstance(s.targets[0], gast.Name):
                if t in reads(gast.Expr(value=s.targets[0])) or isinstance(s.targets[0], (gast.Subscript, gast.Attribute)):
                    return None
        elif isinstance(s, gast.AugAssign):
            if isinstance(s.target, gast.Name) and s.target.id == t:
                return None
            if isinstance(s.target, gast.Name) and s.target.id in self.theirs and not self.safe(value):
                return None
            if not isinstance(s.target, gast.Name) and t in names(s.target):
                return None
            heads = [(s, "value")]
        elif isinstance(s, (gast.Expr, gast.Return)):
            heads = [(s, "value")]
        elif isinstance(s, gast.Raise) and s.exc is not None:
            heads = [(s, "exc")]
        else:
            return None
        uses: list = []
        parent, field = heads[0]
        self.uses(uses, t, getattr(parent, field), (parent, field, None), False)
        if len(uses) != 1 or uses[0] is None:
            return None
        where, blocked = uses[0]
        if blocked and not self.safe(value):
            return None
        if isinstance(where[0], gast.Attribute) and isinstance(value, gast.Constant):
            return None
        return where

    def uses(self, found: list, t: str, node: Any, where: Place, blocked: bool) -> bool:
        """Add to `found` the places where an expression reads t, in order of evaluation, each with whether something is evaluated
        before; Nones where nothing can be put.

        `where` is the place of the expression, `blocked` whether something is evaluated before it. Returns whether something is
        evaluated before what follows it.
        """
        kind = node.__class__
        if kind is gast.Name:
            if node.id == t and isinstance(node.ctx, gast.Load):
                found.append((where, blocked))
            return blocked
        if kind is gast.Constant:
            return blocked
        if kind is gast.Lambda or kind is gast.FunctionDef or kind is gast.FormattedValue:
            if any(isinstance(n, gast.Name) and n.id == t for n in walk(node)):
                found += [None, None]
            return blocked
        if kind is gast.IfExp:
            blocked = self.uses(found, t, node.test, (node, "test", None), blocked)
            count = len(found)
            blocked = self.uses(found, t, node.body, (node, "body", None), blocked)
            blocked = self.uses(found, t, node.orelse, (node, "orelse", None), blocked)
            if len(found) != count:
                found += [None, None]
            return blocked
        for f in node._fields:
            child: Any = getattr(node, f, None)
            if child.__class__ is list:
                for i, c in enumerate(child):
                    if isinstance(c, gast.AST):
                        blocked = self.uses(found, t, c, (node, f, i), blocked)
            elif isinstance(child, gast.AST) and not isinstance(child, (gast.expr_context, gast.operator, gast.unaryop)):
                blocked = self.uses(found, t, child, (node, f, None), blocked)
        return blocked or isinstance(node, (gast.Call, gast.BinOp, gast.Subscript, gast.Compare, gast.UnaryOp)) \
            or (isinstance(node, gast.Attribute) and not self.path(node))

    def path(self, node: Any) -> bool:
        while isinstance(node, gast.Attribute):
            node = node.value
        return isinstance(node, gast.Name) and node.id not in self.local

    def safe(self, value: Any) -> bool:
        """Whether a value may be computed later than it was: it is ours, and pure."""
        return getattr(value, "ours", False) or isinstance(value, gast.Constant)

    # -- shape --------------------------------------------------------------------------------------------------

    def shape(self, body: list) -> list:
        """Conditions and loops in the form a person would choose."""
        out: list = []
        for s in body:
            if isinstance(s, gast.If):
                s.body, s.orelse = self.shape(s.body), self.shape(s.orelse)
                s.test = self.condition(s.test)
                if isinstance(s.test, gast.UnaryOp) and isinstance(s.test.op, gast.Not) and s.orelse:
                    s.test, s.body, s.orelse = s.test.operand, s.orelse, s.body
                if not s.body:
                    if not s.orelse:
                        s.body = [gast.Pass()]
                    else:
                        s.test, s.body, s.orelse = self.negated(s.test), s.orelse, []
            elif isinstance(s, gast.While):
                s.body = self.shape(s.body)
                first = s.body[0] if s.body else None
                if len(s.body) == 1 and isinstance(first, gast.If) and len(first.orelse) == 1 \
                        and isinstance(first.orelse[0], gast.Break):
                    s.test, s.body = first.test, first.body
                elif len(s.body) == 1 and isinstance(first, gast.If) and len(first.body) == 1 \
                        and isinstance(first.body[0], gast.Break) and first.orelse:
                    s.test, s.body = self.negated(first.test), first.orelse
                s.body = s.body or [gast.Pass()]
            elif isinstance(s, gast.For):
                s.body = self.shape(s.body) or [gast.Pass()]
            elif isinstance(s, gast.Try):
                s.body = self.shape(s.body) or [gast.Pass()]
                s.handlers[0].body = self.shape(s.handlers[0].body) or [gast.Pass()]
            elif isinstance(s, gast.Pass):
                continue
            elif isinstance(s, gast.AugAssign) and (getattr(s.value, "ours", False) or getattr(s, "view", False)):
                self.drop_sign(s)
            out.append(s)
        return out

    def drop_sign(self, s: Any) -> None:
        """`dx += -a * b` as `dx -= a * b`."""
        parent, field, e = s, "value", s.value
        while isinstance(e, gast.BinOp) and isinstance(e.op, (gast.Mult, gast.Div)):
            parent, field, e = e, "left", e.left
        if isinstance(e, gast.UnaryOp) and isinstance(e.op, gast.USub) and isinstance(s.op, (gast.Add, gast.Sub)):
            setattr(parent, field, e.operand)
            s.op = gast.Sub() if isinstance(s.op, gast.Add) else gast.Add()

    def condition(self, test: Any) -> Any:
        if isinstance(test, gast.IfExp) and isinstance(test.body, gast.Constant) and test.body.value is True \
                and isinstance(test.orelse, gast.Constant) and test.orelse.value is False:
            return test.test
        return test

    def negated(self, test: Any) -> Any:
        flip = {gast.Is: gast.IsNot, gast.IsNot: gast.Is, gast.In: gast.NotIn, gast.NotIn: gast.In}
        if isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not):
            return test.operand
        if isinstance(test, gast.Compare) and type(test.ops[0]) in flip:
            return gast.Compare(left=test.left, ops=[flip[type(test.ops[0])]()], comparators=test.comparators)
        return gast.UnaryOp(op=gast.Not(), operand=test)


def is_one(e: Any) -> bool:
    return isinstance(e, gast.Constant) and e.value.__class__ is float and e.value == 1.0


def updated(body: list, memo: Memo) -> set[str]:
    """The variables of which the value may be updated in place, under this name or another one."""
    found: set[str] = set()
    sources: dict[str, list[set[str]]] = {}
    for s in statements(body):
        if isinstance(s, gast.AugAssign):
            found |= names(s.target) | written(s)
        elif isinstance(s, gast.Expr):
            found |= flow(s, memo).read
        elif isinstance(s, gast.Assign):
            f = flow(s, memo)
            found |= {n for t in s.targets if not isinstance(t, gast.Name) for n in names(t)}
            if not isinstance(s.value, (gast.BinOp, gast.UnaryOp, gast.Compare, gast.Constant)):
                for v in f.lost or ():
                    sources.setdefault(v, []).append(f.read)
    waiting = list(found)
    while waiting:
        for more in sources.pop(waiting.pop(), ()):
            waiting += more - found
            found |= more
    return found
