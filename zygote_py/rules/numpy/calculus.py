"""Differences, integrals and interpolation along an axis.

Kinks: the slope of np.interp at a node is that of the interval to the right, and outside of the nodes it is 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.registry import elementwise, not_yet, rrule, rule

from .helpers import conj, fit, like
from .indexing import ungetitem

rule(np.diff, lambda dy, y, a, n=1, axis=-1, prepend=None, append=None: diff_parts(dy, a, n, axis, prepend, append)[0],
     None, None,
     lambda dy, y, a, n=1, axis=-1, prepend=None, append=None: diff_parts(dy, a, n, axis, prepend, append)[1],
     lambda dy, y, a, n=1, axis=-1, prepend=None, append=None: diff_parts(dy, a, n, axis, prepend, append)[2], fresh=False)
rule(np.ediff1d, lambda dy, y, ary, to_end=None, to_begin=None: ediff1d_parts(dy, ary, to_end, to_begin)[0],
     lambda dy, y, ary, to_end=None, to_begin=None: ediff1d_parts(dy, ary, to_end, to_begin)[1],
     lambda dy, y, ary, to_end=None, to_begin=None: ediff1d_parts(dy, ary, to_end, to_begin)[2])
if hasattr(np, "trapezoid"):
    rule(np.trapezoid, lambda dy, r, y, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y, x, dx, axis)[0],
         lambda dy, r, y, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y, x, dx, axis)[1],
         lambda dy, r, y, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y, x, dx, axis)[2])
if hasattr(np, "trapz"):
    rule(np.trapz, lambda dy, r, y, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y, x, dx, axis)[0],   # noqa: NPY201  # pyright: ignore[reportAttributeAccessIssue]
         lambda dy, r, y, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y, x, dx, axis)[1],
         lambda dy, r, y, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y, x, dx, axis)[2])
rule(np.unwrap, lambda dy, y, p, discont=None, axis=-1, *, period=2 * np.pi: fit(dy, p), None, None,
     lambda dy, y, p, discont=None, axis=-1, *, period=2 * np.pi: fit(np.sum(dy * np.rint((y - p) / period)), period))
rule(np.interp, lambda dy, y, x, xp, fp, left=None, right=None, period=None: interp_x(dy, x, xp, fp, period),
     lambda dy, y, x, xp, fp, left=None, right=None, period=None: interp_nodes(dy, x, xp, fp, left, right, period)[0],
     lambda dy, y, x, xp, fp, left=None, right=None, period=None: interp_nodes(dy, x, xp, fp, left, right, period)[1],
     lambda dy, y, x, xp, fp, left=None, right=None, period=None: outside(dy, x, xp, left, period, 0),
     lambda dy, y, x, xp, fp, left=None, right=None, period=None: outside(dy, x, xp, right, period, 1),
     not_yet)


def diff_back(dy: Any, a: Any, n: int, axis: int) -> Any:
    """y_i = a_{i+1} - a_i, hence da_i = dy_{i-1} - dy_i, n times."""
    for _ in range(n):
        d = np.moveaxis(dy, axis, -1)
        edge = np.zeros(d.shape[:-1] + (1,), d.dtype)
        dy = np.moveaxis(np.concatenate([edge, d], -1) - np.concatenate([d, edge], -1), -1, axis)
    return fit(dy, a)


def diff_parts(dy: Any, a: Any, n: int, axis: int, prepend: Any, append: Any) -> tuple:
    """What is prepended and appended stands before and behind `a`; a number is one entry."""
    if not n:
        return dy, None, None
    parts = [along(prepend, a, axis), np.asarray(a), along(append, a, axis)]
    sizes = [0 if p is None else p.shape[axis] for p in parts]
    d = np.moveaxis(diff_back(dy, np.concatenate([p for p in parts if p is not None], axis), n, axis), axis, -1)
    ends = [sizes[0], sizes[0] + sizes[1]]
    pieces = [np.moveaxis(piece, -1, axis) for piece in (d[..., :ends[0]], d[..., ends[0]:ends[1]], d[..., ends[1]:])]
    return (fit(pieces[1], a), None if parts[0] is None else fit(pieces[0], prepend),
            None if parts[2] is None else fit(pieces[2], append))


def along(edge: Any, a: Any, axis: int) -> Any:
    """Return what is put before or behind `a`, as an array; None if there is nothing."""
    if edge is None or edge is np._NoValue:
        return None
    if np.ndim(edge):
        return np.asarray(edge)
    shape = list(np.shape(a))
    shape[axis] = 1
    return np.broadcast_to(edge, shape)


def ediff1d_parts(dy: Any, ary: Any, to_end: Any, to_begin: Any) -> tuple:
    """Differences of the flattened array, between what is put in front and behind."""
    first, n = np.size(to_begin) if to_begin is not None else 0, max(np.size(ary) - 1, 0)
    inner = diff_back(dy[first:first + n], np.ravel(np.asarray(ary)), 1, -1) if n else np.zeros(np.size(ary))
    return (like(inner, ary),
            None if to_end is None else like(dy[first + n:], to_end), None if to_begin is None else like(dy[:first], to_begin))


def trapezoid_back(dy: Any, v: Any, x: Any, dx: Any, axis: int) -> tuple:
    """y = sum of h_i (v_i + v_{i+1}) / 2, with h the differences of x, or dx."""
    u = np.moveaxis(np.asarray(v), axis, -1)
    d = np.asarray(dy)[..., None]
    middle = 0.5 * (u[..., 1:] + u[..., :-1])
    if x is None:
        h = np.asarray(dx)
    else:
        h = np.diff(x) if np.ndim(x) == 1 else np.moveaxis(np.diff(x, axis=axis), axis, -1)
    half = d * conj(h) * np.full(middle.shape, 0.5)
    edge = np.zeros((*half.shape[:-1], 1))
    dv = np.concatenate([half, edge], -1) + np.concatenate([edge, half], -1)
    d_h = d * conj(middle)
    if x is None:
        return fit(np.moveaxis(dv, -1, axis), v), None, fit(d_h, dx)
    if np.ndim(x) == 1:
        return fit(np.moveaxis(dv, -1, axis), v), diff_back(fit(d_h, h), x, 1, -1), None
    return fit(np.moveaxis(dv, -1, axis), v), diff_back(np.moveaxis(d_h, -1, axis), x, 1, axis), None


# -- np.gradient ---------------------------------------------------------------------------------------------------------------


@rrule(np.gradient)
def gradient(f, *varargs, axis=None, edge_order=1):
    y = np.gradient(f, *varargs, axis=axis, edge_order=edge_order)

    def gradient_back(dy):              # y = weighted means of the slopes (f_{i+1} - f_i) / h_i to the left and to the right
        x = np.asarray(f)
        axes = list(range(x.ndim)) if axis is None else list(axis) if isinstance(axis, tuple) else [axis]
        spacings = [1.0] * len(axes) if not varargs else list(varargs) * (len(axes) if len(varargs) == 1 < len(axes) else 1)
        seeds = list(dy) if isinstance(dy, (list, tuple)) else [dy]
        total, d_spacings = None, []
        for d, k, h in zip(seeds, axes, spacings):
            if d is not None:
                parts = gradient_parts(np.moveaxis(d, k, -1), np.moveaxis(x, k, -1), h, edge_order, bool(varargs))
                df = np.moveaxis(parts[0], -1, k)
                total = df if total is None else total + df
            d_spacings = [*d_spacings, None if d is None else parts[1]]
        if len(varargs) == 1 < len(axes):
            known = [dh for dh in d_spacings if dh is not None]
            d_spacings = [sum(known[1:], known[0]) if known else None]
        return (None if total is None else fit(total, f), *(d_spacings if varargs else []))
    return y, gradient_back


def gradient_parts(d, f, spacing, edge_order, spaced):
    """The cotangents of the values, along the last axis, and of the spacing: a number, or the coordinates.

    With slopes s_i = (f_{i+1} - f_i) / h_i: y_i = (h_i s_{i-1} + h_{i-1} s_i) / (h_{i-1} + h_i) inside; at the edges s_0, or to
    second order s_0 - h_0 (s_1 - s_0) / (h_0 + h_1), and likewise at the end.
    """
    n = f.shape[-1]
    even = np.ndim(spacing) == 0
    if even and edge_order == 1:
        half = np.concatenate([d[..., :1], 0.5 * d[..., 1:-1], d[..., -1:]], -1)
        ds = (half[..., :-1] + half[..., 1:]) / spacing
        return diff_back(ds, f, 1, -1), fit(-np.sum(ds * conj(np.diff(f))) / spacing, spacing) if spaced else None
    h = np.full(n - 1, 1.0) * spacing if even else np.diff(np.asarray(spacing))
    s = conj(np.diff(f)) / h
    before, behind, inner = h[:-1], h[1:], d[..., 1:-1]
    total = before + behind
    left, right = inner * behind / total, inner * before / total
    d_before, d_behind = inner * behind * (s[..., 1:] - s[..., :-1]) / total**2, \
        inner * before * (s[..., :-1] - s[..., 1:]) / total**2
    none = np.zeros((*d.shape[:-1], 1))
    ds = np.concatenate([left, none], -1) + np.concatenate([none, right], -1)
    dh = np.concatenate([d_before, none], -1) + np.concatenate([none, d_behind], -1)
    ds = ds + edge(d[..., :1], n - 1, 0) + edge(d[..., -1:], n - 1, n - 2)
    if edge_order == 2:
        for at, inward, dk in ((0, 1, d[..., :1]), (n - 2, n - 3, d[..., -1:])):
            a, b = h[at], h[inward]
            bend = s[..., inward:inward + 1] - s[..., at:at + 1]
            ds = ds + edge(dk * a / (a + b), n - 1, at) - edge(dk * a / (a + b), n - 1, inward)
            dh = dh - edge(dk * bend * b / (a + b)**2, n - 1, at) + edge(dk * bend * a / (a + b)**2, n - 1, inward)
    dh = (dh - ds * s / h).reshape(-1, n - 1).sum(0)
    return diff_back(ds / h, f, 1, -1), fit(dh, spacing) if even else diff_back(fit(dh, h), np.asarray(spacing), 1, -1)


def edge(d, n, i):
    """Return zeros with `d`, of length 1 along the last axis, at position i of n."""
    return np.concatenate([np.zeros((*d.shape[:-1], i)), d, np.zeros((*d.shape[:-1], n - 1 - i))], -1)


# -- np.interp -----------------------------------------------------------------------------------------------------------------


def nodes(x: Any, xp: Any, fp: Any, period: Any) -> tuple:
    """Return x and the nodes with their values and numbers, sorted and continued on both sides if there is a period."""
    x, xp, fp = np.asarray(x), np.asarray(xp), np.asarray(fp)
    if period is None:
        return x, xp, fp, np.arange(len(xp))
    period = abs(period)
    place = xp % period
    order = np.argsort(place)
    place, number = place[order], np.concatenate([order[-1:], order, order[:1]])
    return x % period, np.concatenate([place[-1:] - period, place, place[:1] + period]), fp[number], number


def interval(x: Any, xp: Any) -> tuple:
    """Return the number of the interval in which x lies, its fraction there, kept in [0, 1], and the interval's width."""
    i = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, max(len(xp) - 2, 0))
    j = np.minimum(i + 1, len(xp) - 1)
    width = np.where(j > i, xp[j] - xp[i], 1.0)
    return i, j, np.clip((x - xp[i]) / width, 0.0, 1.0), width


def interp_x(dy: Any, x: Any, xp: Any, fp: Any, period: Any) -> Any:
    """The slope of the interval, and 0 outside."""
    z, at, f, _ = nodes(x, xp, fp, period)
    i, j, _, width = interval(z, at)
    inside = (z >= at[0]) & (z <= at[-1])
    return fit(dy * np.where(inside, conj(f[j] - f[i]) / width, 0.0), x)


def interp_nodes(dy: Any, x: Any, xp: Any, fp: Any, left: Any, right: Any, period: Any) -> tuple:
    """y = (1 - t) f_i + t f_{i+1} with t = (x - x_i) / (x_{i+1} - x_i)."""
    z, at, f, number = nodes(x, xp, fp, period)
    i, j, t, width = interval(z, at)
    given = np.where((z < at[0]) & (left is not None), 0.0, 1.0) * np.where((z > at[-1]) & (right is not None), 0.0, 1.0)
    d = dy * (given if period is None else 1.0)
    inside = (z >= at[0]) & (z <= at[-1])
    slope = np.where(inside, np.real(d * conj(f[j] - f[i])) / width, 0.0)
    k, m = number[i], number[j]
    return (like(ungetitem(-slope * (1 - t), np.zeros(len(xp)), np.asarray(k)) + ungetitem(-slope * t, np.zeros(len(xp)), m), xp),
            like(ungetitem(d * (1 - t), np.asarray(fp), np.asarray(k)) + ungetitem(d * t, np.asarray(fp), np.asarray(m)), fp))


def outside(dy: Any, x: Any, xp: Any, value: Any, period: Any, side: int) -> Any:
    """The value that stands for what is left or right of all nodes."""
    if value is None or period is not None:
        return None
    z = np.asarray(x)
    return fit(np.sum(np.where(z > np.max(xp) if side else z < np.min(xp), dy, 0.0)), value)


# -- the modified Bessel functions I_0 and I_1 ---------------------------------------------------------------------------------


def i1(x: Any) -> Any:
    """Return the modified Bessel function I_1 of real numbers.

    Notes
    -----
    I_1(x) = 1/pi times the integral of exp(x cos t) cos t over [0, pi]; the trapezoidal rule converges faster than any power, and
    the number of its nodes grows with the square root of the largest x.
    """
    x = np.asarray(x)
    n = 16 + int(6 * np.sqrt(np.max(np.abs(x), initial=0.0)))
    total = np.zeros(x.shape)
    for k in range(n):
        c = np.cos(np.pi * (k + 0.5) / n)
        total = total + c * np.exp(x * c)
    return total / n


elementwise(np.i0, lambda y, x: i1(x))
elementwise(i1, lambda y, x: np.i0(x) - ratio_or_half(y, x))
rule(np.kaiser, None, lambda dy, y, M, beta: kaiser_back(dy, y, M, beta))


def ratio_or_half(y: Any, x: Any) -> Any:
    """Return I_1(x) / x, and its limit 1/2 at 0."""
    return np.where(x == 0, 0.5, y / np.where(x == 0, 1.0, x))


def kaiser_back(dy: Any, y: Any, m: int, beta: Any) -> Any:
    """y_i = I_0(beta r_i) / I_0(beta) with r_i = sqrt(1 - (2 i / (m - 1) - 1)^2)."""
    if m == 1:
        return 0.0
    r = np.sqrt(np.maximum(1 - (2 * np.arange(m) / (m - 1) - 1)**2, 0.0))
    return fit(np.sum(dy * (i1(beta * r) * r - y * i1(beta)) / np.i0(beta)), beta)
