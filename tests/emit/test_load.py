"""Generated functions: compiled with the user's positions, bound to cells, and readable again."""

from __future__ import annotations

import ast
import gc
import linecache
import sys
import traceback
import weakref

import gast
import pytest

from zygote_py.emit.load import bind, load, make_cell
from zygote_py.emit.unparse import unparse
from zygote_py.frontend.parse import to_gast
from zygote_py.frontend.source import find


def functions(text):
    return [gast.ast_to_gast(f) for f in ast.parse(text).body]


def names(*ids):
    return gast.arguments([gast.Name(i, gast.Param(), None, None) for i in ids], [], None, [], [], None, [])


@pytest.fixture(params=[False, True], ids=["tree", "text"])
def debug(request):
    return request.param


def test_cells_and_globals(debug):
    codes = load(functions("def f(x):\n    return x * w + g"), ["w", "unused"], "user.py", debug=debug)
    f = bind(codes["f"], {"g": 100}, {"w": make_cell(3), "more": make_cell(0)})
    assert f(2) == 106
    assert f.__name__ == f.__code__.co_name == "f"
    if sys.version_info >= (3, 11):
        assert f.__code__.co_qualname == "f"


def test_own_cells_stay_live(debug):
    def outer():
        a = 1

        def inner(x):
            return a * x

        def set_a(v):
            nonlocal a
            a = v
        return inner, set_a
    inner, set_a = outer()
    codes = load([to_gast(find(inner))], ["a"], __file__, debug=debug)
    f = bind(codes["inner"], inner.__globals__, {"a": inner.__closure__[0]})
    set_a(5)
    assert f(2) == 10


def test_name_and_defaults():
    codes = load(functions("def f(x, y):\n    return x - y"), [], "user.py")
    f = bind(codes["f"], {}, {}, "step", (1,))
    assert f(3) == 2
    assert f.__name__ == "step"


def test_several_functions_do_not_hide_globals():
    codes = load(functions("def f(x):\n    return g(x)\ndef g(x):\n    return f"), [], "user.py")
    f = bind(codes["f"], {"g": lambda x: x + 1}, {})
    assert f(1) == 2
    assert codes["g"].co_freevars == ()


def test_functions_can_be_free_names():
    codes = load(functions("def f(n):\n    return n and n + f(n - 1)"), ["f"], "user.py")
    cell = make_cell(None)
    f = cell.cell_contents = bind(codes["f"], {}, {"f": cell})
    assert f(4) == 10


def test_traceback_shows_the_users_line():
    def user(x):
        y = x + 1
        return y / 0
    node = to_gast(find(user))
    codes = load([node], [], __file__)
    with pytest.raises(ZeroDivisionError) as info:
        bind(codes["user"], {}, {})(1)
    frame = traceback.extract_tb(info.value.__traceback__)[-1]
    assert (frame.filename, frame.line) == (__file__, "return y / 0")


def test_debug_shows_the_text():
    codes = load(functions("def f(x):\n    y = (x + 1)\n    return y / 0"), [], "user.py", debug=True)
    name = codes["f"].co_filename
    assert name.startswith("<zygote_py f user.py:1")
    assert "".join(linecache.getlines(name)) == "def f(x):\n    y = x + 1\n    return y / 0\n"
    linecache.checkcache()
    with pytest.raises(ZeroDivisionError) as info:
        bind(codes["f"], {}, {})(1)
    assert traceback.extract_tb(info.value.__traceback__)[-1].line == "return y / 0"


def test_debug_texts_of_one_line_are_told_apart():
    one = load(functions("def f(x):\n    return 1"), [], "user.py", debug=True)["f"]
    two = load(functions("def f(x):\n    return 2"), [], "user.py", debug=True)["f"]
    assert one.co_filename != two.co_filename


def test_positions_may_be_missing_or_wrong(debug):
    x = gast.Name("x", gast.Load(), None, None)
    value = gast.BinOp(x, gast.Mult(), x)
    value.lineno, value.col_offset, value.end_lineno, value.end_col_offset = 7, 24, 7, 13
    back = gast.Return(gast.Tuple([value, gast.Lambda(names(), x)], gast.Load()))
    back.lineno = 7
    node = gast.FunctionDef("f", names("x"), [back], [], None, None, [])
    f = bind(load([node], [], "user.py", debug=debug)["f"], {}, {})
    y, probe = f(3)
    assert (y, probe()) == (9, 3)


def test_fields_may_be_missing():
    node = gast.FunctionDef(name="f", args=gast.arguments(args=[gast.Name(id="x", ctx=gast.Param())]),
                            body=[gast.Return(value=gast.Call(func=gast.Name(id="x", ctx=gast.Load()), args=[]))])
    assert bind(load([node], [], "user.py")["f"], {}, {})(lambda: 5) == 5


def test_generated_functions_have_source(debug):
    text = "def f(x):\n    probe = lambda: (x, w)\n    return [(lambda v: v + x)(u) for u in probe()]"
    [node] = functions(text)
    codes = load([node], ["w"], "user.py", debug=debug)
    f = bind(codes["f"], {}, {"w": make_cell(2)})
    source = find(f)
    assert source.node is node
    again = to_gast(source)
    assert again is not node
    assert unparse(again) == text
    inside = [n for n in gast.walk(again) if isinstance(n, gast.Lambda)]
    assert {n.code.co_varnames for n in inside} == {(), ("v",)}
    assert {n.code for n in inside} <= set(every_code(f.__code__))
    assert f(1) == [2, 3]
    g = f(1).__class__ and bind(load([again], ["w"], "user.py")["f"], {}, {"w": make_cell(2)})
    assert g(1) == [2, 3]


def every_code(code):
    for c in code.co_consts:
        if hasattr(c, "co_code"):
            yield c
            yield from every_code(c)


def test_a_probe_has_its_code():
    [node] = functions("def f(x):\n    return lambda: (x, w)")
    f = bind(load([node], ["w"], "user.py")["f"], {}, {"w": make_cell(2)})
    [(lambda_node, code)] = find(f).nested.items()
    assert f(1).__code__ is code
    assert lambda_node is node.body[0].value


def test_codes_are_let_go():
    [node] = functions("def f(x):\n    return lambda: x")
    code = load([node], [], "user.py")["f"]
    assert find(bind(code, {}, {})).nested
    gone, tree = weakref.ref(code), weakref.ref(node)
    del code, node
    gc.collect()
    assert gone() is None
    assert tree() is None


def test_parameters_of_every_kind(debug):
    text = "def f(a, /, b, *c, d=1, **e):\n    return a, b, c, d, e"
    f = bind(load(functions(text), [], "user.py", debug=debug)["f"], {}, {})
    f.__kwdefaults__ = {"d": 4}
    assert f(1, 2, 3, z=5) == (1, 2, (3,), 4, {"z": 5})
