"""Tangents by the rules of the registry.

    elementwise   the sum of tangent times partial derivative
    linear        the function itself, of the tangent
    rule          what `pushes` says, or the pullback of the pullback, which is linear, by the tangent
    rrule         the pullback of the pullback

For all cotangents z of the result, <z, y_dot> = <back(z), x_dot>; so y_dot is the gradient by z of <back(z), x_dot>.
"""

from __future__ import annotations

from decimal import Decimal
from types import FunctionType
from typing import Any

import numpy as np

from ...registry import Rule, non_differentiable
from ...tangents.accumulate import add
from ...tangents.types import Tangent
from ..binding import bind_arguments
from ..call import call
from ..callees import derived
from ..context import Context
from ..items import FIELD
from ..refusals import missing_rule
from ..rules import covering, exact, has_part, places, rrule_places
from ..settle import fields_of, gather, is_number, is_value, settle
from .tangents import Tangents, all_none, gathered, settled, whole

__all__ = ["apply", "real_part", "tangent_by", "transposed"]


def apply(cx: Tangents, r: Rule, f: Any, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """Apply a rule: the result and its tangent."""
    values = (*args, *keywords.values())
    found = [gathered(cx, x, d) for x, d in zip(values, (*dots, *kdots.values()))]
    if all_none(found):
        return f(*args, **keywords), None
    if r.form == "rrule":
        y, back = r.parts[0](*args, **keywords)
        if no_numbers(y):
            return y, None
        return y, settled(cx, y, transposed(back, (), y, by_place(r, len(args), keywords, found), {}))
    r = covering(r, keywords, args)
    y = f(*args, **keywords)
    if no_numbers(y):
        return y, None
    return y, settled(cx, y, tangent_by(r, f, y, args, keywords, found))


def tangent_by(r: Rule, f: Any, y: Any, args: tuple, keywords: dict, found: list) -> Any:
    """The tangent of y, which f returned, for the tangents `found` of the arguments."""
    if r.form == "elementwise":
        return elementwise(r, y, args, keywords, found)
    values = (*args, *keywords.values())
    where = places(r, len(args), keywords)
    total: Any = None
    for i in range(len(found)):
        if found[i] is not None:
            if r.pushes and where[i] < len(r.pushes):
                part = r.pushes[where[i]]
                term = None if part is None else part(whole(found[i], values[i]), y, *args, **keywords)
            elif r.form == "linear":
                refuse_uncovered(r, where[i], values[i])
                term = image(f, whole(found[i], values[i]), i, args, keywords) \
                    if where[i] == 0 and not truncates(values[i], y) else None
            else:
                term = pulled_twice(r, where[i], y, values[i], found[i], args, keywords)
            total = add(total, term)
    return fitted(total, y)


@non_differentiable
def no_numbers(y: Any) -> bool:
    """Whether a result has no derivative: a truth value, text, whole numbers that were made of fractions."""
    return y is None or isinstance(y, (bool, str, bytes, np.bool_)) or (isinstance(y, np.ndarray) and y.dtype.kind in "bSU")


def elementwise(r: Rule, y: Any, args: tuple, keywords: dict, found: list) -> Any:
    """Tangent times partial derivative, for each argument that has one."""
    partials = r.parts[0](y, *exact(y, args), **keywords)
    if partials.__class__ is not tuple:
        partials = (partials,)
    where = places(r, len(args), keywords)
    total: Any = None
    for i in range(len(found)):
        if found[i] is not None and not is_zero(partials[where[i]]):
            total = add(total, product(found[i], partials[where[i]]))
    return fitted(total, y)


@non_differentiable
def is_zero(p: Any) -> bool:
    return p is None or (p.__class__ is int and p == 0)


def product(d: Any, p: Any) -> Any:
    """A tangent times a partial derivative; that of nested lists of numbers becomes an array, a decimal meets a float as one."""
    if isinstance(d, (list, tuple)):
        d = np.array(zeros_for_none(d))
    return float(d) * p if d.__class__ is Decimal and p.__class__ is float else d * p


def zeros_for_none(d: Any) -> Any:
    if isinstance(d, (list, tuple)):
        return [zeros_for_none(p) for p in d]
    return 0.0 if d is None else d


def real_part(d: Any) -> Any:
    """The tangent of a real value."""
    return d.real if isinstance(d, complex) or getattr(getattr(d, "dtype", None), "kind", "") == "c" else d


def fitted(d: Any, y: Any) -> Any:
    """A tangent with the shape and the realness of the result."""
    if d is None or isinstance(y, (tuple, list, dict)):
        return d
    if isinstance(y, np.ndarray):
        if y.dtype.kind == "V":
            FIELD.refuse()
        if y.dtype.kind != "c":
            d = real_part(d)
        return d if getattr(d, "shape", None) == y.shape else np.zeros(y.shape) + d
    return d if isinstance(y, complex) or is_complex(y) else real_part(d)


@non_differentiable
def is_complex(y: Any) -> bool:
    return getattr(getattr(y, "dtype", None), "kind", "") == "c"


@non_differentiable
def truncates(x: Any, y: Any) -> bool:
    """Whether a function that is linear as such has made whole numbers of fractions: `a.astype(int)`."""
    return getattr(getattr(y, "dtype", None), "kind", "f") in "iub" and np.asarray(x).dtype.kind in "fc"


def image(f: Any, d: Any, i: int, args: tuple, keywords: dict) -> Any:
    """A linear function of the tangent in place of its argument."""
    if i < len(args):
        return f(*args[:i], d, *args[i + 1:], **keywords)
    word = tuple(keywords)[i - len(args)]
    return f(*args, **{**keywords, word: d})


def by_place(r: Rule, n: int, keywords: dict, found: list) -> tuple:
    """The tangents in the order of the cotangents that the pullback of a rule returns."""
    where = rrule_places(r, n, keywords)[0]
    return tuple([found[where.index(j)] if j in where else None for j in range(max(where) + 1)])


@non_differentiable
def refuse_uncovered(r: Rule, j: int, x: Any) -> None:
    """A floating point argument that the rule says nothing about must not lose its tangent in silence."""
    covered = 1 if r.form == "linear" else len(r.parts)
    if j >= covered and not r.own and is_floating(x):
        raise missing_rule(r.f, f"by its argument {j + 1}")


@non_differentiable
def is_floating(x: Any) -> bool:
    return isinstance(x, (float, complex)) or getattr(getattr(x, "dtype", None), "kind", "") in ("f", "c")


def pulled_twice(r: Rule, j: int, y: Any, x: Any, d: Any, args: tuple, keywords: dict) -> Any:
    """The tangent of y that one argument gives, by the pullback of its part of the rule."""
    refuse_uncovered(r, j, x)
    if not has_part(r, j, x):
        return None
    return transposed(r.parts[j], (y, *args), y, d, keywords)


def transposed(back: Any, others: tuple, y: Any, d: Any, keywords: dict) -> Any:
    """The transpose of `z -> back(z, *others)`, of d."""
    cx = Context()
    z = ones_like(y)
    if back.__class__ is FunctionType:
        flat, _ = bind_arguments(back, (z, *others), keywords)
        forward, pull = derived(back, 1, flat, False, False)
        out, tape = forward(cx, *flat)
    else:
        out, pull, tape = call(cx, 1, back, z, *others)
    if out is None:
        return None
    return gather(cx, z, pull(cx, tape, settle(cx, out, meeting(out, d)))[0], None)


def meeting(out: Any, d: Any) -> Any:
    """The part of a tangent that meets a cotangent: where the rule returns none, there is no dependence."""
    if out is None or d is None:
        return None
    if isinstance(out, tuple):
        return tuple([meeting(p, d[i] if i < len(d) else None) for i, p in enumerate(out)])
    if out.__class__ is Tangent and d.__class__ is Tangent:
        parts, fields = out.as_dict(), d.as_dict()
        return Tangent({k: meeting(parts[k], fields.get(k)) for k in parts})
    return d


def ones_like(y: Any) -> Any:
    """A cotangent of y without a zero in it."""
    if isinstance(y, np.ndarray):
        return np.ones(y.shape, y.dtype if y.dtype.kind in "fc" else np.float64)
    if isinstance(y, list):
        return [ones_like(p) for p in y]
    if isinstance(y, dict):
        return {k: ones_like(p) for k, p in y.items()}
    if isinstance(y, tuple):
        parts = [ones_like(p) for p in y]
        return y.__class__(*parts) if hasattr(y, "_fields") else tuple(parts)
    if isinstance(y, complex):
        return 1.0 + 0.0j
    fields = None if is_value(y) or isinstance(y, (set, frozenset)) else fields_of(y)
    if fields is not None:
        return Tangent({k: ones_like(fields[k]) for k in fields})
    return np.ones((), y.dtype)[()] if isinstance(y, np.generic) and is_floating(y) else 1.0 if is_number(y) else None


