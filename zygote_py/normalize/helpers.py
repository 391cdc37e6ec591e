"""Small functions that core code calls where Python has syntax: they are ordinary Python, and are differentiated like any
other."""

from __future__ import annotations

import types
from typing import Any

__all__ = ["cell_of", "make_function", "pack_dict"]


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

