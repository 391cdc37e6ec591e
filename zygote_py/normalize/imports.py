"""What is imported in the function itself, and is known: `from math import sin` in its body, say.

Enters: a function body. Leaves: the same, with functions that have a rule in place of the names, and paths through modules,
that lead to them; so they are called as those that were imported at the top of the file. The imports stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import load, locate, walk
from ..ir.names import Namer

__all__ = ["resolve_imports"]


def resolve_imports(body: list, local: set[str], namer: Namer, imported: Callable) -> None:
    """Put known functions in the place of what an import of the function's own binds, from there on.

    Only imports that are always done count, of names that are bound nowhere else, and that no nested function captures.

    Parameters
    ----------
    body : the statements, rewritten in place
    local : the names that may be resolved
    imported : callable from the name of a module and a path in it to (known, value)
    """
    bound = Counter(bindings(body))
    for i, s in enumerate(body):
        if not isinstance(s, (gast.Import, gast.ImportFrom)) or (isinstance(s, gast.ImportFrom) and s.level):
            continue
        found = {}
        for name, module, path in imports(s):
            if name in local and bound[name] == 1 and not any(name in loads(x) for x in body[:i]):
                found[name] = module, path
        if found:
            rewriter = Rewriter(found, namer, imported)
            body[i + 1:] = [rewriter.visit(x) for x in body[i + 1:]]


def imports(s: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    """The names that an import binds, and the modules and paths in them that these lead to."""
    if isinstance(s, gast.ImportFrom):
        return [(a.asname or a.name, s.module, (a.name,)) for a in s.names]
    return [(a.asname, a.name, ()) if a.asname else (a.name.partition(".")[0], a.name.partition(".")[0], ()) for a in s.names]


def bindings(body: list) -> list[str]:
    """The names that are bound or deleted somewhere in a body, as often as that happens."""
    found = []
    for s in body:
        for n in walk(s):
            if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load):
                found.append(n.id)
            elif isinstance(n, (gast.FunctionDef, gast.ClassDef)):
                found.append(n.name)
            elif isinstance(n, (gast.Import, gast.ImportFrom)):
                found += [(a.asname or a.name).partition(".")[0] for a in n.names]
    return found


def loads(s: Any) -> set[str]:
    return {n.id for n in walk(s) if isinstance(n, gast.Name)}


class Rewriter(gast.NodeTransformer):
    """Puts functions in the place of names and paths."""

    def __init__(self, found: dict[str, tuple[str, tuple[str, ...]]], namer: Namer, imported: Callable) -> None:
        self.found, self.namer, self.imported = found, namer, imported

    def visit_Name(self, e: Any) -> Any:
        return self.resolved(e, e, ())

    def visit_Attribute(self, e: Any) -> Any:
        path: tuple[str, ...] = ()
        root = e
        while isinstance(root, gast.Attribute):
            root, path = root.value, (root.attr, *path)
        if isinstance(root, gast.Name):
            return self.resolved(e, root, path)
        e.value = self.visit(e.value)
        return e

    def resolved(self, e: Any, root: Any, path: tuple[str, ...]) -> Any:
        """A path, or what it leads to."""
        if root.id not in self.found or not isinstance(e.ctx, gast.Load):
            return e
        module, start = self.found[root.id]
        known, value = self.imported(module, (*start, *path))
        return locate(load(self.namer.helper(value)), e) if known else e
