"""Instances of plain classes: what is known of their attributes, followed through a function.

Kinds `("p", class, ((attribute, kind), ...))` say that a value is an instance of just this class (which stands there as a
`Class`), and what those attributes hold that it has for sure. As with lists and dicts (`contents`), what the function stores is
followed, what unknown code may have stored is forgotten, and what is read is tested.
"""

from __future__ import annotations

from collections import namedtuple
from types import FunctionType, MemberDescriptorType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary, ref

from ..lattice import DEPTH, filled, inside, instance, join, plain, solid

__all__ = ["Class", "attributes_of", "class_of", "effect_on", "has_class", "has_own", "is_instance", "is_named_tuple",
           "is_plain_class", "is_plain_tuple", "operator_of", "owners", "parts", "returned", "stored_attribute", "tuple_class",
           "written"]

HOOKS = ("__setattr__", "__getattribute__", "__delattr__", "__new__")
TUPLE_METHODS = ("__getattribute__", "__getitem__", "__iter__", "__len__")
_MISSING = object()
_FIELD = type(namedtuple("_FIELD", "x").x)      # type: ignore[attr-defined]


class Class:
    """Stands for a class in kinds, and does not keep it alive; there is one for each class."""

    __slots__ = ("__weakref__", "name", "ref")

    def __init__(self, cls: type) -> None:
        self.ref, self.name = ref(cls), cls.__name__

    def __repr__(self) -> str:
        return self.name

    def __lt__(self, other: Class) -> bool:
        return self.name < other.name

    def find(self, name: str) -> Any:
        """What the classes hold under a name."""
        cls = self.ref()
        return _MISSING if cls is None else found_in(cls, name)

    def fields(self) -> tuple:
        """The names of the fields of a named tuple."""
        return getattr(self.ref(), "_fields", ())

    def has_own(self, name: str) -> bool:
        """Whether an instance's own attribute of this name is what is read and stored under it."""
        return is_own(self.find(name))

    def function(self, name: str) -> FunctionType | None:
        """The method of a name, if it is a plain function."""
        found = self.find(name)
        return found if isinstance(found, FunctionType) else None


_classes: WeakKeyDictionary[type, Class] = WeakKeyDictionary()
_tuples: WeakKeyDictionary[type, Class] = WeakKeyDictionary()


def class_of(cls: Any) -> Class | None:
    """What stands for a class in kinds; None if its instances are not made and read in the ordinary way."""
    known = _classes.get(cls)
    if known is None and is_plain_class(cls):
        known = _classes[cls] = Class(cls)
    return known


def is_plain_class(cls: Any, attributes: tuple = ()) -> bool:
    """Whether instances are made in the ordinary way, and these attributes are their own."""
    return type(cls) is type and all(getattr(cls, h) is getattr(object, h) for h in HOOKS) \
        and not hasattr(cls, "__getattr__") and not hasattr(cls, "__del__") \
        and all(is_own(found_in(cls, name)) for name in attributes)


def tuple_class(cls: Any) -> Class | None:
    """What stands for a class of named tuples in kinds; None for other classes, and where fields are found in another way."""
    known = _tuples.get(cls)
    if known is None and isinstance(cls, type) and issubclass(cls, tuple) and is_plain_tuple(cls, getattr(cls, "_fields", ())):
        known = _tuples[cls] = Class(cls)
    return known


def is_plain_tuple(cls: Any, fields: tuple) -> bool:
    """Whether a class is one of named tuples that are made and read in the ordinary way, with these fields."""
    return bool(fields) and type(cls) is type and getattr(cls, "_fields", None) == fields \
        and all(isinstance(found_in(cls, name), _FIELD) for name in fields) \
        and not hasattr(cls, "__getattr__") and not hasattr(cls, "__bool__") \
        and all(found_in(cls, name) is tuple.__dict__[name] for name in TUPLE_METHODS) \
        and found_in(cls, "__init__") is object.__dict__["__init__"] \
        and "_fields" in next(c for c in cls.__mro__ if "__new__" in c.__dict__).__dict__


def found_in(cls: type, name: str) -> Any:
    for c in cls.__mro__:
        if name in c.__dict__:
            return c.__dict__[name]
    return _MISSING


def attributes_of(x: Any, cls: type) -> dict:
    """The attributes of an instance of a plain class, by name."""
    held = dict(getattr(x, "__dict__", ()))
    for c in cls.__mro__[:-1]:
        for name, found in c.__dict__.items() if "__slots__" in c.__dict__ else ():
            if isinstance(found, MemberDescriptorType) and hasattr(x, name):
                held[name] = getattr(x, name)
    return held


def is_own(found: Any) -> bool:
    return found is _MISSING or isinstance(found, MemberDescriptorType) \
        or not (hasattr(type(found), "__get__") or hasattr(type(found), "__set__") or hasattr(type(found), "__delete__"))


def is_instance(kind: Any) -> bool:
    return kind.__class__ is tuple and kind[0] == "p"


def is_named_tuple(kind: Any) -> bool:
    return kind.__class__ is tuple and kind[0] == "m"


def has_class(kind: Any) -> bool:
    """Whether the class of a value is known."""
    return kind.__class__ is tuple and kind[0] in ("p", "m")


def parts(kind: Any) -> Any:
    """The kind of a named tuple, as that of a tuple."""
    return ("t", *[k for _, k in kind[2]]) if is_named_tuple(kind) else kind


def has_own(kind: Any, name: str) -> bool:
    """Whether it is known that an object has an attribute, and that this is its own."""
    return is_instance(kind) and any(name == n for n, _ in kind[2]) and kind[1].has_own(name)


def stored_attribute(env: dict, v: str, kind: Any, name: str, value: Any, alone: bool = False) -> None:
    """Note that a value is stored into an attribute of the object that a variable names, of this kind; `alone`: nobody else has
    seen it yet."""
    owner, value = kind[1] if is_instance(kind) else None, solid(value)
    if not alone or owner is None:
        written(env, owner, name, value)
    if owner is not None and v in env and is_instance(env[v][0]):
        held, act = env[v]
        env[v] = instance(held[1], {**dict(held[2]), name: value}), act


def written(env: dict, owner: Class | None, name: str, value: Any) -> None:
    """Note that an attribute of some instance of a class gets a value; None: of any class."""
    for v, (kind, act) in env.items():
        if kind.__class__ is tuple:
            new = effect_on(kind, owner, name, value)
            if new != kind:
                env[v] = new, act


def effect_on(kind: Any, owner: Class | None, name: str, value: Any) -> Any:
    """A kind after some instance of a class got a value for an attribute."""
    if kind.__class__ is not tuple:
        return kind
    letter = kind[0]
    if letter == "p":
        concerned = owner is None or kind[1] is owner
        if concerned and not kind[1].has_own(name):     # it may hide a method
            return "o"
        held = {n: effect_on(k, owner, name, value) for n, k in kind[2]}
        if concerned and name in held:
            held[name] = join(held[name], value)
        return instance(kind[1], held)
    if letter == "m":
        return "m", kind[1], tuple([(n, effect_on(k, owner, name, value)) for n, k in kind[2]])
    if letter in ("l", "e", "?"):
        inner = effect_on(kind[1], owner, name, value)
        return kind if inner == kind[1] else (letter, inner) if inner != "o" or letter == "l" else "o"
    if letter == "d":
        return "d", tuple([(key, effect_on(k, owner, name, value)) for key, k in kind[1]])
    return ("t", *[effect_on(k, owner, name, value) for k in kind[1:]]) if letter == "t" else kind


def returned(kind: Any) -> Any:
    """What a caller is told of a result: of iterators, nothing; of a list that is still empty, that it is a list."""
    if kind.__class__ is not tuple or kind[0] not in ("t", "p", "m", "?", "l", "d"):
        return plain(kind)
    if kind[0] == "t":
        return "t", *map(returned, kind[1:])
    return inside(filled(kind, "o"), DEPTH) if kind[0] in ("l", "d") else kind


def operator_of(name: str, left: Any, right: Any) -> tuple[FunctionType, bool] | None:
    """The method that Python calls first for a binary operator, and whether it is that of the right operand."""
    if has_class(left):
        if has_class(right) and right[1] is not left[1]:
            one, two = left[1].ref(), right[1].ref()
            if one is None or two is None or issubclass(two, one):
                return None     # its own method comes first
        f = left[1].function(f"__{name}__") if has_class(right) or is_number(right) or right[0] in "acn" else None
        return None if f is None else (f, False)
    if has_class(right) and is_number(left) and not any(right[1].find(n) is not _MISSING for n in _TAKEN_APART):
        f = right[1].function(f"__r{name}__")
        return None if f is None else (f, True)
    return None


_TAKEN_APART = ("__array__", "__array_ufunc__", "__array_priority__", "__array_interface__", "__array_struct__", "__len__",
                "__getitem__", "__float__", "__iter__")
"""With one of these, an object may be an array, or a number, for NumPy's own numbers."""


def is_number(kind: Any) -> bool:
    return kind in ("i", "f", "z", "b")


def owners(namespace: dict, cls: type) -> str | None:
    """By which name a module knows a class, if it does: a path."""
    if namespace.get(cls.__name__) is cls:
        return cls.__name__
    for name, value in namespace.items():
        if isinstance(value, ModuleType) and value.__name__ == cls.__module__ and getattr(value, cls.__name__, None) is cls:
            return f"{name}.{cls.__name__}"
    return None
