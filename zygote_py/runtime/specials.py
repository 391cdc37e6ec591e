"""Special methods of numbers and arrays that are called by name: `float.__mul__(a, b)`, `super().__getitem__(i)`, `a.__neg__()`.

Each has a Python function that does the same, which is differentiated in its place. The numbers of a class that inherits from
`float` are taken for plain ones, as the method in C takes them: its own operators are not asked again.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..registry import lookup, non_differentiable, not_yet, rule
from ..rules.numpy.methods import METHODS
from .iteration import array_rows
from .methods import register_method
from .plain import plain_item, plain_size
from .shared import python_method
from .standins import stand_in

__all__: list[str] = []

BINARY = {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
          "floordiv": operator.floordiv, "mod": operator.mod, "divmod": divmod, "pow": operator.pow}
UNARY = {"neg": operator.neg, "pos": operator.pos, "abs": operator.abs}
UFUNCS = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide, "floordiv": np.floor_divide,
          "mod": np.remainder, "divmod": np.divmod, "pow": np.power, "matmul": np.matmul, "lt": np.less, "le": np.less_equal,
          "gt": np.greater, "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal,
          "neg": np.negative, "pos": np.positive, "abs": np.absolute}


def of_numbers(op: Any, swapped: bool) -> Any:
    """`float.__add__`, or with swapped operands `float.__radd__`."""
    def method(a: Any, b: Any) -> Any:
        if not isinstance(b, (float, int)):
            return NotImplemented
        return op(b.real, a.real) if swapped else op(a.real, b.real)
    return method


def of_number(op: Any) -> Any:
    """`float.__neg__`"""
    def method(a: Any) -> Any:
        return op(a.real)
    return method


def of_arrays(f: Any, swapped: bool) -> Any:
    """`np.ndarray.__add__`, or with swapped operands `np.ndarray.__radd__`."""
    def method(a: Any, b: Any) -> Any:
        if declines(b):
            return NotImplemented
        return f(plain(b), plain(a)) if swapped else f(plain(a), plain(b))
    return method


def plain(x: Any) -> Any:
    """A number whose class may have operators of its own, without them."""
    return x.real if inherits(x) else x


@non_differentiable
def inherits(x: Any) -> bool:
    """Whether a real number is of a class that inherits from one of NumPy's, or from `float`."""
    return isinstance(x, (np.floating, float)) and type(x) is not float and type(x).__module__ != "numpy"


@non_differentiable
def declines(b: Any) -> bool:
    """Whether a class says that NumPy's operators are to leave it alone."""
    return getattr(type(b), "__array_ufunc__", True) is None


def of_array(f: Any) -> Any:
    """`np.ndarray.__neg__`"""
    def method(a: Any) -> Any:
        return f(plain(a))
    return method


def of_class(name: str, f: Any) -> Any:
    """A method of arrays for one whose class may have its own: that is not asked again, and the result is of its class."""
    def method(a: Any, *args: Any, **keywords: Any) -> Any:
        if a.__class__ is np.ndarray:
            return f(a, *args, **keywords)
        if is_made_otherwise(a):
            return by_its_class(a, name, args, keywords)
        y = f(np.asarray(a), *args, **keywords)
        keeps = (isinstance(y, np.ndarray) and not (name == "view" and args)) or (isinstance(y, np.generic) and wraps)
        return np.asarray(y).view(type(a)) if keeps else y
    wraps = name in WRAPPED
    return method


class Probe(np.ndarray):
    """A class of arrays that changes nothing."""


def gives_class(name: str) -> bool:
    """Whether a reduction of an array of another class gives one of that class, without axes, in place of a number."""
    try:
        return isinstance(getattr(np.ones(1).view(Probe), name)(), Probe)
    except Exception:
        return False


WRAPPED = {name for name in METHODS if hasattr(np.ndarray, name) and gives_class(name)}


@non_differentiable
def is_made_otherwise(a: Any) -> bool:
    """Whether the class of an array says in Python how its arrays are made."""
    return any(python_method(a, name) is not None for name in ("__array_finalize__", "__array_wrap__", "__array_ufunc__"))


def by_its_class(a: Any, name: str, args: tuple, keywords: dict) -> Any:
    """A method of an array whose class makes something of the result that is not looked into."""
    return getattr(np.ndarray, name)(a, *args, **keywords)


rule(by_its_class, not_yet, None, not_yet, not_yet)


def copied(a: Any, memo: Any = None) -> Any:
    """`a.__copy__()`, `a.__deepcopy__(memo)`, of numbers"""
    return np.ndarray.copy(a, "K") if isinstance(a, np.ndarray) else a


def register(cls: type, name: str, g: Any) -> None:
    """Say which function does what a special method of a class does, if it has one of its own, and that has no rule."""
    f = cls.__dict__.get(name)
    if f is not None:
        if lookup(f) is None:
            stand_in(f, g)
        register_method(cls, name, f)


def plain_elements(obj: Any) -> Any:
    """`list.__iter__`, `tuple.__iter__`"""
    k = 0
    while k < plain_size(obj):
        yield plain_item(obj, k)
        k += 1


def flattened(it: Any, *dtype: Any) -> Any:
    """`a.flat.copy()`, `np.asarray(a.flat)`"""
    return np.array(it.base.reshape(-1), *dtype)


def register_numbers() -> None:
    for word, op in BINARY.items():
        register(float, f"__{word}__", of_numbers(op, False))
        register(float, f"__r{word}__", of_numbers(op, True))
    for word, change in UNARY.items():
        register(float, f"__{word}__", of_number(change))
    register(float, "__float__", of_number(operator.pos))


def register_arrays(cls: type) -> None:
    for word, f in UFUNCS.items():
        if word in UNARY:
            register(cls, f"__{word}__", of_array(f))
        else:
            register(cls, f"__{word}__", of_arrays(f, False))
            register(cls, f"__r{word}__", of_arrays(f, True))
    register(cls, "__float__", of_array(float))
    register(cls, "__copy__", copied)
    register(cls, "__deepcopy__", copied)


def register_methods() -> None:
    for name, f in METHODS.items():
        own = getattr(np.ndarray, name, None)
        if own is not None and lookup(own) is None:
            stand_in(own, of_class(name, f))


register_numbers()
for cls in (np.ndarray, np.generic, np.float16, np.float32, np.float64, np.longdouble,
            np.complex64, np.complex128, np.clongdouble):
    register_arrays(cls)
register_methods()
register(np.generic, "__array__", of_array(np.asarray))
register(np.ndarray, "__iter__", array_rows)
register(np.ndarray, "__len__", of_array(len))
register(list, "__iter__", plain_elements)
register(tuple, "__iter__", plain_elements)
register(np.flatiter, "copy", flattened)
register(np.flatiter, "__array__", flattened)
