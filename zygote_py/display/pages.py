"""Colours in a terminal, tables in a notebook.

Enters: Python text, and rows of cells. Leaves: text with the terminal's colours, or HTML that needs no style sheet. Pygments
colours if it is installed; without it everything is there in black and white.
"""

from __future__ import annotations

import functools
import html
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

__all__ = ["bar", "coloured", "html_code", "html_table", "size", "wants_colour"]

_MONO = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:90%"
_CELL = "text-align:{};vertical-align:top;padding:1px 8px;border:0"


def wants_colour(out: TextIO | None = None) -> bool:
    """Whether a stream is a terminal whose user has not asked for plain text (https://no-color.org)."""
    stream: Any = sys.stdout if out is None else out
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def coloured(text: str) -> str:
    """Python text in the colours of a terminal; as it is where Pygments is not installed."""
    try:
        from pygments import highlight
        from pygments.formatters import TerminalFormatter
        from pygments.lexers import PythonLexer
    except ImportError:
        return text
    return str(highlight(text, PythonLexer(stripnl=False, ensurenl=False), TerminalFormatter()))


def html_code(text: str) -> str:
    """Python text as HTML, without a box around it."""
    try:
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer
    except ImportError:
        return html.escape(text)
    formatter = HtmlFormatter(noclasses=True, nowrap=True, style=page_style())
    return str(highlight(text, PythonLexer(stripnl=False, ensurenl=False), formatter)).rstrip("\n")


@functools.cache
def page_style() -> Any:
    """Colours that can be read on a light page and on a dark one."""
    from pygments.style import Style
    from pygments.token import Comment, Keyword, Name, Number, String

    class PageStyle(Style):
        styles = {Keyword: "bold #3a8f5a", Name.Function: "#3b82d6", Name.Class: "#3b82d6", Name.Namespace: "#3b82d6",  # noqa: RUF012
                  Name.Decorator: "#b0569c", Name.Builtin: "#b0569c", String: "#b5662b", Number: "#b5662b",
                  Comment: "italic #7d8590"}
    return PageStyle


def html_table(head: Sequence[str], rows: Iterable[Sequence[Any]], code: Sequence[int] = (), right: Sequence[int] = (),
               ruled: bool = False) -> str:
    """A table.

    Parameters
    ----------
    head : titles of the columns; without any, there is no line of titles
    rows : cells of text; a cell that has `__html__` is put in as it says
    code : positions of the columns with Python in them
    right : positions of the columns with numbers
    ruled : whether each row has a line above it

    >>> "<th" in html_table(["line"], [["x < 1"]]), "x &lt; 1" in html_table([], [["x < 1"]])
    (True, True)
    """
    def style(i: int) -> str:
        return _CELL.format("right" if i in right else "left") + (
            f";{_MONO};white-space:pre" if i in code or i in right else ";white-space:pre-line")

    lines = [f'<table style="border-collapse:collapse;{_MONO}">']
    if head:
        lines.append("<tr>" + "".join(f'<th style="{style(i)};border-bottom:1px solid #8888">{html.escape(h)}</th>'
                                      for i, h in enumerate(head)) + "</tr>")
    for row in rows:
        cells = []
        for i, cell in enumerate(row):
            made = getattr(cell, "__html__", None)
            text = made() if made else html_code(str(cell)) if i in code else html.escape(str(cell))
            cells.append(f'<td style="{style(i)}{";border-top:1px solid #8884" * ruled}">{text}</td>')
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return "\n".join([*lines, "</table>"])


class Bar:
    """A cell with a number, and a bar that is as long as its share."""

    def __init__(self, text: str, share: float, colour: str) -> None:
        self.text, self.share, self.colour = text, min(max(share, 0.0), 1.0), colour

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> str:
        width = 100 * self.share
        return (f'<div style="background:linear-gradient(to left,{self.colour} {width:.1f}%,transparent {width:.1f}%);'
                f'min-width:6em">{html.escape(self.text)}</div>')


def bar(text: str, share: float, colour: str = "#4c9be866") -> Bar:
    """A number with a bar behind it."""
    return Bar(text, share, colour)


def size(n: int) -> str:
    """A number of bytes, to read.

    >>> size(0), size(824), size(12_345), size(3 * 10**9)
    ('0 B', '824 B', '12.3 kB', '3.0 GB')
    """
    if n < 1000:
        return f"{n} B"
    x = float(n)
    for unit in ("kB", "MB", "GB", "TB"):
        x /= 1000
        if x < 999.95 or unit == "TB":
            break
    return f"{x:.1f} {unit}"
