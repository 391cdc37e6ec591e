"""How expected gradients are written down and compared: types, structure and Nones exactly, numbers to rounding."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import zygote_py

fields = SimpleNamespace        # the expected gradient of an object: `fields(x=1.0, y=None)`


def needs(*names: str) -> None:
    """Skip the test, aloud, where zygote_py has not got these names yet."""
    missing = [name for name in names if not hasattr(zygote_py, name)]
    if missing:
        pytest.skip(f"zygote_py has no {', '.join(missing)} yet")


def agree(got: Any, want: Any, rtol: float = 1e-9, at: str = "") -> None:
    """Assert that a gradient is what it should be.

    A Python number stands for a Python number, a NumPy one for one of its dtype, an array for an array of its dtype and shape,
    `fields` for a Tangent with just these fields.
    """
    where = f"at {at}: " if at else ""
    if want is None:
        assert got is None, f"{where}{got!r}, and not None"
    elif isinstance(want, SimpleNamespace):
        assert isinstance(got, zygote_py.Tangent), f"{where}{got!r} is no Tangent"
        assert set(vars(got)) == set(vars(want)), f"{where}{got!r} has not the fields {set(vars(want))}"
        for name, entry in vars(want).items():
            agree(getattr(got, name), entry, rtol, f"{at}.{name}")
    elif isinstance(want, (tuple, list)):
        assert type(got) is type(want) and len(got) == len(want), f"{where}{got!r}, and not {want!r}"
        for k, entry in enumerate(want):
            agree(got[k], entry, rtol, f"{at}[{k}]")
    elif isinstance(want, dict):
        assert type(got) is type(want) and list(got) == list(want), f"{where}{got!r}, and not {want!r}"
        for k, entry in want.items():
            agree(got[k], entry, rtol, f"{at}[{k!r}]")
    elif isinstance(want, np.ndarray):
        assert isinstance(got, np.ndarray), f"{where}{got!r} is no array"
        assert got.dtype == want.dtype, f"{where}{got.dtype}, and not {want.dtype}"
        assert got.shape == want.shape, f"{where}{got.shape}, and not {want.shape}"
        np.testing.assert_allclose(got, want, rtol=max(rtol, 20 * np.finfo(want.dtype).eps), atol=1e-12, err_msg=at)
    elif isinstance(want, Fraction):
        assert type(got) is Fraction and got == want, f"{where}{got!r}, and not {want!r}"
    else:
        assert type(got) is type(want), f"{where}{got!r} is a {type(got).__name__}, and not a {type(want).__name__}"
        assert np.isclose(got, want, rtol=rtol, atol=1e-12), f"{where}{got!r}, and not {want!r}"
