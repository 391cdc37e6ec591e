"""pushforward, jvp: forward mode.

Enters: a callable, its arguments and their tangents, which mirror the arguments; None is zero. Leaves: the tangent of the result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..emit.tracebacks import show_calls
from ..errors import SeedError, message
from ..registry import non_differentiable
from ..runtime.generators import check_left
from ..runtime.pushforward.call import push_callx
from ..runtime.pushforward.tangents import Tangents, gathered, settled
from ..runtime.standins import stand_in
from ..tangents.project import project
from .gradient import check_callable, check_seed, floating

__all__ = ["jvp", "pushforward"]


def jvp(f: Callable, primals: tuple, tangents: tuple) -> tuple[Any, Any]:
    """Value of f, and its derivative in one direction: the Jacobian times a vector.

    Parameters
    ----------
    f : callable
    primals : its arguments
    tangents : one for each argument, of its structure; None stands for zero

    Returns
    -------
    y, y_dot
        The tangent has the structure of y, with None for what does not depend on the arguments that have a tangent.

    Raises
    ------
    SeedError
        If a tangent does not have the structure of its argument.

    Examples
    --------
    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, None))
    (6.0, 3.0)
    """
    check_callable(f)
    check_tangents(primals, tangents)
    return run(f, tuple(primals), tuple(tangents), {})


def run(f: Callable, args: tuple, tangents: tuple, kwargs: dict) -> tuple[Any, Any]:
    """The value of f and its tangent, in the structure of the value."""
    cx = Tangents()
    dots = tuple([settled(cx, x, floating(d)) for x, d in zip(args, tangents)])
    y, y_dot = complete(cx, push_callx, f, args, dots, kwargs, dict.fromkeys(kwargs))
    return y, shown(cx, y, y_dot)


def complete(cx: Tangents, way: Callable, *given: Any) -> Any:
    """`way(cx, *given)`; if that fails, the traceback has all calls."""
    try:
        found = way(cx, *given)
        check_left([g for _, _, g in cx.generators.values()])
        return found
    except BaseException as error:
        show_calls(error)
        raise


def incomplete(cx: Tangents, way: Callable, *given: Any) -> Any:
    """What stands for `complete` where it is itself differentiated."""
    found = way(cx, *given)
    check_left([g for _, _, g in cx.generators.values()])
    return found


stand_in(complete, incomplete)


def shown(cx: Tangents, y: Any, y_dot: Any) -> Any:
    """The tangent of a result as the user sees it."""
    return gathered(cx, y, y_dot, project)


def pushforward(f: Callable, *args: Any, **kwargs: Any) -> Callable:
    """The linear function that takes tangents of the arguments to the tangent of the result.

    Parameters
    ----------
    f : callable
    *args : where to differentiate
    **kwargs : passed on to f, not differentiated

    Returns
    -------
    callable
        Takes one tangent for each argument, of its structure (None for zero), and returns the tangent of `f(*args)`. Each call
        runs f once.

    Examples
    --------
    >>> push = pushforward(lambda x, y: x * y, 2.0, 3.0)
    >>> push(1.0, 0.0), push(0.0, 1.0)
    (3.0, 2.0)
    """
    check_callable(f)
    return Pushforward(f, args, kwargs)


class Pushforward:
    """The function that `pushforward` returns."""

    __slots__ = ("args", "f", "kwargs")

    def __init__(self, f: Callable, args: tuple, kwargs: dict) -> None:
        self.f, self.args, self.kwargs = f, args, kwargs

    def __call__(self, *tangents: Any) -> Any:
        check_tangents(self.args, tangents)
        return run(self.f, self.args, tangents, self.kwargs)[1]

    def __repr__(self) -> str:
        return f"<pushforward of {len(self.args)} argument{'s' * (len(self.args) != 1)}>"


@non_differentiable
def check_tangents(args: Any, tangents: Any) -> None:
    """Refuse tangents that do not have the structure of the arguments."""
    if not isinstance(args, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise TypeError(message("jvp needs the arguments as a tuple, and their tangents as another",
                                instead="jvp(f, (x,), (x_dot,)), also for one argument"))
    if len(args) != len(tangents):
        raise SeedError(message(f"{len(tangents)} tangents for {len(args)} arguments",
                                why="Each argument has a tangent of its own.",
                                instead="give None for an argument that does not vary"))
    for i, (x, d) in enumerate(zip(args, tangents)):
        check_seed(d, x, f"tangent {i}", f"argument {i}")
