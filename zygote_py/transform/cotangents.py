"""Cotangent variables: what is known of each, and how contributions are added to it.

The state of a cotangent variable is one of

    (absent)  no cotangent: the variable is not bound       'num'    a number
    'own'     an array that nobody else holds               'arr'    an array, perhaps shared
    'uni'     what broadcasts to an array: a number, or an      'nums'   a tuple of numbers
              array with axes of length one
    'some'    not None, otherwise unknown                   'maybe'  anything, perhaps None
    'free'    None, or an array that nobody else holds

What is 'uni' may be shared, and may lack the first axes of the array; it is filled up before it leaves the function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gast

from ..analysis.facts import is_scalar
from ..ir.build import add_to, assign, attribute, binop, call, clone, const, if_, load, store, subscript, tuple_, walk
from ..normalize import Core

__all__ = ["Cotangents", "State", "all_scalars", "differing", "index_value", "joined", "negative_sum", "something"]

State = dict[str, str]


def joined(a: str | None, b: str | None) -> str | None:
    if a == b:
        return a
    pair = {a, b}
    if pair == {None, "num"}:
        return "num"
    if "uni" in pair:  # it is filled up to an array
        pair = (pair - {"uni"}) | {"own"}
    if pair <= {"own", "arr"}:
        return "arr" if "arr" in pair else "own"
    if pair <= {None, "own", "free"}:
        return "free"
    return "maybe" if pair & {None, "maybe", "free"} else "some"


def something(rep: str) -> str:
    """The state of a cotangent that turned out not to be None."""
    return {"maybe": "some", "free": "own"}.get(rep, rep)


def summed(a: str, b: str) -> str:
    """The state of what `add` makes of two cotangents."""
    if a == b and a in ("nums", "free"):
        return a
    if {a, b} == {"own", "free"}:
        return "own"
    return "some" if {a, b} - {"maybe", "free"} else "maybe"


def differing(one: State, two: State) -> list[str]:
    """The variables whose cotangents are not in the same state."""
    return sorted({v for v, _ in one.items() ^ two.items()})


def accumulate(name: str, value: Any) -> Any:
    """`name += value`, or `name -= e` where the value is `-e`."""
    if isinstance(value, gast.UnaryOp) and isinstance(value.op, gast.USub):
        return gast.AugAssign(target=store(name), op=gast.Sub(), value=value.operand)
    return add_to(name, value)


def negative_sum(a: Any, b: Any) -> Any:
    """`a + b`, or `a - c` where b is `-c`."""
    if isinstance(b, gast.UnaryOp) and isinstance(b.op, gast.USub):
        return binop(a, gast.Sub, b.operand)
    return binop(a, gast.Add, b)


def index_value(index: Any) -> Any:
    """An index as a value: slices become calls of `slice`."""
    if isinstance(index, gast.Slice):
        return call("slice", *(const(None) if p is None else clone(p) for p in (index.lower, index.upper, index.step)))
    if isinstance(index, gast.Tuple):
        return tuple_([index_value(x) for x in index.elts])
    return clone(index)


def all_scalars(kind: Any) -> bool:
    """Whether a kind is a tuple of numbers, so that its cotangent is one, too."""
    return kind.__class__ is tuple and kind[0] == "t" and len(kind) > 1 and all(is_scalar(k) for k in kind[1:])


class Cotangents:
    """The cotangent variables of one function in the making.

    Parameters
    ----------
    core : planned core code
    tools : the runtime functions that generated code calls
    templates : callable from a rule's lambda to its Template
    functional : write no in-place updates (this form is the one that can be differentiated again)
    checked : look at each cotangent, and raise where one is infinite or not a number
    stores : whether memory that others may know is written to, here or by a callee
    """

    def __init__(self, core: Core, tools: Any, templates: Callable, links: dict, *, functional: bool = False,
                 optimise: bool = True, checked: bool = False, stores: bool = True) -> None:
        self.checked, self.stores = checked, stores
        self.core, self.tools, self.templates, self.links = core, tools, templates, links
        self.namer, self.functional, self.optimise = core.namer, functional, optimise
        self.uses_context = False
        self.region = core.generator
        self.aliases = core.aliases
        self.known_exposed: dict[str, bool] = {}    # who shares memory with whom does not change any more
        self.records: dict[str, str] = {}      # where the record of a container is at hand, in the loops under way

    def fit(self, v: str, old: str | None, new: str | None) -> list:
        """Statements that bring the cotangent of `v` from one state to another."""
        if old == "uni" and new != "uni":
            return [assign(self.d(v), call(self.tool("filled"), load(self.d(v)), load(v)))]
        if old is None and new is not None:
            return [assign(self.d(v), const(0.0 if new in ("num", "some") else None))]
        return []

    def d(self, v: str) -> str:
        return self.namer.cotangent(v)

    def tool(self, name: str) -> Any:
        return load(self.namer.helper(getattr(self.tools, name), name))

    def consume(self, rep: str, y: str, state: State, out: list, build: Callable[[list, State], None]) -> None:
        """Run `build` for the cotangent of y, under a test if it may be None."""
        if something(rep) == rep:
            build(out, state)
            return
        inner: list = []
        one = dict(state)
        build(inner, one)
        self.guard(out, state, gast.Compare(left=load(self.d(y)), ops=[gast.IsNot()], comparators=[const(None)]), inner, one)

    def guard(self, out: list, state: State, test: Any, inner: list, one: State) -> None:
        """Put `inner`, which leads to the state `one`, under a test."""
        if not inner:
            return
        other: list = []
        for v in differing(one, state):
            rep = joined(one.get(v), state.get(v))
            inner += self.fit(v, one.get(v), rep)
            other += self.fit(v, state.get(v), rep)
            state[v] = rep  # type: ignore[assignment]
        out.append(if_(test, inner, other))

    def give(self, out: list, state: State, x: Any, act: int, value: Any, rep: str) -> None:
        """Add a contribution to the cotangent of the operand x."""
        if not isinstance(x, gast.Name) or act == 0 or x.id in self.namer.helpers:
            return
        if act == 1:
            inner: list = []
            one = dict(state)
            self.put(inner, one, x.id, value, rep)
            self.uses_context = True
            self.guard(out, state, attribute(load(self.namer.cx), "tracked"), inner, one)
        else:
            self.put(out, state, x.id, value, rep)

    def put(self, out: list, state: State, v: str, value: Any, rep: str) -> None:
        dv, old = self.d(v), state.get(v)
        if old is None:
            out.append(assign(dv, value))
            state[v] = rep
        elif old == rep == "uni":       # not in place: it may be shared, and have an axis of length one where the other has more
            out.append(assign(dv, negative_sum(load(dv), value)))
        elif "uni" in (old, rep):
            if {old, rep} <= {"uni", "own", "arr"}:
                out.append(assign(dv, negative_sum(load(dv), value)))
                state[v] = "own"
            else:
                if old == "uni":
                    out += self.fit(v, "uni", "own")
                else:
                    value = call(self.tool("filled"), value, load(v))
                out.append(assign(dv, call(self.tool("add"), load(dv), value)))
                state[v] = "some"
        elif old == "num" and rep == "num":
            out.append(accumulate(dv, value))
        elif old == "own" and getattr(value, "into", None) is not None:
            f, args = value.into
            out.append(gast.Expr(value=call(load(self.namer.helper(f)), load(dv), *args)))
        elif old == "own" and rep in ("own", "arr") and not self.functional:
            out.append(accumulate(dv, value))
        elif old in ("own", "arr") and rep in ("own", "arr"):
            out.append(assign(dv, negative_sum(load(dv), value)))
            state[v] = "own"
        else:
            out.append(assign(dv, call(self.tool("add"), load(dv), value)))
            state[v] = summed(old, rep)

    def exposed(self, v: str) -> bool:
        """Whether v may name an array that other code, or a store of this function, writes to."""
        known = self.known_exposed.get(v)
        if known is None:
            known = self.known_exposed[v] = self.aliases is not None and v not in self.namer.helpers \
                and self.aliases.reachable(v) and not self.private(v)
        return known

    def mirrored(self, v: str) -> bool:
        """Whether the user sees the cotangent of a variable as it is, with None for what did not matter."""
        return v in self.core.params or v in self.core.read

    def private(self, v: str) -> bool:
        """Whether v names an array that only this function writes to, so that undoing it is written out."""
        return self.aliases is not None and not self.functional and self.aliases.is_private(v)

    def if_written(self, out: list, body: list) -> None:
        if body:
            self.uses_context = True
            out.append(if_(attribute(load(self.namer.cx), "written"), body))

    def spill(self, out: list, state: State) -> None:
        """Before stores are undone: what variables carry for arrays that were stored into belongs into memory."""
        self.if_written(out, [assign(self.d(v), call(self.tool("spill"), load(self.namer.cx), load(v), load(self.d(v))))
                              for v in sorted(v for v, rep in state.items() if rep not in ("num", "nums") and self.exposed(v))])

    def release(self, out: list, y: str, rep: str | None) -> None:
        """The cotangent of y is handed on to a slot: that of an array which was stored into goes to memory."""
        if rep not in (None, "num", "nums") and self.exposed(y):
            d = self.d(y)
            self.if_written(out, [assign(d, call(self.tool("deliver"), load(self.namer.cx), load(y), load(d)))])

    def to_slot(self, out: list, container: Any, key: Any, y: str, rep: str | None, act: int) -> None:
        """The cotangent of y, which was read from a list or dict, goes to the record of that."""
        if rep is None or not act:
            return
        self.uses_context = True
        if rep in ("num", "nums") and getattr(container, "id", "") in self.records:
            slots = self.records[container.id]
            place = gast.Subscript(value=load(slots), slice=clone(key), ctx=gast.Load())
            total = gast.IfExp(test=gast.Compare(left=clone(key), ops=[gast.In()], comparators=[load(slots)]),
                               body=gast.BinOp(left=place, op=gast.Add(), right=load(self.d(y))), orelse=load(self.d(y)))
            stored = assign(gast.Subscript(value=load(slots), slice=clone(key), ctx=gast.Store()), total)
            out.append(stored if act == 2 else if_(attribute(load(self.namer.cx), "tracked"), [stored]))
            return
        if rep in ("num", "nums"):
            add = call(attribute(load(self.namer.cx), "add"), clone(container), key, load(self.d(y)))
        else:
            add = call(self.tool("array_slot_back"), load(self.namer.cx), tuple_([clone(container), key, load(y)]),
                       load(self.d(y)))
        add = gast.Expr(value=add)
        out.append(add if act == 2 else if_(attribute(load(self.namer.cx), "tracked"), [add]))

    def claim(self, out: list, y: str, rep: str | None) -> None:
        """Where y is bound: what memory holds for it belongs to the variable."""
        if rep not in (None, "num", "nums") and self.exposed(y):
            d = self.d(y)
            self.if_written(out, [assign(d, call(self.tool("claim"), load(self.namer.cx), load(y), load(d)))])

    def own(self, v: str, old: str | None) -> Any:
        """Make the cotangent of an array a buffer of its own."""
        if old is None:
            return assign(self.d(v), call(self.tool("zeros"), load(v)))
        if old == "free":
            none = gast.Compare(left=load(self.d(v)), ops=[gast.Is()], comparators=[const(None)])
            return assign(self.d(v), gast.IfExp(test=none, body=call(self.tool("zeros"), load(v)), orelse=load(self.d(v))))
        return assign(self.d(v), call(self.tool("filled" if old == "uni" else "owned"), load(self.d(v)), load(v)))

    def cotangent(self, s: Any, state: State, out: list | None = None) -> tuple[str, str | None]:
        """The variable that a statement binds, and the state of its cotangent, which is taken from it; filled up, unless `out`
        is None."""
        y = s.target.id if isinstance(s, gast.AugAssign) else s.targets[0].id
        rep = state.pop(y, None)
        if rep == "uni" and out is not None:
            out += self.fit(y, "uni", "own")
            rep = "own"
        return y, rep

    def pre(self, node: Any, y: str) -> Any:
        """Operands that the statement overwrites are read as they were before it."""
        for n in walk(node):
            if n.__class__ is gast.Name and n.id == y:
                n.id = y + "@"
        return node

    def keep(self, s: Any, field: str, hint: str) -> str:
        """A name that stays the same when a statement is transformed again (loops are, until states settle)."""
        names = s.__dict__.setdefault("kept", {})
        if field not in names:
            names[field] = self.namer.fresh(hint)
        return names[field]

    def receive(self, out: list, state: State, s: Any, y: str, value: Any, args: list, facts: list, reps: list) -> None:
        """Unpack the cotangents that a pullback returns, and give each to its operand."""
        targets, gifts = [], []
        for i, (a, (_, act)) in enumerate(zip(args, facts)):
            rep = reps[i] if i < len(reps) else "maybe"
            parts = a.elts if isinstance(a, gast.Tuple) else [a]
            if rep is None or not act or not any(isinstance(p, gast.Name) and p.id not in self.namer.helpers for p in parts):
                targets.append("_")
                continue
            name = self.keep(s, f"d{i}", "d" + (a.id if isinstance(a, gast.Name) else "args"))
            targets.append(name)
            gifts.append((a, act, name, rep))
        if not targets:
            out.append(gast.Expr(value=value))
            return
        if not gifts:
            out.append(gast.Expr(value=value))
            return
        out.append(assign(targets, value))
        for a, act, name, rep in gifts:
            if isinstance(a, gast.Tuple):
                self.share_out(out, state, name, [(j, part, act) for j, part in enumerate(a.elts)])
            else:
                self.give(out, state, a, act, load(name), rep)

    def share_out(self, out: list, state: State, name: str, parts: Sequence[tuple]) -> None:
        """Give the parts of a tuple of cotangents, if there is one: (place, operand, activity) for each."""
        if not parts:
            return
        inner: list = []
        one = dict(state)
        for j, part, act in parts:
            self.give(inner, one, part, act, subscript(load(name), const(j)), "maybe")
        self.guard(out, state, gast.Compare(left=load(name), ops=[gast.IsNot()], comparators=[const(None)]), inner, one)
