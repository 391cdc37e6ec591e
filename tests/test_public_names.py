"""The public names: listed, sorted, there, and explained."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import zygote_py

NOW = {"Tangent", "code_adjoint", "grad", "gradient", "options", "pullback", "value_and_grad", "withgradient"}
MODULES = sorted(found.name for found in pkgutil.walk_packages(zygote_py.__path__, "zygote_py.")
                 if not found.name.endswith("__main__"))


def test_the_list_is_sorted_and_has_no_name_twice():
    assert list(zygote_py.__all__) == sorted(set(zygote_py.__all__))


def test_the_promised_names_are_public():
    assert set(zygote_py.__all__) >= NOW


@pytest.mark.parametrize("name", zygote_py.__all__)
def test_every_public_name_exists_and_is_explained(name):
    thing = getattr(zygote_py, name)
    assert not name.startswith("_") or name == "__version__"
    if inspect.ismodule(thing) or callable(thing):
        assert inspect.getdoc(thing), f"{name} has no docstring"
        if inspect.isclass(thing):
            assert thing.__doc__, f"{name} has only the docstring of its base"


def test_a_star_import_gives_just_these_names():
    space = {}
    exec("from zygote_py import *", space)
    assert set(space) - {"__builtins__"} == set(zygote_py.__all__)


def test_what_is_public_without_being_listed_is_a_module():
    loose = [name for name, thing in vars(zygote_py).items()
             if not name.startswith("_") and name not in zygote_py.__all__ and not inspect.ismodule(thing)]
    assert [name for name in loose if name != "annotations"] == []


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is_for(name):
    module = importlib.import_module(name)
    assert module.__doc__ and module.__doc__.strip(), f"{name} has no docstring"
    listed = getattr(module, "__all__", [])
    assert len(listed) == len(set(listed)), f"__all__ of {name} has a name twice"
    missing = [each for each in listed if not hasattr(module, each)]
    assert not missing, f"{name} lists {missing}, and has not got them"


def test_every_public_function_has_a_signature():
    for name in zygote_py.__all__:
        thing = getattr(zygote_py, name)
        if inspect.isfunction(thing):
            assert inspect.signature(thing) is not None, name
