"""Reading tuples, lists, dicts, sets, subscripts and slices; storing into lists and dicts."""

from .table import program


@program(args=[((1.0, 2.0, 3.0),)])
def tuple_items(t):
    return t[0] * t[-1] + t[1]


@program(args=[([1.0, 2.0, 3.0, 4.0, 5.0],)])
def slices(values):
    return sum(values[1:3]) * values[-1] + sum(values[::2]) + sum(values[:-3]) * sum(values[::-1][:2])


@program(args=[({"w": 2.0, "b": 0.5, "unused": 7.0}, 3.0)])
def dict_items(params, x):
    return params["w"] * x + params.get("b", 1.0) * params.get("none", x)


@program(args=[({"layers": [{"w": 2.0}, {"w": 3.0}], "scale": 0.5},)])
def nested_structure(model):
    out = 1.0
    for layer in model["layers"]:
        out = out * layer["w"] + 1
    return out * model["scale"]


@program(args=[({"a": 2.0, "b": 3.0, "c": 5.0},)])
def dict_iteration(d):
    total = 0.0
    for k in d:
        if k in ("a", "c"):
            total += d[k] ** 2
    for v in d.values():
        total *= v
    return total


@program(args=[({"a": 2.0, "b": 3.0}, "a"), ({"a": 2.0, "b": 3.0}, "z")])
def membership(d, key):
    return d[key] * 10 if key in d else sum(d.values())


@program(args=[(2.0, 3.0)])
def store_into_a_dict(x, y):
    d = {}
    d["x"] = x
    d["y"] = x * y
    d["x"] = d["x"] * d["y"]
    return d["x"] * d["y"]


@program(args=[(2.0, 3.0)], order=2)
def store_into_a_list(x, y):
    cells = [0.0] * 3
    cells[0] = x
    cells[1] = cells[0] * y
    cells[2] = cells[1] + cells[0]
    cells[0] = 7.0
    return cells[1] * cells[2] + cells[0]


@program(args=[({}, 5.0)])
def store_into_an_argument(d, x):
    d["x"] = x
    return d["x"] * d["x"]


@program(args=[([1.0, 2.0], 5.0)])
def overwrite_an_argument(xs, x):
    before = xs[0] * x
    xs[0] = x * x
    return before + xs[0] * xs[1]


@program(args=[(2.0, 3)], order=2)
def append_and_read(x, n):
    history = [x]
    for _ in range(n):
        history.append(history[-1] * x + 1)
    return sum(history) + history[1]


@program(args=[(2.0, 3.0)])
def augmented_item(x, y):
    d = {"total": 0.0}
    xs = [x, y]
    for v in (x, y, x * y):
        d["total"] += v
        xs[0] *= v
    return d["total"] * xs[0]


@program(args=[(2.0, 3.0)])
def list_aliasing(x, y):
    a = [x, y]
    b = a
    b[0] = y * y
    return a[0] * a[1]


@program(args=[(2.0, 3.0)])
def copies_do_not_alias(x, y):
    a = [x, y]
    b = a[:]
    c = list(a)
    b[0] = y * y
    c[1] = 1.0
    return a[0] * b[0] + c[1] * a[1] * b[1]


@program(args=[([1.0, 2.0], [3.0, 4.0])])
def concatenated(a, b):
    joined = a + b + [a[0] * b[0]]
    doubled = a * 2
    return sum(joined) * joined[4] + doubled[3]


@program(args=[((1.0, 2.0), 3.0)])
def tuples_concatenated(t, x):
    u = t + (x, x * t[0])
    return u[3] * u[2] + len(u) * u[1]


@program(args=[(1.5, 2.5)], order=2)
def table_of_pairs(x, y):
    points = [(x, y), (y, x), (x * y, 1.0)]
    return sum(a * a + b for a, b in points)


@program(args=[([3.0, 1.0], "xyz")])
def item_with_computed_index(values, names):
    k = len(values) - 1
    j = names.index("x")
    return values[k] * values[j] ** 2


@program(args=[(3.0, {"red", "green"})])
def sets_of_strings(x, colours):
    return x * len(colours) if "red" in colours and "blue" not in colours | {"white"} else x


@program(args=[(2.0, 5.0)])
def memo_by_hand(x, y):
    memo = {0: x, 1: y}

    def f(n):
        if n not in memo:
            memo[n] = f(n - 1) * 0.5 + f(n - 2) * x
        return memo[n]

    return f(6)


@program(args=[([1.0, 2.0, 3.0], [4.0, 5.0])])
def polynomial_product(p, q):
    out = [0.0] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            out[i + j] += a * b
    return sum(k * c * c for k, c in enumerate(out))


@program(args=[([[2.0, 1.0], [1.0, 3.0]], [1.0, 2.0])])
def gaussian_elimination(matrix, rhs):
    a = [row + [b] for row, b in zip(matrix, rhs)]
    n = len(a)
    for i in range(n):
        for j in range(i + 1, n):
            factor = a[j][i] / a[i][i]
            a[j] = [u - factor * v for u, v in zip(a[j], a[i])]
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (a[i][n] - sum(a[i][k] * x[k] for k in range(i + 1, n))) / a[i][i]
    return x[0] * x[1]


@program(args=[("kitten", "sitting", 0.7, 1.3)])
def edit_distance(a, b, insert, replace):
    row = [k * insert for k in range(len(b) + 1)]
    for i, ca in enumerate(a):
        new = [(i + 1) * insert]
        for j, cb in enumerate(b):
            new.append(min(row[j + 1] + insert, new[j] + insert, row[j] + (0.0 if ca == cb else replace)))
        row = new
    return row[-1] ** 2


@program(args=[({"x": 1.5, "y": 2.0},)])
def merged_dicts(d):
    e = {**d, "z": d["x"] * d["y"], "y": 1.0}
    return e["z"] * e["y"] + e["x"]
