"""The testing tools themselves: they pass what is right, fail what is wrong, and say what."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from zygote_py import adjoint, elementwise, frule, hook, non_differentiable
from zygote_py.testing import check_grads, finite_difference, test_frule, test_rrule

ROOT = Path(__file__).resolve().parents[2]


def fresh():
    def scale(x, s):
        return x * s
    return scale


X = np.array([1.0, 2.0, 3.0])


def test_a_right_rule_passes():
    f = fresh()
    adjoint(f)(lambda x, s: (x * s, lambda dy: (dy * s, np.sum(dy * x))))
    test_rrule(f, X, 2.0)
    test_rrule(f, X, s=2.0)


@pytest.mark.parametrize("rule, words", [
    (lambda x, s: (x * s, lambda dy: (dy * s, 2 * np.sum(dy * x))), r"scale, argument 1 \(`s`\): it is .*, by differences"),
    (lambda x, s: (x * s, lambda dy: (dy * s * np.array([1, 1, 2]), np.sum(dy * x))), r"argument 0 \(`x`\): element \[2\] is"),
    (lambda x, s: (x + s, lambda dy: (dy * s, np.sum(dy * x))), "computes another value: element"),
    (lambda x, s: (x * s, lambda dy: (dy * s, None)), r"argument 1 \(`s`\): it is 0.0"),
    (lambda x, s: (x * s, lambda dy: (dy * s + 0 * dy**2 + (np.sum(dy) > 6) * 1.0, np.sum(dy * x))), "not linear"),
])
def test_wrong_rules_fail(rule, words):
    f = fresh()
    adjoint(f)(rule)
    with pytest.raises(AssertionError, match=words):
        test_rrule(f, X, 2.0)


def test_a_pullback_that_is_used_up_fails():
    f, calls = fresh(), []

    def rule(x, s):
        def back(dy):
            calls.append(1)
            return dy * s * (1 if len(calls) == 1 else 3), np.sum(dy * x)
        return x * s, back
    adjoint(f)(rule)
    with pytest.raises(AssertionError, match="when called again"):
        test_rrule(f, X, 2.0)


def test_no_rule():
    with pytest.raises(AssertionError, match="has no rule"):
        test_rrule(fresh(), X, 2.0)
    with pytest.raises(AssertionError, match="has no forward rule"):
        test_frule(fresh(), X, 2.0)
    f = fresh()
    non_differentiable(f)
    with pytest.raises(AssertionError, match="has no rule"):
        test_rrule(f, X, 2.0)


def test_rules_of_the_library_and_structures():
    test_rrule(np.tanh, X)
    test_rrule(np.sum, np.ones((2, 3)), axis=1)
    g = np.frompyfunc(np.sin, 1, 1)
    elementwise(g, lambda y, x: np.cos(x))
    test_rrule(g, 1.0)
    f = lambda p: p["a"] * p["b"][0]
    adjoint(f)(lambda p: (f(p), lambda dy: ({"a": dy * p["b"][0], "b": [dy * p["a"]]},)))
    test_rrule(f, {"a": 2.0, "b": [3.0]})
    adjoint(f)(lambda p: (f(p), lambda dy: ({"a": dy * p["b"][0], "b": [dy]},)))
    with pytest.raises(AssertionError, match=r"element \['b'\]\[0\] is 1.0"):
        test_rrule(f, {"a": 2.0, "b": [3.0]})


def test_forward_rules():
    f = fresh()
    frule(f)(lambda x, s: (x * s, lambda x_dot, s_dot: x_dot * s + x * s_dot))
    test_frule(f, X, 2.0)
    frule(f)(lambda x, s: (x * s, lambda x_dot, s_dot: x_dot * s + 2 * x * s_dot))
    with pytest.raises(AssertionError, match=r"argument 1 \(`s`\), one direction"):
        test_frule(f, X, 2.0)
    frule(f)(lambda x, s: (x, lambda x_dot, s_dot: x_dot))
    with pytest.raises(AssertionError, match="another value"):
        test_frule(f, X, 2.0)


def test_check_grads_fails_in_the_second_order_only():
    f = fresh()

    def slope(dy, x, s):
        return dy * s, np.sum(dy * x)
    adjoint(slope)(lambda dy, x, s: (slope(dy, x, s), lambda d: (d[0] * s, None, None)))
    adjoint(f)(lambda x, s: (x * s, lambda dy: slope(dy, x, s)))
    check_grads(f, X, 2.0, modes=("rev",), order=1)
    with pytest.raises(AssertionError, match="reverse over reverse"):
        check_grads(f, X, 2.0, modes=("rev",))
    with pytest.raises(ValueError, match="order is 1 or 2"):
        check_grads(f, X, 2.0, order=3)
    with pytest.raises(ValueError, match="modes are"):
        check_grads(f, X, 2.0, modes=("reverse",))


def test_complex_steps_give_all_digits():
    for f, x, want in ((lambda x: np.exp(x) * np.sin(5 * x), 0.7, np.exp(0.7) * (np.sin(3.5) + 5 * np.cos(3.5))),
                       (lambda x: x**30, 1.5, 30 * 1.5**29)):
        np.testing.assert_allclose(finite_difference(f, (x,)), want, rtol=1e-9)


def test_complex_steps_are_not_trusted_blindly():
    assert abs(finite_difference(lambda x: abs(x)**3 * 1e3, (2.0,)) - 12e3) < 1e-3
    assert abs(finite_difference(lambda x: float(np.real(x))**2 if np.iscomplexobj(x) else x**2, (2.0,)) - 4) < 1e-8
    assert abs(finite_difference(lambda x: np.real(x * x) * np.exp(x), (2.0,)) - 8 * np.exp(2.0)) < 1e-6


def test_the_plug_in(tmp_path):
    (tmp_path / "test_user.py").write_text(
        "import pytest\nimport numpy as np\n"
        "def test_right(gradcheck):\n    gradcheck(lambda x: np.sum(x**3), np.ones(2))\n"
        "@pytest.mark.gradcheck(order=1)\n"
        "def test_marked(gradcheck):\n    assert gradcheck.keywords == {'order': 1}\n    gradcheck(lambda x: x * x, 2.0)\n"
        "def test_wrong(gradcheck):\n    gradcheck(lambda x: x * float(str(x)), 2.0)\n")
    command = [sys.executable, "-m", "pytest", "-q", "--strict-markers", "-p", "no:cacheprovider", str(tmp_path),
               "--rootdir", str(tmp_path)]
    asked = subprocess.run([*command, "-p", "zygote_py.testing.pytest_plugin"], cwd=ROOT, capture_output=True, text=True)
    assert "2 passed" in asked.stdout and "1 failed" in asked.stdout, asked.stdout
    assert "argument 0 (`x`): it is 2.0, by differences" in asked.stdout
    off = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "fixture 'gradcheck' not found" in off.stdout or "not found in `markers`" in off.stdout


def test_integers_that_are_not_varied_are_not_compared():
    check_grads(lambda p, n: p["x"] * p["n"] * n, {"x": 2.0, "n": 3}, 4)
    with pytest.raises(AssertionError, match="argument 0"):
        check_grads(lambda p: hook(lambda d: 2 * d, p["x"]) * p["n"], {"x": 2.0, "n": 3}, order=1)


@pytest.mark.parametrize("call, words", [
    (lambda: check_grads(3, 2.0), "no function but a int"),
    (lambda: check_grads(lambda x: None, 2.0), "returned None(.|\n)*Instead"),
    (lambda: check_grads(lambda x: "text", 2.0), "no number to differentiate"),
    (lambda: finite_difference(3, (2.0,)), "no function but a int"), (lambda: finite_difference(abs, (2.0,), 1), "no argument 1"),
    (lambda: finite_difference(abs, 2.0), "no argument 0(.|\n)*given as one tuple"),
    (lambda: finite_difference(lambda x: x * np.ones(2), (2.0,)), "result is a ndarray, and a number is needed"),
])
def test_wrong_uses_are_told(call, words):
    with pytest.raises(TypeError, match=words):
        call()
