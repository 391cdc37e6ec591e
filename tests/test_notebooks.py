"""The notebooks run from top to bottom, and the results that they assert come out."""

from __future__ import annotations

import json
import linecache
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "docs/notebooks").glob("*.ipynb"))
NEEDS = {"curve": ["matplotlib"], "digits": ["sklearn", "matplotlib"], "ode": ["scipy", "matplotlib"], "newton": ["scipy"]}


def cells(path):
    return [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(path.read_text())["cells"]]


def test_there_are_five():
    assert [path.stem for path in NOTEBOOKS] == ["curve", "digits", "newton", "ode", "third-party"]
    for path in NOTEBOOKS:
        kinds = cells(path)
        assert kinds[0][0] == "markdown" and kinds[0][1].startswith("# ")
        assert "outputs\": []" in path.read_text().replace("\n", "")    # they are run, not kept


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook(path, monkeypatch):
    for library in NEEDS.get(path.stem, []):
        pytest.importorskip(library)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names = {"__name__": path.stem}
    for i, (kind, text) in enumerate(cells(path)):
        if kind == "code":
            text = "\n".join(line for line in text.splitlines() if not line.startswith("%")) + "\n"
            name = f"<{path.name}[{i}]>"
            linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name
            exec(compile(text, name, "exec"), names)
