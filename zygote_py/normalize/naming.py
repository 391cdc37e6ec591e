"""Names for the values that a function goes through, and where they are stored.

Enters: statements and expressions of the user's. Leaves: statements of core code, in Python's order of evaluation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..errors import UnsupportedCodeError, message
from ..ir.build import assign, call, const, is_atom, load, locate, store, tuple_, walk
from .core import Core, known
from .helpers import set_global

__all__ = ["Naming"]

MAY_FAIL = (gast.Call, gast.Yield, gast.BinOp, gast.UnaryOp, gast.Attribute, gast.Subscript)
"""What may run a function that raises: its result has a name of its own, so that the user's variable stays as it was."""


class Naming:
    """Names every value that an expression goes through.

    What statements (`on_...`) and expressions (`of_...`) are in core code is said by the classes made from this one.
    """

    def __init__(self, core: Core, static: Callable, globals_: dict, filename: str) -> None:
        self.core, self.static, self.globals, self.filename = core, static, globals_, filename
        self.namer = core.namer
        self.out: list = []
        self.origin: Any = None
        self.renamed: dict[str, str] = {}
        self.boxes: dict[str, str] = {}     # variables of comprehensions in loops that functions capture -> where the cell is
        self.shared: frozenset[str] | set[str] = frozenset()
        self.depth = 0
        self.guarded = 0
        self.detached: tuple | None = None     # in a block that no derivative leaves: see helpers.WITHOUT_DERIVATIVES

    # -- statements ---------------------------------------------------------------------------------------------

    def block(self, body: list) -> list:
        outer, self.out = self.out, []
        for s in body:
            self.statement(s)
        out, self.out = self.out, outer
        return out

    def emit(self, statement: Any) -> None:
        self.out.append(locate(statement, self.origin))

    def statement(self, s: Any) -> None:
        if getattr(s, "lineno", None) is not None:
            self.origin = s
        method = getattr(self, "on_" + type(s).__name__, None)
        if method is None:
            raise self.unsupported(s, type(s).__name__)
        outer, self.detached = self.detached, getattr(s, "detached", None)
        method(s)
        self.detached = outer

    def constant(self, atom: Any) -> Any:
        """A value that is stored; one without derivative in a block that none leaves."""
        if self.detached is None or isinstance(atom, gast.Constant):
            return atom
        return self.name_of(call(load(self.namer.helper(self.detached[0])), atom))

    def made_constant(self, name: str) -> Any:
        """The same for the result of an operation, which has memory of its own."""
        if self.detached is not None:
            self.emit(assign(name, call(load(self.namer.helper(self.detached[1])), load(name))))
        return load(name)

    def unsupported(self, node: Any, what: str, why: str = "", instead: str = "") -> UnsupportedCodeError:
        at = node if getattr(node, "lineno", None) is not None else self.origin
        return UnsupportedCodeError(message(
            f"cannot differentiate {what}", filename=self.filename, lineno=getattr(at, "lineno", None),
            col=getattr(at, "col_offset", None), end_col=getattr(at, "end_col_offset", None), function=self.core.name,
            why=why or "The engine has no adjoint for this construct.",
            instead=instead or "rewrite it, or give the function a rule with @adjoint", doc="docs/limitations.md"))

    # -- targets ------------------------------------------------------------------------------------------------

    def rename(self, name: str) -> str:
        return self.renamed.get(name, name)

    def bind(self, name: str, value: Any) -> None:
        """Assign an expression to a variable."""
        if isinstance(value, gast.IfExp) and self.rename(name) not in self.core.memory:
            then, orelse = [locate(gast.Assign(targets=[store(name)], value=v, type_comment=None), self.origin)
                            for v in (value.body, value.orelse)]
            self.statement(gast.If(test=value.test, body=[then], orelse=[orelse]))
            return
        self.store_name(name, self.operation(value))

    def is_shared(self, name: str) -> bool:
        """Whether a name is a global that functions may bind anew: it is read and written in the module's namespace."""
        return name in self.shared and name not in self.renamed

    def of_global(self, f: Any, name: str, *value: Any) -> Any:
        return gast.Call(func=load(self.namer.helper(f)), keywords=[],
                         args=[load(self.namer.helper(self.globals, "module_globals")), const(name), *value])

    def binds_plainly(self, name: str) -> bool:
        """Whether a loop or an unpacking may bind a name by itself."""
        own = self.rename(name)
        return own not in self.core.memory and own not in self.boxes and not self.is_shared(name) and self.detached is None

    def store_name(self, name: str, value: Any) -> None:
        if self.detached is not None:
            fresh = isinstance(value, (gast.BinOp, gast.UnaryOp, gast.Call))
            value = value if is_atom(value) else self.name_of(value)
            value = self.made_constant(value.id) if fresh else self.constant(value)
        if self.is_shared(name):
            value = value if is_atom(value) else self.name_of(value)
            value = self.copied(value) if isinstance(value, gast.Name) and value.id in self.core.memory else value
            self.name_of(self.of_global(set_global, name, value), "_")
            return
        name = self.rename(name)
        if name in self.boxes:
            value = value if is_atom(value) else self.name_of(value)
            self.emit(assign(gast.Attribute(value=load(self.boxes[name]), attr="cell_contents", ctx=gast.Store()), value))
            return
        if not is_atom(value) and (name in self.core.memory or (self.guarded and isinstance(value, MAY_FAIL))):
            value = self.name_of(value)
        elif name in self.core.memory and isinstance(value, gast.Name) and value.id in self.core.memory:
            value = self.copied(value)
        self.emit(assign(name, value))

    def assign_to(self, target: Any, value: Any) -> None:
        """Assign an atom to any target."""
        if isinstance(target, gast.Name):
            self.store_name(target.id, value)
        elif isinstance(target, (gast.Tuple, gast.List)):
            self.unpack(target, value)
        elif isinstance(target, gast.Starred):
            self.assign_to(target.value, value)
        else:
            self.emit(assign(self.place(target)(gast.Store()), self.constant(value)))

    def unpack(self, target: Any, value: Any) -> None:
        targets = target.elts
        starred = any(isinstance(t, gast.Starred) for t in targets)
        if isinstance(value, (gast.Tuple, gast.List)) and len(value.elts) == len(targets) and not starred \
                and not any(isinstance(e, gast.Starred) for e in value.elts):
            stored = {n.id for t in targets for n in walk(t) if isinstance(n, gast.Name)}
            atoms = self.atoms(value.elts)
            atoms = [self.copied(a) if isinstance(a, gast.Name) and a.id in stored else a for a in atoms]
            for t, a in zip(targets, atoms):
                self.assign_to(t, a)
            return
        source = self.name_of(self.atom(value))
        names, later = [], []
        for t in targets:
            star = isinstance(t, gast.Starred)
            t = t.value if star else t
            if isinstance(t, gast.Name) and self.binds_plainly(t.id):
                node = store(self.rename(t.id))
            else:
                node = store(self.namer.fresh("part"))
                later.append((t, node.id, star))
            names.append(gast.Starred(value=node, ctx=gast.Store()) if star else node)
        self.emit(assign(tuple_(names, gast.Store()), source))
        for t, name, star in later:
            value = load(name)
            if star and self.detached is not None:
                whole = self.constant(self.name_of(call(load(self.namer.helper(tuple, "tuple")), value)))
                value = self.name_of(call(load(self.namer.helper(list, "list")), whole))
            self.assign_to(t, value)

    def place(self, target: Any) -> Callable[[Any], Any]:
        """Evaluate the object and the index of a target once; the result makes the node for a context."""
        obj = self.atom(target.value)
        if isinstance(target, gast.Attribute):
            return lambda ctx: gast.Attribute(value=obj, attr=target.attr, ctx=ctx)
        index = self.index(target.slice)
        return lambda ctx: gast.Subscript(value=obj, slice=index, ctx=ctx)

    # -- values -------------------------------------------------------------------------------------------------

    def temp(self, value: Any, hint: str = "t") -> Any:
        return self.name_of(self.operation(value), hint)

    def name_of(self, operation: Any, hint: str = "t") -> Any:
        """Give the result of an operation a name."""
        if isinstance(operation, gast.Name):
            return operation
        name = self.namer.fresh(hint)
        self.core.local.add(name)
        self.emit(assign(name, operation))
        return load(name)

    def copied(self, atom: Any) -> Any:
        name = self.namer.fresh("t")
        self.core.local.add(name)
        self.emit(assign(name, atom))
        return load(name)

    def atom(self, e: Any) -> Any:
        """Evaluate an expression into a name or a constant."""
        return self.held(self.operation(e))

    def held(self, o: Any) -> Any:
        """What an operation gives as a name or a constant; a name that nobody else can bind anew."""
        if isinstance(o, gast.Constant):
            return o
        if isinstance(o, gast.Name):
            return self.copied(o) if o.id in self.core.memory else o
        return self.name_of(o)

    def atoms(self, expressions: list) -> list:
        """Evaluate operands from left to right; one that a later operand may rebind is copied."""
        out = []
        for i, e in enumerate(expressions):
            a = self.atom(e)
            if isinstance(a, gast.Name) and isinstance(e, gast.Name):
                later = expressions[i + 1:]
                own = a.id in self.core.local
                if any((isinstance(n, gast.NamedExpr) and n.target.id == e.id)
                       or (not own and isinstance(n, gast.Call) and not self.known(a)[0])
                       for x in later for n in walk(x)):
                    a = self.copied(a)
            out.append(a)
        return out

    def known(self, e: Any) -> tuple[bool, Any]:
        """What a global or free name, or a path through modules, stands for, if that is known."""
        core = self.core
        return known(e, self.static, [core.local, self.renamed, core.memory, self.shared])

    def operation(self, e: Any) -> Any:
        """Reduce an expression to one operation on atoms."""
        method = getattr(self, "of_" + type(e).__name__, None)
        if method is None:
            raise self.unsupported(e, f"`{type(e).__name__}`")
        new = method(e)
        if getattr(new, "lineno", None) is None:
            locate(new, e)
        return new

    def index(self, e: Any) -> Any:
        """Evaluate the index of a subscript."""
        raise NotImplementedError

    def test(self, e: Any) -> Any:
        """Evaluate a condition into an atom."""
        raise NotImplementedError
