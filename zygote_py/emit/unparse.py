"""From a tree to text; the only user of astunparse.

Enters: a gast or ast tree. Leaves: Python text that parses back to the same tree, with as few parentheses as that takes. A
statement with an attribute `comment` gets it at the end of its first line.

astunparse 1.6.3 prints `x[:, i]` as `x[(:, i)]`, changes f-strings with backslashes, drops type parameters and knows nothing of
`match`; here that is mended.
"""

from __future__ import annotations

import ast
import io
from typing import Any

import astunparse

from zygote_py.emit.convert import is_gast, to_ast

__all__ = ["unparse"]

# how tightly an expression binds, loosest first
NAMED, TUPLE, YIELD, TEST, OR, AND, NOT, COMPARE = range(8)
BIT_OR, BIT_XOR, BIT_AND, SHIFT, ARITH, TERM, FACTOR, POWER, AWAIT, ATOM = range(8, 18)
_BINARY = {"BitOr": BIT_OR, "BitXor": BIT_XOR, "BitAnd": BIT_AND, "LShift": SHIFT, "RShift": SHIFT, "Add": ARITH, "Sub": ARITH,
           "Mult": TERM, "MatMult": TERM, "Div": TERM, "FloorDiv": TERM, "Mod": TERM, "Pow": POWER}
_LEVEL = {"NamedExpr": NAMED, "Tuple": TUPLE, "Yield": YIELD, "YieldFrom": YIELD, "IfExp": TEST, "Lambda": TEST,
          "Compare": COMPARE, "Await": AWAIT}


def unparse(tree: Any) -> str:
    """The text of a tree.

    Parameters
    ----------
    tree : gast or ast node: a module, a statement or an expression

    Returns
    -------
    str, without line breaks around it

    Examples
    --------
    >>> import ast
    >>> unparse(ast.parse("y = ((a + (b * c)) ** 2)[(0), 1:]"))
    'y = ((a + b * c) ** 2)[0, 1:]'
    """
    if is_gast(tree):
        tree = to_ast(tree)
    out = io.StringIO()
    _Unparser(tree, out)
    return out.getvalue().strip("\n")


def _level(t: ast.expr) -> int:
    kind = type(t).__name__
    if kind == "BinOp":
        return _BINARY[type(t.op).__name__]  # type: ignore[attr-defined]
    if kind == "BoolOp":
        return AND if isinstance(t.op, ast.And) else OR  # type: ignore[attr-defined]
    if kind == "UnaryOp":
        return NOT if isinstance(t.op, ast.Not) else FACTOR  # type: ignore[attr-defined]
    if kind == "Constant":
        return FACTOR if repr(t.value)[:1] == "-" else ATOM  # type: ignore[attr-defined]
    return _LEVEL.get(kind, ATOM)


class _Unparser(astunparse.Unparser):
    """Prints with parentheses only where they are needed.

    `dispatch` puts an expression where a `test` of the grammar may stand (an argument, an element); `_put` says how tightly the
    place binds. The methods of the nodes never write parentheses around themselves.
    """

    _pending: str | None = None

    def dispatch(self, t: Any) -> None:
        if isinstance(t, list):
            for x in t:
                self.dispatch(x)
        elif isinstance(t, ast.expr):
            self._put(t, TEST)
        elif isinstance(t, ast.stmt):
            self._pending = getattr(t, "comment", None)
            self._method(t)
            self._write_comment()
        else:
            self._method(t)

    def _method(self, t: ast.AST) -> None:
        getattr(self, "_" + type(t).__name__, self._fallback)(t)

    def _put(self, t: ast.expr, level: int) -> None:
        bare = _level(t) >= level and not (isinstance(t, ast.Tuple) and len(t.elts) < 2)
        if not bare:
            self.write("(")
        self._method(t)
        if not bare:
            self.write(")")

    def _put_list(self, t: ast.expr) -> None:
        """A place for `a, b` without parentheses, but not for `yield`."""
        self._put(t, TUPLE if isinstance(t, ast.Tuple) else TEST)

    def _write_comment(self) -> None:
        if self._pending:
            self.write("  # " + " ".join(self._pending.split()))
        self._pending = None

    def enter(self) -> None:
        self.write(":")
        self._write_comment()
        self._indent += 1

    def _block(self, body: list[ast.stmt]) -> None:
        self.enter()
        self.dispatch(body)
        self.leave()

    def _fallback(self, t: ast.AST) -> None:
        """What astunparse does not know, or prints wrong: match, except*, type aliases, f-strings."""
        if isinstance(t, ast.stmt):
            text = ast.unparse(t).split("\n")
            for line in text:
                self.fill(line)
        else:
            self.write(ast.unparse(t))

    _JoinedStr = _FormattedValue = _fallback

    # statements

    def _Expr(self, t: ast.Expr) -> None:
        self.fill()
        self._put(t.value, YIELD)

    def _Assign(self, t: ast.Assign) -> None:
        self.fill()
        for target in t.targets:
            self._put_list(target)
            self.write(" = ")
        self._put(t.value, TUPLE)

    def _AugAssign(self, t: ast.AugAssign) -> None:
        self.fill()
        self.dispatch(t.target)
        self.write(f" {self.binop[type(t.op).__name__]}= ")
        self._put(t.value, YIELD)

    def _Return(self, t: ast.Return) -> None:
        self.fill("return")
        if t.value is not None:
            self.write(" ")
            self._put_list(t.value)

    def _For(self, t: ast.For) -> None:
        self._loop("for ", t)

    def _AsyncFor(self, t: ast.AsyncFor) -> None:
        self._loop("async for ", t)

    def _loop(self, word: str, t: Any) -> None:
        self.fill(word)
        self._put_list(t.target)
        self.write(" in ")
        self._put_list(t.iter)
        self._block(t.body)
        self._else(t.orelse)

    def _else(self, body: list[ast.stmt]) -> None:
        if body:
            self.fill("else")
            self._block(body)

    def _While(self, t: ast.While) -> None:
        self.fill("while ")
        self.dispatch(t.test)
        self._block(t.body)
        self._else(t.orelse)

    def _If(self, t: ast.If) -> None:
        self.fill("if ")
        self.dispatch(t.test)
        self._block(t.body)
        while len(t.orelse) == 1 and isinstance(t.orelse[0], ast.If):
            t = t.orelse[0]
            self._pending = getattr(t, "comment", None)
            self.fill("elif ")
            self.dispatch(t.test)
            self._block(t.body)
        self._else(t.orelse)

    def _withitem(self, t: ast.withitem) -> None:
        plain = isinstance(t.context_expr, ast.Tuple) and t.optional_vars is None
        self.write("(" * plain)  # `with (a, b):` would be two contexts
        self.dispatch(t.context_expr)
        self.write(")" * plain)
        if t.optional_vars is not None:
            self.write(" as ")
            self.dispatch(t.optional_vars)

    def _FunctionDef(self, t: ast.FunctionDef) -> None:
        self._def(t, "def ")

    def _AsyncFunctionDef(self, t: ast.AsyncFunctionDef) -> None:
        self._def(t, "async def ")

    def _def(self, t: Any, word: str) -> None:
        self.write("\n")
        self._decorators(t)
        self.fill(word + t.name)
        self._type_params(t)
        self.write("(")
        self._arguments(t.args)
        self.write(")")
        if t.returns is not None:
            self.write(" -> ")
            self.dispatch(t.returns)
        self._block(t.body)

    def _ClassDef(self, t: ast.ClassDef) -> None:
        self.write("\n")
        self._decorators(t)
        self.fill("class " + t.name)
        self._type_params(t)
        if t.bases or t.keywords:
            self.write("(")
            self._separated([*t.bases, *t.keywords])
            self.write(")")
        self._block(t.body)

    def _decorators(self, t: Any) -> None:
        for decorator in t.decorator_list:
            self.fill("@")
            self.dispatch(decorator)

    def _type_params(self, t: Any) -> None:
        if getattr(t, "type_params", None):
            self.write("[")
            self._separated(t.type_params)
            self.write("]")

    def _separated(self, nodes: list) -> None:
        for i, n in enumerate(nodes):
            self.write(", " if i else "")
            self.dispatch(n)

    # expressions

    def _NamedExpr(self, t: ast.NamedExpr) -> None:
        self.dispatch(t.target)
        self.write(" := ")
        self.dispatch(t.value)

    def _Yield(self, t: ast.Yield) -> None:
        self.write("yield")
        if t.value is not None:
            self.write(" ")
            self.dispatch(t.value)

    def _YieldFrom(self, t: ast.YieldFrom) -> None:
        self.write("yield from ")
        self.dispatch(t.value)

    def _Await(self, t: ast.Await) -> None:
        self.write("await ")
        self._put(t.value, ATOM)

    def _Lambda(self, t: ast.Lambda) -> None:
        arguments = t.args
        some = arguments.posonlyargs or arguments.args or arguments.vararg or arguments.kwonlyargs or arguments.kwarg
        self.write("lambda " if some else "lambda")
        self._arguments(arguments)
        self.write(": ")
        self.dispatch(t.body)

    def _IfExp(self, t: ast.IfExp) -> None:
        self._put(t.body, OR)
        self.write(" if ")
        self._put(t.test, OR)
        self.write(" else ")
        self.dispatch(t.orelse)

    def _BoolOp(self, t: ast.BoolOp) -> None:
        level = _level(t)
        for i, value in enumerate(t.values):
            if i:
                self.write(" and " if level == AND else " or ")
            self._put(value, level + 1)

    def _UnaryOp(self, t: ast.UnaryOp) -> None:
        self.write(self.unop[type(t.op).__name__])
        if isinstance(t.op, ast.Not):
            self.write(" ")
        self._put(t.operand, _level(t))

    def _BinOp(self, t: ast.BinOp) -> None:
        level = _level(t)
        power = level == POWER
        self._put(t.left, level + power)
        self.write(f" {self.binop[type(t.op).__name__]} ")
        self._put(t.right, FACTOR if power else level + 1)

    def _Compare(self, t: ast.Compare) -> None:
        self._put(t.left, BIT_OR)
        for op, right in zip(t.ops, t.comparators):
            self.write(f" {self.cmpops[type(op).__name__]} ")
            self._put(right, BIT_OR)

    def _Tuple(self, t: ast.Tuple) -> None:
        self._separated(t.elts)
        if len(t.elts) == 1:
            self.write(",")

    def _Starred(self, t: ast.Starred) -> None:
        self.write("*")
        self._put(t.value, BIT_OR)

    def _Dict(self, t: ast.Dict) -> None:
        self.write("{")
        for i, (key, value) in enumerate(zip(t.keys, t.values)):
            self.write(", " if i else "")
            if key is None:
                self.write("**")
                self._put(value, BIT_OR)
            else:
                self.dispatch(key)
                self.write(": ")
                self.dispatch(value)
        self.write("}")

    def _comprehension(self, t: ast.comprehension) -> None:
        self.write(" async for " if t.is_async else " for ")
        self._put_list(t.target)
        self.write(" in ")
        self._put(t.iter, OR)
        for condition in t.ifs:
            self.write(" if ")
            self._put(condition, OR)

    def _Call(self, t: ast.Call) -> None:
        self._put(t.func, ATOM)
        if len(t.args) == 1 and not t.keywords and isinstance(t.args[0], ast.GeneratorExp):
            self.dispatch(t.args[0])
            return
        self.write("(")
        self._separated([*t.args, *t.keywords])
        self.write(")")

    def _Attribute(self, t: ast.Attribute) -> None:
        number = isinstance(t.value, ast.Constant) and type(t.value.value) is int
        self.write("(" * number)
        self._put(t.value, ATOM)
        self.write(")" * number + "." + t.attr)

    def _Subscript(self, t: ast.Subscript) -> None:
        self._put(t.value, ATOM)
        self.write("[")
        index = t.slice
        if isinstance(index, ast.Tuple) and any(isinstance(e, ast.Slice) for e in index.elts):
            self._Tuple(index)
        elif isinstance(index, ast.Tuple) and any(isinstance(e, ast.Starred) for e in index.elts):
            self.dispatch(index)
        else:
            self._put_list(index)
        self.write("]")

    def _write_constant(self, value: Any) -> None:
        text = repr(value)
        if isinstance(value, (float, complex)):
            text = text.replace("nan", "(1e309-1e309)").replace("inf", "1e309")
        self.write(text)
