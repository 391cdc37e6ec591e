"""The samples of the library tables through the whole engine: reverse mode and reverse over reverse, against differences."""

from __future__ import annotations

from importlib import util

import numpy as np
import pytest

from zygote_py.tangents import Unknown
from zygote_py.testing import check_grads

from . import samples_stdlib
from .apply import cotangents, direction
from .test_rules import name

CALLS = [pytest.param(f, args, kwargs, id=f"{name(f)}-{i}")
         for f, samples in samples_stdlib.CALLS for i, (args, kwargs) in enumerate(samples)]
PROGRAMS = [pytest.param(f, args, id=title) for title, f, args in samples_stdlib.NUMBERS + samples_stdlib.SUMS]
FIRST, CALLED = [], []

if util.find_spec("scipy"):
    from .samples_scipy_special import SPECIAL
    from .samples_scipy_stats import DENSITIES, DISTRIBUTIONS, OTHERS
    FIRST = [pytest.param(f, *samples[0], id=name(f)) for f, samples in SPECIAL]
    CALLED = [pytest.param(f, args, 1 + (k % 5 == 0), id=title)
              for k, (title, f, args) in enumerate(DENSITIES + DISTRIBUTIONS + OTHERS)]


@pytest.mark.parametrize(("f", "args", "kwargs"), CALLS)
def test_call_of_the_library(f, args, kwargs):
    check_grads(lambda *xs: f(*xs, **kwargs), *args, order=2, modes=("rev",))


@pytest.mark.parametrize(("f", "args"), PROGRAMS)
def test_program(f, args):
    check_grads(f, *args, order=2, modes=("rev",))


@pytest.mark.parametrize(("f", "args", "kwargs"), FIRST)
def test_special_function(f, args, kwargs):
    """The arguments that have a derivative, of the first sample."""
    _, ds = cotangents(f, args, kwargs, seed=lambda y: direction(y, np.random.default_rng(7)))
    known = [i for i, d in enumerate(ds) if d is not None and not isinstance(d, Unknown)]

    def g(*xs):
        given = list(args)
        for i, x in zip(known, xs):
            given[i] = x
        return f(*given, **kwargs)
    check_grads(g, *[args[i] for i in known], order=2, modes=("rev",))


@pytest.mark.parametrize(("f", "args", "order"), CALLED)
def test_distribution(f, args, order):
    """Second order, which takes its time, for each fifth."""
    check_grads(f, *args, order=order, modes=("rev",))
