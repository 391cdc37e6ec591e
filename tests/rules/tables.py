"""The tables of samples, of NumPy and the standard library and, where it is installed, of SciPy."""

from __future__ import annotations

from importlib import util

from .derived import DERIVED, RANDOM
from .samples import NUMPY, STDLIB
from .samples_linalg import FFT, LINALG
from .samples_stdlib import CALLS

TABLES = [STDLIB, NUMPY, CALLS, LINALG, FFT]

if util.find_spec("scipy"):
    from .samples_scipy_fft import SCIPY_FFT
    from .samples_scipy_images import NDIMAGE, SIGNAL, SPARSE
    from .samples_scipy_linalg import SCIPY_LINALG
    from .samples_scipy_special import SPECIAL
    TABLES += [SCIPY_FFT, SCIPY_LINALG, SIGNAL, NDIMAGE, SPARSE, SPECIAL]

CASES = [(f, args, kwargs) for table in TABLES for f, samples in table for args, kwargs in samples]
SAMPLED = {id(f) for table in TABLES for f, samples in table if samples} | {id(f) for f, _, _ in DERIVED + RANDOM}
