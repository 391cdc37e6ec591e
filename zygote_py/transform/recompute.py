"""What a loop need not record, because the reverse sweep has it anyway or makes it again for less.

Enters: the forward statements of a loop's body, and the variables that its reverse body reads. Leaves: statements for the head of
the reverse body, and the variables that are still to be recorded.

A value that is the same in each iteration is still in its variable when the reverse sweep begins. An element of an array that
nobody writes to is read again, and arithmetic on such elements is done again: the reverse sweep then reads them out of a list
(`elements`) and calculates with plain floats, where the forward sweep has NumPy's. This is left where the two are not the same:
a float divided by zero is an error.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import gast

from ..analysis.facts import is_scalar
from ..ir.build import assign, assigned, binop, blocks, clone, locate, names, reads, statements, walk, written
from .elements import ELEMENT

__all__ = ["recompute"]

MOST = 6
"""So many operations at most are done again for one value."""

ARITHMETIC = (gast.Add, gast.Sub, gast.Mult)


class Body:
    """The definitions in the body of a loop."""

    def __init__(self, body: list, bound: set[str], target: str | None) -> None:
        self.body, self.bound, self.target = body, bound, target
        times = Counter(v for s in statements(body) for v in bound_here(s))
        self.at = {v: i for i, s in enumerate(body) if not blocks(s) for v in written(s) if times[v] == 1}
        self.rebound = times
        self.saved = {s.value.id: s.targets[0].id for s in body if getattr(s, "restore", False) and isinstance(s, gast.Assign)
                      and isinstance(s.value, gast.Name)}

    def definition(self, v: str) -> Any:
        """The only assignment of a variable, if it is one of the body's own statements, and calculates."""
        s = self.body[self.at[v]] if v in self.at else None
        return s if isinstance(s, gast.Assign) and isinstance(s.targets[0], gast.Name) and getattr(s, "plan", None) is not None \
            else None

    def is_fixed(self, v: str) -> bool:
        """Whether a variable gets the same number in each iteration."""
        s = self.definition(v)
        return s is not None and (is_calculated(s) or is_copy(s)) and not names(s.value) & self.bound

    def before(self, v: str, i: int) -> str | None:
        """The name by which the reverse body knows the value that a variable had before statement i; None if there is none."""
        if v not in self.bound or (v == self.target and not self.rebound[v]):
            return v
        if v not in self.at:
            return None
        return v if self.at[v] < i else self.saved.get(v)


class Remake:
    """One value made again: the variables that it starts from, the statements, and whether elements of arrays are read."""

    def __init__(self, body: Body, given: set[str], done: dict[str, bool]) -> None:
        self.body, self.given, self.done = body, given, done
        self.steps: dict[str, Any] = {}
        self.reads = False

    def make(self, v: str) -> bool:
        """Note the steps to v; False if there is no way."""
        self.reads = self.reads or self.done.get(v, False)
        if v in self.given or v in self.done or v in self.steps or v not in self.body.bound:
            return True
        s = self.body.definition(v)
        if s is None or len(self.steps) >= MOST or not (is_arithmetic(s) or is_element(s)):
            return False
        i, e = self.body.at[v], again(s)
        for n in [n for n in gast.walk(e) if isinstance(n, gast.Name)]:
            known = self.body.before(n.id, i)
            if known is None or not self.make(known):
                return False
            n.id = known
        self.reads = self.reads or bool(getattr(e, ELEMENT, False))
        self.steps[v] = e
        return True


def recompute(fwd: list, rev: list, need: list[str], bound: set[str], target: str | None, ranged: bool,
              modules: set[str]) -> tuple[list, list]:
    """Statements, and what is still to be recorded.

    Parameters
    ----------
    fwd, rev : the forward and the reverse body
    need : what the reverse body reads of what the forward body binds
    bound : what the loop binds
    target : the loop's variable
    ranged : whether the loop goes over a range, so that its variable is not recorded, if nothing else is
    modules : names of modules whose functions treat a float as NumPy's number
    """
    rebound = assigned(rev)
    body = Body(fwd, bound, target)
    left = {v for v in need if v in rebound or not body.is_fixed(v)}
    fixed = set(need) - left
    steps: dict[str, Any] = {}
    done: dict[str, bool] = {}      # for each of them, whether elements of arrays are in it
    for v in sorted([v for v in left if body.definition(v) is not None], key=lambda v: (not is_element(body.definition(v)), v)):
        one = Remake(body, (left - {v}) | fixed | ({target} if ranged and target else set()), done)
        if one.make(v) and (not is_tested(rev, v, modules) if one.reads else body.definition(v).plan.kind == "i"):
            steps.update(one.steps)
            done.update(dict.fromkeys(one.steps, one.reads))
            left.remove(v)
            left |= {target} & {n for e in one.steps.values() for n in names(e)} if target else set()
    order = sorted(steps, key=lambda v: body.at[v])
    return [locate(assign(v, steps[v]), body.definition(v)) for v in order], sorted(left)


def bound_here(s: Any) -> set[str]:
    """What a statement itself binds."""
    if isinstance(s, gast.For):
        return {n.id for n in gast.walk(s.target) if isinstance(n, gast.Name)}
    return set() if blocks(s) else written(s)


def is_element(s: Any) -> bool:
    """Whether a statement reads an element of an array that nobody writes to."""
    return getattr(s, "reread", False)


def is_calculated(s: Any) -> bool:
    """Whether a statement calculates a number from numbers, with an operator."""
    plan = s.plan
    return isinstance(s.value, (gast.BinOp, gast.UnaryOp)) and plan.form in ("inline", "plain") \
        and all(is_scalar(k) for k in (plan.kind, *[k for k, _ in plan.facts]))


def is_copy(s: Any) -> bool:
    """Whether a statement gives a number another name."""
    return isinstance(s.value, (gast.Name, gast.Constant)) and is_scalar(s.plan.kind)


def is_arithmetic(s: Any) -> bool:
    """Whether a statement adds, subtracts or multiplies real numbers."""
    e = s.value
    if not is_calculated(s) or s.plan.kind == "z":
        return False
    if isinstance(e, gast.UnaryOp):
        return isinstance(e.op, gast.USub)
    return isinstance(e.op, ARITHMETIC) or is_square(e)


def is_square(e: Any) -> bool:
    """Whether an expression is `x ** 2`."""
    return isinstance(e.op, gast.Pow) and isinstance(e.left, gast.Name) and getattr(e.right, "value", None) == 2


def again(s: Any) -> Any:
    """The expression of a definition, to be evaluated once more."""
    e = clone(s.value)
    if isinstance(e, gast.BinOp) and is_square(e):
        return binop(e.left, gast.Mult, clone(e.left))
    if isinstance(e, gast.Subscript):
        setattr(e, ELEMENT, True)
    return e


def is_tested(rev: list, v: str, modules: set[str]) -> bool:
    """Whether it may matter that v, or what is calculated from it, is a float and no number of NumPy's: something is divided by
    it, raised to a power, or handed to a function."""
    derived, size = {v}, 0
    while size != len(derived):
        size = len(derived)
        for s in statements(rev):
            if isinstance(s, (gast.Assign, gast.AugAssign)) and reads(s) & derived:
                derived |= written(s)
    return any(not names(part).isdisjoint(derived) for s in rev for n in walk(s) for part in sensitive(n, modules))


def sensitive(n: Any, modules: set[str]) -> list:
    """The operands of an expression for which a float may not be the same as NumPy's number."""
    if isinstance(n, gast.BinOp) and not isinstance(n.op, (gast.Add, gast.Sub, gast.Mult)):
        return [n.right] if isinstance(n.op, gast.Div) else [n.left, n.right]
    if isinstance(n, gast.AugAssign) and not isinstance(n.op, (gast.Add, gast.Sub)):
        return [n.target, n.value]
    if isinstance(n, gast.Call):
        numeric = isinstance(n.func, gast.Attribute) and getattr(n.func.value, "id", "") in modules
        return [] if numeric else [*n.args, *[k.value for k in n.keywords]]
    return []
