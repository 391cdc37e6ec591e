"""Instances: plain objects, named tuples, exceptions, namespaces, values; and classes that a function defines."""

from __future__ import annotations

import dis
import types
from collections import OrderedDict, defaultdict, deque
from typing import Any

import numpy as np

from ..errors import UnsupportedCodeError, message
from ..normalize.helpers import check_count, make_class
from ..registry import Rule, _register, lookup, non_differentiable
from ..tangents.accumulate import add
from . import call as calls
from .callees import is_opaque
from .context import Context
from .frames import here
from .natives import native
from .settle import is_number
from .shared import nones, nothing


def init_namespace(cx: Context, mask: int, obj: Any, **fields: Any) -> tuple[Any, Any, Any]:
    """`SimpleNamespace.__init__(obj, **fields)`"""
    for name in fields:
        object.__setattr__(obj, name, fields[name])
    if mask:
        cx.tracked[id(obj)] = obj
    return None, init_namespace_back, (obj, tuple(fields))


def init_namespace_back(cx: Context, tape: Any, dy: Any) -> tuple:
    obj, names = tape
    return None, *[cx.take(obj, name) for name in names]


def make_namespace(cx: Context, mask: int, *mapping: Any, **fields: Any) -> tuple[Any, Any, Any]:
    """`SimpleNamespace(**fields)`"""
    y = types.SimpleNamespace(*mapping)
    _, back, tape = init_namespace(cx, mask, y, **fields)
    return y, make_namespace_back, (back, tape)


def make_namespace_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return tape[0](cx, tape[1], None)[1:]


def construct(cx: Context, mask: int, cls: type, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`cls(*args, **keywords)`."""
    how, new, init = constructor(cls)
    if how == "native" or (mask == 0 and not captures(cls)):
        return native(cx, mask, cls, args, keywords)
    if how == "exception":
        return construct_exception(cx, cls, init, args, keywords)
    if how == "tuple":
        y = cls(*args, **keywords)
        return y, fields_back, (len(args), tuple(keywords), positions(cls, keywords))
    if how == "value":
        y, back, tape = calls.callx(cx, mask, new, (cls, *args), keywords)
        return y, new_back, (back, tape, None, None)
    if how == "object":
        obj = new(cls)
        back_new, tape_new = None, None
    else:
        obj, back_new, tape_new = calls.callx(cx, -1, new, (cls, *args), keywords)
        if not isinstance(obj, cls):
            return obj, new_back, (back_new, tape_new, None, None)
    if init is None:
        return obj, init_back, (back_new, tape_new, None, None, len(args), tuple(keywords))
    _, back, tape = calls.callx(cx, -1, init, (obj, *args), keywords)
    return obj, init_back, (back_new, tape_new, back, tape, len(args), tuple(keywords))


def make_instance(cx: Context, mask: int, cls: type, *args: Any, **keywords: Any) -> tuple[Any, Any, Any]:
    """`type.__call__(cls, *args, **keywords)`, as the `__call__` of a metaclass has it."""
    y, back, tape = construct(cx, -1, cls, args, keywords)
    return y, make_instance_back, (back, tape)


def make_instance_back(cx: Context, tape: Any, dy: Any) -> tuple:
    ds, words = tape[0](cx, tape[1], dy)
    return (None, *ds, *words.values())


def construct_exception(cx: Context, cls: type, init: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """An exception: what it was made with is in its attribute `args`, before any `__init__`."""
    if init is None:
        obj = cls(*args, **keywords)
        return obj, exception_back, (obj, None, None, len(args), tuple(keywords))
    obj = cls.__new__(cls, *args, **keywords)
    _, back, tape = calls.callx(cx, -1, init, (obj, *args), keywords)
    return obj, exception_back, (obj, back, tape, len(args), tuple(keywords))


def exception_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    obj, back, inner, n, words = tape
    ds: Any = nones(n)
    dwords: Any = dict.fromkeys(words)
    if back is not None:
        ds, dwords = back(cx, inner, None)
        ds = ds[1:]
    return add(ds, args_taken(cx, obj, n)), dwords


def args_taken(cx: Context, obj: Any, n: int) -> tuple:
    """The cotangents of the n entries of an exception's `args`."""
    d = cx.take(obj, "args")
    d = nones(n) if d is None else d
    first = cx.take(obj, "value")       # of StopIteration: the first of them
    return d if first is None else (add(d[0], first), *d[1:])


@non_differentiable
def sets_args(f: Any, args: tuple) -> bool:
    """Whether a callee is the `__init__` that an exception inherits from Python's own classes."""
    if f.__class__ is types.MethodWrapperType:
        return f.__name__ == "__init__" and isinstance(f.__self__, BaseException)
    return f.__class__ is types.WrapperDescriptorType and f.__name__ == "__init__" and bool(args) \
        and isinstance(args[0], BaseException)


def set_args(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`super().__init__(*args)` of an exception."""
    f(*args, **keywords)
    bound = f.__class__ is types.MethodWrapperType
    return None, set_args_back, (f.__self__ if bound else args[0], len(args) - (not bound), not bound, tuple(keywords))


def set_args_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    obj, n, skip, words = tape
    ds = args_taken(cx, obj, n)
    return (None, *ds) if skip else ds, dict.fromkeys(words)


def fields_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    """A namedtuple: its cotangent is a tuple."""
    n, words, where = tape
    if dy is None:
        return nones(n), dict.fromkeys(words)
    return tuple([dy[i] for i in range(n)]), {k: dy[where[k]] for k in words}


def new_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    ds, words = tape[0](cx, tape[1], dy)
    return ds[1:], words


def init_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    back_new, tape_new, back, inner, n, words = tape
    ds: Any = nones(n)
    dwords: Any = dict.fromkeys(words)
    if back is not None:
        ds, dwords = back(cx, inner, None)
        ds = ds[1:]
    if back_new is not None:
        more, dmore = back_new(cx, tape_new, dy)
        ds = add(ds, more[1:])
        dwords = {k: add(dwords[k], dmore[k]) for k in words}
    return ds, dwords


@non_differentiable
def captures(cls: type) -> bool:
    """Whether methods of a class read variables of a function that the class was made in: what it makes may depend on them,
    whatever it is made of."""
    methods = [getattr(f, "__func__", getattr(f, "fget", f)) for base in cls.__mro__ for f in vars(base).values()]
    return any(isinstance(f, types.FunctionType) and set(f.__code__.co_freevars) - {"__class__"} for f in methods)


@non_differentiable
def positions(cls: Any, keywords: dict) -> dict:
    return {k: cls._fields.index(k) for k in keywords}


@non_differentiable
def constructor(cls: type) -> tuple[str, Any, Any]:
    """How a class makes its instances: 'object' (plain object, then __init__), 'new' (a Python __new__), 'tuple' (namedtuple)
    or 'native'."""
    if issubclass(cls, BaseException):
        inits = [base.__dict__["__init__"] for base in cls.__mro__ if "__init__" in base.__dict__]
        return "exception", None, inits[0] if isinstance(inits[0], types.FunctionType) else None
    new = init = None
    for base in cls.__mro__:
        if new is None and "__new__" in base.__dict__:
            new = base.__dict__["__new__"]
        if init is None and "__init__" in base.__dict__:
            init = base.__dict__["__init__"]
    new = getattr(new, "__func__", new)
    if any(isinstance(f, types.FunctionType) and is_opaque(f) for f in (new, init)):
        return "native", None, None
    if issubclass(cls, tuple) and hasattr(cls, "_fields") and not is_own_new(cls):
        return ("tuple" if init is object.__dict__["__init__"] else "native"), None, None
    if isinstance(new, types.FunctionType):
        return "new", new, init if isinstance(init, types.FunctionType) else None
    if new in _VALUES and init is object.__dict__["__init__"]:
        return "value", new, None
    if not isinstance(init, types.FunctionType) and init is not object.__dict__["__init__"] and lookup(init) is None:
        return "native", None, None
    init = None if init is object.__dict__["__init__"] else init
    if new is object.__dict__["__new__"]:
        if init is None and cls.__dictoffset__ == 0 and not hasattr(cls, "__slots__"):
            return "native", None, None
        return "object", new, init
    return ("object", new, init) if new in _CONTAINERS else ("native", None, None)


def is_own_new(cls: type) -> bool:
    """Whether a named tuple's class makes its instances in a way of its own."""
    owner = next(base for base in cls.__mro__ if "__new__" in base.__dict__)
    return "_fields" not in owner.__dict__


_CONTAINERS = (list.__new__, dict.__new__, set.__new__, deque.__new__, OrderedDict.__new__, defaultdict.__new__,
               types.SimpleNamespace.__new__)

_VALUES = (tuple.__new__, float.__new__, int.__new__, complex.__new__, frozenset.__new__, str.__new__)


def new_value(cx: Context, mask: int, cls: Any, *args: Any, **keywords: Any) -> tuple[Any, Any, Any]:
    """`tuple.__new__(cls, items)` and the like: the value is that of the class that cls inherits from."""
    base = value_class(cls)
    plain, back, tape = calls.callx(cx, -1, base, args, keywords)
    return base.__new__(cls, plain), new_value_back, (back, tape)


@non_differentiable
def value_class(cls: Any) -> Any:
    return next(base for base in (tuple, float, int, complex, frozenset, str) if issubclass(cls, base))


def new_value_back(cx: Context, tape: Any, dy: Any) -> tuple:
    ds, words = tape[0](cx, tape[1], dy)
    return (None, *ds, *words.values())


def build_class(cx: Context, mask: int, code: Any, module_globals: Any, cells: tuple, name: str, bases: tuple,
                keywords: dict) -> tuple[Any, Any, Any]:
    """A class that is defined in a function: its body runs as it is."""
    check_class_body(code, cells)
    return make_class(code, module_globals, cells, name, bases, keywords), nothing, nones(6)


@non_differentiable
def check_class_body(code: Any, cells: tuple) -> None:
    """Refuse a class body that reads numbers of the function around it, outside of its methods."""
    read = {i.argval for i in dis.get_instructions(code) if "DEREF" in i.opname and i.opname.startswith("LOAD")}
    for variable, cell in zip(code.co_freevars, cells):
        if variable in read and holds_numbers(cell):
            raise UnsupportedCodeError(message(
                f"cannot differentiate a class body that reads the variable `{variable}`", **here(),
                why="The body of a class runs as it is; only its methods are looked into.",
                instead=f"read it in a method, or bind the attribute after the class: {code.co_name}.{variable} = {variable}",
                doc="docs/limitations.md#classes"))


def holds_numbers(cell: Any) -> bool:
    try:
        value = cell.cell_contents
    except ValueError:
        return False
    parts = value if isinstance(value, tuple) else (value,)
    return any((is_number(p) and not isinstance(p, bool)) or isinstance(p, (tuple, np.ndarray)) for p in parts)


non_differentiable(check_count)
_register(Rule(make_class, "primitive", (build_class,)))
_register(Rule(type.__call__, "primitive", (make_instance,)))
_register(Rule(types.SimpleNamespace, "primitive", (make_namespace,)))
_register(Rule(types.SimpleNamespace.__init__, "primitive", (init_namespace,)))
for make in (tuple.__new__, float.__new__, int.__new__, complex.__new__):
    _register(Rule(make, "primitive", (new_value,)))
