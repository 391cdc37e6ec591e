"""The exceptions, and the one builder of their messages.

    ZygoteError
    ├── SourceError            OSError               no source text for a function
    │   └── StaleSourceError                         the text is not the one that runs
    ├── UnsupportedCodeError   NotImplementedError   syntax that has no reverse yet
    │   └── MutationError                            a write to memory that cannot be followed
    ├── MissingRuleError       NotImplementedError   a cotangent reached a function without source and without rule
    ├── NotScalarError         TypeError             a gradient was asked of something that is not one real number
    ├── AnomalyError           FloatingPointError    a cotangent is infinite or not a number, and that was asked for
    ├── SeedError              ValueError            the cotangent given to `back` does not fit the result
    └── RuleError              TypeError             the answer of a rule does not fit its arguments

Enters: a place in the user's code and what is wrong there. Leaves: a text in five parts (place, line, what, why, instead).
"""

from __future__ import annotations

import linecache
import os
import re
import sys
from types import CodeType
from typing import Any
from weakref import WeakKeyDictionary

__all__ = ["AnomalyError", "MissingRuleError", "MutationError", "NotScalarError", "RuleError", "SeedError", "SourceError",
           "StaleSourceError", "UnsupportedCodeError", "ZygoteError", "has_inlined", "here", "inlined_at", "message",
           "note_inlined", "plain_name", "shown_path", "user_frame"]


class ZygoteError(Exception):
    """Base of everything this package raises on purpose."""


class SourceError(ZygoteError, OSError):
    """The source text of a function cannot be found."""

    __str__ = Exception.__str__


class StaleSourceError(SourceError):
    """The source text found does not compile to the code that the function runs."""


class UnsupportedCodeError(ZygoteError, NotImplementedError):
    """A construct that cannot be differentiated."""


class MissingRuleError(ZygoteError, NotImplementedError):
    """A cotangent reached a function that has neither Python source nor a rule."""


class NotScalarError(ZygoteError, TypeError):
    """A gradient was asked of a result that is not one real number."""


class AnomalyError(ZygoteError, FloatingPointError):
    """A cotangent became infinite or not a number under `detect_anomaly`."""


class SeedError(ZygoteError, ValueError):
    """The cotangent given to a pullback has the wrong structure or shape."""


class RuleError(ZygoteError, TypeError):
    """What a rule answered does not fit, or it was given a keyword that it does not know."""


class MutationError(UnsupportedCodeError):
    """A write to memory that the reverse sweep cannot undo."""


def message(kind_text: str, *, filename: str | None = None, lineno: int | None = None, col: int | None = None,
            end_col: int | None = None, function: str | None = None, why: str = "", instead: str = "", doc: str = "") -> str:
    """Build the text of an error: where and what, the line, why, what to do instead.

    Parameters
    ----------
    kind_text : what is wrong, `"cannot differentiate `yield`"`
    filename, lineno : the place in the user's code; the line is shown where it can be read
    col, end_col : the range to mark in that line, in bytes of UTF-8 as syntax trees count; without `end_col`, to the end of it
    function : name of the user's function
    why : one sentence, the reason
    instead : what to write instead
    doc : the part of the documentation that says more

    Returns
    -------
    str

    Examples
    --------
    >>> print(message("cannot differentiate `yield`", filename="model.py", lineno=42, function="step",
    ...               why="A generator has no finished result.", instead="return a list", doc="docs/limitations.md#generators"))
    model.py:42, in step: cannot differentiate `yield`
    A generator has no finished result.
    Instead: return a list.   docs/limitations.md#generators
    """
    place = shown_path(filename) if filename else ""
    if place and lineno is not None:
        place += f":{lineno}"
    head = ", ".join(part for part in (place, f"in {function}" if function else "") if part)
    parts = [f"{head}: {kind_text}" if head else kind_text]
    if filename and lineno is not None:
        parts += _marked(linecache.getline(filename, lineno), lineno, col, end_col)
    if why:
        parts.append(why)
    last = f"Instead: {instead.rstrip('.')}." if instead else ""
    if doc:
        last = f"{last}   {doc}" if last else f"See {doc}"
    if last:
        parts.append(last)
    return "\n".join(parts)


def here() -> dict[str, Any]:
    """The place of `message` for what goes wrong while the user's code runs."""
    filename, lineno, function = user_frame()
    return {"filename": filename, "lineno": lineno, "function": function}


def user_frame() -> tuple[str | None, int | None, str | None]:
    """File, line and function of the innermost frame outside this package."""
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("zygote_py."):
        frame = frame.f_back
    if frame is None:
        return None, None, None
    code, line = frame.f_code, frame.f_lineno
    return code.co_filename, line, inlined_at(code, line) or plain_name(code.co_name)


_inlined: WeakKeyDictionary[CodeType, dict[range, str]] = WeakKeyDictionary()


def note_inlined(code: CodeType, lines: dict[range, str]) -> None:
    """Note what other functions have lines in a generated one."""
    _inlined[code] = lines


def has_inlined(code: CodeType) -> bool:
    """Whether a generated function has lines of other functions."""
    return code in _inlined


def inlined_at(code: CodeType, line: int) -> str | None:
    """The name of the function that a line of a generated one is of, if it is of another one."""
    return next((name for lines, name in _inlined.get(code, {}).items() if line in lines), None)


def plain_name(generated: str) -> str:
    """The name of the function that a generated one was made from.

    >>> plain_name("step_pullback"), plain_name("lambda__gradient"), plain_name("step")
    ('step', '<lambda>', 'step')
    """
    name = re.sub("(_forward|_pullback|_gradient|_push)+$", "", generated)
    return "<lambda>" if name == "lambda_" else name


def shown_path(filename: str) -> str:
    """A file below the working directory is named relative to it."""
    here = os.getcwd() + os.sep
    return filename.removeprefix(here)


def _marked(line: str, lineno: int, col: int | None, end_col: int | None) -> list[str]:
    line = line.rstrip()
    if not line:
        return []
    number, raw = str(lineno), line.encode()
    shown = [f"    {number} | {line}"]
    if col is None:     # the whole line
        col, end_col = len(raw) - len(raw.lstrip()), None
    if line.strip():
        end = len(raw) if end_col is None or end_col <= col else min(end_col, len(raw))
        before, width = raw[:col].decode(errors="replace"), len(raw[col:end].decode(errors="replace"))
        blank = "".join("\t" if c == "\t" else " " for c in before)
        shown.append(f"    {' ' * len(number)} | {blank}{'^' * max(width, 1)}")
    return shown
