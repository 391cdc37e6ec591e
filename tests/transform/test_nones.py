"""Tests of cotangents for None, made once each; buffers that are known to be nobody else's."""

from __future__ import annotations

import ast
from textwrap import dedent

import gast
import numpy as np
import pytest

from zygote_py import code_adjoint, gradient, options, pullback
from zygote_py.transform.nones import join_tests

CASES: dict[str, tuple[str, str | None]] = {     # None: it stays as it is
    "a chain": ("""
        if da is not None:
            db = da * x
            dc = fit(da, y)
        else:
            db = None
            dc = None
        if dc is not None:
            de = dc * z
        else:
            de = None
        if db is not None:
            df = db * z
        """, """
        if da is not None:
            db = da * x
            dc = fit(da, y)
            de = dc * z
            df = db * z
        else:
            db = None
            dc = None
            de = None
        """),
    "what a function returns may be None": ("""
        if da is not None:
            db = f(da)
        else:
            db = None
        if db is not None:
            dc = db * z
        """, None),
    "something in both branches": ("""
        if da is not None:
            db = add(da, dc)
        else:
            db = zeros(x)
        if db is not None:
            de = db * z
        else:
            de = None
        """, """
        if da is not None:
            db = add(da, dc)
        else:
            db = zeros(x)
        de = db * z
        """),
    "bound anew in a loop": ("""
        da = b * c
        for k in xs:
            if da is not None:
                dx += da
            da = None
        if da is not None:
            dx += da
        """, None),
    "a variable of the user's": ("""
        if a is not None:
            db = x * y
        else:
            db = None
        if a is not None:
            db = db * z
        """, None),
}


@pytest.mark.parametrize("name", CASES)
def test_join_tests(name):
    before, after = CASES[name]
    body = join_tests(gast.parse(dedent(before)).body, lambda v: v.startswith("d"), {"zeros"}, {"add", "fit"})
    assert ast.unparse(gast.gast_to_ast(gast.Module(body=body, type_ignores=[]))) == dedent(after or before).strip()


def cell(w, h, c, x):
    n = len(h)
    keep = 1 / (1 + np.exp(-(x * w[:n])))
    new = np.tanh(h * w[n:2*n])
    c = c * keep + new
    return np.tanh(c) * keep, c, w * 2


def steps(w, state, xs):
    state, seen = list(state), None
    for x in xs:
        state[0], state[1], seen = cell(w, state[0], state[1], x)
    return np.sum(state[0]) + (np.sum(seen) if seen is not None and len(xs) > 2 else 0.0)


def test_parts_without_cotangents():
    """Whichever parts of a result have a cotangent, the pullback is that of the plain form."""
    given = np.linspace(-1, 1, 6), np.array([0.3, -0.4, 0.0]), np.array([1.0, 0.5, 2.0]), np.array([2.0, -3.0, 1e3])
    ones = (np.ones(3), np.arange(3.0), np.full(6, 0.5))
    back = pullback(cell, *given)[1]
    with options(optimise=False):
        plain = pullback(cell, *given)[1]
    for which in range(8):
        seed = tuple([d if which >> i & 1 else None for i, d in enumerate(ones)])
        for found, known in zip(back(seed), plain(seed)):
            if known is None:
                assert found is None
            else:
                np.testing.assert_allclose(found, known, rtol=1e-12)
    np.testing.assert_array_equal(ones[0], 1.0)      # what is added to is not the seed
    np.testing.assert_array_equal(ones[2], 0.5)
    text = str(code_adjoint(cell, *given)).split("def cell_pullback")[1]
    assert text.count(" is not None:") <= 4
    assert "owned(" not in text


def test_in_a_loop():
    given = np.linspace(-1, 1, 6), np.array([[0.3, -0.4, 0.0], [1.0, 0.5, 2.0]])
    for xs in (np.ones((2, 3)), np.ones((3, 3)) * 0.3):
        found = gradient(steps, *given, xs)
        with options(optimise=False):
            known = gradient(steps, *given, xs)
        for a, b in zip(found, known):
            np.testing.assert_allclose(a, b, rtol=1e-12)
