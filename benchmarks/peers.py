"""The other libraries: autograd, MyGrad, torch on the CPU, JAX eager and compiled.

A peer runs the workload's own code with its module in the place of NumPy, or the version that the workload has for it. It gets
the best case: inputs converted beforehand, compiled once.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.harness import Workload, leaves

__all__ = ["Peer", "adapted", "available", "with_numpy"]


@dataclass
class Peer:
    """A library, ready to be used: `prepare` makes a function without arguments that returns (value, gradients)."""

    library: str
    version: str
    prepare: Callable[[Workload], Callable[[], tuple[Any, tuple]]]
    slow: bool


def available(slow: bool) -> dict[str, Peer]:
    """The peers that are installed, by name; the others are named on standard error."""
    found = {}
    for name, library, make in (("autograd", "autograd", autograd), ("mygrad", "mygrad", mygrad), ("torch", "torch", torch),
                                ("jax", "jax", jax_eager), ("jax_jit", "jax", jax_jit)):
        try:
            module = importlib.import_module(library)
        except ImportError:
            print(f'skipped: {name}; it is not installed (the extra "bench" adds it)', file=sys.stderr)
            continue
        found[name] = Peer(library, metadata.version(library), make(module), slow)
    return found


def with_numpy(f: Callable, numpy: Any, **others: Any) -> Callable:
    """A copy of `f`, and of what it calls in its own module, with another module in the place of NumPy; `others` by name.

    >>> with_numpy(largest, SimpleNamespace(max=min))([2.0, 1.0])
    1.0
    >>> with_numpy(largest, SimpleNamespace(max=min), prepared=lambda x: [3 * a for a in x])([2.0, 1.0])
    3.0
    """
    names = {**f.__globals__, "np": numpy, **others}
    for name, g in names.items():
        if isinstance(g, FunctionType) and g.__module__ == f.__module__:
            names[name] = FunctionType(g.__code__, names, g.__name__, g.__defaults__, g.__closure__)
    return names[f.__name__]


def largest(x: Any) -> Any:
    """An example for `with_numpy`."""
    return np.max(prepared(x))


def prepared(x: Any) -> Any:
    """What an example for `with_numpy` calls."""
    return x


def adapted(f: Callable, *modules: str, **others: Any) -> Callable[[ModuleType], Callable]:
    """A version for any peer: its NumPy stands for ours, and for further `modules` that `f` names, such as math."""
    def of_peer(module: ModuleType) -> Callable:
        numpy = numpy_of(module)
        return with_numpy(f, numpy, **dict.fromkeys(modules, numpy), **others)
    return of_peer


def numpy_of(module: ModuleType) -> Any:
    """What a peer has in the place of NumPy."""
    if module.__name__ == "torch":      # what has another name there, or is of single precision unless one says so
        double = {name: partial(getattr(module, name), dtype=module.float64) for name in ("eye", "zeros")}
        return SimpleNamespace(**{**vars(module), **double, "max": module.amax, "maximum": lambda a, b: module.clamp(a, min=b)})
    if module.__name__ == "autograd":
        return importlib.import_module("autograd.numpy")
    return module.numpy if module.__name__ == "jax" else np


def version(workload: Workload, peer: str, module: ModuleType) -> Callable:
    """What a peer runs: its own version of the workload, or the same code on its own NumPy."""
    return (workload.versions.get(peer) or adapted(workload.primal))(module)


def converted(x: Any, convert: Callable[[Any], Any]) -> Any:
    """The same dictionaries and lists of converted values; counts stay as they are.

    >>> converted({"a": [1.5, 2]}, lambda x: -x)
    {'a': [-1.5, 2]}
    """
    if isinstance(x, dict):
        return {k: converted(v, convert) for k, v in x.items()}
    if isinstance(x, list):
        return [converted(v, convert) for v in x]
    return x if isinstance(x, int) else convert(x)


def autograd(module: ModuleType) -> Callable:
    """autograd records the run on a tape."""
    def prepare(workload: Workload) -> Callable[[], tuple[Any, tuple]]:
        f = version(workload, "autograd", module)
        both = module.value_and_grad(lambda *args: f(*args, **workload.data), workload.active)
        return lambda: both(*workload.args)
    return prepare


def mygrad(module: ModuleType) -> Callable:
    """MyGrad records the run on a graph; its tensors go through NumPy's own functions."""
    def prepare(workload: Workload) -> Callable[[], tuple[Any, tuple]]:
        f = version(workload, "mygrad", module)

        def both() -> tuple[Any, tuple]:
            args = [converted(x, lambda a: module.tensor(a, copy=False)) for x in workload.args]
            y = f(*args, **workload.data)
            y.backward()
            return y.data, tuple(converted(args[i], lambda a: a.grad) for i in workload.active)
        return both
    return prepare


def torch(module: ModuleType) -> Callable:
    """torch records the run on a tape; workloads that it has one function for have a version for it."""
    module.set_num_threads(1)

    def convert(x: Any, requires_grad: bool) -> Any:
        return converted(x, lambda a: module.tensor(a, dtype=module.float64, requires_grad=requires_grad))

    def prepare(workload: Workload) -> Callable[[], tuple[Any, tuple]]:
        f = version(workload, "torch", module)
        args = [convert(x, True) for x in workload.args]
        data = {k: convert(x, False) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x
                for k, x in workload.data.items()}
        inputs = [x for i in workload.active for x in leaves(args[i])]

        def both() -> tuple[Any, tuple]:
            y = f(*args, **data)
            return y.detach(), module.autograd.grad(y, inputs)
        return both
    return prepare


def jax_function(module: ModuleType, workload: Workload, peer: str) -> tuple[Callable, list]:
    """What JAX runs, as a function of the active arguments only, and these arguments, converted."""
    module.config.update("jax_enable_x64", True)
    f = version(workload, peer, module)

    def of_active(*active: Any) -> Any:
        args = list(workload.args)
        for i, x in zip(workload.active, active):
            args[i] = x
        return f(*args, **workload.data)

    positions = tuple(range(len(workload.active)))
    return (module.value_and_grad(of_active, positions),
            [module.tree_util.tree_map(module.numpy.asarray, workload.args[i]) for i in workload.active])


def jax_eager(module: ModuleType) -> Callable:
    """JAX, one operation at a time."""
    def prepare(workload: Workload) -> Callable[[], tuple[Any, tuple]]:
        both, args = jax_function(module, workload, "jax")
        return lambda: module.block_until_ready(both(*args))
    return prepare


def jax_jit(module: ModuleType) -> Callable:
    """JAX, compiled; where a Python loop would be unrolled, the workload has a version with lax.fori_loop or lax.scan."""
    def prepare(workload: Workload) -> Callable[[], tuple[Any, tuple]]:
        both, args = jax_function(module, workload, "jax_jit")
        compiled = module.jit(both)
        return lambda: module.block_until_ready(compiled(*args))
    return prepare
