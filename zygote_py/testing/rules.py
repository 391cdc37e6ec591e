"""Hold a rule against finite differences: what the function computes, and the derivatives that the rule says.

Enters: a function that has a rule, and arguments. Leaves: nothing, or an AssertionError that names the argument, the worst
element and both values.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from .check import as_tangent, inner, is_real_scalar, mismatch, name_of, parameter, require, weights_like
from .differences import finite_difference

__all__ = ["test_frule", "test_rrule"]


def test_rrule(f: Callable, *args: Any, rtol: float = 1e-5, atol: float = 1e-7, integers: bool = False, **kwargs: Any) -> None:
    """Check the reverse rule of a function at one point.

    Parameters
    ----------
    f : a function with a rule, given with `adjoint`, `rrule`, `rule`, `elementwise` or `linear`
    *args, **kwargs : where to check it; keywords are passed on
    rtol, atol : an element may differ by `atol + rtol * |difference quotient|`
    integers : whether integers are numbers to vary

    Raises
    ------
    AssertionError
        If f has no rule, the rule's value is not that of f, a cotangent does not fit its argument or is wrong, or the pullback is
        not linear.

    Examples
    --------
    >>> from zygote_py import adjoint
    >>> def cube(x):
    ...     return x**3
    >>> @adjoint(cube)
    ... def cube_rule(x):
    ...     return x**3, lambda dy: (2 * x**2 * dy,)
    >>> test_rrule(cube, 2.0)
    Traceback (most recent call last):
    AssertionError: the rule of cube, argument 0 (`x`): it is 8.0, by differences 11.99999... (off by 4)
    """
    import zygote_py
    from zygote_py.registry import lookup

    found = lookup(f)
    assert found is not None and found.form != "none", f"{name_of(f)} has no rule"
    value = f(*copy.deepcopy(args), **kwargs)
    y, back = zygote_py.pullback(f, *copy.deepcopy(args), **kwargs)
    wrong = mismatch(y, value, rtol=0.0, atol=1e-300)
    assert wrong is None, f"the rule of {name_of(f)} computes another value: {wrong}"
    seed = None if is_real_scalar(value) else weights_like(value)
    differences = by_differences(f, args, kwargs, seed, integers)
    dy = 1.0 if seed is None else as_tangent(seed)
    once, again, double = back(dy), back(dy), back(scaled(dy, 2.0))
    require(f, "the rule", once, differences, rtol, atol)
    for i in range(len(args)):
        where = f"the rule of {name_of(f)}, argument {i}{parameter(f, i)}"
        wrong = mismatch(again[i], once[i], rtol=0.0, atol=1e-300)
        assert wrong is None, f"{where}: the pullback gives something else when called again; {wrong}"
        wrong = mismatch(double[i], scaled(once[i], 2.0), rtol=1e-12, atol=1e-12)
        assert wrong is None, f"{where}: the pullback is not linear; of twice the cotangent {wrong}"


def test_frule(f: Callable, *args: Any, rtol: float = 1e-5, atol: float = 1e-7, **kwargs: Any) -> None:
    """Check the forward rule of a function at one point, in one direction.

    Examples
    --------
    >>> from zygote_py import frule
    >>> def cube(x):
    ...     return x**3
    >>> @frule(cube)
    ... def cube_push(x):
    ...     return x**3, lambda x_dot: 3 * x**2 * x_dot
    >>> test_frule(cube, 2.0)
    """
    from zygote_py.registry import lookup_push

    define = lookup_push(f)
    assert define is not None, f"{name_of(f)} has no forward rule"
    value = f(*copy.deepcopy(args), **kwargs)
    y, push = define(*copy.deepcopy(args), **kwargs)
    wrong = mismatch(y, value, rtol=0.0, atol=1e-300)
    assert wrong is None, f"the forward rule of {name_of(f)} computes another value: {wrong}"
    seed = None if is_real_scalar(value) else weights_like(value)
    differences = by_differences(f, args, kwargs, seed, False)
    directions = tuple(weights_like(d) for d in differences)
    for i, direction in enumerate(directions):
        alone = tuple(as_tangent(d) if k == i else None for k, d in enumerate(directions))
        if direction is None:
            continue
        got, want = inner_of(seed, push(*zeros_for_none(alone, directions))), inner(direction, differences[i])
        wrong = mismatch(float(got), float(want), rtol, atol)
        assert wrong is None, f"the forward rule of {name_of(f)}, argument {i}{parameter(f, i)}, one direction: {wrong}"


def inner_of(seed: Any, dy: Any) -> Any:
    return 0.0 if dy is None else dy if seed is None else inner(seed, dy)


def zeros_for_none(tangents: tuple, directions: tuple) -> tuple:
    """Tangents of the arguments that are not varied: zeros, which each rule has to take."""
    return tuple(as_tangent(scaled(d, 0.0)) if t is None and d is not None else t for t, d in zip(tangents, directions))


def by_differences(f: Callable, args: tuple, kwargs: dict, seed: Any, integers: bool) -> tuple:
    def objective(*inputs: Any) -> float:
        result = f(*inputs, **kwargs)
        return result if seed is None else inner(seed, result)
    return tuple(finite_difference(objective, args, i, integers=integers) for i in range(len(args)))


def scaled(x: Any, by: float) -> Any:
    from ..tangents.accumulate import scale

    return scale(as_tangent(x), by)


test_rrule.__test__ = test_frule.__test__ = False  # type: ignore[attr-defined]
