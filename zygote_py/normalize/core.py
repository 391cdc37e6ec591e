"""The core form of a function."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import gast

from ..ir.build import statements
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

    def is_temporary(self, v: str) -> bool:
        """Whether a variable is none of the user's, is bound to what a call returns, and is read in one place."""
        found = [n for s in self.body for n in gast.walk(s) if isinstance(n, gast.Name) and n.id == v]
        bound = [s.value for s in statements(self.body) if isinstance(s, gast.Assign) and any(t in found for t in s.targets)]
        return v in self.local and v not in self.user and len(found) == 2 and [type(e) for e in bound] == [gast.Call]


def known(e: Any, static: Callable, bound: Iterable[Collection[str]]) -> tuple[bool, Any]:
    """What a name that is in none of `bound`, or a path through modules, stands for, if that is known."""
    root = e
    while isinstance(root, gast.Attribute):
        root = root.value
    if not isinstance(root, gast.Name) or any(root.id in names for names in bound):
        return False, None
    return static(e)
