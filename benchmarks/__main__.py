"""`python -m benchmarks`: measure, compare, print. Leaves: 0 if every candidate agrees with the hand-written gradient."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

__all__ = ["main"]

ONE_THREAD = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}


def arguments(given: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks",
                                     description="What gradients cost: zygote_py, hand-written gradients, and other libraries.")
    parser.add_argument("--quick", action="store_true", help="few samples, for a smoke run; the figures are rough")
    parser.add_argument("--slow", action="store_true", help="run the peers that take seconds per call, too")
    parser.add_argument("--elapsed", action="store_true", help="measure elapsed time instead of CPU time")
    parser.add_argument("--no-peers", action="store_true", help="leave the other libraries out")
    parser.add_argument("--no-costs", action="store_true", help="leave first calls, memory, imports, overhead and growth out")
    parser.add_argument("--only", metavar="NAME", action="append", default=[], help="only workloads with NAME in their name")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all medians, in seconds, to FILE")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> int:
    """Measure and print everything; return the exit status."""
    options = arguments(given)
    os.environ.update(ONE_THREAD)       # read by the libraries when they are imported, hence before any of them
    from benchmarks import costs, harness, once, peers, table, workloads

    effort = harness.Effort.make(quick=options.quick, elapsed=options.elapsed)
    libraries = {} if options.no_peers else peers.available(slow=options.slow)
    harness.limit_threads()
    harness.settle_memory()
    report = harness.Report(environment=harness.environment(effort, libraries))
    print(table.environment(report))
    for workload in workloads.load(options.only):
        print(f"measuring {workload.name} ...", file=sys.stderr, flush=True)
        report.add(harness.run(workload, effort, libraries))
        if not options.no_costs:
            once.measure(workload, report.rows[-1], effort)
    print(table.ratios(report, over="primal"))
    print(table.ratios(report, over="hand"))
    print(table.aims(report))
    if not options.no_costs:
        print(table.once(report))
    if not (options.no_costs or options.only):
        report.costs, report.failed = costs.measure(effort)
        print(table.costs(report, costs.AIMS))
    if options.json:
        options.json.write_text(json.dumps(report.as_dict(), indent=2) + "\n")
    print(table.problems(report))
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
