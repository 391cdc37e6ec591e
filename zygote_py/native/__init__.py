"""Generated code as machine code, by numba: what `AutoNumba()` asks for.

    pruning     what can't happen without a context is taken out of a generated function
    dialect     the function, rewritten in the part of Python that numba compiles with the same meaning
    helpers     the functions that generated code calls, written for numba
    machine     compiled functions, kept by the code that they were made from
    way         the way from `gradient` to them

The rule of the whole package: where machine code could mean something else than Python (an integer without bounds, a function of
`math` that raises, a division by zero), it raises `Again`, and Python runs the generated code as it is. numba is imported when it
is first asked for.
"""

from __future__ import annotations

from typing import Any

from ..api import gradient
from ..api.markers import AutoNumba
from ..runtime.standins import stand_in

__all__: list[str] = []


def run(*given: Any) -> Any:
    """Value and gradient by `way.run`, which takes this place."""
    from . import way
    return way.run(*given)


stand_in(run, gradient.run)
gradient.WAYS[AutoNumba] = run
