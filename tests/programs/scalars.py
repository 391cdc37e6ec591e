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
