"""Do the samples notice a wrong rule? The sign of each part of each rule is flipped in turn, and its samples must fail.

    python -m tests.rules.mutations             all rules, with the count and the survivors
    python -m tests.rules.mutations pad cov     the rules of these functions

The suite runs them all (test_mutations.py).
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from zygote_py import registry
from zygote_py.registry import Rule, lookup, not_yet
from zygote_py.runtime.ufuncs import ufunc_options
from zygote_py.tangents import Unknown
from zygote_py.testing import check_grads

from .apply import check, cotangents, direction
from .derived import DERIVED, RANDOM
from .tables import CASES

TOO_SMALL = ("numpy.radian, argument 2",)           # a second of arc is 5e-6, less than what differences resolve
ELSEWHERE = ("scipy.sparse",)                       # by the numbers in a sparse matrix: test_scipy.py


class Flipped:
    """A part of a rule whose result (or its entry i) has the other sign."""

    def __init__(self, part: Any, i: int | None = None) -> None:
        self.part, self.i, self.__code__, self.__module__ = part, i, part.__code__, part.__module__

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        found = self.part(*args, **keywords)
        if self.i is None or not isinstance(found, tuple):
            return negative(found)
        return tuple(negative(p) if k == self.i else p for k, p in enumerate(found))


class FlippedBack:
    """An rrule whose pullback has the other sign in entry i."""

    def __init__(self, define: Any, i: int) -> None:
        self.define, self.i, self.__code__, self.__module__ = define, i, define.__code__, define.__module__
        self.moved = False

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        y, back = self.define(*args, **keywords)
        return y, lambda dy: tuple(self.flip(d) if k == self.i else d for k, d in enumerate(back(dy)))

    def flip(self, d: Any) -> Any:
        self.moved = self.moved or nonzero(d)
        return negative(d)


def negative(d: Any) -> Any:
    if isinstance(d, (list, tuple)):
        return type(d)([negative(p) for p in d])
    return None if d is None else -1 * d


@contextmanager
def replaced(rule: Rule, i: int, part: Any) -> Iterator[None]:
    kept = rule.parts
    rule.parts = (*kept[:i], part, *kept[i + 1:])
    try:
        yield
    finally:
        rule.parts = kept


def samples_of(f: Any) -> tuple[list, list]:
    return [(args, kwargs) for g, args, kwargs in CASES if g is f], \
        [(use, x) for g, uses, x in DERIVED + RANDOM if g is f for use in uses]


def fails(f: Any) -> bool:
    """Whether a sample of `f` notices that its rule is wrong."""
    cases, uses = samples_of(f)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for args, kwargs in cases:
            try:
                check(f, args, kwargs)
            except AssertionError:
                return True
        for use, x in uses:
            try:
                check_grads(use, x, order=1, modes=("rev",))
            except AssertionError:
                return True
    return False


def moves(f: Any, i: int, keywords: bool) -> bool:
    """Whether a sample gives cotangent i a value other than None and 0; the others have no sign."""
    cases, uses = samples_of(f)
    if keywords:
        cases, uses = [(args, kwargs) for args, kwargs in cases if set(kwargs) - set(lookup(f).parameters)], []
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for args, kwargs in cases:
            rule = lookup(f)
            names = getattr(rule.options, "parameters", ()) if keywords else rule.parameters
            place = list(range(len(args))) + [names.index(k) if k in names else -1 for k in kwargs]
            if i in place:
                _, ds = cotangents(f, args, kwargs, seed=lambda y: direction(y, np.random.default_rng(7)))
                found.append(ds[place.index(i)])
    return bool(uses) or any(nonzero(d) for d in found)


def nonzero(d: Any) -> bool:
    if isinstance(d, (list, tuple)):
        return any(nonzero(p) for p in d)
    return d is not None and not isinstance(d, Unknown) and bool(np.any(d))


def mutants() -> list[tuple[Rule, int, Any, str]]:
    """(rule, place of the part, the wrong part, name) for each part of each rule that has samples."""
    found: list = []
    seen = {id(f): f for f, _, _ in CASES} | {id(f): f for f, _, _ in DERIVED + RANDOM}
    for f in seen.values():
        rule = lookup(f)
        if rule is None or rule.form in ("none", "primitive"):
            continue
        name = f"{getattr(f, '__module__', None) or 'numpy'}.{getattr(f, '__qualname__', getattr(f, '__name__', f))}"
        if rule.form == "elementwise":
            n = max(len(rule.parameters), 1)
            found += [(rule, 0, Flipped(rule.parts[0], i), f"{name}, argument {i}") for i in range(n) if moves(f, i, False)]
        elif rule.form == "rrule":
            n = max(len(args) + len(kwargs) for args, kwargs in samples_of(f)[0]) if samples_of(f)[0] else 2
            found += [(rule, 0, FlippedBack(rule.parts[0], i), f"{name}, argument {i}") for i in range(n) if moves(f, i, False)]
        else:
            found += [(rule, i, Flipped(part), f"{name}, argument {i}") for i, part in enumerate(rule.parts)
                      if part is not None and part is not not_yet and moves(f, i, False)]
        options = rule.options or ufunc_options(rule)
        if options is not rule:
            found += [(options, i, Flipped(part), f"{name} with keywords, argument {i}") for i, part in enumerate(options.parts)
                      if part is not None and moves(f, i, True)]
    return [m for m in found if m[3] not in TOO_SMALL and not (m[3].startswith(ELSEWHERE) and m[3].endswith("argument 0"))]


def survivors(some: list) -> list[str]:
    """The names of the wrong parts that no sample notices."""
    left = []
    for rule, i, part, name in some:
        with replaced(rule, i, part):
            registry._version[0] += 1
            if not fails(rule.f) and getattr(part, "moved", True):
                left.append(name)
    registry._version[0] += 1
    return left


def main(words: list[str]) -> int:
    chosen = [m for m in mutants() if not words or any(w in m[3] for w in words)]
    left = survivors(chosen)
    print(f"{len(chosen)} flipped signs in {len({id(m[0].f) for m in chosen})} rules, {len(chosen) - len(left)} noticed")
    for name in left:
        print(f"not noticed: {name}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
