"""Finite differences of a scalar-valued function by arguments of any structure.

Enters: a function, its arguments and the position of one of them. Leaves: a value of that argument's structure with one
derivative per number in it. Nothing here knows how the engine works, so that it can be held against it.

Numbers are found in tuples, lists, dicts, namedtuples, arrays, the fields of objects and the free variables of closures. What
holds them is copied for every evaluation. An entry of something mutable is changed in place (so it changes wherever the object is
shared); numbers, tuples and arrays are replaced in the one slot that is being differentiated.
"""

from __future__ import annotations

import copy
import dataclasses
import enum
import types
import warnings
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import message

__all__ = ["check_function", "difference_columns", "finite_difference", "mirror", "spell"]

LADDER = (4e-3, 1e-3, 2.5e-4, 6e-5, 1.5e-5, 1e-6, 1e-7)
CERTAIN = 1e-10                     # relative differences of quotients that leave no doubt
NO_FIELDS = (type, types.ModuleType, types.BuiltinFunctionType, types.MethodType, enum.Enum, str, bytes, set, frozenset,
             np.generic)
Step = tuple[str, Any]              # ('item', key), ('field', name), ('cell', name), ('element', index)
Path = tuple[Step, ...]


def finite_difference(f: Callable, args: tuple, i: int = 0, *, kwargs: dict | None = None, integers: bool = False) -> Any:
    """Differentiate a real-valued function by one argument with the five-point central formula.

    Parameters
    ----------
    f : callable returning a real number or a 0-d array
    args : tuple of arguments; they are left as they are
    i : the position of the argument to differentiate by
    kwargs : keyword arguments, passed on
    integers : whether integers (and integer arrays) count as numbers to vary; as a rule they count things

    Returns
    -------
    number, ndarray, tuple, list, dict or SimpleNamespace (for objects), None where there is nothing to differentiate
        A complex number z gives df/dRe(z) + i df/dIm(z).

    Raises
    ------
    ValueError
        If `f` is not defined around the point, however small the step, or jumps there.

    Notes
    -----
    (8 (f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))) / 12h has an error of order h^4. The step goes down a ladder, and the estimate
    that differs least from its predecessor is taken. If these leave a doubt, and f takes complex numbers, Im f(x+ih) / h with a
    tiny h gives all digits of an analytic function (Squire and Trapp, 1998); it is taken where the two agree.

    Examples
    --------
    >>> round(finite_difference(lambda x: x**3, (2.0,)), 6)
    12.0
    >>> [round(d, 6) for d in finite_difference(lambda p: p[0] * p[1], ([2.0, 5.0],))]
    [5.0, 2.0]
    """
    check_function(f)
    if not isinstance(args, tuple) or not -len(args) <= i < len(args):
        raise TypeError(message(f"finite_difference: no argument {i} in {args!r}", why="The arguments are given as one tuple.",
                                instead="finite_difference(f, (x, y), 0)"))
    runs = shifted_runs(f, args, i, kwargs or {})

    def at(path: Path, h: Any) -> Any:
        y = runs(path, h)
        if np.ndim(y) or not is_number(y[()] if isinstance(y, np.ndarray) else y, True):
            raise TypeError(message(f"finite_difference: the result is a {type(y).__name__}, and a number is needed",
                                    instead="sum it with weights, or use check_grads, which does so"))
        return y

    def derivative(path: Path, x: Any) -> Any:
        scale = max(1.0, abs(x))
        real, doubt = climb_down(lambda h: float(at(path, h)), scale)
        if isinstance(x, (complex, np.complexfloating)):
            return complex(real, climb_down(lambda h: float(at(path, 1j * h)), scale)[0])
        if doubt > CERTAIN * max(1.0, abs(real)) and not isinstance(x, (Fraction, Decimal)):
            exact = complex_step(lambda h: at(path, h))
            if exact is not None and abs(exact - real) <= 10 * doubt:
                return exact
        return real

    return mirror(args[i], derivative, integers)


def difference_columns(f: Callable, args: tuple, i: int, *, kwargs: dict | None = None) -> list[np.ndarray]:
    """The derivatives of all numbers of an array-valued function, for each number of one argument, integers included."""
    at = shifted_runs(f, args, i, kwargs or {})
    columns: list = []

    def derivative(path: Path, x: Any) -> float:
        columns.append(climb_down(lambda h: np.asarray(at(path, h), float), max(1.0, abs(x)))[0])
        return 0.0

    mirror(args[i], derivative, True)
    return columns


def check_function(f: Any) -> None:
    if not callable(f):
        raise TypeError(message(f"the first argument is no function but a {type(f).__name__}",
                                instead="the function first, then where to differentiate"))


def shifted_runs(f: Callable, args: tuple, i: int, kwargs: dict) -> Callable[[Path, Any], Any]:
    """The function that runs f with one number of its argument i changed, on copies of the arguments."""
    def at(path: Path, by: complex) -> Any:
        shifted = list(copy.deepcopy(args))
        shifted[i] = shift(shifted[i], path, by)
        with np.errstate(all="ignore"):
            return f(*shifted, **copy.deepcopy(kwargs))
    return at


def complex_step(g: Callable[[complex], Any]) -> float | None:
    """The derivative of `g` at 0 by a step along the imaginary axis; None if it does not take complex numbers."""
    h = 1e-200
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            y = g(1j * h)
    except Exception:           # whatever a function says to numbers that it was not written for
        return None
    if not isinstance(y, (complex, np.complexfloating)) and getattr(getattr(y, "dtype", None), "kind", "") != "c":
        return None
    d = float(np.imag(y)) / h
    return d if np.isfinite(d) else None


def climb_down(g: Callable[[float], Any], scale: float) -> tuple[Any, float]:
    """The derivative of `g` at 0, by the step of the ladder that is in least doubt, and the doubt."""
    estimate: Any = None
    best, doubt, last = None, np.inf, None
    for step in LADDER:
        h = step * float(scale)
        try:
            estimate = (8 * (g(h) - g(-h)) - (g(2 * h) - g(-2 * h))) / (12 * h)
        except (ArithmeticError, ValueError):          # out of the domain; a smaller step may stay inside
            continue
        if not np.all(np.isfinite(estimate)):
            continue
        if best is None:
            best = estimate
        if last is not None and size(estimate - last) < doubt:
            best, doubt = estimate, size(estimate - last)
        if doubt <= CERTAIN * max(1.0, size(estimate)):
            break
        last = estimate
    if best is None:
        raise ValueError("no finite difference: the function is not defined around this point")
    if doubt > 1e-2 * max(1.0, size(best)):
        raise ValueError(f"no finite difference: the quotients do not settle (last {estimate}); the function jumps at this point")
    return best, doubt


def size(x: Any) -> float:
    """The largest magnitude in a number or array."""
    return abs(x) if isinstance(x, float) else float(np.max(np.abs(x), initial=0.0))


def mirror(x: Any, leaf: Callable[[Path, Any], Any], integers: bool = False, path: Path = (), above: tuple[int, ...] = ()) -> Any:
    """A value of x's structure with `leaf(path, number)` for every number, and None for everything else."""
    if is_number(x, integers):
        return leaf(path, x)
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in ("fciu" if integers else "fc"):
            return None
        out = np.zeros(x.shape, complex if x.dtype.kind == "c" else float)
        for index in np.ndindex(*x.shape):
            out[index] = leaf((*path, ("element", index)), x[index])
        return out
    if id(x) in above:                                 # an object that contains itself
        return None

    def inside(step: Step, entry: Any) -> Any:
        return mirror(entry, leaf, integers, (*path, step), (*above, id(x)))

    if isinstance(x, tuple):
        entries = [inside(("item", k), entry) for k, entry in enumerate(x)]
        return type(x)(*entries) if hasattr(x, "_fields") else tuple(entries)
    if isinstance(x, list):
        return [inside(("item", k), entry) for k, entry in enumerate(x)]
    if isinstance(x, dict):
        return {k: inside(("item", k), entry) for k, entry in x.items()}
    if isinstance(x, types.FunctionType):
        if not x.__closure__:
            return None
        return types.SimpleNamespace(**{name: inside(("cell", name), value) for name, value in free_variables(x)})
    named = list(fields(x))
    return types.SimpleNamespace(**{name: inside(("field", name), value) for name, value in named}) if named else None


def is_number(x: Any, integers: bool) -> bool:
    if isinstance(x, (bool, np.bool_)):
        return False
    if isinstance(x, (int, np.integer)):
        return integers
    return isinstance(x, (float, complex, np.inexact, Fraction, Decimal))


def fields(x: Any) -> Iterator[tuple[str, Any]]:
    """The names and values of the fields of an object, in their order."""
    if isinstance(x, NO_FIELDS) or is_number(x, True):
        return
    names = [field.name for field in dataclasses.fields(x)] if dataclasses.is_dataclass(x) else []
    for base in reversed(type(x).__mro__):
        slots = base.__dict__.get("__slots__", ())
        names += [slots] if isinstance(slots, str) else list(slots)
    names += list(getattr(x, "__dict__", ()))
    for name in dict.fromkeys(names):
        if not name.startswith("__") and hasattr(x, name):
            yield name, getattr(x, name)


def free_variables(f: types.FunctionType) -> Iterator[tuple[str, Any]]:
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()):
        try:
            yield name, cell.cell_contents
        except ValueError:                             # not bound yet
            continue


def shift(x: Any, path: Path, by: complex) -> Any:
    """Add `by` to the number of x at `path`: mutable containers are written to, immutable ones and arrays replaced."""
    if not path:
        return add(x, by)
    (how, key), rest = path[0], path[1:]
    if how == "element":
        y = np.array(x, dtype=np.result_type(x.dtype, type(by)))    # halves and singles are too coarse to difference
        y[key] += by
        return y
    if how == "field":
        object.__setattr__(x, key, shift(getattr(x, key), rest, by))
        return x
    if how == "cell":
        contents = {name: shift(value, rest, by) if name == key else value for name, value in free_variables(x)}
        cells = tuple(types.CellType(contents[name]) for name in x.__code__.co_freevars)
        twin = types.FunctionType(x.__code__, x.__globals__, x.__name__, x.__defaults__, cells)
        twin.__kwdefaults__ = x.__kwdefaults__
        return twin
    if isinstance(x, tuple):
        entries = [shift(entry, rest, by) if k == key else entry for k, entry in enumerate(x)]
        return type(x)(*entries) if hasattr(x, "_fields") else tuple(entries)
    x[key] = shift(x[key], rest, by)
    return x


def add(x: Any, by: Any) -> Any:
    if isinstance(x, (Fraction, Decimal)):
        exact: Any = type(x)
        return x + exact(by)
    if isinstance(x, np.generic):
        return (x.astype(np.result_type(x.dtype, type(by))) + by)[()]
    return x + by


def spell(path: Path) -> str:
    """The path as it is written in Python: `['W'][0, 2]`, `.theta[1]`."""
    spelt = ""
    for how, key in path:
        if how in ("field", "cell"):
            spelt += f".{key}"
        else:
            spelt += f"[{', '.join(map(str, key))}]" if how == "element" else f"[{key!r}]"
    return spelt
