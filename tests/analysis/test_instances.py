"""What is relied on where objects of known classes are used, and what becomes of it when it changes."""

import traceback

import numpy as np
import pytest

from zygote_py import code_adjoint, gradient


class V:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, o):
        return V(self.x + o.x, self.y + o.y)

    def size(self):
        return self.x * self.y


def total(a, n):
    s = V(a, 1.0)
    for k in range(n):
        s = s + V(a * k, a)
    return s.size()


def of_items(x):
    held = [V(*x)]
    return held[0].size()


class Root:
    def __init__(self, x):
        self.x = x**0.5 / (x - 1.0)


def of_root(x):
    held = [Root(x)]
    return held[0].x


def test_methods_and_operators_are_called_directly():
    text = str(code_adjoint(total, 2.0, 3))
    assert not any(word in text for word in ("load_attribute", "call(", "method(", "store_attribute"))


def test_methods_are_replaced(monkeypatch):
    assert gradient(total, 2.0, 3)[0] == pytest.approx(4 + 24 * 2)       # (a + 3 a) (1 + 3 a)
    monkeypatch.setattr(V, "size", lambda self: self.x)
    assert gradient(total, 2.0, 3)[0] == pytest.approx(4)
    monkeypatch.setattr(V, "__add__", lambda self, o: V(self.x * o.x, 0.0))
    assert gradient(total, 2.0, 2)[0] == pytest.approx(0)               # a (0 a) (1 a)
    assert gradient(total, 2.0, 1)[0] == pytest.approx(0)


def test_attributes_become_properties(monkeypatch):
    assert gradient(of_items, np.array([2.0, 3.0]))[0].tolist() == [3.0, 2.0]
    monkeypatch.setattr(V, "x", property(lambda self: 2 * self.kept, lambda self, x: self.__dict__.update(kept=x)), raising=False)
    assert gradient(of_items, np.array([2.0, 3.0]))[0].tolist() == [6.0, 4.0]


def test_hooks_are_added(monkeypatch):
    monkeypatch.setattr(V, "__getattribute__", lambda self, name: object.__getattribute__(self, name) * (3 if name == "x" else 1)
                        if name in ("x", "y") else object.__getattribute__(self, name), raising=False)
    assert gradient(of_items, np.array([2.0, 3.0]))[0].tolist() == [9.0, 6.0]


def test_a_wrong_number_of_items():
    with pytest.raises(TypeError, match="positional argument"):
        gradient(of_items, np.array([2.0, 3.0, 4.0]))


def test_tracebacks_show_constructors():
    with pytest.raises(ZeroDivisionError) as caught:
        gradient(of_root, 1.0)
    lines = [frame.line for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert "self.x = x**0.5 / (x - 1.0)" in lines
