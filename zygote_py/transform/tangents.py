"""The tangents of variables in forward mode: what is known of each, and how they are written.

The state of a variable's tangent is one of

    None      it has none: the variable does not depend on the parameters that have one
    'num'     a number                    'arr'   an array of the variable's shape
    tuple     a tuple: one state for each entry
    'maybe'   anything, perhaps None

A number or an array of known kind has a tangent that is a number or an array, or none: where paths disagree, it becomes zero.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..analysis.facts import Plan, is_array, is_loose, is_scalar
from ..ir.build import (
    assign,
    call,
    clone,
    const,
    load,
    locate,
    tuple_,
    walk,
    written,
)
from ..lattice import join
from .assemble import Assembly

__all__ = ["State", "Tangents", "full", "joined"]


class State:
    """What is known where control is: the state of each tangent, and the kind of each variable that may be bound."""

    def __init__(self, reps: dict[str, Any], kinds: dict[str, Any]) -> None:
        self.reps, self.kinds = reps, kinds

    def copy(self) -> State:
        return State(dict(self.reps), dict(self.kinds))

    def bind(self, v: str, kind: Any, rep: Any) -> None:
        self.kinds[v] = kind
        if rep is None or (rep.__class__ is tuple and all(r is None for r in rep)):
            self.reps.pop(v, None)
        else:
            self.reps[v] = rep

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and self.reps == other.reps and self.kinds == other.kinds

    __hash__ = None  # type: ignore[assignment]


def joined(a: State | None, b: State | None) -> State | None:
    """The state where two paths meet; None is a path that is never taken."""
    if a is None or b is None:
        return b if a is None else a
    out = a.copy()
    for v, kind in b.kinds.items():
        rep = b.reps.get(v)
        if v not in a.kinds:
            out.bind(v, kind, rep)
        elif a.kinds[v] != kind or a.reps.get(v) != rep:
            kind = join(a.kinds[v], kind)
            out.bind(v, kind, rep if a.reps.get(v) == rep else full(kind))
    return out


def full(kind: Any) -> Any:
    """The state of a tangent of which only the kind of its variable is known."""
    return "num" if is_scalar(kind) else "arr" if is_array(kind) or is_loose(kind) else "maybe"


class Tangents(Assembly):
    """The tangents of one specialisation.

    Parameters
    ----------
    given : for each parameter, whether it has a tangent
    links : (callee, given) -> name of its pushforward
    has_push : whether a function has a forward-mode rule of the user's
    """

    def __init__(self, core: Any, kind: Any, given: list[bool], kinds: tuple, tools: Any, templates: Callable, links: dict,
                 has_push: Callable, *, optimise: bool) -> None:
        super().__init__(core, kind, 2, given, False, tools, templates, links, functional=True, optimise=optimise)
        self.given, self.kinds, self.templates, self.has_push = given, kinds, templates, has_push
        self.breaks: list[list[tuple[State, list]]] = []
        self.unbound: set[str] = set()
        self.tried: list[list[tuple[State, list]]] = []
        self.result: Any = None
        self.boxed = ""

    # -- small things -------------------------------------------------------------------------------------------

    def box(self) -> str:
        """Where a generator puts the tangents of its values, and finds those of what it is sent."""
        if not self.boxed:
            self.boxed = self.namer.fresh("box")
        return self.boxed

    def dot(self, v: str) -> str:
        return self.namer.tangent(v)

    def tool(self, name: str) -> Any:
        return load(self.namer.helper(getattr(self.tools, name), name))

    def cx(self) -> Any:
        return load(self.namer.cx)

    def cell(self, v: str) -> str:
        return self.reverse.cell(v)

    def do(self, tool: str, *args: Any) -> Any:
        """A statement that calls a function of the runtime."""
        return gast.Expr(value=call(self.tool(tool), self.cx(), *args))

    def rep(self, atom: Any, state: State) -> Any:
        return state.reps.get(atom.id) if isinstance(atom, gast.Name) else None

    def tangent(self, atom: Any, state: State) -> Any:
        """The tangent of an operand, as an expression."""
        if isinstance(atom, gast.Tuple):
            return tuple_([self.tangent(x, state) for x in atom.elts])
        return load(self.dot(atom.id)) if self.rep(atom, state) is not None else const(None)

    def has_tangent(self, atom: Any, state: State) -> bool:
        if isinstance(atom, gast.Tuple):
            return any(self.has_tangent(x, state) for x in atom.elts)
        return self.rep(atom, state) is not None

    def tangents(self, atoms: list, state: State) -> Any:
        return tuple_([self.tangent(a, state) for a in atoms])

    def fit(self, v: str, old: Any, new: Any, state: State) -> list:
        """Statements that bring the tangent of `v` from one state to another."""
        if old == new or new is None:
            return []
        if old is None:
            value = const(0.0) if new == "num" else call(self.tool("zero_like"), load(v)) if new == "arr" else const(None)
            return [assign(self.dot(v), value)]
        if new in ("num", "arr") and old == "maybe":
            return [assign(self.dot(v), call(self.tool("definite"), load(self.dot(v)), load(v)))]
        return []

    def fits(self, old: State, new: State) -> list:
        other = [v for v, rep in new.reps.items() if old.reps.get(v) != rep and (v in old.kinds or v in self.unbound)]
        return [s for v in sorted(other) for s in self.fit(v, old.reps.get(v), new.reps[v], old)]

    def bind(self, out: list, state: State, y: str, kind: Any, rep: Any) -> None:
        """Note what a statement bound; the tangent of a number or array is made whole."""
        if rep == "maybe" and full(kind) != "maybe":
            out += self.fit(y, rep, full(kind), state)
            rep = full(kind)
        state.bind(y, kind, rep)

    def kept(self, s: Any, hint: str) -> str:
        """A name of our own for a statement, the same each time that it is looked at."""
        names = s.__dict__.setdefault("kept", {})
        if hint not in names:
            names[hint] = self.namer.fresh(hint)
        return str(names[hint])

    def bound(self, s: Any) -> str:
        return str(s.target.id if isinstance(s, gast.AugAssign) else s.targets[0].id)

    # -- arrays that may be stored into -------------------------------------------------------------------------

    def changes(self, v: str) -> bool:
        """Whether the memory that a variable names may be stored into while this function runs."""
        return self.core.aliases is not None and v not in self.namer.helpers and self.core.aliases.followed(v)

    def refresh(self, v: str, kind: Any, state: State, out: list) -> None:
        """Bring the tangent of a variable up to date."""
        if v not in state.kinds:
            self.unbound.add(v)       # a name of the module, which no statement binds
        old = load(self.dot(v)) if state.reps.get(v) is not None else const(None)
        out.append(assign(self.dot(v), call(self.tool("current"), self.cx(), load(v), old)))
        state.bind(v, kind, "maybe")

    # -- what all forms share -----------------------------------------------------------------------------------

    def emit(self, s: Any, out: list, made: list, first: Any = None) -> None:
        """The statement itself, and what it does to tangents; there, `x@` is the value that x had before.

        The tangents of a sum or product come first if they read only such values, and nobody may see the one without the other.
        """
        nodes = [n for m in made for n in walk(m) if n.__class__ is gast.Name]
        old = [n for n in nodes if n.id.endswith("@")]
        op = getattr(s if isinstance(s, gast.AugAssign) else s.value, "op", None)
        sooner = bool(old) and isinstance(op, (gast.Add, gast.Sub, gast.Mult)) and not self.tried and first is None \
            and written(s).isdisjoint(n.id for n in nodes)
        saved: dict[str, str] = {}
        for n in old:
            v = n.id[:-1]
            if not sooner:
                saved.setdefault(v, self.namer.fresh(v + "_0"))
            n.id = saved.get(v, v)
        out += [assign(name, load(v)) for v, name in saved.items()]
        out += [*made, clone(s)] if sooner else [clone(s) if first is None else first, *made]

    def before(self, atoms: Any, bound: set[str]) -> Any:
        """Operands as they were before the statement."""
        atoms = clone(atoms)
        for a in atoms if isinstance(atoms, list) else [atoms]:
            for n in walk(a):
                if n.__class__ is gast.Name and n.id in bound:
                    n.id += "@"
        return atoms

    def ready(self, atoms: list, facts: list, state: State, out: list) -> None:
        """Make the tangents of numbers and arrays whole that may be None; bring those up to date that may have changed."""
        for a, (kind, act) in zip(atoms, facts):
            if isinstance(a, gast.Tuple):
                self.ready(a.elts, [(k, act) for k in kind[1:]], state, out)
                continue
            if isinstance(a, gast.Name) and act and not is_scalar(kind) and kind != "k" and self.changes(a.id):
                self.refresh(a.id, kind, state, out)
            if self.rep(a, state) == "maybe" and full(kind) != "maybe":
                out += self.fit(a.id, "maybe", full(kind), state)
                state.bind(a.id, kind, full(kind))

    def pushed(self, s: Any, plan: Plan, state: State, out: list, tool: str, *args: Any) -> None:
        """`y, y_dot = tool(cx, ...)`"""
        y = self.bound(s)
        out.append(locate(assign([y, self.dot(y)], call(self.tool(tool), self.cx(), *args)), s))
        self.bind(out, state, y, plan.kind, "maybe")
