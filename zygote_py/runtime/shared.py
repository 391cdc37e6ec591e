"""Pullbacks and questions that many modules of the runtime share."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from ..registry import non_differentiable
from .context import Context
from .settle import is_number

F8 = np.dtype(np.float64)


def nothing(cx: Context, tape: Any, dy: Any) -> Any:
    """The pullback of what carries no derivative; the tape holds the Nones."""
    return tape


def nones(n: int) -> tuple:
    return (None,) * n


def first_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return tape[0](cx, tape[1], dy)[0]


def split_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    back, inner, n, words = tape
    ds = back(cx, inner, dy)
    return ds[:n], dict(zip(words, ds[n:]))


def pad_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    back, inner, n, words = tape
    back(cx, inner, dy)
    return nones(n), dict.fromkeys(words)


def conjugate(p: Any) -> Any:
    if p.__class__ is float or p.__class__ is int or (p.__class__ is np.ndarray and p.dtype is F8):
        return p
    return p.conjugate() if is_complex(p) else p


@non_differentiable
def is_complex(p: Any) -> bool:
    return isinstance(p, complex) or getattr(getattr(p, "dtype", None), "kind", "") == "c"


@non_differentiable
def numeric_inside(args: tuple) -> bool:
    return any(is_number(a) or isinstance(a, np.ndarray) for a in args) and not any(isinstance(a, (str, bytes)) for a in args)


def python_method(obj: Any, name: Any) -> Any:
    for base in type(obj).__mro__:
        if name in base.__dict__:
            f = base.__dict__[name]
            return f if isinstance(f, types.FunctionType) else None
    return None


def attribute_hook(obj: Any, name: str) -> Any:
    """What a class has under `__getattr__`, `__setattr__` or `__delattr__`: a function in Python, or one in C of another name, as
    in `__setattr__ = dict.__setitem__`; None if that is the plain way."""
    for base in type(obj).__mro__:
        if name in base.__dict__:
            f = base.__dict__[name]
            return f if isinstance(f, types.FunctionType) or getattr(f, "__name__", name) != name else None
    return None


def rest_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    ds, words = tape[0](cx, tape[1], dy)
    return ds[1:], words


def joined_back(cx: Context, tape: Any, dy: Any) -> tuple:
    ds, words = tape[0](cx, tape[1], dy)
    return (*ds, *words.values())
