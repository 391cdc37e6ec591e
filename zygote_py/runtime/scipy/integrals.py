"""scipy.integrate.quad: the quadrature formula that was used, differentiated.

quad bisects the interval where it has to, and applies a Gauss-Kronrod formula on each part. The formula's nodes are the points at
which the function was called anyway; the pullbacks of those calls, with the weights of the formula, give the derivatives by all
that the function depends on, and the shift of the nodes gives those by the limits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.integrate

from ...errors import UnsupportedCodeError, message
from ...registry import non_differentiable
from ...rules.scipy import integrate as _rules  # noqa: F401  (the rules of what takes numbers only)
from ...tangents.accumulate import add
from ..call import call
from ..context import Context
from ..frames import here
from ..slots import primitive

__all__ = ["integral"]

# Positive nodes and weights of the Kronrod formulas with 21 and 15 nodes   [Piessens et al., QUADPACK, 1983]
KRONROD_21 = (
    (0.995657163025808080735527280689003, 0.011694638867371874278064396062192),
    (0.973906528517171720077964012084452, 0.032558162307964727478818972459390),
    (0.930157491355708226001207180059508, 0.054755896574351996031381300244580),
    (0.865063366688984510732096688423493, 0.075039674810919952767043140916190),
    (0.780817726586416897063717578345042, 0.093125454583697605535065465083366),
    (0.679409568299024406234327365114874, 0.109387158802297641899210590325805),
    (0.562757134668604683339000099272694, 0.123491976262065851077958109585166),
    (0.433395394129247190799265943165784, 0.134709217311473325928054001771707),
    (0.294392862701460198131126603103866, 0.142775938577060080797094273138717),
    (0.148874338981631210884826001129720, 0.147739104901338491374841515972068),
    (0.0, 0.149445554002916905664936468389821))
KRONROD_15 = (
    (0.991455371120812639206854697526329, 0.022935322010529224963732008058970),
    (0.949107912342758524526189684047851, 0.063092092629978553290700663189204),
    (0.864864423359769072789712788640926, 0.104790010322250183839876322541518),
    (0.741531185599394439863864773280788, 0.140653259715525918745189590510238),
    (0.586087235467691130294144238717, 0.169004726639267902826583426598550),
    (0.405845151377397166906606412076961, 0.190350578064785409913256402421014),
    (0.207784955007898467600689403773245, 0.204432940075298892414161999234649),
    (0.0, 0.209482141084727828012999174891714))


def integral(cx: Context, mask: int, func: Any, a: Any, b: Any, *rest: Any, **words: Any) -> tuple[Any, Any, Any]:
    """`scipy.integrate.quad`, as a primitive."""
    options = {**dict(zip(("args", "full_output", "epsabs", "epsrel", "limit"), rest)), **words}
    refuse_options(options)
    args, full_output = options.pop("args", ()), options.pop("full_output", 0)
    given = args if isinstance(args, tuple) else (args,)
    calls: list = []

    def noted(x: float, *more: Any) -> Any:
        y, back, tape = call(cx, -1, func, x, *more)
        calls.append((x, y, back, tape))
        return y
    result = scipy.integrate.quad(noted, a, b, args=given, full_output=1, **options)
    chosen = choose(calls, float(a), float(b), result[2])
    y = result if full_output else result[:2]
    return y, integral_back, (calls, chosen, a, b, isinstance(args, tuple), len(given), len(rest), tuple(words))


def integral_back(cx: Context, tape: Any, dy: Any) -> tuple:
    calls, chosen, a, b, is_tuple, n, places, words = tape
    if dy is None or dy[0] is None:
        return (None,) * (3 + places + len(words))
    da = db = 0.0
    dargs: Any = (None,) * n
    width = b - a
    for i, weight in chosen:
        x, y, back, inner = calls[i]
        dx, *more = back(cx, inner, dy[0] * weight)
        dargs = add(dargs, tuple(more))
        slope = 0.0 if dx is None else dx
        if np.isfinite(width):                  # x = a + s (b - a), and the weight is in proportion to b - a
            s = (x - a) / width
            da = da + (1 - s) * slope - dy[0] * weight * y / width
            db = db + s * slope + dy[0] * weight * y / width
        elif np.isfinite(a):
            da = da + slope
        elif np.isfinite(b):
            db = db + slope
    given = dargs if is_tuple else dargs[0]
    return None, da, db, *[given if i == 0 else None for i in range(places)], *[given if w == "args" else None for w in words]


@non_differentiable
def choose(calls: list, a: float, b: float, info: dict) -> list:
    """Which calls have gone into the result, and with which weights."""
    wanted = nodes(a, b, info)
    if not wanted:
        return []
    where = np.argsort([x for x, _, _, _ in calls], kind="stable")
    points = np.array([calls[i][0] for i in where])
    x = np.array([point for point, _ in wanted])
    right = np.clip(np.searchsorted(points, x), 1, max(len(points) - 1, 1))
    nearest = np.where(x - points[right - 1] < points[right] - x, right - 1, right)
    if np.any(abs(points[nearest] - x) > 1e-9 * (1 + abs(x))):
        raise refused("an integral over these limits", "integrate over finite limits, from the lower to the upper one")
    return sorted([(int(where[j]), weight) for j, (_, weight) in zip(nearest, wanted)], reverse=True)


def nodes(a: float, b: float, info: dict) -> list:
    """The points and weights of the formula on all parts of the interval; an infinite one is x = end + (1 - t) / t, 0 < t < 1."""
    parts = [(info["alist"][i], info["blist"][i]) for i in range(info["last"])]
    sign_of_all = -1.0 if b < a else 1.0
    if np.isfinite(a) and np.isfinite(b):
        return [(x, sign_of_all * w) for low, high in parts for x, w in formula(KRONROD_21, low, high)]
    end = a if np.isfinite(a) else b
    ends = [(0.0, 1.0), (0.0, -1.0)] if np.isinf(end) else [(end, 1.0 if max(a, b) == np.inf else -1.0)]
    return [(end + sign * (1 - t) / t, sign_of_all * w / (t * t))
            for low, high in parts for t, w in formula(KRONROD_15, low, high) for end, sign in ends]


def formula(table: tuple, low: float, high: float) -> list:
    centre, half = 0.5 * (low + high), 0.5 * (high - low)
    return [(centre + sign * half * node, half * weight) for node, weight in table for sign in ((1, -1) if node else (1,))]


@non_differentiable
def refuse_options(options: dict) -> None:
    for name in options:
        if name not in ("args", "full_output", "epsabs", "epsrel", "limit"):
            raise refused(f"an integral with the option `{name}`", "leave the option out, or give a rule with @adjoint")


def refused(what: str, instead: str) -> UnsupportedCodeError:
    return UnsupportedCodeError(message(
        f"cannot differentiate {what}", **here(),
        why="Only the first derivatives of the quadrature formulas that `quad` uses by itself are known.", instead=instead,
        doc="docs/limitations.md#splines-and-integrals"))


def only_once(cx: Context, mask: int, *args: Any) -> tuple[Any, Any, Any]:
    raise refused("the derivative of an integral", "integrate the derivative of the function")


primitive(scipy.integrate.quad, integral)
primitive(integral_back, only_once)
