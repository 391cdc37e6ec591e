"""Small functions that are known beforehand are written in place of their calls.

    k = slope(x, a)             t = a * x; k = t - x

Enters: the core form of a function. Leaves: the same, with the bodies of such callees in it, under names of their own. Core code
has one exit, at its end, so that this is substitution. Nested functions are written out, too (`closures`), and so are those that
are given functions. The statements keep the positions of the callee's lines, and know the calls that led to them (`site`), for
tracebacks; hence a callee of another file stays a callee, and so do one that calls itself, one with loops that is given no
function, and one that asks who called it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from types import FunctionType
from typing import Any

import gast

from ..ir.build import assign, assigned, clone, load, locate, mentioned, path_text, statements, walk
from ..normalize import Core
from ..normalize.core import known
from .closures import Closure, closures, drop_unused, load_captured
from .facts import is_scalar

__all__ = ["Body", "bound", "inline", "place_of"]

SMALL, TINY = 32, 8
"""So many statements at most has a function that is written out in a loop, and elsewhere: there, a call costs little beside the
code to be made."""

LIMIT = 200
"""So many statements at most are added to one function."""

CODE = 1200
"""Functions with more bytes of code are not looked at."""

PLACES = sys.version_info >= (3, 11)
"""Whether Python tells which of several expressions on a line raised: without that, tracebacks could not name the call."""


def inline(core: Core, world: Any, callee_core: Callable[[FunctionType], Core | None], root: FunctionType) -> None:
    """Write small callees out, in place.

    Parameters
    ----------
    core : in core form
    world : answers what global names stand for, and notes what is relied on
    callee_core : callable from a function to its core form, or None
    root : the function that core is made from
    """
    if PLACES:
        inliner = Inliner(core, world, callee_core, root)
        while True:
            inliner.find_closures()
            core.body = inliner.block(core.body, (root,), TINY)
            core.local |= assigned(core.body)
            if not drop_unused(core, inliner.closures):     # what they captured may be functions, which nobody else captures now
                break


class Inliner:
    """Writes callees out, as long as the function does not grow too much."""

    def __init__(self, core: Core, world: Any, callee_core: Callable, root: FunctionType) -> None:
        self.core, self.world, self.callee_core, self.root = core, world, callee_core, root
        self.left = LIMIT
        self.closures: dict[str, Closure] = {}

    def find_closures(self) -> None:
        """Look for nested functions; in Python's library, decorators of classes run as they are."""
        if (self.root.__module__ or "").partition(".")[0] not in sys.stdlib_module_names:
            self.closures = closures(self.core, self.root.__globals__, self.known)

    def block(self, body: list, inside: tuple, most: int) -> list:
        out: list = []
        for s in body:
            if isinstance(s, (gast.If, gast.For, gast.While)):
                here = most if isinstance(s, gast.If) else SMALL
                s.body, s.orelse = self.block(s.body, inside, here), self.block(s.orelse, inside, here)
                out.append(s)
            else:
                out += self.written_out(s, inside, most) or [s]
        return out

    def written_out(self, s: Any, inside: tuple, most: int) -> list | None:
        """What stands in place of a statement; None if it stays as it is."""
        call = getattr(s, "value", None)
        if not isinstance(s, gast.Assign) or not isinstance(s.targets[0], gast.Name) or not isinstance(call, gast.Call):
            return None
        if any(isinstance(a, gast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
            return None
        closure = self.closures.get(call.func.id) if isinstance(call.func, gast.Name) else None
        f = closure.f if closure is not None else self.known(call.func)
        if not isinstance(f, FunctionType) or f in inside or (closure is None and not self.is_candidate(f)):
            return None
        inner = self.callee_core(f)
        if inner is None:
            return None
        size = sum(1 for _ in statements(inner.body))
        given = closure is not None or any(map(self.is_function, [*call.args, *[k.value for k in call.keywords]]))
        if size > min(SMALL * 2 if given else most, self.left) or not self.is_plain(inner, (*inside, f), given) \
                or not Body.fits(inner, self.core, closure):
            return None
        args = bound(self.world, f, call.args, call, self.core) if closure is None else given_to(f, call)
        if args is None:
            return None
        self.left -= size
        if closure is None:
            path = path_text(call.func)
            self.world.expect.code(path, f)
            self.world.expect.same_globals(path)
        target = s.targets[0].id
        free = target in self.core.local - self.core.memory and not any(target in mentioned(a) for a in args)
        fixed = {a.id for a in args if self.is_function(a)}
        body = Body(inner, self.core, args, s, f, target if free else None, fixed, closure)
        if closure is not None:
            body.statements = load_captured(self.core, body.statements)
        self.core.inlined.append((s, *place_of(f)))
        self.core.local |= assigned(body.statements)
        out = self.block(body.statements, (*inside, f), most)
        return out if free else [*out, locate(assign(target, load(body.result)), s)]

    def is_function(self, a: Any) -> bool:
        """Whether an argument is a function that is known here."""
        return isinstance(a, gast.Name) and (a.id in self.closures or isinstance(self.known(a), FunctionType))

    def known(self, func: Any) -> Any:
        """What a global path leads to; None if that is not known."""
        core = self.core
        return known(func, self.world.static, (core.local, core.params, core.free, core.namer.helpers))[1]

    def is_candidate(self, f: FunctionType) -> bool:
        code = f.__code__
        return len(code.co_code) <= CODE and not f.__closure__ and not code.co_flags & 0x20 \
            and f.__globals__ is self.world.globals and code.co_filename == self.root.__code__.co_filename \
            and self.world.lookup(f) is None

    def is_plain(self, inner: Core, inside: tuple, loops: bool) -> bool:
        """Whether a callee has no loops, or `loops` are welcome, calls none of those that are under way, and nothing that may ask
        for its frame."""
        for x in statements(inner.body):
            if isinstance(x, (gast.For, gast.While)) and not loops:
                return False
            for n in walk(x):
                f = self.known(n.func) if isinstance(n, gast.Call) else None
                if f is not None and (f in inside or (self.world.lookup(f) is None and self.world.is_opaque(f))):
                    return False
        return True


def bound(world: Any, f: FunctionType, args: list, call: Any, core: Core) -> list | None:
    """Nodes for the flat parameters of a function that is written out; None if there is more to a default than a number."""
    found: list | None = world.bind(f, args, {k.arg: k.value for k in call.keywords}, core.namer)
    helpers = core.namer.helpers
    if found is None or any(isinstance(a, gast.Name) and a.id in helpers and not is_scalar(world.value_kind(helpers[a.id]))
                            for a in found):
        return None
    return found


def given_to(f: FunctionType, call: Any) -> list | None:
    """As `bound`, for a nested function; None unless it is given just its parameters."""
    code = f.__code__
    words = {k.arg: k.value for k in call.keywords}
    rest = code.co_varnames[len(call.args):code.co_argcount]
    return [*call.args, *[words[p] for p in rest]] if len(call.args) <= code.co_argcount and words.keys() == set(rest) else None


class Body:
    """The statements of a callee with names of their own, and the variable of its result.

    Parameters
    ----------
    inner : the callee, in core form; it is not changed
    core : the function that calls it
    args : atoms, or tuples of them, for the parameters
    s : the statement with the call
    f : the callee, for its name
    target : the variable of its result, if the arguments do not need it
    fixed : arguments that are names of functions
    closure : what is known of a nested function
    """

    def __init__(self, inner: Core, core: Core, args: list, s: Any, f: FunctionType, target: str | None = None,
                 fixed: Collection[str] = (), closure: Closure | None = None) -> None:
        self.new: dict[str, Any] = {} if closure is None else dict(closure.captured)
        bound = assigned(inner.body)
        steady = (core.local | set(core.params)) - core.memory | set(fixed)
        start = []
        for p, a in zip(inner.params, args):
            if p not in bound and (isinstance(a, gast.Constant) or (isinstance(a, gast.Name) and a.id in steady)):
                self.new[p] = a if isinstance(a, gast.Constant) else a.id     # nothing binds it meanwhile
            else:
                self.new[p] = core.namer.fresh(p)
                start.append(locate(assign(self.new[p], clone(a)), s))
        for n in sorted((inner.local | bound | {inner.ret}) - set(inner.params) - self.new.keys()):
            self.new[n] = core.namer.fresh(n)
        if target is not None:
            self.new[inner.ret] = target
        for n, value in inner.namer.helpers.items():
            self.new[n] = core.namer.helper(value, n)
        core.namer.taken |= outer_names(inner) - inner.free
        body = [renamed(clone(x), self.new) for x in inner.body]
        site = (*getattr(s, "site", ()), (s.lineno, s.col_offset, s.end_lineno, s.end_col_offset, f.__name__)) \
            if getattr(s, "lineno", None) is not None else ()
        for x in body:
            for n in walk(x):
                if getattr(n, "lineno", None) is not None:
                    n.site = site
        for x in statements(body):
            if getattr(x, "lineno", None) is None:
                locate(x, s)
        self.statements, self.result = [*start, *body], self.new[inner.ret]

    @staticmethod
    def fits(inner: Core, core: Core, closure: Closure | None = None) -> bool:
        """Whether the statements of a function can stand in another one."""
        captured = set() if closure is None else closure.captured.keys()
        if inner.memory - captured or inner.free - captured or inner.generator:
            return False
        if any(isinstance(x, (gast.Try, gast.Delete, gast.Import, gast.ImportFrom, gast.FunctionDef))
               for x in statements(inner.body)):
            return False
        return not (outer_names(inner) - captured) & (core.local | set(core.params) | core.free)


def outer_names(core: Core) -> set[str]:
    """The names of a function that belong to its module, or to Python."""
    own = core.local | set(core.params) | assigned(core.body) | {core.ret} | core.namer.helpers.keys()
    return {n for x in core.body for n in mentioned(x)} - own


def place_of(f: FunctionType) -> tuple[str, range]:
    """The name of a function, and its lines in its file."""
    lines = [line for _, _, line in f.__code__.co_lines() if line is not None]
    return f.__qualname__.rpartition("<locals>.")[2], range(min(lines), max(lines) + 1)


def renamed(node: Any, new: dict[str, Any]) -> Any:
    """The tree with other names, or constants in their place."""
    if isinstance(node, gast.Name):
        if node.id not in new:
            return node
        value = new[node.id]
        if isinstance(value, gast.Constant):
            return clone(value)
        node.id = value
        return node
    for field in node._fields:
        child = getattr(node, field, None)
        if isinstance(child, list):
            setattr(node, field, [renamed(c, new) if isinstance(c, gast.AST) else c for c in child])
        elif isinstance(child, gast.AST):
            setattr(node, field, renamed(child, new))
    return node
