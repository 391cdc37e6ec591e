"""`python -m tests.fuzz [how many] [first seed]`: try random programs, and report the seeds of those that fail."""

from __future__ import annotations

import sys
import time

from .check import check
from .grammar import source


def main(how_many: int = 20_000, first: int = 0) -> int:
    begin, told, failed = time.perf_counter(), 0, []
    for seed in range(first, first + how_many):
        try:
            told += check(seed)
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                break
            failed.append(seed)
            print(f"seed {seed}: {type(e).__name__}: {str(e)[:300]}", flush=True)
            if len(failed) == 1:
                print(source(seed).split("\n\n\n")[-1])
    print(f"{how_many} programs, {told} of them against differences, {len(failed)} failed: {failed[:50]}, "
          f"{time.perf_counter() - begin:.0f} s")
    return len(failed) > 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
