"""Show what runs: the generated functions of a call, as text.

Enters: what `gradient` takes. Leaves: an object whose `str` is Python: the joint function, the forward and the pullback, and
those of the functions that they call directly, with the user's lines as comments and, as imports, what the helpers' names stand
for.

The text is printed from the very trees that were compiled; it compiles to the same bytecode.
"""

from __future__ import annotations

import ast
import functools
import linecache
import operator
import sys
import types
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, TextIO

from ..analysis.instances import is_plain_class, is_plain_tuple
from ..api.gradient import in_order, is_direct, is_function
from ..cache import PUSH, Link, Template
from ..emit.convert import to_ast
from ..emit.unparse import unparse
from ..errors import SourceError, shown_path
from ..frontend.source import find
from ..guards import Outer, held_by
from ..kinds import deep_kind_of, kind_of, types_of
from ..pipeline import push_role
from ..registry import Rule, lookup
from ..requests import code_of, specialisation
from ..runtime.binding import bind_arguments
from ..runtime.callables import get_attributes, get_items
from ..runtime.callees import getter_keys, is_opaque, python_call, single_dispatch, wrapped
from ..runtime.classes import constructor
from ..runtime.refusals import missing_rule
from .pages import coloured, html_code, html_table, wants_colour

__all__ = ["Adjoint", "code_adjoint", "code_pushforward"]

_WIDTH = 100     # of a comment, at most
_LEFT = 48      # of the user's lines beside the generated ones
_WORDS = {"i": "int", "f": "float", "z": "complex", "q": "number", "b": "bool", "k": "constant", "o": "object", "r": "object",
          "a": "float", "c": "complex", "n": "int"}


def code_adjoint(f: Callable, *args: Any, **kwargs: Any) -> Adjoint:
    """The code that is generated to differentiate `f` at these arguments. It is not run.

    Parameters
    ----------
    f, *args, **kwargs : as for `gradient`, which does not differentiate by what is given by keyword. For a bound method, a
        partial application, a callable object or a class, it is the code of the function that is called in the end.

    Returns
    -------
    Adjoint
        `print` it, or let a notebook show it.

    Raises
    ------
    UnsupportedCodeError, SourceError
        As `gradient` does.
    MissingRuleError
        If f has neither Python source nor a rule.

    Examples
    --------
    >>> def grow(x, r, n):
    ...     for _ in range(n):
    ...         r *= x
    ...     return r
    >>> print(code_adjoint(grow, 5.0, 1.0, 3))  # doctest: +ELLIPSIS
    # grow(x: float, r: float, n: int), <doctest ...>:1
    # assumes: range unchanged
    <BLANKLINE>
    def grow_gradient(cx, x, r, n):
        ...
        for r_0 in reversed(tape_1):
            dx += dr * r_0  # r *= x
            dr = dr * x
        return r, (dx, dr, None)
    ...
    """
    found = function_called(f, args, kwargs)
    if isinstance(found, Rule):
        text = rule_text(f, found)
        return Adjoint(name_of(f), [text.rstrip()], text)
    g, flat = found
    direct = g is f and (is_function(f) and in_order(f, len(args), kwargs) if kwargs else is_direct(f, len(args)))
    printer = _Printer(g, flat, direct, (1 << len(args)) - 1 if kwargs else -1)
    text = "\n\n".join(printer.sections()) + "\n"
    return Adjoint(g.__name__, printer.parts, text)


def code_pushforward(f: Callable, *args: Any, **kwargs: Any) -> Adjoint:
    """The code that is generated for forward mode at these arguments, with a tangent for each number among them. It is not run.

    Examples
    --------
    >>> def square(x):
    ...     return x * x
    >>> print(code_pushforward(square, 3.0))  # doctest: +ELLIPSIS
    # square(x: float), <doctest ...>:1
    <BLANKLINE>
    def square_push(cx, x, x_dot):
        return x * x, x_dot * x + x_dot * x
    <BLANKLINE>
    """
    found = function_called(f, args, kwargs)
    if isinstance(found, Rule):
        text = rule_text(f, found)
        return Adjoint(name_of(f), [text.rstrip()], text)
    g, flat = found
    printer = _PushPrinter(g, flat, True)
    text = "\n\n".join(printer.sections()) + "\n"
    return Adjoint(g.__name__, printer.parts, text)


class Shown:
    """One generated function: its lines of text, and for each the user's line that it comes from, or 0."""

    def __init__(self, filename: str, first: int, text: str, origins: list[int]) -> None:
        self.filename, self.first, self.text, self.origins = filename, first, text, origins

    def beside(self) -> Iterator[tuple[int, str, str]]:
        """Rows of the user's line number, his line, and the lines of the generated function that it gave rise to."""
        lines = [""] + linecache.getlines(self.filename)
        margin = len(lines[self.first]) - len(lines[self.first].lstrip()) if self.first < len(lines) else 0
        rows: list[tuple[int, list[str]]] = []
        for text, origin in zip(self.text.splitlines(), self.origins):
            if not rows or origin != rows[-1][0]:
                rows.append((origin, []))
            rows[-1][1].append(text)
        for origin, texts in rows:
            theirs = lines[origin].rstrip() if origin < len(lines) else ""
            theirs = theirs[margin:] if not theirs[:margin].strip() else theirs
            yield origin, theirs, "\n".join(texts)


class Adjoint:
    """Generated code, to be read: `str` is the text, with the user's lines as comments; `show` has the two side by side.

    Attributes
    ----------
    name : of the function
    text : all of it
    parts : the generated functions, and the comments and imports between them
    """

    def __init__(self, name: str, parts: list[str | Shown], text: str) -> None:
        self.name, self.parts, self.text = name, parts, text

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<generated code of {self.name}, {len(self.text.splitlines())} lines; print it>"

    def show(self, out: TextIO | None = None, colour: bool | None = None) -> None:
        """Print it with the user's lines on the left of the lines that they gave rise to.

        Parameters
        ----------
        out : where to; by default, standard output
        colour : whether to use the colours of a terminal; by default, if it is one, and Pygments is installed
        """
        stream: Any = sys.stdout if out is None else out
        paint = coloured if colour or (colour is None and wants_colour(stream)) else str
        for part in self.parts:
            if isinstance(part, str):
                stream.write(paint(part) + "\n\n")
                continue
            rows = list(part.beside())
            width = min(max([len(theirs) for _, theirs, _ in rows], default=0), _LEFT)
            for origin, theirs, text in rows:
                left = f"{origin or '':>5} {cut(theirs, _LEFT):{width}}"
                for line in text.splitlines():
                    stream.write(f"{left[:6]}{paint(left[6:])} | {paint(line)}\n")
                    left = " " * len(left)
            stream.write("\n")

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(coloured(self.text) if wants_colour() else self.text)

    def _repr_html_(self) -> str:
        found = []
        for part in self.parts:
            if isinstance(part, str):
                found.append(f'<pre style="margin:0.6em 0 0.2em">{html_code(part)}</pre>')
            else:
                rows = [(origin or "", theirs, text) for origin, theirs, text in part.beside()]
                found.append(html_table(["", "yours", "generated"], rows, code=(1, 2), right=(0,), ruled=True))
        return "\n".join(found)


# -- which function is called ---------------------------------------------------------------------------------------


def function_called(f: Any, args: tuple, keywords: dict) -> Rule | tuple[types.FunctionType, tuple]:
    """What a call ends in, as `runtime.call` goes about it: a rule, or a Python function with its flat arguments."""
    while True:
        rule = lookup(f)
        if rule is not None:
            return rule
        if isinstance(f, types.FunctionType):
            dispatch = single_dispatch(f)
            if dispatch is not None:
                f = dispatch(args[0].__class__)
                continue
            if is_opaque(f):
                raise missing_rule(f)
            return f, bind_arguments(f, args, keywords)[0]
        f, args, keywords = _inner(f, args, keywords)


def _inner(f: Any, args: tuple, keywords: dict) -> tuple[Any, tuple, dict]:
    """One step into a callable."""
    if isinstance(f, types.MethodType):
        return f.__func__, (f.__self__, *args), keywords
    if isinstance(f, functools.partial):
        return f.func, (*f.args, *args), {**f.keywords, **keywords}
    if isinstance(f, type):
        _, new, init = constructor(f)
        if init is not None:
            return init, (f.__new__(f, *args, **keywords) if new is not None else object.__new__(f), *args), keywords
        if new is not None:
            return new, (f, *args), keywords
        raise missing_rule(f)
    if isinstance(f, (operator.itemgetter, operator.attrgetter)):
        return get_items if isinstance(f, operator.itemgetter) else get_attributes, (getter_keys(f), *args), keywords
    inner = wrapped(f)
    if inner is not None:
        return inner, args, keywords
    special = python_call(f)
    if special is not None:
        return special, (f, *args), keywords
    if not callable(f):
        raise TypeError(f"{type(f).__name__!r} object is not callable")
    raise missing_rule(f)


def name_of(f: Any) -> str:
    name = getattr(f, "__qualname__", None) or getattr(f, "__name__", None)
    module = getattr(f, "__module__", None)
    return repr(f) if name is None else name if module in (None, "builtins") else f"{module.lstrip('_')}.{name}"


def rule_text(f: Any, rule: Rule) -> str:
    """What is shown for a function that has a rule: the rule."""
    lines = [f"# {name_of(f)} is not derived: it has a rule" + ", that there is no derivative" * (rule.form == "none")]
    for part in rule.parts:
        try:
            lines += ["", unparse(find(part).node)] if part is not None else []
        except SourceError:
            lines += ["", f"# {part!r}"]
    return "\n".join(lines) + "\n"


# -- the text -------------------------------------------------------------------------------------------------------


class _Printer:
    """The sections of the text: the function itself, then those that it calls directly."""

    def __init__(self, f: types.FunctionType, flat: tuple, direct: bool, mask: int = -1) -> None:
        self.f, self.flat, self.direct, self.mask = f, flat, direct, mask
        self.names: dict[tuple[Template, str], str] = {}
        self.used: set[str] = set()
        self.stated: dict[str, Any] = {}
        self.parts: list[str | Shown] = []

    def sections(self) -> Iterator[str]:
        """The text in pieces; `parts` has them without the comments."""
        for part in self.pieces():
            if isinstance(part, tuple):
                self.parts.append(part[1])
                yield part[0]
            else:
                self.parts.append(part)
                yield part

    def pieces(self) -> Iterator[str | tuple[str, Shown]]:
        joint = specialisation(self.f, self.flat, self.mask, look=deep_kind_of).template
        pair = specialisation(self.f, self.flat, -1, bool(self.f.__closure__)).template
        roles = [(joint, "joint"), (pair, "pair")][not self.direct:]
        yield from self.with_callees(pair, roles, {(pair, "pair")})

    def with_callees(self, first: Template, roles: list, seen: set) -> Iterator[str | tuple[str, Shown]]:
        """The code of some roles of a function, and of what it calls directly."""
        waiting: list[tuple[Template, str]] = []
        yield self.header(first)
        for t, role in roles:
            yield from self.code(t, role, waiting, seen)
        while waiting:
            t, role = waiting.pop(0)
            yield self.header(t)
            yield from self.code(t, role, waiting, seen)

    def code(self, t: Template, role: str, waiting: list, seen: set) -> Iterator[str | tuple[str, Shown]]:
        """The functions of one role, after what their helpers stand for."""
        built = code_of(t, role)
        copies = [to_ast(tree) for tree in built.trees]
        used = {n.id for copy in copies for n in ast.walk(copy) if isinstance(n, ast.Name)}
        renamed, others = {}, {}
        for name, value in built.helpers.items():
            if name not in used:
                continue
            if not isinstance(value, Link):
                others[name] = value
                continue
            renamed[name] = self.name(value.callee, value.role, value.__name__)
            needed = value.callee, value.role if value.role.startswith(PUSH) else "pair"
            if needed not in seen:
                seen.add(needed)
                waiting.append(needed)
        imports = "\n".join(self.imports(others))
        if imports:
            yield imports
        code = t.code()
        lines = linecache.getlines(t.filename)
        first = code.co_firstlineno if code is not None else len(lines) + 1
        for part, copy in zip(("forward", "pullback") if role == "pair" else (role,), copies):
            copy.name = self.name(t, part, copy.name)
            for n in ast.walk(copy):
                if isinstance(n, ast.Name):
                    n.id = renamed.get(n.id, n.id)
            plain = unparse(copy)
            shown = Shown(t.filename, first, plain, origins(copy, plain, first, t))
            annotate(copy, lines, first)
            yield unparse(copy), shown

    def name(self, t: Template, role: str, wanted: str) -> str:
        """One name for each generated function of the text: two specialisations of one function have two."""
        known = self.names.get((t, role))
        if known is None:
            known, n = wanted, 1
            while known in self.used:
                n += 1
                known = f"{wanted}_{n}"
            self.names[t, role] = known
            self.used.add(known)
        return known

    def header(self, t: Template) -> str:
        code = t.code()
        params = ", ".join(f"{name}: {word(kind)}" for name, kind in zip(flat_names(code), t.kinds))
        place = f"{shown_path(t.filename)}:{code.co_firstlineno}" if code is not None else shown_path(t.filename)
        lines = [f"# {t.name}({params}), {place}"]
        fixed, kinds = assumptions(t)
        assumed = [f"{', '.join(sorted(fixed))} unchanged"] * bool(fixed) + [", ".join(sorted(kinds))] * bool(kinds)
        if assumed:
            lines.append(cut(f"# assumes: {'; '.join(assumed)}"))
        if t.core.inlined:
            lines.append(cut(f"# inlined: {', '.join(dict.fromkeys(name for _, name, _ in t.core.inlined))}"))
        return "\n".join(lines)

    def imports(self, helpers: dict[str, Any]) -> list[str]:
        """Where the names come from that generated code adds to the user's."""
        modules: dict[str, list[str]] = {}
        plain: list[str] = []
        for name in sorted(helpers):
            value = helpers[name]
            if name in self.stated and self.stated[name] is value:
                continue
            self.stated[name] = value
            if isinstance(value, Outer):
                at = f"[{value.key!r}]" if value.key is not None else "()" if value.path == "globals" else ""
                plain.append(f"# {name} is {value.path}{at}")
            elif isinstance(value, types.ModuleType):
                plain.append(f"import {value.__name__}" + (f" as {name}" if name != value.__name__ else ""))
            elif (home := importable(value)) is not None:
                own = value.__name__
                modules.setdefault(home, []).append(own if own == name else f"{own} as {name}")
            else:
                plain.append(cut(f"# {name} is {' '.join(repr(value).split())}"))
        return sorted(plain) + [f"from {home} import {', '.join(modules[home])}" for home in sorted(modules)]


class _PushPrinter(_Printer):
    """The sections of the text for forward mode."""

    def pieces(self) -> Iterator[str | tuple[str, Shown]]:
        t = specialisation(self.f, self.flat, -1, bool(self.f.__closure__)).template
        role = push_role(tuple([kind not in ("k", "b") for kind in t.kinds]))
        yield from self.with_callees(t, [(t, role)], {(t, role)})


def assumptions(t: Template) -> tuple[set[str], set[str]]:
    """Names outside of the function that the code takes for what they are, and names that it knows the kind of."""
    fixed, kinds = set(), set()
    for test, values in t.expect.tests.items():
        path, _, _ = test.partition(" ")
        if values[0] in (is_plain_class, is_plain_tuple):
            fixed.add(path[3:-1])
        elif values[0] is held_by:
            module, names = ast.literal_eval(test[2:test.rindex(" is ")])
            fixed.add(".".join((module, *names)))
        elif test.startswith("$0("):
            what, known = values
            kinds.add(f"{path[3:-1]}: {word(known)}" if what is kind_of else f"{what.__name__}{path[2:]} == {known!r}")
        elif " in " in test:
            kinds.add(f"{path.removesuffix('.__class__')}: {next(word(k) for k in 'fizb' if types_of(k) == values[0])}")
        elif "defaults__" not in path:
            fixed.add(path.removesuffix(".__code__").removesuffix(".__globals__"))
    return fixed - {path.rpartition(".")[0] for path in fixed}, kinds


def importable(value: Any) -> str | None:
    """The module that has `value` under its own name."""
    home, name = getattr(value, "__module__", None), getattr(value, "__name__", None)
    if not isinstance(home, str) or not isinstance(name, str):
        return None
    for candidate in dict.fromkeys((home.lstrip("_"), home)):
        try:
            if getattr(import_module(candidate), name, None) is value:
                return candidate
        except ImportError:
            continue
    return None


def flat_names(code: Any) -> list[str]:
    """The flat parameters: positional, `*args`, keyword-only, `**kwargs`."""
    if code is None:
        return []
    n, k = code.co_argcount, code.co_kwonlyargcount
    rest = list(code.co_varnames[n + k:n + k + bool(code.co_flags & 4) + bool(code.co_flags & 8)])
    star = ["*" + rest.pop(0)] if code.co_flags & 4 else []
    return [*code.co_varnames[:n], *star, *code.co_varnames[n:n + k], *("**" + name for name in rest)]


def word(kind: Any) -> str:
    """A kind, as it is shown: `float`, `float[:, :]` for a matrix, `(int, float)` for a tuple."""
    if isinstance(kind, tuple):
        if kind[0] == "t":
            return f"({', '.join(map(word, kind[1:]))}{',' if len(kind) == 2 else ''})"
        if kind[0] == "l":
            return f"list of {word(kind[1])}"
        if kind[0] == "d":
            return "{" + ", ".join([f"{key!r}: {word(k)}" for key, k in kind[1]]) + "}"
        if kind[0] in ("p", "m"):
            return f"{kind[1].name}({', '.join([f'{name}: {word(k)}' for name, k in kind[2]])})"
        if kind[0] == "?":
            return f"{word(kind[1])} or None"
        if kind[0] == "u":
            return f"float or {word(('a', kind[1]))}"
        return f"{_WORDS.get(kind[0], kind[0])}[{', '.join([':'] * kind[1])}]"
    return _WORDS.get(kind, str(kind))


def cut(text: str, width: int = _WIDTH) -> str:
    return text if len(text) <= width else text[:width - 4].rstrip() + " ..."


# -- the user's lines -----------------------------------------------------------------------------------------------


def annotate(function: Any, lines: list[str], first: int) -> None:
    """Put the user's text beside the first of the statements that it gave rise to, where it does not stand there already."""
    group: list[Any] = []
    last = (0, 0, 0, 0)
    for s in [*own_statements(function.body), None]:
        origin = last if s is None else (s.lineno, s.col_offset, s.end_lineno, s.end_col_offset)
        if group and (s is None or origin != last):
            text = user_text(lines, *last)
            if text and not any(same_text(text, g) for g in group):
                group[0].comment = text
            group = []
        if s is not None and (s.lineno >= first or s.lineno > 1) and not is_frame(s, function):     # methods may stand before
            group.append(s)
        last = origin


def origins(function: Any, text: str, first: int, t: Template) -> list[int]:
    """The user's line for each line of a function's text: 0 for what belongs to none."""
    found = [0] * (text.count("\n") + 1)
    printed = ast.parse(text).body[0]
    for old, new in zip(own_statements(function.body), own_statements(printed.body)):  # type: ignore[attr-defined]
        line = old.lineno if not is_frame(old, function) else next(
            (n.lineno for n in ast.walk(old) if isinstance(n, (ast.BinOp, ast.Call, ast.UnaryOp))), 0)
        if line >= first or any(line in lines for _, _, lines in t.core.inlined):
            found[new.lineno - 1:new.end_lineno] = [line] * (new.end_lineno - new.lineno + 1)
    found[0] = first
    return found


def is_frame(s: Any, function: Any) -> bool:
    """Whether a statement belongs to no line of the user's: the end, the tape taken apart, a variable that may stay unbound."""
    if isinstance(s, ast.Assign):
        if isinstance(s.value, ast.Constant):
            return s.value.value is None
        tape = [p.arg for p in function.args.args[1:2]]
        return isinstance(s.targets[0], ast.Tuple) and isinstance(s.value, ast.Name) and s.value.id in tape
    return isinstance(s, ast.Return)


def own_statements(body: list) -> Iterator[Any]:
    for s in body:
        yield s
        if isinstance(s, (ast.If, ast.For, ast.While)):
            yield from own_statements(s.body)
            yield from own_statements(s.orelse)


def same_text(text: str, s: Any) -> bool:
    """Whether a statement reads as the user's."""
    printed = unparse(s).splitlines()[0]
    return "".join(printed.split()) == "".join(text.split())


def user_text(lines: list[str], line: int, col: int, end: int, end_col: int) -> str:
    """What stands at a place of the user's file: the statement, or the first line of it."""
    if not 1 <= line <= len(lines):
        return ""
    raw = lines[line - 1].rstrip().encode()
    text = raw[col:end_col if end == line and end_col > col else None].decode(errors="replace").strip()
    return cut(text.partition("  #")[0].rstrip() + ("" if end == line or text.endswith(":") else " ..."))
