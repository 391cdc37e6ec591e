"""SymPy's elementary functions: the gradient is a formula. Its other functions run as they are."""

from __future__ import annotations

import sympy

from zygote_py.registry import elementwise

elementwise(sympy.sin, lambda y, x: sympy.cos(x))
elementwise(sympy.cos, lambda y, x: -sympy.sin(x))
elementwise(sympy.tan, lambda y, x: 1 + y * y)
elementwise(sympy.asin, lambda y, x: 1 / sympy.sqrt(1 - x * x))
elementwise(sympy.acos, lambda y, x: -1 / sympy.sqrt(1 - x * x))
elementwise(sympy.atan, lambda y, x: 1 / (1 + x * x))
elementwise(sympy.sinh, lambda y, x: sympy.cosh(x))
elementwise(sympy.cosh, lambda y, x: sympy.sinh(x))
elementwise(sympy.tanh, lambda y, x: 1 - y * y)
elementwise(sympy.exp, lambda y, x: y)
elementwise(sympy.log, lambda y, x, b=sympy.E: (1 / (x * sympy.log(b)), -y / (b * sympy.log(b))))
elementwise(sympy.sqrt, lambda y, x: 1 / (2 * y))
elementwise(sympy.gamma, lambda y, x: y * sympy.digamma(x))
elementwise(sympy.erf, lambda y, x: 2 / sympy.sqrt(sympy.pi) * sympy.exp(-x * x))
