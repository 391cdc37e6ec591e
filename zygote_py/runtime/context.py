"""The context of one differentiated run: what was written, and the cotangents of slots.

References carry no derivative; memory that holds numbers does. The cotangent of a slot (list or dict element, attribute,
closure cell) is kept in a record that belongs to the container's identity and keeps the container alive.
"""

from __future__ import annotations

from types import CellType
from typing import Any

from ..registry import non_differentiable
from ..tangents.accumulate import add

__all__ = ["Context", "cell_add", "cell_take", "deposit", "track"]


class Context:
    """State of one run.

    Attributes
    ----------
    tracked : id -> container, cell or array whose contents may carry a derivative although it was no argument
    records : id -> (container, {key: cotangent}), for the reverse sweep under way
    originals : id -> (container or cell, its contents before it was first written to)
    failure : what a callee raised, until its caller raises it again
    """

    __slots__ = ("consumed", "failure", "originals", "records", "tracked")

    def __init__(self, tracked: dict | None = None, originals: dict | None = None) -> None:
        self.tracked: dict[int, Any] = {} if tracked is None else tracked
        self.records: dict[int, tuple[Any, dict]] = {}
        self.originals: dict[int, tuple[Any, Any]] = {} if originals is None else originals
        self.consumed: dict[int, Any] = {}
        self.failure: BaseException | None = None

    def record(self, container: Any) -> dict:
        """The record of a container; made when it is first asked for."""
        entry = self.records.get(id(container))
        if entry is None:
            entry = (container, {})
            self.records[id(container)] = entry
        return entry[1]

    def add(self, container: Any, key: Any, d: Any) -> None:
        """Add to the cotangent of a slot."""
        if d is not None:
            slots = self.record(container)
            slots[key] = add(slots.get(key), d)

    def take(self, container: Any, key: Any) -> Any:
        """Remove and return the cotangent of a slot."""
        entry = self.records.get(id(container))
        if entry is None:
            return None
        return entry[1].pop(key, None)

    def note(self, container: Any, copy: Any) -> None:
        """Keep what a container held before it was first written to."""
        if id(container) not in self.originals:
            self.originals[id(container)] = (container, copy)


def track(cx: Context, cell: CellType, active: bool) -> None:
    """Say that a closure variable is about to be bound anew, and whether to an active value."""
    cx.note(cell, contents_of(cell))
    if active:
        cx.tracked[id(cell)] = cell


@non_differentiable
def contents_of(cell: CellType) -> Any:
    """What a cell holds; None if it is empty."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def cell_add(cx: Context, cell: CellType, d: Any) -> None:
    """Add to the cotangent of a closure variable."""
    cx.add(cell, "cell_contents", d)


def cell_take(cx: Context, cell: CellType) -> Any:
    """The cotangent of a closure variable at the point where it is bound."""
    return cx.take(cell, "cell_contents")


def deposit(cx: Context, cell: CellType | None, value: Any, d: Any) -> None:
    """The cotangent of a variable of an enclosing scope, at the end of the reverse sweep of a function that only reads it."""
    if id(value) in cx.tracked and cx.tracked[id(value)] is value:
        cx.add(value, "contents", d)
    elif cell is not None:
        cx.add(cell, "cell_contents", d)
    elif isinstance(value, tuple) and d is not None:
        for p, q in zip(value, d):
            deposit(cx, None, p, q)
