"""The programs of the library tables through the whole engine: reverse mode and reverse over reverse, against differences."""

from __future__ import annotations

from importlib import util

import pytest

from zygote_py.testing import check_grads

from . import samples_stdlib

PROGRAMS = [pytest.param(f, args, id=title) for title, f, args in samples_stdlib.NUMBERS + samples_stdlib.SUMS]
CALLED = []

if util.find_spec("scipy"):
    from .samples_scipy_stats import DENSITIES, DISTRIBUTIONS, OTHERS
    CALLED = [pytest.param(f, args, 1 + (k % 5 == 0), id=title)
              for k, (title, f, args) in enumerate(DENSITIES + DISTRIBUTIONS + OTHERS)]


@pytest.mark.parametrize(("f", "args"), PROGRAMS)
def test_program(f, args):
    check_grads(f, *args, order=2, modes=("rev",))
    check_grads(f, *args, order=1, modes=("fwd",))


@pytest.mark.parametrize(("f", "args", "order"), CALLED)
def test_distribution(f, args, order):
    """Second order, which takes its time, for each fifth."""
    check_grads(f, *args, order=order, modes=("rev",))
