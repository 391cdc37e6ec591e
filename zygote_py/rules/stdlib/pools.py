"""Pools of threads and of processes: their work is not recorded."""

from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.pool import Pool

from zygote_py.registry import rrule

from .threads import refuse

for f in (Executor.map, ThreadPoolExecutor.submit, ProcessPoolExecutor.submit,
          Pool.map, Pool.starmap, Pool.imap, Pool.imap_unordered, Pool.apply_async, Pool.map_async, Pool.starmap_async):
    rrule(f)(refuse)
