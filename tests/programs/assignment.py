"""Assignment of every plain form: single, chained, annotated, overwritten, swapped."""

from .table import program


@program(args=[(5.0,), (-1.5,)], order=2)
def quadratic(x):
    y = 3 * x**2
    z = y + 2 * x
    return z + 1


@program(args=[(2.0, 3.0)], order=2)
def overwritten_after_use(x, y):
    a = x * y
    b = a * a
    a = x + y
    b = b + a * x
    a = 1.0
    return a * b


@program(args=[(1.5,)], order=2)
def one_name_throughout(x):
    x = x * x
    x = x + 3.0
    x = x * x
    return x


@program(args=[(2.0, -0.5)], order=2)
def chained_targets(x, y):
    a = b = x * y
    a = a + 1.0
    return a * b


@program(args=[(0.7,)], order=2)
def annotated(x: float) -> float:
    y: float = x * x
    z: float
    z = y + x
    return z * y


@program(args=[(3.0, 4.0, 5.0)], order=2)
def unused_argument(x, y, z):
    w = z * 2.0
    return x * y


@program(args=[(3.0,), (-2.0,)])
def constant_result(x):
    return 4.0


@program(args=[(3.0,)])
def argument_returned(x):
    return x


@program(args=[(3.0,)], order=2)
def same_value_four_times(x):
    return x * x * x * x


@program(args=[(1.25, 0.5)])
def dead_code(x, y):
    unused = x / y
    unused = unused ** 2
    return x + 2 * y


@program(args=[(2.0, 5.0)], order=2)
def aliases(x, y):
    a = x
    b = a
    a = y
    return b * b + a


@program(args=[(2.0, 5.0)], order=2)
def deep_expression(x, y):
    return ((((x + y) * (x - y)) / ((x * y) + (x / y))) - (-(+(x * (y - (x + (y * (x - 1))))))))
