"""Samples for the rules of numpy.linalg and numpy.fft.

The random weights on the results ask for the phase of complex vectors, which has no derivative: `test_linalg` has those cases.
"""

from __future__ import annotations

import numpy as np

from .samples import CA, CS, CV, S2, SPD, SPD2, T3, A, B, P, Q, S, V, W, each, on

rng = np.random.default_rng(5)
C3 = T3 + 1j * rng.standard_normal(T3.shape)
CS2 = S2 + 1j * rng.standard_normal(S2.shape)
HERM = CS + CS.conj().T
CPD = CS @ CS.conj().T
SYM = S + S.T
TALL, WIDE = rng.standard_normal((5, 3)), rng.standard_normal((3, 5))
SINGULAR = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
TENSOR = rng.standard_normal((2, 3, 6))
R = np.array([[1.0, 2.0, 0.3], [0.5, 3.0, -0.2], [0.1, 0.4, -2.0]])     # real eigenvalues
NUMPY_2 = np.__version__ >= "2"

SOLVE = [on(S2, A), on(S2, W), on(CS2, S),
         on(SPD2[None], W)] if NUMPY_2 else [on(S2, T3[:, 0, :3])]      # what counts as a vector has changed
NORMS = [on(A, 2.5, 0), on(A, 1.5, 1, True), on(V), on(A), on(T3), on(V, 1), on(V, 2), on(V, np.inf), on(V, -np.inf), on(V, 3),
         on(V, 0), on(A, "fro"), on(A, axis=0),
         on(A, 1, 1), on(A, np.inf, 0), on(A, None, 1, True), on(A, "nuc"), on(A, 2), on(A, -2), on(A, 1), on(A, np.inf),
         on(A, -1),
         on(A, -np.inf), on(CA), on(CV), on(CV, 1), on(CV, 3), on(CA, "nuc"), on(T3, axis=(1, 2)), on(T3, 2, (0, 1)),
         on(T3, "nuc", (2, 0)), on(V, 0.5), on(V, -2), on(A, keepdims=True), on([0.1, 0.2]), on(CA, 2), on(CA, -2), on(CA, 1),
         on(CA, np.inf), on(CV, np.inf), on(CV, -1.5), on(T3, 1, (0, 2), True), on(T3, -np.inf, (2, 1)), on(T3, 2.5, -2),
         on(A, axis=(1,)),
         on(T3, "fro", (0, -1), keepdims=True), on(np.array([1.0, 0.0, -2.0]), 3), on([[0.1, 0.2], [0.3, 0.5]], 2),
         on(C3, -1, (0, 1))]

LINALG = [
    (np.linalg.norm, NORMS),
    (np.linalg.inv, each(S, S2, CS, CS2, [[0.1, 0.2], [0.4, 0.3]])),
    (np.linalg.tensorinv, [on(TENSOR.reshape(6, 2, 3), 1), on(TENSOR), on(rng.standard_normal((2, 3, 3, 2)))]),
    (np.linalg.pinv, [*each(A, A.T, S, CA, T3, C3), on(A, 1e-10), on(SYM, hermitian=True), on(HERM, hermitian=True)]),
    (np.linalg.det, each(S, S2, CS, CS2, np.array([[1.0, 2.0], [2.0, 4.0]]), np.diag([0.0, 0.0, 1.0]), SINGULAR,
                         np.array([[1j, 2.0], [2.0, -4.0j]]), np.stack([np.diag([0.0, 1.0]), np.eye(2)]))),
    (np.linalg.slogdet, each(S, S2, CS, CS2, -S)),
    (np.linalg.matrix_power, [on(S, 3), on(S, 0), on(S, 1), on(S, -1), on(S, -2), on(S2, 2), on(CS, 3), on(CS2, -3), on(S, 17)]),
    (np.linalg.solve, [on(S, W), on(S, A), on(S2, S2), on(S2, T3[:, :, :3]), on(CS, W), on(S, A[:, :1]), on(S, CA),
                       on(S, T3[:, :3]),
                       *SOLVE]),
    (np.linalg.tensorsolve, [on(TENSOR, rng.standard_normal((2, 3))), on(TENSOR.reshape(6, 2, 3), rng.standard_normal(6)),
                             on(rng.standard_normal((2, 6, 3)), rng.standard_normal(6), (0,)), on(TENSOR + 1j, np.ones((2, 3)))]),
    (np.linalg.lstsq, [on(TALL, np.arange(5.0), None), on(TALL, rng.standard_normal((5, 2)), None), on(WIDE, W, None),
                       on(TALL * (1 + 2j), np.arange(5.0), None), on(S, W, rcond=None),
                       on(TALL, np.arange(5) + 1j * TALL[:, 0], rcond=1e-12), on(WIDE, A, rcond=-1)]),
    (np.linalg.multi_dot, [on([A, B]), on([W, A, B]), on((A, B, Q[:2])), on([CA, B]), on([A, B, B.T, A.T])]),
    (np.linalg.cond, [*each(S, A, T3, CS), on(S, 2), on(S, -2), on(S, 1), on(S2, np.inf), on(S, "fro"), on(CS, "nuc"), on(S, -1),
                      on(CS2, -np.inf)]),
    (np.linalg.cholesky, each(SPD, SPD2, S @ S.T + np.triu(A[:, :3], 1))),
    (np.linalg.qr, [on(A.T), on(S), on(T3.swapaxes(1, 2)), on(A), on(T3), on(CS), on(CA), on(CA.T), on(C3), on(A, "r"),
                    on(A.T, "r"),
                    on(CA, "r"), on(CA.T, mode="r"), on(A, "complete"), on(S, "complete"),
                    on(rng.standard_normal((4, 3)), "complete")]),
    (np.linalg.eigh, [on(SPD), on(SPD2), on(SYM, "U"), on(SYM, UPLO="u"), on(S)]),
    (np.linalg.eigvalsh, [on(SPD), on(SPD2), on(HERM), on(HERM, "U"), on(S, UPLO="U"), on(CS)]),
    (np.linalg.eig, each(R, np.stack([R, R.T]))),
    (np.linalg.eigvals, each(np.array([[1.0, 2.0], [0.5, 3.0]]), CS, S2, np.array([[0.5, 2.0], [-2.0, 0.7]]), CS2)),
    (np.linalg.svd, [on(A, False), on(A.T, False), on(T3, False), on(S), on(S2), on(A, compute_uv=False),
                     on(CA, compute_uv=False),
                     on(C3, True, False), on(rng.standard_normal((4, 3))), on(A, True), on(SYM, hermitian=True),
                     on(HERM, compute_uv=False, hermitian=True), on(SYM, False, False, hermitian=True)]),
]
if NUMPY_2:
    LINALG += [
        (np.matrix_transpose, [on(A), on(T3), on(CA)]),
        (np.linalg.matrix_transpose, [on(A), on(T3)]),
        (np.linalg.vector_norm, [on(V), on(A), on(A, axis=0), on(A, axis=1, ord=3, keepdims=True), on(A, ord=1),
                                 on(T3, axis=(0, 1)),
                                 on(T3, axis=(2, 0), keepdims=True, ord=np.inf), on(CA), on(CA, ord=-np.inf),
                                 on(T3, keepdims=True)]),
        (np.linalg.matrix_norm, [on(A), on(T3), on(A, ord=2), on(A, keepdims=True), on(T3, ord="nuc"), on(C3, ord=1),
                                 on(T3, ord=-2, keepdims=True), on(CA, ord=np.inf)]),
        (np.linalg.svdvals, [on(A), on(T3), on(C3)]),
        (np.linalg.trace, [on(S), on(T3), on(CA, offset=1)]),
        (np.linalg.diagonal, [on(S), on(T3, offset=1), on(CA)]),
        (np.linalg.outer, [on(V, W), on(CV, W)]),
        (np.linalg.cross, [on(S, W), on(S, CS), on(A, P, axis=0), on(CS, W)]),
        (np.linalg.matmul, [on(A, B), on(T3, B), on(CA, B)]),
        (np.linalg.tensordot, [on(A, B, axes=1), on(T3, CA, axes=([1, 2], [0, 1]))]),
        (np.linalg.vecdot, [on(A, V), on(CA, CV), on(A, CA, axis=0), on(V, A)]),
    ]
    LINALG = [(f, [*samples, on(SPD, upper=True), on(SPD2, upper=True)] if f is np.linalg.cholesky else samples)
              for f, samples in LINALG]

X5, C5 = rng.standard_normal((3, 5)), rng.standard_normal((3, 5)) + 1j * rng.standard_normal((3, 5))
X4, C4 = rng.standard_normal((2, 4, 3)), rng.standard_normal((2, 4, 3)) + 1j * rng.standard_normal((2, 4, 3))
ONE_AXIS = [on(C5), on(X5), on(C5, 4), on(C5, 7), on(C5, axis=0), on(C4, 6, 1), on(C5, norm="ortho"), on(C5, 6, 0, "forward"),
            on(C4, norm="backward"),
            on([0.1, 0.2, 0.4])]
REAL_AXIS = [on(X5), on(X4, axis=1), on(X5, 4), on(X5, 6), on(X5, 7), on(X5, 3, 0), on(X5, norm="ortho"), on(X4, 5, 1, "forward"),
             on([0.1, 0.2, 0.4]), on(X5, 1), on(X4[..., 0], 2)]
HALF_AXIS = [on(C5), on(X5), on(C5, 4), on(C5, 9), on(C5, 13), on(C5, 12), on(C5, axis=0), on(C4, 6, 1), on(C5, norm="ortho"),
             on(C5, 5, 0, "forward"), on(C5, 1), on(C5, 2)]
LAST = [on(X4, (3, 4))]         # the last two axes; in NumPy 2 only the functions for two axes say so
MANY = [on(C4), on(X4), on(C4, (5, 2), (0, 2)), on(C4, axes=(1, 0)), on(C4, norm="ortho"), on(C4, (3, 5), (1, 2), "forward")]
REAL_MANY = [on(X4), on(X4, (5, 2), (0, 2)), on(X4, axes=(1, 0)), on(X4, norm="ortho"), on(X4, (3, 5), (1, 2), "forward"),
             on(X5)]
HALF_MANY = [on(C4), on(X4), on(C4, (5, 6), (0, 2)), on(C4, axes=(1, 0)), on(C4, norm="ortho"),
             on(C4, (3, 5), (1, 2), "forward")]

FFT = [
    (np.fft.fft, ONE_AXIS),
    (np.fft.ifft, ONE_AXIS),
    (np.fft.rfft, REAL_AXIS),
    (np.fft.irfft, HALF_AXIS),
    (np.fft.hfft, HALF_AXIS),
    (np.fft.ihfft, REAL_AXIS),
    (np.fft.fft2, [*MANY, *LAST]),
    (np.fft.ifft2, [*MANY, *LAST]),
    (np.fft.fftn, [*MANY, on(C4, axes=(2,)), *(LAST if not NUMPY_2 else [])]),
    (np.fft.ifftn, [*MANY, on(C5)]),
    (np.fft.rfft2, [*REAL_MANY, *LAST]),
    (np.fft.irfft2, [*HALF_MANY, *LAST]),
    (np.fft.rfftn, [*REAL_MANY, on(X4, axes=(1,)), *(LAST if not NUMPY_2 else [])]),
    (np.fft.irfftn, [*HALF_MANY, on(C4, (7,), (0,))]),
    (np.fft.fftshift, [on(X5), on(C5, 1), on(X4, (0, 1))]),
    (np.fft.ifftshift, [on(X5), on(C5, 1), on(X4, (0, 1))]),
    (np.fft.fftfreq, [on(5, 0.3), on(6), on(4, d=0.5)]),
    (np.fft.rfftfreq, [on(5, 0.3), on(6), on(4, d=0.5)]),
]
