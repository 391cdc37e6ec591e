"""Calls whose callee is known only at run time.

Enters: a callee and its arguments. Leaves: `y, back, tape` with `back(cx, tape, dy)` giving one cotangent per argument.

The callee object decides: a rule, Python source, a class, a callable object, a bound method, a partial application; a C
function without a rule runs as it is, and raises when a cotangent reaches it.
"""

from __future__ import annotations

import dis
import functools
import operator
import sys
import types
from collections import OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import MissingRuleError, RuleError, UnsupportedCodeError, message
from ..normalize.helpers import check_manager, join_group, make_class, make_function, matches, split_group
from ..registry import Rule, _register, lookup, non_differentiable, not_yet
from ..tangents.accumulate import add
from ..tangents.project import unbroadcast
from .binding import bind_arguments, unbind
from .context import Context
from .frames import user_frame
from .memory import claim, refuse_mutation
from .settle import gather, holds_items, is_number, settle_all
from .ufuncs import apply_elementwise, python_function_of, ufunc_options

__all__ = ["call", "callx", "derive_with", "method", "methodx", "no_rule_back", "nothing"]

_derive: list[Any] = []
_METHODS: dict[tuple[type, str], Any] = {}
_OPERATORS: dict[tuple[type, str], Any] = {}
_MUTATORS: dict[int, Any] = {}
_ARRAY_METHODS: dict[str, Any] = {}
_MUTATING_METHODS: set[str] = set()
_write_out: list[Any] = []
_DESCRIPTORS = (types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType)


def derive_with(derive: Any, can_derive: Any, array_methods: dict, mutators: tuple, mutating_methods: tuple) -> None:
    """Hand in what this module may not import: the pipeline's `derive(f, mask, args)` and `can_derive(f)`, and the tables of
    NumPy's methods."""
    _derive[:] = [derive, can_derive]
    _ARRAY_METHODS.update(array_methods)
    _MUTATORS.update({id(m): m for m in mutators})
    _MUTATING_METHODS.update(mutating_methods)


def write_with(write_out: Any) -> None:
    """Hand in what applies a rule and puts the result into an array."""
    _write_out[:] = [write_out]


def nothing(cx: Context, tape: Any, dy: Any) -> Any:
    """The pullback of what carries no derivative; the tape holds the Nones."""
    return tape


def nones(n: int) -> tuple:
    return (None,) * n


# -- the four forms of a call ---------------------------------------------------------------------------------------


def call(cx: Context, mask: int, f: Any, *args: Any) -> tuple[Any, Any, Any]:
    """`f(*args)`."""
    r = lookup(f)
    if r is not None:
        if r.form == "elementwise" and mask and are_floats(args):
            y = f(*args)
            if y.__class__ is float:
                return y, float_back, (r.parts[0], y, args)
        return apply_rule(cx, mask, r, f, args, {})
    if cx.tracked:
        mask = -1
    if f.__class__ is types.FunctionType and is_direct(f, mask, args):
        forward, back = derived(f, mask, args)
        y, tape = forward(cx, *args)
        return y, back, tape
    y, back, tape = general(cx, mask, f, args, {})
    return y, first_back, (back, tape)


@non_differentiable
def is_direct(f: Any, mask: int, args: tuple) -> bool:
    """Whether a function without a rule is derived for just these arguments."""
    return is_plain(f, len(args)) and (mask != 0 or (bool(f.__closure__) and not decorates_class(f, args)))


@non_differentiable
def are_floats(args: tuple) -> bool:
    """Whether there are one or two arguments, all of them plain floats."""
    n = len(args)
    return (n == 2 and args[1].__class__ is float and args[0].__class__ is float) or (n == 1 and args[0].__class__ is float)


def float_back(cx: Context, tape: Any, dy: Any) -> tuple:
    """The pullback of an elementwise function of floats."""
    part, y, args = tape
    if dy is None:
        return nones(len(args))
    p = part(y, *args)
    return tuple([None if q is None else dy * q for q in p[:len(args)]]) if p.__class__ is tuple else (dy * p,)


def first_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return tape[0](cx, tape[1], dy)[0]


def callx(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`f(*args, **keywords)`; the pullback returns a tuple and a dict."""
    r = lookup(f)
    if r is not None:
        y, back, tape = apply_rule(cx, mask, r, f, args, keywords)
        if back is nothing or back is no_rule_back:
            return y, pad_back, (back, tape, len(args), tuple(keywords))
        return y, split_back, (back, tape, len(args), tuple(keywords))
    return general(cx, mask, f, args, keywords)


def split_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    back, inner, n, words = tape
    ds = back(cx, inner, dy)
    return ds[:n], dict(zip(words, ds[n:]))


def pad_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    back, inner, n, words = tape
    back(cx, inner, dy)
    return nones(n), dict.fromkeys(words)


def method(cx: Context, mask: int, obj: Any, name: str, *args: Any) -> tuple[Any, Any, Any]:
    """`obj.name(*args)`; the pullback returns the cotangent of obj first."""
    f, bound = find_method(obj, name)
    if cx.tracked:
        mask = -1
    if bound and f.__class__ is types.FunctionType and lookup(f) is None and is_direct(f, mask, (obj, *args)):
        forward, back = derived(f, mask, (obj, *args))
        y, tape = forward(cx, obj, *args)
        return y, back, tape
    y, back, tape = methodx(cx, mask, obj, name, args, {})
    return y, method_back, (back, tape)


def method_back(cx: Context, tape: Any, dy: Any) -> tuple:
    d, ds, _ = tape[0](cx, tape[1], dy)
    return (d, *ds)


def methodx(cx: Context, mask: int, obj: Any, name: str, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`obj.name(*args, **keywords)`; the pullback returns the cotangent of obj, a tuple and a dict."""
    if type(obj) is super:
        return super_method(cx, mask, obj, name, args, keywords)
    f, bound = find_method(obj, name)
    if bound:
        y, back, tape = callx(cx, mask, f, (obj, *args), keywords)
        return y, bound_back, (back, tape)
    f = getattr(obj, name)
    y, back, tape = callx(cx, mask >> 1 or (-1 if mask else 0), f, args, keywords)
    return y, free_back, (back, tape, obj, f)


def bound_back(cx: Context, tape: Any, dy: Any) -> tuple[Any, tuple, dict]:
    ds, words = tape[0](cx, tape[1], dy)
    return ds[0], ds[1:], words


def super_method(cx: Context, mask: int, obj: Any, name: str, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`super().name(*args, **keywords)`"""
    f, owner = find_super(obj, name)
    if f is None:
        y, back, tape = callx(cx, -1, getattr(obj, name), args, keywords)
        return y, no_owner_back, (back, tape)
    y, back, tape = callx(cx, -1, f, (*owner, *args), keywords)
    return y, super_back, (back, tape, owner, obj)


def no_owner_back(cx: Context, tape: Any, dy: Any) -> tuple[Any, tuple, dict]:
    ds, words = tape[0](cx, tape[1], dy)
    return None, ds, words


def super_back(cx: Context, tape: Any, dy: Any) -> tuple[Any, tuple, dict]:
    back, inner, owner, obj = tape
    ds, words = back(cx, inner, dy)
    if owner:
        cx.add(obj, "__self__", ds[0])
    return None, ds[len(owner):], words


@non_differentiable
def find_super(obj: Any, name: str) -> tuple[Any, tuple]:
    """The function behind `super().name`, and what it is called with first; None if the attribute itself is to be called."""
    owner = obj.__self__
    order = obj.__self_class__.__mro__
    for base in order[order.index(obj.__thisclass__) + 1:]:
        f = base.__dict__.get(name)
        if f is None:
            continue
        if isinstance(f, staticmethod):
            return f.__func__, ()
        if isinstance(f, classmethod):
            return f.__func__, (obj.__self_class__,)
        if isinstance(f, types.FunctionType):
            return (f, ()) if name == "__new__" else (f, (owner,))
        if isinstance(f, _DESCRIPTORS) and lookup(f) is not None:
            return f, (owner,)
        break
    return None, ()


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


def make_super(cx: Context, mask: int, cls: Any, owner: Any) -> tuple[Any, Any, Any]:
    """`super(cls, owner)`"""
    y = super(cls, owner)
    return y, make_super_back, y


def make_super_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return None, cx.take(tape, "__self__")


def free_back(cx: Context, tape: Any, dy: Any) -> tuple[Any, tuple, dict]:
    ds, words = tape[0](cx, tape[1], dy)
    return cx.take(tape[3], "__self__"), ds, words


@non_differentiable
def find_method(obj: Any, name: str) -> tuple[Any, bool]:
    """The function behind `obj.name` that takes obj as its first argument, and True; (None, False) if the attribute itself is
    to be called."""
    cls = obj.__class__
    special = _METHODS.get((cls, name))
    if special is not None:
        return special, True
    if cls is np.ndarray:
        if name in _MUTATING_METHODS:
            raise refuse_mutation(f"`.{name}(...)`")
        f = _ARRAY_METHODS.get(name)
        if f is not None:
            return f, True
    elif name == "_replace" and isinstance(obj, tuple):
        return None, False
    elif not isinstance(obj, (type, types.ModuleType)) and name not in getattr(obj, "__dict__", ()):
        for base in cls.__mro__:
            if name in base.__dict__:
                f = base.__dict__[name]
                if f.__class__ is types.FunctionType:
                    return f, True
                known = _METHODS.get((base, name))
                if known is None and isinstance(f, _DESCRIPTORS) and lookup(f) is not None:
                    known = f
                if known is not None:
                    return known, True
                break
        if isinstance(obj, np.generic) and name in _ARRAY_METHODS:
            return _ARRAY_METHODS[name], True
    return None, False


# -- rules ----------------------------------------------------------------------------------------------------------


def apply_rule(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """Apply a rule; the pullback returns the cotangents of args and of the keywords' values, in order."""
    if cx.tracked:
        mask = -1
    if ((keywords and keywords.get("out") is not None) or (f.__class__ is np.ufunc and len(args) > f.nin)) and not r.user \
            and r.form != "primitive":
        return _write_out[0](cx, mask, r, f, args, keywords)
    if r.form == "primitive":
        return r.parts[0](cx, mask, *args, **keywords)
    if r.form == "none" or mask == 0:
        return f(*args, **keywords), nothing, nones(len(args) + len(keywords))
    if r.overloads is not None and not all_plain(args):
        return overloaded(cx, mask, r, f, args, keywords)
    if (any_consumed(args) or is_iterated(f, args)) and (r.form != "rrule" or is_ours(r)):
        return apply_to_lists(cx, mask, r, f, args, keywords)
    if r.form == "rrule":
        y, back = r.parts[0](*([copy_of(a) for a in args] if is_ours(r) else args), **keywords)
        kept, origins = snapshot((y, *args, *keywords.values()))
        return y, rrule_back, (r, back, kept[1:len(args) + 1], dict(zip(keywords, kept[len(args) + 1:])), kept[0],
                               origins)
    r = covering(r, keywords)
    y = f(*args, **keywords)
    kept, origins = snapshot((y, *args, *keywords.values()))
    return y, rule_back, (r, mask, kept[0], kept[1:len(args) + 1], dict(zip(keywords, kept[len(args) + 1:])), origins)


def copy_of(x: Any) -> Any:
    return list(x) if x.__class__ is list else x


def snapshot(values: tuple) -> tuple[tuple, dict | None]:
    """The values with lists as they are now, which may change later, and which list each of these is a copy of."""
    if not any_lists(values):
        return values, None
    origins: dict = {}
    return tuple([frozen(x, origins) for x in values]), origins


@non_differentiable
def any_lists(values: tuple) -> bool:
    return any(x.__class__ is list or (x.__class__ is tuple and any_lists(x)) for x in values)


def frozen(x: Any, origins: dict) -> Any:
    if x.__class__ is tuple:
        return tuple([frozen(p, origins) for p in x])
    if x.__class__ is not list:
        return x
    new = [p if is_number(p) else frozen(p, origins) for p in x]
    origins[id(new)] = x
    return new


@non_differentiable
def is_ours(r: Rule) -> bool:
    return str(r.parts[0].__module__).startswith("zygote_py.")


@non_differentiable
def any_consumed(args: tuple) -> bool:
    """Whether an argument can be iterated once only, or has no positions."""
    for a in args:
        if a.__class__ is not np.ndarray and a.__class__ is not float \
                and (hasattr(a, "__next__") or isinstance(a, (set, frozenset, deque, *_VIEWS))):
            return True
    return False


@non_differentiable
def is_iterated(f: Any, args: tuple) -> bool:
    """Whether a function of Python's library goes through an object that says in Python how."""
    return getattr(f, "__module__", "") in ("builtins", "math", "statistics") and f.__class__ is not type \
        and any(python_method(a, "__iter__") is not None for a in args)


_VIEWS = (type({}.keys()), type({}.values()), type({}.items()))  # type: ignore[var-annotated]


def apply_to_lists(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """Apply a rule to the elements of iterators, views and sets, in lists."""
    items: list = []
    backs: list = []
    for a in args:
        if any_consumed((a,)) or is_iterated(f, (a,)):
            y, back, tape = call(cx, -1, list, a)
            items.append(y)
            backs.append((back, tape))
        else:
            items.append(a)
            backs.append(None)
    y, back, tape = apply_rule(cx, -1, r, f, tuple(items), keywords)
    return y, lists_back, (back, tape, backs)


def lists_back(cx: Context, tape: Any, dy: Any) -> tuple:
    back, inner, backs = tape
    ds = list(back(cx, inner, dy))
    for i in range(len(backs)):
        if backs[i] is not None:
            ds[i] = backs[i][0](cx, backs[i][1], None)[0]
    return tuple(ds)


@non_differentiable
def covering(r: Rule, keywords: dict) -> Rule:
    """The rule whose parts speak of all these keywords: r itself, or its form for calls with options."""
    rule = r if all(k in r.parameters for k in keywords) else r.options or ufunc_options(r)
    for k in keywords:
        if k not in rule.parameters or (k == "out" and keywords[k] is not None):
            refuse_keyword(rule, k)
    return rule


def refuse_keyword(r: Rule, k: str) -> None:
    frame = user_frame()
    raise RuleError(message(
        f"the rule of {name_of(r.f)} has no derivative for the keyword `{k}`", filename=frame[0], lineno=frame[1],
        function=frame[2],
        why=f"It covers {', '.join(r.parameters)}.", instead="leave the keyword out, or give a rule with @adjoint"))


@non_differentiable
def all_plain(args: tuple) -> bool:
    """Whether operators on these operands are NumPy's or Python's arithmetic."""
    for a in args:
        if a.__class__ is not float and a.__class__ is not np.ndarray and not is_number(a) and not isinstance(a, (int, float)):
            if isinstance(a, (list, tuple)):
                return not has_python_method(a) and any(isinstance(b, (np.ndarray, np.inexact)) for b in args)
            return isinstance(a, (np.ndarray, np.generic)) or (hasattr(a, "__array_ufunc__") and not has_python_method(a))
    return True


def has_python_method(a: Any) -> bool:
    return any(isinstance(v, types.FunctionType) for k in a.__class__.__mro__ for n, v in k.__dict__.items()
               if n.startswith("__") and n in (
        "__add__", "__mul__", "__matmul__", "__sub__", "__truediv__"))


def rule_back(cx: Context, tape: Any, dy: Any) -> tuple:
    """The pullback of `elementwise`, `linear` and `rule`."""
    r, mask, y, args, keywords, origins = tape
    n = len(args) + len(keywords)
    if cx.written:
        dy = claim(cx, y, dy)
    if dy is None and holds_items(y):
        dy = gather(cx, y, None, origins)
    if dy is None:
        return nones(n)
    values = (*args, *keywords.values())
    where = places(r, len(args), keywords)
    check_covered(r, mask, values, where)
    wanted = [bool(mask >> i & 1) for i in range(n)]
    if r.form == "elementwise":
        partials = r.parts[0](y, *exact(y, args), **keywords)
        if partials.__class__ is not tuple:
            partials = (partials,)
        ds = [elementwise_part(dy, partials[j], x) if w else None for j, w, x in zip(where, wanted, values)]
    elif r.form == "linear":
        ds = [r.parts[0](dy, *args, **keywords) if w and j == 0 else None for j, w in zip(where, wanted)]
    else:
        ds = [r.parts[j](dy, y, *args, **keywords) if w and has_part(r, j, x) else None
              for j, w, x in zip(where, wanted, values)]
    return settle_all(cx, values, ds, origins)


def exact(y: Any, args: tuple) -> tuple:
    """Whole numbers beside fractions and decimals, as such: so that their quotients are not rounded to floats."""
    if y.__class__ is Fraction or y.__class__ is Decimal:
        return tuple([y.__class__(a) if a.__class__ is int else a for a in args])
    return args


@non_differentiable
def places(r: Rule, n: int, keywords: dict) -> tuple[int, ...]:
    return r.places(n, keywords)


@non_differentiable
def has_part(r: Rule, j: int, x: Any) -> bool:
    """Whether the rule has a cotangent for parameter j, and x may need it: whole numbers need none that is not worked out."""
    part = r.parts[j] if j < len(r.parts) else None
    return part is not None and not (part is not_yet and (x is None or isinstance(x, (int, str))))


@non_differentiable
def check_covered(r: Rule, mask: int, values: tuple, where: tuple) -> None:
    """A floating point argument that the rule says nothing about must not lose its cotangent in silence."""
    if r.form == "elementwise" or r.own:
        return
    covered = 1 if r.form == "linear" else len(r.parts)
    for i, (x, j) in enumerate(zip(values, where)):
        floating = isinstance(x, (float, complex)) or getattr(getattr(x, "dtype", None), "kind", "") in ("f", "c")
        if j >= covered and mask >> i & 1 and floating:
            raise missing_rule(r.f, f"by its argument {j + 1}")


def elementwise_part(dy: Any, p: Any, x: Any) -> Any:
    """`dy` times the partial derivative, in the space of x."""
    if p is None:
        return None
    if p.__class__ is int and p == 0:
        return None
    return unbroadcast(dy * conjugate(p), x)


def conjugate(p: Any) -> Any:
    if p.__class__ is float or p.__class__ is int:
        return p
    return p.conjugate() if is_complex(p) else p


@non_differentiable
def is_complex(p: Any) -> bool:
    return isinstance(p, complex) or getattr(getattr(p, "dtype", None), "kind", "") == "c"


def rrule_back(cx: Context, tape: Any, dy: Any) -> tuple:
    """The pullback that a user's rule returned."""
    r, back, args, keywords, y, origins = tape
    n = len(args) + len(keywords)
    if dy is None and holds_items(y):
        dy = gather(cx, y, None, origins)
    if dy is None:
        return nones(n)
    ds = back(dy)
    where = rrule_places(r, len(args), keywords)
    if ds.__class__ is not tuple or not (len(args) <= len(ds) or of_package(r)) or len(ds) > max(n, len(where[1])):
        raise RuleError(message(
            f"the pullback of the rule for {name_of(r.f)} returned {describe(ds)}",
            why=f"It must return a tuple of {len(args)} cotangents, one for each argument.",
            instead="return a tuple, with None for an argument that has no derivative"))
    return settle_all(cx, (*args, *keywords.values()), [ds[j] if j < len(ds) else None for j in where[0]],
                      origins)


@non_differentiable
def rrule_places(r: Rule, n: int, keywords: dict) -> tuple[list[int], tuple[str, ...]]:
    """The place of each argument, and then of each keyword, among the cotangents, which are in the order of the parameters."""
    code = getattr(r.parts[0], "__code__", None)
    names = () if code is None or code.co_flags & 4 else code.co_varnames[:code.co_argcount + code.co_kwonlyargcount]
    return [*range(n), *[names.index(k) if k in names else n + i for i, k in enumerate(keywords)]], names


@non_differentiable
def of_package(r: Rule) -> bool:
    """Whether a rule is one of this package: those leave out the cotangents of options."""
    return r.parts[0].__module__.startswith("zygote_py.rules.")


@non_differentiable
def describe(ds: Any) -> str:
    return f"a tuple of {len(ds)}" if isinstance(ds, tuple) else f"a {type(ds).__name__}"


def overloaded(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """An operator on operands of other classes: their special methods, each tried once, in Python's order."""
    for special, swapped in special_methods(r, args):
        ordered = (args[1], args[0]) if swapped else args
        y, back, tape = callx(cx, -1, special, ordered, {})
        if y is not NotImplemented:
            return y, operator_back, (back, tape, swapped, y)
    operator_of = container_operator(str(r.overloads), args)
    if operator_of is not None:
        y, back, tape = callx(cx, mask, operator_of, args, {})
        return y, first_back, (back, tape)
    rest = without_methods(r, args)
    if rest is None:
        y = f(*args, **keywords)
    else:
        y = rest
    if numeric_inside(args):
        return y, no_rule_back, (f, nones(len(args)))
    return y, no_items_back, (f, nones(len(args)), y)


def no_items_back(cx: Context, tape: Any, dy: Any) -> Any:
    if has_record(cx, tape[2]):
        raise missing_rule(tape[0])
    return tape[1]


def operator_back(cx: Context, tape: Any, dy: Any) -> tuple:
    back, inner, swapped, y = tape
    ds = back(cx, inner, claim(cx, y, dy) if cx.written else dy)[0]
    return (ds[1], ds[0]) if swapped else ds


@non_differentiable
def numeric_inside(args: tuple) -> bool:
    return any(is_number(a) or isinstance(a, np.ndarray) for a in args) and not any(isinstance(a, (str, bytes)) for a in args)


@non_differentiable
def special_methods(r: Rule, args: tuple) -> list[tuple[Any, bool]]:
    """The special methods written in Python that an operator tries, and whether each is the reflected one."""
    name = str(r.overloads)
    own = [(m, False) for m in (python_method(args[0], name),) if m is not None]
    if len(args) != 2:
        return own
    a, b = type(args[0]), type(args[1])
    m = python_method(args[1], "__r" + name[2:])
    reflected = [(m, True)] if m is not None and a is not b else []
    overridden = issubclass(b, a) and m is not python_method(args[0], "__r" + name[2:])
    return reflected + own if overridden else own + reflected


@non_differentiable
def container_operator(name: str, args: tuple) -> Any:
    """The function that does what an operator does to containers of the standard library; None for other operands."""
    for a in args:
        for base in type(a).__mro__:
            if (base, name) in _OPERATORS and getattr(base, name) is getattr(type(a), name):
                return _OPERATORS[base, name]
    return None


def register_operator(cls: type, name: str, f: Any) -> None:
    """Say which function does what an operator does to a container."""
    _OPERATORS[cls, name] = f


@non_differentiable
def without_methods(r: Rule, args: tuple) -> Any:
    """What methods written in C give to an operator, where those written in Python have declined; None if there are none."""
    if not special_methods(r, args):
        return None
    name = str(r.overloads)
    ways = [(args[0], args[1:], name)]
    if len(args) == 2:
        ways.append((args[1], args[:1], "__r" + name[2:]))
    for x, other, m in ways:
        if python_method(x, m) is None and hasattr(type(x), m):
            y = getattr(type(x), m)(x, *other)
            if y is not NotImplemented:
                return y
    kinds = " and ".join(repr(type(a).__name__) for a in args)
    raise TypeError(f"unsupported operand type(s) for {SYMBOLS.get(name, name)}: {kinds}" if len(args) == 2 else
                    f"bad operand type for unary {SYMBOLS.get(name, name)}: {kinds}")


SYMBOLS = {"__add__": "+", "__sub__": "-", "__mul__": "*", "__truediv__": "/", "__floordiv__": "//", "__mod__": "%",
           "__pow__": "** or pow()", "__matmul__": "@", "__divmod__": "divmod()", "__neg__": "-", "__pos__": "+",
           "__abs__": "abs()"}


def python_method(obj: Any, name: Any) -> Any:
    for base in type(obj).__mro__:
        if name in base.__dict__:
            f = base.__dict__[name]
            return f if isinstance(f, types.FunctionType) else None
    return None


def concatenate_sequences(a: Any, b: Any) -> Any:
    if isinstance(a, list):
        return [*a, *b] if isinstance(b, list) else list.__add__(a, b)
    return (*a, *b) if isinstance(b, tuple) else tuple.__add__(a, b)


def repeat_sequence(a: Any, n: Any) -> Any:
    if isinstance(n, (list, tuple)):
        a, n = n, a
    if isinstance(a, list):
        out: list = []
        for _ in range(n):
            for x in a:
                out.append(x)
        return out
    parts: tuple = ()
    for _ in range(n):
        parts = (*parts, *a)
    return parts


# -- Python functions, classes, and the rest ------------------------------------------------------------------------


@non_differentiable
def is_plain(f: Any, n: int) -> bool:
    """Whether n positional arguments are exactly the parameters."""
    code = f.__code__
    return code.co_argcount == n and not code.co_kwonlyargcount and not code.co_flags & 0x2C and not is_opaque(f)


@non_differentiable
def derived(f: Any, mask: int, args: tuple, guarded: bool = False, cells_active: bool = True) -> tuple[Any, Any]:
    return _derive[0](f, mask, args, guarded, cells_active)


OPAQUE = {"logging", "warnings", "json", "re", "time", "datetime", "os", "sys", "io", "random", "threading", "traceback",
          "pprint", "inspect", "tempfile", "pathlib", "subprocess", "pickle", "textwrap", "string", "platform", "argparse",
          "csv", "gc", "weakref", "tqdm", "copyreg", "pytest", "unittest", "importlib", "genericpath", "posixpath",
          "shutil", "glob", "fnmatch", "locale", "gettext", "codecs"}


@non_differentiable
def is_opaque(f: Any) -> bool:
    """Functions of modules that handle text, files, time and processes: no derivative passes through them."""
    return (f.__module__ or "").partition(".")[0].lstrip("_") in OPAQUE


@non_differentiable
def decorates_class(f: Any, args: tuple) -> bool:
    """Whether a function of Python's library is given nothing but classes, as `dataclass` is."""
    return bool(args) and all(isinstance(a, type) for a in args) and f.__module__.partition(".")[0] in sys.stdlib_module_names


def general(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """A call with any callee and any arguments; the pullback returns a tuple and a dict."""
    kind = f.__class__
    if cx.tracked:
        mask = -1
    if kind is types.FunctionType:
        if (mask == 0 and runs_as_is(f)) or is_opaque(f) or decorates_class(f, args):
            return native(cx, mask, f, args, keywords)
        if is_generator_function(f):
            return _start[0](cx, f, args, keywords)
        dispatch = single_dispatch(f)
        if dispatch is not None:
            return callx(cx, mask, dispatch(args[0].__class__), args, keywords)
        flat, recipe = bind_arguments(f, args, keywords)
        forward, back = derived(f, -1 if mask else 0, flat)
        y, tape = forward(cx, *flat)
        return y, flat_back, (back, tape, recipe, flat, y)
    if kind is types.MethodType:
        if is_namedtuple_make(f):
            items, unpack, kept = call(cx, -1, tuple, args[0])
            y, back, tape = callx(cx, -1, f.__self__, items, {})
            return y, make_back, (back, tape, unpack, kept)
        if is_namedtuple_replace(f):
            return f(**keywords), replace_back, \
                (len(f.__self__), tuple(keywords), positions(f.__self__.__class__, keywords), f)
        y, back, tape = callx(cx, mask << 1 | 1, f.__func__, (f.__self__, *args), keywords)
        return y, self_back, (back, tape, f)
    if kind is functools.partial:
        y, back, tape = callx(cx, -1, f.func, (*f.args, *args), {**f.keywords, **keywords})
        return y, partial_back, (back, tape, f, tuple(keywords))
    if isinstance(f, type):
        return construct(cx, mask, f, args, keywords)
    if kind is operator.itemgetter or kind is operator.attrgetter:
        y, back, tape = callx(cx, mask, get_items if kind is operator.itemgetter else get_attributes, (getter_keys(f), *args),
                              keywords)
        return y, rest_back, (back, tape)
    if kind is operator.methodcaller and simple_caller(f):
        y, back, tape = methodx(cx, mask, args[0], getter_keys(f)[0], getter_keys(f)[1:], {})
        return y, caller_back, (back, tape)
    if kind is types.MethodDescriptorType and f.__name__ in _ARRAY_METHODS and args and args[0].__class__ is np.ndarray:
        return callx(cx, mask, _ARRAY_METHODS[f.__name__], args, keywords)
    inner = wrapped(f)
    if inner is not None:
        return callx(cx, mask, inner, args, keywords)
    made = python_function_of(f) if kind is np.ufunc else None
    if made is not None and not keywords:
        y, back, tape = callx(cx, mask, apply_elementwise, (made, *args), {})
        return y, rest_back, (back, tape)
    special = python_call(f)
    if special is not None:
        y, back, tape = callx(cx, -1, special, (f, *args), keywords)
        return y, object_back, (back, tape, f)
    if kind in (types.BuiltinMethodType, types.MethodWrapperType) and not isinstance(f.__self__, types.ModuleType) \
            and f.__self__ is not None:
        known = c_method(f)
        if known is not None:
            y, back, tape = callx(cx, mask << 1 | 1, known, (f.__self__, *args), keywords)
            return y, self_back, (back, tape, f)
        known = _CLASS_METHODS.get((f.__self__, f.__name__)) if isinstance(f.__self__, type) else None
        if known is not None:
            return callx(cx, mask, known, args, keywords)
        if f.__name__ == "fromkeys" and isinstance(f.__self__, type) and issubclass(f.__self__, dict):
            y, back, tape = callx(cx, mask, fromkeys, (f.__self__, *args), keywords)
            return y, rest_back, (back, tape)
    if sets_args(f, args):
        return set_args(f, args, keywords)
    return native(cx, mask, f, args, keywords)


@non_differentiable
def c_method(f: Any) -> Any:
    """The function behind a bound method that is written in C, if it has a rule."""
    if isinstance(f.__self__, (np.ndarray, np.generic)):
        return find_method(f.__self__, f.__name__)[0]
    owner = f.__self__ if isinstance(f.__self__, type) else type(f.__self__)
    for base in owner.__mro__:
        raw = base.__dict__.get(f.__name__)
        if isinstance(raw, _DESCRIPTORS):
            return _METHODS.get((base, f.__name__), raw if lookup(raw) is not None else None)
    return None


def fromkeys(cls: Any, keys: Any, value: Any = None) -> Any:
    """`cls.fromkeys(keys, value)`"""
    y = cls()
    for k in keys:
        y[k] = value
    return y


@non_differentiable
def is_generator_function(f: Any) -> bool:
    return bool(f.__code__.co_flags & 0x20)


_start: list[Any] = []


def generator_starts(start: Any) -> None:
    """Hand in what `runtime.generators` does for the call of a generator function."""
    _start[:] = [start]


def flat_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    back, inner, recipe, flat, y = tape
    return unbind(cx, back(cx, inner, claim(cx, y, dy) if cx.written else dy), recipe, flat)


@non_differentiable
def simple_caller(f: Any) -> bool:
    return f.__reduce__()[0] is operator.methodcaller


def caller_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    d, _, _ = tape[0](cx, tape[1], dy)
    return (d,), {}


def rest_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    ds, words = tape[0](cx, tape[1], dy)
    return ds[1:], words


def self_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    """A bound method is an object: the cotangent of what it is bound to is in its record."""
    back, inner, f = tape
    ds, words = back(cx, inner, dy)
    cx.add(f, "__self__", ds[0])
    return ds[1:], words


def object_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    back, inner, f = tape
    ds, words = back(cx, inner, dy)
    cx.add(f, "__self__", ds[0])
    return ds[1:], words


def partial_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    back, inner, f, names = tape
    ds, words = back(cx, inner, dy)
    n = len(f.args)
    if n:
        cx.add(f, "args", ds[:n])
    if f.keywords:
        cx.add(f, "keywords", {k: (words[k] if k not in names else None) for k in f.keywords})
    return ds[n:], {k: words[k] for k in names}


@non_differentiable
def is_namedtuple_make(f: Any) -> bool:
    return f.__name__ == "_make" and isinstance(f.__self__, type) and issubclass(f.__self__, tuple) \
        and hasattr(f.__self__, "_fields")


@non_differentiable
def is_namedtuple_replace(f: Any) -> bool:
    return f.__name__ == "_replace" and isinstance(f.__self__, tuple) and hasattr(f.__self__, "_fields")


def replace_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    n, words, where, f = tape
    if dy is None:
        return (), dict.fromkeys(words)
    replaced = tuple(where.values())
    cx.add(f, "__self__", tuple([None if i in replaced else dy[i] for i in range(n)]))
    return (), {k: dy[where[k]] for k in words}


def make_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    ds, _ = tape[0](cx, tape[1], dy)
    return tape[2](cx, tape[3], ds), {}


@non_differentiable
def single_dispatch(f: Any) -> Any:
    return f.dispatch if "dispatch" in f.__dict__ and "registry" in f.__dict__ else None


@non_differentiable
def wrapped(f: Any) -> Any:
    """The Python function inside a wrapper that is written in C."""
    if isinstance(f, functools._lru_cache_wrapper):
        return f.__wrapped__
    inner = getattr(f, "py_func", None)
    if isinstance(inner, types.FunctionType):
        return inner
    inner = getattr(f, "__wrapped__", None)
    if isinstance(inner, types.FunctionType) and not isinstance(f, types.FunctionType) and python_call(f) is None:
        return inner
    return None


@non_differentiable
def python_call(f: Any) -> Any:
    for base in type(f).__mro__:
        if "__call__" in base.__dict__:
            c = base.__dict__["__call__"]
            return c if isinstance(c, types.FunctionType) else None
    return None


@non_differentiable
def runs_as_is(f: Any) -> bool:
    """Whether a function that is called with constants only can be left alone: it can't write to memory that outlives it."""
    from .effects import is_quiet
    if f.__closure__:
        return False
    return is_quiet(f) or not _derive[1](f)


def native(cx: Context, mask: int, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """Run a callee as it is; a cotangent that reaches it is an error."""
    refuse_mutators(f, args)
    seen = (getattr(f, "__self__", None), *args, *keywords.values())
    before = contents(seen) if mask else None
    y = f(*args, **keywords)
    if mask:
        check_contents(f, seen, before)
        if numeric_inside(args) and not isinstance(seen[0], _CONSTANTS):
            cx.tracked[id(seen[0])] = seen[0]   # what it was given may be asked of it again
    if mask == 0 or carries_nothing(f, y, args, keywords):
        return y, pair_nothing, (nones(len(args)), dict.fromkeys(keywords))
    return y, pair_missing, (f, nones(len(args)), dict.fromkeys(keywords), None if is_one_of(y, args) else y)


def pair_nothing(cx: Context, tape: Any, dy: Any) -> Any:
    return tape


@non_differentiable
def has_record(cx: Context, y: Any) -> bool:
    """Whether something was read out of a result, and has a cotangent."""
    entry = cx.records.get(id(y))
    return entry is not None and entry[0] is y and any(d is not None for d in entry[1].values())


@non_differentiable
def is_one_of(y: Any, args: tuple) -> bool:
    return any(y is a for a in args)


def pair_missing(cx: Context, tape: Any, dy: Any) -> Any:
    if dy is not None or has_record(cx, tape[3]):
        raise missing_rule(tape[0])
    return tape[1], tape[2]


def no_rule_back(cx: Context, tape: Any, dy: Any) -> Any:
    if dy is not None:
        raise missing_rule(tape[0])
    return tape[1]


@non_differentiable
def carries_nothing(f: Any, y: Any, args: tuple, keywords: dict) -> bool:
    if y is None or isinstance(y, (str, bool, bytes, type)):
        return True
    owner = getattr(f, "__self__", None)
    return all(isinstance(a, _CONSTANTS) for a in (owner, *args, *keywords.values()))


_CONSTANTS = (str, bool, type, types.ModuleType, types.FunctionType, type(None))


@non_differentiable
def contents(args: tuple) -> list:
    """What lists, dicts and arrays hold before a function that is not looked into runs."""
    return [list(a) if isinstance(a, (list, deque)) else dict(a) if isinstance(a, dict)
            else a.copy() if isinstance(a, (set, np.ndarray)) else None for a in args]


@non_differentiable
def check_contents(f: Any, args: tuple, before: Any) -> None:
    """Refuse a change that nobody could undo in the reverse sweep."""
    for a, b in zip(args, before):
        if isinstance(a, (list, deque)):
            same = len(a) == len(b) and all(p is q for p, q in zip(a, b))
        elif isinstance(a, dict):
            same = a.keys() == b.keys() and all(v is b[k] for k, v in a.items())
        elif isinstance(a, set):
            same = a == b
        elif isinstance(a, np.ndarray):
            same = a.shape == b.shape and (a.dtype.hasobject or a.tobytes() == b.tobytes())
        else:
            same = True
        if not same:
            raise refuse_mutation(f"by `{name_of(f)}`")


@non_differentiable
def refuse_mutators(f: Any, args: tuple) -> None:
    if id(f) in _MUTATORS and any(isinstance(a, np.ndarray) for a in args):
        raise refuse_mutation(f"by `{name_of(f)}`")
    owner = getattr(f, "__self__", None)
    if isinstance(owner, np.ndarray) and getattr(f, "__name__", "") in _MUTATING_METHODS:
        raise refuse_mutation(f"`.{f.__name__}(...)`")


@non_differentiable
def missing_rule(f: Any, what: str = "") -> MissingRuleError:
    frame = user_frame()
    return MissingRuleError(message(
        f"no rule for {name_of(f)}{' ' * bool(what)}{what}", filename=frame[0], lineno=frame[1], function=frame[2],
        why="A cotangent reached its result, and " + (
            "its rule does not cover this argument." if what else "it has no Python source to be differentiated through."),
        instead=f"give it a rule with @adjoint({name_of(f)}), or compute the value outside of what is differentiated",
        doc="docs/limitations.md#missing-rules"))


@non_differentiable
def name_of(f: Any) -> str:
    owner = getattr(f, "__self__", None)
    name = getattr(f, "__qualname__", None) or getattr(f, "__name__", None) or repr(f)
    module = getattr(f, "__module__", None)
    if module is None and owner is not None and not isinstance(owner, types.ModuleType):
        return f"{type(owner).__name__}.{getattr(f, '__name__', name)}"
    return f"{module}.{name}" if module and module not in ("builtins", "__main__") else str(name)


# -- classes --------------------------------------------------------------------------------------------------------


def construct(cx: Context, mask: int, cls: type, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """`cls(*args, **keywords)`."""
    how, new, init = constructor(cls)
    if how == "native" or mask == 0:
        return native(cx, mask, cls, args, keywords)
    if how == "exception":
        return construct_exception(cx, cls, init, args, keywords)
    if how == "tuple":
        y = cls(*args, **keywords)
        return y, fields_back, (len(args), tuple(keywords), positions(cls, keywords))
    if how == "value":
        y, back, tape = callx(cx, mask, new, (cls, *args), keywords)
        return y, new_back, (back, tape, None, None)
    if how == "object":
        obj = new(cls)
        back_new, tape_new = None, None
    else:
        obj, back_new, tape_new = callx(cx, -1, new, (cls, *args), keywords)
        if not isinstance(obj, cls):
            return obj, new_back, (back_new, tape_new, None, None)
    if init is None:
        return obj, init_back, (back_new, tape_new, None, None, len(args), tuple(keywords))
    _, back, tape = callx(cx, -1, init, (obj, *args), keywords)
    return obj, init_back, (back_new, tape_new, back, tape, len(args), tuple(keywords))


def construct_exception(cx: Context, cls: type, init: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """An exception: what it was made with is in its attribute `args`, before any `__init__`."""
    if init is None:
        obj = cls(*args, **keywords)
        return obj, exception_back, (obj, None, None, len(args), tuple(keywords))
    obj = cls.__new__(cls, *args, **keywords)
    _, back, tape = callx(cx, -1, init, (obj, *args), keywords)
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


def set_args(f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
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
def positions(cls: Any, keywords: dict) -> dict:
    return {k: cls._fields.index(k) for k in keywords}


@non_differentiable
def constructor(cls: type) -> tuple[str, Any, Any]:
    """How a class makes its instances: 'object' (plain object, then __init__), 'new' (a Python __new__), 'tuple' (namedtuple)
    or 'native'."""
    if type(cls).__call__ is not type.__call__:
        return "native", None, None
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
    plain, back, tape = callx(cx, -1, base, args, keywords)
    return base.__new__(cls, plain), new_value_back, (back, tape)


@non_differentiable
def value_class(cls: Any) -> Any:
    return next(base for base in (tuple, float, int, complex, frozenset, str) if issubclass(cls, base))


def new_value_back(cx: Context, tape: Any, dy: Any) -> tuple:
    ds, words = tape[0](cx, tape[1], dy)
    return (None, *ds, *words.values())


def register_method(cls: type, name: str, f: Any) -> None:
    """Say which function behaves as a C method does; the object is its first argument."""
    _METHODS[cls, name] = f


def make_with_defaults(cx: Context, mask: int, code: Any, module_globals: Any, cells: tuple, defaults: Any,
                       kwdefaults: Any) -> tuple[Any, Any, Any]:
    """A function with default values: their cotangents are in the record of the function."""
    f = make_function(code, module_globals, cells, defaults, kwdefaults)
    return f, defaults_back, (f, defaults, kwdefaults)


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
            frame = user_frame()
            raise UnsupportedCodeError(message(
                f"cannot differentiate a class body that reads the variable `{variable}`", filename=frame[0], lineno=frame[1],
                function=frame[2], why="The body of a class runs as it is; only its methods are looked into.",
                instead=f"read it in a method, or bind the attribute after the class: {code.co_name}.{variable} = {variable}",
                doc="docs/limitations.md#classes"))


def holds_numbers(cell: Any) -> bool:
    try:
        value = cell.cell_contents
    except ValueError:
        return False
    parts = value if isinstance(value, tuple) else (value,)
    return any((is_number(p) and not isinstance(p, bool)) or isinstance(p, (tuple, np.ndarray)) for p in parts)


def defaults_back(cx: Context, tape: Any, dy: Any) -> tuple:
    f, defaults, kwdefaults = tape
    d = None if defaults is None else tuple([cx.take(f, i) for i in range(len(defaults))])
    if kwdefaults is not None:
        for k in kwdefaults:
            cx.add(kwdefaults, k, cx.take(f, k))
    return None, None, None, d, None


def make_partial(cx: Context, mask: int, f: Any, *args: Any, **keywords: Any) -> tuple[Any, Any, Any]:
    """`functools.partial`: the cotangents of what it holds are in its record."""
    y = functools.partial(f, *args, **keywords)
    return y, make_partial_back, (y, f, len(args), tuple(keywords))


def make_partial_back(cx: Context, tape: Any, dy: Any) -> tuple:
    y, f, n, words = tape
    ds = cx.take(y, "args")
    if ds is None:
        ds = nones(len(y.args))
    dwords = cx.take(y, "keywords")
    if dwords is None:
        dwords = dict.fromkeys(y.keywords)
    for k in dwords:  # code that reads the dict itself leaves them there
        dwords = {**dwords, k: add(dwords[k], cx.take(y.keywords, k))}
    if y.func is not f:  # partial of a partial: its arguments come first
        cx.add(f, "args", ds[:len(ds) - n])
        cx.add(f, "keywords", {k: (None if k in words else dwords[k]) for k in f.keywords})
    return (None, *ds[len(ds) - n:], *[dwords[k] for k in words])


_CLASS_METHODS: dict[tuple[type, str], Any] = {}


def stand_in_class_method(cls: type, name: str, g: Any) -> None:
    """Say which Python function computes what a class method written in C does."""
    _CLASS_METHODS[cls, name] = g


def stand_in(f: Any, g: Any, writes: bool = False) -> None:
    """Say which Python function computes what a C function does, and whether it writes into its arguments."""
    def replaced(cx: Context, mask: int, *args: Any, **keywords: Any) -> tuple[Any, Any, Any]:
        if keywords:
            y, back, tape = callx(cx, mask, g, args, keywords)
            return y, joined_back, (back, tape)
        return call(cx, mask, g, *args)
    new = _register(Rule(f, "primitive", (replaced,)))
    new.writes, new.always = writes, True
    _STAND_INS[id(f)] = (f, g)


_STAND_INS: dict[int, tuple[Any, Any]] = {}


@non_differentiable
def stands_for(f: Any) -> Any:
    """The Python function that computes what a C function does, or None."""
    known = _STAND_INS.get(id(f))
    return None if known is None else known[1]


def joined_back(cx: Context, tape: Any, dy: Any) -> tuple:
    ds, words = tape[0](cx, tape[1], dy)
    return (*ds, *words.values())


def as_it_is(*functions: Any) -> None:
    """Functions that handle functions, not numbers: they run as they are, and their results carry no cotangent of their own."""
    for f in functions:
        def behave(cx: Context, mask: int, *args: Any, f: Any = f, **keywords: Any) -> tuple[Any, Any, Any]:
            return f(*args, **keywords), nothing, nones(len(args) + len(keywords))
        _register(Rule(f, "primitive", (behave,)))
        _AS_IT_IS[id(f)] = f


_AS_IT_IS: dict[int, Any] = {}


@non_differentiable
def runs_unchanged(f: Any) -> bool:
    """Whether a function handles functions, not numbers."""
    return id(f) in _AS_IT_IS


def reduce(f: Any, items: Any, *initial: Any) -> Any:
    """`functools.reduce`"""
    values = list(items)
    if initial:
        total, start = initial[0], 0
    elif not values:
        raise TypeError("reduce() of empty iterable with no initial value")
    else:
        total, start = values[0], 1
    for i in range(start, len(values)):
        total = f(total, values[i])
    return total


def get_items(keys: tuple, obj: Any) -> Any:
    """What an `operator.itemgetter` does."""
    if len(keys) == 1:
        return obj[keys[0]]
    return tuple([obj[k] for k in keys])


def get_attributes(names: tuple, obj: Any) -> Any:
    """What an `operator.attrgetter` does."""
    found = [nested_attribute(obj, name) for name in names]
    return found[0] if len(names) == 1 else tuple(found)


def nested_attribute(obj: Any, name: str) -> Any:
    for part in name.split("."):
        obj = getattr(obj, part)
    return obj


@non_differentiable
def getter_keys(f: Any) -> tuple:
    return f.__reduce__()[1]


for cls in (list, tuple):
    register_operator(cls, "__add__", concatenate_sequences)
    register_operator(cls, "__mul__", repeat_sequence)
_register(Rule(make_function, "primitive", (make_with_defaults,)))
_register(Rule(make_class, "primitive", (build_class,)))
_register(Rule(functools.partial, "primitive", (make_partial,)))
_register(Rule(super, "primitive", (make_super,)))
_register(Rule(types.SimpleNamespace, "primitive", (make_namespace,)))
_register(Rule(types.SimpleNamespace.__init__, "primitive", (init_namespace,)))
for make in (tuple.__new__, float.__new__, int.__new__, complex.__new__):
    _register(Rule(make, "primitive", (new_value,)))
as_it_is(str.__new__, object.__new__, list.__new__, dict.__new__, set.__new__, deque.__new__, object.__init__)
stand_in(functools.reduce, reduce)
as_it_is(functools.update_wrapper, functools.wraps, functools.lru_cache, functools.singledispatch)
non_differentiable(matches)
non_differentiable(check_manager)
as_it_is(split_group, join_group)
