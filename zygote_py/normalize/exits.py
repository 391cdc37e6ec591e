"""One exit: `return`, `break` and `continue` move to tail positions.

What follows a branch that jumps goes into the other branch; where both may fall through, a flag guards the rest. A `return` in
a loop sets the result and a flag, and breaks. After this pass nothing follows a jump, so the reverse sweep needs no jumps at
all: the branch that was taken, and the number of iterations, say everything.

    for x in xs:                    done = False
        if x > 1:                   for x in xs:
            return x                    if x > 1:
    return 0                                ret = x; done = True; break
                                    if done: pass
                                    else: ret = 0
"""

from __future__ import annotations

from typing import Any

import gast

from ..ir.build import assign, blocks, const, if_, load, try_
from ..ir.build import locate as at_position_of
from ..ir.names import Namer

__all__ = ["Exits"]

JUMPS = (gast.Return, gast.Break, gast.Continue)


def locate(new: Any, old: Any) -> Any:
    """Give a new statement the position of the old one, and say with it whether derivatives leave it."""
    if "detached" in old.__dict__:
        new.detached = old.detached
    return at_position_of(new, old)


class Exits:
    """The pass; `run` gives the new body, in which the result is in the variable `ret`."""

    def __init__(self, namer: Namer, ret: str) -> None:
        self.namer, self.ret = namer, ret

    def run(self, body: list) -> list:
        body = self.block(list(body))
        if self.falls(body):
            body = self.block([*body, gast.Return(value=const(None))])
        return self.replace(body, {gast.Return: self.finish})

    def finish(self, jump: Any) -> list:
        return [] if getattr(jump, "done", False) else [locate(assign(self.ret, jump.value or const(None)), jump)]

    def block(self, body: list) -> list:
        out: list = []
        for i, s in enumerate(body):
            rest = body[i + 1:]
            if isinstance(s, (*JUMPS, gast.Raise)):
                return [*out, s]
            if isinstance(s, gast.If):
                new = locate(if_(s.test, self.block(s.body), self.block(s.orelse)), s)
                kinds = self.jumps([new])
                if kinds and rest:
                    return out + self.split(s, new, kinds, rest)
                out.append(new)
            elif isinstance(s, gast.Try):
                return out + self.attempt(s, rest)
            elif isinstance(s, (gast.While, gast.For)):
                loop, after = self.loop(s)
                out += loop
                if after is not None:
                    done, orelse = after
                    if done:
                        marker = gast.Return(value=load(self.ret))
                        marker.done = True
                        return [*out, locate(if_(load(done), [marker], self.block(orelse + rest)), s)]
                    return out + self.block(orelse + rest)
            else:
                out.append(s)
        return out

    def split(self, old: Any, new: Any, kinds: list, rest: list) -> list:
        """Put what follows `new` where control can reach it."""
        then, other = self.falls(new.body), self.falls(new.orelse)
        if not then and not other:
            return [new]
        if not then:
            return [locate(if_(new.test, new.body, self.block(old.orelse + rest)), old)]
        if not other:
            return [locate(if_(new.test, self.block(old.body + rest), new.orelse), old)]
        out, tail = self.flagged(old, new, kinds, rest)
        return out + self.block(tail)

    def flagged(self, old: Any, new: Any, kinds: list, rest: list) -> tuple[list, list]:
        """The statement with flags in place of its jumps, and what follows it."""
        flags = {k: self.namer.fresh({gast.Return: "done", gast.Break: "stop", gast.Continue: "skip"}[k]) for k in kinds}

        def raise_flag(jump: Any) -> list:
            return [*(self.finish(jump) if isinstance(jump, gast.Return) else []),
                    locate(assign(flags[type(jump)], const(True)), jump)]

        self.namer.flags |= set(flags.values())
        out = [locate(assign(f, const(False)), old) for f in flags.values()]
        out += self.replace([new], dict.fromkeys(kinds, raise_flag))
        tail = rest
        for k in kinds:
            jump = k(value=load(self.ret)) if k is gast.Return else k()
            jump.done = True
            tail = [locate(if_(load(flags[k]), [jump], tail), old)]
        return out, tail

    def attempt(self, s: Any, rest: list) -> list:
        """A `try`: no jump leaves it; what `finally` says comes before the jumps."""
        clause = s.handlers[0]
        new = rebuilt(s, self.block(s.body), self.block(clause.body))
        kinds = self.jumps([new])
        if not kinds:
            after = s.final + rest if self.falls([new]) else []
            return [new, *self.block(after)]
        out, tail = self.flagged(s, new, kinds, rest if self.falls([new]) else [])
        return out + self.block(s.final + tail)

    def loop(self, s: Any) -> tuple[list, Any]:
        body = self.block(list(s.body))
        kinds = self.jumps(body)
        done = self.namer.fresh("done") if gast.Return in kinds else None
        broke = self.namer.fresh("broke") if s.orelse and gast.Break in kinds else None

        self.namer.flags |= {flag for flag in (done, broke) if flag}

        def on_break(jump: Any) -> list:
            return [*([locate(assign(broke, const(True)), jump)] if broke else []), jump]

        def on_return(jump: Any) -> list:
            return [*self.finish(jump), locate(assign(done, const(True)), jump), locate(gast.Break(), jump)]

        body = self.replace(body, {gast.Break: on_break, gast.Return: on_return, gast.Continue: lambda jump: []})
        out = [locate(assign(flag, const(False)), s) for flag in (done, broke) if flag]
        if isinstance(s, gast.For):
            new = gast.For(target=s.target, iter=s.iter, body=body or [gast.Pass()], orelse=[], type_comment=None)
        else:
            new = gast.While(test=s.test, body=body or [gast.Pass()], orelse=[])
        out.append(locate(new, s))
        orelse = list(s.orelse)
        if broke:
            orelse = [locate(if_(gast.UnaryOp(op=gast.Not(), operand=load(broke)), orelse), s)]
        return out, (done, orelse) if done or orelse else None

    def falls(self, body: list) -> bool:
        """Whether control may reach the end of `body`."""
        if not body:
            return True
        last = body[-1]
        if isinstance(last, gast.If):
            return self.falls(last.body) or self.falls(last.orelse)
        if isinstance(last, gast.Try):
            return self.falls(last.body) or self.falls(last.handlers[0].body)
        return not isinstance(last, (*JUMPS, gast.Raise))

    def jumps(self, body: list) -> list:
        """The kinds of jumps that leave `body` (those of inner loops are replaced already)."""
        found: list = []
        for s in body:
            if isinstance(s, JUMPS):
                found.append(type(s))
            elif isinstance(s, (gast.If, gast.Try)):
                for inner in blocks(s):
                    found += self.jumps(inner)
        return list(dict.fromkeys(found))

    def replace(self, body: list, by: dict) -> list:
        out: list = []
        for s in body:
            if type(s) in by:
                out += by[type(s)](s)
            elif isinstance(s, gast.If):
                out.append(locate(if_(s.test, self.replace(s.body, by), self.replace(s.orelse, by)), s))
            elif isinstance(s, gast.Try):
                clause = s.handlers[0]
                out.append(rebuilt(s, self.replace(s.body, by), self.replace(clause.body, by)))
            else:
                out.append(s)
        return out


def rebuilt(s: Any, body: list, handler: list) -> Any:
    """A `try` with other blocks; what `finally` says stands after it already."""
    clause = s.handlers[0]
    new = locate(try_(body, clause.name.id, handler, clause.type), s)
    new.final = []
    return new
