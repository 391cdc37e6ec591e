"""What checkpoints save and cost: `python -m benchmarks.checkpoints`.

Each row compares a gradient with checkpoints to the plain one: the peak of memory that Python and NumPy ask for (tracemalloc),
and the time, measured without tracing.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

from zygote_py import checkpointed, checkpointed_loop, gradient


def block(x: Any) -> Any:
    for _ in range(20):
        x = np.tanh(x)
    return x


def plain_blocks(x: Any) -> Any:
    for _ in range(20):
        x = block(x)
    return np.sum(x)


def checkpointed_blocks(x: Any) -> Any:
    for _ in range(20):
        x = checkpointed(block, x)
    return np.sum(x)


def step(x: Any, k: int) -> Any:
    return x - 0.001 * x * x


def plain_steps(x: Any, n: int) -> Any:
    for k in range(n):
        x = step(x, k)
    return np.sum(x)


def checkpointed_steps(x: Any, n: int) -> Any:
    return np.sum(checkpointed_loop(step, x, n))


def sixty_snapshots(x: Any, n: int) -> Any:
    return np.sum(checkpointed_loop(step, x, n, snapshots=60))


def peak(f: Callable, *args: Any) -> float:
    """The peak of memory of a gradient, in MB."""
    gc.collect()
    tracemalloc.start()
    gradient(f, *args)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def seconds(f: Callable, *args: Any) -> float:
    """The time of a gradient, the best of three."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        gradient(f, *args)
        times.append(time.perf_counter() - start)
    return min(times)


def compare(title: str, plain: Callable, *others: Callable, args: tuple) -> None:
    print(title)
    base: tuple[float, float] | None = None
    for f in (plain, *others):
        gradient(f, *args)
        memory, took = peak(f, *args), seconds(f, *args)
        base = base or (memory, took)
        print(f"    {f.__name__:22} {memory:9.2f} MB {took:8.3f} s", end="    ")
        print(f"memory / {base[0] / memory:6.1f}    time x {took / base[1]:.2f}")


def main() -> None:
    compare("20 blocks of 20 tanh, 100 000 numbers", plain_blocks, checkpointed_blocks, args=(np.linspace(-1.0, 1.0, 100_000),))
    compare("10 000 steps, 1 000 numbers", plain_steps, checkpointed_steps, sixty_snapshots, args=(np.ones(1000), 10_000))
    compare("100 000 steps, one number", plain_steps, checkpointed_steps, sixty_snapshots, args=(1.0, 100_000))


if __name__ == "__main__":
    main()
