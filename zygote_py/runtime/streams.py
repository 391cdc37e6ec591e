"""`map`, `filter` and itertools, as generators: lazy, and differentiated like the user's own.

What they are made of is Python's own description of them.
"""

from __future__ import annotations

import itertools
import operator
from typing import Any

from ..registry import non_differentiable
from .methods import stand_in_class_method
from .questions import equal, truth
from .standins import stand_in

__all__: list[str] = []

_missing = object()


def map_(f: Any, first: Any, *rest: Any) -> Any:
    if rest:
        for items in zip(first, *rest):
            yield f(*items)
    else:
        for x in first:
            yield f(x)


def filter_(f: Any, items: Any) -> Any:
    for x in items:
        if truth(x if f is None else f(x)):
            yield x


def filterfalse(f: Any, items: Any) -> Any:
    for x in items:
        if not truth(x if f is None else f(x)):
            yield x


def starmap(f: Any, items: Any) -> Any:
    for args in items:
        yield f(*args)


def chain(*sources: Any) -> Any:
    for source in sources:
        yield from source


def from_iterable(sources: Any) -> Any:
    for source in sources:
        yield from source


def islice(items: Any, *bounds: Any) -> Any:
    s = slice(*bounds)
    start, stop, step = s.start or 0, s.stop, s.step or 1
    if min(start, step - 1, 0 if stop is None else stop) < 0:
        raise ValueError("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    it = iter(items)
    k = 0
    while stop is None or k < stop:
        x = next(it, _missing)
        if x is _missing:
            return
        if k >= start and (k - start) % step == 0:
            yield x
        k += 1
    if stop is not None and k < start:
        for _ in range(start - k):
            if next(it, _missing) is _missing:
                return


def takewhile(f: Any, items: Any) -> Any:
    for x in items:
        if not truth(f(x)):
            break
        yield x


def dropwhile(f: Any, items: Any) -> Any:
    dropping = True
    for x in items:
        if dropping:
            dropping = truth(f(x))
        if not dropping:
            yield x


def accumulate(items: Any, func: Any = None, *, initial: Any = None) -> Any:
    f = operator.add if func is None else func
    total = initial
    if initial is not None:
        yield total
    for x in items:
        total = x if total is None else f(total, x)
        yield total


def compress(items: Any, selectors: Any) -> Any:
    for x, chosen in zip(items, selectors):
        if truth(chosen):
            yield x


def count(start: Any = 0, step: Any = 1) -> Any:
    n = start
    while True:
        yield n
        n = n + step


def cycle(items: Any) -> Any:
    saved = []
    for x in items:
        yield x
        saved.append(x)
    while saved:
        for x in saved:
            yield x


def repeat(x: Any, times: Any = None) -> Any:
    k = 0
    while times is None or k < times:
        yield x
        k += 1


def pairwise(items: Any) -> Any:
    before: Any = _missing
    for x in items:
        if before is not _missing:
            yield before, x
        before = x


def batched(items: Any, n: int, *, strict: bool = False) -> Any:
    if n < 1:
        raise ValueError("n must be at least one")
    it = iter(items)
    while True:
        batch: list = []
        while len(batch) < n:
            x = next(it, _missing)
            if x is _missing:
                break
            batch.append(x)
        if strict and 0 < len(batch) < n:
            raise ValueError("batched(): incomplete batch")
        if not batch:
            return
        yield tuple(batch)


def tee(items: Any, n: int = 2) -> Any:
    it, seen = iter(items), []  # type: ignore[var-annotated]
    return tuple([branch(it, seen) for _ in range(n)])


def branch(it: Any, seen: list) -> Any:
    """One of the iterators that `tee` makes, over what they have seen together."""
    k = 0
    while True:
        if k == len(seen):
            x = next(it, _missing)
            if x is _missing:
                return
            seen.append(x)
        yield seen[k]
        k += 1


def groupby(items: Any, key: Any = None) -> Any:
    it = iter(items)
    here = [next(it, _missing), None, None]         # the element that is next, its key, and the group that may have it
    turn(here, here[0], key)
    while here[0] is not _missing:
        target, mine = here[1], object()
        here[2] = mine
        yield target, group(it, key, here, mine)
        while here[0] is not _missing and equal(here[1], target):
            turn(here, next(it, _missing), key)


def group(it: Any, key: Any, here: list, mine: object) -> Any:
    """One of the groups of `groupby`, as long as that has not gone on to the next."""
    target = here[1]
    while here[0] is not _missing and here[2] is mine and equal(here[1], target):
        yield here[0]
        if here[2] is mine:
            turn(here, next(it, _missing), key)


def turn(here: list, x: Any, key: Any) -> None:
    """Go on to the next element."""
    here[0] = x
    if x is not _missing:
        here[1] = x if key is None else key(x)


def zip_longest(*sources: Any, fillvalue: Any = None) -> Any:
    iterators = [iter(s) for s in sources]
    left = len(iterators)
    done = [False] * left
    while left:
        row = []
        for k in range(len(iterators)):
            x = _missing if done[k] else next(iterators[k], _missing)
            if x is _missing and not done[k]:
                done[k] = True
                left -= 1
            row.append(fillvalue if x is _missing else x)
        if left:
            yield tuple(row)


@non_differentiable
def places(choose: Any, *args: Any, **words: Any) -> list:
    """The positions that a function of itertools chooses."""
    return list(choose(*args, **words))


def product(*sources: Any, repeat: int = 1) -> Any:
    pools = [tuple(s) for s in sources]
    for where in places(itertools.product, *[range(len(p)) for p in pools], repeat=repeat):
        yield tuple([pools[k % len(pools)][i] for k, i in enumerate(where)])


def permutations(items: Any, r: Any = None) -> Any:
    pool = tuple(items)
    for where in places(itertools.permutations, range(len(pool)), len(pool) if r is None else r):
        yield tuple([pool[i] for i in where])


def combinations(items: Any, r: int) -> Any:
    pool = tuple(items)
    for where in places(itertools.combinations, range(len(pool)), r):
        yield tuple([pool[i] for i in where])


def combinations_with_replacement(items: Any, r: int) -> Any:
    pool = tuple(items)
    for where in places(itertools.combinations_with_replacement, range(len(pool)), r):
        yield tuple([pool[i] for i in where])


stand_in(map, map_)
stand_in(filter, filter_)
stand_in(itertools.filterfalse, filterfalse)
stand_in(itertools.starmap, starmap)
stand_in(itertools.chain, chain)
stand_in_class_method(itertools.chain, "from_iterable", from_iterable)
stand_in(itertools.islice, islice)
stand_in(itertools.takewhile, takewhile)
stand_in(itertools.dropwhile, dropwhile)
stand_in(itertools.accumulate, accumulate)
stand_in(itertools.compress, compress)
stand_in(itertools.count, count)
stand_in(itertools.cycle, cycle)
stand_in(itertools.repeat, repeat)
if hasattr(itertools, "pairwise"):
    stand_in(itertools.pairwise, pairwise)
if hasattr(itertools, "batched"):
    stand_in(itertools.batched, batched)  # pyright: ignore[reportAttributeAccessIssue]
stand_in(itertools.tee, tee)
stand_in(itertools.groupby, groupby)
stand_in(itertools.zip_longest, zip_longest)
stand_in(itertools.product, product)
stand_in(itertools.permutations, permutations)
stand_in(itertools.combinations, combinations)
stand_in(itertools.combinations_with_replacement, combinations_with_replacement)
