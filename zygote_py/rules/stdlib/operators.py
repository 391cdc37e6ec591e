"""Python's operators, as the functions of `operator`: the engine reads `a + b` as operator.add(a, b).

Kinks: abs'(0) = 0. `a % b` has the derivative of a - floor(a / b) b away from its jumps.
"""

from __future__ import annotations

import operator

import numpy as np

from zygote_py.registry import elementwise, lookup, non_differentiable, pushes, rule, variant
from zygote_py.rules.kinds import arithmetic, bitwise, broadcast, magnitude, matmul, power
from zygote_py.rules.numpy.helpers import floored, pow_base, pow_exponent, strong, unit
from zygote_py.rules.numpy.products import matmul_left, matmul_right

elementwise(operator.add, lambda y, a, b: (1, 1), kind=arithmetic, overloads="__add__")
elementwise(operator.sub, lambda y, a, b: (1, -1), kind=arithmetic, overloads="__sub__")
elementwise(operator.mul, lambda y, a, b: (b, a), kind=arithmetic, overloads="__mul__")
elementwise(operator.truediv, lambda y, a, b: (strong(1 / b), strong(-y / b)), kind=broadcast, overloads="__truediv__")
elementwise(operator.mod, lambda y, a, b: (1, -floored(y, a, b)), kind=arithmetic, overloads="__mod__")
elementwise(operator.floordiv, lambda y, a, b: (0, 0), kind=arithmetic, overloads="__floordiv__")
elementwise(operator.pow, lambda y, a, b: (b * a ** (b - 1) if b.__class__ is int and b > 0 else pow_base(y, a, b),
                                           pow_exponent(y, a, b)),
            kind=power, overloads="__pow__")
elementwise(operator.neg, lambda y, a: -1, kind=arithmetic, overloads="__neg__")
elementwise(operator.pos, lambda y, a: 1, kind=arithmetic, overloads="__pos__")
elementwise(operator.abs, lambda y, a: unit(a), kind=magnitude, overloads="__abs__")
rule(operator.matmul, lambda dy, y, a, b: matmul_left(dy, a, b),
     lambda dy, y, a, b: matmul_right(dy, a, b), kind=matmul,
     overloads="__matmul__")
pushes(operator.matmul, lambda x_dot, y, a, b: x_dot @ b,
       lambda x_dot, y, a, b: a @ x_dot)
for kinds, parts in lookup(np.matmul).variants.items():  # type: ignore[union-attr]   # a @ b is np.matmul(a, b)
    variant(operator.matmul, kinds, *parts)

# of integers and masks; sets, dicts and classes of one's own have methods
elementwise(operator.and_, lambda y, a, b: (0, 0), kind=bitwise, overloads="__and__")
elementwise(operator.or_, lambda y, a, b: (0, 0), kind=bitwise, overloads="__or__")
elementwise(operator.xor, lambda y, a, b: (0, 0), kind=bitwise, overloads="__xor__")
elementwise(operator.lshift, lambda y, a, b: (0, 0), kind=bitwise, overloads="__lshift__")
elementwise(operator.rshift, lambda y, a, b: (0, 0), kind=bitwise, overloads="__rshift__")
elementwise(operator.invert, lambda y, a: 0, kind=bitwise, overloads="__invert__")
elementwise(operator.inv, lambda y, a: 0, kind=bitwise, overloads="__invert__")

non_differentiable(
    operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge, operator.is_, operator.is_not, operator.not_,
    operator.truth, operator.index, operator.contains, operator.countOf, operator.indexOf, operator.length_hint)
