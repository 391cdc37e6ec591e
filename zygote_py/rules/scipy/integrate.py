"""scipy.integrate: trapezoids. `simpson` and `cumulative_trapezoid` are differentiated through their source."""

from __future__ import annotations

import scipy.integrate

from zygote_py.registry import rule
from zygote_py.rules.numpy.calculus import trapezoid_back

rule(scipy.integrate.trapezoid, lambda dy, r, y, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y, x, dx, axis)[0],
     lambda dy, r, y, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y, x, dx, axis)[1],
     lambda dy, r, y, x=None, dx=1.0, axis=-1: trapezoid_back(dy, y, x, dx, axis)[2])
