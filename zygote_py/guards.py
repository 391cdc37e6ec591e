"""What generated code assumes about names outside the function, and a function that tests it.

Enters: assumptions of the analysis, such as "`np.sin` is this ufunc", "`helper` has this code", "`K` holds a number". Leaves: for
each function object a guard without arguments, over that function's own globals and cells.

An assumption must not keep the user's modules, classes and functions alive: those are referred to weakly.
"""

from __future__ import annotations

import re
import sys
import types
import weakref
from collections.abc import Callable, Mapping, Sequence
from types import CellType, CodeType, FunctionType
from typing import Any

from .analysis.instances import is_plain_class, is_plain_tuple
from .kinds import kind_of, types_of

__all__ = ["GLOBALS", "TWIN", "Expectations", "Layout", "Outer", "all_of", "evaluate", "held_by"]

_PACKAGES = frozenset(sys.stdlib_module_names) - {"__main__"} | {"numpy", "scipy", "zygote_py"}
_HEAP_TYPE = 1 << 9


class Outer:
    """Stands for a value that is found when code is bound to a function: what a path leads to."""

    __slots__ = ("__name__", "key", "kind", "path")

    def __init__(self, path: str, key: Any = None, kind: Any = "o") -> None:
        self.path, self.key, self.kind = path, key, kind
        self.__name__ = path

    def value(self, namespace: dict, cells: Mapping[str, CellType]) -> Any:
        found = evaluate(self.path, namespace, cells)
        return found if self.key is None else found[self.key]


TWIN = "__zygote_py_twin__"     # on generated functions: where the form without in-place updates is found

GLOBALS = Outer("globals")
"""Stands for the globals of the function that code is bound to."""


def evaluate(path: str, namespace: dict, cells: Mapping[str, CellType]) -> Any:
    """What a dotted path leads to, from a function with these globals and cells."""
    first, *rest = path.split(".")
    if first in cells:
        value = cells[first].cell_contents
    elif first in namespace:
        value = namespace[first]
    else:
        builtin = namespace.get("__builtins__", {})
        value = builtin[first] if isinstance(builtin, dict) else getattr(builtin, first)
    for name in rest:
        value = getattr(value, name)
    return value


def held_by(module: str, path: tuple[str, ...]) -> Any:
    """What a module that has been imported holds at a path."""
    value: Any = sys.modules[module]
    for name in path:
        value = getattr(value, name)
    return value


def lasts(value: Any) -> bool:
    """Whether a value belongs to Python or NumPy, so that nothing of the user's is kept alive by it."""
    if isinstance(value, types.ModuleType):
        return value.__name__.partition(".")[0] in _PACKAGES
    if isinstance(value, type):
        return not value.__flags__ & _HEAP_TYPE or value.__module__.partition(".")[0] in _PACKAGES
    if isinstance(value, types.BuiltinFunctionType):
        return value.__self__ is None or isinstance(value.__self__, types.ModuleType)
    return False


class Expectations:
    """The assumptions of one specialisation, as tests written in Python; `$0`, `$1` are the values that they compare with."""

    def __init__(self) -> None:
        self.tests: dict[str, tuple] = {}
        self.classes: dict[str, set[str]] = {}

    def plain_class(self, path: str, attribute: str | None = None) -> None:
        """The path leads to a class whose instances are made in the ordinary way, and have such an attribute of their own."""
        self.classes.setdefault(path, set()).update([attribute] if attribute is not None else [])

    def plain_tuple(self, path: str, fields: tuple) -> None:
        """The path leads to a class of named tuples, with these fields."""
        self.tests[f"$0({path}, $1)"] = is_plain_tuple, fields

    def is_(self, path: str, value: Any) -> None:
        """The path leads to this very object."""
        if not lasts(value):
            try:
                self.tests.setdefault(f"{path} is $0()", (weakref.ref(value),))
            except TypeError:
                pass
            else:
                return
        self.tests.setdefault(f"{path} is $0", (value,))

    def imported(self, module: str, path: tuple[str, ...], value: Any) -> None:
        """What a module holds at a path is this very object."""
        self.tests.setdefault(f"$0({module!r}, {path!r}) is $1", (held_by, value))

    def code(self, path: str, f: FunctionType) -> None:
        """The path leads to a function with the same code."""
        self.tests.setdefault(f"{path}.__code__ is $0()", (weakref.ref(f.__code__),))

    def same_globals(self, path: str) -> None:
        """The function that the path leads to is of the same module."""
        self.tests.setdefault(f"{path}.__globals__ is $0()", (globals,))

    def same(self, path: str, key: Any = None) -> None:
        """The path leads to the same object as when the code was bound."""
        at = path if key is None else f"{path}[{key!r}]"
        self.tests.setdefault(f"{at} is $0", (Outer(path, key),))

    def kind(self, path: str, kind: Any, key: Any = None) -> None:
        """What the path leads to is of a kind."""
        at = path if key is None else f"{path}[{key!r}]"
        if kind in ("f", "i", "z", "b"):
            self.tests.setdefault(f"{at}.__class__ in $0", (types_of(kind),))
        else:
            self.tests.setdefault(f"$0({at}) == $1", (kind_of, kind))

    def equal(self, path: str, key: Any, value: Any) -> None:
        """The entry of a tuple or dict is this constant."""
        at = f"{path}[{key!r}]"
        if value is None or value is True or value is False:
            self.tests.setdefault(f"{at} is $0", (value,))
        else:
            self.tests.setdefault(f"{at}.__class__ is $0 and {at} == $1", (type(value), value))

    def length(self, path: str, n: int) -> None:
        self.tests.setdefault(f"$0({path}) == $1", (len, n))

    def compile(self, freevars: Sequence[str]) -> Layout | None:
        """The tests as one function; None if there is nothing to test."""
        for path, attributes in self.classes.items():
            self.tests[f"$0({path}, $1)"] = is_plain_class, tuple(sorted(attributes))
        if not self.tests:
            return None
        words = {w for test in self.tests for w in re.findall(r"[^\W\d]\w*", test)}
        prefix = "expected"
        while any(w.startswith(prefix) for w in words):
            prefix += "_"
        values: dict[str, Any] = {}
        parts = []
        for test, given in self.tests.items():
            for i, value in enumerate(given):
                name = f"{prefix}{len(values)}"
                values[name] = value
                test = test.replace(f"${i}", name)
            parts.append(test)
        free = [*values, *(v for v in freevars if v in words)]
        text = f"def factory({', '.join(free)}):\n    return lambda: {' and '.join(parts)}\n"
        code = compile(text, "<zygote_py guard>", "exec", dont_inherit=True)
        for _ in range(2):
            code = next(c for c in code.co_consts if isinstance(c, CodeType))
        return Layout(code, values, freevars)


class Layout:
    """A code object, and where the cells of a function over it come from.

    Some are shared by all functions over the code, some are the user function's own, some are made for each function.

    Parameters
    ----------
    code : of a generated function
    helpers : free name -> its value; an `Outer` or another stand-in is resolved when the code is bound
    freevars : the names of the user's own cells
    """

    __slots__ = ("cells", "code", "parts", "simple")

    def __init__(self, code: CodeType, helpers: Mapping[str, Any], freevars: Sequence[str], stand_ins: tuple = (Outer,)) -> None:
        self.code = code
        self.parts: list[Any] = []
        for name in code.co_freevars:
            if name in helpers:
                value = helpers[name]
                self.parts.append(value if value.__class__ in stand_ins else CellType(value))
            else:
                self.parts.append(freevars.index(name))
        self.simple = all(p.__class__ in (CellType, int) for p in self.parts)
        self.cells = tuple(self.parts) if all(p.__class__ is CellType for p in self.parts) else None

    def bind(self, namespace: dict, closure: tuple, resolve: Callable[[Any], CellType] | None) -> FunctionType:
        """A function over these globals and cells."""
        cells = self.cells
        if cells is None:
            cells = tuple([p if p.__class__ is CellType else closure[p] if p.__class__ is int else resolve(p)  # type: ignore[misc]
                           for p in self.parts])
        return FunctionType(self.code, namespace, None, None, cells)


def all_of(guards: Sequence[Callable[[], bool]]) -> Callable[[], bool] | None:
    """One guard for several."""
    if len(guards) < 2:
        return guards[0] if guards else None
    several = tuple(guards)

    def guard() -> bool:
        for g in several:  # noqa: SIM110  (faster)
            if not g():
                return False
        return True
    return guard
