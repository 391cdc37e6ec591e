"""Rearrangements of the elements of one array: each is linear, and its transpose puts the elements back."""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.registry import linear, non_differentiable, rule, with_options
from zygote_py.rules.kinds import diagonal, diagonal_or_matrix, flat, opaque, reshaped, transpose, widened

from .helpers import fit, like

linear(np.reshape, lambda dy, a, shape=None, order="C": unshape(dy, a, order), kind=reshaped, fresh=False)
linear(np.ravel, lambda dy, a, order="C": unshape(dy, a, order), kind=flat, fresh=False)
linear(np.transpose, lambda dy, a, axes=None: untranspose(dy, a, axes), kind=transpose, fresh=False)
linear(np.swapaxes, lambda dy, a, axis1, axis2: fit(np.swapaxes(dy, axis1, axis2), a), kind=transpose, fresh=False)
linear(np.moveaxis, lambda dy, a, source, destination: fit(np.moveaxis(dy, destination, source), a), kind=transpose, fresh=False)
linear(np.rollaxis, lambda dy, a, axis, start=0: unroll_axis(dy, a, axis, start), kind=transpose, fresh=False)
linear(np.expand_dims, lambda dy, a, axis: like(dy, a), kind=widened, fresh=False)
linear(np.squeeze, lambda dy, a, axis=None: like(dy, a), kind=opaque, fresh=False)
linear(np.broadcast_to, lambda dy, array, shape, subok=False: fit(dy, array), kind=opaque, fresh=False)
linear(np.atleast_1d, lambda dy, x: like(dy, x), kind=opaque, fresh=False)
linear(np.atleast_2d, lambda dy, x: like(dy, x), kind=opaque, fresh=False)
linear(np.atleast_3d, lambda dy, x: like(dy, x), kind=opaque, fresh=False)
linear(np.flip, lambda dy, m, axis=None: fit(np.flip(dy, axis), m), kind=transpose, fresh=False)
linear(np.fliplr, lambda dy, m: fit(np.fliplr(dy), m), kind=transpose, fresh=False)
linear(np.flipud, lambda dy, m: fit(np.flipud(dy), m), kind=transpose, fresh=False)
linear(np.roll, lambda dy, a, shift, axis=None: fit(np.roll(dy, opposite(shift), axis), a), kind=transpose)
linear(np.rot90, lambda dy, m, k=1, axes=(0, 1): fit(np.rot90(dy, -k, axes), m), kind=transpose, fresh=False)
rule(np.block, lambda dy, y, arrays: unblock(dy, arrays), kind=opaque)
linear(np.tile, lambda dy, A, reps: untile(dy, A, reps), kind=opaque)
linear(np.repeat, lambda dy, a, repeats, axis=None: unrepeat(dy, a, repeats, axis), kind=opaque)
linear(np.resize, lambda dy, a, new_shape: like(add_rows(np.reshape(dy, -1), np.arange(np.size(dy)) % np.size(a), np.size(a)), a))
linear(np.diag, lambda dy, v, k=0: undiag(dy, v, k), kind=diagonal_or_matrix, fresh=False)
linear(np.diagflat, lambda dy, v, k=0: like(np.diagonal(dy, k), v), kind=opaque)
linear(np.diagonal, lambda dy, a, offset=0, axis1=0, axis2=1: undiagonal(dy, a, offset, axis1, axis2), kind=diagonal, fresh=False)
linear(np.trace, lambda dy, a, offset=0, axis1=0, axis2=1: untrace(dy, a, offset, axis1, axis2), kind=opaque)
linear(np.triu, lambda dy, m, k=0: fit(np.triu(dy, k), m), kind=transpose)
linear(np.tril, lambda dy, m, k=0: fit(np.tril(dy, k), m), kind=transpose)
rule(np.pad, lambda dy, y, array, pad_width, mode="constant": unpad(dy, array, pad_width, mode), kind=transpose)
with_options(
    np.pad, lambda dy, y, array, pad_width, mode="constant", *, constant_values=0, end_values=0, stat_length=None,
    reflect_type="even": unpad(dy, array, pad_width, mode, reflect_type, stat_length),
    None, None, lambda dy, y, array, pad_width, mode="constant", *, constant_values=0, end_values=0, stat_length=None,
    reflect_type="even": unpad_values(dy, array, pad_width, mode, constant_values),
    lambda dy, y, array, pad_width, mode="constant", *, constant_values=0, end_values=0, stat_length=None,
    reflect_type="even": unpad_values(dy, array, pad_width, mode, end_values))

# methods whose arguments are not those of the function
linear(np.ndarray.reshape, lambda dy, x, *shape, order="C": unshape(dy, x, order), kind=reshaped, fresh=False)
linear(np.ndarray.transpose, lambda dy, x, *axes: untranspose(dy, x, axes), kind=transpose, fresh=False)
linear(np.ndarray.flatten, lambda dy, x, order="C": unshape(dy, x, order), kind=flat)

non_differentiable(
    np.shape, np.ndim, np.size, np.broadcast_shapes, np.tril_indices, np.triu_indices, np.diag_indices, np.indices,
    np.unravel_index, np.ravel_multi_index, np.tri)

linear(np.lib.stride_tricks.sliding_window_view, lambda dy, x, window_shape, axis=None, *, subok=False, writeable=False:
       unwindow(dy, x, window_shape, axis), fresh=False)


def unshape(dy: Any, a: Any, order: str) -> Any:
    """Put the elements back into the shape of `a`, in the order in which they were read."""
    if order == "C":
        return like(dy, a)
    x = np.asarray(a)
    if order == "K" and not x.flags.forc:
        return like(add_rows(np.reshape(dy, -1), places_in_memory(x), x.size), a)
    fortran = order == "F" or (order in ("A", "K") and x.flags.fnc)
    return fit(np.reshape(dy, np.shape(a), order="F" if fortran else "C"), a)


@non_differentiable
def places_in_memory(x: Any) -> Any:
    """Return the numbers of the elements of x in the order "K", in which they lie in memory."""
    if 0 in [step for n, step in zip(x.shape, x.strides) if n > 1]:
        raise NotImplementedError("the order 'K' of elements that share memory has no rule; use 'C' or 'F'")
    numbers = np.empty_like(x, dtype=np.intp)                   # in a layout as that of x
    numbers[...] = np.arange(x.size).reshape(x.shape)
    return np.ravel(numbers, "K")


def untranspose(dy: Any, a: Any, axes: Any) -> Any:
    """Apply the inverse permutation; without one all axes were reversed."""
    if axes.__class__ is np.ndarray:
        axes = axes.tolist()
    if axes is None or axes == () or axes == (None,):
        return fit(dy.T, a)
    if axes[0].__class__ is tuple or axes[0].__class__ is list:
        axes = axes[0]
    inverse = [0] * len(axes)
    for position, axis in enumerate(axes):
        inverse = [position if i == axis % len(axes) else inverse[i] for i in range(len(axes))]
    return fit(np.transpose(dy, inverse), a)


def unroll_axis(dy: Any, a: Any, axis: int, start: int) -> Any:
    """Move the axis back from where rollaxis put it."""
    n = np.ndim(a)
    axis, start = axis % n, start + n if start < 0 else start
    return fit(np.moveaxis(dy, start - 1 if start > axis else start, axis), a)


def opposite(shift: Any) -> Any:
    """Return the shifts that undo the given ones."""
    return tuple([-s for s in shift]) if isinstance(shift, (tuple, list)) else -shift


def untile(dy: Any, a: Any, reps: Any) -> Any:
    """Sum over the copies."""
    reps, shape = tuple(reps) if isinstance(reps, (tuple, list, np.ndarray)) else (reps,), np.shape(a)
    n = max(len(reps), len(shape))
    reps, padded = (1,) * (n - len(reps)) + reps, (1,) * (n - len(shape)) + tuple(shape)
    split = tuple([length for pair in zip(reps, padded) for length in pair])
    return like(np.reshape(dy, split).sum(axis=tuple(range(0, 2 * n, 2))), a)


def unrepeat(dy: Any, a: Any, repeats: Any, axis: Any) -> Any:
    """Sum over the copies of each element."""
    if axis is None:
        if np.ndim(repeats) == 0:
            return like(sum_copies(np.reshape(dy, (np.size(a), repeats)), 1), a)
        return like(add_segments(dy, np.broadcast_to(repeats, (np.size(a),)), 0), a)
    shape = np.shape(a)
    axis = axis % len(shape)
    if np.ndim(repeats) == 0:
        return fit(sum_copies(np.reshape(dy, shape[:axis + 1] + (repeats,) + shape[axis + 1:]), axis + 1), a)
    return fit(add_segments(dy, np.broadcast_to(repeats, (shape[axis],)), axis), a)


def sum_copies(d: Any, axis: int) -> Any:
    """Return the sum over an axis; over a short one, NumPy adds slices sooner."""
    if not 0 < d.shape[axis] <= 8:
        return d.sum(axis=axis)
    layers = np.moveaxis(d, axis, 0)
    total = layers[0]
    for i in range(1, len(layers)):
        total = total + layers[i]
    return total


def add_segments(dy: Any, lengths: Any, axis: int) -> Any:
    """Sum over consecutive segments of the given lengths, which may be 0."""
    d = np.moveaxis(dy, axis, 0)
    total = np.concatenate([np.zeros((1, *d.shape[1:]), d.dtype), np.cumsum(d, 0)], 0)
    ends = np.cumsum(lengths)
    return np.moveaxis(total[ends] - total[ends - lengths], 0, axis)


def place_diagonal(d: Any, shape: tuple, k: int) -> Any:
    """Return an array of the given shape that has `d` on the k-th diagonal of its last two axes, and 0 elsewhere."""
    r = np.zeros(shape, d.dtype)
    i = np.arange(d.shape[-1])
    r[..., i - min(k, 0), i + max(k, 0)] = d
    return r


linear(place_diagonal, lambda dy, d, shape, k: np.diagonal(dy, k, -2, -1))


def undiag(dy: Any, v: Any, k: int) -> Any:
    """np.diag makes a matrix of a vector, and a vector of a matrix."""
    return fit(np.diagonal(dy, k), v) if np.ndim(v) == 1 else fit(place_diagonal(dy, np.shape(v), k), v)


def undiagonal(dy: Any, a: Any, offset: int, axis1: int, axis2: int) -> Any:
    """Put the diagonal, the last axis of dy, back into the plane of the two axes."""
    shape = np.shape(np.moveaxis(np.asarray(a), (axis1, axis2), (-2, -1)))
    return fit(np.moveaxis(place_diagonal(dy, shape, offset), (-2, -1), (axis1, axis2)), a)


def untrace(dy: Any, a: Any, offset: int, axis1: int, axis2: int) -> Any:
    """The trace is the sum of the diagonal."""
    n = np.diagonal(np.asarray(a), offset, axis1, axis2).shape[-1]
    return undiagonal(np.asarray(dy)[..., None] * np.ones(n), a, offset, axis1, axis2)


def unpad(dy: Any, a: Any, width: Any, mode: Any, reflect_type: Any = "even", stat_length: Any = None) -> Any:
    """np.pad works axis by axis: so does its transpose, the last axis first."""
    x = np.asarray(a)
    pairs = pad_pairs(width, x.ndim)
    if mode == "empty" or mode == "constant":
        return fit(dy[tuple([slice(p, p + n) for (p, q), n in zip(pairs, x.shape)])], a)
    if mode.__class__ is not str:
        raise NotImplementedError("np.pad with a function as its mode has no rule; use np.concatenate")
    stages = [x]                    # the array as it is before each axis
    if mode in ("maximum", "minimum", "mean", "median"):
        for k in range(x.ndim - 1):
            stages = [*stages, pad_one(stages[-1], pairs, k, mode, stat_length)]
    d = dy
    for k in reversed(range(x.ndim)):
        before = stages[k] if len(stages) > 1 else x
        p, q = pairs[k]
        d = np.moveaxis(unpad_axis(np.moveaxis(d, k, -1), np.moveaxis(before, k, -1), p, q, mode, reflect_type,
                                   lengths_of(stat_length, x.ndim, k)), -1, k)
    return fit(d, a)


def pad_pairs(width: Any, ndim: int) -> list:
    """Return (before, after) for each axis."""
    if isinstance(width, dict):
        given = {k % ndim: v for k, v in width.items()}
        width = [np.broadcast_to(given[k], (2,)) if k in given else (0, 0) for k in range(ndim)]
    return [(int(p), int(q)) for p, q in np.broadcast_to(width, (ndim, 2))]


def lengths_of(stat_length: Any, ndim: int, k: int) -> tuple:
    """Return over how many edge elements a statistic is taken, before and after; None for all."""
    return (None, None) if stat_length is None else tuple([int(n) for n in np.broadcast_to(stat_length, (ndim, 2))[k]])


def pad_one(x: Any, pairs: list, k: int, mode: Any, stat_length: Any) -> Any:
    """Pad along one axis."""
    widths = [pairs[i] if i == k else (0, 0) for i in range(x.ndim)]
    if stat_length is None:
        return np.pad(x, widths, mode=mode)
    return np.pad(x, widths, mode=mode, stat_length=np.broadcast_to(stat_length, (x.ndim, 2)).tolist())


def unpad_axis(d: Any, x: Any, p: int, q: int, mode: Any, reflect_type: str, lengths: tuple) -> Any:
    """The transpose along the last axis, which had n elements and p and q in front and behind.

    edge, wrap, reflect, symmetric: each padded element is a copy (odd reflection: twice the edge minus the copy). linear_ramp:
    a mean of the edge and the end value. maximum, minimum, mean, median: a statistic of the elements next to the edge.
    """
    n = x.shape[-1]
    front, middle, behind = d[..., :p], d[..., p:p + n], d[..., p + n:]
    if mode in ("edge", "wrap", "reflect", "symmetric"):
        if reflect_type == "odd" and mode in ("reflect", "symmetric"):
            return middle + odd_reflection(front, behind, n, mode)
        source = np.pad(np.arange(n), (p, q), mode=mode)
        copies, rows = np.concatenate([front, behind], -1), np.concatenate([source[:p], source[p + n:]])
        return middle + np.moveaxis(add_rows(np.moveaxis(copies, -1, 0), rows, n), 0, -1)
    if mode == "linear_ramp":
        low = (front * (np.arange(p) / max(p, 1))).sum(axis=-1, keepdims=True)
        high = (behind * (np.arange(q, 0, -1) - 1) / max(q, 1)).sum(axis=-1, keepdims=True)
        return middle + low * (np.arange(n) == 0) + high * (np.arange(n) == n - 1)
    if mode not in ("maximum", "minimum", "mean", "median"):
        raise NotImplementedError(f"np.pad with mode={mode!r} has no rule; use np.concatenate")
    total = middle
    for edge, length, first in ((front, lengths[0], True), (behind, lengths[1], False)):
        m = n if length is None else min(length, n)
        window = x[..., :m] if first else x[..., n - m:]
        share = statistic_share(window, mode) * edge.sum(axis=-1, keepdims=True)
        blank = np.zeros((*share.shape[:-1], n - m))
        total = total + np.concatenate([share, blank] if first else [blank, share], -1)
    return total


def odd_reflection(front: Any, behind: Any, n: int, mode: Any) -> Any:
    """Odd reflection is a linear map along the axis: its matrix comes from the unit vectors."""
    rows = np.stack([np.pad(e, (front.shape[-1], behind.shape[-1]), mode=mode, reflect_type="odd") for e in np.eye(n)])
    p = front.shape[-1]
    return front @ rows[:, :p].T + behind @ rows[:, p + n:].T


def statistic_share(x: Any, mode: str) -> Any:
    """Return the derivative of a statistic along the last axis: even shares at ties of a maximum or minimum."""
    n = x.shape[-1]
    if mode == "mean":
        return np.full(x.shape, 1 / n)
    if mode == "median":
        rank = np.argsort(np.argsort(x, axis=-1), axis=-1)
        return 0.5 * ((rank == (n - 1) // 2) + 1.0 * (rank == n // 2))
    attained = x == (x.max(axis=-1, keepdims=True) if mode == "maximum" else x.min(axis=-1, keepdims=True))
    return attained / attained.sum(axis=-1, keepdims=True)


def add_rows(d: Any, rows: Any, n: int) -> Any:
    """Return an array of n rows to which the rows of `d` are added, each at its number."""
    r = np.zeros((n, *d.shape[1:]), d.dtype)
    np.add.at(r, rows, d)
    return r


linear(add_rows, lambda dy, d, rows, n: dy[rows])


def unpad_values(dy: Any, a: Any, width: Any, mode: Any, values: Any) -> Any:
    """The cotangent of the constants, or of the end values of ramps: the later axis owns the corners."""
    if mode not in ("constant", "linear_ramp"):
        return None
    shape, ndim = np.shape(a), np.ndim(a)
    pairs = pad_pairs(width, ndim)
    totals: list = []
    d = dy
    for k in reversed(range(ndim)):
        p, q = pairs[k]
        d = np.moveaxis(d, k, -1)
        n = shape[k]
        up, down = (1.0, 1.0) if mode == "constant" else (1 - np.arange(p) / max(p, 1), 1 - (np.arange(q, 0, -1) - 1) / max(q, 1))
        totals = [[np.sum(d[..., :p] * up), np.sum(d[..., p + n:] * down)], *totals]
        inner = unpad_axis(d, np.zeros(d.shape[:-1] + (n,)), p, q, mode, "even", (None, None)) if mode == "linear_ramp" \
            else d[..., p:p + n]
        d = np.moveaxis(inner, -1, k)
    return fit(np.array(totals), values)


def unblock(dy: Any, arrays: Any) -> Any:
    """Nested lists of blocks: the innermost lists are joined along the last axis, those around them along the axes before."""
    depth, width = block_depth(arrays)
    ndim = max(depth, width)
    return cut_block(np.reshape(dy, (1,) * (ndim - np.ndim(dy)) + np.shape(dy)), arrays, ndim - depth, ndim)


def block_depth(arrays: Any) -> tuple:
    """Return how deep the lists are nested, and the largest number of axes of a block."""
    if not isinstance(arrays, list):
        return 0, np.ndim(arrays)
    inner = [block_depth(a) for a in arrays]
    return 1 + inner[0][0], max([width for _, width in inner])


def block_length(arrays: Any, axis: int, ndim: int) -> int:
    """Return the length of a block, or of the blocks in nested lists, along `axis` of `ndim`."""
    if isinstance(arrays, list):
        depth = block_depth(arrays)[0]
        lengths = [block_length(a, axis, ndim) for a in arrays]
        return sum(lengths) if axis == ndim - depth else lengths[0]
    shape = (1,) * (ndim - np.ndim(arrays)) + np.shape(arrays)
    return shape[axis]


def cut_block(d: Any, arrays: Any, axis: int, ndim: int) -> Any:
    """Cut `d` along `axis` into the entries of a list, and each along the next axis."""
    if not isinstance(arrays, list):
        return like(d, arrays)
    parts: list = []
    start = 0
    for a in arrays:
        size = block_length(a, axis, ndim)
        parts = [*parts, cut_block(d[(slice(None),) * axis + (slice(start, start + size),)], a, axis + 1, ndim)]
        start = start + size
    return parts


def unwindow(dy: Any, x: Any, window_shape: Any, axis: Any) -> Any:
    """Each place in the window has a copy of x, cut off at both ends; add them up."""
    sizes = window_shape if isinstance(window_shape, tuple) else (window_shape,)
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    r = np.zeros(x.shape, dy.dtype)
    for place in np.ndindex(*sizes):
        start = [0] * x.ndim
        for i, a in zip(place, axes):
            start[a] += i
        part = tuple([slice(i, i + n) for i, n in zip(start, dy.shape)])
        r[part] += dy[(Ellipsis,) + place]
    return fit(r, x)
