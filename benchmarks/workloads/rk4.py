"""Predator and prey (Lotka-Volterra) by 1000 Runge-Kutta steps on Python floats: a loop with calls, and nothing but scalars."""

from benchmarks.harness import Workload


def lv(x, y, a, b, c, d):
    return a*x - b*x*y, -c*y + d*x*y


def rk4(x, y, a, b, c, d, h, steps):
    for _i in range(steps):
        k1x, k1y = lv(x, y, a, b, c, d)
        k2x, k2y = lv(x + h/2*k1x, y + h/2*k1y, a, b, c, d)
        k3x, k3y = lv(x + h/2*k2x, y + h/2*k2y, a, b, c, d)
        k4x, k4y = lv(x + h*k3x, y + h*k3y, a, b, c, d)
        x = x + h/6*(k1x + 2*k2x + 2*k3x + k4x)
        y = y + h/6*(k1y + 2*k2y + 2*k3y + k4y)
    return x + y


def hand(x, y, a, b, c, d, h, steps):
    # lv(x, y) = (x*p, y*q) with p = a - b*y, q = d*x - c. Kept: the three inner points of each step, and its first.
    g, s = h / 2, h / 6
    points = []
    keep = points.append
    for _i in range(steps):
        kx, ky = x*(a - b*y), y*(d*x - c)
        x2, y2 = x + g*kx, y + g*ky
        lx, ly = x2*(a - b*y2), y2*(d*x2 - c)
        x3, y3 = x + g*lx, y + g*ly
        mx, my = x3*(a - b*y3), y3*(d*x3 - c)
        x4, y4 = x + h*mx, y + h*my
        keep((x, y, x2, y2, x3, y3, x4, y4))
        x += s*(kx + 2*(lx + mx) + x4*(a - b*y4))
        y += s*(ky + 2*(ly + my) + y4*(d*x4 - c))
    value = x + y
    dx = dy = 1.0
    da = db = dc = dd = 0.0
    for x, y, x2, y2, x3, y3, x4, y4 in reversed(points):
        # At each point: u, v weigh the two rates, and r = x*u, t = y*v.
        u, v = s*dx, s*dy
        r, t = x4*u, y4*v
        ex, ey = u*(a - b*y4) + d*t, v*(d*x4 - c) - b*r
        da += r
        db += r*y4
        dc += t
        dd += t*x4
        fx, fy = ex, ey
        u, v = 2*s*dx + h*ex, 2*s*dy + h*ey
        r, t = x3*u, y3*v
        ex, ey = u*(a - b*y3) + d*t, v*(d*x3 - c) - b*r
        da += r
        db += r*y3
        dc += t
        dd += t*x3
        fx += ex
        fy += ey
        u, v = 2*s*dx + g*ex, 2*s*dy + g*ey
        r, t = x2*u, y2*v
        ex, ey = u*(a - b*y2) + d*t, v*(d*x2 - c) - b*r
        da += r
        db += r*y2
        dc += t
        dd += t*x2
        fx += ex
        fy += ey
        u, v = s*dx + g*ex, s*dy + g*ey
        r, t = x*u, y*v
        da += r
        db += r*y
        dc += t
        dd += t*x
        dx += fx + u*(a - b*y) + d*t
        dy += fy + v*(d*x - c) - b*r
    return value, (dx, dy, da, -db, -dc, dd)


def with_fori_loop(jax):
    def run(x, y, a, b, c, d, h, steps):
        def step(_i, state):
            x, y = state
            k1x, k1y = lv(x, y, a, b, c, d)
            k2x, k2y = lv(x + h/2*k1x, y + h/2*k1y, a, b, c, d)
            k3x, k3y = lv(x + h/2*k2x, y + h/2*k2y, a, b, c, d)
            k4x, k4y = lv(x + h*k3x, y + h*k3y, a, b, c, d)
            return x + h/6*(k1x + 2*k2x + 2*k3x + k4x), y + h/6*(k1y + 2*k2y + 2*k3y + k4y)
        x, y = jax.lax.fori_loop(0, steps, step, (x, y))
        return x + y
    return run


def workloads():
    return [Workload("rk4_1000", rk4, hand, (1.0, 1.0, 1.5, 1.0, 3.0, 1.0), {"h": 0.01, "steps": 1000},
                     versions={"jax_jit": with_fori_loop}, slow=frozenset({"jax"}), aim=3.6, aim_hand=2.2)]
