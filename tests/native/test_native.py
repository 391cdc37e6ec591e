"""AutoNumba(): the numbers of reverse mode, or an error; and where Python would do something else, what Python does."""

from __future__ import annotations

import copy
import math
import sys
import warnings
from typing import Any

import numpy as np
import pytest

import zygote_py
from zygote_py import AutoForward, AutoNumba, Const, UnsupportedCodeError, gradient, hessian, pullback, withgradient
from zygote_py.testing import finite_difference, mismatch

pytest.importorskip("numba")

from programs.table import load

from . import kernels

N = AutoNumba()
PROGRAMS = (
    "arrays.two_indices", "arrays.integer_array", "arrays.pairwise_distances", "assignment.overwritten_after_use",
    "branches.both_branches_overwrite", "branches.nested_branches", "functions.mutual_recursion", "functions.fast_power",
    "helpers.helpers_that_call_themselves", "inplace.recurrence_by_index",
    *(["inplace.made_by_a_callee"] if sys.version_info >= (3, 11) else []),     # 3.10 writes no callee out
    "inplace.views_that_are_added_to", "logic.nested_conditionals", "logic.booleans_as_numbers",
    "loops.newton_sqrt", "loops.two_exits_from_one_loop", "loops.while_else", "objects_inside.two_bodies",
    "operators.augmented_floor_and_remainder", "operators.integer_arguments", "repeats.the_index_changes",
    "traps.cotangents_that_alias", "traps.thirty_levels_of_ifs_and_loops", "traps.sqrt_of_square_at_zero",
    "unpacking.swap_in_a_loop", "unpacking.rotate_three")


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def outcome(f: Any, *args: Any) -> tuple:
    try:
        return "value", withgradient(f, *copy.deepcopy(args))
    except Exception as e:
        return "raised", type(e), str(e)


def assert_same(f: Any, *args: Any) -> None:
    """Values, gradients and exceptions are those of reverse mode."""
    plain, ours = outcome(f, *args), outcome(f, N, *args)
    assert plain[0] == ours[0], (plain, ours)
    if plain[0] == "raised":
        assert plain == ours
        return
    np.testing.assert_allclose(ours[1].val, plain[1].val, rtol=1e-12)
    for d, want in zip(ours[1].grad, plain[1].grad):
        assert (d is None) == (want is None)
        if d is not None:
            assert type(d) is type(want) and np.shape(d) == np.shape(want)
            np.testing.assert_allclose(d, want, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("name", sorted(kernels.KERNELS))
def test_kernels(name):
    f, args = kernels.KERNELS[name]
    assert_same(f, *args)
    found = gradient(f, N, *args)
    for i, x in enumerate(args):
        if not isinstance(x, int):
            assert mismatch(found[i], finite_difference(f, args, i), rtol=1e-5) is None


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name):
    program = load()[name]
    for args in program.arguments:
        assert_same(program.function, *args)


def total(x, n):
    s = 0.0
    for i in range(n):
        s += x[i]**2 / x[-1 - i]
    return s


def repeated(a, b):
    for _ in range(2):
        a = a / b
    return a


def roots(a):
    s = 1.0
    for _ in range(2):
        s *= math.sqrt(a)
    return s


def hidden(a):
    return math.exp(math.log(a)) if a >= 0 else a


def factorial(x, n):
    r = 1
    for k in range(1, n + 1):
        r = r * k
    return x * r


def fibonacci(x, n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return x * a


def cut(x, n):
    return x * int(x * 10.0**n) + 3**n * x


def complaining(x, n):
    for i in range(n):
        if i == 5:
            raise ValueError(f"{i} is too much")
        x = x * 1.1
    return x


def growing(x):
    for _ in range(5):
        x = x * x
    return x


def twice_exp(x):
    for _ in range(2):
        x = math.exp(x)
    return x


def raised(a, b):
    r = 0.0
    for _ in range(2):
        r += a**b
    return r


@pytest.mark.parametrize(("f", "cases"), [
    (total, [(np.array([1.0, 2.0, 3.0]), 3), (np.array([1.0, 2.0, 3.0]), 4), (np.array([1.0, 0.0, 2.0]), 3), (np.zeros(0), 0)]),
    (repeated, [(1.0, 0.0), (1.0, 2.0), (np.float64(1.0), np.float64(0.0)), (1.0, -3)]),
    (roots, [(-1.0,), (0.0,), (2.0,)]),
    (hidden, [(0.0,), (2.0,), (-1.0,)]),
    (factorial, [(1.5, 10), (1.5, 30)]),
    (fibonacci, [(1.5, 50), (1.5, 120)]),
    (cut, [(1.5, 1), (1.5, 30), (1.5, -2)]),
    (complaining, [(1.0, 4), (1.0, 8)]),
    (growing, [(1e100,), (np.float64(1e100),), (3,), (10**30,)]),
    (twice_exp, [(10.0,), (1.0,), (math.inf,)]),
    (raised, [(2.0, 0.5), (-2.0, 2.0), (0.0, 0.5), (0.0, -1.0), (1e200, 3.0)]),
], ids=lambda p: getattr(p, "__name__", ""))
def test_where_machine_code_would_do_something_else(f, cases):
    for args in cases:
        assert_same(f, *args)


def test_what_is_found_outside_is_read_at_each_call(monkeypatch):
    def make(c, table):
        def f(x):
            s = 0.0
            for i in range(3):
                s += c * x * table[i]
            return s
        return f
    for c, table in ((2.0, np.arange(3.0)), (3.0, np.ones(3)), (2, np.arange(3)), (np.float64(0.5), np.ones(4))):
        assert_same(make(c, table), 3.0)
    f, args = kernels.KERNELS["pendulum"]
    for g in (9.81, 1.62, 2):
        monkeypatch.setattr(kernels, "GRAVITY", g)
        assert_same(f, *args)


def test_layouts_and_one_array_twice():
    def product(a, b):
        s = 0.0
        for i in range(a.shape[0]):
            for j in range(a.shape[1]):
                s += a[i, j] * b[i, j]**2
        return s
    a, b = np.arange(6.0).reshape(2, 3), np.ones((2, 3)) * 0.5
    fixed = a.copy()
    fixed.flags.writeable = False
    for args in ((a, b), (a, a), (np.asfortranarray(a), b), (a.T, b.T), (a[:, ::-1], b), (fixed, b)):
        assert_same(product, *args)


def test_constants_keywords_and_fresh_functions():
    def f(x, c, n=2):
        for _ in range(n):
            x = x * c
        return x
    assert gradient(f, N, 2.0, Const(3.0)) == gradient(f, 2.0, Const(3.0)) == (9.0, None)
    assert gradient(f, N, 2.0, 3.0, n=3) == gradient(f, 2.0, 3.0, n=3)
    assert gradient(f, N, 2.0, c=3.0) == (9.0,)

    def times(k):
        return lambda x: x * x * k
    assert [gradient(times(k), N, 2.0) for k in (1.0, 2.0)] == [(4.0,), (8.0,)]


def test_it_can_be_differentiated_again():
    assert gradient(lambda x: gradient(lambda y: y * y * y, N, x)[0], 3.0) == (18.0,)
    assert gradient(lambda x: gradient(lambda y: y * y * y, N, x)[0], AutoForward(), 3.0) == (18.0,)
    assert gradient(lambda x: withgradient(lambda y: y * y * y, N, x).val, 3.0) == (27.0,)


def in_place(x):
    x[0] = 2.0
    return np.sum(x)


def of_dicts(x):
    return {"a": x}["a"] * 2


@pytest.mark.parametrize(("f", "args", "words"), [
    (in_place, (np.ones(3),), "in_place"),
    (of_dicts, (2.0,), "of_dicts"),
    (total, (np.ones(3, np.float32), 2), "float32"),
    (total, ([1.0, 2.0], 2), "total"),
    (total, (np.ones(3) + 1j, 2), "total"),
    (math.sin, (2.0,), "no Python function"),
])
def test_refusals(f, args, words):
    with pytest.raises((UnsupportedCodeError, zygote_py.NotScalarError), match=words) as caught:
        gradient(f, N, *args)
    assert "AutoNumba" in str(caught.value) or isinstance(caught.value, zygote_py.NotScalarError)


def test_what_there_is_no_machine_code_for():
    with pytest.raises(NotImplementedError, match="AutoNumba"):
        hessian(lambda x: x * x, N, 2.0)
    with pytest.raises(TypeError, match="no pullback"):
        pullback(lambda x: x * x, N, 2.0)


def test_booleans_in_arithmetic():
    """numba does not tell Python's booleans from NumPy's."""
    def arithmetic(x, case):
        if case == 0:
            return ((x[0] > 0) + (x[2] > 0)) * x[1]
        if case == 1:
            return -(x[0] > 0) * x[1]
        if case == 2:
            return np.sum((x > 0) - (x < 1)) * x[0]
        if case == 3:
            return np.exp(x[0] > 0) * x[0]
        if case == 4:
            return ((x[0] > 0) * (x[2] > 0) + (x[2] > 0)) * x[0]
        return np.sum((x > 0) * x)

    for case in range(6):
        assert_same(arithmetic, np.array([0.7, -1.3, 0.4]), case)


def test_what_is_added_in_place_is_of_no_larger_shape():
    def whole(x, n):
        u = np.ones(n)
        u += x
        return np.sum(u * u)

    def part(x, n):
        u = np.ones(4)
        u[:n] -= x
        return np.sum(u * u)

    for f in (whole, part):
        for n in (1, 3):
            assert_same(f, np.array([0.7, -1.3, 0.4]), n)


def test_shifts_and_bases():
    def shifted(x, n, k):
        m = x * (n >> k)
        n >>= k
        return m * n

    for k in (1, -1, 64):
        assert_same(shifted, 2.0, 5, k)
    for base in (3.0, 0.0, 1.0, math.inf):
        assert_same(lambda x, b: math.log(x, b), 2.0, base)


def test_a_number_of_a_module_is_no_constant(monkeypatch):
    monkeypatch.setattr(kernels, "rate", 2.0, raising=False)
    with pytest.raises(UnsupportedCodeError, match="rate"):
        gradient(lambda x: x * kernels.rate, N, 1.0)
    assert gradient(lambda x: x * math.pi, N, 1.0) == (math.pi,)


def test_integers_near_the_ends_of_64_bits():
    def near(x, n):
        return x * ((n + 1) % 1000) + x * (-n % 1000) + x * (abs(n) % 1000) + x * (n // -1 % 7)

    for n in (5, 2**61, 2**63 - 1, -2**63, 2**63, 2**64):
        assert_same(near, 1.5, n)

    def elements(x, numbers):
        return x * (int(numbers[0]) + 1)

    for n in (5, 2**63 - 1):
        assert_same(elements, 1.5, np.array([n]))


def down(x, n):
    return x if n <= 0 else down(x, n - 1) * 1.001


def test_recursion_ends_where_python_says():
    """And not at the end of the stack, which ends the process."""
    for n in (100, 20000):
        assert_same(down, 1.5, n)


def test_squares_of_booleans_and_nan():
    def squares(x):
        m = (x > 0)**2
        return np.sum((m + m) * x)

    assert_same(squares, np.array([0.7, -1.3, 0.4]))
    for x in (math.nan, np.float64(math.nan), -2.0):
        assert_same(lambda x: abs(x) * 2.0, x)


def test_integers_that_share_a_variable_with_floats():
    """In Python they stay integers, of any size."""
    def shared(x, n):
        y = n
        if n > 0:
            y = x * 2
        return y**40 % 10 * x

    def returned(x, n):
        return shared(x, n) + x

    for f in (shared, returned):
        with pytest.raises(UnsupportedCodeError, match="integer"):
            gradient(f, N, 2.0, -3)
        with pytest.raises(UnsupportedCodeError, match="integer"):
            gradient(f, N, 2.0, -3)
        assert_same(f, 2.0, -3.0)

    def summed(x):
        s = 0
        for i in range(len(x)):
            s += x[i]
        return s * x[0]

    assert_same(summed, np.array([0.7, -1.3, 0.4]))

    def cotangents(x):
        best, where = x[0], 0
        for i in range(1, len(x)):
            if x[i] > best:
                best, where = x[i], i
        return best * where

    assert_same(cotangents, np.array([0.7, 1.3, 0.4]))


def test_integers_that_parameters_are_bound_to_anew():
    def hailstones(x, n):
        k = 0
        while n != 1 and k < 1000:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            k += 1
        return x * n * k

    for n in (27, 2**61 - 1):
        assert_same(hailstones, 1.5, n)
