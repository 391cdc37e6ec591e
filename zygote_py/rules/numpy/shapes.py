"""Rearrangements of the elements of one array: each is linear, and its transpose puts the elements back."""

from __future__ import annotations

from typing import Any

import numpy as np

from zygote_py.registry import linear, non_differentiable
from zygote_py.rules.kinds import opaque, transpose

from .helpers import fit, like

linear(np.reshape, lambda dy, a, shape=None, order="C": unshape(dy, a, order), kind=opaque, fresh=False)
linear(np.ravel, lambda dy, a, order="C": unshape(dy, a, order), kind=opaque, fresh=False)
linear(np.transpose, lambda dy, a, axes=None: untranspose(dy, a, axes), kind=transpose, fresh=False)
linear(np.swapaxes, lambda dy, a, axis1, axis2: fit(np.swapaxes(dy, axis1, axis2), a), kind=transpose, fresh=False)
linear(np.moveaxis, lambda dy, a, source, destination: fit(np.moveaxis(dy, destination, source), a), kind=transpose, fresh=False)
linear(np.rollaxis, lambda dy, a, axis, start=0: unroll_axis(dy, a, axis, start), kind=transpose, fresh=False)
linear(np.expand_dims, lambda dy, a, axis: like(dy, a), kind=opaque, fresh=False)
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
linear(np.tile, lambda dy, A, reps: untile(dy, A, reps), kind=opaque)
linear(np.repeat, lambda dy, a, repeats, axis=None: unrepeat(dy, a, repeats, axis), kind=opaque)
linear(np.diag, lambda dy, v, k=0: undiag(dy, v, k), kind=opaque)
linear(np.diagflat, lambda dy, v, k=0: like(np.diagonal(dy, k), v), kind=opaque)
linear(np.diagonal, lambda dy, a, offset=0, axis1=0, axis2=1: undiagonal(dy, a, offset, axis1, axis2), kind=opaque, fresh=False)
linear(np.trace, lambda dy, a, offset=0, axis1=0, axis2=1: untrace(dy, a, offset, axis1, axis2), kind=opaque)
linear(np.triu, lambda dy, m, k=0: fit(np.triu(dy, k), m), kind=transpose)
linear(np.tril, lambda dy, m, k=0: fit(np.tril(dy, k), m), kind=transpose)
linear(np.pad, lambda dy, array, pad_width, mode="constant": unpad(dy, array, pad_width, mode), kind=transpose)

# methods whose arguments are not those of the function
linear(np.ndarray.reshape, lambda dy, x, *shape, order="C": unshape(dy, x, order), kind=opaque, fresh=False)
linear(np.ndarray.transpose, lambda dy, x, *axes: untranspose(dy, x, axes), kind=transpose, fresh=False)
linear(np.ndarray.flatten, lambda dy, x, order="C": unshape(dy, x, order), kind=opaque)

non_differentiable(
    np.shape, np.ndim, np.size, np.broadcast_shapes, np.tril_indices, np.triu_indices, np.diag_indices, np.indices,
    np.unravel_index, np.ravel_multi_index, np.tri)


def unshape(dy: Any, a: Any, order: str) -> Any:
    """Put the elements back into the shape of `a`, in the order in which they were read."""
    if order == "C":
        return like(dy, a)
    if order != "F" and not np.asarray(a).flags.c_contiguous:
        raise NotImplementedError(f"the order {order!r} of elements in memory has no rule; use 'C' or 'F'")
    return fit(np.reshape(dy, np.shape(a), order="F" if order == "F" else "C"), a)


def untranspose(dy: Any, a: Any, axes: Any) -> Any:
    """Apply the inverse permutation; without one all axes were reversed."""
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
            return like(np.reshape(dy, (np.size(a), repeats)).sum(axis=1), a)
        return like(add_segments(dy, np.broadcast_to(repeats, (np.size(a),)), 0), a)
    shape = np.shape(a)
    axis = axis % len(shape)
    if np.ndim(repeats) == 0:
        return fit(np.reshape(dy, shape[:axis + 1] + (repeats,) + shape[axis + 1:]).sum(axis=axis + 1), a)
    return fit(add_segments(dy, np.broadcast_to(repeats, (shape[axis],)), axis), a)


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


def unpad(dy: Any, a: Any, width: Any, mode: str) -> Any:
    """Cut the padding off; it is constant zero."""
    if mode != "constant":
        raise NotImplementedError(f"np.pad with mode={mode!r} has no rule; use mode='constant' or concatenate")
    shape = np.shape(a)
    pairs = np.broadcast_to(width, (len(shape), 2))
    return fit(dy[tuple([slice(int(p[0]), int(p[0]) + n) for p, n in zip(pairs, shape)])], a)
