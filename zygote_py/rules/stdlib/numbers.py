"""Fractions and decimals: numbers with arithmetic of their own.

The operators have their rules in `operators`. Cotangents are of the type of the number: those of a conversion are converted back.
Kinks: sqrt'(0) = 0; max and min share a tie evenly.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from zygote_py.registry import elementwise, linear, non_differentiable, pushes, rule
from zygote_py.rules.numpy.helpers import fit, unit

rule(Fraction,
     lambda dy, y, numerator=0, denominator=None: fit(dy if denominator is None else dy / denominator, numerator),
     lambda dy, y, numerator=0, denominator=None: None if denominator is None else fit(-dy * y / denominator, denominator))
rule(Decimal, lambda dy, y, value="0", context=None: fit(dy, value))
pushes(Decimal, lambda x_dot, y, value="0", context=None: fit(x_dot, y))
rule(vars(Fraction)["from_float"].__func__, None, lambda dy, y, cls, f: fit(dy, f))
rule(vars(Fraction)["from_decimal"].__func__, None, lambda dy, y, cls, dec: fit(dy, dec))
rule(vars(Decimal)["from_float"], None, lambda dy, y, cls, f: fit(dy, f))
pushes(vars(Decimal)["from_float"], None, lambda x_dot, y, cls, f: fit(x_dot, y))

elementwise(Decimal.sqrt, lambda y, x, context=None: 1 / (2 * y) if y else y)
elementwise(Decimal.exp, lambda y, x, context=None: y)
elementwise(Decimal.ln, lambda y, x, context=None: 1 / x)
elementwise(Decimal.log10, lambda y, x, context=None: 1 / (x * Decimal(10).ln()))
elementwise(Decimal.fma, lambda y, a, b, c, context=None: (Decimal(b), a, 1))
elementwise(Decimal.copy_abs, lambda y, x: unit(x))
elementwise(Decimal.copy_sign, lambda y, x, other, context=None: (-1 if x.is_signed() != y.is_signed() else 1, None))
elementwise(Decimal.remainder_near, lambda y, a, b, context=None: (1, -((a - y) / b).to_integral_value()))
elementwise(Decimal.max, lambda y, a, b, context=None: (chosen(a, b), chosen(b, a)))
elementwise(Decimal.min, lambda y, a, b, context=None: (chosen(b, a), chosen(a, b)))
elementwise(Decimal.scaleb, lambda y, x, n, context=None: (Decimal(10)**int(n), None))
linear(Decimal.copy_negate, lambda dy, x: -dy)
linear(Decimal.normalize, lambda dy, x, context=None: dy)
linear(Decimal.conjugate, lambda dy, x: dy)
linear(Fraction.conjugate, lambda dy, x: dy)

non_differentiable(
    Fraction.limit_denominator, Fraction.as_integer_ratio, Decimal.as_integer_ratio, Decimal.as_tuple,
    Decimal.quantize, Decimal.to_integral, Decimal.to_integral_exact, Decimal.to_integral_value, Decimal.adjusted,
    Decimal.compare, Decimal.compare_signal, Decimal.compare_total, Decimal.compare_total_mag, Decimal.is_canonical,
    Decimal.is_finite, Decimal.is_infinite, Decimal.is_nan, Decimal.is_normal, Decimal.is_qnan, Decimal.is_signed,
    Decimal.is_snan, Decimal.is_subnormal, Decimal.is_zero, Decimal.logb, Decimal.number_class, Decimal.radix,
    Decimal.same_quantum, Decimal.to_eng_string)


def chosen(a: Any, b: Any) -> Any:
    """Return the derivative of the larger of two numbers by the first of them."""
    return Decimal("0.5") if a == b else 1 if a > b else 0
