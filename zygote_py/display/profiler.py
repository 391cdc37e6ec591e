"""What each line costs: forward time, pullback time, bytes on the tape.

Enters: what `gradient` takes. Leaves: a `Profile`, as text, as a table in a notebook, as a plot. The times are taken by Python's
own tracing of the generated functions: a line has what happens from its start until the next traced line starts, with what the
runtime, NumPy and the rules do for it; the lines of functions that are differentiated in their turn have their own share.
"""

from __future__ import annotations

import copy
import linecache
import types
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from ..api.gradient import pullback
from ..cache import templates_by_code
from ..errors import shown_path
from ..runtime.frames import inlined_at
from ..runtime.tools import seed
from .pages import bar, html_table, size
from .watch import Sizes, kept_by, traced

__all__ = ["Line", "Profile", "profile"]


class Line:
    """What one line of the user's cost: seconds forwards and backwards, bytes kept."""

    __slots__ = ("back", "bytes", "file", "forward", "number")

    def __init__(self, file: str, number: int) -> None:
        self.file, self.number = file, number
        self.forward, self.back, self.bytes = 0.0, 0.0, 0

    @property
    def text(self) -> str:
        """The line, without what stands before it."""
        return linecache.getline(self.file, self.number).strip()

    def __repr__(self) -> str:
        return f"Line({self.number}: {self.text!r}, forward={self.forward:.2e}, back={self.back:.2e}, bytes={self.bytes})"


def profile(f: Callable, *args: Any, repeat: int = 1, **kwargs: Any) -> Profile:
    """Measure what each line of `f`, and of what it calls, costs to differentiate.

    The function is run once to compile what is needed, and then, with its pullback, `repeat` times, each time on copies of its
    arguments where they can be copied. Tracing costs some hundred nanoseconds for each line that is run: read the figures as
    shares, and measure totals with a clock.

    Parameters
    ----------
    f, *args, **kwargs : as for `gradient`
    repeat : how often to run it; the times are means

    Returns
    -------
    Profile
        `print` it, let a notebook show it, or call its `plot()`.

    Examples
    --------
    >>> import numpy as np
    >>> def f(x):
    ...     y = np.exp(x)
    ...     return np.sum(y * y)
    >>> [(line.number, line.bytes) for line in profile(f, np.ones(1000)).lines]
    [(1, 0), (2, 8112), (3, 0)]
    """
    clock = Clock()
    f_, args_, kwargs_ = copied((f, args, kwargs))
    pullback(f_, *args_, **kwargs_)
    for _ in range(repeat):
        f_, args_, kwargs_ = copied((f, args, kwargs))
        clock.sizes = Sizes(f_, args_, kwargs_)
        y, back = clock.run("forward", lambda f=f_, args=args_, kwargs=kwargs_: pullback(f, *args, **kwargs))
        dy = seed(None, y)  # type: ignore[arg-type]
        clock.run("back", lambda back=back, dy=dy: back(dy))
    for line in clock.lines.values():
        line.forward, line.back, line.bytes = line.forward / repeat, line.back / repeat, line.bytes // repeat
    lines = sorted(clock.lines.values(), key=lambda line: (clock.files[line.file], line.number))
    return Profile(getattr(f, "__qualname__", type(f).__name__), lines)


def copied(call: tuple) -> tuple:
    """A function with its arguments, to be run without a trace in them."""
    try:
        return copy.deepcopy(call)
    except Exception:       # an open file, a lock, a generator
        return call


class Clock:
    """Gives the time that passes to the line that is under way."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, int], Line] = {}
        self.files: dict[str, int] = {}
        self.sizes = Sizes()
        self.stack: list[list] = []     # file, line, first line and code of the generated functions that are running
        self.firsts: dict[types.CodeType, int] = {}
        self.phase, self.last = "forward", 0.0

    def run(self, phase: str, run: Callable) -> Any:
        self.phase, self.stack, self.last = phase, [], perf_counter()
        found = traced(run, self.enter, self.step, self.leave)
        self.charge()
        return found

    def charge(self) -> None:
        now = perf_counter()
        if self.stack:
            line = self.line(*self.stack[-1][:2])
            setattr(line, self.phase, getattr(line, self.phase) + now - self.last)
        self.last = perf_counter()

    def line(self, file: str, number: int) -> Line:
        found = self.lines.get((file, number))
        if found is None:
            self.files.setdefault(file, len(self.files))
            found = self.lines[file, number] = Line(file, number)
        return found

    def enter(self, frame: types.FrameType, tree: Any) -> None:
        self.charge()
        code = frame.f_code
        if code not in self.firsts:
            self.firsts.update({c: getattr(t.code(), "co_firstlineno", 1) for c, t in templates_by_code().items()})
            self.firsts.setdefault(code, 1)
        first = self.firsts[code]
        self.stack.append([code.co_filename, first, first, code])
        self.last = perf_counter()

    def step(self, number: int) -> None:
        self.charge()
        place = self.stack[-1]
        place[1] = number if number >= place[2] or inlined_at(place[3], number) else place[2]
        self.last = perf_counter()

    def leave(self, code: types.CodeType, tree: Any, value: Any) -> None:
        self.charge()
        self.stack.pop()
        if self.phase == "forward" and code.co_name.endswith("_forward") and isinstance(value, tuple) and len(value) == 2:
            for k in kept_by(tree, value[1], self.sizes):
                self.line(code.co_filename, k.line or self.firsts[code]).bytes += k.bytes
        self.last = perf_counter()


class Profile:
    """What each line costs.

    Attributes
    ----------
    name : of the function
    lines : a `Line` for each of the user's: `file`, `number`, `text`, `forward` and `back` in seconds, `bytes`
    """

    def __init__(self, name: str, lines: list[Line]) -> None:
        self.name, self.lines = name, lines

    @property
    def forward(self) -> float:
        """Seconds of the forward run."""
        return sum(line.forward for line in self.lines)

    @property
    def back(self) -> float:
        """Seconds of the pullback."""
        return sum(line.back for line in self.lines)

    @property
    def bytes(self) -> int:
        """What the tape holds beyond the arguments."""
        return sum(line.bytes for line in self.lines)

    def __str__(self) -> str:
        if not self.lines:
            return f"# no line of {self.name} is derived: it has a rule"
        out = [f"{'line':>5} {'forward':>10} {'pullback':>10} {'tape':>9}   {self.name}"]
        file = None
        for line in self.lines:
            if line.file != file:
                file = line.file
                out.append(shown_path(file))
            out.append(f"{line.number:5} {time(line.forward):>10} {time(line.back):>10} {size(line.bytes):>9}   {line.text}")
        return "\n".join([*out, f"{'all':>5} {time(self.forward):>10} {time(self.back):>10} {size(self.bytes):>9}"])

    def __repr__(self) -> str:
        return (f"<profile of {self.name}: {time(self.forward)} forward, {time(self.back)} back, {size(self.bytes)} of tape; "
                "print it, or call its plot()>")

    def _repr_html_(self) -> str:
        forward, back, held = self.forward or 1.0, self.back or 1.0, self.bytes or 1
        rows = [(line.number, bar(time(line.forward), line.forward / forward),
                 bar(time(line.back), line.back / back, "#e8884c66"), bar(size(line.bytes), line.bytes / held, "#6cb86c66"),
                 line.text) for line in self.lines]
        total = ("all", time(self.forward), time(self.back), size(self.bytes), "")
        return html_table(["line", "forward", "pullback", "tape", self.name], [*rows, total], code=(4,),
                          right=(0, 1, 2, 3))

    def plot(self, path: str | Path | None = None) -> Any:
        """Draw times and bytes by line; needs matplotlib.

        Parameters
        ----------
        path : where to save the picture, if anywhere

        Returns
        -------
        matplotlib.figure.Figure
        """
        from matplotlib.figure import Figure

        figure = Figure(figsize=(10, 1.2 + 0.32 * len(self.lines)), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 1))
        places = range(len(self.lines))
        left.barh(places, [1e3 * line.forward for line in self.lines], label="forward")
        left.barh(places, [1e3 * line.back for line in self.lines], left=[1e3 * line.forward for line in self.lines],
                  label="pullback")
        left.set_yticks(places, [f"{line.text[:50]}  {line.number}" for line in self.lines], family="monospace", size=8)
        left.invert_yaxis()
        left.set_xlabel("milliseconds")
        left.legend()
        right.barh(places, [line.bytes / 1e3 for line in self.lines], color="tab:green")
        right.set_xlabel("kB on the tape")
        figure.suptitle(self.name)
        if path is not None:
            figure.savefig(path)
        return figure


def time(seconds: float) -> str:
    """A time, to read.

    >>> time(0.0), time(2.5e-5), time(0.0123), time(3.0)
    ('0 µs', '25 µs', '12.3 ms', '3.00 s')
    """
    if seconds < 1e-3:
        return f"{1e6 * seconds:.0f} µs"
    return f"{1e3 * seconds:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"
