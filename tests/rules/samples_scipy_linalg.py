"""Samples for the rules of scipy.linalg."""

from __future__ import annotations

import numpy as np
import scipy
import scipy.linalg

from .samples import CA, CS, CV, SPD, A, B, S, V, W, each, on
from .samples_linalg import CPD, HERM, SYM, TALL, WIDE, R

rng = np.random.default_rng(6)
SMALL = 0.3 * S
POS = SPD + np.eye(3)
UP, LOW = np.triu(S), np.tril(CS)
BAND = rng.standard_normal((4, 5)) + np.array([0, 0, 5, 0])[:, None]
CBAND = BAND + 1j * rng.standard_normal((4, 5))
F5 = rng.standard_normal((5, 2))
CHO = scipy.linalg.cho_factor(SPD)
CCHO = scipy.linalg.cho_factor(CPD, lower=True)
LU = scipy.linalg.lu_factor(S[::-1])
CLU = scipy.linalg.lu_factor(CS[[2, 0, 1]])
DEF2 = S @ S.T + np.eye(3)
STABLE = 0.2 * S
LONG = np.array([4.0, 1.0, -0.5])           # the first column of a Toeplitz matrix
BANDS = np.array([[0.0, 0.0, 0.3, -0.2], [0.0, 0.5, 1.0, 0.7], [4.0, 5.0, 6.0, 7.0]])
CBANDS = BANDS + 1j * np.array([[0.0, 0.0, 0.4, 0.1], [0.0, 0.2, -0.3, 0.5], [0.0, 0.0, 0.0, 0.0]])
ONE, HALF = np.eye(3, dtype=int), np.eye(2, dtype=int)      # whole numbers do not move: they have to be Hermitian
NUMBERS = on(*[np.array([[x]]) for x in (0.7, 0.4, 1.2, 0.5)])
STACKS = tuple(map(int, scipy.__version__.split(".")[:2])) >= (1, 17)

SCIPY_LINALG = [
    (scipy.linalg.expm, each(S, CS, SMALL)),
    (scipy.linalg.logm, each(POS, CPD, R @ R + 3 * np.eye(3))),
    (scipy.linalg.sqrtm, each(POS, CPD, R @ R + np.eye(3))),
    (scipy.linalg.sinm, each(SMALL, 0.3 * CS)),
    (scipy.linalg.cosm, each(SMALL, 0.3 * CS)),
    (scipy.linalg.tanm, each(0.1 * S, 0.1 * CS)),
    (scipy.linalg.sinhm, each(SMALL, 0.3 * CS)),
    (scipy.linalg.coshm, each(SMALL, 0.3 * CS)),
    (scipy.linalg.tanhm, each(SMALL, 0.3 * CS)),
    (scipy.linalg.signm, each(R, SYM - 3 * np.eye(3))),
    (scipy.linalg.fractional_matrix_power, [on(POS, 0.4), on(POS, 1.7), on(POS, -0.5)]),
    (scipy.linalg.inv, each(S, CS)),
    (scipy.linalg.det, each(S, CS)),
    (scipy.linalg.pinv, [on(A), on(CA), on(S, rtol=1e-4), on(TALL, check_finite=False)]),
    (scipy.linalg.pinvh, [on(SYM), on(HERM), on(SYM, lower=False), on(S)]),
    (scipy.linalg.norm, [on(V), on(A), on(A, "nuc"), on(A, 1, 0), on(CV, 3), on(A, axis=1, keepdims=True)]),
    (scipy.linalg.solve, [on(S, W), on(S, A), on(CS, W), on(S, CA), on(S, W, transposed=True), on(SPD, W, assume_a="pos"),
                          on(SYM, A, True, assume_a="sym"), on(CPD, CA, assume_a="her", lower=True), on(CPD, CA, assume_a="pos"),
                          on(SYM, A, assume_a="sym", transposed=True), on(S, W, assume_a="gen")]),
    (scipy.linalg.solve_triangular, [on(UP, W), on(LOW, W, lower=True), on(S, A), on(CS, CA, 1), on(CS, CA, 2),
                                     on(S, W, "T", True),
                                     on(CS, W, "C", lower=True), on(S, A, unit_diagonal=True), on(CS, CA, 1, True, True)]),
    (scipy.linalg.lstsq, [on(TALL, np.arange(5.0)), on(TALL, F5), on(WIDE, W), on(CA.T, np.arange(4.0))]),
    (scipy.linalg.solve_banded, [on((1, 2), BAND, np.arange(5.0)), on((2, 1), CBAND[[0, 2, 1, 3]], F5), on((1, 2), CBAND, F5),
                                 on((0, 3), BAND[::-1] + 3 * np.eye(4)[3][:, None], F5)]),
    (scipy.linalg.solve_sylvester, [on(S, B[:2], A[:, :2]), on(CS, np.eye(4) + CA.T @ CA, CA)]),
    (scipy.linalg.solve_continuous_lyapunov, [on(S, SPD), on(CS, A[:, :3])]),
    (scipy.linalg.solve_discrete_lyapunov, [on(STABLE, SPD), on(0.2 * CS, A[:, :3])]),
    (scipy.linalg.cholesky, [on(SPD), on(SPD, True), on(SPD, lower=True, check_finite=False), on(np.triu(SPD))]),
    (scipy.linalg.cho_factor, [on(SPD), on(SPD, True)]),
    (scipy.linalg.cho_solve, [on(CHO, W), on(CHO, A), on(CCHO, CA), on((CCHO[0], True), W)]),
    (scipy.linalg.lu, [on(S), on(S[::-1]), on(CS), on(A), on(TALL), on(CA.T), on(S[[2, 0, 1]], True), on(TALL, permute_l=True)]),
    (scipy.linalg.lu_factor, each(S, S[[2, 0, 1]], CS, CS[::-1], A, TALL)),
    (scipy.linalg.lu_solve, [on(LU, W), on(LU, A), on(CLU, CA), on(CLU, CA, 1), on(CLU, W, trans=2), on(LU, W, 1)]),
    (scipy.linalg.qr, [on(S), on(A), on(A.T, mode="economic"), on(CA.T, mode="economic"), on(A, mode="r"), on(S, mode="r"),
                       on(S, pivoting=True), on(A, mode="economic", pivoting=True), on(CS, pivoting=True),
                       on(CA, mode="r", pivoting=True)]),
    (scipy.linalg.svd, [on(S), on(A, False), on(A.T, full_matrices=False), on(CA, compute_uv=False), on(A)]),
    (scipy.linalg.polar, [on(S), on(TALL), on(CS), on(CA.T), on(WIDE, "left"), on(CS, side="left")]),
    (scipy.linalg.svdvals, each(A, CA, S)),
    (scipy.linalg.eigh, [on(SPD, driver="ev"), on(SYM, lower=False, driver="ev"), on(S, driver="evd"), on(SYM, DEF2),
                         on(SYM, DEF2, eigvals_only=True),
                         on(HERM, eigvals_only=True),
                         on(HERM, CPD, eigvals_only=True, lower=False)]),
    (scipy.linalg.eigvalsh, [on(SPD), on(HERM), on(SYM, DEF2), on(SYM, lower=False), on(HERM, CPD, lower=False)]),
    (scipy.linalg.eig, [on(R), on(S, right=False), on(CS, right=False)]),
    (scipy.linalg.eigvals, each(R, S, CS)),
    (scipy.linalg.toeplitz, [on(V), on(V, W), on(CV), on(CV, V), on(W, CV)]),
    (scipy.linalg.hankel, [on(V), on(V, W), on(W, CV), on(CV)]),
    (scipy.linalg.circulant, each(V, CV)),
    (scipy.linalg.block_diag, [on(A, B), on(A, [0.5, 0.7], CS), on(V), on(0.5, S)]),
]
SCIPY_LINALG += [
    (scipy.linalg.solve_toeplitz, [on(LONG, W), on((LONG, W), A), on((LONG + 0.3j, CV[:3]), W), on(LONG + 0.3j * LONG[::-1], CA),
                                   on((LONG, W), b=W)]),
    (scipy.linalg.solveh_banded, [on(BANDS, V), on(BANDS[::-1], V, lower=True), on(CBANDS, CA.T), on(CBANDS[1:], V),
                                  on(BANDS[::-1] + 0.0, A.T, lower=True, check_finite=False)]),
    (scipy.linalg.eigh_tridiagonal, [on(V, W, lapack_driver="stev"), on(V, W, eigvals_only=True),
                                     on(V, W, eigvals_only=True, select="i", select_range=(1, 2))]),
    (scipy.linalg.eigvalsh_tridiagonal, [on(V, W), on(V, W, select="i", select_range=(0, 1))]),
    (scipy.linalg.solve_continuous_are, [on(S, A[:, :2], ONE, HALF), on(CS, A[:, :2], 2 * ONE, HALF),
                                         on(STABLE, CA[:, :2], ONE, HALF), NUMBERS]),
    (scipy.linalg.solve_discrete_are, [on(S, A[:, :2], ONE, HALF), on(CS, A[:, :2], 2 * ONE, HALF),
                                       on(STABLE, CA[:, :2], ONE, HALF), NUMBERS]),
]
if STACKS:          # of matrices, and of vectors
    TWO = np.stack([S, 1.1 * S.T])
    SCIPY_LINALG += [
        (scipy.linalg.solve_triangular, [on(TWO, W), on(TWO, A, lower=True)]),
        (scipy.linalg.lu_factor, [on(TWO)]),
        (scipy.linalg.qr, [on(TWO, pivoting=True), on(np.stack([CA, CA[:, ::-1]]), mode="economic", pivoting=True)]),
        (scipy.linalg.polar, [on(TWO)]),
        (scipy.linalg.toeplitz, [on(A, A + 0.3), on(A)]),
        (scipy.linalg.block_diag, [on(TWO, A)]),
    ]
