"""scipy.interpolate: piecewise polynomials and B-splines as objects that hold their coefficients.

SciPy makes each object, and finds its values. Their derivatives are those of formulas in Python that stand beside (`as_found`):
how the coefficients come from the data, and how the values come from coefficients, breakpoints and points.

The coefficients of cubic splines and of B-splines through points are a linear function of the values, found from those of the
unit vectors; there is no derivative by the positions of these data (`Unknown`), nor by the knots of a B-spline.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate
from scipy.interpolate import (
    Akima1DInterpolator,
    BPoly,
    BSpline,
    CubicHermiteSpline,
    CubicSpline,
    PchipInterpolator,
    PPoly,
    RegularGridInterpolator,
    make_interp_spline,
)

from ...errors import UnsupportedCodeError, message
from ...registry import linear, non_differentiable, rule
from ...rules.numpy.helpers import conj, fit
from ...tangents import Unknown
from ..frames import here
from ..standins import stand_in

__all__ = ["polynomials", "spline_values"]

POSITIONS = Unknown("the positions of interpolated data")
KNOTS = Unknown("the knots of a spline")


# -- piecewise polynomials -------------------------------------------------------------------------------------------------------


def polynomials(c: Any, t: Any, x: Any, nu: int, outside: bool, cls: type) -> Any:
    """The polynomials with the coefficients c, shape (k, m, ...), between the breakpoints t, at the points x."""
    return cls(c, t)(x, nu, outside)


rule(polynomials,
     lambda dy, y, c, t, x, nu, outside, cls: coefficients_back(dy, c, t, x, nu, outside, cls),
     lambda dy, y, c, t, x, nu, outside, cls: breakpoints_back(slopes(dy, c, t, x, nu, outside, cls), t, x, cls),
     lambda dy, y, c, t, x, nu, outside, cls: slopes(dy, c, t, x, nu, outside, cls), None, None, None)


def slopes(dy: Any, c: Any, t: Any, x: Any, nu: int, outside: bool, cls: type) -> Any:
    """The cotangents of the points."""
    steep = polynomials(c, t, x, nu + 1, outside, cls)
    return fit(np.sum(dy * conj(np.where(np.isnan(steep), 0.0, steep)), axis=tuple(range(1, np.ndim(dy)))), x)


def coefficients_back(dy: Any, c: Any, t: Any, x: Any, nu: int, outside: bool, cls: type) -> Any:
    """Each coefficient of an interval gets the cotangents of the points there, weighted by the value of its own polynomial."""
    i, k = intervals(t, x), len(c)
    width = t[i + 1] - t[i] if cls is BPoly else 1.0
    weights = polynomials(np.reshape(np.eye(k), (k, 1, k)), np.array([0.0, 1.0]), (x - t[i]) / width, nu, True, cls)
    weights = weights / np.reshape(width**nu * np.ones(len(x)), (-1, 1))
    parts = np.moveaxis(weights[..., None] * np.reshape(dy * shown(t, x, outside, np.ndim(dy)), (len(x), 1, -1)), 0, 1)
    return fit(np.reshape(gathered(parts, i, len(t) - 1), c.shape), c)


def breakpoints_back(dx: Any, t: Any, x: Any, cls: type) -> Any:
    """A polynomial is one of x - t, for the breakpoint before x."""
    if cls is BPoly:
        return KNOTS
    return -gathered(dx[None], intervals(t, x), len(t))[0]


@non_differentiable
def intervals(t: Any, x: Any) -> Any:
    """The number of the interval that each point is in; the first and the last reach to infinity."""
    way = 1.0 if t[-1] >= t[0] else -1.0
    return np.clip(np.searchsorted(way * t, way * x, "right") - 1, 0, len(t) - 2)


@non_differentiable
def shown(t: Any, x: Any, outside: bool, ndim: int) -> Any:
    """1 where a point has a value, 0 where it has none."""
    inside = ~np.isnan(x) & (bool(outside) | ((x >= min(t[0], t[-1])) & (x <= max(t[0], t[-1]))))
    return np.reshape(inside.astype(float), (len(x),) + (1,) * (ndim - 1))


def gathered(d: Any, i: Any, n: int) -> Any:
    """The sums, over the second axis of d, of those with the same number i below n."""
    out = np.zeros((len(d), n, *d.shape[2:]), d.dtype)
    np.add.at(out, np.s_[:, i], d)  # type: ignore[arg-type]
    return out


linear(gathered, lambda dy, d, i, n: dy[:, i])


def evaluate(self, x, nu=0, extrapolate=None):
    outside = self.extrapolate if extrapolate is None else extrapolate
    t = self.x
    x = np.asarray(x)
    points = np.reshape(x, (-1,)) * 1.0
    if outside == "periodic":
        points = t[0] + (points - t[0]) % (t[-1] - t[0])
        outside = False
    y = polynomials(self.c, t, points, nu, outside, basis_of(self))
    return in_place(np.reshape(y, x.shape + y.shape[1:]), x.ndim, self.axis)


@non_differentiable
def basis_of(p: Any) -> type:
    return PPoly if isinstance(p, PPoly) else BPoly


def in_place(y: Any, n: int, axis: int) -> Any:
    """Move the n axes of the points to where the axis of interpolation was."""
    return np.moveaxis(y, tuple(range(n)), tuple(range(axis, axis + n))) if axis and n else y


def antiderivative(self, nu=1):
    if nu <= 0:
        return self.derivative(-nu)
    found = plain(PPoly.antiderivative, self, nu)
    c, h = self.c, np.diff(self.x)
    for _ in range(nu):
        n = len(c)
        powers = np.reshape(np.arange(n, 0, -1), (n,) + (1,) * (np.ndim(c) - 1))
        c = c / powers
        steps = np.sum(c * np.reshape(h, (1, -1) + (1,) * (np.ndim(c) - 2))**powers, axis=0)
        start = np.concatenate([np.zeros((1, *steps.shape[1:])), np.cumsum(steps, axis=0)[:-1]])
        c = np.concatenate([c, start[None]])
    found.c = as_found(found.c, c)
    found.x = as_found(found.x, self.x)
    return found


def integrate(self, a, b, extrapolate=None):
    outside = self.extrapolate if extrapolate is None else extrapolate
    if outside == "periodic":
        raise refused("the integral of a periodic polynomial")
    whole = antiderivative(self)
    return as_found(plain(PPoly.integrate, self, a, b, extrapolate), whole(b, 0, outside) - whole(a, 0, outside))


stand_in(PPoly.__call__, evaluate)
stand_in(BPoly.__call__, evaluate)
stand_in(PPoly.antiderivative, antiderivative)
stand_in(PPoly.integrate, integrate)


# -- piecewise polynomials through points ----------------------------------------------------------------------------------------


def as_found(found: Any, formula: Any) -> Any:
    """What SciPy has found, with the derivative of a formula for it."""
    return found


rule(as_found, None, lambda dy, y, found, formula: fit(dy, formula))


@non_differentiable
def plain(f: Any, *args: Any, **options: Any) -> Any:
    """What SciPy gives."""
    return f(*args, **options)


def given(cls: Any) -> Any:
    """What stands for a class that is given its coefficients."""
    def held(c, x, extrapolate=None, axis=0):
        found = plain(cls, c, x, extrapolate, axis)
        c = np.asarray(c)
        found.c = as_found(found.c, np.moveaxis(c, (axis, axis + 1), (0, 1)))
        found.x = as_found(found.x, np.asarray(x))
        return found
    return held


def hermite(x, y, dydx, axis=0, extrapolate=None):
    found = plain(CubicHermiteSpline, x, y, dydx, axis, extrapolate)
    return with_slopes(found, np.asarray(x), np.moveaxis(np.asarray(y), axis, 0), np.moveaxis(np.asarray(dydx), axis, 0))


def pchip(x, y, axis=0, extrapolate=None):
    found = plain(PchipInterpolator, x, y, axis, extrapolate)
    x, y = np.asarray(x), np.moveaxis(np.asarray(y), axis, 0)
    return with_slopes(found, x, y, monotone_slopes(beside(np.diff(x), y), y))


def akima(x, y, axis=0, **options):
    found = plain(Akima1DInterpolator, x, y, axis, **options)
    x, y = np.asarray(x), np.moveaxis(np.asarray(y), axis, 0)
    return with_slopes(found, x, y, akima_slopes(beside(np.diff(x), y), y, options.get("method") == "makima"))


def with_slopes(found: Any, x: Any, y: Any, d: Any) -> Any:
    """The cubic polynomials with the values y and the slopes d at x."""
    h = beside(np.diff(x), y)
    m = np.diff(y, axis=0) / h
    bend = (d[:-1] + d[1:] - 2 * m) / h
    found.c = as_found(found.c, np.stack([bend / h, (m - d[:-1]) / h - bend, d[:-1], y[:-1]]))
    found.x = as_found(found.x, x)
    return found


def beside(h: Any, y: Any) -> Any:
    """A vector, shaped so that it goes along the first axis of y."""
    return np.reshape(h, (-1,) + (1,) * (np.ndim(y) - 1))


def monotone_slopes(h: Any, y: Any) -> Any:
    """The weighted harmonic means of the slopes on both sides, 0 where these differ in sign   [Fritsch and Butland 1984]."""
    m = np.diff(y, axis=0) / h
    if len(m) == 1:
        return np.concatenate([m, m])
    same = np.sign(m[1:]) * np.sign(m[:-1]) > 0
    before, after = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    mean = (before + after) / (before / np.where(same, m[:-1], 1.0) + after / np.where(same, m[1:], 1.0))
    first = end_slope(h[:1], h[1:2], m[:1], m[1:2])
    last = end_slope(h[-1:], h[-2:-1], m[-1:], m[-2:-1])
    return np.concatenate([first, np.where(same, mean, 0.0), last])


def end_slope(h0: Any, h1: Any, m0: Any, m1: Any) -> Any:
    """The slope of the parabola through three points, bounded so that it keeps the shape   [Moler 2004]."""
    d = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1)
    steep = (np.sign(m0) != np.sign(m1)) & (np.abs(d) > 3 * np.abs(m0))
    return np.where(np.sign(d) != np.sign(m0), 0.0, np.where(steep, 3 * m0, d))


def akima_slopes(h: Any, y: Any, modified: bool) -> Any:
    """Means of the slopes on both sides, each weighted by how much those on the other side differ   [Akima 1970]."""
    m = np.diff(y, axis=0) / h
    if len(m) == 1:
        return np.concatenate([m, m])
    left, right = 2 * m[:1] - m[1:2], 2 * m[-1:] - m[-2:-1]
    m = np.concatenate([2 * left - m[:1], left, m, right, 2 * right - m[-1:]])
    change = np.abs(np.diff(m, axis=0))
    if modified:
        change = change + 0.5 * np.abs(m[1:] + m[:-1])
    total = change[2:] + change[:-2]
    known = total > 1e-9 * np.max(total)
    share = change[:-2] / np.where(known, total, 1.0)
    return np.where(known, m[1:-2] + share * (m[2:-1] - m[1:-2]), 0.5 * (m[3:] + m[:-3]))


def cubic(x, y, axis=0, bc_type="not-a-knot", extrapolate=None):
    found = plain(CubicSpline, x, y, axis, bc_type, extrapolate)
    y = np.moveaxis(np.asarray(y), axis, 0)
    found.c = linear_in(found.c, x, y, units_of_cubic(x, len(y), bc_type))
    return found


@non_differentiable
def units_of_cubic(x: Any, n: int, bc_type: Any) -> Any:
    """The coefficients of the splines through the unit vectors, along the last axis; slopes at the ends add a constant.

    A periodic spline has the last value from the first, and is told so.
    """
    if bc_type == "periodic":
        free = np.eye(n)[:, :-1]
        free[-1, 0] = 1.0
        c = CubicSpline(x, free, 0, bc_type).c
        return np.concatenate([c, np.zeros((*c.shape[:-1], 1))], -1)
    bc = [(b[0], np.zeros(n)) if isinstance(b, tuple) else b for b in bc_type] if isinstance(bc_type, tuple) else bc_type
    return CubicSpline(x, np.eye(n), 0, bc).c


def linear_in(found: Any, x: Any, values: Any, units: Any) -> Any:
    """What SciPy has found, which depends on the values as units @ values does."""
    return found


rule(linear_in, None, lambda dy, y, found, x, values, units: POSITIONS,
     lambda dy, y, found, x, values, units: fit(transposed(dy, units), values), None)


def transposed(d: Any, units: Any) -> Any:
    n = units.ndim - 1
    return np.tensordot(np.moveaxis(units, -1, 0), d, axes=n)


for cls in (PPoly, BPoly):
    stand_in(cls, given(cls))
stand_in(CubicHermiteSpline, hermite)
stand_in(PchipInterpolator, pchip)
stand_in(Akima1DInterpolator, akima)
stand_in(CubicSpline, cubic)


# -- B-splines -------------------------------------------------------------------------------------------------------------------


def spline_values(t: Any, c: Any, k: int, x: Any, nu: int, outside: bool) -> Any:
    """The spline of degree k with the knots t and the coefficients c at the points x."""
    return BSpline(t, c, k)(x, nu, outside)


rule(spline_values, lambda dy, y, t, c, k, x, nu, outside: KNOTS,
     lambda dy, y, t, c, k, x, nu, outside: fit(spline_coefficients_back(dy, t, c, k, x, nu, outside), c), None,
     lambda dy, y, t, c, k, x, nu, outside: spline_slopes(dy, t, c, k, x, nu, outside), None, None)


def spline_coefficients_back(dy: Any, t: Any, c: Any, k: int, x: Any, nu: int, outside: bool) -> Any:
    """y is linear in the coefficients."""
    weights = spline_values(t, np.eye(len(c)), k, x, nu, outside)
    return np.tensordot(np.where(np.isnan(weights), 0.0, weights).T, dy, axes=1)


def spline_slopes(dy: Any, t: Any, c: Any, k: int, x: Any, nu: int, outside: bool) -> Any:
    steep = spline_values(t, c, k, x, nu + 1, outside)
    return fit(np.sum(dy * conj(np.where(np.isnan(steep), 0.0, steep)), axis=tuple(range(1, np.ndim(dy)))), x)


def evaluate_spline(self, x, nu=0, extrapolate=None):
    outside = self.extrapolate if extrapolate is None else extrapolate
    t, k = self.t, self.k
    x = np.asarray(x)
    points = np.reshape(x, (-1,)) * 1.0
    if outside == "periodic":
        n = len(t) - k - 1
        points = t[k] + (points - t[k]) % (t[n] - t[k])
        outside = False
    y = spline_values(t, self.c, k, points, nu, outside)
    return in_place(np.reshape(y, x.shape + y.shape[1:]), x.ndim, self.axis)


def through_points(x, y, k=3, t=None, bc_type=None, axis=0, check_finite=True):
    found = plain(make_interp_spline, x, y, k, t, bc_type, axis, check_finite)
    y = np.moveaxis(np.asarray(y), axis, 0)
    found.c = linear_in(found.c, x, y, units_of_spline(x, len(y), k, t, bc_type))
    return found


@non_differentiable
def units_of_spline(x: Any, n: int, k: int, t: Any, bc_type: Any) -> Any:
    """The coefficients of the splines through the unit vectors; slopes at the ends add a constant."""
    return make_interp_spline(x, np.eye(n), k, t, bc_type).c - make_interp_spline(x, np.zeros((n, n)), k, t, bc_type).c


def remade(f: Any) -> Any:
    """What stands for a method that makes a spline of a spline."""
    def made(self, nu=1):
        found = plain(f, self, nu)
        found.c = linear_in(found.c, self.t, self.c, units_remade(f, self, nu))
        return found
    return made


@non_differentiable
def units_remade(f: Any, spline: Any, nu: int) -> Any:
    return f(BSpline(spline.t, np.eye(len(spline.c)), spline.k), nu).c


def integrate_spline(self, a, b, extrapolate=None):
    outside = self.extrapolate if extrapolate is None else extrapolate
    if outside == "periodic":
        raise refused("the integral of a periodic spline")
    found = plain(BSpline.integrate, self, a, b, extrapolate)
    lowest, highest = self.t[self.k], self.t[len(self.t) - self.k - 1]
    ends = [b, a] if outside else [np.clip(b, lowest, highest), np.clip(a, lowest, highest)]
    sums = remade(BSpline.antiderivative)(self)(np.stack(ends))
    return as_found(found, np.reshape(sums[0] - sums[1], np.shape(found)))


stand_in(BSpline.derivative, remade(BSpline.derivative))
stand_in(BSpline.antiderivative, remade(BSpline.antiderivative))
stand_in(BSpline.integrate, integrate_spline)
stand_in(BSpline.__call__, evaluate_spline)
stand_in(make_interp_spline, through_points)


# -- grids -----------------------------------------------------------------------------------------------------------------------


def on_grid(self, xi, method=None, **options):
    way = self.method if method is None else method
    if way not in ("linear", "nearest") or options.get("nu") is not None:
        raise refused(f"an interpolation on a grid by the method {way!r}", "It is made of splines along each axis.",
                      "use the method 'linear', or one spline after the other")
    found = plain(RegularGridInterpolator.__call__, self, xi, way)
    x = np.stack(np.broadcast_arrays(*xi), -1) if isinstance(xi, tuple) else np.asarray(xi)
    points = np.reshape(x, (-1, len(self.grid)))
    return as_found(found, np.reshape(corners(points, self.grid, self.values, way, self.fill_value), np.shape(found)))


def interpn(points, values, xi, method="linear", bounds_error=True, fill_value=np.nan):
    return on_grid(RegularGridInterpolator(points, values, method, bounds_error, fill_value), xi)


def corners(x: Any, grid: tuple, values: Any, way: str, fill: Any) -> Any:
    """The mean of the values at the corners of the cell that each point is in, each weighted by its nearness."""
    terms: list = [(1.0, ())]
    for k in range(len(grid)):
        i = intervals(grid[k], x[:, k])
        s = (x[:, k] - grid[k][i]) / (grid[k][i + 1] - grid[k][i])
        if way == "nearest":
            terms = [(w, (*at, np.where(s <= 0.5, i, i + 1))) for w, at in terms]
        else:
            terms = [(w * part, (*at, i + j)) for w, at in terms for j, part in ((0, 1 - s), (1, s))]
    known = np.ones(len(x)) if fill is None else covered(x, grid)
    return sum([beside(w * known, values[at]) * values[at] for w, at in terms])


@non_differentiable
def covered(x: Any, grid: tuple) -> Any:
    """1 for the points in the grid, 0 for the others, which have the fill value."""
    return np.prod([(x[:, k] >= t[0]) & (x[:, k] <= t[-1]) for k, t in enumerate(grid)], axis=0).astype(float)


@non_differentiable
def refused(what: str, why: str = "It is made of several pieces.",
            instead: str = "integrate each piece by itself, and add them") -> UnsupportedCodeError:
    return UnsupportedCodeError(message(f"cannot differentiate {what}", **here(),
                                        why=why, instead=instead, doc="docs/limitations.md#splines-and-integrals"))


stand_in(RegularGridInterpolator.__call__, on_grid)
stand_in(scipy.interpolate.interpn, interpn)
