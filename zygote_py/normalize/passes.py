"""The passes that bring a function into core form, in their order, and the scopes of its names."""

from __future__ import annotations

import dis
import types
from collections.abc import Callable
from functools import partial
from typing import Any

import gast

from ..errors import UnsupportedCodeError, message
from ..ir.build import assigned, children, locate, walk
from ..ir.names import Namer
from . import unbound
from .core import Core, known
from .exceptions import Exceptions, guard
from .exits import Exits
from .flatten import Flatten
from .helpers import is_bound
from .imports import resolve_imports
from .lazy import Lazy
from .matches import Matches
from .matches import captured as pattern_names
from .rebinding import rebind

__all__ = ["normalize"]


def flat_parameters(args: Any) -> list[str]:
    names = [a.id for a in [*args.posonlyargs, *args.args]]
    if args.vararg:
        names.append(args.vararg.id)
    names += [a.id for a in args.kwonlyargs]
    if args.kwarg:
        names.append(args.kwarg.id)
    return names


def normalize(node: Any, free: tuple[str, ...], unstable: frozenset[str], static: Callable, globals_: dict,
              filename: str, shared: frozenset[str] = frozenset(), guarded: bool = False,
              imported: Callable | None = None) -> Core:
    """Bring a function into core form.

    Parameters
    ----------
    node : gast FunctionDef or Lambda
    free : names of its free variables
    unstable : those of them that may be rebound while the function runs
    static : callable from an expression to (known, value): what a global name or a module's attribute stands for
    globals_ : the function's module namespace
    shared : the names in it that functions may bind anew; they, and those that stand for nothing yet, are looked up when read
    guarded : make the form that returns where it raised
    imported : callable from a module's name and a path in it to (known, value): what an import in the function leads to; None if
        such imports are left alone
    """
    lambda_ = isinstance(node, gast.Lambda)
    name = "lambda_" if lambda_ else node.name
    params = flat_parameters(node.args)
    body = [locate(gast.Return(value=node.body), node.body)] if lambda_ else node.body
    every = walk(node)
    names = {n.id for n in every if n.__class__ is gast.Name} | set(params) | set(free)
    has_match = any(n.__class__ is gast.Match for n in every)
    if has_match:
        names |= pattern_names(node)
    namer = Namer(names)
    if has_match:
        body = Matches(namer).run(body)
    own = walk_statements(body)
    nonlocals = {n for s in own if isinstance(s, gast.Nonlocal) for n in s.names}
    declared = {n for s in own if isinstance(s, gast.Global) for n in s.names}
    local = (set(params) | bound_names(body)) - nonlocals - declared
    bound = {n.id for n in own if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load)}
    named = {n.id for n in own if n.__class__ is gast.Name} - bound - local - set(free) - set(namer.helpers)
    shared = (shared | declared) - local - set(free) | {n for n in named if not is_bound(globals_, n)}
    memory = (set(unstable) | nonlocals) & set(free)
    nested = [n for n in own if isinstance(n, (gast.FunctionDef, gast.Lambda, gast.ClassDef))]
    captured = captured_by(nested, local, name, filename)
    if imported is not None and any(n.__class__ is gast.Import or n.__class__ is gast.ImportFrom for n in own):
        resolve_imports(body, local - captured - set(params), namer, imported)
    body = Lazy(partial(known, static=static, bound=(local, bound, shared, memory)), namer).run(body)
    own = walk_statements(body)
    nested = [n for n in own if isinstance(n, (gast.FunctionDef, gast.Lambda, gast.ClassDef))]
    captured = captured_by(nested, local, name, filename)
    quiet = {v for v in captured if not any(stores_cell(n.code, v) for n in nested)}
    user = local & names
    core = Core(name, params, [], namer.fresh("result"), namer, captured | memory, free=set(free), nonlocals=nonlocals,
                local=local, quiet=quiet, user=user)
    core.generator = any(isinstance(n, (gast.Yield, gast.YieldFrom)) for n in own)
    flat = Flatten(core, static, globals_, filename)
    flat.shared = shared
    flat.guarded = int(guarded or core.generator)
    body = Exceptions(namer, captured, flat.known).run([s for s in body if not isinstance(s, (gast.Nonlocal, gast.Global))])
    statements = Exits(namer, core.ret).run(body)
    core.body = flat.block(statements)
    core.local |= assigned(core.body)
    core.body = unbound.run(core.body, set(params), user - core.memory, namer)
    if not flat.guarded:
        rebind(core)
    if guarded:
        core.body = guard(core)
    return core


def captured_by(nested: list, local: set[str], name: str, filename: str) -> set[str]:
    """The variables that nested functions capture."""
    captured: set[str] = set()
    for n in nested:
        if getattr(n, "code", None) is None:
            raise UnsupportedCodeError(message(
                "cannot differentiate this nested function", filename=filename, lineno=getattr(n, "lineno", None), function=name,
                why="Its compiled code could not be told apart from that of its neighbours.",
                instead="put it on a line of its own"))
        captured |= set(n.code.co_freevars) & local
    return captured


def stores_cell(code: Any, variable: str) -> bool:
    """Whether a code object, or one nested in it, rebinds a free variable."""
    return any(i.opname in ("STORE_DEREF", "DELETE_DEREF") and i.argval == variable for i in dis.get_instructions(code)) or any(
        isinstance(c, types.CodeType) and variable in c.co_freevars and stores_cell(c, variable) for c in code.co_consts)


def walk_statements(body: list) -> list:
    """All nodes of a body, without entering nested functions."""
    found = list(body)
    for n in found:
        if isinstance(n, (gast.FunctionDef, gast.Lambda)):
            found += [*n.args.defaults, *[d for d in n.args.kw_defaults if d is not None], *getattr(n, "decorator_list", [])]
        else:
            found += children(n)
    return found


COMPREHENSIONS = (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)


def bound_names(body: list) -> set[str]:
    """The names that a function body binds in its own scope."""
    found: set[str] = set()
    stack = list(body)
    while stack:
        n = stack.pop()
        if isinstance(n, gast.Name) and isinstance(n.ctx, (gast.Store, gast.Del)):
            found.add(n.id)
        elif isinstance(n, (gast.FunctionDef, gast.ClassDef)):
            found.add(n.name)
        elif isinstance(n, (gast.Import, gast.ImportFrom)):
            found |= {(a.asname or a.name).split(".")[0] for a in n.names}
        if isinstance(n, (gast.FunctionDef, gast.Lambda)):
            stack.extend([*n.args.defaults, *[d for d in n.args.kw_defaults if d is not None], *getattr(n, "decorator_list", [])])
        elif isinstance(n, gast.ClassDef):  # its body is a scope of its own
            stack.extend([*n.decorator_list, *n.bases, *n.keywords])
        elif isinstance(n, COMPREHENSIONS):  # only `:=` binds outside
            found |= {m.target.id for m in walk(n) if isinstance(m, gast.NamedExpr)}
        else:
            stack += children(n)
    return found
