"""The samples of the library tables through the whole engine: reverse mode and reverse over reverse, against differences."""

from __future__ import annotations

import pytest

from zygote_py.testing import check_grads

from . import samples_stdlib
from .test_rules import name

CALLS = [pytest.param(f, args, kwargs, id=f"{name(f)}-{i}")
         for f, samples in samples_stdlib.CALLS for i, (args, kwargs) in enumerate(samples)]
PROGRAMS = [pytest.param(f, args, id=title) for title, f, args in samples_stdlib.NUMBERS + samples_stdlib.SUMS]


@pytest.mark.parametrize(("f", "args", "kwargs"), CALLS)
def test_call_of_the_library(f, args, kwargs):
    check_grads(lambda *xs: f(*xs, **kwargs), *args, order=2)


@pytest.mark.parametrize(("f", "args"), PROGRAMS)
def test_program(f, args):
    check_grads(f, *args, order=2)
