"""A network 784 -> 32 (tanh) -> 10 with softmax and cross-entropy, by its weights; one image and 64 images at a time."""

import numpy as np

from benchmarks.harness import Workload


def loss(W1, b1, W2, b2, X, Y):
    h = np.tanh(X @ W1 + b1)
    z = h @ W2 + b2
    z = z - np.max(z, axis=1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.mean(np.sum(Y * log_p, axis=1))


def hand(W1, b1, W2, b2, X, Y):
    h = X @ W1
    h += b1
    np.tanh(h, out=h)
    z = h @ W2
    z += b2
    m = z.max(axis=1, keepdims=True)
    top = z == m
    z -= m
    dz = np.exp(z)
    s = dz.sum(axis=1, keepdims=True)
    z -= np.log(s)
    value = -np.vdot(Y, z) / len(X)
    dz *= Y.sum(axis=1, keepdims=True) / s
    dz -= Y
    dz *= 1 / len(X)
    dz -= top * (dz.sum(axis=1, keepdims=True) / top.sum(axis=1, keepdims=True))
    da = np.dot(dz, W2.T)
    da *= 1 - h * h
    return value, (np.dot(X.T, da), da.sum(axis=0), np.dot(h.T, dz), dz.sum(axis=0))


def sharp(W1, b1, W2, b2, X, Y):
    h = X @ W1
    h += b1
    np.tanh(h, out=h)
    z = h @ W2
    z += b2
    z -= z.max(axis=1, keepdims=True)     # what passes through it cancels
    dz = np.exp(z)
    s = dz.sum(axis=1, keepdims=True)
    z -= np.log(s)
    value = -np.vdot(Y, z) / len(X)
    dz /= s                           # the rows of these Y add up to 1
    dz -= Y
    dz *= 1 / len(X)
    da = np.dot(dz, W2.T)
    da *= 1 - h * h
    return value, (np.dot(X.T, da), da.sum(axis=0), np.dot(h.T, dz), dz.sum(axis=0))


def with_torch(torch):
    def loss(W1, b1, W2, b2, X, Y):
        z = torch.tanh(X @ W1 + b1) @ W2 + b2
        return -torch.mean(torch.sum(Y * torch.log_softmax(z, 1), 1))
    return loss


def workloads():
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(784, 32)) / 28, np.zeros(32), rng.normal(size=(32, 10)) / 6, np.zeros(10)

    def of_size(batch):
        data = {"X": rng.uniform(size=(batch, 784)), "Y": np.eye(10)[rng.integers(10, size=batch)]}
        return Workload(f"mlp_b{batch}", loss, hand, weights, data, versions={"torch": with_torch}, aim=2.5, aim_hand=1.6,
                        sharp=sharp)
    return [of_size(1), of_size(64)]
