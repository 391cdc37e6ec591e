"""Threads: what one does is not recorded, so that one is not started with numbers that carry a derivative."""

from __future__ import annotations

import threading
from typing import Any, NoReturn

from zygote_py.errors import UnsupportedCodeError, here, message
from zygote_py.registry import rrule


def refuse(*args: Any, **keywords: Any) -> NoReturn:
    raise UnsupportedCodeError(message(
        "cannot differentiate what another thread or process computes", **here(), why="What it does is not recorded.",
        instead="compute in a loop; whole gradients may be taken in threads: pool.map(lambda x: gradient(f, x), xs)",
        doc="docs/limitations.md#threads"))


rrule(threading.Thread.start)(refuse)
