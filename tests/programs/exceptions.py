"""Exceptions: raised and caught, in the middle of blocks, loops and callees."""

from __future__ import annotations

import math

import numpy as np

from .table import program


class Found(Exception):
    def __init__(self, value, where=0):
        super().__init__("found")
        self.value = value
        self.where = where


class Stop(Exception):
    pass


class Negative(ValueError):
    pass


@program([(4.0,), (-4.0,)], order=2)
def square_root_or_square(x):
    try:
        y = math.sqrt(x)
    except ValueError:
        y = -x * x
    return y * 3


@program([(0.5, 2), (0.5, 7)])
def cut_in_the_middle_of_a_loop(x, n):
    total = 0.0
    try:
        for i in range(n):
            total += x * i
            if i == 4:
                raise Stop
            total *= x + 1
    except Stop:
        total = total * x
    return total


@program([(1.3,), (2.6,)])
def statements_before_count(x):
    a = x
    b = 1.0
    try:
        a = a * x
        if x > 2:
            raise ValueError("large")
        b = b * x
        a = a * b
    except ValueError:
        b = b + a
    return a * b


@program([(1.5, 0), (1.5, 1), (1.5, 2), (1.5, 3)])
def several_handlers(x, k):
    y = x
    try:
        y = y * x
        if k == 1:
            raise KeyError("k")
        if k == 2:
            raise IndexError("i")
        if k == 3:
            raise Negative("n")
        y = y * x
    except KeyError:
        y = y + 2 * x
    except (IndexError, AttributeError):
        y = y + 3 * x
    except ValueError:
        y = y + 4 * x
    return y * x


@program([(1.5,), (3.0,)])
def else_runs_without_exception(x):
    try:
        y = x * x
        if x > 2:
            raise Stop
    except Stop:
        y = x
    else:
        y = y * 5
    return y


@program([(1.5,), (3.0,)])
def finally_always_runs(x):
    y = x
    log = []
    try:
        y = y * x
        if x > 2:
            raise Stop
        y = y * x
    except Stop:
        y = y + x
    finally:
        log.append(y)
        y = y * 2
    return y + log[0]


@program([(1.5,), (3.0,)])
def else_and_finally(x):
    y = 0.0
    try:
        if x > 2:
            raise Stop("s")
        y = x
    except Stop:
        y = x * x
    else:
        y = y * 7
    finally:
        y = y + x
    return y


@program([(0.7,), (1.7,), (2.7,)])
def nested(x):
    y = x
    try:
        y = y * 2
        try:
            y = y * x
            if x > 2:
                raise KeyError
            if x > 1:
                raise Stop
            y = y * x
        except Stop:
            y = y + 10 * x
        y = y * x
    except KeyError:
        y = y * 3
    return y


@program([(1.5,)])
def raised_again(x):
    y = x
    try:
        try:
            y = y * x
            raise Stop
        except Stop:
            y = y * 3
            raise
    except Stop:
        y = y * x
    return y


@program([(1.5,)])
def raised_from(x):
    try:
        try:
            d = {"a": x}
            y = d["b"]
        except KeyError as e:
            raise Found(x**2) from e
        finally:
            d["a"] = d["a"] * x
    except Found as e:
        y = e.value * d["a"] * (1 if isinstance(e.__cause__, KeyError) else 0)
    return y


@program([(1.5,)])
def an_exception_carries_a_value(x):
    try:
        raise Found(x * x, 3)
    except Found as e:
        return e.value * e.where


@program([(1.5, 2.5)])
def arguments_of_an_exception(x, y):
    try:
        raise ValueError(x * y, y)
    except ValueError as e:
        a, b = e.args
        return a * b + e.args[1]


def search(xs, factor):
    for k, a in enumerate(xs):
        if a * factor > 4:
            raise Found(a * factor, k)
    return factor


@program([([1.0, 2.0, 3.0], 0.5), ([1.0, 2.0, 3.0], 1.7)])
def raised_in_a_callee(xs, factor):
    try:
        y = search(xs, factor)
    except Found as e:
        y = e.value * 10 + e.where
    return y * factor


def fill(out, x):
    out.append(x * x)
    if x > 2:
        raise ValueError("x")
    out.append(3 * x)


@program([(1.5,), (3.0,)])
def a_callee_writes_before_it_raises(x):
    out = []
    try:
        fill(out, x)
    except ValueError:
        out.append(x)
    return sum(out)


def fill_twice(out, x):
    out.append(5 * x)
    fill(out, x)
    out.append(7 * x)


@program([(1.5,), (3.0,)])
def a_callee_of_a_callee_writes_before_it_raises(x):
    out = [x]
    try:
        fill_twice(out, x)
        fill_twice(out, x + 1)
    except ValueError:
        out[0] = out[1] * out[-1]
    return sum(out)


class Account:
    def __init__(self, balance):
        self.balance = balance

    def draw(self, amount):
        before = self.balance
        self.balance = self.balance - amount
        if self.balance < 0:
            self.balance = before * 0.9
            raise Negative("overdrawn")
        return amount

    def draw_all(self, amounts):
        drawn = 0.0
        for a in amounts:
            drawn = drawn + self.draw(a) * self.balance
        return drawn


@program([(10.0, 3.0), (10.0, 4.5)])
def a_method_writes_before_it_raises(balance, amount):
    account = Account(balance)
    drawn = amount
    try:
        drawn = account.draw_all([amount, amount * 1.1, amount * 0.7])
    except Negative:
        drawn = drawn * 2
    return drawn + account.balance**2


@program([(1.5,)])
def continue_and_break(x):
    out = []
    for i in range(6):
        try:
            if i == 1:
                continue
            out.append(x * i)
            if i == 2:
                raise ZeroDivisionError
            if i == 4:
                break
            out.append(x**i)
        except ZeroDivisionError:
            out.append(5 * x)
        else:
            out.append(x)
        finally:
            x = x * 1.1
    else:
        x = 0.0
    return sum(out) + x


@program([(1.5, 0), (1.5, 1), (1.5, 2)])
def return_inside(x, k):
    try:
        y = x * x
        if k == 0:
            return y
        if k == 1:
            raise Stop
    except Stop:
        return y * 2
    finally:
        x = x * 3
    return x * y


@program([(1.5,), (2.5,)])
def finally_that_returns(x):
    try:
        if x > 2:
            raise Stop("lost")
        return x * x
    finally:
        return x * 7  # noqa: B012


@program([(1.5,)])
def finally_in_a_loop(x):
    total = 0.0
    for k in range(4):
        try:
            if k == 2:
                continue
            total = total + x * k
        finally:
            x = x * total + 1
    return x + total


@program([(2.0,), (20.0,)])
def retries(x):
    tries = 0
    while True:
        try:
            tries += 1
            if x > 5:
                x = x / 3
                raise Stop
            return x * x + tries
        except Stop:
            x = x + 0.1


@program([(3.0, -1.0), (3.0, 2.0)])
def newton_that_may_fail(x, c):
    y = x
    try:
        for _ in range(6):
            y = y - (y * y - math.sqrt(c)) / (2 * y)
    except ValueError:
        y = y * c
    return y * x


@program([(1.5,)])
def divisions_by_zero_in_a_loop(x):
    total = 0.0
    for d in [2.0, 0.0, 4.0, 0.0]:
        try:
            total = total + x / d
        except ZeroDivisionError:
            total = total * x
    return total


@program([([1.0, 2.0], 1), ([1.0, 2.0], 5)])
def index_errors(xs, k):
    try:
        y = xs[k]
        xs[0] = y * y
    except IndexError:
        y = xs[-1] * 3
    return y * xs[0]


@program([({"a": 2.0}, "a"), ({"a": 2.0}, "b")])
def key_errors(d, key):
    try:
        return d[key] ** 2
    except KeyError as e:
        return d["a"] * len(str(e))


@program([(2.0,)])
def attribute_errors(x):
    account = Account(x)
    try:
        y = account.missing
    except AttributeError:
        y = account.balance * 2
    return y


@program([(2.0,), (-2.0,)])
def asserted(x):
    y = x
    try:
        y = y * x
        assert x > 0, "positive"
        y = y * x
    except AssertionError:
        y = y + 1
    return y


@program([(np.array([1.0, 2.0, 3.0]),)])
def arrays_that_do_not_fit(a):
    b = a * 2
    try:
        b = b * a
        b = b + np.ones(4)
        b = b * 100
    except ValueError:
        b = b + a
    return np.sum(b * a)


@program([(np.array([[2.0, 1.0], [1.0, 3.0]]),), (np.array([[1.0, 2.0], [2.0, 1.0]]),)])
def cholesky_or_not(a):
    shift = 0.0
    s = (a + a.T) / 2
    while True:
        try:
            return np.sum(np.linalg.cholesky(s + shift * np.eye(2))) + shift
        except np.linalg.LinAlgError:
            shift = shift + 0.75


@program([(1.5,)])
def the_name_is_unbound_afterwards(x):
    e = x
    try:
        raise Stop
    except Stop as e:
        y = x * 2
    try:
        return e
    except UnboundLocalError:
        return y * x


@program([(1.5,)])
def the_name_in_nested_clauses(x):
    y = x
    try:
        raise Found(x * 2)
    except Found as e:
        y = y + e.value
        try:
            raise Found(x * e.value)
        except Found as inner:
            y = y * inner.value
        y = y + e.value
    return y


@program([(1.5,)])
def unbound_variables(x):
    try:
        y = z * x  # noqa: F821, F841
        z = y
    except UnboundLocalError:
        z = x * x
    return z


@program([(1.5,), (2.5,)])
def swapped_before_it_is_raised(x):
    a, b = x, x * x
    try:
        a, b = b, a
        if x > 2:
            raise Stop
        a, b = b * 2, a * 3
    except Stop:
        a = a * b
    return a - b


@program([(1.5, 5), (1.5, 2)])
def nested_loops_cut_short(x, stop):
    total = x
    count = 0
    try:
        for i in range(3):
            row = 0.0
            for j in range(3):
                count += 1
                row = row + total * (i + j)
                if count == stop:
                    raise Stop
                row = row * x
            total = total + row * 0.1
    except Stop:
        total = total * row
    return total


@program([(1.5, 3), (1.5, 30)])
def a_while_loop_cut_short(x, stop):
    y = x
    n = 0
    try:
        while y < 50:
            y = y * x
            n += 1
            if n == stop:
                raise Stop
            y = y + x
    except Stop:
        y = y * y
    return y


@program([([1.0, 2.0, 3.0, 4.0], 2.5), ([1.0, 2.0, 3.0, 4.0], 9.0)])
def a_loop_over_a_list_cut_short(xs, limit):
    total = 0.0
    try:
        for v in xs:
            total = total + v * v
            if total > limit:
                raise Found(total * v)
            total = total * v
    except Found as e:
        total = e.value + total
    return total


@program([([1.0, 2.0], [3.0, 4.0, 5.0])])
def a_loop_over_pairs_cut_short(xs, ys):
    total = 0.0
    try:
        for k, (a, b) in enumerate(zip(xs, ys)):
            total = total + a * b
            if k == 1:
                raise Stop
            total = total * a
    except Stop:
        total = total * total
    return total


@program([(1.5,)])
def exceptions_in_comprehensions(x):
    try:
        values = [x / d for d in (1.0, 2.0, 0.0)]
    except ZeroDivisionError:
        values = [x, x * x]
    return sum(values)


def checked(x):
    if x < 0:
        raise Negative(f"{x} is negative")
    return math.sqrt(x)


@program([(2.5,), (1.5,), (-2.0,)])
def a_callee_that_checks(x):
    total = 0.0
    for k in range(3):
        try:
            total += checked(x - k)
        except Negative:
            total += (x - k) ** 2
    return total


@program([(1.5,)])
def recursion_with_exceptions(x):
    def down(y, n):
        if n == 0:
            raise Found(y * y)
        try:
            return down(y * x, n - 1)
        except Found as e:
            if n < 3:
                raise Found(e.value * y) from None
            return e.value
    return down(x, 4)


@program([(1.5,), (2.5,)])
def captured_variables(x):
    total = x

    def grow(by):
        nonlocal total
        total = total * by
        if by > 2:
            raise Stop
        total = total + by

    try:
        grow(x)
        grow(x + 1)
    except Stop:
        total = total * total
    return total


@program([(1.5,)])
def an_iterator_of_ours_ends(x):
    it = iter([x, x * 2])
    total = 0.0
    while True:
        try:
            total = total * x + next(it)
        except StopIteration:
            break
    return total


@program([(1.5,), (4.0,)])
def handlers_that_fail(x):
    y = x
    try:
        try:
            y = y * x
            raise Stop
        except Stop:
            y = y * 2
            if x > 3:
                raise KeyError from None
            y = y * x
    except KeyError:
        y = y + x
    return y


@program([(1.5,)])
def finally_during_an_exception(x):
    out = []

    def inner():
        try:
            out.append(x)
            raise Stop
        finally:
            out.append(x * x)

    try:
        inner()
    except Stop:
        out.append(out[0] * out[1])
    return sum(out)


@program([(1.5,)])
def deleted_before_the_exception(x):
    d = {"a": x, "b": x * x}
    try:
        y = d.pop("a")
        del d["b"]
        d["c"] = y * y
        raise Stop
    except Stop:
        d["c"] = d["c"] * y
    return d["c"]


@program([(1.5,)])
def state_of_an_object(x):
    a = Account(x)
    try:
        a.balance = a.balance * x
        a.extra = a.balance * 2
        a.balance = a.extra + x
        a.balance = a.missing
    except AttributeError:
        a.balance = a.balance * a.extra
    return a.balance


@program([(3.0,)])
def exceptions_by_class_in_a_table(x):
    kinds = [KeyError, Stop, ValueError]
    total = 0.0
    for k in range(3):
        try:
            raise kinds[k]
        except (KeyError, ValueError) as e:
            total = total + x * (k + 1) * (2 if isinstance(e, KeyError) else 1)
        except Exception:
            total = total * x
    return total


@program([(1.5,), (2.5,)])
def bare(x):
    y = x
    try:
        y = y * x
        if x > 2:
            raise Stop
    except:  # noqa: E722
        y = y * 5
    return y


@program([(1.5,)])
def try_in_a_lambda_s_callee(x):
    def safe(f, default):
        try:
            return f()
        except ZeroDivisionError:
            return default * x
    return safe(lambda: x / 0, 3.0) + safe(lambda: x / 2, 3.0)


@program([(2.0, 3.0)])
def try_as_a_guard_in_a_hot_loop(x, y):
    total = 0.0
    for k in range(50):
        try:
            total += x / (k % 5) * y
        except ZeroDivisionError:
            total += y
    return total


class Doubles:
    """Counts how often it is left."""

    def __init__(self, x):
        self.x = x

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.x = self.x * 2


@program([(1.5,)])
def finally_that_drops_an_exception_runs_once(x):
    log = []
    manager = Doubles(x)

    def jumps(k):
        try:
            if k:
                raise ValueError
            log.append(k * x)
        finally:
            log.append(x * x)
            with manager:
                return manager.x + k

    for k in range(3):
        try:
            if k:
                raise KeyError
        finally:
            log.append(k * x)
            if k:
                continue
            log.append(x)
    return jumps(0) + jumps(1) * manager.x + sum((i + 1) * v for i, v in enumerate(log))


@program([(1.3,)])
def numbers_in_the_exceptions_of_statements(x):
    found = []
    try:
        assert x > 5, x * 2
    except AssertionError as e:
        found.append(e.args[0])
    try:
        found.append({}[x])
    except KeyError as e:
        found.append(e.args[0] * 3)
    return sum((i + 1) * v for i, v in enumerate(found)) * x


@program(args=[(1.5, 2.0)])
def names_that_are_only_spoken_of(x, y):
    a = x
    if x > 100:
        z = x
    del a
    try:
        a  # noqa: B018, F821
    except UnboundLocalError:
        y = y * 2.0
    try:
        z  # noqa: B018
    except NameError:
        z = y
    return x * y * z
