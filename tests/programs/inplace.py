"""Arrays that are updated in place: stores, operators, views, out=, arrays shared by names, containers, objects and closures."""

import math

import numpy as np

from .table import program

V = np.array([0.5, 1.5, -2.0, 3.0])
W = np.array([1.0, -0.5, 0.75, 2.0])
BUFFER = np.zeros(4)


@program(args=[(V,)], order=2)
def stores_of_elements_and_slices(x):
    y = np.zeros(4)
    y[0] = x[0] * 2
    y[1:3] = x[1:3]**2
    return (y * y).sum()


@program(args=[(V,)], order=2)
def overwritten_after_it_was_read(x):
    y = x * 2
    s = np.sin(y).sum()
    y[1] = x[0] * x[1]
    y[1] = y[1] * x[2]
    return s + (y**3).sum()


@program(args=[(V,)], order=2)
def the_argument_itself(x):
    x[0] = x[1] * x[2]
    return (x * x).sum()


@program(args=[(V,)], order=2)
def through_views(x):
    y = x * 1.0
    v = y[1:]
    v[0] = x[0]**2
    w = y[::2]
    w[1] = y[1] * 3
    r = y[::-1][1:]
    r[0] *= x[1]
    return (y * np.arange(4.0)).sum() + v.sum()


@program(args=[(V,)], order=2)
def recurrence_by_index(x):
    u = np.zeros(4)
    u[0] = x[0]
    for i in range(1, 4):
        u[i] = u[i - 1] * x[i] + u[i - 1]
    return u.sum()


@program(args=[(V,)], order=2)
def in_place_operators(x):
    y = np.zeros(4)
    y += x
    y *= x
    y[1:] += y[:-1] * x[0]
    y[0] -= x[3]
    y /= 2.0
    y **= 2
    return (y * y).sum()


def fill(buffer, x):
    buffer[0] = x[0] * x[1]
    buffer[2] = x[2]


@program(args=[(V,)])
def in_a_callee(x):
    b = np.ones(4)
    fill(b, x)
    return (b * x).sum()


@program(args=[(V,)])
def in_a_callee_between_reads(x):
    b = x * 1.0
    s = (b * b).sum()
    fill(b, b)
    s = s + (b**3).sum()
    fill(b, x * x)
    return s + b.sum()


def double(x):
    return x * 2


def double_and_view(x):
    z = x * 2
    return z, z[1:]


@program(args=[(V,)])
def made_by_a_callee(x):
    z = double(x)
    z[0] = x[3] * 5
    return (z * z).sum()


@program(args=[(V,)])
def made_by_a_callee_with_a_view(x):
    z, w = double_and_view(x)
    w[0] = x[0]**2
    return (z * z).sum() + w.sum()


@program(args=[(V,)])
def held_by_a_list(x):
    a = x * 1.0
    both = [a, x * 2]
    both[0][1] = x[0]**3
    s = 0.0
    for w in both:
        s = s + (w * w).sum()
    a[2] = x[1]
    return s + a.sum()


@program(args=[(V,)])
def masks_and_repeated_indices(x):
    y = x.copy()
    y[y < 0] = x[0] * 3
    y[[0, 0, 3]] = x[:3]
    y[np.array([1, 2])] *= x[0]
    return (y * y).sum()


class Grid:
    def __init__(self, x):
        self.buffer = np.zeros(4)
        self.x = x

    def step(self, i):
        self.buffer[i] = self.x[i]**2 + self.buffer[i - 1]


@program(args=[(V,)])
def held_by_an_object(x):
    grid = Grid(x)
    for i in range(4):
        grid.step(i)
    return (grid.buffer * grid.buffer).sum()


@program(args=[(V,)])
def held_by_a_closure(x):
    b = np.zeros(4)

    def put(i, v):
        b[i] = v

    for i in range(4):
        put(i, x[i] * x[0])
    return (b**2).sum()


@program(args=[(V,)])
def held_by_the_module(x):
    BUFFER[:] = 0
    BUFFER[1] = x[1]**2
    BUFFER[2] = BUFFER[1] * x[0]
    return BUFFER.sum()


@program(args=[(V,)])
def transposed_raveled_and_rows(x):
    a = np.outer(x, x)
    a.T[0] = x * 3
    a[1, :] += x
    d = a.ravel()
    d[3] = x[0]
    return (a * np.arange(16.0).reshape(4, 4)).sum()


@program(args=[(V,)])
def one_array_under_two_names(x):
    def f(p, q):
        p[0] = q[1] * 2
        q[1] = p[0] * q[2]
        return (p * q).sum()

    y = x * 1.0
    return f(y, y)


@program(args=[(V, W)])
def two_arguments(a, b):
    a[1:] = b[:-1]
    b[0] = a[2] * b[3]
    return (a * b).sum()


@program(args=[(V,)], order=2)
def constants_are_stored(x):
    y = x * 1.0
    y[0] = 5.0
    z = y * 2
    y[1] = x[2]
    return z.sum()


@program(args=[(V,)])
def operators_in_a_callee(x):
    def bump(a, c):
        a += c

    y = np.zeros(4)
    bump(y, x)
    bump(y, y * x)
    return (y * y).sum()


@program(args=[(V,)], order=2)
def stencil(x):
    u = x * 1.0
    for _ in range(3):
        u[1:-1] += 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return (u * u).sum()


@program(args=[(V,)])
def held_by_a_tuple(x):
    a = x * 1.0
    t = (a, a * 2)
    t[0][0] = x[1]**2
    return (t[0] * t[1]).sum() + a.sum()


@program(args=[(V,)])
def in_branches(x):
    a = np.zeros(4)
    for i in range(4):
        if x[i] > 0:
            a[i] = x[i]**2
        else:
            a[i - 1] = x[i] * a[0]
    return a.sum()


@program(args=[(V,)])
def the_callee_returns_its_argument(x):
    def f(a):
        a[0] = a[1] * 2
        return a

    y = x * 1.0
    z = f(y)
    z[1] = y[0] * 3
    return (y * z).sum()


@program(args=[(V,)])
def held_by_a_dict(x):
    d = {"a": x * 1.0}
    d["a"][1] = x[0] * 2
    d["b"] = d["a"]
    d["b"][2] += x[3]
    return (d["a"]**2).sum()


@program(args=[({"w": V, "n": 2.0}, W)])
def held_by_a_dict_of_the_user(p, x):
    p["w"][1] = x[0] * p["n"]
    p["w"] *= x
    return (p["w"]**2).sum()


@program(args=[(V,)])
def methods_that_write(x):
    a = np.zeros(4)
    a.fill(x[0])
    b = x * 1.0
    b.sort(kind="stable")
    c = x * 2
    np.copyto(a, b * c, where=np.array([True, False, True, True]))
    return (a * b * c).sum()


@program(args=[(V,)])
def functions_that_write(x):
    a = np.ones((4, 4))
    np.fill_diagonal(a, x)
    np.put(a, [1, 2], x[:2]**2)
    np.place(a, a == 1.0, x[:3])
    np.putmask(a, a < 0, x * 2)
    return (a * np.arange(16.0).reshape(4, 4)).sum()


@program(args=[(V,)])
def results_into_arrays(x):
    a = np.empty(4)
    np.multiply(x, x, out=a)
    s = a.sum()
    np.add(a, x, out=a)
    np.exp(a * 0.1, a)
    np.sum(np.outer(x, x), axis=0, out=a)
    np.multiply(a, x, out=a, where=x > 0)
    return (a * a).sum() + s


@program(args=[(V,)])
def ufuncs_at(x):
    a = x * 1.0
    np.add.at(a, [0, 1, 1, 3], x**2)
    np.subtract.at(a, [0, 0], x[1])
    np.multiply.at(a, [2, 3], x[:2])
    return (a * a).sum()


@program(args=[(V,)])
def flat(x):
    a = np.zeros((2, 3))
    a.flat[1:5] = x
    a.flat[0] = x[0]**2
    s = a.flat[2] * a.flat[4]
    a.flat = x[:3]
    return (a * a).sum() + s


@program(args=[(V,)])
def real_and_imaginary_parts(x):
    z = np.zeros(4, complex)
    z.real = x
    z.imag[1:] = x[:3]**2
    z *= 1j
    z[0] = x[1] * (1 + 2j)
    return (abs(z)**2).sum()


@program(args=[(V,)])
def shuffled(x):
    rng = np.random.default_rng(3)
    a = x * 1.0
    rng.shuffle(a)
    return (a * np.arange(4.0)).sum()


@program(args=[(V,)])
def along_an_axis(x):
    a = np.outer(x, x)
    np.put_along_axis(a, np.argmax(a, axis=1)[:, None], x[:, None] * 3, axis=1)
    return (a * a).sum()


@program(args=[(V,)], order=2)
def stores_that_broadcast(x):
    a = np.zeros((3, 4))
    a[:] = x
    a[:, 1] = x[0]
    a[1:, 2:] = x[3]
    a[0] += x
    return (a * a).sum()


def bump_by_one(a):
    a += 1.0


@program(args=[(V,)])
def a_constant_that_a_callee_updates(x):
    a = np.ones(4)
    y = a * x
    bump_by_one(a)
    z = a * x
    return (y * z).sum()


@program(args=[(V,)])
def a_constant_that_numpy_updates(x):
    a = np.ones(4)
    y = a * x
    np.copyto(a, 3.0)
    z = a * x
    np.multiply(a, 2.0, out=a)
    return (y * z * a).sum()


@program(args=[(V,)], order=2)
def accumulated_by_element(x):
    n = len(x)
    acc = np.zeros(n)
    for k in range(3):
        acc *= 0.5
        for i in range(n):
            acc[i] += x[i]**k
            acc[i] *= acc[i - 1] if i else 1.0
    return acc.sum()


@program(args=[(V,)])
def tied_parameters(x):
    p = {"w": x * 1.0}
    p["v"] = p["w"]
    p["w"][0] = 2.0 * x[1]
    p["v"] *= 3
    return (p["w"]**2).sum()


@program(args=[(V,)])
def rows_swapped(x):
    a = np.outer(x, x + 1)
    a[[0, 1]] = a[[1, 0]]
    a[0], a[1] = a[1].copy(), a[0].copy()
    a[2] = a[3]
    return (a * np.arange(16.0).reshape(4, 4)).sum()


@program(args=[(V,)])
def returned_early(x):
    a = x.copy()
    for i in range(4):
        a[i] = a[i]**2
        if a[i] > 2:
            a[i] = 1.0
            return a.sum() * x[0]
    return a.sum()


@program(args=[(V,)], order=2)
def gauss_seidel(x):
    u = np.zeros(5)
    u[0] = x[0]
    u[-1] = x[3]
    for _ in range(5):
        for i in range(1, 4):
            u[i] = 0.5 * (u[i - 1] + u[i + 1]) + x[1] * 0.1
    return (u * u).sum()


@program(args=[(V,)], order=2)
def overlapping_windows(x):
    a = x * 1.0
    w = np.lib.stride_tricks.sliding_window_view(a, 2)
    s = (w[:, 0] * w[:, 1]).sum()
    a[1] = x[0] * x[3]
    return s + a.sum()


@program(args=[(np.arange(6.0).reshape(2, 3) + 0.5,)])
def cholesky_by_hand(m):
    a = m @ m.T
    n = len(a)
    low = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = a[i, j] - low[i, :j] @ low[j, :j]
            low[i, j] = np.sqrt(s) if i == j else s / low[j, j]
    return np.log(np.diag(low)).sum() + low[1, 0]


@program(args=[(V,)])
def integers_count(x):
    counts = np.zeros(3, int)
    total = np.zeros(3)
    for i in range(4):
        k = int(x[i] > 0) + int(x[i] > 1)
        counts[k] += 1
        total[k] += x[i]
    return (total / np.maximum(counts, 1)).sum()


def total(b):
    return (b * b).sum()


@program(args=[(V,)])
def a_constant_that_became_active_is_passed_on(x):
    functions = {"fill": fill, "total": total}
    b = np.ones(4)
    functions["fill"](b, x)
    return functions["total"](b) * x[1]


@program(args=[(V,)])
def chosen_elements_updated_under_several_names(x):
    x[[3, 1]] += x[2] * x[2]
    y = x
    z = x
    return (x * x).sum() * 0.64 + (y * y).sum() * 0.74 + (z * z).sum() * 0.65


class Source:
    def __init__(self, x):
        self.x = x

    @property
    def doubled(self):
        return self.x * 2

    def __getitem__(self, i):
        return self.x * i


@program(args=[(V,)])
def results_of_properties_are_updated(x):
    s = Source(x)
    a = s.doubled
    b = s[3]
    a[0] = b[1]**2
    b[2] *= a[1]
    b[1] = 1.0
    return (a * b).sum()


@program(args=[(V,)])
def copies_that_look_like_views(x):
    m = np.outer(x, x)
    flat = np.ravel(m.T)
    flat[3] = x[0]
    s = (flat * flat).sum()
    flat[5] = 1.0
    return s + flat.sum() + m.sum()


@program(args=[(3.0,)], order=2)
def only_through_a_view(x):
    a = np.zeros(3)
    view = a[1:]
    view[0] = x
    return np.sum(a * a)


@program(args=[(V,)], order=2)
def views_that_are_added_to(x):
    a = np.zeros(4)
    part = a[1:3]
    part += x[:2]
    a[0] = x[3] * 2
    rest = a[2:]
    rest -= x[2:]
    b = x.copy()
    b += a * 2
    b[1:] -= b[0]
    return np.sum(a * a * x) + np.sum(b)


class Frame:
    """Arrays as attributes, updated in place and anew."""

    def __init__(self, n, scale):
        self.u = np.zeros(n)
        self.scale = scale

    def put(self, i, v):
        self.u[i] = v * self.scale

    def smooth(self):
        u = self.u
        u[1:-1] += 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])

    def rescaled(self):
        self.u = self.u * self.scale
        return np.sum(self.u**2)


@program([(0.7,)])
def arrays_in_attributes(x):
    f = Frame(6, x)
    for i in range(6):
        f.put(i, x + i)
    f.smooth()
    view = f.u[2:4]
    view *= x
    return f.rescaled() + np.sum(view)


@program([(0.8, 1.1)])
def arrays_that_change_in_their_loop(x, y):
    a = np.array([x, x * y, 1.0])
    total = y
    for v in a:
        total = math.tanh(total * v + 1)
        a[2] = total
    for k, v in enumerate(a[:-1]):
        a[k + 1] += v * total
    it = iter(a)
    first = next(it)
    a[1] = first * 3
    return total + next(it) * x + np.sum(a * a)


@program([(np.array([0.5, 1.0, -2.0]), np.array([1.5, 0.4, 0.3]))])
def factors_that_would_be_shared(x, w):
    flat = x.reshape(3)
    return x[1] * x[2] + x @ w + flat[0] * flat[-1] + x.ravel() @ flat


@program(args=[(np.outer(V, W[:3]),)], order=2)
def results_by_position_and_where(a):
    sums = a[0] * 2
    total = np.sum(a, 0, None, sums)
    products = np.zeros(a.shape)
    a.cumprod(1, None, products)
    chosen = a > 0
    kept = np.add(a, 1.0, out=a * 2, where=chosen)
    squares = a * 3
    np.multiply(a, a, squares, where=chosen)
    some = np.zeros(a.shape[1])
    np.sum(a, axis=0, out=some, where=chosen)
    return np.sum(total * sums) + np.sum(products * a) + np.sum(kept**2) + np.sum(squares**2) + np.sum(some**2)


@program([(np.array([[4.0, 1.0], [0.5, 3.0]]), np.array([1.0, -2.0]))], order=2)
def elimination_on_copies(A, b):
    A, b = A.copy(), b.copy()
    n = len(b)
    for k in range(n):
        for i in range(k + 1, n):
            f = A[i, k] / A[k, k]
            for j in range(k, n):
                A[i, j] -= f * A[k, j]
            b[i] -= f * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        s = b[i]
        for j in range(i + 1, n):
            s -= A[i, j] * x[j]
        x[i] = s / A[i, i]
    return np.sum(x)


@program([(np.array([0.5, 1.5, 2.5]), 0.3)], order=2)
def an_argument_bound_to_a_view_of_it(x, t):
    x = x[::-1]
    x[0] = t * x[1]
    return np.sum(x * x)


@program([(np.array([0.5, 1.5, 2.5]), 0.3)], order=2)
def an_argument_bound_to_itself(x, t):
    x = np.asarray(x)
    x[0] = t * x[1]
    x = x.ravel()
    x[2] = x[0] * t
    return np.sum(x * x)


@program([(np.array([0.2, 0.8]), np.array([[0.7, 0.3], [0.4, 0.6]]), [0, 1, 1])], order=1)
def made_anew_in_each_round(start, T, seen):
    a = start * 1.0
    total = 0.0
    for t in seen:
        new = np.zeros(2)
        for j in range(2):
            for i in range(2):
                new[j] += a[i] * T[i, j]
        scale = new[0] + 2 * new[t]
        total += math.log(scale)
        a = new / scale
    return total + np.sum(a * new)


@program([(np.array([0.2, 0.8]), 1.3)], order=2)
def read_before_it_is_made_anew(x, t):
    new = x * t
    total = 0.0
    for k in range(3):
        total += np.sum(new * new)
        new = np.sin(new)
        new[0] = total * 0.1
        y = new * t
        new[1] = y[0] * y[1]
        total += np.sum(y * new)
    return total + np.sum(new * y)


@program([(np.array([0.2, 0.8]), 1.3)], order=2)
def stored_into_after_the_round(x, t):
    rows = np.zeros(2)
    for k in range(3):
        rows = np.cos(rows) + x
        rows[0] = t
        total = np.sum(rows * rows)
        kept = rows * 2
    rows[1] = total
    return np.sum(rows * rows * kept)


@program([(np.array([0.2, 0.8]), 1.3)], order=2)
def several_arrays_in_one_statement(x, t):
    a, b, c = np.zeros(2), np.ones(2), x * t
    a[0], b[1] = c[1] * t, c[0]
    c[0], a[1] = a[0] * b[1], c[1]
    a, b = b, a
    a[0] *= t
    return np.sum(a * b * c) + np.sum(b * b)


@program([(0.4, 1.3)], order=2)
def one_after_the_other_where_one_raises(x, t):
    a, b = x, t
    try:
        a, b = a * t, [b][len(str(b))]
    except IndexError:
        a = a + b
    a, b = a * a, b + t
    a, c = b, b * t
    b, a = a, b
    return a * b + c


@program([(0.7, np.array([0.5, -0.3, 0.9]))], order=2)
def what_a_pullback_reads_is_updated(x, a):
    v = np.tanh(a * x)
    v -= 0.5
    return np.sum(v * a)


@program([(0.7, np.array([0.5, -0.3, 0.9]))], order=2)
def what_a_pullback_reads_is_stored_into(x, a):
    u, v, w = np.exp(a * x), np.sqrt(a * a + x), np.maximum(a, x)
    u[0] = x * x
    v[1:] *= 2.0
    w += x
    return np.sum(u * a) + np.sum(v) * x + np.sum(w * w)


@program([(np.array([[0.5, -0.3], [0.9, 1.4]]), 0.7)], order=2)
def an_inverse_is_stored_into(m, x):
    v = np.linalg.inv(m)
    v[0, 1] = x
    v -= m
    return np.sum(v * v)


@program([(0.7, np.array([0.5, -0.3, 0.9]))], order=2)
def constants_by_flat(x, a):
    m = a * x
    m.flat[1] = 0.5
    flat = m.flat
    flat[2:] = 0.2
    return np.sum(m * m) + x * m[1]


@program([(0.7, np.array([[0.5, -0.3, 0.9], [0.2, 0.7, -0.4]]))], order=2)
def what_a_pullback_reads_has_its_order_of_axes(x, a):
    v = np.tanh((a * x).T)
    v[1] = np.sin(x)
    return np.sum(v)
