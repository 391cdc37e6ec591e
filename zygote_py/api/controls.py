"""hook, showgrad, isderiving, nestlevel, eager_update: what a function says about its own derivatives.

Enters: a value on its way through a function. Leaves: the same value; what changes is the cotangent on the way back. Called
outside of a derivative, each does nothing but pass its argument on.
"""

from __future__ import annotations

import ast
import linecache
import re
import types
from collections.abc import Callable
from typing import Any

from ..errors import UnsupportedCodeError, message
from ..registry import non_differentiable
from ..runtime.context import Context
from ..runtime.frames import here, user_frame
from ..runtime.pushforward.call import behave
from ..runtime.pushforward.rules import transposed
from ..runtime.pushforward.tangents import Tangents
from ..runtime.settle import collect, fields_of, is_value, settle
from ..runtime.shared import nothing
from ..runtime.slots import primitive
from .gradient import check_seed

__all__ = ["eager_update", "hook", "isderiving", "nestlevel", "showgrad"]


# -- looking at cotangents, and changing them -----------------------------------------------------------------------


def hook(g: Callable, x: Any) -> Any:
    """Return x; its cotangent dx becomes g(dx) on the way back.

    Parameters
    ----------
    g : callable of one cotangent; what it returns is handed on, and None cuts the gradient
    x : a number, array, or tuple of them

    Examples
    --------
    >>> import operator
    >>> from zygote_py import gradient
    >>> gradient(lambda a, b: hook(operator.neg, a) * b, 2.0, 3.0)
    (-3.0, 2.0)
    """
    return x


def hooked(cx: Context, mask: int, g: Any, x: Any) -> tuple[Any, Any, Any]:
    check_hooked(x)
    return x, hook_back, (g, x)


def hook_back(cx: Context, tape: Any, dy: Any) -> tuple:
    g, x = tape
    if dy is None:
        return None, None
    d = g(dy)
    check_seed(d, x, "what the hook returned", "its argument")
    return None, settle(cx, x, d)


@non_differentiable
def check_hooked(x: Any) -> None:
    """Refuse what has no cotangent of its own: lists and objects may be reached in other ways than through the hook."""
    if isinstance(x, tuple):
        for p in x:
            check_hooked(p)
    elif not is_value(x) and (isinstance(x, (list, dict)) or fields_of(x) is not None):
        raise UnsupportedCodeError(message(
            f"a hook on a {type(x).__name__}", **here(),
            why="Its parts may be read by another name, past the hook.",
            instead="hook the numbers and arrays in it", doc="docs/guide/controls.md"))


def showgrad(x: Any) -> Any:
    """Return x, and print its cotangent when it is known.

    Examples
    --------
    >>> from zygote_py import gradient
    >>> gradient(lambda x, y: showgrad(x) * y, 2.0, 3.0)
    ∂(x) = 3.0
    (3.0, 2.0)
    """
    return x


def shown(cx: Context, mask: int, x: Any) -> tuple[Any, Any, Any]:
    check_hooked(x)
    return x, show_back, (argument_text(), x)


def show_back(cx: Context, tape: Any, dy: Any) -> tuple:
    print(f"∂({tape[0]}) = {dy!r}")
    return (dy,)


@non_differentiable
def argument_text() -> str:
    """What stands in the parentheses of the call of `showgrad` under way, if it is the only one in its line."""
    filename, line, _ = user_frame()
    text = linecache.getline(filename or "", line or 0)
    starts = [m.start() for m in re.finditer(r"\bshowgrad\(", text)]
    if len(starts) == 1:
        for end in range(starts[0] + 1, len(text) + 1):
            try:
                call = ast.parse(text[starts[0]:end], mode="eval").body
            except SyntaxError:
                continue
            if isinstance(call, ast.Call) and len(call.args) == 1:
                return ast.unparse(call.args[0])
    return "x"


# -- where we are ---------------------------------------------------------------------------------------------------


def isderiving() -> bool:
    """Whether the calling function is being differentiated.

    >>> from zygote_py import gradient
    >>> isderiving(), gradient(lambda x: x * isderiving(), 3.0)
    (False, (1.0,))
    """
    return False


def deriving(cx: Context, mask: int) -> tuple[Any, Any, Any]:
    return True, nothing, ()


def nestlevel() -> int:
    """How many derivatives are being taken of the calling function, inside each other.

    >>> from zygote_py import gradient
    >>> def f(x):
    ...     return x * nestlevel()
    >>> f(3.0), gradient(f, 3.0), gradient(lambda x: gradient(f, x)[0] * x, 3.0)
    (0.0, (1.0,), (2.0,))
    """
    return 0


def one_more_level(cx: Context, mask: int) -> tuple[Any, Any, Any]:
    """If this code itself is being differentiated, the call of `nestlevel` in it is a call of this function again."""
    return nestlevel() + 1, nothing, ()


# -- updates on the way back ----------------------------------------------------------------------------------------


def eager_update(state: Any, model: Any, update: Callable) -> Any:
    """Return a model; as soon as its gradient is complete, `update(state, model, gradient)` is called, and the gradient dropped.

    The reverse run then never holds the gradients of all layers at once. What `update` returns is not used: it changes the model
    in place.

    Parameters
    ----------
    state : of the optimiser, for this model; may be None
    model : an array, or an object, list or dict of arrays, which the function has not used before this point
    update : callable of state, model and gradient

    Examples
    --------
    >>> import numpy as np
    >>> from zygote_py import gradient
    >>> W = np.ones(2)
    >>> def descend(state, W, dW):
    ...     W -= 0.1 * dW
    >>> gradient(lambda x: np.sum(eager_update(None, W, descend) * x), np.array([1.0, 2.0]))
    (array([1., 1.]),)
    >>> W
    array([0.9, 0.8])
    """
    return model


def updated_later(cx: Context, mask: int, state: Any, model: Any, update: Any) -> tuple[Any, Any, Any]:
    cx.tracked[id(model)] = model       # whatever it comes from, its cotangent is wanted
    return model, update_back, (state, model, update)


def update_back(cx: Context, tape: Any, dy: Any) -> tuple:
    state, model, update = tape
    gradient = collect(cx, model, dy)
    drop(cx, model, set())
    if gradient is not None:
        update(state, model, gradient)
    return None, None, None


@non_differentiable
def drop(cx: Context, x: Any, seen: set) -> None:
    """Forget the cotangents of all that x consists of."""
    if x is None or id(x) in seen or isinstance(x, (str, bytes)):
        return
    seen.add(id(x))
    cx.records.pop(id(x), None)
    if isinstance(x, dict):
        parts = list(x.values())
    elif isinstance(x, (list, tuple)):
        parts = list(x)
    elif isinstance(x, types.FunctionType):
        parts = list(x.__closure__ or ())
    elif isinstance(x, types.CellType):
        parts = [x.cell_contents]
    else:
        parts = [] if is_value(x) else list((fields_of(x) or {}).values())
    for p in parts:
        drop(cx, p, seen)


# -- in forward mode ------------------------------------------------------------------------------------------------


def push_hooked(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """A hook is a pullback, and linear like each of them: its transpose acts on the tangent."""
    g, x = args
    check_hooked(x)
    return x, None if dots[1] is None else transposed(g, (), x, dots[1], {})


def push_shown(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    return args[0], dots[0]


def push_deriving(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    return True, None


def push_level(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    return nestlevel() + 1, None


def push_updated(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    raise no_way_back()


@non_differentiable
def no_way_back() -> UnsupportedCodeError:
    return UnsupportedCodeError(message(
        "eager_update in forward mode", **here(),
        why="It updates on the way back, when a gradient is complete; forward mode has no way back, and no gradients.",
        instead="use reverse mode, or hand over the model itself", doc="docs/guide/controls.md"))


behave(eager_update, push_updated)
behave(hook, push_hooked)
behave(showgrad, push_shown)
behave(isderiving, push_deriving, asking=True)
behave(nestlevel, push_level, asking=True)
primitive(hook, hooked)
primitive(showgrad, shown)
primitive(isderiving, deriving, always=True)
primitive(nestlevel, one_more_level, always=True)
primitive(eager_update, updated_later, always=True)
