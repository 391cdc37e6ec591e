"""Which syntax tree belongs to which code object.

Enters: a parsed module. Leaves: the code objects that it compiles to, and for each function node its code object, so that a
function can be recognised by its bytecode alone.

Line and name tell where a code object comes from. Where two functions have both in common, a module is compiled twice: as it
is, to be compared with the code that runs; and with a line number of its own for each function node. The two results are walked
side by side.
"""

from __future__ import annotations
import __future__ as _future

import ast
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any

__all__ = ["FUNCTIONS", "Compiled", "children", "follow", "same"]

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_FUTURE = 0
for _name in _future.all_feature_names:
    _FUTURE |= getattr(_future, _name).compiler_flag
_COROUTINE = 0x100  # types.coroutine sets this flag on a copy of the code
_ALIKE = ("co_code", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_argcount", "co_kwonlyargcount",
          "co_posonlyargcount")
_SHAPE = ("co_name", "co_varnames", "co_freevars", "co_argcount", "co_names")


def same(a: CodeType, b: CodeType) -> bool:
    """Whether two code objects do the same; names of files and line numbers do not count."""
    if any(getattr(a, k) != getattr(b, k) for k in _ALIKE) or (a.co_flags ^ b.co_flags) & ~_COROUTINE:
        return False
    return len(a.co_consts) == len(b.co_consts) and all(map(_same_constant, a.co_consts, b.co_consts))


def _same_constant(x: object, y: object) -> bool:
    if type(x) is not type(y):
        return False
    if isinstance(x, CodeType):
        return same(x, y)  # type: ignore[arg-type]
    return x == y if type(x) is frozenset else repr(x) == repr(y)


def children(code: CodeType) -> list[CodeType]:
    """The code objects directly inside another."""
    return [c for c in code.co_consts if isinstance(c, CodeType)]


def follow(live: CodeType, compiled: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Walk two code objects that are the `same` side by side, without the pair itself."""
    for x, y in zip(live.co_consts, compiled.co_consts):
        if isinstance(x, CodeType):
            yield x, y
            yield from follow(x, y)


class Compiled:
    """A module's tree with its code objects.

    Attributes
    ----------
    by_name : code objects by `co_name`
    nodes : id of a code object -> the function nodes that compile to it (several where the compiler has merged equal ones)
    codes : function node -> code object
    """

    __slots__ = ("_keep", "by_name", "codes", "nodes")

    def __init__(self, trees: Iterable[ast.Module], functions: Iterable[ast.AST], filename: str, flags: int,
                 original: dict[ast.AST, ast.AST] | None = None) -> None:
        self.by_name: dict[str, list[CodeType]] = {}
        self.nodes: dict[int, list[ast.AST]] = {}
        self.codes: dict[ast.AST, CodeType] = {}
        trees = list(trees)
        self._keep = [_compile(tree, filename, flags) for tree in trees]
        functions = list(functions)
        places = [_place(node) for node in functions]
        if original is None and len({*places}) == len(places):      # the lines tell them apart as they are
            tags, tagged = dict(zip(places, functions)), self._keep
        else:
            tags, tagged = _compile_tagged(trees, functions, filename, flags)
        for x, y in zip(self._keep, tagged):
            self._pair(x, y, tags, original or {})

    def _pair(self, real: CodeType, tagged: CodeType, tags: dict, original: dict) -> None:
        for x, y in _aligned(children(real), children(tagged)):
            if id(x) not in self.nodes:
                self.by_name.setdefault(x.co_name, []).append(x)
                self.nodes[id(x)] = []
            node = tags.get((y.co_firstlineno, y.co_name))
            if node is not None:
                node = original.get(node, node)
                self.nodes[id(x)].append(node)
                self.codes.setdefault(node, x)
            self._pair(x, y, tags, original)

    def find(self, code: CodeType) -> tuple[ast.AST, CodeType] | None:
        """The function node that `code` was compiled from, and its code object here; the best by position, or None."""
        best, rank = None, -1
        for c in self.by_name.get(code.co_name, ()):
            here = 2 * (c.co_firstlineno == code.co_firstlineno)
            here += bool(here) and c.co_linetable == code.co_linetable
            if here > rank and self.nodes[id(c)] and same(c, code):
                best, rank = c, here
        return None if best is None else (self.nodes[id(best)][0], best)


def _compile(tree: ast.Module, filename: str, flags: int) -> CodeType:
    return compile(tree, filename, "exec", flags=flags & _FUTURE, dont_inherit=True)


def _start(node: ast.AST) -> Any:
    """The node on whose line the code of a function begins."""
    decorators = getattr(node, "decorator_list", None)
    return decorators[0] if decorators else node


def _place(node: ast.AST) -> tuple[int, str]:
    """Line and name of the code object of a function."""
    return _start(node).lineno, "<genexpr>" if isinstance(node, ast.GeneratorExp) else getattr(node, "name", "<lambda>")


def _compile_tagged(trees: list[ast.Module], functions: list, filename: str,
                    flags: int) -> tuple[dict[tuple[int, str], ast.AST], list[CodeType]]:
    """Compile with each function on a line of its own: (line, name) -> node; the trees are as before afterwards."""
    line = 1 + max((n.end_lineno or 0 for tree in trees for n in tree.body), default=0)
    tags: dict[tuple[int, str], ast.AST] = {}
    saved: dict[int, tuple[ast.AST, int, int]] = {}
    try:
        for node in functions:
            start = _start(node)
            if id(start) not in saved:  # a lambda may be a decorator: the two share the line, and differ by name
                saved[id(start)] = start, start.lineno, start.end_lineno
                start.lineno, start.end_lineno, line = line, line + start.end_lineno - start.lineno, line + 1
            tags[_place(node)] = node
        return tags, [_compile(tree, filename, flags) for tree in trees]
    finally:
        for start, first, last in saved.values():
            start.lineno, start.end_lineno = first, last  # type: ignore[attr-defined]


def _aligned(real: list[CodeType], tagged: list[CodeType]) -> Iterator[tuple[CodeType, CodeType]]:
    """Pair the children in order; equal ones may be merged on the left only."""
    if len(real) == len(tagged):
        yield from zip(real, tagged)
        return
    at = 0
    for y in tagged:
        if at < len(real) and _alike(real[at], y):
            yield real[at], y
            at += 1
        else:
            merged = [x for x in real if _alike(x, y)]
            if merged:
                yield merged[0], y


def _alike(x: CodeType, y: CodeType) -> bool:
    return all(getattr(x, k) == getattr(y, k) for k in _SHAPE)
