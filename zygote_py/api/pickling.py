"""Pullbacks that travel to other processes: a tape is plain data, and generated functions are named by what they were made from.

Enters: a `Pullback`. Leaves: bytes, and from bytes a `Pullback` that does the same. A generated function is written as the user's
function, the kinds and the role; where it is read, it is made again, and must come out the same.

What a run keeps by identity (memory that it wrote to, containers it iterated over), and what has no name (lambdas, functions
inside functions), does not travel: that is an error which says so.
"""

from __future__ import annotations

import io
import pickle
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib import import_module
from types import CodeType, FunctionType, ModuleType
from typing import Any

from ..cache import find
from ..errors import message
from ..guards import TWIN
from ..registry import Rule, lookup, registered
from ..requests import GUARDS, code_of, compiled, pair_for
from ..runtime.context import Context

__all__ = ["dumps", "loads"]


def dumps(parts: tuple, cx: Context) -> bytes:
    """The bytes of a pullback: `parts` are its result, its inner pullback, its tape and its arguments."""
    if cx.originals or cx.tracked or cx.written or cx.consumed or cx.namespaces or cx.generators:
        raise refusal("the run wrote to memory, or used up an iterator", "What it keeps of that is told by identity.")
    if any(origins(tape) for tape in tuples(parts)):
        raise refusal("a rule was given a list", "What it keeps of that is told by identity.")
    out = io.BytesIO()
    _Pickler(out).dump(parts)
    return out.getvalue()


loads = pickle.loads


def refusal(what: str, why: str) -> pickle.PicklingError:
    return pickle.PicklingError(message(f"this pullback can't be pickled: {what}", why=why,
                                        instead="send the function and its arguments, and call pullback there"))


def tuples(x: Any) -> Iterator[tuple]:
    """The tuples in a tape, in tuples and lists."""
    if isinstance(x, (tuple, list)):
        if isinstance(x, tuple):
            yield x
        for p in x:
            yield from tuples(p)


def origins(tape: tuple) -> bool:
    """Whether the tape of a rule has lists in it, which are known by identity."""
    return len(tape) == 6 and isinstance(tape[0], Rule) and isinstance(tape[5], dict) and bool(tape[5])


class _Pickler(pickle.Pickler):
    """Writes generated functions, rules and modules by their names."""

    def reducer_override(self, x: Any) -> Any:
        if isinstance(x, FunctionType):
            return self.function(x)
        if isinstance(x, Rule):
            known = lookup(x.f)
            for way in ("rule", "options"):
                if known is not None and x is (known if way == "rule" else known.options):
                    return rule_named, (x.f, way)
            raise refusal(f"the rule of {x.f!r} has changed", "It would be looked up anew.")
        if isinstance(x, ModuleType):
            return import_module, (x.__name__,)
        return NotImplemented

    def function(self, f: FunctionType) -> Any:
        found: Any = sys.modules.get(f.__module__)
        for part in f.__qualname__.split("."):
            found = getattr(found, part, None)
        if found is f:
            return NotImplemented
        inner = f.__dict__.get(GUARDS)
        made = (inner or f).__dict__.get(TWIN)
        if isinstance(made, tuple):
            t, role = made[0], made[3].removesuffix("_functional")
            name = path_of(t.code(), t.name, (inner or f).__globals__)
            return generated, (*name, t.key, role, inner is not None, print_of((inner or f).__code__))
        for rule in registered():
            if f in rule.parts:
                return part_of, (rule.f, rule.parts.index(f))
        return named, path_of(f.__code__, f.__qualname__, f.__globals__)


def path_of(code: CodeType | None, name: str, namespace: dict) -> tuple[str, str]:
    """The module of a function, and its name there."""
    module = namespace.get("__name__", "")
    waiting = [("", vars(sys.modules[module]))] if module in sys.modules else []
    while waiting:
        prefix, names = waiting.pop(0)
        for key, value in list(names.items()):
            if code_behind(value) is code and code is not None:
                return module, prefix + key
            if isinstance(value, type) and value.__module__ == module and prefix.count(".") < 3:
                waiting.append((f"{prefix}{key}.", dict(vars(value))))
    raise refusal(f"{name} has no name in the module {module!r}", "Only functions of modules are found again.")


def code_behind(value: Any) -> CodeType | None:
    """The code of a function, or of the one in a method or property."""
    return getattr(plain(value), "__code__", None)


def plain(value: Any) -> Any:
    value = getattr(value, "__func__", value)
    return value.fget if isinstance(value, property) else value


def print_of(code: CodeType) -> str:
    """A fingerprint of generated code: two processes must mean the same by a tape."""
    constants = [c for c in code.co_consts if isinstance(c, (int, float, complex, str, bytes, type(None)))]
    return sha256(code.co_code + repr((constants, code.co_names, code.co_varnames)).encode()).hexdigest()


def generated(module: str, path: str, key: tuple, role: str, guarded: bool, wanted: str) -> Any:
    """The generated function that was pickled."""
    f = named(module, path)
    b = find(f, key) or compiled(f, key)
    found = b.function(role, code_of)
    if print_of(found.__code__) != wanted:
        raise pickle.UnpicklingError(message(f"the derivative of {path} is another one here",
                                             why="The function, a rule, Python or zygote_py differs from where it was pickled.",
                                             instead="send the function and its arguments, and call pullback here"))
    return pair_for(b)[1] if guarded else found


def named(module: str, path: str) -> Any:
    """The function of a module with a name, or with the name of a property or method."""
    f: Any = import_module(module)
    for part in path.split("."):
        f = vars(f)[part]
    return plain(f)


def rule_named(f: Any, way: str) -> Any:
    known = lookup(f)
    return known if way == "rule" or known is None else known.options


def part_of(f: Any, i: int) -> Any:
    return lookup(f).parts[i]  # type: ignore[union-attr]
