"""scipy.interpolate: piecewise polynomials and B-splines as objects that hold their coefficients.

The value of a spline is linear in its coefficients, and they are linear in the interpolated values. So a call gives its cotangent
to the record of the coefficients, and the constructor takes it from there to the values. By the positions of the data there is
no derivative here (`Unknown`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate

from ...errors import UnsupportedCodeError, message
from ...registry import non_differentiable
from ...rules.numpy.helpers import fit
from ...tangents import Unknown
from ..context import Context
from ..frames import user_frame
from ..shared import nones
from ..slots import primitive

__all__ = ["evaluate", "interpolate"]

POSITIONS = Unknown("the positions of interpolated data")
KNOTS = Unknown("the knots of a spline")


def interpolate(make: Any) -> Any:
    """The primitive for `make(x, y, ...)`, which returns a spline through the points."""
    def made(cx: Context, mask: int, x: Any, y: Any, *rest: Any, **words: Any) -> tuple[Any, Any, Any]:
        spline = make(x, y, *rest, **words)
        return spline, made_back, (make, spline, x, y, rest, words)
    return made


def made_back(cx: Context, tape: Any, dy: Any) -> tuple:
    make, spline, x, y, rest, words = tape
    d = cx.take(spline, coefficients(spline))
    others = nones(len(rest) + len(words))
    if d is None:
        return None, None, *others
    axis = axis_of(make, rest, words)
    weights = unit_coefficients(make, x, np.moveaxis(np.asarray(y), axis, 0), rest, words)
    return POSITIONS, fit(np.moveaxis(spread(weights, d), 0, axis), y), *others


def spread(weights: Any, d: Any) -> Any:
    """The values' cotangents: `weights` has the coefficients of the unit vectors, one behind the other along the last axis."""
    n = weights.ndim - 1
    return np.tensordot(np.moveaxis(weights, -1, 0), d, axes=n)


@non_differentiable
def axis_of(make: Any, rest: tuple, words: dict) -> int:
    at = {scipy.interpolate.CubicSpline: 0, scipy.interpolate.make_interp_spline: 3}[make]
    return words.get("axis", rest[at] if len(rest) > at else 0)


@non_differentiable
def unit_coefficients(make: Any, x: Any, y: Any, rest: tuple, words: dict) -> Any:
    """The coefficients of the splines through the unit vectors: they are a linear function of the values."""
    at = {scipy.interpolate.CubicSpline: 0, scipy.interpolate.make_interp_spline: 3}[make]
    along = tuple([0 if i == at else value for i, value in enumerate(rest)])
    return make(x, np.eye(len(y)), *along, **{**words, **({"axis": 0} if "axis" in words else {})}).c


@non_differentiable
def coefficients(spline: Any) -> str:
    """The attribute that holds the coefficients."""
    return "_c" if "_c" in vars(spline) else "c"


def evaluate(cx: Context, mask: int, spline: Any, x: Any, nu: int = 0, extrapolate: Any = None) -> tuple[Any, Any, Any]:
    """A call of a piecewise polynomial or a B-spline, as a primitive."""
    y = value(spline, x, nu, extrapolate)
    return y, evaluate_back, (spline, x, nu, extrapolate)


@non_differentiable
def value(spline: Any, x: Any, nu: int, extrapolate: Any) -> Any:
    return spline(x, nu, extrapolate)


def evaluate_back(cx: Context, tape: Any, dy: Any) -> tuple:
    spline, x, nu, extrapolate = tape
    if dy is None:
        return None, None, None, None
    points = np.reshape(np.asarray(x), (-1,))
    lead = spline.axis
    d = np.reshape(np.moveaxis(dy, tuple(range(lead, lead + np.ndim(x))), tuple(range(np.ndim(x)))), (points.size, -1))
    weights, shape = basis(spline, points, nu, extrapolate)
    inside = np.where(np.isnan(weights), 0.0, weights)
    cx.add(spline, coefficients(spline), np.reshape(inside.T @ d, shape))
    slope = spline(x, nu + 1, extrapolate)
    s = np.reshape(np.moveaxis(slope, tuple(range(lead, lead + np.ndim(x))), tuple(range(np.ndim(x)))), (points.size, -1))
    return None, fit(np.reshape(np.sum(d * np.where(np.isnan(s), 0.0, s.conj()), axis=1), np.shape(x)), x), None, None


def basis(spline: Any, x: Any, nu: int, extrapolate: Any) -> tuple[Any, tuple]:
    """What each coefficient contributes at each point, one point to a row, and the shape of the coefficients."""
    c = spline.c
    outside = spline.extrapolate if extrapolate is None else extrapolate
    if isinstance(spline, scipy.interpolate.BSpline):
        return scipy.interpolate.BSpline(spline.t, np.eye(len(c)), spline.k)(x, nu, outside), c.shape
    k, m = c.shape[:2]
    unit = np.reshape(np.eye(k * m), (k, m, k * m))
    return scipy.interpolate.PPoly(unit, spline.x)(x, nu, outside), c.shape


def only_once(cx: Context, mask: int, *args: Any) -> tuple[Any, Any, Any]:
    frame = user_frame()
    raise UnsupportedCodeError(message(
        "cannot differentiate the derivative of a spline", filename=frame[0], lineno=frame[1], function=frame[2],
        why="Only first derivatives of splines are known here.", instead="call the spline with nu=1 for its slope",
        doc="docs/limitations.md#splines-and-integrals"))


primitive(evaluate_back, only_once)
for make in (scipy.interpolate.CubicSpline, scipy.interpolate.make_interp_spline):
    primitive(make, interpolate(make))
for cls in (scipy.interpolate.PPoly, scipy.interpolate.BSpline):
    primitive(cls.__call__, evaluate)


def given(cls: Any, at: int) -> Any:
    """The primitive for a class that is given its coefficients as the argument at that place."""
    def held(cx: Context, mask: int, *args: Any, **words: Any) -> tuple[Any, Any, Any]:
        spline = cls(*args, **words)
        return spline, given_back, (spline, args, words, at)
    return held


def given_back(cx: Context, tape: Any, dy: Any) -> tuple:
    spline, args, words, at = tape
    d = cx.take(spline, coefficients(spline))
    if d is None:
        return nones(len(args) + len(words))
    ds = [fit(d, args[i]) if i == at else KNOTS if i == 1 - at else None for i in range(len(args))]
    return *ds, *[fit(d, value) if name == "c" else KNOTS if name in ("x", "t") else None for name, value in words.items()]


primitive(scipy.interpolate.PPoly, given(scipy.interpolate.PPoly, 0))
primitive(scipy.interpolate.BSpline, given(scipy.interpolate.BSpline, 1))
