"""scipy.integrate.odeint and solve_ivp, by the adjoint equation.

SciPy solves y' = f(t, y, *args). The solution's cotangent dY, given at the times t, goes back along the equation

    a' = -f_y^T a,   a jumps by dY at each time,   d_args = integral of f_args^T a,   d_y0 = a(t0)   [Pontryagin et al., 1962]

Both equations are solved by SciPy, tightly; the integral is taken by Gauss's formula on each of the steps of the second. There
the function is called with its pullback, so that all that it reads gets its share: arguments, variables that it sees, objects.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.integrate

from ...errors import UnsupportedCodeError, message
from ...registry import non_differentiable
from ...tangents.accumulate import add
from ..call import call
from ..context import Context
from ..frames import here
from ..slots import primitive
from ..standins import stand_in

__all__ = ["solution"]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(6)


def solution(f: Any, y0: Any, t: Any, args: tuple, values: Any, method: str) -> Any:
    """The solution of y' = f(t, y, *args) at the times t, one to a row; `values` are what SciPy has found."""
    return values


def solved(cx: Context, mask: int, f: Any, y0: Any, t: Any, args: tuple, values: Any, method: str) -> tuple[Any, Any, Any]:
    return values, solved_back, (f, t, args, values, method)


def solved_back(cx: Context, tape: Any, dy: Any) -> tuple:
    f, t, args, values, method = tape
    if dy is None:
        return None, None, None, None, None, None
    path = dense(lambda s, y: np.asarray(f(s, y, *args), float), t[0], t[-1], values[0], method)
    dt, d_args = np.zeros(len(t)), (None,) * len(args)

    def along(s: float, a: Any) -> Any:
        """-f_y^T a"""
        own = Context()
        _, back, inner = call(own, 2, f, s, path(s), *args)
        d = back(own, inner, a)[1]
        return np.zeros(np.shape(a)) if d is None else -d
    a = np.zeros(np.shape(values[0]))
    for k in range(len(t) - 1, 0, -1):
        a = a + dy[k]
        dt[k] = dy[k] @ f(t[k], values[k], *args)
        back_path = dense(along, t[k], t[k - 1], a, method)
        for s, weight in gauss(back_path.ts):
            d_args = add(d_args, share(cx, f, s, path(s), args, weight * back_path(s)))
        a = back_path(t[k - 1])
    dt[0] = -a @ f(t[0], values[0], *args)
    return None, a + dy[0], dt, d_args, None, None


def dense(f: Callable, start: float, end: float, y: Any, method: str) -> Any:
    """A solution between all times, more exact than those that users ask for."""
    found = scipy.integrate.solve_ivp(f, (start, end), y, method, dense_output=True, rtol=1e-10, atol=1e-12)
    if not found.success:
        raise refused(f"an equation that could not be solved tightly: {found.message}")
    return found.sol


def gauss(steps: Any) -> list:
    """The nodes and weights of Gauss's formula on all steps, which go back in time."""
    return [(low + 0.5 * (1 + x) * (high - low), 0.5 * w * (high - low))
            for high, low in pairwise(steps) for x, w in zip(NODES, WEIGHTS)]


def share(cx: Context, f: Any, s: float, y: Any, args: tuple, a: Any) -> tuple:
    """The arguments' share at one node; what else the function reads has its share added to its records."""
    own = Context()
    _, back, inner = call(own, -1, f, s, y, *args)
    ds = back(own, inner, a)
    for container, slots in own.records.values():
        for key, d in slots.items():
            cx.add(container, key, d)
    return tuple(ds[2:])


def only_once(cx: Context, mask: int, *args: Any) -> tuple[Any, Any, Any]:
    raise refused("the derivative of a solution")


primitive(solution, solved)
primitive(solved_back, only_once)


# -- the functions of SciPy ----------------------------------------------------------------------------------------------------


def odeint(func, y0, t, args=(), *rest, **options):
    given = args if isinstance(args, tuple) else (args,)
    values, first = solve_odeint((func, y0, t, given, *rest), options)
    f = vector(func) if first else vector(lambda s, y, *args: func(y, s, *args))
    return solution(f, np.ravel(np.asarray(y0)), np.asarray(t), given, values, "LSODA")


def solve_ivp(fun, t_span, y0, method="RK45", t_eval=None, dense_output=False, events=None, vectorized=False, args=None,
              **options):
    given = () if args is None else tuple(args)
    result = solve((fun, t_span, y0, method, t_eval, dense_output, events, vectorized, args), options)
    if t_eval is None:
        times = np.concatenate([np.array([t_span[0]]), result["t"][1:-1], np.array([t_span[1]])])
    else:
        times = np.asarray(t_eval)
    if times[0] != t_span[0]:
        times = np.concatenate([np.array([t_span[0]]), times])
        result["y"] = solution(vector(fun), np.asarray(y0), times, given, start_first(y0, result["y"]), method)[1:].T
    else:
        result["y"] = solution(vector(fun), np.asarray(y0), times, given, result["y"].T, method).T
    return result


def vector(f: Any) -> Any:
    """The function with an array as its result: it may return a list, or a number."""
    return lambda s, y, *args: np.ravel(np.asarray(f(s, y, *args)))


@non_differentiable
def start_first(y0: Any, values: Any) -> Any:
    return np.concatenate([np.asarray(y0, float)[None], values.T])


@non_differentiable
def solve_odeint(args: tuple, options: dict) -> tuple[Any, bool]:
    found = inspect.signature(scipy.integrate.odeint).bind(*args, **options).arguments
    if found.get("full_output"):
        raise refused("the solution of an equation with `full_output`")
    return real(scipy.integrate.odeint(*args, **options)), bool(found.get("tfirst"))


@non_differentiable
def solve(args: tuple, options: dict) -> Any:
    if args[5] or args[6] is not None or not isinstance(args[3], str):
        raise refused("the solution of an equation with `dense_output`, `events` or a method of your own")
    result = scipy.integrate.solve_ivp(*args, **options)
    if not result.success:
        raise refused(f"an equation that could not be solved: {result.message}")
    real(result.y)
    return result


def real(values: Any) -> Any:
    if np.iscomplexobj(values):
        raise refused("the solution of a complex equation")
    return values


def refused(what: str) -> UnsupportedCodeError:
    return UnsupportedCodeError(message(
        f"cannot differentiate {what}", **here(),
        why="The adjoint equation gives the first derivatives of real solutions at given times.",
        instead="leave the option out, or write the steps of a method in Python",
        doc="docs/limitations.md#differential-equations"))


stand_in(scipy.integrate.odeint, odeint)
stand_in(scipy.integrate.solve_ivp, solve_ivp)
