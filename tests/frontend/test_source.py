"""From a function to its source: every form in which a function can be written, and every place where its text can be."""

from __future__ import annotations

import ast
import collections
import contextlib
import dataclasses
import doctest
import functools
import gc
import importlib.util
import io
import itertools
import linecache
import os
import subprocess
import sys
import textwrap
import threading
import typing
import weakref
import zipimport
from types import CellType, FunctionType

import pytest

from zygote_py.emit.unparse import unparse
from zygote_py.errors import SourceError, StaleSourceError
from zygote_py.frontend.matching import same
from zygote_py.frontend.source import find

COUNT = itertools.count()
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def run(text, name=None):
    """Execute a text as if it stood in a file, and return its globals."""
    text = textwrap.dedent(text).lstrip("\n")
    name = name or f"<test {next(COUNT)}>"
    linecache.cache[name] = len(text), None, text.splitlines(True), name
    space = {"__name__": "test"}
    exec(compile(text, name, "exec", dont_inherit=True), space)
    return space


def text_of(fn):
    return unparse(find(fn).node)


# forms of functions


def test_this_module_is_rewritten_by_pytest():
    def f(x):
        assert x > 0, "x must be positive"
        return [lambda y: x + y, x]
    source = find(f)
    assert source.node.name == "f"
    assert isinstance(source.node.body[0], ast.Assert)
    [(node, code)] = source.nested.items()
    assert isinstance(node, ast.Lambda)
    assert code is f(1)[0].__code__
    assert source.lines[source.node.lineno - 1] == "    def f(x):\n"


FORMS = """
    import functools
    import numpy as np

    def plain(x):
        return np.array(x, ndmin=1)

    def outer(a):
        def inner(x):
            return a * x
        return inner
    nested = outer(3)

    def deco(f):
        return f

    @deco
    @(lambda f: f)
    def decorated(x):
        return x

    class A:
        def method(self, x):
            return x + 1

        @staticmethod
        def static(x):
            return x + 2

        @classmethod
        def clsm(cls, x):
            return x + 3

        @property
        def prop(self):
            return 4

        late = lambda self, x: x + 5

        class B:
            def deep(self):
                return 6

    method, static, clsm, prop = A.method, A.static, A.clsm.__func__, A.prop.fget
    late, deep = A.late, A.B.deep

    if len("abc") == 3:
        def either(x):
            return x + 7
    else:
        def either(x):
            return x + 8

    def again(x):
        return x + 9
    old = again
    def again(x):
        return x + 10

    def \\
            backslash(x):
        return x \\
            + 11

    async def coroutine(x):
        return x

    def generator(x):
        yield x

    def ünïcode(ä):
        "ö"
        return ä

    @functools.wraps(plain)
    def wrapper(*args):
        return plain(*args)

    def with_default(x, f=lambda: 12):
        return f
    default = with_default.__defaults__[0]
"""

TEXTS = {
    "plain": "np.array", "nested": "a * x", "decorated": "def decorated", "method": "x + 1", "static": "x + 2", "clsm": "x + 3",
    "prop": "return 4", "late": "x + 5", "deep": "return 6", "either": "x + 7", "old": "x + 9", "again": "x + 10",
    "backslash": "x + 11", "coroutine": "async def coroutine", "generator": "yield x", "ünïcode": "return ä",
    "wrapper": "plain(*args)", "default": "lambda: 12"}


@pytest.fixture(scope="module")
def forms():
    return run(FORMS)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_forms(forms, name):
    assert TEXTS[name] in text_of(forms[name])


def test_wrapping_is_not_looked_through(forms):
    assert find(forms["wrapper"]).node.name == "wrapper"


def test_lambdas_on_a_line():
    space = run("""
        fs = [lambda x: x + 1, lambda x: x + 2, lambda x: x + 3,
              lambda x: x + 4, (lambda y: (lambda x: x + 5))(0)]
        d = {"a": lambda x: 6, "b": lambda x: 7}
        def call(f, *more): return f, more
        g, (h,) = call(
            lambda x:
                x + 8,
            lambda x: x + 9)
        deco = lambda f, k=lambda x: x + 10: lambda *a: (f, k)
        @deco
        def made(x): return x
    """)
    for i in range(5):
        assert text_of(space["fs"][i]).endswith(f"x + {i + 1}")
    assert text_of(space["d"]["a"]) == "lambda x: 6"
    assert text_of(space["d"]["b"]) == "lambda x: 7"
    assert text_of(space["g"]).endswith("x + 8")
    assert text_of(space["h"]).endswith("x + 9")
    assert text_of(space["made"]) == "lambda *a: (f, k)"
    assert text_of(space["made"]()[0]).startswith("@deco\ndef made")
    assert text_of(space["made"]()[1]).endswith("x + 10")


def test_equal_lambdas_on_a_line():
    f, g = run("f, g = lambda x: x, lambda x: x")["f"], run("f, g = lambda x: x, lambda x: x")["g"]
    assert text_of(f) == text_of(g) == "lambda x: x"


def test_many_random_lambdas():
    texts = [f"lambda {v}: {v} {op} {i % 7}" for i, (v, op) in enumerate(itertools.product("xyz", "+-*/"))]
    space = run("fs = [" + ", ".join(texts) + ",\n" + ", ".join(f"(lambda q: {t})(1)" for t in texts) + "]")
    for f, text in zip(space["fs"], texts * 2):
        assert text_of(f) == text


def test_future_annotations_do_not_matter():
    assert text_of(run("from __future__ import annotations\ndef f(x: y) -> z: return x")["f"]).startswith("def f")


def test_comprehension_and_generator_functions():
    space = run("""
        def f(xs):
            return [(lambda y: y + x) for x in xs], list((lambda z: z) for x in xs), {x: lambda: x for x in xs}
    """)
    source = find(space["f"])
    a, b, c = space["f"]([1])
    made = {code for code in source.nested.values() if code.co_name != "<genexpr>"}
    assert {a[0].__code__, b[0].__code__, c[1].__code__} == made and len(source.nested) == 4
    assert text_of(a[0]) == "lambda y: y + x"


def test_generator_expressions_are_functions():
    space = run("""
        def f(xs, n): return (x * n for x in xs), (x * n for x in xs if x), ((last := x, (y for y in xs)) for x in xs for z in xs)
    """)
    for g, text in zip(space["f"]([1], 2), (
            "def genexpr(source):\n    for x in source:\n        yield x * n",
            "def genexpr(source):\n    for x in source:\n        if x:\n            yield x * n",
            ("def genexpr(source):\n    nonlocal last\n    for x in source:\n        for z in xs:\n"
            "            yield (last := x, (y for y in xs))"))):
        code = g.gi_code
        source = find(FunctionType(code, space, closure=tuple([CellType() for _ in code.co_freevars])))
        assert ast.unparse(source.node) == ast.unparse(ast.parse(text))


# nested functions


def test_nested_codes():
    space = run("""
        def f(x, k=lambda: 0):
            def g(y, q=lambda: 1):
                return lambda: y
            h = lambda: (lambda: 2)
            class A:
                def m(self): return 3
            if x:
                try:
                    pass
                finally:
                    e = lambda: 4
            return g, g.__defaults__[0], h, A.m, e
    """)
    source = find(space["f"])
    found = dict(source.nested.items())
    for fn in space["f"](1):
        [node] = [n for n, c in found.items() if c is fn.__code__]
        assert node is find(fn).node
        del found[node]
    [(node, body)] = found.items()
    assert node.name == body.co_name == "A" and "__module__" in body.co_names


def test_nested_codes_of_a_moved_function(tmp_path):
    file = tmp_path / "moved.py"
    file.write_text("def f(x):\n    return lambda: x\n")
    module = imported(file)
    file.write_text("# a line\n\n" + file.read_text())
    linecache.checkcache(str(file))
    source = find(module.f)
    assert source.node.lineno == 3
    assert list(source.nested.values()) == [module.f(1).__code__]


# closures


def unstable(text, name="f"):
    return find(run(text)[name]).unstable


@pytest.mark.parametrize(("body", "expected"), [
    ("a = 1", ""), ("a = 1\n    a = 2", "a"), ("for i in x:\n        a = i", "a"), ("while x:\n        a = x; break", "a"),
    ("for a in x: pass", "a"), ("a = 1\n    a += 1", "a"), ("a = 1\n    def s():\n        nonlocal a\n        a = 2", "a"),
    ("a = 1\n    def s():\n        def t():\n            nonlocal a\n            a = 2", "a"),
    ("a, b = x, x", ""), ("import math as a", ""), ("def a(): pass", ""), ("class a: pass", ""),
    ("if x: a = 1\n    else: a = 2", "a"), ("with x as a: pass", ""), ("try: pass\n    except E as a: pass", "a"),
    ("print(a := 3)", ""), ("[(a := y) for y in x]", "a"), ("a = [a for a in x]", ""), ("a = 1\n    del a", "a"),
    ("match x:\n        case [a, *_]: pass", ""), ("a = 1\n    class A:\n        a = 2", ""), ("a = 1\n    def s(): a = 2", ""),
])
def test_unstable_names(body, expected):
    text = f"def outer(x):\n    {body}\n    def inner(y): return a + y\n    return inner\nf = outer.__code__"
    space = run(text)
    code = next(c for c in space["outer"].__code__.co_consts if hasattr(c, "co_name") and c.co_name == "inner")
    cells = tuple(type((lambda: body).__closure__[0])() for _ in code.co_freevars)
    inner = FunctionType(code, space, "inner", None, cells)
    assert "".join(sorted(find(inner).unstable)) == expected


def test_unstable_parameters_and_levels():
    assert unstable("def outer(a):\n    return lambda y: a + y\nf = outer(1)") == frozenset()
    assert unstable("def outer(a):\n    a = 3\n    return lambda y: a + y\nf = outer(1)") == {"a"}
    assert unstable("def o(a):\n    def m():\n        return lambda y: a + y\n    return m()\nf = o(1)") == frozenset()
    assert unstable("def o(a):\n  def m():\n    nonlocal a; a = 2\n    return lambda: a\n  return m()\nf = o(1)") == {"a"}
    assert unstable("f = [lambda: i for i in [1]][0]") == {"i"}
    assert unstable("class A:\n    def f(self): return __class__\nf = A.f") == frozenset()
    assert unstable("class A:\n    def o(self, __x):\n        __x = 1\n        return lambda: __x\nf = A().o(2)") == {"_A__x"}


def test_class_names():
    space = run("""
        class _A:
            def m(self):
                return lambda: self.__x
            class B:
                def n(self): pass
        def f(): pass
    """)
    assert find(space["_A"].m).class_name == "_A"
    assert find(space["_A"]().m()).class_name == "_A"
    assert find(space["_A"].B.n).class_name == "B"
    assert find(space["f"]).class_name is None


# places of texts


def imported(file):
    name = f"zygote_test_module_{next(COUNT)}"
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_python_files(tmp_path):
    file = tmp_path / "plain.py"
    file.write_text("def f(x):\n    assert x\n    return x * 2.0\n")
    source = find(imported(file).f)
    assert (source.filename, source.node.lineno, source.lines[2]) == (str(file), 1, "    return x * 2.0\n")


def test_zip_archives(tmp_path):
    import zipfile
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("zipped_module.py", "def f(x):\n    return x * 3\n")
    with_warning = zipimport.zipimporter(str(tmp_path / "a.zip"))
    spec = with_warning.find_spec("zipped_module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert "x * 3" in text_of(module.f)


def test_frozen_modules():
    assert text_of(os.path.join).startswith("def join")
    assert find(contextlib.closing.__init__).node.name == "__init__"
    assert find(functools.partial.__reduce__ if isinstance(functools.partial.__reduce__, FunctionType) else textwrap.dedent)


def test_doctests():
    found = []

    def document():
        """
        >>> def f(x):
        ...     return x * 4
        >>> keep(f)
        """
    example = doctest.DocTestFinder().find(document, "document", globs={"keep": lambda f: found.append(text_of(f))})[0]
    assert doctest.DocTestRunner().run(example).failed == 0
    assert found == ["def f(x):\n    return x * 4"]


@pytest.fixture(scope="module")
def shell():
    interactive = pytest.importorskip("IPython.core.interactiveshell")
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = interactive.InteractiveShell.instance()
    yield made
    made.history_manager.enabled = False
    interactive.InteractiveShell.clear_instance()


def cell(shell, text):
    with contextlib.redirect_stdout(io.StringIO()):
        result = shell.run_cell(textwrap.dedent(text))
    result.raise_error()
    return shell.user_ns


def test_notebook_cells(shell):
    space = cell(shell, """
        import numpy as np
        def f(x):
            return np.array(x, ndmin=2)
        g = lambda x: np.sum(x)
    """)
    assert "np.array" in text_of(space["f"])
    assert "np.sum" in text_of(space["g"])
    old = space["f"]
    space = cell(shell, "def f(x):\n    return x")
    assert "np.array" in text_of(old)
    assert "return x" in text_of(space["f"])


def test_notebook_timing(shell):
    seen = []
    shell.user_ns["keep"] = lambda f: seen.append(text_of(f))
    for text, expected in [
            ("%%time\ndef timed(x): return x * 5\nkeep(timed)", "x * 5"), ("%time keep(lambda x: x * 6)", "x * 6"),
            ("%timeit -n1 -r1 keep(lambda x: x * 7)", "x * 7"),
            ("%%timeit -n1 -r1 q = 1\nkeep(lambda x: x * 8 + q)", "x * 8 + q")]:
        cell(shell, text)
        assert expected in seen[-1]


def test_timeit():
    import timeit
    seen = []
    timeit.timeit("q = 1; seen.append(text_of(lambda x: x * 9 + q))", number=1, globals={"seen": seen, "text_of": text_of})
    assert seen == ["lambda x: x * 9 + q"]


def python(*arguments, **more):
    environment = dict(os.environ, PYTHONPATH=ROOT)
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment, timeout=60, **more)
    assert not done.stderr, done.stderr
    return done.stdout


SHOW = "from zygote_py.frontend.source import find; from zygote_py.emit.unparse import unparse; "


@pytest.mark.parametrize("options", [["-c"], ["-W", "ignore", "-sc"]])
def test_command_line(options):
    assert python(*options, SHOW + "print(unparse(find(lambda x: x * 2).node))") == "lambda x: x * 2\n"
    assert python(*options, SHOW + "\ndef f(x):\n    return x\nprint(unparse(find(f).node))") == "def f(x):\n    return x\n"


def test_standard_input_has_no_source():
    text = SHOW + "from zygote_py.errors import SourceError\ntry:\n  find(lambda: 1)\nexcept SourceError as e:\n  print(e)\n"
    assert "cannot be found" in python("-", input=text)


@pytest.mark.parametrize("option", ["-O", "-OO"])
def test_optimised_code(option, tmp_path):
    (tmp_path / "a.py").write_text(SHOW + "\ndef f(x):\n    'doc'\n    assert x\n    return x\nprint(unparse(find(f).node))\n")
    assert "assert x" in python(option, str(tmp_path / "a.py"))


# what the standard library writes


@dataclasses.dataclass(frozen=True)
class Frozen:
    x: float
    k: typing.ClassVar[int] = 3
    y: float = 1.0
    z: dataclasses.InitVar[float] = 2.0
    w: float = dataclasses.field(init=False, default=7)
    v: list = dataclasses.field(init=False, default_factory=list)
    u: dict = dataclasses.field(default_factory=dict, kw_only=True)

    def __post_init__(self, z):
        pass


@dataclasses.dataclass(slots=True, unsafe_hash=True, order=True)
class Slots:
    self: float
    w: float = dataclasses.field(init=False, default=7)
    n: float = dataclasses.field(compare=False, default=7)


@dataclasses.dataclass
class Empty:
    pass


@dataclasses.dataclass(frozen=True)
class Child(Frozen):
    q: int = 1


class Named(typing.NamedTuple):
    a: int
    b: float = 1.0


def local():
    @dataclasses.dataclass
    class Local:
        x: float
    return Local


@pytest.mark.parametrize("cls", [Frozen, Slots, Empty, Child, Named, local(), collections.namedtuple("One", "a")],
                         ids=lambda cls: cls.__name__)
def test_written_by_the_standard_library(cls):
    seen = 0
    for name, fn in vars(cls).items():
        fn = getattr(fn, "__wrapped__", fn)
        if isinstance(fn, FunctionType) and fn.__code__.co_filename == "<string>":
            seen += 1
            owner = cls if name == "__repr__" else None
            assert getattr(find(fn, owner).node, "name", "<lambda>") == fn.__code__.co_name
    assert seen


def test_inherited_init_with_the_class_given():
    class Below(Slots):
        pass
    assert unparse(find(Below.__init__, owner=Below).node).splitlines()[1].endswith(" = self")


def test_init_of_a_frozen_class():
    lines = unparse(find(Frozen.__init__).node).splitlines()
    assert lines[1] == "    __dataclass_builtins_object__.__setattr__(self, 'x', x)"
    assert lines[-1] == "    self.__post_init__(z)"
    assert len(lines) == 6


def test_changed_dataclass_is_not_guessed():
    made = dataclasses.make_dataclass("Made", ["only_here", "x"])
    init = made.__init__
    del made.__dataclass_fields__["x"]
    with pytest.raises(SourceError):
        find(init)


# no source, or another one


def test_no_source():
    space = {}
    exec("def f(x): return x", space)
    with pytest.raises(SourceError, match=r"source.*\n.*\nInstead: save it to a file.*linecache.*@adjoint") as info:
        find(space["f"])
    assert not isinstance(info.value, StaleSourceError)
    assert isinstance(info.value, OSError)


def test_exec_with_linecache():
    assert text_of(run("def f(x): return x * 11")["f"]).endswith("x * 11")


TEXT = "k = 1\n\ndef f(x):\n    y = x * 2.0\n    return y.real + 1\n\ndef g(x):\n    return x\n"


@pytest.mark.parametrize("change", [
    ("2.0", "2"), ("2.0", "3.0"), ("x * 2", "x / 2"), (".real", ".imag"), ("return y.real", "return -y.real"),
    ("def f(x)", "def h(x)"), ("(x):\n    y", "(x, z=0):\n    y"), ("2.0", "-2.0"), ("    y =", "    z = y ="), (TEXT, "k = 1\n"),
    (TEXT, ""), (TEXT, "def f(:"),
])
def test_stale(tmp_path, change):
    file = tmp_path / "stale.py"
    file.write_text(TEXT)
    module = imported(file)
    file.write_text(TEXT.replace(*change))
    os.utime(file, (1, 1))
    linecache.checkcache(str(file))
    with pytest.raises(SourceError, match="source") as info:
        find(module.f)
    assert isinstance(info.value, StaleSourceError) or not file.read_text()


@pytest.mark.parametrize("change", [
    ("k = 1\n", "k = 1\nj = 2\n\n\n"), ("    y = x", "    # why\n    y = x"), ("x * 2.0", "(x*2.00)"),
    (TEXT, "def g(x):\n    return x\n\n" + TEXT[:-len("def g(x):\n    return x\n")]),
])
def test_moved(tmp_path, change):
    file = tmp_path / "moved.py"
    file.write_text(TEXT)
    module = imported(file)
    file.write_text(TEXT.replace(*change))
    linecache.checkcache(str(file))
    assert text_of(module.f) == "def f(x):\n    y = x * 2.0\n    return y.real + 1"
    assert text_of(module.g) == "def g(x):\n    return x"


def test_a_text_read_before_the_change_still_serves(tmp_path):
    file = tmp_path / "reloaded.py"
    file.write_text(TEXT)
    module = imported(file)
    find(module.g)
    file.write_text(TEXT.replace("2.0", "3.0"))
    os.utime(file, (1, 1))
    linecache.checkcache(str(file))
    assert "2.0" in text_of(module.f)
    assert "3.0" in text_of(imported(file).f)


def test_a_file_changed_after_it_was_read_by_linecache(tmp_path):
    file = tmp_path / "fresh.py"
    file.write_text(TEXT)
    linecache.getlines(str(file))
    file.write_text(TEXT.replace("2.0", "5.0"))
    os.utime(file, (1, 1))
    assert "5.0" in text_of(imported(file).f)


def test_deleted_file(tmp_path):
    file = tmp_path / "deleted.py"
    file.write_text(TEXT)
    module = imported(file)
    file.unlink()
    linecache.checkcache(str(file))
    with pytest.raises(SourceError, match="source"):
        find(module.f)


# what is the same


def test_same():
    def code(text):
        return next(c for c in compile(text, "x", "exec").co_consts if hasattr(c, "co_code"))
    assert same(code("def f(): return 2.0"), code("\n\ndef f():\n\n  return 2.0"))
    assert not same(code("def f(): return 2.0"), code("def f(): return 2"))
    assert not same(code("def f(): return 0.0"), code("def f(): return -0.0"))
    assert not same(code("def f(): return (1, 2.0)"), code("def f(): return (1, 2)"))
    assert same(code("def f(x): return x in {1, 'a', 'b'}"), code("def f(x): return x in {'b', 'a', 1}"))
    assert not same(code("def f(): return lambda: 1"), code("def f(): return lambda: 2"))


# caches


def test_cached_by_code():
    f = run("def f(x): return x")["f"]
    assert find(f) is find(f)
    g = FunctionType(f.__code__, {})
    assert find(g) is find(f)


def test_codes_are_let_go():
    f = run("def f(x): return lambda: x")["f"]
    find(f)
    gone = weakref.ref(f.__code__)
    del f
    gc.collect()
    assert gone() is None


def test_a_class_is_found_that_the_garbage_collector_does_not_look_at():
    @dataclasses.dataclass
    class Local:
        x: float
    gc.freeze()
    try:
        assert find(Local.__init__).node.name == "__init__" and find(Local.__eq__).node.name == "__eq__"
    finally:
        gc.unfreeze()


def test_threads():
    space = run("\n".join(f"def f{i}(x):\n    return lambda: x + {i}" for i in range(200)))
    wrong = []

    def look():
        wrong.extend(i for i in range(200) if f"x + {i}" not in text_of(space[f"f{i}"]))
    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_file_is_not_parsed_for_each_function(monkeypatch):
    text = "\n".join(f"def f{i}(x, y):\n    z = [x * {i} for _ in range(3)]\n    g = lambda: y\n    return z, g(), x + y\n"
                     for i in range(400))
    space = run(text)
    parsed = []
    parse = ast.parse
    monkeypatch.setattr(ast, "parse", lambda text, *args, **words: parsed.append(len(text)) or parse(text, *args, **words))
    for i in range(100):
        find(space[f"f{i}"])
    assert parsed.count(len(text)) == 0     # each is found where its line says
    assert sum(parsed) < len(text)
    for i in range(100, 200):
        code = space[f"f{i}"].__code__
        assert text_of(FunctionType(code.replace(co_firstlineno=code.co_firstlineno + 7), {})).count(f"x * {i} ") == 1
    assert parsed.count(len(text)) == 1     # these are not


def test_a_call_into_a_module_is_known_by_its_statement_alone(monkeypatch):
    space = run("""
        \"\"\"A text with a line like
        from here to there
        \"\"\"
        from __future__ import annotations
        import math
        from os import (path,
                        sep)

        def f(x):
            return math.sin(x) + len(path.join(sep, "a"))

        class A:
            def g(self):
                return math.cos(self.x)
        """)
    parse, parsed = ast.parse, []
    monkeypatch.setattr(ast, "parse", lambda text, *more: parsed.append(text) or parse(text, *more))
    assert "math.sin" in text_of(space["f"]) and "math.cos" in text_of(space["A"].g)
    assert len(parsed) == 2 and not any("A text" in text for text in parsed)


@pytest.mark.parametrize("text, name", [
    ("@(lambda f: f)\n@(lambda f: f)\ndef f(x):\n    return 2 * x\n\n@(lambda f: f)\ndef g(x): return x", "f"),
    ("def f(\n    x\n):\n    s = '''\nelse\nclass A:\n'''\n    return 2 * x\n", "f"),
    ("if 1:\n    pass\nelse:\n    pass\nf = [\n    lambda x: 2 * x,\n][0]", "f"),
    ("try:\n    pass\nfinally:\n    def f(x): return 2 * x", "f"),
    ("z = 1; f = lambda x: 2 * x; g = lambda x: 2 * x + 1", "f")])
def test_where_a_statement_begins_and_ends(text, name):
    f = run(text)[name]
    assert "2 * x" in text_of(f)


def test_functions_of_the_standard_library():
    import argparse
    import decimal
    import json.decoder
    import statistics
    import unittest.mock
    wrong = []
    for module in (argparse, decimal, json.decoder, statistics, unittest.mock, collections, functools, textwrap, dataclasses):
        for thing in list(vars(module).values()):
            inside = vars(thing).values() if isinstance(thing, type) else [thing]
            for fn in inside:
                if isinstance(fn, FunctionType) and fn.__code__.co_filename == getattr(module, "__file__", None):
                    node = find(fn).node
                    if getattr(node, "name", "<lambda>") != fn.__code__.co_name:
                        wrong.append(fn)
    assert not wrong
