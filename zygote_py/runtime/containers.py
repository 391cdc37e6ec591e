"""Operators that update in place, and the functions behind attributes and elements, as primitives."""

from __future__ import annotations

import collections
import operator
from collections import OrderedDict, defaultdict, deque
from typing import Any

import numpy as np

from ..normalize.helpers import del_global, global_value, set_global
from ..registry import linear, lookup, non_differentiable, pushes
from ..rules import kinds
from . import dicts, lists, sets
from .attributes import del_attribute, del_plain, get_attribute, get_namespace, get_plain, set_attribute, set_plain
from .call import call, hooked
from .context import Context
from .items import (
    del_plain_item,
    delete_global,
    get_item,
    get_plain_item,
    load_global,
    make_slice,
    set_plain_item,
    store_global,
)
from .methods import register_method
from .operators import by_methods, comes_first
from .shared import conjugate, first_back, python_method
from .slots import primitive
from .stores import update_array
from .watching import KEYS, ORDER, TRUTH, compares

__all__ = ["IN_PLACE"]


non_differentiable(slice.indices)
register_method(slice, "indices", slice.indices)
linear(complex.conjugate, lambda dy, x: conjugate(dy))
pushes(complex.conjugate, lambda x_dot, y, x: conjugate(x_dot))
linear(float.conjugate, lambda dy, x: dy)
linear(int.conjugate, lambda dy, x: dy)
pushes(float.conjugate, lambda x_dot, y, x: x_dot)
pushes(int.conjugate, lambda x_dot, y, x: x_dot)
for number in (complex, float, int):
    register_method(number, "conjugate", number.conjugate)


primitive(setattr, set_attribute)
primitive(delattr, del_attribute)
primitive(vars, get_namespace)
primitive(object.__setattr__, set_plain)
primitive(object.__getattribute__, get_plain)
primitive(object.__delattr__, del_plain)
primitive(global_value, load_global)
primitive(set_global, store_global)
primitive(del_global, delete_global)
primitive(getattr, get_attribute)
primitive(operator.getitem, get_item)
primitive(slice, make_slice, kind=kinds.opaque)
for cls in (list, dict, tuple, deque, OrderedDict):
    for name, behaviour in (("__getitem__", get_plain_item), ("__setitem__", set_plain_item), ("__delitem__", del_plain_item)):
        if name in cls.__dict__:
            primitive(getattr(cls, name), behaviour)
for name, behaviour in (("__getitem__", get_plain_item), ("__setitem__", set_plain_item)):
    primitive(getattr(np.ndarray, name), behaviour)
    register_method(np.ndarray, name, getattr(np.ndarray, name))


def updating(f: Any, name: str, plain: Any) -> Any:
    """`a op= b`: in place for lists and for classes that say so, `a = a op b` for values."""
    def update_in_place(cx: Context, mask: int, a: Any, b: Any) -> tuple[Any, Any, Any]:
        if isinstance(a, np.ndarray):
            return update_array(cx, mask, f, plain, a, b)
        hook = python_method(a, name)
        if hook is not None:
            if not cx.guarding:
                return call(cx, -1, hook, a, b)
            y, back, tape = hooked(cx, hook, (a, b))
            return y, first_back, (back, tape)
        known = in_place(a, name)
        if isinstance(a, (list, deque)):
            found = by_methods(cx, lookup(plain), (a, b))
            if found is not None:
                return found
            known = None if comes_first(b, name) else known
        return call(cx, mask, plain, a, b) if known is None else known(cx, mask, a, b)
    return update_in_place


@non_differentiable
def in_place(a: Any, name: str) -> Any:
    """How a container of the standard library does `a op= b`; None if it makes a new one."""
    return next((IN_PLACE[base, name] for base in type(a).__mro__ if (base, name) in IN_PLACE), None)


IN_PLACE: dict[tuple[type, str], Any] = {
    (list, "__iadd__"): lists.extend_in_place, (list, "__imul__"): lists.repeat_in_place,
    (deque, "__iadd__"): lists.extend_in_place, (deque, "__imul__"): lists.repeat_in_place,
    (dict, "__ior__"): dicts.update_in_place,
    **{(set, name): f for name, f in sets.IN_PLACE.items()},
}

SIGNS = {"__iadd__": "+=", "__isub__": "-=", "__imul__": "*=", "__itruediv__": "/=", "__ifloordiv__": "//=", "__imod__": "%=",
         "__ipow__": "**=",
         "__imatmul__": "@=", "__iand__": "&=", "__ior__": "|=", "__ixor__": "^=", "__ilshift__": "<<=", "__irshift__": ">>="}
for f, name, plain in (
        (operator.iadd, "__iadd__", operator.add), (operator.isub, "__isub__", operator.sub),
        (operator.imul, "__imul__", operator.mul),
        (operator.itruediv, "__itruediv__", operator.truediv), (operator.ifloordiv, "__ifloordiv__", operator.floordiv),
        (operator.imod, "__imod__", operator.mod), (operator.ipow, "__ipow__", operator.pow),
        (operator.imatmul, "__imatmul__", operator.matmul),
        (operator.iand, "__iand__", operator.and_), (operator.ior, "__ior__", operator.or_),
        (operator.ixor, "__ixor__", operator.xor),
        (operator.ilshift, "__ilshift__", operator.lshift), (operator.irshift, "__irshift__", operator.rshift)):
    primitive(f, updating(f, name, plain))
compares(ORDER, max, min, sorted, list.sort)
compares(TRUTH, any, all)
compares(("__eq__",), list.index, list.count, list.remove, tuple.index, tuple.count, deque.index, deque.count, deque.remove)
compares(KEYS, set, frozenset, dict, OrderedDict, defaultdict, dict.__init__, OrderedDict.__init__)
compares(KEYS, collections._count_elements, first="none")  # type: ignore[attr-defined]
for made in (dict, OrderedDict, defaultdict):
    compares(KEYS, *[getattr(made, name) for name in ("get", "setdefault", "update", "pop", "__getitem__", "__setitem__",
                                                      "__delitem__")], first="none")
for kind in (set, frozenset):
    compares(KEYS, *[getattr(kind, name) for name in ("union", "intersection", "difference", "symmetric_difference", "__or__",
                                                      "__and__", "__sub__", "__xor__")])
compares(KEYS, *[getattr(set, name) for name in ("add", "remove", "discard", "update", "intersection_update",
                                                 "difference_update", "symmetric_difference_update")], first="none")
