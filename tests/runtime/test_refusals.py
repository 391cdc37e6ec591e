"""What writes to memory behind the engine's back is refused, never ignored."""

import bisect
import heapq
from collections import deque

import numpy as np
import pytest

from zygote_py import MissingRuleError, MutationError, gradient

rng = np.random.default_rng(0)
V = np.array([1.0, 2.0, -3.0])




def pushed(x):
    heap = [x[1]]
    heapq.heappush(heap, x[0])
    return heap[0]


def inserted(x):
    items = [1.0]
    bisect.insort(items, x[1])
    return items[1]


def reshaped_in_place(x):
    y = x * 1
    y.shape = (3, 1)
    return y.sum()


UPDATES = [pushed, inserted, reshaped_in_place]


@pytest.mark.parametrize("f", UPDATES)
def test_updates_in_place_are_refused(f):
    with pytest.raises(MutationError, match="in-place update") as caught:
        gradient(f, V.copy())
    assert "test_refusals.py:" in str(caught.value) and f.__name__ in str(caught.value)


def test_what_a_container_of_c_holds_is_refused_when_a_cotangent_arrives():
    def f(x):
        return deque([x[0], x[1]])[1]

    with pytest.raises(MissingRuleError, match="deque"):
        gradient(f, V)


def test_an_argument_that_a_rule_does_not_cover_is_refused():
    with pytest.raises(MissingRuleError):
        gradient(lambda x: np.polyfit(x, x * x, 1, cov=True)[1][0, 0], np.array([0.0, 1.0, 2.0, 4.0]))
    assert np.isfinite(gradient(lambda x: np.polyfit(x, x * x, 1)[0], np.array([0.0, 1.0, 2.0]))[0]).all()
