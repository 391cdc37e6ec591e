"""Products as a person would write them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import assigned, binop, blocks, const, names, tuple_, walk

__all__ = ["doubled", "draw_signs", "gather_numbers", "is_constant", "is_whole", "negative", "product", "sum_products"]


def is_constant(e: Any, value: Any = None) -> bool:
    ok = isinstance(e, gast.Constant) and type(e.value) in (int, float)
    return ok and (value is None or e.value == value)


def is_whole(e: Any) -> bool:
    return is_constant(e) and isinstance(e.value, int)


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
    """The factors of a product: numbers in the numerator and the denominator, arrays, and arrays that must be `strong`; `known`
    has variables that are products themselves."""

    def __init__(self, firm: set[str], numbers: set[str], known: dict[str, Any]) -> None:
        self.firm, self.numbers, self.known = firm, numbers, known
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
        elif self.is_number(e) and not (isinstance(e, gast.BinOp) and isinstance(e.op, gast.Mult)):
            if not is_constant(e, 1):
                self.scale.append(e)
        elif isinstance(e, gast.Name) and e.id in self.known and not strong:
            self.add(self.known[e.id])
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


def sum_products(body: list, fitting: set[str], firm: set[str], numbers: set[str], cotangents: Any,
                 may_wrap: Callable[[Any], bool], inner: Callable[[], Any]) -> bool:
    """Let `unbroadcast(a * b * strong(-c / k), x)` for a number x be `-inner(x, 1.0, k, (a, b), (c,))`, in place; whether there
    is any.

    Parameters
    ----------
    fitting, firm : names of `unbroadcast` and of `strong`
    numbers : variables that hold numbers
    cotangents : variables that hold cotangents, if arrays stay what they are
    may_wrap : whether an expression may be a whole number of NumPy's, whose products wrap around
    inner : makes the name of the function
    """
    return Sums(fitting, firm, numbers, cotangents, may_wrap, inner).block(body, {})


class Sums:
    """Sums of products, in one function."""

    def __init__(self, fitting: set[str], firm: set[str], numbers: set[str], cotangents: Any, may_wrap: Callable[[Any], bool],
                 inner: Callable[[], Any]) -> None:
        self.fitting, self.firm, self.numbers, self.cotangents = fitting, firm, numbers, cotangents
        self.may_wrap, self.inner = may_wrap, inner

    def block(self, body: list, known: dict[str, Any]) -> bool:
        """Sums in a block; `known` has the cotangents that are an array of the forward sweep times numbers."""
        found = False
        for s in body:
            bound = assigned([s])
            if blocks(s):
                forget(known, bound)
                heads = [h for h in (getattr(s, "test", None), getattr(s, "iter", None)) if h is not None]
                found |= any(self.block(inner, dict(known)) for inner in blocks(s))
            else:
                heads = [s]
            for n in [n for h in heads for n in walk(h) if isinstance(n, gast.Call)]:
                found |= getattr(n.func, "id", "") in self.fitting and self.sum(n, known)
            forget(known, bound)
            if isinstance(s, gast.Assign) and getattr(s.targets[0], "id", None) in self.cotangents and self.is_scaled(s.value):
                known[s.targets[0].id] = s.value
        return found

    def is_scaled(self, e: Any) -> bool:
        """Whether an expression is an array of the forward sweep times numbers."""
        factors = Factors(self.firm, self.numbers, {})
        factors.add(e)
        names = [getattr(p, "id", None) for p in factors.plain]
        return len(names) == 1 and names[0] is not None and names[0] not in self.cotangents \
            and not factors.strong and not factors.over

    def sum(self, n: Any, known: dict[str, Any]) -> bool:
        """Change a call of `unbroadcast`, if it makes a number of a product."""
        if not (isinstance(n.args[0], gast.BinOp) and isinstance(n.args[1], gast.Name) and n.args[1].id in self.numbers):
            return False
        found = Factors(self.firm, self.numbers, known)
        found.add(n.args[0])
        if len(found.plain) + len(found.strong) < 1 + (not found.over) or len(found.over) > 1:
            return False
        scale: Any = const(float(math.prod([e.value for e in found.scale if is_constant(e)])))
        for e in found.scale:
            if not is_constant(e):
                scale = binop(scale, gast.Mult, e) if self.may_wrap(e) else product(scale, e)
        over = found.over[0] if found.over else const(1.0)
        n.args = [n.args[1], negative(scale) if found.negative else scale, over, tuple_(found.plain), tuple_(found.strong)]
        n.func = self.inner()
        return True


def forget(known: dict[str, Any], bound: set[str]) -> None:
    """What is bound anew is not what it was."""
    for v in [v for v, e in known.items() if v in bound or not bound.isdisjoint(names(e))]:
        del known[v]


def doubled(e: Any) -> Any:
    """An expression in which the two equal cotangents of the factors of a square, `d * x + d * x`, are `2 * d * x`: the same
    number."""
    for field in e._fields:
        child = getattr(e, field, None)
        if isinstance(child, gast.expr):
            setattr(e, field, doubled(child))
        elif isinstance(child, list):
            setattr(e, field, [doubled(c) if isinstance(c, gast.expr) else c for c in child])
    if isinstance(e, gast.BinOp) and isinstance(e.op, gast.Add) and leaves(e.left) == leaves(e.right) is not None:
        return gast.copy_location(binop(binop(const(2), gast.Mult, e.left.left), gast.Mult, e.left.right), e)
    return e


def leaves(e: Any) -> tuple | None:
    """The factors of a product of two variables, or of a number and a variable; None for anything else."""
    if not isinstance(e, gast.BinOp) or not isinstance(e.op, gast.Mult):
        return None
    parts = e.left, e.right
    if not all(isinstance(p, gast.Name) or is_constant(p) for p in parts) or not isinstance(e.right, gast.Name):
        return None
    return tuple([p.id if isinstance(p, gast.Name) else p.value for p in parts])


def draw_signs(e: Any, linear: set[str]) -> Any:
    """An expression in which the signs of factors come to the front, where two of them cancel.

    `linear` are the names of functions that may be given the negative of their first argument, to return the negative.
    What was a new array stays one: it may be updated in place.
    """
    minus, rest = drawn(e, linear)
    if minus:
        return gast.copy_location(gast.UnaryOp(op=gast.USub(), operand=rest), e)
    return rest if is_new(rest, linear) else e


def drawn(e: Any, linear: set[str]) -> tuple[bool, Any]:
    """Whether an expression is negative, and what it is otherwise, as new nodes."""
    if isinstance(e, gast.UnaryOp) and isinstance(e.op, gast.USub):
        minus, rest = drawn(e.operand, linear)
        return not minus, rest
    if isinstance(e, gast.BinOp) and isinstance(e.op, (gast.Mult, gast.Div)):
        (one, left), (two, right) = drawn(e.left, linear), drawn(e.right, linear)
        if isinstance(e.op, gast.Mult) and (is_constant(right, -1.0) or (two and is_constant(right, 1.0))):
            return not one, left
        return one is not two, gast.copy_location(gast.BinOp(left=left, op=e.op, right=right), e)
    if isinstance(e, gast.Call) and getattr(e.func, "id", "") in linear and not e.keywords:
        minus, first = drawn(e.args[0], linear)
        return minus, gast.copy_location(gast.Call(func=e.func, args=[first, *e.args[1:]], keywords=[]), e)
    return False, e


def is_new(e: Any, linear: set[str]) -> bool:
    """Whether an expression makes an array of its own."""
    return isinstance(e, (gast.BinOp, gast.UnaryOp)) \
        or (isinstance(e, gast.Call) and getattr(e.func, "id", "") in linear and is_new(e.args[0], linear))


def gather_numbers(e: Any, numbers: set[str], may_wrap: Callable[[Any], bool]) -> Any:
    """An expression in which the numbers of a product come together: `d * 0.5 * a * k` is `d * (0.5 * k) * a`, one array less.

    Only constants are gathered, and one variable: a product of variables may be infinite where the whole is not.
    """
    if isinstance(e, gast.UnaryOp):
        e.operand = gather_numbers(e.operand, numbers, may_wrap)
    elif isinstance(e, gast.Call):
        e.args = [gather_numbers(a, numbers, may_wrap) for a in e.args]
    if not isinstance(e, gast.BinOp):
        return e
    factors = factors_of(e)
    constants = [f for f in factors if is_constant(f)]
    k = next((f for f in factors if isinstance(f, gast.Name) and f.id in numbers), None)
    rest = [f for f in factors if not is_constant(f) and f is not k]
    if not constants or len(constants) + (k is not None) < 2 or all(getattr(f, "id", None) in numbers for f in rest):
        e.left, e.right = gather_numbers(e.left, numbers, may_wrap), gather_numbers(e.right, numbers, may_wrap)
        return e
    value = math.prod([f.value for f in constants], start=1.0)
    number = const(value) if k is None else k if value == 1 and not may_wrap(k) else binop(const(value), gast.Mult, k)
    found = gather_numbers(rest[0], numbers, may_wrap)
    for f in [number, *rest[1:]] if k is not None or value != 1 or len(rest) == 1 else rest[1:]:
        found = binop(found, gast.Mult, f if f is number else gather_numbers(f, numbers, may_wrap))
    return found


def factors_of(e: Any) -> list:
    """The factors of a product, from left to right."""
    return [*factors_of(e.left), *factors_of(e.right)] if isinstance(e, gast.BinOp) and isinstance(e.op, gast.Mult) else [e]
