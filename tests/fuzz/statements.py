"""The statements and expressions of random programs."""

from __future__ import annotations

import random

__all__ = ["Arrays", "Containers", "Kernels", "Objects"]

NUMBERS = ["x", "y", "a", "b", "c"]
ARRAYS = ["w", "arr", "vec"]


class Expressions:
    """Writes expressions, and lines of the program."""

    def __init__(self, generator: random.Random) -> None:
        self.random = generator
        self.lines: list[str] = []
        self.indent = 1
        self.count = 0
        self.functions: list[str] = []

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def one_of(self, *texts: str) -> None:
        self.line(self.random.choice(texts))

    def number(self) -> str:
        """A variable for a number."""
        return self.random.choice(NUMBERS)

    def atom(self) -> str:
        r = self.random.random()
        if r < 0.5:
            return self.number()
        if r < 0.58:
            return str(self.random.choice([0.3, 0.7, 1.1, 2.0, 1]))
        if r < 0.68:
            return f"xs[{self.random.randint(0, 2)} % len(xs)]"
        if r < 0.76:
            return f'd["{self.random.choice("km")}"]'
        if r < 0.88:
            return self.random.choice(["o.p", "o.q", "o.items[-1]", "zs[0]", "o.half", "o[x]", "o.m[1]"])
        return self.random.choice([f"{self.array()}[{self.place()}]", f"grid[{self.random.randint(0, 1)}, {self.place()}]",
                                   "hold[0][1]", "float(np.sum(grid[1]))", "grid.T[1, 0]"])

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
        a, b = self.number(), self.random.choice([*NUMBERS, "0.4", "0.9"])
        test = f"{a} {self.random.choice('<>')} {b}"
        return test if self.random.random() < 0.8 else f"({test} and {self.number()} > 0.2)"

    def array(self) -> str:
        """A variable for an array of three."""
        return self.random.choice(ARRAYS)

    def place(self) -> str:
        return self.random.choice(["0", "1", "2", "-1", "-2"])

    def row(self) -> str:
        """An array of three, or a view of one."""
        return self.random.choice([*ARRAYS, "grid[0]", "grid[1]", "o.m", "grid.T[:, 1]", "grid[1, ::-1]", "np.sin(arr)",
                                   "(arr * 0.7)", "(W[0] * x)", f"np.full(3, {self.number()})",
                                   f"np.array([{self.number()}, 0.5, {self.number()}])", "(grid + x)[0]"])


class Kernels(Expressions):
    """Arithmetic on elements of arrays and lists at the places of loops."""

    def element(self, i: str, j: str) -> str:
        return self.random.choice([f"grid[{i}, {j}]", f"grid[{i}][{j}]", f"w[{j}]", f"{self.array()}[{j} - 1]",
                                   f"{self.array()}[-1 - {i}]", f"W[{i}, {j}]", f"xs[{j} % len(xs)]", "x", self.number()])

    def arithmetic(self, i: str, j: str, total: str) -> str:
        """An assignment, to one of the elements now and then; the values stay small."""
        p, q, r = self.element(i, j), self.element(i, j), self.element(i, j)
        e = self.random.choice([f"{p} * {q}", f"{p} * {q} + {r}", f"({p} - {q}) ** 2", f"{p} / (1.0 + {q} * {q})",
                                f"{p} * {q} * {r}", f"max({p}, {q})", f"abs({p}) * {q}", f"-{p} + {q} * {r}", f"math.sin({p})"])
        target = self.random.choice([total, total, total, self.number(), f"grid[{i}, {j}]", f"w[{j}]", f"arr[{j}]"])
        if target == total and self.random.random() < 0.7:
            return f"{total} {self.random.choice(['+=', '+=', '-='])} {e}"
        return f"{target} = math.tanh({e})"


class Arrays(Expressions):
    """Arrays that are stored into, in every way and under every name."""

    def store(self) -> None:
        a, e = self.random.choice([*ARRAYS, "grid[1]", "o.m", "hold[0]"]), self.small()
        self.one_of(f"{a}[{self.place()}] = {e}", f"{a}[{self.place()}] = {e}", f"{a}[1:] = {e}", f"{a}[:] = {self.row()}",
                    f"{a}[[0, 2]] = {e}", f"{a}[[0, 0, 1]] = [{e}, {self.atom()}, 0.4]", f"{a}[{a} > 0.3] = {e}",
                    f"{a}[1:] = {self.array()}[:-1]", f"{a}[...] = {self.array()}[::-1]", f"grid[:, {self.place()}] = {e}",
                    f"grid[0] = {self.row()}", f"grid[[1, 0]] = grid * {self.atom()}", f"grid.T[{self.place()}] = {e}",
                    f"grid[0, 1:] = {self.array()}[:2]", f"{a}.flat[1] = {e}", f"np.copyto({a}, {self.row()})",
                    f"np.put({a}, [0, 2], {e})", f"np.putmask({a}, [True, False, True], {e})", f"{a}.fill({e})",
                    f"np.fill_diagonal(grid, {e})", f"grid.reshape(-1)[{self.place()}] = {e}", f"{a}[None, 1:] = {e}")

    def update(self) -> None:
        a, e = self.random.choice([*ARRAYS, "grid[0]", "o.m", "hold[-1]"]), self.small()
        name = self.array()
        self.one_of(f"{name} *= {self.random.choice(['0.5', 'np.tanh(W[0])', e])}", f"{name} += {self.row()} * 0.3",
                    f"{a}[{self.place()}] += {e}", f"{a}[1:] -= {e}", f"{a}[[0, 2]] *= {self.atom()}",
                    f"{a}[[0, 0]] += {e}", f"np.add.at({a}, [0, 0, 1], {e})", f"{a}[{a} < 0.5] *= 0.4",
                    f"grid += {self.row()} * 0.2", f"grid[1] *= {self.atom()}", f"np.sin({name}, out={name})",
                    f"np.multiply({self.row()}, {self.atom()}, out=grid[0])", f"np.add({a}, {self.row()}, out={name})",
                    f"o.m {self.random.choice(['+=', '*='])} {self.atom()}", f"hold[0] += {self.atom()}",
                    f"{name}[1:] += {name}[:-1]", f"{name} -= {name}[::-1] * 0.5", f"{self.number()} = brush({a}, {e}) * 0.5",
                    f"grid[:, 1:] += grid[:, :-1] * {self.atom()}", f"{name}.sort()", "np.tanh(grid, grid)")

    def view(self) -> None:
        name, a = self.array(), self.row()
        self.one_of(f"{name} = {a}", f"{name} = {a}", f"vec = mix({self.array()}, {a})", f"vec = {self.array()}[::-1]",
                    f"grid = np.stack([{self.row()}, {self.row()}])", f"{name} = grid[{self.place()} % 2]",
                    f"{name} = np.asarray({self.array()})", f"{name} = {self.array()}.reshape(3)", "grid = grid[::-1]",
                    f"{name} = grid.ravel()[{self.random.randint(0, 3)}:][:3]", f"{name} = {self.array()}.T")

    def rebind(self) -> None:
        name = self.array()
        self.one_of(f"{name} = {self.row()} * {self.atom()}", f"{name} = np.where({name} > 0.2, {self.row()}, {self.atom()})",
                    f"{name} = np.array([{self.atom()}, {self.atom()}, {self.atom()}])", f"{name} = {name}.copy()",
                    f"{name} = np.concatenate([{self.array()}[:2], {self.row()}[2:]])", f"grid = np.tanh(grid + {self.atom()})",
                    f"{self.number()} = float(np.sum(np.sin({self.row()})))", f"{self.number()} = math.tanh({self.row()} @ W[1])",
                    f"{name} = np.zeros(3)", f"{name} = {name}[[2, 0, 1]]")

    def ask(self) -> None:
        """A function of an array and a number that is known only when the program runs, or is called in other ways."""
        k, row, e = f"int({self.condition()})", self.row(), self.atom()
        n = self.random.randint(0, 1)
        self.one_of(f"{self.number()} = math.tanh(MEASURES[{k} + {n}]({row}, {e}))",
                    f"{self.array()} = np.tanh(MAKERS[{k} + {self.random.randint(0, 4)}]({row}, {e}))",
                    f"{self.array()} = MAKERS[{k} * 3]({row}, {e})",
                    f"{self.number()} = math.tanh(MEASURES[{k}](u={e}, a={row}))",
                    f"{self.number()} = math.tanh(functools.partial(MEASURES[{n}], {row})({e}))",
                    f"{self.number()} = math.tanh((s if {self.condition()} else t).measure({row}))",
                    f"{self.number()} = math.tanh(sum(map(np.sum, [{row}, {self.array()}])))",
                    f"{self.number()} = math.tanh((total if {self.condition()} else level)(*[{row}, {e}]))",
                    f"{self.number()} = math.tanh((lambda v: np.sum({self.array()}) * v)({e}))")

    def share(self) -> None:
        """Arrays in containers and objects."""
        self.one_of(f"hold.append({self.row()})", f"hold[{self.random.choice(['0', '-1'])}] = {self.row()}",
                    f"o.m = {self.row()}", f"hold = [{self.row()}, {self.array()}]", "hold.reverse()",
                    "hold[0], hold[-1] = hold[-1], hold[0]", f"{self.array()} = hold[0]", f"{self.array()} = hold.pop(0) "
                    "if len(hold) > 2 else hold[0]", f"{self.array()} = o.m", "w, arr = arr, w",
                    f"hold[0][{self.place()}], {self.number()} = {self.number()}, hold[-1][0]")


class Containers(Expressions):
    """Numbers, lists and dicts."""

    def assign(self) -> None:
        self.line(f"{self.number()} = {self.small()}")

    def augmented(self) -> None:
        target = self.random.choice([*NUMBERS, "xs[0]", 'd["k"]', "o.p", "o.items[0]", "w[1]"])
        self.line(f"{target} {self.random.choice(['+=', '-='])} {self.small()}")

    def swap(self) -> None:
        a, b = self.random.sample([*NUMBERS, "xs[0]", "xs[-1]", 'd["m"]', "o.q", "arr[1]"], 2)
        self.line(f"{a}, {b} = {b}, {a}")

    def on_list(self) -> None:
        items = self.random.choice(["xs", "zs", "o.items"])
        self.one_of(f"{items}.append({self.small()})", f"{items}[{self.random.choice([0, -1])}] = {self.small()}",
                    f"{items}.insert(0, {self.small()})", f"{items}.reverse()", f"{items} += [{self.small()}]",
                    f"{self.number()} = {items}.pop() if len({items}) > 3 else {items}[0]", f"{items}.sort()",
                    f"{items}.extend([{self.small()}, {self.atom()}])", f"{items}[:1] = [{self.small()}]",
                    f"{items}[::2] = [v * 0.5 for v in {items}[::2]]", f"{items} *= 1 + (len({items}) < 3)",
                    f"if len({items}) > 2: del {items}[{self.random.choice(['0', '-1', '1:2'])}]")

    def on_dict(self) -> None:
        self.one_of(f'd["{self.random.choice("kmn")}"] = {self.small()}', f'd.setdefault("n", {self.small()})',
                    f'd.update(k={self.small()})', f'{self.number()} = d.pop("n", {self.atom()})',
                    f'{self.number()} = d.get("n", {self.atom()})', "d = {k: v * 0.5 for k, v in d.items()}",
                    f'd |= {{"m": {self.small()}}}', "d = dict(d)")

    def on_any(self) -> None:
        """Lists and dicts whose elements turn from numbers into arrays and back."""
        value = self.random.choice([self.small(), f"np.tanh({self.array()} * {self.atom()})", f"{self.array()}.copy()", "1"])
        other, k = self.random.choice(["any1", "any2"]), self.random.choice(["0", "-1", "1 % len(any1)"])
        self.one_of(f"{other}[{k}] = {value}", f"{other}.append({value})", "any2 = any1", "any1 = any2[:]", "any1 = [x, b]",
                    "any2 = []; any2.append(c)", f"any1 += [{value}]", f'any3["{self.random.choice("pq")}"] = {value}',
                    "any3 = dict(any3)", f'{self.number()} = math.tanh(float(np.sum(any3["p"]) * np.sum(any1[{k}])))',
                    f"{self.number()} = math.tanh(sum([float(np.sum(v)) * 0.3 for v in {other}]))",
                    f"{self.number()} = math.tanh(sum([float(np.sum(v)) for v in any3.values()]))",
                    f'any3["q"] = any1; any3["q"][0] = {value}; any3["q"] = {self.atom()}',
                    f"pair = (any1, any2); pair[0][0] = {value}; {self.number()} = math.tanh(float(np.sum(pair[1][0])))",
                    "any2.reverse(); any1 = [v * 0.5 for v in any2]", f"turn(any1, {value})")

    def alias(self) -> None:
        self.one_of("zs = xs", "zs = o.items", "zs = [v for v in xs]", "xs = o.items", "zs = list(xs)", "zs = xs[:2]")

    def call(self) -> None:
        if self.functions and self.random.random() < 0.6:
            self.line(f"{self.number()} = {self.random.choice(self.functions)}({self.small()})")
        else:
            self.line(f"{self.number()} = {self.random.choice(['math.cos', 'math.exp'])}({self.small()})")


class Objects(Expressions):
    """Objects with state."""

    def on_object(self) -> None:
        self.one_of(f"o.{self.random.choice('pq')} = {self.small()}", f"o = Box({self.small()}, {self.atom()})",
                    f"o.items = [{self.small()}, {self.atom()}]", f"o.half = {self.small()}", f"o += {self.small()}",
                    f"o[{self.atom()}] = {self.small()}", f"o = o * {self.atom()}", f"setattr(o, 'q', {self.small()})",
                    f"o.{self.random.choice('pq')} *= {self.atom()}")

    def on_dot(self) -> None:
        """Objects that do not leave the program, for the most part."""
        v, other = self.random.sample(["s", "t"], 2)
        r = self.random.random()
        if r < 0.15:
            new = self.name("dot")
            self.line(f"{new} = Dot({self.small()}, {self.atom()})")
            self.line(f"{new}.{self.random.choice('uv')} *= math.tanh({self.atom()})")
            self.line(f"{self.number()} = math.tanh({new}.turn({self.atom()}) + {new}.u)")
        elif r < 0.2:
            self.one_of(f"{v} = Dot({self.atom()}, {self.small()})", f"zs.append({v}.same().u)", f"{v}.u = {other}.same().v")
        else:
            number = self.number()
            self.one_of(f"{v}.u = {self.small()}", f"{v}.v *= math.tanh({self.atom()})",
                        f"{number} = math.tanh({v}.turn({self.small()}))",
                        f"{v}.move({self.atom()})", f"{number} = math.tanh({v}.u * {other}.v)",
                        f"{v}.u, {v}.v = {v}.v, {v}.u", f"{v}.w[0] = {other}.u",
                        f"{number} = math.tanh({v}.pull({other}, {self.atom()}))",
                        f"{v}.w = {v}.w * math.tanh({self.atom()})", f"{other}.w[1] = math.tanh({v}.pull({other}))")
