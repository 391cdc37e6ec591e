"""The thirteen functions on which Mooncake.jl compares itself with others, restated in Python and NumPy."""

import math

import numpy as np

from benchmarks.harness import Workload
from benchmarks.peers import adapted


def total(x):
    return np.sum(x)


def total_hand(x):
    return x.sum(), (np.ones_like(x),)


def loop_total(x):
    y, n = 0.0, 0
    while n < len(x):
        y += x[n]
        n += 1
    return y


def loop_total_hand(x):
    y, n = 0.0, 0
    while n < len(x):
        y += x[n]
        n += 1
    dx = np.zeros_like(x)
    while n > 0:
        n -= 1
        dx[n] += 1.0
    return y, (dx,)


def total_sin(x):
    return np.sum(np.sin(x))


def total_sin_hand(x):
    return np.sin(x).sum(), (np.cos(x),)


def loop_total_sin(x):
    y, n = 0.0, 0
    while n < len(x):
        y += math.sin(x[n])
        n += 1
    return y


def loop_total_sin_hand(x):
    y, dx = 0.0, np.empty_like(x)
    for n, a in enumerate(x):
        y += math.sin(a)
        dx[n] = math.cos(a)
    return y, (dx,)


def kron_total(x, y):
    return np.sum(np.kron(x, y))


def kron_total_hand(x, y):
    product = np.kron(x, y)
    ones = np.ones(product.shape).reshape(x.shape[0], y.shape[0], x.shape[1], y.shape[1])
    dx, dy = (ones @ y[:, :, None])[..., 0].sum(axis=1), (x[:, None, None] @ ones)[:, :, 0].sum(axis=0)
    return product.sum(), (dx, dy)


def kron_total_sharp(x, y):
    return x.sum() * y.sum(), (np.full_like(x, y.sum()), np.full_like(y, x.sum()))


def kron_view_total(x, y):
    return np.sum(np.kron(x[:20, :20], np.triu(y)))


def kron_view_total_hand(x, y):
    value, (dx, dy) = kron_total_hand(x[:20, :20], np.triu(y))
    full = np.zeros_like(x)
    full[:20, :20] = dx
    return value, (full, np.triu(dy))


def kron_view_total_sharp(x, y):
    value, (dx, dy) = kron_total_sharp(x[:20, :20], np.triu(y))
    full = np.zeros_like(x)
    full[:20, :20] = dx
    return value, (full, np.triu(dy))


def loop_sin_cos_exp(x):
    y = np.zeros_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            y[i, j] = math.sin(math.cos(math.exp(x[i, j])))
    return np.sum(y)


def loop_sin_cos_exp_hand(x):
    y, dx = np.zeros_like(x), np.empty_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            e = math.exp(x[i, j])
            c = math.cos(e)
            y[i, j] = math.sin(c)
            dx[i, j] = -math.cos(c) * math.sin(e) * e
    return y.sum(), (dx,)


def map_sin_cos_exp(x):
    return sum(map(lambda a: math.sin(math.cos(math.exp(a))), x.ravel()))


def map_sin_cos_exp_hand(x):
    y, dx = 0, np.empty(x.size)
    for i, a in enumerate(x.ravel()):
        e = math.exp(a)
        c = math.cos(e)
        y += math.sin(c)
        dx[i] = -math.cos(c) * math.sin(e) * e
    return y, (dx.reshape(x.shape),)


def sin_cos_exp(x):
    return np.sum(np.sin(np.cos(np.exp(x))))


def sin_cos_exp_hand(x):
    e = np.exp(x)
    c = np.cos(e)
    value = np.sin(c).sum()
    np.cos(c, out=c)
    c *= np.sin(e)
    c *= e
    np.negative(c, out=c)
    return value, (c,)


def simple_mlp(W2, W1, Y, X):
    return np.sum((Y - W2 @ np.maximum(W1 @ X, 0))**2)


def simple_mlp_hand(W2, W1, Y, X):
    a = W1 @ X
    h = np.maximum(a, 0)
    r = W2 @ h
    np.subtract(Y, r, out=r)
    value = np.vdot(r, r)
    r *= 2
    d = W2.T @ r
    d *= a > 0
    dW1, dX = d @ X.T, W1.T @ d
    dW2 = r @ h.T
    np.negative(dW1, out=dW1)
    np.negative(dX, out=dX)
    np.negative(dW2, out=dW2)
    return value, (dW2, dW1, r, dX)


def gp_lml(x, y, s):
    K = np.exp(-0.5 * (x[:, None] - x)**2) + s * np.eye(len(x))
    L = np.linalg.cholesky(K)
    z = np.linalg.solve(L, y)
    return -0.5 * (np.dot(z, z) + len(x) * math.log(2 * math.pi)) - np.sum(np.log(np.diag(L)))


def gp_lml_hand(x, y, s):
    n = len(x)
    apart = x[:, None] - x
    E = apart * apart
    E *= -0.5
    np.exp(E, out=E)
    K = E.copy()
    K.reshape(-1)[::n + 1] += s
    L = np.linalg.cholesky(K)
    z = np.linalg.solve(L, y)
    diagonal = L.diagonal()
    value = -0.5 * (z @ z + n * math.log(2 * math.pi)) - np.log(diagonal).sum()
    inverse = np.linalg.inv(L)
    dy = z @ inverse
    dL = np.multiply.outer(dy, z)
    np.negative(dy, out=dy)
    dL.reshape(-1)[::n + 1] -= 1 / diagonal
    P = np.tril(L.T @ dL)
    P.reshape(-1)[::n + 1] *= 0.5
    dK = inverse.T @ P @ inverse
    ds = np.trace(dK)
    dK *= E
    dK *= apart
    return value, (dK.sum(axis=0) - dK.sum(axis=1), dy, ds)


def lognormal_model(u, x):
    # Two truncated normal priors, their parameters mapped to the whole line; then a log-normal likelihood.
    p = 1 / (1 + np.exp(-u))
    mu, sigma = 0.1 + 9.9 * p
    prior = -0.125 * ((mu - 1)**2 + (sigma - 1)**2) + np.sum(np.log(9.9 * p * (1 - p)))
    z = (np.log(x) - mu) / sigma
    return prior + np.sum(-0.5 * z**2 - np.log(x * sigma))


def lognormal_model_hand(u, x):
    p = np.exp(-u)
    p += 1
    np.divide(1, p, out=p)
    mu, sigma = 0.1 + 9.9 * p
    q = 1 - p
    z = np.log(x)
    z -= mu
    z /= sigma
    scaled = x * sigma
    value = (-0.125 * ((mu - 1)**2 + (sigma - 1)**2) + np.log(9.9 * p * q).sum() - 0.5 * np.vdot(z, z) - np.log(scaled).sum())
    d_mu = z.sum() / sigma - 0.25 * (mu - 1)
    d_sigma = np.vdot(z, z) / sigma - 0.25 * (sigma - 1) - np.vdot(1 / scaled, x)
    return value, (9.9 * p * q * np.array([d_mu, d_sigma]) + q - p,)


def large_single_block(x):
    y, a = x[0], x[1]
    for _i in range(400):
        y = y * a
    return y


def large_single_block_hand(x):
    y, a = x[0], x[1]
    kept = []
    for _i in range(400):
        kept.append(y)
        y = y * a
    dy, da = 1.0, 0.0
    for y_before in reversed(kept):
        da += dy * y_before
        dy *= a
    return y, (np.array([dy, da]),)


def stacked_sin_cos_exp(x):
    """Without a store: a list of the elements, stacked."""
    rows, columns = x.shape
    return np.sum(np.stack([np.sin(np.cos(np.exp(x[i, j]))) for i in range(rows) for j in range(columns)]))


def summed(element):
    """For JAX, compiled: a loop that is not unrolled over a function of each element."""
    def of_jax(jax):
        def total(x):
            flat = x.ravel()
            return jax.lax.fori_loop(0, len(flat), lambda i, y: y + element(jax.numpy, flat[i]), 0.0)
        return total
    return of_jax


def block_of_jax(jax):
    return lambda x: jax.lax.fori_loop(0, 400, lambda _, y: y * x[1], x[0])


def of_each(f, element):
    """Versions of a loop over elements that calls math's functions, which take no numbers of the other libraries."""
    return {**dict.fromkeys(("autograd", "mygrad", "torch", "jax"), adapted(f, "math")), "jax_jit": summed(element)}


def itself(np, a):
    return a


def sine(np, a):
    return np.sin(a)


def sine_of_cosine(np, a):
    return np.sin(np.cos(np.exp(a)))


def workloads():
    rng = np.random.default_rng(0)
    line, square = rng.normal(size=1000), rng.normal(size=(10, 10))
    times = np.linspace(0, 25.4, 128)
    arrays, loops = {"aim_hand": 1.6}, {"aim_hand": 2.2}
    lacks = {"mygrad": None}        # MyGrad has neither kron nor linear algebra
    seconds = frozenset({"jax"})
    small, wide = (rng.normal(size=(20, 20)), rng.normal(size=(40, 40))), (rng.normal(size=(40, 30)), rng.normal(size=(40, 40)))
    layers = tuple(rng.normal(size=shape) for shape in ((128, 256), (256, 128), (128, 70), (128, 70)))
    process = times, np.sin(times) + rng.normal(size=128), 1.0
    drawn = {"x": np.exp(1.5 + 0.5 * rng.normal(size=100_000))}

    def of(name, primal, hand, args, **options):
        return Workload(f"mooncake_{name}", primal, hand, args, **options)
    return [
        of("sum", total, total_hand, (line,), **arrays),
        of("loop_sum", loop_total, loop_total_hand, (line,), versions={"jax_jit": summed(itself)}, slow=seconds, **loops),
        of("sum_sin", total_sin, total_sin_hand, (line,), **arrays),
        of("loop_sum_sin", loop_total_sin, loop_total_sin_hand, (line,), versions=of_each(loop_total_sin, sine), slow=seconds,
           **loops),
        of("kron_sum", kron_total, kron_total_hand, small, versions=lacks, sharp=kron_total_sharp, aim_hand=1.25),
        of("kron_view_sum", kron_view_total, kron_view_total_hand, wide, versions=lacks, sharp=kron_view_total_sharp,
           aim_hand=1.25),
        of("loop_sin_cos_exp", loop_sin_cos_exp, loop_sin_cos_exp_hand, (square,),
           versions=of_each(stacked_sin_cos_exp, sine_of_cosine), slow=seconds, **loops),
        of("map_sin_cos_exp", map_sin_cos_exp, map_sin_cos_exp_hand, (square,),
           versions=of_each(map_sin_cos_exp, sine_of_cosine), slow=seconds, **loops),
        of("sin_cos_exp", sin_cos_exp, sin_cos_exp_hand, (square,), **arrays),
        of("simple_mlp", simple_mlp, simple_mlp_hand, layers, aim_hand=1.25),
        of("gp_lml", gp_lml, gp_lml_hand, process, versions=lacks, aim_hand=1.25),
        of("lognormal_model", lognormal_model, lognormal_model_hand, (np.array([0.3, -1.2]),), data=drawn, aim_hand=1.25),
        of("large_single_block", large_single_block, large_single_block_hand, (np.array([0.9, 0.99]),),
           versions={"jax_jit": block_of_jax}, **loops),
    ]
