"""Calls of plain classes are written out.

    p = Particle(x, v)          t = make_object(Particle); t.x = x; t.v = v; p = t

Enters: the core form of a function. Leaves: the same, with `__init__` in place of such calls, so that what the object holds is
known (`instances`), and its attributes are found without a search. Here objects stay objects; those that do not leave the
function have become variables before (`objects`).
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import gast

from ..ir.build import assign, assigned, blocks, call, clone, const, load, locate, path_text, statements, walk
from ..normalize import Core
from ..normalize.helpers import check_count, make_object
from .inlining import Body, bound, place_of
from .instances import class_of
from .objects import in_class, made_class

__all__ = ["make_objects"]

SMALL = 24
"""So many statements at most has an `__init__` that is written out."""

LIMIT = 300
"""So many statements at most are added to one function."""


def make_objects(core: Core, world: Any, method_core: Callable[[FunctionType], Core | None]) -> None:
    """Write `__init__` out, in place.

    Parameters
    ----------
    core : in core form
    world : answers what global names stand for, and notes what is relied on
    method_core : callable from a method to its core form, or None
    """
    core.body = Maker(core, world, method_core).block(core.body, ())
    core.local |= assigned(core.body)


class Maker:
    """Writes the making of objects out, as long as the function does not grow too much."""

    def __init__(self, core: Core, world: Any, method_core: Callable) -> None:
        self.core, self.world, self.method_core = core, world, method_core
        self.left = LIMIT

    def block(self, body: list, inside: tuple) -> list:
        out: list = []
        for s in body:
            if isinstance(s, (gast.If, gast.For, gast.While)):
                s.body, s.orelse = self.block(s.body, inside), self.block(s.orelse, inside)
            self.spread(s, out)
            out += self.written_out(s, inside) or [s]
        return out

    def spread(self, s: Any, before: list) -> None:
        """`C(*items)` as `a, b, c = items; C(a, b, c)`, for a class that takes so many."""
        core = self.core
        cls = self.made_class(s)
        if cls is None or s.value.keywords or len(before) < 2 or len(s.value.args) != 1 \
                or not isinstance(s.value.args[0], gast.Starred):
            return
        f = in_class(cls, "__init__")
        n = f.__code__.co_argcount - 1
        items = self.packed(s.value.args[0].value.id, *before[-2:])
        if n < 1 or f.__code__.co_flags & 0xC or f.__code__.co_kwonlyargcount or f.__defaults__ or items is None:
            return
        parts = [core.namer.fresh("part") for _ in range(n)]
        core.local |= set(parts)
        counted = call(load(core.namer.helper(check_count)), clone(s.value.func), clone(items), const(n))
        before[-2:] = [locate(assign(core.namer.fresh("_"), counted), s), locate(assign(parts, clone(items)), s)]
        s.value.args = [load(v) for v in parts]

    def packed(self, v: str, first: Any, second: Any) -> Any:
        """The variable x of `t = tuple(x); v = (*t,)`, which is how core code says `*x`."""
        if not isinstance(first, gast.Assign) or not isinstance(second, gast.Assign):
            return None
        made, display, t = first.value, second.value, getattr(first.targets[0], "id", "")
        if not isinstance(made, gast.Call) or not isinstance(display, gast.Tuple) or getattr(second.targets[0], "id", "") != v \
                or {t, v} & self.core.user or self.helper(made.func) is not tuple:
            return None
        starred = [getattr(getattr(e, "value", None), "id", "") for e in display.elts]
        return made.args[0] if starred == [t] and isinstance(made.args[0], gast.Name) else None

    def made_class(self, s: Any) -> Any:
        return made_class(s, self.world, self.core.local, self.core.params, self.core.free)

    def helper(self, e: Any) -> Any:
        """What a name of ours in core code stands for."""
        return self.core.namer.helpers.get(e.id) if isinstance(e, gast.Name) else None

    def written_out(self, s: Any, inside: tuple) -> list | None:
        """What stands in place of a statement; None if it stays as it is."""
        core, world = self.core, self.world
        cls = self.made_class(s)
        if cls is None or class_of(cls) is None or any(isinstance(a, gast.Starred) for a in s.value.args) \
                or any(k.arg is None for k in s.value.keywords):
            return None
        f, path = in_class(cls, "__init__"), str(path_text(s.value.func))
        if f in inside or f.__globals__ is not world.globals or f.__closure__ or world.lookup(f) is not None:
            return None
        inner = self.method_core(f)
        if inner is None or not Body.fits(inner, core) or not returns_nothing(inner):
            return None
        size = sum(1 for _ in statements(inner.body))
        if size > min(SMALL, self.left):
            return None
        world.paths.setdefault(id(f), f"{path}.__init__")
        obj = core.namer.fresh("obj")
        core.local.add(obj)
        args = bound(world, f, [load(obj), *s.value.args], s.value, core)
        if args is None:
            return None
        self.left -= size
        world.expect.plain_class(path)
        world.expect.code(f"{path}.__init__", f)
        world.expect.same_globals(f"{path}.__init__")
        body = Body(inner, core, args, s, f)
        core.inlined.append((s, *place_of(f)))
        core.local |= assigned(body.statements)
        mark(body.statements, obj)
        made = locate(assign(obj, call(load(core.namer.helper(make_object)), clone(s.value.func))), s)
        return [made, *self.block(body.statements, (*inside, f)), locate(assign(s.targets[0].id, load(obj)), s)]


def mark(body: list, obj: str) -> None:
    """Mark the stores into attributes of a new object, and those before which it was not handed to anybody."""
    alone = True
    for x in statements(body):
        target = x.targets[0] if isinstance(x, gast.Assign) else None
        x.fresh = isinstance(target, gast.Attribute) and getattr(target.value, "id", "") == obj
        calling = isinstance(getattr(x, "value", None), gast.Call)
        looks = 0 if calling else sum(isinstance(n, gast.Attribute) and getattr(n.value, "id", "") == obj for n in walk(x))
        alone = alone and not isinstance(x, (gast.For, gast.While)) \
            and sum(isinstance(n, gast.Name) and n.id == obj for n in walk(x)) == looks
        x.alone = x.fresh and alone


def returns_nothing(inner: Core) -> bool:
    """Whether a function returns None."""
    results = [s for s in statements(inner.body) if not blocks(s) and inner.ret in assigned([s])]
    return all(isinstance(s, gast.Assign) and isinstance(s.value, gast.Constant) and s.value.value is None for s in results)
