"""Options of the engine, per thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["CHECKED", "current", "detect_anomaly", "options"]


CHECKED = 8
"""The mode of functions that look at each cotangent."""


class _Options(threading.local):
    """The options of a thread; `mode` is their sum, as a part of cache keys."""

    optimise = True
    debug = False
    anomaly = False
    mode = 0

    def set(self, optimise: bool, debug: bool, anomaly: bool) -> None:
        self.optimise, self.debug, self.anomaly = optimise, debug, anomaly
        self.mode = (not optimise) + 2 * debug + CHECKED * anomaly


current = _Options()


@contextmanager
def options(*, optimise: bool | None = None, debug: bool | None = None, anomaly: bool | None = None) -> Iterator[None]:
    """Set options for the code inside a `with` block, in this thread.

    Parameters
    ----------
    optimise : False turns off everything that rests on analysis: kinds, activity, inlining, simplification. The results must be
        the same; tests compare the two.
    anomaly : True looks at each cotangent, as `detect_anomaly` does
    debug : True compiles the generated text instead of the user's positions, so that a debugger steps through the adjoint.

    Examples
    --------
    >>> from zygote_py import gradient, options
    >>> with options(optimise=False):
    ...     gradient(lambda x: x * x, 3.0)
    (6.0,)
    """
    before = current.optimise, current.debug, current.anomaly
    current.set(*[old if new is None else bool(new) for old, new in zip(before, (optimise, debug, anomaly))])
    try:
        yield
    finally:
        current.set(*before)


def detect_anomaly() -> Any:
    """Look at each cotangent, in a `with` block: an `AnomalyError` names the line at which one first is infinite or not a number.

    This costs time. The block is around the call of `gradient` or `pullback`.

    Examples
    --------
    >>> import numpy as np
    >>> from zygote_py import gradient
    >>> with np.errstate(divide="ignore"), detect_anomaly():
    ...     gradient(lambda x: np.sum(np.log(x)), np.array([1.0, 0.0]))
    Traceback (most recent call last):
    zygote_py.errors.AnomalyError: ...the cotangent of `x` is [1.0, inf]...
    """
    return options(anomaly=True)
