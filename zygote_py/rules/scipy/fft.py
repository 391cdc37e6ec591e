"""scipy.fft: Fourier transforms as in numpy.fft, and cosine and sine transforms.

All are linear. The transpose of a cosine or sine transform is the inverse one with the normalisation of the other direction, but
for the first or last elements, which some types count half (`WEIGHTS`); with norm='ortho' it is the inverse.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.fft

from zygote_py.registry import linear, non_differentiable, rule
from zygote_py.rules.numpy.fft import OPPOSITE, length, resize, transformed, unirfft, unirfftn, unrfft, unrfftn
from zygote_py.rules.numpy.helpers import conj, fit

# -- Fourier transforms ----------------------------------------------------------------------------------------------------------

linear(scipy.fft.fft, lambda dy, x, n=None, axis=-1, norm=None, *, workers=None: resize(
    scipy.fft.ifft(dy, None, axis, OPPOSITE[norm], workers=workers), x))
linear(scipy.fft.ifft, lambda dy, x, n=None, axis=-1, norm=None, *, workers=None: resize(
    scipy.fft.fft(dy, None, axis, OPPOSITE[norm], workers=workers), x))
linear(scipy.fft.rfft, lambda dy, x, n=None, axis=-1, norm=None, *, workers=None: resize(
    unrfft(dy, length(x, n, axis), axis, norm), x))
linear(scipy.fft.irfft, lambda dy, x, n=None, axis=-1, norm=None, *, workers=None: resize(unirfft(dy, axis, norm), x))
linear(scipy.fft.hfft, lambda dy, x, n=None, axis=-1, norm=None, *, workers=None: resize(
    conj(unirfft(dy, axis, OPPOSITE[norm])), x))
linear(scipy.fft.ihfft, lambda dy, x, n=None, axis=-1, norm=None, *, workers=None: resize(
    unrfft(conj(dy), length(x, n, axis), axis, OPPOSITE[norm]), x))
linear(scipy.fft.fft2, lambda dy, x, s=None, axes=(-2, -1), norm=None, *, workers=None: resize(
    scipy.fft.ifftn(dy, None, axes, OPPOSITE[norm], workers=workers), x))
linear(scipy.fft.ifft2, lambda dy, x, s=None, axes=(-2, -1), norm=None, *, workers=None: resize(
    scipy.fft.fftn(dy, None, axes, OPPOSITE[norm], workers=workers), x))
linear(scipy.fft.fftn, lambda dy, x, s=None, axes=None, norm=None, *, workers=None: resize(
    scipy.fft.ifftn(dy, None, transformed(dy, s, axes), OPPOSITE[norm], workers=workers), x))
linear(scipy.fft.ifftn, lambda dy, x, s=None, axes=None, norm=None, *, workers=None: resize(
    scipy.fft.fftn(dy, None, transformed(dy, s, axes), OPPOSITE[norm], workers=workers), x))
linear(scipy.fft.rfft2, lambda dy, x, s=None, axes=(-2, -1), norm=None, *, workers=None: resize(
    unrfftn(dy, x, s, axes, norm), x))
linear(scipy.fft.irfft2, lambda dy, x, s=None, axes=(-2, -1), norm=None, *, workers=None: resize(
    unirfftn(dy, s, axes, norm), x))
linear(scipy.fft.rfftn, lambda dy, x, s=None, axes=None, norm=None, *, workers=None: resize(
    unrfftn(dy, x, s, axes, norm), x))
linear(scipy.fft.irfftn, lambda dy, x, s=None, axes=None, norm=None, *, workers=None: resize(
    unirfftn(dy, s, axes, norm), x))
linear(scipy.fft.hfft2, lambda dy, x, s=None, axes=(-2, -1), norm=None, *, workers=None: resize(
    conj(unirfftn(dy, s, axes, OPPOSITE[norm])), x))
linear(scipy.fft.ihfft2, lambda dy, x, s=None, axes=(-2, -1), norm=None, *, workers=None: resize(
    unrfftn(conj(dy), x, s, axes, OPPOSITE[norm]), x))
linear(scipy.fft.hfftn, lambda dy, x, s=None, axes=None, norm=None, *, workers=None: resize(
    conj(unirfftn(dy, s, axes, OPPOSITE[norm])), x))
linear(scipy.fft.ihfftn, lambda dy, x, s=None, axes=None, norm=None, *, workers=None: resize(
    unrfftn(conj(dy), x, s, axes, OPPOSITE[norm]), x))
linear(scipy.fft.fftshift, lambda dy, x, axes=None: fit(scipy.fft.ifftshift(dy, axes), x))
linear(scipy.fft.ifftshift, lambda dy, x, axes=None: fit(scipy.fft.fftshift(dy, axes), x))
rule(scipy.fft.fftfreq, None, lambda dy, y, n, d=1.0: fit(-np.sum(dy * y) / d, d))       # y = k / (n d)
rule(scipy.fft.rfftfreq, None, lambda dy, y, n, d=1.0: fit(-np.sum(dy * y) / d, d))
non_differentiable(scipy.fft.next_fast_len)
if hasattr(scipy.fft, "prev_fast_len"):
    non_differentiable(scipy.fft.prev_fast_len)

# -- cosine and sine transforms --------------------------------------------------------------------------------------------------

INVERSE: dict[int, int] = {1: 1, 2: 3, 3: 2, 4: 4}      # which type undoes which
# For the kind and the type: the factors of the first and the last element before, and after, the inverse transform.
WEIGHTS: dict = {("cos", 1): ((2, 2), (0.5, 0.5)), ("cos", 2): ((2, 1), (1, 1)), ("cos", 3): ((1, 1), (0.5, 1)),
           ("sin", 2): ((1, 2), (1, 1)), ("sin", 3): ((1, 1), (1, 0.5))}

linear(scipy.fft.dct, lambda dy, x, type=2, n=None, axis=-1, norm=None, *, workers=None: resize(
    untransform(scipy.fft.idct, dy, "cos", type, (axis,), norm), x))
linear(scipy.fft.idct, lambda dy, x, type=2, n=None, axis=-1, norm=None, *, workers=None: resize(
    untransform(scipy.fft.dct, dy, "cos", INVERSE[type], (axis,), norm, type), x))
linear(scipy.fft.dst, lambda dy, x, type=2, n=None, axis=-1, norm=None, *, workers=None: resize(
    untransform(scipy.fft.idst, dy, "sin", type, (axis,), norm), x))
linear(scipy.fft.idst, lambda dy, x, type=2, n=None, axis=-1, norm=None, *, workers=None: resize(
    untransform(scipy.fft.dst, dy, "sin", INVERSE[type], (axis,), norm, type), x))
linear(scipy.fft.dctn, lambda dy, x, type=2, s=None, axes=None, norm=None, *, workers=None: resize(
    untransform(scipy.fft.idct, dy, "cos", type, tuple_of(transformed(dy, s, axes)), norm), x))
linear(scipy.fft.idctn, lambda dy, x, type=2, s=None, axes=None, norm=None, *, workers=None: resize(
    untransform(scipy.fft.dct, dy, "cos", INVERSE[type], tuple_of(transformed(dy, s, axes)), norm, type), x))
linear(scipy.fft.dstn, lambda dy, x, type=2, s=None, axes=None, norm=None, *, workers=None: resize(
    untransform(scipy.fft.idst, dy, "sin", type, tuple_of(transformed(dy, s, axes)), norm), x))
linear(scipy.fft.idstn, lambda dy, x, type=2, s=None, axes=None, norm=None, *, workers=None: resize(
    untransform(scipy.fft.dst, dy, "sin", INVERSE[type], tuple_of(transformed(dy, s, axes)), norm, type), x))


def tuple_of(axes: Any) -> tuple:
    """Return the axes as a tuple."""
    return axes if isinstance(axes, tuple) else tuple(axes) if isinstance(axes, list) else (axes,)


def untransform(inverse: Any, dy: Any, kind: str, forward: int, axes: tuple, norm: Any, named: Any = None) -> Any:
    """Apply the transpose of a transform of type `forward` along each axis; `named` is its type as an inverse transform."""
    for axis in axes:
        if norm == "ortho":
            dy = inverse(dy, named or forward, None, axis, norm)
        else:
            before, after = WEIGHTS.get((kind, forward), ((1, 1), (1, 1)))
            dy = weighted(inverse(weighted(dy, before, axis), named or forward, None, axis, OPPOSITE[norm]), after, axis)
    return dy


def weighted(d: Any, ends: tuple, axis: int) -> Any:
    """Multiply the first and the last element along an axis by two factors."""
    if ends == (1, 1):
        return d
    i, n = np.arange(d.shape[axis]), d.shape[axis]
    w = np.where(i == 0, ends[0], 1.0) * np.where(i == n - 1, ends[1], 1.0)
    return d * w.reshape([n if k == axis % d.ndim else 1 for k in range(d.ndim)])
