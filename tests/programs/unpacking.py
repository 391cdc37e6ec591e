"""Tuple, list and starred unpacking, nested targets, and swaps."""

from .table import program


@program(args=[(2.0, 3.0)], order=2)
def swap(x, y):
    x, y = y, x
    return x - 2 * y * x


@program(args=[(2.0, 3.0, 5.0)], order=2)
def rotate_three(a, b, c):
    a, b, c = b, c, a
    return a + 10 * b * b + 100 * c * a


@program(args=[((1.0, 2.0),), ((0.5, -3.0),)])
def pair_argument(p):
    x, y = p
    return x * y + y


@program(args=[((1.0, (2.0, [3.0, 4.0])),)])
def nested_targets(t):
    a, (b, [c, d]) = t
    return a * b + c * d * a


@program(args=[([1.0, 2.0, 3.0, 4.0],), ([5.0, 6.0],)])
def star_at_the_end(values):
    head, *tail = values
    return head * sum(tail)


@program(args=[([1.0, 2.0, 3.0, 4.0, 5.0],)])
def star_in_the_middle(values):
    first, *middle, last = values
    return first * last + sum(m * m for m in middle)


@program(args=[([1.5, 2.5],)])
def empty_star(values):
    a, *nothing, b = values
    return a / b + len(nothing)


@program(args=[(2.0, 7.0)])
def tuple_built_and_taken_apart(x, y):
    p = (x * y, x + y, (x - y, 3))
    s, t, (u, k) = p
    return s * t + k * u


@program(args=[(2.0, 3.0)])
def star_in_a_display(x, y):
    inner = [x, y, x * y]
    whole = (1.0, *inner, *inner[1:])
    return whole[1] * whole[3] + whole[5] + len(whole)


@program(args=[(3, 2.0, 0.5), (0, 2.0, 0.5), (6, 1.1, -0.3)], order=2)
def swap_in_a_loop(n, x, y):
    for _ in range(n):
        x, y = y, x * y
    return x + 2.0 * y


@program(args=[(8, 1.0, 1.5), (1, 1.0, 1.5)], order=2)
def fibonacci_like(n, a, b):
    while n:
        a, b, n = b, a + 0.5 * b, n - 1
    return b * a


@program(args=[(0.3, 1.1)])
def function_with_two_results(r, phi):
    import math

    def polar(radius, angle):
        return radius * math.cos(angle), radius * math.sin(angle)

    x, y = polar(r, phi)
    return x * x * y


@program(args=[({"a": 2.0, "b": 3.0},)])
def items_unpacked(d):
    (k1, v1), (k2, v2) = d.items()
    return v1 * v2 ** len(k1 + k2)


@program(args=[([3.0, 1.0, 2.0],)])
def swaps_of_list_items(values):
    xs = list(values)
    xs[0], xs[2] = xs[2], xs[0]
    return xs[0] + 2 * xs[1] + 3 * xs[2] * xs[0]
