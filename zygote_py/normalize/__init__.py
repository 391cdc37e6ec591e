"""From gast to core Python.

Enters: the exact tree of a function. Leaves: a `Core`, whose body is built from few statements:

    name = operation            an operation on names and constants: call, operator, attribute, subscript, display, copy
    name op= atom               may update in place
    a, *b = name                unpacking
    obj[index] = atom           also obj.attr = atom
    if name: ... else: ...
    while True: ...             left by `break` only
    for name in name: ...
    raise / del / import        as in Python

`break` stands in tail position only (nothing of the loop body follows it), there is no `continue`, and the only `return` is at
the end.
"""

from __future__ import annotations

from .core import Core
from .passes import normalize

__all__ = ["Core", "normalize"]
