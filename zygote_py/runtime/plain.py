"""What the containers of the standard library do, whatever a class that inherits from one says of it."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from typing import Any

from ..registry import non_differentiable

__all__ = ["CONTAINERS", "holds_key", "keys_held", "plain_class", "plain_contents", "plain_item", "plain_size"]

CONTAINERS: tuple[Any, ...] = (list, dict, tuple, set, deque, defaultdict, OrderedDict, frozenset)


@non_differentiable
def plain_class(obj: Any) -> Any:
    """The container class of the standard library that a class inherits from, whose methods do what C does."""
    cls = obj.__class__
    return cls if cls in CONTAINERS else next(base for base in cls.__mro__ if base in CONTAINERS)


def plain_item(obj: Any, index: Any) -> Any:
    """`obj[index]`, without the class's own `__getitem__`."""
    return obj[index] if obj.__class__ in CONTAINERS else plain_class(obj).__getitem__(obj, index)


@non_differentiable
def plain_size(obj: Any) -> int:
    """`len(obj)`, without the class's own `__len__`."""
    return len(obj) if obj.__class__ in CONTAINERS else plain_class(obj).__len__(obj)


@non_differentiable
def holds_key(d: Any, key: Any) -> bool:
    """`key in d`, without the class's own `__contains__`."""
    return key in d if d.__class__ in CONTAINERS else plain_class(d).__contains__(d, key)


@non_differentiable
def keys_held(d: Any) -> tuple:
    """The keys of a dict, without the class's own `__iter__`."""
    return tuple(d if d.__class__ in CONTAINERS else plain_class(d).keys(d))


@non_differentiable
def plain_contents(obj: Any) -> Any:
    """A list or dict of what a container holds, whatever its class says of that."""
    if isinstance(obj, dict):
        return dict(obj if obj.__class__ is dict else dict.items(obj))
    return list(obj if obj.__class__ in CONTAINERS else plain_class(obj).__iter__(obj))
