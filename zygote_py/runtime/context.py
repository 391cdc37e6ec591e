"""The context of one differentiated run: what was written, and the cotangents of slots.

References carry no derivative; memory that holds numbers does. The cotangent of a slot (list or dict element, attribute,
closure cell) is kept in a record that belongs to the container's identity and keeps the container alive.
"""

from __future__ import annotations

from types import CellType
from typing import Any

from numpy import ndarray

from ..registry import non_differentiable
from ..tangents.accumulate import add

__all__ = ["Context", "cell_add", "cell_take", "contents_of", "track"]


HOLDERS = {ndarray, tuple, list}
"""Types of cotangents that may be, or hold, those of arrays."""


class Context:
    """State of one run.

    Attributes
    ----------
    tracked : id -> container, cell or array whose contents may carry a derivative although it was no argument
    records : id -> (container, {key: cotangent}), for the reverse sweep under way
    originals : id -> (container or cell, its contents before it was first written to)
    written : id -> array that was stored into, the owner of its memory; None as long as there are none
    writes : how many stores into arrays there were
    shadows : id -> (owner, the cotangents of its memory, those in one row), for the reverse sweep under way
    finals : id -> (owner, what it held at the end of the forward sweep)
    shapes : id -> (array whose shape was set, its shape at the end of the forward sweep); None: none was
    pending : slots whose cotangents may be of arrays that were written to, and are not in the shadows yet
    generators : id -> the `Source` of a generator of ours
    reversing : id -> (source, its reverse run), for the reverse sweep under way
    failure : what a callee raised, until its caller raises it again
    guarding : whether a method that an operator, an attribute or an index calls runs in its guarded form (`attempts`)
    namespaces : id -> (the `__dict__` of an object, the object), which share one record; (the dict `f.__kwdefaults__`, itself)
    remembered : id of a function of `functools.lru_cache` -> (the function, what it was called with)
    settled : id -> cotangent that is known to be of no such array
    """

    __slots__ = ("consumed", "failure", "finals", "generators", "guarding", "namespaces", "originals", "pending", "records",
                 "remembered", "reversing", "settled", "shadows", "shapes", "tracked", "writes", "written")

    def __init__(self, tracked: dict | None = None, originals: dict | None = None, written: dict | None = None) -> None:
        self.tracked: dict[int, Any] = {} if tracked is None else tracked
        self.written: dict[int, Any] | None = written
        self.writes = 0
        self.shadows: dict[int, Any] | None = None
        self.finals: dict[int, Any] | None = None
        self.shapes: dict[int, Any] | None = None
        self.pending: list | None = None
        self.settled: dict[int, Any] | None = None
        self.remembered: dict[int, Any] | None = None
        self.records: dict[int, tuple[Any, dict]] = {}
        self.originals: dict[int, tuple[Any, Any]] = {} if originals is None else originals
        self.consumed: dict[int, Any] = {}
        self.failure: BaseException | None = None
        self.guarding = False
        self.namespaces: dict[int, tuple[dict, Any]] = {}
        self.generators: dict[int, Any] = {}
        self.reversing: dict[int, Any] = {}

    def record(self, container: Any) -> dict:
        """The record of a container; made when it is first asked for."""
        if self.namespaces:
            container = self.owner(container)
        entry = self.records.get(id(container))
        if entry is None:
            entry = (container, {})
            self.records[id(container)] = entry
        return entry[1]

    def add(self, container: Any, key: Any, d: Any, known: bool = False) -> None:
        """Add to the cotangent of a slot; `known` says that the slot held no array which was written to."""
        if d is not None:
            entry = None if self.namespaces else self.records.get(id(container))
            slots = self.record(container) if entry is None else entry[1]
            if d.__class__ is float:
                if key not in slots:
                    slots[key] = d
                    return
                if slots[key].__class__ is float:
                    slots[key] = slots[key] + d
                    return
            slots[key] = d if key not in slots else add(slots[key], d)
            if self.written and d.__class__ in HOLDERS:
                self.judge(container, key, d, slots[key], known)

    def judge(self, container: Any, key: Any, d: Any, total: Any, known: bool) -> None:
        """Note whether the new cotangent of a slot is known to be of no array that was written to."""
        if self.settled is None:
            self.settled = {}
        if known or id(d) in self.settled:
            self.settled[id(total)] = total
        else:
            if self.pending is None:
                self.pending = []
            self.pending.append((container, key))

    def take(self, container: Any, key: Any) -> Any:
        """Remove and return the cotangent of a slot."""
        if self.namespaces:
            container = self.owner(container)
        entry = self.records.get(id(container))
        if entry is None:
            return None
        return entry[1].pop(key, None)

    def owner(self, container: Any) -> Any:
        """The object whose `__dict__` a container is; the container itself if it is none that was asked for."""
        entry = self.namespaces.get(id(container))
        return container if entry is None else entry[1]

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
    cx.add(cell, "cell_contents", d, True)


def cell_take(cx: Context, cell: CellType) -> Any:
    """The cotangent of a closure variable at the point where it is bound."""
    return cx.take(cell, "cell_contents")
