"""scipy.ndimage: images at other points, by splines (`map_coordinates`, `shift`, `zoom`, `rotate`, `affine_transform`).

The value at a point t is the sum of c_i B(t_1 - i_1) B(t_2 - i_2) ..., where B is the cardinal B-spline of the order and the
coefficients c are a linear function of the image, `spline_filter`. Beyond its borders the image is continued as the mode says.
The modes 'wrap' and 'grid-constant' have no rule.

    [Unser 1999]    M. Unser, Splines: a perfect fit for signal and image processing
"""

from __future__ import annotations

from itertools import product
from math import comb, factorial
from typing import Any

import numpy as np
import scipy.ndimage

from zygote_py.registry import linear, non_differentiable, not_yet, rule
from zygote_py.rules.numpy.factorizations import refusal
from zygote_py.rules.numpy.helpers import conj, fit
from zygote_py.rules.numpy.shapes import unpad

EDGE = 12           # for the mode 'nearest' SciPy repeats the border so often before it finds the coefficients

rule(scipy.ndimage.map_coordinates,
     lambda dy, y, input, coordinates, *, order=3, mode="constant", cval=0.0, prefilter=True: fit(
         sampled_back(dy, y, input, coordinates, order, mode, cval, prefilter)[0], input),
     lambda dy, y, input, coordinates, *, order=3, mode="constant", cval=0.0, prefilter=True: fit(
         sampled_back(dy, y, input, coordinates, order, mode, cval, prefilter)[1], coordinates), None, None,
     lambda dy, y, input, coordinates, *, order=3, mode="constant", cval=0.0, prefilter=True: fit(
         sampled_back(dy, y, input, coordinates, order, mode, cval, prefilter)[2], cval))
rule(scipy.ndimage.shift,
     lambda dy, y, input, shift, *, order=3, mode="constant", cval=0.0, prefilter=True: fit(
         sampled_back(dy, y, input, shifted(y, shift), order, mode, cval, prefilter)[0], input),
     lambda dy, y, input, shift, *, order=3, mode="constant", cval=0.0, prefilter=True: fit(
         -each(sampled_back(dy, y, input, shifted(y, shift), order, mode, cval, prefilter)[1]), shift), None, None,
     lambda dy, y, input, shift, *, order=3, mode="constant", cval=0.0, prefilter=True: fit(
         sampled_back(dy, y, input, shifted(y, shift), order, mode, cval, prefilter)[2], cval))
rule(scipy.ndimage.zoom,
     lambda dy, y, input, zoom, *, order=3, mode="constant", cval=0.0, prefilter=True, grid_mode=False: fit(
         sampled_back(dy, y, input, zoomed(y, np.shape(input), grid_mode), order, mode, cval, prefilter)[0], input), not_yet,
     None, None,
     lambda dy, y, input, zoom, *, order=3, mode="constant", cval=0.0, prefilter=True, grid_mode=False: fit(
         sampled_back(dy, y, input, zoomed(y, np.shape(input), grid_mode), order, mode, cval, prefilter)[2], cval))
rule(scipy.ndimage.affine_transform,
     lambda dy, y, input, matrix, offset=0.0, *, output_shape=None, order=3, mode="constant", cval=0.0, prefilter=True: fit(
         sampled_back(dy, y, input, transformed(y, matrix, offset), order, mode, cval, prefilter)[0], input),
     lambda dy, y, input, matrix, offset=0.0, *, output_shape=None, order=3, mode="constant", cval=0.0, prefilter=True: fit(
         matrix_back(
             sampled_back(dy, y, input, transformed(y, matrix, offset), order, mode, cval, prefilter)[1], matrix), matrix),
     lambda dy, y, input, matrix, offset=0.0, *, output_shape=None, order=3, mode="constant", cval=0.0, prefilter=True: fit(
         each(sampled_back(dy, y, input, transformed(y, matrix, offset), order, mode, cval, prefilter)[1]), offset),
     None, None, None,
     lambda dy, y, input, matrix, offset=0.0, *, output_shape=None, order=3, mode="constant", cval=0.0, prefilter=True: fit(
         sampled_back(dy, y, input, transformed(y, matrix, offset), order, mode, cval, prefilter)[2], cval))
rule(scipy.ndimage.rotate,
     lambda dy, y, input, angle, axes=(1, 0), reshape=True, *, order=3, mode="constant", cval=0.0, prefilter=True: fit(
         sampled_back(dy, y, input, rotated(y, input, angle, axes), order, mode, cval, prefilter)[0], input),
     lambda dy, y, input, angle, axes=(1, 0), reshape=True, *, order=3, mode="constant", cval=0.0, prefilter=True: fit(
         angle_back(sampled_back(dy, y, input, rotated(y, input, angle, axes), order, mode, cval, prefilter)[1], input, angle,
                    axes), angle), None, None, None, None,
     lambda dy, y, input, angle, axes=(1, 0), reshape=True, *, order=3, mode="constant", cval=0.0, prefilter=True: fit(
         sampled_back(dy, y, input, rotated(y, input, angle, axes), order, mode, cval, prefilter)[2], cval))
linear(scipy.ndimage.spline_filter1d, lambda dy, input, order=3, axis=-1, *, mode="mirror": fit(
    unfilter(dy, order, (axis,), mode), input))
linear(scipy.ndimage.spline_filter, lambda dy, input, order=3, *, mode="mirror": fit(
    unfilter(dy, order, range(np.ndim(input)), mode), input))


# -- where the points are -------------------------------------------------------------------------------------------------------


def shifted(y: Any, shift: Any) -> Any:
    """The points that an image is shifted from."""
    n = y.ndim
    return np.indices(y.shape) - np.reshape(np.broadcast_to(shift, (n,)), (n,) + (1,) * n)


def zoomed(y: Any, shape: tuple, grid_mode: Any) -> Any:
    """The points that an image is drawn together from: its corners, or the corners of its pixels, stay where they are."""
    n = y.ndim
    if grid_mode:
        steps = np.array([m / k for m, k in zip(shape, y.shape)])
        return (np.indices(y.shape) + 0.5) * np.reshape(steps, (n,) + (1,) * n) - 0.5
    steps = np.array([(m - 1) / (k - 1) if k > 1 else 1.0 for m, k in zip(shape, y.shape)])
    return np.indices(y.shape) * np.reshape(steps, (n,) + (1,) * n)


def transformed(y: Any, matrix: Any, offset: Any) -> Any:
    """The points matrix @ o + offset for all o; a vector stands for a diagonal matrix."""
    n = y.ndim
    m, grid = np.asarray(matrix), np.reshape(np.indices(y.shape), (n, -1))
    if m.shape not in ((n,), (n, n)):
        raise refusal("scipy.ndimage.affine_transform has no rule for homogeneous matrices", "They contain the offset.",
                      "give the matrix and the offset one by one")
    points = (m[:, None] * grid if m.ndim == 1 else m @ grid) + np.reshape(np.broadcast_to(offset, (n,)), (n, 1))
    return np.reshape(points, (n, *y.shape))


def rotated(y: Any, image: Any, angle: Any, axes: Any) -> Any:
    """The points that an image is turned from, about its centre."""
    if np.ndim(image) != 2 or sorted([k % 2 for k in axes]) != [0, 1]:
        raise refusal("scipy.ndimage.rotate has a rule for a plane image only", "Each plane is turned by itself.",
                      "turn each plane, np.stack([rotate(plane, angle) for plane in image])")
    u, v = np.indices(y.shape) - np.reshape((np.array(y.shape) - 1) / 2, (2, 1, 1))
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    middle = (np.array(np.shape(image)) - 1) / 2
    return np.stack([c * u + s * v + middle[0], c * v - s * u + middle[1]])


def angle_back(d: Any, image: Any, angle: Any, axes: Any) -> Any:
    """The points move at right angles to their distance from the centre."""
    p, q = rotated(d[0], image, angle, axes) - np.reshape((np.array(np.shape(image)) - 1) / 2, (2, 1, 1))
    return np.sum(d[0] * q - d[1] * p) * np.pi / 180


def each(d: Any) -> Any:
    """Return the sums over all points, axis by axis."""
    return np.sum(np.reshape(d, (len(d), -1)), axis=1)


def matrix_back(d: Any, matrix: Any) -> Any:
    """The points are matrix @ o."""
    n = len(d)
    flat, grid = np.reshape(d, (n, -1)), np.reshape(np.indices(d.shape[1:]), (n, -1))
    return np.sum(flat * grid, axis=1) if np.ndim(matrix) == 1 else flat @ grid.T


# -- splines --------------------------------------------------------------------------------------------------------------------


def sampled_back(dy: Any, y: Any, image: Any, points: Any, order: int, mode: str, cval: Any, prefilter: Any) -> tuple:
    """y = sum of c_i B(t - i), hence dc_i = sum of dy B(t - i), dt = dy times the sum of c_i B'(t - i); cval is constant.

    Returns the cotangents of the image, of the points, the axes first, and of cval.
    """
    x, at = np.asarray(image), np.asarray(points) * 1.0
    n, filtered = x.ndim, bool(prefilter) and order > 1
    width = EDGE if filtered and mode == "nearest" else 0
    wide = np.pad(x, width, mode="edge") if width else x
    c = np.reshape(coefficients(wide, order, mode) if filtered else wide, -1)
    known = inside(at, x.shape, mode)
    sides = [taps(at[k], x.shape[k], order, mode, width) for k in range(n)]
    total, image_part, point_parts = 0.0, 0.0, [0.0] * n
    for some in product(range(order + 1), repeat=n):
        number = np.ravel_multi_index(tuple([sides[k][0][j] for k, j in enumerate(some)]), wide.shape)
        weights = [sides[k][1][j] for k, j in enumerate(some)]
        weight = np.prod(np.stack(weights), axis=0) * known
        part = np.reshape(c[np.reshape(number, -1)], number.shape)
        total = total + weight * part
        image_part = image_part + summed(dy * weight, number, c.size)
        for k in range(n):
            slope = np.prod(np.stack([*weights[:k], sides[k][2][some[k]], *weights[k + 1:]]), axis=0) * known
            point_parts = [p + np.real(conj(dy) * slope * part) if k == i else p for i, p in enumerate(point_parts)]
    check_values(total + cval * (1.0 - known), y, mode)
    d = np.reshape(image_part, wide.shape)
    d = unfilter(d, order, range(n), mode) if filtered else d
    return unpad(d, x, width, "edge") if width else d, np.stack(point_parts), np.sum(dy * (1.0 - known))


def summed(d: Any, number: Any, size: int) -> Any:
    """Return the sums of the elements of d with the same number."""
    flat, values = np.reshape(number, -1), np.reshape(d, -1)
    if np.iscomplexobj(d):
        return np.bincount(flat, np.real(values), size) + 1j * np.bincount(flat, np.imag(values), size)
    return np.bincount(flat, values, size)


def taps(t: Any, n: int, order: int, mode: str, width: int) -> tuple:
    """The numbers along an axis of the coefficients that reach each point, and the values and slopes of their B-splines there."""
    place, way = folded(t + width, n + 2 * width, mode)
    first = np.floor(place if order % 2 else place + 0.5).astype(int) - order // 2
    numbers = [first + j for j in range(order + 1)]
    return ([index_of(i, n + 2 * width, mode) for i in numbers], [spline(place - i, order) for i in numbers],
            [way * spline_slope(place - i, order) for i in numbers])


@non_differentiable
def inside(t: Any, shape: tuple, mode: str) -> Any:
    """1 for the points that have a value of the image, 0 for those that have `cval`."""
    if mode not in ("constant", "nearest", "mirror", "reflect", "grid-mirror", "grid-wrap"):
        raise refusal(f"scipy.ndimage has no rule for images at other points with mode={mode!r}",
                      "How it continues the image is its own.", "use 'nearest', 'mirror', 'reflect', 'grid-wrap' or 'constant'")
    if mode != "constant":
        return np.ones(t.shape[1:])
    return np.prod([(t[k] >= 0) & (t[k] <= n - 1) for k, n in enumerate(shape)], axis=0).astype(float)


def folded(t: Any, n: int, mode: str) -> tuple:
    """The points within the image that stand for points beyond it, and the slopes of this map."""
    if mode in ("constant", "nearest"):
        return np.clip(t, 0.0, n - 1.0), 1.0 * ((t >= 0) & (t <= n - 1))
    if mode == "grid-wrap":
        return t - n * np.floor(t / n), np.ones(t.shape)
    start, half = (0.0, max(n - 1.0, 1.0)) if mode == "mirror" else (-0.5, float(n))
    u = t - start - 2 * half * np.floor((t - start) / (2 * half))
    return start + np.where(u <= half, u, 2 * half - u), np.where(u <= half, 1.0, -1.0)


@non_differentiable
def index_of(i: Any, n: int, mode: str) -> Any:
    """The coefficient that stands for one beyond the border."""
    if mode == "grid-wrap":
        return i % n
    if mode in ("reflect", "grid-mirror"):
        u = i % (2 * n)
        return np.where(u < n, u, 2 * n - 1 - u)
    u = i % max(2 * n - 2, 1)
    return np.where(u < n, u, 2 * n - 2 - u)


@non_differentiable
def check_values(found: Any, y: Any, mode: str) -> None:
    """The derivative is one of these formulas: they have to give what SciPy gives."""
    tolerance = 1e-6 if y.dtype.itemsize > 4 else 1e-3
    if np.any(np.abs(found - y) > tolerance * (1.0 + np.abs(y).max(initial=0.0))):
        raise refusal(f"the rule for images at other points does not give what SciPy does with mode={mode!r}",
                      "A point lies at a border, or the result has another type.", "use another mode, or points within the image")


def spline(x: Any, order: int) -> Any:
    """The cardinal B-spline: sum over k of (-1)^k comb(n + 1, k) (x + (n + 1) / 2 - k)_+^n / n!   [Unser 1999]"""
    if order == 0:
        return 1.0 + 0.0 * x
    ends = [(-1) ** k * comb(order + 1, k) * np.maximum(x + 0.5 * (order + 1) - k, 0.0) ** order for k in range(order + 2)]
    return sum(ends) / factorial(order)


def spline_slope(x: Any, order: int) -> Any:
    """The difference of two B-splines of one order less."""
    if order < 2:
        return np.where(x > 0, -1.0, 1.0) if order else 0.0 * x
    return spline(x + 0.5, order - 1) - spline(x - 0.5, order - 1)


def coefficients(x: Any, order: int, mode: str) -> Any:
    """Return the coefficients of the B-splines of an image."""
    return scipy.ndimage.spline_filter(x, order, complex if np.iscomplexobj(x) else float, mode)


linear(coefficients, lambda dy, x, order, mode: unfilter(dy, order, range(np.ndim(x)), mode))


def unfilter(d: Any, order: int, axes: Any, mode: str) -> Any:
    """The transpose of the spline filter along each axis: its matrix is what it makes of the unit vectors."""
    for axis in axes:
        matrix = filter_matrix(d.shape[axis], order, mode)
        d = np.moveaxis(np.tensordot(matrix, d, (0, axis)), 0, axis)
    return d


@non_differentiable
def filter_matrix(n: int, order: int, mode: str) -> Any:
    return scipy.ndimage.spline_filter1d(np.eye(n), order, axis=0, mode=mode) if n > 1 else np.eye(1)
