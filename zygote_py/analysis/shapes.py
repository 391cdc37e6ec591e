"""Which arrays are known to have the same shape, whatever it is.

Enters: planned core code. Leaves: `plan.fits`, the positions of the operands that have the shape of the result of an elementwise
operation, or of the place where they are stored: their cotangents need no un-broadcasting, and nobody has to keep them for
their shapes.

A shape is a token: two variables with equal tokens have equal shapes at that point of the run. What a reduction with
`keepdims=True` leaves of an array has the token `("into", token of the array, ...)`: it broadcasts to the shape of that array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import assigned, blocks, names, statements, written
from ..normalize import Core
from ..normalize.core import known
from .facts import Plan, is_array, is_loose

__all__ = ["note_shapes", "sets_shape"]

ALIKE = {"conj", "conjugate", "copy", "empty_like", "ones_like", "zeros_like"}


def sets_shape(core: Core, static: Callable) -> bool:
    """Whether a function sets the shape of an array: nothing that is known of shapes holds then."""
    for s in statements(core.body):
        if not isinstance(s, gast.Assign):
            continue
        if isinstance(s.targets[0], gast.Attribute) and s.targets[0].attr == "shape":
            return True
        f = getattr(s.value, "func", None)
        if isinstance(f, gast.Attribute) and f.attr == "resize" and not known(f, static, [core.local])[0]:
            return True
    return False


def note_shapes(core: Core, kinds: list) -> None:
    if any(is_array(k) for k in kinds) or any(is_array(s.plan.kind) for s in statements(core.body) if hasattr(s, "plan")):
        walk(core.body, {p: (p,) for p, k in zip(core.params, kinds) if is_array(k) and p not in core.memory})


def walk(body: list, shapes: dict[str, Any]) -> None:
    """Follow a block; `shapes` is the token of each array, and is brought up to date."""
    for s in body:
        inner = blocks(s)
        if inner:
            bound = assigned([s])
            before = {v: t for v, t in shapes.items() if v not in bound}
            for block in inner:     # a loop may come here again
                walk(block, dict(before if not isinstance(s, gast.If) else shapes))
            shapes.clear()
            shapes.update(before)
            continue
        plan: Plan | None = getattr(s, "plan", None)
        if plan is None:
            continue
        if isinstance(s, gast.AugAssign):
            if plan.extra != "inplace":
                shapes.pop(s.target.id, None)
            elif token_of(s.value, shapes) is not None and token_of(s.value, shapes) == token_of(s.target, shapes):
                plan.fits = frozenset((1,))
            continue
        if plan.form == "setitem":
            place = part_of(s.targets[0], shapes)
            if place is not None and place == token_of(s.value, shapes):
                plan.fits = frozenset((1,))
            continue
        token = shape_of(s, plan, shapes)
        for v in written(s):
            shapes.pop(v, None)
        if token is not None and isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name) and is_array(plan.kind):
            shapes[s.targets[0].id] = token


def shape_of(s: Any, plan: Plan, shapes: dict[str, Any]) -> Any:
    """The token of what a statement binds; None if it is not known."""
    if not isinstance(s, gast.Assign):
        return None
    if plan.form == "copy":
        return shapes.get(plan.args[0].id, (id(s),))
    if plan.form == "index" or (plan.form == "plain" and isinstance(s.value, gast.Subscript)):
        return part_of(s.value, shapes) or (id(s),)
    if plan.form == "plain" and plan.f is None and isinstance(s.value, gast.Call) and len(s.value.args) == 1 \
            and not s.value.keywords:
        like = names(s.value.args[0])
        return shapes.get(next(iter(like)), (id(s),)) if callee_name(s.value) in ALIKE and len(like) == 1 else (id(s),)
    if plan.form not in ("inline", "plain") or plan.f is None or not plan.args:
        return (id(s),)
    if plan.f.form != "elementwise":
        name, first = getattr(plan.f.f, "__name__", ""), plan.args[0]
        keepdims = plan.keywords.get("keepdims")
        if isinstance(first, gast.Name) and first.id in shapes and name in ALIKE:
            return shapes[first.id]
        if isinstance(first, gast.Name) and first.id in shapes \
                and isinstance(keepdims, gast.Constant) and keepdims.value is True \
                and is_array(plan.kind) and plan.kind[1] == plan.facts[0][0][1]:
            return "into", shapes[first.id], (id(s),)
        return (id(s),)
    if any(is_loose(k) for k, _ in plan.facts):
        return (id(s),)
    arrays = [(i, a) for i, (a, (k, _)) in enumerate(zip([*plan.args, *plan.keywords.values()], plan.facts)) if is_array(k)]
    tokens = {token_of(a, shapes) for _, a in arrays}
    whole = tokens - {t for t in tokens if t is not None and t[0] == "into" and t[1] in tokens}
    if len(whole) == 1 and None not in whole:
        token = whole.pop()
        plan.fits = frozenset(i for i, a in arrays if token_of(a, shapes) == token)
        return token
    return (id(s),)


def token_of(e: Any, shapes: dict[str, Any]) -> Any:
    return shapes.get(e.id) if isinstance(e, gast.Name) else None


def part_of(e: Any, shapes: dict[str, Any]) -> Any:
    """The token of a part of an array, or None."""
    whole, key = token_of(e.value, shapes), part_key(e.slice)
    if key is None or whole is None:
        return None
    return whole if key == 0 else (whole, key)


def callee_name(e: Any) -> str:
    return e.func.attr if isinstance(e.func, gast.Attribute) else ""


def part_key(index: Any) -> Any:
    """How much shorter than the whole a part of an array is; None if that isn't known."""
    if not isinstance(index, gast.Slice) or index.step is not None:
        return None
    low = 0 if index.lower is None else constant(index.lower)
    high = 0 if index.upper is None else constant(index.upper)
    if low is None or low < 0 or high is None or high > 0 or (high == 0 and index.upper is not None):
        return None
    return low - high


def constant(e: Any) -> int | None:
    """An integer in the text, or None."""
    if isinstance(e, gast.UnaryOp) and isinstance(e.op, gast.USub):
        value = constant(e.operand)
        return None if value is None else -value
    return e.value if isinstance(e, gast.Constant) and type(e.value) is int else None
