"""Why a derivative costs what it costs: what was written out, called, taken as constant and recorded on the tape.

Enters: what `gradient` takes. Leaves: an `Explanation`, line by line. What was decided before the run is read from the plans of
the analysis; what was found out while it ran, and what is on the tape, from watching one forward run.
"""

from __future__ import annotations

import linecache
import types
from collections.abc import Callable, Iterator
from typing import Any

import gast

from ..analysis.facts import Plan
from ..api.gradient import pullback
from ..cache import Template, templates_by_code
from ..emit.convert import to_ast
from ..emit.unparse import unparse
from ..registry import Rule, lookup
from .code import assumptions, code_adjoint, cut, flat_names, function_called, name_of, word
from .pages import coloured, html_table, size, wants_colour
from .watch import Kept, Sizes, kept_by, traced

__all__ = ["Explanation", "explain"]

_MEMORY = {
    "getattr": "the attribute's cotangent is in the record of its object",
    "getitem": "the element's cotangent is in the record of its container",
    "setattr": "a store: what it overwrites is kept, and the cotangent is taken out of the object's record",
    "setitem": "a store: what it overwrites is kept, and the cotangent is taken out of the slot",
    "delitem": "a store: what it removes is kept", "delattr": "a store: what it removes is kept",
    "append": "a store: the cotangent is taken out of the new slot",
    "list": "a container: the cotangents of its elements are in its record",
    "dict": "a container: the cotangents of its values are in its record",
    "set": "a container: the cotangents of its elements are in its record",
    "load": "a variable that other functions may bind anew: its cotangent is in the record of its cell",
    "store": "a variable that other functions may bind anew: its cotangent is in the record of its cell",
}


def explain(f: Callable, *args: Any, **kwargs: Any) -> Explanation:
    """Say what becomes of each line of `f`, and of what it calls, when it is differentiated at these arguments.

    The function is run once, forwards. `print` the result, or let a notebook show it.

    Parameters
    ----------
    f, *args, **kwargs : as for `gradient`

    Returns
    -------
    Explanation
        For each line the operations on it, each with the reason, and what the tape keeps for it. An operation is **written out**
        (the rule or the load stands in the generated code), **inlined** (the body of a small callee stands in place of the call),
        **called directly** (the callee's generated functions are called by name), **called as found** (decided while it runs: the
        callee or the kind of an operand is not known before), **memory** (of an object or a container, which keeps cotangents in
        a record), or **constant**.

    Examples
    --------
    >>> def f(x, k):
    ...     y = x * x
    ...     if k > 2:
    ...         y = y * k
    ...     return y
    >>> print(explain(f, 3.0, 4))  # doctest: +ELLIPSIS
    f(x: float, k: int), ...
        2 | y = x * x
            x * x: written out, the rule of operator.mul
        3 | if k > 2:
            k > 2: constant, it has no derivative of its own
    ...
    the tape holds 24 B beyond the arguments
    """
    if isinstance(function_called(f, args, kwargs), Rule):
        return Explanation(name_of(f), [], str(code_adjoint(f, *args, **kwargs)))
    sizes, kept, found = Sizes(args, kwargs), {}, {}  # type: ignore[var-annotated]
    order: dict[types.CodeType, Any] = {}

    def enter(frame: types.FrameType, tree: Any) -> None:
        order.setdefault(frame.f_code, tree)
        caller = frame.f_back
        while caller is not None and caller.f_code not in order:
            caller = caller.f_back
        if caller is not None:
            found.setdefault((caller.f_code, caller.f_lineno), {})[frame.f_code] = True

    def leave(code: types.CodeType, tree: Any, value: Any) -> None:
        if code.co_name.endswith("_forward") and isinstance(value, tuple) and len(value) == 2:
            tapes.setdefault(code, []).append((tree, value[1]))
            for k in kept_by(tree, value[1], sizes):
                merge(kept.setdefault((code, k.line), {}), k)

    tapes: dict[types.CodeType, list] = {}
    traced(lambda: pullback(f, *args, **kwargs), enter, None, leave)
    known = templates_by_code()
    sections = [Section(known[code], code, kept, found, known) for code in order if code in known]
    if not sections:
        return Explanation(name_of(f), [], f"# no line of {name_of(f)} ran: a generator runs where it is consumed")
    return Explanation(sections[0].template.name, sections, "")


def merge(known: dict[str, Kept], k: Kept) -> None:
    """Add what one run of a line kept to what the others did."""
    before = known.get(k.name)
    if before is None:
        known[k.name] = k
    else:
        before.bytes, before.count = before.bytes + k.bytes, before.count + 1
        if k.what not in before.what.split(" or "):
            before.what += f" or {k.what}"


class Item:
    """One operation: its text, what became of it, and why."""

    __slots__ = ("how", "line", "text", "why")

    def __init__(self, line: int, text: str, how: str, why: str = "") -> None:
        self.line, self.text, self.how, self.why = line, text, how, why

    def __str__(self) -> str:
        return f"{self.text}: {self.how}" + f", {self.why}" * bool(self.why)


class Section:
    """One function that was differentiated."""

    def __init__(self, t: Template, code: types.CodeType, kept: dict, found: dict, known: dict) -> None:
        self.template = t
        self.items = list(items(t, {line: [known[c].name for c in callees if c in known]
                                    for (at, line), callees in found.items() if at is code}))
        first = getattr(t.code(), "co_firstlineno", 1)
        self.kept = {line or first: list(entries.values()) for (at, line), entries in kept.items() if at is code}

    @property
    def header(self) -> str:
        t, code = self.template, self.template.code()
        params = ", ".join(f"{name}: {word(kind)}" for name, kind in zip(flat_names(code), t.kinds))
        return f"{t.name}({params}), {t.filename}:{code.co_firstlineno if code else '?'}"

    @property
    def assumed(self) -> str:
        fixed, kinds = assumptions(self.template)
        return "; ".join([f"{', '.join(sorted(fixed))} unchanged"] * bool(fixed) + [", ".join(sorted(kinds))] * bool(kinds))

    def lines(self) -> Iterator[tuple[int, str, list[Item], list[str]]]:
        """Per line of the user's: number, text, operations, what the tape keeps."""
        text = linecache.getlines(self.template.filename)
        for line in sorted({i.line for i in self.items} | set(self.kept)):
            theirs = text[line - 1].strip() if 1 <= line <= len(text) else ""
            yield line, theirs, [i for i in self.items if i.line == line], [tape_text(k) for k in self.kept.get(line, ())]

    @property
    def bytes(self) -> int:
        return sum(k.bytes for entries in self.kept.values() for k in entries)


def tape_text(k: Kept) -> str:
    times = f"{k.count} times " * (k.count > 1)
    return f"{k.name}, {times}{k.what}, {size(k.bytes)}"


class Explanation:
    """What became of each line. `print` it, or let a notebook show it.

    Attributes
    ----------
    name : of the function
    sections : one for each function that was differentiated
    bytes : what the tape holds in all, beyond the arguments
    """

    def __init__(self, name: str, sections: list[Section], text: str) -> None:
        self.name, self.sections, self.text = name, sections, text

    @property
    def bytes(self) -> int:
        return sum(s.bytes for s in self.sections)

    def __str__(self) -> str:
        if not self.sections:
            return self.text
        out = []
        for s in self.sections:
            out += [s.header] + [f"assumes: {s.assumed}"] * bool(s.assumed)
            for line, theirs, found, kept in s.lines():
                out.append(f"{line:5} | {theirs}")
                out += [f"        {i}" for i in found] + [f"        tape: {k}" for k in kept]
            out.append("")
        return "\n".join([*out, f"the tape holds {size(self.bytes)} beyond the arguments"])

    def __repr__(self) -> str:
        return f"<explanation of {self.name}: {len(self.sections)} functions, {size(self.bytes)} of tape; print it>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(coloured(str(self)) if wants_colour() else str(self))

    def _repr_html_(self) -> str:
        if not self.sections:
            return html_table([], [[self.text]], code=(0,))
        parts = []
        for s in self.sections:
            rows = [(line, theirs, "\n".join(map(str, found)), "\n".join(kept)) for line, theirs, found, kept in s.lines()]
            parts.append(html_table(["", s.header.rpartition(", ")[0], "what became of it", "on the tape"], rows, code=(1,),
                                    right=(0,), ruled=True))
        return "<br>".join([*parts, f"<p>The tape holds {size(self.bytes)} beyond the arguments.</p>"])


# -- one operation --------------------------------------------------------------------------------------------------


def items(t: Template, found: dict[int, list[str]]) -> Iterator[Item]:
    """What the plans say, in the order of the text."""
    names: dict[str, Any] = {}
    user = t.core.user
    for s, name, lines in t.core.inlined:
        if getattr(s, "lineno", None) is not None:
            yield Item(s.lineno, f"{name}(...)", "inlined", f"its lines are {lines[0]} to {lines[-1]}")

    def walk(body: list) -> Iterator[Item]:
        for s in body:
            plan = getattr(s, "plan", None)
            if plan is not None and not hasattr(s, "chooses"):
                item = told(t, s, plan, names, found)
                if item is not None:
                    yield item
            if hasattr(s, "numbers"):       # both versions say the same, and this one says more
                for item in walk(s.orelse):
                    if item.how == "called as found":
                        item.why += "; for numbers it is written out"
                    yield item
                continue
            if isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name) and s.targets[0].id not in user:
                names[s.targets[0].id] = s.value
            for part in ("body", "orelse", "handlers"):
                inner = getattr(s, part, None) or []
                yield from walk(inner if part != "handlers" else [x for h in inner for x in h.body])
    seen = set()
    for item in walk(t.core.body):
        if str(item) not in seen or found.get(item.line):
            seen.add(str(item))
            yield item


def told(t: Template, s: Any, plan: Plan, names: dict, found: dict[int, list[str]]) -> Item | None:
    """What became of one statement of the core; None for what costs nothing."""
    form = plan.form
    if form in ("copy", "terms", "term") or getattr(s, "lineno", 0) <= 0:
        return None
    value = s.value if isinstance(s, (gast.Assign, gast.AugAssign)) else s.iter if isinstance(s, gast.For) else s
    if isinstance(s, gast.AugAssign):
        value = gast.BinOp(s.target, s.op, s.value)
    text = spelled(s.targets[0] if form in ("setattr", "setitem") else value, names)
    if form == "loop":
        return Item(s.lineno, f"for ... in {text}", "a loop", {
            "range": "its numbers are counted, not differentiated", "constant": "over constants",
            "array": "over the rows of an array", "items": "over what the iterator gives",
            "list": "over the elements of a list"}.get(plan.extra, ""))
    if form == "plain":
        return constant(s.lineno, text, value, plan)
    if form == "static":
        kinds = ", ".join(f"{n}: {word(k)}" for n, k in zip(flat_names(plan.f.code()), plan.f.kinds))
        return Item(s.lineno, text, "called directly", f"{plan.f.name}({kinds}) is known")
    if form == "inline":
        return Item(s.lineno, text, "written out", f"the rule of {name_of(plan.f.f)}")
    if form in ("element", "index", "total", "tuple", "startuple", "unpack"):
        return Item(s.lineno, text, "written out") if form != "tuple" and form != "unpack" else None
    if form in _MEMORY:
        return Item(s.lineno, text, "memory", _MEMORY[form])
    return Item(s.lineno, text, "called as found", why_found(t, plan, value, names, found.get(s.lineno, [])))


def constant(line: int, text: str, value: Any, plan: Plan) -> Item | None:
    """What carries no derivative; nothing is said of what is obvious."""
    if plan.act == 2:
        return None
    if isinstance(value, gast.Compare) or (isinstance(value, gast.UnaryOp) and isinstance(value.op, gast.Not)):
        return Item(line, text, "constant", "it has no derivative of its own")
    if isinstance(value, (gast.Call, gast.BinOp, gast.UnaryOp, gast.Subscript, gast.IfExp)):
        return Item(line, text, "constant", "no derivative passes through it")
    return None


def why_found(t: Template, plan: Plan, value: Any, names: dict, ran: list[str]) -> str:
    """Why a call is decided while it runs, and what it then came to."""
    operands = [*plan.args, *plan.keywords.values()]
    unknown = list(dict.fromkeys(spelled(a, names) for a, (k, act) in zip(operands, plan.facts)
                                 if k == "o" and isinstance(a, gast.Name) and act))
    rule = lookup(plan.f) if plan.f is not None else None
    if plan.form in ("method", "methodx"):
        why = f"the method belongs to {spelled(plan.args[0], names)}, whose class is known when it runs"
    elif plan.extra == "inplace":
        why = "it may write into its operand"
    elif plan.f is None:
        why = "what is called is known when it runs"
    elif rule is None:
        why = f"{name_of(plan.f)} has no rule"
    elif unknown:
        why = f"by the rule of {name_of(plan.f)}: the kind of {', '.join(unknown)} is known when it runs"
    else:
        why = f"by the rule of {name_of(plan.f)}, which is not written out for such arguments"
    return why + f"; it ran {', '.join(dict.fromkeys(ran))}" * bool(ran and rule is None)


def spelled(e: Any, names: dict) -> str:
    """An expression of the core, with the names of intermediate results put back."""
    filled = Filled(names).visit(e)
    return cut(" ".join(unparse(to_ast(filled)).split()), 60)


class Filled:
    """Copies an expression, with definitions in place of the names that are not the user's."""

    def __init__(self, names: dict) -> None:
        self.names = names

    def visit(self, e: Any, depth: int = 0) -> Any:
        if isinstance(e, gast.Name) and e.id in self.names and depth < 8:
            return self.visit(self.names[e.id], depth + 1)
        if not isinstance(e, gast.AST):
            return [self.visit(x, depth) for x in e] if isinstance(e, list) else e
        new = e.__class__(**{name: self.visit(part, depth) for name, part in gast.iter_fields(e)})
        return gast.copy_location(new, e)
