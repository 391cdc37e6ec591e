"""Watch a run: which generated functions are entered, on which lines, and what their forwards keep for their pullbacks.

Enters: a function and its arguments. Leaves: events for each generated function, told by Python's own tracing; what the user's
functions and NumPy do in between belongs to the line that called them.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import gast
import numpy as np

from ..frontend.source import generated_from

__all__ = ["Kept", "Sizes", "kept_by", "tape_names", "traced"]


class Kept:
    """A value that a forward keeps: for which line, under which name, what it is, and how many bytes it adds."""

    __slots__ = ("bytes", "count", "line", "name", "what")

    def __init__(self, line: int, name: str, what: str, bytes: int) -> None:
        self.line, self.name, self.what, self.bytes, self.count = line, name, what, bytes, 1


class Sizes:
    """Counts bytes, each piece of memory once; what the arguments hold is there anyway, and counts nothing."""

    def __init__(self, *held: Any) -> None:
        self.seen: dict[int, Any] = {}
        self.arrays: list[np.ndarray] = []      # those that the last `add` counted
        for x in held:
            self.add(x)
        self.held = set(self.seen)

    def add(self, x: Any) -> int:
        """The bytes of what is reached from x and was not counted yet."""
        total, waiting = 0, [x]
        self.arrays = []
        while waiting:
            x = waiting.pop()
            if x is None or isinstance(x, (bool, str, type, types.ModuleType, types.BuiltinFunctionType, np.ufunc, np.dtype)):
                continue
            if isinstance(x, np.ndarray):
                while isinstance(x.base, np.ndarray):
                    x = x.base
            if id(x) in self.seen:
                continue
            self.seen[id(x)] = x
            if isinstance(x, types.FunctionType):
                waiting += [cell_value(c) for c in x.__closure__ or ()] if generated_from(x.__code__) is None else []
                continue
            if isinstance(x, np.ndarray):
                self.arrays.append(x)
            total += x.nbytes + 112 if isinstance(x, np.ndarray) else sys.getsizeof(x, 0)
            if isinstance(x, (tuple, list, set, frozenset)):
                waiting += x
            elif isinstance(x, dict):
                waiting += [*x.keys(), *x.values()]
            elif not isinstance(x, (int, float, complex, np.generic, np.ndarray)):
                waiting += list(getattr(x, "__dict__", {}).values())
        return total

    def is_held(self, x: Any) -> bool:
        """Whether the arguments hold it."""
        while isinstance(x, np.ndarray) and isinstance(x.base, np.ndarray):
            x = x.base
        return id(x) in self.held


def cell_value(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None


# -- the tape -------------------------------------------------------------------------------------------------------


def tape_names(tree: Any) -> tuple[Any, dict[str, Any], dict[str, int]]:
    """What a generated forward returns as its tape: the expression, what is appended to the lists of its loops, and the line of
    each name: where its value is made, or is about to be overwritten."""
    tape: Any = None
    loops: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for n in gast.walk(tree):
        if isinstance(n, gast.Return) and isinstance(n.value, gast.Tuple) and len(n.value.elts) == 2:
            tape = n.value.elts[1]
        elif isinstance(n, gast.Call) and isinstance(n.func, gast.Attribute) and n.func.attr == "append" \
                and isinstance(n.func.value, gast.Name) and len(n.args) == 1 and n.func.value.id.startswith("tape"):
            loops[n.func.value.id] = n.args[0]
        elif isinstance(n, (gast.Assign, gast.AugAssign, gast.For)):
            targets = n.targets if isinstance(n, gast.Assign) else [n.target]
            for name in {m.id for t in targets for m in gast.walk(t) if isinstance(m, gast.Name)}:
                lines[name] = getattr(n, "lineno", 0)
    return tape, loops, lines


def kept_by(tree: Any, tape: Any, sizes: Sizes) -> Iterator[Kept]:
    """What one run of a generated forward kept; the line of its parameters is 0."""
    shape, loops, lines = tape_names(tree)

    def walk(e: Any, value: Any) -> Iterator[Kept]:
        if isinstance(e, gast.Tuple) and isinstance(value, tuple) and len(e.elts) == len(value):
            for part, v in zip(e.elts, value):
                yield from walk(part, v)
        elif isinstance(e, gast.Name) and e.id in loops and isinstance(value, list):
            for entry in value:
                yield from walk(loops[e.id], entry)
            yield Kept(lines.get(e.id, 0), e.id, f"list of {len(value)}", sizes.add(value))
        elif isinstance(e, gast.Name) and value is not None and not isinstance(value, types.FunctionType):
            held = sizes.is_held(value)
            n = 0 if held else sizes.add(value)
            arrays = ", ".join(map(describe, sizes.arrays)) if isinstance(value, tuple) and n else ""
            yield Kept(lines.get(e.id, 0), e.id, describe(value) + f" with {arrays}" * bool(arrays) + ", an argument's" * held, n)
    if shape is not None:
        yield from walk(shape, tape)


def describe(x: Any) -> str:
    """What a value is, in a word or two: `float64[3, 2]`, `float`, `tuple of 4`.

    >>> describe(np.ones((3, 2))), describe(1.5), describe((1, 2)), describe(len)
    ('float64[3, 2]', 'float', 'tuple of 2', 'function len')
    """
    if isinstance(x, (np.ndarray, np.generic)) and x.shape:
        return f"{x.dtype}[{', '.join(map(str, x.shape))}]"
    if isinstance(x, (tuple, list, dict, set)):
        return f"{type(x).__name__} of {len(x)}"
    if isinstance(x, (types.FunctionType, types.BuiltinFunctionType)):
        return f"function {x.__name__}"
    return type(x).__name__


# -- tracing --------------------------------------------------------------------------------------------------------


def traced(run: Callable[[], Any], enter: Callable, line: Callable | None, leave: Callable) -> Any:
    """`run()`, with `enter(frame, tree)`, `line(number)` and `leave(code, tree, value)` for each generated function that runs.

    A tracer that is there already, of a debugger or of coverage, is put back afterwards.
    """
    def begin(frame: types.FrameType, event: str, arg: Any) -> Any:
        source = generated_from(frame.f_code)
        if source is None:
            return None
        code, tree = frame.f_code, source.node
        frame.f_trace_lines = line is not None
        enter(frame, tree)

        def inside(frame: types.FrameType, event: str, arg: Any) -> Any:
            if event == "line":
                line(frame.f_lineno)  # type: ignore[misc]
            elif event == "return":
                leave(code, tree, arg)
            return inside
        return inside

    before = sys.gettrace()
    sys.settrace(begin)
    try:
        return run()
    finally:
        sys.settrace(before)
