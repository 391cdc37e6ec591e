"""Ordinary programs, as people write them with NumPy and Python alone: which libraries differentiate them as they stand?

`python -m benchmarks.unchanged` prints the table of README. Each program is given to each library with nothing changed: no other
NumPy, no other types, no rewriting. A cell is what came of it: the right derivative, a wrong one, or the error.
"""

from __future__ import annotations

import math
import statistics
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata, util
from typing import Any

import numpy as np

__all__ = ["LIBRARIES", "PROGRAMS", "main", "outcome", "table"]


def writes_into_an_array(x):
    out = np.zeros(4)
    for i in range(4):
        out[i] = x * i
    return np.sum(out**2)


def uses_the_standard_library(x):
    return math.sin(x) + statistics.fmean([x, 2 * x, x**2])


def asks_for_the_type(x):
    if isinstance(x, (int, float)):
        return x * x
    raise TypeError("a number is needed")


def sorts_in_place(a):
    a = a.copy()
    a.sort()
    a[1:] -= a[:-1]
    return np.sum(a * np.arange(len(a)))


@dataclass
class Spring:
    stiffness: float
    length: float

    def energy(self, x):
        return 0.5 * self.stiffness * (x - self.length)**2


def takes_an_object(spring):
    return spring.energy(3.0)


def calls_scipy(x):
    import scipy.special
    return scipy.special.gammaln(x) * np.exp(-x)


def updates_an_argument(a):
    a *= 2
    np.add.at(a, [0, 0, 1], 1.0)
    return float(np.sum(a**3))


# what the program does, the program, its argument, its derivative
PROGRAMS: list[tuple[str, Callable, Callable[[], Any], Any]] = [
    ("writes into an array, in a loop", writes_into_an_array, lambda: 2.0, 56.0),
    ("uses `math` and `statistics`", uses_the_standard_library, lambda: 0.5, math.cos(0.5) + 4 / 3),
    ("asks `isinstance(x, float)`", asks_for_the_type, lambda: 3.0, 6.0),
    ("sorts in place, and updates a slice", sorts_in_place, lambda: np.array([3.0, 1.0, 2.0]), [2.0, -1.0, -1.0]),
    ("takes an object of a class of yours", takes_an_object, lambda: Spring(2.0, 1.0), [2.0, -4.0]),
    ("calls SciPy", calls_scipy, lambda: 2.5, 0.03435041885),
    ("updates its argument, returns `float(...)`", updates_an_argument, lambda: np.array([1.0, 2.0, 3.0]), [96.0, 150.0, 216.0]),
]


def by_zygote_py(f: Callable, x: Any) -> Any:
    from zygote_py import gradient
    return gradient(f, x)[0]


def by_autograd(f: Callable, x: Any) -> Any:
    from autograd import grad
    return grad(f)(x)


def by_jax(f: Callable, x: Any) -> Any:
    import jax
    jax.config.update("jax_enable_x64", True)
    return jax.grad(f)(x)


def by_torch(f: Callable, x: Any) -> Any:
    import torch
    if isinstance(x, Spring):
        x = Spring(torch.tensor(x.stiffness, requires_grad=True), torch.tensor(x.length, requires_grad=True))
        f(x).backward()
        return Spring(x.stiffness.grad, x.length.grad)
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y = f(t)
    y.backward()
    return t.grad


LIBRARIES: dict[str, Callable] = {"zygote_py": by_zygote_py, "autograd": by_autograd, "jax": by_jax, "torch": by_torch}


def outcome(way: Callable, f: Callable, x: Any, expected: Any) -> str:
    """'right', 'wrong: ...', or the name of the error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            d = way(f, x)
        except Exception as error:
            return type(error).__name__
    if hasattr(d, "stiffness"):
        d = [d.stiffness, d.length]
    if d is None:
        return "wrong: None"
    found = np.asarray([float(p) for p in d] if np.shape(d) else float(d))
    return "right" if np.allclose(found, expected) else f"wrong: {found.tolist()}"


def table(libraries: list[str]) -> str:
    """The table, in Markdown."""
    head = ["the program"] + [f"{name} {metadata.version(name.replace('_', '-'))}" if name != "zygote_py" else name
                              for name in libraries]
    rows = [head, ["---"] * len(head)]
    for what, f, x, expected in PROGRAMS:
        rows.append([what] + [outcome(LIBRARIES[name], f, x(), expected) for name in libraries])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def main() -> None:
    """Print the table for the libraries that are installed."""
    print(table([name for name in LIBRARIES if util.find_spec(name) is not None]))


if __name__ == "__main__":
    main()
