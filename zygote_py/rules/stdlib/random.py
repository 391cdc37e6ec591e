"""The distributions of `random`.

What is drawn is a constant; where a distribution is shifted or scaled by its parameters, the result moves with them. The
derivative is that of the formula which is computed, for the numbers drawn (`u` uniform in (0, 1), `z` standard normal).
Distributions that are drawn by rejection have no such formula, and no rule.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any

from zygote_py.registry import non_differentiable, not_yet, rule

rule(Random.uniform, None,                  # y = a + (b - a) u
     lambda dy, y, self, a, b: dy * share(b, y, a),
     lambda dy, y, self, a, b: dy * share(a, y, b))
rule(Random.gauss, None,                    # y = mu + sigma z
     lambda dy, y, self, mu=0.0, sigma=1.0: dy,
     lambda dy, y, self, mu=0.0, sigma=1.0: dy * (y - mu) / sigma if sigma else not_yet(dy, y))
rule(Random.normalvariate, None,
     lambda dy, y, self, mu=0.0, sigma=1.0: dy,
     lambda dy, y, self, mu=0.0, sigma=1.0: dy * (y - mu) / sigma if sigma else not_yet(dy, y))
rule(Random.lognormvariate, None,           # y = exp(mu + sigma z)
     lambda dy, y, self, mu=0.0, sigma=1.0: dy * y,
     lambda dy, y, self, mu=0.0, sigma=1.0: dy * y * (math.log(y) - mu) / sigma if sigma else not_yet(dy, y))
rule(Random.expovariate, None,              # y = -log(1 - u) / lambd
     lambda dy, y, self, lambd=1.0: -dy * y / lambd)
rule(Random.paretovariate, None,            # y = u ** (-1 / alpha)
     lambda dy, y, self, alpha: -dy * y * math.log(y) / alpha)
rule(Random.weibullvariate, None,           # y = alpha (-log u) ** (1 / beta)
     lambda dy, y, self, alpha, beta: dy * y / alpha,
     lambda dy, y, self, alpha, beta: -dy * y * math.log(y / alpha) / beta)

non_differentiable(Random.random, Random.randint, Random.randrange, Random.getrandbits, Random.seed, Random.getstate,
                   Random.setstate)


def share(there: Any, y: Any, here: Any) -> Any:
    """Return how far y lies from `there`, on the way to `here`."""
    return (there - y) / (there - here) if there != here else not_yet(None, y)
