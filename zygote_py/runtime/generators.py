"""Generators: run when they are asked for elements, and undone element by element.

The forward form of a generator function is a generator itself: it yields the user's values, at the user's time. Before it yields,
and where it ends, it puts its tape into a box. The pullback is a generator, too: it runs the statements backwards from where the
forward run stands; where that yielded a value, it yields the cotangent of what was sent back, and is sent the cotangent of the
value. So the reverse sweep of whoever took the elements asks for one after the other, last first, and both go backwards in step.
"""

from __future__ import annotations

import contextlib
import inspect
import types
import weakref
from typing import Any

from ..errors import UnsupportedCodeError, message, plain_name
from ..registry import Rule, _register, non_differentiable
from .binding import bind_arguments, unbind
from .call import generator_starts
from .callees import derived, leaves_work
from .context import Context
from .methods import register_method

__all__ = ["Source", "Zipped", "check_left", "check_sources", "close", "counted", "has_ended", "is_held", "prime", "prime_all",
           "send", "source_of", "start", "throw", "undo", "undo_item"]


class Source:
    """A generator under way.

    Attributes
    ----------
    it : a weak reference to the generator that the user holds
    held : the generator itself, if it does something where it is dropped before its end
    box : [its tape, how many values it has yielded]
    back : its pullback
    """

    __slots__ = ("back", "box", "held", "it")

    def __init__(self, it: Any, box: list, back: Any, held: Any = None) -> None:
        self.it, self.box, self.back, self.held = it, box, back, held


class Undo:
    """The reverse run of a generator.

    Attributes
    ----------
    run : the pullback under way; None when it is done
    left : how many of the yielded values are not undone yet
    result : the cotangents of the parameters, when it is done
    sent : the cotangent of what was sent to the last step, if that yielded nothing
    """

    __slots__ = ("left", "result", "run", "sent")

    def __init__(self, left: int) -> None:
        self.run: Any = None
        self.left = left
        self.result: Any = None
        self.sent: Any = None


def start(cx: Context, f: Any, args: tuple, keywords: dict) -> tuple[Any, Any, Any]:
    """Call a generator function: nothing of it runs yet."""
    flat, recipe = bind_arguments(f, args, keywords)
    forward, back = derived(f, -1, flat)
    box = [None, 0]
    g = forward(cx, box, *flat)
    source = Source(weak(g), box, back, g if leaves_work(f, forward) else None)
    cx.generators[id(g)] = source
    return g, start_back, (source, recipe, flat)


@non_differentiable
def weak(g: Any) -> Any:
    return weakref.ref(g)


def start_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    source, recipe, flat = tape
    u = undo_of(cx, source, None)
    while u.run is not None:
        resume(u, None)
    ds = (None,) * len(flat) if u.result is None else u.result
    return unbind(cx, ds, recipe, flat)


@non_differentiable
def is_held(cx: Context, it: Any) -> bool:
    """Whether we hold a generator ourselves."""
    source = cx.generators.get(id(it))
    return isinstance(source, Source) and source.held is it


@non_differentiable
def check_sources(cx: Context) -> None:
    """As `check_left`, for the generators of a run."""
    check_left([s.held for s in cx.generators.values() if s.__class__ is Source])


@non_differentiable
def check_left(held: list) -> None:
    """Refuse generators that were dropped before their end, or stand there still, and would do something where they are closed:
    we do not see when Python does that."""
    left = [g for g in held if g is not None and inspect.getgeneratorstate(g) == inspect.GEN_SUSPENDED]
    if left:
        frame = left[0].gi_frame
        error = UnsupportedCodeError(message(
            f"cannot differentiate the generator {plain_name(frame.f_code.co_name)}, which is left before its end",
            filename=frame.f_code.co_filename, lineno=frame.f_lineno, function=plain_name(frame.f_code.co_name),
            why="It stands in a `try` or `with`, and what it does when Python drops it is not seen.",
            instead="close it, with contextlib.closing(generator), or go through it to its end",
            doc="docs/limitations.md#generators"))
        for g in left:      # now, and not in the middle of something else
            with contextlib.suppress(Exception):
                g.close()
        raise error


def source_of(cx: Context, it: Any) -> Any:
    """What is known about a generator; None for what is no generator of ours, and for one that has ended, which does no more."""
    source = cx.generators.get(id(it))
    return source if source is not None and source.__class__ is Source and source.it() is it and not has_ended(it) else None


@non_differentiable
def has_ended(it: Any) -> bool:
    return it.__class__ is types.GeneratorType and it.gi_frame is None


def undo_of(cx: Context, source: Source, dresult: Any) -> Undo:
    """The reverse run, at the last value that was yielded; `dresult` is the cotangent of what the generator returned."""
    entry = cx.reversing.get(id(source))
    if entry is not None:
        return entry[1]
    u = Undo(source.box[1])
    cx.reversing[id(source)] = (source, u)
    if source.box[0] is not None:
        u.run = source.back(cx, source.box[0], dresult)
        u.sent = resume(u, None)
    return u


def resume(u: Undo, d: Any) -> Any:
    """Go backwards to the next value, or to the start; returns the cotangent of what was sent there."""
    try:
        return u.run.send(d)
    except StopIteration as e:
        u.run = None
        u.result = e.value
        return None


def prime(cx: Context, source: Source, dresult: Any) -> Any:
    """Undo what ran after the last value; returns the cotangent of what was sent then."""
    return undo_of(cx, source, dresult).sent


def undo(cx: Context, source: Source, k: int, d: Any) -> Any:
    """Undo the step that yielded value number k; returns the cotangent of what was sent."""
    u = undo_of(cx, source, None)
    while u.left > k + 1:       # values that nobody gave a cotangent
        u.left -= 1
        resume(u, None)
    if u.left == k + 1:
        u.left -= 1
        return resume(u, d)
    return None


# -- iterators over generators ------------------------------------------------------------------------------


class Zipped:
    """An iterator in C whose elements come from others: a zip, an enumerate, the iterator of a list.

    Attributes
    ----------
    it : the iterator that the user holds
    feeds : what it takes from; None for the counter of enumerate
    last : where it begins, which is 0 but for `reversed`; None for `zip` and `enumerate`, whose elements are tuples
    live : whether it takes from generators
    taken : how many elements were taken
    """

    __slots__ = ("feeds", "it", "last", "live", "taken")

    def __init__(self, it: Any, feeds: list, last: int | None, live: bool) -> None:
        self.it, self.feeds, self.last, self.live, self.taken = it, feeds, last, live, 0


def counted(live: Any, it: Any, places: list) -> Any:
    """The elements of an iterator, for one of those who consume it; `places` gets the position of each."""
    for x in it:
        if live.__class__ is Zipped:
            places.append(live.taken)
            live.taken += 1
        else:
            places.append(live.box[1] - 1)
        yield x


def undo_item(cx: Context, live: Any, k: int, d: Any) -> None:
    """Undo element number k of a generator, or of a zip over some."""
    if live.__class__ is not Zipped:
        undo(cx, live, k, d)
    elif live.live:
        for j in range(len(live.feeds) - 1, -1, -1):
            undo_fed(cx, live.feeds[j], k, None if d is None else d[j])


def undo_fed(cx: Context, feed: Any, k: int, d: Any) -> None:
    """Undo the k-th element that a zip took from one of its sources."""
    if feed is not None and feed.live is not None and k < len(feed.places):
        undo_item(cx, feed.live, feed.places[k], d)


def prime_all(cx: Context, live: Any) -> None:
    """As `prime`, for all generators in a zip: where it ended, some of them have gone one step further."""
    if live.__class__ is not Zipped:
        prime(cx, live, None)
    elif live.live:
        for j in range(len(live.feeds) - 1, -1, -1):
            feed = live.feeds[j]
            if feed is not None and feed.live is not None:
                prime_all(cx, feed.live)
                for k in range(len(feed.places) - 1, live.taken - 1, -1):
                    undo_fed(cx, feed, k, None)


# -- methods of generators ------------------------------------------------------------------------------------------


def send(cx: Context, mask: int, g: Any, value: Any) -> tuple[Any, Any, Any]:
    """`g.send(value)`"""
    source = source_of(cx, g)
    y = g.send(value)
    return y, send_back, (source, None if source is None else source.box[1] - 1)


def send_back(cx: Context, tape: Any, dy: Any) -> tuple:
    source, k = tape
    return None, None if source is None else undo(cx, source, k, dy)


def throw(cx: Context, mask: int, g: Any, *error: Any) -> tuple[Any, Any, Any]:
    """`g.throw(error)`"""
    source = source_of(cx, g)
    y = g.throw(*error)
    return y, throw_back, (source, None if source is None else source.box[1] - 1, len(error))


def throw_back(cx: Context, tape: Any, dy: Any) -> tuple:
    source, k, n = tape
    if source is not None:
        undo(cx, source, k, dy)
    return (None,) * (n + 1)


def close(cx: Context, mask: int, g: Any) -> tuple[Any, Any, Any]:
    """`g.close()`"""
    source = source_of(cx, g)
    return g.close(), close_back, source


def close_back(cx: Context, tape: Any, dy: Any) -> tuple:
    if tape is not None:
        prime(cx, tape, None)
    return (None,)


def ended_back(cx: Context, tape: Any, dy: Any) -> tuple[tuple, dict]:
    """A step that raised, for instance StopIteration: what ran since the last value is undone."""
    source, error, n = tape
    ds = None
    if source.__class__ is Zipped:
        prime_all(cx, source)
    else:
        ds = prime(cx, source, cx.take(error, "value"))
    return (None, ds, *(None,) * n)[:n], {}


for _name, _f in (("send", send), ("throw", throw), ("close", close)):
    method = getattr(types.GeneratorType, _name)
    register_method(types.GeneratorType, _name, method)
    _register(Rule(method, "primitive", (_f,)))

generator_starts(start)
