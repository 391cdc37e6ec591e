"""Where a loop goes through an array by its elements, their cotangents are in a list while the loop runs.

Enters: the statements of a generated function, simplified. Leaves: the same, where

        dx = zeros(x)                               dx = zero_elements(x, tape)
        for i, t in reversed(tape):                 for i, t in reversed(tape):
            dx[i] += t                                  dx[i] += t
                                                    dx = joined_elements(dx)

An element of a list is read and stored in a fifth of the time that one of an array takes, and is a plain float. Elements of
arrays that the reverse sweep reads again (`recompute`) come out of a list, too. It is found out when the code runs whether the
loop is long enough to pay for the list.

Views of a cotangent, to which a loop adds part by part, are made once, before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import assign, assigned, blocks, call, clone, load, locate, names, walk

__all__ = ["ELEMENT", "list_elements"]

ELEMENT = "element"
"""Mark of a subscript that selects one number of an array with one axis."""


def list_elements(body: list, cotangents: set[str], zeros: set[str], tool: Callable[[str], Any], fresh: Callable[[str], str],
                  after: set[str] | None = None, held: frozenset[str] = frozenset()) -> list:
    """The statements with such lists.

    Parameters
    ----------
    cotangents : names of cotangents
    zeros : names of the function that makes a buffer of zeros
    tool : makes the name of a function of the runtime
    fresh : makes a new name
    after : what is read after these statements; None if that is not known
    held : cotangents that are lists already, if that pays, in a loop around these statements
    """
    out: list = []
    for i, s in enumerate(body):
        found = chosen_in(s) - held if isinstance(s, gast.For) else set()
        chosen = sorted(found & cotangents)
        for x in sorted(found - cotangents):
            new = fresh(x + "_list")
            out.append(locate(assign(new, call(tool("elements"), load(x), clone(passes(s)))), s))
            for n in [n for n in walk(s) if isinstance(n, gast.Name) and n.id == x]:
                n.id = new
        for d in chosen:
            made = definition(out, d, zeros)
            if made is not None:
                made.value = call(tool("zero_elements"), *made.value.args, clone(passes(s)))
            else:
                out.append(locate(assign(d, call(tool("elements"), load(d), clone(passes(s)))), s))
        if isinstance(s, gast.For):
            out += [locate(view, s) for view in take_out_views(s)]
        for block in blocks(s):
            block[:] = list_elements(block, cotangents, zeros, tool, fresh, held=held | frozenset(chosen))
        out.append(s)
        if after is not None and chosen:
            chosen = sorted(set(chosen) & (after | {n.id for t in body[i + 1:] for n in walk(t) if isinstance(n, gast.Name)}))
        out += [locate(assign(d, call(tool("joined_elements"), load(d))), s) for d in chosen]
    return out


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
