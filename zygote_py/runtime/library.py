"""What functions of Python's library do, in the Python that the engine reads.

Each function here stands in for one that is written in C, or that reaches its result by ways which carry no derivative: it
returns the same, and is differentiated like the user's own code.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import operator
import random
import types
from collections import OrderedDict, defaultdict, deque
from typing import Any

import numpy as np

from ..errors import UnsupportedCodeError, message
from ..registry import non_differentiable
from .context import Context
from .frames import here
from .items import delete_item, store_item
from .operators import concatenate_sequences
from .settle import fields_of, is_number
from .slots import del_back, primitive, set_back
from .standins import as_it_is, stand_in

__all__ = ["copied", "deep_copied"]


# -- copy -----------------------------------------------------------------------------------------------------------


def copied(x: Any) -> Any:
    """`copy.copy`"""
    how = way_to_copy(x, "__copy__")
    if how == "itself" or how == "tuple":
        return x
    if how == "own":
        return x.__copy__()
    if how == "copy":
        return x.copy()
    y = bare(x)
    for name in field_names(x):
        object.__setattr__(y, name, getattr(x, name))
    return y


def deep_copied(x: Any, memo: Any = None) -> Any:
    """`copy.deepcopy`"""
    if memo is None:
        memo = {}
    how = way_to_copy(x, "__deepcopy__")
    if how == "itself":
        return x
    if id(x) in memo:
        return memo[id(x)]
    if how == "own":
        y = x.__deepcopy__(memo)
    elif how == "tuple":
        return same_or_new(x, [deep_copied(part, memo) for part in x])
    elif isinstance(x, (np.ndarray, set)):
        y = x.copy()
    elif isinstance(x, (list, deque)):
        y = bare(x)
        memo[id(x)] = y
        for part in x:
            y.append(deep_copied(part, memo))
    elif isinstance(x, dict):
        y = bare(x)
        memo[id(x)] = y
        for key, value in x.items():
            y[key] = deep_copied(value, memo)
    else:
        y = bare(x)
        memo[id(x)] = y
        for name in field_names(x):
            object.__setattr__(y, name, deep_copied(getattr(x, name), memo))
    memo[id(x)] = y
    return y


@non_differentiable
def way_to_copy(x: Any, own: str) -> str:
    """How a value is copied: 'itself', 'tuple', 'own' (its class has a method for it), 'copy' (a container), 'fields'."""
    cls = type(x)
    if x is None or is_number(x) or isinstance(x, (bool, str, bytes, range, slice, frozenset, type, types.ModuleType,
                                                   types.FunctionType, types.BuiltinFunctionType, np.ufunc, np.dtype)):
        return "itself"
    if isinstance(getattr(cls, own, None), types.FunctionType):
        return "own"
    if isinstance(x, tuple):
        return "tuple"
    if cls in (list, dict, set, deque, OrderedDict, defaultdict, np.ndarray) and not (cls is np.ndarray and x.dtype.hasobject):
        return "copy"
    ways = ("__reduce_ex__", "__reduce__", "__getnewargs__", "__getnewargs_ex__", "__getstate__", "__setstate__")
    if not isinstance(x, (list, dict, set, np.ndarray)) and all(getattr(cls, w, None) is getattr(object, w, None) for w in ways):
        return "fields"
    raise UnsupportedCodeError(message(
        f"cannot differentiate a copy of a {cls.__name__}", **here(),
        why="It says in its own way how it is copied, and what it holds is not known to be copied with it.",
        instead=f"give the class a method {own} in Python", doc="docs/limitations.md#containers"))


@non_differentiable
def bare(x: Any) -> Any:
    """A container or object of the class of x, with nothing in it."""
    if isinstance(x, defaultdict):
        return defaultdict(x.default_factory)
    if isinstance(x, deque):
        return deque(maxlen=x.maxlen)
    return x.__class__() if isinstance(x, (list, dict)) else object.__new__(x.__class__)


@non_differentiable
def field_names(x: Any) -> tuple:
    return tuple(fields_of(x) or ())


def same_or_new(x: Any, parts: list) -> Any:
    """A tuple of the copied parts; x itself if none of them is a new one."""
    if all_same(x, parts):
        return x
    return x._make(parts) if hasattr(x, "_make") else tuple(parts)


@non_differentiable
def all_same(x: tuple, parts: list) -> bool:
    return all(a is b for a, b in zip(x, parts))


stand_in(copy.copy, copied)
stand_in(copy.deepcopy, deep_copied)


# -- operator, functools ------------------------------------------------------------------------------------------------


def called(f: Any, *args: Any, **keywords: Any) -> Any:
    """`operator.call`"""
    return f(*args, **keywords)


def joined(a: Any, b: Any) -> Any:
    """`operator.iconcat`"""
    a += b
    return a


def set_item(cx: Context, mask: int, obj: Any, index: Any, value: Any) -> tuple[Any, Any, Any]:
    """`operator.setitem`, as a primitive."""
    back, tape = store_item(cx, True, obj, index, value)
    return None, set_back, (back, tape)


def del_item(cx: Context, mask: int, obj: Any, index: Any) -> tuple[Any, Any, Any]:
    """`operator.delitem`, as a primitive."""
    return None, del_back, delete_item(cx, obj, index)


stand_in(operator.concat, concatenate_sequences)
stand_in(operator.iconcat, joined)
primitive(operator.setitem, set_item)
primitive(operator.delitem, del_item)
if hasattr(operator, "call"):
    stand_in(operator.call, called)  # pyright: ignore[reportAttributeAccessIssue]
as_it_is(functools.cache, functools.total_ordering)


# -- dataclasses ----------------------------------------------------------------------------------------------------------


def asdict(obj: Any, *, dict_factory: Any = dict) -> Any:
    return dict_factory([(f, plain(getattr(obj, f), dict_factory, None)) for f in dataclass_fields(obj)])


def astuple(obj: Any, *, tuple_factory: Any = tuple) -> Any:
    return tuple_factory([plain(getattr(obj, f), None, tuple_factory) for f in dataclass_fields(obj)])


@non_differentiable
def dataclass_fields(obj: Any) -> list[str]:
    if isinstance(obj, type) or not dataclasses.is_dataclass(obj):
        raise TypeError("asdict() and astuple() should be called on dataclass instances")
    return [f.name for f in dataclasses.fields(obj)]


def plain(x: Any, dict_factory: Any, tuple_factory: Any) -> Any:
    """A field's value with the dataclasses in it taken apart, and the rest copied."""
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        return asdict(x, dict_factory=dict_factory) if tuple_factory is None else astuple(x, tuple_factory=tuple_factory)
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return x.__class__(*[plain(p, dict_factory, tuple_factory) for p in x])
    if isinstance(x, (list, tuple)):
        return x.__class__([plain(p, dict_factory, tuple_factory) for p in x])
    if isinstance(x, dict):
        return x.__class__([(plain(k, dict_factory, tuple_factory), plain(v, dict_factory, tuple_factory))
                            for k, v in x.items()])
    return deep_copied(x)


stand_in(dataclasses.asdict, asdict)
stand_in(dataclasses.astuple, astuple)


# -- random: what is chosen is an element --------------------------------------------------------------------------------


def choice(self: random.Random, seq: Any) -> Any:
    """`random.choice`"""
    return seq[drawn(random.Random.choice, self, seq)]


def choices(self: random.Random, population: Any, weights: Any = None, *, cum_weights: Any = None, k: int = 1) -> list:
    """`random.choices`"""
    return [population[i] for i in drawn(random.Random.choices, self, population, weights, cum_weights=cum_weights, k=k)]


def sample(self: random.Random, population: Any, k: int, **counts: Any) -> list:
    """`random.sample`"""
    return [population[i] for i in drawn(random.Random.sample, self, population, k, **counts)]


def shuffle(self: random.Random, x: list) -> None:
    """`random.shuffle`"""
    parts = list(x)
    for i, j in enumerate(order_of(self, len(x))):
        x[i] = parts[j]


@non_differentiable
def order_of(self: random.Random, n: int) -> list:
    order = list(range(n))
    random.Random.shuffle(self, order)
    return order


@non_differentiable
def drawn(draw: Any, self: random.Random, seq: Any, *args: Any, **keywords: Any) -> Any:
    """Which positions are drawn: the draws depend on the length alone."""
    return draw(self, range(len(seq)), *args, **keywords)


for f, behaviour in ((random.Random.choice, choice), (random.Random.choices, choices), (random.Random.sample, sample),
                     (random.Random.shuffle, shuffle)):
    stand_in(f, behaviour)
