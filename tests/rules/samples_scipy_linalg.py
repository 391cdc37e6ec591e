"""Samples for the rules of scipy.linalg."""

from __future__ import annotations

import scipy.linalg

from .samples import CS, S2, S, each

SCIPY_LINALG = [
    (scipy.linalg.expm, each(S, S2, CS)),
]
