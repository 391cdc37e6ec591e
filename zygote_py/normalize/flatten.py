"""The pass that names every intermediate value: statements in terms of operations on names."""

from __future__ import annotations

from typing import Any

import gast

from ..ir.build import assign, call, const, if_, load, locate, store, try_, tuple_, walk
from .expressions import Expressions
from .helpers import (
    del_global,
    make_class,
)

__all__ = ["Flatten"]


class Flatten(Expressions):
    """Names every intermediate value of a function's statements."""

    def on_Pass(self, s: Any) -> None:
        pass

    def on_Break(self, s: Any) -> None:
        self.emit(gast.Break())

    def on_Expr(self, s: Any) -> None:
        if isinstance(s.value, gast.Name) and s.value.id in self.core.local:    # it may not be bound
            self.emit(assign(self.namer.fresh("_"), s.value))
        elif not isinstance(s.value, gast.Constant):
            self.temp(s.value, "_")

    def on_Assign(self, s: Any) -> None:
        if len(s.targets) == 1 and isinstance(s.targets[0], gast.Name):
            self.bind(s.targets[0].id, s.value)
        elif len(s.targets) == 1 and isinstance(s.targets[0], (gast.Tuple, gast.List)):
            if self.are_apart(s.targets[0], s.value):
                for target, value in zip(s.targets[0].elts, s.value.elts):
                    self.bind(target.id, value)
            else:
                self.unpack(s.targets[0], s.value)
        else:
            value = self.atom(s.value)
            if isinstance(value, gast.Name) and len(s.targets) > 1:
                value = self.copied(value)
            for target in s.targets:
                self.assign_to(target, value)

    def are_apart(self, target: Any, value: Any) -> bool:
        """Whether `a, b = e, f` may be written as `a = e; b = f`: nothing reads what is bound before it, or sees it where a
        later expression raises."""
        if not isinstance(value, (gast.Tuple, gast.List)) or len(value.elts) != len(target.elts) or self.guarded:
            return False
        bound: set[str] = set()
        for t, e in zip(target.elts, value.elts):
            if not isinstance(t, gast.Name) or t.id in bound or not self.binds_plainly(t.id) or isinstance(e, gast.Starred) \
                    or not bound.isdisjoint(n.id for n in walk(e) if isinstance(n, gast.Name)):
                return False
            bound.add(t.id)
        return True

    def on_AnnAssign(self, s: Any) -> None:
        if s.value is not None:
            self.on_Assign(gast.Assign(targets=[s.target], value=s.value, type_comment=None))

    def on_AugAssign(self, s: Any) -> None:
        if isinstance(s.target, gast.Name) and self.is_shared(s.target.id):
            t = self.atom(load(s.target.id))
            self.emit(gast.AugAssign(target=store(t.id), op=s.op, value=self.atom(s.value)))
            self.made_constant(t.id)
            self.store_name(s.target.id, load(t.id))
            return
        if isinstance(s.target, gast.Name):
            name = self.rename(s.target.id)
            if name in self.core.memory or name not in self.core.local or self.guarded:
                t = self.copied(load(name))
                value = self.atom(s.value)
                self.emit(gast.AugAssign(target=store(t.id), op=s.op, value=value))
                self.made_constant(t.id)
                self.emit(assign(name, load(t.id)))
            else:
                self.emit(gast.AugAssign(target=store(name), op=s.op, value=self.atom(s.value)))
                self.made_constant(name)
            return
        place = self.place(s.target)
        t = self.name_of(place(gast.Load()))
        value = self.atom(s.value)
        self.emit(gast.AugAssign(target=store(t.id), op=s.op, value=value))
        self.made_constant(t.id)
        back = assign(place(gast.Store()), load(t.id))
        back.again = True
        self.emit(back)

    def on_Delete(self, s: Any) -> None:
        for target in s.targets:
            if isinstance(target, (gast.Tuple, gast.List)):
                self.on_Delete(gast.Delete(targets=target.elts))
            elif isinstance(target, gast.Name) and self.is_shared(target.id):
                self.name_of(self.of_global(del_global, target.id), "_")
            elif isinstance(target, gast.Name):
                self.emit(gast.Delete(targets=[gast.Name(id=self.rename(target.id), ctx=gast.Del(), annotation=None,
                                                         type_comment=None)]))
            else:
                self.emit(gast.Delete(targets=[self.place(target)(gast.Del())]))

    def on_If(self, s: Any) -> None:
        origin = self.origin
        test = self.test(s.test)
        new = if_(test, self.block(s.body), self.block(s.orelse))
        self.origin = origin
        self.emit(new)

    def on_While(self, s: Any) -> None:
        origin = self.origin
        outer, self.out = self.out, []
        self.depth += 1
        if isinstance(s.test, gast.Constant) and s.test.value:
            body = self.block(s.body)
        else:
            test = self.test(s.test)
            inner = self.block(s.body)
            self.origin = origin
            self.emit(if_(test, inner, [locate(gast.Break(), origin)]))
            body = self.out
        self.depth -= 1
        self.out = outer
        self.origin = origin
        self.emit(gast.While(test=const(True), body=body, orelse=[]))

    def on_For(self, s: Any) -> None:
        if isinstance(s.iter, gast.GeneratorExp):
            self.generated_loop(s, s.iter.generators[0])
            return
        self.for_loop(s.target, self.atom(s.iter), lambda: self.block(s.body))

    def on_Try(self, s: Any) -> None:
        origin, clause = self.origin, s.handlers[0]
        self.core.local.add(clause.name.id)
        self.guarded += 1
        body = self.block(s.body)
        self.guarded -= 1
        handler = self.block(clause.body)
        self.origin = origin
        self.emit(try_(body, clause.name.id, handler, clause.type))

    def on_Raise(self, s: Any) -> None:
        def value(e: Any) -> Any:
            if isinstance(e, gast.Call) and self.known(e.func)[0] \
                    and all(isinstance(a, (gast.Constant, gast.JoinedStr)) for a in [*e.args, *[k.value for k in e.keywords]]):
                return gast.Call(func=self.atom(e.func), args=[self.atom(a) for a in e.args],
                                 keywords=[gast.keyword(arg=k.arg, value=self.atom(k.value)) for k in e.keywords])
            return self.atom(e)
        exc = value(s.exc) if s.exc is not None else None
        self.emit(gast.Raise(exc=exc, cause=value(s.cause) if s.cause is not None else None))

    def on_Assert(self, s: Any) -> None:
        test = self.test(s.test)
        outer, self.out = self.out, []
        error = load(self.namer.helper(AssertionError))
        self.on_Raise(gast.Raise(exc=error if s.msg is None else call(error, s.msg), cause=None))
        fail, self.out = self.out, outer
        self.emit(if_(test, [], fail))

    def on_Import(self, s: Any) -> None:
        later = []
        for a in s.names:
            name = a.asname or a.name.split(".")[0]
            if self.is_shared(name):
                a.asname = self.namer.fresh(name)
                self.core.local.add(a.asname)
                later.append((name, a.asname))
        self.emit(s)
        for name, own in later:
            self.store_name(name, load(own))

    on_ImportFrom = on_Import

    def on_FunctionDef(self, s: Any) -> None:
        decorators = [self.atom(d) for d in s.decorator_list]
        value: Any = self.function_value(s)
        for d in reversed(decorators):
            value = gast.Call(func=d, args=[self.name_of(value)], keywords=[])
        self.store_name(s.name, value)

    def on_ClassDef(self, s: Any) -> None:
        """A class in a function is made by Python, of its own code object over the variables' real cells."""
        if any(k.arg is None for k in s.keywords):
            raise self.unsupported(s, "a class with `**` among its keywords")
        decorators = [self.atom(d) for d in s.decorator_list]
        flat = self.arguments([*s.bases, *[k.value for k in s.keywords]])
        bases, given = flat[:len(s.bases)], flat[len(s.bases):]
        value: Any = gast.Call(func=load(self.namer.helper(make_class)), keywords=[], args=[
            load(self.namer.helper(s.code, s.name + "_body")), load(self.namer.helper(self.globals, "module_globals")),
            self.name_of(tuple_([load(self.cell(self.rename(v))) for v in s.code.co_freevars])), const(s.name),
            self.name_of(tuple_(bases)),
            self.name_of(gast.Dict(keys=[const(k.arg) for k in s.keywords], values=given))])
        for d in reversed(decorators):
            value = gast.Call(func=d, args=[self.name_of(value)], keywords=[])
        self.store_name(s.name, value)
