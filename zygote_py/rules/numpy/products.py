"""Products of vectors, matrices and arrays: matmul, dot, tensordot, einsum, kron, cross, convolve.

The cotangent of a product is the product of dy with the conjugate of the other factor, summed over what the factor lacks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.registry import non_differentiable, rrule, rule, variant
from zygote_py.rules import kinds

from .helpers import H, conj, fit, like

rule(np.matmul, lambda dy, y, a, b: matmul_left(dy, a, b),
     lambda dy, y, a, b: matmul_right(dy, a, b), kind=kinds.matmul, overloads="__matmul__")
rule(np.dot, lambda dy, y, a, b: dot_left(dy, a, b),
     lambda dy, y, a, b: dot_right(dy, a, b), kind=kinds.matmul)
variant(np.matmul, (("a", 2), ("a", 2)), lambda dy, y, a, b: np.dot(dy, b.T),
        lambda dy, y, a, b: np.dot(a.T, dy))
variant(np.matmul, (("a", 2), ("a", 1)), lambda dy, y, a, b: dy[:, None] * b,
        lambda dy, y, a, b: np.dot(dy, a))
variant(np.matmul, (("a", 1), ("a", 2)), lambda dy, y, a, b: np.dot(b, dy),
        lambda dy, y, a, b: a[:, None] * dy)
variant(np.matmul, (("a", 1), ("a", 1)), lambda dy, y, a, b: dy * b,
        lambda dy, y, a, b: dy * a)
variant(np.dot, (("a", 2), ("a", 2)), lambda dy, y, a, b: np.dot(dy, b.T),
        lambda dy, y, a, b: np.dot(a.T, dy))
variant(np.dot, (("a", 2), ("a", 1)), lambda dy, y, a, b: dy[:, None] * b,
        lambda dy, y, a, b: np.dot(dy, a))
variant(np.dot, (("a", 1), ("a", 2)), lambda dy, y, a, b: np.dot(b, dy),
        lambda dy, y, a, b: a[:, None] * dy)
variant(np.dot, (("a", 1), ("a", 1)), lambda dy, y, a, b: dy * b,
        lambda dy, y, a, b: dy * a)
rule(np.vdot, lambda dy, y, a, b: like(conj(dy) * np.ravel(b), a),
     lambda dy, y, a, b: like(dy * np.ravel(a), b))
rule(np.inner, lambda dy, y, a, b: inner_left(dy, a, b),
     lambda dy, y, a, b: inner_right(dy, a, b))
rule(np.outer, lambda dy, y, a, b: like(dy @ conj(np.ravel(b)), a),
     lambda dy, y, a, b: like(conj(np.ravel(a)) @ dy, b))
rule(np.tensordot, lambda dy, y, a, b, axes=2: tensordot_left(dy, a, b, axes),
     lambda dy, y, a, b, axes=2: tensordot_right(dy, a, b, axes))
rule(np.kron, lambda dy, y, a, b: kron_back(dy, a, b)[0],
     lambda dy, y, a, b: kron_back(dy, a, b)[1])
rule(np.cross, lambda dy, y, a, b: cross_left(dy, a, b),
     lambda dy, y, a, b: cross_right(dy, a, b))

rule(np.convolve, lambda dy, y, a, v, mode="full": convolve_back(dy, a, v, mode),
     lambda dy, y, a, v, mode="full": convolve_back(dy, v, a, mode))
rule(np.correlate, lambda dy, y, a, v, mode="valid": convolve_back(dy, a, conj(np.asarray(v))[::-1], mode),
     lambda dy, y, a, v, mode="valid": fit(conj(convolve_back(dy, conj(np.asarray(v))[::-1], a, mode))[::-1], v))
rule(np.polyval, lambda dy, y, p, x: polyval_p(dy, p, x),
     lambda dy, y, p, x: fit(dy * conj(np.polyval(np.polyder(p), x)), x))
non_differentiable(np.polyder)
if hasattr(np, "vecdot"):
    rule(np.vecdot, lambda dy, y, a, b: fit(conj(np.asarray(dy)[..., None]) * b, a),
         lambda dy, y, a, b: fit(np.asarray(dy)[..., None] * a, b))
if hasattr(np, "matvec"):
    rule(np.matvec, lambda dy, y, a, b: fit(dy[..., :, None] * conj(b)[..., None, :], a),
         lambda dy, y, a, b: fit((H(a) @ dy[..., None])[..., 0], b))
    rule(np.vecmat, lambda dy, y, a, b: fit((b @ conj(dy)[..., None])[..., 0], a),
         lambda dy, y, a, b: fit(a[..., :, None] * dy[..., None, :], b))


def convolve_back(dy: Any, a: Any, v: Any, mode: str) -> Any:
    """y_k = sum of a_i v_{k-i}, hence da_i = sum of dy_k conj(v)_{k-i}, with dy put back into the full length."""
    n, m = len(a), len(v)
    full = n + m - 1
    start = {"full": 0, "same": (min(n, m) - 1) // 2, "valid": min(n, m) - 1}[mode]
    d = np.concatenate([np.zeros(start), dy, np.zeros(full - start - len(dy))])
    return fit(np.convolve(d, conj(np.asarray(v))[::-1], "full")[m - 1:m - 1 + n], a)


def polyval_p(dy: Any, p: Any, x: Any) -> Any:
    """y = sum of p_i x^(n-1-i)."""
    powers = [conj(np.asarray(x)) ** (len(p) - 1 - i) for i in range(len(p))]
    return fit(np.stack([np.sum(dy * power) for power in powers]), p)


def matmul_left(dy: Any, a: Any, b: Any) -> Any:
    """y = a b, hence da = dy b^H; a vector has no first or last axis."""
    if not (hasattr(a, "ndim") and hasattr(b, "ndim")):
        return fit(matmul_left(dy, np.asarray(a), np.asarray(b)), a)
    b = conj(b)
    if b.ndim == 1:
        return fit(dy * b if a.ndim == 1 else dy[..., None] * b, a)
    if a.ndim == 1:
        return fit(b @ dy if b.ndim == 2 else (b @ dy[..., None])[..., 0], a)
    return fit(dy @ (b.T if b.ndim == 2 else b.swapaxes(-1, -2)), a)


def matmul_right(dy: Any, a: Any, b: Any) -> Any:
    """y = a b, hence db = a^H dy."""
    if not (hasattr(a, "ndim") and hasattr(b, "ndim")):
        return fit(matmul_right(dy, np.asarray(a), np.asarray(b)), b)
    a = conj(a)
    if a.ndim == 1:
        return fit(dy * a if b.ndim == 1 else a[:, None] * dy[..., None, :], b)
    if b.ndim == 1:
        return fit(dy @ a if a.ndim == 2 else (dy[..., None, :] @ a)[..., 0, :], b)
    if b.ndim == 2 and a.ndim > 2:
        return fit(a.reshape(-1, a.shape[-1]).T @ dy.reshape(-1, dy.shape[-1]), b)
    return fit((a.T if a.ndim == 2 else a.swapaxes(-1, -2)) @ dy, b)


def dot_left(dy: Any, a: Any, b: Any) -> Any:
    """np.dot is a product for numbers, matmul up to two axes, and a sum over the last of a and the last but one of b beyond."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return fit(dy * conj(np.asarray(b)), a)
    if np.ndim(a) <= 2 and np.ndim(b) <= 2:
        return matmul_left(dy, a, b)
    return tensordot_left(dy, a, b, (np.ndim(a) - 1, max(np.ndim(b) - 2, 0)))


def dot_right(dy: Any, a: Any, b: Any) -> Any:
    """See dot_left."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return fit(dy * conj(np.asarray(a)), b)
    if np.ndim(a) <= 2 and np.ndim(b) <= 2:
        return matmul_right(dy, a, b)
    return tensordot_right(dy, a, b, (np.ndim(a) - 1, max(np.ndim(b) - 2, 0)))


def inner_left(dy: Any, a: Any, b: Any) -> Any:
    """np.inner sums over the last axes."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return dot_left(dy, a, b)
    return tensordot_left(dy, a, b, (np.ndim(a) - 1, np.ndim(b) - 1))


def inner_right(dy: Any, a: Any, b: Any) -> Any:
    """See inner_left."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return dot_right(dy, a, b)
    return tensordot_right(dy, a, b, (np.ndim(a) - 1, np.ndim(b) - 1))


def summed_axes(axes: Any, n: int, m: int) -> tuple[list, list]:
    """Return the axes of both operands that tensordot sums over, as non-negative numbers."""
    if not isinstance(axes, (tuple, list)):
        return list(range(n - axes, n)), list(range(axes))
    left = list(axes[0]) if isinstance(axes[0], (tuple, list)) else [axes[0]]
    right = list(axes[1]) if isinstance(axes[1], (tuple, list)) else [axes[1]]
    return [i % n for i in left], [i % m for i in right]


def tensordot_left(dy: Any, a: Any, b: Any, axes: Any) -> Any:
    """dy has the free axes of a, then those of b. Sum over the latter, and put the summed axes of b where a had its own."""
    n, m = np.ndim(a), np.ndim(b)
    left, right = summed_axes(axes, n, m)
    free = [i for i in range(m) if i not in right]
    d = np.tensordot(dy, conj(np.asarray(b)), (list(range(n - len(left), n - len(left) + len(free))), free))
    order = [left[i] for i in sorted(range(len(right)), key=right.__getitem__)]
    return fit(np.moveaxis(d, list(range(n - len(left), n)), order), a)


def tensordot_right(dy: Any, a: Any, b: Any, axes: Any) -> Any:
    """See tensordot_left; the axes that come from a stand first."""
    n, m = np.ndim(a), np.ndim(b)
    left, right = summed_axes(axes, n, m)
    free = [i for i in range(n) if i not in left]
    d = np.tensordot(conj(np.asarray(a)), dy, (free, list(range(len(free)))))
    order = [right[i] for i in sorted(range(len(left)), key=left.__getitem__)]
    return fit(np.moveaxis(d, list(range(len(left))), order), b)


def kron_back(dy: Any, a: Any, b: Any) -> tuple:
    """y[i n + k, j m + l] = a[i, j] b[k, l]."""
    r = max(np.ndim(a), np.ndim(b))
    sa, sb = (1,) * (r - np.ndim(a)) + np.shape(a), (1,) * (r - np.ndim(b)) + np.shape(b)
    d = np.reshape(dy, tuple([length for pair in zip(sa, sb) for length in pair]))
    big_a = np.reshape(conj(np.asarray(a)), tuple([length for s in sa for length in (s, 1)]))
    big_b = np.reshape(conj(np.asarray(b)), tuple([length for s in sb for length in (1, s)]))
    return (like((d * big_b).sum(axis=tuple(range(1, 2 * r, 2))), a), like((d * big_a).sum(axis=tuple(range(0, 2 * r, 2))), b))


def cross_left(dy: Any, a: Any, b: Any) -> Any:
    """dy . (da x b) = da . (b x dy)."""
    check_cross(a, b)
    return fit(np.cross(conj(np.asarray(b)), dy), a)


def cross_right(dy: Any, a: Any, b: Any) -> Any:
    """dy . (a x db) = db . (dy x a)."""
    check_cross(a, b)
    return fit(np.cross(dy, conj(np.asarray(a))), b)


def check_cross(a: Any, b: Any) -> None:
    """Refuse vectors of two components."""
    if np.shape(a)[-1] != 3 or np.shape(b)[-1] != 3:
        raise NotImplementedError("np.cross has a rule for vectors of three components only")


# -- einsum --------------------------------------------------------------------------------------------------------------------


@rrule(np.einsum)
def einsum(subscripts, *operands, optimize=False):
    """Each operand's cotangent is the sum of dy with all other operands over the indices that the operand lacks."""
    arrays = [np.asarray(x) for x in operands]
    y = np.einsum(subscripts, *operands, optimize=optimize)

    def einsum_back(dy):
        inputs, output = parse_subscripts(subscripts, arrays)
        return (None, *[fit(einsum_part(dy, inputs, output, arrays, i, optimize), x) for i, x in enumerate(operands)])
    return y, einsum_back


def parse_subscripts(subscripts: str, arrays: list) -> tuple[list[str], str]:
    """Return the index letters of every operand and of the result, with letters of their own for the axes of an ellipsis."""
    if not isinstance(subscripts, str):
        raise NotImplementedError("np.einsum has a rule for subscripts in a string only")
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    spare = [c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" if c not in left]
    widths = [x.ndim - len(term.replace("...", "")) for term, x in zip(terms, arrays)]
    rest = "".join(spare[:max([0] + [w for w, term in zip(widths, terms) if "..." in term])])
    inputs = [term.replace("...", rest[len(rest) - w:] if w else "") for term, w in zip(terms, widths)]
    for term in inputs:
        if len(set(term)) != len(term):
            raise NotImplementedError(f"np.einsum has no rule for an index that occurs twice in one operand: {subscripts!r}; "
                                      "take np.diagonal or np.trace first")
    if arrow:
        return inputs, right.replace("...", rest)
    letters = "".join(inputs)
    named = "".join(sorted([c for c in set(letters) if letters.count(c) == 1 and c not in rest]))
    return inputs, rest + named


def einsum_part(dy: Any, inputs: list, output: str, arrays: list, i: int, optimize: Any) -> Any:
    """Return the cotangent of operand i."""
    others = [(inputs[k], conj(arrays[k])) for k in range(len(arrays)) if k != i]
    seen = output + "".join([term for term, _ in others])
    lacking = "".join([c for c in inputs[i] if c not in seen])      # summed over in this operand alone: repeat along them
    kept = "".join([c for c in inputs[i] if c in seen])
    d = np.einsum(",".join([output, *[term for term, _ in others]]) + "->" + kept, dy, *[x for _, x in others], optimize=optimize)
    if lacking:
        shape = [arrays[i].shape[p] if c in lacking else 1 for p, c in enumerate(inputs[i])]
        d = np.reshape(d, [1 if c in lacking else d.shape[kept.index(c)] for c in inputs[i]]) * np.ones(shape)
    return d
