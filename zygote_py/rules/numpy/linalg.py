"""numpy.linalg.

H is the conjugate transpose of the last two axes. Sources:

    [Giles 2008]  M. B. Giles, Collected matrix derivative results for forward and reverse mode algorithmic differentiation
    [Murray 2016] I. Murray, Differentiation of the Cholesky decomposition
    [Seeger 2017] M. Seeger et al., Auto-differentiating linear algebra
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.registry import linear, non_differentiable, rrule, rule
from zygote_py.rules import kinds

from .helpers import H, T, conj, fit, lift, like, norm_order_back, ratio, strong
from .products import cross_left, cross_right, matmul_left, matmul_right, tensordot_left, tensordot_right
from .shapes import undiagonal, untrace

non_differentiable(np.linalg.matrix_rank)

# -- norms ---------------------------------------------------------------------------------------------------------------------

rule(np.linalg.norm, lambda dy, y, x, ord=None, axis=None, keepdims=False: norm_back(dy, y, x, ord, axis, keepdims),
     lambda dy, y, x, ord=None, axis=None, keepdims=False: norm_order_back(dy, y, x, ord, axis, keepdims), kind=kinds.opaque)


def norm_back(dy: Any, y: Any, x: Any, ord: Any, axis: Any, keepdims: Any) -> Any:
    """2 and Frobenius: dx = dy x / y. 1: sign(x). inf: ties share evenly. p: x |x|^(p-2) / y^(p-1). 0 where the norm is 0."""
    a = np.asarray(x)
    matrix = (axis.__class__ is tuple and len(axis) == 2) or (axis is None and a.ndim == 2)
    if axis.__class__ is tuple and len(axis) == 1:
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
            weight = 1.0 * (s == (s[..., :1] if ord == 2 else s[..., -1:]))
            weight = weight / weight.sum(-1, keepdims=True)
        r = (u * weight[..., None, :]) @ vh * d
    else:
        sums = np.abs(z).sum(axis=-2 if abs(ord) == 1 else -1, keepdims=True)
        best = sums.max(axis=(-2, -1), keepdims=True) if ord > 0 else sums.min(axis=(-2, -1), keepdims=True)
        attained = sums == best
        r = phase(z) * (attained / attained.sum(axis=(-2, -1), keepdims=True)) * d
    return np.moveaxis(r, (-2, -1), (row, column))


# -- inverses, determinants, systems of equations --------------------------------------------------------------------------------


@rrule(np.linalg.inv)                   # a, y: (..., n, n)
def inv(a):
    y = np.linalg.inv(a)

    def inv_back(dy):                   # y_dot = -y a_dot y, hence da = -y^H dy y^H   [Giles 2008]
        return (fit(-H(y) @ dy @ H(y), a),)
    return y, inv_back


@rrule(np.linalg.pinv)                  # a: (..., m, n), y: (..., n, m), of constant rank   [Golub and Pereyra 1973]
def pinv(a):
    y = np.linalg.pinv(a)

    def pinv_back(dy):
        x = np.asarray(a)
        p, d = H(y), H(dy)              # m x n
        row = d - d @ y @ x             # d (1 - y a)
        column = d - x @ y @ d          # (1 - a y) d
        return (fit(-p @ dy @ p + column @ y @ p + p @ y @ row, a),)
    return y, pinv_back


@rrule(np.linalg.det)                   # a: (..., n, n), y: (...)
def det(a):
    y = np.linalg.det(a)

    # y_dot = y tr(a^-1 a_dot), hence da = dy conj(y) a^-H; the cofactors where y is 0   [Giles 2008]
    def det_back(dy):
        d = np.asarray(dy)[..., None, None]
        if np.all(y):
            return (fit(d * conj(np.asarray(y))[..., None, None] * H(np.linalg.inv(a)), a),)
        return (fit(d * conj(cofactors(np.asarray(a))), a),)
    return y, det_back


def cofactors(a: Any) -> Any:
    """Return the matrix of cofactors, also of singular matrices: det(u) det(v) u cofactors(s) v."""
    u, s, vh = np.linalg.svd(a)
    n = s.shape[-1]
    others = np.stack([np.prod(np.delete(s, i, axis=-1), axis=-1) for i in range(n)], -1)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return (np.conj(sign)[..., None, None] if np.iscomplexobj(sign) else sign[..., None, None]) * conj((u * others[..., None,
                                                                                                                   :]) @ vh) \
        if not np.iscomplexobj(a) else sign[..., None, None] * conj((u * others[..., None, :]) @ vh)


@rrule(np.linalg.slogdet)               # y = (sign, log |det a|)
def slogdet(a):
    y = np.linalg.slogdet(a)

    def slogdet_back(dy):               # log det_dot = tr(a^-1 a_dot): its real part moves logabsdet, its imaginary part the sign
        d_sign, d_log = dy[0], dy[1]
        x = np.asarray(a)
        total = 0.0 if d_log is None else d_log
        if d_sign is not None and x.dtype.kind == "c":
            total = total + 1j * np.imag(np.conj(y[0]) * d_sign)
        return (fit(np.asarray(total)[..., None, None] * H(np.linalg.inv(x)), a),)
    return y, slogdet_back


rule(np.linalg.solve, lambda dy, y, a, b: solve_left(dy, y, a, b),
     lambda dy, y, a, b: fit(solve_adjoint(dy, a, y), b))


def is_vector(a: Any, y: Any) -> bool:
    """Whether y, a solution of a y = b, is one vector."""
    return np.ndim(y) == 1 or np.ndim(y) == np.ndim(a) - 1


def solve_adjoint(dy: Any, a: Any, y: Any) -> Any:
    """a y = b, hence db = a^-H dy   [Giles 2008]."""
    a = np.asarray(a)
    if is_vector(a, y) and a.ndim > 2:
        return np.linalg.solve(H(a), dy[..., None])[..., 0]
    return np.linalg.solve(H(a), dy)


def solve_left(dy: Any, y: Any, a: Any, b: Any) -> Any:
    """a y = b, hence da = -db y^H   [Giles 2008]."""
    d = solve_adjoint(dy, a, y)
    if is_vector(a, y):
        return fit(-d[..., :, None] * conj(y)[..., None, :], a)
    return fit(-d @ H(y), a)


@rrule(np.linalg.cholesky)              # a = y y^H, y lower; only the lower half of a is read
def cholesky(a):
    y = np.linalg.cholesky(a)

    def cholesky_back(dy):              # da = y^-H P(y^H dy) y^-1, P: lower half, with half the diagonal   [Murray 2016]
        inner = phi(H(y) @ dy)
        inner = inner + H(inner)
        d = np.linalg.solve(H(y), H(np.linalg.solve(H(y), H(inner))))
        return (fit(0.5 * d, a),)
    return y, cholesky_back


def phi(x: Any) -> Any:
    """Return the lower half of a matrix, with half of the diagonal."""
    n = x.shape[-1]
    return x * (np.tri(n) - 0.5 * np.eye(n))


def differences(w: Any) -> Any:
    """Return 1 / (w_j - w_i), and 0 where the two are equal."""
    gap = w[..., None, :] - w[..., :, None]
    return np.where(gap == 0, 0.0, 1.0 / np.where(gap == 0, 1.0, gap))


@rrule(np.linalg.eigh)                  # a = v diag(w) v^H, Hermitian
def eigh(a):
    y = np.linalg.eigh(a)

    # da = v (diag(dw) + (v^H dv) / (w_j - w_i)) v^H   [Giles 2008]; for a as its Hermitian part
    def eigh_back(dy):
        w, v = y[0], y[1]
        inner = np.zeros(v.shape, v.dtype) if dy[0] is None else dy[0][..., None] * np.eye(w.shape[-1])
        if dy[1] is not None:
            inner = inner + (H(v) @ dy[1]) * differences(w)
        d = v @ inner @ H(v)
        return (fit(0.5 * (d + H(d)), a),)
    return y, eigh_back


@rrule(np.linalg.eigvalsh)
def eigvalsh(a):                        # dw_i / da = v_i v_i^H
    w, v = np.linalg.eigh(a)

    def eigvalsh_back(dy):
        return (fit((v * dy[..., None, :]) @ H(v), a),)
    return w, eigvalsh_back


@rrule(np.linalg.svd)                   # a = u diag(s) vh, thin   [Seeger 2017; Giles 2008]
def svd(a, full_matrices=True, compute_uv=True):
    if not compute_uv:
        u, s, vh = np.linalg.svd(a, full_matrices=False)
        return s, lambda dy: (fit((u * dy[..., None, :]) @ vh, a),)
    y = np.linalg.svd(a, full_matrices=full_matrices)

    def svd_back(dy):
        u, s, vh = y[0], y[1], y[2]
        k = s.shape[-1]
        if (u.shape[-1] != k or vh.shape[-2] != k) and (dy[0] is not None or dy[2] is not None):
            raise NotImplementedError("np.linalg.svd has a rule for the singular vectors with full_matrices=False only")
        if np.iscomplexobj(u) and (dy[0] is not None or dy[2] is not None):
            raise NotImplementedError("np.linalg.svd has a rule for the singular vectors of real matrices only")
        return (fit(svd_cotangent(dy, u[..., :k], s, vh[..., :k, :]), a),)
    return y, svd_back


def svd_cotangent(dy: Any, u: Any, s: Any, vh: Any) -> Any:
    """da = u (diag(ds) + sym parts) vh + the parts of du and dv outside the spaces of u and v; s has distinct entries."""
    v, gaps = H(vh), differences(s * s)
    inner = np.zeros(u.shape[:-2] + (s.shape[-1],) * 2) if dy[1] is None else dy[1][..., None] * np.eye(s.shape[-1])
    outside = 0.0
    if dy[0] is not None:
        m = gaps * (H(u) @ dy[0])
        inner = inner + (m + H(m)) * s[..., None, :]
        outside = outside + ((dy[0] - u @ (H(u) @ dy[0])) / s[..., None, :]) @ vh
    if dy[2] is not None:
        dv = H(dy[2])
        m = gaps * (vh @ dv)
        inner = inner + s[..., :, None] * (m + H(m))
        outside = outside + (u / s[..., None, :]) @ H(dv - v @ (vh @ dv))
    return u @ inner @ vh + outside


@rrule(np.linalg.qr)                    # a = q r, (m, n) with m >= n   [Seeger 2017]
def qr(a, mode="reduced"):
    if mode != "reduced":
        raise NotImplementedError("np.linalg.qr has a rule for mode='reduced' only")
    y = np.linalg.qr(a)

    def qr_back(dy):                    # m = r dr^H - dq^H q, da = (dq + q copyltu(m)) r^-H
        q, r = y[0], y[1]
        if r.shape[-2] != r.shape[-1]:
            raise NotImplementedError("np.linalg.qr has a rule for matrices with at least as many rows as columns only")
        dq = np.zeros(q.shape, q.dtype) if dy[0] is None else dy[0]
        m = -H(dq) @ q
        if dy[1] is not None:
            m = m + r @ H(dy[1])
        low = np.tril(m, -1)
        right = dq + q @ (low + H(low) + m * np.eye(r.shape[-1]))
        return (fit(H(np.linalg.solve(r, H(right))), a),)
    return y, qr_back


@rrule(np.linalg.matrix_power)
def matrix_power(a, n):
    y = np.linalg.matrix_power(a, n)

    def matrix_power_back(dy):          # y = b^k with b = a or its inverse: db = sum of (b^H)^i dy (b^H)^(k-1-i)
        x = np.asarray(a)
        b = H(x if n > 0 else np.linalg.inv(x))
        k = abs(n)
        d = np.zeros(x.shape, x.dtype)
        for i in range(k):
            d = d + np.linalg.matrix_power(b, i) @ dy @ np.linalg.matrix_power(b, k - 1 - i)
        return (fit(d if n > 0 else -b @ d @ b, a), None)
    return y, matrix_power_back


@rrule(np.linalg.eigvals)
def eigvals(a):                         # dw_i = (v^-1 a_dot v)_ii, hence da = v^-H diag(dw) v^H
    w, v = np.linalg.eig(a)

    def eigvals_back(dy):
        return (fit(np.linalg.solve(H(v), dy[..., :, None] * H(v)), a),)
    return w, eigvals_back


@rrule(np.linalg.multi_dot)
def multi_dot(arrays):
    y = np.linalg.multi_dot(arrays)

    def multi_dot_back(dy):             # from left to right: y = (before) x (behind)
        parts, rest = [], list(arrays)
        before = None
        d = dy
        for i, x in enumerate(rest):
            behind = rest[i + 1] if i + 2 == len(rest) else np.linalg.multi_dot(rest[i + 1:]) if i + 1 < len(rest) else None
            inside = x if behind is None else x @ behind
            d = dy if before is None else matmul_right(dy, before, inside)
            parts = [*parts, fit(d if behind is None else matmul_left(d, x, behind), x)]
            before = x if before is None else before @ x
        return (tuple(parts) if isinstance(arrays, tuple) else parts,)
    return y, multi_dot_back


# -- numpy.linalg of the array API, since NumPy 2.0 ------------------------------------------------------------------------------

if hasattr(np.linalg, "vector_norm"):
    rule(np.linalg.vector_norm, lambda dy, y, x, *, axis=None, keepdims=False, ord=2: vector_norm_of(dy, y, x, ord, axis,
                                                                                                     keepdims))
    rule(np.linalg.matrix_norm, lambda dy, y, x, *, keepdims=False, ord="fro": norm_back(dy, y, x, ord, (-2, -1), keepdims))
    linear(np.matrix_transpose, lambda dy, x: T(dy), fresh=False)
    linear(np.linalg.matrix_transpose, lambda dy, x: T(dy), fresh=False)
    linear(np.linalg.trace, lambda dy, x, *, offset=0: untrace(dy, x, offset, -2, -1))
    linear(np.linalg.diagonal, lambda dy, x, *, offset=0: undiagonal(dy, x, offset, -2, -1), fresh=False)
    rule(np.linalg.outer, lambda dy, y, a, b: like(dy @ conj(np.ravel(b)), a),
         lambda dy, y, a, b: like(conj(np.ravel(a)) @ dy, b))
    rule(np.linalg.cross, lambda dy, y, a, b: cross_left(dy, a, b),
         lambda dy, y, a, b: cross_right(dy, a, b))
    rule(np.linalg.matmul, lambda dy, y, a, b: matmul_left(dy, a, b),
         lambda dy, y, a, b: matmul_right(dy, a, b), kind=kinds.matmul)
    rule(np.linalg.tensordot, lambda dy, y, a, b, *, axes=2: tensordot_left(dy, a, b, axes),
         lambda dy, y, a, b, *, axes=2: tensordot_right(dy, a, b, axes))
    rule(np.linalg.vecdot, lambda dy, y, a, b: fit(conj(np.asarray(dy)[..., None]) * b, a),
         lambda dy, y, a, b: fit(np.asarray(dy)[..., None] * a, b))
    rule(np.linalg.svdvals, lambda dy, y, x: svdvals_back(dy, x))


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


def svdvals_back(dy: Any, x: Any) -> Any:
    """ds_i = Re u_i^H a_dot v_i."""
    u, _, vh = np.linalg.svd(x, full_matrices=False)
    return fit((u * dy[..., None, :]) @ vh, x)
