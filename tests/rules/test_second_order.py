"""Second derivatives of the first sample of each function; `python -m tests.rules.second_order` takes them all."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from .second_order import check_second
from .tables import CASES
from .test_rules import name

REFUSED: tuple = ("scipy.linalg._basic.pinv",)      # one argument has no derivative
if np.__version__ < "2":
    REFUSED += ("numpy.lib.stride_tricks.sliding_window_view",)     # its source binds the dtype of an array anew
FIRST = {id(case[0]): case for case in reversed(CASES)}.values()


@pytest.mark.parametrize(("f", "args", "kwargs"), [case for case in FIRST if name(case[0]) not in REFUSED],
                         ids=[name(case[0]) for case in FIRST if name(case[0]) not in REFUSED])
def test_second_order(f, args, kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_second(f, args, kwargs)


@pytest.mark.parametrize(("f", "args"), [
    (np.sinc, (0.0,)), (np.linalg.det, (np.diag([0.0, 0.0, 1.0]),)), ("spence", (1.0,)), ("rgamma", (-1.0,)),
    ("xlogy", (0.0, 0.7)), ("ellipk", (0.0,)), ("ellipe", (0.0,)), ("ellipkinc", (0.7, 0.0)), ("ellipeinc", (0.7, 0.0))])
def test_where_the_first_derivative_has_a_form_of_its_own(f, args):
    assert check_second(getattr(pytest.importorskip("scipy.special"), f) if isinstance(f, str) else f, args, {})
