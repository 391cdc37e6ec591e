"""The cotangent of an argument by which a derivative is not worked out.

It is passed on by arithmetic, as any cotangent; it is dropped with those of constants, and an error where one is asked for.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from ..errors import MissingRuleError, here, message

__all__ = ["Unknown"]


class Unknown:
    """Stands for a partial derivative or cotangent that is not worked out: `Unknown("the order of jv")`."""

    __slots__ = ("what",)

    def __init__(self, what: str) -> None:
        self.what = what

    def refuse(self, *_: Any) -> NoReturn:
        raise MissingRuleError(message(
            f"no rule for the derivative by {self.what}", **here(),
            why="The function depends on it, but its derivative is not worked out.",
            instead="keep the argument constant, or give the function a rule with @adjoint",
            doc="docs/limitations.md#missing-rules"))

    def same(self, *_: Any) -> Unknown:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __neg__ = __getitem__ = conjugate = conj = same
    __float__ = __complex__ = __iter__ = __len__ = __bool__ = __array__ = refuse

    @property
    def real(self) -> Unknown:
        return self

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Unknown:
        return self

    def __array_function__(self, function: Any, types: Any, args: tuple, keywords: dict) -> Any:
        return function is not np.iscomplexobj and self

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__") or name in ("dtype", "shape"):
            raise AttributeError(name)
        self.refuse()
