"""The world outside a function, as the analysis sees it: what its names stand for, and what is known about those things.

Each answer becomes an expectation: the guard tests it when the specialisation is entered.
"""

from __future__ import annotations

import copy
import sys
import types
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import gast
import numpy as np

from .analysis.facts import is_scalar
from .analysis.instances import Class, owners
from .frontend.source import generated_from
from .guards import TWIN, Expectations, Outer, held_by
from .ir.build import const, load, names, path_text, tuple_
from .kinds import kind_of
from .registry import linear, lookup, lookup_push, non_differentiable, not_yet
from .rules import kinds as rule_kinds
from .rules.numpy.joining import JOINING
from .rules.numpy.methods import ATTRIBUTES, METHODS
from .runtime.binding import plan as bind_plan
from .runtime.callees import is_opaque
from .runtime.memory import deposit
from .runtime.questions import absent, contained
from .runtime.watching import IN_PYTHON

__all__ = ["World"]


_COPIES = (sorted, copy.copy, copy.deepcopy)
_FIXED = (types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type, np.ufunc)


class World:
    """Answers for one function.

    Parameters
    ----------
    f : the function
    unstable : its free variables that may be rebound while it runs
    optimise : False assumes nothing about kinds
    cells_active : whether the values of its free variables are to be differentiated
    template : callable from a rule's lambda to its source
    callee : callable from a function, kinds and a mask to its specialisation, or None
    """

    Const: type = rule_kinds.Const
    of_constant = staticmethod(rule_kinds.kind_of)
    contained = staticmethod(contained)
    absent = staticmethod(absent)
    not_yet = staticmethod(not_yet)
    broadcast = staticmethod(rule_kinds.broadcast)
    kind_by_elements = staticmethod(rule_kinds.BY_ELEMENTS.get)

    def __init__(self, f: types.FunctionType, unstable: frozenset[str], optimise: bool, cells_active: bool, template: Callable,
                 callee: Callable) -> None:
        self.globals, self.optimise, self.template, self.specialise = f.__globals__, optimise, template, callee
        self.cells = dict(zip(f.__code__.co_freevars, f.__closure__ or ()))
        self.unstable, self.cells_active = unstable, cells_active
        self.asks = generated_from(f.__code__) is None and not str(f.__module__).startswith("zygote_py.")
        self.expect = Expectations()
        self.rules: dict[Any, Any] = {}
        self.callees: dict[Any, Any] = {}
        self.paths: dict[int, Any] = {}     # by which way a known function is found: a dotted name, or the code of a nested one
        self.inner: list[types.FunctionType] = []
        self.known: dict[str, tuple[bool, Any]] = {}
        self.defaults: dict[tuple, str] = {}
        self.class_paths: dict[Class, str | None] = {}
        self.class_names: dict[Class, str] = {}

    # -- names --------------------------------------------------------------------------------------------------

    def value(self, name: str) -> tuple[bool, Any]:
        """Whether a name is bound to something steady, and to what."""
        if name in self.cells:
            if name in self.unstable:
                return False, None
            try:
                return True, self.cells[name].cell_contents
            except ValueError:
                return False, None
        if name in self.globals:
            return True, self.globals[name]
        builtin = self.globals.get("__builtins__", {})
        builtin = builtin.__dict__ if isinstance(builtin, types.ModuleType) else builtin
        if name in builtin:
            return True, builtin[name]
        return False, None

    def static(self, e: Any) -> tuple[bool, Any]:
        """Whether an expression is the path of a function, class or module, and of which."""
        text = path_text(e)
        if text is None:
            return False, None
        if text not in self.known:
            self.known[text] = self.resolve(e, text)
        return self.known[text]

    def resolve(self, e: Any, text: str) -> tuple[bool, Any]:
        if isinstance(e, gast.Name):
            found, value = self.value(e.id)
            if not found or not self.is_fixed(value):
                return False, None
        else:
            found, owner = self.static(e.value)
            if not found or not isinstance(owner, types.ModuleType) or not hasattr(owner, e.attr):
                return False, None
            value = getattr(owner, e.attr)
            if isinstance(value, (int, float, complex)):
                self.expect.kind(text, kind_of(value))
                return True, value
            if not self.is_fixed(value):
                return False, None
        if isinstance(value, types.FunctionType) and self.lookup(value) is None:
            self.expect.code(text, value)
        else:
            self.expect.is_(text, value)
        self.paths.setdefault(id(value), text)
        return True, value

    def imported(self, module: str, path: tuple[str, ...]) -> tuple[bool, Any]:
        """Whether a module has been imported and holds a function with a rule at a path, and which."""
        try:
            value = held_by(module, path)
        except (KeyError, AttributeError):
            return False, None
        if isinstance(value, types.ModuleType) or self.lookup(value) is None:
            return False, None
        self.expect.imported(module, path, value)
        return True, value

    def is_fixed(self, value: Any) -> bool:
        return isinstance(value, _FIXED) or self.lookup(value) is not None

    def acts(self, value: Any) -> bool:
        """Whether a value is a class with a metaclass of the user's: its operators and items may be methods."""
        meta: Any = type(value)
        return isinstance(value, type) and bool(meta.__flags__ & IN_PYTHON) \
            and meta.__module__.partition(".")[0] not in sys.stdlib_module_names

    def outer(self, name: str) -> tuple[Any, int]:
        """Kind and activity of a global or free variable that is not a fixed function or module."""
        found, value = self.value(name)
        if not found:
            return "o", 2 if self.cells_active and name in self.cells else 1
        if self.acts(value):
            return "o", 1
        if self.is_fixed(value) and self.static(load(name))[0]:
            return "k", (2 if self.cells_active else 1) if captures(value) else 0
        kind = "o"
        if self.optimise:
            kind = kind_of(value)
            self.expect.kind(name, kind)
        if name in self.cells and self.cells_active:
            return kind, 0 if kind in ("k", "b") else 2
        if is_scalar(kind) or kind == "k":
            return kind, 0
        return kind, 1

    # -- rules --------------------------------------------------------------------------------------------------

    def lookup(self, f: Any) -> Any:
        found = self.rules[id(f)] = lookup(f)
        self.rules["push", id(f)] = lookup_push(f)
        return found

    def method(self, name: str) -> Any:
        return METHODS.get(name)

    def attribute(self, name: str) -> Any:
        if name not in ATTRIBUTES:
            return None
        return attribute_function(name)

    def value_kind(self, value: Any) -> Any:
        return value.kind if value.__class__ is Outer else kind_of(value)

    def is_opaque(self, f: Any) -> bool:
        return isinstance(f, (types.FunctionType, types.BuiltinFunctionType)) and is_opaque(f)

    def reads_entries(self, e: Any, helpers: dict[str, Any]) -> bool:
        """Whether a call is of a function that makes an array of the entries of its first argument, be it a list or a tuple."""
        f = helpers[e.func.id] if isinstance(e.func, gast.Name) and e.func.id in helpers else self.static(e.func)[1]
        plain = all(k.arg in ("axis", "copy") or (k.arg == "dtype" and self.static(k.value)[1] is float) for k in e.keywords)
        return plain and any(f is g for g in JOINING)

    def keeps_records(self, f: Any) -> bool:
        """Whether a function stores into records and shadows only, which no name of its caller's stands for."""
        return f is deposit

    def may_store(self, rule: Any) -> bool:
        """Whether the cotangent of a result may be in a record: that of a list is."""
        return rule.form in ("primitive", "rrule") or rule.overloads is not None \
            or (rule.form != "elementwise" and rule.kind is None)

    def makes_container(self, f: Any) -> bool:
        """Whether the result of a function is a new list, dict or the like, which may be written to later."""
        return f in _COPIES if not isinstance(f, type) else issubclass(f, (list, dict, set, deque, SimpleNamespace))

    def copies(self, f: Any) -> bool:
        """Whether a function keeps nothing of what it is given, and changes nothing in it: one with a rule of ours."""
        rule = lookup(f)
        return rule is not None and not rule.user and not rule.writes and rule.form in ("elementwise", "linear", "rule", "none")

    def inlinable(self, rule: Any, args: list, keywords: dict, facts: list) -> bool:
        """Whether the parts of a rule that are needed can be copied into the code of this call."""
        if any(k not in rule.parameters for k in keywords):
            return False
        skip = 2 if rule.form == "rule" else 1
        for i, part in enumerate(rule.parts):
            if part is None or (rule.form == "rule" and i < len(facts) and not facts[i][1]):
                continue
            t = self.template(part)
            if t is None or t.bind(args, keywords, skip) is None:
                return False
        return True

    def reads_result(self, rule: Any) -> bool:
        """Whether the parts of a rule that is inlined read what the function gave."""
        if rule.form == "linear":
            return False
        y = 1 if rule.form == "rule" else 0
        parts = [self.template(part) for part in rule.parts if part is not None]
        return any(t is None or t.params[y] in names(t.body) for t in parts)

    # -- callees ------------------------------------------------------------------------------------------------

    def bind(self, f: Any, args: list, keywords: dict, namer: Any) -> list | None:
        """Nodes for the flat parameters of a known function, or None if it can't be called directly.

        The functions behind a call of any callee all lead to each other, and few are needed: they are left to be met at run time.
        """
        if not isinstance(f, types.FunctionType) or f.__closure__ or is_opaque(f) or id(f) not in self.paths \
                or len(f.__code__.co_code) > 4000 or "registry" in f.__dict__ or (f.__module__ or "").startswith("zygote_py.") \
                or TWIN in f.__dict__ or lookup_push(f) is not None:
            return None
        where = bind_plan(f, len(args), tuple(keywords))
        if where is None:
            return None
        out = []
        for how, what in where:
            if how == "arg":
                out.append(args[what])
            elif how == "word":
                out.append(keywords[what])
            elif how == "default":
                if holds_array(what[1]) or self.may_vary(f, what[1]):   # its cotangent has to find its place
                    return None
                out.append(self.default(f, what[0], what[1], namer))
            elif how == "rest":
                out.append(tuple_(args[what:]))
            else:
                return None
        return out

    def may_vary(self, f: types.FunctionType, default: Any) -> bool:
        """Whether a default value may carry a derivative: a number of a function that was made in this run."""
        return self.cells_active and str(self.paths[id(f)]).partition(".")[0] in self.cells \
            and not (default is None or isinstance(default, (bool, str, type, types.FunctionType, types.ModuleType)))

    def default(self, f: types.FunctionType, key: Any, value: Any, namer: Any) -> Any:
        """The default value of a parameter: in the code if it is a plain constant, otherwise found when the code is bound."""
        path = self.paths[id(f)] + (".__kwdefaults__" if isinstance(key, str) else ".__defaults__")
        if not isinstance(key, str):
            self.expect.length(path, len(f.__defaults__ or ()))
        if value is None or type(value) in (bool, str) or (type(value) in (int, float) and 0 <= value < float("inf")):
            self.expect.equal(path, key, value)
            return const(value)
        kind = kind_of(value)
        self.expect.kind(path, kind, key)
        self.expect.same(path, key)
        if (path, key) not in self.defaults:
            self.defaults[path, key] = name = namer.fresh("default")
            namer.helpers[name] = Outer(path, key, kind)
        return load(self.defaults[path, key])

    def callee(self, f: Any, kinds: tuple, mask: int) -> Any:
        """The specialisation of a known function."""
        found = self.specialise(f, kinds, mask)
        if found is not None:
            self.callees[found] = path = self.paths[id(f)]
            if path.__class__ is str:
                self.expect.code(path, f)
                self.expect.same(path)
        return found

    # -- classes ------------------------------------------------------------------------------------------------

    def class_path(self, cls: Class) -> str | None:
        """By which name the function knows a class; None if it knows none."""
        if cls not in self.class_paths:
            found = cls.ref()
            path = self.class_paths[cls] = None if found is None else owners(self.globals, found)
            if path is not None:
                self.expect.is_(path, found)
                if cls.fields():
                    self.expect.plain_tuple(path, cls.fields())
                else:
                    self.expect.plain_class(path)
        return self.class_paths[cls]

    def class_name(self, cls: Class, namer: Any) -> str:
        """The name of a class in generated code."""
        if cls not in self.class_names:
            name = self.class_names[cls] = namer.fresh(cls.name)
            namer.helpers[name] = Outer(self.class_path(cls) or "", None, "k")
        return self.class_names[cls]

    def rely_on(self, cls: Class, attribute: str) -> None:
        """Instances have such attributes of their own."""
        self.expect.plain_class(self.class_path(cls) or "", attribute)

    def method_path(self, cls: Class, name: str, f: types.FunctionType) -> None:
        """A method is called directly."""
        path = f"{self.class_path(cls)}.{name}"
        self.expect.is_(path, f)
        self.paths.setdefault(id(f), path)

    def nested(self, code: types.CodeType) -> types.FunctionType:
        """A function that the one at hand makes, and which captures nothing."""
        f = types.FunctionType(code, self.globals)
        self.inner.append(f)
        self.paths[id(f)] = code
        return f


def holds_array(value: Any) -> bool:
    """Whether a value is an array, or a tuple with one inside."""
    if isinstance(value, tuple):
        return any(map(holds_array, value))
    return hasattr(value, "shape") and not isinstance(value, np.generic)


_attribute_functions: dict[str, Any] = {}


def attribute_function(name: str) -> Any:
    """A function with a rule that stands for reading an array's attribute."""
    f = _attribute_functions.get(name)
    if f is None:
        f = _attribute_functions[name] = eval(f"lambda x: x.{name}")
        part = ATTRIBUTES[name]
        if part is None:
            kind = {"shape": lambda k: ("t", *["i"] * k[1]), "ndim": lambda k: "i", "size": lambda k: "i"}
            non_differentiable(f)
            rule = lookup(f)
            assert rule is not None
            rule.kind = kind.get(name, lambda k: "k")
        else:
            linear(f, part, kind={"T": lambda k: k, "real": real_kind, "imag": real_kind}.get(name), fresh=False)
    return f


def real_kind(k: Any) -> Any:
    return ("a", k[1]) if k[0] == "c" else k


def captures(value: Any) -> bool:
    """Whether a function, or a method of a class, reads variables of a function around it."""
    if isinstance(value, types.FunctionType):
        return bool(value.__closure__) and value.__code__.co_freevars != ("__class__",)
    if isinstance(value, property):
        return captures(value.fget)
    if isinstance(value, (staticmethod, classmethod)):
        return captures(value.__func__)
    return isinstance(value, type) and any(captures(held) for c in value.__mro__ if c.__flags__ & IN_PYTHON
                                           for held in vars(c).values() if not isinstance(held, type))
