"""What is said when a derivative is asked for that nobody can give."""

from __future__ import annotations

import types
from typing import Any

from ..errors import MissingRuleError, RuleError, message
from ..registry import Rule, non_differentiable
from .context import Context
from .frames import here


def refuse_keyword(r: Rule, k: str) -> None:
    raise RuleError(message(
        f"the rule of {name_of(r.f)} has no derivative for the keyword `{k}`", **here(),
        why=f"It covers {', '.join(r.parameters)}.", instead="leave the keyword out, or give a rule with @adjoint"))


@non_differentiable
def has_record(cx: Context, y: Any) -> bool:
    """Whether something was read out of a result, and has a cotangent."""
    entry = cx.records.get(id(y))
    return entry is not None and entry[0] is y and any(d is not None for d in entry[1].values())


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
