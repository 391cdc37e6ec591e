"""Calls whose callee is known only at run time, in forward mode.

Enters: a callee, its arguments and their tangents. Leaves: `y, y_dot`. The callee object decides, in the same order as in
`runtime.call`. A C function without a rule runs as it is; what it returns has a tangent that nothing may be computed with.
"""

from __future__ import annotations

import functools
import operator
import types
import weakref
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ...errors import UnsupportedCodeError, message
from ...registry import Rule, lookup, lookup_push, non_differentiable
from ..attributes import owner_of
from ..binding import bind_arguments, slot_of_default
from ..caches import Cached, forget_oldest, key_of, table_of
from ..call import instead_of
from ..callables import VALUES, fromkeys, get_attributes, get_items, held_arguments
from ..callees import (
    decorates_class,
    getter_keys,
    is_call_of,
    is_generator_function,
    is_namedtuple_make,
    is_namedtuple_replace,
    is_opaque,
    is_plain,
    leaves_work,
    maker,
    python_call,
    simple_caller,
    single_dispatch,
)
from ..classes import constructor, positions, sets_args
from ..frames import here
from ..keys import extreme, way_by_key
from ..methods import c_method, find_method, find_super
from ..natives import (
    carries_nothing,
    changes_table,
    check_contents,
    contents,
    is_holder,
    is_one_of,
    refuse_mutators,
    refuse_table,
)
from ..operators import container_operator, special_methods, without_methods
from ..plain import plain_size
from ..protocols import in_place_of
from ..questions import answering, watch_question
from ..refusals import missing_rule, name_of, new_objects
from ..rules import all_plain, in_words, rephrased, taken_as
from ..settle import fields_of, is_array_like, is_number, is_value
from ..shared import numeric_inside as holds_numbers
from ..standins import runs_unchanged, stands_for
from ..ufuncs import apply_elementwise, python_function_of
from ..watching import end_watch, watch_call
from .rules import apply
from .tangents import Missing, Tangents, all_none, current, currents, gathered, is_clean, quiet, settled, whole

__all__ = ["as_written", "behave", "push_ask", "push_call", "push_callx", "push_method", "push_methodx", "push_with"]

_push: list[Any] = []
_BEHAVIOURS: dict[int, tuple[Any, Any]] = {}


def push_with(derive: Any) -> None:
    """Hand in what this module may not import: `requests.push(f, args, tangents)`."""
    _push[:] = [derive]


def behave(f: Any, behaviour: Any, asking: bool = False) -> None:
    """Say what a function that handles memory does to tangents: `behaviour(cx, args, tangents, keywords, their tangents)`.

    `asking` says that it asks about the run, and is called even where no tangent is.
    """
    _BEHAVIOURS[id(f)] = (f, behaviour)
    if asking:
        _ASKING.add(f)


_ASKING: set[Any] = set()
_ASKS: WeakKeyDictionary = WeakKeyDictionary()


@non_differentiable
def asks(f: Any, args: tuple) -> bool:
    """Whether a function asks about the run, by the global names in it and in the functions that it calls, or is given one that
    does."""
    return is_asking(f, 4) or any(a.__class__ is types.FunctionType and a in _ASKING for a in args)


def is_asking(f: Any, depth: int) -> bool:
    if f.__class__ is not types.FunctionType or depth == 0:
        return False
    if f in _ASKING:
        return True
    found = _ASKS.get(f)
    if found is None:
        values = [f.__globals__.get(name) for name in f.__code__.co_names]
        inside = [vars(m).get(name) for m in values if isinstance(m, types.ModuleType) for name in f.__code__.co_names]
        _ASKS[f] = False       # where functions call each other
        found = _ASKS[f] = any(is_asking(g, depth - 1) for g in (*values, *inside))
    return bool(found)


@non_differentiable
def derived(cx: Tangents, f: Any, args: tuple, dots: tuple) -> Any:
    """The pushforward of a function; as long as nothing in memory has a tangent, its free variables have none."""
    return _push[0](f, args, dots, not is_clean(cx))


# -- the four forms of a call ---------------------------------------------------------------------------------------


def push_call(cx: Tangents, f: Any, args: tuple, dots: tuple) -> tuple[Any, Any]:
    """`f(*args)`"""
    r = lookup(f)
    if r is None and lookup_push(f) is None and f.__class__ is types.FunctionType and is_plain(f, len(args)) \
            and not is_generator_function(f) and not decorates_class(f, args):
        if quiet(cx, dots) and not asks(f, args):
            return f(*args), None
        if cx.written is not None:
            dots = currents(cx, args, dots)
        return derived(cx, f, args, dots)(cx, *args, *dots)
    return push_callx(cx, f, args, dots, {}, {})


def push_callx(cx: Tangents, f: Any, args: tuple, dots: Any, keywords: dict, kdots: Any) -> tuple[Any, Any]:
    """`f(*args, **keywords)`; None for tangents says that there are none."""
    if dots is None:
        dots = (None,) * len(args)
    if kdots is None:
        kdots = {k: cx.get(keywords, k) for k in keywords}
    if cx.written is not None:
        dots, kdots = currents(cx, args, dots), {k: current(cx, keywords[k], kdots[k]) for k in keywords}
    push = lookup_push(f)
    if push is not None:
        return apply_push(cx, push, f, args, dots, keywords, kdots)
    r = lookup(f)
    watch = watch_call(r, args) if r is not None and r.asks.__class__ is tuple else None
    behaviour = primitive(f)
    if behaviour is not None:
        y, y_dot = behaviour(cx, args, dots, keywords, kdots)
        end_watch(watch)
        return y, current(cx, y, y_dot)
    if r is not None:
        found = push_rule(cx, r, f, args, dots, keywords, kdots)
        end_watch(watch)
        return found
    if not (f.__class__ is types.FunctionType and is_generator_function(f)) and quiet(cx, (*dots, *kdots.values())) \
            and not asks(f, args):
        return f(*args, **keywords), None
    return general(cx, f, args, dots, keywords, kdots)


def push_method(cx: Tangents, obj: Any, obj_dot: Any, name: str, args: tuple, dots: tuple) -> tuple[Any, Any]:
    """`obj.name(*args)`"""
    return push_methodx(cx, obj, obj_dot, name, args, dots, {}, {})


def push_methodx(cx: Tangents, obj: Any, obj_dot: Any, name: str, args: tuple, dots: Any, keywords: dict,
                 kdots: Any) -> tuple[Any, Any]:
    """`obj.name(*args, **keywords)`"""
    if dots is None:
        dots = (None,) * len(args)
    if type(obj) is super:
        f, first = find_super(obj, name)
        if f is not None:
            own = [obj_dot if x is owner_of(obj) else None for x in first]
            return push_callx(cx, f, (*first, *args), (*own, *dots), keywords, kdots)
        return push_callx(cx, getattr(obj, name), args, dots, keywords, kdots)
    f, bound = find_method(obj, name)
    if bound:
        return push_callx(cx, f, (obj, *args), (obj_dot, *dots), keywords, kdots)
    f = getattr(obj, name)
    if obj_dot is not None and is_bound(f):
        cx.put(f, "__self__", obj_dot)
    return push_callx(cx, f, args, dots, keywords, kdots)


@non_differentiable
def is_bound(f: Any) -> bool:
    return isinstance(f, (types.MethodType, types.BuiltinMethodType, types.MethodWrapperType))


# -- rules ----------------------------------------------------------------------------------------------------------


def apply_push(cx: Tangents, define: Any, f: Any, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """Apply a rule that a user gave with `frule`."""
    values = (*args, *keywords.values())
    found = [gathered(cx, x, d) for x, d in zip(values, (*dots, *kdots.values()))]
    if all_none(found):
        return f(*args, **keywords), None
    y, push = define(*args, **keywords)
    return y, settled(cx, y, push(*[whole(d, x) for x, d in zip(values, found)]))


def push_rule(cx: Tangents, r: Rule, f: Any, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """Apply a rule of the registry."""
    if r.asks.__class__ is tuple and way_by_key(f, keywords) is not None:
        options = {word: keywords[word] for word in keywords if word != "key"}
        for word in options:
            cx.put(options, word, kdots[word])
        return push_callx(cx, extreme, (f, args, keywords["key"], options), (None, dots, kdots["key"], None), {}, {})
    if r.form == "primitive":
        if runs_unchanged(f) or quiet(cx, (*dots, *kdots.values())):
            return f(*args, **keywords), None
        raise refuse(f"a call of {name_of(f)}")
    replacement = None if r.user else in_place_of(f, args, keywords)
    if replacement is not None:
        own, first = replacement
        return push_callx(cx, own, (*first, *args), (*(None,) * len(first), *dots), keywords, kdots)
    if r.form == "none":
        return (push_ask(cx, f, args, dots) if r.asks is True else f(*args, **keywords)), None
    other = None if r.form == "rrule" or r.user else rephrased(r, f, args, keywords)
    if other is not None:
        order, kept, places = other
        found, args, keywords = (*dots, *kdots.values()), args[:kept], in_words(args, keywords, places)
        found = tuple([found[order.index(k)] for k in range(len(args) + len(keywords))])
        dots, kdots = found[:len(args)], dict(zip(keywords, found[len(args):]))
    if writes_out(f, r, args, keywords):
        return _write_out[0](cx, f, args, dots, keywords, kdots)
    converts = [taken_as(f, a) for a in args]
    if r.overloads is not None and (all_none(converts) or f.__class__ is not np.ufunc) and not all_plain(r, args):
        return overloaded(cx, r, f, args, dots, keywords)
    if not all_none(converts) and not quiet(cx, (*dots, *kdots.values())):
        taken: list = []
        tdots: list = []
        for a, d, convert in zip(args, dots, converts):
            if convert is not None:
                a, d = push_call(cx, convert, (a,), (d,))
            taken.append(a)
            tdots.append(d)
        args, dots = tuple(taken), tuple(tdots)
    y, y_dot = apply(cx, r, f, args, dots, keywords, kdots)
    if isinstance(y, np.ndarray) and y.dtype.kind == "O" and not is_clean(cx):
        for x in new_objects(y, (*args, *keywords.values())):
            unknown(cx, x, Missing(missing_rule(f)))
    return y, y_dot


def push_ask(cx: Tangents, f: Any, args: tuple, dots: tuple) -> Any:
    """The answer to a question, which has no tangent."""
    find = answering(f, args)
    if find is not None:
        return push_callx(cx, find, (f, *args), (None, *dots), {}, {})[0]
    watch = watch_question(f, args)
    y = f(*args)
    end_watch(watch)
    return y


_write_out: list[Any] = []


def write_with(write_out: Any) -> None:
    """Hand in what applies a rule and puts the result into an array."""
    _write_out[:] = [write_out]


def push_cached(cx: Tangents, f: Any, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """A function of `functools.lru_cache`, called with constants (`runtime.caches`)."""
    known, key = table_of(cx, f), key_of(f, args, keywords)
    entry = known.pop(key, None)
    if entry is None:
        entry = push_callx(cx, f.__wrapped__, args, dots, keywords, kdots)
    known[key] = entry
    forget_oldest(f, known)
    return entry


def clear_cache(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`f.cache_clear()`"""
    table_of(cx, args[0]).clear()
    return args[0].cache_clear(), None


@non_differentiable
def writes_out(f: Any, r: Rule, args: tuple, keywords: dict) -> bool:
    """Whether a result is written into an array that is given."""
    given = keywords.get("out") is not None or (f.__class__ is np.ufunc and len(args) > f.nin and args[f.nin] is not None)
    return given and not r.user


@non_differentiable
def primitive(f: Any) -> Any:
    """What a function that handles memory or functions does to tangents."""
    known = _BEHAVIOURS.get(id(f))
    if known is not None:
        return known[1]
    return StandIn(stands_for(f)) if stands_for(f) is not None else None


class StandIn:
    """The behaviour of a C function that a Python function stands for."""

    def __init__(self, f: Any) -> None:
        self.f = f

    def __call__(self, cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
        return push_callx(cx, self.f, args, dots, keywords, kdots)


@non_differentiable
def refuse(what: str) -> UnsupportedCodeError:
    return UnsupportedCodeError(message(f"cannot differentiate {what} in forward mode", **here(),
                                        why="The engine does not know what it does to tangents.",
                                        instead="use reverse mode, or write what the call does with operators and indexing",
                                        doc="docs/limitations.md#forward-mode"))


def overloaded(cx: Tangents, r: Rule, f: Any, args: tuple, dots: tuple, keywords: dict) -> tuple[Any, Any]:
    """An operator on operands of other classes: their special methods, each tried once, in Python's order."""
    found = by_methods(cx, r, args, dots)
    if found is not None:
        return found
    operator_of = container_operator(str(r.overloads), args)
    if operator_of is not None:
        return push_callx(cx, operator_of, args, dots, {}, {})
    rest = without_methods(r, args)
    y = f(*args, **keywords) if rest is None else rest
    if (holds_numbers(args) and not all_none(dots)) or any(cx.get(a, "held") is not None for a in args):
        return y, unknown(cx, y, Missing(missing_rule(f)))
    return y, None


def by_methods(cx: Tangents, r: Any, args: tuple, dots: tuple) -> Any:
    """What special methods written in Python give to an operator, and its tangent; None if there are none, or all of them
    decline."""
    for special, swapped in special_methods(r, args):
        ordered = (args[1], args[0]) if swapped else args
        y, y_dot = push_callx(cx, special, ordered, (dots[1], dots[0]) if swapped else dots, {}, {})
        if y is not NotImplemented:
            return y, y_dot
    return None


# -- Python functions, classes, and the rest ------------------------------------------------------------------------


def general(cx: Tangents, f: Any, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """A call with any callee and any arguments."""
    kind = f.__class__
    if kind is types.FunctionType:
        if is_opaque(f) or decorates_class(f, args):
            return native(cx, f, args, dots, keywords, kdots)
        dispatch = single_dispatch(f)
        if dispatch is not None:
            return push_callx(cx, dispatch(args[0].__class__), args, dots, keywords, kdots)
        flat, recipe = bind_arguments(f, args, keywords)
        fdots = currents(cx, flat, bound_tangents(cx, recipe, flat, dots, kdots))
        if is_generator_function(f):
            return start_generator(cx, f, flat, fdots), None
        return derived(cx, f, flat, fdots)(cx, *flat, *fdots)
    if kind is types.MethodType:
        if is_namedtuple_make(f):
            items, parts = push_call(cx, tuple, (args[0],), (dots[0],))
            return f(items), parts
        own = cx.get(f, "__self__")
        if is_namedtuple_replace(f):
            return f(**keywords), replaced(f, own, positions(f.__self__.__class__, keywords), kdots)
        return push_callx(cx, f.__func__, (f.__self__, *args), (own, *dots), keywords, kdots)
    if kind is functools.partial:
        first, words = cx.get(f, "args"), cx.get(f, "keywords")
        if first is None:
            first = (None,) * len(f.args)
        if words is None:
            words = {k: cx.get(f.keywords, k) for k in f.keywords}
        return push_callx(cx, f.func, (*f.args, *args), (*first, *dots), {**f.keywords, **keywords}, {**words, **kdots})
    if isinstance(f, type):
        if maker(f) == "metaclass":
            return push_callx(cx, python_call(f), (f, *args), (None, *dots), keywords, kdots)
        make = construct if maker(f) == "python" else native
        return make(cx, f, args, dots, keywords, kdots)
    if is_call_of(f) and isinstance(f.__self__, type):      # `super().__call__(...)` of a metaclass
        return construct(cx, f.__self__, args, dots, keywords, kdots)
    if kind is operator.itemgetter or kind is operator.attrgetter:
        getter = get_items if kind is operator.itemgetter else get_attributes
        return push_callx(cx, getter, (getter_keys(f), *args), (None, *dots), keywords, kdots)
    if kind is operator.methodcaller and simple_caller(f):
        return push_methodx(cx, args[0], dots[0], getter_keys(f)[0], held_arguments(f), cx.get(f, "args"), {}, {})
    if kind is Cached and all_none((*dots, *kdots.values())) and key_of(f, args, keywords) is not None:
        return push_cached(cx, f, args, dots, keywords, kdots)
    inner = instead_of(f, args)
    if inner is not None:
        return push_callx(cx, inner, args, dots, keywords, kdots)
    made = python_function_of(f)
    if made is not None and not keywords:
        return push_callx(cx, apply_elementwise, (made, *args), (None, *dots), {}, {})
    special = python_call(f)
    if special is not None:
        own = cx.get(f, "__self__") if isinstance(f, VALUES) else None
        return push_callx(cx, special, (f, *args), (own, *dots), keywords, kdots)
    if kind in (types.BuiltinMethodType, types.MethodWrapperType) and not isinstance(f.__self__, types.ModuleType) \
            and f.__self__ is not None:
        known = c_method(f)
        if known is not None:
            return push_callx(cx, known, (f.__self__, *args), (cx.get(f, "__self__"), *dots), keywords, kdots)
        if f.__name__ == "fromkeys" and isinstance(f.__self__, type) and issubclass(f.__self__, dict):
            return push_callx(cx, fromkeys, (f.__self__, *args), (None, *dots), keywords, kdots)
    if sets_args(f, args):
        f(*args, **keywords)
        bound = kind is types.MethodWrapperType
        cx.put(f.__self__ if bound else args[0], "args", dots if bound else dots[1:])
        return None, None
    return native(cx, f, args, dots, keywords, kdots)


def note_self(cx: Tangents, f: Any, f_dot: Any) -> None:
    """Keep the tangent of a callee that is a value."""
    if f_dot is not None and isinstance(f, VALUES):
        cx.put(f, "__self__", f_dot)


def as_written(f: Any) -> Any:
    """The behaviour of a function that has a rule for reverse mode only: what its own statements do."""
    def push_own(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
        flat, recipe = bind_arguments(f, args, keywords)
        fdots = currents(cx, flat, bound_tangents(cx, recipe, flat, dots, kdots))
        return derived(cx, f, flat, fdots)(cx, *flat, *fdots)
    return push_own


def bound_tangents(cx: Tangents, recipe: tuple, flat: tuple, dots: tuple, kdots: dict) -> tuple:
    """The tangents of the flat parameters that `bind_arguments` found values for."""
    where, _, _, f = recipe
    out: list = []
    for (how, what), value in zip(where, flat):
        if how == "arg":
            out.append(dots[what])
        elif how == "word":
            out.append(kdots[what])
        elif how == "default":
            out.append(cx.get(*slot_of_default(f, what[0])))
        elif how == "rest":
            out.append(None if all_none(dots[what:]) else dots[what:])
        else:
            for k in what:
                cx.put(value, k, kdots[k])
            out.append(None)
    return tuple(out)


def replaced(f: Any, own: Any, where: dict, kdots: dict) -> Any:
    """The tangent of `point._replace(x=...)`."""
    n = len(f.__self__)
    parts = [None] * n if own is None else list(own)
    for k in where:
        parts = [*parts[:where[k]], kdots[k], *parts[where[k] + 1:]]
    return None if all_none(parts) else tuple(parts)


def native(cx: Tangents, f: Any, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """Run a callee as it is; nothing may be computed with the tangent of what it returns."""
    refuse_mutators(f, args)
    owner = getattr(f, "__self__", None)
    seen = (owner, *args, *keywords.values())
    before = contents(seen)
    y = f(*args, **keywords)
    check_contents(f, seen, before)
    found = [gathered(cx, a, d) for a, d in zip(seen, (cx.get(f, "__self__"), *dots, *kdots.values()))]
    moving = not all_none(found)
    if y is None and moving and changes_table(args):
        raise refuse_table()
    if is_holder(owner) and moving:
        cx.put(owner, "held", Missing(missing_rule(f)))
    for x in (owner, *args):
        if cx.get(x, "held") is not None:
            unknown(cx, x, cx.get(x, "held"))       # it may have changed itself
    if carries_nothing(f, y, args, keywords) or (is_one_of(y, args) and not is_value(y)):
        return y, None
    if is_holder(y) and not moving:
        return y, None
    return y, unknown(cx, y, Missing(missing_rule(f)))


def unknown(cx: Tangents, y: Any, missing: Missing) -> Any:
    """Say of all numbers in a value that their tangents are not known."""
    if isinstance(y, tuple):
        parts = tuple([unknown(cx, p, missing) for p in y])
        return None if all_none(parts) else parts
    if isinstance(y, list):
        for i in range(len(y)):
            cx.put(y, i, unknown(cx, y[i], missing))
    elif isinstance(y, dict):
        for k in y:
            cx.put(y, k, unknown(cx, y[k], missing))
    elif is_holder(y):
        cx.put(y, "held", missing)      # a tangent is in memory: what is asked of the object may have one
        fields = fields_of(y) or {}
        for k in fields:
            cx.put(y, k, unknown(cx, fields[k], missing))
    return missing if is_numeric(y) else None


@non_differentiable
def is_numeric(y: Any) -> bool:
    return (is_number(y) or is_array_like(y)) and not isinstance(y, (bool, np.bool_))


# -- generators -----------------------------------------------------------------------------------------------------


def start_generator(cx: Tangents, f: Any, args: tuple, dots: tuple) -> Any:
    """Call a generator function: nothing of it runs yet."""
    box = [None, None]
    pushed = _push[0](f, args, dots)        # it runs later: by then its free variables may have tangents
    g = pushed(cx, box, *args, *dots)
    cx.generators[id(g)] = (weak(g), box, g if leaves_work(f, pushed) else None)
    return g


@non_differentiable
def weak(g: Any) -> Any:
    return weakref.ref(g)


# -- classes --------------------------------------------------------------------------------------------------------


def construct(cx: Tangents, cls: type, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`cls(*args, **keywords)`"""
    how, new, init = constructor(cls)
    if how == "native":
        return native(cx, cls, args, dots, keywords, kdots)
    if how == "exception":
        return construct_exception(cx, cls, init, args, dots, keywords, kdots)
    if how == "tuple":
        y = cls(*args, **keywords)
        where = positions(cls, keywords)
        parts = [*dots, *[None] * (plain_size(y) - len(args))]
        for k in where:
            parts = [*parts[:where[k]], kdots[k], *parts[where[k] + 1:]]
        return y, None if all_none(parts) else tuple(parts)
    if how == "value":
        return push_callx(cx, new, (cls, *args), (None, *dots), keywords, kdots)
    y_dot = None
    if how == "object":
        obj: Any = new(cls)
    else:
        obj, y_dot = push_callx(cx, new, (cls, *args), (None, *dots), keywords, kdots)
    if init is not None and isinstance(obj, cls):
        push_callx(cx, init, (obj, *args), (y_dot, *dots), keywords, kdots)
    return obj, y_dot


def construct_exception(cx: Tangents, cls: type, init: Any, args: tuple, dots: tuple, keywords: dict,
                        kdots: dict) -> tuple[Any, Any]:
    """An exception: what it was made with is in its attribute `args`, before any `__init__`."""
    obj: Any = cls(*args, **keywords) if init is None else cls.__new__(cls, *args, **keywords)
    if not all_none(dots):
        cx.put(obj, "args", dots)
        cx.put(obj, "value", dots[0])       # of StopIteration
    if init is not None:
        push_callx(cx, init, (obj, *args), (None, *dots), keywords, kdots)
    return obj, None


behave(Cached.cache_clear, clear_cache)
