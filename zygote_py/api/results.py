"""What withgradient and withjacobian return: a value, and gradients of a type that depends on the arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

__all__ = ["WithGradient", "WithJacobian"]

if TYPE_CHECKING:       # a NamedTuple may have type parameters since Python 3.11
    G = TypeVar("G")

    class WithGradient(NamedTuple, Generic[G]):
        val: Any
        grad: G

    class WithJacobian(NamedTuple, Generic[G]):
        val: Any
        grad: G
else:
    class WithGradient(NamedTuple):
        """What `withgradient` returns."""

        val: Any
        grad: Any

    class WithJacobian(NamedTuple):
        """What `withjacobian` returns."""

        val: Any
        grad: Any
