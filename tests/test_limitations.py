"""Each entry of docs/limitations.md is as it says: refused with an error of all parts, or computed as stated.

The main example of a section is run by test_docs; here stand the other claims, by the words with which the page makes them. A
section, row or point of the page without an entry fails.
"""

import functools
import linecache
import re
import struct
import sys
import tempfile
import textwrap
from pathlib import Path
from queue import SimpleQueue

import error_gallery
import numpy as np
import pytest
from parts import assert_parts

from zygote_py import ZygoteError, adjoint, gradient, jvp, options, pullback

TEXT = (Path(__file__).resolve().parent.parent / "docs/limitations.md").read_text()
V = np.array([1.0, 2.0, 3.0])
REFUSED, STATED = {}, {}


def refused(words, *args, match, forward=False):
    """The decorated function is refused for these arguments."""
    def enter(f):
        REFUSED[words] = f, args, match, forward
        return f
    return enter


def stated(words):
    """The decorated function asserts what the page says."""
    def enter(f):
        STATED[words] = f
        return f
    return enter


# -- in place -------------------------------------------------------------------------------------------------------


@refused("| `a.dtype = ...`, `a.strides = ...`", 3.0, match="`.strides = ...`")
def strides(x):
    a = np.zeros(4) + x
    a.strides = (0,)
    return np.sum(a)


@refused("| `a.resize(...)` to another number of elements", 3.0, match="`.resize")
def resize(x):
    a = np.zeros(3) + x
    a.resize(5, refcheck=False)
    return np.sum(a * a)


@stated("| `b = np.zeros(n)`, and `b[:len(a)] = a`")
def resized():
    def f(x):
        a = np.zeros(3) + x
        b = np.zeros(5)
        b[:len(a)] = a
        return np.sum(b * b)
    assert gradient(f, 3.0) == (18.0,)


def flat(a):
    a.shape = (-1,)


def chosen(flag):
    return flat if flag else None


def reshaped(x):
    a = np.zeros((2, 3)) + x
    chosen(True)(a)
    return np.sum(a[1:] * a[1:])


@refused("| `a.shape = ...` in a function that is only found in the run", 3.0, match="`.shape = ...` of an array of the caller")
def reshaped_in_the_run(x):
    return reshaped(x)


@stated("or `options(optimise=False)` |")
def reshaped_without_shortcuts():
    with options(optimise=False):
        assert gradient(reshaped, 3.0) == (30.0,)


@refused("| arrays of objects, of records", 3.0, match="in-place update of")
def records(x):
    a = np.zeros(2, [("v", float)])
    a["v"][0] = x
    return np.sum(a["v"])


@refused("| memory that NumPy does not own (`np.frombuffer(b)`)", 3.0, match="memory that belongs to")
def borrowed(x):
    a = np.frombuffer(bytearray(16))
    a[0] = x
    return a[0] * x


@stated("| `a = a.copy()` first")
def copied():
    def f(x, held):
        a = held.copy()
        a[0] = x
        return a[0] * x
    assert gradient(f, 3.0, np.frombuffer(bytearray(16)))[0] == 6.0


@refused("| masked arrays, other subclasses with stores of their own", 3.0, match="MaskedArray")
def masked(x):
    a = np.ma.array([1.0, 2.0])
    a[0] = x
    return a[0] * x


@refused("| `np.multiply.at(a, i, v)` where an index occurs twice", 3.0, match="multiply.at")
def repeated(x):
    a = np.ones(3)
    np.multiply.at(a, [0, 0], x)
    return np.sum(a)


@refused("| compiled code that writes into its arguments", V, match="in-place update")
def compiled(v):
    a = v * 1.0
    struct.pack_into("d", a, 0, 7.0)
    return np.sum(a)


@stated("Where one array is given for two arguments")
def given_twice():
    def f(a, b):
        a[0] = b[1] * 2
        return np.sum(a * b)
    a = V.copy()
    one, two = gradient(f, a, a)
    np.testing.assert_allclose(one + two, [0.0, 2 * 2.0 + 2 * 4 * 2.0, 6.0])


# -- containers, iterators, generators ------------------------------------------------------------------------------


@refused("`queue.SimpleQueue`", 3.0, match="SimpleQueue")
def queued(x):
    queue = SimpleQueue()
    queue.put(x)
    return queue.get() * x


@refused("`memoryview`", V, match="memoryview")
def viewed(v):
    return memoryview(v)[0] * 2.0


class Shifted(np.ndarray):
    def __mul__(self, o):
        return np.asarray(self) + o

    def sum(self, *args, **keywords):
        return 3.0


@refused("(where it has one of its own, in Python, that is refused)", 3.0, match="Shifted")
def other_operators(x):
    return np.asarray(np.array([x, x]).view(Shifted) * x)[0]


@refused("as long as its operators are those of arrays", 3.0, match="Shifted")
def other_methods(x):
    return np.sum(np.array([x, x]).view(Shifted)) * x


class Shorter(list):
    def __len__(self):
        return 1


@refused("has a `__len__` of its own", 3.0, match="Shorter.__len__")
def another_length(x):
    xs = Shorter()
    xs.append(x)
    return xs[0] * x


@stated("nor does the order in which a set is gone through")
def keys_and_sets():
    assert gradient(lambda x: sum({2: x, 3: x * x}.values()) * sum({2, 3}), 3.0) == (35.0,)


@stated("which assumes nothing")
def without_assumptions():
    program = textwrap.dedent(error_gallery.CASES["An attribute that changes a list"]).rpartition("gradient")[0]
    with tempfile.TemporaryDirectory() as folder:
        made = error_gallery.load(program, folder)
        with options(optimise=False):
            assert gradient(lambda xs, sly: made.step(xs, sly) * xs[1], made.xs, made.Sly(made.xs))[0] == [None, 2.0]


@stated("is computed before the call")
def computed_before():
    assert gradient(lambda x: sum(v * x for v in [x, 2.0]), 3.0) == (8.0,)


@refused("What the standard\nlibrary writes in C and consumes in part", 3.0, match="no rule for")
def consumed_in_c(x):
    return next(zip_of_c(x)) * 1.0


def zip_of_c(x):
    return np.nditer(np.array([x, x]))


# -- code that is not looked into -----------------------------------------------------------------------------------


@refused("`import *` inside", 3.0, match="class body that reads")
def star(x):
    class Box:
        value = x
    return Box.value


@refused("`locals()`, `vars()` and `dir()`", 3.0, match="locals")
def locals_(x):
    return locals()["x"] * x


@refused("`exec` run what is not in the text", 3.0, match="exec")
def executed(x):
    exec("x = 3")
    return x * x


@refused("A type alias has no numerical meaning", 3.0, match="class body")
def alias(x):
    class Alias:
        kind = x
    return Alias.kind


@stated("is used in forward mode as\nwell")
def rules_in_forward_mode():
    def cube(x):
        return x**3

    @adjoint(cube)
    def cube_rule(x):
        return x**3, lambda dy: (3 * x * x * dy,)
    assert jvp(lambda x: cube(x) * 2, (2.0,), (1.0,)) == (16.0, 24.0)


@stated("A function without a rule runs, but nothing may be computed with the tangent of its result")
def tangents_of_what_has_no_rule():
    def f(x):
        return next(np.nditer(np.array([x, x]))) * 2.0
    with pytest.raises(ZygoteError):
        jvp(f, (3.0,), (1.0,))


class Length(float):
    def __new__(cls, value):
        return super().__new__(cls, value * 2)


@refused("made in a `__new__` of their own", 3.0, match="forward mode", forward=True)
def lengths(x):
    return Length(x) * 1.0


# -- libraries ------------------------------------------------------------------------------------------------------


@refused("bounds and constraints", 2.0, match="bounds")
def bounded(a):
    from scipy.optimize import minimize
    return minimize(lambda x: np.sum((x - a)**2), np.zeros(2), bounds=[(0, 1), (0, 1)]).fun


@refused("`dense_output`, `events`", 2.0, match="dense_output")
def dense(k):
    from scipy.integrate import solve_ivp
    return solve_ivp(lambda t, y: -k * y, (0.0, 1.0), [1.0], dense_output=True).y[0, -1]


@refused("`schur`, `qz`, `ldl`", np.eye(2) + 0.1, match="no rule for")
def schur(a):
    import scipy.linalg
    return scipy.linalg.schur(a)[0][0, 0]


@refused("`UnivariateSpline`", V, match="no rule for|cannot differentiate")
def spline(y):
    from scipy.interpolate import UnivariateSpline
    return UnivariateSpline(np.arange(3.0), y, k=1)(0.5) * 1.0


@refused("`Thread.start`", 2.0, match="thread")
def threaded(x):
    from threading import Thread
    Thread(target=abs, args=(x,)).start()
    return x * x


@refused("A derivative that has to pass through it is an error", 2.0, match="no rule for")
def table(x):
    pandas = pytest.importorskip("pandas")
    return pandas.Series([x, 2 * x]).sum() * 1.0


@stated("and the run wrote to no memory")
def pickles():
    import pickle

    def f(x):
        a = np.zeros(2)
        a[0] = x
        return np.sum(a)
    with pytest.raises(Exception, match="pickle"):
        pickle.dumps(pullback(f, 3.0)[1])


@stated("differentiate its real or imaginary part")
def complex_results():
    with pytest.raises(ZygoteError):
        gradient(lambda x: x * 1j, 2.0)
    assert gradient(lambda x: (x * x * 1j).imag, 2.0) == (4.0,)


# -- not refused ----------------------------------------------------------------------------------------------------


@stated("- A derivative takes the path of the run")
def paths():
    assert gradient(lambda x: x * int(x) + round(x) + x // 1 + (x if x > 2 else 0.0), 2.5) == (3.0,)


@stated("- Text carries no derivative")
def text():
    assert gradient(lambda x: x * float(str(x)), 3.0) == (3.0,)


@stated("- The gradient for an argument of a class that inherits from `list` or `dict`")
def inheriting():
    class Marked(list):
        pass
    xs = Marked([1.0, 2.0])
    xs.scale = 3.0
    got = gradient(lambda xs: xs[0] * xs.scale, xs)[0]
    assert list(got) == [3.0, None]


@stated("- At a kink one choice is made")
def kinks():
    assert gradient(abs, 0.0) == (0.0,)
    assert gradient(lambda x: np.maximum(x, 3.0), 3.0) == (0.5,)


@stated("- Functions of modules that handle text, files, time and processes")
def not_looked_into():
    import json
    assert gradient(lambda x: x * len(json.dumps([x, 1])), 2.0) == (8.0,)


@stated("- A function with a cache")
def caches():
    calls = []

    @functools.cache
    def power(n, x):
        calls.append(n)
        return 1.0 if n == 0 else x * power(n - 1, 1.0)
    assert gradient(lambda x: x * power(4, 1.0), 2.0) == (1.0,)
    assert len(calls) == 5
    assert gradient(power, 2, 3.0)[1] == 1.0


@stated("- The first call for a function and kinds of arguments takes some milliseconds")
def first_calls():
    assert gradient(lambda x: x * x, 2.0) == (4.0,)


@stated("- Code behind an early return, and each further `elif`, is one level deeper")
def deep_functions():
    text = "def f(x):\n" + "".join(f"    if x < {k}:\n        return x * {k}\n" for k in range(450)) + "    return x\n"
    linecache.cache["<deep>"] = len(text), None, text.splitlines(True), "<deep>"
    space = {}
    exec(compile(text, "<deep>", "exec"), space)
    limit = sys.getrecursionlimit()
    with pytest.raises(RecursionError):
        gradient(space["f"], 7.5)
    sys.setrecursionlimit(10_000)
    try:
        assert gradient(space["f"], 7.5) == (8.0,)
    finally:
        sys.setrecursionlimit(limit)


@stated("- A number with a derivative that goes through bytes")
def hidden_numbers():
    assert gradient(lambda x: type("T", (), {"v": x}).v * x, 3.0) == (3.0,)
    assert gradient(lambda x: np.frombuffer(np.array([x]).tobytes())[0] * x, 3.0) == (3.0,)
    assert gradient(lambda x: (x, None)[0] * x, 3.0) == (6.0,)


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_refused(words):
    if "scipy" in REFUSED[words][0].__code__.co_names:
        pytest.importorskip("scipy")
    f, args, match, forward = REFUSED[words]
    with pytest.raises(ZygoteError, match=match) as caught:
        jvp(f, args, args) if forward else gradient(f, *args)
    assert_parts(caught.value)


@pytest.mark.parametrize("words", STATED)
def test_what_is_stated(words):
    STATED[words]()


def test_every_entry_of_the_page_has_a_test():
    for words in [*REFUSED, *STATED]:
        assert words in TEXT, f"the page does not say {words!r} any more"
    entries = [line for line in TEXT.splitlines() if re.match(r"- |\| (?!in place|-)", line)]
    bare = [line for line in entries if not any(words.splitlines()[0] in line for words in [*REFUSED, *STATED])]
    assert not bare, f"without a test: {bare}"
    for section in re.split(r"^## ", TEXT, flags=re.M)[1:]:
        title = section.partition("\n")[0]
        assert ">>>" in section or any(words in section for words in [*REFUSED, *STATED]), f"without a test: {title}"
