"""mpmath's elementary functions. Its other functions run as they are: a cotangent that reaches them is an error."""

from __future__ import annotations

from typing import Any

import mpmath

from zygote_py.registry import elementwise, linear

elementwise(mpmath.sin, lambda y, x: mpmath.cos(x))
elementwise(mpmath.cos, lambda y, x: -mpmath.sin(x))
elementwise(mpmath.tan, lambda y, x: 1 + y * y)
elementwise(mpmath.asin, lambda y, x: 1 / mpmath.sqrt(1 - x * x))
elementwise(mpmath.acos, lambda y, x: -1 / mpmath.sqrt(1 - x * x))
elementwise(mpmath.atan, lambda y, x: 1 / (1 + x * x))
elementwise(mpmath.sinh, lambda y, x: mpmath.cosh(x))
elementwise(mpmath.cosh, lambda y, x: mpmath.sinh(x))
elementwise(mpmath.tanh, lambda y, x: 1 - y * y)
elementwise(mpmath.exp, lambda y, x: y)
elementwise(mpmath.log, lambda y, x, b=mpmath.e: (1 / (x * mpmath.log(b)), -y / (b * mpmath.log(b))))
elementwise(mpmath.sqrt, lambda y, x: 1 / (2 * y))
elementwise(mpmath.cbrt, lambda y, x: 1 / (3 * y * y))
elementwise(mpmath.expm1, lambda y, x: y + 1)
elementwise(mpmath.log1p, lambda y, x: 1 / (1 + x))
elementwise(mpmath.atan2, lambda y, a, b: (b / (a * a + b * b), -a / (a * a + b * b)))
elementwise(mpmath.hypot, lambda y, a, b: (a / y, b / y))
elementwise(mpmath.power, lambda y, a, b: (b * mpmath.power(a, b - 1), y * mpmath.log(a)))
elementwise(mpmath.fmod, lambda y, a, b: (1, (y - a) / b))
elementwise(mpmath.loggamma, lambda y, x: mpmath.digamma(x))
elementwise(mpmath.digamma, lambda y, x: mpmath.psi(1, x))
elementwise(mpmath.gamma, lambda y, x: y * mpmath.digamma(x))
elementwise(mpmath.erf, lambda y, x: 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x))
elementwise(mpmath.mpf.__float__, lambda y, s: 1)
linear(mpmath.mpf, lambda dy, val=0: converted(dy, val))


def converted(dy: Any, x: Any) -> Any:
    """The cotangent of a number of another class; text has none."""
    return None if isinstance(x, str) else type(x)(dy) if isinstance(x, float) else dy
