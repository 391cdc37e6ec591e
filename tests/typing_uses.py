"""Typical uses, for type checkers: mypy and pyright find nothing to say about this file. It is not run.

`assert_type` states what a checker must find for the results of `gradient` and its kin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import zygote_py
from zygote_py import (
    AutoForward,
    Grads,
    Params,
    Tangent,
    adjoint,
    checkpointed,
    code_adjoint,
    explain,
    frule,
    grad,
    gradient,
    hessian,
    hvp,
    jacobian,
    jvp,
    non_differentiable,
    options,
    profile,
    pullback,
    pushforward,
    value_and_grad,
    withgradient,
    withjacobian,
)

if TYPE_CHECKING:
    from typing_extensions import assert_type


@dataclass
class Model:
    W: np.ndarray
    b: float

    def __call__(self, x: np.ndarray) -> Any:
        return np.sum(np.tanh(self.W @ x)) + self.b


def one_to_four() -> None:
    dx, = gradient(lambda x: x * x, 2.0)
    dx, dy = gradient(lambda x, y: x * y, 2.0, 3.0)
    dx, dy, dz = gradient(lambda x, y, z: x * y * z, 2.0, 3.0, 4.0)
    da, db, dc, dd = gradient(lambda a, b, c, d: a * b + c * d, 1.0, 2.0, 3.0, 4.0)
    total: float = dx + dy + dz + da + db + dc + dd
    first: float = gradient(lambda x, *, scale: scale * x, 2.0, scale=3.0)[0]
    print(total, first)
    assert_type(gradient(cube, 1.0), tuple[Any])
    assert_type(gradient(cube, 1.0, 2.0), tuple[Any, Any])
    assert_type(gradient(cube, 1.0, 2.0, 3.0, scale=2.0), tuple[Any, Any, Any])
    assert_type(gradient(cube, 1.0, 2.0, 3.0, 4.0), tuple[Any, Any, Any, Any])
    assert_type(gradient(cube, 1.0, 2.0, 3.0, 4.0, 5.0), tuple[Any, ...])
    assert_type(gradient(cube, AutoForward(), 1.0, 2.0), tuple[Any, ...])
    assert_type(jacobian(cube, 1.0, 2.0), tuple[Any, Any])
    assert_type(withgradient(cube, 1.0, 2.0).grad, tuple[Any, Any])
    assert_type(withjacobian(cube, 1.0).grad, tuple[Any])


def values() -> None:
    result = withgradient(lambda m, x: m(x), Model(np.ones((2, 2)), 0.0), x=np.ones(2))
    loss: float = result.val
    d_model: Tangent = result.grad[0]
    value, grads = withgradient(lambda x: x * x, 2.0)
    print(loss, d_model.W, d_model.as_dict(), value, grads[0])


def pullbacks() -> None:
    y, back = pullback(lambda x: x * 2, np.ones(3))
    dx, = back(np.ones(3))
    push = pushforward(lambda x: x * x, 3.0)
    print(y, dx, push(1.0), jvp(lambda x: x * x, (3.0,), (1.0,)))


def functions_of_functions() -> None:
    slope: Callable[..., Any] = grad(np.sin)
    both = value_and_grad(lambda x, y: x * y, argnums=(0, 1))
    value, (dx, dy) = both(2.0, 3.0)
    print(slope(1.0), value, dx, dy)


def matrices() -> None:
    J, = jacobian(lambda x: x * x, np.ones(3))
    H: np.ndarray = hessian(lambda x: np.sum(x**3), np.ones(3))
    print(J, H, hvp(lambda x: np.sum(x**3), np.ones(3), np.ones(3)))


def parameters() -> None:
    W, b = np.ones((2, 2)), np.zeros(2)
    ps = Params([W, b])
    gs = gradient(lambda: np.sum(W @ b), ps)
    assert_type(gs, Grads)
    assert_type(jacobian(lambda: W @ b, ps), Grads)
    assert_type(withgradient(lambda: np.sum(W @ b), ps).grad, Grads)
    for x in ps:
        x -= 0.1 * gs[x]
    print(len(ps), W in ps)


@non_differentiable
def count(x: Any) -> int:
    return len(x)


def cube(x: float) -> float:
    return x**3


@adjoint(cube)
def cube_rule(x: float) -> tuple[float, Callable]:
    return cube(x), lambda dy: (3 * x * x * dy,)


@frule(cube)
def cube_push(x: float) -> tuple[float, Callable]:
    return cube(x), lambda x_dot: 3 * x * x * x_dot


def the_rest() -> None:
    with options(debug=True):
        print(code_adjoint(cube, 2.0).text, explain(cube, 2.0).bytes, profile(cube, 2.0).forward)
    kept = checkpointed(cube, 2.0)
    zygote_py.testing.check_grads(cube, 2.0)
    vector, rebuild = zygote_py.tree.flatten({"a": 1.0})
    print(kept, vector.shape, rebuild(vector), count([1]))
