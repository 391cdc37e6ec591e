"""The reverse of loads and stores."""

from __future__ import annotations

from typing import Any

import gast

from ..analysis.facts import Plan, is_array, is_scalar
from ..ir.build import assign, attribute, call, clone, const, load, locate, subscript, tuple_, walk
from .algebra import negative
from .cotangents import Cotangents, State, accumulate, index_value

__all__ = ["Memory"]


class Memory(Cotangents):
    """Attributes, items, elements of arrays, and variables that live in cells."""

    def on_load(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        out: list = []
        y, rep = self.cotangent(s, state, out)
        v = plan.args[0].id
        if rep is not None:
            self.uses_context = True
            self.release(out, y, rep)
            out.append(gast.Expr(value=call(self.tool("cell_add"), load(self.namer.cx), load(self.cell(v)), load(self.d(y)))))
        return [clone(s)], out

    def cell(self, v: str) -> str:
        if v not in self.core.cells:
            self.core.cells[v] = self.namer.fresh(v + "_cell")
        return self.core.cells[v]

    def on_store(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """A captured variable is bound: its cotangent has been added up in the record of its cell."""
        v = s.targets[0].id
        self.uses_context = True
        out: list = []
        fwd = [clone(s)]
        if v in self.core.nonlocals:
            note = call(self.tool("track"), load(self.namer.cx), load(self.cell(v)), const(bool(plan.act)))
            fwd.insert(0, gast.Expr(value=note))
        take = call(self.tool("cell_take"), load(self.namer.cx), load(self.cell(v)))
        if plan.act and isinstance(s.value, gast.Name):
            d = self.namer.fresh("d" + v)
            out.append(assign(d, take))
            self.give(out, state, s.value, 2, load(d), "maybe")
        else:
            out.append(gast.Expr(value=take))
        return fwd, out

    def caller(self, tool: str, plan: Plan) -> Any:
        return self.tool("try_" + tool if plan.attempt else tool)

    def on_make(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """An object without attributes; those that it gets may carry a derivative."""
        v = s.targets[0].id
        state.pop(v, None)
        if self.aliases is not None and self.aliases.activity(v) < 2:
            return [clone(s)], []
        return [clone(s), self.track(v)], []

    def track(self, v: str) -> Any:
        """Say that the attributes of an object may carry a derivative."""
        self.uses_context = True
        return gast.Expr(value=call(self.tool("changed"), load(self.namer.cx), const(True), load(v)))

    def on_getattr(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        if plan.own:
            out: list = []
            y, rep = self.cotangent(s, state, out)
            if rep is not None:
                x = self.pre(clone(plan.args[0]), y)
                act = plan.facts[0][1]
                if rep in ("num", "nums") and act == 2:
                    self.look_up(out, s, x.id)
                self.to_slot(out, x, const(plan.extra), y, rep, act)
            return [clone(s)], out
        return self.loading(s, plan, state, "load_attribute", const(plan.extra))

    def on_getitem(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        if plan.extra in ("slot", "position"):
            out: list = []
            y, rep = self.cotangent(s, state, out)
            if rep is None or not plan.facts[0][1]:
                return [clone(s)], out
            fwd, key = self.place(s, plan, s.value.slice)
            self.to_slot(out, self.pre(clone(plan.args[0]), y), key if fwd else self.pre(key, y), y, rep, plan.facts[0][1])
            return [*fwd, clone(s)], out
        return self.loading(s, plan, state, "load_item", index_value(s.value.slice))

    def place(self, s: Any, plan: Plan, index: Any) -> tuple[list, Any]:
        """Statements that find the position of an element, and the key of its slot."""
        if plan.extra == "slot":
            return [], clone(index)
        at = self.keep(s, "at", "at")
        size = call(load(self.namer.helper(len, "len")), clone(plan.args[0]))
        from_end = gast.BinOp(left=clone(index), op=gast.Add(), right=size)
        counted = gast.Compare(left=clone(index), ops=[gast.GtE()], comparators=[const(0)])
        return [locate(assign(at, gast.IfExp(test=counted, body=clone(index), orelse=from_end)), s)], load(at)

    def loading(self, s: Any, plan: Plan, state: State, tool: str, key: Any) -> tuple[list, list]:
        out: list = []
        y, rep = self.cotangent(s, state, out)
        back, tape = self.keep(s, "back", y + "_back"), self.keep(s, "tape", y + "_tape")
        self.uses_context = True
        fwd = [locate(assign([y, back, tape], call(self.caller(tool, plan), load(self.namer.cx), clone(plan.args[0]), key)), s)]
        dy = load(self.d(y)) if rep is not None else const(None)
        value, x = call(back, load(self.namer.cx), load(tape), dy), plan.args[0]
        if plan.key or (isinstance(x, gast.Name) and x.id not in self.core.local):   # its record gets its share in any case
            name = self.keep(s, "d0", "d" + getattr(x, "id", ""))
            out.append(assign(name, value))
            value = load(name)
        elif not isinstance(x, gast.Name):
            out.append(gast.Expr(value=value))
        self.give(out, state, x, plan.facts[0][1], value, "maybe")
        self.give_key(out, state, s, plan, tape)
        return fwd, out

    def give_key(self, out: list, state: State, s: Any, plan: Plan, tape: str) -> None:
        """The cotangent of an index or key is in the record of the tape, if there is one."""
        if not plan.key:
            return
        name = self.keep(s, "dkey", "dkey")
        out.append(assign(name, call(self.tool("take_key"), load(self.namer.cx), load(tape))))
        if plan.key[0][0] is None:
            self.give(out, state, plan.key[0][1], plan.key[0][2], load(name), "maybe")
            return
        self.share_out(out, state, name, [part for part in plan.key if part[0].__class__ is int])
        for k in dict.fromkeys(place[0] for place, _, _ in plan.key if place.__class__ is tuple):     # of slices
            bounds = [(place[1], p, act) for place, p, act in plan.key if place.__class__ is tuple and place[0] == k]
            part = name
            if k is not None:
                part = self.keep(s, f"dslice{k}", "dslice")
                taken = gast.IfExp(test=load(name), body=subscript(load(name), const(k)), orelse=const(None))
                out.append(assign(part, taken))
            self.share_out(out, state, part, bounds)

    def on_index(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """An element or a part of an array."""
        out: list = []
        y, rep = self.cotangent(s, state, out)
        if not plan.extra:      # a copy, not a view
            self.claim(out, y, rep)
        if rep is not None:
            index = self.pre(clone(s.value.slice), y)
            self.consume(rep, y, state, out,
                         lambda o, st: self.add_element(o, st, plan.facts[0], s, self.pre(clone(plan.args[0]), y), index,
                                                        self.d(y), plan.extra))
        return [self.reread(clone(s), plan)], out

    def reread(self, s: Any, plan: Plan) -> Any:
        """A statement that reads a part of an array, marked if that is a number which is still there on the way back."""
        kind, v = plan.facts[0][0], getattr(plan.args[0], "id", "")
        kept = not self.stores and (self.aliases is None or not self.aliases.is_private(v))
        s.reread = kept and is_array(kind) and kind[0] == "a" and kind[1] == 1 and plan.kind == "f" and is_number(s.value.slice)
        return s

    def add_element(self, out: list, state: State, fact: tuple, s: Any, x: Any, index: Any, dy: str, basic: bool) -> None:
        kind, act = fact
        v = x.id.rstrip("@")
        # In `x = x[i]` the buffer for x would take the name of what is to be added to it.
        if act == 1 or self.functional or kind[0] == "c" or v not in self.core.local or self.d(v) == dy:
            self.give(out, state, load(v), act, call(self.tool("ungetitem"), load(dy), clone(x), index_value(index)),
                      "own" if kind[0] == "a" else "arr")
            return
        if state.get(v) != "own":
            own = self.own(v, state.get(v))
            for n in walk(own.value):
                if isinstance(n, gast.Name) and n.id == v:
                    n.id = x.id
            out.append(own)
            state[v] = "own"
        place = gast.Subscript(value=load(self.d(v)), slice=clone(index), ctx=gast.Store())
        place.element = basic and kind[1] == 1 and is_number(index)
        if basic and has_slice(index):     # adding to a view is one store less than `dx[a:b] += dy`
            part = self.keep(s, "part", "part")
            view, added = assign(part, subscript(load(self.d(v)), clone(index))), accumulate(part, load(dy))
            view.value.ours = view.view = added.view = True
            out += [view, added]
        elif basic:
            out.append(gast.AugAssign(target=place, op=gast.Add(), value=load(dy)))
        else:
            out.append(gast.Expr(value=call(self.tool("add_at"), load(self.d(v)), index_value(index), load(dy))))

    def on_element(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """A constant element of a tuple of known length."""
        out: list = []
        y, rep = self.cotangent(s, state, out)
        if rep is not None:
            n = len(plan.facts[0][0]) - 1
            full = all(is_scalar(k) for k in plan.facts[0][0][1:]) and not self.mirrored(plan.args[0].id)
            parts = [load(self.d(y)) if i == plan.extra else const(0.0 if full else None) for i in range(n)]
            self.consume(rep, y, state, out, lambda o, st: self.give(
                o, st, plan.args[0], plan.act, tuple_(parts), "nums" if full else "some"))
        return [clone(s)], out

    def put_part(self, s: Any, plan: Plan, state: State, v: str, index: Any) -> tuple[list, list]:
        """A store into a private array: the cotangent of what was stored is taken from its place."""
        out: list = []
        if state.get(v) is None:
            return [clone(s)], out
        if state[v] != "own":
            out.append(self.own(v, state[v]))
            state[v] = "own"
        x, (kind, act) = plan.args[1], plan.facts[1]
        place = load(self.d(v)) if index is None else subscript(load(self.d(v)), clone(index))
        place.element = index is not None and plan.facts[0][0][1] == 1 and is_number(index)
        if act and isinstance(x, gast.Name) and kind != "b":
            d = self.keep(s, "taken", "d" + x.id)
            scalar = is_scalar(kind)
            if scalar:
                part = place if index is not None and plan.kind == "f" else call(self.tool("unbroadcast"), place, clone(x))
            else:
                part = call(self.tool("taken"), place, *([] if 1 in plan.fits else [clone(x)]))
            minus = isinstance(s, gast.AugAssign) and isinstance(s.op, gast.Sub)
            out.append(assign(d, negative(part) if minus else part))
            if not isinstance(s, gast.AugAssign):
                out.append(assign(stored(place), const(0.0)))
            self.give(out, state, x, act, load(d), "num" if scalar else "own")
        elif not isinstance(s, gast.AugAssign):
            out.append(assign(stored(place), const(0.0)))
        return [clone(s)], out

    def on_setitem(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        v = getattr(plan.args[0], "id", "")
        if self.private(v):
            if plan.extra == "again":      # it was updated where it stands
                return [], []
            return self.put_part(s, plan, state, v, s.targets[0].slice)
        if plan.extra in ("slot", "position"):
            fwd, key = self.place(s, plan, s.targets[0].slice)
            return self.put_in(s, plan, state, fwd, key)
        return self.storing(s, plan, state, "store_item", index_value(s.targets[0].slice))

    def on_append(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        state.pop(s.targets[0].id, None)
        at = self.keep(s, "at", "at")
        size = call(load(self.namer.helper(len, "len")), clone(plan.args[0]))
        return self.put_in(s, plan, state, [locate(assign(at, size), s)], load(at))

    def put_in(self, s: Any, plan: Plan, state: State, fwd: list, key: Any) -> tuple[list, list]:
        """Something is put into a list or dict that no other code can reach: its cotangent is in the record."""
        (_, held), (kind, act) = plan.facts
        if not held and not act:
            return [clone(s)], []
        out: list = []
        self.uses_context = True
        if not is_scalar(kind):
            self.spill(out, state)
        v = plan.args[0].id
        value = call(attribute(load(self.records[v]), "pop"), key, const(None)) if v in self.records else \
            call(attribute(load(self.namer.cx), "take"), load(v), key)
        if act and isinstance(plan.args[1], gast.Name):
            self.give(out, state, plan.args[1], 2, value, "maybe")
        else:
            out.append(gast.Expr(value=value))
        return [*fwd, clone(s)], out

    def look_up(self, out: list, s: Any, v: str) -> None:
        """Have the record of an object at hand, until the beginning of the block or of the variable."""
        if v in self.records or v not in self.core.local or v in self.core.memory or self.functional or self.region:
            return
        name = self.records[v] = self.keep(s, "record", v + "_record")
        out.append(assign(name, call(attribute(load(self.namer.cx), "record"), load(v))))

    def put_own(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        """A store into an attribute of an object's own: its cotangent is in the record."""
        obj, x = plan.args
        kind, act = plan.facts[1]
        self.uses_context = True
        fwd: list = [clone(s)]
        if not getattr(s, "fresh", False):
            fwd.insert(0, gast.Expr(value=call(self.tool("note_object"), load(self.namer.cx), clone(obj))))
            if act:
                fwd.append(self.track(obj.id))
        out: list = []
        if not is_scalar(kind):
            self.spill(out, state)
        key = const(s.targets[0].attr)
        self.look_up(out, s, obj.id)
        if obj.id in self.records:
            number = is_scalar(kind) and kind in ("f", "i")
            value = call(attribute(load(self.records[obj.id]), "pop"), key, const(0.0 if number else None))
        else:
            number = False
            value = call(attribute(load(self.namer.cx), "take"), clone(obj), key)
        if act and isinstance(x, gast.Name):
            self.give(out, state, x, 2, value, "num" if number else "maybe")
        else:
            out.append(gast.Expr(value=value))
        return fwd, out

    def on_setattr(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        if plan.own and isinstance(plan.args[0], gast.Name) and not plan.attempt:
            return self.put_own(s, plan, state)
        return self.storing(s, plan, state, "store_attribute", const(s.targets[0].attr))

    def storing(self, s: Any, plan: Plan, state: State, tool: str, key: Any) -> tuple[list, list]:
        back, tape = self.keep(s, "back", "store_back"), self.keep(s, "tape", "store_tape")
        self.uses_context = True
        active = plan.facts[1][1]
        made = call(self.caller(tool, plan), load(self.namer.cx), const(bool(active or plan.key)), clone(plan.args[0]), key,
                    clone(plan.args[1]))
        fwd = [locate(assign([back, tape], made), s)]
        out: list = []
        self.spill(out, state)
        value = call(back, load(self.namer.cx), load(tape))
        if active and isinstance(plan.args[1], gast.Name):
            self.give(out, state, plan.args[1], 2, value, "maybe")
        else:
            out.append(gast.Expr(value=value))
        self.give_key(out, state, s, plan, tape)
        return fwd, out

    def on_delitem(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        return self.deleting(s, plan, state, "delete_item", index_value(s.targets[0].slice))

    def on_delattr(self, s: Any, plan: Plan, state: State) -> tuple[list, list]:
        return self.deleting(s, plan, state, "delete_attribute", const(s.targets[0].attr))

    def deleting(self, s: Any, plan: Plan, state: State, tool: str, key: Any) -> tuple[list, list]:
        back, tape = self.keep(s, "back", "delete_back"), self.keep(s, "tape", "delete_tape")
        self.uses_context = True
        fwd = [locate(assign([back, tape], call(self.caller(tool, plan), load(self.namer.cx), clone(plan.args[0]), key)), s)]
        out: list = [gast.Expr(value=call(back, load(self.namer.cx), load(tape)))]
        self.give_key(out, state, s, plan, tape)
        return fwd, out


def has_slice(index: Any) -> bool:
    return any(isinstance(p, gast.Slice) for p in (index.elts if isinstance(index, gast.Tuple) else [index]))


def is_number(index: Any) -> bool:
    """Whether an index that selects no element twice is a single number."""
    return isinstance(index, gast.Name) or (isinstance(index, gast.Constant) and type(index.value) is int)


def stored(place: Any) -> Any:
    """A place to read from, as one to store to."""
    new = gast.Subscript(value=clone(place.value), slice=clone(place.slice), ctx=gast.Store())
    new.element = place.element
    return new
