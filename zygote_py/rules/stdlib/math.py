"""The functions of `math`.

Kinks: sqrt'(0) = cbrt'(0) = 0, fabs'(0) = 0, hypot and dist have 0 at 0, atan2 has 0 at the origin. asin, acos, acosh and
atanh have an infinite derivative at the ends of their domain; it is returned as `inf`.
"""
# What an older Python lacks is asked for by name.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math
from typing import Any

from zygote_py.registry import elementwise, non_differentiable, rrule, rule
from zygote_py.rules.kinds import arithmetic, real
from zygote_py.rules.numpy.helpers import conj, fit, log_abs, pow_base, ratio, unit

# powers, exponentials, logarithms
elementwise(math.sqrt, lambda y, x: 0.5 / y if y else 0.0, kind=real)
elementwise(math.exp, lambda y, x: y, kind=real)
elementwise(math.expm1, lambda y, x: y + 1, kind=real)
elementwise(math.log, lambda y, x, base=2.718281828459045: (log_slope(x, base), -y * log_slope(base, base)), kind=real)
elementwise(math.log2, lambda y, x: 1.4426950408889634 / x, kind=real)
elementwise(math.log10, lambda y, x: 0.4342944819032518 / x, kind=real)
elementwise(math.log1p, lambda y, x: 1 / (1 + x), kind=real)
elementwise(math.pow, lambda y, a, b: (pow_base(y, a, b), y * log_abs(a)), kind=real)
if hasattr(math, "cbrt"):
    elementwise(math.cbrt, lambda y, x: 1 / (3 * y * y) if y else 0.0, kind=real)
if hasattr(math, "exp2"):
    elementwise(math.exp2, lambda y, x: 0.6931471805599453 * y, kind=real)

# trigonometric and hyperbolic functions
elementwise(math.sin, lambda y, x: math.cos(x), kind=real)
elementwise(math.cos, lambda y, x: -math.sin(x), kind=real)
elementwise(math.tan, lambda y, x: 1 + y * y, kind=real)
elementwise(math.asin, lambda y, x: root_slope(1 - x * x), kind=real)
elementwise(math.acos, lambda y, x: -root_slope(1 - x * x), kind=real)
elementwise(math.atan, lambda y, x: 1 / (1 + x * x), kind=real)
elementwise(math.atan2, lambda y, a, b: (ratio(b, a * a + b * b), -ratio(a, a * a + b * b)), kind=real)
elementwise(math.sinh, lambda y, x: math.cosh(x), kind=real)
elementwise(math.cosh, lambda y, x: math.sinh(x), kind=real)
elementwise(math.tanh, lambda y, x: 1 - y * y, kind=real)
elementwise(math.asinh, lambda y, x: 1 / math.sqrt(1 + x * x), kind=real)
elementwise(math.acosh, lambda y, x: root_slope((x - 1) * (x + 1)), kind=real)
elementwise(math.atanh, lambda y, x: 1 / (1 - x * x), kind=real)
elementwise(math.degrees, lambda y, x: 57.29577951308232, kind=real)
elementwise(math.radians, lambda y, x: 0.017453292519943295, kind=real)

# special functions
elementwise(math.erf, lambda y, x: 1.1283791670955126 * math.exp(-x * x), kind=real)
elementwise(math.erfc, lambda y, x: -1.1283791670955126 * math.exp(-x * x), kind=real)
elementwise(math.gamma, lambda y, x: y * digamma(x), kind=real)
elementwise(math.lgamma, lambda y, x: digamma(x), kind=real)

# parts and remainders
elementwise(math.fabs, lambda y, x: unit(x), kind=real)
elementwise(math.copysign, lambda y, a, b: (math.copysign(1.0, a) * math.copysign(1.0, b), None), kind=real)
elementwise(math.fmod, lambda y, a, b: (1, -round((a - y) / b)), kind=real)
elementwise(math.remainder, lambda y, a, b: (1, -round((a - y) / b)), kind=real)
elementwise(math.ldexp, lambda y, x, i: (math.ldexp(1.0, i), None), kind=real)
rule(math.frexp, lambda dy, y, x: None if dy[0] is None else dy[0] * math.ldexp(1.0, -y[1]))    # x = m 2^e
rule(math.modf, lambda dy, y, x: dy[0])
elementwise(math.nextafter, lambda y, x, towards, *, steps=1: (1, None), kind=real)
if hasattr(math, "fma"):
    elementwise(math.fma, lambda y, a, b, c: (b, a, 1), kind=real)

# sums and products of several numbers
rule(math.fsum, lambda dy, y, seq: spread(dy, seq), kind=real)
rule(math.prod, lambda dy, y, iterable, *, start=1: products(dy, iterable, start),
     lambda dy, y, iterable, *, start=1: fit(dy * conj(math.prod(iterable)), start))
rule(math.dist, lambda dy, y, p, q: differences(dy, y, p, q),
     lambda dy, y, p, q: differences(dy, y, q, p), kind=real)
if hasattr(math, "sumprod"):
    rule(math.sumprod, lambda dy, y, p, q: weighted(dy, q, p),
         lambda dy, y, p, q: weighted(dy, p, q), kind=arithmetic)


@rrule(math.hypot)
def hypot(*coordinates):
    y = math.hypot(*coordinates)

    def hypot_back(dy):                 # dx_i = dy x_i / y, 0 at the origin
        return tuple([dy * x / y if y else 0.0 for x in coordinates])
    return y, hypot_back


non_differentiable(
    math.ceil, math.floor, math.trunc, math.isnan, math.isinf, math.isfinite, math.isclose, math.gcd, math.lcm, math.comb,
    math.perm, math.factorial, math.isqrt, math.ulp)


def log_slope(x: Any, base: Any) -> Any:
    """Return the derivative of log(x, base) by x."""
    return 1 / x if base.__class__ is float and base == 2.718281828459045 else 1 / (x * math.log(base))


def root_slope(s: float) -> float:
    """Return 1 / sqrt(s), infinity for 0."""
    return 1 / math.sqrt(s) if s > 0 else math.inf


def digamma(x: float) -> float:
    """Return the derivative of lgamma: by recurrence to x >= 10, then the asymptotic series.

    Abramowitz and Stegun, Handbook of Mathematical Functions, 6.3.5, 6.3.7, 6.3.18.
    """
    if x <= 0:
        if x == math.floor(x):
            return math.nan
        return digamma(1 - x) - math.pi / math.tan(math.pi * x)
    shift = 0.0
    while x < 10:
        shift = shift + 1 / x
        x = x + 1
    s = 1 / (x * x)
    series = s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132 - s * (691 / 32760 - s / 12))))))
    return math.log(x) - 0.5 / x - series - shift


def like_sequence(entries: list, x: Any) -> Any:
    """Return the entries as a tuple for a tuple and as an array for an array."""
    if isinstance(x, tuple):
        return tuple(entries)
    return fit(entries, x) if not hasattr(x, "dtype") else stack(entries, x)


def stack(entries: list, x: Any) -> Any:
    """Return the entries as an array like x."""
    return x * 0.0 + entries


def spread(dy: Any, seq: Any) -> Any:
    """Each term of a sum has the cotangent of the sum."""
    return like_sequence([dy] * len(seq), seq)


def products(dy: Any, numbers: Any, start: Any) -> Any:
    """Each factor has dy times the product of the others, those before it times those behind it: exact with zeros."""
    behind = [1] * len(numbers)
    for i in range(len(numbers) - 2, -1, -1):
        behind = behind[:i] + [behind[i + 1] * numbers[i + 1]] + behind[i + 1:]
    entries: list = []
    before = start
    for i, x in enumerate(numbers):
        entries = [*entries, fit(dy * conj(before * behind[i]), x)]
        before = before * x
    return like_sequence(entries, numbers)


def differences(dy: Any, y: Any, p: Any, q: Any) -> Any:
    """y = |p - q|, hence dp_i = dy (p_i - q_i) / y, 0 where y is 0."""
    return like_sequence([dy * (a - b) / y if y else 0.0 for a, b in zip(p, q)], p)


def weighted(dy: Any, weights: Any, x: Any) -> Any:
    """y = sum of w_i x_i, hence dx_i = dy w_i."""
    return like_sequence([dy * conj(w) for w in weights], x)
