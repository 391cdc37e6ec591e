"""How kinds are ordered (docs/design/0001-architecture.md, "Kinds"): what two have in common, and what they say of elements.

Kinds of containers tell what is in them: `("t", kind, ...)` a tuple, `("l", kind)` a list, `("d", ((key, kind), ...))` a dict,
`("e", kind)` an iterator or view. `("u", n)` is a real number, or an array of floating ones of at most n dimensions. `"o"` is
anything, `"⊥"` nothing yet.
"""

from __future__ import annotations

from typing import Any

__all__ = ["VAGUE", "at", "element", "join", "mapping", "most", "plain", "shallow"]

VAGUE = ("o", "k", "b")     # of no use as the kind of an element


def mapping(held: list) -> Any:
    """The kind of a dict with these kinds at its keys; the key None stands for others."""
    held = [(key, "o" if k in VAGUE else k) for key, k in held]
    return ("d", tuple(held)) if any(k != "o" for _, k in held) or not held else "o"


def plain(kind: Any) -> Any:
    """A kind without what is known of the elements of lists, dicts and iterators."""
    if kind.__class__ is not tuple:
        return kind
    if kind[0] == "t":
        return ("t", *map(plain, kind[1:]))
    return "o" if kind[0] in ("l", "d", "e") else kind


def shallow(kind: Any) -> Any:
    """A kind without what is known of the containers in a container."""
    if kind.__class__ is not tuple or kind[0] not in ("l", "d"):
        return plain(kind)
    if kind[0] == "d":
        return mapping([(key, plain(k)) for key, k in kind[1]])
    inner = plain(kind[1])
    return "o" if inner in VAGUE else ("l", inner)


def element(kind: Any) -> Any:
    """The kind of the elements that a loop over a value of this kind meets."""
    if kind.__class__ is not tuple:
        return "i" if kind == "r" else "o"
    if kind[0] in ("a", "c", "n"):
        return {"a": "f", "c": "z", "n": "i"}[kind[0]] if kind[1] == 1 else (kind[0], kind[1] - 1)
    if kind[0] in ("l", "e"):
        return "o" if kind[1] == "⊥" else kind[1]
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
    if a.__class__ is str and b.__class__ is str and a in "bifz" and b in "bifz":
        return "z" if "z" in (a, b) else "f" if "f" in (a, b) else "i"
    m, n = most(a), most(b)
    if m is not None and n is not None:
        return "u", max(m, n)
    if a.__class__ is tuple and b.__class__ is tuple and a[0] == b[0]:
        if a[0] == "t" and len(a) == len(b):
            return ("t", *(join(x, y) for x, y in zip(a[1:], b[1:])))
        if a[0] in ("l", "e"):
            kind = join(a[1], b[1])
            return "o" if kind == "o" else (a[0], kind)
        if a[0] == "d":
            one, two = dict(a[1]), dict(b[1])
            keys = list({**one, **two, **({} if one.keys() == two.keys() else {None: None})})
            return mapping([(key, join(at(one, key), at(two, key))) for key in keys])
    return "o"


def at(held: dict, key: Any) -> Any:
    """The kind of what a dict has at a key, by the kinds at some keys; for others, the kind at None, or what fits all that is
    known."""
    if key in held:
        return held[key]
    if None in held:
        return held[None]
    out: Any = "⊥"
    for k in held.values():
        out = join(out, k)
    return out
