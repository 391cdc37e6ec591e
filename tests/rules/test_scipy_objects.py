"""Parts of SciPy that take functions or return objects, against differences."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zygote_py import UnsupportedCodeError, gradient
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
    "make_interp_spline": (lambda y, x: interpolate.make_interp_spline(X, y.T)(x), (Y, T)),
    "BSpline": (lambda c, x: interpolate.BSpline(KNOTS, c, 3)(x), (Y[0], T + 3)),
    "BSpline, nothing outside": (lambda c, x: np.nansum(interpolate.BSpline(KNOTS, c, 3, extrapolate=False)(x)), (Y[0], T + 1)),
    "PPoly": (lambda c, x: interpolate.PPoly(c, np.array([0.0, 1.0, 3.0]))(x), (Y[:, :2], T)),
    "cdist": (lambda a, b: distance.cdist(a, b), (Y, Y + 0.5)),
    "cdist, squares": (lambda a, b: distance.cdist(a, b, "sqeuclidean"), (Y, Y + 0.5)),
    "pdist": (lambda a: distance.pdist(a), (POINTS,)),
    "pdist, cityblock": (lambda a: distance.pdist(a, "cityblock"), (POINTS,)),
    "squareform of distances": (lambda d: distance.squareform(d), (np.arange(1.0, 7.0),)),
    "frozen": (lambda m, s: stats.norm(m, s).logpdf(X), (0.3, 1.2)),
    "frozen, by name": (lambda s: stats.gamma(2.5, scale=s).cdf(X + 0.1), (1.2,)),
}
TWICE = ("cdist", "pdist", "frozen", "trapezoid")


@pytest.mark.parametrize("name", CASES)
def test_gradient(name):
    f, args = CASES[name]
    check_grads(f, *args, order=1 + (name in TWICE), modes=("rev",))     # forward mode refuses what SciPy stores in place


@pytest.mark.parametrize("f", [
    lambda b: gradient(lambda b: integrate.quad(math.sin, 0.0, b)[0], b)[0],
    lambda x: gradient(lambda x: interpolate.CubicSpline(X, Y[0])(x) * 1.0, x)[0]])
def test_second_derivatives_are_refused(f):
    with pytest.raises(UnsupportedCodeError, match="derivative of"):
        gradient(f, 0.7)


def test_options_of_quad_are_refused():
    with pytest.raises(UnsupportedCodeError, match="points"):
        gradient(lambda b: integrate.quad(abs, -1.0, b, points=[0.0])[0], 0.7)
