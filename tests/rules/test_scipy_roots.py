"""scipy.optimize in programs: roots, fixed points and minima, by the implicit function theorem, against differences."""

from __future__ import annotations

import numpy as np
import pytest

from zygote_py import MissingRuleError, UnsupportedCodeError, gradient, hessian, jvp
from zygote_py.testing import check_grads

so = pytest.importorskip("scipy.optimize")


def kepler(E, m, e):
    return E - e * np.sin(E) - m


class Orbit:
    def __init__(self, e):
        self.e = e

    def anomaly(self, E):
        return E - self.e * np.sin(E) - 1.1


def pair(x, a, b):
    return [x[0] ** 2 + a * x[1] - 3.0, x[1] - b[0] * np.sin(x[0])]


def valley(x, a, b):
    return (x[0] - a) ** 2 + np.exp(x[0] * x[1]) + (x[1] - b[1]) ** 4 + x[1] ** 2


B = np.array([0.4, 1.0])
TIMES = np.linspace(0.0, 1.0, 4)
CASES = {
    "brentq": (lambda m, e: so.brentq(kepler, 0.0, 4.0, (m, e)), (1.1, 0.3)),
    "brenth": (lambda m, e: so.brenth(lambda E: kepler(E, m, e), 0.0, 4.0, xtol=1e-12), (1.1, 0.3)),
    "bisect": (lambda m, e: so.bisect(kepler, 0.0, 4.0, (m, e), 1e-12), (1.1, 0.3)),
    "ridder": (lambda e: so.ridder(Orbit(e).anomaly, 0.0, 4.0), (0.3,)),
    "toms748": (lambda m, e: so.toms748(kepler, 0.0, 4.0, args=(m, e)), (1.1, 0.3)),
    "newton": (lambda m, e: so.newton(lambda E, e: kepler(E, m, e), 1.0, args=(e,)), (1.1, 0.3)),
    "root_scalar": (lambda m, e: so.root_scalar(lambda E: kepler(E, m, e), bracket=(0.0, 4.0)).root * m, (1.1, 0.3)),
    "fixed_point": (lambda m, e: so.fixed_point(lambda E: m + e * np.sin(E), 1.0, xtol=1e-13), (1.1, 0.3)),
    "fixed_point of a vector": (lambda m: so.fixed_point(lambda x: np.cos(m * x[::-1]), np.ones(2), xtol=1e-13), (0.5 * B,)),
    "fsolve": (lambda a, b: so.fsolve(pair, [1.0, 1.0], (a, b), xtol=1e-13), (0.5, B)),
    "root": (lambda a, b: so.root(pair, np.ones(2), args=(a, b), tol=1e-13).x ** 2, (0.5, B)),
    "minimize": (lambda a, b: so.minimize(valley, np.zeros(2), args=(a, b), tol=1e-10, method="Newton-CG",
                                          jac=lambda x, a, b: gradient(valley, x, a, b)[0]).x, (0.5, B)),
    "minimum": (lambda a, b: so.minimize(valley, np.zeros(2), (a, b), tol=1e-6).fun, (0.5, B)),
    "least_squares": (lambda a: so.least_squares(lambda x, a: [x[0] - a, x[1]**2 + a * x[0], x[1] - 1], np.ones(2), args=(a,),
                                                 xtol=1e-13, gtol=1e-13).x, (0.4,)),
    "curve_fit": (lambda y, s: so.curve_fit(lambda x, a, b: a * np.exp(-b * x), TIMES, y, (1.0, 1.0), s, xtol=1e-13)[0],
                  (2 * np.exp(-1.3 * TIMES) + 0.05 * np.sin(9 * TIMES), 1 + TIMES)),
    "minimize_scalar": (lambda a: so.minimize_scalar(lambda x: np.cosh(x - a) + a * x, tol=1e-10).x, (0.4,)),
}


@pytest.mark.parametrize("name", CASES)
def test_gradient(name):
    f, args = CASES[name]
    check_grads(f, *args, order=2 if name in ("brentq", "fsolve") else 1, rtol=1e-4, atol=1e-6)


def test_hessian():
    def f(p):
        return so.brentq(kepler, 0.0, 4.0, (p[0], p[1]))
    p, h = np.array([1.1, 0.3]), 1e-5
    want = [(gradient(f, p + h * e)[0] - gradient(f, p - h * e)[0]) / (2 * h) for e in np.eye(2)]
    np.testing.assert_allclose(hessian(f, p), want, rtol=1e-6)


def test_second_derivative_of_a_minimum():
    def place(a):
        return so.minimize_scalar(lambda x: (x - a * a) ** 2).x
    assert jvp(lambda a: gradient(place, a)[0], (1.3,), (1.0,))[1] == pytest.approx(2.0, rel=1e-6)


@pytest.mark.parametrize("f", [
    lambda a: so.minimize(valley, np.zeros(2), (a, B)).hess_inv[0, 0],
    lambda a: so.minimize(lambda x: valley(x, a, B), np.zeros(2), method="L-BFGS-B").hess_inv.todense()[0, 0],
    lambda a: so.root(lambda x: pair(x, a, B), np.ones(2)).fjac[0, 0],
    lambda a: so.curve_fit(lambda x, b: a * np.exp(-b * x), TIMES, TIMES)[1][0, 0]])
def test_other_entries_of_results_have_no_derivative_and_say_so(f):
    with pytest.raises(MissingRuleError):
        gradient(f, 0.5)
    with pytest.raises(MissingRuleError):
        jvp(f, (0.5,), (1.0,))


def test_other_entries_of_searches_that_depend_on_nothing_are_constants():
    inverse = so.minimize(valley, np.zeros(2), (0.3, B)).hess_inv
    assert gradient(lambda a: a * np.sum(so.minimize(valley, np.zeros(2), (0.3, B)).hess_inv), 0.5) == (np.sum(inverse),)


@pytest.mark.parametrize("f", [
    lambda m: so.least_squares(lambda x: x - m, np.ones(1), loss="soft_l1").x[0],
    lambda m: so.curve_fit(lambda x, b: x * b * m, TIMES, TIMES, bounds=(0, 1))[0][0],
    lambda m: so.brentq(kepler, 0.0, 4.0, (m, 0.3), full_output=True)[0],
    lambda m: so.newton(kepler, np.ones(2), args=(m, 0.3))[0],
    lambda m: so.fsolve(pair, [1.0, 1.0], (m, B), full_output=True)[0][0],
    lambda m: so.minimize(valley, np.zeros(2), (m, B), bounds=[(0, 1), (0, 1)]).x[0],
    lambda m: so.minimize(valley, np.zeros(2), (m, B), options={"maxiter": 1}).x[0]])
def test_refused(f):
    with pytest.raises(UnsupportedCodeError, match="cannot differentiate a search"):
        gradient(f, 1.1)
