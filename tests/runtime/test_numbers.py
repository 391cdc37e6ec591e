"""Numbers and arrays of other classes: exact ones, formulas, subclasses of ndarray, memory in files."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import zygote_py
from zygote_py.errors import MissingRuleError, UnsupportedCodeError


def polynomial(x, y):
    total = x * y
    for _ in range(3):
        total = total * x + y / 2
    return total - x / y


def test_fractions_are_exact():
    assert zygote_py.gradient(polynomial, Fraction(1, 3), Fraction(2, 5)) == (Fraction(-569, 270), Fraction(913, 324))
    items = [Fraction(1, 3), Fraction(1, 2)]
    assert zygote_py.gradient(lambda xs: sum(xs) * max(xs), items) == ([Fraction(1, 2), Fraction(4, 3)],)


def test_decimals():
    assert zygote_py.gradient(polynomial, Decimal("0.3"), Decimal("0.4")) == (Decimal("-2.1368"), Decimal("2.5781"))
    (slope,) = zygote_py.gradient(lambda x: x.sqrt() * x + x.exp() + x.ln(), Decimal("0.25"))
    assert abs(slope - (Decimal("0.75") + Decimal("0.25").exp() + 4)) < Decimal("1e-25")


@pytest.mark.filterwarnings("ignore")
def test_mpmath():
    mpmath = pytest.importorskip("mpmath")
    x = mpmath.mpf("0.3")
    (slope,) = zygote_py.gradient(lambda x: mpmath.sin(x) * x + mpmath.sqrt(x) * mpmath.gamma(x) + x * x * x, x)
    want = mpmath.diff(lambda x: mpmath.sin(x) * x + mpmath.sqrt(x) * mpmath.gamma(x) + x * x * x, x)
    assert type(slope) is mpmath.mpf and abs(slope - want) < 1e-12
    with pytest.raises(MissingRuleError, match="zeta"):
        zygote_py.gradient(lambda x: mpmath.zeta(x + 3), x)


@pytest.mark.filterwarnings("ignore")
def test_the_gradient_of_symbols_is_a_formula():
    sympy = pytest.importorskip("sympy")
    s, t = sympy.symbols("s t", positive=True)

    def f(x, y):
        return polynomial(x, y) + sympy.sin(x * y) * sympy.log(x) if x.is_positive else x
    for got, v in zip(zygote_py.gradient(f, s, t), (s, t)):
        assert sympy.simplify(sympy.nsimplify(got - sympy.diff(f(s, t), v))) == 0
    with pytest.raises(MissingRuleError, match="zeta"):
        zygote_py.gradient(lambda x: sympy.zeta(x), s)


ELEMENTARY = "sin cos tan asin acos atan sinh cosh tanh exp log sqrt gamma erf".split()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [*ELEMENTARY, "cbrt", "expm1", "log1p", "loggamma", "digamma"])
def test_each_function_of_mpmath(name):
    mpmath = pytest.importorskip("mpmath")
    f, x = getattr(mpmath, name), mpmath.mpf("0.3")
    assert abs(zygote_py.gradient(lambda x: 2 * f(x), x)[0] - 2 * mpmath.diff(f, x)) < 1e-10
    assert abs(zygote_py.gradient(lambda x: mpmath.mpf(x) * f(x), 0.3)[0] - mpmath.diff(lambda x: x * f(x), x)) < 1e-10


@pytest.mark.filterwarnings("ignore")
def test_remainders_and_powers_of_mpmath():
    mpmath = pytest.importorskip("mpmath")

    def f(x, y):
        polar = mpmath.hypot(x, y) * mpmath.atan2(x, y)
        return x % y * x + 9 % y + mpmath.fmod(x, y) * y + mpmath.power(x, y) + polar + float(x) * 2.0

    x, y = mpmath.mpf("7.5"), mpmath.mpf("2.2")
    want = mpmath.diff(lambda x: f(x, y) - float(x) * 2.0, x) + 2, mpmath.diff(lambda y: f(x, y), y)    # float() cuts digits
    got = zygote_py.gradient(f, x, y)
    assert all(abs(g - w) < 1e-10 for g, w in zip(got, want))
    assert abs(zygote_py.jvp(f, (x, y), (1.0, 1.0))[1] - sum(want)) < 1e-10


def test_divmod_of_decimals_in_both_modes():
    x, y = Decimal("7.5"), Decimal(2)
    slopes = zygote_py.gradient(lambda x, y: divmod(x, y)[1] * x, x, y)
    assert slopes == (Decimal(9), Decimal("-22.5"))
    assert zygote_py.jvp(lambda x, y: divmod(x, y)[1] * x, (x, y), (Decimal(1), Decimal(1)))[1] == sum(slopes)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ELEMENTARY)
def test_each_function_of_sympy(name):
    sympy = pytest.importorskip("sympy")
    f, s = getattr(sympy, name), sympy.symbols("s")
    (got,) = zygote_py.gradient(lambda x: 2 * f(x), s)
    assert abs(sympy.N((got - 2 * sympy.diff(f(s), s)).subs(s, 0.3))) < 1e-12


@pytest.mark.filterwarnings("ignore")
def test_logarithms_of_other_bases():
    mpmath, sympy = pytest.importorskip("mpmath"), pytest.importorskip("sympy")
    x, b = mpmath.mpf("0.3"), mpmath.mpf(7)
    dx, db = zygote_py.gradient(lambda x, b: mpmath.log(x, b), x, b)
    assert abs(dx - mpmath.diff(lambda x: mpmath.log(x, b), x)) < 1e-10 > abs(db - mpmath.diff(lambda b: mpmath.log(x, b), b))
    s, t = sympy.symbols("s t", positive=True)
    for got, v in zip(zygote_py.gradient(lambda x, b: sympy.log(x, b), s, t), (s, t)):
        assert abs(sympy.N((got - sympy.diff(sympy.log(s, t), v)).subs({s: 0.3, t: 7}))) < 1e-12


class Signal(np.ndarray):
    """An ndarray with nothing of its own."""


def stored(v):
    v = v * 1.0
    v[0] = v[1] * v[2]
    return float(v[1:].sum() * v[0] + np.sum(np.sin(np.asarray(v))))


def test_subclasses_that_add_nothing():
    a = np.array([1.0, 2.0, 3.0])
    (got,) = zygote_py.gradient(stored, a.view(Signal))
    np.testing.assert_allclose(np.asarray(got), zygote_py.gradient(stored, a)[0], rtol=1e-14)


def written_to(v):
    v[0] = v[1] * v[2]
    return float(np.sum(v * v))


def test_memory_in_a_file(tmp_path):
    a = np.memmap(tmp_path / "numbers", float, "w+", shape=(3,))
    a[:] = [1.0, 2.0, 3.0]
    np.testing.assert_allclose(zygote_py.gradient(written_to, a)[0], [0.0, 40.0, 30.0])
    assert list(a) == [6.0, 2.0, 3.0]


MATRIX = np.array([[1.0, 2.0], [3.0, 4.0]]).view(np.matrix)
MASKED = np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False])
RECORDS = np.array([(1.0, 2.0)], dtype=[("x", float), ("y", float)])


@pytest.mark.parametrize(("f", "x", "error", "text"), [
    (lambda m: float((m * m)[0, 0]), MATRIX, UnsupportedCodeError, "with a matrix"),
    (lambda m: float((m.T * m)[0, 1]), MATRIX, UnsupportedCodeError, "with a matrix"),
    (lambda m: m.A[0, 0] * 2.0, MATRIX, UnsupportedCodeError, "a matrix"),
    (lambda x: float((MATRIX * x)[0, 0]), 2.0, UnsupportedCodeError, "with a matrix"),
    (lambda m: np.sum(m * m), MASKED, UnsupportedCodeError, "with a MaskedArray"),
    (lambda m: m.mean(), MASKED, UnsupportedCodeError, "a MaskedArray"),
    (lambda x: np.sum(MASKED * x), 2.0, UnsupportedCodeError, "with a MaskedArray"),
    (lambda a: np.ma.masked_greater(a, 2.5).sum(), np.arange(4.0), UnsupportedCodeError, "in-place|MaskedArray"),
    (lambda a: a["x"][0] * a["y"][0], RECORDS, UnsupportedCodeError, "by a ndarray of")])
def test_arrays_that_are_something_else_are_refused(f, x, error, text):
    with pytest.raises(error, match=text):
        zygote_py.gradient(f, x)


def test_they_are_no_trouble_as_constants():
    assert zygote_py.gradient(lambda x: x * float(MATRIX.sum()) + x * float(MASKED.mean()) + x * RECORDS["y"][0], 1.0) == (14.0,)


FIELDS = [("x", float), ("y", float)]


class Named(np.ndarray):
    """Copies an attribute where nobody sees it."""

    def __array_finalize__(self, made_from):
        self.weight = getattr(made_from, "weight", None)


def records_of_numbers(x):
    r = np.array([(x, 1.0), (2.0, x * x)], dtype=FIELDS)
    return np.sum(r["x"] * r["y"])


def copied_attribute(x):
    a = np.ones(3).view(Named)
    a.weight = x
    return (a + 1.0).weight * 2.0


@pytest.mark.parametrize(("f", "text"), [(records_of_numbers, "fields of an array of records"),
                                         (copied_attribute, "Named.__array_finalize__")])
def test_what_arrays_hide_is_refused_in_both_modes(f, text):
    with pytest.raises(MissingRuleError, match=text):
        zygote_py.gradient(f, 1.5)
    with pytest.raises(MissingRuleError, match=text):
        zygote_py.jvp(lambda x: 1.0 * f(x), (1.5,), (1.0,))


def test_powers_of_numbers_with_many_digits():
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(40):
        x = mpmath.mpf("1.3")

        def f(x):
            return 2 ** x + x ** x + mpmath.mpc(0, 1) ** x * 0 + x ** 2

        want = 2 ** x * mpmath.log(2) + x ** x * (mpmath.log(x) + 1) + 2 * x
        assert abs(zygote_py.gradient(lambda x: f(x).real, x)[0] - want) < mpmath.mpf(10) ** -37
        assert abs(zygote_py.jvp(lambda x: f(x).real, (x,), (mpmath.mpf(1),))[1] - want) < mpmath.mpf(10) ** -37
