"""Products as a person would write them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import binop, blocks, const, statements, tuple_, walk

__all__ = ["gather_numbers", "is_constant", "negative", "product", "sum_products"]


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


def gather_numbers(e: Any, numbers: set[str]) -> Any:
    """An expression in which the numbers of a product come together: `d * 0.5 * a * k` is `d * (0.5 * k) * a`, one array less.

    Only constants are gathered, and one variable: a product of variables may be infinite where the whole is not.
    """
    if isinstance(e, gast.UnaryOp):
        e.operand = gather_numbers(e.operand, numbers)
    elif isinstance(e, gast.Call):
        e.args = [gather_numbers(a, numbers) for a in e.args]
    if not isinstance(e, gast.BinOp):
        return e
    factors = factors_of(e)
    constants = [f for f in factors if is_constant(f)]
    k = next((f for f in factors if isinstance(f, gast.Name) and f.id in numbers), None)
    rest = [f for f in factors if not is_constant(f) and f is not k]
    if not constants or len(constants) + (k is not None) < 2 or all(getattr(f, "id", None) in numbers for f in rest):
        e.left, e.right = gather_numbers(e.left, numbers), gather_numbers(e.right, numbers)
        return e
    value = math.prod([f.value for f in constants])
    number = const(value) if k is None else k if value == 1 else binop(const(value), gast.Mult, k)
    found = gather_numbers(rest[0], numbers)
    for f in [number, *rest[1:]] if k is not None or value != 1 or len(rest) == 1 else rest[1:]:
        found = binop(found, gast.Mult, f if f is number else gather_numbers(f, numbers))
    return found


def factors_of(e: Any) -> list:
    """The factors of a product, from left to right."""
    return [*factors_of(e.left), *factors_of(e.right)] if isinstance(e, gast.BinOp) and isinstance(e.op, gast.Mult) else [e]
