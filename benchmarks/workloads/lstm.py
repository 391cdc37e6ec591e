"""ADBench's LSTM: two layers with weights for each unit, over a text, by weights and by what surrounds the layers."""

import numpy as np

from benchmarks import adbench
from benchmarks.harness import Workload
from benchmarks.peers import with_numpy


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def layer(weight, bias, hidden, cell, x):
    b = len(hidden)
    forget = sigmoid(x * weight[:b] + bias[:b])
    admit = sigmoid(hidden * weight[b:2*b] + bias[b:2*b])
    emit = sigmoid(x * weight[2*b:3*b] + bias[2*b:3*b])
    change = np.tanh(hidden * weight[3*b:] + bias[3*b:])
    cell = cell * forget + admit * change
    return emit * np.tanh(cell), cell


def loss(main, extra, state, text):
    state = list(state)
    total = 0.0
    for t in range(len(text) - 1):
        x = text[t] * extra[0]
        for i in range(0, len(state), 2):
            x, state[i + 1] = layer(main[i], main[i + 1], state[i], state[i + 1], x)
            state[i] = x
        y = x * extra[1] + extra[2]
        total += np.sum(text[t + 1] * (y - np.log(np.sum(np.exp(y)) + 2)))
    return -total / ((len(text) - 1) * text.shape[1])


def hand(main, extra, state, text):
    # The gates in the order of the weights, as rows: forget, admit, emit, change.
    layers, (steps, b) = len(main) // 2, text.shape
    W, B = main[0::2].reshape(layers, 4, b), main[1::2].reshape(layers, 4, b)
    hidden, cells = list(state[0::2]), list(state[1::2])
    kept, ends = [], []
    keep = kept.append
    total = 0.0
    for t in range(steps - 1):
        x = text[t] * extra[0]
        for i in range(layers):
            h, c = hidden[i], cells[i]
            gates = np.empty((4, b))
            gates[0::2] = x
            gates[1::2] = h
            gates *= W[i]
            gates += B[i]
            smooth = gates[:3]
            np.negative(smooth, out=smooth)
            np.exp(smooth, out=smooth)
            smooth += 1
            np.divide(1, smooth, out=smooth)
            np.tanh(gates[3], out=gates[3])
            new = c * gates[0]
            new += gates[1] * gates[3]
            shown = np.tanh(new)
            keep((x, h, c, gates, shown))
            cells[i] = new
            hidden[i] = x = gates[2] * shown
        y = x * extra[1]
        y += extra[2]
        e = np.exp(y)
        s = e.sum() + 2
        y -= np.log(s)
        gold = text[t + 1]
        total += gold @ y
        e *= -gold.sum() / s
        e += gold
        ends.append((x, e))
    scale = -1 / ((steps - 1) * b)
    dW, dB, d_extra = np.zeros_like(W), np.zeros_like(B), np.zeros_like(extra)
    d_hidden, d_cells = [np.zeros(b) for _ in range(layers)], [np.zeros(b) for _ in range(layers)]
    for t in range(steps - 2, -1, -1):
        x, dy = ends.pop()
        dy *= scale
        d_extra[1] += dy * x
        d_extra[2] += dy
        dx = dy
        dx *= extra[1]
        for i in range(layers - 1, -1, -1):
            x, h, c, gates, shown = kept.pop()
            forget, admit, emit, change = gates
            dx += d_hidden[i]
            d_cell = d_cells[i]
            slope = shown * shown
            np.subtract(1, slope, out=slope)
            slope *= emit
            slope *= dx
            d_cell += slope
            d = gates * gates                  # becomes the cotangents of what goes into the gates
            np.subtract(gates[:3], d[:3], out=d[:3])
            np.subtract(1, d[3], out=d[3])
            d[0] *= d_cell * c
            d[1] *= d_cell * change
            d[2] *= dx * shown
            d[3] *= d_cell * admit
            d_cell *= forget
            dB[i] += d
            into = dW[i]
            into[0::2] += d[0::2] * x
            into[1::2] += d[1::2] * h
            d *= W[i]
            d_hidden[i] = d[1] + d[3]
            dx = d[0] + d[2]
        d_extra[0] += dx * text[t]
    d_main, d_state = np.empty_like(main), np.empty_like(state)
    d_main[0::2], d_main[1::2] = dW.reshape(layers, -1), dB.reshape(layers, -1)
    d_state[0::2], d_state[1::2] = d_hidden, d_cells
    return total * scale, (d_main, d_extra, d_state)


def with_scan(jax):
    one = with_numpy(layer, jax.numpy)

    def loss(main, extra, state, text):
        def step(state, at):
            now, gold = at
            x, state = now * extra[0], list(state)
            for i in range(0, len(state), 2):
                x, state[i + 1] = one(main[i], main[i + 1], state[i], state[i + 1], x)
                state[i] = x
            y = x * extra[1] + extra[2]
            return jax.numpy.stack(state), jax.numpy.sum(gold * (y - jax.numpy.log(jax.numpy.sum(jax.numpy.exp(y)) + 2)))
        _, parts = jax.lax.scan(step, state, (text[:-1], text[1:]))
        return -jax.numpy.sum(parts) / ((len(text) - 1) * text.shape[1])
    return loss


def workloads():
    given = adbench.lstm(characters=100)
    return [Workload("lstm_100", loss, hand, (given["main"], given["extra"], given["state"]), {"text": given["text"]},
                     versions={"jax_jit": with_scan}, slow=frozenset({"jax"}), aim=1.8, aim_hand=1.6)]
