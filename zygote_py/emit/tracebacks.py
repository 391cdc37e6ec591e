"""Tracebacks of functions with callees written out in them: the calls that led to a line get their place again.

Enters: an exception that passed through generated code. Leaves: the same, its traceback longer by one entry for each call that is
no call any more. Which one led to an instruction is found by compiling the function once more, with the number of the call in
place of each column.
"""

from __future__ import annotations

import ast
import itertools
from types import CodeType, TracebackType
from typing import Any

from ..errors import has_inlined
from ..frontend.source import generated_from
from .convert import to_ast
from .load import compiled

__all__ = ["show_calls"]

_MARK = "__zygote_py_call__"


def show_calls(error: BaseException) -> None:
    """Put the calls into the traceback of an exception."""
    entries = []
    tb = error.__traceback__
    while tb is not None:
        entries.append(tb)
        tb = tb.tb_next
    below: TracebackType | None = None
    for k in range(len(entries) - 1, -1, -1):
        tb = entries[k]
        tb.tb_next = below
        below = tb
        if k and _MARK in entries[k - 1].tb_frame.f_globals:    # they are there
            continue
        code = tb.tb_frame.f_code
        name = code.co_name
        calls = []
        for *position, callee in calls_before(code, tb.tb_lasti):
            calls.append((position, name))
            name = callee
        for position, name in reversed(calls):
            entry = entry_at(code.co_filename, name, position)
            entry.tb_next = below
            below = entry
    error.__traceback__ = below


def calls_before(code: CodeType, offset: int) -> tuple:
    """The calls that led to an instruction, outermost first: line, column, their ends, and the name of the callee."""
    source = generated_from(code) if hasattr(code, "co_positions") and has_inlined(code) else None
    if source is None or source.filename != code.co_filename:
        return ()
    sites: list[tuple] = [()]
    again = compiled([numbered(source.node, sites)], code.co_freevars, code.co_filename)[source.node.name]
    if again.co_code != code.co_code:
        return ()
    _, _, number, _ = next(itertools.islice(again.co_positions(), offset // 2, None))  # type: ignore[attr-defined]
    return sites[number] if number is not None else ()


def numbered(tree: Any, sites: list[tuple]) -> Any:
    """The function as a tree to be compiled, with the number of the calls that led there in place of each column."""
    new = to_ast(tree)
    numbers: dict[tuple, int] = {(): 0}

    def follow(old: Any, copy: Any, around: int) -> None:
        if getattr(old, "lineno", None) is not None:
            site = getattr(old, "site", ())
            around = numbers.setdefault(site, len(numbers))
            if around == len(sites):
                sites.append(site)
        if hasattr(copy, "lineno"):
            copy.col_offset = copy.end_col_offset = around
            copy.end_lineno = copy.lineno
        for field in copy._fields:
            a, b = getattr(old, field, None), getattr(copy, field, None)
            for x, y in zip(a if isinstance(a, list) else [a], b if isinstance(b, list) else [b]):
                if isinstance(x, ast.AST) and isinstance(y, ast.AST):
                    follow(x, y, around)

    follow(tree, new, 0)
    return new


def entry_at(filename: str, name: str, position: list) -> TracebackType:
    """An entry of a traceback for a place in a file."""
    line, column, end, end_column = position
    tree = ast.parse("raise Exception")
    for n in ast.walk(tree):
        if hasattr(n, "lineno"):
            n.lineno, n.col_offset, n.end_lineno, n.end_col_offset = line, column, end, end_column   # type: ignore[attr-defined]
    try:
        exec(compile(tree, filename, "exec").replace(co_name=name), {_MARK: True})
    except Exception as error:
        found = error.__traceback__
    assert found is not None and found.tb_next is not None
    return found.tb_next
