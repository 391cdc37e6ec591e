"""Expressions in terms of operations on names.

Enters: expressions of the user's. Leaves: statements of core code, and an atom or one operation for the value.
"""

from __future__ import annotations

from typing import Any

import gast

from ..ir.build import assign, attribute, call, const, if_, load, locate, try_, tuple_, walk
from .comprehensions import Comprehensions
from .helpers import advance, cell_of, global_value, is_ours, make_function, matches, pack_dict

__all__ = ["Expressions"]


class Expressions(Comprehensions):
    """What each expression is, operation by operation."""

    def of_Name(self, e: Any) -> Any:
        if self.is_shared(e.id):
            return self.of_global(global_value, e.id)
        name = self.rename(e.id)
        return attribute(load(self.boxes[name]), "cell_contents") if name in self.boxes else load(name)

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
        if isinstance(o, gast.Compare) or (isinstance(o, gast.UnaryOp) and isinstance(o.op, gast.Not)) or self.says_truth(o):
            return self.name_of(o)
        return self.name_of(gast.IfExp(test=self.held(o), body=const(True), orelse=const(False)))

    def says_truth(self, o: Any) -> bool:
        """Whether an operation is a call that returns True or False."""
        if not isinstance(o, gast.Call):
            return False
        known, f = self.known(o.func)
        f = f if known else self.namer.helpers.get(getattr(o.func, "id", ""))
        return any(f is g for g in (isinstance, issubclass, callable, hasattr, matches, is_ours))

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
        asked = convert is set and not all(isinstance(x, gast.Constant) for x in items)
        if asked or any(isinstance(x, gast.Starred) for x in items):
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
        """Calls that are syntax in disguise: `super()`; `dict(a=x)`; `any`, `all` and `sum` of comprehensions; the cell of a
        variable."""
        if f is cell_of and e.args[0].body.id in self.core.free - self.core.memory:
            return load(self.cell(e.args[0].body.id, captured=False))
        if f is super and not e.args:
            return gast.Call(func=e.func, args=[load("__class__"), load(self.core.params[0])], keywords=[])
        if f is dict and not e.args and all(k.arg is not None for k in e.keywords):
            return self.of_Dict(gast.Dict(keys=[const(k.arg) for k in e.keywords], values=[k.value for k in e.keywords]))
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
        if variable in self.boxes:
            return self.boxes[variable]
        if variable not in self.core.cells:
            self.core.cells[variable] = self.namer.fresh(variable + "_cell")
        if captured:
            self.core.memory.add(variable)
        return self.core.cells[variable]
