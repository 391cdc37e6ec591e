"""Two particles on springs, as objects whose attributes are updated in a loop."""

from benchmarks.harness import Workload


class Particle:
    def __init__(self, x, v):
        self.x = x
        self.v = v

    def step(self, force, dt):
        self.v = self.v + dt * force
        self.x = self.x + dt * self.v


def simulate(k, x0, steps):
    a, b = Particle(x0, 0.0), Particle(-x0, 0.5)
    for _ in range(steps):
        pull = k * (b.x - a.x)
        a.step(pull - a.x, 0.01)
        b.step(-pull - b.x, 0.01)
    return a.x * a.x + b.x * b.x


def hand(k, x0, steps):
    ax, av, bx, bv = x0, 0.0, -x0, 0.5
    stretch = []
    for _ in range(steps):
        s = bx - ax
        stretch.append(s)
        pull = k * s
        av = av + 0.01 * (pull - ax)
        ax = ax + 0.01 * av
        bv = bv + 0.01 * (-pull - bx)
        bx = bx + 0.01 * bv
    dax, dav, dbx, dbv, dk = 2 * ax, 0.0, 2 * bx, 0.0, 0.0
    for s in reversed(stretch):
        dbv += 0.01 * dbx
        dav += 0.01 * dax
        fb, fa = 0.01 * dbv, 0.01 * dav
        dpull = fa - fb
        dk += dpull * s
        dpull *= k
        dbx += dpull - fb
        dax -= dpull + fa
    return ax * ax + bx * bx, (dk, dax - dbx)


def with_fori_loop(jax):
    def simulate(k, x0, steps):
        def step(_, state):
            (ax, av), (bx, bv) = state
            pull = k * (bx - ax)
            av, bv = av + 0.01 * (pull - ax), bv + 0.01 * (-pull - bx)
            return (ax + 0.01 * av, av), (bx + 0.01 * bv, bv)
        (ax, _), (bx, _) = jax.lax.fori_loop(0, steps, step, ((x0, 0.0), (-x0, 0.5)))
        return ax * ax + bx * bx
    return simulate


def workloads():
    return [Workload("particles", simulate, hand, (1.5, 0.7, 500), versions={"jax_jit": with_fori_loop},
                     slow=frozenset({"autograd", "mygrad", "torch", "jax"}), aim=4, aim_hand=2.2)]
