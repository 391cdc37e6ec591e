"""Give a cotangent to a value: what has identity gets it into its record, the rest is returned.

`collect` is the other way: the structural gradient of a value, from the cotangent in hand and the records.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Iterable
from enum import Enum
from fractions import Fraction
from sys import getrefcount
from typing import Any

import numpy as np
from numpy import ndarray

from ..errors import RuleError, UnsupportedCodeError, message
from ..registry import non_differentiable
from ..tangents.accumulate import add
from ..tangents.project import project
from ..tangents.types import Tangent
from ..tangents.unknown import Unknown
from .context import Context
from .memory import claim, deliver

__all__ = ["collect", "collect_all", "collect_items", "collect_tracked", "collect_whole", "fields_of", "gather",
           "holds_items", "is_array_like", "is_number", "is_value", "settle", "settle_all"]

_F8 = np.dtype(np.float64)
_NUMBERS = (float, int, complex, np.generic, Fraction)


@non_differentiable
def is_number(x: Any) -> bool:
    """Whether x is a number with arithmetic of its own (Python's, NumPy's, or a Number such as Decimal)."""
    if isinstance(x, _NUMBERS):
        return not isinstance(x, Enum)
    cls = type(x)
    return cls.__module__ in ("decimal", "mpmath.ctx_mp_python") or hasattr(cls, "is_Number")


@non_differentiable
def is_array_like(x: Any) -> bool:
    """Whether x says how NumPy's functions are applied to it; `__array_ufunc__ = None` says that they are not."""
    return getattr(type(x), "__array_ufunc__", None) is not None


@non_differentiable
def is_value(x: Any) -> bool:
    """Whether the cotangent of x is carried by the variable that holds x, not by a record."""
    return x is None or isinstance(x, (np.ndarray, tuple, str, bytes, bool)) or is_number(x) \
        or is_array_like(x)


def settle_all(cx: Context, xs: Any, ds: Any, origins: Any = None) -> tuple:
    """Give cotangents to values; a list that is in `origins` is a copy of the one whose record they go to."""
    if origins is None:
        return tuple([settle(cx, x, d) for x, d in zip(xs, ds)])
    return tuple([settle_kept(cx, x, d, origins) for x, d in zip(xs, ds)])


def settle_kept(cx: Context, x: Any, d: Any, origins: dict) -> Any:
    if d is not None and id(x) in origins and (isinstance(d, (list, tuple)) or hasattr(d, "shape")):
        for i in range(len(x)):
            part = settle_kept(cx, x[i], d[i], origins)
            if cx.written and x[i].__class__ is np.ndarray:
                cx.add(origins[id(x)], i, deliver(cx, x[i], part), True)
            else:
                cx.add(origins[id(x)], i, part)
        return None
    if x.__class__ is tuple and isinstance(d, tuple):
        return tuple([settle_kept(cx, p, q, origins) for p, q in zip(x, d)])
    return settle(cx, x, d)


def settle(cx: Context, x: Any, d: Any) -> Any:
    """Add the cotangent d to x; returns what the variable itself has to carry."""
    if d is None or x.__class__ is float or x.__class__ is np.ndarray:
        return d
    return way_to_settle(x, d)(cx, x, d)


@non_differentiable
def way_to_settle(x: Any, d: Any) -> Any:
    """The function that adds the cotangent d to x, by what they are."""
    if isinstance(x, list) and (isinstance(d, (list, tuple, Unknown)) or hasattr(d, "shape")):
        return settle_list
    if isinstance(x, dict) and isinstance(d, dict):
        return settle_dict
    if isinstance(x, tuple):
        return settle_tuple if isinstance(d, tuple) and nested_containers(x) else carried
    if is_value(x):
        return carried
    if isinstance(x, Enum):
        return settle_nothing
    if not isinstance(x, (list, dict)) and isinstance(d, (Tangent, dict)):
        return settle_cells if isinstance(x, types.FunctionType) else settle_object
    raise cannot_take(x, d)


def carried(cx: Context, x: Any, d: Any) -> Any:
    return d


def settle_nothing(cx: Context, x: Any, d: Any) -> Any:
    return None


def settle_list(cx: Context, x: Any, d: Any) -> Any:
    for i in range(len(x)):
        cx.add(x, i, settle(cx, x[i], d[i]))
    return None


def settle_dict(cx: Context, x: Any, d: Any) -> Any:
    for k in d:
        cx.add(x, k, settle(cx, x[k], d[k]))
    return None


def settle_tuple(cx: Context, x: Any, d: Any) -> Any:
    return tuple([settle(cx, p, q) for p, q in zip(x, d)])


def settle_cells(cx: Context, x: Any, d: Any) -> Any:
    """The free variables of a function."""
    items, cells = entries(d), dict(zip(x.__code__.co_freevars, x.__closure__ or ()))
    for k in items:
        if items[k] is not None:
            cx.add(cells[k], "cell_contents", settle(cx, cells[k].cell_contents, items[k]), True)
    return None


def settle_object(cx: Context, x: Any, d: Any) -> Any:
    items = entries(d)
    for k in items:
        if items[k] is not None:
            cx.add(x, k, settle(cx, getattr(x, k), items[k]))
    return None


@non_differentiable
def cannot_take(x: Any, d: Any) -> RuleError:
    return RuleError(message(f"a cotangent of type {type(d).__name__} was given to a value of type {type(x).__name__}",
                             why="A rule returned it, or it was given to back(), and it does not have the value's structure.",
                             instead="return a list for a list, a dict for a dict, a Tangent or a dict of fields for an object, "
                                     "None for no dependence"))


def entries(d: Any) -> dict:
    return d if isinstance(d, dict) else d.as_dict()


def gather(cx: Context, y: Any, d: Any, origins: Any = None) -> Any:
    """The cotangent of a result, taken out of the records and shadows: what is in hand, and that of lists, dicts and objects.

    A list that is in `origins` is a copy of the one whose record it is in.
    """
    return d if y is None or y.__class__ is float else gathered(cx, y, d, origins, [])


def gathered(cx: Context, y: Any, d: Any, origins: Any, above: list) -> Any:
    if isinstance(y, tuple) and nested_containers(y):
        whole = tuple([gathered(cx, y[i], None if d is None else d[i], origins, above) for i in range(len(y))])
        return whole if some(list(whole)) else None
    if is_value(y) or is_above(y, above):
        return claim(cx, y, d) if cx.written else d
    above = [*above, y]
    owner = y if origins is None or id(y) not in origins else origins[id(y)]
    before = cx.originals[id(y)][1] if id(y) in cx.originals else y     # what it held when it was made
    if isinstance(y, list):
        parts = [gathered(cx, before[i], cx.take(owner, i), origins, above) for i in range(len(before))]
        return parts if some(parts) else d
    if isinstance(y, dict):
        items = {k: gathered(cx, before[k], cx.take(y, k), origins, above) for k in before}
        return items if some(list(items.values())) else d
    fields = {} if isinstance(y, types.FunctionType) else before if before is not y else fields_of(y) or {}
    found = {k: gathered(cx, fields[k], cx.take(y, k), origins, above) for k in fields}
    return Tangent(found) if some(list(found.values())) else d


@non_differentiable
def is_above(y: Any, above: list) -> bool:
    return any(y is x for x in above)


@non_differentiable
def some(parts: Iterable) -> bool:
    for p in parts:  # noqa: SIM110  (faster)
        if p is not None:
            return True
    return False


@non_differentiable
def holds_items(y: Any) -> bool:
    """Whether a value is a list, dict or Tangent, whose cotangent is in its record."""
    return isinstance(y, (list, dict, Tangent))


@non_differentiable
def nested_containers(x: tuple) -> bool:
    return any(not is_value(p) or isinstance(p, tuple) for p in x)


@non_differentiable
def fields_of(x: Any) -> dict | None:
    """The fields of an object, by name; None for what has none (functions without closure, modules, classes, enum members)."""
    if isinstance(x, (type, types.ModuleType, types.BuiltinFunctionType, Enum, np.ufunc, types.CodeType)):
        return None
    if isinstance(x, types.FunctionType):
        if not x.__closure__:
            return None
        out = {}
        for name, cell in zip(x.__code__.co_freevars, x.__closure__):
            try:
                out[name] = cell.cell_contents
            except ValueError:
                continue
        return out
    if isinstance(x, types.MethodType):
        return {"__self__": x.__self__}
    if isinstance(x, functools.partial):
        return {"func": x.func, "args": x.args, "keywords": x.keywords}
    out = {}
    for base in reversed(type(x).__mro__):
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(x, name):
                out[name] = getattr(x, name)
    out.update(getattr(x, "__dict__", {}))
    return out or None


def collect_all(cx: Context | None, xs: tuple, ds: Any) -> tuple:
    """The gradients of arguments as the user sees them, in memory of their own."""
    out = []
    for i, x in enumerate(xs):
        if x.__class__ is float and ds[i].__class__ is float:
            out.append(ds[i])
        elif x.__class__ is np.ndarray:
            out.append(collect_array(cx, x, ds, i))
        elif ds[i] is None and cx is not None and (x.__class__ is dict or x.__class__ is list):
            out.append(collect_items(cx, x, {}))
        else:
            own = is_own(ds, i)
            out.append(collect(Context() if cx is None else cx, x, mine(ds, i, True), own))
    return tuple(out)


def collect_array(cx: Context | None, x: Any, ds: Any, i: int) -> Any:
    if cx is not None and cx.written:
        return project(claim(cx, x, mine(ds, i, True)), x)
    return ds[i] if is_ready(ds, i, x) else project(mine(ds, i, True), plain_array(x))


@non_differentiable
def is_ready(entries: Any, key: Any, x: Any) -> bool:
    """Whether the entry `key` is a gradient of the real array x just as the user is to see it, and nobody else holds it."""
    d = entries[key]        # a third reference to it
    return d.__class__ is np.ndarray and getrefcount(d) == 3 and d.base is None \
        and d.dtype is x.dtype and x.dtype.kind == "f" and d.shape == x.shape


@non_differentiable
def is_own(entries: Any, key: Any) -> bool:
    """Whether nobody but the container `entries` holds the entry `key`, nor the memory that it is a view of.

    Both counts include the reference that asking for the entry makes. Where they are higher, the array may be one of the user's,
    or the seed, or stand for another gradient as well.
    """
    if getrefcount(entries[key]) != 2:
        return False
    if entries[key].__class__ is not np.ndarray or entries[key].base is None:
        return True
    return entries[key].flags.writeable and getrefcount(entries[key].base) == 2


def mine(entries: Any, key: Any, own: bool) -> Any:
    """The entry `key`, in new memory if it is an array that somebody else may hold.

    `own` says that nobody holds `entries` itself.
    """
    if entries[key].__class__ is np.ndarray and not (own and is_own(entries, key)):
        return entries[key].copy()
    return entries[key]


def slot(slots: dict, key: Any) -> Any:
    """The cotangent in a record, or None."""
    return mine(slots, key, True) if key in slots else None


def collect_slot(cx: Context, x: Any, slots: dict, key: Any, memo: dict | None) -> Any:
    """The gradient of x, from an entry of a record."""
    if key not in slots:
        return collect(cx, x, None, False, memo)
    if x.__class__ is float and slots[key].__class__ is float:
        return slots[key]
    if x.__class__ is np.ndarray:
        return collect_array(cx, x, slots, key)
    return collect(cx, x, mine(slots, key, True), False, memo)


def collect_items(cx: Context, x: Any, memo: dict) -> Any:
    """The gradient of a list or dict that has no cotangent but in its record: as `collect` gives it, with fewer calls.

    Where it is differentiated, `collect_whole` stands for it (`standins`).
    """
    me = id(x)
    if me in memo:
        return memo[me]
    before = cx.originals[me][1] if me in cx.originals else x
    slots = cx.records[me][1] if me in cx.records else {}
    written, touched = cx.written, False
    result: Any
    items: Any
    if x.__class__ is list:
        result, items = [None] * len(before), enumerate(before)
    else:
        result, items = {}, before.items()
    memo[me] = result
    for k, v in items:
        g, kind = slots.get(k), v.__class__
        if kind is ndarray:
            if written or v.dtype is not _F8 or (g is not None and (g.__class__ is not ndarray or getrefcount(g) != 3
                    or g.base is not None or g.dtype is not _F8 or g.shape != v.shape)):    # as in `is_ready`
                g = None
                g = collect_slot(cx, v, slots, k, memo)
        elif kind is not float or (g is not None and g.__class__ is not float):
            if g is None and (kind is dict or kind is list):
                g = collect_items(cx, v, memo)
            else:
                g = None
                g = collect_slot(cx, v, slots, k, memo)
        if g is not None:
            touched = True
        result[k] = g
    if not touched:
        memo[me] = None
    return result if touched else None


def collect_whole(cx: Context, x: Any, memo: dict) -> Any:
    return collect(cx, x, None, False, memo)


@non_differentiable
def all_floats(x: tuple, d: tuple) -> bool:
    """Whether a tuple and its cotangent hold nothing but floats."""
    return len(x) == len(d) and {*map(type, x), *map(type, d)} == {float}


def collect(cx: Context, x: Any, d: Any, own: bool = False, memo: dict | None = None) -> Any:
    """The gradient of x as the user sees it: it mirrors x, with None for what the result does not depend on.

    `own` says that nobody else holds d, if d is a container.
    """
    kind = x.__class__
    if kind is not list and kind is not dict:
        if kind is float and d.__class__ is float:
            return d
        if kind is tuple and d.__class__ is tuple and all_floats(x, d):
            return d
        if kind is bool or x is None or isinstance(x, (str, bytes, bool)):
            return None
        if isinstance(x, np.ndarray) or is_number(x):
            if cx.written and isinstance(x, np.ndarray):
                d = claim(cx, x, d)
            return project(d, plain_array(x))
        if isinstance(x, tuple):
            if d is None:
                parts = [collect(cx, p, None, False, memo) for p in x]
            else:
                parts = [collect(cx, p, mine(d, i, own), own and is_own(d, i), memo) for i, p in enumerate(x)]
            if all(p is None for p in parts):
                return None
            return kind._make(parts) if hasattr(kind, "_make") else tuple(parts)  # pyright: ignore[reportAttributeAccessIssue]
        if d is not None and is_value(x):      # an object that NumPy takes for an array
            return d
    memo = {} if memo is None else memo
    if id(x) in memo:
        return memo[id(x)]
    if d.__class__ is dict and isinstance(x, dict):     # the keywords of a partial application
        settle(cx, x, d)
    entry = cx.records.get(id(x))
    slots = entry[1] if entry is not None else {}
    original = cx.originals.get(id(x))
    before = original[1] if original is not None else x
    memo[id(x)] = None
    result: Any
    if isinstance(x, list):
        memo[id(x)] = result = []
        result += [collect_slot(cx, p, slots, i, memo) for i, p in enumerate(before)]
        touched = some(result)
    elif isinstance(x, dict):
        memo[id(x)] = result = {}
        for k, v in before.items():
            result[k] = collect_slot(cx, v, slots, k, memo)
        touched = some(result.values())
    elif isinstance(x, (set, frozenset)):
        return None
    else:
        fields = before if original is not None else fields_of(x)
        if fields is None:
            return project(d, x) if d is not None else None
        found: dict = {}
        memo[id(x)] = result = Tangent({})
        cells = dict(zip(x.__code__.co_freevars, x.__closure__ or ())) if isinstance(x, types.FunctionType) else {}
        for k, v in fields.items():
            found[k] = collect(cx, v, cell_cotangent(cx, cells[k]), False, memo) if k in cells \
                else collect_slot(cx, v, slots, k, memo)
        for k in found:     # one by one, so that they can be differentiated again
            object.__setattr__(result, k, found[k])
        touched = some(found.values())
    if not touched:
        memo[id(x)] = None
        return None
    return result


@non_differentiable
def plain_array(x: Any) -> Any:
    """x, unless it is an array whose elements or operators are something else."""
    if x.__class__ is np.ndarray and x.dtype.names is None:
        return x
    if not isinstance(x, np.ndarray) or (x.dtype.names is None and not isinstance(x, (np.ma.MaskedArray, np.matrix))):
        return x
    raise UnsupportedCodeError(message(
        f"cannot differentiate by a {type(x).__name__} of {x.dtype}", why="Its operators and methods are not those of arrays.",
        instead="give a plain array: np.asarray(m) of a matrix, m.filled(0.0) of a masked array, one array for each field",
        doc="docs/limitations.md#arrays-of-other-classes"))


def collect_tracked(cx: Context, xs: tuple) -> tuple:
    """The gradients of arrays and objects by their identity, wherever the run found them; it must have tracked them."""
    found: dict = {id(x): None for x in xs}
    for entry in tuple(cx.records.values()):
        container, slots = entry
        for key in tuple(slots):
            share_out(found, held_at_start(cx, container, key), slots[key])
    return tuple([collect(cx, x, found[id(x)]) for x in xs])


def share_out(found: dict, value: Any, d: Any) -> None:
    """Add the cotangent of a slot's value to those of the arrays that it consists of."""
    if d is None:
        return
    if isinstance(value, tuple):
        for p, q in zip(value, d):
            share_out(found, p, q)
    elif isinstance(value, dict) and isinstance(d, dict):   # the keywords of a partial application
        for k in d:
            share_out(found, value[k], d[k])
    elif id(value) in found:
        found[id(value)] = add(found[id(value)], d)


@non_differentiable
def held_at_start(cx: Context, container: Any, key: Any) -> Any:
    """What the slot of a record held when the run began."""
    if isinstance(container, np.ndarray):
        return container
    noted = cx.originals.get(id(container))
    if isinstance(container, types.CellType):
        return noted[1] if noted is not None else container.cell_contents
    if isinstance(container, types.FunctionType) and isinstance(key, int):
        return (container.__defaults__ or ())[key]
    if isinstance(container, (list, dict)):
        before = noted[1] if noted is not None else container
        missing = key not in before if isinstance(before, dict) else key >= len(before)
        return None if missing else before[key]
    if isinstance(container, (set, frozenset)):
        return None
    return noted[1].get(key) if noted is not None and key in noted[1] else getattr(container, key, None)


def cell_cotangent(cx: Context, cell: Any) -> Any:
    entry = cx.records.get(id(cell))
    return None if entry is None else slot(entry[1], "cell_contents")
