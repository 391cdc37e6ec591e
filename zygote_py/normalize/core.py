"""The core form of a function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import gast

from ..ir.build import statements, walk
from ..ir.names import Namer

__all__ = ["Core", "known"]


@dataclass
class Core:
    """A function in core form.

    Attributes
    ----------
    name : the user's name for it
    params : flat parameter names: positional, `*args`, keyword-only, `**kwargs`
    body, ret : the statements, and the variable that holds the result
    memory : variables that live in cells: captured by a nested function, or rebound by another one
    cells : name of the variable that holds the cell, for each variable in `memory`
    free : variables of enclosing functions
    nonlocals : names that the function declares nonlocal
    local : the function's own variables
    quiet : captured variables that no nested function rebinds
    user : the local names that are the user's own
    read : variables that are bound to elements of lists and dicts: the user sees their cotangents, as those of `params`
    confined : variables that hold lists and dicts which no other code can reach, and into which something with a derivative is
        put, each with one name for all that may hold the same
    aliases : who shares memory with whom; None in a function that stores nothing
    generator : whether it is a generator
    inlined : calls in place of which the callee's body stands: the statement, the callee's name and its lines
    """

    name: str
    params: list[str]
    body: list
    ret: str
    namer: Namer
    memory: set[str] = field(default_factory=set)
    cells: dict[str, str] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    local: set[str] = field(default_factory=set)
    quiet: set[str] = field(default_factory=set)
    user: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    confined: dict[str, str] = field(default_factory=dict)
    aliases: Any = None
    generator: bool = False
    inlined: list[tuple[Any, str, range]] = field(default_factory=list)

    def temporaries(self) -> set[str]:
        """The variables that are none of the user's, are bound to what a call returns, and are read in one place."""
        every = [n for s in self.body for n in walk(s) if n.__class__ is gast.Name]
        bound = Counter(n.id for n in every if n.ctx.__class__ is gast.Store)
        spoken = Counter(n.id for n in every)
        return {t.id for s in statements(self.body) if isinstance(s, gast.Assign) and isinstance(s.value, gast.Call)
                for t in s.targets if isinstance(t, gast.Name)
                and bound[t.id] == 1 and spoken[t.id] == 2 and t.id in self.local and t.id not in self.user}


def known(e: Any, static: Callable, bound: Iterable[Collection[str]]) -> tuple[bool, Any]:
    """What a name that is in none of `bound`, or a path through modules, stands for, if that is known."""
    root = e
    while isinstance(root, gast.Attribute):
        root = root.value
    if not isinstance(root, gast.Name) or any(root.id in names for names in bound):
        return False, None
    return static(e)
