"""What lists and dicts hold is looked at when a differentiated function is called; each element is looked at again when it is read."""

from __future__ import annotations

from typing import Any

from ..errors import UnsupportedCodeError, message
from ..kinds import join, kind_of
from ..registry import non_differentiable
from .frames import user_frame

__all__ = ["check_kind"]


@non_differentiable
def check_kind(x: Any, kind: Any) -> None:
    """Refuse an element whose kind is not that which the code was made for.

    The analysis follows what is stored into lists and dicts, and forgets what they hold wherever it can't see. What is left are operators,
    properties and other threads that change the very list which a function goes through.
    """
    found = kind_of(x)
    if found != kind and join(found, kind) != kind:
        frame = user_frame()
        raise UnsupportedCodeError(message(
            f"an element of a list or dict became another kind of value during the call: {type(x).__name__}",
            filename=frame[0], lineno=frame[1], function=frame[2],
            why="The code was made for what the lists and dicts among the arguments held when the function was called.",
            instead="differentiate with zygote_py.options(optimise=False)", doc="docs/limitations.md#containers"))
