"""`python -m tests.fuzz [how many] [first seed]`: try random programs, and report the seeds of those that fail.

It says how far it is, and from which seed to go on if it is interrupted.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from .check import check
from .grammar import source


def main(how_many: int = 20_000, first: int = 0) -> int:
    begin, told, failed = time.perf_counter(), Counter[str](), []
    seed = first
    try:
        for seed in range(first, first + how_many):
            try:
                told[check(seed)] += 1
            except Exception as e:
                failed.append(seed)
                print(f"seed {seed}: {type(e).__name__}: {str(e)[:300]}", flush=True)
                if len(failed) == 1:
                    print(source(seed))
            if seed % 100 == 99:
                seconds = time.perf_counter() - begin
                print(f"{seed - first + 1} of {how_many} in {seconds:.0f} s: {dict(told)}, {len(failed)} failed", flush=True)
    except KeyboardInterrupt:
        print(f"to go on: python -m tests.fuzz {first + how_many - seed} {seed}")
    print(f"{sum(told.values()) + len(failed)} programs, {dict(told)}, {len(failed)} failed: {failed[:50]}")
    return len(failed) > 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
