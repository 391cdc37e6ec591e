"""Nested functions, what they capture, and nonlocal."""

import functools
import types

import numpy as np

from .table import program


@program(args=[(2.0, 3.0)], order=2)
def captures_an_argument(x, y):
    def scaled(t):
        return t * x

    return scaled(y) + scaled(x)


@program(args=[(2.0, 3)], order=2)
def counter(x, n):
    total = 0.0

    def add(v):
        nonlocal total
        total += v * v

    for k in range(n):
        add(x + k)
    return total


@program(args=[(2.0,)])
def captured_then_rebound(x):
    y = x * x

    def read():
        return y * x

    before = read()
    y = 5.0 * x
    return before + read()


def make_line(slope, offset):
    def line(t):
        return slope * t + offset
    return line


@program(args=[(2.0, -1.0, 0.5)], order=2)
def factory(slope, offset, t):
    line = make_line(slope, offset)
    steeper = make_line(slope * slope, line(t))
    return line(2.0) * steeper(t)


@program(args=[(0.5, 1.5)])
def three_levels(x, y):
    def outer(a):
        def middle(b):
            def inner(c):
                return a * b * c + x
            return inner(y) + a
        return middle(a + 1)

    return outer(x * y)


@program(args=[(1.0, 2.0)])
def accumulator_with_two_functions(x, y):
    state = x

    def push(v):
        nonlocal state
        state = state * v + 1

    def read():
        return state

    push(y)
    first = read()
    push(x + y)
    return first * read()


@program(args=[(1.2, 5)], order=2)
def recursive_closure(x, n):
    def go(k):
        return 1.0 if k == 0 else x * go(k - 1) + k

    return go(n)


@program(args=[([1.0, 2.0, 3.0],)])
def closures_made_in_a_loop(values):
    functions = []
    for v in values:
        functions.append(lambda t, v=v: t * v)
    total = 1.0
    for f in functions:
        total = f(total) + 1
    return total


@program(args=[([1.0, 2.0, 3.0],)])
def late_binding(values):
    functions = []
    for v in values:
        functions.append(lambda: v * v)
    return sum(f() for f in functions)


@program(args=[(0.3, 0.7)])
def nonlocal_two_levels_up(x, y):
    best = x

    def outer():
        def inner(v):
            nonlocal best
            best = best + v * x
        inner(y)
        inner(y * y)

    outer()
    return best * best


@program(args=[(make_line(2.0, 3.0), 0.5)])
def closure_as_argument(line, t):
    return line(t) * line(1.0)


@program(args=[(2.0, 0.1, 6)])
def optimiser_with_callback(x, rate, steps):
    history = []

    def callback(value):
        history.append(value)

    def loss(t):
        return (t - 1) ** 2

    for _ in range(steps):
        callback(loss(x))
        x = x - rate * 2 * (x - 1)
    return sum(history) / len(history)


@program(args=[(0.4, 2.0)])
def curried(x, y):
    def add(a):
        return lambda b: lambda c: a * b + c
    return add(x)(y)(x * y)


@program(args=[(3.0,)])
def unbound_until_called(x):
    def use():
        return later * x

    later = x + 1
    return use()


@program([(1.3,)], order=2)
def free_variables_that_are_read_and_handed_on(x):
    def outer():
        y = x

        def inner():
            nonlocal y
            y = y * x

            def deep():
                nonlocal y
                y += x
            deep()
            return x * 2
        z = x * inner() + inner()
        return y * x + z
    return outer() * x


@program([(1.3,)], order=2)
def default_values_of_functions_that_another_one_calls(x):
    f = lambda y, *z, k=x: y * k + sum(z)       # noqa: E731

    def scaled(y, by=x, times=2):
        return y * by * times

    def called(v):
        return f(v) * x + scaled(v) + scaled(v, times=3)
    return called(x) + f(x, *[x, 1.0], k=2.0)


@program([(1.3,)], order=2)
def rebound_while_others_run(x):
    k = x

    def elements():
        yield 2.0 * k
        yield x * k

    def bump():
        nonlocal k
        k = k * x

    def around(y):
        before = k * y
        bump()
        return before + k * y * y
    g = elements()
    first = next(g)
    k = x * x
    return first + sum(g) + around(x)


@program(args=[(1.5, 2.0)], order=2)
def a_variable_that_two_functions_in_each_other_rebind(x, y):
    c = 0.0

    def inner(v):
        nonlocal c
        c += v

        def twice():
            nonlocal c
            c *= 2.0
            return c * v
        return twice() + c
    r = inner(x) + inner(y)
    return r * c


def squared_in_memory(x):
    a = np.zeros(2)
    a[0] = x
    return a[0] * a[0]


def handed_back(f):
    return f


def asked_after_a_store(x, f, y):
    y = [y][0]
    low = f(x)

    def inside():
        return low * y
    z = 3.0 * x if y else 2.0
    return z * handed_back(inside)()


@program(args=[(2.0,)])
def a_variable_that_a_function_captures_is_asked_after_a_store(x):
    return asked_after_a_store(x, squared_in_memory, x)


@program([(0.7, 1.3)])
def a_nested_function_that_calls_another(x, y):
    def product():
        return x * y

    def more():
        return product() + x

    return product() * more()


@program([(0.7, 1.3)])
def a_nested_function_that_only_others_call(x, y):
    calls = []

    def product():
        calls.append(x)
        return x * y

    def twice():
        return product() * 2

    return x * twice() * twice() * len(calls)


@program([(0.7, 1.3)])
def a_nested_function_is_a_default(x, y):
    def h():
        return x

    def f(g=h):
        return g() * y

    return f()


@program([(0.7, 1.3)])
def a_nested_function_makes_objects(x, y):
    class Both:
        def total(self):
            return x + y

        def scaled(self):
            return self.total() * x

        @staticmethod
        def product():
            return x * y

    def f():
        return Both().scaled() * Both.product()

    return f()


@program([(0.7, 1.3)])
def a_number_is_a_default(x, y):
    def f(a=x):
        return a * y

    def g(*, a=x * y, k=2):
        return a * k

    return f() + g() * y + g(k=3)


@program([(0.7, 1.3)])
def containers_of_functions_are_defaults(x, y):
    def h():
        return x * y

    def first(fs=(h,)):
        return fs[0]()

    def second(fs=[h, h]):      # noqa: B006
        return fs[1]() * y

    def third(d={"h": h}):      # noqa: B006
        return d["h"]() * x

    return first() + second() + third()


@program([(0.7, 1.3)])
def partials_and_objects_are_defaults(x, y):
    def h(z):
        return x * z

    class Product:
        def __call__(self):
            return x * y

    def f(g=functools.partial(h, 2.0)):
        return g() * y

    def caller(g=Product()):
        return g()

    return f() + caller() * y


@program([(0.7, 1.3)])
def a_default_that_is_called_where_it_may_raise(x, y):
    def f(a=x):
        if y > 100:
            raise ValueError
        return a * y

    try:
        return f()
    except ValueError:
        return x


@program([(0.7, 1.3)])
def made_from_code_with_defaults(x, y):
    def g(a, b=1.0):
        return a * b * b

    def h(*, c=x * y):
        return c * y

    third = types.FunctionType(g.__code__, g.__globals__, argdefs=(x * x,), closure=g.__closure__)
    second = types.FunctionType(g.__code__, g.__globals__, "second", (x,), g.__closure__)
    return second(2.0) + second(y) + third(y) + h()


@program([(0.7, 1.3)])
def reads_the_defaults(x, y):
    def g(a=x, b=x * y, *, c=y * y):
        return a * b * c

    first, second = g.__defaults__
    return first * first * second + g() * g.__defaults__[1] * g.__kwdefaults__["c"]
