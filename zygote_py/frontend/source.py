"""From a function object to the syntax tree that it was compiled from.

Enters: a plain Python function. Leaves: a `Source`, proved by comparing bytecode; otherwise an error, never a guess.

The text comes from `linecache` (files, zip archives, notebook cells, doctests), from the command line (`python -c`), or from the
frames of `timeit`. The statement on the function's line is compiled, or else the whole text, and the function is recognised by
its code. Modules that pytest has rewritten are rewritten again, cells are compiled statement by statement as IPython does. What
the standard library writes itself (dataclasses, named tuples) is written again by `generated`. Code that this package has made
is known from `register`.
"""

from __future__ import annotations

import ast
import linecache
import re
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cached_property
from inspect import CO_OPTIMIZED
from types import CodeType, FunctionType
from typing import Any

from zygote_py.errors import SourceError, StaleSourceError, message
from zygote_py.frontend import generated
from zygote_py.frontend.matching import Compiled, follow
from zygote_py.frontend.scopes import Place, classes_inside, functions_inside, places, unstable, written_out
from zygote_py.frontend.shared import declared
from zygote_py.frontend.texts import rewritten, texts

__all__ = ["Source", "find", "generated_from", "register", "statement_at"]

_MODULES_KEPT = 64


class Source:
    """The source of one function. The tree is shared: it must not be changed.

    Attributes
    ----------
    node : ast.FunctionDef, AsyncFunctionDef or Lambda (gast for registered functions)
    filename : as in the code object
    lines : the lines of the whole text
    class_name : the innermost class around the function, for the mangling of names, or None
    unstable : the free variables that can be rebound after the function was made
    nested : function node directly inside -> its code object
    shared : the globals that the text declares `global` somewhere
    """

    __slots__ = ("_nested", "_node", "class_name", "filename", "lines", "shared", "unstable")

    def __init__(self, node: Any, filename: str, lines: list[str], class_name: str | None, unstable: frozenset[str],
                 nested: Mapping[Any, CodeType] | Callable[[Any], Mapping[Any, CodeType]],
                 shared: frozenset[str] = frozenset()) -> None:
        self._node, self.filename, self.lines, self.shared = node, filename, lines, shared
        self.class_name, self.unstable, self._nested = class_name, unstable, nested

    @property
    def node(self) -> Any:
        if callable(self._node):
            self._node = self._node()
        return self._node

    @property
    def nested(self) -> Mapping[Any, CodeType]:
        if callable(self._nested):
            self._nested = self._nested(self.node)
        return self._nested

    def __repr__(self) -> str:
        return f"<Source {getattr(self.node, 'name', '<lambda>')} {self.filename}:{getattr(self.node, 'lineno', '?')}>"


class _Module:
    """One text: its tree, the functions in it, and the ways in which it may have been compiled."""

    def __init__(self, text: str, filename: str, flags: int) -> None:
        self.text, self.filename, self.flags = text, filename, flags
        self.lines = text.splitlines(True)
        self._compiled: dict[str, Compiled | None] = {}
        self._parts: dict[tuple[int, int], tuple[Compiled | None, dict[ast.AST, Place]]] = {}

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.filename)

    @cached_property
    def places(self) -> dict[ast.AST, Place]:
        return places(self.tree)

    @cached_property
    def imports(self) -> list[str]:
        """The lines of the import statements that begin a line."""
        found: list[str] = []
        inside = False
        for line in self.lines:
            if _BEGINS.match(line):
                inside = bool(_IMPORT.match(line))
            if inside:
                found.append(line)
        return found

    @cached_property
    def shared(self) -> frozenset[str]:
        return declared(ast.parse(self.text)) if _GLOBAL.search(self.text) else frozenset()

    def find(self, code: CodeType, rewritten_too: bool) -> tuple[Place, CodeType, Compiled] | None:
        """The function that a code object was compiled from: where its line says, or else anywhere."""
        part, inside = self._part(code.co_firstlineno)
        hit = part.find(code) if part else None
        if hit and hit[1].co_firstlineno == code.co_firstlineno:
            return inside[hit[0]], hit[1], part  # type: ignore[return-value]
        try:
            self.tree  # noqa: B018  may be no Python
        except (SyntaxError, ValueError, RecursionError):
            return None
        for way in ("whole", "rewritten" if rewritten_too else "statements"):
            compiled = self._compile(way)
            hit = compiled.find(code) if compiled else None
            if hit:
                return self.places[hit[0]], hit[1], compiled  # type: ignore[return-value]
        return None

    def _part(self, line: int) -> tuple[Compiled | None, dict[ast.AST, Place]]:
        """The statement of the module that a line belongs to, compiled without the others, and the functions in it.

        The lines may be wrong about where it begins and ends: what it compiles to is compared. The module's imports are compiled
        with it, after it: from 3.11 on, a call `a.f()` is another one where `a` was imported.
        """
        first, last = statement_at(self.lines, line)
        if (first, last) not in self._parts:
            compiled, inside = None, {}
            try:
                tree = ast.parse("\n" * first + "".join([*self.lines[first:last], "\n", *self.imports]), self.filename)
                inside = places(tree)
                compiled = Compiled([tree], inside, self.filename, self.flags) if inside else None
            except (SyntaxError, ValueError, RecursionError):
                pass
            self._parts[first, last] = compiled, inside
        return self._parts[first, last]

    def _compile(self, way: str) -> Compiled | None:
        if way not in self._compiled:
            trees, functions, original = [self.tree], list(self.places), None
            if way == "statements":
                trees = [ast.Module([statement], []) for statement in self.tree.body]
            elif way == "rewritten":
                tree = ast.parse(self.text, self.filename)
                functions = list(places(tree))
                original = dict(zip(functions, self.places))
                trees = [tree] if rewritten(tree, self.text, self.filename) else []
            try:
                self._compiled[way] = Compiled(trees, functions, self.filename, self.flags, original) if trees else None
            except (SyntaxError, ValueError, RecursionError):
                self._compiled[way] = None
        return self._compiled[way]


_BEGINS = re.compile(r"(?!(?:else|elif|except|finally)\b)[^\s#)\]}]")         # a line with which a statement of the module begins
_IMPORT = re.compile(r"import\s|from\s+(?!__future__)[\w.]+\s+import\b")
_GLOBAL = re.compile(r"(?:^|[;:])[ \t]*global\b", re.MULTILINE)


def statement_at(lines: list[str], line: int) -> tuple[int, int]:
    """Where the statement of a module that a line (counted from 1) belongs to begins and ends, judged by how lines begin."""
    first = min(line, len(lines)) - 1
    while first > 0 and not _BEGINS.match(lines[first]):
        first -= 1
    last, decorated = line, bool(lines) and lines[first].startswith("@")
    while last < len(lines):
        if _BEGINS.match(lines[last]):
            if not decorated:
                break
            decorated = lines[last].startswith("@")
        last += 1
    return first, last


_lock = threading.RLock()
_modules: OrderedDict[tuple[str, str, int], _Module | None] = OrderedDict()
_sources: dict[int, tuple[weakref.ref[CodeType], Source]] = {}


def _module(text: str, filename: str, flags: int) -> _Module | None:
    key = filename, text, flags & 0xFFFF0000
    if key in _modules:
        _modules.move_to_end(key)
        return _modules[key]
    try:
        _modules[key] = _Module(text, filename, flags)
    except (SyntaxError, ValueError, RecursionError):
        _modules[key] = None
    if len(_modules) > _MODULES_KEPT:
        _modules.popitem(last=False)
    return _modules[key]


def _keep(code: CodeType, source: Source) -> None:
    key = id(code)
    _sources[key] = weakref.ref(code, lambda _: _sources.pop(key, None)), source


def find(fn: FunctionType, owner: type | None = None) -> Source:
    """The source of a plain function.

    Parameters
    ----------
    fn : function; `functools.wraps`, partial objects and the like are not looked through
    owner : the class whose method it is, of use for the methods that `dataclasses` writes

    Returns
    -------
    Source

    Raises
    ------
    StaleSourceError
        If there is a text, and none of its functions compiles to what `fn` runs.
    SourceError
        If there is no text.
    """
    code = fn.__code__
    known = _sources.get(id(code))
    if known is not None and known[0]() is code:
        return known[1]
    with _lock:
        source = _find(fn, code, owner)
        _keep(code, source)
    return source


def _find(fn: FunctionType, code: CodeType, owner: type | None) -> Source:
    rewritten_too = "@py_builtins" in fn.__globals__
    tried = []
    for fresh in (False, True):
        if fresh:
            linecache.checkcache(code.co_filename)
        for text in texts(code.co_filename, fn.__globals__):
            if text in tried:
                continue
            tried.append(text)
            module = _module(text, code.co_filename, code.co_flags)
            hit = module.find(code, rewritten_too) if module else None
            if hit:
                return _source(code, module, *hit)  # type: ignore[arg-type]
    text = generated.source_of(fn, owner)  # type: ignore[assignment]
    if text is not None:
        module = _module(text, code.co_filename, code.co_flags)
        hit = module.find(code, False) if module else None
        if hit:
            return _source(code, module, *hit)  # type: ignore[arg-type]
    for (filename, _, _), module in reversed(_modules.items()):  # read before the file was changed
        hit = module.find(code, rewritten_too) if module and filename == code.co_filename else None
        if hit:
            return _source(code, module, *hit)  # type: ignore[arg-type]
    raise _error(fn, code, bool(tried) and not code.co_filename.startswith("<string"))


def _source(code: CodeType, module: _Module, place: Place, compiled_code: CodeType, compiled: Compiled) -> Source:
    node = place.node
    if isinstance(node, ast.GeneratorExp):
        node = written_out(node, code.co_freevars, place.class_name)

    def nested(node: ast.AST) -> dict[ast.AST, CodeType]:
        pairs = list(follow(code, compiled_code))
        if not pairs:
            return {}
        live = {id(c): x for x, c in pairs}
        found = {n: live.get(id(compiled.codes.get(n))) for n in functions_inside(node)}
        for n in classes_inside(node):
            line = min([n.lineno, *[d.lineno for d in n.decorator_list]])
            bodies = [x for x, c in pairs if c.co_name == n.name and c.co_firstlineno == line and not c.co_flags & CO_OPTIMIZED]
            found[n] = bodies[0] if len(bodies) == 1 else None
        return {n: c for n, c in found.items() if c is not None}
    return Source(node, code.co_filename, module.lines, place.class_name, unstable(place, code.co_freevars), nested(node),
                  module.shared)


def register(code: CodeType, node: Any, filename: str, nested: Mapping[Any, CodeType] | Callable[[Any], Mapping[Any, CodeType]],
             class_name: str | None = None, unstable: frozenset[str] = frozenset()) -> None:
    """Make `find` answer for functions with this code object, as long as it lives.

    Parameters
    ----------
    code : compiled from `node`
    node : ast or gast function node, kept alive and not to be changed; or a function that makes it when it is asked for
    filename : what errors speak of
    nested : function node directly inside -> its code object, or a function of `node` that finds out when it is asked for
    class_name : for the mangling of names
    unstable : the free variables that may be bound anew while it runs
    """
    _keep(code, Source(node, filename, [], class_name, unstable, nested))


def generated_from(code: CodeType) -> Source | None:
    """What `register` was told about a code object; None for all others."""
    known = _sources.get(id(code))
    return known[1] if known is not None and known[0]() is code and not known[1].lines else None


def _error(fn: FunctionType, code: CodeType, stale: bool) -> SourceError:
    name = fn.__qualname__
    if stale:
        return StaleSourceError(message(
            "the source text has changed since the function was made", filename=code.co_filename, function=name,
            why=f"No function {code.co_name!r} in that text compiles to the code that runs (line {code.co_firstlineno}).",
            instead="import the module again, or restart; if an import hook rewrites the module, give the function a rule with "
                    "@adjoint", doc="docs/limitations.md#source"))
    return SourceError(message(
        "the source text of this function cannot be found", filename=code.co_filename, function=name,
        why="A derivative is made from the source, and this function was compiled from a text that Python did not keep"
            + (" (an interactive prompt or a script read from standard input)." if code.co_filename == "<stdin>" else "."),
        instead="save it to a file and import it, put the text into linecache.cache before compiling, or give the function a "
                "rule with @adjoint", doc="docs/limitations.md#source"))


def _forget() -> None:
    """Empty the caches of texts; for tests."""
    with _lock:
        _modules.clear()
