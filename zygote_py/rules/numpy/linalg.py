"""numpy.linalg: norms, inverses, determinants, systems of equations, and the functions of the array API.

H is the conjugate transpose of the last two axes. A norm at 0 has derivative 0; at a tie the largest (smallest) share evenly.

    [Giles 2008]                M. B. Giles, Collected matrix derivative results for forward and reverse mode algorithmic
                                differentiation
    [Golub and Pereyra 1973]    G. H. Golub, V. Pereyra, The differentiation of pseudo-inverses and nonlinear least squares
                                problems
    [Mathias 1996]              R. Mathias, A chain rule for matrix functions and applications
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.registry import linear, non_differentiable, not_yet, rrule, rule
from zygote_py.rules import kinds

from .factorizations import half_read, on_diagonal, refusal, singular_values_back
from .helpers import H, T, conj, fit, lift, like, norm_order_back, ratio, strong
from .products import matmul_left, matmul_right, tensordot_left, tensordot_right
from .shapes import undiagonal, untrace

non_differentiable(np.linalg.matrix_rank)

# -- norms ---------------------------------------------------------------------------------------------------------------------

rule(np.linalg.norm, lambda dy, y, x, ord=None, axis=None, keepdims=False: norm_back(dy, y, x, ord, axis, keepdims),
     lambda dy, y, x, ord=None, axis=None, keepdims=False: norm_order_back(dy, y, x, ord, axis, keepdims), kind=kinds.opaque)


def norm_back(dy: Any, y: Any, x: Any, ord: Any, axis: Any, keepdims: Any) -> Any:
    """2 and Frobenius: dx = dy x / y. 1: sign(x). inf: ties share evenly. p: x |x|^(p-2) / y^(p-1). 0 where the norm is 0."""
    a = np.asarray(x)
    matrix = (type(axis) is tuple and len(axis) == 2) or (axis is None and a.ndim == 2)
    if type(axis) is tuple and len(axis) == 1:
        axis = axis[0]
    if axis is not None and not keepdims:
        y, dy = lift(y, a.ndim, axis), lift(dy, a.ndim, axis)
    elif axis is None and keepdims:
        y, dy = y.reshape(()), dy.reshape(())
    if ord is None or ord == "fro" or (not matrix and ord == 2):
        return fit(a * strong_product(dy, ratio(1.0, y)), x)
    if not matrix:
        return fit(vector_norm_back(dy, y, a, ord, axis), x)
    return fit(matrix_norm_back(dy, a, ord, (-2, -1) if axis is None else axis), x)


def strong_product(dy: Any, p: Any) -> Any:
    """Return dy * p, where zero cotangents stay zero."""
    return dy * strong(p)


def phase(a: Any) -> Any:
    """Return a / |a|, and 0 where a is 0."""
    return ratio(a, np.abs(a)) if a.dtype.kind == "c" else np.sign(a)


def vector_norm_back(dy: Any, y: Any, a: Any, p: Any, axis: Any) -> Any:
    """y = (sum |a|^p)^(1/p)."""
    size = np.abs(a)
    if p == 1:
        return phase(a) * dy
    if p == 0:
        return a * 0.0
    if p == np.inf or p == -np.inf:
        attained = size == y
        return phase(a) * np.where(attained, dy / attained.sum(axis=axis, keepdims=True), 0.0)
    zero = (size == 0) | (y == 0)
    return phase(a) * np.where(zero, 0.0, np.where(zero, 1.0, size / np.where(y == 0, 1.0, y)) ** (p - 1)) * dy


def matrix_norm_back(dy: Any, a: Any, ord: Any, axes: Any) -> Any:
    """nuc, 2, -2: by singular values. 1, -1, inf, -inf: the largest or smallest sum of absolute values of columns or rows."""
    row, column = axes
    z = np.moveaxis(a, axes, (-2, -1))
    d = np.moveaxis(dy, axes, (-2, -1)) if np.ndim(dy) else dy
    if ord == "nuc" or ord == 2 or ord == -2:
        u, s, vh = np.linalg.svd(z, full_matrices=False)
        if ord == "nuc":
            weight = 1.0 * (s > 0)
        else:
            attained = s == (s[..., :1] if ord == 2 else s[..., -1:])
            weight = (s > 0) * attained / attained.sum(-1, keepdims=True)
        r = (u * weight[..., None, :]) @ vh * d
    else:
        sums = np.abs(z).sum(axis=-2 if abs(ord) == 1 else -1, keepdims=True)
        best = sums.max(axis=(-2, -1), keepdims=True) if ord > 0 else sums.min(axis=(-2, -1), keepdims=True)
        attained = sums == best
        r = phase(z) * (attained / attained.sum(axis=(-2, -1), keepdims=True)) * d
    return np.moveaxis(r, (-2, -1), (row, column))


# -- inverses and determinants -------------------------------------------------------------------------------------------------

rule(np.linalg.inv, lambda dy, y, a: fit(-H(y) @ dy @ H(y), a), kind=kinds.of_matrices)      # y_dot = -y a_dot y   [Giles 2008]
rule(np.linalg.tensorinv, lambda dy, y, a, ind=2: like(tensorinv_back(dy, y, ind), a))
rule(np.linalg.det, lambda dy, y, a: fit(det_back(dy, y, np.asarray(a)), a), kind=kinds.number_of_matrices)
rule(np.linalg.slogdet, lambda dy, y, a: fit(slogdet_back(dy, y, np.asarray(a)), a))
rule(np.linalg.matrix_power, lambda dy, y, a, n: fit(function_back(np.linalg.matrix_power, a, dy, n), a), fresh=False)
if np.__version__ >= "2":
    rule(np.linalg.pinv, lambda dy, y, a, rcond=None, hermitian=False, *, rtol=None: fit(
        pinv_of(dy, y, np.asarray(a), rcond if rcond is not None else rtol, hermitian), a), None)
else:
    rule(np.linalg.pinv, lambda dy, y, a, rcond=1e-15, hermitian=False: fit(
        pinv_of(dy, y, np.asarray(a), rcond, hermitian), a), None)


def tensorinv_back(dy: Any, y: Any, ind: int) -> Any:
    """np.linalg.tensorinv inverts the matrix of the first `ind` axes against the others."""
    n = int(np.prod(y.shape[np.ndim(y) - ind:]))
    inverse = y.reshape(n, n)
    return -H(inverse) @ dy.reshape(n, n) @ H(inverse)


def det_back(dy: Any, y: Any, a: Any) -> Any:
    """y_dot = y tr(a^-1 a_dot), hence da = dy conj(y) a^-H; by the cofactors where y is 0   [Giles 2008]."""
    d = np.asarray(dy)[..., None, None]
    if np.all(y):
        return d * conj(np.asarray(y))[..., None, None] * H(np.linalg.inv(a))
    return d * conj(cofactors(a))


def cofactors(a: Any) -> Any:
    """Return the matrix of cofactors, (-1)^(i+j) times the determinant without row i and column j."""
    n = a.shape[-1]
    if n > 8:
        return cofactors_by_factors(a)
    minors = [[np.linalg.det(np.delete(np.delete(a, i, -2), j, -1)) for j in range(n)] for i in range(n)]
    signs = (-1.0) ** np.add.outer(np.arange(n), np.arange(n))
    return signs * np.stack([np.stack(row, -1) for row in minors], -2)


def cofactors_by_factors(a: Any) -> Any:
    """The same for large matrices, once: the cofactors of a product are the product of those of the factors."""
    u, s, vh = np.linalg.svd(a)
    others = np.stack([np.prod(np.delete(s, i, axis=-1), axis=-1) for i in range(s.shape[-1])], -1)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return np.asarray(sign)[..., None, None] * conj((u * others[..., None, :]) @ vh)


rule(cofactors_by_factors, not_yet)


def slogdet_back(dy: Any, y: Any, a: Any) -> Any:
    """log det_dot = tr(a^-1 a_dot): its real part moves logabsdet, its imaginary part the sign."""
    total = np.zeros(a.shape[:-2]) if dy[1] is None else np.asarray(dy[1])
    if dy[0] is not None and a.dtype.kind == "c":
        total = total + 1j * np.imag(conj(np.asarray(y[0])) * dy[0])
    return total[..., None, None] * H(np.linalg.inv(a))


def function_back(f: Any, a: Any, dy: Any, *parameters: Any) -> Any:
    """The cotangent of an analytic function of a matrix: its derivative at the transpose, in the direction of dy.

    f of the block matrix ((a, e), (0, a)) has the derivative at a in the direction e as its upper right block   [Mathias 1996].
    """
    b = T(np.asarray(a))
    e = conj(dy).astype(np.result_type(b.dtype, "f4" if dy.dtype.kind == "f" else "c8"))     # some f return extended precision
    n = b.shape[-1]
    upper, lower = np.concatenate([b, e], -1), np.concatenate([np.zeros(b.shape, b.dtype), b], -1)
    return conj(f(np.concatenate([upper, lower], -2), *parameters)[..., :n, n:])


def pinv_of(dy: Any, y: Any, a: Any, rcond: Any, hermitian: Any) -> Any:
    """np.linalg.pinv; `hermitian` reads the lower half only."""
    if hermitian:
        low = np.tril(a, -1)
        whole = low + H(low) + on_diagonal(np.real(np.diagonal(a, 0, -2, -1)))
        refuse_cut(whole, rcond)
        return half_read(pinv_back(dy, y, whole))
    refuse_cut(a, rcond)
    return pinv_back(dy, y, a)


def pinv_back(dy: Any, y: Any, a: Any) -> Any:
    """y = pinv(a), of constant rank   [Golub and Pereyra 1973]."""
    p, d = H(y), H(dy)
    row, column = d - d @ y @ a, d - a @ y @ d          # d (1 - y a), (1 - a y) d
    return -p @ dy @ p + column @ y @ p + p @ y @ row


@non_differentiable
def refuse_cut(a: Any, rcond: Any) -> None:
    """Refuse a pseudo-inverse that leaves out singular values which are not zero to working precision."""
    s = np.linalg.svd(a, compute_uv=False)
    top = s.max(axis=-1, initial=0.0, keepdims=True)
    zero = 10 * max(a.shape[-2:]) * np.finfo(s.dtype).eps
    if rcond is not None and np.any((s <= np.asarray(rcond)[..., None] * top) & (s > zero * top)):
        raise refusal("the rule for pseudo-inverses does not cover one that leaves out small singular values",
                      "It holds where the rank does not change.",
                      "leave the cutoff at its default, or add a multiple of the identity")


# -- systems of equations ------------------------------------------------------------------------------------------------------

rule(np.linalg.solve, lambda dy, y, a, b: fit(left_of(solve_right(dy, y, np.asarray(a)), y, np.asarray(a)), a),
     lambda dy, y, a, b: fit(solve_right(dy, y, np.asarray(a)), b), kind=kinds.solution)
rule(np.linalg.tensorsolve, lambda dy, y, a, b, axes=None: fit(tensorsolve_back(dy, y, np.asarray(a), np.ndim(b), axes)[0], a),
     lambda dy, y, a, b, axes=None: fit(tensorsolve_back(dy, y, np.asarray(a), np.ndim(b), axes)[1], b))
rule(np.linalg.lstsq, lambda dy, y, a, b, rcond=None: fit(lstsq_back(dy, y, np.asarray(a), np.asarray(b), rcond)[0], a),
     lambda dy, y, a, b, rcond=None: fit(lstsq_back(dy, y, np.asarray(a), np.asarray(b), rcond)[1], b), None)


def is_vector(a: Any, y: Any) -> bool:
    """Whether the solutions y of a y = b are vectors."""
    return np.ndim(y) == 1 or np.ndim(y) == np.ndim(a) - 1


def solve_right(dy: Any, y: Any, a: Any) -> Any:
    """a y = b, hence db = a^-H dy   [Giles 2008]."""
    if is_vector(a, y) and a.ndim > 2:
        return np.linalg.solve(H(a), dy[..., None])[..., 0]
    return np.linalg.solve(H(a), dy)


def solve_left(dy: Any, y: Any, a: Any) -> Any:
    """a y = b, hence da = -db y^H   [Giles 2008]."""
    return left_of(solve_right(dy, y, a), y, a)


def left_of(d: Any, y: Any, a: Any) -> Any:
    """a y = b, hence da = -d y^H with d, the cotangent of b."""
    if is_vector(a, y):
        return -d[..., :, None] * conj(y)[..., None, :]
    return -d @ H(y)


def tensorsolve_back(dy: Any, y: Any, a: Any, ndim: int, axes: Any) -> tuple:
    """np.linalg.tensorsolve moves some axes of a to the end, and solves for the shape of the last ones, those of y."""
    moved = [] if axes is None else [k % a.ndim for k in axes]
    order = [k for k in range(a.ndim) if k not in moved] + moved
    z = np.transpose(a, order)
    n = y.size
    db = np.linalg.solve(H(z.reshape(n, n)), dy.reshape(n))
    dz = -db[:, None] * conj(y.reshape(n))
    return np.transpose(dz.reshape(z.shape), [order.index(k) for k in range(a.ndim)]), db.reshape(z.shape[:ndim])


def lstsq_back(dy: Any, y: Any, a: Any, b: Any, rcond: Any) -> tuple:
    """y = (x, |b - a x|^2, rank, singular values) with x = p b and p = pinv(a): dp = dx b^H, db = p^H dx."""
    eps = np.finfo(a.dtype if a.dtype.kind in "fc" else np.float64).eps
    rcond = max(a.shape) * eps if rcond is None else eps if rcond == "warn" or rcond < 0 else rcond
    refuse_cut(a, rcond)
    columns, x = b.reshape(b.shape[0], -1), y[0].reshape(a.shape[1], -1)
    da, db = np.zeros(a.shape), np.zeros(columns.shape)
    if dy[0] is not None:
        p, dx = np.linalg.pinv(a, rcond), dy[0].reshape(x.shape)
        da, db = da + pinv_back(dx @ H(columns), p, a), db + H(p) @ dx
    if dy[1] is not None and y[1].size:                 # x makes the rest as small as it can be: it need not be varied
        rest = 2 * np.real(dy[1]) * (columns - a @ x)   # of a real number, which SciPy gives as a complex one
        da, db = da - rest @ H(x), db + rest
    if dy[3] is not None:
        da = da + singular_values_back(dy[3], y[3], a)
    return da, db.reshape(b.shape)


# -- products of matrices ------------------------------------------------------------------------------------------------------


@rrule(np.linalg.multi_dot)
def multi_dot(arrays):
    y = np.linalg.multi_dot(arrays)

    def multi_dot_back(dy):             # from left to right: y = (before) x (behind)
        parts, rest = [], list(arrays)
        before = None
        for i, x in enumerate(rest):
            behind = rest[i + 1] if i + 2 == len(rest) else np.linalg.multi_dot(rest[i + 1:]) if i + 1 < len(rest) else None
            inside = x if behind is None else x @ behind
            d = dy if before is None else matmul_right(dy, before, inside)
            parts = [*parts, fit(d if behind is None else matmul_left(d, x, behind), x)]
            before = x if before is None else before @ x
        return (tuple(parts) if isinstance(arrays, tuple) else parts,)
    return y, multi_dot_back


# -- condition number ----------------------------------------------------------------------------------------------------------

rule(np.linalg.cond, lambda dy, y, x, p=None: fit(cond_back(np.real(dy), np.real(y), np.asarray(x), p), x))


def cond_back(dy: Any, y: Any, a: Any, p: Any) -> Any:
    """The largest over the smallest singular value, the inverse of that for p = -2; otherwise |a| |a^-1| in the norm."""
    if p is None or p == 2 or p == -2:
        s = np.linalg.svd(a, compute_uv=False)
        top, low = s[..., :1], s[..., -1:]
        weight = np.where(s == top, 1.0, 0.0) / top / (s == top).sum(-1, keepdims=True)
        weight = weight - np.where(s == low, 1.0, 0.0) / low / (s == low).sum(-1, keepdims=True)
        return singular_values_back(np.asarray(dy * y)[..., None] * (-weight if p == -2 else weight), s, a)
    inverse = np.linalg.inv(a)
    n, m = np.linalg.norm(a, p, (-2, -1)), np.linalg.norm(inverse, p, (-2, -1))
    d = norm_back(dy * n, m, inverse, p, (-2, -1), False)
    return norm_back(dy * m, n, a, p, (-2, -1), False) - H(inverse) @ d @ H(inverse)


# -- numpy.linalg of the array API, since NumPy 2.0 ------------------------------------------------------------------------------

if np.__version__ >= "2":
    rule(np.linalg.vector_norm, lambda dy, y, x, *, axis=None, keepdims=False, ord=2: vector_norm_of(dy, y, x, ord, axis,
                                                                                                     keepdims))
    rule(np.linalg.matrix_norm, lambda dy, y, x, *, keepdims=False, ord="fro": norm_back(dy, y, x, ord, (-2, -1), keepdims))
    linear(np.matrix_transpose, lambda dy, x: T(dy), fresh=False)
    linear(np.linalg.matrix_transpose, lambda dy, x: T(dy), fresh=False)
    linear(np.linalg.trace, lambda dy, x, *, offset=0, dtype=None: untrace(dy, x, offset, -2, -1))
    linear(np.linalg.diagonal, lambda dy, x, *, offset=0: undiagonal(dy, x, offset, -2, -1), fresh=False)
    rule(np.linalg.outer, lambda dy, y, a, b: like(dy @ conj(np.ravel(b)), a),
         lambda dy, y, a, b: like(conj(np.ravel(a)) @ dy, b))
    rule(np.linalg.cross, lambda dy, y, a, b, *, axis=-1: fit(np.linalg.cross(conj(np.asarray(b)), dy, axis=axis), a),
         lambda dy, y, a, b, *, axis=-1: fit(np.linalg.cross(dy, conj(np.asarray(a)), axis=axis), b))
    rule(np.linalg.matmul, lambda dy, y, a, b: matmul_left(dy, a, b),
         lambda dy, y, a, b: matmul_right(dy, a, b), kind=kinds.matmul)
    rule(np.linalg.tensordot, lambda dy, y, a, b, *, axes=2: tensordot_left(dy, a, b, axes),
         lambda dy, y, a, b, *, axes=2: tensordot_right(dy, a, b, axes))
    rule(np.linalg.vecdot, lambda dy, y, a, b, *, axis=-1: fit(conj(np.expand_dims(dy, axis)) * b, a),
         lambda dy, y, a, b, *, axis=-1: fit(np.expand_dims(dy, axis) * a, b))


def vector_norm_of(dy: Any, y: Any, x: Any, ord: Any, axis: Any, keepdims: Any) -> Any:
    """np.linalg.vector_norm flattens without an axis, and takes several axes as one."""
    a = np.asarray(x)
    if axis is None:
        return like(norm_back(np.reshape(dy, ()), np.reshape(y, ()), a.reshape(-1), ord, None, False), x)
    if axis.__class__ is tuple:
        last = tuple(range(-len(axis), 0))
        moved = np.moveaxis(a, axis, last)
        lead = moved.shape[:-len(axis)]
        d = norm_back(np.reshape(dy, lead), np.reshape(y, lead), moved.reshape((*lead, -1)), ord, -1, False)
        return fit(np.moveaxis(d.reshape(moved.shape), last, axis), x)
    return norm_back(dy, y, x, ord, axis, keepdims)
