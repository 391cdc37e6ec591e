"""NumPy's functions and methods that write into an array.

Those that can be said with a store are said so, in Python, and are differentiated like any other code; `out=` and `ufunc.at` have
pullbacks of their own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..registry import Rule, _register, lookup, non_differentiable
from .context import Context
from .memory import claim, keep_final, note_write, refuse_mutation, shadow, spill, spill_pending
from .methods import register_method
from .refusals import name_of
from .rules import apply_rule, covering, rule_back, write_with
from .shared import nones
from .standins import stand_in
from .stores import fit_value, freeze_index, last_ones

__all__: list[str] = []


# -- said with a store ----------------------------------------------------------------------------------------------


def fill(a: Any, value: Any) -> None:
    a[...] = value


def sort(a: Any, axis: Any = -1, kind: Any = None, **options: Any) -> None:
    a[...] = np.sort(a, axis, kind, **options)


def partition(a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect") -> None:
    a[...] = np.partition(a, kth, axis, kind)


def put(a: Any, ind: Any, v: Any, mode: Any = "raise") -> None:
    index = flat_places(a, ind, mode)
    a[index] = np.resize(v, index[0].shape)


@non_differentiable
def flat_places(a: Any, ind: Any, mode: Any) -> tuple:
    """The index that selects what `np.put` writes to."""
    return np.unravel_index(np.take(np.arange(a.size), ind, mode=mode), a.shape)


def place(arr: Any, mask: Any, vals: Any) -> None:
    mask = np.reshape(np.asarray(mask, bool), arr.shape)
    arr[mask] = np.resize(vals, np.count_nonzero(mask))


def putmask(a: Any, mask: Any, values: Any) -> None:
    mask = np.reshape(np.asarray(mask, bool), a.shape)
    a[mask] = np.resize(values, a.shape)[mask]


def copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    if where is True:
        dst[...] = src
    else:
        dst[...] = np.where(where, src, dst)


def fill_diagonal(a: Any, val: Any, wrap: Any = False) -> None:
    places = diagonal_places(a, wrap)
    a[np.unravel_index(places, a.shape)] = np.resize(val, places.shape)


@non_differentiable
def diagonal_places(a: Any, wrap: Any) -> Any:
    """Where the diagonal is in the array in one row."""
    marked = np.zeros(a.shape, bool)
    np.fill_diagonal(marked, True, wrap)
    return np.flatnonzero(marked)


def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    if axis is None:
        put(arr, indices, np.broadcast_to(values, np.shape(indices)))
    else:
        arr[along(arr.shape, indices, axis)] = values


@non_differentiable
def along(shape: Any, indices: Any, axis: int) -> tuple:
    """The index that `np.put_along_axis` means."""
    grid = np.ogrid[tuple(slice(n) for n in np.shape(indices))]
    out = [g if indices.shape[i] != 1 else np.arange(shape[i]).reshape(g.shape[:i] + (-1,) + g.shape[i + 1:])
           for i, g in enumerate(grid)]
    out[axis] = indices
    return tuple(out)


def shuffle(rng: Any, x: Any, axis: int = 0) -> None:
    x[...] = np.take(x, shuffled_order(rng, x, axis), axis)


@non_differentiable
def shuffled_order(rng: Any, x: Any, axis: int) -> Any:
    """The order into which the generator brings x; it goes on as if it had done so."""
    words = {} if isinstance(rng, np.random.RandomState) or axis == 0 else {"axis": axis}
    before = rng.get_state() if isinstance(rng, np.random.RandomState) else rng.bit_generator.state
    order, expected = np.arange(np.shape(x)[axis]), np.array(x)
    rng.shuffle(order)
    if isinstance(rng, np.random.RandomState):
        rng.set_state(before)
    else:
        rng.bit_generator.state = before
    rng.shuffle(expected, **words)
    if not np.array_equal(np.take(x, order, axis), expected, equal_nan=True):
        raise refuse_mutation(f"by {type(rng).__name__}.shuffle", "The order that it chose can't be told.",
                              "x = x[rng.permutation(len(x))]")
    return order


def shuffle_globally(x: Any) -> None:
    """`np.random.shuffle`"""
    shuffle(np.random.mtrand._rand, x)


for f, g in ((np.copyto, copyto), (np.put, put), (np.place, place), (np.putmask, putmask), (np.fill_diagonal, fill_diagonal),
             (np.put_along_axis, put_along_axis), (np.ndarray.fill, fill), (np.ndarray.sort, sort), (np.ndarray.put, put),
             (np.ndarray.partition, partition), (np.random.shuffle, shuffle_globally)):
    stand_in(f, g, writes=True)
for name, g in (("fill", fill), ("sort", sort), ("put", put), ("partition", partition)):
    register_method(np.ndarray, name, g)
for cls in (np.random.Generator, np.random.RandomState):
    register_method(cls, "shuffle", shuffle)


# -- out= -----------------------------------------------------------------------------------------------------------


def write_out(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """A function with a rule that puts its result into an array that it is given."""
    n, words = len(args), tuple(keywords)
    if isinstance(f, np.ufunc) and len(args) > f.nin:
        out, args = args[f.nin:], args[:f.nin]
        rest = dict(keywords)
    else:
        out = keywords["out"]
        rest = {k: keywords[k] for k in keywords if k != "out"}
    if out is None or (isinstance(out, tuple) and out[0] is None):
        y, back, tape = apply_rule(cx, mask, r, f, args, rest)
        return y, written_back, (back, tape, len(args), n, words, tuple(rest))
    if isinstance(out, tuple) and len(out) == 1:
        out = out[0]
    if not isinstance(out, np.ndarray) or r.form in ("rrule", "primitive"):
        raise refuse_mutation(f"of `out` by {name_of(f)}", "Its rule does not know how.", "a[...] = f(x)")
    where = rest.pop("where", True) if isinstance(f, np.ufunc) else True
    r = covering(r, rest)
    old = out.copy()
    note_write(cx, out)
    if where is True:
        f(*args, **rest, out=out)
    else:
        f(*args, **rest, out=out, where=where)
    return out, written_back, (out_back, (mask, r, args, rest, out, old, where), len(args), n, words, tuple(rest))


def written_back(cx: Context, tape: Any, dy: Any) -> tuple:
    """Cotangents in the order of the arguments and keywords that were given."""
    back, inner, m, n, words, rest = tape
    ds = back(cx, inner, dy)
    by_name = dict(zip(rest, ds[m:]))
    return (*ds[:m], *nones(n - m), *[by_name.get(k) for k in words])


def out_back(cx: Context, tape: Any, dy: Any) -> tuple:
    mask, r, args, rest, out, old, where = tape
    spill_pending(cx)
    keep_final(cx, out)
    dy = claim(cx, out, dy)
    y = out.copy()
    out[...] = old
    if dy is None or r.form == "none" or out.dtype.kind not in "fc":
        return nones(len(args) + len(rest))
    if where is not True:
        spill(cx, out, np.where(where, 0, dy))      # what was not written keeps its cotangent
        dy = np.where(where, dy, 0)
    return rule_back(cx, (r, mask, y, args, rest, None), dy)


write_with(write_out)


# -- ufunc.at -------------------------------------------------------------------------------------------------------


def update_at(cx: Context, mask: int, f: Any, a: Any, indices: Any, *b: Any) -> tuple[Any, Any, Any]:
    """`f.at(a, indices, b)`: where an index occurs twice, f is applied twice."""
    indices = freeze_index(indices)
    if f not in (np.add, np.subtract) and np.any(last_ones(a.shape, indices) == 0):
        raise refuse_mutation(f"by {f.__name__}.at with an index that occurs twice", "Each step would have to be kept.",
                              "use a loop")
    old = a.copy()
    note_write(cx, a)
    f.at(a, indices, *b)
    return None, at_back, (f, a, indices, old, b)


def at_back(cx: Context, tape: Any, dy: Any) -> tuple:
    f, a, indices, old, b = tape
    spill_pending(cx)
    keep_final(cx, a)
    y = a[indices]
    a[...] = old
    s = shadow(cx, a)
    d = s[indices]
    if f is np.add or f is np.subtract:
        return None, None, None, fit_value(cx, b[0], d if f is np.add else -d)
    ds = rule_back(cx, (lookup(f), -1, y, (old[indices], *b), {}, None), d)
    s[indices] = 0 if ds[0] is None else ds[0]
    return (None, None, None, *ds[1:])


def at(f: Any, a: Any, indices: Any, *b: Any) -> None:
    """`f.at(a, indices, b)`, as a function."""
    f.at(a, indices, *b)


_register(Rule(at, "primitive", (update_at,)))
register_method(np.ufunc, "at", at)
