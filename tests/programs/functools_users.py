"""partial, lru_cache, singledispatch, wraps, reduce: functions made by functools."""

import functools
import math
import operator
from functools import lru_cache, partial, singledispatch, wraps

from .table import enter, program


def affine(a, x, b=1.0):
    return a * x + b


enter(partial(affine, 2.0), [(3.0,)], name="partial", module=__name__)
enter(partial(affine, b=4.0), [(2.0, 3.0)], name="partial_with_keyword", module=__name__)
enter(partial(partial(affine, 2.0), b=0.5), [(3.0,)], name="partial_of_partial", module=__name__)
enter(partial(lambda a, b, c: a * b * c, 2.0, c=5.0), [(3.0,)], name="partial_of_a_lambda", module=__name__)


@program(args=[(2.0, 3.0)], order=2)
def partial_made_inside(x, y):
    f = partial(affine, x, b=x * y)
    return f(y) * f(2.0)


@lru_cache(maxsize=None)
def binomial(n, k):
    return 1 if k in (0, n) else binomial(n - 1, k - 1) + binomial(n - 1, k)


@program(args=[(0.3, 5)])
def bernstein(t, n):
    return sum(binomial(n, k) * t**k * (1 - t) ** (n - k) * k for k in range(n + 1))


@lru_cache
def cached_square(x):
    return x * x


@program(args=[(3.0,)])
def cached_on_active_values(x):
    return cached_square(x) * cached_square(x) + cached_square(2.0)


@functools.cache
def path_cost(n, step):
    return step if n < 2 else path_cost(n - 1, step) * step + path_cost(n - 2, step)


@program(args=[(1.25,)])
def cached_recursion(x):
    return path_cost(6, x)


@singledispatch
def area(shape):
    raise TypeError(type(shape))


@area.register
def _(shape: float):
    return shape * shape


@area.register
def _(shape: tuple):
    return shape[0] * shape[1]


@area.register(list)
def _(shape):
    return sum(area(s) for s in shape)


@program(args=[(2.0, 3.0)])
def dispatched(x, y):
    return area(x) + area((x, y)) * area([x, (y, y), 1.0])


enter(area, [(2.0,), ((2.0, 3.0),)], name="singledispatch_itself", module=__name__)


def twice(f):
    @wraps(f)
    def wrapper(*args, **kwargs):
        return 2 * f(*args, **kwargs)
    return wrapper


def scaled(by):
    def decorate(f):
        @wraps(f)
        def wrapper(x):
            return by * f(x * by)
        return wrapper
    return decorate


def unwrapped_traces(f):
    calls = []

    def traced(x):
        calls.append(f.__name__)
        return f(x)

    traced.calls = calls
    return traced


@program(args=[(3.0,)], order=2)
@twice
def decorated(x):
    return x * x


@program(args=[(0.4,)])
@scaled(by=3.0)
@twice
def decorated_twice(x):
    return math.sin(x)


@unwrapped_traces
def traced_cube(x):
    return x**3


@program(args=[(0.4,)])
def calls_a_traced_function(x):
    return traced_cube(x) + traced_cube(2 * x)


@program(args=[([1.0, 2.0, 3.0],)])
def reduced(values):
    return functools.reduce(operator.mul, values) + functools.reduce(lambda a, b: a * 0.5 + b, values, 1.0)


class Model:
    def __init__(self, w):
        self.w = w

    @functools.cached_property
    def norm(self):
        return math.sqrt(sum(w * w for w in self.w))

    @twice
    def loss(self, x):
        return self.norm * x


@program(args=[([3.0, 4.0], 2.0)])
def cached_property(w, x):
    model = Model(w)
    return model.norm * model.norm + model.loss(x)


def compose(*functions):
    return functools.reduce(lambda f, g: lambda x: g(f(x)), functions)


@program(args=[(0.3,)])
def pipeline_of_functions(x):
    return compose(math.sin, partial(affine, 2.0), twice(math.exp))(x)


class Scales:
    def __init__(self, a):
        self.a, self.kept = a, []

    def push(self, v, by=1.0):
        self.kept.append(v * self.a * by)
        return self


@program([(1.3,)], order=2)
def method_callers_and_getters_hold_numbers(x):
    push = operator.methodcaller("push", x)
    s = push(push(Scales(2.0)))
    a, kept = operator.attrgetter("a", "kept")(s)
    g = iter([x, x * 2, None, 3.0])
    return a * kept[0] + kept[1] * x + sum(iter(lambda: next(g), None))


@program([(1.3, 0.7)], order=2)
def a_recursion_that_remembers(a, b):
    @functools.lru_cache(maxsize=None)
    def f(n, k=1):
        if n < 2:
            return a if n else b
        parts = [f(n - 1), f(n - 2, k=k)]
        return math.sin(parts[0]) * a + parts[1] * b

    return f(9) + f(9) * f(6) + f(3, k=2)


@program([(1.3, 0.7)])
def caches_that_forget(a, b):
    calls = []

    @functools.lru_cache(maxsize=2)
    def f(n):
        calls.append(n)
        return [a * n, scale * b]

    scale = 1.0
    first = f(1)
    f(2)
    again = f(1)
    again[0] *= b               # the same list
    scale = a
    total = f(3)[1] + f(1)[0] + first[0] * f(2)[1] + f(2)[0]
    f.cache_clear()
    total += f(1)[0] * f(1)[1]
    assert calls == [1, 2, 3, 2, 1] and f.cache_info().hits >= 0
    return total


@program([(0.7, 0.7)])
def equal_numbers_from_two_places(a, b):
    @functools.cache
    def f(x):
        return x * x * a

    return f(a) + 2.0 * f(b) + 3.0 * f(0.7)


@program([(1.3, [0.7, -0.2, 1.1])], order=1)
def folds(x, cs):
    total = functools.reduce(lambda total, c: total * x + c, cs, 0.0)
    total += functools.reduce(lambda x, total: x + total * 2.0, (c * x for c in cs), total)
    total += functools.reduce(operator.mul, cs, x) + functools.reduce(affine, iter(cs), 2.0)
    total += functools.reduce(lambda a, b: b, [], x) + functools.reduce(lambda a, b: a + b, cs)
    pairs = functools.reduce(lambda acc, c: acc + [(c, x)], cs, [])
    try:
        functools.reduce(lambda a, b: a / (b - b), cs, x)
    except ZeroDivisionError:
        total *= 2.0
    nested = functools.reduce(lambda m, c: functools.reduce(lambda a, b: a + b * c, cs, m), cs, 1.0)
    return total * pairs[1][0] * pairs[2][1] + nested
