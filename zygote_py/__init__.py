"""Source-to-source reverse-mode automatic differentiation for ordinary Python and NumPy code.

>>> from zygote_py import gradient
>>> gradient(lambda x: 3*x**2 + 2*x + 1, 5)
(32.0,)
"""

from __future__ import annotations

from . import native as _native  # noqa: F401  (the way of AutoNumba)
from . import testing, tree
from .api import pytrees as _pytrees  # noqa: F401  (tells optree about Tangent)
from .api.buffer import Buffer
from .api.checkpoints import checkpointed, checkpointed_loop
from .api.controls import eager_update, hook, isderiving, nestlevel, showgrad
from .api.finite import AutoFiniteDiff
from .api.forward import forwarddiff
from .api.gradient import grad, gradient, pullback, value_and_grad, withgradient
from .api.hessian import diaghessian, hessian, hessian_reverse, hvp
from .api.ignoring import ignore_derivatives
from .api.jacobian import jacobian, vjp, withjacobian
from .api.markers import AutoForward, AutoNumba, AutoReverse, Const
from .api.params import Grads, Params
from .api.pushforward import jvp, pushforward
from .display import code_adjoint, code_pushforward, explain, profile
from .errors import (
    AnomalyError,
    MissingRuleError,
    MutationError,
    NotScalarError,
    RuleError,
    SeedError,
    SourceError,
    StaleSourceError,
    UnsupportedCodeError,
    ZygoteError,
)
from .options import detect_anomaly, options
from .registry import adjoint, elementwise, frule, linear, non_differentiable, rrule, rule
from .rules.coverage import coverage
from .tangents.types import Tangent

__version__ = "0.1.0"

__all__ = [
    "AnomalyError", "AutoFiniteDiff", "AutoForward", "AutoNumba", "AutoReverse", "Buffer", "Const", "Grads", "MissingRuleError",
    "MutationError", "NotScalarError", "Params", "RuleError", "SeedError", "SourceError", "StaleSourceError", "Tangent",
    "UnsupportedCodeError", "ZygoteError", "adjoint", "checkpointed", "checkpointed_loop", "code_adjoint", "code_pushforward",
    "coverage", "detect_anomaly", "diaghessian", "eager_update", "elementwise", "explain", "forwarddiff", "frule", "grad",
    "gradient", "hessian", "hessian_reverse", "hook", "hvp", "ignore_derivatives", "isderiving", "jacobian", "jvp", "linear",
    "nestlevel", "non_differentiable", "options", "profile", "pullback", "pushforward", "rrule", "rule", "showgrad", "testing",
    "tree", "value_and_grad", "vjp", "withgradient", "withjacobian",
]
