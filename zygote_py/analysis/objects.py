"""Objects that do not leave a function become variables.

    p = Particle(x, v)          self_x = x; self_v = v      `__init__`, inlined
    p.step(f)                   p_v = p_v + f; p_x = p_x + p_v
    return p.x                  return p_x

Enters: the core form of a function. Leaves: the same, with the methods of such objects inlined and each attribute in a variable
of its own, so that what follows knows its kind, and no slot has to be looked up. An object qualifies if its class is a plain one
of the same module, and if all that is done with it is to read and write attributes that `__init__` sets, and to call methods for
which the same holds. Anything else, and the object is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from types import FunctionType, MemberDescriptorType
from typing import Any

import gast

from ..ir.build import assign, assigned, blocks, clone, load, locate, mentioned, path_text, statements
from ..normalize import Core
from .inlining import Body, bound, place_of

__all__ = ["dissolve"]

LIMIT = 400
"""So many statements at most."""

HOOKS = ("__setattr__", "__getattribute__", "__delattr__", "__new__")


class Stays(Exception):
    """Some objects have to stay what they are."""

    def __init__(self, blamed: list[Thing]) -> None:
        super().__init__()
        self.blamed = blamed


class Thing:
    """An object: the variable that it is made in, its class and the path of that, all variables that hold it, and the variables
    of its attributes."""

    def __init__(self, made: str, cls: type, path: str) -> None:
        self.made, self.cls, self.path = made, cls, path
        self.names = {made}
        self.attributes: dict[str, str] = {}


def dissolve(core: Core, world: Any, method_core: Callable[[FunctionType], Core | None]) -> None:
    """Turn objects into variables, in place.

    Parameters
    ----------
    core : in core form
    world : answers what global names stand for, and notes what is relied on
    method_core : callable from a method to its core form, or None; without positions, if they are those of another file
    """
    refused: set[str] = set()
    while True:
        things = []
        for s in statements(core.body):
            cls = made_class(s, world, core.local, core.params)
            if cls is not None and s.targets[0].id not in refused:
                things.append(Thing(s.targets[0].id, cls, str(path_text(s.value.func))))
        if not things:
            return
        new = Dissolver(core, world, method_core, things)
        try:
            body = new.run()
        except Stays as error:
            refused |= {thing.made for thing in error.blamed}
            continue
        new.agree()
        core.body = body
        core.local |= assigned(body)
        refused |= {thing.made for thing in things}


def made_class(s: Any, world: Any, *own: Collection[str]) -> Any:
    """The class of which a statement makes an instance; `own` are the names that are not global."""
    if not isinstance(s, gast.Assign) or not isinstance(s.targets[0], gast.Name) or not isinstance(s.value, gast.Call):
        return None
    path = path_text(s.value.func)
    if path is None or any(path.partition(".")[0] in names for names in own):
        return None
    known, cls = world.static(s.value.func)
    return cls if known and is_plain(cls) and world.lookup(cls) is None else None


def is_plain(cls: Any) -> bool:
    """Whether instances are made and their attributes are found in the ordinary way."""
    return type(cls) is type and isinstance(in_class(cls, "__init__"), FunctionType) \
        and all(getattr(cls, h) is getattr(object, h) for h in HOOKS) \
        and not hasattr(cls, "__getattr__") and not hasattr(cls, "__del__")


class Dissolver:
    """Dissolves some objects of a function, or raises `Stays`."""

    def __init__(self, core: Core, world: Any, method_core: Callable, things: list[Thing]) -> None:
        self.core, self.world, self.method_core, self.things = core, world, method_core, things
        self.count = 0
        self.inside: list[FunctionType] = []
        self.relied: list[tuple[str, Any, bool]] = []
        self.calls: list[tuple[Any, str, range]] = []
        self.by_name: dict[str, Thing] = {}
        self.blamed: list[Thing] = []
        self.places: dict[str, list[tuple[list, int]]] = {}         # variable -> where it is bound: block, and place in it
        self.copies: dict[str, list[tuple[str, list, int]]] = {}    # variable -> what it is copied to, and where

    def run(self) -> list:
        core = self.core
        for block in every_block(core.body):
            for i, s in enumerate(block):
                for v in bound_here(s):
                    self.places.setdefault(v, []).append((block, i))
                if isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name) and isinstance(s.value, gast.Name):
                    self.copies.setdefault(s.value.id, []).append((s.targets[0].id, block, i))
        for thing in self.things:
            if not self.follow(thing) or any(v in core.memory or v in core.params or v == core.ret or len(self.places[v]) != 1
                                             for v in thing.names):
                self.blamed.append(thing)
            else:
                self.by_name.update(dict.fromkeys(thing.names, thing))
        body = self.block(core.body)
        if self.blamed:
            raise Stays(self.blamed)
        return body

    def agree(self) -> None:
        """Note what the code relies on."""
        self.core.inlined += self.calls
        for path, value, is_code in self.relied:
            if is_code:
                self.world.expect.code(path, value)
                self.world.expect.same_globals(path)
            else:
                self.world.expect.is_(path, value)

    def follow(self, thing: Thing) -> bool:
        """Collect the copies `a = t` that follow in the block where the object is made: until the next one is made, they hold the
        same object. Whether none of them is spoken of before."""
        block, start = self.places[thing.made][0]
        left = [(thing.made, start)]
        while left:
            v, at = left.pop()
            for name, other, i in self.copies.get(v, ()):
                if other is block and i > at:
                    if any(name in mentioned(x) for x in block[start:i]):
                        return False
                    thing.names.add(name)
                    left.append((name, i))
        return True

    # -- statements -----------------------------------------------------------------------------------------------

    def block(self, body: list) -> list:
        """The statements in place of those of a block. If an object has to stay, the next ones are looked at without it, and
        without those that the same statement speaks of, which may be half done."""
        out: list = []
        for s in body:
            try:
                out += self.statement(s)
            except Stays as error:
                if self.inside:
                    raise
                self.blamed += error.blamed
                for thing in (*error.blamed, *[self.by_name[v] for v in mentioned(s) & self.by_name.keys()]):
                    for v in thing.names:
                        self.by_name.pop(v, None)
        return out

    def thing(self, node: Any) -> Thing | None:
        return self.by_name.get(node.id) if isinstance(node, gast.Name) else None

    def none_in(self, node: Any) -> None:
        found = [self.by_name[v] for v in mentioned(node) & self.by_name.keys()]
        if found:
            raise Stays(found)

    def statement(self, s: Any) -> list:
        if isinstance(s, (gast.If, gast.For, gast.While)):
            new = clone(s)
            self.none_in(s.iter if isinstance(s, gast.For) else s.test)
            new.body, new.orelse = self.block(s.body), self.block(s.orelse)
            return [new]
        if not mentioned(s) & self.by_name.keys():
            return [s]
        value = getattr(s, "value", None)
        target = s.targets[0] if isinstance(s, gast.Assign) else None
        if isinstance(target, gast.Name):
            made = self.by_name.get(target.id)
            if made is not None:
                return self.create(s, made) if target.id == made.made else []
        if isinstance(target, gast.Attribute) and self.thing(value) is None:
            owner = self.thing(target.value)
            if owner is not None:
                return [locate(assign(self.attribute(owner, target.attr), clone(value)), s)]
        if isinstance(target, gast.Name) and isinstance(value, gast.Attribute):
            owner = self.thing(value.value)
            if owner is not None:
                return [locate(assign(target.id, load(self.attribute(owner, value.attr))), s)]
        if (isinstance(target, gast.Name) or isinstance(s, gast.Expr)) and isinstance(value, gast.Call) \
                and isinstance(value.func, gast.Attribute):
            owner = self.thing(value.func.value)
            if owner is not None:
                return self.method(s, target, owner, value)
        self.none_in(s)
        raise AssertionError

    def attribute(self, thing: Thing, name: str) -> str:
        """The variable of an attribute, which `__init__` has set."""
        if name not in thing.attributes:
            raise Stays([thing])
        return thing.attributes[name]

    def create(self, s: Any, thing: Thing) -> list:
        self.relied += [(f"{thing.path}.{h}", getattr(object, h), False) for h in HOOKS]
        body, _ = self.inlined(thing, in_class(thing.cls, "__init__"), "__init__", s.value, s)
        for x in body:
            target = x.targets[0] if isinstance(x, gast.Assign) else None
            if isinstance(target, gast.Attribute) and self.thing(target.value) is thing and target.attr not in thing.attributes:
                of_class = in_class(thing.cls, target.attr)
                if hasattr(of_class, "__get__") and not isinstance(of_class, MemberDescriptorType):
                    raise Stays([thing])
                hint = min(thing.names - {thing.made}, default=thing.made)
                thing.attributes[target.attr] = self.core.namer.fresh(f"{hint}_{target.attr}")
        return self.body_of(in_class(thing.cls, "__init__"), body)

    def method(self, s: Any, target: Any, thing: Thing, call: Any) -> list:
        """A call of a method: its body in place of it."""
        name = call.func.attr
        f = in_class(thing.cls, name)
        if not isinstance(f, FunctionType) or name in thing.attributes:
            raise Stays([thing])
        body, result = self.inlined(thing, f, name, call, s)
        if target is not None:
            body.append(locate(assign(target.id, load(result)), s))
        return self.body_of(f, body)

    def body_of(self, f: FunctionType, body: list) -> list:
        self.inside.append(f)
        try:
            return self.block(body)
        finally:
            self.inside.pop()

    def inlined(self, thing: Thing, f: FunctionType, name: str, call: Any, s: Any) -> tuple[list, str]:
        """The statements of a method, with names of their own, and the variable of its result."""
        core, world, path = self.core, self.world, f"{thing.path}.{name}"
        if f in self.inside or f.__globals__ is not world.globals or f.__closure__ or world.lookup(f) is not None:
            raise Stays([thing])
        inner = self.method_core(f)
        if inner is None or not Body.fits(inner, core):
            raise Stays([thing])
        count = self.count + len(statements(inner.body))
        if count > LIMIT:
            raise Stays([thing])
        self.count = count
        world.paths.setdefault(id(f), path)
        obj = clone(call.func.value) if name != "__init__" else load(thing.made)
        args = bound(world, f, [obj, *call.args], call, core)
        if args is None or any(not isinstance(a, (gast.Name, gast.Constant)) for a in args):
            raise Stays([thing])
        self.relied.append((path, f, True))
        body = Body(inner, core, args, s, f)
        self.calls.append((s, *place_of(f)))
        return body.statements, body.result


def every_block(body: list) -> Any:
    yield body
    for s in body:
        for block in blocks(s):
            yield from every_block(block)


def bound_here(s: Any) -> set[str]:
    """The names that a statement binds, not looking into its blocks."""
    if isinstance(s, gast.For):
        return mentioned(s.target)
    return set() if blocks(s) else assigned([s])


def in_class(cls: type, name: str) -> Any:
    """What the classes hold under a name; None if nothing."""
    return next((c.__dict__[name] for c in cls.__mro__ if name in c.__dict__), None)
