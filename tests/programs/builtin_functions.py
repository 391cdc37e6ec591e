"""The builtins that numeric code lives on."""

from .table import program


@program(args=[([1.0, 2.0, 3.0],)])
def enumerated(values):
    return sum(i * v for i, v in enumerate(values, start=1))


@program(args=[([1.0, 2.0, 3.0], [4.0, 5.0])])
def zipped_to_the_shorter(xs, ys):
    total = 1.0
    for x, y in zip(xs, ys):
        total = total * x + y
    return total


@program(args=[([1.0, 2.0, 3.0],)])
def reversed_horner(coefficients):
    value = 0.0
    for c in reversed(coefficients):
        value = value * 0.5 + c * c
    return value


@program(args=[([3.0, 1.0, 2.0],)])
def sorted_values(values):
    ordered = sorted(values)
    backwards = sorted(values, reverse=True)
    return sum(k * v for k, v in enumerate(ordered)) + backwards[0] * ordered[0]


@program(args=[([-3.0, 1.0, 2.0],)])
def sorted_by_key(values):
    ordered = sorted(values, key=lambda v: v * v)
    return ordered[0] + 2 * ordered[1] ** 2 + 3 * ordered[2] ** 3


@program(args=[([1.0, 2.0, 3.0], 0.5)])
def mapped(values, x):
    return sum(map(lambda v: v * x, values)) + list(map(abs, values))[1] * x


@program(args=[([1.0, 2.0], [3.0, 4.0])])
def mapped_over_two(xs, ys):
    return sum(map(lambda a, b: a * b * b, xs, ys))


@program(args=[([1.0, -2.0, 3.0],)])
def filtered(values):
    return sum(v * v for v in filter(lambda v: v > 0, values)) + sum(filter(None, values))


@program(args=[(1.0, 2.0, 3.0), (3.0, 1.0, 2.0)])
def min_and_max_of_arguments(a, b, c):
    return min(a, b, c) * max(a, b, c) + max(a, b * b)


@program(args=[([1.0, -4.0, 3.0],)])
def max_by_key(values):
    return max(values, key=abs) * 2 + min(values) * max(values) + max([], default=5.0)


@program(args=[(1.26, -2.5)])
def abs_float_round(x, y):
    return abs(x) * abs(y) + float(x) * y + round(x) * y + round(y, 1) * 0.0


@program(args=[(7.9, 2.0)])
def int_cuts_the_gradient(x, y):
    return int(x) * y + x


@program(args=[(1.5, 3)])
def pow_builtin(x, n):
    return pow(x, n) + pow(2.0, x) + pow(x, x)


@program(args=[(1.5,), (2,)])
def isinstance_chooses(x):
    if isinstance(x, float):
        return x * x
    if isinstance(x, (int, complex)):
        return x * 3.0
    return 0.0


@program(args=[(1.5, [2.0, 3.0])])
def print_on_the_way(x, values):
    print("start", x, sep=": ")
    total = x
    for v in values:
        total *= v
        print(f"{v!r} -> {total:.3f}")
    print(values, len(values), end="!\n")
    return total


@program(args=[([0.1, 0.2, 0.4],)])
def len_and_indices(values):
    n = len(values)
    return sum(values[i] * values[n - 1 - i] for i in range(n)) / n


@program(args=[([1.0, 0.5, 2.0], [True, False, True])])
def any_and_all_of_lists(values, flags):
    return (any(flags) + 3 * all(flags) + 5 * all(values)) * sum(values)


@program(args=[([2.0, 3.0],)])
def iter_and_next(values):
    it = iter(values)
    first = next(it)
    second = next(it)
    return first * second + next(it, 4.0) * first


class Box:
    """Whatever one puts in."""


@program(args=[(2.0, 3.0)])
def getattr_and_hasattr(x, y):
    box = Box()
    box.value = x * y
    return getattr(box, "value") * y + getattr(box, "other", x) + hasattr(box, "other")


@program(args=[(2.0, 3.0)])
def ids_types_and_reprs(x, y):
    label = repr([3]) + str(None) + type(x).__name__
    return x * y * len(label) if callable(print) and issubclass(float, object) else 0.0


@program(args=[([1.0, 2.0, 3.0],)])
def tuple_and_list_conversions(values):
    t = tuple(values)
    s = list(reversed(t))
    return t[0] * s[0] + t[2] * s[1] ** 2


@program(args=[([(2.0, "b"), (1.0, "a")],)])
def sorted_records(records):
    first, second = sorted(records, key=lambda r: r[1])
    return first[0] + 10 * second[0] ** 2


@program(args=[([1.0, 2.0, 3.0, 4.0],)])
def zip_star_transpose(values):
    pairs = [(values[0], values[1]), (values[2], values[3])]
    firsts, seconds = zip(*pairs)
    return sum(firsts) * sum(seconds)


@program(args=[([1.0, 2.0, 4.0],)])
def neighbours(values):
    return sum((b - a) ** 2 / b for a, b in zip(values, values[1:]))
