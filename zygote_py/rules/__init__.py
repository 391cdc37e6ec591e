"""The chain rules, by library. Importing this package registers them; those for SciPy wait until SciPy is imported."""

from . import kinds, numpy, scipy, stdlib

__all__ = ["kinds", "numpy", "scipy", "stdlib"]
