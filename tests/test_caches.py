"""What is made once is used again, what has changed is seen, what is gone is forgotten, and threads agree."""

from __future__ import annotations

import gc
import importlib.util
import sys
import textwrap
import threading
import types
import weakref
from fractions import Fraction

import numpy as np
import pytest
from programs.expect import agree, needs
from programs.table import load

from zygote_py import cache, emit, gradient, pullback, requests
from zygote_py.frontend.matching import same
from zygote_py.frontend.source import generated_from

pytestmark = pytest.mark.usefixtures("only_new_garbage")


@pytest.fixture
def user(tmp_path):
    """Write a module of the user's and import it; `user.forget` takes it away."""
    def write(text, name="model"):
        path = tmp_path / f"{name}.py"
        path.write_text(textwrap.dedent(text).lstrip("\n"))
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module

    before = set(sys.modules)
    yield write
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in sys.modules[name].__file__:
            del sys.modules[name]


def compiled():
    return cache.statistics().compiled


# What is made once


def test_the_second_call_compiles_nothing():
    def f(x):
        return x * x + 1

    gradient(f, 2.0)
    before = compiled()
    for k in range(5):
        agree(gradient(f, float(k)), (2.0 * k,))
    assert compiled() == before


def test_a_fresh_lambda_in_each_turn_compiles_once():
    counts = []
    for k in range(20):
        agree(gradient(lambda x: x * x * 3, float(k)), (6.0 * k,))
        counts.append(compiled())
    assert counts[1:] == counts[:1] * 19


def test_a_fresh_closure_in_each_turn_compiles_once():
    counts = []
    for k in range(20):
        scale = 0.5 * k

        def f(x, scale=scale):
            def inner(y):
                return y * scale + x
            return inner(x)

        agree(gradient(f, 2.0), (scale + 1.0,))
        agree(gradient(lambda x: x * scale, 2.0), (scale,))
        counts.append(compiled())
    assert counts[2:] == counts[1:2] * 18


def test_fresh_helpers_in_a_closure_compile_once():
    def step(scale):
        def layer(x):
            return x * scale

        def loss(x):
            return layer(layer(x)) + 1

        return gradient(loss, 3.0)

    counts = []
    for k in range(10):
        agree(step(float(k)), (float(k * k),))
        counts.append(compiled())
    assert counts[2:] == counts[1:2] * 8


def test_methods_of_fresh_objects_compile_once():
    class Model:
        def __init__(self, w):
            self.w = w

        def loss(self, x):
            return (self.w * x - 1) ** 2

    counts = []
    for k in range(10):
        agree(gradient(Model(1.0 + k).loss, 2.0), (2 * (2 * (1.0 + k) - 1) * (1.0 + k),))
        counts.append(compiled())
    assert counts[1:] == counts[:1] * 9


def test_fresh_arrays_of_one_kind_compile_once():
    def f(a, b):
        return np.sum(a * b)

    gradient(f, np.ones(2), np.ones(2))
    before = compiled()
    for n in range(3, 10):
        agree(gradient(f, np.ones(n), np.full(n, 2.0)), (np.full(n, 2.0), np.ones(n)))
    assert compiled() == before


def test_other_kinds_of_arguments_are_served():
    def f(x, y):
        return x * y + y

    for _ in range(2):
        agree(gradient(f, 2.0, 3.0), (3.0, 3.0))
        agree(gradient(f, Fraction(1, 2), Fraction(3)), (Fraction(3), Fraction(3, 2)))
        agree(gradient(f, np.array(2.0), 3.0), (np.array(3.0), 3.0))
        agree(gradient(f, 2, True), (1.0, None))
        agree(gradient(lambda x, y: f(x, y).real, 2 + 0j, 3.0), (3 + 0j, 3.0))


# What has changed


def test_a_helper_defined_anew_is_seen(user):
    module = user("""
        def helper(x):
            return x * x

        def f(x):
            return helper(x) + x
        """)
    agree(gradient(module.f, 3.0), (7.0,))
    module.helper = lambda x: x * 10
    agree(gradient(module.f, 3.0), (11.0,))
    module.helper = abs
    agree(gradient(module.f, 3.0), (2.0,))
    del module.helper
    with pytest.raises(NameError, match="helper"):
        gradient(module.f, 3.0)


def test_a_helper_two_calls_down_is_seen(user):
    module = user("""
        def deep(x):
            return x * x

        def middle(x):
            return deep(x)

        def f(x):
            total = 0.0
            for _ in range(2):
                total += middle(x)
            return total
        """)
    agree(gradient(module.f, 3.0), (12.0,))
    module.deep = lambda x: x * 5
    agree(gradient(module.f, 3.0), (10.0,))
    module.middle = lambda x: x
    agree(gradient(module.f, 3.0), (2.0,))


def test_an_attribute_of_a_module_bound_anew_is_seen(user):
    module = user("""
        import types
        tools = types.ModuleType("tools")
        tools.scale = lambda x: x * 2

        def f(x):
            return tools.scale(x) * x
        """)
    agree(gradient(module.f, 3.0), (12.0,))
    module.tools.scale = lambda x: x * x
    agree(gradient(module.f, 3.0), (27.0,))
    other = types.ModuleType("other")
    other.scale = lambda x: 1.0
    module.tools = other
    agree(gradient(module.f, 3.0), (1.0,))


def test_a_patched_library_function_is_seen(user, monkeypatch):
    module = user("""
        import math

        def f(x):
            return math.sin(x)
        """)
    before = gradient(module.f, 0.5)
    monkeypatch.setattr("math.sin", lambda x: 3 * x)
    agree(gradient(module.f, 0.5), (3.0,))
    monkeypatch.undo()
    assert gradient(module.f, 0.5) == before


def test_a_builtin_shadowed_later_is_seen(user):
    module = user("""
        def f(x):
            return abs(x) * 2
        """)
    agree(gradient(module.f, -3.0), (-2.0,))
    module.abs = lambda x: x * x
    agree(gradient(module.f, -3.0), (-12.0,))
    del module.abs
    agree(gradient(module.f, -3.0), (-2.0,))


def test_a_global_constant_is_read_at_each_call(user):
    module = user("""
        K = 2.0

        def f(x):
            return np_sum(K * x)

        def np_sum(v):
            return v if isinstance(v, (int, float)) else v[0] + v[1]
        """)
    agree(gradient(module.f, 3.0), (2.0,))
    module.K = 5.0
    agree(gradient(module.f, 3.0), (5.0,))
    module.K = 7
    agree(gradient(module.f, 3.0), (7.0,))
    module.K = np.array([1.0, 3.0])
    agree(gradient(module.f, 3.0), (4.0,))
    module.K = 2.0
    agree(gradient(module.f, 3.0), (2.0,))


def test_a_global_that_becomes_complex_or_a_function(user):
    module = user("""
        G = 2.0

        def f(x):
            return abs(G * x) if not callable(G) else G(x)
        """)
    agree(gradient(module.f, 3.0), (2.0,))
    module.G = 3 + 4j
    agree(gradient(module.f, 3.0), (5.0,))
    module.G = lambda x: x * x
    agree(gradient(module.f, 3.0), (6.0,))


def test_a_changed_cell_is_seen():
    scale = 2.0

    def change(to):
        nonlocal scale
        scale = to

    def f(x):
        return scale * x if not callable(scale) else scale(x)

    agree(gradient(f, 3.0), (2.0,))
    change(5.0)
    agree(gradient(f, 3.0), (5.0,))
    change(Fraction(1, 2))
    agree(gradient(f, 3.0), (0.5,))
    change(lambda x: x**2)
    agree(gradient(f, 3.0), (6.0,))


def test_other_functions_in_the_same_cell():
    def apply(g):
        return lambda x: g(x) * 2

    agree(gradient(apply(lambda t: t * t), 3.0), (12.0,))
    agree(gradient(apply(lambda t: t * 5), 3.0), (10.0,))
    agree(gradient(apply(abs), -3.0), (-2.0,))


def test_replaced_defaults_are_seen():
    def f(x, k=2.0, *, c=1.0):
        return x * k * c

    agree(gradient(f, 3.0), (2.0,))
    f.__defaults__ = (5.0,)
    agree(gradient(f, 3.0), (5.0,))
    f.__kwdefaults__ = {"c": 3.0}
    agree(gradient(f, 3.0), (15.0,))
    f.__defaults__ = None
    with pytest.raises(TypeError, match="k"):
        gradient(f, 3.0)


def test_replaced_defaults_of_a_helper_are_seen(user):
    module = user("""
        def helper(x, k=2.0):
            return x * k

        def f(x):
            return helper(x)
        """)
    agree(gradient(module.f, 3.0), (2.0,))
    module.helper.__defaults__ = (7.0,)
    agree(gradient(module.f, 3.0), (7.0,))


def test_replaced_code_is_seen():
    def f(x):
        return x * 2

    def g(x):
        return x * x

    agree(gradient(f, 3.0), (2.0,))
    f.__code__ = g.__code__
    agree(gradient(f, 3.0), (6.0,))


def test_a_replaced_method_is_seen():
    class Model:
        def loss(self, x):
            return x * 2

    class Child(Model):
        pass

    def f(m, x):
        return m.loss(x)

    agree(gradient(f, Child(), 3.0)[1], 2.0)
    Model.loss = lambda self, x: x * x
    agree(gradient(f, Child(), 3.0)[1], 6.0)
    Child.loss = lambda self, x: x * 7
    agree(gradient(f, Child(), 3.0)[1], 7.0)
    m = Child()
    m.loss = lambda x: x * 11
    agree(gradient(f, m, 3.0)[1], 11.0)


def test_a_rule_given_later_takes_effect_at_once():
    needs("adjoint")
    from zygote_py import adjoint

    def helper(x):
        return x * x

    def f(x):
        return helper(x) + x

    agree(gradient(f, 3.0), (7.0,))

    @adjoint(helper)
    def helper_rule(x):
        return x * x, lambda dy: (100.0 * dy,)

    agree(gradient(f, 3.0), (101.0,))


def test_what_a_helper_takes_from_a_module_is_seen(user):
    module = user("""
        import types
        tools = types.ModuleType("tools")
        tools.scale = lambda x: x * 2

        def helper(x):
            return tools.scale(x)

        def f(x):
            return helper(x) * x
        """)
    agree(gradient(module.f, 3.0), (12.0,))
    module.tools.scale = lambda x: x * x
    agree(gradient(module.f, 3.0), (27.0,))
    agree(pullback(module.f, 3.0)[1](1.0), (27.0,))
    del module.tools.scale
    with pytest.raises(AttributeError, match="scale"):
        gradient(module.f, 3.0)
    module.tools.scale = lambda x: x * 5
    agree(gradient(module.f, 3.0), (30.0,))


def test_a_global_of_a_helper_that_changes_its_kind_is_seen(user):
    module = user("""
        K = 2.0

        def deep(x):
            return K * x

        def helper(x):
            return deep(x) + 1

        def f(x):
            y = helper(x)
            return y if isinstance(y, float) else y.sum()
        """)
    agree(gradient(module.f, 3.0), (2.0,))
    module.K = np.array([1.0, 3.0])
    agree(gradient(module.f, 3.0), (4.0,))
    module.K = 5
    agree(gradient(module.f, 3.0), (5.0,))
    module.K = 2.0
    before = compiled()
    agree(gradient(module.f, 3.0), (2.0,))
    assert compiled() == before


def test_a_recursive_function_defined_anew_is_seen(user):
    module = user("""
        def power(x, n):
            return 1.0 if n == 0 else x * power(x, n - 1)

        def even(x, n):
            return x if n == 0 else odd(x, n - 1)

        def odd(x, n):
            return 0.0 * x if n == 0 else 2 * even(x, n - 1)

        def f(x):
            return power(x, 3) + even(x, 4)
        """)
    agree(gradient(module.f, 2.0), (16.0,))
    module.odd = lambda x, n: 5 * x
    agree(gradient(module.f, 2.0), (17.0,))
    module.power = lambda x, n: x
    agree(gradient(module.f, 2.0), (6.0,))


def test_a_default_that_is_no_constant_is_that_of_the_helper(user):
    module = user("""
        import math

        def helper(x, f=math.sin, w=(1.0, 2.0)):
            return f(x) * w[1]

        def f(x):
            return helper(x)
        """)
    agree(gradient(module.f, 0.0), (2.0,))
    module.helper.__defaults__ = (lambda x: x * 3, (1.0, 5.0))
    agree(gradient(module.f, 0.0), (15.0,))
    module.helper.__defaults__ = (lambda x: x * 3, 7.0, (0.0, 1.0))
    with pytest.raises(TypeError):
        gradient(module.f, 0.0)


def test_other_arguments_are_asked_for(user):
    from zygote_py import grad

    def f(x, y):
        return x * y

    for _ in range(2):
        agree(grad(f)(2.0, 3.0), 3.0)
        agree(grad(f, 1)(2.0, 3.0), 2.0)
        agree(grad(f, (0, 1))(2.0, 3.0), (3.0, 2.0))
        agree(gradient(f, 2.0, 3.0), (3.0, 2.0))


def test_a_record_belongs_to_one_function():
    import functools
    import pickle

    def f(x):
        return x * 2

    agree(gradient(f, 3.0), (2.0,))
    agree(gradient(f, 3.0), (2.0,))

    @functools.wraps(f)
    def g(x):
        return f(x) * x

    agree(gradient(g, 3.0), (12.0,))
    agree(gradient(g, 3.0), (12.0,))
    agree(gradient(f, 3.0), (2.0,))
    assert pickle.loads(pickle.dumps(f.__dict__)).keys() == f.__dict__.keys()


def test_an_unrelated_rule_compiles_nothing():
    from zygote_py import adjoint

    def f(x):
        return np.sin(x) * x

    gradient(f, 2.0)
    before = compiled()

    @adjoint(lambda x: x)
    def rule(x):
        return x, lambda dy: (dy,)

    agree(gradient(f, 0.0), (0.0,))
    assert compiled() == before


def test_text_that_is_stepped_through_has_code_of_its_own():
    from zygote_py import options

    def f(x):
        return x * x

    plain = requests.joint(f, 2.0)
    with options(debug=True):
        shown = requests.joint(f, 2.0)
        agree(gradient(f, 2.0), (4.0,))
        assert requests.joint(f, 2.0) is shown
    assert plain.__code__.co_filename == f.__code__.co_filename
    assert shown.__code__.co_filename.startswith("<")
    assert requests.joint(f, 2.0) is plain


def test_a_module_loaded_anew(user):
    one = user("def f(x):\n    return x * x\n")
    agree(gradient(one.f, 3.0), (6.0,))
    two = user("# moved\n\ndef f(x):\n    return x * x * x\n", name="model2")
    agree(gradient(two.f, 3.0), (27.0,))
    agree(gradient(one.f, 3.0), (6.0,))


# Threads


def test_eight_threads_agree_with_one(user):
    lines = [f"def f{k}(x):\n    y = x * {k}.5\n    for i in range({k % 4}):\n        y = y * x + g{k}(y, i)\n    return y\n\n"
             f"def g{k}(a, b):\n    return a * 0.{k + 1} - b\n" for k in range(24)]
    serial = user("\n".join(lines), name="serial")
    expected = [gradient(getattr(serial, f"f{k}"), 0.7) for k in range(24)]
    fresh = user("\n".join(lines), name="fresh")
    results, failures, start = {}, [], threading.Barrier(8)

    def work(number):
        try:
            start.wait()
            for turn in range(10):
                for k in range(24):
                    order = (k * 5 + number * 3 + turn) % 24
                    results[number, order] = gradient(getattr(fresh, f"f{order}"), 0.7)
                    assert results[number, order] == expected[order]
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]
    assert len(results) == 8 * 24


def test_threads_share_a_pullback():
    _, back = pullback(lambda a, xs: np.sum(a * a) * xs[0] * xs[1], np.arange(50.0), [2.0, 3.0])
    expected = back(1.0)
    results = []
    threads = [threading.Thread(target=lambda: results.extend(back(1.0) for _ in range(50))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 400
    for da, dxs in results:
        np.testing.assert_array_equal(da, expected[0])
        assert dxs == expected[1]


def test_an_option_holds_in_its_own_thread_and_block():
    from zygote_py import options

    entry = load()["loops.power"]
    seen = []

    def work():
        seen.append(gradient(entry.function, 1.5, 3)[0])

    with options(optimise=False):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        seen.append(gradient(entry.function, 1.5, 3)[0])
    assert seen == [6.75, 6.75]


# What is gone


def collect():
    for _ in range(3):
        gc.collect()


def test_entries_die_with_their_code(user):
    collect()
    before = cache.statistics().entries
    text = "\n".join(f"def f{k}(x):\n    return helper{k}(x) * {k} + x\n\n"
                     f"def helper{k}(x):\n    return x * x\n" for k in range(30))
    module = user(text, name="shortlived")
    dying = [weakref.ref(getattr(module, f"f{k}").__code__) for k in range(30)]
    for k in range(30):
        agree(gradient(getattr(module, f"f{k}"), 2.0), (4.0 * k + 1,))
        pullback(getattr(module, f"f{k}"), 2.0)[1](1.0)
    assert cache.statistics().entries >= before + 30
    del sys.modules["shortlived"], module
    collect()
    assert [ref() for ref in dying] == [None] * 30
    assert cache.statistics().entries <= before


def test_fresh_lambdas_do_not_pile_up():
    gradient(lambda x: x * 2, 1.0)
    collect()
    before = None
    for k in range(100):
        scale = float(k)
        agree(gradient(lambda x: x * scale, 1.0), (scale,))
        if before is None:
            before = cache.statistics().entries
    assert cache.statistics().entries == before


def test_modules_that_call_each_other_die(user):
    collect()
    before = cache.statistics().entries
    one = user("""
        import sys

        def scale(x, f=abs):
            return f(x) * 2

        def f(x):
            return other.g(x) + scale(x)
        """, name="shortlived1")
    two = user("""
        def g(x):
            return other.scale(x) * K

        K = 3.0
        """, name="shortlived2")
    one.other, two.other = two, one
    for _ in range(3):
        agree(gradient(one.f, 2.0), (8.0,))
        agree(pullback(one.f, 2.0)[1](1.0), (8.0,))
    dying = weakref.ref(one), weakref.ref(two), weakref.ref(two.g.__code__)
    del sys.modules["shortlived1"], sys.modules["shortlived2"], one, two
    collect()
    assert [ref() for ref in dying] == [None] * 3
    assert cache.statistics().entries <= before


def test_what_a_closure_holds_is_free_as_soon_as_the_closure_is():
    def once():
        captured = np.ones(3)
        f = lambda x: np.sum(captured) * x    # noqa: E731
        for _ in range(3):
            agree(gradient(f, 2.0), (3.0,))
        return weakref.ref(captured)

    once()
    gc.collect()
    gc.disable()
    try:
        assert once()() is None
    finally:
        gc.enable()


def test_the_number_of_specialisations_is_bounded(user):
    collect()
    before = cache.statistics().specialisations
    module = user("""
        def helper(x):
            return x

        def f(x, *rest):
            return helper(x) * len(rest)
        """, name="shortlived")
    helpers = user("\n".join(f"def h{k}(x):\n    return x * {k + 1}\n" for k in range(40)), name="shortlived2")
    for k in range(40):
        module.helper = getattr(helpers, f"h{k}")
        agree(gradient(module.f, 2.0, 1.0)[0], float(k + 1))
    assert cache.statistics().specialisations - before < 60
    for n in range(200):
        gradient(module.f, 2.0, *[None, 1.0] * (n % 7), *["text"] * (n // 7))
    assert cache.statistics().specialisations - before < 160


def test_statistics_can_be_read():
    gradient(lambda x: x * 2.5, 1.0)
    one = cache.statistics()
    gradient(lambda x: x * 7.5, 1.0)
    two = cache.statistics()
    assert two.compiled == one.compiled + 1
    assert two.seconds > one.seconds
    assert 0 < two.entries <= two.specialisations
    assert str(two).startswith(f"{two.compiled} specialisations compiled in ")


def test_a_function_is_not_kept_alive():
    def make():
        captured = np.ones(3)

        def f(x):
            return np.sum(captured) * x

        return f, weakref.ref(f), weakref.ref(captured)

    f, function, array = make()
    agree(gradient(f, 2.0), (3.0,))
    del f
    collect()
    assert function() is None and array() is None


def test_arguments_are_not_kept_alive():
    class Model:
        def __init__(self):
            self.w = np.ones(3)

    model, x = Model(), np.ones(3)
    refs = [weakref.ref(model), weakref.ref(x), weakref.ref(model.w)]
    result = gradient(lambda m, x: np.sum(m.w * x), model, x)
    del model, x
    collect()
    assert [ref() for ref in refs] == [None] * 3
    agree(result[1], np.ones(3))


def test_a_pullback_lets_go_of_its_tape():
    x = np.ones(3)
    ref = weakref.ref(x)
    y, back = pullback(lambda x: np.sum(x * x), x)
    del x
    agree(back(1.0), (np.full(3, 2.0),))
    del back, y
    collect()
    assert ref() is None


def test_trees_are_made_again_when_they_are_asked_for(user):
    m = user("""
        import math

        def half(x):
            return 0.5 * x

        def f(x, n, told):
            for k in range(n):
                x = half(x) + math.sin(x) * k
                if x > 100.0:
                    raise ValueError(f"too large: {told(x)}")
            g = lambda y: y * x
            return g(2.0)
        """)
    heard = []
    told = heard.append
    assert gradient(m.f, 0.3, 3, told)[0] == pullback(m.f, 0.3, 3, told)[1](1.0)[0]
    for again in range(2):
        with pytest.raises(ValueError, match="too large"):
            pullback(m.f, 500.0, 3, told)
        assert len(heard) == again + 1      # the second thing that is made of a function finds it as the first one did
    templates = [t for found in cache.known_entry(m.f.__code__).templates.values() for t in found]
    codes = [code for t in templates for code in t.codes.values()]
    assert len(codes) > 1
    for code in codes:
        for layout, tree in zip(code.layouts.values(), code.trees):
            name = layout.code.co_name
            again = emit.load.compiled([emit.load.to_ast(tree)], layout.code.co_freevars, "again")[name]
            assert same(again, layout.code)
            assert len(generated_from(layout.code).nested) == len([c for c in again.co_consts if isinstance(c, types.CodeType)])
