"""Functions that are differentiated through Python source: the same value as NumPy's, and gradients by differences."""

from __future__ import annotations

import numpy as np
import pytest

from zygote_py import MissingRuleError, gradient, pullback
from zygote_py.testing import check_grads

from .derived import COMPLEX, DERIVED, RANDOM, SERIES

CASES = [(f, i, use, x) for f, uses, x in [*DERIVED, *COMPLEX, *RANDOM, *SERIES] for i, use in enumerate(uses)]


@pytest.mark.parametrize(("use", "x"), [(use, x) for _, _, use, x in CASES],
                         ids=[f"{getattr(f, '__qualname__', f)}-{i}" for f, i, _, _ in CASES])
def test_derived(use, x):
    want = use(x)
    y, _ = pullback(use, x)
    for a, b in zip(want, y) if isinstance(want, tuple) else [(want, y)]:
        assert type(a) is type(b), (type(a), type(b))
        assert np.asarray(a).dtype == np.asarray(b).dtype
        np.testing.assert_array_equal(a, b)
    check_grads(use, x, order=1, modes=("rev",))


def test_refusals():
    with pytest.raises(NotImplementedError, match="signature"):
        pullback(lambda a: np.vectorize(np.sum, signature="(n)->()")(a), np.ones((2, 2)))
    with pytest.raises(NotImplementedError, match="where"):
        pullback(lambda a: np.logaddexp.reduce(a, where=np.array([True, False])), np.ones(2))
    with pytest.raises(NotImplementedError, match="out"):
        pullback(lambda a: np.add.reduce(a, out=np.zeros(())), np.ones(2))
    with pytest.raises(MissingRuleError, match="nditer"):
        gradient(lambda a: sum([float(x) for x in np.nditer(a)]), np.ones(2))
