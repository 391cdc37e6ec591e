"""Where the user's code is, for errors that are raised while it runs."""

from __future__ import annotations

from ..errors import here, inlined_at, note_inlined, user_frame
from ..registry import non_differentiable

__all__ = ["here", "inlined_at", "note_inlined", "user_frame"]

non_differentiable(here)
non_differentiable(user_frame)
