"""Buffer: filled element by element, frozen by copy()."""

from __future__ import annotations

import numpy as np
import pytest

from zygote_py import Buffer, MutationError, gradient
from zygote_py.testing import check_grads

X = np.array([1.0, 2.0, 3.0])


def test_shape_and_dtype():
    b = Buffer(X.astype(np.float32))
    assert b.shape == (3,) and b.ndim == 1 and b.size == 3 and len(b) == 3 and b.dtype == np.float32
    b = Buffer(X, 2, 4)
    assert b.shape == (2, 4) and b.dtype == float and len(b) == 2
    assert repr(Buffer(X, 1)) == "Buffer(array([0.]))"


def test_copy_is_a_plain_array_and_freezes():
    b = Buffer(X)
    b[:] = X
    y = b.copy()
    assert type(y) is np.ndarray and "frozen" in repr(b)
    y[0] = 10.0
    assert b[0] == 1.0 and list(b) == [1.0, 2.0, 3.0]
    with pytest.raises(MutationError, match="frozen"):
        b[0] = 1.0
    with pytest.raises(MutationError, match="frozen"):
        Buffer.append(b, 1.0)
    with pytest.raises(ValueError, match="2 dimensions"):
        Buffer(X, 2, 2).append(1.0)


def filled(x):
    b = Buffer(x, 2, 2)
    b[0, :] = x[:2]
    b[:, 1] = b[:, 0] * x[0]
    b[1, 0] += x[1]
    return np.sum(b.copy()**2)


def test_elements_slices_and_reads():
    check_grads(filled, X, modes=("rev",))
    assert gradient(filled, X)[0].shape == (3,)


def test_reads_are_values_of_their_time():
    def f(x):
        b = Buffer(x)
        b[0] = x[0] * 2.0
        early = b[0:1]
        b[0] = x[1] * 3.0
        return early[0] * b[0]
    np.testing.assert_allclose(gradient(f, X)[0], [12.0, 6.0, 0.0])


def test_append_and_loops():
    def powers(x, n):
        b = Buffer([x])
        for k in range(n):
            b.append(x**k)
        return np.sum(b.copy())
    assert len(Buffer([1.0])) == 0
    assert gradient(powers, 2.0, 4)[0] == 1 + 4 + 12


def test_iteration():
    def f(x):
        b = Buffer(x)
        for i in range(3):
            b[i] = x[i]**2
        return sum(v * (i + 1) for i, v in enumerate(b))
    np.testing.assert_allclose(gradient(f, X)[0], 2 * X * [1, 2, 3])
