"""Packages from PyPI that know nothing of differentiation, unmodified, against finite differences.

They are in the extra `test`; what is not installed is left out.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

import numpy as np
import pytest

import zygote_py
from zygote_py.testing import finite_difference, mismatch

pytestmark = pytest.mark.filterwarnings("ignore")       # theirs
CALLS = []


def uses(package, *arguments):
    """Enter a function that uses a package, with the arguments to differentiate it at."""
    def enter(f):
        CALLS.append(pytest.param(f, package, arguments, id=f"{package}-{f.__name__}"))
        return f
    return enter


@uses("psychrolib", 30.0, 0.4)
def humid_air(psychrolib, temperature, humidity):
    psychrolib.SetUnitSystem(psychrolib.SI)
    ratio, wet_bulb, dew_point, *_ = psychrolib.CalcPsychrometricsFromRelHum(temperature, humidity, 101325.0)
    return 100 * ratio + wet_bulb + dew_point


@uses("psychrolib", 25.0, 18.0)
def enthalpy_of_air(psychrolib, dry, wet):
    psychrolib.SetUnitSystem(psychrolib.SI)
    ratio = psychrolib.GetHumRatioFromTWetBulb(dry, wet, 95000.0)
    return 1e-4 * psychrolib.GetMoistAirEnthalpy(dry, ratio)


@uses("pymap3d", 42.0, -82.0, 1000.0)
def look_angles(pymap3d, latitude, longitude, height):
    azimuth, elevation, distance = pymap3d.geodetic2aer(latitude, longitude, height, 42.1, -81.9, 200.0)
    return azimuth + elevation + 1e-4 * distance


@uses("pymap3d", 4.0e6, 1.0e6, 4.5e6)
def place_on_the_ellipsoid(pymap3d, x, y, z):
    latitude, longitude, height = pymap3d.ecef2geodetic(x, y, z)
    return 1e5 * (latitude + longitude) + height


@uses("hsluv", 0.3, 0.5, 0.7)
def human_friendly_colour(hsluv, red, green, blue):
    hue, saturation, lightness = hsluv.rgb_to_hsluv([red, green, blue])
    return hue + saturation * lightness


@uses("colorspacious", np.array([50.0, 100.0, 150.0]))
def colour_difference(colorspacious, colour):
    return colorspacious.deltaE(colour, [90.0, 20.0, 30.0], input_space="sRGB255")


@uses("fluids", 0.07, 0.05, 2e5)
def orifice_meter(fluids, diameter, orifice, pressure):
    from fluids.flow_meter import flow_meter_discharge
    return flow_meter_discharge(D=diameter, Do=orifice, P1=pressure, P2=1.8e5, rho=1.2, C=0.6, expansibility=0.99)


@uses("fluids", 1e5, 1e-2)
def friction_in_a_pipe(fluids, reynolds, roughness):
    return 100 * fluids.friction_factor(reynolds, roughness, Method="Haaland")


@uses("iapws", 500.0, 3.0)
def water(iapws, temperature, pressure):
    from iapws.iapws97 import _Region1
    state = _Region1(temperature, pressure)
    return state["h"] * 1e-3 + state["s"] + state["v"]


@uses("simdkalman", 0.3, 0.5)
def smoothed_track(simdkalman, process, noise):
    model = simdkalman.KalmanFilter(
        state_transition=np.array([[1.0, 1.0], [0.0, 1.0]]), process_noise=np.diag([0.1, process]),
        observation_model=np.array([[1.0, 0.0]]), observation_noise=noise)
    return np.sum(model.smooth(np.array([[1.0, 2.1, 2.9, 4.2, 5.0]])).states.mean)


@uses("numpy_financial", 0.03, 120.0)
def present_value(numpy_financial, rate, payment):
    return float(numpy_financial.pv(rate, 10, -payment, 60.0) + numpy_financial.fv(rate, 12, -payment, -1000.0)
                 + numpy_financial.pmt(rate, 10, payment))       # its npv is compiled since 1.1


@uses("numpy_financial", 60.0)
def rate_of_return(numpy_financial, last):
    return float(numpy_financial.irr(np.array([-100.0, 30.0, 40.0, last])))


@uses("haversine", 45.7, 4.8)
def great_circle(haversine, latitude, longitude):
    return haversine.haversine((latitude, longitude), (48.8, 2.3))


@uses("pyquaternion", 0.3, 0.4)
def rotated_vector(pyquaternion, angle, tilt):
    q = pyquaternion.Quaternion(axis=[0.0, 1.0, tilt], angle=angle)
    r = pyquaternion.Quaternion.slerp(q, pyquaternion.Quaternion(axis=[1.0, 0.0, 0.0], angle=1.0), tilt)
    return np.sum(q.rotate(np.array([1.0, 2.0, 3.0])) * np.array([1.0, 0.3, 0.5])) + r.w * r.x


@uses("transforms3d", 0.1, 0.2, 0.3)
def euler_angles(transforms3d, a, b, c):
    from transforms3d.euler import euler2quat, mat2euler
    from transforms3d.quaternions import qmult, quat2mat
    q = euler2quat(a, b, c)
    return np.sum(np.array(mat2euler(quat2mat(qmult(q, q)))) * np.array([1.0, 2.0, 3.0]))


@uses("sympy", 0.5, 0.2)
def lambdified_formula(sympy, a, b):
    return FORMULA(a, b)


@uses("scipy", 0.5)
def initial_value_problem(scipy, rate):
    from scipy.integrate import solve_ivp
    return solve_ivp(lambda t, y: -rate * y, [0, 1], [1.0], rtol=1e-8, atol=1e-10).y[0, -1]


@uses("scipy", 0.5)
def newtons_method(scipy, a):
    from scipy.optimize import newton
    return newton(lambda z: z ** 3 - a, 1.0)


if find_spec("sympy"):
    import sympy

    u, v = sympy.symbols("u v")
    FORMULA = sympy.lambdify((u, v), sympy.sin(u * v) + sympy.exp(u) / v, "numpy")


@pytest.mark.parametrize(("f", "package", "arguments"), CALLS)
def test_gradient_through_a_package(f, package, arguments, monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)     # where there is numba, psychrolib compiles itself anew in each call
    module = pytest.importorskip(package)

    def of_arguments(*xs):
        return f(module, *xs)
    value, gradient = zygote_py.withgradient(of_arguments, *arguments)
    assert value == of_arguments(*arguments)
    for i, got in enumerate(gradient):
        wrong = mismatch(got, finite_difference(of_arguments, arguments, i), rtol=1e-5, atol=1e-6)
        assert wrong is None, f"argument {i}: {wrong}"


def test_there_are_calls_into_many_packages():
    assert len(CALLS) >= 12 and len({p.values[1] for p in CALLS}) >= 8
