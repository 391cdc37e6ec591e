"""Small functions that core code calls where Python has syntax: they are ordinary Python, and are differentiated like any
other."""

from __future__ import annotations

import builtins
import sys
import types
from typing import Any

from ..errors import ZygoteError

__all__ = ["MISSING", "WITHOUT_DERIVATIVES", "advance", "cell_of", "check_count", "check_manager", "del_global", "global_value",
           "join_group", "make_class", "make_function", "make_object", "match_class", "matches", "new_cell",
           "note_failure", "pack_dict",
           "set_global", "split_group"]


WITHOUT_DERIVATIVES: dict[Any, tuple] = {}
"""The functions of which `with f():` makes a block without derivatives. For each, what takes the place there of: a value that is
bound or stored; one that was computed, or updated, `x += y`; a call."""


def make_function(code: types.CodeType, module_globals: dict, cells: tuple, defaults: tuple | None,
                  kwdefaults: dict | None) -> Any:
    """What a `def` or `lambda` does: a function over the enclosing variables' own cells."""
    f = types.FunctionType(code, module_globals, code.co_name, defaults, cells)
    if kwdefaults:
        f.__kwdefaults__ = kwdefaults
    return f


def make_class(code: types.CodeType, module_globals: dict, cells: tuple, name: str, bases: tuple, keywords: dict) -> Any:
    """What a `class` statement does."""
    body = types.FunctionType(code, module_globals, name, None, cells)
    return builtins.__build_class__(body, name, *bases, **keywords)


def make_object(cls: type) -> Any:
    """What the call of a plain class does first: an instance without attributes."""
    return object.__new__(cls)


def check_count(f: Any, items: Any, n: int) -> None:
    """Whether `f(*items)` gets n arguments: else the call is made, for its error."""
    if hasattr(items, "__len__") and len(items) != n:
        f(*items)


def new_cell() -> types.CellType:
    """The cell of a variable that is another one each time: a comprehension's, in a loop."""
    return types.CellType()


def cell_of(f: types.FunctionType) -> Any:
    """The cell of the only free variable of `f`."""
    return f.__closure__[0]  # type: ignore[index]


def pack_dict(*parts: tuple) -> dict:
    """`{k: v, **m}`: each part is a pair, or a tuple of one mapping."""
    d: dict = {}
    for part in parts:
        if len(part) == 2:
            d[part[0]] = part[1]
        else:
            for k in part[0].keys():  # noqa: SIM118  (what has keys need not iterate over them)
                d[k] = part[0][k]
    return d


def matches(caught: BaseException, kinds: Any) -> bool:
    """Whether `except kinds` takes an exception. What this package has to say is for the user, not for a handler."""
    if isinstance(kinds, tuple):
        return any(matches(caught, k) for k in kinds)
    if not (isinstance(kinds, type) and issubclass(kinds, BaseException)):
        raise TypeError("catching classes that do not inherit from BaseException is not allowed")
    return kinds in type(caught).__mro__ and not is_ours(caught)


def is_ours(caught: BaseException) -> bool:
    """Whether an exception says that something can't be differentiated."""
    return isinstance(caught, ZygoteError)


_GROUP: Any = getattr(builtins, "BaseExceptionGroup", None)      # since Python 3.11, like `except*`


def split_group(group: Any, kinds: Any) -> tuple:
    """The part of an exception group that `except* kinds` takes, and the rest; a single exception counts as a group of one."""
    if group is None:
        return None, None
    if isinstance(group, _GROUP):
        return group.split(kinds)
    if matches(group, kinds):
        return _GROUP("", [group]), None
    return None, group


def join_group(caught: Any, raised: list, rest: Any) -> Any:
    """What is raised after the clauses of `except*`: what they raised, and what none of them took; None for nothing."""
    if not raised:
        return rest
    known = {id(e) for e in leaves(caught)}
    new = [e for e in raised if not all(id(x) in known for x in leaves(e))]
    again = {id(x) for e in [*raised, rest] if e is not None and e not in new for x in leaves(e)}
    kept = None
    if again:
        kept = caught.subgroup(lambda e: id(e) in again) if isinstance(caught, _GROUP) else caught
    if not new:
        return kept
    return _GROUP("", new if kept is None else [*new, kept])


def leaves(e: Any) -> list[BaseException]:
    """The exceptions in a group, at any depth."""
    return [x for part in e.exceptions for x in leaves(part)] if isinstance(e, _GROUP) else [e]


def advance(it: Any, sent: Any, thrown: BaseException | None) -> tuple:
    """One step of `yield from it`: a value and False, or what the iterator returned and True."""
    try:
        if thrown is not None:
            if isinstance(thrown, GeneratorExit):
                if hasattr(it, "close"):
                    it.close()
                raise thrown
            if not hasattr(it, "throw"):
                raise thrown
            return it.throw(thrown), False
        if sent is None:
            return next(it), False
        return it.send(sent), False
    except StopIteration as e:
        return e.value, True


def check_manager(manager: Any) -> None:
    """What `with` asks of an object before it enters it."""
    cls = type(manager)
    if not hasattr(cls, "__enter__") or not hasattr(cls, "__exit__"):
        missing = "" if not hasattr(cls, "__enter__") else " (missed __exit__ method)"
        if sys.version_info < (3, 11):
            raise AttributeError("__exit__" if missing else "__enter__")
        raise TypeError(f"{cls.__name__!r} object does not support the context manager protocol{missing}")


def note_failure(caught: BaseException) -> None:
    """What a guarded function does with an exception, in place of raising it; its rule is in `runtime.attempts`."""


MISSING = object()
"""What a mapping pattern gets for a key that is not there."""

_WHOLE = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)


def match_class(obj: Any, cls: Any, count: int, names: tuple) -> Any:
    """The values that a class pattern with `count` positional patterns and these keywords speaks of; None if it does not fit."""
    if not isinstance(obj, cls):
        return None
    parts: list = []
    for name in positional_names(cls, count) + names:
        try:
            parts.append(obj if name is None else getattr(obj, name))
        except AttributeError:
            return None
    return tuple(parts)


def positional_names(cls: Any, count: int) -> tuple:
    """The attributes that the positional patterns of a class pattern stand for; None for the object itself."""
    if not count:
        return ()
    if not hasattr(cls, "__match_args__") and issubclass(cls, _WHOLE):
        names: tuple = (None,)
    else:
        names = getattr(cls, "__match_args__", ())
    if count > len(names):
        raise TypeError(f"{cls.__name__}() accepts {len(names)} positional sub-pattern{'s' * (len(names) != 1)} ({count} given)")
    return names[:count]


def global_value(namespace: dict, name: str) -> Any:
    """A global name that functions bind, or nobody."""
    if name in namespace:
        return namespace[name]
    builtin = builtins_of(namespace)
    if name in builtin:
        return builtin[name]
    raise NameError(f"name '{name}' is not defined")


def builtins_of(namespace: dict) -> dict:
    """The builtins that functions of a module see."""
    found = namespace.get("__builtins__", builtins)
    return found if isinstance(found, dict) else vars(found)


def is_bound(namespace: dict, name: str) -> bool:
    """Whether a global name stands for something."""
    return name in namespace or name in builtins_of(namespace)


def set_global(namespace: dict, name: str, value: Any) -> None:
    """`name = value`, where the name is declared global."""
    namespace[name] = value


def del_global(namespace: dict, name: str) -> None:
    """`del name`, where the name is declared global."""
    global_value(namespace, name)
    del namespace[name]
