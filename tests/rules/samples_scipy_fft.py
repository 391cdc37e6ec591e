"""Samples for the rules of scipy.fft."""

from __future__ import annotations

import scipy.fft

from .samples import on
from .samples_linalg import C4, HALF_AXIS, HALF_MANY, LAST, MANY, ONE_AXIS, REAL_AXIS, REAL_MANY, X4, X5

TYPES = [on(X5, type, norm=norm) for type in (1, 2, 3, 4) for norm in (None, "ortho", "forward")]
TRIGONOMETRIC = [*TYPES, on(X5, n=7), on(X5, 3, 4), on(X5, 1, 3), on(X4, 2, axis=1), on(X4, 3, 6, 0, "backward"), on(C4, 2),
                 on(C4, 1, axis=0)]
MANY_AXES = [on(X4), on(X4, 3), on(X4, 1, axes=(1, 2)), on(X4, 2, (3, 5), (1, 2), "forward"), on(X4, 2, norm="ortho"),
             on(C4, 4, (2, 2)),
             on(X4, 3, axes=1)]

SCIPY_FFT = [
    (scipy.fft.fft, [*ONE_AXIS, on(C4, workers=1)]),
    (scipy.fft.ifft, ONE_AXIS),
    (scipy.fft.rfft, REAL_AXIS),
    (scipy.fft.irfft, HALF_AXIS),
    (scipy.fft.hfft, HALF_AXIS),
    (scipy.fft.ihfft, REAL_AXIS),
    (scipy.fft.fft2, [*MANY, *LAST]),
    (scipy.fft.ifft2, [*MANY, *LAST]),
    (scipy.fft.fftn, [*MANY, *LAST]),
    (scipy.fft.ifftn, [*MANY, *LAST]),
    (scipy.fft.rfft2, [*REAL_MANY, *LAST]),
    (scipy.fft.irfft2, [*HALF_MANY, *LAST]),
    (scipy.fft.rfftn, [*REAL_MANY, *LAST]),
    (scipy.fft.irfftn, [*HALF_MANY, *LAST]),
    (scipy.fft.hfft2, [*HALF_MANY, *LAST]),
    (scipy.fft.ihfft2, [*REAL_MANY, *LAST]),
    (scipy.fft.hfftn, [*HALF_MANY, *LAST]),
    (scipy.fft.ihfftn, [*REAL_MANY, *LAST]),
    (scipy.fft.fftshift, [on(X5), on(X4, (0, 1))]),
    (scipy.fft.ifftshift, [on(X5), on(X4, (0, 1))]),
    (scipy.fft.fftfreq, [on(5, 0.3), on(4, d=0.5)]),
    (scipy.fft.rfftfreq, [on(5, 0.3), on(4, d=0.5)]),
    (scipy.fft.dct, TRIGONOMETRIC),
    (scipy.fft.idct, TRIGONOMETRIC),
    (scipy.fft.dst, TRIGONOMETRIC),
    (scipy.fft.idst, TRIGONOMETRIC),
    (scipy.fft.dctn, MANY_AXES),
    (scipy.fft.idctn, MANY_AXES),
    (scipy.fft.dstn, MANY_AXES),
    (scipy.fft.idstn, MANY_AXES),
]
