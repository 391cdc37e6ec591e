"""Variables that may be read before they are bound.

Generated code saves variables, so each must be bound where it is saved. A variable whose every read comes after a binding can
start as None unseen; one that may be read unbound (bound in one branch, or deleted) starts as a marker, and each doubtful read
is preceded by a check that raises what Python raises.
"""

from __future__ import annotations

import sys
from typing import Any

import gast

from ..ir.build import assign, assigned, blocks, call, const, if_, load, locate, reads, try_, written
from ..ir.names import Namer

__all__ = ["run"]


class _Unbound:
    """A marker; each function has its own, as the code of a derivative saves variables that hold the marker of its function."""

    def __repr__(self) -> str:
        return "<unbound>"


def run(body: list, bound: set[str], local: set[str], namer: Namer) -> list:
    """Insert the checks. `bound` are the parameters, `local` the variables to look at."""
    deleted = {n for s in _all(body) if isinstance(s, gast.Delete) for n in written(s)}
    flow = _Flow(local, set())
    flow.block(body, set(bound))
    doubtful = flow.doubtful | deleted
    if not doubtful:
        return body
    marker = namer.helper(_Unbound(), "unbound")
    new, _ = _Flow(local, doubtful, namer, marker).block(body, set(bound))
    return [*(assign(v, load(marker)) for v in sorted(doubtful - bound)), *new]


def _all(body: list) -> Any:
    for s in body:
        yield s
        for block in blocks(s):
            yield from _all(block)


class _Flow:
    """Definite assignment; with `checked`, also rewrites doubtful reads and deletions."""

    def __init__(self, local: set[str], checked: set[str], namer: Namer | None = None, marker: str = "") -> None:
        self.local, self.checked, self.namer, self.marker = local, checked, namer, marker
        self.doubtful: set[str] = set()
        self.breaks: list[list[set[str]]] = []

    def block(self, body: list, bound: set[str] | None) -> tuple[list, set[str] | None]:
        out: list = []
        for s in body:
            if bound is None:
                break
            if isinstance(s, gast.If):
                self.use({s.test.id} if isinstance(s.test, gast.Name) else set(), bound, s, out)
                then, b1 = self.block(s.body, set(bound))
                other, b2 = self.block(s.orelse, set(bound))
                out.append(locate(if_(s.test, then, other), s))
                bound = b1 if b2 is None else b2 if b1 is None else b1 & b2
            elif isinstance(s, gast.For):
                self.use({s.iter.id} if isinstance(s.iter, gast.Name) else set(), bound, s, out)
                self.breaks.append([])
                inner, _ = self.block(s.body, bound | {s.target.id})
                self.breaks.pop()
                out.append(locate(gast.For(target=s.target, iter=s.iter, body=inner or [gast.Pass()], orelse=[],
                                           type_comment=None), s))
            elif isinstance(s, gast.While):
                self.breaks.append([])
                inner, _ = self.block(s.body, set(bound))
                exits = self.breaks.pop()
                out.append(locate(gast.While(test=s.test, body=inner, orelse=[]), s))
                bound = set.intersection(*exits) if exits else None
            elif isinstance(s, gast.Try):
                clause = s.handlers[0]
                inner, b1 = self.block(s.body, set(bound))
                handler, b2 = self.block(clause.body, bound | {clause.name.id})
                out.append(locate(try_(inner, clause.name.id, handler, clause.type), s))
                bound = b1 if b2 is None else b2 if b1 is None else b1 & b2
            elif isinstance(s, gast.Break):
                self.breaks[-1].append(bound)
                out.append(s)
                bound = None
            else:
                self.use(reads(s) | (written(s) if isinstance(s, gast.Delete) else set()), bound, s, out)
                if isinstance(s, gast.Delete):
                    bound -= written(s)
                    gone = sorted(written(s) & self.checked)
                    if gone and self.namer is not None:
                        out += [locate(assign(v, load(self.marker)), s) for v in gone]
                        continue
                elif isinstance(s, gast.Raise):
                    bound = None
                else:
                    bound |= written(s)
                out.append(s)
        return out, bound

    def use(self, used: set[str], bound: set[str], origin: Any, out: list) -> None:
        for v in sorted((used & self.local) - bound):
            if not self.checked:
                self.doubtful.add(v)
            elif v in self.checked:
                test = gast.Compare(left=load(v), ops=[gast.Is()], comparators=[load(self.marker)])
                flag = self.namer.fresh("missing")  # type: ignore[union-attr]
                out.append(locate(assign(flag, test), origin))
                out.append(locate(if_(load(flag), [locate(_raise(v), origin)]), origin))


def _raise(variable: str) -> Any:
    text = (f"cannot access local variable '{variable}' where it is not associated with a value" if sys.version_info >= (3, 11)
            else f"local variable '{variable}' referenced before assignment")
    return gast.Raise(exc=call("UnboundLocalError", const(text)), cause=None)


def maybe_unbound(body: list, bound: set[str]) -> set[str]:
    """The variables of `body` that some path leaves unbound."""
    flow = _Flow(set(), set())
    _, at_end = flow.block(body, set(bound))
    return assigned(body) - (at_end or set())
