"""The chain rules of NumPy."""

from . import creation, helpers, indexing, joining, linalg, methods, products, reductions, shapes, ufuncs

__all__ = ["creation", "helpers", "indexing", "joining", "linalg", "methods", "products", "reductions", "shapes", "ufuncs"]
