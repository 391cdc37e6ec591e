"""gradient, withgradient, pullback, grad, value_and_grad.

Enters: a callable and its arguments. Leaves: values and gradients: None for what the result does not depend on, structural
gradients that mirror the arguments.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, overload

import numpy as np

from ..emit.tracebacks import show_calls
from ..errors import SeedError, message
from ..kinds import MARKERS, kind_of
from ..registry import lookup, non_differentiable
from ..requests import enter, joint_for
from ..runtime.binding import bind_arguments, unbind
from ..runtime.call import call, callx
from ..runtime.callees import is_generator_function, is_opaque, is_plain
from ..runtime.context import Context
from ..runtime.generators import check_sources
from ..runtime.memory import put_back
from ..runtime.pushforward.call import behave, push_call, push_callx
from ..runtime.pushforward.tangents import Tangents
from ..runtime.settle import collect_all, collect_tracked, fields_of, is_number, is_value, settle
from ..runtime.slots import primitive
from ..runtime.standins import stand_in
from ..runtime.tools import seed, seed_first
from ..tangents.types import Tangent
from .markers import AutoReverse, Backend, is_marked, read_markers, way_of
from .params import Grads, Params
from .results import WithGradient

__all__ = ["WithGradient", "call", "grad", "gradient", "is_value", "kind_of", "pullback", "value_and_grad", "withgradient"]


@overload
def gradient(f: Callable, params: Params, /, **kwargs: Any) -> Grads: ...  # pyright: ignore[reportOverlappingOverload]
@overload
def gradient(f: Callable, backend: Backend, /, *args: Any, **kwargs: Any) -> tuple[Any, ...]: ...
@overload
def gradient(f: Callable, a: Any, /, **kwargs: Any) -> tuple[Any]: ...
@overload
def gradient(f: Callable, a: Any, b: Any, /, **kwargs: Any) -> tuple[Any, Any]: ...
@overload
def gradient(f: Callable, a: Any, b: Any, c: Any, /, **kwargs: Any) -> tuple[Any, Any, Any]: ...
@overload
def gradient(f: Callable, a: Any, b: Any, c: Any, d: Any, /, **kwargs: Any) -> tuple[Any, Any, Any, Any]: ...
@overload
def gradient(f: Callable, /, *args: Any, **kwargs: Any) -> tuple[Any, ...]: ...  # pyright: ignore[reportOverlappingOverload]
def gradient(f: Callable, /, *args: Any, **kwargs: Any) -> Any:
    """Differentiate a real scalar function by each of its arguments.

    Parameters
    ----------
    f : callable that returns a real number
    *args : where to differentiate; numbers, arrays, and any nesting of tuples, lists, dicts and objects
    **kwargs : passed on to f, not differentiated

    Returns
    -------
    tuple
        One gradient per argument; None where the result does not depend on it.

    Raises
    ------
    NotScalarError
        If the result is not a real number.
    UnsupportedCodeError, MissingRuleError
        If something that f calls can't be differentiated.

    Examples
    --------
    >>> gradient(lambda x: 3*x**2 + 2*x + 1, 5)
    (32.0,)
    >>> gradient(lambda a, b: a*b, 2, 3)
    (3.0, 2.0)
    """
    return run(f, args, kwargs, False)[1]


@overload
def withgradient(f: Callable, params: Params, /, **kwargs: Any) -> WithGradient[Grads]: ...  # pyright: ignore[reportOverlappingOverload]
@overload
def withgradient(f: Callable, backend: Backend, /, *args: Any, **kwargs: Any) -> WithGradient[tuple[Any, ...]]: ...
@overload
def withgradient(f: Callable, a: Any, /, **kwargs: Any) -> WithGradient[tuple[Any]]: ...
@overload
def withgradient(f: Callable, a: Any, b: Any, /, **kwargs: Any) -> WithGradient[tuple[Any, Any]]: ...
@overload
def withgradient(f: Callable, a: Any, b: Any, c: Any, /, **kwargs: Any) -> WithGradient[tuple[Any, Any, Any]]: ...
@overload
def withgradient(f: Callable, a: Any, b: Any, c: Any, d: Any, /, **kwargs: Any) -> WithGradient[tuple[Any, Any, Any, Any]]: ...
@overload
def withgradient(f: Callable, /, *args: Any, **kwargs: Any) -> WithGradient[tuple[Any, ...]]: ...  # pyright: ignore[reportOverlappingOverload]
def withgradient(f: Callable, /, *args: Any, **kwargs: Any) -> WithGradient:
    """Value and gradient.

    If f returns a tuple or namedtuple, its first entry is differentiated; the rest is auxiliary.

    Examples
    --------
    >>> withgradient(lambda x: x**2, 3.0)
    WithGradient(val=9.0, grad=(6.0,))
    """
    return tuple.__new__(WithGradient, run(f, args, kwargs, True))


def run(f: Callable, args: tuple, kwargs: dict, first: bool, mask: int = -1) -> tuple[Any, tuple]:
    """The value of f, and the gradient by each argument; those without a bit in `mask` may be left out.

    This function and those that it calls are what gradients of gradients differentiate: they are kept small.
    """
    flat = (*args, *kwargs.values()) if kwargs else args
    joint, uses_context = way_in(f, args, kwargs, flat, first, mask) if kwargs else enter(f, args, mask, first)
    if joint is None and is_marked(args):
        return run_marked(f, args, kwargs, first, mask)
    if not uses_context:
        y, ds = joint(None, *flat)  # pyright: ignore[reportOptionalCall]
        return y, collect_all(None, args, ds)
    if joint is None:
        return protected(Context(), run_any, f, args, kwargs, first, mask)
    return protected(Context(), run_joint, joint, flat, args)


def protected(cx: Context, way: Callable, *given: Any) -> Any:
    """`way(cx, *given)`; if that fails on the way back, arrays are as the forward run left them. The traceback has all calls."""
    try:
        found = way(cx, *given)
        if cx.generators:
            check_sources(cx)
        return found
    except BaseException as error:
        put_back(cx)
        show_calls(error)
        raise


def protected_inside(cx: Context, mask: int, inner: Context, way: Callable, *given: Any) -> tuple[Any, Any, Any]:
    """`protected` where it is itself differentiated."""
    try:
        return unprotected_inside(cx, mask, inner, way, *given)
    except BaseException:
        put_back(inner)
        raise


def unprotected_inside(cx: Context, mask: int, inner: Context, way: Callable, *given: Any) -> tuple[Any, Any, Any]:
    y, back, tape = call(cx, -1, way, inner, *given)
    check_sources(inner)
    return y, called_back, (back, tape)


def called_back(cx: Context, tape: Any, dy: Any) -> tuple:
    dinner, *ds = tape[0](cx, tape[1], dy)
    return dinner, None, *ds


def push_protected(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`protected` in forward mode: putting the arrays back is a store into them like any other."""
    try:
        return push_unprotected(cx, args, dots, keywords, kdots)
    except BaseException:
        push_call(cx, put_back, args[:1], (None,))
        raise


def push_unprotected(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    return push_callx(cx, args[1], (args[0], *args[2:]), (dots[0], *dots[2:]), keywords, kdots)


primitive(protected, protected_inside)
stand_in(protected_inside, unprotected_inside)
stand_in(push_protected, push_unprotected)
behave(protected, push_protected)


def run_joint(cx: Context, joint: Callable, flat: tuple, args: tuple) -> tuple[Any, tuple]:
    y, ds = joint(cx, *flat)
    return y, finished(cx, args, ds)


@non_differentiable
def way_in(f: Any, args: tuple, kwargs: dict, flat: tuple, first: bool, mask: int) -> tuple[Any, bool]:
    """`enter` for the arguments in one row, if the keywords are in order; None if the function has to be found otherwise."""
    if in_order(f, len(args), kwargs):
        return enter(f, flat, ((1 << len(args)) - 1) & mask, first)
    return None, True


def finished(cx: Context, args: Any, ds: Any) -> tuple:
    """The gradients of the arguments; the arrays that were written to are as the function left them."""
    found = collect_all(cx, args, ds)
    if cx.finals:
        put_back(cx)
    return found


def run_any(cx: Context, f: Callable, args: tuple, kwargs: dict, first: bool, mask: int) -> tuple[Any, tuple]:
    """As `run`, for any callable and any keywords."""
    if is_function(f):
        flat, recipe = bind_arguments(f, args, kwargs)
        y, ds = joint_for(f, flat, active_mask(recipe, mask), first)[0](cx, *flat)
        ds, _ = unbind(cx, ds, recipe, flat)
    else:
        check_callable(f)
        y, back, tape = callx(cx, -1, f, args, kwargs)
        ds, _ = back(cx, tape, settle(cx, y, seed_first(cx, y) if first else seed(cx, y)))
    return y, finished(cx, args, ds)


def run_marked(f: Callable, args: tuple, kwargs: dict, first: bool, mask: int) -> tuple[Any, Any]:
    """As `run`, where the arguments say how."""
    check_callable(f)
    way = WAYS.get(args[0].__class__)
    if way is not None and MARKERS.isdisjoint(map(type, args[1:])):
        return way(f, args[1:], kwargs, first, mask)
    params, backend, plain, chosen = read_markers(args)
    if params is not None:
        y, back = implicit(f, params, kwargs)
        cx = back.context
        return y, back(seed_first(cx, y) if first else seed(cx, y))
    if backend is None or backend.__class__ is AutoReverse:
        y, ds = run(f, plain, kwargs, first, chosen & mask)
    else:
        y, ds = way_of(backend, WAYS)(f, plain, kwargs, first, chosen & mask)
    return y, tuple([ds[i] if chosen >> i & 1 else None for i in range(len(plain))])


def implicit(f: Callable, params: Params, kwargs: dict) -> tuple[Any, Pullback]:
    """Value of a function without arguments, and its pullback to what it finds by itself."""
    cx = Context({id(x): x for x in params})
    y, inner, tape = protected(cx, callx, -1, f, (), kwargs)
    return y, Pullback(y, inner, tape, params.copy(), cx)


WAYS: dict[type, Callable] = {}
"""For each backend but reverse mode, a function that does what `run` does."""


@non_differentiable
def check_callable(f: Any) -> None:
    if not callable(f):
        raise TypeError(message(f"the first argument is no function but {describe(f)}",
                                instead="gradient(f, x): the function first, then where to differentiate"))


@non_differentiable
def in_order(f: Any, n: int, kwargs: dict) -> bool:
    """Whether the keywords are just the parameters that follow the n positional ones, in order."""
    if f.__class__ is not types.FunctionType:
        return False
    code = f.__code__
    return code.co_argcount == n + len(kwargs) and code.co_varnames[n:code.co_argcount] == tuple(kwargs) \
        and not code.co_flags & 0x0C \
        and code.co_posonlyargcount <= n and not code.co_kwonlyargcount


@non_differentiable
def is_function(f: Any) -> bool:
    """Whether f is a plain Python function without a rule of its own."""
    return f.__class__ is types.FunctionType and lookup(f) is None and not is_opaque(f) and "registry" not in f.__dict__ \
        and not is_generator_function(f)


@non_differentiable
def active_mask(recipe: tuple, mask: int) -> int:
    """Only what is passed by position is differentiated, as far as `mask` says so."""
    return sum(1 << i for i, (how, what) in enumerate(recipe[0]) if how == "rest" or (how == "arg" and mask >> what & 1))


@non_differentiable
def is_direct(f: Any, n: int) -> bool:
    """Whether f is a plain Python function of n parameters, without a rule of its own."""
    return is_function(f) and is_plain(f, n)


def pullback(f: Callable, /, *args: Any, **kwargs: Any) -> tuple[Any, Callable]:
    """Value of f, and the function that pulls cotangents back.

    Returns
    -------
    y, back
        `back(dy)` takes a cotangent shaped like y and returns a tuple with one cotangent per argument. It may be called again and
        again.

    Raises
    ------
    SeedError
        By `back`, if dy does not have the structure of y.

    Examples
    --------
    >>> y, back = pullback(lambda x: x * x, 3.0)
    >>> back(1.0), back(2.0)
    ((6.0,), (12.0,))
    """
    if is_marked(args):
        return pullback_marked(f, args, kwargs)
    check_callable(f)
    cx = Context()
    y, inner, tape = protected(cx, callx, -1, f, args, kwargs)
    return y, Pullback(y, inner, tape, args, cx)


def pullback_marked(f: Callable, args: tuple, kwargs: dict) -> tuple[Any, Callable]:
    """As `pullback`, where the arguments say how."""
    params, backend, plain, chosen = read_markers(args)
    if params is not None:
        check_callable(f)
        return implicit(f, params, kwargs)
    if backend is not None and backend.__class__ is not AutoReverse:
        raise no_pullback(backend)
    y, back = pullback(f, *plain, **kwargs)

    def back_to_variables(dy: Any) -> tuple:
        ds = back(dy)
        return tuple([ds[i] if chosen >> i & 1 else None for i in range(len(plain))])
    return y, back_to_variables


@non_differentiable
def no_pullback(backend: Backend) -> TypeError:
    return TypeError(message(f"{backend!r} has no pullback", why="Only reverse mode pulls cotangents back.",
                             instead="leave the marker out"))


def run_back(cx: Context, pullback: Pullback, dy: Any) -> Any:
    ds, _ = pullback.inner(cx, pullback.tape, settle(cx, pullback.y, dy))
    if not isinstance(pullback.args, Params):
        return finished(cx, pullback.args, ds)
    found = Grads(pullback.args, collect_tracked(cx, tuple(pullback.args)))
    put_back(cx)
    return found


class Pullback:
    """The function that `pullback` returns."""

    __slots__ = ("args", "context", "inner", "tape", "y")

    def __init__(self, y: Any, inner: Callable, tape: Any, args: tuple | Params, context: Context) -> None:
        self.y, self.inner, self.tape, self.args, self.context = y, inner, tape, args, context

    def __call__(self, dy: Any) -> Any:
        check_seed(dy, self.y)
        cx = Context(self.context.tracked, self.context.originals, self.context.written)
        cx.consumed, cx.namespaces, cx.generators = self.context.consumed, self.context.namespaces, self.context.generators
        cx.shapes = self.context.shapes
        return protected(cx, run_back, self, floating(dy))

    def __copy__(self) -> Pullback:
        return self

    def __deepcopy__(self, memo: dict) -> Pullback:
        """Itself: it never changes, and it knows its arguments by their identity."""
        return self

    def __reduce__(self) -> tuple:
        from .pickling import dumps
        return read_pullback, (dumps((self.y, self.inner, self.tape, self.args), self.context),)

    def __repr__(self) -> str:
        what = "parameter" if isinstance(self.args, Params) else "argument"
        return f"<pullback of {len(self.args)} {what}{'s' * (len(self.args) != 1)}>"


def read_pullback(data: bytes) -> Pullback:
    """A pullback that was pickled."""
    from .pickling import loads
    y, inner, tape, args = loads(data)
    return Pullback(y, inner, tape, args, Context())


@non_differentiable
def check_seed(dy: Any, y: Any, where: str = "dy", of: str = "the result") -> None:
    """Refuse a cotangent that does not have the structure of the result, or a tangent that does not have that of its argument."""
    if dy is None:
        return
    problem = None
    if isinstance(y, np.ndarray):
        shape = getattr(dy, "shape", () if is_number(dy) else None)
        if shape is None and isinstance(dy, (list, tuple)):
            shape = np.shape(dy)
        if shape != y.shape:
            problem = f"{where} has shape {shape}, {of} has shape {y.shape}"
    elif is_number(y):
        if not (is_number(dy) or (hasattr(dy, "shape") and dy.shape == ())) or isinstance(dy, str):
            problem = f"{where} is {describe(dy)}, {of} is a number"
    elif isinstance(y, (list, tuple)):
        if not isinstance(dy, (list, tuple)) or len(dy) != len(y):
            problem = f"{where} is {describe(dy)}, {of} is a {type(y).__name__} of {len(y)}"
        else:
            for i, (p, q) in enumerate(zip(dy, y)):
                check_seed(p, q, f"{where}[{i}]", of)
    elif isinstance(y, dict):
        if not isinstance(dy, dict) or not dy.keys() <= y.keys():
            problem = f"{where} is {describe(dy)}, {of} is a dict with the keys {list(y)}"
        else:
            for k in dy:
                check_seed(dy[k], y[k], f"{where}[{k!r}]", of)
    elif isinstance(dy, Tangent):
        for k, d in dy.as_dict().items():
            if d is not None and k not in (fields_of(y) or {}):
                problem = f"{where} has a field `{k}`, {of}, a {type(y).__name__}, has none"
    if problem:
        what, who = ("cotangent", "give back() a cotangent") if of == "the result" else ("tangent", "give it a tangent")
        raise SeedError(message(f"the {what} does not fit {of}", why=problem + ".",
                                instead=f"{who} shaped like {of}, with None for entries that have none"))


def floating(d: Any) -> Any:
    """A cotangent or tangent in which whole numbers are floats: those of NumPy would wrap around."""
    if d.__class__ is float or d is None:
        return d
    if isinstance(d, (int, np.integer, np.bool_)) or (isinstance(d, np.ndarray) and d.dtype.kind in "iub"):
        return 1.0 * d
    if isinstance(d, tuple):
        inner = [floating(p) for p in d]
        return d.__class__(*inner) if hasattr(d, "_fields") else tuple(inner)
    if isinstance(d, dict):
        return {k: floating(p) for k, p in d.items()} if d.__class__ is dict else d
    return [floating(p) for p in d] if d.__class__ is list else d


def describe(x: Any) -> str:
    if hasattr(x, "shape") and x.shape:
        return f"an array of shape {x.shape}"
    if isinstance(x, (list, tuple)):
        return f"a {type(x).__name__} of {len(x)}"
    return f"a {type(x).__name__}"


def grad(f: Callable, argnums: int | tuple[int, ...] = 0) -> Callable:
    """The function that computes the gradient of f by the chosen arguments, as in autograd and JAX.

    Parameters
    ----------
    argnums : position of the argument, or a tuple of positions; negative ones count from the end

    Returns
    -------
    callable
        Of the same arguments; returns one gradient, or a tuple of them if argnums is a tuple.

    Examples
    --------
    >>> grad(lambda x, y: x * y)(2.0, 3.0)
    3.0
    """
    both = value_and_grad(f, argnums)

    def gradient_of_f(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]
    name_after(gradient_of_f, "gradient", f)
    return gradient_of_f


def value_and_grad(f: Callable, argnums: int | tuple[int, ...] = 0) -> Callable:
    """The function that computes (value, gradient) of f by the chosen arguments.

    Examples
    --------
    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0)
    (6.0, (3.0, 2.0))
    """
    check_argnums(argnums)

    def value_and_gradient_of_f(*args: Any, **kwargs: Any) -> tuple:
        check_positional(args)
        wanted = positions(argnums, len(args))
        y, ds = run(f, args, kwargs, False, sum([1 << i for i in set(wanted)]))
        picked = tuple([ds[i] for i in wanted])
        return y, picked if isinstance(argnums, tuple) else picked[0]
    name_after(value_and_gradient_of_f, "value_and_gradient", f)
    return value_and_gradient_of_f


@non_differentiable
def name_after(made: Callable, what: str, f: Callable) -> None:
    """Name a function after the one that it was made from."""
    name = getattr(f, "__name__", type(f).__name__)
    made.__name__ = made.__qualname__ = f"{what}_of_{name}"
    made.__doc__ = f"The {what.replace('_', ' ')} of {name}.\n\n{getattr(f, '__doc__', None) or ''}".rstrip()


@non_differentiable
def check_argnums(argnums: Any) -> None:
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    if not all(isinstance(n, int) and not isinstance(n, bool) for n in numbers):
        raise TypeError(message("argnums must be an int or a tuple of ints", why=f"It is {argnums!r}.",
                                instead="argnums=0, or argnums=(0, 2)"))


@non_differentiable
def check_positional(args: tuple) -> None:
    if args and isinstance(args[0], (Params, Backend)):
        raise TypeError(message(f"grad takes no {type(args[0]).__name__}", why="It counts the arguments of the function.",
                                instead="use gradient or withgradient"))


@non_differentiable
def positions(argnums: Any, n: int) -> tuple[int, ...]:
    out = []
    for a in argnums if isinstance(argnums, tuple) else (argnums,):
        if not -n <= a < n:
            raise ValueError(message(f"argnums={argnums!r} is out of range",
                                     why=f"The function was called with {n} positional arguments.",
                                     instead="count from 0, and pass the argument by position"))
        out.append(a % n)
    return tuple(out)
