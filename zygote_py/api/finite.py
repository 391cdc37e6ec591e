"""Finite differences as a backend: `gradient(f, AutoFiniteDiff(), x)`."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import message
from ..runtime.tools import check_scalar
from ..tangents.project import project
from ..tangents.types import Tangent
from ..testing.differences import difference_columns, finite_difference
from . import gradient, jacobian
from .markers import AutoFiniteDiff

__all__ = ["AutoFiniteDiff"]


def run(f: Callable, args: tuple, kwargs: dict, first: bool, mask: int) -> tuple[Any, tuple]:
    """Value and gradient."""
    y = f(*args, **kwargs)
    picks = first and isinstance(y, tuple)
    check_scalar(y[0] if picks and y else y)

    def objective(*inputs: Any, **words: Any) -> Any:
        return f(*inputs, **words)[0] if picks else f(*inputs, **words)
    return y, tuple([by_argument(objective, args, i, kwargs) if mask >> i & 1 else None for i in range(len(args))])


def by_argument(f: Callable, args: tuple, i: int, kwargs: dict) -> Any:
    try:
        d = finite_difference(f, args, i, kwargs=kwargs, integers=True)
    except TypeError as error:
        raise TypeError(message(f"no finite difference by argument {i}", why=f"{error}.",
                                instead="Const(x) for an argument that can't be varied, such as a number that counts something")
                        ) from error
    return project(as_gradient(d), args[i])


def as_gradient(d: Any) -> Any:
    """The entries of objects as `Tangent`."""
    if isinstance(d, types.SimpleNamespace):
        return Tangent({name: as_gradient(entry) for name, entry in vars(d).items()})
    if isinstance(d, dict):
        return {k: as_gradient(entry) for k, entry in d.items()}
    if isinstance(d, (list, tuple)):
        parts = [as_gradient(entry) for entry in d]
        return parts if isinstance(d, list) else d._make(parts) if hasattr(d, "_make") else tuple(parts)  # pyright: ignore[reportAttributeAccessIssue]
    return d


def with_columns(f: Callable, args: tuple, kwargs: dict, chosen: int) -> tuple[Any, tuple]:
    """Value and jacobian."""
    y = f(*args, **kwargs)
    jacobian.check_result(y)

    def matrix(i: int) -> Any:
        columns = difference_columns(f, args, i, kwargs=kwargs)
        whole = np.array([np.reshape(c, -1) for c in columns]).reshape(-1, np.size(y)).T
        return whole if jacobian.is_array(args[i]) else whole[:, 0]
    return y, tuple([matrix(i) if chosen >> i & 1 and jacobian.is_numeric(args[i]) else None for i in range(len(args))])


gradient.WAYS[AutoFiniteDiff] = run
jacobian.WAYS[AutoFiniteDiff] = with_columns
