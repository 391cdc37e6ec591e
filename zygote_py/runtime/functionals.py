"""Registers the Python functions that stand in for NumPy's functions of functions, and for the methods of ufuncs."""

from __future__ import annotations

import numpy as np

from ..rules.numpy.functional import STAND_INS, UFUNC_METHODS
from .methods import register_method
from .standins import stand_in

__all__: list[str] = []

for f, g in STAND_INS:
    stand_in(f, g)
for name, method in UFUNC_METHODS.items():
    register_method(np.ufunc, name, method)
