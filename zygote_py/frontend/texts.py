"""Where the text of a compiled file may be.

Enters: the file name of a code object. Leaves: candidate texts, to be proved by bytecode; and pytest's rewriting of a module.
"""

from __future__ import annotations

import ast
import linecache
import sys
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

__all__ = ["rewritten", "texts"]


def texts(filename: str, module_globals: dict[str, Any]) -> Iterator[str]:
    """Candidate texts of a file, the likeliest first."""
    lines = linecache.getlines(filename, module_globals)
    if lines:
        yield "".join(lines)
    if filename.startswith("<frozen "):
        yield "".join(linecache.getlines(str(module_globals.get("__file__"))))
    if filename == "<string>":
        yield from _command_line()
    if filename.startswith(("<timed ", "<magic-timeit", "<timeit-src")):
        yield from _on_the_stack()


def _command_line() -> Iterator[str]:
    """The text after `python -c`."""
    arguments = getattr(sys, "orig_argv", [])
    for option, text in pairwise(arguments):
        if option.startswith("-") and not option.startswith("--") and option.endswith("c"):
            yield text
            yield textwrap.dedent(text)
            return


_TEMPLATE = """def inner(_it, _timer):
{setup}
    _t0 = _timer()
    for _i in _it:
{stmt}
    _t1 = _timer()
    return _t1 - _t0
"""


def _on_the_stack() -> Iterator[str]:
    """The text that `timeit`, `%time` or `%timeit` is running now."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        inside = frame.f_locals
        src = getattr(inside.get("self"), "src", None)
        if isinstance(src, str):
            yield src
        if frame.f_code.co_name in ("time", "timeit"):
            for name in ("expr", "cell", "stmt"):
                if isinstance(inside.get(name), str):
                    yield inside[name]
            setups = [s for s in (inside.get("stmt"), inside.get("setup")) if isinstance(s, str)]
            for stmt in (inside.get("cell"), inside.get("stmt")):
                if isinstance(stmt, str):
                    for setup in (*setups, "pass"):
                        yield _TEMPLATE.format(setup=textwrap.indent(setup or "pass", "    "),
                                               stmt=textwrap.indent(stmt, "        "))
        frame = frame.f_back


def rewritten(tree: ast.Module, text: str, filename: str) -> bool:
    """Rewrite the asserts of a module in place as pytest does on import; False where pytest is not there."""
    rewrite = sys.modules.get("_pytest.assertion.rewrite")
    if rewrite is None:
        return False
    rewrite.rewrite_asserts(tree, text.encode(), filename)
    return True
