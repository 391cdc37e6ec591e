"""README's examples run, and give what README says."""

import doctest
import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parent.parent / "README.md"
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.REPORT_NDIFF


def blocks():
    """The Python blocks of README, each with the line on which it starts."""
    text = README.read_text()
    return [(text.count("\n", 0, match.start(1)), match[1]) for match in re.finditer(r"```python\n(.*?)```", text, re.S)]


def test_there_are_five():
    assert len(blocks()) == 5
    assert all(source.startswith(">>> ") for _, source in blocks())


@pytest.mark.parametrize("last", range(len(blocks())))
def test_block(last):
    """A block may use what those above it have defined; only its own results are compared."""
    parser, names = doctest.DocTestParser(), {"__name__": "readme"}
    test = None
    for line, source in blocks()[:last + 1]:
        test = parser.get_doctest(source, names, f"README.md[{line}]", str(README), line)
        runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
        report = []
        runner.run(test, out=report.append, clear_globs=False)
        names = test.globs
    assert not runner.failures, "".join(report)


def test_the_generated_code_that_is_shown():
    from emitted import functions

    from zygote_py import code_adjoint
    shown, = re.findall(r"```text\n(.*?)```", README.read_text(), re.S)
    assert shown in str(code_adjoint(functions.pow, 5, 3))


def rows(start):
    """The rows of the table that begins with a title, as lists of cells."""
    lines = README.read_text().splitlines()
    k = next(i for i, line in enumerate(lines) if line.startswith(f"| {start}"))
    found = []
    while lines[k].startswith("|"):
        found.append([cell.strip() for cell in lines[k].strip("|").split("|")])
        k += 1
    return [found[0], *found[2:]]


def test_the_table_of_programs_that_stay_as_they_are():
    pytest.importorskip("scipy")
    from benchmarks import unchanged
    head, *found = rows("the program")
    assert head[1] == "zygote_py" and len(head) == 1 + len(unchanged.LIBRARIES)
    assert [row[:2] for row in found] == [[what, unchanged.outcome(unchanged.LIBRARIES["zygote_py"], f, x(), expected)]
                                          for what, f, x, expected in unchanged.PROGRAMS]
    assert all(row[1] == "right" for row in found)


def test_the_table_of_speeds_names_workloads():
    from benchmarks import workloads
    names = {w.name for w in workloads.load([])}
    _, *found = rows("workload")
    assert len(found) >= 6 and {row[0] for row in found} <= names
