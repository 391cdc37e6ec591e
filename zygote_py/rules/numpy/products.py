"""Products of vectors, matrices and arrays: matmul, dot, tensordot, einsum, kron, cross, convolve.

The cotangent of a product is the product of dy with the conjugate of the other factor, summed over what the factor lacks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.errors import MissingRuleError, message
from zygote_py.registry import pushes, rrule, rule, variant, with_options
from zygote_py.rules import kinds

from .helpers import H, conj, fit, like, placed

rule(np.matmul, lambda dy, y, a, b: matmul_left(dy, a, b),
     lambda dy, y, a, b: matmul_right(dy, a, b), kind=kinds.matmul, overloads="__matmul__")
rule(np.dot, lambda dy, y, a, b: dot_left(dy, a, b),
     lambda dy, y, a, b: dot_right(dy, a, b), kind=kinds.dot)
pushes(np.matmul, lambda x_dot, y, a, b: np.matmul(x_dot, b),
       lambda x_dot, y, a, b: np.matmul(a, x_dot))
pushes(np.dot, lambda x_dot, y, a, b: np.dot(x_dot, b),
       lambda x_dot, y, a, b: np.dot(a, x_dot))
for f in (np.matmul, np.dot):
    variant(f, (("a", 2), ("a", 2)), lambda dy, y, a, b: np.dot(dy, b.T),
            lambda dy, y, a, b: np.dot(a.T, dy))
    variant(f, (("a", 2), ("a", 1)), lambda dy, y, a, b: dy[:, None] * b,
            lambda dy, y, a, b: np.dot(dy, a))
    variant(f, (("a", 1), ("a", 2)), lambda dy, y, a, b: np.dot(b, dy),
            lambda dy, y, a, b: a[:, None] * dy)
    variant(f, (("a", 1), ("a", 1)), lambda dy, y, a, b: dy * b,
            lambda dy, y, a, b: dy * a)
rule(np.vdot, lambda dy, y, a, b: like(conj(dy) * np.ravel(b), a),
     lambda dy, y, a, b: like(dy * np.ravel(a), b), kind=kinds.vdot)
rule(np.inner, lambda dy, y, a, b: inner_left(dy, a, b),
     lambda dy, y, a, b: inner_right(dy, a, b), kind=kinds.dot)
rule(np.outer, lambda dy, y, a, b: like(dy @ conj(np.ravel(b)), a),
     lambda dy, y, a, b: like(conj(np.ravel(a)) @ dy, b), kind=kinds.outer)
rule(np.tensordot, lambda dy, y, a, b, axes=2: tensordot_left(dy, a, b, axes),
     lambda dy, y, a, b, axes=2: tensordot_right(dy, a, b, axes), kind=kinds.tensordot)
rule(np.kron, lambda dy, y, a, b: kron_back(dy, a, b, a, 1),
     lambda dy, y, a, b: kron_back(dy, a, b, b, 0), kind=kinds.kron)
rule(np.cross, lambda dy, y, a, b, axisa=-1, axisb=-1, axisc=-1, axis=None:
     cross_left(dy, a, b, axisa, axisb, axisc, axis),
     lambda dy, y, a, b, axisa=-1, axisb=-1, axisc=-1, axis=None:
     cross_right(dy, a, b, axisa, axisb, axisc, axis), kind=kinds.cross)
variant(np.cross, (("a", 1), ("a", 1)),
        lambda dy, y, a, b: np.cross(b, dy) if len(a) == len(b) == 3 else cross_left(dy, a, b),
        lambda dy, y, a, b: np.cross(dy, a) if len(a) == len(b) == 3 else cross_right(dy, a, b))

rule(np.convolve, lambda dy, y, a, v, mode="full": convolve_back(dy, a, v, mode),
     lambda dy, y, a, v, mode="full": convolve_back(dy, v, a, mode))
rule(np.correlate, lambda dy, y, a, v, mode="valid": convolve_back(dy, a, conj(np.asarray(v))[::-1], mode, len(a) < len(v)),
     lambda dy, y, a, v, mode="valid": fit(
         conj(convolve_back(dy, conj(np.asarray(v))[::-1], a, mode, len(a) < len(v)))[::-1], v))
if hasattr(np, "vecdot"):
    rule(np.vecdot, lambda dy, y, a, b, *, axis=-1, keepdims=False: vecdot_back(conj(dy), b, a, axis, keepdims),
         lambda dy, y, a, b, *, axis=-1, keepdims=False: vecdot_back(dy, a, b, axis, keepdims))
if hasattr(np, "matvec"):
    rule(np.matvec, lambda dy, y, a, b: matvec_left(dy, a, b),
         lambda dy, y, a, b: matvec_right(dy, a, b))
    rule(np.vecmat, lambda dy, y, a, b: vecmat_left(dy, a, b),
         lambda dy, y, a, b: vecmat_right(dy, a, b))

# `axes` says where the vectors and matrices lie in the operands and in the result: in the last axes otherwise.
with_options(np.matmul, lambda dy, y, a, b, *, axes: at_axes(matmul_left, dy, a, b, axes, 0),
             lambda dy, y, a, b, *, axes: at_axes(matmul_right, dy, a, b, axes, 1))
if hasattr(np, "vecdot"):
    with_options(np.vecdot, lambda dy, y, a, b, *, axes: at_axes(vecdot_left, dy, a, b, axes, 0),
                 lambda dy, y, a, b, *, axes: at_axes(vecdot_back, dy, a, b, axes, 1))
if hasattr(np, "matvec"):
    with_options(np.matvec, lambda dy, y, a, b, *, axes: at_axes(matvec_left, dy, a, b, axes, 0),
                 lambda dy, y, a, b, *, axes: at_axes(matvec_right, dy, a, b, axes, 1))
    with_options(np.vecmat, lambda dy, y, a, b, *, axes: at_axes(vecmat_left, dy, a, b, axes, 0),
                 lambda dy, y, a, b, *, axes: at_axes(vecmat_right, dy, a, b, axes, 1))


def at_axes(part: Any, dy: Any, a: Any, b: Any, axes: Any, i: int) -> Any:
    """Give the cotangent of operand i by the part of a rule for the last axes: all are moved there, and it is moved back."""
    places = [(place,) if isinstance(place, int) else tuple(place) for place in (*axes, ())]
    d, x, z = [np.moveaxis(np.asarray(value), at, last(at)) for value, at in zip((dy, a, b), (places[2], *places[:2]))]
    return fit(np.moveaxis(part(d, x, z), last(places[i]), places[i]), (a, b)[i])


def last(axes: tuple) -> tuple:
    """Return the last axes, as many as these."""
    return tuple(range(-len(axes), 0))


def vecdot_left(dy: Any, a: Any, b: Any) -> Any:
    return vecdot_back(conj(dy), b, a)


def matvec_left(dy: Any, a: Any, b: Any) -> Any:
    return fit(dy[..., :, None] * conj(b)[..., None, :], a)


def matvec_right(dy: Any, a: Any, b: Any) -> Any:
    return fit((H(a) @ dy[..., None])[..., 0], b)


def vecmat_left(dy: Any, a: Any, b: Any) -> Any:
    return fit((b @ conj(dy)[..., None])[..., 0], a)


def vecmat_right(dy: Any, a: Any, b: Any) -> Any:
    return fit(a[..., :, None] * dy[..., None, :], b)


def convolve_back(dy: Any, a: Any, v: Any, mode: str, later: bool = False) -> Any:
    """y_k = sum of a_i v_{k-i}, hence da_i = sum of dy_k conj(v)_{k-i}, with dy put back into the full length.

    Of two middles "same" is the earlier one; `np.correlate` of a short vector with a longer one takes the later.
    """
    n, m = len(a), len(v)
    full = n + m - 1
    start = {"full": 0, "same": (min(n, m) - 1 + later) // 2, "valid": min(n, m) - 1}[mode]
    d = np.concatenate([np.zeros(start), dy, np.zeros(full - start - len(dy))])
    return fit(np.correlate(d, v, "valid"), a)


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


def kron_back(dy: Any, a: Any, b: Any, x: Any, others: int) -> Any:
    """y[i n + k, j m + l] = a[i, j] b[k, l]; for one factor x, the sum over the axes that the other one gave, all odd or even."""
    r = max(np.ndim(a), np.ndim(b))
    sa, sb = (1,) * (r - np.ndim(a)) + np.shape(a), (1,) * (r - np.ndim(b)) + np.shape(b)
    d = np.reshape(dy, tuple([length for pair in zip(sa, sb) for length in pair]))
    other = np.reshape(conj(np.asarray(b if others else a)), sb if others else sa)
    if r == 2:      # without moving axes
        return like((d @ other[:, :, None])[..., 0].sum(axis=1) if others else (other[:, None, None] @ d)[:, :, 0].sum(axis=0), x)
    return like(np.tensordot(d, other, (tuple(range(others, 2 * r, 2)), tuple(range(r)))), x)


def vecdot_back(dy: Any, other: Any, x: Any, axis: int = -1, keepdims: bool = False) -> Any:
    """y = sum of conj(a) b over the axis, hence da = conj(dy) b and db = dy a."""
    z = np.asarray(other)
    if axis == -1:
        return fit((dy if keepdims else np.asarray(dy)[..., None]) * z, x)
    d = dy if keepdims else np.expand_dims(dy, axis)
    return fit(d * z, x)


def cross_left(dy: Any, a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Any:
    """dy . (da x b) = da . (b x dy)."""
    if axis is not None:
        axisa = axisb = axisc = axis
    _, v, d = cross_vectors(dy, a, b, axisa, axisb, axisc)
    return uncross(np.cross(v, d), a, axisa)


def cross_right(dy: Any, a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Any:
    """dy . (a x db) = db . (dy x a)."""
    if axis is not None:
        axisa = axisb = axisc = axis
    u, _, d = cross_vectors(dy, a, b, axisa, axisb, axisc)
    return uncross(np.cross(d, u), b, axisb)


def cross_vectors(dy: Any, a: Any, b: Any, axisa: int, axisb: int, axisc: int) -> tuple:
    """Return conj(a), conj(b) and dy with three components in the last axis; of two flat vectors the product is the third."""
    u, v = np.moveaxis(conj(np.asarray(a)), axisa, -1), np.moveaxis(conj(np.asarray(b)), axisb, -1)
    if u.shape[-1] == 2 and v.shape[-1] == 2:
        d = np.asarray(dy)[..., None] * np.array([0.0, 0.0, 1.0])
    else:
        d = np.moveaxis(dy, axisc, -1)
    return spatial(u), spatial(v), d


def spatial(u: Any) -> Any:
    """Return vectors of two components with a third that is zero."""
    return u if u.shape[-1] == 3 else np.concatenate([u, np.zeros((*u.shape[:-1], 1))], -1)


def uncross(d: Any, x: Any, axis: int) -> Any:
    """Bring the vectors back to where, and as long as, they were in `x`."""
    n = np.shape(x)[axis]
    return fit(np.moveaxis(d[..., :n], -1, axis), x)


# -- einsum --------------------------------------------------------------------------------------------------------------------


@rrule(np.einsum)
def einsum(*operands, out=None, optimize=False, dtype=None, order="K", casting="safe"):
    if out is not None:
        raise MissingRuleError(message("np.einsum has no rule with `out`", why="It writes into an array that is given.",
                                       instead="a[...] = np.einsum(...)", doc="docs/limitations.md#in-place"))
    """Each operand's cotangent is the sum of dy with all other operands over the indices that the operand lacks."""
    y = np.einsum(*operands, optimize=optimize, dtype=dtype, order=order, casting=casting)

    def einsum_back(dy):
        subscripts, places = subscripts_of(operands)
        arrays = [np.asarray(operands[p]) for p in places]
        inputs, output = parse_subscripts(subscripts, arrays)
        ds: list = [None] * len(operands)
        for i, p in enumerate(places):
            d = fit(einsum_part(dy, inputs, output, arrays, i, optimize is not False), operands[p])
            ds = [d if k == p else ds[k] for k in range(len(ds))]
        return tuple(ds)
    return y, einsum_back


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def subscripts_of(operands: tuple) -> tuple[str, list[int]]:
    """Return the subscripts as a string, and where the arrays stand: after it, or before their lists of index numbers."""
    if isinstance(operands[0], str):
        return operands[0], list(range(1, len(operands)))
    n = len(operands) // 2
    terms = ["".join(["..." if k is Ellipsis else LETTERS[k] for k in operands[2 * i + 1]]) for i in range(n)]
    subscripts = ",".join(terms)
    if len(operands) % 2:
        subscripts = subscripts + "->" + "".join(["..." if k is Ellipsis else LETTERS[k] for k in operands[-1]])
    return subscripts, list(range(0, 2 * n, 2))


def parse_subscripts(subscripts: str, arrays: list) -> tuple[list[str], str]:
    """Return the index letters of every operand and of the result, with letters of their own for the axes of an ellipsis."""
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    spare = [c for c in reversed(LETTERS) if c not in subscripts]
    widths = [x.ndim - len(term.replace("...", "")) for term, x in zip(terms, arrays)]
    rest = "".join(spare[:max([0] + [w for w, term in zip(widths, terms) if "..." in term])])
    inputs = [term.replace("...", rest[len(rest) - w:] if w else "") for term, w in zip(terms, widths)]
    if arrow:
        return inputs, right.replace("...", rest)
    letters = "".join(inputs)
    named = "".join(sorted([c for c in set(letters) if letters.count(c) == 1 and c not in rest]))
    return inputs, rest + named


def einsum_part(dy: Any, inputs: list, output: str, arrays: list, i: int, optimize: Any) -> Any:
    """Return the cotangent of operand i: repeated along what is summed over in it alone, on the diagonal of a repeated index."""
    others = [(inputs[k], conj(arrays[k])) for k in range(len(arrays)) if k != i]
    seen = output + "".join([term for term, _ in others])
    shape = dict(zip(inputs[i], arrays[i].shape))
    distinct = "".join(shape)
    kept = "".join([c for c in distinct if c in seen])
    terms, factors = [output, *[term for term, _ in others]], [dy, *[x for _, x in others]]
    for k in range(len(terms)):             # an axis of length 1 that is broadcast against the operand's
        factors = [*factors[:k], widened(factors[k], terms[k], shape), *factors[k + 1:]]
    d = np.einsum(",".join(terms) + "->" + kept, *factors, optimize=optimize)
    d = np.reshape(d, [d.shape[kept.index(c)] if c in kept else 1 for c in distinct])
    full = np.broadcast_to(d, tuple([max(n, shape[c]) for n, c in zip(d.shape, distinct)]))
    return full if distinct == inputs[i] else on_diagonal(full, distinct, inputs[i], arrays[i].shape)


def widened(x: Any, term: str, shape: dict) -> Any:
    """Repeat axes of length 1 to the lengths that the indices have in an operand."""
    wanted = tuple([max(n, shape.get(c, 1)) if n == 1 else n for c, n in zip(term, np.shape(x))])
    return np.broadcast_to(x, wanted) if wanted != np.shape(x) else x


def on_diagonal(d: Any, letters: str, term: str, shape: tuple) -> Any:
    """Return zeros but for the elements whose places agree in the repeated indices of `term`; those come from `d`."""
    grid = np.indices(d.shape)
    return placed(d, tuple([grid[letters.index(c)] for c in term]), shape)
