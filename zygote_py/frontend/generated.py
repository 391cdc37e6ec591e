"""The methods that the standard library writes: those of dataclasses, and `__new__` of named tuples.

Enters: a function that was compiled from no file. Leaves: a text like the one it was compiled from, in the spellings of all
Python versions; whoever asks proves by bytecode which one it is.

The closure variables have the names that `dataclasses` gives them, so the function's own cells fit.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from types import FunctionType
from typing import Any

__all__ = ["source_of"]

_COMPARISONS = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">=", "__eq__": "=="}

_METHODS = {"__init__", "__repr__", "__hash__", "__setattr__", "__delattr__", *_COMPARISONS}


def source_of(fn: FunctionType, owner: type | None = None) -> str | None:
    """A text with an equal of `fn` in it.

    Parameters
    ----------
    fn : function without source
    owner : the class that `fn` was found in; looked for where it is not given

    Returns
    -------
    str or None
        None where the standard library would not have written such a function.
    """
    code = fn.__code__
    if code.co_name == "<lambda>" and code.co_names == ("_tuple_new",):
        names = ", ".join(code.co_varnames[1:])
        return f"lambda _cls, {names}: _tuple_new(_cls, ({names},))\n"
    if code.co_name not in _METHODS:
        return None
    for cls in _owners(fn, owner):
        if dataclasses.is_dataclass(cls):
            fields = list(cls.__dataclass_fields__.values())
            return "".join(map(_wrapped, _versions(cls, code.co_name, code.co_varnames, fields)))
    return None


def _owners(fn: FunctionType, owner: type | None) -> Iterator[type]:
    """The classes that may own a function, the likeliest first."""
    if owner is not None:
        yield from (c for c in owner.__mro__ if any(_inner(v) is fn.__code__ for v in vars(c).values()))
    found: Any = fn.__globals__
    for part in fn.__qualname__.split(".")[:-1]:
        found = found.get(part) if isinstance(found, dict) else getattr(found, part, None)
    if isinstance(found, type):
        yield found
    elif owner is None and ("<locals>" in fn.__qualname__ or fn.__code__.co_filename == "<string>"):
        # a class made inside a function, or in a namespace that is not its module's, as doctest does
        yield from (c for c in _classes() if _inner(vars(c).get(fn.__code__.co_name)) is fn.__code__)


def _classes() -> Iterator[type]:
    """All classes that there are."""
    waiting, met = [object], {object}
    while waiting:
        new = [c for c in type.__subclasses__(waiting.pop()) if c not in met]
        met.update(new)
        waiting += new
        yield from new


def _inner(value: Any) -> Any:
    """The code object of a method, below the guard against recursion that `__repr__` has."""
    return getattr(getattr(value, "__wrapped__", value), "__code__", None)


def _wrapped(function: tuple[str, Iterable[str]]) -> str:
    """The function inside another one that has the closure variables."""
    text, free = function
    return f"def __create_fn__({', '.join(free)}):\n{text}\n"


def _versions(cls: type, name: str, variables: tuple[str, ...], fields: list[Any]) -> Iterator[tuple[str, Iterable[str]]]:
    """One method in the spellings of the Python versions, each with its closure variables."""
    own = [f for f in fields if _kind(f) == "_FIELD"]
    if name == "__init__":
        for style in (("__dataclass_dflt_{}__", "__dataclass_HAS_DEFAULT_FACTORY__"), ("_dflt_{}", "_HAS_DEFAULT_FACTORY")):
            yield _init(cls, variables[0], [f for f in fields if _kind(f) != "_FIELD_CLASSVAR"], *style)
    elif name == "__repr__":
        shown = ", ".join(f"{f.name}={{self.{f.name}!r}}" for f in own if f.repr)
        yield _def(name, "self", f"return self.__class__.__qualname__ + f\"({shown})\""), ()
        yield _def(name, "self", f"return f\"{{self.__class__.__qualname__}}({shown})\""), ()
    elif name == "__hash__":
        yield _def(name, "self", f"return hash({_tuple('self', _hashed(own))})"), ()
    elif name in _COMPARISONS:
        compared = [f for f in own if f.compare]
        result = f"{_tuple('self', compared)} {_COMPARISONS[name]} {_tuple('other', compared)}"
        test = "if other.__class__ is self.__class__:"
        yield _def(name, "self, other", test, f"    return {result}", "return NotImplemented"), ()
        if name == "__eq__":
            result = " and ".join(f"self.{f.name} == other.{f.name}" for f in compared) or "True"
            yield _def(name, "self, other", "if self is other:", "    return True", test, f"    return {result}",
                       "return NotImplemented"), ()
    elif name in ("__setattr__", "__delattr__"):
        yield from _frozen(name, [f.name for f in own])


def _kind(field: Any) -> str:
    return getattr(field._field_type, "name", "_FIELD")


def _hashed(fields: list[Any]) -> list[Any]:
    return [f for f in fields if (f.compare if f.hash is None else f.hash)]


def _def(name: str, parameters: str, *lines: str) -> str:
    return f"    def {name}({parameters}):\n" + "\n".join("        " + line for line in lines)


def _tuple(prefix: str, fields: list[Any]) -> str:
    return f"({', '.join(f'{prefix}.{f.name}' for f in fields)},)" if fields else "()"


def _init(cls: Any, self_name: str, fields: list[Any], default: str, marker: str) -> tuple[str, list[str]]:
    """`__init__`, with the names of defaults and of the mark of a missing argument in one of two spellings."""
    missing = dataclasses.MISSING
    parameters, keywords, lines = [self_name], [], []  # type: ignore[var-annotated]
    for f in fields:
        given = default.format(f.name)
        if f.init:
            value = f"={marker}" if f.default_factory is not missing else f"={given}" if f.default is not missing else ""
            (keywords if f.kw_only else parameters).append(f.name + value)
        if f.default_factory is not missing:
            value = f"{given}() if {f.name} is {marker} else {f.name}" if f.init else f"{given}()"
        elif f.init:
            value = f.name
        elif f.default is not missing and "__slots__" in vars(cls):
            value = given
        else:
            continue
        if _kind(f) == "_FIELD_INITVAR":
            continue
        if cls.__dataclass_params__.frozen:
            lines.append(f"__dataclass_builtins_object__.__setattr__({self_name}, {f.name!r}, {value})")
        else:
            lines.append(f"{self_name}.{f.name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append(f"{self_name}.__post_init__({', '.join(f.name for f in fields if _kind(f) == '_FIELD_INITVAR')})")
    free = [default.format(f.name) for f in fields] + [marker, "__dataclass_builtins_object__"]
    return _def("__init__", ", ".join(parameters + ["*"] * bool(keywords) + keywords), *(lines or ["pass"])), free


def _frozen(name: str, names: list[str]) -> Iterator[tuple[str, Iterable[str]]]:
    """`__setattr__` and `__delattr__` of a frozen class."""
    parameters, verb = ("self, name, value", "assign to") if name == "__setattr__" else ("self, name", "delete")
    listed = ", ".join(map(repr, names))
    for condition in (f" or name in {{{listed}}}" if names else "", f" or name in ({listed},)" if names else " or name in ()"):
        yield _def(name, parameters, f"if type(self) is cls{condition}:",
                   f"    raise FrozenInstanceError(f\"cannot {verb} field {{name!r}}\")",
                   f"super(cls, self).{name}({parameters.removeprefix('self, ')})"), ("cls", "FrozenInstanceError")
