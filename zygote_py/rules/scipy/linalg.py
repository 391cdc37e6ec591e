"""scipy.linalg. The mathematics that NumPy has as well is in the rules of numpy.linalg.

No use is made of permissions to overwrite an argument (`overwrite_a=True`): the pullback may read it. Where a function reads one
half or one triangle of its argument only, the cotangent is there, and zero elsewhere.

    [Giles 2008]    M. B. Giles, Collected matrix derivative results for forward and reverse mode algorithmic differentiation
    [Higham 2008]   N. J. Higham, Functions of matrices
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from zygote_py.registry import linear, non_differentiable, rrule, rule
from zygote_py.rules.numpy.factorizations import (
    cholesky_back,
    eig_back,
    eigvals_back,
    half_read,
    on_diagonal,
    phi,
    qr_back,
    refusal,
    refuse_equal,
    refuse_phase,
    shared,
    singular_values_back,
    svd_back,
)
from zygote_py.rules.numpy.factorizations import differences as inverse_gaps
from zygote_py.rules.numpy.helpers import H, T, conj, fit, like
from zygote_py.rules.numpy.linalg import (
    det_back,
    function_back,
    is_vector,
    lstsq_back,
    norm_back,
    pinv_back,
    pinv_of,
    solve_left,
    solve_right,
)

non_differentiable(
    scipy.linalg.bandwidth, scipy.linalg.ishermitian, scipy.linalg.issymmetric, scipy.linalg.hadamard, scipy.linalg.helmert,
    scipy.linalg.hilbert, scipy.linalg.invhilbert, scipy.linalg.pascal, scipy.linalg.invpascal, scipy.linalg.get_blas_funcs,
    scipy.linalg.get_lapack_funcs)

# -- functions of matrices -------------------------------------------------------------------------------------------------------

rule(scipy.linalg.expm, lambda dy, y, A: fit(function_back(scipy.linalg.expm, A, dy), A))
rule(scipy.linalg.logm, lambda dy, y, A: fit(function_back(scipy.linalg.logm, A, dy), A))
rule(scipy.linalg.sqrtm, lambda dy, y, A: fit(function_back(scipy.linalg.sqrtm, A, dy), A))
rule(scipy.linalg.sinm, lambda dy, y, A: fit(function_back(scipy.linalg.sinm, A, dy), A))
rule(scipy.linalg.cosm, lambda dy, y, A: fit(function_back(scipy.linalg.cosm, A, dy), A))
rule(scipy.linalg.tanm, lambda dy, y, A: fit(function_back(scipy.linalg.tanm, A, dy), A))
rule(scipy.linalg.sinhm, lambda dy, y, A: fit(function_back(scipy.linalg.sinhm, A, dy), A))
rule(scipy.linalg.coshm, lambda dy, y, A: fit(function_back(scipy.linalg.coshm, A, dy), A))
rule(scipy.linalg.tanhm, lambda dy, y, A: fit(function_back(scipy.linalg.tanhm, A, dy), A))
rule(scipy.linalg.signm, lambda dy, y, A: fit(function_back(scipy.linalg.signm, A, dy), A))
rule(scipy.linalg.fractional_matrix_power,
     lambda dy, y, A, t: fit(function_back(scipy.linalg.fractional_matrix_power, A, dy, t), A),
     lambda dy, y, A, t: fit(np.sum(dy * conj(scipy.linalg.logm(A) @ y)), t))          # dy / dt = log(a) a^t   [Higham 2008]

# -- inverses, determinants, norms -----------------------------------------------------------------------------------------------

rule(scipy.linalg.inv, lambda dy, y, a, *, check_finite=True: fit(-H(y) @ dy @ H(y), a))
rule(scipy.linalg.det, lambda dy, y, a, *, check_finite=True: fit(det_back(dy, y, np.asarray(a)), a))
rule(scipy.linalg.pinv, lambda dy, y, a, *, rtol=None, check_finite=True: fit(pinv_of(dy, y, np.asarray(a), rtol, False), a))
rule(scipy.linalg.pinvh, lambda dy, y, a, *, lower=True, check_finite=True: fit(
    half_read(pinv_back(dy, y, whole(a, lower)), lower), a))
rule(scipy.linalg.norm, lambda dy, y, a, ord=None, axis=None, keepdims=False, check_finite=True: norm_back(
    dy, y, a, ord, axis, keepdims))


def whole(a: Any, lower: Any) -> Any:
    """Return the Hermitian matrix of which one half is read."""
    a = np.asarray(a) if lower else H(np.asarray(a))
    low = np.tril(a, -1)
    return low + H(low) + on_diagonal(np.real(np.diagonal(a, 0, -2, -1)))


# -- systems of equations --------------------------------------------------------------------------------------------------------

rule(scipy.linalg.solve,
     lambda dy, y, a, b, lower=False, *, check_finite=True, assume_a=None, transposed=False: fit(
         scipy_solve_left(dy, y, np.asarray(a), lower, assume_a, transposed), a),
     lambda dy, y, a, b, lower=False, *, check_finite=True, assume_a=None, transposed=False: fit(
         solve_right(dy, y, system(np.asarray(a), lower, assume_a, transposed)), b))
rule(scipy.linalg.solve_triangular,
     lambda dy, y, a, b, trans=0, lower=False, unit_diagonal=False, *, check_finite=True: fit(
         triangular_left(dy, y, a, trans, lower, unit_diagonal), a),
     lambda dy, y, a, b, trans=0, lower=False, unit_diagonal=False, *, check_finite=True: fit(
         triangular_right(dy, a, trans, lower, unit_diagonal), b))
rule(scipy.linalg.lstsq,
     lambda dy, y, a, b, cond=None, *, check_finite=True, lapack_driver=None: fit(
         lstsq_back(dy, y, single(a, "lstsq"), single(b, "lstsq"), cond)[0], a),
     lambda dy, y, a, b, cond=None, *, check_finite=True, lapack_driver=None: fit(
         lstsq_back(dy, y, single(a, "lstsq"), single(b, "lstsq"), cond)[1], b), None)
rule(scipy.linalg.solve_banded, None,
     lambda dy, y, l_and_u, ab, b, *, check_finite=True: fit(
         banded_left(single(dy, "solve_banded"), y, l_and_u, single(ab, "solve_banded")), ab),
     lambda dy, y, l_and_u, ab, b, *, check_finite=True: fit(
         banded_right(single(dy, "solve_banded"), l_and_u, single(ab, "solve_banded")), b))
rule(scipy.linalg.solve_sylvester,                                          # a y + y b = q
     lambda dy, y, a, b, q: fit(-scipy.linalg.solve_sylvester(H(np.asarray(a)), H(np.asarray(b)), dy) @ H(y), a),
     lambda dy, y, a, b, q: fit(-H(y) @ scipy.linalg.solve_sylvester(H(np.asarray(a)), H(np.asarray(b)), dy), b),
     lambda dy, y, a, b, q: fit(scipy.linalg.solve_sylvester(H(np.asarray(a)), H(np.asarray(b)), dy), q))
rule(scipy.linalg.solve_continuous_lyapunov,                                # a y + y a^H = q
     lambda dy, y, a, q: fit(lyapunov_left(scipy.linalg.solve_continuous_lyapunov(H(np.asarray(a)), dy), y), a),
     lambda dy, y, a, q: fit(scipy.linalg.solve_continuous_lyapunov(H(np.asarray(a)), dy), q))
rule(scipy.linalg.solve_discrete_lyapunov,                                  # a y a^H - y + q = 0
     lambda dy, y, a, q, method=None: fit(
         stein_left(scipy.linalg.solve_discrete_lyapunov(H(np.asarray(a)), dy, method), y, np.asarray(a)), a),
     lambda dy, y, a, q, method=None: fit(scipy.linalg.solve_discrete_lyapunov(H(np.asarray(a)), dy, method), q))



def single(a: Any, name: str) -> Any:
    """Return an array of one matrix or vector; the rule of `name` is for one."""
    x = np.asarray(a)
    if x.ndim > 2:
        raise refusal(f"scipy.linalg.{name} has a rule for one matrix, and no stack of them", "Its pullback takes one at a time.",
                      f"call it for each one: np.stack([{name}(a) for a in stack])")
    return x


GENERAL = (None, "gen", "general")
HERMITIAN = ("her", "hermitian", "pos", "positive definite")


def system(a: Any, lower: Any, assume_a: Any, transposed: Any) -> Any:
    """Return the matrix whose system scipy.linalg.solve solves, filled up where it reads one half only."""
    if assume_a in HERMITIAN:
        a = whole(a, lower)
    elif assume_a in ("sym", "symmetric"):
        half = np.tril(a) if lower else np.triu(a)
        a = half + T(half) - on_diagonal(np.diagonal(a, 0, -2, -1))
    elif assume_a not in GENERAL:
        raise refusal(f"scipy.linalg.solve has no rule for assume_a={assume_a!r}", "It reads a part of the matrix only.",
                      "leave assume_a out, or use 'general', 'symmetric', 'hermitian' or 'positive definite'")
    return T(a) if transposed else a


def scipy_solve_left(dy: Any, y: Any, a: Any, lower: Any, assume_a: Any, transposed: Any) -> Any:
    """Give the cotangent of the matrix, in the half that is read."""
    d = solve_left(dy, y, system(a, lower, assume_a, transposed))
    d = T(d) if transposed else d
    if assume_a in HERMITIAN:
        return half_read(d, lower)
    if assume_a in ("sym", "symmetric"):
        return phi(d + T(d)) if lower else T(phi(d + T(d)))
    return d


def triangular_right(dy: Any, a: Any, trans: Any, lower: Any, unit_diagonal: Any) -> Any:
    """op(a) y = b with op = identity, T or H, hence db = op(a)^-H dy   [Giles 2008]."""
    if np.ndim(a) > 2 and is_vector(a, dy):
        return triangular_right(dy[..., None], a, trans, lower, unit_diagonal)[..., 0]
    if trans in (0, "N"):
        return scipy.linalg.solve_triangular(a, dy, 2, lower, unit_diagonal)
    if trans in (2, "C"):
        return scipy.linalg.solve_triangular(a, dy, 0, lower, unit_diagonal)
    return conj(scipy.linalg.solve_triangular(a, conj(dy), 0, lower, unit_diagonal))


def triangular_left(dy: Any, y: Any, a: Any, trans: Any, lower: Any, unit_diagonal: Any) -> Any:
    """op(a) y = b, hence d op(a) = -db y^H, in the triangle that is read   [Giles 2008]."""
    z = triangular_right(dy, a, trans, lower, unit_diagonal)
    if is_vector(a, y):
        z, y = z[..., None], y[..., None]
    d = -z @ H(y)
    d = d if trans in (0, "N") else H(d) if trans in (2, "C") else T(d)
    k = 1 if unit_diagonal else 0
    return np.tril(d, -k) if lower else np.triu(d, k)


def banded_right(dy: Any, l_and_u: Any, ab: Any) -> Any:
    """The conjugate transpose of a banded matrix has its diagonals in the opposite order, each shifted along by its number."""
    low, up = l_and_u
    rows = [np.roll(conj(ab[up + k]), k) for k in range(low, -up - 1, -1)]
    return scipy.linalg.solve_banded((up, low), np.stack(rows), dy)


def banded_left(dy: Any, y: Any, l_and_u: Any, ab: Any) -> Any:
    """a y = b, hence da = -db y^H on the diagonals of the band; ab[up + i - j, j] = a[i, j]."""
    low, up = l_and_u
    z, n = banded_right(dy, l_and_u, ab), ab.shape[-1]
    z, w = z.reshape(n, -1), conj(y).reshape(n, -1)
    rows: list = []
    for k in range(-up, low + 1):       # i - j
        d = -np.sum(z[max(k, 0):n + min(k, 0)] * w[max(-k, 0):n - max(k, 0)], axis=1)
        rows = [*rows, np.concatenate([np.zeros(max(-k, 0)), d, np.zeros(max(k, 0))])]
    return np.stack(rows)


def lyapunov_left(z: Any, y: Any) -> Any:
    """a y + y a^H = q, hence da = -z y^H - z^H y with z = dq."""
    return -z @ H(y) - H(z) @ y


def stein_left(z: Any, y: Any, a: Any) -> Any:
    """y = a y a^H + q, hence da = z a y^H + z^H a y with z = dq."""
    return z @ a @ H(y) + H(z) @ a @ y


# -- factorizations --------------------------------------------------------------------------------------------------------------

rule(scipy.linalg.cholesky, lambda dy, y, a, lower=False, *, check_finite=True: fit(cholesky_back(dy, y, lower), a))
rule(scipy.linalg.cho_factor, lambda dy, y, a, lower=False, *, check_finite=True: fit(cho_factor_back(dy[0], y[0], lower), a))
rule(scipy.linalg.cho_solve, lambda dy, y, c_and_lower, b, *, check_finite=True: (cho_left(dy, y, *c_and_lower), None),
     lambda dy, y, c_and_lower, b, *, check_finite=True: fit(cho_right(dy, *c_and_lower), b))
rule(scipy.linalg.lu, lambda dy, y, a, permute_l=False, *, check_finite=True: fit(
    lu_of(dy, y, np.asarray(a), permute_l), a))
rule(scipy.linalg.lu_factor, lambda dy, y, a, *, check_finite=True: fit(lu_factor_back(dy[0], y[0], y[1]), a))
rule(scipy.linalg.lu_solve, lambda dy, y, lu_and_piv, b, trans=0, *, check_finite=True: (
         lu_solve_left(single(dy, "lu_solve"), y, single(lu_and_piv[0], "lu_solve"), lu_and_piv[1], trans), None),
     lambda dy, y, lu_and_piv, b, trans=0, *, check_finite=True: fit(lu_solve_right(dy, lu_and_piv, trans), b))
rule(scipy.linalg.qr, lambda dy, y, a, *, mode="full", pivoting=False, check_finite=True: fit(
    scipy_qr_back(dy, y, np.asarray(a), mode, pivoting), a))
rule(scipy.linalg.svd, lambda dy, y, a, full_matrices=True, compute_uv=True, *, check_finite=True, lapack_driver="gesdd": fit(
    svd_back(dy, y, np.asarray(a), compute_uv, False), a))
rule(scipy.linalg.polar, lambda dy, y, a, side="right": fit(
    polar_back(dy[0], dy[1], y[0], y[1]) if side == "right" else H(polar_back(
        None if dy[0] is None else H(dy[0]), dy[1], H(y[0]), y[1])), a))
rule(scipy.linalg.svdvals, lambda dy, y, a, *, check_finite=True: fit(singular_values_back(dy, y, np.asarray(a)), a))
rule(scipy.linalg.eigh,
     lambda dy, y, a, b=None, *, lower=True, eigvals_only=False, check_finite=True, driver=None: fit(
         half_read(generalized_back(dy, y, a, b, lower, eigvals_only)[0], lower), a),
     lambda dy, y, a, b=None, *, lower=True, eigvals_only=False, check_finite=True, driver=None: None if b is None else fit(
         half_read(generalized_back(dy, y, a, b, lower, eigvals_only)[1], lower), b))
rule(scipy.linalg.eigvalsh,
     lambda dy, y, a, b=None, *, lower=True, check_finite=True, driver=None: fit(
         half_read(generalized_back(dy, y, a, b, lower, True)[0], lower), a),
     lambda dy, y, a, b=None, *, lower=True, check_finite=True, driver=None: None if b is None else fit(
         half_read(generalized_back(dy, y, a, b, lower, True)[1], lower), b))
rule(scipy.linalg.eig, lambda dy, y, a, *, right=True, check_finite=True: fit(
    eig_back(dy, y[0], y[1], np.asarray(a)) if right else eigvals_back(dy, a), a))
rule(scipy.linalg.eigvals, lambda dy, y, a, *, check_finite=True: fit(eigvals_back(dy, a), a))


KEEPS_OTHER_TRIANGLE = scipy.linalg.cho_factor(np.array([[1.0, 0.0], [0.5, 1.0]]))[0][1, 0] != 0      # before SciPy 1.18


def cho_factor_back(dy: Any, y: Any, lower: Any) -> Any:
    """One triangle has the factor, the other what was there, or zeros."""
    other = 1.0 * KEEPS_OTHER_TRIANGLE
    if lower:
        return cholesky_back(np.tril(dy), np.tril(y), True) + other * np.triu(dy, 1)
    return cholesky_back(np.triu(dy), np.triu(y), False) + other * np.tril(dy, -1)


def cho_right(dy: Any, c: Any, lower: Any) -> Any:
    """a y = b with a Hermitian, hence db = a^-1 dy."""
    if np.ndim(c) > 2 and is_vector(c, dy):
        return scipy.linalg.cho_solve((c, lower), dy[..., None])[..., 0]
    return scipy.linalg.cho_solve((c, lower), dy)


def cho_left(dy: Any, y: Any, c: Any, lower: Any) -> Any:
    """a y = b with a = c c^H (c^H c): da = -db y^H, dc = (da + da^H) c, in the triangle of the factor   [Giles 2008]."""
    z = cho_right(dy, c, lower)
    if is_vector(c, y):
        z, y = z[..., None], y[..., None]
    d = -z @ H(y)
    d = d + H(d)
    return fit(np.tril(d @ np.tril(c)) if lower else np.triu(np.triu(c) @ d), c)


def lu_of(dy: Any, y: Any, a: Any, permute_l: Any) -> Any:
    """scipy.linalg.lu returns the permutation by itself, or has it in the first factor."""
    if permute_l:
        p = scipy.linalg.lu(a)[0]
        low, up = T(p) @ y[0], y[1]
        d_low, d_up = None if dy[0] is None else T(p) @ dy[0], dy[1]
    else:
        p, low, up = y
        d_low, d_up = dy[1], dy[2]
    d_low = np.zeros(low.shape, low.dtype) if d_low is None else d_low
    d_up = np.zeros(up.shape, up.dtype) if d_up is None else d_up
    return p @ lu_back(d_low, d_up, low, up)


def lu_back(d_low: Any, d_up: Any, low: Any, up: Any) -> Any:
    """a = l u: da = l^-H (strictly lower part of l^H dl + upper part of du u^H) u^-H for square factors; they determine the
    further rows, l2 = a2 u^-1, of a tall matrix, or columns, u2 = l^-1 a2, of a wide one   [Giles 2008]."""
    k = low.shape[-1]
    low1, up1, low2, up2 = low[..., :k, :], up[..., :k], low[..., k:, :], up[..., k:]
    below, right = H(np.linalg.solve(up1, H(d_low[..., k:, :]))), np.linalg.solve(H(low1), d_up[..., k:])
    inner = np.tril(H(low1) @ (d_low[..., :k, :] - right @ H(up2)), -1) + np.triu((d_up[..., :k] - H(low2) @ below) @ H(up1))
    square = np.linalg.solve(H(low1), H(np.linalg.solve(up1, H(inner))))
    left = np.concatenate([square, below], -2)
    return np.concatenate([left, right], -1) if right.shape[-1] else left


def packed(lu: Any) -> tuple:
    """Return the factors that are packed into one matrix; the diagonal of the first has ones."""
    k = min(lu.shape[-2:])
    return np.tril(lu[..., :k], -1) + np.eye(lu.shape[-2], k), np.triu(lu[..., :k, :])


@non_differentiable
def row_order(piv: Any, n: int) -> Any:
    """Return where each row of the product of the factors comes from, for the interchanges that LAPACK reports."""
    if np.ndim(piv) > 1:
        return np.stack([row_order(p, n) for p in piv])
    order = np.arange(n)
    for i, j in enumerate(piv):
        order[[i, j]] = order[[j, i]]
    return order


def lu_factor_back(dy: Any, lu: Any, piv: Any) -> Any:
    """The rows of the product of the factors are those of a in another order."""
    low, up = packed(lu)
    k = low.shape[-1]
    d = lu_back(np.tril(dy[..., :k], -1), np.triu(dy[..., :k, :]), low, up)
    return np.take_along_axis(d, np.argsort(row_order(piv, d.shape[-2]))[..., None], -2)


def lu_solve_right(dy: Any, lu_and_piv: Any, trans: Any) -> Any:
    """op(a) y = b with op = identity, T or H, hence db = op(a)^-H dy   [Giles 2008]."""
    if np.ndim(lu_and_piv[0]) > 2 and is_vector(lu_and_piv[0], dy):
        return lu_solve_right(dy[..., None], lu_and_piv, trans)[..., 0]
    if trans == 1:
        return conj(scipy.linalg.lu_solve(lu_and_piv, conj(dy), 0))
    return scipy.linalg.lu_solve(lu_and_piv, dy, 2 - trans)


def lu_solve_left(dy: Any, y: Any, lu: Any, piv: Any, trans: Any) -> Any:
    """d op(a) = -db y^H, for a = p l u, hence dl = p^T da u^H and du = l^H p^T da   [Giles 2008]."""
    z = lu_solve_right(dy, (lu, piv), trans)
    d = -(z.reshape(len(z), -1) @ H(y.reshape(len(y), -1)))
    d = d if trans == 0 else T(d) if trans == 1 else H(d)
    low, up = packed(lu)
    d = d[row_order(piv, len(lu))]
    return fit(np.tril(d @ H(up), -1) + np.triu(H(low) @ d), lu)


MODES = {"full": "complete", "economic": "reduced", "r": "r", "raw": "raw"}


def scipy_qr_back(dy: Any, y: Any, a: Any, mode: str, pivoting: Any) -> Any:
    """scipy.linalg.qr has other names for the modes, and may put the columns into another order."""
    if pivoting:
        order = y[-1][..., None, :]
        d = scipy_qr_back(dy[:-1], y[:-1], np.take_along_axis(a, order, -1), mode, False)
        return np.take_along_axis(d, np.argsort(order), -1)
    return qr_back(dy[0], y[0], a, "r") if mode == "r" else qr_back(dy, y, a, MODES[mode])


def polar_back(du: Any, dp: Any, u: Any, p: Any) -> Any:
    """a = u p with u^H u = 1 and p Hermitian. w = u^H u_dot solves p w + w p = u^H a_dot - a_dot^H u, hence with
    p k + k p = g - g^H for g = u^H du - dp p: da = u (dp + k) + (1 - u u^H) du p^-1."""
    if u.shape[-2] < u.shape[-1]:
        raise refusal("the derivative of a polar decomposition does not exist where its second factor is singular",
                      "The matrix has more columns than rows (rows than columns for side='left').", "take the other side")
    du = np.zeros(u.shape, u.dtype) if du is None else du
    dp = np.zeros(p.shape, p.dtype) if dp is None else dp
    g = H(u) @ du - dp @ p
    k = scipy.linalg.solve_sylvester(p, p, g - H(g))
    return u @ (dp + k) + H(np.linalg.solve(p, H(du - u @ (H(u) @ du))))


def generalized_back(dy: Any, y: Any, a: Any, b: Any, lower: Any, eigvals_only: Any) -> tuple:
    """a v = b v diag(w), v^H b v = 1. With m = v^H dv and g = m / (w_j - w_i) off the diagonal: da = v (diag(dw) + g) v^H,
    db = -v (diag(w dw) + g diag(w) + Re diag(m) / 2) v^H."""
    if eigvals_only:
        w, v = scipy.linalg.eigh(a, b, lower=lower)
        dw, dv = dy, None
    else:
        w, v = y
        dw, dv = dy
    inner_a, inner_b = np.zeros(v.shape, v.dtype), np.zeros(v.shape, v.dtype)
    if dw is not None:
        dw = shared(dw, w)
        inner_a, inner_b = inner_a + on_diagonal(dw), inner_b - on_diagonal(w * dw)
    if dv is not None:
        m = H(v) @ dv
        refuse_equal(w, "eigenvectors", dv)
        refuse_phase(m, "eigenvectors", dv)
        g = m * inverse_gaps(w)
        inner_a, inner_b = inner_a + g, inner_b - g * w[..., None, :] - 0.5 * on_diagonal(np.real(np.diagonal(m, 0, -2, -1)))
    return v @ inner_a @ H(v), v @ inner_b @ H(v)


# -- matrices made of vectors and blocks -----------------------------------------------------------------------------------------

rule(scipy.linalg.toeplitz, lambda dy, y, c, r=None: of_vectors(toeplitz_column(dy, r), c),
     lambda dy, y, c, r=None: None if r is None else of_vectors(toeplitz_row(dy), r))
rule(scipy.linalg.hankel, lambda dy, y, c, r=None: like(hankel_column(dy, np.size(c)), c),
     lambda dy, y, c, r=None: None if r is None else like(hankel_row(dy, np.size(c), np.size(r)), r))
linear(scipy.linalg.circulant, lambda dy, c: fit(circulant_column(dy), c))


def diagonal_sums(d: Any, numbers: Any) -> Any:
    """Return the sums of the diagonals with these numbers, along the last axis."""
    return np.stack([np.trace(d, k, -2, -1) for k in numbers], -1)


def of_vectors(d: Any, x: Any) -> Any:
    """Return `d` in the shape of x: one vector in any shape, or a stack of vectors, since SciPy 1.17."""
    return like(d, x) if np.ndim(d) == 1 else fit(d, x)


def toeplitz_column(dy: Any, r: Any) -> Any:
    """y[i, j] = c[i - j] for i >= j, and r[j - i] above; without r it is conj(c)."""
    d = diagonal_sums(dy, range(0, -dy.shape[-2], -1))
    return d if r is not None else d + conj(toeplitz_row(dy))


def toeplitz_row(dy: Any) -> Any:
    """See toeplitz_column; r[0] is not read."""
    first, n = np.zeros((*dy.shape[:-2], 1)), dy.shape[-1]
    return np.concatenate([first, diagonal_sums(dy, range(1, n))], -1) if n > 1 else first


def hankel_column(dy: Any, n: int) -> Any:
    """y[i, j] = c[i + j] as long as there is such an element, and r[i + j - n + 1] beyond."""
    flipped = dy[:, ::-1]
    m = dy.shape[1]
    return diagonal_sums(flipped, range(m - 1, m - 1 - n, -1))


def hankel_row(dy: Any, n: int, m: int) -> Any:
    """See hankel_column; r[0] is not read."""
    sums = [np.zeros(1)]
    if m > 1:
        sums = [*sums, diagonal_sums(dy[:, ::-1], range(m - 1 - n, -n, -1))]
    return np.concatenate(sums)


def circulant_column(dy: Any) -> Any:
    """y[i, j] = c[(i - j) mod n]."""
    n = dy.shape[-1]
    i = np.arange(n)
    return np.stack([dy[..., (i + k) % n, i].sum(axis=-1) for k in range(n)], -1)


@rrule(scipy.linalg.block_diag)
def block_diag(*arrs):
    y = scipy.linalg.block_diag(*arrs)

    def block_diag_back(dy):
        parts, row, column = [], 0, 0
        for x in arrs:
            m, n = np.shape(np.atleast_2d(x))[-2:]
            block = dy[..., row:row + m, column:column + n]
            parts = [*parts, like(block, x) if block.ndim == 2 else fit(block, x)]
            row, column = row + m, column + n
        return tuple(parts)
    return y, block_diag_back
