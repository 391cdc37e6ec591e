"""Loops over generator expressions, comprehensions, and `any` and `all` of them: plain loops.

Enters: expressions of the user's. Leaves: statements of core code, and an atom for the value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import assign, assigned, attribute, call, const, if_, load, locate, store, walk
from .exits import Exits
from .helpers import new_cell
from .naming import Naming

__all__ = ["Comprehensions"]


class Comprehensions(Naming):
    """Each has variables of its own, under new names."""

    def generated_loop(self, s: Any, g: Any) -> None:
        """A loop over a generator expression is one loop."""
        items = self.atom(g.iter)
        saved = dict(self.renamed)
        for n in walk(g.target):
            if isinstance(n, gast.Name):
                self.renamed[n.id] = self.namer.fresh(n.id)
                self.core.local.add(self.renamed[n.id])
        inside = dict(self.renamed)

        def block(ifs: list) -> list:
            outer, self.out = self.out, []
            self.renamed = dict(inside)
            if ifs:
                test = self.test(ifs[0])
                self.emit(if_(test, block(ifs[1:])))
            else:
                value = self.atom(s.iter.elt)
                self.renamed = dict(saved)
                self.assign_to(s.target, value)
                for x in s.body:
                    self.statement(x)
            out, self.out = self.out, outer
            return out

        self.for_loop(g.target, items, lambda: block(list(g.ifs)))
        self.renamed = saved

    def for_loop(self, target: Any, items: Any, block: Callable[[], list]) -> None:
        origin = self.origin
        if isinstance(items, gast.Constant):
            items = self.copied(items)
        self.depth += 1
        if isinstance(target, gast.Name) and self.binds_plainly(target.id):
            name, first = self.rename(target.id), []
        else:
            name = self.namer.fresh("item")
            outer, self.out = self.out, []
            self.assign_to(target, load(name))
            first, self.out = self.out, outer
        body = first + block()
        self.depth -= 1
        self.origin = origin
        if isinstance(items, gast.Name) and items.id in assigned(body):      # the loop goes on through what it began with
            items = self.copied(items)
        self.emit(gast.For(target=store(name), iter=items, body=body or [gast.Pass()], orelse=[], type_comment=None))

    def of_ListComp(self, e: Any) -> Any:
        if hasattr(e, "fold"):
            return self.folded(e)
        return self.comprehension(e, gast.ListComp)

    def of_SetComp(self, e: Any) -> Any:
        return self.comprehension(e, gast.SetComp)

    def of_DictComp(self, e: Any) -> Any:
        return self.comprehension(e, gast.DictComp)

    def comprehension(self, e: Any, kind: Any, terms: bool = False) -> Any:
        """A loop that fills a container; `terms` says that all that is done with it is to sum it."""
        acc = self.namer.fresh("items")
        self.core.local.add(acc)
        start = {gast.ListComp: gast.List(elts=[], ctx=gast.Load()), gast.DictComp: gast.Dict(keys=[], values=[])}.get(
            kind, call(load(self.namer.helper(set, "set"))))
        start.terms = terms
        self.emit(assign(acc, start))

        def innermost() -> None:
            if kind is gast.DictComp:
                key, value = self.atoms([e.key, e.value])
                value = self.constant(value)
                self.emit(assign(gast.Subscript(value=load(acc), slice=key, ctx=gast.Store()), value))
            else:
                method = attribute(load(acc), "append" if kind is gast.ListComp else "add")
                add = gast.Call(func=method, args=[self.constant(self.atom(e.elt))], keywords=[])
                add.terms = terms
                self.name_of(add, "_")

        captured = {v for n in walk(e) if isinstance(n, (gast.FunctionDef, gast.Lambda)) for v in n.code.co_freevars}
        self.generators(e.generators, innermost, captured)
        return load(acc)

    def folded(self, e: Any) -> Any:
        """`functools.reduce`: a loop that binds one variable anew (`lazy`)."""
        (g,), (name, start) = e.generators, e.fold
        items, first = self.atoms([g.iter, start])
        saved, total = dict(self.renamed), self.namer.fresh(name)
        self.emit(assign(total, first))
        self.renamed[name], self.renamed[g.target.id] = total, self.namer.fresh(g.target.id)
        self.core.local |= {total, self.renamed[g.target.id]}

        def inside() -> list:
            outer, self.out = self.out, []
            self.emit(assign(total, self.atom(e.elt)))
            body, self.out = self.out, outer
            return body

        self.for_loop(g.target, items, inside)
        self.renamed = saved
        return load(total)

    def generators(self, generators: list, innermost: Callable[[], None], captured: set[str]) -> None:
        g, rest = generators[0], generators[1:]
        if g.is_async:
            raise self.unsupported(self.origin, "`async for`")
        items = self.atom(g.iter)
        saved = dict(self.renamed)
        for n in walk(g.target):
            if isinstance(n, gast.Name):
                self.renamed[n.id] = new = self.namer.fresh(n.id)
                self.core.local.add(new)
                if n.id in captured:
                    if self.depth:
                        self.boxes[new] = self.name_of(call(load(self.namer.helper(new_cell)))).id
                    else:
                        self.core.memory.add(new)

        def inside() -> list:
            outer, self.out = self.out, []
            conditions(list(g.ifs))
            body, self.out = self.out, outer
            return body

        def conditions(ifs: list) -> None:
            if not ifs:
                self.generators(rest, innermost, captured) if rest else innermost()
                return
            test = self.test(ifs[0])
            outer, self.out = self.out, []
            conditions(ifs[1:])
            body, self.out = self.out, outer
            self.emit(if_(test, body))

        self.for_loop(g.target, items, inside)
        self.renamed = saved

    def quantifier(self, e: Any, is_any: bool) -> Any:
        """`any(...)` and `all(...)` over a generator expression: a loop that stops early."""
        result = self.namer.fresh("found" if is_any else "holds")
        self.core.local.add(result)
        saved = dict(self.renamed)
        first = self.atom(e.generators[0].iter)
        if isinstance(first, gast.Name):
            first = self.copied(first)
        test = e.elt if is_any else gast.UnaryOp(op=gast.Not(), operand=e.elt)
        body: list = [gast.If(test=test, body=[gast.Return(value=const(is_any))], orelse=[])]
        for g in reversed(e.generators):
            for c in reversed(g.ifs):
                body = [gast.If(test=c, body=body, orelse=[])]
            body = [gast.For(target=g.target, iter=g.iter, body=body, orelse=[], type_comment=None)]
            for n in walk(g.target):
                if isinstance(n, gast.Name):
                    self.renamed[n.id] = self.namer.fresh(n.id)
                    self.core.local.add(self.renamed[n.id])
        body[0].iter = first
        body.append(gast.Return(value=const(not is_any)))
        for s in body:
            for n in walk(s):
                if isinstance(n, gast.stmt):
                    locate(n, self.origin)
        for s in Exits(self.namer, result).run(body):
            self.statement(s)
        self.renamed = saved
        return load(result)
