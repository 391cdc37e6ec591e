"""Bind arguments to the flat parameters of a generated function, and cotangents back to the arguments."""

from __future__ import annotations

from typing import Any

from ..registry import non_differentiable

__all__ = ["bind_arguments", "default_of", "signature_of", "slot_of_default", "unbind"]


@non_differentiable
def signature_of(f: Any) -> tuple[int, tuple[str, ...], tuple[str, ...], bool, bool]:
    """Number of positional-only parameters, positional and keyword-only names, and whether there are *args and **kwargs."""
    code = f.__code__
    n, k = code.co_argcount, code.co_kwonlyargcount
    names = code.co_varnames
    return code.co_posonlyargcount, names[:n], names[n:n + k], bool(code.co_flags & 4), bool(code.co_flags & 8)


def bind_arguments(f: Any, args: tuple, keywords: dict) -> tuple[tuple, tuple]:
    """Values for the flat parameters (positional, *args, keyword-only, **kwargs), and the recipe that `unbind` follows.

    Where the call does not fit, `f` itself is called, so that Python raises its own error.
    """
    where = plan(f, len(args), tuple(keywords))
    if where is None:
        f(*args, **keywords)
        raise TypeError(f"the arguments do not fit the parameters of {f.__qualname__}")
    values: list = []
    for how, what in where:
        if how == "arg":
            values.append(args[what])
        elif how == "word":
            values.append(keywords[what])
        elif how == "default":
            values.append(default_of(f, what[0]))
        elif how == "rest":
            values.append(args[what:])
        else:
            values.append({k: keywords[k] for k in what})
    return tuple(values), (where, len(args), tuple(keywords), f)


def default_of(f: Any, key: Any) -> Any:
    """The default value of a parameter; its rule is in `runtime.callables`."""
    return f.__kwdefaults__[key] if isinstance(key, str) else f.__defaults__[key]


@non_differentiable
def slot_of_default(f: Any, key: Any) -> tuple[Any, Any]:
    """In whose record the cotangent of a default value is, and its key there: that of the dict of keywords, or the function's."""
    return (f.__kwdefaults__, key) if isinstance(key, str) else (f, key)


@non_differentiable
def plan(f: Any, n: int, words: tuple[str, ...]) -> tuple | None:
    """Where the value of each flat parameter comes from."""
    posonly, positional, kwonly, star, double = signature_of(f)
    defaults = f.__defaults__ or ()
    kwdefaults = f.__kwdefaults__ or {}
    left = list(words)
    out: list[tuple[str, Any]] = []
    if n > len(positional) and not star:
        return None
    for i, name in enumerate(positional):
        j = i - (len(positional) - len(defaults))
        if i < n:
            if name in left and i >= posonly:
                return None
            out.append(("arg", i))
        elif name in left and i >= posonly:
            out.append(("word", name))
            left.remove(name)
        elif j >= 0:
            out.append(("default", (j, defaults[j])))
        else:
            return None
    if star:
        out.append(("rest", len(positional)))
    for name in kwonly:
        if name in left:
            out.append(("word", name))
            left.remove(name)
        elif name in kwdefaults:
            out.append(("default", (name, kwdefaults[name])))
        else:
            return None
    if double:
        out.append(("words", tuple(left)))
    elif left:
        return None
    return tuple(out)


def unbind(cx: Any, ds: tuple, recipe: tuple, flat: tuple) -> tuple[tuple, dict]:
    """The cotangents of the arguments and keywords, from those of the flat parameters; a default's goes to its record."""
    where, n, words, f = recipe
    args: list = [None] * n
    keywords: dict = dict.fromkeys(words)
    for d, (how, what), value in zip(ds, where, flat):
        if how == "words":
            for k in what:
                keywords[k] = cx.take(value, k)
        elif d is None:
            continue
        elif how == "arg":
            args[what] = d
        elif how == "word":
            keywords[what] = d
        elif how == "default":
            container, key = slot_of_default(f, what[0])
            cx.add(container, key, d)
        elif how == "rest":
            for i in range(len(d)):
                args[what + i] = d[i]
    return tuple(args), keywords
