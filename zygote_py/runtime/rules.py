"""Rules, applied to values: what is kept for the pullback, and the pullback's cotangents settled."""

from __future__ import annotations

import inspect
import types
from collections import deque
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import RuleError, message
from ..registry import Rule, non_differentiable, not_yet
from ..tangents.project import unbroadcast
from ..tangents.unknown import Unknown
from . import call as calls
from . import operators
from .context import Context
from .floats import apply_to_floats, are_of_floats
from .memory import claim
from .protocols import in_place_of, taken_over
from .refusals import has_record, missing_rule, name_of, refuse_keyword
from .settle import gather, holds_items, is_array_like, is_number, settle_all
from .shared import conjugate, nones, nothing, python_method
from .ufuncs import ufunc_options
from .watching import IN_PYTHON, SETTLED, asked, end_watch, watch_call

_write_out: list[Any] = []


def write_with(write_out: Any) -> None:
    """Hand in what applies a rule and puts the result into an array."""
    _write_out[:] = [write_out]


_ask: list[Any] = []


def ask_with(apply_asked: Any) -> None:
    """Hand in what asks objects questions."""
    _ask[:] = [apply_asked]


_choose: list[Any] = []


def choose_with(way_by_key: Any) -> None:
    """Hand in what applies functions that choose by a key."""
    _choose[:] = [way_by_key]


@non_differentiable
def are_floats(args: tuple) -> bool:
    """Whether there are one or two arguments, all of them plain floats."""
    n = len(args)
    return (n == 2 and args[1].__class__ is float and args[0].__class__ is float) or (n == 1 and args[0].__class__ is float)


@non_differentiable
def are_arrays(f: Any, args: tuple) -> bool:
    """Whether all arguments are arrays and numbers of NumPy's and Python's own, and none is a place for the result."""
    for a in args:
        if a.__class__ not in _ARRAYS:
            return False
    return f.__class__ is not np.ufunc or len(args) <= f.nin


_ARRAYS = frozenset((np.ndarray, float, int, np.float64))


def array_back(cx: Context, tape: Any, dy: Any) -> tuple:
    """The pullback of an elementwise function of arrays."""
    r, mask, y, args = tape
    if cx.written:
        dy = claim(cx, y, dy)
    if dy is None:
        if has_record(cx, y, args):
            raise missing_rule(r.f)
        return nones(len(args))
    ps = r.parts[0](y, *args)
    if ps.__class__ is not tuple:
        ps = (ps,)
    return tuple([elementwise_part(dy, ps[i], args[i]) if mask >> i & 1 else None for i in range(len(args))])


def float_back(cx: Context, tape: Any, dy: Any) -> tuple:
    """The pullback of an elementwise function of floats."""
    part, y, args = tape
    if dy is None:
        return nones(len(args))
    p = part(y, *args)
    return tuple([None if q is None else dy * q for q in p[:len(args)]]) if p.__class__ is tuple else (dy * p,)


def apply_rule(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """Apply a rule; the pullback returns the cotangents of args and of the keywords' values, in order."""
    if cx.tracked:
        mask = -1
    return way_to_apply(mask, r, f, args, keywords)(cx, mask, r, f, args, keywords)


@non_differentiable
def way_to_apply(mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> Any:
    """The function that applies a rule, by its form and the arguments."""
    if mask and not keywords and not r.user and are_of_floats(f, args):
        return apply_to_floats
    if r.asks:
        if r.asks is True:
            return _ask[0]
        chosen = _choose[0](f, keywords)
        if chosen is not None:
            return chosen
        if asked(r, args):
            return apply_watched
    return plain_way(mask, r, f, args, keywords)


@non_differentiable
def plain_way(mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> Any:
    """The same for functions that call no methods written in Python."""
    if mask and r.form in COTANGENTS and not r.user and not r.writes and are_plain(args) \
            and (not keywords or are_plain(keywords.values())) and spoken_of(r, f, len(args), tuple(keywords)) is not None \
            and (r.overloads is None or tuple not in map(type, args)):      # operators join and repeat tuples
        return apply_plain
    if mask and r.form != "primitive" and not r.user and in_place_of(f, args, keywords) is not None:
        return taken_over
    if ((keywords and keywords.get("out") is not None) or (f.__class__ is np.ufunc and len(args) > f.nin)) and not r.user \
            and r.form != "primitive":
        return _write_out[0]
    if r.form == "primitive":
        return apply_primitive
    if r.form == "none" or mask == 0:
        return apply_nothing
    converted = any(taken_as(f, a) is not None for a in args)
    if r.overloads is not None and not (converted and f.__class__ is np.ufunc) and not all_plain(r, args):
        return operators.overloaded
    if converted and (r.form != "rrule" or is_ours(r)):
        return apply_converted
    return apply_rrule if r.form == "rrule" else apply_parts


def apply_watched(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """A function that calls methods of its arguments which may store something."""
    watch = watch_call(r, args)
    y, back, tape = plain_way(mask, r, f, args, keywords)(cx, mask, r, f, args, keywords)
    end_watch(watch)
    return y, back, tape


def apply_primitive(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    return r.parts[0](cx, mask, *args, **keywords)


def apply_nothing(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    return f(*args, **keywords), nothing, nones(len(args) + len(keywords))


def apply_rrule(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    given = [copy_of(a) for a in args] if is_ours(r) else args
    y, back = r.parts[0](*given, **keywords)
    for a, copy in zip(args, given):
        if y is copy:       # a function that returns one of its arguments
            y = a
    kept, origins = snapshot((y, *args, *keywords.values()))
    n = len(args) + 1
    return y, rrule_back, (r, back, kept[1:n], dict(zip(keywords, kept[n:])), kept[0], origins)


def apply_rephrased(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    order, kept, places = rephrased(r, f, args, keywords)
    first, words = args[:kept], in_words(args, keywords, places)
    y, back, tape = apply_rule(cx, -1, r, f, first, words)
    return y, rephrased_back, (back, tape, order)


@non_differentiable
def are_plain(values: Any) -> bool:
    """Whether values are arrays, numbers, and tuples of whole numbers: nothing that has to be converted, copied or asked."""
    for a in values:
        cls = a.__class__
        if cls not in _PLAIN and not (cls is tuple and all(p.__class__ is int for p in a)):
            return False
    return True


_PLAIN = frozenset((np.ndarray, float, int, np.float64, bool, str, type(None)))


@non_differentiable
def spoken_of(r: Rule, f: Any, n: int, words: tuple) -> tuple[Rule, tuple] | None:
    """The rule for calls of f with n positional arguments and these keywords, and the places of its parts; None if that depends
    on their values."""
    key = (f, n, words)
    if key not in r.spoken:
        plain = "out" not in words and "copy" not in words and n <= r.positional and all(k in r.parameters for k in words)
        r.spoken[key] = (r, r.places(n, words)) if plain else None
    return r.spoken[key]


def apply_plain(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    y = f(*args, **keywords)
    if any_lists((y,)):         # which may change later
        (kept,), origins = snapshot((y,))
        return y, rule_back, (r, mask, kept, args, keywords, origins)
    return y, plain_back, (r, mask, y, args, keywords, f)


def plain_back(cx: Context, tape: Any, dy: Any) -> tuple:
    """The pullback of `elementwise`, `linear` and `rule`, for plain arguments."""
    r, mask, y, args, keywords, f = tape
    if cx.written:
        dy = claim(cx, y, dy)
    if dy is None and holds_items(y):
        dy = gather(cx, y, None)
    if dy is None:
        if has_record(cx, y, args):
            raise missing_rule(f)
        return nones(len(args) + len(keywords))
    if dy.__class__ is Unknown:
        return rule_back(cx, (r, mask, y, args, keywords, None), dy)
    values = (*args, *keywords.values())
    return tuple(COTANGENTS[r.form](r, wanted_plain(r, mask, values, f, tuple(keywords)), dy, y, args, keywords))


@non_differentiable
def wanted_plain(r: Rule, mask: int, values: tuple, f: Any, words: tuple) -> list:
    spoken = spoken_of(r, f, len(values) - len(words), words)
    assert spoken is not None
    return wanted_at(r, mask, values, spoken[1])


def apply_parts(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    if rephrased(r, f, args, keywords) is not None:
        return apply_rephrased(cx, mask, r, f, args, keywords)
    r = covering(r, keywords, args)
    y = f(*args, **keywords)
    kept, origins = snapshot((y, *args, *keywords.values()))
    n = len(args) + 1
    return y, rule_back, (r, mask, kept[0], kept[1:n], dict(zip(keywords, kept[n:])), origins)


def in_words(args: tuple, keywords: dict, places: dict) -> dict:
    """The keywords of a call in the words of a rule, from the arguments at these places."""
    return {k: args[i] if i.__class__ is int else keywords[i] for k, i in places.items()}


def rephrased_back(cx: Context, tape: Any, dy: Any) -> tuple:
    back, inner, order = tape
    ds = back(cx, inner, dy)
    return tuple([None if k is None else ds[k] for k in order])


@non_differentiable
def rephrased(r: Rule, f: Any, args: tuple, keywords: dict) -> Any:
    """How the arguments of a call are put in the words of the rule: where each one given is among them, how many stay by
    position, and for each keyword the argument, by position or by name; None if they are that already.

    What the rule does not speak of is left out if it has its default value, or is a permission to overwrite an argument, of which
    no use is made: the pullback may read it.
    """
    if f.__class__ not in _WRITTEN_IN_PYTHON:
        return without_permissions(args, keywords)
    if len(args) == 1 and not keywords:
        return None
    spoken = r if r.options is None else r.options
    known, n = spoken.parameters, spoken.positional
    if len(args) <= n and all(k in known for k in keywords):
        return None
    try:
        bound = inspect.signature(f).bind(*args, **keywords)
    except (TypeError, ValueError):
        return None             # the function itself says what is wrong
    given = bound.signature.parameters
    names = list(given)
    if len(bound.args) < len(args) or any(p.kind is p.VAR_POSITIONAL for p in given.values()):
        return None
    words, places = dict(keywords), {k: k for k in keywords}
    for i in range(n, len(args)):
        words[names[i]] = args[i]
        places[names[i]] = i
    for k in [k for k in words if (k not in known or k == "out") and k in given]:
        if is_default(words[k], given[k].default) or k.startswith("overwrite_"):
            del words[k]
    for k in words:
        if k not in known and k != "out":
            refuse_keyword(spoken, k)
    kept = min(n, len(args))
    where = {k: kept + i for i, k in enumerate(words)}
    order = [i if i < n else where.get(names[i]) for i in range(len(args))] + [where.get(k) for k in keywords]
    return order, kept, {k: places[k] for k in words}


def without_permissions(args: tuple, keywords: dict) -> Any:
    """As `rephrased`, for a function whose parameters are not known."""
    kept = [k for k in keywords if not k.startswith("overwrite_")]
    if len(kept) == len(keywords):
        return None
    n = len(args)
    return [*range(n), *[n + kept.index(k) if k in kept else None for k in keywords]], n, {k: k for k in kept}


@non_differentiable
def is_default(value: Any, default: Any) -> bool:
    return value is default or (isinstance(value, (bool, int, str)) and value.__class__ is default.__class__ and value == default)


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
        and any(isinstance(a, dict) or python_method(a, "__iter__") is not None or python_method(a, "__getitem__") is not None
                for a in args)


@non_differentiable
def is_iterating(f: Any) -> bool:
    """Whether a function takes the elements of an iterator, not the array that it may be."""
    return f is np.fromiter or getattr(f, "__module__", "numpy").partition(".")[0] != "numpy"


_WRITTEN_IN_PYTHON = (types.FunctionType, type(np.sum))
_VIEWS = (type({}.keys()), type({}.values()), type({}.items()))  # type: ignore[var-annotated]


@non_differentiable
def taken_as(f: Any, a: Any) -> Any:
    """What f makes of an argument first: a list of what can be iterated once only, an array of a list; None for what it takes as
    it is."""
    if a.__class__ is np.ndarray or a.__class__ is float:
        return None
    if f.__class__ is np.ufunc and isinstance(a, (list, tuple)):
        return np.asarray
    if a.__class__ is np.flatiter and not is_iterating(f):
        return np.flatiter.copy
    return list if any_consumed((a,)) or is_iterated(f, (a,)) else None


def apply_converted(cx: Context, mask: int, r: Rule, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """Apply a rule to arguments that are converted first."""
    taken: list = []
    backs: list = []
    for a in args:
        convert = taken_as(f, a)
        if convert is None:
            taken.append(a)
            backs.append(None)
        else:
            y, back, tape = calls.call(cx, -1, convert, a)
            taken.append(y)
            backs.append((back, tape))
    y, back, tape = apply_rule(cx, -1, r, f, tuple(taken), keywords)
    return y, converted_back, (back, tape, backs)


def converted_back(cx: Context, tape: Any, dy: Any) -> tuple:
    back, inner, backs = tape
    ds = list(back(cx, inner, dy))
    for i in range(len(backs)):
        if backs[i] is not None:
            ds[i] = backs[i][0](cx, backs[i][1], ds[i])[0]
    return tuple(ds)


@non_differentiable
def covering(r: Rule, keywords: dict, args: tuple = ()) -> Rule:
    """The rule whose parts speak of all these keywords: r itself, or its form for calls with options."""
    rule = r if all(k in r.parameters for k in keywords) else r.options or ufunc_options(r)
    if r.options is not None and len(args) > len(r.parameters):
        rule = r.options
        keywords = {**dict(zip(rule.parameters, args)), **keywords}
    for k in keywords:
        if k not in rule.parameters or (k == "out" and keywords[k] is not None) \
                or (k == "copy" and rule.fresh and not keywords[k]):
            refuse_keyword(rule, k)
    return rule


@non_differentiable
def all_plain(r: Rule, args: tuple) -> bool:
    """Whether an operator on these operands is NumPy's or Python's arithmetic."""
    for a in args:
        if a.__class__ is not float and a.__class__ is not np.ndarray and not is_number(a) and not isinstance(a, (int, float)):
            if isinstance(a, (list, tuple)):
                return not has_python_method(a) and any(isinstance(b, (np.ndarray, np.inexact)) for b in args)
            return isinstance(a, (np.ndarray, np.generic)) or (is_array_like(a) and not has_python_method(a))
    if not any(isinstance(a, (int, float, complex)) and a.__class__.__flags__ & IN_PYTHON for a in args):
        return True
    return all((m.__module__ or "").partition(".")[0] in SETTLED for m, _ in operators.special_methods(r, args))


def has_python_method(a: Any) -> bool:
    return any(isinstance(v, types.FunctionType) for k in a.__class__.__mro__ for n, v in k.__dict__.items()
               if n.startswith("__") and n in (
        "__add__", "__mul__", "__matmul__", "__sub__", "__truediv__"))


def everywhere(d: Any, x: Any) -> Any:
    """The same cotangent for each number of a nested list."""
    if isinstance(x, list):
        return [everywhere(d, p) for p in x]
    return tuple([everywhere(d, p) for p in x]) if isinstance(x, tuple) else d


def rule_back(cx: Context, tape: Any, dy: Any) -> tuple:
    """The pullback of `elementwise`, `linear` and `rule`."""
    r, mask, y, args, keywords, origins = tape
    if cx.written:
        dy = claim(cx, y, dy)
    if dy is None and holds_items(y):
        dy = gather(cx, y, None, origins)
    if dy is None:
        if has_record(cx, y, (*args, *keywords.values())):      # of an object that a method of an argument made
            raise missing_rule(r.f)
        return nones(len(args) + len(keywords))
    values = (*args, *keywords.values())
    wanted = wanted_parts(r, mask, values, len(args), keywords)
    if dy.__class__ is Unknown:
        ds = [None if j is None else everywhere(dy, x) for j, x in zip(wanted, values)]
    else:
        ds = COTANGENTS[r.form](r, wanted, dy, y, args, keywords)
    return settle_all(cx, values, ds, origins)


@non_differentiable
def wanted_parts(r: Rule, mask: int, values: tuple, n: int, keywords: dict) -> list:
    """For each argument the number of the part of the rule that gives its cotangent; None where none is wanted."""
    return wanted_at(r, mask, values, places(r, n, keywords))


@non_differentiable
def wanted_at(r: Rule, mask: int, values: tuple, where: tuple) -> list:
    """As `wanted_parts`, for parameters at these places."""
    check_covered(r, mask, values, where)
    if r.form == "rule":
        return [j if mask >> i & 1 and has_part(r, j, x) else None for i, (j, x) in enumerate(zip(where, values))]
    return [j if mask >> i & 1 and (j == 0 or r.form != "linear") else None for i, j in enumerate(where)]


def elementwise_cotangents(r: Rule, wanted: list, dy: Any, y: Any, args: tuple, keywords: dict) -> list:
    partials = r.parts[0](y, *exact(y, args), **keywords)
    if partials.__class__ is not tuple:
        partials = (partials,)
    values = (*args, *keywords.values())
    return [None if j is None else elementwise_part(dy, partials[j], x) for j, x in zip(wanted, values)]


def linear_cotangents(r: Rule, wanted: list, dy: Any, y: Any, args: tuple, keywords: dict) -> list:
    return [None if j is None else r.parts[0](dy, *args, **keywords) for j in wanted]


def rule_cotangents(r: Rule, wanted: list, dy: Any, y: Any, args: tuple, keywords: dict) -> list:
    return [None if j is None else r.parts[j](dy, y, *args, **keywords) for j in wanted]


COTANGENTS = {"elementwise": elementwise_cotangents, "linear": linear_cotangents, "rule": rule_cotangents}


def exact(y: Any, args: tuple) -> tuple:
    """Operands as the partial derivatives compute with them: lists beside arrays as arrays; whole numbers beside fractions and
    decimals as such, so that their quotients are not rounded to floats."""
    if y.__class__ is np.ndarray:
        return tuple([np.asarray(a) if isinstance(a, (list, tuple)) else a for a in args])
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
            why="It must return a tuple with one cotangent for each argument.",
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
