"""The chain rules of the standard library; those for pools wait until these are imported."""

from zygote_py.registry import when_imported

from . import builtins, cmath, math, numbers, operators, random, statistics, threads

when_imported("concurrent.futures.thread", "zygote_py.rules.stdlib.pools")
when_imported("multiprocessing.pool", "zygote_py.rules.stdlib.pools")

__all__ = ["builtins", "cmath", "math", "numbers", "operators", "random", "statistics", "threads"]
