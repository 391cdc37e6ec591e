"""docs/errors.md shows every message as it prints."""

from __future__ import annotations

import sys
from collections import Counter

import error_gallery
import pytest

# Messages that no short program reaches: the file, and how many in it.
ELSEWHERE = {
    "zygote_py/api/markers.py": 1,              # a backend of somebody else's
    "zygote_py/api/pickling.py": 1,             # another version of a function in another process
    "zygote_py/normalize/passes.py": 1,         # twin lambdas on one line
    "zygote_py/registry.py": 1,                 # rules of SciPy that are not whole
    "zygote_py/runtime/pushforward/call.py": 1,     # C functions that write
}


def test_every_message_is_shown():
    pytest.importorskip("scipy")
    missing = [file for file, _ in error_gallery.places() - error_gallery.shown()[1]]
    assert Counter(missing) == ELSEWHERE


def test_the_page_shows_what_is_printed():
    pytest.importorskip("scipy")
    if sys.version_info[:2] != (3, 11):
        pytest.skip("columns in the text of a line differ between Python versions")
    assert error_gallery.page() == error_gallery.PAGE.read_text(), "python tests/error_gallery.py writes it anew"
