"""The exception tree and the five parts of a message."""

from __future__ import annotations

import linecache
import os
import pickle

import pytest

from zygote_py import errors
from zygote_py.errors import message


@pytest.mark.parametrize(("name", "bases"), [
    ("SourceError", (OSError,)), ("StaleSourceError", (errors.SourceError, OSError)),
    ("UnsupportedCodeError", (NotImplementedError,)), ("MutationError", (errors.UnsupportedCodeError, NotImplementedError)),
    ("MissingRuleError", (NotImplementedError,)), ("NotScalarError", (TypeError,)), ("SeedError", (ValueError,)),
    ("RuleError", (TypeError,))])
def test_tree(name, bases):
    kind = getattr(errors, name)
    assert issubclass(kind, (errors.ZygoteError,))
    assert all(issubclass(kind, base) for base in bases)
    error = kind("one\ntwo")
    assert str(error) == "one\ntwo"
    assert str(pickle.loads(pickle.dumps(error))) == "one\ntwo"


def test_every_error_is_in_the_drawing():
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and kind.__module__ == errors.__name__:
            assert f" {name} " in errors.__doc__.replace("\n", " ")
            assert name in errors.__all__


@pytest.fixture
def model():
    text = "def step(x):\n    yield x * w\n\tyield 'öö', x\n"
    name = os.path.join(os.getcwd(), "model_of_test.py")
    linecache.cache[name] = len(text), None, text.splitlines(True), name
    yield name
    del linecache.cache[name]


def test_five_parts(model):
    text = message("cannot differentiate `yield`", filename=model, lineno=2, col=4, end_col=15, function="step",
                   why="A generator has no finished result.", instead="return a list", doc="docs/limitations.md#generators")
    assert text.splitlines() == [
        "model_of_test.py:2, in step: cannot differentiate `yield`",
        "    2 |     yield x * w",
        "      |     ^^^^^^^^^^^",
        "A generator has no finished result.",
        "Instead: return a list.   docs/limitations.md#generators"]


def test_columns_are_bytes(model):
    lines = message("no", filename=model, lineno=3, col=15, end_col=16).splitlines()
    assert lines[2][lines[1].index("x"):] == "^"


def test_parts_may_be_missing():
    assert message("it is wrong") == "it is wrong"
    assert message("it is wrong", function="f") == "in f: it is wrong"
    assert message("it is wrong", filename="<stdin>") == "<stdin>: it is wrong"
    assert message("it is wrong", filename="<stdin>", lineno=3, col=0) == "<stdin>:3: it is wrong"
    assert message("it is wrong", doc="docs/a.md") == "it is wrong\nSee docs/a.md"
    assert message("it is wrong", instead="do this.") == "it is wrong\nInstead: do this."


def test_mark_runs_to_the_end_of_the_line(model):
    assert message("no", filename=model, lineno=2, col=10).endswith("     |           ^^^^^")
