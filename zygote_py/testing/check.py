"""Hold the engine's derivatives against finite differences.

Enters: a function and its arguments. Leaves: nothing, or an AssertionError that names the argument, the worst element and both
values. The engine is imported when a check runs, not before: the rules that it consists of may be checked with these functions.
"""

from __future__ import annotations

import copy
import inspect
import types
from collections.abc import Callable, Iterator
from numbers import Number
from typing import Any

import numpy as np

from ..errors import message
from .differences import Path, check_function, finite_difference, mirror, spell

__all__ = ["check_grads", "inner", "mismatch"]


def check_grads(f: Callable, *args: Any, modes: tuple[str, ...] = ("rev", "fwd"), order: int = 2, rtol: float = 1e-5,
                atol: float = 1e-7, integers: bool = False) -> None:
    """Compare the derivatives of a function with finite differences.

    Parameters
    ----------
    f : callable; its result is a number, an array or a tuple, list or dict of them. What is not a real scalar is multiplied
        by fixed weights and summed.
    *args : the point; integers are passed on, but not varied unless `integers` says so
    modes : 'rev' for reverse mode, 'fwd' for forward mode (left out where the engine has none)
    order : 1, or 2 for the gradient of a gradient as well
    rtol, atol : an element may differ by `atol + rtol * |difference quotient|`

    Raises
    ------
    AssertionError
        With the argument, the worst element and both values.

    Examples
    --------
    >>> check_grads(lambda x, y: x * y + x**3, 2.0, 3.0)
    """
    unknown = [mode for mode in modes if mode not in ("rev", "fwd")]
    if unknown or order not in (1, 2):
        raise ValueError(f"modes are 'rev' and 'fwd', order is 1 or 2; given were modes={modes!r}, order={order!r}")
    check_function(f)
    value = f(*copy.deepcopy(args))
    if not holds_numbers(value):
        raise TypeError(message(f"check_grads: {name_of(f)} returned {value!r}, in which there is no number to differentiate",
                                instead="return a number, an array, or a tuple, list or dict of them"))
    seed = None if is_real_scalar(value) else weights_like(value)

    def objective(*inputs: Any) -> float:
        result = f(*inputs)
        return result if seed is None else inner(seed, result)

    differences = tuple(finite_difference(objective, args, i, integers=integers) for i in range(len(args)))
    if "rev" in modes:
        check_reverse(f, args, seed, differences, rtol, atol)
        if order >= 2:
            check_second(f, args, seed, differences, integers, rtol, atol)
    if "fwd" in modes:
        check_forward(f, args, seed, differences, rtol, atol)


def check_reverse(f: Callable, args: tuple, seed: Any, differences: tuple, rtol: float, atol: float) -> None:
    got = reverse(f, seed, *copy.deepcopy(args))
    require(f, "reverse mode", got, differences, rtol, atol)


def check_second(f: Callable, args: tuple, seed: Any, differences: tuple, integers: bool, rtol: float, atol: float) -> None:
    directions = tuple(weights_like(d) for d in differences)

    def slope(*inputs: Any) -> Any:
        total = 0.0
        for direction, gradient in zip(directions, reverse(f, seed, *inputs)):
            total = total + inner(direction, gradient)
        return total

    second = tuple(finite_difference(slope, args, i, integers=integers) for i in range(len(args)))
    got = reverse(slope, None, *copy.deepcopy(args))
    require(f, "reverse over reverse", got, second, max(rtol, 1e-5), max(atol, 1e-6))


def check_forward(f: Callable, args: tuple, seed: Any, differences: tuple, rtol: float, atol: float) -> None:
    import zygote_py

    pushforward = getattr(zygote_py, "pushforward", None)
    if pushforward is None:
        return
    directions = tuple(weights_like(d) for d in differences)
    want = sum(inner(direction, d) for direction, d in zip(directions, differences))
    tangents = tuple(as_tangent(direction) for direction in directions)
    dy = pushforward(f, *copy.deepcopy(args))(*tangents)
    got = 0.0 if dy is None else dy if seed is None else inner(seed, dy)
    require(f, "forward mode, one direction", (float(got),), (float(want),), rtol, atol)


def reverse(f: Callable, seed: Any, *args: Any) -> tuple:
    """The engine's gradient, or its pullback of the seed."""
    import zygote_py

    if seed is None:
        return zygote_py.gradient(f, *args)
    _, back = zygote_py.pullback(f, *args)
    return back(as_tangent(seed))


def require(f: Callable, mode: str, got: tuple, want: tuple, rtol: float, atol: float) -> None:
    assert len(got) == len(want), f"{mode} of {name_of(f)}: {len(got)} gradients for {len(want)} arguments"
    for i, (a, b) in enumerate(zip(got, want)):
        wrong = mismatch(where_varied(a, b), b, rtol, atol)
        assert wrong is None, f"{mode} of {name_of(f)}, argument {i}{parameter(f, i)}: {wrong}"


def where_varied(got: Any, want: Any) -> Any:
    """A gradient with None where nothing was varied, such as integers that count."""
    if want is None or got is None:
        return None
    if isinstance(want, dict) and isinstance(got, dict):
        return {k: where_varied(entry, want.get(k)) for k, entry in got.items()}
    if isinstance(want, (tuple, list)) and isinstance(got, type(want)) and len(got) == len(want):
        parts = [where_varied(a, b) for a, b in zip(got, want)]
        return parts if isinstance(want, list) else want._make(parts) if hasattr(want, "_make") else tuple(parts)  # pyright: ignore[reportAttributeAccessIssue]
    if isinstance(want, types.SimpleNamespace):
        return types.SimpleNamespace(**{k: where_varied(getattr(got, k, None), entry) for k, entry in vars(want).items()})
    return got


def mismatch(got: Any, want: Any, rtol: float = 1e-5, atol: float = 1e-7) -> str | None:
    """The worst element in which a gradient differs from differences of the same structure, in words; None if there is none.

    None and zero count as the same.

    >>> mismatch({"a": 1.0, "b": None}, {"a": 1.0, "b": 0.0})
    >>> mismatch({"a": 1.0}, {"a": 1.5})
    "element ['a'] is 1.0, by differences 1.5 (off by 0.5)"
    """
    worst, words = 1.0, None
    for path, a, b in pairs(got, want, ()):
        here = f"element {spell(path)}" if path else "it"
        if isinstance(a, str):
            return f"{here} {a}"
        off = abs(complex(a) - complex(b))
        excess = off / (atol + rtol * abs(complex(b)))
        if not excess <= worst:                         # so that NaN counts as wrong
            worst, words = excess, f"{here} is {a!r}, by differences {b!r} (off by {off:.3g})"
            if np.isnan(excess):
                return words
    return words


def pairs(got: Any, want: Any, path: Path) -> Iterator[tuple[Path, Any, Any]]:
    """The numbers of both structures, side by side; a string in place of the first where the structures differ."""
    if want is None:
        yield from ((path, a, 0.0) for a in numbers(got))
    elif isinstance(want, np.ndarray):
        if got is None:
            got = np.zeros(want.shape)
        if np.shape(got) != want.shape:
            yield path, f"has shape {np.shape(got)}, by differences {want.shape}", None
        else:
            for index in np.ndindex(*want.shape):
                yield (*path, ("element", index)), np.asarray(got)[index].item(), want[index].item()
    elif isinstance(want, (tuple, list, dict)):
        keys = want.keys() if isinstance(want, dict) else range(len(want))
        if got is not None and (not isinstance(got, type(want)) or len(got) != len(want)):
            yield path, f"is {got!r}, where the argument is a {type(want).__name__} of length {len(want)}", None
            return
        for k in keys:
            yield from pairs(None if got is None else got[k], want[k], (*path, ("item", k)))
    elif isinstance(want, types.SimpleNamespace):
        for name, entry in vars(want).items():
            yield from pairs(getattr(got, name, None), entry, (*path, ("field", name)))
    elif got is None or is_scalar(got):
        yield path, 0.0 if got is None else got, want
    else:
        yield path, f"is {got!r}, where the argument is a number", None


def numbers(x: Any) -> list:
    found: list = []
    mirror(x, lambda path, number: found.append(number))
    return found


def holds_numbers(x: Any) -> bool:
    found: list = []
    mirror(x, lambda path, number: found.append(number), True)
    return bool(found)


def inner(w: Any, x: Any) -> Any:
    """The real inner product of two values of the same structure; None counts as zero."""
    if w is None or x is None:
        return 0.0
    if isinstance(w, dict):
        return sum(inner(w[k], x[k]) for k in w)
    if isinstance(w, (tuple, list)):
        return sum(inner(a, b) for a, b in zip(w, x))
    if isinstance(w, types.SimpleNamespace):
        return sum(inner(entry, getattr(x, name, None)) for name, entry in vars(w).items())
    if np.iscomplexobj(w) or np.iscomplexobj(x):
        return np.sum(np.real(np.conj(w) * x))
    return np.sum(w * x) if isinstance(w, np.ndarray) else w * x


def weights_like(x: Any) -> Any:
    """Fixed weights between 0.5 and 1.5, in no order that a symmetric mistake could hide behind."""
    count = iter(range(1, 1_000_000))

    def weight() -> float:
        return 1.0 + 0.5 * float(np.sin(2.3 * next(count)))

    def leaf(path: Path, number: Any) -> Any:
        return complex(weight(), weight()) if isinstance(number, (complex, np.complexfloating)) else weight()

    if isinstance(x, types.SimpleNamespace):
        return types.SimpleNamespace(**{name: weights_like(entry) for name, entry in vars(x).items()})
    return mirror(x, leaf)


def as_tangent(x: Any) -> Any:
    """The fields of an object as the engine's own `Tangent`."""
    import zygote_py

    if isinstance(x, types.SimpleNamespace):
        return zygote_py.Tangent({name: as_tangent(entry) for name, entry in vars(x).items()})
    if isinstance(x, dict):
        return {k: as_tangent(entry) for k, entry in x.items()}
    if isinstance(x, tuple):
        return type(x)(*map(as_tangent, x)) if hasattr(x, "_fields") else tuple(map(as_tangent, x))
    return [as_tangent(entry) for entry in x] if isinstance(x, list) else x


def is_real_scalar(x: Any) -> bool:
    return is_scalar(x) and not np.iscomplexobj(x)


def is_scalar(x: Any) -> bool:
    return isinstance(x, (Number, np.generic)) or (isinstance(x, np.ndarray) and x.ndim == 0)


def name_of(f: Callable) -> str:
    return getattr(f, "__qualname__", repr(f))


def parameter(f: Callable, i: int) -> str:
    try:
        names = list(inspect.signature(f).parameters)
    except (TypeError, ValueError):
        return ""
    return f" (`{names[i]}`)" if i < len(names) else ""
