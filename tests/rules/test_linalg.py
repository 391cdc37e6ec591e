"""Linear algebra: degenerate points, vectors known up to a phase, matrices of which one half is read, second derivatives."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from zygote_py import MissingRuleError, gradient
from zygote_py import rules as _rules  # noqa: F401
from zygote_py.testing import check_grads

from .apply import cotangents
from .samples import CS, S2, SPD, A, S, V
from .samples_linalg import CPD, HERM, SYM, R

rng = np.random.default_rng(11)
C34 = A + 1j * rng.standard_normal(A.shape)
M3, M4 = rng.standard_normal((3, 3)), rng.standard_normal((4, 4))
I3 = np.eye(3)
PAIR = np.array([[0.5, 2.0, 0.1], [-2.0, 0.7, 0.3], [0.2, 0.1, 1.0]])       # one real eigenvalue and a pair of complex ones


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def real(x):
    return np.sum(np.real(x))


# -- what does not depend on the phase of a complex vector, or on the basis of a space


def eigh_function(a):
    w, v = np.linalg.eigh(a)
    return real(M3 * ((v * np.exp(w)) @ v.conj().T))


def eigh_sizes(a):
    return np.sum(M3 * np.abs(np.linalg.eigh(a, UPLO="U")[1]) ** 2)


def eig_function(a):
    w, v = np.linalg.eig(a)
    return real(M3 * ((v * np.exp(w)) @ np.linalg.inv(v)))


def eig_sizes(a):
    w, v = np.linalg.eig(a)
    return np.sum(M3 * np.abs(v)) + np.sum(np.abs(w))


def real_vectors(a):
    """The vectors of real eigenvalues are known up to their signs; NumPy has them as complex numbers, since 2.5 always."""
    w, v = np.linalg.eig(a)
    k = np.flatnonzero(np.imag(w) == 0)
    return real(C34[:, :3][:, k] @ v[:, k].T) + real(C34[0, k] * w[k])


def svd_polar(a):
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return real(M3[:, :3] @ ((u * s**2) @ vh)) + real(u @ vh)


def svd_left(a):
    u = np.linalg.svd(a, full_matrices=False)[0]
    return np.sum(np.abs(u) ** 2 * M4[:u.shape[0], :u.shape[1]])


def svd_right(a):
    _, s, vh = np.linalg.svd(a, full_matrices=False)
    return np.sum(np.abs(vh) ** 2 * M4[:vh.shape[0], :vh.shape[1]]) + np.sum(np.log(s))


def null_space(a):
    vh = np.linalg.svd(a)[2]
    rest = vh[2:]
    return real(M4 * (rest.conj().T @ rest))


def left_null_space(a):
    u = np.linalg.svd(a.T)[0]
    rest = u[:, 2:]
    return real(M4 * (rest @ rest.conj().T))


def complement_of_columns(a):
    q = np.linalg.qr(a.T, mode="complete")[0]
    rest = q[:, 2:]
    return real(M4 * (rest @ rest.conj().T))


def hermitian_svd(a):
    u, s, vh = np.linalg.svd(a, hermitian=True)
    return real(M3 * ((u * s**3) @ vh))


def cholesky_of_hermitian(a):
    return real(M3 * np.linalg.cholesky(a))


def constant_rank(x, y):
    a = x @ y
    return real(M4[:, :3] * np.linalg.pinv(a)) + np.sum(np.linalg.lstsq(a, I3[0], rcond=None)[0] * V)


def hermitian_constant_rank(x):
    return real(M3 * np.linalg.pinv(x @ x.conj().T, hermitian=True))


@pytest.mark.parametrize(("f", "args"), [
    (eigh_function, (SPD,)), (eigh_function, (HERM,)), (eigh_function, (S,)), (eigh_sizes, (HERM,)), (eigh_sizes, (SPD,)),
    (eig_function, (R,)), (eig_function, (S,)), (eig_function, (CS,)), (eig_sizes, (R,)), (eig_sizes, (CS,)),
    (eig_sizes, (PAIR,)), (real_vectors, (R,)), (real_vectors, (PAIR,)),
    (svd_polar, (A,)), (svd_polar, (C34,)), (svd_polar, (C34[:, :3],)), (svd_left, (A,)), (svd_left, (C34,)),
    (svd_left, (C34.T,)),
    (svd_right, (A,)), (svd_right, (C34,)), (svd_right, (C34.T,)), (null_space, (A[:2],)), (null_space, (C34[:2],)),
    (left_null_space, (A[:2],)), (left_null_space, (C34[:2],)), (complement_of_columns, (A[:2],)),
    (complement_of_columns, (C34[:2],)),
    (hermitian_svd, (SYM,)), (hermitian_svd, (HERM,)), (cholesky_of_hermitian, (CPD,)),
    (constant_rank, (A[:, :2], A[1:])), (constant_rank, (A[:, :1], A[:1])), (hermitian_constant_rank, (C34[:, :2],)),
], ids=lambda x: getattr(x, "__name__", ""))
def test_what_is_determined_has_the_derivative_of_the_differences(f, args):
    check_grads(f, *args, order=2, rtol=2e-5, modes=("rev",))


@pytest.mark.parametrize(("f", "a", "words"), [
    (lambda a: np.sum(np.real(np.linalg.eigh(a)[1])), HERM, "phases of eigenvectors"),
    (lambda a: np.sum(np.real(np.linalg.eig(a)[1])), CS, "phases of eigenvectors"),
    (lambda a: np.sum(np.real(np.linalg.eig(a)[1])), PAIR, "phases of eigenvectors"),
    (lambda a: np.sum(np.imag(np.linalg.eig(a)[1])), R + 0j, "phases of eigenvectors"),
    (lambda a: np.sum(np.real(np.linalg.svd(a, full_matrices=False)[0])), C34, "phases of singular vectors"),
    (lambda a: np.sum(np.real(np.linalg.svd(a, full_matrices=False)[2])), C34, "phases of singular vectors"),
    (lambda a: np.sum(np.linalg.svd(a)[2] * M4), A[:2], "basis that np.linalg.svd happens"),
    (lambda a: np.sum(np.linalg.svd(a)[0] * M4), A.T[:, :2], "basis that np.linalg.svd happens"),
    (lambda a: np.sum(np.linalg.qr(a, mode="complete")[0] * M4), A.T[:, :2], "basis that np.linalg.qr happens"),
    (lambda a: np.sum(np.linalg.qr(a, mode="raw")[0]), S, "mode='raw'"),
    (lambda a: np.sum(np.linalg.eigh(a)[1] * M3), I3, "eigenvectors does not exist"),
    (lambda a: np.sum(np.linalg.eigh(a)[1][:, 1] * V[:3]), np.diag([1.0, 1.0, 2.0]), "eigenvectors does not exist"),
    (lambda a: np.sum(np.linalg.eigh(a @ a.T)[1] * M3), np.ones((3, 1)), "eigenvectors does not exist"),
    (lambda a: np.sum(np.real(np.linalg.eig(a)[1]) * M3), I3, "eigenvectors does not exist"),
    (lambda a: np.real(np.linalg.eigvals(a)[0]), np.array([[1.0, 1.0], [0.0, 1.0]]), "defective"),
    (lambda a: np.sum(np.linalg.svd(a)[0] * M3), I3, "singular vectors does not exist"),
    (lambda a: np.sum(np.linalg.svd(a)[2] * M3), np.diag([2.0, 1.0, 0.0]), "singular value is zero"),
    (lambda a: np.sum(np.linalg.svd(a, hermitian=True)[0] * M3), np.diag([1.0, -1.0, 2.0]), "singular vectors does not exist"),
    (lambda a: np.sum(np.linalg.qr(a)[0] * M3[:, :2]), np.ones((3, 2)), "linearly dependent"),
    (lambda a: np.sum(np.linalg.pinv(a, 0.5)), np.diag([1.0, 0.1]), "leaves out small singular values"),
    (lambda a: np.sum(np.linalg.lstsq(a, np.ones(2), 0.5)[0]), np.diag([1.0, 0.1]), "leaves out small singular values"),
])
def test_what_has_no_derivative_is_refused(f, a, words):
    with pytest.raises(MissingRuleError, match=words) as caught:
        gradient(f, a)
    assert "Instead: " in str(caught.value)


@pytest.mark.parametrize(("f", "a", "want"), [
    (lambda a: np.sum(np.linalg.eigvalsh(a)), I3, I3),                              # symmetric in the equal eigenvalues: exact
    (lambda a: np.sum(np.linalg.eigh(a)[0] ** 2), I3, 2 * I3),
    (lambda a: np.linalg.eigvalsh(a)[2], I3, I3 / 3),                               # a tie is shared evenly
    (lambda a: np.max(np.linalg.eigh(a)[0]), I3, I3 / 3),
    (lambda a: np.real(np.sum(np.linalg.eigvals(a))), I3, I3),
    (lambda a: np.linalg.svd(a, compute_uv=False)[0], I3, I3 / 3),
    (lambda a: np.linalg.svd(a)[1][0], I3, I3 / 3),
    (lambda a: np.sum(np.linalg.svd(a, compute_uv=False)), np.diag([2.0, 0.0]), np.diag([1.0, 0.0])),     # the kink at zero has 0
    (lambda a: np.linalg.svd(a)[1][1], np.diag([2.0, 0.0]), np.zeros((2, 2))),
    (lambda a: np.sum(np.linalg.svd(a)[0][:, 0] * V[:3]), np.diag([2.0, 0.0, 0.0]), np.outer([0, *V[1:3]], [0.5, 0, 0])),
    (lambda a: np.linalg.norm(a, 2), np.zeros((2, 2)), np.zeros((2, 2))),
    (lambda a: np.linalg.norm(a, 2), np.eye(2), np.eye(2) / 2),
    (lambda a: np.linalg.norm(a, "nuc"), np.diag([3.0, 0.0]), np.diag([1.0, 0.0])),
    (lambda a: np.linalg.norm(a, 1), np.eye(2), np.eye(2) / 2),
    (lambda a: np.linalg.norm(a, -2), np.diag([3.0, 0.0]), np.zeros((2, 2))),
    (lambda a: np.linalg.norm(a, np.inf), np.array([1.0, -1.0]), np.array([0.5, -0.5])),
])
def test_the_choice_at_a_degenerate_point(f, a, want):
    np.testing.assert_allclose(gradient(f, a)[0], want, atol=1e-12)


@pytest.mark.parametrize(("f", "half"), [
    (lambda a: np.sum(np.linalg.cholesky(a) * M3), np.tril), (lambda a: np.sum(np.linalg.eigvalsh(a) ** 3), np.tril),
    (lambda a: np.sum(np.linalg.eigvalsh(a, UPLO="U") ** 3), np.triu),
    (lambda a: np.sum(np.linalg.eigh(a, "u")[1] * M3), np.triu),
    (lambda a: np.sum(np.linalg.pinv(a, hermitian=True) * M3), np.tril)])
def test_the_cotangent_is_in_the_half_that_is_read(f, half):
    g, = gradient(f, SPD)
    np.testing.assert_array_equal(g, half(g))
    np.testing.assert_allclose(gradient(f, half(SPD))[0], g, rtol=1e-12)


def test_vectors_that_are_not_used_may_be_degenerate():
    a = np.diag([1.0, 1.0, 2.0]) + 0.0
    check_grads(lambda a: np.sum(np.linalg.eigh(a)[1][:, 2] ** 2 * V[:3]), a, order=1, modes=("rev",))
    check_grads(lambda a: np.sum(np.outer(np.linalg.eigh(a)[1][:, 2], np.linalg.eigh(a)[1][:, 2]) * M3), a, order=1,
                modes=("rev",))


def test_the_minors_of_singular_matrices():
    a = np.arange(1.0, 10).reshape(3, 3)
    np.testing.assert_allclose(gradient(np.linalg.det, a)[0], [[-3, 6, -3], [6, -12, 6], [-3, 6, -3]], atol=1e-9)
    np.testing.assert_allclose(gradient(np.linalg.det, np.zeros((2, 2)))[0], np.zeros((2, 2)), atol=1e-12)


def test_single_precision_is_kept():
    x = S2.astype(np.float32)
    spd = (x @ np.swapaxes(x, -1, -2)).astype(np.float32)
    for f, a in ((np.linalg.inv, x), (np.linalg.cholesky, spd), (np.linalg.eigvalsh, spd), (np.linalg.det, x)):
        y, (dx,) = cotangents(f, (a,), {}, seed=np.ones_like)
        assert y.dtype == np.float32, f
        assert gradient(lambda a: np.sum(f(a)), a)[0].dtype == np.float32
