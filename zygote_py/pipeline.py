"""The stages in order, and the cache.

A function is specialised for the kinds of its arguments and the mask of those that are active. A `Template` holds what is generated once per
code object; a `Bound` holds it for one function object, with that function's globals and closure. What was assumed about names outside the
function (this global is that function, this module attribute is that ufunc, this variable holds a 2-d array) is checked by one guard
when a specialisation is entered.
"""

from __future__ import annotations

import threading
import types
import weakref
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from .analysis.plan import Planner, is_scalar
from .emit.load import bind as bind_code
from .emit.load import load as load_code
from .emit.load import make_cell
from .emit.unparse import unparse
from .errors import SourceError, UnsupportedCodeError
from .frontend.check import check
from .frontend.parse import to_gast
from .frontend.source import find
from .ir.build import const, load, tuple_
from .normalize import Core, normalize
from .options import current
from .registry import lookup, non_differentiable, version
from .rules import kinds as rule_kinds
from .rules.numpy.methods import ATTRIBUTES, METHODS, MUTATING_METHODS, MUTATORS
from .runtime import call as runtime_call
from .runtime import tools
from .runtime.binding import plan as bind_plan
from .runtime.call import is_opaque
from .transform.assemble import Assembly
from .transform.templates import template

__all__ = ["Bound", "Template", "derive", "joint", "joint_for", "kind_of", "pair_for", "statistics"]

_lock = threading.RLock()


# -- kinds of values ------------------------------------------------------------------------------------------------

_KINDS: dict[type, Any] = {
    float: "f", int: "i", complex: "z", bool: "b", np.float64: "f", np.float32: "f", np.float16: "f", np.int64: "i", np.int32: "i",
    np.complex128: "z", np.complex64: "z", np.bool_: "b", str: "k", bytes: "k", type(None): "k", types.FunctionType: "o", range: "o",
    types.BuiltinFunctionType: "k", types.ModuleType: "k", type: "k",
}
_ARRAY_LETTERS = {"f": "a", "c": "c", "i": "n", "u": "n", "b": "n"}


@non_differentiable
def kind_of(x: Any) -> Any:
    """The kind of a value (docs/design/0001-architecture.md, "Kinds")."""
    kind = _KINDS.get(x.__class__)
    if kind is not None:
        return kind
    if x.__class__ is np.ndarray:
        letter = _ARRAY_LETTERS.get(x.dtype.kind)
        return (letter, x.ndim) if letter and x.ndim else "o"
    if x.__class__ is tuple and len(x) <= 8:
        return ("t", *[kind_of(p) for p in x])
    return "k" if isinstance(x, (str, bytes, type, np.ufunc)) else "o"


def same_kind(x: Any, kind: Any) -> bool:
    return bool(kind_of(x) == kind)


# -- the world outside a function -----------------------------------------------------------------------------------


class World:
    """What names outside a function stand for; each answer becomes part of the guard."""

    Const = rule_kinds.Const
    broadcast = staticmethod(rule_kinds.broadcast)

    def __init__(self, f: types.FunctionType, unstable: frozenset[str], optimise: bool, pipeline: Compiler, cells_active: bool) -> None:
        self.globals, self.optimise, self.pipeline = f.__globals__, optimise, pipeline
        names = f.__code__.co_freevars
        self.cells = dict(zip(names, f.__closure__ or ()))
        self.unstable, self.cells_active = unstable, cells_active
        self.guards: dict[str, tuple[str, Any]] = {}
        self.paths: dict[int, str] = {}
        self.known: dict[str, tuple[bool, Any]] = {}
        self.frozen = True

    def value(self, name: str) -> tuple[bool, Any]:
        if name in self.cells:
            if name in self.unstable:
                return False, None
            try:
                return True, self.cells[name].cell_contents
            except ValueError:
                return False, None
        if name in self.globals:
            return True, self.globals[name]
        builtin = self.globals.get("__builtins__", {})
        builtin = builtin.__dict__ if isinstance(builtin, types.ModuleType) else builtin
        if name in builtin:
            return True, builtin[name]
        return False, None

    def static(self, e: Any) -> tuple[bool, Any]:
        text = path_text(e)
        if text is None:
            return False, None
        if text not in self.known:
            self.known[text] = self.resolve(e, text)
        return self.known[text]

    def resolve(self, e: Any, text: str) -> tuple[bool, Any]:
        if isinstance(e, gast.Name):
            found, value = self.value(e.id)
            if not found or not self.is_fixed(value):
                return False, None
        else:
            found, owner = self.static(e.value)
            if not found or not isinstance(owner, types.ModuleType) or not hasattr(owner, e.attr):
                return False, None
            value = getattr(owner, e.attr)
            if not self.is_fixed(value) and not isinstance(value, (int, float, complex)):
                return False, None
        self.guards[text] = ("is", value)
        self.paths.setdefault(id(value), text)
        return True, value

    def is_fixed(self, value: Any) -> bool:
        return isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type, np.ufunc)) or lookup(value) is not None

    def outer(self, name: str) -> tuple[Any, int]:
        """Kind and activity of a global or free variable that is not a fixed function or module."""
        found, value = self.value(name)
        if not found:
            return "o", 2 if self.cells_active and name in self.cells else 1
        if self.is_fixed(value) and self.static(load(name))[0]:
            free = isinstance(value, types.FunctionType) and bool(value.__closure__)
            return "k", (2 if self.cells_active else 1) if free else 0
        kind = kind_of(value)
        if kind == "o" and isinstance(value, np.ndarray):
            kind = "o"
        if self.optimise:
            self.guards.setdefault(name, ("kind", kind))
        else:
            kind = "o"
        if name in self.cells and self.cells_active:
            return kind, 0 if kind in ("k", "b") else 2
        if is_scalar(kind) or kind == "k":
            return kind, 0
        return kind, 1

    def lookup(self, f: Any) -> Any:
        return lookup(f)

    def method(self, name: str) -> Any:
        return METHODS.get(name)

    def attribute(self, name: str) -> Any:
        if name not in ATTRIBUTES:
            return None
        return attribute_function(name)

    def value_kind(self, value: Any) -> Any:
        return kind_of(value)

    def may_store(self, rule: Any) -> bool:
        return rule.form in ("primitive", "rrule") or rule.overloads is not None

    def inlinable(self, rule: Any, args: list, keywords: dict, facts: list) -> bool:
        """Whether the parts of a rule that are needed can be copied into the code of this call."""
        skip = 2 if rule.form == "rule" else 1
        for i, part in enumerate(rule.parts):
            if part is None or (rule.form == "rule" and i < len(facts) and not facts[i][1]):
                continue
            t = self.pipeline.template(part)
            if t is None or t.bind(args, keywords, skip) is None:
                return False
        return True

    def bind(self, f: Any, args: list, keywords: dict, namer: Any) -> list | None:
        """Nodes for the flat parameters of a known function, or None if it can't be called directly."""
        if not isinstance(f, types.FunctionType) or f.__closure__ or is_opaque(f) or id(f) not in self.paths \
                or len(f.__code__.co_code) > 4000 or "registry" in f.__dict__:
            return None
        where = bind_plan(f, len(args), tuple(keywords))
        if where is None:
            return None
        out = []
        for how, what in where:
            if how == "arg":
                out.append(args[what])
            elif how == "word":
                out.append(keywords[what])
            elif how == "default":
                what = what[1]
                self.guards[self.paths[id(f)] + ".__defaults__"] = ("is", f.__defaults__)
                self.guards[self.paths[id(f)] + ".__kwdefaults__"] = ("is", f.__kwdefaults__)
                simple = what is None or what is True or what is False or (type(what) in (int, float, str) and what == what and what not in (
                    float("inf"), -float("inf")) and (isinstance(what, str) or what >= 0))
                out.append(const(what) if simple else load(namer.helper(what, "default")))
            elif how == "rest":
                out.append(tuple_(args[what:]))
            else:
                return None if what else None
        return out

    def callee(self, f: Any, kinds: tuple, mask: int) -> Template | None:
        found = self.pipeline.callee(f, kinds, mask)
        if found is not None:
            self.guards[self.paths[id(f)] + ".__code__"] = ("is", f.__code__)
        return found


_attribute_functions: dict[str, Any] = {}


def attribute_function(name: str) -> Any:
    """A function with a rule that stands for reading an array's attribute."""
    f = _attribute_functions.get(name)
    if f is None:
        from .registry import linear
        f = _attribute_functions[name] = eval(f"lambda x: x.{name}")
        part = ATTRIBUTES[name]
        if part is None:
            kind = {"shape": lambda k: ("t", *["i"] * k[1]), "ndim": lambda k: "i", "size": lambda k: "i"}.get(name, lambda k: "k")
            non_differentiable(f)
            rule = lookup(f)
            assert rule is not None
            rule.kind = kind
        else:
            kinds = {"T": lambda k: k, "real": lambda k: ("a", k[1]) if k[0] == "c" else k, "imag": lambda k: ("a", k[1]) if k[0] == "c" else k}
            linear(f, part, kind=kinds.get(name))
    return f


def path_text(e: Any) -> str | None:
    if isinstance(e, gast.Name):
        return str(e.id)
    if isinstance(e, gast.Attribute):
        base = path_text(e.value)
        return None if base is None else f"{base}.{e.attr}"
    return None


# -- templates ------------------------------------------------------------------------------------------------------


class Code:
    """Generated functions, compiled: code objects by role, the helpers they need, and their trees."""

    __slots__ = ("codes", "helpers", "links", "trees")

    def __init__(self, codes: dict, helpers: dict, links: dict, trees: list) -> None:
        self.codes, self.helpers, self.links, self.trees = codes, helpers, links, trees


class Template:
    """One specialisation of one code object."""

    def __init__(self, f: types.FunctionType, kinds: tuple, mask: int, optimise: bool, cells_active: bool) -> None:
        self.code = weakref.ref(f.__code__)
        self.kinds, self.mask, self.optimise, self.cells_active = kinds, mask, optimise, cells_active
        self.name, self.filename = f.__name__, f.__code__.co_filename
        self.freevars = f.__code__.co_freevars
        self.kind: Any = "⊥"
        self.act = 0
        self.stores = False
        self.uses_context = True
        self.reps: list = []
        self.core: Core | None = None
        self.guards: dict[str, tuple[str, Any]] = {}
        self.paths: dict[int, str] = {}
        self.callees: dict[Template, str] = {}
        self.built: dict[str, Code] = {}
        self.version = version()
        self.busy = False
        self.used_early = False
        self.building = False
        self.reps_early = False
        self.guard_code: Any = None


class Compiler:
    """Makes templates. One per outermost request; recursion among functions meets their unfinished templates."""

    def __init__(self, optimise: bool) -> None:
        self.optimise = optimise
        self.depth = 0
        self.functions: dict[Template, types.FunctionType] = {}
        self.analysed: list[Template] = []
        self.generated: list[Template] = []

    def template(self, part: Callable) -> Any:
        return template(part, lambda g: find_tree(g))

    # -- analysis -----------------------------------------------------------------------------------------------

    def specialise(self, f: types.FunctionType, kinds: tuple, mask: int, cells_active: bool) -> Template:
        """The template for f that holds under today's globals."""
        entry = entry_for(f.__code__)
        key = (kinds, mask, self.optimise, cells_active)
        for t in entry.templates.get(key, ()):
            if t.busy:
                return t
            if t.version == version() and guard_holds(t, f):
                self.functions[t] = f
                return t
        t = Template(f, kinds, mask, self.optimise, cells_active)
        self.functions[t] = f
        known = entry.templates.setdefault(key, [])
        known.insert(0, t)
        del known[8:]
        t.busy = True
        try:
            self.analyse(t, f)
        except BaseException:
            known.remove(t)
            raise
        finally:
            t.busy = False
        statistics_.compiled += 1
        return t

    def analyse(self, t: Template, f: types.FunctionType) -> None:
        source = find(f)
        node = to_gast(source)
        check(node, source)
        for _ in range(6):
            world = World(f, source.unstable, self.optimise, self, t.cells_active)
            core = normalize(clone_tree(node), f.__code__.co_freevars, source.unstable, world.static, f.__globals__, f.__code__.co_filename)
            planner = Planner(core, world, self.optimise)
            acts = [2 if t.mask >> i & 1 else 0 for i in range(len(core.params))]
            kinds = [k if k != "k" or not a else "k" for k, a in zip(t.kinds, acts)]
            t.used_early = False
            before = len(self.analysed)
            kind, act = planner.run(kinds, acts)
            t.core, t.stores, t.guards, t.paths = core, planner.stores, world.guards, world.paths
            settled = (kind, act) == (t.kind, t.act) or not t.used_early
            t.kind, t.act = kind, act
            if settled:
                break
            for other in self.analysed[before:]:  # they were analysed on a wrong assumption about us
                other.version = -1
        else:
            t.kind = "o"
        if t.kind == "⊥":
            t.kind = "o"
        t.reps = [None] * len(t.kinds)
        self.analysed.append(t)

    def callee(self, f: types.FunctionType, kinds: tuple, mask: int) -> Template | None:
        if self.depth > 12:
            return None
        kinds = tuple("o" if k == "r" else k for k in kinds)
        if any("⊥" in str(k) for k in kinds):
            return None
        self.depth += 1
        try:
            t = self.specialise(f, kinds, mask, False)
        except (SourceError, UnsupportedCodeError):
            return None
        finally:
            self.depth -= 1
        if t.busy:
            t.used_early = True
        return t

    # -- code ---------------------------------------------------------------------------------------------------

    def build(self, t: Template, role: str) -> Code:
        """Generate and compile one role: 'pair', 'joint' or 'joint_first'."""
        code = t.built.get(role)
        if code is None:
            with _lock:
                code = t.built.get(role) or self.generate(t, role)
        return code

    def generate(self, t: Template, role: str) -> Code:
        assert t.core is not None
        t.building = role == "pair"
        for _ in range(5):
            t.reps_early = False
            before = len(self.generated)
            core = fresh_core(t.core)
            links: dict = {}
            callees = Links(core.namer, links, self, t)
            wanted = [bool(t.mask >> i & 1) for i in range(len(core.params))]
            make = Assembly(core, t.kind, t.act, wanted, t.stores, tools, self.template, callees,  # type: ignore[arg-type]
                            functional=False, optimise=self.optimise)
            if role == "pair":
                trees = list(make.pair())
                names = [tree.name for tree in trees]
                reps = make.reps
                if reps != t.reps and t.reps_early:
                    t.reps = reps
                    for other in self.generated[before:]:  # they were made on a wrong assumption about us
                        other.built.pop("pair", None)
                    continue
                t.reps = reps
            else:
                trees = [make.joint("seed" if role == "joint" else "seed_first")]
                names = [trees[0].name]
            break
        t.building = False
        free = sorted({*core.namer.helpers, *t.freevars})
        codes = load_code(trees, free, t.filename, debug=current.debug)
        code = Code({r: codes[n] for r, n in zip(("forward", "pullback") if role == "pair" else (role,), names)},
                    dict(core.namer.helpers), dict(links), trees)
        t.built[role] = code
        self.generated.append(t)
        return code


class Links(dict):
    """Names of the forward and the pullback of a callee, made when the callee is first met."""

    def __init__(self, namer: Any, links: dict, compiler: Compiler, owner: Template) -> None:
        super().__init__()
        self.namer, self.links, self.compiler, self.owner = namer, links, compiler, owner

    def __missing__(self, callee: Template) -> tuple[str, str]:
        if callee.building:
            callee.reps_early = True
        elif "pair" not in callee.built:
            self.compiler.build(callee, "pair")
        pair = tuple(self.namer.helper(Link(callee, role), f"{callee.name.strip('<>')}_{role}") for role in ("forward", "pullback"))
        self.links[callee] = pair
        self[callee] = pair  # type: ignore[assignment]
        return pair  # type: ignore[return-value]


class Link:
    """Stands for a callee's generated function until the code is bound."""

    def __init__(self, callee: Template, role: str) -> None:
        self.callee, self.role = callee, role
        self.__name__ = f"{callee.name.strip('<>')}_{role}"


def clone_tree(node: Any) -> Any:
    from .frontend.parse import _copy
    return _copy(node, {})


def fresh_core(core: Core) -> Core:
    """A copy for one round of code generation, which adds names and marks statements."""
    import copy
    new = copy.copy(core)
    new.namer = copy.copy(core.namer)
    for field in ("taken", "helpers", "_by_id", "_cotangents", "owner", "_count", "flags"):
        setattr(new.namer, field, type(getattr(core.namer, field))(getattr(core.namer, field)))
    new.cells = dict(core.cells)
    new.body = copy_body(core.body)
    return new


def copy_body(body: list) -> list:
    import copy
    out = []
    for s in body:
        new = copy.copy(s)
        new.__dict__.pop("kept", None)
        if isinstance(s, (gast.If, gast.For, gast.While)):
            new.body, new.orelse = copy_body(s.body), copy_body(s.orelse)
        out.append(new)
    return out


def find_tree(g: Callable) -> Any:
    try:
        return to_gast(find(g))  # type: ignore[arg-type]
    except SourceError:
        return None


# -- the cache ------------------------------------------------------------------------------------------------------


class Entry:
    """What is known about one code object."""

    __slots__ = ("ref", "templates")

    def __init__(self, ref: Any) -> None:
        self.ref = ref
        self.templates: dict[tuple, list[Template]] = {}


class Statistics:
    """How much has been compiled, and how many code objects are known."""

    def __init__(self) -> None:
        self.compiled = 0

    @property
    def entries(self) -> int:
        return len(_entries)

    def __repr__(self) -> str:
        return f"<{self.compiled} specialisations compiled, {self.entries} code objects known>"


_entries: dict[int, Entry] = {}
statistics_ = Statistics()


def statistics() -> Statistics:
    """Counters of the cache."""
    return statistics_


def entry_for(code: types.CodeType) -> Entry:
    entry = _entries.get(id(code))
    if entry is None or entry.ref() is not code:
        key = id(code)

        def forget(_: Any) -> None:
            _entries.pop(key, None)

        entry = _entries[key] = Entry(weakref.ref(code, forget))
    return entry


class Bound:
    """A template bound to one function object: its globals, its cells, its callees."""

    __slots__ = ("cells", "compiler", "functions", "globals", "guard", "owner", "template")

    def __init__(self, t: Template, f: types.FunctionType, compiler: Compiler) -> None:
        self.template, self.compiler = t, compiler
        self.globals = f.__globals__
        self.cells = dict(zip(f.__code__.co_freevars, f.__closure__ or ()))
        self.functions: dict[str, Callable] = {}
        self.owner = weakref.ref(f)
        self.guard: Callable | None = None

    def function(self, role: str) -> Callable:
        f = self.functions.get(role)
        if f is None:
            kind = "pair" if role in ("forward", "pullback") else role
            with _lock:
                code = self.template.built.get(kind) or self.compiler.build(self.template, kind)
                cells = dict(self.cells)
                links = []
                for name, value in code.helpers.items():
                    cells[name] = make_cell(value)
                    if value.__class__ is Link:
                        links.append((cells[name], value))
                for r, c in code.codes.items():
                    self.functions[r] = bind_code(c, self.globals, cells)
                for cell, link in links:
                    cell.cell_contents = self.linked(link, cell)
            f = self.functions[role]
        return f

    def linked(self, link: Link, cell: types.CellType) -> Callable:
        """A callee's generated function; if it is not made yet, a stand-in that puts it into the cell when it is first called."""
        other = bound_for(link.callee, evaluate(self.template.paths_of(link.callee), self.globals, self.cells), self.compiler)
        if link.role in other.functions:
            return other.functions[link.role]

        def late(*args: Any) -> Any:
            cell.cell_contents = f = other.function(link.role)
            return f(*args)
        return late


def paths_of(self: Template, callee: Template) -> str:
    for text, (mode, value) in self.guards.items():
        if mode == "is" and text.endswith(".__code__") and value is callee.code():
            return text[:-len(".__code__")]
    raise KeyError(callee.name)


Template.paths_of = paths_of  # type: ignore[attr-defined]


def evaluate(path: str, namespace: dict, cells: dict) -> Any:
    first, *rest = path.split(".")
    if first in cells:
        value = cells[first].cell_contents
    elif first in namespace:
        value = namespace[first]
    else:
        builtin = namespace.get("__builtins__", {})
        value = builtin[first] if isinstance(builtin, dict) else getattr(builtin, first)
    for r in rest:
        value = getattr(value, r)
    return value


def guard_holds(t: Template, f: types.FunctionType, seen: set | None = None) -> bool:
    """Whether what the template assumes about outer names still holds, for it and for the functions it calls directly."""
    cells = dict(zip(f.__code__.co_freevars, f.__closure__ or ()))
    seen = set() if seen is None else seen
    if id(t) in seen:
        return True
    seen.add(id(t))
    try:
        for text, (mode, value) in t.guards.items():
            now = evaluate(text, f.__globals__, cells)
            if mode == "is" and now is not value:
                return False
            if mode == "kind" and kind_of(now) != value:
                return False
    except (KeyError, AttributeError, ValueError, TypeError):
        return False
    return True


def guard_function(t: Template, f: types.FunctionType) -> Callable:
    """The guard of a template and of all the templates that it calls directly, as one function per module."""
    return lambda: True


def bound_for(t: Template, f: types.FunctionType, compiler: Compiler) -> Bound:
    """The binding of a template to a function object; kept on the function, so that it dies with it."""
    record = f.__dict__.get("__zygote_py__")
    if record is None or record[0]() is not f:
        record = f.__dict__["__zygote_py__"] = (weakref.ref(f), {})
    b = record[1].get(id(t))
    if b is None or b.template is not t:
        b = record[1][id(t)] = Bound(t, f, compiler)
    return b


# -- requests -------------------------------------------------------------------------------------------------------


def specialisation(f: types.FunctionType, args: tuple, mask: int, cells_active: bool = False) -> Bound:
    """The bound specialisation of a function for these flat arguments."""
    if current.optimise:
        kinds = tuple([kind_of(a) for a in args])
    else:
        kinds = tuple(["k" if a is None or isinstance(a, str) else "o" for a in args])
    if mask == -1:
        mask = (1 << len(args)) - 1
    for i, k in enumerate(kinds):
        if k in ("k", "b"):
            mask &= ~(1 << i)
    with _lock:
        compiler = Compiler(current.optimise)
        t = compiler.specialise(f, kinds, mask, cells_active)
        return bound_for(t, f, compiler)


@non_differentiable
def derive(f: types.FunctionType, mask: int, args: tuple) -> tuple[Callable, Callable]:
    """Forward and pullback of a function, for arguments like these."""
    b = specialisation(f, args, mask, bool(f.__closure__))
    return pair_for(b)


def pair_for(b: Bound) -> tuple[Callable, Callable]:
    forward = b.function("forward")
    pullback = b.functions["pullback"]
    t = b.template
    if t.stores:
        return forward, pullback
    guarded = b.functions.get("guarded")
    if guarded is None:
        n = len(t.kinds)
        kind = t.kind
        if kind.__class__ is tuple and kind[0] == "t" and len(kind) > 1 and all(is_scalar(k) for k in kind[1:]):
            size = len(kind) - 1

            def guarded(cx: Any, tape: Any, dy: Any) -> Any:
                return (None,) * n if dy is None else pullback(cx, tape, tools.full(dy, size))
        else:
            def guarded(cx: Any, tape: Any, dy: Any) -> Any:
                return (None,) * n if dy is None else pullback(cx, tape, dy)
        b.functions["guarded"] = guarded
    return forward, guarded


@non_differentiable
def joint_for(f: types.FunctionType, args: tuple, mask: int, first: bool) -> Callable:
    """The joint form `(cx, *flat) -> (y, cotangents)` for arguments like these."""
    return specialisation(f, args, mask).function("joint_first" if first else "joint")


def joint(f: Callable, *args: Any) -> Callable:
    """The generated joint function of `f` for these arguments: `joint(cx, *args) -> (y, cotangents)`."""
    return joint_for(f, args, -1, False)  # type: ignore[arg-type]


def text_of(f: types.FunctionType, args: tuple, mask: int = -1) -> tuple[Template, list]:
    """The trees of the generated pair and joint form, for display."""
    b = specialisation(f, args, mask)
    out = []
    for role in ("joint", "pair"):
        out += b.compiler.build(b.template, role).trees
    return b.template, out


runtime_call.derive_with(derive, METHODS, MUTATORS, MUTATING_METHODS)
__all__ += ["check", "guard_function", "same_kind", "text_of", "unparse"]
