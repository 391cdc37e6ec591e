"""scipy.sparse: products of sparse matrices with dense arrays, and systems of equations.

A sparse matrix is an object with numbers in its attribute `data`: its cotangent has them in the same order, and nothing for the
pattern, which does not move. `positions` says in which row and column each number stands.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.linalg

from zygote_py.registry import non_differentiable, rule
from zygote_py.rules.numpy.factorizations import refusal
from zygote_py.rules.numpy.helpers import conj, fit
from zygote_py.tangents.types import Tangent


def method_of(cls: type, name: str) -> Any:
    """Return the function behind a method, from the class that defines it."""
    return next(base.__dict__[name] for base in cls.__mro__ if name in base.__dict__)


@non_differentiable
def positions(a: Any) -> tuple:
    """Return the row and the column of each number in `a.data`."""
    if a.format not in ("csr", "csc", "coo") or a.ndim != 2:
        raise refusal(f"no rule for the numbers in a sparse matrix of format {a.format!r}",
                      "Its cotangent is worked out for the formats csr, csc and coo.",
                      "convert it, a.tocsr(), or keep the matrix constant: pass it as a keyword argument")
    triples = a.tocoo()
    return triples.row, triples.col


def on_pattern(a: Any, u: Any, v: Any) -> Tangent:
    """Return the matrix u v^H where `a` has numbers."""
    row, column = positions(a)
    left, right = u.reshape(u.shape[0], -1)[row], conj(v).reshape(v.shape[0], -1)[column]
    return Tangent({"data": fit(np.sum(left * right, axis=1), a.data)})


@non_differentiable
def require_dense(y: Any) -> None:
    """Refuse a result that is sparse itself."""
    if scipy.sparse.issparse(y):
        raise refusal("no rule for a product whose result is sparse", "Only products with dense arrays are worked out.",
                      "multiply by a dense array, or compute the product outside of what is differentiated")


# -- products --------------------------------------------------------------------------------------------------------------------


def product(a: Any, x: Any) -> Any:
    """Return a @ x."""
    return a @ x


def adjoint_product(a: Any, x: Any) -> Any:
    """Return a^H @ x."""
    return a.T.conj() @ x


rule(product, lambda dy, y, a, x: on_pattern(a, dy, x),
     lambda dy, y, a, x: fit(adjoint_product(a, dy), x))
rule(adjoint_product, lambda dy, y, a, x: on_pattern(a, x, dy),
     lambda dy, y, a, x: fit(product(a, dy), x))

rule(method_of(scipy.sparse.csr_array, "__matmul__"), lambda dy, y, self, other: left(dy, y, self, other),
     lambda dy, y, self, other: right(dy, y, self, other))
rule(method_of(scipy.sparse.csr_matrix, "__mul__"), lambda dy, y, self, other: left(dy, y, self, other),
     lambda dy, y, self, other: right(dy, y, self, other))
rule(method_of(scipy.sparse.csr_array, "dot"), lambda dy, y, self, other: left(dy, y, self, other),
     lambda dy, y, self, other: right(dy, y, self, other))
rule(method_of(scipy.sparse.coo_array, "dot"), lambda dy, y, self, other: left(dy, y, self, other),
     lambda dy, y, self, other: right(dy, y, self, other))
rule(method_of(scipy.sparse.csr_array, "__rmatmul__"), lambda dy, y, self, other: reflected_left(dy, y, self, other),
     lambda dy, y, self, other: reflected_right(dy, y, self, other))
rule(method_of(scipy.sparse.csr_matrix, "__rmul__"), lambda dy, y, self, other: reflected_left(dy, y, self, other),
     lambda dy, y, self, other: reflected_right(dy, y, self, other))


def left(dy: Any, y: Any, a: Any, x: Any) -> Any:
    """y = a x, hence da = dy x^H on the pattern of a."""
    require_dense(y)
    return on_pattern(a, dy, np.asarray(x))


def right(dy: Any, y: Any, a: Any, x: Any) -> Any:
    """y = a x, hence dx = a^H dy."""
    require_dense(y)
    return fit(adjoint_product(a, dy), x)


def reflected_left(dy: Any, y: Any, a: Any, x: Any) -> Any:
    """y = x a, hence da = x^H dy on the pattern of a."""
    require_dense(y)
    return on_pattern(a, conj(np.asarray(x)).T, conj(dy).T)


def reflected_right(dy: Any, y: Any, a: Any, x: Any) -> Any:
    """y = x a, hence dx = dy a^H, and its transpose is conj(a conj(dy)^T)."""
    require_dense(y)
    return fit(conj(product(a, conj(dy).T)).T, x)


# -- systems of equations --------------------------------------------------------------------------------------------------------


def adjoint_solve(a: Any, b: Any) -> Any:
    """Return a^-H b."""
    return scipy.sparse.linalg.spsolve(a.T.conj().tocsc(), b)


rule(adjoint_solve, lambda dy, y, a, b: on_pattern(a, -y, scipy.sparse.linalg.spsolve(a, dy)),
     lambda dy, y, a, b: fit(scipy.sparse.linalg.spsolve(a, dy), b))
rule(scipy.sparse.linalg.spsolve,                                           # a y = b, db = a^-H dy, da = -db y^H
     lambda dy, y, A, b, permc_spec=None, use_umfpack=True: solved_left(dy, y, A),
     lambda dy, y, A, b, permc_spec=None, use_umfpack=True: solved_right(dy, y, A, b))


def solved_left(dy: Any, y: Any, a: Any) -> Any:
    """a y = b, hence da = -a^-H dy y^H on the pattern of a."""
    require_dense(y)
    return on_pattern(a, -adjoint_solve(a, dy), y)


def solved_right(dy: Any, y: Any, a: Any, b: Any) -> Any:
    """a y = b, hence db = a^-H dy; a right-hand side of one column gives a vector."""
    require_dense(y)
    return fit(adjoint_solve(a, dy).reshape(np.shape(b)), b)
