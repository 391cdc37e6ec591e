"""From a source to a fresh gast tree.

Enters: a `Source`. Leaves: a gast function node of its own with the positions of the user's file, no decorators, names mangled as
the compiler mangles them, and on each function node directly inside the code object it became (`.code`).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from types import CodeType
from typing import Any

import gast

from zygote_py.frontend.scopes import mangle
from zygote_py.frontend.source import Source
from zygote_py.ir.build import DEL, LOAD, PARAM, STORE

__all__ = ["to_gast"]

_CODED = frozenset(cls for module in (ast, gast) for cls in (
    module.FunctionDef, module.AsyncFunctionDef, module.Lambda, module.ClassDef, module.GeneratorExp))
_CONTEXTS = {gast.Load: LOAD, gast.Store: STORE, gast.Del: DEL, gast.Param: PARAM}
_GAST: dict[type, Any] = {ast.arg: gast.Name}
for _name, _cls in vars(ast).items():
    if isinstance(_cls, type) and issubclass(_cls, ast.AST) and isinstance(getattr(gast, _name, None), type):
        _GAST[_cls] = _GAST[getattr(gast, _name)] = getattr(gast, _name)
_GAST[gast.Param] = gast.Param
del _name, _cls


def to_gast(source: Source) -> Any:
    """A gast copy of a function.

    Parameters
    ----------
    source : Source

    Returns
    -------
    gast.FunctionDef, gast.AsyncFunctionDef or gast.Lambda
    """
    node = _convert(source.node, source.nested)
    node.code = None
    if isinstance(node, (gast.FunctionDef, gast.AsyncFunctionDef)):
        node.decorator_list = []
    if source.class_name is not None:
        _mangle(node, source.class_name, True)
    return node


def _convert(node: Any, codes: Mapping[Any, CodeType]) -> Any:
    """A tree of gast nodes from one of ast or gast nodes; functions get their code objects."""
    kind = node.__class__
    cls = _GAST.get(kind)
    if cls is None:
        return gast.ast_to_gast(node)
    if cls in _CONTEXTS:
        return _CONTEXTS[cls]
    known = node.__dict__
    new = cls.__new__(cls)
    fields = new.__dict__
    if kind is cls:
        fields.update(known)
    elif "lineno" in cls._attributes:
        fields["lineno"], fields["col_offset"] = node.lineno, node.col_offset
        fields["end_lineno"], fields["end_col_offset"] = node.end_lineno, node.end_col_offset
    for field in cls._fields:
        value: Any = known.get(field)
        if value.__class__ is list:
            value = [_convert(v, codes) if isinstance(v, ast.AST) else v for v in value]
        elif isinstance(value, ast.AST):
            value = _convert(value, codes)
        elif value is None and field == "type_params":
            value = []
        fields[field] = value
    if kind is ast.arg:
        fields["id"], fields["ctx"] = node.arg, _CONTEXTS[gast.Param]
    elif kind is ast.ExceptHandler and node.name is not None:
        fields["name"] = gast.Name(node.name, _CONTEXTS[gast.Store], None, None)
    if kind in _CODED:
        fields["code"] = codes.get(node)
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

