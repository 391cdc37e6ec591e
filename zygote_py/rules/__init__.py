"""The chain rules, by library. Importing this package registers them."""

from . import kinds, numpy, stdlib

__all__ = ["kinds", "numpy", "stdlib"]
