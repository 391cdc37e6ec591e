"""The methods that the standard library writes.

Enters: a function of a dataclass or a named tuple. Leaves: a text equal to the one it was compiled from; whoever asks proves that
by bytecode.
"""

from __future__ import annotations

from types import FunctionType

__all__ = ["source_of"]


def source_of(fn: FunctionType, owner: type | None = None) -> str | None:
    """The text of a module with an equal of `fn` in it, or None."""
    return None
