"""The functions of `cmath`: holomorphic, but for phase and polar."""

from __future__ import annotations

import cmath

from zygote_py.registry import elementwise, non_differentiable, rule
from zygote_py.rules.kinds import real
from zygote_py.rules.numpy.helpers import fit


def complex_number(*_: object, **__: object) -> str:
    """Kind of a complex result."""
    return "z"


def polar_back(dy: tuple, y: tuple, z: complex) -> complex:
    """r = |z|: dz = dr z / r. phi = Im log z: dz = dphi i z / r^2. 0 at the origin."""
    if not z:
        return 0.0
    radius = 0.0 if dy[0] is None else dy[0] * z / y[0]
    return radius if dy[1] is None else radius + dy[1] * 1j * z / (y[0] * y[0])


elementwise(cmath.exp, lambda y, z: y, kind=complex_number)
elementwise(cmath.log, lambda y, z, base=2.718281828459045: (1 / (z * cmath.log(base)), -y / (base * cmath.log(base))),
            kind=complex_number)
elementwise(cmath.log10, lambda y, z: 0.4342944819032518 / z, kind=complex_number)
elementwise(cmath.sqrt, lambda y, z: 0.5 / y if y else 0.0, kind=complex_number)
elementwise(cmath.sin, lambda y, z: cmath.cos(z), kind=complex_number)
elementwise(cmath.cos, lambda y, z: -cmath.sin(z), kind=complex_number)
elementwise(cmath.tan, lambda y, z: 1 + y * y, kind=complex_number)
elementwise(cmath.asin, lambda y, z: 1 / cmath.sqrt(1 - z * z), kind=complex_number)
elementwise(cmath.acos, lambda y, z: -1 / cmath.sqrt(1 - z * z), kind=complex_number)
elementwise(cmath.atan, lambda y, z: 1 / (1 + z * z), kind=complex_number)
elementwise(cmath.sinh, lambda y, z: cmath.cosh(z), kind=complex_number)
elementwise(cmath.cosh, lambda y, z: cmath.sinh(z), kind=complex_number)
elementwise(cmath.tanh, lambda y, z: 1 - y * y, kind=complex_number)
elementwise(cmath.asinh, lambda y, z: 1 / cmath.sqrt(1 + z * z), kind=complex_number)
elementwise(cmath.acosh, lambda y, z: 1 / (cmath.sqrt(z - 1) * cmath.sqrt(z + 1)), kind=complex_number)
elementwise(cmath.atanh, lambda y, z: 1 / (1 - z * z), kind=complex_number)
elementwise(cmath.phase, lambda y, z: -1j / z if z else 0.0, kind=real)
rule(cmath.polar, lambda dy, y, z: fit(polar_back(dy, y, z), z))
rule(cmath.rect, lambda dy, y, r, phi: fit(dy * cmath.rect(1.0, -phi), r),
     lambda dy, y, r, phi: fit(dy * (1j * y).conjugate(), phi))
non_differentiable(
    cmath.isnan, cmath.isinf, cmath.isfinite, cmath.isclose)
