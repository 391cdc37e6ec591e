"""f-strings, assert, raise that is not taken, del, globals, imports inside functions, docstrings."""

import math
import math as m
from math import sqrt

from .table import program

SCALE = 2.5
WEIGHTS = [0.5, 1.5, 2.5]
SETTINGS = {"power": 3, "bias": 0.25}


@program(args=[(2.0, "width")])
def f_strings(x, name):
    label = f"{name:>8}={x:.2f}|{[1, name]!r}|{name!s:<10}|{{}}|{x * 2:{10}.{3}f}"
    return x * len(label)


@program(args=[(2.0,)])
def assertions(x):
    assert x > 0
    assert isinstance(x, float), f"x is {x}"
    y = math.log(x)
    assert y < 100, "too large"
    return y * x


@program(args=[(2.0, 3.0)])
def raise_not_taken(x, y):
    if y == 0:
        raise ZeroDivisionError("y must not be zero")
    if not isinstance(x, float):
        raise TypeError(f"expected a float, got {type(x).__name__}") from None
    return x / y


@program(args=[(2.0, 3.0)])
def deleted_names(x, y):
    z = x * y
    w = z * z
    del z
    z = w + x
    del w, y
    return z * x


@program(args=[(2.0,)])
def deleted_items(x):
    d = {"a": x, "b": x * x}
    xs = [x, 2 * x, 3 * x]
    del d["a"], xs[0]
    return d["b"] * xs[0] + len(d) + len(xs)


@program(args=[(2.0,)])
def global_reads(x):
    return x * SCALE + WEIGHTS[1] * x ** SETTINGS["power"] + SETTINGS["bias"]


@program(args=[(2.0,)])
def imports_inside(x):
    import math as mathematics
    from math import exp, pi
    return mathematics.sin(x) * exp(-x) + pi * x


@program(args=[(2.0,)], order=2)
def names_from_modules(x):
    """Three ways to the same module."""
    return math.sqrt(x) + m.sqrt(x) * sqrt(x + 1) + math.pi * math.e


@program(args=[(2.0,)])
def only_docstring_and_pass(x):
    """Nothing happens here."""
    pass
    ...
    "a string statement"
    return x * 1


@program(args=[(2.0,)])
def global_statement(x):
    global SCALE
    return x * SCALE * x


@program(args=[(3.0,)])
def expression_statements(x):
    x * 2
    math.sin(x)
    [x, x]
    return x**2


@program(args=[(2.0, 1.0)])
def several_on_one_line(x, y):
    a = x * y; b = a + x; c = b * a
    if c > 0: c = c * 2
    for _ in range(2): c = c + b
    return c


@program(args=[(2.0, 3.0)])
def long_expression_over_lines(x, y):
    return (
        x * y            # the product
        + (x
           - y) ** 2     # the square
        - x / \
        y
    )


@program(args=[(4.0, "m"), (4.0, "km")])
def format_and_join(x, unit):
    text = ", ".join(str(k) + unit for k in range(3))
    factor = {"m": 1.0, "km": 1000.0}[unit.strip().lower()]
    return x * factor * text.count(unit)


@program(args=[(0.25,)])
def bytes_and_numbers(x):
    data = b"abc"
    return x * data[0] + 0x10 * x + 1_000 * x + 1e-3 + len(data[1:])


@program(args=[(0.7, 1.3)])
def haversine(lat, lon):
    to_radians = math.radians
    a = math.sin(to_radians(lat * 20) / 2) ** 2 + math.cos(to_radians(10)) * math.cos(to_radians(lat)) * math.sin(lon / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(a))


@program(args=[(100.0, 95.0, 0.5, 0.2, 0.01)], order=2)
def black_scholes(spot, strike, years, volatility, rate):
    def cumulative(z):
        return 0.5 * (1 + math.erf(z / math.sqrt(2)))

    d1 = (math.log(spot / strike) + (rate + volatility**2 / 2) * years) / (volatility * math.sqrt(years))
    d2 = d1 - volatility * math.sqrt(years)
    return spot * cumulative(d1) - strike * math.exp(-rate * years) * cumulative(d2)


@program(args=[(0.3, 1.7), (2.2, 0.4)])
def mathematics(x, y):
    return (math.sin(x) + math.cos(y) + math.tan(x) + math.exp(-y) + math.log(x) + math.log(y, 3) + math.log2(x) + math.log10(y)
            + math.atan2(x, y) + math.hypot(x, y) + math.sinh(x) + math.tanh(y) + math.erf(x) + math.gamma(y) + math.pow(x, y)
            + math.fabs(-x) + math.copysign(x, -1.0) * y + math.floor(x) + math.ceil(y) * x)
