"""Every differentiable rule on the samples of the tables: against central differences, and in both modes of the engine."""

from __future__ import annotations

import copy
import linecache
import operator
import statistics
import warnings

import numpy as np
import pytest

from zygote_py import MissingRuleError, pullback, pushforward, registry
from zygote_py import rules as _rules  # noqa: F401
from zygote_py.tangents import project

from .apply import applied, check, check_type, cotangents, direction, inner, is_unknown, seed_for, slope
from .samples import CS, SPD, SPD2
from .tables import CASES, SAMPLED


def name(f):
    return f"{getattr(f, '__module__', None) or type(f).__name__}.{getattr(f, '__qualname__', getattr(f, '__name__', f))}"


@pytest.mark.parametrize(("f", "args", "kwargs"), CASES, ids=[f"{name(f)}-{i}" for i, (f, _, _) in enumerate(CASES)])
def test_rule(f, args, kwargs):
    """The cotangents against differences; through the engine, in both modes, on inputs that stay as they are."""
    before = copy.deepcopy(numbers((*args, *kwargs.values())))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_modes(f, args, kwargs, check(f, args, kwargs))
    np.testing.assert_equal(numbers((*args, *kwargs.values())), before)


def numbers(values):
    return [x for x in values if isinstance(x, (np.ndarray, list, tuple))]


def check_modes(f, args, kwargs, dxs):
    """The engine's pullback, twice, gives the cotangents that the rule gives; <dy, y_dot> is <dx, x_dot>."""
    kept = applied(f, kwargs)
    y, back = pullback(f, *args, **kwargs)
    np.testing.assert_equal(kept(y), kept(f(*args, **kwargs)))
    dy = seed_for(f, y, kwargs)
    steps = [direction(x, np.random.default_rng(3)) for x in args]
    refused = [dx is None or is_unknown(dx) for dx in dxs]
    try:
        found = zip(args, steps, dxs, back(dy), back(dy))
    except MissingRuleError:
        assert any(refused)
    else:
        for x, step, want, dx, again in found:
            if step is not None:
                np.testing.assert_allclose([inner(dx, step), inner(again, step)], inner(want, step), rtol=1e-9, atol=1e-12)
                check_type(dx, x)
    moving = [None if no else step for step, no in zip(steps, refused)]
    if any(step is not None for step in moving):
        got = inner(kept(pushforward(f, *args, **kwargs)(*moving)), dy)
        want = sum([inner(dx, step) for dx, step in zip(dxs, moving)])
        assert abs(got - want) <= 1e-8 * (1 + abs(want)), f"forward {got}, reverse {want}"
    for i, step in enumerate(steps):
        if refused[i] and step is not None:         # in reverse mode; forward mode refuses as well, or is right
            try:
                y_dot = pushforward(f, *args, **kwargs)(*[step if j == i else None for j in range(len(args))])
            except MissingRuleError:
                continue
            want = slope(f, args, kwargs, i, step, dy)
            assert abs(inner(kept(y_dot), dy) - want) <= 2e-6 * (1 + abs(want)), f"argument {i} in forward mode"


TRIED_IN_PROGRAMS = ("zygote_py.rules.stdlib.numbers", "zygote_py.rules.stdlib.random", "zygote_py.rules.numpy.scalars",
                     "zygote_py.rules.scipy.stats", "zygote_py.rules.scipy.distance", "zygote_py.rules.scipy.integrate",
                     "zygote_py.rules.mpmath", "zygote_py.rules.sympy",      # tests/runtime/test_numbers.py
                     "zygote_py.rules.stdlib.threads")                       # tests/runtime/test_refusals.py


def test_every_differentiable_rule_has_samples():
    own_tests = {id(f) for f in (np.float16, np.float32, np.complex64, statistics.mode, statistics.multimode, operator.and_,
                                 operator.or_, operator.xor, operator.lshift, operator.rshift, operator.inv, operator.invert)}
    own_tests.add(id(getattr(np, "trapz", None)))      # beside np.trapezoid a deprecated name, with the same parts
    sampled = SAMPLED | own_tests
    missing = [name(rule.f) for rule in registry._rules.values()
               if rule.form not in ("none", "primitive") and id(rule.f) not in sampled and not rule.own
               and any(part.__module__.startswith("zygote_py.rules") and part.__module__ not in TRIED_IN_PROGRAMS
                       for part in rule.parts if part is not None and part is not registry.not_yet)]
    assert not missing, missing


def test_rules_can_be_read_statically():
    """A part of a rule is the only lambda on its line; its body is one expression of its parameters and of global names."""
    shared = []
    for rule in registry._rules.values():
        for part in rule.parts:
            if rule.form == "rrule" or part is None or not part.__module__.startswith("zygote_py.rules"):
                continue
            assert part.__name__ == "<lambda>", rule
            assert part.__closure__ is None, rule
            source = linecache.getlines(part.__code__.co_filename)
            if source[part.__code__.co_firstlineno - 1].count("lambda") != 1:
                shared.append(rule)
    assert not shared


def test_dtypes_are_kept():
    x = np.linspace(0.1, 0.9, 4, dtype=np.float32)
    for f in (np.sin, np.exp, np.log, np.sqrt, np.tanh, np.abs, np.sum, np.max, np.prod, np.cumsum, np.arcsin):
        y, (dx,) = cotangents(f, (x,), {}, seed=lambda y: np.ones_like(y))
        assert project(dx, x).dtype == np.float32, f


def test_narrow_types():
    for f in (np.float16, np.float32, np.complex64):
        assert cotangents(f, (0.5,), {}, 2.0)[1] == [2.0]
        np.testing.assert_array_equal(cotangents(f, (np.ones(2),), {}, np.array([1.0, 2.0]))[1][0], [1.0, 2.0])


def symmetric(x):
    return 0.5 * (x + x.conj().swapaxes(-1, -2))


@pytest.mark.parametrize("f", [np.linalg.cholesky, np.linalg.eigh, np.linalg.eigvalsh])
@pytest.mark.parametrize("a", [SPD, SPD2, CS @ CS.conj().T], ids=["real", "batched", "complex"])
def test_functions_of_hermitian_matrices(f, a):
    """The argument moves within the Hermitian matrices; eigenvectors are weighted where their phase does not matter."""
    def g(a):
        y = f(a)
        return y if f is not np.linalg.eigh else (y[0], y[1][..., :, 0, None] * y[1][..., None, :, 0].conj())
    rng = np.random.default_rng(3)
    step = symmetric(direction(a, rng))
    h = 1e-6
    up, down = g(a + h * step), g(a - h * step)
    seed = direction(g(a), rng)
    want = (inner(seed, up) - inner(seed, down)) / (2 * h)
    dy = seed
    if f is np.linalg.eigh:             # projector p = v v^H of the first vector: dv = (dp + dp^H) v
        v = f(a)[1]
        dv = np.zeros_like(v)
        dv[..., 0] = ((seed[1] + seed[1].conj().swapaxes(-1, -2)) @ v[..., :1])[..., 0]
        dy = (seed[0], dv)
    _, (dx,) = cotangents(f, (a,), {}, dy)
    assert inner(dx, step) == pytest.approx(want, rel=1e-5, abs=1e-6)
    assert dx.shape == a.shape


def test_cheaper_forms_agree():
    """The variants for certain kinds, the swift forms, and additions in place give what the rules and the functions give."""
    rng = np.random.default_rng(4)
    shapes = {1: (3,), 2: (3, 3), 3: (2, 3, 3)}
    checked = 0
    for rule in list(registry._rules.values()):
        for kinds, parts in rule.variants.items():
            args = [[0.5, 1.5, 2.5] if k == "numbers" else rng.standard_normal(shapes[k[1]]) for k in kinds]
            y = rule.f(*args)
            dy = direction(y, rng)
            for short, part in zip(parts, rule.parts):
                whole = part(dy, *args) if rule.form == "linear" else part(dy, y, *args)
                np.testing.assert_allclose(short(dy, y, *args), whole, rtol=1e-12)
                checked += 1
        if rule.swift is not None:
            x = rng.standard_normal((3, 4))
            np.testing.assert_array_equal(rule.swift(x), rule.f(x))
            checked += 1
        if rule.into is not None:
            for x in (rng.standard_normal(4), rng.standard_normal((3, 4)), np.array([1.0, 2.0, 2.0])):
                dx, y = np.ones(x.shape), rule.f(x)
                rule.into(dx, 0.7, y, x)
                np.testing.assert_allclose(dx, 1.0 + rule.parts[0](0.7, y, x))
                checked += 1
    assert checked > 20


def test_rules_say_whether_the_result_is_new_memory():
    """`fresh` is what the analysis of aliases believes, of rules whose results it follows."""
    for f, args, kwargs in CASES:
        r = registry.lookup(f)
        if r is not None and r.fresh and r.form in ("elementwise", "linear", "rule"):
            held = list(arrays([*args, *kwargs.values()]))
            for y in arrays(f(*args, **kwargs)):
                assert not any(np.shares_memory(y, x) for x in held), f


def arrays(x):
    if isinstance(x, np.ndarray) and x.size:
        yield x
    elif isinstance(x, (list, tuple)):
        for p in x:
            yield from arrays(p)
