"""A generated function, rewritten for numba.

Enters: a generated function that needs no context: numbers and arrays, loops and branches. Leaves: its tree in a dialect that
numba compiles, and what its free names stand for; or `Refused`, with the reason.

Nothing passes that is not known here: functions are those of a table, constructs those of the methods below. Integers are
checked: Python's have no bounds, numba's have 64 bits.
"""

from __future__ import annotations

import ast
import builtins
import copy
import math
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ..emit.convert import to_ast
from ..emit.unparse import unparse
from ..frontend.source import generated_from
from ..normalize.helpers import cell_of
from ..rules.numpy.joining import entries
from ..rules.numpy.shapes import unshape
from ..runtime.tools import seed, seed_first
from .pruning import pruned

__all__ = ["BITS", "Refused", "Translation", "translate"]

BITS = 62
_VALUES = (float, int, bool, np.ndarray, np.float64)
_PARTS = frozenset({"shape", "size", "ndim", "T"})
_METHODS = frozenset({"append", "conjugate", "copy", "ravel"})
_SUM = {"axis": None, "keepdims": False}


class Refused(Exception):
    """What a function has that has no machine code, and the line."""

    def __init__(self, what: str, node: Any = None) -> None:
        self.what, self.line = what, getattr(node, "lineno", None)
        super().__init__(what)


class Translation:
    """A function in the dialect.

    Attributes
    ----------
    tree : ast.FunctionDef; its parameters are those of the function, the first for the depth of calls, then `outer`
    names : free name -> a function of the table
    callees : free name -> a generated function, to be translated in its turn
    outer : the free names that stand for numbers and arrays
    """

    def __init__(self, tree: Any, names: dict[str, Any], callees: dict[str, types.FunctionType],
                 outer: tuple[str, ...]) -> None:
        self.tree, self.names, self.callees, self.outer = tree, names, callees, outer


def translate(f: types.FunctionType, table: Table, args: tuple = ()) -> Translation:
    """Rewrite a generated function, for arguments of the types of these; raises Refused."""
    source = generated_from(f.__code__)
    if source is None:
        raise Refused(f"`{f.__name__}` was not generated")
    tree = to_ast(source.node)
    dialect = _Dialect(f, table)
    floats = {p.arg for p, a in zip(tree.args.args[1:], args) if is_float(a)}
    body = pruned([s for known, s in zip(source.node.body, tree.body) if not is_placeholder(known)], dialect.context,
                  {a.arg for a in tree.args.args})
    body = dialect.block(body)
    tree.body = _Integers(dialect, floats, {a.arg for a in tree.args.args} - floats).body(body)
    outer = tuple(sorted(dialect.outer))
    tree.args.args += [ast.arg(name, None) for name in outer]
    return Translation(ast.fix_missing_locations(tree), dialect.names, dialect.callees, outer)


def is_placeholder(s: Any) -> bool:
    """Whether a statement binds a variable that is recorded before it is bound, and never looked at then."""
    return getattr(s, "restore", False) and getattr(s.value, "value", 0) is None


def reader(f: types.FunctionType, name: str) -> Callable[[], Any]:
    """What reads the value of a free name of a function."""
    free = f.__code__.co_freevars
    if name in free:
        cell = (f.__closure__ or ())[free.index(name)]
        return lambda: cell.cell_contents
    namespace = f.__globals__
    return lambda: namespace[name] if name in namespace else getattr(builtins, name)


def is_float(x: Any) -> bool:
    """Whether a value is a float, or an array of them."""
    return isinstance(x, float) or (isinstance(x, np.ndarray) and x.dtype.kind == "f")


class Table:
    """The functions that are known.

    Parameters
    ----------
    known : function -> the one that numba is to compile in its place
    reductions : ufunc -> the function that reduces over all elements
    own : functions of the dialect itself, by name
    again : the exception that leaves machine code
    floats : those of `known` that return floats, or arrays of them, for all numbers
    follow : those that return such, if they get one
    """

    def __init__(self, known: Iterable[tuple[Any, Any]], reductions: Mapping[Any, Any], own: Mapping[str, Any], again: type,
                 floats: Iterable, follow: Iterable) -> None:
        self.known = {id(f): (f, g) for f, g in known}
        self.known |= {id(g): (g, g) for g in reductions.values()}
        self.reductions, self.own, self.again = reductions, own, again
        self.floats, self.follow = {id(f) for f in floats}, {id(f) for f in follow}

    def find(self, f: Any) -> Any:
        found = self.known.get(id(f))
        return None if found is None else found[1]


class _Dialect:
    """One function: statements and expressions, and the names that they need."""

    def __init__(self, f: types.FunctionType, table: Table) -> None:
        code = f.__code__
        self.f, self.table = f, table
        self.local = {*code.co_varnames}
        self.taken = {*self.local, *code.co_freevars, *code.co_names}
        self.context = code.co_varnames[0]
        self.names: dict[str, Any] = {}
        self.callees: dict[str, types.FunctionType] = {}
        self.outer: set[str] = set()
        if code.co_cellvars:
            raise Refused(f"variables that an inner function shares: {', '.join(code.co_cellvars)}")

    # -- names ------------------------------------------------------------------------------------------------------

    def value(self, node: Any) -> Any:
        """What a free name, or an attribute of a module, stands for; itself for everything else."""
        if isinstance(node, ast.Name) and node.id not in self.local:
            try:
                return reader(self.f, node.id)()
            except (AttributeError, ValueError):
                raise Refused(f"the name `{node.id}` is not bound", node) from None
        if isinstance(node, ast.Attribute):
            owner = self.value(node.value)
            if isinstance(owner, types.ModuleType):
                return getattr(owner, node.attr)
            if isinstance(owner, np.ufunc) and node.attr == "reduce":
                return self.table.reductions.get(owner, owner.reduce)
        return node

    def name_for(self, g: Any, wanted: str) -> ast.Name:
        """A free name for a function of the table."""
        name = next((n for n, known in self.names.items() if known is g), None)
        if name is None:
            name = self.fresh(wanted)
            self.names[name] = g
        return ast.Name(name, ast.Load())

    def fresh(self, wanted: str) -> str:
        while wanted in self.taken:
            wanted += "_"
        self.taken.add(wanted)
        return wanted

    def own(self, name: str, *args: Any) -> ast.Call:
        """A call of one of the table's own functions."""
        return ast.Call(self.name_for(self.table.own[name], name), list(args), [])

    # -- statements -------------------------------------------------------------------------------------------------

    def statement(self, s: Any) -> list:
        way = getattr(self, "do_" + type(s).__name__, None)
        if way is None:
            raise Refused(f"`{type(s).__name__.lower()}`", s)
        done = way(s)
        return done if done.__class__ is list else [done]

    def block(self, body: list) -> list:
        return [part for s in body for part in self.statement(s)]

    def do_Assign(self, s: Any) -> Any:
        if isinstance(s.value, ast.Call) and self.value(s.value.func) is entries and isinstance(s.targets[0], ast.Tuple):
            return self.entries(s, s.targets[0], s.value)
        if isinstance(s.value, ast.Call) and self.value(s.value.func) is cell_of:      # for a deposit, which is taken out
            return []
        s.targets, s.value = [self.target(t) for t in s.targets], self(s.value)
        return s

    def entries(self, s: Any, targets: Any, value: Any) -> list:
        """The elements of an array, one by one."""
        whole = self.fresh("whole")
        parts = [ast.Subscript(ast.Name(whole, ast.Load()), ast.Constant(i), ast.Load()) for i in range(len(targets.elts))]
        new = [ast.Assign([ast.Name(whole, ast.Store())], self(value.args[0])),
               *[ast.Assign([self.target(t)], part) for t, part in zip(targets.elts, parts)]]
        return [ast.copy_location(a, s) for a in new]

    def do_AugAssign(self, s: Any) -> Any:
        if isinstance(s.op, (ast.LShift, ast.Pow)):
            raise Refused("this operator in place", s)
        s.target, s.value = self.target(s.target), self(s.value)
        if isinstance(s.op, ast.RShift):
            s.value = self.own("count", s.value)
        return s

    def do_Expr(self, s: Any) -> Any:
        if isinstance(s.value, ast.Constant):
            return []
        s.value = self(s.value)
        return s

    def do_Return(self, s: Any) -> Any:
        s.value = self(s.value)
        return s

    def do_If(self, s: Any) -> Any:
        s.test, s.body, s.orelse = self(s.test), self.block(s.body), self.block(s.orelse)
        s.body = s.body or [ast.Pass()]
        return s

    def do_While(self, s: Any) -> Any:
        s.test, s.body = self(s.test), self.block(s.body) or [ast.Pass()]
        return s

    def do_For(self, s: Any) -> Any:
        s.target, s.iter, s.body = self.target(s.target), self(s.iter), self.block(s.body) or [ast.Pass()]
        return s

    def do_Raise(self, s: Any) -> Any:
        s.exc, s.cause = self.name_for(self.table.again, "Again"), None
        return s

    def do_Delete(self, s: Any) -> Any:
        if not all(isinstance(t, ast.Name) for t in s.targets):
            raise Refused("`del` of an entry", s)
        return []

    def do_Pass(self, s: Any) -> Any:
        return s

    do_Break = do_Continue = do_Pass

    def target(self, t: Any) -> Any:
        if isinstance(t, ast.Name):
            if t.id not in self.local:
                raise Refused(f"the binding of `{t.id}`, which is not local", t)
            return t
        if isinstance(t, ast.Tuple):
            t.elts = [self.target(e) for e in t.elts]
            return t
        if isinstance(t, ast.Subscript):
            return self(t)
        raise Refused("this target of an assignment", t)

    # -- expressions ------------------------------------------------------------------------------------------------

    def __call__(self, node: Any) -> Any:
        way = getattr(self, "on_" + type(node).__name__, None)
        if way is None:
            raise Refused(f"`{type(node).__name__.lower()}`", node)
        return way(node)

    def on_Name(self, node: Any) -> Any:
        if node.id == self.context:
            raise Refused("what it writes to, or reads, outside of itself", node)
        if node.id in self.local:
            return node
        value = self.value(node)
        if type(value) not in _VALUES:
            raise Refused(f"`{node.id}`, a {type(value).__name__}", node)
        self.outer.add(node.id)
        return node

    def on_Constant(self, node: Any) -> Any:
        if node.value is not None and type(node.value) not in (float, int, bool):
            raise Refused(f"a constant of type {type(node.value).__name__}", node)
        if type(node.value) is int and abs(node.value) >> BITS:
            raise Refused("an integer of more than 62 bits", node)
        return node

    def on_Attribute(self, node: Any) -> Any:
        value = self.value(node)
        if value is not node:
            if type(value) is float and self.value(node.value) in (math, np):     # math.pi; no other module's stays as it is
                return ast.Constant(value)
            raise Refused(f"`{unparse(node)}`", node)
        if node.attr not in _PARTS:
            raise Refused(f"the attribute `{node.attr}`", node)
        node.value = self(node.value)
        return node

    def on_Call(self, node: Any) -> Any:
        if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            raise Refused("arguments with a star", node)
        value = self.value(node.func)
        if value is node.func:
            if not isinstance(value, ast.Attribute):
                raise Refused("the call of a value", node)
            if value.attr not in _METHODS or node.keywords:
                raise Refused(f"the method `{value.attr}`", node)
            in_its_order = value.attr == "copy" and [getattr(a, "value", None) for a in node.args] == ["K"]
            value.value, node.args = self(value.value), [] if in_its_order else [self(a) for a in node.args]
            return node
        if isinstance(value, types.FunctionType) and generated_from(value.__code__) is not None:
            return self.callee(node, value)
        if value in (seed, seed_first):
            return ast.copy_location(self.own("seed", self(node.args[1])), node)
        if value is unshape and isinstance(node.args[2], ast.Constant) and node.args[2].value == "C":
            return ast.copy_location(self.own("like", self(node.args[0]), self(node.args[1])), node)
        if value is np.array and len(node.args) == 1 and isinstance(node.args[0], (ast.Tuple, ast.List)):
            node.args = [ast.List(node.args[0].elts, ast.Load())]
        g, given = self.table.find(value), {k.arg: k.value for k in node.keywords}
        if g is None:
            raise Refused(f"the function `{unparse(node.func)}`", node)
        if value in self.table.reductions.values() and {k: getattr(v, "value", v) for k, v in given.items()} == _SUM:
            given = {}
        if given:
            raise Refused(f"the keyword `{next(iter(given))}` of `{unparse(node.func)}`", node)
        name = self.name_for(g, unparse(node.func).rpartition(".")[2])
        return ast.copy_location(ast.Call(name, [self(a) for a in node.args], []), node)

    def callee(self, node: Any, g: types.FunctionType) -> Any:
        """The call of a generated function, which is called by this name."""
        if node.keywords or not isinstance(node.func, ast.Name):
            raise Refused("this call of a generated function", node)
        first, *rest = node.args
        if not isinstance(first, ast.Name) or first.id != self.context:
            raise Refused("a call with a context of its own", node)
        self.callees[node.func.id] = g
        node.args = [self.own("deeper", ast.Name(self.context, ast.Load())), *[self(a) for a in rest]]
        return node

    def on_BinOp(self, node: Any) -> Any:
        if isinstance(node.op, ast.LShift):
            raise Refused("this operator", node)
        factors = node.left, node.right
        firm = [isinstance(p, ast.Call) and getattr(self.value(p.func), "__name__", "") == "strong" for p in factors]
        if isinstance(node.op, ast.Mult) and any(firm) and not all(firm):
            d, p = factors if firm[1] else factors[::-1]
            return ast.copy_location(self.own("firm", self(d), self(p.args[0])), node)
        node.left, node.right = self(node.left), self(node.right)
        if isinstance(node.op, ast.RShift):
            node.right = self.own("count", node.right)
        if isinstance(node.op, ast.Pow):
            two = isinstance(node.right, ast.Constant) and node.right.value == 2 and type(node.right.value) is int
            return ast.copy_location(self.own("square", node.left) if two else self.own("power", node.left, node.right), node)
        return node

    def on_UnaryOp(self, node: Any) -> Any:
        node.operand = self(node.operand)
        return node

    def on_BoolOp(self, node: Any) -> Any:
        node.values = [self(v) for v in node.values]
        return node

    def on_Compare(self, node: Any) -> Any:
        if any(isinstance(op, (ast.In, ast.NotIn)) for op in node.ops):
            raise Refused("`in`", node)
        if isinstance(node.left, ast.Attribute) and node.left.attr == "__class__" and isinstance(node.ops[0], ast.Is):
            wanted = {int: "is_integer", float: "is_double"}.get(self.value(node.comparators[0]))
            if wanted is not None:
                return ast.copy_location(self.own(wanted, self(node.left.value)), node)
        if any(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops) and not (
                len(node.ops) == 1 and isinstance(node.comparators[0], ast.Constant) and node.comparators[0].value is None):
            raise Refused("`is`", node)
        node.left, node.comparators = self(node.left), [self(c) for c in node.comparators]
        return node

    def on_IfExp(self, node: Any) -> Any:
        node.test, node.body, node.orelse = self(node.test), self(node.body), self(node.orelse)
        return node

    def on_Tuple(self, node: Any) -> Any:
        node.elts = [self(e) for e in node.elts]
        return node

    on_List = on_Tuple

    def on_Subscript(self, node: Any) -> Any:
        node.value, node.slice = self(node.value), self(node.slice)
        return node

    def on_Slice(self, node: Any) -> Any:
        node.lower, node.upper, node.step = (None if p is None else self(p) for p in (node.lower, node.upper, node.step))
        return node


class _Integers:
    """Checked arithmetic wherever both operands may be integers.

    Names all of whose bindings are floats, or arrays of them, are found first: a float and an integer make a float.
    Parameters have a binding before the first.
    """

    def __init__(self, dialect: _Dialect, floats: set[str], others: set[str]) -> None:
        self.dialect, self.table = dialect, dialect.table
        self.params, self.others = floats, others
        self.floats: set[str] = set()
        self.bindings: dict[str, list] = {}
        self.taped: dict[str, list] = {}

    def body(self, body: list) -> list:
        for s in body:
            for n in ast.walk(s):
                self.note(n)
        self.floats = {*self.params, *self.bindings} - self.others
        changed = True
        while changed:
            wrong = {v for v in self.floats if not all(map(self.is_float, self.bindings.get(v, ())))}
            changed = bool(wrong)
            self.floats -= wrong
        return [self.checked(s) for s in body]

    def note(self, n: Any) -> None:
        """Note what a statement binds names to: expressions, or None for what is not known."""
        if isinstance(n, ast.Assign):
            for t in n.targets:
                self.bind(t, n.value)
        elif isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name):
            self.bind(n.target, ast.BinOp(ast.Name(n.target.id, ast.Load()), n.op, n.value))
        elif isinstance(n, ast.For):
            self.bind(n.target, self.entry(n.iter))
        elif isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "append" \
                and isinstance(n.func.value, ast.Name):
            self.taped.setdefault(n.func.value.id, []).append(n.args[0])

    def bind(self, t: Any, value: Any) -> None:
        if isinstance(t, ast.Name):
            self.bindings.setdefault(t.id, []).append(value)
        elif isinstance(t, ast.Tuple):
            for i, e in enumerate(t.elts):
                self.bind(e, value.elts[i] if isinstance(value, ast.Tuple) and len(value.elts) == len(t.elts) else
                          (value, i) if value.__class__ is _Taped else None)

    def entry(self, source: Any) -> Any:
        """What a loop binds its variable to."""
        if isinstance(source, ast.Call) and isinstance(source.func, ast.Name) and source.func.id == "backward":
            source = source.args[0]
            if isinstance(source, ast.Name):
                return _Taped(source.id)
        return source if isinstance(source, ast.Name) else None

    def is_float(self, e: Any) -> bool:
        """Whether an expression is a float, or an array of floats, for sure."""
        if e.__class__ is _Taped:
            return e.name in self.taped and all(map(self.is_float, self.taped[e.name]))
        if e.__class__ is tuple:
            tape, i = e
            return tape.name in self.taped and all(
                isinstance(x, ast.Tuple) and self.is_float(x.elts[i]) for x in self.taped[tape.name])
        if isinstance(e, ast.Constant):
            return e.value.__class__ is float
        if isinstance(e, ast.Name):
            return e.id in self.floats
        if isinstance(e, ast.UnaryOp):
            return self.is_float(e.operand)
        if isinstance(e, ast.List):
            return any(map(self.is_float, e.elts))
        if isinstance(e, ast.BinOp):
            return isinstance(e.op, ast.Div) or self.is_float(e.left) or self.is_float(e.right)
        if isinstance(e, ast.IfExp):
            return self.is_float(e.body) and self.is_float(e.orelse)
        if isinstance(e, ast.Subscript):
            return self.is_float(e.value)
        if isinstance(e, ast.Call) and isinstance(e.func, ast.Name):
            g = self.dialect.names.get(e.func.id)
            return id(g) in self.table.floats or (id(g) in self.table.follow and any(map(self.is_float, e.args)))
        if isinstance(e, ast.Call) and isinstance(e.func, ast.Attribute):
            return self.is_float(e.func.value)
        return isinstance(e, ast.Attribute) and e.attr == "T" and self.is_float(e.value)

    def checked(self, s: Any) -> Any:
        """The statement with checked arithmetic."""
        for field, value in ast.iter_fields(s):
            if isinstance(value, list):
                setattr(s, field, [self.checked(v) if isinstance(v, ast.AST) else v for v in value])
            elif isinstance(value, ast.AST):
                setattr(s, field, self.checked(value))
        if isinstance(s, ast.BinOp) and self.may_grow(s.op, s.left, s.right):
            return ast.copy_location(self.dialect.own(_CHECKED[type(s.op)], s.left, s.right), s)
        if isinstance(s, ast.UnaryOp) and not isinstance(s.op, ast.Not) and not isinstance(s.operand, ast.Constant) \
                and not self.is_float(s.operand):
            s.operand = self.dialect.own("number", s.operand)
        if isinstance(s, ast.Call) and isinstance(s.func, ast.Name) and isinstance(self.dialect.names.get(s.func.id), np.ufunc):
            s.args = [a if self.is_float(a) else self.dialect.own("number", a) for a in s.args]
        if isinstance(s, ast.AugAssign):
            whole = copy.copy(s.target)
            whole.ctx = ast.Load()
            s.value = self.dialect.own("fitted", whole, s.value)
        if isinstance(s, ast.AugAssign) and isinstance(s.target, ast.Name):
            before = ast.Name(s.target.id, ast.Load())
            if self.may_grow(s.op, before, s.value):
                return ast.copy_location(ast.Assign([s.target], self.dialect.own("i" + _CHECKED[type(s.op)], before, s.value)), s)
        return s

    def may_grow(self, op: Any, left: Any, right: Any) -> bool:
        """Whether an operation may leave 64 bits: of two integers, and no step by a constant, which takes too long for it."""
        if type(op) not in _CHECKED or self.is_float(left) or self.is_float(right):
            return False
        steps = isinstance(op, (ast.Add, ast.Sub)) and any(
            isinstance(p, ast.Constant) and type(p.value) is int and abs(p.value) < 1 << 20 for p in (left, right))
        return not steps


class _Taped:
    """The entries of a list."""

    def __init__(self, name: str) -> None:
        self.name = name


_CHECKED = {ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times"}
