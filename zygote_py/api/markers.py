"""Arguments that are no arguments of the function: `Params`, the choice of a backend, and constants.

    gradient(f, AutoForward(), x)           the marker comes second
    gradient(f, x, Const(n))                None in the place of n
    gradient(f, Params([W, b]))             f takes no arguments

Leaves: what the entry points have to do. Their types are entered in `kinds.MARKERS`, so that nothing is compiled for them, and
what has no markers pays nothing.
"""

from __future__ import annotations

from typing import Any

from ..errors import message
from ..kinds import MARKERS
from ..registry import non_differentiable
from .params import Params

__all__ = ["AutoFiniteDiff", "AutoForward", "AutoNumba", "AutoReverse", "Backend", "Const", "is_marked", "read_markers",
           "way_of"]


class Backend:
    """The way in which a derivative is computed; given as the second positional argument."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


class AutoReverse(Backend):
    """Reverse mode by source transformation, as without a marker.

    >>> from zygote_py import gradient
    >>> gradient(lambda x: x**2, AutoReverse(), 3.0)
    (6.0,)
    """

    __slots__ = ()


class AutoForward(Backend):
    """Forward mode by source transformation: one run for each number in the arguments."""

    __slots__ = ()


class AutoNumba(Backend):
    """Reverse mode by source transformation, compiled to machine code by numba (`pip install zygote-py[numba]`).

    For functions of numbers and arrays of double precision that spend their time in loops. Compiling takes about a second, once
    for each function and types of arguments. What can't be compiled is refused; where machine code would not do what Python does
    (integers of more than 62 bits, a division by zero, an exception), Python runs instead.
    """

    __slots__ = ()


class AutoFiniteDiff(Backend):
    """Finite differences of the function as it is: no rules are needed, and some digits are lost.

    >>> from zygote_py import gradient
    >>> round(gradient(lambda x: x**2, AutoFiniteDiff(), 3.0)[0], 6)
    6.0
    """

    __slots__ = ()


class Const:
    """An argument that is not differentiated: its gradient is None.

    >>> from zygote_py import gradient
    >>> gradient(lambda x, n: x**n, 2.0, Const(3.0))
    (12.0, None)
    """

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Const({self.value!r})"


MARKERS |= {Params, AutoReverse, AutoForward, AutoNumba, AutoFiniteDiff, Const}


@non_differentiable
def is_marked(args: tuple) -> bool:
    """Whether there is a marker among the arguments, or what looks like one."""
    return not MARKERS.isdisjoint(map(type, args)) or (bool(args) and looks_like_marker(args[0]))


@non_differentiable
def looks_like_marker(x: Any) -> bool:
    cls = x if isinstance(x, type) else type(x)
    return cls in MARKERS or issubclass(cls, Backend) or cls.__name__.startswith("Auto")


def read_markers(args: tuple) -> tuple[Params | None, Backend | None, tuple, int]:
    """What the markers say: Params, the backend, the arguments of the function, and the mask of those to differentiate."""
    check_markers(args)
    if args[0].__class__ is Params:
        return args[0], None, (), 0
    backend = args[0] if isinstance(args[0], Backend) else None
    rest = args if backend is None else args[1:]
    plain = tuple([a.value if a.__class__ is Const else a for a in rest])
    return None, backend, plain, sum([1 << i for i in range(len(rest)) if rest[i].__class__ is not Const])


@non_differentiable
def check_markers(args: tuple) -> None:
    """Refuse unknown markers, and known ones in the wrong place."""
    head = args[0]
    if isinstance(head, type) or (looks_like_marker(head) and type(head) not in MARKERS):
        if head is Params:
            raise TypeError(message("Params is a class", instead="give the parameters themselves: gradient(f, Params([W, b]))"))
        known = "AutoReverse(), AutoForward(), AutoNumba(), AutoFiniteDiff()"
        raise TypeError(message(f"unknown marker {head!r}", why="The second argument looks like the choice of a backend.",
                                instead=f"give one of {known}, or leave it out for reverse mode"))
    if type(head) is Params and len(args) > 1:
        raise TypeError(message("Params stand alone", why="With Params, the function is called without arguments.",
                                instead="close over the data, gradient(lambda: loss(x, y), Params([W]))"))
    for a in args[1:]:
        if type(a) is Params or isinstance(a, Backend):
            raise TypeError(message(f"{type(a).__name__} is not in its place",
                                    instead="it comes right after the function, and only one of them"))


@non_differentiable
def way_of(backend: Backend, ways: dict) -> Any:
    """The function that does the work of a backend."""
    way = ways.get(type(backend))
    if way is None:
        raise NotImplementedError(message(f"{backend!r} is not there yet for this derivative",
                                          instead="AutoReverse(), or no marker at all, gives the same numbers"))
    return way
