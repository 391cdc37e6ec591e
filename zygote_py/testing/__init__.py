"""Checks of derivatives against finite differences, for our tests and for the users' own functions and rules."""

from .check import check_grads, mismatch
from .differences import finite_difference
from .rules import test_frule, test_rrule

__all__ = ["check_grads", "finite_difference", "mismatch", "test_frule", "test_rrule"]
