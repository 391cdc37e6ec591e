"""The stages in order: from a function to its derivative.

    find, to_gast, check        frontend: the exact syntax tree, or an error
    normalize                   core Python
    Planner                     analysis: kinds, activity, and the plan of each statement
    Assembly                    transform: the generated functions
    load                        emit: code objects
    bind                        functions, over the user's globals and cells

The first three make a `Template`, for the kinds of the arguments and the mask of those that are active; what it assumes about the
world outside the function (`world`) is tested when it is entered (`guards`). `cache` says what is kept, and for how long.

`requests` holds the ways in, which look up what was made before they ask for more of it.
"""

from __future__ import annotations

import copy
import gc
import weakref
from collections.abc import Callable
from functools import partial
from time import process_time
from types import FunctionType, ModuleType
from typing import Any

import gast
from numpy import ndarray

from .analysis.contents import insert_checks
from .analysis.displays import write_tuples
from .analysis.hoisting import hoist_loads
from .analysis.inlining import inline
from .analysis.making import make_objects
from .analysis.objects import dissolve
from .analysis.plan import Planner
from .analysis.powers import note_powers
from .analysis.repeats import share_repeats
from .analysis.shapes import note_shapes, sets_shape
from .analysis.versions import versions
from .cache import (
    PUSH,
    Code,
    Link,
    Template,
    counters,
    entry_for,
    fits,
    is_ours,
    lock,
)
from .emit.load import load
from .errors import SourceError, UnsupportedCodeError
from .frontend.check import check
from .frontend.parse import to_gast
from .frontend.shared import shared_names
from .frontend.source import find as find_source
from .guards import GLOBALS
from .ir.build import COMPOUND, shallow, walk
from .kinds import FLOAT64, NUMBERS, check_class, check_kind
from .lattice import plain
from .normalize import Core, normalize
from .options import CHECKED
from .registry import lookup_push
from .runtime import functionals as _functionals  # noqa: F401  registers what it has
from .runtime import tools
from .runtime.attempts import may_store
from .runtime.frames import note_inlined
from .runtime.reshaping import is_unknowing, note_knowing
from .transform.assemble import FUNCTIONAL, Assembly
from .transform.pushforward import PushAssembly, goes_forward
from .transform.tangents import full
from .transform.templates import template
from .world import World

__all__ = ["GUARDED", "Compiler", "general", "is_ours", "push_role"]


GUARDED = 4
"""The mode of functions that return where they raised: they are called in the body of a `try`."""


class Compiler:
    """Makes templates and their code.

    One per outermost request; functions that call each other meet their unfinished templates.
    """

    def __init__(self, mode: int) -> None:
        self.mode, self.optimise, self.debug, self.checked = mode, not mode & 1, bool(mode & 2), bool(mode & CHECKED)
        self.stack: list[Template] = []
        self.analysed: list[Template] = []
        self.generated: list[Template] = []
        self.fitting: dict = {}

    # -- analysis -----------------------------------------------------------------------------------------------

    def specialise(self, f: FunctionType, kinds: tuple, mask: int, cells_active: bool, mode: int) -> Template:
        """The template for f that holds under today's globals."""
        key = (kinds, mask, cells_active, mode)
        entry = entry_for(f.__code__)
        for t in entry.templates.get(key, ()):
            if t.busy or (t.current() and fits(t, f, self.fitting)):
                return t
        t = Template(f, key)
        entry.add(t)
        t.busy = True
        self.stack.append(t)
        try:
            self.analyse(t, f)
        except BaseException:
            entry.remove(t)
            raise
        finally:
            self.stack.pop()
            t.busy = t.recursive = False
        counters.compiled += 1
        return t

    def analyse(self, t: Template, f: FunctionType) -> None:
        source = find_source(f)
        for _ in range(6):
            node = to_gast(source)
            check(node, source)
            world = World(f, source.unstable, self.optimise, t.cells_active, self.template, self.callee)
            core = normalize(node, t.freevars, source.unstable, world.static, f.__globals__, t.filename,
                             shared_names(f, source.shared),
                             bool(t.mode & GUARDED), world.imported if self.optimise else None)
            if self.optimise and not core.generator and not t.mode & GUARDED:
                inner_core = Cores(world, t.filename)
                inline(core, world, inner_core, f)
                dissolve(core, world, inner_core)
                make_objects(core, world, inner_core)
            t.sets_shape = t.sets_shape or sets_shape(core, world.static) or is_unknowing(f.__code__)
            t.optimise = world.optimise = self.optimise and not t.sets_shape
            if t.optimise:
                write_tuples(core, partial(world.reads_entries, helpers=core.namer.helpers))
            planner = Planner(core, world, t.optimise)
            acts = [2 if t.mask >> i & 1 else 0 for i in range(len(core.params))]
            t.used_early = False
            assumed = t.held, t.act, t.stores, t.effects
            t.held, t.act = planner.run(list(t.kinds), acts)
            t.kind = plain(t.held)
            t.effects = None if planner.effects is None else frozenset(planner.effects)
            knew, t.sets_shape = t.optimise, t.sets_shape or any(callee.sets_shape for callee in world.callees)
            core.aliases = planner.aliases
            if t.optimise and not t.ours:
                versions(planner, NUMBERS)
            insert_checks(core, check_kind, check_class, ndarray, FLOAT64, world.class_name)
            if t.optimise:
                share_repeats(core)
                hoist_loads(core)
                note_shapes(core, list(t.kinds))
                note_powers(core)
            t.core, t.stores, t.expect, t.callees, t.rules = core, planner.stores, world.expect, world.callees, world.rules
            core.namer.modules = {name: m for name, (found, m) in world.known.items()  # the modules that rules name
                                  if found and m.__class__ is ModuleType and m.__name__ in ("numpy", "math", "cmath")}
            if not (knew and t.sets_shape) and ((t.held, t.act, t.stores, t.effects) == assumed or not t.used_early):
                break
            for other in self.analysed:
                other.dead = other.dead or t in other.assumes
        else:
            t.kind, t.held, t.effects = "o", "o", None
        if t.kind == "⊥":
            t.kind = t.held = "o"
        for other in self.analysed:
            other.assumes.discard(t)
        t.reps = [None] * len(t.kinds)
        t.guard = t.expect.compile(t.freevars)
        helpers = t.core.namer.helpers
        for name in [n for n, value in helpers.items() if value is f.__globals__]:
            helpers[name] = GLOBALS
        self.analysed.append(t)

    def callee(self, f: FunctionType, kinds: tuple, mask: int) -> Template | None:
        """The template of a function that is called directly; None if it has to be called like any other value."""
        kinds = general(kinds) if is_ours(f) else tuple("o" if k == "r" else k for k in kinds)
        if len(self.stack) > 12 or f.__code__.co_flags & 0x20 or any("⊥" in str(k) for k in kinds):
            return None
        try:
            t = self.specialise(f, kinds, mask, False, self.mode & ~GUARDED)
        except (SourceError, UnsupportedCodeError):
            return None
        if t.busy:
            if not self.may_recur(t):
                return None
            t.used_early = t.recursive = True
            self.depend(t)
        for head in t.assumes:
            if head.busy:
                self.depend(head)
        return t

    def may_recur(self, t: Template) -> bool:
        """Whether the call of an unfinished function is made directly: of itself, or of its caller, one such pair at a time.

        Each is analysed until what was assumed about it comes true; were there more, inside each other, the work would multiply.
        """
        distance = len(self.stack) - 1 - self.stack.index(t)
        return distance == 0 or (distance == 1 and not any(other.recursive for other in self.stack if other is not t))

    def depend(self, head: Template) -> None:
        """Note that the functions under way after `head` rest on what is assumed about it."""
        for t in self.stack[self.stack.index(head) + 1:]:
            t.assumes.add(head)

    def template(self, part: Callable) -> Any:
        """The source of a rule's lambda."""
        return template(part, source_tree)

    # -- code ---------------------------------------------------------------------------------------------------

    def build(self, t: Template, role: str) -> Code:
        """Generate and compile one role: 'pair', 'joint' or 'joint_first', or one of these to be differentiated again."""
        if role.startswith(PUSH):
            return self.build_push(t, tuple([c == "1" for c in role.removeprefix(PUSH)]))
        core, trees, along = self.generate(t, role)
        helpers = dict(core.namer.helpers)
        names = [tree.name for tree in trees]
        form, functional = role.removesuffix(FUNCTIONAL), role.endswith(FUNCTIONAL)
        codes = load(trees, sorted({*helpers, *t.freevars}), t.filename, debug=self.debug,
                     unstable=frozenset(core.memory & core.free), again=None if functional else Remade(t, role))
        roles: tuple[str, ...] = ("forward", "pullback") if form == "pair" else (form,)
        roles = tuple([r + FUNCTIONAL for r in roles]) if functional else roles
        uses_context = core.aliases is not None or bool(core.inlined) or (
            not along and any(reads(tree, core.namer.cx) for tree in trees))
        t.built[role] = code = Code({r: codes[n] for r, n in zip(roles, names)}, helpers, t.freevars, uses_context)
        self.note_codes(t, codes)
        if t.stores and role == "pair" and not t.mode & GUARDED and not t.core.generator:
            may_store(codes[names[0]])
        self.generated.append(t)
        return code

    def generate(self, t: Template, role: str) -> tuple[Core, list, bool]:
        """The functions of a role as trees, the core form with the names of what they call, and whether the derivative is carried
        along."""
        functional = role.endswith(FUNCTIONAL)
        role = role.removesuffix(FUNCTIONAL)
        t.building = role == "pair"
        along = None
        for _ in range(5):
            t.reps_early = False
            before = len(self.generated)
            core = fresh_core(t.core)
            links = Links(core.namer, self)
            wanted = [bool(t.mask >> i & 1) for i in range(len(core.params))]
            make = Assembly(core, t.kind, t.act, wanted, t.stores, tools, self.template, links, functional=functional,
                            optimise=t.optimise, checked=self.checked)
            if role != "pair":
                may_push = t.optimise and not functional and not self.checked
                along = self.build_along(t, wanted) if may_push else None
                if along is None:
                    trees = [make.joint("seed" if role == "joint" else "seed_first")]
                    has_cotangent = [rep is not None for rep in make.reps]
                    along = self.build_along(t, has_cotangent) if may_push and sum(wanted) > 1 else None
                if along is not None:
                    core, tree = along
                    trees = [tree]
                break
            trees = list(make.pair())
            settled = make.reps == t.reps or not t.reps_early
            t.reps = make.reps if not functional else t.reps
            if settled:
                break
            for other in self.generated[before:]:  # they were made on a wrong assumption about us
                other.built.pop("pair", None)
        t.building = False
        return core, trees, along is not None

    def build_along(self, t: Template, active: list[bool]) -> tuple[Core, Any] | None:
        """The joint form that carries the derivative along, and its core; None where the function does not depend on one number
        alone, or would not gain."""
        which = [i for i, yes in enumerate(active) if yes]
        if len(which) != 1 or t.kinds[which[0]] not in ("f", "i"):
            return None
        if not goes_forward(t.core, t.kind, lookup_push):
            return None
        core = fresh_core(t.core)
        make = PushAssembly(core, t.kind, [i == which[0] for i in range(len(core.params))], tuple(map(plain, t.kinds)), tools,
                            self.template, PushLinks(core.namer, self), lookup_push, optimise=True)
        tree = make.along(which[0])
        return None if tree is None else (core, tree)

    def build_push(self, t: Template, given: tuple) -> Code:
        """Generate and compile the pushforward for tangents of some of the arguments."""
        t.pushing[given] = False
        while True:
            core = fresh_core(t.core)
            make = PushAssembly(core, t.kind, list(given), tuple(map(plain, t.kinds)), tools, self.template,
                                PushLinks(core.namer, self), lookup_push, optimise=t.optimise)
            must = t.pushing[given]
            tree = make.push("_push", must)
            if t.pushing[given] == must:
                break
        del t.pushing[given]
        t.pushed[given] = make.result
        helpers, role = dict(core.namer.helpers), push_role(given)
        codes = load([tree], sorted({*helpers, *t.freevars}), t.filename, debug=self.debug,
                     unstable=frozenset(core.memory & core.free))
        t.built[role] = code = Code({role: codes[tree.name]}, helpers, t.freevars, True)
        self.note_codes(t, codes)
        self.generated.append(t)
        return code

    def note_codes(self, t: Template, codes: dict) -> None:
        """Say which functions were made for the shapes of their variables, and let errors find those that lines belong to."""
        for code in codes.values() if not t.ours else ():
            note_knowing(code, t.optimise)
        lines = {lines: name.rpartition(".")[2] for _, name, lines in t.core.inlined}
        for code in codes.values() if lines else ():
            note_inlined(code, lines)

    def __enter__(self) -> Compiler:
        self.start = process_time()
        self.collecting = gc.isenabled()
        gc.disable()        # thousands of small trees are made, and few are dropped: to look for cycles takes a third of the time
        return self

    def __exit__(self, failed: Any, *_: Any) -> None:
        """What was made will not change any more: let other threads see it."""
        if self.collecting:
            gc.enable()
        for t in self.generated:
            t.codes.update(t.built)
        for t in self.analysed:
            t.ready, t.dead = failed is None, t.dead or failed is not None
        counters.seconds += process_time() - self.start


class Remade:
    """The trees of generated functions that are hardly ever looked at, and not kept: they would take more memory than all else.

    What is differentiated again is the form without in-place updates (`twin_of`), of which the trees are kept.
    """

    def __init__(self, t: Template, role: str) -> None:
        self.template, self.role = weakref.ref(t), role      # the code must not keep alive what keeps the code
        self.made: list | None = None

    def __call__(self) -> list:
        with lock:
            t = self.template()
            if self.made is None and t is not None:
                with Compiler(t.mode) as compiler:
                    self.made = compiler.generate(t, self.role)[1]
        if self.made is None:
            raise SourceError(f"{self.role} code outlived what it was made for")
        return self.made


class Cores:
    """The core form of a function that is to be written out in another one, or None; without positions, if it does not come from
    the same file."""

    def __init__(self, world: World, filename: str) -> None:
        self.world, self.filename = world, filename
        self.known: dict[FunctionType, Core | None] = {}

    def __call__(self, f: FunctionType) -> Core | None:
        if f not in self.known:
            self.known[f] = self.make(f)
        return self.known[f]

    def make(self, f: FunctionType) -> Core | None:
        try:
            source = find_source(f)
            node = to_gast(source)
            check(node, source)
            core = normalize(node, f.__code__.co_freevars, source.unstable, self.world.static, f.__globals__, source.filename,
                             shared_names(f, source.shared))
        except (SourceError, UnsupportedCodeError):
            return None
        if source.filename != self.filename:
            for s in core.body:
                for n in walk(s):
                    n.__dict__.pop("lineno", None)
        return core


class Links(dict):
    """Names of the forward and the pullback of a callee, made when the callee is first met."""

    def __init__(self, namer: Any, compiler: Compiler) -> None:
        super().__init__()
        self.namer, self.compiler = namer, compiler

    def __missing__(self, callee: Template) -> tuple[str, str]:
        if callee.building:
            callee.reps_early = True
        elif "pair" not in callee.built:
            self.compiler.build(callee, "pair")
        forward, pullback = (Link(callee, role) for role in ("forward", "pullback"))
        pair = self[callee] = self.namer.helper(forward, forward.__name__), self.namer.helper(pullback, pullback.__name__)
        return pair


class PushLinks(dict):
    """Name of the pushforward of a callee, and the state of its result's tangent, made when the callee is first met."""

    def __init__(self, namer: Any, compiler: Compiler) -> None:
        super().__init__()
        self.namer, self.compiler = namer, compiler

    def __missing__(self, key: tuple) -> tuple[str, Any]:
        callee, given = key
        if given in callee.pushing:
            callee.pushing[given] = True
        elif given not in callee.pushed:
            self.compiler.build_push(callee, given)
        link = Link(callee, push_role(given))
        rep = callee.pushed[given] if given in callee.pushed else full(callee.kind)
        found = self[key] = self.namer.helper(link, link.__name__), rep
        return found


def push_role(given: tuple) -> str:
    """The name of a pushforward among the codes of a template."""
    return PUSH + "".join(["1" if g else "0" for g in given])


def fresh_core(core: Core) -> Core:
    """A copy for one round of code generation, which adds names and marks statements."""
    new = copy.copy(core)
    new.namer = copy.copy(core.namer)
    for name, value in vars(core.namer).items():
        if isinstance(value, (dict, set)):
            setattr(new.namer, name, value.copy())
    new.cells = dict(core.cells)
    new.body = copy_body(core.body)
    return new


def copy_body(body: list) -> list:
    out = []
    for s in body:
        new = shallow(s)
        new.__dict__.pop("kept", None)
        if s.__class__ in COMPOUND:
            new.body, new.orelse = copy_body(s.body), copy_body(s.orelse)
        if isinstance(s, gast.Try):
            new.handlers = [shallow(s.handlers[0])]
            new.handlers[0].body = copy_body(s.handlers[0].body)
        out.append(new)
    return out


def reads(tree: Any, name: str) -> bool:
    """Whether a generated function reads a name."""
    return any(n.__class__ is gast.Name and n.id == name and isinstance(n.ctx, gast.Load) for n in walk(tree))


def source_tree(g: Callable) -> Any:
    """The tree of a rule's lambda, or None."""
    try:
        return to_gast(find_source(g))  # type: ignore[arg-type]
    except SourceError:
        return None


def general(kinds: tuple) -> tuple:
    """Kinds for functions of our own, which handle values of all kinds in one way: one specialisation of each is enough."""
    return tuple([k if k == "k" or k == "b" else "o" for k in kinds])
