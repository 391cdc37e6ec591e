"""The CIEDE2000 colour difference, written as a colour library would write it: nothing here has differentiation in mind.

Sharma, Wu, Dalal: The CIEDE2000 color-difference formula (2005). White point D65.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

WHITE = (0.95047, 1.0, 1.08883)
POWER = 25.0 ** 7


@dataclass(frozen=True)
class RGB:
    r: float
    g: float
    b: float


@dataclass(frozen=True)
class XYZ:
    x: float
    y: float
    z: float


@dataclass(frozen=True)
class Lab:
    l: float
    a: float
    b: float

    @property
    def chroma(self):
        return math.hypot(self.a, self.b)


def expand_srgb(v):
    """From the companded channel of a file or a screen to linear light."""
    return v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4


def to_xyz(c):
    r, g, b = expand_srgb(c.r), expand_srgb(c.g), expand_srgb(c.b)
    return XYZ(
        0.4124564 * r + 0.3575761 * g + 0.1804375 * b,
        0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
        0.0193339 * r + 0.1191920 * g + 0.9503041 * b,
    )


def lab_scale(t):
    epsilon, kappa = 216 / 24389, 24389 / 27
    return t ** (1 / 3) if t > epsilon else (kappa * t + 16) / 116


def to_lab(c):
    xyz = c if isinstance(c, XYZ) else to_xyz(c)
    fx, fy, fz = (lab_scale(v / w) for v, w in zip((xyz.x, xyz.y, xyz.z), WHITE))
    return Lab(116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))


def hue(a, b):
    if a == 0 and b == 0:
        return 0.0
    h = math.degrees(math.atan2(b, a))
    return h + 360 if h < 0 else h


def colour_difference(one, two):
    """CIEDE2000 between two colours of any kind that `to_lab` takes."""
    p, q = to_lab(one), to_lab(two)

    mean_chroma = 0.5 * (p.chroma + q.chroma)
    g = 0.5 * (1 - math.sqrt(mean_chroma ** 7 / (mean_chroma ** 7 + POWER)))
    a1, a2 = (1 + g) * p.a, (1 + g) * q.a
    c1, c2 = math.hypot(a1, p.b), math.hypot(a2, q.b)
    h1, h2 = hue(a1, p.b), hue(a2, q.b)

    dl, dc = q.l - p.l, c2 - c1
    if c1 * c2 == 0:
        dh = 0.0
    else:
        dh = h2 - h1
        if dh > 180:
            dh -= 360
        elif dh < -180:
            dh += 360
    dH = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(dh / 2))

    ml, mc = 0.5 * (p.l + q.l), 0.5 * (c1 + c2)
    if c1 * c2 == 0:
        mh = h1 + h2
    elif abs(h1 - h2) <= 180:
        mh = 0.5 * (h1 + h2)
    else:
        mh = 0.5 * (h1 + h2 + 360) if h1 + h2 < 360 else 0.5 * (h1 + h2 - 360)

    t = 1.0
    for weight, multiple, offset in ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63)):
        t += weight * math.cos(math.radians(multiple * mh + offset))
    sl = 1 + 0.015 * (ml - 50) ** 2 / math.sqrt(20 + (ml - 50) ** 2)
    sc = 1 + 0.045 * mc
    sh = 1 + 0.015 * mc * t
    turn = 30 * math.exp(-((mh - 275) / 25) ** 2)
    rc = 2 * math.sqrt(mc ** 7 / (mc ** 7 + POWER))
    rt = -rc * math.sin(math.radians(2 * turn))

    return math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dH / sh) ** 2 + rt * (dc / sc) * (dH / sh))
