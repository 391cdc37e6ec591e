"""The chain-rule registry: which function has which rule.

Enters: a function object and the mathematics of its derivative, in one of four forms. Leaves: a `Rule`, found by `lookup(f)`.
Functions are told apart by identity; the registry keeps each one alive, so that an id is never reused.

    elementwise   partial derivatives by argument; un-broadcasting, conjugation and projection are done by the engine
    linear        the transpose of a map that is linear in its first argument
    rule          one cotangent expression per argument
    rrule         a function that returns `(y, back)`, for rules that share work
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from inspect import CO_VARARGS
from typing import Any

from .errors import MissingRuleError, here, message

__all__ = ["Rule", "adjoint", "elementwise", "for_numbers", "frule", "linear", "lookup", "lookup_push", "non_differentiable",
           "not_yet", "pushes", "registered", "results", "rrule", "rule", "variant", "version", "when_imported", "with_options"]


class Rule:
    """What is known about one function.

    Attributes
    ----------
    f : the function (or method descriptor, class, ufunc) that the rule is for
    form : 'elementwise', 'linear', 'rule', 'rrule' or 'none' (non-differentiable)
    parts : the lambdas, one per argument for 'rule', a single one for the other forms
    kind : callable from the kinds of the arguments to the kind of the result, or None for the default of the form
    overloads : name of the special method by which an operand's class may take over (`'__add__'`), or None
    pushes : the tangent of the result by argument, as the parts of `rule` are its cotangents; empty if there are none
    swift : lambda of f's parameters that gives the same result as f for real arrays, sooner; None if there is no such form
    own : whether the function is one of this package, whose rule says all there is to say
    into : function `(dx, dy, y, x)` that adds the cotangent of the only argument to an array in place, or None
    variants : cheaper forms of the parts for certain kinds of the arguments
    fresh : whether the result is always new memory
    numbers : the elementwise rule for calls with two numbers, of a function that takes all sorts of things, or None
    options : the rule for calls with keywords that the parts do not speak of, or None
    spoken : by how it was called (function, number of arguments, keywords), what `runtime.rules` found out about that
    writes : whether the function writes into its arguments
    cuts : whether it returns its only argument, without the derivative, if that is a number
    always : whether it is applied even where no argument is active: it calls what it is given, or asks about the run
    asks : whether it is a question that a class may answer by a method written in Python (`runtime.questions`); or the names of
        the methods that it calls to compare, or to find, its arguments and what they hold, and of how much (`runtime.watching`)
    """

    __slots__ = ("always", "asks", "cuts", "f", "form", "fresh", "into", "kind", "numbers", "options", "overloads", "own",
                 "parts", "pushes", "spoken", "swift", "user", "variants", "writes")

    def __init__(self, f: Any, form: str, parts: tuple, kind: Callable | None = None, overloads: str | None = None,
                 fresh: bool = True, user: bool = False) -> None:
        self.f, self.form, self.parts, self.kind = f, form, parts, kind
        self.overloads, self.fresh, self.user = overloads, fresh, user
        self.pushes: tuple = ()
        self.variants: dict[tuple, tuple] = {}
        self.into: Callable | None = None
        self.numbers: Rule | None = None
        self.options: Rule | None = None
        self.swift: Callable | None = None
        self.spoken: dict[tuple, Any] = {}
        self.writes = self.always = self.cuts = False
        self.asks: Any = False
        self.own = str(getattr(f, "__module__", "")).startswith("zygote_py.")

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters of f that the parts speak of."""
        skip = 2 if self.form == "rule" else 1
        for part in self.parts:
            if part is not None and part is not not_yet:
                code = part.__code__
                return code.co_varnames[skip:code.co_argcount + code.co_kwonlyargcount]
        return ()

    @property
    def positional(self) -> int:
        """How many arguments the parts take by position, before a place for the result."""
        n = 0
        for part in self.parts:
            if part is not None and part is not not_yet:
                code = part.__code__
                n = sys.maxsize if code.co_flags & CO_VARARGS else code.co_argcount - (2 if self.form == "rule" else 1)
                break
        return min(n, self.parameters.index("out")) if "out" in self.parameters else n

    def places(self, n: int, words: Iterable[str]) -> tuple[int, ...]:
        """Which parameter each of n positional arguments, and then each keyword, is given to."""
        return (*range(n), *[self.parameters.index(w) for w in words])

    def __repr__(self) -> str:
        return f"<Rule {self.form} {getattr(self.f, '__name__', self.f)!s}>"


_rules: dict[int, Rule] = {}
_pushes: dict[int, tuple[Any, Callable | None]] = {}
_version = [0]
_modules = sys.modules
_waiting: dict[str, list[str]] = {}     # a library's module -> our modules with its rules, which are imported after it
_looked = [0]                       # how many modules there were when we last looked for those libraries


def version() -> int:
    """How often the registry has changed; specialisations made for an older version are not used again."""
    return _version[0]


def lookup(f: Any) -> Rule | None:
    """The rule of `f`, or None."""
    found = _rules.get(id(f))
    if found is None and len(_modules) != _looked[0]:
        import_rules()
        found = _rules.get(id(f))
    return found


def when_imported(library: str, rules: str) -> None:
    """Name the module with the rules for an optional library: it is imported as soon as the library has been.

    A callee without a rule is what makes us look, so that a rule is there before its function is first called.
    """
    _waiting.setdefault(library, []).append(rules)
    _looked[0] = 0


def import_rules() -> None:
    """Import the rules for the libraries that have been imported since we last looked."""
    count = len(_modules)
    for library in [name for name in _waiting if name in _modules]:
        for rules in _waiting.get(library, ()):
            import_module(rules)
        _waiting.pop(library, None)
    _looked[0] = count


def registered() -> list[Rule]:
    """All rules."""
    return list(_rules.values())


def lookup_push(f: Any) -> Callable | None:
    """The forward-mode rule that a user gave `f` with `frule`, or None."""
    return _pushes.get(id(f), (None, None))[1]


def unchanged(known: dict[Any, Any]) -> bool:
    """Whether the objects with these ids still have these rules, or none; a key `("push", id)` asks for a forward-mode rule."""
    return all((_rules.get(key) if key.__class__ is int else _pushes.get(key[1], (None, None))[1]) is r
               for key, r in known.items())


def _register(new: Rule) -> Rule:
    _rules[id(new.f)] = new
    _version[0] += 1
    return new


def elementwise(f: Any, partials: Callable, *, kind: Callable | None = None, overloads: str | None = None,
                fresh: bool = True) -> None:
    """Give the partial derivatives of an elementwise function.

    `partials(y, x1, ..., xn)` returns the derivative of y by x for n = 1, and a tuple of n derivatives otherwise, with None for
    an argument that has none. The function must be holomorphic where it takes complex numbers.

    >>> import math
    >>> elementwise(math.sin, lambda y, x: math.cos(x))
    """
    _register(Rule(f, "elementwise", (partials,), kind, overloads, fresh))


def linear(f: Any, transpose: Callable, *, kind: Callable | None = None, fresh: bool = True) -> None:
    """Give the transpose of a function that is linear in its first argument.

    `transpose(dy, x, *parameters)` has the parameters of `f` (with defaults) after dy; of x only the shape and the type are used.
    `fresh=False` says that the result may be a view of x, or x itself.
    """
    _register(Rule(f, "linear", (transpose,), kind, None, fresh))


def rule(f: Any, *cotangents: Callable | None, kind: Callable | None = None, overloads: str | None = None,
         fresh: bool = True) -> None:
    """Give one cotangent per argument: `lambda dy, y, *parameters of f: expression`, or None for an argument that has none."""
    _register(Rule(f, "rule", cotangents, kind, overloads, fresh))


def variant(f: Any, kinds: tuple, *cotangents: Callable | None) -> None:
    """Give cheaper forms of the parts of `rule(f, ...)`, which hold when the arguments have these kinds.

    >>> import numpy as np
    >>> variant(np.inner, (("a", 1), ("a", 1)), lambda dy, y, a, b: dy * b, lambda dy, y, a, b: dy * a)
    """
    _rules[id(f)].variants[kinds] = cotangents


def with_options(f: Any, *cotangents: Callable | None) -> None:
    """Give the parts for calls of `f` with keywords that its short parts do not speak of, such as `where` and `initial`."""
    _rules[id(f)].options = Rule(f, "rule", cotangents)


def for_numbers(f: Any, partials: Callable) -> None:
    """Give the partial derivatives of `f(a, b)` for two numbers, as for `elementwise`, where f takes all sorts of things.

    >>> for_numbers(max, lambda y, a, b: (0.0 if b > a else 0.5 if a == b else 1.0, 1.0 if b > a else 0.5 if a == b else 0.0))
    """
    _rules[id(f)].numbers = Rule(f, "elementwise", (partials,))


def pushes(f: Any, *tangents: Callable | None) -> None:
    """Give the tangent of the result by each argument, for forward mode: `lambda x_dot, y, *parameters of f: expression`.

    What a rule does not say is found from its pullback: the pullback of a pullback, which is linear, is the pushforward.

    >>> import numpy as np
    >>> pushes(np.outer, lambda x_dot, y, a, b: np.outer(x_dot, b), lambda x_dot, y, a, b: np.outer(a, x_dot))
    """
    _rules[id(f)].pushes = tangents


def not_yet(dy: Any, y: Any, *args: Any, **keywords: Any) -> Any:
    """Stands for a part of a rule that is not worked out: a cotangent for this argument is an error, not None."""
    raise MissingRuleError(message("no rule for this argument", **here(),
                                   why="The function depends on it, but its derivative is not worked out.",
                                   instead="keep the argument constant, or give the function a rule with @adjoint",
                                   doc="docs/limitations.md#missing-rules"))


def rrule(f: Any) -> Callable:
    """Decorate a function of f's arguments that returns `(y, back)`; `back(dy)` returns a tuple with one entry per argument.

    The latest registration wins and takes effect at once.
    """
    def register(define: Callable) -> Callable:
        _register(Rule(f, "rrule", (define,), user=True))
        return define
    return register


adjoint = rrule


def frule(f: Any) -> Callable:
    """Decorate a function `(*args) -> (y, push)` where `push(*tangents)` returns the tangent of y.

    The latest registration wins and takes effect at once. Reverse mode takes no notice of it.
    """
    def register(define: Callable) -> Callable:
        _pushes[id(f)] = (f, define)
        _version[0] += 1
        return define
    return register


def results(kind: Callable, *functions: Any) -> None:
    """Say how the kind of the result of functions that have a rule follows from the kinds of the arguments."""
    for f in functions:
        _rules[id(f)].kind = kind


def non_differentiable(*functions: Any) -> Any:
    """Declare that the result of a function never carries a derivative. Works as a call and as a decorator, and returns f."""
    if not functions:
        return non_differentiable
    for f in functions:
        _register(Rule(f, "none", ()))
    return functions[0]
