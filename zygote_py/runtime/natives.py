"""Functions without a rule and without source: they run as they are, and raise when a cotangent reaches them."""

from __future__ import annotations

import types
from collections import deque
from enum import Enum
from typing import Any

import numpy as np

from ..errors import UnsupportedCodeError
from ..registry import non_differentiable
from .context import Context
from .memory import refuse_mutation
from .methods import MUTATING_METHODS, MUTATORS
from .plain import plain_contents
from .refusals import has_record, missing_rule, name_of
from .settle import fields_of, is_number, is_value
from .shared import nones, numeric_inside
from .slots import refuse_store


def native(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """Run a callee as it is; a cotangent that reaches it is an error."""
    refuse_mutators(f, args)
    seen = (getattr(f, "__self__", None), *args, *keywords.values())
    before = contents(seen) if mask else None
    y = f(*args, **keywords)
    if mask:
        if y is None and changes_table(args):
            raise refuse_table()
        check_contents(f, seen, before)
        if numeric_inside(args) and not isinstance(seen[0], _CONSTANTS):
            cx.tracked[id(seen[0])] = seen[0]   # what it was given may be asked of it again
        if is_holder(y) and any(is_number(a) or isinstance(a, (np.ndarray, list, tuple)) for a in seen):
            cx.tracked[id(y)] = y                   # likewise of an object that was made of it
    if mask == 0 or carries_nothing(f, y, args, keywords):
        return y, pair_nothing, (nones(len(args)), dict.fromkeys(keywords))
    return y, pair_missing, (f, nones(len(args)), dict.fromkeys(keywords), None if is_one_of(y, args) else y)


def pair_nothing(cx: Context, tape: Any, dy: Any) -> Any:
    return tape


@non_differentiable
def parts_made(y: Any) -> list:
    """The lists and dicts that are fields of an object."""
    return [part for part in (fields_of(y) or {}).values() if isinstance(part, (list, dict))] if is_holder(y) else []


@non_differentiable
def changes_table(args: tuple) -> bool:
    """Whether a function that returns nothing was given a table and numbers."""
    return bool(args) and type(args[0]).__module__.partition(".")[0] in TABLES \
        and any(is_number(a) or isinstance(a, np.ndarray) for a in args[1:])


@non_differentiable
def refuse_table() -> UnsupportedCodeError:
    return refuse_store("a store into a table", "make the table of what was computed, outside of the function")


TABLES = {"pandas", "xarray", "polars"}


@non_differentiable
def is_one_of(y: Any, args: tuple) -> bool:
    return any(y is a for a in args)


def pair_missing(cx: Context, tape: Any, dy: Any) -> Any:
    if dy is not None or has_record(cx, tape[3]) or any(has_record(cx, part) for part in parts_made(tape[3])):
        raise missing_rule(tape[0])
    return tape[1], tape[2]


@non_differentiable
def is_holder(y: Any) -> bool:
    """Whether a result is an object that may have kept what a function was given, in a way that only C code knows."""
    if getattr(type(y), "__array_ufunc__", True) is None:
        return True             # it says itself that it is no number to NumPy
    return not (is_value(y) or isinstance(y, (list, dict, set, frozenset, type, types.FunctionType, types.MethodType,
                                              types.ModuleType)))


@non_differentiable
def carries_nothing(f: Any, y: Any, args: tuple, keywords: dict) -> bool:
    if y is None or isinstance(y, (str, bool, bytes, type, Enum)):
        return True
    owner = getattr(f, "__self__", None)
    return all(isinstance(a, _CONSTANTS) and not holds_values(a) for a in (owner, *args, *keywords.values()))


def holds_values(f: Any) -> bool:
    """Whether it is a function with free variables or defaults."""
    return isinstance(f, types.FunctionType) and bool(f.__closure__ or f.__defaults__ or f.__kwdefaults__)


_CONSTANTS = (str, bool, type, types.ModuleType, types.FunctionType, type(None))


@non_differentiable
def contents(args: tuple) -> list:
    """What lists, dicts and arrays hold before a function that is not looked into runs."""
    return [plain_contents(a) if isinstance(a, (list, deque, dict))
            else a.copy() if isinstance(a, (set, np.ndarray)) else None for a in args]


@non_differentiable
def check_contents(f: Any, args: tuple, before: Any) -> None:
    """Refuse a change that nobody could undo in the reverse sweep."""
    for a, b in zip(args, before):
        if isinstance(a, (list, deque)):
            a = plain_contents(a)
            same = len(a) == len(b) and all(p is q for p, q in zip(a, b))
        elif isinstance(a, dict):
            a = plain_contents(a)
            same = a.keys() == b.keys() and all(v is b[k] for k, v in a.items())
        elif isinstance(a, set):
            same = a == b
        elif isinstance(a, np.ndarray):
            same = a.shape == b.shape and (a.dtype.hasobject or a.tobytes() == b.tobytes())
        else:
            same = True
        if not same:
            raise refuse_mutation(f"by `{name_of(f)}`")


@non_differentiable
def refuse_mutators(f: Any, args: tuple) -> None:
    if id(f) in MUTATORS and any(isinstance(a, np.ndarray) for a in args):
        raise refuse_mutation(f"by `{name_of(f)}`")
    owner = getattr(f, "__self__", None)
    if isinstance(owner, np.ndarray) and getattr(f, "__name__", "") in MUTATING_METHODS:
        raise refuse_mutation(f"`.{f.__name__}(...)`")
