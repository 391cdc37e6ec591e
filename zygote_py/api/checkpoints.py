"""checkpointed, checkpointed_loop: trade time for memory.

Enters: a function and its arguments. Leaves: its value; what its reverse run needs is not kept, but computed again when a
cotangent arrives. `checkpointed` runs the function once more; `checkpointed_loop` reverses many steps from few kept states.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from math import comb
from typing import Any

import numpy as np

from ..errors import MutationError, UnsupportedCodeError, message
from ..registry import non_differentiable
from ..runtime.call import callx
from ..runtime.context import Context
from ..runtime.frames import here
from ..runtime.pushforward.call import as_written, behave
from ..runtime.reach import checksum, contents, parts, reachable
from ..runtime.refusals import name_of
from ..runtime.settle import gather, is_value, settle
from ..runtime.slots import primitive
from ..tangents.accumulate import add

__all__ = ["checkpointed", "checkpointed_loop"]


def checkpointed(f: Callable, *args: Any, **kwargs: Any) -> Any:
    """Return `f(*args, **kwargs)`; each time a cotangent arrives, f runs again to find its derivatives.

    Nothing is kept in between but the arguments. Side effects of f are seen twice.

    Raises
    ------
    MutationError
        On the way back, if f changes a list, dict or object that it was given: it would start from other values.

    Examples
    --------
    >>> from zygote_py import gradient
    >>> gradient(lambda x: checkpointed(lambda x: x * x, x) * 2, 5.0)
    (20.0,)
    """
    return f(*args, **kwargs)


def checkpoint(cx: Context, mask: int, f: Any, *args: Any, **kwargs: Any) -> tuple[Any, Any, Any]:
    before = contents(f, (f, args, kwargs))
    y = checkpointed(f, *args, **kwargs)    # if this code is itself differentiated, a checkpoint there, too
    note_changes(cx, f, before)
    check_result(f, y)
    return y, checkpoint_back, (f, args, kwargs, y if holds_cotangents(y) else None)


def checkpoint_back(cx: Context, tape: Any, dy: Any) -> tuple:
    f, args, kwargs, y = tape
    d = gather(cx, y, dy)
    if d is None:
        return (None,) * (1 + len(args) + len(kwargs))
    ds, dwords = reverse(cx, f, args, kwargs, d)
    return (None, *ds, *[dwords[k] for k in kwargs])


def reverse(cx: Context, f: Any, args: tuple, kwargs: dict, d: Any) -> tuple[tuple, dict]:
    """Run f forward and back; the cotangents of what it reads by itself go to the records of the run under way."""
    run = Context(cx.tracked.copy())
    y, back, tape = callx(run, -1, f, args, kwargs)
    changed = written_outside(run, f, (f, args, kwargs))
    share(cx, run)
    check_unread(run, f, changed)
    ds, dwords = back(run, tape, settle(run, y, d))
    check_unread(run, f, changed)
    part(cx, run)
    return ds, dwords


def share(cx: Context, run: Context) -> None:
    """Let a run inside add to the cotangents of the run under way."""
    cx.shadows = {} if cx.shadows is None else cx.shadows
    cx.finals = {} if cx.finals is None else cx.finals
    run.records, run.shadows, run.finals, run.pending, run.settled = cx.records, cx.shadows, cx.finals, cx.pending, cx.settled
    if cx.written:
        run.written = {**cx.written, **(run.written or {})}
    if cx.shapes:
        run.shapes = {**cx.shapes, **(run.shapes or {})}


def part(cx: Context, run: Context) -> None:
    """Take over what a run inside has left, without the arrays of its own."""
    cx.pending, cx.settled = run.pending, run.settled
    for key in list(run.written or ()):
        if not cx.written or key not in cx.written:
            run.shadows.pop(key, None)  # type: ignore[union-attr]
            run.finals.pop(key, None)  # type: ignore[union-attr]


@non_differentiable
def holds_cotangents(y: Any) -> bool:
    """Whether cotangents of a result may be in records."""
    return isinstance(y, (list, dict)) or (isinstance(y, tuple) and any(map(holds_cotangents, y))) or not is_value(y)


@non_differentiable
def check_result(f: Any, y: Any) -> None:
    if isinstance(y, types.FunctionType) and y.__closure__:
        raise UnsupportedCodeError(message(
            f"`{name_of(f)}` returns a function, and is to run again",
            why="The function that a second run returns has variables of its own.",
            instead="return the values, and make the function of them outside of the checkpoint",
            doc="docs/guide/checkpointing.md"))


@non_differentiable
def note_changes(cx: Context, f: Any, before: list) -> None:
    """Track what a run that nothing is kept of has written to: who reads it afterwards, reads what depends on the arguments."""
    for x, old in before:
        if isinstance(x, np.ndarray):
            if checksum(x) != old:
                raise again_from_other_values(f, x)
            continue
        new = parts(x)
        if old.keys() != new.keys() or any(old[k] is not new[k] for k in old):
            cx.note(x, list(old.values()) if isinstance(x, list) else old.get("cell_contents") if isinstance(x, types.CellType)
                    else old)
            cx.tracked[id(x)] = x


@non_differentiable
def written_outside(run: Context, f: Any, given: tuple) -> list:
    """What the function has written to of that which it was given, or finds by itself."""
    if not run.originals:
        return []
    return [x for x in reachable(f, given) if id(x) in run.originals]


@non_differentiable
def check_unread(run: Context, f: Any, changed: list) -> None:
    """Refuse derivatives of what the function writes to and does not make: its second run found something else there."""
    for x in changed:
        entry = run.records.get(id(x))
        if entry is not None and any(d is not None for d in entry[1].values()):
            raise again_from_other_values(f, x)


@non_differentiable
def again_from_other_values(f: Any, x: Any) -> MutationError:
    given = "an array" if isinstance(x, np.ndarray) else f"a {type(x).__name__}"
    return MutationError(message(
        f"`{name_of(f)}` changes {given} that it was given, and is to run again", **here(),
        why="A checkpointed function is run a second time on the way back, and has to find what it found at first.",
        instead="make a new one and return it, or leave out the checkpoint", doc="docs/guide/checkpointing.md"))


# -- loops ----------------------------------------------------------------------------------------------------------


def checkpointed_loop(step: Callable, state: Any, steps: int, *args: Any, snapshots: int | None = None) -> Any:
    """Run `state = step(state, k, *args)` for k in range(steps), and keep few states for the way back.

    Parameters
    ----------
    step : callable of state, number of the step, and further arguments; returns a new state, and leaves the old one as it is
    state : numbers, arrays, and structures of them
    steps : how many
    *args : passed to every step, and differentiated
    snapshots : how many states may be kept on the way back, besides the first; by default about log2(steps), which costs about
        log2(steps) / 3 further runs of the loop

    Notes
    -----
    Binomial checkpointing: with s snapshots and at most r further runs of any step, comb(s + r, s) steps can be reversed, and no
    schedule reaches more (Griewank, 1992).

    Examples
    --------
    >>> from zygote_py import gradient
    >>> gradient(lambda x, a: checkpointed_loop(lambda x, k, a: x + 0.1 * a * x, x, 100, a), 1.0, 0.5)
    (131.501257846303..., 1252.39293186955...)
    """
    check_loop(steps, snapshots)
    return advance(step, state, 0, steps, args, max(1, steps.bit_length()) if snapshots is None else snapshots)


def advance(step: Any, state: Any, start: int, stop: int, args: tuple, free: int) -> Any:
    """Run the steps from number `start` to before `stop`; on the way back, keep `free` states besides the first."""
    for k in range(start, stop):
        state = step(state, k, *args)
    return state


def loop(cx: Context, mask: int, step: Any, state: Any, start: int, stop: int, args: tuple, free: int) -> tuple[Any, Any, Any]:
    before = contents(step, (step, state, args))
    y = advance(step, state, start, stop, args, free)   # as in `checkpoint`
    note_changes(cx, step, before)
    check_result(step, y)
    return y, loop_back, (step, state, start, stop, args, free, y if stop > start and holds_cotangents(y) else None)


def loop_back(cx: Context, tape: Any, dy: Any) -> tuple:
    step, first, first_step, at, args, free, y = tape
    d = gather(cx, y, dy)
    dargs: tuple = (None,) * len(args)
    stack: list = [(first_step, first)]
    while at > first_step and d is not None:
        start, state = stack[-1]
        while at - start > 1 and len(stack) <= free:    # put down states on the way to the last step
            middle = start + split(at - start, free + 1 - len(stack))
            state = advance(step, state, start, middle, args, free)
            start = middle
            stack.append((start, state))
        state = advance(step, state, start, at - 1, args, free)
        ds, _ = reverse(cx, step, (state, at - 1, *args), {}, d)
        d = gather(cx, state, ds[0])
        dargs = add(dargs, ds[2:])
        at = at - 1
        if stack[-1][0] == at:
            stack.pop()
    return None, settle(cx, first, d), None, None, dargs, None


@non_differentiable
def split(n: int, free: int) -> int:
    """After how many steps to keep the next state, where n > 1 steps are to be reversed with room for `free` > 0 further states.

    With s = free + 1 states, counting the one at the start, comb(s + r, s) steps can be reversed with r runs of each at most. The
    steps before the new state keep to r - 1 runs, those after it to s - 1 states; both bounds leave a range, and any choice in it
    is optimal.
    """
    s, r = free + 1, 1
    while comb(s + r, s) < n:
        r += 1
    return max(1, n - comb(s - 1 + r, s - 1), comb(s + r - 2, s) if r > 1 else 0)


@non_differentiable
def check_loop(steps: Any, snapshots: Any) -> None:
    for what, n, least in (("steps", steps, 0), ("snapshots", snapshots, 1)):
        if n is None and what == "snapshots":
            continue
        if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < least:
            raise TypeError(message(f"checkpointed_loop: {what} is {n!r}", instead=f"give an integer, at least {least}"))


behave(checkpointed, as_written(checkpointed))
behave(advance, as_written(advance))
primitive(checkpointed, checkpoint, always=True)
primitive(advance, loop, always=True)
