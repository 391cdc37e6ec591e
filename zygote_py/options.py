"""Options of the engine, per thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["current", "options"]


class _Options(threading.local):
    """The options of a thread; `mode` is their sum, as a part of cache keys."""

    optimise = True
    debug = False
    mode = 0

    def set(self, optimise: bool, debug: bool) -> None:
        self.optimise, self.debug = optimise, debug
        self.mode = (not optimise) + 2 * debug


current = _Options()


@contextmanager
def options(*, optimise: bool | None = None, debug: bool | None = None) -> Iterator[None]:
    """Set options for the code inside a `with` block, in this thread.

    Parameters
    ----------
    optimise : False turns off everything that rests on analysis: kinds, activity, inlining, simplification. The results must be
        the same; tests compare the two.
    debug : True compiles the generated text instead of the user's positions, so that a debugger steps through the adjoint.

    Examples
    --------
    >>> from zygote_py import gradient, options
    >>> with options(optimise=False):
    ...     gradient(lambda x: x * x, 3.0)
    (6.0,)
    """
    before = current.optimise, current.debug
    current.set(before[0] if optimise is None else bool(optimise), before[1] if debug is None else bool(debug))
    try:
        yield
    finally:
        current.set(*before)
