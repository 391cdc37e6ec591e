"""What can't happen in a function that needs no context is taken out of it.

Enters: statements. Leaves: the same without what is done for memory that is followed (`if cx.tracked:`), and without the tests of
cotangents that are None for that reason.
"""

from __future__ import annotations

import ast
from typing import Any

__all__ = ["pruned"]


def pruned(body: list, context: str, params: set[str]) -> list:
    """The statements of a function without what follows memory; what would note any is refused elsewhere."""
    body = without(body, context, set())
    while True:
        never = only_none(body) - params
        new = without(body, context, never)
        if count(new) == count(body):
            return new
        body = new


def count(body: list) -> int:
    return sum(1 for s in body for _ in ast.walk(s))


def without(body: list, context: str, never: set[str]) -> list:
    """Tests of which the answer is known are replaced by what follows; `never` are the names that are None throughout."""
    out: list = []
    for s in body:
        known = answer(s.test, context, never) if isinstance(s, ast.If) else None
        if known is not None:
            out += without(s.body if known else s.orelse, context, never)
            continue
        for part in ("body", "orelse"):
            if isinstance(getattr(s, part, None), list):
                setattr(s, part, without(getattr(s, part), context, never))
        if isinstance(s, (ast.For, ast.While)) and not s.body:
            s.body = [ast.Pass()]
        if not isinstance(s, ast.If) or s.body or s.orelse:
            out.append(s)
    return out


def answer(test: Any, context: str, never: set[str]) -> bool | None:
    if isinstance(test, ast.Attribute) and isinstance(test.value, ast.Name) and test.value.id == context:
        return False if test.attr in ("tracked", "written") else None
    if isinstance(test, ast.Compare) and getattr(test.left, "id", None) in never and is_none(test.comparators[0]):
        return isinstance(test.ops[0], ast.Is)
    return None


def is_none(node: Any) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def only_none(body: list) -> set[str]:
    """The names that are bound to None and to nothing else."""
    bound: dict[str, bool] = {}
    for s in body:
        for n in ast.walk(s):
            if isinstance(n, ast.Assign) and len(n.targets) == 1 and isinstance(n.targets[0], ast.Name) and is_none(n.value):
                bound.setdefault(n.targets[0].id, True)
            elif isinstance(n, ast.Assign):
                bound.update(dict.fromkeys(targets(*n.targets), False))
            elif isinstance(n, (ast.AugAssign, ast.For)):
                bound.update(dict.fromkeys(targets(n.target), False))
    return {name for name, nothing in bound.items() if nothing}


def targets(*targets: Any) -> list[str]:
    return [t.id for target in targets for t in ast.walk(target) if isinstance(t, ast.Name) and isinstance(t.ctx, ast.Store)]
