"""ignore_derivatives around calls that write to memory, and as a block."""

from __future__ import annotations

import numpy as np
import pytest

import zygote_py
from zygote_py import (
    MutationError,
    UnsupportedCodeError,
    gradient,
    hvp,
    ignore_derivatives,
    isderiving,
    jvp,
    nestlevel,
    options,
)

A = np.array([1.0, 2.0])


class Statistics:
    def __init__(self, mean):
        self.mean, self.seen, self.total = mean, [], np.zeros(2)

    def update(self, x):
        self.mean = 0.5 * self.mean + x * x
        self.seen.append(x)
        self.total += x


# What calls write


def stores_attributes(x):
    s = Statistics(x)
    ignore_derivatives(s.update, x)
    return s.mean * x + s.seen[0] * x + np.sum(s.total) * x


def binds_a_variable(x):
    c = x * x

    def double():
        nonlocal c
        c = c * 2
    ignore_derivatives(double)
    return c * x


def stores_into_an_array_that_was_recorded(x):
    b = np.ones(2)
    y = x * b

    def store():
        b[0] = 7.0
    ignore_derivatives(store)
    return np.sum(y) + np.sum(b) * x


@pytest.mark.parametrize("f, want", [(stores_attributes, 1.5 + 9.0 + 3.0 + 6.0), (binds_a_variable, 18.0),
                                     (stores_into_an_array_that_was_recorded, 2.0 + 8.0)])
def test_what_a_call_writes_carries_no_derivative(f, want):
    for optimise in (True, False):
        with options(optimise=optimise):
            assert gradient(f, 3.0) == (want,) and jvp(f, (3.0,), (1.0,))[1] == want


def test_an_argument_that_a_call_writes_to():
    def f(s, x):
        ignore_derivatives(s.update, x)
        return s.mean * x
    s = Statistics(2.0)
    d, by_x = gradient(f, s, 3.0)
    assert d.mean is None and not d.total.any() and by_x == 10.0 and s.seen == [3.0]


def later(x):
    x = x * 1.0
    y = ignore_derivatives(x)
    x[0] = 2.0
    return np.sum(x * y)


def renamed(x):
    x = x * 1.0
    with ignore_derivatives():
        y = x
    x[0] = 2.0
    return np.sum(x * y)


def test_memory_with_two_names_is_refused():
    for f in (later, renamed):
        with pytest.raises(MutationError, match="an array that is written to"):
            gradient(f, A.copy())


def test_elements_that_move_are_refused():
    def f(x):
        xs = [x]
        ignore_derivatives(lambda: xs.insert(0, 5.0))
        return xs[1] * xs[0]
    for differentiate in (lambda: gradient(f, 3.0), lambda: jvp(f, (3.0,), (1.0,))):
        with pytest.raises(MutationError, match="change their places"):
            differentiate()


def test_arrays_in_the_second_order_are_refused():
    def f(x):
        b = x * A
        y = x * b
        ignore_derivatives(lambda: b.fill(7.0))
        return np.sum(y * b)
    assert gradient(f, 3.0) == (2 * 3.0 * 3.0 * 7.0,)
    for differentiate in (lambda: hvp(f, 3.0, 1.0), lambda: gradient(lambda x: gradient(f, x)[0], 3.0)):
        with pytest.raises(MutationError, match="in a derivative of a derivative"):
            differentiate()
    assert hvp(stores_into_an_array_that_was_recorded, 3.0, 1.0) == 0.0     # that one carries no derivative


# Blocks


def values(x):
    with zygote_py.ignore_derivatives() as ignoring:
        a = b = x
        c = x * x
        d, (e, *rest) = c, (x, c, x)
    assert ignoring is not None
    return a * x + b * x + c * x + d * x + e * x + rest[0] * x + rest[1] * x


def branches_and_loops(x):
    c, n = x, x
    with ignore_derivatives():
        if x > 1:
            c = x * x
        if x > 100:
            n = x * x
        for i in range(5):
            c = c * x
            if i == 1:
                break
        while c < 0:
            c += 1
    return c * x + n * x


def inside_of_a_loop(x):
    y = x
    for k in range(3):
        with ignore_derivatives():
            if k == 1:
                continue
            s = y * 1.0
        y = y * x + s
    return y


def returned(x):
    def square(y):
        with ignore_derivatives():
            if y > 0:
                return y * y
        return y
    return square(x) * x


def containers(x):
    xs = [x]
    with ignore_derivatives():
        xs.append(x)
        xs.append(x * x)
        ys = [x for _ in range(2)]
        zs = [*ys, x]
        d = {"a": x, **{"b": x}}
        d["c"] = x
        t = x, x
    return xs[0] + (xs[1] + xs[2] + ys[0] + zs[2] + d["a"] + d["b"] + d["c"] + t[0]) * x


def objects_and_arrays(x):
    s = Statistics(x)
    a = x * np.ones(2)
    with ignore_derivatives():
        s.update(x)
        s.more = x
        a += x
        a[1] += x
        own = a.copy()
        own[0] = x
    return s.mean * x + s.more * x + np.sum(s.total) * x + np.sum(a) * x + np.sum(own) * x


def exceptions(x):
    with ignore_derivatives(), np.errstate(all="ignore"):
        try:
            c = x * x
            raise ValueError
        except ValueError:
            c = c + x
        finally:
            d = x
    return c * x + d * x


def functions_and_variables(x):
    c = x

    def get():
        return c
    with ignore_derivatives():
        c = x * x

        def scaled(y):
            return y * x
        e = scaled(x)
        if (q := x) > 0:
            e = e + sum(v * x for v in (1.0, 2.0))
        level = nestlevel() + isderiving()
    return get() * x + e * x + q * x + scaled(x) + level


BLOCKS = [  # the derivative at 3, and the second one; None where it takes long to compile
    (values, 3 + 3 + 9 + 9 + 3 + 9 + 3, None), (branches_and_loops, 81.0 + 6.0, 2.0), (inside_of_a_loop, 3 * 9.0 + 3.0, 18.0),
    (returned, 9.0, 0.0), (containers, 1 + 3 + 9 + 6 * 3, None), (objects_and_arrays, 10.5 + 3 + 6 + (6 + 9) + (3 + 9), None),
    (exceptions, 12.0 + 3.0, None), (functions_and_variables, 9.0 + 18.0 + 3.0 + 6.0, None)]


@pytest.mark.parametrize("f, want, second", BLOCKS)
def test_no_derivative_leaves_a_block(f, want, second):
    for optimise in (True, False):
        with options(optimise=optimise):
            assert zygote_py.withgradient(f, 3.0) == (f(3.0), (want,))
            assert jvp(f, (3.0,), (1.0,)) == (f(3.0), want)
    if second is not None:
        assert hvp(f, 3.0, 1.0) == gradient(lambda x: gradient(f, x)[0], 3.0)[0] == second


def test_a_block_may_hold_code_that_cannot_be_differentiated():
    def f(x):
        with ignore_derivatives():
            n = len(str(x).encode()) + int.from_bytes(b"\x02", "big")
        return x * n
    assert gradient(f, 2.0) == (5.0,)


stop = ignore_derivatives


def test_the_function_of_the_block_is_known_by_what_its_name_stands_for():
    def f(x):
        with stop():
            c = x * x
        return c * x
    assert gradient(f, 3.0) == (9.0,)

    def g(x):
        ignoring = ignore_derivatives()
        with ignoring:
            c = x * x
        return c * x
    assert g(3.0) == 27.0
    for differentiate in (lambda: gradient(g, 3.0), lambda: jvp(g, (3.0,), (1.0,))):
        with pytest.raises(UnsupportedCodeError, match="derivatives of this block(.|\n)*Instead: write `with ignore_deriv"):
            differentiate()


def test_a_variable_that_may_be_unbound_in_the_second_order():
    def f(x):
        try:
            c = np.sin(x) if x > 100 else ignore_derivatives(lambda: x) + x
            raise ValueError
        except ValueError:
            c = max(c, 0.0) * x
        return c
    assert hvp(f, 3.0, 1.0) == 2.0
