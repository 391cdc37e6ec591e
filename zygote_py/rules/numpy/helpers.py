"""Mathematics that is too long for the line of a rule.

Enters: cotangents, results and arguments, as numbers or arrays. Leaves: numbers or arrays; nothing is modified in place. The
functions are plain Python and can be differentiated again; those that write into new memory have rules of their own.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy import ndarray, vdot

from zygote_py.registry import elementwise, linear, rule
from zygote_py.rules.kinds import fitted
from zygote_py.tangents import add, project, unbroadcast

__all__ = ["H", "T", "bare", "conj", "exclusive_product", "expand", "fit", "floored", "half_over", "like", "log_abs",
           "pow_base", "pow_exponent", "ratio", "strong", "unit"]

fit = unbroadcast
F8 = np.dtype(np.float64)
_LIMIT = math.inf


class Singular:
    """Partial derivatives some of which are infinite or NaN: a product with an exactly zero cotangent is exactly zero."""

    __slots__ = ("p",)

    def __init__(self, p: Any) -> None:
        self.p = p

    def __mul__(self, d: Any) -> Any:
        return product(d, self.p)

    __rmul__ = __mul__

    def __neg__(self) -> Singular:
        return Singular(-self.p)

    def conjugate(self) -> Singular:
        return Singular(self.p.conjugate())

    conj = conjugate

    @property
    def real(self) -> Singular:
        return Singular(self.p.real)

    @property
    def dtype(self) -> Any:
        return self.p.dtype

    @property
    def shape(self) -> tuple:
        return self.p.shape

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        if ufunc is np.multiply and method == "__call__" and not keywords:
            a, b = [value.p if value.__class__ is Singular else value for value in inputs]
            return product(a, b, swap=inputs[0] is self)
        if ufunc is np.conjugate:
            return self.conjugate()
        return getattr(ufunc, method)(*[value.p if value.__class__ is Singular else value for value in inputs], **keywords)

    def __array_function__(self, function: Any, types: Any, args: tuple, keywords: dict) -> Any:
        return function(*[value.p if value.__class__ is Singular else value for value in args], **keywords)


def product(d: Any, p: Any, swap: bool = False) -> Any:
    """Return d * p where what is zero in d stays zero, whatever p is there."""
    if swap:
        d, p = p, d
    return d * np.where(d == 0, 0, p)


def strong(p: Any) -> Any:
    """Return partial derivatives such that a zero cotangent times them stays zero even where they are infinite or NaN.

    For finite numbers, and for arrays all of whose elements are finite, this is `p` itself.
    """
    if p.__class__ is ndarray:
        return p if abs(vdot(p, p)) < _LIMIT or np.isfinite(p).all() else Singular(p)
    if p.__class__ is float or not hasattr(p, "dtype"):
        return p
    if p.__class__ is np.float64:
        return p if math.isfinite(p) else Singular(p)
    return p if np.all(abs(p) < _LIMIT) else Singular(p)


elementwise(strong, lambda y, p: 1)


def bare(p: Any) -> Any:
    """Return partial derivatives, which may be strong, as an array or number: what one times them is."""
    return p.p if p.__class__ is Singular else p


linear(bare, lambda dy, p: dy, fresh=False)


def conj(x: Any) -> Any:
    """Return the complex conjugate, and `x` itself where it is real."""
    if x.__class__ is ndarray:
        return x.conj() if x.dtype.kind == "c" else x
    if x.__class__ is float:
        return x
    return x.conjugate() if np.iscomplexobj(x) else x


linear(conj, lambda dy, x: conj(dy), fresh=False)


def T(x: Any) -> Any:
    """Return `x` with its last two axes exchanged."""
    return x.T if x.ndim == 2 else x.swapaxes(-1, -2)


def H(x: Any) -> Any:
    """Return the conjugate of `x` with its last two axes exchanged."""
    return conj(x.T) if x.ndim == 2 else conj(x.swapaxes(-1, -2))


def like(dy: Any, x: Any) -> Any:
    """Return `dy` in the shape of `x`, and as nested lists if `x` is."""
    if x.__class__ is ndarray:
        return fit(dy.reshape(x.shape) if hasattr(dy, "reshape") else np.reshape(dy, x.shape), x)
    return fit(np.reshape(dy, np.shape(x)), x)


# -- partial derivatives with a limit or a convention where the plain formula has 0/0 ------------------------------------------


def ratio(a: Any, b: Any) -> Any:
    """Return a / b, and 0 where b is 0."""
    if b.__class__ is ndarray or a.__class__ is ndarray:
        if np.count_nonzero(b) == np.size(b):
            return strong(a / b)
        return strong(np.where(b == 0, 0.0, a) / np.where(b == 0, 1.0, b))
    return a / b if b else 0.0


def half_over(y: Any) -> Any:
    """Return 1 / (2 y), the derivative of y = sqrt(x); at 0 it is taken as 0."""
    if y.__class__ is ndarray:
        if np.count_nonzero(y) == y.size:
            return strong(0.5 / y)
        return strong(np.where(y == 0, 0.0, 0.5 / np.where(y == 0, 1.0, y)))
    return strong(0.5 / y) if y else 0.0


def third_over(y: Any) -> Any:
    """Return 1 / (3 y^2), the derivative of y = cbrt(x); at 0 it is taken as 0."""
    return ratio(1 / 3, y * y)


def inverse_root(s: Any) -> Any:
    """Return 1 / sqrt(s), and infinity where s is 0, without a warning there."""
    if s.__class__ is ndarray:
        if np.count_nonzero(s) == s.size:
            return strong(1 / np.sqrt(s))
        return strong(np.where(s == 0, np.inf, 1 / np.sqrt(np.where(s == 0, 1.0, s))))
    return strong(1 / np.sqrt(s) if s else np.float64(np.inf))


def even_share(hit: Any, tie: Any) -> Any:
    """Return 1 where an argument is the one chosen, 1/2 where both are, and 0 elsewhere."""
    if hit.__class__ is ndarray:
        return hit / (1.0 + tie) if np.count_nonzero(tie) else hit
    return 0.5 if tie else 1.0 * hit


def unit(x: Any, size: Any = None) -> Any:
    """Return conj(x) / |x|, the derivative of abs; at the kink, 0, it is 0."""
    if x.__class__ is float or x.__class__ is int:
        return 1.0 if x > 0 else -1.0 if x < 0 else 0.0
    if x.__class__ is complex:
        return x.conjugate() / abs(x) if x else 0.0
    if np.iscomplexobj(x):
        return ratio(np.conj(x), np.abs(x) if size is None else size)
    if x.__class__ is ndarray or isinstance(x, np.generic):
        return np.sign(x) if x.dtype.kind != "u" else 1.0 * np.greater(x, 0)
    if hasattr(x, "shape") or isinstance(x, (list, tuple)):
        return np.sign(x)
    return (x > 0) - (x < 0)


def log_abs(a: Any) -> Any:
    """Return the logarithm of |a| for real and of a for complex numbers, and 0 at 0."""
    if a.__class__ is float or a.__class__ is int:
        return math.log(abs(a)) if a else 0.0
    if np.iscomplexobj(a):
        return np.log(np.where(a == 0, 1.0, a))
    if hasattr(a, "numerator") and not hasattr(a, "dtype"):     # Fraction
        return math.log(abs(a)) if a else 0.0
    if hasattr(a, "ln"):        # Decimal
        return abs(a).ln() if a else a
    return np.log(np.where(a == 0, 1.0, abs(a)))


def sinc_slope(y: Any, x: Any) -> Any:
    """The derivative of y = sin(pi x) / (pi x) is (cos(pi x) - y) / x; near 0 it is -pi^2 x / 3."""
    zero = np.equal(x, 0)
    return np.where(zero, -3.289868133696453 * x, (np.cos(3.141592653589793 * x) - y) / np.where(zero, 1.0, x))[()]


def pow_base(y: Any, a: Any, p: Any) -> Any:
    """Return the derivative of y = a**p by a.

    At a = 0 it is 1 for p = 1, 0 for p = 0 and for p > 1, and is taken as 0 for 0 < p < 1, as for sqrt.
    """
    if a.__class__ is ndarray or p.__class__ is ndarray or hasattr(a, "__array_ufunc__") or hasattr(p, "__array_ufunc__"):
        return _pow_base(y, a, p)
    if p.__class__ is complex:
        return p * y / a if a else 0.0
    if p >= 1:
        return p * a ** (p - 1)     # 0**0 is 1
    return p * y / a if a else 0.0


def _pow_base(y: Any, a: Any, p: Any) -> Any:
    """Return the derivative of y = a**p by a for arrays."""
    if not hasattr(p, "shape"):
        if p.__class__ is not complex and p >= 1:
            return strong(p * a ** (p - 1))
        if p == 0:
            return 0.0
        if np.all(a):
            return strong(p * y / a)
    kink = (a == 0) & (np.real(p) < 1)
    inner = p * np.where(kink, 1.0, a) ** (p - 1.0)
    return strong(np.where(kink, np.where(np.real(p) < 0, np.inf, 0.0) * np.sign(np.real(p) + (p == 0)), inner))


def pow_exponent(y: Any, a: Any, p: Any) -> Any:
    """Return the derivative of y = a**p by p, y log a: 0 at a = 0.

    For a real negative base it is the real part, y log |a|, as in ChainRules: never NaN.
    """
    if hasattr(y, "context"):       # mpmath's numbers, with as many digits as theirs
        return y * y.context.log(a if isinstance(a, y.context.mpc) else abs(a)) if a else y * 0
    return strong(y * log_abs(a))


def floored(y: Any, a: Any, b: Any) -> Any:
    """Return `a // b` for y = a % b; mpmath's numbers have no such operator."""
    return (a - y) / b if hasattr(y, "context") else a // b


# -- reductions ----------------------------------------------------------------------------------------------------------------


def expand(d: Any, x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Return `d`, the cotangent of a reduction of `x` over `axis`, repeated to the shape of `x`, in new memory."""
    if x.__class__ is not ndarray:
        if x.__class__ is float and d.__class__ is float:
            return d
        if not hasattr(x, "shape"):
            return fit(expand(d, np.asarray(x), axis, keepdims), x)
        return fit((d if axis is None or keepdims else lift(d, x.ndim, axis)) * np.ones_like(x), x)
    kind = x.dtype.kind
    r = np.empty(x.shape, x.dtype if kind == "f" or kind == "c" else np.float64)
    if d.__class__ is float or d.__class__ is np.float64:
        r.fill(d)
        return r
    if kind != "c" and np.iscomplexobj(d):
        d = d.real
    r[...] = d if axis is None or keepdims or x.ndim == 0 else lift(d, x.ndim, axis)
    return r


linear(expand, lambda dy, d, x, axis=None, keepdims=False: fit(np.sum(dy, axis=axis, keepdims=bool(keepdims)), d),
       kind=fitted)
linear(unbroadcast, lambda dy, d, x: rebroadcast(dy, d, x), kind=fitted, fresh=False)
linear(project, lambda dy, d, x: fit(dy, d), fresh=False)
rule(add,
     lambda dy, y, a, b: None if a is None else dy,
     lambda dy, y, a, b: None if b is None else dy, fresh=False)


def filled(d: Any) -> Any:
    """Nested lists of cotangents with zeros for None."""
    if isinstance(d, (list, tuple)):
        return [filled(p) for p in d]
    return 0.0 if d is None else d


def rebroadcast(dy: Any, d: Any, x: Any) -> Any:
    """Repeat dy, which has the shape of `x`, to the shape of `d`."""
    if d is None or dy is None:
        return None
    if isinstance(x, (list, tuple)):
        dy = np.asarray(filled(dy))
    shape = np.shape(d)
    return fit(dy if np.shape(dy) == shape else np.broadcast_to(dy, shape), d)


def lift(d: Any, ndim: int, axis: Any) -> Any:
    """Return `d` with axes of length 1 where a reduction over `axis` has removed them."""
    if axis.__class__ is int:
        if axis < 0:
            axis = axis + ndim
        return d if ndim == 1 else d[None] if axis == 0 else d[..., None] if axis == ndim - 1 else np.expand_dims(d, axis)
    return d if len(axis) == ndim else np.expand_dims(d, tuple([a % ndim for a in axis]))


def counted(y: Any, x: Any) -> float:
    """Return how many elements of `x` went into each element of `y`."""
    size = y.size if hasattr(y, "size") else 1
    return (x.size if hasattr(x, "size") else np.size(x)) / size if size else 1.0


def centred(a: Any, axis: Any, keepdims: Any = True) -> Any:
    """Return a minus its mean over `axis`."""
    a = a if hasattr(a, "mean") else np.asarray(a)
    return a - a.mean(axis=axis, keepdims=True)


def var_back(dy: Any, y: Any, a: Any, axis: Any, ddof: Any, keepdims: Any) -> Any:
    """y = sum |a - mean|^2 / (n - ddof), hence da = 2 dy (a - mean) / (n - ddof); the mean's own share sums to zero."""
    n = counted(y, a)
    return fit(expand(dy * (2 / (n - ddof)), np.asarray(a), axis, keepdims) * centred(a, axis), a)


def std_back(dy: Any, y: Any, a: Any, axis: Any, ddof: Any, keepdims: Any) -> Any:
    """y = sqrt(var), hence da = dy (a - mean) / (y (n - ddof)), and 0 where y is 0.

    Where all numbers are the same, y may be what rounding left of them; centred twice, they are 0 nevertheless.
    """
    n = counted(y, a)
    return fit(expand(dy * ratio(1 / (n - ddof), y), np.asarray(a), axis, keepdims) * centred(centred(a, axis), axis), a)


def extremum_back(dy: Any, y: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    """Give the cotangent of a maximum or minimum to the elements that attain it, in equal shares at a tie."""
    x = a if hasattr(a, "dtype") else np.asarray(a)
    if x.ndim == 0:
        return fit(dy, a)
    full = y if axis is None or keepdims else lift(y, x.ndim, axis)
    attained = x == full
    if x.__class__ is ndarray and x.dtype is F8 and axis is not None and np.count_nonzero(attained) == y.size:     # no ties
        share = dy if keepdims else lift(dy, x.ndim, axis)
        if share.__class__ is float or share.dtype is F8:
            return attained * share
    if axis is None and x.__class__ is ndarray:
        number = int(np.count_nonzero(attained))
        if number == 1:
            return fit(placed(np.reshape(dy, ()), np.unravel_index(attained.argmax(), x.shape), x.shape), a)
        return fit(np.where(attained, dy / max(number, 1), 0.0), a)
    share = dy if axis is None or keepdims else lift(dy, x.ndim, axis)
    if x.__class__ is ndarray:
        count = np.add.reduce(attained, axis=axis, keepdims=True, dtype=x.dtype if x.dtype.kind == "f" else None)
    else:
        count = attained.sum(axis=axis, keepdims=axis is not None)
    if x.__class__ is ndarray and x.dtype is F8 and (share.__class__ is float or share.dtype is F8):
        return attained * (share / np.maximum(count, 1.0))
    return fit(np.where(attained, share / np.maximum(count, 1), 0.0), a)


def placed(d: Any, index: tuple, shape: tuple) -> Any:
    """Return zeros with `d` at an index that selects no element twice."""
    r = np.zeros(shape, d.dtype)
    r[index] = d
    return r


linear(placed, lambda dy, d, index, shape: fit(dy[index], d))


def ptp_back(dy: Any, y: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    """y = max - min."""
    top = np.max(a, axis=axis, keepdims=bool(keepdims))
    low = np.min(a, axis=axis, keepdims=bool(keepdims))
    return extremum_back(dy, top, a, axis, keepdims) - extremum_back(dy, low, a, axis, keepdims)


def prod_back(dy: Any, y: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    """y = prod a_i, hence da_i = dy times the product of the others; exact where some are zero."""
    x = a if hasattr(a, "dtype") else np.asarray(a)
    if x.dtype.kind not in "fc":
        x = x.astype(np.float64)
    if x.ndim == 0:
        return fit(dy, a)
    if x.all() and np.all(np.isfinite(y)) and np.all(y):
        return fit(expand(dy * conj(y), x, axis, keepdims) / conj(x), a)
    return fit(expand(dy, x, axis, keepdims) * conj(exclusive_product(x, axis)), a)


def exclusive_product(x: Any, axis: Any) -> Any:
    """Return, for each element, the product of all others along `axis`: those before it times those behind it."""
    if axis is None:
        return exclusive_product(x.reshape(-1), 0).reshape(x.shape)
    if axis.__class__ is tuple:
        last = tuple(range(-len(axis), 0))
        moved = np.moveaxis(x, axis, last)
        flat = moved.reshape(moved.shape[:-len(axis)] + (-1,))
        return np.moveaxis(exclusive_product(flat, -1).reshape(moved.shape), last, axis)
    z = np.moveaxis(x, axis, -1)
    ones = np.ones(z.shape[:-1] + (1,), z.dtype)
    before = np.cumprod(np.concatenate([ones, z[..., :-1]], -1), -1)
    behind = np.cumprod(np.concatenate([ones, z[..., :0:-1]], -1), -1)[..., ::-1]
    return np.moveaxis(before * behind, -1, axis)


def reverse_cumsum(dy: Any, axis: int) -> Any:
    """Return the sums of `dy` from each element to the end."""
    if dy.ndim == 1:
        return dy[::-1].cumsum()[::-1]
    return np.flip(np.cumsum(np.flip(dy, axis), axis), axis)


def cumsum_back(dy: Any, a: Any, axis: Any) -> Any:
    """y_i = sum of a_j for j <= i, hence da_j = sum of dy_i for i >= j."""
    return like(reverse_cumsum(dy, 0), a) if axis is None else fit(reverse_cumsum(dy, axis), a)


def cumprod_back(dy: Any, y: Any, a: Any, axis: Any) -> Any:
    """y_i = y_{i-1} a_i; backwards s_i = dy_i + a_{i+1} s_{i+1} and da_i = y_{i-1} s_i, which needs no division."""
    x = np.asarray(a)
    if axis is None:
        return like(cumprod_back(dy, y, x.reshape(-1), 0), a)
    if x.all() and np.all(np.isfinite(y)) and np.all(y):
        return fit(reverse_cumsum(dy * conj(y), axis) / conj(x), a)
    d, v, z = np.moveaxis(dy, axis, 0), conj(np.moveaxis(y, axis, 0)), conj(np.moveaxis(x, axis, 0))
    n = z.shape[0]
    s = d[n - 1]
    rows = [s * v[n - 2] if n > 1 else s]
    for i in range(n - 2, -1, -1):
        s = d[i] + z[i + 1] * s
        rows = [s * v[i - 1] if i > 0 else s] + rows
    return fit(np.moveaxis(np.stack(rows), 0, axis), a)


def repeat_to(d: Any, ndim: int, axis: Any, keepdims: Any) -> Any:
    """Return `d` with the axes of a reduction put back with length 1."""
    if keepdims or not ndim:
        return d
    return np.reshape(d, (1,) * ndim) if axis is None else lift(d, ndim, axis)


def norm_order_back(dy: Any, y: Any, x: Any, p: Any, axis: Any, keepdims: Any) -> Any:
    """y = (sum |x|^p)^(1/p), hence dp = y (sum |x|^p log|x| / (p y^p) - log(y) / p); None where the order can't be varied."""
    if not isinstance(p, float) or not math.isfinite(p) or axis.__class__ is tuple or (axis is None and np.ndim(x) != 1):
        return None
    a = np.abs(x)
    full = repeat_to(y, a.ndim, axis, keepdims)
    share = np.where(a == 0, 0.0, np.where(a == 0, 1.0, a / np.where(full == 0, 1.0, full)) ** p)
    rate = np.sum(share * log_abs(a), axis=axis, keepdims=True) / p - log_abs(full) / p
    return fit(np.sum(repeat_to(dy, a.ndim, axis, keepdims) * full * rate), p)
