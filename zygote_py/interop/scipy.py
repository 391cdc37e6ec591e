"""`scipy.optimize` with derivatives, and with parameters of any structure.

Enters: a function of a structure of numbers and arrays, such as a dict or an object. Leaves: SciPy's own result, with `x` in that
structure. SciPy sees one vector; between the two are `tree.flatten` and `tree.unflatten`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..api.gradient import pullback, value_and_grad
from ..api.hessian import hvp
from ..api.pushforward import pushforward
from ..errors import UnsupportedCodeError, message
from ..tree import flatten, fmap

__all__ = ["least_squares", "minimize", "root"]

_WITHOUT_GRADIENT = {"nelder-mead", "powell", "cobyla", "cobyqa"}
_WITH_PRODUCTS = {"newton-cg", "trust-ncg", "trust-krylov", "trust-constr"}
_WITH_HESSIAN = {"dogleg", "trust-exact"}


def minimize(f: Callable, x0: Any, *args: Any, method: str | None = None, bounds: Any = None, constraints: Any = (),
             callback: Callable | None = None, **options: Any) -> Any:
    """`scipy.optimize.minimize`, with the gradient, and products with the Hessian for the methods that use them.

    Parameters
    ----------
    f : callable of x and args that returns a real number
    x0 : where to start: a number, an array, or a structure of them; integers in it are varied like other numbers
    *args : passed on to f
    method : as SciPy names it; its default depends on bounds and constraints
    bounds : a pair (lower, upper). Each is None, a number, or has the structure of x0, with None where there is no bound
    constraints : as for SciPy, dicts of type and fun; fun takes the structure, and its derivative is found
    callback : called with the structure after each iteration
    **options : passed on to SciPy: tol, options

    Returns
    -------
    scipy.optimize.OptimizeResult
        `x` has the structure of x0; `vector` is what SciPy found.

    Examples
    --------
    >>> def energy(p):
    ...     return (p["a"] - 3.0)**2 + (p["b"][0] - p["a"])**2
    >>> found = minimize(energy, {"a": 0.0, "b": np.zeros(1)}, bounds=(None, {"a": 2.0}))
    >>> found.success, round(float(found.x["a"]), 4), found.x["b"].round(4).tolist()
    (True, 2.0, [2.0])
    """
    from scipy import optimize

    vector, rebuild = flatten(x0)
    words = dict(options)

    def value(p: Any) -> Any:
        return f(p, *args)

    def product(v: Any, p: Any) -> Any:
        x = rebuild(v)
        return flatten(hvp(value, x, rebuild(p)), like=x)[0]

    name = (method or "").lower()
    words["jac"] = name not in _WITHOUT_GRADIENT or None
    if name in _WITH_PRODUCTS:
        words["hessp"] = product
    elif name in _WITH_HESSIAN:
        words["hess"] = lambda v: np.stack([product(v, e) for e in np.eye(v.size)])
    if bounds is not None:
        words["bounds"] = optimize.Bounds(*limits(bounds, x0))
    if constraints:
        given = [constraints] if isinstance(constraints, Mapping) else list(constraints)
        words["constraints"] = [constraint(c, rebuild) for c in given]
    if callback is not None:
        words["callback"] = lambda v: callback(rebuild(v))
    both = value_and_grad(value)

    def value_and_slope(v: Any) -> tuple:
        x = rebuild(v)
        y, slope = both(x)
        return float(y), flatten(slope, like=x)[0]

    objective = value_and_slope if words["jac"] else lambda v: value(rebuild(v))
    return restored(optimize.minimize(objective, vector, method=method, **words), rebuild)


def least_squares(f: Callable, x0: Any, *args: Any, bounds: Any = None, **options: Any) -> Any:
    """`scipy.optimize.least_squares`, with the Jacobian.

    Parameters
    ----------
    f : callable of x and args that returns the residuals, an array
    x0, *args, bounds : as for `minimize`
    **options : passed on to SciPy: method, loss, ftol and so on

    Examples
    --------
    >>> t = np.linspace(0.0, 1.0, 20)
    >>> y = 2.0 * np.exp(-3.0 * t)
    >>> found = least_squares(lambda p: p["scale"] * np.exp(-p["rate"] * t) - y, {"scale": 1.0, "rate": 1.0})
    >>> round(found.x["scale"], 6), round(found.x["rate"], 6)
    (2.0, 3.0)
    """
    from scipy import optimize

    vector, rebuild = flatten(x0)
    residuals, slope = as_vectors(f, args, rebuild)
    words: dict[str, Any] = {"jac": slope, **options}
    if bounds is not None:
        words["bounds"] = limits(bounds, x0)
    return restored(optimize.least_squares(residuals, vector, **words), rebuild)


def root(f: Callable, x0: Any, *args: Any, **options: Any) -> Any:
    """`scipy.optimize.root`, with the Jacobian.

    Parameters
    ----------
    f : callable of x and args that returns as many numbers as x has: an array, or the structure of x
    x0, *args : as for `minimize`
    **options : passed on to SciPy: method, tol, options

    Examples
    --------
    >>> found = root(lambda p: [p[0] + p[1] - 3.0, p[0] * p[1] - 2.0], [0.5, 4.0])
    >>> [round(number, 6) for number in found.x]
    [1.0, 2.0]
    """
    from scipy import optimize

    vector, rebuild = flatten(x0)
    equations, slope = as_vectors(f, args, rebuild)
    return restored(optimize.root(equations, vector, jac=slope, **options), rebuild)


# -- between vectors and structures ---------------------------------------------------------------------------------


def as_vectors(f: Callable, args: tuple, rebuild: Callable) -> tuple[Callable, Callable]:
    """A function of a structure as one from vector to vector, and its Jacobian."""
    def values(v: Any) -> Any:
        return flatten(f(rebuild(v), *args))[0]

    def slope(v: Any) -> Any:
        x = rebuild(v)
        y, back = pullback(f, x, *args)
        flat, seed = flatten(y)
        if flat.size > v.size:
            try:
                return by_columns(x, v, y)
            except UnsupportedCodeError:        # what only reverse mode follows
                pass
        rows = [flatten(back(seed(e))[0], like=x)[0] for e in np.eye(flat.size)]
        return np.stack(rows) if rows else np.zeros((0, v.size))

    def by_columns(x: Any, v: Any, y: Any) -> Any:
        """Forward mode, where there are fewer parameters than results."""
        push = pushforward(lambda p: f(p, *args), x)
        return np.stack([flatten(push(rebuild(e)), like=y)[0] for e in np.eye(v.size)], axis=1)
    return values, slope


def constraint(given: Mapping, rebuild: Callable) -> dict:
    """A constraint on a structure as one on a vector, with its Jacobian."""
    if not isinstance(given, Mapping) or not {"type", "fun"} <= given.keys():
        raise TypeError(message(f"a constraint is no {type(given).__name__}",
                                instead="give a dict of type ('eq' or 'ineq') and fun, a function of the structure"))
    values, slope = as_vectors(given["fun"], tuple(given.get("args", ())), rebuild)
    return {"type": given["type"], "fun": values, "jac": slope}


def limits(bounds: Any, x0: Any) -> tuple:
    """Lower and upper bounds as vectors."""
    if not isinstance(bounds, tuple) or len(bounds) != 2:
        raise TypeError(message("bounds are a pair: (lower, upper)", why=f"They are {bounds!r}.",
                                instead="give for each None, a number, or a structure like the parameters"))
    return limit(bounds[0], x0, -np.inf), limit(bounds[1], x0, np.inf)


def limit(given: Any, x0: Any, none: float) -> np.ndarray:
    """One bound for each number of a structure."""
    if given is None or isinstance(given, (int, float)):
        return np.full(flatten(x0)[0].shape, none if given is None else given)
    nowhere = fmap(lambda x: np.full(np.shape(x), none), x0)
    return flatten(fmap(lambda x, b: np.zeros(np.shape(x)) + b, nowhere, given))[0]


def restored(found: Any, rebuild: Callable) -> Any:
    """SciPy's result with the structure in `x`."""
    found.vector = found.x
    found.x = rebuild(found.x)
    return found
