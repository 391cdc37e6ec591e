"""The programs of docs/errors.md: each one ends in an error of ours. `python tests/error_gallery.py` writes the page anew.

Enters: nothing. Leaves: for each program the message as it prints, and which places in the package built one.
"""

from __future__ import annotations

import ast
import linecache
import os
import sys
import tempfile
import textwrap
import types
import warnings
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

import numpy as np

import zygote_py
from zygote_py import errors
from zygote_py.registry import import_rules

PAGE = ROOT / "docs/errors.md"
MARK = "## Gallery\n"

# The code of the function
CASES = {
    "eval": """
        def step(x):
            return eval("x * x")

        gradient(step, 2.0)
        """,
    "locals": """
        def step(x):
            return x * len(locals())

        gradient(step, 2.0)
        """,
    "async": """
        async def step(x):
            return x * x

        gradient(step, 2.0)
        """,
    "An attribute that changes a list": """
        class Sly:
            def __init__(self, xs):
                self.xs = xs

            def __getattr__(self, name):
                self.xs[0] = np.ones(2)
                return 1.0

        def step(xs, sly):
            y = sly.weight
            return y * np.sum(xs[0])

        xs = [3.0, 2.0]
        gradient(step, xs, Sly(xs))
        """,
    "A list that says another length": """
        class Shorter(list):
            def __len__(self):
                return 1

        def step(x):
            xs = Shorter()
            xs.append(x)
            return xs[0] * x

        gradient(step, 2.0)
        """,
    "A class body that reads a variable": """
        def area(x):
            class Box:
                side = x
            return Box.side * x

        gradient(area, 2.0)
        """,
    "An exception out of a function that Python calls": """
        from functools import reduce

        log = []

        def note(total, v):
            log.append(v)
            raise ValueError

        def f(x):
            try:
                reduce(note, [1.0, x])
            except ValueError:
                return log[-1] * x

        gradient(f, 4.0)
        """,
    "A comparison that stores, called by a sort": """
        class Item:
            def __init__(self, x):
                self.x = x

            def __lt__(self, other):
                self.seen = other.x
                return self.x < other.x

        def f(x):
            items = [Item(x), Item(2 * x)]
            items.sort()
            return items[-1].seen * x

        gradient(f, 2.0)
        """,
    "A generator that is left before its end": """
        def steps(x, log):
            try:
                yield x
                yield x * x
            finally:
                log.append(x)

        def f(x):
            log = []
            for first, _ in zip(steps(x, log), [1]):
                pass
            return first * len(log)

        gradient(f, 2.0)
        """,
    "A name of a module, bound from outside": """
        total = 0.0

        def add(x):
            globals()["total"] = x
            return total * x

        gradient(add, 3.0)
        """,
    "No source": """
        exec("def f(x): return x * x")
        gradient(f, 2.0)
        """,
    "A write that can't be followed": """
        def f(x):
            a = np.zeros(2)
            a[0] = x
            a.dtype = np.int64
            return np.sum(a)

        gradient(f, 2.0)
        """,
    "A function without a rule": """
        import struct

        def through_bytes(x):
            y, = struct.unpack("d", struct.pack("d", x))
            return y * y

        gradient(through_bytes, 2.0)
        """,
    "An argument that a rule leaves out": """
        import scipy.special

        gradient(lambda nu: scipy.special.jv(nu, 1.0), 0.5)
        """,
    "A keyword that a rule does not cover": """
        def scaled(x, power=1):
            return x**power

        elementwise(scaled, lambda y, x: 1.0)
        gradient(lambda x: scaled(x, power=2), 3.0)
        """,
    "A rule that returns something else": """
        def cube(x):
            return x**3

        @adjoint(cube)
        def cube_rule(x):
            return cube(x), lambda dy: 3 * x * x * dy

        gradient(cube, 2.0)
        """,
    "A cotangent of another structure": """
        def first(pair):
            return pair[0]

        @adjoint(first)
        def first_rule(pair):
            return first(pair), lambda dy: (dy,)

        gradient(first, [1.0, 2.0])
        """,
    "Eigenvectors of equal eigenvalues": """
        gradient(lambda a: np.linalg.eigh(a)[1][0, 0], np.eye(2))
        """,
    "Numbers seen as numbers of another type": """
        gradient(lambda a: np.sum(a.view(np.float32)), np.ones(2))
        """,
    "The base of a view": """
        gradient(lambda a: np.sum(a[1:].base), np.ones(3))
        """,
    "A second derivative of an integral": """
        import scipy.integrate

        def area(b):
            return scipy.integrate.quad(lambda x: x * x, 0.0, b)[0]

        gradient(lambda b: gradient(area, b)[0], 3.0)
        """,
    "An integral with options": """
        import scipy.integrate

        def area(b):
            return scipy.integrate.quad(lambda x: x * x, 0.0, b, points=[0.5])[0]

        gradient(area, 3.0)
        """,
    "A differential equation with options": """
        import scipy.integrate

        def late(k):
            return scipy.integrate.solve_ivp(lambda t, y: -k * y, (0.0, 1.0), [1.0], dense_output=True).sol(0.5)[0]

        gradient(late, 2.0)
        """,
    "A thread": """
        from concurrent.futures import ThreadPoolExecutor

        def both(x):
            with ThreadPoolExecutor(2) as pool:
                return sum(pool.map(np.sin, [x, 2 * x]))

        gradient(both, 1.0)
        """,
    "A masked array": """
        m = np.ma.array([1.0, 2.0], mask=[False, True])
        gradient(lambda x: (m * x).sum(), 3.0)
        """,
    "A masked array as an argument": """
        gradient(lambda m: m.sum(), np.ma.array([1.0, 2.0], mask=[False, True]))
        """,
    "Forward mode inside, by a global name": """
        W = np.ones(2)

        def f(x):
            return np.sum(W) * x * x

        gradient(lambda: forwarddiff(f, 3.0), Params([W]))
        """,
    "A copy that goes its own way": """
        import copy

        class Cell:
            def __init__(self, x):
                self.x = x

            def __reduce__(self):
                return Cell, (self.x,)

        gradient(lambda x: copy.copy(Cell(x)).x, 2.0)
        """,
    "A text that has changed": """
        import pathlib

        def f(x):
            return x * x

        pathlib.Path(__file__).write_text("def f(x):\\n    return x * x * x\\n")
        gradient(f, 2.0)
        """,
    "A result that is no number": """
        gradient(lambda a: a * 2, np.ones(3))
        """,
    "A complex result": """
        gradient(lambda z: z * z, 1 + 2j)
        """,
    "A seed that does not fit": """
        y, back = pullback(lambda a: a * 2, np.ones(3))
        back(np.ones(2))
        """,
    "A Jacobian of a structure": """
        jacobian(lambda x: {"a": x}, 2.0)
        """,
    "A Hessian by a structure": """
        hessian(lambda p: p["a"]**2, {"a": 1.0})
        """,
    "A Hessian by several arguments": """
        hessian(lambda x, y: x * y, 1.0, 2.0)
        """,
    "Forward mode through a changing list": """
        log = []

        def f(x):
            log.append(1)
            return np.sum(x * x)

        gradient(f, AutoForward(), np.ones(2))
        """,
    "Forward mode through random numbers": """
        rng = np.random.default_rng(0)

        def f(x):
            return np.sum(x * x) + rng.normal()

        gradient(f, AutoForward(), np.ones(2))
        """,
    "A search with bounds": """
        import scipy.optimize

        def lowest(a):
            return scipy.optimize.minimize(lambda x: np.sum((x - a)**2), np.zeros(2), bounds=[(0, 1), (0, 1)]).fun

        gradient(lowest, 2.0)
        """,
    "Something that is no function": """
        gradient(3.0, 2.0)
        """,
    "argnums": """
        grad(lambda x: x, argnums="x")(1.0)
        """,
    "argnums out of range": """
        grad(lambda x: x, argnums=2)(1.0)
        """,
    "grad and Params": """
        W = np.ones(2)
        grad(lambda: np.sum(W))(Params([W]))
        """,
    "Params and arguments": """
        W = np.ones(2)
        gradient(lambda x: np.sum(W * x), Params([W]), 2.0)
        """,
    "A class in place of a marker": """
        gradient(lambda x: x, AutoForward, 2.0)
        """,
    "A marker in the wrong place": """
        gradient(lambda x: x, 2.0, AutoReverse())
        """,
    "A pullback in another mode": """
        pullback(lambda x: x, AutoForward(), 2.0)
        """,
    "What there is no machine code for": """
        gradient(lambda x: {"a": x}["a"] * 2, AutoNumba(), 2.0)
        """,
    "Finite differences of an integer": """
        gradient(lambda n: 1.0 * len(range(n)), AutoFiniteDiff(), 3)
        """,
    "Params of a number": """
        Params([3.0])
        """,
    "Params of an array": """
        Params(3.0)
        """,
    "A key that is no parameter": """
        W, other = np.ones(2), np.ones(2)
        gradient(lambda: np.sum(W), Params([W]))[other]
        """,
    "A parameter that is no array": """
        class Scale:
            def __init__(self):
                self.factor = 2.0

            def __repr__(self):
                return "Scale()"

        Params([Scale()]).to_vector()
        """,
    "A vector of another length": """
        Params([np.ones(2)]).from_vector(np.ones(3))
        """,
    "Trees of different structure": """
        tree.fmap(lambda a, b: a + b, {"a": [1.0]}, {"a": 2.0})
        """,
    "Trees of different length": """
        tree.fmap(lambda a, b: a + b, [1.0, 2.0], [1.0])
        """,
    "A vector for another tree": """
        tree.unflatten(np.ones(3), [1.0, 2.0])
        """,
    "Tangents": """
        pushforward(lambda x, y: x * y, 1.0, 2.0)(1.0)
        """,
    "Tangents that are no tuple": """
        jvp(lambda x: x * x, 2.0, 1.0)
        """,
    "A tangent that does not fit": """
        hvp(lambda x: np.sum(x**3), np.ones(2), np.ones(3))
        """,
    "The class in place of parameters": """
        gradient(lambda: 1.0, Params)
        """,
    "A Hessian by Params": """
        hessian(lambda: 1.0, Params([np.ones(2)]))
        """,
    "Grads times an array": """
        W = np.ones(2)
        gradient(lambda: np.sum(W), Params([W])) * np.ones(2)
        """,
    "Grads merged with something else": """
        W = np.ones(2)
        gradient(lambda: np.sum(W), Params([W])).merge({})
        """,
    "An update on the way back in forward mode": """
        jvp(lambda x: eager_update(None, x, print) * 2.0, (1.0,), (1.0,))
        """,
    "A check of no function": """
        testing.check_grads(3.0, 1.0)
        """,
    "A check of a function without numbers": """
        testing.check_grads(str, 1.0)
        """,
    "A difference by an argument that is not there": """
        testing.finite_difference(abs, (2.0,), 1)
        """,
    "A difference of an array": """
        testing.finite_difference(lambda x: x * np.ones(2), (2.0,))
        """,
    "A hook on an object": """
        gradient(lambda p: hook(print, p)["a"], {"a": 1.0})
        """,
    "A cotangent behind ignore_derivatives": """
        class Box:
            def __init__(self, x):
                self.x = x

        def f(x):
            return ignore_derivatives(Box(x)).x

        gradient(f, 2.0)
        """,
    "The derivatives of an array that is written to": """
        def f(x):
            y = ignore_derivatives(x)
            x[0] = 2.0
            return np.sum(x * y)

        gradient(f, np.ones(2))
        """,
    "A list that changes while derivatives are ignored": """
        def f(x):
            xs = [x]
            ignore_derivatives(lambda: xs.insert(0, 1.0))
            return xs[1]

        gradient(f, 2.0)
        """,
    "An array that is written to while derivatives are ignored": """
        def f(a):
            b = a * a
            ignore_derivatives(lambda: b.fill(3.0))
            return np.sum(a * b)

        hvp(f, np.ones(2), np.ones(2))
        """,
    "A block without derivatives under another name": """
        def f(x):
            ignoring = ignore_derivatives()
            with ignoring:
                y = x * x
            return y

        gradient(f, 2.0)
        """,
    "A checkpoint that changes what it is given": """
        def double(a):
            a *= 2
            return np.sum(a * a)

        gradient(lambda a: checkpointed(double, a), np.ones(2))
        """,
    "A checkpoint that returns a function": """
        def make(x):
            return lambda y: x * y

        gradient(lambda x: checkpointed(make, x)(3.0), 2.0)
        """,
    "Steps of a loop": """
        checkpointed_loop(lambda state, k: state, 1.0, -1)
        """,
    "A Buffer that is frozen": """
        b = Buffer([1.0])
        b.copy()
        b[0] = 2.0
        """,
    "A Buffer of several dimensions": """
        Buffer(np.ones((2, 2))).append(1.0)
        """,
    "A cotangent that is not a number": """
        def f(a):
            b = np.log(a)
            return np.sum(b) * 3.0

        with detect_anomaly(), np.errstate(all="ignore"):
            gradient(f, np.array([1.0, 0.0]))
        """,
    "A pullback that can't travel": """
        import pickle

        y, back = pullback(lambda x: x * x, 3.0)
        pickle.dumps(back)
        """,
    "Bounds for a solver": """
        from zygote_py.interop.scipy import minimize

        minimize(lambda p: p["a"]**2, {"a": 1.0}, bounds=[(0, 1)])
        """,
    "Constraints for a solver": """
        from zygote_py.interop.scipy import minimize

        minimize(lambda p: p["a"]**2, {"a": 1.0}, constraints=[3.0])
        """,
}


def places() -> set[tuple[str, int]]:
    """Where the package builds a message: file and line."""
    return {(path.relative_to(ROOT).as_posix(), n.lineno) for path in (ROOT / "zygote_py").rglob("*.py")
            for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "message"}


def shown() -> tuple[dict[str, tuple[str, str]], set[tuple[str, int]]]:
    """For each program its text and what it prints, and the places of the messages."""

    import_rules()
    for name in ("runtime.scipy.roots", "api.pickling", "interop.scipy", "runtime.scipy.integrals", "runtime.scipy.interpolants"):
        import_module(f"zygote_py.{name}")
    met: set[tuple[str, int]] = set()

    def noted(*args, **words):
        caller = sys._getframe(1)
        met.add((os.path.relpath(caller.f_code.co_filename, ROOT).replace(os.sep, "/"), caller.f_lineno))
        return errors.message(*args, **words)

    found, here, patched = {}, os.getcwd(), [(m, m.message) for name, m in list(sys.modules.items())
                                             if name.startswith("zygote_py.") and getattr(m, "message", None) is errors.message
                                             and m is not errors]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.chdir(folder)
        try:
            for module, _ in patched:
                module.message = noted
            for title, text in CASES.items():
                found[title] = run(text, folder)
        finally:
            os.chdir(here)
            for module, message in patched:
                module.message = message
    return found, met


def run(text: str, folder: str) -> tuple[str, str]:
    """Run one program; its text and the message."""
    text = textwrap.dedent(text).strip() + "\n"
    try:
        load(text, folder)
    except Exception as error:
        return text, f"{type(error).__name__}: {error}"
    raise AssertionError(f"no error:\n{text}")


def load(text: str, folder: str) -> types.ModuleType:
    """What a program is as the file model.py."""
    path = Path(folder).resolve() / "model.py"
    path.write_text(text)
    linecache.checkcache()
    module = types.ModuleType("model")
    vars(module).update({name: getattr(zygote_py, name) for name in zygote_py.__all__}, np=np, __file__=str(path))
    exec(compile(text, str(path), "exec"), vars(module))
    return module


def page() -> str:
    """The page, with the gallery as it is now."""
    head = PAGE.read_text().partition(MARK)[0]
    parts = [head + MARK, "Each program, run as the file `model.py`, and what it prints.\n"]
    for title, (text, message) in shown()[0].items():
        parts.append(f"### {title}\n\n```py\n{text}```\n\n```text\n{message}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page())
