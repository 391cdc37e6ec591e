"""Which lists and dicts only this function can reach: what other code does changes nothing in them.

Enters: core code. Leaves: the names of such containers. They are made here, by a display, a comprehension or a copy, and what is
done with them hands out their elements, never themselves, or themselves with the last word that is said about them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gast

from ..ir.build import assigned, blocks, heads, statements, walk
from ..normalize import Core
from .facts import Plan

__all__ = ["confined", "note_records", "root"]

METHODS = {"append", "clear", "copy", "count", "extend", "get", "index", "insert", "items", "keys", "pop", "remove", "reverse",
           "sort", "values"}
READERS = (len, sum, max, min, sorted, list, tuple, set, dict, any, all, enumerate, zip, reversed, iter)
"""Callables that hand on the elements at most."""


def confined(core: Core, static: Callable[[Any], tuple[bool, Any]], copies: Callable[[Any], bool],
             handed: set[str]) -> dict[str, str]:
    """The variables that hold such containers only, each with one name for all that may hold the same one; `static` says what a
    name outside stands for, `copies` whether a function keeps nothing of what it is given; `handed` were found not to be such."""
    made: dict[str, list] = {}
    lost = set(core.memory) | set(core.params) | handed

    def callee(e: Any) -> Any:
        return static(e.func)[1] if isinstance(e, gast.Call) and static(e.func)[0] else None

    def is_made(e: Any) -> bool:
        if isinstance(e, (gast.List, gast.Dict)):
            return True
        if isinstance(e, gast.BinOp):
            return any(is_made(x) or (isinstance(x, gast.Name) and x.id in made and x.id not in lost) for x in (e.left, e.right))
        return callee(e) in (list, sorted, dict)

    given = Given(core.body)
    for s in statements(core.body):
        plain = isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name)
        if plain and (is_made(s.value) or isinstance(s.value, gast.Name)):
            made.setdefault(s.targets[0].id, []).append(s.value)
        else:
            lost |= {n.id for n in bound(s) if not (isinstance(s, gast.AugAssign) and n is s.target)}
        lost |= {n.id for n in handed_out(s, callee, copies) if not given.away(n.id, s)}
    found = set(made) - lost
    users: dict[str, list[str]] = {}        # variable -> those whose values speak of it
    for v, values in made.items():
        for n in [n for e in values for n in walk(e) if isinstance(n, gast.Name)]:
            users.setdefault(n.id, []).append(v)
    left = list(made)
    while left:     # the names of one container stand or fall together
        v = left.pop()
        if v in found and all(e.id in found if isinstance(e, gast.Name) else is_made(e) for e in made[v]):
            continue
        fallen = {e.id for e in made.get(v, ()) if isinstance(e, gast.Name) and v != core.ret} | {v}
        for w in sorted(fallen & found):
            found.discard(w)
            lost.add(w)
            left += [w, *users.get(w, ())]
    group = {v: v for v in found}
    for v in sorted(found):
        for e in made[v]:
            if isinstance(e, gast.Name):
                group[root(group, v)] = root(group, e.id)
    return {v: root(group, v) for v in group}


def root(parent: dict[str, str], v: str) -> str:
    """The one of a group that stands for it; `parent` leads there."""
    found = v
    while (above := parent.get(found, found)) != found:
        found = above
    while v != found:       # the next one has it shorter
        parent[v], v = found, parent[v]
    return found


class Given:
    """What a function makes, fills, and then gives away: up to there, no other code can reach it, and afterwards this function
    does not speak of it. Each of its names is bound once, in one block."""

    def __init__(self, body: list) -> None:
        self.body = body
        self.known: dict[str, Any] = {}
        self.made: dict[str, list[tuple[list, int]]] = {}       # variable -> where it is assigned: the block, and the place in it
        self.uses: dict[tuple[int, str], list[tuple[int, int]]] = {}    # block, variable -> which of its statements speak of it,
                                                                        # and how often
        self.count: dict[str, int] = {}
        self.names: dict[str, set[str]] = {}        # variable -> all that may name the same value, where there are several

    def away(self, v: str, s: Any) -> bool:
        """Whether this statement gives away what a variable holds."""
        if not self.count:
            self.count = self.look(self.body)
        if v not in self.known:
            self.known[v] = self.last_use(v)
        return self.known[v] is s

    def look(self, block: list) -> dict[str, int]:
        """Go through a block; how often its statements speak of each variable."""
        total: dict[str, int] = {}
        for i, s in enumerate(block):
            here: dict[str, int] = {}
            for part in heads(s):
                for n in walk(part):
                    if n.__class__ is gast.Name:
                        here[n.id] = here.get(n.id, 0) + 1
            for inner in blocks(s):
                add_up(here, self.look(inner))
            for v, often in here.items():
                self.uses.setdefault((id(block), v), []).append((i, often))
            add_up(total, here)
            if s.__class__ is gast.Assign and isinstance(s.targets[0], gast.Name):
                self.made.setdefault(s.targets[0].id, []).append((block, i))
                if isinstance(s.value, gast.Name):
                    one, other = s.targets[0].id, s.value.id
                    same = self.names.get(one, {one}) | self.names.get(other, {other})
                    self.names.update(dict.fromkeys(same, same))
        return total

    def last_use(self, v: str) -> Any:
        """The last statement that speaks of what a variable names; None if there is none."""
        same = self.names.get(v, {v})
        if any(len(self.made.get(w, ())) != 1 for w in same):
            return None
        block = self.made[v][0][0]
        last = -1
        for w in same:
            inside, start = self.made[w][0]
            uses = self.uses[id(inside), w]
            if inside is not block or uses[0][0] != start or sum(often for _, often in uses) != self.count[w] \
                    or any(w in assigned([block[i]]) for i, _ in uses[1:]):
                return None
            last = max(last, uses[-1][0])
        return None if any(self.made[w][0][1] == last for w in same) or blocks(block[last]) else block[last]


def add_up(total: dict[str, int], more: dict[str, int]) -> None:
    for v, often in more.items():
        total[v] = total.get(v, 0) + often


def bound(s: Any) -> Iterator[Any]:
    """The names that a statement binds."""
    if isinstance(s, gast.For):
        yield s.target
    elif isinstance(s, gast.Try):
        yield s.handlers[0].name
    elif not blocks(s):
        yield from (n for n in walk(s) if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load))


def handed_out(s: Any, callee: Callable[[Any], Any], copies: Callable[[Any], bool]) -> Iterator[Any]:
    """The names that a statement reads in a way that lets others have the value itself."""
    if blocks(s):
        return
    value = getattr(s, "value", None)
    simple = isinstance(s, (gast.Assign, gast.AugAssign))
    for t in s.targets if isinstance(s, (gast.Assign, gast.Delete)) else []:
        if isinstance(t, (gast.Attribute, gast.Subscript)):     # what is put in is handed out; the container stays where it is
            simple = False
            yield from names_in(t.slice if isinstance(t, gast.Subscript) else t)
    if value is None or not simple:
        yield from names_in(value if isinstance(s, (gast.Assign, gast.Delete)) else s)
    elif isinstance(value, gast.Subscript):
        yield from names_in(value.slice)
    elif isinstance(value, gast.Call):
        f = callee(value)
        starred = any(isinstance(a, gast.Starred) for a in value.args)
        if isinstance(value.func, gast.Attribute) and isinstance(value.func.value, gast.Name) and value.func.attr in METHODS:
            yield from (n for a in value.args for n in names_in(a))
        elif f is None or starred or not (any(f is g for g in READERS) or copies(f)):
            yield from names_in(value)
        elif f is not zip and any(f is g for g in READERS):
            first = 0 if f in (max, min) and len(value.args) > 1 else 1     # what comes after it may be what is returned
            yield from (n for a in [*value.args[first:], *value.keywords] for n in names_in(a))
    elif not isinstance(value, (gast.Name, gast.Compare, gast.BinOp, gast.UnaryOp, gast.JoinedStr)):
        yield from names_in(value)


def names_in(e: Any) -> Iterator[Any]:
    return (n for n in walk(e) if isinstance(n, gast.Name)) if e is not None else iter(())


PLACES = ("slot", "position")
QUIET = {"copy", "count", "get", "index", "items", "keys", "values"}    # methods that leave everything in its place


def note_records(core: Core, groups: dict[str, str]) -> None:
    """Find the containers into which something with a derivative is put (`core.confined`), and for each loop those whose elements
    it reads or puts by their places while nothing moves them: their records can be looked up before it (`loop.records`)."""
    put, moved = set(), set()
    for s in statements(core.body):
        plan: Plan | None = getattr(s, "plan", None)
        if plan is None or not plan.args or not isinstance(plan.args[0], gast.Name):
            continue
        group = groups.get(plan.args[0].id)
        if plan.form == "append" or (plan.form == "setitem" and plan.extra in PLACES):
            if plan.facts[1][1]:
                put.add(group)
        elif plan.form in ("method", "methodx", "delitem", "setitem") or plan.extra == "inplace":
            if plan.extra not in QUIET:
                moved.add(group)
    core.confined = {v: g for v, g in groups.items() if g in put}
    still = {v for v in core.confined if core.confined[v] not in moved}
    if still:
        mark(core.body, still, set())


def mark(body: list, still: set[str], sure: set[str]) -> None:
    """Note for each loop which of these containers it finds and leaves there."""
    for s in body:
        if isinstance(s, (gast.For, gast.While)):
            places = {s.plan.args[0].id for s in statements(s.body) if getattr(s, "plan", None) is not None
                      and (s.plan.form == "append" or s.plan.extra in PLACES)}
            s.records = sorted(places & sure - assigned([s]))
        for block in blocks(s):
            mark(block, still, set(sure))
        if isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name) and s.targets[0].id in still:
            sure.add(s.targets[0].id)
