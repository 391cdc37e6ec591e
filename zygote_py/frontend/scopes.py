"""Facts about where a function stands in its module.

Enters: a module's tree. Leaves: for each function its enclosing scopes, its lexical class, the functions directly inside it, and
which of its free variables may be rebound after the function was made.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

__all__ = ["Place", "classes_inside", "functions_inside", "mangle", "places", "unstable", "written_out"]

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = frozenset({*FUNCTIONS, *COMPREHENSIONS, ast.ClassDef})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_known: WeakKeyDictionary[ast.AST, dict[str | None, _Bindings]] = WeakKeyDictionary()


class Place:
    """Where a function node stands.

    Attributes
    ----------
    node : the function
    scopes : enclosing functions, classes and comprehensions, outermost first
    class_name : the innermost class around it, or None
    """

    __slots__ = ("class_name", "node", "scopes")

    def __init__(self, node: ast.AST, scopes: tuple[ast.AST, ...]) -> None:
        self.node, self.scopes = node, scopes
        self.class_name = next((s.name for s in reversed(scopes) if isinstance(s, ast.ClassDef)), None)


def places(tree: ast.AST) -> dict[ast.AST, Place]:
    """Every function and generator expression of a module with its place, in the order of the text."""
    found: dict[ast.AST, Place] = {}
    _visit(tree, (), found)
    return found


def _visit(node: ast.AST, scopes: tuple, found: dict) -> None:
    if node.__class__ not in _SCOPES:
        for n in _with_parts(node):
            _visit(n, scopes, found)
        return
    if isinstance(node, FUNCTIONS):
        found[node] = Place(node, scopes)
        body, outside = _split_function(node)
        inner = (*scopes, node)
    elif isinstance(node, ast.ClassDef):
        body, outside = list[ast.AST](node.body), [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]
        inner = (*scopes, node)
    else:
        if isinstance(node, ast.GeneratorExp):
            found[node] = Place(node, scopes)
        first = node.generators[0].iter  # type: ignore[attr-defined]
        body, outside = [n for n in _parts(node) if n is not first], [first]
        inner = (*scopes, node)
    for n in outside:
        _visit(n, scopes, found)
    for n in body:
        _visit(n, inner, found)


def _split_function(node: ast.AST) -> tuple[list[ast.AST], list[ast.AST]]:
    """What is evaluated inside the function, and what at its definition."""
    if isinstance(node, ast.Lambda):
        return [node.body], [node.args]
    return node.body, [*node.decorator_list, node.args, *([node.returns] if node.returns else [])]  # type: ignore[attr-defined]


def _parts(comprehension: ast.AST) -> Iterator[ast.AST]:
    for n in ast.iter_child_nodes(comprehension):
        if isinstance(n, ast.comprehension):
            yield from (n.target, n.iter, *n.ifs)
        else:
            yield n


def functions_inside(node: ast.AST) -> Iterator[ast.AST]:
    """The functions and generator expressions whose nearest enclosing function is `node`."""
    waiting = list(_split_function(node)[0])
    while waiting:
        n = waiting.pop()
        if isinstance(n, (*FUNCTIONS, ast.GeneratorExp)):
            yield n
        waiting += _split_function(n)[1] if isinstance(n, FUNCTIONS) else _with_parts(n)


def classes_inside(node: ast.AST) -> Iterator[ast.ClassDef]:
    """The classes whose nearest enclosing function is `node`."""
    waiting = list(_split_function(node)[0])
    while waiting:
        n = waiting.pop()
        if isinstance(n, FUNCTIONS):
            waiting += _split_function(n)[1]
            continue
        if isinstance(n, ast.ClassDef):
            yield n
        waiting += _with_parts(n)


def _with_parts(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below one in which there may be functions."""
    found: list[ast.AST] = []
    for value in node.__dict__.values():
        if value.__class__ is list:
            found += [v for v in value if isinstance(v, ast.AST) and v.__class__ is not ast.Name]
        elif isinstance(value, ast.AST) and value._fields and value.__class__ is not ast.Name:
            found.append(value)
    return found


def written_out(e: ast.GeneratorExp, free: tuple[str, ...], class_name: str | None) -> ast.FunctionDef:
    """The function that a generator expression makes and calls; `free` are the free variables of its code.

    `(f(x) for x in xs if x)` is the call of this one with `iter(xs)`:

        def genexpr(source):
            for x in source:
                if x:
                    yield f(x)
    """
    names = {n.id for n in ast.walk(e) if isinstance(n, ast.Name)} | set(free)
    source = next(name for name in ("source", *(f"source_{k}" for k in range(1, len(names) + 2))) if name not in names)

    def at(node: Any) -> Any:
        return ast.copy_location(node, e)

    bound = {n.target.id for n in ast.walk(e) if isinstance(n, ast.NamedExpr)}      # in the scope around
    body: list[ast.stmt] = [at(ast.Expr(at(ast.Yield(e.elt))))]
    for k, g in reversed(list(enumerate(e.generators))):
        for condition in reversed(g.ifs):
            body = [at(ast.If(condition, body, []))]
        items = g.iter if k else at(ast.Name(source, ast.Load()))
        body = [at((ast.AsyncFor if g.is_async else ast.For)(g.target, items, body, []))]
    outer = {name for name in bound if mangle(name, class_name) in free}
    for kind, found in ((ast.Nonlocal, outer), (ast.Global, bound - outer)):
        body = [at(kind(sorted(found))), *body] if found else body
    parameters = ast.arguments([], [at(ast.arg(source))], None, [], [], None, [])
    return at(ast.FunctionDef("genexpr", parameters, body, []))


def mangle(name: str, class_name: str | None) -> str:
    """The name as the compiler stores it inside a class."""
    if class_name is None or not name.startswith("__") or name.endswith("__") or "." in name:
        return name
    stripped = class_name.lstrip("_")
    return f"_{stripped}{name}" if stripped else name


def unstable(place: Place, free: tuple[str, ...]) -> frozenset[str]:
    """Those of the free variables that can be rebound after the function was made."""
    return frozenset(name for name in free if name != "__class__" and not _stable(place, name))


def _stable(place: Place, name: str) -> bool:
    for i in reversed(range(len(place.scopes))):
        scope = place.scopes[i]
        if isinstance(scope, ast.ClassDef):
            if any(getattr(p, "name", None) == name for p in getattr(scope, "type_params", ())):
                return True
            continue
        bindings = _bindings(scope, place_class(place, i))
        count = bindings.count[name]
        if name in bindings.declared_nonlocal:
            return False
        if isinstance(scope, COMPREHENSIONS):
            if count:
                return False
        elif count:
            return count == 1 and name not in bindings.rebound_elsewhere
        elif any(getattr(p, "name", None) == name for p in getattr(scope, "type_params", ())):
            return True
    return any(getattr(p, "name", None) == name for p in getattr(place.node, "type_params", ()))


def place_class(place: Place, i: int) -> str | None:
    """The class that mangles the names in scope number i."""
    return next((s.name for s in reversed(place.scopes[:i + 1]) if isinstance(s, ast.ClassDef)), None)


def _bindings(scope: ast.AST, class_name: str | None) -> _Bindings:
    known = _known.setdefault(scope, {})
    if class_name not in known:
        known[class_name] = _Bindings(class_name, scope)
    return known[class_name]


class _Bindings:
    """How often one scope binds each name: a binding in a loop, a deletion, an augmented assignment count as several."""

    def __init__(self, class_name: str | None, scope: ast.AST) -> None:
        self.count = Counter[str]()
        self.declared_nonlocal: set[str] = set()
        self.rebound_elsewhere: set[str] = set()
        if isinstance(scope, COMPREHENSIONS):
            for g in scope.generators:
                self._statement(g.target, class_name, 2)
            return
        args = scope.args  # type: ignore[attr-defined]
        for a in (*args.posonlyargs, *args.args, *args.kwonlyargs, *(a for a in (args.vararg, args.kwarg) if a)):
            self._bind(a.arg, class_name, 1)
        for n in _split_function(scope)[0]:
            self._statement(n, class_name, 1)

    def _bind(self, name: str | None, class_name: str | None, weight: int) -> None:
        if name is not None:
            self.count[mangle(name, class_name)] += weight

    def _statement(self, n: ast.AST, cls: str | None, weight: int) -> None:
        if isinstance(n, ast.Name):
            if not isinstance(n.ctx, ast.Load):
                self._bind(n.id, cls, weight + isinstance(n.ctx, ast.Del))
            return
        if isinstance(n, (*FUNCTIONS, ast.ClassDef)):
            self._bind(getattr(n, "name", None), cls, weight)
            self._inside(n, n.name if isinstance(n, ast.ClassDef) else cls)
            for part in _split_function(n)[1] if isinstance(n, FUNCTIONS) else (*n.decorator_list, *n.bases, *n.keywords):
                self._statement(part, cls, weight)
            return
        if isinstance(n, COMPREHENSIONS):
            for sub in ast.walk(n):  # only `:=` binds outside
                if isinstance(sub, ast.NamedExpr):
                    self._bind(sub.target.id, cls, 2)
                elif isinstance(sub, ast.Lambda):
                    self._inside(sub, cls)
            return
        if isinstance(n, ast.Nonlocal):
            self.declared_nonlocal |= {mangle(x, cls) for x in n.names}
        elif isinstance(n, (ast.Import, ast.ImportFrom)):
            for a in n.names:
                self._bind(a.asname or a.name.split(".")[0], cls, weight)
        elif isinstance(n, ast.ExceptHandler):
            self._bind(n.name, cls, 2)
        elif isinstance(n, (ast.MatchAs, ast.MatchStar)):
            self._bind(n.name, cls, weight)
        elif isinstance(n, ast.MatchMapping):
            self._bind(n.rest, cls, weight)
        elif isinstance(n, (*_LOOPS, ast.AugAssign)):
            weight = 2
        for child in ast.iter_child_nodes(n):
            self._statement(child, cls, weight)

    def _inside(self, scope: ast.AST, cls: str | None) -> None:
        """A deeper scope rebinds names where it says `nonlocal`."""
        for sub in ast.walk(scope):
            if isinstance(sub, ast.Nonlocal):
                self.rebound_elsewhere |= {name for x in sub.names for name in (x, mangle(x, cls))}
