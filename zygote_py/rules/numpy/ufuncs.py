"""NumPy's universal functions, and the elementwise functions beside them.

Kinks: abs'(0) = 0, sqrt'(0) = cbrt'(0) = 0, hypot and arctan2 have 0 at the origin, maximum and minimum split ties evenly,
clip has derivative 1 on the closed interval. `strong` keeps exactly zero cotangents zero where a derivative is infinite or
NaN.
"""

from __future__ import annotations

import numpy as np

from zygote_py.registry import elementwise, linear, non_differentiable, rule, with_options
from zygote_py.rules.kinds import arithmetic, broadcast, choice, imaginary, magnitude, opaque

from .helpers import (
    conj,
    even_share,
    fit,
    half_over,
    inverse_root,
    pow_base,
    pow_exponent,
    ratio,
    sinc_slope,
    strong,
    third_over,
    unit,
)

# arithmetic
elementwise(np.add, lambda y, a, b: (1, 1), kind=arithmetic, overloads="__add__")
elementwise(np.subtract, lambda y, a, b: (1, -1), kind=arithmetic, overloads="__sub__")
elementwise(np.multiply, lambda y, a, b: (b, a), kind=arithmetic, overloads="__mul__")
elementwise(np.divide, lambda y, a, b: (strong(1 / b), strong(-y / b)), kind=broadcast, overloads="__truediv__")
elementwise(np.power, lambda y, a, p: (pow_base(y, a, p), pow_exponent(y, a, p)), kind=arithmetic)
elementwise(np.float_power, lambda y, a, p: (pow_base(y, a, p), pow_exponent(y, a, p)), kind=broadcast)
elementwise(np.mod, lambda y, a, b: (1, -np.floor_divide(a, b)), kind=arithmetic)
elementwise(np.fmod, lambda y, a, b: (1, -np.trunc((a - y) / b)), kind=arithmetic)
elementwise(np.negative, lambda y, x: -1, kind=arithmetic)
elementwise(np.positive, lambda y, x: 1, kind=arithmetic)
elementwise(np.absolute, lambda y, x: unit(x, y), kind=magnitude)
elementwise(np.fabs, lambda y, x: unit(x), kind=broadcast)
elementwise(np.square, lambda y, x: 2 * x, kind=arithmetic)
elementwise(np.reciprocal, lambda y, x: strong(-y * y), kind=arithmetic)
elementwise(np.sqrt, lambda y, x: half_over(y), kind=broadcast)
elementwise(np.cbrt, lambda y, x: third_over(y), kind=broadcast)

# exponentials and logarithms
elementwise(np.exp, lambda y, x: strong(y), kind=broadcast)
elementwise(np.exp2, lambda y, x: strong(0.6931471805599453 * y), kind=broadcast)
elementwise(np.expm1, lambda y, x: strong(y + 1), kind=broadcast)
elementwise(np.log, lambda y, x: strong(1 / x), kind=broadcast)
elementwise(np.log2, lambda y, x: strong(1.4426950408889634 / x), kind=broadcast)
elementwise(np.log10, lambda y, x: strong(0.4342944819032518 / x), kind=broadcast)
elementwise(np.log1p, lambda y, x: strong(1 / (1 + x)), kind=broadcast)
elementwise(np.logaddexp, lambda y, a, b: (strong(np.exp(a - y)), strong(np.exp(b - y))), kind=broadcast)
elementwise(np.logaddexp2, lambda y, a, b: (strong(np.exp2(a - y)), strong(np.exp2(b - y))), kind=broadcast)

# trigonometric and hyperbolic functions
elementwise(np.sin, lambda y, x: np.cos(x), kind=broadcast)
elementwise(np.cos, lambda y, x: -np.sin(x), kind=broadcast)
elementwise(np.tan, lambda y, x: 1 + y * y, kind=broadcast)
elementwise(np.arcsin, lambda y, x: inverse_root(1 - x * x), kind=broadcast)
elementwise(np.arccos, lambda y, x: -inverse_root(1 - x * x), kind=broadcast)
elementwise(np.arctan, lambda y, x: 1 / (1 + x * x), kind=broadcast)
elementwise(np.arctan2, lambda y, a, b: (ratio(b, a * a + b * b), -ratio(a, a * a + b * b)), kind=broadcast)
elementwise(np.hypot, lambda y, a, b: (ratio(a, y), ratio(b, y)), kind=broadcast)
elementwise(np.sinh, lambda y, x: strong(np.cosh(x)), kind=broadcast)
elementwise(np.cosh, lambda y, x: strong(np.sinh(x)), kind=broadcast)
elementwise(np.tanh, lambda y, x: 1 - y * y, kind=broadcast)
elementwise(np.arcsinh, lambda y, x: 1 / np.sqrt(1 + x * x), kind=broadcast)
elementwise(np.arccosh, lambda y, x: strong(1 / (np.sqrt(x - 1) * np.sqrt(x + 1))), kind=broadcast)
elementwise(np.arctanh, lambda y, x: strong(1 / (1 - x * x)), kind=broadcast)
elementwise(np.degrees, lambda y, x: 57.29577951308232, kind=broadcast)
elementwise(np.radians, lambda y, x: 0.017453292519943295, kind=broadcast)
elementwise(np.rad2deg, lambda y, x: 57.29577951308232, kind=broadcast)
elementwise(np.deg2rad, lambda y, x: 0.017453292519943295, kind=broadcast)
elementwise(np.sinc, lambda y, x: sinc_slope(y, x), kind=broadcast)

# choices
elementwise(np.maximum, lambda y, a, b: (even_share(a >= b, a == b), even_share(b >= a, a == b)), kind=arithmetic)
elementwise(np.minimum, lambda y, a, b: (even_share(a <= b, a == b), even_share(b <= a, a == b)), kind=arithmetic)
elementwise(np.fmax, lambda y, a, b: (even_share(a == y, a == b), even_share(b == y, a == b)), kind=arithmetic)
elementwise(np.fmin, lambda y, a, b: (even_share(a == y, a == b), even_share(b == y, a == b)), kind=arithmetic)
elementwise(np.copysign, lambda y, a, b: (np.copysign(1.0, a) * np.copysign(1.0, b), None), kind=broadcast)
elementwise(np.heaviside, lambda y, a, h: (None, 1.0 * (a == 0)), kind=broadcast)
elementwise(np.ldexp, lambda y, x, n: (np.ldexp(1.0, n), None), kind=broadcast)
elementwise(np.clip, lambda y, a, a_min=None, a_max=None: (
    y == a, None if a_min is None else (y != a) & (y == a_min), None if a_max is None else (y != a) & (y == a_max)), kind=opaque)
with_options(
    np.clip, lambda dy, y, a, a_min=None, a_max=None, *, min=None, max=None: fit(dy * (y == a), a),
    lambda dy, y, a, a_min=None, a_max=None, *, min=None, max=None:
        None if a_min is None else fit(dy * (y != a) * (y == a_min), a_min),
    lambda dy, y, a, a_min=None, a_max=None, *, min=None, max=None:
        None if a_max is None else fit(dy * (y != a) * (y == a_max), a_max),
    lambda dy, y, a, a_min=None, a_max=None, *, min=None, max=None:
        None if min is None else fit(dy * (y != a) * (y == min), min),
    lambda dy, y, a, a_min=None, a_max=None, *, min=None, max=None:
        None if max is None else fit(dy * (y != a) * (y == max), max))
elementwise(np.nan_to_num, lambda y, x: 1.0 * np.isfinite(x), kind=arithmetic, fresh=False)     # with copy=False, it is x
with_options(
    np.nan_to_num, lambda dy, y, x, copy=True, nan=0.0, posinf=None, neginf=None: fit(np.where(np.isfinite(x), dy, 0.0), x), None,
    lambda dy, y, x, copy=True, nan=0.0, posinf=None, neginf=None: fit(np.where(np.isnan(x), dy, 0.0), nan),
    lambda dy, y, x, copy=True, nan=0.0, posinf=None, neginf=None: fit(np.where(np.equal(x, np.inf), dy, 0.0), posinf),
    lambda dy, y, x, copy=True, nan=0.0, posinf=None, neginf=None: fit(np.where(np.equal(x, -np.inf), dy, 0.0), neginf))
rule(np.where, None, lambda dy, y, condition, x, y_: fit(np.where(condition, dy, 0.0), x),
     lambda dy, y, condition, x, y_: fit(np.where(condition, 0.0, dy), y_), kind=choice)

# complex numbers; df/dre + i df/dim is the convention
linear(np.conjugate, lambda dy, x: conj(dy), kind=arithmetic)
linear(np.real, lambda dy, val: fit(dy, val), kind=magnitude, fresh=False)
linear(np.imag, lambda dy, val: fit(1j * dy, val), kind=imaginary, fresh=False)
elementwise(np.angle, lambda y, z: strong(-1j / z), kind=imaginary)
with_options(np.angle, lambda dy, y, z, deg=False: fit(dy * (180 / np.pi if deg else 1.0) * conj(strong(-1j / z)), z))
elementwise(np.nextafter, lambda y, a, towards: (1, None))
rule(np.divmod, lambda dy, y, a, b: fit(dy[1], a),
     lambda dy, y, a, b: None if dy[1] is None else fit(dy[1] * -y[0], b))
rule(np.modf, lambda dy, y, x: fit(dy[0], x))
rule(np.frexp, lambda dy, y, x: None if dy[0] is None else fit(dy[0] * np.ldexp(1.0, -y[1]), x))
linear(np.real_if_close, lambda dy, a: dy, fresh=False)

# whole numbers, signs, comparisons, bits
non_differentiable(
    np.floor_divide, np.sign, np.floor, np.ceil, np.rint, np.trunc, np.fix, np.round, np.around, np.signbit, np.spacing,
    np.isnan, np.isinf, np.isfinite, np.isneginf, np.isposinf, np.isreal, np.iscomplex, np.isrealobj,
    np.iscomplexobj, np.isscalar, np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal, np.logical_and,
    np.logical_or, np.logical_xor, np.logical_not, np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift,
    np.right_shift, np.gcd, np.lcm, np.isnat, np.isclose, np.allclose, np.array_equal, np.array_equiv)
