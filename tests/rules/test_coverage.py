"""Every public function of the covered libraries is in exactly one list."""

from __future__ import annotations

import numpy as np
import pytest

import zygote_py
from zygote_py.rules.coverage import DERIVED, NOT_YET, WITHOUT, libraries

from .derived import DERIVED as PROVED
from .derived import SERIES

TABLE = zygote_py.coverage()
OLD = np.__version__ < "2"          # with deprecated names as well


def test_no_public_name_is_unlisted():
    assert TABLE.names("unlisted") == []


def test_few_are_not_worked_out():
    found = {id(libraries()[library][name]) for library, _, name in [full.rpartition(".") for full in TABLE.names("not yet")]}
    assert len(found) <= 10 + 2 * OLD
    for library, reasons in NOT_YET.items():
        for name, reason in reasons.items():
            assert reason, f"{library}.{name} has no reason"


def test_the_lists_do_not_overlap_with_the_registry_or_each_other():
    lists = [("derived", {k: v.split() for k, v in DERIVED.items()}), ("non-differentiable", {k: v.split() for k,
    v in WITHOUT.items()}),
             ("not yet", {k: list(v) for k, v in NOT_YET.items()})]
    for kind, names in lists:
        for library, found in names.items():
            assert len(found) == len(set(found)), library
            wrong = [name for name in found if TABLE[library].get(name, kind) != kind and not (OLD and name == "row_stack")]
            assert not wrong, f"{library}: {wrong} are listed as {kind}, and are {[TABLE[library][n] for n in wrong]}"


@pytest.mark.skipif(OLD, reason="deprecated names have no samples")
def test_what_is_derived_has_a_sample():
    proved = {getattr(f, "__name__", f) for f, _, _ in [*PROVED, *SERIES]}
    names = [name for name in TABLE.names("derived") if name.startswith("numpy.")]
    assert [name for name in names if name.rpartition(".")[2] not in proved | {"row_stack"}] == []


def test_it_prints_as_a_table():
    text = repr(TABLE)
    assert "numpy.random" in text and "not yet: numpy.matrix: " in text
    assert sum(TABLE.counts()["numpy"].values()) == len(TABLE["numpy"]) == len(libraries()["numpy"])
    assert TABLE["ndarray"]["T"] == "linear" and TABLE["ufunc"]["reduce"] == "derived"
    assert TABLE["numpy.random"]["normal"] == "rule" and TABLE["numpy.random"]["beta"] == "non-differentiable"
    assert set(TABLE) == set(libraries()) and len(TABLE) == len(libraries())


def test_scipy_is_listed():
    pytest.importorskip("scipy")
    special = TABLE["scipy.special"]
    assert special["erf"] == special["logsumexp"] == "rule" and TABLE["scipy.optimize"]["brentq"] == "derived"
    assert TABLE["scipy.stats"]["norm"] == "rule" and TABLE["scipy.fft"]["dct"] in ("rule", "linear")
    assert {k for name in TABLE if name.startswith("scipy") for k in TABLE[name].values()} <= {
        "rule", "linear", "derived", "in place", "non-differentiable", "by its source", "no rule"}
