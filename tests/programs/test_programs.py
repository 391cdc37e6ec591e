"""Every program of the table: the value, the gradient and the side effects, against differences and the plain run."""

from __future__ import annotations

import contextlib
import copy
import io
import types
from typing import Any

import numpy as np
import pytest

import zygote_py
from zygote_py.testing import finite_difference, mismatch

from .table import PROGRAMS, Program, load

load()
RUNS = [pytest.param(entry, k, id=f"{entry.name}-{k}") for entry in PROGRAMS.values() for k in range(len(entry.arguments))]
SMOOTH = [pytest.param(entry, k, id=f"{entry.name}-{k}") for entry in PROGRAMS.values() if entry.order == 2
          for k in range(len(entry.arguments))]

every_run = pytest.mark.parametrize("entry, k", RUNS)


def inputs(entry: Program, k: int) -> tuple:
    """Fresh arguments: a program may write to them."""
    return copy.deepcopy(entry.arguments[k])


def plain_run(entry: Program, k: int) -> tuple[Any, tuple, str]:
    """The value of the program, its arguments afterwards and what it printed."""
    args = inputs(entry, k)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        value = entry.function(*args, **entry.keywords)
    return value, args, out.getvalue()


def quiet(f: Any, *args: Any, **kwargs: Any) -> Any:
    with contextlib.redirect_stdout(io.StringIO()):
        return f(*args, **kwargs)


def differences(entry: Program, k: int) -> tuple:
    args = entry.arguments[k]
    return tuple(quiet(finite_difference, entry.function, args, i, kwargs=entry.keywords, integers=entry.integers)
                 for i in range(len(args)))


def same(a: Any, b: Any) -> bool:
    """Whether two values are equal in type and in all that they hold."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, types.FunctionType):
        return a.__code__ is b.__code__ and all(same(c.cell_contents, d.cell_contents)
                                                for c, d in zip(a.__closure__ or (), b.__closure__ or ()))
    if hasattr(a, "__dict__") and not isinstance(a, type):
        return same(vars(a), vars(b))
    return bool(a == b)


def assert_agree(got: Any, want: Any, rtol: float = 1e-9, atol: float = 1e-12) -> None:
    """Two gradients of the engine, of one structure; None and zero count as the same."""
    a, b = numbers_by_path(got), numbers_by_path(want)
    for path in a.keys() | b.keys():
        np.testing.assert_allclose(a.get(path, 0.0), b.get(path, 0.0), rtol=rtol, atol=atol, err_msg=path)


def numbers_by_path(x: Any, path: str = "") -> dict[str, Any]:
    if x is None:
        return {}
    if isinstance(x, (tuple, list)):
        return {p: v for k, entry in enumerate(x) for p, v in numbers_by_path(entry, f"{path}[{k}]").items()}
    if isinstance(x, dict):
        return {p: v for k, entry in x.items() for p, v in numbers_by_path(entry, f"{path}[{k!r}]").items()}
    if isinstance(x, zygote_py.Tangent):
        return {p: v for k, entry in vars(x).items() for p, v in numbers_by_path(entry, f"{path}.{k}").items()}
    return {path: x}


def test_the_table_is_large_enough():
    assert len(PROGRAMS) >= 130


@every_run
def test_program_is_well_posed(entry, k):
    value, args, out = plain_run(entry, k)
    again, args_again, out_again = plain_run(entry, k)
    assert np.ndim(value) == 0 and np.isfinite(value) and not isinstance(value, (complex, np.complexfloating))
    assert value == again and same(args, args_again) and out == out_again
    if not entry.kinks:
        for d in differences(entry, k):
            assert mismatch(d, d) is None


@every_run
def test_value_and_gradient(entry, k):
    expected, _, _ = plain_run(entry, k)
    val, grad = quiet(zygote_py.withgradient, entry.function, *inputs(entry, k), **entry.keywords)
    assert type(val) is type(expected) and val == expected
    assert len(grad) == len(entry.arguments[k])
    if entry.kinks:
        assert all(g is None or np.all(np.isfinite(g)) for g in grad)
        return
    for i, (got, want) in enumerate(zip(grad, differences(entry, k))):
        if want is None:            # an integer that counts something: differences say nothing about it
            continue
        wrong = mismatch(got, want, rtol=entry.rtol, atol=2e-7 * max(1.0, abs(float(expected))))
        assert wrong is None, f"argument {i}: {wrong}"


@every_run
def test_gradient_without_shortcuts(entry, k):
    shortest = quiet(zygote_py.gradient, entry.function, *inputs(entry, k), **entry.keywords)
    with zygote_py.options(optimise=False):
        longest = quiet(zygote_py.gradient, entry.function, *inputs(entry, k), **entry.keywords)
    assert_agree(shortest, longest)


@every_run
def test_side_effects_are_those_of_the_plain_run(entry, k):
    _, args_afterwards, printed = plain_run(entry, k)
    args = inputs(entry, k)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        zygote_py.gradient(entry.function, *args, **entry.keywords)
    assert out.getvalue() == printed
    assert same(args, args_afterwards)


@every_run
def test_back_can_be_called_again(entry, k):
    args = inputs(entry, k)
    y, back = quiet(zygote_py.pullback, entry.function, *args, **entry.keywords)
    expected, args_afterwards, _ = plain_run(entry, k)
    assert y == expected
    gradient = quiet(zygote_py.gradient, entry.function, *inputs(entry, k), **entry.keywords)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        first, second, doubled = back(1.0), back(1.0), back(2.0)
    assert out.getvalue() == ""
    assert_agree(first, second, rtol=0)
    assert_agree(first, gradient)
    assert_agree([first, first], [scaled(doubled, 0.5)] * 2)
    assert same(args, args_afterwards)


def scaled(x: Any, by: float) -> Any:
    if x is None:
        return None
    if isinstance(x, dict):
        return {k: scaled(v, by) for k, v in x.items()}
    if isinstance(x, (tuple, list)):
        return [scaled(v, by) for v in x]
    if isinstance(x, zygote_py.Tangent):
        return zygote_py.Tangent({k: scaled(v, by) for k, v in vars(x).items()})
    return x * by


@pytest.mark.parametrize("entry, k", SMOOTH)
def test_second_order(entry, k):
    args = inputs(entry, k)
    weights = [np.cos(1.0 + np.arange(np.size(x))).reshape(np.shape(x)) if isinstance(x, (float, np.ndarray)) else None
               for x in args]

    def slope(*xs):
        total = 0.0
        for w, dx in zip(weights, zygote_py.gradient(entry.function, *xs)):
            if w is not None and dx is not None:
                total = total + np.sum(w * dx)
        return total

    second = zygote_py.gradient(slope, *args)
    for i, w in enumerate(weights):
        if w is not None:
            wrong = mismatch(second[i], finite_difference(slope, args, i), rtol=1e-5, atol=1e-5)
            assert wrong is None, f"argument {i}: {wrong}"
