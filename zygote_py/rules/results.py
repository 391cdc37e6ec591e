"""The kinds of results that rules do not speak of: of functions without a derivative, and of a few others.

What is computed from them is inlined then; a comparison or a table of indices in the middle of a calculation costs nothing.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from zygote_py.registry import results
from zygote_py.rules import kinds
from zygote_py.rules.kinds import Const, along, broadcast, kind_of, product, ranks, reduced, result


def rounded(k: Any, *_: Any) -> Any:
    """Kind of rounding to whole numbers that are floats: `np.floor`; of integers, it depends on the release."""
    return k if kind_of(k) == "f" or (k.__class__ is tuple and k[0] == "a") else "o"


def whole(k: Any) -> Any:
    """Kind of `math.floor`: a class may return what it likes."""
    return "i" if kind_of(k) in ("b", "i", "f") else "o"


def nearest(k: Any, *digits: Any, **named: Any) -> Any:
    """Kind of `round`: a whole number, unless the number of digits is given."""
    return "o" if digits or named else whole(k)


def truth(*_: Any, **__: Any) -> Any:
    """Kind of a truth value."""
    return "b"


def text(*_: Any, **__: Any) -> Any:
    """Kind of text, or of nothing."""
    return "k"


def position(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = None) -> Any:
    """Kind of `np.argmax` and of counting."""
    found = ranks((a,))
    return "o" if found is None or out is not None else reduced("i", found[1], axis, keepdims)


def decision(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None) -> Any:
    """Kind of `np.all`."""
    found = ranks((a,))
    return "o" if found is None or out is not None else reduced("b", found[1], axis, keepdims)


def order(a: Any, axis: Any = "i", **_: Any) -> Any:
    """Kind of `np.argsort`."""
    k = along(a, axis)
    return k if k == "o" else ("n", k[1])


def places(a: Any, v: Any, *_: Any, **__: Any) -> Any:
    """Kind of `np.searchsorted(a, v)`."""
    found = ranks((v,))
    return "o" if found is None else result("i", found[1])


def lengths(a: Any) -> Any:
    """Kind of `np.shape`."""
    found = ranks((a,))
    return "o" if found is None else ("t", *["i"] * max(found[1], 0))


def indices(*_: Any, **__: Any) -> Any:
    """Kind of the numbers of some entries."""
    return "n", 1


def pairs_of_indices(*_: Any, **__: Any) -> Any:
    """Kind of the rows and columns of some entries of a matrix."""
    return "t", ("n", 1), ("n", 1)


def counted(*bounds: Any) -> Any:
    """Kind of `np.arange`: floats, if there is one among the bounds that may not be whole."""
    if any(b.__class__ is Const and b.value.__class__ is float for b in bounds):
        return "a", 1
    return ("n", 1) if set(map(kind_of, bounds)) == {"i"} else "o"


def spaced(start: Any, stop: Any, num: Any = "i", endpoint: Any = "b") -> Any:
    """Kind of `np.linspace` between numbers."""
    ends = {kind_of(start), kind_of(stop)}
    return ("a", 1) if ends <= {"f", "i"} and kind_of(num) == "i" else "o"


def differences(a: Any, n: Any = "i", axis: Any = "i") -> Any:
    """Kind of `np.diff`."""
    return a if a.__class__ is tuple and a[0] == "a" and kind_of(n) == kind_of(axis) == "i" else "o"


def trace(a: Any, *_: Any) -> Any:
    """Kind of `np.trace`."""
    if a.__class__ is not tuple or a[0] not in "acn" or a[1] < 2:
        return "o"
    return result({"a": "f", "c": "z", "n": "i"}[a[0]], a[1] - 2)


def interpolated(x: Any, xp: Any, fp: Any, *_: Any) -> Any:
    """Kind of `np.interp`: real, unless the values are complex."""
    return broadcast(x) if fp.__class__ is tuple and fp[0] in "an" and kind_of(x) != "z" else "o"


def convolved(a: Any, v: Any, *_: Any, **__: Any) -> Any:
    """Kind of `np.convolve`."""
    return product(a, v, lambda m, n: 1)


def contracted(subscripts: Any, *operands: Any) -> Any:
    """Kind of `np.einsum` with subscripts in the text."""
    said: Any = subscripts.value if subscripts.__class__ is Const else None
    letters = {k[0] if k.__class__ is tuple else "o" for k in operands}
    if said.__class__ is not str or "->" not in said or "." in said or not {"n"} < letters | {"n"} <= {"a", "c", "n"}:
        return "o"
    return result("z" if "c" in letters else "f", len(said.partition("->")[2].strip()))


def powers(a: Any, n: Any) -> Any:
    """Kind of `np.linalg.matrix_power`: of integers, it depends on the power."""
    return a if a.__class__ is tuple and a[0] in "ac" else "o"


def eigenvalues(a: Any, *_: Any, **__: Any) -> Any:
    """Kind of the eigenvalues of symmetric matrices: real, a vector of each."""
    k = kinds.of_matrices(a)
    return "o" if k == "o" else ("a", k[1] - 1)


def windows(x: Any, shape: Any, axis: Any = None) -> Any:
    """Kind of `sliding_window_view(x, shape)`: as many axes more as the window has."""
    k = kind_of(shape)
    more = 1 if k == "i" else len(k) - 1 if k.__class__ is tuple and k[0] == "t" and all(n == "i" for n in k[1:]) else 0
    return (x[0], x[1] + more) if more and x.__class__ is tuple and x[0] in "acn" else "o"


def drawn(*shape: Any) -> Any:
    """Kind of `np.random.rand(*shape)`."""
    return "o" if not all(kind_of(n) == "i" for n in shape) else result("f", len(shape))


results(kinds.boolean, np.equal, np.not_equal, np.greater, np.greater_equal, np.less, np.less_equal, np.logical_and,
        np.logical_or, np.logical_xor, np.logical_not, np.isfinite, np.isinf, np.isnan, np.signbit)
results(rounded, np.floor, np.ceil, np.trunc, np.rint, np.sign)
results(kinds.arithmetic, np.floor_divide)
results(truth, all, any, bool, callable, hasattr, isinstance, issubclass, math.isclose, math.isfinite, math.isinf, math.isnan,
        np.allclose, np.array_equal, np.isscalar, np.iterable)
results(text, ascii, bin, chr, format, hex, input, oct, print, repr, str)
results(kinds.integer, hash, id, int, ord, math.comb, math.factorial, math.gcd, math.isqrt, math.lcm, math.perm, np.ndim)
results(whole, math.ceil, math.floor, math.trunc)
results(nearest, round)
results(kinds.real, math.hypot, math.ulp)
results(position, np.argmax, np.argmin)
results(decision, np.all, np.any)
results(order, np.argsort)
results(places, np.searchsorted)
results(lengths, np.shape)
results(indices, np.flatnonzero)
results(pairs_of_indices, np.triu_indices, np.tril_indices, np.diag_indices)
results(counted, np.arange)
results(spaced, np.linspace)
results(differences, np.diff)
results(trace, np.trace)
results(powers, np.linalg.matrix_power)
results(eigenvalues, np.linalg.eigvalsh)
results(windows, np.lib.stride_tricks.sliding_window_view)
results(interpolated, np.interp)
results(convolved, np.convolve, np.correlate)
results(contracted, np.einsum)
results(drawn, np.random.rand, np.random.randn)
