"""The factorizations of numpy.linalg: cholesky, qr, eig, eigh, svd, and the values without the vectors.

H is the conjugate transpose of the last two axes. Functions of Hermitian matrices read one half of their argument: its cotangent
is in that half, and zero in the other.

Vectors are known up to a factor only, or up to a rotation where they span a space. A cotangent that asks for more than that is
refused (`refuse_phase`, `refuse_rotation`), as is one for the vectors of equal eigenvalues or singular values, or of a singular
value that is zero: they have no derivative. The values have one: equal values share evenly, and the kink of a singular value at
zero has 0.

    [Giles 2008]    M. B. Giles, Collected matrix derivative results for forward and reverse mode algorithmic differentiation
    [Murray 2016]   I. Murray, Differentiation of the Cholesky decomposition
    [Seeger 2017]   M. Seeger et al., Auto-differentiating linear algebra
    [Wan 2019]      Z. Q. Wan, S. X. Zhang, Automatic differentiation for complex valued SVD
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.errors import MissingRuleError, here, message
from zygote_py.registry import linear, non_differentiable, rule
from zygote_py.rules import kinds

from .helpers import H, conj, fit

# -- where there is no derivative ----------------------------------------------------------------------------------------------


def refusal(what: str, why: str, instead: str) -> MissingRuleError:
    """Return the error for a cotangent that asks for what has no derivative."""
    return MissingRuleError(message(what, **here(), why=why, instead=instead, doc="docs/limitations.md#linear-algebra"))


@non_differentiable
def refuse_equal(w: Any, what: str, *dvs: Any) -> None:
    """Refuse a cotangent for a vector, a column of `dvs`, whose value in `w` is not distinct to working precision."""
    n = w.shape[-1]
    near = 10 * n * np.finfo(w.dtype).eps * np.abs(w).max(axis=-1, initial=0.0)
    equal = (np.abs(w[..., None, :] - w[..., :, None]) <= near[..., None, None]).sum(axis=-1) > 1
    if np.any(equal & touched(equal, *dvs)):
        raise refusal(f"the derivative of {what} does not exist where two of them are equal",
                      "The vectors of equal values are any basis of the space that they span, and jump.",
                      "use the values alone, or make them distinct")


@non_differentiable
def refuse_zero(s: Any, size: int, *dvs: Any) -> None:
    """Refuse a cotangent for a singular vector, a column of `dvs`, whose singular value is zero to working precision."""
    zero = s <= 10 * size * np.finfo(s.dtype).eps * s.max(axis=-1, initial=0.0, keepdims=True)
    if np.any(zero & touched(zero, *dvs)):
        raise refusal("the derivative of a singular vector does not exist where the singular value is zero",
                      "Where singular values cross zero, their vectors jump.",
                      "use the vectors of the other singular values, u[:, :rank]")


@non_differentiable
def touched(columns: Any, *dvs: Any) -> Any:
    """Return which columns have a cotangent that is not zero, as an array of the shape of `columns`."""
    some = columns & False
    for dv in dvs:
        if dv is not None:
            some = some | np.any(dv != 0, axis=-2)
    return some


@non_differentiable
def refuse_phase(m: Any, what: str, *dvs: Any) -> None:
    """Refuse a cotangent that depends on the phase of a complex vector: then the diagonal of m = v^H dv is not real."""
    if np.iscomplexobj(m):
        size = max([float(np.abs(dv).max(initial=0.0)) for dv in dvs if dv is not None])
        if np.any(np.abs(np.imag(np.diagonal(m, 0, -2, -1))) > np.sqrt(np.finfo(m.dtype).eps) * size):
            raise refusal(f"the result depends on the phases of {what}",
                          "A complex vector may be multiplied by any number of modulus one; which one comes out is accidental.",
                          "use what does not depend on it, abs(v) or (v * d) @ v.conj().T, or fix it: v * (abs(v[0]) / v[0])")


@non_differentiable
def refuse_rotation(m: Any, d: Any, what: str) -> None:
    """Refuse a cotangent that depends on the basis q of a space: then m = q^H d is not Hermitian."""
    if np.any(np.abs(m - H(m)) > np.sqrt(np.finfo(m.dtype).eps) * np.abs(d).max(initial=0.0)):
        raise refusal(f"the result depends on the basis that {what} happens to return for a complement",
                      "The further columns are any orthonormal basis of what the first leave.",
                      "use the first columns, or the projector q @ q.conj().T on the space of the others")


# -- parts of matrices ---------------------------------------------------------------------------------------------------------


def phi(x: Any) -> Any:
    """Return the lower half of a matrix, with half of the diagonal   [Murray 2016]."""
    half = np.tril(x)
    i = np.arange(x.shape[-1])
    half[..., i, i] *= 0.5
    return half


linear(phi, lambda dy, x: phi(dy))


def half_read(d: Any, lower: Any = True) -> Any:
    """Return the cotangent of a matrix of which only one half is read, from that of the whole Hermitian matrix."""
    whole = d + H(d)
    return phi(whole) if lower else H(phi(H(whole)))


def skew(m: Any) -> Any:
    """Return m - m^H."""
    return m - H(m)


def on_diagonal(d: Any) -> Any:
    """Return diagonal matrices."""
    return d[..., None] * np.eye(d.shape[-1])


def differences(w: Any) -> Any:
    """Return 1 / (w_j - w_i), and 0 where the two are equal."""
    gap = w[..., None, :] - w[..., :, None]
    return np.where(gap == 0, 0.0, 1.0 / np.where(gap == 0, 1.0, gap))


def shared(dw: Any, w: Any) -> Any:
    """Return `dw` with the mean over equal values in `w` in place of each: a tie is shared evenly."""
    same = w[..., None, :] == w[..., :, None]
    if np.count_nonzero(same) == w.size:
        return dw
    return (same * dw[..., None, :]).sum(axis=-1) / same.sum(axis=-1)


def first_columns(q: Any, dq: Any, k: int, what: str) -> Any:
    """Return the cotangent of the first k columns, to which those of the others, q2, a basis of their complement, are moved.

    q1^H q2 = 0, hence q1^H q2_dot = -q1_dot^H q2, and dq1 gets -q2 dq2^H q1.
    """
    if dq is None or q.shape[-1] == k:
        return dq
    q1, q2, d2 = q[..., :k], q[..., k:], dq[..., k:]
    refuse_rotation(H(q2) @ d2, d2, what)
    return dq[..., :k] - q2 @ (H(d2) @ q1)


# -- cholesky and qr -----------------------------------------------------------------------------------------------------------

if np.__version__ >= "2":
    rule(np.linalg.cholesky, lambda dy, y, a, *, upper=False: fit(cholesky_back(dy, y, not upper), a), kind=kinds.of_matrices)
else:
    rule(np.linalg.cholesky, lambda dy, y, a: fit(cholesky_back(dy, y, True), a), kind=kinds.of_matrices)


def cholesky_back(dy: Any, y: Any, lower: Any) -> Any:
    """a = y y^H: da = m + m^H with m = y^-H phi(y^H dy) y^-1 / 2, for the whole matrix   [Murray 2016]."""
    if not lower:
        return H(cholesky_back(H(dy), H(y), True))
    p, inverse = phi(H(y) @ dy), np.linalg.inv(y)
    return half_read(H(inverse) @ p @ inverse)


rule(np.linalg.qr, lambda dy, y, a, mode="reduced": fit(qr_back(dy, y, np.asarray(a), mode), a))


def qr_back(dy: Any, y: Any, a: Any, mode: str) -> Any:
    """Give the cotangent for each mode; of a wide matrix (a1 a2) = q (r1 r2) the first part determines q."""
    if mode == "r":
        q, r, dq, dr = np.linalg.qr(a)[0], y, None, dy
    elif mode in ("reduced", "complete"):
        k = min(a.shape[-2:])
        dq = first_columns(y[0], dy[0], k, "np.linalg.qr")
        q, r, dr = y[0][..., :k], y[1][..., :k, :], None if dy[1] is None else dy[1][..., :k, :]
    else:
        raise refusal(f"np.linalg.qr has no rule for mode={mode!r}", "What it returns is the business of LAPACK.",
                      "use mode='reduced', 'complete' or 'r'")
    refuse_dependent(r)
    m, n = a.shape[-2:]
    if dr is None:
        dr = np.zeros(r.shape, r.dtype)
    if dq is None:
        dq = np.zeros(q.shape, q.dtype)
    if m >= n:
        return tall_qr_back(dq, dr, q, r)
    dr1, dr2 = dr[..., :m], dr[..., m:]
    return np.concatenate([tall_qr_back(dq + a[..., m:] @ H(dr2), dr1, q, r[..., :m]), q @ dr2], -1)


def tall_qr_back(dq: Any, dr: Any, q: Any, r: Any) -> Any:
    """a = q r: with m = r dr^H - dq^H q, da = (dq + q (l + l^H + Re d)) r^-H for the parts l below and d on its diagonal
    [Seeger 2017]; the diagonal of r is real."""
    m = r @ H(dr) - H(dq) @ q
    low = phi(m)
    return H(np.linalg.solve(r, H(dq + q @ (low + H(low)))))


@non_differentiable
def refuse_dependent(r: Any) -> None:
    """Refuse a triangular factor that is singular to working precision."""
    d = np.abs(np.diagonal(r, 0, -2, -1))
    if np.any(d <= 10 * r.shape[-1] * np.finfo(d.dtype).eps * np.abs(r).max(axis=(-2, -1), initial=0.0)[..., None]):
        raise refusal("the derivative of np.linalg.qr does not exist where the first columns are linearly dependent",
                      "A column of q that nothing determines is arbitrary.", "leave out the columns that depend on the others")


# -- eigenvalues and eigenvectors ----------------------------------------------------------------------------------------------

rule(np.linalg.eigh, lambda dy, y, a, UPLO="L": fit(half_read(eigh_back(dy, y[0], y[1]), UPLO in "Ll"), a))
rule(np.linalg.eigvalsh, lambda dy, y, a, UPLO="L": fit(half_read(eigvalsh_back(dy, y, a, UPLO), UPLO in "Ll"), a))
rule(np.linalg.eig, lambda dy, y, a: fit(eig_back(dy, y[0], y[1], np.asarray(a)), a))
rule(np.linalg.eigvals, lambda dy, y, a: fit(eigvals_back(dy, a), a))


def eigh_back(dy: Any, w: Any, v: Any) -> Any:
    """a = v diag(w) v^H: da = v (diag(dw) + (v^H dv) / (w_j - w_i)) v^H   [Giles 2008]."""
    inner = np.zeros(v.shape, v.dtype)
    if dy[0] is not None:
        inner = inner + on_diagonal(shared(dy[0], w))
    if dy[1] is not None:
        m = H(v) @ dy[1]
        refuse_equal(w, "eigenvectors", dy[1])
        refuse_phase(m, "eigenvectors", dy[1])
        inner = inner + m * differences(w)
    return v @ inner @ H(v)


def eigvalsh_back(dy: Any, y: Any, a: Any, UPLO: Any) -> Any:
    """dw_i / da = v_i v_i^H   [Giles 2008]."""
    v = np.linalg.eigh(a, UPLO)[1]
    return (v * shared(dy, y)[..., None, :]) @ H(v)


def eig_back(dy: Any, w: Any, v: Any, a: Any) -> Any:
    """a = v diag(w) v^-1: da = v^-H (diag(dw) + (m - v^H v Re diag(m)) / conj(w_j - w_i)) v^H, m = v^H dv, as every vector has
    length one   [Giles 2008]."""
    refuse_defective(v)
    dw, dv = kept_real(dy[0], w, a), kept_real(dy[1], w[..., None, :], a)
    inner = np.zeros(v.shape, v.dtype)
    if dw is not None:
        inner = inner + on_diagonal(shared(dw, w))
    if dv is not None:
        m = H(v) @ dv
        refuse_equal(w, "eigenvectors", dv)
        refuse_phase(m, "eigenvectors", dv)
        along = np.real(np.diagonal(m, 0, -2, -1))
        inner = inner + (m - (H(v) @ v) * along[..., None, :]) * conj(differences(w))
    return np.linalg.solve(H(v), inner @ H(v))


def kept_real(d: Any, w: Any, a: Any) -> Any:
    """A real eigenvalue of a real matrix stays real as the matrix moves, and so does its vector, which is known up to its sign:
    the imaginary part of a cotangent is of no effect. NumPy gives them as complex numbers since 2.5."""
    if d is None or np.iscomplexobj(a) or not np.iscomplexobj(d):
        return d
    return np.where(np.imag(w) == 0, np.real(d), d)


def eigvals_back(dy: Any, a: Any) -> Any:
    """dw_i = (v^-1 a_dot v)_ii, hence da = v^-H diag(dw) v^H   [Giles 2008]."""
    w, v = np.linalg.eig(a)
    return eig_back((dy, None), w, v, np.asarray(a))


@non_differentiable
def refuse_defective(v: Any) -> None:
    """Refuse eigenvectors that are linearly dependent to working precision."""
    s = np.linalg.svd(v, compute_uv=False)
    if np.any(s[..., -1:] <= 10 * v.shape[-1] * np.finfo(s.dtype).eps * s[..., :1]):
        raise refusal("the derivative of the eigenvalues does not exist where the matrix is defective",
                      "It has fewer eigenvectors than rows; its eigenvalues move like roots of the change.",
                      "use functions of the matrix itself, such as np.trace, np.linalg.det or scipy.linalg.expm")


# -- singular values and vectors -----------------------------------------------------------------------------------------------

rule(np.linalg.svd, lambda dy, y, a, full_matrices=True, compute_uv=True, hermitian=False: fit(
    svd_back(dy, y, np.asarray(a), compute_uv, hermitian), a))
if hasattr(np.linalg, "svdvals"):
    rule(np.linalg.svdvals, lambda dy, y, x: fit(svd_back(dy, y, np.asarray(x), False, False), x))


def svd_back(dy: Any, y: Any, a: Any, compute_uv: Any, hermitian: Any) -> Any:
    """Give the cotangent for each form of the result; `hermitian` reads the lower half only."""
    if not compute_uv:
        d = singular_values_back(dy, y, a, hermitian)
    else:
        k = min(a.shape[-2:])
        u, s, v = y[0], y[1], H(y[2])
        du, dv = first_columns(u, dy[0], k, "np.linalg.svd"), first_columns(v, None if dy[2] is None else H(dy[2]), k,
                                                                         "np.linalg.svd")
        d = thin_svd_back(du, dy[1], dv, u[..., :k], s, v[..., :k])
    return half_read(d) if hermitian else d


def singular_values_back(dy: Any, y: Any, a: Any, hermitian: Any = False) -> Any:
    """ds_i = Re u_i^H a_dot v_i; 0 at s_i = 0, where the singular value has a kink   [Giles 2008]."""
    u, _, vh = np.linalg.svd(a, full_matrices=False, hermitian=hermitian)
    return (u * np.where(y == 0, 0.0, shared(dy, y))[..., None, :]) @ vh


def thin_svd_back(du: Any, ds: Any, dv: Any, u: Any, s: Any, v: Any) -> Any:
    """a = u diag(s) v^H: da = u inner v^H, and what du and dv have outside of the spaces of u and v   [Wan 2019]."""
    size = max(u.shape[-2], v.shape[-2])
    refuse_zero(s, size, du, dv)
    refuse_equal(s, "singular vectors", du, dv)
    inner = np.zeros(u.shape[:-2] + (s.shape[-1],) * 2, u.dtype)
    if ds is not None:
        inner = inner + on_diagonal(np.where(s == 0, 0.0, shared(ds, s)))
    if du is None and dv is None:
        return u @ inner @ H(v)
    du = np.zeros(u.shape, u.dtype) if du is None else du
    dv = np.zeros(v.shape, v.dtype) if dv is None else dv
    mu, mv, gaps, nonzero = H(u) @ du, H(v) @ dv, differences(s * s), np.where(s == 0, 1.0, s)
    refuse_phase(mu + mv, "singular vectors", du, dv)
    inner = inner + (skew(mu) * gaps) * s[..., None, :] + s[..., :, None] * (skew(mv) * gaps)
    if np.iscomplexobj(u):              # the phase of u moves, that of v is kept
        inner = inner + on_diagonal(1j * np.imag(np.diagonal(mu, 0, -2, -1)) / nonzero)
    left = (du - u @ mu) / nonzero[..., None, :]
    right = (dv - v @ mv) / nonzero[..., None, :]
    return u @ inner @ H(v) + left @ H(v) + u @ H(right)
