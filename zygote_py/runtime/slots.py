"""Slots: attributes of objects and items of containers, which have identity and change, and the records of their cotangents."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import UnsupportedCodeError, message
from ..registry import Rule, non_differentiable
from .context import Context
from .frames import here
from .memory import deliver
from .settle import fields_of

CARRIERS = {np.ndarray, tuple}
"""Values in slots whose cotangents may belong into memory."""


def slot_value(obj: Any, key: Any, y: Any) -> tuple[Any, Any, Any]:
    """What was read from a slot, and its pullback."""
    return (y, array_slot_back, (obj, key, y)) if y.__class__ in CARRIERS else (y, slot_back, (obj, key))


def slot_back(cx: Context, tape: Any, dy: Any) -> None:
    cx.add(tape[0], tape[1], dy)


def array_slot_back(cx: Context, tape: Any, dy: Any) -> None:
    obj, key, y = tape
    cx.add(obj, key, deliver(cx, y, dy) if cx.written else dy, True)


def called_back(cx: Context, tape: Any, dy: Any) -> Any:
    return tape[0](cx, tape[1], dy)[0][0]


def setter_back(cx: Context, tape: Any) -> Any:
    return tape[0](cx, tape[1], None)[0][-1]


def unstore_back(cx: Context, tape: Any) -> Any:
    return cx.take(tape[0], tape[1])


@non_differentiable
def note_object(cx: Context, obj: Any) -> None:
    if id(obj) not in cx.originals:
        cx.note(obj, fields_of(obj) or {})


def forget_back(cx: Context, tape: Any) -> None:
    """Before the deletion the slot held a value that nothing later read."""
    cx.take(tape[0], tape[1])


def changed(cx: Context, active: Any, obj: Any) -> None:
    """Say that a container was written to."""
    if active:
        cx.tracked[id(obj)] = obj


@non_differentiable
def refuse_store(what: str, instead: str, why: str = "What it holds is not seen by the engine.",
                 section: str = "containers") -> UnsupportedCodeError:
    return UnsupportedCodeError(message(f"cannot differentiate {what}", **here(), why=why, instead=instead,
                                        doc=f"docs/limitations.md#{section}"))


@non_differentiable
def refuse_fixed(what: str = "a store into the dict `f.__kwdefaults__`") -> UnsupportedCodeError:
    return refuse_store(what, "make another function: functools.partial(f, ...), or a `def` in place",
                        "The code and the defaults of a function are taken for constant.", "introspection")


def take_key(cx: Context, tape: Any) -> Any:
    """The cotangent of the index or key with which an element was read, stored or deleted; after the pullback of that."""
    return cx.take(tape, "key")


def set_back(cx: Context, tape: Any, dy: Any) -> tuple:
    value = tape[0](cx, tape[1])
    return None, take_key(cx, tape[1]), value


def default_back(cx: Context, tape: Any, dy: Any) -> tuple:
    return None, None, dy


def get_back(cx: Context, tape: Any, dy: Any) -> tuple:
    d = tape[0](cx, tape[1], dy)
    return (d, take_key(cx, tape[1])) + (None,) * tape[2]


def del_back(cx: Context, tape: Any, dy: Any) -> tuple:
    tape[0](cx, tape[1])
    return None, take_key(cx, tape[1])


def primitive(f: Any, behaviour: Any, always: bool = False, kind: Any = None) -> Rule:
    """Register a function whose effect on records is written by hand; with a function from kinds to kinds, it stores nothing."""
    from ..registry import _register
    new = _register(Rule(f, "primitive", (behaviour,), kind))
    new.always = always
    return new
