"""Medians and ratios as text."""

from __future__ import annotations

import math

from benchmarks.harness import Report, Row

__all__ = ["aims", "costs", "environment", "geometric_mean", "number", "once", "problems", "ratios", "seconds", "size"]

CANDIDATES = ("ours", "numba", "hand", "hand again", "sharp", "autograd", "mygrad", "torch", "jax", "jax_jit")


def seconds(t: float) -> str:
    """A time with three digits.

    >>> seconds(1.118e-7), seconds(0.0309), seconds(12)
    ('112 ns', '30.9 ms', '12 s')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if t >= size:
            return f"{t / size:.3g} {unit}"
    return f"{t / 1e-9:.3g} ns"


def number(r: float) -> str:
    """A ratio with three digits.

    >>> number(2.6987), number(0.0531), number(13613.2)
    ('2.70', '0.053', '13610')
    """
    if r >= 1000:
        return f"{round(r, -1):.0f}"
    return f"{r:.0f}" if r >= 100 else f"{r:.1f}" if r >= 10 else f"{r:.2f}" if r >= 0.1 else f"{r:.3f}"


def lines(header: list[str], rows: list[list[str]]) -> str:
    """A table with its first column to the left and the others to the right."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]

    def line(row: list[str]) -> str:
        return "| " + " | ".join(x.ljust(w) if i == 0 else x.rjust(w) for i, (x, w) in enumerate(zip(row, widths))) + " |"

    rule = "|" + "|".join("-" * (w + 2) if i == 0 else "-" * (w + 1) + ":" for i, w in enumerate(widths)) + "|"
    return "\n".join([line(header), rule, *map(line, rows)])


def environment(report: Report) -> str:
    """One line that says what the figures depend on."""
    return ", ".join(f"{name} {value}" if name != "clock" else value for name, value in report.environment.items())


def ratios(report: Report, over: str) -> str:
    """Every candidate's time over that of one of them; `*` marks a peer that needs its own version of the program."""
    names = [name for name in CANDIDATES if name != over and any(name in row.seconds for row in report.rows)]
    if over == "primal":
        names = [name for name in names if name != "hand again"]

    def cell(row: Row, name: str) -> str:
        if name not in row.seconds or over not in row.seconds:
            return "-"
        return number(row.seconds[name] / row.seconds[over]) + ("*" if name in row.rewritten else "")

    body = [[row.name, seconds(row.seconds[over]) if over in row.seconds else "-", *(cell(row, name) for name in names)]
            for row in report.rows]
    means = [geometric_mean(report, name, over) for name in names]
    body.append(["geometric mean", "", *(number(mean) if mean else "-" for mean in means)])
    title = "the primal's time" if over == "primal" else "the hand-written gradient's time"
    return f"\nGradient and value, times {title} (`*` = own version of the program)\n\n" + lines(["workload", over, *names], body)


def geometric_mean(report: Report, name: str, over: str) -> float | None:
    """Of a candidate's ratios, over the workloads that it could run."""
    ratios = [row.seconds[name] / row.seconds[over] for row in report.rows if name in row.seconds and over in row.seconds]
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None


def once(report: Report) -> str:
    """The first call and the peak of memory of each workload."""
    def line(row: Row) -> list[str]:
        ratio = number(row.peak["ours"] / max(row.peak["hand"], 1)) if row.peak else "-"
        return [row.name, "-" if row.first is None else seconds(row.first), *map(size, row.peak.values()), ratio]
    rows = [line(row) for row in report.rows if row.peak]
    return ("\nThe first call, over a warm one, and peaks of memory\n\n"
            + lines(["workload", "first call", "primal", "ours", "hand", "ours / hand"], rows))


def size(n: int) -> str:
    """An amount of memory with three digits.

    >>> size(1234), size(25_000_000)
    ('1.23 kB', '25 MB')
    """
    return next(f"{n / unit:.3g} {name}" for name, unit in (("MB", 1e6), ("kB", 1e3), ("B", 1)) if n >= unit or unit == 1)


def aims(report: Report) -> str:
    """Where our time is above what it is meant to be."""
    missed = []
    for row in report.rows:
        for aim, over in ((row.aim, "primal"), (row.aim_hand, "hand")):
            if aim is not None and "ours" in row.seconds and row.seconds["ours"] > aim * row.seconds[over]:
                missed.append(f"{row.name}: {number(row.seconds['ours'] / row.seconds[over])} x {over}, the aim is {aim}")
    return "\nAbove its aim: " + ("; ".join(missed) if missed else "nothing")


def costs(report: Report, aims: dict[str, float]) -> str:
    """What a user pays besides, each with its aim where it has one."""
    width = max(map(len, report.costs), default=0)

    def line(name: str, cost: float) -> str:
        written = number if name.startswith("growth") else seconds
        return f"{name.ljust(width)}  {written(cost).rjust(8)}" + (f"   (aim: {written(aims[name])})" if name in aims else "")
    return "\nBesides\n\n" + "\n".join(line(name, cost) for name, cost in report.costs.items())


def problems(report: Report) -> str:
    """What disagreed or failed."""
    if not report.problems:
        return "\nEvery candidate agrees with the hand-written gradient."
    return "\nPROBLEMS\n" + "\n".join(report.problems)
