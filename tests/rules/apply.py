"""Apply one rule as the engine does at run time, and compare it with differences in random directions."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from zygote_py.registry import lookup, not_yet
from zygote_py.runtime.rules import covering, rrule_places
from zygote_py.tangents import Unknown, add, unbroadcast


def cotangents(f: Any, args: tuple, kwargs: dict, dy: Any = None, seed: Any = None) -> tuple[Any, list]:
    """Return y and one cotangent (or None) per argument and keyword; `seed(y)` makes dy where it is not given."""
    rule = lookup(f)
    n = len(args) + len(kwargs)
    if rule.form == "rrule":
        y, back = rule.parts[0](*args, **kwargs)
        ds = back(seed(y) if seed else dy)
        return y, [ds[j] if j < len(ds) else None for j in rrule_places(rule, len(args), kwargs)[0]]
    rule = covering(rule, kwargs)
    y = f(*args, **kwargs)
    dy = seed(y) if seed else dy
    places = rule.places(len(args), kwargs)
    if rule.form == "elementwise":
        bind(rule.parts[0], (y, *args), kwargs)
        partials = rule.parts[0](y, *args, **kwargs)
        partials = partials if isinstance(partials, tuple) else (partials,)
        found = [(partials[j], x) for j, x in zip(places, [*args, *kwargs.values()])]
        return y, [None if p is None else unbroadcast(dy * conjugate(p), x) for p, x in found]
    if rule.form == "linear":
        bind(rule.parts[0], (dy, *args), kwargs)
        return y, [rule.parts[0](dy, *args, **kwargs)] + [None] * (n - 1)
    assert rule.form == "rule", rule
    parts = [rule.parts[j] if j < len(rule.parts) else None for j in places]
    return y, [part if part is None or part is not_yet else part(dy, y, *args, **kwargs) for part in parts]


def conjugate(p: Any) -> Any:
    return p.conjugate() if isinstance(p, complex) or getattr(p, "dtype", np.dtype(float)).kind == "c" else p


def bind(part: Any, args: tuple, kwargs: dict) -> None:
    inspect.signature(part).bind(*args, **kwargs)


def is_number(x: Any) -> bool:
    return isinstance(x, (float, complex, np.floating, np.complexfloating)) or isinstance(x, np.ndarray) and x.dtype.kind in "fc"


def direction(x: Any, rng: np.random.Generator) -> Any:
    """A random tangent of the structure of x; None where nothing can move."""
    if isinstance(x, (list, tuple)):
        parts = [direction(p, rng) for p in x]
        return None if all(p is None for p in parts) else parts
    if not is_number(x):
        return None
    r = rng.standard_normal(np.shape(x))
    if np.iscomplexobj(x):
        r = r + 1j * rng.standard_normal(np.shape(x))
    if isinstance(x, np.ndarray):
        step = np.empty_like(x, dtype=r.dtype)          # in the layout of x, which some functions ask for
        step[...] = r
        return step
    return r[()].item() if hasattr(r, "item") else r


def moved(x: Any, step: Any, h: float) -> Any:
    if step is None:
        return x
    if isinstance(x, tuple) and hasattr(x, "_make"):
        return x._make([moved(p, q, h) for p, q in zip(x, step)])
    return type(x)([moved(p, q, h) for p, q in zip(x, step)]) if isinstance(x, (list, tuple)) else x + h * step


def inner(a: Any, b: Any) -> float:
    """The real inner product of a cotangent and a tangent: Re sum conj(a) b."""
    if a is None or b is None:
        return 0.0
    if isinstance(b, (list, tuple)):
        assert isinstance(a, (list, tuple)), (a, b)
        assert len(a) == len(b)
        return sum([inner(p, q) for p, q in zip(a, b)])
    assert np.shape(a) == np.shape(b), (np.shape(a), np.shape(b))
    return float(np.sum(np.conj(a) * b).real)


def applied(f: Any, kwargs: dict) -> Callable:
    """What a result is for sure: a ufunc leaves open what it returns where it is not applied."""
    where = kwargs.get("where", True) if isinstance(f, np.ufunc) else True
    return lambda y: y if where is True or y is None else np.where(where, y, 0.0)


def seed_for(f: Any, y: Any, kwargs: dict) -> Any:
    """A random cotangent of a result."""
    return applied(f, kwargs)(direction(y, np.random.default_rng(7)))


def is_unknown(dx: Any) -> bool:
    """Whether a cotangent is one that is not worked out."""
    return dx is not_yet or isinstance(dx, Unknown)


def slope(f: Any, args: tuple, kwargs: dict, i: int, step: Any, dy: Any, h: float = 1e-6) -> float:
    """The difference quotient of <dy, f> along a step of the argument or keyword i."""
    kept = applied(f, kwargs)

    def at(h: float) -> Any:
        shifted = [*args, *kwargs.values()]
        shifted[i] = moved(shifted[i], step, h)
        return kept(f(*shifted[:len(args)], **dict(zip(kwargs, shifted[len(args):]))))
    return (inner(dy, at(h)) - inner(dy, at(-h))) / (2 * h)


def check(f: Any, args: tuple, kwargs: dict, rtol: float = 2e-6) -> list:
    """Compare <dx, x_dot> with <dy, y_dot> for a random seed and random directions; return the cotangents."""
    rng = np.random.default_rng(8)
    y, dxs = cotangents(f, args, kwargs, seed=lambda y: seed_for(f, y, kwargs))
    dy = seed_for(f, y, kwargs)
    for i, (x, dx) in enumerate(zip([*args, *kwargs.values()], dxs)):
        step = direction(x, rng)
        if step is None or is_unknown(dx):
            continue
        want = slope(f, args, kwargs, i, step, dy)
        got = inner(dx, step)           # None stands for independence, which is checked like any other value
        assert abs(got - want) <= rtol * (1 + abs(want)), f"argument {i}: rule {got}, differences {want}"
        check_type(dx, x)
    return dxs


def check_type(dx: Any, x: Any) -> None:
    """A cotangent has the structure, the shape and the realness of its primal."""
    if dx is None:
        return
    if isinstance(x, (list, tuple)):
        assert type(dx) is type(x), (type(dx), type(x))
        for d, p in zip(dx, x):
            check_type(d, p)
    elif is_number(x):
        assert np.shape(dx) == np.shape(x)
        assert np.iscomplexobj(x) or not np.iscomplexobj(dx), "complex cotangent of a real argument"
        if isinstance(x, np.ndarray):
            assert isinstance(dx, np.ndarray) or not x.ndim, type(dx)


__all__ = ["add", "applied", "check", "check_type", "cotangents", "direction", "inner", "is_unknown", "seed_for", "slope"]
