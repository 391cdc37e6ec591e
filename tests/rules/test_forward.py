"""Every differentiable rule in forward mode: <dy, y_dot> is <dx, x_dot>, on the samples of the tables."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from zygote_py import MissingRuleError, jvp, pullback

from .apply import direction, inner, moved
from .test_rules import CASES, name


@pytest.mark.parametrize(("f", "args", "kwargs"), CASES, ids=[f"{name(f)}-{i}" for i, (f, _, _) in enumerate(CASES)])
def test_forward_agrees_with_reverse(f, args, kwargs):
    rng = np.random.default_rng(3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for i, x in enumerate(args):
            step = direction(x, rng)
            if step is None:
                continue

            def run(x, before=args[:i], after=args[i + 1:]):
                return f(*before, x, *after, **kwargs)

            y, back = pullback(run, x)
            dy = direction(y, rng)
            try:
                want, rtol = inner(back(dy)[0], step), 1e-8
            except MissingRuleError:        # by an argument that does not vary here
                want, rtol = None, 2e-6
            try:
                value, y_dot = jvp(run, (x,), (step,))
            except MissingRuleError:
                assert want is None
                continue
            if want is None:
                want = (inner(dy, run(moved(x, step, 1e-6))) - inner(dy, run(moved(x, step, -1e-6)))) / 2e-6
            if isinstance(f, np.ufunc):     # where it is not applied, anything may stand
                where = kwargs.get("where", True)
                value, y = np.where(where, value, 0.0), np.where(where, y, 0.0)
            np.testing.assert_equal(value, y)
            got = inner(y_dot, dy)
            assert abs(got - want) <= rtol * (1 + abs(want)), f"argument {i}: forward {got}, want {want}"
