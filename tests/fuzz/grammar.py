"""Random programs: the text of a function `program(x, y, xs, w)` of two numbers, a list of three and an array of three.

A seed gives the same program on every machine. Values stay small, so that differences tell something. What stands for what:

    x, y, a, b, c   numbers                     xs, zs      lists of numbers, of at least one
    d               a dict of numbers           o           a `scene.Box`
    w, arr, vec     arrays of three, or views   grid        an array of two rows of three
    hold            a list of arrays            f1, f2, ... functions of one number, with side effects
    s, t            a `scene.Dot` each
    any1, any2      lists of numbers and arrays, which may be one list                      any3    a dict of them
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from .statements import Arrays, Containers, Kernels, Objects

__all__ = ["source"]


class Writer(Arrays, Containers, Kernels, Objects):
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        super().__init__(random.Random(seed))
        self.left = self.random.choice([4, 6, 8, 10, 16])
        self.loops = self.inside_function = 0

    def block(self, more: int = 3) -> None:
        self.indent += 1
        for _ in range(self.random.randint(1, more)):
            self.statement()
        self.indent -= 1

    def statement(self) -> None:
        self.left -= 1
        r = self.random.random()
        if self.loops and r < 0.06:
            self.line(f"if {self.condition()}:")
            self.line("    " + self.random.choice(["break", "continue"]))
        elif r < 0.07:
            self.line(f"if {self.condition()}:")
            self.line(f"    return {self.small()}")
        elif self.left > 0 and self.indent < 5 and r < 0.42:
            self.random.choice(self.compound())()
        else:
            self.random.choice(self.simple())()

    def simple(self) -> list[Callable[[], None]]:
        return [self.assign, self.augmented, self.swap, self.on_list, self.on_dict, self.on_object, self.on_dot, self.on_dot,
                self.on_any, self.on_any, self.alias, self.call, self.store, self.store, self.store, self.update, self.view,
                self.view, self.rebind, self.share, self.ask, self.ask]

    def compound(self) -> list[Callable[[], None]]:
        return [self.branch, self.loop, self.while_loop, self.over_arrays, self.attempt, self.context, self.define,
                self.generator, self.own_generator, self.match, self.kernel, self.kernel, self.hand_on, self.hand_on]

    # -- control flow -------------------------------------------------------------------------------------------

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
                                   f"for {v}, {k} in zip(xs[:3], o.items[:3]):", f"for {v} in arr:",
                                   f"for {k}, {v} in enumerate({self.array()}):", f"for {v}, {k} in zip(arr, xs):",
                                   f"for {v}, {k} in zip(xs, reversed(w)):",
                                   f"for {k}, {v} in {{a: c, x * y: b}}.items():"])
        self.line(head)
        if f"{v} in" in head or f"{v}, {k} in" in head:
            self.line(f"    {self.number()} = math.tanh({v} + {self.atom()})")
        if f"{k}, {v} in {{" in head:
            self.line(f"    {self.number()} = math.tanh({k} * {v})")
        self.looped()

    def over_arrays(self) -> None:
        v, k = self.name("row"), self.name("k")
        what = self.random.choice(["element", "row", "rows", "held"])
        if what == "element":
            self.line(f"for {k} in range(len({self.array()})):")
            self.line(f"    {self.array()}[{k} % 2] = math.tanh({self.array()}[{k} % 3 - 1] + {self.atom()})")
        elif what == "row":
            self.line(f"for {v} in grid:")
            self.line(f"    {v}[{self.place()}] = {self.small()}")
            self.line(f"    {v} *= 0.9")
        elif what == "rows":
            self.line(f"for {v} in rows({self.array()}, {self.small()}):")
            self.line(f"    {v}[0] = {v}[-1] * 0.7")
        else:
            self.line(f"for {k}, {v} in enumerate(hold[:2]):")
            self.line(f"    {v}[0] += {self.atom()} * ({k} + 0.3)")
        self.looped(2)

    def kernel(self) -> None:
        """Arithmetic on elements in nested loops, and nothing else."""
        i, j, total = self.name("i"), self.name("j"), self.name("total")
        outer = self.random.choice(["range(2)", "range(1, -1, -1)", "range(len(grid))", "(0, 1)"])
        inner = self.random.choice(["range(3)", "range(1, 3)", "range(len(w))", f"range({i}, 3)", "range(2, 0, -1)"])
        self.line(f"{total} = {self.random.choice(['0.0', '0', 'x', 'a'])}")
        self.line(f"for {i} in {outer}:")
        self.indent += 1
        for _ in range(self.random.randint(0, 2)):
            self.line(self.arithmetic(i, i, total))
        self.line(f"for {j} in {inner}:")
        self.indent += 1
        for _ in range(self.random.randint(1, 3)):
            self.line(self.arithmetic(i, j, total))
        if self.random.random() < 0.3:
            self.line(f"if {self.element(i, j)} > {self.random.choice(['0.3', total, self.element(i, j)])}:")
            self.line("    " + self.random.choice([self.arithmetic(i, j, total), "break", "continue"]))
        self.indent -= 1
        if self.random.random() < 0.4:
            self.line(self.arithmetic(i, i, total))
        self.indent -= 1
        self.line(f"{self.number()} = math.tanh({total} * {self.random.choice(['0.5', j, self.element(i, j)])})")

    def hand_on(self) -> None:
        """A loop that makes an array in each round, stores into it, and hands it on under another name."""
        now, new, part, k = self.name("now"), self.name("new"), self.name("part"), self.name("k")
        other = self.random.choice([now, now, self.array()])
        self.line(f"{now} = {self.row()} * {self.atom()}")
        self.line(f"{part} = {self.random.choice([now, self.row(), 'W[0] * y'])}")
        if self.random.random() < 0.3:
            self.line(f"{k} = -1")
            self.line(f"while {k} < {self.random.randint(0, 2)}:")
            self.line(f"    {k} += 1")
        else:
            self.line(f"for {k} in range({self.random.randint(2, 3)}):")
        self.indent += 1
        made = self.random.choice([f"{now} * {self.atom()}", f"{now}.copy()", "np.zeros(3)", f"np.sin({now}) + {part}"])
        self.line(f"{new} = {made}")
        for _ in range(self.random.randint(1, 4)):
            if self.random.random() < 0.15:
                self.line(f"if {self.condition()}:")
                self.lines.append("    " * (self.indent + 1) + self.on_new(now, new, part, other, k))
            else:
                self.line(self.on_new(now, new, part, other, k))
        if self.random.random() < 0.2:
            self.line(f"if {self.condition()}: {self.random.choice(['break', 'continue'])}")
        self.line(f"{other} = {new}")
        for _ in range(self.random.choice([0, 0, 1, 2])):
            self.line(self.on_new(now, new, part, other, k))
        self.indent -= 1
        self.line(f"{self.number()} = math.tanh(float(np.sum({now} * {self.random.choice([part, now, 'W[1]', other])})))")

    def on_new(self, now: str, new: str, part: str, other: str, k: str) -> str:
        """What is done with an array before or after it is handed on."""
        if self.random.random() < 0.3:
            return self.random.choice([f"hold.append({new})", f"hold = [{new}]", f"o.m = {new}", f"{self.array()} = {new}",
                                       f"{part} = {new}[::-1]", f"{part} = {new}", f"for {part} in [{new}]: {part}[0] *= 0.5",
                                       f"o.m[{self.place()}] = {self.small()}"])
        if self.random.random() < 0.3:
            return f"hold[{self.random.choice(['-1', '-1', '0'])}][{self.place()}] = {self.small()}"
        return self.random.choice([
            f"{new}[{self.place()}] = {now}[{self.place()}] * {self.atom()}", f"{new}[{k}] += {self.small()}", f"{part} *= 0.7",
            f"{part}[0] = {self.small()}", f"{now}[{self.place()}] = {self.small()}", f"{new}[1:] = {now}[:-1]",
            f"{self.number()} = math.tanh({new}[{k}] * {now}[1])", f"{other} = {other} * {self.atom()}"])

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
        if self.random.random() < 0.6:
            self.line(f"if {self.condition()}:")
            self.line("    " + self.random.choice([f"raise Found({self.small()})", 'raise ValueError("v")', "1 / 0",
                                                   "xs[99]", 'd["none"]', "arr[7] = a"]))
        else:
            callee = self.random.choice(["put(xs, ", "o.step(", f"brush({self.array()}, "])
            self.line(f"{self.number()} = {callee}{self.small()})")
        self.statement()
        self.indent -= 1
        if self.random.random() < 0.85:
            if self.random.random() < 0.6:
                self.line("except Found as e:")
                self.line(f"    {self.number()} = e.value * {self.atom()}")
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

    def match(self) -> None:
        v = self.name("m")
        self.line(self.random.choice(["match [a, b, c]:", "match xs:", "match (x, y):"]))
        self.line(f"    case [{v}, *_] if {v} > 0.3:")
        self.line(f"        {self.number()} = math.tanh({v} * {self.atom()})")
        self.line("    case _:")
        self.indent += 1
        self.block(2)
        self.indent -= 1

    # -- functions ----------------------------------------------------------------------------------------------

    def define(self) -> None:
        if self.inside_function or self.loops:
            self.assign()
            return
        name, kept = self.name("f"), self.functions
        self.functions = []
        self.inside_function += 1
        given = self.random.random() < 0.3
        self.line(f"def {name}(u=0.4, p={self.atom()}, q={self.row()}):" if given else f"def {name}(u=0.4):")
        self.indent += 1
        if given:
            self.line(self.random.choice(["u = u * p", "u = math.tanh(total(q, u))", "q[0] = u * p", "u = math.tanh(q[1] - p)"]))
        if self.random.random() < 0.6:
            v = self.random.choice(["a", "b", "c", "arr"])
            self.line(f"nonlocal {v}")
            self.line(f"{v} = {'np.tanh' if v == 'arr' else 'math.tanh'}({v} * u + {self.random.choice(['0.3', v, 'u'])})")
        for _ in range(self.random.randint(0, 2)):
            self.line(self.random.choice(["xs.append(u * 0.5)", 'd["k"] = d["k"] * u', "o.p = o.p + u", "u = math.sin(u)",
                                          "xs[0] = u * xs[0]", "w[0] = u", "grid[1] *= math.tanh(u)", "o.m[1] += u"]))
        if self.random.random() < 0.4:
            self.line("if u > 0.8:")
            self.line("    " + self.random.choice(["return u * u", "raise Found(u)", "o.q = u", "grid[0, 0] = u"]))
        self.line(f"return u * {self.random.choice(['a', 'b', 'o.q', '0.7', 'xs[-1]', 'w[1]', 'grid[1, 2]'])}")
        self.indent -= 1
        self.inside_function -= 1
        self.functions = [*kept, name]
        if self.random.random() < 0.2:
            self.line(f"{self.number()} = {name}()")

    def generator(self) -> None:
        v = self.name("v")
        self.line(f"for {v} in pieces({self.small()}, {self.random.choice(['xs', 'zs', 'o.items'])}):")
        self.line(f"    {self.number()} = math.tanh({v} * {self.atom()})")
        self.looped(2)

    def own_generator(self) -> None:
        """A generator that shares state with the program, and the ways to take from it."""
        if self.inside_function or self.loops:
            self.generator()
            return
        name, v = self.name("gen"), self.name("v")
        declared, change = self.random.choice([("nonlocal a", "a = math.tanh(a + u)"), ("nonlocal b", "b = b * 0.5 + u"),
                                               ("k = 0", "xs[0] = math.sin(u)"), ("k = 0", "w[k] = u * 0.5"),
                                               ("k = 0", "o.q = o.q * u"), ("k = 0", "u = math.sin(u)")])
        self.line(f"def {name}(u):")
        self.line(f"    {declared}")
        self.line("    for k in range(3):")
        self.line(f"        yield u * {self.random.choice(['a', 'b', 'xs[0]', 'w[1]', 'o.p'])}")
        self.line(f"        {change}")
        if self.random.random() < 0.4:
            self.line(f"    yield from [u, {self.random.choice(['c', 'o.q', 'xs[-1]'])}]")
        how = self.random.random()
        if how < 0.3:
            self.line(f"{self.number()} = math.tanh(sum({name}({self.atom()})))")
        elif how < 0.5:
            it = self.name("it")
            self.line(f"{it} = {name}({self.small()})")
            self.line(f"{self.number()} = math.tanh(next({it}))")
            self.statement()
            self.line(f"{self.number()} = math.tanh(next({it}) * {self.atom()})")
        else:
            other = self.random.choice(["xs[:2]", "zs[:4]", f"{name}({self.atom()})"])
            self.line(f"for {v}, other in zip({name}({self.small()}), {other}):")
            self.line(f"    {self.number()} = math.tanh({v} * other)")
            self.looped(2)


STATE = [       # what there is besides the arguments: its names, how it is made, and what it adds to the value
    ("d", 'd = {"k": a, "m": b}', "sum([d[k] * 1.5 for k in d])"),
    ("o", "o = Box(b, c)", "o.p * o.q + sum(o.items) + np.sum(o.m * o.m)"),
    ("zs", "zs = [a, c]", "sum(zs)"),
    ("arr", "arr = np.array([a, b, c])", "np.sum(arr * arr)"),
    ("vec", "vec = arr[::-1]", "np.sum(np.sin(vec)) * 0.7"),
    ("grid", "grid = np.outer([x, y], w)", "np.sum(grid * W)"),
    ("hold", "hold = [arr, grid[1]]", "sum([np.sum(h) * (k + 1.2) for k, h in enumerate(hold)])"),
    ("s t", "s, t = Dot(a, y), Dot(x * c, b)", "s.u * s.v + t.u * 0.6 + t.v + np.sum(s.w * t.w)"),
    ("any1 any2", "any1, any2 = [a, y], [1, b]", "sum([np.sum(v) * (k + 0.4) for k, v in enumerate(any1 + any2)])"),
    ("any3", 'any3 = {"p": c, "q": x}', "sum([float(np.sum(v)) * (k + 0.6) for k, v in enumerate(any3.values())])")]


def source(seed: int) -> str:
    """The function `program` that is to be differentiated; its globals are those of `scene`."""
    writer = Writer(seed)
    while writer.left > 0:
        writer.statement()
    begin, end, text = list[str](), list[str](), "\n".join(writer.lines)
    for names, made, adds in reversed(STATE):       # what a line needs is made before it
        if re.search(rf"\b({names.replace(' ', '|')})\b", text):
            text += "\n" + made
            begin.insert(0, "    " + made)
            end.insert(0, "\n                 + " + adds)
    head = ["def program(x, y, xs, w):", "    a, b, c = math.sin(x), x * y, math.tanh(y)"]
    value = f"    return float(a + 2 * b + 3 * c + x * y + sum(xs) + np.sum(w * W[0]){''.join(end)})"
    return "\n".join([*head, *begin, *writer.lines, value]) + "\n"
