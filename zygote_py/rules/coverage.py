"""Which public functions of which library have which kind of rule.

Enters: nothing. Leaves: a `Coverage`, which prints as a table. It is made from the registry, and from small lists of what needs
no rule. Each public name is in exactly one list, or the tests fail:

    rule                  its derivative is written down
    linear                its transpose is written down
    derived               it is differentiated through Python source, its own or ours in its place
    in place              it writes into an argument, whose cotangent is kept in a shadow
    non-differentiable    no derivative passes: whole numbers, text, types, settings, files, what is drawn by rejection
    not yet               a derivative exists, and is not worked out; a cotangent that reaches it is an error

SciPy, where it is installed, is far from complete. What has no rule there has one of two kinds more:

    by its source         Python source without a rule of its own: differentiated as far as what it calls has rules
    no rule               compiled; a cotangent that reaches it is an error
"""

from __future__ import annotations

import cmath
import functools
import importlib
import itertools
import math
import operator
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from types import FunctionType
from typing import Any

import numpy as np

from zygote_py.registry import lookup, not_yet

from .numpy.functional import UFUNC_METHODS
from .numpy.methods import ATTRIBUTES, METHODS

__all__ = ["Coverage", "coverage"]

KINDS = ("rule", "linear", "derived", "in place", "non-differentiable", "not yet", "by its source", "no rule",
         "unlisted")
SCIPY = ("special", "linalg", "fft", "ndimage", "signal", "integrate", "interpolate", "optimize", "spatial.distance", "stats")

DERIVED = {
    "numpy": "asfarray flatiter frompyfunc ndenumerate poly1d row_stack vectorize alltrue cumproduct product sometrue",
    "numpy.polynomial": "Chebyshev Hermite HermiteE Laguerre Legendre Polynomial "
                        "polyval polyvalnd polyline chebinterpolate polyvalfromroots polygrid2d polygrid3d "
                        "chebval chebvalnd chebline chebgrid2d chebgrid3d chebweight "
                        "legval legvalnd legline leggrid2d leggrid3d legweight "
                        "hermval hermvalnd hermline hermgrid2d hermgrid3d hermweight "
                        "hermeval hermevalnd hermeline hermegrid2d hermegrid3d hermeweight "
                        "lagval lagvalnd lagline laggrid2d laggrid3d lagweight",
    "operator": "attrgetter concat getitem itemgetter methodcaller",
    "statistics": "LinearRegression NormalDist kde median median_grouped median_high median_low quantiles",
    "functools": "cached_property partialmethod singledispatchmethod",
}
IN_PLACE = {"numpy.random": "shuffle", "ufunc": "at"}
WITHOUT = {
    "numpy": "__array_namespace_info__ bitwise_count broadcast busday_count busday_offset busdaycalendar datetime_as_string "
             "datetime_data einsum_path errstate format_float_positional format_float_scientific from_dlpack frombuffer fromfile "
             "fromregex fromstring genfromtxt get_include getbufsize geterrcall info is_busday isdtype load loadtxt memmap "
             "ndarray "
             "ndindex printoptions recarray save savetxt savez savez_compressed setbufsize seterrcall show_config "
             "show_runtime test ufunc "
             "DataSource add_docstring add_newdoc add_newdoc_ufunc byte_bounds chararray compare_chararrays deprecate "
             "deprecate_with_doc disp find_common_type format_parser get_array_wrap geterrobj in1d issctype issubclass_ "
             "issubsctype "
             "lookfor maximum_sctype obj2sctype recfromcsv recfromtxt round_ safe_eval sctype2char set_numeric_ops "
             "set_string_function seterrobj source who fastCopyAndTranspose",
    "numpy.random": "bit_generator ranf sample spawn",
    "ndarray": "dump dumps getfield to_device tofile newbyteorder tostring byteswap setfield setflags",
    "ufunc": "identity nargs nin nout ntypes resolve_dtypes signature types",
    "statistics": "kde_random",
    "numpy.polynomial": "polydomain polyzero polyone polyx",
}
NOT_YET = {
    "numpy": {
        "asmatrix": "matrices are arrays that multiply differently; use arrays",
        "bmat": "matrices are arrays that multiply differently; use np.block",
        "matrix": "matrices are arrays that multiply differently; use arrays",
        "mat": "matrices are arrays that multiply differently; use arrays",
        "nditer": "its steps are no function; iterate over a.ravel()",
        "nested_iters": "its steps are no function; iterate over a.ravel()",
        "msort": "use np.sort(a, axis=0)",
    },
    "ndarray": {"itemset": "use a[index] = v", "resize": "use np.resize"},
}


class Coverage(Mapping):
    """The kind of rule of each public name: `coverage()["numpy"]["sin"]` is `'rule'`. Prints as a table of counts.

    Attributes
    ----------
    reasons : what to do instead, for the names that are not worked out yet
    """

    def __init__(self, tables: dict[str, dict[str, str]], reasons: dict[str, dict[str, str]]) -> None:
        self._tables, self.reasons = tables, reasons

    def __getitem__(self, library: str) -> dict[str, str]:
        return self._tables[library]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def names(self, kind: str) -> list[str]:
        """The names of one kind, with their libraries: `'numpy.sin'`."""
        return [f"{library}.{name}" for library, table in self._tables.items() for name, k in table.items() if k == kind]

    def counts(self) -> dict[str, Counter]:
        """How many names of each kind each library has."""
        return {library: Counter(table.values()) for library, table in self._tables.items()}

    def __repr__(self) -> str:
        kinds = [k for k in KINDS if self.names(k)]
        width = max(len(library) for library in self._tables)
        lines = [" " * width + "".join(f"  {k}" for k in kinds)]
        for library, count in self.counts().items():
            lines.append(library.ljust(width) + "".join(f"  {count[k] or '':>{len(k)}}" for k in kinds))
        lines.append("")
        for name in self.names("not yet"):
            library, _, short = name.rpartition(".")
            lines.append(f"not yet: {name}: {self.reasons.get(library, {}).get(short, 'no rule')}")
        return "\n".join(lines)


def coverage() -> Coverage:
    """Say of each public function of NumPy, `math`, `cmath`, `operator`, `itertools`, `functools` and `statistics`, and
    of SciPy if it is installed, how it is differentiated.

    Returns
    -------
    Coverage
        A mapping from libraries to mappings from names to kinds of rules.

    Examples
    --------
    >>> import zygote_py
    >>> table = zygote_py.coverage()
    >>> table["numpy"]["tanh"], table["numpy"]["transpose"], table["numpy"]["argsort"]
    ('rule', 'linear', 'non-differentiable')
    >>> table.names("unlisted")
    []
    """
    tables = {library: {name: kind(library, name, f) for name, f in public.items()} for library, public in libraries().items()}
    return Coverage(tables, NOT_YET)


def libraries() -> dict[str, dict[str, Any]]:
    """The public names of each library, with what they stand for."""
    found = {"numpy": callables(np)}
    for part in ("linalg", "fft", "random"):
        found[f"numpy.{part}"] = callables(importlib.import_module(f"numpy.{part}"))
    for cls in (np.random.Generator, np.random.RandomState):
        found["numpy.random"] |= {name: getattr(cls, name) for name in dir(cls) if not name.startswith("_")}
    found["numpy.polynomial"] = callables(np.polynomial)
    for part in ("polynomial", "chebyshev", "legendre", "hermite", "hermite_e", "laguerre"):
        found["numpy.polynomial"] |= callables(importlib.import_module(f"numpy.polynomial.{part}"))
    found["ndarray"] = {name: getattr(np.ndarray, name) for name in dir(np.ndarray) if not name.startswith("_")}
    found["ufunc"] = {name: getattr(np.ufunc, name) for name in dir(np.ufunc) if not name.startswith("_")}
    for module in (statistics, functools):
        found[module.__name__] = callables(module)
    for module in (math, cmath, operator, itertools):
        found[module.__name__] = {name: getattr(module, name) for name in dir(module)
                                  if not name.startswith("_") and callable(getattr(module, name))}
    if find_spec("scipy"):
        for part in SCIPY:
            found[f"scipy.{part}"] = callables(importlib.import_module(f"scipy.{part}"))
    return found


def callables(module: Any) -> dict[str, Any]:
    """The functions and classes that a module says to be public."""
    public = {name: getattr(module, name, None) for name in sorted(module.__all__)}
    return {name: f for name, f in public.items() if callable(f) and not (name.startswith("_") and name[-1] != "_")}


def kind(library: str, name: str, f: Any) -> str:
    """The kind of rule of one public name."""
    if library == "ndarray":
        if name in METHODS:
            return kind("numpy", name, METHODS[name])
        if name in ATTRIBUTES:
            return "non-differentiable" if ATTRIBUTES[name] is None else "linear"
    if library == "ufunc" and name in UFUNC_METHODS:
        return "derived"
    if library in IN_PLACE and name in IN_PLACE[library].split():
        return "in place"
    r = lookup(f) or bound_rule(f)
    if r is None and library.startswith("scipy."):
        return kind_in_scipy(library, name, f)
    if r is not None:
        stated = [part for part in r.parts if part is not None and part is not not_yet]
        return {"primitive": "in place" if r.writes else "derived", "none": "non-differentiable", "linear": "linear"}.get(
            r.form, "rule" if stated else "non-differentiable")
    if name in DERIVED.get(library, "").split():
        return "derived"
    if name in NOT_YET.get(library, {}):
        return "not yet"
    if name in WITHOUT.get(library, "").split() or (isinstance(f, type) and issubclass(f, (np.generic, BaseException))):
        return "non-differentiable"
    return "unlisted"


def kind_in_scipy(library: str, name: str, f: Any) -> str:
    """The kind of a name of SciPy that has no rule itself: the density of a distribution may have one."""
    if library == "scipy.stats" and hasattr(f, "rvs"):
        return "rule" if name in importlib.import_module("zygote_py.rules.scipy.stats").SCORES else "by its source"
    if isinstance(f, type) and issubclass(f, BaseException):
        return "non-differentiable"
    return "by its source" if isinstance(f, (FunctionType, type)) else "no rule"


def bound_rule(f: Any) -> Any:
    """The rule of the method that a function of numpy.random is bound to."""
    owner = getattr(f, "__self__", None)
    return lookup(getattr(type(owner), f.__name__, None)) if isinstance(owner, np.random.RandomState) else None
