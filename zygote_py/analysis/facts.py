"""What is known of a statement and of a variable: plans and kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

__all__ = ["Plan", "all_numbers", "is_array", "is_loose", "is_scalar"]

NO_PLACES: frozenset[int] = frozenset()
NO_KEYS: Sequence[tuple] = ()
NO_KINDS: Mapping[str, Any] = MappingProxyType({})


class Plan:
    """What a statement becomes.

    Attributes
    ----------
    form : 'plain', 'copy', 'load', 'store', 'inline', 'static', 'call', 'callx', 'method', 'methodx', 'getattr', 'getitem',
    'asked', 'tuple', 'startuple', 'list', 'dict', 'set', 'unpack', 'setitem', 'setattr', 'delitem', 'delattr', 'loop'
    kind, act : of the result
    args : operands (atoms), in the order of the rule's parameters
    facts : (kind, activity) of each operand
    f : the function, rule or callee
    keywords : names and atoms
    claims : whether the pullback itself takes what memory holds for the result
    attempt : whether an exception of the callee may be caught, so that what it did before has to be undone
    simple : whether a store is of numbers into a real array, at places that differ from each other
    fits : positions of the operands of an elementwise operation that have the shape of the result
    quiet : whether the callee is known to store nothing
    kept : whether the result is stored into later, and the pullback reads a copy of it
    own : whether an attribute is known to be the object's own, as plain objects have them; whether what is unpacked is a list
    power : of a product that is a power: position of the variable, exponent, position of the power below (`powers`)
    expects : the kinds of the variables that it binds to elements of lists and dicts, which are tested
    key : of an element's load, store or deletion: what of the index may carry a derivative, (place in a tuple, atom, activity)
    """

    __slots__ = ("act", "args", "attempt", "claims", "expects", "extra", "f", "facts", "fits", "form", "kept", "key", "keywords",
                 "kind", "own", "power", "quiet", "simple")

    def __init__(self, form: str, kind: Any = "o", act: int = 0, args: list | None = None, facts: list | None = None,
                 f: Any = None,
                 keywords: dict | None = None, extra: Any = None) -> None:
        self.form, self.kind, self.act, self.args, self.facts = form, kind, act, args or [], facts or []
        self.f, self.keywords, self.extra = f, keywords or {}, extra
        self.fits, self.key, self.expects = NO_PLACES, NO_KEYS, NO_KINDS
        self.power: tuple[int, int, int] | None = None
        self.attempt = self.claims = self.kept = self.own = self.quiet = self.simple = False


def is_scalar(kind: Any) -> bool:
    return kind in ("i", "f", "z", "b")


def is_array(kind: Any) -> bool:
    return kind.__class__ is tuple and kind[0] in ("a", "c", "n")


def is_loose(kind: Any) -> bool:
    """Whether values of a kind may be numbers or arrays."""
    return kind.__class__ is tuple and kind[0] == "u"


def all_numbers(kind: Any) -> bool:
    """Whether a kind is of a tuple, or of tuples in a tuple, of real numbers."""
    return kind.__class__ is tuple and kind[0] == "t" and len(kind) > 1 \
        and all(k in ("f", "i") or all_numbers(k) for k in kind[1:])
