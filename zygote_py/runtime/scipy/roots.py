"""scipy.optimize: roots, fixed points and minima, by the implicit function theorem.

SciPy finds the root, from plain numbers. It depends on all that the function reads: its arguments, the variables that it sees,
the object that it is a method of. So the function is called once more, at the root, and its pullback takes the root's cotangent
on. The first guess, the bracket and the options have no influence.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import scipy.optimize

from ...errors import UnsupportedCodeError, message
from ...registry import non_differentiable
from ...tangents import Unknown
from ..call import call
from ..context import Context
from ..frames import here
from ..pushforward.call import behave, push_call, unknown
from ..pushforward.tangents import Missing, Tangents
from ..refusals import has_record, missing_rule
from ..slots import primitive
from ..standins import stand_in

__all__ = ["root_of"]


def root_of(f: Any, x: Any, args: tuple) -> Any:
    """x, which solves f(x, *args) = 0; f takes and returns a vector, or a number, and the derivative of x is that of the root."""
    return x


def root_forward(cx: Context, mask: int, f: Any, x: Any, args: tuple) -> tuple[Any, Any, Any]:
    x = root_of(f, x, args)             # where this is differentiated in its turn, the root has a derivative
    _, back, tape = call(cx, -1, f, x, *args)
    return x, root_back, (f, x, args, back, tape)


def root_back(cx: Context, tape: Any, dx: Any) -> tuple:
    """0 = f_x x_dot + f_p p_dot, hence dp = -f_p^T f_x^-T dx."""
    f, x, args, back, inner = tape
    dy = None if dx is None else -np.linalg.solve(slopes(f, x, args).T, dx) if np.ndim(x) else -dx / slopes(f, x, args)
    return None, None, back(cx, inner, dy)[1:]


def root_push(cx: Tangents, values: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    f, x, args = values
    x = root_of(f, x, args)
    _, y_dot = push_call(cx, f, (x, *args), (None, *(dots[2] or (None,) * len(args))))
    if y_dot is None:
        return x, None
    return x, -np.linalg.solve(slopes(f, x, args), y_dot) if np.ndim(x) else -y_dot / slopes(f, x, args)


def slopes(f: Any, x: Any, args: tuple) -> Any:
    """The derivative of a number by a number, or the Jacobian of a vector by a vector."""
    cx = Context()
    y, back, tape = call(cx, 1, f, x, *args)
    if not np.ndim(x):
        slope = back(cx, tape, 1.0)[0]
        check_root(x, y, np.reshape(slope, (1, 1)))
        return slope
    rows = [back(cx, tape, seed)[0] for seed in np.eye(np.size(x))]
    matrix = np.stack([np.zeros(np.size(x)) if row is None else row for row in rows])
    check_root(x, y, matrix)
    return matrix


@non_differentiable
def check_root(x: Any, y: Any, matrix: Any) -> None:
    """A further step of Newton's method must be a small one."""
    step = np.linalg.solve(matrix, np.ravel(y))
    if not np.max(np.abs(step), initial=0.0) <= 1e-3 * (1 + np.max(np.abs(x), initial=0.0)):
        raise refused("a search that has not come near a solution")


primitive(root_of, root_forward)
behave(root_of, root_push)


def unseen(value: Any, name: str, f: Any, x: Any, args: tuple) -> Any:
    """Another entry of SciPy's result: it depends on what x depends on, in a way that is not worked out."""
    return value


def unseen_forward(cx: Context, mask: int, value: Any, name: str, f: Any, x: Any, args: tuple) -> tuple[Any, Any, Any]:
    return value, unseen_back, (value, name, f, x, args)


def unseen_back(cx: Context, tape: Any, dy: Any) -> tuple:
    value, name, f, x, args = tape
    if dy is None and not has_record(cx, value):
        return (None,) * 5
    own = Context()
    y, back, inner = call(own, -1, f, x, *args)
    blame = Unknown(f"what the function of a search reads, of `{name}` in the result")
    ds = back(own, inner, np.ones(np.shape(y)))[1:]
    for container, slots in own.records.values():
        for key, d in slots.items():
            cx.add(container, key, marked(d, blame))
    return None, None, None, None, marked(tuple(ds), blame)


def marked(d: Any, unknown: Unknown) -> Any:
    """A cotangent with the same structure, of which nothing is known."""
    if isinstance(d, (tuple, list)):
        return type(d)([marked(p, unknown) for p in d])
    if isinstance(d, dict):
        return {k: marked(p, unknown) for k, p in d.items()}
    return None if d is None else unknown


def unseen_push(cx: Tangents, values: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    value, name, f, x, args = values
    _, y_dot = push_call(cx, f, (x, *args), (None, *(dots[4] or (None,) * len(args))))
    if y_dot is None:
        return value, None
    return value, unknown(cx, value, Missing(missing_rule(scipy.optimize.minimize, f"in its entry `{name}`")))


primitive(unseen, unseen_forward)
behave(unseen, unseen_push)


# -- the functions of SciPy ----------------------------------------------------------------------------------------------------


def by_bracket(find: Any) -> Any:
    """What stands for a function that looks for a root between two points."""
    def bracketed(f, a, b, args=(), *rest, **options):
        given = args if isinstance(args, tuple) else (args,)
        return root_of(f, number(search(find, (f, a, b, given, *rest), options)), given)
    return bracketed


def newton(func, x0, fprime=None, args=(), *rest, **options):
    return root_of(func, number(search(scipy.optimize.newton, (func, x0, fprime, args, *rest), options)), args)


def root_scalar(f, args=(), *rest, **options):
    given = args if isinstance(args, tuple) else (args,)
    result = search(scipy.optimize.root_scalar, (f, given, *rest), options)
    result["root"] = root_of(f, number(result["root"]), given)
    return result


def fixed_point(func, x0, args=(), *rest, **options):
    found = search(scipy.optimize.fixed_point, (func, x0, args, *rest), options)
    return root_of(lambda x, *args: func(x, *args) - x, number(found) if np.ndim(found) != 1 else found, args)


def fsolve(func, x0, args=(), *rest, **options):
    given = args if isinstance(args, tuple) else (args,)
    return root_of(vector(func), flat(search(scipy.optimize.fsolve, (func, x0, given, *rest), options)), given)


def root(fun, x0, args=(), *rest, **options):
    given = args if isinstance(args, tuple) else (args,)
    result = search(scipy.optimize.root, (fun, x0, given, *rest), options)
    f = vector(fun)
    result["x"] = x = root_of(f, flat(result["x"]), given)
    return with_unseen(result, ("x", "fun"), f, x, given)


def minimize(fun, x0, args=(), *rest, **options):
    given = args if isinstance(args, tuple) else (args,)
    result = search(scipy.optimize.minimize, (fun, x0, given, *rest), options)
    f = slope_of(fun)
    result["x"] = x = root_of(f, flat(result["x"]), given)
    result["fun"] = fun(x, *given)
    return with_unseen(result, ("x", "fun", "jac", "grad"), f, x, given)


def minimize_scalar(fun, bracket=None, bounds=None, args=(), *rest, **options):
    given = args if isinstance(args, tuple) else (args,)
    result = search(scipy.optimize.minimize_scalar, (fun, bracket, bounds, given, *rest), options)
    result["x"] = x = root_of(slope_of(fun), number(result["x"]), given)
    result["fun"] = fun(x, *given)
    return result


def least_squares(fun, x0, *rest, args=(), **options):
    given = args if isinstance(args, tuple) else (args,)
    result = search(scipy.optimize.least_squares, (fun, x0, *rest), {**options, "args": given})
    f = slope_of(half_squares(fun))
    result["x"] = x = root_of(f, flat(result["x"]), given)
    result["fun"] = np.ravel(np.asarray(fun(x, *given)))
    result["cost"] = half_squares(fun)(x, *given)
    return with_unseen(result, ("x", "fun", "cost", "grad"), f, x, given)


def half_squares(residuals: Any) -> Any:
    return lambda x, *args: 0.5 * np.sum(np.ravel(np.asarray(residuals(x, *args)))**2)


def curve_fit(f, xdata, ydata, p0=None, sigma=None, *rest, **options):
    if np.ndim(sigma) > 1 or options.get("full_output"):
        raise refused("a fit with a matrix `sigma` or with `full_output`")
    values, covariance = search(scipy.optimize.curve_fit, (f, xdata, ydata, p0, sigma, *rest), options)
    errors = 1.0 if sigma is None else sigma
    slope = slope_of(half_squares(lambda p, x, y, errors: (f(x, *p) - np.asarray(y)) / errors))
    found = root_of(slope, flat(values), (xdata, ydata, errors))
    return found, unseen(covariance, "pcov", slope, found, (xdata, ydata, errors))


def with_unseen(result: Any, seen: tuple, f: Any, x: Any, args: tuple) -> Any:
    """What SciPy returns; of numbers that are not among those that are seen there is no derivative."""
    for name in numbers_of(result, seen):
        result[name] = unseen(result[name], name, f, x, args)
    return result


@non_differentiable
def numbers_of(result: Any, seen: tuple) -> list:
    return [k for k, v in result.items() if k not in seen and not isinstance(v, (int, bool, str, bytes, np.integer, np.bool_))]


def slope_of(f: Any) -> Any:
    """The gradient of a real function by its first argument, which is 0 at a minimum."""
    def slope(x, *args):
        cx = Context()
        _, back, tape = call(cx, 1, f, x, *args)
        return back(cx, tape, 1.0)[0]
    return slope


def vector(f: Any) -> Any:
    """The function with a flat array as its result: it may return a list, or a number."""
    return lambda x, *args: np.ravel(np.asarray(f(x, *args)))


@non_differentiable
def search(find: Any, args: tuple, options: dict) -> Any:
    """What SciPy finds, from plain numbers."""
    given = inspect.signature(find).bind(*args, **options).arguments
    if given.get("jac") is True or given.get("bounds") is not None or given.get("constraints"):
        raise refused("a search with bounds, constraints or `jac=True`")
    if given.get("loss", "linear") != "linear" or (find is scipy.optimize.least_squares and given.get("kwargs")):
        raise refused("a search with a `loss` of its own or `kwargs`")
    return find(*args, **options)


@non_differentiable
def number(x: Any) -> Any:
    if isinstance(x, tuple) or np.ndim(x) or np.iscomplexobj(x):
        raise refused("a search with `full_output`, for several roots at once, or for a complex one")
    return x


@non_differentiable
def flat(x: Any) -> Any:
    if not isinstance(x, np.ndarray) or x.ndim != 1 or np.iscomplexobj(x):
        raise refused("a search with `full_output`, or for anything but a real vector")
    return x


def refused(what: str) -> UnsupportedCodeError:
    return UnsupportedCodeError(message(
        f"cannot differentiate {what}", **here(),
        why="What is found is known by the function alone: one real number or one real vector.",
        instead="leave the option out, or search in another way", doc="docs/limitations.md#roots-and-minima"))


for find in (scipy.optimize.brentq, scipy.optimize.brenth, scipy.optimize.bisect, scipy.optimize.ridder, scipy.optimize.toms748):
    stand_in(find, by_bracket(find))
stand_in(scipy.optimize.newton, newton)
stand_in(scipy.optimize.root_scalar, root_scalar)
stand_in(scipy.optimize.fixed_point, fixed_point)
stand_in(scipy.optimize.fsolve, fsolve)
stand_in(scipy.optimize.root, root)
stand_in(scipy.optimize.minimize, minimize)
stand_in(scipy.optimize.minimize_scalar, minimize_scalar)
stand_in(scipy.optimize.least_squares, least_squares)
stand_in(scipy.optimize.curve_fit, curve_fit)
