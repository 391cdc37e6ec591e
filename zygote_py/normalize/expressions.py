"""Expressions and targets in terms of operations on names.

Enters: expressions of the user's. Leaves: statements of core code, and an atom or one operation for the value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..errors import UnsupportedCodeError, message
from ..ir.build import assign, attribute, call, const, if_, is_atom, load, locate, store, try_, tuple_, walk
from .core import Core, known
from .exits import Exits
from .helpers import (
    advance,
    cell_of,
    global_value,
    make_function,
    pack_dict,
    set_global,
)

__all__ = ["Expressions"]

MAY_FAIL = (gast.Call, gast.Yield, gast.BinOp, gast.UnaryOp, gast.Attribute, gast.Subscript)
"""What may run a function that raises: its result has a name of its own, so that the user's variable stays as it was."""


class Expressions:
    """Names every value that an expression goes through, in Python's order of evaluation."""

    def __init__(self, core: Core, static: Callable, globals_: dict, filename: str) -> None:
        self.core, self.static, self.globals, self.filename = core, static, globals_, filename
        self.namer = core.namer
        self.out: list = []
        self.origin: Any = None
        self.renamed: dict[str, str] = {}
        self.shared: frozenset[str] | set[str] = frozenset()
        self.depth = 0
        self.guarded = 0
        self.detached: tuple | None = None     # in a block that no derivative leaves: see helpers.WITHOUT_DERIVATIVES

    # -- statements ---------------------------------------------------------------------------------------------

    def block(self, body: list) -> list:
        outer, self.out = self.out, []
        for s in body:
            self.statement(s)
        out, self.out = self.out, outer
        return out

    def emit(self, statement: Any) -> None:
        self.out.append(locate(statement, self.origin))

    def statement(self, s: Any) -> None:
        if getattr(s, "lineno", None) is not None:
            self.origin = s
        method = getattr(self, "on_" + type(s).__name__, None)
        if method is None:
            raise self.unsupported(s, type(s).__name__)
        outer, self.detached = self.detached, getattr(s, "detached", None)
        method(s)
        self.detached = outer

    def constant(self, atom: Any) -> Any:
        """A value that is stored; one without derivative in a block that none leaves."""
        if self.detached is None or isinstance(atom, gast.Constant):
            return atom
        return self.name_of(call(load(self.namer.helper(self.detached[0])), atom))

    def made_constant(self, name: str) -> Any:
        """The same for the result of an operation, which has memory of its own."""
        if self.detached is not None:
            self.emit(assign(name, call(load(self.namer.helper(self.detached[1])), load(name))))
        return load(name)

    def unsupported(self, node: Any, what: str, why: str = "", instead: str = "") -> UnsupportedCodeError:
        at = node if getattr(node, "lineno", None) is not None else self.origin
        return UnsupportedCodeError(message(
            f"cannot differentiate {what}", filename=self.filename, lineno=getattr(at, "lineno", None),
            col=getattr(at, "col_offset", None), end_col=getattr(at, "end_col_offset", None), function=self.core.name,
            why=why or "The engine has no adjoint for this construct.",
            instead=instead or "rewrite it, or give the function a rule with @adjoint", doc="docs/limitations.md"))

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
        self.emit(gast.For(target=store(name), iter=items, body=body or [gast.Pass()], orelse=[], type_comment=None))

    # -- targets ------------------------------------------------------------------------------------------------

    def rename(self, name: str) -> str:
        return self.renamed.get(name, name)

    def bind(self, name: str, value: Any) -> None:
        """Assign an expression to a variable."""
        if isinstance(value, gast.IfExp) and self.rename(name) not in self.core.memory:
            then, orelse = [locate(gast.Assign(targets=[store(name)], value=v, type_comment=None), self.origin)
                            for v in (value.body, value.orelse)]
            self.statement(gast.If(test=value.test, body=[then], orelse=[orelse]))
            return
        self.store_name(name, self.operation(value))

    def is_shared(self, name: str) -> bool:
        """Whether a name is a global that functions may bind anew: it is read and written in the module's namespace."""
        return name in self.shared and name not in self.renamed

    def of_global(self, f: Any, name: str, *value: Any) -> Any:
        return gast.Call(func=load(self.namer.helper(f)), keywords=[],
                         args=[load(self.namer.helper(self.globals, "module_globals")), const(name), *value])

    def binds_plainly(self, name: str) -> bool:
        """Whether a loop or an unpacking may bind a name by itself."""
        return self.rename(name) not in self.core.memory and not self.is_shared(name) and self.detached is None

    def store_name(self, name: str, value: Any) -> None:
        if self.detached is not None:
            fresh = isinstance(value, (gast.BinOp, gast.UnaryOp, gast.Call))
            value = value if is_atom(value) else self.name_of(value)
            value = self.made_constant(value.id) if fresh else self.constant(value)
        if self.is_shared(name):
            value = value if is_atom(value) else self.name_of(value)
            value = self.copied(value) if isinstance(value, gast.Name) and value.id in self.core.memory else value
            self.name_of(self.of_global(set_global, name, value), "_")
            return
        name = self.rename(name)
        if not is_atom(value) and (name in self.core.memory or (self.guarded and isinstance(value, MAY_FAIL))):
            value = self.name_of(value)
        elif name in self.core.memory and isinstance(value, gast.Name) and value.id in self.core.memory:
            value = self.copied(value)
        self.emit(assign(name, value))

    def assign_to(self, target: Any, value: Any) -> None:
        """Assign an atom to any target."""
        if isinstance(target, gast.Name):
            self.store_name(target.id, value)
        elif isinstance(target, (gast.Tuple, gast.List)):
            self.unpack(target, value)
        elif isinstance(target, gast.Starred):
            self.assign_to(target.value, value)
        else:
            self.emit(assign(self.place(target)(gast.Store()), self.constant(value)))

    def unpack(self, target: Any, value: Any) -> None:
        targets = target.elts
        starred = any(isinstance(t, gast.Starred) for t in targets)
        if isinstance(value, (gast.Tuple, gast.List)) and len(value.elts) == len(targets) and not starred \
                and not any(isinstance(e, gast.Starred) for e in value.elts):
            stored = {n.id for t in targets for n in walk(t) if isinstance(n, gast.Name)}
            atoms = self.atoms(value.elts)
            atoms = [self.copied(a) if isinstance(a, gast.Name) and a.id in stored else a for a in atoms]
            for t, a in zip(targets, atoms):
                self.assign_to(t, a)
            return
        source = self.name_of(self.atom(value))
        names, later = [], []
        for t in targets:
            star = isinstance(t, gast.Starred)
            t = t.value if star else t
            if isinstance(t, gast.Name) and self.binds_plainly(t.id):
                node = store(self.rename(t.id))
            else:
                node = store(self.namer.fresh("part"))
                later.append((t, node.id, star))
            names.append(gast.Starred(value=node, ctx=gast.Store()) if star else node)
        self.emit(assign(tuple_(names, gast.Store()), source))
        for t, name, star in later:
            value = load(name)
            if star and self.detached is not None:
                whole = self.constant(self.name_of(call(load(self.namer.helper(tuple, "tuple")), value)))
                value = self.name_of(call(load(self.namer.helper(list, "list")), whole))
            self.assign_to(t, value)

    def place(self, target: Any) -> Callable[[Any], Any]:
        """Evaluate the object and the index of a target once; the result makes the node for a context."""
        obj = self.atom(target.value)
        if isinstance(target, gast.Attribute):
            return lambda ctx: gast.Attribute(value=obj, attr=target.attr, ctx=ctx)
        index = self.index(target.slice)
        return lambda ctx: gast.Subscript(value=obj, slice=index, ctx=ctx)

    # -- expressions --------------------------------------------------------------------------------------------

    def temp(self, value: Any, hint: str = "t") -> Any:
        return self.name_of(self.operation(value), hint)

    def name_of(self, operation: Any, hint: str = "t") -> Any:
        """Give the result of an operation a name."""
        if isinstance(operation, gast.Name):
            return operation
        name = self.namer.fresh(hint)
        self.core.local.add(name)
        self.emit(assign(name, operation))
        return load(name)

    def copied(self, atom: Any) -> Any:
        name = self.namer.fresh("t")
        self.core.local.add(name)
        self.emit(assign(name, atom))
        return load(name)

    def atom(self, e: Any) -> Any:
        """Evaluate an expression into a name or a constant."""
        o = self.operation(e)
        if isinstance(o, gast.Constant):
            return o
        if isinstance(o, gast.Name):
            return self.copied(o) if o.id in self.core.memory else o
        return self.name_of(o)

    def atoms(self, expressions: list) -> list:
        """Evaluate operands from left to right; one that a later operand may rebind is copied."""
        out = []
        for i, e in enumerate(expressions):
            a = self.atom(e)
            if isinstance(a, gast.Name) and isinstance(e, gast.Name):
                later = expressions[i + 1:]
                own = a.id in self.core.local
                if any((isinstance(n, gast.NamedExpr) and n.target.id == e.id)
                       or (not own and isinstance(n, gast.Call) and not self.known(a)[0])
                       for x in later for n in walk(x)):
                    a = self.copied(a)
            out.append(a)
        return out

    def known(self, e: Any) -> tuple[bool, Any]:
        """What a global or free name, or a path through modules, stands for, if that is known."""
        core = self.core
        return known(e, self.static, [core.local, self.renamed, core.memory, self.shared])

    def operation(self, e: Any) -> Any:
        """Reduce an expression to one operation on atoms."""
        method = getattr(self, "of_" + type(e).__name__, None)
        if method is None:
            raise self.unsupported(e, f"`{type(e).__name__}`")
        new = method(e)
        if getattr(new, "lineno", None) is None:
            locate(new, e)
        return new

    def of_Name(self, e: Any) -> Any:
        if self.is_shared(e.id):
            return self.of_global(global_value, e.id)
        return load(self.rename(e.id))

    def of_Constant(self, e: Any) -> Any:
        return const(e.value)

    def of_BinOp(self, e: Any) -> Any:
        left, right = self.atoms([e.left, e.right])
        return gast.BinOp(left=left, op=e.op, right=right)

    def of_UnaryOp(self, e: Any) -> Any:
        operand = self.atom(e.operand)
        if isinstance(e.op, gast.USub) and isinstance(operand, gast.Constant) and type(operand.value) in (int, float):
            return const(-operand.value)
        return gast.UnaryOp(op=e.op, operand=operand)

    def of_Compare(self, e: Any) -> Any:
        if len(e.ops) == 1:
            left, right = self.atoms([e.left, e.comparators[0]])
            return gast.Compare(left=left, ops=e.ops, comparators=[right])
        left, middle = self.atoms([e.left, e.comparators[0]])
        result = self.copied(const(None)).id
        self.emit(assign(result, gast.Compare(left=left, ops=e.ops[:1], comparators=[middle])))
        fails = self.name_of(gast.UnaryOp(op=gast.Not(), operand=load(result)))
        outer, self.out = self.out, []
        self.emit(assign(result, self.of_Compare(gast.Compare(left=middle, ops=e.ops[1:], comparators=e.comparators[1:]))))
        rest, self.out = self.out, outer
        self.emit(if_(fails, [], rest))
        return load(result)

    def of_BoolOp(self, e: Any) -> Any:
        result = self.namer.fresh("t")
        self.core.local.add(result)
        self.bool_chain(result, e.values, isinstance(e.op, gast.And))
        return load(result)

    def bool_chain(self, result: str, values: list, is_and: bool) -> None:
        self.emit(assign(result, self.operation(values[0])))
        if len(values) > 1:
            fails = self.name_of(gast.UnaryOp(op=gast.Not(), operand=load(result)))
            outer, self.out = self.out, []
            self.bool_chain(result, values[1:], is_and)
            rest, self.out = self.out, outer
            self.emit(if_(fails, [], rest) if is_and else if_(fails, rest, []))

    def of_IfExp(self, e: Any) -> Any:
        result = self.namer.fresh("t")
        self.core.local.add(result)
        test = self.test(e.test)
        branches = []
        for value in (e.body, e.orelse):
            outer, self.out = self.out, []
            self.emit(assign(result, self.operation(value)))
            branch, self.out = self.out, outer
            branches.append(branch)
        self.emit(if_(test, *branches))
        return load(result)

    def test(self, e: Any) -> Any:
        """Evaluate a condition into a name that holds an immutable truth value."""
        if isinstance(e, gast.BoolOp):
            first = self.test(e.values[0])
            rest = e.values[1] if len(e.values) == 2 else gast.BoolOp(op=e.op, values=e.values[1:])
            result = self.namer.fresh("t")
            self.core.local.add(result)
            outer, self.out = self.out, []
            self.emit(assign(result, self.test(rest)))
            other, self.out = self.out, outer
            is_and = isinstance(e.op, gast.And)
            short = [locate(assign(result, const(not is_and)), self.origin)]
            self.emit(if_(first, other, short) if is_and else if_(first, short, other))
            return load(result)
        if isinstance(e, gast.Compare) and len(e.ops) > 1:
            left, middle = self.atoms([e.left, e.comparators[0]])
            return self.test(gast.BoolOp(op=gast.And(), values=[
                gast.Compare(left=left, ops=e.ops[:1], comparators=[middle]),
                gast.Compare(left=middle, ops=e.ops[1:], comparators=e.comparators[1:])]))
        if isinstance(e, gast.Constant):
            return self.copied(const(bool(e.value)))
        o = self.operation(e)
        if isinstance(o, gast.Name) and o.id in self.namer.flags:
            return o
        if isinstance(o, gast.Compare) or (isinstance(o, gast.UnaryOp) and isinstance(o.op, gast.Not)):
            return self.name_of(o)
        return self.name_of(gast.IfExp(test=o if is_atom(o) else self.name_of(o), body=const(True), orelse=const(False)))

    def of_NamedExpr(self, e: Any) -> Any:
        self.bind(e.target.id, e.value)
        return load(self.rename(e.target.id))

    def of_Attribute(self, e: Any) -> Any:
        if self.known(e)[0]:
            return e
        return gast.Attribute(value=self.atom(e.value), attr=e.attr, ctx=gast.Load())

    def of_Subscript(self, e: Any) -> Any:
        obj = self.atom(e.value)
        if isinstance(e.value, gast.Name) \
                and any(isinstance(n, gast.NamedExpr) and n.target.id == e.value.id for n in walk(e.slice)):
            obj = self.copied(obj)
        return gast.Subscript(value=obj, slice=self.index(e.slice), ctx=gast.Load())

    def index(self, e: Any) -> Any:
        if isinstance(e, gast.Slice):
            return gast.Slice(*(None if p is None else self.atom(p) for p in (e.lower, e.upper, e.step)))
        if isinstance(e, gast.Tuple) and not any(isinstance(x, gast.Starred) for x in e.elts):
            return tuple_([self.index(x) if isinstance(x, gast.Slice) else self.atom(x) for x in e.elts])
        return self.atom(e)

    def arguments(self, args: list) -> list:
        """Evaluate items of which some may be starred; a starred one becomes a tuple."""
        plain = self.atoms([a.value if isinstance(a, gast.Starred) else a for a in args])
        return [gast.Starred(value=self.name_of(gast.Call(func=load(self.namer.helper(tuple, "tuple")), args=[p], keywords=[])),
                             ctx=gast.Load())
                if isinstance(a, gast.Starred) else p for a, p in zip(args, plain)]

    def display(self, e: Any, convert: Any) -> Any:
        items = self.arguments(e.elts)
        if convert is tuple:
            return tuple_(items)
        if any(isinstance(x, gast.Starred) for x in items):
            whole = self.constant(self.name_of(tuple_(items)))
            return gast.Call(func=load(self.namer.helper(convert)), args=[whole], keywords=[])
        items = [self.constant(x) for x in items]
        return gast.List(elts=items, ctx=gast.Load()) if convert is list else gast.Set(elts=items)

    def of_Tuple(self, e: Any) -> Any:
        return self.display(e, tuple)

    def of_List(self, e: Any) -> Any:
        return self.display(e, list)

    def of_Set(self, e: Any) -> Any:
        return self.display(e, set)

    def of_Dict(self, e: Any) -> Any:
        flat = [self.constant(a) for a in self.atoms([x for pair in zip(e.keys, e.values) for x in pair if x is not None])]
        if all(isinstance(k, gast.Constant) for k in e.keys):
            return gast.Dict(keys=flat[::2], values=flat[1::2])
        if all(k is not None for k in e.keys):
            made = self.namer.fresh("items")
            self.core.local.add(made)
            self.emit(assign(made, gast.Dict(keys=[], values=[])))
            for key, value in zip(flat[::2], flat[1::2]):
                self.emit(assign(gast.Subscript(value=load(made), slice=key, ctx=gast.Store()), value))
            return load(made)
        items, pairs = iter(flat), []
        for k in e.keys:
            pairs.append(tuple_([next(items), next(items)]) if k is not None else tuple_([next(items)]))
        return gast.Call(func=load(self.namer.helper(pack_dict)), args=[self.name_of(p) for p in pairs], keywords=[])

    def of_JoinedStr(self, e: Any) -> Any:
        return gast.JoinedStr(values=[self.of_FormattedValue(v) if isinstance(v, gast.FormattedValue) else v for v in e.values])

    def of_FormattedValue(self, e: Any) -> Any:
        value = self.atom(e.value)
        value = self.copied(value) if isinstance(value, gast.Constant) else value
        spec = None if e.format_spec is None else self.of_JoinedStr(e.format_spec)
        return gast.FormattedValue(value=value, conversion=e.conversion, format_spec=spec)

    def of_Call(self, e: Any) -> Any:
        known, f = self.known(e.func)
        if known:
            special = self.special(e, f)
            if special is not None:
                return special
            func = e.func
        elif isinstance(e.func, gast.Attribute):
            func = gast.Attribute(value=self.atom(e.func.value), attr=e.func.attr, ctx=gast.Load())
        else:
            func = self.atom(e.func)
        flat = self.arguments([*e.args, *[k.value for k in e.keywords]])
        n = len(e.args)
        args, keywords = flat[:n], [gast.keyword(arg=k.arg, value=v) for k, v in zip(e.keywords, flat[n:])]
        if any(k.arg is None for k in keywords):
            parts = [self.name_of(tuple_([const(k.arg), k.value] if k.arg is not None else [k.value])) for k in keywords]
            keywords = [gast.keyword(arg=None, value=self.name_of(gast.Call(func=load(self.namer.helper(pack_dict)), args=parts,
                                                                            keywords=[])))]
            args = [gast.Starred(value=self.name_of(tuple_(args)), ctx=gast.Load())]
        elif any(isinstance(a, gast.Starred) for a in args):
            args = [gast.Starred(value=self.name_of(tuple_(args)), ctx=gast.Load())]
        if self.detached is not None and not (isinstance(func, gast.Name) and func.id in self.namer.helpers):
            func, args = load(self.namer.helper(self.detached[2])), self.with_first(self.name_of(func), args)
        return gast.Call(func=func, args=args, keywords=keywords)

    def with_first(self, first: Any, args: list) -> list:
        """Arguments with one more before them; where one is starred, it is the only one."""
        if not any(isinstance(a, gast.Starred) for a in args):
            return [first, *args]
        whole = gast.BinOp(left=self.name_of(tuple_([first])), op=gast.Add(), right=args[0].value)
        return [gast.Starred(value=self.name_of(whole), ctx=gast.Load())]

    def special(self, e: Any, f: Any) -> Any:
        """Calls that are syntax in disguise: `super()`; `any`, `all` and `sum` of comprehensions; the cell of a variable."""
        if f is cell_of and e.args[0].body.id in self.core.free - self.core.memory:
            return load(self.cell(e.args[0].body.id, captured=False))
        if f is super and not e.args:
            return gast.Call(func=e.func, args=[load("__class__"), load(self.core.params[0])], keywords=[])
        if f in (any, all) and len(e.args) == 1 and isinstance(e.args[0], gast.GeneratorExp):
            return self.quantifier(e.args[0], f is any)
        if f is sum and len(e.args) == 1 and not e.keywords and isinstance(e.args[0], gast.ListComp):
            total = gast.Call(func=e.func, args=[self.comprehension(e.args[0], gast.ListComp, True)], keywords=[])
            total.terms = True
            return total
        return None

    def of_Yield(self, e: Any) -> Any:
        return gast.Yield(value=const(None) if e.value is None else self.constant(self.atom(e.value)))

    def of_YieldFrom(self, e: Any) -> Any:
        """A loop that hands on the values, and what is sent and thrown."""
        source = self.name_of(call(load(self.namer.helper(iter, "iter")), self.atom(e.value)))
        sent, thrown, value, done, caught = (self.namer.fresh(n) for n in ("sent", "thrown", "value", "ended", "caught"))
        self.core.local |= {sent, thrown, value, done, caught}

        def put(name: Any, e: Any) -> Any:
            return locate(assign(name, e), self.origin)

        ask = put(sent, gast.Yield(value=load(value)))
        keep = [put(sent, const(None)), put(thrown, load(caught))]
        hand = locate(try_([ask], caught, keep, load("BaseException")), self.origin)
        step = call(load(self.namer.helper(advance)), source, load(sent), load(thrown))
        body = [put([value, done], step),
                locate(if_(load(done), [locate(gast.Break(), self.origin)], [put(thrown, const(None)), hand]), self.origin)]
        for s in (put(sent, const(None)), put(thrown, const(None)), locate(gast.While(test=const(True), body=body, orelse=[]),
                                                                           self.origin)):
            self.statement(s)
        return load(value)

    def of_Lambda(self, e: Any) -> Any:
        return self.function_value(e)

    def function_value(self, node: Any) -> Any:
        """A nested function: the user's own code object over the variables' real cells."""
        args = node.args
        defaults = self.atoms(args.defaults)
        given = [(a, d) for a, d in zip(args.kwonlyargs, args.kw_defaults) if d is not None]
        kw = self.atoms([d for _, d in given])
        code = node.code
        cells = tuple_([load(self.cell(self.rename(v))) for v in code.co_freevars])
        namer = self.namer
        if defaults or given:
            return gast.Call(func=load(namer.helper(make_function)), keywords=[], args=[
                load(namer.helper(code, code.co_name.strip("<>") + "_code")), load(namer.helper(self.globals, "module_globals")),
                self.name_of(cells),
                self.name_of(tuple_(defaults)) if defaults else const(None),
                self.name_of(gast.Dict(keys=[const(a.id) for a, _ in given], values=kw)) if given else const(None)])
        return gast.Call(func=load(namer.helper(make_function)), keywords=[], args=[
            load(namer.helper(code, code.co_name.strip("<>") + "_code")), load(namer.helper(self.globals, "module_globals")),
            cells,
            const(None), const(None)])

    def cell(self, variable: str, captured: bool = True) -> str:
        """The name of a variable's cell; who captures the variable may bind it anew."""
        if variable not in self.core.cells:
            self.core.cells[variable] = self.namer.fresh(variable + "_cell")
        if captured:
            self.core.memory.add(variable)
        return self.core.cells[variable]

    # -- comprehensions -----------------------------------------------------------------------------------------

    def of_ListComp(self, e: Any) -> Any:
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

        captured = {v for n in gast.walk(e) if isinstance(n, (gast.FunctionDef, gast.Lambda)) for v in n.code.co_freevars}
        self.generators(e.generators, innermost, captured)
        return load(acc)

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
                        raise self.unsupported(self.origin, "a function that captures a comprehension's variable inside a loop",
                                               instead="write the comprehension as a function of its own")
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
            for n in gast.walk(s):
                if isinstance(n, gast.stmt):
                    locate(n, self.origin)
        for s in Exits(self.namer, result).run(body):
            self.statement(s)
        self.renamed = saved
        return load(result)
