"""numpy.fft. Every transform is linear: the cotangent goes through the transform with conjugate factors, and then through the
transpose of what fits the argument to the length of the transform, which cuts off or fills up with zeros.

The inverse transform has the conjugate factors, and the normalisation of the other direction: `OPPOSITE`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.registry import linear, rule
from zygote_py.rules import kinds

from .helpers import conj, fit

OPPOSITE: dict[Any, Any] = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}

linear(np.fft.fft, lambda dy, a, n=None, axis=-1, norm=None: resize(np.fft.ifft(dy, None, axis, OPPOSITE[norm]), a),
       kind=kinds.spectrum)
linear(np.fft.ifft, lambda dy, a, n=None, axis=-1, norm=None: resize(np.fft.fft(dy, None, axis, OPPOSITE[norm]), a),
       kind=kinds.spectrum)
linear(np.fft.rfft, lambda dy, a, n=None, axis=-1, norm=None: resize(unrfft(dy, length(a, n, axis), axis, norm), a),
       kind=kinds.spectrum)
linear(np.fft.irfft, lambda dy, a, n=None, axis=-1, norm=None: resize(unirfft(dy, axis, norm), a), kind=kinds.real_signal)
linear(np.fft.hfft, lambda dy, a, n=None, axis=-1, norm=None: resize(conj(unirfft(dy, axis, OPPOSITE[norm])), a),
       kind=kinds.real_signal)
linear(np.fft.ihfft, lambda dy, a, n=None, axis=-1, norm=None: resize(
    unrfft(conj(dy), length(a, n, axis), axis, OPPOSITE[norm]), a), kind=kinds.spectrum)
linear(np.fft.fft2, lambda dy, a, s=None, axes=(-2, -1), norm=None: resize(np.fft.ifftn(dy, None, axes, OPPOSITE[norm]), a),
       kind=kinds.spectrum)
linear(np.fft.ifft2, lambda dy, a, s=None, axes=(-2, -1), norm=None: resize(np.fft.fftn(dy, None, axes, OPPOSITE[norm]), a),
       kind=kinds.spectrum)
linear(np.fft.fftn, lambda dy, a, s=None, axes=None, norm=None: resize(
    np.fft.ifftn(dy, None, transformed(dy, s, axes), OPPOSITE[norm]), a), kind=kinds.spectrum, fresh=False)    # axes=()
linear(np.fft.ifftn, lambda dy, a, s=None, axes=None, norm=None: resize(
    np.fft.fftn(dy, None, transformed(dy, s, axes), OPPOSITE[norm]), a), kind=kinds.spectrum, fresh=False)
linear(np.fft.rfft2, lambda dy, a, s=None, axes=(-2, -1), norm=None: resize(unrfftn(dy, a, s, axes, norm), a),
       kind=kinds.spectrum)
linear(np.fft.irfft2, lambda dy, a, s=None, axes=(-2, -1), norm=None: resize(unirfftn(dy, s, axes, norm), a),
       kind=kinds.real_signal)
linear(np.fft.rfftn, lambda dy, a, s=None, axes=None, norm=None: resize(unrfftn(dy, a, s, axes, norm), a), kind=kinds.spectrum)
linear(np.fft.irfftn, lambda dy, a, s=None, axes=None, norm=None: resize(unirfftn(dy, s, axes, norm), a),
       kind=kinds.real_signal)
linear(np.fft.fftshift, lambda dy, x, axes=None: fit(np.fft.ifftshift(dy, axes), x), kind=kinds.same)
linear(np.fft.ifftshift, lambda dy, x, axes=None: fit(np.fft.fftshift(dy, axes), x), kind=kinds.same)
rule(np.fft.fftfreq, None, lambda dy, y, n, d=1.0: fit(-np.sum(dy * y) / d, d))       # y = k / (n d)
rule(np.fft.rfftfreq, None, lambda dy, y, n, d=1.0: fit(-np.sum(dy * y) / d, d))


def resize(d: Any, a: Any) -> Any:
    """Cut `d` to the shape of `a`, and fill up with zeros where it is shorter."""
    shape = np.shape(a)
    d = d[tuple([slice(0, n) for n in shape])]
    return fit(d if d.shape == shape else np.pad(d, [(0, n - m) for n, m in zip(shape, d.shape)]), a)


def transformed(dy: Any, s: Any, axes: Any) -> Any:
    """Return the axes of an n-dimensional transform: the last ones if only their lengths are given."""
    return axes if axes is not None else tuple(range(-dy.ndim if s is None else -len(s), 0))


def length(a: Any, n: Any, axis: int) -> int:
    """Return the length of a transform along one axis."""
    return np.shape(a)[axis] if n is None or n == -1 else n


def paired(d: Any, n: int, axis: int, factor: float) -> Any:
    """Multiply by `factor` what stands for two frequencies, itself and its negative: all but 0, and the highest of an even n."""
    scaled = d * factor
    for k in (0, n // 2)[:2 - n % 2]:
        alone = (slice(None),) * (axis % d.ndim) + (k,)
        scaled[alone] = d[alone]
    return scaled


linear(paired, lambda dy, d, n, axis, factor: paired(dy, n, axis, factor))


def unrfft(dy: Any, n: int, axis: int, norm: Any) -> Any:
    """y_k = sum of a_j exp(-2 pi i j k / n) for 0 <= k <= n / 2, hence da_j = Re sum of dy_k exp(2 pi i j k / n)."""
    return np.fft.irfft(paired(dy, n, axis, 0.5), n, axis, OPPOSITE[norm])


def unirfft(dy: Any, axis: int, norm: Any) -> Any:
    """y_j = sum of a_k exp(2 pi i j k / n) over all k, with a_-k = conj(a_k): da_k is a sum over j, and twice that for a pair."""
    return paired(np.fft.rfft(dy, None, axis, OPPOSITE[norm]), dy.shape[axis], axis, 2.0)


def unrfftn(dy: Any, a: Any, s: Any, axes: Any, norm: Any) -> Any:
    """The last axis is transformed as by rfft, the others are then transformed as by fft."""
    axes = transformed(dy, s, axes)
    if len(axes) > 1:
        dy = np.fft.ifftn(dy, None, axes[:-1], OPPOSITE[norm])
    return unrfft(dy, length(a, None if s is None else s[-1], axes[-1]), axes[-1], norm)


def unirfftn(dy: Any, s: Any, axes: Any, norm: Any) -> Any:
    """All axes but the last are transformed as by ifft, the last one is then transformed as by irfft."""
    axes = transformed(dy, s, axes)
    d = unirfft(dy, axes[-1], norm)
    return np.fft.fftn(d, None, axes[:-1], OPPOSITE[norm]) if len(axes) > 1 else d
