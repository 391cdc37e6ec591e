"""Where the user's code is."""

from __future__ import annotations

import sys

from ..registry import non_differentiable

__all__ = ["user_frame"]


@non_differentiable
def user_frame() -> tuple[str | None, int | None, str | None]:
    """File, line and function of the innermost frame outside this package."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not frame.f_globals.get("__name__", "").startswith("zygote_py."):
            return name, frame.f_lineno, \
                frame.f_code.co_name.replace("_forward", "").replace("_pullback", "").replace("_gradient", "")
        frame = frame.f_back  # type: ignore[assignment]
    return None, None, None
