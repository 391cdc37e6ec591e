"""scipy.integrate.odeint and solve_ivp in programs, by the adjoint equation, against differences."""

from __future__ import annotations

import numpy as np
import pytest

from zygote_py import UnsupportedCodeError, gradient, pushforward
from zygote_py.testing import check_grads

si = pytest.importorskip("scipy.integrate")
TIMES = np.array([0.0, 0.4, 1.1])
START = np.array([1.0, 0.5])
TIGHT = {"rtol": 1e-11, "atol": 1e-12}


def predators(s, y, a, b):
    return [a * y[0] - y[0] * y[1], b * y[0] * y[1] - y[1] + 0.1 * np.sin(s)]


class Spring:
    def __init__(self, k):
        self.k = k

    def pull(self, s, y):
        out = np.zeros(2)
        out[0] = y[1]
        out[1] = -self.k * y[0]
        return out


CASES = {
    "odeint, t first": (lambda y0, t, a, b: si.odeint(predators, y0, t, args=(a, b), tfirst=True, **TIGHT),
                        (START, TIMES, 0.7, 0.9)),
    "odeint": (lambda y0, b: si.odeint(lambda y, s: predators(s, y, 0.7, b), y0, TIMES, **TIGHT)[-1], (START, 0.9)),
    "odeint of a number": (lambda y0, k: si.odeint(lambda y, s: -k * y, y0, TIMES, **TIGHT)[:, 0], (1.3, 0.9)),
    "solve_ivp": (lambda y0, a, b: si.solve_ivp(predators, (0.0, 1.1), y0, args=(a, b), **TIGHT).y[:, -1], (START, 0.7, 0.9)),
    "solve_ivp at times": (lambda t, k: si.solve_ivp(Spring(k).pull, (0.0, 1.5), START, t_eval=t, **TIGHT).y,
                           (TIMES[1:], 0.9)),
    "solve_ivp, its span": (lambda t, k: si.solve_ivp(lambda s, y: [-k * y[0] * s], (t, 2 * t), [1.0], "LSODA", **TIGHT).y[0, -1],
                            (0.6, 0.9)),
}


@pytest.mark.parametrize("name", CASES)
def test_gradient(name):
    f, args = CASES[name]
    check_grads(f, *args, order=1, modes=("rev",), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("f", [
    lambda k: si.solve_ivp(Spring(k).pull, (0.0, 1.0), START, dense_output=True).sol(0.5)[0],
    lambda k: gradient(lambda k: si.odeint(lambda y, s: -k * y, 1.0, TIMES)[-1, 0], k)[0],
    lambda k: si.odeint(lambda y, s: -k * y, 1.0, TIMES, full_output=True)[0][-1, 0]])
def test_refused(f):
    with pytest.raises(UnsupportedCodeError, match="cannot differentiate the"):
        gradient(f, 0.9)


def test_forward_mode_is_refused():
    with pytest.raises(UnsupportedCodeError, match="forward mode"):
        pushforward(lambda k: si.odeint(lambda y, s: -k * y, 1.0, TIMES), 0.9)(1.0)
