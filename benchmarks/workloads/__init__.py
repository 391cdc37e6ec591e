"""One program a file: the primal, the gradient that an expert writes by hand, inputs, and versions for peers that need one."""

from __future__ import annotations

from importlib import import_module

from benchmarks.harness import Workload

__all__ = ["MODULES", "load"]

MODULES = ("sincos", "power", "recursion", "logsumexp", "logreg", "mlp", "rnn", "rk4", "rosenbrock", "stencil", "fill",
           "particles", "gmm", "bundle", "lstm", "black_scholes", "nested", "gp", "fft", "fan", "mooncake")


def load(only: list[str]) -> list[Workload]:
    """All workloads, or those with one of the given words in their names."""
    found = [workload for name in MODULES for workload in import_module(f"{__name__}.{name}").workloads()]
    return [workload for workload in found if not only or any(word in workload.name for word in only)]
