"""Questions about a callee: what it wraps, what it is bound to, whether it is looked into at all."""

from __future__ import annotations

import functools
import inspect
import operator
import sys
import types
from enum import Enum
from typing import Any
from weakref import WeakKeyDictionary

from ..registry import non_differentiable

_derive: list[Any] = []

DESCRIPTORS = (types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType)


def derive_with(*given: Any) -> None:
    """Hand in what this module may not import: `derive`, `can_derive`, `direct`, `derive_directly` and `leaves_work` of
    `requests`."""
    _derive[:] = given


@non_differentiable
def leaves_work(f: Any, made: Any) -> bool:
    """Whether a generator function does something where its generator is dropped before the end; so does then what was made of
    it."""
    known = _leaving.get(f.__code__)
    if known is None:
        known = _leaving[f.__code__] = _derive[4](f)
    _leaving[made.__code__] = known
    return known


_leaving: WeakKeyDictionary[types.CodeType, bool] = WeakKeyDictionary()


@non_differentiable
def direct(f: Any, mask: int, args: tuple) -> Any:
    """What `derived_directly` gave before, if that still holds."""
    return _derive[2](f, mask, args)


@non_differentiable
def derived_directly(f: Any, mask: int, args: tuple) -> tuple[Any, Any]:
    """As `derived`, for a function that takes just these arguments (`is_direct`)."""
    return _derive[3](f, mask, args)


@non_differentiable
def is_direct(f: Any, mask: int, args: tuple) -> bool:
    """Whether a function without a rule is derived for just these arguments."""
    return is_plain(f, len(args)) and (mask != 0 or bool(f.__closure__)) and not decorates_class(f, args)


@non_differentiable
def is_plain(f: Any, n: int) -> bool:
    """Whether n positional arguments are exactly the parameters."""
    code = f.__code__
    return code.co_argcount == n and not code.co_kwonlyargcount and not code.co_flags & 0x2C and not is_opaque(f)


@non_differentiable
def derived(f: Any, mask: int, args: tuple, guarded: bool = False, cells_active: bool = True) -> tuple[Any, Any]:
    return _derive[0](f, mask, args, guarded, cells_active)


OPAQUE = {"logging", "warnings", "json", "re", "time", "datetime", "os", "sys", "io", "random", "threading", "traceback",
          "pprint", "inspect", "tempfile", "pathlib", "subprocess", "pickle", "textwrap", "string", "platform", "argparse",
          "csv", "gc", "weakref", "tqdm", "copyreg", "pytest", "unittest", "importlib", "genericpath", "posixpath",
          "pandas", "xarray", "polars", "mpmath", "sympy", "shutil", "glob", "fnmatch", "locale", "gettext", "codecs"}


@non_differentiable
def is_opaque(f: Any) -> bool:
    """Functions of modules that handle text, files, tables, formulas, time and processes: they are not looked into."""
    return (f.__module__ or "").partition(".")[0].lstrip("_") in OPAQUE


@non_differentiable
def is_call_of(f: Any) -> bool:
    """Whether f is the `__call__` of a function; not that of a class in C whose subclass calls it by `super()`."""
    return f.__class__ is types.MethodWrapperType and f.__name__ == "__call__" and (
        isinstance(f.__self__, type) or python_call(f.__self__) is None)


@non_differentiable
def decorates_class(f: Any, args: tuple) -> bool:
    """Whether a function of Python's library is given nothing but classes, as `dataclass` is."""
    return bool(args) and all(isinstance(a, type) for a in args) and f.__module__.partition(".")[0] in sys.stdlib_module_names


@non_differentiable
def is_generator_function(f: Any) -> bool:
    return bool(f.__code__.co_flags & 0x20)


@non_differentiable
def simple_caller(f: Any) -> bool:
    return f.__reduce__()[0] is operator.methodcaller


@non_differentiable
def is_namedtuple_make(f: Any) -> bool:
    return f.__name__ == "_make" and isinstance(f.__self__, type) and issubclass(f.__self__, tuple) \
        and hasattr(f.__self__, "_fields")


@non_differentiable
def is_namedtuple_replace(f: Any) -> bool:
    return f.__name__ == "_replace" and isinstance(f.__self__, tuple) and hasattr(f.__self__, "_fields")


@non_differentiable
def single_dispatch(f: Any) -> Any:
    return f.dispatch if "dispatch" in f.__dict__ and "registry" in f.__dict__ else None


@non_differentiable
def wrapped(f: Any) -> Any:
    """The Python function inside a wrapper that is written in C."""
    if isinstance(f, functools._lru_cache_wrapper):
        try:
            inspect.unwrap(f)
        except ValueError:      # what it says that it wraps leads back to it
            return None
        return f.__wrapped__
    inner = getattr(f, "py_func", None)
    if isinstance(inner, types.FunctionType):
        return inner
    inner = getattr(f, "__wrapped__", None)
    if isinstance(inner, types.FunctionType) and not isinstance(f, types.FunctionType) and python_call(f) is None:
        return inner
    return None


@non_differentiable
def python_call(f: Any) -> Any:
    for base in type(f).__mro__:
        if "__call__" in base.__dict__:
            c = base.__dict__["__call__"]
            return c if isinstance(c, types.FunctionType) else None
    return None


@non_differentiable
def maker(cls: type) -> str:
    """Who makes the instances of a class: 'python', as usual; the `__call__` of its 'metaclass'; or code that is 'native' to us,
    as that of enumerations, and of libraries whose objects are numbers."""
    if issubclass(cls, Enum) or cls.__module__.partition(".")[0] in ("mpmath", "sympy"):
        return "native"
    if type(cls).__call__ is type.__call__:
        return "python"
    return "native" if python_call(cls) is None else "metaclass"


@non_differentiable
def runs_as_is(f: Any) -> bool:
    """Whether a function that is called with constants only can be left alone: it can't write to memory that outlives it."""
    from .effects import is_quiet
    if f.__closure__:
        return False
    return is_quiet(f) or not _derive[1](f)


@non_differentiable
def getter_keys(f: Any) -> tuple:
    return f.__reduce__()[1]
