"""Imports go one way: the columns drawn in docs/design/0001-architecture.md hold for every file of the package."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "zygote_py"
DRAWING = ROOT / "docs" / "design" / "0001-architecture.md"
FILES = sorted(PACKAGE.rglob("*.py"))
# What users start from the command line stands on top of everything.
SHOWS = {"__main__", "tour"}


def columns() -> dict[str, list[list[str]]]:
    """The three columns of the drawing: name -> the parts of each level, lowest first."""
    found = {}
    for line in DRAWING.read_text().splitlines():
        drawn = re.match(r"    (compile time|run time|on top) +(.*<-.*)", line)
        if drawn:
            found[drawn[1]] = [[part.strip() for part in level.split(",")] for level in drawn[2].split("<-")]
    return found


DRAWN = {part for levels in columns().values() for level in levels for part in level}


def allowed() -> dict[str, set[str]]:
    """For each part of the package, the parts that it may import (itself always)."""
    drawn = columns()
    may: dict[str, set[str]] = {}
    below_all: set[str] = set()
    for name in ("compile time", "run time", "on top"):
        below = set(below_all) if name == "on top" else set()
        for level in drawn[name]:
            for part in level:                  # within a level, a part may import those drawn before it
                below.add(part)
                may.setdefault(part, set()).update(below)
        if name != "on top":
            below_all |= below
    for part in SHOWS:
        may[part] = set(may) | SHOWS
    return may


def part_of(path: Path) -> str:
    """The part of the drawing that a file belongs to: `runtime`, or `normalize.helpers` where the drawing has that by itself."""
    words = path.relative_to(PACKAGE).with_suffix("").parts
    return named(words)


def named(words: tuple[str, ...] | list[str]) -> str:
    whole = ".".join(words[:2])
    return whole if whole in DRAWN else words[0]


def imports(path: Path, into_functions: bool = True) -> set[str]:
    """The full names of what a file imports, `zygote_py.errors` for instance; for `from a import b` both a and a.b."""
    names: set[str] = set()
    package = ["zygote_py", *path.relative_to(PACKAGE).parts[:-1]]
    waiting: list[ast.AST] = [ast.parse(path.read_text())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and not into_functions:
            continue
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) - node.level + 1] if node.level else []
            full = ".".join([*base, *([node.module] if node.module else [])])
            names |= {full} | {f"{full}.{alias.name}" for alias in node.names}
        waiting += ast.iter_child_nodes(node)
    return names


def imported_parts(path: Path, into_functions: bool = True) -> set[str]:
    """The parts of the package that a file imports; `__init__` where it asks the package itself for a public name."""
    parts = set()
    for name in imports(path, into_functions):
        words = name.split(".")
        if words[0] != "zygote_py" or len(words) == 1:
            continue
        exists = (PACKAGE / words[1]).is_dir() or (PACKAGE / f"{words[1]}.py").is_file()
        parts.add(named(words[1:]) if exists else "__init__")
    return parts


def test_the_drawing_is_there():
    drawn = columns()
    assert list(drawn) == ["compile time", "run time", "on top"]
    assert drawn["compile time"][0] == drawn["run time"][0] == ["errors", "lattice", "normalize.helpers"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_follow_the_drawing(path):
    part, may = part_of(path), allowed()
    assert part in may, f"{part} has no place in the columns of {DRAWING.relative_to(ROOT)}"
    # `testing` and `display` may ask for public names when they are called: they are part of what they look at.
    turned = imported_parts(path, into_functions=part not in {"testing", "display"}) - may[part]
    assert not turned, f"{part} must not import {', '.join(sorted(turned))}"


def level(column: str) -> set[str]:
    return {part for parts in columns()[column] for part in parts} - {"errors", "lattice", "normalize.helpers"}


@pytest.mark.parametrize("path", [path for path in FILES if part_of(path) in level("compile time")],
                         ids=lambda path: str(path.relative_to(ROOT)))
def test_compile_time_knows_no_numpy(path):
    assert not {name for name in imports(path) if name.split(".")[0] == "numpy"}


@pytest.mark.parametrize("path", [path for path in FILES if part_of(path) in level("run time")],
                         ids=lambda path: str(path.relative_to(ROOT)))
def test_run_time_knows_no_syntax_trees(path):
    assert not {name for name in imports(path) if name.split(".")[0] in {"ast", "gast", "astunparse"}}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_known_packages_are_imported(path):
    """The core depends on numpy, gast and astunparse; `tour` also on the extra `examples`, `display` on pygments
    and matplotlib, `native` on numba."""
    known = {"zygote_py", "numpy", "gast", "astunparse", *sys.stdlib_module_names}
    if part_of(path) in SHOWS:
        known |= {"sklearn", "matplotlib", "tqdm"}
    if part_of(path) == "display":
        known |= {"pygments", "matplotlib"}
    if part_of(path) in ("rules", "interop") or path.parent.name == "scipy":
        known |= {"mpmath", "scipy", "sympy"}
    if part_of(path) == "native":
        known |= {"numba"}
    if path.name == "pytest_plugin.py":
        known |= {"pytest"}
    assert {name.split(".")[0] for name in imports(path)} <= known


def test_only_one_file_prints_trees():
    users = [path.relative_to(PACKAGE).as_posix() for path in FILES if "astunparse" in {n.split(".")[0] for n in imports(path)}]
    assert users == ["emit/unparse.py"]
