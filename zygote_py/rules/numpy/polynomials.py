"""Polynomials as vectors of coefficients, highest power first: np.poly, np.roots and what belongs to them.

The functions of numpy.polynomial have their own module.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.registry import linear, not_yet, rule

from .helpers import H, conj, fit, like

rule(np.polyval, lambda dy, y, p, x: polyval_p(dy, p, x),
     lambda dy, y, p, x: None if isinstance(x, np.poly1d) else fit(dy * conj(np.polyval(np.polyder(np.asarray(p)), x)), x))
linear(np.polyder, lambda dy, p, m=1: polyder_back(dy, p, m), fresh=False)
rule(np.polyint, lambda dy, y, p, m=1, k=None: polyint_back(dy, p, m, k)[0],
     None, lambda dy, y, p, m=1, k=None: polyint_back(dy, p, m, k)[1], fresh=False)
rule(np.polyadd, lambda dy, y, a1, a2: like(dy[len(dy) - np.size(a1):], a1),
     lambda dy, y, a1, a2: like(dy[len(dy) - np.size(a2):], a2))
rule(np.polysub, lambda dy, y, a1, a2: like(dy[len(dy) - np.size(a1):], a1),
     lambda dy, y, a1, a2: like(-dy[len(dy) - np.size(a2):], a2))
rule(np.polymul, lambda dy, y, a1, a2: polymul_back(dy, y, a1, a2),
     lambda dy, y, a1, a2: polymul_back(dy, y, a2, a1))
rule(np.vander, lambda dy, y, x, N=None, increasing=False: vander_back(dy, y, x, increasing))
rule(np.poly, lambda dy, y, seq_of_zeros: poly_back(dy, y, seq_of_zeros))
rule(np.roots, lambda dy, y, p: roots_back(dy, y, p))
rule(np.polydiv, lambda dy, y, u, v: polydiv_back(dy, y, u, v)[0],
     lambda dy, y, u, v: polydiv_back(dy, y, u, v)[1])
rule(np.polyfit,
     lambda dy, c, x, y, deg, rcond=None, full=False, w=None, cov=False: polyfit_back(dy, c, x, y, deg, full, w, cov)[0],
     lambda dy, c, x, y, deg, rcond=None, full=False, w=None, cov=False: polyfit_back(dy, c, x, y, deg, full, w, cov)[1],
     None, None, None,
     lambda dy, c, x, y, deg, rcond=None, full=False, w=None, cov=False: polyfit_back(dy, c, x, y, deg, full, w, cov)[2])


def polyval_p(dy: Any, p: Any, x: Any) -> Any:
    """y = sum of p_i x^(n-1-i)."""
    z = conj(np.asarray(x))
    return fit(np.stack([np.sum(dy * z ** (len(p) - 1 - i)) for i in range(len(p))]), p)


def polyder_back(dy: Any, p: Any, m: int) -> Any:
    """The power k becomes k (k - 1) ... (k - m + 1) times the power k - m."""
    n = len(p)
    if n <= m:
        return fit(np.zeros(n), p)
    k = np.arange(n - 1, m - 1, -1)
    factor = np.prod([k - i for i in range(m)], axis=0) if m else 1.0
    return fit(np.concatenate([dy * factor, np.zeros(m)]), p)


def polyint_back(dy: Any, p: Any, m: int, k: Any) -> tuple:
    """The power k becomes the power k + m, divided by (k + 1) ... (k + m); the constants are integrated as well."""
    n = len(p)
    powers = np.arange(n - 1, -1, -1)
    factor = np.prod([powers + 1 + i for i in range(m)], axis=0) if m else 1.0
    if k is None:
        return fit(dy[:n] / factor, p), None
    behind = dy[n:]                         # the i-th constant is integrated m - 1 - i times
    factorials = np.cumprod([1.0, *range(1, m)])[:m][::-1]
    d = behind / factorials
    return fit(dy[:n] / factor, p), like(np.sum(d) if np.size(k) == 1 else d, k)


def polymul_back(dy: Any, y: Any, a: Any, other: Any) -> Any:
    """Products of polynomials are convolutions; NumPy drops leading zeros of the factors."""
    n = np.size(a)
    x, z = np.trim_zeros(np.ravel(np.asarray(a)), "f"), np.trim_zeros(np.ravel(conj(np.asarray(other))), "f")
    z = z if len(z) else np.zeros(1)
    d = np.concatenate([np.zeros(max(len(x) + len(z) - 1 - len(dy), 0)), dy])
    part = np.convolve(d, z[::-1])[len(z) - 1:len(z) - 1 + max(len(x), 1)]
    return like(np.concatenate([np.zeros(n - len(part)), part]), a)


def polydiv_back(dy: Any, y: Any, u: Any, v: Any) -> tuple:
    """u = q v + r with fewer terms in r than in v: dq_dot = (u_dot - q v_dot) / v, r_dot the rest of that division.

    The leading coefficients of u are a triangular Toeplitz matrix of v, times q.
    """
    num, den, q = np.ravel(np.asarray(u)), np.ravel(np.asarray(v)), y[0]
    k, m, n = len(q), len(den), len(num)
    dr = np.zeros(n)
    if dy[1] is not None:
        dr = np.concatenate([np.zeros(n - len(dy[1])), dy[1]])
    if n < m:
        return like(dr, u), fit(np.zeros(m), v)
    full = convolution(conj(den), k)                        # (n, k): full @ q = the product q v
    dq = (np.zeros(k) if dy[0] is None else dy[0]) - full.T @ dr
    w = np.linalg.solve(full[:k].T, dq)
    du = dr + np.concatenate([w, np.zeros(n - k)])
    return like(du, u), like(-convolution(conj(q), m).T @ du, v)


def convolution(a: Any, k: int) -> Any:
    """Return the matrix of the convolution with `a`, for vectors of length k."""
    n = len(a)
    return np.stack([np.concatenate([np.zeros(i), a, np.zeros(k - 1 - i)]) for i in range(k)], 1).reshape(n + k - 1, k)


def vander_back(dy: Any, y: Any, x: Any, increasing: bool) -> Any:
    """The columns are powers of x: each has the derivative k x^(k-1), k times the column before."""
    d, v = (dy, y) if increasing else (dy[:, ::-1], y[:, ::-1])
    return fit((d[:, 1:] * conj(v[:, :-1]) * np.arange(1, v.shape[1])).sum(1), x)


def poly_back(dy: Any, y: Any, zeros: Any) -> Any:
    """y = the product of (x - z_i): without one of the factors, it is the derivative by that zero, with the other sign."""
    z = np.asarray(zeros)
    if z.ndim == 2:
        return fit(charpoly_back(dy, y, z), zeros)
    others = [np.poly(np.concatenate([z[:i], z[i + 1:]])) if len(z) > 1 else np.ones(1) for i in range(len(z))]
    return like(np.stack([-np.sum(dy[1:] * conj(p)) for p in others]), zeros)


def charpoly_back(dy: Any, y: Any, a: Any) -> Any:
    """y = the coefficients of det(x - a): y_k_dot = -trace(b_{k-1} a_dot), b_k = a b_{k-1} + y_k   [Faddeev and Le Verrier]"""
    n = len(a)
    b = np.eye(n)
    total = np.zeros((n, n))
    for k in range(1, n + 1):
        total = total - dy[k] * H(b)
        b = a @ b + y[k] * np.eye(n)
    return total


def roots_back(dy: Any, y: Any, p: Any) -> Any:
    """p(z) = 0, hence z_dot = -p_dot(z) / p'(z), for zeros of multiplicity one."""
    c = np.asarray(p)
    slope = np.polyval(np.polyder(c), y)
    return fit(np.stack([-np.sum(dy * conj(y ** (len(c) - 1 - i) / slope)) for i in range(len(c))]), p)


def polyfit_back(dy: Any, result: Any, x: Any, y: Any, deg: int, full: bool, w: Any, cov: Any) -> tuple:
    """A c = w y by least squares, A = w V with V of powers of x: A^H A c_dot = A^H (w y_dot - A_dot c) + A_dot^H (w y - A c)."""
    if full or cov:
        if any(d is not None for d in dy[1:]):
            not_yet(dy, result)
        dy, c = dy[0], result[0]
    else:
        c = result
    if dy is None:
        return None, None, None
    z, values = np.asarray(x), np.asarray(y)
    columns = values.reshape(len(z), -1)
    d, coefficients = np.reshape(dy, (deg + 1, -1)), np.reshape(c, (deg + 1, -1))
    weight = np.ones(len(z)) if w is None else np.asarray(w)
    v = np.vander(z, deg + 1)
    a = weight[:, None] * v
    s = np.linalg.solve(H(a) @ a, d)                                # (deg + 1, columns)
    residual = columns - v @ coefficients
    dv = weight[:, None]**2 * (residual @ H(s) - (v @ s) @ H(coefficients))
    dw = 2 * weight * np.real(np.sum((v @ s) * conj(residual), 1))
    return (vander_back(dv, v, x, False), fit((weight[:, None]**2 * (v @ s)).reshape(values.shape), y),
            None if w is None else fit(dw, w))
