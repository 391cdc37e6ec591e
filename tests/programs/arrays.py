"""NumPy: matrix products, broadcasting, reductions, indexing, small models. Nothing is written in place."""

import numpy as np

from .table import enter, program

A = np.array([[1.0, -2.0, 0.5], [0.3, 1.5, -0.7]])
B = np.array([[0.2, 1.0], [-0.5, 0.4], [1.1, -0.9]])
V = np.array([0.5, -1.5, 2.0])
U = np.array([1.0, 0.25])

enter(np.sum, [(A,), (V,)], name="np_sum_itself", module=__name__)
enter(np.linalg.norm, [(V,)], name="np_norm_itself", module=__name__)


@program(args=[(A, V)], order=2)
def matvec(m, x):
    return np.sum((m @ x) ** 2)


@program(args=[(A, B)], order=2)
def matmul(m, n):
    return np.sum(np.sin(m @ n))


@program(args=[(V, 2 * V + 1)], order=2)
def dot_product(x, y):
    return np.dot(x, y) * (x @ x)


@program(args=[(A, V, U), (A, V, 0.5)], order=2)
def broadcasting(m, row, column):
    column = np.asarray(column)
    return np.sum((m * row + column.reshape(-1, 1)) ** 2)


@program(args=[(A, 0.7, np.float64(1.3))])
def scalars_and_arrays(m, s, t):
    return np.sum(s * m / t - t ** m + m**2 * s)


@program(args=[(A,)])
def reductions(m):
    return m.sum() * m.mean() + np.sum(m, axis=0) @ np.mean(m, axis=0) + np.max(m) - m.min() + np.prod(m)


@program(args=[(A,)])
def reductions_with_keepdims(m):
    centred = m - m.mean(axis=1, keepdims=True)
    return np.sum(centred**2 / np.sum(np.abs(m), axis=1, keepdims=True))


@program(args=[(V,)], order=2)
def item_reads(x):
    return x[0] * x[1] + x[-1] ** 2


@program(args=[(V,)], order=2)
def slice_reads(x):
    return np.sum(x[1:] * x[:-1]) + np.sum(x[::2]) * x[::-1][0]


@program(args=[(A,)])
def two_indices(m):
    return m[0, 1] * m[1, -1] + np.sum(m[:, 0] * m[:, 2]) + m[1][0]


@program(args=[(A, [0, 2, 2]), (A, np.array([1, 1, 0]))])
def fancy_reads(m, columns):
    return np.sum(m[:, columns] ** 2) + m[[0, 1], [2, 0]] @ np.array([1.0, 3.0])


@program(args=[(V,)])
def mask_reads(x):
    return np.sum(x[x > 0] ** 2) + np.sum(np.where(x > 0, x, 0.1 * x))


@program(args=[(A, V)])
def loop_over_rows(m, x):
    total = 0.0
    for row in m:
        total = total * 0.5 + np.sum(row * x)
    return total


@program(args=[(V,)])
def loop_over_items(x):
    total = 1.0
    for v in x:
        total = total * v + v * v
    return total


@program(args=[(V,)], order=2)
def rosenbrock_by_index(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


@program(args=[(V,)], order=2)
def rosenbrock_by_slices(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


@program(args=[(A,)])
def shapes(m):
    n, k = m.shape
    flat = m.reshape(n * k)
    products = m[None, :, :] * m[:, None, :]
    return np.sum(m.T @ m) + flat[1] * flat[-1] * m.ndim + m.ravel() @ flat + m.size * m[0, 0] + np.sum(products)


@program(args=[(V, U)])
def joined(x, y):
    z = np.concatenate([x, y, x * 2])
    s = np.stack([x, x * x])
    return np.sum(z**2) * z[3] + np.sum(s[1] * V)


@program(args=[(V,)], order=2)
def logsumexp(x):
    m = np.max(x)
    return m + np.log(np.sum(np.exp(x - m)))


@program(args=[(V,)], order=2)
def softmax_entry(x):
    e = np.exp(x - x.max())
    p = e / e.sum()
    return p[0] - 2 * np.log(p[2])


@program(args=[(V[:2], 0.1)], order=2)
def logistic_regression(w, b):
    xs = np.array([[0.5, 1.0], [-1.0, 0.3], [2.0, -0.4], [0.1, 0.2]])
    ys = np.array([1.0, 0.0, 1.0, 0.0])
    p = 1 / (1 + np.exp(-(xs @ w + b)))
    return -np.mean(ys * np.log(p) + (1 - ys) * np.log(1 - p))


def dense(params, x, act=np.tanh):
    return act(params["W"] @ x + params["b"])


@program(args=[([{"W": A, "b": U}, {"W": np.array([[0.3, -0.8]]), "b": np.array([0.1])}], V)])
def mlp(layers, x):
    for layer in layers[:-1]:
        x = dense(layer, x)
    return np.sum(dense(layers[-1], x, act=lambda z: z) ** 2)


@program(args=[(np.array([[0.5, -0.2], [0.1, 0.8]]), B[:2], np.zeros(2), [V[:2], V[1:], U])])
def rnn(wh, wx, h, xs):
    for x in xs:
        h = np.tanh(wh @ h + wx @ x)
    return h @ h


@program(args=[(A, V, U)], order=2)
def linear_layer(w, x, b):
    def linear(x):
        return w @ x + b

    return np.sum(linear(x) * linear(2 * x))


@program(args=[(np.array([1, 2, 3]), 0.5)], integers=True)
def integer_array(n, x):
    return np.sum(n * x) + np.sum(n**2 * 1.5)


@program(args=[(np.array([0.5, 1.5], dtype=np.float32), 2.0)], rtol=1e-3)
def single_precision(x, y):
    return np.sum(np.exp(x) * y)


@program(args=[(np.array(1.5), np.array(0.5))], order=2)
def zero_dimensional(x, y):
    return x * y + np.sin(x)


@program(args=[(V,)])
def elementary(x):
    y = np.abs(x) + 0.5
    return np.sum(np.sin(x) * np.cos(y) + np.exp(-y) + np.log(y) + np.sqrt(y) + np.tanh(x) + np.maximum(x, 0.2)
                  + np.minimum(y, 1.7) + np.square(x) + np.log1p(y) + np.expm1(x) + np.arctan(x) + 1 / y + np.power(y, 1.5))


@program(args=[(V, 2.5)])
def polynomial_features(x, t):
    return np.sum(np.array([t**k for k in range(3)]) * x)


@program(args=[(V,)], order=2)
def pairwise_distances(x):
    d = x[:, None] - x[None, :]
    return np.sum(np.exp(-(d**2)))


@program(args=[(np.array([1 + 2j, -0.5j]), 0.5)])
def complex_array(z, t):
    w = z * t + z**2
    return np.sum(np.abs(w) ** 2) + np.real(np.sum(w))


@program(args=[(V, 3)], order=2)
def gradient_descent_unrolled(x, steps):
    h = np.array([[2.0, 0.3, 0.0], [0.3, 1.0, 0.1], [0.0, 0.1, 0.5]])
    for _ in range(steps):
        x = x - 0.1 * (h @ x)
    return x @ x


@program(args=[(V, 0.5)])
def same_array_in_many_roles(x, t):
    return np.sum(x * x + x @ x - x / (1 + x * x)) * t * x[0]


@program(args=[(U, 10), (U, 0)], order=2)
def runge_kutta(state, steps):
    def derivative(s):
        prey, predator = s[0], s[1]
        return np.array([1.1 * prey - 0.4 * prey * predator, 0.1 * prey * predator - 0.4 * predator])

    h = 0.1
    for _ in range(steps):
        k1 = derivative(state)
        k2 = derivative(state + h / 2 * k1)
        k3 = derivative(state + h / 2 * k2)
        k4 = derivative(state + h * k3)
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return state[0] * state[1]


@program(args=[([V, V + 1, U],)])
def list_of_arrays(arrays):
    return sum(np.sum(a * a) for a in arrays[:2]) * arrays[2][0]


@program(args=[(V, 1.0), (V, -1.0)])
def branch_on_an_array_value(x, t):
    if np.sum(x) * t > 0:
        return np.sum(x * t)
    if (x > 10).any():
        return x[0]
    return x[1] * x[2] * t


@program(args=[(A,)])
def augmented_on_names(m):
    total = m[0] * 1.0
    total = total + m[1]
    scale = 1.0
    for row in m:
        scale += float(row[0]) if False else row[0]
    return np.sum(total) * scale


@program(args=[(A, V)])
def tensor_methods(m, x):
    return m.dot(x).sum() + np.trace(m[:, :2]) + np.outer(x, x).mean() + np.transpose(m)[2, 1] + np.var(x) + x.std()


@program(args=[(V,)])
def cumulative(x):
    return np.sum(np.cumsum(x) ** 2) + np.sum(np.diff(x) * x[1:])


@program(args=[(V, np.array([True, False, True]))])
def where_with_a_mask(x, mask):
    return np.sum(np.where(mask, x**2, -x)) + np.sum(x * mask)


@program(args=[(A,)], order=2)
def name_bound_to_its_own_part(m):
    m = m[0:2]
    m = m[[1, 1, 0]]
    m = m[1]
    m = m[2]
    return m**3


@program(args=[(V,), (np.linspace(0.5, 2.0, 6),)], order=2)
def name_bound_to_its_own_part_in_a_loop(x):
    total = 0.0
    while x.size > 2:
        total = total + np.sum(x**3)
        x = x[1:]
    return total + x[0] * x[1]


@program(args=[(V,)])
def name_bound_to_its_own_largest_element(x):
    x = np.max(x)
    return x * x


class Gain:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, values):
        return self.factor * values


@program(args=[(1.5, 2.0)])
def array_of_the_module_in_loops_and_branches(x, y):
    total = 0.0
    for gain in [Gain(x), Gain(x * y)]:
        if y > 3.0:
            continue
        total += np.sum(gain(V * 0.5) ** 2)
        if total > 100.0:
            total = total + gain(U)[0]
    return total + Gain(y)(U)[0]


@program([(0.7, np.array([0.5, -0.3, 0.9]))])
def results_that_are_arguments(x, v):
    one, two, three = np.zeros(3), np.zeros(3), np.zeros(3, complex)
    start = sum((), one)
    start[0] = x
    same = np.polyint(two, 0)
    two[1] = x * x
    spectrum = np.fft.fftn(three, axes=())
    three[2] = x**3
    return np.sum(one * v) * np.sum(same * v) * np.sum(spectrum * v).real
