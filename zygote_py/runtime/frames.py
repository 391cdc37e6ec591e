"""Where the user's code is."""

from __future__ import annotations

import sys
from types import CodeType
from weakref import WeakKeyDictionary

from ..registry import non_differentiable

__all__ = ["inlined_at", "note_inlined", "user_frame"]

_inlined: WeakKeyDictionary[CodeType, dict[range, str]] = WeakKeyDictionary()


def note_inlined(code: CodeType, lines: dict[range, str]) -> None:
    """Note what other functions have lines in a generated one."""
    _inlined[code] = lines


def inlined_at(code: CodeType, line: int) -> str | None:
    """The name of the function that a line of a generated one is of, if it is of another one."""
    return next((name for lines, name in _inlined.get(code, {}).items() if line in lines), None)


@non_differentiable
def user_frame() -> tuple[str | None, int | None, str | None]:
    """File, line and function of the innermost frame outside this package."""
    frame = sys._getframe(1)
    while frame is not None:
        code, name = frame.f_code, frame.f_code.co_filename
        if not frame.f_globals.get("__name__", "").startswith("zygote_py."):
            own = code.co_name.replace("_forward", "").replace("_pullback", "").replace("_gradient", "")
            return name, frame.f_lineno, inlined_at(code, frame.f_lineno) or own
        frame = frame.f_back  # type: ignore[assignment]
    return None, None, None
