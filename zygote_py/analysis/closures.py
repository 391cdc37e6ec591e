"""Nested functions that are only called: their bodies can stand in place of the calls, and they need not be made.

    f = make_function(f_code, module_globals, (a_cell,), None, None)        t = a
    y = f(x)                                                                y = t * x

What they capture are variables of the function that makes them, which are in cells for their sake.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, CellType, CodeType, FunctionType
from typing import Any

import gast

from ..ir.build import assign, assigned, blocks, change_blocks, load, locate, statements, walk, written
from ..normalize import Core
from ..normalize.helpers import make_function

__all__ = ["Closure", "closures", "drop_unused", "load_captured"]

FLAGS = 0x2C        # *args, **kwargs, and generators


class Closure:
    """A nested function that is bound to a name once.

    Attributes
    ----------
    f : a function over the same code, with empty cells
    captured : the variables that it captures, by the names that it has for them
    """

    def __init__(self, code: CodeType, namespace: dict, captured: dict[str, str]) -> None:
        self.f = FunctionType(code, namespace, code.co_name, None, tuple([CellType() for _ in code.co_freevars]))
        self.captured = captured


def closures(core: Core, namespace: dict, known: Callable[[Any], Any]) -> dict[str, Closure]:
    """The functions that a function makes and binds to a name once, by these names. They are spoken of further on in that block
    only, and called, or handed to functions which are `known`; what they capture is bound before, they have plain parameters, and
    no generator is among them."""
    made = {name for name, f in core.namer.helpers.items() if f is make_function}
    if not made:
        return {}
    join_copies(core, made)
    variables = {cell: v for v, cell in core.cells.items()}
    mentions = Counter(n.id for s in core.body for n in walk(s) if isinstance(n, gast.Name))
    every = statements(core.body)
    own = {s.targets[0].id for s in every if is_made(s, made)}
    place = {id(s): k for k, s in enumerate(every)}
    bound, spoken = bindings(core), dict[str, list[int]]()
    for k, s in enumerate(every):
        for v in spoken_of(s, own, known):
            spoken.setdefault(v, []).append(k)
    found: dict[str, Closure] = {}
    pending = [(core.body, set(core.params))]
    while pending:
        body, sure = pending.pop()
        end = place[id(body[-1])] + len(statements(body[-1:])) if body else 0
        for s in body:
            pending += [(b, set(sure)) for b in blocks(s) if b]
            if isinstance(s, gast.Assign):
                sure |= assigned([s])
            if not is_made(s, made):
                continue
            v, (code, _, cells, *defaults) = s.targets[0].id, s.value.args
            later = sum(place[id(s)] < k < end for k in spoken.get(v, ()))
            plain = isinstance(cells, gast.Tuple) and all(isinstance(d, gast.Constant) for d in defaults)
            if v == core.ret or v in core.memory or mentions[v] != 1 + later or bound[v] != 1 or not plain:
                continue
            inner = core.namer.helpers[code.id]
            names = [variables.get(c.id, "") if isinstance(c, gast.Name) else "" for c in cells.elts]
            if not inner.co_flags & FLAGS and not inner.co_kwonlyargcount and all(n in sure for n in names):
                found[v] = Closure(inner, namespace, dict(zip(inner.co_freevars, names)))
    return found


def join_copies(core: Core, made: set[str]) -> None:
    """Give a function that is made here one name, where another one is bound to it right away, or for the next statement only."""
    bound = bindings(core)
    same: dict[str, str] = {}

    def follow(block: list) -> list:
        out: list = []
        for before, s in zip([None, *block], block):
            change_blocks(s, follow)
            v, f = (s.targets[0].id, s.value.id) if is_copy(s) else ("", "")
            f = same.get(f, f)
            steady = v not in ("", core.ret) and v not in core.memory and bound[v] == 1
            if steady and f in own and (v not in core.user or is_made(before, made)):
                same[v] = f
            else:
                out.append(s)
        return out

    own = {s.targets[0].id for s in statements(core.body) if is_made(s, made) and bound[s.targets[0].id] == 1} - core.memory
    core.body = follow(core.body)
    core.local -= same.keys()
    for s in core.body if same else ():
        for n in walk(s):
            if isinstance(n, gast.Name):
                n.id = same.get(n.id, n.id)


def bindings(core: Core) -> Counter[str]:
    """How many statements bind each variable."""
    return Counter(v for s in statements(core.body) for v in ({s.target.id} if isinstance(s, gast.For) else written(s)))


def is_copy(s: Any) -> bool:
    return isinstance(s, gast.Assign) and isinstance(s.value, gast.Name) and isinstance(s.targets[0], gast.Name)


def spoken_of(s: Any, own: set[str], known: Callable[[Any], Any]) -> Iterator[str]:
    """The names that a statement calls, or hands to one of the `own` functions or a known one: these give it no rule."""
    e = getattr(s, "value", None)
    if isinstance(s, gast.Assign) and isinstance(e, gast.Call):
        if isinstance(e.func, gast.Name):
            yield e.func.id
        f = known(e.func)
        module = getattr(f, "__module__", None) or ""
        if (isinstance(e.func, gast.Name) and e.func.id in own) or (
                isinstance(f, (FunctionType, BuiltinFunctionType, type)) and module.partition(".")[0] != "zygote_py"):
            yield from (a.id for a in [*e.args, *[k.value for k in e.keywords]] if isinstance(a, gast.Name))


def is_made(s: Any, made: set[str]) -> bool:
    return isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name) and isinstance(s.value, gast.Call) \
        and isinstance(s.value.func, gast.Name) and s.value.func.id in made


def load_captured(core: Core, body: list) -> list:
    """The statements of a function that was written out, which read variables that live in cells: each is loaded first."""
    out: list = []
    for s in body:
        change_blocks(s, lambda block: load_captured(core, block))
        if is_copy(s):
            out.append(s)
            continue
        fields = [field for field in ("test", "iter", "value", "exc", "targets") if getattr(s, field, None) is not None]
        read = [n for field in fields for part in as_list(getattr(s, field)) for n in walk(part)
                if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load) and n.id in core.memory]
        for v in sorted({n.id for n in read}):
            t = core.namer.fresh(v)
            core.local.add(t)
            out.append(locate(assign(t, load(v)), s))
            for n in read:
                if n.id == v:
                    n.id = t
        out.append(s)
    return out


def as_list(x: Any) -> list:
    return x if isinstance(x, list) else [x]


def drop_unused(core: Core, found: dict[str, Closure]) -> bool:
    """Leave out the nested functions that nobody calls any more, if there are any, and take what nobody else captures out of the
    cells."""
    made = {name for name, f in core.namer.helpers.items() if f is make_function}
    mentions = Counter(n.id for s in core.body for n in walk(s) if isinstance(n, gast.Name))
    gone = {v for v in found if mentions[v] == 1}
    if not gone:
        return False

    def without(block: list) -> list:
        for s in block:
            change_blocks(s, without)
        return [s for s in block if not (is_made(s, made) and s.targets[0].id in gone)]

    core.body = without(core.body)
    core.local -= gone
    left = {n.id for s in statements(core.body) for n in walk(s) if isinstance(n, gast.Name)}
    for v in {v for name in gone for v in found[name].captured.values()}:
        if v in core.local - core.free and core.cells[v] not in left:
            core.memory.discard(v)
            core.quiet.discard(v)
            del core.cells[v]
    return True
