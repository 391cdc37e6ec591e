"""Which names a list of statements reads before it binds them."""

from __future__ import annotations

from typing import Any, NamedTuple

import gast

from ..ir.build import COMPOUND, blocks, bound_in, names, reads, written

__all__ = ["Memo", "before", "flow", "forth", "handled", "live_in", "reach", "retreat", "terminates"]


class Flow(NamedTuple):
    """What a piece of code does to the set of live names, whatever is live after it.

    Attributes
    ----------
    read : names that may be read before they are bound
    lost : names that are bound on every way to the end; None if the end is not reached
    broken : the same for the `break` of the loop around
    risky : whether an exception may leave it
    """

    read: set[str]
    lost: set[str] | None
    broken: set[str] | None
    risky: bool

    def before(self, after: set[str], at_break: set[str] | None, at_raise: frozenset[str]) -> set[str]:
        live = set(self.read)
        if self.lost is not None:
            live |= after - self.lost
        if self.broken is not None and at_break:
            live |= at_break - self.broken
        return live | at_raise if self.risky else live


Memo = dict[int, tuple[Any, Flow]]
Change = tuple[set[str], set[str]]


def retreat(live: set[str], f: Flow, at_break: set[str] | None, at_raise: frozenset[str]) -> Change:
    """As `Flow.before`, in place: from the set after a piece of code to the set before it. What `forth` needs to go back."""
    gone = set(live) if f.lost is None else live & f.lost
    live -= gone
    new = f.read - live
    if f.broken is not None and at_break:
        new |= at_break - f.broken - live
    if f.risky and at_raise:
        new |= at_raise - live
    live |= new
    return gone, new


def forth(live: set[str], change: Change) -> None:
    """Undo a `retreat`."""
    gone, new = change
    live -= new
    live |= gone


def reach(s: Any, memo: Memo, known: dict[int, set[str]]) -> set[str]:
    """All names that a statement reads or binds, at any depth; `known` keeps them, while the statements stay."""
    f = flow(s, memo)
    if s.__class__ not in COMPOUND:
        return f.read | f.lost if f.lost else f.read
    found = known.get(id(s))
    if found is None:
        found = f.read | f.lost if f.lost else set(f.read)
        for block in blocks(s):
            for x in block:
                found |= reach(x, memo, known)
        if s.__class__ is gast.For:
            found |= bound_in(s.target)
        elif s.__class__ is gast.Try:
            found.add(s.handlers[0].name.id)
        known[id(s)] = found
    return found


def live_in(body: list, after: set[str] | None = None, at_break: set[str] | None = None, memo: Memo | None = None,
            at_raise: frozenset[str] = frozenset()) -> set[str]:
    """The names that are live before `body`, given those that are live after it.

    `memo` keeps what is known about statements; it must be dropped when one is changed. `at_raise` are the names that are live
    where an exception is caught.
    """
    return through(body, {} if memo is None else memo).before(after or set(), at_break, at_raise)


def before(s: Any, live: set[str], at_break: set[str] | None, memo: Memo | None = None,
           at_raise: frozenset[str] = frozenset()) -> set[str]:
    """The names that are live before a statement."""
    return flow(s, {} if memo is None else memo).before(live, at_break, at_raise)


def handled(s: Any, live: set[str], at_break: set[str] | None, memo: Memo | None = None,
            at_raise: frozenset[str] = frozenset()) -> set[str]:
    """The names that are live where the handler of a `try` begins."""
    return live_in(s.handlers[0].body, live, at_break, memo, at_raise) - {s.handlers[0].name.id}


def through(body: list, memo: Memo) -> Flow:
    """The flow of statements one after the other."""
    read: set[str] = set()
    lost: set[str] | None = set()
    broken: set[str] | None = None
    risky = False
    for s in reversed(body):
        known = memo.get(id(s))
        first = flow(s, memo) if known is None else known[1]
        if first.lost is None:
            read, risky = set(first.read), first.risky
            lost, broken = None, None if first.broken is None else set(first.broken)
            continue
        read -= first.lost
        read |= first.read
        if lost is not None:
            lost |= first.lost
        if broken is not None:
            broken |= first.lost
        broken = either(first.broken, broken)
        risky = risky or first.risky
    return Flow(read, lost, broken, risky)


def either(a: set[str] | None, b: set[str] | None) -> set[str] | None:
    """What is lost on both of two ways, of which each may never be taken; a set of its own."""
    return b if a is None else set(a) if b is None else a & b


def flow(s: Any, memo: Memo) -> Flow:
    """The flow of a statement."""
    known = memo.get(id(s))
    if known is None:
        known = memo[id(s)] = s, find_flow(s, memo)
    return known[1]


def find_flow(s: Any, memo: Memo) -> Flow:
    if s.__class__ is gast.Assign or s.__class__ is gast.AugAssign:
        return Flow(reads(s), written(s), None, True)
    if isinstance(s, gast.If):
        one, two = through(s.body, memo), through(s.orelse, memo)
        return Flow(names(s.test) | one.read | two.read, either(one.lost, two.lost), either(one.broken, two.broken),
                    one.risky or two.risky)
    if isinstance(s, gast.Try):
        clause = s.handlers[0]
        one, two, caught = through(s.body, memo), through(clause.body, memo), {clause.name.id}
        return Flow(one.read | (two.read - caught), either(one.lost, None if two.lost is None else two.lost | caught),
                    either(one.broken, None if two.broken is None else two.broken | caught), two.risky)
    if isinstance(s, gast.For):
        return Flow(names(s.iter) | (through(s.body, memo).read - bound_in(s.target)), set(), None, True)
    if isinstance(s, gast.While):
        inner = through(s.body, memo)
        endless = isinstance(s.test, gast.Constant)
        return Flow(names(s.test) | inner.read, either(inner.lost, inner.broken) if endless else set(), None, inner.risky)
    if isinstance(s, gast.Break):
        return Flow(set(), None, set(), False)
    if isinstance(s, gast.Raise):
        return Flow(names(s), None, None, True)
    if isinstance(s, gast.Return):
        return Flow(names(s), None, None, False)
    return Flow(reads(s), written(s), None, True)


def terminates(body: list) -> bool:
    """Whether control never reaches the end of a body."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, gast.If):
        return terminates(last.body) and terminates(last.orelse)
    if isinstance(last, gast.Try):
        return terminates(last.body) and terminates(last.handlers[0].body)
    return isinstance(last, (gast.Break, gast.Raise))
