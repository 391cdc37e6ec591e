"""Random programs on arrays of up to three dimensions: reductions, broadcasting, axes, and functions of arrays.

The lengths are one, two and three, and two most often: what has the wrong axes fits all the same, and gives wrong numbers. The
writer knows the shape of each variable, and makes an expression of the shape that is wanted.
"""

from __future__ import annotations

import math
import random
from typing import Any

__all__ = ["source"]

Shape = tuple[int, ...]


class Writer:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.indent, self.count, self.loops = 1, 0, 0
        self.shapes: dict[str, Shape] = {"x": (), "y": (), "w": (3,), "g": (2, 3), "h": (2, 2, 3)}
        self.inner: list[set[str]] = []

    def line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def shape(self) -> Shape:
        return tuple(self.random.choice([2, 2, 2, 3, 1]) for _ in range(self.random.choice([0, 1, 1, 2, 2, 2, 3])))

    # -- expressions --------------------------------------------------------------------------------------------

    def expression(self, shape: Shape, depth: int) -> str:
        known = [v for v, s in self.shapes.items() if s == shape]
        if depth <= 0 or self.chance(0.1):
            if known and self.chance(0.85):
                return self.random.choice(known)
            if not shape:
                return self.pick("0.4", "1.2", "x", "y")
            number = self.pick("x", "y", "0.71")
            return self.pick(f"np.full({shape}, {number})", f"np.broadcast_to({number}, {shape})",
                             f"({number} * np.ones({shape}))", self.made(shape))
        ways = [self.binary, self.binary, self.unary, self.unary, self.reduced, self.reduced, self.reduced, self.called]
        if shape:
            ways += [self.moved, self.part, self.joined, self.product, self.chosen, self.gathered, self.listed]
        return self.random.choice(ways)(shape, depth - 1)

    def made(self, shape: Shape) -> str:
        if math.prod(shape) > 3:
            return f"np.sin(np.arange({math.prod(shape)}.0) * y).reshape({shape})"
        return f"np.array([{', '.join(self.pick('x', 'y', '0.31', 'w[1]') for _ in range(math.prod(shape)))}]).reshape({shape})"

    def smaller(self, shape: Shape) -> Shape:
        """A shape that broadcasts to another."""
        return tuple(1 if self.chance(0.25) else n for n in shape[self.pick(0, 0, 0, 1, 1, 2):])

    def binary(self, shape: Shape, depth: int) -> str:
        one, two = self.expression(shape, depth), self.expression(self.smaller(shape), depth)
        if self.chance(0.2) and shape and 1 not in shape:     # neither has the shape of the result
            k = self.random.randrange(len(shape))
            one = self.expression((*shape[:k], 1, *shape[k + 1:]), depth)
            two = self.expression((shape[k], *[1] * (len(shape) - k - 1)), depth) if k == 0 else \
                self.expression((*[1] * k, *shape[k:]), depth)
            if k > 0 and k + 1 < len(shape):
                two = self.expression(tuple(n if i == k else 1 for i, n in enumerate(shape)), depth)
        if self.chance(0.4):
            one, two = two, one
        return self.pick(f"({one} + {two})", f"({one} * {two})", f"({one} * {two})", f"({one} - {two})",
                         f"({one} / (1.5 + np.cos({two})))", f"np.arctan2({one}, 2.0 + np.sin({two}))",
                         f"np.hypot({one}, {two} + 3.0)", f"np.maximum({one}, {two})", f"np.logaddexp({one}, {two})",
                         f"np.real(({one} + 0.3j) * np.conj(1j * {two} + 0.7))", f"({one} * ({two} > 0.2))")

    def unary(self, shape: Shape, depth: int) -> str:
        e = self.expression(shape, depth)
        return self.pick(f"np.tanh({e})", f"np.sin({e})", f"(-{e})", f"(np.tanh({e}) ** 2)", f"np.exp(-np.abs({e}))",
                         f"(0.5 * {e})", f"np.sqrt(1.0 + np.square({e}))", f"np.clip({e}, -0.87, 0.83)", f"np.log1p({e} * {e})",
                         f"np.asarray({e})", f"({e} * x)", f"({e} / 3)", f"np.abs({e} + 1.3j)", f"np.imag(np.exp(1j * {e}))",
                         f"(({e} * (0.6 - 0.8j)) ** 2).real", f"({e} + np.sign({e}))", self.whole(shape, e))

    def whole(self, shape: Shape, e: str) -> str:
        """Next to whole numbers, in single precision, or in the frequency domain."""
        n = shape[-1] if shape else 1
        return self.pick(f"({e} * {self.pick('2', 'np.arange(1, ' + str(n + 1) + ')', 'np.int32(3)')})",
                         f"({e} + {self.pick('1', f'np.arange({n}) % 2', f'np.ones({n}, bool)')})" if shape else f"({e} + 1)",
                         f"np.real(np.fft.fft({e}))" if shape else f"abs({e})",
                         f"np.fft.irfft(np.fft.rfft({e}, axis=0), {shape[0]}, axis=0)" if shape and shape[0] > 1 else f"({e})")

    def reduced(self, shape: Shape, depth: int) -> str:
        """A reduction of something larger."""
        n, keep = self.pick(2, 2, 3, 1), ""
        ones = [k for k, m in enumerate(shape) if m == 1]
        if not shape and self.chance(0.4):
            return self.total(self.expression(self.shape(), depth))
        if ones and self.chance(0.6):
            k = self.random.choice(ones)
            whole, keep = (*shape[:k], n, *shape[k + 1:]), ", keepdims=True"
        elif len(shape) < 3:
            k = self.random.randint(0, len(shape))
            whole = (*shape[:k], n, *shape[k:])
        else:
            return self.unary(shape, depth)
        axis = str(self.pick(k, k - len(whole)))
        if not keep and len(whole) < 3 and self.chance(0.2):      # over two axes
            j = self.random.randint(0, len(whole))
            whole = (*whole[:j], 2, *whole[j:])
            axis = f"({j}, {k + 1 if j <= k else k})"
        e = self.expression(whole, depth)
        name = self.pick("sum", "sum", "sum", "mean", "mean", "max", "min", "prod", "var", "std")
        if name == "std":
            e = f"({e} + {self.made(whole)} * 2.0)"
        if axis[0] != "(" and self.chance(0.1):
            return f"np.linalg.norm({e} + 2.0, axis={axis}{keep})"
        return self.pick(f"np.{name}({e}, axis={axis}{keep})", f"({e}).{name}(axis={axis}{keep})",
                         f"np.{name}({e}, {axis}{keep})", f"({e}).{name}({axis}{keep})")

    def total(self, e: str) -> str:
        return self.pick(f"np.sum({e})", f"np.mean({e})", f"np.max({e})", f"np.sum({e} * {e})", f"({e} * 0.7).sum()",
                         f"np.asarray({e}).mean()", f"np.linalg.norm(np.ravel({e}) + 2.0)", f"np.vdot({e}, {e})",
                         f"np.sum(np.abs({e}))")

    def moved(self, shape: Shape, depth: int) -> str:
        """The same elements with other axes, or in another order."""
        n, k = len(shape), self.random.randrange(len(shape))
        ways = [f"{self.expression(shape[::-1], depth)}.T", f"np.flip({self.expression(shape, depth)}, {k})",
                f"np.roll({self.expression(shape, depth)}, 1, axis={k})", f"{self.expression(shape, depth)}[..., ::-1]",
                f"({self.expression((math.prod(shape),), depth)}).reshape({shape})",
                f"np.cumsum({self.expression(shape, depth)}, axis={k})", f"np.sort({self.expression(shape, depth)}, axis={k})"]
        if n > 1:
            ways += [f"np.swapaxes({self.expression((shape[1], shape[0], *shape[2:]), depth)}, 0, 1)",
                     f"np.moveaxis({self.expression((*shape[1:], shape[0]), depth)}, -1, 0)"]
        if 1 in shape:
            j = shape.index(1)
            e = self.expression((*shape[:j], *shape[j + 1:]), depth)
            if len(shape) > 1:
                ways += [f"np.expand_dims({e}, {j})", f"({e})[{', '.join([':'] * j + ['None'])}]"]
        return self.random.choice(ways)

    def part(self, shape: Shape, depth: int) -> str:
        """A part of something larger."""
        if len(shape) < 3 and self.chance(0.6):
            k = self.random.randint(0, len(shape))
            e = self.expression((*shape[:k], self.pick(2, 3), *shape[k:]), depth)
            return f"{e}[{', '.join([':'] * k + [self.pick('0', '1', '-1')])}]"
        e = self.expression((shape[0] + 1, *shape[1:]), depth)
        return self.pick(f"{e}[1:]", f"{e}[:-1]", f"{e}[{list(range(shape[0]))[::-1]}]")

    def joined(self, shape: Shape, depth: int) -> str:
        if len(shape) > 1 and self.chance(0.5):
            k = self.random.randrange(len(shape))
            parts = [self.expression((*shape[:k], *shape[k + 1:]), depth - 1) for _ in range(shape[k])]
            return f"np.stack([{', '.join(parts)}], axis={k})"
        if shape[0] > 1:
            one, two = self.expression((1, *shape[1:]), depth), self.expression((shape[0] - 1, *shape[1:]), depth)
            return f"np.concatenate([{one}, {two}])"
        return f"np.repeat({self.expression(shape, depth)}, 2, axis=0)[:1]"

    def product(self, shape: Shape, depth: int) -> str:
        """Of matrices, or of matrix and vector."""
        n = self.pick(2, 3)
        if len(shape) == 1:
            one, two = self.expression((*shape, n), depth), self.expression((n,), depth)
            return self.pick(f"({one} @ {two})", f"np.dot({one}, {two})", f'np.einsum("ij,j->i", {one}, {two})')
        one, two = self.expression((*shape[:-1], n), depth), self.expression((n, shape[-1]), depth)
        if len(shape) == 2:
            return self.pick(f"({one} @ {two})", f"np.dot({one}, {two})", f'np.einsum("ij,jk->ik", {one}, {two})',
                             f"np.outer({self.expression((shape[0],), depth)}, {self.expression((shape[1],), depth)})")
        return self.pick(f"({one} @ {two})", f"np.tensordot({one}, {two}, 1)")

    def chosen(self, shape: Shape, depth: int) -> str:
        test = f"{self.expression(self.smaller(shape), depth - 1)} > 0.3"
        return f"np.where({test}, {self.expression(shape, depth)}, {self.expression(self.smaller(shape), depth)})"

    def gathered(self, shape: Shape, depth: int) -> str:
        """Elements by indices and masks, and the functions that go with them."""
        n, *rest = shape
        e = self.expression((3, *rest), depth)
        places = str([self.random.randrange(-3, 3) for _ in range(n)])
        ways = [f"{e}[{places}]", f"np.take({e}, {places}, axis=0)", f"{e}[np.array({places})]",
                f"np.tile({self.expression((1, *rest), depth)}, {(n, *[1] * len(rest))})",
                f"np.pad({self.expression(shape, depth)}, 1)[{', '.join(['1:-1'] * len(shape))}]",
                f"np.nan_to_num({self.expression(shape, depth)})",
                f"np.diff({self.expression((n + 1, *rest), depth)}, axis=0)",
                f"{self.expression(shape, depth)}[np.argsort({self.expression((n,), depth - 1)})]",
                f"{self.expression((2, n, *rest), depth)}[int({self.pick('x > y', 'y > 0', 'x < 0.2')})]"]
        if len(shape) == 1:
            ways += [f"np.diag({self.expression((n, n), depth)})", f"np.ravel({self.expression((1, n), depth)})",
                     f"np.hstack([{self.expression((), depth)}, {self.expression((n,), depth)}])[1:]",
                     f"np.interp({self.expression(shape, depth)}, [-1.1, 0.2, 1.4], {self.expression((3,), depth)})",
                     (f"np.linalg.solve(np.eye({n}) * 3.0 + np.tanh({self.expression((n, n), depth)}), "
                      f"{self.expression((n,), depth)})")]
        if len(shape) == 2:
            m = shape[1]
            ways += [f"np.tril({self.expression(shape, depth)})", f"np.atleast_2d({self.expression((m,), depth)})[[0] * {n}]",
                     f'np.einsum("i,ij->ij", {self.expression((n,), depth)}, {self.expression(shape, depth)})',
                     f"np.vstack([{self.expression((1, m), depth)}, {self.expression((n, m), depth)}])[1:]",
                     f"np.column_stack([{', '.join(self.expression((n,), depth - 1) for _ in range(m))}])",
                     f"np.kron({self.expression((n, 1), depth)}, {self.expression((1, m), depth)})"]
        return self.random.choice(ways)

    def listed(self, shape: Shape, depth: int) -> str:
        """Comprehensions over rows and numbers."""
        n, *rest = shape
        e, u = self.expression((n, *rest), depth), self.pick("x", "y", "1.5")
        ways = [f"np.array([{u} * r for r in {e}])", f"np.stack([np.tanh(r) for r in {e}])",
                f"np.array([r * k + {u} for k, r in enumerate({e})])",
                f"sum([{self.expression(shape, depth - 1)} * k for k in range(1, 3)])",
                f"np.array([p + q for p, q in zip({e}, {self.expression((n, *rest), depth - 1)})])"]
        if not rest:
            ways += [f"np.array([np.sum(r) for r in {self.expression((n, 2), depth)}])",
                     f"np.array([np.sin({u} * k) for k in range({n})])",
                     f"np.array(list(map(np.sum, {self.expression((n, 3), depth)})))"]
        return self.random.choice(ways)

    def called(self, shape: Shape, depth: int) -> str:
        """A function, which is known only when the program runs, now and then."""
        e = self.expression(shape, depth)
        if not shape:
            e = self.expression(self.shape(), depth)
            return self.pick(f"total({e}, {self.pick('x', 'y')})", f"AMOUNTS[int(x > {self.pick('y', '-9.0')})]({e}, y)")
        return self.pick(f"softly({e})", f"balanced({e}, x)", f"SHAPED[int(x > {self.pick('y', '-9.0')})]({e})",
                         f"[softly, scored][int(y > 0)]({e})", f"(lambda v: v * np.sum(v))({e})")

    # -- statements ---------------------------------------------------------------------------------------------

    def calm(self, shape: Shape, depth: int) -> str:
        e = self.expression(shape, depth)
        return f"np.tanh({e})" if self.chance(0.7) else e

    def owned(self) -> list[str]:
        """What can be bound anew, or stored into: variables of the program, and slots of containers and objects."""
        return [v for v, s in self.shapes.items() if s and v[0] in "vdlo"]

    def statement(self) -> None:
        r = self.random.random()
        names = self.owned()
        if self.chance(0.3) and names:
            self.random.choice([self.hold, self.hold, self.define, self.fill, self.collect, self.scatter])()
        elif r < 0.35 or not names:
            self.bind()
        elif r < 0.5:
            v = self.random.choice(names)
            self.line(f"{v} = {self.calm(self.shapes[v], 2)}")
        elif r < 0.62:
            v = self.random.choice(names)
            self.line(f"{v} {self.pick('+=', '-=', '*=')} {self.calm(self.smaller(self.shapes[v]), 2)}")
        elif r < 0.74:
            v = self.random.choice(names)
            s = self.shapes[v]
            self.line(self.pick(f"{v}[{self.pick('0', '-1')}] = {self.calm(s[1:], 2)}",
                                f"{v}[..., {self.pick('0', '-1')}] = {self.calm(s[:-1], 2)}",
                                f"{v}[...] = {self.calm(self.smaller(s), 2)}", f"{v}[0] += {self.calm(self.smaller(s[1:]), 2)}",
                                f"{v}[:1] *= {self.calm((), 2)}"))
        elif r < 0.86 and self.indent < 3:
            test = f"{self.expression((), 1)} > {self.pick('0.3', 'y', '-0.5')}"
            self.line(f"if {test}:")
            self.block()
            if self.chance(0.5):
                self.line("else:")
                self.block()
        elif self.indent < 3:
            self.count += 1
            k = f"k{self.count}"
            v = self.random.choice(names)
            self.line(self.pick(f"for {k} in range(2):", f"for {k} in range(3):", f"for {k}, r{self.count} in enumerate({v}):"))
            if "enumerate" in self.lines[-1]:
                self.line(self.pick(f"    x = np.tanh(x + np.sum(r{self.count}))", f"    y = y * np.cos({k} + x)"))
            self.block()
        else:
            self.bind()

    def hold(self) -> None:
        """Arrays in a list, a dict, a tuple or an object."""
        self.count += 1
        k = self.count
        held = [self.random.choice([v for v, s in self.shapes.items() if s]) for _ in range(self.pick(1, 2, 3))]
        copies = [self.pick(v, v, f"{v} * 1.0", f"np.copy({v})") for v in held]
        kind = self.pick("l", "d", "t", "o", "n")
        text = ", ".join(copies)
        if kind == "l":
            self.line(f"l{k} = [{text}]")
            names = [f"l{k}[{i}]" for i in range(len(held))]
        elif kind == "d":
            self.line(f"d{k} = {{{', '.join(f'{chr(97 + i)!r}: {c}' for i, c in enumerate(copies))}}}")
            names = [f"d{k}['{chr(97 + i)}']" for i in range(len(held))]
        elif kind == "t":
            self.line(f"t{k} = ({text},)")
            names = [f"t{k}[{i}]" for i in range(len(held))]
        elif kind == "o":
            self.line(f"o{k} = Holder({text})")
            names = [f"o{k}.{'abc'[i]}" for i in range(len(held))]
            if len(self.shapes[held[0]]) and self.chance(0.5):
                self.line(f"o{k}.move({self.pick('x', 'y')})")
        else:
            self.line(f"{', '.join(f'v{k}{i}' for i in range(len(held)))}, = {text},")
            names = [f"v{k}{i}" for i in range(len(held))]
        for name, v in zip(names, held):
            self.shapes[name] = self.shapes[v]

    def define(self) -> None:
        """A function of two arrays, which may capture others, and a call or two."""
        if self.indent > 1:
            self.bind()
            return
        self.count += 1
        k, shapes = self.count, self.shapes
        p, q = self.shape() or (2,), self.shape() or (2, 3)
        arguments = [[self.expression(p, 1), self.expression(q, 1)] for _ in range(self.pick(1, 1, 2))]
        result, other = self.shape() or (2,), self.shape()
        self.line(f"def f{k}(va, vb):")
        self.shapes = {"va": p, "vb": q, **{v: s for v, s in shapes.items() if self.chance(0.4) or v in ("x", "y")}}
        self.indent += 1
        mine = self.shapes
        self.shapes = {v: s for v, s in mine.items() if v[0] not in "vdlo" or v in ("va", "vb")}
        self.line(f"vc = {self.calm(result, 2)} * 1.0")
        self.shapes = {**mine, "vc": result}
        if self.chance(0.5):
            self.line(f"vc += {self.calm(self.smaller(result), 1)}")
        if self.chance(0.3):
            self.line(f"if np.sum(va) > {self.pick('0.3', 'y')}:")
            self.line(f"    return vc * x, {self.expression(other, 1)}")
        self.line(f"return vc, {self.calm(other, 2)}")
        self.indent -= 1
        self.shapes = shapes
        for i, (a, b) in enumerate(arguments):
            self.line(f"v{k}{i}, u{k}{i} = f{k}({self.pick(f'{a}, {b}', f'{a}, vb={b}', f'*[{a}, {b}]')})")
            self.shapes[f"v{k}{i}"] = result
            self.shapes[f"u{k}{i}"] = other

    def fill(self) -> None:
        """An array that is filled element by element."""
        self.count += 1
        k, (n, m) = self.count, (self.pick(2, 3), self.pick(2, 3))
        a, b = self.expression((n, m), 1), self.expression((m,), 1)
        self.line(f"a{k}, b{k} = {a}, {b}")
        self.line(f"v{k} = {self.pick(f'np.zeros(({n}, {m}))', f'np.tanh(a{k} + x)', f'np.empty(({n}, {m}))')}")
        self.line(f"for i{k} in range({n}):")
        self.line(f"    for j{k} in range({m}):")
        self.line(f"        v{k}[i{k}, j{k}] = a{k}[i{k}, j{k}] * b{k}[j{k}] + {self.pick('x', 'y', f'b{k}[j{k} - 1]', f'i{k}')}")
        if self.chance(0.5):
            self.line(f"    b{k} = np.tanh(b{k} * v{k}[i{k}])")
        if self.chance(0.5):
            self.line(f"    x = np.tanh(x + v{k}[i{k}, 0] * y)")
        self.shapes[f"v{k}"], self.shapes[f"b{k}"] = (n, m), (m,)

    def collect(self) -> None:
        """A list that a loop fills, and what is made of it."""
        self.count += 1
        k, s = self.count, self.shape()
        self.line(f"all{k}, s{k} = [], {self.pick('0.0', '0', self.expression(s, 1))}")
        self.line(f"for k{k} in range({self.pick(2, 3)}):")
        self.line(f"    s{k} = s{k} * 0.5 + {self.calm(s, 2)} * k{k}")
        self.line(f"    all{k}.append(s{k})")
        self.line(f"v{k} = {self.pick('np.stack', 'np.array')}(all{k}[:2])")
        self.shapes[f"v{k}"] = (2, *s)

    def scatter(self) -> None:
        """Stores by indices and masks."""
        v = self.random.choice(self.owned())
        n, *rest = self.shapes[v]
        e = self.calm(tuple(rest), 2)
        self.line(self.pick(f"{v}[[0, -1]] = {e}", f"{v}[{v} > 0.3] *= {self.calm((), 1)}", f"np.add.at({v}, [0, 0], {e})",
                            f"{v}[[0]] += {e}", f"{v}[{v} < -0.2] = {self.calm((), 1)}", f"{v}[::2] -= {e}",
                            f"np.multiply({v}, {self.calm((), 1)}, out={v})"))

    def bind(self) -> None:
        self.count += 1
        v, s = f"v{self.count}", self.shape()
        if not s:
            v = self.pick("x", "y")
            self.line(f"{v} = float(np.tanh({self.expression((), 2)}))")
            return
        e = self.calm(s, 3)
        self.line(f"{v} = {e}" if e.startswith(("np.tanh(", "np.sin(")) else f"{v} = {e} * 1.0")
        self.shapes[v] = s

    def block(self) -> None:
        """Variables that are bound in it are not known after it."""
        self.indent += 1
        before = dict(self.shapes)
        for _ in range(self.random.randint(1, 3)):
            self.statement()
        self.shapes = before
        self.indent -= 1


def source(seed: int) -> str:
    """The function `program` that is to be differentiated; its globals are those of `scene`."""
    writer = Writer(seed)
    for _ in range(writer.random.choice([2, 3, 4, 6])):
        writer.statement()
    ends = [f"({writer.total(v)}) * {k + 1.3:.1f}" for k, (v, s) in enumerate(writer.shapes.items()) if s]
    head = ["def program(x, y, xs, w):", "    g = np.outer([x, y], w)",
            "    h = np.tanh(g[:, None] * np.array([[[y]], [[x]]]) + g)"]
    return "\n".join([*head, *writer.lines, f"    return float(x + 2.0 * y + {' + '.join(ends)})"]) + "\n"
