"""What writes to memory behind the engine's back is refused, never ignored."""

from array import array
from ctypes import c_double
from datetime import timedelta
from queue import SimpleQueue
from types import ModuleType

import numpy as np
import pytest

from zygote_py import MissingRuleError, RuleError, UnsupportedCodeError, gradient, jvp

rng = np.random.default_rng(0)
V = np.array([1.0, 2.0, -3.0])
POINTS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])

def test_what_a_container_of_c_holds_is_refused_when_a_cotangent_arrives():
    def f(x):
        queue = SimpleQueue()
        queue.put(x[0])
        return queue.get()

    with pytest.raises(MissingRuleError, match="SimpleQueue"):
        gradient(f, V)
    with pytest.raises(MissingRuleError, match="array"):
        gradient(lambda x: array("d", [x[0], x[1]])[1], V)


def holder_called(x):
    return interpolator(POINTS, x)(POINTS[:1] + 0.1)[0]


def holder_asked(x):
    return interpolator(POINTS, x).values[2, 0]


def holder_in_arithmetic(x):
    return timedelta(seconds=x[0]) / timedelta(seconds=1)


def holder_gone_through(x):
    return sum(array("d", [x[0], x[1]]))


def holder_read(x):
    return c_double(x[0]).value


def interpolator(points, values):
    from scipy.interpolate import LinearNDInterpolator
    return LinearNDInterpolator(points, values)


@pytest.mark.parametrize("f", [holder_called, holder_asked, holder_in_arithmetic, holder_gone_through, holder_read])
def test_what_an_object_of_c_was_made_of_is_refused_in_both_modes(f):
    if f in (holder_called, holder_asked):
        pytest.importorskip("scipy.interpolate")
    with pytest.raises((MissingRuleError, RuleError)):
        gradient(f, V)
    with pytest.raises(MissingRuleError):
        jvp(lambda x: f(x) * 1.0, (V,), (np.ones(3),))


def test_a_store_into_a_container_of_c_is_refused():
    def f(x):
        numbers = array("d", [1.0, 2.0])
        numbers[0] = x
        return numbers[0]

    with pytest.raises(UnsupportedCodeError, match="a store into a array"):
        gradient(f, 2.0)


def test_a_store_to_an_attribute_of_a_module_is_refused():
    def f(x):
        settings.scale = x
        return x

    settings = ModuleType("settings")
    with pytest.raises(UnsupportedCodeError, match="attribute `scale` of a module"):
        gradient(f, 2.0)


def defaults_replaced(x):
    def f(a=1.0):
        return a * a
    f.__defaults__ = (x,)
    return f()


def defaults_replaced_by_setattr(x):
    def f(*, a=1.0):
        return a * a
    setattr(f, "__kwdefaults__", {"a": x})
    return f()


def defaults_deleted(x):
    def f(a=x):
        return a * a
    del f.__defaults__
    return f(2.0 * x)


def a_keyword_of_the_defaults_replaced(x):
    old = of_keyword.__kwdefaults__["a"]
    of_keyword.__kwdefaults__["a"] = x
    try:
        return of_keyword()
    finally:
        of_keyword.__kwdefaults__["a"] = old


def of_keyword(*, a=1.0):
    return a * a


@pytest.mark.parametrize("f", [defaults_replaced, defaults_replaced_by_setattr, defaults_deleted,
                               a_keyword_of_the_defaults_replaced])
def test_a_change_of_the_defaults_of_a_function_is_refused_in_both_modes(f):
    for differentiate in (lambda: gradient(f, 2.0), lambda: jvp(f, (2.0,), (1.0,))):
        with pytest.raises(UnsupportedCodeError, match="defaults__"):
            differentiate()


def test_what_inspect_tells_of_defaults_is_refused_when_a_derivative_arrives():
    import inspect

    def told(x):
        def f(a=x):
            return a * a
        return inspect.getfullargspec(f).defaults[0] * x

    def bound(x):
        def f(a, *, b=x):
            return a * b
        given = inspect.signature(f).bind(x)
        given.apply_defaults()
        return given.arguments["b"] * f(x)

    def named(x):
        def f(a, *, b=x):
            return a * b
        return f(x) * len(inspect.signature(f).parameters)

    for f in (told, bound):
        with pytest.raises(MissingRuleError, match="inspect"):
            gradient(f, 1.5)
        with pytest.raises(MissingRuleError, match="inspect"):
            jvp(f, (1.5,), (1.0,))
    assert gradient(named, 1.5) == (6.0,) and jvp(named, (1.5,), (1.0,)) == (4.5, 6.0)


def test_an_argument_that_a_rule_does_not_cover_is_refused():
    with pytest.raises(MissingRuleError):
        gradient(lambda x: np.polyfit(x, x * x, 1, cov=True)[1][0, 0], np.array([0.0, 1.0, 2.0, 4.0]))
    assert np.isfinite(gradient(lambda x: np.polyfit(x, x * x, 1)[0], np.array([0.0, 1.0, 2.0]))[0]).all()


def test_objects_of_libraries_that_are_not_looked_into():
    import argparse

    class Arguments(argparse.Namespace):
        pass

    def set_later(x):
        found = Arguments()
        found.x = x
        return found.x * 1.0
    assert gradient(set_later, 2.0) == (1.0,)
    for cls in (argparse.Namespace, Arguments):
        with pytest.raises(MissingRuleError, match=cls.__name__):
            gradient(lambda x, cls=cls: cls(x=x).x * 1.0, 2.0)


def test_threads_and_pools():
    from concurrent.futures import ThreadPoolExecutor
    from multiprocessing.pool import ThreadPool
    from threading import Thread

    def by_thread(x):
        out = np.zeros(1)

        def work():
            out[0] = x * x
        thread = Thread(target=work)
        thread.start()
        thread.join()
        return out[0] * 1.0

    def square(v):
        return v * v
    with ThreadPoolExecutor(1) as pool, ThreadPool(1) as other:
        for f in (by_thread, lambda x: sum(pool.map(square, [x])), lambda x: pool.submit(square, x).result(),
                  lambda x: sum(other.map(square, [x])), lambda x: other.apply_async(square, (x,)).get()):
            assert f(3.0) == 9.0
            with pytest.raises(UnsupportedCodeError, match="another thread"):
                gradient(f, 3.0)
            with pytest.raises(UnsupportedCodeError, match="another thread"):
                jvp(f, (3.0,), (1.0,))
        assert list(pool.map(lambda x: gradient(square, x), [1.0, 2.0])) == [(2.0,), (4.0,)]
