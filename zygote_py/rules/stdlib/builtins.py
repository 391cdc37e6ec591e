"""Python's built-in functions.

Kinks: abs'(0) = 0. max and min of numbers split a tie evenly, as np.maximum does, although Python returns the first; what is
no number, and what is chosen by a key, goes to the element that Python returns.
"""

from __future__ import annotations

from collections import deque
from numbers import Number
from typing import Any

from zygote_py.registry import elementwise, for_numbers, linear, lookup, non_differentiable, pushes, rrule, rule
from zygote_py.rules.kinds import magnitude, power
from zygote_py.rules.numpy.helpers import expand, fit, pow_base, pow_exponent, unit

from .math import like_sequence

elementwise(abs, lambda y, x: unit(x), kind=magnitude, overloads="__abs__")
elementwise(pow, lambda y, base, exp: (exp * base ** (exp - 1) if exp.__class__ is int and exp > 0 else pow_base(y, base, exp),
                                       pow_exponent(y, base, exp)), kind=power, overloads="__pow__")
rule(divmod, lambda dy, y, a, b: fit(dy[1], a),
     lambda dy, y, a, b: None if dy[1] is None else fit(dy[1] * -y[0], b),
     overloads="__divmod__")         # the remainder is a - y[0] b
pushes(divmod, lambda x_dot, y, a, b: (None, fit(x_dot, y[1])), lambda x_dot, y, a, b: (None, fit(-y[0] * x_dot, y[1])))
linear(float, lambda dy, x=0.0:
       fit(dy.reshape(x.shape) if hasattr(dy, "reshape") and hasattr(x, "shape") else dy, x),  # pyright: ignore[reportAttributeAccessIssue]
       kind=lambda x=0.0: "f")
rule(complex, lambda dy, y, real=0, imag=0: fit(dy, real),
     lambda dy, y, real=0, imag=0: fit(dy * -1j, imag))
rule(sum, lambda dy, y, iterable, start=0: sum_terms(dy, iterable, start),
     lambda dy, y, iterable, start=0: sum_start(dy, start), fresh=False)

non_differentiable(
    int, bool, str, repr, ascii, format, ord, chr, bin, hex, oct, id, hash, type, callable, hasattr, isinstance, issubclass,
    len, any, all, print, input, open, range, dir, help, globals, breakpoint, bytes, bytearray, round,
    compile, __import__, object, list.count, list.index, tuple.count, tuple.index, deque.count, deque.index,
    float.is_integer, int.bit_length)

lookup(len).kind = lambda obj: "i"  # type: ignore[union-attr]
lookup(int).kind = lambda *_, **__: "i"  # type: ignore[union-attr]


def sum_terms(dy: Any, terms: Any, start: Any) -> Any:
    """Each term of a sum has the cotangent of the sum, fitted to its shape; of joined lists or tuples, its own piece."""
    if dy.__class__ is float and terms.__class__ is list:
        return [dy] * len(terms)
    if hasattr(terms, "dtype"):
        return expand(dy, terms, 0)
    if isinstance(dy, (list, tuple)) and isinstance(start, (list, tuple)):
        pieces: list = []
        at = len(start)
        for x in terms:
            pieces = [*pieces, dy[at:at + len(x)]]
            at = at + len(x)
        return tuple(pieces) if isinstance(terms, tuple) else pieces
    entries = [fit(dy, x) for x in terms]
    return tuple(entries) if isinstance(terms, tuple) else entries


def sum_start(dy: Any, start: Any) -> Any:
    """The start is a term like any other."""
    return dy[:len(start)] if isinstance(start, (list, tuple)) else fit(dy, start)


def chosen(dy: Any, y: Any, items: Any, key: Any) -> list:
    """Return the cotangents of the items of a maximum or minimum `y`: even shares for equal numbers, else all to the first."""
    if key is None and isinstance(y, Number):
        hits = [is_chosen(x, y, None) for x in items]
        share = dy / max(len([hit for hit in hits if hit]), 1)
        return [share if hit else 0 * share for hit in hits]
    first = [i for i, x in enumerate(items) if is_chosen(x, y, key)][:1]
    return [dy if i in first else None for i in range(len(items))]


@non_differentiable
def is_chosen(x: Any, y: Any, key: Any) -> bool:
    """Whether an item is the maximum or minimum; with a key, equal items are told apart."""
    return x is y or (key is None and bool(x == y))


@rrule(max)
def max_(*args, **options):
    y = max(*args, **options)
    return y, lambda dy: choice_back(dy, y, args, options)


@rrule(min)
def min_(*args, **options):
    y = min(*args, **options)
    return y, lambda dy: choice_back(dy, y, args, options)


# even shares for equal numbers; what compares as false is the first, as `max` and `min` have it
for_numbers(max, lambda y, a, b: (0.0 if b > a else 0.5 if a == b else 1.0, 1.0 if b > a else 0.5 if a == b else 0.0))
for_numbers(min, lambda y, a, b: (0.0 if b < a else 0.5 if a == b else 1.0, 1.0 if b < a else 0.5 if a == b else 0.0))


def choice_back(dy: Any, y: Any, args: tuple, options: dict) -> tuple:
    """Cotangents of the arguments, and of the options: the default is the result if there is nothing to choose from."""
    key = options.get("key")
    if len(args) > 1:
        return (*chosen(dy, y, args, key), *[None for _ in options])
    entries = like_items(chosen(dy, y, args[0], key), args[0])
    return (entries, *[dy if name == "default" and len(args[0]) == 0 else None for name in options])


def like_items(entries: list, items: Any) -> Any:
    """Return the entries in the structure of the items."""
    return like_sequence([0.0 if e is None else e for e in entries], items) if hasattr(items, "dtype") else \
        tuple(entries) if isinstance(items, tuple) else entries
