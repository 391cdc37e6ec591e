"""The text that `code_adjoint` shows: word for word for a few functions, and the same bytecode as what runs for all programs.

`python tests/emitted/test_emitted.py` writes the expected texts anew; read the differences before keeping them.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import io
import operator
import re
import struct
import sys
import types
from pathlib import Path

import numpy as np
import pytest

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from programs.table import load

from emitted import functions
from zygote_py import adjoint, code_adjoint, errors, gradient
from zygote_py.analysis.inlining import PLACES
from zygote_py.cache import Link
from zygote_py.display import function_called
from zygote_py.emit.convert import to_ast
from zygote_py.emit.unparse import unparse
from zygote_py.registry import Rule
from zygote_py.requests import code_of, specialisation

EXPECTED = Path(__file__).parent / "expected"
W, b, x = np.ones((2, 3)), np.ones(2), np.ones(3)
SHOWN = {
    "pow": (functions.pow, 5.0, 3),
    "sincos": (functions.sincos, 2.0),
    "pow2": (functions.pow2, 5.0, 3),
    "loss": (functions.loss, W, b, x),
    "scaled": (functions.Scaled(2.0), 3.0),
    "fill": (functions.fill, x),
    "heat": (functions.heat, np.ones(5), 3),
    "relaxed": (functions.relaxed, np.ones(5)),
    "oscillate": (functions.oscillate, 1.0, 0.1),
    "tree": (functions.tree, 1.1, 0.9, 0.3),
}
PROGRAMS = load()


def shown(name):
    return re.sub(r", \S*functions\.py", ", functions.py", str(code_adjoint(*SHOWN[name])))


@pytest.mark.parametrize("name", SHOWN)
def test_the_text(name):
    if name == "loss" and not PLACES:
        pytest.skip("nothing is written out there")
    assert shown(name) == (EXPECTED / f"{name}.txt").read_text()


# Honesty


def compiled(function, free):
    """The code object of a function's tree, over the same free names, all on one line: where lines end, bytecode differs."""
    factory, = ast.parse("def factory(): pass").body
    factory.body = [*ast.parse("".join(f"{name} = None\n" for name in free)).body, function]
    module = ast.Module([factory], [])
    for n in ast.walk(module):
        if hasattr(n, "lineno"):
            n.lineno = n.end_lineno = 1
            n.col_offset = n.end_col_offset = 0
    code = next(c for c in compile(module, "<text>", "exec", dont_inherit=True).co_consts if isinstance(c, types.CodeType))
    return [c for c in code.co_consts if isinstance(c, types.CodeType)][-1]


def same_code(a, b, instructions=True):
    def plain(constants):
        # Python 3.10 has the full names of inner functions among the constants, and that of the factory is in them
        return [repr(c) for c in constants if not isinstance(c, types.CodeType) and ".<locals>." not in repr(c)]

    def inner(constants):
        return [c for c in constants if isinstance(c, types.CodeType)]
    return ((a.co_code == b.co_code or not instructions) and plain(a.co_consts) == plain(b.co_consts) and a.co_names == b.co_names
            and a.co_varnames == b.co_varnames
            and all(same_code(p, q, instructions) for p, q in zip(inner(a.co_consts), inner(b.co_consts))))


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_the_text_is_what_runs(name):
    entry = PROGRAMS[name]
    f, args = entry.function, copy.deepcopy(entry.arguments[0])
    with contextlib.redirect_stdout(io.StringIO()):
        called = function_called(f, args, entry.keywords)
    if isinstance(called, Rule):        # nothing is generated
        return
    g, flat = called
    root = specialisation(g, flat, -1).template
    waiting, seen = [(root, "joint"), (root, "pair")], set()
    while waiting:
        t, role = waiting.pop()
        code = code_of(t, role)
        for tree, layout in zip(code.trees, code.layouts.values()):
            free = layout.code.co_freevars
            printed, = ast.parse(unparse(tree)).body
            shown, runs = compiled(printed, free), compiled(to_ast(tree), free)
            assert same_code(shown, runs), unparse(tree)
            assert same_code(shown, layout.code, instructions=False), unparse(tree)
        for link in code.helpers.values():
            if isinstance(link, Link) and link.callee not in seen:
                seen.add(link.callee)
                waiting.append((link.callee, "pair"))
    text = str(code_adjoint(f, *args, **entry.keywords))
    ast.parse(text)
    for tree in code_of(root, "pair").trees:
        assert f"def {tree.name}(" in text


def test_the_text_runs_by_itself():
    """With the user's names beside it, the text of a straight function computes the gradient."""
    space = {"math": functions.math}
    exec(str(code_adjoint(functions.sincos, 2.0)), space)
    assert space["sincos_gradient"](None, 2.0)[1] == gradient(functions.sincos, 2.0)


def test_imports_lead_to_the_helpers():
    for name in SHOWN:
        for n in ast.walk(ast.parse(shown(name))):
            if isinstance(n, (ast.Import, ast.ImportFrom)):
                exec(unparse(n), {})


# What is accepted


def line(k, x, b=1.0):
    return k * x + b


class Model:
    def __init__(self, k):
        self.k = k * 2

    def __call__(self, x):
        return self.k * x

    def at(self, x):
        return self(x)

    @classmethod
    def made(cls, x):
        return cls(x)(x)


@pytest.mark.parametrize("f, args, keywords, wanted", [
    (line, (2.0, 3.0), {"b": 2.0}, "line"),
    (functools.partial(line, 2.0), (3.0,), {}, "line"),
    (Model(2.0), (3.0,), {}, "__call__"),
    (Model(2.0).at, (3.0,), {}, "at"),
    (Model.made, (3.0,), {}, "made"),
    (Model, (3.0,), {}, "__init__"),
    (functools.lru_cache(line), (2.0, 3.0), {}, "line"),
    (operator.itemgetter(0), ((2.0, 3.0),), {}, "get_items"),
], ids=lambda v: None)
def test_what_gradient_takes(f, args, keywords, wanted):
    made = code_adjoint(f, *args, **keywords)
    assert f"def {wanted}_forward(cx" in str(made) and f"def {wanted}_pullback(cx" in str(made)
    assert repr(made) == f"<generated code of {wanted}, {len(str(made).splitlines())} lines; print it>"


def test_the_joint_form_is_shown_where_gradient_runs_it():
    assert "def line_gradient(" in str(code_adjoint(line, 2.0, 3.0, 1.0))
    assert "_gradient(" not in str(code_adjoint(Model(2.0), 3.0))


def test_a_function_with_a_rule_shows_the_rule():
    assert "lambda y, a, b: (b, a)" in str(code_adjoint(operator.mul, 2.0, 3.0))

    def own(x):
        return x

    @adjoint(own)
    def own_rule(x):
        return x, lambda dy: (7.0 * dy,)
    assert "7.0 * dy" in str(code_adjoint(own, 2.0))


def test_what_can_not_be_shown():
    with pytest.raises(TypeError):
        code_adjoint(3.0, 2.0)
    with pytest.raises(TypeError):
        code_adjoint(line)
    with pytest.raises(errors.MissingRuleError):
        code_adjoint(struct.pack, "d", 2.0)


def test_two_specialisations_of_one_function_have_two_names():
    def both(x, v):
        return functions.pow(x, 2) + np.sum(functions.pow(v, 2))
    text = str(code_adjoint(both, 1.0, x))
    assert text.count("def pow_forward(") == 1 == text.count("def pow_forward_2(")
    assert "pow_pullback_2(cx" in text.partition("def pow_forward")[0]


def test_the_header_says_kinds_and_assumptions():
    k = 2.0

    def f(x, v, z, n, t, m, *rest, flag=True, **words):
        return k * x + np.sum(v)
    head = str(code_adjoint(f, 1.0, x, 1j, 2, (1.0, 2), [1.0], 5.0)).splitlines()
    assert head[0].startswith("# f(x: float, v: float[:], z: complex, n: int, t: (float, int), m: object, *rest: (float,), "
                              "flag: bool, **words: object), ")
    assert head[0].endswith("test_emitted.py:%d" % f.__code__.co_firstlineno)
    assert head[1] == "# assumes: np.sum unchanged; k: float"


def test_a_notebook_shows_it_as_html():
    made = code_adjoint(line, 2.0, 3.0, 1.0)
    assert "line_forward" in made._repr_html_() and made._repr_html_().startswith("<pre")


if __name__ == "__main__":
    EXPECTED.mkdir(exist_ok=True)
    for each in SHOWN:
        (EXPECTED / f"{each}.txt").write_text(shown(each))
