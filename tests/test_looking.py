"""Looking at derivatives: code beside the user's lines, explanations, profiles, the command line, notebooks."""

from __future__ import annotations

import copy
import importlib
import io
import re
import sys
import time

import numpy as np
import pytest

import zygote_py
from zygote_py import Params, Tangent, code_adjoint, explain, gradient, profile
from zygote_py.__main__ import main
from zygote_py.analysis.inlining import PLACES
from zygote_py.display import pages


class Layer:
    def __init__(self, n, m):
        self.W, self.b = np.full((n, m), 0.1), np.zeros(n)

    def __call__(self, x):
        return np.tanh(self.W @ x + self.b)


def double(x):
    return x + x


def slow(x):
    time.sleep(0.02)
    return x


@zygote_py.adjoint(slow)
def slow_rule(x):
    def back(dy):
        time.sleep(0.04)
        return (dy,)
    return slow(x), back


def loss(layer, x, k):
    h = layer(x)
    for _i in range(k):
        h = double(h)
    big = h > 0
    h = slow(h)
    y = np.exp(x)
    y = y * y
    return np.sum(np.where(big, h, 0.0)) + np.sum(y)


FIRST = loss.__code__.co_firstlineno
ARGS = Layer(4, 3), np.ones(3), 5


def offset(line):
    return line.number - FIRST if line.file == __file__ and line.number >= FIRST else None


def page(text):
    """HTML that has each tag closed in order, as a browser wants it."""
    opened = []
    for slash, tag in re.findall(r"<(/?)(\w+)[^>]*>", text):
        if tag != "br":
            assert not slash or opened.pop() == tag, tag
            opened += [] if slash else [tag]
    assert not opened
    return text


# -- the code ---------------------------------------------------------------------------------------------------------


def test_the_lines_stand_side_by_side():
    out = io.StringIO()
    made = code_adjoint(double, 2.0)
    made.show(out)
    text = out.getvalue()
    assert re.search(r"def double\(x\): +\| def double_gradient\(cx, x\):", text)
    assert re.search(rf"{double.__code__.co_firstlineno + 1}     return x \+ x \| ", text)
    assert "\033[" not in text
    for part in made.parts:     # nothing is lost on the way
        assert all(line in text for line in (part if isinstance(part, str) else part.text).splitlines())
    out = io.StringIO()
    made.show(out, colour=True)
    assert re.sub(r"\033\[[\d;]*m", "", out.getvalue()) == text
    assert ("\033[" in out.getvalue()) == (importlib.util.find_spec("pygments") is not None)


def test_what_is_given_by_keyword_has_no_gradient_in_the_code():
    def loss(w, X, y):
        r = X @ w - y
        return np.sum(r * r)
    data = {"X": np.ones((3, 2)), "y": np.ones(3)}
    assert "loss_gradient(cx, w, X, y)" in str(code_adjoint(loss, np.ones(2), **data))
    assert "dy" not in str(code_adjoint(loss, np.ones(2), **data)).partition("def loss_forward")[0]
    assert "loss_gradient" not in str(code_adjoint(loss, np.ones(2), **dict(reversed(data.items()))))


def test_colour_is_for_terminals(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert pages.wants_colour(Terminal()) and not pages.wants_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not pages.wants_colour(Terminal())


def test_without_pygments_all_is_there_in_black_and_white(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygments", None)
    monkeypatch.setitem(sys.modules, "pygments.lexers", None)
    assert pages.coloured("x < 1") == "x < 1" and pages.html_code("x < 1") == "x &lt; 1"
    assert "double_gradient" in page(code_adjoint(double, 2.0)._repr_html_())


def test_the_colours_of_a_page_can_be_read_on_light_and_on_dark():
    pytest.importorskip("pygments")

    def light(colour):
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        return np.dot([0.2126, 0.7152, 0.0722], [c / 12.92 if c <= 0.04 else ((c + 0.055) / 1.055)**2.4 for c in parts])
    colours = set(re.findall("color: (#[0-9A-Fa-f]{6})", pages.html_code("@f\ndef g(x: int = 3):\n    return 'a'  # b")))
    assert len(colours) >= 5
    for colour in colours:      # by the formula of the Web Content Accessibility Guidelines
        assert 1.05 / (light(colour) + 0.05) > 3 and (light(colour) + 0.05) / (light("#111111") + 0.05) > 3, colour


# -- explain ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not PLACES, reason="nothing is written out there")
def test_an_explanation_names_what_became_of_each_operation():
    found = explain(loss, *ARGS)
    assert [s.template.name for s in found.sections] == ["loss", "__call__"]
    told = {line - FIRST: (theirs, [str(i) for i in items], kept) for line, theirs, items, kept in found.sections[0].lines()}
    assert "it ran __call__" in told[1][1][0] and "what is called is known when it runs" in told[1][1][0]
    first = double.__code__.co_firstlineno
    assert told[3][1] == [f"double(...): inlined, its lines are {first} to {first + 1}"]
    assert "the kind of h is known when it runs" in told[first + 1 - FIRST][1][0]
    assert told[first + 1 - FIRST][1][0].endswith("for numbers it is written out")
    assert "by the rule of operator.gt" in told[4][1][0]
    assert told[6][1] == ["np.exp(x): written out, the rule of numpy.exp"]
    assert any(re.fullmatch(r"y_0, float64\[3\], 136 B", k) for k in told[7][2])
    assert str(found).count("\n") > 20 and repr(found).startswith("<explanation of loss: 2 functions, ")
    assert page(found._repr_html_()).count("<table") == 2


def test_the_bytes_of_the_tape_are_counted_once_and_not_for_arguments():
    def f(x):
        y = np.exp(x)
        return np.sum(y * x * y)
    found = explain(f, np.ones(1000))
    # y, y * x, and no more: x is an argument
    assert 2 * 8000 <= found.bytes < 2 * 8000 + 500
    (_, kept), = [(line, entries) for line, entries in found.sections[0].kept.items() if line == f.__code__.co_firstlineno]
    assert [(k.name, k.bytes) for k in kept] == [("x", 0)] and "an argument's" in kept[0].what


def test_a_function_with_a_rule_explains_itself_by_the_rule():
    assert "has a rule" in str(explain(np.sin, 1.0)) and "has a rule" in page(explain(np.sin, 1.0)._repr_html_())


def test_what_has_no_lines_says_so():
    def gen(x):
        yield x
    assert "a generator runs where it is consumed" in str(explain(gen, 2.0)) and "gen" in page(explain(gen, 2.0)._repr_html_())
    assert "it has a rule" in str(profile(np.sin, 2.0)) and page(profile(np.sin, 2.0)._repr_html_())


def test_an_explanation_of_a_loop_that_keeps_values():
    def f(x, n):
        for _i in range(n):
            x = x * x
        return x
    found = explain(f, 1.1, 7)
    assert "7 times float" in str(found) and "for ... in range(n): a loop" in str(found)


# -- profile ----------------------------------------------------------------------------------------------------------


def test_a_profile_gives_time_and_bytes_to_the_line():
    found = profile(loss, *ARGS)
    lines = {offset(line): line for line in found.lines if offset(line) is not None}
    asleep = lines.pop(5)
    assert asleep.text == "h = slow(h)"
    assert 0.02 <= asleep.forward < 0.04 <= asleep.back
    assert max(line.forward for line in lines.values()) < 0.02 and max(line.back for line in lines.values()) < 0.03
    assert lines[7].bytes == 2 * (8 * 3 + 112)       # y before and after
    assert found.forward >= 0.02 and found.back >= 0.04 and found.bytes == sum(line.bytes for line in found.lines)
    assert "h = slow(h)" in str(found) and str(found).splitlines()[-1].split()[0] == "all"
    assert "slow" in page(found._repr_html_()) and repr(found).startswith("<profile of loss: ")
    assert any("np.tanh" in line.text for line in found.lines)      # the lines of what it calls


def test_a_profile_leaves_the_tracer_alone_and_needs_a_real_number():
    seen = []
    sys_trace = sys.gettrace()

    def tracer(frame, event, arg):
        seen.append(frame)
    sys.settrace(tracer)
    try:
        profile(double, 2.0, repeat=2)
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(sys_trace)
    with pytest.raises(zygote_py.NotScalarError):
        profile(double, np.ones(2))
    assert gradient(double, 2.0) == (2.0,)


def test_a_profile_is_plotted(tmp_path):
    pytest.importorskip("matplotlib")
    figure = profile(double, 2.0).plot(tmp_path / "profile.png")
    assert len(figure.axes) == 2 and (tmp_path / "profile.png").stat().st_size > 1000


@pytest.mark.parametrize("name", ["builtin_functions.mapped", "classes.enumerations", "dicts.pop_in_all_forms",
                                  "generators.a_tree", "lists.heap_of_an_argument", "objects.slots", "contexts.closing",
                                  "inplace.along_an_axis"])
def test_all_kinds_of_programs_can_be_looked_at(name):
    from programs.table import load
    program = load()[name]
    arguments = copy.deepcopy(program.arguments[0])
    assert str(profile(program.function, *arguments, **program.keywords))
    assert page(explain(program.function, *arguments, **program.keywords)._repr_html_())
    assert page(code_adjoint(program.function, *program.arguments[0], **program.keywords)._repr_html_())


# -- notebooks --------------------------------------------------------------------------------------------------------


def test_gradients_are_tables_in_a_notebook():
    t = Tangent({"a<b": 1.0, "inner": Tangent({"w": np.ones((5, 5))}), "none": None})
    text = page(t._repr_html_())
    assert "a&lt;b" in text and "array (5, 5) float64, |.| = 5" in text and text.count("<table") == 2
    w = np.ones(2)
    assert "array (2,) float64" in page(gradient(lambda: np.sum(w * w), Params([w]))._repr_html_())
    assert "double_gradient" in page(code_adjoint(double, 2.0)._repr_html_())


# -- the command line -------------------------------------------------------------------------------------------------


@pytest.fixture
def model(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    path = tmp_path / "wave_model.py"
    path.write_text("import math\n\ndef wave(x, n=3):\n    for i in range(n):\n        x = math.sin(x)\n    return x\n\n"
                    "class Cube:\n    @staticmethod\n    def volume(a):\n        return a * a * a\n\n"
                    "def wrong(x):\n    return eval('x')\n")
    yield path
    sys.modules.pop("wave_model", None)


def test_the_commands(model, capsys):
    assert main(["show", f"{model}:wave"]) == 0
    shown = capsys.readouterr()
    assert "wave_pullback" in shown.out and "x = math.sin(x)" in shown.out and "x=1.0, n=3" in shown.err
    assert main(["explain", f"{model}:wave", "--at", "2.0, n=4"]) == 0
    assert "4 times float" in capsys.readouterr().out
    assert main(["profile", f"{model}:wave", "--at", "np.float64(0.5), 2"]) == 0
    assert "x = math.sin(x)" in capsys.readouterr().out
    assert main(["check", f"{model}:Cube.volume", "--at", "2.0"]) == 0
    assert "d/da      12.0" in capsys.readouterr().out


def test_commands_that_fail_say_so(model, capsys, monkeypatch):
    assert main(["check", f"{model}:wrong", "--at", "2.0"]) == 1
    assert "eval" in capsys.readouterr().err
    for at, said in [("1.0 2.0", "SyntaxError"), ("unknown", "NameError: name 'unknown'"), ("", "missing a required argument"),
                     ("1.0, 2, 3", "does not fit wave(x, n=3): too many")]:
        with pytest.raises(SystemExit) as stop:
            main(["show", f"{model}:wave", "--at", at])
        assert stop.value.code == 2 and said in capsys.readouterr().err, at
    for place, said in [(f"{model}:nothing", "its functions are: wave, wrong"), ("nowhere.py:f", "no such file")]:
        with pytest.raises(SystemExit) as stop:
            main(["show", place])
        assert stop.value.code == 2 and said in capsys.readouterr().err


def test_arguments_that_were_assumed_are_to_blame(model, capsys):
    model.write_text("def f(x, n):\n    for _ in range(n):\n        x = x * x\n    return x\n")
    assert main(["profile", f"{model}:f"]) == 1
    assert "--at" in capsys.readouterr().err.splitlines()[-1]
    with pytest.raises(TypeError):
        main(["profile", f"{model}:f", "--at", "1.0, 2.0"])


def test_a_wrong_rule_is_found_by_the_check(model, capsys):
    text = model.read_text() + ("\nimport zygote_py\n\ndef twice(x):\n    return 2 * x\n\n@zygote_py.adjoint(twice)\n"
                                "def rule(x):\n    return twice(x), lambda dy: (3 * dy,)\n")
    model.write_text(text)
    assert main(["check", f"{model}:twice", "--at", "2.0"]) == 1
    assert "twice" in capsys.readouterr().err
