"""Every program of the table in forward mode: against differences, against reverse mode, and with its side effects."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

import zygote_py
from zygote_py.testing.check import as_tangent, inner, weights_like

from .test_programs import differences, every_run, inputs, numbers_by_path, plain_run, quiet, same

# docs/limitations.md#forward-mode
REFUSED = ("classes.values_of_ones_own_class", "operators.numbers_with_operators_of_their_own")


def directions(entry, k):
    """Tangents for the arguments, and the derivative in that direction by differences."""
    found = differences(entry, k)
    weights = [weights_like(d) for d in found]
    want = sum(inner(w, d) for w, d in zip(weights, found))
    return tuple(as_tangent(w) for w in weights), want


def both_numbers(tangents, gradient):
    """The numbers of two structures that stand at the same place."""
    a, b = numbers_by_path(tangents), numbers_by_path(gradient)
    return [(a[path], b[path]) for path in a.keys() & b.keys()]


def is_shared(args):
    """Whether one mutable object is given twice: it has one tangent, and cannot vary in each place by itself."""
    mutable = [id(x) for x in args if not isinstance(x, (int, float, np.ndarray))]
    return len(set(mutable)) < len(mutable)


def is_refusal(error):
    """Whether an exception is a refusal, or what a `finally` raised as it cleaned up after one."""
    return isinstance(error, (zygote_py.UnsupportedCodeError, zygote_py.MissingRuleError)) \
        or (error.__context__ is not None and is_refusal(error.__context__))


@every_run
@pytest.mark.parametrize("optimise", [True, False])
def test_forward_mode(entry, k, optimise):
    expected, args_afterwards, printed = plain_run(entry, k)
    tangents, want = directions(entry, k)
    args = inputs(entry, k)
    with zygote_py.options(optimise=optimise), contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            y, y_dot = zygote_py.api.pushforward.run(entry.function, args, tangents, entry.keywords)
        except Exception as error:
            assert entry.name.startswith(REFUSED) and is_refusal(error)
            return
    assert type(y) is type(expected) and y == expected
    assert same(args, args_afterwards) and out.getvalue() == printed
    if entry.kinks:
        assert y_dot is None or np.isfinite(y_dot)
        return
    if is_shared(args):
        return
    scale = max(1.0, abs(float(want)), abs(float(expected)))
    assert abs((0.0 if y_dot is None else y_dot) - want) <= 1e-5 * scale
    gradient = quiet(zygote_py.gradient, entry.function, *inputs(entry, k), **entry.keywords)
    both = sum(inner(t, g) for t, g in both_numbers(tangents, gradient))
    assert abs((0.0 if y_dot is None else y_dot) - both) <= max(entry.rtol * 1e-3, 1e-10) * scale
