"""What may be the argument itself, or a view of it, is one with it when either is written to."""

from __future__ import annotations

import numpy as np
import pytest

import zygote_py
from zygote_py.errors import MissingRuleError, RuleError
from zygote_py.testing import check_grads, finite_difference

W = np.array([0.3, 1.7, -0.9])
SAME = [        # of an array of three numbers: in most cases the array itself, or a view of all of it
    "a", "a[...]", "a.T", "a.real", "a.view()", "a.view(float)", "a.ravel()", "a.reshape(1, 3)[0]", "a.squeeze()", "a.conj()",
    "a.astype(float, copy=False)", "a.__array__()", "np.array(a, ndmin=1)", "np.asarray(a)", "np.asanyarray(a)", "np.float64(a)",
    "np.ascontiguousarray(a)", "np.asfortranarray(a)", "np.asarray_chkfinite(a)", "np.require(a)", "np.atleast_1d(a)",
    "np.atleast_2d(a)[0]", "np.squeeze(a[None])", "np.real(a)", "np.real_if_close(a)", "np.diff(a, 0)",
    "np.trim_zeros(a)", "np.expand_dims(a, 0)[0]", "np.moveaxis(a[None], 0, 1)[:, 0]", "np.flip(a)", "np.rot90(a[None], 2)[0]",
    "np.split(a, 1)[0]", "np.hsplit(a, [1])[1]", "np.polyder(a, 0)", "np.einsum('i->i', a)",
    "np.lib.stride_tricks.sliding_window_view(a, 3, writeable=True)[0]", "[a][0]", "{'k': a}['k']", "(lambda v: v)(a)"]
TEXT = """
def program_{i}(x, y):
    a = W + x
    b = {e}
    c = b * y                   # what is read before
    b[0] += y * a[0]
    a[-1] = x * x
    return np.sum(np.sin(a) * W) + np.sum(np.cos(b) * y) + np.sum(c)
"""


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    path = tmp_path_factory.mktemp("aliasing") / "programs.py"
    path.write_text("".join(TEXT.format(i=i, e=e) for i, e in enumerate(SAME)))
    space = {"np": np, "W": W}
    exec(compile(path.read_text(), str(path), "exec"), space)
    return space


@pytest.mark.parametrize("i", range(len(SAME)), ids=SAME)
def test_views_share_their_cotangents(programs, i):
    f = programs[f"program_{i}"]
    got = zygote_py.gradient(f, 0.7, 1.3)
    np.testing.assert_allclose(got, [finite_difference(f, (0.7, 1.3), k) for k in (0, 1)], rtol=1e-6)


def parts(z):
    w, v, u = np.imag(z), z.imag, z.real
    w[0] = z[1].real
    u[1] = w[0] * u[0]
    return np.sum(np.abs(z) ** 2 * W[:2]) + np.sum(w * v * u)


def halves(x):
    m = np.outer(W, W) + x
    w, t = np.diag(m), m.T
    m[1, 1] = x * x
    t[0, 2] = x
    return np.sum(m * W) + np.sum(w ** 3) + np.sum(t ** 2)


def windows(x):
    a = W * x
    b = np.lib.stride_tricks.sliding_window_view(a, 2)
    a[1] = x * x
    grid, other = np.meshgrid(a, a * a, sparse=True, copy=False)
    return np.sum(b * b * W[:2]) + np.sum(grid * other)


def test_parts_and_windows():
    check_grads(lambda x: parts(np.array([x + 1j, 2 * x * x + 3j * x])), 0.7, modes=("rev",), order=1)
    check_grads(halves, 0.8, modes=("rev",), order=1)
    check_grads(windows, 0.8, modes=("rev",), order=1)


def cleaned_in_place(x):
    a = np.zeros(3)
    b = np.nan_to_num(a, copy=False)
    b[0] = x
    return np.sum(a)


def through_base(x):
    a = W * x
    b = a[:].base
    b[0] = x
    return np.sum(a * W) + np.sum(b)


@pytest.mark.parametrize(("f", "error", "text"), [
    (through_base, MissingRuleError, "base"),
    (lambda x: np.sum((W * x).astype(complex).view(float)), MissingRuleError, "another type"),
    (cleaned_in_place, RuleError, "`copy`"),
    (lambda x: np.sum(np.nan_to_num(W * x, copy=False)), RuleError, "`copy`"),
    (lambda x: np.sum(np.nan_to_num(W * x, False)), RuleError, "`copy`")])
def test_what_is_not_followed_is_refused(f, error, text):
    with pytest.raises(error, match=text):
        zygote_py.gradient(f, 0.8)


def test_only_the_base_that_carries_a_cotangent_is_refused():
    assert zygote_py.gradient(lambda x: x * (np.ones(2)[:1].base is None) + x * (W * x)[1:].base.size, 2.0) == (3.0,)
