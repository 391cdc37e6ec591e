"""What a user pays besides the gradient itself.

    first call   of `withgradient` on a function of fifty lines that was never seen
    import       of zygote_py, over NumPy's own
    overhead     of a warm `gradient(f, x)` over the generated function that it runs; with a fresh lambda at each call
    growth       of the time per element, where a loop indexes an array; of the first call per line, in longer functions

All in seconds but for growth, which is a ratio: 1 means linear.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

import zygote_py
from benchmarks.harness import Candidate, Effort, seconds_per_call
from benchmarks.once import first_call, fresh
from benchmarks.workloads import rosenbrock

__all__ = ["AIMS", "measure"]

HERE = Path(__file__).parent / "workloads"

IMPORT = "import of zygote_py, over NumPy's"
LONGER = "growth per line of the first call, from 100 lines to 1000"
WARM, FRESH = "overhead of a warm gradient(f, x)", "overhead of gradient(lambda x: ..., x)"
AIMS = {"first call, fifty_lines": 0.060, IMPORT: 0.25, WARM: 3e-6, FRESH: 6e-6, LONGER: 1.41}      # upper bounds


def measure(effort: Effort) -> tuple[dict[str, float], list[str]]:
    """Every cost that can be measured, and what went wrong with the others."""
    found: dict[str, float] = {}
    failed = []
    for part in (first_calls, imports, overhead, growth, longer):
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

    make_joint = getattr(sys.modules.get("zygote_py.requests"), "joint", None)
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


def longer(effort: Effort) -> dict[str, float]:
    """Time per line of the first gradient of a function of 1000 lines, over that of one of 100."""
    part = ("    a{k} = math.sin(y) * x + 0.5\n    b{k} = a{k} * y - a{k} / (1.0 + x * x)\n"
            "    if b{k} > 2.0:\n        b{k} = b{k} / 2\n    y = y * 0.5 + 0.001 * math.cos(b{k})\n")
    per_line = []
    with tempfile.TemporaryDirectory() as folder:
        for lines in (100, 1000):
            path = Path(folder, f"lines_{lines}.py")
            path.write_text("import math\n\n\ndef f(x):\n    y = x\n" + "".join(
                part.replace("{k}", str(k)) for k in range(lines // 5)) + "    return y\n")

            def once(path: Path = path) -> float:
                f = fresh(path, folder).f
                start = effort.clock()
                zygote_py.gradient(f, 0.7)
                return effort.clock() - start
            per_line.append(median(once() for _round in range(min(3, effort.firsts))) / lines)
    return {LONGER: per_line[1] / per_line[0]}
