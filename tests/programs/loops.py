"""for and while, with break, continue and else; values carried from one turn to the next."""

import math

import numpy as np

from .table import program


@program(args=[(5.0, 3), (2.0, 0), (1.5, 7)], order=2)
def power(x, n):
    r = 1
    for i in range(n):
        r *= x
    return r


@program(args=[(2.0,), (9.0,), (0.3,)], order=2)
def newton_sqrt(a):
    x = a
    while abs(x * x - a) > 1e-13:
        x = 0.5 * (x + a / x)
    return x


@program(args=[(0.5, 10), (0.5, 0), (0.5, 1)], order=2)
def exp_series(x, n):
    term, total = 1.0, 0.0
    for k in range(1, n + 1):
        total += term
        term = term * x / k
    return total + term


@program(args=[([1.0, 2.0, 3.0],), ([],), ([4.0],)])
def sum_of_squares(values):
    total = 0.0
    for v in values:
        total += v * v
    return total


@program(args=[([1.0, -2.0, 3.0, 4.0], 6.0), ([1.0, 1.0], 6.0), ([10.0, 1.0], 6.0)])
def break_when_large(values, limit):
    total = 0.0
    for v in values:
        total = total + v * v
        if total > limit:
            break
    return total * limit


@program(args=[([1.0, -2.0, 3.0, -4.0],)])
def continue_over_negatives(values):
    total = 1.0
    for v in values:
        if v < 0:
            continue
        total *= v + 1
    return total


@program(args=[([1.0, 2.0, 3.0], 1.5), ([1.0, 2.0, 3.0], 9.0), ([], 1.0)])
def for_else(values, wanted):
    for v in values:
        if v > wanted:
            found = v * 10
            break
    else:
        found = sum(values) + wanted
    return found * 2


@program(args=[(10.0, 2.0), (10.0, 30.0)])
def while_else(x, stop):
    steps = 0
    while x > 1:
        x = x / 2
        steps += 1
        if steps * 5.0 > stop:
            x = x * stop
            break
    else:
        x = x * x
    return x + steps


@program(args=[([[1.0, 2.0], [3.0, 4.0]],), ([[], [5.0]],)])
def nested_loops(rows):
    total = 0.0
    for row in rows:
        partial = 1.0
        for v in row:
            partial *= v
        total += partial
    return total


@program(args=[([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], 3.5), ([[1.0, 2.0]], 3.5)])
def return_from_nested_loops(rows, limit):
    total = 0.0
    for row in rows:
        for v in row:
            if v > limit:
                return total * v
            total += v * v
    return total + limit


@program(args=[(3.0, 50), (3.0, 2)], order=2)
def return_from_while_true(x, most):
    count = 0
    while True:
        x = x * 0.7
        count += 1
        if x < 1:
            return x * count
        if count == most:
            return x + 100


@program(args=[([2.0, 3.0, 5.0],)])
def loop_variable_afterwards(values):
    total = 0.0
    for v in values:
        total += v
    return total * v


@program(args=[([2.0, 3.0, 5.0],)])
def index_afterwards(values):
    for i in range(len(values)):
        pass
    return values[i] * i


@program(args=[([2.0, 3.0, 5.0], 1.0)])
def loop_variable_overwritten(values, x):
    total = 0.0
    for v in values:
        v = v * x
        total += v * v
    return total


@program(args=[(0.3, 4), (0.3, 0)], order=2)
def tuple_carried(x, n):
    state = (x, 1.0)
    for _ in range(n):
        a, b = state
        state = (a * b, b + x)
    return state[0] + state[1]


@program(args=[(0.9, 5)], order=2)
def three_carried(x, n):
    a, b, c = x, 2.0, 0.0
    for i in range(n):
        t = a
        a = b * x
        b = c + t
        c = t * b + i
    return a + b + c


@program(args=[(1.1, 3, 2), (1.1, 0, 2), (1.1, 3, 0)], order=2)
def zero_trips_inside(x, n, m):
    y = x
    for i in range(n):
        for j in range(m):
            y = y * x + i - j
        y = y + 1
    return y


@program(args=[([1.0, 2.0, 3.0, 4.0, 5.0],)])
def break_and_continue(values):
    total = 0.0
    for i, v in enumerate(values):
        if i == 1:
            continue
        if i == 4:
            break
        total = total * v + v
    return total


@program(args=[([3.0, 1.0, 2.0],), ([1.0, 2.0, 3.0],)])
def bubble_sort(values):
    xs = list(values)
    n = len(xs)
    swapped = True
    while swapped:
        swapped = False
        for i in range(n - 1):
            if xs[i] > xs[i + 1]:
                xs[i], xs[i + 1] = xs[i + 1], xs[i]
                swapped = True
        n -= 1
    return sum((k + 1) * x * x for k, x in enumerate(xs))


@program(args=[(1.0, 0.5, 30)], order=2)
def pendulum(angle, speed, steps):
    h = 0.05
    for _ in range(steps):
        speed = speed - h * math.sin(angle)
        angle = angle + h * speed
    return 0.5 * speed**2 + angle


@program(args=[(0.3,), (3.4,)], order=2)
def logistic_map(r):
    x = 0.2
    for _ in range(8):
        x = r * x * (1 - x)
    return x


@program(args=[(1.2, 1.0), (1.2, -1.0)])
def while_with_branch(x, y):
    n = 0
    while n < 5:
        if x > y:
            x, y = y * 0.9, x
        else:
            y = y * x
        n += 1
    return x + y


@program(args=[([0.5, -1.0, 2.0, 0.1],)])
def rosenbrock(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


@program(args=[(2.0, 3.0)])
def range_with_step(x, y):
    total = x
    for i in range(10, 0, -3):
        total = total + i * y / total
    return total


@program(args=[([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.5)])
def exponential_smoothing(series, alpha):
    level = series[0]
    error = 0.0
    for observed in series[1:]:
        error += (observed - level) ** 2
        level = alpha * observed + (1 - alpha) * level
    return error / (len(series) - 1)


@program(args=[("abcab", 2.0, 3.0), ("", 2.0, 3.0)])
def loop_over_a_string(word, x, y):
    total = 1.0
    for letter in word:
        total = total * x if letter == "a" else total + y
    return total


@program(args=[(20.0,), (7.0,)])
def two_exits_from_one_loop(x):
    for i in range(100):
        x = x * 0.8
        if x < 1:
            return -x
        if i > 4:
            x = x + 3
            break
    return x * x


@program(args=[([1.0, 2.0], [3.0, 4.0, 5.0], 4.5), ([1.0, 2.0], [3.0, 4.0, 5.0], 100.0)])
def break_out_of_inner_only(outer, inner, limit):
    total = 0.0
    for a in outer:
        for b in inner:
            if a * b > limit:
                break
            total += a * b
        else:
            total *= 2
    return total


@program(args=[(0.5, 3)])
def overwritten_in_a_loop_after_use(x, n):
    total = 0.0
    y = x
    for _ in range(n):
        total += y * y
        y = math.sin(y) + x
        total += y
        y = y * 2
    return total


@program([(0.8, 1.1)])
def what_is_gone_through_changes(x, y):
    xs = [x, x * y, 1.0]
    total = y
    for k, v in enumerate(xs):
        total = math.tanh(total * v + x)
        xs[(k + 1) % 3] = total
        if k == 1:
            xs.insert(0, total * y)
    for v, w in zip(xs, reversed(xs)):
        total = math.tanh(total * v + w)
        xs[1] = total * total
    d = {"a": x, "b": total}
    for k, (name, v) in enumerate(d.items()):
        total = total + v * k
        d["b"] = total + len(name)
    it = iter(xs)
    total = total + next(it)
    xs[1] = total * 3
    return total + next(it) * x + sum(xs)


@program(args=[(np.array([0.5, 1.5, -2.0, 3.0]),)], order=2)
def over_the_indices_of_an_array(x):
    a = np.outer(x, x)
    b = np.zeros((4, 4))
    it = np.ndindex(2, 2)
    first = next(it)
    for i, j in np.ndindex(a.shape):
        b[j, i] += a[i, j] * x[i]
    total = sum(b[p] * a[p[::-1]] for p in np.ndindex(4, 4))
    for k, p in enumerate(it):
        total += b[p] * k
    return total * a[next(iter(np.ndindex(1, 1)))] + b[first]


@program(args=[([1.0, 6.0, 7.0],), ((1.0, 2.0, 7.0),)])
def left_with_the_element_that_was_sought(xs):
    for v in xs:
        if v > 5:
            break
    for k, w in enumerate(reversed(xs)):
        if w < 6.5:
            continue
        break
    for u in (2 * x for x in xs):
        if u > 3:
            break
    else:
        u = xs[0]
    return v * v + w * xs[1] * (k + 1) + u * v


@program(args=[(np.array([1.0, 6.0, 7.0]),)], order=2)
def left_with_the_element_of_an_array(x):
    for v in x:
        if v > 5:
            break
    for row in np.outer(x, x):
        if row[0] > 2:
            break
    return v**3 + np.sum(row)


@program([(np.array([1.2, 0.7, 0.9]), np.array([0.4, 0.5, 0.6]))], order=2)
def arrays_that_swap_names_in_a_loop_over_one(arr, w):
    s = 0.0
    for v in arr:
        s = s * v + v * v
        w, arr = arr, w
    return s + np.sum(arr * np.array([1.0, 2.0, 3.0]))


@program([(np.array([1.2, 0.7, 0.9]), np.array([0.4, 0.5, 0.6]))])
def the_array_of_a_loop_is_bound_anew_in_it(arr, w):
    s, rows = 0.0, [w, arr]
    for v in arr:
        s = s * v + v * v
        arr = arr * v if v < 1.0 else w
    for row in rows:
        rows = [row[0], s]
        s = s * row[1] + row @ row
    for i, v in enumerate(arr):
        arr = w * v
        s += i * arr[0]
    return s + np.sum(arr * np.array([1.0, 2.0, 3.0])) + sum(rows)


@program(args=[(np.arange(9.0) + 1, [1.0, 0.1])], order=2)
def few_rounds_over_many_elements(x, factors):
    s = 1.0
    for k in factors:
        for i in range(len(x)):
            s += x[i] * k * s * 0.1
    return s


@program(args=[(np.arange(9.0) + 1, 0.3)])
def an_inner_loop_before_the_return(x, t):
    for _ in range(2):
        if t > 0.1:
            return math.tanh(sum([0.01 * v * x[3] for v in x]))
    return t


@program([([0.7, 1.3], 1.1)])
def sources_that_are_bound_to_each_other(items, b):
    others = items
    total = 0.0
    for k in range(2):
        items = others
        others = items
        for v in items:
            total = total * b + v * items[k]
    return total


@program([(0.7, np.array([0.5, -0.3, 0.9]))], order=2)
def names_swapped_over_an_array_that_is_written(x, w):
    other = np.array([x, 2 * x, 3 * x])
    view = other[::-1]
    for v in w:
        w, other = other, w
    view[0] = 0.8 * x * v
    return np.sum(other * other) + np.sum(w * 3) + np.sum(np.sin(view))


@program([(np.arange(5.0) * 0.2 + 0.1, 3)], order=2)
def a_stencil_and_each_element_in_turn(u, n):
    u = u.copy()
    for _ in range(n):
        u[1:-1] += 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
        for i in range(len(u)):
            u[i] = u[i] * 1.1
    return np.sum(u * u)


@program([(np.arange(5.0) * 0.2 + 0.1, 3)], order=2)
def slices_beside_elements(u, n):
    total = 0.0
    for _ in range(n):
        total += np.sum(u[1:] * u[:-1])
        for i in range(len(u)):
            total += u[i] * u[i] * total * 0.1
    return total


@program([(np.arange(5.0) * 0.2 + 0.1, 3)], order=2)
def slices_and_elements_in_one_loop(u, n):
    u = u.copy()
    total = 0.0
    for k in range(n):
        for i in range(1, len(u)):
            total += u[i] * u[0] + np.sum(u[1:]) * 0.1
        u[:2] *= u[k]
    return total


@program([(0.7, 1.3)], order=2)
def elements_before_a_copy_that_is_stored_into(x, y):
    first = np.array([math.sin(x), x * y, math.tanh(y)])
    total = 0.0
    for v, k in zip(first, [1.0, 2.0, 3.0]):
        total += math.tanh(v * k + y)
    first = first.copy()
    for _ in range(2):
        first[first < 0.9] *= 0.4
    return total + np.sum(first)
