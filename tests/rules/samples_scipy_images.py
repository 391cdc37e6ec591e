"""Samples for the rules of scipy.signal, scipy.ndimage and scipy.sparse."""

from __future__ import annotations

import numpy as np
import scipy
import scipy.ndimage
import scipy.signal
import scipy.sparse
import scipy.sparse.linalg

from zygote_py.rules.scipy.sparse import method_of

from .samples import CA, CV, T3, A, B, S, V, W, on
from .samples_linalg import X4

rng = np.random.default_rng(8)
X6, X7 = rng.standard_normal(6), rng.standard_normal((5, 7))
C7 = X7 + 1j * rng.standard_normal((5, 7))
K3, K24 = rng.standard_normal((3, 3)), rng.standard_normal((2, 4))
NUM, DEN = np.array([0.4, 0.3, -0.2]), np.array([1.5, -0.4, 0.2, 0.1])
SOS = [[0.3, 0.2, 0.1, 1, -0.3, 0.2], [0.5, 0.1, 0.0, 1, 0.2, 0.1]]       # the fourth number has to be one: it does not move
STATES = rng.standard_normal((2, 2, 7))

CONVOLUTIONS = [on(X6, W), on(W, X6), on(X6, W, "same"), on(W, X6, "same"), on(X6, W, "valid"), on(W, X6, "valid"), on(X7, K3),
                on(X7, K24, "same"),
                on(X7, K24, "valid"), on(CV, W), on(W, CV, "same"), on(C7, K3 * 1j, "valid"), on(X4, T3[:, :2, :2], mode="same")]
PLANES = [on(X7, K3), on(X7, K24, "same"), on(X7, K24, "valid"), on(C7, K3, mode="same"), on(K24, X7, "full")]
BORDERS = ["reflect", "mirror", "nearest", "wrap", "constant"]

SIGNAL = [
    (scipy.signal.convolve, [*CONVOLUTIONS, on(X7, K3, method="direct")]),
    (scipy.signal.fftconvolve, [*CONVOLUTIONS, on(X7, K3, "same", (0, 1)), on(X6, W, "full", 0)]),
    (scipy.signal.oaconvolve, [*CONVOLUTIONS[:8], on(X7, K3, axes=(1, 0))]),
    (scipy.signal.correlate, CONVOLUTIONS),
    (scipy.signal.convolve2d, PLANES),
    (scipy.signal.correlate2d, PLANES),
    (scipy.signal.lfilter, [on(NUM, DEN, X6), on(NUM, DEN, X7), on(NUM, DEN, X7, 0), on(DEN, NUM + 1.0, X6),
                            on(NUM, np.ones(1), X6),
                            on([0.5, 0.2], [1.0, 0.3], X7, axis=1), on(rng.standard_normal(9), DEN, X6),
                            on(NUM * (1 + 1j), DEN, CV), on(NUM, DEN, X6, zi=W), on(NUM, DEN, X7, 0, zi=X7[:3] + 0.3),
                            on(DEN, NUM + 1.0, X7, axis=1, zi=X7[:, :3] - 0.2), on(NUM, DEN, X6[:2], zi=W),
                            on(NUM, np.array([2.0]), X6, zi=W[:2]), on(NUM * (1 + 1j), DEN, CV, zi=CV[:3])]),
    (scipy.signal.sosfilt, [on(SOS, X6), on(SOS, X7, 0), on(SOS, X6, zi=K24[:, :2]), on(SOS, X7, 0, zi=STATES)]),
    (scipy.signal.lfilter_zi, [on(NUM, DEN), on(DEN, NUM), on(NUM * (1 + 1j), DEN)]),
    (scipy.signal.upfirdn, [on(W, X6), on(W, X6, 2), on(NUM, X7, 3, 2), on(V, X7, 2, 3, 0), on(CV, X6, 1, 4),
                            on(W, CV, up=2, axis=0)]),
]
NDIMAGE = [
    (scipy.ndimage.correlate, [*[on(X7, K3, mode=mode) for mode in BORDERS], on(X7, K24), on(X7, K3, origin=(1, -1)),
                               on(X6, W, cval=0.7, mode="constant"),
                               on(X7, K24, mode="constant", origin=-1), on(C7, K3), on(X7, K24 * 1j, mode="wrap")]),
    (scipy.ndimage.convolve, [*[on(X7, K3, mode=mode) for mode in BORDERS], on(X7, K24), on(X7, K3, origin=(1, -1)),
                              on(X6, W, cval=0.7, mode="constant"),
                              on(X7, K24, mode="nearest", origin=(0, 1)), on(C7, K3, mode="grid-wrap")]),
    (scipy.ndimage.correlate1d, [on(C7, 1j * W + V[0]), on(X7, W), on(X7, X6, 0, mode="mirror"),
                                 on(X7, V, mode="constant", origin=1, cval=0.2),
                                 on(X6, X6[:5], mode="wrap")]),
    (scipy.ndimage.convolve1d, [on(C7, 1j * W + V[0]), on(X7, W), on(X7, X6, 0, mode="mirror"),
                                on(X7, V, mode="constant", origin=1, cval=0.2),
                                on(X6, X6[:5], mode="wrap")]),
    # The width has no rule: a whole number does not move. Other widths are in test_scipy.
    (scipy.ndimage.gaussian_filter, [on(X7, 1), on(X7, (1, 2), mode="wrap"), on(X7, 1, (1, 0), mode="constant"),
                                     on(X7, 2, mode="constant", cval=0.4),
                                     on(X6, 2, 2, mode="nearest"),
                                     on(X7, 1, radius=2, mode="mirror"), on(X7, 1, truncate=2), on(X7, (0, 1))]),
    (scipy.ndimage.gaussian_filter1d, [on(X7, 1), on(X7, 1, 0, 1), on(X7, 1, mode="constant", radius=3)]),
    (scipy.ndimage.uniform_filter, [on(X7), on(X7, 4, mode="wrap"), on(X7, (2, 3), mode="constant", origin=(-1, 1)),
                                    on(X6, size=2)]),
    (scipy.ndimage.uniform_filter1d, [on(X7, 3), on(X7, 2, 0, mode="nearest"), on(X6, 4, origin=1)]),
    (scipy.ndimage.sobel, [on(X7), on(X7, 0, mode="constant"), on(X4, 1, mode="wrap")]),
    (scipy.ndimage.prewitt, [on(X7), on(X7, 0, mode="mirror")]),
    (scipy.ndimage.gaussian_laplace, [on(X7, 1), on(X7, (1, 2), mode="wrap"), on(X6, 1, mode="constant")]),
    (scipy.ndimage.gaussian_gradient_magnitude, [on(X7, 1), on(X7, (2, 1), mode="nearest"), on(X6, 1, truncate=3.0)]),
    (scipy.ndimage.laplace, [on(X7), on(X6, mode="nearest"), on(X4, mode="constant")]),
]

PLACES = rng.uniform(0.2, 3.8, (2, 6))          # in the image, and beyond its borders
BEYOND = np.array([[-1.3, 2.2, 5.6, 0.4, 3.7], [2.4, -2.6, 7.3, 6.4, -0.3]])
TURN = np.array([[0.9, 0.3], [-0.2, 1.1]])
NDIMAGE += [
    (scipy.ndimage.map_coordinates, [on(X7, PLACES), on(X7, PLACES.reshape(2, 2, 3), order=1), on(X7, PLACES, order=2),
                                     on(X7, BEYOND, cval=0.7), on(X7, PLACES, order=4, prefilter=False), on(C7, PLACES, order=5),
                                     on(X6, 0.3 + V[None, :] ** 2), on(X7, PLACES, order=0),
                                     *[on(X7, BEYOND, mode=mode, order=order) for mode in ("nearest", "mirror", "reflect",
                                     "grid-wrap") for order in (1, 3)]]),
    (scipy.ndimage.shift, [on(X7, (0.3, -1.2), cval=0.7), on(X7, 0.6, mode="reflect"),
                           on(C7, [0.4, 0.3], order=1, mode="nearest")]),
    (scipy.ndimage.zoom, [on(X7, 2), on(X7, (1.5, 0.6), mode="grid-wrap", grid_mode=True), on(X6, 3, order=1, cval=0.4)]),
    (scipy.ndimage.affine_transform, [on(X7, TURN), on(X7, TURN, np.array([0.3, 0.4]), mode="mirror"),
                                      on(X7, TURN, 0.05, output_shape=(3, 4), order=1, cval=0.3)]),
    (scipy.ndimage.rotate, [on(X7, 20.0), on(X7, 33.3, (0, 1), False, mode="reflect"), on(X7, -70.5, order=1, cval=0.3)]),
    (scipy.ndimage.spline_filter1d, [on(X7), on(X7, 2, 0, mode="reflect"), on(X4, 5, 1, mode="grid-wrap")]),
    (scipy.ndimage.spline_filter, [on(X7), on(X7, 5, mode="grid-wrap")]),
]
if tuple(map(int, scipy.__version__.split(".")[:2])) >= (1, 16):         # older ones warn of vectors
    NDIMAGE += [(scipy.ndimage.affine_transform, [on(X7, np.array([0.8, 0.7]), 0.35)])]

ROW, CSC, COO = (scipy.sparse.random(4, 3, 0.6, form, random_state=1) for form in ("csr", "csc", "coo"))
CSQUARE = scipy.sparse.csc_array(S)
CFULL = scipy.sparse.csc_array(S * (1 + 0.5j))
RIGHT = [on(scipy.sparse.csr_array(ROW), W), on(scipy.sparse.csc_matrix(CSC), A[:, :2]), on(COO, CA[:3]), on(CFULL, W)]
LEFT = [on(scipy.sparse.csr_array(ROW), V), on(scipy.sparse.csc_matrix(CSC), B.T), on(COO, CA), on(CFULL, W)]
SPARSE = [
    (method_of(scipy.sparse.csr_array, "__matmul__"), RIGHT),
    (method_of(scipy.sparse.csr_matrix, "__mul__"), RIGHT[:3]),
    (method_of(scipy.sparse.csr_array, "dot"), RIGHT),
    (method_of(scipy.sparse.coo_array, "dot"), RIGHT[2:3]),
    (method_of(scipy.sparse.csr_array, "__rmatmul__"), LEFT),
    (method_of(scipy.sparse.csr_matrix, "__rmul__"), LEFT[:3]),
    (scipy.sparse.linalg.spsolve, [on(CSQUARE, W), on(CSQUARE, A[:, :2]), on(CSQUARE, A[:, :1]), on(CFULL, W * 1j)]),
]
