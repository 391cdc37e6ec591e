"""Pullbacks are copied and pickled, and functions are differentiated in other processes."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import zygote_py
from interop import models
from zygote_py import gradient, pullback

ROOT = Path(__file__).resolve().parents[2]


def same(a, b):
    np.testing.assert_equal(np.asarray(a[1]), np.asarray(b[1]))
    np.testing.assert_equal(a[0].w, b[0].w)


def test_a_copy_is_the_pullback_itself():
    _, back = pullback(models.energy, models.Layer(3), np.ones(3))
    for made in (copy.copy(back), copy.deepcopy(back), copy.deepcopy([back])[0]):
        same(made(2.0), back(2.0))


def test_a_pickled_pullback_does_the_same():
    _, back = pullback(models.energy, models.Layer(3), np.ones(3))
    again = pickle.loads(pickle.dumps(back))
    same(again(2.0), back(2.0))
    same(pickle.loads(pickle.dumps(again))(1.0), back(1.0))
    _, back = pullback(models.cube, 2.0)
    assert pickle.loads(pickle.dumps(back))(1.0) == (12.0,)


def test_what_has_no_name_or_is_kept_by_identity_is_refused():
    for f, word in [(lambda x: x * x, "lambda"), (models.writes, "wrote to memory")]:
        _, back = pullback(f, 3.0)
        with pytest.raises(pickle.PicklingError, match=word):
            pickle.dumps(back)
        assert back(1.0) == (6.0,)


def test_a_tape_of_another_function_is_refused(monkeypatch):
    _, back = pullback(models.cube, 2.0)
    data = pickle.dumps(back)

    def cube(x):
        return x * 3.0
    monkeypatch.setattr(models, "cube", cube)
    with pytest.raises(pickle.UnpicklingError, match="another one"):
        pickle.loads(data)


def test_another_process_reads_it():
    _, back = pullback(models.energy, models.Layer(3), np.ones(3))
    script = "import sys, pickle; d = pickle.load(sys.stdin.buffer)(2.0); print(d[0].w.tolist(), d[1].tolist())"
    found = subprocess.run([sys.executable, "-c", script], input=pickle.dumps(back), capture_output=True, timeout=60, check=True,
                           env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])})
    wanted = back(2.0)
    assert found.stdout.decode().strip() == f"{wanted[0].w.tolist()} {wanted[1].tolist()}"


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_processes():
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        assert list(pool.map(models.slope, [1.0, 2.0, 3.0])) == [3.0, 12.0, 27.0]
        assert pool.submit(gradient, models.cube, 2.0).result() == (12.0,)


@pytest.mark.filterwarnings("ignore")
def test_joblib():
    joblib = pytest.importorskip("joblib")
    for backend in ("threading", "loky"):
        found = joblib.Parallel(2, backend=backend)(joblib.delayed(gradient)(models.cube, x) for x in (1.0, 2.0))
        assert found == [(3.0,), (12.0,)]


def test_results_are_pickled():
    for x in (gradient(models.energy, models.Layer(2), np.ones(2)), zygote_py.withgradient(models.cube, 2.0)):
        assert repr(pickle.loads(pickle.dumps(x))) == repr(x)
