"""The tables of C methods that the runtime has functions for, and the search for the function behind `obj.name`."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from ..registry import lookup, non_differentiable
from .callees import DESCRIPTORS
from .memory import refuse_mutation

C_METHODS: dict[tuple[type, str], Any] = {}

MUTATORS: dict[int, Any] = {}

ARRAY_METHODS: dict[str, Any] = {}

MUTATING_METHODS: set[str] = set()


def know_arrays(array_methods: dict, mutators: tuple, mutating_methods: tuple) -> None:
    """Hand in the tables of NumPy's methods."""
    ARRAY_METHODS.update(array_methods)
    MUTATORS.update({id(m): m for m in mutators})
    MUTATING_METHODS.update(mutating_methods)


@non_differentiable
def find_super(obj: Any, name: str) -> tuple[Any, tuple]:
    """The function behind `super().name`, and what it is called with first; None if the attribute itself is to be called."""
    owner = obj.__self__
    order = obj.__self_class__.__mro__
    for base in order[order.index(obj.__thisclass__) + 1:]:
        f = base.__dict__.get(name)
        if f is None:
            continue
        if isinstance(f, staticmethod):
            return f.__func__, ()
        if isinstance(f, classmethod):
            return f.__func__, (obj.__self_class__,)
        if isinstance(f, types.FunctionType):
            return (f, ()) if name == "__new__" else (f, (owner,))
        if isinstance(f, DESCRIPTORS) and lookup(f) is not None:
            return f, (owner,)
        break
    return None, ()


@non_differentiable
def find_method(obj: Any, name: str) -> tuple[Any, bool]:
    """The function behind `obj.name` that takes obj as its first argument, and True; (None, False) if the attribute itself is
    to be called."""
    cls = obj.__class__
    special = C_METHODS.get((cls, name))
    if special is not None:
        return special, True
    if cls is np.ndarray:
        if name in MUTATING_METHODS:
            raise refuse_mutation(f"`.{name}(...)`")
        f = ARRAY_METHODS.get(name)
        if f is not None:
            return f, True
    elif name == "_replace" and isinstance(obj, tuple):
        return None, False
    elif not isinstance(obj, (type, types.ModuleType)) and name not in getattr(obj, "__dict__", ()):
        for base in cls.__mro__:
            if name in base.__dict__:
                f = base.__dict__[name]
                if base is np.ndarray and name in ARRAY_METHODS:
                    return ARRAY_METHODS[name], True
                if f.__class__ is types.FunctionType:
                    return f, True
                known = C_METHODS.get((base, name))
                if known is None and isinstance(f, DESCRIPTORS) and lookup(f) is not None:
                    known = f
                if known is not None:
                    return known, True
                break
        if isinstance(obj, np.generic) and name in ARRAY_METHODS:
            return ARRAY_METHODS[name], True
    return None, False


@non_differentiable
def c_method(f: Any) -> Any:
    """The function behind a bound method that is written in C, if it has a rule."""
    if f.__self__.__class__ is np.ndarray or isinstance(f.__self__, np.generic):
        return find_method(f.__self__, f.__name__)[0]
    owner = f.__self__ if isinstance(f.__self__, type) else type(f.__self__)
    for base in owner.__mro__:
        raw = base.__dict__.get(f.__name__)
        if isinstance(raw, DESCRIPTORS):
            return C_METHODS.get((base, f.__name__), raw if lookup(raw) is not None else None)
    return None


def register_method(cls: type, name: str, f: Any) -> None:
    """Say which function behaves as a C method does; the object is its first argument."""
    C_METHODS[cls, name] = f


CLASS_METHODS: dict[tuple[type, str], Any] = {}


def stand_in_class_method(cls: type, name: str, g: Any) -> None:
    """Say which Python function computes what a class method written in C does."""
    CLASS_METHODS[cls, name] = g
