"""Imports in the function itself: what they bind is known where nothing else binds it, and a name like any other elsewhere."""

from __future__ import annotations

import numpy as np

from .table import program


@program([(0.7, 1.3)], order=2)
def functions_and_paths(a, b):
    import math
    from math import cos
    from math import sin as s

    import numpy.linalg

    total = 0.0
    for k in range(3):
        total = total + s(a * k) * cos(b) + math.exp(-a)
    return total + numpy.linalg.norm(np.array([a, b]))


@program([(0.7, 1.3), (0.7, -1.3)])
def in_a_branch_and_in_a_loop(a, b):
    for _ in range(2):
        import math
        a = math.sin(a)
    if b > 0:
        from math import cos
    else:
        from math import sin as cos
    return cos(a) * b


@program([(0.7, 1.3)])
def bound_again(a, b):
    from math import sin
    parts = [sin(v) for v in (a, b)]
    y = sin(a)
    sin = lambda v: v * 2  # noqa: E731
    return sin(b) * y + parts[1]


@program([(0.7, 1.3)])
def captured(a, b):
    from math import sin

    def f(x):
        return sin(x) * a
    return f(b) + sum(sin(v) for v in (a, b))


@program([(0.7, 1.3)])
def read_before_and_deleted(a, b):
    try:
        x = cos(a)
    except NameError:
        x = a
    from math import cos
    y = cos(b) * x
    del cos
    try:
        return cos(b)
    except NameError:
        return y * b


@program([(0.7, 1.3)])
def a_parameter_of_a_comprehension(a, b):
    from math import sin
    parts = [sin(v) * sum(sin * u for sin in (v, b) for u in (a, v)) for v in (a, b)]
    return sum(parts) + sin(b)
