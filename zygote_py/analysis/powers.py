"""Products in which a variable is a factor more than once: `k * x * x * x` is k times a power of x.

Enters: planned core code. Leaves: `plan.power` on the last products, (position of x, exponent, position of the product so far):
the slope of `t * x`, where t is `k * x**(n - 1)`, is `n * t`, and nothing has to go back through the products before it.
"""

from __future__ import annotations

import operator
from typing import Any

import gast

from ..ir.build import assigned, blocks
from ..normalize import Core
from .facts import is_array

__all__ = ["note_powers"]


def note_powers(core: Core) -> None:
    """Note them in functions that write to no array."""
    if core.aliases is None:
        walk(core.body)


def walk(body: list) -> None:
    """Follow a block; `chains` is (x, n) for each variable that is a number times x**n here."""
    chains: dict[str, tuple[str, int]] = {}
    for s in body:
        for block in blocks(s):
            walk(block)
        plan = getattr(s, "plan", None)
        if blocks(s) or plan is None or plan.form not in ("inline", "copy"):
            chains.clear()      # it may change what the arrays hold
            continue
        found = chain_of(s, plan, chains)
        bound = assigned([s])
        chains = {v: chain for v, chain in chains.items() if v not in bound and chain[0] not in bound}
        if found is not None and found[0] not in bound:
            chains.update(dict.fromkeys(bound, found))


def chain_of(s: Any, plan: Any, chains: dict[str, tuple[str, int]]) -> tuple[str, int] | None:
    """What a statement makes is a number times a power of a variable: which one, and the exponent; otherwise None."""
    if not isinstance(s, gast.Assign) or plan.form != "inline" or plan.f.f is not operator.mul or len(plan.args) != 2:
        return None
    for i, j in ((0, 1), (1, 0)):
        x, other = plan.args[i], plan.args[j]
        (kind, act), (factor, moves) = plan.facts[i], plan.facts[j]
        real = kind == "f" or (is_array(kind) and kind[0] == "a")
        if not isinstance(x, gast.Name) or not act or kind != plan.kind or not real:
            continue
        if not moves and factor in ("f", "i"):
            return x.id, 1
        name = getattr(other, "id", None)
        if name == x.id:
            return x.id, 2
        known = chains.get(str(name))
        if known is not None and known[0] == x.id:
            plan.power = i, known[1] + 1, j
            return x.id, known[1] + 1
    return None
