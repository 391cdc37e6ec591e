"""SciPy inside programs: through the engine, to second order, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

import scipy
import scipy.fft
import scipy.linalg
import scipy.ndimage
import scipy.signal
import scipy.sparse
import scipy.sparse.linalg

from zygote_py import MissingRuleError, RuleError, gradient
from zygote_py.testing import check_grads

from .samples import SPD, S, V, W
from .samples_linalg import SYM

NAMES_STRUCTURES = tuple(map(int, scipy.__version__.split(".")[:2])) >= (1, 15)
TAKES_STACKS = tuple(map(int, scipy.__version__.split(".")[:2])) >= (1, 17)

rng = np.random.default_rng(21)
X, SIGNAL = rng.standard_normal((4, 5)), rng.standard_normal(6)
BUTTERWORTH = scipy.signal.butter(2, 0.3, output="sos")
B3, I3 = rng.standard_normal((3, 2)), np.eye(3)
SPARSE = scipy.sparse.random(4, 3, 0.7, "csr", random_state=1)
SQUARE = scipy.sparse.csc_array(SYM)


def gaussian_process(k, y):
    factor = scipy.linalg.cho_factor(k, lower=True)
    return 0.5 * y @ scipy.linalg.cho_solve(factor, y) + np.sum(np.log(np.diag(factor[0])))


def kalman(a, q):
    return np.sum(scipy.linalg.solve_discrete_lyapunov(0.2 * a, q) ** 2) + np.sum(scipy.linalg.expm(0.1 * a))


def whitened(a, b):
    low = scipy.linalg.cholesky(a, lower=True)
    return np.sum(scipy.linalg.solve_triangular(low, b, lower=True) ** 2)


def by_lu(a, b):
    return np.sum(scipy.linalg.lu_solve(scipy.linalg.lu_factor(a), b) ** 3)


def modes(a, b):
    w, v = scipy.linalg.eigh(a, b)
    return np.sum(w**2) + np.sum(v[:, 0] ** 4)


def spectrum(x):
    return np.sum(np.abs(scipy.fft.rfft2(x)) ** 4) + np.sum(scipy.fft.dctn(x, norm="ortho") ** 3)


def blurred(x, k):
    return np.sum(scipy.ndimage.gaussian_filter(x, 1) ** 3) + np.sum(scipy.ndimage.convolve(x, k) ** 2)


def filtered(b, a, x):
    return np.sum(scipy.signal.lfilter(b, a, x) ** 2) + np.sum(scipy.signal.fftconvolve(x, b, "same") ** 3)


def zero_phase(x):
    return np.sum(scipy.signal.sosfiltfilt(BUTTERWORTH, x, padlen=4) ** 3) + np.sum(scipy.signal.resample(x, 4) ** 2)


def diffusion(x):
    return np.sum((SPARSE @ x) ** 3) + np.sum(np.sin((SPARSE @ x) @ SPARSE))


def sparse_solve(b):
    return np.sum(scipy.sparse.linalg.spsolve(SQUARE, b) ** 3)


def regulator(q, r):
    continuous = scipy.linalg.solve_continuous_are(S, B3, q + q.T + I3, r + r.T + I3[:2, :2])
    discrete = scipy.linalg.solve_discrete_are(S, B3, q + q.T + I3, r + r.T + I3[:2, :2], balanced=False)
    return np.sum(continuous**2) + np.sum(np.sin(discrete))


@pytest.mark.parametrize(("f", "args"), [
    (gaussian_process, (SPD, W)), (kalman, (S, SPD)), (whitened, (SPD, W)), (by_lu, (S[::-1], W)), (modes, (SYM, SPD)),
    (spectrum, (X,)),
    (zero_phase, (SIGNAL,)),
    (blurred, (X, rng.standard_normal((3, 2)))), (filtered, (V[:2], np.array([1.0, 0.4]), SIGNAL)), (diffusion, (W,)),
    (sparse_solve, (W,)), (regulator, (0.1 * S @ S.T, B3.T @ B3)),
], ids=lambda x: getattr(x, "__name__", ""))
def test_programs(f, args):
    check_grads(f, *args, order=1 + (f not in (regulator, zero_phase)), rtol=5e-5, atol=1e-6, modes=("rev",))


@pytest.mark.parametrize("width", [0.7, (0.8, 1.3)])
def test_a_blur_of_any_width(width):
    check_grads(lambda x: np.sum(scipy.ndimage.gaussian_filter(x, width, mode="wrap") ** 3), X, order=1, modes=("rev",))


@pytest.mark.parametrize(("f", "a"), [
    (lambda a: np.sum((a @ W) ** 3), scipy.sparse.csr_array(SPARSE)),
    (lambda a: np.sum((a @ W) ** 3), scipy.sparse.csc_matrix(SPARSE)),
    (lambda a: np.sum((a * W) ** 3), scipy.sparse.csc_matrix(SPARSE)),
    (lambda a: np.sum((V * a) ** 3), scipy.sparse.csr_matrix(SPARSE)),
    (lambda a: np.sum(a.dot(X[:3]) ** 3), scipy.sparse.csr_array(SPARSE)), (lambda a: np.sum(a.dot(W) ** 3), SPARSE.tocoo()),
    (lambda a: np.sum((X.T @ a) ** 3), scipy.sparse.coo_array(SPARSE)),
    (lambda a: np.sum((V @ a) ** 3), scipy.sparse.csr_array(SPARSE)),
    (lambda a: np.sum(scipy.sparse.linalg.spsolve(a, W) ** 3), SQUARE),
    (lambda a: np.sum(scipy.sparse.linalg.spsolve(a, X[:3]) ** 3), SQUARE),
])
def test_the_numbers_in_a_sparse_matrix(f, a):
    got = gradient(f, a)[0].data
    want = []
    for k in range(a.data.size):
        moved = [a.copy(), a.copy()]
        moved[0].data[k] += 1e-6
        moved[1].data[k] -= 1e-6
        want.append((f(moved[0]) - f(moved[1])) / 2e-6)
    np.testing.assert_allclose(got, want, rtol=2e-6, atol=1e-7)


@pytest.mark.parametrize(("f", "x", "error", "words"), [
    (lambda a: np.sum(scipy.linalg.norm(a, None, None, False, foo=True)), S, TypeError, "foo"),
    pytest.param(lambda a: np.sum(scipy.linalg.solve(a, W, assume_a="tridiagonal")), np.triu(np.tril(S, 1), -1),
                 MissingRuleError, "assume_a", marks=pytest.mark.skipif(not NAMES_STRUCTURES, reason="SciPy 1.15 or later")),
    (lambda a: np.sum(scipy.linalg.solve_continuous_are(a, B3, I3, I3[:2, :2], I3)), S, RuleError, "keyword `e`"),
    (lambda d: np.sum(scipy.linalg.eigh_tridiagonal(d, V[:2], select="i", select_range=(0, 0))[1]), W, MissingRuleError,
     "some of"),
    pytest.param(lambda a: np.sum(scipy.linalg.lstsq(a, W)[0]), np.stack([S, S.T]), MissingRuleError, "no stack of them",
                 marks=pytest.mark.skipif(not TAKES_STACKS, reason="SciPy 1.17 or later")),
    (lambda x: np.sum(scipy.signal.convolve2d(x, X, boundary="wrap")), X, MissingRuleError, "boundary"),
    (lambda x: np.sum(scipy.signal.fftconvolve(x, X, axes=1)), X, MissingRuleError, "some of the axes"),
    (lambda s: np.sum(scipy.ndimage.gaussian_filter(X, s)), 1.0, MissingRuleError, "the width of a Gaussian filter"),
    (lambda x: np.sum(scipy.signal.upfirdn(V, x, mode="wrap")), W, MissingRuleError, "mode='wrap'"),
    (lambda a: np.sum((a @ W) ** 2), scipy.sparse.dia_array(SYM), MissingRuleError, "format 'dia'"),
])
def test_refused(f, x, error, words):
    with pytest.raises(error, match=words):
        gradient(f, x)


def test_options_by_position_and_permissions_to_overwrite():
    """What makes no difference to the value need not be in a rule; no use is made of permissions."""
    def f(a):
        low = scipy.linalg.cholesky(a * 1.0, True, True, False)
        first = scipy.linalg.qr(low, False, mode="economic")[1]
        x = scipy.linalg.solve(low * 1.0, 1.0 * W, False, True, overwrite_b=True)
        middle = np.median(a=low * 1.0, axis=0, overwrite_input=True, keepdims=False)[1]
        return np.sum(scipy.linalg.inv(low, overwrite_a=True)) + np.sum(first**2) + np.sum(x) + middle
    check_grads(f, SPD, order=1)
