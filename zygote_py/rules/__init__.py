"""The chain rules, by library. Importing this package registers them; those for SciPy wait until SciPy is imported."""

from ..registry import when_imported
from . import kinds, numpy, scipy, stdlib
from . import results as _results  # noqa: F401

when_imported("mpmath", "zygote_py.rules.mpmath")
when_imported("sympy", "zygote_py.rules.sympy")

__all__ = ["kinds", "numpy", "scipy", "stdlib"]
