"""Names that collide with nothing.

Enters: the names that the user's function uses. Leaves: new names, and names for the objects (`helpers`) that generated code
refers to; they become free variables of the generated functions.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable
from typing import Any

__all__ = ["Namer"]


class Namer:
    """Hands out names that the user's function does not use."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken) | set(keyword.kwlist) | set(dir(builtins))
        self.helpers: dict[str, Any] = {}
        self.flags: set[str] = set()
        self.modules: dict[str, Any] = {}
        self._by_id: dict[int, str] = {}
        self._cotangents: dict[str, str] = {}
        self._tangents: dict[str, str] = {}
        self.owner: dict[str, str] = {}
        self.origins: dict[str, str] = {}
        self._count: dict[str, int] = {}
        self.cx, self.tape = self.fresh("cx"), self.fresh("tape")

    def fresh(self, hint: str) -> str:
        """Return `hint`, or `hint_1`, `hint_2`, ..., whichever is free."""
        name = hint
        if name in self.taken:
            n = self._count.get(hint, 0)
            while name in self.taken:
                n += 1
                name = f"{hint}_{n}"
            self._count[hint] = n
        self.taken.add(name)
        return name

    def cotangent(self, variable: str) -> str:
        """Return the name of the variable that holds the cotangent of `variable`."""
        name = self._cotangents.get(variable)
        if name is None:
            name = self._cotangents[variable] = self.fresh("d" + variable)
            self.owner[name] = variable
        return name

    def saved(self, variable: str) -> str:
        """Return a name for a value of `variable` that is saved before it is bound anew."""
        name = self.fresh(variable + "_0")
        self.origins[name] = variable
        return name

    def tangent(self, variable: str) -> str:
        """Return the name of the variable that holds the tangent of `variable`."""
        name = self._tangents.get(variable)
        if name is None:
            name = self._tangents[variable] = self.fresh(variable + "_dot")
            self.owner[name] = variable
        return name

    def helper(self, value: Any, hint: str | None = None) -> str:
        """Return the name by which generated code refers to `value`."""
        name = self._by_id.get(id(value))
        if name is None:
            hint = str(hint or getattr(value, "__name__", "") or type(value).__name__).rsplit(".", 1)[-1]
            if self.modules.get(hint, self) is value:  # the user's own name for it
                return hint
            name = self.fresh(hint if hint.isidentifier() else "helper")
            self._by_id[id(value)] = name
            self.helpers[name] = value
        return name
