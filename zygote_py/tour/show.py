"""How the tour prints and plots: headings, the source of examples, values, progress, curves."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["body", "heading", "indented", "missing_libraries", "plot", "progress", "source", "value", "verdict"]

PURPOSES = {"sklearn": ("scikit-learn", "no handwritten digits, so nothing to train on them"),
            "matplotlib": ("matplotlib", "no plots"),
            "tqdm": ("tqdm", "no progress bar")}


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}\n{'-' * len(text)}")


def source(f: Callable) -> str:
    """The text of a function, as it stands in its file."""
    return textwrap.dedent(inspect.getsource(f)).rstrip()


def body(f: Callable) -> str:
    """The statements of a function without its header, and without the `return` of the last one.

    >>> def f():
    ...     x = 2
    ...     return x + 1
    >>> print(body(f))
    x = 2
    x + 1
    """
    lines = source(f).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("def ")) + 1
    text = textwrap.dedent("\n".join(lines[start:]))
    first, returns, last = text.rpartition("return ")
    return first + textwrap.dedent(last) if returns else text


def indented(text: str) -> str:
    """Move every line four columns to the right."""
    return textwrap.indent(text, "    ")


def value(x: Any) -> str:
    """A value on one line: numbers as plain numbers, arrays as nested lists.

    >>> value((np.float64(2.0), np.array([1.0, 0.5]), None))
    '(2.0, [1.0, 0.5], None)'
    """
    if isinstance(x, (np.ndarray, np.generic)):
        return repr(x.tolist())
    if type(x) is tuple:
        return f"({', '.join(map(value, x))}{',' if len(x) == 1 else ''})"
    if hasattr(x, "_asdict"):
        return f"{type(x).__name__}({', '.join(f'{k}={value(v)}' for k, v in x._asdict().items())})"
    if type(x) is list:
        return f"[{', '.join(map(value, x))}]"
    if type(x) is dict:
        return f"{{{', '.join(f'{k!r}: {value(v)}' for k, v in x.items())}}}"
    return " ".join(repr(x).split())


def missing_libraries() -> dict[str, str]:
    """The optional libraries that are not installed, each with what is missing for it."""
    return dict(entry for module, entry in PURPOSES.items() if find_spec(module) is None)


def progress(items: Sequence, what: str) -> Iterable:
    """Go through `items` with a progress bar, or with one line at the end where tqdm is not installed."""
    if find_spec("tqdm") is None:
        return _plain_progress(items, what)
    from tqdm import tqdm
    return tqdm(items, desc=what, ncols=90)


def _plain_progress(items: Sequence, what: str) -> Iterator:
    yield from items
    print(f"{what}: {len(items)} done")


def plot(path: Path, panels: Mapping[str, Mapping[str, tuple[Any, Any]]], xlabel: str) -> None:
    """Save one picture: a panel for each title, with the named lines (x, y) in it. Does nothing without matplotlib."""
    if find_spec("matplotlib") is None:
        return
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    figure = Figure(figsize=(5 * len(panels), 3.5), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, (title, lines) in zip(np.atleast_1d(figure.subplots(1, len(panels))), panels.items()):
        for name, (x, y) in lines.items():
            axes.plot(x, y, label=name)
        axes.set_title(title)
        axes.set_xlabel(xlabel)
        axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    print(f"plot: {path}")


def verdict(failures: int) -> int:
    """Print the last line of the tour, and return the exit status."""
    print("\n" + ("Everything came out as expected." if not failures else f"{failures} result(s) differ from what was expected."))
    return 1 if failures else 0
