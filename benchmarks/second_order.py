"""`python -m benchmarks.second_order`: the cost of forward mode, and of Hessian-vector products in two ways."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from zygote_py import gradient, hvp, jvp

__all__ = ["main"]


def rosenbrock(x: Any) -> Any:
    return np.sum(100 * (x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2)


def network() -> tuple[Callable, Any]:
    """The loss of a network with one hidden layer, as a function of its first weights, and these."""
    rng = np.random.default_rng(0)
    inputs, targets, last = rng.standard_normal((128, 64)), rng.standard_normal((128, 10)), 0.1 * rng.standard_normal((64, 10))

    def loss(w: Any) -> Any:
        return np.mean((np.tanh(inputs @ w) @ last - targets)**2)
    return loss, 0.1 * rng.standard_normal((64, 64))


def microseconds(call: Callable[[], Any], calls: int = 50) -> float:
    """The median CPU time of a call."""
    call()
    times = []
    for _ in range(calls):
        start = process_time()
        call()
        times.append(process_time() - start)
    return 1e6 * median(times)


def ways(f: Callable, x: Any) -> dict[str, Callable[[], Any]]:
    """The function, its derivative in one direction, and two ways to its Hessian times a vector."""
    v = np.cos(np.arange(x.size)).reshape(x.shape)
    return {"primal": lambda: f(x), "jvp": lambda: jvp(f, (x,), (v,)), "forward over reverse": lambda: hvp(f, x, v),
            "reverse over reverse": lambda: gradient(lambda t: np.sum(gradient(f, t)[0] * v), x)[0]}


def main() -> None:
    """Print one line for each function."""
    for name, (f, x) in {"rosenbrock": (rosenbrock, np.linspace(0.5, 1.5, 1000)), "network": network()}.items():
        calls = ways(f, x)
        np.testing.assert_allclose(calls["forward over reverse"](), calls["reverse over reverse"](), rtol=1e-9)
        print(name, *[f"{way} {microseconds(call):.0f} us" for way, call in calls.items()], sep=", ")


if __name__ == "__main__":
    main()
