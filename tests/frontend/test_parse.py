"""The gast copy of a function: own nodes, positions kept, names as the compiler stores them."""

from __future__ import annotations

import ast
import itertools
import linecache
import textwrap

import gast
import pytest

from zygote_py.emit.convert import to_ast
from zygote_py.emit.unparse import unparse
from zygote_py.frontend.parse import to_gast
from zygote_py.frontend.source import find, register

COUNT = itertools.count()


def run(text):
    text = textwrap.dedent(text).lstrip("\n")
    name = f"<test_parse {next(COUNT)}>"
    linecache.cache[name] = len(text), None, text.splitlines(True), name
    space = {"__name__": "test"}
    exec(compile(text, name, "exec", dont_inherit=True), space)
    return space


def tree(fn):
    return to_gast(find(fn))


def test_a_copy_of_its_own():
    f = run("def f(x): return x")["f"]
    one, two = tree(f), tree(f)
    assert isinstance(one, gast.FunctionDef)
    assert one is not two
    one.body.clear()
    assert unparse(two) == unparse(find(f).node)


def test_lambda():
    node = tree(run("f = lambda x, *y: x")["f"])
    assert isinstance(node, gast.Lambda)
    assert unparse(node) == "lambda x, *y: x"


def test_positions_are_kept():
    node = tree(run("\n\n@(lambda f: f)\ndef f(x):\n    return (x +\n        1)")["f"])
    value = node.body[0].value
    assert (node.lineno, value.lineno, value.col_offset, value.end_lineno, value.end_col_offset) == (2, 3, 12, 4, 9)


def test_decorators_are_dropped_only_on_the_function_itself():
    node = tree(run("""
        def d(f): return f
        @d
        def f(x):
            @d
            def g(): pass
            return g
    """)["f"])
    assert node.decorator_list == []
    assert len(node.body[0].decorator_list) == 1


def test_codes():
    f = run("""
        def f(x, k=lambda: 0):
            def g(y):
                return lambda: y
            return g, lambda: x, [lambda: i for i in x]
    """)["f"]
    node = tree(f)
    inside = [n for n in gast.walk(node) if isinstance(n, (gast.FunctionDef, gast.Lambda)) and n is not node]
    g, probe, [at] = f([1])
    by_text = {unparse(n): n.code for n in inside}
    assert by_text == {"lambda: 0": None, "def g(y):\n    return lambda: y": g.__code__, "lambda: y": None,
                       "lambda: x": probe.__code__, "lambda: i": at.__code__}
    assert node.code is None


MANGLED = """
    class {cls}:
        def f(self, __a, *, __k=1):
            __b = self.__x + __a
            def __g(__q):
                nonlocal __b
                __b = __q.__dunder__
                return h(__kw=__b)
            import __m
            import __n.o as __p
            from os import __r
            from __o import __r as __q2
            try:
                pass
            except E as __e:
                pass
            class __C(__base):
                def g(self): return __c
            match __s:
                case [__t, *__u]: pass
                case {{"a": 1, **__v}}: pass
                case __w: pass
            [__y for __y in __z]
            global __global
            __k.x, __module__, _one, ___three
            return __g
"""


@pytest.mark.parametrize("cls", ["A", "_A", "__A", "A_", "___"])
def test_names_are_mangled_as_the_compiler_does(cls):
    text = textwrap.dedent(MANGLED.format(cls=cls))
    name = f"<test_parse {next(COUNT)}>"
    linecache.cache[name] = len(text), None, text.splitlines(True), name
    space = {"__name__": "test"}
    exec(compile(text, name, "exec", dont_inherit=True), space)
    f = space[cls].f
    node = tree(f)
    again = compile(ast.Module([to_ast(node)], []), "x", "exec")
    code = next(c for c in again.co_consts if hasattr(c, "co_code"))

    def names(c):
        inner = [names(k) for k in c.co_consts if hasattr(k, "co_code")]
        return sorted(c.co_names), sorted(c.co_varnames), sorted(c.co_cellvars), sorted(c.co_freevars), inner
    wanted, found = names(f.__code__), names(code)
    assert found == wanted
    assert node.name == "f"


def test_outside_a_class_nothing_is_mangled():
    assert unparse(tree(run("def f(__x): return __x.__y")["f"])) == "def f(__x):\n    return __x.__y"


def test_registered_trees():
    text = "def f(x):\n    return lambda: x"
    node = gast.ast_to_gast(ast.parse(text).body[0])
    f = run(text)["f"]
    code = f.__code__.replace(co_firstlineno=7)
    inside = next(c for c in code.co_consts if hasattr(c, "co_code"))
    register(code, node, "user.py", {node.body[0].value: inside})
    source = find(type(f)(code, {}))
    assert (source.node, source.filename) == (node, "user.py")
    copied = to_gast(source)
    assert copied is not node
    assert copied.body[0].value.code is inside
    assert not hasattr(node.body[0].value, "code")
    assert unparse(copied) == text


def test_registered_class_name():
    node = gast.ast_to_gast(ast.parse("def f(x):\n    return x.__y").body[0])
    code = run("def f(x): return x")["f"].__code__
    register(code, node, "user.py", {}, "A")
    assert "x._A__y" in unparse(to_gast(find(type(run)(code, {}))))
