"""Methods that answer a question, and store something meanwhile: `==`, `<`, `in`, `len`, truth, keys of a sort."""

import functools
import operator
from dataclasses import dataclass, field

from .table import program


class Witness:
    """Adds up what it is asked about."""

    def __init__(self, value):
        self.value, self.seen = value, 0.0

    def __eq__(self, other):
        self.seen = self.seen + self.value**2
        return isinstance(other, Witness) and self.value == other.value

    def __lt__(self, other):
        self.seen = self.seen + self.value * (other.value if isinstance(other, Witness) else other)
        return self.value < (other.value if isinstance(other, Witness) else other)

    def __gt__(self, other):
        self.seen = self.seen - self.value / 3
        return self.value > (other.value if isinstance(other, Witness) else other)

    def __bool__(self):
        self.seen = self.seen + 3 * self.value**3
        return self.value > 0

    def __len__(self):
        self.seen = self.seen + 2 * self.value
        return 3

    def __contains__(self, x):
        self.seen = self.seen + x * self.value
        return x > 1

    def __hash__(self):
        self.seen = self.seen * self.value
        return 7


@program(args=[(1.3, 0.4), (-0.8, 2.0)])
def comparisons_that_store(x, y):
    a, b = Witness(x), Witness(2 * y)
    total = 0.0
    if a == b or a != b:
        total = total + a.seen
    if a < 3 * y:
        total = total + a.seen * b.seen
    if 0.5 * x < b < 10.0:
        total = total * b.seen
    return total + a.seen * y + b.seen


@program(args=[(1.3,)], order=2)
def comparisons_that_store_twice_differentiated(x):
    a = Witness(x)
    return a.seen * x if a < 3 * x else 0.0


@program(args=[(1.3, 0.4), (-0.8, 2.0)])
def truths_and_lengths_that_store(x, y):
    a = Witness(x)
    total = 1.0 if a else 2.0
    total = total + (not a) + len(a) * a.seen
    b = a or Witness(y)
    c = a and b
    total = total + b.seen * c.seen
    if 2 * y in a:
        total = total + a.seen**2
    if y not in a:
        total = total - a.seen * y
    return total + bool(a) + hash(a) + operator.truth(a) * a.seen


@program(args=[(1.3, 0.4)])
def searches_that_store(x, y):
    a, b = Witness(x), Witness(y)
    found = Witness(y) in [a, b]
    also = a not in (b, Witness(x))
    return a.seen * (1 + found) + b.seen * y + also


@program(args=[(1.3, 4)])
def questions_in_loops_and_callees_that_store(x, n):
    a = Witness(x)

    def ask(w, limit):
        while w < limit:
            w.value = w.value * 1.5
        return w

    count = 0
    for k in range(n):
        if a:
            count += 1
        if k == 2 and a == k:
            break
    steps = [len(w) * w.seen for w in (a, ask(a, 9.0))]
    return sum(steps) + count * a.seen


@program(args=[(1.3,)])
def questions_that_are_asked_in_a_try(x):
    a = Witness(x)

    def asked():
        yield len(a) * x
        if a:
            yield a.seen

    try:
        total = sum(asked())
        if a == 1:
            total = 0.0
        raise LookupError
    except LookupError:
        return a.seen * x + total


class Refusing:
    def __init__(self, log):
        self.log = log

    def __lt__(self, other):
        self.log.append(other * other)
        raise TypeError("not ordered")


@program(args=[(1.3,)])
def comparisons_that_store_and_raise(x):
    log = []
    try:
        if Refusing(log) < 2 * x:
            return x
    except TypeError:
        return log[0] * x
    return 0.0


@functools.total_ordering
class Ranked:
    def __init__(self, value):
        self.value, self.seen = value, 0.0

    def __eq__(self, other):
        self.seen = self.seen + 5 * self.value
        return self.value == other.value

    def __lt__(self, other):
        self.seen = self.seen + other.value**2
        return self.value < other.value


@dataclass
class Pair:
    first: Ranked
    second: float
    weights: list = field(default_factory=list)


@program(args=[(1.3, 0.4)])
def orders_and_dataclasses_that_lead_to_methods_that_store(x, y):
    a, b = Ranked(x), Ranked(y)
    total = x * (a <= b) + y * (b > a) + (a >= b)

    class Holder:
        def __eq__(self, other):
            return self.inner == other.inner

    one, two = Holder(), Holder()
    one.inner, two.inner = a, Ranked(x)
    return total + (one == two) + a.seen * b.seen


class Base:
    def __init__(self, value):
        self.value, self.seen = value, 0.0

    def __lt__(self, other):
        self.seen = self.seen + self.value
        return NotImplemented


class Derived(Base):
    def __gt__(self, other):
        self.seen = self.seen + other.value * self.value
        return self.value > other.value


@program(args=[(1.3, 0.4)])
def reflected_methods_that_store(x, y):
    a, b, c = Base(x), Derived(y), Derived(2 * y)
    total = 1.0 * (a < b) + (b < c)
    return total + a.seen + b.seen * x + c.seen


@program(args=[([0.4, -1.2, 2.0], 1.5)])
def keys_that_store(xs, a):
    log = []
    far = sorted(xs, key=lambda v: log.append(v * a) or -v)
    most = max(xs, key=lambda v: log.append(v**3) or abs(v))
    least = min([], key=abs, default=a * a)
    xs.sort(key=functools.partial(lambda scale, v: log.append(scale * v * v) or v, a), reverse=True)
    return sum(w * (k + 1) for k, w in enumerate(log)) + far[0] * most + least * xs[0]


class Counting:
    """Counts how often it is asked, which carries no derivative."""

    asked = 0

    def __init__(self, value):
        self.value, self.calls, self.last = value, 0, None

    def __eq__(self, other):
        self.calls += 1
        return isinstance(other, Counting) and self.value == other.value

    def __lt__(self, other):
        self.last = "<"
        Counting.asked += 1
        return self.value < other.value

    def __hash__(self):
        self.calls += 1
        return 3

    def __bool__(self):
        self.calls += 1
        return True


@program(args=[(1.3, 0.4)])
def methods_that_count_may_be_called_by_python_itself(x, y):
    a, b = Counting(x), Counting(y)
    first = min([a, b])
    ranked = sorted([a, b])
    names = {a: x * x, b: y}
    place = [b, a].index(a) + [b, a].count(a) + all([a, b])
    return first.value * names[a] + ranked[1].value * place + (a in {b}) * x + b.calls * 0.0
