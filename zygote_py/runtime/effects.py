"""Whether a function can write to memory that outlives its call: a cached scan of its bytecode and of what it calls."""

from __future__ import annotations

import dis
import types
import weakref
from typing import Any
from weakref import WeakKeyDictionary

from ..registry import lookup

__all__ = ["is_quiet"]

WRITES = {"STORE_ATTR", "DELETE_ATTR", "STORE_SUBSCR", "DELETE_SUBSCR", "STORE_GLOBAL", "DELETE_GLOBAL", "STORE_SLICE",
          "YIELD_VALUE", "LOAD_METHOD"}
WRITERS = {"at", "copyto", "fill", "fill_diagonal", "out", "partition", "place", "put", "put_along_axis", "putmask", "shuffle",
           "sort"}
_quiet: WeakKeyDictionary = WeakKeyDictionary()
_stores: dict[int, tuple[weakref.ref, bool]] = {}       # by the code of a function


def is_quiet(f: types.FunctionType, depth: int = 4) -> bool:
    """Whether `f` stores nothing, and calls only functions that are known not to.

    The answer is kept for as long as the functions that it calls are the same.
    """
    known = _quiet.get(f)
    callees = tuple([id(g.__code__) for g in _callees(f)])
    if known is None or known[0] is not f.__code__ or known[1] != callees:
        known = _quiet[f] = (f.__code__, callees, _scan(f, depth))
    return known[2]


def _callees(f: types.FunctionType) -> list[types.FunctionType]:
    """The Python functions among the globals that `f` names."""
    found = [f.__globals__.get(name) for name in f.__code__.co_names]
    return [g for g in found if isinstance(g, types.FunctionType)]


def _scan(f: types.FunctionType, depth: int) -> bool:
    if depth == 0:
        return False
    code = f.__code__
    found = _stores.get(id(code))
    if found is None or found[0]() is not code:
        key = id(code)
        found = _stores[key] = weakref.ref(code, lambda _: _stores.pop(key, None)), may_store(code)
    if found[1]:
        return False
    namespace = f.__globals__
    builtin = namespace.get("__builtins__", {})
    builtin = builtin if isinstance(builtin, dict) else builtin.__dict__
    for name in code.co_names:
        value: Any = namespace.get(name, builtin.get(name) if isinstance(builtin, dict) else None)
        if value is None and any(is_always(getattr(m, name, None)) for m in _modules(f)):
            return False
        if value is None or isinstance(value, (int, float, str, types.ModuleType, type(None))):
            continue
        if is_always(value):
            return False
        if lookup(value) is not None:
            continue
        if isinstance(value, types.FunctionType):
            if value is not f and not is_quiet(value, depth - 1):
                return False
            continue
        return False
    return True


def may_store(code: types.CodeType) -> bool:
    """Whether the instructions of a function itself may write to memory."""
    if any(isinstance(c, types.CodeType) for c in code.co_consts) or not WRITERS.isdisjoint(code.co_names) \
            or any("out" in c for c in code.co_consts if isinstance(c, tuple)):
        return True
    for i in dis.get_instructions(code):
        if i.opname in WRITES or (i.opname in ("STORE_DEREF", "DELETE_DEREF") and i.argval in code.co_freevars):
            return True
        if i.opname.startswith("INPLACE_") or (i.opname == "BINARY_OP" and i.argrepr.endswith("=")):    # of an array, perhaps
            return True
        if i.opname == "LOAD_ATTR" and "NULL|self" in i.argrepr:
            return True
    return False


def is_always(f: Any) -> bool:
    """Whether a function has a rule that is applied even to constants."""
    rule = lookup(f)
    return rule is not None and rule.always


def _modules(f: types.FunctionType) -> list[types.ModuleType]:
    """The modules among the globals that `f` names."""
    found = [f.__globals__.get(name) for name in f.__code__.co_names]
    return [m for m in found if isinstance(m, types.ModuleType)]
