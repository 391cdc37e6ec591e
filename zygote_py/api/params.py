"""Params and Grads: implicit parameters, by identity.

Enters: the arrays and objects that a function without arguments finds by itself, in globals, closures and attributes. Leaves:
their gradients, looked up by the very objects. Nothing is computed in another way than for arguments: a run that starts with the
parameters as tracked memory leaves their cotangents in its records, and `runtime.settle.collect_tracked` asks these by identity.

Both tables hold references, so that an identity is never used again while they live.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from ..errors import message
from ..registry import non_differentiable
from ..runtime.settle import fields_of, is_number
from ..tangents.accumulate import add
from ..tangents.types import same
from ..tree import leaves

__all__ = ["Grads", "Params"]


class Params:
    """An ordered set of arrays and mutable objects, by identity.

    Parameters
    ----------
    *groups : iterables of parameters, nested as deep as you like; `Params.of(model)` finds the arrays in a model

    Raises
    ------
    TypeError
        For numbers and other values that have no identity of their own.

    Examples
    --------
    >>> import numpy as np
    >>> W, b = np.ones((2, 3)), np.zeros(2)
    >>> ps = Params([W, [b, W]])
    >>> len(ps), W in ps, W.copy() in ps, ps.index(b), ps[0] is W
    (2, True, False, 1, True)
    """

    __slots__ = ("_table",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, *groups: Iterable) -> None:
        self._table: dict[int, Any] = {}
        for group in groups:
            for x in members(group):
                self._table[id(x)] = x

    @classmethod
    def of(cls, *models: Any) -> Params:
        """The arrays in models: fields of objects, entries of lists, tuples and dicts, variables of closures."""
        return cls([x for model in models for x in leaves(model) if hasattr(x, "shape") and not isinstance(x, np.generic)])

    # -- a set ------------------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._table.values()))

    def __len__(self) -> int:
        return len(self._table)

    def __contains__(self, x: Any) -> bool:
        return id(x) in self._table

    def __getitem__(self, i: Any) -> Any:
        return list(self._table.values())[i]

    def index(self, x: Any) -> int:
        """The position of a parameter."""
        if id(x) not in self._table:
            raise ValueError(f"{describe(x)} is not among these parameters")
        return list(self._table).index(id(x))

    def add(self, *groups: Any) -> Params:
        """Add parameters, in place."""
        for x in members(groups):
            self._table[id(x)] = x
        return self

    def discard(self, *groups: Any) -> Params:
        """Remove parameters, in place; those that are not there are passed over."""
        for x in members(groups):
            self._table.pop(id(x), None)
        return self

    def update(self, *groups: Iterable) -> Params:
        """Add the parameters of iterables, in place."""
        return self.add(*groups)

    def copy(self) -> Params:
        """The same parameters in a set of its own."""
        return Params(self)

    def union(self, *groups: Iterable) -> Params:
        """The parameters that are in any of these, in the order in which they are first met."""
        return Params(self, *groups)

    def intersection(self, *groups: Iterable) -> Params:
        """The parameters that are in all of these."""
        others = [Params(group) for group in groups]
        return Params([x for x in self if all(x in other for other in others)])

    def difference(self, *groups: Iterable) -> Params:
        """The parameters that are in none of these."""
        others = Params(*groups)
        return Params([x for x in self if x not in others])

    def __or__(self, other: Any) -> Params:
        return self.union(other) if isinstance(other, Params) else NotImplemented

    def __and__(self, other: Any) -> Params:
        return self.intersection(other) if isinstance(other, Params) else NotImplemented

    def __sub__(self, other: Any) -> Params:
        return self.difference(other) if isinstance(other, Params) else NotImplemented

    def __eq__(self, other: object) -> Any:
        """Whether both hold the same objects, in whatever order."""
        return self._table.keys() == other._table.keys() if isinstance(other, Params) else NotImplemented

    # -- as one vector ----------------------------------------------------------------------------------------------

    def to_vector(self) -> np.ndarray:
        """All numbers of the parameters in one vector, in order."""
        return join(self, tuple(self))

    def from_vector(self, v: Any) -> Params:
        """Write the numbers of a vector into the parameters, in place."""
        for x, part in zip(self, cut(self, v)):
            x[...] = part
        return self

    # -- shown ------------------------------------------------------------------------------------------------------

    def __reduce__(self) -> tuple:
        return Params, (list(self),)

    def __repr__(self) -> str:
        return "Params([" + ", ".join([describe(x) for x in self]) + "])"

    def _repr_html_(self) -> str:
        return table(["", "parameter"], [[str(i), describe(x)] for i, x in enumerate(self)])


class Grads:
    """The gradients of parameters: a mapping from the parameters themselves, by identity.

    A parameter that the result does not depend on is present, with None.

    Examples
    --------
    >>> import numpy as np
    >>> from zygote_py import gradient
    >>> W, x = np.ones((2, 3)), np.array([1.0, 2.0, 3.0])
    >>> g = gradient(lambda: np.sum(W @ x), Params([W]))
    >>> g[W]
    array([[1., 2., 3.],
           [1., 2., 3.]])
    >>> x in g, (2 * g)[W][0, 0]
    (False, np.float64(2.0))
    """

    __slots__ = ("_table", "params")
    __hash__ = None  # type: ignore[assignment]
    __array_priority__ = 1000.0     # NumPy's numbers and arrays leave the arithmetic to us

    def __init__(self, params: Params, gradients: Iterable) -> None:
        self.params = params
        self._table: dict[int, Any] = {}
        for x, d in zip(params, gradients):
            self._table[id(x)] = d

    # -- a mapping --------------------------------------------------------------------------------------------------

    def __getitem__(self, x: Any) -> Any:
        if id(x) not in self._table:
            raise no_key(x)
        return self._table[id(x)]

    def __contains__(self, x: Any) -> bool:
        return id(x) in self._table

    def get(self, x: Any, default: Any = None) -> Any:
        """The gradient of a parameter, or the default for what is none."""
        return self._table.get(id(x), default)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.params)

    def __len__(self) -> int:
        return len(self.params)

    def keys(self) -> Params:
        """The parameters."""
        return self.params

    def values(self) -> list:
        """The gradients, in the order of the parameters."""
        return list(self._table.values())

    def items(self) -> list:
        """Pairs of parameter and gradient."""
        return list(zip(self.params, self._table.values()))

    def __eq__(self, other: object) -> Any:
        if not isinstance(other, Grads):
            return NotImplemented
        return self.params == other.params and all(same(d, other[x]) for x, d in self.items())

    def copy(self) -> Grads:
        """The same gradients in memory of their own."""
        return Grads(self.params.copy(), [scale_by(d, 1) for d in self.values()])

    def merge(self, *others: Grads) -> Grads:
        """The gradients of all the parameters of these; for one that is in several, the last says which."""
        check_grads(others)
        entries = {id(x): d for each in (self, *others) for x, d in each.items()}
        params = self.params.union(*[each.params for each in others])
        return Grads(params, [entries[id(x)] for x in params])

    # -- arithmetic -------------------------------------------------------------------------------------------------

    def map(self, f: Callable, *others: Grads) -> Grads:
        """Apply f to each gradient, together with those of the same parameter in the others.

        Where one of them is None, so is the result.
        """
        check_grads(others)
        out = []
        for x, d in self.items():
            row = [d, *[other[x] for other in others]]
            out.append(None if any(p is None for p in row) else f(*row))
        return Grads(self.params, out)

    def __add__(self, other: Any) -> Grads:
        """The sum with another Grads, where None is zero, or with a number."""
        if isinstance(other, Grads):
            params = self.params.union(other.params)
            return Grads(params, [add(self.get(x), other.get(x)) for x in params])
        check_number(other)
        return self.map(lambda d: d + other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Grads:
        if not isinstance(other, Grads):
            check_number(other)
        return self + -other

    def __rsub__(self, other: Any) -> Grads:
        check_number(other)
        return -self + other

    def __mul__(self, other: Any) -> Grads:
        if isinstance(other, Grads):
            return self.map(lambda d, e: d * e, other)
        check_number(other)
        return self.map(lambda d: d * other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Grads:
        if isinstance(other, Grads):
            return self.map(lambda d, e: d / e, other)
        check_number(other)
        return self.map(lambda d: d / other)

    def __neg__(self) -> Grads:
        return self.map(lambda d: -d)

    # -- as one vector ----------------------------------------------------------------------------------------------

    def to_vector(self) -> np.ndarray:
        """All numbers of the gradients in one vector, in the order of the parameters, with zeros for None."""
        return join(self.params, tuple(self.values()))

    def from_vector(self, v: Any) -> Grads:
        """Replace the gradients by the numbers of a vector."""
        parts = cut(self.params, v)
        self._table = {id(x): part for x, part in zip(self.params, parts)}
        return self

    # -- shown ------------------------------------------------------------------------------------------------------

    def __reduce__(self) -> tuple:
        return Grads, (self.params, self.values())

    def __repr__(self) -> str:
        shown = ", ".join([f"{describe(x)}: {describe(d)}" for x, d in self.items()])
        return "Grads({" + shown + "})"

    def _repr_html_(self) -> str:
        return table(["", "parameter", "gradient"],
                     [[str(i), describe(x), describe(d)] for i, (x, d) in enumerate(self.items())])


# -- what may be a parameter ----------------------------------------------------------------------------------------


def members(group: Any) -> list:
    """The parameters in nested iterables, in order."""
    out: list = []
    for x in iterate(group):
        if isinstance(x, (list, tuple, set, frozenset, Params)) or is_iterator(x):
            out += members(x)
        else:
            check_parameter(x)
            out.append(x)
    return out


def iterate(group: Any) -> Any:
    if isinstance(group, dict) or is_array(group) or not hasattr(group, "__iter__"):
        raise TypeError(message(
            f"Params takes an iterable of parameters, and got {describe(group)}",
            instead="Params([W, b]), or Params.of(model) for the arrays in a model"))
    return group


@non_differentiable
def is_array(x: Any) -> bool:
    return hasattr(x, "shape") and not isinstance(x, np.generic)


@non_differentiable
def is_iterator(x: Any) -> bool:
    return hasattr(x, "__next__")


@non_differentiable
def check_parameter(x: Any) -> None:
    """Refuse what cannot be told apart by identity."""
    if is_array(x):
        return
    if x is None or isinstance(x, (bool, str, bytes)) or is_number(x):
        reason = "It has no identity: equal ones may be one object, or many, so that nobody can tell which was used."
        instead = "pass it as an argument, gradient(f, x), or keep it in an array, np.array(x)"
    elif isinstance(x, dict):
        reason = "A dict in a list of parameters may be a model, or a mistake."
        instead = "Params.of(model) finds the arrays in it"
    elif fields_of(x) is None:
        reason, instead = "It holds no numbers that could be differentiated.", "leave it out"
    else:
        return
    raise TypeError(message(f"{describe(x)} can't be a parameter", why=reason, instead=instead))


@non_differentiable
def check_number(x: Any) -> None:
    if not is_number(x):
        raise TypeError(message(f"arithmetic of Grads with {describe(x)}", why="It is done with numbers, and with other Grads.",
                                instead="g.map(f), where f takes one gradient after the other"))


@non_differentiable
def check_grads(others: tuple) -> None:
    for g in others:
        if not isinstance(g, Grads):
            raise TypeError(message(f"{describe(g)} where Grads are needed", why="Each entry belongs to a parameter.",
                                    instead="g + 1 and 2 * g are for numbers, g.map(f) for anything else"))


@non_differentiable
def no_key(x: Any) -> KeyError:
    return NoGradient(message(
        f"no gradient for {describe(x)}",
        why="It is none of the parameters that were asked for. Keys are the objects themselves: after `W = other` the name "
            "stands for another object, whereas `W -= step` and `W[...] = other` change the same one.",
        instead="add it to Params, or keep the object that was differentiated"))


class NoGradient(KeyError):
    """A KeyError that prints its message as it is."""

    def __str__(self) -> str:
        return str(self.args[0])


# -- vectors and words ----------------------------------------------------------------------------------------------


def join(params: Params, values: tuple) -> Any:
    check_arrays(params)
    parts = [np.zeros(x.size) if d is None else np.reshape(d, -1) for x, d in zip(params, values)]
    return np.concatenate(parts) if parts else np.zeros(0)


def cut(params: Params, v: Any) -> list:
    """The parts of a vector, in the shapes of the parameters."""
    check_arrays(params)
    check_length(params, v)
    out, at = [], 0
    for x in params:
        out.append(np.reshape(v[at:at + x.size], x.shape))
        at = at + x.size
    return out


@non_differentiable
def check_arrays(params: Params) -> None:
    for x in params:
        if not is_array(x):
            raise TypeError(message(f"{describe(x)} has no place in a vector",
                                    instead="zygote_py.tree.flatten makes a vector of the numbers in any structure"))


@non_differentiable
def check_length(params: Params, v: Any) -> None:
    n = sum([x.size for x in params])
    if np.shape(v) != (n,):
        raise ValueError(message(f"the vector has shape {np.shape(v)}, and the parameters have {n} numbers"))


def scale_by(d: Any, factor: Any) -> Any:
    return None if d is None else d * factor


@non_differentiable
def describe(x: Any) -> str:
    if is_array(x):
        return f"{'array' if isinstance(x, np.ndarray) else type(x).__name__} {x.shape} {getattr(x, 'dtype', '')}".rstrip()
    text = repr(x)
    return text if len(text) <= 40 else f"a {type(x).__name__}"


@non_differentiable
def table(head: list, rows: list) -> str:
    import html
    lines = ["".join([f"<{tag}>{html.escape(cell)}</{tag}>" for cell in row])
             for tag, row in [("th", head), *[("td", row) for row in rows]]]
    return "<table>" + "".join([f"<tr>{line}</tr>" for line in lines]) + "</table>"
