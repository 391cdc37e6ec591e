"""`python -m tests.fuzz [how many] [first seed] [processes]`: try random programs, and report the seeds of those that fail.

It says how far it is, and from which seed to go on if it is interrupted. Every hundred programs get a process of their own, so
that the last one finds the memory of the first.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections import Counter

from .check import check_all
from .text import source

AT_ONCE = 100


def main(how_many: int = 20_000, first: int = 0, processes: int = 1) -> int:
    begin, done, last = time.perf_counter(), 0, first + how_many
    told, failed = Counter[str](), list[int]()
    parts = [range(seed, min(seed + AT_ONCE, last)) for seed in range(first, last, AT_ONCE)]
    with multiprocessing.get_context("spawn").Pool(processes, maxtasksperchild=1) as pool:
        try:
            for part, (found, wrong) in zip(parts, pool.imap(check_all, parts)):
                for seed, why in wrong.items():
                    print(f"seed {seed}: {why}", *() if failed else (source(seed),), sep="\n")
                    failed.append(seed)
                told += found
                done += len(part)
                seconds = time.perf_counter() - begin
                print(f"{done} of {how_many} in {seconds:.0f} s: {dict(told)}, {len(failed)} failed", flush=True)
        except KeyboardInterrupt:
            print(f"to go on: python -m tests.fuzz {how_many - done} {first + done} {processes}")
    print(f"{done} programs, {dict(told)}, {len(failed)} failed: {failed[:50]}")
    return len(failed) > 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
