"""Where a function has a kink, a tie, a pole or a zero: the choices of the rules."""

from __future__ import annotations

import math
import operator
import statistics
import warnings

import numpy as np
import pytest

import zygote_py
from zygote_py import MissingRuleError, RuleError, gradient
from zygote_py import rules as _rules  # noqa: F401

from .apply import cotangents


def partials(f, *args, dy=1.0, **kwargs):
    return cotangents(f, args, kwargs, dy)[1]


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize(("f", "args", "want"), [
    (abs, (0.0,), [0]), (np.abs, (0.0,), [0]), (abs, (0j,), [0]), (np.abs, (np.zeros(2),), [[0, 0]]),
    (np.abs, (np.zeros(2) * 1j,), [[0, 0]]), (math.sqrt, (0.0,), [0]), (np.sqrt, (0.0,), [0]),
    (np.sqrt, (np.array([0.0, 4.0]),), [[0, 0.25]]), (np.cbrt, (np.array([0.0]),), [[0]]), (math.fabs, (0.0,), [0]),
    (math.hypot, (0.0, 0.0), [0, 0]), (np.hypot, (0.0, 0.0), [0, 0]), (np.hypot, (np.zeros(1), 0.0), [[0], 0]),
    (math.dist, ([0.0], [0.0]), [[0], [0]]), (math.atan2, (0.0, 0.0), [0, 0]), (np.arctan2, (0.0, 0.0), [0, 0]),
    (max, (1.0, 1.0), [0.5, 0.5]), (min, (1.0, 1.0), [0.5, 0.5]), (max, ([1.0, 2.0, 2.0],), [[0, 0.5, 0.5]]),
    (np.maximum, (1.0, 1.0), [0.5, 0.5]), (np.minimum, (1.0, 1.0), [0.5, 0.5]), (np.fmax, (1.0, 1.0), [0.5, 0.5]),
    (np.fmax, (np.array([np.nan, 1.0]), 0.0), [[0, 1], 1]), (np.fmin, (1.0, 1.0), [0.5, 0.5]),
    (np.max, (np.array([1.0, 2.0, 2.0]),), [[0, 0.5, 0.5]]), (np.min, (np.array([1.0, 1.0, 2.0]),), [[0.5, 0.5, 0]]),
    (np.linalg.norm, (np.zeros(3),), [[0, 0, 0]]), (np.linalg.norm, (np.zeros((2, 2)),), [[[0, 0], [0, 0]]]),
    (np.linalg.norm, (np.zeros(2), 1), [[0, 0]]), (np.linalg.norm, (np.zeros(2), 3), [[0, 0]]),
    (np.linalg.norm, (np.zeros(2), np.inf), [[0, 0]]), (np.linalg.norm, (np.zeros((2, 2)), "nuc"), [[[0, 0], [0, 0]]]),
    (np.std, (np.ones(2),), [[0, 0]]), (np.std, (np.full(3, 0.7013),), [[0, 0, 0]]),
    (np.prod, (np.array([0.0, 2.0, 3.0]),), [[6, 0, 0]]),
    (np.prod, (np.array([0.0, 0.0, 3.0]),), [[0, 0, 0]]), (math.prod, ([0.0, 2.0, 3.0],), [[6, 0, 0]]),
    (operator.pow, (0.0, 2), [0, 0]), (operator.pow, (0.0, 1), [1, 0]), (operator.pow, (0.0, 0), [0, 0]),
    (operator.pow, (0.0, 2.0), [0, 0]), (operator.pow, (0.0, 1.0), [1, 0]), (operator.pow, (0.0, 0.5), [0, 0]),
    (operator.pow, (-2.0, 2), [-4, 4 * math.log(2)]), (math.pow, (0.0, 0.0), [0, 0]),
    (np.power, (np.array([0.0, -2.0]), 2.0), [[0, -4], 4 * math.log(2)]), (operator.pow, (np.zeros(1), 0), [[0], 0]),
    (operator.pow, (np.zeros(1), 1), [[1], 0]),
    (np.power, (np.zeros(4), np.array([0.0, 0.5, 1.0, 2.0])), [[0, 0, 1, 0], [0, 0, 0, 0]]), (np.power, (0.0, 0.0), [0, 0]),
    (np.power, (np.float64(0.0), 1.0), [1, 0]), (np.power, (np.float64(0.0), 0.5), [0, 0]),
    (np.clip, (np.array([0.0, 0.5, 1.0, 2.0, -1.0]), 0.0, 1.0), [[1, 1, 1, 0, 0], 1, 1]), (np.sinc, (0.0,), [0]),
    (np.linalg.det, (np.array([[0.0, 0.0], [0.0, 2.0]]),), [[[2, 0], [0, 0]]]),
    (np.linalg.det, (np.zeros((2, 2)),), [[[0, 0], [0, 0]]]),
    (statistics.stdev, ([1.0, 1.0],), [[0, 0]]), (statistics.pstdev, ([1.0, 1.0],), [[0, 0]]),
    (statistics.mode, ([1.0, 2.0, 2.0],), [[0, 0.5, 0.5]]),
])
def test_kink(f, args, want):
    got = cotangents(f, args, {}, seed=lambda y: np.ones_like(y) if isinstance(y, np.ndarray) else 1.0)[1]
    for g, w in zip(got, want):
        np.testing.assert_allclose(0.0 if g is None else g, w, atol=1e-12)


@pytest.mark.parametrize(("f", "x"), [
    (np.log, [1.0, 0.0, -1.0, np.nan]), (np.sqrt, [1.0, 0.0, -1.0, np.nan]), (np.log2, [1.0, 0.0]), (np.log10, [1.0, 0.0]),
    (np.log1p, [1.0, -1.0]), (np.reciprocal, [1.0, 0.0]), (np.arcsin, [0.5, 1.0, 2.0]), (np.arccos, [0.5, -1.0, 2.0]),
    (np.arctanh, [0.5, 1.0]), (np.arccosh, [1.5, 1.0]), (np.exp, [1.0, 1000.0]), (np.sinh, [1.0, 1000.0]),
    (np.cosh, [1.0, 1000.0]), (np.cbrt, [1.0, 0.0])])
def test_zero_cotangent_contributes_zero(f, x):
    x = np.array(x)
    dy = np.array([1.0] + [0.0] * (len(x) - 1))
    with np.errstate(all="ignore"):
        got, = partials(f, x, dy=dy)
    assert np.all(got[1:] == 0)
    assert np.isfinite(got[0])
    with np.errstate(all="ignore"):
        scalar, = partials(f, x[1], dy=0.0)
    assert scalar == 0


def test_zero_cotangent_of_quotient_and_power():
    with np.errstate(all="ignore"):
        da, db = partials(operator.truediv, np.array([1.0, 0.0, 1.0]), np.array([2.0, 0.0, 0.0]), dy=np.array([1.0, 0.0, 0.0]))
        np.testing.assert_array_equal([da, db], [[0.5, 0, 0], [-0.25, 0, 0]])
        da, dp = partials(operator.pow, np.array([1.0, 0.0, -1.0]), np.array([2.0, -1.0, 0.5]), dy=np.array([1.0, 0.0, 0.0]))
        np.testing.assert_array_equal([da, dp], [[2.0, 0, 0], [0, 0, 0]])
        da, = partials(np.log, 1j * np.array([1.0, 0.0]), dy=np.array([1.0, 0.0]))
        np.testing.assert_array_equal(da, [1j, 0])


def test_modes_are_shared_by_equal_data():
    assert gradient(lambda xs: statistics.multimode(xs)[1], [3.0, 1.0, 2.0, 1.0, 3.0]) == ([0.0, 0.5, 0.0, 0.5, 0.0],)


def test_infinite_derivative_stays_infinite():
    with np.errstate(all="ignore"):
        got, = partials(np.log, np.array([1.0, 0.0]), dy=np.ones(2))
        assert got.tolist() == [1.0, math.inf]
        got, = partials(np.arcsin, np.array([0.0, 1.0]), dy=np.ones(2))
        assert got.tolist() == [1.0, math.inf]
    assert partials(math.asin, 1.0) == [math.inf]


def test_unsupported_uses_are_refused():
    with pytest.raises(NotImplementedError, match="function as its mode"):
        partials(np.pad, np.ones(2), 1, lambda row, width, axis, options: None, dy=np.ones(4))
    with pytest.raises(MissingRuleError, match="this argument"):
        partials(np.polyfit, np.arange(4.0), np.ones(4), 1, full=True, dy=(np.ones(2), np.ones(1), None, None, None))
    with pytest.raises(RuleError, match="`out`"):
        partials(np.sum, np.ones(2), dy=1.0, out=np.zeros(()))
    with pytest.raises(RuleError, match="`dtype`"):
        partials(np.matmul, np.ones((2, 2)), np.ones((2, 2)), dy=np.ones((2, 2)), dtype=np.float32)


@pytest.mark.parametrize(("f", "args", "dy", "want"), [
    (np.trim_zeros, ([0.0, 2.0, 0.0, 3.0, 0.0],), [1.0, 2.0, 3.0], [[0, 1, 2, 3, 0]]),
    (np.trim_zeros, (np.array([0.0, 2.0, 0.0]), "f"), [1.0, 2.0], [[0, 1, 2]]),
    (np.trim_zeros, (np.array([0.0, 2.0, 0.0]), "b"), [1.0, 2.0], [[1, 2, 0]]),
    (np.trim_zeros, (np.zeros(2),), [], [[0, 0]]),
    (np.unique, (np.array([2.0, 1.0, 2.0]),), [1.0, 2.0], [[2, 1, 0]]),
    (np.unique, (np.array([2.0, np.nan, np.nan]),), [1.0, 2.0], [[1, 2, 0]]),
    (np.union1d, (np.array([2.0, 1.0]), np.array([3.0, 2.0])), [1.0, 2.0, 3.0], [[2, 1], [3, 0]]),
    (np.intersect1d, (np.array([2.0, 1.0]), np.array([3.0, 2.0])), [5.0], [[5, 0]]),
    (np.setdiff1d, (np.array([2.0, 1.0]), np.array([3.0, 2.0])), [5.0], [[0, 5]]),
    (np.setxor1d, (np.array([2.0, 1.0]), np.array([3.0, 2.0])), [5.0, 6.0], [[0, 5], [6, 0]]),
    (np.setxor1d, (np.array([2.0]), np.zeros(0)), [5.0], [[5], []]),
    (np.sort, (np.array([1.0, 1.0, 0.0]),), [1.0, 2.0, 3.0], [[2, 3, 1]]),
    (np.partition, (np.array([3.0, 1.0]), 0), [1.0, 2.0], [[2, 1]]),
    (np.median, (np.array([1.0, 1.0, 1.0]),), 1.0, [[0, 1, 0]]),
    (np.interp, (1.0, np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 5.0])), 1.0, [4, [0, -4, 0], [0, 1, 0]]),
    (np.nanmax, (np.array([1.0, np.nan, 1.0]),), 1.0, [[0.5, 0, 0.5]]),
    (np.nancumsum, (np.array([1.0, np.nan]),), [1.0, 1.0], [[2, 0]]),
    (np.roots, (np.array([1.0, -1.0, 0.0]),), [1.0, 1.0], [[-1, -1, 0]]),
    (np.var, (np.ones(2),), 1.0, [[0, 0]]), (np.corrcoef, (np.arange(3.0),), 1.0, [[0, 0, 0]]),
    (np.heaviside, (np.array([0.0, 1.0]), 0.5), [1.0, 1.0], [None, 1]), (np.i0, (0.0,), 1.0, [0]),
    (np.pad, (np.array([1.0, 1.0]), 1, "maximum"), [1.0, 0.0, 0.0, 0.0], [[0.5, 0.5], None]),
])
def test_choice(f, args, dy, want):
    got = partials(f, *args, dy=np.array(dy) if isinstance(dy, list) else dy)
    for g, w in zip(got, want):
        if w is None:
            assert g is None
        else:
            np.testing.assert_allclose(g, w, atol=1e-12)


@pytest.mark.parametrize(("f", "args", "want"), [
    (lambda a, b: np.sum(a / b), (np.array([2.0, 3.0]), np.array([1.0, 0.0])), [[1, np.inf], [-2, -np.inf]]),
    (lambda x: np.sum(np.log(x)), (np.array([0.0, 2.0]),), [[np.inf, 0.5]]),
    (lambda x: -np.sum(np.log(x)), (np.array([0.0, 2.0]),), [[-np.inf, -0.5]]),
    (lambda x: np.sum(np.exp(x)), (np.array([1000.0, 0.0]),), [[np.inf, 1]]),
    (lambda x: np.sum(np.sqrt(x)), (np.array([1e-320, 0.25]),), [[0.5 / np.sqrt(1e-320), 1]]),
    (lambda x: np.sum(np.power(x, 0.5)), (np.array([1e-320, 0.25]),), [[0.5 / np.sqrt(1e-320), 1]]),
    (lambda x: np.sum(np.log(x) * np.array([0.0, 1.0])), (np.array([0.0, 2.0]),), [[0, 0.5]]),
    (lambda a, b: np.sum(np.array([1.0, 0.0]) * (a / b)), (np.array([2.0, 3.0]), np.array([1.0, 0.0])), [[1, 0], [-2, 0]]),
])
def test_infinite_partials_of_a_whole_function(f, args, want):
    """What is only a factor in the rules does not come out."""
    with np.errstate(all="ignore"):
        for optimise in (True, False):
            with zygote_py.options(optimise=optimise):
                got = gradient(f, *args)
            for g, w in zip(got, want, strict=True):
                assert g.dtype == np.float64
                np.testing.assert_allclose(g, w)
