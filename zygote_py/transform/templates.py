"""The source of a rule, ready to be copied into generated code.

Enters: one of the lambdas of a rule. Leaves: a `Template`: its parameters and the expression of its body.
"""

from __future__ import annotations

import ast
import builtins
import linecache
import operator
from collections.abc import Callable
from typing import Any

import gast

from ..frontend.source import statement_at
from ..ir.build import clone, const, load, tuple_, walk
from ..ir.names import Namer

__all__ = ["Template", "substitute", "template"]


class Template:
    """Parameters and body of a rule's lambda."""

    __slots__ = ("body", "defaults", "f", "params", "vararg")

    def __init__(self, f: Callable, node: Any) -> None:
        self.f = f
        args = node.args
        self.params = [a.id for a in [*args.posonlyargs, *args.args, *args.kwonlyargs]]
        self.vararg = args.vararg.id if args.vararg else None
        self.body = node.body
        positional = [a.id for a in [*args.posonlyargs, *args.args]]
        self.defaults = dict(zip(positional[len(positional) - len(args.defaults):], map(placeless, args.defaults)))
        self.defaults.update({a.id: placeless(d) for a, d in zip(args.kwonlyargs, args.kw_defaults) if d is not None})

    def bind(self, args: list, keywords: dict[str, Any], skip: int) -> dict[str, Any] | None:
        """Map the parameters after the first `skip` to nodes; None if the call does not fit."""
        params = self.params[skip:]
        if self.f.__kwdefaults__ or self.f.__code__.co_kwonlyargcount:
            positional = self.params[skip:self.f.__code__.co_argcount]
        else:
            positional = params
        if len(args) > len(positional) and self.vararg is None:
            return None
        bound: dict[str, Any] = dict(zip(positional, args))
        if self.vararg is not None:
            bound[self.vararg] = tuple_(args[len(positional):])
        for name, value in keywords.items():
            if name not in params or name in bound:
                return None
            bound[name] = value
        for p in params:
            if p not in bound:
                if p not in self.defaults:
                    return None
                bound[p] = self.defaults[p]
        return bound


def placeless(e: Any) -> Any:
    """A copy of an expression without its place in the rule's file: where it is put to use, it belongs to the user's line."""
    new = clone(e)
    for n in walk(new):
        for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
            n.__dict__.pop(name, None)
    return new


_TYPES = {"int": int, "float": float, "bool": bool}
_OPERATORS: dict[type, Callable] = {
    gast.Add: operator.add, gast.Sub: operator.sub, gast.Mult: operator.mul, gast.Div: operator.truediv, gast.Pow: operator.pow,
    gast.FloorDiv: operator.floordiv, gast.Mod: operator.mod, gast.USub: operator.neg, gast.UAdd: operator.pos,
    gast.Not: operator.not_, gast.Eq: operator.eq, gast.NotEq: operator.ne, gast.Lt: operator.lt, gast.LtE: operator.le,
    gast.Gt: operator.gt, gast.GtE: operator.ge, gast.Is: operator.is_, gast.IsNot: operator.is_not,
    gast.In: lambda x, y: x in y, gast.NotIn: lambda x, y: x not in y}

_templates: dict[int, tuple[Callable, Template | None]] = {}


def template(f: Callable, find: Callable) -> Template | None:
    """The template of a lambda, or None if its source can't be had. `find` is used for lambdas outside this package."""
    entry = _templates.get(id(f))
    if entry is None:
        node = _own(f) or find(f)
        entry = _templates[id(f)] = (f, Template(f, node) if node is not None else None)
    return entry[1]


def _own(f: Callable) -> Any:
    """Fast way to a lambda of this package's rule files, where each line is known to hold what was compiled."""
    code = f.__code__
    if not str(f.__globals__.get("__name__", "")).startswith("zygote_py.rules"):
        return None
    lines = linecache.getlines(code.co_filename, f.__globals__)
    first, last = statement_at(lines, code.co_firstlineno)
    try:
        tree = ast.parse("\n" * first + "".join(lines[first:last]))
    except SyntaxError:     # it begins or ends elsewhere
        return None
    here = [n for n in ast.walk(tree) if isinstance(n, ast.Lambda) and n.lineno == code.co_firstlineno]
    return gast.ast_to_gast(here[0]) if len(here) == 1 else None


def substitute(t: Template, body: Any, bound: dict[str, Any], namer: Namer, identities: dict[int, Any] | None = None) -> Any:
    """Copy an expression of a template, with parameters replaced, and outer names turned into helpers.

    `identities` are the functions that return their first argument for the kinds at hand.
    """
    kind = body.__class__
    if kind is gast.Name:
        return clone(bound[body.id]) if body.id in bound else load(_outer(t.f, body.id, namer))
    if kind is gast.Constant:
        return const(body.value)
    if identities and kind is gast.Call and isinstance(body.func, gast.Name) and body.func.id not in bound \
            and id(_value(t.f, body.func.id)) in identities:
        return substitute(t, body.args[0], bound, namer, identities)
    if kind is gast.IfExp:
        test = substitute(t, body.test, bound, namer, identities)
        truth = constant(test)
        if truth is not None:
            return substitute(t, body.body if truth[0] else body.orelse, bound, namer, identities)
        return gast.IfExp(test=test, body=substitute(t, body.body, bound, namer, identities),
                          orelse=substitute(t, body.orelse, bound, namer, identities))
    new = kind.__new__(kind)
    for field in body._fields:
        child: Any = getattr(body, field, None)
        if child.__class__ is list:
            parts: list = []
            for n in child:
                if isinstance(n, gast.Starred) and isinstance(n.value, gast.Name) \
                        and isinstance(bound.get(n.value.id), gast.Tuple):
                    parts += clone(bound[n.value.id].elts)
                else:
                    parts.append(substitute(t, n, bound, namer, identities) if isinstance(n, gast.AST) else n)
            child = parts
        elif isinstance(child, gast.AST) and child._fields:
            child = substitute(t, child, bound, namer, identities)
        setattr(new, field, child)
    return folded(new)


def constant(e: Any) -> tuple[Any] | None:
    """The value of an expression that is made of constants, in a tuple."""
    try:
        return (evaluated(e),)
    except Exception:
        return None


def evaluated(e: Any) -> Any:
    """The value of an expression that is made of constants; KeyError for all others."""
    kind = e.__class__
    if kind is gast.Constant:
        return e.value
    if kind is gast.Name:
        return _TYPES[e.id]
    if kind is gast.BinOp or kind is gast.UnaryOp:
        parts = (e.left, e.right) if kind is gast.BinOp else (e.operand,)
        return _OPERATORS[e.op.__class__](*map(evaluated, parts))
    if kind is gast.Compare:
        values = [evaluated(e.left), *map(evaluated, e.comparators)]
        return all(_OPERATORS[op.__class__](x, y) for op, x, y in zip(e.ops, values, values[1:]))
    if kind is gast.BoolOp:
        for part in e.values:
            value = evaluated(part)
            if bool(value) is (e.op.__class__ is gast.Or):
                break
        return value
    if kind is gast.IfExp:
        return evaluated(e.body if evaluated(e.test) else e.orelse)
    if kind is gast.Attribute:
        return getattr(evaluated(e.value), e.attr)
    if kind is gast.Tuple:
        return tuple(map(evaluated, e.elts))
    raise KeyError(kind)


def folded(e: Any) -> Any:
    """Arithmetic on constants, and the power one."""
    if isinstance(e, gast.BinOp):
        if isinstance(e.left, gast.Constant) and isinstance(e.right, gast.Constant):
            value = constant(e)
            if value is not None and type(value[0]) in (int, float) and abs(value[0]) < 1e9:
                return const(value[0])
        if isinstance(e.op, gast.Pow) and isinstance(e.right, gast.Constant) and type(e.right.value) is int \
                and e.right.value == 1:
            return e.left
        if isinstance(e.op, gast.Mult):
            for one, other in ((e.left, e.right), (e.right, e.left)):
                if isinstance(one, gast.Constant) and type(one.value) is int and one.value == 1:
                    return other
    return e


def _value(f: Callable, name: str) -> Any:
    if f.__closure__ and name in f.__code__.co_freevars:
        return f.__closure__[f.__code__.co_freevars.index(name)].cell_contents
    return f.__globals__.get(name, getattr(builtins, name, None))


def _outer(f: Callable, name: str, namer: Namer) -> str:
    if name not in f.__code__.co_freevars and name not in f.__globals__ and hasattr(builtins, name):
        return name
    return namer.helper(_value(f, name), name)
