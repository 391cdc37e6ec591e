"""What is kept between calls.

For each code object an `Entry` with its specialisations, `Template`s, by key: kinds of the arguments, mask of those that are
active, mode. An entry dies with its code object. For each function object a `Record`, kept on the function itself, with the
`Bound`s: templates bound to that function's globals and closure. So a fresh lambda of known code finds its templates, and nothing
outlives what it was made for.

A template holds no function, module or value of the user's strongly: what it needs of them are paths, followed when it is bound.
"""

from __future__ import annotations

import threading
import types
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from types import CellType, FunctionType
from typing import Any

from .frontend.source import generated_from
from .guards import GLOBALS, TWIN, Expectations, Layout, Outer, all_of, evaluate
from .registry import lookup, unchanged, version
from .transform.assemble import FUNCTIONAL

__all__ = ["Bound", "Code", "Entry", "Link", "Record", "Statistics", "Template", "bind", "counters", "entry_for", "find", "fits",
           "known_entry", "lock", "record_of", "statistics", "templates_by_code", "twin_of"]

lock = threading.RLock()
"""Held while code is made and while functions that call each other directly are bound; never for a look-up."""

ALTERNATIVES = 8        # templates with one key, for different expectations
KEYS = 64               # keys per code object, and per function
NAME = "__zygote_py__"
SEEN = "seen once"         # in place of the record of a function that was met once only
MADE = "__zygote_py_twin_made__"    # on generated functions: the form without in-place updates
PUSH = "push:"      # prefix of the roles of forward mode; what follows says which arguments have tangents: push:101

Key = tuple[tuple, int, bool, int]      # kinds, mask, whether free variables are active, mode


class Link:
    """Stands for a callee's generated function until the code is bound."""

    def __init__(self, callee: Template, role: str) -> None:
        self.callee, self.role = callee, role
        self.__name__ = f"{callee.name.strip('<>')}_{role.partition(':')[0]}"


class Code:
    """Generated functions, compiled: their layouts by role, and the helpers they need."""

    __slots__ = ("helpers", "layouts", "linked", "uses_context")

    def __init__(self, codes: dict[str, types.CodeType], helpers: dict[str, Any], freevars: tuple[str, ...],
                 uses_context: bool) -> None:
        self.helpers, self.uses_context = helpers, uses_context
        self.layouts = {role: Layout(code, helpers, freevars, (Outer, Link)) for role, code in codes.items()}
        self.linked = any(p.__class__ is Link for layout in self.layouts.values() for p in layout.parts)

    @property
    def trees(self) -> list:
        """The trees of the functions, as `emit.load` knows them."""
        return [source.node for layout in self.layouts.values() if (source := generated_from(layout.code)) is not None]


def is_ours(f: FunctionType) -> bool:
    """Whether a function belongs to what generated code calls."""
    return str(f.__module__).startswith(("zygote_py.runtime.", "zygote_py.api."))


class Template:
    """One specialisation of one code object."""

    def __init__(self, f: FunctionType, key: Key) -> None:
        self.code = weakref.ref(f.__code__)
        self.key = key
        self.kinds, self.mask, self.cells_active, self.mode = key
        self.name, self.filename = f.__name__, f.__code__.co_filename
        self.freevars = f.__code__.co_freevars
        # what the analysis finds
        self.optimise = not self.mode & 1
        self.ours = is_ours(f)
        self.sets_shape = False
        self.kind: Any = "⊥"
        self.held: Any = "⊥"        # the kind of the result, with what is known of objects
        self.effects: Any = frozenset()     # what it stores into attributes of objects; None: it may store anything
        self.act = 0
        self.stores = False
        self.uses_context = True
        self.reps: list = []
        self.core: Any = None
        self.expect = Expectations()
        self.guard: Layout | None = None
        self.callees: dict[Template, Any] = {}      # with the way to each: a dotted name, or the code of a nested function
        self.rules: dict[int, Any] = {}
        # code by role: 'pair', 'joint', 'joint_first'; `built` while it may still be taken back
        self.built: dict[str, Code] = {}
        self.codes: dict[str, Code] = {}
        self.version = version()
        self.ready = False          # nothing about it will change any more
        self.dead = False
        # while it is made
        self.busy = self.used_early = self.recursive = False
        self.assumes: set[Template] = set()
        self.building = self.reps_early = False
        self.pushing: dict[tuple, bool] = {}        # pushforwards being made -> whether they call themselves
        self.pushed: dict[tuple, Any] = {}      # those made -> the state of the result's tangent

    def current(self) -> bool:
        """Whether the rules that it was made with are still those of the registry."""
        if self.dead:
            return False
        now = version()
        if self.version != now:
            if not unchanged(self.rules):
                return False
            self.version = now
        return True

    def __repr__(self) -> str:
        return f"<specialisation of {self.name} for {self.kinds}>"


_KIND_OF_ROLE = {role + suffix: "pair" + suffix for role in ("forward", "pullback") for suffix in ("", FUNCTIONAL)}


class Bound:
    """A template bound to one function object: its globals and its cells, and what it calls directly, bound in its turn."""

    __slots__ = ("callees", "cells", "closure", "functions", "globals", "guard", "own", "template", "version")

    def __init__(self, t: Template, namespace: dict, closure: tuple, callees: dict[Template, Bound] | None = None) -> None:
        self.template, self.globals, self.closure = t, namespace, closure
        self.callees: dict[Template, Bound] = {} if callees is None else callees
        self.functions: dict[str, Any] = {}
        self.cells: dict[str, CellType] = {}
        self.guard: Callable[[], bool] | None = None
        self.version = -1
        layout = t.guard
        self.own = None if layout is None else layout.bind(self.globals, self.closure, self.resolve)

    def names(self) -> dict[str, CellType]:
        return dict(zip(self.template.freevars, self.closure))

    def resolve(self, part: Any) -> CellType:
        """The cell for a stand-in."""
        if part is GLOBALS:
            return CellType(self.globals)
        if part.__class__ is Link:
            return self.callees[part.callee].cell(part.role)
        return CellType(part.value(self.globals, self.names()))

    def family(self) -> list[Bound]:
        """This one, and all that it calls directly or indirectly."""
        found: dict[int, Bound] = {id(self): self}
        waiting: list[Bound] = [self]
        while waiting:
            for b in waiting.pop().callees.values():
                if id(b) not in found:
                    found[id(b)] = b
                    waiting.append(b)
        return list(found.values())

    def holds(self) -> bool:
        """Whether everything it rests on is as it was: the rules, and the names outside of the functions."""
        now = version()
        if self.version != now:
            if not all(b.template.current() for b in self.family()):
                return False
            self.version = now
        try:
            return self.guard is None or self.guard()
        except Exception:
            return False

    def function(self, role: str, build: Callable[[Template, str], Code]) -> Any:
        """The generated function for a role: 'forward', 'pullback', 'joint' or 'joint_first'."""
        f = self.functions.get(role)
        if f is None:
            kind = _KIND_OF_ROLE.get(role, role)
            self.make(self.template.codes.get(kind) or build(self.template, kind))
            f = self.functions[role]
        return f

    def cell(self, role: str) -> CellType:
        """The cell that holds a generated function of the pair; it is filled when that function is made."""
        if role not in self.cells:
            self.make(self.template.codes[_KIND_OF_ROLE.get(role, role)])
        return self.cells[role]

    def make(self, code: Code) -> None:
        """Make the functions of a piece of code."""
        if not code.linked:
            functions = {role: layout.bind(self.globals, self.closure, self.resolve) for role, layout in code.layouts.items()}
            self.cells.update({role: CellType(f) for role, f in functions.items()})
            self.finish(functions)
            return
        with lock:
            self.cells.update({role: CellType() for role in code.layouts})  # before the callees ask for them: they may call us
            functions = {}
            for role, layout in code.layouts.items():
                functions[role] = self.cells[role].cell_contents = layout.bind(self.globals, self.closure, self.resolve)
            self.finish(functions)

    def finish(self, functions: dict[str, Any]) -> None:
        for role, f in functions.items():
            if not role.endswith(FUNCTIONAL) and not role.startswith(PUSH):
                f.__dict__[TWIN] = self.template, self.closure, self.callees, role + FUNCTIONAL
        self.functions.update(functions)


def bind(t: Template, f: FunctionType) -> Bound | None:
    """Bind a template to a function object; None if the template does not fit what the function's names stand for now."""
    made: dict[tuple[Template, int], tuple[FunctionType, Bound]] = {}
    try:
        root = _bind(t, f, made)
    except Exception:       # a name is gone, or a path leads nowhere
        return None
    if root is not None:
        for _, b in made.values():
            b.guard = all_of([m.own for m in b.family() if m.own is not None])
            b.version = version()
        for g, b in made.values():
            record_of(g).keep(b.template.key, b)
    return root


def twin_of(f: FunctionType, args: tuple, build: Callable[[Template, str], Code]) -> FunctionType:
    """The form without in-place updates of a generated function; the function itself, if it is a pullback that was made outside
    of what is differentiated: its tape is of the other form."""
    t, closure, callees, role = f.__dict__[TWIN]
    if role == "pullback" + FUNCTIONAL and not (args[1] and type(args[1][-1]) is str and args[1][-1] == FUNCTIONAL):
        return f
    if MADE not in f.__dict__:
        f.__dict__[MADE] = Bound(t, f.__globals__, closure, callees).function(role, build)
    return f.__dict__[MADE]


def fits(t: Template, f: FunctionType, made: dict) -> bool:
    """Whether a template, perhaps an unfinished one, fits what the function's names stand for.

    `made` is what was found to fit before.
    """
    known = (t, id(f)) in made
    if not known:
        trial = made.copy()
        try:
            known = _bind(t, f, trial) is not None
        except Exception:
            return False
        if known:
            made.update(trial)
    return known


def _bind(t: Template, f: FunctionType, made: dict) -> Bound | None:
    b = Bound(t, f.__globals__, f.__closure__ or ())
    made[t, id(f)] = f, b
    if b.own is not None and not b.own():
        return None
    for callee, path in t.callees.items():
        g = evaluate(path, b.globals, b.names()) if path.__class__ is str else FunctionType(path, b.globals)
        if g.__class__ is not FunctionType or g.__code__ is not callee.code() or lookup(g) is not None or not callee.current():
            return None
        if (callee, id(g)) in made:
            inner = made[callee, id(g)][1]
        else:
            inner = record_of(g).bounds.get(callee.key)
            if inner is None or inner.template is not callee or not inner.holds():
                inner = _bind(callee, g, made)
                if inner is None:
                    return None
        b.callees[callee] = inner
    return b


class Record:
    """What is kept on a function object. It does not keep the function alive, and it is not copied or pickled with it."""

    __slots__ = ("bounds", "code", "direct", "joints", "owner", "pairs")

    def __init__(self, f: FunctionType) -> None:
        self.owner, self.code = weakref.ref(f), f.__code__
        self.bounds: dict[Key, Bound] = {}
        self.joints: dict[tuple, tuple] = {}
        self.pairs: dict[tuple, tuple] = {}
        self.direct: dict[tuple, tuple] = {}        # those of `pairs` that calls with just these types of arguments take

    def __reduce__(self) -> tuple:
        return type(None), ()

    def keep(self, key: Key, b: Bound) -> None:
        if len(self.bounds) >= KEYS:
            self.bounds.clear()
            self.joints.clear()
            self.pairs.clear()
            self.direct.clear()
        self.bounds[key] = b


def record_of(f: FunctionType) -> Record:
    """The record of a function; a new one if it was copied from another function, or if the function's code was replaced."""
    r = f.__dict__.get(NAME)
    if type(r) is not Record or r.owner() is not f or r.code is not f.__code__:
        r = f.__dict__[NAME] = Record(f)
    return r


class Entry:
    """What is known about one code object."""

    __slots__ = ("derivable", "pairs", "quick", "ref", "templates")

    def __init__(self, ref: Any) -> None:
        self.ref = ref
        self.templates: dict[Key, tuple[Template, ...]] = {}
        self.derivable: bool | None = None      # whether the engine handles each of its constructs
        self.pairs: dict[tuple, tuple] = {}     # pairs of functions that need nothing else, either
        self.quick: dict[tuple, tuple] = {}     # joint forms that need nothing but the function's globals and cells to be bound

    def add(self, t: Template) -> None:
        """Put a template before the others; the caller holds the lock."""
        known = self.templates.pop(t.key, ())
        while len(self.templates) >= KEYS:
            self.templates.pop(next(iter(self.templates)))
        self.templates[t.key] = (t, *known[:ALTERNATIVES - 1])

    def remove(self, t: Template) -> None:
        t.dead = True
        rest = tuple(k for k in self.templates.get(t.key, ()) if k is not t)
        if rest:
            self.templates[t.key] = rest
        else:
            self.templates.pop(t.key, None)


_entries: dict[int, Entry] = {}


def known_entry(code: types.CodeType) -> Entry | None:
    """The entry of a code object, if there is one."""
    entry = _entries.get(id(code))
    return entry if entry is not None and entry.ref() is code else None


def entry_for(code: types.CodeType) -> Entry:
    """The entry of a code object."""
    entry = _entries.get(id(code))
    if entry is None or entry.ref() is not code:
        key = id(code)

        def forget(ref: Any, entries: dict = _entries) -> None:    # the module's own names may be gone when Python ends
            known = entries.get(key)
            if known is not None and known.ref is ref:
                del entries[key]

        entry = _entries[key] = Entry(weakref.ref(code, forget))
    return entry


def find(f: FunctionType, key: Key) -> Bound | None:
    """A specialisation that was made before, bound to f, if there is one that holds."""
    b = record_of(f).bounds.get(key)
    if b is not None and b.holds():
        return b
    entry = known_entry(f.__code__)
    if entry is None:
        return None
    for t in entry.templates.get(key, ()):
        if t.ready and t.current():
            if t.callees:
                with lock:
                    b = bind(t, f)
            else:
                b = bind(t, f)
            if b is not None:
                return b
    return None


def templates_by_code() -> dict[types.CodeType, Template]:
    """For each generated function that is kept, the specialisation that it belongs to."""
    return {layout.code: t for e in list(_entries.values()) for templates in list(e.templates.values()) for t in templates
            for code in list(t.codes.values()) for layout in code.layouts.values()}


# -- statistics -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statistics:
    """How much was compiled, and what is kept.

    Attributes
    ----------
    compiled : specialisations made since the start
    seconds : CPU time that this took
    entries : code objects that something is kept for
    specialisations : how many are kept
    """

    compiled: int
    seconds: float
    entries: int
    specialisations: int

    def __str__(self) -> str:
        return (f"{self.compiled} specialisations compiled in {self.seconds:.2f} s; "
                f"{self.specialisations} are kept, of {self.entries} functions")


class Counters:
    """The running totals."""

    def __init__(self) -> None:
        self.compiled = 0
        self.seconds = 0.0


counters = Counters()


def statistics() -> Statistics:
    """Counters of the cache, as they are now."""
    entries = list(_entries.values())
    kept = sum(len(templates) for e in entries for templates in list(e.templates.values()))
    return Statistics(counters.compiled, counters.seconds, len(entries), kept)
