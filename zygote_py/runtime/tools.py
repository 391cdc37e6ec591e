"""The functions that generated code may call, under the names by which it calls them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..errors import AnomalyError, NotScalarError, message
from ..normalize.helpers import cell_of
from ..registry import non_differentiable, when_imported
from ..rules.numpy.helpers import bare, conj, expand, strong
from ..rules.numpy.indexing import ungetitem
from ..tangents.accumulate import add
from ..tangents.project import unbroadcast, unbroadcast_to
from . import containers as _containers  # noqa: F401  (registers the methods of lists, dicts and sets)
from . import heaps as _heaps  # noqa: F401  (registers heaps and sorted lists)
from . import inplace as _inplace  # noqa: F401  (registers what writes into arrays)
from . import library as _library  # noqa: F401  (registers what stands in for functions of Python's library)
from . import specials as _specials  # noqa: F401  (registers special methods of numbers and arrays)
from . import streams as _streams  # noqa: F401  (registers map, filter and itertools)
from .attempts import (
    check_caught,
    raise_failure,
    try_call,
    try_callx,
    try_delete_attribute,
    try_delete_item,
    try_load_attribute,
    try_load_item,
    try_method,
    try_methodx,
    try_store_attribute,
    try_store_item,
)
from .attributes import delete_attribute, load_attribute, store_attribute
from .buffers import (
    add_at,
    elements,
    filled,
    inner,
    joined_elements,
    outline,
    over,
    owned,
    raised,
    scaled,
    share,
    small,
    spread,
    taken,
    zero_elements,
    zeros,
)
from .call import call, callx, method, methodx
from .callables import take_self
from .context import Context, cell_add, cell_take, track
from .frames import here
from .items import delete_item, load_item, store_item, take_items
from .iteration import feed_back, feed_done, feed_item, feed_left, note_items
from .memory import claim, deliver, deposit, spill
from .pushforward import making as _making  # noqa: F401  (says what is done to tangents where functions and the like are made)
from .pushforward.call import note_self, push_ask, push_call, push_callx, push_method, push_methodx
from .pushforward.containers import append as _append  # noqa: F401  (says what the methods of lists and dicts do to tangents)
from .pushforward.iteration import feed_tangent, note_source, note_yielded, source_left, take_sent
from .pushforward.memory import refuse_written
from .pushforward.rules import real_part
from .pushforward.slots import (
    delete_slot,
    delete_slot_item,
    join_stars,
    note_elements,
    push_attribute,
    push_item,
    put_attribute,
    put_item,
    to_unpack,
    unpacked,
)
from .pushforward.tangents import cell_tangent, current, definite, part_of, set_cell_tangent, whole, zero_like
from .questions import ask, told_back
from .settle import settle
from .shared import conjugate
from .slots import array_slot_back, changed, note_object, take_key
from .unpacking import full, note_unpack, repack, split_star
from .watching import PLAIN, SIZED

when_imported("scipy.integrate", "zygote_py.runtime.scipy.integrals")
when_imported("scipy.integrate", "zygote_py.runtime.scipy.equations")
when_imported("scipy.interpolate", "zygote_py.runtime.scipy.interpolants")
when_imported("scipy.optimize", "zygote_py.runtime.scipy.roots")
when_imported("scipy.stats._distn_infrastructure", "zygote_py.runtime.scipy.frozen")

__all__ = [
    "IDENTITIES", "PLAIN", "SIZED", "add", "add_at", "array_slot_back", "ask", "bare",
    "call", "callx", "cell_add", "cell_of", "cell_take", "cell_tangent", "changed", "check_caught",
    "check_finite", "check_scalar", "claim", "conjugate", "current", "definite", "delete_attribute", "delete_item",
    "delete_slot", "delete_slot_item", "deliver", "deposit", "elements", "expand", "feed_back", "feed_done",
    "feed_item", "feed_left", "feed_tangent",
    "filled", "full", "inner", "join_stars", "joined_elements",
    "load_attribute", "load_item", "method", "methodx", "note_elements", "note_items", "note_object",
    "note_self", "note_source", "note_unpack", "note_yielded", "outline", "over", "owned", "part_of", "push_ask",
    "push_attribute", "push_call",
    "push_callx", "push_item", "push_method", "push_methodx", "put_attribute", "put_item", "raise_failure", "raised",
    "real_part", "refuse_written",
    "repack", "scaled", "seed", "seed_first", "set_cell_tangent", "settle", "share", "small", "source_left", "spill",
    "split_star", "spread",
    "store_attribute", "store_item", "strong", "take_items", "take_key", "take_self",
    "take_sent", "taken", "to_unpack", "told_back", "track",
    "try_call", "try_callx", "try_delete_attribute", "try_delete_item", "try_load_attribute", "try_load_item", "try_method",
    "try_methodx", "try_store_attribute", "try_store_item", "unbroadcast", "unbroadcast_to", "ungetitem",
    "unpacked", "whole", "zero_elements", "zero_like", "zeros",
]


IDENTITIES = {id(strong): strong, id(unbroadcast): unbroadcast, id(conj): conj}
"""Functions of the rules that return their first argument when everything is a real number."""


def seed(cx: Context, y: Any) -> Any:
    """The cotangent 1 of a result that must be a real number."""
    if y.__class__ is not float:
        check_scalar(y)
    return y.__class__(1) if isinstance(y, (Fraction, Decimal)) else 1.0


def seed_first(cx: Context, y: Any) -> Any:
    """The cotangent of a result whose first entry is differentiated, if it is a tuple."""
    if isinstance(y, tuple):
        if not y:
            check_scalar(y)
        return (seed(cx, y[0]), *(None,) * (len(y) - 1))
    return seed(cx, y)


@non_differentiable
def check_scalar(y: Any) -> None:
    """Refuse results that have no gradient."""
    import numpy as np

    from .settle import is_number
    if isinstance(y, np.ndarray) and y.shape == () and y.dtype.kind in "fiub":
        return
    if isinstance(y, (complex, np.complexfloating)) or (isinstance(y, np.ndarray) and y.shape == () and y.dtype.kind == "c"):
        raise NotScalarError(message(
            "the result is complex, and a gradient needs a real number", why=f"The function returned {y}.",
            instead="take real(), imag() or abs() of it, or use pullback, which takes a cotangent of your choice"))
    if is_number(y) and not isinstance(y, bool):
        return
    if isinstance(y, np.ndarray):
        what = f"an array of shape {y.shape}"
    else:
        name = type(y).__name__
        what = "None" if y is None else f"a{'n' * (name[0] in 'aeiouAEIOU')} {name}"
    raise NotScalarError(message(
        f"the result is {what}, and a gradient needs a real number", why=f"The function returned {_short(y)}.",
        instead="reduce it to a number (np.sum, for example), use jacobian for all derivatives, "
                "or pullback with a cotangent of your choice"))


@non_differentiable
def check_finite(d: Any, name: str | None) -> None:
    """Refuse a cotangent that is infinite or not a number; called under `detect_anomaly`."""
    if not is_finite(d):
        raise AnomalyError(message(
            f"the cotangent of {f'`{name}`' if name else 'a part of this line'} is {_short(getattr(d, 'tolist', lambda: d)())}",
            **here(),
            why="All that came before, on the way back, was finite.",
            instead="keep away from the point where the derivative is infinite, or choose another one there with a rule",
            doc="docs/guide/controls.md#find-where-a-gradient-breaks"))


def is_finite(d: Any) -> bool:
    import numpy as np
    if d is None or isinstance(d, (str, bool)):
        return True
    if isinstance(d, (tuple, list)):
        return all(map(is_finite, d))
    if isinstance(d, dict):
        return all(map(is_finite, d.values()))
    try:
        return bool(np.all(np.isfinite(d)))
    except TypeError:       # exact numbers, objects
        return True


def _short(y: Any) -> str:
    text = repr(y)
    return text if len(text) < 80 else text[:77] + "..."

