"""Models as trees: map over a model and its gradient side by side, collect its leaves, turn it into a vector and back.

Enters: any nesting of tuples, lists, dicts, named tuples, objects, closures, partials and bound methods. Leaves: one of the same
structure, or the leaves, which are numbers (but not bools) and arrays of numbers. Whatever else there is (text, None, classes,
functions without variables) stays as it is, and so does a part without leaves. What occurs in several places, or contains itself,
is visited once, and is one thing again in the result.

>>> from zygote_py import gradient, tree
>>> model = {"W": [1.0, 2.0], "name": "line"}
>>> grad = gradient(lambda m: m["W"][0] * 3.0, model)[0]
>>> tree.fmap(lambda p, dp: p - 0.1 * dp, model, grad)
{'W': [0.7, 2.0], 'name': 'line'}
>>> vector, rebuild = tree.flatten(model)
>>> vector, rebuild(2 * vector)
(array([1., 2.]), {'W': [2.0, 4.0], 'name': 'line'})
"""

from __future__ import annotations

import copy
import functools
import types
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from .errors import message
from .normalize.helpers import make_function
from .registry import non_differentiable
from .runtime.settle import fields_of, is_number
from .tangents.accumulate import add
from .tangents.types import Tangent

__all__ = ["destructure", "flatten", "fmap", "leaves", "unflatten", "zeros_like"]


def fmap(f: Callable, tree: Any, *others: Any) -> Any:
    """Apply f to each leaf, together with the entries that the other trees have at its place.

    Parameters
    ----------
    f : callable of a leaf and one entry of each other tree
    tree : the model
    *others : trees of the same structure, such as gradients: a `Tangent` stands for an object, and None for anything

    Returns
    -------
    a tree like the first
        A leaf for which another tree has None stays as it is. An array in several places is one leaf: f gets it once, with the
        sum of what another tree has in these places, as a gradient has the share of each.
    """
    plan = Survey(tree, others)
    results: dict = {}
    for key, leaf in plan.leaves.items():
        row = [plan.total(key, j) for j in range(len(others))]
        results[key] = leaf if any(p is None for p in row) else f(leaf, *row)
    return rebuild(tree, plan, results)


def leaves(tree: Any) -> list:
    """The leaves in order, each array once."""
    return list(Survey(tree, ()).leaves.values())


def zeros_like(tree: Any) -> Any:
    """The same structure with zeros for its numbers; integers become floats."""
    return fmap(zero_like, tree)


def flatten(tree: Any, like: Any = None) -> tuple[np.ndarray, Callable]:
    """All numbers in one vector, and the function that makes a tree of such a vector.

    Parameters
    ----------
    tree : a model, or a gradient
    like : the model, if the tree is its gradient: entries that are None give zeros

    Returns
    -------
    vector, rebuild
        `rebuild(v)` is `unflatten(v, tree)`; it can be differentiated.
    """
    model = tree if like is None else like
    plan = Survey(model, () if like is None else (tree,))
    parts = []
    for key, leaf in plan.leaves.items():
        value = leaf if like is None else plan.total(key, 0)
        parts.append(np.zeros(np.size(leaf)) if value is None else np.reshape(value, -1))
    vector = np.concatenate(parts) if parts else np.zeros(0)
    return vector, functools.partial(unflatten, like=model)


destructure = flatten


def unflatten(v: Any, like: Any) -> Any:
    """A tree like another one, with the numbers of a vector."""
    plan = Survey(like, ())
    check_length(v, plan)
    results: dict = {}
    at = 0
    for key, leaf in plan.leaves.items():
        n = np.size(leaf)
        results[key] = np.reshape(v[at:at + n], np.shape(leaf)) if is_array(leaf) else number_like(v[at], leaf)
        at = at + n
    return rebuild(like, plan, results)


def number_like(d: Any, x: Any) -> Any:
    """A number of a vector as a Python number, where there was one."""
    if isinstance(x, (float, int)) and not isinstance(x, np.generic):
        return float(d.real)
    return complex(d) if x.__class__ is complex else d


class Survey:
    """What a tree holds.

    Attributes
    ----------
    leaves : key -> leaf, in order; the key of an array is its id, that of a number the id of what holds it, and its name
    entries : key -> for each place, what the other trees have there, and the ids that tell whether these are the same things
    holding : ids of what holds leaves, and has to be rebuilt
    """

    def __init__(self, tree: Any, others: tuple) -> None:
        self.leaves: dict = {}
        self.entries: dict = {}
        self.holding: set[int] = set()
        self.above: dict[int, list] = {}
        self.alive: list = [tree]
        self.visit(tree, others, others, None, ())

    @non_differentiable
    def visit(self, x: Any, others: tuple, holders: tuple, holder: Any, place: tuple) -> None:
        """Enter x, which is at a place in `holder`, with what the other trees and their holders have there."""
        if is_leaf(x):
            key = id(x) if is_array(x) else place
            self.leaves.setdefault(key, x)
            marks = [id(e) if is_array(e) else id(h) for e, h in zip(others, holders)]
            self.entries.setdefault(key, []).append((marks, others))
            self.hold(holder)
            return
        children = children_of(x)
        if children is None:
            return
        self.alive.append(x)
        first = id(x) not in self.above
        self.above.setdefault(id(x), []).append(holder)
        if id(x) in self.holding:
            self.hold(holder)
        if first or isinstance(x, tuple):   # a tuple has a share of the gradient in each place
            for name, child in children.items():
                self.visit(child, tuple([entry_of(other, name, x) for other in others]), others, x, (id(x), name))

    @non_differentiable
    def hold(self, x: Any) -> None:
        """Note that x, and all that holds it, has a leaf inside."""
        waiting = [x]
        while waiting:
            x = waiting.pop()
            if x is not None and id(x) not in self.holding:
                self.holding.add(id(x))
                waiting += self.above[id(x)]

    def total(self, key: Any, j: int) -> Any:
        """What another tree has for a leaf; the sum, if it is in several places and there are different entries."""
        out, seen = None, []
        for marks, row in self.entries[key]:
            if marks[j] not in seen:
                seen.append(marks[j])
                out = add(out, row[j])
        return out


def rebuild(x: Any, plan: Survey, results: dict) -> Any:
    """The tree with other leaves."""
    if is_leaf(x):
        return results[id(x) if is_array(x) else ()]
    return remade(x, plan, results, {})


def remade(x: Any, plan: Survey, results: dict, made: dict) -> Any:
    """What holds leaves, made anew around the new ones."""
    if id(x) not in plan.holding:
        return x
    if id(x) in made:
        return made[id(x)]
    if isinstance(x, tuple):
        parts = [child_made(x, i, x[i], plan, results, made) for i in range(len(x))]
        made[id(x)] = whole = x._make(parts) if hasattr(x, "_make") else tuple(parts)  # pyright: ignore[reportAttributeAccessIssue]
        return whole
    if isinstance(x, list):
        made[id(x)] = items = []
        for i in range(len(x)):
            items.append(child_made(x, i, x[i], plan, results, made))
        return items
    if isinstance(x, dict):
        made[id(x)] = table = empty_like(x)
        for k in list(x):
            table[k] = child_made(x, k, x[k], plan, results, made)
        return table
    fields = children_of(x)
    if isinstance(x, Tangent):
        return Tangent({k: child_made(x, k, fields[k], plan, results, made) for k in fields})
    if isinstance(x, types.FunctionType):
        made[id(x)] = f = with_new_cells(x)
        for k, cell in cells_of(f).items():
            if k in fields:
                cell.cell_contents = child_made(x, k, fields[k], plan, results, made)
        return f
    if isinstance(x, types.MethodType):
        return types.MethodType(x.__func__, child_made(x, "__self__", x.__self__, plan, results, made))
    if isinstance(x, functools.partial):
        func, args, words = [child_made(x, k, fields[k], plan, results, made) for k in ("func", "args", "keywords")]
        return functools.partial(func, *args, **words)
    made[id(x)] = new = object.__new__(type(x))
    for k in fields:
        object.__setattr__(new, k, child_made(x, k, fields[k], plan, results, made))
    return new


def child_made(x: Any, name: Any, child: Any, plan: Survey, results: dict, made: dict) -> Any:
    if is_leaf(child):
        return results[id(child) if is_array(child) else (id(x), name)]
    return remade(child, plan, results, made)


# -- the nodes ------------------------------------------------------------------------------------------------------


@non_differentiable
def is_array(x: Any) -> bool:
    return hasattr(x, "shape") and not isinstance(x, (np.generic, type)) and np.asarray(x).dtype.kind in "fciu"


@non_differentiable
def is_leaf(x: Any) -> bool:
    """Whether x is a number or an array of numbers."""
    return is_array(x) or (is_number(x) and not isinstance(x, (bool, np.bool_, np.str_, np.bytes_)))


@non_differentiable
def children_of(x: Any) -> dict | None:
    """What x consists of, by name or position; None for what is looked at as a whole."""
    if x is None or isinstance(x, (str, bytes, bool, np.ndarray, np.generic, set, frozenset)):
        return None
    if isinstance(x, (list, tuple)):
        return dict(enumerate(x))
    if isinstance(x, dict):
        return x
    return x.as_dict() if isinstance(x, Tangent) else fields_of(x)


@non_differentiable
def entry_of(other: Any, name: Any, x: Any) -> Any:
    """What another tree has in the place of a child."""
    if other is None:
        return None
    children = children_of(other)
    if children is None or is_leaf(other):
        raise TypeError(message(f"a tree has {type(other).__name__} where the first one has {type(x).__name__}",
                                instead="give fmap trees of one structure, with None for what has no entry"))
    if name not in children and isinstance(x, (list, tuple)):
        raise ValueError(message(f"a tree has {len(children)} entries where the first one has {len(x)}",
                                 instead="give fmap trees of one structure, with None for what has no entry"))
    return children.get(name)


@non_differentiable
def empty_like(x: dict) -> dict:
    return defaultdict(x.default_factory) if isinstance(x, defaultdict) else type(x)()


@non_differentiable
def with_new_cells(f: types.FunctionType) -> types.FunctionType:
    """The same function over closure variables of its own."""
    cells = tuple([types.CellType(*contents(c)) for c in f.__closure__ or ()])
    new = make_function(f.__code__, f.__globals__, cells, f.__defaults__, copy.copy(f.__kwdefaults__))
    new.__dict__.update({k: v for k, v in f.__dict__.items() if not k.startswith("_")})
    return new


def contents(cell: Any) -> tuple:
    try:
        return (cell.cell_contents,)
    except ValueError:
        return ()


@non_differentiable
def cells_of(f: types.FunctionType) -> dict:
    return dict(zip(f.__code__.co_freevars, f.__closure__ or ()))


@non_differentiable
def zero_like(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        return np.zeros_like(x) if x.dtype.kind in "fc" else np.zeros(x.shape)
    return x * 0 if is_array(x) or not isinstance(x, (int, np.integer)) else 0.0


@non_differentiable
def check_length(v: Any, plan: Survey) -> None:
    n = sum([int(np.size(leaf)) for leaf in plan.leaves.values()])
    if np.shape(v) != (n,):
        raise ValueError(message(f"the vector has shape {np.shape(v)}, and the tree has {n} numbers"))
