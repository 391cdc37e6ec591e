"""From generated functions to code objects.

Enters: gast function nodes, and the names that are free in them. Leaves: code objects, and functions bound to cells.

The functions are compiled inside a factory whose parameters are the free names, so that helpers and the user's closure variables
are cells: nothing is written into anybody's globals. Positions are those of the user's file, so that tracebacks, breakpoints,
coverage and warnings speak of the user's lines. With `debug=True` the generated text is what a debugger steps through.
"""

from __future__ import annotations

import ast
import linecache
import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import CellType, CodeType, FunctionType
from typing import Any

from zygote_py.emit.convert import to_ast
from zygote_py.emit.unparse import unparse
from zygote_py.frontend.matching import Compiled, follow
from zygote_py.frontend.scopes import functions_inside
from zygote_py.frontend.source import register

__all__ = ["bind", "compiled", "load", "make_cell"]

_FACTORY = "<factory>"


def load(functions: Sequence[Any], free: Sequence[str], filename: str, *, debug: bool = False,
         unstable: frozenset[str] = frozenset(), again: Callable[[], Sequence[Any]] | None = None) -> dict[str, CodeType]:
    """Compile generated functions.

    Parameters
    ----------
    functions : gast.FunctionDef nodes with names of their own, not to be changed afterwards: they are kept, so that the functions
        can be differentiated again, unless `again` is given
    free : the names that are to be cells; what is neither local nor in here is a global
    filename : the user's file
    debug : compile the text, to be stepped through by a debugger, in place of the tree with the user's positions
    unstable : those of the user's free variables that may be bound anew while the functions run
    again : makes the functions once more, if somebody asks for their trees

    Returns
    -------
    dict of name to code object
        For `bind`.
    """
    pairs: list[tuple[Any, ast.AST]] = []
    trees = [to_ast(f, pairs) for f in functions]
    if debug:
        filename, trees = _as_text(functions, trees, filename)
    found = compiled(trees, free, filename)
    has_nested = len(pairs) > len(functions)
    for k, f in enumerate(functions):
        code = found[f.name]
        register(code, f if again is None else partial(_one_of, again, k), filename,
                 partial(_nested, tuple(free), weakref.ref(code)) if has_nested else {}, unstable=unstable)
    return found


def _one_of(make: Callable[[], Sequence[Any]], k: int) -> Any:
    return make()[k]


def _as_text(functions: Sequence[Any], trees: list[Any], filename: str) -> tuple[str, list[Any]]:
    """Print the functions, show the text to `linecache`, and parse it again."""
    first = functions[0]
    text = "\n\n\n".join(map(unparse, trees)) + "\n"
    name = stem = f"zygote_py {first.name} {filename}:{getattr(first, 'lineno', 1)}"
    count = 1
    while (known := linecache.cache.get(f"<{name}>")) is not None and "".join(known[2]) != text:  # type: ignore[misc]
        count += 1
        name = f"{stem} ({count})"
    filename = f"<{name}>"
    linecache.cache[filename] = len(text), None, text.splitlines(True), filename
    return filename, list(ast.parse(text, filename).body)


def _functions(tree: Any) -> list[Any]:
    return [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))]


def _factory(trees: Sequence[Any], free: Sequence[str]) -> ast.Module:
    line = min((t.lineno for t in trees), default=1)
    at = {"lineno": line, "col_offset": 0, "end_lineno": line, "end_col_offset": 0}
    parameters = ast.arguments([], [ast.arg(name, None, None, **at) for name in free], None, [], [], None, [])
    fields: Any = {"type_params": []} if "type_params" in ast.FunctionDef._fields else {}
    return ast.Module([ast.FunctionDef(_FACTORY, parameters, list(trees), [], None, None, **fields, **at)], [])


def compiled(trees: Sequence[Any], free: Sequence[str], filename: str) -> dict[str, CodeType]:
    """The code objects of trees of functions."""
    names = [t.name for t in trees]
    for t in trees:
        t.name = f"<{t.name}>"  # no function hides a global, or another one, from the others
    try:
        module = compile(_factory(trees, free), filename, "exec", dont_inherit=True)
    finally:
        for t, name in zip(trees, names):
            t.name = name
    factory = next(c for c in module.co_consts if isinstance(c, CodeType))
    codes = {c.co_name[1:-1]: c for c in factory.co_consts if isinstance(c, CodeType)}
    return {name: _renamed(codes[name], name) for name in names}


def _renamed(code: CodeType, name: str) -> CodeType:
    if hasattr(code, "co_qualname"):
        return code.replace(co_name=name, co_qualname=name)  # type: ignore[call-arg]
    return code.replace(co_name=name)


def _nested(free: Sequence[str], owner: weakref.ref[CodeType], node: Any) -> dict[Any, CodeType]:
    """The gast functions directly inside a generated one, with their code objects."""
    code = owner()
    if code is None:
        return {}
    pairs: list[tuple[Any, ast.AST]] = []
    tree = to_ast(node, pairs)
    original = {id(new): old for old, new in pairs}
    compiled = Compiled([_factory([tree], free)], _functions(tree), code.co_filename, 0)
    live = {id(c): x for x, c in follow(code, compiled.codes[tree])}
    found = {original[id(n)]: live.get(id(compiled.codes.get(n))) for n in functions_inside(tree)}
    return {n: c for n, c in found.items() if c is not None}


def make_cell(value: Any) -> CellType:
    """A closure cell with a value in it."""
    return CellType(value)


def bind(code: CodeType, globals: dict[str, Any], cells: Mapping[str, CellType], name: str | None = None,
         defaults: tuple | None = None) -> FunctionType:
    """Make a function of a code object.

    Parameters
    ----------
    code : from `load`
    globals : the user function's globals
    cells : free name -> cell; the user function's own cells among them
    name : of the function; that of the code by default
    defaults : of the last parameters

    Returns
    -------
    function
    """
    return FunctionType(code, globals, name or code.co_name, defaults, tuple([cells[n] for n in code.co_freevars]))
