"""300 random programs in each run; `python -m tests.fuzz` tries 20,000."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .check import check
from .grammar import source


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6))
def test_random_program(seed):
    try:
        check(seed)
    except AssertionError as e:
        raise AssertionError(f"seed {seed}: {e}\n{source(seed)}") from e
