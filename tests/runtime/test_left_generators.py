"""Generators that do something where Python drops them before their end are refused where that is not seen, never ignored."""

import contextlib
import itertools

import pytest
from parts import assert_parts

from zygote_py import UnsupportedCodeError, gradient, jvp


def closing(x, log):
    try:
        for k in range(5):
            yield x * k
    finally:
        log.append(x * x)


def plain(x, log):
    for k in range(5):
        yield x * k
    log.append(x * x)


def zipped(it):
    return sum(a * b for a, b in zip([1.0, 2.0], it))


def numbered(it):
    for k, v in enumerate(it):
        if k == 2:
            return v


def sliced(it):
    return sum(itertools.islice(it, 3))


def asked_once(it):
    return next(it) + 0.0


def left_by_an_exception(it):
    try:
        for v in it:
            if v > 1:
                raise LookupError
    except LookupError:
        return v


def searched(it):
    return 1.0 * any(v > 1 for v in it)


WAYS = [zipped, numbered, sliced, asked_once, left_by_an_exception, searched]


def consumed(x, way, generator):
    log = []
    y = way(generator(x, log))
    return y * x + sum(log)


@pytest.mark.parametrize("way", WAYS)
def test_a_generator_that_is_left_before_its_end(way):
    with pytest.raises(UnsupportedCodeError, match="left before its end") as caught:
        gradient(consumed, 1.5, way, closing)
    assert_parts(caught.value)
    assert "in closing" in str(caught.value)
    with pytest.raises(UnsupportedCodeError, match="left before its end"):
        jvp(lambda x: consumed(x, way, closing), (1.5,), (1.0,))
    assert gradient(consumed, 1.5, way, plain)[0] == pytest.approx(
        (consumed(1.5 + 1e-6, way, plain) - consumed(1.5 - 1e-6, way, plain)) / 2e-6)


def test_the_way_round_is_to_close_it():
    def f(x):
        log = []
        with contextlib.closing(closing(x, log)) as it:
            y = sliced(it)
        return y * sum(log)

    assert gradient(f, 2.0)[0] == pytest.approx(9 * 2.0**2)


def test_second_derivatives_of_a_loop_that_is_left():
    def f(x):
        log = []
        for v in closing(x, log):
            if v > 1:
                break
        return v * sum(log)

    assert gradient(f, 2.0) == (12.0,)
    with pytest.raises(UnsupportedCodeError, match="left before its end"):
        gradient(lambda x: gradient(f, x)[0], 2.0)
