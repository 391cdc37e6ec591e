"""Looking at derivatives: the generated code, what became of each line, and what each line costs.

    code            the generated functions of a call, as text and beside the user's lines
    explanation     what was written out, called, taken as constant and recorded, and why
    profiler        forward time, pullback time and tape bytes of each line
    watch           which generated functions run, and what they keep
    pages           colours in a terminal, tables in a notebook
"""

from __future__ import annotations

from .code import Adjoint, code_adjoint, code_pushforward, function_called
from .explanation import Explanation, explain
from .profiler import Profile, profile

__all__ = ["Adjoint", "Explanation", "Profile", "code_adjoint", "code_pushforward", "explain", "function_called", "profile"]
