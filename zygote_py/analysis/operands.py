"""What is known of the operands of operations: kinds, activities, and what the names stand for that a function does not bind.

Activity: 0 constant; 1 conditional (it comes out of memory of inactive origin, and matters only if that memory is tracked in
this run); 2 active.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import gast

from ..lattice import NONE, plain
from ..normalize import Core
from . import contents
from .confined import confined
from .counts import counting
from .facts import Plan, is_scalar
from .instances import Class
from .instances import written as attribute_written
from .nested import nested_functions

__all__ = ["Operands", "World"]


class World(Protocol):
    """What the analysis asks about the world outside the function."""

    Const: type
    of_constant: Callable
    contained: Callable
    absent: Callable
    asks: bool
    globals: dict
    not_yet: Callable

    def lookup(self, f: Any) -> Any: ...
    def static(self, e: Any) -> tuple[bool, Any]: ...
    def outer(self, name: str) -> tuple[Any, int]: ...
    def callee(self, f: Any, kinds: tuple, mask: int) -> Any: ...
    def nested(self, code: Any) -> Any: ...
    def method(self, name: str) -> Any: ...
    def attribute(self, name: str) -> Any: ...
    def value_kind(self, value: Any) -> Any: ...
    def acts(self, value: Any) -> bool: ...
    def keeps_records(self, f: Any) -> bool: ...
    def may_store(self, rule: Any) -> bool: ...
    def makes_container(self, f: Any) -> bool: ...
    def copies(self, f: Any) -> bool: ...
    def is_opaque(self, f: Any) -> bool: ...
    def inlinable(self, rule: Any, args: list, keywords: dict, facts: list) -> bool: ...
    def reads_result(self, rule: Any) -> bool: ...
    def bind(self, f: Any, args: list, keywords: dict, namer: Any) -> list | None: ...
    def broadcast(self, *kinds: Any) -> Any: ...
    def kind_by_elements(self, f: Any, /) -> Callable | None: ...
    def class_path(self, cls: Class) -> str | None: ...
    def rely_on(self, cls: Class, attribute: str) -> None: ...
    def method_path(self, cls: Class, name: str, f: Any) -> None: ...


UNKNOWN = ("o", 2)


class Operands:
    """What is known where an operation stands: `env` has the kind and activity of each variable."""

    def __init__(self, core: Core, world: World, optimise: bool = True) -> None:
        self.core, self.world, self.optimise = core, world, optimise
        self.stores = self.keeps = False
        self.region = False
        self.counting: set[str] | None = None
        self.types: dict[str, type] = {}        # what temporaries hold
        self.numeric: dict[tuple, Plan] = {}    # operations on numbers, by the function and what is known of its arguments
        self.own: dict[str, str] | None = None
        self.handed: set[str] = set()       # containers that an operator hands to a method of the other operand
        self.effects: set[tuple] | None = set()     # what is stored into attributes, (class, name, kind), and into containers,
                                                    # (None, kind of what was there, kind); None: not known
        self.made: set[str] | None = None
        self.nested = nested_functions(core, world.nested) if optimise else {}

    def fact(self, atom: Any, env: dict) -> tuple[Any, int]:
        """Kind and activity of an atom."""
        kind, act = self.known(atom, env)
        return plain(kind), act

    def known(self, atom: Any, env: dict) -> tuple[Any, int]:
        """As `fact`, with what a container is known to hold."""
        if atom.__class__ is gast.Name and atom.id in self.core.local:
            return env.get(atom.id, UNKNOWN)
        if isinstance(atom, gast.Constant):
            if atom.value is None and self.optimise:
                return NONE, 0
            return (self.world.value_kind(atom.value) if self.optimise
                    else "k" if atom.value is None or isinstance(atom.value, str) else "o"), 0
        if isinstance(atom, gast.Starred):
            return self.known(atom.value, env)
        if atom.id in self.core.namer.helpers:
            helper = self.core.namer.helpers[atom.id]
            kind = self.world.value_kind(helper)
            return ("o", 1) if helper is self.world.globals else (kind if is_scalar(kind) else "k", 0)
        kind, act = self.world.outer(atom.id)
        return (kind, act) if self.optimise or kind == "k" else ("o", max(act, 1))

    def facts(self, atoms: list, env: dict) -> list:
        return [self.fact(a, env) for a in atoms]

    def static(self, e: Any) -> tuple[bool, Any]:
        root = e
        while isinstance(root, gast.Attribute):
            root = root.value
        if not isinstance(root, gast.Name) or root.id in self.core.local or root.id in self.core.memory:
            return False, None
        if root.id in self.core.namer.helpers:
            return (True, self.core.namer.helpers[root.id]) if root is e else (False, None)
        return self.world.static(e)

    def argument_fact(self, node: Any, env: dict) -> tuple[Any, int]:
        if isinstance(node, gast.Tuple):
            facts = [self.known(x, env) for x in node.elts]
            return ("t", *(k for k, _ in facts)), max((a for _, a in facts), default=0)
        if isinstance(node, gast.Name) and node.id in self.core.namer.helpers:
            return self.world.value_kind(self.core.namer.helpers[node.id]), 0
        kind, act = self.known(node, env)
        return "k" if kind == NONE else kind, act

    def given(self, atom: Any, env: dict) -> Any:
        """The kind of an argument; its value, if that is in the text or is a type, such as the `dtype` of an array."""
        if isinstance(atom, gast.Constant):
            return self.world.Const(atom.value)
        value = self.types.get(atom.id) if isinstance(atom, gast.Name) and atom.id in self.core.local else self.static(atom)[1]
        if isinstance(value, type):
            return self.world.Const(value)
        kind = self.known(atom, env)[0]
        return plain(kind) if kind.__class__ is tuple and kind[0] in ("p", "m", "?") else kind

    def forget(self, env: dict) -> None:
        """Code that is not known runs."""
        self.effects = None
        contents.forget(env, self.confined())

    def called(self, env: dict, callee: Any) -> None:
        """A known function runs, and stores into attributes of objects and into containers, or into more than that."""
        if callee.effects is None:
            self.forget(env)
            return
        for effect in callee.effects:
            owner, where, value = effect
            if owner is None:
                contents.put(env, where, value, self.confined())
            else:
                attribute_written(env, owner, where, value)
            if self.effects is not None:
                self.effects.add(effect)

    def puts(self, container: Any, held: Any, value: Any, key: Any = None) -> None:
        """Note for our callers that this function puts a value into a container of this kind, which they may know."""
        if self.effects is None or getattr(container, "id", "") in self.confined():
            return
        if value is None or held.__class__ is not tuple or held[0] not in ("l", "d"):
            self.effects = None
        elif value != "⊥":
            self.effects.add((None, contents.place_in(held, value, key), value))

    def counts(self) -> set[str]:
        """The variables that are never negative."""
        if self.counting is None:
            self.counting = counting(self.core, self.static)
        return self.counting

    def confined(self) -> dict[str, str]:
        """The containers that no other code can reach."""
        if self.own is None:
            self.own = confined(self.core, self.static, self.world.copies, self.handed)
        return self.own

    def cell_fact(self, name: str, env: dict) -> tuple[Any, int]:
        if name in self.core.local:
            kind, act = env.get(name, ("o", 2))
            return (kind if name in self.core.quiet and self.optimise else "o"), max(act, 2)
        return "o", max(1, self.world.outer(name)[1])
