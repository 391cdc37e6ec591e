"""Arrays of all types and layouts through a spread of rules: the gradient has the type, the shape and the values it must have."""

from __future__ import annotations

import numpy as np
import pytest

from zygote_py import gradient

BASE = np.linspace(0.2, 1.7, 24).reshape(4, 6)
LAYOUTS = {
    "plain": lambda x: x.copy(),
    "Fortran": np.asfortranarray,
    "reversed": lambda x: np.ascontiguousarray(x[::-1, ::-1])[::-1, ::-1],
    "every second": lambda x: np.repeat(np.repeat(x, 2, 0), 2, 1)[::2, ::2],
    "transposed": lambda x: np.ascontiguousarray(x.T).T,
    "broadcast": lambda x: np.broadcast_to(x[:1], x.shape),
}
FUNCTIONS = {
    "arithmetic": lambda a: np.sum(a * a - 2.0 * a / (a + 3) + a ** 2),
    "ufuncs": lambda a: np.sum(np.sin(a) * np.exp(-a) + np.sqrt(a + 1) + np.tanh(a)),
    "reductions": lambda a: np.sum(np.mean(a, 0) * np.max(a, axis=0)) + np.var(a) + np.prod(a[0]) + np.linalg.norm(a),
    "shapes": lambda a: np.sum(a.T.reshape(-1)[::3] * np.ravel(a)[:8]) + np.sum(np.concatenate([a, a[::-1]], 1) ** 2),
    "indexing": lambda a: a[1, 2] * a[-1, -1] + np.sum(a[:, [0, 2, 0]] ** 2) + np.sum(a[a > 0.7]),
    "products": lambda a: np.sum((a @ a.T) ** 2) + np.sum(np.einsum("ij,kj->ik", a, a)) + np.sum(np.outer(a[0], a[:, 0])),
    "sorted": lambda a: np.sum(np.sort(a, axis=1)[:, :3] * np.cumsum(a, 1)[:, :3]) + np.median(a),
    "stores": lambda a: stored(a),
}


def stored(a):
    out = np.zeros(a.shape, a.dtype)
    out[1:] = a[:-1] * a[1:]
    out += a
    return np.sum(out * out)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_types_and_layouts(name):
    """As for a plain array of doubles; singles and halves give theirs, and whole numbers and truth values count as doubles."""
    f = FUNCTIONS[name]
    for layout, lay in LAYOUTS.items():
        x = lay(BASE)
        want = gradient(f, np.array(x))[0]
        for dtype, digits in ((np.float64, 1e-12), (np.float32, 2e-5), (np.float16, 3e-2), (np.longdouble, 1e-12)):
            typed = lay(BASE.astype(dtype))
            before = typed.copy()
            got = gradient(f, typed)[0]
            assert got.dtype == dtype and got.shape == x.shape, (layout, dtype, got.dtype)
            scale = np.max(np.abs(want))
            exact = gradient(f, np.array(typed, float))[0]
            off = got.astype(float) - exact
            if layout == "broadcast":           # equal rows: which of them a tie is given to is open
                off = np.sum(off, 0)
            assert np.max(np.abs(off)) <= digits * scale, (layout, dtype)
            np.testing.assert_array_equal(typed, before)


@pytest.mark.parametrize("name", ["arithmetic", "ufuncs", "shapes", "products"])
def test_whole_numbers_count_as_doubles(name):
    whole = np.arange(1, 25).reshape(4, 6) % 5 + 1
    got = gradient(FUNCTIONS[name], whole)[0]
    assert got.dtype == np.float64
    np.testing.assert_allclose(got, gradient(FUNCTIONS[name], whole.astype(float))[0], rtol=1e-12)


@pytest.mark.parametrize("name", ["arithmetic", "ufuncs", "shapes", "products"])
def test_complex_arrays(name):
    """Of the real part: df/dre + i df/dim is the conjugate of the derivative of a holomorphic function."""
    f = FUNCTIONS[name]
    z = BASE + 0.3j * BASE[::-1]
    for dtype, digits in ((np.complex128, 1e-6), (np.complex64, 3e-4)):
        got = gradient(lambda a: np.real(f(a)), z.astype(dtype))[0]
        assert got.dtype == dtype
        step = np.cos(np.arange(24)).reshape(4, 6) + 1j * np.sin(np.arange(24) ** 2).reshape(4, 6)
        want = (f(z + 1e-6 * step).real - f(z - 1e-6 * step).real) / 2e-6
        assert abs(np.sum(np.conj(got) * step).real - want) <= digits * (1 + abs(want))


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1, 1)])
def test_arrays_without_axes_or_elements(shape):
    x = np.full(shape, 0.7)
    for f in (lambda a: np.sum(np.sin(a) * a + a ** 2), lambda a: np.sum(a.reshape(-1) ** 2) + np.sum(a.T * 2.0),
              lambda a: np.sum(np.stack([a, a * a])), lambda a: np.sum(np.where(a > 0, a, 0.0)) + np.sum(np.cumsum(a))):
        got = gradient(f, x)[0]
        assert isinstance(got, np.ndarray) and got.shape == shape and got.dtype == np.float64
        if x.size:
            want = (f(x + 1e-6) - f(x - 1e-6)) / 2e-6
            np.testing.assert_allclose(np.sum(got), want, rtol=1e-6)
