"""Deques and sets that change."""

from collections import deque

from .table import program


def weigh(xs):
    return sum([(k + 1.5) * v for k, v in enumerate(xs)])


@program(args=[(1.5, 2.0)], order=2)
def both_ends_of_a_deque(x, y):
    q = deque([x, y])
    q.append(x * y)
    q.appendleft(y * y)
    q.extend([x, x * x])
    q.extendleft((y, 3.0 * x))
    a, b = q.popleft(), q.pop()
    q[1] = q[0] * q[-1]
    return weigh(q) + a * b * len(q)


@program(args=[([1.0, 2.0, 3.0, 4.0, 5.0],)])
def moving_window(xs):
    window, total = deque(maxlen=3), 0.0
    for v in xs:
        window.append(v * v)
        total += sum(window) / len(window) * window[0]
    window.extend([xs[0], xs[1]])
    window.appendleft(xs[2] * 2)
    return total + weigh(window)


@program(args=[(1.5, 2.0)])
def other_updates_of_a_deque(x, y):
    q = deque([x, y, x * y, 3.7])
    q.rotate(1)
    q.rotate(-2)
    q.insert(2, x * x)
    q.remove(3.7)
    del q[0]
    q.reverse()
    r = q.copy()
    q += [y * y]
    q *= 2
    first, *rest = q + r
    q.clear()
    return first * weigh(rest) + len(q)


@program(args=[(1.5, 2.0)])
def breadth_first(x, y):
    queue, total = deque([(x, 0)]), 0.0
    while queue:
        value, depth = queue.popleft()
        total += value**2
        if depth < 3:
            queue.append((value * y * 0.5, depth + 1))
            queue.append((value + y, depth + 2))
    return total


@program(args=[(1.5, 2.0)])
def sets_of_numbers(x, y):
    s = {x, y, x * y}
    s.add(x * x)
    s.add(x)
    s.discard(100.0)
    s.remove(y)
    t = set([y, y * y]) | {x}
    u = (s | t) - {x * y}
    s &= {x, x * x}
    t ^= {x, x + y}
    t.update([x * 7], {y * 7})
    return sum(u) * sum(s) + sum(v * v for v in t) + len(u & t) + max(t) * min(s.union(t))


@program(args=[(1.5, 2.0)])
def last_of_a_set(x, y):
    s = frozenset({x * y})
    t = set(s)
    return t.pop() * y + len(t) + sum(s.difference([3.5])) + sum({v * v for v in sorted({x, y})})
