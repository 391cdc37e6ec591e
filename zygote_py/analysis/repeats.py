"""What is computed twice in a row is computed once: elements of arrays, and arithmetic on numbers.

Enters: planned core code. Leaves: the same code, with a copy of the first result where the second one was.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import gast

from ..ir.build import assigned, blocks, change_blocks, load, names, statements, walk, written
from ..normalize import Core
from .facts import Plan, is_scalar

__all__ = ["share_repeats"]

Known = dict[str, tuple[str, dict[str, int]]]   # the text of an expression -> the variable that holds it, and what both depend
                                                # on: variables, and how often they had been bound


def share_repeats(core: Core) -> None:
    """Replace what is already known by a copy, and copies in temporaries by the original."""
    copies: dict[str, str] = {}
    follow(core.body, {}, core.memory, copies, Counter())
    if not copies:
        return
    bindings = Counter(v for s in statements(core.body) if not blocks(s) for v in written(s))
    free = {v for v, n in bindings.items() if n == 1} - core.user - core.memory - {core.ret, *core.params}
    copies = {v: w for v, w in copies.items() if v in free and w in free}
    if copies:
        core.body = renamed(core.body, copies)


def renamed(body: list, copies: dict[str, str]) -> list:
    """A block without these copies, which reads the originals."""
    out = []
    for s in body:
        if isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name) and s.targets[0].id in copies:
            continue
        change_blocks(s, lambda block: renamed(block, copies))
        plan: Plan | None = getattr(s, "plan", None)
        atoms = [] if plan is None else [*plan.args, *plan.keywords.values(), *[atom for _, atom, _ in plan.key]]
        heads = [h for h in (getattr(s, "test", None), getattr(s, "iter", None)) if h is not None] if blocks(s) else [s]
        for n in [n for part in (*heads, *atoms) if isinstance(part, gast.AST) for n in walk(part)]:
            if isinstance(n, gast.Name) and n.id in copies:
                n.id = copies[n.id]
        out.append(s)
    return out


def follow(body: list, known: Known, memory: set[str], copies: dict[str, str], count: Counter) -> None:
    """Go through a block; `count` says how often a variable was bound until now."""
    for s in body:
        inner = blocks(s)
        if inner:
            bound = assigned([s])
            if not all(is_quiet(x) for x in every(inner)):
                known.clear()
            count.update(bound)
            for block in inner:
                follow(block, dict(known), memory, copies, count)
            continue
        plan: Plan | None = getattr(s, "plan", None)
        if plan is None or not is_quiet(s):
            known.clear()
            continue
        text = key(s, plan) if isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name) else None
        found = known.get(text) if text is not None else None
        if found is not None and any(count[v] != n for v, n in found[1].items()):
            found = None
        if found is not None:
            v = found[0]
            copies[s.targets[0].id] = v
            s.value = load(v)
            s.plan = Plan("copy", plan.kind, plan.act, [load(v)], [(plan.kind, plan.act)])
        reads = names(s.value) if text is not None else set()
        count.update(written(s))
        if text is not None and found is None:
            y = s.targets[0].id
            if y not in reads and not {y, *reads} & memory:
                known[text] = y, {v: count[v] for v in (y, *reads)}


def every(inner: list) -> list:
    return [s for block in inner for s in block]


def is_quiet(s: Any) -> bool:
    """Whether a statement stores nothing into arrays, and runs no code that might."""
    inner = blocks(s)
    if inner:
        return all(is_quiet(x) for x in every(inner))
    plan: Plan | None = getattr(s, "plan", None)
    if plan is None:
        return isinstance(s, (gast.Pass, gast.Break, gast.Raise))
    if getattr(s, "tests", False) or (plan.form == "getitem" and plan.extra == "slot") or plan.kind == "r" \
            or (plan.form == "static" and not plan.f.stores):
        return True
    return plan.form in ("inline", "copy", "index", "element", "tuple") or (
        plan.form == "plain" and isinstance(s, gast.Assign)
        and isinstance(s.value, (gast.Name, gast.Constant, gast.BinOp, gast.UnaryOp, gast.Compare, gast.Subscript)))


def key(s: Any, plan: Plan) -> str | None:
    """What identifies the value of an expression: that of an element of an array, list or dict, or of arithmetic on numbers."""
    e = s.value
    if not is_scalar(plan.kind):
        return None
    if (plan.form == "index" or (plan.form == "getitem" and plan.extra == "slot")) and isinstance(e.value, gast.Name):
        parts = e.slice.elts if isinstance(e.slice, gast.Tuple) else [e.slice]
        return None if not all(map(is_simple, parts)) else f"{e.value.id}[{', '.join(map(word, parts))}]"
    if plan.form in ("inline", "plain") and isinstance(e, gast.BinOp) and is_simple(e.left) and is_simple(e.right) \
            and (plan.form == "plain" or all(is_scalar(k) for k, _ in plan.facts)):
        return f"{word(e.left)} {type(e.op).__name__} {word(e.right)}"
    return None


def is_simple(e: Any) -> bool:
    return isinstance(e, gast.Name) or (isinstance(e, gast.Constant) and type(e.value) in (int, float, str))


def word(e: Any) -> str:
    return str(e.id) if isinstance(e, gast.Name) else repr(e.value)
