"""The chain rules of NumPy."""

from . import creation, helpers, indexing, joining, linalg, methods, reductions, shapes, ufuncs

__all__ = ["creation", "helpers", "indexing", "joining", "linalg", "methods", "reductions", "shapes", "ufuncs"]
