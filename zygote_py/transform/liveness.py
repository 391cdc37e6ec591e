"""Which names a list of statements reads before it binds them."""

from __future__ import annotations

from typing import Any

import gast

from ..ir.build import names, reads, walk, written

__all__ = ["Memo", "before", "handled", "live_in", "terminates"]


Memo = dict[int, tuple[Any, set[str], set[str]]]


def live_in(body: list, after: set[str] | None = None, at_break: set[str] | None = None, memo: Memo | None = None,
            at_raise: frozenset[str] = frozenset()) -> set[str]:
    """The names that are live before `body`, given those that are live after it.

    `memo` keeps what simple statements write and read; it must be dropped when one is changed. `at_raise` are the names that are
    live where an exception is caught.
    """
    live = set(after or ())
    memo = {} if memo is None else memo
    for s in reversed(body):
        live = before(s, live, at_break, memo, at_raise)
    return live


def before(s: Any, live: set[str], at_break: set[str] | None, memo: Memo | None = None,
           at_raise: frozenset[str] = frozenset()) -> set[str]:
    """The names that are live before a statement."""
    memo = {} if memo is None else memo
    known = memo.get(id(s))
    if known is not None:
        return (live - known[1]) | known[2] | at_raise
    if isinstance(s, gast.If):
        return names(s.test) | live_in(s.body, live, at_break, memo, at_raise) | live_in(s.orelse, live, at_break, memo, at_raise)
    if isinstance(s, gast.Try):
        caught = frozenset(handled(s, live, at_break, memo, at_raise))
        return live_in(s.body, live, at_break, memo, caught) | caught
    if isinstance(s, gast.For):
        bound = {n.id for n in walk(s.target) if isinstance(n, gast.Name)}
        inner: set[str] = set()
        while True:
            new = live_in(s.body, inner | live, live, memo, at_raise) - bound
            if new <= inner:
                break
            inner |= new
        return names(s.iter) | inner | live | at_raise
    if isinstance(s, gast.While):
        inner = names(s.test)
        while True:
            new = live_in(s.body, inner | live, live, memo, at_raise) | names(s.test)
            if new <= inner:
                break
            inner |= new
        endless = isinstance(s.test, gast.Constant)
        return inner if endless else inner | live
    if isinstance(s, gast.Break):
        return set(at_break or ())
    if isinstance(s, gast.Raise):
        return names(s) | at_raise
    if isinstance(s, gast.Return):
        return names(s)
    bound, free = written(s), reads(s)
    memo[id(s)] = s, bound, free
    return (live - bound) | free | at_raise


def handled(s: Any, live: set[str], at_break: set[str] | None, memo: Memo | None = None,
            at_raise: frozenset[str] = frozenset()) -> set[str]:
    """The names that are live where the handler of a `try` begins."""
    return live_in(s.handlers[0].body, live, at_break, memo, at_raise) - {s.handlers[0].name.id}


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
