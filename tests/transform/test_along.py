"""Functions of one number: the derivative is carried along."""

import math

import numpy as np
import pytest

from zygote_py import code_adjoint, detect_anomaly, gradient, hook, options, pullback, withgradient


def root(a):
    x = a
    for _ in range(8):
        x = 0.5 * (x + a / x)
    return x


def growth(r, n):
    """Branches, a `while` that is left, and a value that is not used on every way."""
    x, i = 0.3, 0
    while True:
        x = r * x * (1 - x)
        wave = math.sin(x * r)
        if x > 0.7:
            x = wave if wave < 0.6 else math.exp(-wave)
        if i >= n:
            break
        i += 1
    return x


def cosines(x, k):
    s = 0.0
    for i in range(k):
        s += math.cos(x * i)
    return s


def steps(x, n):
    """A recursion that calls another function."""
    if n < 2:
        return cosines(x, 3) if n else 0 * x
    return steps(x, n - 1) + cosines(x * x, 2) * steps(x, n - 2)


def even(x, n):
    return x if n == 0 else odd(x * 1.1, n - 1)


def odd(x, n):
    return math.sin(x) if n == 0 else even(x + 1, n - 1)


def apart(x, n):
    y = 1.0
    for _ in range(n):
        x * y
        y = y + 1
    return y


def cubed(x):
    r = 1
    for _ in range(3):
        r *= x
    return r


def two(x, y):
    for _ in range(3):
        x = x * y
    return x


def listed(x):
    kept = []
    for i in range(3):
        kept.append(x * i)
    return kept[2]


def hooked(x):
    for _ in range(2):
        x = hook(lambda d: 2 * d, x) * 1.5
    return x


def shown(f, *args):
    return str(code_adjoint(f, *args)).split(f"def {f.__name__}_forward")[0]


@pytest.mark.parametrize(("f", "args"), [(root, (2.0,)), (growth, (3.1, 4)), (growth, (np.float64(2.9), 3)), (steps, (0.7, 5)),
                                         (even, (0.7, 5)), (cubed, (3,)), (cubed, (0.0,))])
def test_a_function_of_one_number_is_followed_forward(f, args):
    assert "_dot" in shown(f, *args)
    y, ds = withgradient(f, *args)
    assert y == f(*args)
    x, rest, h = float(args[0]), args[1:], 1e-5
    assert ds[0] == pytest.approx((f(x + h, *rest) - f(x - h, *rest)) / (2 * h), rel=1e-7, abs=1e-8)
    assert ds[1:] == (None,) * len(rest)
    with options(optimise=False):
        plain = withgradient(f, *args)
    assert plain.grad[0] == pytest.approx(ds[0], rel=1e-13)
    assert type(plain.grad[0]) is type(ds[0])
    back = pullback(f, *args)[1]
    assert back(2.0)[0] == pytest.approx(2 * ds[0], rel=1e-13)
    with detect_anomaly():
        assert gradient(f, *args)[0] == pytest.approx(ds[0], rel=1e-13)


def test_what_has_more_to_it_goes_back():
    for f, args in (two, (1.1, 1.2)), (listed, (3.0,)), (hooked, (3.0,)):
        assert "_dot" not in shown(f, *args)
    assert gradient(listed, 3.0) == (2,)
    assert gradient(hooked, 3.0) == (9.0,)


def test_a_result_that_does_not_depend_on_the_number():
    assert gradient(apart, 2.0, 3) == (None, None)


def test_second_derivatives_and_errors():
    assert gradient(lambda a: gradient(root, a)[0], 2.0)[0] == pytest.approx(-0.25 * 2**-1.5)
    assert gradient(lambda a: gradient(cubed, a)[0] * withgradient(cubed, a).val, 2.0)[0] == pytest.approx(5 * 3 * 16)
    with pytest.raises(ZeroDivisionError):
        gradient(root, 0.0)
    with pytest.raises(ValueError, match="math domain error"):
        gradient(lambda x: logs(x), 0.5)


def logs(x):
    for _ in range(3):
        x = math.log(x)
    return x
