"""Derivatives of every kind in several threads at once are those of one thread after the other."""

from __future__ import annotations

import threading

import numpy as np

from zygote_py import Params, checkpointed, gradient, hook, jacobian, nestlevel, options


def jobs():
    """Fresh functions, so that each round compiles them anew."""
    x = np.linspace(0.1, 1.0, 5)
    w = np.ones((3, 5))

    def loop(x):
        total = 0.0
        for k in range(5):
            total = total + x[k]**k
        return total

    def by_object(d):
        return np.sum(d["a"] * d["b"][0])

    def implicit():
        return np.sum(np.tanh(w @ x))

    return [
        lambda: gradient(loop, x),
        lambda: gradient(by_object, {"a": x, "b": [2.0]}),
        lambda: gradient(implicit, Params([w])).to_vector(),
        lambda: jacobian(lambda x: w @ (x * x), x),
        lambda: gradient(lambda x: np.sum(gradient(lambda x: np.sum(x**3), x)[0]), x),
        lambda: gradient(lambda x: np.sum(checkpointed(np.sin, x) * hook(lambda d: 2 * d, x)), x),
        lambda: gradient(lambda x: x * nestlevel(), 2.0),
        lambda: without_shortcuts(x),
    ]


def without_shortcuts(x):
    with options(optimise=False):
        return gradient(lambda x: np.sum(x * x), x)


def flat(result):
    if isinstance(result, dict):
        return flat(list(result.values()))
    if isinstance(result, (list, tuple)):
        return np.concatenate([flat(r) for r in result])
    return np.ravel(result)


def test_eight_threads_agree_with_serial_runs():
    want = [flat(job()) for job in jobs()]
    shared = jobs()
    for round_ in (shared, shared, jobs()):
        got = [None] * 8
        failures = []
        start = threading.Barrier(8)

        def work(k, round_=round_, got=got, start=start, failures=failures):
            start.wait()
            try:
                for _ in range(3):
                    got[k] = flat(round_[k]())
            except BaseException as failure:
                failures.append(failure)
        threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert failures == []
        for a, b in zip(got, want):
            np.testing.assert_array_equal(a, b)
