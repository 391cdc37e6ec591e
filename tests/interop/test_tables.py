"""Tables of pandas and xarray: constants by way of their arrays; what can't be differentiated says so."""

from __future__ import annotations

import numpy as np
import pytest

from zygote_py import MissingRuleError, UnsupportedCodeError, gradient, jvp


def test_pandas():
    pandas = pytest.importorskip("pandas")
    df = pandas.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    s = df["a"]
    # as data
    assert gradient(lambda w: np.sum((df.to_numpy() @ w)**2), np.ones(2))[0] == pytest.approx([32.0, 72.0])
    assert gradient(lambda w: np.sum((df["a"].values * w)**2), 2.0) == (20.0,)
    assert gradient(lambda w, df: w * df["b"].mean(), 2.0, df=df) == (3.5,)
    assert gradient(lambda w, df: np.sum(w * df["b"].to_numpy()), 2.0, df=df) == (7.0,)
    rows = list(df.itertuples())
    assert gradient(lambda w: sum(r.a * r.b * w for r in rows), 2.0) == (11.0,)
    # NumPy's functions take a series for an array
    assert np.asarray(gradient(lambda s: np.sum(np.sin(s)), s)[0]) == pytest.approx(np.cos([1.0, 2.0]))
    assert gradient(lambda s: np.sum(np.asarray(s)**2), s)[0] == pytest.approx([2.0, 4.0])
    assert gradient(lambda df: np.sum(np.array(df) @ np.ones(2)), df)[0] == pytest.approx(np.ones((2, 2)))
    assert gradient(lambda w: np.sum(np.dot(df, w)), np.ones(2))[0] == pytest.approx([3.0, 7.0])
    # what pandas itself computes has no derivative
    for f in (lambda s: np.sum(s.values**2), lambda s: np.sum(s.to_numpy()), lambda s: (s * s).sum(), lambda s: s[1] * 2.0):
        with pytest.raises(MissingRuleError, match="pandas"):
            gradient(f, s)
    for f in (lambda w: (df["a"] * w).sum(), lambda w: np.sum(np.asarray(pandas.Series([w, w]))),
              lambda w: np.sum(np.sin(pandas.DataFrame({"a": w * np.ones(2)})))):
        with pytest.raises(MissingRuleError, match="pandas"):
            gradient(f, 2.0)

    def by_label(w):
        made = df.copy()
        made.loc[0, "a"] = w
        return np.sum(np.asarray(made))

    def by_column(w):
        made = df.copy()
        made["a"] = w * np.ones(2)
        return np.sum(np.asarray(made))
    for f in (by_label, by_column):
        with pytest.raises(UnsupportedCodeError, match="a store into a table"):
            gradient(f, 2.0)
        with pytest.raises(UnsupportedCodeError, match="a store into a table"):
            jvp(f, (2.0,), (1.0,))
    with pytest.raises(MissingRuleError, match="pandas"):
        jvp(lambda w: np.sum(np.asarray(pandas.Series([w, w]))), (2.0,), (1.0,))


def test_xarray():
    xarray = pytest.importorskip("xarray")
    a = xarray.DataArray(np.ones((2, 2)), dims=("x", "y"))
    assert gradient(lambda w: np.sum(a.values * w), 2.0) == (4.0,)
    assert gradient(lambda w, a: np.sum(w * a.to_numpy()), 2.0, a=a) == (4.0,)
    assert gradient(lambda a: np.sum(np.asarray(a)**2), a)[0] == pytest.approx(np.full((2, 2), 2.0))
    for f in (lambda a: np.sum(a.values**2), lambda a: float((a * a).sum()), lambda a: np.sum(np.asarray(a.copy()))):
        with pytest.raises(MissingRuleError, match="xarray"):
            gradient(f, a)
