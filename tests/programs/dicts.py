"""Everything that changes a dict or one of its kin."""

import collections
import copy
import math
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict
from types import SimpleNamespace

import numpy as np

from .table import program


def weigh(d):
    """A sum in which each place counts differently."""
    return sum([(k + 1.5) * v for k, v in enumerate(d.values())])


@program(args=[({"a": 1.0, "b": 2.0}, 3.0)])
def set_and_delete(d, x):
    d["c"] = x * d["a"]
    first = weigh(d)
    del d["a"]
    d["a"] = d["b"] * x
    return first * weigh(d)


@program(args=[({"a": 1.0, "b": 2.0}, 3.0)])
def pop_in_all_forms(d, x):
    d["c"] = x
    a = d.pop("a")
    b = d.pop("b", x)
    missing = d.pop("z", x * x)
    return a * b + missing * d.pop("c") + len(d)


@program(args=[({"a": 1.0, "b": 2.0}, 3.0)])
def popitem_until_empty(d, x):
    d["c"] = x * x
    total = 1.0
    while d:
        key, value = d.popitem()
        total = total * value + (key == "b")
    return total


@program(args=[({"a": 1.0}, 3.0)])
def setdefault_twice(d, x):
    first = d.setdefault("b", x)
    second = d.setdefault("b", 100.0)
    d.setdefault("rows", []).append(first * d["a"])
    d.setdefault("rows", []).append(second)
    return d["b"] * d["rows"][0] + d["rows"][1] * d.setdefault("a", 5.0)


@program(args=[({"a": 1.0, "b": 2.0}, {"b": 3.0, "c": 4.0}, 0.5)])
def update_in_all_forms(d, e, x):
    d.update(e)
    d.update([("a", x), ("d", x * x)])
    d.update(b=x * d["c"], f=2.0 * x)
    d.update({"g": x}, h=d["a"] * 3)
    d.update([(k * 2, v * v) for k, v in e.items()])
    return weigh(d)


@program(args=[({"a": 1.0, "b": 2.0}, {"b": 3.0, "c": 4.0})])
def union_operators(d, e):
    joined = d | e
    d |= {"a": joined["b"] * joined["a"]}
    e |= [("z", d["a"])]
    return weigh(joined) + weigh(d) * weigh(e)


@program(args=[({"a": 1.0, "b": 2.0},)])
def clear_and_fill(d):
    total = weigh(d)
    d.clear()
    d["a"] = total * total
    return weigh(d) + len(d)


@program(args=[(2.0, 3.0)], order=2)
def from_keys(x, y):
    d = dict.fromkeys("abc", x)
    d["b"] = d["a"] * y
    shared = dict.fromkeys(("p", "q"), [y])
    shared["p"].append(x)
    return weigh(d) + sum(shared["q"])


@program(args=[({"a": 1.0, "b": 2.0, "c": 0.5},)])
def loops_over_views(d):
    total = 0.0
    for k, v in d.items():
        d[k] = v * 2
        total += v
    for v in sorted(d.values(), reverse=True):
        total = total * 0.5 + v
    for k in d.keys() & {"a", "b"}:
        total += d[k] ** 2
    for k in reversed(d):
        total = total * d[k]
    return total


@program(args=[({"b": 1.0, "a": 2.0, "c": 0.5},)])
def sorted_items(d):
    by_value = sorted(d.items(), key=lambda item: item[1])
    low = min(d, key=d.get)
    high = max(d.items(), key=lambda item: item[1])
    return sum([(k + 1) * v for k, (_, v) in enumerate(by_value)]) + d[low] * high[1]


@program(args=[({"a": 1.0, "b": 2.0},)])
def inverted_and_filtered(d):
    names = {round(v): k for k, v in d.items()}
    kept = {k: v * v for k, v in d.items() if v > 1.5}
    return sum(d[k] * n for n, k in names.items()) + kept["b"]


@program(args=[({"a": 1.0, "rows": [2.0, 3.0]}, 2.0)])
def shallow_and_deep_copies(d, x):
    one, two, three = d.copy(), copy.deepcopy(d), dict(d)
    d["rows"][0] = x * d["a"]
    one["rows"].append(x)
    two["rows"][1] *= x
    three["a"] = x
    return sum(one["rows"]) * two["rows"][1] + two["a"] * three["a"] + d["a"] * sum(d["rows"])


@program(args=[(1.5, 2.0)], order=2)
def defaultdict_of_floats(x, y):
    totals = defaultdict(float)
    for k, v in (("a", x), ("b", y), ("a", x * y)):
        totals[k] += v
    return totals["a"] * totals["b"] + totals["none"]


@program(args=[(1.5, 2.0)])
def defaultdict_with_a_factory_of_its_own(x, y):
    d = defaultdict(lambda: x * y)
    d["a"] += x
    rows = defaultdict(list)
    rows["p"].append(d["b"])
    rows["p"].append(d["a"])
    return d["a"] * d["b"] + rows["p"][0] * rows["p"][1] + len(rows["q"])


def tree():
    return defaultdict(tree)


@program(args=[(1.5, 2.0)])
def tree_of_defaultdicts(x, y):
    t = tree()
    t["a"]["b"] = x
    t["a"]["c"]["d"] = x * y
    return t["a"]["b"] * t["a"]["c"]["d"]


@program(args=[(1.5, 2.0, 3.0)])
def ordered_dict(x, y, z):
    d = OrderedDict([("a", x), ("b", y)])
    d["c"] = z
    d.move_to_end("a")
    d.move_to_end("c", last=False)
    first = weigh(d)
    key, value = d.popitem(last=False)
    return first * value + d.pop("b") * weigh(d)


@program(args=[(OrderedDict(a=1.0, b=2.0), 3.0)])
def ordered_dict_as_argument(d, x):
    d.update(c=x * d["a"])
    d.move_to_end("a")
    return weigh(d) * d.pop("b")


class Cache(OrderedDict):
    """The least recently used entries go."""

    def __init__(self, size):
        super().__init__()
        self.size = size

    def __getitem__(self, key):
        value = super().__getitem__(key)
        self.move_to_end(key)
        return value

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        if len(self) > self.size:
            del self[next(iter(self))]


@program(args=[(1.5, 2.0)])
def least_recently_used(x, y):
    cache = Cache(2)
    cache["a"] = x
    cache["b"] = y
    cache["c"] = cache["a"] * y
    return cache["a"] * cache["c"] + ("b" in cache)


@program(args=[(1.5, 2.0)])
def counters(x, y):
    c = Counter(a=x, b=y)
    c["a"] += y
    d = Counter({"a": 1.0, "c": x * y})
    both, less, most = c + d, c - d, c | d
    d.update(c)
    c.subtract(a=0.5 * x)
    return both["a"] * less["b"] + most["c"] * d["a"] + c["a"] + sum(c.values()) + c["none"]


@program(args=[(1.5, "abracadabra")])
def counted_letters(x, text):
    c = Counter(text)
    (letter, n), *_ = c.most_common(2)
    weights = {k: x**v for k, v in sorted(c.items())}
    return sum(weights.values()) * n + weights[letter]


class Fallback(dict):
    def __init__(self, *args, factor=1.0, **entries):
        super().__init__(*args, **entries)
        self.factor = factor

    def __missing__(self, key):
        self[key] = self.factor * len(key)
        return self[key]


@program(args=[(1.5, 2.0)])
def dict_with_missing(x, y):
    d = Fallback({"a": x}, factor=y, b=x * y)
    return d["abc"] * d["a"] + d["b"] * d["abc"] + d.get("zz", x) + len(d)


class Attributes(dict):
    """Entries that are attributes, too."""

    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(name)

    def __setattr__(self, name, value):
        self[name] = value


@program(args=[(Attributes(w=2.0, b=0.5), 3.0)])
def entries_as_attributes(p, x):
    p.b = p.w * x + p.b
    return p["b"] * p.w


class Borrowed(dict):
    """The same, by the methods of a dict."""

    __getattr__ = dict.get
    __setattr__ = dict.__setitem__
    __delattr__ = dict.__delitem__

    def __deepcopy__(self, memo):       # for Python 3.10, which asks the instance for `__getstate__`
        return Borrowed(self)


@program(args=[(Borrowed(w=2.0, b=0.5), 3.0)])
def methods_of_a_dict_for_attributes(p, x):
    p.b = p.w * x + p.b
    p.c = p.b * 2
    del p.w
    made = Borrowed(p, w=p["c"])
    made.w = made["w"] * made.b
    return p["b"] * made["w"] if "w" not in p else x


class Shared(dict):
    def __init__(self, **entries):
        super().__init__(**entries)
        self.__dict__ = self


@program(args=[(2.0, 3.0)])
def attributes_that_are_the_dict(x, y):
    p = Shared(w=x, b=y)
    p.b = p.w * p["b"]
    p["w"] = p.b + p.w
    return p.w * p["b"]


class Named(dict):
    rate = 2.0

    def __init__(self, entries, rate):
        super().__init__(entries)
        self.rate = rate


@program(args=[(2.0, 3.0)])
def attribute_and_key_of_one_name(x, y):
    d = Named({"rate": x}, y * y)
    d["rate"] = d["rate"] * 3
    return d["rate"] * d.rate


@program(args=[({"a": 1.0}, {"a": 2.0, "b": 3.0}, 0.5)])
def overlaid_settings(own, defaults, x):
    both = {**defaults, **own, "c": x}
    picked = {k: both[k] for k in ("a", "b")}
    return weigh(both) * weigh(picked)


@program(args=[({"layers": [{"w": [1.0, 2.0]}, {"w": [0.5]}]}, 0.1)])
def nested_update(model, rate):
    before = sum(sum(layer["w"]) for layer in model["layers"])
    for layer in model["layers"]:
        layer["w"][:] = [w - rate * w * w for w in layer["w"]]
        layer["total"] = sum(layer["w"])
    return before * sum(layer["total"] for layer in model["layers"])


@program(args=[(1.5, 2.0)], order=2)
def memo_table(x, y):
    memo = {}

    def f(n):
        if n not in memo:
            memo[n] = x if n == 0 else y if n == 1 else f(n - 1) * y + f(n - 2)
        return memo[n]

    return f(6) + memo[3]


@program(args=[(SimpleNamespace(a=1.0, b=2.0), 3.0)])
def namespace_as_argument(n, x):
    n.c = n.a * x
    n.a = n.b
    return n.a * n.c


@program(args=[(1.5, 2.0)], order=2)
def namespace_built_inside(x, y):
    n = SimpleNamespace(a=x, b=y)
    n.c = n.a * n.b
    vars(n)["a"] = n.c * x
    n.__dict__.update(b=n.a)
    return n.a * n.b + sum(vars(n).values())


class Bunch:
    def __init__(self, **entries):
        self.__dict__.update(entries)


@program(args=[(Bunch(a=1.0, b=2.0), 3.0)])
def object_filled_through_its_dict(bunch, x):
    other = Bunch(p=bunch.a * x, **vars(bunch))
    bunch.__dict__["a"] = other.p * bunch.b
    return bunch.a * other.p + sum(v * v for v in other.__dict__.values()) * getattr(bunch, "b")


class Document(UserDict):
    def __setitem__(self, key, value):
        super().__setitem__(key, value * 2)


@program(args=[(1.5, 2.0)])
def user_dict(x, y):
    d = Document()
    d["a"] = x
    d["b"] = d["a"] * y
    del d["a"]
    return d["b"] * len(d) + sum(d.data.values())


class Row(UserList):
    def total(self):
        return sum(self.data)


@program(args=[(1.5, 2.0)])
def user_list(x, y):
    r = Row([x, y])
    r.append(x * y)
    r[0] = r[1] * r[2]
    r.insert(1, x)
    return r.total() * r.pop() + r[1]


@program(args=[(1.5, 2.0)])
def chain_map(x, y):
    chain = ChainMap({"a": x}, {"a": 5.0, "b": y})
    chain["c"] = chain["a"] * chain["b"]
    child = chain.new_child({"a": y})
    return child["a"] * child["c"] + chain["a"] * len(child)


Row3 = collections.namedtuple("Row3", "a b c", defaults=[1.0])


@program(args=[(1.5, 2.0)], order=2)
def named_tuple_helpers(x, y):
    r = Row3(x, y)
    s = r._replace(c=x * y, a=r.b)
    d = s._asdict()
    d["a"] = d["a"] * d["c"]
    t = Row3._make([d["a"], d["b"], s.c])
    a, *rest = t
    return a * rest[0] + t.c * s[0] + Row3(**d).a + len(t._fields)


@program(args=[(0.8, 1.3)])
def numbers_as_keys(x, y):
    d = {x: y, x * y: 2.0}
    d[y] = 1.0
    e = {**d, "a": x}
    e.update([(x * x, y)])
    total = sum([k * k * v for k, v in d.items()]) + sum(d) * max(d)
    for k in e:
        if k != "a":
            total = total + math.sin(k)
    f = OrderedDict.fromkeys([x, y * y], 3.0)
    f.setdefault(x + y, x)
    last, value = f.popitem()
    counts = Counter([x, y, x])
    pairs = {(x, y): 2.0, (y, 1.0): 3.0}
    return (total + last * value + next(iter(f)) * next(reversed(f)) + sum([k * n for k, n in counts.items()])
            + sum([a * b * v for (a, b), v in pairs.items()]))


@program(args=[({"w": 0.7, "b": -0.3, "deep": {"k": 1.5}}, 4), ({"w": 0.7, "b": -0.3, "deep": {"k": 1.5}}, 0)])
def entries_read_in_loops(p, n):
    x = 1.0
    for i in range(n):
        for _ in range(2):
            x = np.tanh(p["w"] * x + p["b"]) + p["deep"]["k"] * i
        if x > 100:
            x = x * p["w"]
    for i in range(n):
        x = x + p["b"] * p["b"]
        p["b"] = x * 0.5
    while x > 2:
        x = x - p["deep"]["k"] ** 2 / 3
        if x < p["b"]:
            break
    return x * p["w"]


@program(args=[({"W": np.array([[0.3, -0.5], [0.8, 0.1]]), "b": np.array([0.2, -0.1])}, [0.5, 1.5, -0.4])])
def arrays_read_in_loops(p, xs):
    h = np.zeros(2)
    for x in xs:
        h = np.tanh(p["W"] @ h + p["b"] * x)
    for _ in xs:
        h = p["W"] @ h
        p["W"][0, 0] = h[1]
    return np.sum(h * p["b"]) + np.sum(p["W"])


class AnyCase(dict):
    """Keys in small letters; what is asked about it need not fit that."""

    def __setitem__(self, k, v):
        super().__setitem__(k.lower(), v)

    def __getitem__(self, k):
        return super().__getitem__(k.lower())

    def __contains__(self, k):
        return k.isupper() and super().__contains__(k.lower())

    def __delitem__(self, k):
        super().__delitem__(k.lower())

    def __len__(self):
        return 1


@program(args=[(1.5, 2.0)])
def dicts_with_keys_of_their_own(x, y):
    d = AnyCase(b=y)
    d["A"] = x
    d["a"] = d["A"] * d["B"]
    s = d["A"] + d.get("a") * ("A" in d) + ("a" in d) * 100.0 + sum(dict.values(d)) + len(d) * x
    d.update(c=s)
    d.setdefault("c", 7.0)
    p = d.pop("c", y)
    del d["B"]
    return p * d["a"] + len(list(d)) * y
