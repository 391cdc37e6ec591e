"""jacobian, withjacobian, vjp.

Enters: a function of numbers, arrays and structures. Leaves: for each number or array among the arguments a matrix with one row
for each number of the result and one column for each number of the argument, both in C order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

import numpy as np

from ..errors import NotScalarError, message
from ..registry import non_differentiable
from ..runtime.settle import is_number
from .gradient import pullback
from .markers import AutoReverse, Backend, is_marked, read_markers, way_of
from .params import Grads, Params
from .results import WithJacobian

__all__ = ["WithJacobian", "jacobian", "vjp", "withjacobian"]


@overload
def jacobian(f: Callable, params: Params, /, **kwargs: Any) -> Grads: ...  # pyright: ignore[reportOverlappingOverload]
@overload
def jacobian(f: Callable, backend: Backend, /, *args: Any, **kwargs: Any) -> tuple[Any, ...]: ...
@overload
def jacobian(f: Callable, a: Any, /, **kwargs: Any) -> tuple[Any]: ...
@overload
def jacobian(f: Callable, a: Any, b: Any, /, **kwargs: Any) -> tuple[Any, Any]: ...
@overload
def jacobian(f: Callable, a: Any, b: Any, c: Any, /, **kwargs: Any) -> tuple[Any, Any, Any]: ...
@overload
def jacobian(f: Callable, a: Any, b: Any, c: Any, d: Any, /, **kwargs: Any) -> tuple[Any, Any, Any, Any]: ...
@overload
def jacobian(f: Callable, /, *args: Any, **kwargs: Any) -> tuple[Any, ...]: ...  # pyright: ignore[reportOverlappingOverload]
def jacobian(f: Callable, /, *args: Any, **kwargs: Any) -> Any:
    """Differentiate every number of the result by every number of each argument.

    Parameters
    ----------
    f : callable that returns a real number or array
    *args : where to differentiate; or `Params` alone, for a function without arguments
    **kwargs : passed on to f, not differentiated

    Returns
    -------
    tuple of ndarray or None, shapes (size of the result, size of the argument)
        A vector for an argument that is a number; one row for a result that is a number. None for arguments that are neither
        numbers nor arrays, and where f does not depend on the argument. With Params, a `Grads` of such matrices.

    Raises
    ------
    NotScalarError
        If the result is complex, or neither a number nor an array.

    Notes
    -----
    f runs once, and each row is one call of the pullback. Where the result has many more numbers than the arguments, columns cost
    less: `AutoForward()` as second argument asks for them, and runs f once for each, with all that it prints or draws.

    Examples
    --------
    >>> import numpy as np
    >>> jacobian(lambda a, s: s * a**2, np.array([1.0, 2.0]), 3.0)
    (array([[ 6.,  0.],
           [ 0., 12.]]), array([1., 4.]))
    """
    return withjacobian(f, *args, **kwargs).grad


@overload
def withjacobian(f: Callable, params: Params, /, **kwargs: Any) -> WithJacobian[Grads]: ...  # pyright: ignore[reportOverlappingOverload]
@overload
def withjacobian(f: Callable, backend: Backend, /, *args: Any, **kwargs: Any) -> WithJacobian[tuple[Any, ...]]: ...
@overload
def withjacobian(f: Callable, a: Any, /, **kwargs: Any) -> WithJacobian[tuple[Any]]: ...
@overload
def withjacobian(f: Callable, a: Any, b: Any, /, **kwargs: Any) -> WithJacobian[tuple[Any, Any]]: ...
@overload
def withjacobian(f: Callable, a: Any, b: Any, c: Any, /, **kwargs: Any) -> WithJacobian[tuple[Any, Any, Any]]: ...
@overload
def withjacobian(f: Callable, a: Any, b: Any, c: Any, d: Any, /, **kwargs: Any) -> WithJacobian[tuple[Any, Any, Any, Any]]: ...
@overload
def withjacobian(f: Callable, /, *args: Any, **kwargs: Any) -> WithJacobian[tuple[Any, ...]]: ...  # pyright: ignore[reportOverlappingOverload]
def withjacobian(f: Callable, /, *args: Any, **kwargs: Any) -> WithJacobian:
    """Value and jacobian.

    Examples
    --------
    >>> import numpy as np
    >>> withjacobian(lambda a: a.sum(), np.array([1.0, 2.0]))
    WithJacobian(val=np.float64(3.0), grad=(array([[1., 1.]]),))
    """
    if is_marked(args):
        params, backend, plain, chosen = read_markers(args)
        if params is not None:
            y, rows = rows_of(f, args, kwargs)
            return WithJacobian(y, Grads(params.copy(), matrices(y, tuple(params), [row.values() for row in rows], -1)))
        if backend is not None and backend.__class__ is not AutoReverse:
            return WithJacobian(*way_of(backend, WAYS)(f, plain, kwargs, chosen))
    else:
        plain, chosen = args, -1
    y, rows = rows_of(f, plain, kwargs)
    return WithJacobian(y, matrices(y, plain, rows, chosen))


WAYS: dict[type, Callable] = {}
"""For each backend but reverse mode, a function of f, arguments, keywords and the mask of those to differentiate; it returns
value and jacobian."""


def rows_of(f: Callable, args: tuple, kwargs: dict) -> tuple[Any, list]:
    """Value of f, and the cotangents of the arguments for each number of it."""
    y, back = pullback(f, *args, **kwargs)
    check_result(y)
    return y, pulled(y, back)


def pulled(y: Any, back: Callable) -> list:
    """The cotangents of the arguments for each number of y."""
    return [back(unit(y, k)) for k in range(y.size)] if is_array(y) else [back(1.0)]


def matrices(y: Any, args: tuple, rows: list, chosen: int) -> tuple:
    """The jacobian by each argument, of which the bit in `chosen` is set."""
    return tuple([matrix(y, args[i], [row[i] for row in rows]) if chosen >> i & 1 and is_numeric(args[i]) else None
                  for i in range(len(args))])


def matrix(y: Any, x: Any, rows: list) -> Any:
    """The rows as a matrix; a vector by a number."""
    if all_none(rows) and rows:
        return None
    parts = [np.zeros(np.size(x)) if d is None else np.reshape(d, -1) for d in rows]
    whole = np.stack(parts) if parts else np.zeros((0, np.size(x)))
    return whole if is_array(x) else whole[:, 0]


@non_differentiable
def all_none(rows: list) -> bool:
    return all(d is None for d in rows)


@non_differentiable
def is_array(x: Any) -> bool:
    return hasattr(x, "shape") and not isinstance(x, np.generic)


@non_differentiable
def is_numeric(x: Any) -> bool:
    return not isinstance(x, (bool, np.bool_)) and (is_number(x) or (is_array(x) and x.dtype.kind in "fciu"))


@non_differentiable
def unit(y: Any, k: int) -> Any:
    """The cotangent that is 1 in place k of an array."""
    d = np.zeros(y.shape, y.dtype if y.dtype.kind == "f" else float)
    d.flat[k] = 1.0
    return d


@non_differentiable
def check_result(y: Any) -> None:
    """Refuse results that have no jacobian."""
    if is_number(y) or is_array(y):
        if not np.iscomplexobj(y):
            return
        what, instead = "complex", "stack real and imaginary part: np.array([y.real, y.imag])"
    else:
        what, instead = f"a {type(y).__name__}", "return one array, np.concatenate or np.stack of the parts"
    raise NotScalarError(message(f"the result is {what}, and jacobian needs a real number or array",
                                 instead=instead + "; or use pullback, which takes a cotangent of your choice"))


def vjp(f: Callable, *args: Any, **kwargs: Any) -> tuple[Any, Callable]:
    """Value of f, and the function from v to the products of v with the jacobians; as `pullback`, under JAX's name.

    Examples
    --------
    >>> import numpy as np
    >>> y, back = vjp(lambda a: a**2, np.array([1.0, 2.0]))
    >>> back(np.array([1.0, 10.0]))
    (array([ 2., 40.]),)
    """
    return pullback(f, *args, **kwargs)
