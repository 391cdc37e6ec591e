"""log(sum(exp(x))), without overflow."""

import numpy as np

from benchmarks.harness import Workload


def logsumexp(x):
    m = np.max(x)
    return m + np.log(np.sum(np.exp(x - m)))


def hand(x):
    m = x.max()
    e = np.subtract(x, m)
    np.exp(e, out=e)
    s = e.sum()
    e *= 1 / s
    top = x == m
    e += top * ((1 - e.sum()) / np.count_nonzero(top))
    return m + np.log(s), (e,)


def sharp(x):
    m = x.max()
    e = np.subtract(x, m)
    np.exp(e, out=e)
    s = e.sum()
    e *= 1 / s
    return m + np.log(s), (e,)       # what passes through m cancels


def with_torch(torch):
    return lambda x: torch.logsumexp(x, 0)


def workloads():
    def of_size(name, n, aim):
        x = np.random.default_rng(0).normal(size=n)
        return Workload(name, logsumexp, hand, (x,), versions={"torch": with_torch}, aim=aim, aim_hand=1.25 if aim else 1.6,
                        sharp=sharp)
    return [of_size("logsumexp_100", 100, None), of_size("logsumexp_1e6", 1_000_000, 1.8)]
