"""What syntax shows that cannot be differentiated is refused with its place and a way out."""

from __future__ import annotations

import itertools
import linecache
import textwrap

import pytest

from zygote_py.errors import UnsupportedCodeError
from zygote_py.frontend.check import check
from zygote_py.frontend.parse import to_gast
from zygote_py.frontend.source import find

COUNT = itertools.count()


def checked(text):
    text = textwrap.dedent(text).lstrip("\n")
    name = f"<test_check {next(COUNT)}>"
    linecache.cache[name] = len(text), None, text.splitlines(True), name
    space = {"__name__": "test"}
    exec(compile(text, name, "exec", dont_inherit=True), space)
    source = find(space["f"])
    check(to_gast(source), source)


REFUSED = [
    ("async def f(x):\n    return x", "`async def`", "await around it", 1),
    ("def f(x):\n    async def g(): pass\n    return g", "`async def`", "await around it", 2),
    ("def f(x):\n    return locals()", "`locals()`", "dict", 2),
    ("def f(x):\n    return [vars() for i in x]", "`vars()`", "dict", 2),
    ("def f(x):\n    return dir()", "`dir()`", "dict", 2),
    ("def f(x):\n    return eval('x')", "`eval()`", "write the code out", 2),
    ("def f(x):\n    exec('y = x', {})", "`exec()`", "write the code out", 2),
]


@pytest.mark.parametrize(("text", "what", "instead", "line"), REFUSED)
def test_refused(text, what, instead, line):
    with pytest.raises(UnsupportedCodeError) as info:
        checked(text)
    parts = str(info.value).splitlines()
    name = "<lambda>" if text.startswith("f = ") else "f"
    assert parts[0].endswith(f":{line}, in {name}: cannot differentiate {what}")
    assert parts[1] == f"    {line} | " + text.splitlines()[line - 1]
    assert set(parts[2]) <= set(" |^") and "^" in parts[2]
    assert parts[3].endswith(".")
    assert parts[4].startswith("Instead: ") and instead in parts[4]
    assert "docs/limitations.md#" in parts[4]


NEWER = [
    ("def f(x):\n    type X = int\n    return x", "a type alias"),
]


@pytest.mark.parametrize(("text", "what"), NEWER)
def test_newer_syntax_is_refused(text, what):
    try:
        compile(text, "x", "exec")
    except SyntaxError:
        pytest.skip("not in this Python")
    with pytest.raises(UnsupportedCodeError, match=what.replace("*", r"\*")):
        checked(text)


@pytest.mark.parametrize("text", [
    "def f(x):\n    def g():\n        yield x\n    return list(g())",
    "def f(x):\n    return [lambda: (yield y) for y in x]",
    "def f(x):\n    def g():\n        try: pass\n        finally: pass\n    return g",
    "n = 0\ndef f(x):\n    global n\n    return n + x",
    "n = 0\ndef f(x):\n    global n\n    def g():\n        n = 1\n        return n\n    return g()",
    "def f(x, vars):\n    return vars()",
    "def f(x):\n    locals = x\n    return locals()",
    "def f(x):\n    return vars(x), dir(x), x.eval(1), x.locals()",
    "def f(x):\n    import math\n    from math import sin\n    return sin(x)",
    "def f(x, y=locals()):\n    return x",
    "def f(x: int = 1) -> float:\n    return x",
    "class A:\n    def f(self): return __class__\nf = A.f",
])
def test_accepted(text):
    checked(text)


def test_the_mark_is_under_the_construct():
    with pytest.raises(UnsupportedCodeError) as info:
        checked("def f(x):\n    äö = 'é' + eval('x') + 1")
    lines = str(info.value).splitlines()
    assert lines[2].index("^") == lines[1].index("eval")
    assert lines[2].count("^") == len("eval('x')")


def test_builtin_error_type():
    with pytest.raises(NotImplementedError):
        checked("async def f(x):\n    return x")
