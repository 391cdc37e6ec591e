"""Which names a list of statements reads before it binds them."""

from __future__ import annotations

from typing import Any

import gast

from ..ir.build import names, reads, walk, written

__all__ = ["Memo", "before", "live_in", "terminates"]


Memo = dict[int, tuple[Any, set[str], set[str]]]


def live_in(body: list, after: set[str] | None = None, at_break: set[str] | None = None, memo: Memo | None = None) -> set[str]:
    """The names that are live before `body`, given those that are live after it.

    `memo` keeps what simple statements write and read; it must be dropped when one is changed.
    """
    live = set(after or ())
    memo = {} if memo is None else memo
    for s in reversed(body):
        live = before(s, live, at_break, memo)
    return live


def before(s: Any, live: set[str], at_break: set[str] | None, memo: Memo | None = None) -> set[str]:
    """The names that are live before a statement."""
    memo = {} if memo is None else memo
    known = memo.get(id(s))
    if known is not None:
        return (live - known[1]) | known[2]
    if isinstance(s, gast.If):
        return names(s.test) | live_in(s.body, live, at_break, memo) | live_in(s.orelse, live, at_break, memo)
    if isinstance(s, gast.For):
        bound = {n.id for n in walk(s.target) if isinstance(n, gast.Name)}
        inner: set[str] = set()
        while True:
            new = live_in(s.body, inner | live, live, memo) - bound
            if new <= inner:
                break
            inner |= new
        return names(s.iter) | inner | live
    if isinstance(s, gast.While):
        inner = names(s.test)
        while True:
            new = live_in(s.body, inner | live, live, memo) | names(s.test)
            if new <= inner:
                break
            inner |= new
        endless = isinstance(s.test, gast.Constant)
        return inner if endless else inner | live
    if isinstance(s, gast.Break):
        return set(at_break or ())
    if isinstance(s, gast.Raise):
        return names(s)
    if isinstance(s, gast.Return):
        return names(s)
    bound, free = written(s), reads(s)
    memo[id(s)] = s, bound, free
    return (live - bound) | free


def terminates(body: list) -> bool:
    """Whether control never reaches the end of a body."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, gast.If):
        return terminates(last.body) and terminates(last.orelse)
    return isinstance(last, (gast.Break, gast.Raise))
