"""jacobian, withjacobian, vjp.

Enters: a function of numbers, arrays and structures. Leaves: for each number or array among the arguments a matrix with one row
for each number of the result and one column for each number of the argument, both in C order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

import numpy as np

from ..errors import NotScalarError, ZygoteError, message
from ..registry import non_differentiable
from ..runtime.settle import is_number
from .controls import isderiving
from .gradient import check_callable, pullback
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
    f runs once. Each row is one call of the pullback. Each column is one call of the pullback of the pullback, which is linear:
    J e = d/dz <back(z), e>. Columns are taken where the result has at least 100 numbers, and four times as many as the arguments;
    then the matrix is held against one more call of the pullback, w J = back(w), and where that fails (a rule of
    the user's that is not linear, derivatives that are not finite, code that can't be differentiated twice) it is made of rows.
    `AutoReverse()` as second argument asks for rows. `AutoForward()` asks for columns by forward mode, and runs f once for each,
    with all that it prints or draws.

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
            y, back = pullback(f, *args, **kwargs)
            check_result(y)
            rows = [row.values() for row in pulled(y, back)]
            return WithJacobian(y, Grads(params.copy(), matrices(y, tuple(params), rows, -1)))
        if backend is not None and backend.__class__ is not AutoReverse:
            check_callable(f)
            return WithJacobian(*way_of(backend, WAYS)(f, plain, kwargs, chosen))
        by_rows = backend is not None
    else:
        plain, chosen, by_rows = args, -1, False
    y, back = pullback(f, *plain, **kwargs)
    check_result(y)
    found = None if by_rows or isderiving() or not is_tall(y, plain, chosen) else by_columns(y, back, plain, chosen)
    return WithJacobian(y, matrices(y, plain, pulled(y, back), chosen) if found is None else found)


WAYS: dict[type, Callable] = {}
"""For each backend but reverse mode, a function of f, arguments, keywords and the mask of those to differentiate; it returns
value and jacobian."""


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


def is_tall(y: Any, args: tuple, chosen: int) -> bool:
    """Whether there are so many more rows than columns that these cost less, with the compilation that they need."""
    parts = [x for i, x in enumerate(args) if chosen >> i & 1 and is_numeric(x)]
    n = sum(np.size(x) for x in parts)
    return np.size(y) >= 100 and 0 < 4 * n <= np.size(y) and not any(np.iscomplexobj(x) for x in parts)


def by_columns(y: Any, back: Callable, args: tuple, chosen: int) -> tuple | None:
    """The jacobian by each argument, made of columns; None if that is not to be trusted."""
    weights = np.sin(np.arange(1.0, y.size + 1)).reshape(y.shape).astype(y.dtype if y.dtype.kind == "f" else float)
    try:
        wanted, again = pullback(back, np.ones_like(weights))
        out = tuple([columns(y, args, i, again) if chosen >> i & 1 and is_numeric(args[i]) and wanted[i] is not None else None
                     for i in range(len(args))])
    except ZygoteError:
        return None
    ds = back(weights)
    return out if all(holds(d, np.reshape(weights, -1), whole) for d, whole in zip(ds, out) if whole is not None) else None


def columns(y: Any, args: tuple, i: int, again: Callable) -> Any:
    """The jacobian by one argument, of which `again` gives the columns."""
    x = args[i]
    found = [again(tuple([e if j == i else None for j in range(len(args))]))[0]
             for e in ([unit(x, k) for k in range(x.size)] if is_array(x) else [1.0])]
    parts = [np.zeros(y.size) if d is None else np.reshape(d, -1) for d in found]
    whole = np.stack(parts, 1).astype(x.dtype if getattr(x, "dtype", y.dtype).kind == "f" and is_array(x) else y.dtype)
    return whole if is_array(x) else whole[:, 0]


def holds(d: Any, weights: Any, whole: Any) -> bool:
    """Whether a cotangent of one argument is what the jacobian says."""
    tolerance = 1e4 * np.finfo(whole.dtype).eps * (np.abs(weights) @ np.abs(whole))
    return bool(np.all(np.isfinite(whole)) and np.all(np.abs(weights @ whole - np.reshape(known(d), -1)) <= tolerance))


def known(d: Any) -> Any:
    return 0.0 if d is None else d


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
