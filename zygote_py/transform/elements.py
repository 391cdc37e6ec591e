"""Where a loop goes through an array by its elements, their cotangents are in a list while the loop runs.

Enters: the statements of a generated function, simplified. Leaves: the same, where

        dx = zeros(x)                               dx = zero_elements(x, tape)
        for i, t in reversed(tape):                 for i, t in reversed(tape):
            dx[i] += t                                  dx[i] += t
                                                    dx = joined_elements(dx)

An element of a list is read and stored in a fifth of the time that one of an array takes, and is a plain float. Elements of
arrays that the reverse sweep reads again (`recompute`) come out of a list, too. It is found out when the code runs whether the
loop is long enough to pay for the list.

A cotangent that was there before may have views and other names: it gets the elements of the list back in place, and there is no
list if the loop speaks of them.

Views of a cotangent, to which a loop adds part by part, are made once, before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import assign, assigned, blocks, call, clone, load, locate, mentioned, names, statements, walk

__all__ = ["ELEMENT", "list_elements"]

ELEMENT = "element"
"""Mark of a subscript that selects one number of an array with one axis."""


def list_elements(body: list, cotangents: set[str], zeros: set[str], tool: Callable[[str], Any], fresh: Callable[[str], str],
                  after: set[str] | None = None, held: frozenset[str] = frozenset(),
                  kin: dict[str, set[str]] | None = None) -> list:
    """The statements with such lists.

    Parameters
    ----------
    cotangents : names of cotangents
    zeros : names of the function that makes a buffer of zeros
    tool : makes the name of a function of the runtime
    fresh : makes a new name
    after : what is read after these statements; None if that is not known
    held : cotangents that are lists already, if that pays, in a loop around these statements
    kin : `relatives` of the whole function, if these are the statements of a loop
    """
    out: list = []
    kin = relatives(body, cotangents) if kin is None else kin
    for i, s in enumerate(body):
        found = chosen_in(s) - held if isinstance(s, gast.For) else set()
        found = {x for x in found if x not in kin or kin[x].isdisjoint(mentioned(s))}
        lists: dict[str, str] = {}
        made = []
        for x in sorted(found):
            zero = definition(out, x, zeros) if x in cotangents else None
            if zero is not None:        # nobody else knows it yet
                zero.value = call(tool("zero_elements"), *zero.value.args, clone(passes(s)))
                made.append(x)
                continue
            lists[x] = fresh(x + "_list")
            out.append(locate(assign(lists[x], call(tool("elements"), load(x), clone(passes(s)))), s))
            for n in [n for n in walk(s) if isinstance(n, gast.Name) and n.id == x]:
                n.id = lists[x]
        if isinstance(s, gast.For):
            views = take_out_views(s)
            out += [locate(view, s) for view in views]
            for view in views:
                relate(kin, view, cotangents)
        for block in blocks(s):
            block[:] = list_elements(block, cotangents, zeros, tool, fresh, held=held.union(
                made, [new for x, new in lists.items() if x in cotangents]), kin=kin)
        out.append(s)
        changed = [*made, *[d for d in lists if d in cotangents]]
        if after is not None and changed:
            read = after | mentioned(*body[i + 1:])
            changed = [d for d in changed if d in read or d in kin]
        for d in changed:
            joined = call(tool("joined_elements"), *[load(lists[d]), load(d)] if d in lists else [load(d)])
            out.append(locate(assign(d, joined), s))
    return out


def relatives(body: list, cotangents: set[str]) -> dict[str, set[str]]:
    """The other names that the array of a cotangent may have, or a view of it."""
    kin: dict[str, set[str]] = {}
    for s in statements(body):
        relate(kin, s, cotangents)
    return kin


def relate(kin: dict[str, set[str]], s: Any, cotangents: set[str]) -> None:
    """Note whom a statement makes relatives: what it binds, and what its value may share memory with."""
    if not isinstance(s, gast.Assign):
        return
    value, bound = s.value, mentioned(*s.targets)
    parts = [*value.args, *[k.value for k in value.keywords]] if isinstance(value, gast.Call) else [value]
    if isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute):
        parts.append(value.func.value)
    shared = set()
    for part in parts:
        while isinstance(part, (gast.Subscript, gast.Attribute)) and not getattr(part, ELEMENT, False):
            part = part.value
        if isinstance(part, (gast.Name, gast.Tuple, gast.List, gast.IfExp, gast.Call)):
            shared |= mentioned(part)
    shared = {v for v in shared if v in cotangents or v in kin}
    for v in (*bound, *shared) if shared else ():
        kin.setdefault(v, set()).update((bound if v in shared else shared) - {v})


def take_out_views(loop: Any) -> list:
    """The statements that make views of cotangents, where these are the same in each iteration, taken out of a loop."""
    changing = assigned([loop])
    views: dict[str, str] = {}      # the text of a view -> its name
    same: dict[str, str] = {}
    taken, rest = [], []
    for s in loop.body:
        if isinstance(s, gast.Assign) and getattr(s, "view", False) and names(s.value).isdisjoint(changing):
            text, name = gast.dump(s.value), s.targets[0].id
            same[name] = views.setdefault(text, name)
            taken += [s] if same[name] == name else []
        else:
            rest.append(s)
    if taken:
        loop.body = rest
        for n in walk(loop):
            if isinstance(n, gast.Name):
                n.id = same.get(n.id, n.id)
            for field, child in list(vars(n).items()):
                if isinstance(child, gast.Subscript) and gast.dump(child) in views:
                    setattr(n, field, load(views[gast.dump(child)]))
    return taken


def passes(loop: Any) -> Any:
    """What has as many elements as the loop has iterations; None if that has to be found out by running it."""
    source = loop.iter
    if isinstance(source, gast.Call) and getattr(source.func, "id", "") == "reversed":
        source = source.args[0]
    plain = isinstance(source, gast.Name) or (isinstance(source, gast.Call) and getattr(source.func, "id", "") == "range")
    return source if plain else None


def chosen_in(loop: Any) -> set[str]:
    """The arrays of which a loop uses nothing but single elements."""
    if passes(loop) is None:
        return set()
    places = [n for n in walk(loop) if getattr(n, ELEMENT, False) and isinstance(n.value, gast.Name)]
    if not places:
        return set()
    ours = {id(n.value) for n in places}
    others = {n.id for n in walk(loop) if isinstance(n, gast.Name) and id(n) not in ours}
    return {n.value.id for n in places} - others


def definition(before: list, d: str, zeros: set[str]) -> Any:
    """The assignment of a buffer of zeros that nothing has happened to since; None if there is none in these statements."""
    for s in reversed(before):
        if isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name) and s.targets[0].id == d:
            return s if isinstance(s.value, gast.Call) and getattr(s.value.func, "id", "") in zeros else None
        if any(isinstance(n, gast.Name) and n.id == d for n in walk(s)):
            return None
    return None
