"""Checks of derivatives against finite differences, for our tests and for the users' own functions and rules."""

from .check import check_grads, mismatch
from .differences import finite_difference

__all__ = ["check_grads", "finite_difference", "mismatch"]
