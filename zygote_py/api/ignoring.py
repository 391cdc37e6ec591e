"""ignore_derivatives: values, calls, functions and blocks that carry no derivative.

Enters: a value, or what computes one. Leaves: the value; no cotangent and no tangent gets past it. What runs in there runs as it
is, and may be code that can't be differentiated. It may also write to memory that the rest of the program reads: so all that it
can reach is compared before and after, and what it wrote counts as stores of constants.

In a block, `with ignore_derivatives():`, each variable that is bound, each value that is stored, and what each call returns is
made a constant (`normalize.flatten`).
"""

from __future__ import annotations

import functools
import inspect
import types
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import MutationError, UnsupportedCodeError, message
from ..normalize.helpers import WITHOUT_DERIVATIVES
from ..registry import lookup, non_differentiable
from ..rules.kinds import same
from ..runtime.call import callx
from ..runtime.context import Context
from ..runtime.effects import is_quiet
from ..runtime.frames import here
from ..runtime.memory import is_written, owner
from ..runtime.pushforward.call import behave, push_callx
from ..runtime.pushforward.memory import note
from ..runtime.pushforward.tangents import Tangents, gathered
from ..runtime.reach import FIXED, parts, reachable
from ..runtime.settle import is_value
from ..runtime.slots import primitive
from ..runtime.stores import store_array
from .controls import isderiving

__all__ = ["ignore_derivatives"]


def ignore_derivatives(*what: Any, **keywords: Any) -> Any:
    """Keep derivatives out of a value, a call, a function, or a block.

    ============================================  ===================================================================
    `ignore_derivatives(x)`                       the value x
    `ignore_derivatives(lambda: g(x))`            what a function without parameters returns
    `ignore_derivatives(g, x, k=1)`               what g returns for these arguments
    `@ignore_derivatives`                         a function that carries no derivative, if it has parameters
    `@ignore_derivatives()`                       the same for any function
    `with ignore_derivatives():`                  what is computed in the block
    ============================================  ===================================================================

    Lists, dicts and tuples that come out of the calls are new ones, as the numbers in them are no longer those that were
    differentiated. What is written to lists, dicts, objects, variables and arrays meanwhile carries no derivative either.

    Raises
    ------
    UnsupportedCodeError
        If the value is an object, and a cotangent reaches it: other parts of the program may hold it, too.
    MutationError
        If the value is an array that is written to in the same run, or if elements of a list that the call was not given alone
        change their places.

    Examples
    --------
    >>> from zygote_py import gradient
    >>> gradient(lambda x: x * ignore_derivatives(x), 3.0)
    (3.0,)
    >>> def f(x):
    ...     with ignore_derivatives():
    ...         scale = x * x
    ...     return scale * x
    >>> gradient(f, 3.0)
    (9.0,)
    """
    if not what:
        return Ignoring()
    f = what[0]
    if is_call(what, keywords):
        return copied(f(*what[1:], **keywords))
    return Ignored(f) if is_function(f) else copied(f)


def constant(x: Any) -> Any:
    """What is bound or stored in a block: numbers and arrays become constants, what else there is stays what it is."""
    return x


def computed(x: Any) -> Any:
    """The same for the result of an operation: its memory is its own, or was written to in the block, as by `x += y`."""
    return x


def called(f: Callable, *args: Any, **keywords: Any) -> Any:
    """A call in a block."""
    return f(*args, **keywords)


# -- what is meant --------------------------------------------------------------------------------------------------


FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial, np.ufunc)


@non_differentiable
def is_function(f: Any) -> bool:
    return isinstance(f, FUNCTIONS)


@non_differentiable
def is_call(what: tuple, keywords: dict) -> bool:
    """Whether what was given is to be called: a function with arguments, or one that can be called without."""
    return bool(keywords or what[1:]) or is_thunk(what[0])


def is_thunk(f: Any) -> bool:
    if not is_function(f) or isinstance(f, np.ufunc):
        return False
    try:
        inspect.signature(f).bind()
    except (TypeError, ValueError):
        return False
    return True


@non_differentiable
def copied(x: Any) -> Any:
    """The value with lists, dicts and tuples of its own."""
    if x.__class__ is list:
        return [copied(p) for p in x]
    if x.__class__ is dict:
        return {k: copied(p) for k, p in x.items()}
    if isinstance(x, tuple):
        parts = [copied(p) for p in x]
        return x._make(parts) if hasattr(x, "_make") else tuple(parts)  # pyright: ignore[reportAttributeAccessIssue]
    return x


class Ignored:
    """A function whose result carries no derivative."""

    def __init__(self, f: Callable) -> None:
        functools.update_wrapper(self, f)
        self.f = f

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        return ignore_derivatives(run, self.f, args, keywords)

    def __get__(self, obj: Any, owner: Any = None) -> Any:
        return self if obj is None else types.MethodType(self, obj)

    def __repr__(self) -> str:
        return f"<{self.f!r}, without derivatives>"


def run(f: Callable, args: tuple, keywords: dict) -> Any:
    return f(*args, **keywords)


class Ignoring:
    """What `ignore_derivatives()` returns: a decorator and a context manager."""

    def __call__(self, f: Callable) -> Ignored:
        return Ignored(f)

    def __enter__(self) -> Ignoring:
        return self

    def __exit__(self, *_: Any) -> None:
        return None


# -- what a call writes ---------------------------------------------------------------------------------------------


@non_differentiable
def watched(f: Any, args: tuple, keywords: dict) -> list:
    """What a call might write to: lists, dicts, objects and cells with what they hold, and arrays."""
    g = args[0] if f is run or f is called else f
    if g.__class__ is types.FunctionType and is_quiet(g):
        return []
    r = lookup(g)
    if r is not None and r.form != "primitive" and "out" not in keywords:
        return []
    return [(x, None if isinstance(x, np.ndarray) else parts(x)) for x in reachable(f, (args, keywords))
            if not isinstance(x, FIXED) and (not isinstance(x, np.ndarray) or (x.flags.writeable and x.dtype.kind in "fciub"))]


@non_differentiable
def arrays_of(seen: list) -> list:
    return [x for x, old in seen if old is None]


@non_differentiable
def changes(seen: list) -> list:
    """The containers that have changed, with the keys of what is new in them."""
    out = []
    for x, old in seen:
        if old is not None:
            new = parts(x)
            keys = [k for k in new if k not in old or new[k] is not old[k]]
            if isinstance(x, list) and len(new) != len(old) and any(k in old for k in keys):
                raise moved()
            if keys or new.keys() != old.keys():
                out.append((x, old, keys))
    return out


@non_differentiable
def moved() -> MutationError:
    return MutationError(message(
        "elements of a list change their places while derivatives are ignored", **here(),
        why="The other elements carry derivatives, and nobody knows any more which is which.",
        instead="move them outside of ignore_derivatives, or make a new list", doc="docs/guide/controls.md"))


@non_differentiable
def array_in_second_order() -> MutationError:
    return MutationError(message(
        "an array is written to while derivatives are ignored, in a derivative of a derivative", **here(),
        why="What it held before is not known to the outer derivative.",
        instead="write to it outside of ignore_derivatives, or make a new array", doc="docs/guide/controls.md"))


@non_differentiable
def changed_places(x: Any, old: Any) -> Any:
    """Where the elements of an array are others than before; None if they are the same."""
    places = (x != old) & ~(np.isnan(x) & np.isnan(old))
    return places if places.any() else None


@non_differentiable
def note_original(cx: Context, x: Any, old: dict) -> None:
    cx.note(x, list(old.values()) if isinstance(x, list) else old["cell_contents"] if isinstance(x, types.CellType) else old)


def run_watched(cx: Context, f: Any, args: tuple, keywords: dict, watch: bool) -> tuple[Any, tuple]:
    """Run f as it is; what it wrote counts as stores of constants. Returns its value, and how these are undone."""
    seen = watched(f, args, keywords) if watch else []
    arrays = arrays_of(seen)
    olds = [a.copy() for a in arrays]
    y = f(*args, **keywords)
    stores = []
    for a, old in zip(arrays, olds):
        places = changed_places(a, old)
        if places is not None:
            if isderiving():
                raise array_in_second_order()
            new = a[places]
            a[...] = old
            stores.append(store_array(cx, a, places, new))
    changed = changes(seen)
    for x, before, _ in changed:
        note_original(cx, x, before)
    return y, (changed, stores[::-1])


def undo(cx: Context, tape: tuple) -> None:
    changed, stores = tape
    for x, _, keys in changed:
        for k in keys:
            cx.take(x, k)
    for unstore, inner in stores:
        unstore(cx, inner)


def push_watched(cx: Tangents, f: Any, args: tuple, keywords: dict, watch: bool) -> Any:
    """As `run_watched`, in forward mode."""
    seen = watched(f, args, keywords) if watch else []
    arrays = arrays_of(seen)
    olds = [a.copy() for a in arrays]
    y = as_it_is(f, args, keywords)
    for a, old in zip(arrays, olds):
        places = changed_places(a, old)
        if places is not None:
            note(cx, a, 0.0, places, None)
    for x, _, keys in changes(seen):
        for k in keys:
            cx.put(x, k, None)
    return y


@non_differentiable
def as_it_is(f: Any, args: tuple, keywords: dict) -> Any:
    return f(*args, **keywords)


# -- in reverse mode ------------------------------------------------------------------------------------------------


def ignored(cx: Context, mask: int, *what: Any, **keywords: Any) -> tuple[Any, Any, Any]:
    """If this code itself is being differentiated, the call of `ignore_derivatives` in it is a call of this function again."""
    y, stored = run_watched(cx, ignore_derivatives, what, keywords, is_call(what, keywords) if what else False)
    return y, ignored_back, (y, aliases(y, what, keywords, stored), stored, len(what) + len(keywords))


def ignored_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, shared, stored, n = tape
    if dy is not None:
        for a in shared:
            check_memory(cx, a)
    forget(cx, y)
    undo(cx, stored)
    return (None,) * n


def constant_made(cx: Context, mask: int, x: Any) -> tuple[Any, Any, Any]:
    return constant(x), constant_back, x


def constant_back(cx: Context, tape: Any, dy: Any) -> tuple:
    if dy is not None:
        for a in arrays_in(tape):
            check_memory(cx, a)
    return (None,)


def computed_made(cx: Context, mask: int, x: Any) -> tuple[Any, Any, Any]:
    return computed(x), computed_back, None


def computed_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return (None,)


def call_made(cx: Context, mask: int, f: Any, *args: Any, **keywords: Any) -> tuple[Any, Any, Any]:
    if is_method_of_container(f):       # what it does to elements is known exactly
        y, back, tape = callx(cx, -1, f, tuple([constant(a) for a in args]), {k: constant(keywords[k]) for k in keywords})
        return y, container_back, (back, tape, 1 + len(args) + len(keywords))
    y, stored = run_watched(cx, called, (f, *args), keywords, True)
    return y, called_back, (aliases(y, args, keywords, stored), stored, 1 + len(args) + len(keywords))


def container_back(cx: Context, tape: Any, dy: Any) -> tuple:
    back, inner, n = tape
    back(cx, inner, None)
    return (None,) * n


def called_back(cx: Context, tape: Any, dy: Any) -> tuple:
    shared, stored, n = tape
    if dy is not None:
        for a in shared:
            check_memory(cx, a)
    undo(cx, stored)
    return (None,) * n


@non_differentiable
def is_method_of_container(f: Any) -> bool:
    return isinstance(f, types.BuiltinMethodType) and isinstance(f.__self__, (list, dict, set, deque))


@non_differentiable
def arrays_in(x: Any) -> list:
    """The arrays in a value or a structure of lists, dicts and tuples."""
    if isinstance(x, np.ndarray):
        return [x]
    entries = x.values() if isinstance(x, dict) else x if isinstance(x, (list, tuple)) else ()
    return [a for p in entries for a in arrays_in(p)]


@non_differentiable
def aliases(y: Any, what: tuple, keywords: dict, stored: tuple) -> list:
    """The arrays in a result whose memory was there before, and was not written to by the call itself."""
    written = {id(tape[0]) for _, tape in stored[1]}
    arrays = [a for a in arrays_in(y) if id(a) not in written]
    if not arrays:
        return []
    before = {id(owner(a)) for a in reachable(ignore_derivatives, (what, keywords)) if isinstance(a, np.ndarray)}
    return [a for a in arrays if id(owner(a)) in before]


@non_differentiable
def check_memory(cx: Context, a: Any) -> None:
    """Refuse to ignore the derivatives of an array that shares its memory with one that was stored into."""
    if is_written(cx, a):
        raise MutationError(message(
            "ignoring the derivatives of an array that is written to", **here(),
            why="It is the same memory under another name, and the cotangents of that belong to whoever wrote there.",
            instead="ignore those of a copy: ignore_derivatives(a.copy())", doc="docs/guide/controls.md"))


def forget(cx: Context, y: Any) -> None:
    """Drop the cotangents in the records of new lists and dicts; refuse those of objects."""
    if isinstance(y, (list, tuple, dict)):
        for part in y.values() if isinstance(y, dict) else y:
            forget(cx, part)
    elif has_cotangents(cx, y):
        raise still_carries(y)
    if y.__class__ in (list, dict):
        cx.records.pop(id(y), None)


@non_differentiable
def still_carries(y: Any) -> UnsupportedCodeError:
    return UnsupportedCodeError(message(
        f"a derivative reached the {type(y).__name__} that ignore_derivatives returned",
        why="The object itself is used, and other references to it do carry derivatives.",
        instead="ignore the derivatives of the numbers that are read from it", doc="docs/guide/controls.md"))


@non_differentiable
def has_cotangents(cx: Context, y: Any) -> bool:
    entry = cx.records.get(id(y))
    return not is_value(y) and entry is not None and entry[0] is y and any(d is not None for d in entry[1].values())


def entered(cx: Context, mask: int, manager: Any) -> tuple[Any, Any, Any]:
    raise block_of_another_name()


@non_differentiable
def block_of_another_name() -> UnsupportedCodeError:
    return UnsupportedCodeError(message(
        "cannot ignore the derivatives of this block", **here(),
        why="What a `with` statement enters has to be known before the function runs.",
        instead="write `with ignore_derivatives():`, where the name stands for this package's function",
        doc="docs/guide/controls.md"))


# -- in forward mode ------------------------------------------------------------------------------------------------


def push_ignored(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    y = push_watched(cx, ignore_derivatives, args, keywords, is_call(args, keywords) if args else False)
    if gathered(cx, y, None) is not None:
        raise still_carries(y)
    return y, None


def push_constant(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    x = args[0]
    for a in arrays_in(x):
        check_memory(cx, a)
    return x, None


def push_computed(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    if is_written(cx, args[0]):
        note(cx, args[0], 0.0, ..., None)
    return args[0], None


def push_called(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    if is_method_of_container(args[0]):
        return push_callx(cx, args[0], args[1:], None, keywords, dict.fromkeys(keywords))[0], None
    return push_watched(cx, called, args, keywords, True), None


def push_entered(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    raise block_of_another_name()


def value_alone(x: Any) -> Any:
    """Kind of `ignore_derivatives(x)`, if x is no function to be called."""
    return same(x)


behave(ignore_derivatives, push_ignored)
behave(constant, push_constant)
behave(computed, push_computed)
behave(called, push_called)
behave(Ignoring.__enter__, push_entered)
primitive(ignore_derivatives, ignored, always=True, kind=value_alone).cuts = True
primitive(constant, constant_made, kind=same).cuts = True
primitive(computed, computed_made, kind=same).cuts = True
primitive(called, call_made, always=True)
primitive(Ignoring.__enter__, entered, always=True)
WITHOUT_DERIVATIVES[ignore_derivatives] = constant, computed, called
