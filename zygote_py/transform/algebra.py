"""Products as a person would write them."""

from __future__ import annotations

from typing import Any

import gast

from ..ir.build import binop, const

__all__ = ["is_constant", "negative", "product"]


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
