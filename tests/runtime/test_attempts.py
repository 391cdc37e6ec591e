"""What is caught, what is not, and how deep functions may call each other."""

from __future__ import annotations

import functools
import sys

import pytest

from zygote_py import RuleError, UnsupportedCodeError, elementwise, gradient, pullback, pushforward


def test_errors_of_ours_are_not_caught_by_the_users_handlers():
    def f(x):
        try:
            return eval("x * x")
        except Exception:
            return 0.0 * x

    with pytest.raises(UnsupportedCodeError, match="eval"):
        gradient(f, 3.0)


def test_the_exception_of_a_function_called_by_python_that_wrote_before_is_refused():
    def f(x):
        log = []

        def note(total, v):
            log.append(v)
            raise ValueError

        try:
            return functools.reduce(note, [x], 0.0)
        except ValueError:
            return log[0] * x

    with pytest.raises(UnsupportedCodeError, match="cannot differentiate `try` around reduce"):
        gradient(f, 3.0)


def test_an_exception_that_nobody_catches_leaves_as_it_is():
    def f(x):
        try:
            raise KeyError("k")
        finally:
            x = x * 2

    with pytest.raises(KeyError, match="k") as info:
        gradient(f, 3.0)
    assert info.value.__context__ is None


def test_context_and_cause_are_those_of_the_plain_run():
    def f(x):
        try:
            try:
                raise KeyError("k")
            except KeyError as e:
                raise ValueError("v") from e
        except ValueError as e:
            return x * len(str(e.__cause__)) + (e.__context__ is e.__cause__)

    assert gradient(f, 3.0) == (3.0,)
    assert pullback(f, 3.0)[0] == f(3.0)


def deepest(call) -> int:
    low, high = 1, sys.getrecursionlimit()
    while low < high:
        middle = (low + high + 1) // 2
        try:
            call(middle)
            low = middle
        except RecursionError:
            high = middle - 1
    return low


class Node:
    def __init__(self, value, rest):
        self.value, self.rest = value, rest

    def total(self, x):
        return self.value * x + (self.rest.total(x) if self.rest else 0.0)


def chain(x, n):
    node = None
    for k in range(n):
        node = Node(x * k, node)
    return node.total(x)


def down(x, n):
    return x * x if n == 0 else down(x * 1.0001, n - 1) * 1.0001


def guarded(x, n):
    try:
        return x if n == 0 else guarded(x * 1.001, n - 1)
    except ValueError:
        return x


def closures(x, n):
    def inner(k):
        return x if k == 0 else inner(k - 1) * 1.001
    return inner(n)


@pytest.mark.parametrize("f", [chain, down, guarded, closures])
def test_at_most_two_frames_for_one_of_the_users(f):
    plain = deepest(lambda n: f(1.0, n))
    assert deepest(lambda n: gradient(lambda x: f(x, n), 1.0)) >= plain // 2 - 40


def test_long_loops_of_attempts():
    def f(x):
        total = 0.0
        for i in range(100_000):
            try:
                total = total * 0.5 + x / (i % 1000)
            except ZeroDivisionError:
                total = 0.0
        return total

    h = 1e-6
    assert gradient(f, 1.5)[0] == pytest.approx((f(1.5 + h) - f(1.5 - h)) / (2 * h), rel=1e-6)


class Once:
    def __init__(self, value):
        self.value = value

    def __next__(self):
        if self.value is None:
            raise StopIteration
        value, self.value = self.value, None
        return value


def test_the_default_of_next_for_an_iterator_class():
    def f(x):
        it = Once(x * x)
        return next(it, x) * next(it, 3 * x)

    assert gradient(f, 2.0) == (36.0,)


def test_managers_are_left_and_finally_runs_when_something_is_refused():
    def scaled(x, scale=1.0):
        return x * scale

    elementwise(scaled, lambda y, x: 1.0)
    steps = []

    class Manager:
        def __enter__(self):
            steps.append("in")

        def __exit__(self, kind, error, trace):
            steps.append(kind)
            return True

    def f(x):
        try:
            with Manager():
                return scaled(x, scale=2.0)
        except:  # noqa: E722
            return x
        finally:
            steps.append("finally")

    for run in (gradient, pushforward):
        steps.clear()
        with pytest.raises(RuleError, match="scale"):
            result = run(f, 3.0)
            result(1.0)
        assert steps == ["in", RuleError, "finally"]


def test_finally_with_return_does_not_swallow_a_refusal():
    def f(x):
        try:
            return eval("x * x")
        finally:
            return x

    with pytest.raises(UnsupportedCodeError, match="eval"):
        gradient(f, 3.0)
