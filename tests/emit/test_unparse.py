"""The text parses back to the same tree, without needless parentheses.

`ZYGOTE_PY_ALL_SOURCES=1` reads every file of the standard library, NumPy and SciPy in place of a sample.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import random
import sysconfig
import warnings
from pathlib import Path

import gast
import pytest

from zygote_py.emit.convert import to_ast
from zygote_py.emit.unparse import unparse


def sources():
    roots = [Path(sysconfig.get_path("stdlib"))]
    for name in ("numpy", "scipy"):
        spec = importlib.util.find_spec(name)
        if spec is not None:
            roots.append(Path(spec.origin).parent)
    files = sorted(f for i, root in enumerate(roots) for f in root.rglob("*.py")
                   if i or "site-packages" not in f.parts and "lib2to3" not in f.parts)
    return files if os.environ.get("ZYGOTE_PY_ALL_SOURCES") else random.Random(3).sample(files, 120)


def parsed(file):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(file.read_bytes())
        except (SyntaxError, ValueError):
            return None


def test_real_sources():
    for file in sources():
        tree = parsed(file)
        if tree is None:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert ast.dump(ast.parse(unparse(tree))) == ast.dump(tree), file


def test_conversion_keeps_everything():
    for file in sources()[::4]:
        tree = parsed(file)
        if tree is not None:
            again = to_ast(gast.ast_to_gast(tree))
            assert ast.dump(again, include_attributes=True) == ast.dump(tree, include_attributes=True), file


@pytest.mark.parametrize("text", [
    "a + b * c", "(a + b) * c", "a - (b - c)", "a - b - c", "a / b * c", "a // (b % c)", "a @ b @ c", "a @ (b @ c)",
    "a ** b ** c", "(a ** b) ** c", "(-a) ** b", "-a ** b", "a ** -b", "-(a + b)", "--a", "not a", "not (a and b)", "not a and b",
    "(a and b) or c", "a and (b or c)", "a or b and c", "(a or b) or c", "a < b < c", "(a < b) < c", "a < (b < c)", "not a < b",
    "a if b else c", "(a if b else c) if d else e", "a if b else c if d else e", "(a if b else c) + d", "a if (lambda: b) else c",
    "lambda: a", "lambda x, /, y=1, *z, w=2, **k: x + y", "(lambda x: x)(a)", "lambda: (a, b)", "lambda: lambda: a",
    "a, b", "a,", "(a, b), c", "()", "[a, b]", "{a: b, **c}", "{a, b}", "f(a, *b, c=d, **e)", "f((a, b))", "f(x for x in y)",
    "f((x for x in y), z)", "[x for x, y in z if x if y]", "[x for x in (a if b else c)]", "[x for x in y if (a if b else c)]",
    "x[a]", "x[a, b]", "x[a:b, c]", "x[:, 0]", "x[..., None, ::2]", "x[a:b,]", "x[()]", "x[(a,)]", "x[a:b:c][d]", "x[-1]",
    "(a + b)[0]", "(a + b).c", "(1).real", "1.5.real", "(1.5).real", "'a'.join(b)", "f'{a}'.c", "1j.imag", "(-a).b", "f(a)(b)",
    "(x := a)", "f((x := a))", "[y := f(x), y]", "*a, b", "f(*a or b)", "a | b & c ^ d", "a << b + c", "(a << b) + c", "~a",
    "a is not b", "a not in b", "f'\\\\n{a!r:>{w}}'", "f'{a}\"' + \"'\"", "b'x'", "...", "None", "1e400", "'\\n'", "not not a",
    "a if not b else c", "(yield)", "await_(x)", "{**a, 'b': (c, d)}", "x[a, (b, c)]", "x[lambda: a]",
])
def test_expressions(text):
    tree = ast.parse(text)
    again = unparse(tree)
    assert ast.dump(ast.parse(again)) == ast.dump(tree)
    assert again.count("(") <= text.count("(") + text.count("a,") + text.count(":=") + text.count("*a or")


@pytest.mark.parametrize("text", [
    "x = y = a, b", "x, y = a, b", "x, *y = a", "return_ = (yield a)", "x += 1", "x: int = 3", "x.y: int", "(x): int = 3",
    "for i, (j, k) in a, b:\n    pass\nelse:\n    pass", "for i in (yield):\n    pass",
    "while a:\n    break\nelse:\n    continue", "if a:\n    pass\nelif b:\n    pass\nelse:\n    pass",
    "if a:\n    pass\nelse:\n    if b:\n        pass\n    c", "with a as b, c:\n    pass", "with (a, b):\n    pass",
    "with ((a, b)):\n    pass", "with ((a,)):\n    pass", "with (a, b) as c:\n    pass", "with (yield a):\n    pass",
    "try:\n    pass\nexcept (A, B) as e:\n    raise X from e\nelse:\n    pass\nfinally:\n    pass",
    "def f(a, b: int = 1, /, c=2, *args: str, d, e=3, **k) -> float:\n    global g\n    return a, b",
    "@d(1)\n@(lambda f: f)\nclass A(B, metaclass=M):\n    x = 1", "class A:\n    pass",
    "async def f():\n    async for x in y:\n        await (a + b)\n    async with a as b:\n        return (yield 3)",
    "del a, b[0]", "del (a, b)", "assert a, b", "import a.b as c, d", "from . import x", "from ..a import b as c",
    "raise", "pass",
    "match a:\n    case [1, *x, {'k': v, **r}] | A(b=c) if d:\n        x = f(a)\n    case _:\n        pass",
    "def f():\n    nonlocal x\n    match a:\n        case 1:\n            pass\n    return x[:, 1]",
    "x = a, *b", "return_ = lambda: (yield)", "x[a:b, 1] += c", "for x in *a, b:\n    pass",
])
def test_statements(text):
    tree = ast.parse(text)
    assert ast.dump(ast.parse(unparse(tree))) == ast.dump(tree)
    assert ast.dump(ast.parse(unparse(gast.ast_to_gast(tree)))) == ast.dump(tree)


def test_newer_syntax():
    for text in ("try:\n    pass\nexcept* A as e:\n    pass", "x[*a]", "type X[T] = list[T]",
                 "def f[T: int](x: T) -> T:\n    return x",
                 "class A[T](B):\n    def f[S](self):\n        return x[:, 1]"):
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        assert ast.dump(ast.parse(unparse(tree))) == ast.dump(tree)


def test_pleasant_to_read():
    text = ("def f(x, y):\n    a, b = x, y\n"
            "    for i, v in enumerate(a):\n        b[i] = -v * (x + 1) ** 2 if v > 0 else b[i - 1, :]\n"
            "    return a, b")
    assert unparse(ast.parse(text)) == text


@pytest.mark.parametrize("value", [-2, -2.5, float("inf"), -float("inf"), 1e300, 2j, -2j, True, "a'b\"c\n", b"\0", None, ...])
def test_generated_constants(value):
    tree = gast.BinOp(gast.Constant(value, None), gast.Pow(), gast.Constant(2, None))
    found = ast.literal_eval(ast.parse(unparse(tree), mode="eval").body.left) if value not in (-float("inf"),) else -float("inf")
    assert found == value
    assert ast.parse(unparse(tree), mode="eval").body.right.value == 2


def test_nan():
    assert eval(unparse(gast.Constant(float("nan"), None))) != eval(unparse(gast.Constant(float("nan"), None)))


def test_many_terms():
    text = " + ".join("abcde"[i % 5] for i in range(250))
    assert unparse(ast.parse(text)) == text


def test_comments():
    tree = gast.ast_to_gast(ast.parse(
        "def f(x):\n    y = x\n    if y:\n        z = 1\n    elif x:\n        z = 2\n    else:\n        z = 3\n    return z"))
    f = tree.body[0]
    f.comment = "the function"
    f.body[0].comment = "y = x"
    f.body[1].comment = "if\n y"
    f.body[1].orelse[0].comment = "elif x"
    f.body[1].orelse[0].orelse[0].comment = "last"
    lines = unparse(tree).splitlines()
    assert lines[0] == "def f(x):  # the function"
    assert lines[1] == "    y = x  # y = x"
    assert lines[2] == "    if y:  # if y"
    assert lines[4] == "    elif x:  # elif x"
    assert lines[7] == "        z = 3  # last"
    assert lines[8] == "    return z"


def test_missing_fields():
    node = gast.FunctionDef("f", gast.arguments([], [], None, [], [], None, []), [gast.Return(value=None)], [], None, None)
    assert unparse(node) == "def f():\n    return"
