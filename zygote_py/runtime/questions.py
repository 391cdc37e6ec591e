"""What Python asks of objects: whether they are true, equal, less, how long they are, what they hold, what their hash is.

Where a method that is written in Python gives the answer, and may store something, it is called like any other function: what it
stores may carry a derivative. Enters: the question, as a function of `operator` or a builtin, and its arguments. Leaves:
the answer, and what is undone in the reverse sweep.
"""

from __future__ import annotations

import operator
from collections import OrderedDict, defaultdict, deque
from typing import Any

from .. import rules as _rules  # noqa: F401  (says of questions that their answers have no derivative)
from ..registry import lookup, non_differentiable
from . import call as calls
from .context import Context
from .rules import ask_with
from .shared import nones, nothing, python_method
from .watching import KEYS, SIZED, TRUTH, Watch, end_watch, may_store, watch_over

__all__ = ["ASKED", "absent", "answering", "ask", "contained", "equal", "told_back", "truth"]

def contained(x: Any, items: Any) -> bool:
    """`x in items`"""
    return x in items


def absent(x: Any, items: Any) -> bool:
    """`x not in items`"""
    return x not in items


non_differentiable(contained)
non_differentiable(absent)


# -- in the Python that the engine reads ----------------------------------------------------------------------------


def compared(f: Any, a: Any, b: Any) -> Any:
    """`a < b` and its like: the methods of both operands, in Python's order."""
    for m, swapped, denied in ways_to_compare(f, a, b):
        y = m(b, a) if swapped else m(a, b)
        if y is not NotImplemented:
            return not truth(y) if denied else y
    return compared_by_identity(f, a, b)


def equal(a: Any, b: Any) -> bool:
    """Whether `a == b`"""
    return truth(compared(operator.eq, a, b))


def truth(x: Any) -> bool:
    if x is True or x is False:
        return x
    name, m = method_for_truth(x)
    return bool(x) if m is None else answered(bool, name, m(x))


def is_true(f: Any, x: Any) -> bool:
    """`bool(x)`"""
    return truth(x)


def is_untrue(f: Any, x: Any) -> bool:
    """`not x`"""
    return not truth(x)


def length(f: Any, x: Any) -> int:
    """`len(x)`"""
    return answered(len, "__len__", python_method(x, "__len__")(x))


def hashed(f: Any, x: Any) -> int:
    """`hash(x)`"""
    return answered(hash, "__hash__", python_method(x, "__hash__")(x))


def search(f: Any, x: Any, items: Any) -> bool:
    """`x in items`"""
    m = python_method(items, "__contains__")
    if m is not None:
        return truth(m(items, x))
    return any(item is x or equal(item, x) for item in items)


def searched_in_vain(f: Any, x: Any, items: Any) -> bool:
    """`x not in items`"""
    return not search(f, x, items)


def holds(f: Any, items: Any, x: Any) -> bool:
    """`operator.contains(items, x)`"""
    return search(f, x, items)


# -- who answers ----------------------------------------------------------------------------------------------------


COMPARISONS = {operator.lt: ("__lt__", "__gt__", "<"), operator.le: ("__le__", "__ge__", "<="),
               operator.gt: ("__gt__", "__lt__", ">"), operator.ge: ("__ge__", "__le__", ">="),
               operator.eq: ("__eq__", "__eq__", "=="), operator.ne: ("__ne__", "__ne__", "!=")}
ASKED: dict[Any, Any] = {bool: is_true, operator.truth: is_true, operator.not_: is_untrue, len: length, hash: hashed,
         contained: search, absent: searched_in_vain, operator.contains: holds, **dict.fromkeys(COMPARISONS, compared)}
"""The questions, each with the function that finds the answer by calling methods written in Python."""


NAMES: dict[Any, tuple[str, ...]] = {
    bool: TRUTH, operator.truth: TRUTH, operator.not_: TRUTH, len: ("__len__",), hash: ("__hash__",), contained: KEYS,
    absent: KEYS, operator.contains: KEYS, **{f: (*names[:2], "__eq__") for f, names in COMPARISONS.items()}}
"""The methods that functions of Python's own call for it, on what containers hold."""


@non_differentiable
def answering(f: Any, args: tuple) -> Any:
    """The function that answers a question by methods which may store something; None where there is no such method."""
    if f in COMPARISONS:
        names = COMPARISONS[f][:2] if f is not operator.ne else ("__ne__", "__eq__")
        methods = [python_method(x, name) for x in args if x.__class__ not in SIZED for name in names]
    elif f is len or f is hash:
        methods = [python_method(args[0], "__len__" if f is len else "__hash__")]
    elif f in (contained, absent, operator.contains):
        items, x = args if f is operator.contains else args[::-1]
        own = [python_method(items, name) for name in ("__contains__", "__iter__", "__getitem__")]
        if items.__class__ in (list, tuple, deque):
            own = [python_method(y, "__eq__") for y in (x, *items) if y.__class__ not in SIZED]
        elif own[0] is None and getattr(type(items), "__contains__", None) is not None:
            own = []
        methods = own
    else:
        methods = [method_for_truth(args[0])[1]]
    return ASKED[f] if any(m is not None and may_store(m, args) for m in methods) else None


@non_differentiable
def method_for_truth(x: Any) -> tuple[str, Any]:
    """The method written in Python that says whether x is true; None if there is none."""
    for name in ("__bool__", "__len__"):
        if getattr(type(x), name, None) is not None:
            return name, python_method(x, name)
    return "", None


@non_differentiable
def ways_to_compare(f: Any, a: Any, b: Any) -> list[tuple[Any, bool, bool]]:
    """The methods that `a < b` and its like try: each one, whether it is called with the operands swapped, and whether it says
    the opposite."""
    name, reflected, _ = COMPARISONS[f]
    one, two = (compare_method(a, name), False), (compare_method(b, reflected), True)
    first = type(a) is not type(b) and issubclass(type(b), type(a))
    return [(m, swapped, denied) for (m, denied), swapped in ((two, one) if first else (one, two))]


def compare_method(x: Any, name: str) -> tuple[Any, bool]:
    """The method of a name, and False; `__eq__` and True where `__ne__` is left to it."""
    m = getattr(type(x), name)
    if m is object.__ne__:
        return type(x).__eq__, True
    return m, False


@non_differentiable
def compared_by_identity(f: Any, a: Any, b: Any) -> bool:
    """What Python says where no method does."""
    if f is operator.eq or f is operator.ne:
        return (a is b) is (f is operator.eq)
    raise TypeError(f"'{COMPARISONS[f][2]}' not supported between instances of {type(a).__name__!r} and {type(b).__name__!r}")


class Answer:
    """An answer that is given once more, so that Python itself judges it."""

    def __init__(self, y: Any) -> None:
        self.y = y

    def again(self) -> Any:
        return self.y


ANSWERS = {name: type("Answer", (Answer,), {name: Answer.again}) for name in ("__bool__", "__len__", "__hash__")}


@non_differentiable
def answered(f: Any, name: str, y: Any) -> Any:
    """What `bool`, `len` or `hash` makes of what a method of this name returned."""
    return f(ANSWERS[name](y))


# -- asking ---------------------------------------------------------------------------------------------------------


@non_differentiable
def watch_question(f: Any, args: tuple) -> Watch:
    """A watch over what Python's own function calls for the answer. Of a dict or a set, the keys are not looked at: it finds the
    one that is asked for by its hash."""
    if f is contained or f is absent or f is operator.contains:
        items, x = args if f is operator.contains else args[::-1]
        if isinstance(items, (dict, set, frozenset)):
            args = (x,)
    return watch_over(NAMES[f], args)


@non_differentiable
def is_looked_up(f: Any, args: tuple) -> bool:
    """Whether it is asked if a dict or set has a number, a text, or a tuple of these: it finds them by their hashes."""
    if (f is contained or f is absent) and args[1].__class__ in _HASHED:
        x = args[0]
        return x.__class__ in _KEYS or (x.__class__ is tuple and _KEYS.issuperset(map(type, x)))
    return False


_HASHED = {dict, set, frozenset, defaultdict, OrderedDict}
_KEYS = frozenset((int, str, float, bool, bytes, type(None)))


def ask(cx: Context, f: Any, *args: Any) -> tuple[Any, Any]:
    """`f(*args)`, and what is undone in the reverse sweep: None, or a pullback and its tape."""
    if is_looked_up(f, args):
        return f(*args), None
    find = answering(f, args)
    if find is None:
        watch = watch_question(f, args)
        y = f(*args)
        end_watch(watch)
        return y, None
    y, back, tape = calls.hooked(cx, find, (f, *args))
    return y, (back, tape)


def told_back(cx: Context, told: Any) -> tuple:
    """The cotangents of the operands of a question."""
    return told[0](cx, told[1], None)[0][1:]


def apply_asked(cx: Context, mask: int, r: Any, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """A question as a call."""
    y, told = ask(cx, f, *args)
    return (y, nothing, nones(len(args))) if told is None else (y, asked_back, told)


def asked_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return told_back(cx, tape)


for f in ASKED:
    lookup(f).asks = True  # type: ignore[union-attr]
ask_with(apply_asked)
