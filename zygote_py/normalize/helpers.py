"""Small functions that core code calls where Python has syntax: they are ordinary Python, and are differentiated like any
other."""

from __future__ import annotations

import sys
import types
from typing import Any

__all__ = ["cell_of", "check_manager", "make_function", "matches", "note_failure", "pack_dict"]


def make_function(code: types.CodeType, module_globals: dict, cells: tuple, defaults: tuple | None,
                  kwdefaults: dict | None) -> Any:
    """What a `def` or `lambda` does: a function over the enclosing variables' own cells."""
    f = types.FunctionType(code, module_globals, code.co_name, defaults, cells)
    if kwdefaults:
        f.__kwdefaults__ = kwdefaults
    return f


def cell_of(f: types.FunctionType) -> Any:
    """The cell of the only free variable of `f`."""
    return f.__closure__[0]  # type: ignore[index]


def pack_dict(*parts: tuple) -> dict:
    """`{k: v, **m}`: each part is a pair, or a tuple of one mapping."""
    d: dict = {}
    for part in parts:
        if len(part) == 2:
            d[part[0]] = part[1]
        else:
            for k in part[0].keys():  # noqa: SIM118  (what has keys need not iterate over them)
                d[k] = part[0][k]
    return d


def matches(caught: BaseException, kinds: Any) -> bool:
    """Whether `except kinds` takes an exception."""
    if isinstance(kinds, tuple):
        return any([matches(caught, k) for k in kinds])
    if not (isinstance(kinds, type) and issubclass(kinds, BaseException)):
        raise TypeError("catching classes that do not inherit from BaseException is not allowed")
    return kinds in type(caught).__mro__


def check_manager(manager: Any) -> None:
    """What `with` asks of an object before it enters it."""
    cls = type(manager)
    if not hasattr(cls, "__enter__") or not hasattr(cls, "__exit__"):
        missing = "" if not hasattr(cls, "__enter__") else " (missed __exit__ method)"
        if sys.version_info < (3, 11):
            raise AttributeError("__exit__" if missing else "__enter__")
        raise TypeError(f"{cls.__name__!r} object does not support the context manager protocol{missing}")


def note_failure(caught: BaseException) -> None:
    """What a guarded function does with an exception, in place of raising it; its rule is in `runtime.attempts`."""
