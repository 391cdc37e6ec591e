"""The ways in: for `gradient`, and for a callee that is met at run time.

Each looks up by the types of the arguments first, then by their kinds, and asks the compiler (`pipeline`) for what is not there
yet.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CellType, FunctionType
from typing import Any

from numpy import ndarray

from .analysis.facts import is_scalar
from .cache import (
    NAME,
    PUSH,
    SEEN,
    Bound,
    Code,
    Key,
    Record,
    Template,
    bind,
    entry_for,
    find,
    known_entry,
    lock,
    record_of,
    twin_of,
)
from .errors import SourceError, UnsupportedCodeError
from .frontend.check import check
from .frontend.cleaning import cleans_up
from .frontend.parse import to_gast
from .frontend.source import find as find_source
from .frontend.source import generated_from
from .guards import GLOBALS, TWIN
from .kinds import DEEP, MARKERS, PLAIN, deep_kind_of, kind_of, plain_kind_of
from .options import current
from .pipeline import GUARDED, Compiler, general, is_ours, push_role
from .registry import _version as registry_version
from .registry import lookup, non_differentiable
from .rules.numpy.methods import METHODS, MUTATING_METHODS, MUTATORS
from .runtime import functionals as _functionals  # noqa: F401  registers what it has
from .runtime import tools
from .runtime.callees import derive_with, is_opaque, is_plain
from .runtime.methods import know_arrays
from .runtime.pushforward.call import push_with
from .runtime.settle import is_value
from .transform.assemble import FUNCTIONAL

__all__ = ["GUARDS", "code_of", "compiled", "derive", "enter", "joint", "joint_for", "pair_for", "push", "specialisation"]


GUARDS = "__zygote_py_guards__"     # on a pullback that takes None: the pullback in it


def specialisation(f: FunctionType, args: tuple, mask: int, cells_active: bool = False, mode: int = 0,
                   look: Callable[[Any], Any] = kind_of) -> Bound:
    """The specialisation of a function for these flat arguments, bound to it. Bit i of `mask` says that argument i is active."""
    key = key_for(args, mask, cells_active, mode, look)
    if is_ours(f):
        key = (general(key[0]), *key[1:])
    return find(f, key) or compiled(f, key)


def key_for(args: tuple, mask: int, cells_active: bool, mode: int, look: Callable[[Any], Any] = kind_of) -> Key:
    mode |= current.mode
    kinds = tuple([look(a) for a in args]) if not mode & 1 else tuple([plain_kind_of(a) for a in args])
    wanted = 0
    for i, k in enumerate(kinds):
        if mask >> i & 1 and k != "k" and k != "b":
            wanted |= 1 << i
    return kinds, wanted, cells_active, mode


def compiled(f: FunctionType, key: Key) -> Bound:
    """Make a specialisation."""
    kinds, mask, cells_active, mode = key
    with lock:
        b = find(f, key)        # another thread may have made it while we waited
        while b is None:
            with Compiler(mode) as compiler:
                t = compiler.specialise(f, kinds, mask, cells_active, mode)
            b = bind(t, f)      # None if a name was bound anew meanwhile
    return b


def code_of(t: Template, role: str) -> Code:
    """The code of a template for a role: 'pair', 'joint' or 'joint_first'."""
    code = t.codes.get(role)
    if code is None:
        with lock:
            code = t.codes.get(role)
            if code is None:
                with Compiler(t.mode) as compiler:
                    t.codes[role] = code = t.built.get(role) or compiler.build(t, role)
    return code


@non_differentiable
def enter(f: Any, args: tuple, mask: int, first: bool) -> tuple[Any, bool]:
    """The joint form `(cx, *args) -> (y, cotangents)` of a plain function for arguments like these, and whether it uses cx.

    None for what is no Python function with just these positional parameters, or has a rule of its own.
    """
    if f.__class__ is not FunctionType:
        return None, True
    key: tuple = mask, first, current.mode
    for a in args:
        cls = type(a)
        key += (a.dtype.kind, a.ndim) if cls is ndarray else ((cls,) if cls in PLAIN else (cls, deep_kind_of(a)))
    record = f.__dict__.get(NAME)
    try:
        if type(record) is Record and record.owner() is f and record.code is f.__code__:
            hit = record.joints.get(key)
            if hit is not None and hit[3] == registry_version[0] and (hit[2] is None or hit[2]()):
                return hit[0], hit[1]
        elif record is None:
            entry = known_entry(f.__code__)
            if entry is not None and key in entry.quick:
                quick = fresh_joint(f, entry.quick[key])
                if quick is not None:
                    return quick
    except Exception:       # a guard met a name that is gone
        pass
    if lookup(f) is not None or not is_plain(f, len(args)) or is_opaque(f) or "registry" in f.__dict__ \
            or not MARKERS.isdisjoint(map(type, args)):
        return None, True
    return found_joint(f, args, key)


def fresh_joint(f: FunctionType, known: tuple) -> tuple[Any, bool] | None:
    """As `enter`, for a function object that was not seen before, of known code.

    It is only marked as seen: most such functions are called once.
    """
    t, layout, uses_context, module, role = known
    if t.version != registry_version[0] or t.dead or f.__module__ != module or f.__dict__ or lookup(f) is not None:
        return None
    namespace, closure = f.__globals__, f.__closure__ or ()
    if t.guard is not None and not t.guard.bind(namespace, closure, None)():
        return None
    joint = layout.bind(namespace, closure, None)
    joint.__dict__[TWIN] = t, closure, {}, role
    f.__dict__[NAME] = SEEN
    return joint, uses_context


def found_joint(f: FunctionType, args: tuple, key: tuple) -> tuple[Any, bool]:
    """As `enter`, for a plain function, from the templates; keep the way to it on the function, and with its code."""
    mask, first, *_ = key
    b = specialisation(f, args, mask, look=deep_kind_of)
    t, role = b.template, "joint_first" if first else "joint"
    joint = b.function(role, code_of)
    code = t.codes[role]
    keep(record_of(f).joints, key, (joint, code.uses_context, b.guard, b.version))
    layout = code.layouts[role]
    if not t.callees and layout.simple and (t.guard is None or t.guard.simple):
        keep(entry_for(f.__code__).quick, key, (t, layout, code.uses_context, f.__module__, role + FUNCTIONAL))
    return joint, code.uses_context


def kept(f: FunctionType, table: str, key: tuple) -> tuple | None:
    """What was kept for a function, if its code and what it was specialised for are still the same: two functions or a function
    and whether it uses cx, the guard, and the version of the registry."""
    record = f.__dict__.get(NAME)
    if type(record) is Record and record.owner() is f and record.code is f.__code__:
        hit = getattr(record, table).get(key)
        try:
            if hit is not None and hit[3] == registry_version[0] and (hit[2] is None or hit[2]()):
                return hit
        except Exception:       # a guard met a name that is gone
            pass
    return None


def keep(known: dict, key: tuple, entry: tuple) -> None:
    """Keep the way to a specialisation; not too many of them."""
    if len(known) >= 64:
        known.clear()
    known[key] = entry


@non_differentiable
def derive(f: FunctionType, mask: int, args: tuple, guarded: bool = False,
           cells_active: bool = True) -> tuple[Callable, Callable]:
    """Forward and pullback of a function, for arguments like these; guarded: the forward returns where the function raises, if it
    may have written to something; without `cells_active`, its free variables are constants."""
    if TWIN in f.__dict__:
        f = twin_of(f, args, code_of)
    mode = current.mode | GUARDED * guarded
    key: tuple = (tuple(map(type, args)), mask, mode, cells_active)
    if not DEEP.isdisjoint(key[0]):
        key = (tuple([kind_of(a) for a in args]), mask, mode, cells_active)
    hit = kept(f, "pairs", key)
    if hit is None:
        entry = known_entry(f.__code__)
        if entry is not None and key in entry.pairs:
            hit = fresh_pair(f, entry.pairs[key])
            if hit is not None:
                keep(record_of(f).pairs, key, hit)
    if hit is not None:
        return hit[0], hit[1]
    cells_active = cells_active and bool(f.__closure__)
    b = specialisation(f, args, mask, cells_active)
    if guarded and b.template.stores:
        b = specialisation(f, args, mask, cells_active, GUARDED)
    forward, back = pair_for(b)
    keep(record_of(f).pairs, key, (forward, back, b.guard, b.version))
    if not b.template.callees:
        keep(entry_for(f.__code__).pairs, key, (b.template, b.template.codes["pair"]))
    return forward, back


@non_differentiable
def direct(f: FunctionType, mask: int, args: tuple) -> tuple | None:
    """What `derive` gave for a call like this one, which was found to take just these arguments; None if there was none."""
    record = f.__dict__.get(NAME)
    if type(record) is not Record:
        return None
    hit = record.direct.get((tuple(map(type, args)), mask, current.mode))
    try:
        if hit is not None and hit[3] == registry_version[0] and record.code is f.__code__ and record.owner() is f \
                and (hit[2] is None or hit[2]()):
            return hit
    except Exception:       # a guard met a name that is gone
        pass
    return None


@non_differentiable
def derive_directly(f: FunctionType, mask: int, args: tuple) -> tuple[Callable, Callable]:
    """As `derive`, for a function that takes just these arguments; it is kept for `direct`."""
    found = derive(f, mask, args)
    types = tuple(map(type, args))
    if TWIN not in f.__dict__ and DEEP.isdisjoint(types):
        record = record_of(f)
        known = record.pairs.get((types, mask, current.mode, True))
        if known is not None:
            keep(record.direct, (types, mask, current.mode), known)
    return found


def fresh_pair(f: FunctionType, known: tuple[Template, Code]) -> tuple | None:
    """What `derive` keeps, for a function object that was not seen before, of known code that calls nothing directly."""
    t, code = known
    if t.version != registry_version[0] or t.dead:
        return None
    namespace, closure = f.__globals__, f.__closure__ or ()

    def resolve(part: Any) -> CellType:
        return CellType(namespace if part is GLOBALS else part.value(namespace, dict(zip(t.freevars, closure))))

    try:
        guard = None if t.guard is None else t.guard.bind(namespace, closure, resolve)
        if guard is not None and not guard():
            return None
        forward, pullback = (code.layouts[role].bind(namespace, closure, resolve) for role in ("forward", "pullback"))
    except Exception:       # a name is gone, or a path leads nowhere
        return None
    forward.__dict__[TWIN], pullback.__dict__[TWIN] = ((t, closure, {}, role + FUNCTIONAL) for role in ("forward", "pullback"))
    return forward, pullback if t.stores else taking_none(t, pullback), guard, t.version


def pair_for(b: Bound) -> tuple[Callable, Callable]:
    """Forward and pullback of a specialisation; the pullback takes None where nothing is wanted of it."""
    forward, pullback = b.function("forward", code_of), b.function("pullback", code_of)
    if b.template.stores:
        return forward, pullback
    if "guarded" not in b.functions:
        b.functions["guarded"] = taking_none(b.template, pullback)
    return forward, b.functions["guarded"]


def taking_none(t: Template, pullback: Callable) -> Callable:
    """A pullback that takes None where nothing is wanted of it."""
    n, kind = len(t.kinds), t.kind
    if kind.__class__ is tuple and kind[0] == "t" and len(kind) > 1 and all(is_scalar(k) for k in kind[1:]):
        size = len(kind) - 1

        def guarded(cx: Any, tape: Any, dy: Any) -> Any:
            return (None,) * n if dy is None else pullback(cx, tape, tools.full(dy, size))
    else:
        def guarded(cx: Any, tape: Any, dy: Any) -> Any:
            return (None,) * n if dy is None else pullback(cx, tape, dy)
    guarded.__dict__[GUARDS] = pullback
    return guarded


@non_differentiable
def push(f: FunctionType, args: tuple, tangents: tuple, cells_active: bool = True) -> Callable:
    """The pushforward `(cx, *args, *tangents) -> (y, y_dot)` of a function, for arguments and tangents like these; without
    `cells_active`, its free variables are constants."""
    if TWIN in f.__dict__:
        f = twin_of(f, args, code_of)
    given = tuple([t is not None for t in tangents])
    cells_active = cells_active and bool(f.__closure__)
    key: tuple = (tuple(map(type, args)), given, current.mode, cells_active, PUSH)
    if not DEEP.isdisjoint(key[0]):
        key = (tuple([kind_of(a) for a in args]), given, current.mode, cells_active, PUSH)
    hit = kept(f, "pairs", key)
    if hit is not None:
        return hit[0]
    mask = sum([1 << i for i, a in enumerate(args) if given[i] or not is_value(a) or a.__class__ is tuple])
    b = specialisation(f, args, mask, cells_active)
    found = b.function(push_role(given), code_of)
    keep(record_of(f).pairs, key, (found, None, b.guard, b.version))
    return found


def can_derive(f: FunctionType) -> bool:
    """Whether the engine handles every construct of a function (not of those that it calls)."""
    entry = entry_for(f.__code__)
    if entry.derivable is None:
        try:
            source = find_source(f)
            check(to_gast(source), source)
            entry.derivable = True
        except (SourceError, UnsupportedCodeError):
            entry.derivable = False
    return entry.derivable


def leaves_work(f: FunctionType) -> bool:
    """Whether a generator of f, which was not generated, does something where it is dropped before its end."""
    body = [] if generated_from(f.__code__) is not None else getattr(find_source(f).node, "body", None)
    return isinstance(body, list) and any(map(cleans_up, body))


@non_differentiable
def joint_for(f: FunctionType, args: tuple, mask: int, first: bool) -> tuple[Callable, bool]:
    """As `enter`, for the flat arguments of any Python function."""
    key = (mask, first, current.mode, *[deep_kind_of(a) for a in args])
    hit = kept(f, "joints", key)
    return (hit[0], hit[1]) if hit is not None else found_joint(f, args, key)


def joint(f: FunctionType, *args: Any) -> Callable:
    """The generated joint function of `f` for these arguments: `joint(cx, *args) -> (y, cotangents)`."""
    return joint_for(f, args, -1, False)[0]


push_with(push)
derive_with(derive, can_derive, direct, derive_directly, leaves_work)
know_arrays(METHODS, MUTATORS, MUTATING_METHODS)
