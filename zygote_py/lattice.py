"""How kinds are ordered (docs/design/0001-architecture.md, "Kinds"): what two have in common, and what they say of elements.

Kinds of containers tell what is in them: `("t", kind, ...)` a tuple, `("l", kind)` a list, `("d", ((key, kind), ...))` a dict,
`("e", kind)` an iterator or view. `("u", n)` is a real number, or an array of floating ones of at most n dimensions.
`("p", class, ((attribute, kind), ...))` is an instance of a plain class (`analysis.instances`),
`("m", class, ((field, kind), ...))` a named tuple, `("?", kind)` None or something of that kind. `"o"` is anything, `"⊥"` nothing
yet. `("l", "x")` is a list of real numbers which other names may know as one of whole numbers; `("l", "f")` is none of these.
"""

from __future__ import annotations

from typing import Any

__all__ = ["DEPTH", "NAMES", "NONE", "VAGUE", "at", "element", "entries", "filled", "has_names", "inside", "instance", "join",
           "mapping", "most", "plain", "shallow", "solid"]

VAGUE = ("o", "k", "b")     # of no use as the kind of an element
NONE = ("?", "⊥")
DEPTH = 4
"""So many objects inside each other are followed."""


NAMES = Ellipsis      # in the kind of a dict: the other keys, none of which is a number


def has_names(kind: Any) -> bool:
    """Whether a dict of this kind has no keys that may carry a derivative."""
    return kind.__class__ is tuple and kind[0] == "d" and all(type(key) is str or key is NAMES for key, _ in kind[1])


def mapping(held: list) -> Any:
    """The kind of a dict with these kinds at its keys; the key None stands for others, the key NAMES for others that are no
    numbers."""
    kind = entries(held)
    return "o" if held and is_vague(kind) else kind


def entries(held: list) -> Any:
    """As `mapping`, for a dict of which it is of use to know that it is one, whatever it holds."""
    return "d", tuple([(key, "o" if k in VAGUE else solid(k)) for key, k in held])


def is_vague(kind: Any) -> bool:
    """Whether nothing is known of what a list or dict holds."""
    return all(k == "o" for _, k in kind[1]) if kind[0] == "d" else bool(kind[1] == "o")


def plain(kind: Any) -> Any:
    """A kind without what is known of the elements of lists, dicts and iterators, and of objects."""
    if kind.__class__ is not tuple:
        return kind
    if kind[0] == "t":
        return ("t", *map(plain, kind[1:]))
    if kind == NONE:
        return "k"
    return "o" if kind[0] in ("l", "d", "e", "p", "m", "?") else kind


def solid(kind: Any) -> Any:
    """A kind as that of what is put into a container: nothing is known of what may be None."""
    if kind.__class__ is not tuple:
        return kind
    return ("t", *map(solid, kind[1:])) if kind[0] == "t" else plain(kind) if kind[0] == "?" else kind


def instance(cls: Any, held: dict, depth: int = DEPTH) -> Any:
    """The kind of an instance of a class whose attributes are of these kinds."""
    return "p", cls, tuple([(name, inside(solid(k), depth - 1)) for name, k in sorted(held.items())])


def inside(kind: Any, depth: int) -> Any:
    """A kind without what lies too deep in it."""
    if kind.__class__ is not tuple or kind[0] not in ("p", "m", "l", "d", "t"):
        return kind
    if depth <= 0:
        return plain(kind)
    if kind[0] == "p":
        return instance(kind[1], dict(kind[2]), depth)
    if kind[0] == "m":
        return "m", kind[1], tuple([(name, inside(k, depth - 1)) for name, k in kind[2]])
    if kind[0] == "l":
        held = inside(kind[1], depth - 1)
        return "l", "o" if held in VAGUE else held
    if kind[0] == "d":
        return entries([(key, inside(k, depth - 1)) for key, k in kind[1]])
    return ("t", *[inside(k, depth - 1) for k in kind[1:]])


def filled(kind: Any, value: Any) -> Any:
    """A kind in which lists that were empty so far may hold values of a kind: so they do, as long as they are empty."""
    if kind.__class__ is not tuple or kind[0] not in ("t", "l", "d"):
        return kind
    if kind[0] == "d":
        return "d", tuple([(key, filled(k, value)) for key, k in kind[1]])
    if kind[0] == "l" and kind[1] == "⊥":
        return "l", "o" if value in VAGUE else value
    return kind[0], *[filled(k, value) for k in kind[1:]]


def shallow(kind: Any) -> Any:
    """A kind without what is known of the containers in a container."""
    if kind.__class__ is not tuple or kind[0] not in ("l", "d"):
        return plain(kind)
    if kind[0] == "d":
        return entries([(key, plain(k)) for key, k in kind[1]])
    inner = plain(kind[1])
    return "l", "o" if inner in VAGUE else inner


def element(kind: Any) -> Any:
    """The kind of the elements that a loop over a value of this kind meets."""
    if kind.__class__ is not tuple:
        return "i" if kind == "r" else "o"
    if kind[0] == "d":
        return "k" if has_names(kind) else "o"
    if kind[0] in ("a", "c", "n"):
        return {"a": "f", "c": "z", "n": "i"}[kind[0]] if kind[1] == 1 else (kind[0], kind[1] - 1)
    if kind[0] in ("l", "e"):
        return {"⊥": "o", "x": "f"}.get(kind[1], kind[1])
    if kind[0] == "t" and len(kind) > 1:
        out = kind[1]
        for k in kind[2:]:
            out = join(out, k)
        return out
    return "o"


def most(kind: Any) -> int | None:
    """The most dimensions that a real number or array of a kind may have; None if it may be something else."""
    if kind.__class__ is str:
        return 0 if kind in "bif" else None
    return kind[1] if kind[0] in "au" else None


def join(a: Any, b: Any) -> Any:
    """The kind of a variable that has kind `a` on one path and `b` on another."""
    if a == b or b == "⊥":
        return a
    if a == "⊥":
        return b
    if a == "x" or b == "x":
        return "x" if a in ("i", "f") or b in ("i", "f") else join(*("f" if k == "x" else k for k in (a, b)))
    if a.__class__ is str and b.__class__ is str and a in "bifz" and b in "bifz":
        return "z" if "z" in (a, b) else "f" if "f" in (a, b) else "i"
    if (a.__class__ is tuple and a[0] == "?") or (b.__class__ is tuple and b[0] == "?"):
        return join_optional(a, b)
    m, n = most(a), most(b)
    if m is not None and n is not None:
        return "u", max(m, n)
    if a.__class__ is tuple and b.__class__ is tuple and a[0] == b[0]:
        if a[0] == "t" and len(a) == len(b):
            return ("t", *(join(x, y) for x, y in zip(a[1:], b[1:])))
        if a[0] in ("l", "e"):
            kind = "x" if a[0] == "l" and {a[1], b[1]} == {"i", "f"} else join(a[1], b[1])
            return "o" if kind == "o" and not is_vague(a) and not is_vague(b) else (a[0], kind)
        if a[0] == "d":
            one, two = dict(a[1]), dict(b[1])
            others = {} if one.keys() == two.keys() else {NAMES if has_names(a) and has_names(b) else None: None}
            keys = [key for key in {**one, **two, **others} if key is not NAMES or None not in {**one, **two, **others}]
            form = entries if is_vague(a) or is_vague(b) else mapping
            return form([(key, join(at(one, key), at(two, key))) for key in keys])
        if a[0] == "p" and a[1] is b[1]:
            one, two = dict(a[2]), dict(b[2])
            return instance(a[1], {name: join(one[name], two[name]) for name in one if name in two})
        if a[0] == "m" and a[1] is b[1]:
            return "m", a[1], tuple([(name, join(k, l)) for (name, k), (_, l) in zip(a[2], b[2])])
    return "o"


def join_optional(a: Any, b: Any) -> Any:
    """As `join`, where one or both may be None."""
    one, two = (k[1] if k.__class__ is tuple and k[0] == "?" else k for k in (a, b))
    kind = join(one, two)
    return kind if kind in ("o", "k") else ("?", kind)


def at(held: dict, key: Any) -> Any:
    """The kind of what a dict has at a key, by the kinds at some keys; for others, the kind at NAMES or None, or what fits all
    that is known."""
    for place in (key, NAMES, None):
        if place in held:
            return held[place]
    out: Any = "⊥"
    for k in held.values():
        out = join(out, k)
    return out
