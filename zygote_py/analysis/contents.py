"""What the lists and dicts among the arguments hold, followed through a function.

Kinds of containers tell what is in them: `("l", kind)` a list, `("d", ((key, kind), ...))` a dict, `("e", kind)` an iterator or view. They were true
when the function was called. What the function itself stores is followed; where it calls code that is not known here, all is forgotten.
What is left is tested as each element is read (`insert_checks`), so that a kind which is wrong after all is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import call, const, load, locate
from ..kinds import element, join, plain
from ..normalize import Core
from .facts import Plan, is_array

__all__ = ["after_method", "element", "forget", "insert_checks", "item", "joined", "store", "viewed"]

Env = dict[str, tuple[Any, int]]

QUIET = {"l": {"append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort"},
         "d": {"clear", "copy", "get", "items", "keys", "pop", "values"}}
STORING = {"append": 0, "insert": 1}


def joined(kinds: Any) -> Any:
    out: Any = "⊥"
    for k in kinds:
        out = join(out, k)
    return out


def item(kind: Any, index: Any, is_whole: Callable[[Any], bool]) -> Any:
    """The kind of `x[index]` for a list or dict; `is_whole` says whether an atom is a whole number."""
    if kind[0] == "l":
        return kind if isinstance(index, gast.Slice) else element(kind) if is_whole(index) else "o"
    if kind[0] == "d" and isinstance(index, gast.Constant):
        return dict(kind[1]).get(index.value, "o")
    return "o"


def viewed(kind: Any, method: str) -> Any:
    """The kind of what a method of a list or dict returns."""
    if kind[0] == "l":
        return element(kind) if method == "pop" else kind if method == "copy" else "o"
    held = joined([k for _, k in kind[1]]) if kind[0] == "d" else "o"
    return "o" if held == "o" else ("e", held) if method == "values" else ("e", ("t", "o", held)) if method == "items" \
        else kind if method == "copy" else "o"


def after_method(env: Env, v: str, kind: Any, method: str, given: list) -> None:
    """Note what a method of a variable's value may have changed; `given` are the kinds of the arguments."""
    if kind.__class__ is not tuple or method not in QUIET.get(kind[0], ()):
        forget(env)
    elif method in STORING and len(given) > STORING[method]:
        store(env, v, kind, given[STORING[method]])
    elif method == "extend":
        store(env, v, kind, element(given[0]) if given else "o")


def store(env: Env, v: str, kind: Any, value: Any) -> None:
    """Note that a value is put into a container."""
    for name, (held, act) in env.items():
        if not admits(held, value):
            env[name] = plain(held), act
    if kind == ("l", "⊥"):
        env[v] = ("l", value) if plain(value) != "o" or value != "o" else "o", env[v][1]


def admits(kind: Any, value: Any) -> bool:
    """Whether what is known of a container stays true if a value is stored in it, or in what it holds."""
    if kind.__class__ is not tuple or is_array(kind):
        return True
    if kind[0] == "t":
        return all(admits(k, value) for k in kind[1:])
    held = [k for _, k in kind[1]] if kind[0] == "d" else [kind[1]]
    return all(k == "⊥" or (join(k, value) == k and admits(k, value)) for k in held)


def forget(env: Env) -> None:
    """Unknown code runs: it may store anything anywhere."""
    for v, (kind, act) in env.items():
        if kind.__class__ is tuple:
            env[v] = plain(kind), act


def insert_checks(core: Core, check: Callable) -> None:
    """Test each element where it is read."""
    tool = load(core.namer.helper(check, "check_kind"))
    core.body = checked(core.body, lambda v, kind: call(tool, load(v), const(kind)))


def checked(body: list, test: Callable[[str, Any], Any]) -> list:
    out: list = []
    for s in body:
        for field in ("body", "orelse"):
            if getattr(s, field, None):
                setattr(s, field, checked(getattr(s, field), test))
        if isinstance(s, gast.Try):
            s.handlers[0].body = checked(s.handlers[0].body, test)
        plan: Plan | None = getattr(s, "plan", None)
        expected = {} if plan is None else plan.expects
        tests = [locate(gast.Expr(value=test(v, kind)), s) for v, kind in expected.items()]
        for t in tests:
            t.plan = Plan("plain")
        if isinstance(s, gast.For):
            s.body = [*tests, *s.body]
            tests = []
        out += [s, *tests]
    return out
