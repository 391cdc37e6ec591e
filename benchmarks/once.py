"""What a workload costs besides the time of a warm call: the first call, and the peak of memory.

    first    `withgradient` of a program that was never seen, less a warm call: reading, transforming, compiling
    peak     of the memory that Python and NumPy hold during one call, over what they hold before (tracemalloc)
"""

from __future__ import annotations

import importlib.util
import itertools
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any

import zygote_py
from benchmarks.harness import Effort, Row, Workload

__all__ = ["first_call", "fresh", "measure", "peak"]

COUNT = itertools.count()


def measure(workload: Workload, row: Row, effort: Effort) -> None:
    """Put both beside the medians of a workload."""
    args, data = workload.args, workload.data
    row.peak = {"primal": peak(lambda: workload.primal(*args, **data)),
                "ours": peak(lambda: zygote_py.withgradient(workload.primal, *args, **data)),
                "hand": peak(lambda: workload.hand(*args, **data))}
    path = sys.modules[workload.primal.__module__].__file__
    if path is not None and "ours" in row.seconds:
        row.first = max(0.0, first_call(Path(path), workload.name, effort) - row.seconds["ours"])


def peak(call: Callable[[], Any]) -> int:
    """The most bytes that a call holds at a time."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        call()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def first_call(path: Path, name: str, effort: Effort) -> float:
    """The median time of the first gradient of a workload that a file holds."""
    def once() -> float:
        w = next(w for w in fresh(path, folder).workloads() if w.name == name)
        start = effort.clock()
        zygote_py.withgradient(w.primal, *w.args, **w.data)
        return effort.clock() - start
    with tempfile.TemporaryDirectory() as folder:
        return median(once() for _round in range(effort.firsts))


def fresh(path: Path, folder: str) -> ModuleType:
    """Import a copy of a file under a new name: functions that were never seen, with a source file of their own."""
    name = f"{path.stem}_{next(COUNT)}"
    copy = Path(folder, f"{name}.py")
    copy.write_text(path.read_text())
    spec = importlib.util.spec_from_file_location(name, copy)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
