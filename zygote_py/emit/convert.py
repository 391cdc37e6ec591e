"""From gast to ast, with a position on every node.

Enters: a gast (or ast) tree whose nodes may lack positions. Leaves: an ast tree that compiles: a node without position takes
that of the node around it, and a range that ends before it begins is closed. The attribute `comment` of statements goes along.

It does what `gast.gast_to_ast` does, in a quarter of the time, for the trees that this package makes.
"""

from __future__ import annotations

import ast
from typing import Any

import gast

__all__ = ["is_gast", "to_ast"]

_Position = tuple[int, int, int, int]
_LISTS = frozenset({
    "args", "bases", "body", "cases", "comparators", "decorator_list", "defaults", "elts", "finalbody", "generators", "handlers",
    "ifs", "items", "keys", "keywords", "kw_defaults", "kwd_attrs", "kwd_patterns", "kwonlyargs", "names", "ops", "orelse",
    "patterns", "posonlyargs", "targets", "type_ignores", "type_params", "values"})
_ONE_BODY = frozenset({ast.IfExp, ast.Lambda, gast.IfExp, gast.Lambda})
_TABLE: dict[type, tuple[Any, tuple[str, ...], bool]] = {}
_SHARED: dict[type, ast.AST] = {}
for _name, _cls in vars(ast).items():
    if isinstance(_cls, type) and issubclass(_cls, ast.AST) and isinstance(getattr(gast, _name, None), type):
        for _from in {getattr(gast, _name), _cls}:
            if not _cls._fields and not _cls._attributes:
                _SHARED[_from] = _cls()
            else:
                _TABLE[_from] = _cls, _cls._fields, "lineno" in _cls._attributes
del _name, _cls, _from


def is_gast(tree: Any) -> bool:
    """Whether a node is gast's, not Python's own."""
    return type(tree).__module__.startswith("gast")


def to_ast(tree: Any, pairs: list[tuple[Any, ast.AST]] | None = None, position: _Position = (1, 0, 1, 0)) -> Any:
    """Convert a gast tree, or copy an ast tree.

    Parameters
    ----------
    tree : gast.AST or ast.AST
    pairs : if given, gets (function node, its copy) for each function in the tree
    position : for a root without one

    Returns
    -------
    ast.AST
    """
    return _convert(tree, position, [] if pairs is None else pairs)


def _convert(node: Any, around: _Position, pairs: list) -> Any:
    kind = type(node)
    shared = _SHARED.get(kind)
    if shared is not None:
        return shared
    if kind is gast.Name and type(node.ctx) is gast.Param:
        return _parameter(node, around, pairs)
    known = node.__dict__
    if kind is gast.Name or kind is gast.Constant:      # most of all nodes
        new = ast.Name.__new__(ast.Name) if kind is gast.Name else ast.Constant.__new__(ast.Constant)
        values = new.__dict__
        if kind is gast.Name:
            values["id"], values["ctx"] = known["id"], _SHARED[known["ctx"].__class__]
        else:
            values["value"], values["kind"] = known["value"], known.get("kind")
        at = _position(node, around) if "lineno" in known else around
        values["lineno"], values["col_offset"], values["end_lineno"], values["end_col_offset"] = at
        return new
    cls, fields, placed = _TABLE[kind]
    new = cls.__new__(cls)
    values = new.__dict__
    at = around
    if placed:
        if "lineno" in known:
            at = _position(node, around)
        values["lineno"], values["col_offset"], values["end_lineno"], values["end_col_offset"] = at
    for field in fields:
        value = known.get(field)
        if value.__class__ is list:
            value = [_convert(v, at, pairs) if isinstance(v, ast.AST) else v for v in value]
        elif isinstance(value, ast.AST):
            value = _convert(value, at, pairs)
        elif value is None and field in _LISTS and kind not in _ONE_BODY:
            value = []
        values[field] = value
    if kind is gast.ExceptHandler and values["name"] is not None:
        values["name"] = values["name"].id
    elif kind is gast.arguments:
        _parameters(node, values, at, pairs)
    comment = known.get("comment")
    if comment:
        values["comment"] = comment
    if cls in (ast.FunctionDef, ast.Lambda, ast.AsyncFunctionDef):
        pairs.append((node, new))
    return new


def _position(node: Any, around: _Position) -> _Position:
    line, col = getattr(node, "lineno", None), getattr(node, "col_offset", None)
    if line is None or col is None or line < 1 or col < 0:
        return around
    end, end_col = getattr(node, "end_lineno", None), getattr(node, "end_col_offset", None)
    if end is None or end_col is None or (end, end_col) < (line, col):
        return line, col, line, col
    return line, col, end, end_col


def _parameter(node: Any, around: _Position, pairs: list) -> ast.arg:
    annotation = getattr(node, "annotation", None)
    at = _position(node, around)
    new = ast.arg(node.id, None if annotation is None else _convert(annotation, at, pairs), getattr(node, "type_comment", None))
    new.lineno, new.col_offset, new.end_lineno, new.end_col_offset = at
    return new


def _parameters(node: Any, values: dict[str, Any], at: _Position, pairs: list) -> None:
    """Parameters whose context is not Param are parameters all the same."""
    for field in ("posonlyargs", "args", "kwonlyargs"):
        names = getattr(node, field, None) or []
        values[field] = [v if isinstance(v, ast.arg) else _parameter(n, at, pairs) for v, n in zip(values[field], names)]
    for field in ("vararg", "kwarg"):
        if isinstance(values[field], ast.Name):
            values[field] = _parameter(getattr(node, field), at, pairs)
