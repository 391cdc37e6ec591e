"""From a source to a fresh gast tree.

Enters: a `Source`. Leaves: a gast function node of its own with the positions of the user's file, no decorators, names mangled as
the compiler mangles them, and on each function node directly inside the code object it became (`.code`).
"""

from __future__ import annotations

import copy
from typing import Any

import gast

from zygote_py.frontend.scopes import mangle
from zygote_py.frontend.source import Source

__all__ = ["to_gast"]

_FUNCTIONS = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda)
_CODED = (*_FUNCTIONS, gast.ClassDef, gast.GeneratorExp)


def to_gast(source: Source) -> Any:
    """A gast copy of a function.

    Parameters
    ----------
    source : Source

    Returns
    -------
    gast.FunctionDef, gast.AsyncFunctionDef or gast.Lambda
    """
    original = source.node
    if isinstance(original, _FUNCTIONS):
        twins: dict[int, Any] = {}
        node = _copy(original, twins)
        codes = {id(twins[id(n)]): code for n, code in source.nested.items()}
    else:
        node = gast.ast_to_gast(original)
        by_place = {_place(n): code for n, code in source.nested.items()}
        codes = {id(n): by_place.get(_place(n)) for n in gast.walk(node) if isinstance(n, _CODED)}  # type: ignore[misc]
    for n in gast.walk(node):
        if isinstance(n, _CODED):
            n.code = codes.get(id(n)) if n is not node else None
    if isinstance(node, (gast.FunctionDef, gast.AsyncFunctionDef)):
        node.decorator_list = []
    if source.class_name is not None:
        _mangle(node, source.class_name, True)
    return node


def _place(n: Any) -> tuple[str, int, int]:
    return type(n).__name__, n.lineno, n.col_offset


def _copy(node: Any, twins: dict[int, Any]) -> Any:
    """A deep copy of a tree; `twins` gets the copies by the id of the original."""
    if isinstance(node, list):
        return [_copy(n, twins) for n in node]
    if not isinstance(node, gast.AST):
        return node
    new = copy.copy(node)
    twins[id(node)] = new
    for field in node._fields:
        value = getattr(node, field, None)
        if isinstance(value, (list, gast.AST)):
            setattr(new, field, _copy(value, twins))
    return new


def _mangle(node: Any, cls: str, top: bool = False) -> None:
    """Mangle the names of a tree in place; the name of the function itself stays, as `co_name` does."""
    inner = cls
    if isinstance(node, gast.Name):
        node.id = mangle(node.id, cls)
    elif isinstance(node, gast.Attribute):
        node.attr = mangle(node.attr, cls)
    elif isinstance(node, (gast.FunctionDef, gast.AsyncFunctionDef)):
        node.name = node.name if top else mangle(node.name, cls)
    elif isinstance(node, gast.ClassDef):
        node.name, inner = mangle(node.name, cls), node.name
    elif isinstance(node, (gast.Global, gast.Nonlocal)):
        node.names = [mangle(name, cls) for name in node.names]
    elif isinstance(node, gast.alias):  # the compiler mangles what is imported, too, where it has no dot
        node.name, node.asname = mangle(node.name, cls), node.asname and mangle(node.asname, cls)
    elif isinstance(node, gast.ImportFrom) and node.module:
        node.module = mangle(node.module, cls)
    elif isinstance(node, (gast.MatchAs, gast.MatchStar)) and node.name:
        node.name = mangle(node.name, cls)
    elif isinstance(node, gast.MatchMapping) and node.rest:
        node.rest = mangle(node.rest, cls)
    body = getattr(node, "body", []) if inner is not cls else []
    for child in gast.iter_child_nodes(node):
        _mangle(child, inner if child in body else cls)

