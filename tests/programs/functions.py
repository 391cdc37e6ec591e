"""Recursion, parameters of every kind on both sides of a call, and lambdas."""

import math

from .table import enter, program


@program(args=[(5.0, 3), (5.0, 0), (1.1, 12)], order=2)
def pow_recursive(x, n):
    return 1 if n <= 0 else x * pow_recursive(x, n - 1)


@program(args=[(1.05, 10)], order=2)
def fast_power(x, n):
    if n == 0:
        return 1.0
    half = fast_power(x, n // 2)
    return half * half * x if n % 2 else half * half


def is_even(n, x):
    return x if n == 0 else is_odd(n - 1, x * x)


def is_odd(n, x):
    return 2 * x if n == 0 else is_even(n - 1, x + 1)


@program(args=[(4, 0.5), (3, 0.5), (0, 0.5)], order=2)
def mutual_recursion(n, x):
    return is_even(n, x) * x


@program(args=[(0.9, 4)], order=2)
def fibonacci(x, n):
    if n < 2:
        return x
    return fibonacci(x, n - 1) * fibonacci(x, n - 2) + x


@program(args=[((1.0, (2.0, None, None), (3.0, None, (4.0, None, None))),)])
def tree_sum(node):
    if node is None:
        return 0.0
    value, left, right = node
    return value * value + 0.5 * tree_sum(left) + 0.25 * tree_sum(right)


@program(args=[(0.1, 0.7, 3.0)])
def ackermann_free_gcd_like(a, b, c):
    return a if b < 1e-3 else c * ackermann_free_gcd_like(b, b * 0.3, c * 0.5)


def affine(x, scale=2.0, /, shift=1.0, *, factor=3.0):
    return (x * scale + shift) * factor


@program(args=[(0.5, 4.0)], order=2)
def defaults_and_keywords(x, y):
    return affine(x) + affine(x, y) * affine(y, x, y) - affine(x, factor=y) + affine(x, shift=x * y, factor=x)


def collect(first, *rest, **named):
    total = first
    for k, r in enumerate(rest):
        total += (k + 1) * r
    for name, value in named.items():
        total += len(name) * value * value
    return total


@program(args=[(0.5, 4.0)], order=2)
def star_parameters(x, y):
    return collect(x) + collect(x, y, x * y) + collect(y, x, ab=x, c=y * y)


@program(args=[([1.0, 2.0, 3.0], {"ab": 4.0, "c": 5.0})])
def star_arguments(values, named):
    return collect(*values, **named) * collect(*values[:2]) + collect(0.5, *values, ab=values[0])


@program(args=[(2.0, 3.0)])
def pass_everything_on(*args, **kwargs):
    return collect(*args, **kwargs) * args[0]


@program(args=[(2.0,)], keywords={"ab": 1.5, "c": 0.25})
def keywords_from_the_caller(x, **named):
    return collect(x, **named) * named["ab"]


@program(args=[(2.0, 0.5)])
def keyword_only(x, y):
    def shape(x, *, a, b=3.0):
        return a * x + b

    return shape(x, a=y) * shape(b=x, x=y, a=2.0)


@program(args=[(2.0, 0.5)], order=2)
def lambdas(x, y):
    square = lambda t: t * t
    compose = lambda f, g: lambda t: f(g(t))
    return compose(square, lambda t: t + y)(x) * (lambda a, b=2.0: a * b + y)(x)


enter(lambda x: 3*x**2 + 2*x + 1, [(5.0,)], name="lambda_itself", module=__name__, order=2)
product, quotient = lambda a, b: a * b, lambda a, b: a / b
enter(product, [(2.0, 3.0)], name="first_of_two_lambdas", module=__name__)
enter(quotient, [(2.0, 3.0)], name="second_of_two_lambdas", module=__name__)
enter(lambda *xs: sum(x * k for k, x in enumerate(xs)), [(1.0, 2.0, 3.0)], name="lambda_with_star", module=__name__)
enter(
    lambda x, y: (
        x * y
        if x > y
        else x + y
    ),
    [(1.0, 2.0), (2.0, 1.0)], name="lambda_over_lines", module=__name__)


@program(args=[(0.3, 2.5)], order=2)
def functions_as_arguments(x, y):
    def integrate(f, a, b, n=8):
        h = (b - a) / n
        return h * (0.5 * f(a) + sum(f(a + k * h) for k in range(1, n)) + 0.5 * f(b))

    return integrate(math.sin, x, y) + integrate(lambda t: t * t * x, 0.0, y)


@program(args=[(0.3, "sin"), (0.3, "cos"), (0.3, "cube")])
def function_from_a_dict(x, which):
    table = {"sin": math.sin, "cos": math.cos, "cube": lambda t: t**3}
    return table[which](x) * x


@program(args=[(0.8,)])
def function_from_a_list(x):
    for f in [math.sin, lambda t: t * t, math.exp, affine]:
        x = f(x)
    return x


@program(args=[(0.6, 0.2)])
def default_made_from_another(x, y):
    base = x * 2

    def g(t, extra=base * y):
        return t * extra

    base = 100.0
    return g(x) + g(y, 3.0) + base


@program(args=[(3.0, 4.0)], order=2)
def same_argument_twice(x, y):
    def product(a, b):
        return a * a * b

    return product(x, x) + product(y, x) + product(y, y)


@program(args=[(1.0, 2.0)])
def result_of_no_use(x, y):
    affine(x, y)
    return x * y


@program(args=[(0.2,)], order=2)
def deeply_nested_calls(x):
    return math.exp(math.sin(math.cos(math.sqrt(math.log1p(abs(math.tanh(math.atan(x * 3))) + 1)))))


@program(args=[(1.5, 0.4)], order=2)
def bisection_free_kepler(mean, e):
    anomaly = mean
    for _ in range(12):
        anomaly = anomaly - (anomaly - e * math.sin(anomaly) - mean) / (1 - e * math.cos(anomaly))
    return anomaly
