"""ADBench's bundle adjustment: a loop over observations of points by cameras, each with small arrays."""

import numpy as np

from benchmarks import adbench
from benchmarks.harness import Workload
from benchmarks.peers import with_numpy


def rotate(r, x):
    square = np.dot(r, r)
    if square == 0:
        return x + np.cross(r, x)
    angle = np.sqrt(square)
    cosine, sine = np.cos(angle), np.sin(angle)
    axis = r / angle
    return x * cosine + np.cross(axis, x) * sine + axis * (np.dot(axis, x) * (1 - cosine))


def distort(coefficients, p):
    square = np.dot(p, p)
    return p * (1 + coefficients[0] * square + coefficients[1] * square**2)


def project(camera, x):
    seen = rotate(camera[:3], x - camera[3:6])
    return distort(camera[9:], seen[:2] / seen[2]) * camera[6] + camera[7:9]


def objective(cameras, points, weights, features, sees):
    total = 0.0
    for k, (i, j) in enumerate(sees):
        error = weights[k] * (project(cameras[i], points[j]) - features[k])
        off = 1 - weights[k]**2
        total += np.dot(error, error) + off * off
    return total


def hand(cameras, points, weights, features, sees):
    # The angles are not 0 here, and the branch for that is left out.
    d_cameras, d_points, d_weights = np.zeros_like(cameras), np.zeros_like(points), np.zeros_like(weights)
    total = 0.0
    for k, (i, j) in enumerate(sees):
        camera, w = cameras[i], weights[k]
        r, scale = camera[:3], camera[6]
        k1, k2 = camera[9:]
        x = points[j] - camera[3:6]
        square = r @ r
        angle = np.sqrt(square)
        cosine, sine = np.cos(angle), np.sin(angle)
        axis = r / angle
        turned = np.cross(axis, x)
        along = axis @ x
        seen = x * cosine + turned * sine + axis * (along * (1 - cosine))
        depth = seen[2]
        p = seen[:2] / depth
        q = p @ p
        factor = 1 + k1 * q + k2 * q**2
        bent = p * factor
        missed = bent * scale + camera[7:9] - features[k]
        error = w * missed
        off = 1 - w * w
        total += error @ error + off * off

        error *= 2
        d_weights[k] += error @ missed - 4 * off * w
        error *= w
        d_camera = d_cameras[i]
        d_camera[7:9] += error
        d_camera[6] += error @ bent
        error *= scale
        d_factor = error @ p
        d_camera[9] += d_factor * q
        d_camera[10] += d_factor * q**2
        error *= factor
        error += (2 * d_factor * (k1 + 2 * k2 * q)) * p
        error /= depth
        d_seen = np.empty(3)
        d_seen[:2] = error
        d_seen[2] = -(error @ p)
        d_along = (d_seen @ axis) * (1 - cosine)
        d_sine = d_seen @ turned
        d_cosine = d_seen @ x - (d_seen @ axis) * along
        d_turned = d_seen * sine
        d_axis = np.cross(x, d_turned) + d_seen * (along * (1 - cosine)) + d_along * x
        d_x = d_seen * cosine + np.cross(d_turned, axis) + d_along * axis
        d_angle = d_sine * cosine - d_cosine * sine - (d_axis @ axis) / angle
        d_camera[:3] += d_axis / angle + d_angle * axis
        d_camera[3:6] -= d_x
        d_points[j] += d_x
    return total, (d_cameras, d_points, d_weights)


def turned(r, x):
    """For JAX, compiled: the angles are not 0 here, and there are no branches on them."""
    angle = np.sqrt(np.dot(r, r))
    cosine, sine = np.cos(angle), np.sin(angle)
    axis = r / angle
    return x * cosine + np.cross(axis, x) * sine + axis * (np.dot(axis, x) * (1 - cosine))


def with_scan(jax):
    seen = with_numpy(project, jax.numpy, rotate=turned)

    def objective(cameras, points, weights, features, sees):
        def step(total, at):
            (i, j), w, feature = at
            error = w * (seen(cameras[i], points[j]) - feature)
            off = 1 - w**2
            return total + jax.numpy.dot(error, error) + off * off, None
        return jax.lax.scan(step, 0.0, (jax.numpy.asarray(sees), weights, jax.numpy.asarray(features)))[0]
    return objective


def workloads():
    given = adbench.bundle_adjustment(observations=200)
    args = given["cameras"], given["points"], given["weights"]
    versions = {"jax_jit": with_scan, "mygrad": None}       # MyGrad has neither products of vectors nor cross products
    return [Workload("bundle_200", objective, hand, args, {"features": given["features"], "sees": given["sees"]},
                     versions=versions, slow=frozenset({"autograd", "jax"}), aim=1.8, aim_hand=1.6)]
