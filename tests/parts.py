"""The parts of an error: where and what, the line, the place in it, why, what to do instead, and the page that says more."""

import re


def assert_parts(error):
    text = str(error)
    assert re.match(r"\S+:\d+, in [\w.<>]+: ", text), text
    lines = text.splitlines()
    assert re.match(r" *\d+ \| ", lines[1]) and re.match(r" *\| +\^+", lines[2]), text
    assert "Instead: " in text and "docs/limitations.md#" in text, text
