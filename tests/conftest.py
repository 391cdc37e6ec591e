"""What must hold after each test, whatever it tests."""
import gc
from collections.abc import Iterator

import numpy as np
import pytest

gc.set_threshold(10_000, 20, 100)       # the code that is made for the tests stays: to look through it for garbage is vain


@pytest.fixture(autouse=True)
def numpy_left_as_it_was() -> Iterator[None]:
    """A test that leaves NumPy's error state changed hides the warnings of those that follow."""
    before = np.geterr()
    yield
    after = np.geterr()
    np.seterr(**before)
    assert after == before


@pytest.fixture(scope="module")
def only_new_garbage() -> Iterator[None]:
    """For tests that look for garbage: what other tests have left, which may be gigabytes, is not looked through."""
    gc.freeze()
    yield
    gc.unfreeze()
