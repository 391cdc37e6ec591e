"""The chain rules of NumPy; those of numpy.polynomial wait until it is imported."""

from zygote_py.registry import when_imported

from . import (
    calculus,
    creation,
    factorizations,
    fft,
    functional,
    helpers,
    indexing,
    joining,
    linalg,
    methods,
    polynomials,
    products,
    random,
    reductions,
    scalars,
    shapes,
    ufuncs,
)

__all__ = ["calculus", "creation", "factorizations", "fft", "functional", "helpers", "indexing", "joining", "linalg", "methods",
           "polynomials", "products", "random", "reductions", "scalars", "shapes", "ufuncs"]

when_imported("numpy.polynomial", "zygote_py.rules.numpy.series")
