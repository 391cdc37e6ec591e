"""The table of programs: `@program` enters a plain function, with the arguments to run it on.

The programs know nothing of differentiation. Each takes numbers, arrays or structures of them and returns one real number.
Several argument tuples make different branches run, and keep away from kinks unless the entry says so.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

PROGRAMS: dict[str, Program] = {}
NO_PROGRAMS = {"colour", "expect", "table"}


@dataclass
class Program:
    """One entry.

    Attributes
    ----------
    name : module and function name, `closures.counter`
    function : the program
    arguments : the argument tuples to run it on
    keywords : keyword arguments that are passed on in every run
    integers : whether integers in the arguments are numbers to differentiate by
    kinks : whether the arguments lie on a kink, where differences tell nothing
    rtol : how well differences can be met, for programs that do not count in double precision
    order : 2 if the program is smooth, takes floats and arrays only, and can be differentiated twice
    """

    name: str
    function: Callable
    arguments: tuple
    keywords: dict[str, Any] = field(default_factory=dict)
    integers: bool = False
    kinks: bool = False
    order: int = 1
    rtol: float = 2e-6


def program(args: tuple | list, *, name: str | None = None, keywords: dict | None = None, integers: bool = False,
            kinks: bool = False, order: int = 1, rtol: float = 2e-6) -> Callable[[Callable], Callable]:
    """Enter the decorated function into the table, and leave it as it is."""
    def enter(f: Callable) -> Callable:
        module = f.__module__.rpartition(".")[2]
        full = f"{module}.{name or f.__name__}"
        assert full not in PROGRAMS, f"two programs are called {full}"
        assert all(isinstance(each, tuple) for each in args), f"{full}: args is a list of argument tuples"
        PROGRAMS[full] = Program(full, f, tuple(args), keywords or {}, integers, kinks, order, rtol)
        return f
    return enter


def enter(f: Callable, args: tuple | list, *, name: str, module: str, **flags: Any) -> None:
    """Enter something that a decorator cannot be put on: a lambda, a partial, a bound method."""
    full = f"{module.rpartition('.')[2]}.{name}"
    assert full not in PROGRAMS, f"two programs are called {full}"
    PROGRAMS[full] = Program(full, f, tuple(args), **flags)


def load() -> dict[str, Program]:
    """Import every module of programs, and return the table."""
    package = importlib.import_module(__package__)
    for found in pkgutil.iter_modules(package.__path__):
        if found.name not in NO_PROGRAMS and not found.name.startswith("test_"):
            importlib.import_module(f"{__package__}.{found.name}")
    return PROGRAMS
