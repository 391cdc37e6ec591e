"""Products as a person would write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import binop, blocks, const, statements, tuple_, walk

__all__ = ["is_constant", "negative", "product", "sum_products"]


def is_constant(e: Any, value: Any = None) -> bool:
    ok = isinstance(e, gast.Constant) and type(e.value) in (int, float)
    return ok and (value is None or e.value == value)


def negative(e: Any) -> Any:
    if is_constant(e):
        return const(-e.value)
    if isinstance(e, gast.UnaryOp) and isinstance(e.op, gast.USub):
        return e.operand
    return gast.UnaryOp(op=gast.USub(), operand=e)


def product(d: Any, p: Any) -> Any:
    """`d * p`, with factors of one dropped, signs drawn out and reciprocals divided by."""
    if is_constant(p, 1):
        return d
    if is_constant(p, -1):
        return negative(d)
    if is_constant(d, 1):
        return p
    if isinstance(p, gast.UnaryOp) and isinstance(p.op, gast.USub):
        return negative(product(d, p.operand))
    if isinstance(p, gast.BinOp) and isinstance(p.op, gast.Div):
        if is_constant(p.left, 1):
            return binop(d, gast.Div, p.right)
        if isinstance(p.left, gast.UnaryOp) and isinstance(p.left.op, gast.USub):
            return negative(binop(binop(d, gast.Mult, p.left.operand), gast.Div, p.right))
        return binop(binop(d, gast.Mult, p.left), gast.Div, p.right)
    if is_constant(p) and isinstance(d, gast.Name):
        return binop(d, gast.Mult, p)
    return binop(d, gast.Mult, p)


class Factors:
    """The factors of a product: numbers in the numerator and the denominator, arrays, and arrays that must be `strong`."""

    def __init__(self, firm: set[str], numbers: set[str]) -> None:
        self.firm, self.numbers = firm, numbers
        self.scale: list = []
        self.over: list = []
        self.plain: list = []
        self.strong: list = []
        self.negative = False

    def add(self, e: Any, strong: bool = False) -> None:
        """Take an expression apart."""
        if isinstance(e, gast.UnaryOp) and isinstance(e.op, gast.USub):
            self.negative = not self.negative
            self.add(e.operand, strong)
        elif self.is_number(e):
            if not is_constant(e, 1):
                self.scale.append(e)
        elif isinstance(e, gast.Call) and getattr(e.func, "id", "") in self.firm:
            self.add(e.args[0], True)
        elif isinstance(e, gast.BinOp) and isinstance(e.op, gast.Mult):
            self.add(e.left, strong)
            self.add(e.right, strong)
        elif isinstance(e, gast.BinOp) and isinstance(e.op, gast.Div) and self.is_number(e.right):
            self.add(e.left, strong)
            self.over.append(e.right)
        else:
            (self.strong if strong else self.plain).append(e)

    def is_number(self, e: Any) -> bool:
        """Whether an expression is a number, and as such may be taken out of a sum."""
        if isinstance(e, gast.BinOp):
            return isinstance(e.op, (gast.Add, gast.Sub, gast.Mult)) and self.is_number(e.left) and self.is_number(e.right)
        return is_constant(e) or (isinstance(e, gast.Name) and e.id in self.numbers)


def sum_products(body: list, fitting: set[str], firm: set[str], numbers: set[str], inner: Callable[[], Any]) -> None:
    """Let `unbroadcast(a * b * strong(-c / k), x)` for a number x be `-inner(x, 1.0, k, (a, b), (c,))`, in place.

    Parameters
    ----------
    fitting, firm : names of `unbroadcast` and of `strong`
    numbers : variables that hold numbers
    inner : makes the name of the function
    """
    for s in statements(body):
        heads = [s] if not blocks(s) else [h for h in (getattr(s, "test", None), getattr(s, "iter", None)) if h is not None]
        for n in [n for h in heads for n in walk(h) if isinstance(n, gast.Call) and getattr(n.func, "id", "") in fitting]:
            if not (isinstance(n.args[0], gast.BinOp) and isinstance(n.args[1], gast.Name) and n.args[1].id in numbers):
                continue
            found = Factors(firm, numbers)
            found.add(n.args[0])
            if len(found.plain) + len(found.strong) < 1 + (not found.over) or len(found.over) > 1:
                continue
            scale = found.scale[0] if found.scale else const(1.0)
            for e in found.scale[1:]:
                scale = binop(scale, gast.Mult, e)
            over = found.over[0] if found.over else const(1.0)
            n.args = [n.args[1], negative(scale) if found.negative else scale, over, tuple_(found.plain), tuple_(found.strong)]
            n.func = inner()
