"""`match`, written out as `if`.

A pattern becomes tests around what is to happen where it fits. Its names are bound when all of it fits, before the guard.

    match point:                    subject = point
        case (0, y) if y > 0:       matched = False
            a = y                   if isinstance(subject, Sequence) and ... and len(subject) == 2:
        case _:                         part, part_1 = subject
            a = 1                       if part == 0:
                                            y = part_1
                                            if y > 0:
                                                matched = True
                                                a = y
                                    if not matched:
                                        a = 1
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gast

from ..ir.build import assign, attribute, call, const, if_, load, locate, store, subscript, tuple_, walk
from ..ir.names import Namer
from .helpers import MISSING, match_class

__all__ = ["Matches", "captured"]

TEXT = (str, bytes, bytearray)
FUNCTIONS = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda, gast.ClassDef)
Bindings = dict[str, str]


def captured(node: Any) -> set[str]:
    """The names that the patterns in a tree bind."""
    found = set()
    for n in walk(node):
        if isinstance(n, (gast.MatchAs, gast.MatchStar)) and n.name:
            found.add(n.name)
        elif isinstance(n, gast.MatchMapping) and n.rest:
            found.add(n.rest)
    return found


class Matches:
    """The pass; `run` gives a body without `match`."""

    def __init__(self, namer: Namer) -> None:
        self.namer = namer

    def run(self, body: list) -> list:
        out: list = []
        for s in body:
            if isinstance(s, gast.Match):
                out += self.match(s)
            else:
                if not isinstance(s, FUNCTIONS):
                    self.inside(s)
                out.append(s)
        return out

    def inside(self, s: Any) -> None:
        """Rewrite the bodies that a statement has."""
        for field in ("body", "orelse", "finalbody"):
            if isinstance(getattr(s, field, None), list):
                setattr(s, field, self.run(getattr(s, field)))
        for handler in getattr(s, "handlers", ()):
            handler.body = self.run(handler.body)

    def match(self, s: Any) -> list:
        subject = self.namer.fresh("subject")
        return [locate(assign(subject, s.subject), s), *self.cases(s.cases, subject, s)]

    def cases(self, cases: list, subject: str, origin: Any) -> list:
        if not cases:
            return []
        case, rest = cases[0], cases[1:]
        body, guard = self.run(case.body), case.guard
        if irrefutable(case.pattern):
            bound = self.bind(case.pattern, subject)
            return bound + ([locate(if_(guard, body, self.cases(rest, subject, origin)), origin)] if guard else body)
        if one_test(case.pattern) and guard is None:
            out = self.pattern(case.pattern, subject, {}, lambda names: assignments(names) + body)
            out[-1].orelse = self.cases(rest, subject, origin)
        elif rest:
            flag = self.flag("matched")
            body = [assign(flag, const(True)), *body]
            out = [assign(flag, const(False)),
                   *self.pattern(case.pattern, subject, {}, lambda names: assignments(names) + guarded(guard, body)),
                   if_(negated(flag), self.cases(rest, subject, origin))]
        else:
            out = self.pattern(case.pattern, subject, {}, lambda names: assignments(names) + guarded(guard, body))
        return [self.located(statement, origin) for statement in out]

    def located(self, s: Any, origin: Any) -> Any:
        """Give new statements the place of the `match`; those of the user keep theirs."""
        if getattr(s, "lineno", None) is None:
            locate(s, origin)
        if isinstance(s, gast.If):
            for inner in (*s.body, *s.orelse):
                self.located(inner, origin)
        return s

    def flag(self, hint: str) -> str:
        name = self.namer.fresh(hint)
        self.namer.flags.add(name)
        return name

    def helper(self, value: Any, hint: str | None = None) -> Any:
        return load(self.namer.helper(value, hint))

    def bind(self, pattern: Any, subject: str) -> list:
        """The assignments of a pattern that always fits."""
        return [] if pattern.name is None else [locate(assign(pattern.name, load(subject)), pattern)]

    # -- patterns -----------------------------------------------------------------------------------------------

    def pattern(self, p: Any, s: str, names: Bindings, then: Callable[[Bindings], list]) -> list:
        """Test the variable s against a pattern; where it fits, do what `then` says, given the variables for the names."""
        return getattr(self, "on_" + type(p).__name__)(p, s, names, then)

    def on_MatchValue(self, p: Any, s: str, names: Bindings, then: Callable) -> list:
        return [if_(test_of(p, s), then(names))]

    on_MatchSingleton = on_MatchValue

    def on_MatchAs(self, p: Any, s: str, names: Bindings, then: Callable) -> list:
        def bound(found: Bindings) -> list:
            return then(found if p.name is None else {**found, p.name: s})
        return bound(names) if p.pattern is None else self.pattern(p.pattern, s, names, bound)

    def on_MatchOr(self, p: Any, s: str, names: Bindings, then: Callable) -> list:
        if one_test(p):
            return [if_(test_of(p, s), then(names))]
        flag = self.flag("fits")
        own = {name: self.namer.fresh(name) for name in sorted(captured(p))}

        def fits(found: Bindings) -> list:
            return [*[assign(own[name], load(found[name])) for name in own], assign(flag, const(True))]

        out: list = [assign(flag, const(False))]
        for k, alternative in enumerate(p.patterns):
            block = self.pattern(alternative, s, {}, fits)
            out += block if k == 0 else [if_(negated(flag), block)]
        return [*out, if_(load(flag), then({**names, **own}))]

    def on_MatchSequence(self, p: Any, s: str, names: Bindings, then: Callable) -> list:
        star = any(isinstance(x, gast.MatchStar) for x in p.patterns)
        n = len(p.patterns) - star
        size = gast.Compare(left=call(self.helper(len), load(s)), ops=[gast.GtE() if star else gast.Eq()], comparators=[const(n)])
        test = both(self.is_a(s, Sequence), gast.UnaryOp(op=gast.Not(), operand=self.is_a(s, TEXT, "text")), size)
        parts = [self.namer.fresh("part") for _ in p.patterns]
        targets = [gast.Starred(value=store(name), ctx=gast.Store()) if isinstance(x, gast.MatchStar) else store(name)
                   for name, x in zip(parts, p.patterns)]
        unpack = [assign(tuple_(targets, gast.Store()), load(s))] if any(not wildcard(x) for x in p.patterns) else []
        return [if_(test, unpack + self.all(list(zip(p.patterns, parts)), names, then))]

    def on_MatchStar(self, p: Any, s: str, names: Bindings, then: Callable) -> list:
        return then(names if p.name is None else {**names, p.name: s})

    def on_MatchMapping(self, p: Any, s: str, names: Bindings, then: Callable) -> list:
        keys = [self.namer.fresh("key") for _ in p.keys]
        parts = [self.namer.fresh("part") for _ in p.keys]
        rest: list = []
        if p.rest:
            name = self.namer.fresh("rest")
            names = {**names, p.rest: name}
            rest = [assign(name, call(self.helper(dict), load(s))),
                    *[gast.Delete(targets=[gast.Subscript(value=load(name), slice=load(k), ctx=gast.Del())]) for k in keys]]

        def step(i: int) -> list:
            if i == len(keys):
                return rest + self.all(list(zip(p.patterns, parts)), names, then)
            found = gast.Compare(left=load(parts[i]), ops=[gast.IsNot()], comparators=[self.helper(MISSING, "missing")])
            return [assign(keys[i], p.keys[i]),
                    assign(parts[i], call(attribute(load(s), "get"), load(keys[i]), self.helper(MISSING, "missing"))),
                    if_(found, step(i + 1))]

        return [if_(self.is_a(s, Mapping), step(0))]

    def on_MatchClass(self, p: Any, s: str, names: Bindings, then: Callable) -> list:
        patterns = [*p.patterns, *p.kwd_patterns]
        if not patterns:
            return [if_(call(self.helper(isinstance), load(s), p.cls), then(names))]
        found, parts = self.namer.fresh("found"), [self.namer.fresh("part") for _ in patterns]
        values = call(self.helper(match_class), load(s), p.cls, const(len(p.patterns)), tuple_([const(k) for k in p.kwd_attrs]))
        fits = gast.Compare(left=load(found), ops=[gast.IsNot()], comparators=[const(None)])
        unpack = [assign(name, subscript(load(found), const(i))) for i, name in enumerate(parts)]
        return [assign(found, values), if_(fits, unpack + self.all(list(zip(patterns, parts)), names, then))]

    def all(self, pairs: list, names: Bindings, then: Callable) -> list:
        """Patterns that must all fit, each a variable of its own."""
        if not pairs:
            return then(names)
        (p, s), rest = pairs[0], pairs[1:]
        return self.pattern(p, s, names, lambda found: self.all(rest, found, then))

    def is_a(self, s: str, kind: Any, hint: str | None = None) -> Any:
        return call(self.helper(isinstance), load(s), self.helper(kind, hint))


def irrefutable(p: Any) -> bool:
    return isinstance(p, gast.MatchAs) and p.pattern is None


def wildcard(p: Any) -> bool:
    return isinstance(p, (gast.MatchAs, gast.MatchStar)) and getattr(p, "pattern", None) is None and p.name is None


def one_test(p: Any) -> bool:
    """Whether a pattern is one test, after which nothing can fail."""
    if isinstance(p, gast.MatchOr):
        return all(isinstance(x, (gast.MatchValue, gast.MatchSingleton)) for x in p.patterns)
    if isinstance(p, gast.MatchSequence):
        return all(irrefutable(x) or isinstance(x, gast.MatchStar) for x in p.patterns)
    if isinstance(p, gast.MatchClass):
        return not p.patterns and not p.kwd_patterns
    if isinstance(p, gast.MatchAs):
        return p.pattern is not None and one_test(p.pattern)
    return isinstance(p, (gast.MatchValue, gast.MatchSingleton))


def test_of(p: Any, s: str) -> Any:
    """The test of a value, of None, True or False, or of one of several."""
    if isinstance(p, gast.MatchOr):
        return gast.BoolOp(op=gast.Or(), values=[test_of(x, s) for x in p.patterns])
    if isinstance(p, gast.MatchSingleton):
        return gast.Compare(left=load(s), ops=[gast.Is()], comparators=[const(p.value)])
    return gast.Compare(left=load(s), ops=[gast.Eq()], comparators=[p.value])


def both(*tests: Any) -> Any:
    return gast.BoolOp(op=gast.And(), values=list(tests))


def negated(flag: str) -> Any:
    return gast.UnaryOp(op=gast.Not(), operand=load(flag))


def guarded(guard: Any, body: list) -> list:
    return body if guard is None else [if_(guard, body)]


def assignments(names: Bindings) -> list:
    return [assign(name, load(variable)) for name, variable in names.items()]
