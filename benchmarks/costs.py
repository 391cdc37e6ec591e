"""What a user pays besides the gradient itself.

    first call   of `withgradient` on a function of fifty lines that was never seen
    import       of zygote_py, over NumPy's own
    overhead     of a warm `gradient(f, x)` over the generated function that it runs; with a fresh lambda at each call
    growth       of the time per element, where a loop indexes an array

All in seconds but for growth, which is a ratio: 1 means linear.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

import zygote_py
from benchmarks.harness import Candidate, Effort, seconds_per_call
from benchmarks.once import first_call
from benchmarks.workloads import rosenbrock

__all__ = ["AIMS", "measure"]

HERE = Path(__file__).parent / "workloads"

IMPORT = "import of zygote_py, over NumPy's"
WARM, FRESH = "overhead of a warm gradient(f, x)", "overhead of gradient(lambda x: ..., x)"
AIMS = {"first call, fifty_lines": 0.060, IMPORT: 0.25, WARM: 3e-6, FRESH: 6e-6}      # upper bounds, in seconds


def measure(effort: Effort) -> tuple[dict[str, float], list[str]]:
    """Every cost that can be measured, and what went wrong with the others."""
    found: dict[str, float] = {}
    failed = []
    for part in (first_calls, imports, overhead, growth):
        try:
            found.update(part(effort))
        except Exception as error:
            failed.append(f"{part.__name__.replace('_', ' ')}: {type(error).__name__}: {error}")
    return found, failed


def first_calls(effort: Effort) -> dict[str, float]:
    """The first gradient of a function of fifty lines."""
    return {"first call, fifty_lines": first_call(HERE / "fifty_lines.py", "fifty_lines", effort)}


def imports(effort: Effort) -> dict[str, float]:
    """Import time of zygote_py in a new process, where NumPy was imported before."""
    clock = effort.clock.__name__
    code = f"import numpy, time; start = time.{clock}(); import zygote_py; print(time.{clock}() - start)"

    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}   # users have the byte code

    def once() -> float:
        return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                                    env=environment).stdout)
    once()      # writes the byte code
    return {IMPORT: median(once() for _round in range(effort.rounds))}


def overhead(effort: Effort) -> dict[str, float]:
    """A warm `gradient` call on a small function, less the generated function itself."""
    gradient = zygote_py.gradient

    def f(x):
        return 3 * x**2 + 2 * x + 1

    def with_fresh_lambda(x):
        return gradient(lambda x: 3 * x**2 + 2 * x + 1, x)

    make_joint = getattr(sys.modules.get("zygote_py.pipeline"), "joint", None)
    if make_joint is None:
        print("skipped: overhead; this version does not hand out the generated function", file=sys.stderr)
        return {}
    joint = make_joint(f, 5.0)
    for _ in range(3):          # the code is made by the first call
        gradient(f, 5.0)
        with_fresh_lambda(5.0)
    times = seconds_per_call({
        "generated": Candidate(joint, (None, 5.0)),
        "warm": Candidate(gradient, (f, 5.0)),
        "fresh": Candidate(with_fresh_lambda, (5.0,)),
    }, effort)
    return {"generated function of 3x**2 + 2x + 1": times["generated"],
            WARM: times["warm"] - times["generated"],
            FRESH: times["fresh"] - times["generated"]}


def growth(effort: Effort) -> dict[str, float]:
    """Time per element of the Rosenbrock loop, over that for 100 elements; more than 1 is more than linear."""
    def candidates() -> Iterator[tuple[str, Candidate]]:
        for n in (100, 1000, 10_000):
            x = np.random.default_rng(0).normal(size=n)
            yield str(n), Candidate(zygote_py.withgradient, (rosenbrock.rosenbrock, x))

    times = seconds_per_call(dict(candidates()), effort)
    per_element = {n: t / int(n) for n, t in times.items()}
    start = per_element.pop("100")
    return {f"growth per element, rosenbrock from 100 to {n}": t / start for n, t in per_element.items()}
