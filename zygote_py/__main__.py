"""`python -m zygote_py`: the tour. Leaves: 0 if everything came out as expected, 1 if not."""

from __future__ import annotations

import argparse
import sys
from importlib import metadata
from pathlib import Path

__all__ = ["main"]


def version() -> str:
    """The installed version; a checkout that is not installed has none."""
    try:
        return metadata.version("zygote-py")
    except metadata.PackageNotFoundError:
        return "unknown (not installed)"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; `arguments` as in `sys.argv[1:]`."""
    parser = argparse.ArgumentParser(prog="python -m zygote_py", description="A tour of zygote_py: examples, a generated "
                                     "adjoint, and a network of plain Python classes that learns to read handwritten digits.")
    parser.add_argument("--version", action="version", version=f"zygote_py {version()}")
    parser.add_argument("--output", type=Path, default=Path("tour-output"), metavar="DIR",
                        help="where plots go (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="train for a moment only")
    options = parser.parse_args(arguments)
    # Imported late: --version and --help need none of it.
    from zygote_py import tour
    return tour.run(options.output, quick=options.quick)


if __name__ == "__main__":
    sys.exit(main())
