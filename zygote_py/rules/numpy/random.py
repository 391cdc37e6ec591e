"""Random numbers: derivatives along the sample path.

What is drawn is a fixed function of the parameters once the random bits are drawn: loc + scale z for the normal distribution. So
parameters of location and scale have derivatives, and so has a shape for which the inverse of the distribution function has a
closed form. Whole numbers have none. `choice` and `permutation` select elements of their argument.

The functions of numpy.random are methods of one hidden RandomState; Generator and RandomState have the same rules.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator, RandomState

from zygote_py.registry import non_differentiable, not_yet, rrule, rule

from .helpers import fit
from .indexing import untake

for f in (Generator.normal, Generator.laplace, Generator.logistic, Generator.gumbel,
          RandomState.normal, RandomState.laplace, RandomState.logistic, RandomState.gumbel):
    rule(f, None, lambda dy, y, self, loc=0.0, scale=1.0, size=None: fit(dy, loc),
         lambda dy, y, self, loc=0.0, scale=1.0, size=None: fit(dy * standard(y, loc, scale), scale))
rule(Generator.uniform, None,
     lambda dy, y, self, low=0.0, high=1.0, size=None: fit(dy * (1 - standard(y, low, high - low)), low),
     lambda dy, y, self, low=0.0, high=1.0, size=None: fit(dy * standard(y, low, high - low), high))
rule(RandomState.uniform, None,
     lambda dy, y, self, low=0.0, high=1.0, size=None: fit(dy * (1 - standard(y, low, high - low)), low),
     lambda dy, y, self, low=0.0, high=1.0, size=None: fit(dy * standard(y, low, high - low), high))
rule(Generator.lognormal, None, lambda dy, y, self, mean=0.0, sigma=1.0, size=None: fit(dy * y, mean),
     lambda dy, y, self, mean=0.0, sigma=1.0, size=None: fit(dy * y * standard(np.log(y), mean, sigma), sigma))
rule(RandomState.lognormal, None, lambda dy, y, self, mean=0.0, sigma=1.0, size=None: fit(dy * y, mean),
     lambda dy, y, self, mean=0.0, sigma=1.0, size=None: fit(dy * y * standard(np.log(y), mean, sigma), sigma))
rule(Generator.exponential, None, lambda dy, y, self, scale=1.0, size=None: fit(dy * standard(y, 0.0, scale), scale))
rule(RandomState.exponential, None, lambda dy, y, self, scale=1.0, size=None: fit(dy * standard(y, 0.0, scale), scale))
rule(Generator.rayleigh, None, lambda dy, y, self, scale=1.0, size=None: fit(dy * standard(y, 0.0, scale), scale))
rule(RandomState.rayleigh, None, lambda dy, y, self, scale=1.0, size=None: fit(dy * standard(y, 0.0, scale), scale))
rule(Generator.gamma, None, not_yet, lambda dy, y, self, shape, scale=1.0, size=None: fit(dy * standard(y, 0.0, scale), scale))
rule(RandomState.gamma, None, not_yet, lambda dy, y, self, shape, scale=1.0, size=None: fit(dy * standard(y, 0.0, scale), scale))
rule(Generator.weibull, None, lambda dy, y, self, a, size=None: fit(-dy * y * np.log(y) / a, a))                # E^(1/a)
rule(RandomState.weibull, None, lambda dy, y, self, a, size=None: fit(-dy * y * np.log(y) / a, a))
rule(Generator.power, None, lambda dy, y, self, a, size=None: fit(-dy * y * np.log(y) / a, a))                  # U^(1/a)
rule(RandomState.power, None, lambda dy, y, self, a, size=None: fit(-dy * y * np.log(y) / a, a))
rule(Generator.pareto, None, lambda dy, y, self, a, size=None: fit(-dy * (1 + y) * np.log1p(y) / a, a))         # e^(E/a) - 1
rule(RandomState.pareto, None, lambda dy, y, self, a, size=None: fit(-dy * (1 + y) * np.log1p(y) / a, a))
rule(Generator.multivariate_normal, None,
     lambda dy, y, self, mean, cov, size=None, check_valid="warn", tol=1e-8, *, method="svd": fit(dy, mean), not_yet)
rule(RandomState.multivariate_normal, None,
     lambda dy, y, self, mean, cov, size=None, check_valid="warn", tol=1e-8: fit(dy, mean), not_yet)
rule(Generator.triangular, None, lambda dy, y, self, left, mode, right, size=None: triangular_back(dy, y, left, mode, right)[0],
     lambda dy, y, self, left, mode, right, size=None: triangular_back(dy, y, left, mode, right)[1],
     lambda dy, y, self, left, mode, right, size=None: triangular_back(dy, y, left, mode, right)[2])
rule(RandomState.triangular, None, lambda dy, y, self, left, mode, right, size=None: triangular_back(dy, y, left, mode, right)[0],
     lambda dy, y, self, left, mode, right, size=None: triangular_back(dy, y, left, mode, right)[1],
     lambda dy, y, self, left, mode, right, size=None: triangular_back(dy, y, left, mode, right)[2])

# What is drawn by rejection jumps where another proposal is accepted: there is no derivative by these parameters, and a
# cotangent for one of them is an error.
rule(Generator.standard_gamma, None, not_yet)
rule(RandomState.standard_gamma, None, not_yet)
rule(Generator.beta, None, not_yet, not_yet)
rule(RandomState.beta, None, not_yet, not_yet)
rule(Generator.chisquare, None, not_yet)
rule(RandomState.chisquare, None, not_yet)
rule(Generator.dirichlet, None, not_yet)
rule(RandomState.dirichlet, None, not_yet)
rule(Generator.f, None, not_yet, not_yet)
rule(RandomState.f, None, not_yet, not_yet)
rule(Generator.noncentral_chisquare, None, not_yet, not_yet)
rule(RandomState.noncentral_chisquare, None, not_yet, not_yet)
rule(Generator.noncentral_f, None, not_yet, not_yet, not_yet)
rule(RandomState.noncentral_f, None, not_yet, not_yet, not_yet)
rule(Generator.standard_t, None, not_yet)
rule(RandomState.standard_t, None, not_yet)
rule(Generator.vonmises, None, not_yet, not_yet)
rule(RandomState.vonmises, None, not_yet, not_yet)
rule(Generator.wald, None, not_yet, not_yet)
rule(RandomState.wald, None, not_yet, not_yet)

non_differentiable(
    Generator.random, Generator.standard_normal, Generator.standard_exponential, Generator.standard_cauchy, Generator.integers,
    Generator.bytes, Generator.binomial, Generator.geometric, Generator.hypergeometric, Generator.logseries,
    Generator.multinomial, Generator.multivariate_hypergeometric, Generator.negative_binomial, Generator.poisson, Generator.zipf)
non_differentiable(
    RandomState.random, RandomState.random_sample, RandomState.rand, RandomState.randn, RandomState.randint,
    RandomState.random_integers, RandomState.tomaxint, RandomState.standard_normal, RandomState.standard_exponential,
    RandomState.standard_cauchy, RandomState.bytes, RandomState.binomial, RandomState.geometric, RandomState.hypergeometric,
    RandomState.logseries, RandomState.multinomial, RandomState.negative_binomial, RandomState.poisson, RandomState.zipf,
    RandomState.seed, RandomState.get_state, RandomState.set_state)
non_differentiable(
    np.random.default_rng, np.random.Generator, np.random.RandomState, np.random.SeedSequence, np.random.BitGenerator,
    np.random.MT19937, np.random.PCG64, np.random.PCG64DXSM, np.random.Philox, np.random.SFC64, np.random.random,
    np.random.random_sample, np.random.rand, np.random.randn, np.random.randint, np.random.standard_normal, np.random.seed,
    np.random.get_state, np.random.set_state)


def standard(y: Any, loc: Any, scale: Any) -> Any:
    """Return the standard variate z of which y = loc + scale z was made; it can't be told where the scale is 0."""
    return (y - loc) / (scale if np.all(scale) else not_yet(y, scale))


def triangular_back(dy: Any, y: Any, left: Any, mode: Any, right: Any) -> tuple:
    """y = l + sqrt(u (m - l) (r - l)) below the mode m, and r - sqrt((1 - u) (r - m) (r - l)) above it."""
    low, up = y <= mode, y - left
    down, width = right - y, right - left
    below = up / (2 * np.where(mode == left, np.inf, mode - left))
    above = down / (2 * np.where(mode == right, np.inf, right - mode))
    return (fit(dy * np.where(low, 1 - below - up / (2 * width), down / (2 * width)), left),
            fit(dy * np.where(low, below, above), mode),
            fit(dy * np.where(low, up / (2 * width), 1 - above - down / (2 * width)), right))


@rrule(Generator.choice)
def generator_choice(self, a, size=None, replace=True, p=None, axis=0, shuffle=True):
    if np.ndim(a) == 0:
        return self.choice(a, size, replace, p, axis, shuffle), lambda dy: (None,) * 7
    index = self.choice(np.shape(a)[axis], size, replace, p, 0, shuffle)        # the same bits, and so the same elements
    return np.take(a, index, axis), lambda dy: (None, untake(dy, a, index, axis), None, None, None, None, None)


@rrule(RandomState.choice)
def state_choice(self, a, size=None, replace=True, p=None):
    if np.ndim(a) == 0:
        return self.choice(a, size, replace, p), lambda dy: (None,) * 5
    index = self.choice(len(a), size, replace, p)
    return np.asarray(a)[index], lambda dy: (None, untake(dy, a, index, 0), None, None, None)


@rrule(Generator.permutation)
def generator_permutation(self, x, axis=0):
    if np.ndim(x) == 0:
        return self.permutation(x, axis), lambda dy: (None,) * 3
    index = self.permutation(np.shape(x)[axis])
    return np.take(x, index, axis), lambda dy: (None, untake(dy, x, index, axis), None)


@rrule(RandomState.permutation)
def state_permutation(self, x):
    if np.ndim(x) == 0:
        return self.permutation(x), lambda dy: (None,) * 2
    index = self.permutation(len(x))
    return np.asarray(x)[index], lambda dy: (None, untake(dy, x, index, 0))


@rrule(Generator.permuted)
def generator_permuted(self, x, axis=None, out=None):
    if out is not None:
        raise NotImplementedError("Generator.permuted has no rule for `out`; leave it out")
    index = self.permuted(np.arange(np.size(x)).reshape(np.shape(x)), axis=axis)
    return np.ravel(x)[index], lambda dy: (None, untake(dy, x, index, None), None, None)
