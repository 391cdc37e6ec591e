"""The documentation's examples run, its links lead somewhere, and the errors' references to it exist."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from zygote_py.frontend.check import _REFUSED

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.REPORT_NDIFF | doctest.ELLIPSIS


def sections(page):
    """The Python blocks of a page: those of the introduction, then those of each section."""
    parts = re.split(r"^(?=## )", page.read_text(), flags=re.M)
    found, line = [], 1
    for part in parts:
        blocks = [(line + part.count("\n", 0, m.start(1)), m[1])
                  for m in re.finditer(r"^```python\n(.*?)^```", part, re.S | re.M)]
        title = part.partition("\n")[0].lstrip("# ")
        if blocks or not found:
            found.append((title, blocks))
        line += part.count("\n")
    return found


CASES = [pytest.param(page, k, id=f"{page.stem}-{title}") for page in PAGES
         for k, (title, blocks) in enumerate(sections(page)) if blocks]


def run(page, blocks, names):
    parser, report, failures = doctest.DocTestParser(), [], 0
    for line, source in blocks:
        test = parser.get_doctest(source, names, f"{page.name}[{line}]", str(page), line - 1)
        runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
        runner.run(test, out=report.append, clear_globs=False)
        failures += runner.failures
        names.update(test.globs)
    return failures, "".join(report)


@pytest.mark.parametrize("page, k", CASES)
def test_the_examples_of_a_section(page, k):
    """A section may use what the introduction of its page has defined."""
    names = {"__name__": "docs"}
    parts = sections(page)
    if k:
        run(page, parts[0][1], names)
    failures, report = run(page, parts[k][1], names)
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
