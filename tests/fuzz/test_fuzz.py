"""300 random programs in each run; `python -m tests.fuzz` tries 20,000."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .check import check
from .text import source

PARTS, EACH = 30, 10


@pytest.mark.parametrize("part", range(PARTS))      # so that they can be run side by side
def test_random_programs(part):
    @settings(max_examples=EACH, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(part * 10**6, (part + 1) * 10**6 - 1))
    def check_one(seed):
        try:
            check(seed)
        except AssertionError as e:
            raise AssertionError(f"seed {seed}: {e}\n{source(seed)}") from e

    check_one()
