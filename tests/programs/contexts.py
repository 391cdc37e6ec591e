"""`with`: context managers of the user's, and of the libraries."""

from __future__ import annotations

import contextlib
import io
import os
import threading
import warnings

import numpy as np

from .table import program


class Doubled:
    """Doubles its value when it is left, and swallows ValueError."""

    def __init__(self, value):
        self.value = value
        self.log = []

    def __enter__(self):
        self.log.append(self.value)
        return self

    def __exit__(self, kind, error, traceback):
        self.value = self.value * 2
        self.log.append(3 * self.value)
        return kind is ValueError


@program([(1.5,)], order=1)
def entered_and_left(x):
    manager = Doubled(x)
    with manager as inside:
        y = inside.value * x
    return y + sum(manager.log)


@program([(0.5,), (1.5,)])
def swallows_an_exception(x):
    manager = Doubled(x)
    y = x
    with manager as inside:
        y = inside.value * x
        if x > 1:
            raise ValueError
        y = y * x
    return y + sum(manager.log)


@program([(1.5,)])
def passes_an_exception_on(x):
    manager = Doubled(x)
    y = x
    try:
        with manager:
            y = y * x
            raise KeyError
    except KeyError:
        y = y + manager.value
    return y + manager.log[1]


@program([(1.5,)])
def several_items(x):
    with Doubled(x) as a, Doubled(a.value * x) as b:
        y = a.value * b.value
    return y + a.value * b.value + b.log[0]


@program([(1.5,)])
def left_by_return(x):
    manager = Doubled(x)

    def inner():
        with manager as m:
            return m.value * x
    return inner() * manager.value


@program([(1.5,)])
def left_by_break_and_continue(x):
    total = 0.0
    for k in range(5):
        with Doubled(x * k) as m:
            if k == 1:
                continue
            total = total + m.value
            if k == 3:
                break
        total = total + m.value
    return total + sum(m.log)


class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __enter__(self):
        return self.a, [self.b, self.a * self.b]

    def __exit__(self, *args):
        self.a = self.b


@program([(1.5, 2.5)])
def unpacks_what_is_entered(x, y):
    pair = Pair(x, y)
    with pair as (a, [b, c]):
        z = a * b + c
    return z * pair.a


@program([(1.5, 2.5)])
def binds_an_attribute(x, y):
    pair = Pair(x, y)
    holder = Doubled(0.0)
    with holder as holder.other:
        pair.a = holder.other.value + x
    return pair.a * y


@program([(0.5,), (1.5,)])
def suppressed(x):
    y = x
    with contextlib.suppress(ValueError, KeyError):
        y = y * x
        if x > 1:
            raise KeyError("a")
        y = y * x
    return y


@program([(1.5,)])
def null_contexts(x):
    with contextlib.nullcontext(x * 2) as y:
        z = y * x
    return z


class Resource:
    def __init__(self, x):
        self.x, self.closed = x, False

    def close(self):
        self.closed = True
        self.x = self.x * 3


@program([(1.5,)])
def closing(x):
    resource = Resource(x)
    with contextlib.closing(resource) as r:
        y = r.x * x
    return y * resource.x


@program([(1.5,)])
def a_stack_of_contexts(x):
    managers = [Doubled(x), Doubled(2 * x)]
    with contextlib.ExitStack() as stack:
        a = stack.enter_context(managers[0])
        b = stack.enter_context(managers[1])
        y = a.value * b.value
    return y + managers[0].value * managers[1].value + sum(managers[1].log)


@program([(1.5,)])
def numpy_errstate(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.log(x)) * x


@program([(1.5,)])
def locks_and_warnings(x):
    lock = threading.Lock()
    with lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = x * x
    return y


@program([(1.5,)])
def files(x):
    with open(os.devnull) as file:
        text = file.read()
        y = x * x
    return y + len(text)


@program([(1.5,)])
def output_to_text(x):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        print("text")
        y = x * 2
    return y * len(out.getvalue())


class Transaction:
    """Puts the old values back if the body fails."""

    def __init__(self, state):
        self.state = state

    def __enter__(self):
        self.saved = dict(self.state)
        return self.state

    def __exit__(self, kind, error, traceback):
        if kind is not None:
            for k in self.saved:
                self.state[k] = self.saved[k]
            return True
        return False


@program([({"a": 2.0, "b": 3.0}, 2), ({"a": 2.0, "b": 3.0}, 0)])
def transactions(state, n):
    with Transaction(state):
        state["a"] = state["a"] * state["b"]
        state["b"] = state["b"] / n
        state["a"] = state["a"] * state["b"]
    return state["a"] * 10 + state["b"]


@program([(1.5,)])
def a_context_in_a_loop(x):
    depth = Doubled(x)
    total = 0.0
    for k in range(3):
        with depth as d:
            total = total + d.value * k
    return total + depth.value + sum(depth.log)


@program([(1.5,)])
def contexts_within_finally(x):
    manager = Doubled(x)
    try:
        y = x * x
    finally:
        with manager as m:
            y = m.value * 2
    return y + manager.value
