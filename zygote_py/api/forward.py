"""Forward mode as a backend, `gradient(f, AutoForward(), x)`, and inside reverse mode, `forwarddiff(f, x)`.

Enters: a function and its arguments. Leaves: derivatives, by one run for each number in the arguments.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from ..errors import UnsupportedCodeError, here, message
from ..registry import non_differentiable
from ..runtime.context import Context
from ..runtime.pushforward.call import as_written, behave
from ..runtime.reach import checksum, contents, parts
from ..runtime.refusals import name_of
from ..runtime.settle import fields_of, gather, is_number, settle
from ..runtime.slots import primitive
from ..runtime.tools import check_scalar
from ..tangents.project import project
from ..tangents.types import Tangent
from . import gradient, jacobian, pushforward
from .markers import AutoForward

__all__ = ["forwarddiff"]


# -- the numbers in a value -----------------------------------------------------------------------------------------


@non_differentiable
def way_of(x: Any) -> str:
    """How the numbers in a value are found."""
    if isinstance(x, np.ndarray):
        return {"c": "complex array"}.get(x.dtype.kind, "array" if x.dtype.kind in "fiu" else "none")
    if is_number(x) and not isinstance(x, (bool, np.bool_)):
        return "complex" if isinstance(x, (complex, np.complexfloating)) else "real"
    for kind, name in ((tuple, "tuple"), (list, "list"), (dict, "dict")):
        if isinstance(x, kind):
            return name
    return "object" if not isinstance(x, (set, frozenset)) and fields_of(x) is not None else "none"


@non_differentiable
def units(x: Any) -> list:
    """For each real number in a value the tangent that is 1 there."""
    return list(directions(x, set()))


def directions(x: Any, seen: set) -> Any:
    way = way_of(x)
    if way in ("real", "complex"):
        yield from (1.0, 1j)[:1 + (way == "complex")]
    elif way in ("array", "complex array"):
        for k in range(x.size):
            for one in (1.0, 1j)[:1 + (way == "complex array")]:
                d = np.zeros(x.shape, x.dtype if x.dtype.kind in "fc" else float)
                d.flat[k] = one
                yield d
    elif way == "tuple":
        for i, p in enumerate(x):
            for d in directions(p, seen):
                yield tuple([d if j == i else None for j in range(len(x))])
    elif way != "none" and id(x) not in seen:       # what can be written to is one, in however many places it stands
        seen.add(id(x))
        if way == "list":
            for i, p in enumerate(x):
                for d in directions(p, seen):
                    yield [d if j == i else None for j in range(len(x))]
        else:
            parts = x if way == "dict" else fields_of(x) or {}
            for k in parts:
                for d in directions(parts[k], seen):
                    yield {k: d} if way == "dict" else Tangent({k: d})


def assembled(x: Any, rest: list, memo: dict) -> Any:
    """The gradient of x, from the derivatives by the numbers in it; they are taken from the end of a list."""
    way = way_of(x)
    if way == "real":
        d = rest.pop()
        return None if d is None else project(d, x)
    if way == "complex":
        real, imag = rest.pop(), rest.pop()
        return None if real is None and imag is None else project(known(real) + 1j * known(imag), x)
    if way == "array":
        parts = [rest.pop() for _ in range(x.size)]
        return None if all_none(parts) else project(np.array([known(d) for d in parts]).reshape(x.shape), x)
    if way == "complex array":
        parts = [rest.pop() for _ in range(2 * x.size)]
        whole = np.array([known(d) for d in parts])
        return None if all_none(parts) else project((whole[::2] + 1j * whole[1::2]).reshape(x.shape), x)
    if way == "tuple":
        parts = [assembled(p, rest, memo) for p in x]
        return None if all_none(parts) else x._make(parts) if hasattr(x, "_make") else tuple(parts)
    if way == "none":
        return None
    if id(x) in memo:
        return memo[id(x)]
    memo[id(x)] = None
    if way == "list":
        found: Any = [assembled(p, rest, memo) for p in x]
        memo[id(x)] = None if all_none(found) else found
    else:
        fields = x if way == "dict" else fields_of(x) or {}
        entries = {k: assembled(fields[k], rest, memo) for k in fields}
        memo[id(x)] = None if all_none(list(entries.values())) else entries if way == "dict" else Tangent(entries)
    return memo[id(x)]


def known(d: Any) -> Any:
    return 0.0 if d is None else d


@non_differentiable
def all_none(parts: list) -> bool:
    return all(d is None for d in parts)


# -- as a backend ---------------------------------------------------------------------------------------------------


def columns(f: Callable, args: tuple, kwargs: dict, chosen: int, fixed: Any = None) -> tuple[Any, list]:
    """Value of f, and for each chosen argument the tangents of the value for each number in it.

    f runs once for each number, the first time on the arguments themselves, then on copies of what they were; it may not change
    anything else that it reads, nor draw random numbers. `fixed`: what is not copied, by default f.
    """
    kept = copy.deepcopy(args)
    before = contents(f if fixed is None else fixed, (f if fixed is None else fixed,))
    result: list = []
    found: list = []
    for i in range(len(args)):
        tangents: list = []
        for k in range(len(units(kept[i])) if chosen >> i & 1 else 0):
            inputs = copy.deepcopy(kept) if result else args
            dots = tuple([units(inputs[j])[k] if j == i else None for j in range(len(args))])
            if result:
                refuse_changes(f, before)
            y, d = pushforward.run(f, inputs, dots, kwargs)
            if result:
                refuse_other_value(f, y, result[0])
            else:
                result.append(y)
            tangents.append(d)
        found.append(tangents)
    return result[0] if result else f(*args, **kwargs), found


@non_differentiable
def refuse_changes(f: Any, before: list) -> None:
    """Refuse a function that would start from other values when it runs again."""
    for x, old in before:
        if (checksum(x) if isinstance(x, np.ndarray) else parts(x)) != old:
            raise UnsupportedCodeError(message(
                f"`{name_of(f)}` changes a {type(x).__name__} that it does not get as an argument, and is to run again",
                why="Forward mode runs it once for each number in the arguments.",
                instead="hand it over as an argument, or use reverse mode"))


@non_differentiable
def refuse_other_value(f: Any, y: Any, first: Any) -> None:
    if isinstance(y, (int, float, complex, np.number, np.ndarray)) and not np.array_equal(y, first, equal_nan=True):
        raise UnsupportedCodeError(message(
            f"`{name_of(f)}` returns another value when it runs again",
            why="Forward mode runs it once for each number in the arguments.",
            instead="draw random numbers outside, and hand them over; or use reverse mode"))


def run(f: Callable, args: tuple, kwargs: dict, first: bool, mask: int) -> tuple[Any, tuple]:
    """Value and gradient."""
    kept = copy.deepcopy(args)
    y, found = columns(f, args, kwargs, mask)
    picks = first and isinstance(y, tuple)
    check_scalar(y[0] if picks and y else y)
    if picks:
        found = [[None if d is None else d[0] for d in tangents] for tangents in found]
    return y, tuple([assembled(kept[i], found[i][::-1], {}) if mask >> i & 1 else None for i in range(len(args))])


def with_columns(f: Callable, args: tuple, kwargs: dict, chosen: int) -> tuple[Any, tuple]:
    """Value and jacobian."""
    numeric = sum([1 << i for i in range(len(args)) if chosen >> i & 1 and jacobian.is_numeric(args[i])])
    y, found = columns(f, args, kwargs, numeric)
    jacobian.check_result(y)
    return y, tuple([matrix(y, args[i], found[i]) if numeric >> i & 1 else None for i in range(len(args))])


def matrix(y: Any, x: Any, tangents: list) -> Any:
    """Tangents as columns; a vector by a number."""
    if all_none(tangents) and tangents:
        return None
    parts = [np.zeros(np.size(y)) if d is None else np.reshape(d, -1) for d in tangents]
    whole = np.stack(parts, 1) if parts else np.zeros((np.size(y), 0))
    return whole if jacobian.is_array(x) else whole[:, 0]


gradient.WAYS[AutoForward] = run
jacobian.WAYS[AutoForward] = with_columns


# -- inside reverse mode --------------------------------------------------------------------------------------------


def forwarddiff(f: Callable, x: Any) -> Any:
    """Return f(x); reverse mode around it takes the derivative of f in forward mode.

    What f does is not recorded: memory for the derivatives by the numbers in x is all that it takes, however long f runs. It runs
    once for each number in x, and in the variables that f captures.

    Parameters
    ----------
    f : callable of one argument
    x : a number, an array, or a structure of them

    Examples
    --------
    >>> from zygote_py import gradient
    >>> gradient(lambda x, a: forwarddiff(lambda x: x**2 * a, x) * 2, 3.0, 5.0)
    (60.0, 18.0)
    """
    return f(x)


def through_forward(cx: Context, mask: int, f: Any, x: Any) -> tuple[Any, Any, Any]:
    check_reads(cx, f)
    y, found = columns(called, (f, x), {}, -1, f)
    return y, through_back, (f, x, y, [*found[0], *found[1]])


def called(f: Any, x: Any) -> Any:
    return f(x)


def through_back(cx: Context, tape: Any, dy: Any) -> tuple:
    f, x, y, tangents = tape
    dy = gather(cx, y, dy)
    if dy is None:
        return None, None
    df, dx = assembled((f, x), [inner(dy, d) for d in tangents][::-1], {}) or (None, None)
    return settle(cx, f, df), settle(cx, x, dx)


def inner(dy: Any, d: Any) -> Any:
    """The real inner product of a cotangent and a tangent; None if there is none."""
    if dy is None or d is None:
        return None
    if isinstance(dy, (tuple, list, dict, Tangent)):
        keys: Any = tuple(dy.as_dict()) if isinstance(dy, Tangent) else dy if isinstance(dy, dict) else range(len(dy))
        terms = [inner(getattr(dy, k), getattr(d, k)) if isinstance(dy, Tangent) else inner(dy[k], d[k]) for k in keys]
        some = [t for t in terms if t is not None]
        return sum(some) if some else None
    return np.sum(np.real(np.conj(dy) * d)) if isinstance(dy, (np.ndarray, complex)) else dy * d


@non_differentiable
def check_reads(cx: Context, f: Any) -> None:
    """Refuse functions that read arrays of a module for which a derivative is asked: only x and captured variables are varied."""
    if any(id(value) in cx.tracked for value in outer(f, 4)):
        raise UnsupportedCodeError(message(
            "forwarddiff of a function that reads a global name which carries a derivative", **here(),
            why="Forward mode varies what the function is given, and what it captures.",
            instead="hand the value over, or leave out forwarddiff"))


def outer(f: Any, depth: int) -> list:
    """What the global names in a function, and in those that it calls, stand for."""
    if f.__class__ is not FunctionType or depth == 0:
        return []
    values = [f.__globals__[name] for name in f.__code__.co_names if name in f.__globals__]
    if not all(isinstance(v, ModuleType) or callable(v) for v in values):       # functions may have bound these names
        values.append(f.__globals__)
    return [*values, *[v for g in values if not isinstance(g, ModuleType) for v in outer(g, depth - 1)]]


behave(forwarddiff, as_written(forwarddiff))
primitive(forwarddiff, through_forward, always=True)
