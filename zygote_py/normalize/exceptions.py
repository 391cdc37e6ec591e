"""`try` and `with`, written with one handler that catches everything.

What follows needs to know one form only:

    try: body
    except BaseException as caught: handler

No handler takes an error of this package, which is for the user; `finally` and `__exit__` run for it as for any other.

`finally` stands twice, as in Python's own code: in the handler before `raise`, and after the statement; there it is the attribute
`final` of the statement, which `exits` puts in front of the jumps that leave the body.

    try: a()                            okay = False
    except KeyError as e: b(e)          try: a(); okay = True
    else: c()                           except BaseException as caught:
                                            if matches(caught, KeyError): e = caught; b(e); e = None
                                            else: raise
                                        if okay: c()
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import gast

from ..ir.build import assign, attribute, call, children, clone, const, if_, load, locate, try_, walk
from ..ir.names import Namer
from .helpers import WITHOUT_DERIVATIVES, check_manager, is_ours, join_group, matches, note_failure, split_group

__all__ = ["Exceptions", "guard"]


class Exceptions:
    """The pass.

    Parameters
    ----------
    captured : variables that live in cells
    known : callable from an expression to (known, value): what a global name or a module's attribute stands for
    """

    def __init__(self, namer: Namer, captured: set[str], known: Callable) -> None:
        self.namer, self.captured, self.known = namer, captured, known
        self.elsewhere: set[str] = set()

    def run(self, body: list) -> list:
        self.elsewhere = used_elsewhere(body)
        return self.block(body)

    def block(self, body: list) -> list:
        return [new for s in body for new in self.statement(s)]

    def statement(self, s: Any) -> list:
        if isinstance(s, gast.Try):
            return self.located(self.attempt(s, self.dispatch), s)
        if isinstance(s, gast.TryStar):
            return self.located(self.attempt(s, self.group_clauses), s)
        if isinstance(s, gast.With):
            return self.located(self.context(s.items, s), s)
        if isinstance(s, (gast.If, gast.For, gast.While)):
            s = locate(type(s)(**{field: getattr(s, field, None) for field in s._fields}), s)
            s.body, s.orelse = self.block(s.body), self.block(s.orelse)
        return [s]

    def located(self, body: list, origin: Any) -> list:
        """Give the new statements in a block the position of the old one."""
        for s in body:
            if getattr(s, "lineno", None) is None:
                locate(s, origin)
            for inner in (getattr(s, "body", []), getattr(s, "orelse", []), getattr(s, "final", [])):
                if isinstance(inner, list):
                    self.located(inner, origin)
            for h in getattr(s, "handlers", []):
                locate(h, origin)
                self.located(h.body, origin)
        return body

    # -- try ----------------------------------------------------------------------------------------------------

    def attempt(self, s: Any, clauses: Callable[[list, str], list]) -> list:
        body = self.block(s.body)
        if s.handlers:
            body = self.with_handlers(body, s, clauses)
        elif s.orelse:
            body = [*body, *self.block(s.orelse)]
        if not s.finalbody:
            return body
        raised, again = self.block(clone(s.finalbody)), gast.Raise(exc=None, cause=None)
        final = self.block(s.finalbody)
        if not any(isinstance(n, (gast.Return, gast.Break, gast.Continue)) for b in s.finalbody for n in walk(b)):
            new = self.caught(body, lambda caught: [*raised, again])
            new.final = final
            return [new]
        swallowed = self.flag("swallowed")      # a jump in `finally` drops the exception, but not one of ours
        new = self.caught(body, lambda caught: [if_(self.ours(caught), [gast.Raise(exc=None, cause=None)]),
                                                assign(swallowed, const(True)), *raised, again])
        new.final = [if_(load(swallowed), [], final)]
        return [assign(swallowed, const(False)), new]

    def with_handlers(self, body: list, s: Any, clauses: Callable[[list, str], list]) -> list:
        before, after = [], []
        if s.orelse:
            okay = self.flag("okay")
            before = [assign(okay, const(False))]
            body = [*body, assign(okay, const(True))]
            after = [if_(load(okay), self.block(s.orelse))]
        return [*before, self.caught(body, lambda caught: clauses(s.handlers, caught)), *after]

    def flag(self, hint: str) -> str:
        name = self.namer.fresh(hint)
        self.namer.flags.add(name)
        return name

    def caught(self, body: list, handler: Any) -> Any:
        caught = self.namer.fresh("caught")
        new = try_(body, caught, handler(caught), load("BaseException"))
        new.final = []
        return new

    def ours(self, caught: str) -> Any:
        return call(load(self.namer.helper(is_ours)), load(caught))

    def dispatch(self, handlers: list, caught: str) -> list:
        """The clauses in order; what none of them takes is raised again."""
        if not handlers:
            return [gast.Raise(exc=None, cause=None)]
        first = handlers[0]
        every = load(self.namer.helper(BaseException, "BaseException"))
        test = call(load(self.namer.helper(matches)), load(caught), every if first.type is None else first.type)
        return self.located([if_(test, self.clause(first, caught), self.dispatch(handlers[1:], caught))], first)

    def clause(self, handler: Any, caught: str) -> list:
        """The body of a clause. Its name is unbound afterwards, so that it gets one of its own, unless a function captures it."""
        if handler.name is None:
            return self.block(handler.body)
        name = handler.name.id
        if name in self.captured:
            return [assign(name, load(caught)), *self.block(handler.body), delete(name)]
        own = self.namer.fresh(name)
        body = clone(handler.body)
        rename(body, name, own)
        unbound = [assign(name, load(caught)), delete(name)] if name in self.elsewhere else []
        if any(clause_of(n, own) for b in body for n in walk(b)):
            self.elsewhere.add(own)
        return [*unbound, assign(own, load(caught)), *self.block(body), assign(own, const(None))]

    def group_clauses(self, handlers: list, caught: str) -> list:
        """`except*`: each clause gets its part of the group; what the clauses raise is raised together with the rest."""
        rest, raised, part, error = (self.namer.fresh(n) for n in ("rest", "raised", "part", "error"))
        out = [assign(rest, load(caught)), assign(raised, gast.List(elts=[], ctx=gast.Load()))]
        for h in handlers:
            body = clone(h.body)
            raise_part(body, part)
            new = gast.ExceptHandler(type=None, name=h.name, body=body)
            taken = self.caught(self.clause(new, part),
                                lambda inner: [if_(self.ours(inner), [gast.Raise(exc=None, cause=None)]),
                                               gast.Expr(value=call(attribute(load(raised), "append"), load(inner)))])
            split = call(load(self.namer.helper(split_group)), load(rest), h.type)
            out += self.located([assign([part, rest], split),
                                 if_(gast.Compare(left=load(part), ops=[gast.IsNot()], comparators=[const(None)]), [taken])], h)
        joined = call(load(self.namer.helper(join_group)), load(caught), load(raised), load(rest))
        return [*out, assign(error, joined),
                if_(gast.Compare(left=load(error), ops=[gast.IsNot()], comparators=[const(None)]),
                    [gast.Raise(exc=load(error), cause=None)])]

    # -- with ---------------------------------------------------------------------------------------------------

    def context(self, items: list, s: Any) -> list:
        """One item at a time, as the language reference defines it."""
        if not items:
            return self.block(s.body)
        first, rest = items[0], items[1:]
        without = self.without_derivatives(first.context_expr)
        if without:
            named = [] if first.optional_vars is None else [gast.Assign(targets=[first.optional_vars], value=first.context_expr,
                                                                        type_comment=None)]
            return [*named, *detached(self.context(rest, s), without)]
        manager, value, failed = self.namer.fresh("manager"), self.namer.fresh("entered"), self.flag("failed")
        taken = self.namer.fresh("taken")
        bound = [] if first.optional_vars is None else [gast.Assign(targets=[first.optional_vars], value=load(value),
                                                                    type_comment=None)]

        def leave(*arguments: Any) -> Any:
            return call(attribute(load(manager), "__exit__"), *arguments)

        def handler(caught: str) -> list:
            kind = call(load(self.namer.helper(type, "type")), load(caught))
            swallowed = leave(kind, load(caught), attribute(load(caught), "__traceback__"))
            return [assign(failed, const(True)), assign(taken, swallowed),
                    if_(self.ours(caught), [gast.Raise(exc=None, cause=None)]),
                    if_(load(taken), [], [gast.Raise(exc=None, cause=None)])]

        new = self.caught([*bound, *self.context(rest, s)], handler)
        new.final = [if_(load(failed), [], [gast.Expr(value=leave(const(None), const(None), const(None)))])]
        return [assign(manager, first.context_expr),
                gast.Expr(value=call(load(self.namer.helper(check_manager)), load(manager))),
                assign(value, call(attribute(load(manager), "__enter__"))),
                assign(failed, const(False)), new]


    def without_derivatives(self, manager: Any) -> tuple | None:
        """What takes the place of values and calls in the block of `with ignore_derivatives():`; None for any other one."""
        if not isinstance(manager, gast.Call) or manager.args or manager.keywords:
            return None
        known, f = self.known(manager.func)
        return WITHOUT_DERIVATIVES.get(f) if known and isinstance(f, FunctionType) else None


def detached(body: list, without: tuple) -> list:
    """Mark the statements of a block, which no derivative leaves."""
    for s in body:
        s.detached = without
        for inner in (getattr(s, "body", []), getattr(s, "orelse", []), getattr(s, "final", [])):
            if isinstance(inner, list) and not isinstance(s, gast.FunctionDef):
                detached(inner, without)
        for h in getattr(s, "handlers", []):
            detached(h.body, without)
    return body


def raise_part(body: list, part: str) -> None:
    """`raise` in a clause of `except*` raises the part of the group that the clause got."""
    for s in body:
        if isinstance(s, gast.Raise) and s.exc is None:
            s.exc = load(part)
        for inner in (getattr(s, "body", []), getattr(s, "orelse", []), getattr(s, "finalbody", [])):
            if isinstance(inner, list) and not isinstance(s, gast.FunctionDef):
                raise_part(inner, part)


def rename(body: list, old: str, new: str) -> None:
    for s in body:
        for n in walk(s):
            if isinstance(n, gast.Name) and n.id == old:
                n.id = new


def guard(core: Any) -> list:
    """The body of a function that returns where it raised."""
    namer = core.namer
    caught, unused = namer.fresh("caught"), namer.fresh("_")
    core.local |= {caught, unused, core.ret}
    noted = assign(unused, call(load(namer.helper(note_failure)), load(caught)))
    out = [assign(core.ret, const(None)), try_(core.body, caught, [noted], load("BaseException"))]
    for s in [*out, noted]:
        locate(s, core.body[0] if core.body else None)
    return out


def delete(name: str) -> Any:
    return gast.Delete(targets=[gast.Name(id=name, ctx=gast.Del(), annotation=None, type_comment=None)])


def clause_of(n: Any, name: str) -> bool:
    return isinstance(n, gast.ExceptHandler) and n.name is not None and n.name.id == name


def used_elsewhere(body: list) -> set[str]:
    """The names that occur outside of the clauses `except ... as name`."""
    found: set[str] = set()
    waiting: list[tuple[Any, frozenset[str]]] = [(s, frozenset()) for s in body]
    while waiting:
        n, shielded = waiting.pop()
        if isinstance(n, gast.Name) and n.id not in shielded:
            found.add(n.id)
        if isinstance(n, gast.ExceptHandler) and n.name is not None:
            shielded |= {n.name.id}
        waiting += [(child, shielded) for child in children(n)]
    return found
