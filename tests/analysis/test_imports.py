"""Functions that are imported where they are called."""

import math
import sys
import types

from zygote_py import gradient, rrule
from zygote_py.display import code_adjoint


def local(x):
    from math import sin
    return sin(x) * x


def test_they_are_written_out():
    text = str(code_adjoint(local, 0.7))
    assert "cos(x)" in text and "call(" not in text
    assert "# assumes: math.sin unchanged" in text


def test_what_the_module_holds_is_looked_up_again(monkeypatch):
    module = types.ModuleType("module_of_ours")
    module.f = first = lambda x: x * 2.0
    second = lambda x: x * 3.0  # noqa: E731
    rrule(first)(lambda x: (x * 2.0, lambda dy: (2.0 * dy,)))
    monkeypatch.setitem(sys.modules, "module_of_ours", module)

    def of_module(x):
        from module_of_ours import f
        return f(x)

    assert gradient(of_module, 1.5) == (2.0,)
    module.f = second
    assert gradient(of_module, 1.5) == (3.0,)
    module.f = math.sin
    assert gradient(of_module, 1.5) == (math.cos(1.5),)
