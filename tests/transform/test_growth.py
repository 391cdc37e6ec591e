"""The work of making a derivative grows with the length of the function, not faster."""

from __future__ import annotations

import cProfile
import functools
import linecache
import math
import operator
import pstats
from typing import Any

import numpy as np
import pytest

import zygote_py

STRAIGHT = """    a{k} = math.sin(y) * x + 0.5
    b{k} = a{k} * y - a{k} / (1.0 + x * x)
    y = y * 0.5 + 0.001 * math.cos(b{k})
"""
BRANCHES_AND_LOOPS = """    a = math.sin(y) * x
    if a > 0.5:
        y = y * 0.9 + a
    for i in range(2):
        y = y * x + a
    y = y / (1.0 + y * y)
"""
STORES = """    t{k} = [y, x * {k}.0]
    t{k}[0] = t{k}[1] * y
    y = math.tanh(t{k}[0] + y)
"""
ARRAYS = """    n{k} = np.array([y, x]) * x
    n{k}[0] = y * y
    r{k} = n{k}[1:]
    r{k} += y
    a{k} = n{k}
    l{k} = [a{k}[0], a{k}[1]]
    m{k} = l{k}
    y = math.tanh(m{k}[0] + m{k}[1])
"""
HELD = {"of": functools.partial(operator.mul, 0.9)}     # what it returns is of a kind that nobody knows
UNKNOWN = """    u{k} = of(y)
    y = u{k} * x + 0.5
    y = y / (u{k} * 0.5 + y * y)
"""


def function(part: str, times: int) -> Any:
    """A function of as many parts, which all read and bind `y`."""
    text = "def f(x):\n    y = x\n" + "".join(part.replace("{k}", str(k)) for k in range(times)) + "    return y\n"
    name = f"<{times} times {len(part)}>"
    linecache.cache[name] = len(text), None, text.splitlines(True), name
    space: dict[str, Any] = {"math": math, "np": np, "of": HELD["of"]}
    exec(compile(text, name, "exec"), space)
    return space["f"]


def calls(f: Any) -> int:
    """How many calls the first gradient of a function takes."""
    profile = cProfile.Profile()
    profile.enable()
    zygote_py.gradient(f, 0.7)
    profile.disable()
    return pstats.Stats(profile).total_calls  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("part, times", [(STRAIGHT, 8), (BRANCHES_AND_LOOPS, 8), (STORES, 8), (UNKNOWN, 16),
                                         (ARRAYS, 8)],
                         ids=["straight", "branches_and_loops", "stores", "unknown", "arrays"])
def test_growth(part, times):
    calls(function(part, 3))        # what is read once
    few, many = calls(function(part, times)), calls(function(part, 4 * times))
    assert math.log(many / few, 4) <= 1.15
