"""What the lists and dicts among the arguments hold, followed through a function.

The kinds of containers (`lattice`) were true when the function was called. What the function itself stores is followed; where it
calls code that is not known here, all is forgotten. What is left is tested as each element is read (`insert_checks`), so that a
kind which is wrong after all is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..ir.build import attribute, call, change_blocks, const, load, locate
from ..lattice import NAMES, NONE, VAGUE, at, element, entries, filled, join, plain, shallow
from ..normalize import Core
from .facts import Plan, is_array, is_loose

__all__ = ["added_by", "after_method", "combined", "element", "forget", "insert_checks", "item", "joined", "place_in", "put",
           "store", "viewed"]

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
    if kind[0] == "d":
        held = at(dict(kind[1]), index.value) if isinstance(index, gast.Constant) else joined([k for _, k in kind[1]])
        return "o" if held == "⊥" else held
    return "o"


def combined(op: Any, a: Any, b: Any) -> Any:
    """The kind of a list that is repeated, or of two lists joined."""
    lists = [("l", "f") if k == ("l", "x") else k for k in (a, b) if k.__class__ is tuple and k[0] == "l"]
    if isinstance(op, gast.Mult) and len(lists) == 1 and "i" in (a, b):
        return lists[0]
    if isinstance(op, gast.Add) and len(lists) == 2:
        held = join(lists[0][1], lists[1][1])
        return "l", "o" if held in VAGUE else held
    return "o"


def viewed(kind: Any, method: str) -> Any:
    """The kind of what a method of a list or dict returns."""
    if kind[0] == "l":
        return element(kind) if method == "pop" else kind if method == "copy" else "o"
    if kind[0] != "d" or method == "copy":
        return kind if method == "copy" and kind.__class__ is tuple else "o"
    held = joined([k for _, k in kind[1]])
    if method == "items":
        return "o" if element(kind) == held == "o" else ("e", ("t", element(kind), held))
    return ("e", held) if method == "values" and held != "o" else "o"


def after_method(env: Env, v: str, kind: Any, method: str, given: list, confined: dict[str, str]) -> None:
    """Note what a method of a variable's value may have changed; `given` are the kinds of the arguments."""
    value = added_by(kind, method, given)
    if value is None:
        forget(env, confined)
    elif value != "⊥":
        store(env, v, kind, value, confined)


def added_by(kind: Any, method: str, given: list) -> Any:
    """The kind of what a method puts into a list or dict of this kind, "⊥" if it is nothing; None if that is not known."""
    if kind.__class__ is not tuple or method not in QUIET.get(kind[0], ()):
        return None
    if method == "extend":
        return element(given[0]) if given else "o"
    return given[STORING[method]] if method in STORING and len(given) > STORING[method] else "⊥"


def store(env: Env, v: str, kind: Any, value: Any, confined: dict[str, str], key: Any = None) -> None:
    """Note that a value is put into the container that a variable names, of this kind."""
    group = confined.get(v)
    if group is not None and kind.__class__ is tuple and kind[0] in ("l", "d"):
        for name, (held, act) in env.items():
            if confined.get(name) == group and held.__class__ is tuple:
                env[name] = stored(held, value, key, name == v), act
        return
    if kind == ("l", "⊥"):      # other names of this list know as little
        for name, (held, act) in env.items():
            if is_blank(held) and (confined.get(name) == group or shallow(held) != held):
                new = filled(held, value)
                env[name] = plain(held) if is_blank(new) else new, act
        env[v] = ("l", value) if value not in VAGUE else "o", env[v][1]
        return
    put(env, place_in(kind, value, key), value, confined, group)


def place_in(kind: Any, value: Any, key: Any = None) -> Any:
    """The kind of what a container holds where a value is put, if such values belong there, "⊥" for a list that was empty so far;
    None if that is not known."""
    if kind == ("l", "⊥"):
        return "⊥"
    place = kind[1] if kind[0] == "l" else dict(kind[1]).get(key) if kind[0] == "d" else None
    if place == "f" and kind[0] == "d":     # the same dict may be known as one of whole numbers
        place = "x"
    return None if place is not None and join(place, value) != place else place


def put(env: Env, place: Any, value: Any, confined: dict[str, str], group: str | None = None) -> None:
    """Note that a value is put into some container, where values of the kind `place` are; "⊥": into a list that a callee made."""
    for name, (held, act) in env.items():
        if confined.get(name) != group and shallow(held) == held:       # another container
            continue
        if held.__class__ is tuple and not (all(admits(k, value, None) for k in inside(held)) if place == "⊥"
                                            else admits(held, value, place)):
            env[name] = plain(held), act


def inside(kind: Any) -> list:
    """The kinds of what is in a container or object; of a tuple, of what is in what it holds."""
    if kind.__class__ is not tuple or is_array(kind) or is_loose(kind):
        return []
    if kind[0] in ("t", "?"):
        return [inner for k in kind[1:] for inner in inside(k)]
    return [k for _, k in kind[-1]] if kind[0] in ("d", "p", "m") else [kind[1]]


def stored(kind: Any, value: Any, key: Any, surely: bool) -> Any:
    """The kind of a container after a store at a key; None stands for one that is not known, NAMES for one that is no number."""
    if kind[0] == "l":
        held = join(kind[1], value)
        return "l", "o" if held in VAGUE else held
    if kind[0] != "d":
        return "o"
    keys = dict(kind[1])
    if key is not None and key is not NAMES:
        return entries(list({**keys, key: value if surely else join(at(keys, key), value)}.items()))
    wide = {**keys, key: None} if None not in keys else keys
    return entries([(k, join(at(keys, k), value)) for k in wide if k is not NAMES or key is NAMES])


def is_blank(kind: Any) -> bool:
    """Whether a kind speaks of a list that has been empty so far."""
    if kind.__class__ is not tuple:
        return bool(kind == "⊥")
    if kind[0] in ("p", "m"):
        return any(is_blank(k) for _, k in kind[2])
    if kind[0] == "?":
        return kind != NONE and is_blank(kind[1])
    return any(is_blank(k) for k in ([k for _, k in kind[1]] if kind[0] == "d" else kind[1:]))


def admits(kind: Any, value: Any, place: Any) -> bool:
    """Whether what is known of a container stays true if a value is stored somewhere.

    If such values belong where it is stored, only containers change of which no more than that is known: the others are not the
    one that is stored into.
    """
    if kind.__class__ is not tuple or is_array(kind) or is_loose(kind):
        return True
    if kind[0] in ("t", "?"):
        return all(admits(k, value, place) for k in kind[1:])
    if kind[0] in ("p", "m"):
        return all(admits(k, value, place) for _, k in kind[2])
    held = [k for _, k in kind[1]] if kind[0] == "d" else kind[1][1:] if kind[0] == "e" and kind[1][0] == "t" else [kind[1]]
    return all((join(k, value) == k or is_other(k, place)) and admits(k, value, place) for k in held)


def is_other(kind: Any, place: Any) -> bool:
    """Whether a container of values of this kind can't be the one that is stored into, where values of the kind `place` are; no
    list is known both as one of whole numbers and as one of any others (`lattice`)."""
    return place is not None and (join(kind, place) != place or (kind == "i" and place == "f"))


def forget(env: Env, confined: dict[str, str]) -> None:
    """Unknown code runs: it may store anything into whatever it can reach; not into `confined` containers."""
    for v, (kind, act) in env.items():
        if kind.__class__ is tuple:
            env[v] = shallow(kind) if v in confined else plain(kind), act


def insert_checks(core: Core, check: Callable, check_class: Callable, array: type, float64: Any,
                  name_of: Callable[[Any, Any], str]) -> None:
    """Test each element where it is read; what is common, without a call. `float64` is what the `dtype` of such arrays is;
    `name_of` gives a class its name in the code."""
    def test(v: str, kind: Any) -> Any:
        core.read.add(v)
        if kind[0] in ("p", "m"):
            cls = load(name_of(kind[1], core.namer))
            full = call(load(core.namer.helper(check_class, "check_class")), load(v), cls)
            is_one = gast.Compare(left=attribute(load(v), "__class__"), ops=[gast.Is()], comparators=[cls])
            return gast.BoolOp(op=gast.Or(), values=[is_one, full])
        full = call(load(core.namer.helper(check, "check_kind")), load(v), const(kind))
        if kind in _CLASSES:
            return gast.BoolOp(op=gast.Or(), values=[same(attribute(load(v), "__class__"), _CLASSES[kind]), full])
        if kind[0] != "a":
            return full
        rank = gast.Compare(left=attribute(load(v), "ndim"), ops=[gast.Eq()], comparators=[const(kind[1])])
        common = [same(attribute(load(v), "__class__"), array), same(attribute(load(v), "dtype"), float64, "float64"), rank]
        return gast.BoolOp(op=gast.Or(), values=[gast.BoolOp(op=gast.And(), values=common), full])

    def same(e: Any, value: Any, hint: str | None = None) -> Any:
        return gast.Compare(left=e, ops=[gast.Is()], comparators=[load(core.namer.helper(value, hint))])
    core.body = checked(core.body, test)


_CLASSES: dict[Any, type] = {"f": float, "i": int, "k": str, ("l",): list, ("d",): dict, ("t",): tuple}


def checked(body: list, test: Callable[[str, Any], Any]) -> list:
    out: list = []
    for i, s in enumerate(body):
        plan: Plan | None = getattr(s, "plan", None)
        expected = {} if plan is None else plan.expects
        after = s.body if isinstance(s, gast.For) else body[i + 1:]
        tests = [locate(gast.Expr(value=test(v, expected_first(v, kind, after))), s) for v, kind in expected.items()]
        change_blocks(s, lambda block: checked(block, test))
        for t in tests:
            t.plan, t.tests = Plan("plain"), True
        if isinstance(s, gast.For):
            s.body = [*tests, *s.body]
            tests = []
        out += [s, *tests]
    return out


def expected_first(v: str, kind: Any, after: list) -> Any:
    """What to test of a variable right away: of a tuple that is unpacked by the next statement, only that it is one. What is
    expected of its entries is tested then."""
    plan: Plan | None = getattr(after[0], "plan", None) if after and kind[0] == "t" and len(kind) > 1 else None
    target = after[0].targets[0] if plan is not None and isinstance(after[0], gast.Assign) else None
    if plan is None or not isinstance(target, gast.Tuple) or not isinstance(after[0].value, gast.Name) or after[0].value.id != v:
        return kind
    inner, _, known = plan.extra
    if not known:
        return kind
    plan.expects = {**plan.expects, **{name: k for name, k in zip(inner, kind[1:]) if k != "o"}}
    return kind[:1]
