"""Hold one random program against its plain run, against differences, and against the unoptimised transform."""

from __future__ import annotations

import copy
import linecache
import warnings
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

import zygote_py
from zygote_py.testing import finite_difference, mismatch

from . import scene
from .text import source

__all__ = ["check", "check_all", "load"]

ARGUMENTS = (0.7013, 1.2987, [0.4021, -0.6017, 1.0993], np.array([0.5209, -0.3011, 0.8989]))

DIRECTION = (0.8, -0.6, [0.3, -1.1, 0.7], np.array([-0.4, 1.2, 0.9]))
OTHER_MODES = 5
"""Of every so many programs, the two halves and forward mode are tried, too."""

LARGE = 1e6
"""Differences of values beyond it are mostly rounding."""


def load(seed: int) -> Any:
    """The function of a seed."""
    name, text = f"<program {seed}>", source(seed)
    linecache.cache[name] = len(text), None, text.splitlines(True), name
    space = vars(scene)     # the same globals as those of its classes
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        exec(compile(text, name, "exec"), space)
    return space["program"]


def outcome(f: Any, *args: Any) -> tuple:
    """What a call gives: its value, or the kind of its exception; or why it is refused."""
    try:
        return "value", f(*args)
    except zygote_py.UnsupportedCodeError as e:
        return "refused", str(e)
    except zygote_py.ZygoteError:
        raise
    except Exception as e:
        return "raised", type(e), str(e)


def check(seed: int) -> str:
    """Raise AssertionError if anything is wrong. Return what differences say of the gradient: that it is right, or that there
    is a jump nearby; or that the program raises, or is refused."""
    f = load(seed)
    args = copy.deepcopy(ARGUMENTS)
    plain = outcome(f, *args)
    ours = copy.deepcopy(ARGUMENTS)
    got = outcome(zygote_py.withgradient, f, *ours)
    with zygote_py.options(optimise=False):
        slow = outcome(zygote_py.withgradient, f, *copy.deepcopy(ARGUMENTS))
    if "refused" in (got[0], slow[0]):
        return "refused"
    assert repr(ours) == repr(args), f"the arguments are {ours} after the differentiated run, {args} after the plain one"
    if plain[0] == "raised":
        assert got == plain, f"{got} in place of {plain}"
        assert slow == plain, f"{slow} in place of {plain}, unoptimised"
        return "raised"
    assert got[0] == "value", f"raises {got}, the plain run does not"
    assert slow[0] == "value", f"raises {slow}, unoptimised"
    assert repr(got[1].val) == repr(plain[1]), f"the value is {got[1].val} in place of {plain[1]}"
    if not np.isfinite(plain[1]):
        return "infinite"
    told = "jump"
    for i in range(len(ARGUMENTS)):
        wrong = mismatch(got[1].grad[i], numbers(slow[1].grad[i], ARGUMENTS[i]), rtol=1e-9, atol=1e-11)
        assert wrong is None, f"argument {i}, optimised against unoptimised: {wrong}"
        want = difference(f, i) if abs(plain[1]) < LARGE else None
        if want is not None:
            told = "right"
            wrong = mismatch(got[1].grad[i], want, rtol=1e-5, atol=1e-6)
            assert wrong is None, f"argument {i}, against differences: {wrong}"
    if seed % OTHER_MODES == 0:
        check_pullback(f, got[1].grad)
        check_tangent(f, got[1].grad)
    return told


def check_pullback(f: Any, grad: tuple) -> None:
    """The two halves give what the joint form gives, and the second half gives it again."""
    _, back = zygote_py.pullback(f, *copy.deepcopy(ARGUMENTS))
    for factor in (1.0, 2.0):
        for i, (d, once, x) in enumerate(zip(back(factor), grad, ARGUMENTS, strict=True)):
            wrong = mismatch(numbers(d, x), scaled(numbers(once, x), factor), rtol=1e-9, atol=1e-11)
            assert wrong is None, f"argument {i}, pullback of {factor}: {wrong}"


def check_tangent(f: Any, grad: tuple) -> None:
    """The derivative in one direction is that of forward mode, which may refuse."""
    told = outcome(zygote_py.jvp, f, copy.deepcopy(ARGUMENTS), DIRECTION)
    if told[0] != "refused":
        want = sum(np.sum(np.multiply(numbers(d, x), t)) for d, x, t in zip(grad, ARGUMENTS, DIRECTION))
        assert told[0] == "value", f"forward mode raises {told}"
        wrong = mismatch(told[1][1], float(want), rtol=1e-7, atol=1e-8)
        assert wrong is None, f"forward mode against reverse mode: {wrong}"


def scaled(d: Any, factor: float) -> Any:
    return [p * factor for p in d] if isinstance(d, list) else d * factor


def check_all(seeds: Iterable[int]) -> tuple[Counter[str], dict[int, str]]:
    """What comes of some programs: how many of each outcome, and the errors of those that fail by their seeds."""
    told, failed = Counter[str](), {}
    for seed in seeds:
        try:
            told[check(seed)] += 1
        except Exception as e:
            failed[seed] = f"{type(e).__name__}: {str(e)[:300]}"
    return told, failed


def difference(f: Any, i: int) -> Any:
    """The derivative by differences; None where there is a jump nearby, or an exception."""
    try:
        want = finite_difference(f, ARGUMENTS, i)
    except Exception:
        return None
    return want if mismatch(want, want) is None else None


def numbers(d: Any, x: Any) -> Any:
    """A gradient with zeros in place of None."""
    if isinstance(x, list):
        return [0.0] * len(x) if d is None else [0.0 if p is None else p for p in d]
    if isinstance(x, np.ndarray):
        return np.zeros(x.shape) if d is None else d
    return 0.0 if d is None or not np.all(np.isfinite(d)) else d
