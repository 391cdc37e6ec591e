"""A filter in the frequency domain, by the signal and by the filter."""

import numpy as np

from benchmarks.harness import Workload


def loss(signal, response, target):
    filtered = np.fft.irfft(np.fft.rfft(signal) * response)
    return np.sum((filtered - target)**2)


def hand(signal, response, target):
    # The transpose of irfft counts the inner frequencies twice, that of rfft undoes it.
    n = len(signal)
    spectrum = np.fft.rfft(signal)
    r = np.fft.irfft(spectrum * response)
    r -= target
    value = np.vdot(r, r)
    r *= 2
    d = np.fft.rfft(r)
    d /= n
    d[1:-1] *= 2
    d_response = d.real * spectrum.real
    d_response += d.imag * spectrum.imag
    d *= response
    d[1:-1] *= 0.5
    d_signal = np.fft.irfft(d, n)
    d_signal *= n
    return value, (d_signal, d_response)


def sharp(signal, response, target):
    n = len(signal)
    spectrum = np.fft.rfft(signal)
    r = np.fft.irfft(spectrum * response)
    r -= target
    value = np.vdot(r, r)
    r *= 2
    d = np.fft.rfft(r)                 # the two scales cancel
    d_response = d.real * spectrum.real
    d_response += d.imag * spectrum.imag
    d_response[1:-1] *= 2
    d_response /= n
    d *= response
    return value, (np.fft.irfft(d, n), d_response)


def workloads():
    rng, n = np.random.default_rng(0), 2**14
    response = 1 / (1 + np.linspace(0, 4, n // 2 + 1)**2)
    return [Workload("fft_filter", loss, hand, (rng.normal(size=n), response), {"target": rng.normal(size=n)},
                     versions={"mygrad": None}, sharp=sharp, aim=2.1, aim_hand=1.25)]    # MyGrad has no transforms
