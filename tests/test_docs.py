"""The documentation's examples run, its links lead somewhere, and the errors' references to it exist."""

from __future__ import annotations

import doctest
import linecache
import re
from pathlib import Path

import pytest

from zygote_py.frontend.check import _REFUSED

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.REPORT_NDIFF | doctest.ELLIPSIS


def blocks(page):
    """The Python blocks of a page, with the lines on which they start."""
    text = page.read_text()
    return [(text.count("\n", 0, m.start(1)) + 1, m[1]) for m in re.finditer(r"^```python\n(.*?)^```", text, re.S | re.M)]


def run(page):
    """Run a page's examples in order; the number of those that gave something else, and the report on them."""
    parser, report, failures, names = doctest.DocTestParser(), [], 0, {"__name__": "docs"}
    for line, source in blocks(page):
        test = parser.get_doctest(source, names, f"{page.name}[{line}]", str(page), line - 1)
        for i, example in enumerate(test.examples):     # doctest itself keeps the text of the block that runs, and no others
            linecache.cache[f"<doctest {test.name}[{i}]>"] = (
                len(example.source), None, example.source.splitlines(keepends=True), f"<doctest {test.name}[{i}]>")
        runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
        runner.run(test, out=report.append, clear_globs=False)
        failures += runner.failures
        names.update(test.globs)
    return failures, "".join(report)


@pytest.mark.parametrize("page", [pytest.param(page, id=page.stem) for page in PAGES if blocks(page)])
def test_the_examples_of_a_page(page):
    """An example may use what was defined above it."""
    if "scipy" in page.read_text():
        pytest.importorskip("scipy")
    failures, report = run(page)
    assert not failures, report


def anchors(page):
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md", ROOT / "CHANGELOG.md"], ids=lambda page: page.name)
def test_links(page):
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        if target.startswith("https://"):
            continue
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_what_the_errors_refer_to():
    known = anchors(ROOT / "docs/limitations.md")
    used = {refused[3] for refused in _REFUSED.values()}
    for path in (ROOT / "zygote_py").rglob("*.py"):
        text = path.read_text()
        assert not re.search(r'"limitations\.md', text), path
        used |= set(re.findall(r"docs/limitations\.md#([\w-]+)", text))
        if path.name == "check.py":
            used |= set(re.findall(r'"(\w+)"\)$', text, re.M))
    assert used <= known, used - known
    assert len(used) >= 10
