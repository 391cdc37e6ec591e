"""The chain rules of the standard library."""

from . import builtins, cmath, math, numbers, operators, random, statistics

__all__ = ["builtins", "cmath", "math", "numbers", "operators", "random", "statistics"]
