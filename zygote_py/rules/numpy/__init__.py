"""The chain rules of NumPy."""

from . import (
    calculus,
    creation,
    functional,
    helpers,
    indexing,
    joining,
    linalg,
    methods,
    polynomials,
    products,
    reductions,
    shapes,
    ufuncs,
)

__all__ = ["calculus", "creation", "functional", "helpers", "indexing", "joining", "linalg", "methods", "polynomials", "products",
           "reductions", "shapes", "ufuncs"]
