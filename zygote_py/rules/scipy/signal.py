"""scipy.signal: convolutions, correlations and linear filters."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal

from zygote_py.registry import not_yet, rule
from zygote_py.rules.numpy.factorizations import refusal
from zygote_py.rules.numpy.helpers import conj, fit

# -- convolutions ----------------------------------------------------------------------------------------------------------------

rule(scipy.signal.convolve, lambda dy, y, in1, in2, mode="full", method="auto": convolve_back(dy, in1, in2),
     lambda dy, y, in1, in2, mode="full", method="auto": convolve_back(dy, in2, in1))
rule(scipy.signal.fftconvolve, lambda dy, y, in1, in2, mode="full", axes=None: convolve_back(dy, in1, in2, axes),
     lambda dy, y, in1, in2, mode="full", axes=None: convolve_back(dy, in2, in1, axes))
rule(scipy.signal.oaconvolve, lambda dy, y, in1, in2, mode="full", axes=None: convolve_back(dy, in1, in2, axes),
     lambda dy, y, in1, in2, mode="full", axes=None: convolve_back(dy, in2, in1, axes))
rule(scipy.signal.convolve2d,
     lambda dy, y, in1, in2, mode="full", boundary="fill", fillvalue=0: convolve_back(
         filled(dy, boundary, fillvalue), in1, in2),
     lambda dy, y, in1, in2, mode="full", boundary="fill", fillvalue=0: convolve_back(
         filled(dy, boundary, fillvalue), in2, in1))
rule(scipy.signal.correlate, lambda dy, y, in1, in2, mode="full", method="auto": correlate_back(dy, in1, in2)[0],
     lambda dy, y, in1, in2, mode="full", method="auto": correlate_back(dy, in1, in2)[1])
rule(scipy.signal.correlate2d,
     lambda dy, y, in1, in2, mode="full", boundary="fill", fillvalue=0: correlate_back(
         filled(dy, boundary, fillvalue), in1, in2, True)[0],
     lambda dy, y, in1, in2, mode="full", boundary="fill", fillvalue=0: correlate_back(
         filled(dy, boundary, fillvalue), in1, in2, True)[1])


def filled(dy: Any, boundary: str, fillvalue: Any) -> Any:
    """Return dy, of a convolution that takes zeros for what lies outside."""
    if boundary != "fill" or fillvalue != 0:
        raise refusal(f"scipy.signal has no rule for boundary={boundary!r} with fillvalue={fillvalue!r}",
                      "The rule takes zeros for what lies outside.", "pad the image first, np.pad(image, width, mode)")
    return dy


def convolve_back(dy: Any, a: Any, v: Any, axes: Any = None, later: bool = False) -> Any:
    """y_k = sum of a_i v_{k-i}, hence da_i = sum of dy_k conj(v)_{k-i}.

    In every mode y is the middle of the full length; of two middles the later one, if `later`.
    """
    z, w = np.asarray(a), np.asarray(v)
    chosen = range(z.ndim) if axes is None else axes if isinstance(axes, (tuple, list)) else [axes]
    if sorted([k % z.ndim for k in chosen]) != list(range(z.ndim)):
        raise refusal("scipy.signal has no rule for a convolution along some of the axes", "The others are broadcast.",
                      "leave axes out, or convolve one line after the other")
    full = [n + m - 1 for n, m in zip(z.shape, w.shape)]
    d = np.pad(dy, [((n - k + later) // 2, n - k - (n - k + later) // 2) for n, k in zip(full, dy.shape)])
    out = scipy.signal.convolve(d, np.flip(conj(w)), "full")
    return fit(out[tuple([slice(m - 1, m - 1 + n) for n, m in zip(z.shape, w.shape)])], a)


def correlate_back(dy: Any, a: Any, v: Any, later: bool = False) -> tuple:
    """The correlation is the convolution with conj(v) in reverse."""
    w = np.flip(conj(np.asarray(v)))
    return convolve_back(dy, a, w, None, later), fit(np.flip(conj(convolve_back(dy, w, a, None, later))), v)


# -- filters ---------------------------------------------------------------------------------------------------------------------

rule(scipy.signal.lfilter, lambda dy, y, b, a, x, axis=-1: numerator_back(dy, b, a, x, axis),
     lambda dy, y, b, a, x, axis=-1: denominator_back(dy, y, a, axis),
     lambda dy, y, b, a, x, axis=-1: fit(backwards(scipy.signal.lfilter, conj(np.asarray(b)), conj(np.asarray(a)), dy, axis), x))
rule(scipy.signal.sosfilt, not_yet,
     lambda dy, y, sos, x, axis=-1: fit(np.flip(scipy.signal.sosfilt(conj(np.asarray(sos)), np.flip(dy, axis), axis), axis), x))


def backwards(f: Any, b: Any, a: Any, dy: Any, axis: int) -> Any:
    """The transpose of a filter is the filter with time reversed."""
    return np.flip(f(b, a, np.flip(dy, axis), axis), axis)


def lagged_sums(dy: Any, w: Any, count: int, axis: int) -> Any:
    """Return the sums of dy_n conj(w_{n-k}) for k below count."""
    d, w = np.moveaxis(dy, axis, -1), np.moveaxis(conj(w), axis, -1)
    n = d.shape[-1]
    return np.stack([np.sum(d[..., k:] * w[..., :max(n - k, 0)]) for k in range(count)])


def numerator_back(dy: Any, b: Any, a: Any, x: Any, axis: int) -> Any:
    """y = b(q) w with w = x / a(q), hence db_k = sum of dy_n conj(w_{n-k})."""
    return fit(lagged_sums(dy, scipy.signal.lfilter(np.ones(1), a, x, axis), len(b), axis), b)


def denominator_back(dy: Any, y: Any, a: Any, axis: int) -> Any:
    """a(q) y = b(q) x, hence da_k = -sum of dy_n conj(v_{n-k}) with v = y / a(q)."""
    return fit(-lagged_sums(dy, scipy.signal.lfilter(np.ones(1), a, y, axis), len(a), axis), a)
