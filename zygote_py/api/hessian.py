"""hvp, hessian, diaghessian, hessian_reverse: second derivatives of a real function.

Enters: a function of one number or array that returns a real number. Leaves: second derivatives, by forward over reverse mode
(a run for each number of the argument), or by reverse mode twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import message
from ..registry import non_differentiable
from ..runtime.pushforward.tangents import definite
from .gradient import gradient
from .jacobian import is_array, is_numeric, jacobian, unit
from .markers import AutoReverse, is_marked, read_markers
from .pushforward import jvp

__all__ = ["diaghessian", "hessian", "hessian_reverse", "hvp"]


def hvp(f: Callable, x: Any, v: Any) -> Any:
    """The product of the Hessian of f with a vector, without the Hessian: forward over reverse.

    Parameters
    ----------
    f : callable of one argument that returns a real number
    x : where to differentiate: a number, an array, or a structure of them
    v : the vector, of the structure of x

    Examples
    --------
    >>> import numpy as np
    >>> hvp(lambda x: np.sum(x**3), np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([6., 0.])
    """
    slope_of = Slope(f, (x,), 0)
    d = jvp(slope_of, (x,), (v,))[1]
    return definite(d, x) if is_numeric(x) else d


class Slope:
    """The gradient of f by one argument, as a function of that argument."""

    def __init__(self, f: Callable, args: tuple, i: int) -> None:
        self.f, self.args, self.i = f, args, i

    def __call__(self, x: Any) -> Any:
        d = gradient(self.f, *self.args[:self.i], x, *self.args[self.i + 1:])[self.i]
        return definite(d, x) if is_numeric(x) else d


def hessian(f: Callable, *at: Any) -> Any:
    """The matrix of second derivatives of f at a number or an array: forward over reverse.

    Parameters
    ----------
    f : callable of one argument that returns a real number
    *at : where; a marker may stand before it, AutoForward() for forward mode twice, AutoReverse() for reverse mode twice,
        AutoFiniteDiff() for differences

    Returns
    -------
    ndarray of shape (size of x, size of x), in C order; a number for a number; None for `Const(x)`

    Examples
    --------
    >>> import numpy as np
    >>> hessian(lambda x: x[0] * x[1]**2, np.array([1.0, 3.0]))
    array([[0., 6.],
           [6., 2.]])
    >>> hessian(lambda x: x**3, 2.0)
    12.0
    """
    if is_marked(at):
        return hessian_by(f, at)
    check_single(at)
    x = at[0]
    check_point(x, "hessian")
    if not is_array(x):
        return hvp(f, x, 1.0)
    rows = [np.reshape(hvp(f, x, unit(x, k)), -1) for k in range(x.size)]
    return np.stack(rows) if rows else np.zeros((0, 0))


def hessian_by(f: Callable, at: tuple) -> Any:
    """The Hessian in the way that a marker says."""
    params, backend, plain, chosen = read_markers(at)
    check_no_params(params)
    check_single(plain)
    x = plain[0]
    if not chosen:
        return None
    if backend is None or backend.__class__ is AutoReverse:
        return hessian_reverse(f, x)
    check_point(x, "hessian")
    found = jacobian(lambda t: definite(gradient(f, backend, t)[0], t), backend, x)[0]
    if is_array(x):
        return np.zeros((x.size, x.size)) if found is None else found
    return 0.0 if found is None else found[0]


@non_differentiable
def check_no_params(params: Any) -> None:
    if params is not None:
        raise TypeError(message("hessian takes no Params", why="It is the matrix by one array.",
                                instead="make the array an argument; for several, hvp(f, (W, b), v) and diaghessian(f, W, b)"))


@non_differentiable
def check_single(at: tuple) -> None:
    if len(at) != 1:
        raise TypeError(message(f"hessian needs one point, and got {len(at)}",
                                instead="give one array, or use diaghessian(f, x, y), which takes several"))


def hessian_reverse(f: Callable, x: Any) -> Any:
    """The same as `hessian`, by reverse mode twice.

    Examples
    --------
    >>> import numpy as np
    >>> hessian_reverse(lambda x: x[0] * x[1]**2, np.array([1.0, 3.0]))
    array([[0., 6.],
           [6., 2.]])
    """
    check_point(x, "hessian_reverse")
    found = jacobian(Slope(f, (x,), 0), x)[0]
    if is_array(x):
        return np.zeros((x.size, x.size)) if found is None else found
    return 0.0 if found is None else found[0]


def diaghessian(f: Callable, *args: Any) -> tuple:
    """The diagonal of the Hessian by each argument, in the argument's shape; None for what is neither number nor array.

    Examples
    --------
    >>> import numpy as np
    >>> diaghessian(lambda x, y: np.sum(x**3) * y**2, np.array([1.0, 2.0]), 3.0)
    (array([ 54., 108.]), 18.0)
    """
    return tuple([diagonal(f, args, i) if is_numeric(args[i]) else None for i in range(len(args))])


def diagonal(f: Callable, args: tuple, i: int) -> Any:
    x, slope_of = args[i], Slope(f, args, i)
    if not is_array(x):
        return definite(jvp(slope_of, (x,), (1.0,))[1], x)
    parts = [np.reshape(definite(jvp(slope_of, (x,), (unit(x, k),))[1], x), -1)[k] for k in range(x.size)]
    return np.reshape(np.array(parts, x.dtype if x.dtype.kind == "f" else float), x.shape)


@non_differentiable
def check_point(x: Any, name: str) -> None:
    if not is_numeric(x) or np.iscomplexobj(x):
        raise TypeError(message(f"{name} needs a real number or array, and got a {type(x).__name__}",
                                instead="give one array, or use hvp(f, x, v), which takes any structure"))
