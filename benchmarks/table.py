"""Medians and ratios as text."""

from __future__ import annotations

from benchmarks.harness import Report, Row

__all__ = ["aims", "costs", "environment", "number", "problems", "ratios", "seconds"]

CANDIDATES = ("ours", "hand", "hand again", "sharp", "autograd", "torch", "jax", "jax_jit")


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
    title = "the primal's time" if over == "primal" else "the hand-written gradient's time"
    return f"\nGradient and value, times {title} (`*` = own version of the program)\n\n" + lines(["workload", over, *names], body)


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
        text = number(cost) if name.startswith("growth") else seconds(cost)
        return f"{name.ljust(width)}  {text.rjust(8)}" + (f"   (aim: {seconds(aims[name])})" if name in aims else "")
    return "\nBesides\n\n" + "\n".join(line(name, cost) for name, cost in report.costs.items())


def problems(report: Report) -> str:
    """What disagreed or failed."""
    if not report.problems:
        return "\nEvery candidate agrees with the hand-written gradient."
    return "\nPROBLEMS\n" + "\n".join(report.problems)
