"""What is said when a derivative is asked for that nobody can give."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from ..errors import MissingRuleError, RuleError, message
from ..registry import Rule, non_differentiable
from .context import Context
from .frames import here


def refuse_keyword(r: Rule, k: str) -> None:
    raise RuleError(message(
        f"the rule of {name_of(r.f)} has no derivative for the keyword `{k}`", **here(),
        why=f"It covers {', '.join(r.parameters)}.", instead="leave the keyword out, or give a rule with @adjoint"))


@non_differentiable
def has_record(cx: Context, y: Any, args: tuple = ()) -> bool:
    """Whether something was read out of a result, or out of objects in it that the arguments do not hold, and has a cotangent."""
    if isinstance(y, np.ndarray):
        return y.dtype.kind == "O" and any(has_record(cx, x) for x in new_objects(y, args))
    if any(y is x for a in args for x in objects_in(a)):
        return False
    entry = cx.records.get(id(y))
    return entry is not None and entry[0] is y and any(d is not None for d in entry[1].values())


def new_objects(y: Any, args: tuple) -> list:
    """The objects in an array of objects that the arguments do not hold."""
    given = {id(x) for a in args for x in objects_in(a)}
    return [x for x in y.flat if id(x) not in given]


def objects_in(x: Any) -> list:
    """What a value holds, for arrays of objects, lists and tuples; itself for others."""
    if isinstance(x, np.ndarray):
        return list(x.flat) if x.dtype.kind == "O" else []
    return [p for q in x for p in objects_in(q)] if isinstance(x, (list, tuple)) else [x]


def no_rule_back(cx: Context, tape: Any, dy: Any) -> Any:
    if dy is not None:
        raise missing_rule(tape[0])
    return tape[1]


@non_differentiable
def missing_rule(f: Any, what: str = "") -> MissingRuleError:
    return MissingRuleError(message(
        f"no rule for {name_of(f)}{' ' * bool(what)}{what}", **here(),
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
