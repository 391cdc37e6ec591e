"""What the syntax of a function shows that cannot be differentiated.

Enters: a gast function node. Leaves: nothing, or an UnsupportedCodeError with the line, the reason and a rewrite. Functions
inside are not looked at: they are checked when they are called.
"""

from __future__ import annotations

from typing import Any

import gast

from zygote_py.errors import UnsupportedCodeError, message
from zygote_py.frontend.source import Source
from zygote_py.ir.build import children, walk

__all__ = ["check"]

_FUNCTIONS = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda)
_ASYNC = "A pullback runs the statements backwards at once, and a coroutine is suspended and resumed from outside."
_SYNC = "do the numerical part in an ordinary function and await around it"
_NAMES = "The transformed function has other local variables than yours."

# node -> what it is called, why, instead, part of docs/limitations.md
_REFUSED: dict[type, tuple[str, str, str, str]] = {
    gast.AsyncFunctionDef: ("async def", _ASYNC, _SYNC, "async"),
    gast.Await: ("await", _ASYNC, _SYNC, "async"),
    gast.AsyncFor: ("async for", _ASYNC, _SYNC, "async"),
    gast.AsyncWith: ("async with", _ASYNC, _SYNC, "async"),
    gast.TypeAlias: ("a type alias", "It has no numerical meaning.", "move it to module level", "classes"),
}

_CALLS = {"locals": True, "vars": True, "dir": True, "eval": False, "exec": False}  # name -> only without arguments


def check(node: Any, source: Source) -> None:
    """Refuse what is not supported.

    Parameters
    ----------
    node : gast.FunctionDef, gast.AsyncFunctionDef or gast.Lambda
    source : the `Source` it was made from, for the place in the message

    Raises
    ------
    UnsupportedCodeError
    """
    function = getattr(node, "name", "<lambda>")
    if isinstance(node, gast.AsyncFunctionDef):
        _refuse(node, source, function, *_REFUSED[gast.AsyncFunctionDef])
    inside = _own([node.body] if isinstance(node, gast.Lambda) else node.body)
    for n in inside:
        if type(n) in _REFUSED:
            _refuse(n, source, function, *_REFUSED[type(n)])
        elif isinstance(n, gast.Call):
            _check_call(n, source, node, inside)
        elif isinstance(n, gast.ImportFrom) and any(a.name == "*" for a in n.names):
            _refuse(n, source, function, "import *", "It binds names that the text does not show.", "import the names one by one",
                    "imports")
        elif isinstance(n, gast.comprehension) and n.is_async:
            _refuse(n.target, source, function, "async for", _ASYNC, _SYNC, "async")


def _own(statements: list) -> list[Any]:
    """The nodes of statements in the order of the text, without the bodies of functions and classes in them."""
    found: list[Any] = []
    waiting = statements[::-1]
    while waiting:
        n = waiting.pop()
        found.append(n)
        if isinstance(n, gast.Lambda):
            waiting.append(n.args)
        elif isinstance(n, (gast.FunctionDef, gast.AsyncFunctionDef)):
            waiting += reversed([*n.decorator_list, n.args, *([n.returns] if n.returns else [])])
        elif not isinstance(n, gast.ClassDef):
            waiting += reversed(children(n))
    return found


def _bindings(node: Any, inside: list) -> set[str]:
    """The names that a function binds."""
    return {name for n in inside for name in _bound(n)} | {
        n.id for n in walk(node.args) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Param)}


def _bound(n: Any) -> list[str]:
    """The names that one node binds, rebinds or deletes."""
    if isinstance(n, gast.Name):
        return [] if isinstance(n.ctx, gast.Load) else [n.id]
    if isinstance(n, (gast.Import, gast.ImportFrom)):
        return [a.asname or a.name.split(".")[0] for a in n.names]
    return [n.name] if isinstance(n, (gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef)) else []


def _check_call(n: Any, source: Source, node: Any, inside: list) -> None:
    """Refuse a call of a builtin; `inside` are the nodes of the function `node`."""
    if not isinstance(n.func, gast.Name) or n.func.id not in _CALLS or n.func.id in _bindings(node, inside):
        return
    function = getattr(node, "name", "<lambda>")
    name = n.func.id
    if not _CALLS[name]:
        _refuse(n, source, function, f"{name}()", "What it runs is not in the text of the function.",
                "write the code out, or give the function a rule with @adjoint", "introspection")
    elif not n.args and not n.keywords:
        _refuse(n, source, function, f"{name}()", _NAMES, "collect the values in a dict yourself", "introspection")


def _refuse(n: Any, source: Source, function: str, what: str, why: str, instead: str, part: str) -> None:
    one_line = getattr(n, "end_lineno", None) == n.lineno
    raise UnsupportedCodeError(message(
        f"cannot differentiate `{what}`" if not what.startswith(("a ", "assign")) else f"cannot differentiate {what}",
        filename=source.filename, lineno=n.lineno, col=n.col_offset, end_col=n.end_col_offset if one_line else None,
        function=function, why=why, instead=instead, doc=f"docs/limitations.md#{part}"))
