"""Tangents as nodes of optree's trees, where optree is installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from ..tangents.types import Tangent

__all__: list[str] = []


def flatten(t: Tangent) -> tuple:
    """The entries, and the names of the fields."""
    fields = t.as_dict()
    return tuple(fields.values()), tuple(fields), tuple(fields)


def unflatten(names: Any, entries: Any) -> Tangent:
    return Tangent(dict(zip(names, entries)))


if find_spec("optree") is not None:
    optree: Any = import_module("optree")
    optree.register_pytree_node(Tangent, flatten, unflatten, namespace=optree.registry.__GLOBAL_NAMESPACE)
