"""The chain rules of the standard library."""

from . import builtins, cmath, math, operators

__all__ = ["builtins", "cmath", "math", "operators"]
