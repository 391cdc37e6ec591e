"""scipy.linalg for matrices that are given by some of their numbers (banded, tridiagonal, Toeplitz), and the Riccati equations.

The cotangent of such a matrix is gathered from the places where each number stands.

    [Giles 2008]    M. B. Giles, Collected matrix derivative results for forward and reverse mode algorithmic differentiation
    [Kao 2020]      T.-C. Kao, G. Hennequin, Automatic differentiation of Sylvester, Lyapunov, and algebraic Riccati equations
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from zygote_py.registry import rule
from zygote_py.rules.numpy.factorizations import eigh_back, refusal, shared
from zygote_py.rules.numpy.helpers import H, conj, fit, like

from .linalg import single, toeplitz_column, toeplitz_row

# -- systems of equations --------------------------------------------------------------------------------------------------------

rule(scipy.linalg.solve_toeplitz,
     lambda dy, y, c_or_cr, b, check_finite=True: toeplitz_left(toeplitz_right(dy, c_or_cr), y, c_or_cr),
     lambda dy, y, c_or_cr, b, check_finite=True: fit(toeplitz_right(dy, c_or_cr), b))
rule(scipy.linalg.solveh_banded,
     lambda dy, y, ab, b, *, lower=False, check_finite=True: fit(
         half_band(-1.0, hermitian_right(dy, ab, lower), y, np.shape(ab), lower), ab),
     lambda dy, y, ab, b, *, lower=False, check_finite=True: fit(hermitian_right(dy, ab, lower), b))


def toeplitz_right(dy: Any, c_or_cr: Any) -> Any:
    """a y = b, hence db = a^-H dy   [Giles 2008]; the conjugate transpose has the conjugate row as its column."""
    c, r = c_or_cr if isinstance(c_or_cr, tuple) else (c_or_cr, conj(np.ravel(c_or_cr)))
    column = conj(np.concatenate([np.ravel(c)[:1], np.ravel(r)[1:]]))
    return scipy.linalg.solve_toeplitz((column, conj(np.ravel(c))), single(dy, "solve_toeplitz"))


def toeplitz_left(z: Any, y: Any, c_or_cr: Any) -> Any:
    """a y = b, hence da = -z y^H with z = db   [Giles 2008], gathered along the diagonals."""
    d = -z.reshape(len(z), -1) @ H(y.reshape(len(y), -1))
    if isinstance(c_or_cr, tuple):
        return like(toeplitz_column(d, c_or_cr[1]), c_or_cr[0]), like(toeplitz_row(d), c_or_cr[1])
    return like(toeplitz_column(d, None), c_or_cr)


def hermitian_right(dy: Any, ab: Any, lower: Any) -> Any:
    """a y = b with a Hermitian, hence db = a^-1 dy."""
    return scipy.linalg.solveh_banded(single(ab, "solveh_banded"), single(dy, "solveh_banded"), lower=lower)


def half_band(factor: float, z: Any, w: Any, shape: tuple, lower: Any) -> Any:
    """Return the cotangent of the diagonals of a Hermitian matrix of which one half is stored, from d = factor z w^H.

    The number a_ij stands for its conjugate a_ji as well: it gets d_ij + conj(d_ji), and Re d_ii on the diagonal.
    """
    rows: list = []
    z, w, n = z.reshape(len(z), -1), conj(w).reshape(len(w), -1), shape[1]
    for k in range(shape[0]):
        below = factor * np.sum(z[k:] * w[:n - k], axis=1)                  # d_ij with i = j + k
        above = factor * np.sum(z[:n - k] * w[k:], axis=1)                  # d_ji
        d = below + conj(above) if k else np.real(below)
        rows = [*rows, np.concatenate([d, np.zeros(k)] if lower else [np.zeros(k), conj(d)])]
    return np.stack(rows if lower else rows[::-1])


# -- eigenvalues -----------------------------------------------------------------------------------------------------------------

rule(scipy.linalg.eigh_tridiagonal,
     lambda dy, y, d, e, *, eigvals_only=False, select="a", select_range=None, check_finite=True, tol=0.0, lapack_driver="auto":
         fit(np.diagonal(tridiagonal_back(dy, y, d, e, eigvals_only, select, select_range)), d),
     lambda dy, y, d, e, *, eigvals_only=False, select="a", select_range=None, check_finite=True, tol=0.0, lapack_driver="auto":
         fit(2 * np.diagonal(tridiagonal_back(dy, y, d, e, eigvals_only, select, select_range), 1), e))
rule(scipy.linalg.eigvalsh_tridiagonal,
     lambda dy, y, d, e, *, select="a", select_range=None, check_finite=True, tol=0.0, lapack_driver="auto":
         fit(np.diagonal(tridiagonal_back(dy, y, d, e, True, select, select_range)), d),
     lambda dy, y, d, e, *, select="a", select_range=None, check_finite=True, tol=0.0, lapack_driver="auto":
         fit(2 * np.diagonal(tridiagonal_back(dy, y, d, e, True, select, select_range), 1), e))


def tridiagonal_back(dy: Any, y: Any, d: Any, e: Any, eigvals_only: Any, select: Any, select_range: Any) -> Any:
    """Give the symmetric part of the cotangent of the matrix, as for np.linalg.eigh; e stands on both sides of the diagonal."""
    if eigvals_only:
        v = scipy.linalg.eigh_tridiagonal(d, e, select=select, select_range=select_range)[1]
        return (v * shared(dy, y)[None, :]) @ v.T
    if dy[1] is not None and y[1].shape[0] != y[1].shape[1]:
        raise refusal("scipy.linalg.eigh_tridiagonal has no rule for some of the eigenvectors",
                      "How one moves depends on all the others.", "leave out `select`, and take columns of the result")
    if dy[1] is None:
        return (y[1] * shared(dy[0], y[0])[None, :]) @ y[1].T
    whole = eigh_back(dy, y[0], y[1])
    return 0.5 * (whole + whole.T)


# -- algebraic Riccati equations -------------------------------------------------------------------------------------------------

rule(scipy.linalg.solve_continuous_are,
     lambda dy, y, a, b, q, r, *, balanced=True: fit(continuous_back(dy, y, a, b, r)[0], a),
     lambda dy, y, a, b, q, r, *, balanced=True: fit(continuous_back(dy, y, a, b, r)[1], b),
     lambda dy, y, a, b, q, r, *, balanced=True: fit(continuous_back(dy, y, a, b, r)[2], q),
     lambda dy, y, a, b, q, r, *, balanced=True: fit(continuous_back(dy, y, a, b, r)[3], r))
rule(scipy.linalg.solve_discrete_are,
     lambda dy, y, a, b, q, r, *, balanced=True: fit(discrete_back(dy, y, a, b, r)[0], a),
     lambda dy, y, a, b, q, r, *, balanced=True: fit(discrete_back(dy, y, a, b, r)[1], b),
     lambda dy, y, a, b, q, r, *, balanced=True: fit(discrete_back(dy, y, a, b, r)[2], q),
     lambda dy, y, a, b, q, r, *, balanced=True: fit(discrete_back(dy, y, a, b, r)[3], r))


def continuous_back(dy: Any, y: Any, a: Any, b: Any, r: Any) -> tuple:
    """a^H y + y a - y b k + q = 0 with the gain k = r^-1 b^H y. The closed loop c = a - b k carries y_dot, by

        c^H y_dot + y_dot c + (a_dot^H y + y a_dot) - (y b_dot k + k^H b_dot^H y) + q_dot + k^H r_dot k = 0,

    hence dq = z with c z + z c^H = -dy; da = 2 y z, db = -2 y z k^H, dr = k z k^H   [Kao 2020]. y, q and r are Hermitian, and so
    are their cotangents.
    """
    k = np.linalg.solve(np.asarray(r), H(np.asarray(b)) @ y)
    z = scipy.linalg.solve_continuous_lyapunov(a - b @ k, -0.5 * (dy + H(dy)))
    return 2 * y @ z, -2 * y @ z @ H(k), z, k @ z @ H(k)


def discrete_back(dy: Any, y: Any, a: Any, b: Any, r: Any) -> tuple:
    """y = a^H y c + q with the gain k = (r + b^H y b)^-1 b^H y a and the closed loop c = a - b k, by which

        y_dot = c^H y_dot c + (a_dot^H y c + c^H y a_dot) - (c^H y b_dot k + k^H b_dot^H y c) + q_dot + k^H r_dot k,

    hence dq = z with z = c z c^H + dy; da = 2 y c z, db = -2 y c z k^H, dr = k z k^H.
    """
    yb = y @ b
    k = np.linalg.solve(r + H(np.asarray(b)) @ yb, H(yb) @ a)
    c = a - b @ k
    z = scipy.linalg.solve_discrete_lyapunov(c, 0.5 * (dy + H(dy)))
    return 2 * y @ c @ z, -2 * y @ c @ z @ H(k), z, k @ z @ H(k)
