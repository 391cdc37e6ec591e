"""A million call options after Black and Scholes: prices by spot, strike, time, rate, volatility.

The normal distribution function is the usual one by tanh, because NumPy has no erf, and every peer has tanh.
"""

import math

import numpy as np

from benchmarks.harness import Workload

A, B = math.sqrt(2 / math.pi), 0.044715


def normal(x):
    return 0.5 + 0.5 * np.tanh(A * (x + B * x * x * x))


def price(spot, strike, time, rate, volatility):
    spread = volatility * np.sqrt(time)
    d1 = (np.log(spot / strike) + (rate + 0.5 * volatility**2) * time) / spread
    d2 = d1 - spread
    return np.sum(spot * normal(d1) - strike * np.exp(-rate * time) * normal(d2))


def hand(spot, strike, time, rate, volatility):
    root = np.sqrt(time)
    spread = volatility * root
    ratio = spot / strike
    drift = rate + 0.5 * volatility**2
    d1 = np.log(ratio)
    d1 += drift * time
    d1 /= spread
    d2 = d1 - spread

    def distribution(d):            # of the normal law, and its slope
        n = d * d
        slope = 3 * B * n
        slope += 1
        n *= d
        n *= B
        n += d
        n *= A
        np.tanh(n, out=n)
        rest = n * n
        np.subtract(1, rest, out=rest)
        slope *= rest
        slope *= 0.5 * A
        n *= 0.5
        n += 0.5
        return n, slope
    n1, slope1 = distribution(d1)
    n2, slope2 = distribution(d2)
    discount = np.multiply(time, -rate)
    np.exp(discount, out=discount)
    owed = strike * discount                 # n2 and slope2 become parts of gradients
    value = np.vdot(spot, n1) - np.vdot(owed, n2)
    discount *= n2
    np.negative(discount, out=discount)      # becomes the gradient by strike
    d_exponent = strike * discount
    d_rate = -np.vdot(d_exponent, time)
    d_time = d_exponent
    d_time *= -rate
    owed *= slope2
    d_d1 = spot * slope1
    d_d1 -= owed
    d_spread = owed
    d_d1 /= spread                           # now that of the numerator
    d1 *= d_d1
    d_spread -= d1
    d_drift = np.vdot(d_d1, time)
    d_time += drift * d_d1
    d_volatility = np.vdot(d_spread, root) + d_drift * volatility
    d_spread *= 0.5 * volatility
    d_spread /= root
    d_time += d_spread
    d_d1 /= ratio
    d_d1 /= strike
    n1 += d_d1
    d_d1 *= ratio
    discount -= d_d1
    return value, (n1, discount, d_time, d_rate + d_drift, d_volatility)


def workloads():
    rng, n = np.random.default_rng(0), 1_000_000
    args = rng.uniform(50, 150, n), rng.uniform(50, 150, n), rng.uniform(0.2, 2, n), 0.03, 0.25
    return [Workload("black_scholes_1e6", price, hand, args, aim=2.3, aim_hand=1.25)]
