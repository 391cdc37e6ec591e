"""Samples for the rules: (function, [(arguments, keywords), ...]) by library."""

from __future__ import annotations

import builtins
import cmath
import math
import operator

import numpy as np

rng = np.random.default_rng(0)
A = rng.standard_normal((3, 4))
B = rng.standard_normal((4, 2))
S = rng.standard_normal((3, 3)) + 3 * np.eye(3)
S2 = rng.standard_normal((2, 3, 3)) + 3 * np.eye(3)
V = rng.standard_normal(4)
W = rng.standard_normal(3)
P = rng.uniform(0.2, 0.8, (3, 4))
Q = rng.uniform(0.2, 0.8, 4)
T3 = rng.standard_normal((2, 3, 4))
U3 = rng.standard_normal((2, 4, 5))
CA = A + 1j * rng.standard_normal((3, 4))
CB = B + 1j * rng.standard_normal((4, 2))
CV = V + 1j * rng.standard_normal(4)
CS = S + 1j * rng.standard_normal((3, 3))
CP = P + 1j * rng.uniform(0.2, 0.8, (3, 4))
SPD = S @ S.T
SPD2 = S2 @ S2.swapaxes(-1, -2)
f8 = np.float64


def on(*args, **kwargs):
    return args, kwargs


def each(*xs):
    return [on(x) for x in xs]


def unary(x, z=None):
    """One argument in (0, 1): float, np.float64, arrays, and complex ones where z is given."""
    out = each(x, f8(x), np.array([x, 0.5 * x]), x * P, np.array(x))
    return out + (each(z, np.array([z, 2 * z]), x * CP) if z is not None else [])


def binary(a, b, complex_too=False):
    """Two arguments, with broadcasting."""
    out = [on(a, b), on(f8(a), b), on(a * P, b), on(a, b * P), on(a * P, b * Q), on(a * Q, b * P), on(a * P[:, :1], b * P[:1]),
           on(np.array(a), b * Q)]
    return out + ([on(a * CP, b * CP[0]), on(a * CP, b), on(a * Q, b * CP), on(complex(a, 0.3), b), on(a, complex(b, 0.4))]
                  if complex_too else [])


STDLIB = [
    (operator.add, [*binary(1.3, 0.7, True), on(2, 1.5)]),
    (operator.sub, binary(1.3, 0.7, True)),
    (operator.mul, [*binary(1.3, 0.7, True), on(2, 1.5)]),
    (operator.truediv, binary(1.3, 0.7, True)),
    (operator.mod, [on(7.3, 2.1), on(-7.3, 2.1), on(np.array([5.3, -4.4]), 1.7)]),
    (operator.floordiv, [on(7.3, 2.1), on(np.array([5.3, -4.4]), 1.7)]),
    (operator.pow, [*binary(1.3, 0.7, True), on(0.0, 2), on(0.0, 1), on(0.0, 0), on(0.0, 3.0), on(-1.5, 3),
                    on(np.array([0.0, -1.0]), 2), on(np.array([-0.5, 0.0]), 1), on(2.0, -1), on(A, -2), on(1.5 + 2j, 3),
                    on(-1.5, 2.0), on(CA, 2), on(P, np.array([0.0, 1.0, 2.0, -1.0])), on(2, np.array([0.5, 1.5])),
                    on(np.array([1, 2]), 1.5)]),
    (operator.neg, unary(0.7, 0.5 + 0.2j)),
    (operator.pos, unary(0.7, 0.5 + 0.2j)),
    (operator.abs, [*unary(0.7, 0.5 + 0.2j), *unary(-0.7)]),
    (operator.matmul, [on(A, B), on(W, A), on(A, V), on(V, V[::-1]), on(T3, U3), on(A, U3), on(T3, B), on(V, U3), on(T3, V),
                       on(T3[:1], U3), on(CA, CB), on(CA, V), on(A, CV), on(CV, B)]),
    (math.sqrt, each(0.7, 2.5)),
    (math.exp, each(0.7)),
    (math.expm1, each(0.7)),
    (math.log, [*each(0.7, 2), on(0.7, 3.0), on(0.7, 2)]),
    (math.log2, each(0.7)),
    (math.log10, each(0.7)),
    (math.log1p, each(0.7)),
    (math.pow, [on(1.3, 0.7), on(0.4, -2.0), on(0.0, 2)]),
    (math.sin, each(0.7, f8(0.3))),
    (math.cos, each(0.7)),
    (math.tan, each(0.7)),
    (math.asin, each(0.7)),
    (math.acos, each(0.7)),
    (math.atan, each(0.7)),
    (math.atan2, [on(0.7, -0.4), on(-0.2, 3.0)]),
    (math.sinh, each(0.7)),
    (math.cosh, each(0.7)),
    (math.tanh, each(0.7)),
    (math.asinh, each(0.7)),
    (math.acosh, each(1.7)),
    (math.atanh, each(0.7)),
    (math.degrees, each(0.7)),
    (math.radians, each(0.7)),
    (math.erf, each(0.7)),
    (math.erfc, each(0.7)),
    (math.gamma, each(0.7, 3.4, -1.3, 12.5)),
    (math.lgamma, each(0.7, 3.4, -1.3, 12.5, 40.0)),
    (math.fabs, each(0.7, -0.7)),
    (math.copysign, [on(0.7, -1.0), on(-0.7, -2.0)]),
    (math.fmod, [on(7.3, 2.1), on(-7.3, 2.1)]),
    (math.remainder, [on(7.3, 2.1), on(-7.9, 2.1)]),
    (math.ldexp, [on(0.7, 3)]),
    (math.frexp, each(0.7, 5.3)),
    (math.modf, each(0.7, -5.3)),
    (math.fsum, [on([0.1, 0.2, 0.3]), on((0.1, 0.2)), on(np.array([0.1, 0.2]))]),
    (math.prod, [on([0.1, 0.2, 0.3]), on([0.5, 0.0, 2.0]), on((0.5, 2.0), start=3.0), on([]), on(np.array([0.1, 0.2]))]),
    (math.dist, [on([0.1, 0.2], [1.0, 3.0]), on((0.1, 0.2), [1.0, 3.0]), on(np.array([1.0, 2.0]), (2.0, 4.0))]),
    (math.hypot, [on(3.0, 4.0), on(1.0, 2.0, 3.0), on(1.5)]),
    (cmath.exp, each(0.7 + 0.2j, 0.3)),
    (cmath.log, [*each(0.7 + 0.2j, 0.3), on(0.7 + 0.2j, 2.5), on(0.7 + 0.2j, 2 + 1j)]),
    (cmath.log10, each(0.7 + 0.2j)),
    (cmath.sqrt, each(0.7 + 0.2j, -1.5)),
    (cmath.sin, each(0.7 + 0.2j)),
    (cmath.cos, each(0.7 + 0.2j)),
    (cmath.tan, each(0.7 + 0.2j)),
    (cmath.asin, each(0.7 + 0.2j, -2 + 0.3j)),
    (cmath.acos, each(0.7 + 0.2j)),
    (cmath.atan, each(0.7 + 0.2j)),
    (cmath.sinh, each(0.7 + 0.2j)),
    (cmath.cosh, each(0.7 + 0.2j)),
    (cmath.tanh, each(0.7 + 0.2j)),
    (cmath.asinh, each(0.7 + 0.2j)),
    (cmath.acosh, each(0.7 + 0.2j, -2 - 0.3j)),
    (cmath.atanh, each(0.7 + 0.2j)),
    (cmath.phase, each(0.7 + 0.2j, -2 + 0.3j)),
    (cmath.polar, each(0.7 + 0.2j, -2 + 0.3j)),
    (cmath.rect, [on(0.7, 0.3)]),
    (builtins.abs, [*each(0.7, -0.7, 0.3 + 0.4j, f8(-1.0), A, CA)]),
    (builtins.pow, [on(1.3, 0.7), on(0.0, 2), on(2.0, 3.0), on(A, 2)]),
    (builtins.divmod, [on(7.3, 2.1), on(-7.3, 2.1), on(np.array([5.3, -4.4]), 1.7)]),
    (builtins.float, [*each(0.7, f8(0.7), np.array(0.7))]),
    (builtins.complex, [on(0.7), on(0.7, 0.2), on(0.5 + 0.2j, 0.1), on(0.2, 0.5j)]),
    (builtins.sum, [on([0.1, 0.2]), on((0.1, f8(2.0))), on([0.1], 2.0), on([V, V]), on([V, 2.0, A]), on(A),
                    on([[0.1], [2.0, 3.0]], []), on([V], V)]),
    (builtins.max, [on(0.1, 0.5), on([0.1, 0.5, 0.2]), on((0.1, 0.2)), on(V), on([-0.9, 0.5], key=abs),
                    on([[1.0, 2.0], [3.0, 0.5]])]),
    (builtins.min, [on(0.1, 0.5), on([0.1, 0.5, 0.2]), on((0.1, 0.2)), on(V), on([-0.9, 0.5], key=abs)]),
]
if hasattr(math, "cbrt"):
    STDLIB += [(math.cbrt, each(0.7, -2.5))]
if hasattr(math, "exp2"):
    STDLIB += [(math.exp2, each(0.7))]
if hasattr(math, "fma"):
    STDLIB += [(math.fma, [on(0.7, 2.0, 3.0)])]
if hasattr(math, "sumprod"):
    STDLIB += [(math.sumprod, [on([0.7, 2.0], [3.0, 4.0]), on((0.7, 2.0), [3.0, 4.0])])]

Z = 0.5 + 0.2j
LISTS = [on([0.1, 0.2], [1.5, 2.5]), on([[0.1, 0.2], [0.3, 0.4]], (1.5, 2.5))]     # arrays to a ufunc, and no operands of `+`
NUMPY = [
    (np.add, [*binary(1.3, 0.7, True), *LISTS]),
    (np.subtract, binary(1.3, 0.7, True)),
    (np.multiply, [*binary(1.3, 0.7, True), *LISTS]),
    (np.divide, binary(1.3, 0.7, True)),
    (np.power, [*binary(1.3, 0.7, True), on(A, 3), on(A, 2), on(P, 1.0)]),
    (np.float_power, binary(1.3, 0.7, True)),
    (np.mod, [on(7.3, 2.1), on(np.array([5.3, -4.4]), 1.7)]),
    (np.fmod, [on(7.3, 2.1), on(np.array([5.3, -4.4]), 1.7)]),
    (np.negative, unary(0.7, Z)),
    (np.positive, unary(0.7, Z)),
    (np.absolute, [*unary(0.7, Z), on(A)]),
    (np.fabs, [*unary(0.7), on(A)]),
    (np.square, unary(0.7, Z)),
    (np.reciprocal, unary(0.7, Z)),
    (np.sqrt, unary(0.7, Z)),
    (np.cbrt, [*unary(0.7), on(-P)]),
    (np.exp, unary(0.7, Z)),
    (np.exp2, unary(0.7, Z)),
    (np.expm1, unary(0.7, Z)),
    (np.log, unary(0.7, Z)),
    (np.log2, unary(0.7, Z)),
    (np.log10, unary(0.7, Z)),
    (np.log1p, unary(0.7, Z)),
    (np.logaddexp, binary(1.3, 0.7)),
    (np.logaddexp2, binary(1.3, 0.7)),
    (np.sin, unary(0.7, Z)),
    (np.cos, unary(0.7, Z)),
    (np.tan, unary(0.7, Z)),
    (np.arcsin, unary(0.7, Z)),
    (np.arccos, unary(0.7, Z)),
    (np.arctan, unary(0.7, Z)),
    (np.arctan2, [*binary(1.3, 0.7), *binary(-1.3, 0.7)]),
    (np.hypot, binary(1.3, 0.7)),
    (np.sinh, unary(0.7, Z)),
    (np.cosh, unary(0.7, Z)),
    (np.tanh, unary(0.7, Z)),
    (np.arcsinh, unary(0.7, Z)),
    (np.arccosh, [on(1 + P), on(1.5), on(CP), on(-CP)]),
    (np.arctanh, unary(0.7, Z)),
    (np.degrees, unary(0.7)),
    (np.radians, unary(0.7)),
    (np.rad2deg, unary(0.7)),
    (np.deg2rad, unary(0.7)),
    (np.sinc, [*unary(0.7), on(A), on(np.array([0.0, 1.5]))]),
    (np.maximum, [*binary(1.3, 0.7), on(A, V), on(A, 0.1)]),
    (np.minimum, [*binary(1.3, 0.7), on(A, V), on(A, 0.1)]),
    (np.fmax, [*binary(1.3, 0.7), on(A, V)]),
    (np.fmin, [*binary(1.3, 0.7), on(A, V)]),
    (np.copysign, [on(0.7, -1.0), on(A, V), on(A, -1.0)]),
    (np.heaviside, [on(np.array([0, 1, -1]), 0.7), on(np.array([0, 1]), np.array([0.2, 0.3])), on(A, 0.5)]),
    (np.ldexp, [on(0.7, 3), on(P, 2)]),
    (np.nan_to_num, [on(A), on(0.7)]),
    (np.where, [on(A > 0, A, 2 * A), on(A > 0, A, 1.5), on(V > 0, V, A), on(A > 0, 0.5, V), on(True, 0.5, V), on(A > 0, CA, A),
                on(A > 0, CA, 2.0)]),
    (np.conjugate, unary(0.7, Z)),
    (np.real, [*each(0.7, A, CA, Z)]),
    (np.imag, [*each(CA, Z)]),
    (np.angle, [*each(CA, Z), on(CA, deg=True), on(Z, deg=True)]),
    (np.nextafter, [on(A, 1.0), on(0.7, 2.0)]),
    (np.divmod, [on(7.3, 2.1), on(np.array([5.3, -4.4]), 1.7), on(P + 2, 1.7 * Q)]),
    (np.modf, each(0.7, -5.3, 3 * A)),
    (np.frexp, each(0.7, 5.3, A)),
    (np.real_if_close, [*each(A)]),
    (np.sum, [on(A), on(A, 0), on(A, axis=1), on(A, axis=-1, keepdims=True), on(T3, (0, 2)), on(T3, 1), on(T3, axis=-2),
              on(CA, 0), on([0.1, 0.2]), on([V, V], axis=0), on(T3, (0, 1, 2)), on(np.array(0.7)), on(A, keepdims=True),
              on((0.1, 0.3))]),
    (np.mean, [on(A), on(A, 0), on(A, axis=1, keepdims=True), on(T3, (0, 2)), on(CA), on([0.1, 0.2]), on(T3, 1)]),
    (np.prod, [on(A), on(A, 0), on(A, axis=1, keepdims=True), on(T3, (0, 2)), on(CA, 1), on(np.array([0.0, 2.0, 3.0])),
               on(np.array([0.0, 2.0, 0.0])), on(np.array([[0.0, 2.0], [3.0, 4.0]]), axis=1),
               on(np.array([[0.0, 2.0], [3.0, 4.0]]), (0, 1)), on([0.5, 2.0]),
               on(np.array([[[0.0, 2.0], [3.0, 4.0]]]), (0, 2), keepdims=True)]),
    (np.var, [on(A), on(A, 0), on(A, axis=1, keepdims=True), on(T3, (0, 2)), on(CA), on(A, 1, ddof=1), on([0.1, 0.5])]),
    (np.std, [on(A), on(A, 0), on(A, axis=1, keepdims=True), on(T3, (0, 2)), on(CA), on(A, 1, ddof=1), on([0.1, 0.5])]),
    (np.max, [on(A), on(A, 0), on(A, axis=1, keepdims=True), on(T3, (0, 2)), on([0.1, 0.5]), on(A, keepdims=True)]),
    (np.min, [on(A), on(A, 0), on(A, axis=1, keepdims=True), on(T3, (0, 2))]),
    (np.amax, [on(A), on(A, 0), on(A, axis=1, keepdims=True), on(T3, (0, 2))]),
    (np.amin, [on(A), on(A, 0), on(A, axis=1, keepdims=True), on(T3, (0, 2))]),
    (np.ptp, [on(A), on(A, 0), on(A, axis=1, keepdims=True)]),
    (np.cumsum, [on(A), on(A, 0), on(A, axis=1), on(V), on(CA, 1), on([0.1, 0.2])]),
    (np.cumprod, [on(A), on(A, 0), on(A, axis=1), on(V), on(CA, 1), on(np.array([2.0, 0.0, 3.0, 0.0, 1.0])),
                  on(np.array([[2.0, 0.0], [3.0, 1.0]]), axis=1), on(np.array([0.0]))]),
    (np.reshape, [on(A, (4, 3)), on(A, -1), on([0.1, 0.2], (2, 1)), on(A, (2, 6), order="F"), on(A.T, (2, 6), order="A")]),
    (np.ravel, [on(A), on(T3), on(A, "F"), on(A.T, "C"), on(A.T, "K"), on(A[::2, ::-1].T, "K"), on(T3[:, ::2], "A"),
                on(T3.transpose(2, 0, 1), "K")]),
    (np.transpose, [on(T3, np.array([2, 0, 1])), on(A), on(T3, (1, 2, 0)), on(T3, (-1, 0, 1)), on(V)]),
    (np.lib.stride_tricks.sliding_window_view, [on(V, 2), on(T3, (2, 3), (1, 2)), on(A, 3, axis=1), on(CV, 3)]),
    (np.swapaxes, [on(T3, 0, 2)]),
    (np.moveaxis, [on(T3, 0, 2), on(T3, (0, 1), (2, 0))]),
    (np.rollaxis, [on(T3, 2), on(T3, 0, 3), on(T3, 0, 2), on(T3, 1, 0), on(T3, -1, 1), on(T3, 1, -1)]),
    (np.expand_dims, [on(A, 0), on(A, (0, 2))]),
    (np.squeeze, [on(A[:, :1]), on(A[None], 0)]),
    (np.broadcast_to, [on(V, (3, 4)), on(0.7, (2, 2)), on(A[:, :1], (3, 5))]),
    (np.atleast_1d, [on(0.7), on(V)]),
    (np.atleast_2d, [on(0.7), on(V), on(A)]),
    (np.atleast_3d, [on(0.7), on(V), on(A)]),
    (np.flip, [on(A), on(A, 0), on(T3, (0, 2))]),
    (np.fliplr, [on(A)]),
    (np.flipud, [on(A)]),
    (np.roll, [on(A, 2), on(A, 1, 0), on(A, (1, 2), (0, 1))]),
    (np.rot90, [on(A), on(A, 3), on(T3, 1, (1, 2))]),
    (np.tile, [on(V, 2), on(A, (2, 1, 3)), on(T3, (2,)), on(0.7, 3)]),
    (np.repeat, [on(V, 2), on(A, 2, 0), on(A, 3, axis=-1), on(V, [1, 0, 2, 1]), on(A, [1, 2, 0], 0), on(A, 2)]),
    (np.diag, [on(V), on(V, 1), on(V, -2), on(A), on(A, 1), on(A, -1)]),
    (np.diagflat, [on(V), on(A, 1)]),
    (np.diagonal, [on(A), on(A, 1), on(T3, 0, 1, 2), on(T3, -1, 0, 2)]),
    (np.trace, [on(A), on(S, 1), on(T3, 0, 1, 2)]),
    (np.triu, [on(A), on(A, 1)]),
    (np.tril, [on(A), on(A, -1)]),
    (np.ndarray.reshape, [on(A, 4, 3), on(A, (4, 3)), on(A, -1), on(A, 2, 6, order="F")]),
    (np.ndarray.transpose, [on(A), on(T3, 1, 2, 0), on(T3, (1, 2, 0))]),
    (np.ndarray.flatten, [on(A), on(T3), on(T3.transpose(1, 0, 2), "K"), on(A.T, "A"), on(T3[:, ::-1].T, order="K")]),
    (np.ndarray.squeeze, [on(A[:, :1]), on(A[None], 0)]),
    (np.ndarray.conj, [on(A), on(CA)]),
    (np.ndarray.conjugate, [on(A), on(CA)]),
    (np.ndarray.__array__, [on(A)]),
    (np.ndarray.__array_wrap__, [on(np.arange(3), A)]),
    (np.ndarray.view, [on(A)]),
    (np.ndarray.copy, [on(A)]),
    (np.ndarray.astype, [on(A, np.float64), on(A, complex)]),
    (np.ndarray.item, [on(np.array([0.7])), on(A, 3), on(A, 1, 2), on(A, (1, 2))]),
    (np.ndarray.tolist, [on(A), on(V)]),
    (np.take, [on(V, [0, 2, 2]), on(A, [0, 5]), on(A, [[0, 1], [1, 1]], 1), on(A, 1, 0), on(T3, [1, 1], axis=-1),
               on(A, [[0, 5], [-1, 1]], 1, mode="wrap"), on(A, [0, 99, -7], mode="clip")]),
    (np.take_along_axis, [on(A, np.argsort(A, 0), 0), on(A, np.array([[1], [1], [0]]), 1)]),
    (np.delete, [on(V, 1), on(A, [0, 1], 1)]),
    (np.concatenate, [on([V, W]), on((A, A), 1), on([A, T3[0]], axis=0), on([A, V], None), on(T3), on([[0.1, 0.2], V])]),
    (np.stack, [on([V, V]), on((A, A), 1), on([V, Q], axis=-1), on([0.1, 0.2]), on(T3)]),
    (np.vstack, [on([V, V]), on((A, A)), on([A, V]), on([0.1, 0.2]), on([V, A, V])]),
    (np.hstack, [on([V, W]), on((A, A)), on([0.1, 0.2])]),
    (np.dstack, [on([V, V]), on((A, A)), on([T3, T3])]),
    (np.column_stack, [on([V, V]), on((A, A)), on([W, A])]),
    (np.append, [on(V, W), on(A, A, 0), on(V, 0.7), on(V, [0.1, 0.2])]),
    (np.array, [on([0.1, 0.2]), on([[0.1, f8(0.2)], (0.3, 0.4)]), on(A), on([V, V]), on(0.7), on([0.1, 2]), on([0.1, 1j]),
                on(V, ndmin=2), on([0.1], dtype=complex), on([V, [0.1, 0.2, 0.3, 0.4]])]),
    (np.asarray, [on([0.1, 0.2]), on(A), on(0.7)]),
    (np.asanyarray, [on([0.1, 0.2]), on(A)]),
    (np.ascontiguousarray, [on([0.1, 0.2]), on(A), on(0.7)]),
    (np.asfortranarray, [on(A)]),
    (np.copy, [on(A), on([0.1])]),
    (np.float64, [on(0.7), on(V)]),
    (np.complex128, [on(0.7), on(Z), on(CV)]),
    (np.split, [on(V, 2), on(A, [1, 3], 1)]),
    (np.array_split, [on(V, 3), on(A, 2, axis=1)]),
    (np.hsplit, [on(V, 2), on(A, 2)]),
    (np.vsplit, [on(A, 3)]),
    (np.dsplit, [on(T3, 2)]),
    (np.broadcast_arrays, [on(V, A), on(0.7, V)]),
    (np.meshgrid, [on(V, W), on(V, W, indexing="ij"), on(V, W, Q), on(V)]),
    (np.full, [on((2, 3), 0.7), on(3, V[:3]), on((3, 4), V)]),
    (np.full_like, [on(A, 0.7), on(A, V)]),
    (np.arange, [on(0.1, 2.3), on(0.1, 2.3, 0.3)]),
    (np.matmul, [on(A, B), on(W, A), on(A, V), on(V, Q), on(T3, U3), on(A, U3), on(T3, B), on(V, U3), on(T3, V), on(CA, CB),
                 on(A, CB), on([[0.1, 0.2]], [0.3, 0.4])]),
    (np.dot, [on(A, B), on(W, A), on(A, V), on(V, Q), on(T3, U3), on(T3, B), on(V, U3), on(T3, V), on(CA, CB), on(2.0, V),
              on(V, 2.0), on(0.5, 0.7), on(A, [0.1, 0.2, 0.3, 0.4])]),
    (np.vdot, [on(V, Q), on(A, P), on(CV, CV[::-1]), on(CA, A)]),
    (np.inner, [on(V, Q), on(A, P), on(T3, A), on(V, T3), on(2.0, A), on(CA, CA[:2])]),
    (np.outer, [on(V, W), on(A, V), on(CV, W), on(0.7, V)]),
    (np.tensordot, [on(T3, A, ([1, 2], [0, 1])), on(T3, A, ([2, 1], [1, 0])), on(A, B, 1), on(T3, U3, ((0, 2), (0, 1))),
                    on(V, W, 0), on(CA, CB, 1), on(T3, A, (1, 0)), on(T3, rng.standard_normal((4, 5, 2)), ([0, 2], [2, 0])),
                    on(A, P)]),
    (np.kron, [on(V, W), on(A, B), on(A, V), on(CA, B)]),
    (getattr(np, "trapezoid", None) or getattr(np, "trapz"), [on(V), on(V, np.array([0.0, 1.0, 3.0, 4.5])), on(A, None, 0.5, 0),
                                                          on(A, W, axis=0), on(A, P, axis=1)]),
    (np.convolve, [on(V, W), on(V, W, "same"), on(W, V, "same"), on(V, W, "valid"), on(W, V, mode="valid"), on(CV, W)]),
    (np.insert, [on(V, 1, 0.7), on(A, 1, V, 0), on(V, [1, 2], [0.1, 0.2])]),
]
if hasattr(np, "vecdot"):
    NUMPY += [(np.vecdot, [on(A, V), on(CA, CV), on(V, Q)])]
if hasattr(np, "unstack"):
    NUMPY += [(np.unstack, [on(A), on(T3, axis=1)])]
if hasattr(np, "matvec"):
    NUMPY += [(np.matvec, [on(A, V), on(T3, V), on(CA, CV)]), (np.vecmat, [on(W, A), on(CA[:, 0], CA)])]

NAN = np.where(A > 0.9, np.nan, A)
MASK = P > 0.45
I3 = np.array([0.0, 1.0, 2.5])
NUMPY += [
    # keywords of ufuncs and reductions
    (np.sin, [on(A, where=MASK, out=None), on(A, dtype=np.float64), on(CA, where=MASK, out=None)]),
    (np.log, [on(np.where(MASK, P, -1.0), where=MASK, out=None)]),
    (np.multiply, [on(A, V, where=MASK, out=None), on(A, V[None], dtype=complex), on(CA, A, where=MASK, out=None)]),
    (np.divide, [on(A, np.where(MASK, P, 0.0), where=MASK, out=None)]),
    (np.sum, [on(A, where=MASK), on(A, axis=1, where=MASK, keepdims=True), on(A, axis=0, initial=0.7), on(CA, initial=0.7 + 0.1j),
              on(A, where=V > 0, axis=1), on(np.zeros(0)), on(np.zeros((0, 3)), 0), on(A[::2, ::-1]), on(A.T, 1)]),
    (np.prod, [on(A, where=MASK), on(A, axis=1, where=MASK, initial=0.7), on(A, 0, initial=1.5, keepdims=True),
               on(CA, where=MASK),
               on(np.array([0.0, 2.0]), initial=3.0), on(np.array([2.0, 3.0]), initial=0.0)]),
    (np.mean, [on(A, where=MASK), on(A, axis=0, where=P > 0.1, keepdims=True), on(CA, 1, where=P > 0.1)]),
    (np.var, [on(A, where=MASK), on(A, axis=0, where=P > 0.1, keepdims=True, ddof=1), on(CA, 1, where=P > 0.1)]),
    (np.std, [on(A, where=MASK), on(A, axis=0, where=P > 0.1, keepdims=True, ddof=1), on(CA, 1, where=P > 0.1)]),
    (np.max, [on(A, initial=0.7), on(A, 0, initial=0.1, where=MASK), on(A, axis=1, initial=-9.0, where=MASK, keepdims=True)]),
    (np.min, [on(A, initial=-0.7), on(A, 0, initial=0.1, where=MASK), on(A, axis=1, initial=9.0, where=MASK, keepdims=True)]),
    (np.amax, [on(A, initial=0.7), on(A, 0, initial=0.1, where=MASK)]),
    (np.amin, [on(A, initial=-0.7), on(A, 0, initial=0.1, where=MASK)]),
    (np.nansum, [on(A), on(NAN, 0), on(np.array([1.0, np.nan])), on(NAN, axis=1, keepdims=True, where=MASK),
                 on(NAN, initial=0.5)]),
    (np.nanprod, [on(A), on(NAN, 0), on(np.array([1.0, np.nan])), on(NAN, axis=1, keepdims=True, where=MASK)]),
    (np.nanmean, [on(A), on(NAN, 0), on(NAN, axis=1, keepdims=True), on(NAN, where=MASK)]),
    (np.nanvar, [on(A), on(NAN, 0), on(NAN, axis=1, keepdims=True, ddof=1), on(NAN, where=MASK)]),
    (np.nanstd, [on(A), on(NAN, 0), on(NAN, axis=1, keepdims=True, ddof=1), on(NAN, where=MASK)]),
    (np.nanmax, [on(A), on(NAN, 0), on(NAN, axis=1, keepdims=True), on(NAN, initial=0.3, where=MASK)]),
    (np.nanmin, [on(A), on(NAN, 0), on(NAN, axis=1, keepdims=True), on(NAN, initial=0.3, where=MASK)]),
    (np.nancumsum, [on(A), on(NAN, 0), on(NAN, axis=1), on(V)]),
    (np.nancumprod, [on(A), on(NAN, 0), on(NAN, axis=1), on(np.array([2.0, np.nan, 0.0, 3.0]))]),
    (np.average, [on(A), on(A, 0), on(A, 1, Q), on(A, None, P), on(A, 0, P), on(A, 0, weights=P[:, 0], returned=True),
                  on(A, returned=True), on(A, 1, weights=Q, keepdims=True), on(CA, 1, Q), on(A, weights=P, returned=True),
                  *([on(T3, (2, 0), T3[:, 0].T**2), on(T3, (0, -1), T3[:, 1]**2, True)] if hasattr(np, "vecdot") else [])]),
    (np.median, [on(A), on(A, 0), on(A, axis=1), on(V), on(W), on(A, axis=0, keepdims=True), on(T3, (0, 2)),
                 on([0.1, 0.5, 0.2])]),
    (np.nanmedian, [on(A), on(NAN, 0), on(NAN, axis=1), on(V), on(NAN, axis=0, keepdims=True), on(NAN)]),
    (np.quantile, [on(V, 0.3), on(A, 0.55, 0), on(A, [0.1, 0.5, 0.95], axis=1), on(A, 0.2), on(T3, 0.3, (0, 2)),
                   on(V, np.array([[0.2, 0.4]]), keepdims=True), on(V, 0.3, method="hazen"), on(V, 0.3, method="weibull"),
                   on(V, 0.62, method="median_unbiased"), on(V, 0.3, method="lower"), on(A, 0.3, 0, method="higher"),
                   on(V, 0.3, method="nearest"), on(A, 0.62, 1, method="midpoint"), on(V, 0.3, method="inverted_cdf"),
                   on(V, 0.3, method="interpolated_inverted_cdf"), on(V, 0.4, method="normal_unbiased"),
                   on(V, 0.3, method="closest_observation"), on(V, 0.4, method="averaged_inverted_cdf")]),
    (np.percentile, [on(V, 30), on(A, 55.0, 0), on(A, [10.0, 50.0, 95.0], 1), on(A, 20.0), on(A, 30.0, 0, keepdims=True)]),
    (np.nanquantile, [on(V, 0.3), on(NAN, 0.55, 0), on(NAN, [0.1, 0.45, 0.95], axis=1), on(NAN, 0.2)]),
    (np.nanpercentile, [on(V, 30.0), on(NAN, 55.0, 0), on(NAN, [10.0, 45.0, 95.0], 1), on(NAN, 20.0)]),
    (np.cov, [on(A), on(V, Q), on(A, P), on(A, rowvar=False), on(A, bias=True), on(A, ddof=0), on(A, y=P, rowvar=False),
              on(A, None, True, False, None, None, Q), on(A, aweights=Q, ddof=0),
              on(A, None, True, False, None, np.array([1, 2, 1, 3])),
              on(A, fweights=np.array([1, 2, 1, 3]), aweights=Q), on(CA), on(V), on(CA, A)]),
    (np.corrcoef, [on(A), on(V, Q), on(A, P), on(A, rowvar=False), on(CA), on(V), on(A, y=P, rowvar=False)]),
    (np.bincount, [on(np.array([0, 2, 2, 1]), V), on(np.array([0, 2, 2, 1]), V, 6), on([1, 1, 0], weights=W, minlength=2)]),
    # differences, integrals, interpolation
    (np.diff, [on(V), on(A), on(A, axis=0), on(V, 2), on(V, n=3), on(V, prepend=0.7), on(A, 1, 0, V[None], P[:2]),
               on(A, append=0.3, axis=1), on(V, 0), on(CA), on(V, 2, append=Q)]),
    (np.ediff1d, [on(V), on(A), on(V, [0.1, 0.2]), on(V, 0.5, W), on(V, to_begin=0.3), on([0.1, 0.5])]),
    (np.gradient, [on(V), on(A), on(A, axis=0), on(A, axis=(1, 0)), on(V, 0.5), on(A, 0.5), on(A, 0.5, 0.25), on(W, I3),
                   on(A, I3, Q),
                   on(V, edge_order=2), on(A, axis=1, edge_order=2), on(V, 0.3, edge_order=2),
                   on(np.append(W, 0.3), np.append(I3, 4.0), edge_order=2),
                   on(A, np.array([0.1, 0.5, 2.0]), axis=0), on(V[:2]), on(T3, axis=(0, 2)), on(CV, 0.5)]),
    (np.unwrap, [on(4 * V), on(4 * A, axis=0), on(8 * V, period=3.0), on(4 * A, None, 1)]),
    (np.interp, [on(0.7, np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, -1.0])), on(5.0, [0.0, 1.0], [1.0, 3.0]),
                 on(np.array([-0.3, 0.2, 1.7, 4.0]), np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, -1.0])),
                 on(np.array([-0.3, 0.2, 4.0]), I3, W, 0.7, -0.3), on(np.array([-0.3, 0.2, 4.0]), I3, W, left=0.7),
                 on(np.array([-0.3, 0.2, 4.2, 6.1]), I3, W, period=3.0),
                 on(np.array([0.3, 5.0]), I3[::-1] + 0.1, W, None, None, 2.9),
                 on(A, I3, CV[:3]), on(0.3, I3[:1], W[:1]), on(A[:, :1], I3, W)]),
    (np.i0, [on(A), on(0.7), on(5 * A), on(np.array([0.0, 0.5])), on(30 * P)]),
    (np.kaiser, [on(5, 0.7), on(6, 4.0), on(1, 2.0)]),
    # polynomials
    (np.polyval, [on(V, 0.7), on(V, A), on([0.1, 0.2], 0.5), on(CV, Z), on(V, CA)]),
    (np.polyder, [on(V), on(V, 2), on(V, m=3), on(V, 4), on(V, 0), on(CV)]),
    (np.polyint, [on(V), on(V, 2), on(V, 3, [0.1, 0.2, 0.3]), on(V, k=0.7), on(V, 2, 0.7), on(CV, 2)]),
    (np.polyadd, [on(V, W), on(W, V), on([0.1], V), on(CV, W)]),
    (np.polysub, [on(V, W), on(W, V), on([0.1], V), on(CV, W)]),
    (np.polymul, [on(V, W), on(W, V), on([0.1, 0.2], V), on(CV, W), on(V[:1], W)]),
    (np.polydiv, [on(V, W), on(V, W[:2]), on(W, V), on(V, W[:1]), on(CV, W), on(V, V[::-1])]),
    (np.vander, [on(V), on(V, 3), on(W, 4, True), on(CV, 3)]),
    (np.poly, [on(V), on(CV), on(S), on([0.1, 0.5]), on(CS)]),
    (np.roots, [on(V), on(np.array([1.0, -3.0, 2.0])), on(CV), on(np.array([1.0, 2.0, 5.0]))]),
    (np.polyfit, [on(V, Q, 2), on(V, Q, 1, w=P[0]), on(V, rng.standard_normal((4, 2)), 1), on(V, Q, 3)]),
    # selections
    (np.compress, [on([True, False, True], A, 0), on([True, False, True], A), on([True, False], V)]),
    (np.ndarray.compress, [on(A, [True, False, True], 0), on(A, [True, False, True]), on(CV, [True, False])]),
    (np.extract, [on(A > 0, A), on(A > 0, CA)]),
    (np.sort, [on(V), on(A), on(A, 0), on(A, None), on(A, kind="stable"), on([0.5, 0.1])]),
    (np.partition, [on(V, 2), on(A, 1), on(A, 1, 0), on(A, (0, 2), axis=1)]),
    (np.sort_complex, [on(CV), on(V)]),
    (np.trim_zeros, each(V)),
    (np.unique, [on(V), on(A), on(V, True), on(A, return_counts=True), on(A, axis=0), on([0.5, 0.1]),
                 on(A, axis=1, return_index=True)]),
    (np.union1d, [on(V, W), on(A, W)]),
    (np.intersect1d, [on(V, W)]),
    (np.setdiff1d, [on(V, W)]),
    (np.setxor1d, [on(V, W)]),
    (np.select, [on([A > 0.5, A < 0], [A, 2 * A], 0.3), on([A > 0.5, A < 0], [A, 0.2]), on([V > 0, V < 1], [V, A]),
                 on([A > 0.5, A < 0], (A, V), default=P)]),
    (np.choose, [on([0, 1, 0, 1], [V, Q]), on(1, [V, Q]), on([0, 3, -1, 1], (V, Q), mode="wrap"),
                 on([0, 3, -1, 1], [V, Q], mode="clip"),
                 on([0, 1, 1, 0], A[:2])]),
    (np.ndarray.choose, [on(np.array([0, 1, 0, 1]), [V, Q])]),
    (np.clip, [on(A, -0.5, 0.5), on(A, -0.5, V + 2.0), on(A, None, 0.3), on(A, 0.1, None), on(0.7, 0.0, 0.5)]),
    # shapes
    (np.pad, [on(V, 2), on(A, 1), on(A, ((1, 2), (0, 1))), on(A, 1, "edge"), on(A, ((1, 2), (3, 1)), "wrap"), on(V, 3, "reflect"),
              on(V, (6, 5), "reflect"), on(A, 2, mode="symmetric"), on(A, ((1, 2), (2, 0)), "linear_ramp", end_values=0.7),
              on(A, ((1, 2), (0, 1)), constant_values=0.7),
              on(A, ((1, 2), (0, 1)), constant_values=np.array([[0.1, 0.2], [0.3, 0.4]])),
              on(A, ((1, 2), (2, 1)), "linear_ramp", end_values=((0.1, 0.2), (0.3, 0.4))), on(A, 2, "maximum"),
              on(A, (1, 2), "minimum"),
              on(A, (1, 2), "mean"), on(A, (1, 2), "median"), on(A, 2, "mean", stat_length=2),
              on(A, 2, "maximum", stat_length=((1, 2), (2, 3))),
              on(V, 2, "reflect", reflect_type="odd"), on(A, 2, "symmetric", reflect_type="odd"), on(CA, 1, "edge"),
              on(T3, 1, "mean")]),
    (np.block, [on([V, W]), on([[A, A], [P, A]]), on([[S, W[:, None]], [W, 0.5]]), on(A), on([0.1, 0.2]), on([[[T3], [T3]]])]),
    (np.linspace, [on(0.1, 0.7), on(0.1, 0.7, 5), on(0.1, 0.7, 5, False), on(V, 0.5, 3), on(0.1, 0.9, num=1),
                   on(0.1, 0.7, 4, retstep=True), on(V, Q, 3, axis=1), on(V, Q, 3, axis=-1, endpoint=False),
                   on(V, W[:, None], 5, axis=1)]),
    (np.logspace, [on(0.1, 0.7, 4), on(0.1, 0.7, 4, base=2.5), on(V, Q, 3, axis=1), on(0.1, 0.5, endpoint=False)]),
    (np.geomspace, [on(0.1, 0.7, 4), on(P[0], Q, 3, axis=1), on(0.1, 0.5, endpoint=False), on(Z, 2 + 1j, 4)]),
    # products
    (np.cross, [on(W, P[:, 0]), on(S, W), on(S, S.T), on(W[:2], P[:2, 0]), on(A[:, :2], P[:, :2]), on(W[:2], S), on(S, W[:2]),
                on(S, S.T, 0, 1, 0), on(S, S.T, axis=0), on(CS, S)] if np.__version__ < "2" else
     [on(W, P[:, 0]), on(S, W), on(S, S.T), on(S, S.T, 0, 1, 0), on(S, S.T, axis=0), on(CS, S)]),
    (np.correlate, [on(V, W), on(V, W, "same"), on(V, W, "full"), on(W, V, mode="full"), on(CV, W), on(CV, CV[:2], "same"),
                    on(V, CV[:2]), on(V[:2], V, "same"), on(CV[:2], V, "same"), on(W, CV, "same")]),
    (np.einsum, [on("ij,jk->ik", A, B), on("ij,jk", A, B), on("ij->ji", A), on("ij->i", A), on("ij,ij->", A, P),
                 on("bij,bjk->bik", T3, U3), on("...j,jk->...k", T3, B), on("i,j->ij", V, W), on("ij,j,i->", A, V, W),
                 on("ij", A), on("ji", A), on("ij,k->i", A, W), on("...ij,...jk", T3, U3), on("ij,jk->ki", CA, CB),
                 on("i,i,i->i", V, Q, V), on("...,...", A, V), on("ij,...j->i...", A, T3), on("ii->i", S), on("ii", S),
                 on("ii->", CS),
                 on("ii,i->", S, W), on("bii->b", S2), on("ij,ii->j", S, S), on("iji->j", S2.transpose(1, 0, 2)),
                 on("ij,jk->ik", A[:, :1], B),
                 on("ij,jk,kl->il", A, B, B.T, optimize=True), on("ij,jk,kl->il", A, B, B.T, optimize="greedy"),
                 on("ij,jk,kl->il", A, B, B.T, optimize=["einsum_path", (0, 1), (0, 1)]), on(A, [0, 1], B, [1, 2], [0, 2]),
                 on(A, [0, 1], B, [1, 2]), on(T3, [..., 0], B, [0, 1]), on("i ->", V), on("...i->...", T3), on(",i->i", 0.7, V),
                 on("...i,...i->...", A, T3[:1])]),
]
if hasattr(np, "cumulative_sum"):
    NUMPY += [
        (np.cumulative_sum, [on(V), on(A, axis=0), on(A, axis=1, include_initial=True), on(V, include_initial=True),
        on(CA, axis=-1)]),
        (np.cumulative_prod, [on(V), on(A, axis=0), on(A, axis=1, include_initial=True), on(V, include_initial=True),
        on(CA, axis=-1)]),
    ]
if np.__version__ >= "2":
    NUMPY += [
        (np.var, [on(A, correction=1), on(A, 1, mean=np.mean(A, 1, keepdims=True)), on(A, 1, mean=W[:, None], where=P > 0.1)]),
        (np.std, [on(A, correction=1), on(A, 1, mean=np.mean(A, 1, keepdims=True)), on(A, 1, mean=W[:, None])]),
        (np.nanvar, [on(NAN, 1, mean=W[:, None])]),
        (np.nanstd, [on(NAN, 1, mean=W[:, None])]),
        (np.vecdot, [on(A, V), on(CA, CV), on(V, Q), on(A, W[:, None], axis=0), on(CA, A)]),
        (np.unique_values, [on(A), on(V)]),
        (np.unique_counts, [on(A)]),
        (np.unique_inverse, [on(A)]),
        (np.unique_all, [on(A)]),
        (np.sort, [on(A, 0, stable=True)]),
        (np.quantile, [on(A, 0.3, 0, weights=P, method="inverted_cdf"),
                       on(V, [0.2, 0.71], method="inverted_cdf", weights=Q)]),
        (np.percentile, [on(A, [33.0, 71.0], 1, weights=P, method="inverted_cdf", keepdims=True)]),
        (np.nanquantile, [on(NAN, 0.3, 0, weights=P, method="inverted_cdf")]),
        (np.nanpercentile, [on(NAN, 71.0, 1, weights=P, method="inverted_cdf")]),
    ]
if np.lib.NumpyVersion(np.__version__) >= "2.5.0":
    NUMPY += [(np.sort, [on(A, descending=True), on(A, 0, descending=True, stable=True)])]

NUMPY += [(np.matmul, [on(A, B.T, axes=[(0, 1), (1, 0), (0, 1)]),
                       on(T3, U3, axes=[(1, 2), (1, 2), (2, 0)]), on(CA.T, CB, axes=[(1, 0), (0, 1), (1, 0)])])]
if hasattr(np, "matvec"):
    NUMPY += [(np.vecdot, [on(A, P, axes=[0, 0, ()]), on(CA, CA.T[:, 0], axes=[1, 0, ()])]),
              (np.matvec, [on(T3, V, axes=[(0, 2), 0, 1]), on(CA, W, axes=[(1, 0), 0, 0])]),
              (np.vecmat, [on(A[:, :2], T3, axes=[0, (1, 2), 0])])]
INF = np.array([0.5, np.nan, np.inf, -np.inf])
NUMPY += [
    (np.asarray_chkfinite, each(A, [0.1, 0.2])),
    (np.require, [on(A), on(A.T, requirements="C")]),
    (np.ndarray.clip, [on(A, -0.5, 0.5), on(A, min=0.1), on(A, max=V), on(A, 0.1)]),
    (np.nan_to_num, [on(A, nan=0.7), on(INF, nan=0.7, posinf=0.5, neginf=0.1)]),
    (np.longdouble, each(0.7, V)),
    (np.clongdouble, each(0.7, CV)),
]
if hasattr(np, "astype"):
    NUMPY += [(np.astype, [on(A, np.float64), on(A, complex)]), (np.clip, [on(A, min=-0.5, max=0.5), on(A, max=V)])]

FAMILIES = {
    "poly": np.polynomial.polynomial, "cheb": np.polynomial.chebyshev, "leg": np.polynomial.legendre,
    "herm": np.polynomial.hermite, "herme": np.polynomial.hermite_e, "lag": np.polynomial.laguerre,
}
SERIES = {
    "add": [on(V, W), on(W, V), on([0.1, 0.2], V), on(CV, W)],
    "sub": [on(V, W), on(W, V), on([0.1, 0.2], V), on(CV, W)],
    "mul": [on(V, W), on(W, V), on([0.1, 0.2], V), on(CV, W)],
    "mulx": each(V, CV, [0.5]),
    "pow": [on(V, 3), on(W, 1), on(CV, 2), on(V, 0)],
    "div": [on(V, W), on(V, W[:2]), on(W, V), on(V, V[::-1])],
    "der": [on(V), on(V, 2), on(A, axis=1), on(A, 1, 2.0), on(CV)],
    "int": [on(V), on(V, 2), on(A, axis=1), on(A, 1, [], 0, 2.0), on(CV), on(V, 1, 3), on(V, 2, [1, 2], 1), on(V, 2, [0.5, 0.7]),
            on(V, 1, 0.3, 0.5, 1.5), on(A, 1, [], 0.5, 2.0, 1), on(A, 2, [0.5], scl=0.5)],
    "vander": [on(V, 3), on(A, 2), on(V, 0), on(CV, 2)],
    "roots": each(V, W, CV),
    "fromroots": each(V, W, CV),
    "companion": [on(V), on(W), on(V[:2]), on(CV)],
    "val2d": [on(V, Q, A), on(0.3, 0.7, A), on(A, P, S)],
    "val3d": [on(V, Q, V[::-1], T3)],
    "vander2d": [on(V, Q, [1, 2]), on(A, P, (2, 0))],
    "vander3d": [on(V, Q, V[::-1], [1, 2, 1])],
    "fit": [on(V, Q, 2), on(V, Q, 1, w=P[0]), on(V, rng.standard_normal((4, 2)), 1)],
}
for prefix, module in FAMILIES.items():
    NUMPY += [(getattr(module, prefix + suffix), samples) for suffix, samples in SERIES.items()]
    if prefix != "poly":
        NUMPY += [(getattr(module, prefix + "2poly"), each(V, CV)), (getattr(module, "poly2" + prefix), each(V, CV))]
NUMPY += [
    (np.polynomial.polyutils.as_series, [on([V, W]), on((A[0], A[1])), on([V, W], trim=False)]),
    (np.polynomial.polyutils.trimcoef, [on(V), on(V, 0)]),
    (np.polynomial.polyutils.trimseq, [on(V)]),
]
NUMPY += [
    (np.histogram, [on(V, 3, weights=Q), on(A, 4), on(A, np.array([-1.0, 0.1, 2.0])), on(A, 3, (-0.5, 0.5), weights=P)]),
]
NUMPY += [
    (np.resize, [on(V, (3, 3)), on(A, 5), on([0.1, 0.2], (2, 2))]),
]
