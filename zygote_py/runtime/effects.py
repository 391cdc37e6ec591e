"""Whether a function can write to memory that outlives its call: a cached scan of its bytecode and of what it calls."""

from __future__ import annotations

import dis
import types
from typing import Any
from weakref import WeakKeyDictionary

from ..registry import lookup

__all__ = ["is_quiet"]

WRITES = {"STORE_ATTR", "DELETE_ATTR", "STORE_SUBSCR", "DELETE_SUBSCR", "STORE_GLOBAL", "DELETE_GLOBAL", "STORE_SLICE",
          "YIELD_VALUE", "LOAD_METHOD"}
_quiet: WeakKeyDictionary = WeakKeyDictionary()


def is_quiet(f: types.FunctionType, depth: int = 4) -> bool:
    """Whether `f` stores nothing, and calls only functions that are known not to."""
    known = _quiet.get(f)
    if known is None:
        known = _quiet[f] = _scan(f, depth)
    return known


def _scan(f: types.FunctionType, depth: int) -> bool:
    if depth == 0:
        return False
    code = f.__code__
    if any(isinstance(c, types.CodeType) for c in code.co_consts):
        return False
    for i in dis.get_instructions(code):
        if i.opname in WRITES or (i.opname in ("STORE_DEREF", "DELETE_DEREF") and i.argval in code.co_freevars):
            return False
        if i.opname == "LOAD_ATTR" and i.argrepr.startswith("NULL|self"):
            return False
    namespace = f.__globals__
    builtin = namespace.get("__builtins__", {})
    builtin = builtin if isinstance(builtin, dict) else builtin.__dict__
    for name in code.co_names:
        value: Any = namespace.get(name, builtin.get(name) if isinstance(builtin, dict) else None)
        if value is None or isinstance(value, (int, float, str, types.ModuleType, type(None))) or lookup(value) is not None:
            continue
        if isinstance(value, types.FunctionType):
            if value is not f and not is_quiet(value, depth - 1):
                return False
            continue
        return False
    return True
