"""`python benchmarks/rules.py [NAME ...]`: the time of each rule's pullback over the time of the function, for 100000 numbers.

Enters: the registry, and the arguments below. Leaves: a table, the dearest last; 1 if a rule above the aim has no reason. Both
are run as the engine runs a callee that it meets at run time, with every floating point argument active.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from timeit import Timer
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import zygote_py.pipeline  # noqa: F401
from benchmarks.harness import limit_threads, settle_memory
from zygote_py.registry import _rules, lookup
from zygote_py.runtime.call import callx
from zygote_py.runtime.context import Context

__all__ = ["AIM", "REASONS", "cases", "measure"]

AIM = 6.0
N = 100_000
RNG = np.random.default_rng(1)
X = RNG.uniform(0.2, 0.8, N)
Y = RNG.uniform(0.2, 0.8, N)
SIGNED = X - 0.5
M = RNG.uniform(0.2, 0.8, (250, 400))
SQUARE = RNG.standard_normal((316, 316)) + 20 * np.eye(316)
SYMMETRIC = SQUARE @ SQUARE.T
C = X + 1j * Y
INDEX = RNG.integers(0, N, N)
MASK = X > 0.4
SMALL = RNG.uniform(0.2, 0.8, 300)
THIN = RNG.uniform(0.2, 0.8, (50, 2000))
HOLES = np.where(X > 0.7, np.nan, X)
HOLES2 = HOLES.reshape(250, 400)

REASONS = {
    "reshape": "the function makes a view; the pullback too, but through Python",
    "view": "the function makes a view",
    "diagonal": "the function makes a view; the pullback makes a matrix of zeros",
    "getitem": "the function makes a view; the pullback makes an array of zeros",
    "take one": "the function copies a few numbers; the pullback makes an array of zeros",
    "write": "the function writes one number into each element; the pullback sums them",
    "i0": "I_1 takes as many terms as the largest argument asks for",
    "median": "the function selects; the pullback has to know which elements, and sorts",
    "trace": "the function reads a diagonal; the pullback makes a matrix of zeros",
    "searched": "the function tests or counts; the pullback moves every number",
    "sorts": "the function sorts; the pullback needs the order, which takes longer",
    "bins": "the function goes through even bins; the pullback searches for each number",
    "both": "each factor's cotangent is as large as the larger one",
    "ties": "the function is one instruction for several numbers; the pullback looks for ties first",
    "bounds": "the function is one instruction for several numbers; the pullback compares for the array and both bounds",
    "again": "the pullback finds both extremes again, and looks for ties",
    "counts": "the pullback sums segments of different lengths",
    "division": "the pullback divides complex numbers",
    "lapack": "a decomposition's derivative takes several matrix products",
}


def cases() -> dict[str, tuple[Callable, tuple, dict, str]]:
    """Name -> (function, arguments, keywords, reason for a ratio above the aim)."""
    found: dict[str, tuple[Callable, tuple, dict, str]] = {}

    f: Any
    rest: Any

    def add(f: Any, *args: Any, why: str = "", tag: str = "", **keywords: Any) -> None:
        found[f"{getattr(f, '__qualname__', None) or f.__name__}{' ' * bool(tag)}{tag}"] = (f, args, keywords, why)

    for r in list(_rules.values()):
        if isinstance(r.f, np.ufunc) and r.form == "elementwise" and r.f.nin <= 2:
            x = 1 + X if r.f is np.arccosh else X
            second = np.full(N, 3) if r.f is np.ldexp else Y
            why = REASONS["ties"] if r.f in (np.maximum, np.minimum, np.fmax, np.fmin) else ""
            add(r.f, *((x,) if r.f.nin == 1 else (x, second)), why=why)
    for f in (np.exp, np.multiply, np.divide, np.sqrt, np.absolute):
        add(f, *((C,) if f.nin == 1 else (C, C)), tag="complex", why=REASONS["division"] if f is np.absolute else "")
    add(np.multiply, M, M[0], tag="broadcast")
    add(np.divmod, X, Y)
    add(np.modf, X)
    add(np.frexp, X)
    add(np.clip, X, 0.3, 0.7, why=REASONS["bounds"])
    add(np.where, MASK, X, Y)
    add(np.nan_to_num, HOLES)
    add(np.sinc, X)
    add(np.i0, X, why=REASONS["i0"])
    add(np.angle, C)
    add(np.real_if_close, X, why=REASONS["view"])
    for f in (np.sum, np.mean, np.prod, np.var, np.std, np.max, np.min, np.ptp, np.nansum, np.nanmean, np.nanprod, np.nanvar,
              np.nanstd, np.nanmax, np.nanmin):
        given, holes = (HOLES, HOLES2) if "nan" in f.__name__ else (X, M)
        if f is np.prod:
            given, holes = X**1e-5, M**1e-2          # so that the product is neither 0 nor infinite
        why = REASONS["again"] if f is np.ptp else ""
        add(f, given, why=why)
        add(f, holes, axis=0, tag="axis=0", why=why)
        add(f, holes, axis=1, tag="axis=1", why=why)
    add(np.sum, X, where=MASK, tag="where")
    for f in (np.cumsum, np.cumprod, np.nancumsum, np.nancumprod):
        add(f, X[:300] if "prod" in f.__name__ else X)
        add(f, M, axis=1, tag="axis=1")
    add(np.average, X, None, Y)
    for f in (np.median, np.nanmedian):
        add(f, X, why=REASONS["median"])
    add(np.quantile, X, 0.3, why=REASONS["median"])
    add(np.percentile, M, [10, 50], 1, why=REASONS["median"])
    add(np.nanquantile, X, 0.3, why=REASONS["median"])
    add(np.cov, THIN)
    add(np.corrcoef, THIN)
    add(np.bincount, INDEX, X)
    add(np.histogram, X, 50, weights=Y, why=REASONS["bins"])
    for f in (np.diff, np.ediff1d, np.unwrap, np.gradient):
        add(f, X)
    add(vars(np).get("trapezoid") or vars(np)["trapz"], X, np.cumsum(Y))
    add(np.interp, X, np.linspace(0, 1, 1000), np.linspace(0, 1, 1000)**2)
    add(np.polyval, SMALL[:8], X)
    add(np.polyfit, X, Y, 3)
    add(np.vander, X, 5)
    add(np.roots, SMALL[:40])
    add(np.poly, SMALL[:40], why="the product of all other factors for each zero")
    add(np.polymul, SMALL, SMALL)
    for f, rest in ((np.reshape, ((400, 250),)), (np.ravel, ()), (np.transpose, ()), (np.swapaxes, (0, 1)), (np.moveaxis, (0, 1)),
                    (np.expand_dims, (0,)), (np.squeeze, ()), (np.flip, ()), (np.rot90, ()), (np.broadcast_to, ((3, 250, 400),)),
                    (np.atleast_3d, ()), (np.split, (5,)), (np.array_split, (5,))):
        add(f, M, *rest, why=REASONS["reshape"])
    add(np.diagonal, SQUARE, why=REASONS["diagonal"])
    add(np.diag, SQUARE, why=REASONS["diagonal"])
    add(np.trace, SQUARE, why=REASONS["trace"])
    for f, rest in ((np.roll, (3,)), (np.tile, (3,)), (np.repeat, (3,)), (np.triu, ()), (np.tril, ()), (np.copy, ()),
                    (np.pad, (2,)), (np.delete, (3, 0)), (np.insert, (3, 0.5, 0)),
                    (np.append, (M,))):
        add(f, M, *rest)
    add(np.pad, M, 2, "reflect", tag="reflect", why="NumPy copies the edges in place; the pullback makes an array for each axis")
    add(np.pad, M, 2, "mean", tag="mean", why="NumPy writes the means in place; the pullback makes arrays for each axis")
    add(np.sort, M, why=REASONS["sorts"])
    add(np.partition, M, 7, why=REASONS["sorts"])
    add(np.repeat, X, np.arange(N) % 4, tag="counts", why=REASONS["counts"])
    add(np.concatenate, [X, Y])
    add(np.stack, [X, Y])
    add(np.vstack, [X, Y])
    add(np.column_stack, [X, Y])
    add(np.block, [[M, M], [M, M]])
    add(np.array, [X, Y])
    add(np.array, X.tolist(), tag="numbers", why="a list of the numbers' cotangents")
    add(np.ndarray.tolist, X)
    add(np.take, X, INDEX)
    add(np.take_along_axis, M, np.argsort(M, 1), 1)
    add(np.compress, MASK, X)
    add(np.extract, MASK, X)
    add(np.select, [MASK, X > 0.6], [X, Y], 0.3)
    add(np.choose, MASK.astype(int), [X, Y])
    add(np.unique, X, why=REASONS["sorts"])
    add(np.union1d, X, Y, why=REASONS["sorts"])
    add(np.meshgrid, SMALL, SMALL)
    add(np.full, N, 0.5, why=REASONS["write"])
    add(np.linspace, 0.1, 0.9, N)
    add(np.arange, 0.1, 0.9, 0.8 / N)
    add(np.logspace, 0.1, 0.9, N)
    for f in (np.matmul, np.dot, np.inner, np.tensordot):
        add(f, SQUARE, SQUARE)
    add(np.einsum, "ij,jk->ik", SQUARE, SQUARE)
    add(np.einsum, "ij,ij->i", M, M, tag="rows", why=REASONS["both"])
    add(np.matmul, M, M[0], tag="vector", why=REASONS["both"])
    add(np.vdot, X, Y, why="the function reads; the pullback writes two arrays")
    add(np.outer, SMALL, SMALL)
    add(np.kron, SMALL[:18].reshape(3, 6), M[:100, :50], why=REASONS["both"])
    add(np.cross, X[:99999].reshape(-1, 3), Y[:99999].reshape(-1, 3))
    add(np.convolve, X, SMALL[:50])
    add(np.correlate, X, SMALL[:50], "full")
    add(np.linalg.norm, X)
    for f in (np.linalg.inv, np.linalg.det, np.linalg.slogdet, np.linalg.pinv):
        add(f, SQUARE, why=REASONS["lapack"])
    add(np.linalg.solve, SQUARE, SQUARE[0])
    for f in (np.linalg.cholesky, np.linalg.eigh, np.linalg.eigvalsh):
        add(f, SYMMETRIC, why=REASONS["lapack"])
    add(np.linalg.qr, SQUARE, why=REASONS["lapack"])
    add(np.linalg.svd, SQUARE, full_matrices=False, why=REASONS["lapack"])
    return {name: case for name, case in found.items() if lookup(case[0]) is not None}


def measure(f: Callable, args: tuple, keywords: dict) -> tuple[float, float]:
    """The times of the function and of its pullback, in seconds."""
    cx = Context()
    mask = sum(1 << i for i, x in enumerate([*args, *keywords.values()]) if moves(x))
    y, back, tape = callx(cx, mask, f, args, keywords)
    dy = seed(y)
    back(cx, tape, dy)
    return best(lambda: f(*args, **keywords)), best(lambda: back(cx, tape, dy))


def moves(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return any(moves(p) for p in x)
    return isinstance(x, float) or getattr(getattr(x, "dtype", None), "kind", "") in ("f", "c")


def seed(y: Any) -> Any:
    if isinstance(y, tuple):
        parts: Any = [seed(p) if moves(p) else None for p in y]
        return type(y)(*parts) if hasattr(y, "_fields") else tuple(parts)
    if isinstance(y, list):
        return [seed(p) for p in y]
    return np.full(y.shape, 0.7, y.dtype) if isinstance(y, np.ndarray) else 0.7


def best(work: Callable[[], Any]) -> float:
    """The shortest time of a call, among a tenth of a second's worth."""
    timer = Timer(work, timer=time.process_time)
    once = max(timer.timeit(1), 1e-7)
    number = max(int(0.02 / once), 1)
    return min(timer.repeat(5, number)) / number


def main(words: list[str]) -> int:
    rows, failed = [], []
    limit_threads()
    settle_memory()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for name, (f, args, keywords, why) in cases().items():
            if words and not any(w in name for w in words):
                continue
            primal, pullback = measure(f, args, keywords)
            rows.append((pullback / primal, name, primal, pullback, why))
    for ratio, name, primal, pullback, why in sorted(rows):
        print(f"{ratio:8.2f}  {name:28} {primal * 1e6:10.1f} us {pullback * 1e6:10.1f} us  {why if ratio > AIM else ''}")
        if ratio > AIM and not why:
            failed.append(name)
    print(f"{len(rows)} rules; above {AIM:g} without a reason: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
