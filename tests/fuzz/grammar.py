"""Random programs: the text of a function `program(x, y, xs)` of two numbers and a list of three.

A seed gives the same program on every machine. Values stay small, so that differences tell something.
"""

from __future__ import annotations

import random
from collections.abc import Callable

__all__ = ["source"]

PREAMBLE = '''
import math
import numpy as np


class Found(Exception):
    def __init__(self, value):
        super().__init__("found")
        self.value = value


class Box:
    def __init__(self, p, q):
        self.p, self.q = p, q
        self.items = [p]

    def step(self, u):
        self.p = math.tanh(self.p * u)
        self.items.append(u)
        if self.p > 0.9:
            raise Found(self.p * u)
        self.q = self.q + self.p
        return self.q

    def __enter__(self):
        self.q = self.q * 0.5
        return self

    def __exit__(self, kind, error, traceback):
        self.p = self.p + self.q
        return kind is Found


def put(items, u):
    items.append(math.sin(u))
    if u > 1.2:
        raise ValueError("large")
    items[0] = items[0] * u
    return items[-1]


def pieces(u, items):
    for k in range(3):
        items[k % len(items)] = math.tanh(items[k % len(items)] + u)
        u = yield_back(u, (yield u * (k + 1)))
    items.append(u)


def yield_back(u, sent):
    return math.sin(u) if sent is None else sent * u
'''

SCALARS = ["x", "y", "a", "b", "c"]


class Writer:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.indent = 1
        self.left = self.random.randint(6, 22)
        self.count = 0
        self.loops = 0
        self.functions: list[str] = []
        self.inside_function = 0

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    # -- expressions --------------------------------------------------------------------------------------------

    def atom(self) -> str:
        r = self.random.random()
        if r < 0.55:
            return self.random.choice(SCALARS)
        if r < 0.65:
            return str(self.random.choice([0.3, 0.7, 1.1, 2.0, 1]))
        if r < 0.77:
            return f"xs[{self.random.randint(0, 2)} % len(xs)]"
        if r < 0.85:
            return f'd["{self.random.choice("km")}"]'
        if r < 0.95:
            return self.random.choice(["o.p", "o.q", "o.items[-1]", "zs[0]"])
        return f"arr[{self.random.randint(0, 2)}]"

    def expression(self, depth: int = 2) -> str:
        r = self.random.random()
        if depth == 0 or r < 0.2:
            return self.atom()
        a, b = self.expression(depth - 1), self.expression(depth - 1)
        if r < 0.4:
            return f"({a} + {b})"
        if r < 0.55:
            return f"({a} * {b})"
        if r < 0.65:
            return f"({a} - {b})"
        if r < 0.8:
            return f"math.sin({a})"
        if r < 0.86:
            return f"({a} if {self.condition()} else {b})"
        if r < 0.9 and self.functions:
            return f"{self.random.choice(self.functions)}(math.tanh({a}))"
        if r < 0.93:
            return f"sum([v * {self.atom()} for v in xs[:3]])"
        return f"math.tanh({a})"

    def small(self) -> str:
        return f"math.tanh({self.expression()}) * {self.random.choice([0.8, 1.3, 1.9])}"

    def condition(self) -> str:
        a, b = self.random.choice(SCALARS), self.random.choice([*SCALARS, "0.4", "0.9"])
        test = f"{a} {self.random.choice('<>')} {b}"
        return test if self.random.random() < 0.8 else f"({test} and {self.random.choice(SCALARS)} > 0.2)"

    # -- statements ---------------------------------------------------------------------------------------------

    def block(self, more: int = 3) -> None:
        self.indent += 1
        for _ in range(self.random.randint(1, more)):
            self.statement()
        self.indent -= 1

    def statement(self) -> None:
        self.left -= 1
        simple: list[Callable[[], None]] = [self.assign, self.augmented, self.swap, self.on_list, self.on_dict, self.on_object,
                                            self.alias, self.on_array, self.call]
        compound: list[Callable[[], None]] = [self.branch, self.loop, self.while_loop, self.attempt, self.context, self.define,
                                              self.generator]
        if self.loops and self.random.random() < 0.1:
            self.line(f"if {self.condition()}:")
            self.line("    " + self.random.choice(["break", "continue"]))
        elif self.left > 0 and self.indent < 5 and self.random.random() < 0.45:
            self.random.choice(compound)()
        else:
            self.random.choice(simple)()

    def assign(self) -> None:
        self.line(f"{self.random.choice(SCALARS)} = {self.small()}")

    def augmented(self) -> None:
        target = self.random.choice([*SCALARS, "xs[0]", 'd["k"]', "o.p", "o.items[0]"])
        self.line(f"{target} {self.random.choice(['+=', '-='])} {self.small()}")

    def swap(self) -> None:
        a, b = self.random.sample([*SCALARS, "xs[0]", "xs[-1]", 'd["m"]', "o.q"], 2)
        self.line(f"{a}, {b} = {b}, {a}")

    def on_list(self) -> None:
        items = self.random.choice(["xs", "zs", "o.items"])
        self.line(self.random.choice([
            f"{items}.append({self.small()})", f"{items}[{self.random.choice([0, -1])}] = {self.small()}",
            f"{items}.insert(0, {self.small()})", f"{items}.reverse()", f"{items} += [{self.small()}]",
            f"{self.random.choice(SCALARS)} = {items}.pop() if len({items}) > 3 else {items}[0]",
            f"{items}.extend([{self.small()}, {self.atom()}])", f"{items}[:1] = [{self.small()}]"]))

    def on_dict(self) -> None:
        self.line(self.random.choice([
            f'd["{self.random.choice("kmn")}"] = {self.small()}', f'd.setdefault("n", {self.small()})',
            f'd.update(k={self.small()})', f'{self.random.choice(SCALARS)} = d.pop("n", {self.atom()})',
            f'{self.random.choice(SCALARS)} = d.get("n", {self.atom()})']))

    def on_object(self) -> None:
        self.line(self.random.choice([f"o.{self.random.choice('pq')} = {self.small()}", f"o = Box({self.small()}, {self.atom()})",
                                      f"o.items = [{self.small()}, {self.atom()}]"]))

    def on_array(self) -> None:
        self.line(self.random.choice([f"arr[{self.random.randint(0, 2)}] = {self.small()}", "arr = arr * " + self.atom(),
                                      f"arr[1:] += {self.small()}", "view = arr[:2]; view *= 0.5",
                                      f"{self.random.choice(SCALARS)} = float(np.sum(np.sin(arr)))"]))

    def alias(self) -> None:
        self.line(self.random.choice(["zs = xs", "zs = o.items", "zs = [v for v in xs]", "xs = o.items", "zs = list(xs)"]))

    def call(self) -> None:
        target = self.random.choice(SCALARS)
        if self.functions and self.random.random() < 0.6:
            self.line(f"{target} = {self.random.choice(self.functions)}({self.small()})")
        else:
            self.line(f"{target} = {self.random.choice(['math.cos', 'math.exp'])}({self.small()})")

    def branch(self) -> None:
        self.line(f"if {self.condition()}:")
        self.block()
        if self.random.random() < 0.3:
            self.line(f"elif {self.condition()}:")
            self.block(2)
        if self.random.random() < 0.5:
            self.line("else:")
            self.block()

    def looped(self, more: int = 3) -> None:
        self.loops += 1
        self.block(more)
        self.loops -= 1
        if self.random.random() < 0.25:
            self.line("else:")
            self.block(1)

    def loop(self) -> None:
        v, k = self.name("v"), self.name("k")
        head = self.random.choice([f"for {k} in range({self.random.randint(1, 3)}):", f"for {v} in xs[:3]:",
                                   f"for {k}, {v} in enumerate(zs[:2]):", f"for {k}, {v} in list(d.items()):",
                                   f"for {v}, {k} in zip(xs[:3], o.items[:3]):"])
        self.line(head)
        if v in head:
            self.line(f"    {self.random.choice(SCALARS)} = math.tanh({v} + {self.atom()})")
        self.looped()

    def while_loop(self) -> None:
        k = self.name("n")
        self.line(f"{k} = 0")
        self.line(f"while {k} < {self.random.randint(1, 3)}:")
        self.line(f"    {k} += 1")
        self.looped()

    def attempt(self) -> None:
        self.line("try:")
        self.block()
        self.indent += 1
        if self.random.random() < 0.7:
            self.line(f"if {self.condition()}:")
            self.line("    " + self.random.choice([f"raise Found({self.small()})", 'raise ValueError("v")', "1 / 0",
                                                   "xs[99]", 'd["none"]']))
        else:
            callee = self.random.choice(["put(xs, ", "o.step("])
            self.line(f"{self.random.choice(SCALARS)} = {callee}{self.small()})")
        self.statement()
        self.indent -= 1
        if self.random.random() < 0.85:
            if self.random.random() < 0.6:
                self.line("except Found as e:")
                self.line(f"    {self.random.choice(SCALARS)} = e.value * {self.atom()}")
                self.block(2)
            self.line("except Exception:")
            self.block(2)
            if self.random.random() < 0.3:
                self.line("else:")
                self.block(2)
            if self.random.random() < 0.4:
                self.line("finally:")
                self.block(2)
        else:
            self.line("finally:")
            self.block(2)

    def context(self) -> None:
        self.line("with o:")
        self.block()
        if self.random.random() < 0.4:
            self.line(f"    if {self.condition()}:")
            self.line(f"        raise Found({self.small()})")

    def define(self) -> None:
        if self.inside_function or self.loops:
            self.assign()
            return
        name, kept = self.name("f"), self.functions
        self.functions = []
        self.inside_function += 1
        self.line(f"def {name}(u):")
        self.indent += 1
        if self.random.random() < 0.6:
            v = self.random.choice(["a", "b", "c"])
            self.line(f"nonlocal {v}")
            self.line(f"{v} = math.tanh({v} * u + {self.random.choice(['0.3', v, 'u'])})")
        for _ in range(self.random.randint(0, 2)):
            self.line(self.random.choice(["xs.append(u * 0.5)", 'd["k"] = d["k"] * u', "o.p = o.p + u", "u = math.sin(u)",
                                          "xs[0] = u * xs[0]"]))
        if self.random.random() < 0.4:
            self.line("if u > 0.8:")
            self.line("    " + self.random.choice(["return u * u", "raise Found(u)", "o.q = u"]))
        self.line(f"return u * {self.random.choice(['a', 'b', 'o.q', '0.7', 'xs[-1]'])}")
        self.indent -= 1
        self.inside_function -= 1
        self.functions = [*kept, name]

    def generator(self) -> None:
        v = self.name("v")
        self.line(f"for {v} in pieces({self.small()}, {self.random.choice(['xs', 'zs', 'o.items'])}):")
        self.line(f"    {self.random.choice(SCALARS)} = math.tanh({v} * {self.atom()})")
        self.looped(2)


def source(seed: int) -> str:
    """The module whose function `program` is to be differentiated."""
    w = Writer(seed)
    body = ["def program(x, y, xs):", "    a, b, c = math.sin(x), x * y, math.tanh(y)", '    d = {"k": a, "m": b}',
            "    o = Box(b, c)", "    zs = [a, c]", "    arr = np.array([a, b, c])"]
    while w.left > 0:
        w.statement()
    end = ("    return float(a + 2 * b + 3 * c + x * y + sum(xs) + sum([d[k] * 1.5 for k in d]) + o.p * o.q + sum(o.items) "
           "+ sum(zs) + np.sum(arr * arr))")
    return PREAMBLE + "\n\n" + "\n".join([*body, *w.lines, end]) + "\n"
