"""Workloads, candidates, agreement, measuring.

Enters: a workload. Leaves: the median time of every candidate, each of which was first checked to agree with the gradient that
was written by hand. Candidates take turns, so that a change in the machine's speed meets all of them; CPU time with one thread
is the default clock, because on a shared machine elapsed time says little.
"""

from __future__ import annotations

import gc
import math
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from statistics import median
from timeit import Timer
from typing import Any

import numpy as np

import zygote_py

__all__ = ["Candidate", "Effort", "Report", "Row", "Workload", "environment", "leaves", "limit_threads", "run",
           "seconds_per_call", "settle_memory"]


@dataclass
class Workload:
    """A program to differentiate.

    Attributes
    ----------
    primal : the function, plain Python and NumPy; differentiated by its positional arguments
    hand : an expert's adjoint of the program, inlined, in place, with shared subexpressions; a function of the same arguments
        that returns (value, gradients of the arguments that are not int)
    sharp : the same with what only a person knows: algebra by which parts of the program cancel, facts about the inputs, loops
        turned into one product; None if there is nothing of the kind
    args : positional arguments; an int (a count) has no gradient; lists and dictionaries may nest
    data : keyword arguments, not differentiated
    versions : peer -> function of the peer's module that returns the peer's version of `primal`; without one, the peer runs
        `primal` itself, with its own module in the place of NumPy; None where the peer can't run the program at all
    slow : peers that take seconds per call
    aim, aim_hand : upper bounds for our time over the primal's and over the hand-written gradient's
    """

    name: str
    primal: Callable
    hand: Callable
    args: tuple
    data: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, Callable | None] = field(default_factory=dict)
    slow: frozenset[str] = frozenset()
    sharp: Callable | None = None
    aim: float | None = None
    aim_hand: float | None = None

    @property
    def active(self) -> tuple[int, ...]:
        """The positions that have a gradient."""
        return tuple(i for i, x in enumerate(self.args) if not isinstance(x, int))


@dataclass
class Candidate:
    """A call to be measured, and how to read (value, gradients) off its result."""

    call: Callable
    args: tuple = ()
    data: dict[str, Any] = field(default_factory=dict)
    read: Callable[[Any], tuple[Any, tuple]] = lambda result: result

    def timer(self, clock: Callable[[], float]) -> Timer:
        """A timer of nothing but the call, with the garbage collector at work as it is for users."""
        names = {f"a{i}": x for i, x in enumerate(self.args)}
        call = ", ".join([*names, *(f"{k}={k}" for k in self.data)])
        return Timer(f"call({call})", "gc.enable()", clock, {"call": self.call, "gc": gc, **names, **self.data})


@dataclass
class Effort:
    """The clock; seconds per sample, number of samples, seconds after which a candidate is left alone; number of first calls."""

    clock: Callable[[], float]
    sample: float
    rounds: int
    budget: float
    firsts: int

    @classmethod
    def make(cls, quick: bool, elapsed: bool = False) -> Effort:
        """The usual effort, or a quick one."""
        clock = time.perf_counter if elapsed else time.process_time
        return cls(clock, 0.002, 5, 0.1, 1) if quick else cls(clock, 0.005, 25, 2.0, 5)


@dataclass
class Row:
    """The medians of one workload, in seconds; the first call, and peaks of memory, in bytes; what went wrong."""

    name: str
    aim: float | None
    aim_hand: float | None
    seconds: dict[str, float] = field(default_factory=dict)
    first: float | None = None
    peak: dict[str, int] = field(default_factory=dict)
    rewritten: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass
class Report:
    """Everything that was measured in one run."""

    environment: dict[str, str]
    rows: list[Row] = field(default_factory=list)
    costs: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Put one more row under the others."""
        self.rows.append(row)

    @property
    def problems(self) -> list[str]:
        """What went wrong, in all rows and besides."""
        return [f"{row.name}: {problem}" for row in self.rows for problem in row.problems] + self.failed

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return {**asdict(self), "problems": self.problems}


def limit_threads() -> None:
    """Hold libraries that were imported before the settings of the environment could tell them to one thread."""
    try:
        import threadpoolctl
    except ImportError:
        return
    threadpoolctl.threadpool_limits(1)


def settle_memory() -> None:
    """Let the C library keep memory that is given back: freeing one large block raises the size up to which it does.

    Without this, it depends on what ran before whether an array of some 100 kB is fetched from the system anew at each call,
    which makes that call several times as slow.
    """
    np.ones(31 * 2**20, np.uint8)


def environment(effort: Effort, libraries: dict[str, Any]) -> dict[str, str]:
    """What the figures depend on."""
    clock = "elapsed time" if effort.clock is time.perf_counter else "CPU time"
    versions = {peer.library: peer.version for peer in libraries.values()}
    return {"clock": f"{clock}, one thread", "python": platform.python_version(), "numpy": np.__version__, **versions}


def run(workload: Workload, effort: Effort, libraries: dict[str, Any]) -> Row:
    """Check and measure every candidate of a workload."""
    row = Row(workload.name, workload.aim, workload.aim_hand, rewritten=sorted(workload.versions))
    args, data, active = workload.args, workload.data, workload.active

    def read_ours(result: Any) -> tuple[Any, tuple]:
        return result.val, tuple(result.grad[i] for i in active)

    compiled = Candidate(zygote_py.withgradient, (workload.primal, zygote_py.AutoNumba(), *args), data, read_ours)
    candidates = {
        "primal": Candidate(workload.primal, args, data, lambda value: (value, ())),
        "ours": Candidate(zygote_py.withgradient, (workload.primal, *args), data, read_ours),
        **({"numba": compiled} if has_machine_code(compiled) else {}),
        "hand": Candidate(workload.hand, args, data),
        "hand again": Candidate(workload.hand, args, data),
        **({"sharp": Candidate(workload.sharp, args, data)} if workload.sharp is not None else {}),
    }
    for name, peer in libraries.items():
        if (name in workload.slow and not peer.slow) or workload.versions.get(name, True) is None:
            continue
        try:
            candidates[name] = Candidate(peer.prepare(workload))
        except Exception as error:
            row.problems.append(f"{name}: {type(error).__name__}: {error}")
    expected = workload.hand(*args, **data)
    for name, candidate in list(candidates.items()):
        problem = disagreement(candidate, expected)
        if problem:
            row.problems.append(f"{name}: {problem}")
            del candidates[name]
    row.seconds = seconds_per_call(candidates, effort)
    return row


def has_machine_code(candidate: Candidate) -> bool:
    """Whether numba is there, and can compile a workload; it is compiled by that."""
    try:
        candidate.call(*candidate.args, **candidate.data)
    except (ImportError, zygote_py.UnsupportedCodeError):
        return False
    return True


def disagreement(candidate: Candidate, expected: tuple[Any, tuple]) -> str | None:
    """How a candidate's value and gradients differ from those written by hand, or None."""
    try:
        value, gradients = candidate.read(candidate.call(*candidate.args, **candidate.data))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if not np.allclose(np.asarray(value), expected[0], rtol=1e-8):
        return f"value {value}, by hand {expected[0]}"
    found, by_hands = list(leaves(gradients)), list(leaves(expected[1]))
    if found and len(found) != len(by_hands):           # a primal has none
        return f"{len(found)} gradients, by hand {len(by_hands)}"
    for i, (got, by_hand) in enumerate(zip(found, by_hands)):
        if got is None:
            return f"no gradient for argument {i}"
        difference = np.max(np.abs(np.asarray(got) - by_hand))
        if not difference <= 1e-8 * max(np.max(np.abs(by_hand)), 1e-300):
            return f"the gradient of argument {i} is off by {difference:.2g}"
    return None


def leaves(tree: Any) -> Iterator[Any]:
    """What lists, tuples and dictionaries hold, however they nest.

    >>> list(leaves(({"b": 1, "a": [2, 3]}, 4)))
    [2, 3, 1, 4]
    """
    if isinstance(tree, dict):
        for key in sorted(tree):
            yield from leaves(tree[key])
    elif isinstance(tree, (list, tuple)):
        for item in tree:
            yield from leaves(item)
    else:
        yield tree


def seconds_per_call(candidates: dict[str, Candidate], effort: Effort) -> dict[str, float]:
    """Median seconds per call of every candidate, measured in turns."""
    timers = {name: candidate.timer(effort.clock) for name, candidate in candidates.items()}
    repeats = {name: max(1, math.ceil(effort.sample / estimate(timer))) for name, timer in timers.items()}
    samples: dict[str, list[float]] = {name: [] for name in timers}
    for _round in range(effort.rounds):
        for name, timer in timers.items():
            if sum(samples[name]) * repeats[name] < effort.budget:
                samples[name].append(timer.timeit(repeats[name]) / repeats[name])
    return {name: median(values) for name, values in samples.items()}


def estimate(timer: Timer) -> float:
    """About how many seconds one call takes."""
    number = 1
    while (spent := timer.timeit(number)) < 0.0005:
        number *= 4
    return spent / number
