"""docs/errors.md shows every message as it prints."""

from __future__ import annotations

import sys

import error_gallery
import pytest

# Messages that no short program reaches: a backend of somebody else's, another version of a function in another process, twin
# lambdas on one line, rules of SciPy that are not whole, C functions that write in forward mode.
UNREACHED = 5


def test_the_messages_are_shown():
    """All but those that no short program reaches; a few more may wait for their program."""
    pytest.importorskip("scipy")
    missing = sorted(error_gallery.places() - error_gallery.shown()[1])
    assert len(missing) <= 2 * UNREACHED, missing


def test_the_page_shows_what_is_printed():
    pytest.importorskip("scipy")
    if sys.version_info[:2] != (3, 11):
        pytest.skip("columns in the text of a line differ between Python versions")
    assert error_gallery.page() == error_gallery.PAGE.read_text(), "python tests/error_gallery.py writes it anew"
