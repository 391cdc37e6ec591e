"""Small callees that are written out in place of their calls: when, and that it does not show."""

from __future__ import annotations

import importlib.util
import sys
import traceback

import pytest

import zygote_py
from zygote_py import code_adjoint, gradient, jvp, pullback

pytestmark = pytest.mark.skipif(sys.version_info < (3, 11), reason="Python does not tell where on a line an exception was raised")

TEXT = """
import math
import other
import warnings

def ratio(a, b):
    return a / b

def two(a, b):
    return ratio(a, b) + ratio(b, a)

def both(x, y):
    s = two(x, y) * ratio(x, 1.0) * ratio(
        1.0, y)
    return s

def looped(x):
    for _ in range(2):
        x = ratio(x, 2.0)
    return x

def told(x):
    warnings.warn("told", stacklevel=2)
    return x

def grown(x):
    return math.sin(x) + ratio(x, x)

def main(x):
    y = looped(x) + other.far(x) + grown(x)
    return y * told(x)

def far_away(x):
    return other.far(x)

def solve(f, x):
    for _ in range(2):
        x = f(x)
    return x

def closed(x, y):
    def inner(t):
        return (t * x
            / y + ratio(x, y))
    return solve(inner, x)
"""

OTHER = """
def far(x):
    return x * x
"""


@pytest.fixture(scope="module")
def user(tmp_path_factory):
    made = {}
    for name, text in (("other", OTHER), ("model_near", TEXT)):
        path = tmp_path_factory.mktemp("user") / f"{name}.py"
        path.write_text(text.lstrip("\n"))
        spec = importlib.util.spec_from_file_location(name, path)
        made[name] = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made[name])
    yield made["model_near"]
    for name in made:
        del sys.modules[name]


def entries(f, module, *args):
    """Line, name and text of the entries of the traceback that are in the module."""
    with pytest.raises(ZeroDivisionError) as caught:
        f(*args)
    found = [e for e in traceback.extract_tb(caught.value.__traceback__) if e.filename == module.__file__]
    return [(e.lineno, e.colno, e.end_lineno) for e in found], [e.name for e in found]


def test_what_is_inlined(user):
    text = str(code_adjoint(user.main, 2.0))
    assert "# inlined: grown, ratio\n" in text
    assert "def looped_forward(" in text and "def far_forward(" in text and "def told_forward(" in text
    assert "# inlined" not in str(code_adjoint(user.far_away, 2.0))


@pytest.mark.parametrize("run", [gradient, pullback, lambda f, x, y: jvp(f, (x, y), (1.0, 1.0))])
@pytest.mark.parametrize("x, y", [(1.0, 0.0), (0.0, 1.0)])
def test_a_traceback_has_the_calls(user, run, x, y):
    plain, _ = entries(user.both, user, x, y)
    ours, names = entries(run, user, user.both, x, y)
    assert [line for line, _, _ in ours] == [line for line, _, _ in plain] and ours[-1] == plain[-1]
    assert names[0].startswith("both") and names[1] == "two" and len(names) == 3


@pytest.mark.parametrize("run", [gradient, pullback])
def test_a_traceback_has_nested_functions(user, run):
    plain, _ = entries(user.closed, user, 1.0, 0.0)
    ours, names = entries(run, user, user.closed, 1.0, 0.0)
    assert [line for line, _, _ in ours] == [line for line, _, _ in plain] and ours[-1] == plain[-1]
    assert names[1] == "solve" and len(names) == 3
    assert "make_function" not in str(code_adjoint(user.closed, 1.0, 2.0))
    x, y = 1.5, 2.0
    dx, dy = 3 * x**2 / y**2 + 2 * x / y**2 + 1 / y, -2 * x**3 / y**3 - 2 * x**2 / y**3 - x / y**2
    assert gradient(user.closed, x, y) == pytest.approx((dx, dy))


def test_a_new_definition_is_seen(user, monkeypatch):
    assert gradient(user.grown, 0.0 + 1e-9)[0] == pytest.approx(1.0)
    monkeypatch.setattr(user, "ratio", lambda a, b: 3.0 * a)
    assert gradient(user.grown, 1e-9)[0] == pytest.approx(4.0)


def test_a_rule_is_seen(user):
    assert gradient(user.two, 2.0, 1.0) == pytest.approx((0.75, -1.5))

    @zygote_py.adjoint(user.ratio)
    def ratio_rule(a, b):
        return a / b, lambda dy: (7.0 * dy, 0.0)
    try:
        assert gradient(user.two, 2.0, 1.0) == (7.0, 7.0)
        assert "# inlined" not in str(code_adjoint(user.two, 2.0, 1.0))
    finally:
        zygote_py.registry._rules.pop(id(user.ratio), None)


def test_nothing_is_inlined_without_optimisation(user):
    with zygote_py.options(optimise=False):
        assert "# inlined" not in str(code_adjoint(user.both, 2.0, 1.0))
        assert gradient(user.both, 2.0, 1.0) == pytest.approx((4.0, -8.0))
