"""A network whose parameters are dictionaries in lists in a dictionary; its gradient is nested alike."""

import numpy as np

from benchmarks.harness import Workload


def loss(model, X, Y):
    h = X
    for layer in model["layers"]:
        h = np.tanh(h @ layer["W"] + layer["b"])
    r = h @ model["readout"]["W"] * model["readout"]["scale"] - Y
    return np.mean(r * r)


def hand(model, X, Y):
    layers, readout = model["layers"], model["readout"]
    hs = [X]
    for layer in layers:
        h = hs[-1] @ layer["W"]
        h += layer["b"]
        np.tanh(h, out=h)
        hs.append(h)
    h, W, scale = hs.pop(), readout["W"], readout["scale"]
    out = h @ W
    r = out * scale
    r -= Y
    value = np.vdot(r, r) / r.size
    r *= 2 / r.size
    d_scale = np.vdot(r, out)
    r *= scale
    d_readout = {"W": h.T @ r, "scale": d_scale}
    dh = r @ W.T
    d_layers = []
    for layer in reversed(layers):
        h *= h
        np.subtract(1, h, out=h)
        dh *= h
        h = hs.pop()
        d_layers.append({"W": h.T @ dh, "b": dh.sum(axis=0)})
        if hs:
            dh = dh @ layer["W"].T
    return value, ({"layers": d_layers[::-1], "readout": d_readout},)


def workloads():
    rng = np.random.default_rng(0)
    layers = [{"W": rng.normal(size=(16, 16)) / 4, "b": np.zeros(16)} for _ in range(6)]
    model = {"layers": layers, "readout": {"W": rng.normal(size=(16, 4)) / 4, "scale": 1.5}}
    data = {"X": rng.normal(size=(32, 16)), "Y": rng.normal(size=(32, 4))}
    return [Workload("nested_model", loss, hand, (model,), data, aim=3, aim_hand=1.6)]
