"""What users see when something is wrong: their own exceptions unchanged, ours in five parts, warnings at their line."""

from __future__ import annotations

import importlib.util
import itertools
import linecache
import struct
import sys
import textwrap
import traceback
import warnings

import numpy as np
import pytest

import zygote_py
from zygote_py import errors, gradient, pullback, withgradient

COUNT = itertools.count()


@pytest.fixture
def user(tmp_path):
    """Write a module of the user's, import it, and forget it afterwards. Line 1 is the first line of the text."""
    made = []

    def write(text, name="model"):
        path = tmp_path / f"{name}.py"
        path.write_text(textwrap.dedent(text).lstrip("\n"))
        full = f"{name}_{next(COUNT)}"
        spec = importlib.util.spec_from_file_location(full, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        made.append(full)
        spec.loader.exec_module(module)
        return module

    yield write
    for full in made:
        del sys.modules[full]
    linecache.checkcache()


def raised(f, *args):
    """The exception of a call, and the places of the user's code that its traceback goes through, outermost first."""
    with pytest.raises(Exception) as caught:
        f(*args)
    return caught.value


def places(error, module):
    """The frames in the user's file. Several may stand for one line: a call and the generated code of it."""
    found = [(frame.lineno, frame.line) for frame in traceback.extract_tb(error.__traceback__)
             if frame.filename == module.__file__]
    return list(dict.fromkeys(found))


# The user's exceptions


FAULTS = {
    "division": "y = 1.0 / (x - 2.0)",
    "floor division": "y = x // 0",
    "sqrt of a negative": "y = math.sqrt(-x)",
    "log of zero": "y = math.log(x * 0)",
    "index": "y = [x, x][7]",
    "tuple index": "y = (x, x)[x > 100 or 5]",
    "array index": "y = np.array([1.0])[4] * x",
    "key": "y = {'a': x}['b']",
    "attribute": "y = x.nonsense",
    "attribute of none": "y = None.real * x",
    "type": "y = x + 'text'",
    "call of a number": "y = x(3)",
    "iteration": "a, b = x",
    "too many values": "a, b = [x, x, x]",
    "too few values": "a, b, *c = [x]",
    "assertion": "assert x < 0, f'x is {x}'",
    "plain assertion": "assert not x",
    "raise": "raise Custom('no', x, code=7)",
    "raise a class": "raise Custom",
    "name": "y = undefined_name * x",
    "unbound": "y = later; later = x",
    "deleted": "z = x; del z; y = z",
    "matmul": "y = np.ones((2, 3)) @ np.ones(2) * x",
    "broadcast": "y = np.sum(np.ones(2) * x + np.ones(3))",
    "missing argument": "y = takes_two(x)",
    "too many arguments": "y = takes_two(x, x, x)",
    "unknown keyword": "y = takes_two(x, c=x)",
    "keyword twice": "y = takes_two(x, x, b=x)",
    "import": "import no_such_module_anywhere",
    "import from": "from math import no_such_function",
    "sum of strings": "y = sum(['a', x])",
    "max of nothing": "y = max([]) * x",
    "overflow": "y = math.exp(x * 1000)",
    "not iterable": "y = sum(v for v in 3)",
    "comprehension": "y = sum([1.0 / (v - 1) for v in [x, 1.0]])",
    "zip of unequal": "y = sum(a * b for a, b in zip([x], [x, x], strict=True))",
}

FAULTY = """
import math
import numpy as np

class Custom(Exception):
    def __init__(self, *args, code=None):
        super().__init__(*args)
        self.code = code

def takes_two(a, b):
    return a * b

def f(x):
    y = x * x
    {}
    return y
"""


@pytest.mark.parametrize("fault", FAULTS)
def test_an_exception_arrives_as_in_the_plain_run(user, fault):
    module = user(FAULTY.format(FAULTS[fault]))
    plain = raised(module.f, 2.0)
    for run in (gradient, withgradient, pullback):
        error = raised(run, module.f, 2.0)
        assert type(error) is type(plain) and error.args == plain.args and str(error) == str(plain)
        assert vars(error) == vars(plain)
        assert places(error, module)[-1] == places(plain, module)[-1]


@pytest.mark.parametrize("optimise", [True, False])
def test_the_traceback_goes_through_the_lines_of_the_user(user, optimise):
    module = user("""
        def outer(x):
            total = 0.0
            for k in range(3):
                total += inner(x, k)
            return total

        def inner(x, k):
            scale = 2.0
            return scale / (x - k)
        """)
    plain = raised(module.outer, 1.0)
    with zygote_py.options(optimise=optimise):
        error = raised(gradient, module.outer, 1.0)
    assert type(error) is ZeroDivisionError
    assert places(error, module) == places(plain, module) == [(4, "total += inner(x, k)"), (9, "return scale / (x - k)")]


def test_the_very_exception_object_arrives(user):
    module = user("""
        error = ValueError("mine")

        def f(x):
            raise error
        """)
    assert raised(gradient, module.f, 1.0) is module.error


def test_causes_are_kept(user):
    module = user("""
        def f(x):
            raise RuntimeError("outer") from KeyError("inner")
        """)
    error = raised(gradient, module.f, 1.0)
    assert type(error.__cause__) is KeyError and error.__cause__.args == ("inner",)


def test_keyboard_interrupt_passes():
    def f(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gradient(f, 1.0)


def test_an_exception_before_which_state_was_changed(user):
    module = user("""
        def f(x, log):
            log.append(x)
            log[0] = x * 2
            return x / 0
        """)
    log = []
    raised(gradient, module.f, 3.0, log)
    assert log == [6.0]


def test_after_an_exception_all_goes_on(user):
    module = user("""
        def f(x):
            return 1 / x
        """)
    raised(gradient, module.f, 0.0)
    assert gradient(module.f, 2.0) == (-0.25,)


# Names that are not bound


def test_names_that_are_not_bound(user):
    module = user("""
        def one_branch(x):
            if x > 0:
                y = x
            return y

        def no_turn(xs):
            for v in xs:
                pass
            return v

        def free(x):
            def inner():
                return z * x
            if x > 100:
                z = 1.0
            return inner()

        def global_name(x):
            return x * not_there
        """)
    for f, x in [(module.one_branch, -1.0), (module.no_turn, []), (module.free, 1.0), (module.global_name, 1.0)]:
        plain, error = raised(f, x), raised(gradient, f, x)
        assert type(error) is type(plain) and str(error) == str(plain)
        assert places(error, module)[-1] == places(plain, module)[-1]
    assert gradient(module.one_branch, 1.0) == (1.0,)


# Our own errors


def five_parts(error, module, lineno, function):
    """Where, the line, what, why, instead."""
    lines = str(error).splitlines()
    assert lines[0].partition(": ")[0].endswith(f"model.py:{lineno}, in {function}"), lines[0]
    assert lines[0].partition(": ")[2]
    source = linecache.getline(module.__file__, lineno).rstrip()
    assert lines[1].strip() == f"{lineno} | {source}"
    assert set(lines[2].split("|")[1].strip()) == {"^"}
    assert len(lines[3]) > 10 and not lines[3].startswith("Instead")
    assert lines[-1].startswith("Instead: ")


UNSUPPORTED = {
    "exec": ("""
        def step(x):
            exec("y = x")
            return x
        """, 2),
    "eval": ("""
        def step(x):
            w = 2.0
            return eval("x * w")
        """, 3),
    "locals": ("""
        def step(x):
            return x * len(locals())
        """, 2),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_unsupported_code_is_refused_in_five_parts(user, name):
    text, lineno = UNSUPPORTED[name]
    module = user(text)
    error = raised(gradient, module.step, 2.0)
    assert type(error) is errors.UnsupportedCodeError
    assert isinstance(error, NotImplementedError) and isinstance(error, errors.ZygoteError)
    assert name in str(error)
    five_parts(error, module, lineno, "step")


def test_unsupported_code_in_a_helper_names_the_helper(user):
    module = user("""
        def helper(x):
            return eval("x * x")

        def step(x):
            return helper(x) + 1
        """)
    error = raised(gradient, module.step, 2.0)
    assert type(error) is errors.UnsupportedCodeError
    five_parts(error, module, 2, "helper")


def test_unsupported_code_that_is_not_reached_does_no_harm(user):
    module = user("""
        def helper(x):
            return eval("x * x")

        def step(x):
            if x > 100:
                return helper(x)
            return x * x
        """)
    assert gradient(module.step, 2.0) == (4.0,)


def test_unsupported_code_on_constants_is_just_run(user):
    module = user("""
        def numbers():
            yield 1.0
            yield 2.0

        def count():
            return sum(numbers())

        def step(x):
            return x * count()
        """)
    assert gradient(module.step, 2.0) == (3.0,)


def test_a_coroutine_is_refused(user):
    module = user("""
        async def step(x):
            return x * x
        """)
    error = raised(gradient, module.step, 2.0)
    assert isinstance(error, errors.UnsupportedCodeError) and "async" in str(error) and "model.py:1" in str(error)


def test_no_source():
    space = {}
    exec(compile("def f(x):\n    return x * x\n", "<nowhere>", "exec"), space)
    error = raised(gradient, space["f"], 2.0)
    assert isinstance(error, errors.SourceError) and "source" in str(error) and "f" in str(error)


def test_stale_source(user, tmp_path):
    module = user("""
        def f(x):
            return x * x
        """)
    (tmp_path / "model.py").write_text("def f(x):\n    return x * x * x + 1\n")
    error = raised(gradient, module.f, 2.0)
    assert isinstance(error, errors.SourceError) and "model.py" in str(error)


# Functions without a rule


def test_a_function_without_a_rule_is_named_when_a_cotangent_reaches_it(user):
    module = user("""
        import struct

        def through_bytes(x):
            data = struct.pack("d", x)
            y, = struct.unpack("d", data)
            return y

        def f(x):
            return through_bytes(x) * 2
        """)
    error = raised(gradient, module.f, 2.0)
    assert type(error) is errors.MissingRuleError and isinstance(error, NotImplementedError)
    assert "unpack" in str(error)
    five_parts(error, module, 5, "through_bytes")


def test_a_function_without_a_rule_runs_and_fails_only_in_back(user):
    module = user("""
        import struct

        def f(x):
            return struct.unpack("d", struct.pack("d", x))[0]
        """)
    y, back = pullback(module.f, 2.0)
    assert y == 2.0
    assert type(raised(back, 1.0)) is errors.MissingRuleError
    with pytest.raises(errors.MissingRuleError, match="unpack"):
        back(1.0)


def test_a_function_without_a_rule_on_constants(user):
    module = user("""
        import struct

        def f(x):
            scale, = struct.unpack("d", struct.pack("d", 3.0))
            return x * scale

        def g(x):
            size = len(struct.pack("d", x))
            struct.pack("d", x)
            return x * size
        """)
    assert struct.calcsize("d") == 8
    assert gradient(module.f, 2.0) == (3.0,)
    assert gradient(module.g, 2.0) == (8.0,)


def test_a_result_that_is_thrown_away_needs_no_rule(user):
    module = user("""
        import struct

        def f(x):
            log = [struct.unpack("d", struct.pack("d", x))]
            return x * x
        """)
    assert gradient(module.f, 3.0) == (6.0,)


# Warnings


def test_a_warning_of_the_user_points_to_the_line(user):
    module = user("""
        import warnings

        def f(x):
            y = x * x
            warnings.warn("careful", UserWarning, stacklevel=1)
            return y
        """)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gradient(module.f, 2.0)
    assert [(w.filename, w.lineno, str(w.message)) for w in caught] == [(module.__file__, 5, "careful")]


def test_a_warning_of_numpy_points_to_the_line(user):
    module = user("""
        import numpy as np

        def f(x):
            y = x * x
            z = np.log(y - 10.0)
            return y if z != z else z
        """)
    for run in (lambda: module.f(np.float64(2.0)), lambda: gradient(module.f, np.float64(2.0))):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            run()
        assert [(w.filename, w.lineno, w.category) for w in caught] == [(module.__file__, 5, RuntimeWarning)]


def test_a_warning_turned_into_an_error(user):
    module = user("""
        import warnings

        def f(x):
            warnings.warn("stop here", DeprecationWarning, stacklevel=1)
            return x
        """)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        error = raised(gradient, module.f, 2.0)
    assert type(error) is DeprecationWarning and error.args == ("stop here",)
    assert places(error, module)[-1][0] == 4


def test_no_warning_is_added():
    def f(x, a):
        return np.sum(np.where(a > 0, a, 1.0) * x) + x**0.5

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gradient(f, 2.0, np.array([1.0, 0.0, -1.0]))


# Order and number of evaluations


ORDER = {
    "binary": "n('a', x) + n('b', x) * n('c', x) - n('d', x)",
    "power": "n('a', x) ** n('b', 2.0) ** n('c', 1.0)",
    "comparison": "x if n('a', 1) < n('b', 2) < n('c', 3) > n('d', 9) < n('never', 1) else n('e', x)",
    "and": "(n('a', x) and n('b', 0) and n('never', x)) + n('c', x)",
    "or": "(n('a', 0) or n('b', x) or n('never', x)) * n('c', x)",
    "not": "x * (not n('a', x)) + n('b', x)",
    "conditional": "n('a', x) if n('test', True) else n('never', x)",
    "conditional, the other": "n('never', x) if n('test', False) else n('b', x)",
    "call": "n('f', g)(n('a', x), *n('star', [x]), b=n('b', x), **n('named', {'c': x}))",
    "nested call": "g(g(n('a', x), n('b', x)), n('c', x))",
    "list": "sum([n('a', x), *n('b', [x]), n('c', x)])",
    "tuple": "(n('a', x), n('b', x))[n('i', 1)]",
    "dict": "{n('k1', 'p'): n('v1', x), **n('rest', {'q': x}), n('k2', 'p'): n('v2', x)}[n('i', 'p')]",
    "set": "len({n('a', 1), n('b', 2)}) * x",
    "slice": "sum(n('o', [x] * 9)[n('low', 0):n('high', 8):n('step', 2)])",
    "attribute": "n('o', complex(x, 1.0)).real * n('b', x)",
    "lambda": "(lambda a, b=n('default', x): n('body', a * b))(n('argument', x))",
    "walrus": "(z := n('a', x)) + n('b', z)",
    "f-string": "x * len(f\"{n('a', 1)}{n('b', 2):{n('width', 5)}}\")",
    "comprehension": "sum([n('v', v) * n('w', w) for v in n('outer', [x, x]) if n('test', v) for w in n('inner', [x])])",
    "generator": "sum(n('v', v) for v in n('outer', [x, x]))",
    "starred index": "n('o', {(1, 2): x})[n('i', 1), n('j', 2)]",
    "unary": "-n('a', x) + +n('b', x) + abs(n('c', -x))",
    "min": "min(n('a', x), n('b', x + 1), n('c', x + 2))",
    "sorted": "sorted([n('a', x), n('b', 1.0)], key=lambda v: n('key', v))[0]",
    "map": "sum(map(lambda v: n('v', v), n('values', [x, x])))",
    "any": "x * any(n(k, k == 'b') for k in 'abc')",
    "all": "x * all(n(k, k != 'b') for k in 'abc') + x",
}

STATEMENTS = {
    "assignment": "box = n('box', [0.0, 0.0]); n('target', box)[n('index', 1)] = n('value', x); r = box[1]",
    "several targets": "box = [0.0, 0.0]; n('t1', box)[n('i1', 0)] = n('t2', box)[n('i2', 1)] = n('value', x); r = sum(box)",
    "swap": "box = [x, 2.0]; box[n('i', 0)], box[n('j', 1)] = n('a', box[1]), n('b', box[0]); r = box[0]",
    "augmented name": "r = x; r += n('value', x)",
    "augmented item": "box = [x]; n('target', box)[n('index', 0)] += n('value', x); r = box[0]",
    "augmented attribute": "box = Box(); box.v = x; n('target', box).v *= n('value', x); r = box.v",
    "attribute": "box = Box(); n('target', box).v = n('value', x); r = box.v",
    "for": "r = 0.0\n    for v in n('values', [x, x]):\n        r += n('body', v)\n    else:\n        n('else', 0)",
    "while": "r = x\n    while n('test', r < 30.0):\n        r = n('body', r * x)",
    "if": "r = x\n    if n('first', False):\n        n('never', 0)\n    elif n('second', True):\n        r = n('body', x)",
    "assert": "assert n('test', True), n('never', 'message'); r = x",
    "unpacking": "(a, b), c = n('pair', (n('a', x), n('b', x))), n('c', x); r = a * b * c",
    "default": "def h(a=n('default', x)):\n        return n('body', a)\n    n('between', 0); r = h() + h()",
    "decorator": "@n('decorator', lambda f: f)\n    def h(a=n('default', x)):\n        return a\n    r = h()",
    "delete": "box = {1: x, 2: x}; del n('target', box)[n('index', 1)]; r = box[2]",
    "return": "return n('a', x) * n('b', x)",
    "chain of methods": "box = Box(); r = box.note(n, 'a', x).note(n, 'b', x).v * x",
}

ORDERED = """
LOG = []

class Box:
    v = 1.0

    def note(self, n, tag, x):
        n(tag, x)
        return self

def n(tag, value):
    LOG.append(tag)
    return value

def g(*args, **named):
    return sum(args) + sum(named.values())

def f(x):
    {}
    return r
"""


@pytest.mark.parametrize("case", [*ORDER, *("statement: " + name for name in STATEMENTS)])
def test_everything_is_evaluated_once_and_in_order(user, case):
    text = STATEMENTS[case.removeprefix("statement: ")] if case.startswith("statement: ") else "r = " + ORDER[case]
    module = user(ORDERED.format(text))
    plain = module.f(3.0)
    expected = list(module.LOG)
    assert expected and "never" not in expected
    for optimise in (True, False):
        with zygote_py.options(optimise=optimise):
            module.LOG.clear()
            assert withgradient(module.f, 3.0).val == plain
            assert module.LOG == expected
            module.LOG.clear()
            y, back = pullback(module.f, 3.0)
            assert y == plain and module.LOG == expected
            back(1.0), back(1.0)
            assert module.LOG == expected


def test_iterators_are_consumed_once_and_no_further_than_needed(user):
    module = user("""
        def f(x, it):
            total = 0.0
            for v in it:
                total += v * x
                if v == 2:
                    break
            return total
        """)
    it = iter([1, 2, 3])
    assert gradient(module.f, 2.0, it)[0] == 3.0
    assert next(it) == 3


def test_state_outside_is_changed_once(user):
    module = user("""
        calls = [0]

        def f(x):
            calls[0] += 1
            return x * calls[0]
        """)
    assert gradient(module.f, 2.0) == (1.0,)
    assert module.calls == [1]
    _, back = pullback(module.f, 2.0)
    assert back(1.0) == back(1.0) == (2.0,) and module.calls == [2]
