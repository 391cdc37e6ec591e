"""Which names a list of statements reads before it binds them."""

from __future__ import annotations

from typing import Any

import gast

from ..ir.build import names, reads, walk, written

__all__ = ["live_in", "terminates"]


def live_in(body: list, after: set[str] | None = None, at_break: set[str] | None = None) -> set[str]:
    """The names that are live before `body`, given those that are live after it."""
    live = set(after or ())
    for s in reversed(body):
        live = before(s, live, at_break)
    return live


def before(s: Any, live: set[str], at_break: set[str] | None) -> set[str]:
    """The names that are live before a statement."""
    if isinstance(s, gast.If):
        return names(s.test) | live_in(s.body, live, at_break) | live_in(s.orelse, live, at_break)
    if isinstance(s, gast.For):
        bound = {n.id for n in walk(s.target) if isinstance(n, gast.Name)}
        inner: set[str] = set()
        while True:
            new = live_in(s.body, inner | live, live) - bound
            if new <= inner:
                break
            inner |= new
        return names(s.iter) | inner | live
    if isinstance(s, gast.While):
        inner = names(s.test)
        while True:
            new = live_in(s.body, inner | live, live) | names(s.test)
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
    return (live - written(s)) | reads(s)


def terminates(body: list) -> bool:
    """Whether control never reaches the end of a body."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, gast.If):
        return terminates(last.body) and terminates(last.orelse)
    return isinstance(last, (gast.Break, gast.Raise))
