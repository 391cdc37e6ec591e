"""Everything that changes a list, and what is read from it before and after."""

import bisect
import copy
import heapq
import random

import numpy as np

from .table import program


def weigh(xs):
    """A sum in which each position counts differently."""
    return sum([(k + 1.5) * v for k, v in enumerate(xs)])


@program(args=[([3.0, 1.0, 2.0],), ([1.0, 2.0, 3.0],)])
def sort_an_argument(xs):
    first = xs[0]
    xs.sort()
    return weigh(xs) + first * xs[-1]


@program(args=[(1.5, -2.0, 0.5)], order=2)
def sort_with_key_and_reverse(x, y, z):
    xs = [x, y * x, z, x * z]
    xs.sort(key=lambda v: v * v, reverse=True)
    before = weigh(xs)
    xs[0] = xs[0] * xs[1]
    xs.sort(reverse=True)
    return before * weigh(xs)


@program(args=[([("b", 2.0), ("a", 3.0), ("c", 0.5)],)])
def sort_pairs(rows):
    rows.sort()
    total = weigh([v for _, v in rows])
    rows.sort(key=lambda row: -row[1])
    return total + rows[0][1] * rows[1][1]


@program(args=[([1.0, 2.0, 3.0, 4.0], 0.5)])
def reverse_in_place(xs, x):
    xs.append(x)
    a = weigh(xs)
    xs.reverse()
    return a * weigh(xs) + xs[0] * x


@program(args=[([1.0, 2.0, 3.0, 2.0], 2.0)])
def remove_by_value(xs, x):
    xs.append(x * x)
    middle = xs[1]
    xs.remove(middle)
    xs.insert(1, x)
    return weigh(xs) + xs.index(x) * xs.count(-1.0)


@program(args=[([1.0, 2.0, 3.0],)])
def clear_and_fill(xs):
    total = weigh(xs)
    xs.clear()
    xs.extend([total, total * total])
    return weigh(xs) + len(xs)


@program(args=[([1.0, 2.0, 3.0, 4.0, 5.0], 1.5)])
def pop_in_all_forms(xs, x):
    a = xs.pop()
    b = xs.pop(0)
    c = xs.pop(-2)
    xs.insert(1, x * a)
    d = xs.pop(1)
    return a * b + c * d * weigh(xs)


@program(args=[([1.0, 2.0, 3.0, 4.0, 5.0], 1.5)])
def delete_in_all_forms(xs, x):
    xs.append(x)
    first = weigh(xs)
    del xs[0]
    del xs[-2]
    second = weigh(xs)
    del xs[1:3]
    return first + second * weigh(xs)


@program(args=[([1.0, 2.0, 3.0, 4.0, 5.0, 6.0],)])
def delete_extended_slices(xs):
    ys = xs[:]
    del xs[::2]
    del ys[4:0:-2]
    return weigh(xs) * weigh(ys)


@program(args=[([1.0, 2.0, 3.0, 4.0], 2.5)])
def assign_to_slices(xs, x):
    xs[1:3] = [x, x * x, xs[0]]
    xs[:0] = (x,)
    xs[5:] = []
    xs[len(xs):] = [xs[1] * xs[2]]
    return weigh(xs)


@program(args=[([1.0, 2.0, 3.0, 4.0, 5.0], 2.5)])
def assign_to_extended_slices(xs, x):
    xs[::2] = [x * xs[1], x, xs[4]]
    xs[3:0:-1] = xs[:3]
    return weigh(xs)


@program(args=[([1.0, 2.0, 3.0],)])
def assign_to_the_whole(xs):
    alias = xs
    xs[:] = [v * v for v in xs]
    alias[1:2] = alias
    return weigh(alias) + len(xs)


@program(args=[([1.0, 2.0, 3.0],)])
def rotate_by_slices(xs):
    xs[:] = xs[1:] + xs[:1]
    xs[0], xs[-1] = xs[-1] * 2, xs[0]
    return weigh(xs)


@program(args=[(2.0, 3.0)], order=2)
def multiply_in_place(x, y):
    xs = [x, y]
    alias = xs
    xs *= 3
    xs[2] = xs[2] * xs[5]
    none = [x] * 2
    none *= 0
    none.append(y)
    return weigh(alias) * none[0]


@program(args=[([1.0, 2.0], 3.0)])
def multiply_an_argument(xs, x):
    xs *= 2
    xs[3] *= x
    return weigh(xs)


@program(args=[([1.0, 2.0], [3.0, 4.0])])
def add_in_place(xs, ys):
    alias = xs
    xs += ys
    xs += (ys[0] * 2,)
    xs += [v * v for v in alias]
    xs += xs
    return weigh(alias)


@program(args=[([1.0, 2.0], {"a": 3.0, "b": 4.0})])
def extend_from_anything(xs, d):
    xs.extend(d.values())
    xs.extend([v * 2 for v in d.values()])
    xs.extend(reversed(xs[:2]))
    xs.extend(map(lambda v: v * v, xs[:1]))
    xs.extend([a * b for a, b in zip(xs, xs[1:])])
    return weigh(xs)


@program(args=[([1.0, 2.0], 3.0)])
def insert_in_all_places(xs, x):
    xs.insert(0, x)
    xs.insert(-1, x * x)
    xs.insert(100, x * xs[0])
    xs.insert(-100, xs[2])
    return weigh(xs)


@program(args=[([1.0, 2.0, 3.0], 2.0)])
def copies_of_lists(xs, x):
    a, b, c, d = xs.copy(), list(xs), copy.copy(xs), xs[:]
    a[0], b[1], c[2] = x, x * x, a[1]
    d.append(x)
    return weigh(a) * weigh(b) + weigh(c) * weigh(d) + weigh(xs)


@program(args=[([[1.0, 2.0], [3.0]], 2.0)])
def shallow_and_deep_copies(rows, x):
    shallow, deep = copy.copy(rows), copy.deepcopy(rows)
    rows[0][0] = x * rows[1][0]
    deep[1][0] = deep[1][0] * x
    shallow[1] = [x]
    return weigh(shallow[0]) + weigh(deep[0] + deep[1]) * shallow[1][0] + weigh(rows[1])


@program(args=[([1.0, 2.0],)])
def rows_that_are_one_list(xs):
    grid = [xs] * 2 + [list(xs) for _ in range(2)]
    grid[0][0] = grid[0][1] * 3
    grid[2][0] = 7.0
    return sum([weigh(row) * (k + 1) for k, row in enumerate(grid)])


@program(args=[([1.0, 2.0, 3.0],)])
def aliases_through_a_comprehension(xs):
    rows = [xs for _ in range(3)]
    cells = [[v] for v in xs]
    for row in rows:
        row.append(row[0] * row[-1])
    cells[0][0] = cells[1][0] ** 2
    return weigh(xs) + sum([c[0] for c in cells])


@program(args=[(2.0, 6)], order=2)
def stack_machine(x, n):
    stack = [x]
    for k in range(n):
        if k % 3 == 2:
            b, a = stack.pop(), stack.pop()
            stack.append(a * b)
        else:
            stack.append(stack[-1] + x * k)
    while len(stack) > 1:
        stack.append(stack.pop() - 0.5 * stack.pop())
    return stack.pop()


@program(args=[(1.5, 0.5)])
def queue_of_a_list(x, y):
    queue, seen = [(x, 0), (y, 1)], 0.0
    while queue:
        value, depth = queue.pop(0)
        seen += value * (depth + 1)
        if depth < 3:
            queue.append((value * y, depth + 2))
            queue.insert(0, (value * x, depth + 3))
    return seen


@program(args=[([1.0, 2.0, 3.0],)])
def append_while_iterating(xs):
    total = 0.0
    for v in xs:
        total += v * v
        if len(xs) < 6:
            xs.append(v * 0.5)
    return total * xs[-1]


@program(args=[([4.0, 1.0, 3.0, 2.0],)])
def bubble_sort(xs):
    for i in range(len(xs)):
        for j in range(len(xs) - 1 - i):
            if xs[j] > xs[j + 1]:
                xs[j], xs[j + 1] = xs[j + 1], xs[j]
    return weigh(xs)


@program(args=[([3.0, 1.0, 2.0, 5.0, 4.0],)])
def quick_sort(xs):
    def sort(items):
        if len(items) < 2:
            return items
        head, *rest = items
        return sort([v for v in rest if v < head]) + [head] + sort([v for v in rest if v >= head])
    return weigh(sort(xs))


@program(args=[(5.0, 1.5, 3.0), (1.2, 5.0, 3.1)])
def heap_of_numbers(x, y, z):
    heap = []
    for v in (x, y, z, x * y, y * z):
        heapq.heappush(heap, v)
    a = heapq.heappop(heap)
    b = heapq.heapreplace(heap, a * x)
    c = heapq.heappushpop(heap, b + z)
    return a * 2 + b * c + weigh(heap)


@program(args=[([5.0, 1.0, 3.0, 2.0, 4.0],)])
def heap_of_an_argument(xs):
    heapq.heapify(xs)
    first = weigh(xs)
    out = [heapq.heappop(xs) for _ in range(3)]
    return first + weigh(out) * weigh(xs)


@program(args=[(1.0, 2.5)])
def shortest_path(a, b):
    edges = {"s": [("u", a), ("v", b)], "u": [("v", a * 0.5), ("t", b * b)], "v": [("t", a * b)], "t": []}
    done, heap = {}, [(0.0, "s")]
    while heap:
        cost, node = heapq.heappop(heap)
        if node in done:
            continue
        done[node] = cost
        for to, weight in edges[node]:
            heapq.heappush(heap, (cost + weight, to))
    return done["t"] * done["v"]


@program(args=[([5.0, 1.0, 3.0, 2.0, 4.0], 2)])
def largest_and_smallest(xs, n):
    return weigh(heapq.nlargest(n, xs)) * weigh(heapq.nsmallest(n, xs, key=lambda v: -v)) + heapq.nsmallest(1, xs)[0]


@program(args=[([1.0, 3.0, 5.0], 2.0, 4.0)])
def kept_in_order(xs, x, y):
    bisect.insort(xs, x)
    bisect.insort_left(xs, y)
    at = bisect.bisect_right(xs, 3.5)
    return weigh(xs) + xs[at] * at


@program(args=[([1.0, 2.0, 3.0, 4.0],)])
def shuffled_with_a_seed(xs):
    source = random.Random(3)
    source.shuffle(xs)
    drawn = source.sample(xs, 2)
    return weigh(xs) + drawn[0] * drawn[1] * source.choice(xs) + sum(source.choices(xs, k=3))


class Stack(list):
    """A list with a method that it does not have, and one that is overridden."""

    def push(self, v):
        self.append(v)
        return self

    def append(self, v):
        super().append(v * 2)

    def top(self):
        return self[-1]


@program(args=[(1.5, 2.0)], order=2)
def list_subclass(x, y):
    s = Stack([x])
    s.push(y).push(x * y)
    s[0] = s.top() * s[1]
    s.sort(reverse=True)
    s += [x]
    return weigh(s) + s.pop(0) * len(s)


class History(list):
    def __init__(self, *values, scale=1.0):
        super().__init__(values)
        self.scale = scale

    def __getitem__(self, i):
        return super().__getitem__(i) * self.scale

    def __setitem__(self, i, v):
        super().__setitem__(i, v + 1.0)

    def __delitem__(self, i):
        self.scale = self.scale * 2
        super().__delitem__(i)


@program(args=[(1.5, 2.0, 3.0)])
def list_subclass_with_items_of_its_own(x, y, scale):
    h = History(x, y, x * y, scale=scale)
    h[1] = h[0] * h[2]
    del h[0]
    return h[0] * h[1] + sum(h)


@program(args=[(1.5, 2.0)])
def lists_of_lists(x, y):
    m = [[x, y], [y, x * y]]
    m[0], m[1] = m[1], m[0]
    m[0][1] *= m[1][0]
    t = [list(column) for column in zip(*m)]
    m.append(t[0])
    m[2][0] += 1.0
    return weigh(m[0]) * weigh(m[1]) + weigh(t[0])


@program(args=[([1.0, 2.0, 3.0],)])
def written_to_by_a_callee(xs):
    def halve(items, at):
        items[at] = items[at] / 2
        items.append(items[at])
        return items

    same = halve(halve(xs, 0), 1)
    return weigh(same) + xs[-1] * xs[0]


@program(args=[([1.0, 2.0, 3.0], [0.5, 1.5])])
def unequal_slices(xs, ys):
    xs[1:2], ys[:] = ys[:], xs[1:]
    xs[0:1] += [ys[0] * 2]
    return weigh(xs) * weigh(ys)


@program([(0.7, 1.3), (1.4, 0.3)])
def the_greater_of_two_lists(x, y):
    one, two = [x, 2.0], [y, 1.0]
    big = max(one, two)
    s = 0.0
    for k in range(3):
        one.append(x * k)
        two.append(two[k] * x)
        big.insert(0, y * x)
        s += two[0] * one[k]
        two[k] = s
    return s + sum(one) * sum(two)


@program([(0.7, 1.3)])
def a_list_that_is_the_default_or_the_start(x, y):
    one, two, three = [1, 2], [x, y], [y, 3]
    max([], default=one)[0] = x * y
    sum([], two)[1] = one[0] * x
    min(two, three)[0] *= x
    return one[0] * two[0] * two[1] * three[0] + one[1]


@program([(0.7, 1.3)])
def a_constant_takes_the_place_of_a_number(x, y):
    first = x * 2.0
    kept = [first, y]
    kept[0] = (2,)
    return first + np.mean(kept[0]) * y + np.mean([np.mean(k) for k in kept])


@program([(0.7,)])
def a_list_whose_number_is_replaced_is_averaged(x):
    first = x * 2.0
    kept = [first]
    kept[0] = (2,)
    return first + np.mean(kept)
