"""`python -m zygote_py`: the tour; with a command, a look at a function of yours.

    show FILE.py:function       the code that is generated to differentiate it, beside its lines
    explain FILE.py:function    what was written out, called, taken as constant and recorded
    profile FILE.py:function    forward time, pullback time and tape bytes by line
    check FILE.py:function      its gradient, held against finite differences

Leaves: 0 if everything came out as expected, 1 if not, 2 if the command was not understood.
"""

from __future__ import annotations

import argparse
import importlib.util
import inspect
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

__all__ = ["main"]

COMMANDS = {
    "show": "print the code that is generated to differentiate a function, beside its lines",
    "explain": "say of each line what was written out, called, taken as constant and recorded; runs the function once",
    "profile": "measure forward time, pullback time and tape bytes by line; runs the function twice",
    "check": "print the gradient, and hold derivatives of first and second order against finite differences",
}


def version() -> str:
    """The installed version; a checkout that is not installed has none."""
    try:
        return metadata.version("zygote-py")
    except metadata.PackageNotFoundError:
        return "unknown (not installed)"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; `arguments` as in `sys.argv[1:]`."""
    parser = argparse.ArgumentParser(prog="python -m zygote_py", description="Without a command, a tour of zygote_py: examples, "
                                     "a generated adjoint, and a network of plain Python classes that learns to read handwritten "
                                     "digits. With a command, a look at a function of yours.")
    parser.add_argument("--version", action="version", version=f"zygote_py {version()}")
    parser.add_argument("--output", type=Path, default=Path("tour-output"), metavar="DIR",
                        help="where plots of the tour go (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="train for a moment only")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=purpose)
        command.add_argument("function", metavar="FILE.py:function", help="a function, or Class.method, in a file")
        command.add_argument("--at", metavar="ARGUMENTS", help="the arguments, as in a call: --at '2.0, np.ones(3), k=4'. The "
                             "names of the file are there, and np and math. Without it, each parameter has its default, or 1.0.")
        if name == "profile":
            command.add_argument("--plot", type=Path, metavar="FILE", help="save a picture; needs matplotlib")
            command.add_argument("--repeat", type=int, default=1, help="how often to run it (default: %(default)s)")
    options = parser.parse_args(arguments)
    # Imported late: --version and --help need none of it.
    if options.command is None:
        from zygote_py import tour
        return tour.run(options.output, quick=options.quick)
    try:
        f, args, kwargs = found(options.function, options.at)
    except Missing as problem:
        parser.exit(2, f"{problem}\n")
    return look(options, f, args, kwargs)


def look(options: Any, f: Callable, args: tuple, kwargs: dict) -> int:
    """Run one of the commands."""
    import zygote_py
    from zygote_py.display.pages import coloured, wants_colour
    paint = coloured if wants_colour() else str
    try:
        if options.command == "show":
            zygote_py.code_adjoint(f, *args, **kwargs).show()
        elif options.command == "explain":
            print(paint(str(zygote_py.explain(f, *args, **kwargs))))
        elif options.command == "profile":
            result = zygote_py.profile(f, *args, repeat=options.repeat, **kwargs)
            print(paint(str(result)))
            if options.plot is not None:
                result.plot(options.plot)
        else:
            g = (lambda *rest: f(*rest, **kwargs)) if kwargs else f
            value, gradient = zygote_py.withgradient(f, *args, **kwargs)
            print(f"value     {value}")
            for name, d in zip(parameters(f), gradient):
                print(f"d/d{name:<7}{d}")
            zygote_py.testing.check_grads(g, *args)
            print("checked against finite differences: reverse mode, forward mode, reverse over reverse")
    except (zygote_py.ZygoteError, AssertionError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except Exception as problem:
        if options.at is not None:
            raise
        print(f"{type(problem).__name__}: {problem}\nThe arguments were assumed: say what they are with --at.", file=sys.stderr)
        return 1
    return 0


class Missing(Exception):
    """What was asked for is not there."""


def found(place: str, at: str | None) -> tuple[Callable, tuple, dict]:
    """The function that `FILE.py:function` names, and the arguments to look at it with."""
    file, _, name = place.rpartition(":")
    path = Path(file).resolve()
    if not file or not path.is_file():
        raise Missing(f"{place}: no such file; say it as FILE.py:function")
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise Missing(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    f: Any = module
    for part in name.split("."):
        if not hasattr(f, part):
            there = ", ".join(n for n, v in vars(module).items() if inspect.isfunction(v) and v.__module__ == path.stem)
            raise Missing(f"{file} has no {name!r}; its functions are: {there or 'none'}")
        f = getattr(f, part)
    if at is None:
        return f, *assumed(f)
    import math

    import numpy as np
    names = {"np": np, "math": math, **vars(module)}
    try:
        args, kwargs = eval(f"(lambda *args, **kwargs: (args, kwargs))({at})", names)
    except Exception as problem:
        raise Missing(f"--at {at!r}: {type(problem).__name__}: {problem}") from None
    signature = signature_of(f)
    if signature is not None:
        try:
            signature.bind(*args, **kwargs)
        except TypeError as problem:
            raise Missing(f"--at {at!r} does not fit {name}{signature}: {problem}") from None
    return f, args, kwargs


def signature_of(f: Callable) -> inspect.Signature | None:
    """The parameters of a function; None for one in C that does not say."""
    try:
        return inspect.signature(f)
    except (TypeError, ValueError):
        return None


def assumed(f: Callable) -> tuple[tuple, dict]:
    """The defaults of the parameters, and 1.0 for those that have none; says so."""
    args, said = [], []
    for p in inspect.signature(f).parameters.values():
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
            args.append(1.0 if p.default is p.empty else p.default)
            said.append(f"{p.name}={args[-1]!r}")
    print(f"# at {', '.join(said)}; say others with --at", file=sys.stderr)
    return tuple(args), {}


def parameters(f: Callable) -> list[str]:
    """Names for the positional arguments."""
    names: list[str] = []
    signature = signature_of(f)
    if signature is None:
        return [f"argument {i}" for i in range(100)]
    for p in signature.parameters.values():
        names += [p.name] if p.kind is not p.VAR_POSITIONAL else [f"{p.name}[{i}]" for i in range(100)]
    return names


if __name__ == "__main__":
    sys.exit(main())
