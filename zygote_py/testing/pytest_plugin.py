"""A plug-in for pytest, off unless asked for: `pytest -p zygote_py.testing.pytest_plugin`, or in conftest.py

    pytest_plugins = ["zygote_py.testing.pytest_plugin"]

The fixture `gradcheck` is `check_grads`; the marker of the same name gives it other defaults:

    @pytest.mark.gradcheck(order=1, rtol=1e-3)
    def test_loss(gradcheck):
        gradcheck(loss, model, x)
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from .check import check_grads

__all__ = ["gradcheck"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "gradcheck(modes, order, rtol, atol, integers): defaults of the fixture `gradcheck`")


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest) -> Callable:
    """`zygote_py.testing.check_grads`, with the defaults of the nearest marker."""
    marker = request.node.get_closest_marker("gradcheck")
    return functools.partial(check_grads, **marker.kwargs) if marker else check_grads
