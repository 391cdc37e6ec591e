"""SciPy is optional: its rules are there as soon as SciPy is imported, and not before."""

from __future__ import annotations

import subprocess
import sys
from importlib import util

import pytest

needs_scipy = pytest.mark.skipif(util.find_spec("scipy") is None, reason="SciPy is not installed")


def run(program):
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr


def test_importing_and_using_zygote_py_does_not_import_scipy():
    run("import sys, zygote_py\n"
        "assert zygote_py.gradient(abs, -2.0) == (-1.0,)\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] == 'scipy']\n")


def test_without_scipy_all_is_as_it_was():
    run("import sys\n"
        "sys.modules['scipy'] = None\n"
        "import numpy as np, zygote_py.rules\n"
        "def run(): pass\n"
        "from zygote_py.registry import lookup\n"
        "assert lookup(np.sin) and lookup(len) and lookup(run) is None\n")


@needs_scipy
def test_rules_come_with_their_library():
    run("from zygote_py.registry import lookup\n"
        "import zygote_py.rules\n"
        "assert lookup(1.0) is None\n"
        "import scipy.linalg\n"
        "assert lookup(scipy.linalg.expm).form == 'rule'\n")


@needs_scipy
def test_a_library_may_be_imported_by_the_function_itself(tmp_path):
    (tmp_path / "program.py").write_text(
        "import numpy as np\n"
        "from zygote_py import gradient\n"
        "def f(a):\n"
        "    import scipy.linalg\n"
        "    return np.sum(scipy.linalg.expm(a))\n"
        "g = gradient(f, np.zeros((2, 2)))[0]\n"
        "assert np.allclose(g, np.ones((2, 2))), g\n")
    run(f"import runpy; runpy.run_path({str(tmp_path / 'program.py')!r})")
