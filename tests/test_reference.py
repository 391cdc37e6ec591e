"""The reference names every public function and class; the documentation's index leads to every page."""

from __future__ import annotations

import re
from pathlib import Path

import zygote_py
from zygote_py import errors

DOCS = Path(__file__).resolve().parent.parent / "docs"


def test_every_public_name_is_in_the_reference():
    text = (DOCS / "api.md").read_text()
    named = set(re.findall(r"\.\. auto(?:function|class):: zygote_py\.(\w+)$", text, re.M))
    named |= set(re.findall(r"^   :members: (.*Error.*)$", text, re.M)[0].split(", "))
    named |= {"testing", "tree"} & set(re.findall(r"zygote_py\.(\w+)", text))
    assert set(zygote_py.__all__) - named == set()
    assert named - set(zygote_py.__all__) - set(errors.__all__) == set()


def test_every_page_is_in_the_index():
    listed = re.findall(r"^[\w/-]+$", "\n".join(re.findall(r"```{toctree}.*?```", (DOCS / "index.md").read_text(), re.S)), re.M)
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in [*DOCS.rglob("*.md"), *DOCS.rglob("*.ipynb")]
             if "_build" not in path.parts}
    assert set(listed) == pages - {"index"} and len(listed) == len(set(listed))
