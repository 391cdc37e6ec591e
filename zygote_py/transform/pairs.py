"""The two sides of a statement, before `weave` makes sweeps of them."""

from __future__ import annotations

from typing import Any

from ..ir.build import locate, statements

__all__ = ["Attempt", "Branch", "Jump", "Loop", "Pair", "Step"]


class Step:
    """A statement of a block. Where an exception may be caught, it may not have been reached: `ran` and `missed` then fit the
    cotangents of both cases to each other."""

    def __init__(self, origin: Any) -> None:
        self.origin = origin
        self.ran: list = []
        self.missed: list = []


class Pair(Step):
    """A simple statement: forward statements and reverse statements; `check` follows when the statement counts as done."""

    def __init__(self, origin: Any, fwd: list, rev: list, check: list) -> None:
        super().__init__(origin)
        self.fwd, self.rev, self.check = fwd, rev, check
        self.first = False          # whether it counts as done when it begins
        for s in [*fwd, *check]:
            locate(s, origin)
        for s in statements(rev):
            locate(s, origin)


class Branch(Step):
    """An `if`; the tails fit the cotangents of one branch to those of the other."""

    def __init__(self, origin: Any, then: list, orelse: list, then_tail: list, orelse_tail: list,
                 dead: tuple[bool, bool]) -> None:
        super().__init__(origin)
        self.then, self.orelse = then, orelse
        self.then_tail, self.orelse_tail, self.dead = then_tail, orelse_tail, dead


class Loop(Step):
    """A loop: its body, what precedes the reverse loop, what ends each of its iterations, and what follows it."""

    def __init__(self, origin: Any, body: list, before: list, tail: list, after: list, item: list) -> None:
        super().__init__(origin)
        self.body, self.before, self.tail, self.after = body, before, tail, after
        self.item = item


class Attempt(Step):
    """A `try`; the tails fit the cotangents after the handler to those without it."""

    def __init__(self, origin: Any, body: list, handler: list, taken_tail: list, other_tail: list) -> None:
        super().__init__(origin)
        self.body, self.handler, self.taken_tail, self.other_tail = body, handler, taken_tail, other_tail


class Jump(Step):
    """`break` or `raise`."""
