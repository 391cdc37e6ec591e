"""scipy.stats: frozen distributions, `norm(m, s)`, which hold the parameters of a distribution."""

from __future__ import annotations

from typing import Any

from scipy.stats import distributions

from ...registry import non_differentiable
from ..standins import stand_in

__all__ = ["freeze"]


def freeze(self: Any, dist: Any, *args: Any, **words: Any) -> None:
    """What the constructor of a frozen distribution does."""
    plain = frozen(dist, args, words)
    self.args = args
    self.kwds = words
    self.dist = plain.dist
    self.a = plain.a
    self.b = plain.b


@non_differentiable
def frozen(dist: Any, args: tuple, words: dict) -> Any:
    return dist(*args, **words)


stand_in(distributions.rv_frozen.__init__, freeze)
