"""Parts of SciPy that take functions or return objects, against differences."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zygote_py import MissingRuleError, UnsupportedCodeError, gradient
from zygote_py.testing import check_grads

integrate = pytest.importorskip("scipy.integrate")
interpolate = pytest.importorskip("scipy.interpolate")
distance = pytest.importorskip("scipy.spatial.distance")
stats = pytest.importorskip("scipy.stats")

rng = np.random.default_rng(0)
Y = rng.standard_normal((2, 7))
X = np.array([0.0, 0.4, 0.9, 1.3, 1.9, 2.4, 3.0])
T = np.linspace(0.3, 2.2, 5)
POINTS = rng.standard_normal((4, 3))
KNOTS = np.arange(11.0)
GRID = (np.array([0.0, 0.7]), np.array([0.0, 1.0, 1.7]))
INSIDE = np.array([[0.2, 0.4], [0.5, 1.2]])

CASES = {
    "trapezoid": (lambda y, x: integrate.trapezoid(y, x), (Y, X)),
    "simpson": (lambda y, x: integrate.simpson(y, x=x), (Y, X)),
    "cumulative_trapezoid": (lambda y, x: integrate.cumulative_trapezoid(y, x), (Y, X)),
    "quad": (lambda a, b, p: integrate.quad(lambda x: np.exp(-p * x * x) * np.sin(x * p), a, b)[0], (0.2, 1.7, 1.3)),
    "quad with args": (lambda a, b, p, q: integrate.quad(lambda x, p, q: np.exp(-p * x) * np.cos(x - q), a, b, (p, q))[0] * a,
                       (0.2, 1.7, 1.3, 0.77)),
    "quad in parts": (lambda p: integrate.quad(lambda x: 1 / (1e-3 + p * (x - 0.3)**2), 0.0, 1.0)[0], (1.3,)),
    "quad backwards": (lambda a, b: integrate.quad(math.exp, b, a)[0], (0.2, 1.7)),
    "quad to infinity": (lambda a, p: integrate.quad(lambda x: np.exp(-p * x * x), a, np.inf)[0], (0.2, 1.7)),
    "quad from infinity": (lambda a, p: integrate.quad(lambda x: np.exp(-p * x * x) * (x + p), -np.inf, a)[0], (0.2, 1.7)),
    "quad back from infinity": (lambda a, p: integrate.quad(lambda x: np.exp(-p * x * x), np.inf, a)[0], (0.2, 1.7)),
    "quad over all": (lambda p: integrate.quad(lambda x: np.exp(-p * x * x + x), -np.inf, np.inf)[0], (1.7,)),
    "interp1d": (lambda y, x: interpolate.interp1d(X, y)(x), (Y, T)),
    "interp1d, cubic": (lambda y, x: interpolate.interp1d(X, y, kind="cubic")(x), (Y, T)),
    "CubicSpline": (lambda y, x: interpolate.CubicSpline(X, y, axis=1)(x), (Y, T)),
    "CubicSpline, natural, its slope": (lambda y, x: interpolate.CubicSpline(X, y, bc_type="natural")(x, 1), (Y[0], T)),
    "CubicSpline at a number": (lambda y, x: interpolate.CubicSpline(X, y)(x)**2, (Y[0], 0.7)),
    "CubicSpline of complex values": (lambda y, x: interpolate.CubicSpline(X, y)(x), (Y[0] + 1j * Y[1], T)),
    "CubicSpline, clamped": (lambda y: interpolate.CubicSpline(X, y, bc_type=((1, 0.3), (2, 0.0)))(T), (Y[0],)),
    "CubicSpline, periodic": (lambda y, x: interpolate.CubicSpline(X, np.concatenate([y, y[:1]]), bc_type="periodic")(x),
                              (Y[0, :6], T + 3)),
    "CubicSpline, its integrals": (lambda y, b: interpolate.CubicSpline(X, y).integrate(0.3, b)
                                   + interpolate.CubicSpline(X, y).antiderivative(2)(b), (Y[0], 2.2)),
    "CubicHermiteSpline": (lambda x, y, d, t: interpolate.CubicHermiteSpline(x, y, d)(t), (X, Y[0], Y[1], T)),
    "PchipInterpolator": (lambda x, y, t: interpolate.PchipInterpolator(x, y, 1)(t), (X, Y, T)),
    "PchipInterpolator, its slope": (lambda y, t: interpolate.PchipInterpolator(X, y).derivative()(t), (Y[0], T)),
    "PchipInterpolator of two": (lambda y, t: interpolate.pchip_interpolate(X[:2], y, t), (Y[0, :2], T)),
    "Akima1DInterpolator": (lambda x, y, t: interpolate.Akima1DInterpolator(x, y)(t), (X, Y.T, T)),
    "BarycentricInterpolator": (lambda y, t: interpolate.BarycentricInterpolator(X, y)(t), (Y[0], T)),
    "BPoly": (lambda c, x: interpolate.BPoly(c, [0.0, 1.0, 3.0])(x), (Y[:, :2], T)),
    "PPoly, of broken points": (lambda c, t, x: interpolate.PPoly(c, t)(x, 1), (Y[:, :2], np.array([0.0, 1.0, 3.0]), T)),
    "BSpline, its slope and integral": (lambda c, b: interpolate.BSpline(KNOTS, c, 3).derivative()(b)
                                        * interpolate.BSpline(KNOTS, c, 3).integrate(3.5, b), (Y[0], 5.2)),
    "RegularGridInterpolator": (lambda f, x: interpolate.RegularGridInterpolator(GRID, f)(x), (Y[:, :3], INSIDE)),
    "RegularGridInterpolator, nearest": (lambda f: interpolate.RegularGridInterpolator(GRID, f, "nearest")(INSIDE), (Y[:, :3],)),
    "interpn": (lambda f, x: interpolate.interpn(GRID, f, x), (Y[:, :3], INSIDE)),
    "make_interp_spline": (lambda y, x: interpolate.make_interp_spline(X, y.T)(x), (Y, T)),
    "BSpline": (lambda c, x: interpolate.BSpline(KNOTS, c, 3)(x), (Y[0], T + 3)),
    "BSpline, nothing outside": (lambda c, x: np.nansum(interpolate.BSpline(KNOTS, c, 3, extrapolate=False)(x)), (Y[0], T + 1)),
    "PPoly": (lambda c, x: interpolate.PPoly(c, np.array([0.0, 1.0, 3.0]))(x), (Y[:, :2], T)),
    "cdist": (lambda a, b: distance.cdist(a, b), (Y, Y + 0.5)),
    "cdist, squares": (lambda a, b: distance.cdist(a, b, "sqeuclidean"), (Y, Y + 0.5)),
    "pdist": (lambda a: distance.pdist(a), (POINTS,)),
    "pdist, cityblock": (lambda a: distance.pdist(a, "cityblock"), (POINTS,)),
    **{f"cdist, {metric}": (lambda a, b, metric=metric: distance.cdist(a, b, metric), (Y + 0.2, 0.6 * Y[:1] + 0.5))
       for metric in ("chebyshev", "cosine", "correlation", "canberra", "braycurtis")},
    "pdist with options": (lambda a: distance.pdist(a, "minkowski", p=3) + distance.pdist(a, "seuclidean", V=[0.5, 1.2, 2.0])
                           + distance.pdist(a, "mahalanobis", VI=POINTS[:3] @ POINTS[:3].T + np.eye(3)), (POINTS,)),
    "squareform of distances": (lambda d: distance.squareform(d), (np.arange(1.0, 7.0),)),
    "frozen": (lambda m, s: stats.norm(m, s).logpdf(X), (0.3, 1.2)),
    "frozen, by name": (lambda s: stats.gamma(2.5, scale=s).cdf(X + 0.1), (1.2,)),
}
TWICE = ("cdist", "pdist", "frozen", "trapezoid", "PPoly")
REVERSE_ONLY = "quad"


@pytest.mark.parametrize("name", CASES)
def test_gradient(name):
    f, args = CASES[name]
    check_grads(f, *args, order=1 + (name in TWICE), modes=("rev",) if name.startswith(REVERSE_ONLY) else ("rev", "fwd"))


def test_second_derivatives_of_splines():
    for spline in (interpolate.BSpline(KNOTS, Y[0], 3), interpolate.CubicSpline(X, Y[0])):
        got = gradient(lambda x: gradient(lambda x: spline(x) * 1.0, x)[0], 2.7)[0]  # noqa: B023
        assert got == pytest.approx(spline(2.7, 2), rel=1e-12)


def test_second_derivatives_of_integrals_are_refused():
    with pytest.raises(UnsupportedCodeError, match="derivative of"):
        gradient(lambda b: gradient(lambda b: integrate.quad(math.sin, 0.0, b)[0], b)[0], 0.7)


@pytest.mark.parametrize(("f", "error", "words"), [
    (lambda s: interpolate.CubicSpline(s * X, Y[0])(0.7) * 1.0, MissingRuleError, "the positions"),
    (lambda s: np.sum(distance.pdist(s * POINTS, "seuclidean")), MissingRuleError, "found from the points"),
    (lambda s: np.sum(distance.cdist(POINTS, POINTS[:2], "minkowski", p=s + 1.0)), MissingRuleError, "options of a metric"),
    (lambda s: interpolate.BSpline(s * KNOTS, Y[0], 3)(4.1) * 1.0, MissingRuleError, "the knots"),
    (lambda s: interpolate.RegularGridInterpolator(GRID, Y[:, :3], "slinear")(s * INSIDE)[0], UnsupportedCodeError, "slinear"),
    (lambda s: interpolate.LinearNDInterpolator(np.eye(3)[:, :2], s * Y[0, :3])(INSIDE)[0], MissingRuleError, "no rule for")])
def test_what_splines_have_no_derivative_by_is_refused(f, error, words):
    with pytest.raises(error, match=words):
        gradient(f, 1.0)


def test_options_of_quad_are_refused():
    with pytest.raises(UnsupportedCodeError, match="points"):
        gradient(lambda b: integrate.quad(abs, -1.0, b, points=[0.0])[0], 0.7)
