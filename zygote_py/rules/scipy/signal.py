"""scipy.signal: convolutions, correlations and linear filters."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal

from zygote_py.registry import rule, with_options
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
with_options(scipy.signal.lfilter,
             lambda dy, y, b, a, x, axis=-1, zi=None: fit(filter_back(*both(dy, y, zi), b, a, x, axis, zi)[0], b),
             lambda dy, y, b, a, x, axis=-1, zi=None: fit(filter_back(*both(dy, y, zi), b, a, x, axis, zi)[1], a),
             lambda dy, y, b, a, x, axis=-1, zi=None: fit(filter_back(*both(dy, y, zi), b, a, x, axis, zi)[2], x),
             None,
             lambda dy, y, b, a, x, axis=-1, zi=None: fit(filter_back(*both(dy, y, zi), b, a, x, axis, zi)[3], zi))
rule(scipy.signal.sosfilt,
     lambda dy, y, sos, x, axis=-1, zi=None: fit(sections_back(*both(dy, y, zi), sos, x, axis, zi)[0], sos),
     lambda dy, y, sos, x, axis=-1, zi=None: fit(sections_back(*both(dy, y, zi), sos, x, axis, zi)[1], x),
     None,
     lambda dy, y, sos, x, axis=-1, zi=None: fit(sections_back(*both(dy, y, zi), sos, x, axis, zi)[2], zi))
rule(scipy.signal.lfilter_zi, lambda dy, y, b, a: fit(steady_back(dy, b, a)[0], b),
     lambda dy, y, b, a: fit(steady_back(dy, b, a)[1], a))
rule(scipy.signal.upfirdn,
     lambda dy, y, h, x, up=1, down=1, axis=-1, *, mode="constant", cval=0: fit(
         resampled_back(dy, h, x, up, down, axis, mode, cval)[0], h),
     lambda dy, y, h, x, up=1, down=1, axis=-1, *, mode="constant", cval=0: fit(
         resampled_back(dy, h, x, up, down, axis, mode, cval)[1], x))


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


def both(dy: Any, y: Any, zi: Any) -> tuple[Any, Any, Any]:
    """Return the cotangents of a filtered signal and of the state at the end, and the signal; without `zi` it comes alone."""
    return (dy, None, y) if zi is None else (dy[0], dy[1], y[0])


def filter_back(dy: Any, dz: Any, y: Any, b: Any, a: Any, x: Any, axis: int, zi: Any) -> tuple:
    """With a_0 = 1, which SciPy sees to first, a(q) y = u with u = b(q) x + z: the state z at the start stands for what the past
    adds to the first elements. The state at the end is u - a(q) y, for the times that follow and with no more y.

    Returns the cotangents of b, a, x and z.
    """
    scale, lengths, m = a[0], (len(b), len(a)), max(len(a), len(b)) - 1
    b, a = padded(np.asarray(b) / scale, m + 1), padded(np.asarray(a) / scale, m + 1)
    x, y = np.moveaxis(np.asarray(x), axis, -1), np.moveaxis(np.asarray(y), axis, -1)
    n = x.shape[-1]
    dz = np.zeros((*y.shape[:-1], m)) if dz is None else np.moveaxis(dz, axis, -1)
    dy = np.zeros(y.shape) if dy is None else np.moveaxis(dy, axis, -1)
    behind = np.concatenate([np.zeros(y.shape), dz], -1)
    dy = dy - transposed(behind, a)[..., :n]
    du = np.concatenate([backwards(scipy.signal.lfilter, np.ones(1), conj(a), dy, -1), dz], -1)
    db = lagged_sums(du, padded(x, n + m), m + 1, -1)
    da = -lagged_sums(du, padded(y, n + m), m + 1, -1)
    first = np.sum(da[1:] * conj(a[1:])) + np.sum(db * conj(b))
    da = np.concatenate([-first[None], da[1:]])
    db, da = db[:lengths[0]] / conj(scale), da[:lengths[1]] / conj(scale)
    dx, start = transposed(du, b)[..., :n], du[..., :m]
    return db, da, np.moveaxis(dx, -1, axis), np.moveaxis(start, -1, axis)


def padded(x: Any, n: int) -> Any:
    """Return x with zeros behind it, n elements in all, along the last axis."""
    return np.concatenate([x, np.zeros((*x.shape[:-1], n - x.shape[-1]))], -1)


def transposed(d: Any, b: Any) -> Any:
    """The transpose of b(q): the sums of conj(b)_k d_{n+k}."""
    return backwards(scipy.signal.lfilter, conj(b), np.ones(1), d, -1)


def sections_back(dy: Any, dz: Any, y: Any, sos: Any, x: Any, axis: int, zi: Any) -> tuple:
    """One filter of second order after the other, each with a_0 = 1.

    Returns the cotangents of the filters, the signal and the states at the start.
    """
    sos = np.asarray(sos)
    signals: list = [np.asarray(x)]
    states = [None] * len(sos) if zi is None else list(zi)
    for s, z in zip(sos, states):
        out = scipy.signal.lfilter(s[:3], s[3:], signals[-1], axis) if z is None else scipy.signal.lfilter(
            s[:3], s[3:], signals[-1], axis, zi=z)[0]
        signals = [*signals, out]
    filters: list = []
    starts: list = []
    for i in range(len(sos) - 1, -1, -1):
        end = None if dz is None else dz[i]
        db, da, dy, start = filter_back(dy, end, signals[i + 1], sos[i, :3], sos[i, 3:], signals[i], axis, states[i])
        filters, starts = [np.concatenate([db, np.zeros(1), da[1:]]), *filters], [start, *starts]
    return np.stack(filters), dy, np.stack(starts)


def steady_back(dy: Any, b: Any, a: Any) -> tuple:
    """With a_0 = 1, and for a signal of ones, the result is r = sum b / sum a, and the state z_k = sum of b_j - a_j r for j > k.

    Returns the cotangents of b and a.
    """
    scale, lengths, n = a[0], (len(b), len(a)), max(len(a), len(b))
    b, a = padded(np.asarray(b) / scale, n), padded(np.asarray(a) / scale, n)
    total = np.sum(a)
    r = np.sum(b) / total
    d = np.concatenate([np.zeros(1), np.cumsum(dy)])
    dr = -np.sum(d * conj(a))
    db, da = d + dr / conj(total), -d * conj(r) - dr * conj(r / total)
    first = np.sum(da[1:] * conj(a[1:])) + np.sum(db * conj(b))
    da = np.concatenate([-first[None], da[1:]])
    return db[:lengths[0]] / conj(scale), da[:lengths[1]] / conj(scale)


def resampled_back(dy: Any, h: Any, x: Any, up: int, down: int, axis: int, mode: str, cval: Any) -> tuple:
    """y_j = sum over k of h_{j down - k up} x_k. Returns the cotangents of h and x."""
    if mode != "constant" or cval != 0:
        raise refusal(f"scipy.signal.upfirdn has no rule for mode={mode!r} with cval={cval!r}",
                      "The rule takes zeros for what lies outside.", "pad the signal first, np.pad(x, width, mode)")
    h, x, d = np.asarray(h), np.moveaxis(np.asarray(x), axis, -1), np.moveaxis(dy, axis, -1)
    n, m = x.shape[-1], len(h)
    d = spaced(d, down, (n - 1) * up + m)
    mirrored = np.reshape(np.flip(conj(h)), (1,) * (d.ndim - 1) + (m,))
    dx = scipy.signal.convolve(d, mirrored, "full")[..., m - 1:m + (n - 1) * up:up]
    return lagged_sums(d, padded(spaced(x, up, (n - 1) * up + 1), d.shape[-1]), m, -1), np.moveaxis(dx, -1, axis)


def spaced(d: Any, step: int, n: int) -> Any:
    """Return n elements with those of d at every step, and zeros between, along the last axis."""
    wide = np.concatenate([d[..., None], np.zeros((*d.shape, step - 1))], -1).reshape((*d.shape[:-1], -1))
    return wide[..., :n] if wide.shape[-1] >= n else padded(wide, n)
