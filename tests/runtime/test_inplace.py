"""Arrays that are updated in place: state, types, what is refused. The programs are in tests/programs/inplace.py."""

from __future__ import annotations

import numpy as np
import pytest

from zygote_py import MutationError, gradient, jvp, options, pullback

V = np.array([0.5, 1.5, -2.0, 3.0])


def scaled_in_place(a, x):
    a *= x
    a[0] = x[1]
    return (a * a).sum()


def test_arrays_are_left_as_the_forward_run_leaves_them():
    expected = V.copy()
    value = scaled_in_place(expected, V)
    a = V.copy()
    y, back = pullback(scaled_in_place, a, V)
    assert y == value
    np.testing.assert_array_equal(a, expected)
    first, second = back(1.0), back(1.0)
    np.testing.assert_array_equal(a, expected)
    for p, q in zip(first, second):
        np.testing.assert_array_equal(p, q)


def test_an_exception_leaves_what_the_plain_run_leaves():
    def f(a, x):
        a[0] = x * 2
        a[7] = x
        return a.sum()

    a = V.copy()
    with pytest.raises(IndexError, match="out of bounds"):
        gradient(f, a, 2.0)
    np.testing.assert_array_equal(a, [4.0, *V[1:]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_gradients_keep_the_type(dtype):
    def f(x):
        y = np.zeros(4, dtype)
        y[1:] = x[1:] * 2
        y += x
        return (y * y).sum().real

    x = V.astype(dtype)
    d, = gradient(f, x)
    assert d.dtype == dtype
    np.testing.assert_allclose(d, [2 * x[0], *(18 * x[1:])], rtol=1e-6)


def test_integer_arrays_count():
    def f(x):
        n = np.zeros(2, np.int32)
        n[0] += 3
        n[1] = 2
        return (n * x).sum()

    np.testing.assert_array_equal(gradient(f, np.ones(2))[0], [3, 2])


def test_one_array_for_two_arguments_counts_once():
    def f(a, b):
        a[0] = b[1] * 2
        return (a * b).sum()

    x = V.copy()
    da, db = gradient(f, x, x)
    np.testing.assert_allclose(da + (0 if db is None else db), [0, 2 * V[1] + 8 * V[1], 2 * V[2], 2 * V[3]])


def test_the_work_is_linear_in_the_number_of_stores():
    """A store costs what it stores, not what the array holds."""
    def f(x):
        a = np.zeros(200000)
        for i in range(50):
            a[i] = x * i
        return a[3] + a[40]

    assert gradient(f, 2.0) == (43.0,)


def objects(x):
    a = np.array([x[0], None], dtype=object)
    a[1] = x[1]
    return a[1]


def borrowed(x):
    a = np.frombuffer(bytearray(32))
    a[0] = x[0]
    return a.sum()


MASKED = np.ma.masked_array(np.ones(4), [0, 1, 0, 0])


def masked(x):
    MASKED[0] = x[0]
    return float(MASKED.sum())


def seen_as_other_numbers(x):
    a = x * 1.0
    a.dtype = np.int64
    return a.sum()


def resized(x):
    a = x * 1.0
    a.resize((2, 3), refcheck=False)
    return a.sum()


def repeated(x):
    a = x * 1.0
    np.multiply.at(a, [0, 0], x[1])
    return a.sum()


def seen_as_bytes(x):
    a = x * 1.0
    a.view(np.int64)[0] = 3
    return a.sum()


@pytest.mark.parametrize("f", [objects, borrowed, masked, resized, repeated, seen_as_bytes,
                               seen_as_other_numbers])
def test_what_can_not_be_undone_is_refused(f):
    with pytest.raises(MutationError, match="in-place update") as caught:
        gradient(f, V.copy())
    assert "test_inplace.py:" in str(caught.value) and f.__name__ in str(caught.value)


def test_the_shape_of_an_array_that_a_caller_holds_is_not_set_under_its_feet():
    def reshape(held, change):
        change(held)

    def f(x, change):
        a = x * 1.0
        reshape(a, change)
        return a.sum()

    def change(a):
        a.shape = (2, 2)

    for way in (lambda: gradient(f, V.copy(), change), lambda: jvp(f, (V.copy(), change), (V, None))):
        with pytest.raises(MutationError, match="array of the caller"):
            way()
        with options(optimise=False):
            way()


def test_a_cotangent_of_its_own_is_no_array_of_the_user():
    def f(x, w):
        return x[1] * x[2] + x @ w
    x, w = np.array([1.0, -2.0, 0.5]), np.array([0.3, 1.5, -0.7])
    dx, dw = gradient(f, x, w)
    assert np.array_equal(x, [1.0, -2.0, 0.5]) and np.array_equal(w, [0.3, 1.5, -0.7])
    assert np.allclose(dx, [0.3, 2.0, -2.7]) and np.array_equal(dw, x) and dw is not x
