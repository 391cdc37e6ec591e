"""What methods store that Python itself calls, to compare, to find or to sort, is refused if it may carry a derivative."""

import bisect
import cProfile
import functools
import heapq
import pstats
from collections import Counter, deque

import pytest
from parts import assert_parts

from zygote_py import UnsupportedCodeError, gradient, jvp, options

CALLS = {
    "sorted": lambda a, b: sorted([b, a]), "list.sort": lambda a, b: [b, a].sort(), "max": lambda a, b: max(a, b),
    "min": lambda a, b: min([a, b]), "rows": lambda a, b: sorted([(a, 1), (b, 2)]), "tuples": lambda a, b: (a, 1) == (b, 1),
    "lists": lambda a, b: [a] == [b], "index": lambda a, b: [a, b].index(b), "count": lambda a, b: (a, b).count(b),
    "remove": lambda a, b: [a, b].remove(b), "deque": lambda a, b: deque([a]).count(b), "any": lambda a, b: any([a, b]),
    "all": lambda a, b: all((a, b)), "dict": lambda a, b: {a: 1.0}, "dict.get": lambda a, b: {1: 2.0}.get(a),
    "set": lambda a, b: {a, b}, "set.add": lambda a, b: set().add(a), "in set": lambda a, b: a in {1, 2},
    "Counter": lambda a, b: Counter([a, b]), "heap": lambda a, b: heapq.heappush([a], b),
    "bisect": lambda a, b: bisect.bisect([a], b), "key": lambda a, b: sorted([1, 0], key=lambda k: (a, b)[k]),
    "fromkeys": lambda a, b: dict.fromkeys([a]), "setitem": lambda a, b: {}.__setitem__(a, 1.0),
}

HASHED = {"dict", "dict.get", "set", "set.add", "in set", "Counter", "fromkeys", "setitem"}     # the engine looks keys up again


class Storing:
    def __init__(self, value):
        self.value, self.seen = value, 0.0

    def store(self):
        self.seen = self.seen + self.value

    def __eq__(self, other):
        self.store()
        return False

    def __lt__(self, other):
        self.store()
        return True

    __gt__ = __lt__

    def __hash__(self):
        self.store()
        return 1

    def __bool__(self):
        self.store()
        return self.seen is None


class Counting(Storing):
    def store(self):
        self.seen = (self.seen or 0) + 1

    def __init__(self, value):
        self.value, self.seen = value, 0


def use(call, x, kind):
    a, b = kind(x), kind(2 * x)
    call(a, b)
    return (a.seen + b.seen) * x


@pytest.mark.parametrize("name", CALLS)
def test_what_may_carry_a_derivative_is_refused_and_counts_are_not(name):
    call = CALLS[name]
    with pytest.raises(UnsupportedCodeError, match="stored") as caught:
        gradient(use, call, 1.5, Storing)
    assert_parts(caught.value)
    with pytest.raises(UnsupportedCodeError, match="stored"):
        jvp(lambda x: use(call, x, Storing), (1.5,), (1.0,))
    counted = gradient(use, call, 1.5, Counting)[1]
    a, b = Counting(1.5), Counting(3.0)
    call(a, b)
    assert counted == a.seen + b.seen or (name in HASHED and counted > a.seen + b.seen)


def test_a_function_that_compares_is_refused_where_it_stores():
    log = []

    def f(x):
        ranked = sorted([x, 2 * x], key=functools.cmp_to_key(lambda a, b: log.append(a * b) or a - b))
        return ranked[0] * x

    def g(x):
        return sorted([2 * x, x], key=functools.cmp_to_key(lambda a, b: a - b))[0] * x

    with pytest.raises(UnsupportedCodeError, match="stored"):
        gradient(f, 1.5)
    assert gradient(g, 1.5) == (3.0,)


def test_without_shortcuts_the_same_is_refused():
    with options(optimise=False), pytest.raises(UnsupportedCodeError, match="stored"):
        gradient(use, CALLS["sorted"], 1.5, Storing)


def search(x, n):
    seen, total = set(), 0.0
    for i in range(n):
        seen.add((i, 1))
        total = total + (x * x if (i, 2) in seen else x)
    return total


def calls(n):
    profile = cProfile.Profile()
    profile.runcall(gradient, search, 0.7, n)
    return pstats.Stats(profile).total_calls


def test_a_search_in_a_set_does_not_look_at_all_that_it_holds():
    assert gradient(search, 0.7, 3) == (3.0, None)
    assert calls(80) < 4.2 * calls(20)
