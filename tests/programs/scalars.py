"""Methods and attributes of NumPy's scalars, where an array would have them too."""

import numpy as np

from .table import program


@program(args=[(np.float64(1.5), 2.0)], order=2)
def methods_of_a_float64(x, y):
    scaled = x.conj() * x.copy() * x.item() + x.sum() * x.mean() * y
    return scaled + x.reshape(1)[0] * x.astype(float) + x.max() * x.clip(0.0, 1.0)


@program(args=[(np.float64(1.5),)])
def bound_methods_of_a_float64(x):
    square = getattr(x * x, "conjugate")
    return square() * x.real + x.imag * x + np.float64(2.0).item() * x


@program(args=[(1.5, 0.5)])
def methods_of_a_complex128(a, b):
    z = np.complex128(2.0) * a + 1j * b * b
    return (z.conjugate() * z * (1 + 2j)).imag + z.conj().imag * abs(z) + z.real.item()


@program(args=[(np.array([1.0, 2.0]),)])
def bound_methods_of_arrays(a):
    total = a.sum
    squared = (a * a).conj
    return total() * a[0] + sum(map(a.take, [0, 1, 1])) * np.sum(squared() * a)


WHOLE = [(1.5, np.array([200, 100], np.uint8)), (0.5, np.array([100, 120], np.int8)), (1.5, np.array([100000, 70000], np.int32)),
         (1.5, np.array([True, True]))]


@program(args=WHOLE)
def squares_of_small_whole_numbers(x, a):
    total = 0.0
    for k in a:
        total = total + x * k * k
    return total - x * a[0] * a[1] + 3 * x * a[0] * a[0]


@program(args=WHOLE)
def small_whole_numbers_that_are_bound_anew(x, a):
    total = 0.0
    for i in range(2):
        k = a[i]
        total = total + x * k * k
        k = a[0] if x > 1.0 else 2.5
        total = total - x * k * k
        for m in [a[1], 0.5]:
            total = total + x * m * m
    return -x * a[0] + total


@program(args=WHOLE)
def arrays_times_small_whole_numbers(x, a):
    scaled = np.array([x, 2 * x]) * a[1] * a[1] * -1
    return np.sum(scaled) + np.sum(-(np.array([x, x * x]) * a[0]))
