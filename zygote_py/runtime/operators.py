"""Operators on operands that are not numbers: special methods written in Python, and containers of the standard library."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..registry import Rule, non_differentiable
from . import call as calls
from .context import Context
from .memory import claim
from .refusals import has_record, missing_rule
from .shared import first_back, nones, numeric_inside, python_method

_OPERATORS: dict[tuple[type, str], Any] = {}


def overloaded(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """An operator on operands of other classes: their special methods, each tried once, in Python's order."""
    found = by_methods(cx, r, args)
    if found is not None:
        return found
    operator_of = container_operator(str(r.overloads), args)
    if operator_of is not None:
        y, back, tape = calls.callx(cx, mask, operator_of, args, {})
        return y, first_back, (back, tape)
    rest = without_methods(r, args)
    if rest is None:
        y = f(*args, **keywords)
    else:
        y = rest
    return y, unknown_back, (f, args, y, numeric_inside(args) or any_tracked(cx, args))


def by_methods(cx: Context, r: Any, args: tuple) -> Any:
    """What special methods written in Python give to an operator; None if there are none, or all of them decline."""
    for special, swapped in special_methods(r, args):
        ordered = (args[1], args[0]) if swapped else args
        y, back, tape = calls.hooked(cx, special, ordered)
        if y is not NotImplemented:
            return y, operator_back, (back, tape, swapped, y)
    return None


@non_differentiable
def any_tracked(cx: Context, args: tuple) -> bool:
    """Whether an operand is an object in C that was made of numbers with a derivative."""
    return any(id(a) in cx.tracked for a in args)


def unknown_back(cx: Context, tape: Any, dy: Any) -> Any:
    """Nobody knows the derivative; where no operand may have one, that of what the result holds is not known."""
    f, args, y, numeric = tape
    if (numeric and dy is not None) or has_record(cx, y, args):
        raise missing_rule(f)
    return nones(len(args))


def operator_back(cx: Context, tape: Any, dy: Any) -> tuple:
    back, inner, swapped, y = tape
    ds = back(cx, inner, claim(cx, y, dy) if cx.written else dy)[0]
    return (ds[1], ds[0]) if swapped else ds


@non_differentiable
def special_methods(r: Rule, args: tuple) -> list[tuple[Any, bool]]:
    """The special methods written in Python that an operator tries, and whether each is the reflected one."""
    name = str(r.overloads)
    own = [(m, False) for m in (python_method(args[0], name),) if m is not None]
    if len(args) != 2:
        return own
    a, b = type(args[0]), type(args[1])
    m = None if takes_elements(args[0], args[1]) else python_method(args[1], "__r" + name[2:])
    reflected = [(m, True)] if m is not None and a is not b else []
    overridden = issubclass(b, a) and m is not python_method(args[0], "__r" + name[2:])
    return reflected + own if overridden else own + reflected


def takes_elements(a: Any, b: Any) -> bool:
    """Whether an operator of an array takes b, an object, for a number: it asks b for each element."""
    return isinstance(a, np.ndarray) and not hasattr(type(b), "__array_ufunc__") and getattr(b, "__array_priority__", 0.0) <= 0


@non_differentiable
def comes_first(b: Any, name: str) -> bool:
    """Whether `a op= b` is the business of b, an array or a number of NumPy's, where a is a list: its own way is the last that
    Python tries."""
    return isinstance(b, np.ndarray) or (isinstance(b, np.generic) and name != "__imul__")


@non_differentiable
def container_operator(name: str, args: tuple) -> Any:
    """The function that does what an operator does to containers of the standard library; None for other operands."""
    for a in args:
        for base in type(a).__mro__:
            if (base, name) in _OPERATORS and getattr(base, name) is getattr(type(a), name):
                return _OPERATORS[base, name]
    return None


def register_operator(cls: type, name: str, f: Any) -> None:
    """Say which function does what an operator does to a container."""
    _OPERATORS[cls, name] = f


@non_differentiable
def without_methods(r: Rule, args: tuple) -> Any:
    """What methods written in C give to an operator, where those written in Python have declined; None if there are none."""
    if not special_methods(r, args):
        return None
    name = str(r.overloads)
    ways = [(args[0], args[1:], name)]
    if len(args) == 2:
        ways.append((args[1], args[:1], "__r" + name[2:]))
    for x, other, m in ways:
        if python_method(x, m) is None and hasattr(type(x), m):
            y = getattr(type(x), m)(x, *other)
            if y is not NotImplemented:
                return y
    kinds = " and ".join(repr(type(a).__name__) for a in args)
    raise TypeError(f"unsupported operand type(s) for {SYMBOLS.get(name, name)}: {kinds}" if len(args) == 2 else
                    f"bad operand type for unary {SYMBOLS.get(name, name)}: {kinds}")


SYMBOLS = {"__add__": "+", "__sub__": "-", "__mul__": "*", "__truediv__": "/", "__floordiv__": "//", "__mod__": "%",
           "__pow__": "** or pow()", "__matmul__": "@", "__divmod__": "divmod()", "__neg__": "-", "__pos__": "+",
           "__abs__": "abs()"}


def concatenate_sequences(a: Any, b: Any) -> Any:
    if isinstance(a, list):
        return [*a, *b] if isinstance(b, list) else list.__add__(a, b)
    return (*a, *b) if isinstance(b, tuple) else tuple.__add__(a, b)


def repeat_sequence(a: Any, n: Any) -> Any:
    if isinstance(n, (list, tuple)):
        a, n = n, a
    if isinstance(a, list):
        out: list = []
        for _ in range(n):
            for x in a:
                out.append(x)
        return out
    parts: tuple = ()
    for _ in range(n):
        parts = (*parts, *a)
    return parts


for cls in (list, tuple):
    register_operator(cls, "__add__", concatenate_sequences)
    register_operator(cls, "__mul__", repeat_sequence)
