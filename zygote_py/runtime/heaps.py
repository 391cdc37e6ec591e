"""Heaps and lists that are kept in order: what the functions of `heapq` and `bisect` do, in the Python that the engine reads."""

from __future__ import annotations

import bisect
import heapq
from typing import Any

from ..registry import non_differentiable
from .standins import stand_in
from .watching import ORDER, compares

__all__ = ["heapify"]


@non_differentiable
def rising(heap: list, k: int) -> list:
    """The positions that an element passes on its way up from position k."""
    path, x = [k], heap[k]
    while k > 0 and x < heap[(k - 1) >> 1]:
        k = (k - 1) >> 1
        path.append(k)
    return path


@non_differentiable
def sinking(heap: list, k: int) -> list:
    """The positions that an element passes on its way down from position k.

    The gap goes down to a leaf along the smaller children, and the element up again from there; this is the order of `heapq`,
    which decides where equal elements end up.
    """
    path, x, n = [k], heap[k], len(heap)
    child = 2 * k + 1
    while child < n:
        if child + 1 < n and not heap[child] < heap[child + 1]:
            child += 1
        path.append(child)
        child = 2 * child + 1
    while len(path) > 1 and x < heap[path[-1]]:
        path.pop()
    return path


def move(heap: list, path: list) -> None:
    """Move the element at the start of a path to its end, and the others one place back."""
    x = heap[path[0]]
    for i in range(len(path) - 1):
        heap[path[i]] = heap[path[i + 1]]
    heap[path[-1]] = x


def heappush(heap: list, item: Any) -> None:
    heap.append(item)
    move(heap, rising(heap, len(heap) - 1))


def heappop(heap: list) -> Any:
    last = heap.pop()
    return heapreplace(heap, last) if heap else last


def heapreplace(heap: list, item: Any) -> Any:
    first = heap[0]
    heap[0] = item
    move(heap, sinking(heap, 0))
    return first


def heappushpop(heap: list, item: Any) -> Any:
    return heapreplace(heap, item) if heap and heap[0] < item else item


def heapify(heap: list) -> None:
    for k in range(len(heap) // 2 - 1, -1, -1):
        move(heap, sinking(heap, k))


def nlargest(n: int, iterable: Any, key: Any = None) -> list:
    return sorted(iterable, key=key, reverse=True)[:max(n, 0)]


def nsmallest(n: int, iterable: Any, key: Any = None) -> list:
    return sorted(iterable, key=key)[:max(n, 0)]



def insort_left(a: Any, x: Any, lo: int = 0, hi: Any = None, *, key: Any = None) -> None:
    a.insert(bisect.bisect_left(a, x if key is None else key(x), lo, hi, key=key), x)


def insort_right(a: Any, x: Any, lo: int = 0, hi: Any = None, *, key: Any = None) -> None:
    a.insert(bisect.bisect_right(a, x if key is None else key(x), lo, hi, key=key), x)


for original, python in (
        (heapq.heappush, heappush), (heapq.heappop, heappop), (heapq.heapreplace, heapreplace), (heapq.heappushpop, heappushpop),
        (heapq.heapify, heapify), (heapq.nlargest, nlargest), (heapq.nsmallest, nsmallest),
        (bisect.insort_left, insort_left), (bisect.insort_right, insort_right)):
    stand_in(original, python)
non_differentiable(bisect.bisect_left, bisect.bisect_right)
compares(ORDER, heapq.heapify, heapq.nlargest, heapq.nsmallest)
compares(ORDER, heapq.heappush, heapq.heappop, heapq.heapreplace, heapq.heappushpop, bisect.insort_left, bisect.insort_right,
         bisect.bisect_left, bisect.bisect_right, first="one")
