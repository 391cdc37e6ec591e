"""The generated functions: forward and pullback, and the joint form.

Enters: planned core code. Leaves: gast functions over the names of `core.namer.helpers`, for `emit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import gast

from ..analysis.facts import is_array, is_scalar
from ..ir.build import (
    assign,
    assigned,
    blocks,
    call,
    change_blocks,
    clone,
    const,
    function,
    if_,
    load,
    locate,
    statements,
    store,
    try_,
    tuple_,
    walk,
    written,
)
from ..normalize import Core
from .algebra import doubled, draw_signs, gather_numbers, is_constant, is_whole, product, sum_products
from .cotangents import State, all_scalars
from .elements import list_elements
from .liveness import live_in
from .nones import join_tests
from .release import keep_shapes, let_go, make_again
from .reverse import Reverse
from .simplify import Simplifier
from .weave import Weaver, restoring

__all__ = ["FUNCTIONAL", "Assembly"]

FUNCTIONAL = "_functional"
"""Last in the tapes of the form without in-place updates; also what its roles end with."""

CHANGING = {"add", "append", "pop", "record", "take"}
"""Methods of lists, of the context and of its records."""

IMPURE = {"ask", "push_ask", "told_back",
          "array_slot_back", "call", "callx", "changed", "method", "methodx", "load_attribute", "load_item", "store_item",
          "store_attribute",
          "delete_item", "delete_attribute", "feed_item", "feed_done", "cell_add", "cell_take", "track", "take_items", "take_key",
          "claim", "deliver", "spill", "take_self", "note_self",
          "note_items", "note_object", "note_unpack", "repack", "deposit", "make_function", "seed",
          "seed_first",
          "add_at", "add_extremum", "try_call", "try_callx", "try_method", "try_methodx", "try_load_attribute", "try_load_item",
          "try_store_attribute", "try_store_item", "try_delete_attribute", "try_delete_item", "raise_failure", "check_caught",
          "check_finite", "feed_back", "feed_left", "source_left",
          "push_call", "push_callx", "push_method", "push_methodx", "push_attribute", "push_item", "put_attribute", "put_item",
          "delete_slot", "delete_slot_item", "note_elements", "note_source", "feed_tangent", "unpacked", "cell_tangent",
          "set_cell_tangent", "current", "part_of", "note_yielded", "take_sent", "refuse_written", "to_unpack"}


class Assembly:
    """Generates the functions of one specialisation.

    Parameters
    ----------
    core : planned core code
    kind, act : of its result
    wanted : for each parameter, whether its cotangent is asked for
    """

    def __init__(self, core: Core, kind: Any, act: int, wanted: list[bool], stores: bool, tools: Any, templates: Callable,
                 links: dict, *,
                 functional: bool, optimise: bool, checked: bool = False) -> None:
        self.core, self.kind, self.act, self.wanted, self.stores, self.tools = core, kind, act, wanted, stores, tools
        self.namer, self.optimise = core.namer, optimise
        self.reverse = Reverse(core, tools, templates, links, functional=functional, optimise=optimise, checked=checked,
                               stores=stores)
        self.user = set(core.params) | (set(core.local) & core.user)
        self.links = links

    # -- the two halves -----------------------------------------------------------------------------------------

    def sweep(self, entry: str | None) -> tuple[list, list, list]:
        """Forward statements, reverse statements, and the expressions of the parameters' cotangents."""
        state: State = {self.core.ret: entry} if entry and (self.act or not self.optimise) else {}
        pairs = self.reverse.block(self.core.body, state)
        weaver = Weaver(self.namer, set(self.core.params), self.core.memory, self.tools)
        fwd, rev = weaver.generator(pairs) if self.core.generator else weaver.block(pairs)
        results: list = []
        for p, wanted in zip(self.core.params, self.wanted):
            if p in self.core.memory:
                d = self.namer.fresh("d" + p)
                self.reverse.uses_context = True
                rev.append(assign(d, call(self.reverse.tool("cell_take"), load(self.namer.cx), load(self.reverse.cell(p)))))
                results.append(load(d) if wanted else const(None))
            else:
                if wanted:
                    self.fill(rev, p, state)
                elif p in state:    # the caller does not ask for it, but the array may be its own
                    self.reverse.release(rev, p, state[p])
                results.append(load(self.reverse.d(p)) if wanted and p in state else const(None))
        self.reps = [None if isinstance(r, gast.Constant) else state.get(p, "maybe") for p, r in zip(self.core.params, results)]
        for v in sorted(state):
            if v not in self.core.local and v not in self.core.params:
                self.fill(rev, v, state)
                rev += self.outer(v, state[v])
        first = [restoring(assign(v, const(None))) for v in sorted(weaver.early - set(self.core.params) - self.core.memory)]
        return first + fwd, rev, results

    def fill(self, rev: list, v: str, state: State) -> None:
        """What leaves the function is the cotangent of the whole array: callers that are not known can't tell what broadcasts."""
        if state.get(v) == "uni":
            rev += self.reverse.fit(v, "uni", "own")
            state[v] = "own"

    def outer(self, v: str, rep: str) -> list:
        """The cotangent of a global or free variable goes to its cell, or to the record of the array."""
        self.reverse.uses_context = True
        cell = load(self.reverse.cell(v)) if v in self.core.free else const(None)
        add = gast.Expr(value=call(self.reverse.tool("deposit"), load(self.namer.cx), cell, load(v), load(self.reverse.d(v))))
        if rep in ("maybe", "free"):
            return [if_(gast.Compare(left=load(self.reverse.d(v)), ops=[gast.IsNot()], comparators=[const(None)]), [add])]
        return [add]

    def prologue(self, body: list, tape: Iterable[str] = ()) -> list:
        """What comes before a body that reads cells, or puts them on the tape."""
        out: list = []
        if self.core.nonlocals:
            out.append(gast.Nonlocal(names=sorted(self.core.nonlocals)))
        if not self.core.cells:
            return out
        used = {*tape, *(n.id for s in body for n in walk(s) if isinstance(n, gast.Name))}
        cells = {n: v for v, n in self.core.cells.items()}
        unbound = self.core.local - assigned(self.core.body) - set(self.core.params)
        for name in sorted(cells):
            if name in used:
                probe = gast.Lambda(args=gast.arguments(args=[], posonlyargs=[], vararg=None, kwonlyargs=[], kw_defaults=[],
                                                        kwarg=None, defaults=[]),
                                    body=load(cells[name]))
                if cells[name] in unbound:      # Python takes for local what has an assignment
                    out.append(if_(const(False), [assign(cells[name], const(None))]))
                out.append(assign(name, call(self.reverse.tool("cell_of"), probe)))
        return out

    def entry(self) -> str:
        """State of the result's cotangent when a pullback starts."""
        if self.stores:
            return "maybe"
        if is_scalar(self.kind):
            return "num"
        if all_scalars(self.kind):
            return "nums"
        return "some"

    # -- functions ----------------------------------------------------------------------------------------------

    def pair(self) -> tuple[Any, Any]:
        """`f_forward(cx, ...) -> y, tape` and `f_pullback(cx, tape, dy) -> cotangents`."""
        core, dy = self.core, self.reverse.d(self.core.ret)
        fwd, rev, results = self.sweep(self.entry())
        rev.append(gast.Return(value=tuple_(results)))
        rev = self.simplify(rev)
        bound = assigned(fwd) | set(core.params) | set(core.cells.values())
        tape = sorted(live_in(rev) & bound - core.memory)
        params = core.params
        if core.generator:
            box = self.namer.fresh("box")
            params = [box, *params]
            fwd = self.suspending(fwd, box, self.tape_of(tape))
            fwd.append(gast.Return(value=load(core.ret)))
        else:
            fwd.append(gast.Return(value=tuple_([load(core.ret), self.tape_of(tape)])))
        fwd = [*self.prologue(fwd, tape), *fwd]
        unbound = self.maybe_unbound(fwd, tape)
        fwd = self.simplify([restoring(assign(v, const(None))) for v in unbound] + fwd)
        taken = [*tape, self.namer.fresh("form")] if self.reverse.functional else tape
        goal = [assign(taken, load(self.namer.tape))] if len(taken) > 1 else \
            [assign(tuple_([store(v) for v in taken], gast.Store()), load(self.namer.tape))] if taken else []
        name = core.name
        forward = function(name + "_forward", [self.namer.cx, *params], fwd)
        pullback = function(name + "_pullback", [self.namer.cx, self.namer.tape, dy], goal + rev)
        return self.finish(forward), self.finish(pullback)

    def tape_of(self, tape: list) -> Any:
        """The tape; that of the form without in-place updates holds other variables, and says that it is one."""
        return tuple_([*[load(v) for v in tape], *([const(FUNCTIONAL)] if self.reverse.functional else [])])

    def suspending(self, fwd: list, box: str, tape: Any) -> list:
        """The body of a generator that puts its tape and the number of its values into a box, before it yields and at its end."""
        kept = gast.Assign(targets=[gast.Subscript(value=load(box), slice=const(0), ctx=gast.Store())],
                           value=tape, type_comment=None)
        count = gast.AugAssign(target=gast.Subscript(value=load(box), slice=const(1), ctx=gast.Store()), op=gast.Add(),
                               value=const(1))

        def visit(body: list) -> list:
            out: list = []
            for s in body:
                if isinstance(s, gast.Assign) and isinstance(s.value, gast.Yield):
                    out += [locate(clone(kept), s), locate(clone(count), s)]
                change_blocks(s, visit)
                out.append(s)
            return out

        caught = self.namer.fresh("caught")
        guarded = try_(visit(fwd), caught, [clone(kept), gast.Raise(exc=None, cause=None)], load("BaseException"))
        return [guarded, clone(kept)]

    def joint(self, seed: str) -> Any:
        """`f_gradient(cx, ...) -> y, cotangents`"""
        core, dy = self.core, self.reverse.d(self.core.ret)
        entry = "num" if is_scalar(self.kind) or (self.kind == "o" and not self.stores) else "maybe" if self.stores else "some"
        if self.kind == "o" or not is_scalar(self.kind):
            entry = "some"
        fwd, rev, results = self.sweep(entry)
        value = const(1.0) if self.kind in ("f", "i") else call(self.reverse.tool(seed), load(self.namer.cx), load(core.ret))
        y = core.ret
        if y in assigned(rev):
            y = self.namer.fresh("value")
            fwd.append(assign(y, load(core.ret)))
        start = [assign(dy, value)] if entry and (self.act or not self.optimise) \
            else [] if self.kind in ("f", "i") else [gast.Expr(value=value)]
        body = [*fwd, *start, *rev, gast.Return(value=tuple_([load(y), tuple_(results)]))]
        body = self.simplify([*self.prologue(body), *body])
        if self.optimise and not self.reverse.functional:
            tools = self.tools
            fitting = {n for n, f in self.namer.helpers.items() if f is tools.unbroadcast}
            arrays = self.arrays("a")
            keep_shapes(body, arrays, self.namer, fitting, lambda: self.reverse.tool("unbroadcast_to"))
            shaping = {n for n, f in self.namer.helpers.items() if f in (tools.unbroadcast, tools.spread, tools.share)}
            if core.aliases is None:
                make_again(body, core, arrays, self.numbers(), shaping, lambda: self.reverse.tool("small"))
            body = let_go(body, core, self.namer.owner, self.arrays(), shaping, lambda: self.reverse.tool("outline"))
        return self.finish(function(core.name + "_gradient", [self.namer.cx, *core.params], body))

    def arrays(self, letters: str = "acn") -> set[str]:
        """The variables that are known to hold arrays of some kinds wherever they are bound."""
        planned = [s for s in statements(self.core.body) if getattr(s, "plan", None) is not None]
        known = {id(s) for s in planned if is_array(s.plan.kind) and s.plan.kind[0] in letters and isinstance(s, gast.Assign)}
        found = {v for s in planned if id(s) in known for v in written(s)}
        for s in planned if found else ():
            if id(s) not in known:
                found -= {s.target.id} if isinstance(s, gast.For) else written(s)
        return found - set(self.core.params)

    def maybe_unbound(self, fwd: list, tape: list) -> list[str]:
        sure = set(self.core.params)
        for s in fwd:
            if not blocks(s):
                sure |= assigned([s])
        return [v for v in tape if v not in sure]

    def finish(self, f: Any) -> Any:
        if not f.body:
            f.body = [gast.Pass()]
        first = next((s for s in f.body if getattr(s, "lineno", None) is not None), None)
        if first is not None:
            locate(f, first)
        for s in f.body:
            for n in statements([s]):
                if getattr(n, "lineno", None) is None and first is not None:
                    locate(n, first)
        return f

    # -- simplification -----------------------------------------------------------------------------------------

    def pure_call(self, node: Any) -> bool:
        f = node.func
        if isinstance(f, gast.Name):
            if f.id in self.namer.helpers:
                value = self.namer.helpers[f.id]
                return getattr(value, "__name__", "") not in IMPURE and f.id not in self.linked
            return f.id in ("len", "slice", "reversed", "enumerate", "float", "isinstance", "type", "tuple", "abs", "max", "min",
                            "sum")
        return isinstance(f, gast.Attribute) and f.attr not in CHANGING

    def simplify(self, body: list) -> list:
        if not self.optimise:
            return [s for s in body if not isinstance(s, gast.Pass)]
        self.linked = self.linked_names()
        local = set(assigned(body)) | set(self.core.params) | {self.namer.tape, self.reverse.d(self.core.ret)}
        s = Simplifier(self.user | self.core.memory, self.pure_call, local - self.core.memory, self.alone, self.numbers(),
                       self.may_wrap)
        body = self.joined(body)
        self.mark(body, s)
        body = s.run(body)
        self.share(body)
        self.scale(body)
        self.double(body)
        if not self.reverse.functional:
            if self.total(body):
                body = s.without_dead(body)
            self.gather(body)
        return body if self.reverse.functional else self.listed(body)

    def joined(self, body: list) -> list:
        """Each test of a cotangent for None made once."""
        t, helpers = self.tools, self.namer.helpers
        making = {n for n, f in helpers.items() if f in (t.zeros, t.owned, t.filled, t.spread, t.scaled, t.over)}
        passing = {n for n, f in helpers.items() if f in (t.add, t.unbroadcast)}
        return join_tests(body, self.namer.owner.__contains__, making, passing)

    def listed(self, body: list) -> list:
        """The cotangents that loops go through number by number, in lists while they do."""
        zeros = {n for n, f in self.namer.helpers.items() if f is self.tools.zeros}
        return list_elements(body, set(self.namer.owner), zeros, self.reverse.tool, self.namer.fresh, set())

    def alone(self, e: Any) -> Any:
        """What `1.0 * e` is without the factor, or None.

        Where arrays are written to, a cotangent must not be an array of the forward sweep. And a function of the rules may
        return what only makes sense as a factor (`strong`: zero times it is zero, even if it is infinite).
        """
        if self.may_wrap(e) or (self.core.aliases is not None and isinstance(e, (gast.Name, gast.Call))):
            return None
        if is_constant(e):
            return const(float(e.value))
        if isinstance(e, gast.UnaryOp):
            inner = self.alone(e.operand)
            return None if inner is None else gast.UnaryOp(op=e.op, operand=inner)
        if isinstance(e, gast.Call) and isinstance(e.func, gast.Name):
            f = self.namer.helpers.get(e.func.id)
            if f is self.tools.strong:
                return e.args[0]
            if (getattr(f, "__module__", None) or "").startswith("zygote_py.rules."):
                return call(self.reverse.tool("bare"), e)
        return e

    def share(self, body: list) -> None:
        """What is calculated with at once needs no copy: `taken(dx[i], y) * 2` may read the place itself."""
        copying = {n for n, f in self.namer.helpers.items() if f is self.tools.taken}
        if not copying:
            return
        for s in statements(body):
            for n in walk(s) if not blocks(s) else ():
                for field in ("left", "right") if isinstance(n, gast.BinOp) else ():
                    part = getattr(n, field)
                    if isinstance(part, gast.Call) and getattr(part.func, "id", None) in copying:
                        if len(part.args) == 1:
                            setattr(n, field, part.args[0])
                        else:
                            part.func = self.reverse.tool("unbroadcast")

    def scale(self, body: list) -> None:
        """`scaled(-1.0, 1 / x)` is `-1.0 * (1 / x)`: a constant is not zero, whatever it multiplies."""
        scaling = {n for n, f in self.namer.helpers.items() if f is self.tools.scaled}

        def written_out(e: Any) -> Any:
            if not isinstance(e, gast.Call) or getattr(e.func, "id", None) not in scaling:
                return e
            d = e.args[0]
            size = d.operand if isinstance(d, gast.UnaryOp) and isinstance(d.op, gast.USub) else d
            return product(d, e.args[1]) if is_constant(size) and size.value and isinstance(e.args[1], gast.BinOp) else e

        for s in statements(body) if scaling else ():
            for n in walk(s) if not blocks(s) else ():
                for field, child in list(vars(n).items()):
                    if isinstance(child, gast.Call):
                        setattr(n, field, written_out(child))
                    elif isinstance(child, list):
                        setattr(n, field, [written_out(c) for c in child])

    def double(self, body: list) -> None:
        """The two equal cotangents of the factors of a square are one, twice."""
        for s in statements(body):
            target = s.target if isinstance(s, gast.AugAssign) else s.targets[0] if isinstance(s, gast.Assign) else None
            if getattr(target, "id", None) in self.namer.owner:
                s.value = doubled(s.value)

    def total(self, body: list) -> bool:
        """Sums of products of arrays over all elements, for the cotangents of numbers, without the products; whether there are
        any."""
        helpers, tools = self.namer.helpers, self.tools
        fitting = {n for n, f in helpers.items() if f is tools.unbroadcast}
        if not fitting:
            return False
        firm = {n for n, f in helpers.items() if f is tools.strong}
        cotangents = self.namer.owner if self.core.aliases is None else ()
        return sum_products(body, fitting, firm, self.numbers(), cotangents, self.may_wrap,
                            lambda: self.reverse.tool("inner"))

    def gather(self, body: list) -> None:
        """Numbers in the products of cotangents are multiplied by each other, and not each by an array; signs cancel."""
        numbers, tools = self.numbers(), self.tools
        linear = {n for n, f in self.namer.helpers.items() if f is tools.strong or f is tools.unbroadcast}
        for s in statements(body):
            target = s.target if isinstance(s, gast.AugAssign) else s.targets[0] if isinstance(s, gast.Assign) else None
            if getattr(target, "id", None) in self.namer.owner:
                s.value = draw_signs(gather_numbers(s.value, numbers, self.may_wrap), linear)

    def numbers(self) -> set[str]:
        """The variables that are known to hold real numbers wherever they are used, and their cotangents."""
        return self.real | {d for d, v in self.namer.owner.items() if v in self.real}

    @cached_property
    def real(self) -> set[str]:
        """The user's variables among them, and those of core code."""
        return {v for v, kinds in self.operands.items() if kinds <= {"f", "i"}} - self.core.memory

    @cached_property
    def whole(self) -> set[str]:
        """The user's variables, and those of core code, that may hold whole numbers or truth values of NumPy's: their products
        may wrap around."""
        found = {v for v, kinds in self.operands.items() if "i" in kinds or "b" in kinds}
        copies = []
        for s in statements(self.core.body):
            plan = getattr(s, "plan", None)
            if plan is not None:            # an element that is tested for a real number may be a whole one
                found |= {v for v, kind in plan.expects.items() if kind == "f"}
            if isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name) and not isinstance(s.value, gast.Constant):
                if plan is not None and plan.kind in ("i", "b"):
                    found.add(s.targets[0].id)
                elif isinstance(s.value, gast.Name):
                    copies.append((s.targets[0].id, s.value.id))
        size = -1
        while len(found) != size:
            size = len(found)
            found |= {v for v, w in copies if w in found}
        return found

    @cached_property
    def operands(self) -> dict[str, set]:
        """The kinds that variables have where they are used."""
        found: dict[str, set] = {}
        for s in statements(self.core.body):
            plan = getattr(s, "plan", None)
            if plan is not None and plan.args:
                for a, (k, _) in zip([*plan.args, *plan.keywords.values()], plan.facts):
                    if a.__class__ is gast.Name:
                        found.setdefault(a.id, set()).add(k)
        return found

    def may_wrap(self, e: Any) -> bool:
        """Whether an expression may be a whole number or a truth value of NumPy's."""
        if isinstance(e, gast.Name):
            return self.namer.origins.get(e.id, e.id) in self.whole
        if isinstance(e, gast.BinOp) and not isinstance(e.op, gast.Div):
            parts = [p for p in (e.left, e.right) if not is_whole(p)]
            return bool(parts) and all(map(self.may_wrap, parts))
        return isinstance(e, gast.UnaryOp) and self.may_wrap(e.operand)

    def linked_names(self) -> set[str]:
        """The names of generated functions that are called directly."""
        return {n for names in self.links.values() for n in names}

    def mark(self, body: list, s: Any) -> None:
        """Expressions of ours that may be moved or dropped: those of the reverse sweep, if they are pure."""
        for st in statements(body):
            target = st.target if isinstance(st, gast.AugAssign) else st.targets[0] if isinstance(st, gast.Assign) else None
            if isinstance(target, gast.Name) and target.id in self.namer.owner and s.pure(st.value):
                st.value.ours = True

