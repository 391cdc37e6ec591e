"""A function of fifty lines, for the time that its first gradient takes: the heat in a wall of three layers between two rooms."""

import math

from benchmarks.harness import Workload


def wall(thickness, conductivity, inside, outside, humidity, n):
    """Cost of a year's heating for one square metre, plus a penalty for water that condenses."""
    resistance = 0.13 + 0.04
    total = 0.0
    for t, k in zip(thickness, conductivity):
        if k <= 0:
            raise ValueError("a layer that conducts nothing")
        resistance += t / k
        total += t
    u = 1 / resistance
    flow = u * (inside - outside)
    surface = inside - 0.13 * flow
    a, b = 17.62, 243.12
    gamma = math.log(humidity) + a * inside / (b + inside)
    dew_point = b * gamma / (a - gamma)
    margin = surface - dew_point
    if margin > 3:
        penalty = 0.0
    elif margin > 0:
        penalty = (3 - margin)**2
    else:
        penalty = 9 - 6 * margin

    def price(watts):
        base = 0.1 * watts
        return base + 0.002 * watts**2 if watts > 0 else 0.0

    year = 0.0
    day = 0
    while day < n:
        angle = 2 * math.pi * day / n
        outdoors = outside + 8 * math.sin(angle)
        if outdoors >= inside:
            day += 1
            continue
        watts = u * (inside - outdoors)
        mass = 1 - math.exp(-total * 4)
        watts *= 1 - 0.2 * mass
        year += price(watts)
        day += 1
    worst = max(flow, u * 10)
    comfort = math.sqrt((inside - surface)**2 + 0.01)
    temperature = inside
    for t, k in zip(thickness, conductivity):
        temperature -= flow * t / k
        comfort += 0.01 * abs(temperature - outside)
    weights = [1.0, 0.5, 0.1]
    parts = [year / n, penalty, worst]
    cost = sum([w * p for w, p in zip(weights, parts)])
    return cost + comfort


def hand(*args, **data):
    raise NotImplementedError("only the first call is measured")


def workloads():
    return [Workload("fifty_lines", wall, hand, ([0.02, 0.16, 0.24], [0.7, 0.035, 0.6], 20.0, 2.0, 0.5), {"n": 12})]
