"""scipy.ndimage: filters that are linear in the image.

Each extends the image at its borders, as np.pad does under other names (`PADDING`),
and takes weighted sums. The transpose spreads
the cotangent over the extended image, and adds what lies outside to the elements that were repeated there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.ndimage
import scipy.signal

from zygote_py.registry import linear, non_differentiable, rule
from zygote_py.rules.numpy.factorizations import refusal
from zygote_py.rules.numpy.helpers import conj, fit, ratio
from zygote_py.rules.numpy.shapes import unpad
from zygote_py.tangents import Unknown

WIDTH = Unknown("the width of a Gaussian filter")
PADDING = {"reflect": "symmetric", "grid-mirror": "symmetric", "mirror": "reflect", "nearest": "edge", "wrap": "wrap",
           "grid-wrap": "wrap", "constant": "constant", "grid-constant": "constant"}

# A correlation takes the complex conjugate of its weights.
rule(scipy.ndimage.correlate,
     lambda dy, y, input, weights, *, mode="reflect", cval=0.0, origin=0: fit(
         spread(dy, input, conj(np.asarray(weights)), mode, origin), input),
     lambda dy, y, input, weights, *, mode="reflect", cval=0.0, origin=0: fit(
         conj(overlap(dy, input, np.asarray(weights), mode, cval, origin)), weights),
     None,
     lambda dy, y, input, weights, *, mode="reflect", cval=0.0, origin=0: fit(
         beyond(dy, input, conj(np.asarray(weights)), mode, origin), cval))
rule(scipy.ndimage.convolve,
     lambda dy, y, input, weights, *, mode="reflect", cval=0.0, origin=0: fit(
         spread(dy, input, np.flip(weights), mode, mirrored(origin, weights)), input),
     lambda dy, y, input, weights, *, mode="reflect", cval=0.0, origin=0: fit(
         np.flip(overlap(dy, input, np.flip(weights), mode, cval, mirrored(origin, weights))), weights),
     None,
     lambda dy, y, input, weights, *, mode="reflect", cval=0.0, origin=0: fit(
         beyond(dy, input, np.flip(weights), mode, mirrored(origin, weights)), cval))
rule(scipy.ndimage.correlate1d,
     lambda dy, y, input, weights, axis=-1, *, mode="reflect", cval=0.0, origin=0: fit(
         spread(dy, input, line(conj(np.asarray(weights)), input, axis), mode, along(origin, input, axis)), input),
     lambda dy, y, input, weights, axis=-1, *, mode="reflect", cval=0.0, origin=0: fit(
         conj(overlap(dy, input, line(weights, input, axis), mode, cval, along(origin, input, axis))).reshape(-1), weights),
     None, None,
     lambda dy, y, input, weights, axis=-1, *, mode="reflect", cval=0.0, origin=0: fit(
         beyond(dy, input, line(conj(np.asarray(weights)), input, axis), mode, along(origin, input, axis)), cval))
rule(scipy.ndimage.convolve1d,
     lambda dy, y, input, weights, axis=-1, *, mode="reflect", cval=0.0, origin=0: fit(
         spread(dy, input, line(np.flip(weights), input, axis), mode, along(mirrored(origin, weights)[0], input, axis)), input),
     lambda dy, y, input, weights, axis=-1, *, mode="reflect", cval=0.0, origin=0: fit(
         np.flip(overlap(dy, input, line(np.flip(weights), input, axis), mode, cval, along(
             mirrored(origin, weights)[0], input, axis)).reshape(-1)), weights),
     None, None,
     lambda dy, y, input, weights, axis=-1, *, mode="reflect", cval=0.0, origin=0: fit(
         beyond(dy, input, line(np.flip(weights), input, axis), mode, along(mirrored(origin, weights)[0], input, axis)), cval))
linear(scipy.ndimage.gaussian_filter1d,
       lambda dy, input, sigma, axis=-1, order=0, *, mode="reflect", cval=0.0, truncate=4.0, radius=None: fit(
           spread(dy, input, line(gaussian(sigma, order, truncate, radius), input, axis), mode, 0), input))
rule(scipy.ndimage.gaussian_filter,
     lambda dy, y, input, sigma, order=0, *, mode="reflect", cval=0.0, truncate=4.0, radius=None, axes=None: fit(
         gaussian_back(dy, input, sigma, order, mode, truncate, radius, axes), input),
     lambda dy, y, input, sigma, order=0, *, mode="reflect", cval=0.0, truncate=4.0, radius=None, axes=None: WIDTH, None, None,
     lambda dy, y, input, sigma, order=0, *, mode="reflect", cval=0.0, truncate=4.0, radius=None, axes=None: fit(
         np.sum(dy * gaussian_of_border(input, sigma, order, mode, truncate, radius, axes)), cval), None, None, None)
linear(scipy.ndimage.uniform_filter1d, lambda dy, input, size, axis=-1, *, mode="reflect", cval=0.0, origin=0: fit(
    spread(dy, input, line(np.full(size, 1 / size), input, axis), mode, along(origin, input, axis)), input))
linear(scipy.ndimage.uniform_filter, lambda dy, input, size=3, *, mode="reflect", cval=0.0, origin=0: fit(
    uniform_back(dy, input, size, mode, origin), input))
linear(scipy.ndimage.sobel, lambda dy, input, axis=-1, *, mode="reflect", cval=0.0: fit(
    derivative_back(dy, input, axis, mode, np.array([1.0, 2.0, 1.0])), input))
linear(scipy.ndimage.prewitt, lambda dy, input, axis=-1, *, mode="reflect", cval=0.0: fit(
    derivative_back(dy, input, axis, mode, np.array([1.0, 1.0, 1.0])), input))
linear(scipy.ndimage.gaussian_laplace, lambda dy, input, sigma, *, mode="reflect", cval=0.0, truncate=4.0: fit(
    gaussian_laplace_back(dy, input, sigma, mode, truncate), input))
rule(scipy.ndimage.gaussian_gradient_magnitude, lambda dy, y, input, sigma, *, mode="reflect", cval=0.0, truncate=4.0: fit(
    gaussian_gradient_back(dy, y, input, sigma, mode, cval, truncate), input),
     lambda dy, y, input, sigma, *, mode="reflect", cval=0.0, truncate=4.0: WIDTH)
linear(scipy.ndimage.laplace, lambda dy, input, *, mode="reflect", cval=0.0: fit(laplace_back(dy, input, mode), input))


def each_axis(value: Any, ndim: int) -> list:
    """Return one value for each axis."""
    return list(value) if isinstance(value, (tuple, list, np.ndarray)) else [value] * ndim


def padding(shape: tuple, origin: Any) -> list:
    """Return how far the weights reach before and behind each element: the centre is at size // 2 + origin."""
    return [(n // 2 + o, n - 1 - n // 2 - o) for n, o in zip(shape, each_axis(origin, len(shape)))]


def padding_mode(mode: Any) -> Any:
    """Return the name that np.pad has for it."""
    if not isinstance(mode, str):
        raise refusal("scipy.ndimage has no rule for several modes", "The rule extends all axes in the same way.",
                      "filter along one axis after the other")
    return PADDING[mode]


def spread(dy: Any, x: Any, w: Any, mode: Any, origin: Any) -> Any:
    """y_i = sum of w_j x_{i+j-centre}, hence dx_k = sum of conj(w)_j dy_{k-j+centre}."""
    if dy.ndim == 0:
        return dy * conj(np.sum(w))
    return unpad(scipy.signal.convolve(dy, conj(w), "full"), np.asarray(x), padding(w.shape, origin), padding_mode(mode))


def overlap(dy: Any, x: Any, w: Any, mode: Any, cval: Any, origin: Any) -> Any:
    """y_i = sum of w_j x_{i+j-centre}, hence dw_j = sum of conj(x)_{i+j-centre} dy_i."""
    width, how = padding(w.shape, origin), padding_mode(mode)
    if how == "constant":
        wide = np.pad(np.asarray(x), width, mode=how, constant_values=cval)
    else:
        wide = np.pad(np.asarray(x), width, mode=how)
    return conj(scipy.signal.correlate(wide, dy, "valid"))


def beyond(dy: Any, x: Any, w: Any, mode: Any, origin: Any) -> Any:
    """Return the cotangent of the constant that stands for what lies outside: all that is spread but what is on the image."""
    if padding_mode(mode) != "constant":
        return 0.0
    full = scipy.signal.convolve(dy, conj(w), "full")
    return np.sum(full) - np.sum(unpad(full, np.asarray(x), padding(w.shape, origin), "constant"))


def mirrored(origin: Any, w: Any) -> list:
    """A convolution is a correlation with the weights in reverse; the centre of an even number of them is another one then."""
    shape = np.shape(w)
    return [-o - (n % 2 == 0) for o, n in zip(each_axis(origin, len(shape)), shape)]


def line(w: Any, x: Any, axis: int) -> Any:
    """Return weights that lie along one axis."""
    n = np.ndim(x)
    return np.reshape(w, [-1 if k == axis % n else 1 for k in range(n)])


def along(origin: Any, x: Any, axis: int) -> list:
    """Return the origin for one axis, and 0 for the others."""
    n = np.ndim(x)
    return [origin if k == axis % n else 0 for k in range(n)]


@non_differentiable
def gaussian(sigma: Any, order: int, truncate: float, radius: Any) -> Any:
    """Return the weights of a Gaussian filter: what it makes of a single one, in reverse."""
    reach = int(truncate * float(sigma) + 0.5) if radius is None else radius
    one = 1.0 * (np.arange(2 * reach + 1) == reach)
    return np.flip(scipy.ndimage.gaussian_filter1d(one, sigma, order=order, mode="constant", radius=radius, truncate=truncate))


def gaussian_back(dy: Any, x: Any, sigma: Any, order: Any, mode: Any, truncate: float, radius: Any, axes: Any) -> Any:
    """The filters along the axes, one after the other."""
    axes = list(range(np.ndim(x))) if axes is None else each_axis(axes, 1)
    n = len(axes)
    for axis, s, o, r in zip(axes, each_axis(sigma, n), each_axis(order, n), each_axis(radius, n)):
        if s > 1e-15:
            dy = spread(dy, dy, line(gaussian(s, o, truncate, r), x, axis), mode, 0)
    return dy


@non_differentiable
def gaussian_of_border(x: Any, sigma: Any, order: Any, mode: Any, truncate: float, radius: Any, axes: Any) -> Any:
    """Return how much of the constant beyond the borders is in each element."""
    return scipy.ndimage.gaussian_filter(np.zeros(np.shape(x)), sigma, order, None, mode, 1.0, truncate, radius=radius, axes=axes)


def along_each(ndim: int, order: int) -> list:
    """Return orders of derivatives: this one along one axis, and none along the others."""
    return [tuple([order if k == axis else 0 for k in range(ndim)]) for axis in range(ndim)]


def gaussian_laplace_back(dy: Any, x: Any, sigma: Any, mode: Any, truncate: float) -> Any:
    """The sum of the second derivatives along each axis."""
    parts = [gaussian_back(dy, x, sigma, o, mode, truncate, None, None) for o in along_each(np.ndim(x), 2)]
    return sum(parts[1:], parts[0])


def gaussian_gradient_back(dy: Any, y: Any, x: Any, sigma: Any, mode: Any, cval: Any, truncate: float) -> Any:
    """The root of the sum of the squares of the derivatives along each axis; 0 where it is 0."""
    share: Any = 0.0
    for o in along_each(np.ndim(x), 1):
        slope = scipy.ndimage.gaussian_filter(x, sigma, o, mode=mode, cval=cval, truncate=truncate)
        share = share + gaussian_back(dy * ratio(slope, y), x, sigma, o, mode, truncate, None, None)
    return share


def uniform_back(dy: Any, x: Any, size: Any, mode: Any, origin: Any) -> Any:
    """The means along the axes, one after the other."""
    n = np.ndim(x)
    for axis, m, o in zip(range(n), each_axis(size, n), each_axis(origin, n)):
        dy = spread(dy, dy, line(np.full(m, 1 / m), x, axis), mode, along(o, x, axis))
    return dy


def derivative_back(dy: Any, x: Any, axis: int, mode: Any, across: Any) -> Any:
    """A difference along one axis, and a weighted sum along the others."""
    n = np.ndim(x)
    for k in range(n):
        dy = spread(dy, dy, line(np.array([-1.0, 0.0, 1.0]) if k == axis % n else across, x, k), mode, 0)
    return dy


def laplace_back(dy: Any, x: Any, mode: Any) -> Any:
    """The sum of the second differences along each axis."""
    parts = [spread(dy, dy, line(np.array([1.0, -2.0, 1.0]), x, k), mode, 0) for k in range(np.ndim(x))]
    return sum(parts[1:], parts[0])
