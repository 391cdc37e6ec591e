"""Arrays that a one-shot gradient does not need any more are let go as it walks back.

Enters: the statements of a joint function, simplified. Leaves: the same, with `del` behind the last use of a large value where
more statements follow: the memory serves for what they make. Where it is only the shape of an array that is still asked for, its
outline takes its place. A pullback that can be called again keeps its tape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import (
    DEL,
    assign,
    assigned,
    attribute,
    blocks,
    call,
    clone,
    const,
    load,
    locate,
    reads,
    statements,
    walk,
    written,
)
from ..normalize import Core

__all__ = ["keep_shapes", "let_go", "make_again"]

MORE = 3
"""So many statements at least have to follow."""


def let_go(body: list, core: Core, owner: dict[str, str], large: set[str], shaping: set[str],
           outline: Callable[[], Any]) -> list:
    """The statements with `del`.

    Parameters
    ----------
    body : of the function, its `return` last
    core : what it was made from
    owner : cotangent -> the variable that it belongs to
    large : variables that hold arrays
    shaping : names of functions that ask for no more than the shapes of their arguments, but of the first one
    outline : makes the name of the function that takes an array's place
    """
    if not large and not any(isinstance(s, gast.Assign) and isinstance(s.value, gast.List) for s in body):
        return body
    last: dict[str, int] = {}
    full: dict[str, int] = {}       # where an array itself was used last
    made: set[str] = set()
    gone: set[str] = set()
    whole = -1
    for i, s in enumerate(body):
        last.update({n.id: i for n in walk(s) if n.__class__ is gast.Name})
        if blocks(s):
            gone |= {v for t in statements([s]) if isinstance(t, gast.Delete) for v in written(t)}
            whole = i       # what holds statements may use any variable in full
        else:
            gone |= written(s) if isinstance(s, gast.Delete) else set()
            if large:
                full.update(dict.fromkeys(elements(s, shaping) | written(s), i))
            made |= {v for v in written(s) if is_large(v, s, owner, large)}
    made -= core.memory | core.free | set(core.cells.values()) | set(core.params) | gone
    ends: dict[int, list[str]] = {}         # statement -> the variables that it uses last; that it uses last in full
    outlined: dict[int, list[str]] = {}
    for v in sorted(made):
        if last[v] < len(body) - 1 - MORE:
            ends.setdefault(last[v], []).append(v)
        end = max(whole, full.get(v, whole))
        if v in large and 0 <= end < last[v] - MORE:
            outlined.setdefault(end, []).append(v)
    out: list = []
    for i, s in enumerate(body):
        out.append(s)
        dead = ends.get(i)
        if dead:
            targets = [gast.Name(id=v, ctx=DEL, annotation=None, type_comment=None) for v in dead]
            out.append(locate(gast.Delete(targets=targets), s))
        out += [locate(assign(v, call(outline(), load(v))), s) for v in outlined.get(i, ())]
    return out


def make_again(body: list, core: Core, large: set[str], numbers: set[str], shaping: set[str], small: Callable[[], Any]) -> None:
    """Let go of arrays that are a number times another one, which is kept in any case, until they are asked for, in place.

        t = k * x                                   t = k * x
        y = t * x                                   y = t * x
                                                    t = small(t)
        ...                                         ...
        dx = dy * t                                 dx = dy * (k * x if t is None else t)

    Parameters
    ----------
    large, numbers : variables that hold arrays, and numbers
    shaping : as for `let_go`
    small : makes the name of the function that returns an array, or None if it is worth to be let go
    """
    if not large:
        return
    uses: dict[str, list[int]] = {}
    bound: dict[str, int] = {}
    starts: dict[str, int] = {}
    for i, s in enumerate(body):
        if isinstance(s, gast.Assign):
            starts.setdefault(getattr(s.targets[0], "id", ""), i)
        for t in statements([s]):
            for v in reads(t):
                uses.setdefault(v, []).append(i)
            for v in assigned([t]) if not blocks(t) else ():
                bound[v] = bound.get(v, 0) + 1
    late: dict[int, list[str]] = {}
    for v in sorted(large & bound.keys() & uses.keys()):
        start = starts.get(v)
        if start is None or bound[v] > 1:
            continue
        made = body[start].value
        parts = factors(made, numbers)
        if parts is None or any(bound.get(p, 0) > (p not in core.params) for p in parts):
            continue
        at = uses[v][-1]
        before = max([start, *uses[v][:-1]])
        if at - before > MORE and not blocks(body[at]) and max(uses[parts[-1]]) >= at and v not in core.memory \
                and v in elements(body[at], shaping) and parts[-1] in elements(body[max(uses[parts[-1]])], shaping):
            put_in_place(body[at], v, made)
            late.setdefault(before, []).append(v)
    for i in sorted(late, reverse=True):
        body[i + 1:i + 1] = [locate(assign(v, call(small(), load(v))), body[i]) for v in late[i]]


def factors(e: Any, numbers: set[str]) -> list[str] | None:
    """The variables in a product of a number and an array, the array last; None if an expression is something else."""
    if not (isinstance(e, gast.BinOp) and isinstance(e.op, gast.Mult)):
        return None
    for k, x in ((e.left, e.right), (e.right, e.left)):
        if isinstance(x, gast.Name) and x.id not in numbers and (
                isinstance(k, gast.Constant) or (isinstance(k, gast.Name) and k.id in numbers)):
            return [*([k.id] if isinstance(k, gast.Name) else []), x.id]
    return None


def put_in_place(s: Any, v: str, e: Any) -> None:
    """Let a statement read v where it is there, and what it was made of otherwise."""
    for n in list(walk(s)):
        for field, child in list(vars(n).items()):
            if isinstance(child, gast.Name) and child.id == v and isinstance(child.ctx, gast.Load):
                missing = gast.Compare(left=load(v), ops=[gast.Is()], comparators=[const(None)])
                setattr(n, field, gast.IfExp(test=missing, body=clone(e), orelse=load(v)))


def keep_shapes(body: list, large: set[str], namer: Any, unbroadcast: set[str], to_shape: Callable[[], Any]) -> None:
    """Let the record of a loop hold the shapes of arrays of which the reverse loop asks for no more than these, in place.

        tape.append((h, t))                         tape.append((h, t.shape))
        for h, t in reversed(tape):                 for h, t_shape in reversed(tape):
            dt = unbroadcast(dh, t)                     dt = unbroadcast_to(dh, t_shape)
    """
    recorded: dict[str, list[Any]] | None = None
    if not large:
        return
    for i, loop in enumerate(body):
        if not isinstance(loop, gast.For) or not isinstance(loop.target, gast.Tuple) or not isinstance(loop.iter, gast.Call) \
                or getattr(loop.iter.func, "id", "") != "reversed" or not isinstance(loop.iter.args[0], gast.Name):
            continue
        if recorded is None:
            recorded = records_in(body)
            read_last = {v: k for k, s in enumerate(body) for v in reads(s)}
            late = {s.targets[0].id for s in body if isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name)
                    and isinstance(s.value, gast.Constant) and s.value.value is None}       # recorded before they are bound
        records = recorded.get(loop.iter.args[0].id, ())
        if len(records) != 1 or not isinstance(records[0], gast.Tuple) or len(records[0].elts) != len(loop.target.elts):
            continue
        used = set().union(*(elements(s, unbroadcast) for s in loop.body), assigned(loop.body))
        for k, (value, target) in enumerate(zip(records[0].elts, loop.target.elts)):
            v = target.id
            if v not in used | late and read_last.get(v, i) <= i and v in large and isinstance(value, gast.Name) \
                    and value.id == v:
                records[0].elts[k] = attribute(value, "shape")
                target.id = namer.fresh(v + "_shape")
                for n in walk(loop):
                    if isinstance(n, gast.Call) and isinstance(n.func, gast.Name) and n.func.id in unbroadcast \
                            and getattr(n.args[1], "id", "") == v:
                        n.func, n.args[1] = to_shape(), load(target.id)


def records_in(body: list) -> dict[str, list[Any]]:
    """The values that are added to lists (or handed to other methods of variables), by the list."""
    found: dict[str, list[Any]] = {}
    for s in statements(body):
        if isinstance(s, gast.Expr) and isinstance(s.value, gast.Call) and isinstance(s.value.func, gast.Attribute) \
                and isinstance(s.value.func.value, gast.Name):
            found.setdefault(s.value.func.value.id, []).extend(s.value.args[:1])
    return found


def is_large(v: str, s: Any, owner: dict[str, str], large: set[str]) -> bool:
    """Whether a variable that a statement binds holds an array, the cotangent of one, or the record of a loop."""
    value = getattr(s, "value", None)
    return v in large or owner.get(v) in large or isinstance(value, gast.List) \
        or (isinstance(value, gast.Name) and value.id in large)


def elements(s: Any, shaping: set[str]) -> set[str]:
    """The names in a statement of which more than the shape is asked for."""
    shapes = {id(a) for n in walk(s) if isinstance(n, gast.Call) and isinstance(n.func, gast.Name) and n.func.id in shaping
              for a in n.args[1:]}
    return {n.id for n in walk(s) if isinstance(n, gast.Name) and id(n) not in shapes}
