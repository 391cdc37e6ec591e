"""scipy.special: formulas from the Digital Library of Mathematical Functions (dlmf.nist.gov) where nothing else is said.

Orders and shapes have no derivative here (`Unknown`): a cotangent that reaches one is an error. Scaled Bessel functions of
complex arguments are not holomorphic, and refused likewise. Kinks: xlogy(0, z) is 0, and so is its derivative by z.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from zygote_py.registry import elementwise, non_differentiable, rule
from zygote_py.rules.kinds import broadcast, complex_broadcast
from zygote_py.rules.numpy.helpers import conj, fit, ratio, strong
from zygote_py.tangents import Unknown

PI = 3.141592653589793
ROOT_PI = 1.7724538509055159
ROOT_2PI = 2.5066282746310002
COMPLEX = Unknown("the complex argument of a function that is not holomorphic, or whose derivative SciPy has for reals only")
EXPONENT = Unknown("the exponent of zeta")
ORDER = Unknown("the order of a Bessel function")
DEGREE = Unknown("the degree of a polynomial")
SHAPE = Unknown("the shape of an incomplete function")
PARAMETER = Unknown("a parameter of a polynomial")
HYPER = Unknown("a parameter of a hypergeometric function")

# the gamma function and its relatives
elementwise(sp.gamma, lambda y, x: y * sp.psi(x), kind=broadcast)
elementwise(sp.gammaln, lambda y, x: strong(sp.psi(x)), kind=broadcast)
elementwise(sp.loggamma, lambda y, x: sp.psi(x), kind=broadcast)
elementwise(sp.rgamma, lambda y, x: rgamma_slope(y, x), kind=broadcast)
elementwise(sp.psi, lambda y, x: of_real(x, sp.zeta(2.0, x.real)), kind=broadcast)
rule(sp.polygamma, None, lambda dy, y, n, x: fit(dy * sp.polygamma(np.add(n, 1), x), x))
rule(sp.multigammaln, lambda dy, y, a, d: fit(dy * sum([sp.psi(np.subtract(a, 0.5 * j)) for j in range(d)]), a))  # pyright: ignore[reportAttributeAccessIssue]
elementwise(sp.beta, lambda y, a, b: (y * (sp.psi(a) - sp.psi(a + b)), y * (sp.psi(b) - sp.psi(a + b))), kind=broadcast)
elementwise(sp.betaln, lambda y, a, b: (sp.psi(a) - sp.psi(a + b), sp.psi(b) - sp.psi(a + b)), kind=broadcast)
elementwise(sp.poch, lambda y, z, m: (y * (sp.psi(z + m) - sp.psi(z)), y * sp.psi(z + m)), kind=broadcast)
elementwise(sp.binom, lambda y, n, k: (y * (sp.psi(n + 1.0) - sp.psi(n - k + 1.0)),
                                       y * (sp.psi(n - k + 1.0) - sp.psi(k + 1.0))), kind=broadcast)
elementwise(sp.zeta, lambda y, x, q=None, out=None: (EXPONENT, None if q is None else -x * sp.zeta(x + 1.0, q), None))

# incomplete gamma and beta functions: their derivative is the density
elementwise(sp.gammainc, lambda y, a, x: (SHAPE, strong(gamma_density(a, x))), kind=broadcast)
elementwise(sp.gammaincc, lambda y, a, x: (SHAPE, strong(-gamma_density(a, x))), kind=broadcast)
elementwise(sp.gammaincinv, lambda y, a, p: (SHAPE, strong(1 / gamma_density(a, y))), kind=broadcast)
elementwise(sp.gammainccinv, lambda y, a, p: (SHAPE, strong(-1 / gamma_density(a, y))), kind=broadcast)
elementwise(sp.betainc, lambda y, a, b, x: (SHAPE, SHAPE, strong(beta_density(a, b, x))), kind=broadcast)
elementwise(sp.betaincinv, lambda y, a, b, p: (SHAPE, SHAPE, strong(1 / beta_density(a, b, y))), kind=broadcast)
if hasattr(sp, "betaincc"):
    elementwise(sp.betaincc, lambda y, a, b, x: (SHAPE, SHAPE, strong(-beta_density(a, b, x))), kind=broadcast)
    elementwise(sp.betainccinv, lambda y, a, b, p: (SHAPE, SHAPE, strong(-1 / beta_density(a, b, y))), kind=broadcast)

# the error function and its relatives
elementwise(sp.erf, lambda y, x: 2 / ROOT_PI * np.exp(-x * x), kind=broadcast)
elementwise(sp.erfc, lambda y, x: -2 / ROOT_PI * np.exp(-x * x), kind=broadcast)
elementwise(sp.erfcx, lambda y, x: 2 * x * y - 2 / ROOT_PI, kind=broadcast)
elementwise(sp.erfi, lambda y, x: 2 / ROOT_PI * np.exp(x * x), kind=broadcast)
elementwise(sp.dawsn, lambda y, x: 1 - 2 * x * y, kind=broadcast)
elementwise(sp.wofz, lambda y, x: 2j / ROOT_PI - 2 * x * y,
            kind=complex_broadcast)
elementwise(sp.erfinv, lambda y, x: strong(0.5 * ROOT_PI * np.exp(y * y)), kind=broadcast)
elementwise(sp.erfcinv, lambda y, x: strong(-0.5 * ROOT_PI * np.exp(y * y)), kind=broadcast)
elementwise(sp.ndtr, lambda y, x: np.exp(-0.5 * x * x) / ROOT_2PI, kind=broadcast)
elementwise(sp.log_ndtr, lambda y, x: strong(np.exp(-0.5 * x * x - y) / ROOT_2PI), kind=broadcast)
elementwise(sp.ndtri, lambda y, p: strong(ROOT_2PI * np.exp(0.5 * y * y)), kind=broadcast)
elementwise(sp.ndtri_exp, lambda y, p: strong(ROOT_2PI * np.exp(0.5 * y * y + p)), kind=broadcast)
elementwise(sp.owens_t, lambda y, h, a: (-np.exp(-0.5 * h * h) * sp.erf(a * h / 1.4142135623730951) / (2 * ROOT_2PI),
                                         np.exp(-0.5 * h * h * (1 + a * a)) / (2 * PI * (1 + a * a))), kind=broadcast)

# exponentials and logarithms
elementwise(sp.expit, lambda y, x: y * (1 - y), kind=broadcast)
elementwise(sp.logit, lambda y, x: strong(1 / (x * (1 - x))), kind=broadcast)
elementwise(sp.log_expit, lambda y, x: sp.expit(-x), kind=broadcast)
elementwise(sp.exprel, lambda y, x: 0.5 * sp.hyp1f1(2.0, 3.0, x), kind=broadcast)
elementwise(sp.xlogy, lambda y, x, z: (strong(np.log(z)), xlogy_slope(x, z)), kind=broadcast)
elementwise(sp.xlog1py, lambda y, x, z: (strong(sp.log1p(z)), strong(x / (1 + z))), kind=broadcast)
elementwise(sp.entr, lambda y, x: strong(-np.log(x) - 1), kind=broadcast)
elementwise(sp.rel_entr, lambda y, x, z: (strong(np.log(x / z) + 1), strong(-x / z)), kind=broadcast)
elementwise(sp.kl_div, lambda y, x, z: (strong(np.log(x / z)), strong(1 - x / z)), kind=broadcast)
elementwise(sp.boxcox, lambda y, x, lmbda: (strong(x ** (lmbda - 1.0)), boxcox_slope(np.log(x), lmbda)), kind=broadcast)
elementwise(sp.boxcox1p, lambda y, x, lmbda: (strong((1 + x) ** (lmbda - 1.0)), boxcox_slope(np.log1p(x), lmbda)), kind=broadcast)
elementwise(sp.inv_boxcox, lambda y, x, lmbda: (y ** (1.0 - lmbda), -y ** (1.0 - lmbda) * boxcox_slope(np.log(y), lmbda)),
            kind=broadcast)
elementwise(sp.inv_boxcox1p, lambda y, x, lmbda: ((1 + y) ** (1.0 - lmbda),
                                                  -(1 + y) ** (1.0 - lmbda) * boxcox_slope(np.log1p(y), lmbda)), kind=broadcast)
elementwise(sp.powm1, lambda y, x, p: (strong(p * x ** (p - 1.0)), strong((y + 1) * np.log(x))), kind=broadcast)
elementwise(sp.lambertw, lambda y, z, k=0, tol=1e-8: (np.exp(-y) / (1 + y), None, None))
elementwise(sp.wrightomega, lambda y, z: y / (1 + y), kind=broadcast)
elementwise(sp.cbrt, lambda y, x: ratio(1 / 3, y * y), kind=broadcast)
elementwise(sp.exp2, lambda y, x: 0.6931471805599453 * y, kind=broadcast)
elementwise(sp.exp10, lambda y, x: 2.302585092994046 * y, kind=broadcast)
elementwise(sp.expm1, lambda y, x: y + 1, kind=broadcast)
elementwise(sp.log1p, lambda y, x: strong(1 / (1 + x)), kind=broadcast)
elementwise(sp.cosm1, lambda y, x: -np.sin(x), kind=broadcast)
elementwise(sp.sindg, lambda y, x: PI / 180 * sp.cosdg(x), kind=broadcast)
elementwise(sp.cosdg, lambda y, x: -PI / 180 * sp.sindg(x), kind=broadcast)
elementwise(sp.tandg, lambda y, x: PI / 180 * (1 + y * y), kind=broadcast)
elementwise(sp.cotdg, lambda y, x: -PI / 180 * (1 + y * y), kind=broadcast)
elementwise(sp.radian, lambda y, d, m, s: (PI / 180, PI / 10800, PI / 648000), kind=broadcast)

# losses
elementwise(sp.huber, lambda y, delta, r: (np.maximum(abs(r) - delta, 0.0), np.clip(r, -delta, delta)), kind=broadcast)
elementwise(sp.pseudo_huber, lambda y, delta, r: (2 * y / delta - r * r / (delta * np.hypot(1.0, r / delta)),
                                                  r / np.hypot(1.0, r / delta)), kind=broadcast)

# integrals
elementwise(sp.expi, lambda y, x: strong(np.exp(x) / x), kind=broadcast)
elementwise(sp.exp1, lambda y, x: strong(-np.exp(-x) / x), kind=broadcast)
elementwise(sp.expn, lambda y, n, x: (ORDER, expn_slope(y, n, x)), kind=broadcast)
elementwise(sp.spence, lambda y, z: ratio_or(np.log(z), 1 - z, 0.5 * z - 1.5), kind=broadcast)
rule(sp.sici, lambda dy, y, x: parts(dy, (ratio_or(np.sin(x), x, 1.0), strong(np.cos(x) / x)), x))
rule(sp.shichi, lambda dy, y, x: parts(dy, (ratio_or(np.sinh(x), x, 1.0), strong(np.cosh(x) / x)), x))
rule(sp.fresnel, lambda dy, y, z: parts(dy, (np.sin(0.5 * PI * z * z), np.cos(0.5 * PI * z * z)), z))

# elliptic integrals and functions of the parameter m
elementwise(sp.ellipk, lambda y, m: ratio_or(sp.ellipe(m) - (1 - m) * y, 2 * m * (1 - m), PI / 8 * (1 + 1.125 * m)),
            kind=broadcast)
elementwise(sp.ellipkm1, lambda y, p: strong((p * y - sp.ellipe(1 - p)) / (2 * p * (1 - p))), kind=broadcast)
elementwise(sp.ellipe, lambda y, m: ratio_or(y - sp.ellipk(m), 2 * m, -PI / 8 * (1 + 0.375 * m)), kind=broadcast)
elementwise(sp.ellipkinc, lambda y, phi, m: (1 / np.sqrt(1 - m * np.sin(phi)**2), ellipkinc_slope(y, phi, m)), kind=broadcast)
elementwise(sp.ellipeinc, lambda y, phi, m: (np.sqrt(1 - m * np.sin(phi)**2),
                                             ratio_or(y - sp.ellipkinc(phi, m), 2 * m,
                                                      (np.sin(2 * phi) - 2 * phi) / 8 - 0.25 * m * sine4(phi))),
            kind=broadcast)
rule(sp.ellipj,
     lambda dy, y, u, m: parts(dy, (y[1] * y[2], -y[0] * y[2], -m * y[0] * y[1], y[2]), u),
     lambda dy, y, u, m: parts(dy, ellipj_slopes(y, u, m), m))

# Bessel functions: C' = (C_(v-1) - C_(v+1)) / 2
elementwise(sp.j0, lambda y, x: -sp.j1(x), kind=broadcast)
elementwise(sp.j1, lambda y, x: 0.5 * (sp.j0(x) - sp.jv(2, x)), kind=broadcast)
elementwise(sp.y0, lambda y, x: strong(-sp.y1(x)), kind=broadcast)
elementwise(sp.y1, lambda y, x: strong(0.5 * (sp.y0(x) - sp.yv(2, x))), kind=broadcast)
elementwise(sp.i0, lambda y, x: sp.i1(x), kind=broadcast)
elementwise(sp.i1, lambda y, x: 0.5 * (sp.i0(x) + sp.iv(2, x)), kind=broadcast)
elementwise(sp.k0, lambda y, x: strong(-sp.k1(x)), kind=broadcast)
elementwise(sp.k1, lambda y, x: strong(-0.5 * (sp.k0(x) + sp.kv(2, x))), kind=broadcast)
elementwise(sp.i0e, lambda y, x: sp.i1e(x) - np.sign(x) * y, kind=broadcast)
elementwise(sp.i1e, lambda y, x: 0.5 * (sp.i0e(x) + sp.ive(2, x)) - np.sign(x) * y, kind=broadcast)
elementwise(sp.k0e, lambda y, x: strong(y - sp.k1e(x)), kind=broadcast)
elementwise(sp.k1e, lambda y, x: strong(y - 0.5 * (sp.k0e(x) + sp.kve(2, x))), kind=broadcast)
elementwise(sp.jv, lambda y, v, z: (ORDER, 0.5 * (sp.jv(v - 1, z) - sp.jv(v + 1, z))), kind=broadcast)
elementwise(sp.yv, lambda y, v, z: (ORDER, strong(0.5 * (sp.yv(v - 1, z) - sp.yv(v + 1, z)))), kind=broadcast)
elementwise(sp.yn, lambda y, n, x: (ORDER, strong(0.5 * (sp.yv(n - 1, x) - sp.yv(n + 1, x)))), kind=broadcast)
elementwise(sp.iv, lambda y, v, z: (ORDER, 0.5 * (sp.iv(v - 1, z) + sp.iv(v + 1, z))), kind=broadcast)
elementwise(sp.kv, lambda y, v, z: (ORDER, strong(-0.5 * (sp.kv(v - 1, z) + sp.kv(v + 1, z)))), kind=broadcast)
elementwise(sp.kn, lambda y, n, x: (ORDER, strong(-0.5 * (sp.kv(n - 1, x) + sp.kv(n + 1, x)))), kind=broadcast)
elementwise(sp.hankel1, lambda y, v, z: (ORDER, 0.5 * (sp.hankel1(v - 1, z) - sp.hankel1(v + 1, z))),
            kind=complex_broadcast)
elementwise(sp.hankel2, lambda y, v, z: (ORDER, 0.5 * (sp.hankel2(v - 1, z) - sp.hankel2(v + 1, z))),
            kind=complex_broadcast)
elementwise(sp.jve, lambda y, v, z: (ORDER, of_real(z, 0.5 * (sp.jve(v - 1, z) - sp.jve(v + 1, z)))), kind=broadcast)
elementwise(sp.yve, lambda y, v, z: (ORDER, of_real(z, 0.5 * (sp.yve(v - 1, z) - sp.yve(v + 1, z)))), kind=broadcast)
elementwise(sp.ive, lambda y, v, z: (ORDER, of_real(z, 0.5 * (sp.ive(v - 1, z) + sp.ive(v + 1, z)) - np.sign(z) * y)),
            kind=broadcast)
elementwise(sp.kve, lambda y, v, z: (ORDER, strong(y - 0.5 * (sp.kve(v - 1, z) + sp.kve(v + 1, z)))), kind=broadcast)
elementwise(sp.hankel1e, lambda y, v, z: (ORDER, 0.5 * (sp.hankel1e(v - 1, z) - sp.hankel1e(v + 1, z)) - 1j * y),
            kind=complex_broadcast)
elementwise(sp.hankel2e, lambda y, v, z: (ORDER, 0.5 * (sp.hankel2e(v - 1, z) - sp.hankel2e(v + 1, z)) + 1j * y),
            kind=complex_broadcast)
elementwise(sp.struve, lambda y, v, x: (ORDER, sp.struve(v - 1, x) - v * y / x), kind=broadcast)
elementwise(sp.modstruve, lambda y, v, x: (ORDER, sp.modstruve(v - 1, x) - v * y / x), kind=broadcast)
rule(sp.airy, lambda dy, y, z: parts(dy, (y[1], z * y[0], y[3], z * y[2]), z))
rule(sp.spherical_jn, None,
     lambda dy, y, n, z, derivative=False: fit(dy * spherical_slope(sp.spherical_jn, n, z, derivative, -1), z))
rule(sp.spherical_yn, None,
     lambda dy, y, n, z, derivative=False: fit(dy * spherical_slope(sp.spherical_yn, n, z, derivative, -1), z))
rule(sp.spherical_in, None,
     lambda dy, y, n, z, derivative=False: fit(dy * spherical_slope(sp.spherical_in, n, z, derivative, 1), z))
rule(sp.spherical_kn, None,
     lambda dy, y, n, z, derivative=False: fit(dy * spherical_slope(sp.spherical_kn, n, z, derivative, 1), z))

# orthogonal polynomials: the derivative is one of a lower degree and a higher parameter
elementwise(sp.eval_legendre, lambda y, n, x: (DEGREE, 0.5 * (n + 1.0) * lower(sp.eval_jacobi, n, 1.0, 1.0, x)), kind=broadcast)
elementwise(sp.eval_chebyt, lambda y, n, x: (DEGREE, n * lower(sp.eval_chebyu, n, x)), kind=broadcast)
elementwise(sp.eval_chebyu, lambda y, n, x: (DEGREE, 2 * lower(sp.eval_gegenbauer, n, 2.0, x)), kind=broadcast)
elementwise(sp.eval_chebyc, lambda y, n, x: (DEGREE, n * lower(sp.eval_chebyu, n, 0.5 * x)), kind=broadcast)
elementwise(sp.eval_chebys, lambda y, n, x: (DEGREE, lower(sp.eval_gegenbauer, n, 2.0, 0.5 * x)), kind=broadcast)
elementwise(sp.eval_sh_legendre, lambda y, n, x: (DEGREE, (n + 1.0) * lower(sp.eval_jacobi, n, 1.0, 1.0, 2 * x - 1)),
            kind=broadcast)
elementwise(sp.eval_sh_chebyt, lambda y, n, x: (DEGREE, 2 * n * lower(sp.eval_chebyu, n, 2 * x - 1)), kind=broadcast)
elementwise(sp.eval_sh_chebyu, lambda y, n, x: (DEGREE, 4 * lower(sp.eval_gegenbauer, n, 2.0, 2 * x - 1)), kind=broadcast)
elementwise(sp.eval_gegenbauer, lambda y, n, a, x: (DEGREE, PARAMETER, 2 * a * lower(sp.eval_gegenbauer, n, a + 1.0, x)),
            kind=broadcast)
elementwise(sp.eval_jacobi,
            lambda y, n, a, b, x: (DEGREE, PARAMETER, PARAMETER,
                                   0.5 * (n + a + b + 1.0) * lower(sp.eval_jacobi, n, a + 1.0, b + 1.0, x)), kind=broadcast)
elementwise(sp.eval_hermite, lambda y, n, x: (DEGREE, 2 * n * lower(sp.eval_hermite, n, x)), kind=broadcast)
elementwise(sp.eval_hermitenorm, lambda y, n, x: (DEGREE, n * lower(sp.eval_hermitenorm, n, x)), kind=broadcast)
elementwise(sp.eval_laguerre, lambda y, n, x: (DEGREE, -lower(sp.eval_genlaguerre, n, 1.0, x)), kind=broadcast)
elementwise(sp.eval_genlaguerre, lambda y, n, a, x: (DEGREE, PARAMETER, -lower(sp.eval_genlaguerre, n, a + 1.0, x)),
            kind=broadcast)

# hypergeometric functions
elementwise(sp.hyp0f1, lambda y, b, z: (HYPER, sp.hyp0f1(b + 1.0, z) / b), kind=broadcast)
elementwise(sp.hyp1f1, lambda y, a, b, z: (HYPER, HYPER, a / b * sp.hyp1f1(a + 1.0, b + 1.0, z)), kind=broadcast)
elementwise(sp.hyp2f1, lambda y, a, b, c, z: (HYPER, HYPER, HYPER,
                                              a * b / c * sp.hyp2f1(a + 1.0, b + 1.0, c + 1.0, z)), kind=broadcast)
elementwise(sp.hyperu, lambda y, a, b, x: (HYPER, HYPER, -a * sp.hyperu(a + 1.0, b + 1.0, x)), kind=broadcast)

# distribution functions
elementwise(sp.chdtr, lambda y, v, x: (SHAPE, strong(0.5 * gamma_density(0.5 * v, 0.5 * x))), kind=broadcast)
elementwise(sp.chdtrc, lambda y, v, x: (SHAPE, strong(-0.5 * gamma_density(0.5 * v, 0.5 * x))), kind=broadcast)
elementwise(sp.chdtri, lambda y, v, p: (SHAPE, strong(-2 / gamma_density(0.5 * v, 0.5 * y))), kind=broadcast)
elementwise(sp.gdtr, lambda y, a, b, x: (strong(x * gamma_density(b, a * x)), SHAPE, strong(a * gamma_density(b, a * x))),
            kind=broadcast)
elementwise(sp.gdtrc, lambda y, a, b, x: (strong(-x * gamma_density(b, a * x)), SHAPE, strong(-a * gamma_density(b, a * x))),
            kind=broadcast)
elementwise(sp.stdtr, lambda y, df, t: (SHAPE, t_density(df, t)), kind=broadcast)
elementwise(sp.stdtrit, lambda y, df, p: (SHAPE, strong(1 / t_density(df, y))), kind=broadcast)
elementwise(sp.fdtr, lambda y, n, m, x: (SHAPE, SHAPE, strong(f_density(n, m, x))), kind=broadcast)
elementwise(sp.fdtrc, lambda y, n, m, x: (SHAPE, SHAPE, strong(-f_density(n, m, x))), kind=broadcast)
elementwise(sp.fdtri, lambda y, n, m, p: (SHAPE, SHAPE, strong(1 / f_density(n, m, y))), kind=broadcast)
elementwise(sp.pdtr, lambda y, k, m: (None, -gamma_density(np.floor(k) + 1.0, m)), kind=broadcast)
elementwise(sp.pdtrc, lambda y, k, m: (None, gamma_density(np.floor(k) + 1.0, m)), kind=broadcast)
elementwise(sp.bdtr, lambda y, k, n, p: (None, None, -beta_density(np.floor(k) + 1.0, n - np.floor(k), p)), kind=broadcast)
elementwise(sp.bdtrc, lambda y, k, n, p: (None, None, beta_density(np.floor(k) + 1.0, n - np.floor(k), p)), kind=broadcast)
elementwise(sp.nbdtr, lambda y, k, n, p: (None, None, beta_density(n, np.floor(k) + 1.0, p)), kind=broadcast)
elementwise(sp.nbdtrc, lambda y, k, n, p: (None, None, -beta_density(n, np.floor(k) + 1.0, p)), kind=broadcast)

# sums of exponentials
rule(sp.logsumexp,
     lambda dy, y, a, axis=None, b=None, keepdims=False, return_sign=False:
     logsumexp_back(dy, y, a, axis, b, keepdims, return_sign),
     None,
     lambda dy, y, a, axis=None, b=None, keepdims=False, return_sign=False:
     None if b is None else logsumexp_weights(dy, y, a, axis, b, keepdims, return_sign))
rule(sp.softmax, lambda dy, y, x, axis=None: fit(y * (dy - np.sum(dy * y, axis=axis, keepdims=True)), x))
rule(sp.log_softmax, lambda dy, y, x, axis=None: fit(dy - np.exp(y) * np.sum(dy, axis=axis, keepdims=True), x))

non_differentiable(
    sp.gammasgn, sp.round, sp.roots_legendre, sp.roots_chebyt, sp.roots_chebyu, sp.roots_hermite, sp.roots_hermitenorm,
    sp.roots_laguerre, sp.jn_zeros, sp.jnp_zeros, sp.yn_zeros, sp.ynp_zeros, sp.ai_zeros, sp.bi_zeros, sp.bernoulli, sp.euler,
    sp.stirling2)


def parts(dy: Any, partials: tuple, x: Any) -> Any:
    """The cotangent of the only argument that several results depend on."""
    return fit(sum([d * conj(p) for d, p in zip(dy, partials) if d is not None]), x)


def ratio_or(a: Any, b: Any, limit: Any) -> Any:
    """Return a / b, and the limit where b is 0: an expression that has the slope of the quotient there as well."""
    return np.where(b == 0, limit, a / np.where(b == 0, 1.0, b))[()]


def of_real(z: Any, p: Any) -> Any:
    """Return the derivative p, which is known for real z only."""
    return COMPLEX if np.iscomplexobj(z) else strong(p)


def rgamma_slope(y: Any, x: Any) -> Any:
    """y = 1 / Gamma(x), hence y' = -y psi(x).

    Near the poles of Gamma, x = -n + e, it is (-1)^n n! (1 - 2 psi(n+1) e)   [DLMF 5.2, 5.7].
    """
    pole = (y == 0) & (np.real(x) <= 0)
    n = np.where(pole, np.round(-np.real(x)), 0.0)
    near = np.cos(PI * n) * sp.gamma(n + 1) * (1 - 2 * sp.psi(n + 1) * (x + n))
    return np.where(pole, near, -y * sp.psi(np.where(pole, 1.0, x)))[()]


def gamma_density(a: Any, x: Any) -> Any:
    """The density of the gamma distribution: x^(a-1) exp(-x) / Gamma(a)   [DLMF 8.2]."""
    return np.exp(sp.xlogy(a - 1.0, x) - x - sp.gammaln(a))


def beta_density(a: Any, b: Any, x: Any) -> Any:
    """The density of the beta distribution: x^(a-1) (1-x)^(b-1) / B(a, b)   [DLMF 8.17]."""
    return np.exp(sp.xlogy(a - 1.0, x) + sp.xlog1py(b - 1.0, -x) - sp.betaln(a, b))


def t_density(df: Any, t: Any) -> Any:
    """The density of Student's t distribution."""
    return np.exp(-0.5 * (df + 1.0) * np.log1p(t * t / df) - sp.betaln(0.5 * df, 0.5)) / np.sqrt(df)


def f_density(n: Any, m: Any, x: Any) -> Any:
    """The density of the F distribution: that of the beta distribution at z = n x / (n x + m), times dz/dx."""
    z = n * x / (n * x + m)
    return beta_density(0.5 * n, 0.5 * m, z) * n * m / (n * x + m)**2


def xlogy_slope(x: Any, z: Any) -> Any:
    """The derivative of x log z by z, x / z; 0 where both are 0."""
    zero = np.equal(x, 0) & np.equal(z, 0)
    return strong(np.where(zero, 0.0, x / np.where(zero, 1.0, z))[()])


def boxcox_slope(log_x: Any, lmbda: Any) -> Any:
    """y = (exp(t) - 1) / lambda with t = lambda log x, hence dy/dlambda = log(x)^2 exprel'(t): smooth at lambda = 0."""
    return 0.5 * log_x * log_x * sp.hyp1f1(2.0, 3.0, lmbda * log_x)


def expn_slope(y: Any, n: Any, x: Any) -> Any:
    """-E_(n-1), which SciPy has for n >= 1; for n = 0, -(1 + 1/x) E_0   [DLMF 8.19]."""
    none = np.equal(n, 0)
    return np.where(none, -(1 + 1 / np.where(none, x, 1.0)) * y, -sp.expn(np.where(none, 0, np.subtract(n, 1)), x))[()]


def ellipkinc_slope(y: Any, phi: Any, m: Any) -> Any:
    """dF/dm = E / (2m (1-m)) - F / (2m) - sin(2 phi) / (4 (1-m) Delta)   [DLMF 19.4]; its limit at m = 0."""
    s, c = np.sin(phi), np.cos(phi)
    return ratio_or(sp.ellipeinc(phi, m) - (1 - m) * y - m * s * c / np.sqrt(1 - m * s * s), 2 * m * (1 - m),
                    (phi - s * c) / 4 + 0.75 * m * sine4(phi))


def sine4(phi: Any) -> Any:
    """The integral of sin^4 from 0."""
    return 0.375 * phi - 0.25 * np.sin(2 * phi) + np.sin(4 * phi) / 32


def ellipj_slopes(y: tuple, u: Any, m: Any) -> tuple:
    """dphi/dm = -dn dF/dm at phi = am(u, m); sn = sin phi, cn = cos phi, dn^2 = 1 - m sn^2."""
    sn, cn, dn, phi = y
    t = -dn * ellipkinc_slope(u, phi, m)
    return cn * t, -sn * t, -(sn * sn + 2 * m * sn * cn * t) / (2 * dn), t


def spherical_slope(f: Any, n: Any, z: Any, derivative: bool, sign: int) -> Any:
    """f'; or, if the result is f' already, f'' = -2 f' / z + (n (n+1) / z^2 + sign) f   [DLMF 10.47]."""
    if not derivative:
        return conj(f(n, z, True))
    return conj(-2 * f(n, z, True) / z + (np.multiply(n, np.add(n, 1)) / (z * z) + sign) * f(n, z))


def lower(f: Any, n: Any, *args: Any) -> Any:
    """A polynomial of degree n - 1; 0 for n = 0."""
    none = np.equal(n, 0)
    return np.where(none, 0.0, f(np.where(none, 0, np.subtract(n, 1)), *args))[()]


def spread(d: Any, axis: Any, keepdims: bool) -> Any:
    """Put back the axes that a reduction has removed."""
    return d if keepdims or axis is None else np.expand_dims(d, axis)


def weights(a: Any, y: Any, axis: Any, keepdims: bool) -> Any:
    """Return exp(a - y), where y = log sum exp(a) over the axis; 0 where the sum is 0 or infinite."""
    full = spread(y, axis, keepdims)
    return np.exp(np.subtract(a, np.where(np.isfinite(full), full, np.inf)))


def signed(dy: Any, y: Any, return_sign: bool) -> tuple:
    """The cotangent of the logarithm, times the sign of the sum, and the logarithm."""
    if return_sign:
        return (0.0 if dy[0] is None else dy[0] * y[1]), y[0]
    return dy, y


def logsumexp_back(dy: Any, y: Any, a: Any, axis: Any, b: Any, keepdims: bool, return_sign: bool) -> Any:
    """y = log sum b exp(a), hence da = dy b exp(a - y)."""
    d, log = signed(dy, y, return_sign)
    p = weights(a, log, axis, keepdims) if b is None else b * weights(a, log, axis, keepdims)
    return fit(spread(d, axis, keepdims) * conj(p), a)


def logsumexp_weights(dy: Any, y: Any, a: Any, axis: Any, b: Any, keepdims: bool, return_sign: bool) -> Any:
    """db = dy exp(a - y)."""
    d, log = signed(dy, y, return_sign)
    return fit(spread(d, axis, keepdims) * conj(weights(a, log, axis, keepdims)), b)
