"""Arrays that are updated in place, in forward mode.

The tangent of an array is a value, in a variable or a record. What is stored into an array has its tangent in the *shadow* of the
array's memory (as in `runtime.memory`), with a mark for each place that was stored into. So the tangent of any array, by whatever
name or view it is reached, is that of the shadow where there are marks, and its own elsewhere: what was not stored into has not
changed. `current` puts the two together.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...registry import lookup, non_differentiable
from ..inplace import at
from ..memory import check_writable, give_shape, owner, refuse_mutation, window
from ..reshaping import set_shape, shape_taken
from ..rules import covering
from ..stores import freeze_index, is_itself
from .call import behave, push_callx, write_with
from .rules import tangent_by
from .tangents import Tangents, all_none, current, gathered, part_of, whole

__all__ = ["put_array", "refuse_written", "update_array"]


def put_array(cx: Tangents, a: Any, a_dot: Any, index: Any, value: Any, value_dot: Any) -> None:
    """`a[index] = value`"""
    index = freeze_index(index)
    if is_itself(a, index, value):
        a[index] = value
        return
    value_dot = stored_tangent(cx, value, value_dot)
    a[index] = value
    note(cx, a, a_dot, index, value_dot)


def stored_tangent(cx: Tangents, value: Any, d: Any) -> Any:
    """The tangent of a value that goes into an array; the numbers of a list or tuple have theirs one by one."""
    d = gathered(cx, value, d)
    return whole(d, value) if d is not None and isinstance(value, (list, tuple)) else d


def note(cx: Tangents, a: Any, a_dot: Any, index: Any, d: Any, where: Any = True) -> None:
    """Say what the tangent of `a[index]` is, now that it was stored into; of those places only where `where` says so."""
    if a.dtype.kind in "iub" or (d is None and a_dot is None and not is_marked(cx, a)):
        return
    flat, marks = memory_of(cx, a)
    shadow = window(flat, owner(a), a)
    if where is not True:
        d = np.where(where, 0.0 if d is None else d, shadow[index])
    shadow[index] = 0.0 if d is None else d
    mark(marks, a, index, where)


def push_shape(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`a.shape = shape`: the tangent goes to the shadow, as if all of the array were stored into."""
    a, old, d = args[0], args[0].shape, current(cx, args[0], dots[0])
    note(cx, a, None, ..., d)
    if args[1:2] == ("shape",):
        a.shape = args[-1]
    else:
        give_shape(a, args[-1])
    shape_taken(a, old, [g() for g, _, _ in cx.generators.values()])
    cx.shapes = {**cx.shapes, id(a): a}
    return None, None


@non_differentiable
def is_marked(cx: Tangents, a: Any) -> bool:
    return cx.written is not None and id(owner(a)) in cx.written


def memory_of(cx: Tangents, a: Any) -> tuple[Any, Any]:
    """The shadow of the memory of an array, and the marks; made when it is first stored into."""
    o = owner(a)
    if cx.written is None:
        cx.written = {}
    if id(o) not in cx.written:
        check_writable(a, o)
        cx.written[id(o)] = (o, np.zeros(o.size, o.dtype), unmarked(o))
    return cx.written[id(o)][1], cx.written[id(o)][2]


@non_differentiable
def unmarked(o: Any) -> Any:
    return np.zeros(o.size, o.dtype)


@non_differentiable
def mark(marks: Any, a: Any, index: Any, where: Any) -> None:
    """Mark places; real and imaginary parts each have a mark."""
    seen = window(marks, owner(a), a)
    one = seen.dtype.type(1 + 1j if seen.dtype.kind == "c" else 1)
    seen[index] = one if where is True else np.where(where, one, seen[index])


def update_array(cx: Tangents, in_place: Any, plain: Any, args: tuple, dots: tuple) -> tuple[Any, Any]:
    """`a op= b`"""
    a = args[0]
    dots = (dots[0], stored_tangent(cx, args[1], dots[1]))
    if all_none(dots):
        in_place(*args)
        note(cx, a, None, ..., None)
        return a, None
    y_dot = push_callx(cx, plain, args, dots, {}, {})[1]
    in_place(*args)
    note(cx, a, dots[0], ..., y_dot)
    return a, dots[0]


def write_out(cx: Tangents, f: Any, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """A function with a rule that puts its result into an array that it is given."""
    n = f.nin if f.__class__ is np.ufunc else len(args)
    given = args[n:] if len(args) > n else keywords["out"]
    out = given[0] if isinstance(given, tuple) and len(given) == 1 else given
    r: Any = lookup(f)
    own = dots[n] if len(args) > n else kdots["out"]        # holds where nothing is put
    where = keywords.get("where", True) if f.__class__ is np.ufunc else True
    if not isinstance(out, np.ndarray) or r.form in ("rrule", "primitive"):
        raise refuse_mutation("of `out`", "Its rule does not know how.", "a[...] = f(x)")
    inputs = tuple([apart(x, out) for x in args[:n]])
    words = {k: keywords[k] for k in keywords if k != "out" and (k != "where" or f.__class__ is not np.ufunc)}
    found = [gathered(cx, x, d) for x, d in zip((*inputs, *words.values()), (*dots[:n], *[kdots[k] for k in words]))]
    f(*args, **keywords)
    y_dot = None if all_none(found) else tangent_by(covering(r, words, inputs), f, out.copy(), inputs, words, found)
    own = own[0] if isinstance(own, tuple) else own
    note(cx, out, current(cx, out, own), ..., y_dot, where)
    return out, own


def apart(x: Any, out: Any) -> Any:
    """An operand that does not change when the result is written."""
    return x.copy() if isinstance(x, np.ndarray) and may_share(x, out) else x


@non_differentiable
def may_share(x: Any, out: Any) -> bool:
    return np.may_share_memory(x, out)


def push_at(cx: Tangents, args: tuple, dots: tuple, keywords: dict, kdots: dict) -> tuple[Any, Any]:
    """`f.at(a, indices, b)`"""
    f, a, indices, *rest = args
    indices = freeze_index(indices)
    if f is np.add or f is np.subtract:
        d, b_dot = current(cx, a, dots[1]), stored_tangent(cx, rest[0], dots[3])
        a_dot = np.zeros(a.shape, a.dtype) if d is None else d.copy()
        if b_dot is not None:
            f.at(a_dot, indices, b_dot)
        f.at(a, indices, *rest)
        note(cx, a, dots[1], ..., a_dot)
        return None, None
    old = a[indices]
    y_dot = push_callx(cx, f, (old, *rest), (part_of(cx, a, dots[1], indices), *dots[3:]), {}, {})[1]
    refuse_repeated(f, a, indices)
    f.at(a, indices, *rest)
    note(cx, a, dots[1], indices, y_dot)
    return None, None


@non_differentiable
def refuse_repeated(f: Any, a: Any, indices: Any) -> None:
    places = np.arange(a.size).reshape(a.shape)[indices]
    if np.unique(places).size < places.size:
        raise refuse_mutation(f"by {f.__name__}.at with an index that occurs twice", "Each step would have to be kept.",
                              "use a loop")


@non_differentiable
def refuse_written(cx: Tangents, *arrays: Any) -> None:
    """Refuse arrays that a module holds and that were stored into; where they are read, no tangent of theirs is expected."""
    if cx.written is not None and any(is_marked(cx, a) for a in arrays):
        raise refuse_mutation("of an array of a module, which another function reads in forward mode",
                              "Functions take the arrays of a module for constants.", "hand the array over as an argument")


behave(at, push_at)
behave(set_shape, push_shape)
behave(give_shape, push_shape)
write_with(write_out)
