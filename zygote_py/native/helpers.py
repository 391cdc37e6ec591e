"""What generated code calls, for numba: functions of Python, `math`, NumPy and of the runtime.

Each means what it means in Python, or raises `Again`: functions of `math` raise where Python's raise or where the result is not
finite, integers where they leave 62 bits, products with partial derivatives that are not finite. Names are those of the functions
in whose place they stand.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types
from numba.extending import overload, register_jitable

from .. import tangents
from ..rules.numpy import helpers as of_rules
from ..rules.numpy import reductions
from ..rules.stdlib import math as of_math
from ..runtime import buffers
from ..tangents.project import unbroadcast_to as unbroadcast_to_shape
from .dialect import Table

__all__ = ["TABLE", "Again"]

DEPTH = 400


class Again(Exception):
    """Machine code gives up: Python is to run the function."""


def jitted(make: Callable) -> Callable:
    """A function whose body depends on the types of its arguments: `make` takes those, and returns it."""
    def stub(*args: Any) -> Any:
        raise NotImplementedError
    stub.__name__ = make.__name__
    overload(stub, strict=False)(make)
    return stub


# -- integers -------------------------------------------------------------------------------------------------------


def exact(*kinds: Any) -> bool:
    return all(isinstance(k, (types.Integer, types.Boolean, types.IntegerLiteral)) for k in kinds)


@register_jitable
def fits(x: float) -> None:
    if not abs(x) < 4e18:
        raise Again


def is_boolean(kind: Any) -> bool:
    return isinstance(getattr(kind, "dtype", kind), types.Boolean)


@jitted
def number(a):
    """What is no boolean: of those, Python's and NumPy's differ, and numba does not tell them apart."""
    def of_booleans(a):
        fits(math.inf)
        return 1 * a
    return of_booleans if is_boolean(a) else lambda a: a


@jitted
def fitted(a, b):
    """What is about to be added to an array in place: it is of no larger shape, and an array of integers takes integers only."""
    if not isinstance(a, types.Array):
        return lambda a, b: b

    def of_others(a, b):
        fits(math.inf)
        return b
    kind = getattr(b, "dtype", b)
    if is_boolean(a) or (exact(a.dtype) and not exact(kind)):
        return of_others
    if not isinstance(b, types.Array):
        return lambda a, b: b
    if b.ndim > a.ndim:
        return None

    def of_arrays(a, b):
        for i in range(1, b.ndim + 1):
            if b.shape[b.ndim - i] != 1 and b.shape[b.ndim - i] != a.shape[a.ndim - i]:
                raise Again
        return b
    return of_arrays


@register_jitable
def deeper(depth):
    """How deep the calls of a call are: machine code has no end of its own to recursion but the end of the stack."""
    if depth > DEPTH:
        raise Again
    return depth + 1


@register_jitable
def count(b):
    """By how many bits an integer may be shifted."""
    if b < 0 or b > 62:
        raise Again
    return b


def checked(name: str, op: Callable, iop: Any = None) -> Callable:
    """An operation that leaves 62 bits for Python to do; and booleans, of which Python's and NumPy's differ."""
    @register_jitable
    def of_integers(a, b):
        fits(op(1.0 * a, 1.0 * b))
        return op(a, b)

    def of_booleans(a, b):
        fits(math.inf)
        return op(1 * a, 1 * b)

    def make(a, b):
        if is_boolean(a) and is_boolean(b) and (op is operator.sub or not isinstance(a, types.Array)):
            return of_booleans
        if exact(a, b):
            return lambda a, b: of_integers(a, b)
        if iop is None or not isinstance(a, types.Array):
            return lambda a, b: op(a, b)
        return in_place

    def in_place(a, b):
        return iop(a, b)
    make.__name__ = name
    return jitted(make)


plus, minus, times = (checked(n, op) for n, op in (("plus", operator.add), ("minus", operator.sub), ("times", operator.mul)))
iplus, iminus, itimes = (checked(n, op, iop) for n, op, iop in (
    ("iplus", operator.add, operator.iadd), ("iminus", operator.sub, operator.isub), ("itimes", operator.mul, operator.imul)))


@jitted
def square(a):
    if isinstance(a, types.Array):
        return lambda a: number(a) * number(a)
    if exact(a):
        return lambda a: times(a, a)
    return lambda a: finite(a * a)


@jitted
def power(a, b):
    if isinstance(a, types.Array) or isinstance(b, types.Array):
        if exact(getattr(a, "dtype", a), getattr(b, "dtype", b)):
            return None
        return lambda a, b: a ** b
    if exact(a, b):
        def of_integers(a, b):
            if b < 0:
                raise Again
            r = 1
            for _ in range(b):
                r = times(r, a)
            return r
        return of_integers
    return lambda a, b: finite(a ** b)


@register_jitable
def finite(y):
    if not math.isfinite(y):
        raise Again
    return y


@register_jitable
def to_int(x):
    fits(x)
    return int(x)


def rounded(name: str, function: Callable) -> Callable:
    """A function from floats to integers."""
    def of_float(x):
        fits(x)
        return int(function(x))

    def make(x):
        return (lambda x: int(x)) if exact(x) else of_float
    make.__name__ = name
    return jitted(make)


# -- functions of Python and math -----------------------------------------------------------------------------------


def checked_math(name: str) -> Callable:
    """A function of math that raises where its result is not finite."""
    function: Any = np.fmod if name == "fmod" else getattr(math, name)

    def of_one(x):
        return finite(function(float(x)))

    def of_two(x, y):
        return finite(function(float(x), float(y)))
    return register_jitable(of_two if name in ("atan2", "hypot", "copysign", "pow", "fmod") else of_one)


@jitted
def log(x, base=math.e):
    if base == math.e or isinstance(base, types.Omitted):
        return lambda x, base=math.e: finite(math.log(float(x)))
    return lambda x, base=math.e: finite(math.log(float(x)) / finite(math.log(float(base))))


@register_jitable
def larger(a, b):
    return max(a, b)


@register_jitable
def smaller(a, b):
    return min(a, b)


@jitted
def backward(x):
    if isinstance(x, types.RangeType):
        def of_range(x):
            return range(x.start + (len(x) - 1) * x.step, x.start - x.step, -x.step)
        return of_range
    if isinstance(x, (types.List, types.Array)):
        return lambda x: x[::-1]
    return None


@register_jitable
def to_float(x):
    return float(x)


@register_jitable
def absolute(x):
    return abs(x)


@register_jitable
def total(x):
    return np.sum(x)


@register_jitable
def largest(x):
    return np.max(x)


@register_jitable
def smallest(x):
    return np.min(x)


# -- cotangents of arrays -------------------------------------------------------------------------------------------


@register_jitable
def zeros(x):
    return np.zeros(x.shape)


@register_jitable
def zero_elements(x, passes):
    return np.zeros(x.shape)


@register_jitable
def elements(d, passes):
    return d


@register_jitable
def same(d):
    return d


@register_jitable
def joined_elements(items, d=None):
    return items


@register_jitable
def filled(d, x):
    return np.zeros(x.shape) + d


@register_jitable
def spread(d, y):
    return np.zeros(y.shape) + d


@jitted
def taken(part, x=None):
    if x is None or isinstance(x, types.Omitted):
        return lambda part, x=None: part.copy()
    return lambda part, x=None: unbroadcast(part.copy(), x)


def is_number(kind: Any) -> bool:
    return isinstance(kind, (types.Number, types.Boolean))


@jitted
def solid(p):
    """Partial derivatives that are finite."""
    if is_number(p):
        return lambda p: finite(p)

    def of_array(p):
        if not math.isfinite(np.sum(p * p)):
            raise Again
        return p
    return of_array


@register_jitable
def firm(d, p):
    return d * solid(p)


@register_jitable
def over(d, b):
    return d * solid(1 / b)


@register_jitable
def half_over(y):
    return solid(0.5 / y)


@register_jitable
def third_over(y):
    return solid(1 / (3 * y * y))


@register_jitable
def ratio(a, b):
    return solid(a / b)


@register_jitable
def inverse_root(s):
    return solid(1 / np.sqrt(s))


@jitted
def unit(x, size=None):
    if not is_number(x):
        return lambda x, size=None: np.sign(x)

    def of_number(x, size=None):
        if math.isnan(x):                                    # 0 or not a number, by the type
            raise Again
        return 1.0 if x > 0 else -1.0 if x < 0 else 0.0
    return of_number


@jitted
def even_share(hit, tie):
    if is_number(hit):
        return lambda hit, tie: 0.5 if tie else 1.0 if hit else 0.0
    return lambda hit, tie: hit / (1.0 + tie)


@register_jitable
def log_slope(x, base):
    return 1 / x if base == math.e else 1 / (x * math.log(base))


@jitted
def log_abs(a):
    if is_number(a):
        return lambda a: math.log(abs(a)) if a else 0.0
    return lambda a: solid(np.log(np.abs(a)))


@jitted
def pow_base(y, a, p):
    if is_number(y):
        def of_number(y, a, p):
            if p >= 1:
                return finite(p * float(a) ** (p - 1))
            return finite(p * y / a) if a else 0.0
        return of_number
    return lambda y, a, p: solid(p * y / a)


@register_jitable
def pow_exponent(y, a, p):
    return solid(y * log_abs(a))


@register_jitable
def floored(y, a, b):
    return a // b


@jitted
def is_integer(x):
    known = exact(x)
    return lambda x: known


@jitted
def is_double(x):
    known = isinstance(x, types.Float)
    return lambda x: known


@jitted
def seed(y):
    return (lambda y: 1.0) if isinstance(y, (types.Float, types.Integer)) else None


@jitted
def add(a, b):
    if a == types.none:
        return lambda a, b: b
    if b == types.none:
        return lambda a, b: a
    if not isinstance(a, types.Optional):
        return lambda a, b: a + b

    def of_optional(a, b):
        if a is None:
            return b
        return a + b
    return of_optional


@register_jitable
def share(d, y, x):
    return unbroadcast(spread(d, y), x)


@register_jitable
def mean(x):
    return np.sum(x) / x.size


@register_jitable
def array_of(entries):
    return np.array(entries)


@register_jitable
def like(d, x):
    return np.ascontiguousarray(d).reshape(x.shape)


@jitted
def unbroadcast(d, x):
    if d == types.none:
        return lambda d, x: None
    if is_number(x):
        return (lambda d, x: d) if is_number(d) else (lambda d, x: np.sum(d))
    if isinstance(x, types.Array) and is_number(d):
        return lambda d, x: np.full(x.shape, float(d))
    return lambda d, x: unbroadcast_to(d, x.shape)


@jitted
def unbroadcast_to(d, shape):
    if not isinstance(d, types.Array) or not isinstance(shape, types.UniTuple):
        return None
    if d.ndim == shape.count == 1:
        def of_vector(d, shape):
            if d.shape == shape:
                return d
            return np.full(shape, np.sum(d))
        return of_vector
    if d.ndim == shape.count == 2:
        def of_matrix(d, shape):
            if d.shape == shape:
                return d
            r = np.zeros(shape)
            for i in range(d.shape[0]):
                for j in range(d.shape[1]):
                    r[i if shape[0] > 1 else 0, j if shape[1] > 1 else 0] += d[i, j]
            return r
        return of_matrix
    if d.ndim == 2 and shape.count == 1:
        def of_rows(d, shape):
            r = np.zeros(shape)
            for i in range(d.shape[0]):
                for j in range(d.shape[1]):
                    r[j if shape[0] > 1 else 0] += d[i, j]
            return r
        return of_rows
    return None


@jitted
def product(factors):
    if not isinstance(factors, types.BaseTuple):
        return None
    if len(factors) == 1:
        return lambda factors: factors[0]
    return lambda factors: factors[0] * product(factors[1:])


@jitted
def inner(x, scale, over, plain, firm):
    """The sum over all elements of a product of arrays and of scale / over, for a number x."""
    if not is_number(x):
        return None

    def of_number(x, scale, over, plain, firm):
        return finite(np.sum(product(plain + firm)) * scale / over)
    return of_number


# -- the table ------------------------------------------------------------------------------------------------------

_OF_MATH = ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "exp", "expm1",
            "log1p", "log10", "log2", "sqrt", "erf", "erfc", "gamma", "lgamma", "fabs", "atan2", "hypot", "copysign", "pow",
            "fmod", "degrees", "radians")
_FLOATS = (np.exp, np.expm1, np.exp2, np.log, np.log1p, np.log2, np.log10, np.sqrt, np.cbrt, np.sin, np.cos, np.tan, np.arcsin,
           np.arccos, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh, np.arccosh, np.arctanh, np.arctan2, np.hypot,
           np.logaddexp, np.deg2rad, np.rad2deg, np.degrees, np.radians, np.zeros, np.ones, np.empty)
_FOLLOW = (np.maximum, np.minimum, np.abs, np.fabs, np.negative, np.add, np.subtract, np.multiply, np.square, np.zeros_like,
           np.ones_like, np.empty_like, np.copy, np.dot, np.vdot, np.outer, np.copysign, np.divide, np.true_divide)
_PLAIN = (range, len, enumerate, zip, bool, sum, math.isnan, math.isinf, math.isfinite, np.isnan, np.isinf, np.isfinite, np.where,
          np.sign, np.floor, np.ceil, np.full, np.full_like, np.arange)
_CHECKED = [(getattr(math, name), checked_math(name)) for name in _OF_MATH]

_PYTHON: list[tuple[Any, Any]] = [
    (reversed, backward), (int, to_int), (float, to_float), (abs, absolute), (max, larger), (min, smaller), (pow, power),
    (round, rounded("round", np.rint)), (math.floor, rounded("floor", math.floor)), (math.ceil, rounded("ceil", math.ceil)),
    (math.trunc, rounded("trunc", math.trunc)), (math.log, log),
    (np.sum, total), (np.max, largest), (np.min, smallest), (np.array, array_of), (np.power, power), (np.mean, mean)]
_OURS: list[tuple[Any, Any]] = [
    (buffers.zeros, zeros), (buffers.zero_elements, zero_elements), (buffers.elements, elements),
    (buffers.joined_elements, joined_elements), (buffers.filled, filled), (buffers.spread, spread), (buffers.taken, taken),
    (buffers.outline, same), (buffers.small, same), (buffers.over, over), (buffers.inner, inner), (buffers.scaled, firm),
    (buffers.share, share), (of_rules.half_over, half_over), (of_rules.third_over, third_over), (of_rules.ratio, ratio),
    (of_rules.inverse_root, inverse_root), (of_rules.unit, unit), (of_rules.even_share, even_share),
    (of_rules.log_abs, log_abs), (of_rules.pow_base, pow_base), (of_rules.pow_exponent, pow_exponent),
    (of_rules.floored, floored), (of_rules.bare, same), (of_rules.like, like), (of_math.log_slope, log_slope),
    (of_math.root_slope, inverse_root), (reductions.mean_of, mean), (tangents.add, add),
    (tangents.unbroadcast, unbroadcast), (unbroadcast_to_shape, unbroadcast_to)]

TABLE = Table(
    [*((f, f) for f in (*_FLOATS, *_FOLLOW, *_PLAIN)), *_PYTHON, *_OURS, *_CHECKED],
    {np.add: total, np.maximum: largest, np.minimum: smallest},
    {"plus": plus, "minus": minus, "times": times, "iplus": iplus, "iminus": iminus, "itimes": itimes, "square": square,
     "power": power, "number": number, "fitted": fitted, "count": count, "deeper": deeper, "firm": firm, "seed": seed,
     "is_integer": is_integer, "is_double": is_double, "like": like},
    Again,
    [*_FLOATS, *(g for _, g in _CHECKED), log, to_float, zeros, zero_elements, filled, spread, over, half_over, third_over, ratio,
     inverse_root, unit, even_share, log_slope, log_abs, pow_base, pow_exponent, inner, mean, seed],
    [*_FOLLOW, total, largest, smallest, absolute, square, power, firm, same, elements, taken, unbroadcast, array_of, like])
