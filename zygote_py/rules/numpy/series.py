"""numpy.polynomial: sums of Chebyshev, Legendre, Hermite and Laguerre polynomials and of powers.

All six families have the same functions, and the same rules: what is linear in the coefficients is known by what it does to unit
vectors. The evaluation functions and the classes are differentiated through NumPy's own source.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre, polynomial, polyutils

from zygote_py.registry import linear, non_differentiable, rrule

from .helpers import H, conj, fit, like

linear(polyutils.trimseq, lambda dy, seq: padded(dy, seq), fresh=False)
linear(polyutils.trimcoef, lambda dy, c, tol=0: padded(dy, c), fresh=False)


@rrule(polyutils.as_series)
def as_series(alist, trim=True):
    y = polyutils.as_series(alist, trim)

    def as_series_back(dy):
        parts = [None if d is None else padded(d, c) for d, c in zip(dy, alist)]
        return (np.stack(parts) if isinstance(alist, np.ndarray) else tuple(parts) if isinstance(alist, tuple) else parts, None)
    return y, as_series_back


def padded(d: Any, c: Any) -> Any:
    """Return `d` with zeros behind it, as long as `c`; NumPy drops zeros at the end."""
    return like(np.concatenate([d, np.zeros(np.size(c) - len(d))]), c)


def paired(d: Any, p: Any) -> Any:
    """Return the sum of d and conj(p), of which one may be longer."""
    n = min(len(d), len(p))
    return np.sum(d[:n] * conj(p[:n]))


def units(n: int) -> list:
    """Return the unit vectors, without the zeros behind the one."""
    return [np.concatenate([np.zeros(i), np.ones(1)]) for i in range(n)]


def along(apply: Any, d: Any, c: Any, axis: int) -> Any:
    """Return the transpose of the linear map `apply` of the coefficients along `axis`."""
    x = np.asarray(c)
    dy = np.moveaxis(d, axis, 0)
    matrix = apply(np.eye(x.shape[axis]))[:dy.shape[0]]         # the integral of a zero is one zero, and not two
    return fit(np.moveaxis(np.tensordot(matrix, dy, (0, 0)), 0, axis), c)


def columns(multiply: Any, v: Any, k: int) -> Any:
    """Return the matrix of the multiplication by `v`, for k coefficients."""
    n = k + len(v) - 1
    products = [multiply(e, v) for e in units(k)]
    return np.stack([np.concatenate([p, np.zeros(n - len(p))])[:n] for p in products], 1)


def products(vanders: list) -> Any:
    """Return the products of the basis polynomials of all arguments: (..., n1, n2, ...)."""
    total = vanders[0]
    for v in vanders[1:]:
        total = total[..., None] * v.reshape((*v.shape[:-1], *[1] * (total.ndim - v.ndim + 1), v.shape[-1]))
    return total


def summed(d: Any, factor: Any, ndim: int, c: Any) -> Any:
    """Return the sum over the points of `d`, which has their shape, times the products of basis polynomials."""
    return fit(np.tensordot(d, conj(factor), (list(range(ndim)), list(range(ndim)))), c)


def family(add, subtract, multiply, multiply_x, divide, power, derivative, integral, vander, roots, from_roots, value, fit_,
           companion, values2, values3, vander2, vander3):
    """Register the rules of one family."""

    @rrule(add)
    def add_(c1, c2):
        return add(c1, c2), lambda dy: (padded(dy[:np.size(c1)], c1), padded(dy[:np.size(c2)], c2))

    @rrule(subtract)
    def subtract_(c1, c2):
        return subtract(c1, c2), lambda dy: (padded(dy[:np.size(c1)], c1), padded(-dy[:np.size(c2)], c2))

    @rrule(multiply)
    def multiply_(c1, c2):
        def multiply_back(dy):
            return (like(np.stack([paired(dy, multiply(e, c2)) for e in units(np.size(c1))]), c1),
                    like(np.stack([paired(dy, multiply(c1, e)) for e in units(np.size(c2))]), c2))
        return multiply(c1, c2), multiply_back

    @rrule(multiply_x)
    def multiply_x_(c):
        return multiply_x(c), lambda dy: (like(np.stack([paired(dy, multiply_x(e)) for e in units(np.size(c))]), c),)

    @rrule(power)
    def power_(c, pow, maxpower=16):
        def power_back(dy):             # n c^(n-1)
            rest = power(c, pow - 1, maxpower) if pow > 1 else np.ones(1)
            parts = [pow * paired(dy, multiply(rest, e)) for e in units(np.size(c))]
            return like(np.stack(parts), c) if pow else None, None, None
        return power(c, pow, maxpower), power_back

    @rrule(divide)
    def divide_(c1, c2):
        y = divide(c1, c2)

        def divide_back(dy):            # c1 = q c2 + r, with q from the last terms; compare np.polydiv
            u, v, q = np.trim_zeros(np.asarray(c1), "b"), np.trim_zeros(np.asarray(c2), "b"), y[0]
            k, n = max(len(u) - len(v) + 1, 0), len(u)
            dr = np.zeros(n) if dy[1] is None else np.concatenate([dy[1], np.zeros(n)])[:n]
            if not k:
                return padded(dr, c1), fit(np.zeros(np.size(c2)), c2)
            full = conj(columns(multiply, v, k))
            dq = (np.zeros(k) if dy[0] is None else np.concatenate([dy[0], np.zeros(k)])[:k]) - full.T @ dr
            du = dr + np.concatenate([np.zeros(n - k), np.linalg.solve(full[n - k:].T, dq)])
            return padded(du, c1), padded(-conj(columns(multiply, np.concatenate([q, np.zeros(k)])[:k], len(v))).T @ du, c2)
        return y, divide_back

    @rrule(derivative)
    def derivative_(c, m=1, scl=1, axis=0):
        y = derivative(c, m, scl, axis)

        def derivative_back(dy):        # each of the m derivatives is multiplied by scl
            return along(lambda e: derivative(e, m, scl), dy, c, axis), None, fit(m * np.sum(dy * conj(y)) / scl, scl), None
        return y, derivative_back

    @rrule(integral)
    def integral_(c, m=1, k=[], lbnd=0, scl=1, axis=0):  # noqa: B006  as NumPy has it
        if isinstance(lbnd, float) and m > 1:
            raise NotImplementedError("several integrals from a fractional bound have no rule; take them one by one")
        plain = integral(c, m, [], lbnd, scl, axis)
        constants = [integral(np.zeros(1), m, [0] * i + [1], lbnd, scl) for i in range(np.size(k))]

        def integral_back(dy):          # y = scl^m (integrals of c) + sum of k_i scl^(m-1-i) (integrals of 1)
            d = np.moveaxis(dy, axis, 0)
            d = d.reshape(d.shape[0], -1).sum(1)
            dk = [paired(d, p) for p in constants]
            dscl = m * np.sum(dy * conj(plain)) / scl
            for i, x in enumerate(np.ravel(k).tolist()):
                dscl = dscl + (m - 1 - i) * dk[i] * conj(x) / scl
            dlow = None
            if m == 1 and isinstance(lbnd, float):          # the integral up to the lower bound is taken off
                ends = value(lbnd, np.moveaxis(np.asarray(c), axis, 0))
                dlow = fit(-scl * np.sum(np.moveaxis(dy, axis, 0)[0] * conj(ends)), lbnd)
            return (along(lambda e: integral(e, m, [], lbnd, scl), dy, c, axis), None, like(np.stack(dk), k) if dk else None,
                    dlow, fit(dscl, scl), None)
        return integral(c, m, k, lbnd, scl, axis), integral_back

    @rrule(vander)
    def vander_(x, deg):
        def vander_back(dy):
            return (fit(np.sum(dy * conj(slopes(x, deg)), -1), x), None)
        return vander(x, deg), vander_back

    def slopes(x, deg):
        """Return the derivatives of all basis polynomials."""
        if not deg:
            return np.zeros((*np.shape(x), 1))
        return vander(x, deg - 1) @ derivative(np.eye(deg + 1))

    @rrule(roots)
    def roots_(c):
        z = roots(c)

        def roots_back(dy):             # p(z) = 0, hence z_dot = -p_dot(z) / p'(z)
            slope = value(z, derivative(c))
            return (like(-np.sum(dy[:, None] * conj(vander(z, np.size(c) - 1) / slope[:, None]), 0), c),)
        return z, roots_back

    @rrule(from_roots)
    def from_roots_(roots):
        def from_roots_back(dy):        # without one of the factors, with the other sign
            z = np.asarray(roots)
            others = [from_roots(np.concatenate([z[:i], z[i + 1:]])) for i in range(len(z))]
            return (like(np.stack([-paired(dy, p) for p in others]), roots),)
        return from_roots(roots), from_roots_back

    @rrule(fit_)
    def fit_series(x, y, deg, rcond=None, full=False, w=None):
        result = fit_(x, y, deg, rcond, full, w)
        if np.ndim(deg):
            raise NotImplementedError("a fit of selected degrees has no rule; give the highest degree")
        if w is not None and np.asarray(w).dtype.kind == "f":
            weight = np.asarray(w)
        else:
            weight = np.ones(len(x)) if w is None else 1.0 * np.asarray(w)

        def fit_back(dy):               # see np.polyfit
            d, c = (dy[0], result[0]) if full else (dy, result)
            z, values = np.asarray(x), np.asarray(y)
            shape = (deg + 1, -1)
            v = vander(z, deg)
            a = weight[:, None] * v
            s = np.linalg.solve(H(a) @ a, np.reshape(d, shape))
            residual = values.reshape(len(z), -1) - v @ np.reshape(c, shape)
            dv = weight[:, None]**2 * (residual @ H(s) - (v @ s) @ H(np.reshape(c, shape)))
            dw = 2 * weight * np.real(np.sum((v @ s) * conj(residual), 1))
            return (fit(np.sum(dv * conj(slopes(z, deg)), -1), x), fit((weight[:, None]**2 * (v @ s)).reshape(values.shape), y),
                    None, None, None, None if w is None else fit(dw, w))
        return result, fit_back

    @rrule(companion)
    def companion_(c):
        def companion_back(dy):         # affine in c_i / c_n
            x = np.asarray(c)
            n, last = len(x) - 1, conj(x[-1])
            base = companion(np.concatenate([np.zeros(n), np.ones(1)]))
            moved = [companion(np.concatenate([e, np.zeros(n - 1 - i), np.ones(1)])) - base for i, e in enumerate(units(n))]
            du = np.stack([np.sum(dy * m) for m in moved]) / last
            return (fit(np.concatenate([du, -np.sum(du * conj(x[:-1]) / last)[None]]), c),)
        return companion(c), companion_back

    def values_back(dy, points, c):
        """y = the sum of c_ij... P_i(x1) P_j(x2) ..."""
        if np.ndim(c) != len(points):
            raise NotImplementedError("several series at once have no rule here; give one at a time")
        points = [np.asarray(p) for p in points]
        vanders = [vander(p, n - 1) for p, n in zip(points, np.shape(c))]
        ds: list = []
        for i, p in enumerate(points):
            factor = products([slopes(p, v.shape[-1] - 1) if k == i else v for k, v in enumerate(vanders)])
            slope = np.tensordot(factor, c, np.ndim(c))
            ds = [*ds, dy * conj(slope)]
        return [*ds, summed(dy, products(vanders), np.ndim(dy), c)]

    @rrule(values2)
    def values2_(x, y, c):
        def values2_back(dy):
            dx, dy_, dc = values_back(dy, (x, y), c)
            return fit(dx, x), fit(dy_, y), dc
        return values2(x, y, c), values2_back

    @rrule(values3)
    def values3_(x, y, z, c):
        def values3_back(dy):
            dx, dy_, dz, dc = values_back(dy, (x, y, z), c)
            return fit(dx, x), fit(dy_, y), fit(dz, z), dc
        return values3(x, y, z, c), values3_back

    def vanders_back(dy, points, deg):
        points = [np.asarray(p) for p in points]
        vanders = [vander(p, n) for p, n in zip(points, deg)]
        ds: list = []
        for i, p in enumerate(points):
            factor = products([slopes(p, deg[k]) if k == i else v for k, v in enumerate(vanders)])
            d = np.reshape(dy, (*np.shape(dy)[:-1], *[n + 1 for n in deg])) * conj(factor)
            ds = [*ds, fit(d.sum(axis=tuple(range(-len(deg), 0))).reshape(np.shape(p)), p)]
        return ds

    @rrule(vander2)
    def vander2_(x, y, deg):
        return vander2(x, y, deg), lambda dy: (*vanders_back(dy, (x, y), deg), None)

    @rrule(vander3)
    def vander3_(x, y, z, deg):
        return vander3(x, y, z, deg), lambda dy: (*vanders_back(dy, (x, y, z), deg), None)


family(polynomial.polyadd, polynomial.polysub, polynomial.polymul, polynomial.polymulx, polynomial.polydiv, polynomial.polypow,
       polynomial.polyder, polynomial.polyint, polynomial.polyvander, polynomial.polyroots, polynomial.polyfromroots,
       polynomial.polyval, polynomial.polyfit,
       polynomial.polycompanion, polynomial.polyval2d, polynomial.polyval3d, polynomial.polyvander2d,
       polynomial.polyvander3d)
family(chebyshev.chebadd, chebyshev.chebsub, chebyshev.chebmul, chebyshev.chebmulx, chebyshev.chebdiv, chebyshev.chebpow,
       chebyshev.chebder, chebyshev.chebint, chebyshev.chebvander, chebyshev.chebroots, chebyshev.chebfromroots,
       chebyshev.chebval, chebyshev.chebfit,
       chebyshev.chebcompanion, chebyshev.chebval2d, chebyshev.chebval3d, chebyshev.chebvander2d,
       chebyshev.chebvander3d)
family(legendre.legadd, legendre.legsub, legendre.legmul, legendre.legmulx, legendre.legdiv, legendre.legpow,
       legendre.legder, legendre.legint, legendre.legvander, legendre.legroots, legendre.legfromroots,
       legendre.legval, legendre.legfit,
       legendre.legcompanion, legendre.legval2d, legendre.legval3d, legendre.legvander2d,
       legendre.legvander3d)
family(hermite.hermadd, hermite.hermsub, hermite.hermmul, hermite.hermmulx, hermite.hermdiv, hermite.hermpow,
       hermite.hermder, hermite.hermint, hermite.hermvander, hermite.hermroots, hermite.hermfromroots,
       hermite.hermval, hermite.hermfit,
       hermite.hermcompanion, hermite.hermval2d, hermite.hermval3d, hermite.hermvander2d,
       hermite.hermvander3d)
family(hermite_e.hermeadd, hermite_e.hermesub, hermite_e.hermemul, hermite_e.hermemulx, hermite_e.hermediv, hermite_e.hermepow,
       hermite_e.hermeder, hermite_e.hermeint, hermite_e.hermevander, hermite_e.hermeroots, hermite_e.hermefromroots,
       hermite_e.hermeval, hermite_e.hermefit,
       hermite_e.hermecompanion, hermite_e.hermeval2d, hermite_e.hermeval3d, hermite_e.hermevander2d,
       hermite_e.hermevander3d)
family(laguerre.lagadd, laguerre.lagsub, laguerre.lagmul, laguerre.lagmulx, laguerre.lagdiv, laguerre.lagpow,
       laguerre.lagder, laguerre.lagint, laguerre.lagvander, laguerre.lagroots, laguerre.lagfromroots,
       laguerre.lagval, laguerre.lagfit,
       laguerre.lagcompanion, laguerre.lagval2d, laguerre.lagval3d, laguerre.lagvander2d,
       laguerre.lagvander3d)


def converts(*functions: Any) -> None:
    """Register functions that give the coefficients in another basis, linear in those given."""
    for f in functions:
        def converted(c, f=f):
            return f(c), lambda dy: (like(np.stack([paired(dy, f(e)) for e in units(np.size(c))]), c),)
        rrule(f)(converted)


converts(chebyshev.cheb2poly, chebyshev.poly2cheb, legendre.leg2poly, legendre.poly2leg, hermite.herm2poly, hermite.poly2herm,
         hermite_e.herme2poly, hermite_e.poly2herme, laguerre.lag2poly, laguerre.poly2lag)
non_differentiable(
    chebyshev.chebgauss, legendre.leggauss, hermite.hermgauss, hermite_e.hermegauss, laguerre.laggauss, chebyshev.chebpts1,
    chebyshev.chebpts2, np.polynomial.set_default_printstyle)
