"""scipy.linalg: functions of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from zygote_py.registry import rule
from zygote_py.rules.numpy.helpers import H, fit

rule(scipy.linalg.expm, lambda dy, y, A: fit(expm_frechet(H(np.asarray(A)), dy), A))


def expm_frechet(a: Any, e: Any) -> Any:
    """Return the derivative of expm at a in the direction e: exp [[a, e], [0, a]] has it above the diagonal   [Higham 2008]."""
    n = a.shape[-1]
    both = np.concatenate([np.concatenate([a, e], -1), np.concatenate([np.zeros_like(a), a], -1)], -2)
    return scipy.linalg.expm(both)[..., :n, n:]
