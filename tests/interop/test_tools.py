"""Beside the tools that people work with: coverage, pdb, doctest, pytest's assertions, IPython's autoreload."""

from __future__ import annotations

import doctest
import json
import os
import subprocess
import sys
import textwrap
import time
import types
from pathlib import Path

import pytest

from zygote_py import gradient

ROOT = Path(__file__).resolve().parents[2]
MODEL = """\
    def f(x):
        y = x * x
        if y > 100:
            y = -y
        return y * x

    if __name__ == "__main__":
        import zygote_py
        print(zygote_py.gradient(f, 3.0))
"""


def run(folder, *command, input=""):
    (folder / "model.py").write_text(textwrap.dedent(MODEL))
    return subprocess.run([sys.executable, *command], cwd=folder, input=input, capture_output=True, text=True, timeout=60,
                          check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}).stdout


def test_coverage_sees_the_lines_of_the_user(tmp_path):
    pytest.importorskip("coverage")
    assert run(tmp_path, "-m", "coverage", "run", "--include=model.py", "model.py") == "(27.0,)\n"
    run(tmp_path, "-m", "coverage", "json", "-q")
    found = json.loads((tmp_path / "coverage.json").read_text())["files"]["model.py"]
    assert found["executed_lines"] == [1, 2, 3, 5, 7, 8, 9] and found["missing_lines"] == [4]


def test_a_debugger_stops_at_the_lines_of_the_user(tmp_path):
    said = run(tmp_path, "-m", "pdb", "model.py", input="b model.py:5\nc\np 'x is', x, 'y is', y\nq\n")
    assert "y = x * x" in said or "return y * x" in said
    assert "('x is', 3.0, 'y is', 9.0)" in said


def test_a_breakpoint_in_the_function(monkeypatch):
    seen = []

    def at_a_breakpoint(*_):
        frame = sys._getframe(1)
        seen.append((frame.f_code.co_filename, frame.f_lineno - f.__code__.co_firstlineno, frame.f_locals["y"]))

    def f(x):
        y = x * x
        breakpoint()
        return y * x
    monkeypatch.setattr(sys, "breakpointhook", at_a_breakpoint)
    assert gradient(f, 3.0) == (27.0,) and seen == [(__file__, 2, 9.0)]


def test_doctest():
    module = types.ModuleType("documented")
    module.__doc__ = ">>> from zygote_py import gradient\n>>> gradient(lambda x: x**3, 2.0)\n(12.0,)\n"
    assert doctest.testmod(module) == (0, 2)


def test_assertions_that_pytest_rewrites():
    def f(x):
        assert x > 0, "x must be positive"
        assert x in [x, 2.0]
        return x * x
    assert gradient(f, 3.0) == (6.0,)
    with pytest.raises(AssertionError, match="x must be positive"):
        gradient(f, -3.0)


def test_autoreload(tmp_path, monkeypatch):
    shells = pytest.importorskip("IPython.core.interactiveshell")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    path = tmp_path / "reloaded_model.py"
    path.write_text("def g(x):\n    return x * x\n\ndef f(x):\n    return g(x) * 2\n")
    shell = shells.InteractiveShell(profile_dir=None)
    try:
        def cell(text):
            result = shell.run_cell(text)
            result.raise_error()
            return result.result
        cell("%load_ext autoreload\n%autoreload 2\nimport zygote_py, reloaded_model\nfrom reloaded_model import f")
        assert cell("zygote_py.gradient(f, 3.0)") == (12.0,)
        path.write_text("def g(x):\n    y = x * x\n    return y * x\n\ndef f(x):\n    return g(x) * 2\n")
        os.utime(path, (time.time() + 10, time.time() + 10))
        assert cell("zygote_py.gradient(f, 3.0)") == (54.0,)
        assert cell("def h(x):\n    return f(x) * f(x)\nzygote_py.gradient(h, 1.0)") == (24.0,)
    finally:
        shell.history_manager.end_session()
        shells.InteractiveShell.clear_instance()
        sys.modules.pop("reloaded_model", None)
