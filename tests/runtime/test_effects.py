"""Which functions may run untransformed when they are called with constants."""

import sys

import pytest

from zygote_py.runtime.effects import is_quiet


def plain(a, b):
    return a * b + 1


def storing(d):
    d["k"] = 1


def calling_a_method(items):
    items.clear()


def helper(a):
    return a + 1


def calling(a):
    return helper(a)


@pytest.mark.parametrize(("f", "want"), [(plain, True), (storing, False), (calling_a_method, False), (calling, True)])
def test_what_is_quiet(f, want):
    assert is_quiet(f) is want


def test_a_callee_that_is_bound_anew_is_seen(monkeypatch):
    assert is_quiet(calling)
    monkeypatch.setattr(sys.modules[__name__], "helper", storing)
    assert not is_quiet(calling)
