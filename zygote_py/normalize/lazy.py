"""Generator expressions that are kept for later are functions.

    g = (f(x) for x in xs)          g = (lambda source: ...)(iter(xs))

The function is a generator function, and has the code object of the expression. What is consumed at once, by a loop, by `sum`,
`list` and their like, is computed at once: that costs less. So is what `map` and `filter` give to them, and `functools.reduce`
with a start.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import call, const, load, locate, names, store, tuple_, walk
from ..ir.names import Namer

__all__ = ["Lazy"]

CONSUMERS = {"sum", "list", "tuple", "set", "frozenset", "sorted", "max", "min", "dict", "fsum", "prod", "fromiter", "Counter",
             "deque"}
LIBRARIES = {"builtins", "math", "numpy", "collections"}


class Lazy:
    """The pass; `run` rewrites a body in place.

    Parameters
    ----------
    known : callable from an expression to (known, value): what a global name or a module's attribute stands for
    """

    def __init__(self, known: Callable, namer: Namer) -> None:
        self.known, self.namer = known, namer

    def run(self, body: list) -> list:
        return [self.visit(s) for s in body]

    def visit(self, node: Any) -> Any:
        """Rewrite a tree, without the bodies of functions and classes in it, which are rewritten when they are called."""
        for field in self.fields(node):
            value: Any = getattr(node, field, None)
            if value.__class__ is list:
                value[:] = [self.part(node, v) for v in value]
            elif isinstance(value, gast.AST) and value._fields:
                setattr(node, field, self.part(node, value))
        return node

    def fields(self, node: Any) -> tuple[str, ...]:
        if isinstance(node, gast.Lambda):
            return ("args",)
        if isinstance(node, (gast.FunctionDef, gast.AsyncFunctionDef)):
            return ("decorator_list", "args")
        return ("decorator_list", "bases", "keywords") if isinstance(node, gast.ClassDef) else node._fields

    def part(self, node: Any, child: Any) -> Any:
        if not isinstance(child, gast.AST) or child.__class__ is gast.Name or child.__class__ is gast.Constant:
            return child
        if isinstance(child, gast.Call):
            child = self.mapped(child) if self.consumed(node, child) == "list" else self.folded(child)
        if not isinstance(child, gast.GeneratorExp):
            return self.visit(child)
        how = self.consumed(node, child)
        if how is None:
            return self.kept(child)
        self.visit(child)
        return locate(gast.ListComp(elt=child.elt, generators=child.generators), child) if how == "list" else child

    def mapped(self, e: Any) -> Any:
        """`map(f, xs)` as `[f(x) for x in xs]`, for an f that is written there or known; any other expression as it is."""
        if not isinstance(e.func, gast.Name) or self.known(e.func)[1] is not map or len(e.args) < 2 or e.keywords \
                or any(isinstance(a, gast.Starred) for a in e.args):
            return self.filtered(e)
        items = e.args[1:]
        given, value = self.applied(e.args[0], ["item"] * len(items), e)
        if value is None:
            return e
        chosen = self.filtered(items[0]) if len(items) == 1 and isinstance(items[0], gast.Call) else None
        if isinstance(chosen, gast.ListComp) and given[0] not in names(chosen.generators[0]) - {chosen.elt.id}:
            loop = chosen.generators[0]     # one is chosen and given to f after the other
            for n in [loop.target, *(n for test in loop.ifs for n in walk(test))]:
                if isinstance(n, gast.Name) and n.id == chosen.elt.id:
                    n.id = given[0]
            return locate(gast.ListComp(elt=value, generators=[loop]), e)
        target = store(given[0]) if len(given) == 1 else tuple_(map(store, given), gast.Store())
        source = items[0] if len(items) == 1 else locate(call(load(self.namer.helper(zip, "zip")), *items), e)
        loop = gast.comprehension(target=target, iter=source, ifs=[], is_async=0)
        return locate(gast.ListComp(elt=value, generators=[loop]), e)

    def filtered(self, e: Any) -> Any:
        """`filter(f, xs)` as `[x for x in xs if f(x)]`, for such an f."""
        if not isinstance(e.func, gast.Name) or self.known(e.func)[1] is not filter or len(e.args) != 2 or e.keywords \
                or any(isinstance(a, gast.Starred) for a in e.args):
            return e
        given, value = self.applied(e.args[0], ["item"], e)
        if value is None:
            return e
        loop = gast.comprehension(target=store(given[0]), iter=e.args[1], ifs=[value], is_async=0)
        return locate(gast.ListComp(elt=load(given[0]), generators=[loop]), e)

    def folded(self, e: Any) -> Any:
        """`functools.reduce(f, xs, start)` as a loop, for such an f: a comprehension of which only the last element counts."""
        if self.known(e.func)[1] is not functools.reduce or len(e.args) != 3 or e.keywords \
                or any(isinstance(a, gast.Starred) for a in e.args):
            return e
        given, value = self.applied(e.args[0], ["total", "item"], e)
        if value is None:
            return e
        loop = gast.comprehension(target=store(given[1]), iter=e.args[1], ifs=[], is_async=0)
        new = locate(gast.ListComp(elt=value, generators=[loop]), e)
        new.fold = given[0], e.args[2]
        return new

    def applied(self, f: Any, words: list[str], e: Any) -> tuple[list[str], Any]:
        """Parameters, and the value of a function for them, if it is written there or known; otherwise None."""
        if isinstance(f, gast.Lambda):
            a = f.args
            if len(a.args) != len(words) or a.posonlyargs or a.vararg or a.kwonlyargs or a.kwarg or a.defaults \
                    or any(isinstance(n, (gast.Lambda, gast.NamedExpr, gast.Yield, gast.YieldFrom, gast.ListComp, gast.SetComp,
                                          gast.DictComp, gast.GeneratorExp)) for n in walk(f.body)):
                return [], None
            return [p.id for p in a.args], f.body
        if not self.known(f)[0]:
            return [], None
        given = [self.namer.fresh(word) for word in words]
        return given, locate(call(f, *map(load, given)), e)

    def consumed(self, node: Any, e: Any) -> str | None:
        """How the node around it consumes an iterator: as a `list`, in a `loop`; None if it keeps it."""
        if isinstance(node, gast.For) and isinstance(e, gast.GeneratorExp) and len(e.generators) == 1:
            return "loop"
        if isinstance(node, gast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], (gast.Tuple, gast.List)):
            return "list"
        if isinstance(node, gast.Starred):
            return "list"
        if not isinstance(node, gast.Call):
            return None
        known, f = self.known(node.func)
        if known and (f is any or f is all):
            return "loop"
        if known and getattr(f, "__name__", "") in CONSUMERS:
            return "list" if str(f.__module__).partition(".")[0] in LIBRARIES else None
        return "list" if isinstance(node.func, gast.Attribute) and node.func.attr == "join" else None

    def kept(self, e: Any) -> Any:
        parameters = gast.arguments(args=[], posonlyargs=[], vararg=None, kwonlyargs=[], kw_defaults=[], kwarg=None, defaults=[])
        function = locate(gast.Lambda(args=parameters, body=const(None)), e)
        function.code = e.code
        items = call(load(self.namer.helper(iter, "iter")), self.part(e, e.generators[0].iter))
        return locate(call(function, locate(items, e)), e)
