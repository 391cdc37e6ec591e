"""Second derivatives of the rules: the gradient of <dx, step>, which the engine makes of a pullback, against differences of it.

    python -m tests.rules.second_order             all samples, with the count and the failures
    python -m tests.rules.second_order norm svd    those of these functions

The suite takes the first sample of each function (test_second_order.py).
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np

from zygote_py import gradient
from zygote_py.registry import lookup
from zygote_py.runtime.rules import covering
from zygote_py.tangents import unbroadcast

from .apply import conjugate, cotangents, direction, inner, is_unknown, moved, seed_for

RTOL = 2e-5


class Sample:
    """A function, its arguments, which of them move and in which directions, and a seed."""

    def __init__(self, f: Any, args: tuple, kwargs: dict) -> None:
        self.f, self.args, self.kwargs = f, args, kwargs
        rule = lookup(f)
        self.rule = rule if rule.form == "rrule" else covering(rule, kwargs, args)
        y, dxs = cotangents(f, args, kwargs, seed=lambda y: seed_for(f, y, kwargs))
        self.dy = seed_for(f, y, kwargs)
        rng = np.random.default_rng(11)
        steps = [direction(x, rng) for x in args]
        self.places = [i for i, step in enumerate(steps) if not (step is None or dxs[i] is None or is_unknown(dxs[i]))]
        self.steps = [steps[i] for i in self.places]
        self.across = [direction(args[i], rng) for i in self.places]


def slope(sample: Sample, xs: list) -> Any:
    """<dx, step>, summed over the arguments that move."""
    args = list(sample.args)
    for i, x in zip(sample.places, xs):
        args[i] = x
    total = 0.0
    for d, step in zip(rule_applied(sample, args), sample.steps):
        total = total + inner(d, step)
    return total


def rule_applied(sample: Sample, args: list) -> list:
    """The cotangents of the arguments that move, by the parts of the rule, which are differentiated."""
    f, rule, dy, kwargs = sample.f, sample.rule, sample.dy, sample.kwargs
    if rule.form == "rrule":
        _, back = rule.parts[0](*args, **kwargs)
        ds = back(dy)
        return [ds[i] for i in sample.places]
    if rule.form == "linear":
        return [rule.parts[0](dy, *args, **kwargs)]
    y = f(*args, **kwargs)
    if rule.form == "rule":
        return [rule.parts[i](dy, y, *args, **kwargs) for i in sample.places]
    partials = rule.parts[0](y, *args, **kwargs)
    if not isinstance(partials, tuple):
        partials = (partials,)
    return [unbroadcast(dy * conjugate(partials[i]), args[i]) for i in sample.places]


def check_second(f: Any, args: tuple, kwargs: dict) -> bool:
    """Compare both; False if nothing moves."""
    sample = Sample(f, args, kwargs)
    if not sample.places:
        return False
    xs = [args[i] for i in sample.places]
    h = 1e-5
    up, down = [slope(sample, moved(xs, sample.across, s * h)) for s in (1, -1)]
    want = (up - down) / (2 * h)
    got = inner(gradient(lambda xs: slope(sample, xs), xs)[0], sample.across)
    assert abs(got - want) <= RTOL * (1 + abs(want) + abs(up)), f"second order {got}, differences of the first {want}"
    return True


def main(words: list[str]) -> int:
    from .tables import CASES
    from .test_rules import name
    checked, wrong = 0, []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for k, (f, args, kwargs) in enumerate(CASES):
            if not words or any(word in name(f) for word in words):
                try:
                    checked += check_second(f, args, kwargs)
                except Exception as error:
                    wrong.append(f"{name(f)}-{k}: {type(error).__name__}: {str(error).splitlines()[0]}")
    print(f"{checked + len(wrong)} samples with second derivatives, {len(wrong)} of them wrong or refused")
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
