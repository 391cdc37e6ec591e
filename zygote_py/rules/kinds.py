"""From the kinds of the arguments to the kind of a result (see docs/design/0001-architecture.md, "Kinds").

Enters: kinds, or `Const(value)` where the argument is a known constant. Leaves: a kind; `'o'` where it is not certain.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..lattice import element, join, most

__all__ = ["Const", "along", "arithmetic", "bitwise", "boolean", "broadcast", "choice", "columns", "complex_broadcast",
           "converted", "cross", "diagonal", "diagonal_or_matrix", "dot", "filled", "fitted", "flat", "imaginary", "integer",
           "joined", "kind_of", "kron", "letter_of", "made", "magnitude", "matmul", "number_of_matrices", "of_matrices",
           "opaque", "outer", "power", "product", "ranks", "real", "real_signal", "reduced", "reduction", "reshaped", "result",
           "same", "shaped", "side_by_side", "solution", "spectrum", "stacked", "stacked_rows", "stacked_sheets", "tensordot",
           "totals", "transpose", "vdot", "widened"]

_NUMBERS = frozenset("bifz")


class Const:
    """A constant argument, given to a kind function in place of its kind."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Const({self.value!r})"


def kind_of(k: Any) -> Any:
    """Return the kind of an argument given as a kind or as a constant."""
    if k.__class__ is not Const:
        return k
    value = k.value
    kind = {bool: "b", int: "i", float: "f", complex: "z", type(None): "k", str: "k"}.get(value.__class__)
    return kind or "o"


def ranks(kinds: tuple) -> tuple[list, int] | None:
    """Return the letters of numbers and arrays and the largest rank, -1 for scalars only; None if there is anything else."""
    letters, rank = [], -1
    for k in kinds:
        k = kind_of(k)
        if k.__class__ is tuple and k[0] in "acn" and len(k) == 2:
            if k[1].__class__ is not int:
                return None
            rank = max(rank, k[1])
        elif not (k.__class__ is str and k in _NUMBERS):
            return None
        letters.append(k[0])
    return (letters, rank) if letters else None


def result(letter: str, rank: int) -> Any:
    """Return the kind of a scalar or array. A NumPy operation on 0-d arrays gives a scalar."""
    if rank > 0:
        return {"z": "c", "f": "a", "i": "n", "b": "n"}[letter], rank
    return letter


def _loose(kinds: tuple) -> Any:
    """Return the kind of an operation on real numbers and arrays, of which some have a number of dimensions that is not known."""
    rank, bound = -1, -1
    for k in map(kind_of, kinds):
        n = k[1] if k[0] == "n" else most(k)
        if n is None:
            return "o"
        if k[0] == "u":
            bound = max(bound, n)
        elif k.__class__ is tuple:
            rank = max(rank, n)
    return "o" if bound < 0 else ("a", rank) if rank >= bound else ("u", max(rank, bound))


def broadcast(*kinds: Any) -> Any:
    """Kind of a function that gives floating point numbers, elementwise: `np.sin`, `truediv`."""
    found = ranks(kinds)
    if found is None:
        return _loose(kinds)
    letters, rank = found
    return result("z" if "z" in letters or "c" in letters else "f", rank)


def complex_broadcast(*kinds: Any) -> Any:
    """Kind of a function that gives complex numbers for real ones: `scipy.special.hankel1`."""
    found = ranks(kinds)
    return "o" if found is None else result("z", found[1])


def arithmetic(*kinds: Any) -> Any:
    """Kind of `+ - *` and the like, where integers stay integers."""
    found = ranks(kinds)
    if found is None:
        return _loose(kinds)
    letters, rank = found
    letter = "z" if "z" in letters or "c" in letters else "f" if "f" in letters or "a" in letters else "i"
    return result(letter, rank)


def power(base: Any, exponent: Any, *_: Any) -> Any:
    """Kind of `base ** exponent`: a negative Python number to a fraction is complex, an integer to a negative one is real."""
    found = ranks((base, exponent))
    if found is None:
        return _loose((base, exponent)) if kind_of(exponent) in ("b", "i") else "o"
    letters, rank = found
    if "z" in letters or "c" in letters:
        return result("z", rank)
    if rank > 0:
        return result("f" if "f" in letters or "a" in letters else "i", rank)
    if exponent.__class__ is Const:
        value = exponent.value
        if value.__class__ is int and value >= 0:
            return "i" if letters[0] in "ib" else "f"
        return "f" if letters[1] in "ib" or value.is_integer() else "z"
    return "f" if letters[1] in "ib" else "z"


def magnitude(*kinds: Any) -> Any:
    """Kind of `abs`: real also for complex arguments."""
    k = arithmetic(*kinds)
    if k == "z":
        return "f"
    return ("a", k[1]) if k.__class__ is tuple and k[0] == "c" else k


def imaginary(*kinds: Any) -> Any:
    """Kind of a real number made from a complex one: `np.angle`, `np.imag`."""
    k = broadcast(*kinds)
    if k == "z":
        return "f"
    return ("a", k[1]) if k.__class__ is tuple and k[0] == "c" else k


def real(*kinds: Any, **_: Any) -> Any:
    """Kind of the functions of `math`: always a float."""
    return "f"


def integer(*kinds: Any, **_: Any) -> Any:
    """Kind of `len`, `math.floor` and the like."""
    return "i"


def boolean(*kinds: Any) -> Any:
    """Kind of a comparison."""
    found = ranks(kinds)
    return "o" if found is None else result("b", found[1])


def bitwise(*kinds: Any) -> Any:
    """Kind of `& | ^ << >> ~` and of rounding to whole numbers."""
    found = ranks(kinds)
    if found is None:
        return "o"
    letters, rank = found
    return result("i", rank) if set(letters) <= {"i", "n", "b"} and "i" in letters else "o"


def same(k: Any, *_: Any, **__: Any) -> Any:
    """Kind of a function that returns its first argument, or one like it."""
    k = kind_of(k)
    return k if (k.__class__ is tuple and k[0] in "acn") or k in _NUMBERS else "o"


def transpose(k: Any, *_: Any, **__: Any) -> Any:
    """Kind of a rearrangement that keeps the number of axes."""
    return k if k.__class__ is tuple and k[0] in "acn" else "o"


def flat(k: Any, *_: Any, **__: Any) -> Any:
    """Kind of all elements in one row."""
    return (k[0], 1) if k.__class__ is tuple and k[0] in "acn" else "o"


def reshaped(k: Any, *shape: Any, **options: Any) -> Any:
    """Kind of the elements in another shape: lengths one by one, or a tuple of them."""
    shape = shape or tuple([options[word] for word in ("shape", "newshape") if word in options])
    if len(shape) == 1 and shape[0].__class__ is tuple and shape[0][0] == "t":
        shape = shape[0][1:]
    if not shape or not all(kind_of(n) in ("i", "f") for n in shape):     # 2**n counts as a float, for an n that may be negative
        return "o"
    return ({"u": "a"}.get(k[0], k[0]), len(shape)) if k.__class__ is tuple and k[0] in "acnu" else "o"


def widened(k: Any, axis: Any) -> Any:
    """Kind of an array with one more axis."""
    return (k[0], k[1] + 1) if kind_of(axis) == "i" and k.__class__ is tuple and k[0] in "acn" else "o"


def fitted(d: Any, x: Any, *_: Any) -> Any:
    """The kind of a cotangent d that is brought to the shape of x, an array of real numbers."""
    k, given = kind_of(x), kind_of(d)
    if k.__class__ is not tuple or k[0] not in "an" or k[1].__class__ is not int or k[1] < 1:
        return "o"
    real = given == "f" or (given.__class__ is tuple and given[0] == "a")
    return ("a", k[1]) if real else "o"


def diagonal(k: Any, *_: Any) -> Any:
    """Kind of the diagonals of matrices."""
    return result({"a": "f", "c": "z", "n": "i"}[k[0]], k[1] - 1) if k.__class__ is tuple and k[0] in "acn" and k[1] > 1 else "o"


def diagonal_or_matrix(k: Any, offset: Any = None) -> Any:
    """Kind of the diagonal of a matrix, or of the matrix with a diagonal."""
    return (k[0], 3 - k[1]) if k.__class__ is tuple and k[0] in "acn" and k[1] in (1, 2) else "o"


def along(k: Any, axis: Any = "i", *_: Any, **__: Any) -> Any:
    """Kind of a rearrangement along one axis, which flattens for axis=None."""
    number = axis == "i" or (axis.__class__ is Const and axis.value.__class__ is int)
    return k if number and k.__class__ is tuple and k[0] in "acn" else "o"


def opaque(*_: Any, **__: Any) -> Any:
    """Kind of a result of which nothing is known."""
    return "o"


def reduced(letter: str, rank: int, axis: Any, keepdims: Any) -> Any:
    """Return the kind after a reduction over `axis`, given as a kind or constant, or None where it is absent."""
    if keepdims is not None and keepdims.__class__ is not Const:
        return "o"
    if keepdims is not None and keepdims.value:
        return result(letter, rank)
    if axis is None or (axis.__class__ is Const and axis.value is None):
        return result(letter, 0)
    if axis.__class__ is Const:
        value = axis.value
        gone = 1 if value.__class__ is int else len(value) if value.__class__ is tuple else None
        return "o" if gone is None else result(letter, rank - gone)
    if axis.__class__ is tuple and axis[0] == "t" and all(k == "i" for k in axis[1:]):
        return result(letter, rank - len(axis) + 1)
    return result(letter, rank - 1) if axis == "i" else "o"


def _bounded(a: Any, axis: Any) -> tuple[list, int] | None:
    """As `ranks`, for all elements of a number or array."""
    whole = axis is None or (axis.__class__ is Const and axis.value is None)
    return (["f"], 0) if whole and a.__class__ is tuple and a[0] == "u" else None


def reduction(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = None, **_: Any) -> Any:
    """Kind of `np.mean` and the like, that give floating point numbers."""
    found = ranks((a,)) or _bounded(a, axis)
    if found is None or dtype is not None or out is not None:
        return "o"
    return reduced("z" if found[0][0] in "zc" else "f", found[1], axis, keepdims)


def totals(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = None, **_: Any) -> Any:
    """Kind of `np.sum`, `np.prod`, that keep integers."""
    found = ranks((a,)) or _bounded(a, axis)
    if found is None or dtype is not None or out is not None:
        return "o"
    return reduced({"z": "z", "c": "z", "a": "f", "f": "f"}.get(found[0][0], "i"), found[1], axis, keepdims)


def extremum(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None, **_: Any) -> Any:
    """Kind of `np.max`, `np.min`, that keep integers."""
    found = ranks((a,))
    if found is None or out is not None:
        return "o"
    return reduced({"z": "z", "c": "z", "a": "f", "f": "f", "b": "b"}.get(found[0][0], "o"), found[1], axis, keepdims)


def scan(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, **_: Any) -> Any:
    """Kind of `np.cumsum`, `np.cumprod`."""
    found = ranks((a,))
    if found is None or dtype is not None or out is not None or found[1] < 1:
        return "o"
    flat = axis is None or (axis.__class__ is Const and axis.value is None)
    return result({"c": "z", "a": "f"}.get(found[0][0], "i"), 1 if flat else found[1])


def product(a: Any, b: Any, rank: Callable[[int, int], int], least: int = 1) -> Any:
    """Kind of a product of two arrays, at least one of them of floating point numbers, with a rank that follows from theirs."""
    if "u" in (a[0], b[0]) and min(most(a) or 0, most(b) or 0) >= least:    # of arrays of at most so many dimensions
        every = [rank(m, n) for m in ([a[1]] if a[0] == "a" else range(least, a[1] + 1))
                 for n in ([b[1]] if b[0] == "a" else range(least, b[1] + 1))]
        return "u", max(every)
    found = ranks((a, b))
    if found is None or a.__class__ is not tuple or b.__class__ is not tuple or min(a[1], b[1]) < least:
        return "o"
    letter = "z" if "c" in found[0] else "f" if "a" in found[0] else None
    return "o" if letter is None else result(letter, rank(a[1], b[1]))


def matmul(a: Any, b: Any) -> Any:
    """Kind of `a @ b`: over more than two axes, the product of the matrices in the last two."""
    return product(a, b, lambda m, n: m + n - 2 if m + n < 4 else max(m, n) - (m == 1 or n == 1))


def dot(a: Any, b: Any) -> Any:
    """Kind of `np.dot` and `np.inner`, which sum over one axis of each."""
    return product(a, b, lambda m, n: m + n - 2)


def cross(a: Any, b: Any, *_: Any, **__: Any) -> Any:
    """Kind of `np.cross`: of vectors with two components, it gives numbers."""
    k = product(a, b, max)
    return ("u", k[1]) if k.__class__ is tuple and k[0] == "a" else "o"


def tensordot(a: Any, b: Any, axes: Any = None) -> Any:
    """Kind of `np.tensordot` over a number of axes; over all of them, it gives an array without axes."""
    count = 2 if axes is None else axes.value if axes.__class__ is Const else -1
    k = product(a, b, lambda m, n: m + n - 2 * count, count) if count.__class__ is int and count >= 0 else "o"
    return k if k.__class__ is tuple else "o"


def vdot(a: Any, b: Any) -> Any:
    """Kind of `np.vdot`."""
    return product(a, b, lambda m, n: 0)


def outer(a: Any, b: Any) -> Any:
    """Kind of `np.outer`, which flattens both."""
    return product(a, b, lambda m, n: 2)


def kron(a: Any, b: Any) -> Any:
    """Kind of `np.kron`."""
    return product(a, b, max)


def solution(a: Any, b: Any) -> Any:
    """Kind of `np.linalg.solve` for one matrix."""
    return product(a, b, lambda m, n: n) if a.__class__ is tuple and a[1] == 2 and b.__class__ is tuple and b[1] <= 2 else "o"


def of_matrices(a: Any, *_: Any, **__: Any) -> Any:
    """Kind of `np.linalg.inv` and the like: as many matrices of floating point numbers."""
    return broadcast(a) if a.__class__ is tuple and a[1] >= 2 else "o"


def number_of_matrices(a: Any) -> Any:
    """Kind of `np.linalg.det`: a number for each matrix."""
    k = of_matrices(a)
    return "o" if k == "o" else result("z" if k[0] == "c" else "f", k[1] - 2)


def choice(condition: Any, x: Any, y: Any) -> Any:
    """Kind of `np.where` with an array among its arguments: for numbers, it is an array without axes."""
    found, k = ranks((condition, x, y)), arithmetic(x, y)
    if found is None or k == "o" or found[1] < 1:
        return "o"
    letter: str = k[0]
    return result({"a": "f", "c": "z", "n": "i"}.get(letter, letter), found[1])


def spectrum(a: Any, *_: Any, **__: Any) -> Any:
    """Kind of a Fourier transform with complex results."""
    return ("c", a[1]) if a.__class__ is tuple and a[0] in "acn" else "o"


def real_signal(a: Any, *_: Any, **__: Any) -> Any:
    """Kind of a Fourier transform with real results."""
    return ("a", a[1]) if a.__class__ is tuple and a[0] in "acn" else "o"


def letter_of(dtype: Any) -> str | None:
    """The letter of arrays of floating point numbers with a `dtype` that is given as a constant; None for others."""
    if dtype is None:
        return "f"
    try:
        return {"f": "f", "c": "z"}.get(np.dtype(dtype.value).kind) if dtype.__class__ is Const else None
    except TypeError:
        return None


def converted(k: Any, dtype: Any, *_: Any, **__: Any) -> Any:
    """Kind of `x.astype(dtype)`."""
    letter = letter_of(dtype)
    return result(letter, k[1]) if letter is not None and k.__class__ is tuple and k[0] in "acn" else "o"


def filled(shape: Any, value: Any, dtype: Any = None) -> Any:
    """Kind of `np.full(shape, number)`."""
    kind, number = shaped(shape, dtype), kind_of(value)
    return "o" if kind == "o" or number not in ("f", "i", "z") else kind if dtype is not None else result(number, kind[1])


def shaped(shape: Any, dtype: Any = None) -> Any:
    """Kind of `np.zeros(shape)`: a real array of as many dimensions as the shape is long."""
    kind, letter = kind_of(shape), letter_of(dtype)
    if letter is None or kind == "o":
        return "o"
    if kind == "i":
        return result(letter, 1)
    return result(letter, len(kind) - 1) if kind.__class__ is tuple and kind[0] == "t" and len(kind) > 1 else "o"


def like(a: Any, dtype: Any = None) -> Any:
    """Kind of `np.zeros_like(a)`."""
    if dtype is not None:
        return converted(a, dtype)
    return a if a.__class__ is tuple and a[0] in "acn" else "o"


def matrix(n: Any, m: Any = None) -> Any:
    """Kind of `np.eye(n)`."""
    return "a", 2


def _entries(source: Any) -> tuple[str, int] | None:
    """Return the letter and the rank that the entries of a list or tuple of numbers and arrays have in common."""
    k = kind_of(source)
    if k.__class__ is not tuple or k[0] not in "tl" or len(k) < 2:
        return None
    found = []
    for entry in k[1:]:
        known = ranks((entry,))
        inner = None if known is not None else _entries(entry)
        if known is not None:
            found.append(({"c": "z", "a": "f", "n": "i", "b": "i"}.get(known[0][0], known[0][0]), max(known[1], 0)))
        elif inner is not None:
            found.append((inner[0], inner[1] + 1))
        else:
            return None
    letters = {letter for letter, _ in found}
    return None if len({rank for _, rank in found}) > 1 else (max(letters, key="ifz".index), found[0][1])


def made(source: Any, dtype: Any = None, **options: Any) -> Any:
    """Kind of `np.array`."""
    found = _entries(source)
    if letter_of(dtype) is None or not options.keys() <= {"copy", "order"}:
        return "o"
    k = transpose(source) if found is None else result(found[0], found[1] + 1)
    return k if dtype is None or k == "o" else converted(k, dtype)


def stacked(arrays: Any, axis: Any = None) -> Any:
    """Kind of `np.stack`."""
    found = _entries(arrays)
    return "o" if found is None else result(found[0], found[1] + 1)


def joined(arrays: Any, axis: Any = "i") -> Any:
    """Kind of `np.concatenate`."""
    found = _entries(arrays)
    if found is None or found[1] < 1 or not (axis == "i" or axis.__class__ is Const):
        return "o"
    return result(found[0], 1 if isinstance(axis, Const) and axis.value is None else found[1])


def _at_least(least: int) -> Callable:
    """Return the kind function of what joins arrays of as many dimensions, or makes up for those that are missing."""
    def kind(arrays: Any) -> Any:
        found = _entries(arrays)
        return "o" if found is None else result(found[0], max(found[1], least))
    return kind


side_by_side, stacked_rows, columns, stacked_sheets = _at_least(1), _at_least(2), _at_least(2), _at_least(3)
"""Kinds of `np.hstack`, `np.vstack`, `np.column_stack` and `np.dstack`."""


def zipped(*sources: Any, **_: Any) -> Any:
    """Kind of `zip`."""
    return "e", ("t", *[element(kind_of(s)) for s in sources])


def numbered(source: Any, *_: Any, **__: Any) -> Any:
    """Kind of `enumerate`."""
    return "e", ("t", "i", element(kind_of(source)))


def turned(source: Any) -> Any:
    """Kind of `reversed`."""
    kind = element(kind_of(source))
    return "o" if kind == "o" else ("e", kind)


def listed(source: Any = None) -> Any:
    """Kind of `list`."""
    kind = "⊥" if source is None else element(kind_of(source))
    return "o" if kind == "o" else ("l", kind)


def summed(source: Any, start: Any = "i") -> Any:
    """Kind of `sum`, for numbers."""
    kind, start = element(kind_of(source)), kind_of(start)
    return join(kind, start) if start.__class__ is kind.__class__ is str and kind in _NUMBERS and start in _NUMBERS else "o"


def largest(*values: Any, **options: Any) -> Any:
    """Kind of `max` and `min`, for numbers."""
    kinds = [element(values[0])] if len(values) == 1 else [kind_of(v) for v in values]
    found = ranks(tuple(kinds))
    return "o" if options or found is None or found[1] >= 0 else arithmetic(*kinds)


BY_ELEMENTS: dict[Any, Callable] = {sum: summed, max: largest, min: largest}
"""Functions of which only elements, that are tested as they are read, tell the kind."""
