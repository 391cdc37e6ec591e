"""Arrays that a one-shot gradient does not need any more are let go as it walks back.

Enters: the statements of a joint function, simplified. Leaves: the same, with `del` behind the last use of a large value where
more statements follow: the memory serves for what they make. Where it is only the shape of an array that is still asked for, its
outline takes its place. A pullback that can be called again keeps its tape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import DEL, assign, assigned, blocks, call, load, locate, reads, statements, walk, written
from ..normalize import Core

__all__ = ["let_go"]

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
    last: dict[str, int] = {}
    full: dict[str, int] = {}       # where an array itself was used last
    made: set[str] = set()
    gone: set[str] = set()
    for i, s in enumerate(body):
        for t in statements([s]):
            last.update(dict.fromkeys(reads(t) | assigned([t]), i))
            gone |= written(t) if isinstance(t, gast.Delete) else set()
        full.update(dict.fromkeys(last.keys() if blocks(s) else elements(s, shaping) | written(s), i))
        if not blocks(s):
            made |= {v for v in written(s) if is_large(v, s, owner, large)}
    made -= core.memory | core.free | set(core.cells.values()) | set(core.params) | gone
    out: list = []
    for i, s in enumerate(body):
        out.append(s)
        dead = sorted(v for v in made if last[v] == i < len(body) - 1 - MORE)
        if dead:
            targets = [gast.Name(id=v, ctx=DEL, annotation=None, type_comment=None) for v in dead]
            out.append(locate(gast.Delete(targets=targets), s))
        out += [locate(assign(v, call(outline(), load(v))), s) for v in sorted(made & large)
                if full.get(v) == i < last[v] - MORE]
    return out


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
